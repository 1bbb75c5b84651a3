# SPDX-License-Identifier: EUPL-1.2
"""WebP: what our encoder writes is taken, and each rule refuses a file that differs from it in one place."""

from __future__ import annotations

import pytest
from tests.airlock.structure.samples import Case, refused, riff, riff_chunks, webp

from ordinance.airlock.structure import Shape, shape_of
from ordinance.airlock.structure._strange import CODING, CUT, DISAGREE, FIXED, LOOSE, ORDER, RANGE, SIZE, UNKNOWN
from ordinance.model.transfer import Medium

PLAIN, LOSSLESS, CLEAR = webp(), webp(lossless=True), webp("RGBA")
((_, VP8),) = riff_chunks(PLAIN)
((_, VP8L),) = riff_chunks(LOSSLESS)
(_, VP8X), (_, ALPH), (_, VP8_OF_CLEAR) = riff_chunks(CLEAR)


def vp8(at: int, new: bytes) -> bytes:
    """A file of a VP8 picture with these bytes in place of as many others."""
    return riff((b"VP8 ", VP8[:at] + new + VP8[at + len(new) :]))


def clear(vp8x: bytes = VP8X, alph: bytes = ALPH) -> bytes:
    """The long form with another header or another transparency."""
    return riff((b"VP8X", vp8x), (b"ALPH", alph), (b"VP8 ", VP8_OF_CLEAR))


def odd() -> bytes:
    """A VP8L picture of an odd size, whose filling byte is not zero."""
    content = VP8L if len(VP8L) % 2 else VP8L + b"\x00"
    return riff((b"VP8L", content))[:-1] + b"A"


