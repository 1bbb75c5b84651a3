# SPDX-License-Identifier: EUPL-1.2
"""TOML tables of a data file, read with every fault collected and located.

Reads: the text of one file. Writes: nothing; faults are `Issue`s. Cannot know: the place of a table that
is written inline, because Python's TOML reader keeps no positions: such faults point at the whole file.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from ordinance.model.errors import Issue

_HEADER = re.compile(r"^\[\[?\s*([A-Za-z0-9_.-]+)\s*\]\]?\s*(?:#.*)?$")
_SYNTAX_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)$")
_Choice = TypeVar("_Choice", bound=StrEnum)


class Source:
    """One data file: its text, the lines of its table headers, and the issues found in it."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.issues: list[Issue] = []
        self.lines: list[str] = []
        self._broken = False
        self._headers: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._taken: dict[str, int] = defaultdict(int)
        self.top = Table(self, "", self._read(path), (1, self._index_headers()))

    def _read(self, path: Path) -> Mapping[str, Any]:
        try:
            text = path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as fault:
            self.report(0, 0, "catalogue-unreadable", f"cannot be read as UTF-8 text: {fault}")
            return {}
        self.lines = text.splitlines()
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as fault:
            place = _SYNTAX_PLACE.search(str(fault))
            line, column = (int(place[1]), int(place[2])) if place else (len(self.lines), 1)
            self.report(line, column, "catalogue-syntax", f"is not TOML: {_SYNTAX_PLACE.sub('', str(fault)).strip()}")
            return {}

    def _index_headers(self) -> int:
        """Note where each table begins and ends; gives the last line of the part before the first table."""
        found = [(n, m[1]) for n, line in enumerate(self.lines, 1) if (m := _HEADER.match(line))]
        starts = [n for n, _ in found] + [len(self.lines) + 1]
        for (start, path), following in zip(found, starts[1:], strict=True):
            self._headers[path].append((start, following - 1))
        return starts[0] - 1

    def next_range(self, path: str) -> tuple[int, int]:
        """First and last line of the next table written under `[path]` or `[[path]]`."""
        ranges, taken = self._headers[path], self._taken[path]
        self._taken[path] += 1
        return ranges[taken] if taken < len(ranges) else (0, 0)

    def report(self, line: int, column: int, issue: str, message: str, hint: str = "") -> None:
        """Collect one fault; of a file that could not be read at all, only the first says anything."""
        if self._broken:
            return
        self._broken = issue in ("catalogue-unreadable", "catalogue-syntax")
        self.issues.append(Issue(self.name, line, column, issue, message, hint=hint))


class Table:
    """One table, whose keys are taken one by one; `done` reports those that nobody took."""

    def __init__(self, source: Source, path: str, content: Mapping[str, Any], lines: tuple[int, int]) -> None:
        self.source = source
        self._path, self._content, self._lines = path, content, lines
        self._known: set[str] = set()

    def fault(self, issue: str, message: str, *, at: str = "", hint: str = "") -> None:
        """Report at the line of the key or quoted value `at`, or at the table's first line."""
        line, column = self._place(at) if at else (self._lines[0], 1 if self._lines[0] else 0)
        self.source.report(line, column, issue, message, hint)

    def _place(self, what: str) -> tuple[int, int]:
        start, end = self._lines
        key = re.compile(rf"^\s*{re.escape(what)}\s*=")
        for number in range(max(start, 1), end + 1):
            text = self.source.lines[number - 1]
            column = text.find(f'"{what}"')
            if column >= 0 or key.match(text):
                return number, max(column, len(text) - len(text.lstrip())) + 1
        return start, 1 if start else 0

    def _take(self, key: str, kind: type, *, needed: bool) -> Any:
        self._known.add(key)
        value = self._content.get(key)
        if value is None:
            if needed:
                self.fault("catalogue-missing-key", f"{self._path or 'the file'} has no `{key}`")
            return None
        if not isinstance(value, kind) or isinstance(value, bool):
            self.fault("catalogue-type", f"`{key}` must be {_SAID[kind]}", at=key)
            return None
        return value

    def text(self, key: str, *, needed: bool = False) -> str:
        """The string under `key`; "" where it is missing."""
        value = self._take(key, str, needed=needed)
        if needed and value == "":
            self.fault("catalogue-missing-key", f"`{key}` is empty", at=key)
        return value or ""

    def texts(self, key: str, *, needed: bool = False) -> tuple[str, ...]:
        """The strings under `key`, in their order."""
        values = self._take(key, list, needed=needed) or []
        if not all(isinstance(v, str) and v for v in values):
            self.fault("catalogue-type", f"`{key}` must be a list of texts", at=key)
            return ()
        return tuple(values)

    def day(self, key: str, *, needed: bool = False) -> date | None:
        """The TOML date under `key`."""
        value = self._take(key, date, needed=needed)
        if isinstance(value, datetime):  # a datetime is a date in Python, and would compare with none
            self.fault("catalogue-type", f"`{key}` must be {_SAID[date]}, without a time", at=key)
            return None
        return value if isinstance(value, date) else None

    def choice(self, key: str, words: type[_Choice], *, needed: bool = False) -> _Choice | None:
        """The word under `key`, one of an enum's."""
        value = self.text(key, needed=needed)
        if not value:
            return None
        if value in set(words):
            return words(value)
        expected = ", ".join(sorted(words))
        self.fault("catalogue-unknown-word", f"{key} {value!r} is unknown", at=key, hint=f"one of {expected}")
        return None

    def choices(self, key: str, words: type[_Choice]) -> frozenset[_Choice] | None:
        """The words under `key`, each one of an enum's; `None` where the key is missing."""
        values = self.texts(key)
        if key not in self._content:
            return None
        if not values:
            self.fault("catalogue-missing-key", f"`{key}` is empty", at=key)
        for value in values:
            if value not in set(words):
                expected = ", ".join(sorted(words))
                self.fault("catalogue-unknown-word", f"{key} {value!r} is unknown", at=value, hint=f"of {expected}")
        return frozenset(words(v) for v in values if v in set(words))

    def tables(self, key: str, *, needed: bool = True) -> Iterator[Table]:
        """The tables of `[[key]]` below this one."""
        values = self._take(key, list, needed=needed) or []
        for value in values:
            if isinstance(value, dict):
                yield self._below(key, value)
            else:
                self.fault("catalogue-type", f"`{key}` must be a list of tables", at=key)

    def named_tables(self, key: str) -> Iterator[tuple[str, Table]]:
        """The tables `[key.<name>]` below this one, with their names."""
        values = self._take(key, dict, needed=True) or {}
        for name, value in values.items():
            if isinstance(value, dict):
                yield name, self._below(f"{key}.{name}", value)
            else:
                self.fault("catalogue-type", f"`{key}.{name}` must be a table", at=key)

    def _below(self, key: str, content: Mapping[str, Any]) -> Table:
        path = f"{self._path}.{key}" if self._path else key
        return Table(self.source, path, content, self.source.next_range(path))

    def done(self) -> None:
        """Report every key that was never asked for: a typing error must not silently mean nothing."""
        for key in unknown(self._content, self._known):
            expected = ", ".join(sorted(self._known))
            self.fault("catalogue-unknown-key", f"unknown key `{key}`", at=key, hint=f"known here: {expected}")


def unknown(content: Iterable[str], known: set[str]) -> list[str]:
    """Keys that are not known, sorted."""
    return sorted(set(content) - known)


_SAID: Mapping[type, str] = {str: "a text", list: "a list", date: "a date such as 2025-11-15", dict: "a table"}
