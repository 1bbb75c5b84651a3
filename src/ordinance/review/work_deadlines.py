# SPDX-License-Identifier: EUPL-1.2
"""Dates of campaigns, cases of accounts and channel reviews: moves not done, decisions that are looked at again.

Reads them and the law's zone. Cannot know of a move that nobody wrote down as done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from ordinance.model.campaign import AccountCase, Campaign
from ordinance.model.channel_review import ChannelReview, decided_anew
from ordinance.model.law import Law
from ordinance.model.time import end_of
from ordinance.review.campaigns import is_done
from ordinance.review.deadlines import Deadline, Kind, Trace


def work_deadlines(
    law: Law,
    campaigns: Iterable[Campaign],
    cases: Iterable[AccountCase],
    reviews: Iterable[ChannelReview],
    at: datetime,
) -> Iterator[Deadline]:
    """Every such date as it stands at an instant; a move that is done, or whose campaign is over, has none, nor has
    what was decided on a later day."""
    today = at.astimezone(law.zone).date()
    for one in campaigns:
        for number, move in enumerate(one.moves):
            if not is_done(move, law, at) and at < end_of(one.last_day, law.zone):
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
        if case.decision is None or case.decision.on > today:
            continue
        if case.decision.next_review is not None:
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
    known = [seen for r in reviews if (seen := r.known_by(today)) is not None]
    yield from (d for r in known if not decided_anew(r, known) for d in _of_review(law, r))


def _of_review(law: Law, review: ChannelReview) -> Iterator[Deadline]:
    """When a decision about a channel is looked at again, and when what was decided ends."""
    decision, until = review.decision, review.decided_until
    if decision is None:
        return
    zone, key = law.zone, decision.on.isoformat()
    end, what = end_of(decision.next_review, zone), "review of the decision about a channel"
    yield Deadline(Kind.REVIEW, end, zone, what, law.body, review.id, key, decision.by, trace=Trace.UNDONE)
    if until is not None:
        end, what = end_of(until, zone), f'the last day of "{decision.option}", decided about a channel'
        yield Deadline(
            Kind.REVIEW, end, zone, what, law.body, review.id, f"{key}/until", decision.by, trace=Trace.UNDONE
        )
