# SPDX-License-Identifier: EUPL-1.2
"""Which apps a clause restricts, in Kleene's three values.

Reads: selectors, the catalogue's facts of an app, lists with versions, classifications by people. What
nobody said of an app leaves a test unknown, never false: the ruling then names the fact that is missing.
Never observations. Cannot know: whether the catalogue is complete; `is_closed` says where that matters.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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


def covers(law: Law, text: Text, what: Iterable[Selector], app: AppFacts, at: datetime) -> Covered:
    """Whether any of the selectors, as `text` means them at an instant, names the app."""
    return _any(_covers(law, text, s, app, at) for s in what)


def names(law: Law, text: Text, what: Iterable[Selector], app_id: str, at: datetime) -> bool:
    """Whether the selectors certainly name the app written `family/member`."""
    return covers(law, text, what, law.catalogue.facts(app_id), at).truth is Truth.TRUE


def _covers(law: Law, text: Text, selector: Selector, app: AppFacts, at: datetime) -> Covered:
    if selector.parts:
        parts = [_covers(law, text, p, app, at) for p in selector.parts]
        if selector.kind is What.ALL:
            return _all(parts)
        return _any(parts) if selector.kind is What.ANY else ~_any(parts)  # `not` has one part, `allow_only` some
    if selector.kind is What.LISTED_BY:
        return _any(_listed(law, text, word, app, at) for word in selector.words)
    if selector.kind in CLASSIFIED:
        return _any(_classified(law, text, selector.kind, word, app, at) for word in selector.words)
    return _by_facts(selector, app)


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
        return _said(None if app.origins is None else bool(app.origins & words), f"origin of {app.id}")
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


def _listed(law: Law, text: Text, list_id: str, app: AppFacts, at: datetime) -> Covered:
    one = list_of(text, list_id)
    if one is None or one.not_read:
        return Covered(Truth.UNKNOWN, frozenset({f"list {list_id}"}))
    version = version_at(one, at)
    return covers(law, text, version.items, app, at) if version else FALSE


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


def _classified(law: Law, text: Text, kind: What, word: str, app: AppFacts, at: datetime) -> Covered:
    """What a person found counts first, the latest finding before earlier ones; then the facts."""
    verdict = _verdict(law, text, kind, word, app, at)
    if verdict is not None:
        return _known(verdict)
    if kind is What.CATEGORY:
        return _said(None if app.categories is None else word in app.categories, f"category of {app.id}")
    if kind is What.BEHAVIOUR:
        return Covered(Truth.UNKNOWN, frozenset({f"behaviour {word} of {app.id}"}))
    return _criterion(law, text, word, app, at)


def _criterion(law: Law, text: Text, word: str, app: AppFacts, at: datetime) -> Covered:
    criterion = criterion_of(text, word)
    if criterion is not None:
        if covers(law, text, criterion.met_by, app, at).truth is Truth.TRUE:
            return TRUE
        if criterion.otherwise is Otherwise.UNMET:
            return covers(law, text, criterion.met_by, app, at)
    return Covered(Truth.UNKNOWN, frozenset({f"criterion {word} for {app.id}"}))


def criterion_of(text: Text, word: str) -> Criterion | None:
    """A criterion that the text states."""
    return next((c for c in text.criteria if c.id == word), None)


def _verdict(law: Law, text: Text, kind: What, word: str, app: AppFacts, at: datetime) -> bool | None:
    counting = [
        c
        for c in (*text.classifications, *law.classifications)
        if c.kind is kind
        and c.word == word
        and covers(law, text, (c.what,), app, at).truth is Truth.TRUE
        and start_of(c.on, zone_of_text(law, text)) <= at
        and (c in text.classifications or may_classify(law, text, c))
    ]
    latest = max(counting, key=lambda c: (c.on, c.applies, c.id), default=None)
    return None if latest is None else latest.applies


def may_classify(law: Law, text: Text, found: Classification) -> bool:
    """Whether a finding of the body counts for a text.

    One that widens a rule always does. One that takes an app out counts for the body's own text, and for
    another authority's only where that names the body under `classified_by`: nobody loosens what binds him.
    """
    if found.text not in {"", text.id}:
        return False
    return found.applies or text.authority == law.body or law.body in text.classified_by


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


def _is_closed(text: Text, selector: Selector) -> bool:
    kind = selector.kind
    if kind is What.ALL:
        return any(_is_closed(text, p) for p in selector.parts)
    if kind is What.ANY:
        return is_closed(text, selector.parts)
    if kind is What.LISTED_BY:
        lists = [list_of(text, w) for w in selector.words]
        return all(x and not x.not_read and all(is_closed(text, v.items) for v in x.versions) for x in lists)
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
    return Covered(truth, frozenset(m for p in parts if p.truth is Truth.UNKNOWN for m in p.missing))
