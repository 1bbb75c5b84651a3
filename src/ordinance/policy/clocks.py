# SPDX-License-Identifier: EUPL-1.2
"""When a text is in force, until when, and when a duty is due.

Reads: lifecycles, terms and duty clocks, never a clock of the machine. Every instant is given.
Spans are half-open; `for` and `last_day` are what people write.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from ordinance.model.apps import AppFacts
from ordinance.model.law import AtSunset, Clock, Duty, Law, Precision, Restriction, State, Text
from ordinance.model.ruling import Standing
from ordinance.model.time import Span, end_of, plus, start_of
from ordinance.policy import select
from ordinance.policy.memo import once_per_law

_ENDED = {State.LAPSED: Standing.LAPSED, State.REPEALED: Standing.REPEALED, State.SUPERSEDED: Standing.SUPERSEDED}


def zone_of(law: Law, text: Text) -> ZoneInfo:
    """The zone in which a text counts days: its authority's."""
    return select.zone_of_text(law, text)


def force_begins(text: Text) -> datetime | None:
    """The instant at which a text first enters into force."""
    return next((s.start for s in text.lifecycle if s.state is State.IN_FORCE), None)


def clause_begins(text: Text, restriction: Restriction) -> datetime | None:
    """The instant at which a clause first has force: its text's, or its own `from` where that is later."""
    begins = force_begins(text)
    if begins is None or restriction.start is None:
        return begins
    return max(begins, restriction.start)


def beginning_known_to(text: Text, restriction: Restriction) -> Precision:
    """How exactly the instant of `clause_begins` is known: to its day, unless the lifecycle says less of it."""
    begins = clause_begins(text, restriction)
    return next((s.known_to for s in text.lifecycle if s.state is State.IN_FORCE and s.start == begins), Precision.DAY)


Order = tuple[tuple[tuple[int, int, str], ...], str]


@cache  # asked again for each question about a law, and always the same
def version_order(version: str) -> Order:
    """The place of a version among others, as a key to sort by: its numbers count as numbers, so that 10 follows 9."""
    parts = [p for p in re.split(r"([0-9]+)", version) if p]
    return tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts), version


def rank(text: Text, at: datetime) -> tuple[bool, float, Order]:
    """Which version of a text speaks at an instant: the one of the highest rank.

    Begun before not begun; of the begun the latest, of the others the earliest; then by version.
    """
    begins, order = force_begins(text), version_order(text.version)
    if begins is None:
        return False, float("-inf"), order
    begun = begins <= at
    return begun, begins.timestamp() if begun else -begins.timestamp(), order


@once_per_law
def spans_in_force(law: Law, text: Text) -> tuple[Span, ...]:
    """Stretches in which the lifecycle says `in_force`, cut where a newer version takes over."""
    replaced = _replaced_at(law, text)
    spans = []
    for stage, following in pairwise([*text.lifecycle, None]):
        end = following.start if following else None
        if stage is not None and stage.state is State.IN_FORCE:
            cut = _earliest(end, replaced)
            if cut is None or stage.start < cut:
                spans.append(Span(stage.start, cut))
    return tuple(_joined(spans))


@once_per_law
def spans_of(law: Law, text: Text, restriction: Restriction) -> tuple[Span, ...]:
    """Stretches in which one clause has force: the text's, cut at the clause's own term."""
    own = Span(restriction.start, ends_at(law, text, restriction))
    return tuple(part for s in spans_in_force(law, text) if (part := s.meets(own)) is not None)


@once_per_law
def ends_at(law: Law, text: Text, restriction: Restriction) -> datetime | None:
    """The instant at which the clause's own time is up, or `None` where it has no term or the
    body chose that the rule then stays (`at_sunset: permanent`)."""
    if restriction.at_sunset is AtSunset.PERMANENT:
        return None
    return term_ends(law, text, restriction)


def term_ends(law: Law, text: Text, restriction: Restriction) -> datetime | None:
    """The end of `for:` or `last_day:`, whatever follows it."""
    zone, begins = zone_of(law, text), clause_begins(text, restriction)
    if restriction.last_day is not None:
        return end_of(restriction.last_day, zone)
    if restriction.term is not None and begins is not None:
        return plus(begins, restriction.term, zone)
    return None


def standing(law: Law, text: Text, restriction: Restriction, at: datetime) -> Standing:
    """Where a clause is at an instant."""
    if any(at in span for span in spans_of(law, text, restriction)):
        return Standing.IN_FORCE
    begins = clause_begins(text, restriction)
    if begins is None or at < begins:
        return Standing.NOT_YET_IN_FORCE
    replaced = _replaced_at(law, text)
    if replaced is not None and replaced <= at:
        return Standing.SUPERSEDED
    ended = [s.state for s in text.lifecycle if s.start <= at and s.state in _ENDED]
    if ended:
        return _ENDED[ended[-1]]
    end = ends_at(law, text, restriction)
    if end is None or at < end:
        return Standing.NOT_YET_IN_FORCE  # announced again, or pending: not in force at this instant
    return Standing.OVERDUE if restriction.at_sunset is AtSunset.DECIDE else Standing.LAPSED


