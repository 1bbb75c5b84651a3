# SPDX-License-Identifier: EUPL-1.2
"""The clauses that a check is about, and how they meet each device over a window.

Reads: the law and the estate, no evidence. Devices that no rule can tell apart are judged once.
Advice is never checked: only clauses that can bind somebody in the body are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from ordinance.model.estate import Device, Estate, People, Person
from ordinance.model.law import Duty, Force, Law, Restriction, Text
from ordinance.model.ruling import DeviceClass, Standing
from ordinance.model.time import Span, start_of
from ordinance.policy import clocks
from ordinance.policy.power import effective_force
from ordinance.policy.resolve import ClauseState, class_of_device, clause_states, names_app


def binding_clauses(law: Law) -> tuple[tuple[Text, Restriction], ...]:
    """Every clause of every version that can bind people of the body's institution."""
    return tuple((t, r) for t in law.texts for r in t.restrictions if _can_bind(law, t, r))


def _can_bind(law: Law, text: Text, clause: Restriction) -> bool:
    authority = law.authority(text.authority)
    people: tuple[People | None, ...] = (None, *People)
    return authority is not None and any(
        effective_force(clause, authority, law, law.body, who)[0] is Force.BINDING for who in people
    )


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch in which neither the law nor a device's facts change.

    `device_class` is `None` where nobody stated the device's facts for that time.
    """

    span: Span
    device_class: DeviceClass | None


class Judge:
    """How each clause meets each device over a closed window, seen from the instant `today`."""

    def __init__(self, law: Law, estate: Estate, window: Span, today: datetime) -> None:
        self._law, self._estate, self._today = law, estate, today
        self.window = window
        self._segments = clocks.segments(law, window)
        self._states: dict[tuple[str, datetime], dict[str, ClauseState]] = {}
        self._pieces: dict[object, tuple[Piece, ...]] = {}
        self._standings: dict[tuple[str, datetime], Standing] = {}
        self._due: dict[tuple[str, str], dict[Duty, datetime]] = {}
        self._duties: dict[str, tuple[Duty, ...]] = {}
        self.clauses = tuple(sorted({f"{t.id}/{r.id}" for t, r in binding_clauses(law)}))

    def pieces(self, device_id: str) -> tuple[Piece, ...]:
        """The window, cut where the law or the device's facts change; without gaps, in order."""
        rows = self._estate.device_rows[device_id]
        holders = tuple(self._estate.person_rows.get(r.holder or "", ()) for r in rows)
        exemptions = tuple(e.id for e in self._law.exemptions if device_id in e.devices)
        profile = (tuple((r.facts, r.unit, r.validity) for r in rows), _facts_of(holders), exemptions)
        if profile not in self._pieces:
            self._pieces[profile] = tuple(self._cut(device_id, rows, holders))
        return self._pieces[profile]

    def piece_at(self, device_id: str, at: datetime) -> Piece | None:
        """The piece that holds an instant; `None` outside the window."""
        return next((p for p in self.pieces(device_id) if at in p.span), None)

    def state(self, clause: str, piece: Piece) -> ClauseState | None:
        """How a clause meets the device in a piece; `None` where its facts are not stated."""
        if piece.device_class is None:
            return None
        start = piece.span.closed[0]
        key = (piece.device_class.id, start)
        if key not in self._states:
            self._states[key] = {s.name: s for s in clause_states(self._law, piece.device_class, start)}
        return self._states[key].get(clause)

    def standing(self, clause: str, at: datetime) -> Standing:
        """Where a clause stands at an instant, whoever it covers."""
        if (clause, at) not in self._standings:
            text_id, _, rest = clause.partition("/")
            stands = [
                clocks.standing(self._law, t, r, at)
                for t in self._law.versions(text_id)
                for r in t.restrictions
                if r.id == rest
            ]
            in_force = Standing.IN_FORCE in stands
            self._standings[clause, at] = Standing.IN_FORCE if in_force else max(stands, key=list(Standing).index)
        return self._standings[clause, at]

    def names(self, clause: str, app: str) -> bool:
        """Whether any version of a clause restricts an app, `family/member`."""
        text_id, _, rest = clause.partition("/")
        return any(
            names_app(r.what, app) for t in self._law.versions(text_id) for r in t.restrictions if r.id == rest
        )

    def duties(self, clause: str) -> tuple[Duty, ...]:
        """The duties that any version of a clause states."""
        if clause not in self._duties:
            text_id, _, rest = clause.partition("/")
            clauses = [r for t in self._law.versions(text_id) for r in t.restrictions if r.id == rest]
            found = {d for r in clauses for d, _ in r.duties}
            self._duties[clause] = tuple(d for d in Duty if d in found)
        return self._duties[clause]

    def due(self, state: ClauseState) -> Mapping[Duty, datetime]:
        """The instant at which each duty of a clause is due."""
        key = (state.name, state.text.version)
        if key not in self._due:
            self._due[key] = dict(clocks.duties_due(self._law, state.text, state.restriction))
        return self._due[key]

    def _cut(
        self, device_id: str, rows: tuple[Device, ...], holders: tuple[tuple[Person, ...], ...]
    ) -> Iterator[Piece]:
        today = self._today.astimezone(self._law.zone).date()
        changes = sorted({start_of(d, self._law.zone) for d in _days_of_change(rows, holders, today)})
        for segment in self._segments:
            start, end = segment.closed
            for a, b in pairwise([start, *(c for c in changes if start < c < end), end]):
                row = self._estate.device_on(device_id, a.astimezone(self._law.zone).date(), today)
                known = class_of_device(self._law, self._estate, row, a, self._today) if row else None
                yield Piece(Span(a, b), known)


def _facts_of(holders: tuple[tuple[Person, ...], ...]) -> object:
    return tuple(tuple((p.people, p.unit, p.validity) for p in rows) for rows in holders)


def _days_of_change(
    rows: tuple[Device, ...], holders: tuple[tuple[Person, ...], ...], today: date
) -> Iterator[date]:
    """Days on which another row begins to speak; a row without a first day speaks of `today` only."""
    yield today
    yield today + timedelta(days=1)
    for validity in (*(r.validity for r in rows), *(p.validity for held in holders for p in held)):
        if validity.first is not None:
            yield validity.first
        if validity.last is not None:
            yield validity.last + timedelta(days=1)
