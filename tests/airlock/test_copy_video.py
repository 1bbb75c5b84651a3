# SPDX-License-Identifier: EUPL-1.2
"""Frames kept as they are: what a hash of a frame is over, and both films looked at side by side."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Generator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from tests.airlock.test_rebuild_video import plain, refused, worked
from tests.airlock.videos import film, turned

from ordinance.airlock import _copy_video, _rebuild_video, _video, rebuild
from ordinance.airlock._apart import StopError
from ordinance.airlock._seccomp import can_lock_in
from ordinance.model.transfer import Medium

WIDE, HIGH = 90, 50  # less wide than a row is long in memory


def frame_of(change: Callable[[list[bytearray], list[int]], None] = lambda *_: None) -> Any:
    """A frame whose rows are longer than it is wide; `change` gets the bytes of its planes and how long a row is."""
    frame: Any = av.VideoFrame(WIDE, HIGH, "yuv420p")
    planes = [bytearray(i & 255 for i in range(plane.buffer_size)) for plane in frame.planes]
    change(planes, [plane.line_size for plane in frame.planes])
    for plane, content in zip(frame.planes, planes, strict=True):
        plane.update(bytes(content))
    frame.pts, frame.time_base = 0, Fraction(1, 25)
    return frame


@pytest.mark.parametrize("plane", [0, 1, 2])
@pytest.mark.parametrize("corner", [False, True], ids=["first", "last"])
def test_one_point_changes_the_hash(plane: int, corner: bool) -> None:
    """The first and the last point of each plane count."""
    wide, high = (WIDE, HIGH) if plane == 0 else (WIDE // 2, HIGH // 2)

    def change(planes: list[bytearray], steps: list[int]) -> None:
        planes[plane][(high - 1) * steps[plane] + wide - 1 if corner else 0] ^= 1

    points = _copy_video.Points()
    assert points.digest_of(frame_of(change)) != points.digest_of(frame_of())


def test_what_lies_between_the_rows_does_not_count() -> None:
    """Nobody sees it, and a decoder leaves in it what it likes."""

    def change(planes: list[bytearray], steps: list[int]) -> None:
        assert steps[0] > WIDE
        planes[0][WIDE] ^= 1
        planes[0][2 * steps[0] - 1] ^= 1

    points = _copy_video.Points()
    assert points.digest_of(frame_of(change)) == points.digest_of(frame_of())


def test_the_shape_counts_and_may_change() -> None:
    """Two frames of the same points are not the same when one is wider, and each is hashed as it is."""
    points = _copy_video.Points()
    found = []
    for wide, high in ((64, 32), (32, 64), (64, 32)):
        frame: Any = av.VideoFrame(wide, high, "gray")
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.pts, frame.time_base = 0, Fraction(1, 25)
        found.append(points.digest_of(frame))
    assert found[0] == found[2] != found[1]


def test_a_frame_that_was_looked_at_goes_at_once() -> None:
    """Nothing holds a frame after it was asked how it is to be turned: hundreds of them would lie in memory."""
    frame = frame_of()
    holders = sys.getrefcount(frame)
    assert _video.turn_of(frame) == ()
    assert sys.getrefcount(frame) == holders


def test_both_films_are_looked_at_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    """Decoding twice takes both cores: neither look ends before the other has begun."""
    both = threading.Barrier(2)

    class Met(_copy_video.Seen):
        """Waits for the other one before it begins."""

        def look(self, *given: Any) -> Generator[None, None, None]:
            """As it does, after the other has come."""
            both.wait(10)
            yield from super().look(*given)

    monkeypatch.setattr(_rebuild_video, "Seen", Met)
    assert worked(plain(), lossless=True)[1]["frames"] == 12


def fails(error: Exception) -> Callable[..., Fraction]:
    """A look at the packets that finds something else."""

    def likely(*_: object) -> Fraction:
        raise error

    return likely


@pytest.mark.parametrize(
    "likely",
    [lambda *_: Fraction(30), lambda *_: Fraction(1), fails(StopError("airlock-lossless-timing")), fails(OSError())],
    ids=["quicker", "slower", "uneven", "no-room"],
)
def test_a_wrong_guess_changes_nothing(likely: Callable[..., Fraction], monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames tell the rate: whatever their packets let expect, the same bytes come out."""
    content = plain(frames=40)
    right = worked(content, lossless=True)
    monkeypatch.setattr(_rebuild_video, "likely_rate", likely)
    assert worked(content, lossless=True) == right


def test_the_first_reason_is_that_of_the_original() -> None:
    """A film that is turned, and whose frames come in another order, is refused for what is seen first."""
    content = film(12, sound=None, options={"bf": "2"})
    assert refused(content, lossless=True) == "airlock-lossless-timing"
    assert refused(turned(content, (0, 1, -1, 0)), lossless=True) == "airlock-lossless-shape"


@pytest.mark.skipif(not can_lock_in(), reason="only Linux on known processors isolates")
def test_how_far_a_copy_is_is_told_once(tmp_path: Path) -> None:
    """Who watches sees the frames of the original pass; the copy runs beside it and says nothing."""
    seen: list[tuple[int, int]] = []
    (tmp_path / "given").write_bytes(plain(frames=25))
    how = rebuild.How(lossless=True)
    told = lambda done, of: seen.append((done, of))  # noqa: E731  # one line
    rebuild.rebuild(tmp_path / "given", tmp_path / "new", Medium.MP4, None, how, on_progress=told)
    assert seen == [(8, 25), (16, 25), (24, 25)]
