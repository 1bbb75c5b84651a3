# SPDX-License-Identifier: EUPL-1.2
"""What still holds of a file that is gone: what was kept of it, without what nobody can say any more.

Reads and writes nothing. Cannot know what stood in the lines that were cut away: their days are lost for every app, and
no hour of such a day counts as seen by what is left. A row by a name that the catalogue took back accuses nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date

from ordinance.match.names import NameMatcher
from ordinance.model.kept import KeptPart, KeptRow

DayOf = Callable[[int], date]  # of an instant, in the source's zone


def cut_days(part: KeptPart, ends: tuple[int | None, int | None], day: DayOf) -> frozenset[date]:
    """Days of a window of which lines were cut away when the file was read within another one."""
    stretches = [(day(first).toordinal(), day(last).toordinal()) for first, last in part.cut_away(*ends)]
    return frozenset(date.fromordinal(n) for first, last in stretches for n in range(first, last + 1))


def still_said(part: KeptPart, cut: AbstractSet[date], names: NameMatcher, day: DayOf) -> KeptPart:
    """The part without hours of days that were cut, and without rows by names that are in the catalogue no longer."""
    rows = tuple(now for row in part.rows if (now := _known_now(row, names)) is not None)
    hours = tuple(hour for hour in part.hours if day(hour[0]) not in cut)
    return replace(part, rows=rows, hours=hours, dropped=part.dropped + len(part.rows) - len(rows))


def _known_now(row: KeptRow, names: NameMatcher) -> KeptRow | None:
    """A row with its identifier as the catalogue has it now; `None` where it has it no longer."""
    then = row.identifier
    if then is None:
        return row
    hit = names.find(then.value)
    now = None if hit is None else hit.identifier
    is_same = now is not None and (now.value, now.family, now.member) == (then.value, then.family, then.member)
    return replace(row, identifier=now) if is_same else None
