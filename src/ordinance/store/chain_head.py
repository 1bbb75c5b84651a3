# SPDX-License-Identifier: EUPL-1.2
"""The note beside the ledger: the number and the digest of its last entry, so that a cut or a longer end is noticed.

Reads and writes `ledger/head.json` in a body's state, aside first, then renamed: before each entry with the digest of
the one that is to follow, and again when that is on disk. A run that is killed between leaves an entry that the note
announces, or none; an entry that it does not announce was put there by other means.

Cannot know: whether the entry of a run that was killed before it noted it was cut off; whether somebody wrote the
ledger and the note anew, or put an older pair of both back. Against that only the digest
helps that was noted elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ordinance.store.files import write_file

HEAD = "head.json"
BEGINNING = "0" * 64
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MOST_BYTES = 1_000
_TURNS = 50  # how often a reader begins again while others write


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry: its number (0: none yet) and its line's digest; `then` is the digest of the one to follow."""

    n: int
    digest: str
    then: str = field(default="", compare=False)


def read_head(folder: Path) -> Head | None:
    """What the note says; `None` where it is not there or is none."""
    try:
        with (folder / HEAD).open("rb") as file:
            said = json.loads(file.read(_MOST_BYTES))
        n, digest, then = said.pop("n"), said.pop("sha256"), said.pop("then", None)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    is_one = not said and type(n) is int and n >= 0 and _is_digest(digest)
    return Head(n, digest, then or "") if is_one and (then is None or _is_digest(then)) else None


def _is_digest(text: object) -> bool:
    return isinstance(text, str) and _DIGEST.fullmatch(text) is not None


def write_head(folder: Path, head: Head) -> None:
    """Note this entry as the last one. Raises OSError where it cannot be written: the earlier note then stands."""
    said = {"n": head.n, "sha256": head.digest, **({"then": head.then} if head.then else {})}
    write_file(folder / HEAD, (json.dumps(said) + "\n").encode(), 0o600)


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
    """What is wrong with the ledger's end, as an id: empty where it ends as the note says or announces."""
    if head is None:
        return "ledger-head-missing" if is_there else ""
    known = [Head(0, BEGINNING), *entries] if not entries or entries[0].n == 1 else entries
    behind = next((k for k, entry in enumerate(reversed(known)) if entry == head), None)
    if behind is not None:
        is_announced = behind == 1 and known[-1].digest == head.then
        return "" if not behind or is_announced else "ledger-entry-not-noted"
    return "ledger-end-missing" if all(entry.n < head.n for entry in known) else "ledger-end-changed"
