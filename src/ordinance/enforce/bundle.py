# SPDX-License-Identifier: EUPL-1.2
"""A bundle: every artefact, what it leaves open and whom it hits, with digests.

Reads: a plan and the last bundle's manifest. The same input gives the same bytes; a version number
that a format carries rises only when its artefact changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ordinance.model.body import Body, TargetSettings
from ordinance.model.target import Artefact, Compiled, Gap, OverReach, Plan, Target

MANIFEST = "manifest.json"
GAPS = "gaps.json"
OVER_REACH = "overreach.json"
NO_TARGET = "no-target"


@dataclass(frozen=True, slots=True)
class Change:
    """What one artefact would gain and lose against the last bundle. `path` is within the bundle."""

    target: str
    path: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """All files of a bundle by path, its changes against the last one, gaps and over-reach."""

    files: Mapping[str, bytes]
    changes: tuple[Change, ...]
    gaps: tuple[Gap, ...]
    over_reach: tuple[OverReach, ...]
    serials: Mapping[str, int]

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
) -> Bundle:
    """Compile a plan for every target the body configured. `last` is the last bundle's manifest."""
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
    files[MANIFEST] = as_json(_manifest(plan, artefacts, serials, files, tool))
    return Bundle(files, changes(artefacts, last), every_gap, over_reach, serials)


def changes(artefacts: Sequence[tuple[str, Artefact]], last: Mapping[str, Any] | None) -> tuple[Change, ...]:
    """Additions and removals per artefact; an artefact that is gone loses every entry."""
    before = {a["path"]: (a["target"], set(a["entries"])) for a in (last or {}).get("artefacts", ())}
    after = {a.path: (target, set(a.entries)) for target, a in artefacts}
    found = []
    for path in sorted(before.keys() | after.keys()):
        target = (after.get(path) or before[path])[0]
        old, new = before.get(path, ("", set()))[1], after.get(path, ("", set()))[1]
        found.append(Change(target, path, tuple(sorted(new - old)), tuple(sorted(old - new))))
    return tuple(found)


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
            }
            for target, a in artefacts
        ],
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
