# SPDX-License-Identifier: EUPL-1.2
"""Texts that contradict themselves: kinds, duties, surfaces, scopes, and what is said not to have been read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache

from ordinance.model.apps import Catalogue, Surface
from ordinance.model.body import Body
from ordinance.model.errors import Issue
from ordinance.model.kleene import Truth
from ordinance.model.law import EVERY_DEVICE, Dimension, Force, Law, Restriction, Scope, State, Text, TextKind
from ordinance.policy import clocks, representatives, scope, select
from ordinance.policy.lints._base import Lint, Warn, clauses, has_end, is_adopted, own, quoted
from ordinance.policy.power import binding_clauses


class AdviceThatBinds(Lint):
    """A text of the kind `advice` binds nobody. One of the two words is wrong, and a ruling would follow the clause."""

    id = "advice-that-binds"
    summary = "A text is advice, and one of its clauses is binding."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Binding clauses of texts of the kind `advice`."""
        for text, clause in clauses(law):
            if text.kind is TextKind.ADVICE and clause.force is Force.BINDING:
                message = "a text of the kind advice binds nobody, and this clause is binding"
                yield self.issue(clause.place, message, "write force: advice, or kind: decision")


class RecordWithDuties(Warn):
    """A collection and a decision not to decide are records: their clauses rule on nothing. Clauses in one would be
    passed over without a word."""

    id = "record-with-duties"
    summary = "A record (a collection or a decision not to decide) has clauses, which would rule on nothing."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Clauses of records in the body's own folder."""
        for text in law.records:
            for clause in text.restrictions if not text.shipped else ():
                message = f"a text of the kind {text.kind} rules on nothing"
                yield self.issue(clause.place, message, "write kind: decision, or take the clause out", "it is void")


class ClauseWithoutDuties(Warn):
    """A clause restricts an app and asks nobody to do anything: nothing is removed, blocked or reported for it."""

    id = "clause-without-duties"
    summary = "A clause has no duties: nobody has to do anything for it."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Own clauses with empty `duties`; those that were adopted are as another wrote them."""
        for text, clause in clauses(law):
            if not clause.duties and not is_adopted(text, clause.place):
                message = "the clause has no duties: nobody has to do anything for it"
                yield self.issue(clause.place, message, "for example duties: {stop_using: at_once}")


class ReplacesWithRestricted(Warn):
    """Staff are told to use another app instead, and that app is restricted too, by this clause or by another that
    binds the body on the same surface."""

    id = "replaces-with-restricted"
    summary = "An app that is to be used instead is itself restricted."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """What `replace_with` names, asked of every binding clause."""
        replacing = [(t, c) for t, c in clauses(law) if c.replace_with]
        binding = binding_clauses(law, (law.body,)) if replacing else ()
        known: dict[str, tuple[tuple[str, frozenset[Surface]], ...]] = {}
        for _, clause in replacing:
            for name in sorted(_apps(catalogue, clause)):
                if name not in known:
                    known[name] = tuple(_restricting(law, binding, name))
                for other, surfaces in known[name]:
                    if surfaces & clause.surfaces:
                        message = f'"{name}" is to be used instead, and "{other}" restricts it'
                        yield self.issue(clause.place, message, "name another app, or exempt it")
                        break


def _apps(catalogue: Catalogue, clause: Restriction) -> Iterator[str]:
    """The apps that a clause names as replacements."""
    for leaf in (leaf for s in clause.replace_with for leaf in s.leaves()):
        family = catalogue.family(leaf.family) if leaf.family else None
        if leaf.app:
            yield leaf.app
        if family:
            yield from (f"{family.id}/{m.id}" for m in family.members)


def _restricting(
    law: Law, binding: tuple[tuple[Text, Restriction], ...], app: str
) -> Iterator[tuple[str, frozenset[Surface]]]:
    for text, clause in binding:
        begins = clocks.clause_begins(text, clause)
        if begins is not None and select.names(law, text, clause.what, app, begins):
            yield f"{text.id}/{clause.id}", clause.surfaces


# What shows in a network's traffic: an app, a program, a site, an interface, and advertising in other apps and sites.
# An account is kept elsewhere, a link is words on a page, a venue is a room.
_NOT_ON_A_NETWORK = frozenset({Surface.ACCOUNT, Surface.LINK, Surface.VENUE})


class NetworkClauseOnAppSurface(Warn):
    """A clause about networks is kept by what passes through them. An account, a link on a page and a venue do not:
    for these the clause could be neither enforced nor checked, and needs a clause of its own about accounts, places
    or devices."""

    id = "network-clause-on-app-surface"
    summary = "A clause about networks names a surface that no network can see."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Surfaces of clauses about networks that leave no traffic there."""
        for _, clause in clauses(law):
            if clause.networks and (unseen := clause.surfaces & _NOT_ON_A_NETWORK):
                message = f"the clause is about networks, and no network sees the surface {quoted(unseen)}"
                yield self.issue(clause.place, message, "write a clause about accounts, places or devices for it")


