# SPDX-License-Identifier: EUPL-1.2
"""`plan` and `build`: for whom each change is, how wide it may be, and how everything is taken back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bodies import EXAMPLES
from cli.shell import body, edit, run

GHENT = EXAMPLES / "ghent"
DAY = ("--as-of", "2023-04-10")
AFFECTED, ESTATE = 29, 37


def planned(folder: Path, against: Path, *more: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("plan", folder, *DAY, "--against", against, *more, "--json").out)
    return found


def zone_change(document: dict[str, Any]) -> dict[str, Any]:
    (found,) = [c for c in document["changes"] if c["path"].endswith(".zone")]
    return dict(found)


def test_for_whom_each_change_is(tmp_path: Path) -> None:
    """By class, with how many devices and how many entries; nothing that did not change."""
    bundle = tmp_path / "bundle"
    first = planned(GHENT, bundle)
    change = zone_change(first)
    assert {(c["devices"], c["added"], c["removed"]) for c in change["classes"]} == {
        (n, len(change["added"]), 0) for n in (14, 10, 5)
    }
    assert (first["devices_affected"], first["estate_devices"]) == (AFFECTED, ESTATE)
    assert run("build", GHENT, *DAY, "--out", bundle).code == 0
    again = planned(GHENT, bundle)
    assert zone_change(again)["classes"] == []
    assert again["devices_affected"] == 0


def test_an_entry_that_stays_may_be_for_others(tmp_path: Path) -> None:
    """Where a class leaves the rule, no name changes, and yet somebody is affected."""
    bundle, folder = tmp_path / "bundle", body("ghent", tmp_path)
    assert run("build", folder, *DAY, "--out", bundle).code == 0
    share = "{{subscription_share: {{over: {}}}}}"
    edit(folder / "policies" / "gent-2023-tiktok.yaml", share.format(0), share.format(50))
    change = zone_change(planned(folder, bundle))
    assert (change["added"], change["removed"]) == ([], [])
    (left,) = change["classes"]
    assert (left["devices"], left["added"]) == (5, 0)
    assert left["removed"] > 100
    assert "subscription_share 30" in left["facts"]


def test_what_ends_says_for_whom_it_was(tmp_path: Path) -> None:
    """After the sunset the last bundle is asked: its classes and their sizes."""
    bundle = tmp_path / "bundle"
    assert run("build", GHENT, *DAY, "--out", bundle).code == 0
    late = json.loads(run("plan", GHENT, "--as-of", "2023-10-10", "--against", bundle, "--json").out)
    change = zone_change(late)
    assert change["added"] == []
    assert {(c["devices"], c["added"]) for c in change["classes"]} == {(14, 0), (10, 0), (5, 0)}
    assert late["devices_affected"] == AFFECTED


def test_a_bundle_of_an_older_form_is_compared_all_the_same(tmp_path: Path) -> None:
    """It does not say for whom its entries were: removals are named without classes, and nothing breaks."""
    bundle = tmp_path / "bundle"
    assert run("build", GHENT, *DAY, "--out", bundle).code == 0
    path = bundle / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    del manifest["classes"]
    for artefact in manifest["artefacts"]:
        del artefact["for"], artefact["group"]
    path.write_text(json.dumps(manifest), "utf-8")
    late = json.loads(run("plan", GHENT, "--as-of", "2023-10-10", "--against", bundle, "--json").out)
    assert len(zone_change(late)["removed"]) > 100
    assert zone_change(late)["classes"] == []


@pytest.mark.parametrize(("limit", "wide"), [("28", True), ("29", False), ("78%", True), ("79%", False), ("0", True)])
def test_a_plan_wider_than_its_limit(limit: str, wide: bool, tmp_path: Path) -> None:
    """29 of 37 devices are 78.4 %: shown all the same, and said."""
    found = run("plan", GHENT, *DAY, "--against", tmp_path, "--limit", limit)
    assert (found.code, "wider than allowed" in found.err) == ((1, True) if wide else (0, False))
    assert f"devices affected: {AFFECTED} of {ESTATE}" in found.out
    assert planned(GHENT, tmp_path, "--limit", limit)["wider"] is wide


def test_a_bundle_wider_than_its_limit_is_not_written(tmp_path: Path) -> None:
    """The last one stays as it was, to the byte; what changes nothing passes any limit."""
    bundle = tmp_path / "bundle"
    refused = run("build", GHENT, *DAY, "--out", bundle, "--limit", "28")
    assert (refused.code, "wider-than-limit" in refused.err, bundle.exists()) == (3, True, False)
    assert run("build", GHENT, *DAY, "--out", bundle, "--limit", "29").code == 0
    before = {p: p.read_bytes() for p in bundle.rglob("*") if p.is_file()}
    assert run("build", GHENT, "--as-of", "2023-10-10", "--out", bundle, "--limit", "0").code == 3
    assert {p: p.read_bytes() for p in bundle.rglob("*") if p.is_file()} == before
    assert run("build", GHENT, *DAY, "--out", bundle, "--limit", "0").code == 0


@pytest.mark.parametrize("text", ["-1", "many", "101%"])
def test_a_limit_that_is_none(text: str, tmp_path: Path) -> None:
    """Misuse, and nothing written."""
    assert run("build", GHENT, *DAY, "--out", tmp_path / "b", "--limit", text).code == 2
    assert not (tmp_path / "b").exists()


def test_everything_is_taken_back(tmp_path: Path) -> None:
    """Every entry goes, the files stay what their consumers read, the number rises, and gaps and hits are gone."""
    bundle = tmp_path / "bundle"
    assert run("build", GHENT, *DAY, "--out", bundle).code == 0
    (zone,) = bundle.glob("dns-rpz/*.zone")
    before = zone.read_text("ascii")
    shown = json.loads(run("build", GHENT, *DAY, "--out", bundle, "--lift", "--json").out)
    after = zone.read_text("ascii")
    assert " IN CNAME " in before and " IN CNAME " not in after
    assert serial(after) > serial(before)
    assert (shown["demands"], shown["gaps"], shown["over_reach"]) == ([], [], [])
    assert shown["devices_affected"] == AFFECTED
    again = json.loads(run("build", GHENT, *DAY, "--out", bundle, "--lift", "--json").out)
    assert (again["devices_affected"], zone.read_text("ascii")) == (0, after)
    assert run("build", GHENT, *DAY, "--out", bundle).code == 0
    assert without_serial(zone.read_text("ascii")) == without_serial(before)


def serial(zone: str) -> int:
    return int(next(line for line in zone.splitlines() if " IN SOA " in line).split()[5])


def without_serial(zone: str) -> str:
    return zone.replace(str(serial(zone)), "SERIAL")


# --- the pilot goes first ----------------------------------------------------------------------------


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    """Ghent with the library first: its own network is served by the resolver too."""
    folder = body("ghent", tmp_path)
    edit(folder / "ordinance.toml", 'networks = ["staff", "guest"]', 'networks = ["staff", "guest", "library-lan"]')
    with (folder / "ordinance.toml").open("a", encoding="utf-8") as stream:
        stream.write('\n[enforcement]\npilot = ["library"]\n')
    return folder


def manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    return found


def test_nobody_gets_it_before_the_pilot(pilot: Path, tmp_path: Path) -> None:
    """Refused with nothing written; then to the library; then to all, of whom only the rest are counted."""
    out = tmp_path / "bundle"
    early = run("build", pilot, *DAY, "--out", out)
    assert (early.code, "pilot-first" in early.err, out.exists()) == (3, True, False)
    first = json.loads(run("build", pilot, *DAY, "--out", out, "--pilot", "--json").out)
    assert manifest(out)["pilot"] == ["library"]
    assert 0 < first["devices_affected"] < AFFECTED
    rest = planned(pilot, out)
    assert rest["devices_affected"] == AFFECTED - first["devices_affected"]
    assert run("build", pilot, *DAY, "--out", out).code == 0
    assert manifest(out)["pilot"] == []
    assert planned(pilot, out)["devices_affected"] == 0
    back = planned(pilot, out, "--pilot")
    assert back["devices_affected"] == AFFECTED - first["devices_affected"]
    assert all(c["added"] == 0 for c in zone_change(back)["classes"])


def test_a_pilot_is_for_its_own_devices_and_networks(pilot: Path, tmp_path: Path) -> None:
    """Who else is on the pilot's network is hit besides; other networks are not served, and no gap speaks of them."""
    found = planned(pilot, tmp_path, "--pilot")
    estate = (pilot / "estate" / "devices.csv").read_text("utf-8").splitlines()
    library = sum(",library," in line for line in estate[1:])
    assert {d["devices"] for d in found["demands"]} <= set(range(1, library + 1))
    assert {o["network"] for o in found["over_reach"]} <= {"library-lan"}
    assert found["estate_devices"] == ESTATE


