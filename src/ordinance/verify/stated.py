# SPDX-License-Identifier: EUPL-1.2
"""Findings about statements: none where one was due, and one beside which something else was seen.

Reads results, statements and observations. That something else was seen accuses nobody of having said what is not so:
what was seen is of a later day, and the finding has both days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ordinance.model.attestation import Attestation
from ordinance.model.evidence import EvidenceKind
from ordinance.model.law import Duty
from ordinance.model.result import DutyResult, Finding, FindingKind, Grade, Result
from ordinance.policy.resolve import ClauseState
from ordinance.verify.attested import Statements, where
from ordinance.verify.binding import Judge
from ordinance.verify.findings import applying, of_result, unit_at
from ordinance.verify.observed import Asked, Installed, Observed, Seen

_Key = tuple[str, str, str]  # device, clause, family/member


def findings_of_statements(
    judge: Judge, observed: Observed, statements: Statements, results: Iterable[DutyResult]
) -> tuple[Finding, ...]:
    """Every finding about statements, in no order."""
    missing = (
        of_result(FindingKind.NOT_ATTESTED, r, r.reason, ())
        for r in results
        if r.duty is Duty.ATTEST and r.result is Result.FAIL
    )
    return (*missing, *_otherwise(judge, observed, statements))


def _otherwise(judge: Judge, observed: Observed, statements: Statements) -> Iterator[Finding]:
    groups: dict[_Key, list[tuple[Attestation, Seen]]] = {}
    for device in statements.devices():
        for seen in (*observed.installed.get(device, ()), *observed.asked.get(device, ())):
            for clause, state in _restricting(judge, device, seen):
                apps, asked = ((seen,), ()) if isinstance(seen, Installed) else ((), (seen,))
                for pair in statements.contradicted_by(device, state, apps, asked):
                    groups.setdefault((device, clause, seen.app), []).append(pair)
    for (device, clause, _), pairs in groups.items():
        yield _finding(judge, device, clause, pairs)


def _restricting(judge: Judge, device: str, seen: Seen) -> Iterator[tuple[str, ClauseState]]:
    """The clauses that restrict what was seen, some duty of which was due, and for which it may be read."""
    identifier = seen.row.identifier
    if identifier is None:
        return
    for clause, state, due in applying(judge, device, seen.at, seen.kind):
        allowed = state.restriction.evidence_allowed
        may_be_read = allowed is None or EvidenceKind.ATTESTATION in allowed
        if due and may_be_read and judge.counts(state, identifier, seen.surfaces):
            yield clause, state


def _finding(judge: Judge, device: str, clause: str, pairs: list[tuple[Attestation, Seen]]) -> Finding:
    seen = {id(s): s for _, s in pairs}.values()
    said = max((one for one, _ in pairs), key=lambda one: (one.on, one.id))
    first = min(seen, key=lambda s: (s.at, s.row.where))
    identifier = first.row.identifier
    assert identifier is not None  # noqa: S101  # the caller has looked; only for the type checker
    return Finding(
        kind=FindingKind.ATTESTED_OTHERWISE,
        result=Result.UNKNOWN,
        unit=unit_at(judge, device, first.at),
        device=device,
        family=identifier.family,
        member=identifier.member,
        surface=first.surfaces[0],
        grade=None if isinstance(first, Installed) else Grade.APP_TRAFFIC,
        first_seen=first.at,
        last_seen=max(s.at for s in seen),
        count=len(seen),
        restriction=clause,
        evidence=tuple(sorted({where(one) for one, _ in pairs} | {s.row.where for s in seen})),
        reason="attested_otherwise",
        contacted=any(isinstance(s, Asked) and s.row.contacted for s in seen),
        attested=said.on,
    )
