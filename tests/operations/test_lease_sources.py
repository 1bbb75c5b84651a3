# SPDX-License-Identifier: EUPL-1.2
"""Leases from a source of their own: the check says the same as with those in the log, and opens nothing in vain."""

from __future__ import annotations

import json
import os
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import bodies
from cli.shell import body, edit, run
from ordinance.operations.workspace import open_workspace
from readers.samples import BRUSSELS

AT = "2023-04-10"
ACK = re.compile(r"(\w{3} [ \d]\d [\d:]{8}) dnsmasq-dhcp\[\d+\]: \d+ DHCPACK\(\w+\) ([\d.]+) ([0-9a-f:]{17})")
HEADER = (
    "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id\n"
)
LEASE_S = 12 * 3600  # what the log of this example says that its dnsmasq grants
KEA = '\n[[sources]]\nid = "kea"\nreader = "kea-leases"\nfiles = ["leases/*.csv"]\n'
YEAR = "year = 2023\n"
NAMED = YEAR + 'leases = ["kea"]\n'


def leases_elsewhere(folder: Path, *, named: bool) -> Path:
    """Take the DHCP lines of Ghent out of its log, and write what they say into a lease file of Kea's."""
    rows = []
    for log in sorted((folder / "logs").glob("*.log")):
        lines = log.read_text("utf-8").split("\n")
        for stamp, address, mac in (found.groups() for line in lines if (found := ACK.match(line))):
            at = datetime.strptime(f"2023 {stamp}", "%Y %b %d %H:%M:%S").replace(tzinfo=BRUSSELS)
            rows.append(f"{address},{mac},,{LEASE_S},{int(at.timestamp()) + LEASE_S},1,0,0,,0,,0\n")
        kept = ["" if " dnsmasq-dhcp[" in line else line for line in lines]  # the others keep their numbers
        log.write_text("\n".join(kept), "utf-8")
    assert len(rows) > 50
    (folder / "leases").mkdir()
    (folder / "leases" / "kea-leases4.csv").write_text(HEADER + "".join(rows), "utf-8")
    settings = folder / "ordinance.toml"
    settings.write_text(settings.read_text("utf-8") + KEA, "utf-8")
    if named:
        edit(settings, YEAR, NAMED)
    return folder


def checked(folder: Path) -> dict[str, Any]:
    """The document of a check, without what says which bytes were read."""
    done = run("check", folder, "--as-of", AT, "--individual", "--json")
    assert done.code in {1, 4}, done.err
    found: dict[str, Any] = json.loads(done.out)
    del found["run"]
    return found


def accounted(document: dict[str, Any]) -> list[str]:
    """The sources of which an account stands in a document."""
    return [one["source"] for one in document["accounting"]]


def test_leases_of_another_source_give_the_same_check(tmp_path: Path) -> None:
    """Results, findings, devices, coverage and contacts are those of the log that has its own leases in it."""
    folder = body("ghent", tmp_path)  # one folder, so that pseudonyms are the same
    within, elsewhere = checked(folder), checked(leases_elsewhere(folder, named=True))
    assert accounted(elsewhere) == [*accounted(within), "kea"]
    (leases,) = [one for one in elsewhere["accounting"] if one["source"] == "kea"]
    assert leases["rejected"] == 0 and leases["dropped"] > 50
    del within["accounting"], elsewhere["accounting"]
    assert any(f["kind"] == "app_traffic" and f["device"] for f in within["findings"])
    assert elsewhere == within


def test_a_log_that_names_no_source_of_leases_names_nobody(tmp_path: Path) -> None:
    """The lease file lies there, and no finding of traffic has a device."""
    found = checked(leases_elsewhere(body("ghent", tmp_path), named=False))
    assert "kea" not in accounted(found)
    traffic = [f for f in found["findings"] if f["kind"] == "app_traffic"]
    assert traffic and not any(f["device"] for f in traffic)


def unopened(folder: Path) -> None:
    """Put a pipe that nobody writes to in the lease file's place: to open it would hang."""
    (folder / "leases" / "kea-leases4.csv").unlink()
    os.mkfifo(folder / "leases" / "kea-leases4.csv")


def test_a_source_that_no_log_names_is_not_opened_and_lint_says_so(tmp_path: Path) -> None:
    """Nothing hangs and nothing complains of the file; a warning stands at the table."""
    folder = leases_elsewhere(body("ghent", tmp_path), named=False)
    unopened(folder)
    assert "kea" not in accounted(checked(folder))
    said = run("lint", folder)
    line = (folder / "ordinance.toml").read_text("utf-8").split("\n").index('id = "kea"') + 1
    assert f"ordinance.toml:{line}:" in said.err + said.out
    assert "[unnamed-lease-source]" in said.err + said.out


def test_leases_are_not_opened_where_no_evidence_of_devices_in_the_network_is_allowed(tmp_path: Path) -> None:
    """The log may not be read, and so neither may who held the addresses in it."""
    folder = leases_elsewhere(body("ghent", tmp_path), named=True)
    unopened(folder)
    edit(folder / "ordinance.toml", '["inventory", "network_device"]', '["inventory"]')
    assert accounted(checked(folder)) == ["mdm", "intune"]


