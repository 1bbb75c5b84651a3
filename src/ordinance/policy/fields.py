# SPDX-License-Identifier: EUPL-1.2
"""Fields that every noun of the law is made of: ids, texts, days, lists, citations, zones.

Each takes the entries of a mapping and a key, and gives what stands there, or nothing where it is absent or a
fault was noted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ordinance.model.apps import Citation
from ordinance.policy.nodes import Cursor

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
At = Mapping[str, Cursor]

UTC = ZoneInfo("UTC")  # stands in where a zone cannot be read: days are still checked, nothing is resolved
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def text(at: At, key: str) -> str:
    """A text; empty where there is none."""
    return at[key].text() if key in at else ""


def identifier(at: At, key: str) -> str:
    """An id. Clauses are named `text/clause`: a slash or a space within one would lead astray."""
    value = text(at, key)
    if value and not _ID.fullmatch(value):
        hint = "letters, digits, dots, hyphens and underscores, such as gent-2023"
        at[key].report("bad-id", f'"{value}" is no id', hint)
    return value


def texts(at: At, key: str) -> tuple[str, ...]:
    """A list of texts, or one."""
    return at[key].texts() if key in at else ()


def words(at: At, key: str, kind: type[E]) -> frozenset[E]:
    """A list of an enumeration's words, or one."""
    return at[key].choices(kind) if key in at else frozenset()


def word(at: At, key: str, kind: type[E]) -> E | None:
    """One of an enumeration's words."""
    return at[key].choice(kind) if key in at else None


def day(at: At, key: str) -> date | None:
    """A calendar day."""
    return at[key].day() if key in at else None


def flag(at: At, key: str) -> bool:
    """`yes` or `no`; no where there is nothing."""
    return key in at and at[key].flag()


def listed(at: At, key: str, read: Callable[[Cursor], T | None]) -> tuple[T, ...]:
    """What `read` makes of each item of a list; items that it refused are left out."""
    found = (read(c) for c in (at[key].items() if key in at else ()))
    return tuple(x for x in found if x is not None)


def is_literal(cursor: Cursor, value: str) -> bool:
    """Whether the one word `value` stands here, without a list or mapping; says nothing of what else does."""
    node = cursor.node
    return isinstance(getattr(node, "value", None), str) and str(node.value).strip() == value


def cites(at: At, key: str = "cites") -> tuple[Citation, ...]:
    """`cites:`; each with a title, most with an address and the day it was looked at."""
    found = []
    for item in at[key].items() if key in at else ():
        entry = item.mapping(("title",), ("url", "retrieved"))
        if "title" in entry:
            found.append(Citation(entry["title"].text(), text(entry, "url"), day(entry, "retrieved")))
    return tuple(found)


def zone(cursor: Cursor) -> ZoneInfo | None:
    """A time zone by its IANA name."""
    name = cursor.text()
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        cursor.report("unknown-time-zone", f'"{name}" is not an IANA time zone', "for example Europe/Brussels")
        return None
