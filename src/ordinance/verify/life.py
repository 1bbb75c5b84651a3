# SPDX-License-Identifier: EUPL-1.2
"""Where a finding stands on a day: what persons wrote until then, and whether it was seen after it was closed.

Reads entries and days, nothing else; the day is given. A state never changes a result: what was seen stays seen,
whoever has decided about it. Cannot know whether an explanation is true, nor who really wrote a line.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from ordinance.model.life import Again, Entry, FindingState, Standing


def standing(
    entries: Iterable[Entry],
    first_seen: date | None,
    last_seen: date,
    on: date,
    behind: Iterable[date] = (),
    *,
    is_alone: bool = True,
) -> Standing:
    """Where a finding stands on the day `on`; entries of later days do not count yet.

    `last_seen` is the last day on which it was seen, or can have been; never a day that nobody looked at. `behind` are
    the days on which each finding behind a group was first seen: who decides about one decides of what was there.
    Unless it `is_alone`, others of one report have the same id: what was decided of one is not decided of this one.
    """
    until = tuple(e for e in entries if e.on <= on)
    heard, said = any(e.was_heard for e in until), tuple(e for e in until if e.untrusted_said)
    if not until:
        return Standing(since=first_seen)
    last = until[-1]
    decided = last if last.state.is_decided else None
    if last.state is FindingState.CLOSED and last_seen > last.on:
        since = last.on + timedelta(days=1) if first_seen is None else max(first_seen, last.on + timedelta(days=1))
        return Standing(FindingState.OPEN, since, decided, Again.SEEN_AGAIN, heard, said)
    if last.state is FindingState.ACCEPTED and last.last_day is not None and on > last.last_day:
        since = last.last_day + timedelta(days=1)
        return Standing(FindingState.OPEN, since, decided, Again.ACCEPTANCE_OVER, heard, said)
    if decided is not None and (later := [day for day in behind if day > decided.on]):
        return Standing(FindingState.OPEN, min(later), decided, Again.SEEN_SINCE, heard, said)
    if decided is not None and not is_alone:
        return Standing(FindingState.OPEN, first_seen, decided, Again.NOT_TOLD_APART, heard, said)
    return Standing(last.state, _since(until), decided, None, heard, said)


def _since(entries: tuple[Entry, ...]) -> date:
    """The day of the first of the last entries that all say the same state."""
    since = entries[-1].on
    for one in reversed(entries):
        if one.state is not entries[-1].state:
            break
        since = one.on
    return since
