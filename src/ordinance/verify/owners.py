# SPDX-License-Identifier: EUPL-1.2
"""From a hardware address on a day to the devices of the estate that have it then.

Reads: the estate. Of several rows of a device the one that states the day speaks; where two devices list one address
both are given, and whoever asks names neither. Cannot know whose an address is that a device made up for itself.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from functools import lru_cache

from ordinance.model.estate import Device, Estate


class Owners:
    """Whose hardware addresses are, seen from the day of the check (`today`); each is looked up once a change."""

    def __init__(self, estate: Estate, today: date) -> None:
        self.today = today
        self._estate = estate
        found: dict[str, set[str]] = {}
        for device in estate.devices:
            for mac in device.macs:
                found.setdefault(mac, set()).add(device.id)
        self._listing = {mac: tuple(sorted(ids)) for mac, ids in found.items()}
        self._known: dict[str, tuple[list[date], list[tuple[str, ...] | None]]] = {}

    def ever(self, mac: str) -> tuple[str, ...]:
        """The devices that list a hardware address in any of their rows, sorted."""
        return self._listing.get(mac, ())

    def of(self, mac: str, day: date) -> tuple[str, ...]:
        """The devices that have a hardware address on a day, sorted."""
        every = self._listing.get(mac)
        if every is None:
            return ()
        known = self._known.get(mac)
        if known is None:
            changes = self._changes(every)
            known = self._known[mac] = changes, [None] * (len(changes) + 1)
        changes, between = known
        n = bisect_right(changes, day)
        found = between[n]
        if found is None:
            found = tuple(d for d in every if is_its_own(self._estate, d, mac, day, self.today))
            between[n] = found
        return found

    def _changes(self, devices: tuple[str, ...]) -> list[date]:
        """The days on which another row begins to speak of one of these: between two the answer is the same."""
        rows = (row for device in devices for row in self._estate.device_rows[device])
        days = {day for row in rows for day in row.validity.changes()}
        return sorted({*days, self.today, self.today + timedelta(days=1)})


@lru_cache(maxsize=65_536)
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


def is_its_own(estate: Estate, device_id: str, mac: str, day: date, today: date) -> bool:
    """Whether a device has a hardware address on a day."""
    return any(mac in r.macs for r in rows_on(estate, device_id, day, today))


def has_stable_address(estate: Estate, device_id: str, day: date, today: date) -> bool:
    """Whether a log could name the device that day: it lists a hardware address it did not make up."""
    rows = rows_on(estate, device_id, day, today)
    return any(not is_randomised(mac) for r in rows for mac in r.macs)
