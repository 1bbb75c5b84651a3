# SPDX-License-Identifier: EUPL-1.2
"""A channel review for the public: without names of persons, and without details of security.

Reads one review and its document; gives another document of the same keys. Withheld are the texts of answers at the
gate about devices, of the body's own claims on the scale about security, and of whatever the file marks `internal:
yes`; what it marks `internal: no` stays. Scores and results stay, for without them it would be no answer, and so do
shipped cards, which are public anyway. Persons are called by the roles that `names:` gives them, addresses are taken
out, and who looks what up again is left out. Cannot know of a name that the file does not list: somebody reads the
page before it is published.
"""

from __future__ import annotations

import re
from typing import Any

from ordinance.model.channel_review import ChannelReview

Document = dict[str, Any]

# Texts that people wrote; everything else is ids, days and numbers, in which no name may be looked for.
_TEXTS = {
    *("title", "question", "by", "reason", "because", "claim", "population", "method", "name", "text", "trigger"),
    *("migration", "reasons", "consulted", "proposed_by", "audience", "anchors"),
}
_ADDRESS = re.compile(r"[^\s@<>()\"']+@[^\s@<>()\"']+\.[^\s@<>()\"',;]+")
_NO_CITE = {"title": None, "url": None, "retrieved": None}


def for_the_public(document: Document, review: ChannelReview) -> Document:
    """The document of a review as it may be published; `public` says how many texts are withheld."""
    gates = [
        {**shown, "reason": None, "cites": [], "withheld": True} if answer.is_internal else shown
        for shown, answer in zip(document["gates"], review.gates, strict=True)
    ]
    cells = [
        {
            **shown,
            "evidence": [
                _withheld(one) if evidence.is_internal(cell.criterion) else {**one, "owner": None, "place": None}
                for one, evidence in zip(shown["evidence"], cell.evidence, strict=True)
            ],
        }
        for shown, cell in zip(document["cells"], review.cells, strict=True)
    ]
    hidden = [*gates, *(e for c in cells for e in c["evidence"])]
    public = {**document, "gates": gates, "cells": cells, "public": {"withheld": sum("withheld" in h for h in hidden)}}
    roles = sorted(review.names, key=lambda n: (-len(n.name), n.name))  # `Jan Jansen` before `Jansen`
    patterns = [(re.compile(rf"(?<!\w){re.escape(n.name)}(?!\w)", re.IGNORECASE), n.role) for n in roles]
    found: Document = _cleaned(public, patterns, is_text=False)
    return found


def _withheld(evidence: Document) -> Document:
    """A claim of which only stands when it was made and until when it counts."""
    gone = dict.fromkeys(("claim", "population", "method", "owner", "place"))
    return {**evidence, **gone, "cite": _NO_CITE, "withheld": True}


def _cleaned(value: Any, patterns: list[tuple[re.Pattern[str], str]], *, is_text: bool) -> Any:
    if isinstance(value, dict):
        return {k: _cleaned(v, patterns, is_text=k in _TEXTS) for k, v in value.items()}
    if isinstance(value, list):
        return [_cleaned(v, patterns, is_text=is_text) for v in value]
    if not isinstance(value, str) or not is_text:
        return value
    for pattern, role in patterns:
        value = pattern.sub(lambda _, role=role: role, value)  # type: ignore[misc]  # a role is no template
    return _ADDRESS.sub("…", value)
