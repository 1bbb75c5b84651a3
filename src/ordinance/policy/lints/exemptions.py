# SPDX-License-Identifier: EUPL-1.2
"""Exemptions that do not count, that are over, or that lift nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ordinance.model.apps import Catalogue, Surface
from ordinance.model.body import Body
from ordinance.model.errors import Issue
from ordinance.model.kleene import Truth
from ordinance.model.law import Exemption, Law, Restriction, Selector, Text
from ordinance.policy import clocks, representatives, select
from ordinance.policy.exempt import Refusal, refusals
from ordinance.policy.lints._base import Lint, Warn, quoted

Clauses = dict[str, list[tuple[Text, Restriction]]]


def _named(law: Law) -> Clauses:
    """Every version of each clause, by `text/clause`."""
    found: Clauses = {}
    for text in law.texts:
        for clause in text.restrictions:
            found.setdefault(f"{text.id}/{clause.id}", []).append((text, clause))
    return found


class _Refused(Lint):
    """An exemption counts where the clause's text admits one of its purpose, approver, length and conditions."""

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Exemptions that no version of a text in force during them admits, for the reason of this id."""
        named = _named(law)
        for exemption in law.exemptions:
            for name in sorted(exemption.restrictions):
                texts = [t for t, _ in named.get(name, ())]
                for refusal in _refused_by_all(law, exemption, name, texts):
                    if refusal.id == self.id:
                        yield self.issue(exemption.place, refusal.why, "", "the exemption does not count")


def _refused_by_all(law: Law, exemption: Exemption, clause: str, versions: list[Text]) -> tuple[Refusal, ...]:
    """Why no version of a text that is in force during the exemption admits it."""
    meant = [t for t in versions if any(s.overlaps(exemption.span) for s in clocks.spans_in_force(law, t))]
    found = [refusals(law, exemption, t, clause) for t in meant or versions]
    return found[-1] if found and all(found) else ()


class ExemptionNotAllowed(_Refused):
    """A text admits exemptions only where it says so: for these purposes, by this approver, on these conditions. What
    it does not admit does not count, and the device stays bound."""

    id = "exemption-not-allowed"
    summary = "An exemption that the text it is from does not admit; it does not count."


class ExemptionTooLong(_Refused):
    """Where a text states the longest term of an exemption, a longer one does not count, not even at its beginning."""

    id = "exemption-too-long"
    summary = "An exemption runs longer than the text it is from allows; it does not count."


class BlanketExemption(_Refused):
    """An exemption for all devices (`"*"`) is the end of a rule. It counts only where the text itself allows one."""

    id = "blanket-exemption"
    summary = "An exemption is for all devices, and the text it is from does not allow that; it does not count."


class ApprovedAfterStart(_Refused):
    """An exemption is approved before it begins. One that was signed later would make a breach undone in hindsight."""

    id = "approved-after-start"
    summary = "An exemption was approved after its first day; it does not count."


class ExemptionLapsed(Warn):
    """The last day of an exemption has passed: its devices are bound again, and what was installed on them must go."""

    id = "exemption-lapsed"
    summary = "An exemption's last day has passed: its devices are bound again."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Exemptions that are over, seen from the instant."""
        if at is None:
            return
        for exemption in law.exemptions:
            if exemption.span.end is not None and exemption.span.end <= at:
                message = f'"{exemption.id}" ended on {exemption.last_day}'
                hint = "approve a new one before its first day, or move the file out of exemptions/"
                yield self.issue(exemption.place, message, hint, "its devices are bound again")


class ExemptionForAnotherApp(Warn):
    """An exemption for an app or a surface that none of its clauses restricts lifts nothing, and suggests that
    something was forbidden which was not."""

    id = "exemption-for-another-app"
    summary = "An exemption is for an app or a surface that its clauses do not restrict."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Apps and surfaces of exemptions that no clause named has."""
        named = _named(law)
        for exemption in law.exemptions:
            lifted = [c for name in sorted(exemption.restrictions) for c in named.get(name, ())]
            if not lifted:
                continue  # said by `unknown-restriction`
            for selector in exemption.what:
                if not any(_may_cover(law, text, clause, selector, exemption) for text, clause in lifted):
                    message = f'none of its clauses restricts "{selector.words[0]}"'
                    yield self.issue(exemption.place, message, "", "it lifts nothing there")
            surfaces: set[Surface] = {s for _, clause in lifted for s in clause.surfaces}
            if beyond := exemption.surfaces - surfaces:
                message = f"none of its clauses restricts the surface {quoted(beyond)}"
                yield self.issue(exemption.place, message, "", "it lifts nothing there")


def _may_cover(law: Law, text: Text, clause: Restriction, selector: Selector, exemption: Exemption) -> bool:
    """Whether a clause restricts, or may restrict, an app that the exemption names."""
    at = exemption.span.start
    ids = [selector.app] if selector.app else _members(law.catalogue, selector.family or "")
    facts = [law.catalogue.facts(i) for i in ids if i]
    return at is None or any(select.covers(law, text, clause.what, f, at).truth is not Truth.FALSE for f in facts)


def _members(catalogue: Catalogue, family: str) -> list[str]:
    known = catalogue.family(family)
    return [f"{family}/{m.id}" for m in known.members] if known else [f"{family}/{representatives.ANY}"]
