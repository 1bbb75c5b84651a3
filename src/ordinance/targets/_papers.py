# SPDX-License-Identifier: EUPL-1.2
"""Who has to be told what: the demands of a plan, sorted into three papers and gathered so that each is said once.

Reads a plan. The letter is for who uses a device, the clause for contractors' devices, the notice for networks on which
people are that no rule covers, or that a rule speaks of. Cannot know who reads a paper, nor what they do then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ordinance.model.apps import Surface
from ordinance.model.estate import Network, Owner, People, Use
from ordinance.model.law import Duty
from ordinance.model.ruling import DeviceClass, Subject
from ordinance.model.target import Demand, Plan

INSTALLED = frozenset({Surface.APP, Surface.DESKTOP})
BLOCKED = frozenset({Surface.APP, Surface.DESKTOP, Surface.WEB, Surface.NETWORK})  # what some tool in a network stops
_ANYWHERE = frozenset(Surface)
SAID: Mapping[Duty, frozenset[Surface]] = {  # what can be asked of people, and about what
    Duty.STOP_USING: _ANYWHERE,
    Duty.REMOVE: INSTALLED,
    Duty.DENY_INSTALL: INSTALLED,
    Duty.IDENTIFY: _ANYWHERE,
    Duty.REPORT: _ANYWHERE,
    Duty.ATTEST: _ANYWHERE,
    Duty.REPLACE: _ANYWHERE,
}
_OWNERS_UNDER_CONTRACT = frozenset({Owner.CONTRACTOR, Owner.CONTRACTOR_STAFF})
_PEOPLE_UNDER_CONTRACT = frozenset({People.CONTRACTOR, People.SUBCONTRACTOR})
_GUESTS = frozenset({People.VISITOR, People.PUBLIC})
_DUTIES = tuple(Duty)
_SURFACES = tuple(Surface)

Place = tuple[str, ...]  # ids of classes of devices, or of networks


class Paper(StrEnum):
    """The papers, by the first part of their files' names."""

    LETTER = "letter"
    WIFI = "wifi"
    CLAUSE = "clause"


@dataclass(frozen=True, slots=True)
class Asked:
    """A duty from an instant on, for some surfaces."""

    duty: Duty
    due: datetime
    surfaces: tuple[Surface, ...]

    @property
    def order(self) -> tuple[datetime, int, str, tuple[Surface, ...]]:
        """What is due first comes first."""
        return self.due, _DUTIES.index(self.duty), self.due.isoformat(), self.surfaces


@dataclass(frozen=True, slots=True)
class Part:
    """All that one clause asks in one place of apps for which it asks the same."""

    restriction: str
    place: Place
    asked: tuple[Asked, ...]
    apps: tuple[str, ...]

    @property
    def order(self) -> tuple[object, ...]:
        """By clause, then as what is asked is ordered."""
        return self.restriction, [a.order for a in self.asked], self.apps, self.place


def is_said(demand: Demand) -> bool:
    """Whether words can ask people for it."""
    return demand.surface in SAID.get(demand.duty, frozenset())


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom the papers of a plan can speak to. `shared` are networks with people on them that no rule covers."""

    classes: Mapping[str, DeviceClass | None]
    networks: Mapping[str, Network]
    shared: frozenset[str]

    @classmethod
    def of(cls, plan: Plan) -> Audience:
        """The classes and the networks that a plan is for."""
        others = {b.network for b in plan.bystanders}
        networks = {n.id: n for n in sorted(plan.networks, key=repr)}
        shared = frozenset(n.id for n in networks.values() if n.id in others or _lets_guests_in(n))
        return cls({c.id: c.who for c in plan.classes}, networks, shared)

    def places(self, demand: Demand) -> dict[Paper, Place]:
        """Where each paper says what a demand asks; nothing for a paper that does not speak of it."""
        if demand.duty is Duty.BLOCK_TRAFFIC and demand.surface in BLOCKED:
            places = {Paper.WIFI: tuple(sorted(self.shared.union(*map(self._networks, demand.classes))))}
        elif is_said(demand):
            places = {paper: self._place(paper, demand) for paper in Paper}
        else:
            places = {}
        return {paper: place for paper, place in places.items() if place}

    def all_told(self, demand: Demand) -> bool:
        """Whether some paper speaks to each class that a demand is for; one for nobody speaks to nobody."""
        return bool(demand.classes) and all(self._papers(c) for c in demand.classes)

    def _place(self, paper: Paper, demand: Demand) -> Place:
        mine = [c for c in demand.classes if paper in self._papers(c)]
        if paper is Paper.WIFI:
            return tuple(sorted({n for c in mine for n in self._networks(c)}))
        return tuple(sorted(set(mine)))

    def _papers(self, class_id: str) -> frozenset[Paper]:
        who = self.classes.get(class_id)
        if who is None or (who.subject is Subject.DEVICE and not under_contract(who)):
            return frozenset({Paper.LETTER})
        if who.subject is Subject.DEVICE:
            return frozenset({Paper.CLAUSE})
        return frozenset({Paper.WIFI} if self._networks(class_id) else ())

    def _networks(self, class_id: str) -> frozenset[str]:
        """Networks of the kind that a class stands for."""
        who = self.classes.get(class_id)
        if who is None or who.subject is not Subject.NETWORK:
            return frozenset()
        return frozenset(n.id for n in self.networks.values() if n.use == who.word)


def _lets_guests_in(network: Network) -> bool:
    return network.use is Use.PUBLIC or not _GUESTS.isdisjoint(network.populations)


def under_contract(who: DeviceClass) -> bool:
    """Whether a device is a contractor's, or of somebody who works for one."""
    return who.facts.owner in _OWNERS_UNDER_CONTRACT or who.people in _PEOPLE_UNDER_CONTRACT


def parts_of(demands: Iterable[Demand], audience: Audience) -> dict[Paper, tuple[Part, ...]]:
    """What each paper says, in the order in which it says it."""
    asked: dict[tuple[Paper, str, Place, str], dict[tuple[Duty, str], set[Surface]]] = defaultdict(dict)
    for demand in demands:
        for paper, place in audience.places(demand).items():
            cell = asked[paper, demand.restriction, place, demand.app]
            cell.setdefault((demand.duty, demand.due.isoformat()), set()).add(demand.surface)
    joined: dict[tuple[Paper, str, Place, tuple[Asked, ...]], list[str]] = defaultdict(list)
    for (paper, restriction, place, app), duties in asked.items():
        joined[paper, restriction, place, _asked(duties)].append(app)
    found: dict[Paper, list[Part]] = {paper: [] for paper in Paper}
    for (paper, restriction, place, what), apps in joined.items():
        found[paper].append(Part(restriction, place, what, tuple(sorted(apps))))
    return {paper: tuple(sorted(parts, key=lambda p: p.order)) for paper, parts in found.items()}


def _asked(duties: Mapping[tuple[Duty, str], set[Surface]]) -> tuple[Asked, ...]:
    every = (
        Asked(duty, datetime.fromisoformat(due), tuple(sorted(surfaces, key=_SURFACES.index)))
        for (duty, due), surfaces in duties.items()
    )
    return tuple(sorted(every, key=lambda a: a.order))
