# SPDX-License-Identifier: EUPL-1.2
"""Rules whose time is up and that go on: whether what they need for that was done, and whether it was carried out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ordinance.model.apps import Catalogue
from ordinance.model.body import Body
from ordinance.model.errors import Issue
from ordinance.model.evaluation import Evaluation, Way
from ordinance.model.law import AtSunset, Law, Restriction, Text
from ordinance.model.ruling import Standing
from ordinance.policy import clocks
from ordinance.policy.lints._base import Lint, Warn, clauses, has_end
from ordinance.policy.nodes import did_you_mean
from ordinance.policy.renewal import needs_evaluation, renewals, standing_behind


class RenewedWithoutEvaluation(Lint):
    """A rule that is renewed after an evaluation only says so because those whom it meets were promised that somebody
    would look. A new version is not that look: what is needed is a file in evaluations/ whose decision came first, and
    did not let the rule lapse."""

    id = "renewed-without-evaluation"
    summary = "A clause whose renewal needs an evaluation goes on without one."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Clauses that go on, each once, at the first clause that does so."""
        for text, clause in clauses(law):
            if not needs_evaluation(clause):
                continue
            for other, one in renewals(law, text, clause):
                why = _missing(law, text, clause, other, one)
                if why:
                    name = f"{text.id}/{clause.id} version {text.version}"
                    message = f"this goes on with {name}, whose renewal needs an evaluation: {why}"
                    hint = f"`ordinance evaluate {text.id}` begins one; decide it before the new version begins"
                    yield self.issue(one.place, message, hint)
                    break


def _missing(law: Law, text: Text, clause: Restriction, other: Text, one: Restriction) -> str:
    begins = clocks.clause_begins(other, one)
    found = standing_behind(law, text, clause, begins) if begins else ()
    if not found:
        return "none was decided by the day on which it begins"
    decision = found[0].decision
    if decision is not None and not decision.way.goes_on:
        return f"{found[0].id} decided on {decision.on} to let it lapse"
    return ""


class RenewedWithoutEnd(Lint):
    """To renew is to let a rule go on for another stated time. A version without an end makes it permanent, which is
    another decision: `make_permanent`."""

    id = "renewed-without-end"
    summary = "A clause was to be renewed for another time, and goes on without an end."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Clauses that go on after a decision to renew, and never end."""
        for text, clause in clauses(law):
            for other, one in renewals(law, text, clause):
                begins = clocks.clause_begins(other, one)
                behind = standing_behind(law, text, clause, begins) if begins else ()
                if behind and _way(behind[0]) is Way.RENEW and not has_end(one):
                    message = f"{behind[0].id} decided to renew it for another time, and this never ends"
                    yield self.issue(one.place, message, "add for: or last_day:, or decide make_permanent")
                    break


class SilenceRenews(Lint):
    """A clause that needs an evaluation to be renewed, and that silence makes permanent, is renewed by nobody looking.
    The two contradict each other."""

    id = "silence-renews"
    summary = "A clause's renewal needs something, and silence makes it permanent."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Clauses with `renewal_needs` and `at_sunset: permanent`."""
        for _, clause in clauses(law):
            if clause.renewal_needs and clause.at_sunset is AtSunset.PERMANENT:
                message = "the clause says what its renewal needs, and silence makes it permanent"
                yield self.issue(clause.place, message, "choose at_sunset: decide or lapse")


class EvaluationOfNothing(Lint):
    """An evaluation is of one version of a text, and of clauses that it has. One that names another stands behind no
    renewal."""

    id = "evaluation-of-nothing"
    summary = "An evaluation is of a version or a clause that nobody has."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Evaluations whose text, version or clauses are not there."""
        own = {t.id for t in law.texts if not t.shipped}
        for one in law.evaluations:
            versions = {t.version: t for t in law.versions(one.policy) if not t.shipped}
            if not versions:
                hint = did_you_mean(one.policy, own)
                yield self.issue(one.place, f'no text of the body has the id "{one.policy}"', hint, _NOTHING)
            elif one.version not in versions:
                hint = f"it has: {', '.join(sorted(versions))}"
                yield self.issue(one.place, f'"{one.policy}" has no version "{one.version}"', hint, _NOTHING)
            else:
                known = {r.id for r in versions[one.version].restrictions}
                for name in sorted(one.restrictions - known):
                    message = f'version {one.version} of "{one.policy}" has no clause "{name}"'
                    yield self.issue(one.place, message, did_you_mean(name, known), _NOTHING)


_NOTHING = "it stands behind no renewal"


class DecisionNotCarriedOut(Warn):
    """A rule is what the policy files say. A decision that stands in an evaluation alone changes nothing: neither goes
    the rule on, nor does it stop being overdue."""

    id = "decision-not-carried-out"
    summary = "What an evaluation decided does not show in the policy."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """The last decision about each clause whose time is up, seen from the instant."""
        if at is None:
            return
        for text, clause in clauses(law):
            end = clocks.term_ends(law, text, clause)
            behind = standing_behind(law, text, clause, at)
            if end is None or end > at or not behind:
                continue
            one, way = behind[0], _way(behind[0])
            if way is Way.LAPSE and clocks.standing(law, text, clause, at) is Standing.OVERDUE:
                message = f"{one.id} decided to let {text.id}/{clause.id} lapse, and it is still overdue"
                yield self.issue(
                    one.decision.place if one.decision else one.place,
                    message,
                    "add a stage {state: lapsed, from: …} to its lifecycle",
                )
            goes_on = clocks.standing(law, text, clause, at) is Standing.IN_FORCE  # by silence
            if way is not None and way.goes_on and not goes_on and not renewals(law, text, clause):
                message = f"{one.id} decided to {_words(way)} {text.id}/{clause.id}, and no version goes on with it"
                yield self.issue(
                    one.decision.place if one.decision else one.place,
                    message,
                    "write a new version of the text",
                    "the rule has no force",
                )


class DissentUnsaid(Warn):
    """Whoever decides again should know that somebody was of another mind. Silence would be read as agreement: `none`
    says that there was no dissent."""

    id = "dissent-unsaid"
    summary = "A decision does not say whether anybody was of another mind."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Decisions of evaluations without `dissent:`."""
        for one in law.evaluations:
            if one.decision is not None and not one.decision.dissent and not one.decision.no_dissent:
                message = f"{one.id} does not say whether anybody dissented"
                yield self.issue(one.decision.place, message, "add dissent: [{by: …, text: …}], or dissent: none")


def _way(evaluation: Evaluation) -> Way | None:
    return evaluation.decision.way if evaluation.decision else None


def _words(way: Way) -> str:
    return str(way).replace("_", " ")
