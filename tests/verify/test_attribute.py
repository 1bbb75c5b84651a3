# SPDX-License-Identifier: EUPL-1.2
"""From an address at an instant to a device, or to nobody: doubt never names anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_network
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordinance.model.body import SourceSettings
from ordinance.model.estate import Device, DeviceFacts, Estate, Validity
from ordinance.model.evidence import Answered, Lease, NameAsked, Where
from ordinance.verify.attribute import Attribution
from ordinance.verify.owners import is_its_own, is_randomised

NOON = datetime(2023, 4, 3, 12, tzinfo=UTC)
MAC, OTHER = "00:00:5e:00:53:01", "00:00:5e:00:53:02"
ZONE = ZoneInfo("Europe/Brussels")


def lease(mac: str, start_h: float, end_h: float, source: str = "dns") -> Lease:
    """A lease of one address, in hours around noon."""
    start, end = (NOON + timedelta(hours=h) for h in (start_h, end_h))
    return Lease("10.0.0.5", mac, start, end, Where(source, "a.log", 1))


def asked(at: datetime = NOON, source: str = "dns") -> NameAsked:
    """A question from that address."""
    return NameAsked(at, "10.0.0.5", "x.example", None, Answered.ADDRESS, Where(source, "a.log", 9))


def device(name: str, mac: str, first: date | None = date(2023, 1, 1), last: date | None = None) -> Device:
    """A device with one hardware address."""
    return Device(name, DeviceFacts(), macs=(mac,), validity=Validity(first, last))


def who(leases: list[Lease], *devices: Device, question: NameAsked | None = None) -> tuple[str | None, str]:
    """The device named, and the reason where none is."""
    found = Attribution(Estate(devices), leases, ZONE, date(2023, 4, 10)).of(question or asked())
    return found.device, found.reason


def test_a_lease_names_its_device() -> None:
    """One lease at that instant, one device with that hardware address that day."""
    assert who([lease(MAC, -1, 1)], device("d", MAC)) == ("d", "")


def test_without_a_lease_nobody_is_named() -> None:
    """Before, after and at the very end of a lease (its end is not part of it) nobody is named."""
    for start, end in ((1, 2), (-2, -1), (-1, 0)):
        assert who([lease(MAC, start, end)], device("d", MAC)) == (None, "no_lease")


def test_the_start_of_a_lease_counts() -> None:
    """A lease holds its first instant."""
    assert who([lease(MAC, 0, 1)], device("d", MAC)) == ("d", "")


def test_two_leases_at_once_name_nobody() -> None:
    """Two hardware addresses claim the address at that instant."""
    both = [lease(MAC, -1, 1), lease(OTHER, -0.5, 1)]
    assert who(both, device("d", MAC), device("e", OTHER)) == (None, "overlapping_leases")


@pytest.mark.parametrize(
    ("leases_of", "zone", "named"),
    [("dns", ZONE, (None, "changing_hands")), ("dns", ZoneInfo("UTC"), ("d", "")), ("", ZONE, ("d", ""))],
)
def test_in_the_hour_that_happens_twice_nobody_is_named_unless_it_is_the_same_in_both(
    leases_of: str, zone: ZoneInfo, named: tuple[str | None, str]
) -> None:
    """A stamp without an offset may be of the second pass, when another device had the address; a log's own is not."""
    first = datetime(2023, 10, 29, 0, 30, tzinfo=UTC)
    later = [(MAC, -30, 40), (OTHER, 40, 120)]
    leases = [
        Lease("10.0.0.5", mac, *(first + timedelta(minutes=m) for m in span), Where("dns", "a.log", 1), leases_of)
        for mac, *span in later
    ]
    source = SourceSettings("dns", "dnsmasq-log", ("a.log",), zone)
    estate = Estate((device("d", MAC), device("e", OTHER)))
    of = Attribution(estate, leases, ZONE, date(2023, 11, 1), [source]).of
    assert (of(asked(first)).device, of(asked(first)).reason) == named
    assert of(asked(first - timedelta(minutes=45))).device is None  # before any lease
    assert of(asked(first + timedelta(minutes=100))).device == "e"  # behind the hour


@pytest.mark.parametrize(("leases_of", "named"), [("dns", (None, "changing_hands")), ("", ("d", ""))])
def test_who_had_it_in_one_of_two_passes_alone_is_not_named(leases_of: str, named: tuple[str | None, str]) -> None:
    """In the second pass nobody is known to have had the address: the question may be that of whoever took it then."""
    first = datetime(2023, 10, 29, 0, 30, tzinfo=UTC)
    span = (first - timedelta(minutes=30), first + timedelta(minutes=40))
    leases = [Lease("10.0.0.5", MAC, *span, Where("dns", "a.log", 1), leases_of)]
    source = SourceSettings("dns", "dnsmasq-log", ("a.log",), ZONE)
    of = Attribution(Estate((device("d", MAC),)), leases, ZONE, date(2023, 11, 1), [source]).of
    assert (of(asked(first)).device, of(asked(first)).reason) == named
    assert of(asked(first + timedelta(hours=1))).device is None


