# SPDX-License-Identifier: EUPL-1.2
"""Each kind of date: its day, whose it is, and how it stands once it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings

from bodies import instant, workspace
from ordinance.model.apps import Surface
from ordinance.model.body import AcceptedBlindSpot, Body, Checking
from ordinance.model.evaluation import Evaluation, RuleDecision, Way
from ordinance.model.law import (
    Adopted,
    Adoption,
    Allowance,
    Answer,
    AtSunset,
    ChosenReading,
    Clock,
    Duty,
    Exemption,
    ExternalList,
    Force,
    Law,
    ListVersion,
    Parameter,
    Power,
    Precision,
    Restarts,
    Review,
    Selector,
    Stage,
    State,
    UpwardDuty,
    UpwardWhat,
    What,
)
from ordinance.model.ruling import Standing
from ordinance.model.time import Period, Span, end_of, start_of
from ordinance.policy import clocks
from ordinance.review.deadlines import Deadline, Kind, Trace, deadlines
from policy.worlds import BRUSSELS, TALLINN, Question, a_clause, a_law, a_text, cases, local, with_power

BODY = Body(Path(), "gent", "Gent", BRUSSELS, (), "", Checking(None, "", frozenset()))
Found = list[tuple[str, str, str]]


def dates(law: Law, at: str, *kinds: Kind, body: Body = BODY) -> tuple[Deadline, ...]:
    """The dates of some kinds (none: all) at a wall-clock time in Brussels."""
    return tuple(d for d in deadlines(law, body, (), local(at)) if not kinds or d.kind in kinds)


def short(found: tuple[Deadline, ...]) -> Found:
    """Day, words, and what it is about."""
    return [(d.day.isoformat(), d.what, d.id) for d in found]


def over_gent(law: Law, **powers: object) -> Law:
    """Belgium binds or advises the body."""
    return with_power(law, "be", **powers)


BINDS = {"binds": (Power(frozenset({"gent"})),)}
ADVISES = {"advises": (Power(frozenset({"gent"})),)}
BE = {"authority": "be", "name": "b"}
TO_GENT = {"addressees": frozenset({"gent"})}


# --- duties ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "day", "whole"),
    [
        (Clock(), "2023-03-13", True),
        (Clock(within=Period(days=14)), "2023-03-26", True),
        (Clock(by=date(2023, 3, 31)), "2023-03-31", True),
        (Clock(at=local("2023-03-20T21:00")), "2023-03-20", False),
    ],
)
def test_a_duty_has_the_last_day_on_which_it_can_be_done(clock: Clock, day: str, whole: bool) -> None:
    """14 days from the start of the 13th are over with the 26th; at once means the first day."""
    law = a_law(a_text(a_clause(duties=((Duty.REMOVE, clock),))))
    (found,) = dates(law, "2023-03-01", Kind.DUTY)
    assert (found.kind, found.day.isoformat(), found.what, found.id) == (Kind.DUTY, day, "remove", "t/c")
    assert found.whole_day is whole
    assert found.trace is Trace.NONE


def test_a_duty_that_nobody_can_fail_is_no_date() -> None:
    """Neither after its clause has ended, nor of one that is repealed before."""
    duties = ((Duty.REMOVE, Clock(within=Period(days=40))),)
    ended = a_text(a_clause(duties=duties, term=Period(days=30), at_sunset=AtSunset.LAPSE))
    life = (Stage(State.IN_FORCE, local("2023-03-13")), Stage(State.REPEALED, local("2023-04-01")))
    for text in (ended, a_text(a_clause(duties=duties), lifecycle=life)):
        assert dates(a_law(text), "2023-03-20", Kind.DUTY) == ()
    assert len(dates(a_law(a_text(a_clause(duties=duties))), "2023-03-20", Kind.DUTY)) == 1


def test_duties_of_others_count_where_they_bind() -> None:
    """Advice has no deadline; a rule without power over the body is none of its dates."""
    law = a_law(a_text(a_clause(duties=((Duty.REMOVE, Clock()),), **TO_GENT), **BE))
    assert dates(law, "2023-03-01", Kind.DUTY) == ()
    assert dates(over_gent(law, **ADVISES), "2023-03-01", Kind.DUTY) == ()
    (found,) = dates(over_gent(law, **BINDS), "2023-03-01", Kind.DUTY)
    assert found.whose == "be"


@pytest.mark.parametrize(("restarts", "days"), [(Restarts.ADDED, [4, 9]), (Restarts.ALL, [4, 6, 9])])
def test_each_version_of_a_list_starts_a_clock(restarts: Restarts, days: list[int]) -> None:
    """Of a version that adds nothing only where every version starts all anew."""
    one, two = Selector(What.FAMILY, ("a",)), Selector(What.FAMILY, ("b",))
    versions = (
        ListVersion("1", local("2023-04-01"), (one,)),
        ListVersion("2", local("2023-04-03"), (one,)),
        ListVersion("3", local("2023-04-06"), (one, two)),
    )
    clock = Clock(within=Period(days=4), after_list=True, restarts=restarts)
    clause = a_clause(what=(Selector(What.LISTED_BY, ("l",)),), duties=((Duty.REMOVE, clock),))
    law = a_law(a_text(clause, lists=(ExternalList("l", "be", versions),)))
    found = dates(law, "2023-03-20", Kind.DUTY)
    assert [d.day.day for d in found] == days
    assert found[0].what == "remove what version 1 of l added"
    assert len({d.key for d in found}) == len(found)


# --- sunsets --------------------------------------------------------------------------------------


def _ending(silence: AtSunset | None, **more: object) -> Law:
    clause = a_clause(term=Period(months=6), at_sunset=silence, renewal_needs=frozenset({"evaluation"}))
    return a_law(a_text(clause, **more))


@pytest.mark.parametrize(
    ("silence", "words", "after"),
    [
        (AtSunset.LAPSE, "ends by itself", None),
        (
            AtSunset.DECIDE, "ends unless decided again; renewal needs evaluation",
            "ended, and nobody decided again; renewal needs evaluation",
        ),
        (AtSunset.PERMANENT, "term is over; silence makes it permanent", None),
        (None, "ends; what silence means is not said", None),
    ],
)  # fmt: skip
def test_a_sunset_says_what_silence_means(silence: AtSunset | None, words: str, after: str | None) -> None:
    """Before: whatever was chosen. After: only what the body said it would decide and did not."""
    law = _ending(silence)
    assert short(dates(law, "2023-09-12T23:59", Kind.SUNSET)) == [("2023-09-12", words, "t/c")]
    late = dates(law, "2023-09-13", Kind.SUNSET)
    assert short(late) == ([("2023-09-12", after, "t/c")] if after else [])
    assert all(d.trace is Trace.UNDONE and d.is_over(local("2023-09-13")) for d in late)


def test_a_sunset_that_never_comes_is_no_date() -> None:
    """A text that is repealed or replaced before its term is up."""
    life = (Stage(State.IN_FORCE, local("2023-03-13")), Stage(State.REPEALED, local("2023-05-01")))
    assert dates(_ending(AtSunset.DECIDE, lifecycle=life), "2023-04-01", Kind.SUNSET) == ()
    law = _ending(AtSunset.DECIDE)
    newer = a_text(version="2", lifecycle=(Stage(State.IN_FORCE, local("2023-05-01")),))
    assert dates(replace(law, texts=(*law.texts, newer)), "2023-04-01", Kind.SUNSET) == ()


@pytest.mark.parametrize("relation", ["mirrors", "adopts", "advises"])
def test_the_end_of_a_text_that_we_look_at_is_told_once(relation: str) -> None:
    """Mirrored, adopted or advised: its clauses that end together are one date, before it and not after."""
    clauses = [a_clause(n, term=Period(months=6), at_sunset=AtSunset.LAPSE, **TO_GENT) for n in ("x", "y")]
    theirs = a_text(*clauses, **BE)
    ours = {"mirrors": {"mirrors": ("b",)}, "adopts": {"adopts": (Adoption("b"),)}, "advises": {}}[relation]
    law = a_law(theirs, a_text(**ours))
    law = over_gent(law, **ADVISES) if relation == "advises" else law
    (found,) = dates(law, "2023-04-01", Kind.SUNSET)
    assert (found.id, found.whose, found.day) == ("b", "be", date(2023, 9, 12))
    assert dates(law, "2023-09-13", Kind.SUNSET) == ()
    assert dates(a_law(theirs, a_text()), "2023-04-01") == ()


# --- texts ----------------------------------------------------------------------------------------


def test_what_a_lifecycle_announces_is_a_date() -> None:
    """Each stage to come, as exactly as it is known; none that has begun."""
    life = (
        Stage(State.ANNOUNCED, local("2023-03-01")),
        Stage(State.IN_FORCE, local("2023-04-01"), Precision.MONTH),
        Stage(State.SUPERSEDED, local("2023-06-01"), by="t2"),
    )
    law = a_law(a_text(a_clause(start=local("2023-05-01")), lifecycle=life))
    assert short(dates(law, "2023-03-02", Kind.LIFECYCLE)) == [
        ("2023-04-01", "enters into force, known to the month", "t"),
        ("2023-05-01", "begins", "t/c"),
        ("2023-06-01", "is superseded by t2", "t"),
    ]
    assert short(dates(law, "2023-05-01", Kind.LIFECYCLE)) == [("2023-06-01", "is superseded by t2", "t")]


@pytest.mark.parametrize(("authority", "trace"), [("gent", Trace.UNDONE), ("be", Trace.NONE)])
def test_a_review_is_late_where_it_is_ours(authority: str, trace: Trace) -> None:
    """Whether another authority reviewed its own decision stands in no file of ours."""
    text = a_text(a_clause(**TO_GENT), name="b", authority=authority, review=Review(date(2023, 6, 30)))
    law = over_gent(a_law(text), **ADVISES)
    (found,) = dates(law, "2023-07-02", Kind.REVIEW)
    assert (found.day, found.trace, found.days_left(local("2023-07-02"))) == (date(2023, 6, 30), trace, -2)


def test_a_review_is_settled_by_the_next_version_or_the_end() -> None:
    """Whoever wrote version 2 has looked at version 1."""
    text = a_text(review=Review(date(2023, 6, 30)))
    newer = a_text(version="2", lifecycle=(Stage(State.IN_FORCE, local("2023-05-01")),))
    ended = replace(text, lifecycle=(*text.lifecycle, Stage(State.REPEALED, local("2023-05-01"))))
    for law in (a_law(text, newer), a_law(ended)):
        assert dates(law, "2023-07-02", Kind.REVIEW) == ()
        assert len(dates(law, "2023-04-01", Kind.REVIEW)) == 1


def _evaluated(on: str, decided: str | None, again: str | None = None, **changes: object) -> Evaluation:
    """An evaluation of version 1 of `t`, with the day of its decision, and of that decision's next review."""
    day = date.fromisoformat
    review = day(again) if again else None
    decision = RuleDecision(Way.RENEW, "council", day(decided), ("r",), next_review=review) if decided else None
    plain = Evaluation(on, "t", "1", date(2023, 3, 13), day(on), "it", day(on), decision=decision)
    return replace(plain, **changes)


