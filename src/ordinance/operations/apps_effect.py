# SPDX-License-Identifier: EUPL-1.2
"""`apps effect`: what a newer version of the catalogue changes for a body, before anything is built with it.

Reads the body's files and the versions of the catalogue that are kept; writes nothing. A text about apps, their vendors
or their countries is read with what each version knew. Evidence and findings play no part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ordinance import __version__
from ordinance.catalogue.load import history, load_version
from ordinance.enforce.catalogue_effect import Changed, Reached, changed, devices_of, reached
from ordinance.enforce.plan import make_plan
from ordinance.model.apps import Catalogue
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.estate import Platform
from ordinance.operations.rulings import classes_at
from ordinance.operations.workspace import Workspace
from ordinance.targets import target


def effect_of_catalogue(workspace: Workspace, since: str, at: datetime) -> dict[str, Any]:
    """What is newly, and what is no longer, blocked or recognised since a version, and for whom.

    Raises PolicyError for a version that is not kept.
    """
    before, now = _version(workspace, since), workspace.catalogue
    classes = classes_at(workspace, at)
    platforms = {name: who.facts.platform for name, (who, _) in classes.items()}
    earlier, later = (_reached(workspace, one, at, platforms) for one in (before, now))
    changes = changed(earlier, later)
    facts = {name: {"class": name, "facts": who.in_words, "devices": n} for name, (who, n) in classes.items()}
    return {
        "ordinance": __version__,
        "body": workspace.body.id,
        "as_of": at.isoformat(),
        "notice": workspace.body.notice,
        "since": {"version": before.version, "digest": before.digest},
        "now": {"version": now.version, "digest": now.digest},
        "law": workspace.law.digest,
        "targets": [t.id for t in workspace.body.targets],
        "apps": {"new": sorted(later.apps - earlier.apps), "gone": sorted(earlier.apps - later.apps)},
        "changes": [_document(c) for c in changes],
        "classes": [facts.get(c, _of_network(c)) for c in sorted({c for one in changes for c in one.classes})],
        "devices": devices_of(changes, {name: n for name, (_, n) in classes.items()}),
    }


def _version(workspace: Workspace, since: str) -> Catalogue:
    found = load_version(since)
    if found is None:
        kept = ", ".join([*(e.version for e in history()), workspace.catalogue.version])
        message = f"no version {since!r} of the catalogue is kept"
        raise PolicyError([Issue("catalogue", 0, 0, "unknown-version", message, "", f"kept are {kept}")])
    return found


def _reached(
    workspace: Workspace, catalogue: Catalogue, at: datetime, platforms: Mapping[str, Platform | None]
) -> Reached:
    law = replace(workspace.law, catalogue=catalogue)
    plan, _ = make_plan(law, catalogue, workspace.estate, workspace.body, at)
    serial = int(at.strftime("%Y%m%d00"))
    made = {t.id: target(t.id).compile(plan, t.settings, serial) for t in workspace.body.targets}
    return reached(plan, made, platforms)


def _document(c: Changed) -> dict[str, Any]:
    return {
        "apps": list(c.apps),
        "kind": str(c.kind),
        "change": "gone" if c.gone else "new",
        "duties": [str(d) for d in c.duties],
        "restrictions": list(c.restrictions),
        "targets": list(c.targets),
        "classes": list(c.classes),
        "values": list(c.values),
    }


def _of_network(name: str) -> dict[str, Any]:
    return {"class": name, "facts": "everybody on networks of this kind", "devices": None}
