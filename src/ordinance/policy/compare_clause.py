# SPDX-License-Identifier: EUPL-1.2
"""One clause of one of two texts that are compared: what it covers, when it holds, until when, and what it means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ordinance.model.apps import AppFacts
from ordinance.model.kleene import Truth
from ordinance.model.law import Dimension, Duty, Law, Restriction, Text
from ordinance.policy import clocks, select
from ordinance.policy.resolve import holds_under, unread_parts


@dataclass(frozen=True, eq=False)
class Sided:
    """A clause with its text, alone in a law; compared and hashed by identity.

    `holds[n]` is whether it is in force, under the readings that the body chose, in the stretch of time `n`.
    """

    law: Law
    text: Text
    restriction: Restriction
    holds: tuple[Truth, ...] = field(default=())

    @classmethod
    def of(cls, law: Law, text: Text, restriction: Restriction, at: Sequence[datetime]) -> Sided:
        """The clause as it stands at each of the instants."""
        spans = clocks.spans_of(law, text, restriction)
        in_force = (Truth.of(any(i in s for s in spans)) for i in at)
        is_read = Truth.of(None if unread_parts(text, restriction) else True)
        readings = (holds_under(law, text, restriction, i)[0] for i in at)
        holds = tuple(f & is_read & chosen for f, chosen in zip(in_force, readings, strict=True))
        return cls(law, text, restriction, holds)

    @property
    def name(self) -> str:
        """`text/clause`."""
        return f"{self.text.id}/{self.restriction.id}"

    @property
    def strength(self) -> int:
        """That of its force as written: power is not weighed."""
        return self.restriction.force.strength

    @property
    def begins(self) -> datetime | None:
        """When it first has force."""
        spans = clocks.spans_of(self.law, self.text, self.restriction)
        return spans[0].start if spans else None

    @property
    def ends(self) -> datetime | None:
        """When it has force for the last time; `None` without an end, and where it never has any."""
        spans = clocks.spans_of(self.law, self.text, self.restriction)
        return spans[-1].end if spans else None

    @property
    def end_unread(self) -> bool:
        """Whether it has no end here only because nobody read how long it lasts."""
        return self.ends is None and Dimension.DURATION in self.text.not_read

    @property
    def meaning(self) -> tuple[object, ...]:
        """What it covers, with the lists and criteria that it refers to: of two alike, doubts are settled alike."""
        r = self.restriction
        words = {w for s in r.what for leaf in s.leaves() for w in leaf.words}
        lists = tuple((x.id, x.by, x.versions, x.not_read) for x in self.text.lists if x.id in words)
        criteria = tuple((c.id, c.met_by, c.otherwise) for c in self.text.criteria if c.id in words)
        return (r.what, r.devices, r.people, r.under, bool(unread_parts(self.text, r)), lists, criteria)

    def covers_app(self, app: AppFacts, at: datetime) -> Truth:
        """Whether it restricts an app, as its lists and findings stand at an instant."""
        return select.covers(self.law, self.text, self.restriction.what, app, at).truth

    def list_starts(self, app: AppFacts, at: Sequence[datetime]) -> tuple[datetime | None, ...]:
        """From when its clocks run for an app, where they run from a version of a list."""
        if not any(clock.after_list for _, clock in self.restriction.duties):
            return ()
        return tuple(select.listed_since(self.law, self.text, self.restriction, app, i) for i in at)

    def duties_due(self, app: AppFacts, at: datetime) -> tuple[tuple[Duty, datetime], ...]:
        """Each duty with the instant at which it is due."""
        return clocks.duties_due(self.law, self.text, self.restriction, app, at)
