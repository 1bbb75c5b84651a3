# SPDX-License-Identifier: EUPL-1.2
"""Exemptions lift a clause only where its text allows one of that kind, for the time, app and surface they name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ordinance.model.apps import Surface
from ordinance.model.estate import Device, DeviceFacts, Estate, Owner, People
from ordinance.model.law import (
    Allowance,
    Condition,
    Exemption,
    Force,
    Law,
    Power,
    Restriction,
    Selector,
    Stage,
    State,
    What,
)
from ordinance.model.ruling import Outcome, Ruling
from ordinance.model.time import Period, Span, end_of, start_of
from ordinance.policy.exempt import refusals
from ordinance.policy.resolve import class_of, class_of_device, resolve
from policy.worlds import BRUSSELS, a_clause, a_law, a_text, local, with_power

ALLOWED = Allowance(frozenset({"press", "youth"}), "ciso", Period(months=12), blanket=False, conditions="separate")
BOTH = frozenset({Surface.APP, Surface.WEB})
NOON = "2023-07-01T12:00"


def exemption(name: str = "e", first: str = "2023-04-01", last: str = "2023-09-30", **changes: Any) -> Exemption:
    """One that `ALLOWED` admits, from clause `t/c`, for family `a` on the app."""
    begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    plain = Exemption(
        id=name,
        restrictions=frozenset({"t/c"}),
        devices=frozenset({"d-1"}),
        what=(Selector(What.FAMILY, ("a",)),),
        surfaces=frozenset({Surface.APP}),
        purpose="press",
        approver="ciso",
        approved=begins,
        span=Span(start_of(begins, BRUSSELS), end_of(ends, BRUSSELS)),
        last_day=ends,
        profile="separate",
        conditions=frozenset(),
    )
    return replace(plain, **changes)


def law_with(*exemptions: Exemption, allowed: tuple[Allowance, ...] = (ALLOWED,), **changes: Any) -> Law:
    """Clause `t/c` about family `a` on the app and the web, with exemptions."""
    return a_law(a_text(a_clause(surfaces=BOTH, **changes), allowances=allowed), exemptions=exemptions)


def ruling(
    law: Law, at: str = NOON, surface: Surface = Surface.APP, app: str = "a/x", facts: DeviceFacts | None = None
) -> Ruling:
    """What applies to a staff phone that every exemption names."""
    who = class_of(facts or DeviceFacts(Owner.BODY), People.STAFF, "gent", [e.id for e in law.exemptions])
    return resolve(law, who, app, surface, local(at))


def said(law: Law, one: Exemption) -> tuple[str, ...]:
    """Why the law's first text does not admit an exemption from its clause."""
    return tuple(r.why for r in refusals(law, one, law.texts[0], "t/c"))


def test_an_allowed_exemption_makes_it_conditional() -> None:
    """The outcome is conditional, never permitted; it names the exemption and the clause, and nothing is due."""
    found = ruling(law_with(exemption()))
    assert (found.outcome, found.deciding, found.exemption, found.duties) == (Outcome.CONDITIONAL, "t/c", "e", ())


@pytest.mark.parametrize(
    ("at", "outcome"),
    [
        ("2023-03-31T23:59", Outcome.FORBIDDEN),
        ("2023-04-01T00:00", Outcome.CONDITIONAL),
        ("2023-09-30T23:59", Outcome.CONDITIONAL),
        ("2023-10-01T00:00", Outcome.FORBIDDEN),
    ],
)
def test_it_counts_from_its_first_day_through_its_last(at: str, outcome: Outcome) -> None:
    """Half-open inside: in from the first midnight, out at the midnight after the last day."""
    assert ruling(law_with(exemption()), at).outcome is outcome


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"purpose": "tourism"}, 'purpose "tourism" is not among: press, youth'),
        ({"approver": "mayor"}, 'approved by "mayor", but only "ciso" may'),
        ({"last": "2024-04-01"}, "it runs until 2024-04-01, longer than P12M"),
        ({"profile": None}, 'conditions "separate" are required, found "none"'),
        ({"profile": "kiosk"}, 'conditions "separate" are required, found "kiosk"'),
        ({"devices": frozenset({"*"})}, "a blanket exemption is not allowed: name the devices"),
        ({"devices": frozenset({"*", "d-1"})}, "a blanket exemption is not allowed: name the devices"),
    ],
)
def test_one_mismatch_is_enough_to_refuse(changes: dict[str, Any], why: str) -> None:
    """Purpose, approver, length, conditions and scope each stop it, and the reason is said."""
    law = law_with(exemption(**changes))
    assert said(law, law.exemptions[0]) == (why,)
    assert ruling(law).outcome is Outcome.FORBIDDEN


