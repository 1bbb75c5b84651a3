# SPDX-License-Identifier: EUPL-1.2
"""Whether the conditions of an exemption are met, from evidence.

Reads: the device's facts, coverage, and the only names kept of a device declared separate (the body's
own internal ones) with a count of its other apps. Evidence can refute a claim; without complete
evidence the answer is unknown, never met.
"""

from __future__ import annotations

from collections.abc import Iterable

from ordinance.model.body import Body
from ordinance.model.estate import Use
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
    device: str,
    exempt: Iterable[tuple[Piece, ClauseState]],
    body: Body,
    sight: Sight,
    observed: Observed,
) -> tuple[Result, str]:
    """The result over the stretches in which the device was exempt; the reason names what is unmet."""
    if not body.checking.evidence_allowed:
        return Result.NOT_CHECKED, "by_decision"
    asked: dict[Condition, list[Piece]] = {}
    for piece, state in exempt:
        for condition in {c for e in state.exemptions for c in e.conditions}:
            asked.setdefault(condition, []).append(piece)
    verdicts = {c: _check(c, device, pieces, body, sight, observed) for c, pieces in asked.items()}
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
    condition: Condition, device: str, pieces: list[Piece], body: Body, sight: Sight, observed: Observed
) -> Result:
    if condition is Condition.DECLARED_SEPARATE:
        return worst(_declared(p) for p in pieces)
    spans = joined(p.span for p in pieces)
    if condition is Condition.NO_OTHER_APPS:
        platform = pieces[-1].device_class.facts.platform if pieces[-1].device_class else None
        return worst(few_apps(sight.other_apps(device, s), sight.inventory_slots(device, platform, s), body)
                      for s in spans)  # fmt: skip
    if any(internal_contacts(device, observed, s) for s in spans):
        return Result.FAIL
    if condition is Condition.NO_INTERNAL_NAMES and body.internal_names:
        return worst(networks_seen(device, s, sight) for s in spans)
    return Result.UNKNOWN  # that a device never joined a network cannot be seen from names alone


def _declared(piece: Piece) -> Result:
    separate = piece.device_class is not None and piece.device_class.facts.use is Use.SEPARATE
    return Result.PASS if separate and piece.held else Result.FAIL


def few_apps(most: int | None, slots: tuple[int, int], body: Body) -> Result:
    """Whether the most other apps that were counted are as few as the body permits; `slots` are (seen, expected)."""
    if most is not None and most > body.most_other_apps:
        return Result.FAIL
    seen, expected = slots
    return Result.PASS if most is not None and 0 < expected == seen else Result.UNKNOWN


def networks_seen(device: str, span: Span, sight: Sight) -> Result:
    """A separate device may turn up on any network of the body's: all of them must have been seen."""
    networks = sight.networks_of(None, None)
    seen, expected = sight.network_days(device, networks, span)
    return Result.PASS if 0 < expected == seen and sight.is_named_throughout(networks, span) else Result.UNKNOWN


def worst(results: Iterable[Result]) -> Result:
    """The result that counts over several stretches."""
    return min(results, key=_WORST.index)
