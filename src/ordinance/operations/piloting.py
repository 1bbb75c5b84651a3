# SPDX-License-Identifier: EUPL-1.2
"""Some units go first: which they are, what they get, and whether all may follow.

Reads the body's settings and what the pilot had last (`.ordinance/pilot.json`, a digest). All may follow where the
pilot, or all before, had the same demands, names, scopes, settings and networks: a remark in a file or a new version of
the catalogue without other names asks for no new pilot.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

from ordinance.enforce.bundle import Bundle
from ordinance.enforce.networks import is_of, with_units_below
from ordinance.model.body import Body
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.target import Demand, Gap, Plan, Target
from ordinance.operations.workspace import Workspace
from ordinance.policy.toml_table import FILE
from ordinance.store.files import write_file

TRIED = "pilot.json"


def pilot_units(workspace: Workspace) -> frozenset[str]:
    """The units that go first, with those below them. Raises PolicyError where none is named."""
    named = workspace.body.enforcement.pilot
    if not named:
        hint = 'write `[enforcement]` with `pilot = ["unit"]`'
        raise PolicyError([Issue(FILE, 0, 0, "no-pilot", "no unit is named that goes first", "", hint)])
    return with_units_below(workspace.estate, named)


def piloted(
    workspace: Workspace, units: frozenset[str], targets: Mapping[str, Target]
) -> tuple[Body, tuple[str, ...]]:
    """The body with targets for the pilot's networks only, and the ids of targets that serve none of them.

    Targets whose files go to devices stay: the plan is for the devices of the pilot.
    """
    theirs = {n.id for n in workspace.estate.networks if is_of(n, units)}
    kept, left = [], []
    for one in workspace.body.targets:
        networks = tuple(sorted(theirs & set(one.networks) if one.networks else theirs))
        if networks:
            kept.append(replace(one, networks=networks))
        elif not targets[one.id].by_network:
            kept.append(one)
        else:
            left.append(one.id)
    return replace(workspace.body, targets=tuple(kept)), tuple(left)


def not_in_pilot(target: str, demand: Demand) -> Gap:
    """That a target does nothing for a demand while only the pilot gets it."""
    reason = "this target serves no network of the pilot's units alone"
    return Gap(target, demand.restriction, demand.duty, demand.app, demand.surface, "not-in-pilot", reason)


def asked(workspace: Workspace, plan: Plan) -> str:
    """A digest of everything that a pilot tries: demands with their names, the clauses' scopes, settings, the pilot."""
    ids = {d.restriction for d in plan.demands}
    clauses = {f"{t.id}/{c.id}": c for t in workspace.law.texts for c in t.restrictions if f"{t.id}/{c.id}" in ids}
    said = {
        "demands": sorted(json.dumps(_demand(d), sort_keys=True) for d in plan.demands),
        "clauses": {name: _plain(clause) for name, clause in sorted(clauses.items())},
        "targets": sorted([t.id, sorted(t.settings.items()), sorted(t.networks)] for t in workspace.body.targets),
        "networks": [_plain(n) for n in plan.networks],
        "left out": [[n.id, sorted(map(str, n.cidrs))] for n in plan.others],
        "pilot": sorted(workspace.body.enforcement.pilot),
        "exempted": [_plain(e) for e in workspace.law.exemptions],
        "readings": [_plain(r) for r in workspace.law.readings],
    }
    return f"sha256:{hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()}"


def _demand(demand: Demand) -> list[Any]:
    names = sorted(f"{i.kind} {i.value} {i.role} {i.confidence} {i.retired}" for i in demand.identifiers)
    return [demand.restriction, demand.duty, demand.app, demand.surface, demand.web_forbidden, names]


def _plain(value: object) -> Any:
    """Any value of the law in JSON, the same in every process; its place in a file is no part of its meaning."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value) if f.compare and f.name != "place"}
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, (frozenset, set)):
        return sorted((_plain(v) for v in value), key=repr)
    if isinstance(value, (tuple, list)):
        return [_plain(v) for v in value]
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def after_its_pilot(workspace: Workspace, folder: Path, known: Iterable[str], bundle: Bundle) -> None:
    """Refuse to go to all before the same went to the pilot, or to all already. Raises PolicyError (`pilot-first`).

    `known` are the digests of what the pilot and all had. What only takes something away asks for no pilot.
    """
    named = workspace.body.enforcement.pilot
    if not named or bundle.making.asked in known or bundle.only_removes:
        return
    message = f"the pilot ({', '.join(named)}) has not had these rules, names and settings yet"
    hint = "`ordinance build --pilot` first; `--skip-pilot` where it cannot wait"
    raise PolicyError([Issue(str(folder), 0, 0, "pilot-first", message, "nothing was written", hint)])


def tried(state: Path) -> str:
    """The digest of what the pilot had last; empty where it had nothing, or everything was taken back since."""
    path = state / TRIED
    try:
        found = json.loads(path.read_bytes())["asked"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return found if isinstance(found, str) else ""


def remember(state: Path, digest: str) -> None:
    """Write down what the pilot had; an empty digest takes it back."""
    if digest:
        write_file(state / TRIED, json.dumps({"asked": digest}).encode() + b"\n")
    else:
        (state / TRIED).unlink(missing_ok=True)
