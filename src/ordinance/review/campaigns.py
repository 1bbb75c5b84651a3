# SPDX-License-Identifier: EUPL-1.2
"""What a rule does to campaigns: from when each is forbidden, by which clause, and whether it moves in time.

Reads the law, the estate and the campaigns; instants come from the law's own boundaries within each campaign. Cannot
know whether a campaign really moved: a move is done where its file says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ordinance.model.apps import Surface
from ordinance.model.campaign import Campaign
from ordinance.model.estate import Device, Estate
from ordinance.model.law import AccountKind, Law
from ordinance.model.ruling import Outcome, Ruling, Subject
from ordinance.model.time import Span, end_of, start_of
from ordinance.policy import clocks
from ordinance.policy.resolve import class_of_device, resolve, subject_of


class Effect(StrEnum):
    """What becomes of a campaign, worst first."""

    BEGAN_FORBIDDEN = "began_forbidden"  # it began when the rule already forbade it
    NO_MOVE = "no_move"  # it will be, or is, forbidden, and nothing says where it goes
    MOVES_LATE = "moves_late"  # a move is planned for after the rule, or its day is over and it is not done
    NOT_KNOWN = "not_known"  # a fact is missing
    MOVES_IN_TIME = "moves_in_time"
    MOVED = "moved"
    NOT_HIT = "not_hit"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Hit:
    """A campaign and the first instant from which it is forbidden, with the clause; `missing` are unstated facts."""

    campaign: Campaign
    effect: Effect
    since: datetime | None = None
    clause: str = ""
    exemption: str = ""
    missing: tuple[str, ...] = ()


def hits(law: Law, estate: Estate, campaigns: tuple[Campaign, ...], at: datetime) -> tuple[Hit, ...]:
    """What becomes of each campaign as the files stand at an instant, worst first, then by id."""
    found = (_hit(law, estate, one, at) for one in campaigns)
    order = list(Effect)
    return tuple(sorted(found, key=lambda h: (order.index(h.effect), h.campaign.first_day, h.campaign.id)))


def _hit(law: Law, estate: Estate, one: Campaign, at: datetime) -> Hit:
    start, end = start_of(one.first_day, law.zone), end_of(one.last_day, law.zone)
    rulings = [r for i in _instants(law, Span(start, end)) for r in _rulings(law, estate, one, i)]
    forbids = min((r for r in rulings if r.outcome is Outcome.FORBIDDEN), key=lambda r: r.at, default=None)
    unsure = [r for r in rulings if r.outcome is Outcome.UNKNOWN]
    exemption = next((r.exemption or "" for r in rulings if r.outcome is Outcome.CONDITIONAL), "")
    missing = tuple(sorted({m for r in unsure for m in r.missing} | _absent(law, estate, one)))
    if end <= at:
        return Hit(one, Effect.OVER)
    if forbids is not None:
        effect = _moves(law, one, forbids.at, start, at)
        return Hit(one, effect, forbids.at, forbids.deciding or "", exemption, missing)
    return Hit(one, Effect.NOT_KNOWN if missing else Effect.NOT_HIT, exemption=exemption, missing=missing)


def _instants(law: Law, span: Span) -> Iterator[datetime]:
    yield span.closed[0]
    yield from (i for i in clocks.boundaries(law) if span.closed[0] < i < span.closed[1])


def _rulings(law: Law, estate: Estate, one: Campaign, at: datetime) -> Iterator[Ruling]:
    app = law.catalogue.facts(one.app)
    if one.account:
        who = subject_of(Subject.ACCOUNT, AccountKind.OFFICIAL, law.body)
        yield resolve(law, who, app, Surface.ACCOUNT, at)
    row = _row(law, estate, one, at) if one.device else None
    if row is not None:
        yield resolve(law, class_of_device(law, estate, row, at, at), app, Surface.APP, at)


def _row(law: Law, estate: Estate, one: Campaign, at: datetime) -> Device | None:
    day = at.astimezone(law.zone).date()
    return next((d for d in estate.devices_on(day, day) if d.id == one.device), None)


def _absent(law: Law, estate: Estate, one: Campaign) -> set[str]:
    """A device that the estate does not have on a day of the campaign: nothing can be said of it."""
    if not one.device:
        return set()
    span = Span(start_of(one.first_day, law.zone), end_of(one.last_day, law.zone))
    here = all(_row(law, estate, one, i) is not None for i in _instants(law, span))
    return set() if here else {f"facts of {one.device}"}


def _moves(law: Law, one: Campaign, since: datetime, start: datetime, at: datetime) -> Effect:
    if since <= start:
        return Effect.BEGAN_FORBIDDEN
    if not one.moves:
        return Effect.NO_MOVE
    if all(m.done is not None and start_of(m.done, law.zone) <= at for m in one.moves):
        return Effect.MOVED
    late = any(m.done is None and (end_of(m.by, law.zone) > since or end_of(m.by, law.zone) <= at) for m in one.moves)
    return Effect.MOVES_LATE if late else Effect.MOVES_IN_TIME


def worries(found: tuple[Hit, ...]) -> int:
    """Campaigns of which somebody has to think now."""
    return sum(h.effect in {Effect.BEGAN_FORBIDDEN, Effect.NO_MOVE, Effect.MOVES_LATE} for h in found)
