# SPDX-License-Identifier: EUPL-1.2
"""Observations joined to devices: what was installed where, and who asked for what.

Reads: readings and the estate. Rows about names that no device of the estate has stay apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from ordinance.model.apps import Surface
from ordinance.model.estate import Estate, Platform
from ordinance.model.evidence import AppInstalled, NameAsked, Reading
from ordinance.verify.attribute import Attributed, Attribution
from ordinance.verify.grades import surface_of, traffic_surfaces
from ordinance.verify.names import InventoryNames


@dataclass(frozen=True, slots=True)
class Installed:
    """A watched app on a device of the estate."""

    row: AppInstalled
    surface: Surface

    @property
    def member(self) -> str:
        """`family/member`."""
        return f"{self.row.identifier.family}/{self.row.identifier.member}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A watched name asked by somebody; `surfaces` are those that the asker's platform allows."""

    row: NameAsked
    by: Attributed
    surfaces: tuple[Surface, ...]


@dataclass(slots=True)
class Observed:
    """By device id; `nobody` holds names asked by whom no device can be named, `elsewhere` apps in an
    inventory on a device that the estate does not have (or has twice)."""

    installed: dict[str, list[Installed]] = field(default_factory=dict)
    asked: dict[str, list[Asked]] = field(default_factory=dict)
    nobody: list[Asked] = field(default_factory=list)
    elsewhere: list[AppInstalled] = field(default_factory=list)

    @property
    def all_asked(self) -> tuple[Asked, ...]:
        """Every watched question, in order of time and place."""
        every = [*self.nobody, *(a for rows in self.asked.values() for a in rows)]
        return tuple(sorted(every, key=lambda a: (a.row.at, a.row.where)))


def observe(
    estate: Estate, readings: Iterable[Reading], attribution: Attribution, names: InventoryNames, zone: ZoneInfo
) -> Observed:
    """Join every observation to the device it speaks of, or to nobody."""
    observed = Observed()
    for reading in readings:
        for row in reading.installed:
            device = names.device(row.device, row.seen)
            if device is None:
                observed.elsewhere.append(row)
            else:
                surface = surface_of(row.identifier, _platform(estate, device, row.seen, zone))
                observed.installed.setdefault(device, []).append(Installed(row, surface))
        for asked in reading.names:
            by = attribution.of(asked)
            rows = observed.asked.setdefault(by.device, []) if by.device else observed.nobody
            platform = _platform(estate, by.device, asked.at, zone) if by.device else None
            rows.append(Asked(asked, by, traffic_surfaces(platform)))
    return observed


def _platform(estate: Estate, device: str, at: datetime, zone: ZoneInfo) -> Platform | None:
    day = at.astimezone(zone).date()
    row = estate.device_on(device, day, day) or estate.latest_row(device)
    return row.facts.platform
