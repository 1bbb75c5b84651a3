# SPDX-License-Identifier: EUPL-1.2
"""What a check's purpose asks for: a notice to all staff before anybody is singled out, and no other purpose unsaid.

Reads: a body's settings and the runs kept in its state. Writes: nothing. Cannot know: whether the notice that the
settings state was given, or whether the purpose that they state is the one that people have.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from ordinance.model.body import Body, Purpose
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.privacy import PrivacyRule
from ordinance.model.time import Span, end_of
from ordinance.operations.kept_runs import read_runs
from ordinance.policy.privacy import profile
from ordinance.policy.toml_table import FILE

ALARM = "alarm-missing"
_TABLE = '[[checking.alarm]] with on, who, how and about (what was found, and nobody\'s name)'


def alarm_rule(body: Body) -> PrivacyRule | None:
    """The rule that asks for a notice to all staff before single people are looked at; `None` where none does.

    Source of the distinction: `policy/privacy/be.toml`, rule be-alarm. Checks for the security of the network are free.
    """
    found = profile(body.privacy.profile) if body.privacy.profile else None
    return found.rule_for(ALARM) if found and body.checking.purpose is Purpose.RULE_COMPLIANCE else None


def require_alarm(body: Body, window: Span) -> None:
    """Whoever is about to show single devices or people asks here first; `window` is the time they are shown of.

    Raises PolicyError where the body's profile asks for a notice to all staff and none is stated (`alarm-missing`), or
    the window begins before the day after the first of them is there (`alarm-after-window`).
    """
    rule = alarm_rule(body)
    if rule is None:
        return
    if not body.privacy.alarms:
        message = "rows of single devices are refused: no notice to all staff that something was found is on record"
        place = body.privacy.places.get("profile", (0, 0))
        hint = f"tell all staff, then add {_TABLE}; a check without --individual needs none"
        raise PolicyError([Issue(FILE, *place, ALARM, message, _why(rule), hint)])
    first = min(body.privacy.alarms, key=lambda a: a.on)
    if window.closed[0] < end_of(first.on, body.zone):
        begins = window.closed[0].astimezone(body.zone).date()
        message = f"rows of single devices are refused for the days from {begins}: all staff were told on {first.on}"
        hint = f"--from {first.on + timedelta(days=1)}; a check without --individual may look further back"
        raise PolicyError([Issue(FILE, *first.place, "alarm-after-window", message, _why(rule), hint)])


def _why(rule: PrivacyRule) -> str:
    return f"{rule.id}: {rule.asks}"


def other_purposes(state: Path, purpose: Purpose | None) -> list[dict[str, str]]:
    """Purposes of runs kept in a body's state that are not this one, each with the last day such a run speaks from.

    Data gathered for one purpose may not serve another: whoever changes the purpose leaves that to be seen.
    """
    last: dict[str, str] = {}
    for document in read_runs(state)[0].values():
        found, day = str(document["checking"].get("purpose") or ""), str(document["as_of"])[:10]
        if found and found != purpose:
            last[found] = max(day, last.get(found, day))
    return [{"purpose": p, "last": last[p]} for p in sorted(last)]
