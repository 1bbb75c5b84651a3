# SPDX-License-Identifier: EUPL-1.2
"""What a body made of another's text: each answer that there is, and the strongest that shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from ordinance.model.law import (
    Adopted,
    Adoption,
    Answer,
    Authority,
    Dimension,
    Force,
    Law,
    Power,
    Precision,
    Selector,
    Stage,
    State,
    Text,
    TextKind,
    What,
)
from ordinance.model.time import Period, start_of
from ordinance.review.cascade import Reach, Seat, Stand, answer_at, seat
from policy.worlds import BRUSSELS, a_clause, a_law, a_text

GENT = frozenset({"gent"})


def at(day: str) -> datetime:
    return start_of(date.fromisoformat(day), BRUSSELS)


def stages(day: str, state: State = State.IN_FORCE) -> tuple[Stage, ...]:
    return (Stage(state, at(day)),)


DIRECTIVE = a_text(
    a_clause(force=Force.ADVICE, addressees=GENT, term=Period(months=6)), name="d", authority="be", shipped=True
)
BINDING = a_text(a_clause(addressees=GENT, last_day=date(2023, 12, 31)), name="d", authority="be", shipped=True)


def law(*texts: Text, directive: Text = DIRECTIVE, binds: bool = False, advises: bool = True, **more: object) -> Law:
    """The law of gent, with a directive of be that advises it unless said otherwise."""
    power = (Power(GENT),)
    be = Authority("be", "Belgium", BRUSSELS, binds=power if binds else (), advises=power if advises else ())
    found = a_law(*texts, directive, **more)
    return replace(found, authorities=(*(a for a in found.authorities if a.id != "be"), be))


def seen(*texts: Text, on: str = "2023-06-01", **more: object) -> Seat:
    return seat(law(*texts, **more), "d", at(on))


def said(word: Adopted, on: str = "2023-04-01") -> Answer:
    return Answer("d", word, "council", date.fromisoformat(on), ("so",))


def test_silence_and_its_opposite() -> None:
    """Nothing on file is silence only where the text reaches the body; what binds it is not silence."""
    assert (seen().stand, seen().reach, seen().no_enforcing_act) == (Stand.SILENT, Reach.ADVISES, True)
    far = seen(advises=False)
    assert (far.stand, far.reach, far.no_enforcing_act) == (Stand.NOT_REACHED, Reach.NOT, False)
    bound = seen(directive=BINDING, binds=True)
    assert (bound.stand, bound.reach, bound.no_enforcing_act) == (Stand.BOUND, Reach.BINDS, True)
    assert (bound.since, bound.until) == (at("2023-03-13"), at("2024-01-01"))


def test_the_author_is_no_follower() -> None:
    """Its own text is its own act."""
    found = seat(replace(law(), body="be"), "d", at("2023-06-01"))
    assert (found.stand, found.reach) == (Stand.AUTHOR, Reach.AUTHOR)


def test_a_mirror_that_says_the_same_and_one_that_does_not() -> None:
    """Any difference that can be compared makes it one with differences; the day of the act counts, not ours."""
    same = a_text(a_clause(force=Force.ADVICE, addressees=GENT, term=Period(months=6)), mirrors=("d",))
    shorter = a_text(a_clause(addressees=GENT, term=Period(months=3)), mirrors=("d",))
    assert seen(same).stand is Stand.MIRRORS
    assert seen(same).no_enforcing_act  # it only advises too
    found = seen(shorter)
    assert (found.stand, found.no_enforcing_act) == (Stand.DIFFERS, False)
    assert (found.since, found.until) == (at("2023-03-13"), at("2023-06-13"))
    assert found.acts[0].divergences
    assert seen(shorter, on="2023-07-01").no_enforcing_act  # it is over by then


def test_adopted_beats_mirrored_and_an_act_beats_an_answer() -> None:
    """The order of the strongest that shows."""
    adopts = a_text(a_clause(), name="o", adopts=(Adoption("d"),))
    mirrors = a_text(a_clause(), name="m", mirrors=("d",))
    both = seen(mirrors, adopts, answers=(said(Adopted.DECLINED),))
    assert (both.stand, [a.text.id for a in both.acts]) == (Stand.ADOPTED, ["o", "m"])
    assert both.answer is not None


@pytest.mark.parametrize(
    ("word", "stand"),
    [
        (Adopted.ADOPTED, Stand.SAID_ADOPTED),
        (Adopted.MITIGATED, Stand.MITIGATED),
        (Adopted.DECLINED, Stand.DECLINED),
        (Adopted.PENDING, Stand.PENDING),
    ],
)
def test_an_answer_is_an_answer(word: Adopted, stand: Stand) -> None:
    """From its day on; a rule of the body's own about the app stays listed beside it."""
    own = a_text(a_clause(), name="o")
    found = seen(own, answers=(said(word),))
    assert (found.stand, [a.relation for a in found.acts]) == (stand, [Stand.OWN_RULE])
    assert (found.since, found.until, found.no_enforcing_act) == (None, None, False)
    assert seen(answers=(said(word),)).no_enforcing_act
    assert seen(answers=(said(word, "2023-06-02"),)).stand is Stand.SILENT