def test_a_review_is_settled_by_a_decision_about_the_whole_text() -> None:
    """From the day of the decision on. One without a decision, about one clause of two or another version does not."""
    law = a_law(a_text(a_clause("x"), a_clause("y"), review=Review(date(2023, 6, 30))))
    whole = _evaluated("2023-06-20", "2023-07-02")
    half = replace(whole, restrictions=frozenset({"x"}))
    for evaluation, left in (
        (whole, 0),
        (half, 1),
        (replace(whole, version="0"), 1),
        (_evaluated("2023-06-20", None), 1),
    ):
        found = replace(law, evaluations=(evaluation,))
        assert len(dates(found, "2023-07-02", Kind.REVIEW)) == left
        assert [d.trace for d in dates(found, "2023-07-01", Kind.REVIEW)] == [Trace.UNDONE]
    both = replace(law, evaluations=(half, replace(half, id="other", restrictions=frozenset({"y"}))))
    assert dates(both, "2023-07-02", Kind.REVIEW) == ()


def test_what_is_evaluated_later_settles_nothing_yet() -> None:
    """The review of a decision is late until the next evaluation is made, and is no date before it is decided."""
    first = _evaluated("2023-09-01", "2023-09-03", "2024-03-01")
    law = a_law(a_text(), evaluations=(first, _evaluated("2024-06-01", "2024-06-10", "2025-06-01")))
    (late,) = dates(law, "2024-05-31", Kind.REVIEW)
    assert (late.day, late.trace) == (date(2024, 3, 1), Trace.UNDONE)
    assert dates(law, "2023-09-02", Kind.REVIEW) == ()
    assert len(dates(law, "2023-09-03", Kind.REVIEW)) == 1
    assert dates(law, "2024-06-01", Kind.REVIEW) == ()
    assert [d.day for d in dates(law, "2024-06-10", Kind.REVIEW)] == [date(2025, 6, 1)]


