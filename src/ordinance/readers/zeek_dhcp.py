# SPDX-License-Identifier: EUPL-1.2
"""Zeek's dhcp log: who was seen to be given which address when.

Reads: dhcp.log of one sensor as a table or as JSON (`_zeek` has the form), also mixed with other logs. No Zeek was
run: what the fields mean is taken from zeek/zeek, `scripts/base/protocols/dhcp/main.zeek`, and from Zeek's
documentation up to 8.2. A row is one exchange between a device and a server, and the last message of `msg_types` that
decides says what came of it. The record is the *line*:

- dropped: an exchange that ends with `ACK` and an address, which is a lease; it leaves the reader only where something
  behind it is kept
- structural: lines of a head, empty lines, rows of other logs, exchanges that gave or took no address (`OFFER`, an
  `ACK` to `INFORM`), and those that end with `RELEASE`, `NAK` or `DECLINE`
- duplicate: lines of a file whose bytes were read before
- rejected: `bad-json`, `bad-address`, `bad-mac`, `bad-time`, `wrong-type`, `clock-not-set`, `missing-column`,
  `missing-field`, `no-header`, `no-such-time`, `other-format`, `too-many-fields`, `two-servers`, and what `_lines`
  refuses

A row bears the time of its first message, and `duration` leads to its last: a lease begins with the last and ends
`lease_time` after the first, so that it is never said to be longer than it was. RELEASE and NAK end the lease of that
device and of nobody else, DECLINE says that somebody has the address of whom nobody knows who it is. A row that cannot
be read ends what is known of its address; one of which not even that can be read ends what is known of all, from five
minutes before the rows before it on (`_order`): a row is written when its exchange is over.

Cannot know: what the sensor did not see. A device renews its lease with the server alone, past a sensor elsewhere, and
fixed addresses are never asked for. `mac` is the client identifier where that is an Ethernet address, and anybody can
state another's.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, ClassVar

from ordinance.model.body import SourceSettings
from ordinance.model.time import Span
from ordinance.readers._base import LeaseReading
from ordinance.readers._lease_log import LeaseLog
from ordinance.readers._leases import MAC, OPEN_END
from ordinance.readers._name_log import DROPPED, STRUCTURAL
from ordinance.readers._zeek import BadValueError, Log, Rows

_DHCP = Log(
    "dhcp",
    ("ts", "mac", "client_addr", "requested_addr", "assigned_addr", "lease_time", "msg_types", "duration"),
    ("ts", "msg_types"),
    (frozenset(("msg_types", "uids")),),
)
_DECIDING = ("ACK", "NAK", "RELEASE", "DECLINE")


class ZeekDhcp:
    """Leases of IPv4 that a Zeek saw being given."""

    id: ClassVar[str] = "zeek-dhcp"
    title: ClassVar[str] = "Zeek's dhcp log, as a table or JSON"
    unit: ClassVar[str] = "line"

    def read(self, settings: SourceSettings, root: Path, window: Span | None = None) -> LeaseReading:
        """Every lease in the files."""
        return _Run(settings, window or Span()).read(root)


class _Run(LeaseLog):
    """One reading of one source. An exchange is written when it is over, and bears the time of its beginning."""

    slack = 300

    def __init__(self, settings: SourceSettings, window: Span) -> None:
        super().__init__(settings, window)
        self._rows = Rows([_DHCP], settings.zone)

    def begin(self) -> None:
        """Each file has a head of its own, or is JSON."""
        self._rows.begin()

    def line(self, line: str) -> str:
        """The verdict on a line."""
        row = self._rows.row(line)
        if isinstance(row, str):
            return STRUCTURAL if row == DROPPED else row
        _, (ts, mac, client, requested, assigned, length, types, duration) = row
        at = self._rows.at(ts)
        if isinstance(at, int):
            self.order.said(at)
        try:
            every = self._rows.texts(types)
            said = next((t for t in reversed(every) if t in _DECIDING), "")
            if said == "ACK":
                is_lease = assigned is not None and ("INFORM" not in every or "REQUEST" in every)
                is_doubtful = "OFFER" in every[len(every) - 1 - every[::-1].index("ACK") :]
                return self._granted(at, mac, assigned, length, duration, is_doubtful) if is_lease else STRUCTURAL
            if said:
                return self._ended(at, said, mac, client if said == "RELEASE" else requested or client)
        except BadValueError:
            return self._doubtful(at, assigned, "wrong-type")
        return at if isinstance(at, str) else STRUCTURAL

    def _granted(self, at: int | str, mac: Any, address: Any, length: Any, duration: Any, is_doubtful: bool) -> str:
        if isinstance(at, str):
            return self._doubtful(at, address, at)
        given = _ipv4(address)
        if given is None:
            return "bad-address"
        if is_doubtful:  # the address is that of the offer, and which one was taken nobody knows
            return self._doubtful(at, given, "two-servers")
        seconds = self._rows.number(length)
        if seconds is None:
            return self._doubtful(at, given, "missing-field")
        holder = _mac(mac)
        if holder is None:
            return self._doubtful(at, given, "bad-mac")
        start = at + (self._rows.number(duration) or 0)
        self.grant(given, start, min(at + seconds, OPEN_END), holder)
        return DROPPED

    def _ended(self, at: int | str, said: str, mac: Any, address: Any) -> str:
        if isinstance(at, str):
            return self._doubtful(at, address, at)
        given, holder = _ipv4(address), _mac(mac)
        if given is None:
            return STRUCTURAL if address is None else "bad-address"
        if said == "DECLINE":
            self.index.doubt(given, at, after_grants=True)  # another device answered there
        elif holder is None:
            self.index.end(given, at, after_grants=True)
        else:
            self.index.give_up(given, at, holder)
        return STRUCTURAL

    def _doubtful(self, at: int | str, address: Any, reason: str) -> str:
        """From a row that cannot be read on, nobody is known to hold its address; without a time, at no time."""
        given = _ipv4(address)
        if given is not None:
            self.doubt(given, at if isinstance(at, int) else None, after_grants=True)
        return reason


def _ipv4(value: Any) -> str | None:
    return _ipv4_of(value) if isinstance(value, str) else None


def _mac(value: Any) -> str | None:
    return _mac_of(value) if isinstance(value, str) else None


@lru_cache(maxsize=65_536)
def _ipv4_of(text: str) -> str | None:
    try:
        return str(IPv4Address(text))
    except ValueError:
        return None


@lru_cache(maxsize=65_536)
def _mac_of(text: str) -> str | None:
    mac = text.lower()
    return mac if MAC.fullmatch(mac) else None
