# SPDX-License-Identifier: EUPL-1.2
"""Each duty of each clause for each device: pass, fail, or why neither can be said.

Reads: rulings over the window, observations, coverage. Each observation is judged by the ruling at
its own instant. A `pass` needs evidence for every expected slot and day on which the duty could
already be failed; anything missing gives `unknown`. No branch ends without a result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from ordinance.model.apps import Identifier, Surface
from ordinance.model.body import Body
from ordinance.model.estate import MOBILE, Estate, Network, Platform, possible_surfaces
from ordinance.model.evidence import EvidenceKind, Where
from ordinance.model.kleene import Truth
from ordinance.model.law import Duty, Restriction
from ordinance.model.result import DutyResult, Grade, Result
from ordinance.model.ruling import Standing
from ordinance.model.time import Span, joined, last_instant
from ordinance.policy.exempt import names_all
from ordinance.policy.resolve import ClauseState, names_a_reading
from ordinance.verify.attested import Statements
from ordinance.verify.binding import Judge, Piece
from ordinance.verify.conditions import check_conditions
from ordinance.verify.coverage import Sight
from ordinance.verify.grades import (
    grade,
    is_blocked_app_name,
    is_let_through,
    is_untold,
)
from ordinance.verify.observed import Asked, Installed, Observed

Verdict = tuple[Result, str]
Due = list[tuple[Piece, Span, ClauseState]]  # a piece, the part of it in which the duty is due, the clause

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


@dataclass(frozen=True, slots=True)
class Case:
    """One clause meeting one device, where and while a duty of it could be failed.

    `parts` are the pieces with the stretches that count, `spans` the same made one where they touch, `due` the same
    with the clause as it stood in each; `state` is how it stood last.
    """

    device: str
    state: ClauseState
    parts: tuple[tuple[Piece, Span], ...]
    spans: tuple[Span, ...]
    installed: tuple[Installed, ...]
    asked: tuple[Asked, ...]
    due: tuple[tuple[Span, ClauseState], ...] = ()
    allowed: frozenset[EvidenceKind] = frozenset()

    @property
    def platforms(self) -> frozenset[Platform | None]:
        """The platforms that the device's rows state over the parts."""
        return frozenset(p.device_class.facts.platform if p.device_class else None for p, _ in self.parts)


