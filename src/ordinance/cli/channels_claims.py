# SPDX-License-Identifier: EUPL-1.2
"""`ordinance channels claims`: the claim cards that ship."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import click

from ordinance.cli._common import as_of_option, guarded, instant, json_option, show_json


@click.command()
@click.argument("card", required=False)
@as_of_option
@json_option
@guarded
def claims(card: str | None, as_of: str | None, as_json: bool) -> None:
    """List the claim cards that reviews may quote, or one: what it says, of when and whom, and from where.

    \b
    Example:
      ordinance channels claims ee-ria-separate-device --as-of 2025-01-21

    A card goes out of date: each says when to look it up again. What nobody read says only that it exists.
    """
    from ordinance.operations.claims import claims_document

    document = claims_document(card, instant(as_of, ZoneInfo("UTC")).date())
    if as_json:
        show_json(document)
    else:
        from ordinance.cli._pages import show_page
        from ordinance.report.claims import claims_page

        show_page(claims_page(document))
