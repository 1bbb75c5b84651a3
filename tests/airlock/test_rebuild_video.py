# SPDX-License-Identifier: EUPL-1.2
"""Videos made anew: what stays, what is changed and said, and what is refused."""

from __future__ import annotations

import errno
import hashlib
import inspect
import io
import re
import struct
import tempfile
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av
import pytest
from av.codec.context import Flags
from tests.airlock.videos import MARK, colour, cropped, film, frames_of, switched_on, turned, two_films, with_box

from ordinance.airlock import (
    _copy_video,
    _encode_video,
    _nal,
    _rebuild_sound,
    _rebuild_video,
    _video,
    _window,
    rebuild,
)
from ordinance.airlock._apart import StopError
from ordinance.airlock._seccomp import can_lock_in
from ordinance.airlock.structure import check_structure
from ordinance.model.errors import TransferError
from ordinance.model.transfer import Medium

pytestmark = pytest.mark.skipif(not can_lock_in(), reason="only Linux on known processors isolates")
REQUEST = {"pixels": 1_000_000, "frames": 5000, "seconds": 60, "lossless": False}


@cache
def plain(**options: Any) -> bytes:
    """A film that several tests look at."""
    return film(**options)


def through(content: bytes, *, lossless: bool = False, **limits: int) -> tuple[bytes, rebuild.Rebuilt]:
    """A video rebuilt by the process that does it, and what is said of it."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "given.mp4", Path(folder) / "new.mp4"
        source.write_bytes(content)
        how = rebuild.How(lossless=lossless)
        found = rebuild.rebuild(source, out, Medium.MP4, rebuild.Limits(**limits), how)
        assert sorted(p.name for p in Path(folder).iterdir()) == ["given.mp4", "new.mp4"]
        return out.read_bytes(), found


def fault_of(content: bytes, *, lossless: bool = False, **limits: int) -> str:
    """The id with which the process refuses a video, after which nothing is left of it."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "given.mp4"
        source.write_bytes(content)
        how = rebuild.How(lossless=lossless)
        with pytest.raises(TransferError) as refused:
            rebuild.rebuild(source, Path(folder) / "new.mp4", Medium.MP4, rebuild.Limits(**limits), how)
        assert [p.name for p in Path(folder).iterdir()] == ["given.mp4"]
        return refused.value.issues[0].id


def worked(content: bytes, **asked: Any) -> tuple[bytes, dict[str, Any]]:
    """What the worker makes of a video, without a process around it."""
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as passing:
        source.write(content)
        source.flush()
        files = (source.fileno(), out.fileno(), passing.fileno())
        found = _rebuild_video.work(REQUEST | asked, files, lambda *_: None)
        out.seek(0)
        return out.read(), found


def refused(content: bytes, **asked: Any) -> str:
    """The id with which the worker stops."""
    with pytest.raises(StopError) as stopped:
        worked(content, **asked)
    return stopped.value.id


