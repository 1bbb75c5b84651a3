# SPDX-License-Identifier: EUPL-1.2
"""Observations joined to devices: what was installed where, and who asked for what.

Reads: readings and the estate. Rows about names that no device of the estate has stay apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import ClassVar
from zoneinfo import ZoneInfo

from ordinance.model.apps import Surface
from ordinance.model.estate import Estate, Platform, possible_surfaces
from ordinance.model.evidence import AppInstalled, EvidenceKind, NameAsked, Reading
from ordinance.verify.attribute import Attributed, Attribution
from ordinance.verify.grades import is_name_match, proves_use, surface_of, traffic_surfaces
from ordinance.verify.names import InventoryNames


@dataclass(frozen=True, slots=True)
class Installed:
    """A watched app on a device of the estate.

    `fits`: whether anything of the kind runs on the platform that the estate states. Where it does not, inventory and
    estate contradict each other, and nobody can say which of them is right.
    """

    row: AppInstalled
    surface: Surface
    fits: bool = True

    kind: ClassVar[EvidenceKind] = EvidenceKind.INVENTORY

    @property
    def at(self) -> datetime:
        """The instant of the inventory."""
        return self.row.seen

    @property
    def app(self) -> str:
        """`family/member`."""
        return f"{self.row.identifier.family}/{self.row.identifier.member}"

    @property
    def surfaces(self) -> tuple[Surface, ...]:
        """The surface on which it is, alone."""
        return _alone(self.surface)

    @property
    def proves(self) -> bool:
        """Whether the row alone may say that the app is there: an id of the app, on a platform that can have it."""
        return self.fits and not is_name_match(self.row.identifier)

    @property
    def doubt(self) -> str:
        """Why a row proves nothing."""
        return "name_match_only" if self.fits else "platform_contradicted"


@dataclass(frozen=True, slots=True)
class Asked:
    """A watched name asked by somebody, on a day by the body's clocks.

    `surfaces` are those that the asker's platform allows.
    """

    row: NameAsked
    by: Attributed
    surfaces: tuple[Surface, ...]
    day: date
    kind: ClassVar[EvidenceKind] = EvidenceKind.NETWORK_DEVICE

    @property
    def at(self) -> datetime:
        """The instant of the question."""
        return self.row.at

    @property
    def app(self) -> str:
        """`family/member`; empty where the name is no app's."""
        found = self.row.identifier
        return f"{found.family}/{found.member}" if found else ""

    @property
    def proves(self) -> bool:
        """Whether the question alone may say that the app was used."""
        return proves_use(self.row)


Seen = Installed | Asked


@dataclass(slots=True)
class Observed:
    """By device id; `nobody` holds names asked by whom no device can be named, `elsewhere` apps in an
    inventory on a device that the estate does not have (or has twice)."""

    installed: dict[str, list[Installed]] = field(default_factory=dict)
    asked: dict[str, list[Asked]] = field(default_factory=dict)
    nobody: list[Asked] = field(default_factory=list)
    elsewhere: list[AppInstalled] = field(default_factory=list)

    def every(self) -> Iterator[Asked]:
        """Every watched question, in no order."""
        yield from self.nobody
        for rows in self.asked.values():
            yield from rows

    @property
    def all_asked(self) -> tuple[Asked, ...]:
        """Every watched question, in order of time and place."""
        return tuple(sorted(self.every(), key=lambda a: (a.row.at, a.row.where)))


@cache
def _alone(surface: Surface) -> tuple[Surface, ...]:
    return (surface,)


def observe(
    estate: Estate, readings: Iterable[Reading], attribution: Attribution, names: InventoryNames, zone: ZoneInfo
) -> Observed:
    """Join every observation to the device it speaks of, or to nobody."""
    observed = Observed()
    platforms: dict[tuple[str, date], Platform | None] = {}

    def platform_of(device: str, day: date) -> Platform | None:
        if (device, day) not in platforms:
            row = estate.device_on(device, day, day) or estate.latest_row(device)
            platforms[device, day] = row.facts.platform
        return platforms[device, day]

    for reading in readings:
        for row in reading.installed:
            device = names.device(row.device, row.seen)
            if device is None:
                observed.elsewhere.append(row)
            else:
                platform = platform_of(device, row.seen.astimezone(zone).date())
                surface = surface_of(row.identifier, platform)
                fits = surface in possible_surfaces(platform)
                observed.installed.setdefault(device, []).append(Installed(row, surface, fits))
        for asked in reading.names:
            by, day = attribution.of_day(asked)
            rows = observed.asked.setdefault(by.device, []) if by.device else observed.nobody
            asker = platform_of(by.device, day) if by.device else None
            rows.append(Asked(asked, by, traffic_surfaces(asker), day))
    return observed
