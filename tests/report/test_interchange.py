# SPDX-License-Identifier: EUPL-1.2
"""The catalogue for other tools: their own readers take it, and it says policy where they might hear threat."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path

import adblock
import pytest
from pymisp import MISPEvent

from lab.dns import running
from ordinance.catalogue.load import load
from ordinance.model.apps import Identifier, Kind, Role
from ordinance.operations.apps_export import ExportTo, export
from ordinance.report.interchange import EXTENSION, POLICY, Selection, abp, hosts, misp, stix

THREAT = ("indicator", "malware", "threat-actor", "attack-pattern", "campaign", "intrusion-set", "infrastructure")


def selection(*families: str) -> Selection:
    """Everything of some families; of all where none is named."""
    catalogue = load()
    chosen = [i for f in catalogue.families if f.id in families or not families for i in f.identifiers if not i.retired]
    return Selection(catalogue, tuple(chosen))


def names(identifiers: Iterable[Identifier]) -> set[str]:
    return {i.value for i in identifiers if i.kind is Kind.DOMAIN}


@pytest.mark.slow
def test_the_bundle_is_valid_stix(tmp_path: Path) -> None:
    """By OASIS' validator, in a process of its own; its one remark is that our ids are derived and not drawn."""
    path = tmp_path / "bundle.json"
    path.write_text(stix(selection()))
    code = (
        "import sys, json; from stix2validator import ValidationOptions, validate_file\n"
        "found = validate_file(sys.argv[1], ValidationOptions(version='2.1'))\n"
        "json.dump([found.is_valid, [str(w) for r in found.object_results for w in r.warnings],"
        " [str(e) for r in found.object_results for e in r.errors]], sys.stdout)"
    )
    done = subprocess.run([*python(), code, str(path)], capture_output=True, text=True, check=True)
    valid, warnings, errors = json.loads(done.stdout)
    assert (valid, errors) == (True, [])
    assert {w.split("{")[1][:3] for w in warnings} <= {"103"}


def python() -> list[str]:
    import sys

    return [sys.executable, "-W", "ignore", "-c"]


def test_a_bundle_holds_every_name_and_no_indicator() -> None:
    """Names with their role and day; ids of software beside them; the tag of a policy on each grouping."""
    chosen = selection("tiktok", "deepseek")
    objects = json.loads(stix(chosen))["objects"]
    assert not {o["type"] for o in objects} & set(THREAT)
    listed = {o["value"]: o["extensions"][EXTENSION] for o in objects if o["type"] == "domain-name"}
    assert set(listed) == names(chosen.identifiers)
    assert listed["tiktok.com"]["role"] == "web"
    assert listed["tiktok.com"]["app"] == "tiktok/tiktok"
    software = {o["extensions"][EXTENSION]["app"]: o for o in objects if o["type"] == "software"}
    ids = software["tiktok/tiktok"]["extensions"][EXTENSION]["identifiers"]
    assert {"com.zhiliaoapp.musically"} <= {i["value"] for i in ids if i["kind"] == "package_name"}
    groupings = [o for o in objects if o["type"] == "grouping"]
    assert [g["labels"] for g in groupings] == [[POLICY]] * 2
    assert all("not malicious" in g["description"] for g in groupings)
    every = {o["id"] for o in objects}
    assert all(set(g["object_refs"]) <= every for g in groupings)
    assert len(every) == len(objects)


def test_misp_reads_the_event(tmp_path: Path) -> None:
    """Its own library: types fit their categories, nothing is for detection, the threat level is undefined."""
    path = tmp_path / "event.json"
    chosen = selection("tiktok", "meta")
    path.write_text(misp(chosen))
    event = MISPEvent()  # it refuses a type in a category that has none such
    event.load_file(str(path))
    assert len(event.attributes) == len(chosen.identifiers)
    assert {a.value for a in event.attributes if a.type == "domain"} == names(chosen.identifiers)
    assert not any(a.to_ids for a in event.attributes)
    assert str(event.threat_level_id) == "4"
    assert [t.name for t in event.tags] == [POLICY]
    assert all([t.name for t in a.tags] == [POLICY] for a in event.attributes)
    assert len({a.uuid for a in event.attributes}) == len(event.attributes)


