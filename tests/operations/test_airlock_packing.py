# SPDX-License-Identifier: EUPL-1.2
"""A package as a person makes it: whole and neutral, with a receipt, or neither."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin
from tests.airlock.pictures import drawn, saved
from tests.airlock.videos import film

from operations.airlock_body import AT, MAKER, TRANSFER, clean, opened, packed, picture
from ordinance.airlock import package
from ordinance.airlock._seccomp import can_lock_in
from ordinance.airlock.package import Label, Manifest, Spoken, check_package
from ordinance.model.errors import PolicyError, TransferError
from ordinance.model.receipt import Act
from ordinance.model.transfer import Medium, Refusal
from ordinance.operations import airlock_prepare, airlock_receipt
from ordinance.operations.airlock_packing import Wanted, packed_document
from ordinance.operations.airlock_prepare import CHANGED_AT
from ordinance.operations.airlock_transfers import packages
from ordinance.operations.workspace import Workspace
from ordinance.store.receipts import read_receipts

pytestmark = pytest.mark.skipif(not can_lock_in(), reason="only Linux on known processors isolates")
AI = b"<x Iptc4xmpExt:DigitalSourceType='http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia'/>"
SRT = "1\n00:00:00,000 --> 00:00:01,200\nTere!\n"


@pytest.fixture(autouse=True)
def second(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real second reader has tests of its own."""
    monkeypatch.setattr(airlock_prepare, "check_second", clean)


@pytest.fixture
def body(tmp_path: Path) -> Workspace:
    """The body."""
    return opened(tmp_path)


def nothing(body: Workspace) -> bool:
    """Whether there is neither a package nor a receipt, nor anything left aside."""
    folder = packages(body.state)
    return not (folder.exists() and any(folder.iterdir())) and not read_receipts(body.state).entries


def test_a_video_with_everything(body: Workspace, tmp_path: Path) -> None:
    """Media, cover, both kinds of captions, text and manifest; neutral, one time, the owner's alone; and a receipt."""
    (tmp_path / "draft.mp4").write_bytes(film(30, size=(180, 320)))
    (tmp_path / "draft.srt").write_text(SRT, "utf-8")
    (tmp_path / "draft.txt").write_text("Tule!\r\n\r\n\r\n#Tallinn", "utf-8")
    files = {"cover": picture(tmp_path), "captions": tmp_path / "draft.srt", "text": tmp_path / "draft.txt"}
    found = packed(body, [tmp_path / "draft.mp4"], **files)
    folder = packages(body.state) / TRANSFER
    assert found.folder == folder
    assert isinstance(check_package(folder, digest=found.manifest.digest), Manifest)
    names = sorted(path.name for path in folder.iterdir())
    assert names == [
        "2024-12-16_a1b2.mp4", "captions.srt", "captions.vtt", "cover.jpg", "manifest.json", "post.txt",
    ]  # fmt: skip
    assert (folder / "post.txt").read_text("utf-8") == "Tule!\n\n#Tallinn\n"
    assert (folder / "captions.srt").read_text("utf-8") == SRT
    assert (folder / "captions.vtt").read_text("utf-8").startswith("WEBVTT\n")
    assert {(p.stat().st_mode & 0o777, p.stat().st_mtime) for p in folder.iterdir()} == {(0o600, CHANGED_AT)}
    assert {p.stat().st_mode & 0o777 for p in (folder, folder.parent, folder.parent.parent)} == {0o700}
    (receipt,) = read_receipts(body.state).entries
    assert (receipt.what, receipt.by, receipt.device) == (Act.PREPARED, MAKER, "")
    assert receipt.said["manifest"] == found.manifest.digest
    by_name = {part.name: part.sha256 for part in found.manifest.parts}
    assert {line["name"]: line["after"] for line in receipt.said["files"]} == {
        name: by_name[name] for name in ("2024-12-16_a1b2.mp4", "cover.jpg")
    }
    assert all(line["before"] != line["after"] for line in receipt.said["files"])


def test_neither_the_package_nor_the_receipt_tells_too_much(body: Workspace, tmp_path: Path) -> None:
    """No person, original name or time of day in the package; no name of a file and no text in the receipt."""
    (tmp_path / "text.txt").write_text("Salajane", "utf-8")
    packed(body, [picture(tmp_path)], text=tmp_path / "text.txt")
    folder = packages(body.state) / TRANSFER
    whole = b"".join(path.read_bytes() for path in folder.iterdir())
    for word in (b"mayor", b"IMG", MAKER.encode(), b"09:00", b"strategy", b"tallinn"):
        assert word not in whole, word
    receipts = (body.state / "airlock" / "receipts.jsonl").read_bytes()
    assert b"mayor" not in receipts
    assert b"Salajane" not in receipts


