# SPDX-License-Identifier: EUPL-1.2
"""Rows of Zeek's logs, whether they are written as tables with tabs or as JSON.

Reads: lines of `LogAscii` (zeek/zeek, `src/logging/writers/ascii/Ascii.cc` and `src/threading/formatters`). A table
says in lines with `#` what separates its cells, how an unset one looks and which columns it has; such a head may stand
in the middle of a file, where rotated ones were put one behind the other, and holds until the next or until `#close`.
Columns are found by their names. In JSON an unset field is left out, and each line says by `_path` or by its keys
which log it is of. A row of a log that nobody asked for is DROPPED, a line of the head STRUCTURAL; both forms may
stand in one file.

Cannot know: what a body's own script renamed. `Log::default_scope_sep` has to be the dot, as it is by default.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from ordinance.readers._name_log import DROPPED, STRUCTURAL
from ordinance.readers._sieve import ObjectLog, ObjectsPlan, Plan, TablePlan
from ordinance.readers._stamps import Stamps

_HEX = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|\\)")
_SECONDS = re.compile(r"\d{1,12}(?:\.\d{1,9})?", re.ASCII)
_LIKE_A_VALUE = re.compile(r"\d\d|[.:]", re.ASCII)  # a port, an address or an instant may be written so
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)
_HEAD_KEYS = frozenset(("set_separator", "empty_field", "unset_field", "path", "fields", "close"))
_FIRST, _LAST = 946_684_800, 253_370_764_800  # the years 2000 to 9998: a sensor with an unset clock says 1970
_MOST_SECONDS = 1e11  # JSON::TS_MILLIS: what would be seconds of the year 5138 is milliseconds
_FLAGS = {"T": True, "F": False, True: True, False: False}


class BadValueError(ValueError):
    """A field is not of the kind that it is in Zeek."""


@dataclass(frozen=True, slots=True)
class Log:
    """A log of Zeek's: its path, the columns that are looked at, and how it is told by its columns.

    `needed` of the columns must be there. `marks` are sets of columns of which every one alone tells the log. `planned`
    has the columns of a plan of its tables (`_sieve`); none, where rows speak of other rows.
    """

    path: str
    columns: tuple[str, ...]
    needed: tuple[str, ...]
    marks: tuple[frozenset[str], ...]
    planned: Mapping[str, str] = field(default_factory=dict)


Row = tuple[Log, Sequence[Any]]  # values in the order of the log's columns; None where unset


class Rows:
    """Reads the lines of files, one after the other. The values of a row are asked of it before the next is read."""

    def __init__(self, logs: Iterable[Log], zone: ZoneInfo) -> None:
        self._logs = tuple(logs)
        self._by_path = {log.path: log for log in self._logs}
        self._stamps = Stamps(zone)
        self._of_objects = _objects(self._logs)
        self.is_twice = False  # the last instant is of an hour of which some seconds happen twice, or never
        self.begin()

    @property
    def state(self) -> int | None:
        """Where the stamps stand in an hour that happens twice."""
        return self._stamps.state

    def begin(self) -> None:
        """A file begins, or a table in it."""
        self._separator, self._set_separator, self._empty, self._unset, self._path = "\t", ",", "(empty)", "-", ""
        self._is_table = True
        self._remembered: dict[Hashable, Any] = {}
        self._no_columns("no-header")

    @property
    def remembered(self) -> dict[Hashable, Any] | None:
        """What was made of cells of the table in hand, for who reads it; `None` for a row of JSON, where 1 is true."""
        return self._remembered if self._is_table else None

    def row(self, line: str) -> Row | str:
        """The row that a line is, or the verdict on it."""
        first = line[:1]
        if first == "{":
            return self._object(line)
        if first == "#":
            return self._head(line)
        if self._log is None:
            return self._why if line.strip() else STRUCTURAL
        cells = line.split(self._separator)
        if len(cells) != self._width:
            if not line.strip():
                return STRUCTURAL
            return "missing-field" if len(cells) < self._width else "too-many-fields"
        unset = self._unset
        cells.append(unset)
        self._is_table = True
        return self._log, [None if cell == unset else cell for cell in self._pick(cells)]

    def is_of_a_head(self, line: str) -> bool:
        """Whether a line of a head says how rows are written; all others may be anybody's words."""
        key = line[1:].partition(self._separator)[0]
        return key in _HEAD_KEYS or line.startswith("#separator ")

    def without_others(self, line: str) -> str:
        """A row without the cells that nobody looks at; with a digest of all, as the same line again says no more."""
        digest = hashlib.sha256(line.encode(errors="surrogatepass")).hexdigest()[:32]
        if line[:1] == "{":
            found = _DECODER.decode(line)
            path = found.get("_path")
            log = (self._by_path.get(path) if isinstance(path, str) else None) or self._told_by(found.keys())
            read = {"_path", *(log.columns if log else ())}
            marks = {key: None for one in self._logs for mark in one.marks for key in mark if key in found}
            return json.dumps({**marks, **{k: v for k, v in found.items() if k in read}, "": digest})
        cells, read = line.split(self._separator), set(self._pick([*map(str, range(self._width)), ""]))
        others = [n for n in range(self._width) if str(n) not in read]
        for n in others:
            cells[n] = self._unset
        if others:
            cells[others[0]] = digest
        return self._separator.join(cells)

    def at(self, value: Any) -> int | str:
        """The instant of a field in whole seconds since 1970, or why it has none."""
        self.is_twice = False
        if isinstance(value, str):
            if _SECONDS.fullmatch(value):
                return _within(int(value.partition(".")[0]))
            at, length = self._stamps.read(value)
            self.is_twice = not self._stamps.is_plain
            return "bad-time" if isinstance(at, int) and length != len(value) else at
        if isinstance(value, bool) or not isinstance(value, int | float):
            return "bad-time"
        if isinstance(value, int) and value >= _MOST_SECONDS:
            return _within(value / 1000) if value < _MOST_SECONDS * 1000 else "bad-time"
        return _within(value)

    def text(self, value: Any) -> str:
        """A string; empty where it is unset. Raises BadValueError."""
        if value is None:
            return ""
        if not isinstance(value, str):
            raise BadValueError
        if not self._is_table:
            return value
        return "" if value == self._empty else unescaped(value)

    def texts(self, value: Any) -> list[str]:
        """A set or vector of strings; empty where it is unset. Raises BadValueError."""
        if value is None:
            return []
        if isinstance(value, str) and self._is_table:
            return [] if value == self._empty else [unescaped(v) for v in value.split(self._set_separator)]
        if not isinstance(value, list) or not all(isinstance(v, str | None) for v in value):
            raise BadValueError
        return [v for v in value if v is not None]

    def number(self, value: Any) -> int | None:
        """A count or the whole part of an interval. Raises BadValueError."""
        if value is None:
            return None
        if isinstance(value, str) and self._is_table and (number := _number(value)) is not None:
            return number
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 10**18:
            return int(value)
        raise BadValueError

    def flag(self, value: Any) -> bool | None:
        """A boolean. Raises BadValueError."""
        if value is None:
            return None
        if isinstance(value, str) is self._is_table and isinstance(value, str | bool) and value in _FLAGS:
            return _FLAGS[value]
        raise BadValueError

    def _no_columns(self, why: str) -> None:
        self.plan: Plan | None = None
        self._log: Log | None = None
        self._why, self._width = why, 0
        self._pick: Callable[[list[str]], tuple[str, ...]] = tuple

    def _head(self, line: str) -> str:
        """A line of a head. What is in none of Zeek's is passed over: rows without columns are rejects anyway."""
        if line.startswith("#separator"):
            self.begin()
            self._separator = unescaped(line[len("#separator ") :]) or "\t"
            return STRUCTURAL
        self._remembered = {}  # what comes may be written otherwise
        key, _, value = line[1:].partition(self._separator)
        if key == "set_separator":
            self._set_separator = unescaped(value) or ","
        elif key == "empty_field":
            self._empty = unescaped(value)
        elif key == "unset_field":
            self._unset, self.plan = unescaped(value), None  # rows are no longer written as it says
        elif key == "path":
            self._path = unescaped(value)
            self._no_columns("no-header")
        elif key == "fields":
            self._columns(value.split(self._separator))
            self._path = ""  # the next head names its own
        elif key == "close":
            self._no_columns("no-header")
        return STRUCTURAL

    def _columns(self, names: list[str]) -> None:
        log = self._by_path.get(self._path) or self._told_by(set(names))
        if log is None:
            self._no_columns(DROPPED)
        elif not set(log.needed) <= set(names):
            self._no_columns("missing-column")
        else:
            self._log, self._width = log, len(names)
            places = [names.index(name) if name in names else len(names) for name in log.columns]
            self._pick = itemgetter(*places)
            self.plan = None
            self._plan(log, dict(zip(log.columns, places, strict=True)))

    def _plan(self, log: Log, places: Mapping[str, int]) -> None:
        """How the rows of a table are written, where most of them say nothing by themselves."""
        found = {key: places[name] for key, name in log.planned.items() if places[name] < self._width}
        if "name" in found and self._separator == "\t" and not _LIKE_A_VALUE.search(self._unset):
            self.plan = TablePlan(width=self._width, unset=self._unset, hosts="method" in log.planned, **found)

    def _object(self, line: str) -> Row | str:
        try:
            found = _DECODER.decode(line)
        except (ValueError, RecursionError):
            return "bad-json"
        path = found.get("_path")
        log = (self._by_path.get(path) if isinstance(path, str) else None) or self._told_by(found.keys())
        if log is None:
            return DROPPED if "ts" in found else "other-format"
        get = found.get
        for name in log.needed:
            if get(name) is None:
                return "missing-field"
        self._is_table = False
        if self._log is None:
            self.plan = self._of_objects
        return log, [get(name) for name in log.columns]

    def _told_by(self, names: Any) -> Log | None:
        for log in self._logs:
            for mark in log.marks:
                if mark <= names:
                    return log
        return None


