# SPDX-License-Identifier: EUPL-1.2
"""A bundle: every artefact, what it leaves open and whom it hits, with digests.

Reads: a plan and the last bundle's manifest. The same input gives the same bytes; a version number
that a format carries rises only when its artefact changed.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ordinance.model.body import Body, TargetSettings
from ordinance.model.target import Artefact, ClassSize, Compiled, Gap, OverReach, Plan, Target

MANIFEST = "manifest.json"
GAPS = "gaps.json"
OVER_REACH = "overreach.json"
NO_TARGET = "no-target"


@dataclass(frozen=True, slots=True)
class ClassChange:
    """How much of a change is for one class of devices. `devices` is `None` where nobody counts them."""

    id: str
    facts: str
    devices: int | None
    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class Change:
    """What one artefact would gain and lose against the last bundle. `path` is within the bundle.

    `classes` are those for which entries are added or removed; an entry may be for several.
    """

    target: str
    path: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    classes: tuple[ClassChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Bundle:
    """All files of a bundle by path, its changes against the last one, gaps and over-reach."""

    files: Mapping[str, bytes]
    changes: tuple[Change, ...]
    gaps: tuple[Gap, ...]
    over_reach: tuple[OverReach, ...]
    serials: Mapping[str, int]

    @property
    def devices_affected(self) -> int:
        """How many devices are in a class for which anything changes; who is not counted is not among them."""
        return sum({c.id: c.devices or 0 for change in self.changes for c in change.classes}.values())

    @property
    def entries(self) -> int:
        """Entries that the bundle's artefacts hold."""
        manifest = json.loads(self.files[MANIFEST])
        return sum(len(a["entries"]) for a in manifest["artefacts"])


def make_bundle(
    plan: Plan,
    gaps: Sequence[Gap],
    body: Body,
    targets: Mapping[str, Target],
    last: Mapping[str, Any] | None,
    tool: str,
    stage: Mapping[str, Any],
) -> Bundle:
    """Compile a plan for every target the body configured. `last` is the last bundle's manifest.

    `stage` says which units it is for (`pilot`, empty: all) and which law it was made with.
    """
    compiled: list[tuple[TargetSettings, int, Compiled]] = []
    for settings in body.targets:
        target = targets[settings.id]
        serial = _serial(target, settings, plan, last)
        compiled.append((settings, serial, target.compile(plan, settings.settings, serial)))
    every_gap = tuple(sorted({*gaps, *(g for _, _, c in compiled for g in c.gaps), *_without_target(plan, body)}))
    over_reach = tuple(sorted({o for _, _, c in compiled for o in c.over_reach}, key=repr))
    artefacts = [(s.id, a) for s, _, c in compiled for a in c.artefacts]
    serials = {**(last or {}).get("serials", {}), **{s.id: serial for s, serial, _ in compiled}}  # of targets gone too
    files = {a.path: a.content for _, a in artefacts}
    files[GAPS] = as_json([_gap(g) for g in every_gap])
    files[OVER_REACH] = as_json([_reach(o) for o in over_reach])
    fields = {s.id: targets[s.id].version_field for s, _, _ in compiled if targets[s.id].version_field}
    files[MANIFEST] = as_json({**_manifest(plan, artefacts, serials, files, tool), "version_fields": fields, **stage})
    return Bundle(files, changes(plan, artefacts, last, stage), every_gap, over_reach, serials)


def accepted_by(bundle: Bundle, rows: Sequence[Mapping[str, Any]]) -> Bundle:
    """The bundle with what real programs said of its files in its manifest."""
    manifest = {**json.loads(bundle.files[MANIFEST]), "accepted": list(rows)}
    return replace(bundle, files={**bundle.files, MANIFEST: as_json(manifest)})


def changes(
    plan: Plan,
    artefacts: Sequence[tuple[str, Artefact]],
    last: Mapping[str, Any] | None,
    stage: Mapping[str, Any] = {},  # never changed
) -> tuple[Change, ...]:
    """Additions and removals per artefact and class; an artefact that is gone loses every entry.

    For whom an entry was that is removed says the last bundle; of an older form, it does not. After a pilot, and before
    one, classes have other devices: for those that are new to it everything is added.
    """
    before = {a["path"]: (a["target"], _reach_of_manifest(a)) for a in (last or {}).get("artefacts", ())}
    after = {a.path: (target, reach_of(plan, a)) for target, a in artefacts}
    known = {c["id"]: ClassSize(c["id"], c["facts"], c["devices"]) for c in (last or {}).get("classes", ())}
    other_units = list((last or {}).get("pilot", ())) != list(stage.get("pilot", ()))
    grown = {c.id: c.devices - (known[c.id].devices or 0) for c in plan.classes if c.devices and c.id in known}
    known |= {c.id: c for c in plan.classes}
    found = []
    for path in sorted(before.keys() | after.keys()):
        target = (after.get(path) or before[path])[0]
        old, new = before.get(path, ("", {}))[1], after.get(path, ("", {}))[1]
        added, removed = tuple(sorted(new.keys() - old.keys())), tuple(sorted(old.keys() - new.keys()))
        by_class = _by_class(old, new, known)
        if last and other_units:
            there = {c.id for c in by_class}
            others = [*_others_of(new, known, grown, there), *_others_of(old, known, grown, there, left=True)]
            by_class = tuple(sorted((*by_class, *others), key=_in_order))
        found.append(Change(target, path, added, removed, by_class))
    return tuple(found)


def _in_order(change: ClassChange) -> str:
    return change.id


