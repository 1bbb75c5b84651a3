# SPDX-License-Identifier: EUPL-1.2
"""Figures of reach from one CSV file, each with what it counts, of whom, and how many were asked.

Reads: a row a figure. A scale takes figures of one metric and one audience alone: daily use, use for news and the reach
that a platform sells are different things, and a table that mixes them is refused at the row that does. Cannot
know whether a figure is true, nor how many are on one network and on no other.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from ordinance.model.channel_review import Metric
from ordinance.model.errors import Issue
from ordinance.readers._tables import Row, Table, shown

COLUMNS = (
    *("option", "criterion", "platform", "audience", "metric", "percent", "n", "population", "method"),
    *("source", "url", "on", "expires", "owner"),
)
REACH = "reach"
NOT_STATED = "not_stated"
MOST_ROWS = 500  # a review has ten options at most; more is another kind of table

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PERCENT = re.compile(r"\d{1,3}(\.\d{1,2})?", re.ASCII)
_COUNT = re.compile(r"[1-9]\d{0,9}", re.ASCII)
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: of the `audience` so many `percent` (0 to 100), by `metric`, of a sample of `n` (`None`: not stated).

    `option` and `criterion` are those of a review; `line` is the row's in the file.
    """

    option: str
    criterion: str
    platform: str
    audience: str
    metric: Metric
    percent: Decimal
    n: int | None
    population: str
    method: str
    source: str
    url: str
    on: date
    expires: date
    owner: str
    line: int

    def place_of(self, table: ReachTable, column: str) -> tuple[str, int, int]:
        """File, line and number of the cell of a column."""
        return table.file, self.line, table.order.index(column) + 1


@dataclass(frozen=True, slots=True)
class ReachTable:
    """What one file holds: its figures in their order, and everything wrong with it."""

    file: str
    order: tuple[str, ...]
    figures: tuple[Figure, ...]
    issues: tuple[Issue, ...]


def read_reach(path: Path) -> ReachTable:
    """The figures of a file. Issues: those of every table, `missing-value`, `bad-value`, `bad-day`, `bad-id`,
    `ends-before-start`, `address-for-an-office`, `mixed-metrics`, `same-figure-twice`, `too-many`. Never raises for
    what the file holds."""
    table = Table(path, COLUMNS, is_optional=False, name=path.as_posix())
    if len(table.rows) > MOST_ROWS:
        message = f"{len(table.rows)} rows; {MOST_ROWS} are the most that are read"
        table.issue(table.rows[MOST_ROWS].line, 0, "too-many", message)
        return ReachTable(table.file, (), (), tuple(sorted(table.issues)))
    found = [(row, figure) for row in table.rows if (figure := _figure(row)) is not None]
    _one_metric(found)
    _once(found)
    order = tuple(table.rows[0].order) if table.rows else ()
    if not table.rows and not table.issues:
        table.issue(0, 0, "empty-file", "the file has a header and no row", "a row a figure")
    return ReachTable(table.file, order, tuple(f for _, f in found), tuple(sorted(table.issues)))


def _figure(row: Row) -> Figure | None:
    """One figure, or `None` where something that it needs is missing or cannot be read: noted at its cell."""
    texts = {c: row.need(c) for c in ("option", "platform", "audience", "population", "method", "source", "owner")}
    criterion = row.text("criterion") or REACH
    for column, value in (("option", texts["option"]), ("criterion", criterion)):
        if value and not _ID.fullmatch(value):
            row.wrong(column, "bad-id", f"{column} is {shown(value)}, which is no id", "the id that the review has")
    if _ADDRESS.search(texts["owner"]):
        hint = "name the office: people leave"
        row.wrong("owner", "address-for-an-office", "an e-mail address stands where an office is named", hint)
    metric, on, expires = row.word("metric", Metric), row.day("on"), row.day("expires")
    for column in ("metric", "on", "expires", "percent", "n"):
        row.need(column)
    percent, n = _percent(row), _sample(row)
    if on and expires and expires < on:
        row.wrong("expires", "ends-before-start", f"it expires on {expires}, before the day it is of, {on}")
    if row.is_faulty or metric is None or on is None or expires is None or percent is None:
        return None
    return Figure(
        option=texts["option"],
        platform=texts["platform"],
        audience=texts["audience"],
        population=texts["population"],
        method=texts["method"],
        source=texts["source"],
        owner=texts["owner"],
        criterion=criterion,
        metric=metric,
        percent=percent,
        n=n,
        url=row.text("url") or "",
        on=on,
        expires=expires,
        line=row.line,
    )


