# SPDX-License-Identifier: EUPL-1.2
"""Lines of plain, gzipped and zstandard text files, with their numbers and the digest of what is on disk.

Reads: files in blocks of one MiB or one and a half, so that memory does not grow with the file; `_stored` unpacks them.
UTF-8 with or without BOM, LF or CRLF.

A line that cannot be given out is a fault (`bad-encoding`, `line-too-long`), never text. A packed
file that breaks off keeps what was read and adds one fault where it broke (`truncated-gzip`,
`corrupt-gzip`, `truncated-zstd`, `corrupt-zstd`, `wide-zstd-window`). A plain file whose last line
lacks its newline cannot be told from one that was cut: the line is given out and the reader decides
whether it parses.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING

from ordinance.readers._blocks import Block, Joined, Room, WholeLines
from ordinance.readers._files import InputFile
from ordinance.readers._stored import BrokenOff, stored_blocks, unpacked

if TYPE_CHECKING:
    from ordinance.readers._sieve import Passed, Scanned, Sieve, Sifting

BLOCK_BYTES = 1 << 20
MOST_LINE_BYTES = 1 << 16

_MOST_PLANS = 16  # of a block
_PIECE_BYTES = 1 << 14  # of a block that are read while there is no plan: most heads are shorter
_BOM = b"\xef\xbb\xbf"
_MOST_OCTETS = 4  # of a character in UTF-8

OnFault = Callable[[int, str], None]


class LineFile:
    """One pass over a file: `lines()` gives (number, text); `sha256` is set when that is
    through, and stays empty where the file could not be read to its end. `broke_off` says why it could not.

    `on_fault(line, reason)` is called once for each line that is not given out. With a sieve those whole lines are not
    given out either that the reader beside it need not see; it is told how many.
    """

    def __init__(
        self,
        file: InputFile,
        on_fault: OnFault,
        block_bytes: int = BLOCK_BYTES,
        most_line_bytes: int = MOST_LINE_BYTES,
        sieve: tuple[Sieve, Sifting] | None = None,
    ) -> None:
        self._file, self._on_fault, self._sieve = file, on_fault, sieve
        self._block_bytes = block_bytes if sieve is None else block_bytes * 3 // 2  # fewer to wait for
        self._most_line_bytes = most_line_bytes
        self._number = 0
        self._rest: tuple[bytes, bool] = (b"", False)  # what follows the last line's end; whether it is too long
        self._ended: TextDigest | None = None
        self._picks: Sequence[tuple[int, str]] = ()  # lines of the known beginning that are given out all the same
        self._passed = 0  # lines of it
        self._room = Joined() if sieve is None else Room(self._block_bytes)
        self._blocks = self.text_blocks()
        self.broke_off = ""
        self.sha256 = ""

    @property
    def ended(self) -> tuple[int, str, int]:
        """Of the text up to the end of its last whole line, where it is followed: octets, SHA-256, lines."""
        size, digest = (0, "") if self._ended is None else self._ended.so_far
        return size, digest, self._number

    def lines(self) -> Iterator[tuple[int, str]]:
        """All readable lines, without their line ends. Numbers count from 1."""
        yield from self.whole_lines()
        yield from self.last_line()

    @property
    def rest_digest(self) -> str:
        """SHA-256 of what follows the last line's end; empty where nothing does."""
        rest, overlong = self._rest
        return hashlib.sha256(rest).hexdigest() if rest or overlong or self.broke_off else ""

    def follow(self, after: tuple[int, str, int] = (0, "", 0), picks: Sequence[tuple[int, str]] = ()) -> None:
        """Note how far the text goes, and begin behind its first octets: how many, their SHA-256, how many lines.

        Of the lines in these octets `picks` can be had first: their numbers, ascending, and why one was not readable
        ("": it was).
        """
        self._ended, self._picks, self._passed = TextDigest(after[0], after[1], self._room), picks, after[2]
        self._number = self._passed

    def picked_lines(self) -> Iterator[tuple[int, str]]:
        """Of the known beginning, the picks. Raises ChangedError where the text does not begin as `follow` was told."""
        if self._ended is not None:
            yield from self._picked(self._ended.known(self._blocks))
        self._number = self._passed

    def whole_lines(self) -> Iterator[tuple[int, str]]:
        """Lines that have an end. Raises ChangedError where the text does not begin as `follow` was told."""
        blocks = self._blocks if self._ended is None else self._ended.behind(self._blocks)
        whole = WholeLines(blocks, self._most_line_bytes, self._room)
        if self._sieve is None:
            for block in whole:
                yield from self._decoded(bytes(block[:-1])) if block else self._overlong()
        else:
            sieve, sifting = self._sieve
            for block, scanned in sieve.ahead(whole, sifting):
                yield from self._sifted(block, scanned, sieve, sifting) if block else self._overlong()
                if scanned is not None:
                    scanned.end()
                self._room.give_back(block)
        self._rest = whole.rest

    def _overlong(self) -> Iterator[tuple[int, str]]:
        self._fault("line-too-long")
        return iter(())

    def _sifted(
        self, block: Block, scanned: Scanned | None, sieve: Sieve, sifting: Sifting
    ) -> Iterator[tuple[int, str]]:
        """Those lines of a block that have to be seen. The plan may change with each of them."""
        at = turns = 0
        while at < len(block):
            plan, turns = sifting.plan(), turns + 1
            if turns > _MOST_PLANS:  # heads between all rows: each would have the rest of the block looked at anew
                yield from self._decoded(bytes(block[at:-1]))
                return
            if plan is None:
                at = yield from self._until_planned(block, at, sifting)
                continue
            begun, start = plan, at
            if scanned is not None and not at and sieve.reaches(scanned.plan, plan):
                begun, found = scanned.plan, scanned.found()
            else:
                found = sieve.scan(block[at:], plan)
            by, at = begun, len(block)
            for begin, end in found.shown(sifting.linked, self._passing(sifting)):
                line = bytes(block[start + begin : start + end])
                yield from self._checked([line])
                by, now = sieve.behind(begun, by, line), sifting.plan()
                if now is not by and now != by:
                    at = start + end + 1
                    break

    def _passing(self, sifting: Sifting) -> Callable[[Passed], None]:
        """What happens when lines are passed over."""

        def passed_over(passed: Passed) -> None:
            sifting.passed_over(passed)
            self._number += passed[0] + passed[1]

        return passed_over

    def _until_planned(self, block: Block, at: int, sifting: Sifting) -> Generator[tuple[int, str], None, int]:
        """Lines of a block from an octet on, up to the one behind which there is a plan; where that one ends."""
        while at < len(block):
            text = bytes(block[at : at + _PIECE_BYTES])
            cut = text.rfind(b"\n")
            if cut < 0:
                text = bytes(block[at:])
                cut = text.index(b"\n")
            before, end = self._number, 0
            for number, line in self._decoded(text[:cut]):
                yield number, line
                if sifting.plan() is not None:
                    for _ in range(number - before):
                        end = text.index(b"\n", end) + 1
                    self._number = number
                    return at + end
            at += cut + 1
        return at

    def _picked(self, blocks: Iterable[Block]) -> Iterator[tuple[int, str]]:
        """Those of the lines of a known beginning, which ends with a line, that were picked out."""
        wanted = iter((*self._picks, (0, "")))
        pick, reason = next(wanted)
        before, parts = 0, list[bytes]()  # lines that ended; of a picked one whose end is still to come
        for block in map(bytes, blocks):
            ends = block.count(b"\n")
            pieces = block.split(b"\n") if 0 < pick <= before + ends + 1 else []
            while 0 < pick <= before + ends:
                self._number = pick - 1
                if reason:
                    self._fault(reason)
                else:
                    yield from self._decoded(b"".join((*parts, pieces[pick - before - 1])))
                parts.clear()
                pick, reason = next(wanted)
            if pick == before + ends + 1 and not reason:
                parts.append(pieces[-1])
            before += ends

    def last_line(self) -> Iterator[tuple[int, str]]:
        """What stands after the last newline; cut short for certain where the file broke off."""
        rest, overlong = self._rest
        if self.broke_off:
            self._fault(self.broke_off)
        elif overlong:
            self._fault("line-too-long")
        elif rest:
            yield from self._decoded(rest)

    def _decoded(self, data: bytes) -> Iterator[tuple[int, str]]:
        """Lines of a block; a block that is not UTF-8 is decoded line by line to find which are not."""
        try:
            texts = data.decode().split("\n")
        except UnicodeDecodeError:
            yield from self._checked(data.split(b"\n"))
            return
        if _MOST_OCTETS * max(map(len, texts)) > self._most_line_bytes:
            yield from self._checked(data.split(b"\n"))
            return
        if self._number == 0:
            texts[0] = texts[0].removeprefix("\ufeff")
        if b"\r" in data:
            texts = [text.removesuffix("\r") for text in texts]
        first = self._number + 1
        self._number += len(texts)
        yield from enumerate(texts, first)

    def _checked(self, lines: Sequence[bytes]) -> Iterator[tuple[int, str]]:
        """The slow way, for blocks that hold a line to refuse. Octets are counted first, as for one of many blocks."""
        for line in lines:
            if len(line) > self._most_line_bytes:
                self._fault("line-too-long")
            elif (text := _text(line if self._number else line.removeprefix(_BOM))) is None:
                self._fault("bad-encoding")
            else:
                self._number += 1
                yield self._number, text.removesuffix("\r")

    def _fault(self, reason: str) -> None:
        self._number += 1
        self._on_fault(self._number, reason)

    def text_blocks(self) -> Iterator[Block]:
        """Decompressed bytes; a file that cannot be opened or read on is one fault."""
        digest = hashlib.sha256()
        try:
            with self._file.open() as stream:
                room = self._room.take if isinstance(self._room, Room) else None
                stored = stored_blocks(stream, digest.update, self._block_bytes, room)
                try:
                    yield from unpacked(stored, self._block_bytes)
                except BrokenOff as end:
                    self.broke_off = end.reason
                for _ in stored:  # whatever follows the place where it broke still belongs to the digest
                    pass
        except OSError:
            self.broke_off = "unreadable-file"
        else:
            self.sha256 = digest.hexdigest()


