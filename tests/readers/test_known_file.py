# SPDX-License-Identifier: EUPL-1.2
"""A file of which a beginning is known is gone through once: lines, digests and what follows are as in two passes."""

from __future__ import annotations

import gzip
import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ordinance.model.kept import KeptLines
from ordinance.readers._files import InputFile
from ordinance.readers._known_file import KnownFile

MOST_LINE = 40
LINES = st.lists(st.sampled_from((b"", b"a", b"bb\r", b"\xff", b"c" * 30, b"d" * 50, "é".encode())), max_size=12)
PACKED = {"plain": bytes, "gzip": gzip.compress}


def part_of(text: bytes, lines: int, picks: list[tuple[int, str]]) -> KeptLines:
    """What is kept of the first lines of a text."""
    known = b"".join(line + b"\n" for line in text.split(b"\n")[:lines])
    digest = hashlib.sha256(known).hexdigest()
    counts = (0, 0, (), tuple(picks))
    return KeptLines(len(known), digest, lines, "", "", (), None, None, None, None, *counts)


def opened(stored: bytes, block: int, aside: int, faults: list[tuple[int, str]]) -> tuple[KnownFile, list[int]]:
    """A file of these octets, and how often it was opened."""
    times: list[int] = []

    def again() -> BytesIO:
        times.append(1)
        return BytesIO(stored)

    file = InputFile(Path("a.log"), "a.log", again, len(stored))
    noted = faults.append
    known = KnownFile(file, lambda *fault: noted(fault), block, MOST_LINE, None, aside)
    return known, times


@pytest.mark.parametrize("kind", PACKED)
@given(LINES, LINES, st.sampled_from((b"", b"e")), st.sets(st.integers(1, 12)), st.integers(4, 60))
@example([b"c" * 30, b"a"], [], b"", {1}, 4)
@example([b"a"], [b"bb\r"], b"e", {1}, 60)
def test_one_pass_gives_what_two_give(
    kind: str, first: list[bytes], more: list[bytes], rest: bytes, numbers: set[int], block: int
) -> None:
    """Picked lines, those that follow, what was refused, how far it goes and both digests; the file is opened once."""
    text = b"".join(line + b"\n" for line in first + more) + rest
    picks = [(n, "bad-encoding" if first[n - 1] == b"\xff" else "") for n in sorted(numbers) if n <= len(first)]
    part, stored = part_of(text, len(first), picks), PACKED[kind](text)
    faults: list[tuple[int, str]] = []
    others: list[tuple[int, str]] = []
    once, times = opened(stored, block, 1 << 20, faults)
    assert once.begins(part)
    said = [*once.picked_lines(), *once.whole_lines(), *once.last_line()]
    twice, _ = opened(stored, block, 1 << 20, others)
    twice.follow((part.size, part.digest, part.lines), part.picks)
    assert said == [*twice.picked_lines(), *twice.whole_lines(), *twice.last_line()]
    assert (faults, once.ended, once.rest_digest) == (others, twice.ended, twice.rest_digest)
    assert once.sha256 == twice.sha256 == hashlib.sha256(stored).hexdigest()
    assert len(times) == 1


@given(LINES, LINES)
def test_a_file_that_begins_otherwise_is_not_known(first: list[bytes], other: list[bytes]) -> None:
    """Nothing is given out of it, be it shorter or only other."""
    text, known = (b"".join(line + b"\n" for line in lines) for lines in (other, first))
    once, _ = opened(text, 8, 1 << 20, [])
    assert once.begins(part_of(known, len(first), [])) == text.startswith(known)


def test_more_than_memory_should_hold_is_not_put_aside() -> None:
    """A second pass can have it."""
    text = b"c" * 30 + b"\n" + b"a\n"
    part = part_of(text, 2, [(1, ""), (2, "")])
    assert [opened(text, 8, aside, [])[0].begins(part) for aside in (20, 40)] == [False, True]


def test_packed_text_that_breaks_off_has_the_digest_of_all_that_is_stored() -> None:
    """Also of what lies behind the place where it broke."""
    stored = gzip.compress(b"a\nb\n")[:-4] + b"\0" * 100
    once, _ = opened(stored, 8, 1 << 20, [])
    once.follow()
    assert [*once.whole_lines(), *once.last_line()][:1] == [(1, "a")]
    assert (once.broke_off, once.sha256) == ("corrupt-gzip", hashlib.sha256(stored).hexdigest())
