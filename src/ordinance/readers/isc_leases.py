# SPDX-License-Identifier: EUPL-1.2
"""The lease file of ISC's DHCP server (`dhcpd.leases`): who held which IPv4 address when. Experimental: contract only.

Reads: declarations as dhcpd.leases(5) of ISC DHCP 4 describes them, a statement a line as the server writes them; no
dhcpd was run. The file is a journal to which each grant, renewal and release is added, and which the server rewrites
from time to time, so that older files (`dhcpd.leases~`, copies) say what the live one no longer does. The record is the
*line*:

- dropped: the last line of a declaration that gives an address; it leaves the reader only where something behind it is
  kept
- structural: every other line of a declaration, comments, empty lines, declarations of hosts, groups, failover and IPv6
- duplicate: lines of a file whose bytes were read before
- rejected: `bad-line`, `unclosed-block`, `bad-address`, `bad-time`, `bad-state`, `bad-mac`, `missing-field`, and what
  `_lines` refuses

An active lease goes from `starts` until before `ends`. One that is free, expired or released went so far and no
farther. Of one in another state (abandoned, backup, reset …) only this is known: nobody holds the address from its
`starts` on. Times are in UTC, or seconds since 1970 after `epoch`, so that no time zone matters. A declaration that
cannot be read ends the lease before it; without its `starts` nobody is known to hold the address at any time, and
without its address, or its beginning, nobody any that was given before it, until it is given again (`_order`); where
the active leases of a file stand in no order of time it may be of any.

Cannot know: fixed addresses of `host` declarations, which the server never writes down as leases, a second server, and
a device that took an address without asking. Leases of a device without an Ethernet address are rejected as `bad-mac`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import IPv4Address
from pathlib import Path
from typing import ClassVar

from ordinance.model.body import SourceSettings
from ordinance.model.time import Span
from ordinance.readers._base import LeaseReading
from ordinance.readers._lease_log import LeaseLog
from ordinance.readers._leases import MAC, OPEN_END
from ordinance.readers._name_log import DROPPED, STRUCTURAL

# A text in quotes with escapes, a mark, a comment, or a word. A quote that stays open is none of these.
_TOKEN = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|([{};])|#.*|([^\s{};"#]+))', re.ASCII)
_BEGINS = re.compile(r"lease \S+ \{", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,11}", re.ASCII)
_FORM = "%Y/%m/%d %H:%M:%S"
_USUAL = re.compile(r"(\d{4})/(\d\d)/(\d\d) (\d\d):(\d\d):(\d\d)", re.ASCII)  # read sooner than by that
_GIVEN = frozenset({"active", "free", "expired", "released"})
_TAKEN = frozenset({"abandoned", "backup", "reset", "bootp"})
_DATES = frozenset({"starts", "ends"})


class IscLeases:
    """Leases of IPv4 from the file of ISC's server."""

    id: ClassVar[str] = "isc-leases"
    title: ClassVar[str] = "ISC DHCP's lease file (dhcpd.leases); experimental"
    unit: ClassVar[str] = "line"

    def read(self, settings: SourceSettings, root: Path, window: Span | None = None) -> LeaseReading:
        """Every lease in the files."""
        return _Run(settings, window or Span()).read(root)


class _Declared:
    """What a declaration of a lease has said so far, and the first reason why it cannot be used."""

    def __init__(self, address: str) -> None:
        self.address, self.mac, self.state, self.fault = address, "", "", ""
        self.dates: dict[str, int] = {}


