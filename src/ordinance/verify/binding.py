# SPDX-License-Identifier: EUPL-1.2
"""The clauses that a check is about, and how they meet each device over a window.

Reads: the law and the estate, no evidence. Devices that no rule can tell apart are judged once.
Advice is never checked: only clauses that can bind somebody in the estate are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from ordinance.model.apps import Identifier, Kind, Role, Surface
from ordinance.model.estate import Device, Estate, Person, Platform
from ordinance.model.evidence import EvidenceKind
from ordinance.model.kleene import Truth
from ordinance.model.law import Duty, Law, Restriction, Text
from ordinance.model.ruling import DeviceClass, Standing
from ordinance.model.time import Span, start_of
from ordinance.policy import clocks, select
from ordinance.policy.compiled import CompiledLaw
from ordinance.policy.exempt import names_device
from ordinance.policy.power import binding_clauses
from ordinance.policy.resolve import ClauseState, class_of_device, holds_under, may_hold
from ordinance.verify.grades import ids_of


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch in which neither the law nor a device's facts change.

    `device_class` is `None` where nobody stated the device's facts for that time. `unit` is the
    device's, else its holder's; `held` says that a holder is named.
    """

    span: Span
    device_class: DeviceClass | None
    unit: str | None = None
    held: bool = False


Applying = tuple[str, ClauseState, tuple[tuple[Duty, datetime], ...]]  # a clause, how it stands, when duties are due


def institutions(law: Law, estate: Estate) -> frozenset[str]:
    """The body's institution and those that units of the estate belong to."""
    return frozenset({law.body} | {u.institution for u in estate.units})


