# SPDX-License-Identifier: EUPL-1.2
"""YAML as located text: every scalar stays the string it was written as.

Reads: the nodes of a YAML file. YAML libraries turn `21:00` into 1260, `NO` into false and `1.10` into
1.1; here a scalar gets its type from what the policy language expects at that place, and every fault is
an `Issue` with file, line and column. What is YAML and yet refused: `policy.compose`.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from ordinance.model.errors import Issue, Severity
from ordinance.model.law import Place
from ordinance.model.time import Period, start_of
from ordinance.policy.compose import MappingNode, Node, ScalarNode, SequenceNode, compose
from ordinance.policy.scalars import as_day, as_instant, as_number, period_meant

MOST_BYTES = 200_000  # a decision is a page or two; this much is a mistake or an attack
MOST_WORDS = 500  # to find the nearest of more would take longer than all else where thousands of files have a fault

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a file, its node, and the list that collects what is wrong there.

    `key` is the node of the word before the colon, where there is one: what is wrong with a word is
    reported at the word.
    """

    node: Node
    file: str
    issues: list[Issue]
    path: str = ""
    key: Node | None = None

    @property
    def place(self) -> Place:
        """File, line and column, counted from 1."""
        return Place(self.file, self.node.line, self.node.column)

    def report(
        self,
        issue_id: str,
        message: str,
        hint: str = "",
        consequence: str = "",
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Note a fault at this place."""
        p = self.place
        self.issues.append(Issue(p.file, p.line, p.column, issue_id, message, consequence, hint, severity))

    def report_key(self, issue_id: str, message: str, hint: str = "") -> None:
        """Note a fault at the key of this place."""
        Cursor(self.key or self.node, self.file, self.issues).report(issue_id, message, hint)

    # --- structure ------------------------------------------------------------------------------

    def mapping(self, required: Iterable[str], optional: Iterable[str] = ()) -> Mapping[str, Cursor]:
        """The entries of a mapping; unknown, repeated and missing keys are reported."""
        if not self.is_mapping():
            return self.entries()
        known = (*required, *optional)
        found = self.entries()
        for key, child in found.items():
            if key not in known:
                child.report_key("unknown-key", f'"{key}" means nothing here', did_you_mean(key, known))
        for key in required:
            if key not in found:
                self.report("missing-key", f'"{key}" is missing{self._within()}')
        return {k: v for k, v in found.items() if k in known}

    def entries(self) -> dict[str, Cursor]:
        """The entries of a mapping whose keys are free; repeated keys are reported."""
        if not isinstance(self.node, MappingNode):
            self.report("wrong-type", f"expected a mapping (key: value){self._within()}, found {_kind(self.node)}")
            return {}
        found: dict[str, Cursor] = {}
        for key_node, value in self.node.value:
            if not isinstance(key_node, ScalarNode):
                Cursor(key_node, self.file, self.issues).report(
                    "wrong-type", f"expected a word before the colon, found {_kind(key_node)}"
                )
                continue
            key = key_node.value
            child = Cursor(value, self.file, self.issues, f"{self.path}.{key}" if self.path else key, key_node)
            if key in found:
                first = (found[key].key or value).line
                Cursor(key_node, self.file, self.issues).report(
                    "duplicate-key", f'"{key}" is written twice; the first is in line {first}', "keep one of the two"
                )
            else:
                found[key] = child
        return found

    def items(self) -> tuple[Cursor, ...]:
        """The items of a list."""
        if not isinstance(self.node, SequenceNode):
            self.report("wrong-type", f"expected a list{self._within()}, found {_kind(self.node)}")
            return ()
        return tuple(Cursor(n, self.file, self.issues, f"{self.path}[{i}]") for i, n in enumerate(self.node.value))

    def one_or_many(self) -> tuple[Cursor, ...]:
        """The items of a list, or the one value that stands there without a list."""
        return self.items() if isinstance(self.node, SequenceNode) else (self,)

    def some(self) -> tuple[Cursor, ...]:
        """The items of a list that says nothing when it is empty."""
        if isinstance(self.node, SequenceNode) and not self.node.value:
            self.report("empty-value", f"the list is empty{self._within()}", "give a value or leave the key out")
        return self.items()

    def is_mapping(self) -> bool:
        """Whether a mapping stands here."""
        return isinstance(self.node, MappingNode)

    def is_list(self) -> bool:
        """Whether a list stands here."""
        return isinstance(self.node, SequenceNode)

    # --- scalars --------------------------------------------------------------------------------

    def text(self) -> str:
        """A non-empty text; the empty string where the fault was reported."""
        if not isinstance(self.node, ScalarNode):
            self.report("wrong-type", f"expected a text{self._within()}, found {_kind(self.node)}")
            return ""
        value = self.node.value.strip()
        if not value:
            self.report_key("empty-value", f"nothing is written{self._within()}", "give a value or leave the key out")
        return value

    def texts(self) -> tuple[str, ...]:
        """A list (or one) of texts, without those that were reported."""
        return tuple(t for c in self.one_or_many() if (t := c.text()))

    def choice(self, kind: type[E]) -> E | None:
        """One of an enumeration's words."""
        value = self.text()
        try:
            return kind(value)
        except ValueError:
            if value:
                words = [str(w) for w in kind]
                self.report(
                    "unknown-word",
                    f'"{value}" is not one of: {", ".join(words)}',
                    did_you_mean(value, words),
                )
            return None

    def choices(self, kind: type[E]) -> frozenset[E]:
        """A list (or one) of an enumeration's words, at least one."""
        places = self.some() if isinstance(self.node, SequenceNode) else (self,)
        return frozenset(w for c in places if (w := c.choice(kind)) is not None)

    def day(self) -> date | None:
        """A calendar day, `2023-03-13`."""
        return self._parsed(as_day, "bad-day", "a day such as 2023-03-13")

    def instant(self, zone: ZoneInfo) -> datetime | None:
        """A day (its start in `zone`) or a wall-clock time there, `2023-03-03T21:00`.

        Of an hour that a clock shows twice, the first is meant; one that it skips does not exist.
        """
        value = self.text()
        if not value:
            return None
        try:
            return start_of(as_day(value), zone) if len(value) == 10 else as_instant(value, zone)
        except ValueError:
            self.report("bad-day", f'"{value}" is not a day that exists, nor a time such as 2023-03-03T21:00')
            return None

    def period(self) -> Period | None:
        """An ISO 8601 period, `P6M`."""
        return self._parsed(Period.parse, "bad-period", "a period such as P6M, P14D or PT12H", period_meant)

    def integer(self, low: int, high: int) -> int | None:
        """A whole number from `low` to `high`."""
        value = self._parsed(as_number, "bad-number", "a whole number")
        if value is not None and not low <= value <= high:
            self.report("bad-number", f"{value} is not between {low} and {high}")
            return None
        return value

    def flag(self) -> bool:
        """`yes` or `no` (or `true`, `false`)."""
        value = self.text()
        if value not in {"yes", "no", "true", "false", ""}:
            self.report("bad-flag", f'"{value}" is neither yes nor no')
        return value in {"yes", "true"}

    def _parsed(
        self, parse: Callable[[str], T], issue_id: str, expected: str, meant: Callable[[str], str] = lambda text: ""
    ) -> T | None:
        value = self.text()
        if not value:
            return None
        try:
            return parse(value)
        except ValueError:
            self.report(issue_id, f'"{value}" is not {expected}{_no_such_day(value)}', meant(value))
            return None

    def _within(self) -> str:
        return f' in "{self.path}"' if self.path else ""


def parse(text: str, file: str, issues: list[Issue]) -> Cursor | None:
    """The root of a YAML file, or `None` with the fault reported."""
    if len(text) > MOST_BYTES:
        issues.append(too_large(file))
        return None
    node = compose(text, file, issues)
    return None if node is None else Cursor(node, file, issues)


def too_large(file: str) -> Issue:
    """The issue for a file that nobody will read to its end."""
    return Issue(file, 0, 0, "too-large", f"the file is larger than {MOST_BYTES} bytes")


def did_you_mean(value: str, known: Iterable[str]) -> str:
    """A hint naming the nearest known word, or all of them where there are few; nothing beyond `MOST_WORDS`."""
    found: set[str] = set()
    for word in known:
        found.add(word)
        if len(found) > MOST_WORDS:
            return ""
    words = sorted(found)
    near = difflib.get_close_matches(value, words, n=1)
    if near:
        return f'did you mean "{near[0]}"?'
    return f"known here: {', '.join(words)}" if 0 < len(words) <= 25 else ""


def _kind(node: Node) -> str:
    if isinstance(node, MappingNode):
        return "a mapping"
    if isinstance(node, SequenceNode):
        return "a list"
    return f'"{node.value}"' if node.value else "nothing"


def _no_such_day(value: str) -> str:
    parts = value.split("-")
    return "; the calendar has no such day" if len(parts) == 3 and all(p.isdigit() for p in parts) else ""