def test_what_others_decide_later_is_not_known_yet() -> None:
    """From the day of the decision on; where no file says when it was decided, and of our own texts, always."""
    life = (Stage(State.IN_FORCE, local("2024-03-22")),)
    known = a_text(a_clause(**TO_GENT), decided=date(2023, 3, 10), **BE)
    for changes, seen in (({}, True), ({"decided": date(2024, 3, 20)}, False)):
        law = a_law(known, a_text(a_clause(**TO_GENT), version="2", lifecycle=life, **changes, **BE))
        law = over_gent(law, **ADVISES)
        assert bool(dates(law, "2024-03-19", Kind.LIFECYCLE)) is seen
        assert len(dates(law, "2024-03-20", Kind.LIFECYCLE)) == 1
    ours = a_text(version="2", decided=date(2024, 3, 20), lifecycle=life)
    assert len(dates(a_law(a_text(), ours), "2024-03-19", Kind.LIFECYCLE)) == 1


def test_a_decision_not_to_decide_is_reviewed_too() -> None:
    """It rules on nothing, and still has a day."""
    record = a_text(name="no", review=Review(date(2023, 6, 30)))
    assert short(dates(a_law(records=(record,)), "2023-04-01")) == [("2023-06-30", "review of the decision", "no")]


@pytest.mark.parametrize(
    ("force", "powers", "told"),
    [
        (Force.BINDING, BINDS, True),
        (Force.DUTY_TO_REACT, ADVISES, True),
        (Force.ADVICE, ADVISES, False),
        (Force.BINDING, {}, False),
    ],
)
def test_what_is_told_upwards(force: Force, powers: dict[str, object], told: bool) -> None:
    """To whom, and by when, for texts that oblige the body; even where it only mirrors one, not for others."""
    upward = (UpwardDuty(UpwardWhat.COMPLETION, "be-cio", Clock(within=Period(days=30))),)
    theirs = a_text(a_clause(force=force, **TO_GENT), upward=upward, **BE)
    law = over_gent(a_law(theirs, a_text(mirrors=("b",))), **powers)
    found = short(dates(law, "2023-03-20", Kind.UPWARD))
    assert found == ([("2023-04-11", "tell be-cio: completion", "b")] if told else [])