def _percent(row: Row) -> Decimal | None:
    text = row.text("percent")
    if text is None:
        return None
    if _PERCENT.fullmatch(text) and Decimal(text) <= 100:
        return Decimal(text)
    row.wrong("percent", "bad-value", f"percent is {shown(text)}; allowed: 0 to 100", "with a point, such as 72.5")
    return None


def _sample(row: Row) -> int | None:
    text = row.text("n")
    if text is not None and text != NOT_STATED and not _COUNT.fullmatch(text):
        hint = f"how many were asked, or {NOT_STATED}"
        row.wrong("n", "bad-value", f"n is {shown(text)}, which is no number of people", hint)
        return None
    return int(text) if text and text != NOT_STATED else None


def _one_metric(found: list[tuple[Row, Figure]]) -> None:
    """The first figure of a scale says what it counts, and of whom; every other must count the same."""
    first: dict[str, Figure] = {}
    for row, figure in found:
        one = first.setdefault(figure.criterion, figure)
        for column in ("metric", "audience"):
            ours, theirs = getattr(figure, column), getattr(one, column)
            if ours != theirs:
                scale = f'the scale "{figure.criterion}"'
                message = f"{shown(ours)} on {scale}, which is about {shown(theirs)} in line {one.line}"
                row.wrong(column, "mixed-metrics", message, "a criterion of its own for each metric and audience")


def _once(found: list[tuple[Row, Figure]]) -> None:
    """One figure twice would look like two that agree."""
    seen: dict[tuple[object, ...], int] = {}
    for row, f in found:
        key = (f.option, f.criterion, f.platform, f.percent, f.source, f.on, f.population, f.n, f.method)
        if (line := seen.setdefault(key, row.line)) != row.line:
            message = f"this figure stands in line {line} already"
            row.wrong("percent", "same-figure-twice", message, "keep one of the two")


def issues_against(
    table: ReachTable, options: Collection[str], scales: Mapping[str, tuple[str, str]], made: date
) -> Iterator[Issue]:
    """Figures that a review has no place for: of another option or scale, that count something else there, or that
    were not there yet, or did not count any more, on the day it was made.

    `scales` are the criteria of the review with their metric and audience (empty where they are not about reach).
    """
    for f in table.figures:
        for column, known in (("option", options), ("criterion", scales)):
            if getattr(f, column) not in known:
                hint = f"the review has: {', '.join(known)}"
                message = f"{shown(getattr(f, column))} is not in this review"
                yield Issue(*f.place_of(table, column), "not-in-review", message, "", hint)
        for column, wanted in zip(("metric", "audience"), scales.get(f.criterion, ()), strict=False):
            if getattr(f, column) != wanted:
                said = f"is about {shown(wanted)}" if wanted else "is not about reach"
                message = f'{shown(getattr(f, column))}, and the scale "{f.criterion}" of the review {said}'
                hint = "a scale of its own for each metric and audience"
                yield Issue(*f.place_of(table, column), "mixed-metrics", message, "", hint)
        if f.on > made:
            message = f"it is of {f.on}, after the review, of {made}"
            yield Issue(*f.place_of(table, "on"), "evidence-from-the-future", message, "", "date the review anew")
        elif f.expires < made:
            message = f"it had expired on {f.expires}, before the review, of {made}"
            yield Issue(*f.place_of(table, "expires"), "evidence-expired", message, "", "look it up again")


def issues_of_scales(table: ReachTable, not_reach: Collection[str]) -> Iterator[Issue]:
    """Figures on scales that ship and are about something else: a review takes no figure of reach there."""
    for f in table.figures:
        if f.criterion in not_reach:
            message = f"{shown(f.criterion)} ships, and is no criterion of reach"
            hint = f"{REACH}, or a scale of your own"
            yield Issue(*f.place_of(table, "criterion"), "reach-of-what", message, "", hint)
