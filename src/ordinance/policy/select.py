# SPDX-License-Identifier: EUPL-1.2
"""Which apps a clause restricts, in Kleene's three values.

Reads: selectors, the catalogue's facts of an app, lists with versions, classifications by people. What
nobody said of an app leaves a test unknown, never false: the ruling then names the fact that is missing.
Never observations. Cannot know: whether the catalogue is complete; `is_closed` says where that matters.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from ordinance.model.apps import AppFacts
from ordinance.model.kleene import Truth
from ordinance.model.law import (
    Affiliates,
    Classification,
    Criterion,
    ExternalList,
    Law,
    ListVersion,
    Otherwise,
    Restarts,
    Restriction,
    Selector,
    Text,
    What,
)
from ordinance.model.time import start_of

CLASSIFIED = (What.CATEGORY, What.BEHAVIOUR, What.CRITERION)  # what a person can find of an app


@dataclass(frozen=True, slots=True)
class Covered:
    """Whether an app is restricted; `missing` names the facts that would decide, where it is not known."""

    truth: Truth
    missing: frozenset[str] = frozenset()

    def __invert__(self) -> Covered:
        return Covered(~self.truth, self.missing)


TRUE, FALSE = Covered(Truth.TRUE), Covered(Truth.FALSE)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One app, asked of one text at one instant.

    `widens` turns with each `not` and `allow_only`: whether naming the app restricts it or lets it off. `trail` holds
    the lists, criteria and findings that led here: one that leads back to itself says nothing there.
    """

    law: Law
    text: Text
    app: AppFacts
    at: datetime
    widens: bool = True
    trail: frozenset[tuple[What, str]] = frozenset()

    def turned(self, turn: bool = True) -> _Asked:
        return replace(self, widens=not self.widens) if turn else self

    def within(self, kind: What, word: str) -> _Asked:
        return replace(self, trail=self.trail | {(kind, word)})


def covers(law: Law, text: Text, what: Iterable[Selector], app: AppFacts, at: datetime) -> Covered:
    """Whether any of the selectors, as `text` means them at an instant, names the app."""
    return _each(_Asked(law, text, app, at), what)


def names(law: Law, text: Text, what: Iterable[Selector], app_id: str, at: datetime) -> bool:
    """Whether the selectors certainly name the app written `family/member`."""
    return covers(law, text, what, law.catalogue.facts(app_id), at).truth is Truth.TRUE


def _each(asked: _Asked, what: Iterable[Selector]) -> Covered:
    return _any(_covers(asked, s) for s in what)


def _covers(asked: _Asked, selector: Selector) -> Covered:
    kind = selector.kind
    if kind is What.ALL:
        return _all(_covers(asked, p) for p in selector.parts)
    if kind is What.ANY:
        return _each(asked, selector.parts)
    if kind in {What.NOT, What.ALLOW_ONLY}:  # `not` has one part, `allow_only` some
        return ~_each(asked.turned(), selector.parts)
    if kind is What.LISTED_BY:
        return _any(_listed(asked, word) for word in selector.words)
    if kind in CLASSIFIED:
        return _any(_classified(asked, kind, word) for word in selector.words)
    return _by_facts(selector, asked.app)


def _by_facts(selector: Selector, app: AppFacts) -> Covered:
    """Selectors that the catalogue's facts of an app, or the stated facts of one use of it, decide."""
    kind, words = selector.kind, {*selector.words}
    if kind in {What.FAMILY, What.APP}:
        return _known((app.family if kind is What.FAMILY else app.id) in words)
    if kind is What.SUCCESSOR_OF:
        return _known(bool(app.succeeds & words))
    if kind is What.VENDOR:
        return _vendor(selector, app)
    if kind is What.ORIGIN:
        found = bool(app.origins and app.origins & words)
        return _said(found or (False if app.origins_complete else None), f"origin of {app.id}")
    stated = getattr(app, kind)  # edition, deployment, contract
    return _said(None if stated is None else stated in words, f"{kind} of {app.id}")


def _vendor(selector: Selector, app: AppFacts) -> Covered:
    if app.vendor is None:
        return Covered(Truth.UNKNOWN, frozenset({f"vendor of {app.id}"}))
    meant = {
        Affiliates.NONE: frozenset({app.vendor}),
        Affiliates.SUBSIDIARIES: app.group,
        Affiliates.GROUP: app.affiliates | app.group,
    }[selector.affiliates]
    return _known(bool(meant & {*selector.words}))


