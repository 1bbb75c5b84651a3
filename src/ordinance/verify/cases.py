# SPDX-License-Identifier: EUPL-1.2
"""Where and while a clause meets a device: the stretches in which a duty of it could be failed, and what was seen then.

Reads: rulings over the window, and observations. Each observation counts by the ruling at its own instant. Gives no
result: what a case comes to stands in `shown`, and whether there is one at all in `duties`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ordinance.model.apps import Surface
from ordinance.model.estate import Platform, possible_surfaces
from ordinance.model.evidence import EvidenceKind
from ordinance.model.law import Duty
from ordinance.model.time import Span, joined
from ordinance.policy.exempt import names_all
from ordinance.policy.resolve import ClauseState
from ordinance.verify.binding import Judge, Piece
from ordinance.verify.observed import Asked, Installed, Observed

Due = list[tuple[Piece, Span, ClauseState]]  # a piece, the part of it in which the duty is due, the clause


@dataclass(frozen=True, slots=True)
class Case:
    """One clause meeting one device, where and while a duty of it could be failed.

    `parts` are the pieces with the stretches that count, `spans` the same made one where they touch, `due` the same
    with the clause as it stood in each; `state` is how it stood last.
    """

    device: str
    state: ClauseState
    parts: tuple[tuple[Piece, Span], ...]
    spans: tuple[Span, ...]
    installed: tuple[Installed, ...]
    asked: tuple[Asked, ...]
    due: tuple[tuple[Span, ClauseState], ...]
    allowed: frozenset[EvidenceKind]

    @property
    def platforms(self) -> frozenset[Platform | None]:
        """The platforms that the device's rows state over the parts."""
        return frozenset(p.device_class.facts.platform if p.device_class else None for p, _ in self.parts)


class Cases:
    """The cases of a window."""

    def __init__(self, judge: Judge, observed: Observed) -> None:
        self._judge, self._observed = judge, observed
        self._apps: dict[str, frozenset[str]] = {}

    def of(self, device: str, duty: Duty, due: Due, allowed: frozenset[EvidenceKind]) -> Case:
        """What was seen of a duty where it is due; what may not be read for the clause says nothing of it."""
        installed = self._observed.installed.get(device, ()) if EvidenceKind.INVENTORY in allowed else ()
        asked = self._asked_about(device, due) if EvidenceKind.NETWORK_DEVICE in allowed else ()
        return Case(
            device=device,
            state=due[-1][2],
            parts=tuple((p, part) for p, part, _ in due),
            spans=joined(part for _, part, _ in due),
            installed=tuple(x for x in installed if self.has_installed(x, duty, due)),
            asked=tuple(self._that_count(asked, duty, due)),
            due=tuple((part, s) for _, part, s in due),
            allowed=allowed,
        )

    def _asked_about(self, device: str, due: Due) -> Sequence[Asked]:
        """What a device asked about apps that one of the clauses restricts, in order; most ask about other apps."""
        rows = self._observed.asked.get(device, ())
        apps = self._apps.get(device)
        if apps is None:
            apps = self._apps[device] = frozenset([a.app for a in rows if a.row.identifier is not None])
        about = {app for app in apps if any(self._judge.restricts(s, app) for _, _, s in due)}
        if len(about) == len(apps):
            return rows
        return [a for a in rows if a.app in about] if about else ()

    def has_installed(self, found: Installed, duty: Duty, due: Due) -> bool:
        """Whether what an inventory shows counts for a duty where it is due."""
        identifier, seen = found.row.identifier, found.row.seen
        return any(
            self._judge.counts(s, identifier, found.surfaces)
            and seen in span
            and self._judge.is_due(s, duty, f"{identifier.family}/{identifier.member}", seen)
            for _, span, s in due
        )

    def _that_count(self, asked: Iterable[Asked], duty: Duty, due: Due) -> Iterator[Asked]:
        """What was asked that counts for a duty where it is due."""
        counts, is_due = self._judge.counts, self._judge.is_due
        for found in asked:
            identifier, at = found.row.identifier, found.row.at
            if identifier is None:
                continue
            for _, span, state in due:
                if at in span and counts(state, identifier, found.surfaces) and is_due(state, duty, found.app, at):
                    yield found
                    break


def is_exempt(state: ClauseState) -> bool:
    """Whether an exemption lifts anything of a clause that is in force for the class."""
    return bool(state.exemptions) and state.binds


def can_meet(piece: Piece, state: ClauseState) -> bool:
    """Whether a device of that platform can break the clause at all: no laptop runs a telephone's app."""
    return bool(_surfaces(piece, state))


def _surfaces(piece: Piece, state: ClauseState) -> frozenset[Surface]:
    platform = piece.device_class.facts.platform if piece.device_class else None
    return state.restriction.surfaces & possible_surfaces(platform)


def wholly_exempt(piece: Piece, state: ClauseState) -> bool:
    """Whether exemptions lift everything of a clause that a device of that platform can meet; it meets something."""
    surfaces = _surfaces(piece, state)
    return all(
        any(surface in e.surfaces and names_all(e.what, (selector,)) for e in state.exemptions)
        for surface in surfaces
        for selector in state.restriction.what
    )
