# SPDX-License-Identifier: EUPL-1.2
"""Which hardware address held which IPv4 address when, from dnsmasq's DHCP lines.

Reads: DHCPACK, DHCPINFORM, DHCPRELEASE, DHCPDECLINE and (with `log-dhcp`) the `lease-time` option.
Everything stays in memory; only leases that overlap a kept observation are handed out.

How long a lease lasts: the `option: 51 lease-time` line that follows its DHCPACK under the same
transaction id; else the source's `lease` setting; else two minutes, the shortest that dnsmasq grants
(dnsmasq(8), --dhcp-range), because nothing longer is certain. It ends early when the address goes to
somebody else, when its holder gets another address, and with a release. With a decline it ends five minutes before, as
another device answered there and nobody knows since when. A line of the log that cannot be
read, and may have been one of DHCP, leaves nobody holding the addresses that stand in it, or any where none does.

Cannot know: fixed addresses that were never asked for, IPv6, leases granted before the log begins,
and who hides behind a randomised hardware address. A DHCPACK that answers a DHCPINFORM is no lease.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from ordinance.model.evidence import APART, AddressDay, Lease, Where
from ordinance.model.time import Period, Span, plus
from ordinance.readers._clock import utc

SHORTEST_LEASE_S = 120
_QUARTER = 900  # of an hour, in seconds: no zone's days begin between two
_ENDLESS_S = 100 * 365 * 86_400  # `infinite`: until something else is seen

_EVENT = re.compile(
    r"(?:(?P<id>\d+) )?DHCP(?P<what>ACK|INFORM|RELEASE|DECLINE)\((?P<interface>[^)]*)\)"
    r" (?P<address>\d{1,3}(?:\.\d{1,3}){3}) (?P<mac>(?:[0-9a-f]{2}:){5}[0-9a-f]{2})(?: .*)?",
    re.ASCII,
)
_ADDRESS = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])", re.ASCII)
_LEASE_TIME = re.compile(r"(?P<id>\d+) sent size: +\d+ option: +51 lease-time +(?P<length>\S+)", re.ASCII)
_LENGTH = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?", re.ASCII)
_CUT = re.compile(r"(?:\d+ ?)?(?:D|DH|DHC|DHCP[A-Z]*)?", re.ASCII)  # a line of which only the beginning is there
_OTHERS = re.compile(r"(?:^| )(?!dnsmasq-dhcp)[A-Za-z][^\s:]*: ", re.ASCII)  # the tag of another one
_ADDRESSED = ("DHCPACK(", "DHCPINFORM(", "DHCPRELEASE(", "DHCPDECLINE(")


@dataclass(slots=True)
class _Held:
    """A lease while it may still change. `wanted_at` is the first kept observation within it."""

    address: str
    mac: str
    start: int
    end: int
    where: Where
    wanted_at: int | None = None


class LeaseTable:
    """The leases of one source, fed with the text after the tag of each `dnsmasq-dhcp` line."""

    def __init__(self, zone: ZoneInfo, length: Period | None) -> None:
        self._zone, self._length = zone, length
        self._by_address: dict[str, _Held] = {}
        self._by_mac: dict[str, _Held] = {}
        self._acknowledged: tuple[str, _Held, int] | None = None
        self._informed: tuple[str, str] | None = None
        self._wanted: list[_Held] = []
        self._every: list[_Held] = []
        self._given: set[tuple[str, str, int]] = set()  # hardware address, address, and which quarter since 1970
        self._last = 0

    def feed(self, text: str, at: int, where: Where) -> bool:
        """Take in a line; False where it names an event but cannot be parsed."""
        self._last = max(self._last, at)
        length = _LEASE_TIME.fullmatch(text)
        if length:
            return self._lasts(length["id"], length["length"])
        event = _EVENT.fullmatch(text)
        if event is None:  # and of those that name one, `lost` is told
            return not (_CUT.fullmatch(text) or any(word in text for word in _ADDRESSED))
        address, mac = event["address"], event["mac"]
        if event["what"] == "INFORM":
            self._informed = (address, mac)
        elif event["what"] == "DECLINE":
            self._declined(address, at)
        elif event["what"] == "RELEASE":
            self._ended(address, mac, at)
        elif self._informed == (address, mac):
            self._informed = None
        else:
            self._granted(_Held(address, mac, at, self._usual_end(at), where), event["id"])
        return True

    def heard(self, at: int) -> None:
        """A line of this kind says nothing of any lease."""
        self._last = max(self._last, at)

    def end_of(self, text: str) -> int:
        """Where what is read of a line ends; behind it the name stands that a device gave itself. Nought: all of it."""
        if _LEASE_TIME.fullmatch(text):
            return len(text)
        event = _EVENT.fullmatch(text)
        return event.end("mac") if event else 0

    def lost_in(self, line: str) -> str | None:
        """What of a line that cannot be read has to be told to `lost`: addresses alone; `None` for nothing."""
        if not (any(word in line for word in _ADDRESSED) or not _OTHERS.search(line)):
            return None
        named = _ADDRESS.findall(line)
        return "" if not named or line.endswith(tuple(named)) else " ".join((*sorted(set(named)), ""))

    def lost(self, line: str) -> None:
        """A line of the log cannot be read: unless it says that it is another daemon's it may have been of this kind.

        As it may have no time, that of the last line of this kind stands for it.
        """
        if any(word in line for word in _ADDRESSED) or not _OTHERS.search(line):
            self._doubted(line, self._last)

    def holder(self, address: str, at: int) -> str | None:
        """The hardware address that holds `address` now, as far as the lines read so far tell."""
        held = self._by_address.get(address)
        return held.mac if held and held.start <= at < held.end else None

    def want(self, address: str, at: int) -> None:
        """An observation of `address` at `at` is kept: so is the lease behind it."""
        held = self._by_address.get(address)
        if held and held.wanted_at is None and held.start <= at < held.end:
            held.wanted_at = at
            self._wanted.append(held)

    def leases(self) -> tuple[Lease, ...]:
        """The wanted leases, as long as they really lasted, in order of their start."""
        kept = (h for h in self._wanted if h.wanted_at is not None and h.wanted_at < h.end)
        made = [Lease(h.address, h.mac, utc(h.start), utc(h.end), h.where) for h in kept]
        return tuple(sorted(made, key=lambda lease: (lease.start, lease.address, lease.mac)))

    def leased(self) -> frozenset[tuple[date, str]]:
        """Each hardware address and every day of the source's zone on which it held anything.

        Until the last line of this kind: what a lease says of later days, no log was there to take back.
        """
        ends = ((held, min(held.end, self._last + 1)) for held in self._every)
        spans = ((h.mac, Span(utc(h.start), utc(max(end, h.start + 1)))) for h, end in ends)
        return frozenset((day, mac) for mac, span in spans for day in span.days(self._zone))

    def days_of(self, macs: AbstractSet[str]) -> frozenset[AddressDay]:
        """Of these hardware addresses, what each held on which day, until the last line of this kind."""
        given = {(mac, a, self._day(q * _QUARTER)) for mac, a, q in self._given if mac in macs}
        mine = [h for h in self._every if h.mac in macs]
        ends = ((h, max(min(h.end, self._last + 1), h.start + 1)) for h in mine)
        days = {(h.mac, h.address, d) for h, end in ends for d in Span(utc(h.start), utc(end)).days(self._zone)}
        return frozenset(AddressDay(d, mac, a, (mac, a, d) in given) for mac, a, d in days | given)

    def until(self) -> date | None:
        """The last day of which a line of this kind speaks; `None` where none gave anything."""
        return self._day(self._last) if self._given else None

    def _day(self, at: int) -> date:
        return utc(at).astimezone(self._zone).date()

    def _doubted(self, text: str, at: int) -> None:
        """An event that cannot be read may have moved its address to another device: nobody holds it from here.

        Where not even the address can be read, nobody holds anything.
        """
        named = set(_ADDRESS.findall(text))
        if text.endswith(tuple(named)):  # it may be the beginning of another one
            named.clear()
        for address, held in self._by_address.items():
            if not named or address in named:
                held.end = min(held.end, at)

    def _granted(self, new: _Held, transaction: str | None) -> None:
        at, old = new.start, self._by_address.get(new.address)
        self._given.add((new.mac, new.address, at // _QUARTER))
        if old and old.mac == new.mac and at < old.end:
            old.end = max(old.end, new.end)  # a renewal is the same lease
            new = old
        else:
            for other in (old, self._by_mac.get(new.mac)):
                if other is not None:
                    other.end = min(other.end, at)
            self._every.append(new)
        self._by_address[new.address] = self._by_mac[new.mac] = new
        self._acknowledged = (transaction, new, at) if transaction else None

    def _lasts(self, transaction: str, length: str) -> bool:
        seconds = lease_seconds(length)
        if seconds is None:
            return False
        if self._acknowledged and self._acknowledged[0] == transaction:
            _, held, granted = self._acknowledged
            held.end = granted + seconds
        return True

    def _ended(self, address: str, mac: str, at: int) -> None:
        held = self._by_address.get(address)
        if held and held.mac == mac:
            held.end = min(held.end, at)

    def _declined(self, address: str, at: int) -> None:
        """Another device answered there: nobody knows which, and not since when, but for a while before."""
        held = self._by_address.get(address)
        if held:
            held.end = min(held.end, at - APART)

    def _usual_end(self, at: int) -> int:
        if self._length is None:
            return at + SHORTEST_LEASE_S
        start = utc(at)
        return at + (plus(start, self._length, self._zone) - start) // timedelta(seconds=1)


def lease_seconds(text: str) -> int | None:
    """Seconds of `12h`, `10h30m`, `1d`, `3600` or `infinite`; `None` for anything else."""
    if text == "infinite":
        return _ENDLESS_S
    match = _LENGTH.fullmatch(text)
    if not match or not text:
        return None
    days, hours, minutes, seconds = (int(g or 0) for g in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
