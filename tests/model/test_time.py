# SPDX-License-Identifier: EUPL-1.2
"""Calendar arithmetic: ends of months, leap days, nights of the clock change, half-open spans."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordinance.model.time import Period, Span, add_months, end_of, fixed, joined, last_instant, plus, start_of

BRUSSELS = ZoneInfo("Europe/Brussels")
instants = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (bounds)
ends = st.one_of(st.none(), instants)


def local(text: str) -> datetime:
    """A wall-clock time in Brussels."""
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS)


@pytest.mark.parametrize(
    ("day", "months", "moved"),
    [
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-03-31", 6, "2023-09-30"),
        ("2023-03-13", 6, "2023-09-13"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2023-11-30", 3, "2024-02-29"),
        ("2023-12-01", 1, "2024-01-01"),
        ("2023-01-31", 0, "2023-01-31"),
        ("2023-03-31", -1, "2023-02-28"),
    ],
)
def test_a_day_the_month_lacks_becomes_its_last(day: str, months: int, moved: str) -> None:
    """The end-of-month rule, leap days included."""
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(moved)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("P6M", Period(months=6)),
        ("P14D", Period(days=14)),
        ("P1Y6M", Period(months=18)),
        ("P2W", Period(days=14)),
        ("PT12H", Period(minutes=720)),
        ("P1DT1H30M", Period(days=1, minutes=90)),
        ("P100Y", Period(months=1200)),
        ("P0D", Period()),
    ],
)
def test_periods_are_read(text: str, period: Period) -> None:
    """The forms of ISO 8601 that decisions use."""
    assert Period.parse(text) == period


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "P1DT",
        "6M",
        "P-1D",
        "P1.5M",
        "P1M1Y",
        "p6m",
        "P6M ",
        "6 months",
        "P101Y",
        "P40000D",
        "P36501D",
        "PT52560001M",
        "P50YT26280001M",
        "P99Y366D",
        "P9" + "9" * 5000 + "D",
    ],
)
def test_other_periods_are_refused(text: str) -> None:
    """Nothing is guessed, and nothing is longer than a century: beyond it a computer's calendar ends."""
    with pytest.raises(ValueError, match=r"period|years|digits"):
        Period.parse(text)


@given(st.integers(0, 1200), st.integers(0, 3000), st.integers(0, 5000))
def test_periods_survive_being_written(months: int, days: int, minutes: int) -> None:
    """What is printed reads back as the same period."""
    if months // 12 + days // 365 < 90:
        period = Period(months, days, minutes)
        assert Period.parse(str(period)) == period


@pytest.mark.parametrize(
    ("begins", "period", "ends"),
    [
        ("2023-03-13T00:00", "P14D", "2023-03-27T00:00:00+02:00"),  # across 26 March: midnight stays midnight
        ("2023-03-25T20:00", "PT12H", "2023-03-26T09:00:00+02:00"),  # twelve real hours, of which one was skipped
        ("2023-03-25T20:00", "P1D", "2023-03-26T20:00:00+02:00"),  # a day on the calendar, of 23 hours
        ("2023-10-28T20:00", "PT12H", "2023-10-29T07:00:00+01:00"),
        ("2023-10-28T15:00", "PT12H", "2023-10-29T02:00:00+01:00"),  # the second of two two o'clocks
        ("2023-10-15T00:00", "P14D", "2023-10-29T00:00:00+02:00"),
        ("2023-10-15T00:00", "P15D", "2023-10-30T00:00:00+01:00"),
        ("2023-01-31T00:00", "P1M", "2023-02-28T00:00:00+01:00"),
        ("2024-02-29T08:30", "P1Y", "2025-02-28T08:30:00+01:00"),
        ("2023-01-31T00:00", "P1M1D", "2023-03-01T00:00:00+01:00"),  # months first, then days
    ],
)
def test_periods_move_the_wall_clock_and_hours_are_real(begins: str, period: str, ends: str) -> None:
    """Months, weeks and days are counted on the calendar of the zone, hours and minutes as they pass."""
    assert plus(local(begins), Period.parse(period), BRUSSELS).isoformat() == ends


def test_days_begin_at_midnight_where_the_authority_is() -> None:
    """A day is over when the next begins, also when it has 23 hours."""
    day = date(2023, 3, 26)
    assert start_of(day, BRUSSELS).isoformat() == "2023-03-26T00:00:00+01:00"
    assert end_of(day, BRUSSELS) - start_of(day, BRUSSELS) == timedelta(hours=23)
    assert start_of(day, ZoneInfo("Europe/Tallinn")) < start_of(day, BRUSSELS)


