# SPDX-License-Identifier: EUPL-1.2
"""`--json`: of every verb, valid, on stdout alone, and the same bytes every time and everywhere."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from bodies import BODIES
from cli.shell import DAYS, body, process, run
from ordinance.cli.main import cli

POLICY = {
    "ghent": "gent-2023-tiktok",
    "diest": "diest-2023-tiktok",
    "tallinn": "tallinn-2024-tiktok",
    "city-of-brussels": "brussels-2023-tiktok",
    "brussels-police-zone": "be-federal-716",
    "tartu": "ee-ria",
}
DEVICE = {
    "ghent": "op-001",
    "diest": "dp-001",
    "tallinn": "sd-001",
    "city-of-brussels": "bi-001",
    "brussels-police-zone": "zc-001",
    "tartu": "tp-003",
}


NEED_A_RUN = ("report", "findings", "reveal", "access", "erase")  # the last three need the key that a check makes


def _command(verb: str, name: str, folder: Path) -> list[str | Path]:
    """A verb with everything it needs."""
    day: list[str | Path] = ["--as-of", DAYS[name]]
    words: dict[str, list[str | Path]] = {
        "demo": ["demo", "--out", folder.parent / "demo"],
        "ledger": ["ledger", folder],
        "findings": ["findings", "list", folder, *day],
        "lint": ["lint", folder],
        "rulings": ["rulings", folder, *day],
        "explain": ["explain", folder, "--device", DEVICE[name], *day],
        "plan": ["plan", folder, *day],
        "build": ["build", folder, *day],
        "check": ["check", folder, *day],
        "read": ["read", "--body", folder, *day, "--out", folder.parent / "kept"],
        "due": ["due", folder, *day],
        "init": ["init", folder.parent / "new", "--id", name, "--name", name, "--time-zone", "UTC", *day],
        "test": ["test", folder],
        "report": ["report", folder, "--out", folder.parent / "page.html"],
        "airlock": ["airlock", "platforms"],
        "apps": ["apps", "tiktok"],
        "directives": ["directives"],
        "compare": ["compare", folder],
        "campaigns": ["campaigns", folder, *day],
        "cases": ["cases", folder, *day],
        "cascade": ["cascade", "be-federal-716", "--bodies", folder, *day],
        "effect": ["effect", POLICY[name], folder, *day],
        "evaluate": ["evaluate", POLICY[name], folder, *day],
        "channels": ["channels", "list", folder, *day],
        "device": ["device", "list", folder, *day],
        "access": ["access", folder, "--device", DEVICE[name], "--by", "privacy officer"],
        "erase": ["erase", folder, "--device", DEVICE[name], "--reason", "objection", "--by", "privacy officer"],
        "purge": ["purge", folder, *day],
        "reveal": ["reveal", folder, "dev-ABCD2345", "--reason", "case 12", "--by", "privacy officer"],
        "sources": ["sources", "list"],
        "targets": ["targets"],
        "privacy": ["privacy", folder, *day],
        "probe": ["probe", folder, "--resolver", "127.0.0.1:1", *day],  # nobody listens there
        "bundle": ["bundle", "show", folder / ".ordinance" / "bundle"],
    }
    return [*words[verb], "--json"]


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("verb", sorted(cli.commands.keys() - {"watch"}))  # which says a value a line (test_watch)
def test_every_verb_gives_the_same_json_twice(verb: str, name: str, tmp_path: Path) -> None:
    """All of stdout is one JSON value; said again it is the same, byte for byte."""
    folder = body(name, tmp_path)
    if verb in NEED_A_RUN:
        run("check", folder, "--as-of", DAYS[name])
    if verb == "bundle":
        run("build", folder, "--as-of", DAYS[name])
    first = run(*_command(verb, name, folder))
    shutil.rmtree(folder.parent / "new", ignore_errors=True)  # what `init` made: it never writes over it
    shutil.rmtree(folder.parent / "kept", ignore_errors=True)  # what is kept is not read again, which is said
    second = run(*_command(verb, name, folder))
    assert json.loads(first.out) or verb in {"lint", "compare", "cases", "read"}
    if verb == "build":  # the first adds what the second finds there
        first = run(*_command(verb, name, folder))
    if verb in {"access", "erase"}:  # so does the note beside the ledger
        first, second = second, run(*_command(verb, name, folder))
        # who asks is written into the ledger, which the second says
        said = [{k: v for k, v in json.loads(one.out).items() if k != "ledger"} for one in (first, second)]
        assert said[0] == said[1] and first.code == second.code
        return
    assert (first.code, first.out) == (second.code, second.out)


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["rulings", "explain", "plan", "check", "lint", "apps", "directives", "compare"])
def test_no_machine_changes_a_byte(verb: str, tmp_path: Path) -> None:
    """Another order of sets, another clock zone, another locale, another folder, with one key: the same bytes."""
    said = []
    key = tmp_path / "pseudonym.key"
    key.write_bytes(b"k" * 32)
    key.chmod(0o600)
    for n, (seed, zone, locale) in enumerate([("0", "UTC", "C.UTF-8"), ("4711", "Pacific/Kiritimati", "C")]):
        folder = body("ghent", tmp_path / str(n))
        machine = {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "PYTHONUTF8": "0"}
        said.append(process(*_command(verb, "ghent", folder), **machine, ORDINANCE_KEY_FILE=str(key)))
    assert said[0] == said[1]
    assert json.loads(said[0].out) or verb == "lint"


def test_the_report_gives_back_the_kept_run(tmp_path: Path) -> None:
    """`report --json` is what `check --json` said, and the page what `check --html` wrote."""
    folder = body("ghent", tmp_path)
    checked = run("check", folder, "--as-of", DAYS["ghent"], "--json", "--html", tmp_path / "one.html")
    again = run("report", folder, "--out", tmp_path / "two.html", "--json")
    assert (again.code, again.out) == (0, checked.out)
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_words_and_data_are_the_same_run(tmp_path: Path) -> None:
    """The table says the sentence and the counts of the JSON, and exits alike."""
    folder = body("ghent", tmp_path)
    words = run("check", folder, "--as-of", DAYS["ghent"])
    data = run("check", folder, "--as-of", DAYS["ghent"], "--json")
    summary = json.loads(data.out)["summary"]
    assert words.code == data.code == summary["exit_code"] == 1
    assert summary["sentence"] in words.out
    row = next(re.split(" {2,}", line) for line in words.out.splitlines() if line.startswith("remove "))
    counts = summary["by_duty"]["remove"]
    said = {0: "0", 1: "some", 10: "at least 10"}  # lower ends of bands
    assert row[1:] == [said[counts[k]] for k in ("pass", "fail", "unknown", "notchecked", "notapplicable", "error")]
