# SPDX-License-Identifier: EUPL-1.2
"""A window of a published check is of whole days: one that begins at any second would find the second of a contact."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cli.shell import body, edit, run, tree

AT, ZONE = "2023-04-10", ZoneInfo("Europe/Brussels")


@pytest.fixture
def ghent(tmp_path: Path) -> Path:
    """A copy of the example."""
    return body("ghent", tmp_path)


def check(folder: Path, *options: str, as_of: str = AT) -> dict[str, Any]:
    """The document of a check."""
    done = run("check", folder, "--as-of", as_of, "--json", *options)
    assert done.code in {0, 1, 4}, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def watched(folder: Path, first: datetime, last: datetime) -> int:
    """What an exact check of this window says of how often watched names were asked for."""
    said = check(folder, "--from", first.isoformat(), "--to", last.isoformat(), "--individual")
    return sum(row["count"] for row in said["contacts"])


def test_halving_a_window_finds_the_minute_of_a_contact_in_rows_alone(ghent: Path) -> None:
    """With rows, ten questions of one day find a minute; what is published answers none but that of the whole day."""
    start = datetime.fromisoformat(check(ghent)["contacts"][0]["day"]).replace(tzinfo=ZONE)
    first, last = start, start + timedelta(days=1)
    assert watched(ghent, first, last)
    for _ in range(11):
        middle = first + (last - first) / 2
        asked = run("check", ghent, "--as-of", AT, "--from", first.isoformat(), "--to", middle.isoformat())
        assert (asked.code, asked.out) == (3, "")
        assert "[window-within-a-day]" in asked.err
        first, last = (first, middle) if watched(ghent, first, middle) else (middle, last)
    assert last - first < timedelta(minutes=1) and watched(ghent, first, last)


@pytest.mark.parametrize(
    "window",
    [
        ("--from", "2023-03-28T00:01"), ("--from", "2023-03-28T00:00:01"), ("--to", "2023-04-05T12:00"),
        ("--from", "2023-03-27T00:00Z"), ("--from", "2023-03-28", "--to", "2023-04-04T00:00+01:00"),
    ],
)  # fmt: skip
def test_a_window_that_begins_or_ends_within_a_day_is_refused(window: tuple[str, ...], ghent: Path) -> None:
    """In the body's own zone, and not in another one; nothing is read or kept, and the hint says who may."""
    before = tree(ghent)
    done = run("check", ghent, "--as-of", AT, *window)
    assert (done.code, done.out) == (3, "")
    assert "[window-within-a-day]" in done.err and "--individual" in done.err
    assert tree(ghent) == before


@pytest.mark.parametrize("window", [("--from", "2023-03-26", "--to", "2023-03-26"), ("--from", "2023-03-25T23:00Z")])
def test_a_day_of_23_hours_is_a_day_and_so_is_one_said_in_another_zone(window: tuple[str, ...], ghent: Path) -> None:
    """The clocks went forward on 26 March, and midnight in Ghent was eleven o'clock elsewhere."""
    assert check(ghent, *window)["window"]["from"] == "2023-03-26T00:00:00+01:00"


def test_whatever_the_clock_says_a_check_ends_with_the_last_whole_day(ghent: Path) -> None:
    """The instant of `--as-of` moves no end of a window: every minute of a day makes the same, rows of devices too."""
    made = [check(ghent, as_of=at) for at in (AT, f"{AT}T08:00", f"{AT}T23:59")]
    assert {d["window"]["from"] for d in made} == {"2023-03-27T00:00:00+02:00"}
    assert {d["window"]["to"] for d in made} == {"2023-04-10T00:00:00+02:00"}
    told = ("contacts", "accounting", "coverage", "findings", "results", "summary", "not_seen")
    assert all([d[key] for key in told] == [made[0][key] for key in told] for d in made)
    assert check(ghent, "--individual", as_of=f"{AT}T08:00")["window"] == made[0]["window"]
    late = check(ghent, "--individual", "--to", f"{AT}T08:00", as_of=f"{AT}T08:00")
    assert late["window"]["to"] == "2023-04-10T08:00:00+02:00"


def test_a_window_of_hours_is_never_the_body_s_own(ghent: Path) -> None:
    """A body that sets hours as its window gets whole days all the same, back from the last whole one."""
    edit(ghent / "ordinance.toml", 'window = "P14D"', 'window = "PT36H"')
    assert check(ghent, as_of=f"{AT}T08:00")["window"] == {
        "from": "2023-04-08T00:00:00+02:00", "to": "2023-04-10T00:00:00+02:00",
    }  # fmt: skip


def test_each_day_has_the_same_contacts_in_every_window(ghent: Path) -> None:
    """Two windows that overlap say the same of the days that they share: nothing is counted per window."""
    whole = {(r["day"], r["family"], r["grade"]): r["count"] for r in check(ghent)["contacts"]}
    days = sorted({day for day, _, _ in whole})
    assert len(days) > 1
    for first in days:
        for last in (d for d in days if d >= first):
            part = check(ghent, "--from", first, "--to", last)
            told = {(r["day"], r["family"], r["grade"]): r["count"] for r in part["contacts"]}
            assert told == {key: count for key, count in whole.items() if first <= key[0] <= last}
