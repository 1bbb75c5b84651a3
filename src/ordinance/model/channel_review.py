# SPDX-License-Identifier: EUPL-1.2
"""The review of a channel: options, gates, scores with their evidence, weights of each stakeholder, the decision.

Names are offices and bodies, never persons. A score is whole, from 0 to 100, on a scale whose ends and middle are
words; what nobody knows is `unknown`, and stands for the whole scale.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from ordinance.model.apps import Citation
from ordinance.model.evaluation import Dissent
from ordinance.model.law import Place

LOW, HIGH = 0, 100
SECURITY = "security_advice"  # the shipped scale of which the body's own claims are no matter for the public


class ChannelOutcome(StrEnum):
    """What can come of a review."""

    ADOPT = "adopt"  # be there, with the equipment that is used anyway
    SEPARATE_DEVICE = "separate_device"  # be there, from a device for this and nothing else
    READ_ONLY = "read_only"  # be there without messages and comments, nothing published only there
    PARTNER = "partner"  # reach people through others who are there
    PAID_ONLY = "paid_only"  # advertisements through an agency, no account of one's own
    PARK_HANDLE = "park_handle"  # hold the name, publish nothing
    EMERGENCY_ONLY = "emergency_only"  # dormant, used when people must be warned
    WAIT = "wait"  # decide again at a trigger or a date
    LEAVE = "leave"  # end it by a date, with a plan to move people
    STAY_OUT = "stay_out"  # have no account there, and none in preparation


class Handle(StrEnum):
    """What becomes of the account's name after leaving."""

    HOLD = "hold"
    HAND_OVER = "hand_over"
    RELEASE = "release"


class Gate(StrEnum):
    """What must be so before anything is weighed."""

    LEGAL_BASIS = "legal_basis"
    JOINT_CONTROLLER = "joint_controller"
    DEVICE_RULE = "device_rule"
    NATIONAL_ADVICE = "national_advice"
    RECORDS = "records"
    ACCESSIBLE_ALTERNATIVE = "accessible_alternative"
    EMERGENCY_DUTY = "emergency_duty"
    MINORS = "minors"


class GateResult(StrEnum):
    """Whether an option passes a gate."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Metric(StrEnum):
    """What a figure of reach counts. Two of these are never compared."""

    EVER = "ever"  # uses it at all
    MONTHLY = "monthly"
    WEEKLY = "weekly"
    DAILY = "daily"
    CONSTANT = "constant"  # several times a day or constantly
    NEWS = "news"  # for news
    AD_REACH = "ad_reach"  # what the platform sells
    OWN_POSTS = "own_posts"  # people who saw posts of the body's own account
    PREFERRED = "preferred"  # who says that they want to hear from the body there


@dataclass(frozen=True, slots=True)
class Evidence:
    """One claim behind a score. `card` is the id of the shipped card that it quotes, or empty.

    `internal`: whether its texts are kept from the public; `None` where its file does not say.
    """

    claim: str
    cite: Citation
    on: date
    population: str
    method: str
    owner: str
    expires: date
    metric: Metric | None = None
    card: str = ""
    invented: bool = False
    internal: bool | None = None
    place: Place = field(default_factory=Place)

    def is_internal(self, criterion: str) -> bool:
        """Whether its texts are kept from the public: on the scale about security the body's own are, unless its file
        says otherwise; a shipped card is public anyway."""
        return not self.card and (criterion == SECURITY if self.internal is None else self.internal)


@dataclass(frozen=True, slots=True)
class Option:
    """One way that is open. `trigger` belongs to waiting, `migration` and `handle` to leaving; `until` is the last day
    (inclusive) of what ends or is decided again."""

    id: str
    title: str
    outcome: ChannelOutcome
    trigger: str = ""
    until: date | None = None
    migration: str = ""
    handle: Handle | None = None
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """Whether one option passes one gate, and why. `check_again` is the last day on which the answer counts: what the
    law is changes. One answer for several options is one of these for each, of the same `place`."""

    gate: Gate
    option: str
    result: GateResult
    reason: str
    cites: tuple[Citation, ...] = ()
    check_again: date = date.max
    internal: bool | None = None
    place: Place = field(default_factory=Place)

    @property
    def is_internal(self) -> bool:
        """Whether its texts are kept from the public: about devices they are, unless its file says otherwise."""
        return self.gate is Gate.DEVICE_RULE if self.internal is None else self.internal


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """Which gates must be passed, and of which of them `unknown` is enough; with the reasons for this choice."""

    must_pass: tuple[Gate, ...]
    unknown_passes: frozenset[Gate]
    because: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """A scale from 0 to 100. One that ships has its words in `review/data`; one of the body's own has them here.

    `metric` and `audience` are those of a criterion of reach.
    """

    id: str
    title: str = ""
    anchors: tuple[str, str, str] | None = None
    metric: Metric | None = None
    audience: str = ""

    @property
    def is_shipped(self) -> bool:
        """Whether its words are among the shipped ones."""
        return self.anchors is None


@dataclass(frozen=True, slots=True)
class Cell:
    """The score of one option on one scale, as the stretch it lies in; `unknown` is the whole scale."""

    option: str
    criterion: str
    low: int
    high: int
    unknown: bool = False
    evidence: tuple[Evidence, ...] = ()
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Swing:
    """How much it is worth to one stakeholder to go from 0 to 100 on a scale, beside the other scales."""

    criterion: str
    weight: int
    because: str
    internal: bool | None = None

    @property
    def is_internal(self) -> bool:
        """Whether its reason is kept from the public: on the scale about security it is, unless its file says
        otherwise."""
        return self.criterion == SECURITY if self.internal is None else self.internal


@dataclass(frozen=True, slots=True)
class Stakeholder:
    """Somebody whose weights are kept apart from everybody else's."""

    id: str
    name: str
    swings: tuple[Swing, ...]

    def weights(self) -> dict[str, int]:
        """Weight by criterion."""
        return {s.criterion: s.weight for s in self.swings}


