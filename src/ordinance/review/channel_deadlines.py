# SPDX-License-Identifier: EUPL-1.2
"""The dates of channels: reviews, and rehearsals of what to do when an account is lost.

Reads channels, the law, the estate and an instant. The end of an exemption is a date of the exemption, listed once:
what rests on it at the instant is said there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from ordinance.model.channel import Channel
from ordinance.model.estate import Estate
from ordinance.model.law import Law
from ordinance.model.time import end_of
from ordinance.review.channels import rests_on
from ordinance.review.deadlines import Deadline, Kind, Trace


def channel_deadlines(law: Law, channels: Iterable[Channel], at: datetime) -> tuple[Deadline, ...]:
    """Reviews and rehearsals of channels whose life has begun at an instant, and that are not closed."""
    day = at.astimezone(law.zone).date()
    return tuple(d for c in channels if c.stands(at, law.zone) for d in _of(law, c.known_by(day)))


def _of(law: Law, channel: Channel) -> Iterator[Deadline]:
    zone, owner = law.zone, channel.owner
    if channel.next_review is not None:
        end, what = end_of(channel.next_review, zone), "review of the channel"
        yield Deadline(Kind.CHANNEL_REVIEW, end, zone, what, law.body, channel.id, owner=owner, trace=Trace.UNDONE)
    if channel.rehearse_by is not None:
        end, what = end_of(channel.rehearse_by, zone), "rehearse what to do when the account is lost"
        yield Deadline(Kind.REHEARSAL, end, zone, what, law.body, channel.id, owner=owner, trace=Trace.UNDONE)


def with_what_rests(
    found: Iterable[Deadline], law: Law, estate: Estate, channels: Iterable[Channel], at: datetime
) -> Iterator[Deadline]:
    """The dates, with the channels named that rest on an exemption where one ends."""
    rests: dict[str, list[str]] = {}
    for one in channels:
        for exemption in rests_on(law, estate, one, at) if one.stands(at, law.zone) else ():
            rests.setdefault(exemption.id, []).append(one.id)
    for date in found:
        named = rests.get(date.id) if date.kind is Kind.EXEMPTION_ENDS else None
        yield replace(date, what=f"{date.what}; {_rest(named)} on it") if named else date


def _rest(named: list[str]) -> str:
    return f"the channel {named[0]} rests" if len(named) == 1 else f"the channels {', '.join(named)} rest"