INSIDE = (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl")


def boxes(content: bytes) -> list[str]:
    """The names of boxes in order, with those around them."""
    found, at = [], 0
    while at < len(content):
        size, name = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        found.append(name.decode())
        if name in INSIDE:
            found += [f"{name.decode()}/{one}" for one in boxes(content[at + 8 : at + size])]
        at += size
    assert at == len(content)
    return found


def units(content: bytes) -> set[int]:
    """The kinds of units in the stream of pictures."""
    with av.open(io.BytesIO(content), "r", format="mov") as given:
        packets = [bytes(p) for p in given.demux(video=0) if p.size]
    return {_nal.kind_of(unit) for packet in packets for unit in _nal.units_of_sample(packet, 4)}


_TRAK = "tkhd mdia mdia/mdhd mdia/hdlr mdia/minf mdia/minf/{0} mdia/minf/dinf mdia/minf/dinf/dref mdia/minf/stbl"
_TABLES = ("stsd", "stts", "stss", "stsc", "stsz", "stco")


def tree(*kinds: str) -> list[str]:
    """The boxes of a video with these headers of tracks."""
    found = ["ftyp", "moov", "moov/mvhd"]
    for kind in kinds:
        tables = [f"mdia/minf/stbl/{one}" for one in _TABLES if kind == "vmhd" or one != "stss"]
        found += ["moov/trak", *(f"moov/trak/{one}" for one in [*_TRAK.format(kind).split(), *tables])]
    return [*found, "mdat"]


@pytest.mark.parametrize("lossless", [False, True])
def test_nothing_but_frames_and_sound_goes_through(lossless: bool) -> None:
    """Titles, places, names, dates, edit lists and encoders are not in the new file, and its boxes are those agreed."""
    content = plain()
    assert content.count(MARK.encode()) >= 2
    assert b"elst" in content
    new, found = through(content, lossless=lossless)
    assert not re.search(MARK.encode() + b"|x264|Lav[cf]|58\\.37|elst|udta|meta|free", new)
    assert boxes(new) == tree("vmhd", "smhd")
    assert units(new) == {_nal.SLICE, _nal.KEY_SLICE}
    assert units(content) > units(new)
    assert found.lossless is lossless
    assert found.sound is True
    assert (found.width, found.height, found.frames, found.duration_s) == (160, 90, 12, Fraction(12, 25))
    assert "metadata_dropped" in found.notes
    assert found.after == hashlib.sha256(new).hexdigest()
    assert found.before == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("lossless", [False, True])
def test_the_same_video_gives_the_same_bytes(lossless: bool) -> None:
    """Rebuilt twice, a video has one hash; and what was rebuilt can be rebuilt again."""
    first, again = worked(plain(), lossless=lossless)[0], worked(plain(), lossless=lossless)[0]
    assert first == again
    assert worked(first, lossless=lossless)[1]["frames"] == 12


def test_frames_of_a_lossless_copy_are_the_same() -> None:
    """Every frame of the copy is, point by point, that of the original."""
    new, _ = worked(plain(), lossless=True)
    before, after = (list(map(_copy_video.Points().digest_of, frames_of(one))) for one in (plain(), new))
    assert before == after
    assert len(set(before)) == 12


def test_an_encoded_video_looks_as_before() -> None:
    """Colours stand where they stood, frame by frame."""
    new, _ = worked(plain())
    after = frames_of(new)
    assert len(after) == 12
    for frame in (after[0], after[-1]):
        places = ((0.02, 0.02), (0.02, 0.9), (0.98, 0.5))
        assert [colour(frame, *place) for place in places] == ["blue", "red", "green"]
    assert {(f.format.name, int(f.colorspace), int(f.color_range)) for f in after} == {("yuv420p", 1, 1)}


def test_sound_stays_with_the_picture() -> None:
    """The tone begins within a hundredth of a second of where it began, and nothing is lost at the end."""
    content = plain(frames=25)
    new, _ = worked(content)
    begins = []
    for one in (content, new):
        with av.open(io.BytesIO(one), "r", format="mov") as given:
            at = None
            for frame in given.decode(audio=0):
                points = struct.unpack(f"<{frame.samples}f", bytes(frame.planes[0])[: 4 * frame.samples])
                loud = next((i for i, point in enumerate(points) if abs(point) > 0.1), None)
                if loud is not None and at is None:
                    at = float(frame.pts * frame.time_base) + loud / frame.sample_rate
            begins.append(at)
    assert abs(begins[0] - begins[1]) < 0.01
    with av.open(io.BytesIO(new), "r", format="mov") as given:
        audio = given.streams.audio[0]
        assert abs(float(audio.duration * audio.time_base) - 1.0) < 0.05
        assert (audio.codec_context.name, audio.codec_context.sample_rate, audio.profile) == ("aac", 48_000, "LC")


@pytest.mark.parametrize(("channels", "after", "said"), [(1, 1, False), (2, 2, False), (6, 2, True)])
def test_channels_of_sound(channels: int, after: int, said: bool) -> None:
    """One or two channels stay; more become two, and that is said."""
    new, found = worked(plain(sound=channels))
    with av.open(io.BytesIO(new), "r", format="mov") as given:
        assert given.streams.audio[0].codec_context.channels == after
    assert ("channels_reduced" in found["notes"]) is said


def test_without_sound_there_is_one_track() -> None:
    """A silent video has no second track."""
    new, found = worked(plain(sound=None))
    assert found["sound"] is False
    assert boxes(new) == tree("vmhd")


# Where blue, the upper left corner, is afterwards.
@pytest.mark.parametrize(
    ("matrix", "corner", "upright"),
    [
        ((1, 0, 0, 1), (0.02, 0.02), False),
        ((0, 1, -1, 0), (0.98, 0.02), True),
        ((0, -1, 1, 0), (0.02, 0.98), True),
        ((-1, 0, 0, -1), (0.98, 0.98), False),
        ((-1, 0, 0, 1), (0.98, 0.02), False),
        ((1, 0, 0, -1), (0.02, 0.98), False),
        ((0, 1, 1, 0), (0.02, 0.02), True),
        ((0, -1, -1, 0), (0.98, 0.98), True),
    ],
)
def test_the_video_is_upright(matrix: tuple[int, int, int, int], corner: tuple[float, float], upright: bool) -> None:
    """What a player would do by the matrix in the file is done to the frames, and said; no matrix is left."""
    new, found = worked(turned(plain(frames=3, sound=None), matrix))
    assert (found["width"], found["height"]) == ((90, 160) if upright else (160, 90))
    assert colour(frames_of(new)[0], *corner) == "blue"
    assert ("orientation_applied" in found["notes"]) is (matrix != (1, 0, 0, 1))
    assert _video.turn_of(frames_of(new)[0]) == ()


def test_what_the_maker_cropped_away_stays_away() -> None:
    """The blue corner lies outside of the clean aperture, and is not in the new video, upright or turned."""
    content = cropped(plain(frames=3, sound=None), 100, 1, 60, 1, 10, 1, 7, 1)
    assert colour(frames_of(content)[0], 0, 0) == "blue", "decoders pay no heed to it"
    new, found = through(content)
    assert (found.width, found.height) == (100, 60)
    assert "edges_cropped" in found.notes
    places = [(x / 20, y / 20) for x in range(21) for y in range(21)]
    assert {colour(frame, *place) for frame in frames_of(new) for place in places} == {"red", "green"}
    new, found_turned = worked(turned(content, (0, 1, -1, 0)))
    assert (found_turned["width"], found_turned["height"]) == (60, 100)
    assert {colour(frame, *place) for frame in frames_of(new) for place in places} == {"red", "green"}


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ((100, 1, 60, 1, 0, 1, 0, 1), (30, 16, 100, 58)),  # 15 rows above and beneath: odd edges move inward
        ((199, 2, 60, 1, 0, 1, 1, 1), (32, 16, 96, 60)),  # from 30 and a quarter to 129 and three quarters
        ((100, 1, 61, 1, 0, 1, 1, 2), (30, 16, 100, 60)),
        ((160, 1, 60, 1, 0, 1, 1, 1), (0, 16, 160, 60)),
        ((200, 1, 60, 1, 0, 1, 1, 1), (0, 16, 160, 60)),  # beyond the frame is nothing to be seen
        ((100, 1, 60, 1, -50, 1, 1, 1), (0, 16, 80, 60)),
        ((160, 1, 90, 1, 0, 1, 0, 1), None),
        ((1600, 10, 180, 2, 0, 9, 0, 7), None),
    ],
    ids=str,
)
def test_the_part_to_be_seen_is_exact(numbers: tuple[int, ...], shown: tuple[int, ...] | None) -> None:
    """Fractions and odd edges move inward, never outward; the whole is no part."""
    found = _window.window_of(io.BytesIO(cropped(plain(frames=3, sound=None), *numbers)), 1)
    assert found == (None if shown is None else _window.Window(*shown, (160, 90)))


