# SPDX-License-Identifier: EUPL-1.2
"""An MP4 file of one video and at most one audio track, written box by box: nothing is in it that is not named here.

Writes ftyp, moov, mdat, in this order; no date, no name, no edit list, no free space, no text. Libraries that
write this format put names, versions and lists of their own into it, or leave them out by a dozen options.

Samples are of equal duration in each track and in the order in which they are shown. Cannot know what is in them.

Sources: ISO/IEC 14496-12 (boxes), 14496-14 (`esds`), 14496-15 5.3.3 (`avcC`), 14496-1 7.2.6 (descriptors).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import BinaryIO

MOVIE_SCALE = 1000  # ticks of a second in which whole durations are told
MOST_BYTES = 2**32 - 1 - 2**24  # of samples, so that 32 bits hold each place in the file
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_UNDETERMINED = 0x55C4  # the language `und`


@dataclass(slots=True)
class Track:
    """One track: ticks a second, ticks a sample, its sample entry, and what was written of it so far.

    `keys` numbers, from 1, the samples that can be shown without another; `width` is 0 for sound.
    """

    scale: int
    ticks: int
    entry: bytes
    width: int = 0
    height: int = 0
    sizes: list[int] = field(default_factory=list)
    keys: list[int] = field(default_factory=list)
    chunks: list[tuple[int, int]] = field(default_factory=list)  # where it begins among the samples, and how many

    @property
    def duration(self) -> int:
        """In ticks of its own scale."""
        return len(self.sizes) * self.ticks


class Writer:
    """Puts samples into a file for the time being, and then the whole into another."""

    def __init__(self, scratch: BinaryIO) -> None:
        self._scratch = scratch
        self._at = 0
        self._waiting: dict[int, list[bytes]] = {}
        self.tracks: list[Track] = []

    def add(self, track: Track) -> int:
        """A track more; gives its place."""
        self.tracks.append(track)
        self._waiting[len(self.tracks) - 1] = []
        return len(self.tracks) - 1

    def sample(self, place: int, content: bytes, *, key: bool = False) -> None:
        """A sample more of a track; written a second at a time, so that sound and picture lie side by side."""
        track, waiting = self.tracks[place], self._waiting[place]
        track.sizes.append(len(content))
        if key:
            track.keys.append(len(track.sizes))
        waiting.append(content)
        if len(waiting) * track.ticks >= track.scale:
            self._put(place)

    def _put(self, place: int) -> None:
        waiting = self._waiting[place]
        if waiting:
            self.tracks[place].chunks.append((self._at, len(waiting)))
            self._at += self._scratch.write(b"".join(waiting))
            waiting.clear()

    @property
    def size(self) -> int:
        """Bytes of the samples that were written so far."""
        return self._at

    def finish(self, out: BinaryIO) -> None:
        """The whole file: tables first, so that it can be shown before it is whole on the other side."""
        for place in range(len(self.tracks)):
            self._put(place)
        kind = _box(b"ftyp", b"isom", _u32(0x200), b"isomiso2avc1mp41")
        head = len(kind) + len(_moov(self.tracks, 0)) + 8
        out.write(kind + _moov(self.tracks, head) + _u32(self._at + 8) + b"mdat")
        self._scratch.seek(0)
        while piece := self._scratch.read(1 << 20):
            out.write(piece)


def video_entry(width: int, height: int, parameters: tuple[bytes, bytes], *, tagged: bool) -> bytes:
    """The sample entry of H.264, with its one sequence and one picture parameter set; `tagged`: colours are BT.709."""
    sps, pps = parameters
    high = bytes((0xFC | 1, 0xF8, 0xF8, 0)) if sps[1] in (100, 110, 122, 144) else b""  # 4:2:0, 8 bit, no extensions
    record = (
        bytes((1, sps[1], sps[2], sps[3], 0xFF, 0xE1))
        + struct.pack(">H", len(sps)) + sps + b"\x01" + struct.pack(">H", len(pps)) + pps + high
    )  # fmt: skip
    colours = _box(b"colr", b"nclx", struct.pack(">3HB", 1, 1, 1, 0)) if tagged else b""
    return _box(
        b"avc1", bytes(6), struct.pack(">H", 1), bytes(16), struct.pack(">HH", width, height),
        _u32(0x480000, 0x480000, 0), struct.pack(">H", 1), bytes(32), struct.pack(">Hh", 24, -1),
        _box(b"avcC", record), colours,
    )  # fmt: skip


def audio_entry(channels: int, rate: int, config: bytes) -> bytes:
    """The sample entry of AAC, with its AudioSpecificConfig."""
    decoder = _descriptor(4, bytes((0x40, 0x15)) + bytes(3) + _u32(0, 0) + _descriptor(5, config))
    stream = _descriptor(3, bytes(3) + decoder + _descriptor(6, b"\x02"))
    sound = struct.pack(">HHHHI", channels, 16, 0, 0, rate << 16)
    return _box(b"mp4a", bytes(6), struct.pack(">H", 1), bytes(8), sound, _full(b"esds", 0, stream))


def _moov(tracks: Sequence[Track], start: int) -> bytes:
    """All tables, for samples that begin at this byte of the file."""
    lengths = [-(-track.duration * MOVIE_SCALE // track.scale) for track in tracks]
    general = _full(
        b"mvhd", 0, _u32(0, 0, MOVIE_SCALE, max(lengths), 0x10000), b"\x01\x00", bytes(10), _MATRIX, bytes(24),
        _u32(len(tracks) + 1),
    )  # fmt: skip
    pairs = zip(tracks, lengths, strict=True)
    parts = (_trak(number, track, length, start) for number, (track, length) in enumerate(pairs, 1))
    return _box(b"moov", general, *parts)


def _trak(number: int, track: Track, length: int, start: int) -> bytes:
    seen = bool(track.width)
    general = _full(
        b"tkhd", 3, _u32(0, 0, number, 0, length), bytes(8), struct.pack(">HHHH", 0, 0, 0 if seen else 0x100, 0),
        _MATRIX, _u32(track.width << 16, track.height << 16),
    )  # fmt: skip
    place = _box(b"dinf", _full(b"dref", 0, _u32(1), _full(b"url ", 1)))
    header = _full(b"vmhd", 1, bytes(8)) if seen else _full(b"smhd", 0, bytes(4))
    media = _box(
        b"mdia",
        _full(b"mdhd", 0, _u32(0, 0, track.scale, track.duration), struct.pack(">HH", _UNDETERMINED, 0)),
        _full(b"hdlr", 0, bytes(4), b"vide" if seen else b"soun", bytes(12), b"\0"),
        _box(b"minf", header, place, _tables(track, start)),
    )
    return _box(b"trak", general, media)


def _tables(track: Track, start: int) -> bytes:
    runs = [(first, len(list(group))) for first, group in groupby(count for _, count in track.chunks)]
    at, chunks = 1, []
    for count, times in runs:
        chunks.append(_u32(at, count, 1))
        at += times
    return _box(
        b"stbl",
        _full(b"stsd", 0, _u32(1), track.entry),
        _full(b"stts", 0, _u32(1, len(track.sizes), track.ticks)),
        _full(b"stss", 0, _u32(len(track.keys)), _all(track.keys)) if track.width else b"",
        _full(b"stsc", 0, _u32(len(chunks)), *chunks),
        _full(b"stsz", 0, _u32(0, len(track.sizes)), _all(track.sizes)),
        _full(b"stco", 0, _u32(len(track.chunks)), _all(start + place for place, _ in track.chunks)),
    )


def _u32(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *values)


def _all(values: Iterable[int]) -> bytes:
    return b"".join(value.to_bytes(4, "big") for value in values)


def _box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return _u32(len(body) + 8) + kind + body


def _full(kind: bytes, flags: int, *content: bytes) -> bytes:
    return _box(kind, _u32(flags), *content)


def _descriptor(tag: int, content: bytes) -> bytes:
    return bytes((tag, len(content))) + content  # shorter than 128 bytes, as all of ours are
