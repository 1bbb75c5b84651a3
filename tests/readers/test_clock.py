# SPDX-License-Identifier: EUPL-1.2
"""Stamps without year and zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordinance.readers._clock import AFTER_THE_HOUR, Clock, instants, utc

ZONES = ("Europe/Brussels", "Europe/Tallinn", "Europe/Dublin", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")


def stamp(local: datetime) -> str:
    """A stamp as syslog writes it."""
    return f"{local:%b} {local.day:2} {local:%H:%M:%S}"


def fast(clock: Clock, text: str) -> int | str:
    """What a reader does: the short way within an hour, the clock otherwise."""
    after = AFTER_THE_HOUR.get(text[9:15] + " ")
    return clock.hour + after if after is not None and text[:9] == clock.prefix else clock.read(text)


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2015, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001
    st.lists(st.integers(0, 20 * 86_400) | st.integers(0, 1800), max_size=40),
)
def test_a_log_that_goes_forward_is_read_back(zone_name: str, start: datetime, steps: list[int]) -> None:
    """Instants → stamps → instants, over new years and clock changes, the short way or not.

    Steps are under a month, because only December followed by January is a new year. A pause within an
    hour that happens twice may hide its first pass.
    """
    zone = ZoneInfo(zone_name)
    at = start.replace(microsecond=0, tzinfo=UTC)
    clock = Clock(zone, at.astimezone(zone).year)
    for step in [0, *steps]:
        at += timedelta(seconds=step)
        local = at.astimezone(zone)
        found = fast(clock, stamp(local))
        assert isinstance(found, int)
        if local.fold == 0:
            assert utc(found) == at
        else:
            assert at - utc(found) in (timedelta(0), timedelta(hours=1), timedelta(minutes=30))


@pytest.mark.parametrize(
    ("zone_name", "local", "passes"),
    [
        ("Europe/Brussels", datetime(2023, 3, 26, 2, 30), []),  # noqa: DTZ001
        ("Europe/Brussels", datetime(2023, 10, 29, 2, 30), ["2023-10-29T00:30:00+00:00", "2023-10-29T01:30:00+00:00"]),  # noqa: DTZ001
        ("Europe/Dublin", datetime(2023, 10, 29, 1, 30), ["2023-10-29T00:30:00+00:00", "2023-10-29T01:30:00+00:00"]),  # noqa: DTZ001
        ("Europe/Tallinn", datetime(2023, 3, 20, 9, 0), ["2023-03-20T07:00:00+00:00"]),  # noqa: DTZ001
    ],
)
def test_a_wall_clock_shows_a_time_never_once_or_twice(zone_name: str, local: datetime, passes: list[str]) -> None:
    """Dublin's winter is its daylight saving in the time zone database; order must not depend on `fold`."""
    assert [utc(at).isoformat() for at in instants(local, ZoneInfo(zone_name))] == passes


@pytest.mark.parametrize(
    "text",
    [
        *("", "Mar 20 09:00:0", "Mar 20 24:00:00", "Mar 20 09:60:00", "Mar 20 09:00:60", "2023-03-20T09:0"),
        *("Feb 29 09:00:00", "Mar 00 09:00:00", "mar 20 09:00:00", "Mär 20 09:00:00", "Mar 2٠ 09:00:00"),
    ],
)
def test_what_is_no_stamp_has_no_instant(text: str) -> None:
    """Every other text is refused with a reason, and leaves the clock as it was."""
    clock = Clock(ZoneInfo("Europe/Brussels"), 2023)
    before = clock.read("Mar 20 08:00:00")
    assert clock.read(text) == "bad-time"
    assert clock.read("Mar 20 08:00:00") == before


@pytest.mark.parametrize("year", [1, 9999, 0, -5, 10_000])
def test_any_year_in_the_settings_is_borne(year: int) -> None:
    """A year at the end of the calendar, or beyond it, gives an instant or a reject; it raises nothing."""
    for text in ("Jan  1 00:00:00", "Dec 31 23:59:59"):
        found = [Clock(ZoneInfo(zone), year).read(text) for zone in ("Europe/Brussels", "America/New_York")]
        assert all(isinstance(f, int) or f == "bad-time" for f in found)
        assert year in (1, 9999) or found == ["bad-time", "bad-time"]
