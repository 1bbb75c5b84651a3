# SPDX-License-Identifier: EUPL-1.2
"""Kea's lease file for IPv4 (`kea-leases4.csv`, memfile backend): who held which address when.

Reads: the CSV with its header, as Kea writes it (Kea's manual, "Memfile"): a journal to which each grant, renewal and
release is added as a row, and which Kea rewrites from time to time, so that older files (`.1`, `.2`, `.completed`) say
what the live one no longer does. The record is the *line*:

- dropped: a lease; it leaves the reader only where something behind it is kept
- structural: the header, empty lines, and rows that say that an address was declined or taken back
- duplicate: lines of a file whose bytes were read before
- rejected: `no-header`, `missing-field`, `too-many-fields`, `bad-address`, `bad-mac`, `bad-state`, `bad-time`, and what
  `_lines` refuses

A lease began `valid_lifetime` before it expires, as Kea writes its expiry anew with each renewal. A row with a lifetime
of nought says that it was given back or taken away at some time after the grant whose time it bears: from that grant on
nobody is known to hold the address. One that says that it was declined says that somebody has it whom nobody knows. A
row that gives the address to another device ends that of the first; of one that cannot be read nobody holds the
address, and where not even that can be read, nobody holds any that was given before it, until it is given again
(`_order`). Rows may stand in any order and in several files; where those of a file stand in no order of time, one that
cannot be read may be of any. Times are seconds since 1970, so that no time zone matters.

Cannot know: addresses that no server of this file gave (fixed ones, a second server), and a device that took an address
without asking. Leases of a device without a hardware address (a client id alone) are rejected as `bad-mac`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import IPv4Address
from pathlib import Path
from typing import ClassVar

from ordinance.model.body import SourceSettings
from ordinance.model.time import Span
from ordinance.readers._base import LeaseReading
from ordinance.readers._columns import cells_of
from ordinance.readers._held import GRANT, Event
from ordinance.readers._lease_log import LeaseLog
from ordinance.readers._leases import MAC
from ordinance.readers._name_log import DROPPED, STRUCTURAL, address_of
from ordinance.readers._order import EVER

_NEEDED = ("address", "hwaddr", "valid_lifetime", "expire", "state")
_MOST_DIGITS = 11
_NUMBER = re.compile(rf"[0-9]{{1,{_MOST_DIGITS}}}", re.ASCII)
_MOST_LIFETIMES = 4096  # a server grants few different ones
_DEFAULT, _DECLINED, _RECLAIMED = "0", "1", "2"  # Kea's manual: states of leases; 3 is released and kept
_STATES = (_DEFAULT, _DECLINED, _RECLAIMED, "3")


class KeaLeases:
    """Leases of IPv4 from Kea's own file."""

    id: ClassVar[str] = "kea-leases"
    title: ClassVar[str] = "Kea's lease file for IPv4 (kea-leases4.csv)"
    unit: ClassVar[str] = "line"

    def read(self, settings: SourceSettings, root: Path, window: Span | None = None) -> LeaseReading:
        """Every lease in the files."""
        return _Run(settings, window or Span()).read(root)


