# SPDX-License-Identifier: EUPL-1.2
"""The law: authorities, texts, restrictions, duties, exemptions and answers to advice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from ordinance.model.apps import Citation, Surface
from ordinance.model.estate import People
from ordinance.model.time import Period, Span


class Force(StrEnum):
    """How strongly a clause binds. Never stronger than its authority's power over the addressee."""

    BINDING = "binding"
    DUTY_TO_REACT = "duty_to_react"
    ADVICE = "advice"

    @property
    def strength(self) -> int:
        """Order for comparing: advice 1, duty to react 2, binding 3."""
        return {Force.ADVICE: 1, Force.DUTY_TO_REACT: 2, Force.BINDING: 3}[self]


class State(StrEnum):
    """Where a text is in its life."""

    UNDER_CONSIDERATION = "under_consideration"
    ANNOUNCED = "announced"
    PENDING_GUIDELINES = "pending_guidelines"
    IN_FORCE = "in_force"
    LAPSED = "lapsed"
    SUPERSEDED = "superseded"
    REPEALED = "repealed"


class Duty(StrEnum):
    """What somebody must do; each has its own clock and its own evidence."""

    STOP_USING = "stop_using"
    REMOVE = "remove"
    DENY_INSTALL = "deny_install"
    BLOCK_TRAFFIC = "block_traffic"
    IDENTIFY = "identify"
    REPORT = "report"
    ATTEST = "attest"


class AtSunset(StrEnum):
    """What silence means when a rule's time is up, chosen by the body."""

    LAPSE = "lapse"
    DECIDE = "decide"
    PERMANENT = "permanent"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in which file something was written, for messages."""

    file: str = ""
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Power:
    """Power of an authority over others: the institutions, and the people there (empty: all)."""

    institutions: frozenset[str]
    populations: frozenset[People] = frozenset()
    cites: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Authority:
    """Somebody who can decide. `groups` it belongs to can be named in others' powers.

    It binds only its own institution unless `binds` says more; `advises` likewise.
    """

    id: str
    name: str
    zone: ZoneInfo
    country: str = ""
    groups: frozenset[str] = frozenset()
    binds: tuple[Power, ...] = ()
    advises: tuple[Power, ...] = ()
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Clock:
    """When a duty is due: at once, a period after force begins, or at the end of a day."""

    within: Period | None = None
    by: date | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One line of a lifecycle: the state begins at an instant."""

    state: State
    start: datetime


@dataclass(frozen=True, slots=True)
class Selector:
    """What a clause restricts: a whole family, or one member (`family/member`)."""

    family: str | None = None
    app: str | None = None


# A scope is a tree of ("all" | "any", subtrees), ("not", subtree) or (fact, test, value);
# `policy.scope` gives it meaning. It is kept as data so that it can be explained and compared.
Scope = tuple[Any, ...]

EVERY_DEVICE: Scope = ("all", ())


@dataclass(frozen=True, slots=True)
class Allowance:
    """What kind of exemption a text's binding clauses admit. `longest` is the longest term."""

    purposes: frozenset[str]
    approver: str
    longest: Period | None
    blanket: bool
    conditions: str | None
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Restriction:
    """One clause. `addressees` are institutions or groups (empty: the authority's own)."""

    id: str
    force: Force
    what: tuple[Selector, ...]
    surfaces: frozenset[Surface]
    devices: Scope
    people: frozenset[People]
    duties: tuple[tuple[Duty, Clock], ...]
    addressees: frozenset[str] = frozenset()
    term: Period | None = None
    last_day: date | None = None
    at_sunset: AtSunset | None = None
    renewal_needs: frozenset[str] = frozenset()
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Change:
    """A stated change to an adopted clause: dropped, or replaced by a whole clause."""

    restriction: str
    replacement: Restriction | None = None


@dataclass(frozen=True, slots=True)
class Adoption:
    """Another text whose clauses become ours, with stated changes."""

    text: str
    changes: tuple[Change, ...] = ()
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Text:
    """One version of a decision: a policy of a body, or a directive of the library.

    `mirrors` is a baseline for comparison and imports nothing. `overlay` marks an incident rule
    that is stricter for a stated time and ends by itself. `invented` lists the paths of this file
    that no source states and that were made up for an example.
    """

    id: str
    version: str
    title: str
    authority: str
    lifecycle: tuple[Stage, ...]
    restrictions: tuple[Restriction, ...]
    mirrors: tuple[str, ...] = ()
    adopts: tuple[Adoption, ...] = ()
    allowances: tuple[Allowance, ...] = ()
    overlay: bool = False
    invented: tuple[str, ...] = ()
    cites: tuple[Citation, ...] = ()
    shipped: bool = False
    place: Place = field(default_factory=Place)


class Condition(StrEnum):
    """What an exempted separate device must show in this version; the numbers are those of DESIGN's SD list."""

    DECLARED_SEPARATE = "declared_separate"  # SD-01: in the inventory of devices as separate, with a holder
    NO_INTERNAL_NAMES = "no_internal_names"  # SD-02: reaches none of the body's internal services
    NOT_ON_BODY_NETWORK = "not_on_body_network"  # SD-03
    NO_OTHER_APPS = "no_other_apps"  # SD-04: used for nothing else


# What a profile of conditions asks for; an exemption may add to it and never leave anything out.
PROFILES: Mapping[str, frozenset[Condition]] = MappingProxyType(
    {
        "separate-device": frozenset(
            {Condition.DECLARED_SEPARATE, Condition.NO_INTERNAL_NAMES, Condition.NO_OTHER_APPS}
        )
    }
)


@dataclass(frozen=True, slots=True)
class Exemption:
    """A permission for named devices, one app or family, one purpose, a stated time."""

    id: str
    restrictions: frozenset[str]
    devices: frozenset[str]
    what: tuple[Selector, ...]
    surfaces: frozenset[Surface]
    purpose: str
    approver: str
    approved: date
    span: Span
    last_day: date
    profile: str | None
    conditions: frozenset[Condition]
    place: Place = field(default_factory=Place)


class Adopted(StrEnum):
    """A body's answer to advice."""

    ADOPTED = "adopted"
    MITIGATED = "mitigated"
    DECLINED = "declined"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the body decided about a piece of advice, and when it looks again."""

    text: str
    answer: Adopted
    by: str
    on: date
    reasons: tuple[str, ...]
    mitigations: tuple[str, ...] = ()
    next_review: date | None = None
    invented: tuple[str, ...] = ()
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Law:
    """Everything `resolve` reads about rules: texts, authorities, exemptions, answers.

    `body` is the institution whose devices are judged. `digest` covers every file behind it.
    """

    body: str
    zone: ZoneInfo
    authorities: tuple[Authority, ...]
    texts: tuple[Text, ...]
    exemptions: tuple[Exemption, ...] = ()
    answers: tuple[Answer, ...] = ()
    digest: str = ""

    def authority(self, authority_id: str) -> Authority | None:
        """The authority of that id."""
        return next((a for a in self.authorities if a.id == authority_id), None)

    def versions(self, text_id: str) -> tuple[Text, ...]:
        """All versions of a text, in file order."""
        return tuple(t for t in self.texts if t.id == text_id)
