# SPDX-License-Identifier: EUPL-1.2
"""Who binds whom: one's own house, and beyond it only what an entry says."""

from __future__ import annotations

from pathlib import Path

import pytest

from ordinance.model.apps import Surface
from ordinance.model.estate import DeviceFacts, Owner, People
from ordinance.model.kleene import Truth
from ordinance.model.law import Authority, Force, Law, Power
from ordinance.model.ruling import Outcome, Ruling
from ordinance.policy.body import load_body
from ordinance.policy.load import load_law
from ordinance.policy.power import effective_force, memberships, texts_that_advise, texts_that_bind
from ordinance.policy.resolve import class_of, resolve
from policy.worlds import a_clause, a_law, a_text, local, with_power

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
CITIES = frozenset({"cities"})
TO_CITIES = {"addressees": CITIES}


def law_of(name: str) -> Law:
    """The law of an example body."""
    body = load_body(EXAMPLES / name)
    law, issues = load_law(EXAMPLES / name, body.id, body.zone)
    assert issues == ()
    return law


def ruling(law: Law, people: People | None = People.STAFF, institution: str = "gent") -> Ruling:
    """What applies to an office phone of an institution in summer 2023."""
    who = class_of(DeviceFacts(Owner.BODY), people, institution)
    return resolve(law, who, "a/x", Surface.APP, local("2023-07-01T12:00"))


def test_federal_belgium_does_not_bind_ghent() -> None:
    """The circular's own clauses do not reach the city; what it says to other levels is advice."""
    law = law_of("ghent")
    assert texts_that_bind(law) == ()
    assert {t.id for t in texts_that_advise(law)} == {"be-federal-716"}
    federal = law.authority("be-federal")
    assert federal is not None
    clauses = {r.id: r for t in law.texts if (t.id, t.version) == ("be-federal-716", "1") for r in t.restrictions}
    assert effective_force(clauses["federal-devices"], federal, law, "gent", People.STAFF) == (None, F)
    assert effective_force(clauses["other-levels"], federal, law, "gent", People.STAFF) == (Force.ADVICE, T)


def test_ria_advises_tallinn() -> None:
    """No rule of another authority binds the city."""
    law = law_of("tallinn")
    assert texts_that_bind(law) == ()
    assert {t.id for t in texts_that_advise(law)} == {"ee-ria"}


def test_an_authority_binds_its_own_house() -> None:
    """Its own institution, everybody in it, and no other."""
    law = a_law(a_text(authority="be"))
    assert ruling(law, None, "be").outcome is Outcome.FORBIDDEN
    assert ruling(law, None, "gent").outcome is Outcome.PERMITTED


def test_binding_words_without_power_are_nothing_or_advice() -> None:
    """A clause that says `binding` to cities binds, advises or says nothing, as its authority's power goes."""
    law = a_law(a_text(a_clause(**TO_CITIES), authority="be"))
    assert ruling(law).outcome is Outcome.PERMITTED
    assert ruling(with_power(law, "be", advises=(Power(CITIES),))).outcome is Outcome.ADVISED_AGAINST
    assert ruling(with_power(law, "be", binds=(Power(CITIES),))).outcome is Outcome.FORBIDDEN
    assert ruling(with_power(law, "be", binds=(Power(frozenset({"gent"})),))).outcome is Outcome.FORBIDDEN
    assert ruling(with_power(law, "be", binds=(Power(frozenset({"zone"})),))).outcome is Outcome.PERMITTED


def test_power_without_words_is_nothing() -> None:
    """An authority with power over cities that speaks to its own house says nothing to them."""
    law = with_power(a_law(a_text(authority="be")), "be", binds=(Power(CITIES),))
    assert ruling(law).outcome is Outcome.PERMITTED


@pytest.mark.parametrize("force", [Force.ADVICE, Force.DUTY_TO_REACT])
def test_a_weaker_word_stays_weak(force: Force) -> None:
    """Who may bind and only advises has advised; nothing is due."""
    law = with_power(a_law(a_text(a_clause(force=force, **TO_CITIES), authority="be")), "be", binds=(Power(CITIES),))
    found = ruling(law)
    assert (found.outcome, found.duties, found.reasons[0].force) == (Outcome.ADVISED_AGAINST, (), force)


