# SPDX-License-Identifier: EUPL-1.2
"""`compare`: a text against another, or each own text of a body against what it follows and what binds it.

A draft is compared as if it were in force, and a beginning of which only the month or year is known counts as entered:
both are said beside the differences, never left to be guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from ordinance.model.divergence import Divergence, Witness
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.kleene import Truth
from ordinance.model.law import Law, Precision, State, Text
from ordinance.operations.directives import library
from ordinance.operations.workspace import Workspace
from ordinance.policy.clocks import force_begins, rank
from ordinance.policy.compare import compare
from ordinance.policy.nodes import did_you_mean
from ordinance.policy.power import binding_clauses
from ordinance.policy.resolve import holds_under

_LATE = datetime(9999, 1, 1, tzinfo=UTC)  # when every reading that was chosen counts


class NoteKind(StrEnum):
    """What has to be known of one text to read the differences rightly."""

    AS_IF = "as_if"  # it has no force as written, and is compared as if it had from a day
    NEVER = "never"  # it has no force as written, and asks for nothing here
    ROUGHLY = "roughly"  # only the month or the year of its beginning is known


@dataclass(frozen=True, slots=True)
class Note:
    """One such thing, of `ours` or of `theirs`; `day` in its authority's zone, as exactly as it is known."""

    kind: NoteKind
    side: str
    day: date | None = None
    known_to: Precision = Precision.DAY


@dataclass(frozen=True, slots=True)
class Compared:
    """Two texts and every way in which the first differs from the second."""

    ours: Text
    theirs: Text
    divergences: tuple[Divergence, ...]
    notes: tuple[Note, ...] = ()


def compare_texts(law: Law, ours: str, theirs: str, at: Iterable[datetime] = ()) -> Compared:
    """Two texts of the body or of the library, each as `id` or `id@version`.

    Without a version, ours is its latest, and theirs the one that stood when ours began. Raises PolicyError for a text
    that neither has.
    """
    whole = _with_library(law)
    first = _chosen(whole, ours, None)
    second = _chosen(whole, theirs, force_begins(first))
    return _compared(whole, first, second, tuple(at))


def compare_own(law: Law, at: Iterable[datetime] = ()) -> tuple[Compared, ...]:
    """Each own text against the texts that it follows as a model, then against those that bind the body."""
    instants, found = tuple(at), []
    for ours in sorted((t for t in law.texts if t.authority == law.body), key=lambda t: (t.id, t.version)):
        for theirs in (*_followed(law, ours), *_binding(law, ours)):
            found.append(_compared(law, ours, theirs, instants))
    return tuple(found)


def alone(law: Law, at: datetime | None = None) -> tuple[tuple[Text, bool], ...]:
    """Texts of others that bind the body where it has no own text to compare, each with whether that is contested.

    As they are read at an instant; without one, as they were read last.
    """
    if any(t.authority == law.body for t in law.texts):
        return ()
    when = at or _LATE
    held: dict[str, list[Truth]] = {}
    for text, clause in binding_clauses(law, (law.body,)):
        if text is _standing(law.versions(text.id), when):
            held.setdefault(text.id, []).append(holds_under(law, text, clause, when)[0])
    return tuple(
        (_standing(law.versions(name), when), Truth.TRUE not in found)
        for name, found in sorted(held.items())
        if set(found) != {Truth.FALSE}
    )


def _compared(law: Law, ours: Text, theirs: Text, at: tuple[datetime, ...]) -> Compared:
    sides = [(ours, _note("ours", ours, at)), (theirs, _note("theirs", theirs, at))]
    first, second = (_supposed(text) if note and note.kind is NoteKind.AS_IF else text for text, note in sides)
    return Compared(ours, theirs, compare(law, first, second, at), tuple(note for _, note in sides if note))


_BEFORE_FORCE = {State.UNDER_CONSIDERATION, State.ANNOUNCED, State.PENDING_GUIDELINES}


def _note(side: str, text: Text, at: tuple[datetime, ...]) -> Note | None:
    begins = next((s for s in text.lifecycle if s.state is State.IN_FORCE), None)
    if begins is not None:
        exact = begins.known_to is Precision.DAY
        return None if exact else Note(NoteKind.ROUGHLY, side, begins.start.date(), begins.known_to)
    last = text.lifecycle[-1] if text.lifecycle else None
    if at or last is None or last.state not in _BEFORE_FORCE:
        return Note(NoteKind.NEVER, side)
    return Note(NoteKind.AS_IF, side, last.start.date(), last.known_to)


