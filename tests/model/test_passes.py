# SPDX-License-Identifier: EUPL-1.2
"""The hour that happens twice: which other instant a stamp without an offset may mean, in any zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ordinance.model.evidence import passes

QUARTER = timedelta(minutes=15)


@pytest.mark.parametrize(
    ("zone", "year", "twice"),
    [
        ("Europe/Brussels", 2023, 8),  # two hours in quarters: the one before the change, and the one after
        ("Australia/Lord_Howe", 2023, 4),  # by half an hour
        ("Antarctica/Vostok", 1994, 56),  # by seven hours
        ("Asia/Kathmandu", 2023, 0),
        ("America/St_Johns", 1988, 16),  # by two hours, at one minute past midnight
        ("Africa/Casablanca", 2023, 8),
        ("UTC", 2023, 0),
    ],
)
def test_a_stamp_may_mean_two_instants_where_its_clocks_were_put_back(zone: str, year: int, twice: int) -> None:
    """Each quarter of an hour of a year: the other instant shows the same on the clocks of the zone, and is told."""
    clocks, at = ZoneInfo(zone), datetime(year, 1, 1, tzinfo=UTC)
    shown: dict[datetime, list[datetime]] = {}
    every = [at + n * QUARTER for n in range(366 * 96)]
    for once in every:
        shown.setdefault(once.astimezone(clocks).replace(tzinfo=None, fold=0), []).append(once)
    both = {once: those for those in shown.values() for once in those}
    assert sum(len(those) > 1 for those in both.values()) == twice
    assert all(sorted(passes(once, clocks)) == both[once] and passes(once, clocks)[0] == once for once in every)
