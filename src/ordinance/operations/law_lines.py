# SPDX-License-Identifier: EUPL-1.2
"""The law in the lines of a report: which texts bind, which advise, where each stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from ordinance.model.estate import People
from ordinance.model.kleene import Truth
from ordinance.model.law import Dimension, Law, Mitigation, Restriction, Selector, Text, TextKind
from ordinance.model.result import DutyResult
from ordinance.model.ruling import Standing
from ordinance.operations.workspace import Workspace
from ordinance.policy import clocks, select
from ordinance.policy.exempt import BLANKET
from ordinance.policy.power import binding_clauses, effective_force, texts_that_advise, texts_that_bind
from ordinance.policy.resolve import chosen_reading, clauses_at, holds_under, is_contested
from ordinance.review.cascade import answer_at, is_known, records_at
from ordinance.review.held import held

_NO_CLAUSE = (Standing.NOT_YET_IN_FORCE,)


def policy_lines(workspace: Workspace, at: datetime) -> list[dict[str, Any]]:
    """The body's own texts and those of others that bind it, or may, and were known by then, each with its clauses."""
    law = workspace.law
    own = [t for t in law.texts if t.authority == law.body]
    marks = _to_be_decided(law, at)
    return [
        policy_line(law, text, at, marks.get((text.id, text.version), ""))
        for text in sorted((*own, *(_for_us(law, t) for t, _ in _binding(law, at))), key=lambda t: (t.id, t.version))
    ]


def record_lines(workspace: Workspace, at: datetime) -> list[dict[str, Any]]:
    """What the body put on record that it did not decide, as it stood at an instant. Before a record that an example
    made up stands the last one that it did not."""
    return [
        {
            "id": r.id,
            "version": r.version,
            "title": r.title,
            "reasons": list(r.reasons),
            "review": r.review.due.isoformat() if r.review and r.review.due else None,
            "invented": list(r.invented),
            "cites": [{"title": c.title, "url": c.url} for c in r.cites],
        }
        for r in _records(workspace.law, at)
        if r.kind is TextKind.NO_DECISION
    ]


def _records(law: Law, at: datetime) -> tuple[Text, ...]:
    reported = replace(law, records=tuple(r for r in law.records if not r.is_made_up("title")))
    found = [*records_at(reported, at), *records_at(law, at)]
    return tuple({(r.id, r.version): r for r in found}.values())


def _for_us(law: Law, text: Text) -> Text:
    """A text of another authority with the clauses only that speak to somebody in the body."""
    authority = law.authority(text.authority)
    people: tuple[People | None, ...] = (None, *People)
    reach = [
        r
        for r in text.restrictions
        if authority is not None and any(effective_force(r, authority, law, law.body, who)[0] for who in people)
    ]
    return replace(text, restrictions=tuple(reach))


def bound_by(workspace: Workspace, at: datetime) -> list[dict[str, Any]]:
    """Texts of other authorities that bind the body, as known by the instant: derived from power, never declared.

    `contested` are readings that nobody chose, where the text binds under some of them only; empty: it binds.
    """
    law = workspace.law
    return [
        {"text": t.id, "version": t.version, "title": t.title, "authority": _name(law, t), "contested": list(unchosen)}
        for t, unchosen in _binding(law, at)
    ]


def _binding(law: Law, at: datetime) -> Iterator[tuple[Text, tuple[str, ...]]]:
    """Texts that bind, each with the readings on which that hangs; none that the chosen readings take out."""
    clauses = [(t, r) for t, r in binding_clauses(law, (law.body,)) if t.authority != law.body]
    for text in texts_that_bind(law):
        held = [holds_under(law, text, r, at) for t, r in clauses if t is text]
        if not is_known(law, text, at) or all(holds is Truth.FALSE for holds, _ in held):
            continue
        certain = any(holds is Truth.TRUE for holds, _ in held)
        yield text, () if certain else tuple(sorted({name for _, unchosen in held for name in unchosen}))


def advice_lines(workspace: Workspace, at: datetime, results: Iterable[DutyResult]) -> list[dict[str, Any]]:
    """Texts that advise the body, and what it had answered by the instant; `answer` is `None` where nobody had.

    `results` are those of a check: of each measure that they can show, they say whether it holds.
    """
    found = tuple(results)
    law = workspace.law
    lines = []
    known = sorted((t for t in texts_that_advise(law) if is_known(law, t, at)), key=lambda t: clocks.rank(t, at))
    for text in {t.id: t for t in known}.values():
        answer = answer_at(law, text.id, at)
        mirrored = any(text.id in t.mirrors or text.id in {a.text for a in t.adopts} for t in law.texts)
        lines.append(
            {
                "text": text.id,
                "title": text.title,
                "authority": _name(law, text),
                "contested": is_contested(law, text, at),
                "answer": str(answer.answer) if answer else ("own_act" if mirrored else None),
                "by": answer.by if answer else "",
                "on": answer.on.isoformat() if answer else None,
                "reasons": list(answer.reasons) if answer else [],
                "mitigations": [_mitigation(law, m, found) for m in answer.mitigations] if answer else [],
                "next_review": answer.next_review.isoformat() if answer and answer.next_review else None,
                "invented": list(answer.invented) if answer else [],
            }
        )
    return lines


