# SPDX-License-Identifier: EUPL-1.2
"""A package is exactly what its manifest says; whatever else was done to it is found."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ordinance.airlock.package import Kind, Label, Manifest, Part, Spoken, check_package, part_of
from ordinance.model.transfer import Medium

DAY = date(2026, 11, 22)
PICTURE, VIDEO = "2026-11-22_a1b2.png", "2026-11-22_a1b3.mp4"
FILES = {
    PICTURE: (b"picture", Kind.MEDIA, {"medium": Medium.PNG, "width": 24, "height": 16}),
    VIDEO: (b"moving", Kind.MEDIA, {"medium": Medium.MP4, "width": 18, "height": 32, "duration_ms": 1200}),
    "cover.jpg": (b"cover", Kind.COVER, {"medium": Medium.JPEG, "width": 24, "height": 16}),
    "captions.srt": (b"1\n", Kind.CAPTIONS, {}),
    "captions.vtt": (b"WEBVTT\n", Kind.CAPTIONS, {}),
    "post.txt": (b"Come!\n", Kind.TEXT, {}),
}


def made(folder: Path, transfer: str = "2026-11-22_00000001", *, turn: int = 1) -> Manifest:
    """A package in a new folder, its parts given in one order or the other."""
    folder.mkdir(parents=True)
    for name, (content, _, _) in FILES.items():
        (folder / name).write_bytes(content)
    parts = tuple(part_of(folder / name, kind, **facts) for name, (_, kind, facts) in FILES.items())[::turn]
    profiles = (("tiktok", date(2026, 11, 1)), ("instagram-reels", date(2026, 11, 2)))[::turn]
    manifest = Manifest(transfer, DAY, "0.1", profiles, Spoken.INCLUDED, Label.NOT_SAID, parts)
    (folder / "manifest.json").write_bytes(manifest.written())
    return manifest


def ids(folder: Path, digest: str | None = None) -> list[str]:
    """Where something is otherwise, and how."""
    found = check_package(folder, digest=digest)
    return [] if isinstance(found, Manifest) else [f"{one.where} {one.id}" for one in found]


def test_a_package_is_what_it_says(tmp_path: Path) -> None:
    """Read back, the manifest is the same, with every file; the order of the parts makes no other bytes."""
    one, other = made(tmp_path / "one"), made(tmp_path / "other", turn=-1)
    read = check_package(tmp_path / "one", digest=one.digest)
    assert isinstance(read, Manifest)
    assert {part.name for part in read.parts} == FILES.keys()
    assert one.written() == other.written() == read.written()
    assert [part.name for part in read.media] == [PICTURE, VIDEO, "cover.jpg"]


@pytest.mark.parametrize("name", [*FILES, "manifest.json"])
def test_each_byte_of_each_file_counts(name: str, tmp_path: Path) -> None:
    """A bit turned over anywhere in any file is found, whichever file it is."""
    digest = made(tmp_path / "p").digest
    path = tmp_path / "p" / name
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert ids(tmp_path / "p", digest), at
    path.write_bytes(whole)
    assert not ids(tmp_path / "p", digest)


def _further(folder: Path) -> None:
    (folder / ".DS_Store").write_bytes(b"mayor")


def _folder(folder: Path) -> None:
    (folder / "more").mkdir()


def _without(folder: Path) -> None:
    (folder / VIDEO).unlink()


def _no_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def _renamed(folder: Path) -> None:
    (folder / VIDEO).rename(folder / "2026-11-22_ffff.mp4")


def _swapped(folder: Path) -> None:
    (folder / "post.txt").rename(folder / "x")
    (folder / "captions.srt").rename(folder / "post.txt")
    (folder / "x").rename(folder / "captions.srt")


def _linked(folder: Path) -> None:
    (folder / "post.txt").rename(folder.parent / "post.txt")
    (folder / "post.txt").symlink_to(folder.parent / "post.txt")


def _pipe(folder: Path) -> None:
    (folder / "post.txt").unlink()
    os.mkfifo(folder / "post.txt")


def _manifest_linked(folder: Path) -> None:
    (folder / "manifest.json").rename(folder.parent / "manifest.json")
    (folder / "manifest.json").symlink_to(folder.parent / "manifest.json")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (_further, ["package package-further-file"]),
        (_folder, ["package package-further-file"]),
        (_without, [f"{VIDEO} package-file-missing"]),
        (_no_manifest, ["manifest.json package-file-missing"]),
        (_renamed, ["package package-further-file", f"{VIDEO} package-file-missing"]),
        (_swapped, ["captions.srt package-changed", "post.txt package-changed"]),
        (_linked, ["post.txt package-no-file"]),
        (_pipe, ["post.txt package-no-file"]),
        (_manifest_linked, ["manifest.json package-manifest"]),
    ],
)
def test_what_was_done_to_a_package_is_found(change: Callable[[Path], None], found: list[str], tmp_path: Path) -> None:
    """A file more, less, under another name or behind a link: found, with where, and never its own words."""
    made(tmp_path / "p")
    change(tmp_path / "p")
    assert ids(tmp_path / "p") == found


def test_another_package_in_its_place_is_found(tmp_path: Path) -> None:
    """Two whole packages that changed places are each not the one that the receipts tell of."""
    one, other = made(tmp_path / "one"), made(tmp_path / "other", "2026-11-22_00000002")
    assert one.digest != other.digest
    assert ids(tmp_path / "other", one.digest) == ["manifest.json package-other-manifest"]
    assert ids(tmp_path / "one", other.digest) == ["manifest.json package-other-manifest"]
    assert ids(tmp_path / "none") == ["package package-missing"]
    (tmp_path / "link").symlink_to(tmp_path / "one")
    assert ids(tmp_path / "link") == ["package package-missing"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("form", 2),
        ("transfer", "mayor"),
        ("made_with", "0.1 by somebody"),
        ("day", "2026-11-22T10:00"),
        ("captions", "waived"),
        ("ai_label", "no"),
        ("files", []),
        ("files", None),
        ("by", "p-001"),
    ],
)
def test_a_manifest_of_another_form_is_none(key: str, value: object, tmp_path: Path) -> None:
    """A field more, or one that says what no manifest says, is no manifest, even where all digests are right."""
    made(tmp_path / "p")
    path = tmp_path / "p" / "manifest.json"
    said = json.loads(path.read_bytes()) | {key: value}
    path.write_bytes(json.dumps(said, indent=1, sort_keys=True).encode() + b"\n")
    assert ids(tmp_path / "p") == ["manifest.json package-manifest"]


def _with_frame(folder: Path, name: str, at_ms: object, *, without: str = "") -> list[str]:
    """What is wrong with a package of which a manifest says that a part is a frame; the digests are right."""
    manifest = made(folder)
    said = json.loads(manifest.written())
    said["files"] = [line for line in said["files"] if line["name"] != without]
    (folder / without).unlink() if without else None
    next(line for line in said["files"] if line["name"] == name)["frame_at_ms"] = at_ms
    (folder / "manifest.json").write_bytes(json.dumps(said, indent=1, sort_keys=True).encode() + b"\n")
    return ids(folder)


@pytest.mark.parametrize("at_ms", [0, 40, 1200])
def test_a_cover_may_be_a_frame_of_the_video(at_ms: int, tmp_path: Path) -> None:
    """Read back, the moment is there; a manifest without one is as it always was."""
    assert b"frame_at_ms" not in made(tmp_path / "q").written()
    assert _with_frame(tmp_path / "p", "cover.jpg", at_ms) == []
    found = check_package(tmp_path / "p")
    assert isinstance(found, Manifest)
    assert {part.name: part.frame_at_ms for part in found.parts if part.frame_at_ms is not None} == {"cover.jpg": at_ms}


@pytest.mark.parametrize(
    ("name", "at_ms", "without"),
    [
        (PICTURE, 40, ""),
        (VIDEO, 40, ""),
        ("post.txt", 40, ""),
        ("cover.jpg", 1201, ""),
        ("cover.jpg", -1, ""),
        ("cover.jpg", None, ""),
        ("cover.jpg", "40", ""),
        ("cover.jpg", 0, VIDEO),
    ],
)
def test_no_other_part_is_a_frame(name: str, at_ms: object, without: str, tmp_path: Path) -> None:
    """A frame is the cover's, of the one video, and not beyond its end."""
    assert _with_frame(tmp_path / "p", name, at_ms, without=without) == ["manifest.json package-manifest"]


