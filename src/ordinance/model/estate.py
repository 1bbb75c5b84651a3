# SPDX-License-Identifier: EUPL-1.2
"""The body's estate: devices, people, units and networks, as dated rows of facts.

A fact that was not stated is `None`: missing, never assumed. A row without `valid_from` is known
only on the day of the check; past days are unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import TypeVar

from ordinance.model.apps import Surface


class Owner(StrEnum):
    """Who owns the device."""

    BODY = "body"
    LEASED = "leased"  # by the body
    PERSON = "person"
    CONTRACTOR = "contractor"
    CONTRACTOR_STAFF = "contractor_staff"  # belongs to somebody who works for a contractor
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
    IOT = "iot"  # appliances, cameras, screens


MOBILE = frozenset({Platform.ANDROID, Platform.IOS})  # of these, devices are also on mobile data
_BOTH = frozenset({Platform.CHROMEOS, Platform.MACOS})


def app_surfaces(platform: Platform | None) -> tuple[Surface, ...]:
    """The surfaces on which a device meets what runs on it, a phone's app or a computer's program, likeliest first.

    Chromebooks and Macs run phone apps too; where nobody stated the platform it may be either.
    """
    if platform in MOBILE:
        return (Surface.APP,)
    return (Surface.APP, Surface.DESKTOP) if platform is None or platform in _BOTH else (Surface.DESKTOP,)


def possible_surfaces(platform: Platform | None) -> frozenset[Surface]:
    """The surfaces on which a device of that platform can meet an app at all."""
    never = {Surface.APP, Surface.DESKTOP} - set(app_surfaces(platform))
    return frozenset(Surface) - never


class Use(StrEnum):
    """What the device is for; `separate` is declared for one channel and nothing else."""

    WORK = "work"
    SEPARATE = "separate"
    PUPIL = "pupil"
    PUBLIC = "public"


class ItService(StrEnum):
    """Whose information technology the device is run by: the body's own, or one that several bodies share."""

    OWN = "own"
    SHARED = "shared"


class People(StrEnum):
    """Populations a rule can speak of."""

    STAFF = "staff"
    MINISTER = "minister"
    ELECTED = "elected"
    ASSISTANT = "assistant"  # of an elected member or a minister
    BOARD = "board"  # of commissions and boards
    POLICE = "police"
    CONTRACTOR = "contractor"
    SUBCONTRACTOR = "subcontractor"  # of every tier below a contractor
    VOLUNTEER = "volunteer"
    INTERN = "intern"
    PUPIL = "pupil"
    VISITOR = "visitor"
    REGULATED = "regulated"  # staff of private operators under a security law
    PUBLIC = "public"  # everybody


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What scope may ask of a device. Shares are percentages paid by the body, 0 to 100.

    `confidential`: confidential information is handled on it. `contract_required`: a contract with the body
    requires it, expressly or to a significant extent. `incidental`: it is incidental to a contract.
    """

    owner: Owner | None = None
    purchase_share: int | None = None
    subscription_share: int | None = None
    use_share: int | None = None
    access: Access | None = None
    enrolment: Enrolment | None = None
    platform: Platform | None = None
    use: Use | None = None
    it_service: ItService | None = None
    confidential: bool | None = None
    contract_required: bool | None = None
    incidental: bool | None = None

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

    def changes(self) -> Iterator[date]:
        """The days on which the row begins to speak, and no longer does; one without a first day speaks of today."""
        if self.first is not None:
            yield self.first
        if self.last is not None and self.last != date.max:  # spreadsheets write "for ever" as 9999-12-31
            yield self.last + timedelta(days=1)


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


IPV4_MAPPED = IPv6Network("::ffff:0:0/96")  # RFC 4291, section 2.5.5.2


@dataclass(frozen=True, slots=True)
class Network:
    """One row of networks.csv. `populations` may join it; `units` work there (empty: all units)."""

    id: str
    name: str
    cidrs: tuple[IPv4Network | IPv6Network, ...]
    populations: tuple[People, ...]
    use: Use = Use.WORK
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class Estate:
    """All rows. Several rows of one device state its facts at different times."""

    devices: tuple[Device, ...] = ()
    people: tuple[Person, ...] = ()
    units: tuple[Unit, ...] = ()
    networks: tuple[Network, ...] = ()

    def networks_at(self, address: str) -> frozenset[str]:
        """The networks that an address belongs to, by the smallest range that holds it; none where no range does."""
        try:
            found = ip_address(address)
        except ValueError:
            return frozenset()
        holding = [(c.prefixlen, n.id) for n in self.networks for c in n.cidrs if found in c]
        smallest = max((length for length, _ in holding), default=0)
        return frozenset(network for length, network in holding if length == smallest)

    @cached_property
    def device_rows(self) -> Mapping[str, tuple[Device, ...]]:
        """Rows of each device, by its id, ids sorted."""
        return _by_id(self.devices)

    @cached_property
    def person_rows(self) -> Mapping[str, tuple[Person, ...]]:
        """Rows of each person, by id."""
        return _by_id(self.people)

    @cached_property
    def _units(self) -> Mapping[str, Unit]:
        return {u.id: u for u in self.units}

    def device_ids(self) -> tuple[str, ...]:
        """Each device once, sorted."""
        return tuple(self.device_rows)

    def device_on(self, device_id: str, day: date, today: date) -> Device | None:
        """The row that states the device's facts on `day`, seen from the day of the check."""
        for row in self.device_rows.get(device_id, ()):
            if row.validity.states(day, today):
                return row
        return None

    def latest_row(self, device_id: str) -> Device:
        """The row that speaks last of a device: by its first day, not by its place in the file."""
        return max(self.device_rows[device_id], key=lambda d: (d.validity.first or date.max, d.line))

    def person_on(self, person_id: str, day: date, today: date) -> Person | None:
        """The row that states the person's facts on `day`, seen from the day of the check."""
        return next((p for p in self.person_rows.get(person_id, ()) if p.validity.states(day, today)), None)

    def unit(self, unit_id: str | None) -> Unit | None:
        """The unit of that id."""
        return self._units.get(unit_id) if unit_id else None

    def devices_on(self, day: date, today: date) -> Iterator[Device]:
        """The row of each device that states facts on `day`, by id."""
        for device_id in self.device_rows:
            device = self.device_on(device_id, day, today)
            if device is not None:
                yield device


_Row = TypeVar("_Row", Device, Person)


def _by_id(rows: Iterable[_Row]) -> dict[str, tuple[_Row, ...]]:
    found: dict[str, list[_Row]] = {}
    for row in rows:
        found.setdefault(row.id, []).append(row)
    return {key: tuple(found[key]) for key in sorted(found)}
