# SPDX-License-Identifier: EUPL-1.2
"""Whether the conditions of an exemption are met, from evidence.

Reads: the device's facts, coverage, and the only names kept of a device declared separate (the body's
own internal ones) with a count of its other apps. Evidence can refute a claim; without complete
evidence the answer is unknown, never met.
"""

from __future__ import annotations

from collections.abc import Iterable

from ordinance.model.body import Body
from ordinance.model.estate import Device, Use
from ordinance.model.law import Condition
from ordinance.model.result import Result
from ordinance.model.time import Span, joined
from ordinance.policy.resolve import ClauseState
from ordinance.verify.binding import Piece
from ordinance.verify.coverage import Sight
from ordinance.verify.observed import Asked, Observed

CONDITIONS_MET = "conditions_met"
CONDITIONS_UNKNOWN = "conditions_unknown"
_WORST = (Result.FAIL, Result.UNKNOWN, Result.PASS)


def check_conditions(
    device: Device,
    exempt: Iterable[tuple[Piece, ClauseState]],
    body: Body,
    sight: Sight,
    observed: Observed,
) -> tuple[Result, str]:
    """The result over the stretches in which the device was exempt; the reason names what is unmet."""
    if not body.checking.evidence_allowed:
        return Result.NOT_CHECKED, "by_decision"
    asked: dict[Condition, list[Span]] = {}
    for piece, state in exempt:
        for condition in state.exemption.conditions if state.exemption else ():
            asked.setdefault(condition, []).append(piece.span)
    verdicts = {
        condition: min((_check(condition, device, s, body, sight, observed) for s in joined(spans)), key=_WORST.index)
        for condition, spans in asked.items()
    }
    unmet = sorted(str(c) for c, r in verdicts.items() if r is Result.FAIL)
    if unmet:
        return Result.FAIL, ",".join(unmet)
    if not verdicts or any(r is not Result.PASS for r in verdicts.values()):
        return Result.UNKNOWN, CONDITIONS_UNKNOWN
    return Result.PASS, CONDITIONS_MET


def internal_contacts(device: str, observed: Observed, span: Span) -> tuple[Asked, ...]:
    """Questions of a separate device for the body's own internal names."""
    return tuple(a for a in observed.asked.get(device, ()) if a.row.identifier is None and a.row.at in span)


def _check(
    condition: Condition, device: Device, span: Span, body: Body, sight: Sight, observed: Observed
) -> Result:
    if condition is Condition.DECLARED_SEPARATE:
        declared = device.facts.use is Use.SEPARATE and device.holder is not None
        return Result.PASS if declared else Result.FAIL
    if condition is Condition.NO_OTHER_APPS:
        return _few_apps(device, span, body, sight)
    contacts = internal_contacts(device.id, observed, span)
    if contacts:
        return Result.FAIL
    if condition is Condition.NO_INTERNAL_NAMES and body.internal_names and _networks_seen(device, span, sight):
        return Result.PASS
    return Result.UNKNOWN  # that a device never joined a network cannot be seen from names alone


def _few_apps(device: Device, span: Span, body: Body, sight: Sight) -> Result:
    most = sight.other_apps(device, span)
    if most is not None and most > body.most_other_apps:
        return Result.FAIL
    seen, expected = sight.inventory_slots(device, span)
    return Result.PASS if most is not None and 0 < expected == seen else Result.UNKNOWN


def _networks_seen(device: Device, span: Span, sight: Sight) -> bool:
    networks = sight.networks_of(device, None)
    seen, expected = sight.network_days(networks, span)
    return 0 < expected == seen
