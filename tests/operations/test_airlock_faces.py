# SPDX-License-Identifier: EUPL-1.2
"""Faces as an aid: the manifest and who approves see the count, and nothing hangs on it."""

from __future__ import annotations

import json
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from tests.airlock.pictures import saved
from tests.airlock.portraits import filmed, portrait

from cli.shell import run
from operations.airlock_body import AT, OTHER, TRANSFER, approved, clean, opened, packed, picture, released
from ordinance.airlock import package
from ordinance.airlock._seccomp import can_lock_in
from ordinance.airlock.faces import LIMITS, NOT_ASKED, Faces, NotCounted
from ordinance.operations import airlock_prepare
from ordinance.operations.airlock_approving import asked
from ordinance.operations.airlock_faces import sentence, sentences
from ordinance.operations.airlock_packing import packed_document
from ordinance.operations.workspace import Workspace

pytestmark = pytest.mark.skipif(not can_lock_in(), reason="only Linux on known processors isolates")
counting = pytest.mark.skipif(  # in CI these run, and fail without it
    find_spec("cv2") is None and "CI" not in os.environ, reason="the extra `faces` is not installed"
)
COUNTS = [Faces(9_999, 24), Faces(0, 1), *(Faces(None, why=why) for why in NotCounted)]


@pytest.fixture(autouse=True)
def second(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real second reader has tests of its own."""
    monkeypatch.setattr(airlock_prepare, "check_second", clean)


@pytest.fixture
def body(tmp_path: Path) -> Workspace:
    """The body."""
    return opened(tmp_path)


def lines(folder: Path) -> dict[str, dict[str, Any]]:
    """The lines of the manifest that lies in a package."""
    return {line["name"][-4:]: line for line in json.loads((folder / package.MANIFEST).read_bytes())["files"]}


@counting
def test_counted_in_what_was_rebuilt(body: Workspace, tmp_path: Path) -> None:
    """The most in one frame of the video, and of its cover; in the manifest, the document, and for who approves."""
    (tmp_path / "two.mp4").write_bytes(filmed(lambda i: portrait(times=1 + (i >= 15), side=256).resize((512, 256)), 30))
    found = packed(body, [tmp_path / "two.mp4"], cover_at_ms=1_000, count_faces=True)
    video, cover = found.manifest.media
    assert (video.faces, cover.faces) == (Faces(2, 24), Faces(2, 1))
    said = lines(found.folder)[".mp4"]
    assert [said[key] for key in ("faces", "faces_frames", "faces_why", "faces_are")] == [2, 24, None, LIMITS]
    assert [line["faces"] for line in packed_document(found, AT.date())["files"]] == [2, 2]
    manifest, _ = asked(body, TRANSFER, OTHER, AT)
    assert [*sentences(manifest)] == [
        f"{video.name}: 2 faces counted in one frame at most, 24 frames looked at; {LIMITS}",
        f"cover.jpg: 2 faces counted; {LIMITS}",
    ]


@pytest.mark.parametrize("count", COUNTS)
def test_nothing_hangs_on_a_count(
    count: Faces, body: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wrong or missing, it stops nothing and lets nothing through: same file, same answers, same way out."""
    plain = packed(opened(tmp_path / "other"), [picture(tmp_path)])
    monkeypatch.setattr(airlock_prepare, "count_faces", lambda *_: count)
    found = packed(body, [picture(tmp_path)], count_faces=True)
    assert [part.faces for part in found.manifest.media] == [count]
    assert [part.sha256 for part in found.manifest.parts] == [part.sha256 for part in plain.manifest.parts]
    assert found.issues == plain.issues
    approved(body, people="none")
    out = released(body, tmp_path / "stick").folder
    assert lines(out)[".jpg"]["faces"] == count.most
    assert lines(out)[".jpg"]["faces_why"] == count.why


def test_not_asked_is_said(body: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is counted where nobody asked, and that is no count of nought."""
    monkeypatch.setattr(airlock_prepare, "count_faces", lambda *_: pytest.fail("nobody asked"))
    found = packed(body, [picture(tmp_path)])
    said = lines(found.folder)[".jpg"]
    assert (said["faces"], said["faces_why"]) == (None, "not_asked")
    assert found.manifest.media[0].faces == NOT_ASKED


@pytest.mark.parametrize(
    "changed", [{"faces": -1}, {"faces": True}, {"faces": None}, {"faces_why": "failed"}, {"faces_are": ""}]
)
def test_a_count_that_no_program_of_ours_wrote(changed: dict[str, Any], body: Workspace, tmp_path: Path) -> None:
    """Is no manifest: what stands beside a count cannot be used to write something else there."""
    found = packed(body, [picture(tmp_path)])
    whole = json.loads((found.folder / package.MANIFEST).read_bytes())
    good = {"faces": 1, "faces_frames": 1, "faces_why": None}
    for more, is_manifest in ((good, True), (good | changed, False)):
        whole["files"][0] |= more
        raw = json.dumps(whole, indent=1, sort_keys=True).encode() + b"\n"
        (found.folder / package.MANIFEST).write_bytes(raw)
        assert isinstance(package.check_package(found.folder), package.Manifest) is is_manifest


def test_a_manifest_older_than_the_count(body: Workspace, tmp_path: Path) -> None:
    """Is a manifest as before, and says nothing of faces: a package that waits is not lost with a new version."""
    found = packed(body, [picture(tmp_path)])
    whole = json.loads((found.folder / package.MANIFEST).read_bytes())
    for key in ("faces", "faces_frames", "faces_why", "faces_are"):
        del whole["files"][0][key]
    (found.folder / package.MANIFEST).write_bytes(json.dumps(whole, indent=1, sort_keys=True).encode() + b"\n")
    read = package.check_package(found.folder)
    assert isinstance(read, package.Manifest)
    assert [*sentences(read)] == []


def test_each_reason_in_words() -> None:
    """Each says that nothing was counted, and none says a number; a count always says what it is."""
    for count in COUNTS:
        said = sentence(count)
        assert said.startswith("faces not counted: ") if count.why else said.endswith(f"; {LIMITS}")
    assert len({sentence(count) for count in COUNTS}) == len(COUNTS)


@counting
def test_said_in_the_shell(body: Workspace, tmp_path: Path) -> None:
    """By `prepare` in both forms, and by `approve` before anybody answers."""
    (tmp_path / "one.jpg").write_bytes(saved(portrait(), "jpeg"))
    words = ["airlock", "prepare", tmp_path / "one.jpg", "--count-faces"]
    assert f"  1 face counted; {LIMITS}\n" in run(*words, "--out", tmp_path / "out").out
    done = run(*words, "--body", body.body.folder, "--by", "p-001", "--json")
    said = json.loads(done.out)
    assert (said["files"][0]["faces"], said["files"][0]["faces_are"]) == (1, LIMITS)
    done = run("airlock", "approve", body.body.folder, said["transfer"], "--by", "p-002")
    assert f": 1 face counted; {LIMITS}\n" in done.err
