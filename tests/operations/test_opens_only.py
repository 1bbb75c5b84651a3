# SPDX-License-Identifier: EUPL-1.2
"""`evidence_allowed` decides what is opened: the interpreter itself says which files were, and which folders listed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import chain, combinations
from pathlib import Path

import pytest

from cli.shell import body, start

from .canaries import INVENTORIES, LEASES, LOGS, plant

AT = "2023-04-10"
RULE = "gent-2023-tiktok"
INVENTORY, NETWORK, OTHERS = "inventory", "network_device", ("network_aggregate", "attestation", "sample")
PARTS = ((INVENTORY,), (NETWORK,), OTHERS)
SUBSETS = [tuple(chain(*some)) for n in range(len(PARTS) + 1) for some in combinations(PARTS, n)]

# Runs commands one after the other and tells of each how it ended, what it opened and what it listed.
WATCHED = """
import json, os, sys
from click.testing import CliRunner
from ordinance.cli.main import cli
seen = []
def note(event, arguments):
    if event in ("open", "os.listdir", "os.scandir"):
        seen.append([event, os.fspath(arguments[0]) if isinstance(arguments[0], (str, os.PathLike)) else ""])
sys.addaudithook(note)
told = []
for command in json.loads(sys.argv[1]):
    seen.clear()
    done = CliRunner().invoke(cli, command)
    told.append([done.exit_code, [*seen]])
print(json.dumps(told))
"""


def watched(*commands: list[str]) -> list[tuple[int, set[str], set[str]]]:
    """Of each command: its exit code, the files it opened, the folders it listed."""
    running = start(json.dumps(commands), program=WATCHED)
    out, err = running.communicate(timeout=300)
    assert running.returncode == 0, err.decode()
    told = json.loads(out)
    return [
        (code, {p for e, p in seen if e == "open"}, {p for e, p in seen if e != "open"}) for code, seen in told
    ]


def allow(folder: Path, kinds: tuple[str, ...]) -> None:
    """Set the body's `evidence_allowed`."""
    settings = folder / "ordinance.toml"
    text = settings.read_text("utf-8")
    settings.write_text(re.sub(r"evidence_allowed = \[.*\]", f"evidence_allowed = {json.dumps(kinds)}", text), "utf-8")


def within(folder: Path, paths: set[str]) -> set[str]:
    """The sources' files among some paths."""
    every = {str(folder / one.file): one.file for one in (*LOGS, *LEASES, *INVENTORIES)}
    return {every[p] for p in paths if p in every}


def files_of(kinds: tuple[str, ...]) -> set[str]:
    """What may be opened where these kinds are allowed: logs of devices with the leases they name, and inventories."""
    logs = {one.file for one in (*LOGS, *LEASES)} if NETWORK in kinds else set()
    return logs | ({one.file for one in INVENTORIES} if INVENTORY in kinds else set())


@pytest.mark.slow
@pytest.mark.parametrize("kinds", SUBSETS, ids=lambda k: "+".join(k) or "nothing")
def test_a_check_opens_what_is_allowed_and_nothing_else(kinds: tuple[str, ...], tmp_path: Path) -> None:
    """All that is allowed is opened, nothing else is, and the folders of what is not are not even listed."""
    folder = body("ghent", tmp_path)
    plant(folder)
    allow(folder, kinds)
    individual = ["--individual"] if {INVENTORY, NETWORK} & {*kinds} else []
    found = watched(
        ["check", str(folder), "--as-of", AT],
        ["check", str(folder), "--as-of", AT, "--json", "--html", str(tmp_path / "page.html"), *individual],
    )
    for code, opened, listed in found:
        assert code in {0, 1, 4}
        assert within(folder, opened) == files_of(kinds)
        folders = {str(Path(folder / one.file).parent) for one in (*LOGS, *LEASES, *INVENTORIES)}
        may = {str((folder / name).parent) for name in files_of(kinds)}
        assert listed & folders == may


def verbs(folder: Path, away: Path) -> Mapping[str, list[str]]:
    """The verbs that are no check, each as a user calls it."""
    at = ["--as-of", AT]
    return {
        "lint": ["lint", str(folder), *at],
        "rulings": ["rulings", str(folder), *at],
        "explain": ["explain", str(folder), *at, "--device", "gp-001"],
        "due": ["due", str(folder), *at],
        "plan": ["plan", str(folder), *at],
        "build": ["build", str(folder), *at],
        "bundle": ["bundle", "show", str(folder)],
        "sheet": ["targets", "sheet", str(folder), *at],
        "sources": ["sources", "list"],
        "report": ["report", str(folder), "--out", str(away / "report.html")],
        "effect": ["effect", RULE, str(folder), *at],
        "evaluate": ["evaluate", RULE, str(folder), *at],
        "cascade": ["cascade", str(folder), *at],
        "channels": ["channels", str(folder), *at],
        "campaigns": ["campaigns", str(folder), *at],
    }


@pytest.mark.slow
def test_no_other_verb_opens_a_source(tmp_path: Path) -> None:
    """All evidence is allowed and a run is there: only a check opens logs, leases and inventories."""
    folder = body("ghent", tmp_path)
    plant(folder)
    every = verbs(folder, tmp_path)
    (checked, *others) = watched(["check", str(folder), "--as-of", AT], *every.values())
    assert within(folder, checked[1]) == files_of((INVENTORY, NETWORK))
    for name, (code, opened, _) in zip(every, others, strict=True):
        assert code != 70 and opened, name
        assert within(folder, opened) == set(), name
    ran = {name: code for name, (code, _, _) in zip(every, others, strict=True)}
    assert {n for n, code in ran.items() if code in {0, 1, 4}} >= {
        "lint", "rulings", "explain", "due", "plan", "build", "sources", "report", "effect", "evaluate", "sheet",
    }, ran  # fmt: skip


@pytest.mark.slow
def test_what_is_no_longer_allowed_is_not_opened_for_a_run_that_had_it(tmp_path: Path) -> None:
    """A run was kept while all was allowed; when nothing is, it is shown again and no source is opened for it."""
    folder = body("ghent", tmp_path)
    plant(folder)
    (before,) = watched(["check", str(folder), "--as-of", AT])
    assert before[0] == 1 and within(folder, before[1])
    allow(folder, ())
    every = verbs(folder, tmp_path)
    again = ["check", str(folder), "--as-of", AT]
    for code, opened, _ in watched(every["report"], every["effect"], every["evaluate"], again):
        assert code in {0, 1, 4}
        assert within(folder, opened) == set()
