# SPDX-License-Identifier: EUPL-1.2
"""What still holds of a file that is gone: what was kept of it, without what nobody can say any more.

Reads and writes nothing. Cannot know what stood in the lines that were cut away: their days are lost for every app, and
no hour of such a day counts as seen by what is left. Nor what stood before a watched name: a row by one accuses nobody
any more where the catalogue took it back, or knows another one beneath it that it did not know then and that says
something else.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date

from ordinance.match.names import NameMatcher
from ordinance.model.apps import Identifier
from ordinance.model.kept import KeptPart, KeptRow

DayOf = Callable[[int], date]  # of an instant, in the source's zone


def cut_days(part: KeptPart, ends: tuple[int | None, int | None], day: DayOf) -> frozenset[date]:
    """Days of a window of which lines were cut away when the file was read within another one."""
    stretches = [(day(first).toordinal(), day(last).toordinal()) for first, last in part.cut_away(*ends)]
    return frozenset(date.fromordinal(n) for first, last in stretches for n in range(first, last + 1))


def still_said(
    part: KeptPart, cut: AbstractSet[date], names: NameMatcher, day: DayOf
) -> tuple[KeptPart, tuple[KeptRow, ...]]:
    """The part without hours of days that were cut, and without rows of which nobody can say any more that it was this
    app that was asked for; these rows, as they were.
    """
    known = [(row, _known_now(row, part.beneath, names)) for row in part.rows]
    rows = tuple(now for _, now in known if now is not None)
    hours = tuple(hour for hour in part.hours if day(hour[0]) not in cut)
    said = replace(part, rows=rows, hours=hours, dropped=part.dropped + len(part.rows) - len(rows))
    return said, tuple(row for row, now in known if now is None)


def _known_now(row: KeptRow, beneath: Container[str], names: NameMatcher) -> KeptRow | None:
    """A row with its identifier as the catalogue has it now; `None` where that has it no longer, or where it has one
    beneath it that says something else and was not `beneath` it then.
    """
    then = row.identifier
    if then is None:
        return row
    hit = names.find(then.value)
    now = None if hit is None else hit.identifier
    if now is None or (now.value, now.family, now.member) != (then.value, then.family, then.member):
        return None
    longer = (one for one in names.beneath(now.value) if one.value not in beneath)
    return replace(row, identifier=now) if all(_says(one) == _says(now) for one in longer) else None


def _says(identifier: Identifier) -> tuple[object, ...]:
    """All that is concluded from a name, whichever of an app's it is."""
    return identifier.family, identifier.member, identifier.role, identifier.confidence, identifier.retired