class _Run(LeaseLog):
    """One reading of one source. `_blocks` are those that are open: a lease, or `None` for any other."""

    def begin(self) -> None:
        """Blocks do not go on from file to file."""
        self._blocks: list[_Declared | None] = []
        self._words: list[str] = []

    def end(self) -> str:
        """A block that is still open was cut off."""
        return self._give_up()

    def refuse(self, number: int, reason: str) -> None:
        """A line that cannot be read, be it not even decoded: in a block it is about that block's lease alone."""
        block = self._blocks[0] if self._blocks and reason != "unclosed-block" else None  # that is of the one before
        if block is not None:
            block.fault = block.fault or reason
            self.is_told = True
        super().refuse(number, reason)

    def line(self, line: str) -> str:
        """A statement, the beginning or the end of a block."""
        lost = self._give_up() if _BEGINS.match(line) else ""  # nothing else stands at the margin in a block
        tokens = _tokens(line)
        if tokens is None:
            self.is_any = "{" in line or "}" in line  # nobody knows of which block
            return lost or self._bad_line()
        verdict = STRUCTURAL
        for piece in tokens:
            found = self._piece(piece)
            verdict = found if verdict in (STRUCTURAL, DROPPED) and found else verdict
        if self._words and not self._is_foreign():
            verdict = self._bad_line()
        return lost or verdict

    def _bad_line(self) -> str:
        """A line in a block may have said anything of its lease, and of no other one."""
        self._words.clear()
        block = self._blocks[-1] if self._blocks else None
        if block is not None:
            block.fault = block.fault or "bad-line"
        self.is_told = bool(self._blocks)
        return "bad-line"

    def _is_foreign(self) -> bool:
        """Whether nothing in the innermost block is looked at; only there may a statement go on in the next line."""
        return bool(self._blocks) and self._blocks[-1] is None

    def _piece(self, piece: str) -> str:
        """What a word or mark says of its line; nothing where it says nothing."""
        words = self._words
        if piece not in ("{", "}", ";"):
            words.append(piece)
            return ""
        self._words = []
        if piece == "{":
            return self._open(words)
        if piece == "}":
            return self._close(words)
        if self._blocks and (block := self._blocks[-1]) is not None:
            return self._statement(block, words)
        return ""

    def _open(self, words: list[str]) -> str:
        block = self._blocks[-1] if self._blocks else None
        if block is not None and words[:1] == ["lease"]:
            lost = self._give_up()
            return self._open(words) or lost
        if block is not None and words[:1] != ["on"]:  # all that the manual has there; this may be a lease
            self.is_any = True
            self._blocks.append(None)
            return "bad-line"
        if self._blocks or words[:1] != ["lease"]:
            self._blocks.append(None)
            return "" if words else "bad-line"
        try:
            (written,) = words[1:]
            self._blocks.append(_Declared(str(IPv4Address(written))))
        except ValueError:
            self._blocks.append(_Declared(""))  # nobody knows of which address
            self.is_told = True  # its end will say from when
            return "bad-address"
        return ""

    def _close(self, words: list[str]) -> str:
        if not self._blocks:
            self.is_any = True  # of a block whose beginning is lost
            return "bad-line"
        block = self._blocks.pop()
        if block is None:
            return ""
        if words:  # a statement that has no end may have been another one
            block.fault = block.fault or "bad-line"
        found = self._declared(block)
        return "bad-line" if words else found

    def _statement(self, block: _Declared, words: list[str]) -> str:
        """A statement of a lease; those that say nothing of who held it when are passed over."""
        fault = ""
        if words[:1] and words[0] in _DATES:
            at = _instant(words[1:])
            if at is None:
                fault = "bad-time"
            else:
                block.dates[words[0]] = at
        elif words[:2] == ["binding", "state"] or words == ["abandoned"]:
            block.state = words[-1]
            fault = "" if block.state in _GIVEN | _TAKEN else "bad-state"
        elif words[:1] == ["hardware"]:
            mac = words[2].lower() if words[1:2] == ["ethernet"] and len(words) == 3 else ""
            block.mac, fault = mac, "" if MAC.fullmatch(mac) else "bad-mac"
        block.fault = block.fault or fault
        self.is_told = True
        return fault

    def _declared(self, block: _Declared) -> str:
        """A whole declaration."""
        starts, ends = block.dates.get("starts"), block.dates.get("ends")
        if block.fault or not block.address:
            self._doubt(block)
            return STRUCTURAL  # the line that was at fault is the reject
        if block.state in _TAKEN:
            self._doubt(block)
            return STRUCTURAL
        if starts is None or ends is None or not block.state:
            self._doubt(block)
            return "missing-field"
        if block.state != "active":
            self.index.end(block.address, ends)
        else:
            self.order.said(starts)
        if block.state != "active" and (not block.mac or starts >= ends):
            return STRUCTURAL
        if not block.mac or starts >= ends or starts >= OPEN_END:
            self._doubt(block)
            return "bad-time" if block.mac else "missing-field"
        self.grant(block.address, starts, min(ends, OPEN_END), block.mac)
        return DROPPED

    def _doubt(self, block: _Declared) -> None:
        """From the start of a declaration that cannot be used nobody is known to hold its address, or any."""
        if block.address:
            self.doubt(block.address, block.dates.get("starts"))
        else:
            self.unread()

    def _give_up(self) -> str:
        """Leave the blocks that are open; the reason, where there are any."""
        if not self._blocks:
            return ""
        for block in self._blocks:
            if block is not None:
                self._doubt(block)
        self.begin()
        return "unclosed-block"


def _tokens(line: str) -> list[str] | None:
    """The words, texts and marks of a line without its comment; `None` where a quote stays open."""
    found, at, line = [], 0, line.strip()
    while at < len(line):
        match = _TOKEN.match(line, at)
        if match is None:
            return None
        found += [group for group in match.groups() if group is not None]
        at = match.end()
    return found


def _instant(words: list[str]) -> int | None:
    """Seconds since 1970 of `1 2023/03/20 08:00:00`, `epoch 1679299200` or `never`; `None` for anything else."""
    if words == ["never"]:
        return OPEN_END
    try:
        kind, rest = words[0], words[1:]
        if kind == "epoch":
            (written,) = rest
            return int(written) if _NUMBER.fullmatch(written) else None
        if not kind.isdecimal():
            return None
        return _second(" ".join(rest))
    except (ValueError, IndexError):
        return None


@lru_cache(maxsize=65_536)
def _second(written: str) -> int:
    usual = _USUAL.fullmatch(written)
    if usual is None:
        return int(datetime.strptime(written, _FORM).replace(tzinfo=UTC).timestamp())
    year, month, day, hour, minute, second = map(int, usual.groups())
    return int(datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp())
