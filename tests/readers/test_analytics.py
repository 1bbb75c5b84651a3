# SPDX-License-Identifier: EUPL-1.2
"""Figures of channels: read strictly, each fault in place, corrections kept beside what they correct."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ordinance.model.effect import Counted, ExportForm, Figure
from ordinance.readers.analytics import COLUMNS, MOST_BYTES, as_csv, latest, read_analytics, read_one

HEAD = ",".join(COLUMNS)


def written(folder: Path, *lines: str, name: str = "one.csv") -> Path:
    path = folder / "analytics" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join([HEAD, *lines]) + "\n")
    return path


def issues(folder: Path) -> list[tuple[str, int, int, str]]:
    return [(i.file, i.line, i.column, i.id) for i in read_analytics(folder, ["one"], date.max)[1]]


def test_the_latest_export_counts_and_the_earlier_stays(tmp_path: Path) -> None:
    """A platform corrects its last days: both are kept, and on a day between the two the first is what was known."""
    lines = ("2026-01-01,views,7,2026-01-03,own", "2026-01-01,views,9,2026-01-05,own")
    path = written(tmp_path, *lines)
    rows, _ = read_one(path)
    assert latest(rows) == {(Figure.VIEWS, ExportForm.OWN): {date(2026, 1, 1): 9}}
    assert as_csv(rows) == path.read_bytes()
    early, _ = read_analytics(tmp_path, ["one"], date(2026, 1, 4))
    assert latest(early["one"]) == {(Figure.VIEWS, ExportForm.OWN): {date(2026, 1, 1): 7}}


def test_two_forms_are_two_series_and_an_unfinished_day_is_none(tmp_path: Path) -> None:
    """Platforms count in their own ways; what one says of the day of the export is not the whole day's."""
    own, unfinished = "2026-01-01,views,7,2026-01-03,own", "2026-01-05,views,1,2026-01-05,own"
    rows, faults = read_one(written(tmp_path, own, "2026-01-01,views,9,2026-01-04,tiktok", unfinished))
    assert not faults
    assert latest(rows) == {
        (Figure.VIEWS, ExportForm.OWN): {date(2026, 1, 1): 7},
        (Figure.VIEWS, ExportForm.TIKTOK): {date(2026, 1, 1): 9},
    }


@pytest.mark.parametrize(
    ("line", "column", "name"),
    [
        ("2026-01-32,views,1,2026-01-03,own", 1, "bad-day"),
        (",views,1,2026-01-03,own", 1, "missing-value"),
        ("2026-01-01,hearts,1,2026-01-03,own", 2, "bad-value"),
        ("2026-01-01,views,,2026-01-03,own", 3, "missing-value"),
        ("2026-01-01,views,1e3,2026-01-03,own", 3, "bad-value"),
        ("2026-01-01,views,-1,2026-01-03,own", 3, "bad-value"),
        ("2026-01-04,views,1,2026-01-03,own", 1, "from-the-future"),
        ("2026-01-01,views,1,2026-01-03,facebook", 5, "bad-value"),
        ("2026-01-01,views,1,2026-01-03", 0, "wrong-cells"),
    ],
)
def test_faults_are_located(line: str, column: int, name: str, tmp_path: Path) -> None:
    """At their line and cell, and the other lines are still read."""
    written(tmp_path, line, "2026-01-02,likes,-1,2026-01-03,own")
    assert issues(tmp_path) == [("analytics/one.csv", 2, column, name)]
    found, _ = read_analytics(tmp_path, ["one"], date.max)
    assert found["one"] == (Counted(date(2026, 1, 2), Figure.LIKES, -1, date(2026, 1, 3)),)


def test_one_day_twice_in_one_export(tmp_path: Path) -> None:
    """Which of the two is meant cannot be known."""
    written(tmp_path, "2026-01-01,views,1,2026-01-03,own", "2026-01-01,views,2,2026-01-03,own")
    assert issues(tmp_path) == [("analytics/one.csv", 3, 1, "duplicate-row")]


def test_files_of_no_channel_and_of_no_kind(tmp_path: Path) -> None:
    """Named, so that no figure is lost by a slip in a file's name."""
    written(tmp_path, name="other.csv")
    written(tmp_path, name="one.xlsx")
    written(tmp_path, name=".hidden")
    assert {(f, i) for f, _, _, i in issues(tmp_path)} == {
        ("analytics/other.csv", "unknown-channel"),
        ("analytics/one.xlsx", "passed-over"),
    }
    (tmp_path / "analytics/one.csv").write_bytes(b"x" * (MOST_BYTES + 1))
    assert ("analytics/one.csv", 0, 0, "too-large") in issues(tmp_path)
