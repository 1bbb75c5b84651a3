# SPDX-License-Identifier: EUPL-1.2
"""Laws of rulings, on generated laws: DESIGN section 6, one property a sentence."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ordinance.model.kleene import Truth
from ordinance.model.law import Force, Law, Selector, What
from ordinance.model.ruling import Outcome, Ruling, Standing
from ordinance.model.time import Span
from ordinance.policy import clocks
from ordinance.policy.resolve import ClauseState, class_of, clause_states, resolve
from policy import oracle, worlds
from policy.worlds import Question


def speaks_of(state: ClauseState, q: Question) -> bool:
    """Whether a clause names the question's app and surface."""
    return q.surface in state.restriction.surfaces and state.names(q.app)

pytestmark = pytest.mark.slow
law_of_rulings = settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
O = Outcome  # noqa: E741 (the table below is read as a table)

# What an outcome may become when a binding clause is added. With unknown facts the strict order alone is not enough:
# a permission may become doubtful, and a doubt may be settled by something as strict as all that it could have been.
AFTER_ONE_MORE_CLAUSE = {
    O.PERMITTED: {O.PERMITTED, O.ADVISED_AGAINST, O.CONDITIONAL, O.UNKNOWN, O.FORBIDDEN},
    O.ADVISED_AGAINST: {O.ADVISED_AGAINST, O.CONDITIONAL, O.UNKNOWN, O.FORBIDDEN},
    O.CONDITIONAL: {O.CONDITIONAL, O.UNKNOWN, O.FORBIDDEN},
    O.UNKNOWN: {O.UNKNOWN, O.CONDITIONAL, O.FORBIDDEN},
    O.FORBIDDEN: {O.FORBIDDEN},
}
STRICTER = (O.PERMITTED, O.ADVISED_AGAINST, O.CONDITIONAL, O.FORBIDDEN)


def ask(law: Law, q: Question) -> Ruling:
    """The ruling for a question."""
    return resolve(law, q.who, q.app, q.surface, q.at)


def filled(q: Question, complete: Question, names: tuple[str, ...] | None = None) -> Question:
    """The question with missing facts stated as `complete` has them: all, or those of `names`."""
    every = ("owner", "access", "enrolment", "platform", "use", "part_funded", "people") if names is None else names
    facts = worlds.filled(q.who.facts, complete.who.facts, every)
    people = complete.who.people if "people" in every and q.who.people is None else q.who.people
    return replace(q, who=class_of(facts, people, q.who.institution, q.who.exemptions))


@law_of_rulings
@given(worlds.cases(missing=False))
def test_a_ruling_is_what_the_design_says(case: tuple[Law, Question]) -> None:
    """With every fact stated, the outcome is the one that a plain reading of the rules gives."""
    law, q = case
    assert ask(law, q).outcome is oracle.outcome(law, q.who, q.app, q.surface, q.at)


@law_of_rulings
@given(worlds.cases(), st.data())
def test_a_known_ruling_survives_every_fact(case: tuple[Law, Question], data: st.DataObject) -> None:
    """Stating a missing fact never changes a known outcome; stating them all settles an unknown one."""
    law, q = case
    before, whole = ask(law, q), data.draw(worlds.thrown(worlds.make_question, law, missing=False))
    one = data.draw(st.sampled_from(("owner", "use", "purchase_share", "subscription_share", "people")))
    after_one, after_all = ask(law, filled(q, whole, (one,))), ask(law, filled(q, whole))
    assert after_all.outcome is not Outcome.UNKNOWN
    if before.outcome is not Outcome.UNKNOWN:
        assert after_one.outcome is before.outcome
        assert after_all.outcome is before.outcome


@law_of_rulings
@given(worlds.cases(), st.data())
def test_an_unknown_ruling_names_what_settles_it(case: tuple[Law, Question], data: st.DataObject) -> None:
    """The facts that an unknown ruling names are unstated, and stating just those settles it; others name nothing."""
    law, q = case
    before = ask(law, q)
    if before.outcome is not Outcome.UNKNOWN:
        assert before.missing == ()
        return
    assert before.missing
    assert all((q.who.people if m == "people" else getattr(q.who.facts, m)) is None for m in before.missing)
    after = ask(law, filled(q, data.draw(worlds.thrown(worlds.make_question, law, missing=False)), before.missing))
    assert after.outcome is not Outcome.UNKNOWN


