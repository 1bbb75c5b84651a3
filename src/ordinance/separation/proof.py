# SPDX-License-Identifier: EUPL-1.2
"""The proof that a separate device is separate: what was answered, held against what was seen.

Reads a record, what is asked of the device, sightings and an instant. Evidence that refutes an answer always wins. An
answer to something that evidence can show is borne out by it or stays unknown; an answer to anything else is believed
until the last day on which it counts, and the result says that it rests on the record alone. Cannot know whether a
document that an answer names exists, or what was done where no log and no inventory looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ordinance.model.estate import Platform
from ordinance.model.law import Condition, Exemption
from ordinance.model.result import Result
from ordinance.model.separation import (
    NUMBERS,
    TESTABLE,
    AskedBy,
    Claim,
    DeviceRecord,
    Profile,
    Proof,
    ProofState,
    Release,
    Said,
    Shown,
    Sighting,
)
from ordinance.model.time import Span, add_months, end_of
from ordinance.separation.platforms import doubted, go_together, stated
from ordinance.separation.profiles import conflicts, intervals

Verdict = tuple[Result, str]
NOT_ASKED, OTHER_DAYS = "not_asked", "other_days_count"
_OF_A_VERSION = frozenset({Condition.SYSTEM_UP_TO_DATE, Condition.PERMISSIONS_REVIEWED})
_GOOD = frozenset({Result.PASS, Result.NOT_APPLICABLE})
_NO_SUCH = frozenset({"not_in_estate", "not_declared"})  # then there is no separate device to hold to anything


def asked_of(
    profiles: Iterable[Profile], exemptions: Iterable[Exemption]
) -> Mapping[Condition, tuple[AskedBy, ...]]:
    """Every condition that profiles and exemptions ask for, with who asks, in the order of the numbers."""
    found: dict[Condition, list[AskedBy]] = {}
    for profile in profiles:
        for ask in profile.asks:
            found.setdefault(ask.condition, []).append(AskedBy(profile.id, ask))
    for exemption in exemptions:
        for condition in exemption.conditions:
            found.setdefault(condition, []).append(AskedBy(exemption.id))
    return {c: tuple(found[c]) for c in NUMBERS if c in found}


def prove(
    device: str,
    record: DeviceRecord | None,
    profiles: Iterable[Profile],
    exemptions: Iterable[Exemption],
    sightings: Iterable[Sighting],
    at: datetime,
    zone: ZoneInfo,
    listed: Platform | None = None,
) -> Proof:
    """The proof of one device at an instant. Without a record nothing was answered; without a sighting of something
    that evidence can show, nobody looked. That the list of devices does not declare it separate fails whoever asks,
    and after the last day of its use the app must be gone. `listed` is the platform that the list of devices states:
    where record, list and inventories contradict one another, what rests on the platform does not pass."""
    chosen, given = tuple(profiles), tuple(exemptions)
    known = record.known_by(at.astimezone(zone).date()) if record is not None else None
    seen = {s.condition: s for s in sightings}
    ends = use_ends(record, given)
    asked = asked_of(chosen, given)
    first = Condition.DECLARED_SEPARATE
    if asked and first not in asked and first in seen and seen[first].reason in _NO_SUCH:
        asked = {first: (), **asked}  # no text has to ask for that
    if asked and ends is not None and end_of(ends, zone) <= at:
        last = Condition.REMOVED_AFTER_USE  # nor for that
        asked = {c: asked.get(c, ()) for c in NUMBERS if c in asked or c is last}
    shown = tuple(_shown(c, by, known, seen.get(c), ends, at, zone) for c, by in asked.items())
    platforms = stated(known, listed, seen.values())
    shown = shown if go_together(platforms) else doubted(shown)
    return Proof(device, state_of(shown), shown, conflicts(chosen), platforms)


def that_count(sightings: Iterable[Sighting], looked: Span, counts: Span) -> tuple[Sighting, ...]:
    """Sightings of the days that were looked at, as far as they say something of the day of a proof.

    `counts` are the days of which evidence is needed to bear out an answer: all of them, and nothing that was seen
    before them. What refutes an answer does so whenever it was, and says when; what the list of devices says has no
    days.
    """
    (start, end), (first, last) = looked.closed, counts.closed
    found = []
    for s in sightings:
        is_whole = start <= first and last <= end and (s.last is None or s.last >= first)
        if is_whole or s.result is not Result.PASS or not s.kinds:
            found.append(s)
            continue
        since, until = s.last or start, s.last or end - timedelta(microseconds=1)
        found.append(replace(s, result=Result.NOT_CHECKED, reason=OTHER_DAYS, first=since, last=until))
    return tuple(found)


def use_ends(record: DeviceRecord | None, exemptions: Iterable[Exemption]) -> date | None:
    """The last day on which the app is needed and allowed: that of the record, and no later than the latest of the
    exemptions it rests on."""
    said = [record.last_day] if record is not None and record.last_day is not None else []
    allowed = [max(e.last_day for e in given)] if (given := tuple(exemptions)) else []
    return min((*said, *allowed), default=None)


def due_of(claim: Claim) -> date:
    """The last day on which an answer counts: its own, and no later than the condition's interval gives.

    A day that is set far ahead, or moved again and again, makes no answer younger: from the day of the look the
    interval runs, whatever the record plans.
    """
    every = intervals()[claim.condition].every
    latest = add_months(claim.on, every.months) + timedelta(days=every.days)
    return latest if claim.due is None else min(claim.due, latest)


def is_put_off(claim: Claim) -> bool:
    """Whether a record sets a day that is later than the last one on which the answer counts."""
    return claim.due is not None and claim.due > due_of(claim)


def state_of(shown: Iterable[Shown]) -> ProofState:
    """Red where anything fails; green where everything asked for is shown, and something is; else unknown."""
    results = [s.result for s in shown]
    if Result.FAIL in results:
        return ProofState.RED
    return ProofState.GREEN if Result.PASS in results and _GOOD.issuperset(results) else ProofState.UNKNOWN


def _shown(
    condition: Condition,
    by: tuple[AskedBy, ...],
    record: DeviceRecord | None,
    sighting: Sighting | None,
    ends: date | None,
    at: datetime,
    zone: ZoneInfo,
) -> Shown:
    claim = record.claims.get(condition) if record is not None else None
    result, reason = _verdict(condition, by, record, claim, sighting, ends, at, zone)
    passed = result is Result.PASS
    borne_out = sighting is not None and sighting.result is Result.PASS
    due = due_of(claim) if claim is not None else None
    return Shown(condition, result, reason, by, claim, due, sighting, passed, passed and borne_out)


def _verdict(
    condition: Condition,
    by: tuple[AskedBy, ...],
    record: DeviceRecord | None,
    claim: Claim | None,
    sighting: Sighting | None,
    ends: date | None,
    at: datetime,
    zone: ZoneInfo,
) -> Verdict:
    if sighting is not None and sighting.result is Result.FAIL:
        return Result.FAIL, sighting.reason
    if condition is Condition.REMOVED_AFTER_USE and (early := _before_end(claim, ends, at, zone)) is not None:
        return early
    if record is None or claim is None:
        return Result.UNKNOWN, "no_answer"
    return _answered(claim, by, record, sighting, at, zone)


def _answered(
    claim: Claim,
    by: tuple[AskedBy, ...],
    record: DeviceRecord,
    sighting: Sighting | None,
    at: datetime,
    zone: ZoneInfo,
) -> Verdict:
    """What an answer comes to that nothing refutes."""
    if claim.said is Said.NOT_MET:
        return Result.FAIL, "says_not_met"
    if end_of(due_of(claim), zone) <= at:
        is_planned = is_put_off(claim) and claim.due is not None and at < end_of(claim.due, zone)
        return (Result.UNKNOWN, "put_off") if is_planned else (Result.FAIL, "overdue")
    if claim.said is Said.NOT_APPLICABLE:
        has_exception = bool(by) and all(b.ask is not None and b.ask.unless for b in by)
        return (Result.NOT_APPLICABLE, "not_applicable") if has_exception else (Result.UNKNOWN, "no_exception")
    if claim.condition in _OF_A_VERSION:
        release = record.system if claim.condition is Condition.SYSTEM_UP_TO_DATE else record.app
        if release is None or claim.version != release.version:
            return _of_another(claim, release)
    return _borne_out(claim.condition, sighting)


def _before_end(claim: Claim | None, ends: date | None, at: datetime, zone: ZoneInfo) -> Verdict | None:
    """What can be said of the removal while the app is still needed, or nobody stated until when."""
    if ends is None:
        return Result.UNKNOWN, "no_end_stated"
    if at < end_of(ends, zone):
        return Result.NOT_APPLICABLE, "use_not_over"
    if claim is not None and claim.said is Said.MET and claim.on <= ends:
        return Result.UNKNOWN, "answered_before_end"
    return None


def _of_another(claim: Claim, release: Release | None) -> Verdict:
    """What was looked at is another version than what is on the device, or nobody stated one of the two."""
    if not claim.version or release is None:
        return Result.UNKNOWN, "version_not_said"
    is_newer = claim.on > release.seen_on  # who looked at it then may have seen the update
    return (Result.UNKNOWN, "version_not_seen_since") if is_newer else (Result.FAIL, "other_version")


def _borne_out(condition: Condition, sighting: Sighting | None) -> Verdict:
    """What an answer that counts comes to, by what evidence says of it."""
    if sighting is not None:
        return sighting.result, sighting.reason
    return (Result.NOT_CHECKED, NOT_ASKED) if condition in TESTABLE else (Result.PASS, "met")
