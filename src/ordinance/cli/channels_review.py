# SPDX-License-Identifier: EUPL-1.2
"""`ordinance channels review`: options for a channel, weighed in the open."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ordinance.cli._common import as_of_option, body_argument, guarded, instant, json_option, say, show, show_json
from ordinance.cli._pages import page_options, show_page, write_page
from ordinance.cli._sentences import LANGUAGES

ACT = 1


@click.command()
@body_argument
@click.argument("review_id", metavar="[REVIEW]", required=False)
@as_of_option
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the page.")
@click.option("--public", is_flag=True, help="Without names of persons and details of security.")
@page_options
@json_option
@guarded
def review(
    body: Path,
    review_id: str | None,
    as_of: str | None,
    language: str,
    public: bool,
    html: Path | None,
    pdf: Path | None,
    as_json: bool,
) -> None:
    """Weigh the options of a channel review: gates first, then scores, and how firm the answer is.

    \b
    Example:
      ordinance channels review examples/reviews/tartu-like --as-of 2025-01-21

    Reviews are files in reviews/. Without REVIEW all of the body are shown. Exit 1: evidence or the answer at a gate
    has expired, it is time to decide again, or a decision went past a gate. Exit 3: the review, or without REVIEW any
    of them, cannot be used; beside a sound one, faults of others are only told.
    """
    from ordinance.operations.channel_review import review_issues, reviews_document, reviews_fail
    from ordinance.policy.body import load_body
    from ordinance.report.channel_review import review_page

    settings = load_body(body)
    day = instant(as_of, settings.zone).astimezone(settings.zone).date()
    document = reviews_document(settings, review_id, day, language, public=public)
    pages = [review_page(document, one) for one in document["reviews"]]
    if (html is not None or pdf is not None) and len(pages) > 1:
        raise click.UsageError("--html and --pdf write one review: name it")
    if as_json:
        show_json(document)
    else:
        for n, page in enumerate(pages):
            if n:
                show()
            show_page(page)
    for later in document["not_yet"]:
        say(f"not shown: {later['id']}, made on {later['on']}")
    faults = review_issues(settings)
    for issue in faults:
        say(issue)
    if faults:
        say("the review shown has no fault; whether one in those files decided anew is not known")
    if public:
        hidden = sum(r["public"]["withheld"] for r in document["reviews"])
        say(f"withheld: {hidden} text(s). Read it before you publish it: a name that the file does not list stays.")
    write_page(pages[0], html, pdf)
    sys.exit(ACT if reviews_fail(document) else 0)
