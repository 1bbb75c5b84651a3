# SPDX-License-Identifier: EUPL-1.2
"""Every date that the law and the settings of a body hold: until when, whose it is, and what silence means.

Reads: texts that are the body's own, bind it, advise it, or that it mirrors or adopted; exemptions, answers,
evaluations, accepted blind spots; an instant. Cannot know whether a duty was met or something was reported: whether
that shows in the files is a field of each date, and a day that is over without a trace is `passed`, never done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from ordinance.model.body import Body
from ordinance.model.evaluation import Way
from ordinance.model.kleene import Truth
from ordinance.model.law import (
    Allowance,
    AtSunset,
    Clock,
    Duty,
    Exemption,
    Force,
    Law,
    ListVersion,
    Precision,
    Restarts,
    Restriction,
    Stage,
    State,
    Text,
    UpwardDuty,
    UpwardWhat,
    What,
)
from ordinance.model.ruling import Standing
from ordinance.model.time import end_of, plus, start_of
from ordinance.policy import clocks, select
from ordinance.policy.exempt import ANY
from ordinance.policy.power import binding_clauses, texts_that_advise, texts_that_bind
from ordinance.policy.renewal import standing_behind
from ordinance.policy.resolve import holds_under
from ordinance.review.cascade import answer_at, is_known, records_at

_MOMENT = timedelta(microseconds=1)
_ENDED = {State.LAPSED, State.SUPERSEDED, State.REPEALED}


class Kind(StrEnum):
    """What a date is about."""

    DUTY = "duty"
    SUNSET = "sunset"
    REVIEW = "review"
    ANSWER_REVIEW = "answer_review"
    EXEMPTION_ENDS = "exemption_ends"
    EXEMPTION_REPORT = "exemption_report"
    UPWARD = "upward"
    BLIND_SPOT = "blind_spot"
    LIFECYCLE = "lifecycle"
    MOVE = "move"
    CHANNEL_REVIEW = "channel_review"
    REHEARSAL = "rehearsal"
    STATEMENT_ENDS = "statement_ends"
    SEPARATE_DEVICE = "separate_device"


class Trace(StrEnum):
    """What the files show once the day is over: that nothing was done, or nothing at all, or that no more is to do."""

    UNDONE = "undone"
    NONE = "none"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Deadline:
    """One date. `at` is the instant from which it is too late; of something that begins (`begins`), the instant.

    `id` names a text, a clause, an exemption or a blind spot, `whose` the authority that decides. `key` tells dates of
    one kind and id apart and does not hold the date: a date that moves keeps its identity.
    """

    kind: Kind
    at: datetime
    zone: ZoneInfo
    what: str
    whose: str
    id: str
    key: str = ""
    owner: str = ""
    at_sunset: AtSunset | None = None
    trace: Trace = Trace.NONE
    begins: bool = False

    @property
    def day(self) -> date:
        """The last day on which it can be done, or the day on which it begins."""
        return (self.at if self.begins else self.at - _MOMENT).astimezone(self.zone).date()

    @property
    def whole_day(self) -> bool:
        """Whether the day says it all: it begins or is over at a midnight."""
        local = self.at.astimezone(self.zone)
        return start_of(local.date(), self.zone) == self.at

    def days_left(self, at: datetime) -> int:
        """Days from the day of an instant to this one; below zero when it is over."""
        return (self.day - at.astimezone(self.zone).date()).days

    def is_over(self, at: datetime) -> bool:
        """Whether the instant of this date has come."""
        return self.at <= at

    def is_within(self, until: datetime) -> bool:
        """Whether it falls before the end of a stretch of time that ends at `until`."""
        return (self.at if self.begins else self.at - _MOMENT) < until


def deadlines(
    law: Law, body: Body, institutions: Iterable[str], at: datetime, others: Iterable[Deadline] = ()
) -> tuple[Deadline, ...]:
    """Every date that matters to the body as the files stand at an instant, by date.

    `institutions` are those that units of the estate belong to, `others` are dates of files that are no law. What is
    over and settled is left out, and so is what nobody could know by then.
    """
    law = _as_known(law, at)
    bound = binding_clauses(law, {law.body, *institutions})
    binding = {t.id for t in texts_that_bind(law)} | {t.id for t, _ in bound if t.authority != law.body}
    own = [t for t in law.texts if t.authority == law.body]
    watched = {u for t in own for u in (*t.mirrors, *(a.text for a in t.adopts))}
    advice = {t.id for t in texts_that_advise(law)}
    related = [t for t in law.texts if t.authority == law.body or t.id in binding | watched | advice]
    obliging = [t for t in related if t.authority == law.body or t.id in binding or (t.id in advice and _asks(t))]
    free = {(t.id, t.version): {r.id for b, r in bound if b is t} for t in related if t.id in watched | advice}
    found = [
        *(d for t, r in bound for d in _duties(law, t, r, at)),
        *(d for t, r in bound if holds_under(law, t, r, at)[0] is not Truth.FALSE for d in _sunset(law, t, r, at)),
        *(d for t in related if (t.id, t.version) in free for d in _upstream(law, t, free[t.id, t.version], at)),
        *(d for t in related for d in _stages(law, t, at)),
        *(d for t in (*related, *records_at(law, at)) for d in _review(law, t, at)),
        *(d for t in obliging for d in _upward(law, t, at)),
        *_answers(law, at),
        *_evaluations(law, at),
        *(d for e in law.exemptions for d in _exemption(law, e, at)),
        *_blind_spots(body, law),
        *others,
    ]
    return in_order({d for d in found if not (d.is_over(at) and d.trace is Trace.OVER)})


def _as_known(law: Law, at: datetime) -> Law:
    """The law without texts of others whose files say that they were decided later, and whose life had not begun.

    Where no file says when a text was decided, it may have been published long before it has force: it stays.
    """
    known = tuple(t for t in law.texts if t.authority == law.body or t.decided is None or is_known(law, t, at))
    return law if len(known) == len(law.texts) else replace(law, texts=known)


def in_order(found: Iterable[Deadline]) -> tuple[Deadline, ...]:
    """Dates in the order in which they are listed."""
    return tuple(sorted(found, key=lambda d: (d.at, d.kind, d.id, d.key, d.what)))


# --- clauses --------------------------------------------------------------------------------------


def _duties(law: Law, text: Text, clause: Restriction, at: datetime) -> Iterator[Deadline]:
    for duty, clock in clause.duties:
        for due, after in _due(law, text, clause, clock):
            if clocks.standing(law, text, clause, max(due, at)) is not Standing.IN_FORCE:
                continue
            chosen, _ = holds_under(law, text, clause, max(due, at))
            if chosen is Truth.FALSE:
                continue  # the body has read the text otherwise
            what = f"{_words(duty)} what {after} added" if after else _words(duty)
            yield Deadline(
                Kind.DUTY,
                due,
                clocks.zone_of(law, text),
                what if chosen is Truth.TRUE else f"{what} ({_reading(clause)})",
                text.authority,
                f"{text.id}/{clause.id}",
                key=f"{text.version}/{duty}/{after}",
                begins=due == clocks.clause_begins(text, clause),
            )


def _reading(clause: Restriction) -> str:
    """The contested readings under which a clause holds, in words."""
    readings = (f"“{_words(name)}” is read as {' or '.join(sorted(choices))}" for name, choices in clause.under)
    return f"only where {' and '.join(readings)}; nobody has chosen"


def _due(law: Law, text: Text, clause: Restriction, clock: Clock) -> Iterator[tuple[datetime, str]]:
    """Each instant at which a duty can fall due, with the version of a list that starts its clock."""
    begins = clocks.clause_begins(text, clause)
    if clock.after_list and clock.within is not None and begins is not None:
        for name, version in _changes(text, clause, clock.restarts):
            start = max(begins, version.start)
            yield plus(start, clock.within, clocks.zone_of(law, text)), f"version {version.version} of {name}"
    elif (due := clocks.due(law, text, clause, clock)) is not None:
        yield due, ""


def _changes(text: Text, clause: Restriction, restarts: Restarts) -> Iterator[tuple[str, ListVersion]]:
    """Versions of the clause's lists that start a clock: those that add something, or all."""
    named = {w for s in clause.what for x in s.leaves() if x.kind is What.LISTED_BY for w in x.words}
    for name in sorted(named):
        one = select.list_of(text, name)
        versions = sorted(one.versions, key=lambda v: v.start) if one else []
        for before, version in pairwise([None, *versions]):
            known = {*before.items} if before else set()
            if version is not None and (restarts is Restarts.ALL or {*version.items} - known):
                yield name, version