def test_a_target_without_the_pilots_network_is_a_gap(tmp_path: Path) -> None:
    """Ghent's resolver does not serve the library: a pilot there says so, and writes nothing for it."""
    folder = body("ghent", tmp_path)
    with (folder / "ordinance.toml").open("a", encoding="utf-8") as stream:
        stream.write('\n[enforcement]\npilot = ["library"]\n')
    found = planned(folder, tmp_path / "none", "--pilot")
    assert {g["id"] for g in found["gaps"] if g["target"] == "dns-rpz"} == {"not-in-pilot"}
    assert found["changes"] == []


def test_new_rules_ask_for_the_pilot_again(pilot: Path, tmp_path: Path) -> None:
    """What the pilot had was another law; --skip-pilot is for what cannot wait, and taking back never waits."""
    out = tmp_path / "bundle"
    assert run("build", pilot, *DAY, "--out", out, "--pilot").code == 0
    share = "{{subscription_share: {{over: {}}}}}"
    edit(pilot / "policies" / "gent-2023-tiktok.yaml", share.format(0), share.format(50))
    assert run("build", pilot, *DAY, "--out", out).code == 3
    assert run("build", pilot, *DAY, "--out", out, "--lift").code == 0
    assert run("build", pilot, *DAY, "--out", out, "--skip-pilot").code == 0