# --- lists ----------------------------------------------------------------------------------------


def list_of(text: Text, list_id: str) -> ExternalList | None:
    """A list that the text itself describes."""
    return next((x for x in text.lists if x.id == list_id), None)


def version_at(one: ExternalList, at: datetime) -> ListVersion | None:
    """The version of a list that holds at an instant; `None` before the first."""
    begun = [v for v in one.versions if v.start <= at]
    return max(begun, key=lambda v: v.start, default=None)


def _listed(asked: _Asked, list_id: str) -> Covered:
    one = list_of(asked.text, list_id)
    if one is None or one.not_read or (What.LISTED_BY, list_id) in asked.trail:
        return Covered(Truth.UNKNOWN, frozenset({f"list {list_id}"}))
    version = version_at(one, asked.at)
    return _each(asked.within(What.LISTED_BY, list_id), version.items) if version else FALSE


def listed_since(law: Law, text: Text, clause: Restriction, app: AppFacts, at: datetime) -> datetime | None:
    """The start of the list version from which the clock of an app runs, seen at an instant.

    The version that put the app on the list and since which it was never off it; with `restarts` the
    one that holds at the instant. `None` where no list of the clause names the app.
    """
    found = [
        start
        for selector in clause.what
        for leaf in selector.leaves()
        if leaf.kind is What.LISTED_BY
        for list_id in leaf.words
        if (one := list_of(text, list_id)) and (start := _on_since(law, text, one, app, at)) is not None
    ]
    return min(found, default=None)


def _on_since(law: Law, text: Text, one: ExternalList, app: AppFacts, at: datetime) -> datetime | None:
    since = None
    for version in sorted((v for v in one.versions if v.start <= at), key=lambda v: v.start):
        on = covers(law, text, version.items, app, at).truth is Truth.TRUE
        since = (since or version.start) if on else None
    return since


def clock_starts(
    law: Law, text: Text, clause: Restriction, app: AppFacts, at: datetime, restarts: Restarts
) -> datetime | None:
    """The instant from which a period `after: list_version` runs; `None` where a selector besides the list
    names the app, or no list does: the clause's own beginning then counts."""
    besides = [s for s in clause.what if not any(x.kind is What.LISTED_BY for x in s.leaves())]
    if covers(law, text, besides, app, at).truth is Truth.TRUE:
        return None
    since = listed_since(law, text, clause, app, at)
    if since is None or restarts is Restarts.ADDED:
        return since
    used = [list_of(text, w) for s in clause.what for x in s.leaves() if x.kind is What.LISTED_BY for w in x.words]
    now = [v.start for one in used if one and (v := version_at(one, at)) is not None]
    return max(now, default=since)


# --- what people found ----------------------------------------------------------------------------


def _classified(asked: _Asked, kind: What, word: str) -> Covered:
    """What people found counts first, the latest finding before earlier ones; then the facts.

    Where it is not known whether a finding is about the app, what it says and what holds without it must agree.
    """
    found = _without_findings(asked, kind, word)
    if (kind, word) in asked.trail:
        return found
    for one in sorted(_findings(asked, kind, word), key=lambda c: (c.on, c.applies, c.id)):
        about = _covers(asked.within(kind, word).turned(not one.applies), one.what)
        if about.truth is Truth.TRUE:
            found = _known(one.applies)
        elif about.truth is Truth.UNKNOWN and found != _known(one.applies):
            found = Covered(Truth.UNKNOWN, about.missing | found.missing)
    return found


def _without_findings(asked: _Asked, kind: What, word: str) -> Covered:
    app = asked.app
    if kind is What.CATEGORY:
        return _said(None if app.categories is None else word in app.categories, f"category of {app.id}")
    if kind is What.BEHAVIOUR:
        return Covered(Truth.UNKNOWN, frozenset({f"behaviour {word} of {app.id}"}))
    unsaid = Covered(Truth.UNKNOWN, frozenset({f"criterion {word} for {app.id}"}))
    criterion = criterion_of(asked.text, word)
    if criterion is None or (kind, word) in asked.trail:
        return unsaid
    met = _each(asked.within(kind, word), criterion.met_by)
    return met if met.truth is Truth.TRUE or criterion.otherwise is Otherwise.UNMET else unsaid