def test_a_reaction_is_settled_by_an_answer() -> None:
    """The other things that are told upwards leave no trace in the folder: passed, never done."""
    both = tuple(UpwardDuty(w, "be", Clock(by=date(2023, 3, 31))) for w in (UpwardWhat.REACTION, UpwardWhat.PLAN))
    theirs = a_text(a_clause(force=Force.DUTY_TO_REACT, **TO_GENT), upward=both, **BE)
    law = over_gent(a_law(theirs), **ADVISES)
    assert [d.trace for d in dates(law, "2023-04-01", Kind.UPWARD)] == [Trace.NONE, Trace.NONE]
    answered = replace(law, answers=(Answer("b", Adopted.ADOPTED, "mayor", date(2023, 3, 20), ()),))
    assert [d.what for d in dates(answered, "2023-04-01", Kind.UPWARD)] == ["tell be: plan"]
    later = replace(law, answers=(Answer("b", Adopted.ADOPTED, "mayor", date(2023, 4, 2), ()),))
    assert len(dates(later, "2023-04-01", Kind.UPWARD)) == 2


# --- what people of the body wrote ----------------------------------------------------------------


def _exempted(**changes: object) -> Law:
    first, last = date(2023, 4, 1), date(2023, 6, 30)
    exemption = Exemption(
        id="e",
        restrictions=frozenset({"t/c"}),
        devices=frozenset({"d"}),
        what=(Selector(What.FAMILY, ("a",)),),
        surfaces=frozenset({Surface.APP}),
        purpose="press",
        approver="ciso",
        approved=first,
        span=Span(start_of(first, BRUSSELS), end_of(last, BRUSSELS)),
        last_day=last,
        profile=None,
        conditions=frozenset(),
    )
    allowances = (
        Allowance(frozenset({"press"}), "ciso", report_to="be", report_within=Period(days=7)),
        Allowance(frozenset({"press"}), "ciso", report_to="be", report_within=Period(days=5)),
        Allowance(frozenset({"youth"}), "ciso", report_to="other", report_within=Period(days=1)),
        Allowance(frozenset({"press"}), "ciso", report_to="third", report_within=Period(days=1),
                  restrictions=frozenset({"d"})),
    )  # fmt: skip
    return a_law(a_text(allowances=allowances), exemptions=(replace(exemption, **changes),))


