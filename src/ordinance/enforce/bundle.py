# SPDX-License-Identifier: EUPL-1.2
"""A bundle: every artefact, what it leaves open and whom it hits, with digests.

Reads: plans and the last bundle. The same input gives the same bytes; a version number that a format carries rises
only when its artefact changed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from ordinance.enforce.changes import Change, changes
from ordinance.enforce.last import DEVICES, Last, Stage
from ordinance.enforce.plan import Plans
from ordinance.enforce.reach import (
    Affected,
    Group,
    Made,
    Reach,
    Reached,
    affected,
    as_document,
    groups_of,
    not_on_networks,
    reach_of,
)
from ordinance.model.body import Body, TargetSettings
from ordinance.model.errors import OrdinanceError, TargetError
from ordinance.model.target import Compiled, Gap, Numbered, OverReach, Plan, Proof, Target, in_order

MANIFEST = "manifest.json"
GAPS = "gaps.json"
OVER_REACH = "overreach.json"
NO_TARGET = "no-target"
_ENCODE = json.JSONEncoder(ensure_ascii=False).encode
DEPTH = 3  # of tables that are written over several lines
# Controls that JSON leaves as they are, and marks that turn the direction of what is read.
_UNSAFE = re.compile("[\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Making:
    """What a bundle is made with besides plans: the tool, the stage, and what is asked for, as a digest.

    `demands` is how many there are for everybody, whatever the pilot is. `numbers` are the highest version numbers that
    the body's bundles were given, in whatever folder: a resolver may have had one of those, and numbers only rise.
    """

    tool: str
    stage: Stage
    asked: str = ""
    law: str = ""
    pilot: tuple[str, ...] = ()
    demands: int = 0
    numbers: Mapping[str, Numbered] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bundle:
    """All files of a bundle by path, its changes against the last one, gaps and over-reach.

    `affected` is every device for which anything changes; `None` where the last bundle does not say for whom it was.
    `uncounted` are address ranges that are left out no longer, and whose devices nobody has counted: as far as is
    stated they are of no network on which the target blocks. `reached` are the devices for which it does more than send
    letters, `entries` is how many its artefacts hold, and `settings` are those given to each target.
    """

    files: Mapping[str, bytes]
    changes: tuple[Change, ...]
    gaps: tuple[Gap, ...]
    over_reach: tuple[OverReach, ...]
    serials: Mapping[str, int]
    numbered: Mapping[str, Numbered]
    affected: Mapping[str, Affected] | None
    reached: frozenset[str]
    making: Making
    entries: int
    settings: Mapping[str, Mapping[str, str]]
    uncounted: tuple[str, ...] = ()

    @property
    def only_removes(self) -> bool:
        """Whether it does nothing new to anybody: no entry more, for no class, device or range more."""
        if self.affected is None or any(one.begins for one in self.affected.values()):
            return False
        return not any(
            c.added or c.closed or c.other_settings or any(k.added for k in c.classes) for c in self.changes
        )

    @property
    def devices_affected(self) -> int | None:
        """How many devices notice anything; `None` where nobody can say. Who is not in the estate is not among them."""
        return None if self.affected is None else len(self.affected)



def make_bundle(
    plans: Plans, body: Body, targets: Mapping[str, Target], last: Last | None, making: Making
) -> Bundle:
    """Compile the plan of each target the body configured, and compare with the last bundle.

    Raises TargetError, which names the target, where one fails in a way that it does not expect: then there is no
    bundle.
    """
    made, serials = [], dict(last.serials if last else {})
    for settings in body.targets:
        name = settings.id
        one, serial = _make(targets[name], settings, plans.of_target[name], last, making.numbers.get(name))
        made.append(one)
        serials[name] = serial
    groups = groups_of(plans, made)
    left_open = {
        *plans.gaps,
        *_without_target(plans.whole, body),
        *(g for m in made for g in m.compiled.gaps),
        *not_on_networks(plans, made),
    }
    over_reach = {o for m in made for o in m.compiled.over_reach}
    parts = _Parts(made, groups, in_order(left_open), tuple(sorted(over_reach, key=repr)), serials)
    return _bundle(plans.whole, parts, last, making, targets)


def lift_bundle(last: Last, targets: Mapping[str, Target], at: datetime, making: Making) -> Bundle:
    """A bundle that blocks nothing, in the same files: each target of the last one, with the settings that it had then.

    It reads neither law nor estate: what went wrong there must not stand in the way. Raises KeyError for a target that
    is not among `targets`.
    """
    plan = lifted_plan(last, at)
    made, serials = [], dict(last.serials)
    for name in sorted({a.target for a in last.artefacts}):
        settings = TargetSettings(name, (), dict((last.settings or {}).get(name, {})))
        one, serial = _make(targets[name], settings, plan, last, making.numbers.get(name))
        made.append(one)
        serials[name] = serial
    return _bundle(plan, _Parts(made, (), (), (), serials), last, making, targets)


def lifted_plan(last: Last, at: datetime) -> Plan:
    """The plan that asks for nothing, of the body and the catalogue of the last bundle."""
    invented = tuple((r["text"], r["version"], tuple(r["paths"])) for r in last.said.get("invented", ()))
    return Plan(
        body=last.body,
        at=at,
        catalogue_version=last.said.get("catalogue", ""),
        catalogue_digest=last.said.get("catalogue_digest", ""),
        demands=(),
        notice=last.said.get("notice", ""),
        invented=invented,
        estate_devices=last.estate_devices,
    )


def _make(
    target: Target, settings: TargetSettings, plan: Plan, last: Last | None, highest: Numbered | None
) -> tuple[Made, int]:
    serial, compiled = _compile(target, settings, plan, last, highest)
    reached = tuple(Reached(target.id, a, reach_of(plan, a), sha256_of(a.content)) for a in compiled.artefacts)
    known = {name: settings.settings.get(name, one.default) for name, one in target.settings.items()}
    given = dict(settings.settings)
    return Made(target.id, plan, compiled, reached, given, known, target.by_network), serial


@dataclass(frozen=True, slots=True)
class _Parts:
    made: Sequence[Made]
    groups: tuple[Group, ...]
    gaps: tuple[Gap, ...]
    over_reach: tuple[OverReach, ...]
    serials: Mapping[str, int]

    @property
    def reached(self) -> tuple[Reached, ...]:
        return tuple(r for m in self.made for r in m.reached)


def _bundle(
    plan: Plan, parts: _Parts, last: Last | None, making: Making, targets: Mapping[str, Target]
) -> Bundle:
    files = {a.artefact.path: a.artefact.content for a in parts.reached}
    files[GAPS] = as_json([_gap(g) for g in parts.gaps])
    files[OVER_REACH] = as_json([_reach(o) for o in parts.over_reach])
    files[DEVICES] = as_json(as_document(parts.groups, plan.estate_devices))
    fields = {m.target: targets[m.target].version_field for m in parts.made if targets[m.target].version_field}
    files[MANIFEST] = as_json(_manifest(plan, parts, files, making, fields))
    words = {m.target for m in parts.made if targets[m.target].proof is Proof.WORDS}
    acting = {m.target for m in parts.made} - words
    hit = _affected(parts.groups, last, words)
    changed = changes(plan, parts.reached, last, hit, {m.target: m.settings for m in parts.made})
    return Bundle(
        files,
        changed,
        parts.gaps,
        parts.over_reach,
        parts.serials,
        {m.target: _numbered(m, parts.serials[m.target]) for m in parts.made},
        hit,
        frozenset(d for g in parts.groups if acting & g.state.keys() for d in g.devices),
        making,
        sum(len(a.artefact.entries) for a in parts.reached),
        {m.target: m.settings for m in parts.made},
        _uncounted(parts.made, changed),
    )


def _uncounted(made: Iterable[Made], changed: Iterable[Change]) -> tuple[str, ...]:
    of = {m.target: m for m in made}
    found: set[str] = set()
    for change in (c for c in changed if c.closed and c.target in of):
        one = of[change.target]
        blocked = [c for n in (*one.plan.networks, *one.plan.others) if n.id in one.networks for c in n.cidrs]
        found.update(text for text in change.closed if not _lies_in(text, blocked))
    return tuple(sorted(found))


def _lies_in(text: str, ranges: Iterable[IPv4Network | IPv6Network]) -> bool:
    """Whether a range, as an older bundle has it, lies in one of `ranges`; what is none lies nowhere."""
    try:
        one = ip_network(text)
    except ValueError:
        return False
    if isinstance(one, IPv4Network):
        return any(isinstance(r, IPv4Network) and one.subnet_of(r) for r in ranges)
    return any(isinstance(r, IPv6Network) and one.subnet_of(r) for r in ranges)


def _numbered(made: Made, number: int) -> Numbered:
    return Numbered(number, of_files({r.artefact.path: r.sha256 for r in made.reached}))


def _affected(
    groups: Sequence[Group], last: Last | None, words: Collection[str]
) -> Mapping[str, Affected] | None:
    """`None` where the last bundle blocked something and does not say for which devices."""
    if last is not None and last.groups is None and any(a.reach for a in last.artefacts):
        return None
    return affected((last.groups or ()) if last else (), groups, words)


def accepted_by(bundle: Bundle, rows: Sequence[Mapping[str, Any]]) -> Bundle:
    """The bundle with what real programs said of its files in its manifest."""
    manifest = {**json.loads(bundle.files[MANIFEST]), "accepted": list(rows)}
    return replace(bundle, files={**bundle.files, MANIFEST: as_json(manifest)})


def _grouped(reach: Reach, entries: Sequence[str]) -> dict[str, Any]:
    """Each distinct set of classes once, and for each entry which of them it is for."""
    sets = {those: tuple(sorted(those)) for those in set(reach.values())}
    groups = sorted(sets.values())
    number = {those: groups.index(group) for those, group in sets.items()}
    return {"for": [list(g) for g in groups], "group": [number[reach[e]] for e in entries]}


def as_json(value: object) -> bytes:
    """JSON with a line for each key, or each row of a list; the same bytes for the same value.

    What could steer a terminal or a reader's eye is escaped.
    """
    return (_UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", _lines(value, "")) + "\n").encode(errors="replace")


def _lines(value: object, indent: str) -> str:
    """Tables of tables, and lists of tables, over several lines; everything else on one, however long."""
    inner = f"{indent} "
    if isinstance(value, dict) and any(isinstance(v, (dict, list)) for v in value.values()) and len(indent) < DEPTH:
        rows = [f"{inner}{_ENCODE(k)}: {_lines(v, inner)}" for k, v in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(f"{inner}{_lines(v, inner)}" for v in value) + f"\n{indent}]"
    return _ENCODE(value)


def _compile(
    target: Target, settings: TargetSettings, plan: Plan, last: Last | None, highest: Numbered | None
) -> tuple[int, Compiled]:
    """What a target makes, with the last number while nothing changed, else the next.

    The first number is the day's, as DNS admins write it. Each new one is above all before: `highest` is that of all
    folders. It is given again to the same content alone.
    """
    known = last.serials.get(settings.id) if last else None
    digests = {a.path: a.sha256 for a in last.artefacts if a.target == settings.id} if last else {}
    numbers = [] if known is None else [(known, of_files(digests))]
    numbers += [] if highest is None else [(highest.number, highest.sha256)]
    if numbers:
        number, was = max(numbers)
        again = guarded(target, plan, settings, number)
        if was and of_files({a.path: sha256_of(a.content) for a in again.artefacts}) == was:
            return number, again
    first = int(plan.at.strftime("%Y%m%d00"))
    serial = max([first, *(number + 1 for number, _ in numbers)])
    return serial, guarded(target, plan, settings, serial)


def of_files(digests: Mapping[str, str]) -> str:
    """One digest of several files: their paths and digests."""
    return sha256_of(json.dumps(digests, sort_keys=True).encode())


def guarded(target: Target, plan: Plan, settings: TargetSettings, serial: int) -> Compiled:
    """A target's work. What it does not expect becomes an error with its name: others are not to blame.

    Raises TargetError.
    """
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
    plan: Plan, parts: _Parts, files: Mapping[str, bytes], making: Making, fields: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "tool": making.tool,
        "body": plan.body,
        "notice": plan.notice,
        "invented": [{"text": t, "version": v, "paths": list(paths)} for t, v, paths in plan.invented],
        "at": plan.at.isoformat(),
        "stage": making.stage.value,
        "pilot": list(making.pilot),
        "law": making.law,
        "asked": making.asked,
        "catalogue": plan.catalogue_version,
        "catalogue_digest": plan.catalogue_digest,
        "restrictions": sorted({d.restriction for d in plan.demands}),
        "serials": dict(parts.serials),
        "settings": {m.target: dict(m.settings) for m in parts.made},
        "version_fields": dict(fields),
        "artefacts": [
            {
                "target": a.target,
                "path": a.artefact.path,
                "sha256": a.sha256,
                "entries": list(a.artefact.entries),
                **({"left_out": list(a.artefact.left_out)} if a.artefact.left_out else {}),
                **_grouped(a.reach, a.artefact.entries),
            }
            for a in parts.reached
        ],
        "classes": [{"id": c.id, "facts": c.facts, "devices": c.devices} for c in plan.classes],
        "reports": {name: sha256_of(files[name]) for name in (GAPS, OVER_REACH, DEVICES)},
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


def sha256_of(content: bytes) -> str:
    """The digest of some bytes, as a manifest has it."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
