# SPDX-License-Identifier: EUPL-1.2
"""A page as Markdown, to be taken into a document of one's own. Same input, same bytes.

Reads a `Page`; strings in it come from files, so that every character that means something in Markdown is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ordinance.report.clean import clean_text
from ordinance.report.page import Page, Section, Table

_MEANS = re.compile(r"([\\`*_{}\[\]<>#|~!&])")
_BEGINS = re.compile(r"^(\d*)([-+=.)])(?=\s|[-+=]|$)")


def render_markdown(page: Page) -> bytes:
    """The page as UTF-8 Markdown with tables."""
    lines = [f"# {_text(page.title)}", "", f"{_text(page.who)} · {_text(page.as_of)}", ""]
    lines += [f"**{_text(page.notice_word)}:** {_text(page.notice)}", ""] if page.notice else []
    lines += [_text(page.lead), ""]
    for section in page.sections:
        lines += _section(section)
    return ("\n".join(lines).rstrip("\n") + "\n").encode()


def _section(section: Section) -> Iterator[str]:
    yield from (f"## {_text(section.title)}", "")
    if section.is_empty:
        yield from (_text(section.nothing), "")
    for sentence in section.sentences:
        yield from (_text(sentence), "")
    if section.items:
        yield from (*(f"- {_text(item)}" for item in section.items), "")
    if section.table is not None and section.table.rows:
        yield from (*_table(section.table), "")


def _table(table: Table) -> Iterator[str]:
    yield from (_row(table.heads), _row_of("---" for _ in table.heads))
    yield from map(_row, table.rows)


def _row(cells: tuple[str, ...]) -> str:
    return _row_of(map(_text, cells))


def _row_of(cells: Iterator[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _text(untrusted: str) -> str:
    """A text on one line in which nothing is markup."""
    one_line = " ".join(clean_text(" ".join(untrusted.split())).split())
    return _BEGINS.sub(r"\1\\\2", _MEANS.sub(r"\\\1", one_line))
