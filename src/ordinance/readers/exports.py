# SPDX-License-Identifier: EUPL-1.2
"""Files that platforms give out about an account, taken to rows: TikTok Studio, Meta Business Suite, YouTube Studio.

Foreign bytes: `parse` runs in a process of its own with limits (`_apart`), and of what comes back only numbers, days
and words of closed lists are kept. What a file holds beside them (ages, places, titles of single posts, rates) is left
where it is; names of columns and files are said once to who imports, and a message quotes the cell that is wrong. One
fault refuses the whole file, each at its line: half an export would look like a loss of reach.

The shapes are those that people describe who read such files; no platform publishes them, so each is checked and
nothing is guessed:
- TikTok Studio, `Overview.csv`, `FollowerHistory.csv`, `Viewers.csv`, alone or in a .zip: UTF-8, `"August 31"` in
  the language of the account and without a year, `undefined` where there is no figure yet. The column about the
  difference in followers is left out: in real files it is that to the day after, not before.
- Meta Business Suite, one metric a file: UTF-16 with `sep=,`, a line with the metric's name, then `"Date","Primary"`.
- YouTube Studio, advanced mode by date: `Table data.csv` (with a `Total` row, 500 days at most) or `Totals.csv`,
  alone or in a .zip.
- `own`: `day,metric,value`.
"""

from __future__ import annotations

import csv
import io
import json
import lzma
import re
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import PurePosixPath
from typing import Any

from ordinance.model.effect import ExportForm, Figure

MOST_BYTES = 5_000_000  # of a file, and of each file within a .zip
MOST_FILES = 50  # within a .zip
MOST_SHOWN = 60  # letters of a foreign word in a message
MOST_FAULTS = 20
MOST_COLUMNS = 60
MOST_GAP = 31  # days between two lines without a year, and from the last to the export
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
TIKTOK = {
    "video views": Figure.VIEWS,
    "profile views": Figure.PROFILE_VIEWS,
    "likes": Figure.LIKES,
    "comments": Figure.COMMENTS,
    "shares": Figure.SHARES,
    "followers": Figure.FOLLOWERS,
    "total viewers": Figure.VIEWERS,
}
TIKTOK_FILES = frozenset({"overview.csv", "followerhistory.csv", "viewers.csv"})
TITLES = {
    "views": Figure.VIEWS,
    "viewers": Figure.VIEWERS,
    "reach": Figure.REACH,
    "instagram reach": Figure.REACH,
    "content interactions": Figure.INTERACTIONS,
    "instagram follows": Figure.FOLLOWS,
    "instagram profile visits": Figure.PROFILE_VIEWS,
    "instagram link clicks": Figure.LINK_CLICKS,
}
YOUTUBE = {"views": Figure.VIEWS, "subscribers": Figure.FOLLOWS, "impressions": Figure.IMPRESSIONS}
YOUTUBE_FILES = ("totals.csv", "table data.csv")  # what the later says of a day counts
OWN = ("day", "metric", "value")

_BAD_ZIP = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, NotImplementedError, EOFError),
    *(OSError, ValueError),
)
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(T00:00:00)?")
_MONTH_DAY = re.compile(r"([A-Za-z]+) ([0-9]{1,2})")
_NUMBER = re.compile(r"-?[0-9]{1,15}|[0-9]{1,3}(,[0-9]{3}){1,4}")
Row = tuple[date, Figure, int]


@dataclass(slots=True)
class Parsed:
    """Rows, what was left out by name, how many cells held no figure, and faults as (file, line, id, text)."""

    rows: list[Row] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)
    without_figure: int = 0
    faults: list[tuple[str, int, str, str]] = field(default_factory=list)

    def fault(self, file: str, line: int, fault_id: str, message: str) -> None:
        """Note a fault; beyond some they only repeat each other."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append((file, line, fault_id, message))


def parse(raw: bytes, name: str, form: ExportForm, exported: date, metric: Figure | None = None) -> Parsed:
    """What an export says. `exported` gives days without a year theirs; `metric` names what a title does not."""
    found = Parsed()
    read: dict[ExportForm, Callable[[str, list[Cells], Parsed], None]] = {
        ExportForm.OWN: _own,
        ExportForm.TIKTOK: lambda file, rows, into: _tiktok(file, rows, exported, into),
        ExportForm.INSTAGRAM: lambda file, rows, into: _instagram(file, rows, metric, into),
        ExportForm.YOUTUBE: _youtube,
    }
    for file, content in _files(raw, name, form, found):
        rows = _cells(file, content, found)
        if rows:
            read[form](file, rows, found)
    _finish(found, name, exported)
    return found


# --- files and cells ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one line, and its number from 1."""

    line: int
    cells: tuple[str, ...]


