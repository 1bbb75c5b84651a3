# SPDX-License-Identifier: EUPL-1.2
"""What the target for Unbound writes in each of its two forms, and what it says of each."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import PurePosixPath

import pytest
from hypothesis import assume, given, settings

from ordinance.model.errors import PolicyError, TargetError
from ordinance.model.target import Compiled, Plan
from ordinance.targets.unbound import Unbound

from .plans import HOSTILE, HOSTILE_PLANS, PLANS, demand, identifier, network, plan
from .read_back.unbound import blocked
from .test_promises import HOST, agree, entries, lines, under

LOCAL: dict[str, str] = {}
ZONES = {"form": "rpz"}
FORMS = pytest.mark.parametrize("form", [LOCAL, ZONES], ids=["local-zone", "rpz"])
OF_ONE_FORM = {"cname-open", "own-views", "cname-cached"}
PLAN = plan(demand(identifier("tiktokv.com")))
SEPARATE = network("separate", "198.51.100.0/28", "2001:db8:7::/64")


def made(of: Plan = PLAN, **given: str) -> dict[str, str]:
    """Each file's text by its name."""
    found = Unbound().compile(of, given, 7).artefacts
    return {PurePosixPath(a.path).name: a.content.decode("ascii") for a in found}


def rows(compiled: Compiled) -> set[tuple[str, str]]:
    return {(o.network, o.who) for o in compiled.over_reach}


@settings(deadline=None)
@given(of=PLANS)
def test_policy_zones_block_what_they_say(of: Plan) -> None:
    """An independent reader finds the entries and no others; when all rules end the same files block nobody."""
    compiled = Unbound().compile(of, ZONES, 7)
    assert agree(Unbound(), blocked(compiled), entries(compiled))
    assert all(under(line[4].lower().removesuffix("."), blocked(compiled)) for line in lines(compiled))
    lifted = Unbound().compile(replace(of, demands=()), ZONES, 8)
    assert [a.path for a in lifted.artefacts] == [a.path for a in compiled.artefacts]
    assert not blocked(lifted)
    assert not any(a.left_out for a in lifted.artefacts)
    assert not lifted.over_reach


@settings(deadline=None)
@given(of=PLANS)
def test_policy_zones_carry_out_what_local_zones_do(of: Plan) -> None:
    """Promises kept by local zones are kept by policy zones: apart from what only one form can do, they say the same.

    They may hit more; a name too long for a policy zone is the one that local zones alone hold.
    """
    zones, local = (Unbound().compile(of, form, 7) for form in (ZONES, LOCAL))
    assert lines(zones) <= lines(local)
    assume(not any(g.id == "name-too-long" for g in zones.gaps))
    assert lines(zones) == lines(local)
    assert [g for g in zones.gaps if g.id not in OF_ONE_FORM] == [g for g in local.gaps if g.id not in OF_ONE_FORM]
    assert zones.artefacts[0].left_out == local.artefacts[0].left_out
    assert set(local.over_reach) <= set(zones.over_reach)


@settings(deadline=None)
@given(of=HOSTILE_PLANS)
def test_hostile_names_stay_inside_policy_zones(of: Plan) -> None:
    """Whatever names and texts hold, readers of zones and clauses find host names, and only those said."""
    compiled = Unbound().compile(of, ZONES, 7)
    assert agree(Unbound(), blocked(compiled), entries(compiled))
    assert all(HOST.fullmatch(e) for e in entries(compiled))


@pytest.mark.parametrize("hostile", HOSTILE, ids=repr)
def test_a_hostile_text_adds_no_rule(hostile: str) -> None:
    """A hostile text as name, restriction, body, version or notice adds at most a host name to the policy zones."""
    asked = demand(identifier("tiktokv.com"), identifier(hostile), restriction=hostile)
    of = plan(asked, body=hostile, catalogue_version=hostile, notice=hostile)
    found = blocked(Unbound().compile(of, ZONES, 7))
    assert "tiktokv.com" in found
    assert found - {"tiktokv.com"} <= ({hostile} if HOST.fullmatch(hostile) else set())


@FORMS
def test_who_may_ask_is_never_written(form: dict[str, str]) -> None:
    """No file speaks of access, tags or views: each of those can open a resolver to those it refused, or close it."""
    text = "".join(made(replace(PLAN, others=(SEPARATE,)), **form).values())
    assert "198.51.100.0/28" in text
    for word in ("access-control", "define-tag", "tags:", "view", "interface"):
        assert word not in text


def test_the_default_form_is_local_zones() -> None:
    """Without settings, as with the form's name: one file, which asks for no other module of Unbound's."""
    assert set(made()) == {"ordinance-local-zones.conf"}
    assert made() == made(form="local-zone")


