# SPDX-License-Identifier: EUPL-1.2
"""JPEG as the airlock writes it: baseline, standard tables, nothing between, behind or beside the picture.

Reads: SOI, APP0 (JFIF 1.01), DQT, SOF0, DHT, one SOS with its entropy-coded data to the last bit, EOI, in the one
order in which ours stand. The tables are those of ITU-T T.81 Annex K, scaled by a quality as libjpeg does, so that no
text fits into them. No restarts: how often they come could be chosen. Cannot know: what the pixels show.

Sources: ITU-T T.81 B.2 (segments), F.1.2 (baseline coding), F.1.2.3 (padding with ones), K.1-K.3 (tables); JFIF 1.02;
libjpeg's `jpeg_quality_scaling` and `jpeg_add_quant_table`.
"""

from __future__ import annotations

from ordinance.airlock.structure._entropy import decoded_to_its_end
from ordinance.airlock.structure._jpeg_tables import HUFFMAN, QUANTISERS
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
    want,
)

SOF0, DHT, SOS, DQT, APP0 = 0xC0, 0xC4, 0xDA, 0xDB, 0xE0
_NAMES = {SOF0: "SOF0", DHT: "DHT", SOS: "SOS", DQT: "DQT", APP0: "APP0"}
_SAMPLINGS = {1: ((0x11,), (0x21,), (0x22,)), 3: ((0x11, 0x11, 0x11), (0x21, 0x11, 0x11), (0x22, 0x11, 0x11))}
# Count of components → the segments before the scan as libjpeg writes them, tables with their number.
_ORDER = {
    1: [(APP0, 0), (DQT, 0), (SOF0, 0), (DHT, 0), (DHT, 0x10)],
    3: [(APP0, 0), (DQT, 0), (DQT, 1), (SOF0, 0), (DHT, 0), (DHT, 0x10), (DHT, 1), (DHT, 0x11)],
}


class _Frame:
    """What the segments said so far."""

    def __init__(self) -> None:
        self.quantisers: set[int] = set()
        self.huffman: set[int] = set()
        self.width = self.height = 0
        self.samplings: tuple[int, ...] = ()
        self.order: list[tuple[int, int]] = []


def check(data: memoryview) -> Shape:
    """The shape of a JPEG of ours; Strange at the first thing that is none of it."""
    want(bytes(data[:2]) == b"\xff\xd8", "start", ORDER, "it does not begin with SOI")
    frame, at, count = _Frame(), 2, 0
    while True:
        want(at + 4 <= len(data), f"byte {at}", CUT, "it ends where a segment should begin")
        want(data[at] == 0xFF, f"byte {at}", LOOSE, "bytes stand between two segments")
        kind = data[at + 1]
        where = f"{_NAMES.get(kind, f'marker {kind:02X}')} at byte {at}"
        want(kind in _NAMES, where, UNKNOWN, "this segment is not among those of ours")
        want((kind == APP0) == (count == 0), where, ORDER, "APP0 is the first segment, once")
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        want(size >= 2, where, SIZE, "its size is smaller than the size itself")
        want(at + 2 + size <= len(data), where, CUT, "it says that it is longer than the file")
        fields = Fields(data[at + 4 : at + 2 + size], where)
        at, count = at + 2 + size, count + 1
        if kind == SOS:
            _scan(fields, frame)
            break
        _SEGMENTS[kind](fields, frame)
        fields.end()
        frame.order.append((kind, fields.data[0] if kind in (DQT, DHT) else 0))
    want(bytes(data[-2:]) == b"\xff\xd9", "end", ORDER, "its last two bytes are not EOI")
    _entropy(data[at:-2], at, frame)
    return Shape(frame.width, frame.height)


def _app0(fields: Fields, frame: _Frame) -> None:
    fields.fixed(b"JFIF\x00\x01\x01", "JFIF's name or version")
    fields.fixed(b"\x00\x00\x01\x00\x01", "the density")
    fields.fixed(b"\x00\x00", "the size of the thumbnail")