class Duties:
    """The results of a window."""

    def __init__(
        self, body: Body, estate: Estate, judge: Judge, sight: Sight, observed: Observed, statements: Statements
    ) -> None:
        self._body, self._estate, self._judge, self._statements = body, estate, judge, statements
        self._sight, self._observed = sight, observed
        self._allowed = body.checking.evidence_allowed
        self._open: dict[tuple[str, Restriction, tuple[Span, ...]], str] = {}
        self._apps: dict[str, frozenset[str]] = {}
        self._shown_failed: dict[tuple[str, str, Duty], tuple[datetime, datetime, tuple[Where, ...]]] = {}
        self._by_source: dict[str, list[Asked]] = {}
        for asked in observed.all_asked:
            self._by_source.setdefault(asked.row.where.source, []).append(asked)

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
            shown = self._shown_failed.get((device, clause, duty), ()) if result is Result.FAIL else ()
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
        verdict = self._judged(duty, device, [(p, part, s) for p, part, s in due if not wholly_exempt(p, s)])
        return self._doubt(clause, in_force, covered) or verdict or self._nothing_due(covered)

    def _cannot_meet(self, duty: Duty, device: str, binding: list[tuple[Piece, ClauseState]]) -> Verdict:
        """The verdict on a device that no such app runs on, as the estate states it, or that is out of scope."""
        if not binding:
            return Result.NOT_APPLICABLE, "out_of_scope"
        due: Due = [(p, part, s) for p, s in binding if (part := self._due_part(s, duty, p.span)) is not None]
        if EvidenceKind.INVENTORY in _NEEDS.get(duty, ()) and EvidenceKind.INVENTORY in self._allowed_for(due):
            found = self._observed.installed.get(device, ())
            if any(not x.fits and self._has_installed(x, duty, due) for x in found):
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
        result, reason = self._shown(duty, device, due)
        if reason in _NOTHING_SEEN and duty is not Duty.ATTEST and self._is_stated(duty, device, due):
            return Result.UNKNOWN, "attested_only"
        return result, reason

    def _is_stated(self, duty: Duty, device: str, due: Due) -> bool:
        """Whether somebody has stated for all the time that a duty is met, where that may be read."""
        if EvidenceKind.ATTESTATION not in self._allowed_for(due):
            return False
        return self._statements.covers([(part, s) for _, part, s in due], device, duty)

    def _shown(self, duty: Duty, device: str, due: Due) -> Verdict:
        """The verdict by what was seen; of the duty to attest, by what was stated."""
        needs = _NEEDS.get(duty)
        if needs is None:
            return Result.UNKNOWN, "no_source_for_duty"
        if not needs & self._allowed_for(due):
            return Result.NOT_CHECKED, "evidence_not_allowed"
        result, reason = _CHECKS[duty](self, self._case(device, duty, due))
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

    def _case(self, device: str, duty: Duty, due: Due) -> Case:
        allowed = self._allowed_for(due)  # what may not be read for one of the clauses says nothing of it
        installed = self._observed.installed.get(device, ()) if EvidenceKind.INVENTORY in allowed else ()
        asked = self._asked_about(device, due) if EvidenceKind.NETWORK_DEVICE in allowed else ()
        return Case(
            device=device,
            state=due[-1][2],
            parts=tuple((p, part) for p, part, _ in due),
            spans=joined(part for _, part, _ in due),
            installed=tuple(x for x in installed if self._has_installed(x, duty, due)),
            asked=tuple(x for x in asked if self._has_asked(x, duty, due)),
            due=tuple((part, s) for _, part, s in due),
            allowed=allowed,
        )

    # --- one duty each --------------------------------------------------------------------------

    def _remove(self, case: Case) -> Verdict:
        if any(i.proves for i in case.installed):
            return Result.FAIL, "app_installed"
        if case.installed:
            return Result.UNKNOWN, _doubt_of(case)
        if not self._inventory_complete(case):
            return Result.UNKNOWN, "no_inventory"
        return Result.PASS, "not_installed"

    def _deny_install(self, case: Case) -> Verdict:
        if rows := self._installed_after_absence(case):
            days, places = [i.row.seen for i in rows], tuple(sorted({i.row.where for i in rows}))
            self._shown_failed[case.device, case.state.name, Duty.DENY_INSTALL] = min(days), max(days), places
            return Result.FAIL, "installed_after_deadline"
        return Result.UNKNOWN, "no_source_for_duty"

    def _identify(self, case: Case) -> Verdict:
        if self._inventory_complete(case):
            return Result.PASS, "in_inventory"
        return Result.UNKNOWN, "no_inventory"

    def _attest(self, case: Case) -> Verdict:
        verdict = self._statements.verdict(case.device, case.due, case.installed, case.asked)
        gap = self._statements.uncovered(case.device, case.due)
        if verdict[0] is Result.FAIL and gap is not None:
            days = gap.closed[0], last_instant(gap)
            self._shown_failed[case.device, case.state.name, Duty.ATTEST] = *days, ()
        return verdict

    def _stop_using(self, case: Case) -> Verdict:
        if any(a.proves for a in case.asked):
            return Result.FAIL, "app_traffic"
        if any(grade(a.row) is Grade.APP_TRAFFIC for a in case.asked):
            return Result.UNKNOWN, "likely_name_only"
        if case.installed:
            proven = any(i.proves for i in case.installed)
            return Result.UNKNOWN, "installed_without_traffic" if proven else _doubt_of(case)
        if not self._inventory_complete(case):
            return Result.UNKNOWN, "no_inventory"
        if (unseen := self._unseen(case)) is not None:
            return unseen
        return Result.PASS, "no_use_seen"

    def _block_traffic(self, case: Case) -> Verdict:
        if any(a.proves for a in case.asked):
            return Result.FAIL, "not_blocked"
        if any(is_let_through(a.row) for a in case.asked):
            return Result.UNKNOWN, "likely_name_only"
        if case.platforms & {*MOBILE, None}:
            return Result.UNKNOWN, "mobile_data"
        if (unseen := self._unseen(case)) is not None:
            return unseen
        for network in sorted({n.id for p, _ in case.parts for n in self._networks(p)}):
            open_reason = self._open_on(network, case)
            if open_reason:
                return Result.UNKNOWN, open_reason
        return Result.PASS, "blocked_on_body_networks"

    def _open_on(self, network: str, case: Case) -> str:
        """Why nobody can say that a network blocks; empty where blocked questions show that it does."""
        key = (network, case.state.restriction, case.spans)
        if key not in self._open:
            answers = self._answers_on(network, case)
            if any(is_let_through(a.row) for a in answers):
                self._open[key] = "let_through_to_others"
            else:
                untold = any(is_untold(a.row) for a in answers)
                proven = not untold and any(is_blocked_app_name(a.row) for a in answers)
                self._open[key] = "" if proven else "no_proof_of_blocking"
        return self._open[key]

    def _answers_on(self, network: str, case: Case) -> tuple[Asked, ...]:
        """Questions on a network about the clause's own apps, whoever asked."""
        sources = [s.id for s in self._body.sources if s.network == network]
        asked = (a for source in sources for a in self._by_source.get(source, ()))
        return tuple(a for a in asked if self._is_about(a, case.state) and any(a.row.at in span for span in case.spans))

    def _is_about(self, asked: Asked, state: ClauseState) -> bool:
        found = asked.row.identifier
        return found is not None and self._judge.restricts(state, f"{found.family}/{found.member}")

    def _asked_about(self, device: str, due: Due) -> list[Asked]:
        """What a device asked about apps that one of the clauses restricts, in order; most ask about other apps."""
        rows = self._observed.asked.get(device, ())
        if device not in self._apps:
            named = {(r.identifier.family, r.identifier.member) for a in rows if (r := a.row).identifier is not None}
            self._apps[device] = frozenset(f"{family}/{member}" for family, member in named)
        about = {app for app in self._apps[device] if any(self._judge.restricts(s, app) for _, _, s in due)}
        if not about:
            return []
        return [a for a in rows if (i := a.row.identifier) is not None and f"{i.family}/{i.member}" in about]

    def _has_installed(self, found: Installed, duty: Duty, due: Due) -> bool:
        identifier, seen = found.row.identifier, found.row.seen
        return any(
            counts(self._judge, s, identifier, (found.surface,))
            and seen in span
            and self._judge.is_due(s, duty, f"{identifier.family}/{identifier.member}", seen)
            for _, span, s in due
        )

    def _has_asked(self, found: Asked, duty: Duty, due: Due) -> bool:
        identifier, at = found.row.identifier, found.row.at
        return identifier is not None and any(
            counts(self._judge, s, identifier, found.surfaces)
            and at in span
            and self._judge.is_due(s, duty, f"{identifier.family}/{identifier.member}", at)
            for _, span, s in due
        )

    def _installed_after_absence(self, case: Case) -> tuple[Installed, ...]:
        """Rows with the app from an inventory that listed the device before without the app in any form."""
        every = self._observed.installed.get(case.device, ())
        shown = {(i.row.where.source, i.app, i.row.where.file) for i in every}
        listed = [x for span in case.spans for x in self._sight.listings(case.device, span) if x.complete]
        return tuple(
            i
            for i in case.installed
            if i.proves
            and any(
                x.source == i.row.where.source
                and x.taken < i.row.seen
                and (x.source, i.app, x.file) not in shown
                for x in listed
            )
        )

    def _networks(self, piece: Piece) -> tuple[Network, ...]:
        return self._sight.networks_of(piece.unit, piece.device_class.people if piece.device_class else None)

    def _inventory_complete(self, case: Case) -> bool:
        platform = next(iter(case.platforms)) if len(case.platforms) == 1 else None
        counts = [self._sight.inventory_slots(case.device, platform, span) for span in case.spans]
        return EvidenceKind.INVENTORY in case.allowed and all(0 < expected == seen for seen, expected in counts)

    def _networks_complete(self, case: Case) -> bool:
        counts = [self._sight.network_days(case.device, self._networks(p), span) for p, span in case.parts]
        return EvidenceKind.NETWORK_DEVICE in case.allowed and all(0 < expected == seen for seen, expected in counts)

    def _unseen(self, case: Case) -> Verdict | None:
        """What stands in the place of a verdict where logs of the device's networks do not show all; else `None`."""
        if self._is_lost(case):
            return Result.NOT_CHECKED, "lost_days"
        return None if self._networks_complete(case) else (Result.UNKNOWN, "network_not_seen")

    def _is_lost(self, case: Case) -> bool:
        """Whether a log of the device's networks is gone that was read before an app of the clause was looked for."""
        lost = (self._sight.lost_apps(self._networks(p), span) for p, span in case.parts)
        return any(self._judge.restricts(case.state, app) for apps in lost for app in apps)


