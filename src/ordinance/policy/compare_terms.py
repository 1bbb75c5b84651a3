# SPDX-License-Identifier: EUPL-1.2
"""What two clauses that restrict the same thing ask for besides: duties with their deadlines, exemptions; and what
nobody read of either text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from ordinance.model.apps import AppFacts
from ordinance.model.divergence import Divergence, DivergenceKind
from ordinance.model.law import PROFILES, Allowance, Dimension, Duty, Text
from ordinance.model.time import Period, plus
from ordinance.policy.compare_clause import Sided
from ordinance.policy.exempt import ANY, NOT_READ

K = DivergenceKind
_UTC = ZoneInfo("UTC")
_REFERENCE = datetime(2023, 1, 1, tzinfo=_UTC)  # two periods are compared from one day on


def values(kind: DivergenceKind, ours: Sided | None, theirs: Sided | None) -> tuple[tuple[str, str], ...]:
    """The named values that a sentence about a difference of time or force needs."""
    sides = (("ours", ours), ("theirs", theirs))
    if kind in {K.LATER, K.EARLIER}:
        return tuple((name, _day(side.begins if side else None)) for name, side in sides)
    if kind in {K.SHORTER, K.LONGER}:
        return tuple((name, _day(side.ends if side else None)) for name, side in sides)
    if kind in {K.WEAKER, K.STRONGER}:
        return tuple((name, str(side.restriction.force) if side else "") for name, side in sides)
    return ()


def is_known(kind: DivergenceKind, ours: Sided | None, theirs: Sided | None) -> bool:
    """Whether a difference hangs on nothing that nobody read: an end that was not read may be any day, or none, and
    comes neither before nor after another. That it cannot be compared is said by `not_read`."""
    return kind not in {K.SHORTER, K.LONGER} or not any(side.end_unread for side in (ours, theirs) if side)


def _day(instant: datetime | None) -> str:
    """An instant as ISO 8601 with its offset; "" for never."""
    return instant.isoformat(timespec="minutes") if instant else ""


# --- duties ---------------------------------------------------------------------------------------


def duties(ours: Sequence[Sided], theirs: Sequence[Sided], app: AppFacts, at: datetime) -> Iterator[Divergence]:
    """Duties that only one side has, and those with another deadline; of several clauses the earliest counts."""
    we, they = _earliest(ours, app, at), _earliest(theirs, app, at)
    for duty in Duty:
        word = (("duty", str(duty)),)
        if duty in we and duty in they:
            (mine, due), (other, wanted) = we[duty], they[duty]
            if due != wanted:
                kind = K.LATER if due > wanted else K.EARLIER
                yield Divergence(
                    kind, mine.name, other.name, values=(*word, ("ours", _day(due)), ("theirs", _day(wanted)))
                )
        elif duty in they:
            other, wanted = they[duty]
            yield Divergence(K.DUTY_MISSING, ours[0].name, other.name, values=(*word, ("theirs", _day(wanted))))
        elif duty in we:
            mine, due = we[duty]
            yield Divergence(K.DUTY_ADDED, mine.name, theirs[0].name, values=(*word, ("ours", _day(due))))


def _earliest(clauses: Iterable[Sided], app: AppFacts, at: datetime) -> dict[Duty, tuple[Sided, datetime]]:
    found: dict[Duty, tuple[Sided, datetime]] = {}
    for clause in clauses:
        for duty, due in clause.duties_due(app, at):
            if duty not in found or due < found[duty][1]:
                found[duty] = (clause, due)
    return found


# --- exemptions -----------------------------------------------------------------------------------


def exemptions(ours: Iterable[Sided], theirs: Iterable[Sided]) -> Iterator[Divergence]:
    """Exemptions that one text would admit from its clause and the other would not: by purpose, length, conditions,
    blanket, or at all. Who approves is each body's own affair. A text that does not say admits none."""
    for mine in ours:
        for other in theirs:
            if Dimension.EXEMPTIONS_ALLOWED in mine.text.not_read | other.text.not_read:
                continue  # said once for the text, by `not_read`
            names = mine.name, other.name
            if any(NOT_READ in a.purposes for a in (*_allowed(mine), *_allowed(other))):
                yield Divergence(K.INCOMPARABLE, *names, values=(("not_read", "purposes"),), certain=False)
                continue
            for purpose, aspect in _beyond(_allowed(mine), _allowed(other)):
                yield Divergence(K.EXEMPTIONS_WIDER, *names, values=(("purpose", purpose), ("aspect", aspect)))
            for purpose, aspect in _beyond(_allowed(other), _allowed(mine)):
                yield Divergence(K.EXEMPTIONS_NARROWER, *names, values=(("purpose", purpose), ("aspect", aspect)))


def _allowed(clause: Sided) -> tuple[Allowance, ...]:
    return tuple(
        a for a in clause.text.allowances if not a.restrictions or clause.restriction.id in a.restrictions
    )


def _beyond(these: Iterable[Allowance], those: Sequence[Allowance]) -> Iterator[tuple[str, str]]:
    """Purposes for which `these` admit an exemption that `those` do not, each with the first reason why."""
    for allowance in these:
        for purpose in sorted(allowance.purposes - {NOT_READ}):
            same = [a for a in those if a.purposes & {purpose, ANY}]
            aspects = [_exceeds(allowance, a) for a in same]
            if not those:
                yield purpose, "none"
            elif not same:
                yield purpose, "purposes"
            elif all(aspects):
                yield purpose, aspects[0]


def _exceeds(one: Allowance, other: Allowance) -> str:
    """In which way `one` admits more than `other`, for a purpose of both; "" where it does not."""
    if _longer(one.longest, other.longest):
        return "longest"
    if one.blanket and not other.blanket:
        return "blanket"
    if one.delegable and not other.delegable:
        return "delegable"
    return "" if _conditions(other) <= _conditions(one) else "conditions"


def _conditions(allowance: Allowance) -> frozenset[str]:
    """Every condition that an exemption must hold; an unknown profile is a condition of its own."""
    profile = allowance.conditions
    named = PROFILES.get(profile, frozenset({profile})) if profile else frozenset()
    return named | allowance.requires


def _longer(one: Period | None, other: Period | None) -> bool:
    if one is None or other is None:
        return one is None and other is not None
    return _after(one) > _after(other)


def _after(period: Period) -> datetime:
    return plus(_REFERENCE, period, _UTC)


# --- what was not read ----------------------------------------------------------------------------


def not_read(ours: Text, theirs: Text) -> Iterator[Divergence]:
    """Parts that were not read of one of two different texts: of these nothing can be said."""
    for dimension in sorted(ours.not_read | theirs.not_read):
        sides = [name for name, text in (("ours", ours), ("theirs", theirs)) if dimension in text.not_read]
        values = (("not_read", str(dimension)), ("side", "both" if len(sides) > 1 else sides[0]))
        yield Divergence(K.INCOMPARABLE, None, None, values=values, certain=False)