def _mitigation(law: Law, one: Mitigation, results: tuple[DutyResult, ...]) -> dict[str, Any]:
    """A measure and whether it holds: `held`, `failed`, `not_known`, or `no_check` where none looks at it."""
    counts = Counter(str(r.result) for r in _about(law, one, results))
    return {
        "what": one.what,
        "shown_by": one.exemption or (f"{one.restriction}: {one.duty}" if one.duty else one.restriction) or None,
        "stands": str(held(counts)) if one.is_checked else "no_check",
    }


def _about(law: Law, one: Mitigation, results: tuple[DutyResult, ...]) -> Iterator[DutyResult]:
    """Results of the clause and duty that a measure names, or of the conditions of its exemption."""
    exemption = next((e for e in law.exemptions if e.id == one.exemption), None)
    for r in results:
        if exemption is None:
            if r.restriction == one.restriction and r.duty is not None and one.duty in {None, r.duty}:
                yield r
        elif r.duty is None and r.restriction in exemption.restrictions and {r.device, BLANKET} & exemption.devices:
            yield r


def restricted_by_clause(workspace: Workspace) -> dict[str, str]:
    """What each clause restricts, by its name `text/restriction`."""
    clauses = {f"{t.id}/{r.id}": r for t in workspace.law.texts for r in t.restrictions}
    return {name: ", ".join(_selector(s) for s in r.what) for name, r in clauses.items()}


def policy_line(law: Law, text: Text, at: datetime, to_be_decided: str | None = None) -> dict[str, Any]:
    """One text with its clauses, where each stands at an instant, and what silence means.

    `to_be_decided` is why somebody must decide about it, for whoever asks about many texts and has looked already.
    """
    mark = _to_be_decided(law, at).get((text.id, text.version), "") if to_be_decided is None else to_be_decided
    stands = [clocks.standing(law, text, r, at) for r in text.restrictions]
    ends = [clocks.term_ends(law, text, r) for r in text.restrictions]
    until = max((e for e in ends if e is not None), default=None) if ends and None not in ends else None
    sunsets = {str(r.at_sunset) for r in text.restrictions if r.at_sunset}
    return {
        "id": text.id,
        "version": text.version,
        "title": text.title,
        "authority": _name(law, text),
        "standing": str(Standing.IN_FORCE if Standing.IN_FORCE in stands else (*stands, *_NO_CLAUSE)[0]),
        "since": _iso(clocks.force_begins(text), law),
        "until": _iso(until, law),
        "end_not_read": until is None and Dimension.DURATION in text.not_read,
        "at_sunset": sorted(sunsets)[0] if sunsets else None,
        "to_be_decided": mark,
        "overlay": text.overlay,
        "mirrors": list(text.mirrors),
        "invented": list(text.invented),
        "not_expressible": [{"dimension": str(n.dimension), "reason": n.reason} for n in text.not_expressible],
        "restrictions": [_clause(law, text, r, at) for r in text.restrictions],
        "cites": [{"title": c.title, "url": c.url} for c in text.cites],
    }


def _clause(law: Law, text: Text, clause: Restriction, at: datetime) -> dict[str, Any]:
    return {
        "id": f"{text.id}/{clause.id}",
        "force": str(clause.force),
        "under": [
            {"parameter": point, "choices": sorted(choices), "chosen": chosen_reading(law, text, point, at)}
            for point, choices in clause.under
        ],
        "what": [_selector(s) for s in clause.what],
        "surfaces": sorted(clause.surfaces),
        "standing": str(clocks.standing(law, text, clause, at)),
        "duties": [{"duty": str(d), "due": _iso(i, law)} for d, i in clocks.duties_due(law, text, clause)],
    }


def _to_be_decided(law: Law, at: datetime) -> dict[tuple[str, str], str]:
    """What somebody must decide about texts, by id and version; the clauses are asked once for all of them."""
    marked = [c for c in clauses_at(law, at) if c.to_be_decided]
    found: dict[tuple[str, str], str] = {}
    for clause in sorted(marked, key=lambda c: c.to_be_decided):
        found.setdefault((clause.text.id, clause.text.version), clause.to_be_decided)
    return found


def _selector(selector: Selector) -> str:
    return select.in_words(selector)


def _name(law: Law, text: Text) -> str:
    authority = law.authority(text.authority)
    return authority.name if authority else text.authority


def _iso(instant: datetime | None, law: Law) -> str | None:
    return instant.astimezone(law.zone).isoformat(timespec="seconds") if instant else None
