# SPDX-License-Identifier: EUPL-1.2
"""H.264: parameter sets and slices as ours are taken, and each rule refuses a stream that differs in one place."""

from __future__ import annotations

import pytest
from tests.airlock.structure.films import edited, film
from tests.airlock.structure.samples import Case, refused

from ordinance.airlock.structure._strange import CODING, CUT, DISAGREE, FIXED, LOOSE, ORDER, RANGE, SIZE, UNKNOWN
from ordinance.model.transfer import Medium

UE = 0  # in place of a count of bits: a number in Exp-Golomb code
AVCC = "moov/trak[1]/mdia/minf/stbl/stsd/avc1/avcC"
ALWAYS = "is not what it always is"
OUTSIDE = "is outside of what ours have"
ONE, TWO = "sample 1 of moov/trak[1]", "sample 2 of moov/trak[1]"

SPS: dict[str, tuple[int, int]] = {
    "profile": (8, 100), "constraints": (8, 0), "level": (8, 10), "number": (UE, 0), "chroma": (UE, 1), "luma": (UE, 0),
    "depth": (UE, 0), "bypass": (2, 0), "frame_bits": (UE, 0), "order": (UE, 0), "order_bits": (UE, 0), "refs": (UE, 1),
    "gaps": (1, 0), "columns": (UE, 1), "rows": (UE, 1), "frames_only": (1, 1), "direct": (1, 1), "crop": (1, 1),
    "left": (UE, 0), "right": (UE, 0), "top": (UE, 0), "bottom": (UE, 1), "vui": (1, 1), "aspect": (1, 1),
    "ratio": (8, 1), "overscan": (1, 0), "signal": (1, 1), "format": (3, 5), "full": (1, 0), "described": (1, 1),
    "primaries": (8, 1), "transfer": (8, 1), "matrix": (8, 1), "placed": (1, 1), "above": (UE, 0), "below": (UE, 0),
    "timing": (1, 1), "tick": (32, 1), "scale": (32, 50), "even": (1, 1), "model": (2, 0), "structure": (1, 0),
    "limits": (1, 1), "edges": (1, 1), "bytes": (UE, 0), "bits": (UE, 0), "wide": (UE, 11), "high": (UE, 11),
    "reorder": (UE, 0), "buffered": (UE, 1), "stop": (1, 1),
}  # fmt: skip
PPS: dict[str, tuple[int, int]] = {
    "number": (UE, 0), "sequence": (UE, 0), "cabac": (1, 1), "fields": (1, 0), "groups": (UE, 0), "first": (UE, 0),
    "second": (UE, 0), "weighted": (1, 0), "both": (2, 0), "qp": (UE, 0), "qs": (UE, 0), "chroma": (UE, 0),
    "deblocking": (1, 1), "constrained": (1, 0), "redundant": (1, 0), "large": (1, 1), "scaling": (1, 0),
    "offset": (UE, 0), "stop": (1, 1),
}  # fmt: skip