def criterion_of(text: Text, word: str) -> Criterion | None:
    """A criterion that the text states."""
    return next((c for c in text.criteria if c.id == word), None)


def _findings(asked: _Asked, kind: What, word: str) -> list[Classification]:
    """Findings that count for the text at the instant, whatever app they are about."""
    law, text, zone = asked.law, asked.text, zone_of_text(asked.law, asked.text)
    own = [c for c in law.classifications if may_classify(law, text, c, widens=c.applies is asked.widens)]
    return [
        c
        for c in (*text.classifications, *own)
        if c.kind is kind and c.word == word and start_of(c.on, zone) <= asked.at
    ]


def may_classify(law: Law, text: Text, found: Classification, *, widens: bool) -> bool:
    """Whether a finding of the body counts for a text.

    One that widens a rule always does. One that takes an app out counts for the body's own text, and for another
    authority's only where that names the body under `classified_by`: nobody loosens what binds him. Behind a `not`
    or an `allow_only` it is the finding that something applies which takes an app out.
    """
    if found.text not in {"", text.id}:
        return False
    return widens or text.authority == law.body or law.body in text.classified_by


def zone_of_text(law: Law, text: Text) -> ZoneInfo:
    """The zone in which a text counts days: its authority's."""
    authority = law.authority(text.authority)
    return authority.zone if authority else law.zone


# --- open or closed, and words --------------------------------------------------------------------


def is_closed(text: Text, what: Iterable[Selector]) -> bool:
    """Whether the selectors name all that they restrict, so that an inventory without these apps shows all.

    A rule by vendor, category, origin, criterion … may also restrict apps that the catalogue does not know.
    """
    return all(_is_closed(text, s) for s in what)


def _is_closed(text: Text, selector: Selector, trail: frozenset[str] = frozenset()) -> bool:
    kind = selector.kind
    if kind is What.ALL:
        return any(_is_closed(text, p, trail) for p in selector.parts)
    if kind is What.ANY:
        return all(_is_closed(text, p, trail) for p in selector.parts)
    if kind is What.LISTED_BY:
        lists = [list_of(text, w) for w in selector.words]
        inner = trail | {*selector.words}
        items = [i for x in lists if x for v in x.versions for i in v.items]
        return (
            not trail & {*selector.words}
            and all(x and not x.not_read for x in lists)
            and all(_is_closed(text, i, inner) for i in items)
        )
    return kind in {What.FAMILY, What.APP, What.SUCCESSOR_OF}


@cache
def in_words(selector: Selector) -> str:
    """A selector as a sentence fragment: `tiktok`, `vendor bytedance and its group`."""
    kind = selector.kind
    if kind in {What.FAMILY, What.APP}:
        return selector.words[0]
    if kind in {What.ALL, What.ANY}:
        joined = (" and " if kind is What.ALL else " or ").join(in_words(p) for p in selector.parts)
        return joined if len(selector.parts) == 1 else f"({joined})"
    if kind is What.NOT:
        return f"not {in_words(selector.parts[0])}"
    if kind is What.ALLOW_ONLY:
        return f"everything but {', '.join(in_words(p) for p in selector.parts)}"
    words = " or ".join(selector.words)
    if kind is What.VENDOR:
        more = {"none": "", "subsidiaries": " and whom it controls", "group": " and its group"}
        return f"vendor {words}{more[selector.affiliates]}"
    return f"{kind.replace('_', ' ')} {words}"


def _known(value: bool) -> Covered:
    return TRUE if value else FALSE


def _said(value: bool | None, missing: str) -> Covered:
    return Covered(Truth.UNKNOWN, frozenset({missing})) if value is None else _known(value)


def _all(found: Iterable[Covered]) -> Covered:
    every = tuple(found)
    return _joined(min(every, key=lambda c: c.truth.value, default=TRUE).truth, every)


def _any(found: Iterable[Covered]) -> Covered:
    every = tuple(found)
    return _joined(max(every, key=lambda c: c.truth.value, default=FALSE).truth, every)


def _joined(truth: Truth, parts: Iterable[Covered]) -> Covered:
    if truth is not Truth.UNKNOWN:
        return _known(truth is Truth.TRUE)
    return Covered(truth, frozenset(m for p in parts for m in p.missing))  # what is decided misses nothing
