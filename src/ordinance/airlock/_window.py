# SPDX-License-Identifier: EUPL-1.2
"""What part of its coded frames a video is to show: the clean aperture (`clap`) that its maker cut out of them.

Reads the tables of one MP4 or MOV. Decoders give frames whole, so that whoever does not look here shows again what was
cropped away. An edge that lies between two points, or at an odd one, moves inward: never is a point more shown.

`tapt` says how large QuickTime shows a track (`clef` clean, `prof` and `enof` whole), and not where the part lies:
where it alone says that something was cropped, that cannot be carried out. What a stream itself crops (H.264
7.4.2.1.1) is its decoder's. Cannot know what lies in the edges.

Sources: ISO/IEC 14496-12 12.1.4 (`clap`), 12.1.3 (its place); Apple's QuickTime File Format (`tapt`, `clef`, `prof`).
"""

from __future__ import annotations

import math
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO

from ordinance.airlock._apart import OUT_OF_LIMITS, StopError
from ordinance.airlock._jumbf import UnreadableError, boxes

_MOST_TABLES = 256 << 20  # bytes of `moov`
_ENTRY = 78  # bytes of a sample entry of pictures before the boxes in it
_ODD = "airlock-odd-crop"


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a frame, in points: all of its numbers are even. `of` is the size of the frames it is a part of."""

    left: int
    top: int
    width: int
    height: int
    of: tuple[int, int]


def outer(source: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Name of each outer box, where its content begins and where it ends. Refuses a file that does not end with one."""
    end, at = source.seek(0, os.SEEK_END), 0
    while at < end:
        source.seek(at)
        head = source.read(16)
        size, begins = int.from_bytes(head[:4], "big"), 8
        if size == 1:
            size, begins = int.from_bytes(head[8:16], "big"), 16
        if size == 0 and len(head) >= 8:
            size = end - at
        if size < begins or at + size > end:
            raise StopError("airlock-cannot-decode")
        yield head[4:8], at + begins, at + size
        at += size


def window_of(source: BinaryIO, track: int) -> Window | None:
    """The part that the track with this number shows; none where it shows all. Refuses what cannot be carried out.

    Whoever reads the file meanwhile finds it where it stood.
    """
    found: set[Window | None] = set()
    stood = source.tell()
    try:
        for trak in _traks(source):
            if _number(trak) == track:
                found |= _of_track(trak)
    except (UnreadableError, struct.error):
        raise StopError(_ODD) from None
    finally:
        source.seek(stood)
    if len(found) > 1:  # frames of several kinds, each with its own part
        raise StopError(_ODD)
    return found.pop() if found else None


def _traks(source: BinaryIO) -> Iterator[memoryview]:
    for name, begins, ends in outer(source):
        if name != b"moov":
            continue
        if ends - begins > _MOST_TABLES:
            raise StopError(OUT_OF_LIMITS)
        source.seek(begins)
        for inner, content in boxes(memoryview(source.read(ends - begins))):
            if inner == b"cmov":  # packed tables, of very old files
                raise StopError(_ODD)
            if inner == b"trak":
                yield content


def _within(content: memoryview | None, name: bytes) -> memoryview | None:
    """The first box of this name in another one."""
    if content is None:
        return None
    return next((inner for found, inner in boxes(content) if found == name), None)


def _number(trak: memoryview) -> int:
    head = _within(trak, b"tkhd")
    if head is None or not len(head):
        return 0
    at = 20 if head[0] == 1 else 12  # with dates of 64 bits, or of 32
    return int.from_bytes(head[at : at + 4], "big")


def _of_track(trak: memoryview) -> set[Window | None]:
    """The part of each kind of frames that the track has."""
    table = _within(_within(_within(_within(trak, b"mdia"), b"minf"), b"stbl"), b"stsd")
    if table is None:
        return set()
    entries = [entry for _, entry in boxes(table[8:])]
    cleans = [_clean(entry) for entry in entries]
    if any(clean is None for clean in cleans) and _is_smaller(_within(trak, b"tapt")):
        raise StopError(_ODD)
    return {_window(entry, clean) for entry, clean in zip(entries, cleans, strict=True)}


def _clean(entry: memoryview) -> memoryview | None:
    """The content of `clap` in a sample entry. Behind the boxes QuickTime may put four zeros."""
    at = _ENTRY
    while at + 8 <= len(entry):
        size, name = int.from_bytes(entry[at : at + 4], "big"), bytes(entry[at + 4 : at + 8])
        if size < 8 or at + size > len(entry):
            break
        if name == b"clap":
            return entry[at + 8 : at + size]
        at += size
    if b"clap" in bytes(entry[at:]):
        raise StopError(_ODD)
    return None


def _is_smaller(sizes: memoryview | None) -> bool:
    """Whether the clean size that `tapt` tells is smaller than the whole by a point or more."""
    clean, whole = (_within(sizes, name) for name in (b"clef", b"prof"))
    if clean is None or whole is None:
        return False
    pairs = zip(struct.unpack(">4xII", clean[:12]), struct.unpack(">4xII", whole[:12]), strict=True)
    return any(small + 0x10000 <= large for small, large in pairs)


def _window(entry: memoryview, clean: memoryview | None) -> Window | None:
    if clean is None:
        return None
    of: tuple[int, int] = struct.unpack(">HH", entry[24:28])
    parts = struct.unpack(">8i", clean[:32])
    if any(one <= 0 for one in parts[1::2]):
        raise StopError(_ODD)
    wide, high, right, down = (Fraction(parts[i], parts[i + 1]) for i in (0, 2, 4, 6))
    columns, rows = _edges(of[0], wide, right), _edges(of[1], high, down)
    if columns is None and rows is None:
        return None
    left, end = columns or (0, of[0] // 2 * 2)
    top, bottom = rows or (0, of[1] // 2 * 2)
    if end - left < 16 or bottom - top < 16:
        raise StopError(_ODD)
    return Window(left, top, end - left, bottom - top, of)


def _edges(whole: int, part: Fraction, off: Fraction) -> tuple[int, int] | None:
    """Where a part begins and ends whose middle lies so far from that of the whole; none where it is the whole."""
    begins = (whole - part) / 2 + off
    ends = begins + part
    if begins <= 0 and ends >= whole:
        return None
    return math.ceil(max(begins, Fraction(0)) / 2) * 2, math.floor(min(ends, Fraction(whole)) / 2) * 2
