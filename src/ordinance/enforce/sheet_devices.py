# SPDX-License-Identifier: EUPL-1.2
"""The devices of an estate as the enforceability sheet groups them, and what rules in force ask of each group.

Reads: the law, the estate and the body's targets and sources at an instant; no evidence. A device whose facts nobody
stated for that day is in no group: it is counted apart. Cannot know which devices are on a network at a moment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ordinance.enforce.networks import devices_on
from ordinance.enforce.subjects import Asked, stated
from ordinance.model.apps import Surface
from ordinance.model.body import Body
from ordinance.model.enforceability import Devices
from ordinance.model.estate import Estate, Network
from ordinance.model.kleene import Truth
from ordinance.model.law import Law
from ordinance.model.ruling import DeviceClass
from ordinance.policy.compiled import CompiledLaw
from ordinance.policy.resolve import ClauseState, class_of_device


@dataclass(frozen=True, slots=True)
class _Rules:
    """What rules in force ask of a class: apps by surface, exemptions by surface, and facts that would decide."""

    asked: tuple[tuple[Surface, frozenset[str]], ...]
    lifted: tuple[tuple[Surface, tuple[str, ...]], ...]
    unsure: tuple[str, ...]


def group_devices(law: Law, estate: Estate, body: Body, at: datetime) -> tuple[Devices, ...]:
    """Devices of a day, grouped by what the sheet can tell apart, in the order of their facts."""
    day = at.astimezone(law.zone).date()
    classes = {d.id: class_of_device(law, estate, d, at, at) for d in estate.devices_on(day, day)}
    rules = _rules_of(law, {c.id: c for c in classes.values()}, at)
    members: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for device, who in classes.items():
        members[_key(who, rules[who.id])].append(device)
    serves = {t.id: _served(estate, t.networks) for t in body.targets}
    logs = {s.id: _served(estate, (s.network,)) for s in body.sources if s.network is not None}
    on = devices_on(estate, classes, day)
    reached = {name: _on_any(on, nets) for name, nets in serves.items()}
    logged = {name: _on_any(on, nets) for name, nets in logs.items()}
    found = []
    for ids in members.values():
        who = classes[ids[0]]
        said = rules[who.id]
        found.append(
            Devices(
                platform=who.facts.platform,
                owner=who.facts.owner,
                enrolment=who.facts.enrolment,
                part_funded=who.facts.part_funded,
                use=who.facts.use,
                people=who.people,
                exemptions=who.exemptions,
                devices=len(ids),
                asked=dict(said.asked),
                lifted=dict(said.lifted),
                unsure=said.unsure,
                reached=_counts(reached, ids),
                logged=_counts(logged, ids),
            )
        )
    return tuple(sorted(found, key=_in_order))


def _key(who: DeviceClass, rules: _Rules) -> tuple[object, ...]:
    facts = who.facts
    own = (facts.platform, facts.owner, facts.enrolment, facts.part_funded, facts.use)
    return (*own, who.people, who.exemptions, rules)


def _served(estate: Estate, names: Iterable[str]) -> tuple[Network, ...]:
    """The networks of these names; of no names, all that the estate has."""
    wanted = frozenset(names)
    return tuple(n for n in estate.networks if not wanted or n.id in wanted)


def _counts(on: Mapping[str, frozenset[str] | None], devices: Iterable[str]) -> dict[str, int | None]:
    those = frozenset(devices)
    return {name: None if here is None else len(here & those) for name, here in on.items()}


def _rules_of(law: Law, classes: Mapping[str, DeviceClass], at: datetime) -> dict[str, _Rules]:
    compiled = CompiledLaw(law, at)
    said: dict[str, tuple[Asked, ...]] = {}
    return {name: _rules(compiled.states(who), said) for name, who in classes.items()}


def _rules(states: Iterable[ClauseState], said: dict[str, tuple[Asked, ...]]) -> _Rules:
    """`said` keeps what each clause asks for, whoever it covers: the catalogue is gone through once a clause."""
    asked: dict[Surface, set[str]] = defaultdict(set)
    lifted: dict[Surface, set[str]] = defaultdict(set)
    unsure: set[str] = set()
    for state in (s for s in states if s.binds):
        if state.reason.in_scope is Truth.UNKNOWN:
            unsure |= set(state.reason.missing)
            continue
        if state.name not in said:
            said[state.name] = tuple(stated(state.law, state.text, state.restriction, state.at))
        for one in said[state.name]:
            exemption = state.lifted_by(one.app, one.surface)
            if exemption is None:
                asked[one.surface].add(one.app)
            else:
                lifted[one.surface].add(exemption.id)
    return _Rules(
        tuple((s, frozenset(asked[s])) for s in sorted(asked)),
        tuple((s, tuple(sorted(lifted[s]))) for s in sorted(lifted) if s not in asked),
        tuple(sorted(unsure)),
    )


def _in_order(who: Devices) -> tuple[str, ...]:
    facts = (who.platform, who.owner, who.enrolment, who.part_funded, who.use, who.people)
    return (*("~" if f is None else str(f) for f in facts), *who.exemptions, repr(sorted(who.asked)), repr(who.unsure))


def _on_any(on: Mapping[str, frozenset[str]] | None, networks: Iterable[Network]) -> frozenset[str] | None:
    """Devices that may be on one of these; `None` where the estate states no networks."""
    return None if on is None else frozenset().union(*(on.get(n.id, frozenset()) for n in networks))
