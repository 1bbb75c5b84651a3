# SPDX-License-Identifier: EUPL-1.2
"""Tables of a TOML file that a person writes, read key by key, with the place of every fault.

Reads a text. Whoever reads a table asks for each key that it knows; `close` reports all others.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfoNotFoundError

from ordinance.model.errors import Issue
from ordinance.policy.nodes import did_you_mean
from ordinance.policy.scalars import period_meant, plausible

FILE = "ordinance.toml"
_DEEP = re.compile(r"(?:[\[{][^\[{\]}]*){100}")
_HEADER = re.compile(r"\s*\[\[?\s*([\w.-]+)\s*\]\]?")
_KEY = re.compile(r"\s*([\w-]+)\s*=")
_LONG = re.compile(r"\d(?:_?\d){1000}")
E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


def parsed_toml(content: bytes, issues: list[Issue]) -> tuple[str, dict[str, Any]] | None:
    """A TOML file as text and as data, or `None` with the fault noted."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        issues.append(Issue(FILE, line, 1, "bad-encoding", "the file is not UTF-8", "", "save it as UTF-8"))
        return None
    try:
        return text, tomllib.loads(text)
    except RecursionError:
        issues.append(Issue(FILE, *_first(_DEEP, text), "not-toml", "this is not TOML: nested too deeply"))
    except ValueError as error:  # TOMLDecodeError, and numbers of thousands of digits
        found = re.search(r"line (\d+), column (\d+)", str(error))
        end = "at end of document" in str(error)
        place = (int(found[1]), int(found[2])) if found else _end(text) if end else _first(_LONG, text)
        message = str(error).partition(" (at")[0] if found or end else "a number has too many digits"
        issues.append(Issue(FILE, *place, "not-toml", f"this is not TOML: {message}"))
    return None


def _first(pattern: re.Pattern[str], text: str) -> tuple[int, int]:
    """Line and column of the first match; the beginning of the file where nothing matches."""
    found = pattern.search(text)
    return _end(text[: found.start()]) if found else (1, 1)


def _end(text: str) -> tuple[int, int]:
    """Line and column behind the last character of a text."""
    return text.count("\n") + 1, len(text) - (text.rfind("\n") + 1) + 1