def _files(raw: bytes, name: str, form: ExportForm, into: Parsed) -> Iterator[tuple[str, bytes]]:
    """The files that a form reads: this one, or those within a .zip. Others are named as left out."""
    if not raw.startswith(b"PK\x03\x04"):
        if len(raw) > MOST_BYTES:
            into.fault(name, 0, "too-large", f"the file is larger than {MOST_BYTES:,} bytes")
        else:
            yield name, raw
        return
    if form not in {ExportForm.TIKTOK, ExportForm.YOUTUBE}:
        into.fault(name, 0, "unexpected-zip", "a .zip is not what this platform gives out: unpack it")
        return
    yield from _unzipped(raw, name, form, into)


def _unzipped(raw: bytes, name: str, form: ExportForm, into: Parsed) -> Iterator[tuple[str, bytes]]:
    wanted = TIKTOK_FILES if form is ExportForm.TIKTOK else frozenset(YOUTUBE_FILES)
    found: dict[str, tuple[str, bytes]] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_FILES:
                into.fault(name, 0, "too-large", f"the .zip holds more than {MOST_FILES} files")
                return
            for entry in entries:
                base = PurePosixPath(entry.filename).name
                if base.lower() not in wanted:
                    into.left_out.add(f"file {_shown(base)}")
                    continue
                with archive.open(entry) as stream:
                    content = stream.read(MOST_BYTES + 1)
                if len(content) > MOST_BYTES:
                    into.fault(base, 0, "too-large", f"the file is larger than {MOST_BYTES:,} bytes")
                elif base.lower() in found:
                    into.fault(base, 0, "twice", "the .zip holds this file twice")
                else:
                    found[base.lower()] = base, content
    except _BAD_ZIP as error:
        into.fault(name, 0, "bad-zip", f"the .zip cannot be read: {type(error).__name__}")
        return
    if not found and not into.faults:
        into.fault(name, 0, "nothing-to-read", f"the .zip holds none of: {', '.join(sorted(wanted))}")
    order = YOUTUBE_FILES if form is ExportForm.YOUTUBE else sorted(found)
    yield from (found[n] for n in order if n in found)


def _cells(file: str, raw: bytes, into: Parsed) -> list[Cells]:
    """The filled lines of a file. A mark at its beginning says how letters are written; without one it is UTF-8."""
    marks = ((b"\xff\xfe", "utf_16_le"), (b"\xfe\xff", "utf_16_be"), (b"\xef\xbb\xbf", "utf-8"))
    mark, written = next(((m, w) for m, w in marks if raw.startswith(m)), (b"", "utf-8"))
    try:
        text = raw[len(mark) :].decode(written)
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except UnicodeDecodeError:
        into.fault(file, 0, "bad-encoding", f"the file is not {written.upper()}".replace("_", "-"))
        return []
    except csv.Error as error:
        into.fault(file, 0, "bad-csv", f"the file is not CSV: {error}")
        return []
    found = [Cells(n, tuple(c.strip() for c in row)) for n, row in enumerate(rows, 1) if any(c.strip() for c in row)]
    if not found:
        into.fault(file, 0, "empty-file", "the file is empty")
    elif max(len(row.cells) for row in found) > MOST_COLUMNS:
        into.fault(file, 0, "too-large", f"the file has more than {MOST_COLUMNS} columns")
        return []
    return found


