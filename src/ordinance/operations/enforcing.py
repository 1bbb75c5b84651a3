# SPDX-License-Identifier: EUPL-1.2
"""`plan` and `build`: what would change in the tools the body runs, and the files for them."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from ordinance import __version__
from ordinance.enforce.bundle import MANIFEST, Bundle, make_bundle
from ordinance.enforce.limit import Limit, read_limit
from ordinance.enforce.plan import lifted, make_plan
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.target import Plan
from ordinance.operations.workspace import Workspace
from ordinance.store.files import recover, standing, write_folder
from ordinance.targets import available

FOLDER = "bundle"


def plan(
    workspace: Workspace, at: datetime, out: Path | None = None, *, lift: bool = False
) -> tuple[Plan, Bundle]:
    """The plan at an instant, compiled but not written, and its changes against the bundle in `out`.

    With `lift`, the plan that asks for nothing: what takes everything back that the last bundle set.
    """
    folder = out or default_folder(workspace)
    made, gaps = make_plan(workspace.law, workspace.catalogue, workspace.estate, workspace.body, at)
    if lift:
        made, gaps = lifted(made), ()
    targets = {t.id: t for t in available()}
    tool = f"ordinance {__version__}"
    return made, make_bundle(made, gaps, workspace.body, targets, last_manifest(folder), tool)


def build(
    workspace: Workspace, at: datetime, out: Path | None = None, *, limit: Limit | None = None, lift: bool = False
) -> tuple[Plan, Bundle, Path]:
    """Write the bundle of an instant, replacing the last one as a whole; with `lift`, one that takes everything back.

    Raises PolicyError where `out` holds something that is no bundle, as it would be deleted, and where more devices
    are affected than `limit` allows: then nothing is written.
    """
    folder = out or default_folder(workspace)
    recover(folder)
    if folder.exists() and not _may_be_replaced(folder):
        message = "this is no empty folder and no bundle; it would be replaced"
        raise PolicyError([Issue(str(folder), 0, 0, "not-a-bundle", message, "", "name another folder")])
    made, bundle = plan(workspace, at, folder, lift=lift)
    if limit is not None and (why := wider(made, bundle, limit)):
        hint = "read `ordinance plan`, then raise the limit, or begin with fewer"
        raise PolicyError([Issue(str(folder), 0, 0, "wider-than-limit", why, "nothing was written", hint)])
    write_folder(folder, bundle.files)
    return made, bundle, folder


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
