# SPDX-License-Identifier: EUPL-1.2
"""`plan` and `build`: for whom each change is, how wide it may be, and how everything is taken back."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from bodies import EXAMPLES
from cli.shell import body, edit, run
from ordinance.store.files import held

GHENT = EXAMPLES / "ghent"  # in a test: a copy of its own, because a build remembers its numbers
DAY = ("--as-of", "2023-04-10")
# All but the library's four: 25 that the rule covers, and eight more on the same network, whom a resolver cannot tell.
AFFECTED, ESTATE = 33, 37


@pytest.fixture(autouse=True)
def own_copy(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test builds for a copy."""
    monkeypatch.setattr(sys.modules[__name__], "GHENT", body("ghent", tmp_path_factory.mktemp("own")))


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
    names = len(change["added"])
    covered = {(c["devices"], c["affected"], c["added"], c["removed"]) for c in change["classes"] if c["added"]}
    assert covered == {(14, 10, names, 0), (10, 10, names, 0), (5, 5, names, 0)}
    besides = [c for c in change["classes"] if not c["added"]]
    assert sum(c["affected"] for c in besides) == AFFECTED - 25
    (away,) = {g["reason"].split()[0] for g in first["gaps"] if g["id"] == "not-on-its-networks"}
    assert away == "4"
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
    assert {(c["devices"], c["affected"]) for c in change["classes"] if c["removed"]} == {(14, 10), (10, 10), (5, 5)}
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
    assert {(c["added"], c["removed"]) for c in zone_change(late)["classes"]} == {(0, 0)}
    assert late["devices_affected"] == AFFECTED


def test_for_whom_an_older_bundle_was_is_not_nobody(tmp_path: Path) -> None:
    """Where it does not say for which devices it was, no number is given, and no limit is kept to."""
    bundle = tmp_path / "bundle"
    assert run("build", GHENT, *DAY, "--out", bundle).code == 0
    (bundle / "devices.json").unlink()
    assert planned(GHENT, bundle)["devices_affected"] is None
    assert "devices affected: not known" in run("plan", GHENT, *DAY, "--against", bundle).out
    late = ("--as-of", "2023-10-10", "--out", bundle)
    refused = run("build", GHENT, *late, "--limit", "100%")
    assert (refused.code, "nobody can say how many" in refused.err) == (3, True)
    assert run("build", GHENT, *late).code == 0


@pytest.mark.parametrize(("limit", "wide"), [("32", True), ("33", False), ("89%", True), ("90%", False), ("0", True)])
def test_a_plan_wider_than_its_limit(limit: str, wide: bool, tmp_path: Path) -> None:
    """33 of 37 devices are 89.2 %: shown all the same, and said."""
    found = run("plan", GHENT, *DAY, "--against", tmp_path, "--limit", limit)
    assert (found.code, "wider than allowed" in found.err) == ((1, True) if wide else (0, False))
    assert f"devices affected: {AFFECTED} of {ESTATE}" in found.out
    assert planned(GHENT, tmp_path, "--limit", limit)["wider"] is wide


def test_a_bundle_wider_than_its_limit_is_not_written(tmp_path: Path) -> None:
    """The last one stays as it was, to the byte; what changes nothing passes any limit."""
    bundle = tmp_path / "bundle"
    refused = run("build", GHENT, *DAY, "--out", bundle, "--limit", "32")
    assert (refused.code, "wider-than-limit" in refused.err, bundle.exists()) == (3, True, False)
    assert run("build", GHENT, *DAY, "--out", bundle, "--limit", "33").code == 0
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
    assert first["devices_affected"] == ESTATE - AFFECTED
    rest = planned(pilot, out)
    assert rest["devices_affected"] == AFFECTED
    assert run("build", pilot, *DAY, "--out", out).code == 0
    assert manifest(out)["pilot"] == []
    assert planned(pilot, out)["devices_affected"] == 0
    back = planned(pilot, out, "--pilot")
    assert back["devices_affected"] == AFFECTED
    assert all(c["added"] == 0 for c in zone_change(back)["classes"])


