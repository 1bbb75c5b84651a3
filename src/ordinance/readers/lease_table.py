# SPDX-License-Identifier: EUPL-1.2
"""A table of fixed addresses that somebody keeps: which device has which address from which day to which.

Reads: CSV with a header that names the columns `address`, `mac`, `first` and `last` in any order; others are passed
over. Days are YYYY-MM-DD in the source's time zone, the last one inclusive; without a last day the address is the
device's until further notice. Addresses are of IPv4 or IPv6. The record is the *line*:

- dropped: a row; it leaves the reader only where something behind it is kept
- structural: the header, and empty lines
- duplicate: lines of a file whose bytes were read before
- rejected: `no-header`, `bad-csv`, `missing-field`, `too-many-fields`, `bad-address`, `bad-mac`, `bad-day`,
  `bad-validity`, and what `_lines` refuses

A row that cannot be read leaves each address nobody's that stands in it, and all of them where nothing of it can be
read. No row ends another: where two rows give one address to two devices on one day, both stand, and nobody is named. A
row counts for each day of the window that it states, not only for the day on which it began.

Cannot know: whether the device really had the address on those days, and who took it without asking. The table is as
true as its keeper is; whoever may write it can lay what one device did at another's door.
"""

from __future__ import annotations

import re
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import ClassVar

from ordinance.model.body import SourceSettings
from ordinance.model.time import Span, end_of, start_of
from ordinance.readers._base import LeaseReading
from ordinance.readers._columns import cells_of
from ordinance.readers._leases import MAC, OPEN_END, Held, LeaseLog
from ordinance.readers._name_log import DROPPED, STRUCTURAL, address_of

_NEEDED = ("address", "mac", "first", "last")
_YEARS = range(1970, 3000)  # outside, a day is a slip of the pen
_ADDRESS = re.compile(
    r"\d{1,4}(?:\.\d{1,4}){3}|(?<![0-9A-Fa-f])[0-9A-Fa-f]{0,8}:[0-9A-Fa-f:]*:[0-9A-Fa-f.:]*", re.ASCII
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class LeaseTable:
    """Fixed addresses from a CSV file kept by hand."""

    id: ClassVar[str] = "lease-table"
    title: ClassVar[str] = "table of fixed addresses (CSV: address, mac, first, last)"
    unit: ClassVar[str] = "line"

    def read(self, settings: SourceSettings, root: Path, window: Span | None = None) -> LeaseReading:
        """Every row in the files."""
        return _Run(settings, window or Span()).read(root)


class _Run(LeaseLog):
    """One reading of one source. `_header` are the columns of the file in hand, `_row_text` the line in hand.

    A row that cannot be read may be about each address that stands in it; one of which nothing is known about any.
    """

    _row_text = ""
    _is_any_lost = False

    def begin(self) -> None:
        """Each file has a header of its own."""
        self._header: list[str] = []

    def unread(self) -> None:
        """A row that names no address as it should."""
        self._is_any_lost |= not self._row_text
        for written in _ADDRESS.findall(self._row_text):
            if address := _loosely(written):
                self.index.doubt(address)
        self._row_text = ""

    def close(self) -> None:
        """All rows are known."""
        if self._is_any_lost:
            self.index.doubt_all()
        super().close()

    def line(self, line: str) -> str:
        """A row of the table."""
        self._row_text = line
        verdict = self._verdict(line)
        if verdict in (DROPPED, STRUCTURAL) or self.is_told:
            self._row_text = ""
        return verdict

    def _verdict(self, line: str) -> str:
        if not line.strip():
            return STRUCTURAL
        found = cells_of(line)
        cells = None if found is None else [cell.strip() for cell in found]
        if not self._header:
            if cells is None or not set(_NEEDED) <= set(cells):
                return "no-header"
            self._header = cells
            return STRUCTURAL
        if cells is None:
            return "bad-csv"
        if len(cells) != len(self._header):
            place = self._header.index("address")
            if place < len(cells) and (address := address_of(cells[place])):
                self.doubt(address)
            return "missing-field" if len(cells) < len(self._header) else "too-many-fields"
        return self._row(dict(zip(self._header, cells, strict=True)))

    def _row(self, row: dict[str, str]) -> str:
        try:
            address = str(ip_address(row["address"]))
        except ValueError:
            return "bad-address"
        mac = row["mac"].lower().replace("-", ":")
        first, last = _day(row["first"]), _day(row["last"])
        fault = ""
        if not MAC.fullmatch(mac):
            fault = "bad-mac"
        elif first is None or (row["last"] and last is None):
            fault = "bad-day"
        elif last is not None and last < first:
            fault = "bad-validity"
        if fault or first is None:
            self.doubt(address)  # somebody else may have it, and nobody knows when
            return fault
        zone = self.settings.zone
        start = int(start_of(first, zone).timestamp())
        end = OPEN_END if last is None else int(end_of(last, zone).timestamp())
        self.index.fix(address, Held(start, end, mac, self.where(), by_hand=True))
        return DROPPED


def _loosely(text: str) -> str | None:
    """An address that somebody may have meant: with zeros before its numbers too."""
    parts = text.split(".")
    return address_of(".".join(str(int(part)) for part in parts)) if len(parts) == 4 else address_of(text)


def _day(text: str) -> date | None:
    """A day as the table writes it; `None` for anything else."""
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return day if day is not None and day.year in _YEARS else None
