# SPDX-License-Identifier: EUPL-1.2
"""Rules about networks, places and accounts, and rules that name no app: each ends as a line or a gap."""

from __future__ import annotations

from dataclasses import replace

import bodies
from ordinance.enforce.plan import make_plan
from ordinance.model.apps import Surface
from ordinance.model.estate import Network, Use
from ordinance.model.law import AccountKind, Clock, Duty, Law, PlaceKind, Restriction, Selector, What
from ordinance.model.ruling import Subject
from ordinance.model.target import Gap, Plan
from ordinance.policy.resolve import subject_of

GHENT = bodies.workspace("ghent")
AT = bodies.instant("2023-04-10T12:00", GHENT)
GUESTS = next(n for n in GHENT.estate.networks if n.use is Use.PUBLIC)


def with_clause(**changes: object) -> Law:
    """Ghent's law with one clause more, made of its own, about no device unless said."""
    own = next(t for t in GHENT.law.texts if t.authority == "gent")
    (clause,) = own.restrictions
    more: Restriction = replace(clause, id="more", people=frozenset(), **changes)
    texts = tuple(replace(t, restrictions=(clause, more)) if t is own else t for t in GHENT.law.texts)
    return replace(GHENT.law, texts=texts, catalogue=GHENT.catalogue)


def planned(law: Law, *served: Network) -> tuple[Plan, tuple[Gap, ...]]:
    """The plan with targets that serve only these networks."""
    targets = tuple(replace(t, networks=tuple(n.id for n in served)) for t in GHENT.body.targets)
    return make_plan(law, GHENT.catalogue, GHENT.estate, replace(GHENT.body, targets=targets), AT)


NETWORK_RULE = {
    "networks": frozenset({Use.PUBLIC}),
    "devices": ("all", ()),
    "surfaces": frozenset({Surface.NETWORK}),
    "duties": ((Duty.BLOCK_TRAFFIC, Clock()),),
}


def test_a_rule_about_a_network_is_demanded_there() -> None:
    """Where a target serves such a network its demand stands in the plan, with the site's names, for no device."""
    plan, gaps = planned(with_clause(**NETWORK_RULE), GUESTS)
    found = [d for d in plan.demands if d.restriction.endswith("/more")]
    assert found and {(d.duty, d.surface, d.web_forbidden, d.devices) for d in found} == {
        (Duty.BLOCK_TRAFFIC, Surface.NETWORK, True, 0)
    }
    assert {c for d in found for c in d.classes} == {subject_of(Subject.NETWORK, "public", "gent").id}
    assert not [g for g in gaps if g.restriction.endswith("/more")]


def test_a_rule_about_a_network_that_nobody_serves_is_a_gap() -> None:
    """Without such a network the rule is listed as not done, for what it is."""
    work = next(n for n in GHENT.estate.networks if n.use is Use.WORK)
    plan, gaps = planned(with_clause(**NETWORK_RULE), work)
    assert not [d for d in plan.demands if d.restriction.endswith("/more")]
    assert {g.id for g in gaps if g.restriction.endswith("/more")} == {"no-such-network"}


def test_a_contested_rule_about_a_network_says_which_reading_nobody_chose() -> None:
    """The network is served: that nobody serves one would be false, and an absent gap would be silence."""
    plan, gaps = planned(with_clause(**NETWORK_RULE, under=(("guests", ("yes",)),)), GUESTS)
    assert not [d for d in plan.demands if d.restriction.endswith("/more")]
    found = [g for g in gaps if g.restriction.endswith("/more")]
    assert {g.id for g in found} == {"contested-reading"}
    whom = "everybody behind a network of the kind public may be in scope"
    own = next(t for t in GHENT.law.texts if t.authority == "gent")
    assert {g.reason for g in found} == {f"{whom}: contested, and nobody has chosen: guests of {own.id}"}


def test_guests_are_still_named_as_hit() -> None:
    """A rule about the visitors' network is a ruling, and the page still says that visitors are hit."""
    plan, _ = planned(with_clause(**NETWORK_RULE), GUESTS)
    assert [b for b in plan.bystanders if b.network == GUESTS.id and b.count is None]


def test_places_and_accounts_are_gaps_that_say_so() -> None:
    """Nothing can be configured for them: people keep such a rule."""
    for words in ({"places": frozenset({PlaceKind.MEETING})}, {"accounts": frozenset({AccountKind.OFFICIAL})}):
        plan, gaps = planned(with_clause(devices=("all", ()), **words))
        assert not [d for d in plan.demands if d.restriction.endswith("/more")]
        assert {g.id for g in gaps if g.restriction.endswith("/more")} == {"not-configurable"}


def test_a_rule_that_names_no_app_says_that_its_list_is_open() -> None:
    """A rule by origin blocks what is known, and says for each duty that apps nobody knows are in no list."""
    law = with_clause(what=(Selector(What.ORIGIN, ("CN",)),))
    plan, gaps = planned(law)
    assert {"tiktok/tiktok", "capcut/capcut"} <= {d.app for d in plan.demands if d.restriction.endswith("/more")}
    found = [g for g in gaps if g.id == "open-ended"]
    (more,) = {r for t in law.texts for r in t.restrictions if r.id == "more"}
    assert {(g.duty, g.surface) for g in found} == {(d, s) for d, _ in more.duties for s in more.surfaces}
    assert {g.app for g in found} == {"*"} and all("origin CN" in g.reason for g in found)
    assert not [g for g in planned(GHENT.law)[1] if g.id == "open-ended"]
