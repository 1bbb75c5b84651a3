# SPDX-License-Identifier: EUPL-1.2
"""What speaks for a finding: what else a device was seen to do with the app while the rule bound it.

Reads observations and rulings. Nothing here decides: a grade is given by the role of a name and by what came of the
question, a result by the duty. The signs are kept so that whoever reads a finding can tell one lonely question from a
session. Names that are not the app's alone are left out: the rule about an app asks nobody what pages somebody reads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from ordinance.model.apps import Identifier, Role
from ordinance.model.evidence import Answered
from ordinance.model.kleene import Truth
from ordinance.model.result import Signs
from ordinance.model.time import Span
from ordinance.verify.binding import Judge
from ordinance.verify.coverage import Sight
from ordinance.verify.observed import Asked, Observed

TOGETHER = timedelta(minutes=10)


class SignsOf:
    """The signs of a device and a family under a clause, over a window."""

    def __init__(self, judge: Judge, observed: Observed, sight: Sight, window: Span) -> None:
        self._judge, self._observed, self._sight, self._window = judge, observed, sight, window
        self._known: dict[tuple[str, str, str], Signs] = {}

    def of(self, device: str, family: str, clause: str) -> Signs:
        """What was seen of a device and a family's apps."""
        key = (device, family, clause)
        if key not in self._known:
            self._known[key] = signs_of(self._own(device, family, clause)) + self._inventory(device, family, clause)
        return self._known[key]

    def _own(self, device: str, family: str, clause: str) -> Iterator[Asked]:
        for asked in self._observed.asked.get(device, ()):
            found = asked.row.identifier
            is_own = found is not None and found.family == family and found.role is Role.APP_ONLY
            if found is not None and is_own and self._binds(device, clause, found, asked):
                yield asked

    def _binds(self, device: str, clause: str, found: Identifier, asked: Asked) -> bool:
        """Whether the clause spoke of this to the device at the time, and a duty of it was due."""
        piece = self._judge.piece_at(device, asked.row.at)
        state = self._judge.state(clause, piece) if piece else None
        if state is None or not state.binds or state.reason.in_scope is not Truth.TRUE:
            return False
        is_due = any(due <= asked.row.at for due in self._judge.due(state).values())
        return is_due and self._judge.restricts(state, f"{found.family}/{found.member}")

    def _inventory(self, device: str, family: str, clause: str) -> Signs:
        rows = (i for i in self._observed.installed.get(device, ()) if i.row.identifier.family == family)
        if any(i.proves and clause in self._judge.naming(i.app) for i in rows):
            return Signs(shown=1)
        listed = any(x.complete for x in self._sight.listings(device, self._window))
        return Signs(not_shown=1) if listed else Signs()


def signs_of(asked: Iterable[Asked]) -> Signs:
    """What the questions of one asker for names that only one app uses say together."""
    rows = sorted(asked, key=lambda a: a.row.at)
    became = Counter(a.row.answered for a in rows)
    answered = [a for a in rows if a.row.answered is Answered.ADDRESS]
    return Signs(
        names=len({a.row.name for a in answered}),
        together=_most_together(answered),
        answered=became[Answered.ADDRESS],
        blocked=became[Answered.BLOCKED],
        unanswered=became[Answered.NOTHING],
        connected=sum(a.row.contacted for a in rows),
        by_hand=sum(a.by.by_hand for a in rows),
    )


def _most_together(rows: Sequence[Asked]) -> int:
    """The most different names within ten minutes; rows are in order of time."""
    most = first = 0
    within: Counter[str] = Counter()
    for one in rows:
        within[one.row.name] += 1
        while rows[first].row.at <= one.row.at - TOGETHER:
            within[rows[first].row.name] -= 1
            if not within[rows[first].row.name]:
                del within[rows[first].row.name]
            first += 1
        most = max(most, len(within))
    return most
