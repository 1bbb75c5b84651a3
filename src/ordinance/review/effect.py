# SPDX-License-Identifier: EUPL-1.2
"""Whether a count per day became less or more after a turn, or whether that cannot be told.

Reads counts by day, nothing else. Only days that were counted are given in: a day that nobody looked at is not a
day with nothing. Weekdays that only one side has are left out, so that a weekend is never compared with a week.

A change is told only where the typical day moved and where that shows on most days: three of four days on one side
lie above three of four on the other. One busy day cannot make it, as it can an average. It says nothing of causes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from statistics import median_low

from ordinance.model.effect import Change, Compared, Figure, Side, Why

LEAST_DAYS = 14  # of each side: two whole weeks
LEAST_CONTACTS = 5  # on a typical day of the side that has more
LEAST_AUDIENCE = 20  # the same, for what an account reaches
SAME_WITHIN = 20  # percent by which the typical day may move and still be called the same
THIN = 2  # a day seen for less than one part in this many of the usual hours is not a day seen
MOST_GROWTH = 20  # percent by which the number of devices may change between two checks that are compared

# Contacts are shown in bands: exact numbers of two reports can be set against each other to find one person's.
BANDS = (1, 5, 20, 100, 500, 2000)


def compared(
    before: Mapping[date, int], after: Mapping[date, int], least: int, least_days: int = LEAST_DAYS
) -> Compared:
    """What counts by day come to. `least` is what a typical day must have on the side that has more."""
    first, then = (side(days) for days in same_weekdays(before, after))
    if not before or not after:
        why = Why.NO_DAY_AFTER if before else Why.NO_DAY_BEFORE
        return Compared(Change.CANNOT_TELL, side(before), side(after), why)
    if first is None or then is None or min(first.days, then.days) < least_days:
        return Compared(Change.CANNOT_TELL, first, then, Why.TOO_FEW_DAYS)
    if max(first.typical, then.typical) < least:
        return Compared(Change.CANNOT_TELL, first, then, Why.TOO_LITTLE)
    change = _change(first, then)
    return Compared(change, first, then, Why.DAYS_DIFFER if change is Change.CANNOT_TELL else None)


def same_weekdays(
    before: Mapping[date, int], after: Mapping[date, int]
) -> tuple[Mapping[date, int], Mapping[date, int]]:
    """Both sides without the weekdays that only one of them has; a side that is alone stays as it is."""
    if not before or not after:
        return before, after
    shared = {d.weekday() for d in before} & {d.weekday() for d in after}
    first, then = ({d: n for d, n in days.items() if d.weekday() in shared} for days in (before, after))
    return first, then


def compared_audience(metric: Figure, before: Mapping[date, int], after: Mapping[date, int]) -> Compared:
    """What an account reached, before and after; a level (followers) is shown and never judged."""
    if metric.is_level and before and after:
        return Compared(Change.CANNOT_TELL, side(before), side(after), Why.LEVEL)
    return compared(before, after, LEAST_AUDIENCE)


def side(days: Mapping[date, int]) -> Side | None:
    """The days as a side: the middle day, and the half of all days around it. `None` without days."""
    if not days:
        return None
    values, part = sorted(days.values()), len(days) // 4
    low, high = values[part], values[-1 - part]
    return Side(min(days), max(days), len(days), low, median_low(values), high)


def band(count: int) -> int:
    """The number of the band that a count of contacts falls into, 0 for none.

    >>> [band(n) for n in (0, 1, 4, 5, 1999, 2000)]
    [0, 1, 1, 2, 5, 6]
    """
    return sum(count >= start for start in BANDS)


def thin_days(hours: Mapping[date, int]) -> frozenset[date]:
    """Days seen for less than half of the usual hours of their weekday kind: what they count is too low to be told.

    `hours` are the hours of each day in which anything was seen at all. Saturdays and Sundays are their own kind.
    """
    found: set[date] = set()
    for weekend in (False, True):
        kind = {d: n for d, n in hours.items() if (d.weekday() >= 5) is weekend}  # 5 is Saturday
        usual = median_low(kind.values()) if kind else 0
        found |= {d for d, n in kind.items() if n * THIN < usual}
    return frozenset(found)


def devices_changed(counts: Iterable[int]) -> bool:
    """Whether numbers of devices, one a check, differ so much that counts cannot be compared."""
    found = sorted(counts)
    return bool(found) and (found[-1] - found[0]) * 100 > MOST_GROWTH * found[0]


def _change(before: Side, after: Side) -> Change:
    if abs(after.typical - before.typical) * 100 <= SAME_WITHIN * before.typical:
        return Change.SAME
    if after.high < before.low:
        return Change.LESS
    return Change.MORE if after.low > before.high else Change.CANNOT_TELL
