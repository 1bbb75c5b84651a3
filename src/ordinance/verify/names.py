# SPDX-License-Identifier: EUPL-1.2
"""From a name in an inventory to a device of the estate, on the day of the snapshot.

A name is a device's id or its `inventory_name`. A name that two devices claim on that day belongs to
neither: nobody is accused by it, and nobody is shown clean by it.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from ordinance.model.estate import Estate
from ordinance.verify.owners import rows_on


class InventoryNames:
    """Names as inventories write them, resolved by day; `today` is the instant of the check."""

    def __init__(self, estate: Estate, zone: ZoneInfo, today: datetime) -> None:
        self._estate, self._zone = estate, zone
        self._today = today.astimezone(zone).date()
        self._claims: dict[str, set[str]] = {}
        for device in estate.devices:
            for name in {device.id, device.inventory_name} - {""}:
                self._claims.setdefault(name, set()).add(device.id)

    def device(self, name: str, at: datetime) -> str | None:
        """The one device that has the name on the day of an instant."""
        day = at.astimezone(self._zone).date()
        found = [
            d
            for d in self._claims.get(name, ())
            if any(name in (r.id, r.inventory_name) for r in rows_on(self._estate, d, day, self._today))
        ]
        return found[0] if len(found) == 1 else None
