# SPDX-License-Identifier: EUPL-1.2
"""`channels claims`: the claim cards that ship, as plain data, and which of them are to be looked up again."""

from __future__ import annotations

from datetime import date
from typing import Any

from ordinance import __version__
from ordinance.model.errors import Issue, PolicyError
from ordinance.policy.nodes import did_you_mean
from ordinance.review.cards import Card, cards


def claims_document(wanted: str | None, day: date) -> dict[str, Any]:
    """One card, or all of them by id. Raises PolicyError for one that does not ship."""
    if wanted is not None and wanted not in cards():
        hint = did_you_mean(wanted, cards())
        raise PolicyError([Issue("claims", 0, 0, "unknown-card", f'no card "{wanted}" ships', "", hint)])
    chosen = [c for c in cards().values() if wanted in {None, c.id}]
    return {"ordinance": __version__, "as_of": day.isoformat(), "cards": [_card(c, day) for c in chosen]}


def _card(card: Card, day: date) -> dict[str, Any]:
    return {
        "id": card.id,
        "about": card.about,
        "read": card.is_read,
        "claim": card.claim or None,
        "on": card.on.isoformat() if card.on else None,
        "on_known_to": str(card.on_known_to),
        "population": card.population or None,
        "method": card.method or None,
        "metric": str(card.metric) if card.metric else None,
        "confidence": str(card.confidence) if card.confidence else None,
        "rebuttal": card.rebuttal or None,
        "check_again": card.check_again.isoformat(),
        "look_again": card.check_again < day,
        "cites": [{"title": c.title, "url": c.url or None} for c in card.cites],
    }
