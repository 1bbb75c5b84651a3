# SPDX-License-Identifier: EUPL-1.2
"""What a check's purpose asks for: a notice to all staff before anybody is singled out, and no other purpose unsaid.

Reads: a body's settings, the runs kept in its state and its ledger. Writes: into the ledger, that single devices were
shown. Cannot know: whether the notice that the settings state was given, and on that day, whether the purpose that they
state is the one that people have, or of runs that are gone and entries of the ledger that are over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

from ordinance.model.body import Body, Purpose
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.privacy import Alarm, PrivacyRule
from ordinance.model.retention import Kept
from ordinance.model.time import Span, end_of
from ordinance.operations.kept_runs import read_runs
from ordinance.operations.workspace import STATE
from ordinance.policy.privacy import profile
from ordinance.policy.toml_table import FILE
from ordinance.store.ledger import Act, append, read_ledger

ALARM = "alarm-missing"
_TABLE = '[[checking.alarm]] with on, who, how and about (what was found, and nobody\'s name)'


def alarm_rule(body: Body) -> PrivacyRule | None:
    """The rule that asks for a notice to all staff before single people are looked at; `None` where none does.

    Source of the distinction: `policy/privacy/be.toml`, rule be-alarm. Checks for the security of the network are free,
    but not beside runs that were made, or rows that were shown, for keeping the rules: what was found for one purpose
    may not serve another.
    """
    found = profile(body.privacy.profile) if body.privacy.profile else None
    rule = found.rule_for(ALARM) if found else None
    if rule is None or body.checking.purpose is Purpose.RULE_COMPLIANCE or _left_of_compliance(body):
        return rule
    return None


def _left_of_compliance(body: Body) -> str:
    """What is still there of looks for keeping the rules, as a message has it; empty where nothing is."""
    state, compliance = body.folder / STATE, Purpose.RULE_COMPLIANCE
    documents, unusable = read_runs(state)
    if unusable or not all(isinstance(d.get("checking"), Mapping) for d in documents.values()):
        return "runs are there that cannot be read, and may have been made for keeping the rules"
    if any(purpose == compliance for purpose, _ in _purposes(state)):
        return "runs made for keeping the rules are still there"
    if any(purpose == compliance for purpose, _ in _shown(state)):
        return "rows shown for keeping the rules stand in the ledger"
    return ""


def require_notice(body: Body, at: datetime) -> None:
    """Whoever is about to say which device a pseudonym stands for asks here first; `at` is the clock's.

    Raises PolicyError where the body's profile asks for a notice to all staff, and none is stated or the day after the
    first of them is not there yet (`alarm-missing`), or the last of them counts no longer (`alarm-over`): as long as it
    does where rows are made, and counted from its own day.
    """
    rule, alarms = alarm_rule(body), body.privacy.alarms
    if rule is None:
        return
    given = max((a for a in alarms if end_of(a.on, body.zone) <= at), key=lambda a: a.on, default=None)
    coming = min((a for a in alarms if end_of(a.on, body.zone) > at), key=lambda a: a.on, default=None)
    first = coming.on + timedelta(days=1) if coming is not None else None
    if given is not None:
        last = body.retention.last_day(Kept.RUNS, given.on)
        if last is not None and at >= end_of(last, body.zone):
            hint = f"all staff are told again: from {first} on it may be asked" if first is not None else ""
            raise PolicyError([_over(given, last, "nobody is named", rule, hint)])
    elif coming is not None:
        message = f"nobody is named before {first}: all staff are told on {coming.on}"
        raise PolicyError([Issue(FILE, *coming.place, ALARM, message, _why(rule), f"from {first} on it may be asked")])
    else:
        message = "nobody is named before the day after a notice to all staff that something was found"
        place = body.privacy.places.get("profile", (0, 0))
        raise PolicyError([Issue(FILE, *place, ALARM, message, _why(rule), f"tell all staff, then add {_TABLE}")])


def _over(told: Alarm, last: date, what: str, rule: PrivacyRule, hint: str = "") -> Issue:
    """That results of the day of a notice were kept until a day that is over; `what` is refused for that."""
    message = f"{what}: all staff were told on {told.on}, and results of that day were kept until {last}"
    hint = hint or f"tell all staff of what was found since, then add {_TABLE}"
    return Issue(FILE, *told.place, "alarm-over", message, _why(rule), hint)


def require_alarm(body: Body, window: Span) -> None:
    """Whoever is about to show single devices or people asks here first; `window` is the time they are shown of.

    Raises PolicyError where the body's profile asks for a notice to all staff and none is stated (`alarm-missing`), or
    the window begins before the day after the first of them is there (`alarm-after-window`), or ends when what was
    found before the last one that it follows is no longer kept (`alarm-over`).
    """
    rule = alarm_rule(body)
    if rule is None:
        return
    if not body.privacy.alarms:
        message = "rows of single devices are refused: no notice to all staff that something was found is on record"
        place = body.privacy.places.get("profile", (0, 0))
        hint = f"tell all staff, then add {_TABLE}; a check without --individual needs none"
        if body.checking.purpose is not Purpose.RULE_COMPLIANCE:
            message += f", and {_left_of_compliance(body)}"
        raise PolicyError([Issue(FILE, *place, ALARM, message, _why(rule), hint)])
    first = min(body.privacy.alarms, key=lambda a: a.on)
    if window.closed[0] < end_of(first.on, body.zone):
        begins = window.closed[0].astimezone(body.zone).date()
        message = f"rows of single devices are refused for the days from {begins}: all staff were told on {first.on}"
        hint = f"--from {first.on + timedelta(days=1)}; a check without --individual may look further back"
        raise PolicyError([Issue(FILE, *first.place, "alarm-after-window", message, _why(rule), hint)])
    told = max((a for a in body.privacy.alarms if end_of(a.on, body.zone) <= window.closed[0]), key=lambda a: a.on)
    last = body.retention.last_day(Kept.RUNS, told.on)
    if last is not None and window.closed[1] > end_of(last, body.zone):
        raise PolicyError([_over(told, last, "rows of single devices are refused", rule)])


def record_rows(body: Body, window: Span, as_of: datetime, at: datetime, by: str = "") -> None:
    """Write into the ledger that single devices are about to be shown, why, and of which days; `at` is the clock's.

    `by` is the role of who asked, where it was said.

    Raises PolicyError or OSError where the ledger takes no entry: then nobody may be shown.
    """
    start, end = (i.astimezone(body.zone).isoformat(timespec="seconds") for i in window.closed)
    day = as_of.astimezone(body.zone).isoformat(timespec="seconds")
    said = {"purpose": str(body.checking.purpose), "as_of": day, "from": start, "to": end}
    append(body.folder / STATE, Act.ROWS, at, by=by, said=said)


def _why(rule: PrivacyRule) -> str:
    return f"{rule.id}: {rule.asks}"


def other_purposes(state: Path, purpose: Purpose | None) -> list[dict[str, str]]:
    """Purposes of runs in a body's state, and of rows in its ledger, that are not this one, each with the last day.

    Data gathered for one purpose may not serve another: whoever changes the purpose leaves that to be seen.
    """
    last: dict[str, str] = {}
    for found, as_of in (*_purposes(state), *_shown(state)):
        if found != purpose:
            last[found] = max(as_of[:10], last.get(found, ""))
    return [{"purpose": p, "last": last[p]} for p in sorted(last)]


def _purposes(state: Path) -> Iterator[tuple[str, str]]:
    """The purpose of each kept run that says one, with the instant from which it speaks."""
    for document in read_runs(state)[0].values():
        checking = document.get("checking")
        if isinstance(checking, Mapping) and (found := checking.get("purpose")):
            yield str(found), str(document.get("as_of"))


def _shown(state: Path) -> Iterator[tuple[str, str]]:
    """The purpose for which rows of single devices were shown, with the instant from which they speak."""
    for entry in read_ledger(state).entries:
        if entry.what is Act.ROWS and "purpose" in entry.said:
            yield str(entry.said["purpose"]), str(entry.said.get("as_of"))
