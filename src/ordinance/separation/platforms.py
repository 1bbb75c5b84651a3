# SPDX-License-Identifier: EUPL-1.2
"""What record, list of devices and inventory say of the platform of a separate device, and whether that goes together.

Reads a record, a platform and sightings. Where no platform is what all of them say, nobody knows which device was
looked at: whatever rests on the platform is then unknown. Cannot know who is right, nor the platform where nobody
states it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ordinance.model.estate import Platform
from ordinance.model.law import Condition
from ordinance.model.result import Result
from ordinance.model.separation import DeviceRecord, Shown, Sighting, Stated

CONTRADICTED = "platform_contradicted"
# What is looked at with the means of one platform: its versions, its stores, its inventories.
OF_THE_PLATFORM = frozenset(
    {
        *(Condition.NO_OTHER_APPS, Condition.SYSTEM_UP_TO_DATE, Condition.TRUSTED_STORE),
        *(Condition.PERMISSIONS_REVIEWED, Condition.REMOVED_AFTER_USE),
    }
)
_NAMES = {p.value: p for p in Platform if p is not Platform.IOT} | {"ipados": Platform.IOS}


def stated(
    record: DeviceRecord | None, listed: Platform | None, sightings: Iterable[Sighting]
) -> tuple[Stated, ...]:
    """Who says what: the record by the name of its system (`iOS 18.1`), the list of devices, and each kind of id that
    inventories give its apps. Who states nothing is left out."""
    named = platform_named(record.system.version) if record is not None and record.system is not None else None
    found = [Stated(by, frozenset({p})) for by, p in (("record", named), ("list", listed)) if p is not None]
    told = {platforms for s in sightings for platforms in s.platforms}
    return (*found, *(Stated("inventory", platforms) for platforms in sorted(told, key=sorted)))


def platform_named(version: str) -> Platform | None:
    """The platform that a version begins with, `None` where it is a number alone or of another name."""
    first = next(iter(version.split()), "").rstrip("0123456789.")
    return _NAMES.get(first.casefold())


def go_together(found: Iterable[Stated]) -> bool:
    """Whether one platform is what everybody says."""
    every = [s.platforms for s in found]
    return not every or bool(frozenset.intersection(*every))


def doubted(shown: Iterable[Shown]) -> tuple[Shown, ...]:
    """Conditions of a device of which the platform is contradicted: what rests on that and would pass is unknown."""
    return tuple(
        replace(s, result=Result.UNKNOWN, reason=CONTRADICTED, on_record=False, on_evidence=False)
        if s.result is Result.PASS and s.condition in OF_THE_PLATFORM
        else s
        for s in shown
    )
