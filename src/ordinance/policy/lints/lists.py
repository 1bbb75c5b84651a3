# SPDX-License-Identifier: EUPL-1.2
"""Lists, criteria, contested readings and findings: named and not there, there and not used, or without effect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from ordinance.model.apps import Catalogue
from ordinance.model.body import Body
from ordinance.model.errors import Issue
from ordinance.model.law import Law, Selector, Text, What
from ordinance.policy import select
from ordinance.policy.lints._base import Lint, Warn, clauses, is_adopted, own, quoted, selectors
from ordinance.policy.nodes import did_you_mean


def _words(text: Text, kind: What) -> set[str]:
    """The words of a kind of selector that a text uses anywhere."""
    return {w for s, _ in selectors(text) for leaf in s.leaves() if leaf.kind is kind for w in leaf.words}


class UnknownList(Lint):
    """`listed_by` names a list under `lists:` of the same text. Of a list that is not there nothing is known, so that
    every ruling about it comes out unknown."""

    id = "unknown-list"
    summary = "A clause restricts what a list names, and its text has no such list."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Lists that selectors name."""
        for text in own(law):
            known = {x.id for x in text.lists}
            for selector, place in selectors(text):
                for leaf in selector.leaves():
                    for name in leaf.words if leaf.kind is What.LISTED_BY else ():
                        if name not in known:
                            message = f'"{text.id}" has no list "{name}"'
                            yield self.issue(place, message, did_you_mean(name, known), "nothing is known of it")


class UnknownCriterion(Lint):
    """A criterion is a test that a text states under `criteria:`; findings are about one of these. A word that no text
    states as a criterion decides nothing."""

    id = "unknown-criterion"
    summary = "A clause or finding names a criterion that its text does not state."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Criteria that selectors and findings name."""
        stated: dict[str, set[str]] = {}
        for text in law.texts:
            stated.setdefault(text.id, set()).update(c.id for c in text.criteria)
        for text in own(law):
            known = {c.id for c in text.criteria}
            for selector, place in selectors(text):
                for leaf in selector.leaves():
                    for name in leaf.words if leaf.kind is What.CRITERION else ():
                        if name not in known:
                            message = f'"{text.id}" states no criterion "{name}"'
                            yield self.issue(place, message, did_you_mean(name, known), "nobody can meet it")
        every = {name for names in stated.values() for name in names}
        for found in law.classifications:
            known = stated.get(found.text, set()) if found.text else every
            if found.kind is What.CRITERION and found.word not in known and (not found.text or found.text in stated):
                message = f'"{found.text}" states no criterion "{found.word}"' if found.text else (
                    f'no text states a criterion "{found.word}"'
                )  # fmt: skip
                yield self.issue(found.place, message, did_you_mean(found.word, known), "the finding decides nothing")


class ListWithoutClause(Warn):
    """A list that no clause of its text refers to restricts nothing, however carefully it is kept."""

    id = "list-without-clause"
    summary = "No clause of the text refers to one of its lists."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Lists of own texts that nothing uses."""
        for text in own(law):
            used = _words(text, What.LISTED_BY) if text.lists else set()
            for one in text.lists:
                if one.id not in used and not is_adopted(text, one.place):
                    yield self.issue(one.place, f'no clause refers to the list "{one.id}"', "", "it restricts nothing")


class CriterionWithoutClause(Warn):
    """A criterion that no clause of its text refers to restricts nothing."""

    id = "criterion-without-clause"
    summary = "No clause of the text refers to one of its criteria."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Criteria of own texts that nothing uses."""
        for text in own(law):
            used = _words(text, What.CRITERION) if text.criteria else set()
            for one in text.criteria:
                if one.id not in used and not is_adopted(text, one.place):
                    message = f'no clause refers to the criterion "{one.id}"'
                    yield self.issue(one.place, message, "", "it restricts nothing")


class UnknownParameter(Lint):
    """A clause that holds under a contested reading, and the body's choice of one, name a parameter under
    `parameters:` of the text. For one that is not there nobody can choose."""

    id = "unknown-parameter"
    summary = "A clause or a chosen reading names a contested reading that its text does not have."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Parameters that clauses and readings name."""
        for text, clause in clauses(law):
            known = {p.id for p in text.parameters}
            for name, _ in clause.under:
                if name not in known:
                    message = f'"{text.id}" has no parameter "{name}"'
                    yield self.issue(clause.place, message, did_you_mean(name, known), "nobody can choose a reading")
        texts = _parameters(law)
        for reading in law.readings:
            choices = texts.get(reading.text)
            if choices is not None and reading.parameter not in choices:
                message = f'"{reading.text}" has no parameter "{reading.parameter}"'
                yield self.issue(reading.place, message, did_you_mean(reading.parameter, choices))


