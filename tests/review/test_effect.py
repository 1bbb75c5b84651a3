# SPDX-License-Identifier: EUPL-1.2
"""Before and after: little is told as little, one day decides nothing, and luck alone hardly ever tells a change."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordinance.model.effect import Change, Figure, Why
from ordinance.review.effect import (
    BANDS,
    LEAST_AUDIENCE,
    LEAST_DAYS,
    balanced,
    band,
    compared,
    compared_audience,
    devices_changed,
    side,
    thin_days,
)

MONDAY = date(2023, 3, 6)
TWO_WEEKS = st.lists(st.integers(0, 500), min_size=14, max_size=14)


SHORT = 7


def by_luck(n: int) -> int:
    """In how many orders of n and n different values one side's upper quarter alone reaches into the other."""
    part = n // 4
    return 2 * sum(comb(n - part - 1 + b, b) * comb(part + n - b, part) for b in range(part + 1))


def days(*values: int, start: date = MONDAY) -> dict[date, int]:
    """Values on days in a row."""
    return {start + timedelta(days=n): v for n, v in enumerate(values)}


def after(*values: int) -> dict[date, int]:
    return days(*values, start=MONDAY + timedelta(days=70))


@pytest.mark.parametrize(
    ("first", "then", "change", "why"),
    [
        ([30] * 14, [3] * 14, Change.LESS, None),
        ([3] * 14, [30] * 14, Change.MORE, None),
        ([30] * 14, [30] * 14, Change.SAME, None),
        ([30] * 14, [36] * 7 + [20] * 7, Change.CANNOT_TELL, Why.DAYS_DIFFER),
        ([30] * 14, [], Change.CANNOT_TELL, Why.NO_DAY_AFTER),
        ([], [30] * 14, Change.CANNOT_TELL, Why.NO_DAY_BEFORE),
        ([], [], Change.CANNOT_TELL, Why.NO_DAY_BEFORE),
        ([30] * 13, [3] * 14, Change.CANNOT_TELL, Why.TOO_FEW_DAYS),
        ([4] * 14, [0] * 14, Change.CANNOT_TELL, Why.TOO_LITTLE),
        ([0] * 14, [0] * 14, Change.CANNOT_TELL, Why.TOO_LITTLE),
        ([0] * 14, [5] * 14, Change.MORE, None),
    ],
)
def test_what_two_sides_come_to(first: list[int], then: list[int], change: Change, why: Why | None) -> None:
    """Told only with days enough, enough on a day, and most days on one side of most others."""
    found = compared(days(*first), after(*then), 5)
    assert (found.change, found.why) == (change, why)


def test_one_busy_day_tells_nothing() -> None:
    """An average would have risen tenfold."""
    assert compared(days(*[10] * 14), after(*[10] * 13, 2000), 5).change is Change.SAME


def test_a_weekend_is_not_compared_with_a_week() -> None:
    """Both sides get as many of each weekday, the nearest; where none is shared, nothing is told."""
    week = {d: 40 for d in days(*[0] * 28) if d.weekday() < 5}
    weekend = {d: 1 for d in after(*[0] * 42) if d.weekday() >= 5}
    assert compared(week, weekend, 5).why is Why.TOO_FEW_DAYS
    both = after(*[40 if n % 7 < 5 else 1 for n in range(28)])
    found = compared(week, both, 5)
    assert (found.change, found.after and found.after.days) == (Change.SAME, 20)
    saturdays = {d: 5 for d in days(*[0] * 84) if d.weekday() == 5} | dict.fromkeys(days(1), 100)
    mondays = {d: 100 for d in after(*[0] * 84) if d.weekday() == 0} | {max(after(*[0] * 6)): 5}
    assert compared(saturdays, mondays, 5).why is Why.TOO_FEW_DAYS


def test_reach_that_is_gone_on_many_days_is_not_kept() -> None:
    """The typical day alone would say so."""
    assert compared(days(*[100] * 14), after(*[0] * 6, *[100] * 8), 5).why is Why.DAYS_DIFFER


@given(TWO_WEEKS, TWO_WEEKS)
def test_the_sides_exchanged(first: list[int], then: list[int]) -> None:
    """What became less one way became more the other way (two whole weeks: of more, each side gives its nearest)."""
    turned = {Change.LESS: Change.MORE, Change.MORE: Change.LESS}
    one, other = compared(days(*first), after(*then), 5).change, compared(days(*then), after(*first), 5).change
    if one in turned:
        assert other is turned[one]
    else:
        assert other not in turned


