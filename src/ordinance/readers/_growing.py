# SPDX-License-Identifier: EUPL-1.2
"""One file that is still written: open, and each time those of its lines that have an end by now.

Reads: that file, from where it ended last, as long as it begins as it did then. Cannot know: what is changed in it
behind its first octets (`HEAD`) after that was read.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ordinance.model.opening import read_at
from ordinance.readers._files import InputFile
from ordinance.readers._known_log import KnownLog
from ordinance.readers._lines import BLOCK_BYTES, LineFile, OnFault
from ordinance.readers._sieve import Sieve, Sifting

MOST_AT_ONCE = 4 << 20  # octets of a file between two looks at the others
MUCH = 256 << 10  # octets, of which most lines are best passed over by compiled code, where there is some
HEAD = 4096  # octets by which a file is told from others
LAST_LOOKS = 8  # at a file, or at all, before it counts as read: a program may write as fast as it is read


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a file was read: octets of its text, and the SHA-256 of the first `head` of them."""

    file: str
    size: int
    head: int
    digest: str


class GrowingFile(LineFile):
    """One file, open: each time those of its lines that have an end by now."""

    def __init__(self, file: InputFile, stream: BinaryIO, on_fault: OnFault, most_line_bytes: int) -> None:
        super().__init__(file, on_fault, BLOCK_BYTES, most_line_bytes)
        self._stream, self._digest, self._left = stream, hashlib.sha256(), 0
        self.size = 0

    def grown(self, most: int) -> Iterator[tuple[int, str]]:
        """The next lines, from so many octets at most."""
        self._left, self._blocks = most, self._more()
        yield from self.whole_lines()

    def sift(self, beside: tuple[Sieve, Sifting] | None) -> None:
        """Let compiled code pass over lines from here on, or no longer."""
        self._sieve = beside

    def _more(self) -> Iterator[bytes]:
        (rest, overlong), self._rest = self._rest, (b"", False)
        if overlong:
            yield b"." * (self._most_line_bytes + 1)  # of a line that is refused, whatever it says
        elif rest:
            yield rest
        while self._left > 0 and (block := self._stream.read(min(self._left, BLOCK_BYTES))):
            self._left -= len(block)
            self.size += len(block)
            self._digest.update(block)
            yield block

    @property
    def digest(self) -> str:
        """SHA-256 of all that was read."""
        return self._digest.hexdigest()


@dataclass(slots=True)
class Growing:
    """A file that is followed, and the reading that stands in it."""

    file: InputFile
    run: KnownLog
    stream: BinaryIO
    lines: GrowingFile
    inode: tuple[int, int]
    head: bytes = b""
    quiet_since: float | None = None

    def read(self, most: int = MOST_AT_ONCE) -> int:
        """Take in what is new; how many octets."""
        before = self.lines.size
        more = os.fstat(self.stream.fileno()).st_size - before
        if not more or not self.is_same():
            return 0
        self.run.file = self.file.name
        self.lines.sift(self.run.beside_sieve() if more >= MUCH else None)
        self.run.enter(self.lines.grown(most))
        self.quiet_since = None
        return self.lines.size - before

    def read_on(self) -> None:
        """Take in all that is there, and of what is written meanwhile most."""
        for _ in range(LAST_LOOKS):
            if not self.read(max(0, os.fstat(self.stream.fileno()).st_size - self.lines.size)):
                return

    @property
    def said(self) -> Mark:
        """All of what was read of it."""
        return Mark(self.file.name, self.lines.size, len(self.head), self.lines.digest)

    def is_same(self) -> bool:
        """Whether the file still begins as it did when it was read."""
        head = read_at(self.stream.fileno(), HEAD, 0)
        if not head.startswith(self.head):
            return False
        self.head = head
        return True

    def end(self) -> None:
        """Nothing more comes: what has no end is a line all the same."""
        self.run.file = self.file.name
        self.run.end_of_file(self.file.name, self.lines.last_line(), self.lines.digest)
        self.stream.close()
