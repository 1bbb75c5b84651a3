# SPDX-License-Identifier: EUPL-1.2
"""Who can bind, approve and be reached: power that is missing, goes round in circles, or is worked round."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ordinance.model.apps import Catalogue
from ordinance.model.body import Body
from ordinance.model.divergence import Divergence, DivergenceKind
from ordinance.model.errors import Issue
from ordinance.model.estate import People
from ordinance.model.law import Authority, Force, Law, Restriction, Text
from ordinance.policy.files import AUTHORITIES
from ordinance.policy.lints._base import Lint, Warn, clauses, own
from ordinance.policy.lints._bound import loosened, meets_some_app
from ordinance.policy.lints._circles import in_circles
from ordinance.policy.power import binding_clauses, effective_force, power_over


class ForceExceedsPower(Lint):
    """A clause can bind those whom its authority can bind, and no others. One that addresses others is advice at
    most, whatever it says; a ruling would show so, and nobody would expect it."""

    id = "force-exceeds-power"
    summary = "A clause says that it binds people whom its authority cannot bind."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Binding clauses that bind none of those they address."""
        for text, clause in clauses(law):
            if _exceeds_power(law, text, clause):
                message = f'"{text.authority}" cannot bind those this clause addresses'
                hint = "state the power under binds: in authorities.yaml with its source, or make it advice"
                yield self.issue(clause.place, message, hint, "counts as advice at most")


def _exceeds_power(law: Law, text: Text, clause: Restriction) -> bool:
    """Whether a clause says that it binds, and binds none of those it addresses."""
    authority = law.authority(text.authority)
    if authority is None or clause.force is not Force.BINDING:
        return False
    return not any(
        effective_force(clause, authority, law, name, who)[0] is Force.BINDING
        for name in (clause.addressees or {text.authority})
        for who in (clause.people or frozenset(People))
    )


class LoosensBoundRule(Lint):
    """A body that takes over a rule which binds it stays bound, whatever it writes: what its own clause leaves out,
    allows or puts off is forbidden and due nevertheless, and whoever reads only the own text is misled. Own clauses
    are compared with the binding ones for the same apps, case by case; the message names a case. A text that binds
    nobody here may be mirrored as loosely as one likes, and an own text may be silent about other apps. That an own
    text begins after the rule that binds is no loosening."""

    id = "loosens-bound-rule"
    summary = "A body takes over a rule that binds it, and says less: it stays bound, whatever it writes."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Clauses left out, and own clauses for the same apps that ask for less."""
        bound = [(t, r) for t, r in binding_clauses(law, (law.body,)) if t.authority != law.body]
        yield from self._left_out(law, {f"{t.id}/{r.id}" for t, r in bound})
        binding: dict[str, list[Text]] = {}
        for text in {id(t): t for t, _ in bound}.values():
            binding.setdefault(text.id, []).append(text)
        for text in own(law):
            if text.authority == law.body:
                yield from self._looser(law, text, binding)

    def _left_out(self, law: Law, binding: set[str]) -> Iterator[Issue]:
        for text in own(law):
            for adoption in text.adopts:
                for change in adoption.changes:
                    name = f"{adoption.text}/{change.restriction}"
                    if change.replacement is None and name in binding:
                        message = f'"{name}" binds "{law.body}" and cannot be left out'
                        yield self.issue(adoption.place, message, "take the change out; the clause holds anyway")

    def _looser(self, law: Law, text: Text, binding: dict[str, list[Text]]) -> Iterator[Issue]:
        places = {f"{text.id}/{r.id}": r.place for r in text.restrictions}
        for upstream in dict.fromkeys((*text.mirrors, *(a.text for a in text.adopts))):
            for baseline in binding.get(upstream, ()):
                for d in loosened(law, text, baseline):
                    message = f'"{d.theirs}" binds "{law.body}", and this clause {_how(d)}{_case(d)}'
                    hint = "ask for as much, or leave the clause out; the other holds anyway"
                    yield self.issue(places.get(d.ours or "", text.place), message, hint)


_HOW = {
    DivergenceKind.NARROWER: "covers less",
    DivergenceKind.WEAKER: "is weaker",
    DivergenceKind.SHORTER: "ends earlier",
    DivergenceKind.LATER: "begins later",
    DivergenceKind.EXEMPTIONS_WIDER: "admits more exemptions",
}


def _how(d: Divergence) -> str:
    if d.value("duty"):
        return f"makes {d.value('duty')} due later ({d.value('ours')[:10]}, not {d.value('theirs')[:10]})"
    if d.kind is DivergenceKind.EXEMPTIONS_WIDER:
        return f"admits more exemptions for {d.value('purpose')} ({d.value('aspect')})"
    return _HOW[d.kind]


def _case(d: Divergence) -> str:
    if d.witness is None:
        return ""
    facts = [f"{fact} {value or 'not stated'}" for fact, value in d.witness.stated]
    subject = f"{d.witness.subject} {d.witness.word}" if d.witness.word else ", ".join(facts)
    return f": {subject + ', ' if subject else ''}{d.witness.app} ({d.witness.surface}) on {d.witness.at.date()}"


class ApproverWithoutPower(Warn):
    """An exemption holds because somebody who may grants it. The id of an authority that has no power over the body,
    and did not write the text, is a slip: an office or a role of the body is meant, or an authority above it."""

    id = "approver-without-power"
    summary = "An exemption or an allowance names no approver, or an authority that has no power over the body."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Approvers that are ids of authorities."""
        for text in own(law):
            for allowance in text.allowances:
                if not allowance.approver:
                    message = "nobody is named who approves: no exemption can count"
                    yield self.issue(allowance.place, message, "name the office that approves")
                elif allowance.approver != text.authority and self._powerless(law, allowance.approver):
                    yield self.issue(allowance.place, _powerless(allowance.approver, law.body), _APPROVER)
        writers = {t.id: t.authority for t in law.texts}
        for exemption in law.exemptions:
            by = {writers.get(name.partition("/")[0]) for name in exemption.restrictions}
            if exemption.approver not in by and self._powerless(law, exemption.approver):
                yield self.issue(exemption.place, _powerless(exemption.approver, law.body), _APPROVER)

    def _powerless(self, law: Law, approver: str) -> bool:
        authority = law.authority(approver)
        if authority is None or approver == law.body:
            return False
        people = (None, *People)
        return all(power_over(authority, law, law.body, who)[0] is not Force.BINDING for who in people)