def test_captions_or_a_waiver(body: Workspace, tmp_path: Path) -> None:
    """What is heard needs captions; a waiver stands on the receipt with its reason, and in the package without."""
    (tmp_path / "v.mp4").write_bytes(film(30, size=(180, 320)))
    video, cover = [tmp_path / "v.mp4"], picture(tmp_path)
    with pytest.raises(TransferError) as caught:
        packed(body, video, cover=cover)
    assert [issue.id for issue in caught.value.issues] == ["airlock-no-captions"]
    with pytest.raises(PolicyError):
        packed(body, video, cover=cover, no_captions="  ")
    assert nothing(body)
    found = packed(body, video, cover=cover, no_captions="only drums\nare heard")
    assert found.manifest.captions is Spoken.WAIVED
    (receipt,) = read_receipts(body.state).entries
    assert receipt.said["waiver"] == "only drums are heard"
    assert b"drums" not in b"".join(path.read_bytes() for path in found.folder.iterdir())


def test_a_silent_video_needs_none(body: Workspace, tmp_path: Path) -> None:
    """Nothing is heard, so nobody has to waive anything."""
    (tmp_path / "v.mp4").write_bytes(film(10, size=(180, 320), sound=None))
    found = packed(body, [tmp_path / "v.mp4"], cover=picture(tmp_path), no_captions="no sound")
    assert found.manifest.captions is Spoken.NOT_NEEDED
    assert read_receipts(body.state).entries[0].said["waiver"] is None


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"cover": "cover.png"}, "airlock-cover-no-jpeg"),
        ({"captions": "good.srt"}, "airlock-captions-alone"),
        ({"text": "unseen.txt"}, "post-unseen-character"),
    ],
)
def test_what_does_not_go_together_stops_it(
    more: dict[str, str], found: str, body: Workspace, tmp_path: Path
) -> None:
    """One part that does not do: neither a package nor a receipt, and the reason."""
    picture(tmp_path, "cover.png", "png")
    (tmp_path / "good.srt").write_text(SRT, "utf-8")
    (tmp_path / "unseen.txt").write_text("Tu\u200ble", "utf-8")
    with pytest.raises(TransferError) as caught:
        packed(body, [picture(tmp_path)], **{key: tmp_path / name for key, name in more.items()})
    assert [issue.id for issue in caught.value.issues] == [found]
    assert nothing(body)


def test_a_video_needs_a_cover_and_is_alone(body: Workspace, tmp_path: Path) -> None:
    """Captions and cover belong to one video."""
    (tmp_path / "v.mp4").write_bytes(film(5, size=(180, 320), sound=None))
    with pytest.raises(TransferError) as caught:
        packed(body, [tmp_path / "v.mp4", tmp_path / "v.mp4"])
    assert [issue.id for issue in caught.value.issues] == ["airlock-no-cover", "airlock-two-videos"]


def test_the_cover_is_a_frame_of_the_video(body: Workspace, tmp_path: Path) -> None:
    """What it shows then, as a JPEG of its size; where it came from stands in manifest, receipt and document."""
    (tmp_path / "IMG mayor.mp4").write_bytes(film(30, size=(180, 320), sound=None))
    found = packed(body, [picture(tmp_path), tmp_path / "IMG mayor.mp4"], cover_at_ms=480)
    cover = Image.open(found.folder / "cover.jpg")
    assert (cover.format, cover.size) == ("JPEG", (180, 320))
    bar = 8 + 12 * 4 % (180 - 16)  # the white bar of the twelfth frame, and where it is in those beside it
    assert [min(cover.convert("RGB").getpixel((x, 200))) > 120 for x in (bar + 1, bar - 7, bar + 9)] == [
        True, False, False,
    ]  # fmt: skip
    by_name = {part.name: part for part in found.manifest.parts}
    assert by_name["cover.jpg"].frame_at_ms == 480
    assert {part.frame_at_ms for name, part in by_name.items() if name != "cover.jpg"} == {None}
    assert isinstance(check_package(found.folder, digest=found.manifest.digest), Manifest)
    lines = {line["name"]: line for line in read_receipts(body.state).entries[0].said["files"]}
    assert lines["cover.jpg"]["taken_at_ms"] == 480
    assert lines["cover.jpg"]["before"] == lines["2024-12-16_a1b3.mp4"]["after"]
    assert [line["name"] for line in lines.values() if "taken_at_ms" in line] == ["cover.jpg"]
    said = packed_document(found, AT.date())["files"]
    assert [(line["given"], line["taken_at_ms"]) for line in said] == [
        ("IMG mayor.jpg", None), ("IMG mayor.mp4", None), ("IMG mayor.mp4", 480),
    ]  # fmt: skip
    state = (found.folder / "cover.jpg").stat()
    assert (state.st_mode & 0o777, state.st_mtime) == (0o600, CHANGED_AT)