def test_an_exemption_ends_and_is_reported() -> None:
    """Its last day, with who approved it; and the report, by the shortest time that an allowance of it gives."""
    found = dates(_exempted(), "2023-04-01")
    assert [(d.kind, d.day.isoformat(), d.owner) for d in found] == [
        (Kind.EXEMPTION_REPORT, "2023-04-05", "ciso"),
        (Kind.EXEMPTION_ENDS, "2023-06-30", "ciso"),
    ]
    assert found[0].what == "tell be of the exemption"


def test_a_report_that_was_made_is_no_date_and_an_exemption_that_is_over_is_none() -> None:
    """One that was not made stays late even when the exemption is over."""
    assert [d.kind for d in dates(_exempted(reported=date(2023, 4, 3)), "2023-04-10")] == [Kind.EXEMPTION_ENDS]
    (late,) = dates(_exempted(), "2023-07-01")
    assert (late.kind, late.trace) == (Kind.EXEMPTION_REPORT, Trace.UNDONE)
    told_later = _exempted(reported=date(2023, 4, 10))
    assert [d.kind for d in dates(told_later, "2023-04-09")] == [Kind.EXEMPTION_REPORT, Kind.EXEMPTION_ENDS]
    assert [d.kind for d in dates(told_later, "2023-04-10")] == [Kind.EXEMPTION_ENDS]


def test_answers_and_blind_spots_have_a_day_and_an_owner() -> None:
    """Both are late from the start of the next day, on the body's clock."""
    answer = Answer("b", Adopted.MITIGATED, "mayor", date(2023, 3, 1), (), next_review=date(2023, 6, 1))
    spot = AcceptedBlindSpot("mobile_data", "ciso", "so", date(2023, 6, 1))
    law, body = a_law(answers=(answer,)), replace(BODY, accepted=(spot,))
    found = dates(law, "2023-06-01T23:59", body=body)
    assert [(d.kind, d.id, d.owner) for d in found] == [
        (Kind.ANSWER_REVIEW, "b", "mayor"),
        (Kind.BLIND_SPOT, "mobile_data", "ciso"),
    ]
    assert not any(d.is_over(local("2023-06-01T23:59")) for d in found)
    assert all(d.is_over(local("2023-06-02")) and d.trace is Trace.UNDONE for d in dates(law, "2023-06-02", body=body))


# --- of all -----------------------------------------------------------------------------------------