def test_who_had_it_in_both_passes_beside_another_is_not_named() -> None:
    """In the second pass two leases overlap: the question may be that of the other."""
    first = datetime(2023, 10, 29, 0, 30, tzinfo=UTC)
    leases = [
        Lease("10.0.0.5", mac, *(first + timedelta(minutes=m) for m in span), Where("dns", "a.log", 1), "dns")
        for mac, *span in [(MAC, -30, 120), (OTHER, 40, 120)]
    ]
    source = SourceSettings("dns", "dnsmasq-log", ("a.log",), ZONE)
    of = Attribution(Estate((device("d", MAC), device("e", OTHER))), leases, ZONE, date(2023, 11, 1), [source]).of
    assert (of(asked(first)).device, of(asked(first)).reason) == (None, "changing_hands")


def test_a_renewed_lease_is_no_doubt() -> None:
    """Two leases of one hardware address agree."""
    assert who([lease(MAC, -2, 1), lease(MAC, -1, 2)], device("d", MAC)) == ("d", "")


def test_a_randomised_address_names_nobody() -> None:
    """Not even a device that lists it: it may be anybody's tomorrow."""
    assert who([lease("da:a1:19:4c:7e:02", -1, 1)], device("d", "da:a1:19:4c:7e:02")) == (None, "randomised_address")


def test_an_address_in_nobodys_list() -> None:
    """A stable hardware address that the estate does not know."""
    assert who([lease(OTHER, -1, 1)], device("d", MAC)) == (None, "unknown_device")


def test_an_address_that_two_devices_share_names_neither() -> None:
    """A docking station's address, say."""
    assert who([lease(MAC, -1, 1)], device("d", MAC), device("e", MAC)) == (None, "shared_address")


def test_the_device_that_had_the_address_that_day() -> None:
    """An adapter that moved is the device's whose row speaks of the day."""
    old = device("old", MAC, last=date(2023, 3, 31))
    new = device("new", MAC, first=date(2023, 4, 1))
    assert who([lease(MAC, -1, 1)], old, new) == ("new", "")


def test_leases_of_another_resolver_do_not_count() -> None:
    """The same private address on another network is somebody else's."""
    assert who([lease(MAC, -1, 1, source="branch")], device("d", MAC)) == (None, "no_lease")


def elsewhere(mac: str, start_h: float, end_h: float, *, by_hand: bool = False) -> Lease:
    """A lease from a source of its own, with a clock of its own."""
    found = lease(mac, start_h, end_h, source="kea")
    return replace(found, of="dns", by_hand=by_hand)


@pytest.mark.parametrize(("handed_h", "named"), [(-0.05, ""), (0.05, ""), (-0.09, "e"), (0.09, "d")])
def test_while_an_address_changes_hands_by_another_clock_nobody_is_named(handed_h: float, named: str) -> None:
    """Three minutes before or after a change the log's clock may say either; five and a half are enough to tell."""
    both = [elsewhere(MAC, -1, handed_h), elsewhere(OTHER, handed_h, 1)]
    expected = (named, "") if named else (None, "changing_hands")
    assert who(both, device("d", MAC), device("e", OTHER)) == expected


def test_a_log_with_leases_of_its_own_has_one_clock() -> None:
    """Whoever got the address a second ago holds it."""
    both = [lease(MAC, -1, -0.001), lease(OTHER, -0.001, 1)]
    assert who(both, device("d", MAC), device("e", OTHER)) == ("e", "")


def test_another_clock_gives_nobody_an_address() -> None:
    """A lease that ended a minute ago may still have held by the log's clock: that is doubt, and no name."""
    assert who([elsewhere(MAC, -1, -0.01)], device("d", MAC)) == (None, "no_lease")


@pytest.mark.parametrize(("by_hand", "said"), [((True,), True), ((False,), False), ((True, False), False)])
def test_a_table_kept_by_hand_is_said(by_hand: tuple[bool, ...], said: bool) -> None:
    """Unless a server says the same."""
    leases = [elsewhere(MAC, -1, 1, by_hand=one) for one in by_hand]
    found = Attribution(Estate((device("d", MAC),)), leases, ZONE, date(2023, 4, 10)).of(asked())
    assert (found.device, found.by_hand) == ("d", said)


