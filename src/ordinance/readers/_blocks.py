# SPDX-License-Identifier: EUPL-1.2
"""Blocks of whole lines, put together from those of a text without copying them: what is left of one is written before
the next one, into room that was left there.

Reads: blocks as they were fetched, in a `Room`'s memory or as octets of Python's. Behind a block that is given out
`BEHIND` more octets may be read, whatever they are. Its memory is used again once it is given back: whoever looks at
blocks in other threads has to have ended before. Cannot know whether a line that is too long ever ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

BEFORE = 1 << 16  # octets for what is left of the block before: as many as a line usually has at most
BEHIND = 64  # octets that compiled code looks at in one step

Block = bytes | memoryview


class Joined:
    """Each block is given out as octets of Python's, a copy."""

    def give_back(self, block: Block) -> None:
        """Nothing is used again."""

    def line_feed(self, block: Block) -> int:
        """Where the last line of a block ends; -1 for nowhere."""
        return bytes(block).rfind(b"\n")

    def whole(self, parts: Iterable[bytes], block: Block, size: int) -> Block:
        """The first octets of a block behind what was left before it."""
        return b"".join((*parts, memoryview(block)[:size]))


class Room(Joined):
    """Memory for blocks of at most `size` octets, used again and again."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._free: list[bytearray] = []

    def take(self) -> memoryview:
        """Room for a block."""
        memory = self._free.pop() if self._free else bytearray(BEFORE + self._size + BEHIND)
        return memoryview(memory)[BEFORE : BEFORE + self._size]

    def give_back(self, block: Block) -> None:
        """Nobody looks at it any more, nor at what it was cut from."""
        memory = self._of(block)
        if memory is not None:
            self._free.append(memory)

    def line_feed(self, block: Block) -> int:
        """Where the last line of a block ends; -1 for nowhere."""
        memory = self._of(block)
        if memory is None:
            return super().line_feed(block)
        return max(-1, memory.rfind(b"\n", BEFORE, BEFORE + len(block)) - BEFORE)

    def whole(self, parts: Iterable[bytes], block: Block, size: int) -> memoryview:
        """The first octets of a block behind what was left before it."""
        memory, left = self._of(block), b"".join(parts)
        if memory is None or len(left) > BEFORE:
            return _padded(left, block[:size])
        start = BEFORE - len(left)
        memory[start:BEFORE] = left
        return memoryview(memory)[start : BEFORE + size]

    def _of(self, block: Block) -> bytearray | None:
        """The memory that a block lies in, where it is one of these."""
        memory = block.obj if isinstance(block, memoryview) else None
        return memory if isinstance(memory, bytearray) and len(memory) == BEFORE + self._size + BEHIND else None


def _padded(*parts: Block) -> memoryview:
    """A copy with octets behind it."""
    memory, at = bytearray(sum(map(len, parts)) + BEHIND), 0
    for part in parts:
        memory[at : at + len(part)] = part
        at += len(part)
    return memoryview(memory)[:at]


class WholeLines:
    """Blocks of whole lines, with their ends; no octets for a line that is too long.

    `rest` is what follows the last line's end, and whether it is too long.
    """

    def __init__(self, blocks: Iterable[Block], most_line_bytes: int, room: Joined) -> None:
        self._blocks, self._most_line_bytes, self._room = blocks, most_line_bytes, room
        self.rest: tuple[bytes, bool] = (b"", False)

    def __iter__(self) -> Iterator[Block]:
        parts: list[bytes] = []  # of a line whose end is still to come; joined once, be it of many blocks
        length, overlong = 0, False
        for block in self._blocks:
            cut = self._room.line_feed(block)
            if cut < 0:
                if not overlong:
                    parts.append(bytes(block))
                    length += len(block)
                if length > self._most_line_bytes:
                    overlong = True
                    parts.clear()
                self._room.give_back(block)
                continue
            if overlong:
                yield b""
                whole = bytes(block)
                self._room.give_back(block)
                block = whole[whole.find(b"\n") + 1 :]  # noqa: PLW2901  # what is left of it
                cut -= len(whole) - len(block)
                length, overlong = 0, False
            left = bytes(block[cut + 1 :])
            if cut >= 0:
                yield self._room.whole(parts, block, cut + 1)
            parts = [left]
            length = len(left)
        self.rest = b"".join(parts), overlong