def _under(head: Cells, rows: Iterable[Cells], file: str, into: Parsed) -> Iterator[tuple[Cells, Mapping[str, str]]]:
    """Each line with its cells under the words of the head, in small letters."""
    names = [h.lower() for h in head.cells]
    if len(set(names)) < len(names):
        into.fault(file, head.line, "duplicate-column", "a column is there twice")
        return
    for row in rows:
        if len(row.cells) != len(names):
            into.fault(file, row.line, "wrong-cells", f"{len(row.cells)} cells under {len(names)} columns")
        else:
            yield row, dict(zip(names, row.cells, strict=True))


def _figures(
    row: Cells, cells: Mapping[str, str], columns: Mapping[str, Figure], day: date, file: str, into: Parsed
) -> None:
    """The figures of one line; what is empty or `undefined` is no figure, and never nought."""
    for name, metric in columns.items():
        text = cells.get(name)
        if text is None:
            continue
        if text in {"", "undefined", "—", "-"}:
            into.without_figure += 1
        else:
            value = _number(text, metric)
            if value is None:
                into.fault(file, row.line, "bad-value", f"{name} is {_shown(text)}, which is no such number")
            else:
                into.rows.append((day, metric, value))


def _left_out(head: Cells, known: Iterable[str], into: Parsed) -> None:
    read = set(known)
    into.left_out |= {f"column {_shown(h)}" for h in head.cells if h.lower() not in read}


# --- the forms ------------------------------------------------------------------------------------


def _own(file: str, rows: list[Cells], into: Parsed) -> None:
    head, *rest = rows
    if tuple(h.lower() for h in head.cells) != OWN:
        into.fault(file, head.line, "unknown-shape", f"the first line is not {','.join(OWN)}")
        return
    for row, cells in _under(head, rest, file, into):
        day, metric = _iso_day(cells["day"]), next((m for m in Figure if m == cells["metric"]), None)
        if day is None:
            into.fault(file, row.line, "bad-day", f"day is {_shown(cells['day'])}, expected 2023-03-28")
        elif metric is None:
            into.fault(file, row.line, "bad-value", f"metric is {_shown(cells['metric'])}; one of: {', '.join(Figure)}")
        else:
            _figures(row, {metric: cells["value"]}, {metric: metric}, day, file, into)


def _tiktok(file: str, rows: list[Cells], exported: date, into: Parsed) -> None:
    head, *rest = rows
    known = [h for h in head.cells if h.lower() in TIKTOK]
    if head.cells[0].lower() != "date" or not known:
        message = "no file of TikTok Studio in English: its first line is Date,Video Views,… or Date,Followers,…"
        into.fault(file, head.line, "unknown-shape", message)
        return
    _left_out(head, {"date", *TIKTOK}, into)
    lines = list(_under(head, rest, file, into))
    days = _with_years([c["date"] for _, c in lines], exported)
    for (row, cells), day in zip(lines, days, strict=True):
        if day is None:
            message = f"date is {_shown(cells['date'])}, expected a day such as August 31, in order, up to the export"
            into.fault(file, row.line, "bad-day", message)
        else:
            _figures(row, cells, TIKTOK, day, file, into)


def _with_years(texts: list[str], exported: date) -> list[date | None]:
    """Days without a year: the last is the one just before the export, and each lies just before the next.

    `None` where that would take more than `MOST_GAP` days: the lines are out of order, or the export was another day.
    """
    found: list[date | None] = []
    latest = exported
    for text in reversed(texts):
        day = _month_day(text, latest)
        fits = day is not None and (latest - day).days <= MOST_GAP
        found.append(day if fits else None)
        if day is not None and fits:
            latest = day - timedelta(days=1)
    return found[::-1]


def _month_day(text: str, latest: date) -> date | None:
    parts = _MONTH_DAY.fullmatch(text)
    if parts is None or parts[1].lower() not in MONTHS:
        return None
    month = MONTHS.index(parts[1].lower()) + 1
    for year in (latest.year, latest.year - 1):
        try:
            day = date(year, month, int(parts[2]))
        except ValueError:
            continue
        if day <= latest:
            return day
    return None