def _sunset(law: Law, text: Text, clause: Restriction, at: datetime) -> Iterator[Deadline]:
    end = clocks.term_ends(law, text, clause)
    if end is None:
        return
    own = text.authority == law.body
    undecided = own and clocks.standing(law, text, clause, at) is Standing.OVERDUE
    contested = holds_under(law, text, clause, at)[0] is Truth.UNKNOWN
    said = f"ended, and nobody decided again{_needs(clause)}" if undecided else _at_sunset(clause)
    if undecided or (at < end and _stands_until(law, text, end)):
        yield Deadline(
            Kind.SUNSET,
            end,
            clocks.zone_of(law, text),
            f"{said} ({_reading(clause)})" if contested else said,
            text.authority,
            f"{text.id}/{clause.id}",
            key=text.version,
            at_sunset=clause.at_sunset,
            trace=Trace.UNDONE if undecided else Trace.OVER,
        )


def _at_sunset(clause: Restriction) -> str:
    words = {
        AtSunset.LAPSE: "ends by itself",
        AtSunset.DECIDE: f"ends unless decided again{_needs(clause)}",
        AtSunset.PERMANENT: "term is over; silence makes it permanent",
        None: "ends; what silence means is not said",
    }
    return words[clause.at_sunset]


def _needs(clause: Restriction) -> str:
    needs = ", ".join(sorted(_words(n) for n in clause.renewal_needs))
    return f"; renewal needs {needs}" if needs else ""


