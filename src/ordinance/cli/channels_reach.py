# SPDX-License-Identifier: EUPL-1.2
"""`ordinance channels reach`: figures of reach, as cells for a review."""

from __future__ import annotations

from pathlib import Path

import click

from ordinance.cli._common import guarded, json_option, say, show, show_json


@click.command()
@click.argument("table", metavar="FILE.csv", type=click.Path(path_type=Path))
@click.option("--body", type=click.Path(path_type=Path), metavar="BODY", help="The folder with the review.")
@click.option("--review", "review_id", metavar="REVIEW", help="The review that the cells are for.")
@json_option
@guarded
def reach(table: Path, body: Path | None, review_id: str | None, as_json: bool) -> None:
    """Read figures of reach, and propose criteria and cells for a review.

    \b
    Example:
      ordinance channels reach examples/reviews/reach-2025.csv

    Each figure keeps what it counts, of whom, and how many were asked; a scale with figures of two metrics is refused
    (exit 3). Scores are left unknown: how many use a network is not how many are reached nowhere else. With --body and
    --review, options and scales must be those of that review. Nothing is written.
    """
    from ordinance.operations.reach import as_yaml, reach_document
    from ordinance.policy.body import load_body

    if (body is None) != (review_id is None):
        raise click.UsageError("--body needs --review, and --review needs --body")
    document = reach_document(table, load_body(body) if body else None, review_id or "")
    if as_json:
        show_json(document)
        return
    show(as_yaml(document))
    figures = sum(len(c["evidence"]) for c in document["cells"])
    say(f"{figures} figure(s) in {len(document['cells'])} cell(s); what each score is remains to be said")
