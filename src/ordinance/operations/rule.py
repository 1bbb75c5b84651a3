# SPDX-License-Identifier: EUPL-1.2
"""One rule of a body, looked back at: which version of a text, and the stretch in which it had force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ordinance.model.errors import Issue, PolicyError
from ordinance.model.law import Text
from ordinance.model.time import Span, joined
from ordinance.operations.workspace import Workspace
from ordinance.policy import clocks
from ordinance.policy.nodes import did_you_mean

_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of a text of the body, and the stretch of its force up to an instant (`None`: it had none).

    `spans` are the stretches in which a clause really had force: pauses are not among them.
    """

    text: Text
    force: Span | None
    first: date | None
    last: date | None
    spans: tuple[Span, ...] = ()

    def days(self, zone: ZoneInfo) -> frozenset[date]:
        """The days on which it had force."""
        return frozenset(d for s in self.spans for d in s.days(zone))


def rule_of(workspace: Workspace, name: str, at: datetime) -> Rule:
    """The version `ID` or `ID@VERSION` of a text of the body: by default the last that had force before `at`.

    Raises PolicyError where the body has none of that name.
    """
    law, (wanted, _, version) = workspace.law, name.partition("@")
    own = [t for t in law.texts if t.authority == law.body]
    found = [t for t in own if t.id == wanted and version in {"", t.version}]
    if not found:
        hint = did_you_mean(wanted, {t.id for t in own}) or "`ordinance lint` and policies/ say what the body has"
        message = f'the body has no text "{name}"'
        if any(r.id == wanted for r in law.records if r.authority == law.body):
            message, hint = f'"{name}" is a record and no rule: it has no force to look back at', ""
        raise PolicyError([Issue("policies", 0, 0, "unknown-text", message, "", hint)])
    had_force = [t for t in found if spans_of_text(workspace, t, at)]
    text = max(had_force or found, key=lambda t: clocks.rank(t, at))
    spans = spans_of_text(workspace, text, at)
    if not spans:
        return Rule(text, None, None, None)
    zone, force = workspace.body.zone, Span(spans[0].start, spans[-1].end)
    start, end = force.closed
    return Rule(text, force, start.astimezone(zone).date(), (end - _MOMENT).astimezone(zone).date(), spans)


def spans_of_text(workspace: Workspace, text: Text, at: datetime) -> tuple[Span, ...]:
    """Stretches in which a clause had force, joined, not beyond `at`."""
    every = [s for c in text.restrictions for s in clocks.spans_of(workspace.law, text, c)]
    cut = Span(None, at)
    return joined(part for s in every if (part := s.meets(cut)) is not None)