def test_a_pilot_is_for_its_own_devices_and_networks(pilot: Path, tmp_path: Path) -> None:
    """Who else is on the pilot's network is hit besides; other networks are not served, and no gap speaks of them."""
    found = planned(pilot, tmp_path, "--pilot")
    estate = (pilot / "estate" / "devices.csv").read_text("utf-8").splitlines()
    library = sum(",library," in line for line in estate[1:])
    assert {d["devices"] for d in found["demands"]} <= set(range(1, library + 1))
    elsewhere = {o["who"] for o in found["over_reach"] if o["network"] != "library-lan"}
    assert elsewhere == {"whoever your other policy zones protect"}  # of the networks that are left out
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


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("ordinance.toml", 'zone = "rpz.gent.example"', 'zone = "rpz.gent.example", answer = "nodata"'),
        ("ordinance.toml", 'pilot = ["library"]', 'pilot = ["culture"]'),
        ("ordinance.toml", '"guest", "library-lan"]', '"library-lan"]'),
        ("policies/gent-2023-tiktok.yaml", "{subscription_share: {over: 0}}", "{subscription_share: {over: 50}}"),
    ],
)
def test_what_the_pilot_did_not_try(pilot: Path, tmp_path: Path, file: str, old: str, new: str) -> None:
    """Other settings, another pilot, other networks, another scope: the pilot is asked for again; a remark is none."""
    out = tmp_path / "bundle"
    assert run("build", pilot, *DAY, "--out", out, "--pilot").code == 0
    with (pilot / "policies" / "gent-2023-tiktok.yaml").open("a", encoding="utf-8") as stream:
        stream.write("# a remark\n")
    edit(pilot / file, old, new)
    refused = run("build", pilot, *DAY, "--out", out)
    assert (refused.code, "pilot-first" in refused.err) == (3, True)
    edit(pilot / file, new, old)
    assert run("build", pilot, *DAY, "--out", out).code == 0


def test_a_pilot_that_tried_nothing(pilot: Path, tmp_path: Path) -> None:
    """Taken back, built before the rule was in force, or reaching nobody: none of that lets all follow."""
    out = tmp_path / "bundle"
    for before in (("--pilot",), ("--lift",)):
        assert run("build", pilot, *DAY, "--out", out, *before).code == 0
    assert "pilot-first" in run("build", pilot, *DAY, "--out", out).err
    assert run("build", pilot, "--as-of", "2023-01-01", "--out", out, "--pilot").code == 0
    assert "pilot-first" in run("build", pilot, *DAY, "--out", out).err
    edit(pilot / "ordinance.toml", '"guest", "library-lan"]', '"guest"]')
    nobody = run("build", pilot, *DAY, "--out", out, "--pilot")
    assert (nobody.code, "empty-pilot" in nobody.err) == (3, True)


def test_what_does_not_go_together(pilot: Path, tmp_path: Path) -> None:
    """A pilot that is skipped, or taken back alone, is misuse."""
    assert run("build", pilot, *DAY, "--out", tmp_path / "b", "--pilot", "--skip-pilot").code == 2
    assert run("build", pilot, *DAY, "--out", tmp_path / "b", "--pilot", "--lift").code == 2
    assert run("plan", pilot, *DAY, "--against", tmp_path / "b", "--pilot", "--lift").code == 2


def test_after_all_have_it_the_pilot_has_a_folder_of_its_own(pilot: Path, tmp_path: Path) -> None:
    """What is new goes to the pilot beside the bundle for all, within its limit; what only ends asks for no pilot."""
    edit(pilot / "ordinance.toml", 'pilot = ["library"]', 'pilot = ["library"]\nlimit = "50%"')
    assert run("build", pilot, *DAY, "--pilot").code == 0
    assert run("build", pilot, *DAY, "--limit", "100%").code == 0
    edit(pilot / "policies" / "gent-2023-tiktok.yaml", "surfaces: [app, desktop]", "surfaces: [app, desktop, web]")
    assert "pilot-first" in run("build", pilot, *DAY, "--limit", "100%").err
    assert run("build", pilot, *DAY, "--pilot").code == 0
    over = run("build", pilot, *DAY, "--pilot", "--out", pilot / ".ordinance" / "bundle", "--limit", "100%")
    assert (over.code, "pilot-over-all" in over.err) == (3, True)
    assert run("build", pilot, *DAY, "--limit", "100%").code == 0
    assert run("build", pilot, "--as-of", "2023-10-10", "--limit", "100%").code == 0


def test_numbers_rise_from_the_pilot_to_all_and_back(pilot: Path) -> None:
    """A resolver that had the pilot's bundle takes the one for all: its number is higher, and again the other way."""
    numbers = []
    for more in (("--pilot",), ("--skip-pilot",), ("--pilot",), ("--skip-pilot",)):
        zone, other = 'zone = "rpz', f'ttl = "{301 + len(numbers)}", zone = "rpz'
        edit(pilot / "ordinance.toml", zone, other)
        assert run("build", pilot, *DAY, *more).code == 0
        folder = pilot / ".ordinance" / ("bundle-pilot" if "--pilot" in more else "bundle")
        numbers.append(manifest(folder)["serials"]["dns-rpz"])
        edit(pilot / "ordinance.toml", other, zone)
    assert numbers == sorted(set(numbers))


