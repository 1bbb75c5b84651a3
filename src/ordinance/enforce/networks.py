# SPDX-License-Identifier: EUPL-1.2
"""Which networks a target serves, whose devices may be on them, and who is there that no ruling covers.

Reads: the estate's devices and networks, the body's targets. A device is counted where it may join: its people and its
unit are those of the network, or nobody stated them. Cannot know which devices are on a network at a moment.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from ordinance.model.apps import Surface
from ordinance.model.body import Body
from ordinance.model.estate import Estate, Network, Owner, People, Use
from ordinance.model.law import Duty
from ordinance.model.ruling import DeviceClass, Subject
from ordinance.model.target import Bystanders, Demand
from ordinance.policy.resolve import subject_of


def is_of(network: Network, units: Collection[str]) -> bool:
    """Whether only these units work on a network: one for everybody is no pilot's."""
    return bool(network.units) and set(network.units) <= set(units)


def served_by(body: Body, estate: Estate, by_network: Collection[str] | None = None) -> tuple[Network, ...]:
    """Networks that any target serves; a target that names none may serve every one.

    `by_network` are the ids of targets that serve networks: files and letters serve none. `None`: all may.
    """
    serving = [t for t in body.targets if by_network is None or t.id in by_network]
    named = {n for t in serving for n in t.networks}
    every = any(not t.networks for t in serving)
    return tuple(n for n in sorted(estate.networks, key=_id) if every or n.id in named)


def devices_on(
    estate: Estate, classes: Mapping[str, DeviceClass], day: date
) -> Mapping[str, frozenset[str]] | None:
    """For each network of the estate, the devices that may be on it; `None` where it states none."""
    if not estate.networks:
        return None
    alike: dict[tuple[str | None, People | None, Use | None], list[str]] = defaultdict(list)
    for device in estate.devices_on(day, day):
        who = classes[device.id]
        alike[device.unit, who.people, who.facts.use].append(device.id)
    found: dict[str, frozenset[str]] = {}
    shared: dict[tuple[object, ...], frozenset[str]] = {}  # networks that are joined alike share one set
    for network in estate.networks:
        key = network.use, frozenset(network.units), frozenset(network.populations)
        if key not in shared:
            units = with_units_below(estate, network.units)
            joins = (ids for kind, ids in alike.items() if _joins(network, units, *kind))
            shared[key] = frozenset(d for ids in joins for d in ids)
        found[network.id] = shared[key]
    return found


def with_units_below(estate: Estate, units: Iterable[str]) -> frozenset[str]:
    """Units and all that belong to them."""
    found = set(units)
    while more := {u.id for u in estate.units if u.parent in found} - found:
        found |= more
    return frozenset(found)


def bystanders(
    body_id: str,
    classes: Mapping[str, DeviceClass],
    demands: tuple[Demand, ...],
    served: tuple[Network, ...],
    on: Mapping[str, frozenset[str]],
) -> tuple[Bystanders, ...]:
    """Who is on the networks that are served, and that no rule covers for all that is blocked there."""
    if not any(d.duty is Duty.BLOCK_TRAFFIC for d in demands):
        return ()
    counted: Counter[tuple[str, str]] = Counter()
    covered = {n.id: _covered(demands, subject_of(Subject.NETWORK, n.use, body_id).id) for n in served}
    kinds: dict[int, Counter[DeviceClass]] = {}  # by set of devices, of which many networks share one
    for network in served:
        on_it, here = covered[network.id], on.get(network.id, frozenset())
        if on_it is None:
            continue
        if id(here) not in kinds:
            kinds[id(here)] = Counter(classes[d] for d in here)
        for who, devices in kinds[id(here)].items():
            if who.id not in on_it:
                counted[network.id, _described(who)] += devices
    guests = {(n.id, str(p)) for n in served for p in _uncounted(n)}
    rows = [Bystanders(network, who, count) for (network, who), count in counted.items()]
    return tuple(sorted([*rows, *(Bystanders(n, f"{p}s, whom nobody counts", None) for n, p in guests)], key=repr))


def _uncounted(network: Network) -> tuple[People, ...]:
    """Whom a network lets in without an estate that lists their devices; a public one is for visitors at least."""
    if network.use is Use.PUBLIC:
        return network.populations or (People.VISITOR,)
    return tuple(p for p in network.populations if p is People.VISITOR)


def _covered(demands: tuple[Demand, ...], network: str) -> frozenset[str] | None:
    """Classes for which all that is blocked on a network is forbidden: whoever lacks one app's rule is hit by it.

    Of an app its own names and those of its site count apart. `network` is the network's own class: what a rule about
    such networks blocks counts for everybody there. `None`: a rule about the network covers all that is blocked.
    """
    by_part: dict[tuple[str, str], set[str]] = {}
    for demand in demands:
        for part in _parts(demand):
            by_part.setdefault((demand.app, part), set()).update(demand.classes)
    left = [found for found in by_part.values() if network not in found]
    return frozenset(set.intersection(*left)) if left else None


def _parts(demand: Demand) -> tuple[str, ...]:
    """What a demand has blocked of an app: its own names, those of its site, or both."""
    if demand.duty is not Duty.BLOCK_TRAFFIC:
        return ()
    if demand.surface is Surface.WEB:
        return ("web",)
    if demand.surface not in (Surface.APP, Surface.DESKTOP, Surface.NETWORK):
        return ()
    return ("app", "web") if demand.web_forbidden else ("app",)


def _joins(
    network: Network, units: frozenset[str], unit: str | None, people: People | None, use: Use | None
) -> bool:
    """Whether a device may be on a network. What nobody stated keeps nobody away.

    On a network for work is whoever works there, with whatever device; others are for devices of their use alone.
    """
    return (
        (network.use is Use.WORK or network.use is use)
        and (not network.units or not unit or unit in units)
        and (not network.populations or people is None or people in network.populations)
    )


def _described(who: DeviceClass) -> str:
    owners = {Owner.BODY: "the body's", Owner.PERSON: "people's own", Owner.CONTRACTOR: "contractors'"}
    owner = owners.get(who.facts.owner, "others'") if who.facts.owner else "devices of unstated owner among"
    people = who.people or "people of unstated kind"
    return f"{owner} devices of {people}"


def _id(network: Network) -> str:
    return network.id
