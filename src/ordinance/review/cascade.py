# SPDX-License-Identifier: EUPL-1.2
"""What one body made of another authority's text: taken over, followed with differences, answered, or nothing.

Reads the law as that body sees it, and an instant. Cannot know of acts and answers that nobody entered: where the
library has nothing on record of an authority, that is said of the record and not of the authority.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ordinance.model.divergence import Divergence, DivergenceKind
from ordinance.model.law import Adopted, Answer, AtSunset, Dimension, Force, Law, Precision, Restriction, Text, TextKind
from ordinance.model.ruling import Standing
from ordinance.model.time import start_of
from ordinance.policy import clocks
from ordinance.policy.compare import compare
from ordinance.policy.power import effective_force, texts_that_advise, texts_that_bind


class Reach(StrEnum):
    """How a text reaches a body."""

    AUTHOR = "author"
    BINDS = "binds"
    ADVISES = "advises"
    NOT = "not"


class Stand(StrEnum):
    """What a body made of the text. The strongest that shows in the files counts, from the top."""

    AUTHOR = "author"  # its own text
    ADOPTED = "adopted"  # its clauses became the body's own
    MIRRORS = "mirrors"  # followed, and no difference was found in what was read of both
    DIFFERS = "differs"  # followed with differences
    PREPARES = "prepares"  # an act that follows it is on its way, without force yet
    MITIGATED = "mitigated"  # answered so
    DECLINED = "declined"
    SAID_ADOPTED = "said_adopted"  # answered so, and no act of its own shows it
    PENDING = "pending"
    OWN_RULE = "own_rule"  # a rule of its own about the same app, without following this one
    NO_DECISION = "no_decision"  # on record that it did not decide
    BOUND = "bound"  # bound, without an act of its own
    SILENT = "silent"  # reached, and nothing is on record
    NOT_REACHED = "not_reached"


FOLLOWS = frozenset({Stand.ADOPTED, Stand.MIRRORS, Stand.DIFFERS, Stand.PREPARES})
_ANSWERED = {
    Adopted.ADOPTED: Stand.SAID_ADOPTED,
    Adopted.MITIGATED: Stand.MITIGATED,
    Adopted.DECLINED: Stand.DECLINED,
    Adopted.PENDING: Stand.PENDING,
}


@dataclass(frozen=True, slots=True)
class Act:
    """A text of the body about the matter, with its differences from the directive where it follows that."""

    text: Text
    relation: Stand
    standing: Standing
    since: datetime | None
    since_known_to: Precision
    until: datetime | None
    at_sunset: tuple[AtSunset, ...]
    end_not_read: bool
    divergences: tuple[Divergence, ...] = ()

    @property
    def binds(self) -> bool:
        """Whether it has a binding clause."""
        return any(r.force is Force.BINDING for r in self.text.restrictions)

    @property
    def binds_now(self) -> bool:
        """Whether it has a binding clause and is in force."""
        return self.binds and self.standing is Standing.IN_FORCE


@dataclass(frozen=True, slots=True)
class Seat:
    """One body on the board. `since` and `until` are those of the act, or of the directive's clauses that bind it.

    `no_enforcing_act`: the text reaches the body, and no binding rule of its own about the matter is in force.
    """

    body: str
    reach: Reach
    stand: Stand
    acts: tuple[Act, ...]
    answer: Answer | None
    record: Text | None
    since: datetime | None
    until: datetime | None

    @property
    def no_enforcing_act(self) -> bool:
        """Whether nothing of the body's own enforces what reaches it."""
        return self.reach is not Reach.NOT and not any(a.binds_now for a in self.acts)


def seat(law: Law, directive: str, at: datetime) -> Seat:
    """What `law.body` made of a directive, as its files stand at an instant.

    Raises KeyError where the law does not hold the directive.
    """
    versions = law.versions(directive)
    if not versions:
        raise KeyError(directive)
    theirs = max(versions, key=lambda t: clocks.rank(t, at))
    reach = _reach(law, theirs)
    acts = tuple(_acts(law, theirs, at))
    answer = next((a for a in law.answers if a.text == directive and a.on <= at.astimezone(law.zone).date()), None)
    record = next((r for r in law.records if _is_known(law, r, at) and _is_no_decision(law, r, theirs)), None)
    stand = _stand(reach, acts, answer, record)
    first = acts[0] if acts else None
    since, until = (first.since, first.until) if first else _bound(law, theirs)
    if stand in _ANSWERED.values() or stand in {Stand.SILENT, Stand.NOT_REACHED, Stand.NO_DECISION}:
        since = until = None
    return Seat(law.body, reach, stand, acts, answer, record, since, until)


def _stand(reach: Reach, acts: tuple[Act, ...], answer: Answer | None, record: Text | None) -> Stand:
    if reach is Reach.AUTHOR:
        return Stand.AUTHOR
    follows = [a.relation for a in acts if a.relation is not Stand.OWN_RULE]
    if follows:
        return follows[0]
    if answer is not None:
        return _ANSWERED[answer.answer]
    if acts:
        return Stand.OWN_RULE
    if record is not None:
        return Stand.NO_DECISION
    return {Reach.BINDS: Stand.BOUND, Reach.ADVISES: Stand.SILENT}.get(reach, Stand.NOT_REACHED)


