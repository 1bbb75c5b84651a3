# SPDX-License-Identifier: EUPL-1.2
"""PNG: what our encoder writes is taken, and each rule refuses a file that differs from it in one place."""

from __future__ import annotations

import time
import zlib

import pytest
from tests.airlock.structure.samples import Case, png, png_chunk, refused

from ordinance.airlock.structure import Shape, shape_of
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
)
from ordinance.airlock.structure.png import SIGNATURE
from ordinance.model.transfer import Medium

HEADER = (24).to_bytes(4, "big") + (19).to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
ROWS = (b"\x00" + bytes(range(72))) * 19
STREAM = zlib.compress(ROWS)
END = png_chunk(b"IEND", b"")


def made(header: bytes = HEADER, *streams: bytes, before: bytes = b"", after: bytes = b"", end: bytes = END) -> bytes:
    """A PNG of a header, some chunks, its stream in one or more IDAT, and some chunks behind them."""
    data = b"".join(png_chunk(b"IDAT", one) for one in streams or (STREAM,))
    return SIGNATURE + png_chunk(b"IHDR", header) + before + data + after + end


def header(at: int, new: bytes) -> bytes:
    """The header with these bytes in place of as many others."""
    return HEADER[:at] + new + HEADER[at + len(new) :]


GOOD = made()
IDAT = len(SIGNATURE) + 25  # where the first IDAT begins
BEHIND = len(GOOD) - len(END)