class ChangedError(Exception):
    """A file does not begin any more as it did a moment ago."""


class TextDigest:
    """The digest of a text up to its last line end, of which the first `known` octets are passed over once checked."""

    def __init__(self, known: int = 0, sha256: str = "", room: Joined | None = None) -> None:
        self._room = room or Joined()
        self._known, self._expected = known, sha256
        self._digest, self._size = hashlib.sha256(), 0  # up to the last line end
        self._ahead = hashlib.sha256()  # of all that was passed: a line may be as long as the file
        self._left = b""  # of the block in which the known beginning ends
        self._passed = 0

    @property
    def so_far(self) -> tuple[int, str]:
        """How many octets, and their SHA-256."""
        return self._size, self._digest.hexdigest()

    def known(self, blocks: Iterator[Block]) -> Iterator[Block]:
        """The known beginning, and nothing of what follows. Raises ChangedError where the text begins otherwise."""
        while self._passed < self._known:
            block = next(blocks, b"")
            if not block:
                raise ChangedError
            known, self._left = block[: self._known - self._passed], bytes(block[self._known - self._passed :])
            self._passed += len(known)
            self._ahead.update(known)
            yield known
            self._room.give_back(block)
            if self._passed == self._known:
                self._check()

    def behind(self, blocks: Iterator[Block]) -> Iterator[Block]:
        """What follows the known beginning. Raises ChangedError where the text does not begin like that."""
        for _ in self.known(blocks):
            pass
        for block in chain((self._left,), blocks):
            if block:
                self._note(block)
                yield block

    def _check(self) -> None:
        self._size, self._digest = self._known, self._ahead.copy()
        if self._digest.hexdigest() != self._expected:
            raise ChangedError

    def _note(self, block: Block) -> None:
        cut = self._room.line_feed(block) + 1
        if cut:
            self._ahead.update(block[:cut])
            self._size, self._digest = self._passed + cut, self._ahead.copy()
        self._ahead.update(block[cut:])
        self._passed += len(block)