def _reach(law: Law, theirs: Text) -> Reach:
    if theirs.authority == law.body:
        return Reach.AUTHOR
    if any(t.id == theirs.id for t in texts_that_bind(law)):
        return Reach.BINDS
    return Reach.ADVISES if any(t.id == theirs.id for t in texts_that_advise(law)) else Reach.NOT


def _acts(law: Law, theirs: Text, at: datetime) -> Iterator[Act]:
    """Own texts about the matter: those that follow the directive before others, those in force before others."""
    found = [_act(law, text, theirs, at) for text in _speaking(law, at) if _concerns(text, theirs)]
    order = list(Stand)
    yield from sorted(
        found, key=lambda a: (order.index(a.relation), a.standing is not Standing.IN_FORCE, a.text.id, a.text.version)
    )


def _speaking(law: Law, at: datetime) -> Iterator[Text]:
    """Of each own text the version that speaks at the instant; none that nobody had announced by then."""
    for name in sorted({t.id for t in law.texts if t.authority == law.body}):
        known = [t for t in law.versions(name) if _is_known(law, t, at)]
        if known:
            yield max(known, key=lambda t: clocks.rank(t, at))


def _is_known(law: Law, text: Text, at: datetime) -> bool:
    decided = text.decided is not None and start_of(text.decided, clocks.zone_of(law, text)) <= at
    return decided or any(s.start <= at for s in text.lifecycle)


def _concerns(text: Text, theirs: Text) -> bool:
    followed = theirs.id in text.mirrors or any(a.text == theirs.id for a in text.adopts)
    return followed or text.id == theirs.id or bool(_families(text) & _families(theirs))


def _act(law: Law, text: Text, theirs: Text, at: datetime) -> Act:
    relation = Stand.OWN_RULE
    found: tuple[Divergence, ...] = ()
    began = clocks.force_begins(text)
    adopts, mirrors = any(a.text == theirs.id for a in text.adopts), theirs.id in text.mirrors
    if text.id == theirs.id:
        relation = Stand.AUTHOR
    elif (adopts or mirrors) and (began is None or at < began):
        relation = Stand.PREPARES
    elif adopts:
        relation = Stand.ADOPTED
    elif mirrors:
        found = compare(law, text, max(law.versions(theirs.id), key=lambda t: clocks.rank(t, began or at)))
        differs = any(d.kind is not DivergenceKind.INCOMPARABLE for d in found)
        relation = Stand.DIFFERS if differs else Stand.MIRRORS
    stands = [clocks.standing(law, text, r, at) for r in text.restrictions]
    now = Standing.IN_FORCE if Standing.IN_FORCE in stands else next(iter(stands), Standing.NOT_YET_IN_FORCE)
    return Act(
        text=text,
        relation=relation,
        standing=now,
        since=began,
        since_known_to=next((s.known_to for s in text.lifecycle if s.start == began), Precision.DAY),
        until=_until(law, text, text.restrictions),
        at_sunset=tuple(sorted({r.at_sunset for r in text.restrictions if r.at_sunset})),
        end_not_read=Dimension.DURATION in text.not_read,
        divergences=found,
    )


def _bound(law: Law, theirs: Text) -> tuple[datetime | None, datetime | None]:
    """Beginning and end of the clauses of the directive that bind the body."""
    authority = law.authority(theirs.authority)
    clauses = [
        r
        for r in theirs.restrictions
        if authority and effective_force(r, authority, law, law.body, None)[0] is Force.BINDING
    ]
    begins = [b for r in clauses if (b := clocks.clause_begins(theirs, r)) is not None]
    return min(begins, default=None), _until(law, theirs, clauses)


def _until(law: Law, text: Text, clauses: tuple[Restriction, ...] | list[Restriction]) -> datetime | None:
    """The end of the last of several clauses; `None` where one has none, or the text goes on."""
    ends = [_ends(law, text, r) for r in clauses]
    return None if not ends or None in ends else max(e for e in ends if e is not None)


def _ends(law: Law, text: Text, clause: Restriction) -> datetime | None:
    spans = clocks.spans_of(law, text, clause)
    return spans[-1].end if spans else clocks.ends_at(law, text, clause)


def _is_no_decision(law: Law, record: Text, theirs: Text) -> bool:
    about = theirs.id in record.mirrors or not record.restrictions or bool(_families(record) & _families(theirs))
    return record.kind is TextKind.NO_DECISION and record.authority == law.body and about


def _families(text: Text) -> frozenset[str]:
    leaves = [leaf for r in text.restrictions for s in r.what for leaf in s.leaves()]
    return frozenset({leaf.family or (leaf.app or "").partition("/")[0] for leaf in leaves} - {""})
