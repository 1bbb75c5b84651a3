# SPDX-License-Identifier: EUPL-1.2
"""What `docs/explain/semantics.md` says a ruling is, computed the slow and plain way, where everything is stated.

Shares nothing with `ordinance.policy` but the nouns: two values instead of three, loops over everything, months
counted by hand. Written from the page, not from the code.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ordinance.model.apps import AppFacts, Surface
from ordinance.model.estate import DeviceFacts, People
from ordinance.model.law import (
    Affiliates,
    Allowance,
    AtSunset,
    Authority,
    Clock,
    Duty,
    Exemption,
    ExternalList,
    Force,
    Law,
    ListVersion,
    Otherwise,
    Restarts,
    Restriction,
    Scope,
    Selector,
    State,
    Text,
    What,
)
from ordinance.model.ruling import DeviceClass, Outcome, Subject
from ordinance.model.time import Period


def outcome(law: Law, who: DeviceClass, app: AppFacts, surface: Surface, at: datetime) -> Outcome:
    """The outcome where nothing is missing (rule 3)."""
    about = _about(law, who, app, surface, at)
    binding = [(t, r) for t, r, power in about if r.force is Force.BINDING and power == 3]
    if any(not _lifted(law, who, t, r, app.id, surface, at) for t, r in binding):
        return Outcome.FORBIDDEN
    if binding:
        return Outcome.CONDITIONAL
    return Outcome.ADVISED_AGAINST if about else Outcome.PERMITTED


def duties(
    law: Law, who: DeviceClass, app: AppFacts, surface: Surface, at: datetime
) -> dict[Duty, datetime]:
    """Each duty and its earliest clock, where the app is forbidden and nothing is missing (rules 3, 7 and 13)."""
    if outcome(law, who, app, surface, at) is not Outcome.FORBIDDEN:
        return {}
    found: dict[Duty, datetime] = {}
    for text, clause, strength in _about(law, who, app, surface, at):
        if clause.force is Force.BINDING and strength == 3:
            for duty, clock in clause.duties:
                due = _due(law, text, clause, clock, app, at)
                found[duty] = min(due, found.get(duty, due), key=lambda x: x.timestamp())
    return found


def _about(
    law: Law, who: DeviceClass, app: AppFacts, surface: Surface, at: datetime
) -> list[tuple[Text, Restriction, int]]:
    return [
        (text, clause, strength)
        for text, clause, strength in _counting(law, who, at)
        if surface in clause.surfaces and restricts(law, text, clause.what, app, at)
    ]


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
    if clause.start is not None and at < clause.start:
        return False
    for other in law.texts:
        later = _begins(other)
        if other.id == text.id and other is not text and later is not None and began < later <= at:
            return False
        if other.id == text.id and other is not text and later == began and other.version > text.version:
            return False
    if clause.at_sunset is AtSunset.PERMANENT:
        return True
    zone = _zone(law, text)
    if clause.last_day is not None:
        return at.astimezone(zone).date() <= clause.last_day
    if clause.term is not None:
        return at.timestamp() < _later(_clause_begins(text, clause), clause.term, zone).timestamp()
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
                and _subject(clause, who)
                and _chosen(law, text, clause, at)
                and stands(law, text, clause, at)
            ):
                yield text, clause, strength


def _subject(clause: Restriction, who: DeviceClass) -> bool:
    """Rule 12: devices, or networks, or places, or accounts."""
    if who.subject is Subject.NETWORK:
        return who.word in clause.networks
    if who.subject is Subject.PLACE:
        return who.word in clause.places
    if who.subject is Subject.ACCOUNT:
        return who.word in clause.accounts
    apart = len(clause.networks) + len(clause.places) + len(clause.accounts)
    return apart == 0 and in_scope(clause.devices, who.facts)


def _chosen(law: Law, text: Text, clause: Restriction, at: datetime) -> bool:
    """Rule 15: the latest choice begun, by the body's days."""
    for parameter, choices in clause.under:
        begun = [r for r in law.readings if r.text == text.id and r.parameter == parameter]
        begun = [r for r in begun if r.on <= at.astimezone(law.zone).date()]
        if sorted(begun, key=lambda r: (r.on, r.id))[-1].choice not in choices:
            return False
    return True


# --- what a clause restricts (rules 11, 13 and 14) ------------------------------------------------


def restricts(
    law: Law, text: Text, what: tuple[Selector, ...], app: AppFacts, at: datetime, *, off: bool = False
) -> bool:
    """Whether one of the selectors names the app. `off`: naming it lets it off, as within a `not`."""
    return any(_named(law, text, s, app, at, off) for s in what)


def _named(law: Law, text: Text, one: Selector, app: AppFacts, at: datetime, off: bool) -> bool:  # noqa: PLR0911
    match one.kind:
        case What.FAMILY:
            return app.family == one.words[0]
        case What.APP:
            return app.id == one.words[0]
        case What.SUCCESSOR_OF:
            return one.words[0] in app.succeeds
        case What.VENDOR:
            meant = {app.vendor}
            if one.affiliates is not Affiliates.NONE:
                meant |= app.group
            if one.affiliates is Affiliates.GROUP:
                meant |= app.affiliates
            return any(w in meant for w in one.words)
        case What.ORIGIN:
            return any(w in (app.origins or ()) for w in one.words)
        case What.EDITION | What.DEPLOYMENT | What.CONTRACT:
            return getattr(app, one.kind.value) in one.words
        case What.ALL:
            return all(_named(law, text, p, app, at, off) for p in one.parts)
        case What.ANY:
            return any(_named(law, text, p, app, at, off) for p in one.parts)
        case What.NOT | What.ALLOW_ONLY:
            return not any(_named(law, text, p, app, at, not off) for p in one.parts)
        case What.LISTED_BY:
            return any(_on(law, text, _list(text, w), app, at, off) for w in one.words)
    return any(_found(law, text, one.kind, w, app, at, off) for w in one.words)


