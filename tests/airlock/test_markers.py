# SPDX-License-Identifier: EUPL-1.2
"""The marker corpus: everything planted is there, is found again, and is found by a second reader where it can see."""

from __future__ import annotations

import io
import re
import shutil
from collections import Counter
from pathlib import Path

import av
import pytest
from PIL import Image

from cli.shell import run
from lab.airlock.clips import FRAMES, HEIGHT, WIDTH
from lab.airlock.corpus import CORPUS, Dirty
from lab.airlock.find import UNKNOWN, Finder
from lab.airlock.jpeg import plain
from lab.airlock.markers import Form, Marker
from ordinance.airlock._seccomp import can_lock_in
from ordinance.airlock.media import HEAD, claimed, medium_of
from ordinance.airlock.rebuild import How, rebuild
from ordinance.model.errors import TransferError
from ordinance.model.transfer import Medium

EVERY = pytest.mark.parametrize("dirty", CORPUS, ids=lambda dirty: dirty.name)
ISOLATED = pytest.mark.skipif(not can_lock_in(), reason="only Linux on known processors isolates")
SILENT = {"fragments.mp4"}
NOT_LOSSLESS = {"odd.mp4": "airlock-lossless-units"}
# Where a slice ends, only a decoder knows: a copy of slices carries what lies behind. Encoding anew does not.
WITHIN_SLICES = {"slices.mp4": {"slice-tail"}}
# Least shares that ExifTool must see of a file, so that it is not our own reading that confirms our own writing.
SEEN_BY_EXIFTOOL = {
    "photo.jpg": 0.7,
    "odd.jpg": 0.3,
    "screenshot.png": 0.7,
    "odd.png": 0.3,
    "erased.png": 0.0,  # it reads no pixels
    "photo.webp": 0.8,
    "odd.webp": 0.25,
    "phone.mp4": 0.8,
    "camera.mp4": 0.85,
    "drone.mp4": 0.75,
    "odd.mp4": 0.35,
    "slices.mp4": 0.7,
    "fragments.mp4": 0.8,
    "phone.mov": 0.8,
    "old.mov": 0.8,
}


@EVERY
def test_everything_planted_is_there(dirty: Dirty, tmp_path: Path) -> None:
    """A marker that was not planted proves nothing: each is found in the dirty file, and nothing else is."""
    path, planted = dirty.write(tmp_path)
    found = Finder(planted).survivors(path)
    assert set(found) == set(planted)


@EVERY
def test_the_corpus_is_the_same_each_time(dirty: Dirty) -> None:
    """No clock, no chance: the same bytes and the same list."""
    first, again = dirty.make(), dirty.make()
    assert first[0] == again[0]
    assert first[1].planted == again[1].planted


@EVERY
def test_a_file_is_what_its_name_says(dirty: Dirty, tmp_path: Path) -> None:
    """A dirty file that is refused for its first bytes or its name would show nothing of what is inside."""
    path, _ = dirty.write(tmp_path)
    assert medium_of(path.read_bytes()[:HEAD]) is dirty.medium
    assert claimed(path.name, dirty.medium) == ()


