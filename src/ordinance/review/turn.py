# SPDX-License-Identifier: EUPL-1.2
"""Where a rule begins to bite for some apps, and which whole days lie before and after.

Reads the law: a version of a text, the clauses of it that name the apps, and every other clause that binds the body.
Days before on which another clause or an earlier version already asked for the same are on no side: a rule that is
renewed is not compared with itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ordinance.model.law import Duty, Law, Restriction, Text
from ordinance.model.ruling import Standing
from ordinance.model.time import end_of, start_of
from ordinance.policy import clocks, select
from ordinance.policy.resolve import may_hold

_MOMENT = timedelta(microseconds=1)
Clause = tuple[Text, Restriction]


@dataclass(frozen=True, slots=True)
class Turn:
    """The two sides of an instant. `bitten` are days before it that were left out because the same was asked then."""

    at: datetime
    before: frozenset[date]
    after: frozenset[date]
    bitten: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for: apps (`family/member`), and duties of which the first that a rule has is where it bites."""

    apps: tuple[str, ...]
    duties: tuple[Duty, ...]


def turn_of(
    law: Law, text: Text, asked: Asked, binding: Iterable[Clause], at: datetime, zone: ZoneInfo, days: int
) -> Turn | None:
    """The turn of a version of a text for some apps; `None` where it has not begun to bite before `at`, or never does.

    `binding` are all clauses that bind the body. Days are those of `zone`, up to `days` on each side.
    """
    own = [(text, c) for c in text.restrictions]
    duty = next((d for d in asked.duties if any(d in dict(c.duties) for _, c in _ever(law, own, asked, at))), None)
    bites = [b for c in _ever(law, own, asked, at) if (b := _bites(law, c, asked, duty, at)) is not None]
    if not bites or min(bites) >= at:
        return None
    turn = around(law, text, asked, min(bites), at, zone, days)
    others = list(binding)
    bitten = {d for d in turn.before if any(_asks(law, c, asked, duty, start_of(d, zone)) for c in others)}
    return Turn(turn.at, turn.before - bitten, turn.after, frozenset(bitten))


def around(law: Law, text: Text, asked: Asked, turn: datetime, at: datetime, zone: ZoneInfo, days: int) -> Turn:
    """Both sides of an instant: days before it, and days from it on that are over at `at` with the text in force."""
    local, own = turn.astimezone(zone), [(text, c) for c in text.restrictions]
    first = local.date() + timedelta(days=int(local != start_of(local.date(), zone)))
    after = (first + timedelta(days=n) for n in range(days))
    before = (local.date() - timedelta(days=n) for n in range(1, days + 1))
    over = (d for d in after if end_of(d, zone) <= at)
    return Turn(turn, frozenset(before), frozenset(d for d in over if _whole(law, own, asked, d, zone)))


def _ever(law: Law, clauses: Iterable[Clause], asked: Asked, at: datetime) -> list[Clause]:
    """Clauses that name one of the apps when they begin, when they end, or now."""
    found = []
    for text, clause in clauses:
        spans = clocks.spans_of(law, text, clause)
        instants = [i for s in spans for i in (s.start, s.end - _MOMENT if s.end else None) if i is not None]
        if spans and any(_names(law, (text, clause), asked, i) for i in (*instants, at)):
            found.append((text, clause))
    return found


def _whole(law: Law, clauses: Iterable[Clause], asked: Asked, day: date, zone: ZoneInfo) -> bool:
    """Whether one clause has force and names the apps at the first and the last moment of a day."""
    first, last = start_of(day, zone), end_of(day, zone) - _MOMENT
    return any(_asks(law, c, asked, None, first) and _asks(law, c, asked, None, last) for c in clauses)


def _bites(law: Law, one: Clause, asked: Asked, duty: Duty | None, at: datetime) -> datetime | None:
    """The instant from which a clause asks for a duty about one of the apps; without a duty, that of its beginning."""
    text, clause = one
    if duty is None:
        return clocks.clause_begins(text, clause)
    apps = asked.apps if clocks.depends_on_app(clause) else asked.apps[:1]
    facts = (law.catalogue.facts(app) for app in apps)
    dues = [i for f in facts for d, i in clocks.duties_due(law, text, clause, f, at) if d is duty]
    return min(dues, default=None)


def _asks(law: Law, one: Clause, asked: Asked, duty: Duty | None, at: datetime) -> bool:
    """Whether a clause has force at an instant, names one of the apps, and asks for the duty by then."""
    text, clause = one
    if clocks.standing(law, text, clause, at) is not Standing.IN_FORCE or not _names(law, one, asked, at):
        return False
    if not may_hold(law, text, clause, (at,)):  # the body chose a reading in which it does not bind here
        return False
    bites = _bites(law, one, asked, duty, at)
    return bites is not None and bites <= at


def _names(law: Law, one: Clause, asked: Asked, at: datetime) -> bool:
    text, clause = one
    return any(select.names(law, text, clause.what, app, at) for app in asked.apps)
