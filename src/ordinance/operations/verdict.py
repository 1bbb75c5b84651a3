# SPDX-License-Identifier: EUPL-1.2
"""What a check comes to: one sentence and one exit code.

Exit codes: 1 something fails; 4 not everything could be checked; 0 everything was checked, or what
was not is accepted in `ordinance.toml` by somebody named, with a reason, until a day not yet past.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from ordinance.model.body import AcceptedBlindSpot, Body
from ordinance.model.evidence import Account
from ordinance.model.result import Checked, DutyResult, Finding, FindingKind, Result
from ordinance.model.ruling import Standing
from ordinance.model.unseen import UnseenKind
from ordinance.operations.workspace import Workspace
from ordinance.policy.clocks import standing
from ordinance.report.words import day, listing
from ordinance.verify.resolver import LEFT_OVER, LET_THROUGH

FAILS, NOT_ALL_CHECKED, DONE = 1, 4, 0
BY_DECISION = "not_checked_by_decision"
REJECTS = "rejects"
NO_DEVICE = "no_device_in_scope"
CONTESTED, CONTESTED_BEFORE = "contested_reading", "contested_until_read"
_UNMET = frozenset({NO_DEVICE, *UnseenKind})
_NOT_CLEAN = "No duty is known to fail, but this is no clean bill of health."
_OVER = frozenset({"lapsed", "superseded", "repealed"})


def accepted_by(body: Body, what: str, as_of: datetime) -> AcceptedBlindSpot | None:
    """Who accepted a blind spot, where somebody did and the last day is not over."""
    today = as_of.astimezone(body.zone).date()
    return next((a for a in body.accepted if a.what == what and today <= a.last_day), None)


def is_accepted(finding: Finding, body: Body, as_of: datetime) -> bool:
    """Whether somebody accepted what a finding that fails nobody is for."""
    return finding.result is Result.UNKNOWN and accepted_by(body, finding.reason, as_of) is not None


def exit_code(
    body: Body, checked: Checked, findings: Iterable[Finding], accounts: Iterable[Account], as_of: datetime
) -> int:
    """The exit code of a check."""
    every = tuple(findings)
    results = [r.result for r in checked.results] + [f.result for f in every]
    if Result.FAIL in results:
        return FAILS
    open_results = [
        r
        for r in checked.results
        if r.result in {Result.UNKNOWN, Result.NOT_CHECKED, Result.ERROR} and not _accepted(body, r, as_of)
    ]
    return NOT_ALL_CHECKED if open_results or _not_clean(body, checked, every, accounts, as_of) else DONE


def _not_clean(
    body: Body, checked: Checked, findings: Iterable[Finding], accounts: Iterable[Account], as_of: datetime
) -> list[str]:
    """In sentences, what beside results that are open keeps a check from being clean, and nobody has accepted."""
    doubtful = [
        f
        for f in findings
        if f.kind is not FindingKind.BLIND_SPOT and f.result is Result.UNKNOWN and not is_accepted(f, body, as_of)
    ]
    # Where a log itself shows a way past it, silence proves nothing until somebody answers for that.
    unmet = {s.what for s in checked.not_seen if s.what in _UNMET and not accepted_by(body, s.what, as_of)}
    missing = any(f.kind is FindingKind.CONTROL_MISSING for f in doubtful)
    seen = [f for f in doubtful if f.kind is not FindingKind.CONTROL_MISSING]
    rejected = any(a.rejected for a in accounts) and not accepted_by(body, REJECTS, as_of)
    said = {
        "A rule asks for a control that no target here has.": missing,
        "Something was seen that nobody could be named for.": any(f.device is None for f in seen),
        "Something that was seen has to be looked into.": any(f.device is not None for f in seen),
        "A rule is in force for which the estate lists no device.": NO_DEVICE in unmet,
        "A log shows ways past it, on which nothing is seen.": bool(unmet - {NO_DEVICE}),
        "Records could not be read.": rejected,
    }
    return [sentence for sentence, is_so in said.items() if is_so]


def _accepted(body: Body, result: DutyResult, as_of: datetime) -> bool:
    what = BY_DECISION if result.reason == "by_decision" else result.reason
    whole = {what, CONTESTED} if result.contested else {what}  # a fact that is missing, accepted, settles no reading
    return all(accepted_by(body, one, as_of) for one in whole)


def sentence(
    workspace: Workspace,
    checked: Checked,
    findings: Iterable[Finding],
    code: int,
    as_of: datetime,
    accounts: Iterable[Account] = (),
    *,
    numbers: bool = True,
) -> str:
    """Does it hold? In one sentence, with what could not be seen; `code` is the exit code.

    Without `numbers` it says `some of the devices` where it else says how many.
    """
    every = tuple(findings)
    overdue = any(f.kind is FindingKind.REVIEW_OVERDUE for f in every)
    late = " A review is overdue: somebody has to decide." if overdue else ""
    reasons = {f.reason for f in every}
    late += " A resolver that was asked lets names through that it should block." if LET_THROUGH in reasons else ""
    late += " A resolver that was asked still blocks what nothing asks for any more." if LEFT_OVER in reasons else ""
    said = (
        _nothing_to_check(workspace, checked, as_of)
        or _not_checked(workspace, checked)
        or _in_part(checked, _contested(workspace, checked, as_of, numbers=numbers), numbers=numbers)
        or _in_full(checked, code, _not_clean(workspace.body, checked, every, accounts, as_of), numbers=numbers)
    )
    return f"{said}{late}"


def _nothing_to_check(workspace: Workspace, checked: Checked, as_of: datetime) -> str:
    if any(s.what == NO_DEVICE for s in checked.not_seen) and not checked.in_scope:
        return "A rule is in force, but no device of the estate is in scope: nothing could be checked."
    if not checked.results:
        return "Nothing binds a device here: there is nothing to check."
    if all(r.result is Result.NOT_APPLICABLE for r in checked.results):
        return _not_applicable(workspace, checked, as_of)
    return ""


def _not_checked(workspace: Workspace, checked: Checked) -> str:
    if any(r.result not in {Result.NOT_CHECKED, Result.NOT_APPLICABLE} for r in checked.results):
        return ""
    by = workspace.body.checking.no_check_by
    whose = f", by decision of the {by}" if by else ""
    return f"Not checked{whose}: nothing about devices is read."


def _contested(workspace: Workspace, checked: Checked, as_of: datetime, *, numbers: bool) -> str:
    """For how many devices it is contested whether a rule covers them, or was until a reading was chosen."""
    said = ""
    now = len({r.device for r in checked.results if r.contested})
    if now:
        who = now if numbers else "some"
        said += f" Whether a rule covers {who} of them is contested, and nobody has chosen a reading."
    before = [r for r in checked.results if r.reason == CONTESTED_BEFORE]
    if before:
        devices = len({r.device for r in before}) if numbers else "some"
        until = listing([day(d.isoformat()) for d in _chosen_on(workspace, {r.restriction for r in before}, as_of)])
        said += f" Whether a rule covers {devices} of them was contested: until {until} nobody had chosen a reading."
    return said


def _chosen_on(workspace: Workspace, clauses: set[str], as_of: datetime) -> list[date]:
    """The days on which the contested points of some clauses were read for the first time."""
    law = workspace.law
    points = {(t.id, p) for t in law.texts for r in t.restrictions if f"{t.id}/{r.id}" in clauses for p, _ in r.under}
    today = as_of.astimezone(law.zone).date()
    known = [(r.text, r.parameter, r.on) for r in law.readings if r.on <= today]
    firsts = {point: min((on for *which, on in known if (*which,) == point), default=None) for point in points}
    return sorted({on for on in firsts.values() if on is not None})


def _in_part(checked: Checked, contested: str, *, numbers: bool) -> str:
    """Where a duty fails, or is open; empty where every duty was checked and none fails."""
    results, scope = checked.results, checked.in_scope
    failing = len({r.device for r in results if r.result is Result.FAIL})
    open_devices = len({r.device for r in results if r.result in {Result.UNKNOWN, Result.NOT_CHECKED}})
    whose = f"{open_devices} of {scope}" if numbers else "some of them"
    unseen = f" For {whose} not every duty could be checked." if open_devices else ""
    unseen += contested
    if failing:
        where = f"{failing} of {scope} devices" if numbers else "some of the devices"
        return f"It does not hold everywhere: a duty fails on {where} in scope.{unseen}"
    if open_devices:
        unseen = unseen.replace("some of them not", "some of the devices in scope not", 1)
        return f"{_NOT_CLEAN}{unseen}"
    return ""


def _in_full(checked: Checked, code: int, not_clean: list[str], *, numbers: bool) -> str:
    """Where every duty was checked and none fails."""
    every = f"all {checked.in_scope}" if numbers else "all the"
    if code == FAILS:
        return f"Every duty was checked on {every} devices in scope and none fails, but a finding does."
    if code == NOT_ALL_CHECKED:
        return " ".join((_NOT_CLEAN, *not_clean))
    return f"It holds: every duty was checked on {every} devices in scope, and none fails."


def _not_applicable(workspace: Workspace, checked: Checked, as_of: datetime) -> str:
    reasons = {r.reason for r in checked.results}
    aside = {"out_of_scope", "not_on_platform"}
    if "read_otherwise" in reasons and reasons <= {"read_otherwise", *aside}:
        return "By the reading that was chosen, the rule binds no device here: there is nothing to check."
    if "not_yet_in_force" in reasons and reasons <= {"not_yet_in_force", *aside}:
        early = {r.restriction for r in checked.results if r.reason == "not_yet_in_force"}
        if _in_force(workspace, early, as_of):
            began = "The rule is in force, and was not yet on the days that were looked at:"
            return f"{began} there is nothing to check in them."
        return "The rule is not yet in force: there is nothing to check."
    if reasons & _OVER and reasons <= {*_OVER, *aside}:
        return "The rule has ended: nothing is checked for it any more."
    return "No duty could be failed in this window: there is nothing to check."


def _in_force(workspace: Workspace, clauses: set[str], at: datetime) -> bool:
    """Whether any of some clauses is in force at an instant, which may be later than all that was looked at."""
    law = workspace.law
    found = ((t, r) for t in law.texts for r in t.restrictions if f"{t.id}/{r.id}" in clauses)
    return any(standing(law, t, r, at) is Standing.IN_FORCE for t, r in found)