def _stands_until(law: Law, text: Text, end: datetime) -> bool:
    """Whether the text itself is in force right up to an instant."""
    return any((end - _MOMENT) in span for span in clocks.spans_in_force(law, text))


def _upstream(law: Law, text: Text, bound: set[str], at: datetime) -> Iterator[Deadline]:
    """The end of clauses that do not bind us (`bound` do), though we mirror, adopted or were advised by them; once
    for all that end together."""
    ends: dict[tuple[datetime, AtSunset | None], list[Restriction]] = {}
    for clause in (r for r in text.restrictions if r.id not in bound):
        end = clocks.term_ends(law, text, clause)
        if end is not None and at < end and _stands_until(law, text, end):
            ends.setdefault((end, clause.at_sunset), []).append(clause)
    for (end, silence), clauses in ends.items():
        yield Deadline(
            Kind.SUNSET,
            end,
            clocks.zone_of(law, text),
            f"{_at_sunset(clauses[0])} (no rule of ours; look at what we made of it)",
            text.authority,
            text.id,
            key="/".join((text.version, *sorted(r.id for r in clauses))),
            at_sunset=silence,
            trace=Trace.OVER,
        )


# --- texts ----------------------------------------------------------------------------------------

_STAGES = {
    State.IN_FORCE: "enters into force",
    State.LAPSED: "lapses",
    State.SUPERSEDED: "is superseded",
    State.REPEALED: "is repealed",
}


