# SPDX-License-Identifier: EUPL-1.2
"""What holds for every format: hostile bytes are refused in time and never raise."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.airlock.structure.films import film, find
from tests.airlock.structure.samples import jpeg, png, webp

from ordinance.airlock.structure import check_structure
from ordinance.model.transfer import Medium, Refusal

AVCC = "moov/trak[1]/mdia/minf/stbl/stsd/avc1/avcC"
SMALL = {
    "jpeg": (jpeg(), Medium.JPEG),
    "jpeg-grey": (jpeg("L"), Medium.JPEG),
    "png": (png(), Medium.PNG),
    "webp": (webp(), Medium.WEBP),
    "webp-lossless": (webp(lossless=True), Medium.WEBP),
    "webp-clear": (webp("RGBA"), Medium.WEBP),
    "mp4": (film(), Medium.MP4),
    "mp4-mute": (film(sound=False), Medium.MP4),
}
# Up to where no byte may change, but for the width: a coded picture's own bytes are as good as any others.
FIXED_UNTIL = {
    "jpeg": jpeg().index(b"\xff\xc0") + 5,
    "jpeg-grey": jpeg("L").index(b"\xff\xc0") + 5,
    "png": len(png()),
    "webp": 15,
    "webp-lossless": 20,
    "webp-clear": 36,
    "mp4": find(film(), AVCC)[-1] + 8,  # flags of the parameter sets may be either
    "mp4-mute": find(film(sound=False), AVCC)[-1] + 8,
}


def found(data: bytes, medium: Medium) -> tuple[Refusal, ...]:
    """What is strange, after a look at whether the answer itself is well-formed."""
    refusals = check_structure(memoryview(data), medium)
    assert len(refusals) <= 1
    for one in refusals:
        assert one.id.startswith("airlock-")
        assert one.where.isascii()
        assert one.where.isprintable()
        assert one.message.isascii()
    return refusals


@pytest.mark.parametrize("name", SMALL)
def test_the_samples_themselves_are_taken(name: str) -> None:
    """Otherwise all that follows would prove nothing."""
    assert found(*SMALL[name]) == ()


@pytest.mark.parametrize("name", SMALL)
def test_a_file_cut_at_any_length_is_refused(name: str) -> None:
    """No beginning of a file is a file."""
    data, medium = SMALL[name]
    assert [size for size in range(len(data)) if not found(data[:size], medium)] == []


@pytest.mark.parametrize("name", SMALL)
def test_a_byte_more_anywhere_is_refused_or_a_picture(name: str) -> None:
    """A byte put in between never raises, and never passes before the coded picture or behind it."""
    data, medium = SMALL[name]
    for place in range(len(data) + 1):
        refusals = found(data[:place] + b"A" + data[place:], medium)
        if place < 12 or place == len(data):
            assert refusals != ()


@pytest.mark.parametrize("name", SMALL)
def test_one_byte_changed_never_raises(name: str) -> None:
    """Each byte in turn, one bit or all bits of it: refusals or nothing, never nothing before the pixels."""
    data, medium = SMALL[name]
    for place in range(len(data)):
        for change in (0x01, 0xFF):
            refusals = found(data[:place] + bytes([data[place] ^ change]) + data[place + 1 :], medium)
            assert refusals or place >= FIXED_UNTIL[name], place


@pytest.mark.parametrize("medium", Medium)
@pytest.mark.parametrize("data", [b"", b"\x00", b"\xff" * 5000, bytes(5000), b"text " * 1000])
def test_junk_is_refused(medium: Medium, data: bytes) -> None:
    """Whatever it is said to be."""
    assert found(data, medium) != ()


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("medium", Medium)
def test_a_file_of_another_kind_is_refused(name: str, medium: Medium) -> None:
    """What a file is said to be decides what it is checked as."""
    data, own = SMALL[name]
    assert (found(data, medium) == ()) is (own is medium)


def test_a_medium_without_a_checker_is_refused() -> None:
    """A MOV is rebuilt as an MP4: none comes out, and none is taken."""
    (refusal,) = check_structure(memoryview(b"\x00\x00\x00\x08moov"), Medium.MOV)
    assert (refusal.where, refusal.id) == ("file", "airlock-no-checker")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_splices_never_raise(data: st.DataObject) -> None:
    """Pieces of two samples, cut out, doubled and put together anywhere: an answer, whatever comes of it."""
    (one, medium), (other, _) = (SMALL[data.draw(st.sampled_from(sorted(SMALL)))] for _ in range(2))
    start = data.draw(st.integers(0, len(one)))
    end = data.draw(st.integers(0, len(one)))
    piece = other[data.draw(st.integers(0, len(other))) :][: data.draw(st.integers(0, 64))]
    assert {type(refusal) for refusal in found(one[:start] + piece + one[end:], medium)} <= {Refusal}


def test_a_large_picture_is_checked_in_time() -> None:
    """Two million pixels of noise take seconds, not minutes: time grows with the size alone."""
    began = time.monotonic()
    assert found(jpeg("RGB", (1600, 1200)), Medium.JPEG) == ()
    assert found(png("RGB", (1600, 1200)), Medium.PNG) == ()
    assert time.monotonic() - began < 20
