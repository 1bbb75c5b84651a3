# SPDX-License-Identifier: EUPL-1.2
"""Instants from stamps that name their year, such as `20-Mar-2023 09:00:04.123` and `2023-03-20T09:00:04Z`.

Reads: the stamp at the beginning of a line, with or without parts of a second, with `Z`, an offset, or neither: then it
is the wall clock of the source's zone. Nothing has to be in order, but for one hour a year:

- The hour that happens twice in autumn, without an offset: the first pass, until time would go back by more than a
  minute; from there on the second. `passes` has both instants, for who knows better.
- The hour that never happens in spring is a reject: such a log was not written in this zone.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ordinance.readers._clock import instants, utc

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_STAMP = re.compile(
    r"(?:(\d\d)-([A-Z][a-z]{2})-(\d{4}) |(\d{4})-(\d\d)-(\d\d)T)"
    r"([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.\d{1,9})?(Z|[+-]\d\d:?[0-5]\d)?",
    re.ASCII,
)
_FIRST_YEAR = 2000  # earlier, and the clock was never set
_JITTER_S = 60  # as in _clock
_QUARTER_S = 900  # lines that are passed over (`_sieve`) are of the same one as a line that is read


class Stamps:
    """Reads stamps one after the other. Instants are whole seconds since 1970, UTC.

    Of the last stamp, `hour` is when its full hour of the zone's wall clock began, and `passes` are all instants at
    which it may have been written, the likely one first.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._last: int | None = None
        self._known: tuple[str, str | None] = ("", None)  # the date and hour of a stamp, and its offset
        self._start = self._offset = 0
        self.hour = 0
        self.passes: tuple[int, ...] = ()
        self.is_plain = True  # each second of the hour of the last stamp happens once

    @property
    def state(self) -> int | None:
        """The last instant where seconds of its hour happen twice: the pass of the next depends on it. Else `None`."""
        return None if self.is_plain else self._last

    def read(self, line: str) -> tuple[int | str, int]:
        """The instant of the stamp that a line begins with, or the reason why it has none, and how long the stamp is.

        A line that begins with no stamp is `bad-time` of length nought.
        """
        match = _STAMP.match(line)
        if match is None:
            return "bad-time", 0
        known = (line[: match.start(8)], match[10])
        if known == self._known:
            at = self._start + 60 * int(match[8]) + int(match[9])
            self.passes, self.is_plain = (at,), True
            return self._note(at, self._offset), match.end()
        try:
            found = self._look_up(match, known)
        except (ValueError, OverflowError):  # 30 February, an offset of 30 hours, the end of the year 9999
            return "bad-time", match.end()
        return found if isinstance(found, str) else self._note(found, self._offset_at(found)), match.end()

    def _note(self, at: int, offset: int) -> int:
        self._last = at - at % _QUARTER_S if self.is_plain else at
        self.hour = at - (at + offset) % 3600
        return at

    def _look_up(self, match: re.Match[str], known: tuple[str, str | None]) -> int | str:
        """The slow way, for the first stamp of an hour. An hour all of whose seconds happen once is remembered."""
        day, month, year = match.group(1, 2, 3) if match[1] else match.group(6, 5, 4)
        if int(year) < _FIRST_YEAR:
            return "clock-not-set"
        number = _MONTHS.index(month) + 1 if match[1] else int(month)
        hour = datetime(int(year), number, int(day), int(match[7]))  # noqa: DTZ001  # the zone is asked below
        ends, self.is_plain = (hour, hour + timedelta(seconds=3599)), False
        first, last = (self._instants(t, match[10]) for t in ends)
        if len(first) == 1 and last == (first[0] + 3599,):
            offsets = {self._offset_at(at) for at in (*first, *last)}
            if len(offsets) == 1:
                self.is_plain = True
                self._known, self._start, self._offset = known, first[0], offsets.pop()
        self.passes = self._instants(hour + timedelta(minutes=int(match[8]), seconds=int(match[9])), match[10])
        if not self.passes:
            return "no-such-time"
        is_second = self._last is not None and self.passes[0] < self._last - _JITTER_S
        if is_second:
            self.passes = self.passes[::-1]
        return self.passes[0]

    def _instants(self, stated: datetime, offset: str | None) -> tuple[int, ...]:
        if offset is None:
            return instants(stated, self._zone)
        return (int(datetime.fromisoformat(f"{stated.isoformat()}{offset}").astimezone(UTC).timestamp()),)

    def _offset_at(self, at: int) -> int:
        shift = utc(at).astimezone(self._zone).utcoffset() or timedelta()
        return round(shift.total_seconds())
