# SPDX-License-Identifier: EUPL-1.2
"""Files, their lines and what cannot be read of them."""

from __future__ import annotations

import gzip
import hashlib
import os
import random
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from ordinance.readers._files import InputFile, matching, repeated
from ordinance.readers._lines import BLOCK_BYTES, MOST_LINE_BYTES, LineFile, whole

from . import packed

each_packing = pytest.mark.parametrize("packing", packed.PACKINGS, ids=lambda p: p.name)


def lines_of(
    path: Path, block: int = BLOCK_BYTES, longest: int = MOST_LINE_BYTES
) -> tuple[list[tuple[int, str]], list[tuple[int, str]], str]:
    """Lines, faults and digest of a file."""
    faults: list[tuple[int, str]] = []
    file = LineFile(InputFile(path, path.name), lambda line, reason: faults.append((line, reason)), block, longest)
    return list(file.lines()), faults, file.sha256


def write(folder: Path, content: bytes, name: str = "a.log") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", []),
        (b"\n", [(1, "")]),
        (b"a", [(1, "a")]),
        (b"a\n\nb\r\n", [(1, "a"), (2, ""), (3, "b")]),
        (b"\xef\xbb\xbfa\nb", [(1, "a"), (2, "b")]),
        ("ü\u2028x\x0by\n".encode(), [(1, "ü\u2028x\x0by")]),
    ],
)
def test_lines_end_at_newlines_only(content: bytes, expected: list[tuple[int, str]], tmp_path: Path) -> None:
    """LF and CRLF end a line; line separators inside a text do not."""
    assert lines_of(write(tmp_path, content)) == (expected, [], hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("block", [2, 3, 7, 64])
@pytest.mark.parametrize("pack", [pytest.param(bytes, id="plain"), *packed.FORMS])
def test_where_blocks_end_changes_nothing(block: int, pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """Any size of block gives the same lines, faults and digest."""
    content = "\ufeffeins\r\nzwölf\n\nviel zu lang, viel zu lang\nacht\n".encode() + b"\xff\xff\nEnde"
    content = pack(content)
    path = write(tmp_path, content)
    lines, faults, sha256 = lines_of(path, block, longest=8)
    assert lines == [(1, "eins"), (2, "zwölf"), (3, ""), (5, "acht"), (7, "Ende")]
    assert faults == [(4, "line-too-long"), (6, "bad-encoding")]
    assert sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("tail", [b"", b"\n"])
def test_an_overlong_last_line_is_one_fault(tail: bytes, tmp_path: Path) -> None:
    """With or without its newline, within one block or over many."""
    path = write(tmp_path, b"ok\n" + b"x" * 100 + tail)
    for block in (4, 1000):
        assert lines_of(path, block, longest=8)[:2] == ([(1, "ok")], [(2, "line-too-long")])


@each_packing
def test_a_bomb_does_not_fill_the_memory(packing: packed.Packing, tmp_path: Path) -> None:
    """Sixty megabytes of one line come out as one fault, a block at a time."""
    path = write(tmp_path, packing.pack(b"0" * 60_000_000))
    tracemalloc.start()
    found = lines_of(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found[:2] == ([], [(1, "line-too-long")])
    assert peak < 8 * BLOCK_BYTES


@each_packing
def test_many_tiny_members_take_no_time_that_grows_with_the_square(packing: packed.Packing, tmp_path: Path) -> None:
    """Fifty thousand members of one letter: what follows each is not copied over and over."""
    path = write(tmp_path, packing.pack(b"x") * 50_000)
    began = time.process_time()
    assert lines_of(path)[:2] == ([(1, "x" * 50_000)], [])
    assert time.process_time() - began < 20


@each_packing
def test_a_long_line_is_not_copied_for_each_piece_of_it(packing: packed.Packing, tmp_path: Path) -> None:
    """Thirty megabytes that were packed a few bytes at a time; readers of documents allow lines of such a length."""
    dice = random.Random(7)  # noqa: S311  # the same line each time
    path = write(tmp_path, packing.pack(dice.randbytes(15_000_000).hex().encode()))
    began = time.process_time()
    lines, faults, _ = lines_of(path, longest=1 << 25)
    assert (len(lines[0][1]), faults) == (30_000_000, [])
    assert time.process_time() - began < 10


def test_a_frame_that_looks_back_too_far_is_refused(tmp_path: Path) -> None:
    """128 MiB is what is held for a frame; one that asks for more is not unpacked, and the reason says so."""
    widest, wider = (packed.zstandard(b"a\n" * 9, window_log=log) for log in (27, 28))
    assert lines_of(write(tmp_path, widest))[1] == []
    assert lines_of(write(tmp_path, wider))[:2] == ([], [(1, "wide-zstd-window")])


def test_a_frame_that_needs_a_dictionary_is_refused(tmp_path: Path) -> None:
    """Nobody gave one: what it holds is not known."""
    framed = b"\x28\xb5\x2f\xfd" + b"\x21" + b"\x07" + b"\x02" + b"\x11\x00\x00" + b"a\n"
    assert lines_of(write(tmp_path, framed))[:2] == ([], [(1, "corrupt-zstd")])


def test_a_file_of_frames_to_skip_holds_nothing(tmp_path: Path) -> None:
    """Such frames are for other programs; cut, they are a fault all the same."""
    assert lines_of(write(tmp_path, packed.SKIPPED * 3))[:2] == ([], [])
    assert lines_of(write(tmp_path, packed.SKIPPED * 3 + packed.SKIPPED[:-1]))[:2] == ([], [(1, "truncated-zstd")])


@each_packing
@pytest.mark.parametrize("lines", [1, 200_000])
def test_the_digest_covers_what_follows_the_break(packing: packed.Packing, lines: int, tmp_path: Path) -> None:
    """The digest is of the bytes on disk, also where reading stopped before the end, in whichever block that was."""
    dice = random.Random(7)  # noqa: S311  # the same lines each time
    plain = b"".join(b"%032x\n" % dice.getrandbits(128) for _ in range(lines))
    content = packing.pack(plain) + b"garbage" * 400_000
    found, faults, sha256 = lines_of(write(tmp_path, content))
    assert (len(found), faults) == (lines, [(lines + 1, packing.corrupt)])
    assert sha256 == hashlib.sha256(content).hexdigest()


def test_padding_after_a_gzip_is_no_fault(tmp_path: Path) -> None:
    """Tapes and some tools fill up with zeros."""
    content = gzip.compress(b"a\n", mtime=0) + b"\0" * 512
    assert lines_of(write(tmp_path, content))[:2] == ([(1, "a")], [])


def test_a_whole_file_is_unpacked_bounded_and_named_by_its_digest(tmp_path: Path) -> None:
    """Of one that is too large, broken or not there no byte is given out; the digest is of what is on disk."""
    plain, packed = b"bplist00\x00\xff\n" * 9, gzip.compress(b"bplist00\x00\xff\n" * 9)
    size = len(plain)
    for content, most, told in (
        (plain, size, (plain, "")),
        (plain, size - 1, (b"", "file-too-large")),
        (packed, size, (plain, "")),
        (packed, size - 1, (b"", "file-too-large")),
        (packed[:-9], size, (b"", "truncated-gzip")),
        (b"", 0, (b"", "")),
    ):
        path = write(tmp_path, content)
        assert whole(InputFile(path, path.name), most) == (*told, hashlib.sha256(content).hexdigest())
    nowhere = InputFile(tmp_path / "nowhere", "nowhere")
    assert whole(nowhere, 1) == (b"", "unreadable-file", "")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders on this system")
@pytest.mark.parametrize("kind", ["pipe", "device", "both"])
def test_what_is_no_file_is_one_fault_and_nobody_waits(kind: str, tmp_path: Path) -> None:
    """Who may write into a folder of logs cannot have a check wait for ever, or read a device without an end."""
    if kind != "device":
        os.mkfifo(tmp_path / "a.log")
    if kind != "pipe":
        (tmp_path / "b.log").symlink_to("/dev/zero")
    files = matching(tmp_path, ["*.log"])
    assert len(files) == (2 if kind == "both" else 1) and not repeated(files)
    faults: list[tuple[int, str]] = []
    for file in files:
        lines = LineFile(file, lambda number, reason: faults.append((number, reason)))
        assert list(lines.lines()) == [] and lines.sha256 == ""
    assert faults == [(1, "unreadable-file")] * len(files)
