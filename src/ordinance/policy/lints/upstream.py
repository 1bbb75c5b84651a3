# SPDX-License-Identifier: EUPL-1.2
"""What others decided or advised, and what the body has not said about it yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ordinance.model.apps import Catalogue
from ordinance.model.body import Body
from ordinance.model.errors import Issue
from ordinance.model.law import Adopted, Law, Place
from ordinance.model.ruling import Standing
from ordinance.policy import clocks
from ordinance.policy.lints._base import Lint, Warn, own, quoted
from ordinance.policy.nodes import did_you_mean
from ordinance.policy.power import texts_that_advise
from ordinance.policy.resolve import to_be_decided


class AdviceUnanswered(Warn):
    """Advice binds nobody, and should be answered: adopted, mitigated, declined or pending, with reasons. A text that
    the body mirrors or adopted is answered by that."""

    id = "advice-unanswered"
    summary = "Advice reaches the body, and it neither answered nor mirrors nor adopted it."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Texts that advise the body, each once."""
        settled = {a.text for a in law.answers}
        for text in own(law):
            settled |= {*text.mirrors} | {a.text for a in text.adopts}
        for text in texts_that_advise(law):
            if text.id not in settled:
                settled.add(text.id)
                message = f'nobody has answered "{text.id}" ({text.title})'
                hint = f"write answers/{text.id}.yaml: adopted, mitigated, declined or pending"
                yield self.issue(Place("answers"), message, hint)


class AnswerToADecision(Warn):
    """An answer is a body's reply to advice or to a duty to react. A text that advises this body nothing, because it
    binds it or does not reach it, cannot be answered: what is declared there has no effect."""

    id = "answer-to-a-decision"
    summary = "An answer is to a text that does not advise the body."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Answers to texts of which no clause advises the body."""
        advising = {t.id for t in texts_that_advise(law)} if law.answers else set()
        known = {t.id for t in law.texts}
        for answer in law.answers:
            if answer.text in known - advising:
                message = f'"{answer.text}" does not advise "{law.body}"'
                hint = "a text that binds needs no answer; one that only serves as a model belongs under mirrors:"
                yield self.issue(answer.place, message, hint, "the answer has no effect")


class MitigatedByNothing(Warn):
    """Whoever answers that he takes other measures should say which: otherwise the advice is declined in kinder
    words."""

    id = "mitigated-by-nothing"
    summary = "An answer says that other measures are taken, and names none."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Answers `mitigated` without mitigations."""
        for answer in law.answers:
            if answer.answer is Adopted.MITIGATED and not answer.mitigations:
                message = f'the answer to "{answer.text}" names no measure'
                yield self.issue(answer.place, message, "add mitigations: […]")


class PendingWithoutDate(Warn):
    """An answer that waits needs a day on which somebody looks again; without one it waits for ever."""

    id = "pending-without-date"
    summary = "An answer is pending, and no day is set on which it is looked at again."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Answers `pending` without a next review."""
        for answer in law.answers:
            if answer.answer is Adopted.PENDING and answer.next_review is None:
                message = f'the answer to "{answer.text}" is pending without a day'
                yield self.issue(answer.place, message, "add next_review: …")


class MitigationShownByNothing(Lint):
    """A measure may say which results of a check show it. A clause, duty or exemption that is not there shows nothing,
    and the report would have to leave the measure open for ever."""

    id = "mitigation-shown-by-nothing"
    summary = "A measure is to be shown by a clause, duty or exemption that is not there."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """References of mitigations that lead nowhere."""
        clauses = {f"{t.id}/{r.id}": {d for d, _ in r.duties} for t in law.texts for r in t.restrictions}
        exemptions = {e.id for e in law.exemptions}
        for one in (m for a in law.answers for m in a.mitigations):
            if one.exemption and one.exemption not in exemptions:
                hint = did_you_mean(one.exemption, exemptions)
                yield self.issue(one.place, f'no exemption has the id "{one.exemption}"', hint, _UNSHOWN)
            elif one.restriction and one.restriction not in clauses:
                hint = did_you_mean(one.restriction, clauses)
                yield self.issue(one.place, f'there is no clause "{one.restriction}"', hint, _UNSHOWN)
            elif one.duty is not None and one.duty not in clauses[one.restriction]:
                message = f'"{one.restriction}" has no duty "{one.duty}"'
                yield self.issue(one.place, message, f"it has: {quoted(clauses[one.restriction])}", _UNSHOWN)


_UNSHOWN = "no check can say whether the measure holds"


class UpstreamChanged(Warn):
    """A body mirrored or adopted a text that has a newer version, or that has ended. Its own act stays in force; that
    it does should be somebody's decision."""

    id = "upstream-changed"
    summary = "A text that is mirrored or adopted has ended, or has a newer version."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        """Own texts in force at the instant whose model is no longer what it was."""
        if at is None:
            return
        for text in own(law):
            standings = {clocks.standing(law, text, c, at) for c in text.restrictions}
            why = to_be_decided(law, text, Standing.IN_FORCE, at) if Standing.IN_FORCE in standings else ""
            if why:
                hint = "decide whether to follow, and give the text a new version or say so in its reasons"
                yield self.issue(text.place, why, hint, "our own act stays in force")
