# SPDX-License-Identifier: EUPL-1.2
"""One dirty box, field, unit or byte in an otherwise clean MP4; offsets and sizes around it are set right again."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from lab.airlock.alone import Alone
from lab.airlock.corpus import CORPUS

CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"dinf"})
SLICES = (1, 5)
Path = tuple[bytes, ...]

# What a clean file has as nought or always alike: the box, the byte in it, what is written there.
FIELDS: tuple[tuple[Path, int, bytes], ...] = (
    ((b"ftyp",), 12, b"CNRY"),
    ((b"moov", b"mvhd"), 12, b"CNRY"),  # created
    ((b"moov", b"mvhd"), 16, b"CNRY"),  # modified
    ((b"moov", b"mvhd"), 34, b"CNRY"),
    ((b"moov", b"mvhd"), 80, b"CNRY"),  # predefined
    ((b"moov", b"trak", b"tkhd"), 12, b"CNRY"),
    ((b"moov", b"trak", b"tkhd"), 16, b"CNRY"),
    ((b"moov", b"trak", b"tkhd"), 24, b"CNRY"),
    ((b"moov", b"trak", b"tkhd"), 32, b"CNRY"),
    ((b"moov", b"trak", b"mdia", b"mdhd"), 12, b"CNRY"),
    ((b"moov", b"trak", b"mdia", b"mdhd"), 16, b"CNRY"),
    ((b"moov", b"trak", b"mdia", b"mdhd"), 28, b"\x15\xc7"),  # a language
    ((b"moov", b"trak", b"mdia", b"hdlr"), 12, b"CNRY"),
    ((b"moov", b"trak", b"mdia", b"hdlr"), 20, b"CNRY"),
    ((b"moov", b"trak", b"mdia", b"minf", b"vmhd"), 12, b"CN"),
    ((b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd"), 16 + 16, b"CNRY"),
    ((b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd"), 16 + 50, b"\4CNRY"),  # the compressor's name
)


def boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of each box, as far as they make sense."""
    while start + 8 <= end:
        size = int.from_bytes(data[start : start + 4], "big")
        if size < 8 or start + size > end:
            return
        yield data[start + 4 : start + 8], start, start + size
        start += size


def walk(data: bytes, start: int = 0, end: int | None = None, path: Path = ()) -> Iterator[tuple[Path, int, int]]:
    """Every box: its path, with itself as the last, and where it is."""
    for kind, first, last in boxes(data, start, len(data) if end is None else end):
        yield (*path, kind), first, last
        if kind in CONTAINERS:
            yield from walk(data, first + 8, last, (*path, kind))


def found(data: bytes, path: Path) -> tuple[int, int]:
    """Where the first box of that path is."""
    return next((first, last) for where, first, last in walk(data) if where == path)


def inserted(clean: bytes, path: Path, what: bytes, at_end: bool = True) -> bytes:
    """The file with these bytes as the last within that box; of an empty path, before the media or behind all."""
    media = found(clean, (b"mdat",))[0]
    at = found(clean, path)[1] if path else len(clean) if at_end else media
    out = bytearray(clean[:at] + what + clean[at:])
    for depth in range(1, len(path) + 1):
        first = found(clean, path[:depth])[0]
        struct.pack_into(">I", out, first, int.from_bytes(clean[first : first + 4], "big") + len(what))
    if at <= media:
        for where, first, last in list(walk(bytes(out))):
            if where[-1] == b"stco":
                for offset in range(first + 16, last, 4):
                    struct.pack_into(">I", out, offset, int.from_bytes(out[offset : offset + 4], "big") + len(what))
    return bytes(out)


def in_mp4(clean: bytes) -> Iterator[Alone]:
    """Boxes of the corpus that a clean file has not, then fields, units, elements and bytes."""
    known = {where for where, _, _ in walk(clean)}
    seen = set()
    for dirty in CORPUS:
        if not dirty.medium.is_video:
            continue
        data = dirty.make()[0]
        for where, first, last in walk(data):
            path, kind = where[:-1], where[-1]
            if where in known or (path and path not in known) or where in seen:
                continue
            seen.add(where)
            name = f"{dirty.name}-{'/'.join(part.decode('latin-1') for part in where)}"
            named = "moov" if path == (b"moov",) else kind.decode("latin-1")  # of what it holds, the order is fixed
            yield name, named, inserted(clean, path, data[first:last], at_end=False)
            if not path:
                yield f"{name}-behind", named, inserted(clean, path, data[first:last])
    first, last = found(clean, (b"moov", b"trak"))
    yield "third-track", "moov", inserted(clean, (b"moov",), clean[first:last])
    yield "second-mdat", "mdat", clean + struct.pack(">I4s4s", 12, b"mdat", b"CNRY")
    yield "mdat-tail", "", inserted(clean, (b"mdat",), b"CNRY")
    yield "after-boxes", "", clean + b"CNRY"
    yield "after-boxes-noughts", "", clean + bytes(4)
    yield from _fields(clean)
    yield from _samples(clean)


def _fields(clean: bytes) -> Iterator[Alone]:
    for path, offset, value in FIELDS:
        first = found(clean, path)[0] + offset
        name = "/".join(part.decode() for part in path)
        yield f"{name}-{offset}", "", clean[:first] + value + clean[first + len(value) :]


def _samples(clean: bytes) -> Iterator[Alone]:
    """Each other type of NAL unit in a slice's stead; other elements at the start of a frame of sound."""
    starts = [
        int.from_bytes(clean[first + 16 : first + 20], "big") for where, first, _ in walk(clean) if where[-1] == b"stco"
    ]
    kind = starts[0] + 4
    for other in sorted(set(range(32)) - set(SLICES)):
        yield f"nal-{other}", "sample", clean[:kind] + bytes([clean[kind] & 0xE0 | other]) + clean[kind + 1 :]
    for element in (4, 6, 7):  # DSE, FIL, END
        byte = bytes([clean[starts[1]] & 0x1F | element << 5])
        yield f"aac-{element}", "sample", clean[: starts[1]] + byte + clean[starts[1] + 1 :]