@pytest.mark.parametrize(
    ("gateways", "named"),
    [("10.0.0.5", False), ("10.0.0.0/24", False), ("2001:db8::/64", True), ("10.0.0.4", True)],
)
def test_an_address_behind_which_many_stand_names_nobody(gateways: str, named: bool) -> None:
    """NAT, a proxy, another resolver: the lease is the gateway's own, and so would be the accusation."""
    source = SourceSettings("dns", "dnsmasq-log", (), ZONE, gateways=(ip_network(gateways),))
    attribution = Attribution(Estate((device("d", MAC),)), [lease(MAC, -1, 1)], ZONE, date(2023, 4, 10), [source])
    found = attribution.of(asked())
    assert (found.device, found.reason) == (("d", "") if named else (None, "gateway"))


@pytest.mark.parametrize(
    ("mac", "randomised"),
    [("00:00:5e:00:53:01", False), ("02:00:00:00:00:01", True), ("da:a1:19:00:00:00", True), ("junk", True)],
)
def test_locally_administered_addresses(mac: str, randomised: bool) -> None:
    """The second bit of the first octet says that a device made its address up; junk is never trusted."""
    assert is_randomised(mac) is randomised


@given(st.lists(st.tuples(st.sampled_from([MAC, OTHER]), st.integers(-5, 5), st.integers(-5, 5)), max_size=6))
def test_more_leases_of_others_never_name_another_device(rows: list[tuple[str, int, int]]) -> None:
    """Whatever else is leased, the answer is the true holder or nobody."""
    leases = [lease(MAC, -1, 1), *(lease(m, min(a, b), max(a, b)) for m, a, b in rows)]
    assert who(leases, device("d", MAC), device("e", OTHER))[0] in {"d", None}


MINUTES = st.integers(-30, 30)
LEASES = st.lists(st.tuples(st.sampled_from([MAC, OTHER]), MINUTES, MINUTES, st.booleans(), st.booleans()), max_size=6)


@given(LEASES, st.lists(MINUTES, min_size=1, max_size=8))
def test_the_same_as_by_going_through_all_leases(
    rows: list[tuple[str, int, int, bool, bool]], instants: list[int]
) -> None:
    """Whatever is looked up or remembered: two who hold it, one who may by another clock, or one alone."""
    leases = []
    for mac, *ends, is_own, by_hand in rows:
        start, end = (NOON + timedelta(minutes=m) for m in sorted(ends))
        leases.append(Lease("10.0.0.5", mac, start, end, Where("dns", "a.log", 1), "" if is_own else "dns", by_hand))
    of = Attribution(Estate((device("d", MAC), device("e", OTHER))), leases, ZONE, date(2023, 4, 10)).of
    for at in (NOON + timedelta(minutes=m) for m in instants):
        held = [one for one in leases if one.start <= at < one.end]
        margin = timedelta(minutes=5)
        near = {one.mac for one in leases if one.of and one.start - margin <= at < one.end + margin}
        macs = {one.mac for one in held}
        said = of(asked(at))
        if len(macs) != 1:
            assert (said.device, said.reason) == (None, "overlapping_leases" if macs else "no_lease")
        elif near - macs:
            assert (said.device, said.reason) == (None, "changing_hands")
        else:
            assert (said.device, said.by_hand) == ("d" if macs == {MAC} else "e", all(one.by_hand for one in held))


DAYS = st.one_of(st.none(), st.dates(date(2023, 3, 30), date(2023, 4, 8)))


@given(
    st.lists(st.tuples(st.sampled_from("de"), st.sampled_from([MAC, OTHER]), DAYS, DAYS), min_size=1, max_size=4),
    st.lists(st.integers(-5, 5), min_size=1, max_size=6),
    st.integers(-3, 3),
)
def test_whose_a_hardware_address_is_changes_with_the_rows(
    rows: list[tuple[str, str, date | None, date | None]], days: list[int], seen_on: int
) -> None:
    """Devices change hands, rows end and begin: on each day those who have it then, however often somebody asked."""
    estate = Estate(tuple(device(name, mac, first, last) for name, mac, first, last in rows))
    today = NOON.date() + timedelta(days=seen_on)
    of = Attribution(estate, [lease(MAC, -24 * 10, 24 * 10)], ZONE, today).of
    for day in days:
        at = NOON + timedelta(days=day)
        those = sorted(d for d in estate.device_ids() if is_its_own(estate, d, MAC, at.date(), today))
        assert of(asked(at)).device == (those[0] if len(those) == 1 else None)
