# SPDX-License-Identifier: EUPL-1.2
"""Who binds whom, and who only advises.

An authority binds its own institution. Over others it has the power that its entry states, no more:
neither an id's spelling nor a country or level carries any. Force never exceeds power.
"""

from __future__ import annotations

from collections.abc import Iterable

from ordinance.model.estate import People
from ordinance.model.kleene import Truth, all_of, any_of
from ordinance.model.law import Authority, Force, Law, Power, Restriction, Text


def memberships(law: Law, institution: str) -> frozenset[str]:
    """The names under which an institution can be addressed: its own id and its groups."""
    authority = law.authority(institution)
    return frozenset({institution}) | (authority.groups if authority else frozenset())


def addressed(restriction: Restriction, authority: Authority, law: Law, institution: str) -> bool:
    """Whether a clause speaks to an institution (by default to the authority's own)."""
    to = restriction.addressees or frozenset({authority.id})
    return bool(to & memberships(law, institution))


def power_over(authority: Authority, law: Law, institution: str, who: People | None) -> tuple[Force | None, Truth]:
    """The strongest force the authority can use on people of an institution, and whether that is
    certain: unknown where the power is over some people only and the person's kind is not stated."""
    if authority.id == institution:
        return Force.BINDING, Truth.TRUE
    binds, advises = (_reach(powers, law, institution, who) for powers in (authority.binds, authority.advises))
    if binds is not Truth.FALSE:
        return Force.BINDING, binds
    return (Force.ADVICE, advises) if advises is not Truth.FALSE else (None, Truth.FALSE)


def _reach(powers: tuple[Power, ...], law: Law, institution: str, who: People | None) -> Truth:
    names = memberships(law, institution)
    return any_of(_covers(p, names, who) for p in powers)


def _covers(power: Power, names: frozenset[str], who: People | None) -> Truth:
    population = (
        Truth.TRUE if not power.populations else Truth.of(None if who is None else who in power.populations)
    )
    return all_of((Truth.of(bool(power.institutions & names)), population))


def weaker(one: Force, other: Force) -> Force:
    """The weaker of two forces."""
    return one if one.strength <= other.strength else other


def effective_force(
    restriction: Restriction, authority: Authority, law: Law, institution: str, who: People | None
) -> tuple[Force | None, Truth]:
    """What a clause's force comes to for people of an institution, after power was weighed.

    `(None, FALSE)` where it does not reach them. A clause whose authority's binding power may or may
    not cover the person has that force with truth unknown.
    """
    if not addressed(restriction, authority, law, institution):
        return None, Truth.FALSE
    power, certain = power_over(authority, law, institution, who)
    if power is None:
        return None, Truth.FALSE
    if restriction.force is not Force.BINDING and certain is not Truth.TRUE:
        advises = _reach(authority.advises, law, institution, who)
        if advises is Truth.TRUE:  # whether it may also bind them or not
            return Force.ADVICE, advises
    return weaker(restriction.force, power), certain


def texts_that_bind(law: Law) -> tuple[Text, ...]:
    """Texts of other authorities with a clause that binds somebody in the body (`bound_by`)."""
    return tuple(t for t in law.texts if t.authority != law.body and _reaches(t, law, (Force.BINDING,)))


def texts_that_advise(law: Law) -> tuple[Text, ...]:
    """Texts of other authorities with a clause that advises the body or makes it react."""
    return tuple(
        t for t in law.texts if t.authority != law.body and _reaches(t, law, (Force.ADVICE, Force.DUTY_TO_REACT))
    )


def _reaches(text: Text, law: Law, forces: tuple[Force, ...]) -> bool:
    authority = law.authority(text.authority)
    if authority is None:
        return False
    populations: tuple[People | None, ...] = (None, *People)
    found = {effective_force(r, authority, law, law.body, who)[0] for r in text.restrictions for who in populations}
    return any(force in found for force in forces)


def binding_clauses(law: Law, institutions: Iterable[str]) -> tuple[tuple[Text, Restriction], ...]:
    """Every clause of every version that can bind people of one of the institutions."""
    names = sorted({*institutions})
    return tuple((t, r) for t in law.texts for r in t.restrictions if _can_bind(law, t, r, names))


def _can_bind(law: Law, text: Text, clause: Restriction, institutions: Iterable[str]) -> bool:
    authority = law.authority(text.authority)
    people: tuple[People | None, ...] = (None, *People)
    return authority is not None and any(
        effective_force(clause, authority, law, name, who)[0] is Force.BINDING
        for name in institutions
        for who in people
    )
