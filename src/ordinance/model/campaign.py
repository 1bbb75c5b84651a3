# SPDX-License-Identifier: EUPL-1.2
"""What a rule does to work that is under way: campaigns, and the case of an account that may not go on as it was."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from ordinance.model.apps import Citation, Surface
from ordinance.model.evaluation import Dissent
from ordinance.model.law import Place


@dataclass(frozen=True, slots=True)
class Move:
    """Where a campaign, or a part of it, goes instead: by a last day (inclusive), by an office. `done` is the day."""

    to: str
    by: date
    owner: str
    done: date | None = None


@dataclass(frozen=True, slots=True)
class Campaign:
    """Something that a body runs on an app from a first to a last day (inclusive).

    It depends on the `device` of the estate that it is run from, on the body's official account, or on both. `surfaces`
    are the ways in which it is run from the device (empty: the app of a phone, the program of a computer).
    """

    id: str
    title: str
    app: str
    owner: str
    first_day: date
    last_day: date
    device: str = ""
    account: bool = False
    surfaces: frozenset[Surface] = frozenset()
    moves: tuple[Move, ...] = ()
    invented: tuple[str, ...] = ()
    place: Place = field(default_factory=Place)
    first_day_place: Place = field(default_factory=Place)  # of the key `from`


class AccountWay(StrEnum):
    """What can become of an account."""

    KEEP = "keep"
    SUSPEND = "suspend"
    HAND_OVER = "hand_over"
    HOLD_HANDLE = "hold_handle"


class HandleWay(StrEnum):
    """What becomes of an account's name: whoever gives it up may meet it again in other hands."""

    USE = "use"
    HOLD = "hold"
    TRANSFER = "transfer"
    RELEASE = "release"


class Kept(StrEnum):
    """Whether a record is kept."""

    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Question:
    """Something that must be known before the case is decided. Without an `answer` it is open."""

    question: str
    owner: str
    answer: str = ""
    answered: date | None = None


@dataclass(frozen=True, slots=True)
class Dependant:
    """Somebody or something that relies on the account, and who answers for it."""

    what: str
    owner: str


@dataclass(frozen=True, slots=True)
class Record:
    """Something that the account holds and that must not be lost with it."""

    what: str
    kept: Kept
    where: str = ""


@dataclass(frozen=True, slots=True)
class AccountOption:
    """One way that was open, with what speaks for and against it."""

    way: AccountWay
    reasons_for: tuple[str, ...] = ()
    reasons_against: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Consent:
    """One of those to whom the body answers (an institution), and whether it agrees; `None`: not heard yet."""

    institution: str
    agrees: bool | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class HandleDecision:
    """What was decided about the account's name, by an office."""

    way: HandleWay
    by: str
    on: date
    how: str = ""


@dataclass(frozen=True, slots=True)
class AccountDecision:
    """What was decided about the account. `by` and `consulted` are offices or institutions."""

    way: AccountWay
    by: str
    on: date
    reasons: tuple[str, ...]
    consulted: frozenset[str] = frozenset()
    dissent: tuple[Dissent, ...] = ()
    no_dissent: bool = False
    next_review: date | None = None


@dataclass(frozen=True, slots=True)
class AccountCase:
    """The file of one account. It can only be `closed` with a decision, and one about its name."""

    id: str
    title: str
    app: str
    handle: str
    owner: str
    opened: date
    answers_to: tuple[Consent, ...] = ()
    questions: tuple[Question, ...] = ()
    dependants: tuple[Dependant, ...] = ()
    records: tuple[Record, ...] = ()
    options: tuple[AccountOption, ...] = ()
    decision: AccountDecision | None = None
    name: HandleDecision | None = None
    closed: date | None = None
    invented: tuple[str, ...] = ()
    cites: tuple[Citation, ...] = ()
    place: Place = field(default_factory=Place)

    @property
    def open_questions(self) -> tuple[Question, ...]:
        """Questions without an answer."""
        return tuple(q for q in self.questions if not q.answer)
