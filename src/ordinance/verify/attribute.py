# SPDX-License-Identifier: EUPL-1.2
"""From an address at an instant to a device, or to nobody.

Reads: leases, the estate's hardware addresses, and the addresses behind which the body says that several devices
stand. Doubt names nobody: no lease, two leases at once, an address that changes hands about then by another machine's
clock, or between the two passes of an hour that happens twice, or a hardware address that the device made up for
itself give a reason instead of a device.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ordinance.model.body import SourceSettings
from ordinance.model.estate import Estate
from ordinance.model.evidence import APART, HOUR_S, Lease, NameAsked, is_plain, passes
from ordinance.verify.owners import Owners, is_randomised

_APART = timedelta(seconds=APART)
_QUARTER = 900  # of an hour, in seconds: no zone's days begin between two


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
        owners: Owners | None = None,
    ) -> None:
        """`owners`: those of the estate seen from today, for who has asked before."""
        self._zone = zone
        self._sources = {s.id: s for s in sources}
        self._leases = _by_address(leases)
        self._owners = Owners(estate, today) if owners is None else owners
        self._gateways: dict[tuple[str, str], bool] = {}
        self._day_of: dict[int, date] = {}  # by the quarter of an hour

    def of(self, asked: NameAsked) -> Attributed:
        """Who asked for a name."""
        return self.of_day(asked)[0]

    def of_day(self, asked: NameAsked) -> tuple[Attributed, date]:
        """Who asked for a name, and on which day by the body's clocks."""
        once = asked.at.timestamp()
        quarter = int(once // _QUARTER)
        day = self._day_of.get(quarter)
        if day is None:
            day = self._day_of[quarter] = asked.at.astimezone(self._zone).date()
        source = self._sources.get(asked.where.source)
        key = (asked.where.source, asked.address)
        if source is not None and source.gateways and self._is_gateway(source, key):
            return _GATEWAY, day
        known = self._leases.get(key)
        if known is None:
            return _NO_LEASE, day
        zone = self._zone if source is None else source.zone
        held = known.alone(once) if is_plain(int(once) // HOUR_S, zone) else None
        holder = held or known.holder(passes(asked.at, zone))
        return (holder if isinstance(holder, Attributed) else self._owner(holder, day)), day

    def _is_gateway(self, source: SourceSettings, key: tuple[str, str]) -> bool:
        """Whether several devices stand behind an address in the log of a source."""
        if key not in self._gateways:
            self._gateways[key] = source.is_gateway(key[1])
        return self._gateways[key]

    def _owner(self, holder: _Holder, day: date) -> Attributed:
        mac, by_hand = holder
        if is_randomised(mac):
            return Attributed(None, "randomised_address", mac)
        devices = self._owners.of(mac, day)
        if len(devices) == 1:
            return Attributed(devices[0], "", mac, by_hand)
        return Attributed(None, "shared_address" if devices else "unknown_device", mac)


_GATEWAY, _NO_LEASE = Attributed(None, "gateway"), Attributed(None, "no_lease")
_OVERLAPPING, _CHANGING = Attributed(None, "overlapping_leases"), Attributed(None, "changing_hands")


class _Holder(NamedTuple):
    """Who holds an address: a hardware address, and whether only a table that somebody keeps says so."""

    mac: str
    by_hand: bool


def _has_held(every: Iterable[Lease], macs: AbstractSet[str], at: datetime) -> bool:
    """Whether these held an address at the other pass too, where another machine says who did; a log's own is sure."""
    those = [lease for lease in every if lease.mac in macs]
    return not all(lease.of for lease in those) or any(lease.start <= at < lease.end for lease in those)


def _may_hold(lease: Lease, at: Sequence[datetime]) -> bool:
    """Whether a lease covers an instant of the log's clock, at any of its passes, by that of another machine.

    A log's own has no other.
    """
    return bool(lease.of) and any(lease.start - _APART <= once < lease.end + _APART for once in at)


class _OfAddress:
    """The leases of one address in one log, in order of their start."""

    def __init__(self, leases: Iterable[Lease]) -> None:
        self._leases = sorted(leases, key=lambda lease: lease.start)
        self._spans = [(lease.start.timestamp(), lease.end.timestamp()) for lease in self._leases]
        self._starts = [start for start, _ in self._spans]
        self._holders = [_Holder(lease.mac, lease.by_hand) for lease in self._leases]
        self._longest = max(end - start for start, end in self._spans)
        self._over = list(accumulate((end for _, end in self._spans), max))  # when all up to one of them have ended

    def alone(self, once: float) -> _Holder | None:
        """Who holds the address at an instant that happens once, where nobody else is near; `None`: look closer."""
        n = bisect_right(self._starts, once) - 1
        if n >= 0 and once < self._spans[n][1] and self._is_alone(n, once):
            return self._holders[n]
        return None

    def holder(self, at: Sequence[datetime]) -> _Holder | Attributed:
        """Who holds the address at an instant of the log, or why nobody is said to; `at` has each of its passes."""
        return _holder(self._leases if len(at) > 1 else self._near(at[0].timestamp()), at)

    def _is_alone(self, n: int, once: float) -> bool:
        """Whether no other lease covers an instant, not by another clock either."""
        is_first = n == 0 or self._over[n - 1] + APART <= once
        return is_first and (n + 1 == len(self._starts) or once < self._starts[n + 1] - APART)

    def _near(self, once: float) -> list[Lease]:
        """Every lease that may cover an instant, by another clock too, and few that do not."""
        first = bisect_right(self._starts, once - APART - self._longest - 1)
        last = bisect_right(self._starts, once + APART + 1)
        return self._leases[first:last]


def _holder(every: Sequence[Lease], at: Sequence[datetime]) -> _Holder | Attributed:
    held = [lease for lease in every if lease.start <= at[0] < lease.end]
    macs = {lease.mac for lease in held}
    if len(macs) != 1:
        return _OVERLAPPING if macs else _NO_LEASE
    is_in_each = all(_has_held(every, macs, other) for other in at[1:])
    if not is_in_each or any(lease.mac not in macs and _may_hold(lease, at) for lease in every):
        return _CHANGING
    return _Holder(macs.pop(), all(lease.by_hand for lease in held))


def _by_address(leases: Iterable[Lease]) -> dict[tuple[str, str], _OfAddress]:
    found: dict[tuple[str, str], list[Lease]] = {}
    for lease in leases:
        found.setdefault((lease.of or lease.where.source, lease.address), []).append(lease)
    return {key: _OfAddress(those) for key, those in found.items()}
