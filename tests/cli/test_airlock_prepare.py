# SPDX-License-Identifier: EUPL-1.2
"""`ordinance airlock prepare`, with the real second reader."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.airlock.pictures import MARK, marked
from tests.airlock.videos import film

from cli.shell import PROGRAM, run, start
from ordinance.airlock._seccomp import can_lock_in

pytestmark = [
    pytest.mark.skipif(not can_lock_in(), reason="only Linux on known processors isolates"),
    pytest.mark.consumer("libimage-exiftool-perl"),
]


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """A video of a phone's shape and a picture of each kind."""
    for medium, ending in (("jpeg", "jpg"), ("png", "png"), ("webp", "webp")):
        (tmp_path / f"IMG.{ending}").write_bytes(marked(medium))
    (tmp_path / "parade.mp4").write_bytes(film(30, size=(180, 320)))
    (tmp_path / "old.mov").write_bytes(film(8, kind="mov", sound=1))
    return tmp_path


def test_every_kind_goes_through_both_checkers(given: Path) -> None:
    """Five files come out under neutral names, with what was changed; what remains is always said."""
    files = sorted(path for path in given.iterdir())
    done = run("airlock", "prepare", *files, "--out", given / "out", "--json")
    assert done.code in (0, 1), done.err
    found = json.loads(done.out)
    names = [line["file"] for line in found["files"]]
    assert sorted(path.name for path in (given / "out").iterdir()) == sorted(names)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d_[0-9a-f]{4}\.(jpg|png|webp|mp4)", name) for name in names)
    assert [line["given"] for line in found["files"]] == [path.name for path in files]
    assert not [path for path in (given / "out").iterdir() if MARK.encode() in path.read_bytes()]
    assert "What no rebuilding takes out:" in done.err
    assert "noise of the sensor" in done.err
    assert "frames" not in done.err  # no bar where nobody watches


def test_lossless_in_words(given: Path) -> None:
    """The same frames, and hashes of both files to compare."""
    done = run("airlock", "prepare", given / "parade.mp4", "--lossless", "--profile", "tiktok", "--out", given / "out")
    assert done.code in (0, 1), done.err
    assert "180 × 320, 1.2 s" in done.out
    assert "made of parade.mp4" in done.out
    assert len(re.findall(r"SHA-256 (?:before|after) +[0-9a-f]{64}", done.out)) == 2


def test_one_refused_file_writes_nothing(given: Path) -> None:
    """Exit 3, every reason with its file, as data too, and no folder."""
    (given / "page.png").write_bytes(b"<html>")
    (given / "cut.mp4").write_bytes((given / "parade.mp4").read_bytes()[:3000])
    files = (given / "parade.mp4", given / "page.png", given / "cut.mp4")
    done = run("airlock", "prepare", *files, "--out", given / "out", "--json")
    assert done.code == 3
    assert {(Path(i["file"]).name, i["id"]) for i in json.loads(done.out)} == {
        ("page.png", "airlock-unknown-medium"),
        ("cut.mp4", "airlock-cannot-decode"),
    }
    assert "nothing was written" in done.err
    assert not (given / "out").exists()


def test_what_a_platform_does_not_take_is_exit_1(given: Path) -> None:
    """The file is clean and there, and the reason is said."""
    done = run("airlock", "prepare", given / "old.mov", "--profile", "tiktok", "--out", given / "out")
    assert done.code == 1
    assert "[platform-outside]" in done.err
    assert len(list((given / "out").iterdir())) == 1


def test_who_watches_sees_a_bar(given: Path) -> None:
    """On a terminal frames pass in one line, under a name that steers nothing."""
    (given / "a\x1b[31m.mp4").write_bytes((given / "parade.mp4").read_bytes())
    ours, theirs = pty.openpty()
    words = ["airlock", "prepare", str(given / "a\x1b[31m.mp4"), "--out", str(given / "out")]
    command = [sys.executable, "-c", PROGRAM, *words]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=theirs, check=False, timeout=60)
    os.close(theirs)
    said = os.read(ours, 10_000)
    os.close(ours)
    assert done.returncode in (0, 1)
    assert b"\x1b" not in said
    assert "\r" + "a\ufffd[31m.mp4 [########......................] 8 of 30 frames" in said.decode()
    assert b"24 of 30 frames\r\n" in said


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=["int", "term", "hup"])
def test_who_breaks_off_leaves_nothing(given: Path, told: signal.Signals) -> None:
    """Broken off on the way (Ctrl-C, ended, terminal closed): no file and no folder, though the first was whole."""
    (given / "long.mp4").write_bytes(film(300, size=(640, 360), sound=None, options={"preset": "ultrafast"}))
    words = ("airlock", "prepare", given / "parade.mp4", given / "long.mp4", "--out", given / "out")
    # Even if who runs the tests ignores them, as a shell does for what it starts in the background.
    heard = "import signal; signal.signal(signal.SIGHUP, signal.SIG_DFL); "
    heard += "signal.signal(signal.SIGINT, signal.default_int_handler); "
    going = start(*words, program=heard + PROGRAM)
    deadline = time.monotonic() + 30
    while not list(given.glob("out/.ordinance-airlock-*/0")) and time.monotonic() < deadline:  # the first is aside
        time.sleep(0.02)
    for _ in range(1 if told is signal.SIGINT else 2):  # a shell that goes with its terminal passes it on once more
        going.send_signal(told)
    going.communicate(timeout=30)
    assert going.returncode != 0
    assert not (given / "out").exists()
