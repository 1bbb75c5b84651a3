# SPDX-License-Identifier: EUPL-1.2
"""A whole check: from the law, the estate and readings to results, findings and coverage.

Pure: every instant is given, nothing is opened and nothing written. Readings are by source id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from ordinance.model.body import Body
from ordinance.model.estate import Estate
from ordinance.model.evidence import Reading
from ordinance.model.law import Duty, Law
from ordinance.model.result import Checked, Contacts, DutyResult, Finding, FindingKind, NotSeen, Result
from ordinance.model.ruling import Standing
from ordinance.model.time import Span
from ordinance.verify.attribute import Attribution
from ordinance.verify.binding import Judge
from ordinance.verify.counted import counted_days
from ordinance.verify.coverage import Sight
from ordinance.verify.duties import IN_SCOPE_UNKNOWN, NOT_CONCERNED, Duties
from ordinance.verify.findings import findings, order
from ordinance.verify.grades import MOBILE, grade
from ordinance.verify.names import InventoryNames
from ordinance.verify.observed import Asked, Observed, observe

CONTESTED = "contested_reading"
# Reasons that mean "could not be seen"; a reason not listed here is a verdict about something seen.
BLIND = (
    "no_inventory",
    "network_not_seen",
    "mobile_data",
    "missing_fact",
    CONTESTED,
    "contested_until_read",
    "facts_not_stated",
    "no_source_for_duty",
    "evidence_not_allowed",
    "no_proof_of_blocking",
    "let_through_to_others",
    "likely_name_only",
    "conditions_unknown",
    "open_ended_rule",
    "app_not_recognisable",
)
BY_DECISION = "not_checked_by_decision"
NO_DEVICE = "no_device_in_scope"
OTHER_SUBJECT = "rule_about_no_device"


def check(
    law: Law,
    estate: Estate,
    body: Body,
    readings: Mapping[str, Reading],
    window: Span,
    as_of: datetime,
    kinds: Mapping[str, str],
) -> Checked:
    """Check a closed window, seen from `as_of`. `kinds` gives each source's kind of evidence."""
    today = as_of.astimezone(body.zone).date()
    judge = Judge(law, estate, window, as_of)
    names = InventoryNames(estate, body.zone, as_of)
    leases = (lease for reading in readings.values() for lease in reading.leases)
    observed = observe(
        estate, readings.values(), Attribution(estate, leases, body.zone, today), names, body.zone
    )
    sight = Sight(body, estate, readings, window, kinds, names, observed, as_of)
    results = Duties(body, estate, judge, sight, observed).results()
    concerned = sorted({r.device for r in results if r.reason not in NOT_CONCERNED})
    reading = bool(concerned and body.checking.evidence_allowed)
    unseen = not_seen(results, judge, estate)
    found = [*findings(estate, body, judge, observed, results), *_blind_spots(unseen)]
    return Checked(
        results=results,
        findings=tuple(sorted(found, key=order)),
        coverage=sight.coverage() if reading else (),
        not_seen=unseen,
        contacts=_contacts(observed, body, judge),
        counted=counted_days(law.catalogue, judge, body.zone, results) if reading else (),
        in_estate=len(estate.device_ids()),
        in_scope=len(concerned),
        seen=sum(d in observed.asked or bool(sight.listings(d, window)) for d in concerned),
        inventory_coverage=_inventory_share(concerned, estate, sight, window),
        network_coverage=sight.network_share() if reading else None,
    )


def not_seen(results: Iterable[DutyResult], judge: Judge, estate: Estate) -> tuple[NotSeen, ...]:
    """For each thing that could not be seen, the number of devices it concerns.

    Phones in scope always count under `mobile_data` where their traffic matters, whatever else was seen.
    """
    devices: dict[str, set[str]] = {}
    covered: set[str] = set()
    for result in results:
        if result.reason not in NOT_CONCERNED:
            covered.add(result.restriction)
        if result.result is Result.NOT_CHECKED and result.reason == "by_decision":
            devices.setdefault(BY_DECISION, set()).add(result.device)
        elif result.reason in BLIND:
            devices.setdefault(result.reason, set()).add(result.device)
        if result.contested:  # whatever fact is missing too
            devices.setdefault(CONTESTED, set()).add(result.device)
        if _on_mobile_data(result, estate):
            devices.setdefault("mobile_data", set()).add(result.device)
    if any(judge.ever_in_force(c) and c not in covered for c in judge.clauses):
        devices.setdefault(NO_DEVICE, set())
    if judge.rules_on_others:
        devices.setdefault(OTHER_SUBJECT, set())
    return tuple(NotSeen(what, len(devices[what])) for what in sorted(devices))


def _on_mobile_data(result: DutyResult, estate: Estate) -> bool:
    sure = result.result in {Result.PASS, Result.UNKNOWN} and result.reason not in IN_SCOPE_UNKNOWN
    about = result.duty in {Duty.STOP_USING, Duty.BLOCK_TRAFFIC}
    return sure and about and estate.latest_row(result.device).facts.platform in MOBILE


def _blind_spots(unseen: Iterable[NotSeen]) -> Iterable[Finding]:
    for spot in unseen:
        if spot.what != BY_DECISION:
            yield Finding(
                kind=FindingKind.BLIND_SPOT,
                result=Result.UNKNOWN,
                count=spot.devices,
                reason=spot.what,
                devices=spot.devices,
            )


def _contacts(observed: Observed, body: Body, judge: Judge) -> tuple[Contacts, ...]:
    """Counts per day of questions about apps in force, of covered devices or of nobody that can be named."""
    counted: Counter[Contacts] = Counter()
    for asked in observed.all_asked:
        found = grade(asked.row)
        if found is None or asked.row.identifier is None or not _concerns_rule(asked, judge):
            continue
        day = asked.row.at.astimezone(body.zone).date()
        counted[Contacts(day, asked.row.identifier.family, found, 0)] += 1
    rows = (Contacts(c.day, c.family, c.grade, n) for c, n in counted.items())
    return tuple(sorted(rows, key=lambda c: (c.day, c.family, c.grade)))


def _concerns_rule(asked: Asked, judge: Judge) -> bool:
    found = asked.row.identifier
    app = f"{found.family}/{found.member}" if found else ""
    clauses = judge.naming(app)
    if asked.by.device is None:
        in_force = [c for c in clauses if judge.standing(c, asked.row.at) is Standing.IN_FORCE]
        return any(not judge.is_read_otherwise(c, asked.row.at) for c in in_force)
    piece = judge.piece_at(asked.by.device, asked.row.at)
    states = [judge.state(c, piece) for c in clauses] if piece else []
    return any(s is not None and s.binds for s in states)


def _inventory_share(concerned: Iterable[str], estate: Estate, sight: Sight, window: Span) -> float | None:
    platforms = {d: estate.latest_row(d).facts.platform for d in concerned}
    counts = [sight.inventory_slots(d, platform, window) for d, platform in platforms.items()]
    expected = [max(e, 1) for _, e in counts]  # a device that no inventory is expected to list is unseen, not absent
    if not counts or "inventory" not in sight.kinds.values():
        return None
    return sum(s for s, _ in counts) / sum(expected)
