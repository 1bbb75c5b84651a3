# SPDX-License-Identifier: EUPL-1.2
"""A page for people as a tagged PDF that keeps to PDF/UA-1, for councils that file what they decide.

The typesetter (the extra `pdf`) refuses to write a file that breaks those rules of PDF/UA-1 that it can see. Same
page, same bytes: no clock, and only the fonts that it brings. A character that none of these has becomes U+FFFD, and
the page says so. It loads nothing, reads nothing but our template, and never takes a word of the page for markup.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from importlib.resources import files
from typing import Any

from ordinance.report.clean import REPLACEMENT, clean
from ordinance.report.page import Page

NO_GLYPH = "could not be displayed with font"
# Tried when a character has no form: Latin, Greek and Cyrillic with their punctuation, then Western Latin alone.
_KNOWN = (
    re.compile("[^\\x20-\\u024f\\u0386-\\u03ce\\u0400-\\u045f\\u2010-\\u2027\\u2030-\\u203a\\u20ac\\u2190-\\u2193\\ufffd]"),
    re.compile("[^\\x20-\\x7e\\xa0-\\xff\\ufffd]"),
)
NO_TITLE = "–"  # a heading must not be empty
LEFT_OUT = "Some characters have no form in the fonts of this file and stand as {mark}; the HTML page shows them."


class NotInstalledError(Exception):
    """The typesetter is not there: it comes with the extra `pdf`."""


class NotMadeError(Exception):
    """The typesetter refused a page, and says why."""


def render_pdf(page: Page) -> bytes:
    """The page as PDF/UA-1.

    Raises NotInstalledError where the typesetter is not there, NotMadeError, with its words, where it refuses.
    """
    try:
        import typst  # noqa: PLC0415  # an extra: 81 MB that nobody needs who reads HTML
    except ImportError:
        raise NotInstalledError from None

    fonts = typst.Fonts(include_system_fonts=False)
    source = (files("ordinance.report") / "templates" / "page.typ").read_bytes()
    shown, last = _plain(page), ""
    for known in (None, *_KNOWN):
        inputs = {"page": json.dumps(_within(shown, known) if known else shown, ensure_ascii=False)}
        try:
            compiler = typst.Compiler(source, font_paths=fonts, sys_inputs=inputs)
            made = compiler.compile(format="pdf", pdf_standards="ua-1")
        except typst.TypstError as error:
            last = str(error)
            if NO_GLYPH not in last:
                break
        else:
            if isinstance(made, bytes):
                return made
            last = "it gave no file back"
    raise NotMadeError(last)


def _plain(page: Page) -> dict[str, Any]:
    sections = [{**asdict(s), "title": _heading(s.title), "is_empty": s.is_empty} for s in page.sections]
    shown: dict[str, Any] = clean({**asdict(page), "title": _heading(page.title), "sections": sections})
    for section, one in zip(shown["sections"], page.sections, strict=True):
        if one.table is not None:
            section["table"]["numbers"] = sorted(one.table.numbers)
    return shown


def _heading(text: str) -> str:
    """A heading that is not empty; what cannot be seen is not enough."""
    return text if any(c.isprintable() and not c.isspace() for c in text) else NO_TITLE


def _within(shown: dict[str, Any], known: re.Pattern[str]) -> dict[str, Any]:
    """The page with every other character replaced, and a last section that says so."""
    found: dict[str, Any] = _each(shown, known)
    note = LEFT_OUT.format(mark=REPLACEMENT)
    plain: dict[str, Any] = {"items": [], "table": None, "nothing": "", "is_empty": False, "new_page": False}
    last = {**plain, "id": "left-out", "title": "Characters that are not shown", "sentences": [note]}
    found["sections"] = [*found["sections"], last]
    return found


def _each(value: Any, known: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return known.sub(REPLACEMENT, value)
    if isinstance(value, dict):
        return {key: _each(one, known) for key, one in value.items()}
    return [_each(one, known) for one in value] if isinstance(value, list) else value