def _stages(law: Law, text: Text, at: datetime) -> Iterator[Deadline]:
    """What the lifecycle announces, and clauses that begin later than their text."""
    zone = clocks.zone_of(law, text)
    version = f"version {text.version} " if len(law.versions(text.id)) > 1 else ""
    for number, stage in enumerate(text.lifecycle):
        if stage.start > at:
            yield Deadline(
                Kind.LIFECYCLE,
                stage.start,
                zone,
                f"{version}{_stage_in_words(stage)}",
                text.authority,
                text.id,
                key=f"{text.version}/{number}",
                trace=Trace.OVER,
                begins=True,
            )
    force = clocks.force_begins(text)
    for clause in text.restrictions:
        begins = clocks.clause_begins(text, clause)
        if begins is not None and force is not None and begins > max(at, force):
            name = f"{text.id}/{clause.id}"
            key = f"{text.version}/from"
            yield Deadline(
                Kind.LIFECYCLE, begins, zone, "begins", text.authority, name, key, trace=Trace.OVER, begins=True
            )


def _stage_in_words(stage: Stage) -> str:
    known = {Precision.DAY: "", Precision.MONTH: ", known to the month", Precision.YEAR: ", known to the year"}
    by = f" by {stage.by}" if stage.by else ""
    return f"{_STAGES.get(stage.state, f'becomes {_words(stage.state)}')}{by}{known[stage.known_to]}"


def _asks(text: Text) -> bool:
    """Whether a text that advises also makes others react."""
    return any(r.force is Force.DUTY_TO_REACT for r in text.restrictions)


def _review(law: Law, text: Text, at: datetime) -> Iterator[Deadline]:
    """When a text is looked at again; settled by its next version, its end, or a decision about all of its clauses."""
    if text.review is None or text.review.due is None or not _still_counts(law, text, at):
        return
    if text.restrictions and all(standing_behind(law, text, clause, at) for clause in text.restrictions):
        return
    zone, own = clocks.zone_of(law, text), text.authority == law.body
    yield Deadline(
        Kind.REVIEW,
        end_of(text.review.due, zone),
        zone,
        "review of the decision",
        text.authority,
        text.id,
        key=text.version,
        trace=Trace.UNDONE if own else Trace.NONE,
    )


def _still_counts(law: Law, text: Text, at: datetime) -> bool:
    """Whether no end of the text has come, and no newer version taken its place."""
    now = [s.state for s in text.lifecycle if s.start <= at]
    newest = max((t for t in (text, *law.versions(text.id))), key=lambda t: clocks.rank(t, at))
    return not (now and now[-1] in _ENDED) and newest.version == text.version


def _upward(law: Law, text: Text, at: datetime) -> Iterator[Deadline]:
    """What a text asks to be told upwards; a reaction is settled by an answer that was given by the instant."""
    answered = answer_at(law, text.id, at) is not None
    for number, duty in enumerate(text.upward):
        due = _upward_due(law, text, duty)
        if due is None or not _in_force(law, text, max(due, at)):
            continue
        done = duty.what is UpwardWhat.REACTION and answered
        yield Deadline(
            Kind.UPWARD,
            due,
            clocks.zone_of(law, text),
            f"tell {duty.to}: {_words(duty.what)}",
            text.authority,
            text.id,
            key=f"{text.version}/{number}/{duty.what}",
            trace=Trace.OVER if done else Trace.NONE,
            begins=due == clocks.force_begins(text),
        )


def _upward_due(law: Law, text: Text, duty: UpwardDuty) -> datetime | None:
    begins, zone, clock = clocks.force_begins(text), clocks.zone_of(law, text), duty.clock
    if begins is None:
        return None
    if clock.by is not None:
        return max(begins, end_of(clock.by, zone))
    if clock.at is not None:
        return max(begins, clock.at)
    return begins if clock.within is None else plus(begins, clock.within, zone)


def _in_force(law: Law, text: Text, at: datetime) -> bool:
    return any(at in span for span in clocks.spans_in_force(law, text))


# --- what people of the body wrote ----------------------------------------------------------------