SIZES = struct.pack(">4xII", 120 << 16, 90 << 16), struct.pack(">4xII", 160 << 16, 90 << 16)  # clean, and whole


def tapt(clean: bytes, whole: bytes) -> bytes:
    """The sizes in which QuickTime shows a track."""
    parts = b"".join(struct.pack(">I4s", 20, name) + size for name, size in ((b"clef", clean), (b"prof", whole)))
    return struct.pack(">I4s", 8 + len(parts), b"tapt") + parts


@pytest.mark.parametrize(
    "change",
    [
        lambda film: cropped(film, 100, 0, 60, 1, 0, 1, 0, 1),
        lambda film: cropped(film, 100, 1, 60, 1, 0, 1, 0, -1),
        lambda film: cropped(film, 8, 1, 60, 1, 0, 1, 0, 1),
        lambda film: cropped(film, 100, 1, 60, 1, 400, 1, 0, 1),
        lambda film: with_box(film, "moov/trak/mdia/minf/stbl/stsd/avc1", b"\0\0\0\x0cclap\0\0\0\1"),
        lambda film: with_box(film, "moov/trak/mdia/minf/stbl/stsd/avc1", b"\0\0\0\0clap"),
        lambda film: with_box(film, "moov/trak", tapt(*SIZES)),
        lambda film: altered(cropped(film, 100, 1, 60, 1, 0, 1, 0, 1), b"avc1\0\0\0\0\0\0\0", 24, b"\0\xa2"),
    ],
    ids=["nothing", "negative", "small", "outside", "cut", "no-size", "sizes-alone", "other-frames"],
)  # fmt: skip
def test_a_crop_that_cannot_be_carried_out_is_refused(change: Callable[[bytes], bytes]) -> None:
    """Where the part cannot be told, the whole is not shown instead."""
    assert refused(change(plain(frames=3, sound=None))) == "airlock-odd-crop"


