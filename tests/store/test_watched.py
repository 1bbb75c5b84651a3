# SPDX-License-Identifier: EUPL-1.2
"""What a watch told stands in its file once, whole, and nobody else's file is written to."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from ordinance.model.errors import PolicyError
from ordinance.store import watched
from ordinance.store.watched import ENDED, FOUND, GAP, Line, told

ONE: Line = {"event": FOUND, "id": "f-1", "device": "dev-ABCD2345"}
TWO: Line = {"event": FOUND, "id": "f-2", "device": None, "unit": "jeugd & cultuur \u00e9"}
OVER: Line = {"event": ENDED, "id": "f-1", "device": "dev-ABCD2345", "reason": "no-longer-so"}
MINE = {"body": "ghent", "key": "hmac-sha256:ab"}
LOST: Line = {"event": GAP, "source": "dns", "file": "log", "reason": "file-gone"}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The file."""
    return tmp_path / "found.jsonl"


def write(out: Path, *lines: Line) -> None:
    """One process that tells these."""
    with told(out, MINE) as file:
        file.append(lines)


def standing(out: Path) -> set[str]:
    """What the next process takes as told."""
    with told(out, MINE) as file:
        return set(file.standing)


def test_what_was_told_stands_until_it_has_ended(out: Path) -> None:
    """Lines are added, never changed; only the owner may read them."""
    write(out, ONE, LOST)
    first = out.read_bytes()
    assert standing(out) == {"f-1"}
    write(out, TWO, OVER)
    assert out.read_bytes().startswith(first) and standing(out) == {"f-2"}
    assert out.stat().st_mode & 0o777 == 0o600


def test_a_line_that_was_cut_anywhere_is_not_told(out: Path) -> None:
    """Whoever comes next takes it away, and what was before it stands."""
    write(out, ONE)
    first = out.read_bytes()
    write(out, TWO)
    whole = out.read_bytes()
    for cut in range(len(first), len(whole)):
        out.write_bytes(whole[:cut])
        assert standing(out) == {"f-1"}
        assert out.read_bytes() == first
    out.write_bytes(whole)
    assert standing(out) == {"f-1", "f-2"} and out.read_bytes() == whole


@pytest.mark.parametrize(
    "content",
    [
        b"notes of mine",
        b"1679299200.5 line of a log\n",
        b'{"event": "dns"}\n',
        b'{"event": "found"}\n',
        b"[1]\n",
        b'{"event": "found", "id": "f-1"}\nnotes of mine',
        b"\xff\xfe\n",
    ],
)
def test_what_something_else_wrote_stays_as_it_is(out: Path, content: bytes) -> None:
    """A wrong name costs nobody a file."""
    out.write_bytes(content)
    with pytest.raises(PolicyError, match="no-watch-file"):
        standing(out)
    assert out.read_bytes() == content


def test_two_watches_do_not_write_into_one_file(out: Path) -> None:
    """The second is refused, and the first goes on."""
    with told(out, MINE) as file:
        with pytest.raises(PolicyError, match="watch-running"):
            standing(out)
        file.append([ONE])
    assert standing(out) == {"f-1"}


def test_a_full_disk_leaves_no_half_line(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was there before stands, and what could not be told is told by who comes next."""
    write(out, ONE)
    before, write_some = out.read_bytes(), os.write

    def full(handle: int, content: memoryview) -> int:
        if len(content) <= 20:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write_some(handle, content[:20])

    with told(out, MINE) as file:
        monkeypatch.setattr(watched.os, "write", full)
        with pytest.raises(OSError, match=r"No space left on device: '.*found\.jsonl'"):
            file.append([TWO])
    assert out.read_bytes() == before


def test_how_far_logs_were_read_is_written_beside(out: Path) -> None:
    """Nothing at first; `None` where what was written is gone or is something else."""
    marks = {"dns": [["log", 7, 7, "ab"]]}
    with told(out, MINE) as file:
        assert file.marks == {}
        file.append([ONE])
        file.note(marks, MINE)
        assert file.marks == marks
    side = out.with_name("found.jsonl.read")
    assert side.stat().st_mode & 0o777 == 0o600
    for content in (b"", b"[]", b"{}", b'{"form": 1, "sources": {}}', b'{"form": 2, "sources": []}', b"\xff"):
        side.write_bytes(content)
        with told(out, MINE) as file:
            assert file.marks is None
    side.unlink()
    with told(out, MINE) as file:
        assert file.marks is None


@pytest.mark.parametrize(
    ("whose", "why"),
    [
        ({"body": "tartu", "key": "hmac-sha256:cd"}, "of another body: ghent"),
        ({"body": "ghent", "key": "hmac-sha256:cd"}, "another key"),
        ({"body": "ghent", "key": ""}, "another key"),
    ],
)
def test_a_file_of_another_body_stays_as_it_is(out: Path, whose: dict[str, str], why: str) -> None:
    """Not even a line that was cut is taken away, and no file is made in the place of one that is gone."""
    write(out, ONE)
    with told(out, MINE) as file:
        file.note({}, MINE)
    with out.open("ab") as cut:
        cut.write(b'{"event": "fo')
    side = out.with_name("found.jsonl.read")
    before = out.read_bytes(), side.read_bytes()
    with pytest.raises(PolicyError, match=rf"found\.jsonl\.read:1:.*{why}.*watch-of-another"), told(out, whose):
        pass
    assert (out.read_bytes(), side.read_bytes()) == before
    out.unlink()
    with pytest.raises(PolicyError, match="watch-of-another"), told(out, whose):
        pass
    assert not out.exists() and side.read_bytes() == before[1]
    out.write_bytes(before[0])
    assert standing(out) == {"f-1"}
