# SPDX-License-Identifier: EUPL-1.2
"""What would change an outcome: each alternative, tried by hand, gives the outcome that it names."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

import bodies
from ordinance.model.apps import Surface
from ordinance.model.estate import DeviceFacts, Owner, People
from ordinance.model.explained import Alternative
from ordinance.model.ruling import DeviceClass, Outcome, Subject
from ordinance.policy.alternatives import alternatives
from ordinance.policy.resolve import class_of, resolve, subject_of

TIKTOK = "tiktok/tiktok"
OWN = DeviceFacts(owner=Owner.PERSON, purchase_share=0, subscription_share=30, use_share=0)


def found(who: DeviceClass, day: str = "2023-03-20", body: str = "ghent") -> tuple[Outcome, tuple[Alternative, ...]]:
    """The outcome for the app on a day, and what would change it."""
    opened = bodies.workspace(body)
    at = bodies.instant(day, opened)
    app = opened.law.catalogue.facts(TIKTOK)
    ruling = resolve(opened.law, who, app, Surface.APP, at)
    return ruling.outcome, alternatives(opened.law, who, app, Surface.APP, at, ruling)


def facts_changed(alternatives_found: tuple[Alternative, ...]) -> dict[object, Outcome]:
    """Changes of facts with their outcomes."""
    return {a.scope: a.outcome for a in alternatives_found if a.scope is not None}


def test_a_part_paid_phone_is_bound_by_the_payment_and_by_the_holder() -> None:
    """Who owns it changes nothing: the share is enough by itself."""
    outcome, changes = found(class_of(OWN, People.STAFF, "gent"))
    assert outcome is Outcome.FORBIDDEN
    assert facts_changed(changes) == {
        ("not", ("share", "subscription_share", "over", 0)): Outcome.PERMITTED,
        ("not", ("is", "people", ("staff",))): Outcome.PERMITTED,
    }


def test_a_wholly_own_phone_would_be_bound_by_either() -> None:
    """Ownership or a share, each by itself; the other holders are not staff."""
    _, changes = found(class_of(replace(OWN, subscription_share=0), People.STAFF, "gent"))
    assert facts_changed(changes) == {
        ("is", "owner", ("body",)): Outcome.FORBIDDEN,
        ("share", "subscription_share", "over", 0): Outcome.FORBIDDEN,
    }


def test_a_missing_fact_is_tried_both_ways() -> None:
    """Unknown: what each value would lead to."""
    outcome, changes = found(class_of(replace(OWN, subscription_share=None), People.STAFF, "gent"))
    assert outcome is Outcome.UNKNOWN
    assert facts_changed(changes) == {
        ("is", "owner", ("body",)): Outcome.FORBIDDEN,
        ("share", "subscription_share", "over", 0): Outcome.FORBIDDEN,
        ("not", ("share", "subscription_share", "over", 0)): Outcome.PERMITTED,
        ("not", ("is", "people", ("staff",))): Outcome.PERMITTED,
    }


@pytest.mark.parametrize(
    ("body", "day", "facts", "people"),
    [
        ("ghent", "2023-03-01", OWN, People.STAFF),
        ("ghent", "2023-03-20", OWN, People.STAFF),
        ("diest", "2023-04-20", DeviceFacts(owner=Owner.BODY), People.STAFF),
        ("tallinn", "2024-11-01", DeviceFacts(owner=Owner.BODY), People.STAFF),
    ],
)
def test_the_next_instant_is_the_first_with_another_outcome(
    body: str, day: str, facts: DeviceFacts, people: People
) -> None:
    """At it the outcome is the one named, a minute before still the old one."""
    opened = bodies.workspace(body)
    who = class_of(facts, people, opened.law.body)
    outcome, changes = found(who, day, body)
    later = next((a for a in changes if a.at is not None), None)
    if later is None or later.at is None:
        assert body == "tallinn" or outcome is Outcome.UNKNOWN
        return

    def at(instant: datetime) -> Outcome:
        return resolve(opened.law, who, TIKTOK, Surface.APP, instant).outcome

    assert at(later.at) is later.outcome is not outcome
    assert at(later.at - timedelta(minutes=1)) is outcome


def test_a_network_has_no_facts_to_change() -> None:
    """Only time, and there is no rule about networks here."""
    outcome, changes = found(subject_of(Subject.NETWORK, "public", "gent"))
    assert (outcome, changes) == (Outcome.PERMITTED, ())


def test_an_exemption_that_ends_is_a_change_of_time() -> None:
    """A separate device: forbidden again the day after the last day."""
    opened = bodies.workspace("tallinn")
    device = next(d for d in opened.estate.devices if d.id == "sd-001")
    who = class_of(device.facts, People.STAFF, "tallinn", ["channel-devices"])
    outcome, changes = found(who, "2024-12-12", "tallinn")
    later = next(a for a in changes if a.at is not None)
    assert outcome is Outcome.CONDITIONAL
    assert later.outcome is Outcome.FORBIDDEN and later.at is not None
    assert later.at.date().isoformat() == "2025-07-01"