def test_sizes_that_crop_nothing_stop_nobody() -> None:
    """Cameras write all three sizes; equal ones, or ones beside an aperture, say nothing more."""
    film = plain(frames=3, sound=None)
    assert worked(with_box(film, "moov/trak", tapt(SIZES[1], SIZES[1])))[1]["width"] == 160
    content = with_box(cropped(film, 120, 1, 90, 1, 0, 1, 0, 1), "moov/trak", tapt(*SIZES))
    assert worked(content)[1]["width"] == 120


def test_a_cropped_video_is_not_copied() -> None:
    """The copy has no aperture, so that its edges would be seen again; an aperture as large as the frames is none."""
    assert refused(cropped(plain(), 100, 1, 60, 1, 0, 1, 0, 1), lossless=True) == "airlock-lossless-shape"
    assert worked(cropped(plain(), 160, 1, 90, 1, 0, 1, 0, 1), lossless=True)[1]["frames"] == 12


def in_stream(*edges: int) -> bytes:
    """A film whose stream itself crops so many points at the left, above, at the right and beneath."""
    cut = f"crop-rect={','.join(map(str, edges))}"
    return film(3, size=(160, 96), sound=None, options={"bf": "0", "g": "12", "x264-params": cut})


def test_what_the_stream_crops_stays_away() -> None:
    """Also at the left, where decoders round what they crop to suit their memory, unless told not to."""
    new, found = worked(in_stream(40, 24, 20, 12))
    assert (found["width"], found["height"]) == (100, 60)
    assert colour(frames_of(new)[0], 0, 0) == "red"


def test_a_stream_that_crops_is_not_copied() -> None:
    """The copy would bear the edges within it: the worker or the checker refuses, and takes what blocks need."""
    for edges in ((16, 0, 0, 0), (0, 0, 0, 16), (20, 0, 20, 0)):
        assert refused(in_stream(*edges), lossless=True) == "airlock-lossless-shape"
    made, _ = worked(in_stream(2, 0, 0, 0), lossless=True)
    assert [one.id for one in check_structure(memoryview(made), Medium.MP4)] == ["airlock-field-not-fixed"]
    made, _ = worked(in_stream(0, 0, 2, 6), lossless=True)
    assert check_structure(memoryview(made), Medium.MP4) == ()


def test_an_odd_rotation_is_refused() -> None:
    """A matrix that does more than turn by right angles is not guessed at."""
    assert refused(turned(plain(frames=3, sound=None), (1, 1, -1, 1))) == "airlock-odd-rotation"


@pytest.mark.parametrize(
    ("options", "note"),
    [
        ({"pix_fmt": "yuv420p10le"}, "format_reduced"),
        ({"pix_fmt": "yuv444p"}, "format_reduced"),
        ({"pix_fmt": "yuvj420p"}, "colours_to_bt709"),
        ({"ratio": Fraction(4, 3)}, "pixels_made_square"),
        ({"rate": 10}, "rate_made_even"),
    ],
)
def test_what_was_changed_is_said(options: dict[str, Any], note: str) -> None:
    """Each thing that comes out otherwise has a note, and the picture is still the same."""
    new, found = worked(film(4, sound=None, **options))
    assert note in found["notes"]
    assert colour(frames_of(new)[0], 0.02, 0.02) == "blue"
    assert frames_of(new)[0].format.name == "yuv420p"