_APPROVER = "name the office that approves, or state the authority's power under binds:"


def _powerless(approver: str, body: str) -> str:
    return f'the approver "{approver}" is an authority without power over "{body}"'


class AuthoritiesInACycle(Warn):
    """Where A binds B and B binds A, each could lift what the other forbids. Two bodies can have power over each
    other in different matters; the language has no matters yet, so this is said and left to a person."""

    id = "authorities-in-a-cycle"
    summary = "Two authorities bind each other, directly or round a circle."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Circles of power through an authority of the body's own file."""
        steps: dict[str, list[str]] = {}
        for authority in law.authorities:
            reached = {name for power in authority.binds for name in power.institutions} - {authority.id}
            steps[authority.id] = sorted(f"group:{n}" if law.authority(n) is None else n for n in reached)
            for group in authority.groups:
                steps.setdefault(f"group:{group}", []).append(authority.id)
        circles = in_circles(steps)
        for authority in law.authorities:
            others = [x for x in circles.get(authority.id, ()) if x != authority.id and not x.startswith("group:")]
            if others and _is_own(authority):
                message = f'"{authority.id}" binds {", ".join(others)} and is bound by the same'
                yield self.issue(authority.place, message, "say which of the two has the power")


def _is_own(authority: Authority) -> bool:
    return authority.place.file == AUTHORITIES


class UnreachableClause(Warn):
    """A clause that addresses a name which no authority has, as its id or as one of its groups, reaches nobody. The
    same holds for one whose selectors exclude each other."""

    id = "unreachable-clause"
    summary = "A clause reaches nobody, or restricts no app that could exist."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Addressees that nobody is, and joined selectors that nothing meets."""
        known = {a.id for a in law.authorities} | {g for a in law.authorities for g in a.groups}
        for text, clause in clauses(law):
            nobody = clause.addressees and not clause.addressees & known
            if nobody and not _exceeds_power(law, text, clause):
                names = ", ".join(sorted(clause.addressees))
                message = f"nobody is, or belongs to, those whom this clause addresses: {names}"
                yield self.issue(clause.place, message, "groups are named in authorities.yaml", "the clause is void")
            if not meets_some_app(law, text, clause):
                message = "what this clause restricts excludes itself: no app can meet it"
                yield self.issue(clause.place, message, "", "the clause is void")