def test_within_holds_the_day_and_not_the_next() -> None:
    """What can be done until the end of a day falls before that end; what begins then does not."""
    midnight = local("2023-04-01")
    ends = Deadline(Kind.DUTY, midnight, BRUSSELS, "", "gent", "t/c")
    begins = replace(ends, begins=True)
    assert (ends.day.day, ends.is_within(midnight), begins.day.day, begins.is_within(midnight)) == (31, True, 1, False)


def test_days_are_counted_where_the_rule_is_made() -> None:
    """An hour before midnight in Brussels, Tallinn's next day has begun."""
    there = Deadline(Kind.DUTY, local("2023-04-01", TALLINN), TALLINN, "", "x", "t/c")
    assert there.days_left(local("2023-03-31T22:30")) == 0
    assert there.days_left(local("2023-03-31T23:30")) == -1
    assert replace(there, zone=BRUSSELS).days_left(local("2023-03-31T23:30")) == 0


@settings(max_examples=120)
@given(cases())
def test_of_any_law_dates_are_sorted_and_told_apart(case: tuple[Law, Question]) -> None:
    """In order of time; no two with one identity but of one instant; a duty only where its clause then has force."""
    law, question = case
    found = deadlines(law, BODY, ("zone",), question.at)
    assert [d.at for d in found] == sorted(d.at for d in found)
    identity = [(d.kind, d.whose, d.id, d.key) for d in found]
    assert len(set(identity)) == len(identity)
    texts = {(t.id, t.version): t for t in law.texts}
    for d in found:
        assert not (d.is_over(question.at) and d.trace is Trace.OVER)
        if d.kind is Kind.DUTY:
            text = texts[d.id.partition("/")[0], d.key.partition("/")[0]]
            (clause,) = [r for r in text.restrictions if r.id == d.id.partition("/")[2]]
            assert clocks.standing(law, text, clause, max(d.at, question.at)) is Standing.IN_FORCE


@pytest.mark.parametrize(("name", "day", "least"), [("ghent", "2023-03-14", 4), ("tallinn", "2024-12-02", 3)])
def test_tomorrow_there_is_nothing_that_was_not_there_today(name: str, day: str, least: int) -> None:
    """From one day to the next a date leaves the list or stays where it is, but for what others decide meanwhile."""
    opened = workspace(name)
    first = instant(day, opened)
    seen = {(d.kind, d.id, d.key): d.at for d in deadlines(opened.law, opened.body, (), first)}
    theirs = [t for t in opened.law.texts if t.authority != opened.law.body]
    decided = {t.id for t in theirs if t.decided is not None and t.decided > first.date()}
    assert len(seen) >= least
    for days in range(1, 400, 9):
        at: datetime = first + timedelta(days=days)
        found = deadlines(opened.law, opened.body, (), at)
        now = {(d.kind, d.id, d.key): d.at for d in found if d.id.partition("/")[0] not in decided}
        assert now.items() <= seen.items()


def test_a_clause_under_a_contested_reading_is_due_as_the_body_reads_it() -> None:
    """Not chosen: listed, with the reading. Chosen otherwise: not listed, neither its duty nor its end."""
    clause = a_clause(under=(("equipment", frozenset({"broad"})),), duties=((Duty.REMOVE, Clock(Period(days=14))),),
                      term=Period(months=6), at_sunset=AtSunset.LAPSE)  # fmt: skip
    text = a_text(clause, parameters=(Parameter("equipment", frozenset({"broad", "narrow"})),))
    open_law = a_law(text)
    (duty,) = dates(open_law, "2023-03-14", Kind.DUTY)
    assert duty.what == "remove (only where “equipment” is read as broad; nobody has chosen)"
    (end,) = dates(open_law, "2023-03-14", Kind.SUNSET)
    assert end.what == "ends by itself (only where “equipment” is read as broad; nobody has chosen)"
    for choice, left in (("broad", [Kind.DUTY, Kind.SUNSET]), ("narrow", [])):
        reading = ChosenReading("r", text.id, "equipment", choice, "gent", date(2023, 3, 13))
        found = dates(replace(open_law, readings=(reading,)), "2023-03-14", Kind.DUTY, Kind.SUNSET)
        assert [d.kind for d in found] == left
        assert not any("only where" in d.what for d in found)
