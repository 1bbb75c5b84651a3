# SPDX-License-Identifier: EUPL-1.2
"""What the sources could see: slots of inventories, hours and days of networks.

Nothing here says that a device is clean; it says where silence means something. A snapshot that was
expected and is missing or broke off, a day whose log is missing, or a log that could not have named
the device turns silence into `unknown`, so that taking evidence away never makes a result better.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from zoneinfo import ZoneInfo

from ordinance.model.apps import Kind
from ordinance.model.body import Body, SourceSettings
from ordinance.model.estate import Estate, Network, People, Platform, Use
from ordinance.model.evidence import Reading
from ordinance.model.result import Grade, SourceCoverage
from ordinance.model.time import Period, Span, end_of, plus, start_of
from ordinance.verify.grades import grade, is_untold
from ordinance.verify.names import InventoryNames
from ordinance.verify.observed import Observed
from ordinance.verify.owners import Owners, has_stable_address, is_its_own, is_randomised

ONE_WEEK = Period(days=7)
# Doubts that a whole log shares: on such a day it could not have named the device that used the app.
# A made-up or unknown address is somebody's own doubt and leaves the others' silence standing.
_SHARED_DOUBTS = frozenset({"gateway", "no_lease", "overlapping_leases", "changing_hands", "shared_address"})


@dataclass(frozen=True, slots=True)
class Listing:
    """An inventory listed a device at an instant. `complete`: what it does not show, was not there.

    `names_only`: but for apps that the catalogue knows no display name of.
    """

    source: str
    file: str
    taken: datetime
    complete: bool
    names_only: bool = False


class Sight:
    """What was seen over a closed window. Readings are by source id; a source may have none."""

    def __init__(
        self,
        body: Body,
        estate: Estate,
        readings: Mapping[str, Reading],
        window: Span,
        kinds: Mapping[str, str],
        names: InventoryNames,
        observed: Observed,
        today: datetime,
    ) -> None:
        self._body, self._estate, self._readings, self._window = body, estate, readings, window
        self._today = today.astimezone(body.zone).date()
        self.kinds = kinds
        self._inventories = [s for s in body.sources if kinds.get(s.id) == "inventory"]
        self._logs = [s for s in body.sources if kinds.get(s.id) in {"network_device", "network_aggregate"}]
        self._slots = {s.id: tuple(_slots(s, window)) for s in self._inventories}
        self._listings, self._other_apps, self._id_kinds = _listings(readings, names)
        self._days = {s.id: frozenset(_days_seen(s, readings.get(s.id), window)) for s in self._logs}
        self._doubtful = _doubtful_days(observed)
        self._counted: dict[object, tuple[int, int]] = {}  # every clause asks the same of a device and a stretch

    # --- inventories ----------------------------------------------------------------------------

    def inventory_slots(self, device: str, platform: Platform | None, span: Span) -> tuple[int, int]:
        """(slots seen, slots expected) for a device over a part of the window.

        A slot counts as seen where a complete snapshot within both the slot and the span lists the device.
        """
        key = (device, platform, span)
        if key not in self._counted:
            self._counted[key] = self._slots_of(device, platform, span)
        return self._counted[key]

    def _slots_of(self, device: str, platform: Platform | None, span: Span) -> tuple[int, int]:
        seen = expected = 0
        listed = self._listings.get(device, ())
        for source in self._inventories:
            if source.platforms and platform and platform not in source.platforms:
                continue
            for slot in self._slots[source.id]:
                part = slot.meets(span)
                if part is not None:
                    expected += 1
                    seen += any(x.source == source.id and x.complete and x.taken in part for x in listed)
        return seen, expected

    def other_apps(self, device: str, span: Span) -> int | None:
        """The most other apps that a snapshot in the span counted on a device declared separate."""
        return max((n for taken, n in self._other_apps.get(device, ()) if taken in span), default=None)

    def over(self, device: str, span: Span, permitted: int) -> tuple[datetime, ...]:
        """When a snapshot in the span counted more other apps than that."""
        return tuple(at for at, n in self._other_apps.get(device, ()) if at in span and n > permitted)

    def id_kinds(self, device: str, span: Span) -> frozenset[Kind]:
        """The kinds of id that inventories in the span say the apps of a device declared separate have."""
        return frozenset(k for taken, kinds in self._id_kinds.get(device, ()) if taken in span for k in kinds)

    def listings(self, device: str, span: Span) -> tuple[Listing, ...]:
        """When inventories listed the device in the span, in order."""
        return tuple(x for x in self._listings.get(device, ()) if x.taken in span)

    def is_told_by_names(self, device: str, span: Span) -> bool:
        """Whether there is a slot in the span in which whole lists of the device's apps tell these by display names."""
        listed = [x for x in self.listings(device, span) if x.complete]
        slots = (part for slots in self._slots.values() for slot in slots if (part := slot.meets(span)) is not None)
        within = ([x.names_only for x in listed if x.taken in part] for part in slots)
        return any(names_only and all(names_only) for names_only in within)

    # --- networks -------------------------------------------------------------------------------

    def networks_of(self, unit: str | None, who: People | None) -> tuple[Network, ...]:
        """The body's own networks that a device is expected on: by unit, and by who may join.

        Where the unit or the kind of people is not stated, it may be on any of them.
        """
        return tuple(
            n
            for n in self._estate.networks
            if n.use is Use.WORK
            and (not n.units or unit is None or unit in n.units)
            and (not n.populations or who is None or who in n.populations)
        )

    def network_days(self, device: str, networks: Iterable[Network], span: Span) -> tuple[int, int]:
        """(days seen, days expected) for a device, a day counted once for each network.

        A day counts as seen where every log of the network covers it and could have named the device.
        """
        names = tuple(n.id for n in networks)
        key = (device, names, span)
        if key not in self._counted:
            self._counted[key] = self._days_of(device, names, span)
        return self._counted[key]

    def lost_apps(self, networks: Iterable[Network], span: Span) -> frozenset[str]:
        """Apps (`family/member`) that nobody looked for on some day of the span, in logs of these networks now gone."""
        names = {n.id for n in networks}
        logs = ((s, r) for s in self._logs if s.network in names and (r := self._readings.get(s.id)) is not None)
        days = ((app, Span(start_of(day, s.zone), end_of(day, s.zone))) for s, r in logs for day, app in r.lost)
        return frozenset(app for app, day in days if day.overlaps(span))

    def is_named_throughout(self, networks: Iterable[Network], span: Span) -> bool:
        """Whether every question for an internal name on these networks was by somebody who can be named."""
        names, days = {n.id for n in networks}, frozenset(span.days(self._body.zone))
        logs = (self._readings.get(s.id) for s in self._logs if s.network in names)
        return all(log is None or days.isdisjoint(log.unnamed) for log in logs)

    def _days_of(self, device: str, networks: tuple[str, ...], span: Span) -> tuple[int, int]:
        seen = expected = 0
        for day in span.days(self._body.zone):
            nameable = has_stable_address(self._estate, device, day, self._today)
            for network in networks:
                expected += 1
                seen += nameable and self._day_seen(network, day)
        return seen, expected

    def _day_seen(self, network: str, day: date) -> bool:
        logs = [s.id for s in self._logs if s.network == network]
        return bool(logs) and all(self._log_saw(log, day) for log in logs)

    def _log_saw(self, log: str, day: date) -> bool:
        reading = self._readings.get(log)
        names_anybody = reading is not None and bool(reading.leased)
        return names_anybody and day in self._days[log] and (log, day) not in self._doubtful

    @property
    def named_days(self) -> frozenset[date]:
        """Days on which some log that can name devices was seen."""
        logs = [s.id for s in self._logs if (r := self._readings.get(s.id)) is not None and r.leased]
        return frozenset().union(*(self._days[log] for log in logs))

    def days_held(self, device: str, networks: Iterable[Network]) -> tuple[set[date], set[date]]:
        """Days on which a device declared separate was given an address of these networks, and those in doubt.

        In doubt is what rests on a hardware address that it made up, on a lease that was only not over yet, or on a
        table that somebody keeps: these say who may use an address, and not who was there.
        """
        names = {n.id for n in networks}
        sure, doubtful = set[date](), set[date]()
        for log in (s for s in self._logs if s.network in names):
            reading = self._readings.get(log.id)
            for held in reading.separate if reading else ():
                is_mine = is_its_own(self._estate, device, held.mac, held.day, self._today)
                if is_mine and not self.is_elsewhere(held.address, names):
                    (sure if held.given and not is_randomised(held.mac) else doubtful).add(held.day)
        return sure, doubtful - sure

    def is_told_throughout(self, networks: Iterable[Network], span: Span) -> bool:
        """Whether servers of addresses say until the last day of a span who came to these networks, by all their logs.

        Of who asks for nothing that is watched nobody else tells; a table that somebody keeps does not.
        """
        names, last = {n.id for n in networks}, max(span.days(self._body.zone))
        told = [r.leased_until if (r := self._readings.get(s.id)) else None for s in self._logs if s.network in names]
        return all(day is not None and last <= day for day in told)

    def is_elsewhere(self, address: str, networks: AbstractSet[str]) -> bool:
        """Whether an address is of the range of another network than these: one server or log may serve several."""
        at = self._estate.networks_at(address)
        return bool(at) and at.isdisjoint(networks)

    def days_present(self) -> dict[str, set[date]]:
        """By device, the days on which any log saw that it held an address."""
        owners, found = Owners(self._estate, self._today), dict[str, set[date]]()
        for log in self._logs:
            reading = self._readings.get(log.id)
            for day, mac in reading.leased if reading else ():
                for device in owners.of(mac, day):
                    found.setdefault(device, set()).add(day)
        return found

    # --- for the report -------------------------------------------------------------------------

    def coverage(self) -> tuple[SourceCoverage, ...]:
        """What each source was expected to show and did, over the window."""
        found = [self._inventory_coverage(s) for s in self._inventories]
        found += [self._log_coverage(s) for s in self._logs]
        return tuple(sorted(found, key=lambda c: c.source))

    def _inventory_coverage(self, source: SourceSettings) -> SourceCoverage:
        reading = self._readings.get(source.id)
        taken = [s.taken for s in (reading.snapshots if reading else ()) if s.complete]
        slots = self._slots[source.id]
        seen = tuple(_slot_name(s, source) for s in slots if any(at in s for at in taken))
        return SourceCoverage(source.id, "inventory", None, tuple(_slot_name(s, source) for s in slots), seen)

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
        networks = [n.id for n in self._estate.networks if n.use is Use.WORK]
        wanted = [(n, d) for n in networks for d in self._window.days(self._body.zone)]
        return sum(self._day_seen(n, d) for n, d in wanted) / len(wanted) if wanted and self._logs else None


