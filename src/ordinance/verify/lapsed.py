# SPDX-License-Identifier: EUPL-1.2
"""Exemptions that have run out, on devices that still show what they were for.

Reads the law and observations. From the day after the last one a device is bound like any other, and its duties are
judged so; the finding says besides that it once was exempt, so that whoever asks knows why the app is there.
"""

from __future__ import annotations

from collections.abc import Iterator

from ordinance.model.law import Duty, Exemption, Law
from ordinance.model.result import Finding, FindingKind, Grade, Result
from ordinance.policy.exempt import names_app, names_device
from ordinance.policy.resolve import ClauseState
from ordinance.verify.binding import Judge
from ordinance.verify.findings import applying, unit_at
from ordinance.verify.observed import Asked, Installed, Observed, Seen


def lapsed_exemptions(law: Law, judge: Judge, observed: Observed) -> tuple[Finding, ...]:
    """A finding for each device, clause and app that was exempt, and shows it after the last day; in no order."""
    groups: dict[tuple[str, str, str, str], list[Seen]] = {}
    for device in sorted({*observed.installed, *observed.asked}):
        mine = tuple(e for e in law.exemptions if names_device(e, device))
        rows: tuple[Seen, ...] = (*observed.installed.get(device, ()), *observed.asked.get(device, ()))
        for seen in rows if mine else ():
            for clause, state in breaking(judge, device, seen):
                if any(_was_for(e, state, clause, seen) for e in mine):
                    groups.setdefault((device, clause, seen.app, seen.kind), []).append(seen)
    return tuple(_finding(judge, device, clause, found) for (device, clause, _, _), found in groups.items())


def breaking(judge: Judge, device: str, seen: Seen) -> Iterator[tuple[str, ClauseState]]:
    """The clauses of which something that is surely there breaks a duty that was due."""
    identifier = seen.row.identifier
    if identifier is None or not seen.proves:
        return
    duty = Duty.REMOVE if isinstance(seen, Installed) else Duty.STOP_USING
    for clause, state, due in applying(judge, device, seen.at, seen.kind):
        if duty in due and judge.counts(state, identifier, seen.surfaces):
            yield clause, state


def _was_for(exemption: Exemption, state: ClauseState, clause: str, seen: Seen) -> bool:
    """Whether an exemption had lifted the clause for that app there, and was over."""
    return (
        exemption.span.end is not None
        and exemption.span.end <= seen.at
        and clause in exemption.restrictions
        and names_app(exemption.what, seen.app)
        and bool(exemption.surfaces & state.restriction.surfaces & set(seen.surfaces))
    )


def _finding(judge: Judge, device: str, clause: str, found: list[Seen]) -> Finding:
    first = min(found, key=lambda s: (s.at, s.row.where))
    family, _, member = first.app.partition("/")
    return Finding(
        kind=FindingKind.EXEMPTION_LAPSED,
        result=Result.FAIL,
        unit=unit_at(judge, device, first.at),
        device=device,
        family=family,
        member=member,
        surface=first.surfaces[0],
        grade=Grade.APP_TRAFFIC if isinstance(first, Asked) else None,
        duty=Duty.STOP_USING if isinstance(first, Asked) else Duty.REMOVE,
        first_seen=first.at,
        last_seen=max(s.at for s in found),
        count=len(found),
        restriction=clause,
        evidence=tuple(sorted({s.row.where for s in found})),
        reason="exemption_lapsed",
        contacted=any(isinstance(s, Asked) and s.row.contacted for s in found),
    )
