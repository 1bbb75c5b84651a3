# SPDX-License-Identifier: EUPL-1.2
"""Controls that a rule asks for and nothing here has: counted exactly, failing nobody."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import bodies
from cli import shell
from ordinance.model.evidence import EvidenceKind
from ordinance.model.law import Duty
from ordinance.model.result import DutyResult, FindingKind, Result
from ordinance.operations.checking import CheckRun, run_check, window_of
from ordinance.operations.prevented import findings_of_controls, standing_controls
from ordinance.operations.workspace import open_workspace

ZONE = ZoneInfo("Europe/Brussels")
TRUTH = tomllib.loads((Path(__file__).parents[1] / "verify" / "truth_duties_apart.toml").read_text("utf-8"))
ABOUT = {"remove", "stop_using"}
TARGET = re.compile(r"\[\[targets\]\]\n(?:[^\[\n].*\n)*", re.MULTILINE)


def ghent(
    folder: Path,
    targets: Mapping[str, list[str]] | None = None,
    stated: tuple[str, ...] = (),
    row: Mapping[str, Any] = MappingProxyType({}),
) -> Path:
    """Ghent's body with other targets, networks and duties, and with a statement that a control is set on devices."""
    copy = bodies.copy_body("ghent", folder)
    settings = (copy / "ordinance.toml").read_text("utf-8")
    if targets is not None:
        settings, found = TARGET.subn("", settings)
        assert found == 1
        for target, networks in targets.items():
            zone = '\nsettings = { zone = "rpz.gent.example" }' if target == "dns-rpz" else ""
            settings += f'\n[[targets]]\nid = "{target}"\nnetworks = {networks}{zone}\n'
    with (copy / "estate" / "networks.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in row.get("networks", ()))
    if "without" in row:
        path = copy / "policies" / "gent-2023-tiktok.yaml"
        kept = [s for s in path.read_text("utf-8").splitlines(keepends=True) if row["without"] not in s]
        path.write_text("".join(kept), "utf-8")
    if stated:
        allowed = 'evidence_allowed = ["attestation", '
        settings, found = re.subn(r"^evidence_allowed = \[", allowed, settings, flags=re.MULTILINE)
        assert found == 1
        (copy / "attestations").mkdir()
        said = f"attestation: set\ndevices: [{', '.join(stated)}]\nwhat: [{{family: tiktok}}]\nstated: [control_set]\n"
        said += "by: IT operations\non: 2023-03-20\nlast_day: 2023-09-12\n"
        (copy / "attestations" / "set.yaml").write_text(said, "utf-8")
    (copy / "ordinance.toml").write_text(settings, "utf-8")
    return copy


def checked(folder: Path, as_of: str, *, until: str = "", exact: bool = True) -> CheckRun:
    """The check of the body on a day; with exact numbers as if its law asked for no notice before single devices."""
    workspace = open_workspace(folder).usable()
    body = workspace.body
    if exact:
        workspace = replace(workspace, body=replace(body, privacy=replace(body.privacy, profile="")))
    individual = exact and EvidenceKind.INVENTORY in body.checking.evidence_allowed
    at = datetime.fromisoformat(as_of).replace(tzinfo=ZONE)
    window = window_of(workspace, at, None, datetime.fromisoformat(until).replace(tzinfo=ZONE)) if until else None
    return run_check(workspace, at, window, individual=individual)


def without(run: CheckRun) -> Counter[str]:
    """Devices without a control, by duty."""
    found: Counter[str] = Counter()
    for one in run.document["findings"]:
        if one["kind"] == "control_missing":
            found[one["duty"]] += one["devices"]
    return found


@pytest.mark.parametrize("row", TRUTH["control"], ids=[r["name"] for r in TRUTH["control"]])
def test_the_table(row: Mapping[str, Any], tmp_path: Path) -> None:
    """As many devices as the table says have no control, and no result fails for it."""
    folder = ghent(tmp_path, row.get("targets"), tuple(row.get("stated", ())), row)
    run = checked(folder, row["as_of"], until=row.get("until", ""))
    assert {d: without(run)[d] for d in ("deny_install", "block_traffic")} == {
        d: row[d] for d in ("deny_install", "block_traffic")
    }
    assert {f["result"] for f in run.document["findings"] if f["kind"] == "control_missing"} <= {"unknown"}


NETWORK = """
policy: guests
version: "1"
title: TikTok off the network for guests
authority: gent
lifecycle: [{state: in_force, from: 2023-03-13}]
restrictions:
  - id: guest-network
    force: binding
    what: [{family: tiktok}]
    surfaces: [network]
    networks: [public]
    duties: {block_traffic: {within: P21D}}
    last_day: 2023-12-31
    at_sunset: lapse
"""


@pytest.mark.parametrize(
    ("networks", "as_of", "expected"),
    [
        (["staff"], "2023-04-10", [("no_target_on_network", 0, 1)]),
        (["guest"], "2023-04-10", []),
        (["staff"], "2023-03-20", []),
    ],
)
def test_a_rule_about_networks_asks_on_each_of_its_kind(
    networks: list[str], as_of: str, expected: list[tuple[str, int, int]], tmp_path: Path
) -> None:
    """A network of the kind on which nothing is blocked is counted, once the duty is due; devices are not meant."""
    folder = ghent(tmp_path, {"dns-rpz": networks})
    (folder / "policies" / "guests.yaml").write_text(NETWORK, "utf-8")
    found = [f for f in checked(folder, as_of).document["findings"] if f["restriction"] == "guests/guest-network"]
    missing = [f for f in found if f["kind"] == FindingKind.CONTROL_MISSING]
    assert [(f["reason"], f["devices"], f["count"]) for f in missing] == expected


def test_it_asks_somebody_to_look_and_names_nobody(tmp_path: Path) -> None:
    """The step is IT operations', and neither the library nor how many devices it has is told."""
    run = checked(ghent(tmp_path), "2023-04-10", exact=False)
    blocked = [f for f in run.document["findings"] if f["reason"] == "no_target_blocks"]
    assert [(f["unit"], f["device"], f["devices"]) for f in blocked] == [(None, None, 1)]
    assert run.document["disclosure"]["numbers"] == "bands"
    assert run.document["summary"]["findings"]["control_missing"] == 1
    assert any(s["who"] == "IT operations" and "Name a target" in s["what"] for s in run.document["next_steps"])
    assert b"no configured target blocks any of it on every network where these devices may be" in run.html.lower()


def test_no_device_is_named_even_where_devices_may_be(tmp_path: Path) -> None:
    """Whoever sees single devices sees units here: what is missing is nobody's doing."""
    workspace = open_workspace(ghent(tmp_path)).usable()
    run = run_check(workspace, datetime(2023, 4, 10, tzinfo=ZONE), individual=True)
    found = [f for f in run.document["findings"] if f["kind"] == "control_missing"]
    assert {(f["unit"], f["device"]) for f in found} == {(u, None) for u in ("culture", "youth", "mobility", "library")}
    assert without(run) == {"deny_install": 29, "block_traffic": 4}


@pytest.mark.parametrize(
    ("seen", "exact", "published"),
    [
        ([], 4, 4),
        ([Result.PASS, Result.UNKNOWN], 3, 4),
        ([Result.PASS] * 4, 0, 0),
        ([Result.PASS] * 3 + [Result.UNKNOWN], 1, 4),
        ([Result.PASS] * 3 + [Result.FAIL], 1, 4),
        ([Result.PASS] * 4 + [Result.UNKNOWN], 0, 4),
        ([Result.PASS] * 4 + [Result.NOT_APPLICABLE], 0, 0),
    ],
)
def test_nothing_is_missing_where_evidence_shows_that_it_is_there(
    seen: list[Result], exact: int, published: int, tmp_path: Path
) -> None:
    """The library's network blocks by a tool that is no target; which of its devices showed it is not published."""
    workspace = open_workspace(ghent(tmp_path)).usable()
    at = datetime(2023, 4, 10, tzinfo=ZONE)
    standing = standing_controls(workspace, at)
    clause = "gent-2023-tiktok/paid-devices"
    devices = ("gl-011", "gl-012", "gl-013", "gl-014", "gl-001")  # the library's four, and one of another unit
    pairs = zip(devices, seen, strict=False)
    results = [DutyResult(d, "unit", None, clause, Duty.BLOCK_TRAFFIC, result, "reason") for d, result in pairs]
    for is_coarse, expected in ((False, exact), (True, published)):
        found = findings_of_controls(workspace, at, results, standing, is_coarse=is_coarse)
        assert sum(f.devices for f in found if f.duty is Duty.BLOCK_TRAFFIC) == expected


@pytest.mark.parametrize("row", TRUTH["prevention"], ids=[r["name"] for r in TRUTH["prevention"]])
def test_the_table_of_what_is_prevented(row: Mapping[str, Any], tmp_path: Path) -> None:
    """For each class as the table says, whether or not anybody asked for a control."""
    is_ghent = row["body"] == "ghent"
    folder = ghent(tmp_path, row.get("targets"), (), row) if is_ghent else bodies.copy_body(row["body"], tmp_path)
    run = checked(folder, row["as_of"])
    found = [
        [_platform(r), r["devices"], r["prevented"], bool(r["asked"])]
        for r in run.document["prevention"]["restricted"]
        if (r["app"], r["surface"]) == ("tiktok/tiktok", row["surface"])
        and r["restriction"] == row.get("clause", r["restriction"])
    ]
    assert sorted(found) == sorted(row["rows"])


def _platform(row: Mapping[str, Any]) -> str:
    said = re.search(r"platform (\w+)", row["facts"])
    return said[1] if said else row["class"]


def test_too_few_are_not_counted_and_no_two_numbers_stand_side_by_side(tmp_path: Path) -> None:
    """Tallinn's phones are fewer than five: no number; of all rows the rest is said in words."""
    rows = checked(bodies.copy_body("tallinn", tmp_path), "2024-12-16").document["prevention"]["restricted"]
    small = [r for r in rows if r["class"] == "small" and r["surface"] == "app"]
    assert small and {r["devices"] for r in small} == {None}
    assert {r[key] for r in rows for key in ("prevented", "checked", "attested")} <= {"all", "some", "none"}


def test_a_published_check_says_less_and_hides_no_row(tmp_path: Path) -> None:
    """No number of devices, no class of fewer than twenty, and of what was seen no more than the results say."""
    for body, as_of in (("ghent", "2023-04-10"), ("tallinn", "2024-12-16")):
        copy = bodies.copy_body(body, tmp_path)
        made, truth = (checked(copy, as_of, exact=exact).document for exact in (False, True))
        rows, every = (d["prevention"]["restricted"] for d in (made, truth))
        assert {(r["class"], r["devices"]) for r in rows} == {("small", 1)}
        keys = ("restriction", "app", "surface")
        assert {tuple(r[k] for k in keys) for r in rows} == {tuple(r[k] for k in keys) for r in every}
        seen = {r["restriction"] for r in made["results"] if r["result"] in {"pass", "fail"} and r["duty"] in ABOUT}
        assert {r["restriction"] for r in rows if r["checked"] == "some"} == seen
        assert {(r["checked"], r["attested"]) for r in rows} <= {("some", "none"), ("none", "none")}
        assert {o["devices"] for o in made["prevention"]["others"]} <= {1, None}
        assert {o["devices"] for o in truth["prevention"]["others"]} != {1, None}


def test_whom_targets_hit_besides_is_there_in_report_and_terminal(tmp_path: Path) -> None:
    """Guests whom nobody counts, and eight colleagues whom no rule covers, merged, as single groups are too small."""
    run = checked(ghent(tmp_path), "2023-04-10")
    others = run.document["prevention"]["others"]
    assert {(o["network"], o["who"], o["devices"]) for o in others} >= {
        ("guest", "visitors, whom nobody counts", None),
        ("staff", "small groups, merged", 8),
    }
    html = run.html.decode()
    assert all(said in html for said in ("Prevented and not restricted", "Restricted and prevented in part"))
    assert "stopped by dns-rpz on the networks that it serves; " in html and "Restricted and prevented<" not in html
    said = shell.run("check", ghent(tmp_path / "again"), "--as-of", "2023-04-10").out
    assert "prevented: gent-2023-tiktok/paid-devices, desktop: of " in said and "prevented and not restricted: " in said


def test_a_body_that_reads_nothing_is_told_all_the_same(tmp_path: Path) -> None:
    """A control needs no evidence, and neither does saying that none is configured."""
    folder = bodies.copy_body("diest", tmp_path)
    text = (folder / "ordinance.toml").read_text("utf-8")
    (folder / "ordinance.toml").write_text(TARGET.sub("", text), "utf-8")
    run = checked(folder, "2023-04-24")
    assert without(run) == {"block_traffic": 12} and run.exit_code == 4
    assert {r["result"] for r in run.document["results"]} == {"notchecked"}
