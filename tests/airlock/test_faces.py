# SPDX-License-Identifier: EUPL-1.2
"""Faces counted: a drawn one is seen, a bar has none, and where nothing was counted that is not nought."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.airlock.pictures import drawn, saved
from tests.airlock.portraits import filmed, portrait

from ordinance.airlock import _grey, faces
from ordinance.airlock._apart import ApartError, StopError
from ordinance.airlock._seccomp import can_lock_in
from ordinance.airlock.faces import Faces, NotCounted, count_faces
from ordinance.airlock.rebuild import rebuild
from ordinance.model.transfer import Medium

pytestmark = pytest.mark.skipif(not can_lock_in(), reason="only Linux on known processors isolates")
counting = pytest.mark.skipif(  # in CI these run, and fail without it
    find_spec("cv2") is None and "CI" not in os.environ, reason="the extra `faces` is not installed"
)
FAILED = Faces(None, why=NotCounted.FAILED)


def made(content: bytes, medium: Medium, folder: Path) -> Path:
    """A file as the airlock makes it."""
    (folder / "given").write_bytes(content)
    rebuild(folder / "given", folder / "new", medium)
    return folder / "new"


@counting
@pytest.mark.parametrize("medium", [Medium.JPEG, Medium.PNG, Medium.WEBP])
@pytest.mark.parametrize("times", [1, 2])
def test_a_face_is_seen(times: int, medium: Medium, tmp_path: Path) -> None:
    """In each kind of picture, and twice where it is there twice."""
    path = made(saved(portrait(times=times), str(medium)), medium, tmp_path)
    assert count_faces(path, medium) == Faces(times, 1)


@counting
def test_a_drawing_has_none(tmp_path: Path) -> None:
    """None seen is a count of nought, in a picture that was looked at."""
    path = made(saved(drawn(size=(360, 640)), "jpeg"), Medium.JPEG, tmp_path)
    assert count_faces(path, Medium.JPEG) == Faces(0, 1)


@counting
def test_a_face_in_a_large_picture(tmp_path: Path) -> None:
    """A picture from a camera is made smaller before anybody looks, and the face is still there."""
    path = made(saved(portrait(side=3000), "jpeg"), Medium.JPEG, tmp_path)
    assert count_faces(path, Medium.JPEG) == Faces(1, 1)


@counting
def test_a_face_behind_what_is_clear(tmp_path: Path) -> None:
    """What is wholly transparent shows no face: nobody sees one there."""
    hidden = portrait()
    hidden.putalpha(0)
    path = made(saved(hidden, "png"), Medium.PNG, tmp_path)
    assert count_faces(path, Medium.PNG) == Faces(0, 1)


@counting
def test_the_most_in_one_frame_of_a_video(tmp_path: Path) -> None:
    """Frames from the whole length are looked at; the most in one of them is what is told."""
    blank, row = Image.new("RGB", (512, 256), "grey"), portrait(times=2)
    path = made(filmed(lambda i: row if i >= 40 else blank, 48), Medium.MP4, tmp_path)
    assert count_faces(path, Medium.MP4) == Faces(2, 24)


def test_which_frames_are_looked_at(tmp_path: Path) -> None:
    """Those in the middle of equal parts, each once: of a short video all of them."""

    def shades(frames: int) -> list[int]:
        bare = made(filmed(lambda i: Image.new("RGB", (64, 64), (5 * i + 10,) * 3), frames), Medium.MP4, tmp_path)
        with bare.open("rb") as source, tempfile.TemporaryFile() as out:
            said = _grey.work({"medium": "mp4", "pictures": 9, "side": 64}, (source.fileno(), out.fileno()), _nothing)
            out.seek(0)
            content = out.read()
        bare.unlink()
        assert said["sizes"] == [[64, 64]] * (len(content) // 4096)
        return [round((content[4096 * n + 2080] - 10) / 5) for n in range(len(content) // 4096)]

    assert shades(45) == [2, 7, 12, 17, 22, 27, 32, 37, 42]
    assert shades(4) == [0, 1, 2, 3]
    assert shades(1) == [0]


def _nothing(*_: int) -> None:
    """Nobody is told."""


@pytest.mark.parametrize("missing", ["cv2", "numpy", "av", "PIL"])
def test_without_the_extra_nothing_is_counted(missing: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """And that is no count of nought."""
    monkeypatch.setattr(faces, "find_spec", lambda name: None if name == missing else name)
    assert count_faces(tmp_path / "any", Medium.JPEG) == Faces(None, why=NotCounted.NOT_INSTALLED)


@counting
@pytest.mark.parametrize("content", [None, b"", b"junk", saved(portrait(), "jpeg")[:2000]])
def test_what_cannot_be_looked_at_is_not_counted(content: bytes | None, tmp_path: Path) -> None:
    """No file, or one that does not decode: nothing is raised, and nothing is said to be nought."""
    if content is not None:
        (tmp_path / "it").write_bytes(content)
    assert [count_faces(tmp_path / "it", medium) for medium in (Medium.JPEG, Medium.MP4)] == [FAILED, FAILED]


@counting
def test_what_takes_too_long_is_not_counted(tmp_path: Path) -> None:
    """The time limit of the process holds here as for every decoder, and is the reason that is said."""
    path = made(saved(portrait(), "jpeg"), Medium.JPEG, tmp_path)
    within = replace(faces._WITHIN, wall_s=0.01)
    assert count_faces(path, Medium.JPEG, within) == Faces(None, why=NotCounted.TIME_LIMIT)


ONE = {"sizes": [[256, 256]]}


@pytest.mark.parametrize(
    ("grey", "counts"),
    [
        ({}, {"faces": [1]}),
        ({"sizes": []}, {"faces": []}),
        ({"sizes": [[256, 256]] * 25}, {"faces": [1] * 25}),
        ({"sizes": [[256]]}, {"faces": [1]}),
        ({"sizes": [[256, 1281]]}, {"faces": [1]}),
        ({"sizes": [[0, 256]]}, {"faces": [1]}),
        ({"sizes": [[True, 256]]}, {"faces": [1]}),
        (ONE, {}),
        (ONE, {"faces": 1}),
        (ONE, {"faces": [1, 1]}),
        (ONE, {"faces": [-1]}),
        (ONE, {"faces": ["1"]}),
        (ONE, {"faces": [10_001]}),
        (ONE, None),
        (None, {"faces": [1]}),
    ],
)
def test_an_answer_that_cannot_be_is_no_count(
    grey: Mapping[str, Any] | None, counts: Mapping[str, Any] | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whatever a process says that was taken over, or that gave no answer: not counted."""

    def apart(module: str, *_: object) -> Mapping[str, Any]:
        said = grey if module.endswith("_grey") else counts
        if said is None:
            raise ApartError("airlock-out-of-limits")
        return said

    monkeypatch.setattr(faces, "can_count", lambda: True)
    monkeypatch.setattr(faces, "apart", apart)
    (tmp_path / "it").touch()
    assert count_faces(tmp_path / "it", Medium.JPEG) == FAILED


