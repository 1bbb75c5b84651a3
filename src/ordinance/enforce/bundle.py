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
from enum import StrEnum
from typing import Any

from ordinance.enforce.plan import Plans
from ordinance.model.body import Body, TargetSettings
from ordinance.model.errors import OrdinanceError, TargetError
from ordinance.model.target import Artefact, ClassSize, Compiled, Gap, OverReach, Plan, Target

MANIFEST = "manifest.json"
GAPS = "gaps.json"
OVER_REACH = "overreach.json"
NO_TARGET = "no-target"


class FileChange(StrEnum):
    """What becomes of a file of the last bundle."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    GONE = "gone"


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

    `classes` are those for which entries are added or removed; an entry may be for several. `file` is what becomes of
    its bytes. `opened` and `closed` are address ranges that it leaves out from now on, or no longer.
    """

    target: str
    path: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    classes: tuple[ClassChange, ...] = ()
    file: FileChange = FileChange.SAME
    opened: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()


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
    plans: Plans,
    body: Body,
    targets: Mapping[str, Target],
    last: Mapping[str, Any] | None,
    tool: str,
    stage: Mapping[str, Any],
) -> Bundle:
    """Compile the plan of each target the body configured. `last` is the last bundle's manifest.

    `stage` says which units it is for (`pilot`, empty: all) and which law it was made with. Raises TargetError, which
    names the target, where one fails in a way that it does not expect: then there is no bundle.
    """
    compiled: list[tuple[TargetSettings, int, Compiled]] = []
    for settings in body.targets:
        target, plan = targets[settings.id], plans.of_target[settings.id]
        serial, made = _compile(target, settings, plan, last)
        compiled.append((settings, serial, made))
    left_open = (*plans.gaps, *_without_target(plans.whole, body), *(g for _, _, c in compiled for g in c.gaps))
    every_gap = tuple(sorted(set(left_open)))
    over_reach = tuple(sorted({o for _, _, c in compiled for o in c.over_reach}, key=repr))
    artefacts = [
        Reached(s.id, a, reach_of(plans.of_target[s.id], a), _sha256(a.content))
        for s, _, c in compiled
        for a in c.artefacts
    ]
    serials = {**(last or {}).get("serials", {}), **{s.id: serial for s, serial, _ in compiled}}  # of targets gone too
    files = {a.artefact.path: a.artefact.content for a in artefacts}
    files[GAPS] = as_json([_gap(g) for g in every_gap])
    files[OVER_REACH] = as_json([_reach(o) for o in over_reach])
    fields = {s.id: targets[s.id].version_field for s, _, _ in compiled if targets[s.id].version_field}
    manifest = _manifest(plans.whole, artefacts, serials, files, tool)
    files[MANIFEST] = as_json({**manifest, "version_fields": fields, **stage})
    return Bundle(files, changes(plans.whole, artefacts, last, stage), every_gap, over_reach, serials)


@dataclass(frozen=True, slots=True)
class Reached:
    """An artefact, the target that made it, for whom each of its entries is, and its digest."""

    target: str
    artefact: Artefact
    reach: Reach
    sha256: str


def accepted_by(bundle: Bundle, rows: Sequence[Mapping[str, Any]]) -> Bundle:
    """The bundle with what real programs said of its files in its manifest."""
    manifest = {**json.loads(bundle.files[MANIFEST]), "accepted": list(rows)}
    return replace(bundle, files={**bundle.files, MANIFEST: as_json(manifest)})