def test_a_rule_of_its_own_follows_nobody() -> None:
    """About the same family, by family or member; about another app it is nothing here."""
    member = a_text(a_clause(what=(Selector(What.APP, ("a/x",)),)), name="o")
    other = a_text(a_clause(what=(Selector(What.FAMILY, ("b",)),)), name="o")
    assert (seen(member).stand, seen(member).no_enforcing_act) == (Stand.OWN_RULE, False)
    assert seen(other).stand is Stand.SILENT


def test_a_draft_is_on_its_way() -> None:
    """Neither an act nor silence: it enforces nothing yet, and is not compared as if it did."""
    draft = a_text(a_clause(), mirrors=("d",), lifecycle=stages("2023-05-01", State.UNDER_CONSIDERATION))
    life = (*stages("2023-05-01", State.ANNOUNCED), *stages("2023-07-01"))
    announced = a_text(a_clause(), mirrors=("d",), lifecycle=life)
    for text in (draft, announced):
        found = seen(text)
        assert (found.stand, found.no_enforcing_act, found.acts[0].divergences) == (Stand.PREPARES, True, ())
    assert seen(announced, on="2023-07-02").stand is Stand.DIFFERS
    assert seen(draft, on="2023-04-01").stand is Stand.SILENT  # nobody had heard of it


def test_what_was_not_yet_decided_is_not_seen() -> None:
    """A board of April does not know the acts of May."""
    later = a_text(a_clause(), mirrors=("d",), lifecycle=stages("2023-05-01"))
    assert seen(later, on="2023-04-01").stand is Stand.SILENT
    decided = replace(later, decided=date(2023, 3, 20))
    assert seen(decided, on="2023-04-01").stand is Stand.PREPARES


def test_a_decision_not_to_decide_is_on_record() -> None:
    """It is more than silence, and enforces nothing."""
    record = a_text(kind=TextKind.NO_DECISION, name="r")
    found = seen(records=(replace(record, restrictions=(), mirrors=("d",)),))
    assert (found.stand, found.no_enforcing_act) == (Stand.NO_DECISION, True)
    assert found.record is not None and found.record.id == "r"


def test_a_decision_not_to_decide_is_about_something() -> None:
    """About the text that it names, or the app. One that names neither may be about anything, and counts nowhere."""
    nothing = replace(a_text(kind=TextKind.NO_DECISION, name="r"), restrictions=())
    assert seen(records=(nothing,), advises=False).stand is Stand.NOT_REACHED
    unsaid = seen(records=(nothing,))
    assert (unsaid.stand, unsaid.record) == (Stand.SILENT, None)
    assert seen(records=(replace(nothing, mirrors=("x",)),)).stand is Stand.SILENT
    assert seen(records=(replace(nothing, mirrors=("d",)),), advises=False).stand is Stand.NO_DECISION
    other = a_clause(what=(Selector(What.FAMILY, ("b",)),))
    assert seen(records=(replace(nothing, restrictions=(other,)),)).stand is Stand.SILENT
    assert seen(records=(replace(nothing, restrictions=(a_clause(),)),), advises=False).stand is Stand.NO_DECISION


@pytest.mark.parametrize(("day", "stand"), [("2023-03-01", Stand.NOT_YET), ("2024-01-01", Stand.OVER)])
def test_a_text_without_force_asks_for_nothing(day: str, stand: Stand) -> None:
    """Before it begins and after it ended nobody is bound, and nobody lacks an act; its days are said all the same."""
    found = seen(directive=BINDING, binds=True, on=day)
    assert (found.stand, found.reach, found.has_force, found.no_enforcing_act) == (stand, Reach.BINDS, False, False)
    assert (found.since, found.until) == (at("2023-03-13"), at("2024-01-01"))
    advised = seen(on=day)
    assert (advised.stand, advised.no_enforcing_act) == (stand, False)
    assert seen(answers=(said(Adopted.DECLINED, "2023-02-01"),), on=day).stand is Stand.DECLINED