CASES: dict[str, Case] = {
    "signature": (lambda: b"\x89PNG\n\x1a\n" + GOOD[8:], ("start", ORDER, "it does not begin as a PNG does")),
    "cut-in-chunk": (lambda: GOOD[:IDAT], (f"byte {IDAT}", CUT, "it ends where a chunk should stand")),
    "text": (
        lambda: made(before=png_chunk(b"tEXt", b"Author\x00somebody")),
        (f"tEXt at byte {IDAT}", UNKNOWN, "this chunk is not among those of ours"),
    ),
    "exif": (
        lambda: made(after=png_chunk(b"eXIf", b"MM\x00*")),
        (f"eXIf at byte {BEHIND}", UNKNOWN, "this chunk is not among those of ours"),
    ),
    "private": (
        lambda: made(before=png_chunk(b"zz\x00\xff", b"hidden")),
        (f"zz?? at byte {IDAT}", UNKNOWN, "this chunk is not among those of ours"),
    ),
    "palette": (
        lambda: made(before=png_chunk(b"PLTE", b"abc")),
        (f"PLTE at byte {IDAT}", UNKNOWN, "this chunk is not among those of ours"),
    ),
    "size-beyond-file": (
        lambda: GOOD[:IDAT] + b"\xff\xff\xff\xff" + GOOD[IDAT + 4 :],
        (f"IDAT at byte {IDAT}", CUT, "it says that it is longer than the file"),
    ),
    "checksum": (
        lambda: GOOD[: IDAT - 1] + bytes([GOOD[IDAT - 1] ^ 1]) + GOOD[IDAT:],
        ("IHDR at byte 8", CHECKSUM, "its checksum is wrong"),
    ),
    "behind-the-end": (lambda: GOOD + b"hidden", (f"byte {len(GOOD)}", LOOSE, "bytes follow the last chunk")),
    "second-header": (
        lambda: made(before=png_chunk(b"IHDR", HEADER)),
        (f"IHDR at byte {IDAT}", ORDER, "it stands where this chunk does not belong"),
    ),
    "no-header": (
        lambda: SIGNATURE + png_chunk(b"IDAT", STREAM) + END,
        ("IDAT at byte 8", ORDER, "it stands where this chunk does not belong"),
    ),
    "no-data": (
        lambda: SIGNATURE + png_chunk(b"IHDR", HEADER) + END,
        (f"IEND at byte {IDAT}", ORDER, "it stands where this chunk does not belong"),
    ),
    "empty-data": (lambda: made(HEADER, b"", STREAM), (f"IDAT at byte {IDAT}", SIZE, "it is empty")),
    "end-with-content": (
        lambda: made(end=png_chunk(b"IEND", b"hidden")),
        (f"IEND at byte {BEHIND}", SIZE, "bytes follow its last field"),
    ),
    "no-width": (
        lambda: made(header(0, bytes(4))),
        ("IHDR at byte 8", RANGE, "the width is outside of what ours have"),
    ),
    "no-height": (
        lambda: made(header(4, bytes(4))),
        ("IHDR at byte 8", RANGE, "the height is outside of what ours have"),
    ),
    "bomb": (
        lambda: made(header(0, b"\x7f\xff\xff\xff" * 2)),
        ("IHDR at byte 8", RANGE, "it has more pixels than any of ours"),
    ),
    "bit-depth": (
        lambda: made(header(8, b"\x10")),
        ("IHDR at byte 8", FIXED, "the bit depth is not what it always is"),
    ),
    "colour": (
        lambda: made(header(9, b"\x03")),
        ("IHDR at byte 8", RANGE, "the type of colour is none of ours"),
    ),
    "interlace": (
        lambda: made(header(12, b"\x01")),
        ("IHDR at byte 8", FIXED, "compression, filter or interlace method is not what it always is"),
    ),
    "longer-header": (lambda: made(HEADER + b"hidden"), ("IHDR at byte 8", SIZE, "bytes follow its last field")),
    "more-rows-than-data": (
        lambda: made(header(0, b"\x00\x00\x10\x00" * 2)),
        ("IDAT", CODING, "it cannot hold as many rows as the header says"),
    ),
    "window": (
        lambda: made(HEADER, b"\x68\x81" + STREAM[2:]),
        ("IDAT", FIXED, "the method of compression or its window is none of ours"),
    ),
    "more-rows": (
        lambda: made(HEADER, zlib.compress(ROWS + b"\x00")),
        ("IDAT", LOOSE, "more rows are in it than the header says"),
    ),
    "filter": (
        lambda: made(HEADER, zlib.compress(ROWS[:73] + b"\x05" + ROWS[74:])),
        ("IDAT", CODING, "a row has a filter of no kind"),
    ),
    "fewer-rows": (
        lambda: made(HEADER, zlib.compress(ROWS[:-1])),
        ("IDAT", DISAGREE, "fewer rows are in it than the header says"),
    ),
    "no-stream": (
        lambda: made(HEADER, b"\x78\x9c" + b"\xff" * 40),
        ("IDAT", CODING, "it is no zlib stream, or its checksum is wrong"),
    ),
    "adler": (
        lambda: made(HEADER, STREAM[:-1] + bytes([STREAM[-1] ^ 1])),
        ("IDAT", CODING, "it is no zlib stream, or its checksum is wrong"),
    ),
    "chunk-behind-the-stream": (
        lambda: made(HEADER, STREAM, b"hidden"),
        ("IDAT", LOOSE, "another chunk follows the end of the stream"),
    ),
    "bytes-behind-the-stream": (
        lambda: made(HEADER, STREAM + b"hidden"),
        ("IDAT", LOOSE, "bytes follow the end of the stream"),
    ),
    "pieces-that-spell": (
        lambda: made(HEADER, STREAM[:3], STREAM[3:8], STREAM[8:]),
        ("IDAT", SIZE, "the stream is cut into pieces of different lengths, which could spell a text"),
    ),
    "stream-without-end": (lambda: made(HEADER, STREAM[:-4]), ("IDAT", CUT, "the stream does not end")),
}


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
@pytest.mark.parametrize("size", [(1, 1), (24, 19), (1000, 3), (700, 700)])
def test_what_our_encoder_writes_is_taken(mode: str, size: tuple[int, int]) -> None:
    """Grey and colour, with and without transparency, in one IDAT and in many: nothing is strange."""
    assert shape_of(memoryview(png(mode, size)), Medium.PNG) == Shape(*size)


def test_a_stream_may_be_cut_anywhere_into_chunks() -> None:
    """Where an IDAT ends says nothing about where a row does."""
    assert refused(made(HEADER, *(STREAM[i : i + 1] for i in range(len(STREAM)))), Medium.PNG) == ("", "", "")


@pytest.mark.parametrize("case", CASES)
def test_one_thing_that_differs_is_refused(case: str) -> None:
    """The rule that it breaks is named, with its place."""
    make, expected = CASES[case]
    assert refused(make(), Medium.PNG) == expected


def test_a_bomb_of_rows_ends_in_time() -> None:
    """A stream that inflates a thousandfold is left as soon as it has more rows than there should be."""
    began = time.monotonic()
    assert refused(made(HEADER, zlib.compress(bytes(1 << 26))), Medium.PNG)[1] == LOOSE
    assert time.monotonic() - began < 5