def test_a_network_that_the_pilot_did_not_know(pilot: Path, tmp_path: Path) -> None:
    """A row that comes later puts a whole network under the rule: the pilot is asked for again."""
    path, rows = rows_of(pilot, "networks.csv")
    path.write_text("\n".join(r for r in rows if not r.startswith("staff,")) + "\n", "utf-8")
    edit(pilot / "ordinance.toml", 'networks = ["staff", "guest", "library-lan"]', "")
    edit(pilot / "ordinance.toml", 'network = "staff"\n', 'network = "library-lan"\n')
    assert run("build", pilot, *DAY, "--pilot").code == 0, run("build", pilot, *DAY, "--pilot").err
    assert run("build", pilot, *DAY).code == 0
    path.write_text("\n".join(rows) + "\n", "utf-8")
    assert "pilot-first" in run("build", pilot, *DAY).err


# --- who is affected ---------------------------------------------------------------------------------


def affected_after(tmp_path: Path, file: str, old: str, new: str, *more: str) -> int:
    """How many devices a change affects, once Ghent is built; a limit of one less refuses it."""
    out, folder = tmp_path / "bundle", body("ghent", tmp_path)
    assert run("build", folder, *DAY, "--out", out).code == 0
    edit(folder / file, old, new)
    count: int = planned(folder, out, *more)["devices_affected"]
    if count:
        assert run("build", folder, *DAY, "--out", out, "--limit", str(count - 1)).code == 3
    assert run("build", folder, *DAY, "--out", out, "--limit", str(count)).code == 0
    return count


def test_another_answer_affects_everybody_it_is_given_to(tmp_path: Path) -> None:
    """No name changes, and yet each device gets another answer."""
    zone = 'zone = "rpz.gent.example"'
    assert affected_after(tmp_path, "ordinance.toml", zone, f'{zone}, answer = "nodata"') == AFFECTED


def test_two_builds_at_once_are_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second waits, and is told so in the end; it writes nothing."""
    monkeypatch.setattr("ordinance.operations.enforcing.WAIT_S", 0.2)
    folder = body("ghent", tmp_path)
    assert run("build", folder, *DAY).code == 0
    before = manifest(folder / ".ordinance" / "bundle")
    with held(folder):
        done = run("build", folder, "--as-of", "2023-10-10")
        assert done.code == 3 and "another build of this body is running" in done.err
    assert manifest(folder / ".ordinance" / "bundle") == before
    assert run("build", folder, "--as-of", "2023-10-10").code == 0


def test_a_plan_says_when_its_first_rule_ends(tmp_path: Path) -> None:
    """What was copied to a resolver goes on blocking until somebody builds again."""
    folder = body("ghent", tmp_path)
    assert planned(folder, tmp_path / "b")["first_end"] == "2023-09-13T00:00:00+02:00"
    said = "the first of these rules ends at 2023-09-13T00:00:00+02:00"
    assert said in run("plan", folder, *DAY).out
    late = json.loads(run("plan", folder, "--as-of", "2023-09-13", "--json").out)
    assert (late["demands"], late["first_end"]) == ([], None)


def test_a_plan_beside_nothing_says_so(tmp_path: Path) -> None:
    """A folder that was mistyped looks like a first build."""
    done = run("plan", body("ghent", tmp_path), *DAY, "--against", tmp_path / "nowhere")
    assert done.code == 0 and "there is no bundle in" in done.err
    assert "there is no bundle" not in run("plan", tmp_path / "ghent", *DAY).err


def test_a_plan_says_where_settings_are_others(tmp_path: Path) -> None:
    """No name changes: without these words nobody would know why devices are affected."""
    out, folder = tmp_path / "bundle", body("ghent", tmp_path)
    said = "dns-rpz has other settings in ordinance.toml than the last bundle"
    assert run("build", folder, *DAY, "--out", out).code == 0
    assert said not in run("plan", folder, *DAY, "--against", out).out
    zone = 'zone = "rpz.gent.example"'
    edit(folder / "ordinance.toml", zone, f'{zone}, answer = "nodata"')
    assert said in run("plan", folder, *DAY, "--against", out).out


def test_one_more_network_affects_who_is_on_it(tmp_path: Path) -> None:
    """The library's four devices, and nobody else."""
    networks = 'networks = ["staff", "guest"{}]'
    assert affected_after(tmp_path, "ordinance.toml", networks.format(""), networks.format(', "library-lan"')) == 4