def test_what_followed_a_text_that_is_over_is_still_shown() -> None:
    """The act, and not that nothing enforces what has ended."""
    shorter = a_text(a_clause(addressees=GENT, term=Period(months=3)), mirrors=("d",))
    found = seen(shorter, on="2024-01-01")
    assert (found.stand, found.has_force, found.no_enforcing_act) == (Stand.DIFFERS, False, False)


def test_a_newer_version_that_leaves_the_body_out() -> None:
    """It is reached no longer, by the version that speaks."""
    newer = replace(DIRECTIVE, version="2", lifecycle=stages("2023-05-01"), restrictions=(a_clause(),))
    before, after = (seat(law(newer), "d", at(day)) for day in ("2023-04-01", "2023-06-01"))
    assert (before.stand, before.has_force) == (Stand.SILENT, True)
    assert (after.stand, after.has_force, after.until) == (Stand.OVER, False, at("2023-05-01"))


def test_of_several_clauses_those_in_force_count() -> None:
    """A body that was bound until May, and is advised from then on, is not bound in June."""
    bound = a_clause("one", addressees=GENT, last_day=date(2023, 5, 1))
    both = replace(BINDING, restrictions=(bound, a_clause("two", force=Force.ADVICE, addressees=GENT)))
    found = seen(directive=both, binds=True, on="2023-04-01")
    assert (found.reach, found.stand, found.until) == (Reach.BINDS, Stand.BOUND, at("2023-05-02"))
    assert (seen(directive=both, binds=True).reach, seen(directive=both, binds=True).stand) == (
        Reach.ADVISES,
        Stand.SILENT,
    )


def test_of_a_directive_too_it_is_said_what_was_not_read() -> None:
    """Without an act the days are the directive's, as far as they are known."""
    rough = (Stage(State.IN_FORCE, at("2023-03-01"), Precision.MONTH),)
    directive = replace(
        DIRECTIVE,
        restrictions=(a_clause(addressees=GENT),),
        not_read=frozenset({Dimension.DURATION}),
        lifecycle=rough,
    )
    found = seen(directive=directive, binds=True)
    assert (found.stand, found.until, found.end_not_read) == (Stand.BOUND, None, True)
    assert found.since_known_to is Precision.MONTH
    assert not seen(directive=BINDING, binds=True).end_not_read


@pytest.mark.parametrize("end", [State.REPEALED, State.LAPSED, State.SUPERSEDED])
def test_a_draft_that_was_given_up_is_not_on_its_way(end: State) -> None:
    """From the day on which it was; a newer draft of it is."""
    life = (*stages("2023-04-01", State.ANNOUNCED), *stages("2023-05-01", end))
    given_up = a_text(a_clause(), mirrors=("d",), lifecycle=life)
    assert seen(given_up, on="2023-04-30").stand is Stand.PREPARES
    assert (seen(given_up).stand, seen(given_up).acts) == (Stand.SILENT, ())
    again = replace(given_up, version="0", lifecycle=stages("2023-05-15", State.ANNOUNCED))
    assert seen(given_up, again).stand is Stand.PREPARES


def test_of_several_answers_the_latest_counts() -> None:
    """Whatever the order of the files, and by the instant asked about; of one day the one that decides."""
    first, second = said(Adopted.PENDING, "2023-04-01"), said(Adopted.DECLINED, "2023-05-01")
    for answers in ((first, second), (second, first)):
        assert seen(answers=answers).stand is Stand.DECLINED
        assert seen(answers=answers, on="2023-04-15").stand is Stand.PENDING
        assert answer_at(law(answers=answers), "d", at("2023-03-31")) is None
    same = said(Adopted.PENDING, "2023-05-01")
    for answers in ((same, second), (second, same)):
        assert seen(answers=answers).stand is Stand.DECLINED


def test_an_end_and_a_beginning_are_said_as_known() -> None:
    """Of a month only the month is known; an end that nobody read is not none."""
    rough = Stage(State.IN_FORCE, at("2023-03-01"), Precision.MONTH)
    act = seen(a_text(a_clause(), mirrors=("d",), lifecycle=(rough,))).acts[0]
    assert (act.since_known_to, act.end_not_read, act.until) == (Precision.MONTH, False, None)


def test_who_does_not_have_the_text_cannot_be_asked() -> None:
    """An unknown id is no silence."""
    with pytest.raises(KeyError):
        seat(law(), "x", at("2023-06-01"))
