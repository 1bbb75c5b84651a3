# SPDX-License-Identifier: EUPL-1.2
"""Calendar arithmetic: instants inside, days and periods outside.

Inside, time is half-open: a span holds its start and not its end. Outside, people write an
inclusive `last_day` or a period such as `P6M`. Days begin at midnight in the authority's zone.
The end-of-month rule: a month after 31 January is the last day of February.

Instants carry a fixed offset: two that share a `ZoneInfo` are compared by Python on the wall clock,
which is an hour wrong in the night in which that clock is turned back.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

MOST_YEARS = 100  # no decision says more; beyond it the calendar of a computer ends
_PERIOD = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")


@dataclass(frozen=True, slots=True)
class Period:
    """An ISO 8601 duration in calendar units; `months` counts years too, `days` counts weeks too."""

    months: int = 0
    days: int = 0
    minutes: int = 0

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read `P6M`, `P14D`, `P1Y6M`, `P2W`, `PT12H`.

        Raises ValueError for anything else, the empty period and one of more than a century included.
        """
        match = _PERIOD.fullmatch(text)
        if not match or not any(match.groups()) or text.endswith("T"):
            raise ValueError(f"{text!r} is not a period such as P6M, P14D or PT12H")
        years, months, weeks, days, hours, minutes = (int(g or 0) for g in match.groups())
        period = cls(years * 12 + months, weeks * 7 + days, hours * 60 + minutes)
        if period.months / 12 + period.days / 365 + period.minutes / (365 * 24 * 60) > MOST_YEARS:
            raise ValueError(f"{text!r} is longer than {MOST_YEARS} years")
        return period

    def __str__(self) -> str:
        day = "".join(f"{n}{u}" for n, u in ((self.months, "M"), (self.days, "D")) if n)
        clock = f"T{self.minutes}M" if self.minutes else ""
        return f"P{day}{clock}" if day or clock else "P0D"


def add_months(day: date, months: int) -> date:
    """`day` moved by whole months; a day the month lacks becomes its last day."""
    years, month0 = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month0 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def fixed(instant: datetime) -> datetime:
    """The same instant and wall clock, with its offset written down instead of its zone."""
    offset = instant.utcoffset()
    return instant if offset is None else instant.replace(tzinfo=timezone(offset), fold=0)


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which `day` begins in `zone`."""
    return fixed(datetime.combine(day, time(), tzinfo=zone))


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which `day` is over in `zone`: the start of the next."""
    return start_of(day + timedelta(days=1), zone)


def last_instant(span: Span) -> datetime:
    """The last instant that a span holds; ValueError for one without an end."""
    if span.end is None:
        raise ValueError("the span is open")
    return span.end - timedelta(microseconds=1)


def plus(instant: datetime, period: Period, zone: ZoneInfo) -> datetime:
    """`instant` moved by `period` on the wall clock of `zone`; minutes are real minutes."""
    local = instant.astimezone(zone)
    day = add_months(local.date(), period.months) + timedelta(days=period.days)
    moved = datetime.combine(day, local.time(), tzinfo=zone)
    if period.minutes:
        moved = (moved.astimezone(ZoneInfo("UTC")) + timedelta(minutes=period.minutes)).astimezone(zone)
    return fixed(moved)


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open stretch of time; `None` is open on that side. Instants are aware."""

    start: datetime | None = None
    end: datetime | None = None

    def __contains__(self, instant: datetime) -> bool:
        return (self.start is None or self.start <= instant) and (self.end is None or instant < self.end)

    def meets(self, other: Span) -> Span | None:
        """The stretch that both hold; `None` where they share no instant."""
        if not self.overlaps(other):
            return None
        starts = [s for s in (self.start, other.start) if s is not None]
        ends = [e for e in (self.end, other.end) if e is not None]
        return Span(max(starts, default=None), min(ends, default=None))

    def overlaps(self, other: Span) -> bool:
        """Whether the two share an instant; with a span that ends before it begins nothing does."""
        held = _before(self.start, self.end) and _before(other.start, other.end)
        return held and _before(self.start, other.end) and _before(other.start, self.end)

    @property
    def closed(self) -> tuple[datetime, datetime]:
        """Start and end of a span that has both; ValueError for an open one."""
        if self.start is None or self.end is None:
            raise ValueError("the span is open")
        return self.start, self.end

    def days(self, zone: ZoneInfo) -> tuple[date, ...]:
        """Every day of `zone` that the span touches; both ends must be set."""
        start, end = self.closed
        first, last = start.astimezone(zone).date(), end.astimezone(zone)
        days = (last.date() - first).days + (0 if last.time() == time() else 1)
        return tuple(first + timedelta(days=n) for n in range(days))


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Closed spans in order of their start, with those that touch made one."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda s: s.closed):
        start, end = span.closed
        if found and start <= found[-1].closed[1]:
            first, last = found[-1].closed
            found[-1] = Span(first, max(last, end))
        else:
            found.append(span)
    return tuple(found)


def _before(start: datetime | None, end: datetime | None) -> bool:
    return start is None or end is None or start < end
