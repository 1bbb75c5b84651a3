# SPDX-License-Identifier: EUPL-1.2
"""Adoption: another text's clauses become ours, with stated changes.

Pure. What an adopted clause refers to, its lists, criteria and contested readings, comes with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from ordinance.model.errors import Issue
from ordinance.model.law import Adoption, Classification, Criterion, ExternalList, Parameter, Place, Text
from ordinance.policy.clocks import force_begins, rank
from ordinance.policy.nodes import did_you_mean

LONGEST_CHAIN = 5  # texts that adopt each other in turn; nobody could say any more what he adopts
MOST_CLAUSES = 1000  # of one text, adopted ones included: two adoptions at each step would double them each time


def with_adopted(texts: list[Text], issues: list[Issue]) -> tuple[Text, ...]:
    """Every text with the clauses it adopts copied in as its own, and what these clauses refer to with them."""
    adopter = _Adopter(texts, issues)
    return tuple(adopter.joined(t, (t.id,)) if t.adopts else t for t in texts)


class _Adopter:
    """Each text is joined once, however many adopt it."""

    def __init__(self, texts: list[Text], issues: list[Issue]) -> None:
        self._issues = issues
        self._done: dict[tuple[str, str], Text] = {}
        self._by_id: dict[str, list[Text]] = {}
        for text in texts:
            self._by_id.setdefault(text.id, []).append(text)

    def joined(self, text: Text, trail: tuple[str, ...]) -> Text:
        """The text with what it adopts; `trail` are the ids on the way here, itself the last."""
        key = (text.id, text.version)
        if key not in self._done:
            found = text
            for adoption in text.adopts:
                found = self._with(found, adoption, trail)
            if len(trail) > 1 and len({*trail}) < len(trail):
                return found  # a circle, reported: what stands half-way round it is not kept
            self._done[key] = found
        return self._done[key]

    def _with(self, text: Text, adoption: Adoption, trail: tuple[str, ...]) -> Text:
        source = _version_adopted(text, self._by_id.get(adoption.text, []))
        place = adoption.place
        if source is None:
            self._report(place, "unknown-text", f'no text "{adoption.text}"', did_you_mean(adoption.text, self._by_id))
            return text
        if adoption.text in trail:
            circle = " → ".join((*trail, adoption.text))
            self._report(place, "adopts-itself", f"a text cannot adopt itself: {circle}")
            return text
        if len(trail) >= LONGEST_CHAIN:
            self._report(place, "adopts-too-far", f"more than {LONGEST_CHAIN} texts adopt one another in turn")
            return text
        found = self._clauses(text, adoption, self.joined(source, (*trail, adoption.text)))
        if len(found.restrictions) > MOST_CLAUSES:
            self._report(place, "adopts-too-much", f"the text would have more than {MOST_CLAUSES} clauses")
            return text
        return found

    def _clauses(self, text: Text, adoption: Adoption, source: Text) -> Text:
        changes = {c.restriction: c for c in adoption.changes}
        for name in sorted(changes.keys() - {c.id for c in source.restrictions}):
            self._report(adoption.place, "unknown-restriction", f'"{adoption.text}" has no clause "{name}"')
        clauses = list(text.restrictions)
        for clause in source.restrictions:
            change = changes.get(clause.id)
            if change is None:
                clauses.append(replace(clause, id=f"{source.id}.{clause.id}", addressees=frozenset()))
            elif change.replacement is not None:
                clauses.append(change.replacement)
        return replace(
            text,
            restrictions=tuple(clauses),
            lists=_with_others(text.lists, source.lists),
            criteria=_with_others(text.criteria, source.criteria),
            parameters=_with_others(text.parameters, source.parameters),
            classifications=_with_others(text.classifications, source.classifications),
        )

    def _report(self, place: Place, issue_id: str, message: str, hint: str = "") -> None:
        issue = Issue(place.file, place.line, place.column, issue_id, message, "", hint)
        if issue not in self._issues:
            self._issues.append(issue)


def _version_adopted(text: Text, versions: list[Text]) -> Text | None:
    """The version that stood when the adopting text began: a later one is for the body to decide about."""
    begins = force_begins(text)
    at = begins or datetime.min.replace(tzinfo=UTC)
    return max((t for t in versions if t.kind.rules), key=lambda t: rank(t, at), default=None)


_Named = TypeVar("_Named", ExternalList, Criterion, Parameter, Classification)


def _with_others(own: tuple[_Named, ...], others: tuple[_Named, ...]) -> tuple[_Named, ...]:
    """What a text names itself, and what it takes over besides; its own stays where both name one thing."""
    known: Mapping[str, bool] = {x.id: True for x in own}
    return own + tuple(x for x in others if x.id not in known)
