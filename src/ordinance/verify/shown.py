# SPDX-License-Identifier: EUPL-1.2
"""What was seen, or stated, of one duty of a clause on one device: one check for each duty.

Reads: cases, coverage, and questions of whoever asked. A `pass` needs evidence for every expected slot and day;
anything missing gives `unknown`. No branch ends without a result. Cannot know what no source could have shown: that
stands in `duties`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from types import MappingProxyType

from ordinance.model.body import Body
from ordinance.model.estate import MOBILE, Network
from ordinance.model.evidence import EvidenceKind, Where
from ordinance.model.law import Duty, Restriction
from ordinance.model.result import Grade, Result
from ordinance.model.time import Span, last_instant
from ordinance.policy.resolve import ClauseState
from ordinance.verify.attested import Statements
from ordinance.verify.binding import Judge, Piece
from ordinance.verify.cases import Case
from ordinance.verify.coverage import Sight
from ordinance.verify.grades import grade, is_blocked_app_name, is_let_through, is_untold
from ordinance.verify.observed import Asked, Installed, Observed

Verdict = tuple[Result, str]
Failed = tuple[datetime, datetime, tuple[Where, ...]]  # the first day, the last one, and places


class Shown:
    """The verdicts of a window by what was seen."""

    def __init__(self, body: Body, judge: Judge, sight: Sight, observed: Observed, statements: Statements) -> None:
        self._body, self._judge, self._statements = body, judge, statements
        self._sight, self._observed = sight, observed
        self._open: dict[tuple[str, Restriction, tuple[Span, ...]], str] = {}
        self._failed: dict[tuple[str, str, Duty], Failed] = {}

    @cached_property
    def _by_source(self) -> Mapping[str, Sequence[Asked]]:
        """Every question of each log, in order of time and place."""
        found: dict[str, list[Asked]] = {}
        for asked in self._observed.all_asked:
            found.setdefault(asked.row.where.source, []).append(asked)
        return found

    def verdict(self, duty: Duty, case: Case) -> Verdict:
        """The result of a duty and its reason; KeyError for one that nothing is looked for."""
        return _CHECKS[duty](self, case)

    def failed(self, device: str, clause: str, duty: Duty) -> Failed | None:
        """On which days and by what a duty was failed, where its check says so."""
        return self._failed.get((device, clause, duty))

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
            self._failed[case.device, case.state.name, Duty.DENY_INSTALL] = min(days), max(days), places
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
            self._failed[case.device, case.state.name, Duty.ATTEST] = *days, ()
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

    def _installed_after_absence(self, case: Case) -> tuple[Installed, ...]:
        """Rows with the app from an inventory that listed the device before without the app in any form.

        A list of display names is no such list: that no name was recognised there accuses nobody.
        """
        every = self._observed.installed.get(case.device, ())
        shown = {(i.row.where.source, i.app, i.row.where.file) for i in every}
        every_list = (x for span in case.spans for x in self._sight.listings(case.device, span))
        listed = [x for x in every_list if x.complete and not x.names_only]
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


_CHECKS: Mapping[Duty, Callable[[Shown, Case], Verdict]] = MappingProxyType(
    {
        Duty.REMOVE: Shown._remove,
        Duty.DENY_INSTALL: Shown._deny_install,
        Duty.IDENTIFY: Shown._identify,
        Duty.STOP_USING: Shown._stop_using,
        Duty.BLOCK_TRAFFIC: Shown._block_traffic,
        Duty.ATTEST: Shown._attest,
    }
)


def _doubt_of(case: Case) -> str:
    """Why the rows of a case prove nothing; that they contradict the estate is said first."""
    return next((i.doubt for i in case.installed if not i.fits), "name_match_only")
