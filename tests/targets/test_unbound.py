# SPDX-License-Identifier: EUPL-1.2
"""What the target for Unbound writes in each of its two forms, and what it says of each."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings

from ordinance.model.errors import PolicyError, TargetError
from ordinance.model.target import Compiled, Plan
from ordinance.targets.unbound import Unbound

from . import plans
from .plans import HOSTILE, HOSTILE_PLANS, PLANS, demand, identifier, network, plan
from .read_back.unbound import blocked
from .test_golden import CASES, as_files
from .test_promises import HOST, agree, under

LOCAL = {"form": "local-zone"}
FORMS = pytest.mark.parametrize("form", [{}, LOCAL], ids=["rpz", "local-zone"])
PLAN = plan(demand(identifier("tiktokv.com")))
SEPARATE = network("separate", "198.51.100.0/28", "2001:db8:7::/64")


def made(of: Plan = PLAN, **given: str) -> dict[str, str]:
    """Each file's text by its name."""
    found = Unbound().compile(of, given, 7).artefacts
    return {PurePosixPath(a.path).name: a.content.decode("ascii") for a in found}


def rows(compiled: Compiled) -> set[tuple[str, str]]:
    return {(o.network, o.who) for o in compiled.over_reach}


@pytest.mark.parametrize("case", sorted((CASES / "unbound").iterdir()), ids=lambda c: c.name)
def test_local_zones_are_as_approved(case: Path, tmp_path: Path) -> None:
    """The second form of each golden case: its file, gaps and over-reach, byte for byte, approved by a person too."""
    found = as_files(Unbound().compile(plans.load(case / "plan.json"), LOCAL, 7))
    for name, text in found.items():
        (tmp_path / name).write_text(text, encoding="utf-8", newline="\n")
    expected = {p.name: p.read_bytes().decode("utf-8") for p in (case / "expected-local-zone").iterdir()}
    assert found == expected, f"the new bytes are in {tmp_path}"


@settings(deadline=None)
@given(of=PLANS)
def test_local_zones_block_what_they_say(of: Plan) -> None:
    """An independent reader finds the entries and no others; an empty plan blocks nothing in the same file."""
    compiled = Unbound().compile(of, LOCAL, 7)
    (file,) = compiled.artefacts
    assert agree(Unbound(), blocked(compiled), set(file.entries))
    assert all(under(line[4].lower().removesuffix("."), blocked(compiled)) for line in file.lines)
    lifted = Unbound().compile(replace(of, demands=()), LOCAL, 8)
    assert [a.path for a in lifted.artefacts] == [file.path]
    assert not blocked(lifted)
    assert not lifted.over_reach


@settings(deadline=None)
@given(of=HOSTILE_PLANS)
def test_hostile_names_stay_inside_local_zones(of: Plan) -> None:
    """Whatever names and texts hold, a reader of Unbound's configuration finds host names, and only those said."""
    compiled = Unbound().compile(of, LOCAL, 7)
    assert agree(Unbound(), blocked(compiled), set(compiled.artefacts[0].entries))
    assert all(HOST.fullmatch(e) for e in compiled.artefacts[0].entries)


@pytest.mark.parametrize("hostile", HOSTILE, ids=repr)
def test_a_hostile_text_adds_no_option(hostile: str) -> None:
    """A hostile text as name, restriction, body, version or notice adds at most a host name to the file."""
    asked = demand(identifier("tiktokv.com"), identifier(hostile), restriction=hostile)
    of = plan(asked, body=hostile, catalogue_version=hostile, notice=hostile)
    found = blocked(Unbound().compile(of, LOCAL, 7))
    assert "tiktokv.com" in found
    assert found - {"tiktokv.com"} <= ({hostile} if HOST.fullmatch(hostile) else set())


@FORMS
def test_who_may_ask_is_never_written(form: dict[str, str]) -> None:
    """No file speaks of access, tags or views: each of those can open a resolver to those it refused, or close it."""
    text = "".join(made(replace(PLAN, others=(SEPARATE,)), **form).values())
    assert "198.51.100.0/28" in text
    for word in ("access-control", "define-tag", "tags:", "view", "interface"):
        assert word not in text


def test_clients_are_let_past_in_a_zone_of_their_own_that_comes_first() -> None:
    """The zone with the names says nothing of clients, and its clause stands behind the one about clients."""
    files = made(replace(PLAN, others=(SEPARATE,)))
    assert "rpz-client-ip" not in files["rpz.ordinance.zone"]
    free = files["left-out.rpz.ordinance.zone"]
    assert "\n28.0.100.51.198.rpz-client-ip IN CNAME rpz-passthru. ; not blocked for 198.51.100.0/28\n" in free
    assert "\n64.zz.7.db8.2001.rpz-client-ip IN CNAME rpz-passthru. ; not blocked for 2001:db8:7::/64\n" in free
    clauses = files["ordinance-rpz.conf"]
    assert clauses.index('"left-out.rpz.ordinance"') < clauses.index('"rpz.ordinance"')
    assert made(plan(others=(SEPARATE,)))["left-out.rpz.ordinance.zone"].count("rpz-client-ip") == 0


def test_every_local_zone_is_opened_for_a_network_left_out() -> None:
    """Also the one of a name beneath another: Unbound looks at the nearest zone alone."""
    names = demand(identifier("tiktokv.com"), identifier("log.eu.tiktokv.com"))
    text = made(plan(names, others=(SEPARATE,)), form="local-zone")["ordinance-local-zones.conf"]
    for name in ("tiktokv.com", "log.eu.tiktokv.com"):
        for cidr in ("198.51.100.0/28", "2001:db8:7::/64"):
            assert f'\n  local-zone-override: "{name}." {cidr} always_transparent\n' in text