def test_clients_are_let_past_in_a_zone_of_their_own_that_comes_first() -> None:
    """The zone with the names says nothing of clients, and its clause stands behind the one about clients."""
    files = made(replace(PLAN, others=(SEPARATE,)), **ZONES)
    assert "rpz-client-ip" not in files["rpz.ordinance.zone"]
    free = files["left-out.rpz.ordinance.zone"]
    assert "\n28.0.100.51.198.rpz-client-ip IN CNAME rpz-passthru. ; not blocked for 198.51.100.0/28\n" in free
    assert "\n64.zz.7.db8.2001.rpz-client-ip IN CNAME rpz-passthru. ; not blocked for 2001:db8:7::/64\n" in free
    clauses = files["ordinance-rpz.conf"]
    assert clauses.index('"left-out.rpz.ordinance"') < clauses.index('"rpz.ordinance"')
    assert made(plan(others=(SEPARATE,)), **ZONES)["left-out.rpz.ordinance.zone"].count("rpz-client-ip") == 0


def test_every_local_zone_is_opened_for_a_network_left_out() -> None:
    """Also the one of a name beneath another: Unbound looks at the nearest zone alone."""
    names = demand(identifier("tiktokv.com"), identifier("log.eu.tiktokv.com"))
    text = made(plan(names, others=(SEPARATE,)))["ordinance-local-zones.conf"]
    for name in ("tiktokv.com", "log.eu.tiktokv.com"):
        for cidr in ("198.51.100.0/28", "2001:db8:7::/64"):
            assert f'\n  local-zone-override: "{name}." {cidr} always_transparent\n' in text


def test_what_becomes_of_aliases_is_said_of_each_form() -> None:
    """Zones block an alias once, then answer it, which hits own names; local zones answer it always and hit none."""
    zones, local = (Unbound().compile(PLAN, form, 7) for form in (ZONES, LOCAL))
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
    zones, local = (Unbound().compile(of, form, 7) for form in (ZONES, LOCAL))
    assert rows(local) == everybody
    past = ("separate", "whoever your other policy zones protect")
    assert rows(zones) == {*everybody, past, ("staff", "own names that are a CNAME for a blocked name")}
    for compiled in (zones, local):
        assert compiled.artefacts[0].left_out == ("198.51.100.0/28", "2001:db8:7::/64")


def test_settings_reach_the_files() -> None:
    """Zone, time to live and answer stand where they belong, in both forms."""
    files = made(**ZONES, zone="rpz.gent.example", ttl="0", answer="nodata")
    assert set(files) == {
        "rpz.gent.example.zone", "left-out.rpz.gent.example.zone", "ordinance-modules.conf", "ordinance-rpz.conf",
    }  # fmt: skip
    assert "\n*.tiktokv.com IN CNAME *.\n" in files["rpz.gent.example.zone"]
    assert "$ORIGIN left-out.rpz.gent.example.\n$TTL 0\n" in files["left-out.rpz.gent.example.zone"]
    garden = made(**ZONES, answer="garden", garden="blocked.city.example")
    assert "\n*.tiktokv.com IN CNAME blocked.city.example.\n" in garden["rpz.ordinance.zone"]
    local = made(answer="nodata")["ordinance-local-zones.conf"]
    assert '\n  local-zone: "tiktokv.com." always_nodata # ' in local


@pytest.mark.parametrize(
    "settings",
    [
        {"form": "views"}, {"form": ""}, {"form": "rpz\n"}, {"zone": "../up"}, {"answer": "refuse"}, {"colour": "red"},
        {**ZONES, "zone": "../up"}, {**ZONES, "answer": "garden"},
        {**ZONES, "answer": "garden", "garden": "page.tiktokv.com"},
        {"answer": "garden", "garden": "blocked.city.example"}, {"zone": "rpz.gent.example"}, {"ttl": "60"},
        {"form": "local-zone", "ttl": "60"},
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
    one, two = (Unbound().compile(PLAN, ZONES, n).artefacts for n in (0, 4294967295))
    assert [a.content.replace(b" 0 3600", b" 4294967295 3600") for a in one] == [a.content for a in two]
    assert [a.content == b.content for a, b in zip(one, two, strict=True)] == [False, False, True, True]
    assert Unbound().compile(PLAN, LOCAL, 0) == Unbound().compile(PLAN, LOCAL, 4294967295)
    with pytest.raises(TargetError):
        Unbound().compile(PLAN, ZONES, 4294967296)


def test_the_files_never_call_a_name_a_threat() -> None:
    """Restricted is not malicious: each file with names carries the policy tag and says what it is not."""
    said = "Policy tag: app-restriction. Restricted by a decision, not malicious: not for a threat list.\n"
    assert said in made(**ZONES)["rpz.ordinance.zone"]
    assert said in made()["ordinance-local-zones.conf"]


def test_a_name_of_any_length_is_a_local_zone() -> None:
    """Without a zone behind it the longest host name fits; with one it is a gap."""
    longest = ".".join(["a" * 60] * 4 + ["b" * 9])
    asked = plan(demand(identifier(longest)))
    assert Unbound().compile(asked, LOCAL, 7).artefacts[0].entries == (longest,)
    assert "name-too-long" in {g.id for g in Unbound().compile(asked, ZONES, 7).gaps}
