# SPDX-License-Identifier: EUPL-1.2
"""Only what was approved goes out, only to a device that is separate, whole or not at all."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bodies import copy_body
from model.test_opening import LACKING, Without
from operations.airlock_body import (
    AT,
    MAKER,
    OTHER,
    TRANSFER,
    approved,
    clean,
    opened,
    packed,
    picture,
    released,
)
from ordinance.airlock._seccomp import can_lock_in
from ordinance.airlock.package import Manifest, check_package
from ordinance.airlock.platforms import profile
from ordinance.model import opening
from ordinance.model.errors import PolicyError, TransferError
from ordinance.model.receipt import Act
from ordinance.model.separation import ProofState
from ordinance.model.transfer import Medium, Refusal
from ordinance.operations import airlock_prepare, airlock_receipt, airlock_releasing
from ordinance.operations.airlock_approving import put_away
from ordinance.operations.airlock_log import carried, log_document
from ordinance.operations.airlock_prepare import CHANGED_AT
from ordinance.operations.airlock_releasing import posted
from ordinance.operations.airlock_transfers import list_document, packages
from ordinance.operations.separate_devices import ProofOf
from ordinance.operations.workspace import Workspace, open_workspace
from ordinance.store.receipts import cut, read_receipts

pytestmark = pytest.mark.skipif(not can_lock_in(), reason="only Linux on known processors isolates")
ADDRESS = "https://www.tiktok.com/@tallinn/video/7312345678901234567"


@pytest.fixture(autouse=True)
def second(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real second reader has tests of its own."""
    monkeypatch.setattr(airlock_prepare, "check_second", clean)


@pytest.fixture
def body(tmp_path: Path) -> Workspace:
    """The body with one package that was approved."""
    found = opened(tmp_path)
    (tmp_path / "text.txt").write_text("Tule!", "utf-8")
    packed(found, [picture(tmp_path)], text=tmp_path / "text.txt")
    approved(found)
    return found


