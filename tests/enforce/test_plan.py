# SPDX-License-Identifier: EUPL-1.2
"""Plans: nothing asked for is lost, missing facts become gaps, and those hit besides are named."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bodies import BODIES, instant, workspace
from cli.shell import body, edit
from ordinance.enforce.plan import EVERY_TARGET, make_plan
from ordinance.model.apps import Confidence, Kind, Surface
from ordinance.model.body import TargetSettings
from ordinance.model.law import Duty
from ordinance.model.target import Bystanders, Gap, Plan
from ordinance.operations.workspace import Workspace, open_workspace
from ordinance.targets.dns_rpz import DnsRpz

INSIDE = {
    "ghent": "2023-04-10",
    "diest": "2023-04-18T12:00",
    "tallinn": "2024-12-16",
    "city-of-brussels": "2023-04-24",
    "brussels-police-zone": "2023-03-27",
    "tartu": "2025-01-27",
}


def planned(opened: Workspace, at: str) -> tuple[Plan, tuple[Gap, ...]]:
    """The plan of an opened body."""
    return make_plan(opened.law, opened.catalogue, opened.estate, opened.body, instant(at, opened))


@pytest.mark.parametrize("name", BODIES)
def test_every_duty_member_and_surface_is_asked_for(name: str) -> None:
    """Each clause in force that binds a device gives a demand for each duty, member and surface, with all its names."""
    opened = workspace(name)
    plan, _ = planned(opened, INSIDE[name])
    at = instant(INSIDE[name], opened)
    expected = {
        (f"{t.id}/{r.id}", duty, f"{f.id}/{m.id}", surface)
        for t in opened.law.texts
        if t.authority == opened.body.id and all(s.start <= at for s in t.lifecycle)
        for r in t.restrictions
        for duty, _ in r.duties
        for f in opened.catalogue.families
        if f.id in {s.family for s in r.what}
        for m in f.members
        for surface in r.surfaces
    }
    assert {(d.restriction, d.duty, d.app, d.surface) for d in plan.demands} == expected
    for demand in plan.demands:
        found = opened.catalogue.member(demand.app)
        assert found and demand.identifiers == found[1].identifiers
        assert demand.devices > 0 and demand.classes


def test_a_contested_rule_asks_for_nothing_yet() -> None:
    """No demand of the police zone, and a gap that says which reading nobody chose and how many devices hang on it.

    Nor does it say beside that that no device is in scope.
    """
    plan, gaps = planned(workspace("brussels-police-zone"), "2023-03-27")
    assert plan.demands == ()
    contested = "contested, and nobody has chosen: police-zones of be-federal-716"
    assert {(g.id, g.reason) for g in gaps} == {
        ("contested-reading", f"7 device(s) may be in scope: {contested}"),
        ("contested-reading", f"1 device(s) may be in scope: {contested}; not stated: people"),
    }


@pytest.mark.parametrize("name", [n for n in BODIES if workspace(n).body.targets])
def test_every_identifier_of_a_block_is_a_line_or_a_gap(name: str) -> None:
    """And every demand of another duty is a gap of its own: nothing asked for disappears."""
    opened = workspace(name)
    plan, _ = planned(opened, INSIDE[name])
    (settings,) = opened.body.targets
    compiled = DnsRpz().compile(plan, settings.settings, 1)
    lines = {line for artefact in compiled.artefacts for line in artefact.lines}
    gaps = {(g.restriction, g.duty, g.app, g.surface, g.identifier) for g in compiled.gaps}
    assert plan.demands
    for d in plan.demands:
        key = (d.restriction, d.duty, d.app, d.surface)
        if d.duty is Duty.BLOCK_TRAFFIC:
            lost = [i.value for i in d.identifiers if (*key, i.value) not in lines and (*key, i.value) not in gaps]
            assert lost == []
        else:
            assert (*key, "") in gaps


def test_a_block_that_is_not_yet_due_is_planned() -> None:
    """A control has to stand when its time comes: the block is due on 3 April and planned in March."""
    plan, _ = planned(workspace("ghent"), "2023-03-20")
    blocks = [d for d in plan.demands if d.duty is Duty.BLOCK_TRAFFIC]
    assert blocks and all(d.due > plan.at for d in blocks)


@pytest.mark.parametrize(
    ("at", "demands"), [("2023-03-12T23:59", 0), ("2023-03-13", 32), ("2023-09-12T23:59", 32), ("2023-09-13", 0)]
)
def test_a_rule_is_planned_while_it_is_in_force(at: str, demands: int) -> None:
    """Half-open: from its first instant until before its last, eight members and surfaces under four duties."""
    plan, gaps = planned(workspace("ghent"), at)
    assert len(plan.demands) == demands
    assert bool(gaps) == bool(demands)


def test_missing_facts_become_gaps() -> None:
    """Two phones of which nobody said what is paid: a gap for each thing asked, with the count and the missing fact."""
    plan, gaps = planned(workspace("ghent"), "2023-04-10")
    assert {(g.target, g.id, g.reason) for g in gaps} == {
        (EVERY_TARGET, "missing-fact", "2 device(s) may be in scope: not stated: subscription_share")
    }
    assert {(g.restriction, g.duty, g.app, g.surface) for g in gaps} == {
        (d.restriction, d.duty, d.app, d.surface) for d in plan.demands
    }


def test_those_on_the_served_networks_whom_no_ruling_covers() -> None:
    """Guests, whom nobody counts, own phones, and elected members' phones; nobody of the library's own network."""
    plan, _ = planned(workspace("ghent"), "2023-04-10")
    assert [n.id for n in plan.networks] == ["guest", "staff"]
    assert set(plan.bystanders) == {
        Bystanders("guest", "visitors, whom nobody counts", None),
        Bystanders("staff", "people's own devices of staff", 6),
        Bystanders("staff", "the body's devices of elected", 2),
    }


def test_nobody_is_hit_where_nothing_is_blocked() -> None:
    """Before the overlay Diest asks for no block: no over-reach is made up."""
    plan, _ = planned(workspace("diest"), "2023-04-16T12:00")
    assert plan.demands and plan.bystanders == ()


@pytest.mark.parametrize("populations", ["visitor", ""])
def test_a_public_network_has_visitors(populations: str, tmp_path: Path) -> None:
    """Also where nobody wrote down who may join: that it is public says it."""
    folder = body("ghent", tmp_path)
    edit(folder / "estate" / "networks.csv", "10.40.0.0/22,visitor,", f"10.40.0.0/22,{populations},")
    plan, _ = planned(open_workspace(folder).usable(), "2023-04-10")
    assert Bystanders("guest", "visitors, whom nobody counts", None) in plan.bystanders


def test_visitors_on_a_work_network_are_hit_too(tmp_path: Path) -> None:
    """A network for work that also lets visitors in."""
    folder = body("ghent", tmp_path)
    edit(folder / "estate" / "networks.csv", "staff elected,work", "staff elected visitor,work")
    plan, _ = planned(open_workspace(folder).usable(), "2023-04-10")
    assert Bystanders("staff", "visitors, whom nobody counts", None) in plan.bystanders


def test_names_of_all_apps_are_known_where_something_is_blocked() -> None:
    """Only a target knows which of them it hits besides; doubtful names and those given up are nobody's."""
    plan, _ = planned(workspace("ghent"), "2023-04-10")
    apps = {f"{i.family}/{i.member}" for i in plan.neighbours}
    assert {"wechat/wechat", "tiktok/tiktok"} <= apps
    assert all(i.kind is Kind.DOMAIN and i.confidence is not Confidence.LOW for i in plan.neighbours)
    nothing, _ = planned(workspace("tallinn"), "2024-12-16")
    assert nothing.neighbours == ()


