# SPDX-License-Identifier: EUPL-1.2
"""What must be configured at an instant, and whom it would hit besides.

Reads: the law, the catalogue, the estate. Never evidence: blocking needs none. A device whose facts
are missing becomes a gap, never a silent omission.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache, partial

from ordinance.enforce.networks import bystanders, devices_on, is_of, served_by
from ordinance.enforce.subjects import (
    EVERY_TARGET,
    Asked,
    asked_of_networks,
    gaps_of_open_rules,
    stated,
    why_nobody,
)
from ordinance.model.apps import Catalogue, Confidence, Identifier, Kind, Surface
from ordinance.model.body import Body
from ordinance.model.estate import Estate, Network
from ordinance.model.kleene import Truth
from ordinance.model.law import Duty, Law
from ordinance.model.ruling import DeviceClass, Outcome, Standing, Subject
from ordinance.model.target import ClassSize, Demand, Gap, Plan
from ordinance.policy import clocks
from ordinance.policy.compiled import CompiledLaw
from ordinance.policy.power import binding_clauses
from ordinance.policy.resolve import ClauseState, class_of_device, may_hold, parted


@dataclass(frozen=True, slots=True)
class Plans:
    """What is planned: `whole` for every network that any target serves, and for each target its own networks alone.

    `gaps` are those that no target could close. `class_of` is the class of each device that the plan is for, `classes`
    those of the whole estate by device, and `on` the devices that may be on each network (`None`: the estate states no
    networks, and any device may be anywhere).
    """

    whole: Plan
    of_target: Mapping[str, Plan]
    gaps: tuple[Gap, ...]
    class_of: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, DeviceClass] = field(default_factory=dict)
    on: Mapping[str, frozenset[str]] | None = None


def make_plan(
    law: Law,
    catalogue: Catalogue,
    estate: Estate,
    body: Body,
    at: datetime,
    units: Collection[str] | None = None,
) -> tuple[Plan, tuple[Gap, ...]]:
    """The plan at an instant for all targets, and the gaps that no target could close."""
    made = make_plans(law, catalogue, estate, body, at, units)
    return made.whole, made.gaps


def make_plans(
    law: Law,
    catalogue: Catalogue,
    estate: Estate,
    body: Body,
    at: datetime,
    units: Collection[str] | None = None,
    by_network: Collection[str] | None = None,
) -> Plans:
    """The plans at an instant. `by_network` are the ids of targets that serve networks; `None`: all do.

    Duties not yet due are planned too: a control has to stand when its time comes. With `units`, the plan of a pilot:
    for their devices, on the networks that are theirs alone; who else is there is hit besides.
    """
    every, day = _classes(law, estate, at), at.astimezone(law.zone).date()
    classes = every if units is None else {d: c for d, c in every.items() if _unit_of(estate, d, day) in units}
    scope = _Scope.of(law, catalogue, estate, body, at, every, classes)
    served = tuple(n for n in served_by(body, estate, by_network) if units is None or is_of(n, units))
    whole = scope.plan(served)
    unsure = set(_unsure_of_networks(law, served, at))
    # Of what is doubtful nobody knows: that is not "no device".
    met = scope.met | {d.restriction for d in whole.demands} | {g.restriction for g in unsure}
    unmet = _unmet_gaps(law, estate, met, at)
    gaps = {*scope.gaps, *unsure, *(unmet if units is None else map(_of_pilot, unmet))}
    gaps.update(gaps_of_open_rules(law, _institutions(law, estate), at))
    if units is None:
        gaps.update(_unserved_gaps(law, estate, {n.id for n in served}, at))
    made: dict[tuple[Network, ...], Plan] = {served: whole}
    of = {}
    for target in body.targets:
        own = tuple(n for n in served if not target.networks or n.id in target.networks)
        if own not in made:
            made[own] = scope.plan(own)
        of[target.id] = made[own]
    return Plans(whole, of, tuple(sorted(gaps)), {d: c.id for d, c in classes.items()}, every, scope.on)


@dataclass(frozen=True, slots=True)
class _Scope:
    """What is asked for of devices, gathered once, so that a plan for some networks is quickly made."""

    law: Law
    catalogue: Catalogue
    estate: Estate
    body: Body
    at: datetime
    every: Mapping[str, DeviceClass]
    sizes: Counter[str]
    asked: Mapping[Asked, tuple[DeviceClass, ...]]
    gaps: frozenset[Gap]
    exempt: frozenset[str]  # devices
    on_the_web: Callable[[DeviceClass, str], bool]
    on: Mapping[str, frozenset[str]] | None

    @classmethod
    def of(
        cls,
        law: Law,
        catalogue: Catalogue,
        estate: Estate,
        body: Body,
        at: datetime,
        every: Mapping[str, DeviceClass],
        classes: Mapping[str, DeviceClass],
    ) -> _Scope:
        sizes = Counter(c.id for c in classes.values())
        asked: dict[Asked, list[DeviceClass]] = {}
        gaps: set[Gap] = set()
        exempt: set[str] = set()
        compiled = CompiledLaw(law, at)
        for who in _distinct(classes.values()):
            for state in compiled.states(who):
                if not state.binds:
                    continue
                if state.reason.in_scope is Truth.UNKNOWN:
                    gaps.update(_unsure_gaps(law, state, f"{sizes[who.id]} device(s)"))
                    continue
                if state.exemptions:
                    exempt.add(who.id)
                for one in _asked(law, state):
                    asked.setdefault(one, []).append(who)
        on_the_web = cache(partial(_forbids_web, compiled))  # many clauses ask for the same app and class
        rows = {one: tuple(who) for one, who in asked.items()}
        devices = frozenset(d for d, c in classes.items() if c.id in exempt)
        on = devices_on(estate, every, at.astimezone(law.zone).date())
        return cls(law, catalogue, estate, body, at, every, sizes, rows, frozenset(gaps), devices, on_the_web, on)

    @property
    def met(self) -> set[str]:
        return {a.restriction for a in self.asked} | {g.restriction for g in self.gaps}

    def plan(self, served: tuple[Network, ...]) -> Plan:
        """The plan for devices and for these networks."""
        law, body, at = self.law, self.body, self.at
        asked = dict(self.asked)
        for network, state in asked_of_networks(law, served, at):
            if state.reason.in_scope is Truth.UNKNOWN:
                continue  # a gap says so
            for one in _asked(law, state):
                asked[one] = (*asked.get(one, ()), network)
        demands = tuple(_demand(self.on_the_web, self.catalogue, one, who, self.sizes) for one, who in asked.items())
        here = {n.id for n in served}
        return Plan(
            body=body.id,
            at=at,
            catalogue_version=self.catalogue.version,
            catalogue_digest=self.catalogue.digest,
            demands=tuple(sorted(demands, key=lambda d: (d.restriction, d.duty, d.app, d.surface))),
            networks=served,
            others=tuple(n for n in sorted(self.estate.networks, key=_network_id) if n.id not in here),
            bystanders=bystanders(law.body, self.every, demands, served, self.on or {}),
            exempt_devices=len(self.exempt if self.on is None else self.exempt & _on_any(self.on, served)),
            notice=body.notice,
            invented=tuple(sorted((t.id, t.version, t.invented) for t in law.texts if t.invented)),
            neighbours=_neighbours(self.catalogue, demands, at),
            classes=tuple(sorted(_size(c, self.sizes) for c in {c.id: c for w in asked.values() for c in w}.values())),
            estate_devices=len(self.every),
            first_end=_first_end(law, demands, at),
        )


def _classes(law: Law, estate: Estate, at: datetime) -> dict[str, DeviceClass]:
    day = at.astimezone(law.zone).date()
    return {d.id: class_of_device(law, estate, d, at, at) for d in estate.devices_on(day, day)}


def _on_any(on: Mapping[str, frozenset[str]], networks: Iterable[Network]) -> frozenset[str]:
    return frozenset().union(*(on.get(n.id, frozenset()) for n in networks))


def _first_end(law: Law, demands: Iterable[Demand], at: datetime) -> datetime | None:
    names = {d.restriction for d in demands}
    clauses = ((t, c) for t in law.texts for c in t.restrictions if f"{t.id}/{c.id}" in names)
    spans = (span for text, clause in clauses for span in clocks.spans_of(law, text, clause) if at in span)
    return min((span.end for span in spans if span.end is not None), default=None)


def _network_id(network: Network) -> str:
    return network.id


def _distinct(classes: Iterable[DeviceClass]) -> tuple[DeviceClass, ...]:
    return tuple({c.id: c for c in sorted(classes, key=lambda c: c.id)}.values())


def _asked(law: Law, state: ClauseState) -> Iterator[Asked]:
    for one in stated(law, state.text, state.restriction, state.at):
        if state.lifted_by(one.app, one.surface) is None:
            yield one


def _unsure_of_networks(law: Law, served: Iterable[Network], at: datetime) -> Iterator[Gap]:
    for network, state in asked_of_networks(law, served, at):
        if state.reason.in_scope is Truth.UNKNOWN:
            yield from _unsure_gaps(law, state, network.in_words)


def _unsure_gaps(law: Law, state: ClauseState, whom: str) -> Iterator[Gap]:
    readings, facts = parted(state.reason.missing)
    contested = f"contested, and nobody has chosen: {', '.join(readings)}"
    lacking = f"not stated: {', '.join(facts)}"
    kind = "contested-reading" if readings else "missing-fact"  # no fact settles what is contested
    said = "; ".join([*([contested] if readings else []), *([lacking] if facts else [])])
    for one in _asked(law, state):
        reason = f"{whom} may be in scope: {said}"
        yield Gap(EVERY_TARGET, one.restriction, one.duty, one.app, one.surface, kind, reason)


def _institutions(law: Law, estate: Estate) -> frozenset[str]:
    return frozenset({law.body} | {u.institution for u in estate.units})


def _unmet_gaps(law: Law, estate: Estate, met: set[str], at: datetime) -> Iterator[Gap]:
    """A gap for all that a clause in force asks for where nothing is known to be in its scope."""
    day = at.astimezone(law.zone).date()
    silent = len(estate.device_ids()) - sum(1 for _ in estate.devices_on(day, day))
    no_facts = "facts-not-stated", f"{silent} device(s) of the estate state no facts for this day"
    for text, clause in binding_clauses(law, _institutions(law, estate)):
        is_met = f"{text.id}/{clause.id}" in met
        nobody = why_nobody(clause) or (no_facts if silent else ("no-device", "no device is in scope"))
        if clocks.standing(law, text, clause, at) is not Standing.IN_FORCE or (is_met and nobody != no_facts):
            continue
        if not may_hold(law, text, clause, (at,)):
            continue
        for one in stated(law, text, clause, at):
            yield Gap(EVERY_TARGET, one.restriction, one.duty, one.app, one.surface, *nobody)


def _unserved_gaps(law: Law, estate: Estate, served: Collection[str], at: datetime) -> Iterator[Gap]:
    """A gap for each network of the kind that a clause in force is about, and that no target serves."""
    for text, clause in binding_clauses(law, _institutions(law, estate)):
        left = sorted(n.id for n in estate.networks if n.use in clause.networks and n.id not in served)
        if not left or clocks.standing(law, text, clause, at) is not Standing.IN_FORCE:
            continue
        reason = f"served by no target: {', '.join(left)}"
        for one in stated(law, text, clause, at):
            yield Gap(EVERY_TARGET, one.restriction, one.duty, one.app, one.surface, "no-such-network", reason)


def _demand(
    on_the_web: Callable[[DeviceClass, str], bool],
    catalogue: Catalogue,
    one: Asked,
    who: Collection[DeviceClass],
    sizes: Counter[str],
) -> Demand:
    found = catalogue.member(one.app)
    web = all(_web_too(on_the_web, c, one) for c in who)
    return Demand(
        restriction=one.restriction,
        duty=one.duty,
        app=one.app,
        surface=one.surface,
        due=one.due,
        identifiers=found[1].identifiers if found else (),
        web_forbidden=web,
        classes=tuple(sorted(c.id for c in who)),
        devices=sum(sizes[c.id] for c in who),
    )


def _web_too(on_the_web: Callable[[DeviceClass, str], bool], who: DeviceClass, one: Asked) -> bool:
    """Whether names of the site may be blocked as well: the web is forbidden, or all traffic of a network."""
    if who.subject is Subject.NETWORK and one.surface is Surface.NETWORK:
        return True
    return on_the_web(who, one.app)


def _forbids_web(compiled: CompiledLaw, who: DeviceClass, app: str) -> bool:
    return compiled.ruling(who, app, Surface.WEB).outcome is Outcome.FORBIDDEN


def _of_pilot(gap: Gap) -> Gap:
    """That no device is in scope is said of the pilot's alone: others may be."""
    reason = "no device of the pilot's units is in scope"
    return replace(gap, id="not-in-pilot", reason=reason) if gap.id == "no-device" else gap


def _unit_of(estate: Estate, device: str, day: date) -> str | None:
    row = estate.device_on(device, day, day)
    return row.unit if row else None


def _size(who: DeviceClass, sizes: Counter[str]) -> ClassSize:
    count = sizes[who.id] if who.subject is Subject.DEVICE else None
    return ClassSize(who.id, who.in_words, count, who)


def _neighbours(catalogue: Catalogue, demands: tuple[Demand, ...], at: datetime) -> tuple[Identifier, ...]:
    """Every name that is surely some app's on that day, where anything is blocked: a target knows which it hits."""
    if not any(d.duty is Duty.BLOCK_TRAFFIC for d in demands):
        return ()
    every = (i for f in catalogue.families for i in f.identifiers)
    return tuple(
        i
        for i in every
        if i.kind is Kind.DOMAIN
        and i.confidence is not Confidence.LOW
        and (i.retired is None or at.date() < i.retired)
    )
