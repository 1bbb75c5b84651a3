# SPDX-License-Identifier: EUPL-1.2
"""The note beside the ledger: the number and the digest of its last entry, so that a cut end is noticed.

Reads and writes `ledger/head.json` in a body's state, aside first, then renamed, after each entry is on disk. A run
that is killed between the two leaves the note one entry behind, never more.

Cannot know: whether somebody wrote the ledger and the note anew, or put an older pair of both back. Against that only
the digest helps that was noted elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ordinance.store.files import write_file

HEAD = "head.json"
BEGINNING = "0" * 64
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MOST_BYTES = 1_000
_TURNS = 50  # how often a reader begins again while others write


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry: its number (0: none yet) and the digest of its line."""

    n: int
    digest: str


def read_head(folder: Path) -> Head | None:
    """What the note says; `None` where it is not there or is none."""
    try:
        with (folder / HEAD).open("rb") as file:
            said = json.loads(file.read(_MOST_BYTES))
        n, digest = said.pop("n"), said.pop("sha256")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    is_one = not said and type(n) is int and n >= 0 and isinstance(digest, str) and _DIGEST.fullmatch(digest)
    return Head(n, digest) if is_one else None


def write_head(folder: Path, head: Head) -> None:
    """Note this entry as the last one. Raises OSError where it cannot be written: the earlier note then stands."""
    content = json.dumps({"n": head.n, "sha256": head.digest}) + "\n"
    write_file(folder / HEAD, content.encode(), 0o600)


def read_both(path: Path, most_bytes: int) -> tuple[bytes | None, Head | None]:
    """The ledger's bytes (`None` where there is no such file) and its note, of the same moment.

    Beyond `most_bytes` the bytes are cut off: one more than that says so.
    """
    content, head = None, read_head(path.parent)
    for _ in range(_TURNS):
        content, before = None, head
        if path.is_file():
            with path.open("rb") as file:
                content = file.read(most_bytes + 1)
        head = read_head(path.parent)
        if head == before:
            break
    return content, head


def fault_of_end(head: Head | None, entries: Sequence[Head], is_there: bool) -> str:
    """What is wrong with the ledger's end, as an id: empty where it ends as the note says, or one entry later."""
    if head is None:
        return "ledger-head-missing" if is_there else ""
    known = [Head(0, BEGINNING), *entries] if not entries or entries[0].n == 1 else entries
    behind = next((k for k, entry in enumerate(reversed(known)) if entry == head), None)
    if behind is not None:
        return "" if behind <= 1 else "ledger-head-missing"
    return "ledger-end-missing" if all(entry.n < head.n for entry in known) else "ledger-end-changed"
