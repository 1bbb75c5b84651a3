# SPDX-License-Identifier: EUPL-1.2
"""`ordinance evaluate`: a rule, looked back at before it is decided again."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ordinance.cli._common import as_of_option, guarded, instant, json_option, say, show_json
from ordinance.cli._pages import page_options, show_page, write_page

if TYPE_CHECKING:  # operations are imported where a verb runs: `--help` must not load them
    from ordinance.operations.workspace import Workspace


@click.command()
@click.argument("policy")
@click.argument("body", type=click.Path(path_type=Path), default=Path())
@as_of_option
@page_options
@click.option(
    "--draft", metavar="OFFICE", help="Also write a new file in evaluations/, to be filled in by this office."
)
@json_option
@guarded
def evaluate(
    policy: str, body: Path, as_of: str | None, html: Path | None, pdf: Path | None, draft: str | None, as_json: bool
) -> None:
    """Look back at a rule: what held, what it missed, what changed, and which ways are open.

    \b
    Example:
      ordinance evaluate gent-2023-tiktok examples/ghent --as-of 2023-09-20

    POLICY is the id of a text of the body, or ID@VERSION. Reads the runs that `ordinance check` kept; a day without
    a run is said to be unseen. Nothing is decided here: a decision is written into evaluations/ by people.
    """
    from ordinance.operations.evaluating import evaluation_sheet
    from ordinance.operations.workspace import open_workspace
    from ordinance.report.evaluation import evaluation_page

    opened = open_workspace(body, channels=True)
    workspace = opened.usable(but="renewed-without-evaluation")  # that is what is begun here
    at = instant(as_of, workspace.body.zone)
    sheet = evaluation_sheet(workspace, policy, at)
    if draft is not None:
        _draft(workspace, policy, at.astimezone(workspace.body.zone).date(), draft)
    page = evaluation_page(sheet)
    if as_json:
        show_json(sheet)
    else:
        show_page(page)
    write_page(page, html, pdf)


def _draft(workspace: Workspace, policy: str, on: date, by: str) -> None:
    """Write a new evaluation into the body's folder. Raises PolicyError where there is one of that day."""
    from ordinance.model.errors import Issue, PolicyError
    from ordinance.operations.evaluation_draft import draft
    from ordinance.store.files import write_file

    name, text = draft(workspace, policy, on, by)
    path = workspace.body.folder / name
    if path.exists() or path.is_symlink():
        message, hint = "this file is there already and is never overwritten", "fill it in, or move it away"
        raise PolicyError([Issue(name, 0, 0, "file-exists", message, "", hint)])
    write_file(path, text.encode())
    say(f"wrote {path}: fill it in, then run `ordinance lint`")