@pytest.mark.parametrize(
    ("old", "new", "issue"),
    [
        pytest.param('leases = ["kea"]', 'leases = ["keas"]', "unknown-lease-source", id="no such source"),
        pytest.param('leases = ["kea"]', 'leases = ["mdm"]', "unknown-lease-source", id="an inventory"),
        pytest.param('files = ["leases/*.csv"]', 'network = "staff"', "setting-without-use", id="a network"),
        pytest.param('files = ["leases/*.csv"]', 'canary = "a.example"', "setting-without-use", id="a canary"),
        pytest.param('preset = "intune"', 'leases = ["kea"]', "setting-without-use", id="leases of an inventory"),
        pytest.param('reader = "kea-leases"', 'reader = "dnsmasq-leases"', "no-lease-length", id="no length"),
    ],
)
def test_settings_of_leases_that_cannot_be_meant_are_located(old: str, new: str, issue: str, tmp_path: Path) -> None:
    """Each is told with file and line, and nothing is checked."""
    folder = leases_elsewhere(body("ghent", tmp_path), named=True)
    edit(folder / "ordinance.toml", old, new)
    done = run("check", folder, "--as-of", AT, "--json")
    found = [i for i in json.loads(done.out) if i["id"] == issue]
    lines = (folder / "ordinance.toml").read_text("utf-8").split("\n")
    assert done.code == 3
    assert [lines[i["line"] - 1] for i in found] == ["[[sources]]" if issue == "no-lease-length" else new]


@pytest.mark.parametrize(
    "command",
    [
        ("lint", "BODY"),
        ("due", "BODY", "--as-of", AT),
        ("plan", "BODY", "--as-of", AT),
        ("build", "BODY", "--as-of", AT),
        ("rulings", "BODY", "--as-of", AT),
        ("explain", "BODY", "--as-of", AT, "--device", "gp-001"),
        ("targets", "sheet", "BODY", "--as-of", AT),
        ("effect", "gent-2023-tiktok", "BODY", "--as-of", AT),
        ("evaluate", "gent-2023-tiktok", "BODY", "--as-of", AT),
    ],
    ids=lambda command: command[0],
)
def test_no_verb_takes_a_source_of_leases_for_a_log(command: tuple[str, ...], tmp_path: Path) -> None:
    """Each says of a body whose leases stand apart what it says of the same body without them."""
    said = []
    for name, is_apart in (("within", False), ("apart", True)):
        folder = body("ghent", tmp_path / name)
        if is_apart:
            leases_elsewhere(folder, named=True)
        done = run(*(str(folder) if c == "BODY" else c for c in command))
        said.append((done.code, done.out.replace(name, ""), done.err.replace(name, "")))
    assert said[0][0] in {0, 1, 4} and said[0] == said[1]


def test_the_report_names_the_source_of_leases_in_its_account(tmp_path: Path) -> None:
    """Whoever reads the page sees that leases were read."""
    folder = leases_elsewhere(body("ghent", tmp_path), named=True)
    assert run("check", folder, "--as-of", AT).code in {1, 4}
    page = tmp_path / "page.html"
    done = run("report", folder, "--out", page)
    assert done.code in {0, 1, 4}, done.err
    assert "kea" in re.findall(r">([a-z-]+)<", page.read_text("utf-8"))


def conditions(folder: Path) -> dict[str, str]:
    """What became of the conditions of Tallinn's separate devices."""
    opened = open_workspace(folder).usable()
    found = bodies.checked(opened, bodies.window(opened, bodies.truth_check("tallinn", "inside")))
    return {r.device: str(r.result) for r in found.results if r.duty is None}


@pytest.mark.parametrize("spoiled", ["gone", "unreadable"])
def test_without_its_leases_a_separate_device_has_met_no_condition(spoiled: str, tmp_path: Path) -> None:
    """It asks for internal names; take the lines away that say who it was, and nobody knows: that is not met."""
    folder = bodies.copy_body("tallinn", tmp_path)
    edit(folder / "ordinance.toml", "most_other_apps = 0", "most_other_apps = 99")
    for log in (folder / "logs").glob("*.log"):  # the app's own traffic would raise doubts by itself
        lines = log.read_text("utf-8").split("\n")
        log.write_text("\n".join("" if "tiktok" in line or "byte" in line else line for line in lines), "utf-8")
    whole = conditions(folder)
    assert sorted(whole.values()) == ["fail", "pass"]
    (breaks,) = [device for device, result in whole.items() if result == "fail"]
    (mac,) = [m for d in open_workspace(folder).estate.devices if d.id == breaks for m in d.macs]
    for log in (folder / "logs").glob("*.log"):
        lines = log.read_text("utf-8").split("\n")
        other = (
            line.replace(mac, "00:00:00") if spoiled == "unreadable" else "" if mac in line else line for line in lines
        )
        log.write_text("\n".join(other), "utf-8")
    assert conditions(folder)[breaks] == "unknown"