def packed(fields: dict[str, tuple[int, int]], /, **other: int) -> bytes:
    """The bytes of these fields, some with another value, and what keeps start codes out of them."""
    bits = ""
    for name, (count, value) in fields.items():
        given = other.get(name, value)
        number = f"{given + 1:b}"
        bits += "0" * (len(number) - 1) + number if count == UE else f"{given:0{count}b}"
    bits += "0" * (-len(bits) % 8)
    return escaped(int(bits, 2).to_bytes(len(bits) // 8, "big"))


def escaped(data: bytes) -> bytes:
    """Bytes with a three wherever two zeros would be followed by 0 to 3."""
    out, zeros = bytearray(), 0
    for one in data:
        if zeros >= 2 and one <= 3:
            out.append(3)
            zeros = 0
        out.append(one)
        zeros = 0 if one else zeros + 1
    return bytes(out)


def sps(**other: int) -> bytes:
    """A sequence parameter set."""
    return b"\x67" + packed(SPS, **other)


def pps(**other: int) -> bytes:
    """A picture parameter set."""
    return b"\x68" + packed(PPS, **other)


def unit(
    head: int = 0x65, first: int = 0, kind: int = 7, sets: int = 0, number: int = 0, tail: bytes = b"\xaa\x80"
) -> bytes:
    """A slice with its length before it."""
    fields = {"first": (UE, first), "kind": (UE, kind), "sets": (UE, sets), "number": (4, number)}
    content = bytes([head]) + packed(fields | ({"key": (UE, 0)} if head & 31 == 5 else {})) + tail
    return len(content).to_bytes(4, "big") + content


def with_sets(sequence: bytes, picture: bytes | None = None) -> bytes:
    """A film with these parameter sets."""
    return film(sound=False, sets=(sequence, picture or pps()), samples=((unit(), True),))


def with_units(*units: bytes, key: bool = True) -> bytes:
    """A film whose first sample has these units."""
    return film(sound=False, sets=(sps(), pps()), samples=((b"".join(units), key),))


def second(*units: bytes, key: bool = False) -> bytes:
    """A film whose second sample has these units."""
    return film(sound=False, sets=(sps(), pps()), samples=((unit(), True), (b"".join(units), key)))


def raw(content: bytes) -> bytes:
    """A unit with its length before it."""
    return len(content).to_bytes(4, "big") + content


def in_sps(message: str, rule: str = FIXED, **other: int) -> Case:
    """A case: a field of the sequence parameter set with another value."""
    return (lambda: with_sets(sps(**other))), (f"{AVCC}/SPS", rule, message)


def in_pps(message: str, rule: str = FIXED, **other: int) -> Case:
    """A case: a field of the picture parameter set with another value."""
    return (lambda: with_sets(sps(), pps(**other))), (f"{AVCC}/PPS", rule, message)


def in_avcc(at: int, new: bytes, rule: str, message: str, cut: int | None = None) -> Case:
    """A case: other bytes in the record around the sets."""
    return (lambda: edited(with_sets(sps()), AVCC, at, new, cut)), (AVCC, rule, message)


EXTENSION = 8 + len(sps()) + 3 + len(pps())  # where the record's extension for the high profile begins

CASES: dict[str, Case] = {
    "record-version": in_avcc(0, b"\x02", FIXED, f"the version {ALWAYS}"),
    "two-sequences": in_avcc(5, b"\xe2", FIXED, f"the size of lengths or the count of sequence sets {ALWAYS}"),
    "two-pictures": in_avcc(8 + len(sps()), b"\x02", FIXED, f"the count of picture parameter sets {ALWAYS}"),
    "record-profile": in_avcc(3, b"\x0b", DISAGREE, "profile and level are not those of the stream"),
    "record-extension": in_avcc(EXTENSION, b"text", FIXED, f"the extension for the high profile {ALWAYS}"),
    "record-longer": in_avcc(EXTENSION + 4, b"text", SIZE, "bytes follow its last field", 0),
    "no-sequence": (
        lambda: with_sets(b"\x68" + sps()[1:]),
        (f"{AVCC}/SPS", UNKNOWN, "it is no such unit"),
    ),
    "start-code": (
        lambda: with_sets(sps() + b"\x00\x00\x01text"),
        (f"{AVCC}/SPS", CODING, "bytes stand in it that its coding does not make"),
    ),
    "sps-longer": (lambda: with_sets(sps() + b"text"), (f"{AVCC}/SPS", SIZE, "bits follow its last field")),
    "sps-cut": (lambda: with_sets(sps()[:12]), (f"{AVCC}/SPS", CUT, "it ends before its last field")),
    "zeros": (
        lambda: with_sets(sps()[:4] + escaped(bytes(9))),
        (f"{AVCC}/SPS", RANGE, "a number in it is larger than any that there is"),
    ),
    "profile": in_sps("the profile is none of baseline, main and high", RANGE, profile=88),
    "constraints": in_sps("the reserved bits are not zero", constraints=1),
    "level": in_sps("the level is none that there is", RANGE, level=99),
    "sps-number": in_sps("its number is not zero", number=1),
    "chroma": in_sps("the colours are not 4:2:0", chroma=2),
    "depth": in_sps("the depth is not eight bits", depth=2),
    "sps-scaling": in_sps(f"the lossless bypass or the scaling matrix {ALWAYS}", bypass=1),
    "frame-bits": in_sps(f"the size of frame numbers {OUTSIDE}", RANGE, frame_bits=13),
    "order": in_sps("the kind of order is none of ours", RANGE, order=1),
    "order-bits": in_sps(f"the size of order counts {OUTSIDE}", RANGE, order_bits=13),
    "references": in_sps(f"the count of reference frames {OUTSIDE}", RANGE, refs=17),
    "gaps": in_sps(f"the flag for gaps {ALWAYS}", gaps=1),
    "columns": in_sps(f"the width {OUTSIDE}", RANGE, columns=1024),
    "rows": in_sps(f"the height {OUTSIDE}", RANGE, rows=1024),
    "interlaced": in_sps(f"the flag for frames alone {ALWAYS}", frames_only=0),
    "cut-left": in_sps("something is cut off at the left or the top", left=1),
    "cut-top": in_sps("something is cut off at the left or the top", top=1),
    "cut-much": in_sps("more is cut off than blocks need", RANGE, right=8),
    "ratio": in_sps(f"the shape of a pixel {ALWAYS}", ratio=3),
    "overscan": in_sps(f"the overscan flag {ALWAYS}", overscan=1),
    "format": in_sps(f"the video format {ALWAYS}", format=2),
    "colours": in_sps("the colours are none of ours", RANGE, matrix=9),
    "colour-place": in_sps(f"the place of colour samples {OUTSIDE}", RANGE, above=6),
    "colour-place-below": in_sps(f"the place of colour samples {OUTSIDE}", RANGE, below=6),
    "buffer-model": in_sps(f"the flags of a buffer model {ALWAYS}", model=2),
    "limits": in_sps(f"a limit of the stream {OUTSIDE}", RANGE, wide=17),
    "reorder": in_sps("pictures are to be put into another order", RANGE, reorder=1),
    "pps-number": in_pps("its number or that of its sequence is not zero", number=1),
    "pps-fields": in_pps(f"the flag for orders of fields {ALWAYS}", fields=1),
    "slice-groups": in_pps("pictures are cut into groups of slices", groups=1),
    "pps-references": in_pps(f"the count of references {OUTSIDE}", RANGE, first=32),
    "pps-references-back": in_pps(f"the count of references {OUTSIDE}", RANGE, second=32),
    "weighting": in_pps("the weighting is none that there is", RANGE, both=3),
    "quantiser": in_pps(f"a quantiser {OUTSIDE}", RANGE, qp=105),
    "quantiser-offset": in_pps(f"the offset of a quantiser {OUTSIDE}", RANGE, chroma=49),
    "redundant": in_pps(f"the flag for redundant pictures {ALWAYS}", redundant=1),
    "pps-scaling": in_pps(f"the scaling matrix {ALWAYS}", scaling=1),
    "quantiser-offset-again": in_pps(f"the offset of a quantiser {OUTSIDE}", RANGE, offset=49),
    "pps-longer": (lambda: with_sets(sps(), pps() + b"text"), (f"{AVCC}/PPS", SIZE, "bits follow its last field")),
    "empty-unit": (lambda: with_units(bytes(4), unit()), (ONE, SIZE, "a unit is empty")),
    "unit-beyond": (
        lambda: with_units(b"\xff\xff\xff\xff" + unit()[4:]),
        (ONE, CUT, "a unit says that it is longer than its sample"),
    ),
    "message": (
        lambda: with_units(raw(b"\x06\x05\x04text\x80"), unit()),
        (ONE, UNKNOWN, "a unit is none that ours have"),
    ),
    "filler": (lambda: with_units(unit(), raw(b"\x0c\xff\xff\x80")), (ONE, UNKNOWN, "a unit is none that ours have")),
    "parameters-again": (lambda: with_units(raw(sps()), unit()), (ONE, UNKNOWN, "a unit is none that ours have")),
    "further-view": (lambda: with_units(unit(), raw(b"\x74text")), (ONE, UNKNOWN, "a unit is none that ours have")),
    "mixed": (
        lambda: with_units(unit(), unit(0x61, 1, 5)),
        (ONE, DISAGREE, "its units are not all of one picture"),
    ),
    "zero-bit": (lambda: with_units(unit(0xE5)), (ONE, FIXED, "a bit that is always zero is not")),
    "start-code-in-slice": (
        lambda: with_units(unit(tail=b"\x00\x00\x01\x06text\x80")),
        (ONE, CODING, "bytes stand in a unit that its coding does not make"),
    ),
    "three-for-nothing": (
        lambda: with_units(unit(tail=b"\x00\x00\x03text\x80")),
        (ONE, CODING, "bytes stand in a unit that its coding does not make"),
    ),
    "zeros-behind": (lambda: with_units(unit(tail=b"\x80\x00")), (ONE, LOOSE, "zeros follow the end of a unit")),
    "first-slice": (lambda: with_units(unit(first=1)), (ONE, CODING, "its slices do not follow one another")),
    "slice-again": (lambda: with_units(unit(), unit()), (ONE, CODING, "its slices do not follow one another")),
    "needed-by-none": (
        lambda: with_units(unit(head=0x05)),
        (ONE, CODING, "a key picture is said to be needed by none"),
    ),
    "slice-beyond": (lambda: with_units(unit(first=4)), (ONE, RANGE, f"the place of a slice {OUTSIDE}")),
    "kind": (lambda: with_units(unit(kind=5)), (ONE, RANGE, "a slice is of a kind that ours never is")),
    "kind-of-two-ways": (
        lambda: second(unit(0x61, 0, 6, number=1)),
        (TWO, RANGE, "a slice is of a kind that ours never is"),
    ),
    "other-parameters": (
        lambda: with_units(unit(sets=1)),
        (ONE, FIXED, "a slice has other parameters than there are"),
    ),
    "number": (lambda: second(unit(0x61, 0, 5, number=5)), (TWO, CODING, "a picture is not the next one")),
    "key-number": (
        lambda: with_units(unit(number=1)),
        (ONE, CODING, "a picture is not the next one"),
    ),
    "no-key-first": (
        lambda: film(sound=False, sets=(sps(), pps()), samples=((unit(0x61, 0, 5), False),)),
        (ONE, ORDER, "the first picture is no key picture"),
    ),
    "number-of-key": (
        lambda: with_units(raw(b"\x65" + packed({"f": (UE, 0), "k": (UE, 7), "sn": (5, 16), "i": (UE, 65536)}))),
        (ONE, RANGE, f"the number of a key picture {OUTSIDE}"),
    ),
}  # fmt: skip


def test_the_sets_that_the_cases_begin_with_are_taken() -> None:
    """Otherwise what follows would prove nothing: one key picture, then one that is not, in one slice or two."""
    assert refused(with_sets(sps()), Medium.MP4) == ("", "", "")
    assert refused(second(unit(0x61, 0, 5, number=1), unit(0x61, 2, 5, number=1)), Medium.MP4) == ("", "", "")


def test_a_picture_that_none_needs_counts_for_nothing() -> None:
    """After a picture that no other needs, the next has the same number."""
    samples = ((unit(), True), (unit(0x01, 0, 5, number=1), False), (unit(0x61, 0, 5, number=1), False))
    assert refused(film(sound=False, sets=(sps(), pps()), samples=samples), Medium.MP4) == ("", "", "")


@pytest.mark.parametrize("profile", [66, 77])
def test_the_simpler_profiles_have_fewer_fields(profile: int) -> None:
    """Baseline and main say nothing of colours and depth, and the record has no extension."""
    plain = {n: f for n, f in SPS.items() if n not in ("chroma", "luma", "depth", "bypass")}
    picture = {n: f for n, f in PPS.items() if n not in ("large", "scaling", "offset")}
    sets = (b"\x67" + packed(plain, profile=profile), b"\x68" + packed(picture))
    assert refused(film(sound=False, sets=sets, samples=((unit(), True),)), Medium.MP4) == ("", "", "")


@pytest.mark.parametrize("case", CASES)
def test_one_thing_that_differs_is_refused(case: str) -> None:
    """The rule that it breaks is named, with its place."""
    make, expected = CASES[case]
    assert refused(make(), Medium.MP4) == expected
