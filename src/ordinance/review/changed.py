# SPDX-License-Identifier: EUPL-1.2
"""What changed while a rule had force: in the texts it follows or must follow, and in the facts about its apps.

Reads the law and its catalogue, and a stretch of days. Cannot know of changes that nobody entered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ordinance.model.apps import Family
from ordinance.model.kleene import Truth
from ordinance.model.law import Law, Restriction, State, Text
from ordinance.model.time import Span
from ordinance.policy import clocks
from ordinance.policy.power import binding_clauses, texts_that_advise, texts_that_bind
from ordinance.policy.resolve import holds_under


class Relation(StrEnum):
    """What another text is to ours."""

    BINDS = "binds"
    ADVISES = "advises"
    MIRRORED = "mirrored"
    ADOPTED = "adopted"
    CONTESTED = "contested"  # binds under some readings only, and nobody has chosen one


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """Something that happened to another text: a stage of its life, or the end of a clause's term."""

    at: datetime
    text: str
    version: str
    what: str
    restriction: str = ""


class FactKind(StrEnum):
    """What is new about an app."""

    NAME_SEEN = "name_seen"
    NAME_RETIRED = "name_retired"
    CLASSIFIED = "classified"


@dataclass(frozen=True, slots=True, order=True)
class AppFact:
    """A dated fact about an app that the catalogue or a person of the body has. `source` says where it stands."""

    day: date
    app: str
    kind: FactKind
    what: str
    source: str


def related(law: Law, text: Text, at: datetime) -> dict[str, Relation]:
    """Ids of texts that ours follows, or that bind or advise us about the same apps, as contested texts are read at an
    instant; the strongest relation of each. A text that binds under none of the chosen readings does not bind."""
    matter = _named(text.restrictions)

    def same(found: tuple[Text, ...]) -> set[str]:
        return {t.id for t in found if not matter or not (named := _named(t.restrictions)) or matter & named}

    binding, contested = _binding(law, at)
    found = dict.fromkeys(same(texts_that_advise(law)), Relation.ADVISES)
    found |= dict.fromkeys(same(contested), Relation.CONTESTED)
    found |= dict.fromkeys(text.mirrors, Relation.MIRRORED) | {a.text: Relation.ADOPTED for a in text.adopts}
    found |= dict.fromkeys(same(binding), Relation.BINDS)
    found.pop(text.id, None)
    return dict(sorted(found.items()))


def _binding(law: Law, at: datetime) -> tuple[tuple[Text, ...], tuple[Text, ...]]:
    """Texts that certainly bind the body, and those of which that hangs on a reading that nobody chose."""
    held: dict[tuple[str, str], set[Truth]] = {}
    for text, clause in binding_clauses(law, (law.body,)):
        held.setdefault((text.id, text.version), set()).add(holds_under(law, text, clause, at)[0])
    theirs = [(t, held.get((t.id, t.version), set())) for t in texts_that_bind(law)]
    unsure = (t for t, truths in theirs if Truth.TRUE not in truths and Truth.UNKNOWN in truths)
    return tuple(t for t, truths in theirs if Truth.TRUE in truths), tuple(unsure)


def events(law: Law, text_id: str, span: Span) -> tuple[Event, ...]:
    """What happened to a text within a stretch of time: stages of all its versions, and ends of its clauses."""
    found: set[Event] = set()
    for text in law.versions(text_id):
        for stage in text.lifecycle:
            by = f" by {stage.by}" if stage.by else ""
            found.add(Event(stage.start, text.id, text.version, f"{_words(stage.state)}{by}"))
        for clause in text.restrictions:
            end = clocks.term_ends(law, text, clause)
            if end is not None:
                found.add(Event(end, text.id, text.version, "its time is up", f"{text.id}/{clause.id}"))
    return tuple(sorted(e for e in found if e.at in span))


def app_facts(law: Law, clauses: tuple[Restriction, ...], first: date, last: date) -> tuple[AppFact, ...]:
    """Dated facts about the apps that clauses name, from the first to the last day (inclusive).

    Apps that a clause does not name, but reaches by a category, an origin or a criterion, are not among them.
    """
    named = _named(clauses)
    families = [f for f in law.catalogue.families if f.id in named]
    found = [fact for family in families for fact in _names(family)]
    for one in law.classifications:
        app = one.what.app or one.what.family or ""
        if app.partition("/")[0] in named:
            said = f"{'is' if one.applies else 'is not'} {_words(one.kind)} {_words(one.word)}, found by {one.by}"
            found.append(AppFact(one.on, app, FactKind.CLASSIFIED, said, one.id))
    return tuple(sorted(f for f in found if first <= f.day <= last))


def _names(family: Family) -> Iterator[AppFact]:
    titles = {key: cite.title for key, cite in family.cites}
    for one in family.identifiers:
        what = f"{_words(one.kind)} {one.value}"
        if one.seen is not None:
            yield AppFact(one.seen, family.id, FactKind.NAME_SEEN, what, _titles(one.cites, titles))
        if one.retired is not None:
            yield AppFact(one.retired, family.id, FactKind.NAME_RETIRED, what, _titles(one.cites, titles))


def _named(clauses: tuple[Restriction, ...]) -> frozenset[str]:
    leaves = [leaf for c in clauses for s in c.what for leaf in s.leaves()]
    return frozenset({leaf.family or (leaf.app or "").partition("/")[0] for leaf in leaves} - {""})


def _titles(cites: tuple[str, ...], titles: Mapping[str, str]) -> str:
    return "; ".join(titles.get(key, key) for key in cites)


def _words(word: State | str) -> str:
    return str(word).replace("_", " ")
