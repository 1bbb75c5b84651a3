# SPDX-License-Identifier: EUPL-1.2
"""Blocks of whole lines are the text they were cut from, in memory that is used again once nobody looks at it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from random import Random

import pytest

from ordinance.readers import _blocks
from ordinance.readers._blocks import BEFORE, BEHIND, Block, Joined, Room, WholeLines

MOST = 1 << 20  # octets of a line


def fetched(text: bytes, size: int, room: Joined) -> Iterator[Block]:
    """A text in blocks, the first as octets of Python's, the others in a room's memory where it has some."""
    for at in range(0, len(text), size):
        part = text[at : at + size]
        if at and isinstance(room, Room):
            memory = room.take()
            memory[: len(part)] = part
            yield memory[: len(part)]
        else:
            yield part


def rooms(size: int) -> tuple[Joined, Room]:
    """Both ways to put blocks together."""
    return Joined(), Room(size)


@pytest.mark.parametrize("seed", range(6))
def test_whole_lines_are_the_text(seed: int) -> None:
    """However long lines are and wherever blocks end; what has no end is left."""
    random = Random(seed)  # noqa: S311  # the same in every run on purpose
    for size in (7, 64, 1_000, 1 << 17):
        lines = [b"x" * random.choice((0, 1, 5, 63, 900, random.choice((70_000, 3)))) for _ in range(60)]
        text = b"\n".join(lines)
        for room in rooms(size):
            whole, found = WholeLines(fetched(text, size, room), MOST, room), b""
            for block in whole:
                assert block[-1:] == b"\n"
                found += bytes(block)
                room.give_back(block)
            assert found + whole.rest[0] == text
            assert whole.rest == (lines[-1], False)


def test_a_line_that_is_too_long_is_no_octets() -> None:
    """What stands before it and behind it is there; at the end it is told as such. One of two blocks is given out."""
    text = b"one\n" + b"x" * 500 + b"\ntwo\nthree\n" + b"y" * 500
    for size in (8, 64):
        for room in rooms(size):
            whole = WholeLines(fetched(text, size, room), 100, room)
            found = list(map(bytes, whole))
            assert b"".join(found) == b"one\ntwo\nthree\n"
            assert found.count(b"") == 1
            assert whole.rest == (b"", True)


def test_behind_each_block_of_a_room_there_is_more() -> None:
    """Compiled code reads so much past the end, whatever it finds there."""
    room = Room(64)
    for block in WholeLines(fetched(b"ab\n" * 200 + b"c" * BEFORE + b"d" * 99 + b"\n", 64, room), MOST, room):
        assert isinstance(block, memoryview)
        start = bytes(block.obj).index(bytes(block))
        assert len(block.obj) >= start + len(block) + BEHIND
        room.give_back(block)


def test_memory_is_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """As much is made as blocks are looked at at the same time."""
    made = []

    class Counted(bytearray):
        def __init__(self, size: int) -> None:
            super().__init__(size)
            made.append(size)

    monkeypatch.setattr(_blocks, "bytearray", Counted, raising=False)
    room = Room(64)
    held: list[Block] = []
    for block in WholeLines(fetched(b"ab\n" * 2_000, 64, room), MOST, room):
        held.append(block)
        if len(held) > 3:
            room.give_back(held.pop(0))
    assert made.count(BEFORE + 64 + BEHIND) < 8
    gc.collect()


def test_what_is_looked_at_is_not_written_into() -> None:
    """Of two blocks neither changes while somebody has it."""
    room = Room(16)
    blocks = WholeLines(fetched(b"".join(b"%07d\n" % n for n in range(64)), 16, room), MOST, room)
    held = list(blocks)
    assert b"".join(map(bytes, held)) == b"".join(b"%07d\n" % n for n in range(64))