def test_who_joins_a_class_is_affected(tmp_path: Path) -> None:
    """Five hundred devices more of a class that is blocked already."""
    out, folder = tmp_path / "bundle", body("ghent", tmp_path)
    assert run("build", folder, *DAY, "--out", out).code == 0
    path = folder / "estate" / "devices.csv"
    rows = path.read_text("utf-8").splitlines()
    one = re.sub("(?<=,)[0-9a-f:]{17}(?=,)", "", next(row for row in rows if row.startswith("gp-001,")))
    path.write_text("\n".join([*rows, *(one.replace("gp-001", f"gx-{n:03}") for n in range(500))]) + "\n", "utf-8")
    assert planned(folder, out)["devices_affected"] == 500
    assert run("build", folder, *DAY, "--out", out, "--limit", "499").code == 3


def test_other_facts_and_the_same_names_affect_nobody(tmp_path: Path) -> None:
    """Devices change their class; what is blocked for them stays."""
    out, folder = tmp_path / "bundle", body("ghent", tmp_path)
    assert run("build", folder, *DAY, "--out", out).code == 0
    path = folder / "estate" / "devices.csv"
    path.write_text(path.read_text("utf-8").replace(",internal,managed,", ",mail,managed,"), "utf-8")
    found = planned(folder, out)
    assert found["devices_affected"] == 0
    assert zone_change(found)["classes"]


def test_who_is_hit_besides_is_affected(tmp_path: Path) -> None:
    """A rule for the two elected alone: the resolver blocks for all on their network."""
    folder = body("ghent", tmp_path)
    edit(folder / "policies" / "gent-2023-tiktok.yaml", "people: [staff]", "people: [elected]")
    found = planned(folder, tmp_path / "none", "--limit", "2")
    assert (found["devices_affected"], found["wider"]) == (AFFECTED, True)


def rows_of(folder: Path, name: str) -> tuple[Path, list[str]]:
    path = folder / "estate" / name
    return path, path.read_text("utf-8").splitlines()


def only_for_elected(folder: Path, app: str) -> None:
    """One more rule, for the two elected alone."""
    text = (folder / "policies" / "gent-2023-tiktok.yaml").read_text("utf-8")
    other = text.replace("gent-2023-tiktok", "gent-elected").replace("people: [staff]", "people: [elected]")
    (folder / "policies" / "gent-elected.yaml").write_text(other.replace("family: tiktok", f"family: {app}"), "utf-8")


def other_target(folder: Path, target: str, networks: str = "") -> None:
    text = (folder / "ordinance.toml").read_text("utf-8")
    start, end = text.index("[[targets]]"), text.index("[[accepted]]")
    table = f'[[targets]]\nid = "{target}"\n{networks}\n'
    (folder / "ordinance.toml").write_text(text[:start] + table + text[end:], "utf-8")


def test_a_file_for_devices_affects_those_that_get_it(tmp_path: Path) -> None:
    """The fourteen Windows computers, with every name of the file; no phone, whatever is asked of it."""
    out, folder = tmp_path / "bundle", body("ghent", tmp_path)
    other_target(folder, "hosts")
    assert planned(folder, out)["devices_affected"] == 14
    assert run("build", folder, *DAY, "--out", out).code == 0
    named = [d for g in json.loads((out / "devices.json").read_text("utf-8"))["groups"] for d in g["devices"]]
    assert {d[:2] for d in named} == {"gl"}
    only_for_elected(folder, "telegram")
    found = planned(folder, out)
    assert any(c["added"] for c in found["changes"])
    assert found["devices_affected"] == 14


def test_a_resolver_without_stated_networks_serves_everybody(tmp_path: Path) -> None:
    """It cannot tell who asks: a rule for two affects all."""
    out, folder = tmp_path / "bundle", body("ghent", tmp_path)
    (folder / "estate" / "networks.csv").unlink()
    other_target(folder, "dns-rpz")
    edit(folder / "ordinance.toml", 'network = "staff"\n', "")
    assert planned(folder, out)["devices_affected"] == ESTATE
    assert run("build", folder, *DAY, "--out", out).code == 0
    only_for_elected(folder, "telegram")
    assert planned(folder, out)["devices_affected"] == ESTATE


