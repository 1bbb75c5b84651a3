# SPDX-License-Identifier: EUPL-1.2
"""Channel reviews, read from located YAML: `reviews/*.yaml` of a body's folder.

Reads those files and the shipped criteria and cards. A review comes back whole or not at all: a cell without evidence,
a gate without an answer or a weight that nobody gave would be filled in by whoever adds up. Cannot know whether a
claim is true, nor whether its source says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TypeVar

from ordinance.model.channel_review import (
    HIGH,
    LOW,
    ChannelDecision,
    ChannelOutcome,
    ChannelReview,
    Criterion,
    Gate,
    GateAnswer,
    GatePolicy,
    GateResult,
    Handle,
    Metric,
    NamedRole,
    Option,
    Reason,
    Stakeholder,
    Swing,
)
from ordinance.model.errors import Issue
from ordinance.model.evaluation import Dissent
from ordinance.model.time import add_months
from ordinance.policy import fields
from ordinance.policy.fields import At
from ordinance.policy.files import passed_over, read_files
from ordinance.policy.nodes import Cursor, did_you_mean
from ordinance.review.cards import shipped_criteria
from ordinance.review.offices import office, offices
from ordinance.review.read_cells import cite_by, read_cells

FOLDER = "reviews"
KEYS = ("review", "title", "question", "on", "by")
PARTS = ("options", "gate_policy", "gates", "criteria", "cells", "stakeholders")
OPTIONS = ("follows", "decision", "names", "invented")
OPTION_KEYS, OPTION_OPTIONS = ("id", "title", "outcome"), ("trigger", "until", "migration", "handle")
POLICY_KEYS, POLICY_OPTIONS = ("must_pass", "because"), ("unknown_passes",)
GATE_KEYS, GATE_OPTIONS = ("gate", "options", "result", "reason", "check_again"), ("cites", "internal")
CRITERION_KEYS, CRITERION_OPTIONS = ("id",), ("title", "anchors", "metric", "audience")
ANCHORS = ("0", "50", "100")
STAKEHOLDER_KEYS, SWING_KEYS = ("id", "name", "swings"), ("criterion", "weight", "because")
DISSENT_KEYS, REASON_KEYS = ("by", "text"), ("text",)
INTERNAL = ("internal",)
DECISION_KEYS = ("option", "proposed_by", "consulted", "dissent", "by", "on", "reasons", "next_review")
DECISION_OPTIONS = ("temporary",)
NONE = "none"
MOST_OPTIONS, MOST_CRITERIA = 10, 20
LONGEST, LONGEST_TEMPORARY = 12, 6  # months
REACH = "reach"
T = TypeVar("T", Option, Criterion, Stakeholder)

_REACH_HINT = "such as {id: reach, metric: daily, audience: 16 to 24}: figures of two metrics are not compared"
_NEEDS = {
    "trigger": "what has to happen so that this is decided again",
    "until": "the day on which it ends, or is decided again whatever happened",
    "migration": "how people are told, and where they find the same",
    "handle": "what becomes of the name: hold, hand_over or release",
}


def read_reviews(folder: Path) -> tuple[tuple[ChannelReview, ...], tuple[Issue, ...], str]:
    """The reviews of a body's folder by id, everything wrong with them, and the digest of the files."""
    issues: list[Issue] = list(passed_over(folder, folder / FOLDER))
    digest = hashlib.sha256()
    paths = sorted(p for p in (folder / FOLDER).glob("*.yaml") if p.is_file())
    found: dict[str, ChannelReview] = {}
    roots: dict[str, Cursor] = {}
    twice: set[str] = set()
    whole = True
    for _, root in read_files(folder, paths, issues, digest):
        review = read_review(root)
        if review is None:
            whole = False
            continue
        if review.id in found:
            for one in (root,) if review.id in twice else (roots[review.id], root):
                one.report("duplicate-id", f'"{review.id}" is the id of two files', "choose another id for one")
            twice.add(review.id)
        else:
            found[review.id], roots[review.id] = review, root
    for review in found.values() if whole else ():  # what a review follows may be in the file that cannot be read
        if review.follows:
            _follows(roots[review.id].entries().get("follows", roots[review.id]), review, found)
    return tuple(found[i] for i in sorted(found)), tuple(sorted(issues)), f"sha256:{digest.hexdigest()}"


