# SPDX-License-Identifier: EUPL-1.2
"""Days, times and numbers as people write them in a decision, and in no other of ISO 8601's many forms.

Python would also take week dates, days without hyphens and any letter between day and time.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from ordinance.model.time import fixed

YEARS = range(1900, 3000)  # outside, a day is a slip of the pen, and the calendar of a computer is near its ends

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,9}", re.ASCII)


def as_day(text: str) -> date:
    """`2023-03-13`. Raises ValueError for anything else, and for years far from any decision."""
    if not _DAY.fullmatch(text):
        raise ValueError(f"{text!r} is not a day such as 2023-03-13")
    return plausible(date.fromisoformat(text))


def plausible(day: date) -> date:
    """The day itself. Raises ValueError where its year is not one of `YEARS`."""
    if day.year not in YEARS:
        raise ValueError(f"{day} is not between the years {YEARS[0]} and {YEARS[-1]}")
    return day


def as_instant(text: str, zone: ZoneInfo) -> datetime:
    """`2023-03-03T21:00` on the wall clock of `zone`, or with an offset of its own.

    Of an hour that the clock shows twice, the first is meant. Raises ValueError for one that it skips.
    """
    if not _INSTANT.fullmatch(text):
        raise ValueError(f"{text!r} is not a time such as 2023-03-03T21:00")
    parsed = datetime.fromisoformat(text)
    plausible(parsed.date())
    if parsed.tzinfo:
        return parsed
    local = parsed.replace(tzinfo=zone)
    if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != parsed:
        raise ValueError(f"{text!r} is skipped by the clock of {zone.key}")
    return fixed(local)


def as_number(text: str) -> int:
    """A whole number of at most nine digits. Raises ValueError for anything else."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is not a whole number")
    return int(text)