class Judge:
    """How each clause meets each device over a closed window, seen from the instant `today`."""

    def __init__(self, law: Law, estate: Estate, window: Span, today: datetime) -> None:
        self._law, self._estate, self._today = law, estate, today
        self.window = window
        self._segments = clocks.segments(law, window)
        self._states: dict[tuple[DeviceClass, datetime], dict[str, ClauseState]] = {}
        self._of_piece: dict[int, tuple[Piece, dict[str, ClauseState]]] = {}  # by its id: a class has many facts
        self._applying: dict[tuple[int, EvidenceKind], tuple[Piece, tuple[Applying, ...]]] = {}
        self._laws: dict[datetime, CompiledLaw] = {}
        self._pieces: dict[object, tuple[Piece, ...]] = {}
        self._of_device: dict[str, tuple[Piece, ...]] = {}
        self._naming: dict[str, tuple[str, ...]] = {}
        self._restricts: dict[tuple[str, str, datetime, str], bool] = {}
        self._counting: dict[tuple[int, int, int], tuple[bool, object]] = {}
        self._standings: dict[tuple[str, datetime], Standing] = {}
        self._lacks: dict[tuple[str, str, datetime], frozenset[EvidenceKind]] = {}
        self._nameless: dict[tuple[str, str, datetime, Platform | None], bool] = {}
        self._due: dict[tuple[str, str], dict[Duty, datetime]] = {}
        self._by_list: dict[tuple[str, str], bool] = {}
        self._others: list[tuple[Text, Restriction]] = []  # about networks, places or accounts
        binding: dict[str, list[tuple[Text, Restriction]]] = {}
        for text, clause in binding_clauses(law, institutions(law, estate)):
            if not clause.speaks_of_devices:
                self._others.append((text, clause))
            else:
                binding.setdefault(f"{text.id}/{clause.id}", []).append((text, clause))
        self._binding = {name: tuple(binding[name]) for name in sorted(binding)}

    @property
    def clauses(self) -> tuple[str, ...]:
        """Names `text/restriction` of the clauses that can bind here, sorted."""
        return tuple(self._binding)

    @property
    def rules_on_others(self) -> bool:
        """Whether a binding clause about networks, places or accounts has force somewhere in the window."""
        spans = (span for text, clause in self._others for span in clocks.spans_of(self._law, text, clause))
        return any(span.overlaps(self.window) for span in spans)

    def pieces(self, device_id: str) -> tuple[Piece, ...]:
        """The window, cut where the law or the device's facts change; without gaps, in order."""
        if device_id not in self._of_device:
            self._of_device[device_id] = self._shared_pieces(device_id)
        return self._of_device[device_id]

    def _shared_pieces(self, device_id: str) -> tuple[Piece, ...]:
        """The pieces of all devices that no rule can tell apart from this one."""
        rows = self._estate.device_rows[device_id]
        holders = tuple(self._estate.person_rows.get(r.holder or "", ()) for r in rows)
        exemptions = tuple(e.id for e in self._law.exemptions if names_device(e, device_id))
        facts = tuple((r.facts, r.unit, r.holder is None, r.validity) for r in rows)
        people = tuple(tuple((p.people, p.unit, p.validity) for p in held) for held in holders)
        profile = (facts, people, exemptions)
        if profile not in self._pieces:
            self._pieces[profile] = tuple(self._cut(device_id, rows, holders))
        return self._pieces[profile]

    def piece_at(self, device_id: str, at: datetime) -> Piece | None:
        """The piece that holds an instant; `None` outside the window."""
        for piece in self.pieces(device_id):
            if at in piece.span:
                return piece
        return None

    def state(self, clause: str, piece: Piece) -> ClauseState | None:
        """How a clause meets the device in a piece; `None` where its facts are not stated."""
        if piece.device_class is None:
            return None
        known = self._of_piece.get(id(piece))
        if known is None:
            key = (piece.device_class, piece.span.closed[0])
            if key not in self._states:
                self._states[key] = {s.name: s for s in self._compiled(key[1]).states(key[0])}
            known = self._of_piece[id(piece)] = piece, self._states[key]  # kept, so that no other piece has its id
        return known[1].get(clause)

    def applying(self, piece: Piece, kind: EvidenceKind) -> tuple[Applying, ...]:
        """The clauses that bind in a piece and let a kind of evidence be read, each with when its duties are due."""
        known = self._applying.get((id(piece), kind))
        if known is None:
            known = self._applying[id(piece), kind] = piece, tuple(self._that_apply(piece, kind))
        return known[1]

    def _that_apply(self, piece: Piece, kind: EvidenceKind) -> Iterator[Applying]:
        for clause in self.clauses:
            state = self.state(clause, piece)
            if state is None or not state.binds or state.reason.in_scope is not Truth.TRUE:
                continue
            allowed = state.restriction.evidence_allowed
            if allowed is None or kind in allowed:
                yield clause, state, tuple(self.due(state).items())

    def _compiled(self, at: datetime) -> CompiledLaw:
        if at not in self._laws:
            self._laws[at] = CompiledLaw(self._law, at)
        return self._laws[at]

    def standing(self, clause: str, at: datetime) -> Standing:
        """Where a clause stands at an instant, whoever it covers."""
        if (clause, at) not in self._standings:
            stands = [clocks.standing(self._law, t, r, at) for t, r in self._binding[clause]]
            in_force = Standing.IN_FORCE in stands
            self._standings[clause, at] = Standing.IN_FORCE if in_force else max(stands, key=list(Standing).index)
        return self._standings[clause, at]

    def ever_in_force(self, clause: str) -> bool:
        """Whether a clause has force somewhere in the window, and no reading that was chosen takes it out there."""
        begun = [a for s in self._segments if self.standing(clause, a := s.closed[0]) is Standing.IN_FORCE]
        return any(may_hold(self._law, text, r, begun) for text, r in self._binding[clause])

    def is_read_otherwise(self, clause: str, at: datetime) -> bool:
        """Whether the readings that were chosen take out a clause that would have force at an instant."""
        if not any(r.under for _, r in self._binding[clause]):
            return False
        standing = clocks.standing
        force = [(t, r) for t, r in self._binding[clause] if standing(self._law, t, r, at) is Standing.IN_FORCE]
        return bool(force) and not any(may_hold(self._law, t, r, (at,)) for t, r in force)

    def is_chosen(self, clause: str) -> bool:
        """Whether a reading of each contested point of a clause was chosen by the day of the check."""
        return not any(holds_under(self._law, t, r, self._today)[1] for t, r in self._binding[clause])

    def naming(self, app: str) -> tuple[str, ...]:
        """The clauses of which any version restricts an app, `family/member`, somewhere in the window; sorted."""
        if app not in self._naming:
            self._naming[app] = tuple(c for c in self.clauses if self._names(c, app))
        return self._naming[app]

    def counted(self, app: str) -> tuple[Span, ...]:
        """Stretches in which a clause names an app, has force and lets evidence be read; as the law cuts the window."""
        clauses = [c for name in self.naming(app) for c in self._binding[name]]
        return tuple(s for s in self._segments if any(self._counts(t, r, app, s.closed[0]) for t, r in clauses))

    def _counts(self, text: Text, clause: Restriction, app: str, at: datetime) -> bool:
        if clocks.standing(self._law, text, clause, at) is not Standing.IN_FORCE:
            return False
        if clause.evidence_allowed == frozenset() or not may_hold(self._law, text, clause, (at,)):
            return False
        return select.names(self._law, text, clause.what, app, at)

    def restricts(self, state: ClauseState, app: str) -> bool:
        """Whether a clause certainly restricts an app, `family/member`, at the state's instant."""
        key = (state.name, state.text.version, state.at, app)
        if key not in self._restricts:
            self._restricts[key] = state.names(app)
        return self._restricts[key]

    def counts(self, state: ClauseState, found: Identifier, surfaces: tuple[Surface, ...]) -> bool:
        """Whether a clause restricts what was found on one of the surfaces, and no exemption lifts it there."""
        key = (id(state), id(found), id(surfaces))
        known = self._counting.get(key)
        if known is None:
            app = f"{found.family}/{found.member}"
            on = (s for s in surfaces if s in state.restriction.surfaces and state.lifted_by(app, s) is None)
            is_so = self.restricts(state, app) and any(True for _ in on)
            known = self._counting[key] = is_so, (state, found, surfaces)  # kept, so that none else has their ids
        return known[0]

    def _names(self, clause: str, app: str) -> bool:
        return any(
            select.names(self._law, t, r.what, app, segment.closed[0])
            for t, r in self._binding[clause]
            for segment in self._segments
        )

    def is_on_trust(self, clause: str) -> bool:
        """Whether every version of a clause says that nothing is read for it."""
        return all(r.evidence_allowed == frozenset() for _, r in self._binding[clause])

    def is_closed(self, clause: str) -> bool:
        """Whether every version of a clause names all that it restricts."""
        return all(select.is_closed(t, r.what) for t, r in self._binding[clause])

    def lacks(self, state: ClauseState) -> frozenset[EvidenceKind]:
        """Kinds of evidence in which an app that the clause names could not be recognised.

        An app without a software identifier is in no inventory, a family without a name of its own in no log:
        that neither shows it proves nothing.
        """
        key = (state.name, state.text.version, state.at)
        if key not in self._lacks:
            self._lacks[key] = frozenset(self._unrecognised(state))
        return self._lacks[key]

    def has_nameless(self, state: ClauseState, platform: Platform | None) -> bool:
        """Whether a clause names an app of a platform that an inventory of display names could not show."""
        key = (state.name, state.text.version, state.at, platform)
        if key not in self._nameless:
            ids = ids_of(platform)
            named = [m for f in self._law.catalogue.families for m in f.members if state.names(f"{f.id}/{m.id}")]
            kinds = [{i.kind for i in m.identifiers} for m in named]
            self._nameless[key] = any(k & ids and Kind.DISPLAY_NAME not in k for k in kinds)
        return self._nameless[key]

    def _unrecognised(self, state: ClauseState) -> Iterator[EvidenceKind]:
        catalogue = self._law.catalogue
        named = [(f, m) for f in catalogue.families for m in f.members if state.names(f"{f.id}/{m.id}")]
        if not named or any(all(i.kind is Kind.DOMAIN for i in m.identifiers) for _, m in named):
            yield EvidenceKind.INVENTORY
        if not named or any(all(i.role is not Role.APP_ONLY for i in f.identifiers) for f, _ in named):
            yield EvidenceKind.NETWORK_DEVICE

    def duties(self, clause: str) -> tuple[Duty, ...]:
        """The duties that any version of a clause states."""
        found = {d for _, r in self._binding[clause] for d, _ in r.duties}
        return tuple(d for d in Duty if d in found)

    def is_due(self, state: ClauseState, duty: Duty, app: str, at: datetime) -> bool:
        """Whether a duty of a clause is due for an app at an instant: a list may have named it later than others."""
        key = (state.name, state.text.version)
        if key not in self._by_list:
            self._by_list[key] = any(clock.after_list for _, clock in state.restriction.duties)
        if not self._by_list[key]:
            return True
        facts = self._law.catalogue.facts(app)
        due = dict(clocks.duties_due(self._law, state.text, state.restriction, facts, at)).get(duty)
        return due is not None and due <= at

    def due(self, state: ClauseState) -> Mapping[Duty, datetime]:
        """The instant from which each duty of a clause can be due for any app at all."""
        key = (state.name, state.text.version)
        if key not in self._due:
            self._due[key] = dict(clocks.duties_due(self._law, state.text, state.restriction))
        return self._due[key]

    def _cut(
        self, device_id: str, rows: tuple[Device, ...], holders: tuple[tuple[Person, ...], ...]
    ) -> Iterator[Piece]:
        zone, now = self._law.zone, self._today.astimezone(self._law.zone).date()
        changes = sorted({start_of(d, zone) for d in _days_of_change(rows, holders, now)})
        for segment in self._segments:
            start, end = segment.closed
            for a, b in pairwise([start, *(c for c in changes if start < c < end), end]):
                day = a.astimezone(zone).date()
                row = self._estate.device_on(device_id, day, now)
                if row is None:
                    yield Piece(Span(a, b), None)
                    continue
                holder = self._estate.person_on(row.holder, day, now) if row.holder else None
                unit = row.unit or (holder.unit if holder else None)
                known = class_of_device(self._law, self._estate, row, a, self._today)
                yield Piece(Span(a, b), known, unit, row.holder is not None)


def _days_of_change(rows: tuple[Device, ...], holders: tuple[tuple[Person, ...], ...], today: date) -> Iterator[date]:
    """Days on which another row begins to speak; a row without a first day speaks of `today` only."""
    yield today
    yield today + timedelta(days=1)
    for validity in (*(r.validity for r in rows), *(p.validity for held in holders for p in held)):
        yield from validity.changes()
