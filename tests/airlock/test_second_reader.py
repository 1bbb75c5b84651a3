# SPDX-License-Identifier: EUPL-1.2
"""ExifTool as second reader: what we write is taken, everything else is refused, and no answer is never a pass."""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path

import pytest
from tests.airlock.structure.films import box, edited, film
from tests.airlock.structure.samples import jpeg, png, png_chunk, riff, riff_chunks, webp

from ordinance.airlock import second_reader
from ordinance.airlock.second_reader import check_second
from ordinance.airlock.structure import Shape
from ordinance.model.transfer import Medium, Refusal

GOOD = {
    "jpeg": (jpeg(), Medium.JPEG),
    "jpeg-grey": (jpeg("L"), Medium.JPEG),
    "png": (png(), Medium.PNG),
    "png-clear": (png("RGBA"), Medium.PNG),
    "webp": (webp(), Medium.WEBP),
    "webp-lossless": (webp(lossless=True), Medium.WEBP),
    "webp-clear": (webp("RGBA"), Medium.WEBP),
    "mp4": (film(), Medium.MP4),
    "mp4-mute": (film(sound=False), Medium.MP4),
}
TIFF = b"MM\x00*\x00\x00\x00\x08\x00\x01\x01\x3b\x00\x02\x00\x00\x00\x08\x00\x00\x00\x1a\x00\x00\x00\x00Tallinn\x00"
EXIF = b"\xff\xe1" + (len(TIFF) + 8).to_bytes(2, "big") + b"Exif\x00\x00" + TIFF
FOUND, WARNED, DISAGREE = "airlock-second-reader-found", "airlock-second-reader-warned", "airlock-readers-disagree"
BAD = {
    "exif": (jpeg()[:20] + EXIF + jpeg()[20:], Medium.JPEG, FOUND),
    "comment": (jpeg()[:20] + b"\xff\xfe\x00\x09Tartu!!" + jpeg()[20:], Medium.JPEG, FOUND),
    "density": (jpeg()[:13] + b"\x01\x00\x48\x00\x48" + jpeg()[18:], Medium.JPEG, FOUND),
    "text": (png()[:33] + png_chunk(b"tEXt", b"Author\x00somebody") + png()[33:], Medium.PNG, FOUND),
    "behind-png": (png() + b"hidden", Medium.PNG, WARNED),
    "webp-exif": (riff(*riff_chunks(webp("RGBA")), (b"EXIF", TIFF)), Medium.WEBP, FOUND),
    "handler": (edited(film(), "moov/trak[1]/mdia/hdlr", 24, b"somebody\x00", 1), Medium.MP4, FOUND),
    "date": (edited(film(), "moov/mvhd", 4, b"date"), Medium.MP4, FOUND),
    "compressor": (edited(film(), "moov/trak[1]/mdia/minf/stbl/stsd/avc1", 42, b"\x05Lavc1"), Medium.MP4, FOUND),
    "free": (film() + box("free", b"hidden text"), Medium.MP4, FOUND),
}


def written(folder: Path, data: bytes) -> Path:
    """A file with a name that tells nothing."""
    path = folder / "IMG_0001 draft.bin"
    path.write_bytes(data)
    return path


def program(folder: Path, script: str) -> str:
    """A program in ExifTool's place."""
    path = folder / "reader"
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.mark.consumer("libimage-exiftool-perl")
@pytest.mark.parametrize("name", GOOD)
def test_what_we_write_is_taken(name: str, tmp_path: Path) -> None:
    """Every form that the first checker takes: the second finds nothing and sees the same."""
    data, medium = GOOD[name]
    assert check_second(written(tmp_path, data), medium) == ()


@pytest.mark.consumer("libimage-exiftool-perl")
@pytest.mark.parametrize("name", BAD)
def test_what_does_not_belong_is_found(name: str, tmp_path: Path) -> None:
    """The second reader finds it by itself, and no sentence repeats what it says."""
    data, medium, rule = BAD[name]
    refusals = check_second(written(tmp_path, data), medium)
    assert rule in {one.id for one in refusals}
    for one in refusals:
        assert not any(word in one.where + one.message for word in ("somebody", "Tallinn", "Tartu!", "draft", "Lavc"))


@pytest.mark.consumer("libimage-exiftool-perl")
def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    """What is said to be a JPEG and is a PNG is none."""
    assert FOUND in {one.id for one in check_second(written(tmp_path, png()), Medium.JPEG)}


def test_without_the_program_nothing_passes(tmp_path: Path) -> None:
    """An absent reader is a refusal, never a pass."""
    (refusal,) = check_second(written(tmp_path, jpeg()), Medium.JPEG, program="no-such-program-anywhere")
    assert refusal.id == "airlock-second-reader-missing"


def test_a_medium_without_a_list_is_refused(tmp_path: Path) -> None:
    """Nobody wrote down what may be found in a MOV: none comes out."""
    (refusal,) = check_second(written(tmp_path, b"moov"), Medium.MOV, program="sh")
    assert refusal.id == "airlock-no-checker"


@pytest.mark.parametrize(
    "script",
    ["exit 0", "exit 3", "echo '[]'", "echo '[1]'", "echo '{}'", "echo '[{},{}]'", "echo nothing", "yes", "kill -9 $$"],
)
def test_no_readable_answer_is_no_pass(script: str, tmp_path: Path) -> None:
    """Silence, junk, a flood, two answers, a crash: none of them is an answer without findings."""
    (refusal, *_) = check_second(written(tmp_path, jpeg()), Medium.JPEG, program(tmp_path, script))
    assert refusal.id in ("airlock-second-reader-failed", DISAGREE)


