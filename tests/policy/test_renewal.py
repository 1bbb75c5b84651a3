# SPDX-License-Identifier: EUPL-1.2
"""What goes on with a rule whose time is up, and whether an evaluation stands behind it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bodies import EXAMPLES
from ordinance.catalogue.load import load
from ordinance.model.evaluation import Evaluation, RuleDecision, Way
from ordinance.model.law import AtSunset, Law, Restriction, Selector, Stage, State, Text, What
from ordinance.model.time import Period, start_of
from ordinance.policy.body import load_body
from ordinance.policy.lint import lint
from ordinance.policy.lints.renewal import DecisionNotCarriedOut, RenewedWithoutEvaluation
from ordinance.policy.renewal import renewals, standing_behind
from policy.worlds import BRUSSELS, a_clause, a_law, a_text

BODY, CATALOGUE = load_body(EXAMPLES / "ghent"), load()  # these lints look at the law alone
NEEDS = {"renewal_needs": frozenset({"evaluation"}), "at_sunset": AtSunset.DECIDE}
SIX_MONTHS = {**NEEDS, "term": Period(months=6)}


def day(text: str) -> tuple[Stage, ...]:
    return (Stage(State.IN_FORCE, start_of(date.fromisoformat(text), BRUSSELS)),)


def first(**changes: object) -> Text:
    return a_text(a_clause(**{**SIX_MONTHS, **changes}))


def second(clause: Restriction | None = None, since: str = "2023-09-13", **changes: object) -> Text:
    found = a_text(clause or a_clause(**SIX_MONTHS), version="2", lifecycle=day(since))
    return replace(found, **changes)


def decided(way: Way = Way.RENEW, on: str = "2023-09-10", version: str = "1", **changes: object) -> Evaluation:
    decision = RuleDecision(way, "council", date.fromisoformat(on), ("so",), no_dissent=True)
    made = date(2023, 9, 1)
    plain = Evaluation("e", "t", version, date(2023, 3, 13), date(2023, 8, 31), "ciso", made, decision=decision)
    return replace(plain, **changes)


def found(law: Law) -> list[str]:
    return [i.message for i in RenewedWithoutEvaluation().check(law, CATALOGUE, BODY, None)]


def goes_on(*texts: Text) -> list[str]:
    law = a_law(*texts)
    return [f"{c.id}@{t.version}" for t, c in renewals(law, texts[0], texts[0].restrictions[0])]


def test_a_later_version_beyond_the_end_goes_on() -> None:
    """By the clause's id, by its family or member, or by equal selectors; whether the rule has an end or not."""
    other_name = a_clause("d", **SIX_MONTHS)
    member = a_clause("d", what=(Selector(What.APP, ("a/x",)),))
    joined = a_clause("d", what=(Selector(What.ANY, parts=(Selector(What.FAMILY, ("a",)),)),))
    for clause in (None, other_name, member, joined):
        assert goes_on(first(), second(clause)) == [f"{(clause or a_clause()).id}@2"]
    category = (Selector(What.CATEGORY, ("games",)),)
    assert goes_on(first(what=category), second(a_clause("d", what=category))) == ["d@2"]
    assert goes_on(first(), second(), a_text(a_clause(), version="3", lifecycle=day("2024-03-13"))) == ["c@2", "c@3"]


def test_what_ends_with_it_or_speaks_of_something_else_does_not() -> None:
    """A version that mends a word and keeps the end is no renewal; nor is a rule about another app."""
    assert goes_on(first(), second(a_clause(last_day=date(2023, 9, 12)), since="2023-05-01")) == []
    assert goes_on(first(), second(a_clause("d", what=(Selector(What.FAMILY, ("b",)),)))) == []
    assert goes_on(first(), second(since="2023-01-01")) == []  # it was there before
    assert goes_on(a_text(a_clause()), second()) == []  # nothing ends
    assert goes_on(second(a_clause(**NEEDS)), first()) == []


def test_a_clause_that_stood_beside_it_goes_on_with_itself() -> None:
    """A version that ends one clause on time and keeps another about the same app renews nothing."""
    beside = a_clause("d")
    old = a_text(a_clause(**SIX_MONTHS), beside)
    new = second(a_clause(last_day=date(2023, 9, 12)), since="2023-05-01", restrictions=(
        a_clause(last_day=date(2023, 9, 12)), beside,
    ))  # fmt: skip
    assert goes_on(old, new) == []
    assert goes_on(old, second(restrictions=(a_clause("new"), beside))) == ["new@2"]


def test_the_text_that_superseded_it_goes_on() -> None:
    """Another text of which the lifecycle says that it took the place."""
    stages = (*day("2023-03-13"), Stage(State.SUPERSEDED, start_of(date(2023, 9, 13), BRUSSELS), by="u"))
    old = replace(first(), lifecycle=stages)
    new = a_text(a_clause("d"), name="u", lifecycle=day("2023-09-13"))
    assert goes_on(old, new) == ["d@1"]
    assert goes_on(first(), new) == []
    assert found(a_law(old, new)) == [
        "this goes on with t/c version 1, whose renewal needs an evaluation: "
        "none was decided by the day on which it begins"
    ]