CASES: dict[str, Case] = {
    "no-riff": (lambda: b"RIFX" + PLAIN[4:], ("start", ORDER, "it does not begin as a WebP does")),
    "behind-the-end": (
        lambda: PLAIN + b"hidden",
        (f"byte {len(PLAIN)}", LOOSE, "bytes follow the end that its header names"),
    ),
    "cut": (lambda: PLAIN[:-2], ("start", CUT, "it ends before the end that its header names")),
    "exif": (
        lambda: riff((b"VP8X", VP8X), (b"VP8 ", VP8), (b"EXIF", b"MM\x00*")),
        (f"EXIF at byte {12 + 18 + 8 + len(VP8) + len(VP8) % 2}", UNKNOWN, "this chunk is not among those of ours"),
    ),
    "icc": (
        lambda: riff((b"ICCP", b"profile!"), (b"VP8 ", VP8)),
        ("ICCP at byte 12", UNKNOWN, "this chunk is not among those of ours"),
    ),
    "two-pictures": (
        lambda: riff((b"VP8 ", VP8), (b"VP8L", VP8L)),
        ("start", ORDER, "its chunks do not stand as in ours"),
    ),
    "five-pictures": (
        lambda: riff(*[(b"VP8 ", VP8)] * 5),
        ("start", ORDER, "its chunks do not stand as in ours"),
    ),
    "no-picture": (riff, ("start", ORDER, "its chunks do not stand as in ours")),
    "half-a-chunk": (
        lambda: riff()[:4] + b"\x0a\x00\x00\x00WEBPVP8 \x00\x00",
        ("byte 12", CUT, "it ends where a chunk should stand"),
    ),
    "size-beyond-file": (
        lambda: PLAIN[:16] + b"\xff\xff\xff\xff" + PLAIN[20:],
        ("VP8  at byte 12", CUT, "it says that it is longer than the file"),
    ),
    "filling": (odd, ("VP8L at byte 12", FIXED, "the byte that fills it up is not zero")),
    "flags": (
        lambda: clear(b"\x14" + VP8X[1:]),
        ("VP8X at byte 12", FIXED, "flags or reserved bits is not what it always is"),
    ),
    "reserved": (
        lambda: clear(VP8X[:1] + b"abc" + VP8X[4:]),
        ("VP8X at byte 12", FIXED, "flags or reserved bits is not what it always is"),
    ),
    "longer-header": (lambda: clear(VP8X + b"hidden"), ("VP8X at byte 12", SIZE, "bytes follow its last field")),
    "other-canvas": (
        lambda: clear(VP8X[:4] + b"\x40" + VP8X[5:]),
        ("VP8X", DISAGREE, "the canvas and the picture have different sizes"),
    ),
    "alpha-reserved": (
        lambda: clear(alph=bytes([ALPH[0] | 0x40]) + ALPH[1:]),
        ("ALPH at byte 30", FIXED, "its reserved bits are not zero"),
    ),
    "alpha-preprocessing": (
        lambda: clear(alph=bytes([ALPH[0] | 0x20]) + ALPH[1:]),
        ("ALPH at byte 30", RANGE, "its preprocessing is none that there is"),
    ),
    "alpha-compression": (
        lambda: clear(alph=bytes([ALPH[0] | 0x03]) + ALPH[1:]),
        ("ALPH at byte 30", RANGE, "its compression is none that there is"),
    ),
    "alpha-plain": (
        lambda: clear(alph=b"\x00" + bytes(24 * 19) + b"hidden"),
        ("ALPH at byte 30", SIZE, "it does not have just one value for each pixel"),
    ),
    "alpha-of-nothing": (
        lambda: clear(alph=ALPH[:1]),
        ("ALPH at byte 30", SIZE, "nothing follows its header"),
    ),
    "no-key-frame": (lambda: vp8(0, bytes([VP8[0] | 1])), ("VP8  at byte 12", CODING, "it is no key frame")),
    "version": (
        lambda: vp8(0, bytes([VP8[0] | 0x08])),
        ("VP8  at byte 12", RANGE, "its version is none that there is"),
    ),
    "not-shown": (
        lambda: vp8(0, bytes([VP8[0] & 0xEF])),
        ("VP8  at byte 12", CODING, "its frame is not shown"),
    ),
    "start-code": (
        lambda: vp8(3, b"abc"),
        ("VP8  at byte 12", FIXED, "the start code is not what it always is"),
    ),
    "scaled": (
        lambda: vp8(7, bytes([VP8[7] | 0x40])),
        ("VP8  at byte 12", RANGE, "a side is zero or to be scaled"),
    ),
    "no-height": (lambda: vp8(8, b"\x00\x00"), ("VP8  at byte 12", RANGE, "a side is zero or to be scaled")),
    "first-partition": (
        lambda: vp8(2, b"\xff"),
        ("VP8  at byte 12", CODING, "its first partition is as long as the chunk, or longer"),
    ),
    "vp8-cut": (lambda: riff((b"VP8 ", VP8[:9])), ("VP8  at byte 12", CUT, "it ends before its last field")),
    "vp8l-signature": (
        lambda: riff((b"VP8L", b"\x2e" + VP8L[1:])),
        ("VP8L at byte 12", FIXED, "the signature is not what it always is"),
    ),
    "vp8l-version": (
        lambda: riff((b"VP8L", VP8L[:4] + bytes([VP8L[4] | 0x20]) + VP8L[5:])),
        ("VP8L at byte 12", FIXED, "the version is not zero"),
    ),
    "vp8l-of-nothing": (
        lambda: riff((b"VP8L", VP8L[:5])),
        ("VP8L at byte 12", SIZE, "nothing follows its header"),
    ),
}


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("lossless", [True, False])
@pytest.mark.parametrize("size", [(1, 1), (24, 19), (300, 200)])
def test_what_our_encoder_writes_is_taken(mode: str, lossless: bool, size: tuple[int, int]) -> None:
    """With and without transparency, with and without loss: nothing is strange, and the size is read."""
    assert shape_of(memoryview(webp(mode, lossless, size)), Medium.WEBP) == Shape(*size)


def test_the_three_forms_are_all_there() -> None:
    """The samples are of each form that the list knows."""
    assert [[n for n, _ in riff_chunks(one)] for one in (PLAIN, LOSSLESS, CLEAR)] == [
        [b"VP8 "],
        [b"VP8L"],
        [b"VP8X", b"ALPH", b"VP8 "],
    ]


@pytest.mark.parametrize("case", CASES)
def test_one_thing_that_differs_is_refused(case: str) -> None:
    """The rule that it breaks is named, with its place."""
    make, expected = CASES[case]
    assert refused(make(), Medium.WEBP) == expected
