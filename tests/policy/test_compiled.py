# SPDX-License-Identifier: EUPL-1.2
"""A compiled law gives the rulings of `resolve`, whatever the law, the class, the app and the instant."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings

from ordinance.model.estate import DeviceFacts
from ordinance.model.law import Law
from ordinance.model.ruling import DeviceClass, Outcome, Subject
from ordinance.policy import verdicts as verdicts_of_room
from ordinance.policy.alike import FACTS, alike
from ordinance.policy.compiled import CompiledLaw
from ordinance.policy.resolve import clause_states, resolve, subject_of
from ordinance.policy.verdicts import Row, Verdicts, verdict_of
from policy.wide import APPS, QUESTIONS, World, wide_worlds
from policy.worlds import SURFACES, cases

pytestmark = pytest.mark.slow
many = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def row_of(who: DeviceClass) -> Row:
    """A class as `Verdicts` takes it."""
    return (*(getattr(who.facts, name) for name in FACTS), who.people, who.institution)


def fresh(law: Law) -> Law:
    """The law with nothing kept on it."""
    return replace(law)


@many
@given(wide_worlds())
def test_a_compiled_law_rules_as_resolve_does(world: World) -> None:
    """Known and unknown apps, stated facts of a use, every surface, several classes: equal, reasons included."""
    compiled = CompiledLaw(world.law, world.at)
    for who in (*world.classes, subject_of(Subject.NETWORK, "public", "gent")):
        assert compiled.states(who) == clause_states(world.law, who, world.at)
        for app in APPS:
            for surface in SURFACES:
                assert compiled.ruling(who, app, surface) == resolve(world.law, who, app, surface, world.at)


@many
@given(wide_worlds())
def test_verdicts_are_those_of_resolve(world: World) -> None:
    """Outcome, deciding clause, duties, exemption and missing facts, class by class and question by question."""
    verdicts = Verdicts(CompiledLaw(world.law, world.at), QUESTIONS)
    for who in world.classes:
        numbers = verdicts.of(row_of(who), who.exemptions)
        for app, surface in QUESTIONS:
            found = verdicts.verdicts[numbers[verdicts.columns[app, surface]]]
            assert found == verdict_of(resolve(world.law, who, app, surface, world.at))


@many
@given(wide_worlds())
def test_values_that_are_alike_come_to_the_same_verdicts(world: World) -> None:
    """Each fact put in the place of another that no clause tells from it changes no verdict."""
    clauses = [r for t in world.law.texts for r in t.restrictions]
    verdicts = Verdicts(CompiledLaw(world.law, world.at), QUESTIONS)
    for who in world.classes:
        found = {n: alike(clauses, n, {getattr(c.facts, n): 0 for c in world.classes}) for n in FACTS}
        stands_for_it = DeviceFacts(**{n: found[n][getattr(who.facts, n)] for n in FACTS})
        assert verdicts.of(row_of(replace(who, facts=stands_for_it)), who.exemptions) == verdicts.of(
            row_of(who), who.exemptions
        )


@many
@given(cases())
def test_what_is_kept_on_a_law_changes_nothing(case: tuple[Law, object]) -> None:
    """A ruling is the same from a law that was asked before, at other instants too, and from a fresh one."""
    law, q = case
    asked = [s.start for t in law.texts for s in t.lifecycle]
    for at in (*asked, q.at, *asked):  # type: ignore[attr-defined]
        kept = resolve(law, q.who, q.app, q.surface, at)  # type: ignore[attr-defined]
        assert kept == resolve(fresh(law), q.who, q.app, q.surface, at)  # type: ignore[attr-defined]


def test_the_generated_laws_come_to_every_outcome() -> None:
    """The worlds above are no empty ones: each outcome comes up often, with duties, exemptions and missing facts."""
    met: Counter[str] = Counter()

    @settings(many, derandomize=True, database=None)
    @given(wide_worlds())
    def collect(world: World) -> None:
        compiled = CompiledLaw(world.law, world.at)
        for who, question in product(world.classes, QUESTIONS):
            ruling = compiled.ruling(who, *question)
            met[ruling.outcome] += 1
            met["duties"] += bool(ruling.duties)
            met["divergences"] += bool(ruling.divergences)

    collect()
    assert all(met[word] >= 20 for word in (*Outcome, "duties", "divergences")), met


def test_few_patterns_in_memory_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    """With room for one pattern at a time, every class still gets its own verdicts."""
    monkeypatch.setattr(verdicts_of_room, "MOST_KEPT", 1)

    @settings(many, max_examples=30)
    @given(wide_worlds())
    def check(world: World) -> None:
        verdicts = Verdicts(CompiledLaw(world.law, world.at), QUESTIONS)
        rows = [(row_of(who), who.exemptions) for who in world.classes]
        assert [verdicts.of(*row) for row in rows] == [verdicts.of(*row) for row in rows]

    check()


def test_every_fact_of_a_device_is_in_a_row() -> None:
    """A fact that somebody adds to devices reaches the verdicts."""
    assert {f.name for f in fields(DeviceFacts)} | {"people", "institution"} == set(verdicts_of_room.ROW)
