# SPDX-License-Identifier: EUPL-1.2
"""What a resolver's answers show: blocked, open, or neither for certain.

Reads replies and kept probes; opens nothing. That a name is denied proves nothing by itself: it may not exist. It
counts as blocked where the answer bears a sign of that, or where another resolver, which the user named, knows the
name. Cannot know who blocks: this block, or another one in front of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network

from ordinance.model.evidence import Where
from ordinance.model.law import Duty
from ordinance.model.probe import (
    AskedFor,
    Expected,
    Probed,
    ProbedName,
    ProbeFinding,
    ProbeRecord,
    Reply,
    Seen,
    Verdict,
)
from ordinance.model.result import Finding, FindingKind, Result
from ordinance.model.time import Span

SOURCE = "probe"  # in the place of a source's id
LET_THROUGH, LEFT_OVER = "resolver_lets_through", "resolver_blocks_still"
# RFC 8914, sections 4.16 to 4.18: Blocked, Censored, Filtered. Prohibited (18) is said of the client, not of the name.
_BLOCKING_ERRORS = frozenset({15, 16, 17})
# RFC 1918 and RFC 4193; not `is_private`, which has ranges for documentation too.
_PRIVATE = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))
DENIED, ABSENT, REFERENCE_SILENT = "denied", "absent", "reference_silent"
NOWHERE = Verdict(Seen.BLOCKED, "leads_nowhere")  # or a name whose own address is one of those


@dataclass(frozen=True, slots=True)
class Signs:
    """By what a block of this target shows itself: the name of its policy zone, and of the page it leads to."""

    zone: str = ""
    garden: str = ""


def judge(reply: Reply, signs: Signs) -> Verdict:
    """What one answer shows."""
    if reply.failure:
        return Verdict(Seen.NO_ANSWER, reply.failure)
    if sign := _sign(reply, signs):
        return Verdict(Seen.BLOCKED, sign)
    if reply.code not in ("NOERROR", "NXDOMAIN"):
        known = reply.code in ("SERVFAIL", "REFUSED", "FORMERR", "NOTIMP")
        return Verdict(Seen.NO_ANSWER, reply.code.lower() if known else "other_code")
    if not reply.records:
        return Verdict(Seen.UNCLEAR, DENIED)
    if reply.addresses and all(_is_in(a, _PRIVATE) for a in reply.addresses):
        return Verdict(Seen.UNCLEAR, "private_address")
    return Verdict(Seen.OPEN, "answered")


def _sign(reply: Reply, signs: Signs) -> str:
    """By what the answer shows that it is a block; empty where by nothing.

    BIND puts the SOA of the policy zone into each answer that the zone changed. A denial out of the DNS bears the SOA
    of the name's zone or of one above (RFC 2308, section 3); one that claims authority without any was made up by the
    resolver: Unbound's are such.
    """
    if signs.zone and signs.zone in reply.zones:
        return "policy_zone"
    if reply.errors & _BLOCKING_ERRORS:
        return "extended_error"
    if signs.garden and signs.garden in reply.aliases:
        return "garden"
    if reply.addresses and all(_leads_nowhere(a) for a in reply.addresses):
        return "leads_nowhere"
    denied = reply.code in ("NOERROR", "NXDOMAIN") and not reply.records
    return "own_data" if denied and reply.authoritative and not reply.zones else ""


def _leads_nowhere(address: str) -> bool:
    found = ip_address(address)
    return found.is_unspecified or found.is_loopback


def _is_in(address: str, ranges: Iterable[object]) -> bool:
    found = ip_address(address)
    return any(found in r for r in ranges)  # type: ignore[operator]  # a range of another version holds nothing


def beside(verdict: Verdict, reference: Verdict) -> Verdict:
    """A denial, or an address that leads nowhere, beside what another resolver says of the same name and type."""
    if verdict == NOWHERE:
        return Verdict(Seen.UNCLEAR, "same_elsewhere") if reference == NOWHERE else verdict
    if verdict != Verdict(Seen.UNCLEAR, DENIED):
        return verdict
    if reference.seen is Seen.OPEN:
        return Verdict(Seen.BLOCKED, "denied_here_alone")
    reasons = {Seen.NO_ANSWER: REFERENCE_SILENT, Seen.BLOCKED: "reference_blocks_too"}
    if reference.reason == DENIED:
        return Verdict(Seen.UNCLEAR, ABSENT)
    return Verdict(Seen.UNCLEAR, reasons.get(reference.seen, reference.reason))


_ORDER: Mapping[Expected, tuple[Seen, ...]] = {
    Expected.BLOCKED: (Seen.OPEN, Seen.NO_ANSWER, Seen.BLOCKED, Seen.UNCLEAR),
    Expected.FREE: (Seen.OPEN, Seen.BLOCKED, Seen.NO_ANSWER, Seen.UNCLEAR),
    Expected.OPEN: (Seen.OPEN, Seen.BLOCKED, Seen.NO_ANSWER, Seen.UNCLEAR),
}


def of_all_types(expected: Expected, types: Mapping[str, Verdict]) -> Verdict:
    """What a name comes to: open where any type leads somewhere. Many names have no record of some type: a denial of
    that beside a block is none of its own. It is absent only where nothing else is said of any type.
    """
    for seen in _ORDER[expected]:
        found = sorted(v.reason for v in types.values() if v.seen is seen)
        if found:
            return Verdict(seen, next((r for r in found if r != ABSENT), ABSENT))
    return Verdict(Seen.NO_ANSWER, "not_asked")


def found(rows: Iterable[Probed], at: datetime) -> tuple[ProbeFinding, ...]:
    """Findings about names, one for each kind, demand and app: what is let through, and what is still blocked.

    A demand that is not yet due fails nothing. Neighbours that are blocked are no finding about a rule.
    """
    counts: dict[tuple[FindingKind, AskedFor], int] = {}
    for row in rows:
        kind = fails(row, at)
        if kind is None:
            continue
        for one in {AskedFor(a.restriction, a.app, a.surface, None) for a in _due(row.name, kind, at)}:
            counts[kind, one] = counts.get((kind, one), 0) + 1
    ordered = sorted(counts, key=lambda k: (k[0], k[1].restriction, k[1].app, k[1].surface or ""))
    return tuple(_finding(kind, one, counts[kind, one]) for kind, one in ordered)


def fails(row: Probed, at: datetime) -> FindingKind | None:
    """The kind of finding that a name makes."""
    expected, seen = row.name.expected, row.verdict.seen
    if expected is Expected.BLOCKED and seen is Seen.OPEN and row.name.is_due(at):
        return FindingKind.CONTROL_INEFFECTIVE
    return FindingKind.LEFTOVER if expected is Expected.FREE and seen is Seen.BLOCKED else None


def _due(name: ProbedName, kind: FindingKind, at: datetime) -> Iterable[AskedFor]:
    every = name.asked_for or {AskedFor("", "", None, None)}
    return (a for a in every if kind is FindingKind.LEFTOVER or a.due is None or a.due <= at)


def _finding(kind: FindingKind, one: AskedFor, count: int) -> ProbeFinding:
    family, _, member = one.app.partition("/")
    reason = LET_THROUGH if kind is FindingKind.CONTROL_INEFFECTIVE else LEFT_OVER
    return ProbeFinding(kind, one.restriction or None, family or None, member or None, one.surface, count, reason)


def as_findings(
    found: Iterable[ProbeFinding], at: datetime, target: str, resolver: str, evidence: tuple[Where, ...] = ()
) -> tuple[Finding, ...]:
    """Findings of a probe in the form of a check's: no device is in them, and `count` is of names."""
    return tuple(
        Finding(
            kind=f.kind,
            result=Result.FAIL,
            family=f.family,
            member=f.member,
            surface=f.surface,
            duty=Duty.BLOCK_TRAFFIC,
            first_seen=at,
            last_seen=at,
            count=f.count,
            restriction=f.restriction,
            evidence=evidence,
            reason=f.reason,
            devices=0,
            resolver=f"{target} {resolver}",
        )
        for f in found
    )


def latest(records: Iterable[ProbeRecord], window: Span) -> tuple[ProbeRecord, ...]:
    """The last probe of each resolver and target within a closed window, its end included, that could tell everything.

    Those after it that could not are kept beside it: what they did not find may be there all the same.
    """
    start, end = window.closed
    last: dict[tuple[str, str], list[ProbeRecord]] = {}
    for one in sorted(records, key=lambda r: (r.at, r.file)):
        if start <= one.at <= end:
            before = [] if one.decided else last.get((one.target, one.resolver), [])
            last[one.target, one.resolver] = [*before, one]
    return tuple(sorted((r for rows in last.values() for r in rows), key=lambda r: r.file))


def findings_of(records: Iterable[ProbeRecord]) -> tuple[Finding, ...]:
    """What kept probes found. Nothing in a probe makes a result better."""
    return tuple(
        f
        for r in records
        for f in as_findings(r.findings, r.at, r.target, r.resolver, (Where(SOURCE, r.file, 0),))
    )
