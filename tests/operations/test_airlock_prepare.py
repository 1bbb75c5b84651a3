# SPDX-License-Identifier: EUPL-1.2
"""Files on their way to the separate device: all of them checked and neutral, or none of them there."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from tests.airlock.pictures import MARK, drawn, marked, saved
from tests.airlock.videos import film

from ordinance.airlock._seccomp import can_lock_in
from ordinance.airlock.c2pa import Origin
from ordinance.airlock.platforms import profile
from ordinance.airlock.structure import Shape
from ordinance.model.errors import Issue, Severity, TransferError
from ordinance.model.platform import About, Fit
from ordinance.model.transfer import Medium, Refusal
from ordinance.operations import airlock_prepare
from ordinance.operations.airlock_prepare import CHANGED_AT, Prepared, document, prepare
from ordinance.store.files import held

pytestmark = pytest.mark.skipif(not can_lock_in(), reason="only Linux on known processors isolates")
DAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def second(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """A second reader that says what a test wants; the real one has tests of its own, and one of the command."""
    said: dict[str, Any] = {"refusals": (), "asked": []}

    def check(path: Path, medium: Medium, *, ours: Shape) -> tuple[Refusal, ...]:
        assert (ours.width, ours.height) != (0, 0)
        said["asked"].append((path.read_bytes(), medium))
        return said["refusals"]

    monkeypatch.setattr(airlock_prepare, "check_second", check)
    yield said


def numbered() -> Callable[[], str]:
    """Ids that count instead of chance."""
    numbers = count(0xA1B2)
    return lambda: f"{next(numbers):04x}"


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """A folder with one file of each kind, and an attribute on one of them."""
    folder = tmp_path / "given"
    folder.mkdir()
    for medium in ("jpeg", "png", "webp"):
        (folder / f"IMG_1.draft mayor.{medium}").write_bytes(marked(medium))
    (folder / "parade.mp4").write_bytes(film(8))
    (folder / "parade.mov").write_bytes(film(8, kind="mov", sound=None))
    return folder


def run(files: Any, out: Path, **more: Any) -> tuple[Prepared, ...]:
    """The operation with the day and ids of these tests."""
    return prepare([Path(f) for f in files], out, day=DAY, ids=more.pop("ids", numbered()), **more)


def refused(files: Any, out: Path, **more: Any) -> tuple[Issue, ...]:
    """The issues with which it refuses."""
    with pytest.raises(TransferError) as caught:
        run(files, out, **more)
    return caught.value.issues


def test_each_file_comes_out_neutral(given: Path, tmp_path: Path) -> None:
    """A name of a day and an id, one time of change, no attributes, for the owner alone, nothing of the original."""
    files = sorted(given.iterdir())
    found = run(files, tmp_path / "out")
    names = ["2026-11-22_a1b2.jpg", "2026-11-22_a1b3.png", "2026-11-22_a1b4.webp", "2026-11-22_a1b5.mp4"]
    names.append("2026-11-22_a1b6.mp4")
    assert [one.name for one in found] == names
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == names
    for path in (tmp_path / "out").iterdir():
        state = path.stat()
        assert (state.st_mode & 0o777, state.st_mtime_ns, state.st_nlink) == (0o600, CHANGED_AT * 10**9, 1)
        assert not [name for name in os.listxattr(path) if name.startswith("user.")]
        assert MARK.encode() not in path.read_bytes()
    assert sorted(given.iterdir()) == files


def test_attributes_of_a_file_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a system wrote beside a file (where it came from, say) is gone; a disk that keeps none is no fault."""
    (tmp_path / "a").write_bytes(b"a")
    try:
        os.setxattr(tmp_path / "a", "user.xdg.origin.url", MARK.encode())
    except OSError:
        pytest.skip("this disk keeps no attributes")
    airlock_prepare._bare(tmp_path / "a")
    assert os.listxattr(tmp_path / "a") == []

    def unsupported(_: Path) -> list[str]:
        raise OSError(errno.ENOTSUP, "not supported")

    monkeypatch.setattr(airlock_prepare.os, "listxattr", unsupported)
    airlock_prepare._bare(tmp_path / "a")


def test_both_checkers_see_what_is_written(given: Path, tmp_path: Path, second: dict[str, Any]) -> None:
    """The second reader is asked about the very bytes that then stand in the folder, by their new kind."""
    run(sorted(given.iterdir()), tmp_path / "out")
    written = [path.read_bytes() for path in sorted((tmp_path / "out").iterdir())]
    assert [content for content, _ in second["asked"]] == written
    assert [medium for _, medium in second["asked"]] == [
        Medium.JPEG, Medium.PNG, Medium.WEBP, Medium.MP4, Medium.MP4,
    ]  # fmt: skip


