# SPDX-License-Identifier: EUPL-1.2
"""dnsmasq's lease file (`dnsmasq.leases`): who holds which address now, and since when at the earliest.

Reads: lines of five words, `expiry hardware-address address hostname client-id`, as dnsmasq 2.90 writes them. The file
is rewritten with every change and keeps nothing that is over: a history comes of copies of it (`dnsmasq.leases.1` …),
which may be read together in any order. The record is the *line*:

- dropped: a lease; it leaves the reader only where something behind it is kept
- structural: empty lines, the server's `duid`, and leases of IPv6 addresses, which name no hardware address
- duplicate: lines of a file whose bytes were read before
- rejected: `missing-field`, `bad-time`, `endless-lease`, `bad-address`, `bad-mac`, and what `_lines` refuses

The file says when a lease ends, and not when it began: it began the source's `lease` before that, which must be stated,
and which is the shortest that the server grants. A lease without end (expiry 0) began nobody knows when; it is refused,
and belongs into a table of fixed addresses. Times are seconds since 1970, so that no time zone matters.

A copy has each address once. A line that cannot be read may thus be about any address that is in other copies and not
in that one: nobody holds these at any time, as nothing says when a copy was made.

Leases of one copy whose ends lie further apart than a lease is long are of several lengths. When the longer ones began
nobody knows then, and whoever had such an address before may have given it back long ago: what was two devices' is
nobody's at any time.

Cannot know: what lies between two copies, and an address that was given back before its lease was over; that a server
grants several lengths, where no copy shows it. A client may ask for less than the server would grant; its lease is then
taken to have begun too early, by as much.
"""

from __future__ import annotations

import re
from datetime import timedelta
from functools import lru_cache
from ipaddress import IPv4Address, ip_address
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

from ordinance.model.body import SourceSettings
from ordinance.model.errors import Issue, SourceError
from ordinance.model.time import Period, Span, plus
from ordinance.readers._base import LeaseReading
from ordinance.readers._clock import utc
from ordinance.readers._lease_log import LeaseLog
from ordinance.readers._leases import MAC
from ordinance.readers._name_log import DROPPED, STRUCTURAL

_NUMBER = re.compile(r"[0-9]{1,11}", re.ASCII)
_WORDS = 5
_OTHER = "IPv6"
_SLACK_S = 3600  # a server writes its file when something changes, and may have left in it what was just over


class DnsmasqLeases:
    """Leases of IPv4 from copies of dnsmasq's own file."""

    id: ClassVar[str] = "dnsmasq-leases"
    title: ClassVar[str] = "dnsmasq's lease file (dnsmasq.leases), or copies of it"
    unit: ClassVar[str] = "line"

    def read(self, settings: SourceSettings, root: Path, window: Span | None = None) -> LeaseReading:
        """Every lease in the files. Raises SourceError (`no-lease-length`) where `lease` is not stated."""
        if settings.lease is None or settings.lease == Period():
            message = f"source {settings.id!r}: dnsmasq's lease file does not say when a lease began"
            hint = 'state the shortest lease that the server grants, such as lease = "PT12H"'
            raise SourceError(
                [Issue("ordinance.toml", 0, 0, "no-lease-length", message, "the leases cannot be read", hint)]
            )
        return _Run(settings, window or Span(), settings.lease).read(root)


class _Run(LeaseLog):
    """One reading of one source. `_back` is the length of a lease, backwards.

    A copy has each address once: a line of it that cannot be read may be about any address that stands in other copies
    and not in this one. `_stated` are the addresses of the file in hand, `_without` those of copies with such a line.
    `_earliest` is the first end of a lease in the file in hand: what was over when it was written, the server forgot.
    """

    def __init__(self, settings: SourceSettings, window: Span, length: Period) -> None:
        super().__init__(settings, window)
        self._back = Period(months=-length.months, days=-length.days, minutes=-length.minutes)
        self._stated: set[str] = set()
        self._every: set[str] = set()
        self._without: list[frozenset[str]] = []
        self._is_unread = False
        self._earliest: int | None = None
        self._last_start = 0
        self._are_several = False
        self._holders: dict[str, set[str]] = {}

    def begin(self) -> None:
        """A copy."""
        self._stated.clear()
        self._is_unread = False
        self._earliest, self._last_start = None, 0

    def unread(self) -> None:
        """A line that may be about any address, but for those that have a line of their own."""
        self._is_unread = True

    def end(self) -> str:
        """All of a copy is known."""
        self._every |= self._stated
        self._are_several |= self._earliest is not None and self._last_start > self._earliest + _SLACK_S
        if self._is_unread:
            self._without.append(frozenset(self._stated))
        return ""

    def close(self) -> None:
        """All copies are known."""
        for stated in self._without:
            for address in self._every - stated:
                self.index.doubt_here(address)
        if self._are_several:
            for address, holders in self._holders.items():
                if len(holders) > 1:
                    self.index.doubt_here(address)
        super().close()

    def line(self, line: str) -> str:
        """One lease of the moment at which the file was written."""
        words = line.split()
        if not words or words[0] == "duid":
            return STRUCTURAL
        if len(words) != _WORDS:
            return "missing-field"
        return self._lease(*words[:3])

    def _lease(self, expiry: str, mac: str, written: str) -> str:
        address = _ipv4(written)
        if address is None or address == _OTHER:
            return STRUCTURAL if address else "bad-address"
        self._stated.add(address)
        end = int(expiry) if _NUMBER.fullmatch(expiry) else -1
        start = self._start(end)
        if end == 0 and MAC.fullmatch(mac.lower()):
            self.is_told = True
            self.index.doubt_here(address)  # a table of fixed addresses is to say since when
            return "endless-lease"
        if end == 0 or start < 0:
            self.doubt(address)  # somebody has it, and nobody knows since when
            return "bad-time" if end else "endless-lease"
        return self._held(address, start, end, mac.lower())

    def _held(self, address: str, start: int, end: int, mac: str) -> str:
        self._earliest = end if self._earliest is None else min(self._earliest, end)
        self._last_start = max(self._last_start, start)
        self._holders.setdefault(address, set()).add(mac)
        if not MAC.fullmatch(mac):
            self.doubt(address, start)  # somebody else has it from here, nobody knows who
            return "bad-mac"
        self.grant(address, start, end, mac, given=False)
        return DROPPED

    def _start(self, end: int) -> int:
        """The length of a lease before its end, by the calendar of the source's zone."""
        return before(end, self._back, self.settings.zone)


@lru_cache(maxsize=65_536)
def before(end: int, back: Period, zone: ZoneInfo) -> int:
    """The instant a period (with a minus) before another, both in seconds since 1970; -1 where there is none."""
    if not (back.months or back.days) and end >= 0:
        return max(-1, end + 60 * back.minutes)  # of every calendar
    try:
        over = utc(end)
        return end + (plus(over, back, zone) - over) // timedelta(seconds=1)
    except (ValueError, OverflowError):  # no calendar has it
        return -1


@lru_cache(maxsize=65_536)
def _ipv4(text: str) -> str | None:
    """An address of IPv4; `_OTHER` for one of IPv6, `None` for none at all."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return str(address) if isinstance(address, IPv4Address) else _OTHER
