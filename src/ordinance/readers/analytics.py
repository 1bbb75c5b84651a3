# SPDX-License-Identifier: EUPL-1.2
"""What platforms say an account reached, kept in the body's folder: `analytics/CHANNEL.csv`, one file a channel.

Reads those files strictly; writes their bytes. A row is a day, a metric, its value, the day of the export and whose
export it was; several exports of one day are all kept, and the latest counts, because platforms correct the last days
later. Knows nothing of single followers or viewers: only totals of an account stand there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from ordinance.model.effect import Counted, ExportForm, Figure
from ordinance.model.errors import Issue
from ordinance.readers._tables import Row, Table, did_you_mean, shown

FOLDER = "analytics"
COLUMNS = ("day", "metric", "value", "exported", "form")
MOST_BYTES = 5_000_000  # some 40 metrics for 10 years
_NUMBER = re.compile(r"-?[0-9]{1,15}")


def read_analytics(
    folder: Path, channels: Iterable[str], until: date
) -> tuple[dict[str, tuple[Counted, ...]], tuple[Issue, ...]]:
    """Rows by channel as far as they were exported by a day, and every fault of the files."""
    found: dict[str, tuple[Counted, ...]] = {}
    issues: list[Issue] = []
    known = sorted(channels)
    for path in sorted((folder / FOLDER).glob("*")):
        if path.name.startswith("."):
            continue
        file = f"{FOLDER}/{path.name}"
        if path.suffix != ".csv" or not path.is_file():
            message = "the file is not read: analytics are .csv files named after a channel"
            issues.append(Issue(file, 0, 0, "passed-over", message))
        elif path.stem not in known:
            hint = did_you_mean(path.stem, known) or "name it after the id of a file in channels/"
            issues.append(Issue(file, 0, 0, "unknown-channel", f"the body has no channel {shown(path.stem)}", "", hint))
        elif path.stat().st_size > MOST_BYTES:
            issues.append(Issue(file, 0, 0, "too-large", f"the file is larger than {MOST_BYTES:,} bytes"))
        else:
            rows, faults = read_one(path)
            found[path.stem] = tuple(r for r in rows if r.exported <= until)
            issues += faults
    return found, tuple(issues)


def read_one(path: Path) -> tuple[tuple[Counted, ...], tuple[Issue, ...]]:
    """The rows of one file, sorted, and its faults; no rows where there is no file."""
    table = Table(path, COLUMNS, is_optional=True)
    rows: dict[tuple[date, Figure, date, ExportForm], Counted] = {}
    for line in table.rows:
        row = _row(line)
        if row is None:
            continue
        key = row.day, row.metric, row.exported, row.form
        if key in rows:
            message = f"{row.metric} of {row.day} was exported twice on {row.exported}"
            line.wrong("day", "duplicate-row", message, "keep one of the two lines")
        rows.setdefault(key, row)
    return tuple(sorted(rows.values())), tuple(table.issues)


def as_csv(rows: Iterable[Counted]) -> bytes:
    """The bytes of a file with these rows: sorted, so that the same rows are the same bytes."""
    lines = [",".join(COLUMNS)]
    lines += [f"{r.day},{r.metric},{r.value},{r.exported},{r.form}" for r in sorted(rows)]
    return ("\n".join(lines) + "\n").encode()


def latest(rows: Iterable[Counted]) -> Mapping[tuple[Figure, ExportForm], Mapping[date, int]]:
    """By metric and whose export it is, the value of each day in the latest export.

    What a platform says of the day of the export itself is not a whole day's and is passed over.
    """
    found: dict[tuple[Figure, ExportForm], dict[date, int]] = {}
    for row in sorted(rows, key=lambda r: (r.exported, r)):
        if row.day < row.exported:
            found.setdefault((row.metric, row.form), {})[row.day] = row.value
    return {key: dict(sorted(days.items())) for key, days in sorted(found.items())}


def _row(line: Row) -> Counted | None:
    day, metric, exported = line.day("day"), line.word("metric", Figure), line.day("exported")
    form = line.word("form", ExportForm)
    for column in COLUMNS:
        line.need(column)
    text = line.cells["value"]
    if text and not _NUMBER.fullmatch(text):
        line.wrong("value", "bad-value", f"value is {shown(text)}", "a whole number without separators")
    elif text and int(text) < 0 and metric and not metric.may_be_negative:
        line.wrong("value", "bad-value", f"value is {text}, and {metric} cannot be negative")
    if day and exported and exported < day:
        message = f"{day} is later than the day of the export, {exported}"
        line.wrong("day", "from-the-future", message, "exported is the day on which the file was downloaded")
    if line.is_faulty or day is None or metric is None or exported is None or form is None:
        return None
    return Counted(day, metric, int(text), exported, form)