def test_what_the_second_reader_finds_refuses(given: Path, tmp_path: Path, second: dict[str, Any]) -> None:
    """A finding of ExifTool alone is enough, and says where."""
    second["refusals"] = (Refusal("IFD0", "airlock-second-tag", "a tag that is not on the list"),)
    (issue,) = refused([given / "parade.mp4"], tmp_path / "out")
    assert (issue.file, issue.id) == (str(given / "parade.mp4"), "airlock-second-tag")
    assert issue.message == "IFD0: a tag that is not on the list"
    assert not (tmp_path / "out").exists()


def test_what_our_own_checker_finds_refuses(given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A finding of our own list alone is enough."""
    strange = Refusal("moov/udta", "airlock-part-unknown", "not on the list")
    monkeypatch.setattr(airlock_prepare, "shape_of", lambda *_: strange)
    (issue,) = refused([given / "parade.mp4"], tmp_path / "out")
    assert issue.id == "airlock-part-unknown"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("shape", [Shape(24, 17), Shape(25, 16), Shape(24, 16, None, 2), Shape(24, 16, channels=1)])
def test_what_is_not_as_said_refuses(
    shape: Shape, given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is something else than its rebuilding said does not go on."""
    monkeypatch.setattr(airlock_prepare, "shape_of", lambda *_: shape)
    (issue,) = refused([given / "IMG_1.draft mayor.png"], tmp_path / "out")
    assert issue.id == "airlock-other-than-said"


def test_one_refused_file_stops_all(given: Path, tmp_path: Path) -> None:
    """Nothing of several is written when one is refused, and every reason is said, with its file."""
    (given / "a.heic").write_bytes(b"\0\0\0\x20ftypheic" + bytes(100))
    (given / "b.png").write_bytes(marked("jpeg"))
    (given / "c.jpg").write_bytes(marked("jpeg")[:300])
    (given / "d").mkdir()
    os.mkfifo(given / "e.mp4")
    found = refused(sorted(given.iterdir()), tmp_path / "out")
    assert {Path(issue.file).name: issue.id for issue in found} == {
        "a.heic": "airlock-unknown-medium",
        "b.png": "airlock-wrong-ending",
        "c.jpg": "airlock-cannot-decode",
        "d": "airlock-no-file",
        "e.mp4": "airlock-no-file",
    }
    assert {issue.consequence for issue in found} == {"nothing was written"}
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_there_keeps_what_it_has(given: Path, tmp_path: Path) -> None:
    """Refused or not, nothing that was in the folder changes, and nothing else stays in it."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "2026-11-22_a1b2.png").write_bytes(b"mine")
    (given / "b.png").write_bytes(marked("jpeg"))
    refused([given / "parade.mp4", given / "b.png"], out)
    assert [path.name for path in out.iterdir()] == ["2026-11-22_a1b2.png"]
    (found,) = run([given / "IMG_1.draft mayor.png"], out)
    assert found.name == "2026-11-22_a1b3.png"
    assert (out / "2026-11-22_a1b2.png").read_bytes() == b"mine"
    assert len(list(out.iterdir())) == 2


def test_if_one_cannot_be_placed_none_is(given: Path, tmp_path: Path) -> None:
    """Names that are all taken, for the second file, take the first away again."""
    ids = iter(["aaaa", *["aaaa"] * 200])
    with pytest.raises(FileExistsError):
        run([given / "parade.mp4", given / "parade.mov"], tmp_path / "out", ids=lambda: next(ids))
    assert not (tmp_path / "out").exists()


def test_lossless_is_for_videos_that_fit(given: Path, tmp_path: Path) -> None:
    """Asked for, frames stay; a video that does not fit is refused with the reason, and pictures are as ever."""
    how = airlock_prepare.How(lossless=True)
    found = run([given / "parade.mp4", given / "IMG_1.draft mayor.png"], tmp_path / "out", how=how)
    assert [one.rebuilt.lossless for one in found] == [True, False]
    (given / "other.mp4").write_bytes(film(3, codec="mpeg4", options={"g": "3"}, sound=None))
    assert [i.id for i in refused([given / "other.mp4"], tmp_path / "o", how=how)] == ["airlock-lossless-codec"]


def test_what_a_killed_run_left_is_taken_away_by_the_next(given: Path, tmp_path: Path) -> None:
    """A copy of a video would lie hidden in the folder that goes onto the stick; what a run still holds stays."""
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    for folder in (out / ".ordinance-airlock-left", out / ".ordinance-airlock-busy", elsewhere):
        folder.mkdir(parents=True)
        (folder / "0").write_bytes(b"video")
    (out / ".ordinance-airlock-link").symlink_to(elsewhere)
    with held(out / ".ordinance-airlock-busy"):
        (one,) = run([given / "parade.mov"], out)
    assert sorted(p.name for p in out.iterdir()) == [".ordinance-airlock-busy", ".ordinance-airlock-link", one.name]
    assert (elsewhere / "0").exists()
    assert (out / ".ordinance-airlock-busy" / "0").exists()


def test_folders_of_other_people_stay(given: Path, tmp_path: Path) -> None:
    """What somebody keeps beside it under a hidden name of their own is not what a killed run left."""
    notes = tmp_path / "out" / ".airlock-notes"
    notes.mkdir(parents=True)
    (notes / "mine.txt").write_text("Tere", "utf-8")
    run([given / "parade.mov"], tmp_path / "out")
    assert (notes / "mine.txt").read_text("utf-8") == "Tere"


def test_platforms_are_asked_about_sound_that_goes_on(tmp_path: Path) -> None:
    """A video is as long as its sound, where that goes on when the pictures have ended."""
    (tmp_path / "given.mp4").write_bytes(film(8, sound_s=1.5))
    (one,) = prepare([tmp_path / "given.mp4"], tmp_path / "out", day=DAY, ids=numbered(), chosen=profile("tiktok"))
    assert {j.value for j in one.judged if j.limit.about is About.VIDEO_MS} == {1515}


def test_platforms_are_asked_about_what_came_out(given: Path, tmp_path: Path) -> None:
    """Each limit is held against the new file: a PNG and a short, small video are not taken everywhere."""
    found = run(sorted(given.iterdir()), tmp_path / "out", chosen=profile("common"))
    by_kind = {one.rebuilt.medium: one for one in found}
    outside = {j.limit.about for j in by_kind[Medium.PNG].judged if j.fit is Fit.OUTSIDE}
    assert "image_width_px" in outside
    assert {i.id for i in by_kind[Medium.PNG].issues} >= {"platform-outside"}
    facts = {str(j.limit.about): j.value for j in found[4].judged}
    assert facts["video_ms"] == 320
    assert facts["video_fps"] == 25
    assert (facts["video_edit_lists"], facts["video_codec"], facts["audio_hz"]) == (0, "h264", 48_000)


def test_the_document_says_it_all(given: Path, tmp_path: Path) -> None:
    """Hashes, sizes, what was changed, and always what remains; nothing of who made it."""
    found = document(run([given / "parade.mp4"], tmp_path / "out"), DAY)
    (line,) = found["files"]
    assert found["day"] == "2026-11-22"
    assert len(found["remains"]) == 4
    assert {note["id"] for note in line["notes"]} == {"metadata_dropped", "colours_to_bt709"}
    assert all(note["says"] for note in line["notes"])
    assert (line["given"], line["file"], line["frames"], line["duration_ms"]) == (
        "parade.mp4", "2026-11-22_a1b2.mp4", 8, 320,
    )  # fmt: skip
    assert len(line["sha256_before"]) == len(line["sha256_after"]) == 64
    assert line["sha256_before"] != line["sha256_after"]


def test_what_a_file_says_of_ai_is_told_before_it_is_gone(tmp_path: Path) -> None:
    """The new file does not say any more that AI made it, so that who prepares it is told: a warning, and data."""
    said = b"<x>http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia</x>"
    (tmp_path / "given.jpg").write_bytes(saved(drawn(), "jpeg", xmp=said))
    (found,) = run([tmp_path / "given.jpg"], tmp_path / "out")
    assert b"Algorithmic" not in (tmp_path / "out" / found.name).read_bytes()
    assert document([found], DAY)["files"][0]["origin"] == "made_by_ai"
    (warned,) = found.issues
    assert (warned.file, warned.id, warned.severity) == ("given.jpg", "airlock-made-by-ai", Severity.WARNING)
    assert "label" in warned.hint


@pytest.mark.parametrize(
    ("origin", "issue"),
    [
        (Origin.PRESENT, "airlock-origin-left-out"),
        (Origin.LIKE_AI, "airlock-generator-texts"),
        (Origin.UNREADABLE, "airlock-origin-unreadable"),
        (Origin.NOTHING_SAID, None),
    ],
)
def test_other_things_said_of_its_making_are_told_too(
    origin: Origin, issue: str | None, given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Credentials that do not speak of AI, and what cannot be read, each have a warning; silence has none."""
    monkeypatch.setattr(airlock_prepare, "origin_of", lambda _: origin)
    (found,) = run([given / "IMG_1.draft mayor.png"], tmp_path / "out")
    assert document([found], DAY)["files"][0]["origin"] == str(origin)
    assert [(one.id, one.severity) for one in found.issues] == ([(issue, Severity.WARNING)] if issue else [])


def test_who_watches_is_told_of_frames(tmp_path: Path) -> None:
    """Progress names the file that was given."""
    (tmp_path / "long.mp4").write_bytes(film(25, sound=None))
    (tmp_path / "still.png").write_bytes(saved(drawn(), "png"))
    seen: list[tuple[str, int, int]] = []
    run([tmp_path / "long.mp4", tmp_path / "still.png"], tmp_path / "out", told=lambda *told: seen.append(told))
    assert seen == [("long.mp4", 8, 25), ("long.mp4", 16, 25), ("long.mp4", 24, 25)]