def test_an_answer_that_does_not_come_is_not_waited_for(tmp_path: Path) -> None:
    """The reader has its time, and no more."""
    began = time.monotonic()
    (refusal,) = check_second(written(tmp_path, jpeg()), Medium.JPEG, program(tmp_path, "exec sleep 60"), wall_s=0.3)
    assert refusal.id == "airlock-second-reader-failed"
    assert time.monotonic() - began < 10


def test_the_reader_is_told_no_name_and_no_settings(tmp_path: Path) -> None:
    """Neither the file's name nor anything of the environment reaches it."""
    told = tmp_path / "told"
    check_second(written(tmp_path, jpeg()), Medium.JPEG, program(tmp_path, f'(echo "$@"; env) > {told}'))
    text = told.read_text("utf-8")
    assert "-config  -json" in text
    assert "draft" not in text
    assert "HOME=" not in text


def answer(*tags: str) -> str:
    """A script that answers like ExifTool about our small JPEG, with other tags added."""
    own = [
        '"SourceFile":"x"', '"ExifTool:Main:ExifToolVersion":13.59', '"File:Main:FileType":"JPEG"',
        '"File:Main:ImageWidth":24', '"File:Main:ImageHeight":19',
    ]  # fmt: skip
    return "echo '[{" + ",".join([*own, *tags]) + "}]'"


def asked(tmp_path: Path, *tags: str) -> tuple[tuple[str, str], ...]:
    """Place and id of what is refused about such an answer."""
    found = check_second(written(tmp_path, jpeg()), Medium.JPEG, program(tmp_path, answer(*tags)))
    return tuple((one.where, one.id) for one in found)


def test_an_answer_with_nothing_more_is_taken(tmp_path: Path) -> None:
    """Otherwise what follows would prove nothing."""
    assert asked(tmp_path) == ()


@pytest.mark.parametrize(
    ("tag", "where", "rule"),
    [
        ('"XMP-dc:Main:Creator":"somebody"', "XMP", FOUND),
        ('"JFIF:Main:XResolution":300', "JFIF:Main:XResolution", FOUND),
        ('"File:Doc1:BitsPerSample":8', "File:Doc1:BitsPerSample", FOUND),
        ('"File:Main:Copy1:ImageWidth":25', "File:Main:Copy1:ImageWidth", FOUND),
        ('"ExifTool:Main:Warning":"somebody"', "ExifTool:Main:Warning", WARNED),
        ('"ExifTool:Main:Error":"somebody"', "ExifTool:Main:Error", WARNED),
        ('"strange\\u0001name":1', "file", FOUND),
    ],
)
def test_each_thing_more_is_refused(tag: str, where: str, rule: str, tmp_path: Path) -> None:
    """An unknown tag, another value, an embedded document, a second value, a warning, an error."""
    assert asked(tmp_path, tag) == ((where, rule),)


MOVIE = {
    "File:ImageWidth": "24", "QuickTime:Duration": "0.24", "QuickTime:NextTrackID": "3", "Track1:ImageWidth": "32",
    "Track1:ImageHeight": "30", "Track2:AudioChannels": "2", "Track2:AudioSampleRate": "48000",
}  # fmt: skip
OURS = Shape(32, 30, Fraction(6, 25), 6, 2, 2, 48000)


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        ("Track1:ImageWidth", "33"),
        ("Track1:ImageHeight", "31"),
        ("QuickTime:Duration", "0.243"),
        ("QuickTime:NextTrackID", "2"),
        ("Track2:AudioChannels", "1"),
        ("Track2:AudioSampleRate", "44100"),
    ],
)
def test_readers_that_disagree_are_no_pass(tag: str, value: str) -> None:
    """Width, height, length, tracks, channels, rate: another value, or none, is refused with its name."""
    seen = second_reader._disagreements
    assert seen(MOVIE, Medium.MP4, OURS) == []
    assert [(r.where, r.id) for r in seen({**MOVIE, tag: value}, Medium.MP4, OURS)] == [(tag, DISAGREE)]
    less = {name: one for name, one in MOVIE.items() if name != tag}
    assert (tag, DISAGREE) in [(r.where, r.id) for r in seen(less, Medium.MP4, OURS)]


def test_a_track_that_only_one_reader_sees_is_refused() -> None:
    """The count of tracks is compared as well."""
    seen, alone = second_reader._disagreements, {"QuickTime:NextTrackID": "2"}
    tags = {name: one for name, one in MOVIE.items() if not name.startswith("Track2")}
    mute = Shape(32, 30, Fraction(6, 25), 6, 1)
    assert seen(tags | alone, Medium.MP4, mute) == []
    assert [one.where for one in seen(MOVIE | alone, Medium.MP4, mute)] == ["tracks"]


def test_a_file_that_the_first_reader_does_not_take_never_passes_the_second() -> None:
    """Whoever asks only the second reader gets a refusal all the same."""
    strange = Refusal("x", "airlock-part-unknown", "strange")
    assert [r.id for r in second_reader._disagreements(MOVIE, Medium.MP4, strange)] == [DISAGREE]
