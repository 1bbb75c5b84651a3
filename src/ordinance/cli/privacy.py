# SPDX-License-Identifier: EUPL-1.2
"""`ordinance privacy`: papers of privacy, made from a body's own settings."""

from __future__ import annotations

from pathlib import Path

import click

from ordinance.cli._common import as_of_option, body_argument, guarded, instant, json_option, say, show_json
from ordinance.cli._pages import show_page

PAPERS = ("annex", "record", "notice", "works-council")


@click.command()
@body_argument
@as_of_option
@click.option("--paper", type=click.Choice(PAPERS), default="annex", show_default=True, help="The paper to print.")
@click.option("--language", type=click.Choice(("en", "et", "nl", "fr")), default="en", help="Of the notice.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Write all papers here, HTML and Markdown.")
@json_option
@guarded
def privacy(body: Path, as_of: str | None, paper: str, language: str, out: Path | None, as_json: bool) -> None:
    """Write a body's papers of privacy: annex to the DPIA, record, notice to staff, works council's file.

    \b
    Example:
      ordinance privacy examples/ghent --as-of 2023-04-10 --out papers

    They are drawn from ordinance.toml and the rules in force; no source is opened. What nobody stated is listed as not
    stated, never filled in. The notice is written in each of en, et, nl and fr.
    """
    from ordinance.operations.privacy_papers import page_of, papers, privacy_document
    from ordinance.operations.workspace import open_workspace
    from ordinance.store.files import write_file

    workspace = open_workspace(body).usable()
    found = privacy_document(workspace, instant(as_of, workspace.body.zone))
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in papers(found).items():
            write_file(out / name, content)
            say(f"written: {out / name}")
    if as_json:
        show_json(found)
    elif out is None:
        show_page(page_of(found, paper, language))
    if found["not_stated"]:
        say(f"not stated, and left open in the papers: {len(found['not_stated'])}")
