# SPDX-License-Identifier: EUPL-1.2
"""`ordinance effect`: before and after a rule began to bite."""

from __future__ import annotations

from pathlib import Path

import click

from ordinance.cli._common import as_of_option, first_instant, guarded, instant, json_option, show_json
from ordinance.cli._pages import page_options, show_page, write_page
from ordinance.model.effect import MOST_SIDE_DAYS, SIDE_DAYS


@click.command()
@click.argument("policy")
@click.argument("body", type=click.Path(path_type=Path), default=Path())
@as_of_option
@click.option("--turn", metavar="DAY", help="Compare around this day instead of the rule's own.")
@click.option(
    "--days",
    type=click.IntRange(14, MOST_SIDE_DAYS),
    default=SIDE_DAYS,
    show_default=True,
    help="Days on each side, at most.",
)
@page_options
@json_option
@guarded
def effect(
    policy: str,
    body: Path,
    as_of: str | None,
    turn: str | None,
    days: int,
    html: Path | None,
    pdf: Path | None,
    as_json: bool,
) -> None:
    """Compare contacts with the app, and what channels reached, before and after a rule began to bite.

    \b
    Example:
      ordinance effect tallinn-2024-tiktok examples/tallinn --as-of 2024-12-23

    POLICY is the id of a text of the body, or ID@VERSION. Contacts come from the runs that `ordinance check` kept and
    are given in bands; what channels reached comes from analytics/, filled by `ordinance channels import`. Where
    there is too little to tell, it says so. A change says nothing of its cause.
    """
    from ordinance.operations.effect import effect_sheet
    from ordinance.operations.workspace import open_workspace
    from ordinance.report.effect import effect_page

    workspace = open_workspace(body, channels=True).usable()
    zone = workspace.body.zone
    day = first_instant(turn, zone).astimezone(zone).date() if turn else None
    sheet = effect_sheet(workspace, policy, instant(as_of, zone), turn=day, days=days)
    page = effect_page(sheet)
    if as_json:
        show_json(sheet)
    else:
        show_page(page)
    write_page(page, html, pdf)
