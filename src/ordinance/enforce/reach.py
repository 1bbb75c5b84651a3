# SPDX-License-Identifier: EUPL-1.2
"""For whom each entry of an artefact is, and which devices a bundle treats alike.

Reads plans and artefacts. A target that serves networks blocks all its entries for every device that may be there,
whatever its class: it cannot tell who asks. Others block for the classes of a demand. Cannot know what devices do
that nobody entered in the estate.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ordinance.enforce.plan import Plans
from ordinance.model.law import Duty
from ordinance.model.target import Artefact, Gap, Plan

Reach = Mapping[str, frozenset[str]]  # by entry, the classes that it is for


@dataclass(frozen=True, slots=True)
class Reached:
    """An artefact, the target that made it, for whom each of its entries is, and its digest."""

    target: str
    artefact: Artefact
    reach: Reach
    sha256: str


@dataclass(frozen=True, slots=True)
class Group:
    """Devices of a class that a bundle treats alike. `state` is, for each target that blocks anything for them, a
    digest of its settings and of all that it blocks.
    """

    device_class: str
    facts: str
    state: Mapping[str, str]
    devices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Affected:
    """A device for which something changes, its class, and the targets with which it changes."""

    device_class: str
    facts: str
    targets: frozenset[str]


def reach_of(plan: Plan, artefact: Artefact) -> Reach:
    """For which classes each entry of an artefact is: those of each demand for which it stops a name."""
    classes = {(d.restriction, d.duty, d.app, d.surface): frozenset(d.classes) for d in plan.demands}
    nobody: frozenset[str] = frozenset()
    found: dict[str, frozenset[str]] = dict.fromkeys(artefact.entries, nobody)
    above: dict[str, tuple[str, ...]] = {}  # of what is above a name: many names share it
    unions: dict[tuple[frozenset[str], frozenset[str]], frozenset[str]] = {}
    for restriction, duty, app, surface, value in artefact.lines:
        those = classes.get((restriction, duty, app, surface), nobody)
        name = value if value in found else value.lower()
        parent = name[name.find(".") + 1 :] if "." in name else ""
        if parent not in above:
            above[parent] = tuple(p for p in _at_or_above(parent) if p in found)
        for entry in (name, *above[parent]) if name in found else above[parent]:
            both = found[entry], those
            if both not in unions:
                unions[both] = both[0] | both[1]
            found[entry] = unions[both]
    return found


def _at_or_above(name: str) -> Iterator[str]:
    while name:
        yield name
        name = name.partition(".")[2]


def groups_of(
    plans: Plans, reached: Iterable[Reached], settings: Mapping[str, Mapping[str, str]], by_network: Collection[str]
) -> tuple[Group, ...]:
    """Every device for which anything is blocked, gathered by class and by what is. `by_network` are ids of targets."""
    entries: dict[str, dict[frozenset[str], list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in reached:
        for entry, classes in one.reach.items():
            entries[one.target][classes].append(entry)
    states = _States(entries, settings)
    every = sorted(plans.class_of.keys() | {d for on in plans.on_networks.values() if on for d in on})
    networks = {t: plans.on_networks.get(t) for t in entries if t in by_network}
    alike: dict[tuple[str, tuple[bool | None, ...]], list[str]] = defaultdict(list)
    for device in every:
        here = tuple(None if on is None else device in on for on in networks.values())
        alike[plans.class_of.get(device, ""), here].append(device)
    found = []
    for (class_id, here), devices in alike.items():
        on_it = dict(zip(networks, here, strict=True))
        state = {t: states.of(t, class_id, on_it.get(t)) for t in sorted(entries)}
        if blocked := {t: digest for t, digest in state.items() if digest}:
            facts = plans.facts.get(class_id, "no rule is about these devices")
            found.append(Group(class_id, facts, blocked, tuple(devices)))
    return tuple(sorted(found, key=lambda g: (g.device_class, g.devices)))


class _States:
    """Digests of what a target blocks, each made once."""

    def __init__(
        self, entries: Mapping[str, Mapping[frozenset[str], list[str]]], settings: Mapping[str, Mapping[str, str]]
    ) -> None:
        self._entries, self._settings = entries, settings
        self._made: dict[tuple[str, str | None], str] = {}

    def of(self, target: str, class_id: str, on_network: bool | None) -> str:
        """Empty where nothing is blocked. `on_network` is `None` for targets and estates without networks."""
        if on_network is False:
            return ""
        key = target, None if on_network else class_id
        if key not in self._made:
            self._made[key] = self._digest(target, key[1])
        return self._made[key]

    def _digest(self, target: str, class_id: str | None) -> str:
        lists = self._entries[target].items()
        names = sorted(e for those, found in lists if class_id is None or class_id in those for e in found)
        if not names:
            return ""
        said = json.dumps([dict(self._settings.get(target, {})), names], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:16]


def affected(old: Sequence[Group], new: Sequence[Group]) -> dict[str, Affected]:
    """By device: everybody for whom a target blocks something else than before, or from now on, or no more."""
    before = {d: g for g in old for d in g.devices}
    after = {d: g for g in new for d in g.devices}
    found = {}
    for device in before.keys() | after.keys():
        was, now = before.get(device), after.get(device)
        if was is not None and now is not None and was.state == now.state:
            continue
        left, got = (was.state if was else {}), (now.state if now else {})
        targets = frozenset(t for t in left.keys() | got.keys() if left.get(t) != got.get(t))
        group = now or was
        if targets and group is not None:
            found[device] = Affected(group.device_class, group.facts, targets)
    return found


def not_on_networks(plans: Plans, reached: Iterable[Reached], by_network: Collection[str]) -> Iterator[Gap]:
    """For each demand that a target of networks carries out: that some devices in scope are on none of its networks."""
    members: dict[str, list[str]] = defaultdict(list)
    for device, class_id in plans.class_of.items():
        members[class_id].append(device)
    lines = {(a.target, *line[:4]) for a in reached for line in a.artefact.lines}
    for target, on in plans.on_networks.items():
        if target not in by_network or on is None:
            continue
        away = {c: sum(1 for d in devices if d not in on) for c, devices in members.items()}
        for d in plans.of_target[target].demands:
            if d.duty is not Duty.BLOCK_TRAFFIC or (target, d.restriction, d.duty, d.app, d.surface) not in lines:
                continue
            if count := sum(away.get(c, 0) for c in d.classes):
                reason = f"{count} device(s) in scope are on no network that this target serves, as far as is stated"
                yield Gap(target, d.restriction, d.duty, d.app, d.surface, "not-on-its-networks", reason)


def as_document(groups: Sequence[Group], estate_devices: int) -> dict[str, Any]:
    """The groups as JSON: ids of devices as the estate has them, no names of people."""
    rows = [
        {"class": g.device_class, "facts": g.facts, "state": dict(g.state), "devices": list(g.devices)} for g in groups
    ]
    return {"estate_devices": estate_devices, "groups": rows}