def _follows(cursor: Cursor, review: ChannelReview, known: Mapping[str, ChannelReview]) -> None:
    """A review takes up an older one; otherwise two could settle each other."""
    earlier = known.get(review.follows)
    if earlier is None:
        cursor.report("unknown-review", f'there is no review "{review.follows}"', did_you_mean(review.follows, known))
    elif earlier.on >= review.on:
        message = f'"{earlier.id}" is of {earlier.on}, and this review of {review.on}: it cannot follow it'
        cursor.report("follows-no-earlier", message, "name an older review, or take it out")


def read_review(cursor: Cursor) -> ChannelReview | None:
    """One review, or `None` where anything is wrong with it: all of that is noted at its places."""
    before = len(cursor.issues)
    at = cursor.mapping((*KEYS, *PARTS), OPTIONS)
    on = fields.day(at, "on")
    options = _unique(at, "options", lambda cursor: _option(cursor, on))
    criteria = _unique(at, "criteria", _criterion)
    _counted(at, options, criteria)
    policy = _gate_policy(at["gate_policy"]) if "gate_policy" in at else None
    names, scales = [o.id for o in options], {c.id: c for c in criteria}
    review = ChannelReview(
        id=fields.identifier(at, "review"),
        title=fields.text(at, "title"),
        question=fields.text(at, "question"),
        on=on or date.min,
        by=office(at, "by"),
        options=options,
        gate_policy=policy or GatePolicy((), frozenset(), ""),
        gates=_gates(at, names, policy, on),
        criteria=criteria,
        cells=read_cells(at, names, scales, on),
        stakeholders=_stakeholders(at, [*scales]),
        decision=_decision(at["decision"], options, on) if "decision" in at else None,
        follows=fields.text(at, "follows"),
        names=fields.listed(at, "names", _named_role),
        invented=fields.listed(at, "invented", Cursor.text),
        place=cursor.place,
    )
    return review if len(cursor.issues) == before else None


def _unique(at: At, key: str, read: Callable[[Cursor], T | None]) -> tuple[T, ...]:
    """What `read` makes of each item; a second one of the same id is reported and left out."""
    found: dict[str, T] = {}
    for cursor in at[key].items() if key in at else ():
        one = read(cursor)
        if one is None:
            continue
        if one.id in found:
            cursor.report("same-id-twice", f'"{one.id}" is in this list twice', "choose another id")
        else:
            found[one.id] = one
    return tuple(found.values())


def _counted(at: At, options: tuple[Option, ...], criteria: tuple[Criterion, ...]) -> None:
    """A review compares; and it stays something that people can look over."""
    if "options" in at and at["options"].is_list() and len(options) < 2:
        hint = "add what else could be done: another way to be there, another channel, to wait, to stay out"
        at["options"].report("no-alternative", "a review needs two options at least", hint)
    if len(options) > MOST_OPTIONS:
        at["options"].report("too-many", f"{len(options)} options; {MOST_OPTIONS} are the most that are compared")
    if "criteria" in at and at["criteria"].is_list() and not criteria:
        at["criteria"].report("empty-value", "the list is empty", f"shipped criteria: {', '.join(shipped_criteria())}")
    if len(criteria) > MOST_CRITERIA:
        at["criteria"].report("too-many", f"{len(criteria)} criteria; {MOST_CRITERIA} are the most that are weighed")


