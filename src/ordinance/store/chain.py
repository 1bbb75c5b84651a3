# SPDX-License-Identifier: EUPL-1.2
"""A book of entries that nobody can change unnoticed: each carries the digest of the line before it.

Reads and writes the file of a `Book` in a body's state, one line of JSON an entry, for its owner only. An entry is
written under a lock and is on disk before `append` returns. A line that a killed run left half is kept beside the file,
and so is a note of its last entry (`chain_head`), which shows an end that was taken away or added to by other means.
Where only the note is at fault, `adopt` takes the book on as it is, and an entry says so for good.

Cannot know: whether somebody who may write both wrote all of it anew, or put an earlier state of both back. The chain
and the note show the rest; against that only the digest of the last entry helps (`Ledger.head`), noted elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from ordinance.model.errors import Issue, PolicyError
from ordinance.store.chain_head import BEGINNING, HEAD, Head, fault_of_end, read_both, read_head, write_head
from ordinance.store.files import held, sync_folder, write_file

TORN = "torn-"
MOST_BYTES = 100_000_000
MOST_LINE = 1_000_000
ADOPTABLE = frozenset({"ledger-head-missing", "ledger-entry-not-noted"})  # only the end is in doubt
_KEYS = ("n", "at", "what", "by", "reason", "device", "said", "before")
_TURNS, _TURN_S = 200, 0.05  # how often and how long a writer waits for another one


class Own(StrEnum):
    """What an entry of any book may be about; each book has these among its acts."""

    CUT = "cut"  # older entries were taken away, as retention says
    TORN = "torn"  # what a killed run left half was put aside
    ADOPTED = "adopted"  # the note of the end was missing or behind, and somebody took the book on as it was


@dataclass(frozen=True, slots=True)
class Book:
    """A kind of book: where it lies in the state, what its entries are about, and which devices they may name."""

    folder: str
    file: str
    acts: type[StrEnum]
    may_name: Callable[[str], bool]
    verb: str  # the command that lists what is wrong, and adopts

    def path(self, state: Path) -> Path:
        """Where it lies in a body's state."""
        return state / self.folder / self.file

    def shown(self, state: Path) -> str:
        """The same, as messages name it."""
        return f"{state.name}/{self.folder}/{self.file}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `device` is one that the book may name, or empty; `before` is the digest of the line before it."""

    n: int
    at: datetime
    what: StrEnum
    by: str
    reason: str
    device: str
    said: Mapping[str, Any]
    before: str
    digest: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class LedgerFault:
    """A line that is not as it was written, or not where it was: `reason` is an id."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every entry, what is wrong with the chain, and the digest of the last whole line.

    `half` is the number of bytes behind the last whole line, which a killed run left; `torn` are files of earlier ones.
    `spoilt`: such files that are gone, or not what was put aside. They hold no entry: the book takes more all the same.
    """

    entries: tuple[Entry, ...] = ()
    faults: tuple[LedgerFault, ...] = ()
    head: str = BEGINNING
    half: int = 0
    torn: tuple[str, ...] = ()
    spoilt: tuple[LedgerFault, ...] = ()


Carry = Callable[[Ledger, int], Mapping[str, Any]]


