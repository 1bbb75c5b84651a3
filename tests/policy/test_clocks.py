# SPDX-License-Identifier: EUPL-1.2
"""When texts stand and duties fall due: lifecycles, versions, terms, sunsets, to the minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ordinance.model.apps import AppFacts
from ordinance.model.law import (
    AtSunset,
    ChosenReading,
    Classification,
    Clock,
    Duty,
    Exemption,
    ExternalList,
    Law,
    ListVersion,
    Precision,
    Selector,
    Stage,
    State,
    Text,
    What,
)
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


def test_a_list_clock_of_a_text_that_never_begins() -> None:
    """Nothing is due, for no app and at no instant."""
    text = a_text(a_clause(duties=((Duty.REMOVE, AFTER),)), lists=LISTS, lifecycle=())
    law, clause = a_law(text), text.restrictions[0]
    assert clocks.duties_due(law, text, clause, AppFacts("a/x", "a"), local("2023-07-01T00:00")) == ()
    assert [i.strftime("%m-%d") for i in clocks.boundaries(law)] == ["04-01", "05-01", "06-01"]


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
    assert standing(text, "2023-06-01T00:00") is S.LAPSED


@pytest.mark.parametrize(
    ("life", "at", "found"),
    [
        ((("announced", "2023-05-01T00:00"), ("repealed", "2023-06-01T00:00")), "2023-05-15T00:00", S.NOT_YET_IN_FORCE),
        ((("lapsed", "2023-05-01T00:00"), ("repealed", "2023-06-01T00:00")), "2023-05-15T00:00", S.LAPSED),
        ((("lapsed", "2023-05-01T00:00"), ("repealed", "2023-06-01T00:00")), "2023-06-01T00:00", S.REPEALED),
    ],
)
def test_the_last_end_that_has_come_counts(life: tuple, at: str, found: Standing) -> None:
    """An end to come has not come; of two that have come the later one says how it ended."""
    assert standing(a_text(lifecycle=stages(("in_force", "2023-03-13T00:00"), *life)), at) is found


def test_a_repealed_text_is_replaced_only_when_its_successor_begins() -> None:
    """Between the two it is repealed."""
    old = a_text(lifecycle=stages(("in_force", "2023-03-13T00:00"), ("repealed", "2023-05-01T00:00")))
    new = a_text(version="2", lifecycle=stages(("in_force", "2023-06-01T00:00")))
    assert standing(old, "2023-05-31T23:59", new) is S.REPEALED
    assert standing(old, "2023-06-01T00:00", new) is S.SUPERSEDED


def test_the_first_of_several_newer_versions_takes_over() -> None:
    """Version 1 ends when version 2 begins, and not with version 3."""
    new = [a_text(version=v, lifecycle=stages(("in_force", f"2023-0{m}-01T00:00"))) for v, m in (("3", 8), ("2", 5))]
    law = a_law(a_text(), *new)
    assert clocks.spans_in_force(law, law.texts[0]) == (Span(local("2023-03-13T00:00"), local("2023-05-01T00:00")),)


def test_of_two_versions_that_begin_together_both_stand_and_one_speaks() -> None:
    """Neither replaces the other: the higher version is the one that speaks."""
    one, two = a_text(), a_text(version="2")
    assert standing(one, "2023-06-01T00:00", two) is S.IN_FORCE
    assert standing(two, "2023-06-01T00:00", one) is S.IN_FORCE
    assert clocks.rank(two, local("2023-06-01T00:00")) > clocks.rank(one, local("2023-06-01T00:00"))


def test_a_stage_that_begins_when_the_newer_version_does_is_no_stretch() -> None:
    """No instant, no span; and stretches apart stay apart."""
    life = stages(
        ("in_force", "2023-03-13T00:00"), ("announced", "2023-04-01T00:00"), ("in_force", "2023-05-01T00:00"),
        ("announced", "2023-06-01T00:00"), ("in_force", "2023-07-01T00:00"),
    )  # fmt: skip
    new = a_text(version="2", lifecycle=stages(("in_force", "2023-07-01T00:00")))
    law = a_law(a_text(lifecycle=life), new)
    assert clocks.spans_in_force(law, law.texts[0]) == (
        Span(local("2023-03-13T00:00"), local("2023-04-01T00:00")),
        Span(local("2023-05-01T00:00"), local("2023-06-01T00:00")),
    )
    again = stages(
        ("in_force", "2023-03-13T00:00"), ("announced", "2023-04-01T00:00"), ("in_force", "2023-05-01T00:00"),
        ("in_force", "2023-06-01T00:00"), ("repealed", "2023-07-01T00:00"),
    )  # fmt: skip
    law = a_law(a_text(lifecycle=again))
    assert clocks.spans_in_force(law, law.texts[0]) == (
        Span(local("2023-03-13T00:00"), local("2023-04-01T00:00")),
        Span(local("2023-05-01T00:00"), local("2023-07-01T00:00")),
    )


LISTS = (
    ExternalList("l", "x", tuple(ListVersion(m, local(f"2023-0{m}-01T00:00"), ()) for m in "46")),
    ExternalList("m", "x", (ListVersion("1", local("2023-05-01T00:00"), ()),)),
)  # fmt: skip
AFTER = Clock(within=Period(days=10), after_list=True)


@pytest.mark.parametrize(
    ("clock", "due"),
    [
        (Clock(at=local("2023-04-01T21:00")), "2023-04-01T21:00"),
        (Clock(at=local("2023-03-01T21:00")), "2023-03-13T00:00"),  # never before force
        (AFTER, "2023-04-11T00:00"),  # of no app: the first version of all
    ],
)
def test_when_duties_of_no_app_can_be_failed(clock: Clock, due: str) -> None:
    """An instant; a list's first version, whichever list it is of."""
    text = a_text(a_clause(duties=((Duty.REMOVE, clock), (Duty.REPORT, Clock()))), lists=LISTS)
    found = clocks.duties_due(a_law(text), text, text.restrictions[0])
    assert found == ((Duty.REMOVE, local(due)), (Duty.REPORT, local("2023-03-13T00:00")))
    assert clocks.depends_on_app(text.restrictions[0]) is clock.after_list