def test_half_pictures_become_whole() -> None:
    """Every frame of an interlaced video comes out, whole, at its time, and that is said."""
    content = film(8, size=(160, 96), sound=None, flags=Flags.interlaced_dct | Flags.interlaced_me)
    assert {f.interlaced_frame for f in frames_of(content)} == {True}
    new, found = worked(content)
    assert "deinterlaced" in found["notes"]
    assert "rate_made_even" not in found["notes"]
    assert (found["frames"], {f.interlaced_frame for f in frames_of(new)}) == (8, {False})
    assert colour(frames_of(new)[0], 0.02, 0.02) == "blue"
    assert refused(content, lossless=True) == "airlock-lossless-shape"


def test_an_odd_size_becomes_even() -> None:
    """4:2:0 has no odd sizes: a row and a column at the edge go."""
    new, found = worked(film(3, size=(161, 91), pix_fmt="yuv444p", sound=None))
    assert (found["width"], found["height"], frames_of(new)[0].width) == (160, 90, 160)


def test_a_video_in_bt709_changes_nothing_of_its_colours() -> None:
    """Where nothing of the frames changes, nothing is said of them."""
    content = film(4, sound=None, color_primaries=1, color_trc=1, colorspace=1, color_range=1)
    assert worked(content)[1]["notes"] == ["metadata_dropped"]


@pytest.mark.parametrize("colorspace", [8, 10, 14])  # YCgCo, BT.2020 of constant luminance, ICtCp
def test_colours_that_cannot_be_read_are_refused(colorspace: int) -> None:
    """No other matrix stands in for it, and nobody is told that the worker broke."""
    assert refused(film(2, sound=None, colorspace=colorspace)) == "airlock-odd-colours"


# With frames ahead and more threads x265 at times gives packets of so short a film an order that no container takes.
X265 = {"preset": "ultrafast", "x265-params": "log-level=none:bframes=0:frame-threads=1"}


@pytest.mark.slow
def test_high_dynamic_range_becomes_standard() -> None:
    """A picture for bright screens comes out for every screen, and that is said."""
    colours = {"pix_fmt": "yuv420p10le", "color_primaries": 9, "color_trc": 16, "colorspace": 9}
    content = film(2, sound=None, codec="libx265", options=X265, **colours)
    new, found = worked(content)
    assert {"brightness_reduced", "colours_to_bt709", "format_reduced"} <= set(found["notes"])
    assert colour(frames_of(new)[0], 0.02, 0.02) == "blue"


def test_frames_come_evenly() -> None:
    """Frames at odd times come out one every so often, each shown when it was shown before."""
    content = film(6, sound=None, times=lambda i: (0, 1, 5, 6, 12, 13)[i])
    new, found = worked(content)
    rate = Fraction(*found["rate"])
    assert rate in _video.RATES
    assert "rate_made_even" in found["notes"]
    assert abs(found["frames"] / rate - Fraction(14, 25)) <= 1 / rate
    with av.open(io.BytesIO(new), "r", format="mov") as given:
        times = [f.pts * f.time_base for f in given.decode(video=0)]
    assert times == [i / rate for i in range(found["frames"])]


@pytest.mark.parametrize(
    ("said", "rate"),
    [("25", "25"), ("30000/1001", "30000/1001"), ("29.98", "30000/1001"), ("12.5", "25"), ("15", "30"), ("1", "24"),
     ("24.7", "25"), ("240", "60"), ("1000000", "60"), ("1/1000", "24000/1001")],
)  # fmt: skip
def test_the_rate_is_a_usual_one(said: str, rate: str) -> None:
    """The nearest usual rate, of which the video's own is a whole part where there is one."""
    assert _encode_video.even_rate(Fraction(said)) == Fraction(rate)


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"codec": "mpeg4", "options": {"g": "12"}}, "airlock-lossless-codec"),
        ({"pix_fmt": "yuv444p"}, "airlock-lossless-format"),
        ({"pix_fmt": "yuvj420p"}, "airlock-lossless-format"),
        ({"ratio": Fraction(4, 3)}, "airlock-lossless-shape"),
        ({"options": {"bf": "2"}}, "airlock-lossless-timing"),
        ({"times": lambda i: i * i}, "airlock-lossless-timing"),
    ],
)
def test_a_video_that_does_not_fit_is_not_copied(options: dict[str, Any], fault: str) -> None:
    """Each reason for which frames cannot stay as they are has its id."""
    assert refused(film(sound=None, **options), lossless=True) == fault


