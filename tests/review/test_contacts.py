# SPDX-License-Identifier: EUPL-1.2
"""Contacts out of kept runs: only days that every log saw whole, each from the last run that saw it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from ordinance.model.result import Grade
from ordinance.review.contacts import SeenDay, Series, seen_days

LATE = datetime.fromisoformat("2030-01-01T00:00+01:00")
ONE, TWO = date(2023, 3, 6), date(2023, 3, 7)


def run(
    as_of: str = "2023-03-08T00:00+01:00", window: tuple[str, str] = ("2023-03-06", "2023-03-08"), **said: Any
) -> Any:
    """A run's document over two days with one log."""
    start, end = (f"{d}T00:00:00+01:00" if len(d) == 10 else d for d in window)
    hours = {"2023-03-06": [7, 8], "2023-03-07": [7]}
    log = {"source": "dns", "kind": "network_device", "network": "staff", "missing": [], "hours": hours}
    inventory = {"source": "mdm", "kind": "inventory", "network": None, "missing": ["2023-03-06"], "hours": {}}
    days = said.get("days", [*hours])
    return {
        "as_of": as_of,
        "window": {"from": start, "to": end},
        "coverage": [log | said.get("log", {}), inventory],
        "contacts": said.get("contacts", []),
        "counted": [{"family": "tiktok", "names": "ab", "devices": said.get("devices", 30), "days": days}],
    }


def seen(documents: dict[str, Any], until: datetime = LATE) -> dict[date, SeenDay]:
    return dict(seen_days(documents, until).get("tiktok", {}))


def contact(day: str, grade: str, count: int) -> dict[str, Any]:
    return {"day": day, "family": "tiktok", "grade": grade, "count": count}


def test_days_and_their_series() -> None:
    """A widget is not the app; what is not there on a day that was seen is nought."""
    rows = [contact("2023-03-06", g, n) for n, g in enumerate(Grade, 1)]
    found = seen({"a": run(contacts=rows)})
    assert list(found) == [ONE, TWO]
    assert found[ONE].counts == {
        Series.APP: 1,
        Series.SHARED: 2 + 3 + 4,
        Series.ASKED: 5,
        Series.REFUSED: 6,
    }
    assert found[TWO] == SeenDay({"dns": 1}, 30, "ab", {})
    assert found[ONE].hours == {"dns": 2}


@pytest.mark.parametrize(
    "said",
    [
        {"log": {"missing": ["2023-03-06"]}},
        {"log": {"hours": {"2023-03-07": [7]}}},
        {"window": ("2023-03-06T09:00:00+01:00", "2023-03-08")},
        {"days": ["2023-03-07"]},
    ],
)
def test_a_day_not_seen_whole_is_no_day(said: dict[str, Any]) -> None:
    """A missing log, a log without a line, a window that begins at nine, a day without a rule about the app."""
    assert list(seen({"a": run(**said)})) == [TWO]


def test_the_last_day_of_a_window_that_ends_within_it() -> None:
    """What came later that day was not read."""
    assert list(seen({"a": run(window=("2023-03-06", "2023-03-07T15:00:00+01:00"))})) == [ONE]


def test_a_run_without_logs_sees_no_day() -> None:
    """An inventory says nothing of contacts."""
    assert not seen({"a": run(log={"network": None})})


def test_the_last_run_speaks() -> None:
    """Two runs over a day are not added up, whatever their names; a run of a later day is not known yet."""
    early = run(contacts=[contact("2023-03-06", "app_traffic", 9)])
    late = run(as_of="2023-03-09T00:00+01:00", contacts=[contact("2023-03-06", "app_traffic", 4)])
    for names in (("a", "b"), ("b", "a")):
        runs = dict(zip(names, (early, late), strict=True))
        assert seen(runs)[ONE].counts == {Series.APP: 4}
        before = datetime.fromisoformat("2023-03-08T12:00+01:00")
        assert seen(runs, before)[ONE].counts == {Series.APP: 9}


@pytest.mark.parametrize("key", ["as_of", "window", "coverage", "contacts"])
def test_no_document_of_a_run(key: str) -> None:
    """Said to whoever asked."""
    broken = run()
    del broken[key]
    with pytest.raises(KeyError):
        seen_days({"a": broken}, LATE)


def test_a_document_that_does_not_say_when_it_counted() -> None:
    """One of an earlier version: its days are not known, never nought."""
    old = run()
    del old["counted"]
    assert seen({"a": old}) == {}