@law_of_rulings
@given(worlds.cases(), st.data())
def test_each_missing_fact_of_a_clause_could_matter(case: tuple[Law, Question], data: st.DataObject) -> None:
    """A clause whose scope is unknown names missing facts, and those alone settle it; a decided one names none."""
    law, q = case
    whole = data.draw(worlds.thrown(worlds.make_question, law, missing=False))
    for state in clause_states(law, q.who, q.at):
        missing = state.reason.missing
        assert bool(missing) == (state.reason.in_scope is Truth.UNKNOWN)
        settled = {s.name: s for s in clause_states(law, filled(q, whole, missing).who, q.at)}[state.name]
        assert settled.reason.in_scope is not Truth.UNKNOWN


@law_of_rulings
@given(worlds.cases(), st.data())
def test_one_more_binding_clause_never_loosens(case: tuple[Law, Question], data: st.DataObject) -> None:
    """Composition is a union: a binding clause more, in an old text or a new one, never gives a looser outcome."""
    law, q = case
    clause = data.draw(worlds.thrown(worlds.make_clause, "more", (Force.BINDING,)))
    text = data.draw(st.sampled_from((*law.texts, None)))
    added = data.draw(worlds.thrown(worlds.make_text, "t9", "be")) if text is None else text
    grown = replace(added, restrictions=(*added.restrictions, clause), mirrors=())
    after = replace(law, texts=(*(t for t in law.texts if t is not text), grown))
    assert ask(after, q).outcome in AFTER_ONE_MORE_CLAUSE[ask(law, q).outcome]


@law_of_rulings
@given(worlds.cases(missing=False), st.data())
def test_one_more_text_never_loosens_what_is_known(case: tuple[Law, Question], data: st.DataObject) -> None:
    """With every fact stated, a text more of whatever force never gives a looser outcome."""
    law, q = case
    more = data.draw(worlds.thrown(worlds.make_text, "t9", data.draw(st.sampled_from(("gent", "be", "zone")))))
    after = ask(replace(law, texts=(*law.texts, more)), q).outcome
    assert STRICTER.index(after) >= STRICTER.index(ask(law, q).outcome)


@law_of_rulings
@given(worlds.cases(), st.data())
def test_omission_is_no_opinion(case: tuple[Law, Question], data: st.DataObject) -> None:
    """A text that does not name the app changes nothing at all."""
    law, q = case
    silent = data.draw(worlds.thrown(worlds.make_text, "t9", "gent"))
    elsewhere = (Selector(What.FAMILY, ("z",)), Selector(What.APP, ("a/z",)))
    other = tuple(replace(r, what=elsewhere) for r in silent.restrictions)
    assert ask(replace(law, texts=(*law.texts, replace(silent, restrictions=other, mirrors=()))), q) == ask(law, q)


@law_of_rulings
@given(worlds.cases())
def test_a_known_forbidden_beats_unknown(case: tuple[Law, Question]) -> None:
    """One binding clause that surely reaches the device and that nothing lifts forbids, whatever else is doubtful."""
    law, q = case
    sure = [
        s
        for s in clause_states(law, q.who, q.at)
        if s.binds and s.reason.in_scope is Truth.TRUE and speaks_of(s, q)
    ]
    unlifted = [s for s in sure if s.lifted_by(q.app, q.surface) is None]
    ruling = ask(law, q)
    assert (ruling.outcome is Outcome.FORBIDDEN) == bool(unlifted)
    if unlifted:
        assert ruling.deciding == unlifted[0].name
    if ruling.outcome is Outcome.CONDITIONAL:
        assert ruling.deciding == sure[0].name
        assert ruling.exemption in {e.id for e in sure[0].exemptions}
    else:
        assert ruling.exemption is None


@law_of_rulings
@given(worlds.cases())
def test_mirrors_import_nothing(case: tuple[Law, Question]) -> None:
    """Without `mirrors:` each ruling is the same but for its divergences and what is to be decided."""
    law, q = case
    bare = ask(replace(law, texts=tuple(replace(t, mirrors=()) for t in law.texts)), q)
    ruling = ask(law, q)
    undecided = tuple(replace(r, to_be_decided="") for r in ruling.reasons)
    assert replace(ruling, divergences=(), reasons=undecided) == bare
    assert bare.divergences == ()


