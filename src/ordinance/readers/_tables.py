# SPDX-License-Identifier: EUPL-1.2
"""CSV files of a body's own folder, read whole and strictly: every fault becomes an issue with its place.

Reads: UTF-8 (BOM allowed), commas, a header, one line a row. An issue's column is the number of the
cell in its row, counted from 1, because that is what a spreadsheet shows; 0 is the whole line.
"""

from __future__ import annotations

import csv
import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import TypeVar

from ordinance.model.errors import Issue
from ordinance.model.estate import Validity

_E = TypeVar("_E", bound=StrEnum)
_T = TypeVar("_T")
_MOST_SHOWN = 60
_PLAIN_BYTES = 65_536  # of a line; the cells of one that is longer may be longer than CSV allows
_CONTROL = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
)  # C0 without tab and ends of lines, and DEL


class Table:
    """The rows of one file, and the issues found in it. `raw` are its bytes, empty where it is absent.

    `name` is what issues call it: by default its name within its folder.
    """

    def __init__(self, path: Path, columns: Sequence[str], is_optional: bool, name: str = "") -> None:
        self.file = name or f"{path.parent.name}/{path.name}"
        self.issues: list[Issue] = []
        self.raw = b""
        self._columns = tuple(columns)
        self._faulty: set[int] = set()
        self.has_lost_lines = False  # whether a line could not be read at all, so that what it says is not known
        self.rows: tuple[Row, ...] = ()
        try:
            if path.exists() and not (path.is_file() or path.is_dir()):
                self._whole("unreadable-file", "the file cannot be read: it is a pipe or a device")
                return
            self.raw = path.read_bytes()
        except FileNotFoundError:
            if not is_optional:
                self._whole("missing-file", "the file is missing", f"columns: {','.join(columns)}")
            return
        except OSError as error:
            self._whole("unreadable-file", f"the file cannot be read: {error.strerror}")
            return
        self.rows = tuple(self._read())

    def issue(self, line: int, column: int, issue_id: str, message: str, hint: str = "") -> None:
        """Note a fault of this file."""
        self._faulty.add(line)
        self.has_lost_lines = self.has_lost_lines or column == 0
        self.issues.append(Issue(self.file, line, column, issue_id, message, "", hint))

    def is_faulty(self, line: int) -> bool:
        """Whether an issue was noted in a line so far."""
        return line in self._faulty

    def _whole(self, issue_id: str, message: str, hint: str = "") -> None:
        self.issue(0, 0, issue_id, message, hint)

    def _read(self) -> Iterable[Row]:
        lines = self.raw.removeprefix(b"\xef\xbb\xbf").split(b"\n")
        filled = [(n, raw.removesuffix(b"\r")) for n, raw in enumerate(lines, 1) if raw.strip()]
        if not filled:
            self._whole("empty-file", "the file is empty", f"first line: {','.join(self._columns)}")
            return
        (first, header), *rest = filled
        places = self._header(first, self._cells(first, header))
        if places is None:
            return
        for number, raw in rest:
            cells = self._cells(number, raw)
            if cells is None:
                continue
            if len(cells) != len(places):
                self.issue(number, 0, "wrong-cells", f"{len(cells)} cells, but the header names {len(places)} columns")
                continue
            yield Row(self, number, dict(zip(places, (c.strip() for c in cells), strict=True)), places)

    def _cells(self, number: int, raw: bytes) -> list[str] | None:
        if unfit := _CONTROL.search(raw):
            self.issue(number, 0, "bad-csv", f"the line holds a control character (U+{unfit[0][0]:04X})")
            return None
        try:
            text = raw.decode()
            if len(raw) <= _PLAIN_BYTES and b'"' not in raw and b"\r" not in raw:
                return text.split(",")
            return next(csv.reader([text], strict=True))
        except UnicodeDecodeError:
            self.issue(number, 0, "bad-encoding", "the line is not UTF-8", "save the file as CSV UTF-8")
        except csv.Error as error:
            self.issue(number, 0, "bad-csv", f"the line is not CSV: {error}")
        return None

    def _header(self, line: int, cells: list[str] | None) -> list[str] | None:
        """The columns in their order, or `None` where rows cannot be read under this header."""
        if cells is None:
            return None
        names = [cell.strip() for cell in cells]
        for place, name in enumerate(names, 1):
            if name in names[: place - 1]:
                self.issue(line, place, "duplicate-column", f"column {shown(name)} is there twice")
            elif name not in self._columns:
                hint = did_you_mean(name, self._columns) or f"columns: {','.join(self._columns)}"
                self.issue(line, place, "unknown-column", f"column {shown(name)} is not known", hint)
        missing = [c for c in self._columns if c not in names]
        hint = "separate cells with commas" if len(names) == 1 and ";" in names[0] else "empty cells are allowed"
        for name in missing:
            self.issue(line, 0, "missing-column", f"column {shown(name)} is missing", hint)
        return None if missing or len(set(names)) < len(names) else names


