# SPDX-License-Identifier: EUPL-1.2
"""A clause in force never leaves a plan without a line or a gap, and one rule does not hide whom another hits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import bodies
from ordinance.enforce.plan import make_plan
from ordinance.model.estate import Estate, Validity
from ordinance.model.law import Law, Selector, What
from ordinance.model.target import Gap, Plan

GHENT = bodies.workspace("ghent")
AT = bodies.instant("2023-04-10T12:00", GHENT)


def planned(law: Law = GHENT.law, estate: Estate = GHENT.estate) -> tuple[Plan, tuple[Gap, ...]]:
    """Ghent's plan under another law or estate."""
    return make_plan(law, GHENT.catalogue, estate, GHENT.body, AT)


def test_a_clause_that_meets_no_device_is_a_gap() -> None:
    """In force, and nobody in scope: everything it asks for is listed as not done."""
    nobody = replace(GHENT.estate, devices=tuple(d for d in GHENT.estate.devices if d.id.startswith("ow-")))
    plan, gaps = planned(estate=nobody)
    assert plan.demands == ()
    usual, _ = planned()
    asked = {(d.restriction, d.duty, d.app, d.surface) for d in usual.demands}
    assert {(g.restriction, g.duty, g.app, g.surface) for g in gaps if g.id == "no-device"} == asked


def test_devices_whose_facts_ended_are_a_gap() -> None:
    """All rows ended yesterday: the plan says that nobody described the devices, and does not fall silent."""
    ended = Validity(date(2023, 1, 1), date(2023, 4, 9))
    silent = replace(GHENT.estate, devices=tuple(replace(d, validity=ended) for d in GHENT.estate.devices))
    plan, gaps = planned(estate=silent)
    assert plan.demands == ()
    assert {g.id for g in gaps} == {"facts-not-stated"}
    assert all(g.reason.startswith("37 device(s)") for g in gaps)


def test_a_rule_about_another_app_hides_no_bystander() -> None:
    """Own phones are ruled on for another app: what is blocked for the first still hits them."""
    own = next(t for t in GHENT.law.texts if t.authority == "gent")
    (clause,) = own.restrictions
    other = replace(
        clause,
        id="own-phones",
        what=(Selector(What.FAMILY, ("meta",)),),
        devices=("is", "owner", ("person",)),
        people=frozenset(),
    )
    law = replace(
        GHENT.law,
        texts=tuple(replace(t, restrictions=(clause, other)) if t is own else t for t in GHENT.law.texts),
    )
    before, after = ({b.who for b in planned(one)[0].bystanders} for one in (GHENT.law, law))
    assert "people's own devices of staff" in before
    assert before <= after
