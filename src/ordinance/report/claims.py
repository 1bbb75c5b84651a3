# SPDX-License-Identifier: EUPL-1.2
"""The claim cards as a page: what each says, of when and whom, what speaks against it, and when to look again.

Reads the document of `ordinance channels claims --json`, nothing else. In English, as the cards are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ordinance.report import words
from ordinance.report.page import Page, Section

Card = Mapping[str, Any]


def claims_page(document: Mapping[str, Any]) -> Page:
    """A section a card; a card that nobody read says that before anything else."""
    found = document["cards"]
    unread, again = sum(not c["read"] for c in found), sum(c["look_again"] for c in found)
    lead = f"{words.counted(len(found), 'card', 'cards')}; {unread} not read, {again} to be looked up again."
    return Page(
        language=words.LANGUAGE,
        who="Ordinance",
        as_of=f"State of {words.day(document['as_of'])}",
        title="Claim cards",
        question="What is known, and from whom?",
        lead=lead,
        sections=tuple(Section(c["id"], f"{c['id']}: {c['about']}", tuple(_said(c)), tuple(_cited(c))) for c in found),
    )


def _said(card: Card) -> Iterator[str]:
    again = "Out of date: it was to be looked up again after" if card["look_again"] else "Look it up again after"
    if not card["read"]:
        yield "Not read: it shows nothing, and no review may rest on it."
        yield f"{again} {words.day(card['check_again'])}."
        return
    yield card["claim"]
    counted = f" It counts: {card['metric'].replace('_', ' ')}." if card["metric"] else ""
    yield f"Of {words.day_known_to(card['on'], card['on_known_to'])}. {card['population']}; {card['method']}.{counted}"
    yield f"Against it: {card['rebuttal']}"
    yield f"Confidence: {card['confidence']}. {again} {words.day(card['check_again'])}."


def _cited(card: Card) -> Iterator[str]:
    yield from (" – ".join(x for x in (c["title"], c["url"]) if x) for c in card["cites"])