@EVERY
def test_a_dirty_file_can_be_decoded(dirty: Dirty, tmp_path: Path) -> None:
    """What no decoder opens would be refused for that, and its markers would never be tried."""
    path, _ = dirty.write(tmp_path)
    if not dirty.medium.is_video:
        with Image.open(path) as image:
            image.load()
            assert image.width >= 64
        return
    with av.open(str(path)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 50


def test_every_marker_has_a_number_of_its_own() -> None:
    """What survives is laid at the door of one place in one file."""
    planted = [m for dirty in CORPUS for m in dirty.make()[1].planted]
    assert max(Counter(m.number for m in planted).values()) == 1
    assert max(Counter(m.text for m in planted if m.form is not Form.SHORT).values()) == 1


def test_there_are_enough_places_and_every_form() -> None:
    """At least sixty places over the five formats, each format in letters, wide letters, packed, and as coordinates."""
    places: dict[Medium, set[str]] = {}
    forms: dict[Medium, set[Form]] = {}
    for dirty in CORPUS:
        for marker in dirty.make()[1].planted:
            places.setdefault(dirty.medium, set()).add(marker.place)
            forms.setdefault(dirty.medium, set()).add(marker.form)
    counted = {str(medium): len(found) for medium, found in sorted(places.items())}
    print(f"places: {counted}, {sum(counted.values())} in all")
    assert set(places) == set(Medium)
    assert min(counted.values()) >= 60
    needed = {Form.ASCII, Form.UTF16LE, Form.UTF16BE, Form.ZLIB, Form.GPS}
    for medium, found in forms.items():
        assert needed <= found, medium


@pytest.mark.consumer("libimage-exiftool-perl")
@EVERY
def test_a_second_reader_sees_what_was_planted(dirty: Dirty, tmp_path: Path) -> None:
    """ExifTool reads the fields that we say we wrote: the files are well made where it understands the place."""
    path, planted = dirty.write(tmp_path)
    finder = Finder(planted, shutil.which("exiftool"))
    seen = {m for m, routes in finder.survivors(path).items() if "exiftool" in routes}
    assert seen <= set(planted)
    assert len(seen) / len(planted) >= SEEN_BY_EXIFTOOL[dirty.name]


@ISOLATED
@EVERY
def test_nothing_survives_building_anew(dirty: Dirty, tmp_path: Path) -> None:
    """The same picture comes out, or as many frames, and none of what was planted is in it by any route."""
    path, planted = dirty.write(tmp_path)
    out = tmp_path / f"new.{dirty.medium.rebuilt_as.ending}"
    made = rebuild(path, out, dirty.medium)
    assert Finder(planted, shutil.which("exiftool")).survivors(out) == {}
    if dirty.medium.is_video:
        assert (made.frames, made.width, made.height) == (FRAMES, WIDTH, HEIGHT)
        assert made.sound is (dirty.name not in SILENT)
        return
    with Image.open(path) as before, Image.open(out) as after:
        after.load()
        assert before.size == after.size == (made.width, made.height)


@ISOLATED
@pytest.mark.parametrize("dirty", [d for d in CORPUS if d.medium.is_video], ids=lambda dirty: dirty.name)
def test_a_lossless_copy_keeps_slices_alone(dirty: Dirty, tmp_path: Path) -> None:
    """Frames as they were, and nothing planted but what lies within the slices; or a refusal that says why."""
    path, planted = dirty.write(tmp_path)
    out = tmp_path / "new.mp4"
    if dirty.name in NOT_LOSSLESS:
        with pytest.raises(TransferError) as refused:
            rebuild(path, out, dirty.medium, how=How(lossless=True))
        assert [issue.id for issue in refused.value.issues] == [NOT_LOSSLESS[dirty.name]]
        assert not out.exists()
        return
    made = rebuild(path, out, dirty.medium, how=How(lossless=True))
    assert made.lossless and made.frames == FRAMES
    left = Finder(planted, shutil.which("exiftool")).survivors(out)
    assert {m.place if isinstance(m, Marker) else m for m in left} == WITHIN_SLICES.get(dirty.name, set())


@ISOLATED
@pytest.mark.slow
@pytest.mark.consumer("libimage-exiftool-perl")
def test_prepare_lets_no_marker_through(tmp_path: Path) -> None:
    """The whole corpus in one command: as many files come out, and neither they nor what is said hold any of it."""
    given, planted = tmp_path / "given", []
    given.mkdir()
    for dirty in CORPUS:
        planted += dirty.write(given)[1]
    out = tmp_path / "out"
    done = run("airlock", "prepare", *sorted(given.iterdir()), "--out", out, "--json")
    assert done.code in (0, 1), done.err  # 1: a platform does not take a film as small as these
    finder = Finder(planted, shutil.which("exiftool"))
    made = sorted(out.iterdir())
    assert len(made) == len(CORPUS)
    assert {path.name: finder.survivors(path) for path in made} == {path.name: {} for path in made}
    said = tmp_path / "said.txt"
    said.write_text(done.out + done.err, "utf-8")
    assert finder.survivors(said) == {}


def test_the_finder_finds_what_pillow_leaves(tmp_path: Path) -> None:
    """Opened and saved, a JPEG keeps its comment: the finder says that one and no other."""
    path, planted = next(d for d in CORPUS if d.name == "odd.jpg").write(tmp_path)
    with Image.open(path) as image:
        image.save(tmp_path / "saved.jpg")
    left = Finder(planted).survivors(tmp_path / "saved.jpg")
    assert {m.place for m in left if isinstance(m, Marker)} == {"com"}


def test_the_finder_finds_what_a_remux_leaves(tmp_path: Path) -> None:
    """Picture and sound in a new container carry on what hides in their own streams."""
    path, planted = next(d for d in CORPUS if d.name == "odd.mp4").write(tmp_path)
    remux(path, tmp_path / "new.mp4")
    places = {m.place for m in Finder(planted).survivors(tmp_path / "new.mp4") if isinstance(m, Marker)}
    assert {"sei-first", "sei-middle", "sei-last", "filler", "nal-30", "slice-tail", "aac-dse", "aac-fil"} <= places
    assert not {"skip", "mdat-head", "mdat-middle", "moov-free", "unknown-box", "after-boxes"} & places


def test_the_finder_says_nothing_of_a_clean_file(tmp_path: Path) -> None:
    """A picture without anything has no survivors, whatever was looked for."""
    path = tmp_path / "clean.jpg"
    path.write_bytes(plain(64, 48))
    for dirty in CORPUS:
        assert Finder(dirty.make()[1].planted).survivors(path) == {}


@pytest.mark.parametrize("text", [b"58.37765", b"58,37765", b"58,22.6590N", b"58 deg 22' 39.50\" N"])
def test_a_place_nearby_is_found_though_nobody_planted_it(text: bytes, tmp_path: Path) -> None:
    """Coordinates that a tool rounded belong to no marker, and are a survivor all the same."""
    path = tmp_path / "rounded.jpg"
    path.write_bytes(plain(64, 48) + text)
    assert set(Finder([Marker(1000, "gps", Form.GPS)]).survivors(path)) == {UNKNOWN}


@pytest.mark.parametrize("form", [Form.ASCII, Form.UTF16LE, Form.UTF16BE, Form.ZLIB])
@pytest.mark.parametrize("wrapped", ["as-it-is", "zlib", "base64", "hex", "png"])
def test_a_marker_is_found_in_any_wrapping(form: Form, wrapped: str, tmp_path: Path) -> None:
    """One thing packed in another: text in any form, in a stream, in base64, in hexadecimal, in pixels."""
    import base64
    import zlib

    from lab.airlock.markers import Sheet

    sheet = Sheet(1000)
    raw = sheet.raw("somewhere", form)
    packed = {
        "as-it-is": lambda: raw,
        "zlib": lambda: zlib.compress(b"before" + raw),
        "base64": lambda: base64.b64encode(b"x" + raw),
        "hex": lambda: raw.hex().encode(),
        "png": lambda: _as_pixels(raw),
    }[wrapped]()
    path = tmp_path / "wrapped.bin"
    path.write_bytes(packed)
    assert set(Finder(sheet.planted).survivors(path)) == set(sheet.planted)


def _as_pixels(raw: bytes) -> bytes:
    out = io.BytesIO()
    Image.frombytes("L", (64, 2), raw.ljust(128, b"\0")).save(out, "PNG")
    return out.getvalue()


def remux(source: Path, out: Path) -> None:
    """The first picture and the first sound into a new container, packets as they are."""
    with av.open(str(source)) as old, av.open(str(out), "w") as new:
        streams = {s.index: new.add_stream_from_template(s) for s in (*old.streams.video[:1], *old.streams.audio[:1])}
        for packet in old.demux():
            if packet.dts is not None and packet.stream.index in streams:
                packet.stream = streams[packet.stream.index]
                new.mux(packet)


def test_places_are_named_in_small_letters() -> None:
    """A name of a place is a name in a table and a pattern of the finder."""
    for dirty in CORPUS:
        for marker in dirty.make()[1].planted:
            assert re.fullmatch(r"[a-z0-9-]+", marker.place), marker