@dataclass(frozen=True, slots=True)
class NamedRole:
    """A person who is named somewhere in a review, and what the public version calls him."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was decided; `internal`: not for the public."""

    text: str
    internal: bool = False


@dataclass(frozen=True, slots=True)
class ChannelDecision:
    """What was decided, by which office, after hearing whom, and when it is looked at again."""

    option: str
    proposed_by: str
    consulted: tuple[str, ...]
    dissent: tuple[Dissent, ...]
    by: str
    on: date
    reasons: tuple[Reason, ...]
    next_review: date
    temporary: bool = False
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class ChannelReview:
    """One review, whole: every option has a score, or `unknown`, on every scale and an answer at every gate.

    `follows` is the id of an earlier review that this one takes up again, or empty.
    """

    id: str
    title: str
    question: str
    on: date
    by: str
    options: tuple[Option, ...]
    gate_policy: GatePolicy
    gates: tuple[GateAnswer, ...]
    criteria: tuple[Criterion, ...]
    cells: tuple[Cell, ...]
    stakeholders: tuple[Stakeholder, ...]
    decision: ChannelDecision | None = None
    follows: str = ""
    names: tuple[NamedRole, ...] = ()
    invented: tuple[str, ...] = ()
    place: Place = field(default_factory=Place)

    def known_by(self, day: date) -> ChannelReview | None:
        """The review as it stood on a day: `None` before it was made, without a decision that was made later.

        Evidence is never younger than the review it is in, so that none of it needs to be left out.
        """
        if self.on > day:
            return None
        return replace(self, decision=None) if self.decision and self.decision.on > day else self

    @property
    def decided_until(self) -> date | None:
        """The last day of the option that was decided; `None` without a decision, or where the option has none."""
        return self.option(self.decision.option).until if self.decision else None

    def is_overdue(self, day: date) -> bool:
        """Whether its decision should have been taken again before `day`: at its next review, or when its option
        ended."""
        last = (self.decision.next_review, self.decided_until) if self.decision else ()
        return any(end is not None and end < day for end in last)

    def option(self, option_id: str) -> Option:
        """The option of that id."""
        return next(o for o in self.options if o.id == option_id)

    def evidence(self) -> tuple[Evidence, ...]:
        """Every claim in the order of the cells; one quoted twice is in it twice."""
        return tuple(e for c in self.cells for e in c.evidence)

    def expired(self, day: date) -> tuple[Evidence, ...]:
        """Claims whose last day is over on `day`."""
        return tuple(e for e in self.evidence() if e.expires < day)

    def unchecked(self, day: date) -> tuple[GateAnswer, ...]:
        """Answers at gates that were to be looked up again before `day`."""
        return tuple(a for a in self.gates if a.check_again < day)

    def is_stale(self, day: date) -> bool:
        """Whether something that it rests on does not count any more on `day`."""
        return bool(self.expired(day) or self.unchecked(day))


def decided_anew(review: ChannelReview, reviews: Iterable[ChannelReview]) -> tuple[ChannelReview, ...]:
    """Reviews with a decision that take a review up again, or take up one that does, by the day they were made."""
    following: set[str] = {review.id}
    found = []
    for one in sorted(reviews, key=lambda r: (r.on, r.id)):
        if one.follows in following:
            following.add(one.id)
            found += [one] if one.decision else []
    return tuple(found)
