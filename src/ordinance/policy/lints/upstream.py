# SPDX-License-Identifier: EUPL-1.2
"""What others decided or advised, and what the body has not said about it yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ordinance.model.apps import Catalogue
from ordinance.model.body import Body
from ordinance.model.errors import Issue
from ordinance.model.law import Law, Place
from ordinance.model.ruling import Standing
from ordinance.policy import clocks
from ordinance.policy.lints._base import Warn, own
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
