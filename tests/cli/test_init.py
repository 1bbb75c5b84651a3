# SPDX-License-Identifier: EUPL-1.2
"""`ordinance init`: from options alone, or from questions on a terminal."""

from __future__ import annotations

import json
import os
import pty
import select
import time
from pathlib import Path

import pytest

from cli.shell import run, start, tree
from ordinance.cli.init import _slug
from ordinance.model.ruling import Outcome

FLAGS = ["--id", "my-city", "--name", "My city", "--time-zone", "Europe/Brussels", "--as-of", "2026-03-02"]


def test_options_alone(tmp_path: Path) -> None:
    """The files on stdout with what to fill in; the lint's warnings and the next steps on stderr."""
    folder = tmp_path / "city"
    done = run("init", folder, *FLAGS, "--mirrors", "be-federal-716", "--no-input")
    assert done.code == 0
    assert f"{folder}/ordinance.toml\n" in done.out and "\nwhat to fill in\n" in done.out
    assert "  estate/devices.csv: a row a device" in done.out
    assert "[never-in-force]" in done.err and f"ordinance lint {folder}" in done.err
    assert run("lint", folder).code == 0
    assert run("rulings", folder, "--as-of", "2026-03-02").code == 0
    assert run("test", folder).code == 0
    assert run("due", folder, "--as-of", "2026-03-02").code == 0


def test_a_group_that_nobody_addresses_is_said(tmp_path: Path) -> None:
    """A slip would leave every rule and every advice to the body's like without effect, in silence."""
    done = run("init", tmp_path / "city", *FLAGS, "--group", "be-municipalitie", "--group", "be-provinces")
    assert done.code == 0
    assert 'warning: no authority of the library addresses "be-municipalitie"  [unknown-group]' in done.err
    assert 'did you mean "be-municipalities"?' in done.err and "be-provinces" not in done.err
    written = json.loads(run("init", tmp_path / "other", *FLAGS, "--group", "ours", "--json").out)
    assert [w["id"] for w in written["warnings"]] == ["unknown-group"]


def test_the_rule_holds_when_somebody_writes_its_day(tmp_path: Path) -> None:
    """One stage and one row later, a device is ruled on; the first test then shows that its answer has changed."""
    folder = tmp_path / "city"
    run("init", folder, *FLAGS, "--mirrors", "be-federal-716")
    policy = folder / "policies" / "my-city-2026.yaml"
    text = policy.read_text("utf-8")
    policy.write_text(text.replace("  # - {state: in_force", "  - {state: in_force"), "utf-8")
    with (folder / "estate" / "devices.csv").open("a", encoding="utf-8") as file:
        head = (folder / "estate" / "devices.csv").read_text("utf-8").strip().split(",")
        stated = {"device": "d-1", "owner": "body", "holder": "p-1", "valid_from": "2026-01-01"}
        file.write(",".join(stated.get(column, "") for column in head) + "\n")
    with (folder / "estate" / "people.csv").open("a", encoding="utf-8") as file:
        file.write("p-1,staff,,2026-01-01,\n")
    explained = run("explain", folder, "--device", "d-1", "--as-of", "2026-03-03")
    assert "FORBIDDEN by my-city-2026/our-devices" in explained.out
    failed = run("test", folder)
    assert failed.code == 1 and f"found {Outcome.FORBIDDEN}" in failed.out


