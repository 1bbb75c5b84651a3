# SPDX-License-Identifier: EUPL-1.2
"""Small videos as the airlock's rebuilding makes them: coded by the same libraries, put together box by box here.

Written apart from the program's own writer, so that checker and writer do not share a mistake.
"""

from __future__ import annotations

import math
import re
import struct
from array import array
from fractions import Fraction
from functools import cache
from typing import Any

import av
from av.codec.context import Flags

MATRIX = struct.pack(">9I", 65536, 0, 0, 0, 65536, 0, 0, 0, 0x40000000)
# Box → bytes before its children.
CONTAINERS = {
    "moov": 0, "trak": 0, "mdia": 0, "minf": 0, "dinf": 0, "dref": 8, "stbl": 0, "stsd": 8, "avc1": 78, "mp4a": 28,
}  # fmt: skip


@cache
def pictures(frames: int = 6, width: int = 32, height: int = 30) -> tuple[bytes, bytes, tuple[tuple[bytes, bool], ...]]:
    """SPS, PPS and samples of a small film of one unit each, and which are key pictures: the first and the fourth."""
    coder: Any = av.CodecContext.create("libx264", "w")
    coder.width, coder.height, coder.pix_fmt = width, height, "yuv420p"
    coder.framerate, coder.time_base = Fraction(25), Fraction(1, 25)
    coder.gop_size, coder.max_b_frames, coder.thread_count = 3, 0, 1
    coder.color_primaries = coder.color_trc = coder.colorspace = 1
    coder.flags |= Flags.bitexact | Flags.global_header | Flags.closed_gop
    coder.options = {"preset": "veryfast", "profile": "high", "crf": "20", "forced-idr": "1", "keyint_min": "3"}
    coder.open()
    packets = []
    for number in range(frames):
        frame = av.VideoFrame(width, height, "yuv420p")
        for plane in frame.planes:
            places = ((x, y) for y in range(plane.height) for x in range(plane.line_size))
            plane.update(bytes((x * 7 + y * 3 + number * 9) & 255 for x, y in places))
        frame.pts, frame.time_base = number, Fraction(1, 25)
        packets += coder.encode(frame)
    packets += coder.encode(None)
    sets = {unit[0] & 31: unit for unit in _units(bytes(coder.extradata))}
    samples = []
    for packet in packets:
        kept = [unit for unit in _units(bytes(packet)) if unit[0] & 31 in (1, 5)]
        content = b"".join(struct.pack(">I", len(unit)) + unit for unit in kept)
        samples.append((content, kept[0][0] & 31 == 5))
    return sets[7], sets[8], tuple(samples)


def _units(stream: bytes) -> list[bytes]:
    return [unit.rstrip(b"\x00") for unit in re.split(b"\x00\x00\x01", stream) if unit.strip(b"\x00")]


@cache
def tone(channels: int = 2, frames: int = 5) -> tuple[bytes, tuple[bytes, ...]]:
    """The configuration and the frames of a tone in AAC."""
    coder: Any = av.CodecContext.create("aac", "w")
    coder.sample_rate, coder.layout, coder.format = 48000, "stereo" if channels == 2 else "mono", "fltp"
    coder.time_base = Fraction(1, 48000)
    coder.flags |= Flags.bitexact | Flags.global_header
    coder.open()
    packets = []
    for number in range(frames):
        frame = av.AudioFrame(format="fltp", layout=coder.layout.name, samples=1024)
        for plane in frame.planes:
            plane.update(array("f", [0.2 * math.sin((number * 1024 + i) * 0.06) for i in range(1024)]).tobytes())
        frame.sample_rate, frame.pts, frame.time_base = 48000, number * 1024, Fraction(1, 48000)
        packets += coder.encode(frame)
    packets += coder.encode(None)
    return bytes(coder.extradata)[:2], tuple(bytes(packet) for packet in packets)


def u32(*values: int) -> bytes:
    """Numbers of four bytes."""
    return struct.pack(f">{len(values)}I", *values)


def box(kind: str, *content: bytes) -> bytes:
    """A box with its right size."""
    body = b"".join(content)
    return u32(len(body) + 8) + kind.encode() + body


def avcc(sps: bytes, pps: bytes) -> bytes:
    """What a decoder needs before the first sample."""
    head = b"\x01" + sps[1:4] + b"\xff\xe1" + struct.pack(">H", len(sps)) + sps
    head += b"\x01" + struct.pack(">H", len(pps)) + pps
    return head + (b"\xfd\xf8\xf8\x00" if sps[1] == 100 else b"")


