# SPDX-License-Identifier: EUPL-1.2
"""Whether a count per day became less or more after a turn, or whether that cannot be told.

Reads counts by day, nothing else. Only days that were counted are given in: a day that nobody looked at is not a
day with nothing. Both sides get as many of each weekday, those nearest to the turn, so that a weekend is never compared
with a week.

A change is told only where the typical day moved and where that shows on most days: three of four days on one side
lie above three of four on the other. One busy day cannot make it, as it can an average. It says nothing of causes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from statistics import fmean, median_low

from ordinance.model.effect import Change, Compared, Figure, Side, Why

LEAST_DAYS = 14  # of each side: two whole weeks
LEAST_CONTACTS = 5  # on a typical day of the side that has more
LEAST_AUDIENCE = 20  # the same, for what an account reaches
SAME_WITHIN = 20  # percent of the larger by which the typical day and the middle half may move and count as the same
SEEN_ENOUGH = 80  # percent of the usual hours for which a source has to have seen a day
MOST_GROWTH = 20  # percent by which the number of devices may change between two checks that are compared

# Contacts are shown in bands: exact numbers of two reports can be set against each other to find one person's.
BANDS = (1, 5, 20, 100, 500, 2000)

Days = Mapping[date, int]
Hours = Mapping[str, int]
_SATURDAY = 5


def compared(before: Days, after: Days, least: int, least_days: int = LEAST_DAYS) -> Compared:
    """What counts by day come to. `least` is what a typical day must have on the side that has more."""
    first, then = balanced(before, after)
    if not before or not after:
        why = Why.NO_DAY_AFTER if before else Why.NO_DAY_BEFORE
        return Compared(Change.CANNOT_TELL, side(before), side(after), why)
    sides = side(first), side(then)
    if len(first) < least_days:
        return Compared(Change.CANNOT_TELL, *sides, Why.TOO_FEW_DAYS)
    if max(median_low(first.values()), median_low(then.values())) < least:
        return Compared(Change.CANNOT_TELL, *sides, Why.TOO_LITTLE)
    change = _change(first, then)
    return Compared(change, *sides, Why.DAYS_DIFFER if change is Change.CANNOT_TELL else None)


def balanced(before: Days, after: Days) -> tuple[Days, Days]:
    """Both sides with as many of each weekday: the last ones before, the first ones after. One alone stays as it is."""
    if not before or not after:
        return before, after
    nearest = sorted(before, reverse=True), sorted(after)
    by_weekday = [[[d for d in days if d.weekday() == n] for days in nearest] for n in range(7)]
    kept = {d for pair in by_weekday for days in pair for d in days[: min(map(len, pair))]}
    first, then = ({d: n for d, n in days.items() if d in kept} for days in (before, after))
    return first, then


def compared_audience(figure: Figure, before: Days, after: Days) -> Compared:
    """What an account reached, before and after; a level (followers) is shown and never judged."""
    if figure.is_level and before and after:
        return Compared(Change.CANNOT_TELL, side(before), side(after), Why.LEVEL)
    return compared(before, after, LEAST_AUDIENCE)


def side(days: Days) -> Side | None:
    """The days as a side: the middle day, and the half of all days around it. `None` without days."""
    if not days:
        return None
    half = _middle_half(days)
    return Side(min(days), max(days), len(days), half[0], median_low(days.values()), half[-1])


def band(count: int) -> int:
    """The number of the band that a count of contacts falls into, 0 for none.

    >>> [band(n) for n in (0, 1, 4, 5, 1999, 2000)]
    [0, 1, 1, 2, 5, 6]
    """
    return sum(count >= start for start in BANDS)


def thin_days(before: Mapping[date, Hours], after: Mapping[date, Hours]) -> frozenset[date]:
    """Days that a source saw for clearly less than its usual hours: what they count is too low to be told.

    Usual is the middle of the side that was seen better, so that a log which breaks off on every day of one side is
    not taken for usual. Saturdays and Sundays are their own kind. `Hours` are the hours of a day by source.
    """
    found: set[date] = set()
    for weekend in (False, True):
        sides = [{d: h for d, h in s.items() if (d.weekday() >= _SATURDAY) is weekend} for s in (before, after)]
        for source in {name for days in sides for hours in days.values() for name in hours}:
            usual = max((median_low([h.get(source, 0) for h in days.values()]) for days in sides if days), default=0)
            for days in sides:
                found |= {d for d, h in days.items() if h.get(source, 0) * 100 < SEEN_ENOUGH * usual}
    return frozenset(found)


def devices_changed(counts: Iterable[int]) -> bool:
    """Whether numbers of devices, one a check, differ so much that counts cannot be compared."""
    found = sorted(counts)
    return bool(found) and (found[-1] - found[0]) * 100 > MOST_GROWTH * found[0]


def _change(before: Days, after: Days) -> Change:
    typical = [median_low(days.values()) for days in (before, after)]
    if _moved_little(*typical):
        middle = [fmean(_middle_half(days)) for days in (before, after)]
        return Change.SAME if _moved_little(*middle) else Change.CANNOT_TELL
    first, then = (_middle_half(days) for days in (before, after))
    if then[-1] < first[0]:
        return Change.LESS
    return Change.MORE if then[0] > first[-1] else Change.CANNOT_TELL


def _moved_little(before: float, after: float) -> bool:
    return abs(after - before) * 100 <= SAME_WITHIN * max(before, after)


def _middle_half(days: Days) -> list[int]:
    values, part = sorted(days.values()), len(days) // 4
    return values[part : len(values) - part]
