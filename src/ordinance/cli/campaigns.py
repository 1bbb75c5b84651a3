# SPDX-License-Identifier: EUPL-1.2
"""`ordinance campaigns` and `ordinance cases`: what a rule does to work under way, and the file of an account."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ordinance.cli._common import (
    as_of_option,
    body_argument,
    first_instant,
    guarded,
    instant,
    json_option,
    say,
    show,
    show_json,
    show_table,
)
from ordinance.cli._pages import page_options, show_page, write_page

FAILS, UNUSABLE, NOT_ALL_KNOWN = 1, 3, 4


@click.command()
@body_argument
@as_of_option
@click.option("--suppose", metavar="POLICY", help="As if this text of the body had force, from --from on.")
@click.option("--from", "since", metavar="DAY", help="The day from which --suppose has force.")
@page_options
@json_option
@guarded
def campaigns(
    body: Path,
    as_of: str | None,
    suppose: str | None,
    since: str | None,
    html: Path | None,
    pdf: Path | None,
    as_json: bool,
) -> None:
    """Show which campaigns a rule hits, from when, and where they go instead.

    \b
    Example:
      ordinance campaigns examples/city-of-brussels --as-of 2023-04-24

    Worst first. Exit 1: a rule comes, and a campaign has no move, or moves too late. Exit 3: a campaign begins when a
    rule already forbids it (the board is shown, and its place on stderr), or a file cannot be used. Exit 4: of a
    campaign nothing can be said, because a fact is not stated.
    """
    from ordinance.operations.campaigning import campaigns_document
    from ordinance.operations.workspace import open_workspace
    from ordinance.report.campaigns import campaigns_page

    if (suppose is None) != (since is None):
        raise click.UsageError("--suppose needs --from, and --from needs --suppose")
    workspace = open_workspace(body, settings=False).usable()
    at = instant(as_of, workspace.body.zone)
    coming = (suppose, first_instant(since, workspace.body.zone).date()) if suppose and since else None
    document, issues = campaigns_document(workspace, at, coming)
    page = campaigns_page(document)
    if as_json:
        show_json(document)
    else:
        show_page(page)
    for issue in issues:
        say(issue)
    write_page(page, html, pdf)
    if issues:
        sys.exit(UNUSABLE)
    sys.exit(FAILS if document["to_think_of"] else NOT_ALL_KNOWN if document["not_known"] else 0)


@click.command()
@body_argument
@click.argument("case", required=False)
@as_of_option
@page_options
@json_option
@guarded
def cases(
    body: Path, case: str | None, as_of: str | None, html: Path | None, pdf: Path | None, as_json: bool
) -> None:
    """List the cases of accounts, or show one: what is asked, who depends on it, what was decided.

    \b
    Example:
      ordinance cases examples/brussels-police-zone --as-of 2023-03-27

    A case is closed by a decision, and by one about the account's name; a file that says otherwise is refused.
    """
    from ordinance.operations.campaigning import case_document, case_of, cases_of, is_opened
    from ordinance.operations.workspace import open_workspace
    from ordinance.report.campaigns import case_page

    workspace = open_workspace(body, settings=False).usable()
    at = instant(as_of, workspace.body.zone)
    if case is None:
        if html is not None or pdf is not None:
            raise click.UsageError("--html and --pdf need CASE")
        found = [case_document(workspace, c, at) for c in cases_of(workspace) if is_opened(workspace, c, at)]
        if as_json:
            show_json(found)
        elif found:
            rows = [("case", "handle", "app", "opened", "stands", "open questions", "owner")]
            rows += [
                (
                    c["id"], c["handle"], c["app"], c["opened"], c["stands"],
                    str(sum(q["answer"] is None for q in c["questions"])), c["owner"],
                )
                for c in found
            ]  # fmt: skip
            show_table(rows)
            if workspace.body.notice:
                show(f"\n{workspace.body.notice}")
        else:
            show("no case is on file")
        return
    document = case_document(workspace, case_of(workspace, case, at), at)
    page = case_page(document)
    if as_json:
        show_json(document)
    else:
        show_page(page)
    write_page(page, html, pdf)
