# SPDX-License-Identifier: EUPL-1.2
"""What applies to a device, an app, a surface and an instant, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ordinance.model.apps import Surface
from ordinance.model.estate import DeviceFacts, People
from ordinance.model.kleene import Truth
from ordinance.model.law import Duty, Force, Precision


class Outcome(StrEnum):
    """The outcomes; `forbidden > conditional > advised_against > permitted`, `unknown` apart."""

    FORBIDDEN = "forbidden"
    CONDITIONAL = "conditional"
    UNKNOWN = "unknown"
    ADVISED_AGAINST = "advised_against"
    PERMITTED = "permitted"


class Standing(StrEnum):
    """Where a clause is at an instant."""

    NOT_YET_IN_FORCE = "not_yet_in_force"
    IN_FORCE = "in_force"
    LAPSED = "lapsed"
    OVERDUE = "overdue"  # its time is up, the body said it would decide, and has not
    SUPERSEDED = "superseded"
    REPEALED = "repealed"


class Subject(StrEnum):
    """What a clause can rule on."""

    DEVICE = "device"
    NETWORK = "network"
    PLACE = "place"
    ACCOUNT = "account"


_FACTS = ("owner", "purchase_share", "subscription_share", "use_share", "access", "enrolment", "platform", "use")


@dataclass(frozen=True, slots=True, order=True)
class DeviceClass:
    """Devices that no rule can tell apart: one distinct combination of scope facts.

    `exemptions` are the ids of exemptions that name the device, so that an exempted device is its
    own class. `id` is a short digest of the rest. The same noun stands for the networks, places or accounts of
    a kind: `subject` then says which, and `word` the kind (`public`, `meeting`, `official`).
    """

    id: str
    facts: DeviceFacts
    people: People | None
    institution: str
    exemptions: tuple[str, ...] = ()
    subject: Subject = Subject.DEVICE
    word: str = ""

    @property
    def in_words(self) -> str:
        """The facts of a class: `owner person, subscription_share 30, …, staff`; missing ones are named."""
        if self.subject is not Subject.DEVICE:
            return f"everybody behind a {self.subject} of the kind {self.word}"
        said = ((name, getattr(self.facts, name)) for name in _FACTS)
        facts = [f"{name} {'not stated' if value is None else value}" for name, value in said]
        exempted = [f"exemption {e}" for e in self.exemptions]
        return ", ".join([*facts, str(self.people or "people not stated"), *exempted])


@dataclass(frozen=True, slots=True)
class DueDuty:
    """A duty in force, the clause it comes from and the instant from which it can be failed."""

    duty: Duty
    restriction: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Reason:
    """How one clause came out for a class: authority → clause → facts.

    `clause` is `text/restriction`. `force` is what remains after power was weighed (`None`: the
    text is a mirrored baseline and has no force here). `facts` are the tests that decided, as
    written, with the value found; `missing` names facts that would have decided. Of `since` no more
    is known than `since_known_to`: the rest of it stands for the first day on which it surely was so.
    """

    authority: str
    clause: str
    version: str
    force: Force | None
    standing: Standing
    since: datetime | None
    until: datetime | None
    in_scope: Truth
    facts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    to_be_decided: str = ""
    since_known_to: Precision = Precision.DAY


@dataclass(frozen=True, slots=True)
class Ruling:
    """The outcome for one class, one member, one surface and one instant.

    `deciding` is the clause that gave the outcome (the first by authority and clause id where
    several did). `divergences` are reasons of mirrored texts, which decide nothing.
    """

    device_class: str
    app: str
    surface: Surface
    at: datetime
    outcome: Outcome
    deciding: str | None
    reasons: tuple[Reason, ...]
    duties: tuple[DueDuty, ...] = ()
    exemption: str | None = None
    missing: tuple[str, ...] = ()
    divergences: tuple[Reason, ...] = ()


def open_points(untrusted_missing: Iterable[str]) -> str:
    """What keeps a ruling open: points that are contested, of which nobody has chosen a reading, then missing facts."""
    every, mark = list(untrusted_missing), "reading "
    readings = [m.removeprefix(mark).replace("_", " ") for m in every if m.startswith(mark)]
    facts = [m.replace("_", " ") for m in every if not m.startswith(mark)]
    said = (("contested, and nobody has chosen a reading", readings), ("not stated", facts))
    return "; ".join(f"{what}: {_listing(points)}" for what, points in said if points)


def _listing(words: list[str]) -> str:
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)
