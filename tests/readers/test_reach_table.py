# SPDX-License-Identifier: EUPL-1.2
"""Figures of reach are read with what they count, of whom, and how many were asked; what is wrong is at its cell."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from bodies import EXAMPLES
from ordinance.model.channel_review import Metric
from ordinance.readers.reach_table import COLUMNS, MOST_ROWS, ReachTable, read_reach

HEAD = ",".join(COLUMNS)
ROW = "tiktok,,TikTok,16 to 24,daily,72.5,4516,Belgium,survey,Barometer,,2025-01-01,2026-01-01,press office"
OTHER = ROW.replace("tiktok,,TikTok", "insta,,Instagram").replace("72.5", "83")


def table(folder: Path, *rows: str, head: str = HEAD) -> ReachTable:
    path = folder / "reach.csv"
    path.write_text("\n".join((head, *rows)) + "\n", "utf-8")
    return read_reach(path)


def test_a_figure_keeps_metric_population_and_sample(tmp_path: Path) -> None:
    """And its audience, source, days and owner; the criterion is reach where none is named."""
    found = table(tmp_path, ROW, OTHER.replace("4516", "not_stated"))
    assert found.issues == ()
    first, second = found.figures
    assert (first.criterion, first.metric, first.percent, first.n) == ("reach", Metric.DAILY, Decimal("72.5"), 4516)
    assert (first.audience, first.population, first.method) == ("16 to 24", "Belgium", "survey")
    assert (first.source, first.owner, first.line) == ("Barometer", "press office", 2)
    assert (str(first.on), str(first.expires)) == ("2025-01-01", "2026-01-01")
    assert second.n is None


def test_a_scale_has_one_metric_and_one_audience(tmp_path: Path) -> None:
    """Every metric against every other; on scales of their own both stand."""
    for metric in Metric:
        other = OTHER.replace("daily", metric)
        issues = [(i.line, i.column, i.id) for i in table(tmp_path, ROW, other).issues]
        assert issues == ([] if metric is Metric.DAILY else [(3, 5, "mixed-metrics")]), metric
        assert table(tmp_path, ROW, other.replace("insta,,", "insta,other,")).issues == ()
    (issue,) = table(tmp_path, ROW, OTHER.replace("16 to 24", "16 to 30")).issues
    assert (issue.line, issue.column, issue.id) == (3, 4, "mixed-metrics")
    assert issue.message == '"16 to 30" on the scale "reach", which is about "16 to 24" in line 2'


@pytest.mark.parametrize(
    ("old", "new", "column", "issue"),
    [
        ("72.5", "172.5", 6, "bad-value"),
        ("72.5", "-1", 6, "bad-value"),
        ("72.5", "72.5 %", 6, "bad-value"),
        ("72.5", "", 6, "missing-value"),
        ("daily", "Daily", 5, "bad-value"),
        ("daily", "", 5, "missing-value"),
        ("4516", "0", 7, "bad-value"),
        ("4516", "about 4500", 7, "bad-value"),
        ("4516", "", 7, "missing-value"),
        ("Belgium", "", 8, "missing-value"),
        ("Barometer", "", 10, "missing-value"),
        ("2025-01-01", "2025", 12, "bad-day"),
        ("2025-01-01", "", 12, "missing-value"),
        ("2026-01-01", "2024-12-31", 13, "ends-before-start"),
        ("press office", "jane.doe@city.example", 14, "address-for-an-office"),
        ("tiktok,", "tik tok,", 1, "bad-id"),
    ],
)
def test_what_is_wrong_is_at_its_cell(old: str, new: str, column: int, issue: str, tmp_path: Path) -> None:
    """Line and number of the cell; the figure is not read, the others are."""
    found = table(tmp_path, OTHER, ROW.replace(old, new, 1))
    assert [(i.line, i.column, i.id) for i in found.issues] == [(3, column, issue)]
    assert [f.option for f in found.figures] == ["insta"]


def test_one_figure_twice_is_no_second_one(tmp_path: Path) -> None:
    """Two that agree would look surer than one. Of another sample, or found another way, it is another figure."""
    for old, new in (("4516", "812"), ("4516", "not_stated"), ("survey", "panel")):
        assert table(tmp_path, ROW, ROW.replace(old, new)).issues == ()
    (issue,) = table(tmp_path, ROW, ROW).issues
    assert (issue.line, issue.column, issue.id) == (3, 6, "same-figure-twice")


def test_other_files(tmp_path: Path) -> None:
    """None there, none in it, another header, too many rows, odd bytes: faults with a place, never a crash."""
    assert [i.id for i in read_reach(tmp_path / "none.csv").issues] == ["missing-file"]
    assert [i.id for i in table(tmp_path).issues] == ["empty-file"]
    assert {i.id for i in table(tmp_path, ROW, head=HEAD.replace("metric", "measure")).issues} == {
        "missing-column",
        "unknown-column",
    }
    assert [i.id for i in table(tmp_path, *([ROW] * (MOST_ROWS + 1))).issues] == ["too-many"]
    (tmp_path / "reach.csv").write_bytes(HEAD.encode() + b"\n\xff\x00,,\n")
    assert [i.line for i in read_reach(tmp_path / "reach.csv").issues] == [2]
    raw = (HEAD + "\n" + ROW + "\n").encode()
    for end in range(0, len(raw), 5):
        (tmp_path / "reach.csv").write_bytes(raw[:end])
        cut = read_reach(tmp_path / "reach.csv")
        assert cut.issues or cut.figures, end


def test_the_example_reads() -> None:
    """Figures of two metrics, on a scale each."""
    found = read_reach(EXAMPLES / "reviews" / "reach-2025.csv")
    assert found.issues == ()
    assert {(f.criterion, f.metric) for f in found.figures} == {("reach", Metric.DAILY), ("news", Metric.NEWS)}
