# SPDX-License-Identifier: EUPL-1.2
"""A page for people made of sections, each with sentences, a list and a table: one form for many reports.

Whoever has something to show says it as a `Page`; the same page is drawn as self-contained HTML (no script, nothing
to load, same input, same bytes) and printed on a terminal. What stands in it is cleaned here: strings come from files.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from markupsafe import Markup

from ordinance.report.clean import clean
from ordinance.report.html import environment, style


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under heads. The first cell of a row heads it; `numbers` are the columns (from 0) set to the right."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Section:
    """One section. `id` is an anchor; an empty one says `nothing` instead; `new_page` begins one on paper."""

    id: str
    title: str
    sentences: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    table: Table | None = None
    nothing: str = ""
    new_page: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say but `nothing`."""
        return not (self.sentences or self.items or (self.table and self.table.rows))


@dataclass(frozen=True, slots=True)
class Page:
    """A whole page. `lead` answers its question in one sentence; `state` colours it: one of words.STATES, or empty."""

    language: str
    who: str
    as_of: str
    title: str
    question: str
    lead: str
    sections: tuple[Section, ...]
    notice: str = ""
    state: str = ""
    notice_word: str = "Notice"


def render_page(page: Page) -> bytes:
    """The page as UTF-8 HTML."""
    sections = [{**asdict(s), "is_empty": s.is_empty} for s in page.sections]
    shown = clean({**asdict(page), "sections": sections})
    for section, one in zip(shown["sections"], page.sections, strict=True):
        if one.table is not None:
            section["table"]["numbers"] = one.table.numbers
    text = environment().get_template("page.html.j2").render(p=shown, css=Markup(style()))  # noqa: S704  # our own file
    return text.encode()
