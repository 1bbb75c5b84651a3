# SPDX-License-Identifier: EUPL-1.2
"""Instants from syslog stamps such as `Mar 20 09:00:04`, which name neither year nor zone.

Reads: the stamps of one source in the order of its lines, the year of the first one and the zone of
the machine that wrote them. What it assumes: the lines of one resolver go forward in time.

- Year: December followed by January is a new year. Any other step back of more than three hours, or
  a step ahead of more than half a year, is a reject; the clock keeps the time it had. Steps are counted from the
  beginning of the hour before, where its seconds happen once.
- The hour that happens twice in autumn: the first pass, until time would go back by more than a
  minute; from there on the second. A log that is silent in the first pass is read an hour early.
- The hour that never happens in spring is a reject: such a log was not written in this zone.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_STAMP = re.compile(r"([A-Z][a-z]{2}) ([ 1-3]\d) ([01]\d|2[0-3]):([0-5]\d):([0-5]\d)", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

MOST_BACK_S = 3 * 3600
MOST_AHEAD_S = 183 * 86_400
_YEARS_BETWEEN = {(12, 1): 1, (1, 12): -1}  # the second: a late line of the old year
_JITTER_S = 60  # processes of one daemon write a little out of order

# ":mm:ss " → seconds after the full hour: lines of an hour already known need no more than this.
AFTER_THE_HOUR = {f":{m:02}:{s:02} ": 60 * m + s for m in range(60) for s in range(60)}


class Clock:
    """Reads stamps one after the other. Instants are whole seconds since 1970, UTC.

    While a line begins with `prefix` (month, day and hour), its instant is `hour` plus the seconds
    that `AFTER_THE_HOUR` gives for its next seven characters; otherwise `read` has to be asked.
    """

    def __init__(self, zone: ZoneInfo, year: int | None) -> None:
        self._zone, self._year = zone, year
        self._last: int | None = None
        self._last_month = 0
        self.prefix = ""
        self.hour = 0

    @property
    def state(self) -> tuple[int | None, int, int | None, str, int]:
        """All that the next stamp depends on."""
        return self._last, self._last_month, self._year, self.prefix, self.hour

    def read(self, stamp: str) -> int | str:
        """The instant of a stamp of 15 characters, or the reason why it has none."""
        match = _STAMP.fullmatch(stamp)
        month = _MONTHS.get(match[1]) if match else None
        if match is None or month is None:
            return "bad-time"
        if self._year is None:
            return "no-year"
        year = self._year + _YEARS_BETWEEN.get((self._last_month, month), 0)
        try:
            day, hour, minute, second = (int(g) for g in match.groups()[1:])
            local = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  # the line names no zone
            found = self._instant(local)
        except (ValueError, OverflowError):  # Feb 30, Feb 29 in a year that has none, a year no calendar has
            return "bad-time"
        if isinstance(found, int):
            self._keep(stamp, local, found)
        return found

    def _instant(self, local: datetime) -> int | str:
        passes = instants(local, self._zone)
        if not passes:
            return "no-such-time"
        at, last = passes[0], self._last
        if last is None:
            return at
        if at < last - _JITTER_S:
            at = passes[-1]
        if at < last - MOST_BACK_S:
            return "time-backwards"
        return "time-ahead" if at > last + MOST_AHEAD_S else at

    def _keep(self, stamp: str, local: datetime, at: int) -> None:
        start = at - 60 * local.minute - local.second
        self.hour = start
        self.prefix = stamp[:9] if self._is_plain(local, start) else ""
        reached = start if self.prefix else at  # whichever line of such an hour was asked for, the clock stands alike
        if self._last is None or reached >= self._last:
            self._last, self._last_month, self._year = reached, local.month, local.year

    def _is_plain(self, local: datetime, start: int) -> bool:
        """Whether every second of that hour happens once and in order."""
        first = local.replace(minute=0, second=0)
        ends = (first, first + timedelta(seconds=3599))
        return [instants(t, self._zone) for t in ends] == [(start,), (start + 3599,)]


def instants(local: datetime, zone: ZoneInfo) -> tuple[int, ...]:
    """Seconds since 1970 at which the wall clocks of `zone` show `local`: none, one or two, in order."""
    found = []
    for fold in (0, 1):
        aware = local.replace(tzinfo=zone, fold=fold)
        utc = aware.astimezone(UTC)
        if utc.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
            found.append((utc - _EPOCH) // timedelta(seconds=1))
    return tuple(sorted(set(found)))


def utc(at: int) -> datetime:
    """The instant as a datetime in UTC."""
    return _EPOCH + timedelta(seconds=at)