def film(
    sound: bool = True,
    samples: tuple[tuple[bytes, bool], ...] | None = None,
    sets: tuple[bytes, bytes] | None = None,
    frames: tuple[bytes, ...] | None = None,
    channels: int = 2,
) -> bytes:
    """A whole file: pictures in chunks of two samples where that goes, sound in one chunk behind them."""
    sps, pps, own = pictures()
    sps, pps = sets or (sps, pps)
    samples = own if samples is None else samples
    config, tones = tone(channels)
    tones = tones if frames is None else frames
    entry = box(
        "avc1", bytes(6), b"\x00\x01", bytes(16), struct.pack(">HH", 32, 30), u32(0x480000, 0x480000, 0), b"\x00\x01",
        bytes(32), b"\x00\x18\xff\xff", box("avcC", avcc(sps, pps)), box("colr", b"nclx\x00\x01\x00\x01\x00\x01\x00"),
    )  # fmt: skip
    decoder = b"\x04\x11\x40\x15" + bytes(11) + b"\x05\x02" + config
    heard = box(
        "mp4a", bytes(6), b"\x00\x01", bytes(8), struct.pack(">HHI", channels, 16, 0), u32(48000 << 16),
        box("esds", bytes(4), b"\x03\x19\x00\x00\x00" + decoder + b"\x06\x01\x02"),
    )  # fmt: skip
    each = 1 + (len(samples) % 2 == 0)
    chunks = [b"".join(c for c, _ in samples[i : i + each]) for i in range(0, len(samples), each)]
    keys = [number for number, (_, key) in enumerate(samples, 1) if key]
    video = (entry, [len(c) for c, _ in samples], each, keys)
    audio = (heard, [len(c) for c in tones], len(tones), None)
    payload = b"".join(chunks) + (b"".join(tones) if sound else b"")
    moov = b""
    for _ in range(2):  # the second time its size is known
        at = 32 + len(moov) + 8
        places = [at + sum(map(len, chunks[:i])) for i in range(len(chunks))]
        traks = [_trak(1, 25, 1, (32, 30), video, places)]
        if sound:
            traks.append(_trak(2, 48000, 1024, (0, 0), audio, [at + sum(map(len, chunks))]))
        length = max(len(samples) * 40, -(-len(tones) * 1024 // 48) if sound else 0)
        general = box(
            "mvhd", u32(0, 0, 0, 1000, length, 65536), b"\x01\x00", bytes(10), MATRIX, bytes(24), u32(len(traks) + 1)
        )
        moov = box("moov", general, *traks)
    return box("ftyp", b"isom\x00\x00\x02\x00isomiso2avc1mp41") + moov + box("mdat", payload)


def _trak(
    number: int, scale: int, ticks: int, size: tuple[int, int], what: tuple[Any, ...], places: list[int]
) -> bytes:
    entry, sizes, a_chunk, keys = what
    length = -(-len(sizes) * ticks * 1000 // scale)
    stbl = box(
        "stbl", box("stsd", u32(0, 1), entry), box("stts", u32(0, 1, len(sizes), ticks)),
        b"" if keys is None else box("stss", u32(0, len(keys), *keys)), box("stsc", u32(0, 1, 1, a_chunk, 1)),
        box("stsz", u32(0, 0, len(sizes), *sizes)), box("stco", u32(0, len(places), *places)),
    )  # fmt: skip
    seen = number == 1
    header = box("vmhd", u32(1, 0, 0)) if seen else box("smhd", u32(0, 0))
    dinf = box("dinf", box("dref", u32(0, 1), box("url ", u32(1))))
    media = box(
        "mdia", box("mdhd", u32(0, 0, 0, scale, len(sizes) * ticks), b"\x55\xc4\x00\x00"),
        box("hdlr", bytes(8), b"vide" if seen else b"soun", bytes(13)), box("minf", header, dinf, stbl),
    )  # fmt: skip
    general = box(
        "tkhd", u32(3, 0, 0, number, 0, length), bytes(12), b"\x00\x00" if seen else b"\x01\x00", bytes(2), MATRIX,
        u32(size[0] << 16, size[1] << 16),
    )  # fmt: skip
    return box("trak", general, media)


def find(data: bytes, path: str) -> list[int]:
    """Where the boxes along a path begin, outermost first; `trak[2]` is the second of its name."""
    start, end, places = 0, len(data), []
    for step in path.split("/"):
        name, _, nth = step.partition("[")
        left = int(nth.rstrip("]") or 1)
        while True:
            size = int.from_bytes(data[start : start + 4], "big")
            left -= data[start + 4 : start + 8] == name.encode()
            if left == 0:
                break
            start += size
            assert start < end, path
        places.append(start)
        end, start = start + size, start + 8 + CONTAINERS.get(name, 0)
    return places


def edited(data: bytes, path: str, at: int, new: bytes, cut: int | None = None) -> bytes:
    """The file with these bytes put in at a place of a box's content, in place of `cut` others (as many, if not given).

    Sizes of boxes around it, and where samples lie, are mended.
    """
    cut = len(new) if cut is None else cut
    places = find(data, path)
    more, made = len(new) - cut, bytearray(data)
    for place in places:
        size = int.from_bytes(made[place : place + 4], "big") + more
        made[place : place + 4] = u32(size)
    if more and path.startswith("moov"):
        for track in (1, 2):
            try:
                table = find(data, f"moov/trak[{track}]/mdia/minf/stbl/stco")[-1]
            except AssertionError:
                continue
            count = int.from_bytes(data[table + 12 : table + 16], "big")
            for entry in range(table + 16, table + 16 + 4 * count, 4):
                made[entry : entry + 4] = u32(int.from_bytes(data[entry : entry + 4], "big") + more)
    place = places[-1] + 8 + at
    return bytes(made[:place]) + new + bytes(made[place + cut :])
