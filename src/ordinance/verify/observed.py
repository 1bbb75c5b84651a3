# SPDX-License-Identifier: EUPL-1.2
"""Observations joined to devices: what was installed where, and who asked for what.

Reads: readings and the estate. Rows about names that no device of the estate has stay apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ordinance.model.apps import Surface
from ordinance.model.estate import Device, Estate
from ordinance.model.evidence import AppInstalled, NameAsked, Reading
from ordinance.verify.attribute import Attributed, Attribution
from ordinance.verify.grades import surface_of, traffic_surfaces


@dataclass(frozen=True, slots=True)
class Installed:
    """A watched app on a device of the estate."""

    row: AppInstalled
    surface: Surface


@dataclass(frozen=True, slots=True)
class Asked:
    """A watched name asked by somebody; `surfaces` are those that the asker's platform allows."""

    row: NameAsked
    by: Attributed
    surfaces: tuple[Surface, ...]


@dataclass(slots=True)
class Observed:
    """By device id; `nobody` holds names asked by whom no device can be named."""

    installed: dict[str, list[Installed]] = field(default_factory=dict)
    asked: dict[str, list[Asked]] = field(default_factory=dict)
    nobody: list[Asked] = field(default_factory=list)
    elsewhere: list[AppInstalled] = field(default_factory=list)

    @property
    def all_asked(self) -> tuple[Asked, ...]:
        """Every watched question, in order of time and place."""
        every = [*self.nobody, *(a for rows in self.asked.values() for a in rows)]
        return tuple(sorted(every, key=lambda a: (a.row.at, a.row.where)))


def observe(estate: Estate, readings: Iterable[Reading], attribution: Attribution) -> Observed:
    """Join every observation to the device it speaks of, or to nobody."""
    observed = Observed()
    names = _devices_by_name(estate)
    for reading in readings:
        for row in reading.installed:
            device = names.get(row.device)
            if device is None:
                observed.elsewhere.append(row)
            else:
                surface = surface_of(row.identifier, device.facts.platform)
                observed.installed.setdefault(device.id, []).append(Installed(row, surface))
        for asked in reading.names:
            by = attribution.of(asked)
            rows = observed.asked.setdefault(by.device, []) if by.device else observed.nobody
            platform = estate.device_rows[by.device][-1].facts.platform if by.device else None
            rows.append(Asked(asked, by, traffic_surfaces(platform)))
    return observed


def _devices_by_name(estate: Estate) -> Mapping[str, Device]:
    """Inventory names and ids, each to one row; a name that two devices claim belongs to neither."""
    found: dict[str, Device] = {}
    claimed: set[str] = set()
    for device in estate.devices:
        for name in {device.id, device.inventory_name} - {""}:
            if name in found and found[name].id != device.id:
                claimed.add(name)
            found[name] = device
    return {name: device for name, device in found.items() if name not in claimed}
