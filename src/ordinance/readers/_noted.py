# SPDX-License-Identifier: EUPL-1.2
"""What is noted of a log while it is read, so that it need not all be read again: its instants, its hours, its counts.

There are two ways to go on (`_again`, `_picking`); each notes more. Reads nothing itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ordinance.model.kept import Hours, Part
from ordinance.model.time import Span


@dataclass(slots=True, kw_only=True)
class Known:
    """What is known of a source when it is read again. `skipped` counts octets that were not read line by line.

    `is_whole`: files change while they are read, and of those at hand nothing is known.
    """

    window: Span = field(default_factory=Span)
    skipped: int = 0
    is_whole: bool = False

    @property
    def ends(self) -> tuple[int | None, int | None]:
        """Those of the window, as those of a part."""
        return _second(self.window.start), _second(self.window.end)


@dataclass(slots=True, kw_only=True)
class Noted:
    """What one file says, while it is read. Whatever only one of the two ways asks for, the other passes over."""

    first: int | None = None
    last: int | None = None
    dropped: int = 0
    structural: int = 0
    hours: dict[int, tuple[int, int]] = field(default_factory=dict)

    def saw(self, at: int) -> None:
        """A line is of this instant, and may say more within another window."""
        if self.first is None or self.last is None:
            self.first = self.last = at
        elif at < self.first:
            self.first = at
        elif at > self.last:
            self.last = at

    def said(self, hour: int, at: int) -> None:
        """Something was said within the window."""
        widen(self.hours, hour, at)

    def counted(self, dropped: int, structural: int) -> None:
        """So many more lines said nothing."""
        self.dropped += dropped
        self.structural += structural

    def matters(self, number: int, *, dropped: int, structural: int, line: str, verdict: str) -> None:
        """A line, of this verdict, says more than that it is one of so many dropped or structural ones."""

    def watched(self) -> None:
        """The line in hand has a name of the watch list."""

    def refused(self, number: int, reason: str, *, is_head: bool) -> None:
        """A line was rejected; before any that has a time, it is of the hour that the file before ended with."""

    def no_text(self, number: int, reason: str) -> None:
        """A line was rejected that could not even be read as text."""

    def asked_leases(self) -> None:
        """Who had an address decided something."""

    def by_nobody(self, hour: int, at: int) -> None:
        """An internal name was asked for from an address that nobody is known to hold."""

    def unfit(self) -> None:
        """The file has to be read whole each time."""

    def go_on(self, part: Part, ends: tuple[int | None, int | None]) -> None:
        """Begin with what is known of a beginning, within a window."""
        self.first, self.last = part.first, part.last
        self.dropped, self.structural = part.dropped, part.structural
        self.hours = within(part.hours, *ends)


def widen(hours: dict[int, tuple[int, int]], hour: int, at: int) -> None:
    """Something was said in an hour at an instant."""
    first, last = hours.get(hour, (at, at))
    hours[hour] = (min(first, at), max(last, at))


def within(hours: Hours, start: int | None, end: int | None) -> dict[int, tuple[int, int]]:
    """The hours of which something may lie within, each with its own first and last instants."""
    return {
        hour: (first, last)
        for hour, first, last in hours
        if (start is None or start <= last) and (end is None or first < end)
    }


def stretches(hours: dict[int, tuple[int, int]]) -> Hours:
    """The hours as a part has them, in order."""
    return tuple((hour, *ends) for hour, ends in sorted(hours.items()))


def _second(instant: datetime | None) -> int | None:
    """Seconds since 1970 of an instant; one within a second counts from the next: no line is of a part of one."""
    return None if instant is None else -int(-instant.timestamp() // 1)
