# SPDX-License-Identifier: EUPL-1.2
"""`ordinance channels`: the official accounts of a body, and what to do when one is lost."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ordinance.cli._common import (
    as_of_option,
    body_argument,
    guarded,
    instant,
    issue_line,
    json_option,
    say,
    show,
    show_json,
)
from ordinance.cli._pages import page_options, show_page, write_page
from ordinance.cli.channels_claims import claims
from ordinance.cli.channels_import import import_file
from ordinance.cli.channels_reach import reach
from ordinance.cli.channels_review import review

if TYPE_CHECKING:  # operations are imported where a verb runs: `--help` must not load them
    from ordinance.operations.workspace import Workspace

@click.group()
def channels() -> None:
    """Official channels: who keeps each account, on which device, and what to do when it is lost.

    \b
    Example:
      ordinance channels list examples/tallinn --as-of 2024-12-16

    One file in channels/ for each account. Nothing is read of followers, and no platform is contacted.
    """


channels.add_command(review)
channels.add_command(claims)
channels.add_command(import_file)
channels.add_command(reach)


@channels.command("list")
@body_argument
@as_of_option
@page_options
@json_option
@guarded
def list_all(body: Path, as_of: str | None, html: Path | None, pdf: Path | None, as_json: bool) -> None:
    """List the channels, and whether the rules let them be used so.

    \b
    Example:
      ordinance channels list examples/tallinn --as-of 2024-12-16
    """
    from ordinance.operations.channels import channels_document
    from ordinance.report.channels import channels_page

    workspace, at = _opened(body, as_of)
    document = channels_document(workspace.usable(), at)
    page = channels_page(document)
    if as_json:
        show_json(document)
    else:
        show_page(page)
    write_page(page, html, pdf)


@channels.command("show")
@click.argument("channel")
@body_argument
@as_of_option
@page_options
@json_option
@guarded
def show_one(
    channel: str, body: Path, as_of: str | None, html: Path | None, pdf: Path | None, as_json: bool
) -> None:
    """Show the sheet of one channel, what to do when it is lost first.

    \b
    Example:
      ordinance channels show tallinn-tiktok examples/tallinn --as-of 2024-12-16

    CHANNEL is the id in its file. Print the page, and keep it where it can be read without the account.
    """
    from ordinance.operations.channels import channel_document
    from ordinance.report.channels import channel_page

    workspace, at = _opened(body, as_of)
    document = channel_document(workspace.usable(), channel, at)
    page = channel_page(document)
    if as_json:
        show_json(document)
    else:
        show_page(page)
    write_page(page, html, pdf)


@channels.command("lint")
@body_argument
@as_of_option
@json_option
@guarded
def lint_all(body: Path, as_of: str | None, as_json: bool) -> None:
    """Say what is wrong with the files of channels.

    \b
    Example:
      ordinance channels lint examples/tallinn --as-of 2024-12-16

    What is over, or against a rule, is seen from --as-of. Exit 0: usable (warnings may remain). Exit 3: not usable;
    faults of other files are counted, and `ordinance lint` says them.
    """
    from ordinance.operations.channels import channel_issues

    workspace, _ = _opened(body, as_of)
    found = channel_issues(workspace)
    errors = sum(i in workspace.errors for i in found)
    elsewhere = len(workspace.errors) - errors
    if as_json:
        show_json([issue_line(i) for i in found])
    else:
        for issue in found:
            show(issue)
            show()
        say(f"{workspace.body.name}: {errors} error(s), {len(found) - errors} warning(s) in channels/")
    if elsewhere:
        say(f"{elsewhere} error(s) in other files, so that no rule was asked: `ordinance lint` says them")
    sys.exit(3 if workspace.errors else 0)


@channels.command("due")
@body_argument
@as_of_option
@json_option
@guarded
def due_of_all(body: Path, as_of: str | None, as_json: bool) -> None:
    """List the dates of channels: reviews, rehearsals, decisions about them, and ends of exemptions they rest on.

    \b
    Example:
      ordinance channels due examples/tallinn --as-of 2024-12-16

    Overdue first. `ordinance due` lists them among all others. Exit 1: something is overdue.
    """
    from ordinance.cli.due import OVERDUE, show_dates
    from ordinance.operations.channels import channels_due_document

    workspace, at = _opened(body, as_of)
    document = channels_due_document(workspace.usable(), at)
    if as_json:
        show_json(document)
    else:
        show_dates(document)
    if document["overdue"]:
        sys.exit(OVERDUE)


def _opened(body: Path, as_of: str | None) -> tuple[Workspace, datetime]:
    """The folder with its channels, seen from the instant that was asked for."""
    from ordinance.operations.workspace import open_workspace
    from ordinance.policy.body import load_body

    at = instant(as_of, load_body(body).zone)
    return open_workspace(body, at, channels=True), at
