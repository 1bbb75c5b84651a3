# SPDX-License-Identifier: EUPL-1.2
"""What can be done about an app on a device, on a network: the facts, and the answers of the sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from ordinance.model.apps import Surface
from ordinance.model.estate import Enrolment, Owner, People, Platform, Use
from ordinance.model.evidence import EvidenceKind


class Meeting(StrEnum):
    """How a device meets an app on a surface: it lies there and runs, or the device asks for it over a network."""

    ON_THE_DEVICE = "on_the_device"
    TRAFFIC = "traffic"


class Connection(StrEnum):
    """Over which network a device is connected."""

    OFFICE = "office"  # one of the body's own
    OTHER_NETWORK = "other_network"  # at home, in a train, at somebody else's
    MOBILE_DATA = "mobile_data"


class Act(StrEnum):
    """What a means does."""

    BLOCK = "block"
    DETECT = "detect"


class Says(StrEnum):
    """What a fact says of its means on the devices that it speaks of."""

    CAN = "can"
    CANNOT = "cannot"  # there is no such means on such a device
    NOT_BY_THIS = "not_by_this"  # this one does not work there; another may


class Hold(StrEnum):
    """The answers of the sheet. The first four are what it is about, strongest first."""

    BLOCK = "block"
    DETECT = "detect"
    ATTEST_ONLY = "attest_only"  # somebody's word is all there can be
    NOT_AT_ALL = "not_at_all"
    NOT_KNOWN = "not_known"  # no document that was read says so
    NOT_ON_PLATFORM = "not_on_platform"  # such a device never meets the app that way
    EXEMPT = "exempt"


class WhyNot(StrEnum):
    """Why no more is done at a body than is."""

    NOT_ASKED = "not_asked"  # no rule asks for it there
    BY_DECISION = "by_decision"  # nothing about devices is read
    NOT_CONFIGURED = "not_configured"
    NOT_ALLOWED = "not_allowed"  # the body does not let the evidence be read that there could be


@dataclass(frozen=True, slots=True)
class Document:
    """A vendor's or standard's document. `version` is its own date or version, `retrieved` when somebody read it."""

    id: str
    title: str
    url: str
    version: str
    retrieved: date


@dataclass(frozen=True, slots=True)
class Fact:
    """What a means does on which device. An empty set means any, a device of which nobody stated it included.

    `targets` set it; without any it is set by hand. `evidence` is the kind of source that shows it. `cites` is empty
    only where it follows from the words themselves.
    """

    id: str
    act: Act
    says: Says
    meeting: Meeting
    by: str
    how: str
    but: str = ""
    platforms: frozenset[Platform] = frozenset()
    enrolments: frozenset[Enrolment] = frozenset()
    owners: frozenset[Owner] = frozenset()
    surfaces: frozenset[Surface] = frozenset()
    connections: frozenset[Connection] = frozenset()
    targets: frozenset[str] = frozenset()
    evidence: EvidenceKind | None = None
    cites: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class Devices:
    """Devices that the sheet treats alike, and what rules ask of them.

    `asked` are the apps that rules in force keep off, by surface; `lifted` the exemptions that lift all of it there.
    `unsure` are facts that nobody stated and that would decide whether a rule covers them. `reached` is how many may be
    on a network that a target serves, `logged` on one that a source is the log of; `None`: nobody stated networks.
    """

    platform: Platform | None
    owner: Owner | None
    enrolment: Enrolment | None
    part_funded: bool | None = None
    use: Use | None = None
    people: People | None = None
    exemptions: tuple[str, ...] = ()
    devices: int = 0
    asked: Mapping[Surface, frozenset[str]] = field(default_factory=dict)
    lifted: Mapping[Surface, tuple[str, ...]] = field(default_factory=dict)
    unsure: tuple[str, ...] = ()
    reached: Mapping[str, int | None] = field(default_factory=dict)
    logged: Mapping[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SetTarget:
    """A target that a body configured, and the apps of which it blocks anything, by surface.

    `for_networks` are those among them that a rule about networks asks to block, for whoever is there.
    """

    id: str
    by_network: bool
    blocks: Mapping[Surface, frozenset[str]]
    for_networks: Mapping[Surface, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SetSource:
    """A source that a body configured. `platforms` are those it lists (empty: all)."""

    id: str
    kind: EvidenceKind
    platforms: frozenset[Platform] = frozenset()


@dataclass(frozen=True, slots=True)
class Setup:
    """What is set up at a body. `installed` are targets that could be configured here."""

    targets: tuple[SetTarget, ...] = ()
    sources: tuple[SetSource, ...] = ()
    allowed: frozenset[EvidenceKind] = frozenset()
    installed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class InUse:
    """A target or source that does something there. `devices` of the group, `None` where nobody can say; `apps` of
    those asked about, empty for a source, which looks for all of them. `for_network`: no rule about the devices asks
    for it, but one about the network does.
    """

    act: Act
    id: str
    fact: str
    devices: int | None
    apps: frozenset[str] = frozenset()
    for_network: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One answer: what can be done at `best`, what is set up `here` and with what, and what else is possible.

    `connections` are those for which all of it is the same. `possible`, `cannot` and `not_by` are ids of facts.
    `hit` are targets that hit exempted devices all the same.
    """

    surface: Surface
    meeting: Meeting
    connections: tuple[Connection, ...]
    best: Hold
    here: Hold
    why: WhyNot | None = None
    in_use: tuple[InUse, ...] = ()
    possible: tuple[str, ...] = ()
    cannot: tuple[str, ...] = ()
    not_by: tuple[str, ...] = ()
    exemptions: tuple[str, ...] = ()
    hit: tuple[str, ...] = ()
