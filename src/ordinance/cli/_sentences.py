# SPDX-License-Identifier: EUPL-1.2
"""What verbs that speak share: the choice of languages, and paragraphs on a terminal and as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from ordinance.cli._common import show
from ordinance.model.apps import Catalogue

if TYPE_CHECKING:  # loaded where a verb runs: `--help` must not load the sentences
    from ordinance.report.language.paragraphs import Paragraph
    from ordinance.report.language.phrases import Phrases

LANGUAGES = ("en", "et", "nl", "fr")  # as `report.language` has them; a test compares
WIDTH = 100

languages_option = click.option(
    "--language",
    "languages",
    type=click.Choice(LANGUAGES),
    multiple=True,
    help="The language of the sentences (repeatable). Default: en.",
)


def phrases_in(language: str, catalogue: Catalogue, authorities: Mapping[str, str]) -> Phrases:
    """The words of a language with the names of apps and authorities."""
    from ordinance.report.language.messages import messages
    from ordinance.report.language.phrases import Phrases

    return Phrases(messages(language), catalogue, authorities)


def show_paragraphs(paragraphs: Iterable[Paragraph]) -> None:
    """Heading and sentences, a line each, wrapped."""
    for n, paragraph in enumerate(paragraphs):
        if n:
            show()
        show(paragraph.heading)
        for sentence in paragraph.sentences:
            show_wrapped(sentence, "  ", "    ")


def show_wrapped(text: str, first: str, more: str) -> None:
    """A sentence on lines that fit a terminal; addresses and ids stay whole."""
    lines = textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=more, break_long_words=False, break_on_hyphens=False
    )
    for line in lines:
        show(line)


def paragraphs_document(paragraphs: Iterable[Paragraph]) -> list[dict[str, Any]]:
    """Each sentence with what it is about."""
    return [{"about": p.about, "heading": p.heading, "sentences": list(p.sentences)} for p in paragraphs]
