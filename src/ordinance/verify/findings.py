# SPDX-License-Identifier: EUPL-1.2
"""Findings: what a person has to look at, each with its evidence.

Reads: rulings and observations. Doubt names nobody, a look-alike is no finding, and a widget is never
use: web pages, embeds and shared hosts are counted per day and accuse nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from ordinance.model.apps import Identifier, Surface
from ordinance.model.body import Body
from ordinance.model.estate import Estate, Use
from ordinance.model.evidence import EvidenceKind, Where
from ordinance.model.law import Condition, Duty
from ordinance.model.result import DutyResult, Finding, FindingKind, Grade, Result, Signs
from ordinance.model.ruling import Standing
from ordinance.policy.resolve import ClauseState
from ordinance.verify.binding import Judge
from ordinance.verify.cases import is_exempt
from ordinance.verify.conditions import internal_contacts
from ordinance.verify.grades import grade, proves_use, surface_of
from ordinance.verify.observed import Asked, Observed
from ordinance.verify.signs import SignsOf


@dataclass(frozen=True, slots=True)
class _Hit:
    """One observation that a duty of a clause speaks of."""

    kind: FindingKind
    device: str | None
    identifier: Identifier
    surface: Surface
    duty: Duty | None
    clause: str | None
    at: datetime
    where: Where
    sure: bool
    reason: str
    grade: Grade | None = None
    contacted: bool = False
    who: str = ""  # keeps two unnamed askers apart; never leaves this module

    @property
    def group(self) -> tuple[str, ...]:
        """What one finding gathers."""
        i = self.identifier
        return (self.kind, self.device or self.who, i.family, i.member, str(self.duty), str(self.clause))


def findings(
    estate: Estate, body: Body, judge: Judge, observed: Observed, results: Iterable[DutyResult], signs: SignsOf
) -> tuple[Finding, ...]:
    """Every finding about devices and names, in a fixed order."""
    hits = [
        *_installed(judge, observed),
        *_asked(judge, observed),
        *_by_nobody(judge, observed, work_sources(estate, body)),
        *_elsewhere(judge, observed),
    ]
    groups: dict[tuple[str, ...], list[_Hit]] = {}
    for hit in hits:
        groups.setdefault(hit.group, []).append(hit)
    found = [_gathered(judge, group, signs) for group in groups.values()]
    found += _separation(judge, observed, tuple(results))
    return tuple(sorted(found, key=order))


def order(found: Finding) -> tuple[str, ...]:
    """A fixed order: kind, device, member, duty, clause, reason, first seen."""
    first = found.first_seen.isoformat() if found.first_seen else ""
    parts = (found.kind, found.device, found.member, found.duty, found.restriction, found.reason, first)
    return tuple(str(p or "") for p in parts)


def applying(
    judge: Judge, device: str, at: datetime, kind: EvidenceKind
) -> Iterator[tuple[str, ClauseState, frozenset[Duty]]]:
    """The clauses that bind a device at an instant and let that kind of evidence be read for them, with the duties
    that could then be failed."""
    piece = judge.piece_at(device, at)
    for clause, state, duties in judge.applying(piece, kind) if piece else ():
        yield clause, state, frozenset([d for d, due in duties if due <= at])


def _installed(judge: Judge, observed: Observed) -> Iterator[_Hit]:
    for device, rows in observed.installed.items():
        for found in rows:
            row, sure = found.row, found.proves
            for clause, state, due in applying(judge, device, row.seen, found.kind):
                if Duty.REMOVE in due and judge.counts(state, row.identifier, found.surfaces):
                    yield _Hit(
                        FindingKind.APP_INSTALLED,
                        device,
                        row.identifier,
                        found.surface,
                        Duty.REMOVE,
                        clause,
                        row.seen,
                        row.where,
                        sure,
                        "app_installed" if sure else found.doubt,
                    )


def _asked(judge: Judge, observed: Observed) -> Iterator[_Hit]:
    for device, rows in observed.asked.items():
        for asked in rows:
            if grade(asked.row) is not Grade.APP_TRAFFIC or asked.row.identifier is None:
                continue
            for clause, state, due in applying(judge, device, asked.at, asked.kind):
                if not judge.counts(state, asked.row.identifier, asked.surfaces):
                    continue
                if Duty.STOP_USING in due:
                    yield _traffic(FindingKind.APP_TRAFFIC, Duty.STOP_USING, asked, device, clause)
                if Duty.BLOCK_TRAFFIC in due:
                    yield _traffic(FindingKind.CONTROL_INEFFECTIVE, Duty.BLOCK_TRAFFIC, asked, device, clause)


def _traffic(kind: FindingKind, duty: Duty, asked: Asked, device: str, clause: str) -> _Hit:
    sure = proves_use(asked.row)
    said = "app_traffic" if kind is FindingKind.APP_TRAFFIC else "not_blocked"
    identifier = asked.row.identifier
    assert identifier is not None  # noqa: S101  # the caller has looked; only for the type checker
    return _Hit(
        kind,
        device,
        identifier,
        asked.surfaces[0],
        duty,
        clause,
        asked.row.at,
        asked.row.where,
        sure,
        said if sure else "likely_name_only",
        Grade.APP_TRAFFIC,
        asked.row.contacted,
    )


def work_sources(estate: Estate, body: Body) -> frozenset[str]:
    """Logs of the body's own work networks: on guests' and pupils' networks nobody is looked for."""
    others = {n.id for n in estate.networks if n.use is not Use.WORK}
    return frozenset(s.id for s in body.sources if s.network not in others)