def test_a_target_that_names_no_network_may_serve_all() -> None:
    """Over-reach is then stated for every network, not for none."""
    opened = workspace("ghent")
    everywhere = replace(opened, body=replace(opened.body, targets=(TargetSettings("dns-rpz", ()),)))
    plan, _ = planned(everywhere, "2023-04-10")
    assert {n.id for n in plan.networks} == {"guest", "staff", "library-lan"}
    assert {b.network for b in plan.bystanders} >= {"guest", "staff"}


def test_an_exempted_device_is_asked_for_nothing_and_counted() -> None:
    """Tallinn's two separate devices: no demand counts them, and the plan says that a block would hit them."""
    opened = workspace("tallinn")
    plan, _ = planned(opened, "2024-12-16")
    assert plan.exempt_devices == 2
    apps = {d.surface: d.devices for d in plan.demands if d.duty is Duty.REMOVE}
    assert apps[Surface.APP] == 14 and apps[Surface.DESKTOP] == 16  # the exemption is for the app alone


def test_the_web_may_be_blocked_only_where_it_is_forbidden_to_all() -> None:
    """Ghent's rule is about the app; Diest's overlay is about the web too."""
    ghent, _ = planned(workspace("ghent"), "2023-04-10")
    diest, _ = planned(workspace("diest"), "2023-04-18T12:00")
    assert {d.web_forbidden for d in ghent.demands} == {False}
    assert {d.web_forbidden for d in diest.demands if d.duty is Duty.BLOCK_TRAFFIC} == {True}


def test_an_instant_says_the_same_in_every_zone() -> None:
    """The plan's rows do not depend on how the instant was written."""
    opened = workspace("ghent")
    one, _ = planned(opened, "2023-04-10")
    utc = datetime.fromisoformat("2023-04-09T22:00:00+00:00")
    other, _ = make_plan(opened.law, opened.catalogue, opened.estate, opened.body, utc)
    assert replace(one, at=utc) == other