class _Run(LeaseLog):
    """One reading of one source. `_places` are the columns of the file in hand.

    Most rows give an address that another gave, to a device that another names, for as long as others: what was read
    in one row of how these are written is known of the others (`unusual`).
    """

    def __init__(self, settings: SourceSettings, window: Span) -> None:
        super().__init__(settings, window)
        self._said: dict[str, list[Event]] = {}
        self._macs: dict[str, str] = {}
        self._lifetimes: dict[str, int] = {}

    def begin(self) -> None:
        """Each file has a header of its own."""
        self._places: dict[str, int] | None = None
        self._columns = (0,) * len(_NEEDED)
        self._width = 0

    def unusual(self, lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        """All lines but rows that give an address, and say it only in words that were read before."""
        said_of, macs, lifetimes, said = self._said.get, self._macs.get, self._lifetimes.get, self.order.said
        address, hwaddr, valid_lifetime, expire, state = self._columns
        origin, taken, last = self.origin, 0, EVER
        for number, line in lines:
            cells = line.split(",")
            if len(cells) == self._width and cells[state] == _DEFAULT and '"' not in line:
                rows, mac, lifetime = said_of(cells[address]), macs(cells[hwaddr]), lifetimes(cells[valid_lifetime])
                if rows is not None and mac is not None and lifetime is not None:
                    end = _plain_number(cells[expire])
                    at = end - lifetime
                    if at >= 0:
                        said(at)
                        rows.append((at, GRANT, mac, end, len(rows), True, origin, number, False))
                        taken += 1
                        last = max(at, last)
                        continue
            yield number, line
            address, hwaddr, valid_lifetime, expire, state = self._columns
        self.taken(taken)
        self.index.gave(last)

    def line(self, line: str) -> str:
        """A row of the journal."""
        if not line.strip():
            return STRUCTURAL
        cells = cells_of(line)
        if self._places is None:
            if cells is None or not set(_NEEDED) <= set(cells):
                return "no-header"
            self._places, self._width = {name: cells.index(name) for name in _NEEDED}, len(cells)
            self._columns = tuple(self._places.values())
            return STRUCTURAL
        parts, place = cells or line.split(","), self._places["address"]
        is_long = len(parts) > self._width
        if cells is None or is_long or len(cells) <= max(self._places.values()):
            self.is_any = is_long  # another row, whose beginning is not where a line begins
            whole = place < len(parts) - 1  # the last cell may be cut short
            reason = "too-many-fields" if is_long else "missing-field"
            return self._doubtful(address_of(parts[place].strip()) if whole else None, reason)
        return self._row({name: cells[place].strip() for name, place in self._places.items()})

    def _row(self, row: dict[str, str]) -> str:
        address = _ipv4(row["address"])
        if address is None:
            return "bad-address"
        if not (_NUMBER.fullmatch(row["valid_lifetime"]) and _NUMBER.fullmatch(row["expire"])):
            return self._doubtful(address, "bad-time")
        lifetime, end = int(row["valid_lifetime"]), int(row["expire"])
        if lifetime > end or row["state"] not in _STATES:
            return self._doubtful(address, "bad-time" if lifetime > end else "bad-state")
        if row["state"] != _DEFAULT or lifetime == 0:
            self._taken_back(address, row["state"], lifetime, end)
            return STRUCTURAL
        self.order.said(end - lifetime)
        mac = row["hwaddr"].lower()
        if not MAC.fullmatch(mac):
            self.doubt(address, end - lifetime)  # somebody else has it from here, nobody knows who
            return "bad-mac"
        self.grant(address, end - lifetime, end, mac)
        self._usual(row, address, mac, lifetime)
        return DROPPED

    def _usual(self, row: dict[str, str], address: str, mac: str, lifetime: int) -> None:
        """Whatever is written like this in another row means the same."""
        if len(self._lifetimes) < _MOST_LIFETIMES:
            self._lifetimes[row["valid_lifetime"]] = lifetime
        self._macs[row["hwaddr"]] = mac
        self._said[row["address"]] = self.index.said_of(address)

    def _taken_back(self, address: str, state: str, lifetime: int, end: int) -> None:
        """The server has it again; one that was declined has another device, and nobody knows which."""
        if state == _DECLINED:
            self.index.doubt(address, end - lifetime, after_grants=True)
        else:
            self.index.end(address, end if state == _RECLAIMED else end - lifetime, after_grants=lifetime == 0)

    def _doubtful(self, address: str | None, reason: str) -> str:
        """A row that cannot be read may have given its address to anybody."""
        if address is not None:
            self.doubt(address)
        return reason


def _plain_number(text: str) -> int:
    """A number as Kea writes it; -1 for anything else."""
    return int(text) if len(text) <= _MOST_DIGITS and text.isdecimal() and text.isascii() else -1


@lru_cache(maxsize=65_536)
def _ipv4(text: str) -> str | None:
    try:
        return str(IPv4Address(text))
    except ValueError:
        return None
