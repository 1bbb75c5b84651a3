# SPDX-License-Identifier: EUPL-1.2
"""Small worlds for properties of a check: Ghent's rule, an invented estate, readings made by hand.

A world begins with complete evidence, at least a fifth of its results `pass` and a fifth `fail`, so that
a property such as "taking evidence away never yields more pass" has something to lose.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

from hypothesis import strategies as st

import bodies
from ordinance.model.apps import Identifier, Kind
from ordinance.model.body import Body
from ordinance.model.estate import (
    Access,
    Device,
    DeviceFacts,
    Enrolment,
    Estate,
    Owner,
    People,
    Person,
    Platform,
    Unit,
    Use,
    Validity,
)
from ordinance.model.evidence import (
    Account,
    Answered,
    AppInstalled,
    Lease,
    NameAsked,
    Reading,
    Snapshot,
    Where,
)
from ordinance.model.law import Law
from ordinance.model.result import Checked, Result
from ordinance.model.time import Span, start_of
from ordinance.verify.check import check

FIRST, LAST = date(2023, 4, 3), date(2023, 4, 16)  # every duty of Ghent's rule is due; two weeks
DAYS = tuple(FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
SLOTS = (date(2023, 4, 5), date(2023, 4, 12))
KINDS = {"mdm": "inventory", "intune": "inventory", "dns-townhall": "network_device"}
FACTS = DeviceFacts(
    Owner.BODY, 100, 0, 0, Access.INTERNAL, Enrolment.MANAGED, Platform.WINDOWS, Use.WORK
)


@dataclass(frozen=True)
class Habits:
    """What one device shows: in which snapshots it is listed and has the app, on which days it uses it."""

    platform: Platform
    listed: tuple[bool, bool]
    has_app: tuple[bool, bool]
    uses: frozenset[int]


@dataclass(frozen=True)
class World:
    """An estate and everything that was read about it."""

    body: Body
    estate: Estate
    readings: Mapping[str, Reading]

    def passes(self) -> Counter[str]:
        """Number of `pass` for each duty."""
        return Counter(str(r.duty) for r in self.checked().results if r.result is Result.PASS)

    def checked(self, kinds: Mapping[str, str] = KINDS, law: Law | None = None) -> Checked:
        """The check of the window, by default under Ghent's own law."""
        zone = self.body.zone
        span = Span(start_of(FIRST, zone), start_of(LAST + timedelta(days=1), zone))
        under = law or bodies.workspace("ghent").law
        return check(under, self.estate, self.body, self.readings, span, span.closed[1], kinds)


CLEAN = Habits(Platform.WINDOWS, (True, True), (False, False), frozenset())
DIRTY = Habits(Platform.ANDROID, (True, True), (True, True), frozenset({2, 9}))

habits = st.builds(
    Habits,
    st.sampled_from([Platform.WINDOWS, Platform.ANDROID]),
    st.tuples(st.booleans(), st.booleans()),
    st.tuples(st.booleans(), st.booleans()),
    st.frozensets(st.integers(0, len(DAYS) - 1), max_size=3),
)


@st.composite
def estates(draw: st.DrawFn) -> list[Habits]:
    """Five to fifteen devices: some clean, as many breaking the rule, half as many as it comes."""
    rest = draw(st.lists(habits, min_size=1, max_size=3))
    some = 2 * len(rest)
    return [CLEAN] * some + [DIRTY] * some + rest


def world(every: Iterable[Habits]) -> World:
    """The world of these devices."""
    shown = {f"d-{n:02d}": h for n, h in enumerate(every)}
    body = bodies.workspace("ghent").body
    return World(body, _estate(shown), {"mdm": _inventory("mdm", shown), "intune": _inventory("intune", shown),
                                        "dns-townhall": _log(shown)})  # fmt: skip


@cache
def identifier(kind: Kind) -> Identifier:
    """An identifier of TikTok's that proves the app: installed, or spoken to by it alone."""
    family = bodies.workspace("ghent").catalogue.family("tiktok")
    assert family is not None
    fitting = (i for i in family.identifiers if i.kind is kind and i.confidence == "high")
    return next(i for i in fitting if kind is not Kind.DOMAIN or i.role == "app_only")


def _estate(shown: Mapping[str, Habits]) -> Estate:
    since = Validity(date(2023, 1, 1))
    devices = tuple(
        Device(d, replace(FACTS, platform=h.platform), f"p-{d}", "mobility", (mac_of(d),), "", since)
        for d, h in shown.items()
    )
    people = tuple(Person(f"p-{d}", People.STAFF, "mobility", since) for d in shown)
    networks = tuple(n for n in bodies.workspace("ghent").estate.networks if n.id == "staff")
    return Estate(devices, people, (Unit("mobility", "Mobility", "gent"),), networks)


def mac_of(device: str) -> str:
    """The hardware address of a device."""
    return f"00:00:5e:00:53:{int(device[2:]):02x}"