def test_the_order_in_a_manifest_counts(tmp_path: Path) -> None:
    """The same lines in another order, or the same text otherwise spaced, is not what this program writes."""
    made(tmp_path / "p")
    path = tmp_path / "p" / "manifest.json"
    whole = path.read_bytes()
    said = json.loads(whole)
    for other in (
        json.dumps({**said, "files": said["files"][::-1]}, indent=1, sort_keys=True),
        json.dumps(dict(reversed(said.items())), indent=1),
        json.dumps(said, sort_keys=True),
    ):
        path.write_bytes(other.encode() + b"\n")
        assert ids(tmp_path / "p") == ["manifest.json package-manifest"]
    path.write_bytes(whole)
    assert not ids(tmp_path / "p")


@pytest.mark.parametrize("name", ["../post.txt", "a/b.mp4", "draft mayor.mp4", "manifest.json", ".hidden"])
def test_names_are_neutral_and_stay_inside(name: str, tmp_path: Path) -> None:
    """A manifest that names a file otherwise than this program does is none."""
    manifest = made(tmp_path / "p")
    part = Part(name, Kind.MEDIA, "0" * 64, 1, Medium.MP4)
    parts = (*manifest.parts, part)
    other = Manifest(manifest.transfer, DAY, "0.1", (), Spoken.INCLUDED, Label.NOT_SAID, parts)
    (tmp_path / "p" / "manifest.json").write_bytes(other.written())
    assert ids(tmp_path / "p") == ["manifest.json package-manifest"]


def test_junk_is_no_manifest(tmp_path: Path) -> None:
    """Cut at every length, deeply nested or very long: said, and nothing raises."""
    made(tmp_path / "p")
    path = tmp_path / "p" / "manifest.json"
    whole = path.read_bytes()
    for raw in (*(whole[:n] for n in range(len(whole))), b"[" * 90_000, whole + b" " * 100_000, b"\xff", b"{}"):
        path.write_bytes(raw)
        assert ids(tmp_path / "p") == ["manifest.json package-manifest"]