def test_a_browsers_blocker_keeps_to_the_list() -> None:
    """Each name and what is below it is blocked, neighbours and look-alikes are not."""
    chosen = selection("tiktok")
    rules = adblock.FilterSet()
    rules.add_filter_list(abp(chosen), format="standard")
    engine = adblock.Engine(rules)

    def blocked(name: str) -> bool:
        return bool(engine.check_network_urls(f"https://{name}/", "https://page.example/", "script").matched)

    for name in names(chosen.identifiers):
        assert blocked(name)
        assert blocked(f"deep.{name}")
    for other in ("nottiktok.com", "tiktok.com.evil.example", "example.org", "tiktok.example", "capcut.com"):
        assert not blocked(other)


@pytest.mark.slow
@pytest.mark.consumer("dnsmasq", "bind9-dnsutils")
def test_a_resolver_takes_the_hosts_file(tmp_path: Path) -> None:
    """dnsmasq answers 0.0.0.0 for each name, and has nothing to say of a name below or beside one."""
    path = tmp_path / "blocked.hosts"
    path.write_text(hosts(selection("tiktok")) + "0.0.0.0 alive.probe.test\n")

    def command(port: int) -> list[str]:
        fixed = ["-k", "-C", "/dev/null", "-R", "-h", "-a", "127.0.0.1", "-p", str(port), "--pid-file=", "--user="]
        return ["dnsmasq", *fixed, f"--addn-hosts={path}", "--no-daemon"]

    with running(command, tmp_path / "dnsmasq.log") as server:
        for name in ("tiktok.com", "musical.ly", "api16-normal-c-alisg.tiktokv.com"):
            assert [r.split()[-1] for r in server.ask(name, "A").records] == ["0.0.0.0"]  # noqa: S104  # an answer
        for name in ("below.musical.ly", "nottiktok.com"):
            assert server.ask(name, "A").records == ()


@pytest.mark.parametrize("form", list(ExportTo))
def test_the_same_catalogue_gives_the_same_bytes(form: ExportTo) -> None:
    """Ids are derived, days are the sources'; every form says policy and not threat."""
    once = export(form, ["tiktok"]).text
    assert once == export(form, ["tiktok"]).text
    assert POLICY in once
    assert "not malicious" in once


@pytest.mark.parametrize("form", list(ExportTo))
def test_nothing_that_was_asked_for_disappears(form: ExportTo) -> None:
    """What is in, and what was left out with its reason, add up to what was asked for."""
    whole = [i for f in load().families if f.id in {"meta", "threema"} for i in f.identifiers]
    for roles in ((), (Role.WEB,), tuple(Role)):
        found = export(form, ["meta", "threema"], roles)
        assert found.identifiers + sum(n for _, n in found.left_out) == len(whole)


def test_lists_for_blocking_hold_only_names_of_the_app() -> None:
    """A block list that takes other products with it has to be asked for."""
    found = export(ExportTo.ABP, ["tiktok"])
    assert "||api16-normal-c-alisg.tiktokv.com^" in found.text
    assert "||tiktok.com^" not in found.text
    assert "||tiktok.com^" in export(ExportTo.ABP, ["tiktok"], [Role.WEB]).text
    assert '"tiktok.com"' in export(ExportTo.MISP, ["tiktok"]).text


def test_a_kit_is_not_given_out_as_the_app() -> None:
    """Whoever looks for such classes would flag every app that has the kit in."""
    for form in (ExportTo.STIX, ExportTo.MISP):
        found = export(form, ["wechat"])
        assert "com.tencent.mm.opensdk" not in found.text
        assert ("class_prefix: a kit inside other apps", 2) in found.left_out


def test_a_member_alone() -> None:
    """Instagram without the rest of its maker."""
    found = export(ExportTo.HOSTS, ["meta/instagram"], tuple(Role)).text
    assert " instagram.com" in found
    assert " whatsapp.com" not in found
