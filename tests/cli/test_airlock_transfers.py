# SPDX-License-Identifier: EUPL-1.2
"""`ordinance airlock` between two people and a device: what is said, and with which exit code."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from tests.airlock.pictures import drawn, saved
from tests.airlock.videos import film

from bodies import copy_body
from cli.shell import PROGRAM, run
from operations.airlock_body import GOOD, clean
from ordinance.airlock._seccomp import can_lock_in
from ordinance.operations import airlock_prepare

pytestmark = pytest.mark.skipif(not can_lock_in(), reason="only Linux on known processors isolates")


NO_MOMENTS = ["", "x", "-1", "1.2345", "1:2", "1:60", "1,5", "0:01:02", "1:", ":30", "1e3", "\u0661", "inf"]


@pytest.fixture
def body(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A body, and a picture beside it; the real second reader has tests of its own."""
    monkeypatch.setattr(airlock_prepare, "check_second", clean)
    (tmp_path / "IMG.jpg").write_bytes(saved(drawn(size=(360, 640)), "jpeg"))
    lines = ["[answers]", *(f'{item} = "{answer}"' for item, answer in GOOD.items())]
    (tmp_path / "answers.toml").write_text("\n".join(lines), "utf-8")
    return copy_body("tallinn", tmp_path)


def prepared(body: Path) -> str:
    """A package that waits; its transfer."""
    done = run("airlock", "prepare", body.parent / "IMG.jpg", "--body", body, "--by", "p-001", "--json")
    assert done.code == 0, done.err
    return str(json.loads(done.out)["transfer"])


def test_from_a_file_to_a_refused_release(body: Path) -> None:
    """Prepared and approved; the example's device is long out of date today, and that stops the release."""
    transfer = prepared(body)
    done = run("airlock", "approve", body, transfer, "--by", "p-002", "--answers", body.parent / "answers.toml")
    assert (done.code, done.out) == (0, f"{transfer} is approved\n")
    assert f"look at every file in {body}" in done.err
    stick = body.parent / "stick"
    done = run("airlock", "release", body, transfer, "--device", "sd-001", "--to", stick, "--by", "p-001", "--json")
    assert done.code == 3
    assert json.loads(done.out)[0]["id"] in ("release-device-red", "release-device-unknown")
    assert not stick.exists()
    done = run("airlock", "list", body)
    assert done.code == 0
    assert f"{transfer}  approved" in done.out
    assert run("airlock", "verify-log", body).code == 0


def test_prepare_in_words(body: Path) -> None:
    """The transfer, its files and what remains."""
    done = run("airlock", "prepare", body.parent / "IMG.jpg", "--body", body, "--by", "p-001", "--profile", "tiktok")
    assert done.code == 0, done.err
    assert done.out.startswith("transfer 20")
    assert "2 files in" in done.out
    assert "What no rebuilding takes out:" in done.err


@pytest.mark.parametrize(
    ("at", "ms"), [("0", 0), ("1", 1000), ("0.48", 480), ("0:00.5", 500), ("00:01.199", 1199), ("1.", None)]
)
def test_a_cover_from_the_video(at: str, ms: int | None, body: Path) -> None:
    """In words and as data: of which file, and at which moment."""
    (body.parent / "parade.mp4").write_bytes(film(30, size=(180, 320), sound=None))
    words = ["airlock", "prepare", body.parent / "parade.mp4", "--body", body, "--by", "p-001", "--cover-at", at]
    if ms is None:
        assert run(*words).code == 2
        return
    done = run(*words, "--json")
    assert done.code in (0, 1), done.err
    assert [(line["file"][-4:], line["given"], line["taken_at_ms"]) for line in json.loads(done.out)["files"]] == [
        (".mp4", "parade.mp4", None), (".jpg", "parade.mp4", ms),
    ]  # fmt: skip


