# SPDX-License-Identifier: EUPL-1.2
"""The groups of the enforceability sheet: every device in one, with what rules ask of it and where it may be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bodies import BODIES, instant, workspace
from enforce.test_plan import INSIDE
from ordinance.enforce.plan import make_plan
from ordinance.enforce.sheet_devices import group_devices
from ordinance.model.apps import Surface
from ordinance.model.enforceability import Devices
from ordinance.model.estate import Estate, Owner
from ordinance.operations.workspace import Workspace


def groups(opened: Workspace, at: str, estate: Estate | None = None) -> tuple[Devices, ...]:
    """The groups of an opened body at an instant."""
    return group_devices(opened.law, estate or opened.estate, opened.body, instant(at, opened))


@pytest.mark.parametrize("name", BODIES)
def test_every_device_that_states_facts_is_counted_once(name: str) -> None:
    """The groups add up to the devices of the day, and no group is empty."""
    opened = workspace(name)
    day = instant(INSIDE[name], opened).date()
    found = groups(opened, INSIDE[name])
    assert sum(g.devices for g in found) == len(list(opened.estate.devices_on(day, day)))
    assert all(g.devices > 0 for g in found)


@pytest.mark.parametrize("name", BODIES)
def test_what_is_asked_is_what_is_planned(name: str) -> None:
    """The apps and surfaces of the groups are those of the plan, which is made another way."""
    opened = workspace(name)
    plan, _ = make_plan(opened.law, opened.catalogue, opened.estate, opened.body, instant(INSIDE[name], opened))
    asked = {(s, a) for g in groups(opened, INSIDE[name]) for s, apps in g.asked.items() for a in apps}
    assert asked == {(d.surface, d.app) for d in plan.demands}


def test_the_separate_device_is_a_group_of_its_own() -> None:
    """Tallinn's: exempt for the app, and for nothing that the exemption does not name."""
    found = [g for g in groups(workspace("tallinn"), INSIDE["tallinn"]) if g.exemptions]
    assert [(g.devices, dict(g.lifted)) for g in found] == [(2, {Surface.APP: ("channel-devices",)})]
    assert set(found[0].asked) == {Surface.DESKTOP}


def test_an_own_phone_whose_share_nobody_stated_is_unsure() -> None:
    """Ghent's rule turns on the subscription's share: without it the sheet says what is missing, and asks nothing."""
    own = [g for g in groups(workspace("ghent"), INSIDE["ghent"]) if g.owner is Owner.PERSON and g.part_funded is None]
    assert [(g.devices, g.unsure, dict(g.asked)) for g in own] == [(2, ("subscription_share",), {})]


def test_devices_are_counted_where_they_may_join() -> None:
    """Ghent's resolver serves the town hall: the library's computers, on a network of their own, are not among them."""
    found = {(g.platform, g.owner): g for g in groups(workspace("ghent"), INSIDE["ghent"]) if g.asked}
    counts = {str(platform): (g.devices, g.reached["dns-rpz"]) for (platform, _), g in found.items()}
    assert counts == {"android": (10, 10), "ios": (5, 5), "windows": (14, 10)}


def test_without_networks_nobody_knows_who_is_reached() -> None:
    """An estate that states no networks gives no number, rather than nought or all."""
    opened = workspace("ghent")
    found = groups(opened, INSIDE["ghent"], replace(opened.estate, networks=()))
    assert {g.reached["dns-rpz"] for g in found} == {None}


def test_order_of_rows_changes_nothing() -> None:
    """The same estate in another order gives the same groups in the same order."""
    opened = workspace("ghent")
    estate = opened.estate
    turned = Estate(estate.devices[::-1], estate.people[::-1], estate.units, estate.networks[::-1])
    assert groups(opened, INSIDE["ghent"], turned) == groups(opened, INSIDE["ghent"])


@pytest.mark.parametrize("name", BODIES)
def test_nothing_is_asked_before_the_rules(name: str) -> None:
    """In a year without any of these decisions no group is asked for anything."""
    opened = workspace(name)
    assert all(not g.asked and not g.lifted for g in groups(opened, "2022-01-01"))
