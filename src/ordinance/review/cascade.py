# SPDX-License-Identifier: EUPL-1.2
"""What one body made of another authority's text: taken over, followed with differences, answered, or nothing.

Reads the law as that body sees it, and an instant. Cannot know of acts and answers that nobody entered: where the
library has nothing on record of an authority, that is said of the record and not of the authority.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ordinance.model.divergence import Divergence, DivergenceKind
from ordinance.model.estate import People
from ordinance.model.kleene import Truth
from ordinance.model.law import (
    Adopted,
    Answer,
    AtSunset,
    Dimension,
    Force,
    Law,
    Precision,
    Restriction,
    State,
    Text,
    TextKind,
)
from ordinance.model.ruling import Standing
from ordinance.model.time import start_of
from ordinance.policy import clocks
from ordinance.policy.compare import compare
from ordinance.policy.power import effective_force
from ordinance.policy.resolve import holds_under


class Reach(StrEnum):
    """How a text reaches a body."""

    AUTHOR = "author"
    BINDS = "binds"
    ADVISES = "advises"
    CONTESTED = "contested"  # only under readings that nobody has chosen
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
    NOT_YET = "not_yet"  # the text will reach it, and has no force yet
    OVER = "over"  # the text reached it, and has no force any more
    CONTESTED = "contested"  # whether it is reached at all is disputed, and nothing is on record
    BOUND = "bound"  # bound, without an act of its own
    SILENT = "silent"  # reached, and nothing is on record
    NOT_REACHED = "not_reached"


FOLLOWS = frozenset({Stand.ADOPTED, Stand.MIRRORS, Stand.DIFFERS, Stand.PREPARES})
_WITHOUT_DAYS = frozenset({Stand.SILENT, Stand.CONTESTED, Stand.NOT_REACHED, Stand.NO_DECISION})
_GIVEN_UP = frozenset({State.LAPSED, State.SUPERSEDED, State.REPEALED})
_FOLLOWING = {Stand.ADOPTED: "adopts", Stand.MIRRORS: "mirrors", Stand.DIFFERS: "mirrors"}
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
    """One body on the board. `since` and `until` are those of the act, or of the directive's clauses that reach it.

    `has_force`: the text reaches the body, with force at the instant. `no_enforcing_act`: it does, and no binding rule
    of the body's own about the matter is in force.
    """

    body: str
    reach: Reach
    has_force: bool
    stand: Stand
    acts: tuple[Act, ...]
    answer: Answer | None
    record: Text | None
    since: datetime | None
    until: datetime | None
    since_known_to: Precision = Precision.DAY
    end_not_read: bool = False

    @property
    def no_enforcing_act(self) -> bool:
        """Whether nothing of the body's own enforces what reaches it."""
        return self.has_force and not any(a.binds_now for a in self.acts)

    @property
    def is_made_up(self) -> bool:
        """Whether what shows where the body stands was made up for an example: the act that follows, or that it
        follows; the answer; the record."""
        if self.stand in _ANSWERED.values():
            return self.answer is not None and self.answer.is_made_up
        if self.stand is Stand.NO_DECISION:
            return self.record is not None and self.record.is_made_up("kind")
        if not self.acts or self.stand is not self.acts[0].relation:
            return False
        return self.acts[0].text.is_made_up(_FOLLOWING.get(self.stand, "restrictions"))


@dataclass(frozen=True, slots=True)
class _Reaching:
    """A clause of the directive that reaches the body, and where it stands at the instant.

    `certain`: it reaches whatever reading of a contested text anybody may choose, or the one that was chosen says so.
    """

    text: Text
    clause: Restriction
    binds: bool
    standing: Standing
    certain: bool


def seat(law: Law, directive: str, at: datetime) -> Seat:
    """What `law.body` made of a directive, as its files stand at an instant.

    Raises KeyError where the law does not hold the directive.
    """
    versions = law.versions(directive)
    if not versions:
        raise KeyError(directive)
    theirs = max(versions, key=lambda t: clocks.rank(t, at))
    reaching = tuple(_reaching(law, versions, at))
    now = tuple(c for c in reaching if c.standing is Standing.IN_FORCE)
    sure = tuple(c for c in now if c.certain)
    reach = _reach(law, theirs, now or reaching)
    acts = tuple(_acts(law, theirs, at))
    answer = answer_at(law, directive, at)
    known = (r for r in law.records if is_known(law, r, at))
    record = max((r for r in known if _is_no_decision(law, r, theirs)), key=since, default=None)
    stand = _stand(reach, reaching, acts, answer, record)
    found = Seat(law.body, reach, bool(sure), stand, acts, answer, record, None, None)
    if stand in _ANSWERED.values() or stand in _WITHOUT_DAYS:
        return found
    if acts:
        first = acts[0]
        return replace(
            found,
            since=first.since,
            until=first.until,
            since_known_to=first.since_known_to,
            end_not_read=first.end_not_read,
        )
    counted = [c for c in now or reaching if c.binds or stand is not Stand.BOUND]
    return _of_directive(law, found, [c for c in counted if c.text is theirs] or counted)


def answer_at(law: Law, directive: str, at: datetime) -> Answer | None:
    """The latest answer to a text by the day of an instant; of two of one day one that decides before one pending."""
    day = at.astimezone(law.zone).date()
    given = [a for a in law.answers if a.text == directive and a.on <= day]
    return max(given, key=lambda a: (a.on, a.answer is not Adopted.PENDING, a.answer), default=None)


def _stand(
    reach: Reach, reaching: tuple[_Reaching, ...], acts: tuple[Act, ...], answer: Answer | None, record: Text | None
) -> Stand:
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
    return _without_anything(reach, {c.standing for c in reaching})