@pytest.fixture
def green(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every device that is asked about is green; proofs have tests of their own."""
    _proofs(monkeypatch, ProofState.GREEN)


def _proofs(monkeypatch: pytest.MonkeyPatch, state: ProofState) -> None:
    monkeypatch.setattr(airlock_releasing, "proof_of", lambda _b, device, *_, **__: ProofOf(device, state, "Because."))


def refused(
    body: Workspace, to: Path, error: type[PolicyError | TransferError] = PolicyError, **more: Any
) -> list[str]:
    """The ids with which it stops; nothing is at the place then, and no receipt more."""
    before = read_receipts(body.state).entries
    there = sorted(to.iterdir()) if to.exists() else None
    with pytest.raises(error) as caught:
        released(body, to, **more)
    assert read_receipts(body.state).entries == before
    assert (sorted(to.iterdir()) if to.exists() else None) == there
    return [issue.id for issue in caught.value.issues]


def test_what_was_approved_goes_to_a_separate_device(body: Workspace, tmp_path: Path) -> None:
    """The shipped body's clean device: a folder of its own, every byte as approved, one time, and a receipt."""
    found = released(body, tmp_path / "stick")
    assert found.proof.state is ProofState.GREEN
    assert found.folder == tmp_path / "stick" / TRANSFER
    assert [path.name for path in (tmp_path / "stick").iterdir()] == [TRANSFER]
    prepared, *_, entry = read_receipts(body.state).entries
    assert isinstance(check_package(found.folder, digest=prepared.said["manifest"]), Manifest)
    assert {path.stat().st_mtime for path in found.folder.iterdir()} == {CHANGED_AT}
    assert (entry.what, entry.by, entry.device) == (Act.RELEASED, MAKER, "sd-001")
    assert entry.said["files"] == {part.name: part.sha256 for part in found.manifest.parts}
    assert entry.said["proof"] == "green"
    assert log_document(body)["holds"]


def test_a_system_without_flags_is_as_careful(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, green: None) -> None:
    """Prepared, checked, approved and released without the flags and calls that Windows lacks; no link is followed."""
    monkeypatch.setattr(opening, "os", Without(*LACKING))
    body = opened(tmp_path)
    packed(body, [picture(tmp_path)])
    approved(body)
    stolen = tmp_path / "kept.jpg"
    (medium,) = (packages(body.state) / TRANSFER).glob("*_*")
    medium.rename(stolen)
    medium.symlink_to(stolen)
    assert refused(body, tmp_path / "stick", TransferError)
    medium.unlink()
    stolen.rename(medium)
    assert isinstance(check_package(released(body, tmp_path / "stick").folder), Manifest)


def test_the_contaminated_device_gets_nothing(body: Workspace, tmp_path: Path) -> None:
    """The shipped body's other device is red: the release stops with the sentence of its proof."""
    with pytest.raises(PolicyError) as caught:
        released(body, tmp_path / "stick", device="sd-002")
    (issue,) = caught.value.issues
    assert issue.id == "release-device-red"
    assert issue.file == "separate/sd-002.yaml"
    assert issue.message.startswith("Red")
    assert not (tmp_path / "stick").exists()
    assert refused(body, tmp_path / "stick", device="sd-002", unknown_accepted="urgent") == ["release-device-red"]


def test_unknown_is_said_and_answered_for(
    body: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not known stops it too, unless somebody says why not, and that stands on the receipt."""
    _proofs(monkeypatch, ProofState.UNKNOWN)
    assert refused(body, tmp_path / "stick") == ["release-device-unknown"]
    assert refused(body, tmp_path / "stick", unknown_accepted=" ") == ["no-reason"]
    released(body, tmp_path / "stick", unknown_accepted="no logs today, looked at by hand")
    said = read_receipts(body.state).entries[-1].said
    assert (said["proof"], said["unknown_accepted"]) == ("unknown", "no logs today, looked at by hand")


def test_only_separate_devices_with_a_record(
    body: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A work phone, a device nobody knows, and one without a record get nothing."""
    assert refused(body, tmp_path / "s", device="tp-001") == ["unknown-separate-device"]
    assert refused(body, tmp_path / "s", device="sd-999") == ["unknown-separate-device"]
    _proofs(monkeypatch, ProofState.GREEN)
    assert refused(body, tmp_path / "s", device="tp-001") == ["release-device-without-record"]


def test_only_in_its_turn(tmp_path: Path, green: None) -> None:
    """Not before it is approved, not when it was withdrawn, not a week later, and not what nobody prepared."""
    body = opened(tmp_path)
    assert refused(body, tmp_path / "s") == ["unknown-transfer"]
    packed(body, [picture(tmp_path)])
    assert refused(body, tmp_path / "s") == ["receipt-not-next"]
    approved(body)
    assert refused(body, tmp_path / "s", by="p-999") == ["unknown-person-of-transfer"]
    week = AT + timedelta(days=7)
    assert refused(body, tmp_path / "s", at=week + timedelta(seconds=1)) == ["approval-too-old"]
    released(body, tmp_path / "s", at=week)
    put_away(body, TRANSFER, Act.WITHDRAWN, "consent was taken back", by=OTHER, at=week)
    assert refused(body, tmp_path / "t") == ["receipt-not-next"]


def test_what_is_withdrawn_meanwhile_does_not_go_out(body: Workspace, tmp_path: Path, green: None) -> None:
    """Consent is taken back while the checkers look at the files: nothing stays on the stick, and the book holds."""

    def looks(_path: Path, _medium: Medium, **_more: object) -> tuple[Refusal, ...]:
        if read_receipts(body.state).entries[-1].what == Act.APPROVED:
            put_away(body, TRANSFER, Act.WITHDRAWN, "consent was taken back", by=OTHER, at=AT)
        return ()

    with pytest.raises(PolicyError, match="receipt-not-next"):
        released(body, tmp_path / "s", second=looks)
    assert not (tmp_path / "s" / TRANSFER).exists()
    assert [e.what for e in read_receipts(body.state).entries] == ["prepared", "approved", "withdrawn"]
    assert log_document(body)["holds"]


@pytest.mark.parametrize("days", [1, 30])
def test_a_body_says_how_long_an_approval_holds(days: int, tmp_path: Path, green: None) -> None:
    """To the second, shorter than a week as well as longer; the message names its own number."""
    settings = copy_body("tallinn", tmp_path) / "ordinance.toml"
    settings.write_text(f"{settings.read_text('utf-8')}\n[airlock]\napproval_days = {days}\n", "utf-8")
    body = open_workspace(settings.parent, AT, channels=True).usable()
    packed(body, [picture(tmp_path)])
    approved(body)
    last = AT + timedelta(days=days)
    with pytest.raises(PolicyError) as caught:
        released(body, tmp_path / "s", at=last + timedelta(seconds=1))
    assert [(i.id, i.message) for i in caught.value.issues] == [
        ("approval-too-old", f"it was approved more than {days} day{'s' if days > 1 else ''} ago")
    ]
    released(body, tmp_path / "s", at=last)


def test_an_approval_that_was_cut_off_counts_no_more(body: Workspace, tmp_path: Path, green: None) -> None:
    """Where retention took the receipt of the approval away, nobody can say when it was."""
    released(body, tmp_path / "s", at=AT + timedelta(days=1))
    cut(body.state, AT.date() + timedelta(days=1), AT + timedelta(days=2), carried)
    assert refused(body, tmp_path / "t") == ["approval-too-old"]


def _bit(folder: Path) -> None:
    path = next(folder.glob("*.jpg"))
    path.write_bytes(path.read_bytes()[:-3] + b"\1" + path.read_bytes()[-2:])


def _text(folder: Path) -> None:
    (folder / "post.txt").write_text("Ära tule!\n", "utf-8")


def _further(folder: Path) -> None:
    (folder / "more.mp4").write_bytes(b"")


def _gone(folder: Path) -> None:
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (_bit, "package-changed"),
        (_text, "package-changed"),
        (_further, "package-further-file"),
        (_gone, "package-missing"),
    ],
)
def test_what_was_changed_after_approval_stays(
    change: Callable[[Path], None], found: str, body: Workspace, tmp_path: Path, green: None
) -> None:
    """Whatever was done to the package: it is not the one that was approved."""
    change(packages(body.state) / TRANSFER)
    assert refused(body, tmp_path / "s", TransferError) == [found]


