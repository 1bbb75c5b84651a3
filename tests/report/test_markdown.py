# SPDX-License-Identifier: EUPL-1.2
"""A page as Markdown: sections, lists and tables, in which nothing that comes from a file is markup."""

from __future__ import annotations

import pytest

from ordinance.report.markdown import render_markdown
from ordinance.report.page import Page, Section, Table


def _page(*sections: Section, lead: str = "lead") -> Page:
    return Page("en", "who", "today", "title", "question", lead, sections, "notice")


def test_sections_lists_and_tables() -> None:
    """Each in its place, a section without anything with what it says instead, one line feed at the end."""
    table = Table("caption", ("a", "b"), (("1", "2"),))
    sections = (Section("x", "X", ("said",), ("item",), table), Section("y", "Y", nothing="nothing here"))
    assert render_markdown(_page(*sections)).decode() == (
        "# title\n\nwho · today\n\n**Notice:** notice\n\nlead\n\n"
        "## X\n\nsaid\n\n- item\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n## Y\n\nnothing here\n"
    )


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("a|b", "a\\|b"),
        ("<i>*x*</i>", "\\<i\\>\\*x\\*\\</i\\>"),
        ("# no heading", "\\# no heading"),
        ("- no item", "\\- no item"),
        ("12. no item", "12\\. no item"),
        ("8888.google", "8888.google"),
        ("two\nlines", "two lines"),
        ("--- rule", "\\--- rule"),
    ],
    ids=["bar", "tags", "heading", "item", "number", "name", "lines", "rule"],
)
def test_nothing_in_a_text_is_markup(said: str, shown: str) -> None:
    """A bar does not end a cell, and a line never begins a heading, a list or a rule."""
    assert f"\n\n{shown}\n" in render_markdown(_page(lead=said)).decode()