@pytest.mark.parametrize(
    ("videos", "at_ms", "found"),
    [
        (1, 1200, "airlock-cover-beyond-end"),
        (1, 75_000, "airlock-cover-beyond-end"),
        (0, 0, "airlock-cover-without-video"),
        (2, 0, "airlock-two-videos"),
    ],
)
def test_a_frame_that_is_not_there_stops_it(
    videos: int, at_ms: int, found: str, body: Workspace, tmp_path: Path
) -> None:
    """The moment lies beyond the end, is of no video, or nobody knows of which: the file, the reason, no package."""
    (tmp_path / "v.mp4").write_bytes(film(30, size=(180, 320), sound=None))
    with pytest.raises(TransferError) as caught:
        packed(body, [tmp_path / "v.mp4"] * videos or [picture(tmp_path)], cover_at_ms=at_ms)
    assert [issue.id for issue in caught.value.issues] == [found]
    assert caught.value.issues[0].file == str(tmp_path / ("v.mp4" if videos else "IMG mayor.jpg"))
    assert nothing(body)


def test_what_a_checker_finds_in_a_frame_stops_it(
    body: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our own picture is no exception: each of the checkers looks at the cover, and its finding refuses the package."""
    (tmp_path / "v.mp4").write_bytes(film(5, size=(180, 320), sound=None))
    strange = (Refusal("IFD0", "airlock-second-tag", "a tag that is not on the list"),)

    def second(_path: Path, medium: Medium, **_: object) -> tuple[Refusal, ...]:
        return strange if medium is Medium.JPEG else ()

    monkeypatch.setattr(airlock_prepare, "check_second", second)
    with pytest.raises(TransferError) as caught:
        packed(body, [tmp_path / "v.mp4"], cover_at_ms=0)
    (issue,) = caught.value.issues
    assert (issue.file, issue.id) == (str(tmp_path / "v.mp4"), "airlock-second-tag")
    assert nothing(body)


def test_a_frame_of_a_video_made_by_ai_is_made_by_ai(body: Workspace, tmp_path: Path) -> None:
    """Receipt and document say of the cover what the given video said of itself; the warning comes once."""
    xmp = bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + AI
    box = struct.pack(">I4s", 8 + len(xmp), b"uuid") + xmp
    (tmp_path / "v.mp4").write_bytes(film(5, size=(180, 320), sound=None) + box)
    found = packed(body, [tmp_path / "v.mp4"], cover_at_ms=0)
    assert [line["origin"] for line in read_receipts(body.state).entries[0].said["files"]] == ["made_by_ai"] * 2
    assert [line["origin"] for line in packed_document(found, AT.date())["files"]] == ["made_by_ai"] * 2
    assert [issue.id for issue in found.issues if issue.id.startswith("airlock-origin")] == []
    assert [issue.file for issue in found.issues if issue.id == "airlock-made-by-ai"] == ["v.mp4"]


def test_a_file_and_a_frame_are_one_cover_too_many() -> None:
    """Nobody would know which was meant."""
    with pytest.raises(ValueError, match="a file or a frame"):
        Wanted([], cover=Path("cover.jpg"), cover_at_ms=0)


def test_captions_that_cannot_be_used_stop_it(body: Workspace, tmp_path: Path) -> None:
    """A caption after the end of the video, an overlap or worse stops it; a fast one is said."""
    (tmp_path / "v.mp4").write_bytes(film(30, size=(180, 320)))
    (tmp_path / "c.srt").write_text("1\nnot a time\nTere!\n", "utf-8")
    with pytest.raises(TransferError) as caught:
        packed(body, [tmp_path / "v.mp4"], cover=picture(tmp_path), captions=tmp_path / "c.srt")
    assert caught.value.issues[0].id.startswith("caption-")
    assert caught.value.issues[0].line
    assert nothing(body)


@pytest.mark.parametrize(
    ("xmp", "label", "origin"),
    [
        (AI, Label.NEEDED, "made_by_ai"),
        (b"<x dcterms:provenance='u'/>", Label.NOT_READABLE, "unreadable"),
        (b"<x/>", Label.NOT_SAID, "nothing_said"),
    ],
    ids=["ai", "unreadable", "nothing"],
)
def test_what_a_file_said_of_ai_is_not_dropped(
    xmp: bytes, label: Label, origin: str, body: Workspace, tmp_path: Path
) -> None:
    """It stands on the receipt and in the manifest, though the new file has nothing of it."""
    (tmp_path / "ai.jpg").write_bytes(saved(drawn(size=(360, 640)), "jpeg", xmp=xmp))
    found = packed(body, [tmp_path / "ai.jpg"])
    assert found.manifest.ai_label is label
    assert [line["origin"] for line in read_receipts(body.state).entries[0].said["files"]] == [origin]
    assert b"DigitalSource" not in (found.folder / found.prepared[0].name).read_bytes()


def test_texts_of_a_generator_are_a_hint_on_the_receipt(body: Workspace, tmp_path: Path) -> None:
    """Neither "made by AI" nor nothing: who approves decides, and nothing of the texts goes on anywhere."""
    said = PngImagePlugin.PngInfo()
    said.add_text("parameters", "zanzibar\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42")
    drawn(size=(360, 640)).save(tmp_path / "g.png", pnginfo=said)
    found = packed(body, [tmp_path / "g.png"])
    assert found.manifest.ai_label is Label.HINTED
    assert [line["origin"] for line in read_receipts(body.state).entries[0].said["files"]] == ["like_ai"]
    (warned,) = [issue for issue in found.issues if issue.id == "airlock-generator-texts"]
    assert "zanzibar" not in warned.message
    assert all(b"zanzibar" not in path.read_bytes() for path in found.folder.iterdir())


@pytest.mark.parametrize("by", ["p-999", "P-001", "", " p-001", "press office"])
def test_only_people_of_the_body_prepare(by: str, body: Workspace, tmp_path: Path) -> None:
    """An id that nobody has on the day, however near, is refused."""
    with pytest.raises(PolicyError) as caught:
        packed(body, [picture(tmp_path)], by=by)
    assert [issue.id for issue in caught.value.issues] == ["unknown-person-of-transfer"]
    assert nothing(body)


def test_what_no_check_would_let_through_is_not_packed(
    body: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package is checked as it will be checked later, before it stands and before a receipt tells of it."""
    monkeypatch.setattr(package, "MOST_PARTS", 0)
    with pytest.raises(TransferError) as caught:
        packed(body, [picture(tmp_path)])
    assert [issue.id for issue in caught.value.issues] == ["package-manifest"]
    assert nothing(body)


def test_captions_may_go_on_as_long_as_the_sound(body: Workspace, tmp_path: Path) -> None:
    """What is said when the pictures have ended has its captions, and the manifest says the whole length."""
    (tmp_path / "v.mp4").write_bytes(film(8, size=(180, 320), sound_s=2.5))
    (tmp_path / "v.srt").write_text("1\n00:00:01,000 --> 00:00:02,400\nTere\n", "utf-8")
    found = packed(body, [tmp_path / "v.mp4"], cover=picture(tmp_path), captions=tmp_path / "v.srt")
    assert [part.duration_ms > 2_400 for part in found.manifest.media if part.duration_ms is not None] == [True]


def test_without_a_receipt_there_is_no_package(
    body: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the receipt cannot be written the package goes away again."""

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr(airlock_receipt, "append", full)
    with pytest.raises(OSError, match="no space"):
        packed(body, [picture(tmp_path)])
    assert nothing(body)


def test_the_document_has_all_that_was_packed(body: Workspace, tmp_path: Path) -> None:
    """Hashes, what was changed, and what remains."""
    found = packed_document(packed(body, [picture(tmp_path)]), AT.date())
    assert (found["transfer"], found["captions"], found["ai_label"]) == (TRANSFER, "not_needed", "not_said")
    assert found["files"][0]["given"] == "IMG mayor.jpg"
    assert len(found["remains"]) == 4
