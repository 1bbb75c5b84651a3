# SPDX-License-Identifier: EUPL-1.2
"""What a check's purpose asks for: a notice to all staff before anybody is singled out, and no other purpose unsaid.

Reads: a body's settings, the runs kept in its state and its ledger. Writes: into the ledger, that single devices were
shown. Cannot know: whether the notice that the settings state was given, whether the purpose that they state is the one
that people have, or of runs that are gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from ordinance.model.body import Body, Purpose
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.privacy import PrivacyRule
from ordinance.model.retention import Kept
from ordinance.model.time import Span, end_of
from ordinance.operations.kept_runs import read_runs
from ordinance.operations.workspace import STATE
from ordinance.policy.privacy import profile
from ordinance.policy.toml_table import FILE
from ordinance.store.ledger import Act, Entry, append, read_ledger

ALARM = "alarm-missing"
_TABLE = '[[checking.alarm]] with on, who, how and about (what was found, and nobody\'s name)'


def alarm_rule(body: Body) -> PrivacyRule | None:
    """The rule that asks for a notice to all staff before single people are looked at; `None` where none does.

    Source of the distinction: `policy/privacy/be.toml`, rule be-alarm. Checks for the security of the network are free,
    but not beside runs that were made for keeping the rules: what was found for one purpose may not serve another.
    """
    found = profile(body.privacy.profile) if body.privacy.profile else None
    rule, compliance = found.rule_for(ALARM) if found else None, Purpose.RULE_COMPLIANCE
    if rule is None or body.checking.purpose is compliance:
        return rule
    return rule if any(p == compliance for p, _ in _purposes(body.folder / STATE)) else None


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
            message += ", and runs made for keeping the rules are still there"
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
        message = f"rows of single devices are refused: all staff were told on {told.on}, and results of that day were "
        message += f"kept until {last}"
        hint = f"tell all staff of what was found since, then add {_TABLE}"
        raise PolicyError([Issue(FILE, *told.place, "alarm-over", message, _why(rule), hint)])


def record_rows(body: Body, window: Span, as_of: datetime, at: datetime) -> None:
    """Write into the ledger that single devices are about to be shown, why, and of which days; `at` is the clock's.

    Raises PolicyError or OSError where the ledger takes no entry: then nobody may be shown.
    """
    start, end = (i.astimezone(body.zone).isoformat(timespec="seconds") for i in window.closed)
    day = as_of.astimezone(body.zone).isoformat(timespec="seconds")
    said = {"purpose": str(body.checking.purpose), "as_of": day, "from": start, "to": end}
    append(body.folder / STATE, Act.ROWS, at, said=said)


def _why(rule: PrivacyRule) -> str:
    return f"{rule.id}: {rule.asks}"


def other_purposes(state: Path, purpose: Purpose | None) -> list[dict[str, str]]:
    """Purposes of runs in a body's state, and of rows in its ledger, that are not this one, each with the last day.

    Data gathered for one purpose may not serve another: whoever changes the purpose leaves that to be seen.
    """
    last: dict[str, str] = {}
    shown = [(str(e.said["purpose"]), str(e.said.get("as_of"))) for e in read_ledger(state).entries if _is_rows(e)]
    for found, as_of in (*_purposes(state), *shown):
        if found != purpose:
            last[found] = max(as_of[:10], last.get(found, ""))
    return [{"purpose": p, "last": last[p]} for p in sorted(last)]


def _purposes(state: Path) -> Iterator[tuple[str, str]]:
    """The purpose of each kept run that has one, with the instant from which it speaks."""
    for document in read_runs(state)[0].values():
        if found := document["checking"].get("purpose"):
            yield str(found), str(document["as_of"])


def _is_rows(entry: Entry) -> bool:
    return entry.what is Act.ROWS and "purpose" in entry.said
