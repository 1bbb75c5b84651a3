# SPDX-License-Identifier: EUPL-1.2
"""`ordinance airlock`: captions and texts judged, and what platforms take."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bodies import EXAMPLES
from cli.shell import body, run
from ordinance.cli.airlock_log import RECEIPT_FAULTS
from ordinance.model.receipt import Act, OutOfTurn
from ordinance.store.receipts import append, receipts_path

SRT = "1\n00:00:01,000 --> 00:00:03,000\nTere\n"


def test_lint_of_usable_files(tmp_path: Path) -> None:
    """Warnings leave exit 0."""
    (tmp_path / "a.srt").write_text(SRT, "utf-8")
    (tmp_path / "post.txt").write_text("Tere +372 640 4141", "utf-8")
    done = run("airlock", "lint", tmp_path / "a.srt", tmp_path / "post.txt", "--profile", "tiktok", "--length", "3")
    assert done.code == 0
    assert "[post-telephone]" in done.out
    assert "0 error(s), 1 warning(s)" in done.err


def test_lint_of_files_that_cannot_be_used(tmp_path: Path) -> None:
    """An error is exit 3, with its place; the same as data."""
    (tmp_path / "a.srt").write_text(SRT, "utf-8")
    done = run("airlock", "lint", tmp_path / "a.srt", "--length", "2.5")
    assert done.code == 3
    assert "a.srt:2:0: the caption ends 500 ms after the video  [caption-after-the-end]" in done.out
    found = json.loads(run("airlock", "lint", tmp_path / "a.srt", "--length", "2.5", "--json").out)
    assert [(i["file"], i["line"], i["id"]) for i in found] == [("a.srt", 2, "caption-after-the-end")]


def test_the_example_fits_every_platform() -> None:
    """The invented post of the example has nothing to be said of it."""
    media = EXAMPLES / "tallinn" / "media"
    done = run("airlock", "lint", media / "captions.srt", media / "post.txt", "--length", "8")
    assert (done.code, done.out) == (0, "")


@pytest.mark.parametrize("seconds", ["nan", "inf", "-1", "90000"])
def test_a_length_that_no_video_has_is_misuse(tmp_path: Path, seconds: str) -> None:
    """Not a number, no end, less than nothing, more than a day."""
    (tmp_path / "a.srt").write_text(SRT, "utf-8")
    assert run("airlock", "lint", tmp_path / "a.srt", "--length", seconds).code == 2


def test_a_wide_picture_has_longer_lines(tmp_path: Path) -> None:
    """42 characters instead of 28."""
    (tmp_path / "a.srt").write_text(SRT.replace("Tere", "a" * 33), "utf-8")
    assert "caption-long-line" in run("airlock", "lint", tmp_path / "a.srt").out
    assert "caption-long-line" not in run("airlock", "lint", tmp_path / "a.srt", "--wide").out


@pytest.mark.parametrize("verb", [("lint", "post.txt"), ("platforms",)])
def test_an_unknown_platform_is_named_with_those_that_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: tuple[str, ...]
) -> None:
    """A slip in the name is misuse of the command."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "post.txt").write_text("Tere", "utf-8")
    done = run("airlock", *verb, "--profile", "tiktak")
    assert done.code == 2
    assert "there is no profile 'tiktak'; there are common, instagram-reels, tiktok, youtube-shorts" in done.err


def test_platforms() -> None:
    """Each limit with every source, also where they disagree; addresses to look again."""
    done = run("airlock", "platforms", "--profile", "tiktok")
    assert done.code == 0
    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    assert "video_bytes 1,000,000,000 low ayrshare" in lines
    assert "10,000,000,000 ayrshare-vi" in lines
    assert any(line.startswith("[emplifi] Emplifi, TikTok publishing: https://docs.emplifi.io/") for line in lines)


def test_platforms_as_data() -> None:
    """All platforms where none is chosen."""
    found = json.loads(run("airlock", "platforms", "--json").out)
    assert [platform["id"] for platform in found] == ["instagram-reels", "tiktok", "youtube-shorts"]


