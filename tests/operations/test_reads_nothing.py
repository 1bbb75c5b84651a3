# SPDX-License-Identifier: EUPL-1.2
"""Where no evidence is allowed, or no rule is in force, no source is opened: the interpreter says which files were."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from cli.shell import PROGRAM, body, edit, start

# Notes each path that this process opens, by the interpreter's own report of it.
WATCHED = f"""
import os, sys
opened = []
sys.addaudithook(lambda event, arguments: opened.append(str(arguments[0])) if event == "open" else None)
import atexit, json
folder = os.environ["FOLDER"]
atexit.register(lambda: sys.stderr.write("OPENED " + json.dumps(sorted({{o for o in opened if o.startswith(folder)}}))))
{PROGRAM}
"""

SOURCES = """
[[sources]]
id = "dns"
reader = "dnsmasq-log"
files = ["logs/*.log"]
network = "staff"
year = 2023

[[sources]]
id = "inventory"
reader = "inventory-csv"
preset = "ordinance"
files = ["inventory/*.csv"]
"""


def _opened(folder: Path, *command: str | Path) -> tuple[int, dict[str, object], set[str]]:
    """Exit code, the JSON and the files below `folder` that were opened."""
    running = start(*command, "--json", environment={"FOLDER": str(folder)}, program=WATCHED)
    out, err = running.communicate(timeout=60)
    names = json.loads(err.decode().partition("OPENED ")[2])
    return running.returncode, json.loads(out), {Path(n).relative_to(folder).parts[0] for n in names}


@pytest.fixture
def diest(tmp_path: Path) -> Path:
    """The body that checks nobody, with sources configured all the same; to open one would hang or be seen."""
    folder = body("diest", tmp_path)
    settings = (folder / "ordinance.toml").read_text("utf-8")
    (folder / "ordinance.toml").write_text(settings + SOURCES, "utf-8")
    for name in ("logs", "inventory"):
        (folder / name).mkdir()
    os.mkfifo(folder / "logs" / "a.log")
    os.mkfifo(folder / "inventory" / "devices-2023-04-20.csv")
    return folder


def test_nothing_about_devices_is_opened_where_no_evidence_is_allowed(diest: Path) -> None:
    """A log and an inventory lie there as pipes that nobody writes to: the check ends, and never opened them."""
    code, document, opened = _opened(diest, "check", diest, "--as-of", "2023-04-24")
    assert code == 0
    assert opened == {"ordinance.toml", "authorities.yaml", "policies", "answers", "estate", ".ordinance"}
    assert document["accounting"] == []
    run = document["run"]
    assert isinstance(run, dict)
    assert run["inputs"] == [] and run["watch_list"]["families"] == []


def test_the_report_says_who_decided_that(diest: Path) -> None:
    """Not checked is said with the name of the office, and who was told when; every result is `notchecked`."""
    _, document, _ = _opened(diest, "check", diest, "--as-of", "2023-04-24")
    summary, checking = document["summary"], document["checking"]
    assert isinstance(summary, dict) and isinstance(checking, dict)
    assert summary["sentence"] == "Not checked, by decision of the general director: nothing about devices is read."
    assert {k for k, n in summary["results"].items() if n} == {"notchecked"}
    assert checking["informed"] == [{"who": "staff and board members", "on": "2023-03-14", "how": "e-mail"}]


def test_the_same_sources_are_opened_where_they_are_allowed(diest: Path) -> None:
    """The counter-example, so that the watching itself is shown: allowed, the inventory is opened and read."""
    (diest / "inventory" / "devices-2023-04-20.csv").unlink()
    (diest / "inventory" / "devices-2023-04-20.csv").write_text("device,app_id,app_name,publisher,platform,seen\n")
    basis = 'purpose = "rule_compliance"\nlegal_basis = "invented"\nevidence_allowed = ["inventory"]'
    edit(diest / "ordinance.toml", "evidence_allowed = []", basis)
    with (diest / "ordinance.toml").open("a") as settings:
        settings.write('\n[retention]\nruns = "P6M"\nledger = "P1Y"\n')
    _, document, opened = _opened(diest, "check", diest, "--as-of", "2023-04-24")
    assert "inventory" in opened and "logs" not in opened
    accounting = document["accounting"]
    assert isinstance(accounting, list)
    assert [a["source"] for a in accounting] == ["inventory"]


@pytest.mark.parametrize("day", ["2023-03-12", "2023-09-28"])
def test_nothing_is_opened_while_no_rule_is_in_force(day: str, tmp_path: Path) -> None:
    """Ghent before its decision and after the six months: no rule, no watch list, no log opened."""
    folder = body("ghent", tmp_path)
    _, _, opened = _opened(folder, "check", folder, "--as-of", day)
    assert opened == {"ordinance.toml", "authorities.yaml", "policies", "estate", "findings", ".ordinance"}
    _, _, inside = _opened(folder, "check", folder, "--as-of", "2023-04-10")
    assert {"logs", "inventory"} <= inside