def test_every_mismatch_is_said() -> None:
    """All reasons at once, against the allowance that comes nearest."""
    wrong = exemption(purpose="tourism", approver="mayor", profile=None)
    law = law_with(wrong, allowed=(ALLOWED, replace(ALLOWED, approver="mayor", conditions=None)))
    assert said(law, wrong) == ('purpose "tourism" is not among: press, youth',)
    assert len(said(law_with(wrong), wrong)) == 3


def test_twelve_months_are_twelve_months() -> None:
    """From 1 April through 31 March is exactly P12M; a day more is too long. Without a limit any length will do."""
    assert ruling(law_with(exemption(last="2024-03-31"))).outcome is Outcome.CONDITIONAL
    assert ruling(law_with(exemption(last="2024-04-01"))).outcome is Outcome.FORBIDDEN
    free = replace(ALLOWED, longest=None)
    assert ruling(law_with(exemption(last="2033-04-01"), allowed=(free,))).outcome is Outcome.CONDITIONAL


def test_a_text_that_allows_none_is_never_lifted() -> None:
    """Silence about exemptions means that there are none."""
    law = law_with(exemption(), allowed=())
    assert said(law, law.exemptions[0]) == ('"t" does not say that it allows exemptions',)
    none = replace(law, texts=(replace(law.texts[0], no_exemptions=True),))
    assert said(none, law.exemptions[0]) == ('"t" allows no exemptions',)
    assert ruling(law).outcome is Outcome.FORBIDDEN


@pytest.mark.parametrize(
    ("changes", "surface", "app", "outcome"),
    [
        ({}, Surface.WEB, "a/x", Outcome.FORBIDDEN),
        ({"surfaces": BOTH}, Surface.WEB, "a/x", Outcome.CONDITIONAL),
        ({"what": (Selector(What.APP, ("a/y",)),)}, Surface.APP, "a/x", Outcome.FORBIDDEN),
        ({"what": (Selector(What.APP, ("a/y",)),)}, Surface.APP, "a/y", Outcome.CONDITIONAL),
        ({"restrictions": frozenset({"t/other"})}, Surface.APP, "a/x", Outcome.FORBIDDEN),
    ],
)
def test_only_what_it_names_is_lifted(changes: dict[str, Any], surface: Surface, app: str, outcome: Outcome) -> None:
    """That app on that surface from that clause, and nothing beside it."""
    assert ruling(law_with(exemption(**changes)), surface=surface, app=app).outcome is outcome


def test_of_several_exemptions_the_fitting_one_lifts() -> None:
    """One for the app and one for the web: each surface finds its own, in whatever order they were written."""
    on_app, on_web = exemption("e1"), exemption("e2", surfaces=frozenset({Surface.WEB}))
    for law in (law_with(on_app, on_web), law_with(on_web, on_app)):
        assert ruling(law, surface=Surface.APP).exemption == "e1"
        assert ruling(law, surface=Surface.WEB).exemption == "e2"


def _two(second: Restriction, *, allowed: tuple[Allowance, ...], named: bool, authority: str = "gent") -> Law:
    names = frozenset({"t/c", f"u/{second.id}"} if named else {"t/c"})
    first = a_text(allowances=(ALLOWED,))
    other = a_text(second, name="u", authority=authority, allowances=allowed)
    law = a_law(first, other, exemptions=(exemption(restrictions=names),))
    return with_power(law, "be", binds=(Power(frozenset({"gent"})),))


@pytest.mark.parametrize(
    ("allowed", "named", "outcome"),
    [
        ((ALLOWED,), True, Outcome.CONDITIONAL),
        ((ALLOWED,), False, Outcome.FORBIDDEN),
        ((), True, Outcome.FORBIDDEN),
        ((replace(ALLOWED, approver="mayor"),), True, Outcome.FORBIDDEN),
    ],
)
@pytest.mark.parametrize("authority", ["gent", "be"])
def test_every_forbidding_clause_must_allow_it(allowed: tuple, named: bool, outcome: Outcome, authority: str) -> None:
    """Where two clauses forbid, both must be named and both texts must allow; one that does not still forbids."""
    clause = a_clause("d", addressees=frozenset({"gent"}))
    assert ruling(_two(clause, allowed=allowed, named=named, authority=authority)).outcome is outcome


@pytest.mark.parametrize(
    "second",
    [
        a_clause("d", what=(Selector(What.FAMILY, ("b",)),)),
        a_clause("d", surfaces=frozenset({Surface.DESKTOP})),
        a_clause("d", devices=("is", "owner", ("person",))),
        a_clause("d", force=Force.ADVICE),
    ],
    ids=["another app", "another surface", "another device", "advice"],
)
def test_clauses_that_do_not_forbid_this_need_not_allow_it(second: Restriction) -> None:
    """*That app on that surface for that device*: others have no say."""
    assert ruling(_two(second, allowed=(), named=False)).outcome is Outcome.CONDITIONAL