@pytest.mark.parametrize("cidr", ["10.20.0.0/25", ""])
def test_who_cannot_be_left_out_any_more_is_affected(tmp_path: Path, cidr: str) -> None:
    """The library's range becomes one that staff shares, or none: its four devices are blocked from now on."""
    out, folder = tmp_path / "bundle", body("ghent", tmp_path)
    assert run("build", folder, *DAY, "--out", out).code == 0
    edit(folder / "estate" / "networks.csv", "10.30.0.0/24", cidr)
    found = planned(folder, out)
    assert zone_change(found)["closed"] == ["10.30.0.0/24"]
    assert not [g for g in found["gaps"] if g["id"] == "not-on-its-networks"]  # it blocks there too
    assert found["devices_affected"] == ESTATE - AFFECTED


@pytest.mark.parametrize("row", ["lab,Lab,10.78.0.0/24,staff,work,culture", ""])
def test_whoever_is_let_past_no_longer_is_not_nobody(pilot: Path, row: str) -> None:
    """A range that is mistyped or taken out: who asks from there is blocked from now on, and no list counts them."""
    lab = "lab,Lab,10.77.0.0/24,staff,work,culture"
    with (pilot / "estate" / "networks.csv").open("a", encoding="utf-8") as stream:
        stream.write(f"{lab}\n")
    assert run("build", pilot, *DAY, "--pilot").code == 0
    assert run("build", pilot, *DAY).code == 0
    edit(pilot / "estate" / "networks.csv", lab, row)
    first = run("build", pilot, *DAY, "--limit", "100%")
    assert first.code == 3 and "[pilot-first]" in first.err
    refused = run("build", pilot, *DAY, "--skip-pilot", "--limit", "100%")
    said = "10.77.0.0/24 is left out no longer, and who is there nobody has counted"
    assert refused.code == 3 and said in refused.err
    assert run("build", pilot, *DAY, "--skip-pilot").code == 0
    assert run("build", pilot, *DAY, "--skip-pilot", "--limit", "0").code == 0


def test_a_network_that_is_served_from_now_on_is_counted(tmp_path: Path) -> None:
    """Its range is left out no longer, and its devices are those of the estate: a limit can be kept to."""
    folder, out = body("ghent", tmp_path), tmp_path / "bundle"
    assert run("build", folder, *DAY, "--out", out).code == 0
    edit(folder / "ordinance.toml", 'networks = ["staff", "guest"]', 'networks = ["staff", "guest", "library-lan"]')
    found = planned(folder, out)
    assert zone_change(found)["closed"] == ["10.30.0.0/24"]
    count = str(found["devices_affected"])
    assert run("build", folder, *DAY, "--out", out, "--limit", count).code == 0


def test_all_is_a_limit_that_holds_whatever_became_of_the_estate(tmp_path: Path) -> None:
    """Devices of the last bundle that left the estate are affected too: a hundred per cent are all of both."""
    folder, out = body("ghent", tmp_path), tmp_path / "bundle"
    assert run("build", folder, *DAY, "--out", out).code == 0
    edit(folder / "estate" / "devices.csv", "\ng", "\nx")
    assert planned(folder, out)["devices_affected"] > ESTATE
    assert run("build", folder, *DAY, "--out", out, "--limit", "100%").code == 0


def test_one_number_is_for_one_content_in_whatever_folder(pilot: Path, tmp_path: Path) -> None:
    """A resolver that had one zone passes over another with the same number: pilot, all elsewhere, and a lift."""
    contents: dict[int, bytes] = {}
    other = tmp_path / "other"
    for arguments in ((), ("--pilot",), ("--out", other), ("--out", tmp_path / "twin"), ("--pilot",), ("--lift",)):
        if other in arguments:
            edit(pilot / "ordinance.toml", 'zone = "rpz.gent.example"', 'zone = "rpz.gent.example", ttl = "60"')
        skip = () if {"--pilot", "--lift"} & set(map(str, arguments)) else ("--skip-pilot",)
        done = run("build", pilot, *DAY, *arguments, *skip, "--json")
        assert done.code == 0, done.err
        folder = arguments[1] if "--out" in arguments else pilot / ".ordinance" / (
            "bundle-pilot" if "--pilot" in arguments else "bundle"
        )
        zone = next(Path(folder).rglob("*.zone")).read_bytes()
        number = json.loads((Path(folder) / "manifest.json").read_bytes())["serials"]["dns-rpz"]
        assert contents.setdefault(number, zone) == zone
    assert len(contents) == 5
    assert (other / "dns-rpz" / "rpz.gent.example.zone").read_bytes() == (
        tmp_path / "twin" / "dns-rpz" / "rpz.gent.example.zone"
    ).read_bytes()


