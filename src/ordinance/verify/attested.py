# SPDX-License-Identifier: EUPL-1.2
"""Statements about devices, met with the clauses they speak of and with what was seen.

Reads attestations, rulings and observations. A statement shows that somebody made it; that it is true, nothing here can
know. Where something else was seen after it was made, both are shown with their days: the app may have come later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from ordinance.model.attestation import Attestation, Stated
from ordinance.model.estate import Estate
from ordinance.model.evidence import Where
from ordinance.model.law import Duty, Selector
from ordinance.model.result import Result
from ordinance.model.time import Span, end_of, joined, start_of
from ordinance.policy import clocks
from ordinance.policy.exempt import names_all
from ordinance.policy.resolve import ClauseState
from ordinance.verify.observed import Asked, Installed, Seen

SOURCE = "attestations"
# What somebody has to have stated about a duty, for the duty to be attested. Of others nobody can attest.
ANSWERS: Mapping[Duty, frozenset[Stated]] = MappingProxyType(
    {
        Duty.ATTEST: frozenset({Stated.NOT_INSTALLED, Stated.REMOVED, Stated.NOT_USED}),
        Duty.REMOVE: frozenset({Stated.NOT_INSTALLED, Stated.REMOVED}),
        Duty.STOP_USING: frozenset({Stated.NOT_USED}),
        Duty.DENY_INSTALL: frozenset({Stated.CONTROL_SET}),
    }
)
_WORST = (Result.FAIL, Result.UNKNOWN, Result.PASS)
_ABSENT = frozenset({Stated.NOT_INSTALLED, Stated.REMOVED})


class Statements:
    """Attestations by device. One of a later day than that of a check covers none of its instants."""

    def __init__(self, attestations: Iterable[Attestation], estate: Estate, zone: ZoneInfo) -> None:
        self._zone = zone
        self._of: dict[str, list[Attestation]] = {}
        for one in attestations:
            for device in one.devices & estate.device_rows.keys():
                self._of.setdefault(device, []).append(one)

    def devices(self) -> tuple[str, ...]:
        """Devices of the estate about which anything was stated, sorted."""
        return tuple(sorted(self._of))

    def about(self, device: str, state: ClauseState) -> tuple[Attestation, ...]:
        """Statements about a device that speak of all that a clause, as it stands, restricts."""
        return tuple(
            one for one in self._of.get(device, ()) if names_all(self._what(one, state), state.restriction.what)
        )

    def in_part(self, device: str, state: ClauseState, due: Iterable[Span]) -> bool:
        """Whether somebody stated in that time about the device what answers for a part of what a clause restricts."""
        spans, answers = tuple(due), ANSWERS[Duty.ATTEST]
        every = (one for one in self._of.get(device, ()) if one.stated & answers)
        partly = (one for one in every if _speaks_of_some(self._what(one, state), state))
        return any(one.span(self._zone).overlaps(span) for one in partly for span in spans)

    def spans(self, device: str, state: ClauseState, duty: Duty) -> tuple[Span, ...]:
        """The time in which somebody has stated that a duty of a clause is met on a device, in order."""
        answers = ANSWERS.get(duty, frozenset())
        return joined(one.span(self._zone) for one in self.about(device, state) if one.stated & answers)

    def covers(self, parts: Iterable[tuple[Span, ClauseState]], device: str, duty: Duty) -> bool:
        """Whether all of some stretches is in that time."""
        return all(_is_within(part, self.spans(device, state, duty)) for part, state in parts)

    def uncovered(self, device: str, due: Iterable[tuple[Span, ClauseState]]) -> Span | None:
        """From the first to the last instant at which the duty to attest was due and nothing covered it."""
        every = ((part, self.spans(device, state, Duty.ATTEST)) for part, state in due)
        left = [gap for part, spans in every for gap in _without(part, spans)]
        return Span(left[0].start, left[-1].end) if left else None

    def contradicted_by(
        self, device: str, state: ClauseState, installed: Iterable[Installed], asked: Iterable[Asked]
    ) -> Iterator[tuple[Attestation, Seen]]:
        """Each statement with each sure observation of a later day, while it counted, that says otherwise."""
        apps, traffic = tuple(installed), tuple(asked)
        for one in self.about(device, state):
            later = Span(end_of(one.on, self._zone), one.span(self._zone).end)
            if one.stated & _ABSENT:
                yield from ((one, a) for a in apps if a.proves and a.at in later)
            if one.stated & ANSWERS[Duty.ATTEST]:
                yield from ((one, a) for a in traffic if a.proves and a.at in later)

    def verdict(
        self,
        device: str,
        parts: Iterable[tuple[Span, ClauseState]],
        installed: Iterable[Installed],
        asked: Iterable[Asked],
    ) -> tuple[Result, str]:
        """Whether the duty to attest is met over all stretches in which it is due; they are in order, and some.

        Each version of the clause is answered for by itself, over its own stretches; the worst answer is given.
        """
        due, apps, traffic = tuple(parts), tuple(installed), tuple(asked)
        versions: dict[str, list[tuple[Span, ClauseState]]] = {}
        for part, state in due:
            versions.setdefault(state.text.version, []).append((part, state))
        verdicts = [
            self._of_version(
                device,
                mine[-1][1],
                spans := joined(part for part, _ in mine),
                [a for a in apps if any(a.at in span for span in spans)],
                [a for a in traffic if any(a.at in span for span in spans)],
                due[-1][0].closed[1],
            )
            for mine in versions.values()
        ]
        return min(verdicts, key=lambda verdict: _WORST.index(verdict[0]))

    def _of_version(
        self,
        device: str,
        state: ClauseState,
        due: tuple[Span, ...],
        installed: Iterable[Installed],
        asked: Iterable[Asked],
        end: datetime,
    ) -> tuple[Result, str]:
        if any(self.contradicted_by(device, state, installed, asked)):
            return Result.UNKNOWN, "attested_otherwise"
        spans = self.spans(device, state, Duty.ATTEST)
        if all(_is_within(part, spans) for part in due):
            return Result.PASS, "attested"
        begun = [s for s in spans if s.closed[0] < end]
        if not begun and self.in_part(device, state, due):
            return Result.UNKNOWN, "attested_in_part"
        if not begun:
            return Result.FAIL, "not_attested"
        return Result.FAIL, "attested_late" if begun[-1].closed[1] >= end else "attestation_lapsed"

    def _what(self, one: Attestation, state: ClauseState) -> tuple[Selector, ...]:
        """What a statement is about, for a clause: what it names, and of the clause what that said on its day."""
        named = _restricted_on(state, start_of(one.on, self._zone)) if state.name in one.restrictions else ()
        return (*one.what, *named)


def _is_within(part: Span, spans: Iterable[Span]) -> bool:
    """Whether one of some stretches, of which none touch, holds all of another."""
    start, end = part.closed
    return any(s.closed[0] <= start and end <= s.closed[1] for s in spans)


def _without(part: Span, spans: Iterable[Span]) -> Iterator[Span]:
    """What is left of a stretch, in order, without others that are in order and do not touch."""
    start, end = part.closed
    for begun, over in (s.closed for s in spans if s.overlaps(part)):
        if start < begun:
            yield Span(start, begun)
        start = over
    if start < end:
        yield Span(start, end)


def where(one: Attestation) -> Where:
    """Where a statement stands, as evidence."""
    return Where(SOURCE, one.place.file, one.place.line)


def _restricted_on(state: ClauseState, at: datetime) -> tuple[Selector, ...]:
    """What a clause restricts in the version that speaks at an instant; before the first, in that one."""
    text = max((t for t in state.law.texts if t.id == state.text.id), key=lambda t: clocks.rank(t, at))
    return next((r.what for r in text.restrictions if r.id == state.restriction.id), ())


def _speaks_of_some(what: tuple[Selector, ...], state: ClauseState) -> bool:
    named = [s.app for s in what if s.app is not None]
    return any(names_all(what, (s,)) for s in state.restriction.what) or any(state.names(app) for app in named)