def test_a_turned_video_is_not_copied() -> None:
    """The copy has no matrix, so a turned video would lie on its side."""
    assert refused(turned(plain(frames=3, sound=None), (0, 1, -1, 0)), lossless=True) == "airlock-lossless-shape"


def test_a_copy_that_shows_something_else_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy is decoded again, and one frame that differs refuses it."""
    real, last = _nal.slices, [b""]

    def other(*given: Any) -> tuple[bytes, bool]:
        content, key = real(*given)
        content, last[0] = (last[0] if last[0] and not key else content), content
        return content, key

    monkeypatch.setattr(_copy_video, "slices", other)
    assert refused(plain(sound=None), lossless=True) in ("airlock-lossless-differs", "airlock-cannot-decode")


def test_units_between_the_slices_are_dropped_or_refused() -> None:
    """Messages and fillers go; other parameter sets, other pictures and lies about lengths refuse."""
    sps, pps, key, slice_ = b"\x67abc", b"\x68de", b"\x65key", b"\x41xyz"
    kept, is_key = _nal.slices([b"\x09\xf0", b"\x06" + MARK.encode(), sps, pps, key, b"\x0c\xff"], sps, pps)
    assert (kept, is_key) == (b"\0\0\0\x04" + key, True)
    assert _nal.slices([slice_, slice_], sps, pps) == ((b"\0\0\0\x04" + slice_) * 2, False)
    for strange in ([key, b"\x67other"], [key, b"\x74view"], [key, b"\x13aux"], [key, b"\x42part"], [], [key, slice_]):
        with pytest.raises(_nal.OtherUnitError):
            _nal.slices(strange, sps, pps)
    for lie in (b"\0\0\0\x09abc", b"\0\0", b"\xff\xff\xff\xffa"):
        with pytest.raises(_nal.OtherUnitError):
            list(_nal.units_of_sample(lie, 4))


def test_limits_of_length_and_size() -> None:
    """Frames, seconds and points are bounded, by what is claimed and by what comes."""
    content = plain()
    assert refused(content, pixels=160 * 90 - 1) == "airlock-too-many-pixels"
    assert refused(content, frames=11) == "airlock-too-many-frames"
    assert refused(content, frames=11, lossless=True) == "airlock-too-many-frames"
    assert worked(content, frames=12, pixels=160 * 90)[1]["frames"] == 12
    assert refused(plain(frames=25), seconds=0) == "airlock-too-many-frames"
    assert refused(film(2, sound=None, times=lambda i: i * 25 * 36_000)) == "airlock-too-many-frames"
    assert refused(film(2, sound=None, ratio=Fraction(60, 1))) == "airlock-too-many-pixels"


def test_a_film_of_ten_hours_is_refused_in_time() -> None:
    """One frame a second for ten hours ends before it is decoded, in the process too."""
    content = film(3, sound=None, rate=1, times=lambda i: i * 18_000)
    assert fault_of(content) == "airlock-too-many-frames"


def altered(content: bytes, box: bytes, skip: int, value: bytes) -> bytes:
    """The same file with some bytes of a box changed, which is looked for behind the types that the file names."""
    at = content.index(box, content.index(b"moov")) + 4 + skip
    return content[:at] + value + content[at + len(value) :]


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"\0\0\0\x08moov",
        b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41",
        b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41\xff\xff\xff\xffmoov" + b"\0" * 4000,
        b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + b"\0\0\x10\x00moov" + b"\0\0\0\x08trak" * 511,
        b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + struct.pack(">I", 8 * 4000 + 8) + b"moov"
        + b"".join(struct.pack(">I", 8 * n) + b"moov" for n in range(4000, 0, -1)),
    ],
    ids=["empty", "moov", "ftyp", "lie", "tracks", "nested"],
)  # fmt: skip
def test_files_without_a_film_are_refused(hostile: bytes) -> None:
    """Nothing, a head alone, a box that claims four gigabytes, tracks and boxes without end."""
    assert fault_of(hostile) in ("airlock-cannot-decode", "airlock-no-picture", "airlock-decoder-broke")


@pytest.mark.parametrize(
    ("box", "skip", "value"),
    [
        (b"stsz", 8, b"\x7f\xff\xff\xff"),  # as many samples
        (b"stsz", 12, b"\x7f\xff\xff\xff"),  # so large a sample
        (b"stts", 8, b"\xff\xff\xff\xff"),
        (b"stco", 8, b"\xff\xff\xff\x00"),
        (b"avcC", 6, b"\xff\xff"),
        (b"avc1", 24, b"\xff\xff\xff\xff"),
    ],
)
def test_lying_tables_pass_nothing_on(box: bytes, skip: int, value: bytes) -> None:
    """Tables that lie end with a reason, or with a film that was decoded from what there was."""
    whole = plain(frames=4, sound=None)
    content = altered(whole, box, skip, value)
    assert boxes(content) == boxes(whole)  # a table lies, and no box
    try:
        new, _ = worked(content)
    except StopError as stopped:
        assert stopped.id in rebuild.FAULTS
    else:
        assert boxes(new) == tree("vmhd")
        assert MARK.encode() not in new


def test_a_cut_file_is_refused_at_every_length() -> None:
    """A video that ends early is refused, wherever it was cut."""
    content = plain(frames=2, sound=None)
    for length in range(0, len(content), 7):
        assert refused(content[:length]) in ("airlock-cannot-decode", "airlock-no-picture")


def test_a_film_without_frames_is_refused() -> None:
    """Sound alone is no video."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as made:
        audio: Any = made.add_stream("aac", rate=44_100, layout="mono")
        from tests.airlock.videos import tone

        for frame in tone(0.2, "mono"):
            made.mux(audio.encode(frame))
        made.mux(audio.encode(None))
    assert fault_of(out.getvalue()) == "airlock-no-picture"


