# SPDX-License-Identifier: EUPL-1.2
"""For whom a control stands, and on which networks of a kind none does: controls made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import cast

import pytest

import bodies
from ordinance.enforce.controls import Control, controls, missing_networks
from ordinance.model.apps import Surface
from ordinance.model.estate import Network, Use
from ordinance.model.law import Duty
from ordinance.model.target import Compiled, Demand, OverReach, Plan, Proof, Target
from ordinance.operations.enforcing import plans_of
from ordinance.operations.workspace import Workspace, open_workspace
from ordinance.targets._block import EVERYBODY

APP, WEB = Surface.APP, Surface.WEB
BLOCK, DENY = Duty.BLOCK_TRAFFIC, Duty.DENY_INSTALL
LINES = frozenset({("a/one", BLOCK, "tiktok/tiktok", APP), ("b/one", DENY, "tiktok/tiktok", APP)})


def demand(
    clause: str = "a/one", duty: Duty = BLOCK, app: str = "tiktok/tiktok", surface: Surface = APP
) -> Demand:
    """What a clause asks for, of the classes c1 and c2."""
    due = datetime.fromisoformat("2023-04-03T00:00+02:00")
    return Demand(clause, duty, app, surface, due, (), False, ("c1", "c2"), 2)


@pytest.mark.parametrize(
    ("gets", "class_id", "expected"),
    [(None, "c1", True), (None, "c3", True), ({"c1"}, "c1", True), ({"c1"}, "c2", False), (set(), "c1", False)],
)
def test_a_file_is_for_whom_it_can_be_brought_to(gets: set[str] | None, class_id: str, expected: bool) -> None:
    """Each class, where nothing else is said; none, where it can be brought to none."""
    for devices in (None, frozenset({"d"})):
        one = Control("t", LINES, devices, None if gets is None else frozenset(gets))
        assert one.does(demand(), class_id) is expected
        assert not one.does(demand("b/one"), class_id)
        assert not one.does(demand(duty=DENY), class_id)


def test_what_a_file_stops_is_asked_of_its_class_and_what_a_network_stops_of_nobody() -> None:
    """A file has what is asked for the class; a network stops an app there for whoever asked, whichever rule it was."""
    asked = [demand(), demand("c/two", DENY)]
    file = Control("t", LINES, None, frozenset({"c1"}))
    assert (file.duties("c1", asked), file.duties("c2", asked)) == ({BLOCK}, set())
    network = Control("t", LINES, frozenset({"d"}), frozenset({"c1"}))
    assert network.duties("c1", asked) == network.duties("c2", asked) == {BLOCK, DENY}
    assert network.duties("c1", [demand(app="tiktok/tiktok-lite")]) == set()
    assert network.duties("c1", [demand(surface=WEB)]) == set()


# --- networks ---------------------------------------------------------------------------------------------------------


GUESTS = """policy: guests
version: "1"
title: TikTok off networks for guests
authority: gent
lifecycle: [{state: in_force, from: 2023-03-13}]
restrictions:
  - id: guest-network
    force: binding
    what: [{family: tiktok}]
    surfaces: [network]
    networks: [public]
    duties: {block_traffic: {within: P21D}, identify: at_once}
    last_day: 2023-12-31
    at_sunset: lapse
  - id: perhaps
    force: binding
    under: {guests: [meant]}
    what: [{family: tiktok}]
    surfaces: [network]
    networks: [work]
    duties: {block_traffic: at_once}
    last_day: 2023-12-31
    at_sunset: lapse
parameters:
  - {id: guests, choices: [meant, not-meant]}
"""
NAME = "guests/guest-network"
NETWORKS = (
    Network("g1", "Guests", (), (), Use.PUBLIC),
    Network("g2", "Library", (), (), Use.PUBLIC),
    Network("w", "Staff", (), (), Use.WORK),
)


@pytest.fixture(scope="module")
def ghent(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The city, with a rule about networks for guests."""
    folder: Path = bodies.copy_body("ghent", tmp_path_factory.mktemp("controls"))
    (folder / "policies" / "guests.yaml").write_text(GUESTS, "utf-8")
    return open_workspace(folder).usable()


def on(*networks: str, clause: str = NAME, duty: Duty = BLOCK) -> Control:
    """A control on networks, of one line."""
    line = (clause, duty, "tiktok/tiktok", Surface.NETWORK)
    return Control("t", frozenset({line}), frozenset(), None, frozenset(networks))


@pytest.mark.parametrize(
    ("made", "at", "left"),
    [
        ([], "2023-04-10", {"g1", "g2"}),
        ([on("g1")], "2023-04-10", {"g2"}),
        ([on("g1", "g2")], "2023-04-10", set()),
        ([on("g1"), on("g2")], "2023-04-10", set()),
        ([on("w")], "2023-04-10", {"g1", "g2"}),
        ([on("g1", "g2", clause="gent-2023-tiktok/paid-devices")], "2023-04-10", {"g1", "g2"}),
        ([on("g1", "g2", duty=DENY)], "2023-04-10", {"g1", "g2"}),
        ([], "2023-04-02T23:59", set()),
        ([], "2023-04-03T00:00", {"g1", "g2"}),
        ([], "2024-01-01T00:00", set()),
    ],
)
def test_networks_of_its_kind_on_which_nothing_is_done(
    made: list[Control], at: str, left: set[str], ghent: Workspace
) -> None:
    """By name, once the duty is due and while the rule certainly holds; the duty to identify asks for no control."""
    instant = bodies.instant(at, ghent)
    found = missing_networks(ghent.law, NETWORKS, made, instant)
    assert found == ({(NAME, BLOCK): left} if left else {})
    assert missing_networks(ghent.law, NETWORKS[2:], made, instant) == {}


# --- what targets make ------------------------------------------------------------------------------------------------


@dataclass
class OfNetworks:
    """A target that serves networks, and cannot leave out another one."""

    id: str = "dns-rpz"
    proof: Proof = Proof.BEHAVES
    by_network: bool = True

    def compile(self, plan: Plan, settings: Mapping[str, str], serial: int) -> Compiled:
        """Nothing, and whom it hits."""
        some = OverReach(self.id, "guest", "visitors, whom nobody counts", None, "")
        return Compiled((), (), (OverReach(self.id, "library-lan", EVERYBODY, None, ""), some))


def test_a_network_that_cannot_be_left_out_is_served() -> None:
    """Its devices have the control too, and every device where the estate states no networks."""
    city = bodies.workspace("ghent")
    plans = plans_of(city, city.body, bodies.instant("2023-04-10", city))
    plans = replace(plans, of_target={"dns-rpz": replace(plans.of_target["dns-rpz"], networks=())})
    target = cast("Target", OfNetworks())
    (made,) = controls(plans, city.body, {"dns-rpz": target})
    assert made.networks == {"library-lan"}
    assert made.devices == {"gl-011", "gl-012", "gl-013", "gl-014"}
    (anywhere,) = controls(replace(plans, on=None), city.body, {"dns-rpz": target})
    assert anywhere.devices == set(city.estate.device_ids())
    assert controls(plans, city.body, {"dns-rpz": cast("Target", OfNetworks(proof=Proof.WORDS))}) == ()