def test_devices_are_on_networks_of_their_use(tmp_path: Path) -> None:
    """Pupils' tablets on the school's network, not on the staff's; where a unit is not stated, it keeps nobody away."""
    folder = body("ghent", tmp_path)
    path, rows = rows_of(folder, "devices.csv")
    tablet = next(r for r in rows if r.startswith("gp-001,")).replace(",work,", ",pupil,")
    tablets = [re.sub("(?<=,)[0-9a-f:]{17}(?=,)", "", tablet).replace("gp-001", f"gt-{n}") for n in range(3)]
    path.write_text("\n".join([*rows, *tablets]) + "\n", "utf-8")
    path, rows = rows_of(folder, "networks.csv")
    path.write_text("\n".join([*rows, "school,School,10.90.0.0/24,,pupil,"]) + "\n", "utf-8")
    edit(folder / "ordinance.toml", 'networks = ["staff", "guest"]', 'networks = ["school"]')
    assert planned(folder, tmp_path / "none")["devices_affected"] == 3


def test_a_network_that_a_rule_is_about_and_nobody_serves(tmp_path: Path) -> None:
    """It is let through, and a gap says so by name."""
    folder = body("ghent", tmp_path)
    path, rows = rows_of(folder, "networks.csv")
    path.write_text("\n".join([*rows, "pool,Swimming pool,10.91.0.0/24,visitor,public,"]) + "\n", "utf-8")
    text = (folder / "policies" / "gent-2023-tiktok.yaml").read_text("utf-8")
    rule = text.replace("gent-2023-tiktok", "gent-public")
    start, end = rule.index("    devices:"), rule.index("    duties:")
    rule = rule[:start] + "    networks: [public]\n" + rule[end:]
    (folder / "policies" / "gent-public.yaml").write_text(rule, "utf-8")
    found = planned(folder, tmp_path / "none")
    assert "served by no target: pool" in {g["reason"] for g in found["gaps"] if g["id"] == "no-such-network"}


def test_letters_and_files_serve_no_network(tmp_path: Path) -> None:
    """A notice beside the resolver does not make the gap of the network vanish, nor say that it is blocked there."""
    folder = body("ghent", tmp_path)
    edit(folder / "ordinance.toml", 'networks = ["staff", "guest"]', 'networks = ["staff"]')
    edit(folder / "ordinance.toml", "[[accepted]]", '[[targets]]\nid = "notice"\n\n[[accepted]]')
    text = (folder / "policies" / "gent-2023-tiktok.yaml").read_text("utf-8")
    rule = text.replace("gent-2023-tiktok", "gent-public")
    start, end = rule.index("    devices:"), rule.index("    duties:")
    rule = rule[:start] + "    networks: [public]\n" + rule[end:]
    (folder / "policies" / "gent-public.yaml").write_text(rule, "utf-8")
    found = planned(folder, tmp_path / "none")
    assert "served by no target: guest" in {g["reason"] for g in found["gaps"] if g["id"] == "no-such-network"}
    assert run("build", folder, *DAY, "--out", tmp_path / "bundle").code == 0
    assert "Guest" not in (tmp_path / "bundle" / "notice" / "wifi-en.html").read_text("utf-8")


def test_who_gets_another_letter_is_affected(tmp_path: Path) -> None:
    """The same apps and one duty more, or another day: a limit counts who reads it, and the pilot reads it first."""
    folder = body("ghent", tmp_path)
    edit(folder / "ordinance.toml", "[[accepted]]", '[[targets]]\nid = "notice"\n\n[[accepted]]')
    edit(folder / "ordinance.toml", 'networks = ["staff", "guest"]', 'networks = ["staff", "guest", "library-lan"]')
    with (folder / "ordinance.toml").open("a", encoding="utf-8") as stream:
        stream.write('\n[enforcement]\npilot = ["library"]\n')
    policy = next((folder / "policies").glob("*.yaml"))
    assert run("build", folder, *DAY, "--pilot").code == 0
    assert run("build", folder, *DAY).code == 0
    assert run("build", folder, *DAY, "--limit", "0").code == 0
    more = "      attest: at_once\n      stop_using:"
    for old, new in (("      stop_using:", more), ("within: P14D", "within: P15D")):
        edit(policy, old, new)
        assert "[pilot-first]" in run("build", folder, *DAY).err
        refused = run("build", folder, *DAY, "--skip-pilot", "--limit", "0")
        assert refused.code == 3 and "[wider-than-limit]" in refused.err
        assert run("build", folder, *DAY, "--skip-pilot").code == 0


