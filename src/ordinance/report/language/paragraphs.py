# SPDX-License-Identifier: EUPL-1.2
"""Sentences that belong together, under a heading, with the id of what they are about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`about` is the same in all languages; `heading` and `sentences` are in one."""

    about: str
    heading: str
    sentences: tuple[str, ...]


def filled(paragraphs: Iterable[Paragraph]) -> tuple[Paragraph, ...]:
    """Those with something in them."""
    return tuple(p for p in paragraphs if p.sentences)
