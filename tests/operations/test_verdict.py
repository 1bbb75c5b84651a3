# SPDX-License-Identifier: EUPL-1.2
"""What a check comes to: fail before not everything checked, and nothing unchecked looks clean."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

import bodies
from ordinance.model.body import AcceptedBlindSpot
from ordinance.model.evidence import Account
from ordinance.model.law import Duty
from ordinance.model.result import Checked, DutyResult, Finding, FindingKind, NotSeen, Result
from ordinance.operations.verdict import exit_code, sentence
from ordinance.operations.workspace import Workspace
from ordinance.verify.resolver import LET_THROUGH

CLEAN = Account("dns", "line", 10, 1, 9, 0, 0, 0)
BROKEN = Account("dns", "line", 10, 1, 8, 0, 0, 1)
OPENED = bodies.workspace("ghent")
AS_OF = bodies.instant("2023-04-10T00:00", OPENED)


def checked(*results: tuple[Result, str], not_seen: tuple[NotSeen, ...] = ()) -> Checked:
    """A check with these results, one device each."""
    rows = tuple(
        DutyResult(f"d-{n}", "unit", None, "text/clause", Duty.REMOVE, result, reason)
        for n, (result, reason) in enumerate(results)
    )
    return Checked(rows, (), (), not_seen, (), len(rows), len(rows), len(rows), 1.0, 1.0)


def with_accepted(*what: str) -> Workspace:
    """The body, with blind spots accepted until the day of the check."""
    spots = tuple(AcceptedBlindSpot(a, "somebody", "a reason", date(2023, 4, 10)) for a in what)
    return replace(OPENED, body=replace(OPENED.body, accepted=spots))


def code(found: Checked, *findings: Finding, account: Account = CLEAN, accepted: tuple[str, ...] = ()) -> int:
    """The exit code, with blind spots accepted until the day of the check."""
    return exit_code(with_accepted(*accepted).body, found, findings, (CLEAN, account), AS_OF)


NOT_CLEAN = "No duty is known to fail, but this is no clean bill of health."
PASS, FAIL = (Result.PASS, "not_installed"), (Result.FAIL, "app_installed")
UNSEEN = (Result.UNKNOWN, "no_inventory")
DOUBT = Finding(
    FindingKind.UNKNOWN_DEVICE, Result.UNKNOWN, None, None, "tiktok", "tiktok", None, None, None, None, None, 1, None,
    reason="unknown_device",
)  # fmt: skip
OTHERWISE = Finding(FindingKind.ATTESTED_OTHERWISE, Result.UNKNOWN, device="d-0", reason="attested_otherwise")
MISSING = Finding(FindingKind.CONTROL_MISSING, Result.UNKNOWN, duty=Duty.BLOCK_TRAFFIC, reason="no_target_blocks")


def test_everything_checked_and_nothing_fails() -> None:
    """Only then 0, and only then the sentence says that it holds."""
    assert code(checked(PASS, PASS)) == 0
    assert sentence(OPENED, checked(PASS, PASS), (), 0, AS_OF).startswith("It holds")


def test_a_failure_comes_before_what_was_not_seen() -> None:
    """1 before 4."""
    assert code(checked(PASS, UNSEEN, FAIL), account=BROKEN) == 1
    assert "does not hold" in sentence(OPENED, checked(PASS, FAIL), (), 1, AS_OF)


@pytest.mark.parametrize("accepted", [(), ("mobile_data",)])
def test_unreadable_records_are_not_forgiven(accepted: tuple[str, ...]) -> None:
    """With every result a pass, one rejected record is still 4, unless rejects are accepted by name."""
    assert code(checked(PASS), account=BROKEN, accepted=accepted) == 4
    said = sentence(OPENED, checked(PASS), (), 4, AS_OF, (BROKEN,))
    assert said == f"{NOT_CLEAN} Records could not be read."
    assert code(checked(PASS), account=BROKEN, accepted=("rejects",)) == 0


def test_a_doubt_that_names_nobody_is_not_clean() -> None:
    """Something was seen on a device that nobody knows."""
    assert code(checked(PASS), DOUBT) == 4
    assert code(checked(PASS), DOUBT, accepted=("unknown_device",)) == 0


def test_an_accepted_blind_spot_ends_with_its_last_day() -> None:
    """Accepted through the day of the check; the day after, the same silence is 4 again."""
    assert code(checked(PASS, UNSEEN), accepted=("no_inventory",)) == 0
    spots = (AcceptedBlindSpot("no_inventory", "somebody", "a reason", date(2023, 4, 9)),)
    assert exit_code(replace(OPENED.body, accepted=spots), checked(PASS, UNSEEN), (), (CLEAN,), AS_OF) == 4


def test_a_rule_that_meets_no_device_is_not_clean() -> None:
    """In force, and no device in the estate: nothing was checked."""
    empty = replace(checked(not_seen=(NotSeen("no_device_in_scope", 0),)), in_scope=0)
    assert code(empty) == 4
    assert "nothing could be checked" in sentence(OPENED, empty, (), 4, AS_OF)


NOBODY = "Something was seen that nobody could be named for."
CONTROL = "A rule asks for a control that no target here has."


@pytest.mark.parametrize(
    ("found", "spots", "account", "accepted", "expected"),
    [
        ((DOUBT,), (), CLEAN, (), [NOBODY]),
        ((MISSING,), (), CLEAN, (), [CONTROL]),
        ((OTHERWISE,), (), CLEAN, (), ["Something that was seen has to be looked into."]),
        ((), ("doh",), CLEAN, (), ["A log shows ways past it, on which nothing is seen."]),
        ((MISSING, DOUBT), ("vpn",), BROKEN, ("no_target_blocks", "vpn"), [NOBODY, "Records could not be read."]),
        ((MISSING, DOUBT), (), BROKEN, ("unknown_device", "rejects"), [CONTROL]),
    ],
)
def test_the_sentence_says_what_is_not_clean_and_nothing_else(
    found: tuple[Finding, ...], spots: tuple[str, ...], account: Account, accepted: tuple[str, ...], expected: list[str]
) -> None:
    """Where every duty passes and the exit is 4 all the same; what somebody accepted is not what it is for."""
    every = checked(PASS, not_seen=tuple(NotSeen(s, 1) for s in spots))
    opened = with_accepted(*accepted)
    assert exit_code(opened.body, every, found, (account,), AS_OF) == 4
    assert sentence(opened, every, found, 4, AS_OF, (account,)) == " ".join((NOT_CLEAN, *expected))


def test_it_does_not_hold_where_a_finding_fails_and_no_result_does() -> None:
    """A resolver that lets names through fails by its probe, of which no device's duty knows."""
    through = Finding(FindingKind.CONTROL_INEFFECTIVE, Result.FAIL, reason=LET_THROUGH)
    assert code(checked(PASS), through) == 1
    said = sentence(OPENED, checked(PASS), (through,), 1, AS_OF)
    assert said.startswith("Every duty was checked on all 1 devices in scope and none fails, but a finding does. A res")
