# SPDX-License-Identifier: EUPL-1.2
"""What DESIGN says a ruling is, computed the slow and plain way, for devices of which every fact is known.

Shares nothing with `ordinance.policy` but the nouns. Days in the generated laws begin at Brussels' midnight, and
months in them are counted from the first days of months or shortened by hand here.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ordinance.model.apps import Surface
from ordinance.model.estate import DeviceFacts, People
from ordinance.model.law import Allowance, AtSunset, Authority, Exemption, Force, Law, Restriction, Scope, State, Text
from ordinance.model.ruling import DeviceClass, Outcome


def outcome(law: Law, who: DeviceClass, app: str, surface: Surface, at: datetime) -> Outcome:
    """The outcome where nothing is missing."""
    about = [(t, r, power) for t, r, power in _counting(law, who, at) if _names(r.what, app) and surface in r.surfaces]
    binding = [(t, r) for t, r, power in about if r.force is Force.BINDING and power == 3]
    if any(not _lifted(law, who, t, r, app, surface, at) for t, r in binding):
        return Outcome.FORBIDDEN
    if binding:
        return Outcome.CONDITIONAL
    return Outcome.ADVISED_AGAINST if about else Outcome.PERMITTED


def power(law: Law, authority: Authority, institution: str, people: People) -> int:
    """3 where the authority binds these people of the institution, 1 where it advises them, else 0."""
    if authority.id == institution:
        return 3
    names = {institution}
    for other in law.authorities:
        if other.id == institution:
            names |= other.groups
    for strength, powers in ((3, authority.binds), (1, authority.advises)):
        for one in powers:
            if one.institutions & names and (not one.populations or people in one.populations):
                return strength
    return 0


def in_scope(scope: Scope, facts: DeviceFacts) -> bool:
    """Two-valued: every fact is stated."""
    if scope[0] == "all":
        return all(in_scope(s, facts) for s in scope[1])
    if scope[0] == "any":
        return any(in_scope(s, facts) for s in scope[1])
    if scope[0] == "not":
        return not in_scope(scope[1], facts)
    value = getattr(facts, scope[1])
    if scope[1] == "part_funded":
        return ("yes" in scope[2]) == value
    if scope[0] == "is":
        return value in scope[2]
    tests = {"over": value > scope[3], "under": value < scope[3]}
    tests |= {"at_least": value >= scope[3], "at_most": value <= scope[3]}
    return tests[scope[2]]


def stands(law: Law, text: Text, clause: Restriction, at: datetime) -> bool:  # noqa: PLR0911  # one way out a rule
    """Whether the clause is in force: the lifecycle says so, no later version has begun, its time is not up."""
    begun = [s for s in text.lifecycle if s.start <= at]
    if not begun or begun[-1].state is not State.IN_FORCE:
        return False
    began = _begins(text)
    assert began is not None
    for other in law.texts:
        later = _begins(other)
        if other.id == text.id and other is not text and later is not None and began < later <= at:
            return False
        if other.id == text.id and other is not text and later == began and other.version > text.version:
            return False
    if clause.at_sunset is AtSunset.PERMANENT:
        return True
    zone = next(a.zone for a in law.authorities if a.id == text.authority)
    if clause.last_day is not None:
        return at.astimezone(zone).date() <= clause.last_day
    if clause.term is not None:
        assert not clause.term.days
        local = began.astimezone(zone)
        ends = datetime.combine(_months_later(local.date(), clause.term.months), local.time(), tzinfo=zone)
        return at.timestamp() < ends.timestamp()
    return True


def _counting(law: Law, who: DeviceClass, at: datetime) -> Iterator[tuple[Text, Restriction, int]]:
    for text in law.texts:
        authority = next(a for a in law.authorities if a.id == text.authority)
        own_names = {who.institution} | {g for a in law.authorities if a.id == who.institution for g in a.groups}
        assert who.people is not None
        strength = power(law, authority, who.institution, who.people)
        for clause in text.restrictions:
            reached = bool((clause.addressees or {authority.id}) & own_names)
            of_them = not clause.people or who.people in clause.people
            if (
                reached
                and of_them
                and strength
                and in_scope(clause.devices, who.facts)
                and stands(law, text, clause, at)
            ):
                yield text, clause, strength


def _lifted(
    law: Law, who: DeviceClass, text: Text, clause: Restriction, app: str, surface: Surface, at: datetime
) -> bool:
    for e in law.exemptions:
        named = e.id in who.exemptions and f"{text.id}/{clause.id}" in e.restrictions
        runs = e.span.start <= at < e.span.end  # type: ignore[operator]
        if (
            named
            and runs
            and _names(e.what, app)
            and surface in e.surfaces
            and any(_fits(e, a) for a in text.allowances)
        ):
            return True
    return False


def _fits(e: Exemption, allowance: Allowance) -> bool:
    assert e.span.start is not None
    first = e.span.start.astimezone(ZoneInfo("Europe/Brussels")).date()
    longest = allowance.longest
    short = longest is None or e.last_day < first + timedelta(days=longest.days)
    same = e.purpose in allowance.purposes and e.approver == allowance.approver
    return same and short and allowance.conditions in {None, e.profile} and (allowance.blanket or "*" not in e.devices)


def _names(what: tuple[object, ...], app: str) -> bool:
    return any(
        getattr(s, "family", None) == app.split("/", maxsplit=1)[0] or getattr(s, "app", None) == app for s in what
    )


def _begins(text: Text) -> datetime | None:
    found = [s.start for s in text.lifecycle if s.state is State.IN_FORCE]
    return found[0] if found else None


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
