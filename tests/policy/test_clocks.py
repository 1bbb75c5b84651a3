# SPDX-License-Identifier: EUPL-1.2
"""When texts stand and duties fall due: lifecycles, versions, terms, sunsets, to the minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ordinance.model.law import AtSunset, ChosenReading, Clock, Duty, Law, Stage, State, Text
from ordinance.model.ruling import Standing
from ordinance.model.time import Period, Span
from ordinance.policy import clocks
from policy.worlds import BRUSSELS, TALLINN, a_clause, a_law, a_text, cases, local, with_power

MINUTE = timedelta(minutes=1)
S = Standing


def standing(text: Text, at: str, *others: Text) -> Standing:
    """Where a text's first clause is at a wall-clock time in Brussels."""
    return clocks.standing(a_law(text, *others), text, text.restrictions[0], local(at))


def stages(*written: tuple[str, str]) -> tuple[Stage, ...]:
    """A lifecycle."""
    return tuple(Stage(State(state), local(at)) for state, at in written)


@pytest.mark.parametrize(
    ("at", "found"),
    [
        ("2023-02-28T23:59", S.NOT_YET_IN_FORCE),
        ("2023-03-02T12:00", S.NOT_YET_IN_FORCE),  # announced is not in force
        ("2023-03-12T23:59", S.NOT_YET_IN_FORCE),  # nor is waiting for guidelines
        ("2023-03-13T00:00", S.IN_FORCE),
        ("2023-06-01T00:00", S.REPEALED),
        ("2023-05-31T23:59", S.IN_FORCE),
    ],
)
def test_the_stages_of_a_life(at: str, found: Standing) -> None:
    """A text binds from the instant its lifecycle says, and until the next stage, exclusive."""
    life = stages(
        ("announced", "2023-03-01T00:00"),
        ("pending_guidelines", "2023-03-05T00:00"),
        ("in_force", "2023-03-13T00:00"),
        ("repealed", "2023-06-01T00:00"),
    )
    assert standing(a_text(lifecycle=life), at) is found


@pytest.mark.parametrize(
    ("word", "found"),
    [("lapsed", S.LAPSED), ("repealed", S.REPEALED), ("superseded", S.SUPERSEDED), ("announced", S.NOT_YET_IN_FORCE)],
)
def test_each_end_has_its_name(word: str, found: Standing) -> None:
    """A report says how a text ended; one that is only announced again has not ended."""
    life = stages(("in_force", "2023-03-13T00:00"), (word, "2023-06-01T00:00"))
    assert standing(a_text(lifecycle=life), "2023-06-01T00:00") is found


@pytest.mark.parametrize("life", [(), stages(("under_consideration", "2023-01-01T00:00"))])
def test_a_text_that_never_begins(life: tuple[Stage, ...]) -> None:
    """Without `in_force` nothing ever binds, nothing is due, and nothing breaks."""
    text = a_text(a_clause(duties=((Duty.REMOVE, Clock()),), term=Period(months=6)), lifecycle=life)
    law = a_law(text)
    assert standing(text, "2023-12-01T00:00") is S.NOT_YET_IN_FORCE
    assert clocks.duties_due(law, text, text.restrictions[0]) == ()
    assert clocks.ends_at(law, text, text.restrictions[0]) is None


@pytest.mark.parametrize(
    ("at_sunset", "after"),
    [(AtSunset.LAPSE, S.LAPSED), (AtSunset.DECIDE, S.OVERDUE), (AtSunset.PERMANENT, S.IN_FORCE), (None, S.LAPSED)],
)
@pytest.mark.parametrize("end", [{"term": Period(months=6)}, {"last_day": date(2023, 9, 12)}], ids=["for", "last_day"])
def test_what_silence_means_at_sunset(at_sunset: AtSunset | None, after: Standing, end: dict) -> None:
    """Six months from 13 March, or a last day of 12 September: force through the 12th, then what the body chose."""
    text = a_text(a_clause(at_sunset=at_sunset, **end))
    assert standing(text, "2023-09-12T23:59") is S.IN_FORCE
    assert standing(text, "2023-09-13T00:00") is after