def _option(cursor: Cursor, made: date | None) -> Option | None:
    """One way, with what waiting and leaving need beside a title."""
    at = cursor.mapping(OPTION_KEYS, OPTION_OPTIONS)
    outcome = fields.word(at, "outcome", ChannelOutcome)
    needed = {ChannelOutcome.WAIT: ("trigger", "until"), ChannelOutcome.LEAVE: ("migration", "handle", "until")}
    for key in needed.get(outcome, ()) if outcome else ():
        if key not in at:
            cursor.report("outcome-needs", f'"{outcome}" needs "{key}"', _NEEDS[key])
    for key in ("trigger", "migration", "handle"):
        if outcome and key in at and key not in needed.get(outcome, ()):
            at[key].report_key("outcome-has-none", f'"{key}" means nothing for "{outcome}"', "take it out")
    until = fields.day(at, "until")
    if until is not None and made is not None and until < made:
        message = f"the last day is {until}, before the review, of {made}"
        at["until"].report("until-before-review", message, "nobody can choose what is over: give a later day")
    if outcome is None:
        return None
    return Option(
        id=fields.identifier(at, "id"),
        title=fields.text(at, "title"),
        outcome=outcome,
        trigger=fields.text(at, "trigger"),
        until=until,
        migration=fields.text(at, "migration"),
        handle=fields.word(at, "handle", Handle),
        place=cursor.place,
    )


# --- gates ----------------------------------------------------------------------------------------


def _gate_policy(cursor: Cursor) -> GatePolicy:
    """Which gates are conditions. Without one, law and safety could be bought back by reach."""
    at = cursor.mapping(POLICY_KEYS, POLICY_OPTIONS)
    gates = fields.words(at, "must_pass", Gate)
    passing = frozenset[Gate]()
    if "unknown_passes" in at and not fields.is_literal(at["unknown_passes"], NONE):
        passing = at["unknown_passes"].choices(Gate)
        for gate in sorted(passing - gates):
            hint = 'add it to "must_pass", or take it out here'
            at["unknown_passes"].report("no-such-gate", f'"{gate}" is no gate that must be passed', hint)
    return GatePolicy(tuple(g for g in Gate if g in gates), passing, fields.text(at, "because"))


def _gates(at: At, options: list[str], policy: GatePolicy | None, made: date | None) -> tuple[GateAnswer, ...]:
    """An answer for each option at each gate that must be passed; others may be answered too."""
    found: dict[tuple[Gate, str], GateAnswer] = {}
    for cursor in at["gates"].items() if "gates" in at else ():
        for answer in _gate_answers(cursor, options, made):
            if (answer.gate, answer.option) in found:
                cursor.report("same-gate-twice", f'"{answer.gate}" is answered twice for "{answer.option}"')
            found[answer.gate, answer.option] = answer
    if "gates" in at and at["gates"].is_list() and policy is not None:
        for gate in policy.must_pass:
            if missing := [o for o in options if (gate, o) not in found]:
                message = f'nobody answered whether "{gate}" is passed by: {", ".join(missing)}'
                at["gates"].report("gate-unanswered", message, 'where nobody knows, say "unknown" and why')
    return tuple(found.values())


def _gate_answers(cursor: Cursor, options: list[str], made: date | None) -> Iterator[GateAnswer]:
    at = cursor.mapping(GATE_KEYS, GATE_OPTIONS)
    gate, result = fields.word(at, "gate", Gate), fields.word(at, "result", GateResult)
    reason, cites = fields.text(at, "reason"), fields.listed(at, "cites", lambda item: cite_by(item, made))
    if result in {GateResult.PASSED, GateResult.FAILED} and not cites:
        hint = 'cite what shows it; where nothing does, the result is "unknown"'
        cursor.report("gate-without-cite", f'"{result}" rests on nothing that is cited', hint)
    again, internal = fields.day(at, "check_again"), fields.flag(at, "internal") if "internal" in at else None
    if again is not None and made is not None and again < made:
        hint = "look it up again, or say `unknown`"
        message = f"the answer was to be looked up again by {again}, before the review, of {made}"
        cursor.report("evidence-expired", message, hint)
    for name, place in _named(at, "options"):
        if _is_known(place, name, options) and gate and result:
            yield GateAnswer(gate, name, result, reason, cites, again or date.max, internal, cursor.place)