def _supposed(draft: Text) -> Text:
    """A text that never had force, as it would be with force from its last stage on."""
    return replace(draft, lifecycle=(*draft.lifecycle[:-1], replace(draft.lifecycle[-1], state=State.IN_FORCE)))


def law_of(workspace: Workspace | None, ours: str) -> Law:
    """The body's law; where there is no body, the library as the author of ours sees it."""
    if workspace is not None:
        return workspace.law
    law = library()
    author = next((t.authority for t in law.texts if t.id == ours.partition("@")[0]), "")
    zone = next((a.zone for a in law.authorities if a.id == author), law.zone)
    return replace(law, body=author, zone=zone)


def _with_library(law: Law) -> Law:
    """The law with every text of the library that it does not hold yet."""
    shipped = library()
    known, authors = {t.id for t in law.texts}, {a.id for a in law.authorities}
    return replace(
        law,
        texts=(*law.texts, *(t for t in shipped.texts if t.id not in known)),
        authorities=(*law.authorities, *(a for a in shipped.authorities if a.id not in authors)),
    )


def _chosen(law: Law, name: str, stood: datetime | None) -> Text:
    text_id, _, version = name.partition("@")
    versions = law.versions(text_id)
    if not versions:
        hint = did_you_mean(text_id, {t.id for t in law.texts})
        message = f'neither the body nor the library has a text "{text_id}" that rules'
        raise PolicyError([Issue("compare", 0, 0, "unknown-text", message, "", hint)])
    if not version:
        return _standing(versions, stood)
    found = next((t for t in versions if t.version == version), None)
    if found is None:
        hint = f"versions: {', '.join(sorted(t.version for t in versions))}"
        raise PolicyError([Issue("compare", 0, 0, "unknown-text", f'"{text_id}" has no version "{version}"', "", hint)])
    return found


def _standing(versions: Iterable[Text], stood: datetime | None) -> Text:
    at = stood or datetime.max.replace(tzinfo=UTC)
    return max(versions, key=lambda t: rank(t, at))


def _followed(law: Law, ours: Text) -> Iterator[Text]:
    for name in ours.mirrors:
        if versions := law.versions(name):
            yield _standing(versions, force_begins(ours))


def _binding(law: Law, ours: Text) -> Iterator[Text]:
    """Texts of others that bind the body, with those of their clauses that do."""
    clauses: dict[str, list[str]] = {}
    for text, clause in binding_clauses(law, (law.body,)):
        if text.authority != law.body:
            clauses.setdefault(text.id, []).append(clause.id)
    for text_id, names in sorted(clauses.items()):
        text = _standing(law.versions(text_id), force_begins(ours))
        reaching = tuple(r for r in text.restrictions if r.id in names)
        if reaching and text_id not in ours.mirrors:
            yield replace(text, restrictions=reaching)


# --- as plain objects -----------------------------------------------------------------------------


def line(found: Compared) -> dict[str, Any]:
    """Two texts and their differences."""
    return {
        "ours": found.ours.id,
        "our_version": found.ours.version,
        "theirs": found.theirs.id,
        "their_version": found.theirs.version,
        "invented": {"ours": list(found.ours.invented), "theirs": list(found.theirs.invented)},
        "notes": [
            {
                "note": str(n.kind),
                "side": n.side,
                "day": n.day.isoformat() if n.day else None,
                "known_to": str(n.known_to) if n.day else None,
            }
            for n in found.notes
        ],
        "divergences": [divergence_line(d) for d in found.divergences],
    }


def divergence_line(d: Divergence) -> dict[str, Any]:
    """One difference with its values and a case that shows it."""
    return {
        "kind": str(d.kind),
        "looser": d.kind.looser,
        "ours": d.ours,
        "theirs": d.theirs,
        "apps": list(d.apps),
        "surfaces": [str(s) for s in d.surfaces],
        "values": dict(d.values),
        "certain": d.certain,
        "witness": _witness(d.witness) if d.witness else None,
    }


def _witness(w: Witness) -> dict[str, Any]:
    return {
        "subject": str(w.subject),
        "word": w.word or None,
        "facts": {fact: word or None for fact, word in w.stated},
        "app": w.app,
        "use": dict(w.use),
        "surface": str(w.surface),
        "at": w.at.isoformat(),
    }
