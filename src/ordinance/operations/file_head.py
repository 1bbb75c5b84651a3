# SPDX-License-Identifier: EUPL-1.2
"""The beginning of a file that a person names, unpacked and written aside, so that readers can be tried on it.

Reads: plain and packed files, as readers do. Writes: the copy that it is told to, and nothing else. A packed file that
breaks off is read as far as it goes. Cannot know whether the rest of a file is like its beginning.
"""

from __future__ import annotations

from pathlib import Path

from ordinance.readers._stored import BrokenOff, stored_blocks, unpacked

MOST_HEAD_LINES, MOST_HEAD_BYTES = 2_000, 1 << 20

_BLOCK_BYTES = 1 << 16
_DOCUMENT = (b"{", b"[", b"<", b"bplist")


def write_head(path: Path, copy: Path) -> bool:
    """The first whole lines; gives whether that is the whole file."""
    is_whole = write_start(path, copy, MOST_HEAD_BYTES)
    raw = copy.read_bytes()
    end = len(raw)
    if not is_whole and b"\n" in raw:  # the last line may be cut
        end = raw.rfind(b"\n") + 1
    last = _end_of_line(raw, MOST_HEAD_LINES)
    end = end if last is None else min(end, last)
    copy.write_bytes(raw[:end])
    return is_whole and end == len(raw)


def _end_of_line(raw: bytes, number: int) -> int | None:
    """Where the line of that number ends; `None` where there are fewer."""
    at = 0
    for _ in range(number):
        at = raw.find(b"\n", at) + 1
        if not at:
            return None
    return at


def write_start(path: Path, copy: Path, most: int) -> bool:
    """The first `most` bytes of the text; gives whether that is all of it. A packed file that breaks off ends there."""
    left = most
    with path.open("rb") as stream, copy.open("wb") as out:
        texts = unpacked(stored_blocks(stream, len, _BLOCK_BYTES), _BLOCK_BYTES)
        try:
            for text in texts:
                out.write(text[:left])
                left -= len(text)
                if left < 0:
                    return False
        except BrokenOff:
            return True
    return True


def is_document(copy: Path) -> bool:
    """Whether it begins like JSON, XML or a list of properties, so that a part of it may be none."""
    with copy.open("rb") as stream:
        return stream.read(1024).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_DOCUMENT)
