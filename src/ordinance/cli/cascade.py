# SPDX-License-Identifier: EUPL-1.2
"""`ordinance cascade`: what others made of one directive."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ordinance.cli._common import as_of_option, guarded, instant, json_option, show_json
from ordinance.cli._pages import page_options, show_page, write_page

NOT_ALL_READ = 4


@click.command()
@click.argument("directive")
@click.option(
    "--bodies",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A folder of bodies' folders. Default: the authorities of the library.",
)
@as_of_option
@page_options
@json_option
@guarded
def cascade(
    directive: str, bodies: Path | None, as_of: str | None, html: Path | None, pdf: Path | None, as_json: bool
) -> None:
    """Show who is bound by a directive, took it over, follows it, answered it, or is silent.

    \b
    Example:
      ordinance cascade be-federal-716 --as-of 2023-06-01

    With --bodies it is what the files of each body say. Without it, it is what the library has on record: an
    authority with nothing on record may well have acted. Days are of the directive's own time zone.
    Exit 4: a body's folder could not be read; it is listed.
    """
    from ordinance.operations.cascade import board, board_document, bodies_in
    from ordinance.report.cascade import cascade_page

    folders = bodies_in(bodies) if bodies is not None else ()
    found = board_document(board(directive, lambda zone: instant(as_of, zone), folders))
    page = cascade_page(found)
    if as_json:
        show_json(found)
    else:
        show_page(page)
    write_page(page, html, pdf)
    sys.exit(NOT_ALL_READ if found["not_usable"] else 0)
