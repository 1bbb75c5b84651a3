# SPDX-License-Identifier: EUPL-1.2
"""`ordinance due`: overdue first, then by date; nothing leaves the list without being counted."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from icalendar import Calendar

from bodies import EXAMPLES
from cli.shell import body, edit, process, run


@pytest.fixture
def ghent(tmp_path: Path) -> Path:
    return body("ghent", tmp_path)


def rows(folder: Path, *options: str) -> list[tuple[str, str, int, str]]:
    done = run("due", folder, *options, "--json")
    found = [(d["stands"], d["day"], d["days"], d["id"]) for d in json.loads(done.out)["dates"]]
    assert done.code == any(stands == "overdue" for stands, *_ in found), done.err
    return found


def test_the_table(ghent: Path) -> None:
    """Day, days left, what, which rule, whose, and who answers for it."""
    done = run("due", ghent, "--as-of", "2023-03-20")
    lines = [line.split("  ") for line in done.out.splitlines()]
    cells = [[c.strip() for c in line if c.strip()] for line in lines]
    assert cells[0] == ["City of Ghent: dates at 2023-03-20T00:00:00+01:00"]
    assert cells[1][0].startswith("Invented estate")
    assert cells[2] == ["day", "days", "what", "rule", "whose", "owner"]
    assert cells[4] == ["2023-03-26", "6", "remove", "gent-2023-tiktok/paid-devices", "gent", "–"]
    assert ["2023-09-12", "176", "ends unless decided again; renewal needs evaluation",
            "gent-2023-tiktok/paid-devices", "gent", "–"] in cells  # fmt: skip
    assert done.out.splitlines()[-1].startswith("not listed: 1 whose day is over")


def test_overdue_comes_first(ghent: Path) -> None:
    """A rule whose time is up, a blind spot that nobody accepts any more; then what is to come."""
    found = rows(ghent, "--as-of", "2023-10-01")
    assert found == [
        ("overdue", "2023-09-12", -19, "mobile_data"),
        ("overdue", "2023-09-12", -19, "gent-2023-tiktok/paid-devices"),
        ("coming", "2024-03-13", 164, "be-federal-716"),
    ]
    assert "OVERDUE" in run("due", ghent, "--as-of", "2023-10-01").out


def test_days_that_are_over_are_listed_when_asked_for(ghent: Path) -> None:
    """Whether the duties were met is not known here; overdue ones still come first."""
    found = rows(ghent, "--as-of", "2023-04-10", "--passed")
    assert [f for f in found if f[0] == "passed"] == [
        ("passed", day, days, "gent-2023-tiktok/paid-devices")
        for day, days in (("2023-03-13", -28), ("2023-03-26", -15), ("2023-03-26", -15), ("2023-04-02", -8))
    ]
    counted = json.loads(run("due", ghent, "--as-of", "2023-04-10", "--json").out)["not_listed"]
    assert counted == {"passed": 4, "later": 0}


@pytest.mark.parametrize(
    ("options", "listed"),
    [
        (["--until", "2023-03-25"], 0),
        (["--until", "2023-03-26"], 2),
        (["--within", "P6D"], 0),
        (["--within", "P7D"], 2),
        (["--until", "2023-09-12"], 6),
    ],
)
def test_how_far_to_look(ghent: Path, options: list[str], listed: int) -> None:
    """A day is inclusive; what lies beyond is counted. P6D from the 20th ends when the 26th begins."""
    done = json.loads(run("due", ghent, "--as-of", "2023-03-20", *options, "--json").out)
    assert (len(done["dates"]), done["not_listed"]) == (listed, {"passed": 1, "later": 6 - listed})
    words = run("due", ghent, "--as-of", "2023-03-20", *options).out
    assert ("no dates" in words) is (listed == 0)
    assert (f"not listed: {6 - listed} that come later" in words) is (listed < 6)


def test_what_is_late_is_never_left_out(ghent: Path) -> None:
    """However short the look ahead."""
    assert len(rows(ghent, "--as-of", "2023-10-01", "--within", "PT1M")) == 2


@pytest.mark.parametrize(
    "options", [["--until", "2023-04-01", "--within", "P1D"], ["--within", "soon"], ["--until", "2023-02-30"]]
)
def test_misuse(ghent: Path, options: list[str]) -> None:
    """Two ends, no period, no day: exit 2, nothing on stdout."""
    done = run("due", ghent, *options)
    assert (done.code, done.out) == (2, "")


def test_the_calendar_file(ghent: Path, tmp_path: Path) -> None:
    """Written beside the table, with the same dates; a second run gives the same bytes wherever it runs."""
    file = tmp_path / "dates.ics"
    done = run("due", ghent, "--as-of", "2023-03-20", "--ics", file)
    assert (done.code, done.err) == (0, f"6 date(s) written to {file}\n")
    events = Calendar.from_ical(file.read_bytes()).walk("VEVENT")
    assert len(events) == len(rows(ghent, "--as-of", "2023-03-20")) == 6
    again = tmp_path / "again.ics"
    process("due", ghent, "--as-of", "2023-03-20", "--ics", again, TZ="Pacific/Kiritimati", PYTHONHASHSEED="7")
    assert again.read_bytes() == file.read_bytes()


def test_a_date_that_moves_stays_the_same_event(ghent: Path, tmp_path: Path) -> None:
    """A calendar that reads the file again moves the event, and shows no second one."""
    seen = []
    for n, term in enumerate(("P6M", "P7M")):
        edit(ghent / "policies" / "gent-2023-tiktok.yaml", "for: P6M", f"for: {term}")
        run("due", ghent, "--as-of", "2023-03-20", "--ics", tmp_path / f"{n}.ics")
        events = Calendar.from_ical((tmp_path / f"{n}.ics").read_bytes()).walk("VEVENT")
        seen.append({str(e["uid"]): e["dtstart"].dt for e in events})
    assert seen[0].keys() == seen[1].keys()
    assert sum(seen[0][uid] != seen[1][uid] for uid in seen[0]) == 1


def test_a_file_that_cannot_be_written(ghent: Path, tmp_path: Path) -> None:
    """Exit 3 with the path."""
    (tmp_path / "taken").write_text("", "utf-8")
    done = run("due", ghent, "--as-of", "2023-03-20", "--ics", tmp_path / "taken" / "a.ics")
    assert done.code == 3 and "[cannot-read-or-write]" in done.err


def test_files_that_cannot_be_used(ghent: Path) -> None:
    """A law with an error has no dates."""
    edit(ghent / "policies" / "gent-2023-tiktok.yaml", "family: tiktok", "family: tiktak")
    done = run("due", ghent)
    assert (done.code, done.out) == (3, "")


def test_a_table_waits_for_no_calendar_library(ghent: Path) -> None:
    """It is loaded when a file is asked for, and only then."""
    for options, loaded in (([], False), (["--ics", "a.ics"], True)):
        words = ["due", str(ghent), "--as-of", "2023-03-20", *options]
        code = f"import sys; from ordinance.cli.main import cli; cli.main({words!r}, standalone_mode=False)"
        done = subprocess.run(
            [sys.executable, "-c", f"{code}; print('icalendar' in sys.modules)"],
            cwd=ghent, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout.endswith(f"{loaded}\n")


def test_a_channel_is_looked_at_again(ghent: Path) -> None:
    """The next review of a decision about a channel, with who decided; overdue when its day is over."""
    shutil.copytree(EXAMPLES / "reviews" / "tartu-like" / "reviews", ghent / "reviews")
    early = json.loads(run("due", ghent, "--as-of", "2025-01-20", "--json").out)["dates"]
    assert "review of the decision about a channel" not in {d["what"] for d in early}  # nobody has decided yet
    for day, stands in (("2026-01-14", "coming"), ("2026-01-15", "overdue")):
        dates = json.loads(run("due", ghent, "--as-of", day, "--json").out)["dates"]
        (one,) = [d for d in dates if d["what"] == "review of the decision about a channel"]
        assert (one["stands"], one["day"], one["owner"]) == (stands, "2026-01-14", "city government")