@dataclass(slots=True)
class Table:
    """A TOML table with the means to say where a fault is."""

    data: Mapping[str, Any]
    name: str
    places: Mapping[tuple[str, int], Mapping[str, tuple[int, int]]]
    issues: list[Issue]
    index: int = 0
    used: set[str] = field(default_factory=set)

    def report(self, key: str, issue_id: str, message: str, hint: str = "") -> None:
        """Note a fault at a key, or at the table where the key is not there."""
        line, column = self.place(key)
        self.issues.append(Issue(FILE, line, column, issue_id, message, "", hint))

    def get(self, key: str, kind: type[T], default: T, *, required: bool = False) -> T:
        """The value of a key; `default` where it is not there or of another kind, which is reported."""
        self.used.add(key)
        value = self.data.get(key)
        if value is None or (required and value == ""):
            if required:
                missing = f'"{key}" is missing in [{self.name}]' if self.name else f"the table [{key}] is missing"
                self.report(key, "missing-key", missing)
            return default
        if not isinstance(value, kind) or (kind, type(value)) in {(int, bool), (date, datetime)}:
            self.report(key, "wrong-type", f'"{key}" must be {_named(kind)}, not {_named(type(value))}')
            return default
        return value

    def parsed(self, key: str, parse: Callable[[str], T], expected: str) -> T | None:
        """A text that `parse` understands; `None` where it is not there or is not what was `expected`."""
        if key not in self.data:
            self.used.add(key)
            return None
        text = self.get(key, str, "")
        if not isinstance(self.data[key], str):
            return None
        try:
            return parse(text)
        except (ValueError, ZoneInfoNotFoundError, OSError):
            hint = period_meant(text) if "a period" in expected else ""
            self.report(key, "bad-value", f'"{text}" is not {expected}', "" if f'"{text}"' in hint else hint)
            return None

    def place(self, key: str) -> tuple[int, int]:
        """Line and column of a key, else of the table."""
        here = self.own_places()
        return here.get(key) or here.get("", (1, 1))

    def own_places(self) -> Mapping[str, tuple[int, int]]:
        """Line and column of each key, and under "" of the table itself."""
        return self.places.get((self.name, self.index), {})

    def words(self, key: str, kind: type[E]) -> tuple[E, ...]:
        """Words of a list that are all of one kind; others are reported."""
        found = []
        for word in self.texts(key):
            try:
                found.append(kind(word))
            except ValueError:
                known = [str(w) for w in kind]
                message = f'"{word}" is not one of: {", ".join(known)}'
                self.report(key, "unknown-word", message, did_you_mean(word, known))
        return tuple(found)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where it is not there."""
        values = self.get(key, list, [])
        if not all(isinstance(v, str) for v in values):
            self.report(key, "wrong-type", f'"{key}" must be a list of texts')
            return ()
        return tuple(values)

    def table(self, key: str, *, required: bool = False) -> Table:
        """A table in this one; an empty one where it is not there."""
        data = self.get(key, dict, {}, required=required)
        return Table(data, key, self.places, self.issues)

    def tables(self, key: str) -> tuple[Table, ...]:
        """The tables of a list, each with its own places."""
        items = self.get(key, list, [])
        if not all(isinstance(d, dict) for d in items):
            self.report(key, "wrong-type", f'"{key}" must be tables, each under [[{key}]]')
            return ()
        return tuple(Table(d, key, self.places, self.issues, i) for i, d in enumerate(items))

    def close(self) -> None:
        """Report every key that nobody asked for."""
        for key in self.data.keys() - self.used:
            self.report(key, "unknown-key", f'"{key}" means nothing here', did_you_mean(key, self.used))

    def at_least(self, key: str, least: int, *, default: int) -> int:
        """A whole number that is not below `least`."""
        value = self.get(key, int, default)
        if value < least:
            self.report(key, "bad-value", f"{key} must be at least {least}, not {value}")
            return default
        return value

    def between(self, key: str, least: int, most: int, *, default: int) -> int:
        """A whole number from `least` to `most`."""
        value = self.get(key, int, default)
        if not least <= value <= most:
            self.report(key, "bad-value", f"{key} must be from {least} to {most}, not {value}")
            return default
        return value

    def day(self, key: str) -> date | None:
        """A day that somebody can mean; `None` where it is not there."""
        if key not in self.data:
            self.used.add(key)
            return None
        value = self.get(key, date, date.min)
        try:
            return None if value == date.min else plausible(value)
        except ValueError as error:
            self.report(key, "bad-value", str(error))
            return None


def places_of(text: str) -> Mapping[tuple[str, int], dict[str, tuple[int, int]]]:
    """Line and column of every key, by table (name, and which of that name); under "" the table's header.

    A key of the file itself, and a table's name, belong to the table `("", 0)`.
    """
    found: dict[tuple[str, int], dict[str, tuple[int, int]]] = {("", 0): {"": (1, 1)}}
    counts: Counter[str] = Counter()
    current = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            name = header[1]
            current = name, counts[name]
            counts[name] += 1
            place = number, line.index("[") + 1
            found[current] = {"": place}
            found["", 0].setdefault(name, place)
        elif key := _KEY.match(line):
            found[current].setdefault(key[1], (number, key.start(1) + 1))
    return found


def _named(kind: type) -> str:
    names: dict[type, str] = {str: "a text", int: "a whole number", list: "a list", dict: "a table", bool: "yes or no"}
    names |= {date: "a day", datetime: "a day with a time", float: "a number with a point", time: "a time"}
    return names.get(kind, kind.__name__)