def _named(at: At, key: str) -> tuple[tuple[str, Cursor], ...]:
    return tuple((c.text(), c) for c in at[key].one_or_many()) if key in at else ()


def _is_known(cursor: Cursor, name: str, known: Iterable[str]) -> bool:
    """Whether an option or criterion of that id is in the review; reported where it is not."""
    if name in known:
        return True
    if name:
        cursor.report("not-in-review", f'"{name}" is not in this review', did_you_mean(name, known))
    return False


# --- criteria and weights -------------------------------------------------------------------------


def _criterion(cursor: Cursor) -> Criterion | None:
    """A shipped criterion by its id alone, or one of the body's own with its words."""
    if not cursor.is_mapping():
        name = cursor.text()
        if name == REACH:
            cursor.report("reach-of-what", "reach needs a metric and an audience", _REACH_HINT)
        elif name and name not in shipped_criteria():
            cursor.report("unknown-scale", f'no criterion "{name}" ships', did_you_mean(name, shipped_criteria()))
        return Criterion(name) if name in shipped_criteria() and name != REACH else None
    at = cursor.mapping(CRITERION_KEYS, CRITERION_OPTIONS)
    name, metric = fields.identifier(at, "id"), fields.word(at, "metric", Metric)
    ships = name in shipped_criteria()
    if ships and (own := {"title", "anchors"} & at.keys()):
        hint = "leave the words out, or choose another id for a scale of your own"
        message = f'"{name}" ships with its words: {", ".join(sorted(own))} may not be written here'
        cursor.report("own-words", message, hint)
    if not ships and (missing := {"title", "anchors"} - at.keys()):
        hint = did_you_mean(name, shipped_criteria())
        cursor.report("unknown-scale", f'"{name}" does not ship, and {", ".join(sorted(missing))} is missing', hint)
    if ("metric" in at) != ("audience" in at) or (name == REACH and "metric" not in at):
        cursor.report("reach-of-what", "reach needs a metric and an audience", _REACH_HINT)
    if ships and name != REACH and "metric" in at:
        at["metric"].report_key("reach-of-what", f'"{name}" is no criterion of reach', "take metric and audience out")
    anchors = _anchors(at["anchors"]) if "anchors" in at else None
    return Criterion(name, fields.text(at, "title"), anchors, metric, fields.text(at, "audience")) if name else None


def _anchors(cursor: Cursor) -> tuple[str, str, str]:
    """What 0, 50 and 100 mean. Without words for them a number means something else to each reader."""
    at = cursor.mapping(ANCHORS)
    low, middle, high = (fields.text(at, key) for key in ANCHORS)
    return low, middle, high


def _stakeholders(at: At, criteria: list[str]) -> tuple[Stakeholder, ...]:
    found = _unique(at, "stakeholders", lambda cursor: _stakeholder(cursor, criteria))
    if "stakeholders" in at and at["stakeholders"].is_list() and not at["stakeholders"].items():
        at["stakeholders"].report("missing-weight", "nobody says what weighs how much", "name one stakeholder at least")
    return found


def _stakeholder(cursor: Cursor, criteria: list[str]) -> Stakeholder | None:
    """Weights for every criterion, each with a sentence, of which one at least is above zero."""
    at = cursor.mapping(STAKEHOLDER_KEYS)
    swings: dict[str, Swing | None] = {}  # None: weighed, and refused
    for item in at["swings"].items() if "swings" in at else ():
        name, swing = _swing(item, criteria)
        if name in swings:
            item.report("same-weight-twice", f'"{name}" is weighed twice', "keep one of the two")
        swings[name] = swing
    read = tuple(s for s in swings.values() if s is not None)
    if "swings" in at and at["swings"].is_list():
        if missing := [c for c in criteria if c not in swings]:
            hint = "0 is a weight too: say why it counts for nothing"
            at["swings"].report("missing-weight", f"no weight for: {', '.join(missing)}", hint)
        elif len(read) == len(swings) and not any(s.weight for s in read):
            at["swings"].report("no-weight", "every weight is 0: nothing would count", "give the largest swing 100")
    return Stakeholder(fields.identifier(at, "id"), fields.text(at, "name"), read)


