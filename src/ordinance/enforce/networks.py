# SPDX-License-Identifier: EUPL-1.2
"""Which networks a target serves, whose devices may be on them, and who is there that no ruling covers.

Reads: the estate's devices and networks, the body's targets. A device is counted where it may join: its people and its
unit are those of the network, or nobody stated them. Cannot know which devices are on a network at a moment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from ordinance.model.body import Body
from ordinance.model.estate import Device, Estate, Network, Owner, People, Use
from ordinance.model.law import Duty
from ordinance.model.ruling import DeviceClass, Subject
from ordinance.model.target import Bystanders, Demand
from ordinance.policy.resolve import subject_of


def is_of(network: Network, units: Collection[str]) -> bool:
    """Whether only these units work on a network: one for everybody is no pilot's."""
    return bool(network.units) and set(network.units) <= set(units)


def served_by(body: Body, estate: Estate) -> tuple[Network, ...]:
    """Networks that any target serves; a target that names none may serve every one."""
    named = {n for t in body.targets for n in t.networks}
    every = any(not t.networks for t in body.targets)
    return tuple(n for n in sorted(estate.networks, key=_id) if every or n.id in named)


def on_networks(
    estate: Estate, classes: Mapping[str, DeviceClass], served: Sequence[Network], day: date
) -> frozenset[str] | None:
    """Devices that may be on a network that is served; `None` where the estate states no networks: anybody may."""
    if not estate.networks:
        return None
    every = estate.devices_on(day, day)
    return frozenset(d.id for d in every if any(_joins(d, classes[d.id], n) for n in served))


def bystanders(
    body_id: str,
    estate: Estate,
    classes: Mapping[str, DeviceClass],
    demands: tuple[Demand, ...],
    served: tuple[Network, ...],
    day: date,
) -> tuple[Bystanders, ...]:
    """Who is on the networks that are served, and that no rule covers for all that is blocked there."""
    if not any(d.duty is Duty.BLOCK_TRAFFIC for d in demands):
        return ()
    counted: Counter[tuple[str, str]] = Counter()
    covered = {n.id: _covered(demands, subject_of(Subject.NETWORK, n.use, body_id).id) for n in served}
    for device in estate.devices_on(day, day):
        who = classes[device.id]
        for network in served:
            on_it = covered[network.id]
            if on_it is not None and who.id not in on_it and _joins(device, who, network):
                counted[network.id, _described(who)] += 1
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

    `network` is the network's own class: an app that a rule about such networks blocks counts for everybody there.
    `None`: a rule about the network covers all that is blocked.
    """
    by_app: dict[str, set[str]] = {}
    for demand in demands:
        if demand.duty is Duty.BLOCK_TRAFFIC:
            by_app.setdefault(demand.app, set()).update(demand.classes)
    left = [found for found in by_app.values() if network not in found]
    return frozenset(set.intersection(*left)) if left else None


def _joins(device: Device, who: DeviceClass, network: Network) -> bool:
    return (
        network.use is Use.WORK
        and (not network.units or device.unit in network.units)
        and (not network.populations or who.people is None or who.people in network.populations)
    )


def _described(who: DeviceClass) -> str:
    owners = {Owner.BODY: "the body's", Owner.PERSON: "people's own", Owner.CONTRACTOR: "contractors'"}
    owner = owners.get(who.facts.owner, "others'") if who.facts.owner else "devices of unstated owner among"
    people = who.people or "people of unstated kind"
    return f"{owner} devices of {people}"


def _id(network: Network) -> str:
    return network.id