def test_a_default_that_is_written_down_changes_nothing(tmp_path: Path) -> None:
    """The same answer, the same bytes, nobody affected."""
    zone = 'zone = "rpz.gent.example"'
    assert affected_after(tmp_path, "ordinance.toml", zone, f'{zone}, ttl = "300"') == 0


def test_a_list_of_devices_that_was_not_built_says_nothing(tmp_path: Path) -> None:
    """Replaced by another one: nobody can say how many are affected."""
    out = tmp_path / "bundle"
    assert run("build", GHENT, *DAY, "--out", out).code == 0
    (out / "devices.json").write_text('{"estate_devices": 37, "groups": []}', "utf-8")
    assert planned(GHENT, out)["devices_affected"] is None


def test_the_devices_are_named_for_who_configures_them(tmp_path: Path) -> None:
    """By class and by what is blocked for them, without names of people; verified with the rest."""
    out = tmp_path / "bundle"
    assert run("build", GHENT, *DAY, "--out", out).code == 0
    document = json.loads((out / "devices.json").read_text("utf-8"))
    every = [d for g in document["groups"] for d in g["devices"]]
    assert (len(every), len(set(every)), document["estate_devices"]) == (AFFECTED, AFFECTED, ESTATE)
    assert {len(g["state"]) for g in document["groups"]} == {1}
    assert "devices.json" in manifest(out)["reports"]


# --- taking back, and what is not to be deleted ----------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("ordinance.toml", 'zone = "rpz.gent.example"', 'zone = "rpz2.gent.example"'),
        ("ordinance.toml", "", "no target"),
        ("policies/gent-2023-tiktok.yaml", "family: tiktok", "family: tiktak"),
    ],
)
def test_a_lift_takes_back_what_was_built(tmp_path: Path, file: str, old: str, new: str) -> None:
    """With the settings of then; whatever became of the settings, the targets or the law since."""
    out, folder = tmp_path / "bundle", body("ghent", tmp_path)
    assert run("build", folder, *DAY, "--out", out).code == 0
    if new == "no target":
        text = (folder / "ordinance.toml").read_text("utf-8")
        start = text.index("[[targets]]")
        (folder / "ordinance.toml").write_text(text[:start] + text[text.index("[[accepted]]") :], "utf-8")
    else:
        edit(folder / file, old, new)
    lifted = run("build", folder, *DAY, "--out", out, "--lift")
    assert lifted.code == 0, lifted.err
    zone = (out / "dns-rpz" / "rpz.gent.example.zone").read_text("ascii")
    assert " IN CNAME " not in zone
    assert manifest(out)["stage"] == "lift"


def test_an_older_bundle_is_lifted_whole_or_not_at_all(tmp_path: Path) -> None:
    """It does not say with which settings it was made: where today's give other files, nothing is taken back."""
    out, folder = tmp_path / "bundle", body("ghent", tmp_path)
    assert run("build", folder, *DAY, "--out", out).code == 0
    old = {k: v for k, v in manifest(out).items() if k not in ("settings", "stage", "asked")}
    (out / "manifest.json").write_text(json.dumps(old), "utf-8")
    edit(folder / "ordinance.toml", 'zone = "rpz.gent.example"', 'zone = "rpz2.gent.example"')
    refused = run("build", folder, *DAY, "--out", out, "--lift")
    assert (refused.code, "cannot-lift" in refused.err) == (3, True)
    edit(folder / "ordinance.toml", 'zone = "rpz2.gent.example"', 'zone = "rpz.gent.example"')
    assert run("build", folder, *DAY, "--out", out, "--lift").code == 0


@pytest.mark.consumer("bind9")
def test_programs_are_asked_about_what_is_lifted(tmp_path: Path) -> None:
    """With the settings of then, whatever the target's are today."""
    out, folder = tmp_path / "bundle", body("ghent", tmp_path)
    assert run("build", folder, *DAY, "--out", out).code == 0
    edit(folder / "ordinance.toml", 'zone = "rpz.gent.example"', 'zone = "no zone"')
    assert run("build", folder, *DAY, "--out", out, "--lift", "--ask").code == 0
    assert manifest(out)["accepted"][0]["files"] == ["dns-rpz/rpz.gent.example.zone"]