_CHECKS: Mapping[Duty, Callable[[Duties, Case], Verdict]] = MappingProxyType(
    {
        Duty.REMOVE: Duties._remove,
        Duty.DENY_INSTALL: Duties._deny_install,
        Duty.IDENTIFY: Duties._identify,
        Duty.STOP_USING: Duties._stop_using,
        Duty.BLOCK_TRAFFIC: Duties._block_traffic,
        Duty.ATTEST: Duties._attest,
    }
)


def _doubt_of(case: Case) -> str:
    """Why the rows of a case prove nothing; that they contradict the estate is said first."""
    return next((i.doubt for i in case.installed if not i.fits), "name_match_only")


def is_exempt(state: ClauseState) -> bool:
    """Whether an exemption lifts anything of a clause that is in force for the class."""
    return bool(state.exemptions) and state.binds


def can_meet(piece: Piece, state: ClauseState) -> bool:
    """Whether a device of that platform can break the clause at all: no laptop runs a telephone's app."""
    return bool(_surfaces(piece, state))


def _surfaces(piece: Piece, state: ClauseState) -> frozenset[Surface]:
    platform = piece.device_class.facts.platform if piece.device_class else None
    return state.restriction.surfaces & possible_surfaces(platform)


def wholly_exempt(piece: Piece, state: ClauseState) -> bool:
    """Whether exemptions lift everything of a clause that a device of that platform can meet; it meets something."""
    surfaces = _surfaces(piece, state)
    return all(
        any(surface in e.surfaces and names_all(e.what, (selector,)) for e in state.exemptions)
        for surface in surfaces
        for selector in state.restriction.what
    )


def counts(judge: Judge, state: ClauseState, found: Identifier, surfaces: Iterable[Surface]) -> bool:
    """Whether a clause restricts what was found on one of the surfaces, and no exemption lifts it there."""
    app = f"{found.family}/{found.member}"
    return judge.restricts(state, app) and any(
        surface in state.restriction.surfaces and state.lifted_by(app, surface) is None for surface in surfaces
    )