@pytest.mark.parametrize("lossless", [False, True])
def test_a_coding_that_nobody_knows_is_refused(lossless: bool) -> None:
    """A video for whose coding there is no decoder cannot be decoded; its name breaks nothing."""
    assert refused(plain(sound=None).replace(b"avc1", b"none"), lossless=lossless) == "airlock-cannot-decode"


def test_noise_in_the_stream_is_never_copied() -> None:
    """Bytes of the stream replaced by a text: refused, or decoded to something that does not hold the text."""
    content = plain(sound=None)
    at = content.index(b"mdat") + 1200
    broken = content[:at] + MARK.encode() * 40 + content[at + 40 * len(MARK) :]
    for lossless in (False, True):
        try:
            new, _ = worked(broken, lossless=lossless)
        except StopError as stopped:
            assert stopped.id in rebuild.FAULTS
        else:
            assert lossless or MARK.encode() not in new


@pytest.mark.parametrize(
    ("module", "name"),
    [(_encode_video, "_filters"), (_encode_video, "slices"), (_encode_video, "video_entry"), (_rebuild_video, "Sound")],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_mistake_of_ours_is_not_laid_at_the_file(module: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What breaks behind the decoder is no fault of the file, nor of --lossless: it gets out as it is."""

    def broken(*_: object, **__: object) -> None:
        raise _nal.OtherUnitError("ours")

    monkeypatch.setattr(module, name, broken)
    with pytest.raises(_nal.OtherUnitError, match="ours"):
        worked(plain())


def test_a_full_disk_is_not_laid_at_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the new file finds no room, that is said; any other fault of writing is ours."""

    def full(number: int) -> Callable[..., None]:
        def sample(*_: object, **__: object) -> None:
            raise OSError(number, "")

        return sample

    monkeypatch.setattr(_encode_video.Writer, "sample", full(errno.ENOSPC))
    assert refused(plain(sound=None)) == "airlock-out-of-limits"
    monkeypatch.setattr(_encode_video.Writer, "sample", full(errno.EIO))
    with pytest.raises(OSError, match=str(errno.EIO)):
        worked(plain(sound=None))


GOOD = {"width": 160, "height": 90, "frames": 12, "rate": [25, 1], "sound": True, "notes": []}


@pytest.mark.parametrize(
    "answer",
    [
        {"frames": 0},
        {"frames": "12"},
        {"frames": 36_001},
        {"rate": [25]},
        {"rate": [25, 0]},
        {"rate": [1, 25]},
        {"rate": [240_000, 1]},
        {"rate": "25"},
        {"sound": 1},
        {"width": 5000, "height": 5000},
    ],
    ids=str,
)
def test_no_answer_is_taken_on_its_word(answer: dict[str, Any]) -> None:
    """Numbers that no rebuilt video can have are not believed."""
    limits, how = rebuild.Limits(), rebuild.How()
    assert rebuild._believed(GOOD, Medium.MP4, limits, how)["frames"] == 12
    with pytest.raises(rebuild._AnswerError):
        rebuild._believed(GOOD | answer, Medium.MP4, limits, how)


def test_how_far_it_is_is_told(tmp_path: Path) -> None:
    """Who watches sees frames pass, up to as many as there are."""
    seen: list[tuple[int, int]] = []
    (tmp_path / "given").write_bytes(plain(frames=25))
    rebuild.rebuild(tmp_path / "given", tmp_path / "new", Medium.MP4, on_progress=lambda d, o: seen.append((d, o)))
    assert [d for d, _ in seen] == [8, 16, 24]
    assert {o for _, o in seen} == {25}


def test_every_note_and_fault_of_the_worker_has_its_sentence() -> None:
    """What the worker can say is what the parent knows."""
    modules = (_copy_video, _encode_video, _rebuild_sound, _rebuild_video, _video, _window)
    text = "".join(map(inspect.getsource, modules))
    assert set(re.findall(r'notes\.add\("(\w+)"\)', text)) <= set(rebuild.NOTES)
    assert set(re.findall(r'StopError\("([\w-]+)"\)', text)) <= set(rebuild.FAULTS)


def test_pictures_that_are_switched_off_stay_inside() -> None:
    """Of two tracks the one that players show is taken, not the first: somebody looked at that one alone."""
    out, found = worked(switched_on(two_films(), 1))
    assert colour(frames_of(out)[0], 0.5, 0.5) == "green"
    assert "switched_off_dropped" in found["notes"]
    out, found = worked(switched_on(two_films(), 0, 1))
    assert colour(frames_of(out)[0], 0.5, 0.5) == "red"
    assert "switched_off_dropped" not in found["notes"]


def test_sound_that_is_switched_off_stays_inside() -> None:
    """Sound that no player plays is not published, which is said; where nothing is on, the marks mean nothing."""
    _, found = worked(switched_on(plain(), 0))
    assert not found["sound"]
    assert "switched_off_dropped" in found["notes"]
    _, found = worked(switched_on(plain()))
    assert found["sound"]
    assert "switched_off_dropped" not in found["notes"]


def test_sound_behind_the_last_picture_is_said() -> None:
    """Who looks at the pictures to their end has not heard all of it; sound as long as they are is not worth a word."""
    _, found = worked(film(8, sound_s=1.5))
    assert "sound_goes_on" in found["notes"]
    _, found = worked(plain())
    assert "sound_goes_on" not in found["notes"]


def test_the_last_picture_stays_as_long_as_it_did() -> None:
    """A slide that stands to the end of the video does so in the new one, and its sound has a picture."""
    out, found = worked(film(5, rate=1, sound=None))
    assert Fraction(found["frames"] * found["rate"][1], found["rate"][0]) == 5
    assert len(frames_of(out)) == found["frames"]


def test_copied_frames_are_said_to_be_unread() -> None:
    """What stands behind the coded end of a frame is copied with it, and no checker can tell: never without a word."""
    _, found = worked(plain(), lossless=True)
    assert "frames_copied" in found["notes"]
    _, found = worked(plain())
    assert "frames_copied" not in found["notes"]
