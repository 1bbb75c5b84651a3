# SPDX-License-Identifier: EUPL-1.2
"""Days, times and numbers as people write them in a decision, and in no other of ISO 8601's many forms.

Python would also take week dates, days without hyphens and any letter between day and time.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from ordinance.model.time import Period, fixed

YEARS = range(1900, 3000)  # outside, a day is a slip of the pen, and the calendar of a computer is near its ends

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,9}", re.ASCII)
_COUNTED = re.compile(r"([0-9]{1,6})\s*([a-z]+)[\s,]*")
_UNITS = {"year": "Y", "month": "M", "week": "W", "day": "D", "hour": "H", "minute": "M"}
_OF_THE_CLOCK = {"hour", "minute"}


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


def period_meant(text: str) -> str:
    """A hint for what is no period: the one that `6 months`, `p6m`, `PT14D` or `P12H` meant, else the units."""
    counted = text[:80].strip().lower().removeprefix("p").lstrip()
    parts = _COUNTED.findall(counted.removeprefix("t"))
    whole = bool(parts) and not _COUNTED.sub("", counted.removeprefix("t"))
    units = [*_units_meant([unit for _, unit in parts], clock=counted.startswith("t"))] if whole else [""]
    counts = [(number, unit) for (number, _), unit in zip(parts, units, strict=whole)]
    day = "".join(f"{n}{_UNITS[u]}" for n, u in counts if u and u not in _OF_THE_CLOCK)
    clock = "".join(f"{n}{_UNITS[u]}" for n, u in counts if u in _OF_THE_CLOCK)
    meant = f"P{day}T{clock}" if clock else f"P{day}"
    if all(units) and _is_period(meant):
        return f'did you mean "{meant}"?'
    return "P, then years (Y), months (M), weeks (W), days (D); behind a T hours (H), minutes (M); a century at most"


def _units_meant(words: list[str], *, clock: bool) -> Iterator[str]:
    """The unit that each word means, empty for one that means none. `m` is a minute once a T was met."""
    for word in words:
        ends_day = len(word) == 2 and word[1] == "t"  # the D and the T of P1DT12H
        letter = word[0] if ends_day else word
        if letter == "m":
            yield "minute" if clock else "month"
        else:
            known = [u for u in _UNITS if letter in {u[0], u, f"{u}s"}]
            yield (known or difflib.get_close_matches(letter.removesuffix("s"), _UNITS, n=1) or [""])[0]
        clock = clock or ends_day


def _is_period(text: str) -> bool:
    try:
        Period.parse(text)
    except ValueError:
        return False
    return True