def test_a_list_clock_depends_on_the_app_and_the_instant() -> None:
    """With an app the version that put it on counts; without an instant nobody can say which, and the first does."""
    named = (Selector(What.FAMILY, ("a",)),)
    versions = (ListVersion("1", local("2023-04-01T00:00"), ()), ListVersion("2", local("2023-06-01T00:00"), named))
    late = ExternalList("l", "x", versions)
    clause = a_clause(what=(Selector(What.LISTED_BY, ("l",)),), duties=((Duty.REMOVE, AFTER), (Duty.REPORT, Clock())))
    text = a_text(clause, lists=(late,))
    law, app = a_law(text), AppFacts("a/x", "a")
    (remove, _) = clocks.duties_due(law, text, clause, app, local("2023-07-01T00:00"))
    assert remove == (Duty.REMOVE, local("2023-06-11T00:00"))
    for unsaid in ((app, None), (None, local("2023-07-01T00:00"))):
        assert clocks.duties_due(law, text, clause, *unsaid)[0] == (Duty.REMOVE, local("2023-04-11T00:00"))
        assert clocks.due(law, text, clause, AFTER, *unsaid) == local("2023-04-11T00:00")


def test_every_instant_at_which_something_changes() -> None:
    """Stages, versions, ends and beginnings of clauses, duties, lists, findings, readings and exemptions, each once."""
    clause = a_clause(
        start=local("2023-04-02T00:00"),
        term=Period(months=6),
        at_sunset=AtSunset.LAPSE,
        duties=(
            (Duty.REMOVE, AFTER),
            (Duty.REPORT, Clock(within=Period(days=3))),
            (Duty.ATTEST, Clock(by=date(2023, 4, 8))),
        ),
    )
    finding = Classification("k", Selector(What.FAMILY, ("a",)), What.CATEGORY, "games", True, "x", date(2023, 4, 20))
    lifted = Exemption(
        "e", frozenset({"t/c"}), frozenset({"d"}), (), frozenset(), "press", "ciso", date(2023, 1, 1),
        Span(local("2023-01-02T00:00"), local("2023-12-02T00:00")), date(2023, 12, 1), None, frozenset(),
    )  # fmt: skip
    law = a_law(
        a_text(
            clause,
            lists=LISTS,
            lifecycle=stages(("announced", "2023-03-01T00:00"), ("in_force", "2023-03-13T00:00")),
        ),
        a_text(version="2", lifecycle=stages(("in_force", "2023-12-01T00:00"))),
        classifications=(finding,),
        readings=(ChosenReading("r", "t", "wide", "yes", "x", date(2023, 4, 25)),
                  ChosenReading("s", "other", "wide", "yes", "x", date(2023, 4, 26))),
        exemptions=(lifted,),
    )  # fmt: skip
    assert [i.strftime("%m-%d") for i in clocks.boundaries(law)] == [
        "01-02",  # the exemption begins
        "03-01", "03-13",  # the text
        "04-01", "04-02",  # the first list, the clause
        "04-05", "04-09",  # report, attest
        "04-12",  # ten days after the clause, which a list precedes
        "04-20", "04-25",  # a finding, a reading
        "05-01", "05-11",  # the other list, and ten days later
        "06-01", "06-11",  # the list again
        "10-02",  # the clause ends
        "12-01", "12-02",  # the newer version, and the exemption's end
    ]  # fmt: skip


