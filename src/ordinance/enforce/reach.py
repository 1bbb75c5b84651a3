# SPDX-License-Identifier: EUPL-1.2
"""For whom each entry of an artefact is, and which devices a bundle treats alike.

Reads plans and artefacts. A target that serves networks blocks all its entries for every device that may be there,
whatever its class: it cannot tell who asks. A file for devices has all its entries for each class that gets it. Words
are for the classes of a demand. Cannot know what devices do that nobody entered in the estate.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from ordinance.enforce.plan import Plans
from ordinance.model.target import Artefact, Compiled, Gap, Plan
from ordinance.targets._block import EVERYBODY

Reach = Mapping[str, frozenset[str]]  # by entry, the classes that it is for


_DEMAND = itemgetter(0, 1, 2, 3)  # of a line: all but the identifier


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
    """A device for which something changes, its class, and the targets with which it changes.

    `begins`: one of them did nothing for it before, or tells its people something else now.
    """

    device_class: str
    facts: str
    targets: frozenset[str]
    begins: bool


def reach_of(plan: Plan, artefact: Artefact) -> Reach:
    """For which classes each entry of an artefact is: those of each demand for which it stops a name."""
    classes = {(d.restriction, d.duty, d.app, d.surface): frozenset(d.classes) for d in plan.demands}
    nobody: frozenset[str] = frozenset()
    keys = set(map(_DEMAND, artefact.lines))
    if len(keys) == 1 and [line[4] for line in artefact.lines] == list(artefact.entries):
        return dict.fromkeys(artefact.entries, classes.get(keys.pop(), nobody))  # one demand asks for every entry
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


@dataclass(frozen=True, slots=True)
class Made:
    """What a target made, and how it comes to devices: by the networks it serves, by files, or by words.

    `settings` are those given, `known` has the default of each that was not.
    """

    target: str
    plan: Plan
    compiled: Compiled
    reached: tuple[Reached, ...]
    settings: Mapping[str, str]
    known: Mapping[str, str]
    by_network: bool

    @property
    def networks(self) -> frozenset[str]:
        """Networks on which it blocks: those that it serves, and those that it cannot leave out."""
        hit = {o.network for o in self.compiled.over_reach if o.who == EVERYBODY}
        return frozenset({n.id for n in self.plan.networks} | hit)


def groups_of(plans: Plans, made: Iterable[Made]) -> tuple[Group, ...]:
    """Every device for which a target does anything, gathered by class and by what it does."""
    every = [(m, _States(m), _devices_on(plans, m.networks) if m.by_network else None) for m in made]
    alike: dict[tuple[str, bool, tuple[bool, ...]], list[str]] = defaultdict(list)
    for device in sorted(plans.classes):
        here = tuple(on is None or device in on for _, _, on in every)
        alike[plans.classes[device].id, device in plans.class_of, here].append(device)
    words = {c.id: c.in_words for c in plans.classes.values()}
    found = []
    for (class_id, is_meant, here), devices in alike.items():
        state = {
            m.target: digest
            for (m, states, _), is_here in zip(every, here, strict=True)
            if (digest := states.of(class_id, is_here=is_here, is_meant=is_meant))
        }
        if state:
            found.append(Group(class_id, words[class_id], state, tuple(devices)))
    return tuple(sorted(found, key=lambda g: (g.device_class, g.devices)))


def _devices_on(plans: Plans, networks: Iterable[str]) -> frozenset[str] | None:
    """`None` where the estate states no networks: any device may be there."""
    if plans.on is None:
        return None
    return frozenset().union(*(plans.on.get(n, frozenset()) for n in networks))


class _States:
    """Digests of what a target does for a class of devices, each made once."""

    def __init__(self, made: Made) -> None:
        self._made, self._known = made, dict[str | None, str]()
        self._entries: dict[frozenset[str], list[str]] = defaultdict(list)
        for one in made.reached:
            for entry, classes in one.reach.items():
                self._entries[classes].append(entry)

    def of(self, class_id: str, *, is_here: bool, is_meant: bool) -> str:
        """Empty where it does nothing. `is_here`: on its networks. `is_meant`: the plan is for the device.

        Whoever is on a network meets every entry, and so does whoever gets a file that has any for its class.
        """
        if self._made.by_network:
            return self._digest(None) if is_here else ""
        own = self._digest(class_id) if is_meant else ""
        gets = self._made.compiled.gets
        if gets is None or not own:
            return own
        return self._digest(None) if class_id in gets else ""

    def _digest(self, class_id: str | None) -> str:
        if class_id not in self._known:
            lists = self._entries.items()
            names = sorted(e for those, found in lists if class_id is None or class_id in those for e in found)
            said = json.dumps([dict(self._made.known), names, self._told(class_id)], sort_keys=True)
            self._known[class_id] = hashlib.sha256(said.encode()).hexdigest()[:16] if names else ""
        return self._known[class_id]


    def _told(self, class_id: str | None) -> list[list[str]]:
        """What words ask of a class: of the same app it may be something else, or by another day."""
        if self._made.by_network or self._made.compiled.gets is not None:
            return []
        lines = {line[:4] for a in self._made.reached for line in a.artefact.lines}
        asked = (d for d in self._made.plan.demands if class_id in d.classes)
        return sorted(
            [d.restriction, d.duty, d.app, d.surface, d.due.isoformat()]
            for d in asked
            if (d.restriction, d.duty, d.app, d.surface) in lines
        )


def affected(old: Sequence[Group], new: Sequence[Group], words: Collection[str] = ()) -> dict[str, Affected]:
    """By device: everybody for whom a target blocks something else than before, or from now on, or no more.

    `words` are the targets that tell people something: to be told something else is to be asked anew.
    """
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
            begins = bool(got.keys() - left.keys()) or any(t in words and t in got for t in targets)
            found[device] = Affected(group.device_class, group.facts, targets, begins)
    return found


def not_on_networks(plans: Plans, made: Iterable[Made]) -> Iterator[Gap]:
    """For each demand that a target of networks carries out: how many devices in scope are nowhere that it blocks."""
    members: dict[str, list[str]] = defaultdict(list)
    for device, class_id in plans.class_of.items():
        members[class_id].append(device)
    for one in made:
        on = _devices_on(plans, one.networks)
        if not one.by_network or on is None:
            continue
        lines = {line[:4] for a in one.reached for line in a.artefact.lines}
        away = {c: sum(1 for d in devices if d not in on) for c, devices in members.items()}
        for d in one.plan.demands:
            if (d.restriction, d.duty, d.app, d.surface) not in lines:
                continue
            if count := sum(away.get(c, 0) for c in d.classes):
                reason = f"{count} device(s) in scope are on no network where this target blocks, as far as is stated"
                yield Gap(one.target, d.restriction, d.duty, d.app, d.surface, "not-on-its-networks", reason)


def as_document(groups: Sequence[Group], estate_devices: int) -> dict[str, Any]:
    """The groups as JSON: ids of devices as the estate has them, no names of people."""
    rows = [
        {"class": g.device_class, "facts": g.facts, "state": dict(g.state), "devices": list(g.devices)} for g in groups
    ]
    return {"estate_devices": estate_devices, "groups": rows}
