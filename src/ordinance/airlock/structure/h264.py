# SPDX-License-Identifier: EUPL-1.2
"""H.264 as the airlock writes it: one sequence and one picture parameter set, and slices; no message, no filler.

Reads: `avcC` with both parameter sets to their last bit, and of each sample its units: their kind, their length, what
must not be in them, and the beginnings of their slice headers. Cannot know: what the slices show, nor whether a decoder
needs the last bytes of a slice; that takes a decoder of its own.

Sources: ISO/IEC 14496-15 5.3.3.1 (`avcC`), 5.3.4.2 (samples); ITU-T H.264 7.3.1 (units), 7.3.2.1, 7.3.2.2, 7.3.3, 7.4.1
(emulation prevention), 7.4.3 (`frame_num`), Annex A.2 (profiles), E.1.1 (VUI).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ordinance.airlock.structure._bits import Bits
from ordinance.airlock.structure._strange import (
    CODING,
    CUT,
    DISAGREE,
    FIXED,
    LOOSE,
    RANGE,
    SIZE,
    UNKNOWN,
    Fields,
    want,
)

_SLICE, _KEY, _SPS, _PPS = 1, 5, 7, 8
_HIGH = 100
_PROFILES = {66, 77, _HIGH}
_LEVELS = {9, 10, 11, 12, 13, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 52, 60, 61, 62}
# What must not be in a unit: two zeros and 0 to 2, and a three after them that nothing made necessary.
_FORBIDDEN = re.compile(rb"\x00\x00(?:[\x00-\x02]|\x03(?![\x00-\x03]))")
_HEADER = 16  # bytes of a slice that hold all of its header that is looked at


@dataclass(slots=True)
class Stream:
    """What the parameter sets say, and how far the slices have come."""

    width: int = 0
    height: int = 0
    macroblocks: int = 0
    frame_bits: int = 0
    rate: tuple[int, int] | None = None  # ticks a second and ticks a field, where the stream names them
    expected: int = 0  # frame_num of the next picture that is no key picture


def parameter_sets(content: memoryview, where: str) -> Stream:
    """The stream that `avcC` describes: one set of each kind, and nothing beside them."""
    fields = Fields(content, where)
    fields.fixed(b"\x01", "the version")
    profile = bytes(fields.take(3))
    fields.fixed(b"\xff\xe1", "the size of lengths or the count of sequence sets")
    sps = fields.take(fields.number(2))
    fields.fixed(b"\x01", "the count of picture parameter sets")
    pps = fields.take(fields.number(2))
    want(bytes(sps[1:4]) == profile, where, DISAGREE, "profile and level are not those of the stream")
    if profile[0] == _HIGH:
        fields.fixed(b"\xfd\xf8\xf8\x00", "the extension for the high profile")
    fields.end()
    stream = _sequence(_payload(sps, _SPS, f"{where}/SPS"), f"{where}/SPS")
    _picture(_payload(pps, _PPS, f"{where}/PPS"), f"{where}/PPS", high=profile[0] == _HIGH)
    return stream


def sample(data: memoryview, stream: Stream, where: str) -> bool:
    """Whether a sample is a key picture; Strange unless it is one picture of slices and nothing else."""
    fields, kinds, last = Fields(data, where), set[int](), -1
    while fields.left:
        size = fields.number(4)
        want(size > 1, where, SIZE, "a unit is empty")
        want(size <= fields.left, where, CUT, "a unit says that it is longer than its sample")
        unit = fields.take(size)
        want(unit[0] & 31 in (_SLICE, _KEY), where, UNKNOWN, "a unit is none that ours have")
        kinds.add(unit[0])
        want(len(kinds) == 1, where, DISAGREE, "its units are not all of one picture")
        want(unit[0] >> 7 == 0, where, FIXED, "a bit that is always zero is not")
        want(_FORBIDDEN.search(unit) is None, where, CODING, "bytes stand in a unit that its coding does not make")
        want(unit[-1] != 0, where, LOOSE, "zeros follow the end of a unit")
        first = _slice(Bits(_unescaped(unit[1 : 1 + _HEADER]), where), unit[0], stream)
        want(first > last if kinds and last >= 0 else first == 0, where, CODING, "its slices do not follow one another")
        last = first
    head = kinds.pop()
    stream.expected = (stream.expected + (head >> 5 > 0)) % (1 << stream.frame_bits)
    return head & 31 == _KEY


def _slice(bits: Bits, head: int, stream: Stream) -> int:
    """The number of the first macroblock."""
    key = head & 31 == _KEY
    want(not key or head >> 5 > 0, bits.where, CODING, "a key picture is said to be needed by none")
    first = bits.small(stream.macroblocks - 1, "the place of a slice")
    kinds = (2, 7) if key else (0, 2, 5, 7)
    want(bits.golomb() in kinds, bits.where, RANGE, "a slice is of a kind that ours never is")
    want(bits.golomb() == 0, bits.where, FIXED, "a slice has other parameters than there are")
    number = bits.bits(stream.frame_bits)
    if key:
        stream.expected = 0
    want(number == stream.expected, bits.where, CODING, "a picture is not the next one")
    if key:
        bits.small(0xFFFF, "the number of a key picture")
    return first


def _unescaped(data: memoryview) -> bytes:
    return bytes(data).replace(b"\x00\x00\x03", b"\x00\x00")


def _payload(unit: memoryview, kind: int, where: str) -> bytes:
    """The bytes of a parameter set without what keeps start codes out of it."""
    want(len(unit) > 1 and unit[0] in (kind | 0x60, kind | 0x20, kind | 0x40), where, UNKNOWN, "it is no such unit")
    want(_FORBIDDEN.search(unit) is None, where, CODING, "bytes stand in it that its coding does not make")
    return _unescaped(unit[1:])


def _sequence(payload: bytes, where: str) -> Stream:
    bits = Bits(payload, where)
    profile, constraints, level = bits.bits(8), bits.bits(8), bits.bits(8)
    want(profile in _PROFILES, where, RANGE, "the profile is none of baseline, main and high")
    want(constraints & 3 == 0, where, FIXED, "the reserved bits are not zero")
    want(level in _LEVELS, where, RANGE, "the level is none that there is")
    want(bits.golomb() == 0, where, FIXED, "its number is not zero")
    if profile == _HIGH:
        want(bits.golomb() == 1, where, FIXED, "the colours are not 4:2:0")
        want(bits.golomb() == 0 and bits.golomb() == 0, where, FIXED, "the depth is not eight bits")
        bits.fixed(2, 0, "the lossless bypass or the scaling matrix")
    stream = Stream(frame_bits=4 + bits.small(12, "the size of frame numbers"))
    order = bits.golomb()
    want(order in (0, 2), where, RANGE, "the kind of order is none of ours")
    if order == 0:
        bits.small(12, "the size of order counts")
    bits.small(16, "the count of reference frames")
    bits.fixed(1, 0, "the flag for gaps")
    columns, rows = 1 + bits.small(1023, "the width"), 1 + bits.small(1023, "the height")
    bits.fixed(1, 1, "the flag for frames alone")
    bits.flag()  # direct_8x8_inference
    crop = [0, 0, 0, 0]
    if bits.flag():
        crop = [bits.golomb() for _ in range(4)]
    want(crop[0] == crop[2] == 0, where, FIXED, "something is cut off at the left or the top")
    want(crop[1] < 8 and crop[3] < 8, where, RANGE, "more is cut off than blocks need")
    stream.width, stream.height = columns * 16 - 2 * crop[1], rows * 16 - 2 * crop[3]
    stream.macroblocks = columns * rows
    if bits.flag():
        _usability(bits, stream)
    bits.end()
    return stream


def _usability(bits: Bits, stream: Stream) -> None:
    """The VUI: colours and times; no buffer model."""
    if bits.flag():
        bits.fixed(8, 1, "the shape of a pixel")
    bits.fixed(1, 0, "the overscan flag")
    if bits.flag():
        bits.fixed(3, 5, "the video format")
        bits.flag()  # full range
        if bits.flag():
            colours = (bits.bits(8), bits.bits(8), bits.bits(8))
            want(all(one in (1, 2, 5, 6) for one in colours), bits.where, RANGE, "the colours are none of ours")
    if bits.flag():
        bits.small(5, "the place of colour samples")
        bits.small(5, "the place of colour samples")
    if bits.flag():
        tick, scale = bits.bits(32), bits.bits(32)
        stream.rate = (scale, tick)
        bits.flag()  # fixed_frame_rate
    bits.fixed(2, 0, "the flags of a buffer model")
    bits.flag()  # pic_struct
    if bits.flag():
        bits.flag()  # motion over edges
        for _ in range(4):
            bits.small(16, "a limit of the stream")
        reorder, buffered = bits.golomb(), bits.golomb()
        want(reorder == 0 and buffered <= 16, bits.where, RANGE, "pictures are to be put into another order")


def _picture(payload: bytes, where: str, *, high: bool) -> None:
    bits = Bits(payload, where)
    want(bits.golomb() == 0 and bits.golomb() == 0, where, FIXED, "its number or that of its sequence is not zero")
    bits.flag()  # CABAC
    bits.fixed(1, 0, "the flag for orders of fields")
    want(bits.golomb() == 0, where, FIXED, "pictures are cut into groups of slices")
    bits.small(31, "the count of references")
    bits.small(31, "the count of references")
    bits.flag()  # weighted prediction
    want(bits.bits(2) <= 2, where, RANGE, "the weighting is none that there is")
    for _ in range(2):
        bits.small(104, "a quantiser")
    bits.small(48, "the offset of a quantiser")
    bits.flag()  # deblocking
    bits.flag()  # constrained intra prediction
    bits.fixed(1, 0, "the flag for redundant pictures")
    if high:
        bits.flag()  # 8x8 transform
        bits.fixed(1, 0, "the scaling matrix")
        bits.small(48, "the offset of a quantiser")
    bits.end()