def _swing(cursor: Cursor, criteria: list[str]) -> tuple[str, Swing | None]:
    """A criterion and its weight, which is `None` where it was refused."""
    at = cursor.mapping(SWING_KEYS, INTERNAL)
    name = fields.text(at, "criterion")
    known = "criterion" in at and _is_known(at["criterion"], name, criteria)
    written = fields.text(at, "weight")
    if written.startswith("-"):
        hint = "a criterion that speaks against something has its better end at 100"
        at["weight"].report("negative-weight", f"{written} is below 0", hint)
        return name, None
    weight = at["weight"].integer(LOW, HIGH) if "weight" in at else None
    because = fields.text(at, "because")
    internal = fields.flag(at, "internal") if "internal" in at else None
    return name, Swing(name, weight, because, internal) if known and weight is not None else None


# --- the decision ---------------------------------------------------------------------------------


def _decision(cursor: Cursor, options: tuple[Option, ...], made: date | None) -> ChannelDecision | None:
    at = cursor.mapping(DECISION_KEYS, DECISION_OPTIONS)
    option, on, review = fields.text(at, "option"), fields.day(at, "on"), fields.day(at, "next_review")
    temporary = fields.flag(at, "temporary")
    if "option" in at and _is_known(at["option"], option, [o.id for o in options]):
        until = next(o.until for o in options if o.id == option)
        if on is not None and until is not None and until < on:
            message = f'"{option}" ends on {until}, before the decision for it, on {on}'
            at["option"].report("until-before-decision", message, "give the option a later day in `until`")
    if on is not None and made is not None and on < made:
        at["on"].report("decided-before-review", f"decided on {on}, before the review was made, on {made}")
    for key in ("consulted", "reasons"):
        if key in at and at[key].is_list():
            at[key].some()  # an empty list would read as if somebody had been heard, or something said
    if on is not None and review is not None:
        _in_time(at["next_review"], on, review, temporary=temporary)
    none = "dissent" in at and fields.is_literal(at["dissent"], NONE)
    return ChannelDecision(
        option=option,
        proposed_by=office(at, "proposed_by"),
        consulted=offices(at, "consulted"),
        dissent=() if none else fields.listed(at, "dissent", _dissent),
        by=office(at, "by"),
        on=on or date.min,
        reasons=tuple(r for c in at["reasons"].one_or_many() if (r := _reason(c))) if "reasons" in at else (),
        next_review=review or date.max,
        temporary=temporary,
        place=cursor.place,
    )


def _named_role(cursor: Cursor) -> NamedRole | None:
    at = cursor.mapping(("name", "role"))
    name, role = fields.text(at, "name"), office(at, "role")
    return NamedRole(name, role) if name and role else None


def _in_time(cursor: Cursor, on: date, review: date, *, temporary: bool) -> None:
    """A decision about a channel is looked at again within a year, a temporary one within half a year."""
    longest = LONGEST_TEMPORARY if temporary else LONGEST
    if review <= on:
        cursor.report("review-before-decision", f"the next review, {review}, is not after the decision, {on}")
    elif review > (last := add_months(on, longest)):
        kind = "a temporary decision" if temporary else "a decision"
        message = f"{review} is more than {longest} months after {on}"
        cursor.report("review-too-late", message, f"{kind} is looked at again by {last} at the latest")


def _dissent(cursor: Cursor) -> Dissent:
    at = cursor.mapping(DISSENT_KEYS, INTERNAL)
    return Dissent(office(at, "by"), fields.text(at, "text"), fields.flag(at, "internal"))


def _reason(cursor: Cursor) -> Reason | None:
    """A sentence, or one with a mark that keeps it from the public."""
    if not cursor.is_mapping():
        text = cursor.text()
        return Reason(text) if text else None
    at = cursor.mapping(REASON_KEYS, INTERNAL)
    return Reason(fields.text(at, "text"), fields.flag(at, "internal"))
