# SPDX-License-Identifier: EUPL-1.2
"""Each duty of each clause for each device: pass, fail, or why neither can be said.

Reads: rulings over the window, observations, coverage. Each observation is judged by the ruling at
its own instant. A `pass` needs evidence for every expected slot and day on which the duty could
already be failed; anything missing gives `unknown`. No branch ends without a result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from ordinance.model.body import Body
from ordinance.model.estate import Estate
from ordinance.model.evidence import EvidenceKind
from ordinance.model.kleene import Truth
from ordinance.model.law import Duty
from ordinance.model.result import DutyResult, Result
from ordinance.model.ruling import Standing
from ordinance.model.time import Span
from ordinance.policy.resolve import ClauseState, names_a_reading
from ordinance.verify.attested import Statements
from ordinance.verify.binding import Judge, Piece
from ordinance.verify.cases import Cases, Due, can_meet, is_exempt, wholly_exempt
from ordinance.verify.conditions import check_conditions
from ordinance.verify.coverage import Sight
from ordinance.verify.observed import Observed
from ordinance.verify.shown import Shown, Verdict

_NOT_IN_FORCE = {Standing.OVERDUE: Standing.LAPSED}
_NEEDS: Mapping[Duty, frozenset[EvidenceKind]] = MappingProxyType(
    {
        Duty.REMOVE: frozenset({EvidenceKind.INVENTORY}),
        Duty.DENY_INSTALL: frozenset({EvidenceKind.INVENTORY}),
        Duty.IDENTIFY: frozenset({EvidenceKind.INVENTORY}),
        Duty.STOP_USING: frozenset({EvidenceKind.INVENTORY, EvidenceKind.NETWORK_DEVICE}),
        Duty.BLOCK_TRAFFIC: frozenset({EvidenceKind.NETWORK_DEVICE}),
        Duty.ATTEST: frozenset({EvidenceKind.ATTESTATION}),
    }
)
# Reasons under which nothing was seen of a duty: that somebody stated it is then more than nothing, and less than seen.
_NOTHING_SEEN = frozenset(
    {"no_inventory", "network_not_seen", "app_not_recognisable", "evidence_not_allowed", "no_source_for_duty"}
)
# Reasons under which nobody knows whether a rule covers the device at all, and those that take it out for certain.
IN_SCOPE_UNKNOWN = frozenset(
    {"missing_fact", "contested_reading", "contested_until_read", "facts_not_stated", "platform_contradicted"}
)
NOT_CONCERNED = frozenset(
    {
        *("out_of_scope", "not_on_platform", "read_otherwise"),
        *("not_yet_in_force", "lapsed", "superseded", "repealed"),
    }
)
_MAY_BE_CONTESTED = frozenset({"missing_fact", "contested_reading", "facts_not_stated"})
_ABOUT_THE_APP = frozenset({Duty.REMOVE, Duty.DENY_INSTALL, Duty.STOP_USING, Duty.BLOCK_TRAFFIC})


class Duties:
    """The results of a window."""

    def __init__(
        self, body: Body, estate: Estate, judge: Judge, sight: Sight, observed: Observed, statements: Statements
    ) -> None:
        self._body, self._estate, self._judge, self._statements = body, estate, judge, statements
        self._sight, self._observed = sight, observed
        self._allowed = body.checking.evidence_allowed
        self._cases, self._shown = Cases(judge, observed), Shown(body, judge, sight, observed, statements)

    def results(self) -> tuple[DutyResult, ...]:
        """Every duty of every clause that can bind, for every device of the estate."""
        return tuple(
            result
            for clause in self._judge.clauses
            for device in self._estate.device_ids()
            for result in self._of(clause, device)
        )

    def _of(self, clause: str, device: str) -> Iterable[DutyResult]:
        pieces = self._judge.pieces(device)
        states = [(p, self._judge.state(clause, p)) for p in pieces]
        unit = next((p.unit for p in reversed(pieces) if p.device_class), self._estate.latest_row(device).unit)
        for duty in self._judge.duties(clause):
            result, reason = self._verdict(clause, duty, device, states)
            contested = reason in _MAY_BE_CONTESTED and self._is_contested(clause, states)
            shown = (self._shown.failed(device, clause, duty) if result is Result.FAIL else None) or ()
            yield DutyResult(device, unit, pieces[-1].device_class, clause, duty, result, reason, contested, *shown)
        exempt = [(p, s) for p, s in states if s is not None and is_exempt(s)]
        if exempt:
            result, reason = check_conditions(device, exempt, self._body, self._sight, self._observed)
            yield DutyResult(device, unit, pieces[-1].device_class, clause, None, result, reason)

    def _verdict(
        self, clause: str, duty: Duty, device: str, states: list[tuple[Piece, ClauseState | None]]
    ) -> Verdict:
        in_force = [(p, s) for p, s in states if self._judge.standing(clause, p.span.closed[0]) is Standing.IN_FORCE]
        if not in_force:
            last = self._judge.standing(clause, states[-1][0].span.closed[0])
            return Result.NOT_APPLICABLE, str(_NOT_IN_FORCE.get(last, last))
        if all(self._judge.is_read_otherwise(clause, p.span.closed[0]) for p, _ in in_force):
            return Result.NOT_APPLICABLE, "read_otherwise"
        binding = [(p, s) for p, s in in_force if s is not None and s.binds]
        covered = [(p, s) for p, s in binding if can_meet(p, s)]
        if not covered and all(s is not None for _, s in in_force):
            return self._cannot_meet(duty, device, binding)
        if not self._allowed or self._judge.is_on_trust(clause):
            return Result.NOT_CHECKED, "by_decision"
        due: Due = [
            (p, part, s)
            for p, s in covered
            if s.reason.in_scope is Truth.TRUE and (part := self._due_part(s, duty, p.span)) is not None
        ]
        verdict = self._judged(duty, device, due)
        if verdict is not None and verdict[0] is Result.FAIL:
            return verdict
        left = [(p, part, s) for p, part, s in due if not wholly_exempt(p, s)]
        if len(left) < len(due):
            verdict = self._judged(duty, device, left)
        return self._doubt(clause, in_force, covered) or verdict or self._nothing_due(covered)

    def _cannot_meet(self, duty: Duty, device: str, binding: list[tuple[Piece, ClauseState]]) -> Verdict:
        """The verdict on a device that no such app runs on, as the estate states it, or that is out of scope."""
        if not binding:
            return Result.NOT_APPLICABLE, "out_of_scope"
        due: Due = [(p, part, s) for p, s in binding if (part := self._due_part(s, duty, p.span)) is not None]
        if EvidenceKind.INVENTORY in _NEEDS.get(duty, ()) and EvidenceKind.INVENTORY in self._allowed_for(due):
            found = self._observed.installed.get(device, ())
            if any(not x.fits and self._cases.has_installed(x, duty, due) for x in found):
                return Result.UNKNOWN, "platform_contradicted"
        return Result.NOT_APPLICABLE, "not_on_platform"

    def _doubt(
        self, clause: str, in_force: list[tuple[Piece, ClauseState | None]], covered: list[tuple[Piece, ClauseState]]
    ) -> Verdict | None:
        if any(s is None for _, s in in_force):
            return Result.UNKNOWN, "facts_not_stated"
        unsure = [s.reason for _, s in covered if s.reason.in_scope is Truth.UNKNOWN]
        if not unsure:
            return None
        if not all(names_a_reading(m) for reason in unsure for m in reason.missing):
            return Result.UNKNOWN, "missing_fact"
        return Result.UNKNOWN, "contested_until_read" if self._judge.is_chosen(clause) else "contested_reading"

    def _is_contested(self, clause: str, states: list[tuple[Piece, ClauseState | None]]) -> bool:
        """Whether the clause hangs on a reading that nobody has chosen to this day, whatever fact is missing too."""
        named = (m for p, s in states if s is not None and s.binds and can_meet(p, s) for m in s.reason.missing)
        return any(names_a_reading(m) for m in named) and not self._judge.is_chosen(clause)

    def _nothing_due(self, covered: list[tuple[Piece, ClauseState]]) -> Verdict:
        exempt = any(wholly_exempt(p, s) for p, s in covered)
        return Result.NOT_APPLICABLE, "exempt" if exempt else "not_yet_due"

    def _due_part(self, state: ClauseState, duty: Duty, span: Span) -> Span | None:
        due = self._judge.due(state).get(duty)
        return span.meets(Span(due, None)) if due is not None else None

    def _judged(self, duty: Duty, device: str, due: Due) -> Verdict | None:
        """The verdict over these parts; `None` where there are none."""
        if not due:
            return None
        result, reason = self._seen(duty, device, due)
        if reason in _NOTHING_SEEN and duty is not Duty.ATTEST and self._is_stated(duty, device, due):
            return Result.UNKNOWN, "attested_only"
        return result, reason

    def _is_stated(self, duty: Duty, device: str, due: Due) -> bool:
        """Whether somebody has stated for all the time that a duty is met, where that may be read."""
        if EvidenceKind.ATTESTATION not in self._allowed_for(due):
            return False
        return self._statements.covers([(part, s) for _, part, s in due], device, duty)

    def _seen(self, duty: Duty, device: str, due: Due) -> Verdict:
        """The verdict by what was seen; of the duty to attest, by what was stated."""
        needs = _NEEDS.get(duty)
        if needs is None:
            return Result.UNKNOWN, "no_source_for_duty"
        if not needs & self._allowed_for(due):
            return Result.NOT_CHECKED, "evidence_not_allowed"
        result, reason = self._shown.verdict(duty, self._cases.of(device, duty, due, self._allowed_for(due)))
        if result is Result.PASS and not all(self._judge.is_closed(s.name) for _, _, s in due):
            return Result.UNKNOWN, "open_ended_rule"  # it may restrict apps that nobody looked for
        if result is Result.PASS and duty in _ABOUT_THE_APP and self._is_missed(device, needs, due):
            return Result.UNKNOWN, "app_not_recognisable"
        return result, reason

    def _is_missed(self, device: str, needs: frozenset[EvidenceKind], due: Due) -> bool:
        """Whether an app that a clause names could have been there without being recognised."""
        if any(needs & self._judge.lacks(s) for _, _, s in due):
            return True
        return EvidenceKind.INVENTORY in needs and any(self._could_not_show(device, *one) for one in due)

    def _could_not_show(self, device: str, piece: Piece, part: Span, state: ClauseState) -> bool:
        """Whether an app that the clause names has no display name, and inventories tell the device's apps by these."""
        platform = piece.device_class.facts.platform if piece.device_class else None
        return self._judge.has_nameless(state, platform) and self._sight.is_told_by_names(device, part)

    def _allowed_for(self, due: Due) -> frozenset[EvidenceKind]:
        """What the body allows, narrowed by each clause that says so; no clause widens it."""
        narrower = [s.restriction.evidence_allowed for _, _, s in due if s.restriction.evidence_allowed is not None]
        return self._allowed.intersection(*narrower)
