# SPDX-License-Identifier: EUPL-1.2
"""Beginnings, ends and deadlines: what is missing, what lies in the wrong order, and what is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ordinance.model.apps import Catalogue
from ordinance.model.body import Body
from ordinance.model.errors import Issue
from ordinance.model.law import AtSunset, Law, State
from ordinance.model.ruling import Standing
from ordinance.model.time import end_of, start_of
from ordinance.policy import clocks
from ordinance.policy.lints._base import Lint, Warn, clauses, has_end, own
from ordinance.policy.renewal import standing_behind


class SunsetUnsaid(Lint):
    """A rule for six months ends. Whether it then lapses, stays, or waits for a decision is for the body to say
    beforehand: silence would be read by each as he likes."""

    id = "sunset-unsaid"
    summary = "A clause ends, but not what silence means then."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Clauses with an end and without `at_sunset`."""
        for _, clause in clauses(law):
            if has_end(clause) and clause.at_sunset is None:
                message = "the clause ends, but not what silence means then"
                yield self.issue(clause.place, message, "add at_sunset: lapse, decide or permanent")


class OverlayWithoutEnd(Lint):
    """An incident overlay is stricter for a stated time and ends by itself, without anybody's decision: otherwise it
    is a rule, and should be decided as one."""

    id = "overlay-without-end"
    summary = "An incident overlay must end by itself."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Clauses of overlays that have no end, or another sunset than `lapse`."""
        for text, clause in clauses(law):
            if text.overlay and not (has_end(clause) and clause.at_sunset is AtSunset.LAPSE):
                message = "an incident overlay ends by itself: it needs for: or last_day: and at_sunset: lapse"
                yield self.issue(clause.place, message)


class NoEndDate(Warn):
    """A text that is to be reviewed, or renewed on conditions, and has no end goes on when nobody looks. With an end
    and `at_sunset: decide` the missed review shows as overdue."""

    id = "no-end-date"
    summary = "A text is to be reviewed or renewed, and has no end at which that would be missed."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Clauses with `renewal_needs`, and texts with `review: {due: …}`, without an end."""
        for text in own(law):
            for clause in text.restrictions:
                if clause.renewal_needs and not has_end(clause):
                    message = "the clause says what its renewal needs, and never ends"
                    yield self.issue(clause.place, message, "add for: or last_day:, and at_sunset: decide")
            ends = [has_end(c) for c in text.restrictions]
            if text.review and text.review.due and ends and not any(ends):
                message = f'"{text.id}" is reviewed by {text.review.due}, and goes on when nobody does so'
                yield self.issue(text.place, message, "add for: or last_day: to its clauses, and at_sunset: decide")


class SunsetInThePast(Warn):
    """The time of a clause is up, the body said that it would decide, and no file says what it decided. Nothing is
    enforced or collected for it any more."""

    id = "sunset-in-the-past"
    summary = "A clause's time is up, and nobody decided what follows."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Clauses that are overdue, seen from the instant, and of which no evaluation decided what follows."""
        if at is None:
            return
        for text, clause in clauses(law):
            if clocks.standing(law, text, clause, at) is Standing.OVERDUE and not standing_behind(
                law, text, clause, at
            ):
                ended = clocks.ends_at(law, text, clause)
                message = f"the clause ended on {ended.date() if ended else 'its last day'}, and nobody decided"
                hint = "write a new version, or a stage {state: lapsed, from: …} into the lifecycle"
                yield self.issue(clause.place, message, hint, "the clause has no force")


class DueAfterEnd(Warn):
    """A duty that falls due when its clause is over can never be failed or met: one of the two times is wrong."""

    id = "due-after-end"
    summary = "A duty falls due when its clause has ended, so that nobody can fail or meet it."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Deadlines at or after the end of the clause."""
        for text, clause in clauses(law):
            end = clocks.ends_at(law, text, clause)
            for duty, due in clocks.duties_due(law, text, clause):
                if end is not None and due >= end:
                    message = f"{duty} is due on {due.date()}, when the clause has ended"
                    yield self.issue(clause.place, message, "", "nobody can fail or meet this duty")


class DeadlineBeforeDecision(Warn):
    """A deadline before the decision, or before the clause has force, cannot be kept. A ruling counts from the
    beginning of force instead; one of the days is likely to be a slip."""

    id = "deadline-before-decision"
    summary = "A deadline lies before the decision, or before its clause has force."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """`by:` days and instants that lie too early."""
        for text, clause in clauses(law):
            zone, begins = clocks.zone_of(law, text), clocks.clause_begins(text, clause)
            for duty, clock in clause.duties:
                due = end_of(clock.by, zone) if clock.by else clock.at
                if due is None:
                    continue
                if text.decided and due <= start_of(text.decided, zone):
                    yield self.issue(clause.place, f"{duty} was due before the decision of {text.decided}")
                elif begins is not None and due <= begins:
                    message = f"{duty} is due before the clause has force, on {begins.date()}"
                    yield self.issue(clause.place, message, "", "the beginning of force counts instead")


class NeverInForce(Warn):
    """A text that is announced binds nobody yet. That may be right; it is said, because the missing stage is easily
    forgotten when the decision is taken."""

    id = "never-in-force"
    summary = "A text with clauses never enters into force as written."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Texts whose lifecycle has no stage `in_force`."""
        for text in own(law):
            if text.restrictions and not any(s.state is State.IN_FORCE for s in text.lifecycle):
                message = f'"{text.id}" is never in force as written'
                yield self.issue(text.place, message, "add {state: in_force, from: …} when it is decided")
