# SPDX-License-Identifier: EUPL-1.2
"""Boxes of MP4 and atoms of MOV, and a writer of tracks that leaves room to hide things.

ISO/IEC 14496-12 (boxes), 14496-14 (`esds`), 14496-15 (`avcC`), Apple's QuickTime File Format. Each sample is a chunk of
its own, so that anything can lie between two of them.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lab.airlock.markers import MAC, Sheet

MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
UND = 0x55C4  # language `und`


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box with its size."""
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def full(kind: bytes, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    """A box with version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def mac(date: datetime) -> bytes:
    """Seconds since 1904."""
    return struct.pack(">I", int((date - MAC).total_seconds()))


def dates(sheet: Sheet, place: str) -> bytes:
    """Created and modified."""
    return mac(sheet.date(f"{place}-created")) + mac(sheet.date(f"{place}-modified"))


def descriptor(tag: int, *parts: bytes) -> bytes:
    """A descriptor of MPEG-4 systems."""
    body = b"".join(parts)
    assert len(body) < 128
    return bytes([tag, len(body)]) + body


def esds(config: bytes, *more: bytes) -> bytes:
    """What decodes AAC; `more` are further descriptors."""
    decoder = descriptor(4, b"\x40\x15\0\0\0", bytes(8), descriptor(5, config))
    return full(b"esds", descriptor(3, b"\0\1\0", decoder, descriptor(6, b"\2"), *more))


def avcc(sps: Sequence[bytes], pps: Sequence[bytes], behind: bytes = b"") -> bytes:
    """What decodes H.264."""
    head = b"\1" + sps[0][1:4] + b"\xff" + bytes([0xE0 | len(sps)])
    sets = b"".join(struct.pack(">H", len(s)) + s for s in sps) + bytes([len(pps)])
    return box(b"avcC", head, sets, b"".join(struct.pack(">H", len(p)) + p for p in pps), behind)


def entry(kind: bytes, *parts: bytes) -> bytes:
    """A sample description."""
    return box(kind, bytes(6), b"\0\1", *parts)


def avc1(width: int, height: int, compressor: bytes, *parts: bytes) -> bytes:
    """That of H.264; the name of the compressor has 31 bytes."""
    name = bytes([min(len(compressor), 31)]) + compressor[:31].ljust(31, b"\0")
    size = struct.pack(">HHIIIH", width, height, 0x480000, 0x480000, 0, 1)
    return entry(b"avc1", bytes(16), size, name, b"\0\x18\xff\xff", *parts)


def mp4a(rate: int, *parts: bytes) -> bytes:
    """That of AAC, one channel."""
    return entry(b"mp4a", bytes(8), struct.pack(">HHHHI", 1, 16, 0, 0, rate << 16), *parts)


@dataclass
class Media:
    """The bytes of `mdat`; `at` is where they begin in the file."""

    at: int
    data: bytearray = field(default_factory=bytearray)

    def add(self, sample: bytes) -> int:
        """Appends; the offset in the file."""
        offset = self.at + len(self.data)
        self.data += sample
        return offset


@dataclass
class Track:
    """One track: what kind, its samples, and whatever else shall stand in its boxes."""

    number: int
    handler: bytes
    scale: int
    samples: Sequence[bytes]
    length: int  # of a sample, in units of the scale
    entries: Sequence[bytes]
    name: bytes = b""
    keys: Sequence[int] = ()
    size: tuple[int, int] = (0, 0)
    head: bytes | None = None  # the media header
    more: Sequence[bytes] = ()  # boxes of `trak`
    table: Sequence[bytes] = ()  # boxes of `stbl`
    is_on: bool = True
    offsets: list[int] = field(default_factory=list)

    def place(self, media: Media, *, between: bytes = b"") -> Track:
        """Writes its samples, with `between` behind the first."""
        for number, sample in enumerate(self.samples):
            self.offsets.append(media.add(sample))
            if not number and between:
                media.add(between)
        return self


def trak(sheet: Sheet, track: Track, quicktime: bool = False) -> bytes:
    """The track, its dates and the name of its handler marked."""
    place = f"track{track.number}"
    duration = track.length * len(track.samples)
    head = track.head
    if head is None:
        heads = {b"vide": full(b"vmhd", bytes(8), flags=1), b"soun": full(b"smhd", bytes(4))}
        head = heads.get(track.handler, full(b"nmhd"))
    name = track.name or sheet.raw(f"{place}-handler")
    handler = full(
        b"hdlr",
        b"mhlr" if quicktime else bytes(4),
        track.handler,
        bytes(12),
        bytes([len(name)]) + name if quicktime else name + b"\0",
    )
    table = [
        full(b"stsd", struct.pack(">I", len(track.entries)), *track.entries),
        full(b"stts", *([struct.pack(">III", 1, len(track.samples), track.length)] if track.samples else [bytes(4)])),
        full(b"stsc", *([struct.pack(">IIII", 1, 1, 1, 1)] if track.samples else [bytes(4)])),
        full(b"stsz", struct.pack(">II", 0, len(track.samples)), *(struct.pack(">I", len(s)) for s in track.samples)),
        full(b"stco", struct.pack(">I", len(track.offsets)), *(struct.pack(">I", o) for o in track.offsets)),
    ]
    if track.keys:
        table.append(full(b"stss", struct.pack(">I", len(track.keys)), *(struct.pack(">I", k) for k in track.keys)))
    sizes = struct.pack(">II", track.size[0] << 16, track.size[1] << 16)
    movie_duration = duration * 1000 // track.scale
    volume = b"\1\0" if track.handler == b"soun" else b"\0\0"
    tkhd = [dates(sheet, f"{place}-tkhd"), struct.pack(">III", track.number, 0, movie_duration), bytes(12), volume]
    information = [head, box(b"dinf", full(b"dref", struct.pack(">I", 1), full(b"url ", flags=1)))]
    if quicktime:
        information.insert(1, full(b"hdlr", b"dhlr", b"alis", bytes(12), b"\0"))
    return box(
        b"trak",
        full(b"tkhd", *tkhd, bytes(2), MATRIX, sizes, flags=3 if track.is_on else 2),
        *track.more,
        box(
            b"mdia",
            full(b"mdhd", dates(sheet, f"{place}-mdhd"), struct.pack(">IIHH", track.scale, duration, UND, 0)),
            handler,
            box(b"minf", *information, box(b"stbl", *table, *track.table)),
        ),
    )


def mvhd(sheet: Sheet, tracks: int, predefined: bytes = b"") -> bytes:
    """The head of the movie, two seconds; `predefined` goes where 24 bytes should be nought."""
    rest = struct.pack(">IIIHH", 1000, 2000, 0x10000, 0x100, 0) + bytes(8) + MATRIX + predefined.ljust(24, b"\0")
    return full(b"mvhd", dates(sheet, "mvhd"), rest, struct.pack(">I", tracks + 1))


def text_atom(kind: bytes, value: bytes) -> bytes:
    """A text of QuickTime's user data: its length, a language, itself."""
    return box(kind, struct.pack(">HH", len(value), UND), value)


def small_mp4(sheet: Sheet, place: str) -> bytes:
    """What phones append to a photo: a movie, here without pictures, with the place where it was taken."""
    user = box(b"udta", text_atom(b"\xa9xyz", sheet.spot(f"{place}-gps").iso6709.encode()))
    return box(b"ftyp", b"mp42\0\0\0\0mp42isom") + box(b"moov", mvhd(sheet, 0), user) + box(b"free", sheet.raw(place))