def text_digests(file: InputFile, sizes: Sequence[int]) -> dict[int, str]:
    """SHA-256 of the first octets of a file's text, unpacked: for each of these sizes (ascending) that it reaches."""
    found: dict[int, str] = {}
    digest, passed, wanted = hashlib.sha256(), 0, list(dict.fromkeys(sizes))
    for block in _text_of(file):
        start = 0
        while wanted and wanted[0] <= passed + len(block):
            cut = wanted[0] - passed
            digest.update(block[start:cut])
            found[wanted.pop(0)] = digest.hexdigest()
            start = cut
        if not wanted:
            break
        digest.update(block[start:])
        passed += len(block)
    return found


def _text_of(file: InputFile) -> Iterator[Block]:
    """The text of a file as far as it can be read, where nobody asks for the digest of what is stored."""
    with suppress(OSError, BrokenOff), file.open() as stream:
        yield from unpacked(stored_blocks(stream, lambda _: None, BLOCK_BYTES), BLOCK_BYTES)


def whole(file: InputFile, most_bytes: int) -> tuple[bytes, str, str]:
    """All bytes of a file, unpacked; why they cannot be had ("" where they can); and the digest of what is on disk."""
    blocks = LineFile(file, lambda *_: None)
    kept: list[bytes] = []
    size = 0
    for block in blocks.text_blocks():
        size += len(block)
        if size <= most_bytes:
            kept.append(bytes(block))
        else:
            kept.clear()
    reason = blocks.broke_off or ("file-too-large" if size > most_bytes else "")
    return b"" if reason else b"".join(kept), reason, blocks.sha256


def count_lines(file: InputFile) -> tuple[int, str]:
    """How many lines a file has, readable or not, and its digest; for files that repeat another."""
    faults: list[int] = []
    counted = LineFile(file, lambda line, _reason: faults.append(line))
    lines = sum(1 for _ in counted.lines())
    return lines + len(faults), counted.sha256


def _text(raw: bytes) -> str | None:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None