def read(book: Book, state: Path) -> Ledger:
    """The book as it is on disk; an empty one where there is none. Never raises for what is written in it."""
    path = book.path(state)
    earlier = _torn_beside(path)  # a run may put one aside, or a purge take one away, while the book is read
    content, noted = read_both(path, MOST_BYTES)
    torn = _torn_beside(path)
    if len(content or b"") > MOST_BYTES:
        return Ledger(faults=(LedgerFault(0, "ledger-too-large"),), torn=torn)
    *lines, half = (content or b"").split(b"\n")
    entries: list[Entry] = []
    faults: list[LedgerFault] = []
    before = BEGINNING
    for number, line in enumerate(lines, 1):
        digest = hashlib.sha256(line).hexdigest()
        try:
            entry = _entry(book, line, digest)
        except (ValueError, TypeError, KeyError, RecursionError):
            faults.append(LedgerFault(number, "ledger-not-an-entry"))
        else:
            if number > 1 and entry.before != before:
                faults.append(LedgerFault(number, "ledger-chain-broken"))
            if entries and entry.n != entries[-1].n + 1:
                faults.append(LedgerFault(number, "ledger-number-missing"))
            entries.append(entry)
        before = digest
    if lines and not _begins_well(entries):
        faults.append(LedgerFault(1, "ledger-beginning-missing"))
    if reason := fault_of_end(noted, [Head(e.n, e.digest) for e in entries], bool(content)):
        faults.append(LedgerFault(len(lines), reason))
    spoilt = tuple(_spoilt(path.parent, entries, tuple(sorted({*earlier, *torn}))))
    return Ledger(tuple(entries), tuple(sorted(faults, key=lambda f: f.line)), before, len(half), torn, spoilt)


def append(
    book: Book,
    state: Path,
    what: StrEnum,
    at: datetime,
    *,
    by: str = "",
    reason: str = "",
    device: str = "",
    said: Mapping[str, Any] | None = None,
    unless: Callable[[Ledger], None] = lambda found: None,
) -> Entry:
    """Write one entry; when this returns it is on disk. `unless` looks at the book under the lock, and may raise.

    Raises ValueError for a `device` that the book may not name, PolicyError where the book is not as it was written
    (`ledger-broken`) or another run holds it (`ledger-busy`), OSError where it cannot be written.
    """
    with locked(book, state):
        return _append(book, state, Entry(0, at, what, by, reason, device, said or {}, ""), unless)


def require_sound(book: Book, state: Path) -> None:
    """PolicyError (`ledger-broken`) where the book is not as it was written, before anything is begun that needs it."""
    _sound(book, state)


def cut(book: Book, state: Path, first_day: date, at: datetime, carry: Carry | None = None) -> int:
    """Take away the entries before `first_day`, from the first one on, and say so in a new entry; how many they were.

    The entry stands there before the others go, so that a run that is killed between loses none unsaid. `carry` is
    given the book and how many of its entries go; what it answers, the new entry says as well.
    """
    with locked(book, state):
        found = _sound(book, state)
        old = 0
        while old < len(found.entries) and found.entries[old].at.date() < first_day:
            old += 1
        if not old:
            return 0
        said = {"entries": old, "cut": found.entries[old - 1].digest, **(carry(found, old) if carry else {})}
        _append(book, state, Entry(0, at, book.acts(Own.CUT), "", "", "", said, ""))
        path = book.path(state)
        lines = path.read_bytes().splitlines(keepends=True)
        write_file(path, b"".join(lines[old:]), 0o600)
        gone = _torn_files(found.entries[:old]) - _torn_files(found.entries[old:])
        for torn in path.parent.glob(f"{TORN}*"):
            if torn.name in gone:
                torn.unlink()  # half an entry that was as old as those
        sync_folder(path.parent)
        return old


def adopt(book: Book, state: Path, at: datetime, *, by: str, reason: str) -> Entry:
    """Take on a ledger whose chain holds and whose end nothing vouches for; the entry that says so, now on disk.

    `said` has the fault, how many entries there were, the number of the last one, the number that the note names
    (`None`: there is none), and the digest of a note that could not be read. Nothing else is written before that entry,
    and the note only after it: a run that is killed between leaves the fault, and it is adopted once more.

    Raises PolicyError where nothing is wrong (`nothing-to-adopt`), where the chain itself is broken or its end is known
    to be gone (`ledger-broken`), or another run holds it (`ledger-busy`); OSError where it cannot be written.
    """
    with locked(book, state):
        found, path = _sound(book, state, ADOPTABLE), book.path(state)
        if not found.faults:
            message = "the ledger ends as the note beside it says: there is nothing to adopt"
            raise PolicyError([Issue(book.shown(state), 0, 0, "nothing-to-adopt", message, "nothing was done")])
        noted, note = read_head(path.parent), path.with_name(HEAD)
        last = found.entries[-1].n if found.entries else 0
        said = {
            "fault": found.faults[0].reason,
            "entries": len(found.entries),
            "last": last,
            "noted": noted.n if noted else None,
            **({"note": hashlib.sha256(note.read_bytes()).hexdigest()} if noted is None and note.is_file() else {}),
        }
        if found.half:
            _put_aside(path, found.half)
        entry = Entry(last + 1, at, book.acts(Own.ADOPTED), by, reason, "", said, found.head)
        return _write(book, path, entry, announce=False)


