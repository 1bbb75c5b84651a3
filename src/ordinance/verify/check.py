# SPDX-License-Identifier: EUPL-1.2
"""A whole check: from the law, the estate and readings to results, findings and coverage.

Pure: every instant is given, nothing is opened and nothing written. Readings are by source id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from ordinance.model.attestation import Attestation
from ordinance.model.body import Body
from ordinance.model.estate import Estate
from ordinance.model.evidence import Reading
from ordinance.model.law import Law
from ordinance.model.result import Checked, Contacts, Finding, FindingKind, Grade, NotSeen, Result
from ordinance.model.ruling import Standing
from ordinance.model.time import Span
from ordinance.verify.attested import Statements
from ordinance.verify.attribute import Attribution
from ordinance.verify.binding import Judge
from ordinance.verify.blind import BY_DECISION, not_seen
from ordinance.verify.counted import counted_days
from ordinance.verify.coverage import Sight
from ordinance.verify.duties import NOT_CONCERNED, Duties
from ordinance.verify.findings import findings, order, work_sources
from ordinance.verify.grades import grade
from ordinance.verify.lapsed import lapsed_exemptions
from ordinance.verify.names import InventoryNames
from ordinance.verify.observed import Asked, Observed, observe
from ordinance.verify.signs import SignsOf
from ordinance.verify.stated import findings_of_statements


def check(
    law: Law,
    estate: Estate,
    body: Body,
    readings: Mapping[str, Reading],
    window: Span,
    as_of: datetime,
    kinds: Mapping[str, str],
    attestations: Iterable[Attestation] = (),
) -> Checked:
    """Check a closed window, seen from `as_of`. `kinds` gives each source's kind of evidence."""
    today = as_of.astimezone(body.zone).date()
    judge = Judge(law, estate, window, as_of)
    names = InventoryNames(estate, body.zone, as_of)
    leases = (lease for reading in readings.values() for lease in reading.leases)
    observed = observe(
        estate,
        readings.values(),
        Attribution(estate, leases, body.zone, today, body.sources),
        names,
        body.zone,
    )
    sight = Sight(body, estate, readings, window, kinds, names, observed, as_of)
    statements = Statements(attestations, estate, body.zone)
    results = Duties(body, estate, judge, sight, observed, statements).results()
    concerned = sorted({r.device for r in results if r.reason not in NOT_CONCERNED})
    reading = bool(concerned and body.checking.evidence_allowed)
    counted = (r for s in work_sources(estate, body) if (r := readings.get(s)) is not None)
    unseen = not_seen(results, judge, estate, sight, counted, body.zone)
    signs = SignsOf(judge, observed, sight, window)
    found = [*findings(estate, body, judge, observed, results, signs), *_blind_spots(unseen)]
    found += findings_of_statements(judge, observed, statements, results)
    found += lapsed_exemptions(law, judge, observed)
    return Checked(
        results=results,
        findings=tuple(sorted(found, key=order)),
        coverage=sight.coverage() if reading else (),
        not_seen=unseen,
        contacts=_contacts(observed, judge),
        counted=counted_days(law.catalogue, judge, body.zone, results) if reading else (),
        in_estate=len(estate.device_ids()),
        in_scope=len(concerned),
        seen=sum(d in observed.asked or bool(sight.listings(d, window)) for d in concerned),
        inventory_coverage=_inventory_share(concerned, estate, sight, window),
        network_coverage=sight.network_share() if reading else None,
    )


def _blind_spots(unseen: Iterable[NotSeen]) -> Iterable[Finding]:
    for spot in unseen:
        if spot.what != BY_DECISION:
            yield Finding(
                kind=FindingKind.BLIND_SPOT,
                result=Result.UNKNOWN,
                count=spot.contacts or spot.devices,
                reason=spot.what,
                devices=spot.devices,
            )


def _contacts(observed: Observed, judge: Judge) -> tuple[Contacts, ...]:
    """Counts per day of questions about apps in force, of covered devices or of nobody that can be named."""
    counted: Counter[tuple[date, str, Grade]] = Counter()
    concerned: dict[tuple[str, int], bool] = {}
    for asked in observed.every():
        found = grade(asked.row)
        if found is None or asked.row.identifier is None or not _concerns_rule(asked, judge, concerned):
            continue
        counted[asked.day, asked.row.identifier.family, found] += 1
    return tuple(Contacts(*key, n) for key, n in sorted(counted.items()))


def _concerns_rule(asked: Asked, judge: Judge, concerned: dict[tuple[str, int], bool]) -> bool:
    """Whether a rule in force speaks of the app, and of the device where one is known; `concerned`: said before."""
    if asked.by.device is None:
        in_force = [c for c in judge.naming(asked.app) if judge.standing(c, asked.row.at) is Standing.IN_FORCE]
        return any(not judge.is_read_otherwise(c, asked.row.at) for c in in_force)
    piece = judge.piece_at(asked.by.device, asked.row.at)
    if piece is None:
        return False
    key = (asked.app, id(piece))  # pieces stay with the judge
    if key not in concerned:
        states = (judge.state(c, piece) for c in judge.naming(asked.app))
        concerned[key] = any(s is not None and s.binds for s in states)
    return concerned[key]


def _inventory_share(concerned: Iterable[str], estate: Estate, sight: Sight, window: Span) -> float | None:
    platforms = {d: estate.latest_row(d).facts.platform for d in concerned}
    counts = [sight.inventory_slots(d, platform, window) for d, platform in platforms.items()]
    expected = [max(e, 1) for _, e in counts]  # a device that no inventory is expected to list is unseen, not absent
    if not counts or "inventory" not in sight.kinds.values():
        return None
    return sum(s for s, _ in counts) / sum(expected)