@dataclass(frozen=True, slots=True)
class Row:
    """One row. Each method reads a cell and notes an issue where it cannot; an empty cell is `None`."""

    table: Table
    line: int
    cells: Mapping[str, str]
    order: Sequence[str]

    @property
    def is_faulty(self) -> bool:
        """Whether an issue was noted for this row so far."""
        return self.table.is_faulty(self.line)

    def text(self, column: str) -> str | None:
        """A cell as it stands."""
        return self.cells[column] or None

    def need(self, column: str) -> str:
        """A cell that must be filled."""
        if not self.cells[column]:
            self.wrong(column, "missing-value", f"{column} is empty")
        return self.cells[column]

    def word(self, column: str, words: type[_E]) -> _E | None:
        """One word of a closed list."""
        text = self.cells[column]
        if not text:
            return None
        known = _by_value(words).get(text)
        return self.words(column, words, [text])[0] if known is None else known

    def words(self, column: str, words: type[_E], found: Sequence[str]) -> list[_E | None]:
        """Words of a closed list; `None` in the place of those that are not on it."""
        allowed = [w.value for w in words]
        for one in (f for f in found if f not in allowed):
            hint = did_you_mean(one, allowed) or f"one of: {', '.join(allowed)}"
            message = f"{column} is {shown(one)}; allowed: {', '.join(allowed)}"
            self.wrong(column, "bad-value", message, hint)
        return [words(f) if f in allowed else None for f in found]

    def share(self, column: str) -> int | None:
        """A percentage as a whole number from 0 to 100."""
        text = self.cells[column]
        if not text:
            return None
        if text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= 100:
            return int(text)
        message = f"{column} is {shown(text)}; allowed: 0 to 100"
        self.wrong(column, "bad-value", message, "per cent paid by the body, as a whole number without a sign")
        return None

    def day(self, column: str) -> date | None:
        """A day written YYYY-MM-DD."""
        text = self.cells[column]
        try:
            return _day(text) if text else None
        except ValueError:
            self.wrong(column, "bad-day", f"{column} is {shown(text)}, which is no day", "days are written 2023-03-28")
        return None

    def validity(self) -> Validity:
        """The days on which the row states facts."""
        first, last = self.day("valid_from"), self.day("valid_to")
        if first and last and last < first:
            self.wrong("valid_to", "bad-validity", f"valid_to {last} is before valid_from {first}")
        return Validity(first, last)

    def each(self, column: str, read: Callable[[str], _T], expected: str) -> tuple[_T, ...]:
        """Several values separated by spaces; `read` raises ValueError for a wrong one."""
        values = []
        for one in self.cells[column].split():
            try:
                values.append(read(one))
            except ValueError:
                self.wrong(column, "bad-value", f"{column} is {shown(one)}", expected)
        return tuple(values)

    def wrong(self, column: str, issue_id: str, message: str, hint: str = "") -> None:
        """Note a fault of a cell."""
        self.table.issue(self.line, self.order.index(column) + 1, issue_id, message, hint)


@cache
def _by_value(words: type[_E]) -> Mapping[str, _E]:
    return {word.value: word for word in words}


@lru_cache(maxsize=4096)
def _day(text: str) -> date:
    """A day written YYYY-MM-DD; there are few different ones in a column. Raises ValueError for any other text."""
    if len(text) != 10:  # fromisoformat also reads 20230320 and 2023-W12-1
        raise ValueError
    return date.fromisoformat(text)


def digest(tables: Iterable[Table]) -> str:
    """One digest of all files' names and bytes."""
    whole = hashlib.sha256()
    for table in tables:
        whole.update(f"{table.file}\0{len(table.raw)}\0".encode() + table.raw)
    return f"sha256:{whole.hexdigest()}"


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """A hint with the closest known word, or nothing."""
    close = get_close_matches(text.lower(), list(known), n=1)
    return f'did you mean "{close[0]}"?' if close else ""


def shown(untrusted: str) -> str:
    """A foreign text in quotes: short, with control and bidirectional characters replaced."""
    cut = untrusted if len(untrusted) <= _MOST_SHOWN else untrusted[:_MOST_SHOWN] + "…"
    return '"' + "".join("\ufffd" if unicodedata.category(c)[0] == "C" else c for c in cut) + '"'