def _answers(law: Law, at: datetime) -> Iterator[Deadline]:
    """When an answer is looked at again; settled by an answer to the same text given since."""
    for answer in law.answers:
        if answer.next_review is not None and answer is answer_at(law, answer.text, at):
            due = end_of(answer.next_review, law.zone)
            what = f"review of our answer ({answer.answer})"
            key = answer.on.isoformat()
            yield Deadline(
                Kind.ANSWER_REVIEW, due, law.zone, what, law.body, answer.text, key, answer.by, trace=Trace.UNDONE
            )


def _evaluations(law: Law, at: datetime) -> Iterator[Deadline]:
    """When a rule is looked at again, by the last decision about it; settled by an evaluation made since. What was
    made or decided after the day of the instant settles nothing, and has no review yet."""
    today = at.astimezone(law.zone).date()
    made = [e for e in law.evaluations if e.on <= today]
    for one in made:
        decision = one.decision
        if decision is None or decision.on > today or decision.next_review is None:
            continue
        if any(e.policy == one.policy and e.on > decision.on for e in made):
            continue
        due = end_of(decision.next_review, law.zone)
        what = f"review of the decision to {_words(decision.way)}"
        yield Deadline(
            Kind.REVIEW, due, law.zone, what, law.body, one.policy, one.id, decision.by, trace=Trace.UNDONE
        )


def _exemption(law: Law, exemption: Exemption, at: datetime) -> Iterator[Deadline]:
    """When an exemption ends, and when others are told of it; settled by a report of the day of the instant or
    earlier."""
    owner = exemption.delegate or exemption.approver
    end = end_of(exemption.last_day, law.zone)
    what = "exemption ends; the rule then holds for its devices"
    yield Deadline(Kind.EXEMPTION_ENDS, end, law.zone, what, law.body, exemption.id, owner=owner, trace=Trace.OVER)
    start = exemption.span.start
    told = exemption.reported is not None and exemption.reported <= at.astimezone(law.zone).date()
    if told or start is None:
        return
    for to, due in _reports(law, exemption, start):
        what = f"tell {to} of the exemption"
        yield Deadline(
            Kind.EXEMPTION_REPORT, due, law.zone, what, law.body, exemption.id, to, owner, trace=Trace.UNDONE
        )


def _reports(law: Law, exemption: Exemption, start: datetime) -> list[tuple[str, datetime]]:
    """Whom the texts that allow an exemption want told, and by when at the latest."""
    earliest: dict[str, datetime] = {}
    for text in law.texts:
        clauses = {c.id for c in text.restrictions if f"{text.id}/{c.id}" in exemption.restrictions}
        for allowance in text.allowances if clauses else ():
            if allowance.report_within is not None and _allows(allowance, exemption, clauses):
                due = plus(start, allowance.report_within, law.zone)
                earliest[allowance.report_to] = min(due, earliest.get(allowance.report_to, due))
    return sorted(earliest.items())


def _allows(allowance: Allowance, exemption: Exemption, clauses: set[str]) -> bool:
    purpose = bool({exemption.purpose, ANY} & allowance.purposes)
    fits = purpose and exemption.approver == allowance.approver
    return fits and (not allowance.restrictions or bool(clauses & allowance.restrictions))


def _blind_spots(body: Body, law: Law) -> Iterator[Deadline]:
    seen: Counter[tuple[str, str]] = Counter()
    for spot in body.accepted:
        seen[spot.what, spot.owner] += 1
        at = end_of(spot.last_day, body.zone)
        what = "blind spot accepted until then; accept it again or close it"
        key = f"{spot.owner}/{seen[spot.what, spot.owner]}"
        yield Deadline(Kind.BLIND_SPOT, at, body.zone, what, law.body, spot.what, key, spot.owner, trace=Trace.UNDONE)


def _words(word: Duty | State | UpwardWhat | Way | str) -> str:
    return str(word).replace("_", " ")
