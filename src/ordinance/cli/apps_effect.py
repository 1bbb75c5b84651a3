# SPDX-License-Identifier: EUPL-1.2
"""`ordinance apps effect`: what a newer catalogue changes for a body."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ordinance.cli._common import (
    as_of_option,
    body_argument,
    guarded,
    instant,
    json_option,
    say,
    show,
    show_json,
    show_table,
)

FEW = 3  # values that a row of the table names


@click.command("effect")
@body_argument
@click.option("--since", required=True, metavar="VERSION", help="The version of the catalogue to compare with.")
@as_of_option
@json_option
@guarded
def effect(body: Path, since: str, as_of: str | None, as_json: bool) -> None:
    """Say which names are newly blocked, which apps newly recognised, and for which devices.

    \b
    Example:
      ordinance apps effect examples/ghent --since 2026.11.2 --as-of 2023-04-10

    Reads the body's rules with both versions of the catalogue; no evidence. `ordinance build` shows each name.
    """
    from ordinance.operations.apps_effect import effect_of_catalogue
    from ordinance.operations.workspace import open_workspace

    workspace = open_workspace(body).usable()
    document = effect_of_catalogue(workspace, since, instant(as_of, workspace.body.zone))
    if as_json:
        show_json(document)
    else:
        _show(document)


def _show(found: dict[str, Any]) -> None:
    show(f"{found['body']} at {found['as_of']}: catalogue {found['since']['version']} → {found['now']['version']}")
    if found["notice"]:
        show(f"  {found['notice']}")
    for word, change in (("restricted since then", "new"), ("no longer restricted", "gone")):
        if found["apps"][change]:
            show(f"{word}: {', '.join(found['apps'][change])}")
    if not found["targets"]:
        show("no target is configured: no name is blocked")
    rows = [("change", "app", "what", "for", "devices", "such as")]
    sizes = {c["class"]: c["devices"] for c in found["classes"]}
    for one in found["changes"]:
        counted = [sizes[c] for c in one["classes"]]
        devices = "everybody there" if None in counted else str(sum(counted))
        what = f"{len(one['values'])} {one['kind']}"
        duties = ", ".join([*one["duties"], *one["targets"]])
        first = ", ".join(one["values"][:FEW]) + (" …" if len(one["values"]) > FEW else "")
        rows.append((one["change"], " ".join(one["apps"]), what, duties, devices, first))
    if len(rows) > 1:
        show_table(rows)
        show()
        for one in found["classes"]:
            show(f"{one['class']}: {one['devices'] if one['devices'] is not None else 'not counted'}: {one['facts']}")
    say(f"{len(rows) - 1} change(s), {found['devices']} device(s)")