def test_the_two_passes_of_one_hour_are_told_apart() -> None:
    """In the night in which the clock is turned back, 02:30 comes twice, and a span ends between the two."""
    span = Span(local("2023-10-28T15:00"), plus(local("2023-10-28T15:00"), Period(minutes=720), BRUSSELS))
    first = local("2023-10-29T02:30")
    assert first in span
    assert first.replace(fold=1) not in span
    assert fixed(first) < fixed(first.replace(fold=1))


@given(ends, ends, instants)
def test_spans_hold_their_start_and_not_their_end(start: datetime | None, end: datetime | None, at: datetime) -> None:
    """Half-open at every instant, open sides included."""
    span = Span(start, end)
    assert (at in span) == ((start is None or at >= start) and (end is None or at < end))
    if start is not None and end is not None and start < end:
        assert start in span
        assert end not in span
        assert end - timedelta(microseconds=1) in span


@given(ends, ends, ends, ends, instants)
def test_what_two_spans_share(
    a: datetime | None, b: datetime | None, c: datetime | None, d: datetime | None, at: datetime
) -> None:
    """`meets` holds exactly the instants that both hold."""
    one, other = Span(a, b), Span(c, d)
    shared = one.meets(other)
    assert (at in one and at in other) == (shared is not None and at in shared)
    assert (shared is not None) == one.overlaps(other) == other.overlaps(one)


@given(st.lists(st.tuples(instants, instants).map(lambda p: Span(min(p), max(p)))), instants)
def test_joined_spans_hold_the_same_instants_apart(spans: list[Span], at: datetime) -> None:
    """Nothing is gained or lost, and two that are left do not touch."""
    found = joined(spans)
    assert any(at in s for s in spans) == any(at in s for s in found)
    assert all(a.closed[1] < b.closed[0] for a, b in itertools.pairwise(found))


def test_days_that_a_span_touches() -> None:
    """A span that ends at midnight does not touch the day that then begins."""
    days = Span(local("2023-03-25T13:00"), local("2023-03-27T00:00")).days(BRUSSELS)
    assert days == (date(2023, 3, 25), date(2023, 3, 26))
    assert Span(local("2023-03-25T00:00"), local("2023-03-25T00:01")).days(BRUSSELS) == (date(2023, 3, 25),)
    with pytest.raises(ValueError, match=re.escape("open")):
        Span(None, local("2023-03-25T00:01")).days(BRUSSELS)


@pytest.mark.parametrize("text", ["P36500D", "PT52560000M", "P50YT26280000M", "P99Y365D"])
def test_a_century_is_the_most(text: str) -> None:
    """To the day and the minute, of 365 days a year."""
    assert Period.parse(text) != Period()


@pytest.mark.parametrize(
    ("period", "text"),
    [(Period(), "P0D"), (Period(months=6), "P6M"), (Period(days=14), "P14D"), (Period(minutes=90), "PT90M"),
     (Period(18, 3, 1), "P18M3DT1M")],
)  # fmt: skip
def test_periods_in_writing(period: Period, text: str) -> None:
    """Only the parts that there are."""
    assert str(period) == text


A, B, C = (local(f"2023-0{n}-01T00:00") for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        (Span(A, B), Span(B, C), None),  # they touch
        (Span(A, C), Span(B, None), Span(B, C)),
        (Span(None, B), Span(A, None), Span(A, B)),
        (Span(A, A), Span(None, None), None),  # no instant
        (Span(C, A), Span(None, B), None),  # ends before it begins
        (Span(A, C), Span(B, B), None),
        (Span(None, None), Span(None, None), Span(None, None)),
    ],
)
def test_what_is_shared_at_the_edges(one: Span, other: Span, shared: Span | None) -> None:
    """Touching is not sharing, and a stretch without an instant shares none."""
    assert one.meets(other) == other.meets(one) == shared
    assert one.overlaps(other) is other.overlaps(one) is (shared is not None)


@pytest.mark.parametrize("span", [Span(A, None), Span(None, A), Span(None, None)])
def test_only_a_span_with_both_ends_is_closed(span: Span) -> None:
    """One open side is enough to be open."""
    with pytest.raises(ValueError, match="open"):
        _ = span.closed


def test_the_last_instant_of_a_span_is_its_last_microsecond() -> None:
    """The end is not held, the instant before it is; where there is no end there is no last."""
    span = Span(A, B)
    last = last_instant(span)
    assert last == B - timedelta(microseconds=1)
    assert last in span and last + timedelta(microseconds=1) not in span
    with pytest.raises(ValueError, match="open"):
        last_instant(Span(A, None))
