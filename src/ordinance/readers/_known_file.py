# SPDX-License-Identifier: EUPL-1.2
"""A file of which a beginning may be known, gone through once: for its digest, for lines of it, for what follows.

Reads: the file, once, in blocks (`_lines`, `_stored`). Lines of the beginning are put aside as it passes, and nothing
is given out before its digest is the one that was noted: it is the same octets that are compared and that are read.
Where so many lines are put aside that they would fill the memory, they are read in a second pass. Of a plain file the
digest of what is stored is that of its text, and is taken once.

Cannot know, before it has gone through the beginning, whether it is the one that was noted: then it is of no more use.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from ordinance.model.kept import KeptLines
from ordinance.readers._blocks import Block, Room
from ordinance.readers._files import InputFile
from ordinance.readers._lines import ChangedError, LineFile, OnFault, TextDigest
from ordinance.readers._sieve import Sieve, Sifting
from ordinance.readers._stored import BrokenOff, stored_blocks, unpacked

MOST_ASIDE_BYTES = 32 << 20


class KnownFile(LineFile):
    """One pass over a file that is followed: from where `begins` or `follow` says, or from the top."""

    def __init__(
        self,
        file: InputFile,
        on_fault: OnFault,
        block_bytes: int,
        most_line_bytes: int,
        sieve: tuple[Sieve, Sifting] | None = None,
        most_aside_bytes: int = MOST_ASIDE_BYTES,
    ) -> None:
        super().__init__(file, on_fault, block_bytes, most_line_bytes, sieve)
        self._followed = _WholeDigest(room=self._room)
        self._ended = self._followed
        self._aside: _Aside | None = None
        self._most_aside_bytes = most_aside_bytes

    def follow(self, after: tuple[int, str, int] = (0, "", 0), picks: Sequence[tuple[int, str]] = ()) -> None:
        """As in any file; what is known is gone through as it is given out."""
        super().follow(after, picks)
        self._ended = self._followed = _WholeDigest(after[0], after[1], self._room)

    def pass_through(self, sieve: tuple[Sieve, Sifting] | None) -> None:
        """What follows the known beginning goes through this."""
        self._sieve = sieve
        if sieve is not None:
            self._room = Room(self._block_bytes)

    def begins(self, part: KeptLines) -> bool:
        """Whether the text begins with this, and its picked lines could be put aside."""
        self.follow((part.size, part.digest, part.lines), part.picks)
        aside = self._aside = _Aside(part.picks, self._most_aside_bytes)
        try:
            for block in self._followed.known(self._blocks):
                aside.look(block)
        except ChangedError:
            return False
        return not aside.is_too_much

    def picked_lines(self) -> Iterator[tuple[int, str]]:
        """Of the known beginning, the picks, where `begins` did not refuse it."""
        if self._aside is None:
            yield from super().picked_lines()
            return
        for number, reason, line in self._aside.lines:
            self._number = number - 1
            if reason:
                self._fault(reason)
            else:
                yield from self._decoded(line)
        self._aside.lines.clear()
        self._number = self._passed

    def text_blocks(self) -> Iterator[Block]:
        """Unpacked octets. What is given out just as it is stored has one digest, which is taken of the text."""
        stored = _StoredDigest()
        try:
            with self._file.open() as stream:
                room = self._room.take if isinstance(self._room, Room) else None
                blocks = stored_blocks(stream, stored.note, self._block_bytes, room)
                try:
                    for text in unpacked(blocks, self._block_bytes):
                        stored.gave(text)
                        yield text
                except BrokenOff as end:
                    self.broke_off = end.reason
                for _ in blocks:  # whatever follows the place where it broke still belongs to the digest
                    pass
        except OSError:
            self.broke_off = "unreadable-file"
        else:
            self.sha256 = self._followed.whole if stored.is_text else stored.hexdigest()


class _WholeDigest(TextDigest):
    """The digest of a text, also of what follows its last line end."""

    @property
    def whole(self) -> str:
        """SHA-256 of all that has passed."""
        return self._ahead.hexdigest()


class _StoredDigest:
    """The digest of what is stored, unless that is the text itself (`is_text`): then nobody takes it here."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._waiting: Block | None = None  # the first block, until it shows whether it is text
        self._is_first = True
        self.is_text = False

    def note(self, block: Block) -> None:
        """A block is read."""
        if self._is_first:
            self._waiting, self._is_first = block, False
        elif not self.is_text:
            self._take_waiting()
            self._digest.update(block)

    def gave(self, text: Block) -> None:
        """A block of text comes of what was read so far."""
        if self._waiting is not None:
            self.is_text = text is self._waiting
            self._take_waiting()

    def hexdigest(self) -> str:
        """SHA-256 of all blocks, where these are not the text."""
        self._take_waiting()
        return self._digest.hexdigest()

    def _take_waiting(self) -> None:
        if self._waiting is not None and not self.is_text:
            self._digest.update(self._waiting)
        self._waiting = None


class _Aside:
    """Lines of a text, by their numbers, as its blocks come; each with why it could not be read ("": it could)."""

    def __init__(self, picks: Sequence[tuple[int, str]], most_bytes: int) -> None:
        self._wanted = iter((*picks, (0, "")))
        self._pick, self._reason = next(self._wanted)
        self._left = most_bytes
        self._before = 0  # lines that ended
        self._parts: list[bytes] = []  # of a picked one whose end is still to come
        self._is_near = False  # the block before had some: so will this one
        self.lines: list[tuple[int, str, bytes]] = []
        self.is_too_much = False

    def look(self, octets: Block) -> None:
        """The next block."""
        if self.is_too_much or not self._pick:
            return
        block = bytes(octets)
        pieces = block.split(b"\n") if self._is_near else []
        ends = len(pieces) - 1 if pieces else block.count(b"\n")
        last = self._before + ends
        self._is_near = self._pick <= last
        if not pieces and self._pick <= last + 1:
            pieces = block.split(b"\n")
        while 0 < self._pick <= last:
            self._put(b"" if self._reason else b"".join((*self._parts, pieces[self._pick - self._before - 1])))
            self._parts.clear()
        if self._pick == last + 1 and not self._reason:
            self._parts.append(pieces[-1])
        self._before = last
        if self._left < sum(map(len, self._parts)):
            self.is_too_much = True
            self.lines.clear()
            self._parts.clear()

    def _put(self, line: bytes) -> None:
        self.lines.append((self._pick, self._reason, line))
        self._left -= len(line)
        self._pick, self._reason = next(self._wanted)
