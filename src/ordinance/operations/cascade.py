# SPDX-License-Identifier: EUPL-1.2
"""`cascade`: what each body made of one directive, side by side.

Reads folders of bodies, or the shipped library: every authority there that the directive reaches, or that followed it.
Writes nothing. A folder that cannot be used is listed as such, never left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ordinance import __version__
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.law import Law, Text
from ordinance.model.ruling import Standing
from ordinance.operations.comparing import divergence_line
from ordinance.operations.directives import library
from ordinance.operations.workspace import Workspace, open_workspace
from ordinance.policy import clocks
from ordinance.policy.nodes import did_you_mean
from ordinance.report.language.differing import differing
from ordinance.report.language.messages import messages
from ordinance.report.language.phrases import Phrases
from ordinance.review.cascade import FOLLOWS, Act, Reach, Seat, Stand, seat

SETTINGS = "ordinance.toml"
RECORD = "library"
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Placed:
    """One body on the board with the law that it was seen by. `where` is its folder's name, or `library`; `notice` is
    what its folder wants to be said of everything made from it."""

    where: str
    name: str
    law: Law
    seat: Seat
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """A directive and everybody on its board. `not_usable` are folders, with what is wrong there."""

    directive: Text
    law: Law
    at: datetime
    placed: tuple[Placed, ...]
    not_usable: tuple[tuple[str, tuple[Issue, ...]], ...] = ()


def board(directive: str, at: Callable[[ZoneInfo], datetime], folders: Iterable[Path] = ()) -> Board:
    """The board of a directive: of the bodies in `folders`, or, without any, of the library's authorities.

    `at` gives the instant from the time zone of the directive's author. Raises PolicyError for a directive that neither
    the library nor one of the bodies has.
    """
    paths, shipped = sorted(folders), library()
    opened, broken = _opened(paths)
    known = next((law for law in (shipped, *(w.law for w in opened)) if law.versions(directive)), None)
    if known is None:
        hint = did_you_mean(directive, {t.id for law in (shipped, *(w.law for w in opened)) for t in law.texts})
        message = f'neither the library nor a body has a text "{directive}" that rules'
        raise PolicyError([Issue("cascade", 0, 0, "unknown-text", message, "", hint)])
    then = at(clocks.zone_of(known, known.versions(directive)[0]))
    text = max(known.versions(directive), key=lambda t: clocks.rank(t, then))
    found = [_of_body(w, known, directive, then) for w in opened] if paths else list(_of_library(shipped, text, then))
    order = list(Stand)
    placed = tuple(sorted(found, key=lambda p: (order.index(p.seat.stand), p.name, p.where)))
    return Board(text, known, then, placed, tuple(broken))


def _opened(folders: Iterable[Path]) -> tuple[list[Workspace], list[tuple[str, tuple[Issue, ...]]]]:
    """Bodies that can be used, and the others with what is wrong."""
    opened: list[Workspace] = []
    broken: list[tuple[str, tuple[Issue, ...]]] = []
    for folder in folders:
        try:
            opened.append(open_workspace(folder, settings=False).usable())
        except PolicyError as error:
            broken.append((folder.name, tuple(error.issues)))
    return opened, broken


def _of_body(workspace: Workspace, known: Law, directive: str, at: datetime) -> Placed:
    law = _with(workspace.law, known, directive)
    body = workspace.body
    return Placed(body.folder.name, body.name, law, seat(law, directive, at), body.notice)


def bodies_in(folder: Path) -> tuple[Path, ...]:
    """The folders of bodies right below a folder, or that folder itself. Raises PolicyError where there is none."""
    if (folder / SETTINGS).is_file():
        return (folder,)
    found = tuple(sorted(p.parent for p in folder.glob(f"*/{SETTINGS}")))
    if not found:
        hint = f"name a folder whose folders hold an {SETTINGS} each"
        raise PolicyError([Issue(str(folder), 0, 0, "no-bodies", "there is no body in this folder", "", hint)])
    return found


def _with(law: Law, known: Law, directive: str) -> Law:
    """A body's law with the directive among its texts, where another law has it."""
    if law.versions(directive):
        return law
    authors = {a.id for a in law.authorities}
    texts = known.versions(directive)
    named = {t.authority for t in texts}
    more = tuple(a for a in known.authorities if a.id in named - authors)
    return replace(law, texts=(*law.texts, *texts), authorities=(*law.authorities, *more))


