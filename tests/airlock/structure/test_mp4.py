# SPDX-License-Identifier: EUPL-1.2
"""MP4: what our rebuilding writes is taken, and each rule refuses a file that differs from it in one place."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.airlock.structure.films import box, edited, film, find, u32
from tests.airlock.structure.samples import Case, refused

from ordinance.airlock.structure import Shape, shape_of
from ordinance.airlock.structure._strange import CUT, DISAGREE, FIXED, LOOSE, ORDER, RANGE, SIZE, UNKNOWN
from ordinance.model.transfer import Medium

GOOD, MUTE = film(), film(sound=False)
TRAK, SOUND = "moov/trak[1]", "moov/trak[2]"
MDIA, MINF, STBL = f"{TRAK}/mdia", f"{TRAK}/mdia/minf", f"{TRAK}/mdia/minf/stbl"
HEARD = f"{SOUND}/mdia/minf/stbl"
AVC1, MP4A = f"{STBL}/stsd/avc1", f"{HEARD}/stsd/mp4a"
NOT_OURS = "this box is not among those of ours"
PLACE = "it stands twice, or not where it belongs"
ALWAYS = "is not what it always is"
MOOV = find(GOOD, "mdat")[0] - find(GOOD, "moov")[0] - 8  # bytes in it
HIDDEN = box("free", b"hidden")


def there(path: str, at: int, new: bytes, rule: str, message: str, where: str = "") -> Case:
    """A case: other bytes in a box, and the refusal that names it."""
    return (lambda: edited(GOOD, path, at, new)), (where or path, rule, message)


def more(path: str, at: int, new: bytes, rule: str, message: str, where: str = "") -> Case:
    """A case: bytes more in a box, all sizes mended, and the refusal that names it."""
    return (lambda: edited(GOOD, path, at, new, 0)), (where or path, rule, message)


def without(path: str, data: bytes = GOOD) -> bytes:
    """The file without a box, all sizes mended."""
    *_, place = find(data, path)
    size = int.from_bytes(data[place : place + 4], "big")
    if "/" not in path:
        return data[:place] + data[place + size :]
    outer = path.rpartition("/")[0]
    return edited(data, outer, place - find(data, outer)[-1] - 8, b"", size)


def sized(path: str, size: int) -> bytes:
    """The file with another size in the head of a box."""
    place = find(GOOD, path)[-1]
    return GOOD[:place] + u32(size) + GOOD[place + 4 :]


def hole() -> bytes:
    """A file of which the last chunk begins later than the one before it ends."""
    table = find(MUTE, f"{STBL}/stco")[-1]
    later = int.from_bytes(MUTE[table + 24 : table + 28], "big") + 6
    return edited(MUTE, f"{STBL}/stco", 16, u32(later))


def overlap() -> bytes:
    """A file of which two chunks lie in one place."""
    table = find(MUTE, f"{STBL}/stco")[-1]
    return edited(MUTE, f"{STBL}/stco", 12, MUTE[table + 16 : table + 20])


def timed(scale: int, ticks: int) -> bytes:
    """A file whose pictures are counted by another scale of time, each of so many ticks."""
    made = edited(GOOD, f"{MDIA}/mdhd", 12, u32(scale, 6 * ticks))
    return edited(made, f"{STBL}/stts", 12, u32(ticks))


CASES: dict[str, Case] = {
    "brand": there("ftyp", 0, b"M4V ", FIXED, "its brands are not those of ours"),
    "more-brands": more("ftyp", 24, b"text", FIXED, "its brands are not those of ours"),
    "no-ftyp": (lambda: without("ftyp"), ("moov", ORDER, PLACE)),
    "no-mdat": (lambda: without("mdat"), ("file", ORDER, "a box is missing in it")),
    "free": (lambda: GOOD + HIDDEN, ("free", UNKNOWN, NOT_OURS)),
    "uuid": (lambda: GOOD + box("uuid", bytes(16)), ("uuid", UNKNOWN, NOT_OURS)),
    "second-mdat": (lambda: GOOD + box("mdat"), ("mdat", ORDER, PLACE)),
    "behind-the-end": (lambda: GOOD + b"hidden", ("file", LOOSE, "bytes stand where a box should")),
    "size-to-the-end": (
        lambda: sized("mdat", 0),
        ("mdat", SIZE, "it has a size of 64 bits, or goes on to the end, or is smaller than a box"),
    ),
    "size-of-64-bits": (
        lambda: sized("mdat", 1),
        ("mdat", SIZE, "it has a size of 64 bits, or goes on to the end, or is smaller than a box"),
    ),
    "size-beyond-file": (
        lambda: sized("mdat", 0xFFFFFFFF),
        ("mdat", CUT, "it says that it is longer than what holds it"),
    ),
    "udta": more("moov", MOOV, box("udta", b"Tallinn"), ORDER, "it does not hold what ours does"),
    "third-track": more("moov", 108, box("trak"), ORDER, "it does not hold what ours does"),
    "created": there("moov/mvhd", 4, b"date", FIXED, f"version, flags or a date {ALWAYS}"),
    "movie-scale": there("moov/mvhd", 12, u32(600), FIXED, f"the scale of time {ALWAYS}"),
    "movie-length": there("moov/mvhd", 16, b"text", DISAGREE, "it is not as long as its tracks"),
    "movie-speed": there("moov/mvhd", 20, b"text", FIXED, f"speed or volume {ALWAYS}"),
    "movie-reserved": there("moov/mvhd", 26, b"text", FIXED, f"a reserved field {ALWAYS}"),
    "movie-matrix": there("moov/mvhd", 36, b"text", FIXED, f"the matrix {ALWAYS}"),
    "movie-preview": there("moov/mvhd", 72, b"text", FIXED, f"a reserved field {ALWAYS}"),
    "next-track": there("moov/mvhd", 96, b"text", FIXED, f"the number of the next track {ALWAYS}"),
    "longer-mvhd": more("moov/mvhd", 100, b"text", SIZE, "bytes follow its last field"),
    "edit-list": more(TRAK, 92, box("edts", b""), UNKNOWN, NOT_OURS, f"{TRAK}/edts"),
    "track-created": there(f"{TRAK}/tkhd", 4, b"date", FIXED, f"version, flags or a date {ALWAYS}"),
    "track-number": there(f"{TRAK}/tkhd", 12, u32(7), FIXED, f"the track's number {ALWAYS}"),
    "track-reserved": there(f"{TRAK}/tkhd", 16, b"text", FIXED, f"a reserved field {ALWAYS}"),
    "track-length": there(f"{TRAK}/tkhd", 20, b"text", DISAGREE, "it is not as long as its samples"),
    "track-layer": there(f"{TRAK}/tkhd", 32, b"te", FIXED, f"a reserved field, layer or group {ALWAYS}"),
    "track-volume": there(f"{TRAK}/tkhd", 36, b"te", FIXED, f"the volume {ALWAYS}"),
    "track-reserved-again": there(f"{TRAK}/tkhd", 38, b"te", FIXED, f"a reserved field {ALWAYS}"),
    "track-matrix": there(f"{TRAK}/tkhd", 40, b"text", FIXED, f"the matrix {ALWAYS}"),
    "track-size": there(f"{TRAK}/tkhd", 76, b"text", DISAGREE, "it is not as large as its pictures"),
    "longer-tkhd": more(f"{TRAK}/tkhd", 84, b"text", SIZE, "bytes follow its last field"),
    "media-created": there(f"{MDIA}/mdhd", 8, b"date", FIXED, f"version, flags or a date {ALWAYS}"),
    "media-scale": there(f"{MDIA}/mdhd", 12, b"text", RANGE, "the scale of time is outside of what ours have"),
    "media-length": there(f"{MDIA}/mdhd", 16, b"text", DISAGREE, "it is not as long as its samples"),
    "language": there(f"{MDIA}/mdhd", 20, b"\x15\xc7", FIXED, f"the language {ALWAYS}"),
    "media-reserved": there(f"{MDIA}/mdhd", 22, b"te", FIXED, f"a reserved field {ALWAYS}"),
    "longer-mdhd": more(f"{MDIA}/mdhd", 24, b"text", SIZE, "bytes follow its last field"),
    "sound-scale": there(f"{SOUND}/mdia/mdhd", 12, u32(44100), DISAGREE, "its scale is not that of the sound"),
    "fast": there(f"{MDIA}/mdhd", 12, u32(241), RANGE, "the rate of frames is none of ours"),
    "other-rate": there(f"{MDIA}/mdhd", 12, u32(50), DISAGREE, "the stream names another rate of frames"),
    "common-factor": (
        lambda: timed(50, 2),
        (f"{MDIA}/mdhd", FIXED, "scale and durations have a common factor"),
    ),
    "handler-reserved": there(f"{MDIA}/hdlr", 4, b"text", FIXED, f"version, flags or a reserved field {ALWAYS}"),
    "handler-kind": there(f"{MDIA}/hdlr", 8, b"text", FIXED, f"the kind of track {ALWAYS}"),
    "handler-maker": there(f"{MDIA}/hdlr", 12, b"appl", FIXED, f"a reserved field {ALWAYS}"),
    "handler-letter": there(f"{MDIA}/hdlr", 24, b"A", FIXED, f"the name {ALWAYS}"),
    "handler-name": more(f"{MDIA}/hdlr", 25, b"somebody\x00", SIZE, "bytes follow its last field"),
    "vmhd": there(f"{MINF}/vmhd", 4, b"text", FIXED, f"a field {ALWAYS}"),
    "longer-vmhd": more(f"{MINF}/vmhd", 12, b"text", SIZE, "bytes follow its last field"),
    "reference": there(f"{MINF}/dinf/dref", 15, b"s", FIXED, f"where its data are {ALWAYS}"),
    "longer-dref": more(f"{MINF}/dinf/dref", 20, b"text", SIZE, "bytes follow its last field"),
    "two-descriptions": there(f"{STBL}/stsd", 4, u32(2), FIXED, f"version, flags or count {ALWAYS}"),
    "other-coding": there(f"{STBL}/stsd", 12, b"mp4v", UNKNOWN, NOT_OURS,
                          f"{STBL}/stsd/mp4v"),
    "entry-reserved": there(AVC1, 8, b"text", FIXED, f"a reserved field or the reference to data {ALWAYS}"),
    "entry-size": there(AVC1, 24, b"\x00\x40", DISAGREE, "the stream has another size"),
    "entry-resolution": there(AVC1, 28, b"text", FIXED, f"the resolution or a reserved field {ALWAYS}"),
    "compressor": there(AVC1, 42, b"\x05Lavc1", FIXED, f"the count of frames or the compressor {ALWAYS}"),
    "entry-depth": there(AVC1, 74, b"te", FIXED, f"the depth {ALWAYS}"),
    "entry-more": more(AVC1, 78, box("btrt", bytes(12)), UNKNOWN, NOT_OURS, f"{AVC1}/btrt"),
    "no-decoder": (
        lambda: without(f"{AVC1}/avcC"),
        (f"{AVC1}/colr", ORDER, PLACE),
    ),
    "colours": there(f"{AVC1}/colr", 4, b"te", FIXED, f"the colours {ALWAYS}"),
    "profile-of-colours": more(f"{AVC1}/colr", 11, b"text", SIZE, "bytes follow its last field"),
    "sound-reserved": there(MP4A, 8, b"text", FIXED, f"a reserved field or the reference to data {ALWAYS}"),
    "sound-size": there(MP4A, 18, b"te", FIXED, f"the size of samples or a reserved field {ALWAYS}"),
    "sound-rate": there(MP4A, 24, b"text", DISAGREE, "its stream has other channels"),
    "stsz-size": there(f"{STBL}/stsz", 4, b"text", FIXED, f"version, flags or common size {ALWAYS}"),
    "stsz-count": there(f"{STBL}/stsz", 8, b"\xff\xff\xff\xff", SIZE, "it does not have as many entries as it says"),
    "stsz-nothing": (
        lambda: edited(GOOD, f"{STBL}/stsz", 8, u32(0), 28),
        (f"{STBL}/stsz", SIZE, "there are no samples"),
    ),
    "stsz-empty-sample": there(f"{STBL}/stsz", 12, u32(0), RANGE, "a sample is empty"),
    "stts-two": (
        lambda: edited(GOOD, f"{STBL}/stts", 4, u32(2, 5, 1, 1, 2), 12),
        (f"{STBL}/stts", FIXED, "not all samples last equally long"),
    ),
    "stts-count": there(f"{STBL}/stts", 8, b"text", DISAGREE, "it counts other samples than there are"),
    "stts-ticks": there(f"{STBL}/stts", 12, b"text", RANGE, "a sample's duration is outside of what ours have"),
    "stss-order": there(f"{STBL}/stss", 8, u32(4, 1), ORDER, "its entries do not go up"),
    "stss-other": there(f"{STBL}/stss", 8, u32(1, 5), DISAGREE, "it names other pictures"),
    "stsc-first": there(f"{STBL}/stsc", 8, u32(2), ORDER, "its first entry is not for the first chunk"),
    "stsc-description": there(f"{STBL}/stsc", 16, b"text", FIXED, "a chunk has a description that there is not"),
    "stsc-many": there(f"{STBL}/stsc", 12, b"text", RANGE, "a chunk has no samples, or too many"),
    "stsc-beyond": (
        lambda: edited(GOOD, f"{STBL}/stsc", 4, u32(2, 1, 2, 1, 9, 1, 1), 16),
        (f"{STBL}/stsc", ORDER, "its entries do not go up, or beyond the last chunk"),
    ),
    "stsc-twice": (
        lambda: edited(GOOD, f"{STBL}/stsc", 4, u32(2, 1, 2, 1, 2, 2, 1), 16),
        (f"{STBL}/stsc", SIZE, "two entries say what one could"),
    ),
    "stsc-fewer": there(f"{STBL}/stsc", 12, u32(1), DISAGREE, "its chunks hold other samples than there are"),
    "no-stss": (lambda: without(f"{STBL}/stss"), (f"{STBL}/stsc", ORDER, PLACE)),
    "overlap": (overlap, ("mdat", DISAGREE, "two samples overlap, or one lies outside")),
    "before-mdat": there(f"{STBL}/stco", 8, u32(0), DISAGREE, "two samples overlap, or one lies outside", "mdat"),
    "hole": (hole, ("mdat", LOOSE, "bytes belong to no sample")),
    "behind-the-samples": (
        lambda: edited(GOOD, "mdat", len(GOOD) - find(GOOD, "mdat")[0] - 8, b"hidden", 0),
        ("mdat", LOOSE, "bytes belong to no sample"),
    ),
    "sample-beyond": (
        lambda: edited(MUTE, f"{STBL}/stsz", 12 + 20, u32(100)),
        ("mdat", CUT, "a sample reaches beyond the end"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("sound", "channels"), [(False, 0), (True, 1), (True, 2)])
def test_what_our_rebuilding_writes_is_taken(sound: bool, channels: int) -> None:
    """Pictures alone, and with sound of one channel or two: size, length and tracks are read."""
    shape = shape_of(memoryview(film(sound, channels=channels or 2)), Medium.MP4)
    length = Fraction(6 * 1024, 48000) if sound else 0
    assert shape == Shape(32, 30, max(Fraction(6, 25), length), 6, 1 + sound, channels, 48000 if sound else 0)


@pytest.mark.parametrize("case", CASES)
def test_one_thing_that_differs_is_refused(case: str) -> None:
    """The rule that it breaks is named, with its place."""
    make, expected = CASES[case]
    assert refused(make(), Medium.MP4) == expected
