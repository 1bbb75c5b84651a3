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

from ordinance.model.campaign import Campaign, Move
from ordinance.model.estate import Device, Estate, app_surfaces
from ordinance.model.kleene import Truth
from ordinance.model.law import Force, Law
from ordinance.model.ruling import Outcome, Ruling, Standing
from ordinance.model.time import Span, end_of, start_of
from ordinance.policy import clocks
from ordinance.policy.resolve import class_of_device, resolve
from ordinance.review.channels import account_rulings


class Effect(StrEnum):
    """What becomes of a campaign, worst first."""

    BEGAN_FORBIDDEN = "began_forbidden"  # it began when the rule already forbade it
    NO_MOVE = "no_move"  # it will be, or is, forbidden, and nothing says where it goes
    MOVES_LATE = "moves_late"  # a move is planned for after the rule, or its day is over and it is not done
    NOT_KNOWN = "not_known"  # a fact is missing
    ADVISED_AGAINST = "advised_against"  # advice speaks against it; nothing forbids it
    MOVES_IN_TIME = "moves_in_time"
    MOVED = "moved"
    NOT_HIT = "not_hit"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Hit:
    """A campaign and the first instant from which it is forbidden (or advised against), with the clause that decides.

    `clauses` are all that forbid it at some instant, `missing` are unstated facts.
    """

    campaign: Campaign
    effect: Effect
    since: datetime | None = None
    clause: str = ""
    exemption: str = ""
    missing: tuple[str, ...] = ()
    clauses: frozenset[str] = frozenset()


def hits(law: Law, estate: Estate, campaigns: tuple[Campaign, ...], at: datetime) -> tuple[Hit, ...]:
    """What becomes of each campaign as the files stand at an instant, worst first, then by id."""
    found = (_hit(law, estate, one, at) for one in campaigns)
    order = list(Effect)
    return tuple(sorted(found, key=lambda h: (order.index(h.effect), h.campaign.first_day, h.campaign.id)))


def _hit(law: Law, estate: Estate, one: Campaign, at: datetime) -> Hit:
    start, end = start_of(one.first_day, law.zone), end_of(one.last_day, law.zone)
    instants = _instants(law, estate, one, Span(start, end))
    rulings = [r for i in instants for r in _rulings(law, estate, one, i)]
    forbids = _first(rulings, Outcome.FORBIDDEN)
    advises = _first(rulings, Outcome.ADVISED_AGAINST)
    exemption = next((r.exemption or "" for r in rulings if r.outcome is Outcome.CONDITIONAL), "")
    unsure = {m for r in rulings if r.outcome is Outcome.UNKNOWN for m in r.missing}
    missing = tuple(sorted(unsure | _absent(law, estate, one, instants)))
    if end <= at:
        return Hit(one, Effect.OVER)
    if forbids is not None:
        effect = _moves(law, one, forbids.at, start, at)
        return Hit(one, effect, forbids.at, forbids.deciding or "", exemption, missing, _clauses(rulings))
    if missing:
        return Hit(one, Effect.NOT_KNOWN, exemption=exemption, missing=missing)
    if advises is not None:
        return Hit(one, Effect.ADVISED_AGAINST, advises.at, advises.deciding or "", exemption)
    return Hit(one, Effect.NOT_HIT, exemption=exemption)


def _first(rulings: list[Ruling], outcome: Outcome) -> Ruling | None:
    return min((r for r in rulings if r.outcome is outcome), key=lambda r: r.at, default=None)


def _clauses(rulings: list[Ruling]) -> frozenset[str]:
    """Every clause in force that forbids the app at some instant of the campaign."""
    return frozenset(
        reason.clause
        for ruling in rulings
        if ruling.outcome is Outcome.FORBIDDEN
        for reason in ruling.reasons
        if reason.force is Force.BINDING and reason.in_scope is Truth.TRUE and reason.standing is Standing.IN_FORCE
    )


def _instants(law: Law, estate: Estate, one: Campaign, span: Span) -> tuple[datetime, ...]:
    """When something may change: at the law's boundaries, and where rows of the device or its holder begin or end."""
    rows = estate.device_rows.get(one.device, ())
    stated = [d.validity for d in rows]
    stated += [p.validity for d in rows if d.holder for p in estate.person_rows.get(d.holder, ())]
    days, ends = {v.first for v in stated if v.first}, {v.last for v in stated if v.last}
    changes = {start_of(d, law.zone) for d in days} | {end_of(d, law.zone) for d in ends} | {*clocks.boundaries(law)}
    start, end = span.closed
    return (start, *sorted(i for i in changes if start < i < end))


def _rulings(law: Law, estate: Estate, one: Campaign, at: datetime) -> Iterator[Ruling]:
    app = law.catalogue.facts(one.app)
    if one.account:
        yield from account_rulings(law, (one.app,), at)
    row = _row(law, estate, one, at) if one.device else None
    if row is not None:
        who = class_of_device(law, estate, row, at, at)
        surfaces = one.surfaces or app_surfaces(row.facts.platform)
        yield from (resolve(law, who, app, surface, at) for surface in sorted(surfaces))


def _row(law: Law, estate: Estate, one: Campaign, at: datetime) -> Device | None:
    day = at.astimezone(law.zone).date()
    return estate.device_on(one.device, day, day)


def _absent(law: Law, estate: Estate, one: Campaign, instants: tuple[datetime, ...]) -> set[str]:
    """A device of which the estate states nothing at some instant of the campaign: then nothing can be said of it."""
    if not one.device or all(_row(law, estate, one, i) is not None for i in instants):
        return set()
    return {"facts of its device"}


def _moves(law: Law, one: Campaign, since: datetime, start: datetime, at: datetime) -> Effect:
    if since <= start:
        return Effect.BEGAN_FORBIDDEN
    if not one.moves:
        return Effect.NO_MOVE
    open_moves = [m for m in one.moves if not is_done(m, law, at)]
    if not open_moves:
        return Effect.MOVED
    late = any(end_of(m.by, law.zone) > since or end_of(m.by, law.zone) <= at for m in open_moves)
    return Effect.MOVES_LATE if late else Effect.MOVES_IN_TIME


def is_done(move: Move, law: Law, at: datetime) -> bool:
    """Whether a move is done by an instant; one that is written as done on a later day is not yet."""
    return move.done is not None and start_of(move.done, law.zone) <= at


def worries(found: tuple[Hit, ...]) -> int:
    """Campaigns of which somebody has to think now."""
    worst = {Effect.BEGAN_FORBIDDEN, Effect.NO_MOVE, Effect.MOVES_LATE}
    return sum(h.effect in worst for h in found)
