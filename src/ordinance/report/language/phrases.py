# SPDX-License-Identifier: EUPL-1.2
"""The law's nouns as parts of sentences: scopes, selectors, facts, missing facts, names of apps and authorities.

Reads: the tree of a scope and of a selector, as `model.law` describes them, and the catalogue for names. Negation goes
down to the single tests, so that no sentence has to say "not (…)". Cannot know: what ids mean that people chose.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ordinance.model.apps import Catalogue, Surface
from ordinance.model.law import PROFILES, Allowance, Condition, Scope, Selector, What
from ordinance.model.ruling import Subject
from ordinance.report.language.messages import Messages, as_words

_FLIPPED = {"over": "at_most", "at_most": "over", "under": "at_least", "at_least": "under"}
_MISSING = (  # how `policy.select` and `policy.resolve` name what nobody stated
    (re.compile(r"(origin|category|vendor|edition|deployment|contract) of (\S+)"), ("kind", "of")),
    (re.compile(r"(devices|people) of (\S+)"), ("kind", "of")),
    (re.compile(r"(list) (.+)"), ("kind", "of")),
    (re.compile(r"(criterion) (.+) for (\S+)"), ("kind", "word", "of")),
    (re.compile(r"(behaviour) (.+) of (\S+)"), ("kind", "word", "of")),
    (re.compile(r"(reading) (.+) of (\S+)"), ("kind", "word", "of")),
)
_OF_TEXTS = {"list", "reading", "devices", "people"}  # the others are about an app


@dataclass(frozen=True, eq=False)
class Phrases:
    """Parts of sentences in one language, with the names that the catalogue and the law give."""

    messages: Messages
    catalogue: Catalogue
    authorities: Mapping[str, str]

    # --- names ------------------------------------------------------------------------------------

    def authority(self, authority_id: str) -> str:
        """An authority's name, or what a group is called; the id of one that is in no list."""
        return self.authorities.get(authority_id, authority_id)

    def bodies(self, ids: Iterable[str]) -> str:
        """Institutions and groups by name."""
        return self.messages.all_of(self.authority(i) for i in sorted(ids))

    def app(self, app_id: str) -> str:
        """A member's name; `family/?` is any other member, `?/?` any app that is not in the catalogue."""
        family_id, _, member_id = app_id.partition("/")
        if family_id == "?":
            return self.messages.phrase("say.any_app")
        family = self.catalogue.family(family_id)
        if member_id == "?":
            return self.messages.phrase("say.any_member", family=family.name if family else family_id)
        found = self.catalogue.member(app_id)
        return found[1].name if found else app_id

    def _family(self, family_id: str) -> str:
        family = self.catalogue.family(family_id)
        return family.name if family else family_id

    def _vendor(self, vendor_id: str) -> str:
        vendor = self.catalogue.vendor(vendor_id)
        return vendor.name if vendor else vendor_id

    def surfaces(self, surfaces: Iterable[Surface]) -> str:
        """Surfaces in the order of the model."""
        wanted = {*surfaces}
        return self.messages.all_of(self.messages.word("surface", s) for s in Surface if s in wanted)

    def where(self, subject: Subject, name: str) -> str:
        """`on device op-001`, `on the network for the public`."""
        if subject is Subject.DEVICE:
            return self.messages.phrase("where.device", id=name)
        return self.messages.word(f"where.{subject}", name)

    # --- facts and scopes -------------------------------------------------------------------------

    def stated(self, fact: str, word: str) -> str:
        """A fact with the value that was found; what would be asked for, where it is not stated."""
        if not word:
            return self.messages.word("fact_name", fact)
        if self.messages.has("share", f"{fact}.stated"):
            n = int(word)
            none = self.messages.word(f"share.{fact}", "none")
            return self.messages.phrase(f"share.{fact}.stated", n=n) if n else none
        return self.messages.word(f"fact.{fact}", word)

    def scope(self, tree: Scope) -> str:
        """A scope as parts of a sentence: `the device belongs to the body or the body leases the device`."""
        return self._scope(tree, positive=True)[0]

    def _scope(self, tree: Scope, *, positive: bool) -> tuple[str, bool]:
        """The words, and whether they join several parts, so that they need brackets among others."""
        kind = tree[0]
        if kind == "not":
            return self._scope(tree[1], positive=not positive)
        if kind in {"all", "any"}:
            together = (kind == "all") is positive
            parts = [self._scope(part, positive=positive) for part in tree[1]]
            if len(parts) == 1:
                return parts[0]
            texts = [f"({text})" if joined else text for text, joined in parts]
            return self._together(texts, together=together), True
        if kind == "share":
            return self._share(tree[1], tree[2] if positive else _FLIPPED[tree[2]], tree[3]), False
        return self._is(tree[1], tree[2], positive=positive)

    def _is(self, fact: str, words: Iterable[str], *, positive: bool) -> tuple[str, bool]:
        found = list(words)
        if self.messages.has(f"fact.{fact}", "yes"):
            said = {"yes", "no"} - {*found} if not positive else {*found}
            return self.messages.any_of(self.messages.word(f"fact.{fact}", w) for w in sorted(said)), len(said) > 1
        table = f"fact.{fact}" if positive else f"fact_not.{fact}"
        return self._together([self.messages.word(table, w) for w in found], together=not positive), len(found) > 1

    def _share(self, fact: str, test: str, number: int) -> str:
        if (test, number) in {("over", 0), ("at_least", 1)}:
            return self.messages.word(f"share.{fact}", "some")
        if (test, number) in {("at_most", 0), ("under", 1)}:
            return self.messages.word(f"share.{fact}", "none")
        return self.messages.phrase(f"share.{fact}.{test}", n=number)

    def _together(self, texts: list[str], *, together: bool) -> str:
        return self.messages.all_of(texts) if together else self.messages.any_of(texts)

    def missing(self, name: str) -> str:
        """A fact that nobody stated, as `policy.resolve` names it."""
        if self.messages.has("fact_name", name):
            return self.messages.word("fact_name", name)
        for pattern, groups in _MISSING:
            if found := pattern.fullmatch(name):
                parts = dict(zip(groups, found.groups(), strict=True))
                kind, of = parts["kind"], parts["of"]
                of = of if kind in _OF_TEXTS else self.app(of)
                return self.messages.phrase(f"missing.{kind}", of=of, word=as_words(parts.get("word", "")))
        return self.messages.phrase("missing.other", of=name)

    # --- what is restricted -----------------------------------------------------------------------

    def selectors(self, what: Iterable[Selector]) -> str:
        """Several selectors: what any of them names."""
        return self.messages.all_of(self.selector(s) for s in what)

    def selector(self, selector: Selector) -> str:
        """One selector: `TikTok`, `every product of ByteDance Ltd. and of its whole group`."""
        kind = selector.kind
        key = f"affiliates.{selector.affiliates}" if kind is What.VENDOR else f"what.{kind}"
        return self.messages.phrase(key, names=self._named(selector))

    def _named(self, selector: Selector) -> str:
        kind, words = selector.kind, selector.words
        parts = [self.selector(p) for p in selector.parts]
        if kind is What.ALL:
            return str(self.messages.entries["lists.also"]).join(parts)
        if kind is What.ALLOW_ONLY:
            return self.messages.all_of(parts)
        if parts:
            return self.messages.any_of(parts)
        if kind is What.CATEGORY:
            return self.messages.any_of(self.messages.word("category", w) for w in words)
        if kind in {What.DEPLOYMENT, What.CONTRACT}:
            return self.messages.any_of(self.messages.word(kind, w) for w in words)
        name = {
            What.FAMILY: self._family,
            What.SUCCESSOR_OF: self._family,
            What.APP: self.app,
            What.VENDOR: self._vendor,
            What.BEHAVIOUR: as_words,
        }.get(kind, str)
        return self.messages.any_of(name(w) for w in words)

    def conditions(self, ids: Iterable[str]) -> str:
        """Conditions of an exemption in the order of the model, with semicolons between them."""
        wanted = {*ids}
        return self.messages.listed(self.messages.word("condition", c) for c in Condition if c in wanted)

    def purposes(self, ids: Iterable[str]) -> str:
        """Purposes of exemptions: people choose these ids, so that they are shown as written."""
        known = {"any": "say.purpose_any", "not_read": "say.purpose_not_read"}
        return self.messages.any_of(
            self.messages.phrase(known[i]) if i in known else self.quoted(as_words(i)) for i in sorted(ids)
        )

    def needs(self, ids: Iterable[str]) -> str:
        """What a renewal needs: words for those that many texts ask for, others as people wrote them."""
        messages = self.messages
        return messages.all_of(
            messages.word("need", i) if messages.has("need", i) else self.quoted(as_words(i)) for i in sorted(ids)
        )

    def quoted(self, text: str) -> str:
        """Words that people chose, between the quotation marks of the language."""
        return self.messages.phrase("lists.quoted", text=text)


def wanted_conditions(allowance: Allowance) -> frozenset[Condition]:
    """Everything that an allowance asks of an exemption: its profile's conditions and the single ones."""
    return PROFILES.get(allowance.conditions or "", frozenset()) | allowance.requires