@counting
def test_who_counts_reads_grey_bytes_alone() -> None:
    """The counting process is given grey bytes and answers with numbers; too few bytes are no picture."""
    from ordinance.airlock import _faces

    grey = portrait(times=2).convert("L")
    with tempfile.TemporaryFile() as given:
        given.write(grey.tobytes())
        given.flush()
        found = _faces.work({"sizes": [[512, 256]]}, (given.fileno(),), _nothing)
        assert found == {"faces": [2]}
        with pytest.raises(StopError):
            _faces.work({"sizes": [[512, 257]]}, (given.fileno(),), _nothing)


@counting
def test_no_picture_reaches_a_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes from one process to the other lies in memory, without a name, and is gone with them."""
    seen: list[str] = []
    real = faces.apart

    def apart(module: str, request: Mapping[str, Any], files: tuple[int, ...], *more: Any) -> Mapping[str, Any]:
        seen.extend(str(Path(f"/proc/self/fd/{one}").readlink()) for one in files)
        return real(module, request, files, *more)

    monkeypatch.setattr(faces, "apart", apart)
    path = made(saved(portrait(), "jpeg"), Medium.JPEG, tmp_path)
    before = sorted(tmp_path.iterdir())
    assert count_faces(path, Medium.JPEG) == Faces(1, 1)
    assert seen == [str(path), "/memfd:grey (deleted)", "/memfd:grey (deleted)"]
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("most", "frames", "why"), [(None, 0, None), (1, 0, None), (None, 3, "failed"), (2, 1, "failed")]
)
def test_a_count_is_of_frames_or_has_a_reason(most: int | None, frames: int, why: str | None) -> None:
    """No count without frames, none missing without a reason, none of both."""
    with pytest.raises(ValueError, match="a count is of frames"):
        Faces(most, frames, None if why is None else NotCounted(why))
