# SPDX-License-Identifier: EUPL-1.2
"""`ordinance effect` and `channels import`: figures taken in whole or not at all, before and after told in words."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.shell import body, edit, run, tree
from review.test_contacts import run as kept

DAY = "2025-01-15"
POLICY = "tallinn-2024-tiktok"
FILE = "analytics/tallinn-tiktok.csv"
TURN = date(2024, 12, 1)
CHANNEL = ("channels", "import", "tallinn-tiktok")


@pytest.fixture
def tallinn(tmp_path: Path) -> Path:
    return body("tallinn", tmp_path)


def overview(path: Path, before: int, after: int) -> Path:
    """An export of TikTok Studio over 90 days around the turn."""
    days = [TURN + timedelta(days=n) for n in range(-45, 45)]
    rows = [f"{d:%B} {d.day},{before if d < TURN else after},7,1,0,0" for d in days]
    path.write_text("\n".join(["Date,Video Views,Profile Views,Likes,Comments,Shares", *rows]))
    return path


def asked(*words: str | Path, code: int = 0) -> Any:
    done = run(*words, "--json")
    assert done.code == code, done.err
    return json.loads(done.out)


def taken(folder: Path, file: Path, *more: str) -> Any:
    return asked(*CHANNEL, file, folder, "--as", "tiktok", "--exported", DAY, *more)


def told(folder: Path, *more: str) -> dict[str, Any]:
    found: dict[str, Any] = asked("effect", POLICY, folder, "--as-of", DAY, *more)
    return found


def figures(sheet: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    (channel,) = sheet["audience"]["channels"]
    return {m["metric"]: (m["change"], m["why"]) for m in channel["metrics"]}


def app(sheet: dict[str, Any]) -> dict[str, Any]:
    (family,) = sheet["contacts"]["families"]
    (found,) = [s for s in family["series"] if s["series"] == "app"]
    return dict(found)


def keep(folder: Path, first: date, last: date, count: int, devices: int = 30) -> None:
    """A kept run over days with so many contacts each."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    rows = [{"day": str(d), "family": "tiktok", "grade": "app_traffic", "count": count} for d in days]
    end = last + timedelta(days=1)
    document = kept(f"{end}T00:00:00+02:00", (f"{first}", f"{end}"), contacts=rows, devices=devices)
    document["coverage"][0]["hours"] = {str(d): [8, 9] for d in days}
    document |= {"results": [], "findings": [], "policies": []}
    document["summary"] |= {"coverage": {"inventory": None, "network": 1.0}}
    path = folder / ".ordinance" / "runs" / f"{first:%y%m%d}0000000000" / "result.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(document))


def test_reach_that_was_lost(tallinn: Path, tmp_path: Path) -> None:
    """Imported, compared, said: and a figure too small to tell is said to be so."""
    found = taken(tallinn, overview(tmp_path / "Overview.csv", 400, 90))
    assert (found["new"], found["known_before"], found["written"]) == (450, 0, True)
    sheet = told(tallinn)
    assert figures(sheet)["views"] == ("less", None)
    assert figures(sheet)["profile_views"] == ("cannot_tell", "too_little")
    page = " ".join(run("effect", POLICY, tallinn, "--as-of", DAY).out.split())
    assert "1 lost" in page
    assert "A change says nothing of its cause" in page


def test_reach_that_was_kept(tallinn: Path, tmp_path: Path) -> None:
    """A tenth less on a typical day is the same."""
    taken(tallinn, overview(tmp_path / "Overview.csv", 400, 360))
    assert figures(told(tallinn))["views"] == ("same", None)


def test_without_figures_nothing_is_told(tallinn: Path) -> None:
    """And the page says how they come in."""
    sheet = told(tallinn)
    assert figures(sheet) == {}
    assert app(sheet)["why"] == "no_day_before"
    assert "ordinance channels import" in run("effect", POLICY, tallinn, "--as-of", DAY).out


def test_the_same_file_again_adds_nothing(tallinn: Path, tmp_path: Path) -> None:
    """Not a byte."""
    file = overview(tmp_path / "Overview.csv", 400, 90)
    taken(tallinn, file)
    before = tree(tallinn)
    assert taken(tallinn, file)["new"] == 0
    assert tree(tallinn) == before


def test_a_dry_run_writes_nothing(tallinn: Path, tmp_path: Path) -> None:
    """And says the same."""
    before = tree(tallinn)
    found = taken(tallinn, overview(tmp_path / "Overview.csv", 400, 90), "--dry-run")
    assert (found["new"], found["written"]) == (450, False)
    assert tree(tallinn) == before


def test_a_file_with_one_fault_changes_nothing(tallinn: Path, tmp_path: Path) -> None:
    """Half an export would look like a loss of reach."""
    file = overview(tmp_path / "Overview.csv", 400, 90)
    file.write_text(file.read_text().replace("December 3,90", "December 3,ninety"))
    before = tree(tallinn)
    done = run(*CHANNEL, file, tallinn, "--as", "tiktok", "--exported", DAY)
    assert done.code == 3
    assert "Overview.csv:49" in done.err
    assert "[bad-value]" in done.err
    assert tree(tallinn) == before


