# SPDX-License-Identifier: EUPL-1.2
"""A frame of a rebuilt video as a picture: the one that is shown then, and as clean as every other picture."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.airlock.videos import film, frames_of

from ordinance.airlock import _still, rebuild
from ordinance.airlock._apart import OUT_OF_LIMITS, StopError
from ordinance.airlock._seccomp import can_lock_in
from ordinance.airlock.structure import Shape, shape_of
from ordinance.model.errors import TransferError
from ordinance.model.transfer import Medium

pytestmark = pytest.mark.skipif(not can_lock_in(), reason="only Linux on known processors isolates")
FRAMES = 30


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, rebuild.Rebuilt]:
    """A video of thirty frames, no two alike, 25 a second, made anew: groups of fifty frames hold all of it."""
    folder = tmp_path_factory.mktemp("still")
    (folder / "given.mp4").write_bytes(film(FRAMES))
    found = rebuild.rebuild(folder / "given.mp4", folder / "new.mp4", Medium.MP4)
    return folder / "new.mp4", found


def nearest(content: bytes, video: Path) -> int:
    """Which frame of a video a picture is most like, by every seventh byte."""
    points = Image.open(io.BytesIO(content)).convert("RGB").tobytes()[::7]

    def apart(frame: Any) -> int:
        plane = frame.reformat(format="rgb24", src_colorspace="itu709", dst_color_range=2).planes[0]
        rows, wide = bytes(plane), frame.width * 3
        other = b"".join(rows[y * plane.line_size : y * plane.line_size + wide] for y in range(frame.height))[::7]
        return sum(abs(a - b) for a, b in zip(points, other, strict=True))

    found = [apart(frame) for frame in frames_of(video.read_bytes())]
    return found.index(min(found))


@pytest.mark.parametrize(
    ("at_ms", "frame"), [(0, 0), (39, 0), (40, 1), (41, 1), (79, 1), (80, 2), (600, 15), (1160, 29), (1199, 29)]
)
def test_the_frame_that_is_shown_then(
    at_ms: int, frame: int, made: tuple[Path, rebuild.Rebuilt], tmp_path: Path
) -> None:
    """From the moment at which it appears until before the next one does, the last one until the end."""
    video, about = made
    found = rebuild.still(video, tmp_path / "cover", about, at_ms)
    content = (tmp_path / "cover").read_bytes()
    assert nearest(content, video) == frame
    assert (found.medium, found.width, found.height, found.notes) == (Medium.JPEG, 160, 90, ())
    assert found.before == about.after
    assert shape_of(memoryview(content), Medium.JPEG) == Shape(160, 90)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cover"]


def test_frames_far_behind_a_key_frame_and_odd_rates(tmp_path: Path) -> None:
    """In a video copied as it is, at 30000/1001 frames a second: the first moment of a frame, to the millisecond."""
    rate = Fraction(30000, 1001)
    (tmp_path / "given.mp4").write_bytes(film(64, rate=rate, sound=None, options={"bf": "0", "g": "60"}))  # type: ignore[arg-type]  # the encoder takes a fraction
    about = rebuild.rebuild(
        tmp_path / "given.mp4", tmp_path / "new.mp4", Medium.MP4, how=rebuild.How(lossless=True)
    )
    for frame in (1, 59, 60, 63):
        at_ms = -int(-frame * 1000 / rate // 1)  # rounded up
        rebuild.still(tmp_path / "new.mp4", tmp_path / f"cover{frame}", about, at_ms)
        assert nearest((tmp_path / f"cover{frame}").read_bytes(), tmp_path / "new.mp4") == frame
        rebuild.still(tmp_path / "new.mp4", tmp_path / f"before{frame}", about, at_ms - 1)
        assert nearest((tmp_path / f"before{frame}").read_bytes(), tmp_path / "new.mp4") == frame - 1


def test_colours_are_those_of_the_video(made: tuple[Path, rebuild.Rebuilt], tmp_path: Path) -> None:
    """Red, green and blue come out as a player shows them, not as another matrix or range would have them."""
    video, about = made
    rebuild.still(video, tmp_path / "cover", about, 0)
    picture = Image.open(tmp_path / "cover").convert("RGB")
    for place, colour in (((60, 70), (200, 20, 20)), ((120, 70), (20, 160, 20)), ((30, 10), (20, 20, 220))):
        found = picture.getpixel(place)
        assert isinstance(found, tuple)
        assert all(abs(one - other) <= 8 for one, other in zip(found, colour, strict=True)), (place, found)


@pytest.mark.parametrize("at_ms", [1200, 60_000, -1])
def test_where_nothing_is_shown_there_is_no_picture(
    at_ms: int, made: tuple[Path, rebuild.Rebuilt], tmp_path: Path
) -> None:
    """The end is no moment of the video any more."""
    with pytest.raises(ValueError, match="no frame is shown"):
        rebuild.still(made[0], tmp_path / "cover", made[1], at_ms)
    assert not list(tmp_path.iterdir())


def test_what_does_not_decode_is_refused(made: tuple[Path, rebuild.Rebuilt], tmp_path: Path) -> None:
    """A file that is no video any more, or has no frame that begins then: an id, and nothing is there."""
    video, about = made
    (tmp_path / "junk.mp4").write_bytes(video.read_bytes()[:200])
    with pytest.raises(TransferError) as caught:
        rebuild.still(tmp_path / "junk.mp4", tmp_path / "cover", about, 0)
    assert [issue.id for issue in caught.value.issues] == ["airlock-cannot-decode"]
    with pytest.raises(TransferError) as caught:
        rebuild.still(video, tmp_path / "cover", replace(about, frames=31), 40)
    assert [issue.id for issue in caught.value.issues] == ["airlock-cannot-decode"]
    assert [path.name for path in tmp_path.iterdir()] == ["junk.mp4"]


def test_an_answer_that_cannot_be_is_not_believed(
    made: tuple[Path, rebuild.Rebuilt], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture of another size than the video, or notes of its own: the process gave no answer."""
    said: dict[str, Any] = {"width": 160, "height": 90, "notes": []}
    answer = dict(said)

    def apart(_module: str, _request: object, files: tuple[int, ...], *_: object) -> dict[str, Any]:
        os.pwrite(files[1], b"\xff\xd8\xff\xe0", 0)  # as a JPEG begins
        return answer

    monkeypatch.setattr(rebuild, "apart", apart)
    rebuild.still(made[0], tmp_path / "cover", made[1], 0)
    (tmp_path / "cover").unlink()
    for other in ({"width": 90, "height": 160}, {"notes": ["metadata_dropped"]}):
        answer = said | other
        with pytest.raises(TransferError) as caught:
            rebuild.still(made[0], tmp_path / "cover", made[1], 0)
        assert [issue.id for issue in caught.value.issues] == ["airlock-decoder-broke"]
        assert not list(tmp_path.iterdir())


def test_how_far_it_is_is_said(made: tuple[Path, rebuild.Rebuilt], tmp_path: Path) -> None:
    """Every eighth frame on the way, of as many as there are to the one that is wanted."""
    said: list[tuple[int, int]] = []
    rebuild.still(made[0], tmp_path / "cover", made[1], 1160, on_progress=lambda *both: said.append(both))
    assert said == [(8, 30), (16, 30), (24, 30)]


def test_a_full_disk_is_no_picture(made: tuple[Path, rebuild.Rebuilt]) -> None:
    """What cannot be written whole is not there."""
    full = os.open("/dev/full", os.O_WRONLY)
    source = os.open(made[0], os.O_RDONLY)
    try:
        with pytest.raises(StopError) as stopped:
            _still.work({"at": [0, 1]}, (source, full), lambda *_: None)
    finally:
        os.close(full)
        os.close(source)
    assert stopped.value.id == OUT_OF_LIMITS
