# SPDX-License-Identifier: EUPL-1.2
"""Dates of campaigns and of cases of accounts: moves that are not done, and decisions that are looked at again.

Reads both and the law's zone. Cannot know of a move that nobody wrote down as done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ordinance.model.campaign import AccountCase, Campaign
from ordinance.model.law import Law
from ordinance.model.time import end_of
from ordinance.review.deadlines import Deadline, Kind, Trace


def work_deadlines(law: Law, campaigns: Iterable[Campaign], cases: Iterable[AccountCase]) -> Iterator[Deadline]:
    """Every such date; a move that is done has none."""
    for one in campaigns:
        for number, move in enumerate(one.moves):
            if move.done is None:
                yield Deadline(
                    Kind.MOVE,
                    end_of(move.by, law.zone),
                    law.zone,
                    f"campaign moves to {move.to}",
                    law.body,
                    one.id,
                    str(number),
                    move.owner,
                    trace=Trace.UNDONE,
                )
    for case in cases:
        if case.decision is not None and case.decision.next_review is not None:
            yield Deadline(
                Kind.REVIEW,
                end_of(case.decision.next_review, law.zone),
                law.zone,
                f"review of the decision about {case.handle}",
                law.body,
                case.id,
                case.decision.on.isoformat(),
                case.owner,
                trace=Trace.UNDONE,
            )
