# SPDX-License-Identifier: EUPL-1.2
"""A page for people on a terminal: the same sections as in HTML, tables as columns."""

from __future__ import annotations

import shutil
import textwrap
from typing import TYPE_CHECKING

from ordinance.cli._common import clean, show

if TYPE_CHECKING:
    from ordinance.report.page import Page, Section, Table

NARROWEST = 12


def show_page(page: Page) -> None:
    """Print a page to stdout, as wide as the terminal."""
    width = max(60, shutil.get_terminal_size((100, 24)).columns)
    show(f"{page.who}: {page.title}")
    show(page.as_of)
    if page.notice:
        _wrapped(f"Notice: {page.notice}", width)
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
