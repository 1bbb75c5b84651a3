# SPDX-License-Identifier: EUPL-1.2
"""The separate device: what its record says of each condition, what a check saw, and what profiles ask for.

Offices answer for a device, never named persons. An answer is a claim with what shows it; that nobody gave one is
unknown, and never met.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from ordinance.model.apps import Citation
from ordinance.model.estate import Platform
from ordinance.model.evidence import EvidenceKind
from ordinance.model.law import Condition, Place
from ordinance.model.result import Result
from ordinance.model.time import Period

# SD-01 … SD-23, in the order of the list of controls that the conditions were taken from.
NUMBERS: Mapping[Condition, str] = MappingProxyType({c: f"SD-{n:02}" for n, c in enumerate(Condition, 1)})


class Said(StrEnum):
    """What a record answers to a condition."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Claim:
    """An answer to one condition. `evidence` says what shows it (a document, a statement, an entry in a register),
    `on` the day on which it was looked at, `owner` the office that answers for it, `due` the last day for the next
    answer (`None`: the interval of the condition). `version` is that of the app or system that was looked at."""

    condition: Condition
    said: Said
    on: date
    owner: str
    evidence: str = ""
    reason: str = ""
    due: date | None = None
    version: str = ""
    place: Place = field(default_factory=Place, compare=False)


@dataclass(frozen=True, slots=True)
class Release:
    """The version of the app, or of the system, that is on the device, and the day on which somebody saw that."""

    version: str
    seen_on: date


@dataclass(frozen=True, slots=True)
class DeviceRecord:
    """One file of `separate/`: a separate device of the body, by its id in the estate.

    `profiles` are those that the body holds it to, `channels` and `exemptions` what it serves; `last_day` is the last
    day of its use, where one is set. `places` are those of the file's keys.
    """

    device: str
    owner: str
    profiles: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    exemptions: tuple[str, ...] = ()
    last_day: date | None = None
    app: Release | None = None
    system: Release | None = None
    claims: Mapping[Condition, Claim] = field(default_factory=dict)
    invented: tuple[str, ...] = ()
    place: Place = field(default_factory=Place, compare=False)
    places: tuple[tuple[str, Place], ...] = field(default=(), compare=False)

    def place_of(self, key: str) -> Place:
        """Where a key of the file stands; the whole file where it has none."""
        return dict(self.places).get(key, self.place)

    def known_by(self, day: date) -> DeviceRecord:
        """The record as it was known on a day: what was answered or seen later was not there yet."""
        seen = {c: claim for c, claim in self.claims.items() if claim.on <= day}
        app, system = (r if r is not None and r.seen_on <= day else None for r in (self.app, self.system))
        return replace(self, claims=seen, app=app, system=system)


@dataclass(frozen=True, slots=True)
class Sighting:
    """What evidence says of one condition of a device: `fail` refutes every answer, `pass` bears one out as far as was
    seen, `unknown` could have been seen and was not, `notchecked` may not be looked at. `reason` is a stable id.

    `count` counts what `reason` speaks of (other apps, questions, devices); `first` and `last` are when it was seen.
    `permitted`, of other apps, is how many the settings permit.
    `kinds` are the kinds of evidence that can show it; empty: the list of devices alone. `platforms`, where inventories
    were looked at: for each kind of id that its apps have in them, the platforms that have such ids.
    """

    condition: Condition
    result: Result
    reason: str
    count: int = 0
    first: datetime | None = None
    last: datetime | None = None
    kinds: frozenset[EvidenceKind] = frozenset()
    platforms: tuple[frozenset[Platform], ...] = ()
    permitted: int | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """A platform that is stated of a device, or several of which it is one; `by` is record, list or inventory."""

    by: str
    platforms: frozenset[Platform]


class Known(StrEnum):
    """How it is known that a text asks for a condition."""

    READ = "read"  # its own words, or a report of them, were read
    ALIGNED = "aligned"  # read in a text that follows it
    IMPLIED = "implied"  # no text says it, and none of the rest could be shown without it


@dataclass(frozen=True, slots=True)
class Ask:
    """A condition that a profile asks for, in the sense of its text. `unless` says when it does not apply: only then
    may a record answer so."""

    condition: Condition
    says: str
    cite: Citation
    known: Known
    unless: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """What a profile holds on a subject on which texts differ, and that is no condition by itself."""

    subject: str
    holds: str
    says: str
    cite: Citation


@dataclass(frozen=True, slots=True)
class Profile:
    """What one regime asks of a separate device. `directives` are the texts of the library that it was made from,
    `start` is when it began (`None`: not read), `read` the day on which its sources were looked at."""

    id: str
    name: str
    authority: str
    directives: tuple[str, ...]
    start: date | None
    read: date
    asks: tuple[Ask, ...]
    positions: tuple[Position, ...] = ()
    note: str = ""

    @property
    def conditions(self) -> frozenset[Condition]:
        """The conditions alone."""
        return frozenset(a.condition for a in self.asks)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two positions of which a device cannot keep both by itself, and what a body can do. Neither wins here."""

    subject: str
    one: tuple[Profile, Position]
    other: tuple[Profile, Position]
    note: str


@dataclass(frozen=True, slots=True)
class Interval:
    """How often a condition is shown again where its answer sets no day, and why so."""

    condition: Condition
    every: Period
    because: str


# Conditions that evidence can bear out or refute; of all others a proof rests on the record alone.
TESTABLE = frozenset(
    {
        *(Condition.DECLARED_SEPARATE, Condition.NO_INTERNAL_NAMES, Condition.NOT_ON_BODY_NETWORK),
        *(Condition.NO_OTHER_APPS, Condition.ABSENT_ELSEWHERE, Condition.REMOVED_AFTER_USE),
    }
)


class ProofState(StrEnum):
    """Whether a device is shown to be separate: a red one must not be used, of an unknown one nobody knows."""

    GREEN = "green"
    RED = "red"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class AskedBy:
    """Who asks for a condition: a profile, with the sense of its text, or an exemption (`ask` is then `None`)."""

    id: str
    ask: Ask | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """How one condition stands. `reason` is a stable id. `claim` is what the record answers and `due` the last day of
    that answer; `sighting` is what evidence says. `on_record`, `on_evidence`: what a `pass` rests on."""

    condition: Condition
    result: Result
    reason: str
    asked_by: tuple[AskedBy, ...]
    claim: Claim | None = None
    due: date | None = None
    sighting: Sighting | None = None
    on_record: bool = False
    on_evidence: bool = False


@dataclass(frozen=True, slots=True)
class Proof:
    """A device's conditions in the order of their numbers, and what they come to; who states which platform of it."""

    device: str
    state: ProofState
    shown: tuple[Shown, ...]
    conflicts: tuple[Conflict, ...] = ()
    platforms: tuple[Stated, ...] = ()
