# SPDX-License-Identifier: EUPL-1.2
"""Names that lead nowhere, or to two things: families, apps, vendors, texts, clauses, ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain

from ordinance.model.apps import Catalogue
from ordinance.model.body import Body
from ordinance.model.errors import Issue
from ordinance.model.law import Law, Place, Selector, Text, What
from ordinance.policy.clocks import force_begins
from ordinance.policy.lints._base import Lint, own, selectors
from ordinance.policy.lints._circles import in_circles
from ordinance.policy.nodes import did_you_mean

_LISTED = "`ordinance apps` lists the catalogue"


def _leaves(law: Law) -> Iterator[tuple[Selector, Place]]:
    """Every selector without parts that the body wrote, with its place."""
    written = chain.from_iterable(selectors(t) for t in own(law))
    exempted = ((s, e.place) for e in law.exemptions for s in e.what)
    found = ((c.what, c.place) for c in law.classifications)
    for selector, place in chain(written, exempted, found):
        yield from ((leaf, place) for leaf in selector.leaves())


class UnknownFamily(Lint):
    """A misspelt family would be restricted nowhere, and nobody would notice: the catalogue is asked for each name in
    clauses, lists, criteria, exemptions and findings."""

    id = "unknown-family"
    summary = "A family is not in the catalogue."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Families named alone, and those whose successors are meant."""
        known = [f.id for f in catalogue.families]
        for leaf, place in _leaves(law):
            for name in leaf.words if leaf.kind in {What.FAMILY, What.SUCCESSOR_OF} else ():
                if catalogue.family(name) is None:
                    hint = f"{did_you_mean(name, known)} {_LISTED}".strip()
                    message = f'family "{name}" is not in the catalogue'
                    yield self.issue(place, message, hint, "restricts nothing as written")


class UnknownApp(Lint):
    """As for families: `{app: family/member}` must name a member that the catalogue has."""

    id = "unknown-app"
    summary = "An app is not in the catalogue."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Members written `family/member`."""
        known = [f"{f.id}/{m.id}" for f in catalogue.families for m in f.members]
        for leaf, place in _leaves(law):
            if leaf.app is not None and catalogue.member(leaf.app) is None:
                hint = f"{did_you_mean(leaf.app, known)} {_LISTED}".strip()
                message = f'app "{leaf.app}" is not in the catalogue'
                yield self.issue(place, message, hint, "restricts nothing as written")


class UnknownVendor(Lint):
    """A rule by vendor restricts the apps of a company that the catalogue knows; of any other it finds none."""

    id = "unknown-vendor"
    summary = "A vendor is not in the catalogue."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Vendors named by their ids."""
        known = [v.id for v in catalogue.vendors]
        for leaf, place in _leaves(law):
            for name in leaf.words if leaf.kind is What.VENDOR else ():
                if catalogue.vendor(name) is None:
                    message = f'vendor "{name}" is not in the catalogue'
                    yield self.issue(place, message, did_you_mean(name, known), "restricts nothing as written")


class UnknownText(Lint):
    """What a text mirrors, and what an answer, a finding or a chosen reading is about, must be a text that is there:
    in the library or in the body's own folder. (A text that is adopted and not there is found while reading.)"""

    id = "unknown-text"
    summary = "A text mirrors, adopts or answers one that nobody has, or a finding, a reading or a command names one."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Ids of texts, wherever one may stand."""
        known = {t.id for t in (*law.texts, *law.records)} | law.shipped_ids
        named = chain(
            ((name, t.place) for t in own(law) for name in t.mirrors),
            ((a.text, a.place) for a in law.answers),
            ((c.text, c.place) for c in law.classifications if c.text),
            ((r.text, r.place) for r in law.readings),
        )
        for name, place in named:
            if name not in known:
                yield self.issue(place, f'no text "{name}"', did_you_mean(name, known))


class UnknownRestriction(Lint):
    """An exemption from a clause that is not there lifts nothing; an allowance for one allows nothing."""

    id = "unknown-restriction"
    summary = "A change, an exemption or an allowance names a clause that is not there."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Clauses that exemptions name (`text/clause`) and allowances (`clause`)."""
        known = {f"{t.id}/{r.id}" for t in law.texts for r in t.restrictions}
        for exemption in law.exemptions:
            for name in sorted(exemption.restrictions - known):
                yield self.issue(exemption.place, f'no clause "{name}"', did_you_mean(name, known))
        for text in own(law):
            here = {r.id for r in text.restrictions}
            for allowance in text.allowances:
                for name in sorted(allowance.restrictions - here):
                    message = f'"{text.id}" has no clause "{name}"'
                    yield self.issue(allowance.place, message, did_you_mean(name, here))


