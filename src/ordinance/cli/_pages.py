# SPDX-License-Identifier: EUPL-1.2
"""Pages for people: printed on a terminal, and written as HTML or PDF where the user wants them."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ordinance.cli._common import clean, say, show

if TYPE_CHECKING:
    from ordinance.report.page import Page, Section, Table

NARROWEST = 12
F = TypeVar("F", bound=Callable[..., Any])


def page_options(verb: F) -> F:
    """`--html FILE` and `--pdf FILE`."""
    path = click.Path(path_type=Path)
    html = click.option("--html", type=path, metavar="FILE", help="Also write it as a page.")
    pdf = click.option("--pdf", type=path, metavar="FILE", help="Also write it as PDF/UA (needs the extra `pdf`).")
    return html(pdf(verb))


def write_page(page: Page, html: Path | None, pdf: Path | None) -> None:
    """Write a page where the user wants it, each file at once or not at all. Raises PolicyError where PDF cannot be."""
    made: list[tuple[Path, bytes]] = []
    if html is not None:
        from ordinance.report.page import render_page

        made.append((html, render_page(page)))
    if pdf is not None:
        made.append((pdf, _as_pdf(page)))
    for path, content in made:
        from ordinance.store.files import write_file

        write_file(path, content)
        say(f"written: {path}")


def _as_pdf(page: Page) -> bytes:
    from ordinance.model.errors import Issue, PolicyError
    from ordinance.report.pdf import NotInstalledError, NotMadeError, render_pdf

    try:
        return render_pdf(page)
    except NotInstalledError:
        message, hint = "writing PDF needs the extra `pdf`", "pip install 'ordinance[pdf]'"
        raise PolicyError([Issue("--pdf", 0, 0, "pdf-not-installed", message, "", hint)]) from None
    except NotMadeError as error:
        message = f"the typesetter refused the page: {error}"
        raise PolicyError([Issue("--pdf", 0, 0, "pdf-not-made", message)]) from None


def show_page(page: Page) -> None:
    """Print a page to stdout, as wide as the terminal."""
    width = max(60, shutil.get_terminal_size((100, 24)).columns)
    show(f"{page.who}: {page.title}")
    show(page.as_of)
    if page.notice:
        _wrapped(f"{page.notice_word}: {page.notice}", width)
    show()
    _wrapped(page.lead, width)
    for section in page.sections:
        show(f"\n{section.title}")
        _section(section, width)


def _section(section: Section, width: int) -> None:
    if section.is_empty:
        _wrapped(section.nothing, width, "  ")
    for sentence in section.sentences:
        _wrapped(sentence, width, "  ")
    for item in section.items:
        _wrapped(item, width, "  – ", "    ")
    if section.table is not None and section.table.rows:
        _table(section.table, width)


def _wrapped(text: str, width: int, first: str = "", rest: str | None = None) -> None:
    indent = first if rest is None else rest
    for line in textwrap.wrap(clean(text), width, initial_indent=first, subsequent_indent=indent) or [""]:
        show(line)


def _table(table: Table, width: int) -> None:
    """Rows side by side; cells that do not fit are wrapped within their column."""
    rows = [table.heads, *table.rows]
    widths = _widths(rows, width - 2 - 2 * (len(table.heads) - 1))
    for row in rows:
        cells = [textwrap.wrap(clean(cell), w) or [""] for cell, w in zip(row, widths, strict=True)]
        for n in range(max(map(len, cells))):
            parts = [c[n] if n < len(c) else "" for c in cells]
            padded = (
                p.rjust(w) if i in table.numbers else p.ljust(w)
                for i, (p, w) in enumerate(zip(parts, widths, strict=True))
            )
            show(f"  {'  '.join(padded)}".rstrip())


def _widths(rows: list[tuple[str, ...]], room: int) -> list[int]:
    """A width for each column: what it needs, the widest narrowed until all fit."""
    widths = [max(len(clean(cell)) for cell in column) for column in zip(*rows, strict=True)]
    while sum(widths) > room and max(widths) > NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return widths
