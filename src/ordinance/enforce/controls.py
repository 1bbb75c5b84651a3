# SPDX-License-Identifier: EUPL-1.2
"""Which devices a control stands for: whom the files of the configured targets reach, and whom no control reaches.

Reads plans, and what each target makes of them; never evidence. A control that is configured here may not have been
loaded anywhere, and one that other tools set is not known here. Words stop nothing: letters are no control.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ordinance.enforce.bundle import guarded
from ordinance.enforce.plan import Plans
from ordinance.enforce.subjects import asked_of_networks
from ordinance.model.apps import Surface
from ordinance.model.body import Body
from ordinance.model.estate import MOBILE, Network, possible_surfaces
from ordinance.model.kleene import Truth
from ordinance.model.law import Duty, Law
from ordinance.model.target import Compiled, Demand, OverReach, Proof, Target
from ordinance.policy import clocks
from ordinance.targets._block import EVERYBODY

_ELSEWHERE = frozenset({*MOBILE, None})  # platforms of which devices ask over mobile data too, or may
CONTROLS = (Duty.DENY_INSTALL, Duty.BLOCK_TRAFFIC)  # duties that only a control can meet


@dataclass(frozen=True, slots=True)
class Control:
    """What a configured target does: `lines` are (clause, duty, app, surface) of all that it stops.

    `devices` are those that meet everything in it; `None`: a file whose entries are for the classes of each demand.
    `networks` are those on which it blocks.
    """

    target: str
    lines: frozenset[tuple[str, Duty, str, Surface]]
    devices: frozenset[str] | None
    gets: frozenset[str] | None = None
    networks: frozenset[str] = frozenset()
    over_reach: tuple[OverReach, ...] = ()

    def does(self, demand: Demand, class_id: str) -> bool:
        """Whether it does what is asked for, for devices of a class, wherever it reaches them."""
        asked = demand.restriction, demand.duty, demand.app, demand.surface
        return self._is_for(class_id) and asked in self.lines

    def duties(self, class_id: str, demands: Iterable[Demand]) -> frozenset[Duty]:
        """By which duties it stops anything of an app on a surface, for devices of a class, for whatever rule.

        `demands` are those of the app there, of whichever clause, with the class among theirs. On a network it stops
        what anybody asked for.
        """
        if self.devices is None:
            return frozenset(d.duty for d in demands if self.does(d, class_id))
        about = {(d.app, d.surface) for d in demands}
        return frozenset(line[1] for line in self.lines if line[2:] in about)

    def _is_for(self, class_id: str) -> bool:
        return self.gets is None or class_id in self.gets


@dataclass(frozen=True, slots=True, order=True)
class Missing:
    """A duty of a clause that asks for a control, and the devices in its scope for which no target has any."""

    restriction: str
    duty: Duty
    devices: frozenset[str]


def controls(plans: Plans, body: Body, targets: Mapping[str, Target]) -> tuple[Control, ...]:
    """The controls that the body's targets make of its plans. Raises TargetError where one fails."""
    found = []
    for settings in body.targets:
        target = targets[settings.id]
        if target.proof is not Proof.WORDS:
            compiled = guarded(target, plans.of_target[settings.id], settings, 1)
            networks = _networks(plans, settings.id, compiled) if target.by_network else frozenset()
            on = _devices_on(plans, networks) if target.by_network else None
            lines = frozenset((line[0], line[1], line[2], line[3]) for a in compiled.artefacts for line in a.lines)
            found.append(Control(settings.id, lines, on, compiled.gets, networks, compiled.over_reach))
    return tuple(found)


def missing(plans: Plans, made: Iterable[Control]) -> tuple[Missing, ...]:
    """For each duty that was due at the plan's instant: devices for which nothing that it asks for is done.

    What is done on a network is done for a device where it is done on each network that the device may be on.
    """
    every, of_class = tuple(made), members(plans)
    asked: dict[tuple[str, Duty], set[str]] = {}
    done: dict[tuple[str, Duty], set[str]] = {}
    places = _Places(plans)
    for demand in _due(plans):
        key = demand.restriction, demand.duty
        for class_id in demand.classes:
            devices = of_class.get(class_id, frozenset())
            asked.setdefault(key, set()).update(devices)
            done.setdefault(key, set()).update(places.whole([c for c in every if c.does(demand, class_id)], devices))
    rows = ((key, frozenset(devices - done.get(key, set()))) for key, devices in asked.items())
    return tuple(sorted(Missing(*key, devices) for key, devices in rows if devices))


