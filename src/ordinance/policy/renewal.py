# SPDX-License-Identifier: EUPL-1.2
"""Which clauses go on where another one's time was up, and which evaluation stands behind that.

Reads the law alone. A clause is renewed where a later version of its text, or the text that superseded it, speaks of
the same matter beyond its end. Cannot know that somebody moved an end within one version: files carry no history.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from ordinance.model.evaluation import Evaluation
from ordinance.model.law import Law, Restriction, State, Text
from ordinance.policy import clocks

EVALUATION = "evaluation"


def needs_evaluation(clause: Restriction) -> bool:
    """Whether the clause says that it is renewed after an evaluation only."""
    return EVALUATION in clause.renewal_needs


def renewals(law: Law, text: Text, clause: Restriction) -> tuple[tuple[Text, Restriction], ...]:
    """Clauses that go on with the matter of one whose term ends, beyond that end; the earliest first.

    Empty for a clause without a term.
    """
    end = clocks.term_ends(law, text, clause)
    if end is None:
        return ()
    found = (
        (other, one)
        for other in _followers(law, text)
        for one in _candidates(text, clause, other)
        if _lasts_beyond(law, other, one, end)
    )
    return tuple(sorted(found, key=lambda pair: (_begins(*pair), pair[1].id)))


def standing_behind(law: Law, text: Text, clause: Restriction, until: datetime) -> tuple[Evaluation, ...]:
    """Evaluations of a clause that were decided by the day of an instant; the latest first."""
    zone = clocks.zone_of(law, text)
    last = until.astimezone(zone).date()
    found = (
        e
        for e in law.evaluations
        if (e.policy, e.version) == (text.id, text.version)
        and e.covers(clause.id)
        and e.decision is not None
        and e.decision.on <= last
    )
    return tuple(sorted(found, key=lambda e: (e.decision.on if e.decision else e.on, e.id), reverse=True))


def _followers(law: Law, text: Text) -> Iterator[Text]:
    """Later versions of a text, and texts that its lifecycle names as having superseded it."""
    begins = clocks.force_begins(text)
    for other in law.versions(text.id):
        theirs = clocks.force_begins(other)
        if other.version != text.version and begins is not None and theirs is not None and theirs > begins:
            yield other
    for name in sorted({s.by for s in text.lifecycle if s.state is State.SUPERSEDED} - {"", text.id}):
        yield from law.versions(name)


def _candidates(text: Text, clause: Restriction, other: Text) -> tuple[Restriction, ...]:
    """Clauses of a follower that may go on with one: that of its id, else new ones about the same apps.

    A clause that stood beside it already goes on with itself.
    """
    if other.id == text.id:
        if same := tuple(one for one in other.restrictions if one.id == clause.id):
            return same
        known = {one.id for one in text.restrictions}
        return tuple(one for one in other.restrictions if one.id not in known and _same_matter(clause, one))
    return tuple(one for one in other.restrictions if _same_matter(clause, one))


def _same_matter(clause: Restriction, one: Restriction) -> bool:
    return bool(_families(clause) & _families(one)) or bool({*clause.what} & {*one.what})


def _families(clause: Restriction) -> set[str]:
    leaves = [leaf for s in clause.what for leaf in s.leaves()]
    named = {leaf.family for leaf in leaves} | {(leaf.app or "").partition("/")[0] for leaf in leaves}
    return {name for name in named if name}


def _begins(text: Text, clause: Restriction) -> datetime:
    return clocks.clause_begins(text, clause) or datetime.max.replace(tzinfo=UTC)


def _lasts_beyond(law: Law, text: Text, clause: Restriction, end: datetime) -> bool:
    return any(span.end is None or span.end > end for span in clocks.spans_of(law, text, clause))
