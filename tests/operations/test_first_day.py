# SPDX-License-Identifier: EUPL-1.2
"""The first day: a rule that began today, and files that are of today, with a window that ends with yesterday."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from cli.shell import body, edit, run

FIRST_DAY = "2023-03-13T09:30"
BEGINS = "2023-03-13"


@pytest.fixture
def ghent(tmp_path: Path) -> Path:
    """A copy of the example, whose rule is in force from 13 March 2023 and whose files begin with 27 March."""
    return body("ghent", tmp_path)


def check(folder: Path, as_of: str, *options: str) -> tuple[dict[str, Any], str]:
    """The document of a check, and what it said beside it."""
    done = run("check", folder, "--as-of", as_of, "--json", *options)
    assert done.code in {0, 1, 4}, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found, done.err


def test_a_rule_that_began_today_is_not_called_not_yet_in_force(ghent: Path) -> None:
    """The document says in one place that the rule is in force, and its sentence says that the days before were not."""
    found, _ = check(ghent, FIRST_DAY)
    assert [p["standing"] for p in found["policies"] if p["id"] == "gent-2023-tiktok"] == ["in_force"]
    assert found["summary"]["sentence"] == (
        "The rule is in force, and was not yet on the days that were looked at: there is nothing to check in them."
    )


def test_a_rule_that_begins_tomorrow_is_not_yet_in_force(ghent: Path) -> None:
    """The evening before, the sentence is about the rule itself."""
    found, _ = check(ghent, "2023-03-12T23:59")
    assert found["summary"]["sentence"] == "The rule is not yet in force: there is nothing to check."


def test_files_that_begin_after_the_window_are_said_to_show_nothing_of_it(ghent: Path) -> None:
    """On the first day of logs, someone who has just set them up is told why none of them was of any use."""
    _, said = check(ghent, "2023-03-27T20:00")
    assert "no source shows anything of the days from 2023-03-13 to 2023-03-26  [nothing-of-these-days]" in said
    assert "2023-03-27 is looked at when it is over" in said


def test_where_one_source_shows_a_day_nothing_is_said(ghent: Path) -> None:
    """The day after, one day was seen."""
    _, said = check(ghent, "2023-03-28T20:00")
    assert "nothing-of-these-days" not in said


def test_where_no_source_may_be_read_nothing_is_said_of_days(tmp_path: Path) -> None:
    """A body that decided not to look has no files that could be of other days."""
    _, said = check(body("diest", tmp_path), "2023-04-24")
    assert "nothing-of-these-days" not in said


def test_rows_are_told_how_to_look_at_today(ghent: Path) -> None:
    """`--from` with the day of the check alone is empty; the hint says which end makes it a window."""
    edit(ghent / "ordinance.toml", "on = 2023-03-24", "on = 2023-03-20")
    done = run("check", ghent, "--as-of", "2023-03-28T20:00", "--individual", "--from", "2023-03-28")
    assert done.code == 3 and "[bad-window]" in done.err
    assert "with --individual an instant of that day can be its end: --to 2023-03-28T20:00" in done.err
    named = ("--from", "2023-03-28", "--to", "2023-03-28T20:00")
    assert run("check", ghent, "--as-of", "2023-03-28T20:00", "--individual", *named).code in {1, 4}


def test_tickets_can_be_made_of_the_days_that_a_hint_names(ghent: Path, tmp_path: Path) -> None:
    """After a notice to all staff rows are for the days behind it: this command takes what its refusal says."""
    edit(ghent / "ordinance.toml", "on = 2023-03-24", "on = 2023-03-30")
    asked = ("findings", "tickets", ghent, "--as-of", "2023-04-10", "--out", tmp_path / "tickets.csv")
    refused = run(*asked)
    assert refused.code == 3 and "hint: --from 2023-03-31" in refused.err
    assert not (tmp_path / "tickets.csv").exists()
    assert run(*asked, "--from", "2023-03-31").code == 0
    with (tmp_path / "tickets.csv").open(encoding="utf-8", newline="") as file:
        seen = [row["first_seen"] for row in csv.DictReader(file) if row["first_seen"]]
    assert seen and min(seen) >= "2023-03-31"


def test_tickets_look_at_no_day_behind_their_end(ghent: Path, tmp_path: Path) -> None:
    """`--to` ends the days as it does for a check."""
    asked = ("findings", "tickets", ghent, "--as-of", "2023-04-10", "--out", tmp_path / "tickets.csv")
    assert run(*asked, "--to", "2023-04-02").code == 0
    with (tmp_path / "tickets.csv").open(encoding="utf-8", newline="") as file:
        seen = [row["last_seen"] for row in csv.DictReader(file) if row["last_seen"]]
    assert seen and max(seen) < "2023-04-03"


def test_staff_are_told_on_the_first_day_what_is_watched(ghent: Path) -> None:
    """Papers of the day on which a rule begins name its apps: that day is read as soon as it is over."""
    told = run("privacy", ghent, "--as-of", FIRST_DAY, "--paper", "notice", "--language", "en")
    assert told.code == 0 and "TikTok Lite" in told.out and "no app is looked for" not in told.out
    before = run("privacy", ghent, "--as-of", "2023-03-12T23:59", "--paper", "notice", "--language", "en")
    assert before.code == 0 and "no app is looked for" in before.out


def test_a_row_that_begins_with_its_day_is_not_said_to_lack_it(ghent: Path) -> None:
    """A list of devices that was made today has its days: the step says that nothing can be known of those before."""
    rows = (ghent / "estate/devices.csv").read_text("utf-8")
    (ghent / "estate/devices.csv").write_text(rows.replace(",2023-01-01,", ",2023-04-08,"), "utf-8")
    found, _ = check(ghent, "2023-04-10")
    (step,) = (s["what"] for s in found["next_steps"] if s["who"] == "Estate keeper" and "valid_from" in s["what"])
    assert step.endswith("of the days before it nothing can be said, and they are over in a later window.")