def due(
    law: Law,
    text: Text,
    restriction: Restriction,
    clock: Clock,
    app: AppFacts | None = None,
    at: datetime | None = None,
) -> datetime | None:
    """The instant from which a duty can be failed; `None` where the clause never has force.

    A `by` day is inclusive: the duty is due when that day is over. A period `after: list_version` runs from the
    version that put `app` on the list, as it stands `at`; without an app, from the first version of all.
    """
    begins, zone = clause_begins(text, restriction), zone_of(law, text)
    if begins is None:
        return None
    if clock.by is not None:
        return max(begins, end_of(clock.by, zone))
    if clock.at is not None:
        return max(begins, clock.at)
    if clock.after_list:
        begins = max(begins, _list_starts(law, text, restriction, clock, app, at) or begins)
    return plus(begins, clock.within, zone) if clock.within is not None else begins


def _list_starts(
    law: Law, text: Text, restriction: Restriction, clock: Clock, app: AppFacts | None, at: datetime | None
) -> datetime | None:
    if app is None or at is None:
        return min((v.start for one in text.lists for v in one.versions), default=None)
    return select.clock_starts(law, text, restriction, app, at, clock.restarts)


def duties_due(
    law: Law, text: Text, restriction: Restriction, app: AppFacts | None = None, at: datetime | None = None
) -> tuple[tuple[Duty, datetime], ...]:
    """Each duty of a clause with the instant at which it is due, for an app as its lists stand `at`."""
    if app is None or at is None or not depends_on_app(restriction):
        return _first_dues(law, text, restriction)
    found = ((duty, due(law, text, restriction, clock, app, at)) for duty, clock in restriction.duties)
    return tuple((duty, instant) for duty, instant in found if instant is not None)


def depends_on_app(restriction: Restriction) -> bool:
    """Whether the instant at which a duty of the clause is due may differ from app to app."""
    return any(clock.after_list for _, clock in restriction.duties)


@once_per_law
def _first_dues(law: Law, text: Text, restriction: Restriction) -> tuple[tuple[Duty, datetime], ...]:
    found = ((duty, due(law, text, restriction, clock)) for duty, clock in restriction.duties)
    return tuple((duty, instant) for duty, instant in found if instant is not None)


def boundaries(law: Law) -> tuple[datetime, ...]:
    """Every instant at which something in the law changes: between two, rulings are constant."""
    instants: set[datetime] = set()
    for text in law.texts:
        instants.update(s.start for s in text.lifecycle)
        zone = zone_of(law, text)
        instants.update(start_of(c.on, zone) for c in (*text.classifications, *law.classifications))
        instants.update(start_of(r.on, law.zone) for r in law.readings if r.text == text.id)  # days of the body
        instants.update(v.start for one in text.lists for v in one.versions)
        for restriction in text.restrictions:
            # Its spans have no other edges than these and those of the texts: every version is one of them.
            if (end := ends_at(law, text, restriction)) is not None:
                instants.add(end)  # also where it falls into a pause: the clause is then over, not only absent
            if restriction.start is not None:
                instants.add(restriction.start)
            instants.update(_every_due(law, text, restriction))
    for exemption in law.exemptions:
        instants.update(i for i in (exemption.span.start, exemption.span.end) if i is not None)
    return tuple(sorted(instants))


def _every_due(law: Law, text: Text, restriction: Restriction) -> set[datetime]:
    """Every instant at which a duty can fall due, whichever version of a list starts its clock, or none does."""
    found = {instant for _, instant in duties_due(law, text, restriction)}
    begins = clause_begins(text, restriction)
    if begins is None:
        return found
    starts = {begins, *(max(begins, v.start) for one in text.lists for v in one.versions)}
    for _, clock in restriction.duties:
        if clock.after_list and clock.within is not None:
            found.update(plus(start, clock.within, zone_of(law, text)) for start in starts)
    return found


def segments(law: Law, window: Span) -> tuple[Span, ...]:
    """A closed window cut at every boundary of the law."""
    if window.start is None or window.end is None:
        raise ValueError("only a closed window can be cut")
    inner = [i for i in boundaries(law) if window.start < i < window.end]
    return tuple(Span(a, b) for a, b in pairwise([window.start, *inner, window.end]))


@once_per_law
def _replaced_at(law: Law, text: Text) -> datetime | None:
    own = force_begins(text)
    later = [
        begins
        for other in law.versions(text.id)
        if other.version != text.version and (begins := force_begins(other)) and own and begins > own
    ]
    return min(later, default=None)


def _earliest(*instants: datetime | None) -> datetime | None:
    return min((i for i in instants if i is not None), default=None)


def _joined(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1].end == span.start:
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return joined
