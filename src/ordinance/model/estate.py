# SPDX-License-Identifier: EUPL-1.2
"""The body's estate: devices, people, units and networks, as dated rows of facts.

A fact that was not stated is `None`: missing, never assumed. A row without `valid_from` is known
only on the day of the check; past days are unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from typing import TypeVar


class Owner(StrEnum):
    """Who owns the device."""

    BODY = "body"
    PERSON = "person"
    CONTRACTOR = "contractor"
    OTHER = "other"


class Access(StrEnum):
    """What of the body's own information the device reaches."""

    NONE = "none"
    MAIL = "mail"
    INTERNAL = "internal"


class Enrolment(StrEnum):
    """How the device is managed."""

    NONE = "none"
    USER = "user"
    WORK_PROFILE = "work_profile"
    MANAGED = "managed"
    SUPERVISED = "supervised"


class Platform(StrEnum):
    """Operating system family."""

    ANDROID = "android"
    IOS = "ios"
    WINDOWS = "windows"
    MACOS = "macos"
    LINUX = "linux"
    CHROMEOS = "chromeos"


class Use(StrEnum):
    """What the device is for; `separate` is declared for one channel and nothing else."""

    WORK = "work"
    SEPARATE = "separate"
    PUPIL = "pupil"
    PUBLIC = "public"


class People(StrEnum):
    """Populations a rule can speak of."""

    STAFF = "staff"
    ELECTED = "elected"
    POLICE = "police"
    CONTRACTOR = "contractor"
    VOLUNTEER = "volunteer"
    PUPIL = "pupil"
    VISITOR = "visitor"


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What scope may ask of a device. Shares are percentages paid by the body, 0 to 100."""

    owner: Owner | None = None
    purchase_share: int | None = None
    subscription_share: int | None = None
    use_share: int | None = None
    access: Access | None = None
    enrolment: Enrolment | None = None
    platform: Platform | None = None
    use: Use | None = None

    @property
    def part_funded(self) -> bool | None:
        """Whether any share is above zero; `None` while no share is and one is missing."""
        shares = (self.purchase_share, self.subscription_share, self.use_share)
        if any(s is not None and s > 0 for s in shares):
            return True
        return None if any(s is None for s in shares) else False


@dataclass(frozen=True, slots=True)
class Validity:
    """First and last day (inclusive) on which a row states facts."""

    first: date | None = None
    last: date | None = None

    def states(self, day: date, today: date) -> bool:
        """Whether the row speaks of `day`, seen from `today` (the day of the check)."""
        if self.last is not None and day > self.last:
            return False
        return day == today if self.first is None else self.first <= day


@dataclass(frozen=True, slots=True)
class Device:
    """One row of devices.csv. `macs` are lower-case with colons. `line` is where it stands."""

    id: str
    facts: DeviceFacts
    holder: str | None = None
    unit: str | None = None
    macs: tuple[str, ...] = ()
    inventory_name: str = ""
    validity: Validity = field(default_factory=Validity)
    line: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """One row of people.csv."""

    id: str
    people: People | None
    unit: str | None = None
    validity: Validity = field(default_factory=Validity)
    line: int = 0


@dataclass(frozen=True, slots=True)
class Unit:
    """One row of units.csv; `institution` is the authority it belongs to, the body's by default."""

    id: str
    name: str
    institution: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Network:
    """One row of networks.csv. `populations` may join it; `units` work there (empty: all units)."""

    id: str
    name: str
    cidrs: tuple[IPv4Network | IPv6Network, ...]
    populations: tuple[People, ...]
    use: Use = Use.WORK
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Estate:
    """All rows. Several rows of one device state its facts at different times."""

    devices: tuple[Device, ...] = ()
    people: tuple[Person, ...] = ()
    units: tuple[Unit, ...] = ()
    networks: tuple[Network, ...] = ()

    def device_ids(self) -> tuple[str, ...]:
        """Each device once, sorted."""
        return tuple(sorted({d.id for d in self.devices}))

    def device_on(self, device_id: str, day: date, today: date) -> Device | None:
        """The row that states the device's facts on `day`."""
        return _stated((d for d in self.devices if d.id == device_id), day, today)

    def person_on(self, person_id: str, day: date, today: date) -> Person | None:
        """The row that states the person's facts on `day`."""
        return _stated((p for p in self.people if p.id == person_id), day, today)

    def unit(self, unit_id: str | None) -> Unit | None:
        """The unit of that id."""
        return next((u for u in self.units if u.id == unit_id), None)

    def devices_on(self, day: date, today: date) -> Iterator[Device]:
        """The row of each device that states facts on `day`, by id."""
        for device_id in self.device_ids():
            device = self.device_on(device_id, day, today)
            if device is not None:
                yield device


_Row = TypeVar("_Row", Device, Person)


def _stated(rows: Iterable[_Row], day: date, today: date) -> _Row | None:
    return next((r for r in rows if r.validity.states(day, today)), None)