def _listings(
    readings: Mapping[str, Reading], names: InventoryNames
) -> tuple[
    dict[str, list[Listing]], dict[str, list[tuple[datetime, int]]], dict[str, list[tuple[datetime, frozenset[Kind]]]]
]:
    listings: dict[str, list[Listing]] = {}
    others: dict[str, list[tuple[datetime, int]]] = {}
    told: dict[str, list[tuple[datetime, frozenset[Kind]]]] = {}
    for source, reading in readings.items():
        for snapshot in sorted(reading.snapshots, key=lambda s: s.taken):
            for name in snapshot.devices:
                if device := names.device(name, snapshot.taken):
                    found = Listing(source, snapshot.file, snapshot.taken, snapshot.complete, snapshot.names_only)
                    listings.setdefault(device, []).append(found)
            for name, count in snapshot.other_apps.items():
                if device := names.device(name, snapshot.taken):
                    others.setdefault(device, []).append((snapshot.taken, count))
            for name, kinds in snapshot.id_kinds.items():
                if device := names.device(name, snapshot.taken):
                    told.setdefault(device, []).append((snapshot.taken, kinds))
    return listings, others, told


def _slots(source: SourceSettings, window: Span) -> Iterator[Span]:
    """Every slot that overlaps the window, counted from `first` in both directions."""
    start, end = window.closed
    step = source.every or ONE_WEEK
    anchor = start_of(source.first or start.astimezone(source.zone).date(), source.zone)
    n = 0
    while _moved(anchor, step, n, source.zone) > start:
        n -= 1
    while (first := _moved(anchor, step, n, source.zone)) < end:
        span = Span(first, _moved(anchor, step, n + 1, source.zone))
        if span.overlaps(window):
            yield span
        n += 1


