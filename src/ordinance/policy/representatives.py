# SPDX-License-Identifier: EUPL-1.2
"""A few devices, people and apps that stand for all: what no clause tells apart, one of them represents.

Reads: clauses and the catalogue. Every value of a fact that the clauses ask for is tried, and "not stated"; values
that all of their tests answer alike are tried once. Nothing that a clause can distinguish is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from math import prod
from typing import Any

from ordinance.model.apps import AppFacts, Catalogue
from ordinance.model.divergence import OTHER
from ordinance.model.estate import DeviceFacts, People
from ordinance.model.kleene import Truth
from ordinance.model.law import Force, Law, Restriction, Scope, Selector, Text, What
from ordinance.model.ruling import Subject
from ordinance.policy import scope
from ordinance.policy.scope import FLAGS, SHARES, WORDS

MOST_POINTS = 20_000  # combinations of facts; texts that ask for more cannot be compared exactly within a second or so
ANY = "?"
UNKNOWN_APP = AppFacts(f"{ANY}/{ANY}", ANY)


@dataclass(frozen=True, slots=True)
class Point:
    """A subject of a clause: a device with its facts and holder, or a network, place or account of a kind."""

    facts: DeviceFacts
    people: People | None
    subject: Subject = Subject.DEVICE
    word: str = ""
    complete: bool = True


@dataclass(frozen=True, slots=True)
class TooMany:
    """The facts asked for have more combinations than are tried."""

    combinations: int


def points(clauses: Iterable[Restriction]) -> tuple[Point, ...] | TooMany:
    """Subjects that stand for all which the clauses can tell apart; those with every fact stated come first."""
    found = tuple(clauses)
    of_devices = [c for c in found if c.speaks_of_devices]
    facts = _values([c.devices for c in of_devices])
    people = _people(of_devices)
    size = prod(map(len, facts.values())) * len(people)
    if size > MOST_POINTS:
        return TooMany(size)
    devices = (_device(facts, chosen, who) for who in people for chosen in product(*facts.values()))
    every = [*(devices if of_devices else ()), *_others(found)]
    return tuple(sorted(every, key=lambda p: not p.complete))


def distinct_points(clauses: Iterable[Restriction]) -> tuple[Point, ...] | TooMany:
    """One subject for each way in which the clauses come out together; of two alike the one with every fact stated."""
    return _distinct_points(tuple(_subjects_of(c) for c in clauses))


def _subjects_of(clause: Restriction) -> Restriction:
    """A clause with nothing but whom it speaks of: many are alike in this."""
    about = Restriction("", Force.ADVICE, (), frozenset(), clause.devices, clause.people, ())
    return replace(about, networks=clause.networks, places=clause.places, accounts=clause.accounts)


@lru_cache(maxsize=1_000)
def _distinct_points(clauses: tuple[Restriction, ...]) -> tuple[Point, ...] | TooMany:
    every = points(clauses)
    if isinstance(every, TooMany):
        return every
    found: dict[tuple[bool, tuple[Truth, ...]], Point] = {}
    for point in every:
        found.setdefault((point.complete, tuple(covers_point(c, point) for c in clauses)), point)
    return tuple(found.values())


def points_of_scope(devices: Scope) -> tuple[Point, ...] | TooMany:
    """Devices that stand for all which a scope can tell apart."""
    facts = _values([devices])
    size = prod(map(len, facts.values()))
    if size > MOST_POINTS:
        return TooMany(size)
    return tuple(_device(facts, chosen, (None, True)) for chosen in product(*facts.values()))


def asked(clauses: Iterable[Restriction], subject: Subject) -> tuple[str, ...]:
    """The facts that the clauses ask of such a subject, in the order in which a person would give them."""
    found = tuple(clauses)
    facts = _values([c.devices for c in found]) if subject is Subject.DEVICE else {}
    return (*facts, *(("people",) if any(c.people for c in found) else ()))


def covers_point(clause: Restriction, point: Point) -> Truth:
    """Whether a clause speaks of a subject: kind, device and people."""
    if point.subject is not Subject.DEVICE and point.word not in _words(clause)[point.subject]:
        return Truth.FALSE
    if point.subject is Subject.DEVICE and not clause.speaks_of_devices:
        return Truth.FALSE
    return scope.evaluate(clause.devices, point.facts) & scope.evaluate_people(clause.people, point.people)


def _device(facts: Mapping[str, tuple[Any, ...]], chosen: tuple[Any, ...], who: tuple[People | None, bool]) -> Point:
    stated = dict(zip(facts, chosen, strict=True))
    return Point(DeviceFacts(**stated), who[0], complete=who[1] and all(v is not None for v in chosen))


def _others(clauses: Iterable[Restriction]) -> Iterator[Point]:
    others = [c for c in clauses if not c.speaks_of_devices]
    named = {(subject, word) for c in others for subject, words in _words(c).items() for word in words}
    for (subject, word), (who, complete) in product(sorted(named), _people(others)):
        yield Point(DeviceFacts(), who, subject, str(word), complete)


def _words(clause: Restriction) -> Mapping[Subject, frozenset[Any]]:
    return {Subject.NETWORK: clause.networks, Subject.PLACE: clause.places, Subject.ACCOUNT: clause.accounts}


# --- facts ----------------------------------------------------------------------------------------


def _values(scopes: Iterable[Scope]) -> dict[str, tuple[Any, ...]]:
    """Values to try of each fact that the scopes ask for; `part_funded` is asked of the three shares."""
    tests = {t for s in scopes for t in leaves(s)}
    if any(t[1] == "part_funded" for t in tests):
        tests |= {("share", share, "over", 0) for share in SHARES}
    facts = [f for f in (*WORDS, *SHARES, *FLAGS) if f != "part_funded" and any(t[1] == f for t in tests)]
    return {f: (*_distinct(f, [t for t in tests if t[1] == f]), None) for f in facts}


def _distinct(fact: str, tests: list[Scope]) -> tuple[Any, ...]:
    """One value for each way in which the tests of a fact can come out."""
    found: dict[tuple[Truth, ...], Any] = {}
    for value in _candidates(fact, tests):
        facts = DeviceFacts(**{fact: value})
        found.setdefault(tuple(scope.evaluate(t, facts) for t in tests), value)
    return tuple(found.values())


def _candidates(fact: str, tests: list[Scope]) -> Iterable[Any]:
    if fact in WORDS:
        return WORDS[fact]
    if fact in FLAGS:
        return (True, False)
    near = {t[3] + step for t in tests for step in (-1, 0, 1)}
    return sorted(n for n in near if 0 <= n <= 100)


def leaves(of: Scope) -> Iterator[Scope]:
    """Every single test of a scope."""
    if of[0] in {"all", "any"}:
        for part in of[1]:
            yield from leaves(part)
    elif of[0] == "not":
        yield from leaves(of[1])
    else:
        yield of


def _people(clauses: Iterable[Restriction]) -> tuple[tuple[People | None, bool], ...]:
    """Holders to try, each with whether nothing is left unstated."""
    named = {p for c in clauses for p in c.people}
    if not named:
        return ((None, True),)
    other = next((p for p in People if p not in named), None)
    return (*((p, True) for p in sorted(named)), *(((other, True),) if other else ()), (None, False))


# --- apps -----------------------------------------------------------------------------------------


def apps(law: Law, texts: Iterable[Text]) -> tuple[AppFacts, ...]:
    """Apps that stand for all that the texts can tell apart: those of the catalogue and those named, one that nobody
    knows of each family named, of each vendor and of each category asked for, and one of which nothing is known."""
    written = (s for t in texts for s in _selectors(t))
    named = [leaf for s in (*written, *(c.what for c in law.classifications)) for leaf in s.leaves()]
    catalogue = law.catalogue
    found = {f"{f.id}/{m.id}": catalogue.facts(f"{f.id}/{m.id}") for f in catalogue.families for m in f.members}
    for leaf in named:
        if leaf.kind is What.APP:
            found.setdefault(leaf.words[0], catalogue.facts(leaf.words[0]))
        if leaf.kind is What.FAMILY:
            found.setdefault(f"{leaf.words[0]}/{ANY}", _unknown_member(catalogue, leaf.words[0]))
    used = {(kind, word) for leaf in named for kind, word in ((leaf.kind, w) for w in leaf.words)}
    every = [v for facts in found.values() for v in _uses(facts, used)]
    return (*every, *_unknown_apps(catalogue, {leaf.kind for leaf in named}, used), UNKNOWN_APP)


def _selectors(text: Text) -> Iterator[Selector]:
    for clause in text.restrictions:
        yield from clause.what
    for one in text.lists:
        for version in one.versions:
            yield from version.items
    for criterion in text.criteria:
        yield from criterion.met_by
    yield from (c.what for c in text.classifications)


def _unknown_member(catalogue: Catalogue, family: str) -> AppFacts:
    known = catalogue.family(family)
    if known is None or not known.members:
        return AppFacts(f"{family}/{ANY}", family)
    facts = catalogue.facts(f"{family}/{known.members[0].id}")
    return replace(facts, id=f"{family}/{ANY}", edition=None, deployment=None, contract=None)


_OF_ONE_USE = (What.EDITION, What.DEPLOYMENT, What.CONTRACT)


def _uses(facts: AppFacts, used: set[tuple[What, str]]) -> Iterator[AppFacts]:
    """The app as it stands, and as it is used in each way that is asked for and that the catalogue leaves open."""
    yield facts
    open_ways = [
        [(str(kind), w) for w in (*sorted(w for k, w in used if k is kind), OTHER)]
        for kind in _OF_ONE_USE
        if getattr(facts, kind) is None and any(k is kind for k, _ in used)
    ]
    if open_ways:
        for ways in product(*open_ways):
            said: dict[str, Any] = dict(ways)
            yield replace(facts, **said)


def use_of(catalogue: Catalogue, app: AppFacts) -> tuple[tuple[str, str], ...]:
    """How an app is used in a case, where the catalogue leaves that open."""
    known = AppFacts(app.id, app.family) if ANY in app.id else catalogue.facts(app.id)
    said = ((str(kind), getattr(app, kind)) for kind in _OF_ONE_USE if getattr(known, kind) is None)
    return tuple((kind, word) for kind, word in said if word is not None)


def _unknown_apps(catalogue: Catalogue, kinds: set[What], used: set[tuple[What, str]]) -> Iterator[AppFacts]:
    """Apps that the catalogue does not know, of each vendor that it does know and of each category asked for."""
    if not kinds & {What.VENDOR, What.ORIGIN, What.CATEGORY}:
        return
    by_vendor: dict[str | None, AppFacts] = {None: UNKNOWN_APP}
    for family in catalogue.families if kinds & {What.VENDOR, What.ORIGIN} else ():
        for member in family.members[:1]:
            facts = catalogue.facts(f"{family.id}/{member.id}")
            like = replace(facts, id=UNKNOWN_APP.id, family=ANY, succeeds=frozenset(), categories=None)
            by_vendor.setdefault(facts.vendor, replace(like, edition=None, deployment=None, contract=None))
    categories: list[frozenset[Any] | None] = [frozenset({w}) for k, w in sorted(used) if k is What.CATEGORY]
    for facts in by_vendor.values():
        for category in (*categories, frozenset(), None) if categories else (None,):
            if facts.vendor is not None or category is not None:
                yield replace(facts, categories=category)

