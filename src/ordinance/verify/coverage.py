# SPDX-License-Identifier: EUPL-1.2
"""What the sources could see: slots of inventories, hours and days of networks.

Nothing here says that a device is clean; it says where silence means something. A snapshot that was
expected and is missing, or a day whose log is missing, turns silence into `unknown`, so that taking
evidence away can never make a result better.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ordinance.model.body import Body, SourceSettings
from ordinance.model.estate import Device, Estate, Network, People, Use
from ordinance.model.evidence import Reading, Snapshot
from ordinance.model.result import SourceCoverage
from ordinance.model.time import Period, Span, plus, start_of

ONE_WEEK = Period(days=7)


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch in which one snapshot of an inventory is expected."""

    source: str
    span: Span

    @property
    def name(self) -> str:
        """Its first day."""
        return self.span.closed[0].date().isoformat()


class Sight:
    """What was seen over a closed window. Readings are by source id; a source may have none."""

    def __init__(
        self, body: Body, estate: Estate, readings: Mapping[str, Reading], window: Span, kinds: Mapping[str, str]
    ) -> None:
        self._body, self._estate, self._readings, self._window = body, estate, readings, window
        self.kinds = kinds
        self._inventories = [s for s in body.sources if kinds.get(s.id) == "inventory"]
        self._logs = [s for s in body.sources if kinds.get(s.id) in {"network_device", "network_aggregate"}]
        self._slots = {s.id: tuple(_slots(s, window)) for s in self._inventories}
        self._listed = {s.id: self._snapshots_by_slot(s) for s in self._inventories}
        self._days = {s.id: frozenset(_days_seen(s, readings.get(s.id), window)) for s in self._logs}

    # --- inventories ----------------------------------------------------------------------------

    def inventory_slots(self, device: Device, span: Span) -> tuple[int, int]:
        """(slots seen, slots expected) for a device over a part of the window.

        A slot counts as seen where a snapshot taken within both the slot and the span lists the device.
        """
        seen = expected = 0
        for source in self._inventories:
            if source.platforms and device.facts.platform and device.facts.platform not in source.platforms:
                continue
            for slot in self._slots[source.id]:
                part = slot.span.meets(span)
                if part is None:
                    continue
                expected += 1
                snapshots = self._listed[source.id].get(slot, ())
                seen += any(s.taken in part and self._lists(s, device) for s in snapshots)
        return seen, expected

    def other_apps(self, device: Device, span: Span) -> int | None:
        """The most other apps that a snapshot in the span counted on a device declared separate."""
        counts = [
            count
            for by_slot in self._listed.values()
            for snapshots in by_slot.values()
            for s in snapshots
            if s.taken in span
            for name, count in s.other_apps.items()
            if name in _names(device)
        ]
        return max(counts, default=None)

    def snapshots_with(self, device: Device, span: Span) -> tuple[datetime, ...]:
        """When snapshots in the span listed the device, in order."""
        return tuple(
            sorted(
                s.taken
                for reading in self._readings.values()
                for s in reading.snapshots
                if s.taken in span and self._lists(s, device)
            )
        )

    def _lists(self, snapshot: Snapshot, device: Device) -> bool:
        return not snapshot.devices.isdisjoint(_names(device))

    def _snapshots_by_slot(self, source: SourceSettings) -> dict[Slot, tuple[Snapshot, ...]]:
        reading = self._readings.get(source.id)
        snapshots = reading.snapshots if reading else ()
        return {slot: tuple(s for s in snapshots if s.taken in slot.span) for slot in self._slots[source.id]}

    # --- networks -------------------------------------------------------------------------------

    def networks_of(self, device: Device, who: People | None) -> tuple[Network, ...]:
        """The body's own networks that a device is expected on: by unit, and by who may join."""
        return tuple(
            n
            for n in self._estate.networks
            if n.use is Use.WORK
            and (not n.units or device.unit in n.units)
            and (not n.populations or who is None or who in n.populations)
        )

    def network_days(self, networks: Iterable[Network], span: Span) -> tuple[int, int]:
        """(days seen, days expected), a day counted once for each network."""
        wanted = [(n.id, d) for n in networks for d in span.days(self._body.zone)]
        return sum(self._day_seen(n, d) for n, d in wanted), len(wanted)

    def _day_seen(self, network: str, day: date) -> bool:
        return any(s.network == network and day in self._days[s.id] for s in self._logs)

    # --- for the report -------------------------------------------------------------------------

    def coverage(self) -> tuple[SourceCoverage, ...]:
        """What each source was expected to show and did, over the window."""
        found = [self._inventory_coverage(s) for s in self._inventories]
        found += [self._log_coverage(s) for s in self._logs]
        return tuple(sorted(found, key=lambda c: c.source))

    def _inventory_coverage(self, source: SourceSettings) -> SourceCoverage:
        slots = self._slots[source.id]
        seen = tuple(s.name for s in slots if self._listed[source.id].get(s))
        return SourceCoverage(source.id, "inventory", None, tuple(s.name for s in slots), seen)

    def _log_coverage(self, source: SourceSettings) -> SourceCoverage:
        days = self._window.days(self._body.zone)
        reading = self._readings.get(source.id)
        hours = sorted(h for h in (reading.hours if reading else ()) if h in self._window)
        return SourceCoverage(
            source.id,
            self.kinds[source.id],
            source.network,
            tuple(d.isoformat() for d in days),
            tuple(d.isoformat() for d in days if d in self._days[source.id]),
            tuple(h.astimezone(source.zone) for h in hours),
        )

    def network_share(self) -> float | None:
        """Days seen over days expected, on the body's own networks; `None` without such networks."""
        networks = [n for n in self._estate.networks if n.use is Use.WORK]
        seen, expected = self.network_days(networks, self._window)
        return seen / expected if expected and self._logs else None


def _names(device: Device) -> frozenset[str]:
    return frozenset(n for n in (device.id, device.inventory_name) if n)


def _slots(source: SourceSettings, window: Span) -> Iterable[Slot]:
    start, end = window.closed
    step = source.every or ONE_WEEK
    first = start_of(source.first or start.astimezone(source.zone).date(), source.zone)
    while first < end:
        after = plus(first, step, source.zone)
        if after <= first:
            return  # a period of nothing: the lint of ordinance.toml refuses it
        span = Span(first, after)
        if span.overlaps(window):
            yield Slot(source.id, span)
        first = after


def _days_seen(source: SourceSettings, reading: Reading | None, window: Span) -> Iterable[date]:
    """Days on which the source saw every hour that its canary promises (else any hour at all)."""
    hours = _local_hours(reading, source.zone)
    for day in window.days(source.zone):
        seen = hours.get(day, set())
        if seen and (not source.canary or not source.hours or seen >= set(range(*source.hours))):
            yield day


def _local_hours(reading: Reading | None, zone: ZoneInfo) -> dict[date, set[int]]:
    found: dict[date, set[int]] = {}
    for hour in reading.hours if reading else ():
        local = hour.astimezone(zone)
        found.setdefault(local.date(), set()).add(local.hour)
    return found


def day_span(day: date, zone: ZoneInfo) -> Span:
    """The instants of a day in a zone."""
    return Span(start_of(day, zone), start_of(day + timedelta(days=1), zone))
