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
from ordinance.model.law import Law
from ordinance.model.result import Checked, Contacts, DutyResult, Finding, FindingKind, NotSeen, Result
from ordinance.model.time import Span
from ordinance.verify.attribute import Attribution
from ordinance.verify.binding import Judge
from ordinance.verify.coverage import Sight
from ordinance.verify.duties import Duties
from ordinance.verify.findings import findings, order
from ordinance.verify.grades import grade
from ordinance.verify.observed import Observed, observe

# Reasons that mean "could not be seen"; a reason not listed here is a verdict about something seen.
BLIND = (
    "no_inventory",
    "network_not_seen",
    "mobile_data",
    "missing_fact",
    "facts_not_stated",
    "no_source_for_duty",
    "evidence_not_allowed",
    "no_proof_of_blocking",
    "let_through_to_others",
    "conditions_unknown",
)
BY_DECISION = "not_checked_by_decision"
_NOT_CONCERNED = frozenset({"out_of_scope", "not_yet_in_force", "lapsed", "superseded", "repealed"})


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
    judge = Judge(law, estate, window, as_of)
    sight = Sight(body, estate, readings, window, kinds)
    leases = (lease for reading in readings.values() for lease in reading.leases)
    attribution = Attribution(estate, leases, body.zone, as_of.astimezone(body.zone).date())
    observed = observe(estate, readings.values(), attribution)
    results = Duties(body, estate, judge, sight, observed).results()
    unseen = not_seen(results)
    concerned = {r.device for r in results if r.reason not in _NOT_CONCERNED}
    found = [*findings(estate, judge, observed, results), *_blind_spots(unseen)]
    return Checked(
        results=results,
        findings=tuple(sorted(found, key=order)),
        coverage=sight.coverage() if concerned and body.checking.evidence_allowed else (),
        not_seen=unseen,
        contacts=_contacts(observed, body, window),
        in_estate=len(estate.device_ids()),
        in_scope=len(concerned),
        seen=_seen(concerned, estate, sight, observed, window),
        inventory_coverage=_inventory_share(concerned, estate, sight, window),
        network_coverage=sight.network_share() if concerned and body.checking.evidence_allowed else None,
    )


def not_seen(results: Iterable[DutyResult]) -> tuple[NotSeen, ...]:
    """For each thing that could not be seen, the number of devices it concerns."""
    devices: dict[str, set[str]] = {}
    for result in results:
        if result.result is Result.NOT_CHECKED and result.reason == "by_decision":
            devices.setdefault(BY_DECISION, set()).add(result.device)
        elif result.reason in BLIND:
            devices.setdefault(result.reason, set()).add(result.device)
    return tuple(NotSeen(what, len(devices[what])) for what in sorted(devices))


def _blind_spots(unseen: Iterable[NotSeen]) -> Iterable[Finding]:
    for spot in unseen:
        if spot.what != BY_DECISION:
            yield Finding(
                kind=FindingKind.BLIND_SPOT,
                result=Result.UNKNOWN,
                unit=None,
                device=None,
                family=None,
                member=None,
                surface=None,
                grade=None,
                duty=None,
                first_seen=None,
                last_seen=None,
                count=spot.devices,
                restriction=None,
                reason=spot.what,
                devices=spot.devices,
            )


def _contacts(observed: Observed, body: Body, window: Span) -> tuple[Contacts, ...]:
    counted: Counter[Contacts] = Counter()
    for asked in observed.all_asked:
        found = grade(asked.row)
        if found is not None and asked.row.identifier is not None and asked.row.at in window:
            day = asked.row.at.astimezone(body.zone).date()
            counted[Contacts(day, asked.row.identifier.family, found, 0)] += 1
    rows = (Contacts(c.day, c.family, c.grade, n) for c, n in counted.items())
    return tuple(sorted(rows, key=lambda c: (c.day, c.family, c.grade)))


def _seen(concerned: Iterable[str], estate: Estate, sight: Sight, observed: Observed, window: Span) -> int:
    """Devices of which any inventory or any watched question was seen."""
    return sum(
        device in observed.asked or bool(sight.snapshots_with(estate.device_rows[device][-1], window))
        for device in concerned
    )


def _inventory_share(concerned: Iterable[str], estate: Estate, sight: Sight, window: Span) -> float | None:
    counts = [sight.inventory_slots(estate.device_rows[d][-1], window) for d in concerned]
    expected = [max(e, 1) for _, e in counts]  # a device that no inventory is expected to list is unseen, not absent
    if not counts or "inventory" not in sight.kinds.values():
        return None
    return sum(s for s, _ in counts) / sum(expected)
