# SPDX-License-Identifier: EUPL-1.2
"""Each duty of each clause for each device: pass, fail, or why neither can be said.

Reads: rulings over the window, observations, coverage. Each observation is judged by the ruling at
its own instant. A `pass` needs evidence for every expected slot and day on which the duty could
already be failed; anything missing gives `unknown`. No branch ends without a result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ordinance.model.apps import Identifier, Surface
from ordinance.model.body import Body
from ordinance.model.estate import Device, Estate, People
from ordinance.model.evidence import EvidenceKind
from ordinance.model.kleene import Truth
from ordinance.model.law import Duty
from ordinance.model.result import DutyResult, Result
from ordinance.model.ruling import Standing
from ordinance.model.time import Span, joined
from ordinance.policy.resolve import ClauseState, names_app, speaks_of
from ordinance.verify.binding import Judge, Piece
from ordinance.verify.conditions import check_conditions
from ordinance.verify.coverage import Sight
from ordinance.verify.grades import MOBILE, is_blocked_app_name, is_name_match, proves_use
from ordinance.verify.observed import Asked, Installed, Observed

Verdict = tuple[Result, str]

_NOT_IN_FORCE = {Standing.OVERDUE: Standing.LAPSED}
_NEEDS: Mapping[Duty, frozenset[EvidenceKind]] = MappingProxyType(
    {
        Duty.REMOVE: frozenset({EvidenceKind.INVENTORY}),
        Duty.DENY_INSTALL: frozenset({EvidenceKind.INVENTORY}),
        Duty.IDENTIFY: frozenset({EvidenceKind.INVENTORY}),
        Duty.STOP_USING: frozenset({EvidenceKind.INVENTORY, EvidenceKind.NETWORK_DEVICE}),
        Duty.BLOCK_TRAFFIC: frozenset({EvidenceKind.NETWORK_DEVICE}),
    }
)


@dataclass(frozen=True, slots=True)
class Case:
    """One clause meeting one device: the stretches in which a duty of it could be failed."""

    device: Device
    who: People | None
    state: ClauseState
    spans: tuple[Span, ...]
    installed: tuple[Installed, ...]
    asked: tuple[Asked, ...]


class Duties:
    """The results of a window."""

    def __init__(self, body: Body, estate: Estate, judge: Judge, sight: Sight, observed: Observed) -> None:
        self._body, self._estate, self._judge = body, estate, judge
        self._sight, self._observed = sight, observed
        self._allowed = body.checking.evidence_allowed
        self._open: dict[tuple[str, tuple[Span, ...]], str] = {}
        self._by_source: dict[str, list[Asked]] = {}
        for asked in observed.all_asked:
            self._by_source.setdefault(asked.row.where.source, []).append(asked)

    def results(self) -> tuple[DutyResult, ...]:
        """Every duty of every clause that can bind, for every device of the estate."""
        return tuple(
            result
            for clause in self._judge.clauses
            for device_id in self._estate.device_ids()
            for result in self._of(clause, device_id)
        )

    def _of(self, clause: str, device_id: str) -> Iterable[DutyResult]:
        pieces = self._judge.pieces(device_id)
        states = [(p, self._judge.state(clause, p)) for p in pieces]
        row = self._row(device_id)
        for duty in self._judge.duties(clause):
            result, reason = self._verdict(clause, duty, row, states)
            yield DutyResult(device_id, row.unit, pieces[-1].device_class, clause, duty, result, reason)
        exempt = [(p, s) for p, s in states if s is not None and is_exempt(s)]
        if exempt:
            result, reason = check_conditions(row, exempt, self._body, self._sight, self._observed)
            yield DutyResult(device_id, row.unit, pieces[-1].device_class, clause, None, result, reason)

    def _row(self, device_id: str) -> Device:
        return self._estate.device_rows[device_id][-1]

    def _verdict(
        self, clause: str, duty: Duty, row: Device, states: list[tuple[Piece, ClauseState | None]]
    ) -> Verdict:
        in_force = [
            (p, s) for p, s in states if self._judge.standing(clause, p.span.closed[0]) is Standing.IN_FORCE
        ]
        if not in_force:
            last = self._judge.standing(clause, states[-1][0].span.closed[0])
            return Result.NOT_APPLICABLE, str(_NOT_IN_FORCE.get(last, last))
        covered = [(p, s) for p, s in in_force if s is not None and s.binds]
        if not covered and all(s is not None for _, s in in_force):
            return Result.NOT_APPLICABLE, "out_of_scope"
        if not self._allowed:
            return Result.NOT_CHECKED, "by_decision"
        due = [
            (part, s)
            for p, s in covered
            if s.reason.in_scope is Truth.TRUE and (part := self._due_part(s, duty, p.span)) is not None
        ]
        verdict = self._judged(duty, row, due) if due else None
        if verdict is not None and verdict[0] is Result.FAIL:
            return verdict
        plain = [(part, s) for part, s in due if not is_exempt(s)]
        verdict = self._judged(duty, row, plain) if plain else None
        return self._doubt(in_force, covered) or verdict or self._nothing_due(covered)

    def _doubt(
        self, in_force: list[tuple[Piece, ClauseState | None]], covered: list[tuple[Piece, ClauseState]]
    ) -> Verdict | None:
        if any(s is None for _, s in in_force):
            return Result.UNKNOWN, "facts_not_stated"
        if any(s.reason.in_scope is Truth.UNKNOWN for _, s in covered):
            return Result.UNKNOWN, "missing_fact"
        return None

    def _nothing_due(self, covered: list[tuple[Piece, ClauseState]]) -> Verdict:
        exempt = any(is_exempt(s) for _, s in covered)
        return Result.NOT_APPLICABLE, "exempt" if exempt else "not_yet_due"

    def _due_part(self, state: ClauseState, duty: Duty, span: Span) -> Span | None:
        due = self._judge.due(state).get(duty)
        return span.meets(Span(due, None)) if due is not None else None

    def _judged(self, duty: Duty, row: Device, due: list[tuple[Span, ClauseState]]) -> Verdict:
        needs = _NEEDS.get(duty)
        if needs is None:
            return Result.UNKNOWN, "no_source_for_duty"
        if not needs & self._allowed:
            return Result.NOT_CHECKED, "evidence_not_allowed"
        return _CHECKS[duty](self, self._case(row, due))

    def _case(self, row: Device, due: list[tuple[Span, ClauseState]]) -> Case:
        state = due[-1][1]
        spans = joined(span for span, _ in due)
        last = self._judge.piece_at(row.id, spans[-1].closed[0])
        who = last.device_class.people if last and last.device_class else None
        return Case(
            device=row,
            who=who,
            state=state,
            spans=spans,
            installed=tuple(i for i in self._observed.installed.get(row.id, ()) if _counts_installed(i, due)),
            asked=tuple(a for a in self._observed.asked.get(row.id, ()) if _counts_asked(a, due)),
        )

    # --- one duty each --------------------------------------------------------------------------

    def _remove(self, case: Case) -> Verdict:
        if any(not is_name_match(i.row.identifier) for i in case.installed):
            return Result.FAIL, "app_installed"
        if case.installed:
            return Result.UNKNOWN, "name_match_only"
        if not self._inventory_complete(case):
            return Result.UNKNOWN, "no_inventory"
        return Result.PASS, "not_installed"

    def _deny_install(self, case: Case) -> Verdict:
        if installed_after_absence(case, self._sight):
            return Result.FAIL, "installed_after_deadline"
        return Result.UNKNOWN, "no_source_for_duty"

    def _identify(self, case: Case) -> Verdict:
        if self._inventory_complete(case):
            return Result.PASS, "in_inventory"
        return Result.UNKNOWN, "no_inventory"

    def _stop_using(self, case: Case) -> Verdict:
        if any(proves_use(a.row) for a in case.asked):
            return Result.FAIL, "app_traffic"
        if case.installed:
            by_name = all(is_name_match(i.row.identifier) for i in case.installed)
            return Result.UNKNOWN, "name_match_only" if by_name else "installed_without_traffic"
        if not self._inventory_complete(case):
            return Result.UNKNOWN, "no_inventory"
        if not self._networks_complete(case):
            return Result.UNKNOWN, "network_not_seen"
        return Result.PASS, "no_use_seen"

    def _block_traffic(self, case: Case) -> Verdict:
        if any(proves_use(a.row) for a in case.asked):
            return Result.FAIL, "not_blocked"
        if case.device.facts.platform in MOBILE or case.device.facts.platform is None:
            return Result.UNKNOWN, "mobile_data"
        if not self._networks_complete(case):
            return Result.UNKNOWN, "network_not_seen"
        for network in self._sight.networks_of(case.device, case.who):
            open_reason = self._open_on(network.id, case.spans)
            if open_reason:
                return Result.UNKNOWN, open_reason
        return Result.PASS, "blocked_on_body_networks"

    def _open_on(self, network: str, spans: tuple[Span, ...]) -> str:
        """Why nobody can say that a network blocks; empty where blocked questions show that it does."""
        if (network, spans) not in self._open:
            answers = self._answers_on(network, spans)
            if any(proves_use(a.row) for a in answers):
                self._open[network, spans] = "let_through_to_others"
            else:
                proven = any(is_blocked_app_name(a.row) for a in answers)
                self._open[network, spans] = "" if proven else "no_proof_of_blocking"
        return self._open[network, spans]

    def _answers_on(self, network: str, spans: tuple[Span, ...]) -> tuple[Asked, ...]:
        sources = [s.id for s in self._body.sources if s.network == network]
        asked = (a for source in sources for a in self._by_source.get(source, ()))
        return tuple(a for a in asked if any(a.row.at in span for span in spans))

    def _inventory_complete(self, case: Case) -> bool:
        counts = [self._sight.inventory_slots(case.device, span) for span in case.spans]
        expected = sum(e for _, e in counts)
        return expected > 0 and all(seen == wanted for seen, wanted in counts)

    def _networks_complete(self, case: Case) -> bool:
        networks = self._sight.networks_of(case.device, case.who)
        counts = [self._sight.network_days(networks, span) for span in case.spans]
        return bool(networks) and all(seen == wanted for seen, wanted in counts)


_CHECKS: Mapping[Duty, Callable[[Duties, Case], Verdict]] = MappingProxyType(
    {
        Duty.REMOVE: Duties._remove,
        Duty.DENY_INSTALL: Duties._deny_install,
        Duty.IDENTIFY: Duties._identify,
        Duty.STOP_USING: Duties._stop_using,
        Duty.BLOCK_TRAFFIC: Duties._block_traffic,
    }
)


def installed_after_absence(case: Case, sight: Sight) -> bool:
    """Whether a snapshot without the app was followed by one with it, both after the deadline."""
    with_app = {i.row.seen for i in case.installed if not is_name_match(i.row.identifier)}
    taken = [at for span in case.spans for at in sight.snapshots_with(case.device, span)]
    without = [at for at in taken if at not in with_app]
    return bool(with_app and without) and min(without) < max(with_app)


def is_exempt(state: ClauseState) -> bool:
    return state.exemption is not None and state.reason.in_scope is not Truth.FALSE


def _counts_installed(found: Installed, due: Iterable[tuple[Span, ClauseState]]) -> bool:
    return any(counts(s, found.row.identifier, (found.surface,)) for span, s in due if found.row.seen in span)


def _counts_asked(found: Asked, due: Iterable[tuple[Span, ClauseState]]) -> bool:
    identifier = found.row.identifier
    return identifier is not None and any(
        counts(s, identifier, found.surfaces) for span, s in due if found.row.at in span
    )


def counts(state: ClauseState, found: Identifier, surfaces: Iterable[Surface]) -> bool:
    """Whether a clause restricts what was found on one of the surfaces, and no exemption lifts it there."""
    app = f"{found.family}/{found.member}"
    lifted = state.exemption
    return any(
        speaks_of(state.restriction, app, surface)
        and not (lifted and surface in lifted.surfaces and names_app(lifted.what, app))
        for surface in surfaces
    )