class UnknownChoice(Lint):
    """A contested reading has a closed list of choices. A clause under another choice never holds; a reading that
    chooses another decides nothing."""

    id = "unknown-choice"
    summary = "A clause or a chosen reading names a choice that the contested reading does not have."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Choices that clauses and readings name."""
        for text, clause in clauses(law):
            stated = {p.id: p.choices for p in text.parameters}
            for name, choices in clause.under:
                for choice in sorted(choices - stated.get(name, choices)):
                    message = f'"{choice}" is no choice of "{name}"'
                    yield self.issue(clause.place, message, did_you_mean(choice, stated[name]))
        texts = _parameters(law)
        for reading in law.readings:
            known = texts.get(reading.text, {}).get(reading.parameter)
            if known is not None and reading.choice not in known:
                message = f'"{reading.choice}" is no choice of "{reading.parameter}"'
                yield self.issue(reading.place, message, did_you_mean(reading.choice, known))


def _parameters(law: Law) -> dict[str, dict[str, frozenset[str]]]:
    """The choices of every contested reading of every text, of all its versions together."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for text in law.texts:
        choices = found.setdefault(text.id, {})
        for parameter in text.parameters:
            choices[parameter.id] = choices.get(parameter.id, frozenset()) | parameter.choices
    return found


class ReadingOfNothing(Warn):
    """A body chose how it reads a text, and no clause of that text depends on the choice."""

    id = "reading-of-nothing"
    summary = "A body chose a reading on which no clause depends."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Readings whose parameter stands under no clause."""
        used = {(t.id, name) for t in law.texts for r in t.restrictions for name, _ in r.under}
        stated = _parameters(law)
        for reading in law.readings:
            known = reading.parameter in stated.get(reading.text, {})
            if known and (reading.text, reading.parameter) not in used:
                message = f'no clause of "{reading.text}" depends on how "{reading.parameter}" is read'
                yield self.issue(reading.place, message, "", "the choice changes nothing")


class ClassificationWithoutEffect(Warn):
    """A body may find that an app meets a rule; that it does *not* counts only in the body's own texts, and in those
    that name the body under `classified_by`: nobody loosens what binds him. A finding that counts nowhere, or about
    which no clause asks, changes nothing."""

    id = "classification-without-effect"
    summary = "A finding of the body counts for no clause of any text."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Findings that no text asks for, or none of those that ask lets count."""
        asking: dict[tuple[What, str], list[tuple[Text, bool]]] = {}
        for text in law.texts if law.classifications else ():
            for leaf, named in _asked(text):
                for word in leaf.words if leaf.kind in select.CLASSIFIED else ():
                    asking.setdefault((leaf.kind, word), []).append((text, named))
        for found in law.classifications:
            asked = [(t, named) for t, named in asking.get((found.kind, found.word), ()) if found.text in {"", t.id}]
            if not asked and found.kind is not What.CRITERION:  # else said by `unknown-criterion`
                message = f"no clause asks for the {found.kind} {found.word}"
                yield self.issue(found.place, message, "", "the finding changes nothing")
            elif asked and not any(select.may_classify(law, t, found, widens=found.applies is n) for t, n in asked):
                others = quoted({t.authority for t, _ in asked})
                message = f"it would take an app out of a rule of {others}, who does not let the body decide that"
                yield self.issue(found.place, message, "", "the finding changes nothing")


def _asked(text: Text) -> Iterator[tuple[Selector, bool]]:
    """Every selector without parts that a text uses, with whether naming an app there restricts it or lets it off; in a
    list or a criterion it can be either."""
    for clause in text.restrictions:
        for selector in clause.what:
            yield from _turned(selector, True)
    for selector, _ in selectors(replace(text, restrictions=())):
        for leaf in selector.leaves():
            yield from ((leaf, True), (leaf, False))


def _turned(selector: Selector, named: bool) -> Iterator[tuple[Selector, bool]]:
    """The leaves of a selector; `not` and `allow_only` turn what naming an app means."""
    if not selector.parts:
        yield selector, named
    for part in selector.parts:
        yield from _turned(part, named ^ (selector.kind in {What.NOT, What.ALLOW_ONLY}))