def test_json(tmp_path: Path) -> None:
    """The same as one object."""
    document = json.loads(run("init", tmp_path / "city", *FLAGS, "--json").out)
    assert document["folder"] == str(tmp_path / "city")
    assert {*document["files"]} == {*tree(tmp_path / "city")}
    assert "ordinance.toml" in {t["file"] for t in document["fill_in"]}


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ([], 2, "missing: --id, --name, --time-zone"),
        (["--id", "a"], 2, "missing: --name, --time-zone"),
        ([*FLAGS, "--evidence", "none", "--evidence", "sample"], 2, "give it alone"),
        ([*FLAGS, "--as-of", "2026-02-30"], 2, "2026-02-30"),
        ([*FLAGS, "--mirrors", "be-federal-761"], 3, 'did you mean "be-federal-716"?'),
        ([*FLAGS, "--time-zone", "Brussels"], 3, '--time-zone: "Brussels" is not an IANA time zone  ['),
        ([*FLAGS, "--id", "a/b"], 3, '--id: "a/b" is no id  [bad-id]'),
        ([*FLAGS, "--evidence", "inventory"], 3, "[no-legal-basis]"),
        ([*FLAGS, "--language", "Dutch"], 3, '--language: "Dutch" is no language code  [bad-language]'),
    ],
)
def test_what_cannot_be_used(options: list[str], code: int, words: str, tmp_path: Path) -> None:
    """Misuse is 2, an answer that cannot be used is 3; nothing is made and nothing stands on stdout."""
    done = run("init", tmp_path / "city", *options)
    assert (done.code, done.out) == (code, "") and words in done.err
    assert not (tmp_path / "city").exists()


def test_a_second_time_it_says_what_is_there(tmp_path: Path) -> None:
    """Every file by name, and not one is touched."""
    folder = tmp_path / "city"
    run("init", folder, *FLAGS)
    before = tree(folder)
    done = run("init", folder, *FLAGS)
    assert (done.code, done.out) == (3, "")
    assert done.err.count("[file-exists]") == len(before)
    assert tree(folder) == before


def test_an_authority_of_the_library_needs_no_zone(tmp_path: Path) -> None:
    """The library says in which zone its days begin."""
    assert run("init", tmp_path / "ria", "--id", "ee-ria", "--name", "RIA").code == 0
    assert 'time_zone = "Europe/Tallinn"' in (tmp_path / "ria" / "ordinance.toml").read_text("utf-8")


def _answer(folder: Path, answers: list[str]) -> tuple[int, str]:
    """Exit code and what was asked of a person on a terminal who gives these answers."""
    ours, theirs = pty.openpty()
    done = start("init", folder, stdin=theirs)
    os.close(theirs)
    assert done.stderr and done.stdout
    said, end = b"", time.monotonic() + 60
    for answer in answers:
        while not said.endswith(b": ") and time.monotonic() < end:
            if select.select([done.stderr], [], [], 1)[0]:
                said += os.read(done.stderr.fileno(), 4096)
        os.write(ours, answer.encode() + b"\n")
        said += b"|"
    _, rest = done.communicate(timeout=60)
    os.close(ours)
    return done.returncode, (said + rest).decode()


def test_questions_on_a_terminal(tmp_path: Path) -> None:
    """Defaults come from earlier answers; one that cannot be used is asked for again, with a hint."""
    folder = tmp_path / "my-town"
    answers = ["Ville de Liège", "", "Brussels", "Europe/Brussels", "BE", "fr nl", "be-municipalities",
               "be-federal-761", "be-federal-716", "", "inventory", "", "GDPR art. 6(1)(e)"]  # fmt: skip
    code, said = _answer(folder, answers)
    assert code == 0, said
    assert "[my-town]" in said and "[ville-de-liege]" in said
    assert 'did you mean "be-federal-716"?' in said and "is not an IANA time zone" in said
    settings = (folder / "ordinance.toml").read_text("utf-8")
    assert 'id = "ville-de-liege"' in settings and 'languages = ["fr", "nl"]' in settings
    assert 'purpose = "rule_compliance"' in settings and 'evidence_allowed = ["inventory"]' in settings
    assert (folder / "policies").is_dir() and run("lint", folder).code == 0


@pytest.mark.parametrize(
    ("name", "slug"), [("City of Ghent", "city-of-ghent"), ("Žďár nad Sázavou", "zdar-nad-sazavou"), ("Ελλάδα", "")]
)
def test_an_id_is_proposed_from_the_name(name: str, slug: str) -> None:
    """In plain letters; none where the name has none."""
    assert _slug(name) == slug