@law_of_rulings
@given(worlds.cases(), st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(case: tuple[Law, Question], shuffler: random.Random) -> None:
    """The same law written in another order, asked again, gives the same ruling."""
    law, q = case

    def shuffled(items: tuple) -> tuple:
        return tuple(shuffler.sample(items, len(items)))

    texts = shuffled(tuple(replace(t, restrictions=shuffled(t.restrictions)) for t in law.texts))
    other = replace(law, texts=texts, authorities=shuffled(law.authorities), exemptions=shuffled(law.exemptions))
    assert ask(other, q) == ask(law, q) == ask(law, q)


@law_of_rulings
@given(worlds.cases())
def test_force_never_exceeds_power(case: tuple[Law, Question]) -> None:
    """No reason carries more force than its authority has over the person, nor more than its clause says."""
    law, q = case
    authorities = {a.id: a for a in law.authorities}
    people = worlds.PEOPLE if q.who.people is None else (q.who.people,)
    for state in clause_states(law, q.who, q.at):
        if state.reason.force is not None:
            authority = authorities[state.text.authority]
            most = max(oracle.power(law, authority, q.who.institution, p) for p in people)
            assert state.reason.force.strength <= min(most, state.restriction.force.strength)


@law_of_rulings
@given(worlds.cases())
def test_duties_come_from_forbidding_clauses_earliest_first(case: tuple[Law, Question]) -> None:
    """Only a forbidden app gives duties; each has the earliest deadline of the forbidding clauses; advice has none."""
    law, q = case
    ruling = ask(law, q)
    dues: dict[str, list] = {}
    for s in clause_states(law, q.who, q.at):
        if s.binds and s.reason.in_scope is Truth.TRUE and speaks_of(s, q):
            for duty, clock in s.restriction.duties:
                dues.setdefault(duty, []).append((clocks.due(law, s.text, s.restriction, clock), s.name))
    if ruling.outcome is not Outcome.FORBIDDEN:
        assert ruling.duties == ()
        return
    assert {d.duty for d in ruling.duties} == dues.keys()
    for d in ruling.duties:
        assert (d.due, d.restriction) in dues[d.duty]
        assert d.due == min(due for due, _ in dues[d.duty])


@law_of_rulings
@given(worlds.cases(), st.data())
def test_rulings_are_constant_between_boundaries(case: tuple[Law, Question], data: st.DataObject) -> None:
    """A window cut at the law's boundaries has no gap and no overlap, and nothing changes inside a piece."""
    law, q = case
    ends = sorted(data.draw(st.lists(worlds.thrown(worlds.make_instant), min_size=2, max_size=2, unique=True)))
    pieces = clocks.segments(law, Span(*ends))
    assert (pieces[0].start, pieces[-1].end) == tuple(ends)
    assert all(a.end == b.start for a, b in itertools.pairwise(pieces))
    assert all(p.start < p.end for p in pieces)  # type: ignore[operator]
    piece = data.draw(st.sampled_from(pieces))
    start, end = piece.closed
    inside = start + (end - start) * data.draw(st.floats(0, 0.999999))
    assert replace(ask(law, replace(q, at=inside)), at=start) == ask(law, replace(q, at=start))


@law_of_rulings
@given(worlds.cases())
def test_no_clause_counts_outside_its_force(case: tuple[Law, Question]) -> None:
    """A clause stands `in_force` exactly where its lifecycle, its versions and its term say so."""
    law, q = case
    for s in clause_states(law, q.who, q.at):
        in_force = oracle.stands(law, s.text, s.restriction, q.at)
        assert (s.reason.standing is Standing.IN_FORCE) == in_force


def test_the_generated_laws_have_something_to_say() -> None:
    """Each outcome comes up often enough for the properties above to mean something."""
    seen: Counter[Outcome] = Counter()

    @settings(max_examples=400, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(worlds.cases())
    def count(case: tuple[Law, Question]) -> None:
        law, q = case
        seen[ask(law, q).outcome] += 1

    count()
    assert min(seen[o] for o in Outcome) >= 8, seen
