# SPDX-License-Identifier: EUPL-1.2
"""What an example made up about a real body never passes for a fact: the notice and the marks, command by command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.shell import body, run
from ordinance.report.html import render


def words(*arguments: str | Path) -> str:
    """What a command prints, on one line."""
    return " ".join(run(*arguments).out.split())


@pytest.mark.parametrize(
    ("command", "name", "more"),
    [
        ("rulings", "city-of-brussels", ()),
        ("plan", "city-of-brussels", ()),
        ("compare", "city-of-brussels", ()),
        ("due", "city-of-brussels", ()),
        ("cases", "brussels-police-zone", ()),
        ("explain", "city-of-brussels", ("--device", "bp-001")),
    ],
)
def test_the_notice_stands_in_every_command(command: str, name: str, more: tuple[str, ...], tmp_path: Path) -> None:
    """Whoever copies a terminal copies the notice."""
    where = body(name, tmp_path)
    assert "no data from this" in words(command, where, *more, "--as-of", "2023-04-24")


def test_a_board_says_which_answer_was_made_up(tmp_path: Path) -> None:
    """Tartu's answer of January 2025 is nobody's: in the table, behind the answer, and as data."""
    where = body("tartu", tmp_path)
    said = words("cascade", "ee-ria", "--bodies", where, "--as-of", "2025-01-27")
    assert "pending. Made up for this example: the whole answer." in said
    assert "What City of Tartu made of it was made up for this example." in said
    assert "what came of it was not found" in said
    found = json.loads(run("cascade", "ee-ria", "--bodies", where, "--as-of", "2025-01-27", "--json").out)
    (seat,) = found["bodies"]
    assert (seat["stand_invented"], seat["answer"]["invented"], seat["record"]["invented"]) == (
        True,
        ["answer"],
        ["policy"],
    )
    reported = json.loads(run("cascade", "ee-ria", "--bodies", where, "--as-of", "2024-12-20", "--json").out)
    assert not reported["bodies"][0]["stand_invented"]


def test_a_bundle_carries_the_notice(tmp_path: Path) -> None:
    """In the manifest, and as a comment in the zone."""
    where, out = body("city-of-brussels", tmp_path), tmp_path / "out"
    run("build", where, "--as-of", "2023-04-24", "--out", out)
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["notice"].startswith("Invented estate")
    assert "mirrors" in manifest["invented"][0]["paths"]
    (zone,) = out.glob("dns-rpz/*.zone")
    assert "; Notice: Invented estate, campaigns and findings, no data from this city." in zone.read_text()


def test_a_sheet_marks_what_was_made_up_and_knows_no_end(tmp_path: Path) -> None:
    """The attestation of Brussels is invented wherever it stands; the end of the rule was not read."""
    said = words("evaluate", "brussels-2023-tiktok", body("city-of-brussels", tmp_path), "--as-of", "2023-04-24")
    assert "Invented for the example: mirrors; bought devices › remove; own devices bought in part; review." in said
    assert "In force not read" in said and "In force no end" not in said


def test_no_page_is_headed_by_a_record_that_was_made_up(tmp_path: Path) -> None:
    """What Tartu put on record in December 2024 comes first; the invented record stands below, with its mark."""
    done = run("check", body("tartu", tmp_path), "--as-of", "2025-01-27", "--json")
    document = json.loads(done.out)
    assert [r["invented"] for r in document["records"]] == [[], ["policy"]]
    page = render(document).decode()
    assert "<h1>No TikTok channel so far; all channels are reviewed in January 2025</h1>" in page
    assert page.index("invented for the example") > page.index("Still no TikTok channel")


def test_what_is_no_part_of_the_rule_stands_on_the_page(tmp_path: Path) -> None:
    """That the ban of Brussels was called temporary, and a study announced, is said in words."""
    done = run("check", body("city-of-brussels", tmp_path), "--as-of", "2023-04-24", "--json")
    assert "The ban was called temporary and no end was given." in render(json.loads(done.out)).decode()
