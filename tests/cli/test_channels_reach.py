# SPDX-License-Identifier: EUPL-1.2
"""`ordinance channels reach`: cells that a review takes over as they are, and what fits it not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bodies import EXAMPLES
from cli.shell import edit, process, run, tree
from ordinance.readers.reach_table import COLUMNS
from review.reviews import WHOLE, read

TABLE = EXAMPLES / "reviews" / "reach-2025.csv"
ROWS = (
    ",".join(COLUMNS),
    'device,reach,TikTok,16 to 24,constant,61,not_stated,"pupils, Estonia",survey,"A ""survey"" {of}: youth",'
    "https://city.example/s,2024-01-01,2026-01-01,press office",
    "later,reach,Instagram,16 to 24,constant,49,812,pupils,survey,Another,,2024-01-01,2026-01-01,press office",
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "reach.csv"
    path.write_text("\n".join(ROWS) + "\n", "utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A body with the review of the tests."""
    found = Path(shutil.copytree(EXAMPLES / "reviews" / "tartu-like", tmp_path / "body"))
    (found / "reviews" / "tiktok.yaml").write_text(WHOLE, "utf-8")
    return found


def test_what_is_proposed_reads_as_a_part_of_a_review(table: Path) -> None:
    """Metric, population and sample are in it, the score is left unknown, and odd letters stay text."""
    done = run("channels", "reach", table)
    assert (done.code, done.err) == (0, "2 figure(s) in 2 cell(s); what each score is remains to be said\n")
    criteria = WHOLE.index("criteria:")
    cost = WHOLE.index("  - option: device\n    criterion: cost")
    proposed, _, more = done.out.partition("cells:\n")
    text = WHOLE[:criteria] + proposed + "  - cost\n" + "cells:\n" + more + WHOLE[cost:]
    found, issues = read(text)
    assert issues == []
    assert found is not None
    first = found.cells[0]
    assert (first.option, first.criterion, first.unknown) == ("device", "reach", True)
    (evidence,) = first.evidence
    assert evidence.claim == "TikTok: 61 % of 16 to 24 use it several times a day or constantly."
    assert evidence.population == "pupils, Estonia, size of the sample not stated"
    assert (str(evidence.metric), evidence.cite.title) == ("constant", 'A "survey" {of}: youth')
    assert found.cells[2].evidence[0].population == "pupils, n = 812"


def test_as_data(table: Path, tmp_path: Path) -> None:
    """The same bytes twice, wherever; nothing is written."""
    before = tree(tmp_path)
    done = run("channels", "reach", table, "--json")
    assert (done.code, done.out) == (0, run("channels", "reach", table, "--json").out)
    assert done.out == process("channels", "reach", table, "--json", TZ="Asia/Tokyo", LC_ALL="C", PYTHONUTF8="0").out
    found = json.loads(done.out)
    assert found["criteria"] == [{"id": "reach", "metric": "constant", "audience": "16 to 24", "shipped": True}]
    one = found["cells"][1]["evidence"][0]
    assert (one["metric"], one["percent"], one["n"], one["line"]) == ("constant", "49", 812, 3)
    assert tree(tmp_path) == before


def test_two_metrics_on_one_scale_are_refused(table: Path) -> None:
    """Exit 3, nothing on stdout, file, line and cell on stderr; with --json as data too."""
    edit(table, "later,reach,Instagram,16 to 24,constant", "later,reach,Instagram,16 to 24,ad_reach")
    done = run("channels", "reach", table)
    assert (done.code, done.out) == (3, "")
    assert f"{table.as_posix()}:3:5: " in done.err
    assert "[mixed-metrics]" in done.err
    (issue,) = json.loads(run("channels", "reach", table, "--json").out)
    assert (issue["line"], issue["column"], issue["id"]) == (3, 5, "mixed-metrics")


def test_a_scale_that_ships_and_is_not_of_reach_is_refused(table: Path) -> None:
    """A review would refuse what was proposed for it; also without one."""
    edit(table, "later,reach", "later,cost")
    done = run("channels", "reach", table)
    assert (done.code, ":3:2: " in done.err, "[reach-of-what]" in done.err) == (3, True, True)


def test_it_fits_the_review_or_is_refused(table: Path, folder: Path) -> None:
    """Options and scales are those of the review, what a scale counts is what the figures count, and on its day they
    were there and counted."""
    words = ("channels", "reach", table, "--body", folder, "--review", "tiktok")
    assert run(*words).code == 0
    assert run(*words[:5]).code == 2
    wrong = run(*words[:-1], "tiktak")
    assert (wrong.code, 'did you mean "tiktok"?' in wrong.err) == (3, True)
    for old, new, place, issue in (
        ("later,reach", "never,reach", "3:1", "not-in-review"),
        ("later,reach", "later,youth", "3:2", "not-in-review"),
        ("later,reach", "later,cost", "3:2", "reach-of-what"),
        ("pupils,survey,Another,,2024-01-01", "pupils,survey,Another,,2025-01-16", "3:12", "evidence-from-the-future"),
        ("Another,,2024-01-01,2026-01-01", "Another,,2024-01-01,2025-01-14", "3:13", "evidence-expired"),
    ):
        text = table.read_text("utf-8")
        edit(table, old, new)
        done = run(*words)
        assert (done.code, f":{place}: " in done.err, f"[{issue}]" in done.err) == (3, True, True), done.err
        table.write_text(text, "utf-8")
    table.write_text(table.read_text("utf-8").replace("constant", "weekly"), "utf-8")
    done = run(*words)
    assert (done.code, done.err.count("[mixed-metrics]")) == (3, 2)


def test_the_example(tmp_path: Path) -> None:
    """Two scales; one of the body's own wants words first, and says so."""
    done = run("channels", "reach", TABLE)
    assert done.code == 0
    assert "# a scale of your own: give it a title" in done.out
    assert "72 % of people of 16 to 24 use it daily." in done.out