def test_a_decision_in_time_stands_behind_it() -> None:
    """On the day on which the new version begins at the latest; of that version and clause; not to let it lapse."""
    texts = (first(), second())
    assert found(a_law(*texts, evaluations=(decided(on="2023-09-13"),))) == []
    elsewhere = (decided(version="2"), decided(restrictions=frozenset({"d"})), decided(policy="u"))
    for late in (decided(on="2023-09-14"), *elsewhere):
        assert len(found(a_law(*texts, evaluations=(late,)))) == 1
    assert len(found(a_law(*texts, evaluations=(replace(decided(), decision=None),)))) == 1
    (said,) = found(a_law(*texts, evaluations=(decided(Way.LAPSE),)))
    assert said.endswith("e decided on 2023-09-10 to let it lapse")


@pytest.mark.parametrize("way", [Way.RENEW, Way.CHANGE, Way.MAKE_PERMANENT])
def test_every_way_that_goes_on_will_do(way: Way) -> None:
    """What is decided is the council's; only that it looked is asked."""
    assert found(a_law(first(), second(), evaluations=(decided(way),))) == []


def test_the_last_decision_before_it_counts() -> None:
    """A council that first lets a rule lapse may think again, and the other way round."""
    earlier, later = decided(Way.LAPSE, "2023-09-05", id="e1"), decided(Way.RENEW, "2023-09-11", id="e2")
    texts = (first(), second())
    assert found(a_law(*texts, evaluations=(earlier, later))) == []
    turned = (decided(Way.RENEW, "2023-09-05"), decided(Way.LAPSE, "2023-09-11"))
    assert len(found(a_law(*texts, evaluations=turned))) == 1
    law = a_law(*texts, evaluations=(earlier, later))
    at = start_of(date(2023, 9, 13), BRUSSELS)
    assert [e.id for e in standing_behind(law, texts[0], texts[0].restrictions[0], at)] == ["e2", "e1"]


def test_each_renewal_needs_its_own() -> None:
    """The evaluation of the first six months does not renew the second six."""
    third = a_text(a_clause(**SIX_MONTHS), version="3", lifecycle=day("2024-03-13"))
    once = found(a_law(first(), second(), third, evaluations=(decided(),)))
    assert len(once) == 1 and "version 2" in once[0]
    again = decided(on="2024-03-01", version="2", id="f")
    assert found(a_law(first(), second(), third, evaluations=(decided(), again))) == []


def test_a_rule_that_needs_nothing_is_renewed_freely() -> None:
    """And other needs are not ours to check: only an evaluation is a file."""
    assert found(a_law(first(renewal_needs=frozenset()), second())) == []
    assert found(a_law(first(renewal_needs=frozenset({"council_vote"})), second())) == []


def test_what_was_decided_and_not_carried_out() -> None:
    """Seen from a day after the end: a rule that was to go on and does not, one that was to lapse and is overdue."""
    at = start_of(date(2023, 10, 1), BRUSSELS)

    def said(*texts: Text, way: Way) -> list[str]:
        law = a_law(*texts, evaluations=(decided(way),))
        return [i.message for i in DecisionNotCarriedOut().check(law, CATALOGUE, BODY, at)]

    ended = Stage(State.LAPSED, start_of(date(2023, 9, 13), BRUSSELS))
    lapsed = replace(first(), lifecycle=(*day("2023-03-13"), ended))
    assert said(first(), second(), way=Way.RENEW) == []
    assert said(lapsed, way=Way.LAPSE) == []
    assert said(first(), way=Way.LAPSE) == ["e decided to let t/c lapse, and it is still overdue"]
    assert said(first(), way=Way.CHANGE) == ["e decided to change t/c, and no version goes on with it"]
    assert said(first(), way=Way.MAKE_PERMANENT) == ["e decided to make permanent t/c, and no version goes on with it"]
    assert said(first(term=Period(months=7)), way=Way.CHANGE) == []  # its time is not up
    assert said(first(at_sunset=AtSunset.PERMANENT), way=Way.MAKE_PERMANENT) == []  # it stays by silence


def test_a_decided_rule_is_not_called_undecided() -> None:
    """`sunset-in-the-past` is about silence; what was decided and not done has its own lint."""
    at = start_of(date(2023, 10, 1), BRUSSELS)
    silent, told = a_law(first()), a_law(first(), evaluations=(decided(Way.LAPSE),))
    ids = [{i.id for i in lint(law, CATALOGUE, BODY, at)} for law in (silent, told)]
    assert ("sunset-in-the-past" in ids[0], "sunset-in-the-past" in ids[1]) == (True, False)
    assert "decision-not-carried-out" in ids[1]