def test_a_term_that_runs_out_in_a_pause_is_over() -> None:
    """A rule set back to `announced` whose time runs out meanwhile is overdue, not still to come."""
    life = stages(("in_force", "2023-03-13T00:00"), ("announced", "2023-05-01T00:00"))
    text = a_text(a_clause(term=Period(months=6), at_sunset=AtSunset.DECIDE), lifecycle=life)
    assert standing(text, "2023-09-12T23:59") is S.NOT_YET_IN_FORCE
    assert standing(text, "2023-09-13T00:00") is S.OVERDUE
    assert local("2023-09-13T00:00") in clocks.boundaries(a_law(text))


def test_an_overlay_ends_to_the_minute() -> None:
    """Two weeks from eight in the morning end at eight in the morning, also across the clock change."""
    life = stages(("in_force", "2023-03-20T08:00"))
    text = a_text(a_clause(term=Period(days=14), at_sunset=AtSunset.LAPSE), lifecycle=life, overlay=True)
    law = a_law(text)
    assert clocks.spans_of(law, text, text.restrictions[0]) == (
        Span(local("2023-03-20T08:00"), local("2023-04-03T08:00")),
    )
    assert standing(text, "2023-03-20T07:59") is S.NOT_YET_IN_FORCE
    assert standing(text, "2023-03-20T08:00") is S.IN_FORCE
    assert standing(text, "2023-04-03T07:59") is S.IN_FORCE
    assert standing(text, "2023-04-03T08:00") is S.LAPSED


def test_a_newer_version_takes_over() -> None:
    """The older version stands until the instant the newer begins, and not after it, whatever its own term."""
    old = a_text(a_clause(term=Period(months=24)))
    new = a_text(version="2", lifecycle=stages(("in_force", "2023-05-01T00:00")))
    assert standing(old, "2023-04-30T23:59", new) is S.IN_FORCE
    assert standing(old, "2023-05-01T00:00", new) is S.SUPERSEDED
    assert standing(new, "2023-04-30T23:59", old) is S.NOT_YET_IN_FORCE
    assert standing(new, "2023-05-01T00:00", old) is S.IN_FORCE
    announced = a_text(version="2", lifecycle=stages(("announced", "2023-05-01T00:00")))
    assert standing(old, "2023-05-02T00:00", announced) is S.IN_FORCE


@pytest.mark.parametrize(
    ("at", "version"),
    [("2023-01-01T00:00", "1"), ("2023-03-13T00:00", "1"), ("2023-05-01T00:00", "2"), ("2023-12-01T00:00", "2")],
)
def test_the_version_that_speaks(at: str, version: str) -> None:
    """Of versions begun the latest, of others the earliest; one never in force only where there is no other."""
    texts = [
        a_text(version="0", lifecycle=()),
        a_text(),
        a_text(version="2", lifecycle=stages(("in_force", "2023-05-01T00:00"), ("repealed", "2023-06-01T00:00"))),
    ]
    assert max(texts, key=lambda t: clocks.rank(t, local(at))).version == version


@pytest.mark.parametrize(
    ("clock", "due"),
    [
        (Clock(), "2023-03-13T00:00:00+01:00"),
        (Clock(within=Period(days=14)), "2023-03-27T00:00:00+02:00"),  # 26 March has 23 hours
        (Clock(within=Period(minutes=720)), "2023-03-13T12:00:00+01:00"),
        (Clock(within=Period()), "2023-03-13T00:00:00+01:00"),  # zero is zero
        (Clock(by=date(2023, 3, 31)), "2023-04-01T00:00:00+02:00"),  # the day belongs to the term
        (Clock(by=date(2023, 3, 1)), "2023-03-13T00:00:00+01:00"),  # never before force
    ],
)
def test_when_duties_can_be_failed(clock: Clock, due: str) -> None:
    """At once, within a period, or when the last day is over; nothing is due before it is in force."""
    text = a_text(a_clause(duties=((Duty.REMOVE, clock),)))
    ((duty, instant),) = clocks.duties_due(a_law(text), text, text.restrictions[0])
    assert (duty, instant) == (Duty.REMOVE, datetime.fromisoformat(due))