def changes(
    plan: Plan,
    artefacts: Sequence[Reached],
    last: Mapping[str, Any] | None,
    stage: Mapping[str, Any] = {},  # never changed
) -> tuple[Change, ...]:
    """Additions and removals per artefact and class; an artefact that is gone loses every entry.

    For whom an entry was that is removed says the last bundle; of an older form, it does not. After a pilot, and before
    one, classes have other devices: for those that are new to it everything is added. Where other address ranges are
    left out than before, nobody knows whose devices are on them: every class is counted.
    """
    before = {a["path"]: a for a in (last or {}).get("artefacts", ())}
    after = {a.artefact.path: a for a in artefacts}
    known = {c["id"]: ClassSize(c["id"], c["facts"], c["devices"]) for c in (last or {}).get("classes", ())}
    other_units = bool(last) and list((last or {}).get("pilot", ())) != list(stage.get("pilot", ()))
    grown = {c.id: c.devices - (known[c.id].devices or 0) for c in plan.classes if c.devices and c.id in known}
    known |= {c.id: c for c in plan.classes}
    found = []
    for path in sorted(before.keys() | after.keys()):
        was, now = before.get(path), after.get(path)
        old: Reach = _reach_of_manifest(was) if was else {}
        new: Reach = now.reach if now else {}
        added, removed = tuple(sorted(new.keys() - old.keys())), tuple(sorted(old.keys() - new.keys()))
        free = set(was.get("left_out", ())) if was else set()
        freed = set(now.artefact.left_out) if now else set()
        opened, closed = tuple(sorted(freed - free)), tuple(sorted(free - freed))
        by_class = _by_class(old, new, known)
        there = {c.id for c in by_class}
        if other_units:
            others = [*_others_of(new, known, grown, there), *_others_of(old, known, grown, there, left=True)]
            by_class = tuple(sorted((*by_class, *others), key=_in_order))
        elif was and now and (opened or closed):
            everybody = _everybody(old, new, known, there, opened=bool(opened), closed=bool(closed))
            by_class = tuple(sorted((*by_class, *everybody), key=_in_order))
        target = now.target if now else str((was or {})["target"])
        file = _file_change(was, now)
        found.append(Change(target, path, added, removed, by_class, file, opened, closed))
    return tuple(found)


def _file_change(was: Mapping[str, Any] | None, now: Reached | None) -> FileChange:
    if was is None or now is None:
        return FileChange.NEW if was is None else FileChange.GONE
    return FileChange.SAME if was["sha256"] == now.sha256 else FileChange.CHANGED


def _everybody(
    old: Reach, new: Reach, known: Mapping[str, ClassSize], there: Collection[str], *, opened: bool, closed: bool
) -> Iterator[ClassChange]:
    """Every class that an entry is for and that is not among `there`: its devices may be on a range that changes."""
    gains, loses = (Counter(c for those in reach.values() for c in those) for reach in (new, old))
    for name in sorted((gains.keys() | loses.keys()) - set(there)):
        one = known.get(name, ClassSize(name, "not known any more", None))
        yield ClassChange(name, one.facts, one.devices, gains[name] if closed else 0, loses[name] if opened else 0)


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


def _compile(
    target: Target, settings: TargetSettings, plan: Plan, last: Mapping[str, Any] | None
) -> tuple[int, Compiled]:
    """What a target makes, with the last number while nothing changed, else the next.

    The first number is the day's, as DNS admins write it.
    """
    first = int(plan.at.strftime("%Y%m%d00"))
    known = (last or {}).get("serials", {}).get(settings.id)
    if known is None:
        return first, _guarded(target, plan, settings, first)
    digests = {a["path"]: a["sha256"] for a in (last or {})["artefacts"]}
    again = _guarded(target, plan, settings, int(known))
    same = {a.path: _sha256(a.content) for a in again.artefacts}
    if same == {p: d for p, d in digests.items() if p.startswith(f"{settings.id}/")}:
        return int(known), again
    serial = max(int(known) + 1, first)
    return serial, _guarded(target, plan, settings, serial)


def _guarded(target: Target, plan: Plan, settings: TargetSettings, serial: int) -> Compiled:
    """A target's work. What it does not expect becomes an error with its name: others are not to blame."""
    try:
        return target.compile(plan, settings.settings, serial)
    except OrdinanceError:
        raise
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        raise TargetError(f"the target {target.id} failed, and no bundle was made: {why}") from error


def _without_target(plan: Plan, body: Body) -> tuple[Gap, ...]:
    if body.targets:
        return ()
    reason = "no target is configured in ordinance.toml"
    return tuple(Gap("none", d.restriction, d.duty, d.app, d.surface, NO_TARGET, reason) for d in plan.demands)


def _manifest(
    plan: Plan,
    artefacts: Sequence[Reached],
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
                "target": a.target,
                "path": a.artefact.path,
                "sha256": a.sha256,
                "entries": list(a.artefact.entries),
                **({"left_out": list(a.artefact.left_out)} if a.artefact.left_out else {}),
                **_grouped(a.reach, a.artefact.entries),
            }
            for a in artefacts
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
