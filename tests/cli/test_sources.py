# SPDX-License-Identifier: EUPL-1.2
"""`sources`: read by a person, as data, and pasted into ordinance.toml."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path

import pytest

from cli.shell import body, edit, run
from ordinance.readers import BUILTIN, LEASES

LOG = Path("logs/townhall-2023-03-28.log")


def table_of(words: str) -> str:
    """The `[[sources]]` tables among the words."""
    return "[[sources]]" + words.partition("[[sources]]")[2]


def test_the_list_names_every_reader() -> None:
    """One a line."""
    done = run("sources", "list")
    assert done.code == 0
    first = [line.split()[0] for line in done.out.splitlines()]
    assert first == ["reader", *sorted(r.id for r in BUILTIN), *sorted(r.id for r in LEASES)]
    assert {one["reader"] for one in json.loads(run("sources", "list", "--json").out)} == set(first[1:])


def test_a_log_is_told_in_a_table_and_as_data(tmp_path: Path) -> None:
    """The reader, how much it read, and the same as JSON."""
    log = body("ghent", tmp_path) / LOG
    done = run("sources", "detect", log)
    assert done.code == 0 and f"{log}: read by dnsmasq-log\n" in done.out
    assert "dnsmasq-log  100 %  1096     290      806         0" in done.out
    data = json.loads(run("sources", "detect", log, "--json").out)
    assert data["exit_code"] == 0
    (one,) = data["files"]
    assert (one["verdict"], one["readers"][0]["reader"], one["readers"][0]["records"]) == ("known", "dnsmasq-log", 1096)


def test_the_table_can_be_pasted_and_lint_asks_for_what_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is TOML; what a person has to fill in is no value yet, and with it the body can be checked."""
    ghent = body("ghent", tmp_path)
    monkeypatch.chdir(ghent)
    table = table_of(run("sources", "detect", LOG).out)
    (parsed,) = tomllib.loads(table)["sources"]
    assert (parsed["reader"], parsed["files"]) == ("dnsmasq-log", [str(LOG)])
    settings = ghent / "ordinance.toml"
    settings.write_text(settings.read_text("utf-8") + "\n" + table, "utf-8")
    refused = run("lint", ghent, "--as-of", "2023-04-10")
    assert refused.code == 3 and "year" in refused.out
    edit(settings, 'year = ""', "year = 2023")
    assert run("lint", ghent, "--as-of", "2023-04-10").code == 0


@pytest.mark.parametrize("kind", [*BUILTIN, *LEASES], ids=lambda r: r.id)
def test_the_table_of_every_reader_is_toml(kind: type, tmp_path: Path) -> None:
    """With its id, whatever has to be filled in, also where the file's name has quotes and brackets in it."""
    from operations.test_detecting import the_file

    path = tmp_path / f"[a] \"b\" {the_file(kind).name}"
    path.write_bytes(the_file(kind).read_bytes())
    (parsed,) = tomllib.loads(table_of(run("sources", "detect", path).out))["sources"]
    assert parsed["reader"] == kind.id  # type: ignore[attr-defined]  # every reader has one


def test_what_nobody_reads_says_what_comes_near(tmp_path: Path) -> None:
    """Exit 1; the reader, the reason and where it stands first, never the line."""
    log = tmp_path / "q.log"
    log.write_text("Mar 20 09:00:04 dnsmasq[9]: query[A] secretword.example from 192.0.2.7\n" * 3, "utf-8")
    done = run("sources", "detect", log)
    assert done.code == 1 and "no reader knows this format" in done.out
    assert "  dnsmasq-log: 3 × no-serial (first: line 1)\n" in done.out
    assert "secretword" not in done.out + done.err


def test_other_programs_lines_are_called_that(tmp_path: Path) -> None:
    """Nothing was rejected, and still it is no source."""
    log = tmp_path / "auth.log"
    log.write_text("Mar 20 09:00:04 gate sshd[8]: secretword\n" * 3, "utf-8")
    done = run("sources", "detect", log)
    assert done.code == 1 and "nothing in it is a record of its own" in done.out
    assert "secretword" not in done.out + done.err


def test_files_that_cannot_be_read_and_empty_ones_are_said(tmp_path: Path) -> None:
    """A pipe is not waited for."""
    pipe, empty = tmp_path / "pipe", tmp_path / "empty"
    os.mkfifo(pipe)
    empty.touch()
    done = run("sources", "detect", pipe, empty)
    assert done.code == 3
    assert f"{pipe}: the file cannot be read" in done.out and "[unreadable-file]" in done.err
    assert f"{empty}: the file is empty" in done.out


def test_without_a_file_the_command_is_misused() -> None:
    """Exit 2, as click has it."""
    assert run("sources", "detect").code == 2


def test_a_hostile_name_steers_no_terminal(tmp_path: Path) -> None:
    """Escapes and bidirectional marks in a file's name become U+FFFD."""
    path = tmp_path / "a\x1b[31m\u202e.log"
    path.write_text("secretword\n", "utf-8")
    done = run("sources", "detect", path)
    assert "\x1b" not in done.out + done.err and "\u202e" not in done.out + done.err