@pytest.mark.parametrize(
    ("people", "outcome", "missing"),
    [
        (People.STAFF, Outcome.FORBIDDEN, ()),
        (People.ELECTED, Outcome.PERMITTED, ()),
        (None, Outcome.UNKNOWN, ("people",)),
    ],
)
def test_power_over_some_people_only(people: People | None, outcome: Outcome, missing: tuple[str, ...]) -> None:
    """A chancellor binds staff, not members; of somebody unstated it is not known."""
    law = a_law(a_text(a_clause(**TO_CITIES), authority="be"))
    found = ruling(with_power(law, "be", binds=(Power(CITIES, frozenset({People.STAFF})),)), people)
    assert (found.outcome, found.missing) == (outcome, missing)


def test_advice_that_surely_reaches_is_sure() -> None:
    """Who advises everybody and binds staff advises somebody unstated for certain, when advice is all it says."""
    law = a_law(a_text(a_clause(force=Force.ADVICE, **TO_CITIES), authority="be"))
    powers = {"binds": (Power(CITIES, frozenset({People.STAFF})),), "advises": (Power(CITIES),)}
    assert ruling(with_power(law, "be", **powers), None).outcome is Outcome.ADVISED_AGAINST
    react = a_law(a_text(a_clause(force=Force.DUTY_TO_REACT, **TO_CITIES), authority="be"))
    found = ruling(with_power(react, "be", **powers), None)
    assert (found.outcome, found.reasons[0].force) == (Outcome.ADVISED_AGAINST, Force.ADVICE)
    found = ruling(with_power(react, "be", **powers), People.STAFF)
    assert (found.outcome, found.reasons[0].force) == (Outcome.ADVISED_AGAINST, Force.DUTY_TO_REACT)
    binding = a_law(a_text(a_clause(**TO_CITIES), authority="be"))
    assert ruling(with_power(binding, "be", **powers), None).outcome is Outcome.UNKNOWN
    assert ruling(with_power(binding, "be", **powers), People.ELECTED).outcome is Outcome.ADVISED_AGAINST


@pytest.mark.parametrize("name", ["be-gent-x", "be.gent", "gent-police", "Gent", "be"])
def test_spelling_carries_no_power(name: str) -> None:
    """An id that begins like another's is nobody's child: it neither inherits power nor is bound by kin."""
    law = a_law(a_text(a_clause(addressees=frozenset({"gent"})), authority=name))
    stranger = Authority(name, name, law.zone, country="BE")
    found = ruling(with_power(law, "be", binds=(Power(CITIES),)), institution="gent")
    law = a_law(*law.texts, authorities=(*(a for a in law.authorities if a.id != name), stranger))
    assert found.outcome is (Outcome.FORBIDDEN if name == "be" else Outcome.PERMITTED)
    assert ruling(law).outcome is Outcome.PERMITTED
    assert memberships(law, name) == {name}


def test_groups_are_those_of_the_addressed() -> None:
    """A group in an address means the institutions that belong to it, and the group's name alone is nobody."""
    law = a_law(a_text(authority="be"))
    assert memberships(law, "gent") == {"gent", "cities"}
    assert memberships(law, "nobody") == {"nobody"}


def test_texts_that_bind_somebody_in_the_body() -> None:
    """One population that can be bound is enough for a text to be listed; our own texts never are."""
    own, other = (
        a_text(name="own"),
        a_text(a_clause(people=frozenset({People.POLICE}), **TO_CITIES), name="o", authority="be"),
    )
    law = with_power(a_law(own, other), "be", binds=(Power(CITIES, frozenset({People.POLICE})),))
    assert texts_that_bind(law) == (other,)
    assert texts_that_advise(law) == ()
    assert texts_that_bind(with_power(law, "be", binds=())) == ()
