# SPDX-License-Identifier: EUPL-1.2
"""Files, their order, their lines and what cannot be read of them."""

from __future__ import annotations

import gzip
import hashlib
import tracemalloc
from pathlib import Path

import pytest

from ordinance.readers._lines import BLOCK_BYTES, MOST_LINE_BYTES, InputFile, LineFile, matching, repeated, whole


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
@pytest.mark.parametrize("pack", [False, True])
def test_where_blocks_end_changes_nothing(block: int, pack: bool, tmp_path: Path) -> None:
    """Any size of block gives the same lines, faults and digest."""
    content = "\ufeffeins\r\nzwölf\n\nviel zu lang, viel zu lang\nacht\n".encode() + b"\xff\xff\nEnde"
    content = gzip.compress(content, mtime=0) if pack else content
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


def test_a_gzip_bomb_does_not_fill_the_memory(tmp_path: Path) -> None:
    """Sixty megabytes of one line come out as one fault, a block at a time."""
    path = write(tmp_path, gzip.compress(b"0" * 60_000_000, mtime=0))
    tracemalloc.start()
    found = lines_of(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found[:2] == ([], [(1, "line-too-long")])
    assert peak < 8 * BLOCK_BYTES


def test_the_digest_covers_what_follows_a_broken_gzip(tmp_path: Path) -> None:
    """The digest is of the bytes on disk, also where reading stopped before the end."""
    content = gzip.compress(b"a\n", mtime=0) + b"garbage" * 400_000
    lines, faults, sha256 = lines_of(write(tmp_path, content))
    assert (lines, faults) == ([(1, "a")], [(2, "corrupt-gzip")])
    assert sha256 == hashlib.sha256(content).hexdigest()


def test_padding_after_a_gzip_is_no_fault(tmp_path: Path) -> None:
    """Tapes and some tools fill up with zeros."""
    content = gzip.compress(b"a\n", mtime=0) + b"\0" * 512
    assert lines_of(write(tmp_path, content))[:2] == ([(1, "a")], [])


@pytest.mark.parametrize(
    "names",
    [
        ["q.log.10.gz", "q.log.2.gz", "q.log.1", "q.log"],
        ["q.log-20230327.gz", "q.log-20230328", "q.log"],
        ["q.log-2023-03-27.gz", "q.log-2023-03-28", "q.log"],
        ["q-2023-03-27.log", "q-2023-03-28.log", "q-2023-04-01.log"],
        ["q-2023-03-27", "q-2023-03-28", "q-2023-04-01"],
    ],
)
def test_files_come_oldest_first(names: list[str], tmp_path: Path) -> None:
    """Names that logrotate and cron jobs give are put in the order of time, whatever the globs' order."""
    for name in sorted(names):
        write(tmp_path, b"", name)
    assert [f.name for f in matching(tmp_path, ["q*", "*.gz", "*.log"])] == names


def test_globs_look_below_the_folder_and_give_each_file_once(tmp_path: Path) -> None:
    """Folders are no files, a pattern may go down, an absolute path is taken as it is."""
    root = tmp_path / "body [1]"
    (root / "logs" / "deep.log").mkdir(parents=True)
    inside, outside = write(root / "logs", b"", "a.log"), write(tmp_path, b"", "b.log")
    assert [f.name for f in matching(root, ["logs/*.log", "**/*.log"])] == ["logs/a.log"]
    assert [f.path for f in matching(root, [str(outside)])] == [outside]
    assert matching(root, ["logs/a.log"])[0].path == inside
    assert matching(root, ["nothing/*", ""]) == ()


def test_only_equal_bytes_repeat(tmp_path: Path) -> None:
    """Same size is not enough, and empty files repeat nothing."""
    for name, content in {"a": b"one", "b": b"two", "c": b"one", "d": b"", "e": b""}.items():
        write(tmp_path, content, name)
    assert repeated(matching(tmp_path, ["*"])) == {"c"}


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
