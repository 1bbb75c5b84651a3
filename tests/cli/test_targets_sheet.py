# SPDX-License-Identifier: EUPL-1.2
"""`targets sheet`: read by a person, and the same as data."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from bodies import BODIES
from cli.shell import DAYS, body, edit, run

NETWORK_RULE = """restrictions:
  - {id: networks, force: binding, what: [{family: tiktok}], surfaces: [network], networks: [work],
     duties: {block_traffic: at_once}}
"""


def shown(name: str, folder: Path, *more: str) -> str:
    """The words of a body's sheet."""
    done = run("targets", "sheet", body(name, folder), "--as-of", DAYS[name], *more)
    assert done.code == 0, done.err
    return done.out


def data(folder: Path, day: str) -> Any:
    """The sheet of a folder as JSON."""
    done = run("targets", "sheet", folder, "--as-of", day, "--json")
    assert done.code == 0, done.err
    return json.loads(done.out)


def lines_of(text: str, group: str) -> list[str]:
    """The lines of a group of devices, its heading first."""
    blocks = [b.splitlines() for b in text.split("\n\n")]
    return next(b for b in blocks if b[0].startswith(group))


def test_the_help_begins_with_an_example_that_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copied as it stands, beside the examples."""
    text = run("targets", "sheet", "--help").out
    found = re.search(r"\A[^\n]+\n\n  Show [^\n]+\n(?:  [^\n]+\n)*\n  Example:\n    ordinance ([^\n]+)\n", text)
    assert found
    (tmp_path / "examples").mkdir()
    body("ghent", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    done = run(*shlex.split(found[1]))
    assert done.code == 0 and "what can be enforced on which device" in done.out


def test_the_part_paid_own_phone_is_attested_only(tmp_path: Path) -> None:
    """Ghent's case: what is on an own iPhone whose subscription the city pays in part can only be attested."""
    rows = lines_of(shown("ghent", tmp_path), "ios, own, enrolled by its user, paid in part")
    assert rows[0].endswith("staff: 5 device(s)")
    on_it = next(r for r in rows if "app: on the device" in r)
    assert "attest only" in on_it and "evidence_allowed has no attestation" in on_it and "block" not in on_it
    away = next(r for r in rows if "mobile data" in r and "app: its traffic" in r)
    assert "attest only" in away and "dns-rpz" not in away


def test_on_mobile_data_the_office_neither_sees_nor_blocks(tmp_path: Path) -> None:
    """Said in words beneath each group of phones, the body's own too."""
    for group in ("android, the body's", "ios, own"):
        rows = lines_of(shown("ghent", tmp_path / group[:3]), group)
        assert any("on mobile data and other networks it is not asked: it neither sees nor blocks" in r for r in rows)


def test_what_is_set_up_is_told_from_what_is_possible(tmp_path: Path) -> None:
    """Ghent has a resolver and an inventory; taking an app off its telephones is possible by hand, and not set up."""
    rows = lines_of(shown("ghent", tmp_path), "android, the body's, managed, staff")
    on_it = next(r for r in rows if "app: on the device" in r)
    assert re.search(r"detect: mdm \[\d+\] +block, by hand \[\d+\]$", on_it)
    office = next(r for r in rows if "in the office" in r)
    assert re.search(r"block: dns-rpz \(1 of 4 apps\) \[\d+\]; detect: dns-townhall", office)


def test_each_number_leads_to_a_document_with_its_date(tmp_path: Path) -> None:
    """Every reference of the tables is explained once, in order, and what cites a document names version and day."""
    text = shown("ghent", tmp_path, "--all")
    tables, means = text.split("\n\n[1] ", maxsplit=1)
    used = {int(n) for n in re.findall(r"\[(\d+)\]", tables)}
    explained = [1, *(int(n) for n in re.findall(r"^\[(\d+)\] ", means, re.MULTILINE))]
    assert explained == list(range(1, len(explained) + 1))
    assert used == set(explained)
    assert re.search(r"Android Management API, .*\(revision 20261104; read 2026-11-26\)\n +https://", means)


def test_by_decision_nothing_is_read(tmp_path: Path) -> None:
    """Diest: blocked in the office, and everywhere else not at all, by decision; nothing is detected or attested."""
    text = shown("diest", tmp_path)
    assert "nothing about devices is read, by decision of general director" in text
    tables = text.split("\n\n[1] ")[0]
    assert "not at all, by decision" in tables
    assert not re.search(r"^  (app|web).*(detect|attest)", tables, re.MULTILINE)