def receipts(folder: Path) -> Path:
    """Three receipts in a body's state; the file that they are in."""
    at, said = datetime(2024, 12, 9, 9, 30, tzinfo=UTC), {"transfer": "2024-12-09_a1b2", "manifest": "a" * 64}
    for act, by in ((Act.PREPARED, "p-001"), (Act.APPROVED, "p-002"), (Act.RELEASED, "p-001")):
        append(folder / ".ordinance", act, at, by=by, said=said, device="sd-001" if act is Act.RELEASED else "")
    return receipts_path(folder / ".ordinance")


def test_verify_log(tmp_path: Path) -> None:
    """Each receipt in a row, and the digest to be noted elsewhere."""
    folder = body("tallinn", tmp_path)
    assert "no receipt" in run("airlock", "verify-log", folder).out
    receipts(folder)
    done = run("airlock", "verify-log", folder)
    assert done.code == 0
    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    assert "3 2024-12-09T11:30:00+02:00 released 2024-12-09_a1b2 sd-001 p-001" in lines
    assert lines[-1].startswith("last entry: 3, sha256:")
    found = json.loads(run("airlock", "verify-log", folder, "--json").out)
    assert [t["state"] for t in found["transfers"]] == ["released"]


def test_verify_log_of_changed_receipts(tmp_path: Path) -> None:
    """What is wrong stands with its line; exit 1."""
    folder = body("tallinn", tmp_path)
    path = receipts(folder)
    path.write_bytes(path.read_bytes().replace(b'"p-002"', b'"p-003"'))
    done = run("airlock", "verify-log", folder)
    assert done.code == 1
    assert ".ordinance/airlock/receipts.jsonl:3: it does not follow the line before it" in done.err


def test_verify_log_adopts(tmp_path: Path) -> None:
    """A note of the end that is gone; only with a word and a role."""
    folder = body("tallinn", tmp_path)
    receipts(folder).with_name("head.json").unlink()
    assert run("airlock", "verify-log", folder).code == 1
    assert run("airlock", "verify-log", folder, "--adopt").code == 2
    assert run("airlock", "verify-log", folder, "--by", "registry", "--reason", "backup").code == 2
    done = run("airlock", "verify-log", folder, "--adopt", "--by", "registry", "--reason", "restored from a backup")
    assert done.code == 0
    assert "taken on with 3 entries, as entry 4 says" in done.out
    assert run("airlock", "verify-log", folder).code == 0


def test_verify_log_holds_a_digest_against_the_book(tmp_path: Path) -> None:
    """As it was printed, or its digits alone; a receipt that is gone is missed, and what is no digest is misuse."""
    folder = body("tallinn", tmp_path)
    path = receipts(folder)
    noted = run("airlock", "verify-log", folder).out.rsplit(" ", 1)[1].strip()
    assert noted.startswith("sha256:")
    for text in (noted, noted.removeprefix("sha256:").upper()):
        assert run("airlock", "verify-log", folder, "--head", text).code == 0
    assert run("airlock", "verify-log", folder, "--head", noted[:-1]).code == 2
    assert run("airlock", "verify-log", folder, "--head", noted, "--adopt", "--by", "a", "--reason", "b").code == 2
    path.unlink()
    path.with_name("head.json").unlink()
    bare, held = run("airlock", "verify-log", folder), run("airlock", "verify-log", folder, "--head", noted)
    assert (bare.code, "--head" in bare.out) == (0, True)
    assert (held.code, "[receipt-noted-missing]" in held.err) == (1, True)


def test_verify_log_looks_at_a_place_that_was_handed_over_to(tmp_path: Path) -> None:
    """Names alone: a package of which no receipt tells is named with its place, and other folders are passed over."""
    folder, stick = body("tallinn", tmp_path), tmp_path / "stick"
    (stick / "2024-12-09_a1b2c3d4").mkdir(parents=True)
    (stick / "private").mkdir()
    done = run("airlock", "verify-log", folder, "--released", stick)
    assert done.code == 1
    assert f"{stick}/2024-12-09_a1b2c3d4: a package of this name lies there" in done.err
    assert "private" not in done.err + done.out


def test_every_fault_of_a_receipt_has_its_sentence() -> None:
    """What can be out of turn, the command can explain."""
    beside = {f"receipt-of-{what}-missing" for what in ("package", "purged", "copy")}
    assert set(RECEIPT_FAULTS) == {*OutOfTurn, *beside, "receipt-not-whole", "receipt-noted-missing"}