def _dqt(fields: Fields, frame: _Frame) -> None:
    number = fields.ranged(1, 0, 1, "the table's precision or number")
    want(number not in frame.quantisers, fields.where, ORDER, "a table stands twice")
    frame.quantisers.add(number)
    want(bytes(fields.take(64)) in QUANTISERS[number], fields.where, FIXED, "the table is none of the standard ones")


def _sof0(fields: Fields, frame: _Frame) -> None:
    want(frame.samplings == (), fields.where, ORDER, "a second frame begins")
    fields.fixed(b"\x08", "the precision")
    frame.height = fields.ranged(2, 1, 0xFFFF, "the height")
    frame.width = fields.ranged(2, 1, 0xFFFF, "the width")
    count = fields.number(1)
    want(count in _SAMPLINGS, fields.where, RANGE, "it has neither one nor three components")
    samplings = []
    for index in range(count):
        fields.fixed(bytes([index + 1]), "a component's id")
        samplings.append(fields.number(1))
        fields.fixed(bytes([index > 0]), "a component's table")
    frame.samplings = tuple(samplings)
    want(frame.samplings in _SAMPLINGS[count], fields.where, RANGE, "the sampling is none of 4:4:4, 4:2:2 and 4:2:0")


def _dht(fields: Fields, frame: _Frame) -> None:
    number = fields.number(1)
    want(number in HUFFMAN, fields.where, RANGE, "the table's class or number is none of a baseline picture")
    want(number not in frame.huffman, fields.where, ORDER, "a table stands twice")
    frame.huffman.add(number)
    fields.fixed(HUFFMAN[number], "the table")


def _scan(fields: Fields, frame: _Frame) -> None:
    """The one scan, and that each table before it is used in it."""
    want(frame.samplings != (), fields.where, ORDER, "no frame began before the scan")
    colours = len(frame.samplings)
    fields.fixed(bytes([colours]), "the count of components")
    for index in range(colours):
        fields.fixed(bytes([index + 1, 0x11 if index else 0]), "a component's id or tables")
    fields.fixed(b"\x00\x3f\x00", "the selection of coefficients")
    fields.end()
    used = {0, 1} if colours == 3 else {0}
    want(frame.quantisers == used, fields.where, DISAGREE, "not just the quantisers that the scan uses are there")
    want(
        frame.huffman == {number | kind for number in used for kind in (0, 0x10)},
        fields.where,
        DISAGREE,
        "not just the Huffman tables that the scan uses are there",
    )
    want(frame.order == _ORDER[colours], fields.where, ORDER, "the segments before it stand in another order than ours")


def _entropy(data: memoryview, start: int, frame: _Frame) -> None:
    """The coded data: they hold just the blocks of the picture, filled up with ones to a whole byte."""
    wide, high = (frame.samplings[0] >> 4, frame.samplings[0] & 15)
    if len(frame.samplings) == 1:
        wide = high = 1
    units = -(-frame.width // (8 * wide)) * -(-frame.height // (8 * high))
    blocks = (0,) if len(frame.samplings) == 1 else (0,) * (wide * high) + (1, 1)
    want(len(data) * 8 >= units * len(blocks) * 4, f"byte {start}", CODING, "it has more blocks than bits for them")
    raw = bytes(data)
    end = _next_marker(raw)
    decoded_to_its_end(raw[:end].replace(b"\xff\x00", b"\xff"), blocks, units, f"entropy data at byte {start}")
    want(end == len(raw), f"byte {start + end}", LOOSE, "bytes follow the last block of the picture")


def _next_marker(raw: bytes) -> int:
    """Where a byte FF stands that is not stuffed; the end of the data where none does."""
    at = 0
    while (found := raw.find(b"\xff", at)) >= 0:
        if raw[found + 1 : found + 2] != b"\x00":
            return found
        at = found + 2
    return len(raw)


_SEGMENTS = {APP0: _app0, DQT: _dqt, SOF0: _sof0, DHT: _dht}
