# SPDX-License-Identifier: EUPL-1.2
"""What would make a ruling come out otherwise: another value of one fact, a later instant, a contested reading.

Reads: the law, a class of devices (or another subject), an app, a surface, an instant. Tries one change at a time, and
only of facts that a clause about this app and surface asks for: two changes together are not tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from ordinance.model.apps import AppFacts, Surface
from ordinance.model.estate import DeviceFacts, People
from ordinance.model.explained import Alternative
from ordinance.model.kleene import Truth
from ordinance.model.law import ChosenReading, Law, Restriction, Scope, Text
from ordinance.model.ruling import DeviceClass, Outcome, Ruling, Subject
from ordinance.policy import clocks, scope, select
from ordinance.policy.power import effective_force
from ordinance.policy.resolve import class_of, resolve

_Try: TypeAlias = Callable[[DeviceFacts, People | None], Outcome]


def alternatives(
    law: Law, who: DeviceClass, app: AppFacts, surface: Surface, at: datetime, found: Ruling
) -> tuple[Alternative, ...]:
    """Single changes with another outcome than `found`: facts in their order, then time, then readings."""
    near = replace(law, texts=tuple(t for t in law.texts if _reaches(law, t)))
    clauses = [
        (t, r)
        for t in near.texts
        for r in t.restrictions
        if surface in r.surfaces and select.covers(law, t, r.what, app, at).truth is not Truth.FALSE
    ]
    facts = _of_facts(near, who, app, surface, at, [r for _, r in clauses]) if who.subject is Subject.DEVICE else ()
    every = (*facts, *_of_time(near, who, app, surface, at, found), *_of_readings(near, who, app, surface, at, clauses))
    return tuple(a for a in every if a.outcome is not found.outcome)


def _reaches(law: Law, text: Text) -> bool:
    """Whether the text can mean anything for people of the body."""
    authority = law.authority(text.authority)
    people: tuple[People | None, ...] = (None, *People)
    return authority is not None and any(
        effective_force(r, authority, law, law.body, who)[0] is not None for r in text.restrictions for who in people
    )


# --- facts ----------------------------------------------------------------------------------------


def _of_facts(
    law: Law, who: DeviceClass, app: AppFacts, surface: Surface, at: datetime, clauses: list[Restriction]
) -> Iterator[Alternative]:
    def outcome(facts: DeviceFacts, people: People | None) -> Outcome:
        return resolve(law, class_of(facts, people, who.institution, who.exemptions), app, surface, at).outcome

    asked = {f for r in clauses for f in scope.facts_used(r.devices)}
    for fact, kind in scope.WORDS.items():
        if fact in asked:
            trials = {v: outcome(_with(who.facts, fact, v), who.people) for v in kind}
            yield from _grouped(fact, trials, getattr(who.facts, fact))
    for test in sorted({t for r in clauses for t in _share_tests(r.devices)}):
        yield from _of_share(test, who, outcome)
    for fact in scope.FLAGS:
        if fact in asked and fact != "part_funded":
            for value in (True, False):
                if getattr(who.facts, fact) is not value:
                    then = outcome(_with(who.facts, fact, value), who.people)
                    yield Alternative(then, ("is", fact, ("yes" if value else "no",)))
    if any(r.people for r in clauses):
        yield from _grouped("people", {p: outcome(who.facts, p) for p in People}, who.people)


def _with(facts: DeviceFacts, fact: str, value: Any) -> DeviceFacts:
    change: dict[str, Any] = {fact: value}
    return replace(facts, **change)


def _grouped(fact: str, trials: Mapping[StrEnum, Outcome], now: str | None) -> Iterator[Alternative]:
    """Values with one outcome are said together: as those, or as all but the others where these are fewer."""
    for outcome in Outcome:
        words = tuple(sorted(str(v) for v, o in trials.items() if o is outcome and v != now))
        others = tuple(sorted(str(v) for v in trials if str(v) not in words))
        if words and others and len(others) < len(words):
            yield Alternative(outcome, ("not", ("is", fact, others)))
        elif words:
            yield Alternative(outcome, ("is", fact, words))


def _of_share(test: Scope, who: DeviceClass, outcome: _Try) -> Iterator[Alternative]:
    """The test met where it is not, and the reverse."""
    _, fact, word, number = test
    above = number if word in {"at_least", "under"} else number + 1
    now = getattr(who.facts, fact)
    for value, met in ((above, word in {"over", "at_least"}), (above - 1, word in {"under", "at_most"})):
        is_so = now is not None and scope.TESTS[word](now, number)
        if 0 <= value <= 100 and (now is None or is_so is not met):
            then = outcome(_with(who.facts, fact, value), who.people)
            yield Alternative(then, test if met else ("not", test))


def _share_tests(tree: Scope) -> Iterator[Scope]:
    """Every test of a share; `part_funded` stands for one of each."""
    if tree[0] in {"all", "any"}:
        for part in tree[1]:
            yield from _share_tests(part)
    elif tree[0] == "not":
        yield from _share_tests(tree[1])
    elif tree[0] == "share":
        yield tree
    elif tree[1] == "part_funded":
        yield from (("share", fact, "over", 0) for fact in scope.SHARES)


# --- time and readings ----------------------------------------------------------------------------


def _of_time(
    law: Law, who: DeviceClass, app: AppFacts, surface: Surface, at: datetime, found: Ruling
) -> Iterator[Alternative]:
    """The next instant at which something in the law changes and the outcome with it."""
    for later in clocks.boundaries(law):
        if later > at and (then := resolve(law, who, app, surface, later).outcome) is not found.outcome:
            yield Alternative(then, at=later)
            return


def _of_readings(
    law: Law,
    who: DeviceClass,
    app: AppFacts,
    surface: Surface,
    at: datetime,
    clauses: list[tuple[Text, Restriction]],
) -> Iterator[Alternative]:
    asked = sorted({(t.id, name) for t, r in clauses for name, _ in r.under})
    day = at.astimezone(law.zone).date()
    for text_id, name in asked:
        others = tuple(r for r in law.readings if (r.text, r.parameter) != (text_id, name))
        choices = {c for t in law.versions(text_id) for p in t.parameters if p.id == name for c in p.choices}
        for choice in sorted(choices):
            chosen = ChosenReading("", text_id, name, choice, "", day)
            then = resolve(replace(law, readings=(*others, chosen)), who, app, surface, at).outcome
            yield Alternative(then, text=text_id, parameter=name, choice=choice)
