# SPDX-License-Identifier: EUPL-1.2
"""What enforcement works with: the plan, and what a target makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import ClassVar, Protocol

from ordinance.model.apps import Identifier, Surface
from ordinance.model.estate import Network
from ordinance.model.law import Duty
from ordinance.model.ruling import DeviceClass


class Support(StrEnum):
    """How far a target can carry out a duty on a surface."""

    FULL = "full"
    PARTIAL = "partial"
    NOT_YET = "not_yet"  # could be done, is not
    NEVER = "never"  # cannot be done by this kind of consumer


class Proof(StrEnum):
    """How far a target was shown to work with its real consumer."""

    BEHAVES = "behaves"  # the tests start the consumer with these files, and ask it
    CONTRACT_ONLY = "contract_only"  # the files follow what the vendor publishes; no consumer could be started
    WORDS = "words"  # people read it; no program does


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing asked for: a duty of a clause, for one member on one surface.

    `identifiers` are all of the member's (and, for shared names, the family's); `web_forbidden`
    says whether the web surface is restricted too, so that `web` names may be blocked.
    `classes` are the device classes it holds for, `devices` their number.
    """

    restriction: str
    duty: Duty
    app: str
    surface: Surface
    due: datetime
    identifiers: tuple[Identifier, ...]
    web_forbidden: bool
    classes: tuple[str, ...]
    devices: int


@dataclass(frozen=True, slots=True, order=True)
class Bystanders:
    """People or devices on a network that no ruling covers. `count` is `None` where nobody counts."""

    network: str
    who: str
    count: int | None


@dataclass(frozen=True, slots=True, order=True)
class ClassSize:
    """A class of devices that a plan is for, its facts in words and as they are.

    `devices` is `None` where nobody counts them, as behind a network. `who` is `None` where only an old bundle knew it.
    """

    id: str
    facts: str
    devices: int | None
    who: DeviceClass | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Plan:
    """What must be configured at one instant. The same for every target.

    `networks` are those that targets serve, `others` the rest that the estate knows of. `bystanders` are on the
    former and covered by no ruling, and `exempt_devices` counts devices that an exemption allows. `notice` is the
    body's, for everything made from it; `invented` are the parts that an example made up: the text's id, its version,
    and their paths. `catalogue_digest` is that of the files of its version. `neighbours` are all names that are surely
    some app's. `classes` are those that any demand is for, and `estate_devices` counts all devices of that day.
    `first_end` is when the first of the demands ends, as far as is stated; no artefact says it.
    """

    body: str
    at: datetime
    catalogue_version: str
    demands: tuple[Demand, ...]
    networks: tuple[Network, ...] = ()
    bystanders: tuple[Bystanders, ...] = ()
    exempt_devices: int = 0
    notice: str = ""
    invented: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    catalogue_digest: str = ""
    neighbours: tuple[Identifier, ...] = ()
    classes: tuple[ClassSize, ...] = ()
    estate_devices: int = 0
    others: tuple[Network, ...] = ()
    first_end: datetime | None = None


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """Something asked for that an artefact does not do. `id` is stable; `reason` is for people."""

    target: str
    restriction: str
    duty: Duty
    app: str
    surface: Surface
    id: str
    reason: str
    identifier: str = ""


@dataclass(frozen=True, slots=True, order=True)
class OverReach:
    """Somebody or something an artefact hits that no ruling covers."""

    target: str
    network: str
    who: str
    count: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Artefact:
    """A file for a real consumer. `content` is bytes: what was hashed is what ships.

    `path` begins with the target's id. `lines` says which demand put which identifier there:
    (restriction, duty, app, surface, identifier).
    `entries` are the blocked names in a form that two bundles can be compared by. `left_out` are address ranges
    for which it blocks nothing.
    """

    path: str
    content: bytes
    entries: tuple[str, ...]
    lines: tuple[tuple[str, Duty, str, Surface, str], ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a target gives back for a plan.

    `gets` are the classes of devices that its files can be brought to, each with every entry: `None` where networks are
    served, and where each class is told what is for it alone.
    """

    artefacts: tuple[Artefact, ...]
    gaps: tuple[Gap, ...]
    over_reach: tuple[OverReach, ...]
    gets: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class ConsumerCheck:
    """How a real program is asked whether it takes a file: `arguments` hold `{file}` where its path goes.

    `version` are the arguments with which the program says what it is.
    """

    program: str
    version: tuple[str, ...]
    arguments: tuple[str, ...]
    path: str


@dataclass(frozen=True, slots=True, order=True)
class Accepted:
    """What a real program took of a bundle. `version` is empty where it is not on this machine: nobody asked."""

    target: str
    program: str
    version: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A version number that a target's files were given, and a digest of all of them with it."""

    number: int
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a target: its default, the values allowed (a whole-string pattern), and that in words."""

    default: str
    pattern: str
    expected: str


class Target(Protocol):
    """An enforcement point. Mostly a table; `compile` is pure: same plan, settings, serial, same bytes.

    `serial` is the version number for formats that carry one; it rises with each changed bundle. `version_field` says
    where it stands in the files: all that may differ between two bundles that ask for the same; empty: nowhere.
    `consumer` says which program reads the files, and `proof` whether it was there when the target was tested.
    `by_network`: it serves networks, and hits whoever is on them; others configure devices. `gaps` is the reason of
    each gap that it may leave, by id.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    consumer: ClassVar[str]
    support: ClassVar[Mapping[tuple[Duty, Surface], Support]]
    version_field: ClassVar[str]
    proof: ClassVar[Proof]
    by_network: ClassVar[bool]
    settings: ClassVar[Mapping[str, Setting]]
    gaps: ClassVar[Mapping[str, str]]

    def compile(self, plan: Plan, settings: Mapping[str, str], serial: int) -> Compiled:
        """Artefacts, gaps and over-reach for a plan."""
        ...

    def checks(self, settings: Mapping[str, str]) -> tuple[ConsumerCheck, ...]:
        """How programs of its consumers are asked about its files; none where they cannot be asked without running."""
        ...


def in_order(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """All gaps, sorted, each once."""
    return tuple(sorted(set(gaps), key=_GAP_KEY))


_GAP_KEY = attrgetter(*(f.name for f in fields(Gap)))  # quicker than comparing gaps: there are tens of thousands