def _sound(book: Book, state: Path, known: Container[str] = ()) -> Ledger:
    """The ledger; PolicyError where it is not as it was written: then nothing that must be written there is done.

    `known` are faults that are no hindrance, where the ledger has no other.
    """
    return _require(book, state, read(book, state), known)


def _require(book: Book, state: Path, found: Ledger, known: Container[str] = ()) -> Ledger:
    if any(f.reason not in known for f in found.faults):
        first = next(f for f in found.faults if f.reason not in known)
        hint = f"`{book.verb}` lists what is wrong; keep the file as it is for whoever looks into it, elsewhere"
        if all(f.reason in ADOPTABLE for f in found.faults):
            hint += f"; `{book.verb} --adopt` takes it on as it is, and writes that down"
        message = f"the ledger is not as it was written: {first.reason}"
        raise PolicyError([Issue(book.shown(state), first.line, 0, "ledger-broken", message, "nothing was done", hint)])
    return found


def _append(book: Book, state: Path, entry: Entry, unless: Callable[[Ledger], None] = lambda found: None) -> Entry:
    """Write an entry under a lock that is held: what a killed run left half is put aside first, and that is said."""
    if entry.device and not book.may_name(entry.device):
        raise ValueError("the ledger may not name this device")
    found = read(book, state)
    unless(found)
    _require(book, state, found)
    last, head = found.entries[-1].n if found.entries else 0, found.head
    path = book.path(state)
    if found.half:
        _put_aside(path, found.half)
    for aside in sorted(path.parent.glob(f"{TORN}*")):
        if aside.name not in _torn_files(found.entries):  # also one whose writer was killed before it could say so
            said = {"file": aside.name, "sha256": hashlib.sha256(aside.read_bytes()).hexdigest()}
            last += 1
            head = _write(book, path, Entry(last, entry.at, book.acts(Own.TORN), "", "", "", said, head)).digest
    return _write(book, path, replace(entry, n=last + 1, before=head))


def _torn_beside(path: Path) -> tuple[str, ...]:
    return tuple(sorted(p.name for p in path.parent.glob(f"{TORN}*")))


def _spoilt(folder: Path, entries: Iterable[Entry], torn: tuple[str, ...]) -> Iterator[LedgerFault]:
    """What was put aside and is not there, or is not what its name says, and its entry, where there is one.

    Its name first: an entry written after the file was changed has the digest of what it was changed to.
    """
    aside = [(line, entry.said) for line, entry in enumerate(entries, 1) if entry.what == Own.TORN]
    said = {str(of.get("file")): (line, of.get("sha256")) for line, of in aside}
    yield from (LedgerFault(line, "ledger-torn-missing") for name, (line, _) in said.items() if name not in torn)
    for name in torn:
        line, digest = said.get(name, (0, None))
        with suppress(FileNotFoundError), (folder / name).open("rb") as file:  # a purge may just take it away
            found = hashlib.file_digest(file, "sha256").hexdigest()
            if name != _aside(found) or (line and found != digest):
                yield LedgerFault(line, "ledger-torn-changed")


def _aside(digest: str) -> str:
    """The name of a file of what was left half, by its digest."""
    return f"{TORN}{digest[:12]}"