def _without_anything(reach: Reach, stands: set[Standing]) -> Stand:
    """Where nothing of the body's own shows: whether there was anything to follow, then how it reaches."""
    if reach is Reach.NOT:
        return Stand.NOT_REACHED
    if reach is Reach.CONTESTED and stands & {Standing.IN_FORCE, Standing.NOT_YET_IN_FORCE}:
        return Stand.CONTESTED
    if Standing.IN_FORCE not in stands:
        return Stand.NOT_YET if Standing.NOT_YET_IN_FORCE in stands else Stand.OVER
    return Stand.BOUND if reach is Reach.BINDS else Stand.SILENT


def _reaching(law: Law, versions: Iterable[Text], at: datetime) -> Iterator[_Reaching]:
    """Clauses of every version that bind or advise somebody in the body; all of them where it is the author. One that
    does not hold under the reading that was chosen reaches nobody."""
    populations: tuple[People | None, ...] = (None, *People)
    for text in versions:
        authority = law.authority(text.authority)
        for clause in text.restrictions:
            forces = {effective_force(clause, authority, law, law.body, w)[0] for w in populations if authority}
            holds = holds_under(law, text, clause, at)[0]
            if text.authority == law.body or (forces - {None} and holds is not Truth.FALSE):
                standing = clocks.standing(law, text, clause, at)
                yield _Reaching(text, clause, Force.BINDING in forces, standing, holds is Truth.TRUE)


def _reach(law: Law, theirs: Text, reaching: tuple[_Reaching, ...]) -> Reach:
    if theirs.authority == law.body:
        return Reach.AUTHOR
    if any(c.binds for c in reaching if c.certain):
        return Reach.BINDS
    if any(c.certain for c in reaching):
        return Reach.ADVISES
    return Reach.CONTESTED if reaching else Reach.NOT


def _acts(law: Law, theirs: Text, at: datetime) -> Iterator[Act]:
    """Own texts about the matter: those that follow the directive before others, those in force before others."""
    found = [_act(law, text, theirs, at) for text in _speaking(law, at) if _concerns(text, theirs)]
    order = list(Stand)
    yield from sorted(
        found, key=lambda a: (order.index(a.relation), a.standing is not Standing.IN_FORCE, a.text.id, a.text.version)
    )


def _speaking(law: Law, at: datetime) -> Iterator[Text]:
    """Of each own text the version that speaks at the instant; none that nobody had announced by then, and none that
    was given up before it had force."""
    for name in sorted({t.id for t in law.texts if t.authority == law.body}):
        known = [t for t in law.versions(name) if is_known(law, t, at) and not _is_given_up(t, at)]
        if known:
            yield max(known, key=lambda t: clocks.rank(t, at))


def is_known(law: Law, text: Text, at: datetime) -> bool:
    """Whether anybody could know of a text by an instant: it was decided, or a stage of its life had begun."""
    decided = text.decided is not None and start_of(text.decided, clocks.zone_of(law, text)) <= at
    return decided or any(s.start <= at for s in text.lifecycle)


def records_at(law: Law, at: datetime) -> tuple[Text, ...]:
    """Of each own record the version that stands at an instant: what was said later is not known yet."""
    known = [t for t in law.records if t.authority == law.body and is_known(law, t, at)]
    return tuple({t.id: t for t in sorted(known, key=since)}.values())


def since(text: Text) -> tuple[float, str]:
    """When the life of a text began, and its version: the later of two records counts."""
    return min((s.start.timestamp() for s in text.lifecycle), default=float("-inf")), text.version


def _is_given_up(text: Text, at: datetime) -> bool:
    """Whether it had no force by the instant, and was withdrawn: it is not on its way any more."""
    stages = [s.state for s in text.lifecycle if s.start <= at]
    return bool(stages) and State.IN_FORCE not in stages and stages[-1] in _GIVEN_UP


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
        until=_last([_ends(law, text, r) for r in text.restrictions]),
        at_sunset=tuple(sorted({r.at_sunset for r in text.restrictions if r.at_sunset})),
        end_not_read=Dimension.DURATION in text.not_read,
        divergences=found,
    )


def _of_directive(law: Law, found: Seat, clauses: list[_Reaching]) -> Seat:
    """A seat with the beginning and the end of clauses of the directive, as far as they were read."""
    begins = [(b, c) for c in clauses if (b := clocks.clause_begins(c.text, c.clause)) is not None]
    first = min(begins, key=lambda b: b[0], default=None)
    ends = [_ends(law, c.text, c.clause) for c in clauses]
    return replace(
        found,
        since=first[0] if first else None,
        until=_last(ends),
        since_known_to=clocks.beginning_known_to(first[1].text, first[1].clause) if first else Precision.DAY,
        end_not_read=any(Dimension.DURATION in c.text.not_read for c in clauses),
    )


def _last(ends: list[datetime | None]) -> datetime | None:
    """The last of several ends; `None` where there is none, or one goes on."""
    return None if not ends or None in ends else max(e for e in ends if e is not None)


def _ends(law: Law, text: Text, clause: Restriction) -> datetime | None:
    spans = clocks.spans_of(law, text, clause)
    return spans[-1].end if spans else clocks.ends_at(law, text, clause)


def _is_no_decision(law: Law, record: Text, theirs: Text) -> bool:
    """Whether a record says of the directive that the body did not decide: it names that text, or the same app.

    One that names neither may be about anything, and is on no board.
    """
    if record.kind is not TextKind.NO_DECISION or record.authority != law.body:
        return False
    return theirs.id in record.mirrors or bool(_families(record) & _families(theirs))


def _families(text: Text) -> frozenset[str]:
    leaves = [leaf for r in text.restrictions for s in r.what for leaf in s.leaves()]
    return frozenset({leaf.family or (leaf.app or "").partition("/")[0] for leaf in leaves} - {""})
