# SPDX-License-Identifier: EUPL-1.2
"""AAC: what our encoder writes is taken, and each rule refuses a stream that differs from it in one place."""

from __future__ import annotations

import pytest
from tests.airlock.structure.films import edited, film, tone
from tests.airlock.structure.samples import Case, refused

from ordinance.airlock.structure._strange import CODING, FIXED, RANGE, SIZE
from ordinance.model.transfer import Medium

ESDS = "moov/trak[2]/mdia/minf/stbl/stsd/mp4a/esds"
ALWAYS = "is not what it always is"
FRAMES = tone()[1]
ONE = "sample 1 of moov/trak[2]"


def there(at: int, new: bytes, rule: str, message: str, cut: int | None = None) -> Case:
    """A case: other bytes in the descriptors."""
    return (lambda: edited(film(), ESDS, at, new, cut)), (ESDS, rule, message)


def first(frame: bytes, rule: str, message: str) -> Case:
    """A case: another first frame."""
    return (lambda: film(frames=(frame, *FRAMES[1:]))), (ONE, rule, message)


def config(value: int) -> bytes:
    """The two bytes of an AudioSpecificConfig."""
    return value.to_bytes(2, "big")


CASES: dict[str, Case] = {
    "flags": there(0, b"text", FIXED, f"version or flags {ALWAYS}"),
    "stream-id": there(6, b"te", FIXED, f"a descriptor's length, the id or the kind of stream {ALWAYS}"),
    "rates": there(13, b"text in rates"[:11], FIXED, f"sizes and rates of the stream {ALWAYS}"),
    "config-size": there(24, b"\x05\x05", FIXED, f"the descriptor of the configuration {ALWAYS}"),
    "layer": there(28, b"\x06\x01\x01", FIXED, f"the descriptor of the layer {ALWAYS}"),
    "more-descriptors": there(31, b"\x09\x04text", SIZE, "bytes follow its last field", 0),
    "coding": there(26, config(5 << 11 | 3 << 7 | 2 << 3), FIXED, "the coding is not AAC-LC"),
    "rate": there(26, config(2 << 11 | 8 << 7 | 2 << 3), RANGE, "the rate is none of ours"),
    "channels": there(26, config(2 << 11 | 3 << 7 | 6 << 3), RANGE, "it has neither one channel nor two"),
    "extension": there(
        26, config(2 << 11 | 3 << 7 | 2 << 3 | 1), FIXED, "frames are not of 1024 samples alone"
    ),
    "short-frame": first(b"\x21\x07", SIZE, "a frame is shorter or longer than any"),
    "long-frame": first(b"\x21" + b"text" * 400 + b"\x07", SIZE, "a frame is shorter or longer than any"),
    "fill-element": first(b"\xde\x04Lavc62\x0e", CODING, "a frame does not begin with its channel element"),
    "data-element": first(b"\x80\x04text\x0e", CODING, "a frame does not begin with its channel element"),
    "one-channel": first(b"\x01\x40\x20\x07", CODING, "a frame does not begin with its channel element"),
    "text-behind": first(FRAMES[0] + b"text", CODING, "a frame does not end as frames do"),
    "zeros-behind": first(FRAMES[0] + b"\x00", CODING, "a frame does not end as frames do"),
}


def test_the_frames_of_our_encoder_are_of_both_kinds() -> None:
    """One channel and two, and nothing is strange in either."""
    for channels in (1, 2):
        assert refused(film(channels=channels), Medium.MP4) == ("", "", "")


@pytest.mark.parametrize("case", CASES)
def test_one_thing_that_differs_is_refused(case: str) -> None:
    """The rule that it breaks is named, with its place."""
    make, expected = CASES[case]
    assert refused(make(), Medium.MP4) == expected