def test_days_are_counted_where_the_authority_is() -> None:
    """The body is in Brussels; a day of Tallinn's authority ends an hour earlier."""
    text = a_text(
        a_clause(last_day=date(2023, 6, 30), duties=((Duty.REMOVE, Clock(by=date(2023, 4, 30))),)), authority="zone"
    )
    law = with_power(a_law(text), "zone", zone=TALLINN)
    assert clocks.ends_at(law, text, text.restrictions[0]) == local("2023-06-30T23:00")
    assert clocks.duties_due(law, text, text.restrictions[0])[0][1] == local("2023-04-30T23:00")


def test_twelve_hours_end_in_the_second_of_two_hours() -> None:
    """A term of real hours that ends at 02:00 in the night of the clock change is over at the second two o'clock."""
    life = stages(("in_force", "2023-10-28T15:00"))
    text = a_text(a_clause(term=Period(minutes=720), at_sunset=AtSunset.LAPSE), lifecycle=life)
    law, clause = a_law(text), text.restrictions[0]
    assert clocks.standing(law, text, clause, local("2023-10-29T02:30")) is S.IN_FORCE
    assert clocks.standing(law, text, clause, local("2023-10-29T02:30").replace(fold=1)) is S.LAPSED


def test_stages_that_follow_each_other_are_one_stretch() -> None:
    """`in_force` written twice is no interruption."""
    text = a_text(lifecycle=stages(("in_force", "2023-03-13T00:00"), ("in_force", "2023-05-01T00:00")))
    assert clocks.spans_in_force(a_law(text), text) == (Span(local("2023-03-13T00:00"), None),)


@settings(max_examples=200, deadline=None)
@given(cases(), st.integers(0, 60 * 24 * 365))
def test_spans_are_where_the_standing_is(case: tuple[Law, object], minutes: int) -> None:
    """A clause is `in_force` exactly inside its spans, and every edge of a span is a boundary of the law."""
    law, _ = case
    at = datetime(2023, 1, 1, tzinfo=UTC) + minutes * MINUTE
    for text in law.texts:
        for clause in text.restrictions:
            spans = clocks.spans_of(law, text, clause)
            assert (clocks.standing(law, text, clause, at) is S.IN_FORCE) == any(at in s for s in spans)
            assert {i for s in spans for i in (s.start, s.end) if i} <= set(clocks.boundaries(law))
            for span in spans:
                assert span.start is not None
                assert clocks.standing(law, text, clause, span.start) is S.IN_FORCE
                if span.end is not None:
                    assert clocks.standing(law, text, clause, span.end) is not S.IN_FORCE
                    assert clocks.standing(law, text, clause, span.end - timedelta(microseconds=1)) is S.IN_FORCE


def test_only_a_closed_window_is_cut() -> None:
    """An open window has no pieces to count."""
    with pytest.raises(ValueError, match="closed"):
        clocks.segments(a_law(a_text()), Span(local("2023-01-01T00:00"), None))
    cut = clocks.segments(a_law(a_text()), Span(local("2023-03-01T00:00"), local("2023-04-01T00:00")))
    assert [s.start for s in cut] == [local("2023-03-01T00:00"), datetime(2023, 3, 13, tzinfo=BRUSSELS)]


def test_a_reading_begins_where_the_body_is() -> None:
    """A body in Brussels reads a text of Tallinn: its choice counts from Brussels' midnight, and that is a boundary."""
    chosen = ChosenReading("r", "t", "wide", "yes", "somebody", date(2023, 6, 1))
    text = a_text(a_clause(under=(("wide", frozenset({"yes"})),)), authority="zone")
    law = with_power(a_law(text, readings=(chosen,)), "zone", zone=TALLINN)
    assert local("2023-06-01T00:00") in clocks.boundaries(law)


def test_a_clause_that_ends_before_it_begins_has_no_force() -> None:
    """`from` after `last_day` is no stretch of time, and never one that ends before it begins."""
    text = a_text(a_clause(start=local("2023-06-01T00:00"), last_day=date(2023, 5, 1), at_sunset=AtSunset.LAPSE))
    law = a_law(text)
    assert clocks.spans_of(law, text, text.restrictions[0]) == ()
    assert standing(text, "2023-05-15T00:00") is S.NOT_YET_IN_FORCE
    assert standing(text, "2023-06-15T00:00") is S.LAPSED
