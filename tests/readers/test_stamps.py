# SPDX-License-Identifier: EUPL-1.2
"""Stamps that name their year: every form, every zone, and the hour that happens twice."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from ordinance.readers._clock import utc
from ordinance.readers._stamps import Stamps

from . import samples

NINE = datetime(2023, 3, 20, 8, 0, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    "stamp",
    [
        *("20-Mar-2023 09:00:04.123", "20-Mar-2023 09:00:04", "2023-03-20T09:00:04.123", "2023-03-20T09:00:04"),
        *("2023-03-20T08:00:04.999Z", "2023-03-20T09:00:04.123456+01:00", "2023-03-20T03:00:04-05:00"),
        "2023-03-20T09:00:04.123456+0100",
    ],
)
def test_every_form_is_one_instant(stamp: str) -> None:
    """Local time, UTC and offsets; parts of a second are cut off."""
    at, length = Stamps(samples.BRUSSELS).read(f"{stamp} rest")
    assert (at, length) == (int(NINE.timestamp()), len(stamp))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        *((" 20-Mar-2023 09:00:04.123", "bad-time"), ("Mar 20 09:00:04", "bad-time"), ("", "bad-time")),
        *(("30-Feb-2023 09:00:04", "bad-time"), ("20-Mrz-2023 09:00:04", "bad-time")),
        ("00-Mar-2023 09:00:04", "bad-time"),
        *(("2023-13-20T09:00:04", "bad-time"), ("9999-12-31T23:59:59-23:00", "bad-time")),
        *(("2023-03-20T09:00:04+30:00", "bad-time"), ("٢٠-Mar-2023 09:00:04", "bad-time")),
        *(("31-Dec-1999 23:59:59", "clock-not-set"), ("1970-01-01T00:00:00Z", "clock-not-set")),
        *(("26-Mar-2023 02:30:00.000", "no-such-time"), ("2023-03-26T02:30:00", "no-such-time")),
    ],
)
def test_what_is_no_instant_says_why(line: str, reason: str) -> None:
    """No text raises anything, and none becomes an instant by guessing."""
    assert Stamps(samples.BRUSSELS).read(line)[0] == reason


def test_the_hour_that_happens_twice_goes_by_order() -> None:
    """First pass until time would go back by more than a minute; both instants are given, the likely one first."""
    stamps = Stamps(samples.BRUSSELS)
    read = [stamps.read(f"29-Oct-2023 {t}")[0] for t in ("02:10:00", "02:50:00", "02:49:10", "02:10:00")]
    assert [utc(int(at)).strftime("%H:%M:%S") for at in read] == ["00:10:00", "00:50:00", "00:49:10", "01:10:00"]
    assert [utc(at).hour for at in stamps.passes] == [1, 0]
    assert utc(int(stamps.read("29-Oct-2023 03:00:00")[0])).hour == 2 and len(stamps.passes) == 1


def test_a_stamp_in_utc_is_never_in_doubt() -> None:
    """With `iso8601-utc` the hour that happens twice happens once."""
    stamps = Stamps(samples.BRUSSELS)
    assert [stamps.read(f"2023-10-29T{t}Z")[0] for t in ("01:30:00", "00:30:00")] == [1698543000, 1698539400]
    assert stamps.passes == (1698539400,)


@pytest.mark.parametrize(
    ("zone", "line", "hour"),
    [
        ("Asia/Kolkata", "20-Mar-2023 13:45:00", "07:30"),
        ("Asia/Kolkata", "2023-03-20T08:15:00Z", "07:30"),
        ("Asia/Kathmandu", "20-Mar-2023 13:45:00", "07:15"),
        ("Europe/Brussels", "2023-03-20T08:15:00Z", "08:00"),
    ],
)
def test_a_full_hour_is_one_of_the_wall_clock(zone: str, line: str, hour: str) -> None:
    """Where the zone lies half an hour beside UTC, so do its hours."""
    stamps = Stamps(ZoneInfo(zone))
    stamps.read(line)
    assert utc(stamps.hour).strftime("%H:%M") == hour


def test_an_hour_of_utc_may_hold_two_of_the_wall_clock() -> None:
    """Remembering the hour of a stamp must not carry over the full hour of the zone."""
    stamps, hours = Stamps(ZoneInfo("Asia/Kolkata")), []
    for minute in ("00", "29", "30", "59"):
        stamps.read(f"2023-03-20T08:{minute}:00Z")
        hours.append(utc(stamps.hour).strftime("%H:%M"))
    assert hours == ["07:30", "07:30", "08:30", "08:30"]


def test_a_remembered_hour_is_read_as_every_other() -> None:
    """The short way gives what the long one gives, for each minute of a day with a change of the clock."""
    stamps = Stamps(samples.BRUSSELS)
    for minute in range(3 * 60, 24 * 60):
        line = f"26-Mar-2023 {minute // 60:02}:{minute % 60:02}:07.000"
        assert stamps.read(line) == Stamps(samples.BRUSSELS).read(line)
