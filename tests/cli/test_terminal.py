# SPDX-License-Identifier: EUPL-1.2
"""A terminal, a pipe, a locale: what others wrote steers none of them, and none of them breaks a verb."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from cli.shell import DAYS, PROGRAM, body, edit, process, run, start
from ordinance.cli._common import clean

HOSTILE = "\x1b[31m\x9b\x07\u202e\u2066\u061c\u200f\x7f"
ESCAPED = '"' + "".join(f"\\u{ord(c):04x}" for c in HOSTILE) + ' red"'
POLICY = "policies/gent-2023-tiktok.yaml"


@pytest.fixture
def ghent(tmp_path: Path) -> Path:
    """A body whose name, title and inventory try to steer the terminal."""
    folder = body("ghent", tmp_path)
    edit(folder / "ordinance.toml", '"City of Ghent"', ESCAPED)
    edit(folder / POLICY, "title: TikTok off devices the city pays for", f"title: {ESCAPED}")
    edit(folder / "inventory" / "mdm-2023-04-05.csv", ",Chrome,", f",{HOSTILE[:3]}Chrome{HOSTILE[4:]},")
    edit(folder / "inventory" / "mdm-2023-04-05.csv", ",TikTok,", f",TikTok{HOSTILE[:3]}{HOSTILE[4:]},")
    return folder


@pytest.mark.parametrize(
    "command",
    [
        ("check",), ("check", "--json"), ("check", "--individual", "--json"), ("plan",), ("rulings",),
        ("rulings", "--json"),
        ("explain", "--device", "op-001"), ("explain", "--device", "op-001", "--json"), ("lint",), ("lint", "--json"),
    ],
)  # fmt: skip
def test_nothing_that_steers_reaches_the_terminal(command: tuple[str, ...], ghent: Path) -> None:
    """Neither raw on stdout nor on stderr: in words as U+FFFD, in JSON as an escape of the same character."""
    day = ["--as-of", DAYS["ghent"]]
    done = run(command[0], ghent, *day, *command[1:])
    assert [c for c in HOSTILE if c not in "[31m" and c in done.out + done.err] == []
    if command == ("check",):
        assert done.out.startswith("\ufffd[31m\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd red: ")
    if command == ("check", "--json"):
        assert json.loads(done.out)["body"]["name"] == f"{HOSTILE} red"
    if command == ("explain", "--device", "op-001"):
        assert "\ufffd[31m" in done.out


def test_a_message_about_a_hostile_value_is_clean(ghent: Path) -> None:
    """An error quotes what was wrong, without its power."""
    edit(ghent / POLICY, "family: tiktok", f"family: {ESCAPED}")
    done = run("check", ghent, "--as-of", DAYS["ghent"])
    assert done.code == 3 and 'family "\ufffd[31m' in done.err
    assert [c for c in HOSTILE if c not in "[31m" and c in done.err] == []


@pytest.mark.parametrize("code", [*range(9), *range(11, 32), *range(127, 160), 0x61C, 0x200E, 0x200F, 0x2028, 0x2029,
                                  *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xD800, 0xDFFF])  # fmt: skip
def test_each_character_that_steers_is_replaced(code: int) -> None:
    """C0 but tab and line feed, DEL, C1, the bidirectional controls, line separators and lone surrogates."""
    assert clean(f"a{chr(code)}b") == "a\ufffdb"


def test_what_people_write_stays() -> None:
    """Languages of Europe and beyond, emoji with joiners, tabs and line feeds."""
    text = "Žluťoučký kůň\tμάθημα\nשלום 👩\u200d🚒 ’–…"
    assert clean(text) == text


def test_a_lone_surrogate_does_not_end_a_check(tmp_path: Path) -> None:
    """YAML can spell half a character; JSON and pages cannot hold it."""
    folder = body("ghent", tmp_path)
    edit(folder / POLICY, "title: TikTok off devices the city pays for", 'title: "half \\ud83d"')
    done = run("check", folder, "--as-of", DAYS["ghent"], "--json")
    if done.code != 3:  # refused as a value, or shown without the half
        assert done.code == 1
        assert json.loads(done.out)["policies"][0]["title"].startswith("half ")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-16"])
def test_no_locale_breaks_a_verb(encoding: str, tmp_path: Path) -> None:
    """On a terminal that knows no dash or ellipsis, words and JSON come as UTF-8."""
    folder = body("ghent", tmp_path)
    edit(folder / "ordinance.toml", '"City of Ghent"', '"Ville de Gand – Stad Gent …é"')
    words = process("check", folder, "--as-of", DAYS["ghent"], PYTHONIOENCODING=encoding)
    data = process("check", folder, "--as-of", DAYS["ghent"], "--json", PYTHONIOENCODING=encoding)
    assert words.code == data.code == 1
    assert words.out.startswith("Ville de Gand – Stad Gent …é")
    assert json.loads(data.out)["body"]["name"] == "Ville de Gand – Stad Gent …é"


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    """`| head -1` closes the pipe: no message, no trace, and not the exit code of unusable input."""
    folder = body("ghent", tmp_path)
    running = start("plan", folder, "--as-of", DAYS["ghent"], "--all", "--json")
    assert running.stdout and running.stderr
    running.stdout.read(10)
    running.stdout.close()
    assert running.stderr.read() == b""
    assert running.wait(timeout=60) not in {3, 70}
    running.stderr.close()


def test_progress_is_for_a_terminal_only(tmp_path: Path) -> None:
    """In a pipe or a job's log nobody watches; on a terminal each source is named while it is read."""
    folder = body("ghent", tmp_path)
    assert "reading" not in process("check", folder, "--as-of", DAYS["ghent"]).err
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", PROGRAM, "check", str(folder), "--as-of", DAYS["ghent"]]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=theirs, check=False, timeout=60)
    os.close(theirs)
    assert done.returncode == 1
    assert b"reading dns-townhall" in os.read(ours, 10_000)
    os.close(ours)


def test_a_device_full_of_nothing_is_said(tmp_path: Path) -> None:
    """A report that cannot be written: exit 3, with the file, and no trace."""
    folder = body("diest", tmp_path)
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "inside").mkdir()
    done = run("check", folder, "--as-of", DAYS["diest"], "--html", tmp_path / "page")
    assert done.code == 3 and "[cannot-read-or-write]" in done.err