def _list(text: Text, name: str) -> ExternalList:
    (one,) = [x for x in text.lists if x.id == name]
    return one


def _holding(one: ExternalList, at: datetime) -> ListVersion | None:
    begun = [v for v in one.versions if v.start.timestamp() <= at.timestamp()]
    return sorted(begun, key=lambda v: v.start)[-1] if begun else None


def _on(law: Law, text: Text, one: ExternalList, app: AppFacts, at: datetime, off: bool = False) -> bool:
    version = _holding(one, at)
    return version is not None and restricts(law, text, version.items, app, at, off=off)


def _found(law: Law, text: Text, kind: What, word: str, app: AppFacts, at: datetime, off: bool) -> bool:
    """What people found, the latest first; else the catalogue and the text's own test."""
    today = at.astimezone(_zone(law, text)).date()
    found = []
    for c in (*text.classifications, *law.classifications):
        own = c in text.classifications
        for_us = own or c.text in {"", text.id}
        lets_off = c.applies == off
        may = own or not lets_off or text.authority == law.body or law.body in text.classified_by
        if (c.kind, c.word) == (kind, word) and c.on <= today and for_us and may:
            about = _named(law, text, c.what, app, at, off=off == c.applies)
            found += [c] if about else []
    if found:
        latest = max(c.on for c in found)
        return any(c.applies for c in found if c.on == latest)
    if kind is What.CATEGORY:
        return word in (app.categories or ())
    (criterion,) = [c for c in text.criteria if c.id == word]
    met = restricts(law, text, criterion.met_by, app, at, off=off)
    assert met or criterion.otherwise is Otherwise.UNMET
    return met


def _due(law: Law, text: Text, clause: Restriction, clock: Clock, app: AppFacts, at: datetime) -> datetime:
    begins, zone = _clause_begins(text, clause), _zone(law, text)
    if clock.by is not None:
        over = datetime.combine(clock.by + timedelta(days=1), datetime.min.time(), tzinfo=zone)
        return max(begins, over, key=lambda x: x.timestamp())
    if clock.at is not None:
        return max(begins, clock.at, key=lambda x: x.timestamp())
    if clock.after_list:
        begins = max(begins, _clock_starts(law, text, clause, clock, app, at) or begins, key=lambda x: x.timestamp())
    return _later(begins, clock.within, zone) if clock.within is not None else begins


def _clock_starts(
    law: Law, text: Text, clause: Restriction, clock: Clock, app: AppFacts, at: datetime
) -> datetime | None:
    """Since when the lists that the clause leaves it to have named the app without a break (rule 13)."""
    used: list[str] = []
    for selector in clause.what:
        named = [leaf.words for leaf in selector.leaves() if leaf.kind is What.LISTED_BY]
        used += [w for words in named for w in words]
        if not named and restricts(law, text, (selector,), app, at):
            return None
    since = []
    for name in used:
        versions = [v for v in _list(text, name).versions if v.start.timestamp() <= at.timestamp()]
        run: list[datetime] = []
        for version in sorted(versions, key=lambda v: v.start, reverse=True):
            if not restricts(law, text, version.items, app, at):
                break
            run.append(version.start)
        since += run[-1:]
    if since and clock.restarts is Restarts.ALL:
        now = [_holding(_list(text, name), at) for name in used]
        return max(v.start for v in now if v is not None)
    return min(since) if since else None


# --- exemptions (rule 6) --------------------------------------------------------------------------


def _lifted(
    law: Law, who: DeviceClass, text: Text, clause: Restriction, app: str, surface: Surface, at: datetime
) -> bool:
    for e in law.exemptions:
        named = e.id in who.exemptions and f"{text.id}/{clause.id}" in e.restrictions
        runs = e.span.start <= at < e.span.end  # type: ignore[operator]
        if (
            named
            and runs
            and any(s.family == app.split("/", maxsplit=1)[0] or s.app == app for s in e.what)
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


def _begins(text: Text) -> datetime | None:
    found = [s.start for s in text.lifecycle if s.state is State.IN_FORCE]
    return found[0] if found else None


def _clause_begins(text: Text, clause: Restriction) -> datetime:
    found = [x for x in (_begins(text), clause.start) if x is not None]
    return max(found, key=lambda x: x.timestamp())


def _zone(law: Law, text: Text) -> ZoneInfo:
    return next(a.zone for a in law.authorities if a.id == text.authority)


def _later(instant: datetime, period: Period, zone: ZoneInfo) -> datetime:
    """Months and days on the wall clock, minutes by the second hand."""
    local = instant.astimezone(zone)
    day = _months_later(local.date(), period.months) + timedelta(days=period.days)
    moved = datetime.combine(day, local.time(), tzinfo=zone)
    return datetime.fromtimestamp(moved.timestamp() + 60 * period.minutes, zone)


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
