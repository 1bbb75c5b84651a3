# SPDX-License-Identifier: EUPL-1.2
"""WebP as the airlock writes it: one coded picture, its transparency where there is one, and not a byte more.

Reads: the RIFF header, `VP8 ` alone, `VP8L` alone, or VP8X + ALPH + `VP8 `, with the headers inside. Cannot know: what
the pixels show, nor whether a decoder needs the last bytes of a coded picture; that takes a decoder of its own.

Sources: RFC 9649 2.3-2.7 (container, ALPH), 3.4 (VP8L's header); RFC 6386 9.1 and 9.2 (VP8's frame header).
"""

from __future__ import annotations

from collections.abc import Iterator

from ordinance.airlock.structure._strange import (
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
    shown,
    want,
)

_KNOWN = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}
_ORDERS = {(b"VP8 ",), (b"VP8L",), (b"VP8X", b"ALPH", b"VP8 ")}
_ALPHA_FLAG = 0x10


def check(data: memoryview) -> Shape:
    """The shape of a WebP of ours; Strange at the first thing that is none of it."""
    begins = bytes(data[:4]) == b"RIFF" and bytes(data[8:12]) == b"WEBP"
    want(begins, "start", ORDER, "it does not begin as a WebP does")
    said = int.from_bytes(data[4:8], "little") + 8
    want(said >= len(data), f"byte {said}", LOOSE, "bytes follow the end that its header names")
    want(said == len(data), "start", CUT, "it ends before the end that its header names")
    parts = list(_chunks(data))
    want(tuple(name for name, _, _ in parts) in _ORDERS, "start", ORDER, "its chunks do not stand as in ours")
    shapes = [_READERS[name](Fields(content, where)) for name, content, where in parts]
    sizes = {shape for shape in shapes if shape is not None}
    want(len(sizes) == 1, "VP8X", DISAGREE, "the canvas and the picture have different sizes")
    shape = sizes.pop()
    for name, content, where in parts:
        plain = name == b"ALPH" and content[0] & 3 == 0
        exact = len(content) == 1 + shape.width * shape.height
        want(exact or not plain, where, SIZE, "it does not have just one value for each pixel")
    return shape


def _chunks(data: memoryview) -> Iterator[tuple[bytes, memoryview, str]]:
    """Name, content and place of each chunk; what fills up an odd one is a zero."""
    at = 12
    for _ in range(4):
        if at == len(data):
            break
        want(at + 8 <= len(data), f"byte {at}", CUT, "it ends where a chunk should stand")
        name = bytes(data[at : at + 4])
        where = f"{shown(name)} at byte {at}"
        want(name in _KNOWN, where, UNKNOWN, "this chunk is not among those of ours")
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + 8 + size
        want(end + size % 2 <= len(data), where, CUT, "it says that it is longer than the file")
        want(size % 2 == 0 or data[end] == 0, where, FIXED, "the byte that fills it up is not zero")
        yield name, data[at + 8 : end], where
        at = end + size % 2


def _vp8x(fields: Fields) -> Shape:
    fields.fixed(bytes([_ALPHA_FLAG, 0, 0, 0]), "flags or reserved bits")
    width, height = (1 + int.from_bytes(fields.take(3), "little") for _ in range(2))
    fields.end()
    return Shape(width, height)


def _alph(fields: Fields) -> None:
    head = fields.number(1)
    want(head >> 6 == 0, fields.where, FIXED, "its reserved bits are not zero")
    want(head >> 4 & 3 <= 1, fields.where, RANGE, "its preprocessing is none that there is")
    want(head & 3 <= 1, fields.where, RANGE, "its compression is none that there is")
    want(fields.left > 0, fields.where, SIZE, "nothing follows its header")


def _vp8(fields: Fields) -> Shape:
    tag = int.from_bytes(fields.take(3), "little")
    want(tag & 1 == 0, fields.where, CODING, "it is no key frame")
    want(tag >> 1 & 7 <= 3, fields.where, RANGE, "its version is none that there is")
    want(tag >> 4 & 1 == 1, fields.where, CODING, "its frame is not shown")
    fields.fixed(b"\x9d\x01\x2a", "the start code")
    width, height = (int.from_bytes(fields.take(2), "little") for _ in range(2))
    want(0 < width < 1 << 14 and 0 < height < 1 << 14, fields.where, RANGE, "a side is zero or to be scaled")
    want(tag >> 5 < fields.left, fields.where, CODING, "its first partition is as long as the chunk, or longer")
    return Shape(width, height)


def _vp8l(fields: Fields) -> Shape:
    fields.fixed(b"\x2f", "the signature")
    bits = int.from_bytes(fields.take(4), "little")
    want(bits >> 29 == 0, fields.where, FIXED, "the version is not zero")
    want(fields.left > 0, fields.where, SIZE, "nothing follows its header")
    return Shape((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)


_READERS = {b"VP8X": _vp8x, b"ALPH": _alph, b"VP8 ": _vp8, b"VP8L": _vp8l}