def test_nothing_was_built_that_could_be_lifted(tmp_path: Path) -> None:
    """Said, and nothing written."""
    refused = run("build", GHENT, *DAY, "--out", tmp_path / "none", "--lift")
    assert (refused.code, "nothing-to-lift" in refused.err, (tmp_path / "none").exists()) == (3, True, False)


def test_what_is_no_part_of_the_bundle_is_not_deleted(tmp_path: Path) -> None:
    """A file, an empty folder or a link put there since stops the build; another body's bundle does too."""
    out = tmp_path / "bundle"
    assert run("build", GHENT, *DAY, "--out", out).code == 0
    for put in (
        lambda p: p.write_text("mine"),
        lambda p: p.mkdir(),
        lambda p: p.symlink_to(out / "gaps.json"),
    ):
        path = out / "dns-rpz" / "README"
        put(path)
        refused = run("build", GHENT, *DAY, "--out", out)
        assert (refused.code, "not-a-bundle" in refused.err, "dns-rpz/README" in refused.err) == (3, True, True)
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    other = run("build", EXAMPLES / "diest", *DAY, "--out", out)
    assert (other.code, "other-body" in other.err) == (3, True)
    assert run("build", GHENT, *DAY, "--out", out).code == 0


def test_a_link_to_the_folder_is_followed(tmp_path: Path) -> None:
    """The folder it leads to is replaced, again and again, and the link stays."""
    real, link = tmp_path / "real", tmp_path / "link"
    real.mkdir()
    link.symlink_to(real)
    for _ in range(2):
        assert run("build", GHENT, *DAY, "--out", link).code == 0
    assert link.is_symlink()
    assert (real / "manifest.json").is_file()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link", "real"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("classes", [{}]), ("classes", 5), ("classes", [{"id": "a", "facts": "b", "devices": "9"}]),
        ("classes", [{"id": "a", "facts": "b", "devices": -300}]), ("serials", {"dns-rpz": -5}),
        ("serials", {"dns-rpz": 2**40}), ("serials", {"dns-rpz": True}), ("reports", [1]), ("restrictions", 5),
        ("settings", {"dns-rpz": 5}), ("stage", "half"), ("artefacts", [{"path": "x"}]), ("invented", [{}]),
        ("body", None),
    ],
)  # fmt: skip
def test_a_damaged_manifest_is_named(tmp_path: Path, key: str, value: Any) -> None:
    """By every verb that reads it, and it stays as it is."""
    out = tmp_path / "bundle"
    assert run("build", GHENT, *DAY, "--out", out).code == 0
    (out / "manifest.json").write_text(json.dumps({**manifest(out), key: value}), "utf-8")
    for command in (
        ("plan", GHENT, *DAY, "--against", out), ("build", GHENT, *DAY, "--out", out), ("bundle", "show", out),
        ("bundle", "verify", out, "--key", out / "none"),
    ):  # fmt: skip
        found = run(*command)
        assert (found.code, "bad-manifest" in found.err) == (3, True), command


def test_a_manifest_nested_beyond_reason(tmp_path: Path) -> None:
    """Named like any other that no build wrote."""
    tmp_path.joinpath("manifest.json").write_text("[" * 100_000, "utf-8")
    assert "bad-manifest" in run("plan", GHENT, *DAY, "--against", tmp_path).err


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
    says = 'env\necho "line 3: no such thing" >&2\nexit 1\n'
    fake.write_text(f'#!/bin/sh\n[ "$1" = -v ] && {{ echo 9.9; exit 0; }}\n{says}')
    monkeypatch.setenv("ORDINANCE_KEY_PASSPHRASE", "s3cret")
    fake.chmod(0o755)
    monkeypatch.setattr("ordinance.operations.consumers._PATH", f"{programs}:/bin:/usr/bin")
    refused = run("build", GHENT, *DAY, "--out", out, "--ask")
    assert (refused.code, "line 3: no such thing" in refused.err, "s3cret" in refused.err) == (5, True, False)
    (issue,) = json.loads(run("build", GHENT, *DAY, "--out", out, "--ask", "--json").out)
    assert issue["id"] == "consumer-refused"
    assert manifest(out) == before
    monkeypatch.setattr("ordinance.operations.consumers._PATH", str(tmp_path / "nothing"))
    nobody = run("build", GHENT, *DAY, "--out", out, "--ask")
    assert (nobody.code, "not asked, as it is not on this machine: named-checkzone" in nobody.err) == (4, True)
    (row,) = manifest(out)["accepted"]
    assert (row["version"], row["files"]) == (None, [])