def _instagram(file: str, rows: list[Cells], metric: Figure | None, into: Parsed) -> None:
    rest = rows[1:] if rows[0].cells[0].lower() == "sep=" or rows[0].cells == ("sep=", "") else rows
    heads = [tuple(c.lower() for c in row.cells) for row in rest[:2]]
    if [h[:2] for h in heads[1:]] != [("date", "primary")] or len(heads[0]) != 1:
        message = "no export of Meta Business Suite: a line with the metric's name, then Date,Primary"
        into.fault(file, rest[0].line if rest else 0, "unknown-shape", message)
        return
    title, head, *days = rest
    name = title.cells[0]
    if name.lower().startswith("facebook"):
        into.fault(file, title.line, "other-platform", f"{_shown(name)} is about a page on Facebook")
        return
    said = TITLES.get(name.lower(), metric)
    if said is None:
        hint = "export it in English, or say what it is with --metric"
        into.fault(file, title.line, "unknown-metric", f"{_shown(name)} is no metric that is known here; {hint}")
        return
    if metric is not None and said is not metric:
        into.fault(file, title.line, "other-metric", f"{_shown(name)} is {said}, not {metric}")
        return
    _left_out(head, {"date", "primary"}, into)
    for row, cells in _under(head, days, file, into):
        day = _iso_day(cells["date"])
        if day is None:
            into.fault(file, row.line, "bad-day", f"Date is {_shown(cells['date'])}, expected 2023-03-28T00:00:00")
        else:
            _figures(row, cells, {"primary": said}, day, file, into)


def _youtube(file: str, rows: list[Cells], into: Parsed) -> None:
    head, *rest = rows
    known = [h for h in head.cells if h.lower() in YOUTUBE]
    if head.cells[0].lower() != "date" or not known:
        message = "no export of YouTube Studio by date: choose Date in advanced mode, in English"
        into.fault(file, head.line, "unknown-shape", message)
        return
    _left_out(head, {"date", *YOUTUBE}, into)
    for row, cells in _under(head, rest, file, into):
        if cells["date"].lower() == "total":
            continue
        day = _iso_day(cells["date"])
        if day is None:
            into.fault(file, row.line, "bad-day", f"Date is {_shown(cells['date'])}, expected 2023-03-28")
        else:
            _figures(row, cells, YOUTUBE, day, file, into)


# --- the end, and small things --------------------------------------------------------------------


def _finish(found: Parsed, name: str, exported: date) -> None:
    """Days after the export, and one day with two figures, are faults; the same figure twice is one."""
    values: dict[tuple[date, Figure], int] = {}
    for day, metric, value in found.rows:
        if day > exported:
            found.fault(name, 0, "from-the-future", f"{day} is later than the day of the export, {exported}")
        if values.setdefault((day, metric), value) != value:
            found.fault(name, 0, "two-figures", f"{metric} of {day} is there with two figures")
    found.rows = sorted((day, metric, value) for (day, metric), value in values.items())
    if not found.rows and not found.faults:
        found.fault(name, 0, "nothing-to-read", "the file holds no figure")


def _number(text: str, metric: Figure) -> int | None:
    if not _NUMBER.fullmatch(text):
        return None
    value = int(text.replace(",", ""))
    return value if value >= 0 or metric.may_be_negative else None


def _iso_day(text: str) -> date | None:
    parts = _DAY.fullmatch(text)
    try:
        return date.fromisoformat(parts[1]) if parts else None
    except ValueError:
        return None


def _shown(text: str) -> str:
    cut = text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + "…"
    return '"' + "".join(c if c.isprintable() else "\ufffd" for c in cut) + '"'


def answer(request: Mapping[str, Any], raw: bytes) -> dict[str, Any]:
    """What the process answers: plain data only."""
    metric = Figure(request["metric"]) if request["metric"] else None
    found = parse(raw, request["name"], ExportForm(request["form"]), date.fromisoformat(request["exported"]), metric)
    return {
        "rows": [[day.isoformat(), str(metric), value] for day, metric, value in found.rows],
        "left_out": sorted(found.left_out),
        "without_figure": found.without_figure,
        "faults": found.faults,
    }


if __name__ == "__main__":
    from ordinance.readers._apart import limited

    limited()
    line = sys.stdin.buffer.readline()
    json.dump(answer(json.loads(line), sys.stdin.buffer.read()), sys.stdout)
