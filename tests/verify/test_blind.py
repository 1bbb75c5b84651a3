# SPDX-License-Identifier: EUPL-1.2
"""What a check could not see is counted: devices, days of them, and ways past the logs that these show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ordinance.model.estate import Platform, Use
from ordinance.model.result import FindingKind, NotSeen
from ordinance.model.unseen import UnseenKind

from . import worlds as w
from .test_duties import habits

LOG = "dns-townhall"
DAYS = len(w.DAYS)


def spots(world: w.World) -> dict[str, NotSeen]:
    """What was not seen, by its id."""
    return {s.what: s for s in world.checked().not_seen}


def with_unseen(world: w.World, *rows: tuple[date, UnseenKind, int]) -> w.World:
    """The world whose log has these questions."""
    log = replace(world.readings[LOG], unseen=rows)
    return replace(world, readings={**world.readings, LOG: log})


def away(world: w.World, device: str, *days: int) -> w.World:
    """The world in which a device held no address on these days."""
    log, gone = world.readings[LOG], {(w.DAYS[n], w.mac_of(device)) for n in days}
    return replace(world, readings={**world.readings, LOG: replace(log, leased=log.leased - gone)})


def test_a_device_on_our_networks_every_day_is_in_sight() -> None:
    """Nothing is said of a computer that held an address each day."""
    assert "off_network" not in spots(w.world([w.CLEAN]))


def test_days_away_from_our_networks_are_counted() -> None:
    """Three days of two devices; each day once, whatever duties and clauses it concerns."""
    world = away(away(w.world([w.CLEAN, w.CLEAN, w.CLEAN]), "d-00", 3, 4), "d-02", 4)
    assert spots(world)["off_network"] == NotSeen("off_network", 2, 3)


def test_a_device_that_is_never_there_is_away_on_every_day() -> None:
    """All days on which a log that names devices was seen; others are missing logs and not absence."""
    world = away(w.world([w.CLEAN, w.CLEAN]), "d-00", *range(DAYS))
    assert spots(world)["off_network"] == NotSeen("off_network", 1, DAYS)
    assert spots(w.without_day(world, w.DAYS[5]))["off_network"] == NotSeen("off_network", 1, DAYS - 1)


def test_a_log_that_names_nobody_tells_no_absence() -> None:
    """Without leases nobody can be shown to be away: that the networks are not seen is said instead."""
    found = spots(w.without_leases(w.world([w.CLEAN])))
    assert "off_network" not in found and found["network_not_seen"].devices == 1


def test_phones_are_on_mobile_data_on_any_day() -> None:
    """Their days count whether or not they were in the office, too."""
    found = spots(away(w.world([habits(Platform.ANDROID), w.CLEAN]), "d-00", 1))
    assert found["mobile_data"] == NotSeen("mobile_data", 1, DAYS)
    assert found["off_network"] == NotSeen("off_network", 1, 1)


def test_an_address_that_was_anothers_that_day_is_no_presence() -> None:
    """A hardware address counts for whoever had it on the day."""
    world = w.world([w.CLEAN])
    (device,) = world.estate.devices
    validity = replace(device.validity, last=w.DAYS[6])
    later = replace(device, macs=("00:00:5e:00:53:77",), validity=replace(validity, first=w.DAYS[7], last=None))
    moved = replace(world, estate=replace(world.estate, devices=(replace(device, validity=validity), later)))
    assert spots(moved)["off_network"] == NotSeen("off_network", 1, DAYS - 7)


def test_ways_past_the_log_are_counted_without_anybody() -> None:
    """Questions and days of the log, by kind; they are blind spots, and accuse nobody."""
    day, next_day = w.DAYS[0], w.DAYS[1]
    world = with_unseen(
        w.world([w.CLEAN]), (day, UnseenKind.DOH, 300), (next_day, UnseenKind.DOH, 12), (day, UnseenKind.VPN, 1)
    )
    found = spots(world)
    assert found["doh"] == NotSeen("doh", 0, 2, 312) and found["vpn"] == NotSeen("vpn", 0, 1, 1)
    blind = {f.reason: f for f in world.checked().findings if f.kind is FindingKind.BLIND_SPOT}
    assert (blind["doh"].count, blind["doh"].devices, blind["doh"].device) == (312, 0, None)
    assert world.checked().results == w.world([w.CLEAN]).checked().results


def test_ways_past_the_log_of_guests_are_nobodys_business() -> None:
    """Only networks where staff work are looked at."""
    world = with_unseen(w.world([w.CLEAN]), (w.DAYS[0], UnseenKind.DOH, 300))
    networks = tuple(replace(n, use=Use.PUBLIC) for n in world.estate.networks)
    guests = replace(world, estate=replace(world.estate, networks=networks))
    assert "doh" not in spots(guests)
