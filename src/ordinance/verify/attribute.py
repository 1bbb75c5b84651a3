# SPDX-License-Identifier: EUPL-1.2
"""From an address at an instant to a device, or to nobody.

Reads: leases and the estate's hardware addresses. Doubt names nobody: no lease, two leases at once,
or a hardware address that the device made up for itself give a reason instead of a device.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ordinance.model.estate import Device, Estate
from ordinance.model.evidence import Lease, NameAsked


@dataclass(frozen=True, slots=True)
class Attributed:
    """Who asked: a device of the estate, or a reason why nobody is named.

    Reasons: `no_lease`, `overlapping_leases`, `randomised_address`, `unknown_device` (a stable hardware
    address in nobody's list; `mac` is kept in memory only so that two of them are not counted as one).
    """

    device: str | None
    reason: str = ""
    mac: str = ""


class Attribution:
    """An interval join of address and time, then of hardware address and day."""

    def __init__(self, estate: Estate, leases: Iterable[Lease], zone: ZoneInfo, today: date) -> None:
        self._zone, self._today = zone, today
        self._leases: Mapping[tuple[str, str], list[Lease]] = _by_address(leases)
        self._owners = _by_mac(estate)
        self._estate = estate

    def of(self, asked: NameAsked) -> Attributed:
        """Who asked for a name."""
        held = [
            lease
            for lease in self._leases.get((asked.where.source, asked.address), ())
            if lease.start <= asked.at < lease.end
        ]
        macs = {lease.mac for lease in held}
        if len(macs) != 1:
            return Attributed(None, "overlapping_leases" if macs else "no_lease")
        return self._owner(macs.pop(), asked.at)

    def _owner(self, mac: str, at: datetime) -> Attributed:
        if is_randomised(mac):
            return Attributed(None, "randomised_address", mac)
        day = at.astimezone(self._zone).date()
        devices = {
            d
            for d in self._owners.get(mac, ())
            if any(mac in r.macs for r in rows_on(self._estate, d, day, self._today))
        }
        if len(devices) == 1:
            return Attributed(devices.pop(), "", mac)
        return Attributed(None, "shared_address" if devices else "unknown_device", mac)


def is_randomised(mac: str) -> bool:
    """Whether a hardware address is locally administered (IEEE 802, bit 1 of the first octet)."""
    try:
        return bool(int(mac.partition(":")[0], 16) & 0b10)
    except ValueError:
        return True


def rows_on(estate: Estate, device_id: str, day: date, today: date) -> tuple[Device, ...]:
    """The rows that may speak of a device on a day, seen from the day of the check (`today`).

    The one that states the day; else those without a first day, which leave past days open. A row whose
    last day is over speaks no more.
    """
    row = estate.device_on(device_id, day, today)
    if row is not None:
        return (row,)
    undated = (r for r in estate.device_rows[device_id] if r.validity.first is None)
    return tuple(r for r in undated if r.validity.last is None or day <= r.validity.last)


def has_stable_address(estate: Estate, device_id: str, day: date, today: date) -> bool:
    """Whether a log could name the device that day: it lists a hardware address it did not make up."""
    rows = rows_on(estate, device_id, day, today)
    return any(not is_randomised(mac) for r in rows for mac in r.macs)


def _by_address(leases: Iterable[Lease]) -> dict[tuple[str, str], list[Lease]]:
    found: dict[tuple[str, str], list[Lease]] = {}
    for lease in leases:
        found.setdefault((lease.of or lease.where.source, lease.address), []).append(lease)
    return found


def _by_mac(estate: Estate) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for device in estate.devices:
        for mac in device.macs:
            found.setdefault(mac, set()).add(device.id)
    return {mac: tuple(sorted(ids)) for mac, ids in found.items()}