def test_a_window_is_cut_within_and_not_at_its_ends() -> None:
    """A boundary at either end of the window makes no empty piece."""
    law = a_law(a_text(lifecycle=stages(("in_force", "2023-03-13T00:00"), ("repealed", "2023-05-01T00:00"))))
    window = Span(local("2023-03-13T00:00"), local("2023-05-01T00:00"))
    assert clocks.segments(law, window) == (window,)
    for window in (Span(None, local("2023-05-01T00:00")), Span(local("2023-05-01T00:00"), None)):
        with pytest.raises(ValueError, match="closed"):
            clocks.segments(law, window)


def test_a_duty_about_an_app_named_beside_the_list_is_a_boundary() -> None:
    """Its clock runs from the clause's beginning, before the list was first published; that cuts a window too."""
    what = (Selector(What.LISTED_BY, ("l",)), Selector(What.FAMILY, ("a",)))
    text = a_text(a_clause(what=what, duties=((Duty.REMOVE, AFTER),)), lists=LISTS)
    law, clause = a_law(text), text.restrictions[0]
    due = clocks.due(law, text, clause, AFTER, AppFacts("a/x", "a"), local("2023-07-01T00:00"))
    assert due == local("2023-03-23T00:00")
    assert due in clocks.boundaries(law)


def test_a_beginning_is_known_as_exactly_as_its_stage_says() -> None:
    """Of the stage in force, not of one before it; a clause's own later day is known to the day."""
    begun = (
        Stage(State.ANNOUNCED, local("2022-01-01"), Precision.YEAR),
        Stage(State.IN_FORCE, local("2023-03-01"), Precision.MONTH),
    )
    text = a_text(a_clause(), a_clause(start=local("2023-06-05")), lifecycle=begun)
    assert [clocks.beginning_known_to(text, c) for c in text.restrictions] == [Precision.MONTH, Precision.DAY]
    told = Stage(State.ANNOUNCED, local("2023-03-01"), Precision.YEAR)
    at_once = a_text(lifecycle=(told, Stage(State.IN_FORCE, told.start)))
    assert clocks.beginning_known_to(at_once, at_once.restrictions[0]) is Precision.DAY
    draft = a_text(lifecycle=begun[:1])
    assert clocks.beginning_known_to(draft, draft.restrictions[0]) is Precision.DAY


@pytest.mark.parametrize(
    "rising",
    [
        ["1", "2", "9", "10", "11", "100"],
        ["1.9", "1.10", "2.0", "10"],
        ["2023.9", "2023.10", "2024.1"],
        ["1", "1a", "1b", "2"],
        ["v9", "v10"],
        ["v1", "v1.1", "v2"],
        ["1", "1.1", "1.1.1", "2"],
        ["2023", "2023-09", "2024"],
        ["1", "1-bis", "2"],
        ["1", "01a", "2"],
        ["9", "a", "b"],
    ],
)
def test_versions_in_their_order(rising: list[str]) -> None:
    """Numbers count as numbers, letters after them; the same number written in two ways still has an order."""
    assert all(a < b for a, b in pairwise(clocks.version_order(v) for v in rising))
    assert clocks.version_order("1") != clocks.version_order("01")
    assert clocks.version_order("10a") == (((0, 10, ""), (1, 0, "a")), "10a")
