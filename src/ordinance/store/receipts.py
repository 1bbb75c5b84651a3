# SPDX-License-Identifier: EUPL-1.2
"""The receipts of the airlock: who prepared, approved, handed over and posted what, by hashes.

Reads and writes `airlock/receipts.jsonl` in a body's state, a book of which no entry can be changed unnoticed
(`chain`). It holds digests, decisions, ids of people and devices, and addresses of posts; no text, picture or name of
a file.

Cannot know: what `chain` cannot know, nor whether who typed an id is that person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ordinance.model.receipt import Act
from ordinance.store import chain
from ordinance.store.chain import Book, Carry, Entry, Ledger

FOLDER, FILE = "airlock", "receipts.jsonl"
_DEVICE = re.compile(r"\S(?:[^\x00-\x1f\x7f]{0,198}\S)?")  # as an estate may call one


def _is_device(text: str) -> bool:
    return _DEVICE.fullmatch(text) is not None


BOOK = Book(FOLDER, FILE, Act, _is_device, "ordinance airlock verify-log")


def receipts_path(state: Path) -> Path:
    """Where the receipts of a body's state lie."""
    return BOOK.path(state)


def read_receipts(state: Path) -> Ledger:
    """The receipts as they are on disk; none where there is no file. Never raises for what is written in it."""
    return chain.read(BOOK, state)


def append(
    state: Path,
    act: Act,
    at: datetime,
    *,
    by: str,
    said: Mapping[str, Any],
    reason: str = "",
    device: str = "",
    unless: Callable[[Ledger], None] = lambda found: None,
) -> Entry:
    """Write one receipt; when this returns it is on disk. `said` has at least `transfer` and `manifest` (SHA-256).

    Raises PolicyError where the book is not as it was written (`ledger-broken`) or another run holds it
    (`ledger-busy`), OSError where it cannot be written.
    """
    return chain.append(BOOK, state, act, at, by=by, reason=reason, device=device, said=said, unless=unless)


def require_sound(state: Path) -> None:
    """PolicyError where the receipts are not as they were written (`chain.require_sound`)."""
    chain.require_sound(BOOK, state)


def cut(state: Path, first_day: date, at: datetime, carry: Carry) -> int:
    """Take away the receipts before `first_day`, and say so in a new one; how many they were (`chain.cut`).

    `carry` says what must not be forgotten with them.
    """
    return chain.cut(BOOK, state, first_day, at, carry)


def adopt(state: Path, at: datetime, *, by: str, reason: str) -> Entry:
    """Take on receipts whose chain holds and whose end nothing vouches for (`chain.adopt`)."""
    return chain.adopt(BOOK, state, at, by=by, reason=reason)