def _elsewhere(judge: Judge, observed: Observed) -> Iterator[_Hit]:
    """A restricted app in an inventory, on a device that the estate does not have, or has twice."""
    for row in observed.elsewhere:
        if _anything_in_force(judge, row.identifier, row.seen):
            yield _Hit(
                FindingKind.UNKNOWN_DEVICE,
                None,
                row.identifier,
                surface_of(row.identifier, None),
                None,
                None,
                row.seen,
                row.where,
                False,
                "not_in_estate",
                who=f"inventory {row.device}",
            )


def _by_nobody(judge: Judge, observed: Observed, sources: frozenset[str]) -> Iterator[_Hit]:
    """Names only the app uses, asked by whom nobody may be named: something to look for, no accusation."""
    for asked in observed.nobody:
        row = asked.row
        if row.identifier is None or not proves_use(row) or row.where.source not in sources:
            continue
        if not _anything_in_force(judge, row.identifier, row.at):
            continue
        known = asked.by.reason == "unknown_device"
        yield _Hit(
            FindingKind.UNKNOWN_DEVICE if known else FindingKind.APP_TRAFFIC,
            None,
            row.identifier,
            Surface.APP,
            None,
            None,
            row.at,
            row.where,
            False,
            asked.by.reason,
            Grade.APP_TRAFFIC,
            row.contacted,
            who=f"{asked.by.reason} {asked.by.mac}",
        )


def _anything_in_force(judge: Judge, identifier: Identifier, at: datetime) -> bool:
    app = f"{identifier.family}/{identifier.member}"
    return any(judge.standing(c, at) is Standing.IN_FORCE for c in judge.naming(app))


def _gathered(judge: Judge, hits: list[_Hit], signs: SignsOf) -> Finding:
    first = min(hits, key=lambda h: (h.at, h.where))
    sure = [h for h in hits if h.sure]
    return Finding(
        kind=first.kind,
        result=Result.FAIL if sure else Result.UNKNOWN,
        unit=unit_at(judge, first.device, first.at),
        device=first.device,
        family=first.identifier.family,
        member=first.identifier.member,
        surface=first.surface,
        grade=first.grade,
        duty=first.duty,
        first_seen=first.at,
        last_seen=max(h.at for h in hits),
        count=len(hits),
        restriction=first.clause,
        evidence=tuple(sorted({h.where for h in hits})),
        reason=(sure or [first])[0].reason,
        contacted=any(h.contacted for h in sure or hits),
        signs=_signs(signs, first, hits),
    )


def _signs(signs: SignsOf, first: _Hit, hits: list[_Hit]) -> Signs:
    """Of an asker who is not named nothing is put together: only what stands in the finding itself is counted."""
    if first.device is not None and first.clause is not None:
        return signs.of(first.device, first.identifier.family, first.clause)
    asked = [h for h in hits if h.grade is Grade.APP_TRAFFIC]
    shown = any(h.kind is FindingKind.UNKNOWN_DEVICE and h.grade is None for h in hits)
    return Signs(answered=len(asked), connected=sum(h.contacted for h in asked), shown=int(shown))


def unit_at(judge: Judge, device: str | None, at: datetime) -> str | None:
    """The unit that the device belonged to at that instant."""
    piece = judge.piece_at(device, at) if device else None
    return piece.unit if piece else None


# --- results that are findings by themselves ----------------------------------------------------------


def _separation(judge: Judge, observed: Observed, results: tuple[DutyResult, ...]) -> list[Finding]:
    found = []
    for result in results:
        if result.duty is Duty.DENY_INSTALL and result.result is Result.FAIL:
            found.append(of_result(FindingKind.CONTROL_INEFFECTIVE, result, result.reason, ()))
        if result.duty is None and result.result is Result.FAIL:
            for unmet in result.reason.split(","):
                contacts = _contacts_behind(unmet, result.device, judge, observed)
                found.append(of_result(FindingKind.SEPARATION_BREACH, result, unmet, contacts))
    return found


def _contacts_behind(unmet: str, device: str, judge: Judge, observed: Observed) -> tuple[Asked, ...]:
    if unmet not in {Condition.NO_INTERNAL_NAMES, Condition.NOT_ON_BODY_NETWORK}:
        return ()
    exempt = [
        p.span
        for p in judge.pieces(device)
        if any((s := judge.state(c, p)) is not None and is_exempt(s) for c in judge.clauses)
    ]
    return tuple(a for span in exempt for a in internal_contacts(device, observed, span))


def of_result(kind: FindingKind, result: DutyResult, reason: str, contacts: tuple[Asked, ...]) -> Finding:
    """A finding that says of a result what it is; its days are those of the contacts, or of the result itself."""
    return Finding(
        kind=kind,
        result=Result.FAIL,
        unit=result.unit,
        device=result.device,
        duty=result.duty,
        first_seen=min((a.row.at for a in contacts), default=result.first),
        last_seen=max((a.row.at for a in contacts), default=result.last),
        count=max(1, len(contacts or result.evidence)),
        restriction=result.restriction,
        evidence=tuple(sorted({a.row.where for a in contacts} | {*result.evidence})),
        reason=reason,
        contacted=any(a.row.contacted for a in contacts),
    )