def _of_library(shipped: Law, directive: Text, at: datetime) -> Iterator[Placed]:
    """Authorities that the directive reaches or that followed it, and those of its country with a rule of their own."""
    author = shipped.authority(directive.authority)
    for authority in shipped.authorities:
        law = replace(shipped, body=authority.id, zone=authority.zone)
        one = seat(law, directive.id, at)
        near = author is not None and authority.country == author.country
        if one.stand is not Stand.NOT_REACHED and (near or one.reach is not Reach.NOT or one.stand in FOLLOWS):
            yield Placed(RECORD, authority.name, law, one)


# --- as plain objects -----------------------------------------------------------------------------


def board_document(found: Board, language: str = "en") -> dict[str, Any]:
    """The board as plain data, the strongest answers first; differences also as sentences of a language."""
    law, text = found.law, found.directive
    authority = law.authority(text.authority)
    zone = authority.zone if authority else law.zone
    rows = [_row(p, language) for p in found.placed]
    stands = [p.seat.stand for p in found.placed]
    return {
        "ordinance": __version__,
        "directive": {
            "id": text.id,
            "version": text.version,
            "title": text.title,
            "authority": authority.name if authority else text.authority,
            "since": _day(clocks.force_begins(text), law),
            "in_force": _is_in_force(law, text, found.at),
            "invented": list(text.invented),
            "cites": [{"title": c.title, "url": c.url} for c in text.cites],
        },
        "as_of": found.at.astimezone(zone).isoformat(timespec="seconds"),
        "counts": {str(s): stands.count(s) for s in Stand if s in stands},
        "no_enforcing_act": sum(p.seat.no_enforcing_act for p in found.placed),
        "bodies": rows,
        "not_usable": [{"folder": name, "issues": [str(i) for i in issues]} for name, issues in found.not_usable],
    }


def _is_in_force(law: Law, text: Text, at: datetime) -> bool:
    """Whether a clause of it has force at an instant; of a text without clauses, whether the text has."""
    if not text.restrictions:
        return any(at in span for span in clocks.spans_in_force(law, text))
    return any(clocks.standing(law, text, r, at) is Standing.IN_FORCE for r in text.restrictions)


def _row(placed: Placed, language: str) -> dict[str, Any]:
    one, law = placed.seat, placed.law
    phrases = Phrases(messages(language), law.catalogue, {a.id: a.name for a in law.authorities})
    return {
        "id": one.body,
        "name": placed.name,
        "where": placed.where,
        "notice": placed.notice,
        "reach": str(one.reach),
        "stand": str(one.stand),
        "stand_invented": one.is_made_up,
        "since": _day(one.since, law),
        "since_known_to": str(one.since_known_to),
        "last_day": _last_day(one.until, law),
        "end_not_read": one.end_not_read,
        "has_force": one.has_force,
        "no_enforcing_act": one.no_enforcing_act,
        "on_record_only": placed.where == RECORD and one.stand in {Stand.SILENT, Stand.BOUND},
        "acts": [_act(a, law, phrases) for a in one.acts],
        "answer": _answer(one),
        "record": _record(one),
    }


def _record(one: Seat) -> dict[str, Any] | None:
    if one.record is None:
        return None
    record = one.record
    return {
        "id": record.id,
        "title": record.title,
        "reasons": list(record.reasons),
        "invented": list(record.invented),
    }


def _answer(one: Seat) -> dict[str, Any] | None:
    if one.answer is None:
        return None
    answer = one.answer
    return {
        "answer": str(answer.answer),
        "by": answer.by,
        "on": answer.on.isoformat(),
        "reasons": list(answer.reasons),
        "mitigations": [m.what for m in answer.mitigations],
        "next_review": answer.next_review.isoformat() if answer.next_review else None,
        "invented": list(answer.invented),
    }


def _act(act: Act, law: Law, phrases: Phrases) -> dict[str, Any]:
    return {
        "id": act.text.id,
        "version": act.text.version,
        "title": act.text.title,
        "kind": str(act.text.kind),
        "relation": str(act.relation),
        "binding": act.binds,
        "standing": str(act.standing),
        "since": _day(act.since, law),
        "since_known_to": str(act.since_known_to),
        "last_day": _last_day(act.until, law),
        "end_not_read": act.end_not_read,
        "at_sunset": [str(s) for s in act.at_sunset],
        "invented": list(act.text.invented),
        "divergences": [divergence_line(d) for d in act.divergences],
        "sheet": [
            {"heading": side.heading, "differences": [list(said) for said in side.differences]}
            for side in differing(act.divergences, law.zone, phrases)
        ],
    }


def _day(instant: datetime | None, law: Law) -> str | None:
    return instant.astimezone(law.zone).date().isoformat() if instant else None


def _last_day(end: datetime | None, law: Law) -> str | None:
    """The last day before an end, which is not part of it."""
    if end is None:
        return None
    return (end.astimezone(law.zone) - _MOMENT).date().isoformat()
