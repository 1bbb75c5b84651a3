# SPDX-License-Identifier: EUPL-1.2
"""What should have been decided again and was not.

Reads: the law and an instant. A rule whose time is up and whose body said it would decide stays
visible as overdue until somebody does.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ordinance.model.law import Answer, Law, Restriction, Text
from ordinance.model.result import Finding, FindingKind, Result
from ordinance.model.ruling import Standing
from ordinance.model.time import end_of
from ordinance.policy import clocks
from ordinance.review.cascade import answer_at

ANSWER_DUE = "answer_review_due"


def overdue_reviews(law: Law, at: datetime) -> tuple[Finding, ...]:
    """One finding for each clause of the body's own and each answer whose review is overdue at an instant."""
    return (*_clauses(law, at), *_answers(law, at))


def _clauses(law: Law, at: datetime) -> Iterator[Finding]:
    for text in law.texts:
        for clause in text.restrictions if text.authority == law.body else ():
            if clocks.standing(law, text, clause, at) is Standing.OVERDUE:
                needs = ", ".join(sorted(clause.renewal_needs))
                reason = f"undecided_since_end; renewal needs: {needs}" if needs else "undecided_since_end"
                yield _finding(_name(text, clause), clocks.ends_at(law, text, clause), reason)


def _answers(law: Law, at: datetime) -> Iterator[Finding]:
    for answer in law.answers:
        if answer is not answer_at(law, answer.text, at):
            continue  # it was given anew, or is given only later
        due = _review_ends(answer, law)
        if due is not None and due <= at:
            yield _finding(answer.text, due, ANSWER_DUE)


def _review_ends(answer: Answer, law: Law) -> datetime | None:
    return end_of(answer.next_review, law.zone) if answer.next_review else None


def _name(text: Text, clause: Restriction) -> str:
    return f"{text.id}/{clause.id}"


def _finding(restriction: str, since: datetime | None, reason: str) -> Finding:
    return Finding(
        kind=FindingKind.REVIEW_OVERDUE,
        result=Result.FAIL,
        first_seen=since,
        restriction=restriction,
        reason=reason,
        devices=0,
    )