def _torn_files(entries: Iterable[Entry]) -> set[str]:
    return {str(entry.said.get("file")) for entry in entries if entry.what == Own.TORN}


def _write(book: Book, path: Path, entry: Entry, *, announce: bool = True) -> Entry:
    """Announce a line in the note, add it, note it, and wait until all is on disk; one that does not fit is taken back.

    What stands behind the noted end and was not announced, no run of ours has written.
    """
    said = {name: getattr(entry, name) for name in _KEYS} | {"at": entry.at.isoformat(timespec="seconds")}
    line = json.dumps(said, separators=(",", ":")).encode()
    if len(line) > MOST_LINE:
        raise ValueError(f"an entry of the ledger has at most {MOST_LINE:,} bytes")
    digest = hashlib.sha256(line).hexdigest()
    if announce:
        write_head(path.parent, Head(entry.n - 1, entry.before, digest))
        sync_folder(path.parent)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    size, rest = os.fstat(handle).st_size, memoryview(line + b"\n")
    try:
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
        write_head(path.parent, Head(entry.n, digest))
    except OSError:
        os.ftruncate(handle, size)
        raise
    finally:
        os.close(handle)
    sync_folder(path.parent)
    return _entry(book, line, digest)


def _put_aside(path: Path, half: int) -> None:
    """Move the bytes behind the last whole line to a file of their own."""
    content = path.read_bytes()[-half:]
    write_file(path.with_name(_aside(hashlib.sha256(content).hexdigest())), content, 0o600)
    handle = os.open(path, os.O_WRONLY)
    try:
        os.ftruncate(handle, os.fstat(handle).st_size - half)
        os.fsync(handle)
    finally:
        os.close(handle)


def _entry(book: Book, line: bytes, digest: str) -> Entry:
    """An entry from its line; ValueError, TypeError or KeyError for what is none."""
    said = json.loads(line)
    if not isinstance(said, dict) or tuple(said) != _KEYS:
        raise ValueError("not the keys of an entry")
    texts = [said[key] for key in ("at", "what", "by", "reason", "device", "before")]
    if not all(isinstance(text, str) for text in texts) or not isinstance(said["said"], dict):
        raise TypeError("not the kinds of an entry")
    if type(said["n"]) is not int or said["n"] < 1:
        raise TypeError("no number of an entry")
    if said["device"] and not book.may_name(said["device"]):
        raise ValueError("no device that the book may name")
    at = datetime.fromisoformat(said["at"])
    if at.tzinfo is None:
        raise ValueError("an instant without a zone")
    return Entry(
        n=said["n"],
        at=at,
        what=book.acts(said["what"]),
        by=said["by"],
        reason=said["reason"],
        device=said["device"],
        said=said["said"],
        before=said["before"],
        digest=digest,
    )


def _begins_well(entries: list[Entry]) -> bool:
    """Whether the first entry is the first of all, or follows one that a later entry says was taken away."""
    if not entries:
        return False
    cuts = {e.said.get("cut") for e in entries if e.what == Own.CUT}
    first = entries[0]
    return (first.n == 1 and first.before == BEGINNING) or (first.n > 1 and first.before in cuts)


@contextmanager
def locked(book: Book, state: Path, turns: int = _TURNS) -> Iterator[None]:
    """The book for this process alone; waits a few seconds for another one, then PolicyError (`ledger-busy`)."""
    folder = state / book.folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as stack:
        for turn in range(turns):
            if turn:
                time.sleep(_TURN_S)
            try:
                stack.enter_context(held(folder))
                break
            except BlockingIOError:
                continue
        else:
            hint = "wait until the other run has ended, and do it again"
            message = "another run is writing the ledger"
            name = f"{state.name}/{book.folder}"
            raise PolicyError([Issue(name, 0, 0, "ledger-busy", message, "nothing was done", hint)])
        yield
