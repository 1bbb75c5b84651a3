# SPDX-License-Identifier: EUPL-1.2
"""A body's `ordinance.toml`: who we are, what a check may do, which sources and targets there are.

Reads one TOML file. Every fault is located by the key's line; the file is unusable until all are mended.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ordinance.model.body import (
    AcceptedBlindSpot,
    Body,
    Checking,
    Enforcement,
    Informed,
    Purpose,
    SourceSettings,
    TargetSettings,
)
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.estate import Platform
from ordinance.model.evidence import EvidenceKind
from ordinance.model.limit import Limit, read_limit
from ordinance.model.time import Period
from ordinance.policy.nodes import MOST_BYTES, did_you_mean, too_large
from ordinance.policy.scalars import YEARS, period_meant, plausible

FILE = "ordinance.toml"
UTC = ZoneInfo("UTC")
_DEEP = re.compile(r"(?:[\[{][^\[{\]}]*){100}")
_HEADER = re.compile(r"\s*\[\[?\s*([\w.-]+)\s*\]\]?")
_KEY = re.compile(r"\s*([\w-]+)\s*=")
_LONG = re.compile(r"\d(?:_?\d){1000}")
E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


def load_body(folder: Path) -> Body:
    """The settings of the body in `folder`.

    Raises PolicyError with every fault found, or with one that says that this is no body's folder.
    """
    body, issues = read_body(folder)
    if body is None or issues:
        raise PolicyError(issues)
    return body


def read_body(folder: Path) -> tuple[Body | None, tuple[Issue, ...]]:
    """The settings as far as they can be read, and everything wrong with them; `None` where the file is no TOML.

    Settings with faults are given so that all other files can be looked at too; nothing may be resolved with them.
    Raises PolicyError where this is no body's folder.
    """
    path = folder / FILE
    if not path.is_file():
        hint = "name a folder with an ordinance.toml, such as examples/ghent"
        raise PolicyError([Issue(str(path), 0, 0, "no-body", "there is no ordinance.toml here", "", hint)])
    if path.stat().st_size > MOST_BYTES:
        return None, (too_large(FILE),)
    issues: list[Issue] = []
    found = _parsed(path.read_bytes(), issues)
    if found is None:
        return None, tuple(issues)
    text, data = found
    body = _read_body(_Table(data, "", _places(text), issues), folder)
    return body, tuple(sorted(issues))


def _parsed(content: bytes, issues: list[Issue]) -> tuple[str, dict[str, Any]] | None:
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
class _Table:
    """A TOML table with the means to say where a fault is."""

    data: Mapping[str, Any]
    name: str
    places: Mapping[tuple[str, int], Mapping[str, tuple[int, int]]]
    issues: list[Issue]
    index: int = 0
    used: set[str] = field(default_factory=set)

    def report(self, key: str, issue_id: str, message: str, hint: str = "") -> None:
        line, column = self.place(key)
        self.issues.append(Issue(FILE, line, column, issue_id, message, "", hint))

    def get(self, key: str, kind: type[T], default: T, *, required: bool = False) -> T:
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
            self.report(key, "bad-value", f'"{text}" is not {expected}', hint)
            return None

    def place(self, key: str) -> tuple[int, int]:
        """Line and column of a key, else of the table."""
        here = self.own_places()
        return here.get(key) or here.get("", (1, 1))

    def own_places(self) -> Mapping[str, tuple[int, int]]:
        """Line and column of each key, and under "" of the table itself."""
        return self.places.get((self.name, self.index), {})

    def words(self, key: str, kind: type[E]) -> tuple[E, ...]:
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
        values = self.get(key, list, [])
        if not all(isinstance(v, str) for v in values):
            self.report(key, "wrong-type", f'"{key}" must be a list of texts')
            return ()
        return tuple(values)

    def table(self, key: str, *, required: bool = False) -> _Table:
        data = self.get(key, dict, {}, required=required)
        return _Table(data, key, self.places, self.issues)

    def tables(self, key: str) -> tuple[_Table, ...]:
        items = self.get(key, list, [])
        if not all(isinstance(d, dict) for d in items):
            self.report(key, "wrong-type", f'"{key}" must be tables, each under [[{key}]]')
            return ()
        return tuple(_Table(d, key, self.places, self.issues, i) for i, d in enumerate(items))

    def close(self) -> None:
        """Report every key that nobody asked for."""
        for key in self.data.keys() - self.used:
            self.report(key, "unknown-key", f'"{key}" means nothing here', did_you_mean(key, self.used))


def _read_body(root: _Table, folder: Path) -> Body:
    head, separate = root.table("body", required=True), root.table("separate")
    zone = head.parsed("time_zone", ZoneInfo, "an IANA time zone such as Europe/Brussels")
    if "time_zone" not in head.data:
        head.report("time_zone", "missing-key", '"time_zone" is missing in [body]')
    body = Body(
        folder=folder,
        id=head.get("id", str, "", required=True),
        places=head.own_places(),
        name=head.get("name", str, "", required=True),
        zone=zone or UTC,
        languages=head.texts("languages"),
        notice=head.get("notice", str, ""),
        invented=head.texts("invented"),
        checking=_read_checking(root.table("checking", required=True)),
        sources=tuple(_read_source(t, zone or UTC) for t in root.tables("sources")),
        targets=tuple(_read_target(t) for t in root.tables("targets")),
        enforcement=_read_enforcement(root.table("enforcement")),
        accepted=tuple(_read_accepted(t) for t in root.tables("accepted")),
        internal_names=separate.texts("internal_names"),
        most_other_apps=_at_least(separate, "most_other_apps", 0, default=0),
    )
    for table in (head, separate, root):
        table.close()
    _report_repeats(root, "sources", (s.id for s in body.sources))
    _report_repeats(root, "targets", (t.id for t in body.targets))
    return body


def _read_enforcement(table: _Table) -> Enforcement:
    found = Enforcement(
        pilot=table.texts("pilot"),
        limit=table.parsed("limit", _limit, "a number of devices such as 50, or a share such as 10%"),
        places=table.own_places(),
    )
    table.close()
    return found


def _limit(text: str) -> Limit:
    found = read_limit(text)
    if found is None:
        raise ValueError(text)
    return found


def _read_checking(table: _Table) -> Checking:
    allowed = frozenset(table.words("evidence_allowed", EvidenceKind))
    if "evidence_allowed" not in table.data:
        table.report(
            "evidence_allowed",
            "missing-key",
            '"evidence_allowed" is missing in [checking]: what may be read is always said',
            "an empty list means that nothing about devices is read",
        )
    purpose = table.parsed("purpose", Purpose, f"one of: {', '.join(Purpose)}")
    basis = table.get("legal_basis", str, "")
    if allowed and (purpose is None or not basis):
        table.report(
            "purpose",
            "no-legal-basis",
            "evidence is read, but purpose or legal basis is not stated",
            "state both, or set evidence_allowed = []",
        )
    checking = Checking(
        purpose=purpose,
        legal_basis=basis,
        evidence_allowed=allowed,
        informed=tuple(
            Informed(str(i["who"]), i["on"], str(i["how"]))
            for i in table.get("informed", list, [])
            if _is_informed(table, i)
        ),
        no_check_by=table.get("no_check_by", str, ""),
        window=table.parsed("window", Period.parse, "a period such as P14D") or Period(days=14),
        minimum_group=_at_least(table, "minimum_group", 1, default=5),
    )
    table.close()
    return checking


def _is_informed(table: _Table, item: object) -> bool:
    fine = isinstance(item, dict) and {"who", "on", "how"} == item.keys() and type(item["on"]) is date
    if not fine:
        table.report("informed", "bad-value", "each entry of informed says who, on (a day) and how")
    return fine


def _read_source(table: _Table, zone: ZoneInfo) -> SourceSettings:
    year = table.get("year", int, 0)
    if "year" in table.data and year not in (0, *YEARS):
        table.report("year", "bad-value", f"year is {year}, not between {YEARS[0]} and {YEARS[-1]}")
    hours = table.get("hours", list, [])
    if hours and (len(hours) != 2 or not all(isinstance(h, int) for h in hours) or not 0 <= hours[0] < hours[1] <= 24):
        table.report("hours", "bad-value", "hours must be two numbers such as [7, 19]")
        hours = []
    source = SourceSettings(
        id=table.get("id", str, "", required=True),
        reader=table.get("reader", str, "", required=True),
        files=table.texts("files"),
        zone=table.parsed("time_zone", ZoneInfo, "an IANA time zone") or zone,
        network=table.get("network", str, "") or None,
        year=year or None,
        every=table.parsed("every", _some_time, "a period such as P7D, longer than nothing"),
        first=_day(table, "first"),
        canary=table.get("canary", str, "") or None,
        lease=table.parsed("lease", Period.parse, "a period such as PT12H"),
        preset=table.get("preset", str, "") or None,
        columns={str(k): str(v) for k, v in table.get("columns", dict, {}).items()},
        platforms=table.words("platforms", Platform),
        hours=(hours[0], hours[1]) if hours else None,
        leases=table.texts("leases"),
        places=table.own_places(),
    )
    table.close()
    return source


def _at_least(table: _Table, key: str, least: int, *, default: int) -> int:
    value = table.get(key, int, default)
    if value < least:
        table.report(key, "bad-value", f"{key} must be at least {least}, not {value}")
        return default
    return value


def _some_time(text: str) -> Period:
    found = Period.parse(text)
    if found == Period():
        raise ValueError(text)
    return found


def _day(table: _Table, key: str) -> date | None:
    if key not in table.data:
        table.used.add(key)
        return None
    value = table.get(key, date, date.min)
    try:
        return None if value == date.min else plausible(value)
    except ValueError as error:
        table.report(key, "bad-value", str(error))
        return None


def _read_target(table: _Table) -> TargetSettings:
    settings = table.get("settings", dict, {})
    target = TargetSettings(
        id=table.get("id", str, "", required=True),
        networks=table.texts("networks"),
        settings={str(k): str(v) for k, v in settings.items()},
        places=table.own_places(),
    )
    table.close()
    return target


def _read_accepted(table: _Table) -> AcceptedBlindSpot:
    last_day = _day(table, "last_day")
    if last_day is None:
        table.report("last_day", "missing-key", "an accepted blind spot has a last day: nobody accepts one for ever")
    spot = AcceptedBlindSpot(
        what=table.get("what", str, "", required=True),
        owner=table.get("owner", str, "", required=True),
        reason=table.get("reason", str, "", required=True),
        last_day=last_day or date.min,
    )
    table.close()
    return spot


def _report_repeats(root: _Table, name: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for index, found in enumerate(ids):
        if found in seen:
            _Table({}, name, root.places, root.issues, index).report("id", "duplicate-id", f'"{found}" is there twice')
        seen.add(found)


def _places(text: str) -> Mapping[tuple[str, int], dict[str, tuple[int, int]]]:
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
