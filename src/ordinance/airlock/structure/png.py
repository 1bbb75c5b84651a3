# SPDX-License-Identifier: EUPL-1.2
"""PNG as the airlock writes it: IHDR, IDAT, IEND, and not a byte more.

Reads: every chunk, its checksum, and the one zlib stream, which is inflated piece by piece and holds just the rows that
IHDR announces. Palettes are none of ours: an entry that no pixel uses could hold text. Cannot know: what the
pixels show, and what was chosen among the many ways to deflate the same rows.

Sources: PNG specification (third edition) 5.3 (chunks), 7.2 (rows), 9 (filters), 10 (compression), 11.2;
RFC 1950 2.2 (zlib's header).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from ordinance.airlock.structure._strange import (
    CHECKSUM,
    CODING,
    CUT,
    DISAGREE,
    FIXED,
    LOOSE,
    ORDER,
    RANGE,
    SIZE,
    UNKNOWN,
    Fields,
    Shape,
    StrangeError,
    shown,
    want,
)

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_BYTES = {0: 1, 2: 3, 4: 2, 6: 4}  # type of colour (grey, RGB, grey with alpha, RGB with alpha) → bytes of a pixel
_NEXT = {b"": (b"IHDR",), b"IHDR": (b"IDAT",), b"IDAT": (b"IDAT", b"IEND")}
_KNOWN = {b"IHDR", b"IDAT", b"IEND"}
_MOST_PIXELS = 1 << 28
_PIECE = 1 << 20  # bytes inflated at a time
_DEFLATE_AT_BEST = 1032  # bytes that one byte of deflate stands for, at most


def check(data: memoryview) -> Shape:
    """The shape of a PNG of ours; Strange at the first thing that is none of it."""
    want(data[:8] == SIGNATURE, "start", ORDER, "it does not begin as a PNG does")
    width = height = depth = 0
    last = b""
    pieces: list[memoryview] = []
    for name, content, where in _chunks(data):
        want(name in _NEXT[last], where, ORDER, "it stands where this chunk does not belong")
        fields = Fields(content, where)
        if name == b"IHDR":
            width, height, depth = _header(fields)
        elif name == b"IDAT":
            want(len(content) > 0, where, SIZE, "it is empty")
            pieces.append(content)
        else:
            fields.end()
        last = name
    _rows(pieces, 1 + width * depth, height)
    return Shape(width, height)


def _chunks(data: memoryview) -> Iterator[tuple[bytes, memoryview, str]]:
    """Name, content and place of each chunk up to IEND, behind which nothing follows."""
    at, name = len(SIGNATURE), b""
    while name != b"IEND":
        want(at + 12 <= len(data), f"byte {at}", CUT, "it ends where a chunk should stand")
        size = int.from_bytes(data[at : at + 4], "big")
        name = bytes(data[at + 4 : at + 8])
        where = f"{shown(name)} at byte {at}"
        want(name in _KNOWN, where, UNKNOWN, "this chunk is not among those of ours")
        want(at + 12 + size <= len(data), where, CUT, "it says that it is longer than the file")
        said = int.from_bytes(data[at + 8 + size : at + 12 + size], "big")
        want(zlib.crc32(data[at + 4 : at + 8 + size]) == said, where, CHECKSUM, "its checksum is wrong")
        yield name, data[at + 8 : at + 8 + size], where
        at += 12 + size
    want(at == len(data), f"byte {at}", LOOSE, "bytes follow the last chunk")


def _header(fields: Fields) -> tuple[int, int, int]:
    """Width, height and bytes of a pixel."""
    width = fields.ranged(4, 1, (1 << 31) - 1, "the width")
    height = fields.ranged(4, 1, (1 << 31) - 1, "the height")
    want(width * height <= _MOST_PIXELS, fields.where, RANGE, "it has more pixels than any of ours")
    fields.fixed(b"\x08", "the bit depth")
    colour = fields.number(1)
    want(colour in _BYTES, fields.where, RANGE, "the type of colour is none of ours")
    fields.zeros(3, "compression, filter or interlace method")
    fields.end()
    return width, height, _BYTES[colour]


def _rows(pieces: list[memoryview], row: int, height: int) -> None:
    """The inflated rows of so many bytes: as many as there should be, with filters that exist."""
    expected = row * height
    given = sum(len(piece) for piece in pieces)
    want(expected <= given * _DEFLATE_AT_BEST, "IDAT", CODING, "it cannot hold as many rows as the header says")
    want(bytes(pieces[0][:1]) == b"\x78", "IDAT", FIXED, "the method of compression or its window is none of ours")
    at = 0
    for piece in _inflated(pieces):
        want(at + len(piece) <= expected, "IDAT", LOOSE, "more rows are in it than the header says")
        want(max(piece[-at % row :: row], default=0) <= 4, "IDAT", CODING, "a row has a filter of no kind")
        at += len(piece)
    want(at == expected, "IDAT", DISAGREE, "fewer rows are in it than the header says")
    alike = len({len(piece) for piece in pieces[:-1]}) <= 1
    want(alike, "IDAT", SIZE, "the stream is cut into pieces of different lengths, which could spell a text")


def _inflated(pieces: list[memoryview]) -> Iterator[bytes]:
    """What the stream holds, a piece at a time; the stream ends with the last IDAT and its own checksum is right."""
    stream = zlib.decompressobj()
    for index, piece in enumerate(pieces):
        rest: bytes | memoryview = piece
        while not stream.eof:
            try:
                out = stream.decompress(rest, _PIECE)
            except zlib.error:
                raise StrangeError("IDAT", CODING, "it is no zlib stream, or its checksum is wrong") from None
            rest = stream.unconsumed_tail
            if not out and not rest:
                break
            yield out
        want(not stream.eof or index == len(pieces) - 1, "IDAT", LOOSE, "another chunk follows the end of the stream")
    want(stream.unused_data == b"", "IDAT", LOOSE, "bytes follow the end of the stream")
    want(stream.eof, "IDAT", CUT, "the stream does not end")