def test_a_doubtful_clause_that_does_not_allow_leaves_it_unknown() -> None:
    """If the second clause may reach the device, the exemption may be worth nothing; if it allows, it is settled."""
    doubtful = a_clause("d", devices=("is", "platform", ("ios",)))
    assert ruling(_two(doubtful, allowed=(), named=False)).outcome is Outcome.UNKNOWN
    assert ruling(_two(doubtful, allowed=(ALLOWED,), named=True)).outcome is Outcome.CONDITIONAL


def test_an_exempt_device_that_may_be_out_of_scope_is_unknown() -> None:
    """Conditional or permitted: which of the two is not known until the fact is stated."""
    law = law_with(exemption(), devices=("is", "platform", ("ios",)))
    found = ruling(law)
    assert (found.outcome, found.missing) == (Outcome.UNKNOWN, ("platform",))


def test_the_version_in_force_says_what_is_allowed() -> None:
    """An exemption under last year's version is worth nothing under this year's, which allows none."""
    old = a_text(allowances=(ALLOWED,))
    new = a_text(version="2", lifecycle=(Stage(State.IN_FORCE, local("2023-06-01T00:00")),))
    law = a_law(old, new, exemptions=(exemption(),))
    assert ruling(law, "2023-05-31T23:59").outcome is Outcome.CONDITIONAL
    assert ruling(law, "2023-06-01T00:00").outcome is Outcome.FORBIDDEN


@pytest.mark.parametrize(
    ("devices", "blanket", "named"),
    [({"d-1"}, False, True), ({"d-2"}, False, False), ({"*"}, True, True)],
)
def test_devices_are_named_or_all_where_that_is_allowed(devices: set[str], blanket: bool, named: bool) -> None:
    """A device's class carries the exemptions that name it; a blanket one names every device."""
    one = exemption(devices=frozenset(devices))
    law = law_with(one, allowed=(replace(ALLOWED, blanket=blanket),))
    device, at = Device("d-1", DeviceFacts(Owner.BODY)), local(NOON)
    who = class_of_device(law, Estate(devices=(device,)), device, at, at)
    assert who.exemptions == (("e",) if named else ())
    expected = Outcome.CONDITIONAL if named else Outcome.FORBIDDEN
    assert resolve(law, who, "a/x", Surface.APP, at).outcome is expected


def test_an_exempt_device_is_a_class_of_its_own() -> None:
    """Same facts, other class: a report must not mix them."""
    facts = DeviceFacts(Owner.BODY)
    assert class_of(facts, None, "gent").id != class_of(facts, None, "gent", ["e"]).id
    assert class_of(facts, None, "gent", ["e", "f"]) == class_of(facts, None, "gent", ["f", "e"])


@pytest.mark.parametrize(
    ("allowance", "changes", "why"),
    [
        ({"approver": ""}, {}, 'approved by "ciso", and who may approve it was not read'),
        ({"purposes": frozenset({"not_read"})}, {}, 'for purpose "press", and which purposes are allowed was not read'),
        ({"consulted": frozenset({"dpo"})}, {}, "not consulted: dpo"),
        ({"restrictions": frozenset({"d"})}, {}, 'exemptions are allowed from d only, not from "c"'),
        ({"requires": frozenset({Condition.METADATA_REMOVED})}, {}, "conditions are missing: metadata_removed"),
        ({}, {"delegate": "deputy"}, 'signed by "deputy", but "ciso" may not delegate this'),
        ({}, {"approved": date(2023, 4, 2)}, "it was approved on 2023-04-02, after its first day"),
    ],
)
def test_what_else_an_allowance_asks(allowance: dict[str, Any], changes: dict[str, Any], why: str) -> None:
    """Each part of an allowance stops an exemption that does not fit it, and says so."""
    one = replace(exemption(), **changes)
    law = law_with(one, allowed=(replace(ALLOWED, **allowance),))
    assert said(law, one) == (why,)
    assert ruling(law).outcome is Outcome.FORBIDDEN


@pytest.mark.parametrize(
    ("allowance", "changes"),
    [
        ({"purposes": frozenset({"any"})}, {"purpose": "whatever"}),
        ({"delegable": True}, {"delegate": "deputy"}),
        ({"consulted": frozenset({"dpo"})}, {"consulted": frozenset({"dpo", "council"})}),
        ({"restrictions": frozenset({"c", "d"})}, {}),
        ({"requires": frozenset({Condition.METADATA_REMOVED})}, {"conditions": frozenset(Condition)}),
        ({}, {"approved": date(2023, 4, 1)}),
    ],
)
def test_what_fits_an_allowance(allowance: dict[str, Any], changes: dict[str, Any]) -> None:
    """The same parts, met."""
    one = replace(exemption(), **changes)
    assert ruling(law_with(one, allowed=(replace(ALLOWED, **allowance),))).outcome is Outcome.CONDITIONAL