def test_both_checkers_look_again(
    body: Workspace, tmp_path: Path, green: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What either of them finds now stops it, though it was found clean before."""
    strange = Refusal("IFD0", "airlock-second-reader-found", "a tag that is not on the list")

    def finds(_path: Path, _medium: Medium) -> tuple[Refusal, ...]:
        return (strange,)

    assert refused(body, tmp_path / "s", TransferError, second=finds) == ["airlock-second-reader-found"]
    monkeypatch.setattr(airlock_releasing, "shape_of", lambda *_: strange)
    assert refused(body, tmp_path / "s", TransferError) == ["airlock-second-reader-found"]


def test_a_stick_with_other_things(body: Workspace, tmp_path: Path, green: None) -> None:
    """Nothing of them is read or changed; a folder or link of the same name stops it."""
    stick = tmp_path / "stick"
    (stick / "other").mkdir(parents=True)
    (stick / "autorun.inf").write_bytes(b"x")
    (stick / "other").chmod(0)
    (stick / TRANSFER).symlink_to(tmp_path)
    assert refused(body, stick) == ["release-place-taken"]
    (stick / TRANSFER).unlink()
    released(body, stick)
    assert sorted(path.name for path in stick.iterdir()) == [TRANSFER, "autorun.inf", "other"]
    assert refused(body, stick) == ["release-place-taken"]
    (stick / "other").chmod(0o700)


def test_what_is_not_read_back_is_not_handed_over(
    body: Workspace, tmp_path: Path, green: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stick that returns other bytes gets no package, and no receipt says that it did."""
    real = shutil.copyfileobj

    def worn(source: Any, target: Any, size: int) -> None:
        real(source, target, size)
        target.seek(0)
        target.write(b"\0")

    monkeypatch.setattr(shutil, "copyfileobj", worn)
    assert refused(body, tmp_path / "s", TransferError) == ["release-not-read-back"]


def test_without_a_receipt_nothing_is_there(
    body: Workspace, tmp_path: Path, green: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the receipt cannot be written the folder goes away again."""

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr(airlock_receipt, "append", full)
    with pytest.raises(OSError, match="no space"):
        released(body, tmp_path / "s")
    assert not (tmp_path / "s" / TRANSFER).exists()


def test_a_killed_run_leaves_nothing_half(body: Workspace, tmp_path: Path, green: None) -> None:
    """Killed at any file it leaves no folder of the transfer's name and no receipt; the next run succeeds."""
    program = (
        "import os, sys, ordinance.operations.airlock_releasing as r\n"
        "from pathlib import Path\n"
        "from ordinance.airlock.package import check_package\n"
        "real, left = r._copy, [int(sys.argv[3])]\n"
        "def copy(*given):\n"
        "    real(*given)\n"
        "    left[0] -= 1\n"
        "    if not left[0]: os.kill(os.getpid(), 9)\n"
        "r._copy = copy\n"
        "r._copied(Path(sys.argv[1]), check_package(Path(sys.argv[1])), Path(sys.argv[2]))\n"
    )
    before = read_receipts(body.state).entries
    stick = tmp_path / "s"
    for number in (1, 2, 3):
        words = [packages(body.state) / TRANSFER, stick, str(number)]
        done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, check=False)
        assert done.returncode == -9, done.stderr
        assert not (stick / TRANSFER).exists()
    assert read_receipts(body.state).entries == before
    released(body, stick)


def test_the_address_is_typed_in(body: Workspace, tmp_path: Path, green: None) -> None:
    """It stands on the receipt, with its platform, and the list has it."""
    with pytest.raises(PolicyError) as caught:
        posted(body, TRANSFER, ADDRESS, by=MAKER, at=AT)
    assert [issue.id for issue in caught.value.issues] == ["receipt-not-next"]
    released(body, tmp_path / "s")
    shutil.rmtree(packages(body.state) / TRANSFER)  # a package may be gone by then
    assert posted(body, TRANSFER, ADDRESS, by=MAKER, at=AT) == "tiktok"
    entry = read_receipts(body.state).entries[-1]
    assert (entry.what, entry.said["address"], entry.said["platform"]) == (Act.POSTED, ADDRESS, "tiktok")
    (line,) = list_document(body)["transfers"]
    assert (line["state"], line["addresses"], line["devices"]) == ("posted", [ADDRESS], ["sd-001"])
    assert log_document(body)["holds"]


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("http://www.tiktok.com/@t/video/1", "address-of-no-post"),
        ("https://user@www.tiktok.com/@t/video/1", "address-of-no-post"),
        ("https://www.tiktok.com:8443/@t/video/1", "address-of-no-post"),
        ("https://www.tiktok.com/", "address-of-no-post"),
        (f"{ADDRESS}?_r=1&u_code=abc", "address-of-no-post"),
        (f"{ADDRESS}#x", "address-of-no-post"),
        (f"{ADDRESS}\n", "address-of-no-post"),
        ("https://www.tiktok.com/" + "a" * 300, "address-of-no-post"),
        ("https://www.youtube.com/watch?v=abc", "address-of-other-platform"),
        ("https://nottiktok.com/@t/video/1", "address-of-other-platform"),
        ("https://tiktok.com.example/@t/video/1", "address-of-other-platform"),
    ],
)
def test_other_addresses_are_refused(
    address: str, found: str, body: Workspace, tmp_path: Path, green: None
) -> None:
    """Only https, only the platform's own names, and nothing that tells who shared it."""
    released(body, tmp_path / "s")
    with pytest.raises(PolicyError) as caught:
        posted(body, TRANSFER, address, by=MAKER, at=AT)
    assert [issue.id for issue in caught.value.issues] == [found]
    assert read_receipts(body.state).entries[-1].what is Act.RELEASED


@pytest.mark.parametrize(
    ("address", "platform"),
    [
        ("https://www.youtube.com/watch?v=abc_D-1", "youtube-shorts"),
        ("https://www.youtube.com/shorts/abc", "youtube-shorts"),
        ("https://www.instagram.com/reel/abc/", "instagram-reels"),
        ("https://tiktok.com/@t/video/1", "tiktok"),
    ],
)
def test_each_platform_has_its_names(address: str, platform: str, tmp_path: Path, green: None) -> None:
    """What was prepared for all platforms may stand on each."""
    body = opened(tmp_path)
    packed(body, [picture(tmp_path)], chosen=profile("common"))
    approved(body)
    released(body, tmp_path / "s")
    assert posted(body, TRANSFER, address, by=MAKER, at=AT) == platform
