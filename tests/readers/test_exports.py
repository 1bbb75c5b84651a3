# SPDX-License-Identifier: EUPL-1.2
"""Exports of platforms: shapes that their readers describe are read whole, everything else is refused in place."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordinance.model.effect import ExportForm, Figure
from ordinance.readers import exports
from ordinance.readers._apart import ApartError, apart
from ordinance.readers.exports import Parsed, parse

BOM = b"\xef\xbb\xbf"
SAID = date(2026, 1, 4)
OVERVIEW = (
    '"Date","Video Views","Profile Views","Likes","Comments","Shares"\n'
    '"December 31","1441","52","31","2","11"\n"January 1","2110","77","57","-1","6"\n'
)
FOLLOWERS = (
    'Date,Followers,"Difference in followers from previous day"\n"December 31",undefined,0\nJanuary 1,10440,46\n'
)
VIEWERS = 'Date,"Total Viewers","New Viewers","Returning Viewers"\nDecember 31,8,5,3\nJanuary 1,undefined,0,0\n'


def tiktok(text: str, exported: date = SAID) -> Parsed:
    return parse(BOM + text.encode(), "Overview.csv", ExportForm.TIKTOK, exported)


def instagram(title: str, rows: str, metric: Figure | None = None) -> Parsed:
    text = f'sep=,\n"{title}"\n"Date","Primary"\n{rows}'
    raw = b"\xff\xfe" + text.encode("utf-16-le")
    return parse(raw, "Views.csv", ExportForm.INSTAGRAM, date(2026, 10, 1), metric)


def zipped(**files: str | bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_csv", ".csv").replace("_", " "), text)
    return held.getvalue()


def faults(found: Parsed) -> list[tuple[int, str]]:
    assert found.faults
    return [(line, name) for _, line, name, _ in found.faults]


def test_an_overview_over_the_turn_of_a_year() -> None:
    """Days without a year are the latest before the export; a comment taken back is counted as such."""
    found = tiktok(OVERVIEW)
    assert not found.faults
    assert (date(2025, 12, 31), Figure.VIEWS, 1441) in found.rows
    assert (date(2026, 1, 1), Figure.COMMENTS, -1) in found.rows
    assert len(found.rows) == 10


def test_no_figure_is_not_nought() -> None:
    """`undefined` gives no row, and the column about a difference, which is another day's, is left out by name."""
    found = tiktok(FOLLOWERS)
    assert found.rows == [(date(2026, 1, 1), Figure.FOLLOWERS, 10440)]
    assert found.without_figure == 1
    assert found.left_out == {'column "Difference in followers from previous day"'}


def test_viewers_of_a_day_half_exported() -> None:
    """Where the total is missing, the noughts beside it are not taken for one."""
    assert tiktok(VIEWERS).rows == [(date(2025, 12, 31), Figure.VIEWERS, 8)]


def test_a_zip_of_tiktok() -> None:
    """What is about people's ages, places and hours, and about single posts, is not opened and is named."""
    raw = zipped(Overview_csv=OVERVIEW, FollowerGender_csv="Gender,Distribution\nMale,0.5\n", Content_csv="x")
    found = parse(raw, "Overview.zip", ExportForm.TIKTOK, SAID)
    assert len(found.rows) == 10
    assert found.left_out == {'file "FollowerGender.csv"', 'file "Content.csv"'}


@pytest.mark.parametrize("day", ["31 décembre", "18 tháng Sáu", "December 32", "Dec 31", "2025-12-31", "", "31"])
def test_a_day_that_is_not_known_refuses(day: str) -> None:
    """Another language, another form: located, never guessed."""
    assert faults(tiktok(OVERVIEW.replace("January 1", day))) == [(3, "bad-day")]


def test_days_out_of_order_refuse() -> None:
    """Without a year an earlier line that should be later would become a day of the year before."""
    swapped = OVERVIEW.replace("December 31", "x").replace("January 1", "December 31").replace('"x"', '"January 1"')
    assert (2, "bad-day") in faults(tiktok(swapped))


@pytest.mark.parametrize("exported", [date(2026, 12, 31), date(2025, 12, 30), date(2026, 2, 2)])
def test_the_wrong_day_of_export_refuses(exported: date) -> None:
    """A year's slip would move every figure by a year: the last day lies within a month before the export."""
    assert "bad-day" in {name for _, name in faults(tiktok(OVERVIEW, exported))}


TITLES = [("Views", "views"), ("Instagram follows", "follows"), ("Content interactions", "interactions")]


@pytest.mark.parametrize(("title", "metric"), TITLES)
def test_a_metric_of_meta(title: str, metric: str) -> None:
    """UTF-16 with a separator line, a title and days at midnight."""
    found = instagram(title, '"2026-09-01T00:00:00","20"\n"2026-09-02T00:00:00","1,234"\n')
    assert found.rows == [(date(2026, 9, 1), Figure(metric), 20), (date(2026, 9, 2), Figure(metric), 1234)]


