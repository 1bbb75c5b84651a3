# SPDX-License-Identifier: EUPL-1.2
"""From an address at an instant to a device, or to nobody.

Reads: leases, the estate's hardware addresses, and the addresses behind which the body says that several devices
stand. Doubt names nobody: no lease, two leases at once, an address that changes hands about then by another machine's
clock, or between the two passes of an hour that happens twice, or a hardware address that the device made up for
itself give a reason instead of a device.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ordinance.model.body import SourceSettings
from ordinance.model.estate import Device, Estate
from ordinance.model.evidence import APART, Lease, NameAsked, passes

_APART = timedelta(seconds=APART)


@dataclass(frozen=True, slots=True)
class Attributed:
    """Who asked: a device of the estate, or a reason why nobody is named.

    Reasons: `gateway`, `no_lease`, `overlapping_leases`, `changing_hands`, `randomised_address`, `shared_address`,
    `unknown_device` (a stable hardware address in nobody's list; `mac` is kept in memory only so that two of them are
    not counted as one). `by_hand`: whose the address was stands in a table that somebody keeps; no server gave it.
    """

    device: str | None
    reason: str = ""
    mac: str = ""
    by_hand: bool = False


class Attribution:
    """An interval join of address and time, then of hardware address and day."""

    def __init__(
        self,
        estate: Estate,
        leases: Iterable[Lease],
        zone: ZoneInfo,
        today: date,
        sources: Iterable[SourceSettings] = (),
        owners: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        """`owners`: what `by_mac` says of the estate, for who has asked already."""
        self._zone, self._today = zone, today
        self._sources = {s.id: s for s in sources}
        self._leases = _by_address(leases)
        self._owners = by_mac(estate) if owners is None else owners
        self._estate = estate

    def of(self, asked: NameAsked) -> Attributed:
        """Who asked for a name."""
        source = self._sources.get(asked.where.source)
        if source is not None and source.is_gateway(asked.address):
            return Attributed(None, "gateway")
        at = passes(asked.at, source.zone if source is not None else self._zone)
        known = self._leases.get((asked.where.source, asked.address))
        every = known.near(at) if known is not None else []
        held = [lease for lease in every if lease.start <= asked.at < lease.end]
        macs = {lease.mac for lease in held}
        if len(macs) != 1:
            return Attributed(None, "overlapping_leases" if macs else "no_lease")
        is_in_each = all(_has_held(every, macs, other) for other in at[1:])
        if not is_in_each or any(lease.mac not in macs and _may_hold(lease, at) for lease in every):
            return Attributed(None, "changing_hands")
        return self._owner(macs.pop(), asked.at, by_hand=all(lease.by_hand for lease in held))

    def _owner(self, mac: str, at: datetime, *, by_hand: bool) -> Attributed:
        if is_randomised(mac):
            return Attributed(None, "randomised_address", mac)
        day = at.astimezone(self._zone).date()
        devices = {
            d
            for d in self._owners.get(mac, ())
            if is_its_own(self._estate, d, mac, day, self._today)
        }
        if len(devices) == 1:
            return Attributed(devices.pop(), "", mac, by_hand)
        return Attributed(None, "shared_address" if devices else "unknown_device", mac)


def _has_held(every: Iterable[Lease], macs: AbstractSet[str], at: datetime) -> bool:
    """Whether these held an address at the other pass too, where another machine says who did; a log's own is sure."""
    those = [lease for lease in every if lease.mac in macs]
    return not all(lease.of for lease in those) or any(lease.start <= at < lease.end for lease in those)


def _may_hold(lease: Lease, at: tuple[datetime, ...]) -> bool:
    """Whether a lease covers an instant of the log's clock, at any of its passes, by that of another machine.

    A log's own has no other.
    """
    return bool(lease.of) and any(lease.start - _APART <= once < lease.end + _APART for once in at)


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


class _OfAddress:
    """The leases of one address in one log, in order of their start."""

    def __init__(self, leases: Iterable[Lease]) -> None:
        self._leases = sorted(leases, key=lambda lease: lease.start)
        self._starts = [lease.start.timestamp() for lease in self._leases]
        self._longest = max(lease.end.timestamp() - lease.start.timestamp() for lease in self._leases)

    def near(self, at: Sequence[datetime]) -> list[Lease]:
        """Every lease that may cover an instant, by another clock too, and few that do not; of two passes all."""
        if len(at) > 1:
            return self._leases
        first = bisect_right(self._starts, at[0].timestamp() - APART - self._longest - 1)
        last = bisect_right(self._starts, at[0].timestamp() + APART + 1)
        return self._leases[first:last]


def _by_address(leases: Iterable[Lease]) -> dict[tuple[str, str], _OfAddress]:
    found: dict[tuple[str, str], list[Lease]] = {}
    for lease in leases:
        found.setdefault((lease.of or lease.where.source, lease.address), []).append(lease)
    return {key: _OfAddress(those) for key, those in found.items()}


def by_mac(estate: Estate) -> dict[str, tuple[str, ...]]:
    """The devices that list a hardware address in any of their rows."""
    found: dict[str, set[str]] = {}
    for device in estate.devices:
        for mac in device.macs:
            found.setdefault(mac, set()).add(device.id)
    return {mac: tuple(sorted(ids)) for mac, ids in found.items()}