@given(TWO_WEEKS, TWO_WEEKS, st.randoms())
def test_the_order_of_days_within_a_side_does_not_matter(first: list[int], then: list[int], random: object) -> None:
    """The same values on other days of two whole weeks come to the same."""
    mixed = list(first)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert compared(days(*first), after(*then), 5).change is compared(days(*mixed), after(*then), 5).change


@given(TWO_WEEKS, TWO_WEEKS)
def test_a_day_more_that_fits_never_turns_a_change_round(first: list[int], then: list[int]) -> None:
    """Nothing between less and more is passed over by one day."""
    found = compared(days(*first), after(*then), 5)
    more = compared(days(*first, first[-1]), after(*then, max(then)), 5)
    assert {found.change, more.change} != {Change.LESS, Change.MORE}


def test_how_often_luck_alone_tells_a_change() -> None:
    """Of all ways in which days that are alike can fall: counted for seven and seven, and from that for all. The guide
    says the share for the fewest days that are compared."""
    told = ways = 0
    for chosen in combinations(range(2 * SHORT), SHORT):
        first = dict.fromkeys(chosen)
        values = {True: list(chosen), False: [n for n in range(2 * SHORT) if n not in first]}
        found = compared(days(*values[True]), days(*values[False]), 0, SHORT)
        told, ways = told + (found.change in {Change.LESS, Change.MORE}), ways + 1
    assert (told, ways) == (by_luck(SHORT), comb(2 * SHORT, SHORT))
    assert round(100 * by_luck(LEAST_DAYS) / comb(2 * LEAST_DAYS, LEAST_DAYS), 1) == 0.7


def test_a_level_is_shown_and_not_judged() -> None:
    """Followers mostly only grow, with a rule or without."""
    found = compared_audience(Figure.FOLLOWERS, days(*range(1000, 1014)), after(*range(2000, 2014)))
    assert (found.change, found.why) == (Change.CANNOT_TELL, Why.LEVEL)
    assert found.before is not None
    assert compared_audience(Figure.FOLLOWERS, {}, after(1)).why is Why.NO_DAY_BEFORE


def test_a_small_account_is_not_judged() -> None:
    """A fall from 12 views to 3 is chance."""
    assert compared_audience(Figure.VIEWS, days(*[12] * 14), after(*[3] * 14)).why is Why.TOO_LITTLE
    assert compared_audience(Figure.VIEWS, days(*[LEAST_AUDIENCE] * 14), after(*[3] * 14)).change is Change.LESS


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=60))
def test_a_side(values: list[int]) -> None:
    """At least half of all days lie from low to high, and the typical day is one of them."""
    found = side(days(*values))
    assert found is not None
    assert found.low <= found.typical <= found.high
    assert 2 * sum(found.low <= v <= found.high for v in values) >= len(values)
    assert {found.low, found.typical, found.high} <= set(values)


@given(st.integers(0, 10**7))
def test_bands_are_in_order(count: int) -> None:
    """A count lies in one band; a greater one never in a lower."""
    assert 0 <= band(count) <= len(BANDS)
    assert band(count) <= band(count + 1)


def hours(start: date, *values: int, other: int = 24) -> dict[date, dict[str, int]]:
    return {d: {"one": n, "two": other} for d, n in days(*values, start=start).items()}


def test_a_day_that_broke_off_is_thin() -> None:
    """A log that stopped at ten is no quiet day; a weekend has hours of its own."""
    found = thin_days(hours(MONDAY, 12, 12, 5, 12, 12, 2, 2), hours(MONDAY + timedelta(days=7), *[12] * 5, 2, 2))
    assert found == {MONDAY + timedelta(days=2)}
    assert thin_days({}, {}) == frozenset()


@pytest.mark.parametrize("short", [1, 12, 19])
def test_a_log_that_breaks_off_every_day_is_not_taken_for_usual(short: int) -> None:
    """However many such days there are, and whatever another log saw: the better side says what is usual."""
    later = hours(MONDAY + timedelta(days=70), *[short] * 28)
    assert thin_days(hours(MONDAY, *[24] * 14), later) == frozenset(later)
    assert thin_days(later, hours(MONDAY, *[24] * 14)) == frozenset(later)


def test_devices_that_came_or_went() -> None:
    """More than a fifth more, and counts cannot be compared."""
    assert not devices_changed([])
    assert not devices_changed([100, 120])
    assert devices_changed([100, 121])
    assert devices_changed([0, 1])


def test_a_side_that_is_alone() -> None:
    """It stays as it is; of two, those nearest to the day between are kept."""
    assert balanced(days(1, 2), {}) == (days(1, 2), {})
    first, then = balanced(days(*range(21)), after(*range(7)))
    assert (min(first), [*then]) == (MONDAY + timedelta(days=14), [*after(*range(7))])