def _objects(logs: Sequence[Log]) -> ObjectsPlan:
    """How lines of JSON are written, as far as they are rows of a log that has a plan, or of none that is read."""
    first = ("ts", "id.orig_h", "id.resp_p", "qclass", "method", "_path")
    marks = [(mark, n) for n, log in enumerate(logs) for mark in log.marks]
    others = (log.planned["name"] for log in logs if log.planned)
    marking = sorted({key for mark, _ in marks for key in mark})
    keys = tuple(dict.fromkeys((*first, *(log.path for log in logs), *others, *marking)))
    places = {key: place for place, key in enumerate(keys)}
    bits = tuple((sum(1 << places[key] for key in mark), n) for mark, n in marks)
    planned = (
        ObjectLog(
            path=places[log.path],
            name=places.get(log.planned.get("name", ""), -1),
            asks="port" in log.planned,
            hosts="method" in log.planned,
        )
        for log in logs
    )
    return ObjectsPlan(keys, bits, tuple(planned))


@lru_cache(maxsize=4096)
def _number(text: str) -> int | None:
    """The whole part of a count or an interval as a table has it; there are few different ones in a column."""
    if _NUMBER.fullmatch(text) or _SECONDS.fullmatch(text):
        return int(text.partition(".")[0])
    return None


def unescaped(text: str) -> str:
    r"""A cell without its `\xNN`. Bytes that are no UTF-8 become U+FFFD: no name has those."""
    if "\\" not in text:
        return text
    raw = _HEX.sub(lambda m: bytes.fromhex(m[1].decode()) if m[1] else b"\\", text.encode(errors="replace"))
    return raw.decode(errors="replace")


def _within(at: float) -> int | str:
    if _FIRST <= at < _LAST:
        return int(at)
    return "clock-not-set" if 0 <= at < _FIRST else "bad-time"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadValueError
    return found


def _no_number(_: str) -> NoReturn:  # NaN and the infinities are no JSON
    raise BadValueError


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)
