# SPDX-License-Identifier: EUPL-1.2
"""`plan` and `build`: what would change in the tools the body runs, and the files for them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ordinance import __version__
from ordinance.enforce.bundle import MANIFEST, Bundle, accepted_by, make_bundle
from ordinance.enforce.plan import is_of, make_plans
from ordinance.model.body import Body
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.limit import Limit, read_limit
from ordinance.model.target import Demand, Gap, Plan, Target
from ordinance.operations.consumers import as_rows, ask_consumers
from ordinance.operations.workspace import Workspace
from ordinance.policy.body import FILE
from ordinance.store.files import recover, standing, write_folder
from ordinance.targets import available

FOLDER = "bundle"


def plan(
    workspace: Workspace, at: datetime, out: Path | None = None, *, pilot: bool = False, lift: bool = False
) -> tuple[Plan, Bundle]:
    """The plan at an instant, compiled but not written, and its changes against the bundle in `out`.

    With `pilot`, for the units that go first (`[enforcement] pilot`). With `lift`, the plan that asks for nothing: what
    takes everything back that the last bundle set. Raises PolicyError for a pilot where none is named.
    """
    folder, body = out or default_folder(workspace), workspace.body
    units = _pilot_units(workspace) if pilot else None
    targets = {t.id: t for t in available()}
    left: tuple[str, ...] = ()
    if units is not None:
        body, left = _piloted(workspace, units, targets)
    made = make_plans(workspace.law, workspace.catalogue, workspace.estate, body, at, units)
    skipped = (_not_in_pilot(t, d) for t in left for d in made.whole.demands)
    made = replace(made, gaps=tuple(sorted({*made.gaps, *skipped})))
    if lift:
        made = made.lifted
    stage = {"pilot": sorted(units or ()), "law": workspace.law.digest}
    return made.whole, make_bundle(made, body, targets, last_manifest(folder), f"ordinance {__version__}", stage)


def build(
    workspace: Workspace,
    at: datetime,
    out: Path | None = None,
    *,
    limit: Limit | None = None,
    pilot: bool = False,
    skip_pilot: bool = False,
    lift: bool = False,
    ask: bool = False,
) -> tuple[Plan, Bundle, Path]:
    """Write the bundle of an instant, replacing the last one as a whole; with `lift`, one that takes everything back.

    Raises PolicyError, and writes nothing, where `out` holds something that is no bundle, as it would be deleted; where
    more devices are affected than `limit` allows; and where a pilot is named and the same rules were not built for it
    first. Taking back asks for no pilot.

    With `ask`, programs of this machine that read such files are asked first, and the manifest says which took what;
    raises ConsumerError where one refuses.
    """
    folder = out or default_folder(workspace)
    recover(folder)
    if folder.exists() and not _may_be_replaced(folder):
        message = "this is no empty folder and no bundle; it would be replaced"
        raise PolicyError([Issue(str(folder), 0, 0, "not-a-bundle", message, "", "name another folder")])
    if not (pilot or skip_pilot or lift):
        _after_its_pilot(workspace, folder)
    made, bundle = plan(workspace, at, folder, pilot=pilot, lift=lift)
    if limit is not None and (why := wider(made, bundle, limit)):
        hint = "read `ordinance plan`, then raise the limit, or begin with fewer"
        raise PolicyError([Issue(str(folder), 0, 0, "wider-than-limit", why, "nothing was written", hint)])
    if ask:
        accepted = ask_consumers(workspace.body, {t.id: t for t in available()}, bundle.files)
        bundle = accepted_by(bundle, as_rows(accepted))
    write_folder(folder, bundle.files)
    return made, bundle, folder


def _pilot_units(workspace: Workspace) -> frozenset[str]:
    """The units that go first, with those below them."""
    named = workspace.body.enforcement.pilot
    if not named:
        hint = 'write `[enforcement]` with `pilot = ["unit"]`'
        raise PolicyError([Issue(FILE, 0, 0, "no-pilot", "no unit is named that goes first", "", hint)])
    found, units = set(named), workspace.estate.units
    while more := {u.id for u in units if u.parent in found} - found:
        found |= more
    return frozenset(found)


def _piloted(
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


def _not_in_pilot(target: str, demand: Demand) -> Gap:
    reason = "this target serves no network of the pilot's units alone"
    return Gap(target, demand.restriction, demand.duty, demand.app, demand.surface, "not-in-pilot", reason)


def _after_its_pilot(workspace: Workspace, folder: Path) -> None:
    """Refuse to go to all before the same rules, read with the same catalogue, went to the pilot or to all."""
    if not workspace.body.enforcement.pilot:
        return
    last = last_manifest(folder) or {}
    same = (last.get("law"), last.get("catalogue_digest")) == (workspace.law.digest, workspace.catalogue.digest)
    if not same:
        message = f"the pilot ({', '.join(workspace.body.enforcement.pilot)}) has not had these rules and names yet"
        hint = "`ordinance build --pilot` first; `--skip-pilot` where it cannot wait"
        raise PolicyError([Issue(str(folder), 0, 0, "pilot-first", message, "nothing was written", hint)])


def limit_of(text: str) -> Limit | None:
    """A limit as a person writes it; `None` for what is none."""
    return read_limit(text)


def wider(made: Plan, bundle: Bundle, limit: Limit) -> str:
    """How a bundle goes beyond a limit, in words; empty where it keeps to it."""
    if limit.allows(bundle.devices_affected, made.estate_devices):
        return ""
    return f"{bundle.devices_affected} of {made.estate_devices} device(s) are affected, and the limit is {limit}"


def _may_be_replaced(folder: Path) -> bool:
    return folder.is_dir() and ((folder / MANIFEST).is_file() or not any(folder.iterdir()))


def default_folder(workspace: Workspace) -> Path:
    """Where bundles go unless the user says otherwise."""
    return workspace.state / FOLDER


def last_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of the bundle in a folder, or `None`. Raises PolicyError where it cannot be read."""
    path = standing(folder) / MANIFEST
    if not path.is_file():
        return None
    try:
        manifest: dict[str, Any] = json.loads(path.read_bytes())
        if not _is_manifest(manifest):
            raise ValueError
    except ValueError as error:
        hint = "restore the folder from a backup, or build into an empty one"
        raise PolicyError([Issue(str(path), 0, 0, "bad-manifest", "this is no bundle manifest", "", hint)]) from error
    return manifest


def _is_manifest(value: object) -> bool:
    """Whether everything is there that the next bundle is compared with."""
    if not isinstance(value, dict) or not {"artefacts", "serials"} <= value.keys():
        return False
    artefacts, serials = value["artefacts"], value["serials"]
    return (
        isinstance(serials, dict)
        and all(type(number) is int for number in serials.values())
        and isinstance(artefacts, list)
        and all(isinstance(a, dict) and _is_artefact(a) for a in artefacts)
    )


def _is_artefact(row: dict[str, Any]) -> bool:
    texts = (row.get("target"), row.get("path"), row.get("sha256"))
    entries = row.get("entries")
    return all(isinstance(t, str) for t in texts) and isinstance(entries, list) and all(
        isinstance(e, str) for e in entries
    )
