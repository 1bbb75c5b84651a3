# SPDX-License-Identifier: EUPL-1.2
"""`ordinance channels import`: what a platform gives out about an account, taken into the body's folder."""

from __future__ import annotations

from pathlib import Path

import click

from ordinance.cli._common import body_argument, first_instant, guarded, instant, json_option, say, show, show_json
from ordinance.model.effect import ExportForm, Figure

FORMS, METRICS = ([word.value for word in words] for words in (ExportForm, Figure))


@click.command("import")
@click.argument("channel")
@click.argument("file", type=click.Path(path_type=Path))
@body_argument
@click.option("--as", "form", type=click.Choice(FORMS), required=True, help="Whose export it is.")
@click.option("--exported", required=True, metavar="DAY", help="The day on which it was downloaded.")
@click.option("--metric", type=click.Choice(METRICS), help="What a file counts whose title is not known.")
@click.option("--dry-run", is_flag=True, help="Say what would be added, and write nothing.")
@json_option
@guarded
def import_file(
    channel: str, file: Path, body: Path, form: str, exported: str, metric: str | None, dry_run: bool, as_json: bool
) -> None:
    """Add the daily figures of a channel from a file that its platform gave out.

    \b
    Example:
      ordinance channels import tallinn-tiktok Overview.csv examples/tallinn --as tiktok --exported 2024-12-23

    Reads .csv and .zip of TikTok Studio, Meta Business Suite (one metric a file) and YouTube Studio (by date), exported
    in English, and `own` files: day,metric,value. The file is parsed in a process of its own; only days, metrics and
    whole numbers are kept, in analytics/CHANNEL.csv. A file with a fault changes nothing, and the same file again adds
    nothing.
    """
    from ordinance.operations.analytics import import_export
    from ordinance.operations.workspace import open_workspace

    workspace = open_workspace(body, channels=True).usable()
    zone = workspace.body.zone
    day = first_instant(exported, zone).astimezone(zone).date()
    if day > instant(None, zone).date():
        raise click.BadParameter(f"{day} is still to come", param_hint="--exported")
    found = import_export(
        workspace, channel, file, ExportForm(form), day, Figure(metric) if metric else None, write=not dry_run
    )
    if as_json:
        show_json(found)
        return
    metrics = ", ".join(f"{m} on {n} days" for m, n in found["metrics"].items())
    show(f"{channel}: {metrics}, from {found['first']} to {found['last']}")
    show(f"{found['new']} new, {found['known_before']} known before, {found['without_figure']} cells without a figure")
    for one in found["left_out"]:
        show(f"left out: {one}")
    say(f"wrote {found['file']}" if found["written"] else "nothing written")