def _moved(anchor: datetime, step: Period, times: int, zone: ZoneInfo) -> datetime:
    if step == Period():
        raise ValueError("an inventory cannot be expected every no time")
    return plus(anchor, Period(step.months * times, step.days * times, step.minutes * times), zone)


def _slot_name(slot: Span, source: SourceSettings) -> str:
    first = slot.closed[0].astimezone(source.zone)
    by_day = source.every is None or not source.every.minutes
    return first.date().isoformat() if by_day else first.isoformat(timespec="minutes")


def _days_seen(source: SourceSettings, reading: Reading | None, window: Span) -> Iterator[date]:
    """Days on which the source saw every hour that its settings promise (else any hour at all)."""
    hours = _local_hours(reading, source.zone)
    for day in window.days(source.zone):
        seen = hours.get(day, set())
        if seen and (not source.hours or seen >= set(range(*source.hours))):
            yield day


def _local_hours(reading: Reading | None, zone: ZoneInfo) -> dict[date, set[int]]:
    found: dict[date, set[int]] = {}
    for hour in reading.hours if reading else ():
        local = hour.astimezone(zone)
        found.setdefault(local.date(), set()).add(local.hour)
    return found


def _doubtful_days(observed: Observed) -> frozenset[tuple[str, date]]:
    """(source, day) with app traffic that no device could be named for, for a reason all of them share, or with a
    question for the app of which the log does not say what came of it.
    """
    unnamed = (a for a in observed.nobody if a.by.reason in _SHARED_DOUBTS and grade(a.row) is Grade.APP_TRAFFIC)
    untold = (a for a in observed.every() if is_untold(a.row))
    return frozenset((a.row.where.source, a.day) for a in chain(unnamed, untold))