class MirrorsItself(Lint):
    """A text is compared with what it mirrors. One that mirrors itself, directly or by way of others, is a baseline for
    nothing."""

    id = "mirrors-a-cycle"
    summary = "A text mirrors itself, directly or round a circle."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Circles through a text of the body."""
        mirrors: dict[str, tuple[str, ...]] = {}
        for text in law.texts:
            mirrors[text.id] = (*mirrors.get(text.id, ()), *text.mirrors)
        circles = in_circles(mirrors)
        for text in own(law):
            if text.id in circles:
                others = ", ".join(x for x in circles[text.id] if x != text.id)
                message = f'"{text.id}" mirrors itself' + (f", by way of {others}" if others else "")
                yield self.issue(text.place, message)


class DuplicateId(Lint):
    """Rulings, findings and exemptions name texts and clauses by their ids. An id that means two things would make
    each of these names ambiguous."""

    id = "duplicate-id"
    summary = "An id that must be unique is there twice."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Texts with their versions, clauses and what else a text names, exemptions, findings and readings."""
        yield from self._texts(law)
        for text in own(law):
            named = (("clause", text.restrictions), ("list", text.lists), ("criterion", text.criteria))
            for noun, things in (*named, ("parameter", text.parameters)):
                yield from self._twice(noun, ((x.id, x.place) for x in things))
        yield from self._twice("exemption", ((e.id, e.place) for e in law.exemptions))
        yield from self._twice("classification", ((c.id, c.place) for c in law.classifications))
        yield from self._twice("reading", ((r.id, r.place) for r in law.readings))

    def _texts(self, law: Law) -> Iterator[Issue]:
        places: dict[tuple[str, str], Place] = {}
        first_of: dict[str, Text] = {}
        for text in sorted((*law.texts, *law.records), key=lambda t: not t.shipped):
            key = (text.id, text.version)
            if key in places:
                yield self.issue(text.place, f'"{text.id}" version {text.version} is also in {places[key].file}')
            places.setdefault(key, text.place)
            first = first_of.setdefault(text.id, text)
            if not text.shipped and first.authority != text.authority:
                message = f'"{text.id}" is the id of a text of "{first.authority}"'
                hint = "choose another id: only an authority itself gives its text another version"
                yield self.issue(text.place, message, hint)

    def _twice(self, noun: str, ids: Iterable[tuple[str, Place]]) -> Iterator[Issue]:
        known: set[str] = set()
        for name, place in ids:
            if name in known:
                yield self.issue(place, f'there is {"an" if noun[0] in "aeiou" else "a"} {noun} "{name}" already')
            known.add(name)


class TwoVersionsOneStart(Lint):
    """Of two versions of a text, the one that began last holds. Where both begin at one instant, nobody decided which
    that is."""

    id = "two-versions-one-start"
    summary = "Two versions of a text enter into force at the same instant."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Versions with one beginning, where at least one is the body's own."""
        first: dict[tuple[str, datetime], Text] = {}
        for text in sorted(law.texts, key=lambda t: (not t.shipped, t.version)):
            begins = force_begins(text)
            if begins is None:
                continue
            other = first.setdefault((text.id, begins), text)
            if other is not text and not text.shipped and other.version != text.version:
                message = f'versions {other.version} and {text.version} of "{text.id}" begin at the same instant'
                yield self.issue(text.place, message, "give the later one its own beginning")