@pytest.mark.parametrize(
    ("words", "issue"),
    [
        ((*CHANNEL, "none.csv", "FOLDER", "--as", "tiktok", "--exported", DAY), "missing-file"),
        (("channels", "import", "tallin", "none.csv", "FOLDER", "--as", "own", "--exported", DAY), "unknown-channel"),
        ((*CHANNEL, "none.csv", "FOLDER", "--as", "youtube", "--exported", DAY), "other-platform"),
        (("effect", "none", "FOLDER"), "unknown-text"),
    ],
)
def test_what_cannot_be_done(words: tuple[str, ...], issue: str, tallinn: Path) -> None:
    """Exit 3, with the reason."""
    done = run(*(tallinn if w == "FOLDER" else w for w in words))
    assert done.code == 3
    assert f"[{issue}]" in done.err


def test_two_exports_of_one_day_that_differ(tallinn: Path, tmp_path: Path) -> None:
    """Figures of one day of export do not change by themselves: the day given is wrong."""
    taken(tallinn, overview(tmp_path / "Overview.csv", 400, 90))
    again = overview(tmp_path / "Overview.csv", 400, 91)
    done = run(*CHANNEL, again, tallinn, "--as", "tiktok", "--exported", DAY)
    assert done.code == 3
    assert "[two-figures]" in done.err


def test_faults_of_figures_are_said_by_every_verb_about_channels(tallinn: Path) -> None:
    """Located; what hangs on rules alone still runs."""
    (tallinn / "analytics").mkdir()
    (tallinn / FILE).write_text("day,metric,value,exported,form\n2024-12-01,views,x,2025-01-15,own\n")
    for words in (("effect", POLICY), ("evaluate", POLICY), ("lint",)):
        done = run(*words, tallinn)
        assert done.code == 3, words
        assert f"{FILE}:2:3" in done.err + done.out
    assert run("rulings", tallinn, "--as-of", DAY).code == 0


def test_contacts_that_became_less(tallinn: Path) -> None:
    """In bands, never exact; the evaluation says it too."""
    keep(tallinn, TURN - timedelta(days=21), TURN - timedelta(days=1), 333)
    keep(tallinn, TURN, TURN + timedelta(days=20), 7)
    sheet = told(tallinn)
    assert (app(sheet)["change"], app(sheet)["before"]["typical_band"], app(sheet)["after"]["typical_band"]) == (
        "less",
        4,
        2,
    )
    assert "333" not in json.dumps(sheet["contacts"])
    page = run("effect", POLICY, tallinn, "--as-of", DAY).out
    assert "Contacts with TikTok became less." in page
    evaluated = asked("evaluate", POLICY, tallinn, "--as-of", DAY)["effect"]
    assert [(c["family"], c["change"]) for c in evaluated["contacts"]] == [("tiktok", "less")]


@pytest.mark.parametrize(("devices", "why"), [(2, "too_few_devices"), (60, "devices_changed")])
def test_contacts_of_few_or_of_others_are_not_compared(devices: int, why: str, tallinn: Path) -> None:
    """A body with two devices hides nobody; twice as many devices make twice as many contacts."""
    keep(tallinn, TURN - timedelta(days=21), TURN - timedelta(days=1), 333, devices)
    keep(tallinn, TURN, TURN + timedelta(days=20), 7)
    found = app(told(tallinn))
    assert (found["change"], found["why"]) == ("cannot_tell", why)
    assert (found["before"] is None) is (why == "too_few_devices")


def test_before_the_rule_begins(tallinn: Path) -> None:
    """Nothing to compare."""
    sheet = asked("effect", POLICY, tallinn, "--as-of", "2024-11-30")
    assert sheet["contacts"]["turn"] is None
    assert "has not begun to bite" in run("effect", POLICY, tallinn, "--as-of", "2024-11-30").out


def test_another_day_between_the_sides(tallinn: Path, tmp_path: Path) -> None:
    """Said on the page; the days of each side go with it."""
    taken(tallinn, overview(tmp_path / "Overview.csv", 400, 90))
    sheet = told(tallinn, "--turn", "2024-12-20", "--days", "14")
    (channel,) = sheet["audience"]["channels"]
    views = next(m for m in channel["metrics"] if m["metric"] == "views")
    assert (views["before"]["first"], views["before"]["last"]) == ("2024-12-06", "2024-12-19")
    assert (views["change"], views["after"]["first"]) == ("same", "2024-12-20")


def test_days_on_which_the_rule_had_no_force_are_on_no_side(tallinn: Path, tmp_path: Path) -> None:
    """What came after its end is not an effect of it."""
    term = "for: P20D\n    at_sunset: lapse\n    duties: {stop_using"
    edit(tallinn / f"policies/{POLICY}.yaml", "duties: {stop_using", term)
    taken(tallinn, overview(tmp_path / "Overview.csv", 400, 90))
    (channel,) = told(tallinn)["audience"]["channels"]
    assert {m["after"]["last"] for m in channel["metrics"] if m["after"]} == {"2024-12-20"}
