# SPDX-License-Identifier: EUPL-1.2
"""JPEG: what our encoder writes is taken, and each rule refuses a file that differs from it in one place."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from tests.airlock.structure.samples import Case, jpeg, refused

from ordinance.airlock.structure import Shape, shape_of
from ordinance.airlock.structure._strange import CODING, CUT, DISAGREE, FIXED, LOOSE, ORDER, RANGE, SIZE, UNKNOWN
from ordinance.model.transfer import Medium

MARKERS = {b"\xff\xe0": "APP0", b"\xff\xdb": "DQT", b"\xff\xc0": "SOF0", b"\xff\xc4": "DHT", b"\xff\xda": "SOS"}
COLOUR, GREY, RESTARTS = jpeg(), jpeg("L"), jpeg(restarts=1)
DATA = COLOUR.index(b"\xff\xda") + 14  # where the entropy-coded data of the colour picture begin


def edit(data: bytes, at: int, new: bytes) -> bytes:
    """The file with these bytes in place of as many others."""
    return data[:at] + new + data[at + len(new) :]


def put(data: bytes, at: int, new: bytes) -> bytes:
    """The file with these bytes in between."""
    return data[:at] + new + data[at:]


def at(data: bytes, marker: bytes, nth: int = 0) -> int:
    """Where a segment begins."""
    place = -1
    for _ in range(nth + 1):
        place = data.index(marker, place + 1)
    return place


def segment(data: bytes, marker: bytes, nth: int = 0) -> bytes:
    """A whole segment."""
    start = at(data, marker, nth)
    return data[start : start + 2 + int.from_bytes(data[start + 2 : start + 4], "big")]


def without(data: bytes, marker: bytes, nth: int = 0) -> bytes:
    """The file without a segment."""
    return data.replace(segment(data, marker, nth), b"", 1)


def swapped(data: bytes, first: bytes, nth: int, second: bytes, mth: int) -> bytes:
    """The file with two segments that follow one another in the other order."""
    one, other = segment(data, first, nth), segment(data, second, mth)
    assert one + other in data
    return data.replace(one + other, other + one, 1)


APP0, DQT, SOF, DHT, SOS = (at(COLOUR, m) for m in (b"\xff\xe0", b"\xff\xdb", b"\xff\xc0", b"\xff\xc4", b"\xff\xda"))
DRI = at(RESTARTS, b"\xff\xdd")
OTHER_ORDER = "the segments before it stand in another order than ours"

CASES: dict[str, Case] = {
    "no-start": (lambda: edit(COLOUR, 0, b"\xff\xd9"), ("start", ORDER, "it does not begin with SOI")),
    "end-in-segments": (lambda: COLOUR[:SOF], (f"byte {SOF}", CUT, "it ends where a segment should begin")),
    "between-segments": (
        lambda: put(COLOUR, SOF, b"hidden"),
        (f"byte {SOF}", LOOSE, "bytes stand between two segments"),
    ),
    "fill-bytes": (
        lambda: put(COLOUR, SOF, b"\xff"),
        (f"marker FF at byte {SOF}", UNKNOWN, "this segment is not among those of ours"),
    ),
    "exif": (
        lambda: put(COLOUR, SOF, b"\xff\xe1\x00\x08Exif\x00\x00"),
        (f"marker E1 at byte {SOF}", UNKNOWN, "this segment is not among those of ours"),
    ),
    "comment": (
        lambda: put(COLOUR, SOF, b"\xff\xfe\x00\x04hi"),
        (f"marker FE at byte {SOF}", UNKNOWN, "this segment is not among those of ours"),
    ),
    "progressive": (
        lambda: edit(COLOUR, SOF, b"\xff\xc2"),
        (f"marker C2 at byte {SOF}", UNKNOWN, "this segment is not among those of ours"),
    ),
    "second-app0": (
        lambda: put(COLOUR, SOF, segment(COLOUR, b"\xff\xe0")),
        (f"APP0 at byte {SOF}", ORDER, "APP0 is the first segment, once"),
    ),
    "no-app0": (lambda: without(COLOUR, b"\xff\xe0"), ("DQT at byte 2", ORDER, "APP0 is the first segment, once")),
    "size-below-two": (
        lambda: edit(COLOUR, SOF + 2, b"\x00\x01"),
        (f"SOF0 at byte {SOF}", SIZE, "its size is smaller than the size itself"),
    ),
    "size-beyond-file": (
        lambda: edit(COLOUR, SOF + 2, b"\xff\xff"),
        (f"SOF0 at byte {SOF}", CUT, "it says that it is longer than the file"),
    ),
    "app0-extension": (
        lambda: edit(COLOUR, APP0 + 4, b"JFXX\x00\x01\x01"),
        ("APP0 at byte 2", FIXED, "JFIF's name or version is not what it always is"),
    ),
    "density": (
        lambda: edit(COLOUR, APP0 + 11, b"\x01\x41\x42\x43\x44"),
        ("APP0 at byte 2", FIXED, "the density is not what it always is"),
    ),
    "thumbnail": (
        lambda: edit(COLOUR, APP0 + 16, b"\x01\x01"),
        ("APP0 at byte 2", FIXED, "the size of the thumbnail is not what it always is"),
    ),
    "app0-longer": (
        lambda: put(edit(COLOUR, APP0 + 2, b"\x00\x13"), APP0 + 18, b"abc"),
        ("APP0 at byte 2", SIZE, "bytes follow its last field"),
    ),
    "dqt-number": (
        lambda: edit(COLOUR, DQT + 4, b"\x10"),
        (f"DQT at byte {DQT}", RANGE, "the table's precision or number is outside of what ours have"),
    ),
    "dqt-twice": (
        lambda: put(COLOUR, SOF, segment(COLOUR, b"\xff\xdb")),
        (f"DQT at byte {SOF}", ORDER, "a table stands twice"),
    ),
    "dqt-text": (
        lambda: edit(COLOUR, DQT + 9, b"text in a table"),
        (f"DQT at byte {DQT}", FIXED, "the table is none of the standard ones"),
    ),
    "dqt-two-in-one": (
        lambda: put(edit(COLOUR, DQT + 2, b"\x00\x44"), DQT + 69, b"\x01"),
        (f"DQT at byte {DQT}", SIZE, "bytes follow its last field"),
    ),
    "sof-twice": (
        lambda: put(COLOUR, DHT, segment(COLOUR, b"\xff\xc0")),
        (f"SOF0 at byte {DHT}", ORDER, "a second frame begins"),
    ),
    "precision": (
        lambda: edit(COLOUR, SOF + 4, b"\x0c"),
        (f"SOF0 at byte {SOF}", FIXED, "the precision is not what it always is"),
    ),
    "no-height": (
        lambda: edit(COLOUR, SOF + 5, b"\x00\x00"),
        (f"SOF0 at byte {SOF}", RANGE, "the height is outside of what ours have"),
    ),
    "no-width": (
        lambda: edit(COLOUR, SOF + 7, b"\x00\x00"),
        (f"SOF0 at byte {SOF}", RANGE, "the width is outside of what ours have"),
    ),
    "four-components": (
        lambda: edit(COLOUR, SOF + 9, b"\x04"),
        (f"SOF0 at byte {SOF}", RANGE, "it has neither one nor three components"),
    ),
    "component-id": (
        lambda: edit(COLOUR, SOF + 10, b"R"),
        (f"SOF0 at byte {SOF}", FIXED, "a component's id is not what it always is"),
    ),
    "component-table": (
        lambda: edit(COLOUR, SOF + 12, b"\x01"),
        (f"SOF0 at byte {SOF}", FIXED, "a component's table is not what it always is"),
    ),
    "sampling": (
        lambda: edit(COLOUR, SOF + 11, b"\x44"),
        (f"SOF0 at byte {SOF}", RANGE, "the sampling is none of 4:4:4, 4:2:2 and 4:2:0"),
    ),
    "dht-number": (
        lambda: edit(COLOUR, DHT + 4, b"\x02"),
        (f"DHT at byte {DHT}", RANGE, "the table's class or number is none of a baseline picture"),
    ),
    "dht-twice": (
        lambda: put(COLOUR, SOS, segment(COLOUR, b"\xff\xc4")),
        (f"DHT at byte {SOS}", ORDER, "a table stands twice"),
    ),
    "dht-other": (
        lambda: edit(COLOUR, DHT + 30, b"\x0b\x0a"),
        (f"DHT at byte {DHT}", FIXED, "the table is not what it always is"),
    ),
    "restarts": (lambda: RESTARTS, (f"marker DD at byte {DRI}", UNKNOWN, "this segment is not among those of ours")),
    "huffman-tables-turned": (
        lambda: swapped(COLOUR, b"\xff\xc4", 1, b"\xff\xc4", 2),
        (f"SOS at byte {SOS}", ORDER, OTHER_ORDER),
    ),
    "quantisers-turned": (
        lambda: swapped(COLOUR, b"\xff\xdb", 0, b"\xff\xdb", 1),
        (f"SOS at byte {SOS}", ORDER, OTHER_ORDER),
    ),
    "frame-before-quantisers": (
        lambda: swapped(COLOUR, b"\xff\xdb", 1, b"\xff\xc0", 0),
        (f"SOS at byte {SOS}", ORDER, OTHER_ORDER),
    ),
    "frame-behind-tables": (
        lambda: swapped(GREY, b"\xff\xc0", 0, b"\xff\xc4", 0),
        (f"SOS at byte {at(GREY, bytes([255, 0xDA]))}", ORDER, OTHER_ORDER),
    ),
    "no-frame": (
        lambda: without(COLOUR, b"\xff\xc0"),
        (f"SOS at byte {SOS - 19}", ORDER, "no frame began before the scan"),
    ),
    "sos-count": (
        lambda: edit(COLOUR, SOS + 4, b"\x01"),
        (f"SOS at byte {SOS}", FIXED, "the count of components is not what it always is"),
    ),
    "sos-tables": (
        lambda: edit(COLOUR, SOS + 6, b"\x11"),
        (f"SOS at byte {SOS}", FIXED, "a component's id or tables is not what it always is"),
    ),
    "sos-spectrum": (
        lambda: edit(COLOUR, SOS + 11, b"\x00\x00\x01"),
        (f"SOS at byte {SOS}", FIXED, "the selection of coefficients is not what it always is"),
    ),
    "sos-longer": (
        lambda: put(edit(COLOUR, SOS + 2, b"\x00\x0d"), SOS + 14, b"!"),
        (f"SOS at byte {SOS}", SIZE, "bytes follow its last field"),
    ),
    "unused-quantiser": (
        lambda: put(GREY, at(GREY, b"\xff\xc0"), segment(COLOUR, b"\xff\xdb", 1)),
        (
            f"SOS at byte {at(GREY, bytes([255, 0xDA])) + 69}",
            DISAGREE,
            "not just the quantisers that the scan uses are there",
        ),
    ),
    "unused-huffman": (
        lambda: put(GREY, at(GREY, b"\xff\xc0"), segment(COLOUR, b"\xff\xc4", 2)),
        (
            f"SOS at byte {at(GREY, bytes([255, 0xDA])) + 33}",
            DISAGREE,
            "not just the Huffman tables that the scan uses are there",
        ),
    ),
    "no-end": (lambda: COLOUR[:-2], ("end", ORDER, "its last two bytes are not EOI")),
    "behind-the-end": (lambda: COLOUR + b"hidden", ("end", ORDER, "its last two bytes are not EOI")),
    "second-picture": (
        lambda: COLOUR + COLOUR,
        (f"byte {len(COLOUR) - 2}", LOOSE, "bytes follow the last block of the picture"),
    ),
    "behind-a-false-end": (
        lambda: COLOUR + b"hidden\xff\xd9",
        (f"byte {len(COLOUR) - 2}", LOOSE, "bytes follow the last block of the picture"),
    ),
    "behind-the-last-block": (
        lambda: put(COLOUR, len(COLOUR) - 2, b"hidden"),
        (f"entropy data at byte {DATA}", LOOSE, "bytes follow the last block of the picture"),
    ),
    "stuffed-behind-the-last-block": (
        lambda: put(COLOUR, len(COLOUR) - 2, b"\xff\x00" * 50),
        (f"entropy data at byte {DATA}", LOOSE, "bytes follow the last block of the picture"),
    ),
    "ones-at-the-end": (
        lambda: edit(COLOUR, len(COLOUR) - 3, bytes([COLOUR[-3] & 0xFE])),
        (f"entropy data at byte {DATA}", FIXED, "the last byte is not filled up with ones"),
    ),
    "no-code": (
        lambda: edit(COLOUR, DATA, b"\xff\x00\xff\x00\xff\x00"),
        (f"entropy data at byte {DATA}", CODING, "it is no coded picture, or ends before its last block"),
    ),
    "blocks-missing": (
        lambda: COLOUR[:-8] + b"\xff\xd9",
        (f"entropy data at byte {DATA}", CODING, "it is no coded picture, or ends before its last block"),
    ),
    "blocks-without-bits": (
        lambda: edit(COLOUR, SOF + 5, b"\xff\xff\xff\xff"),
        (f"byte {DATA}", CODING, "it has more blocks than bits for them"),
    ),
    "restart-without-interval": (
        lambda: without(RESTARTS, b"\xff\xdd"),
        (
            f"entropy data at byte {at(RESTARTS, bytes([255, 0xDA])) + 8}",
            CODING,
            "it is no coded picture, or ends before its last block",
        ),
    ),
    "a-restart-more": (
        lambda: put(COLOUR, len(COLOUR) - 2, b"\xff\xd1\x41"),
        (f"byte {len(COLOUR) - 2}", LOOSE, "bytes follow the last block of the picture"),
    ),
}


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("quality", [1, 49, 50, 75, 92, 100])
@pytest.mark.parametrize("subsampling", [0, 1, 2])
def test_what_our_encoder_writes_is_taken(mode: str, quality: int, subsampling: int) -> None:
    """Grey and colour, each sampling, qualities on both sides of libjpeg's bend: nothing is strange."""
    into = io.BytesIO()
    Image.effect_noise((43, 29), 80).convert(mode).save(into, "JPEG", quality=quality, subsampling=subsampling)
    assert shape_of(memoryview(into.getvalue()), Medium.JPEG) == Shape(43, 29)


@pytest.mark.parametrize("size", [(1, 1), (8, 8), (16, 16), (17, 33), (640, 8)])
def test_sizes_at_the_edges_of_blocks(size: tuple[int, int]) -> None:
    """The count of blocks is right on both sides of an edge."""
    assert shape_of(memoryview(jpeg("RGB", size)), Medium.JPEG) == Shape(*size)


@pytest.mark.parametrize("case", CASES)
def test_one_thing_that_differs_is_refused(case: str) -> None:
    """The rule that it breaks is named, with its place."""
    make, expected = CASES[case]
    assert refused(make(), Medium.JPEG) == expected


def test_a_progressive_or_optimised_picture_is_none_of_ours() -> None:
    """Tables of an encoder's own choice would be room for text."""
    for option in ({"progressive": True}, {"optimize": True}):
        into = io.BytesIO()
        Image.effect_noise((32, 32), 80).save(into, "JPEG", **option)
        assert refused(into.getvalue(), Medium.JPEG)[1] in (CUT, UNKNOWN, FIXED)
