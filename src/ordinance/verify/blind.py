# SPDX-License-Identifier: EUPL-1.2
"""What a check could not see, counted: devices, days of a device, and what logs show of ways past them.

Reads results, rulings and readings. Where nothing is counted, it was not shown; that is no proof that it was not so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from ordinance.model.estate import MOBILE, Estate
from ordinance.model.evidence import Reading
from ordinance.model.kleene import Truth
from ordinance.model.law import Duty
from ordinance.model.result import DutyResult, NotSeen, Result
from ordinance.model.time import Span
from ordinance.verify.binding import Judge, Piece
from ordinance.verify.coverage import Sight
from ordinance.verify.duties import IN_SCOPE_UNKNOWN, NOT_CONCERNED

CONTESTED = "contested_reading"
# Reasons that mean "could not be seen"; a reason not listed here is a verdict about something seen.
BLIND = (
    "no_inventory",
    "network_not_seen",
    "lost_days",
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
    "attested_only",
    "attested_in_part",
)
BY_DECISION = "not_checked_by_decision"
NO_DEVICE = "no_device_in_scope"
OTHER_SUBJECT = "rule_about_no_device"
MOBILE_DATA, OFF_NETWORK = "mobile_data", "off_network"
_ABOUT_TRAFFIC = frozenset({Duty.STOP_USING, Duty.BLOCK_TRAFFIC})
_JUDGED = frozenset({Result.PASS, Result.UNKNOWN})


@dataclass(slots=True)
class _Spot:
    """Something unseen: the devices it concerns, and days of them."""

    devices: set[str] = field(default_factory=set)
    days: set[tuple[str, date]] = field(default_factory=set)


def not_seen(
    results: Iterable[DutyResult],
    judge: Judge,
    estate: Estate,
    sight: Sight,
    readings: Iterable[Reading],
    zone: ZoneInfo,
) -> tuple[NotSeen, ...]:
    """For each thing that could not be seen, how many devices and days of devices it concerns; sorted.

    Where traffic matters, phones always count under `mobile_data`, and every device under `off_network` for each day on
    which logs that name devices were seen and it held no address in them, whatever else was seen.
    """
    every = tuple(results)
    spots: dict[str, _Spot] = {}
    covered: set[str] = set()
    for result in every:
        if result.reason not in NOT_CONCERNED:
            covered.add(result.restriction)
        if result.result is Result.NOT_CHECKED and result.reason == "by_decision":
            spots.setdefault(BY_DECISION, _Spot()).devices.add(result.device)
        elif result.reason in BLIND:
            spots.setdefault(result.reason, _Spot()).devices.add(result.device)
        if result.contested:  # whatever fact is missing too
            spots.setdefault(CONTESTED, _Spot()).devices.add(result.device)
    if any(judge.ever_in_force(c) and c not in covered for c in judge.clauses):
        spots.setdefault(NO_DEVICE, _Spot())
    if judge.rules_on_others:
        spots.setdefault(OTHER_SUBJECT, _Spot())
    _past_our_networks(every, judge, estate, sight, zone, spots)
    found = [NotSeen(what, len(spot.devices), len(spot.days)) for what, spot in spots.items()]
    return tuple(sorted([*found, *_past_our_logs(readings)], key=lambda n: n.what))


def _past_our_networks(
    results: Iterable[DutyResult], judge: Judge, estate: Estate, sight: Sight, zone: ZoneInfo, spots: dict[str, _Spot]
) -> None:
    """Days on which a rule about traffic spoke of a device, and it was or may have been on no network of ours."""
    days, present, named = _Days(judge, zone), sight.days_present(), sight.named_days
    nowhere: frozenset[date] = frozenset()
    for result in results:
        sure = result.result in _JUDGED and result.reason not in IN_SCOPE_UNKNOWN
        if not sure or result.duty not in _ABOUT_TRAFFIC:
            continue
        concerned = days.of(result)
        if estate.latest_row(result.device).facts.platform in MOBILE:
            spot = spots.setdefault(MOBILE_DATA, _Spot())
            spot.devices.add(result.device)
            spot.days.update((result.device, day) for day in concerned)
        if away := (concerned & named) - present.get(result.device, nowhere):
            spot = spots.setdefault(OFF_NETWORK, _Spot())
            spot.devices.add(result.device)
            spot.days.update((result.device, day) for day in away)


class _Days:
    """The days on which a duty of a clause could be failed by a device; alike for devices that no rule tells apart."""

    def __init__(self, judge: Judge, zone: ZoneInfo) -> None:
        self._judge, self._zone = judge, zone
        self._known: dict[tuple[int, str, Duty | None], frozenset[date]] = {}

    def of(self, result: DutyResult) -> frozenset[date]:
        """Those of the result's device, clause and duty."""
        pieces = self._judge.pieces(result.device)  # one tuple for all devices alike, which the judge keeps
        key = (id(pieces), result.restriction, result.duty)
        if key not in self._known:
            spans = self._spans(pieces, result.restriction, result.duty)
            self._known[key] = frozenset(d for span in spans for d in span.days(self._zone))
        return self._known[key]

    def _spans(self, pieces: tuple[Piece, ...], clause: str, duty: Duty | None) -> Iterator[Span]:
        for piece in pieces:
            state = self._judge.state(clause, piece)
            if state is None or duty is None or not state.binds or state.reason.in_scope is not Truth.TRUE:
                continue
            due = self._judge.due(state).get(duty)
            if due is not None and (part := piece.span.meets(Span(due, None))) is not None:
                yield part


def _past_our_logs(readings: Iterable[Reading]) -> Iterator[NotSeen]:
    """Questions that got an address for names behind which no log sees more, whoever asked; days of each log."""
    contacts: Counter[str] = Counter()
    days: Counter[str] = Counter()
    for reading in readings:
        for _, kind, count in reading.unseen:
            contacts[kind] += count
            days[kind] += 1
    yield from (NotSeen(str(kind), 0, days[kind], contacts[kind]) for kind in contacts)