def test_a_pilot_that_nobody_named(tmp_path: Path) -> None:
    """Or a unit that is not there: an error at its place."""
    assert "no-pilot" in run("plan", GHENT, *DAY, "--against", tmp_path, "--pilot").err
    folder = body("ghent", tmp_path)
    with (folder / "ordinance.toml").open("a", encoding="utf-8") as stream:
        stream.write('\n[enforcement]\npilot = ["libary"]\nlimit = "many"\n')
    found = json.loads(run("lint", folder, *DAY, "--json").out)
    lines = (folder / "ordinance.toml").read_text("utf-8").splitlines()
    at = lines.index('pilot = ["libary"]') + 1
    said = {(i["id"], i["line"]) for i in found if i["file"] == "ordinance.toml"}
    assert said == {("unknown-unit", at), ("bad-value", at + 1)}


def test_a_limit_that_always_holds(pilot: Path, tmp_path: Path) -> None:
    """In ordinance.toml; a limit on the command line stands in its place, and taking back has none."""
    out = tmp_path / "bundle"
    edit(pilot / "ordinance.toml", 'pilot = ["library"]', 'limit = "10%"')
    assert run("plan", pilot, *DAY, "--against", out).code == 1
    assert run("build", pilot, *DAY, "--out", out).code == 3
    assert run("build", pilot, *DAY, "--out", out, "--limit", "100%").code == 0
    assert run("build", pilot, *DAY, "--out", out, "--lift").code == 0


# --- what real programs say --------------------------------------------------------------------------


@pytest.mark.consumer("bind9")
def test_the_manifest_says_who_took_what(tmp_path: Path) -> None:
    """BIND's reader of zones, with its version; without --ask the manifest claims nothing."""
    out = tmp_path / "bundle"
    assert run("build", GHENT, *DAY, "--out", out, "--ask").code == 0
    (row,) = manifest(out)["accepted"]
    assert (row["target"], row["program"], row["files"]) == (
        "dns-rpz", "named-checkzone", ["dns-rpz/rpz.gent.example.zone"],
    )  # fmt: skip
    assert row["version"][0].isdigit()
    assert run("build", GHENT, *DAY, "--out", out).code == 0
    assert "accepted" not in manifest(out)


def test_a_program_that_refuses_stops_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 5 with its own words, and the last bundle stands; one that is not there was not asked, and says so."""
    out = tmp_path / "bundle"
    assert run("build", GHENT, *DAY, "--out", out).code == 0
    before = manifest(out)
    programs = tmp_path / "programs"
    programs.mkdir()
    fake = programs / "named-checkzone"
    fake.write_text('#!/bin/sh\n[ "$1" = -v ] && { echo 9.9; exit 0; }\necho "line 3: no such thing" >&2\nexit 1\n')
    fake.chmod(0o755)
    monkeypatch.setattr("ordinance.operations.consumers._PATH", f"{programs}:/bin:/usr/bin")
    refused = run("build", GHENT, *DAY, "--out", out, "--ask")
    assert (refused.code, "line 3: no such thing" in refused.err) == (5, True)
    assert manifest(out) == before
    monkeypatch.setattr("ordinance.operations.consumers._PATH", str(tmp_path / "nothing"))
    assert run("build", GHENT, *DAY, "--out", out, "--ask").code == 0
    (row,) = manifest(out)["accepted"]
    assert (row["version"], row["files"]) == (None, [])