def test_a_title_that_is_not_known_needs_its_metric() -> None:
    """A title in another language is named with --metric; one that says something else is not overruled."""
    row = '"2026-09-01T00:00:00","20"\n'
    assert faults(instagram("Bereik", row)) == [(2, "unknown-metric")]
    assert instagram("Bereik", row, Figure.REACH).rows == [(date(2026, 9, 1), Figure.REACH, 20)]
    assert faults(instagram("Views", row, Figure.REACH)) == [(2, "other-metric")]
    assert faults(instagram("Facebook visits", row)) == [(2, "other-platform")]


def test_a_table_of_youtube() -> None:
    """By date, with a total that is no day; hours and rates are left out by name."""
    text = "Date,Views,Watch time (hours),Average view duration\nTotal,75,2,0:01:00\n2023-12-28,44,1.5,0:01:00\n"
    found = parse(text.encode(), "Table data.csv", ExportForm.YOUTUBE, date(2023, 12, 30))
    assert found.rows == [(date(2023, 12, 28), Figure.VIEWS, 44)]
    assert len(found.left_out) == 2


def test_a_zip_of_youtube() -> None:
    """The totals reach further back than the table, which ends after 500 days; where both speak they must agree."""
    totals = "Date,Views\n2023-12-27,31\n2023-12-28,44\n"
    table = "Date,Views,Subscribers\nTotal,44,-2\n2023-12-28,{},-2\n"
    raw = zipped(Totals_csv=totals, Table_data_csv=table.format(44), Chart_data_csv="Date,Device type,Views\n")
    found = parse(raw, "by date.zip", ExportForm.YOUTUBE, date(2023, 12, 30))
    assert (date(2023, 12, 27), Figure.VIEWS, 31) in found.rows
    assert (date(2023, 12, 28), Figure.FOLLOWS, -2) in found.rows
    assert found.left_out == {'file "Chart data.csv"'}
    raw = zipped(Totals_csv=totals, Table_data_csv=table.format(45))
    assert faults(parse(raw, "by date.zip", ExportForm.YOUTUBE, date(2023, 12, 30))) == [(0, "two-figures")]


def test_a_table_by_another_dimension_refuses() -> None:
    """A row a video is no row a day."""
    text = "Content,Video title,Views\nTotal,,44\nabc,A title,44\n"
    assert faults(parse(text.encode(), "Table data.csv", ExportForm.YOUTUBE, SAID)) == [(1, "unknown-shape")]


@pytest.mark.parametrize(
    ("raw", "line", "name"),
    [
        (b"", 0, "empty-file"),
        (b"\n \n", 0, "empty-file"),
        (b"day,metric,value\n", 0, "nothing-to-read"),
        (b"day,metric\n2026-01-01,views\n", 1, "unknown-shape"),
        (b"day,metric,value\n2026-01-01,views\n", 2, "wrong-cells"),
        (b"day,metric,value\n2026-01-01,hearts,1\n", 2, "bad-value"),
        (b"day,metric,value\n2026-01-01,views,1.5\n", 2, "bad-value"),
        (b"day,metric,value\n2026-01-01,views,-1\n", 2, "bad-value"),
        (b"day,metric,value\n2026-01-01,views,=1+1\n", 2, "bad-value"),
        (b"day,metric,value\n2026-02-30,views,1\n", 2, "bad-day"),
        (b"day,metric,value\n2026-01-05,views,1\n", 0, "from-the-future"),
        (b"day,metric,value\n2026-01-01,views,1\n2026-01-01,views,2\n", 0, "two-figures"),
        (b"day,metric,value\n2026-01-01,views,\xff\n", 0, "bad-encoding"),
        (b'day,metric,value\n2026-01-01,views,"1\n', 0, "bad-csv"),
        (b"PK\x03\x04broken", 0, "unexpected-zip"),
    ],
)
def test_faults_of_own_files(raw: bytes, line: int, name: str) -> None:
    """Each at its line."""
    assert faults(parse(raw, "own.csv", ExportForm.OWN, SAID)) == [(line, name)]


def test_a_zip_that_is_none_or_holds_nothing() -> None:
    """Said, and nothing read."""
    assert faults(parse(b"PK\x03\x04broken", "x.zip", ExportForm.TIKTOK, SAID)) == [(0, "bad-zip")]
    assert faults(parse(zipped(Content_csv="x"), "x.zip", ExportForm.TIKTOK, SAID)) == [(0, "nothing-to-read")]
    many = zipped(**{f"f{n}_csv": "x" for n in range(exports.MOST_FILES + 1)})
    assert faults(parse(many, "x.zip", ExportForm.TIKTOK, SAID)) == [(0, "too-large")]


def test_a_file_blown_up_within_a_zip_is_not_unpacked() -> None:
    """What it says of its own size is not believed: reading stops at the limit."""
    raw = zipped(Overview_csv=b"0" * (exports.MOST_BYTES + 1))
    assert len(raw) < 10_000
    assert faults(parse(raw, "x.zip", ExportForm.TIKTOK, SAID)) == [(0, "too-large")]