@dataclass(frozen=True, slots=True, order=True)
class Prevention:
    """An app that a clause restricts on a surface for a class of devices, and the devices on which a target stops it.

    `asked` are the duties of the clause that only a control can meet; none: nobody asked for a control. `by` has the
    devices that each target reaches anywhere, `whole` those for which all that is asked for is done wherever they are:
    on each network that they may be on, and of what also goes where no network of the body is, not on networks alone.
    """

    restriction: str
    app: str
    surface: Surface
    device_class: str
    asked: tuple[Duty, ...]
    devices: frozenset[str]
    by: Mapping[str, frozenset[str]] = field(compare=False)
    whole: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def prevented(self) -> frozenset[str]:
        """Devices on which any target stops it anywhere."""
        return frozenset().union(*self.by.values())


def prevention(plans: Plans, made: Iterable[Control]) -> tuple[Prevention, ...]:
    """For everything that is restricted at the plan's instant: what the configured targets stop of it, and for whom."""
    every, of_class = tuple(made), members(plans)
    platforms = {c.id: c.facts.platform for c in plans.classes.values()}
    asked: dict[tuple[str, str, Surface, str], set[Duty]] = {}
    about: dict[tuple[str, Surface, str], list[Demand]] = {}
    for demand in plans.whole.demands:
        for class_id in demand.classes:
            if class_id in of_class and demand.surface in possible_surfaces(platforms.get(class_id)):
                key = demand.restriction, demand.app, demand.surface, class_id
                asked.setdefault(key, set()).update({demand.duty} & set(CONTROLS))
                about.setdefault(key[1:], []).append(demand)
    rows, places = [], _Places(plans)
    for (clause, app, surface, class_id), duties in asked.items():
        devices, demands = of_class[class_id], about[app, surface, class_id]
        able = [(c, does) for c in every if (does := c.duties(class_id, demands))]
        by = {c.target: on for c, _ in able if (on := devices if c.devices is None else devices & c.devices)}
        if platforms.get(class_id) in _ELSEWHERE:
            able = [(c, does) for c, does in able if c.devices is None]
        doing = [[c for c, does in able if duty in does] for duty in duties] or [[c for c, _ in able]]
        whole = frozenset.intersection(*(places.whole(one, devices) for one in doing))
        rows.append(Prevention(clause, app, surface, class_id, tuple(sorted(duties)), devices, by, whole))
    return tuple(sorted(rows, key=lambda r: (r.restriction, r.app, r.surface, r.device_class)))


class _Places:
    """Of some devices, those that controls reach wherever they may be."""

    def __init__(self, plans: Plans) -> None:
        self._on = plans.on
        self._known: dict[frozenset[str], frozenset[str]] = {}

    def whole(self, doing: Iterable[Control], devices: frozenset[str]) -> frozenset[str]:
        """Those on which a file is, or each of whose networks one of the controls serves."""
        every = tuple(doing)
        if not every or self._on is None or any(c.devices is None for c in every):
            return devices if every else frozenset()
        served = frozenset().union(*(c.networks for c in every))
        if served not in self._known:
            on = [self._on.get(n, frozenset()) for n in served]
            left = [found for n, found in self._on.items() if n not in served]
            self._known[served] = frozenset().union(*on).difference(*left)
        return devices & self._known[served]


def members(plans: Plans) -> Mapping[str, frozenset[str]]:
    """The devices of each class that the plan is for."""
    found: dict[str, set[str]] = {}
    for device, class_id in plans.class_of.items():
        found.setdefault(class_id, set()).add(device)
    return {c: frozenset(devices) for c, devices in found.items()}


def _due(plans: Plans) -> Iterator[Demand]:
    return (d for d in plans.whole.demands if d.duty in CONTROLS and d.due <= plans.whole.at)


def missing_networks(
    law: Law, networks: tuple[Network, ...], made: Iterable[Control], at: datetime
) -> Mapping[tuple[str, Duty], frozenset[str]]:
    """For each due duty of a clause about networks: those of its kind on which no target does anything for it."""
    every, found = tuple(made), dict[tuple[str, Duty], frozenset[str]]()
    for _, state in asked_of_networks(law, networks, at):
        due = dict(clocks.duties_due(law, state.text, state.restriction))
        for duty in CONTROLS if state.reason.in_scope is Truth.TRUE else ():
            if duty not in due or due[duty] > at:
                continue
            done = {n for c in every if any(x[:2] == (state.name, duty) for x in c.lines) for n in c.networks}
            left = frozenset(n.id for n in networks if n.use in state.restriction.networks and n.id not in done)
            if left:
                found[state.name, duty] = left
    return found


def _networks(plans: Plans, target: str, compiled: Compiled) -> frozenset[str]:
    """Those that it serves, and those that it cannot leave out."""
    hit = {o.network for o in compiled.over_reach if o.who == EVERYBODY}
    return frozenset({n.id for n in plans.of_target[target].networks} | hit)


def _devices_on(plans: Plans, networks: Iterable[str]) -> frozenset[str]:
    """Devices that may be on one of some networks; every one where the estate states no networks."""
    if plans.on is None:
        return frozenset(plans.classes)
    return frozenset().union(*(plans.on.get(n, frozenset()) for n in networks))
