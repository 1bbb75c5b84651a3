# SPDX-License-Identifier: EUPL-1.2
"""What every lint is: an id, a severity, a sentence, and a question put to a law that reads well.

Reads: the law, the catalogue and the settings of a body, and the instant that it is seen from. Never an estate (that
is for `operations`), never a clock. Library texts are not questioned: a body cannot change them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import ClassVar

from ordinance.model.apps import Catalogue
from ordinance.model.body import Body
from ordinance.model.errors import Issue, Severity
from ordinance.model.law import Law, Place, Restriction, Selector, Text


class Lint:
    """One question. Its docstring says why it is asked; `summary` is one sentence for lists.

    `at` is the instant that the law is seen from, or `None`: lints that look from an instant then say nothing, which
    is right for whoever only asks whether a law can be used (every error is found without an instant).
    """

    id: ClassVar[str]
    summary: ClassVar[str]
    severity: ClassVar[Severity] = Severity.ERROR

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Every issue of this id."""
        raise NotImplementedError

    def issue(self, place: Place, message: str, hint: str = "", consequence: str = "") -> Issue:
        """An issue of this lint at a place."""
        return Issue(place.file, place.line, place.column, self.id, message, consequence, hint, self.severity)


class Warn(Lint):
    """A lint whose issues leave the law usable."""

    severity = Severity.WARNING


def own(law: Law) -> tuple[Text, ...]:
    """The texts that the body can change: decisions and advice in its own folder."""
    return tuple(t for t in law.texts if not t.shipped)


def clauses(law: Law) -> Iterator[tuple[Text, Restriction]]:
    """Every clause of the body's own texts."""
    for text in own(law):
        for clause in text.restrictions:
            yield text, clause


def selectors(text: Text) -> Iterator[tuple[Selector, Place]]:
    """Every selector that a text uses, whole, with the place of what it belongs to."""
    for clause in text.restrictions:
        for selector in (*clause.what, *clause.replace_with, *clause.alternatives):
            yield selector, clause.place
    for freedom in text.leaves_free:
        yield from ((s, freedom.place) for s in freedom.what)
    for one in text.lists:
        for version in one.versions:
            yield from ((s, one.place) for s in version.items)
    for criterion in text.criteria:
        yield from ((s, criterion.place) for s in criterion.met_by)
    for found in text.classifications:
        yield found.what, found.place


def is_adopted(text: Text, place: Place) -> bool:
    """Whether something stands in another text's file, from which this one adopted it: not the body's to mend."""
    return place.file != text.place.file


def has_end(clause: Restriction) -> bool:
    """Whether a clause says when its time is up."""
    return clause.term is not None or clause.last_day is not None


def quoted(words: Iterable[str]) -> str:
    """Words in quotes, sorted: `"a", "b"`."""
    return ", ".join(f'"{w}"' for w in sorted(words))