def _inventory(source: str, shown: Mapping[str, Habits]) -> Reading:
    platform = {"mdm": Platform.ANDROID, "intune": Platform.WINDOWS}[source]
    kind = {"mdm": Kind.PACKAGE_NAME, "intune": Kind.PACKAGE_FAMILY_NAME}[source]
    mine = {d: h for d, h in shown.items() if h.platform is platform}
    snapshots, installed = [], []
    for n, day in enumerate(SLOTS):
        taken = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
        file = snapshot_file(source, day)
        snapshots.append(Snapshot(source, file, taken, frozenset(d for d, h in mine.items() if h.listed[n])))
        for line, (device, h) in enumerate(mine.items(), 2):
            if h.listed[n] and h.has_app[n]:
                installed.append(AppInstalled(device, identifier(kind), taken, Where(source, file, line)))
    return Reading(_account(source), installed=tuple(installed), snapshots=tuple(snapshots))


def _log(shown: Mapping[str, Habits]) -> Reading:
    """Every hour's canary, a blocked probe a day, and answered app names where a device uses the app."""
    zone = bodies.workspace("ghent").body.zone
    names, leases, hours, leased = [], [], set(), set()
    for n, day in enumerate(DAYS):
        morning = start_of(day, zone)
        hours |= {(morning + timedelta(hours=h)).astimezone(UTC) for h in range(7, 19)}
        names.append(_asked(morning + timedelta(hours=9), "10.20.0.254", Answered.BLOCKED, day))
        for device, h in shown.items():
            address = f"10.20.0.{int(device[2:]) + 10}"
            start, end = (morning.astimezone(UTC), (morning + timedelta(days=1)).astimezone(UTC))
            leased.add((day, mac_of(device)))
            leases.append(Lease(address, mac_of(device), start, end, Where("dns-townhall", _file(day), 1)))
            if n in h.uses:
                names.append(_asked(morning + timedelta(hours=12), address, Answered.ADDRESS, day))
    return Reading(
        _account("dns-townhall"),
        names=tuple(names),
        leases=tuple(leases),
        hours=frozenset(hours),
        leased=frozenset(leased),
    )


def _asked(at: datetime, address: str, answered: Answered, day: date) -> NameAsked:
    found = identifier(Kind.DOMAIN)
    where = Where("dns-townhall", _file(day), 1)
    return NameAsked(at.astimezone(UTC), address, found.value, found, answered, where)


def _file(day: date) -> str:
    return f"logs/townhall-{day}.log"


def _account(source: str) -> Account:
    return Account(source, "record", 0, 0, 0, 0, 0, 0)


# --- taking evidence away -----------------------------------------------------------------------------


def without_source(w: World, source: str) -> World:
    """All files of a source are gone."""
    return replace(w, readings={k: r for k, r in w.readings.items() if k != source})


def without_settings(w: World, source: str) -> World:
    """The source is gone from ordinance.toml too."""
    sources = tuple(s for s in w.body.sources if s.id != source)
    return replace(without_source(w, source), body=replace(w.body, sources=sources))


def snapshot_file(source: str, day: date) -> str:
    """The name of an inventory file."""
    return f"inventory/{source}-{day}.csv"


def without_snapshot(w: World, source: str, file: str) -> World:
    """One inventory file is gone."""
    r = w.readings.get(source)
    if r is None:
        return w
    left = replace(
        r,
        snapshots=tuple(s for s in r.snapshots if s.file != file),
        installed=tuple(i for i in r.installed if i.where.file != file),
    )
    return replace(w, readings={**w.readings, source: left})


def without_day(w: World, day: date) -> World:
    """One day's log is gone."""
    r, zone = w.readings.get("dns-townhall"), w.body.zone
    if r is None:
        return w
    left = replace(
        r,
        names=tuple(n for n in r.names if n.where.file != _file(day)),
        leases=tuple(x for x in r.leases if x.where.file != _file(day)),
        hours=frozenset(h for h in r.hours if h.astimezone(zone).date() != day),
        leased=frozenset(x for x in r.leased if x[0] != day),
    )
    return replace(w, readings={**w.readings, "dns-townhall": left})


def without_device(w: World, device: str) -> World:
    """A device is gone from the estate; what it did is still in the logs."""
    return replace(w, estate=replace(w.estate, devices=tuple(d for d in w.estate.devices if d.id != device)))


def without_leases(w: World) -> World:
    """Every lease is gone from the log: it can name nobody any more."""
    r = w.readings.get("dns-townhall")
    if r is None:
        return w
    return replace(w, readings={**w.readings, "dns-townhall": replace(r, leases=(), leased=frozenset())})


def without_address(w: World, device: str) -> World:
    """A device's hardware address is gone from the estate."""
    devices = tuple(replace(d, macs=()) if d.id == device else d for d in w.estate.devices)
    return replace(w, estate=replace(w.estate, devices=devices))


def without_rows(w: World, device: str) -> World:
    """A device is gone from every inventory."""
    readings = {
        k: replace(
            r,
            installed=tuple(i for i in r.installed if i.device != device),
            snapshots=tuple(replace(s, devices=s.devices - {device}) for s in r.snapshots),
        )
        for k, r in w.readings.items()
    }
    return replace(w, readings=readings)