def test_what_becomes_of_aliases_is_said_of_each_form() -> None:
    """Zones block an alias once, then answer it, which hits own names; local zones answer it always and hit none."""
    zones, local = (Unbound().compile(PLAN, form, 7) for form in ({}, LOCAL))
    limits = {"fixed-addresses", "foreign-resolver", "outside-the-network"}
    assert {g.id for g in zones.gaps} == limits | {"cname-cached"}
    assert {g.id for g in local.gaps} == limits | {"cname-open", "own-views"}
    assert [o.who for o in zones.over_reach] == ["own names that are a CNAME for a blocked name"]
    assert not local.over_reach


def test_a_network_left_out_loses_other_policy_zones() -> None:
    """One row a network that is left out by policy zones, and none by local zones; a shared range is not left out."""
    others = (SEPARATE, network("library", "192.0.2.128/25"), network("bare"))
    of = replace(PLAN, networks=(network("staff", "192.0.2.0/24"),), others=others)
    everybody = {("library", "everybody on it"), ("bare", "everybody on it")}
    zones, local = (Unbound().compile(of, form, 7) for form in ({}, LOCAL))
    assert rows(local) == everybody
    past = ("separate", "whoever your other policy zones protect")
    assert rows(zones) == {*everybody, past, ("staff", "own names that are a CNAME for a blocked name")}
    for compiled in (zones, local):
        assert compiled.artefacts[0].left_out == ("198.51.100.0/28", "2001:db8:7::/64")


def test_settings_reach_the_files() -> None:
    """Zone, time to live and answer stand where they belong, in both forms."""
    files = made(zone="rpz.gent.example", ttl="0", answer="nodata")
    assert set(files) == {
        "rpz.gent.example.zone", "left-out.rpz.gent.example.zone", "ordinance-modules.conf", "ordinance-rpz.conf",
    }  # fmt: skip
    assert "\n*.tiktokv.com IN CNAME *.\n" in files["rpz.gent.example.zone"]
    assert "$ORIGIN left-out.rpz.gent.example.\n$TTL 0\n" in files["left-out.rpz.gent.example.zone"]
    garden = made(answer="garden", garden="blocked.city.example")
    assert "\n*.tiktokv.com IN CNAME blocked.city.example.\n" in garden["rpz.ordinance.zone"]
    local = made(form="local-zone", answer="nodata")["ordinance-local-zones.conf"]
    assert '\n  local-zone: "tiktokv.com." always_nodata # ' in local


@pytest.mark.parametrize(
    "settings",
    [
        {"form": "views"}, {"form": ""}, {"form": "rpz\n"}, {"zone": "../up"}, {"answer": "refuse"}, {"colour": "red"},
        {"answer": "garden"}, {"answer": "garden", "garden": "page.tiktokv.com"},
        {**LOCAL, "answer": "garden", "garden": "blocked.city.example"}, {**LOCAL, "zone": "rpz.gent.example"},
        {**LOCAL, "ttl": "60"},
    ],
    ids=json.dumps,
)  # fmt: skip
def test_a_setting_that_cannot_be_kept_is_an_issue(settings: dict[str, str]) -> None:
    """Unknown forms and values, a garden that is blocked, and what local zones cannot do: nothing is built."""
    with pytest.raises(PolicyError) as caught:
        Unbound().compile(PLAN, settings, 7)
    assert {i.id for i in caught.value.issues} == {"bad-target-setting"}


def test_all_bad_settings_are_reported_together() -> None:
    """Three faults give three issues."""
    with pytest.raises(PolicyError) as caught:
        Unbound().compile(PLAN, {"form": "views", "ttl": "soon", "colour": "red"}, 7)
    assert len(caught.value.issues) == 3


def test_the_serial_stands_in_both_zones_and_in_no_local_zone() -> None:
    """Two serials differ in the two SOA records alone; local zones have no number; one too large is refused."""
    one, two = (Unbound().compile(PLAN, {}, n).artefacts for n in (0, 4294967295))
    assert [a.content.replace(b" 0 3600", b" 4294967295 3600") for a in one] == [a.content for a in two]
    assert [a.content == b.content for a, b in zip(one, two, strict=True)] == [False, False, True, True]
    assert Unbound().compile(PLAN, LOCAL, 0) == Unbound().compile(PLAN, LOCAL, 4294967295)
    with pytest.raises(TargetError):
        Unbound().compile(PLAN, {}, 4294967296)


def test_the_files_never_call_a_name_a_threat() -> None:
    """Restricted is not malicious: each file with names carries the policy tag and says what it is not."""
    said = "Policy tag: app-restriction. Restricted by a decision, not malicious: not for a threat list.\n"
    assert said in made()["rpz.ordinance.zone"]
    assert said in made(form="local-zone")["ordinance-local-zones.conf"]


def test_a_name_of_any_length_is_a_local_zone() -> None:
    """Without a zone behind it the longest host name fits; with one it is a gap."""
    longest = ".".join(["a" * 60] * 4 + ["b" * 9])
    asked = plan(demand(identifier(longest)))
    assert Unbound().compile(asked, LOCAL, 7).artefacts[0].entries == (longest,)
    assert "name-too-long" in {g.id for g in Unbound().compile(asked, {}, 7).gaps}