def test_a_cover_from_the_video_in_words(body: Path) -> None:
    """Which moment of which file it is; one beyond the end is exit 3 with the file, and there is no package."""
    (body.parent / "parade.mp4").write_bytes(film(30, size=(180, 320), sound=None))
    words = ["airlock", "prepare", body.parent / "parade.mp4", "--body", body, "--by", "p-001", "--cover-at"]
    done = run(*words, "0:01.1")
    assert done.code in (0, 1), done.err
    assert "made of what is shown at 1.100 s of parade.mp4" in done.out
    done = run(*words, "1:02.5")
    assert done.code == 3
    said = "it shows nothing at 62.500 s: its last picture ends at 1.200 s  [airlock-cover-beyond-end]"
    assert f"parade.mp4: {said}" in done.err
    assert len(json.loads(run("airlock", "list", body, "--json").out)["transfers"]) == 1


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--out", "o", "--body", "tallinn", "--by", "p-001"],
        ["--body", "tallinn"],
        ["--out", "o", "--by", "p-001"],
        ["--out", "o", "--no-captions", "why"],
        ["--body", "tallinn", "--by", "p-001", "--no-captions", "why", "--captions", "answers.toml"],
        ["--body", "tallinn", "--by", "p-001", "--cover", "IMG.jpg", "--cover-at", "0"],
        ["--out", "o", "--cover-at", "0"],
        *(["--body", "tallinn", "--by", "p-001", "--cover-at", at] for at in NO_MOMENTS),
    ],
)
def test_what_does_not_go_together_is_misuse(
    words: list[str], body: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 2, and nothing is written."""
    monkeypatch.chdir(body.parent)
    assert run("airlock", "prepare", "IMG.jpg", *words).code == 2
    assert not (body.parent / "o").exists()
    assert not (body / ".ordinance" / "airlock").exists()


def test_the_same_person_and_missing_answers(body: Path) -> None:
    """Exit 3 with the reason as data; nobody is asked where nobody listens; the template is a file of answers."""
    transfer = prepared(body)
    answers = body.parent / "answers.toml"
    done = run("airlock", "approve", body, transfer, "--by", "p-001", "--answers", answers, "--json")
    assert (done.code, json.loads(done.out)[0]["id"]) == (3, "receipt-same-person")
    assert run("airlock", "approve", body, transfer, "--by", "p-002").code == 2
    done = run("airlock", "approve", body, transfer, "--by", "p-002", "--template")
    assert (done.code, done.out.splitlines()[0]) == (0, "[answers]")
    (body.parent / "empty.toml").write_text(done.out, "utf-8")
    done = run("airlock", "approve", body, transfer, "--by", "p-002", "--answers", body.parent / "empty.toml")
    assert done.code == 3
    assert done.err.count("[answer-missing]") == len(GOOD)


def test_declined_and_withdrawn(body: Path) -> None:
    """Either is the end, with a reason."""
    first, second = prepared(body), prepared(body)
    done = run("airlock", "approve", body, first, "--by", "p-002", "--decline", "a badge can be read")
    assert (done.code, done.out) == (0, f"{first} is declined\n")
    done = run("airlock", "withdraw", body, second, "--by", "p-001", "--reason", "the event is off", "--json")
    assert (done.code, json.loads(done.out)["transfer"]) == (0, second)
    done = run("airlock", "posted", body, second, "--address", "https://www.tiktok.com/@t/video/1", "--by", "p-001")
    assert done.code == 3
    assert "[receipt-not-next]" in done.err
    listed = json.loads(run("airlock", "list", body, "--json").out)
    assert {line["transfer"]: line["state"] for line in listed["transfers"]} == {first: "declined", second: "withdrawn"}


def test_a_changed_book_is_said_in_the_list(body: Path) -> None:
    """Exit 1: what is listed may be wrong."""
    assert "no transfer" in run("airlock", "list", body).out
    prepared(body)
    path = body / ".ordinance" / "airlock" / "receipts.jsonl"
    path.write_bytes(path.read_bytes().replace(b"p-001", b"p-003"))
    done = run("airlock", "list", body)
    assert done.code == 1
    assert "verify-log" in done.err


def test_on_a_terminal_each_question_is_asked(body: Path) -> None:
    """A wrong answer is asked again, one that needs a word of explanation gets it, and all of it is on the receipt."""
    transfer = prepared(body)
    said = [*({**GOOD, "people": "perhaps\nall_agreed\nforms 1 to 4"}.values())]
    ours, theirs = pty.openpty()
    os.write(ours, ("\n".join(said) + "\n").encode())
    command = [sys.executable, "-c", PROGRAM, "airlock", "approve", str(body), transfer, "--by", "p-002"]
    done = subprocess.run(command, stdin=theirs, capture_output=True, text=True, check=False, timeout=60)
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{transfer} is approved\n"
    assert "Can children or young people be recognised?" in done.stderr
    assert "minors_without_consent: A minor can be recognised without that consent." in done.stderr
    receipt = json.loads(run("airlock", "verify-log", body, "--json").out)["entries"][-1]
    assert receipt["said"]["answers"] == {**GOOD, "people": "all_agreed"}
    assert receipt["said"]["notes"] == {"people": "forms 1 to 4"}