def _others_of(
    reach: Reach,
    known: Mapping[str, ClassSize],
    grown: Mapping[str, int],
    there: Collection[str],
    *,
    left: bool = False,
) -> Iterator[ClassChange]:
    """Devices of a class that only one of the two bundles is for, although both are for others of that class.

    `left`: those that the last one was for, and this one is not; `reach` is then that of the last.
    """
    counted = Counter(c for those in reach.values() for c in those)
    for name, more in grown.items():
        if (more < 0 if left else more > 0) and counted[name] and name not in there:
            added, removed = (0, counted[name]) if left else (counted[name], 0)
            yield ClassChange(name, known[name].facts, abs(more), added, removed)


Reach = Mapping[str, frozenset[str]]  # by entry, the classes that it is for


def _by_class(old: Reach, new: Reach, known: Mapping[str, ClassSize]) -> tuple[ClassChange, ...]:
    """For each class how many entries it gains and loses: also where an entry stays, and is now for others."""
    added, removed = Counter[str](), Counter[str]()
    for entry in old.keys() | new.keys():
        was, now = old.get(entry, frozenset()), new.get(entry, frozenset())
        added.update(now - was)
        removed.update(was - now)
    every = sorted(added.keys() | removed.keys())
    sizes = (known.get(c, ClassSize(c, "not known any more", None)) for c in every)
    return tuple(ClassChange(c.id, c.facts, c.devices, added[c.id], removed[c.id]) for c in sizes)


def reach_of(plan: Plan, artefact: Artefact) -> Reach:
    """For which classes each entry of an artefact is: those of each demand for which it stops a name."""
    classes = {(d.restriction, d.duty, d.app, d.surface): frozenset(d.classes) for d in plan.demands}
    entries = frozenset(artefact.entries)
    found: dict[str, set[str]] = {entry: set() for entry in artefact.entries}
    for restriction, duty, app, surface, value in artefact.lines:
        for entry in _at_or_above(value):
            if entry in entries:
                found[entry] |= classes.get((restriction, duty, app, surface), frozenset())
    return {entry: frozenset(those) for entry, those in found.items()}


def _at_or_above(name: str) -> Iterator[str]:
    while name:
        yield name
        name = name.partition(".")[2]


def _reach_of_manifest(artefact: Mapping[str, Any]) -> Reach:
    groups = [frozenset(group) for group in artefact.get("for", ())]
    at = artefact.get("group", ())
    entries = artefact["entries"]
    if len(at) != len(entries):
        return dict.fromkeys(entries, frozenset())
    return {entry: groups[n] if 0 <= n < len(groups) else frozenset() for entry, n in zip(entries, at, strict=True)}


def _grouped(reach: Reach, entries: Sequence[str]) -> dict[str, Any]:
    """Each distinct set of classes once, and for each entry which of them it is for."""
    groups = sorted({tuple(sorted(those)) for those in reach.values()})
    number = {group: n for n, group in enumerate(groups)}
    return {"for": [list(g) for g in groups], "group": [number[tuple(sorted(reach[e]))] for e in entries]}


def as_json(value: object) -> bytes:
    """Readable JSON, the same bytes for the same value."""
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=False) + "\n").encode(errors="replace")


def _serial(target: Target, settings: TargetSettings, plan: Plan, last: Mapping[str, Any] | None) -> int:
    """The last number while nothing changed, else the next; the first is the day's, as DNS admins write it."""
    first = int(plan.at.strftime("%Y%m%d00"))
    known = (last or {}).get("serials", {}).get(settings.id)
    if known is None:
        return first
    digests = {a["path"]: a["sha256"] for a in (last or {})["artefacts"]}
    again = target.compile(plan, settings.settings, int(known)).artefacts
    same = {a.path: _sha256(a.content) for a in again}
    unchanged = same == {p: d for p, d in digests.items() if p.startswith(f"{settings.id}/")}
    return int(known) if unchanged else max(int(known) + 1, first)


def _without_target(plan: Plan, body: Body) -> tuple[Gap, ...]:
    if body.targets:
        return ()
    reason = "no target is configured in ordinance.toml"
    return tuple(Gap("none", d.restriction, d.duty, d.app, d.surface, NO_TARGET, reason) for d in plan.demands)


def _manifest(
    plan: Plan,
    artefacts: Sequence[tuple[str, Artefact]],
    serials: Mapping[str, int],
    files: Mapping[str, bytes],
    tool: str,
) -> dict[str, Any]:
    return {
        "tool": tool,
        "body": plan.body,
        "notice": plan.notice,
        "invented": [{"text": t, "version": v, "paths": list(paths)} for t, v, paths in plan.invented],
        "at": plan.at.isoformat(),
        "catalogue": plan.catalogue_version,
        "catalogue_digest": plan.catalogue_digest,
        "restrictions": sorted({d.restriction for d in plan.demands}),
        "serials": dict(serials),
        "artefacts": [
            {
                "target": target,
                "path": a.path,
                "sha256": _sha256(a.content),
                "entries": list(a.entries),
                **_grouped(reach_of(plan, a), a.entries),
            }
            for target, a in artefacts
        ],
        "classes": [{"id": c.id, "facts": c.facts, "devices": c.devices} for c in plan.classes],
        "reports": {name: _sha256(files[name]) for name in (GAPS, OVER_REACH)},
    }


def _gap(gap: Gap) -> dict[str, str]:
    return {
        "target": gap.target,
        "restriction": gap.restriction,
        "duty": gap.duty,
        "app": gap.app,
        "surface": gap.surface,
        "id": gap.id,
        "identifier": gap.identifier,
        "reason": gap.reason,
    }


def _reach(reach: OverReach) -> dict[str, str | int | None]:
    return {
        "target": reach.target,
        "network": reach.network,
        "who": reach.who,
        "count": reach.count,
        "reason": reach.reason,
    }


def _sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
