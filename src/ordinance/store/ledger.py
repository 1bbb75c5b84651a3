# SPDX-License-Identifier: EUPL-1.2
"""The ledger: who looked behind a pseudonym or at rows, asked for an answer or deleted something, when and why.

Reads and writes `ledger/ledger.jsonl` in a body's state, a book of which no entry can be changed unnoticed (`chain`).
It holds pseudonyms, reasons and roles, and no name of a device.

Cannot know: what `chain` cannot know.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from ordinance.store import chain
from ordinance.store.chain import Book, Entry, Ledger

__all__ = ["BOOK", "FILE", "FOLDER", "PSEUDONYM", "Act", "Entry", "Ledger", "adopt", "append", "cut", "read_ledger"]

FOLDER, FILE = "ledger", "ledger.jsonl"
PSEUDONYM = re.compile(r"dev-[A-Z2-7]{8}")


class Act(StrEnum):
    """What an entry is about."""

    REVEAL = "reveal"
    ACCESS = "access"
    ERASE = "erase"
    ERASED = "erased"
    ROWS = "rows"  # of single devices, under pseudonyms, were shown
    PURGE = "purge"
    PURGED = "purged"
    CUT = "cut"  # older entries were taken away, as retention says
    TORN = "torn"  # what a killed run left half was put aside
    ADOPTED = "adopted"  # the note of the end was missing or behind, and somebody took the ledger on as it was


def _is_pseudonym(text: str) -> bool:
    return PSEUDONYM.fullmatch(text) is not None


BOOK = Book(FOLDER, FILE, Act, _is_pseudonym, "ordinance ledger")


def ledger_path(state: Path) -> Path:
    """Where the ledger of a body's state lies."""
    return BOOK.path(state)


def read_ledger(state: Path) -> Ledger:
    """The ledger as it is on disk; an empty one where there is none. Never raises for what is written in it."""
    return chain.read(BOOK, state)


def append(
    state: Path,
    what: Act,
    at: datetime,
    *,
    by: str = "",
    reason: str = "",
    device: str = "",
    said: Mapping[str, Any] | None = None,
) -> Entry:
    """Write one entry; when this returns it is on disk.

    Raises ValueError for a `device` that is no pseudonym, PolicyError where the ledger is not as it was written
    (`ledger-broken`) or another run holds it (`ledger-busy`), OSError where it cannot be written.
    """
    return chain.append(BOOK, state, what, at, by=by, reason=reason, device=device, said=said)


def cut(state: Path, first_day: date, at: datetime) -> int:
    """Take away the entries before `first_day`, and say so in a new one; how many they were (`chain.cut`)."""
    return chain.cut(BOOK, state, first_day, at)


def adopt(state: Path, at: datetime, *, by: str, reason: str) -> Entry:
    """Take on a ledger whose chain holds and whose end nothing vouches for; the entry that says so (`chain.adopt`)."""
    return chain.adopt(BOOK, state, at, by=by, reason=reason)
