# SPDX-License-Identifier: EUPL-1.2
"""`ordinance device`: what it prints, how it ends, and the dossier as a page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bodies import truth
from cli.shell import body, run

DAY = ("--as-of", "2024-12-16")


@pytest.fixture
def tallinn(tmp_path: Path) -> Path:
    """The example with two separate devices."""
    return body("tallinn", tmp_path)


def test_check_says_why_and_exits_as_the_worst(tallinn: Path) -> None:
    """The sentence of the truth for each; one device alone has its own code; the notice of invented data is printed."""
    every, one = run("device", "check", tallinn, *DAY), run("device", "check", tallinn, "sd-001", *DAY)
    said = truth("tallinn")["separate"]
    assert every.code == 1 and one.code == 0
    assert [f"{s['device']}: {s['why']}" for s in said[:2]] == every.out.splitlines()[1:]
    assert every.out.startswith("Invented estate and findings") and one.out.startswith("Invented estate and findings")


def test_check_of_what_cannot_be_seen_is_not_all_well(tallinn: Path) -> None:
    """Exit 4 from the record alone; 4 as well where no device is declared separate; 3 for a device that is none."""
    assert run("device", "check", tallinn, "sd-001", *DAY, "--record-only").code == 4
    assert run("device", "check", tallinn, "sd-01", *DAY).code == 3


def test_a_device_without_a_record_is_told_so(tallinn: Path) -> None:
    """Not that nobody asks for anything: its record is what is missing."""
    (tallinn / "separate" / "sd-001.yaml").unlink()
    done = run("device", "check", tallinn, "sd-001", *DAY, "--record-only")
    assert (done.code, "sd-001: Unknown: there is no record of it" in done.out) == (4, True)


def test_a_body_without_separate_devices_is_told_so(tmp_path: Path) -> None:
    """Nothing is read for it, and the exit code is not that of a proof."""
    ghent = body("ghent", tmp_path)
    done = run("device", "check", ghent, "--as-of", "2023-04-10")
    assert (done.code, "no device is declared separate" in done.out) == (4, True)
    assert not (ghent / ".ordinance").exists()


def test_a_conflict_is_printed_with_both_texts(tallinn: Path) -> None:
    """Beside the state, with the note."""
    done = run("device", "check", tallinn, "sd-001", *DAY, "--profile", "nsm", "--profile", "ncsc")
    line = next(x for x in done.out.splitlines() if "conflict (device)" in x)
    assert "nsm: " in line and "ncsc: Corporate devices are used for posting." in line and "managed one" in line


def test_list_shows_state_owner_and_what_is_due(tallinn: Path) -> None:
    """A row a device."""
    done = run("device", "list", tallinn, *DAY)
    assert done.code == 0
    assert all(w in done.out for w in ("sd-001", "Green", "sd-002", "Red", "Strategy Centre", "1 June 2025 (SD-02)"))


def test_the_dossier_is_a_page_that_says_what_it_rests_on(tallinn: Path, tmp_path: Path) -> None:
    """Self-contained, with the notice, the sentence, sources, and what no source shows."""
    page = tmp_path / "dossier.html"
    done = run("device", "show", tallinn, "sd-002", *DAY, "--profile", "ncsc", "--html", page)
    text = page.read_text("utf-8")
    assert done.code == 0
    assert "Invented estate and findings" in text and "<script" not in text
    assert "counted 3 other apps on it on 11 December 2024" in text.lower().replace("december", "December")
    assert "https://www.nicybersecuritycentre.gov.uk/node/387" in text
    assert "where the app came from" in text and "the record and what was seen" in text
    assert "SD-02: the exemption channel-devices." in text


def test_data_names_no_person(tallinn: Path) -> None:
    """The holder of a device is in the list of devices, and in nothing that is printed of it."""
    done = run("device", "show", tallinn, "sd-002", *DAY, "--json")
    assert json.loads(done.out)["device"]["state"] == "red"
    assert "p-016" not in done.out


def test_due_lists_the_last_days_of_answers(tallinn: Path) -> None:
    """Each with its office; what is over is overdue, and a later answer is not known before its day."""
    rows = json.loads(run("due", tallinn, *DAY, "--json").out)["dates"]
    mine = [(d["id"], d["day"], d["owner"]) for d in rows if d["kind"] == "separate_device"]
    assert ("sd-001", "2025-06-01", "IT service desk") in mine and len(mine) == 8
    late = json.loads(run("due", tallinn, "--as-of", "2025-06-02", "--json").out)["dates"]
    over = {d["id"] for d in late if d["kind"] == "separate_device" and d["stands"] == "overdue"}
    assert over == {"sd-001", "sd-002"}
    early = json.loads(run("due", tallinn, "--as-of", "2024-11-30", "--json").out)["dates"]
    assert not [d for d in early if d["kind"] == "separate_device"]


def test_profiles_are_listed_with_what_they_ask_for(tmp_path: Path) -> None:
    """All seven, in their order, in words and as data."""
    done = run("device", "profiles")
    assert "SD-20 operator_under_contract" in done.out
    assert "Unless nobody outside the body runs the account." in done.out
    data = json.loads(run("device", "profiles", "--json").out)["profiles"]
    names = ["bpa", "ncsc", "nsm", "nsw", "pspf-001-2023", "queensland", "ria-tallinn"]
    assert [p["id"] for p in data] == names
    assert all(a["cite"]["url"] for p in data for a in p["asks"])


def test_the_dossier_says_that_days_after_the_window_were_not_looked_at(tallinn: Path, tmp_path: Path) -> None:
    """A window that ended long before the day of the proof is named, and so is what it leaves out."""
    page = tmp_path / "dossier.html"
    days = ("--from", "2024-12-09", "--to", "2024-12-15", "--html", page)
    assert run("device", "show", tallinn, "sd-001", "--as-of", "2025-02-01", *days).code == 0
    assert "Days before and after them were not looked at." in page.read_text("utf-8")


def test_what_the_list_of_devices_says_is_not_what_was_seen(tallinn: Path) -> None:
    """Access that it states, and a device that it does not have: nobody saw either, and the dossier does not say so."""
    devices = tallinn / "estate" / "devices.csv"
    row = "sd-001,body,100,100,100,none,supervised,android,separate,p-015,"
    assert row in devices.read_text("utf-8")
    text = devices.read_text("utf-8").replace(row, row.replace("none", "mail").replace("p-015", ""))
    devices.write_text(text, "utf-8")
    page = run("device", "show", tallinn, "sd-001", *DAY).out
    assert page.count("the list of devices") >= 2
    lines = [x for x in page.splitlines() if x.lstrip().startswith(("SD-01", "SD-02"))]
    assert lines and not any("what was seen" in x for x in lines)


def test_a_device_without_its_folder_is_told_where_the_folder_stands(
    tallinn: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inside the body's folder somebody names the device alone: misuse, with the words that do."""
    monkeypatch.chdir(tallinn)
    done = run("device", "check", "sd-001", *DAY)
    assert (done.code, "ordinance device check . sd-001" in done.err) == (2, True)
    assert run("device", "check", ".", "sd-001", *DAY).code == 0


def test_without_evidence_nobody_is_asked_who_they_are(tmp_path: Path) -> None:
    """With the record alone nothing stands in the ledger: a role that would be written nowhere is not taken."""
    how = ("--as-of", "2024-12-16", "--record-only")
    done = run("device", "list", body("tallinn", tmp_path), *how, "--by", "IT service desk")
    assert (done.code, done.out) == (2, "") and "--by is for the ledger" in done.err