def test_the_separate_device_is_exempt(tmp_path: Path) -> None:
    """Tallinn's telephones for the channel; where the resolver blocks for others, it says that it hits them too."""
    folder = body("tallinn", tmp_path)
    own = "android, the body's, supervised, use separate"
    sheet = ("targets", "sheet", folder, "--as-of", DAYS["tallinn"])
    rows = lines_of(run(*sheet).out, own)
    assert all("exempt by channel-devices" in r for r in rows[2:4]) and "hits it" not in "".join(rows)
    edit(next((folder / "policies").glob("*.yaml")), "    duties: {", "    duties: {block_traffic: at_once, ")
    rows = lines_of(run(*sheet).out, own)
    assert any("dns-rpz hits it all the same" in r for r in rows)


def test_without_a_target_nothing_is_blocked(tmp_path: Path) -> None:
    """The police zone configures none: its sheet says so, and names what would."""
    text = shown("brussels-police-zone", tmp_path, "--all")
    assert "no target is configured" in text
    assert not re.search(r"block: ", text.split("\n\n[1] ")[0])
    assert "block, with a target [" in text


def test_only_what_is_configured_is_said_of_this_body(tmp_path: Path) -> None:
    """Taking the target out of Ghent's settings takes its block out of every answer, and leaves what is possible."""
    folder = body("ghent", tmp_path)
    before = data(folder, DAYS["ghent"])
    settings = (folder / "ordinance.toml").read_text("utf-8")
    head, _, rest = settings.partition("[[targets]]")
    (folder / "ordinance.toml").write_text(head + "[[accepted]]" + rest.partition("[[accepted]]")[2], "utf-8")
    after = data(folder, DAYS["ghent"])
    assert "block" in {a["here"] for g in before["groups"] for a in g["answers"]}
    assert "block" not in {a["here"] for g in after["groups"] for a in g["answers"]}
    best = [[(a["surface"], a["best"]) for a in g["answers"]] for g in before["groups"]]
    assert {b for rows in best for _, b in rows} == {a["best"] for g in after["groups"] for a in g["answers"]}


def test_what_no_rule_asks_for_is_said_to_be_unasked(tmp_path: Path) -> None:
    """With --all, an inventory is not said to detect what no rule in force is about."""
    for group in data(body("ghent", tmp_path), DAYS["ghent"])["groups"]:
        for cell in group["answers"]:
            if cell["best"] in {"not_on_platform", "exempt"} or group["asked"].get(cell["surface"]):
                continue
            assert not [u for u in cell["in_use"] if u["act"] == "detect"]
            assert cell["why_no_more"] == (None if cell["here"] == "block" else "not_asked")
    assert "not at all: no rule asks for it" in run("targets", "sheet", tmp_path / "ghent", "--all").out


def test_a_rule_about_networks_asks_for_whoever_is_there(tmp_path: Path) -> None:
    """Devices that no rule is about are hit on such a network, and the sheet says which rule asks for that."""
    folder = body("ghent", tmp_path)
    policy = next((folder / "policies").glob("*.yaml"))
    edit(policy, "restrictions:\n", NETWORK_RULE)
    hit = [
        u
        for group in data(folder, DAYS["ghent"])["groups"]
        for cell in group["answers"]
        for u in cell["in_use"]
        if u["act"] == "block" and not group["asked"].get(cell["surface"])
    ]
    assert hit and all(u["for_network"] for u in hit)
    text = run("targets", "sheet", folder, "--as-of", DAYS["ghent"]).out
    assert "a rule about the network asks for it" in text and "(no rule asks for it" not in text


@pytest.mark.parametrize("name", BODIES)
def test_the_data_is_whole(name: str, tmp_path: Path) -> None:
    """Each answer of each group is explicit, and the facts and documents that it names are there, no more."""
    found = data(body(name, tmp_path), DAYS[name])
    named = set()
    for group in found["groups"]:
        for answer in group["answers"]:
            assert answer["best"] and answer["here"] and answer["connections"]
            named |= {*answer["possible"], *answer["cannot"], *answer["not_by_this"]}
            named |= {u["fact"] for u in answer["in_use"]}
    assert named == set(found["facts"])
    assert {d for f in found["facts"].values() for d in f["documents"]} == set(found["documents"])
    assert found["devices"] == sum(g["devices"] for g in found["groups"])
