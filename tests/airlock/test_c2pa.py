# SPDX-License-Identifier: EUPL-1.2
"""What a given file says of AI is found before it is rebuilt, wherever it stands."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from tests.airlock.pictures import chunk, drawn, marked, saved

from ordinance.airlock.c2pa import Origin, find_origin, origin_of

UUID = b"\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71"
STORE = b"\x00\x00\x00\x20jumdc2pa" + UUID + b"\x03c2pa\x00"
AI = b"http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
MIX = b"http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"


def in_jpeg(content: bytes, cut: int = 60_000) -> bytes:
    """A JPEG with a store in APP11 segments of at most `cut` bytes."""
    whole = saved(drawn(), "jpeg")
    head = b"JP\x00\x01" + bytes(12)
    pieces = [head + content[at : at + cut] for at in range(0, len(content), cut)]
    segments = b"".join(b"\xff\xeb" + struct.pack(">H", len(piece) + 2) + piece for piece in pieces)
    return whole[:2] + segments + whole[2:]


def in_png(kind: bytes, content: bytes) -> bytes:
    """A PNG with one chunk more."""
    whole = saved(drawn(), "png")
    return whole[:33] + chunk(kind, content) + whole[33:]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (saved(drawn(), "jpeg"), Origin.NOTHING_SAID),
        (marked("webp"), Origin.NOTHING_SAID),
        (in_jpeg(STORE + b"c2pa.claim.v2"), Origin.PRESENT),
        (in_jpeg(STORE + b"c2pa.claim" + AI), Origin.MADE_BY_AI),
        (in_jpeg(STORE + b"c2pa.claim" + MIX, cut=110), Origin.MADE_BY_AI),
        (in_jpeg(STORE), Origin.UNREADABLE),
        (in_jpeg(b"\x00\x00\x00\x20jumdc2cm" + UUID), Origin.UNREADABLE),
        (in_png(b"caBX", STORE + b"c2pa.claim"), Origin.PRESENT),
        (in_png(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + b"<x DigitalSourceType='" + AI + b"'/>"), Origin.MADE_BY_AI),
        (in_png(b"iTXt", b"XML:com.adobe.xmp\0\x01\0\0\0" + zlib.compress(AI)), Origin.UNREADABLE),
        (in_png(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + b"<x dcterms:provenance='u'/>"), Origin.UNREADABLE),
        (b"\0\0\0\x20ftypisom" + bytes(900) + STORE + b"c2pa.claim" + AI, Origin.MADE_BY_AI),
        (b"", Origin.NOTHING_SAID),
    ],
    ids=[
        "nothing", "other-data", "store", "ai", "ai-cut-in-two", "store-of-nothing", "compressed-store", "png-store",
        "xmp", "packed-xmp", "remote", "mp4", "empty",
    ],
)  # fmt: skip
def test_what_is_said_is_found(data: bytes, found: Origin, tmp_path: Path) -> None:
    """AI is never missed where its name stands, and what cannot be seen is never taken for nothing."""
    (tmp_path / "given").write_bytes(data)
    assert find_origin(data) is found
    assert origin_of(tmp_path / "given") is found


def test_a_jpeg_cut_anywhere_ends() -> None:
    """Lengths that lie or are missing stop the search and raise nothing."""
    whole = in_jpeg(STORE + b"c2pa.claim" + AI, cut=40)
    for end in range(0, 400):
        assert find_origin(whole[:end]) in Origin
    assert find_origin(b"\xff\xd8\xff\xeb\x00\x00" * 50) is Origin.NOTHING_SAID