class ScopeMatchesNothing(Lint):
    """A scope whose tests exclude each other covers no device, whatever its facts are: the clause is void."""

    id = "scope-matches-nothing"
    summary = "No device can ever be in the scope of a clause."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Scopes that are true for no combination of facts."""
        for _, clause in clauses(law):
            if not _can_be_met(clause.devices):
                message = f"no device can be in this scope: {scope.in_words(clause.devices)}"
                hint = "any: joins alternatives, all: conditions"
                yield self.issue(clause.place, message, hint, "the clause is void")


@lru_cache(maxsize=10_000)
def _can_be_met(devices: Scope) -> bool:
    """Whether some combination of facts is in scope; where too many would have to be tried, it is taken to be."""
    tried = representatives.points_of_scope(devices)
    if isinstance(tried, representatives.TooMany):
        return True
    return any(scope.evaluate(devices, p.facts) is Truth.TRUE for p in tried)


_STATED: Mapping[Dimension, tuple[str, Callable[[Text], bool]]] = {
    Dimension.LIFECYCLE: ("lifecycle", lambda t: any(s.state is State.IN_FORCE for s in t.lifecycle)),
    Dimension.DURATION: ("for", lambda t: any(map(has_end, t.restrictions))),
    Dimension.DEVICES: ("devices", lambda t: any(c.devices != EVERY_DEVICE for c in t.restrictions)),
    Dimension.PEOPLE: ("people", lambda t: any(c.people for c in t.restrictions)),
    Dimension.DUTIES: ("duties", lambda t: any(c.duties for c in t.restrictions)),
    Dimension.EXEMPTIONS_ALLOWED: ("exemptions_allowed", lambda t: bool(t.allowances) or t.no_exemptions),
    Dimension.CONDITIONS: ("conditions", lambda t: any(a.conditions for a in t.allowances)),
    Dimension.CONSEQUENCES: ("consequences", lambda t: any(c.consequences for c in t.restrictions)),
    Dimension.EVIDENCE_ALLOWED: ("evidence", lambda t: any(c.evidence_allowed is not None for c in t.restrictions)),
    Dimension.UPWARD: ("upward", lambda t: bool(t.upward) or t.no_upward),
}


class NotReadAndStated(Warn):
    """`not_read` lists parts of a decision that nobody read. What stands in the file nevertheless was read, or is known
    from elsewhere (then its path belongs under `general_knowledge` or `invented`), or was guessed. Force, apps and
    surfaces, without which no clause can be written, are not questioned."""

    id = "not-read-and-stated"
    summary = "A part of a decision is said not to have been read, and is stated."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Dimensions under `not_read` that the text states, unless it says where they are from."""
        for text in own(law):
            for dimension in sorted(text.not_read & _STATED.keys()):
                word, is_stated = _STATED[dimension]
                said = any(word in path for path in (*text.general_knowledge, *text.invented))
                if is_stated(text) and not said:
                    message = f"{dimension} was not read, and is stated"
                    hint = "take it out of not_read, or name its path under general_knowledge"
                    yield self.issue(text.place, message, hint)


class GeneralKnowledgePath(Warn):
    """`general_knowledge` and `invented` name what in a file is from no page that was read, as paths such as
    `restrictions.paid-devices.duties.remove`. A path that leads nowhere leaves what it meant looking like a
    quotation."""

    id = "general-knowledge-path"
    summary = "A path under `general_knowledge` or `invented` leads nowhere in its file."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Paths that the reader could not follow."""
        for text in (*own(law), *(t for t in law.records if not t.shipped)):
            for path, place in text.lost_paths:
                message = f'"{path}" leads nowhere in this file'
                yield self.issue(place, message, "keys and ids joined by dots, such as restrictions.phones.duties")