def test_a_zip_broken_inside() -> None:
    """What cannot be inflated is a fault like any other."""
    raw = bytearray(zipped(Overview_csv="".join(f"{n},{n * n}\n" for n in range(5000))))
    for place in range(60, len(raw) - 200, 97):
        raw[place] ^= 0xFF
    assert faults(parse(bytes(raw), "x.zip", ExportForm.TIKTOK, SAID)) == [(0, "bad-zip")]


def test_a_column_twice_and_too_many() -> None:
    """Which of two is meant is not known; thousands of columns are no export."""
    raw = b"Date,Views,Views\n2023-12-28,1,2\n"
    assert faults(parse(raw, "x.csv", ExportForm.YOUTUBE, SAID)) == [(1, "duplicate-column")]
    raw = b"Date,Views" + b",x" * 100 + b"\n"
    assert faults(parse(raw, "x.csv", ExportForm.YOUTUBE, SAID)) == [(0, "too-large")]


@given(st.binary(max_size=300), st.sampled_from([*ExportForm]))
def test_any_bytes_are_rows_or_a_fault(raw: bytes, form: ExportForm) -> None:
    """Never an exception, never nothing at all."""
    found = parse(raw, "x", form, SAID)
    assert found.rows or found.faults


@given(st.dictionaries(st.dates(date(2000, 1, 1), SAID), st.integers(0, 10**9), min_size=1), st.randoms())
def test_own_files_say_what_was_written(days: dict[date, int], random: object) -> None:
    """Whatever the order of lines; the same line twice is one."""
    lines = [f"{day},views,{value}" for day, value in days.items()]
    lines += lines[:1]
    random.shuffle(lines)  # type: ignore[attr-defined]
    found = parse("\n".join(["day,metric,value", *lines]).encode(), "x.csv", ExportForm.OWN, SAID)
    assert {day: value for day, _, value in found.rows} == days


@given(st.dates(date(2001, 1, 1), date(2030, 12, 31)), st.integers(1, 400), st.integers(0, 3))
def test_years_are_found_again(last: date, days: int, late: int) -> None:
    """A run of days, written without years, comes back as it was, over leap days and turns of years."""
    every = [last - timedelta(days=n) for n in range(days)][::-1]
    lines = [f"{exports.MONTHS[d.month - 1].capitalize()} {d.day},1" for d in every]
    text = "\n".join(["Date,Video Views", *lines])
    found = parse(text.encode(), "Overview.csv", ExportForm.TIKTOK, last + timedelta(days=late))
    assert [day for day, _, _ in found.rows] == every


# --- apart ----------------------------------------------------------------------------------------

REQUEST = {"name": "x.csv", "form": "own", "exported": "2026-01-04", "metric": None}
READER = "ordinance.readers.exports"


def test_a_process_of_its_own_answers() -> None:
    """Plain data, and the faults located."""
    answer = apart(READER, REQUEST, b"day,metric,value\n2026-01-01,views,7\n")
    assert answer["rows"] == [["2026-01-01", "views", 7]]
    assert apart(READER, REQUEST, b"x")["faults"][0][:3] == ["x.csv", 1, "unknown-shape"]


def test_a_process_that_breaks_is_no_answer() -> None:
    """A form that does not exist ends it; nothing of what it printed is shown."""
    with pytest.raises(ApartError, match="stopped at a limit, or broke"):
        apart(READER, REQUEST | {"form": "none"}, b"x")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("memory", "x = bytearray(900_000_000); print('{}')"),
        ("files", "open('left.txt', 'w').write('x' * 100_000); print('{}')"),
        ("time", "import time; time.sleep(60); print('{}')"),
        ("code", "print('{}'); raise SystemExit(1)"),
        ("loud", "print('[' * 9_000_000)"),
        ("noise", "print('no data')"),
        ("list", "print('[]')"),
    ],
)
def test_limits_hold(name: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory, files and time are bounded, and an answer that is no object is none."""
    monkeypatch.setattr("ordinance.readers._apart.MOST_TIME", 3)
    monkeypatch.setattr("ordinance.readers._apart.MOST_ANSWER", 1_000_000)
    with pytest.raises(ApartError):
        apart("", {}, b"x" * 3_000_000, begin=_LIMITED + code)  # more than fits into a pipe


def test_limits_let_what_is_small_through() -> None:
    """The same process with little to do answers: what ended the others was their limit."""
    code = "x = bytearray(9_000_000); import time; time.sleep(0.1); print('{}')"
    assert apart("", {}, b"", begin=_LIMITED + code) == {}


def test_the_process_gets_nothing_but_its_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the environment, an empty folder, and the package from where this one came."""
    monkeypatch.setenv("SECRET_OF_MINE", "x")
    code = "import os, json; print(json.dumps({'e': sorted(os.environ), 'f': os.listdir('.')}))"
    said = apart("", {}, b"", begin=_LIMITED + code)
    assert "SECRET_OF_MINE" not in said["e"]
    assert said["f"] == []


_LIMITED = "import sys; sys.path.insert(0, sys.argv.pop(1)); from ordinance.readers._apart import limited; limited(); "
