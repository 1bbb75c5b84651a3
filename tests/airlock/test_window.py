# SPDX-License-Identifier: EUPL-1.2
"""Where the tables of a video say what part of its frames is seen, in forms that our encoder of tests never writes."""

from __future__ import annotations

import io
import struct

import pytest

from ordinance.airlock._apart import StopError
from ordinance.airlock._window import Window, window_of

CLAP = (100, 1, 50, 1, 0, 1, 0, 1)


def box(name: bytes, content: bytes) -> bytes:
    """A box."""
    return struct.pack(">I4s", 8 + len(content), name) + content


def entry(*clap: int) -> bytes:
    """A sample entry of frames of 160 times 90 points."""
    clean = box(b"clap", struct.pack(">8i", *clap)) if clap else b""
    return box(b"avc1", bytes(24) + struct.pack(">HH", 160, 90) + bytes(50) + clean)


def tables(*entries: bytes, version: int = 0) -> bytes:
    """`moov` with a track of number 3 that has these sample entries."""
    head = bytes([version, 0, 0, 7]) + bytes(16 if version else 8) + struct.pack(">I", 3) + bytes(68)
    table = box(b"stsd", struct.pack(">II", 0, len(entries)) + b"".join(entries))
    inner = box(b"mdia", box(b"minf", box(b"stbl", table)))
    return box(b"moov", box(b"trak", box(b"tkhd", head) + inner))


@pytest.mark.parametrize("version", [0, 1])
def test_dates_of_64_bits_bring_no_edges_back(version: int) -> None:
    """The number of a track stands behind its dates, however long they are: or its part would not be found."""
    found = window_of(io.BytesIO(tables(entry(*CLAP), version=version)), 3)
    assert found == Window(30, 20, 100, 50, (160, 90))


def test_frames_of_two_kinds_with_two_parts_are_refused() -> None:
    """One part for all of them would show an edge of some."""
    with pytest.raises(StopError, match="airlock-odd-crop"):
        window_of(io.BytesIO(tables(entry(*CLAP), entry())), 3)
    assert window_of(io.BytesIO(tables(entry(), entry())), 3) is None


def test_packed_tables_are_refused() -> None:
    """Nobody looks into them here, and a decoder does."""
    with pytest.raises(StopError, match="airlock-odd-crop"):
        window_of(io.BytesIO(box(b"moov", box(b"cmov", bytes(20)))), 3)
