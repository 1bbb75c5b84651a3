# SPDX-License-Identifier: EUPL-1.2
"""What an answer shows: blocked only by a sign, open only by an address, and everything else is said to be unclear."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordinance.model.apps import Surface
from ordinance.model.probe import (
    AskedFor,
    Expected,
    Neighbour,
    Probed,
    ProbedName,
    ProbeFinding,
    ProbeRecord,
    Reply,
    Seen,
    Verdict,
)
from ordinance.model.result import FindingKind, Result
from ordinance.model.time import Span
from ordinance.verify.resolver import Signs, beside, fails, findings_of, found, judge, latest, of_all_types

SIGNS = Signs("rpz.city.example", "blocked.city.example")
AT = datetime(2023, 4, 10, tzinfo=UTC)
DENIED = Verdict(Seen.UNCLEAR, "denied")
OPEN = Verdict(Seen.OPEN, "answered")
BLOCKED = Verdict(Seen.BLOCKED, "policy_zone")
SILENT = Verdict(Seen.NO_ANSWER, "timeout")


@pytest.mark.parametrize(
    ("reply", "seen", "reason"),
    [
        (Reply(records=1, addresses=("192.0.2.1",)), Seen.OPEN, "answered"),
        (Reply(records=1), Seen.OPEN, "answered"),  # an HTTPS record
        (Reply(records=2, addresses=("0.0.0.0", "192.0.2.1")), Seen.OPEN, "answered"),  # noqa: S104  # an answer
        (Reply(code="NXDOMAIN"), Seen.UNCLEAR, "denied"),
        (Reply(), Seen.UNCLEAR, "denied"),
        (Reply(aliases=("cdn.example",)), Seen.UNCLEAR, "denied"),
        (Reply(code="NXDOMAIN", zones=("com",)), Seen.UNCLEAR, "denied"),
        (Reply(code="NXDOMAIN", authoritative=True, zones=("city.example",)), Seen.UNCLEAR, "denied"),
        (Reply(code="NXDOMAIN", authoritative=True), Seen.BLOCKED, "own_data"),
        (Reply(authoritative=True), Seen.BLOCKED, "own_data"),
        (Reply(records=1, addresses=("192.0.2.1",), authoritative=True), Seen.OPEN, "answered"),
        (Reply(code="NXDOMAIN", zones=("rpz.city.example",)), Seen.BLOCKED, "policy_zone"),
        (Reply(records=1, addresses=("192.0.2.1",), zones=("rpz.city.example",)), Seen.BLOCKED, "policy_zone"),
        (Reply(code="NXDOMAIN", zones=("rpz.other.example",)), Seen.UNCLEAR, "denied"),
        (Reply(code="NXDOMAIN", errors=frozenset({15})), Seen.BLOCKED, "extended_error"),
        (Reply(code="SERVFAIL", errors=frozenset({16})), Seen.BLOCKED, "extended_error"),
        (Reply(code="REFUSED", errors=frozenset({17})), Seen.BLOCKED, "extended_error"),
        (Reply(code="REFUSED", errors=frozenset({18})), Seen.NO_ANSWER, "refused"),  # about the client
        (Reply(code="SERVFAIL", errors=frozenset({22})), Seen.NO_ANSWER, "servfail"),
        (Reply(code="YXDOMAIN"), Seen.NO_ANSWER, "other_code"),
        (Reply(records=1, addresses=("0.0.0.0",)), Seen.BLOCKED, "leads_nowhere"),  # noqa: S104  # an answer
        (Reply(records=1, addresses=("::",)), Seen.BLOCKED, "leads_nowhere"),
        (Reply(records=1, addresses=("127.0.0.1", "::1")), Seen.BLOCKED, "leads_nowhere"),
        (Reply(records=1, addresses=("10.1.2.3",)), Seen.UNCLEAR, "private_address"),
        (Reply(records=1, addresses=("fd00::1",)), Seen.UNCLEAR, "private_address"),
        (Reply(records=1, addresses=("192.0.2.1",), aliases=("blocked.city.example",)), Seen.BLOCKED, "garden"),
        (Reply(failure="timeout", code="NXDOMAIN", zones=("rpz.city.example",)), Seen.NO_ANSWER, "timeout"),
    ],
)
def test_each_answer_is_what_it_certainly_shows(reply: Reply, seen: Seen, reason: str) -> None:
    """Written from RFC 2308, RFC 8914 and what BIND, Unbound and dnsmasq were seen to answer."""
    assert judge(reply, SIGNS) == Verdict(seen, reason)


@given(st.sampled_from(["NOERROR", "NXDOMAIN", "SERVFAIL", "REFUSED"]), st.lists(st.sampled_from(["com", "x.example"])))
def test_without_a_sign_nothing_is_blocked(code: str, zones: list[str]) -> None:
    """A denial out of the DNS may be of a name that does not exist: it is never called a block."""
    assert judge(Reply(code=code, zones=tuple(zones)), SIGNS).seen is not Seen.BLOCKED


@pytest.mark.parametrize(
    ("first", "reference", "after"),
    [
        (DENIED, OPEN, Verdict(Seen.BLOCKED, "denied_here_alone")),
        (DENIED, DENIED, Verdict(Seen.UNCLEAR, "absent")),
        (DENIED, SILENT, Verdict(Seen.UNCLEAR, "reference_silent")),
        (DENIED, Verdict(Seen.BLOCKED, "own_data"), Verdict(Seen.UNCLEAR, "reference_blocks_too")),
        (DENIED, Verdict(Seen.UNCLEAR, "private_address"), Verdict(Seen.UNCLEAR, "private_address")),
        (OPEN, DENIED, OPEN),
        (SILENT, OPEN, SILENT),
    ],
)
def test_a_reference_tells_of_denials_alone(first: Verdict, reference: Verdict, after: Verdict) -> None:
    """It makes a block of a denial where it knows the name, and nothing else of anything."""
    assert beside(first, reference) == after


@pytest.mark.parametrize(
    ("expected", "types", "seen"),
    [
        (Expected.BLOCKED, [BLOCKED, BLOCKED, BLOCKED], Seen.BLOCKED),
        (Expected.BLOCKED, [BLOCKED, BLOCKED, OPEN], Seen.OPEN),  # one type is enough to get through
        (Expected.BLOCKED, [BLOCKED, SILENT], Seen.NO_ANSWER),
        (Expected.BLOCKED, [BLOCKED, DENIED, DENIED], Seen.BLOCKED),
        (Expected.BLOCKED, [DENIED, DENIED], Seen.UNCLEAR),
        (Expected.BLOCKED, [], Seen.NO_ANSWER),
        (Expected.FREE, [BLOCKED, SILENT], Seen.BLOCKED),
        (Expected.OPEN, [OPEN, DENIED, DENIED], Seen.OPEN),
        (Expected.OPEN, [BLOCKED, DENIED, SILENT], Seen.BLOCKED),
    ],
)
def test_a_name_is_what_its_types_are_together(expected: Expected, types: list[Verdict], seen: Seen) -> None:
    """Open wins; what was not answered is never clean."""
    assert of_all_types(expected, {str(n): v for n, v in enumerate(types)}).seen is seen


def test_a_name_is_absent_only_where_every_type_is() -> None:
    """One denial that no reference answered leaves it open whether the name exists."""
    absent = Verdict(Seen.UNCLEAR, "absent")
    assert of_all_types(Expected.BLOCKED, {"A": absent, "AAAA": absent}) == absent
    assert of_all_types(Expected.BLOCKED, {"A": absent, "AAAA": DENIED}) == DENIED


def _row(expected: Expected, verdict: Verdict, *asked: AskedFor) -> Probed:
    kind = Neighbour.FAMILY if expected is Expected.OPEN else None
    return Probed(ProbedName("x.example", expected, frozenset(asked), kind), {"A": verdict}, verdict)


def _for(restriction: str, due: datetime | None = None) -> AskedFor:
    return AskedFor(restriction, "tiktok/tiktok", Surface.APP, due)


def test_findings_count_names_by_clause_app_and_surface() -> None:
    """Two names that get through for one clause are one finding with two; a name of two clauses is in both."""
    both = (_for("a/one", AT), _for("b/two", AT))
    rows = [_row(Expected.BLOCKED, OPEN, *both), _row(Expected.BLOCKED, OPEN, both[0]), _row(Expected.FREE, BLOCKED)]
    kinds = [(f.kind, f.restriction, f.family, f.count) for f in found(rows, AT)]
    assert kinds == [
        (FindingKind.CONTROL_INEFFECTIVE, "a/one", "tiktok", 2),
        (FindingKind.CONTROL_INEFFECTIVE, "b/two", "tiktok", 1),
        (FindingKind.LEFTOVER, None, None, 1),
    ]


def test_what_is_not_yet_due_fails_nothing() -> None:
    """A name is open an hour before its demand is due: no finding; at that instant: one, for the clause that is due."""
    soon = AT + timedelta(hours=1)
    row = _row(Expected.BLOCKED, OPEN, _for("a/one", soon), _for("b/two", soon + timedelta(days=1)))
    assert fails(row, AT) is None and found([row], AT) == ()
    assert [f.restriction for f in found([row], soon)] == ["a/one"]


@pytest.mark.parametrize("verdict", [DENIED, SILENT, OPEN])
@pytest.mark.parametrize("expected", [Expected.FREE, Expected.OPEN])
def test_doubt_makes_no_finding(expected: Expected, verdict: Verdict) -> None:
    """Only a block that shows itself is left over; a neighbour is never a finding about a rule."""
    assert found([_row(expected, verdict, _for("a/one"))], AT) == ()


def _record(day: int, target: str = "dns-rpz", *findings: ProbeFinding) -> ProbeRecord:
    return ProbeRecord(f"{day:02}-{target}", "sha256:0", AT + timedelta(days=day), target, "192.0.2.53:53", findings)


def test_the_last_probe_of_a_resolver_within_the_window_counts() -> None:
    """One before the window or after its end does not; its last instant is part of it."""
    window = Span(AT, AT + timedelta(days=5))
    records = [_record(d) for d in (-1, 0, 3, 5, 6)] + [_record(2, "unbound")]
    assert [r.file for r in latest(records, window)] == ["02-unbound", "05-dns-rpz"]


def test_a_probe_that_could_not_tell_clears_nothing() -> None:
    """A resolver that was silent an hour later does not take back what was found; one that answered does."""
    one = ProbeFinding(FindingKind.LEFTOVER, "a/one", "tiktok", "tiktok", None, 7, "resolver_blocks_still")
    window, found_one = Span(AT, AT + timedelta(days=5)), _record(1, "dns-rpz", one)
    silent = replace(_record(2), decided=False)
    assert [f.count for f in findings_of(latest([found_one, silent], window))] == [7]
    assert findings_of(latest([found_one, silent, _record(3)], window)) == ()


def test_a_kept_finding_becomes_one_of_the_check() -> None:
    """It fails, names no device, counts names and points at the record."""
    one = ProbeFinding(FindingKind.LEFTOVER, "a/one", "tiktok", "tiktok", None, 7, "resolver_blocks_still")
    (made,) = findings_of([_record(1, "dns-rpz", one)])
    assert (made.kind, made.result, made.count, made.devices) == (FindingKind.LEFTOVER, Result.FAIL, 7, 0)
    assert (made.device, made.unit, made.evidence[0].file) == (None, None, "01-dns-rpz")
    assert findings_of([replace(_record(1), findings=())]) == ()
    assert made.resolver == "dns-rpz 192.0.2.53:53"
