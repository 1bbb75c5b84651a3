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

A row that cannot be read leaves its address nobody's at any time. One whose address cannot be read, or that may be two
rows in one line, may mean any: it leaves all of them nobody's, on the days that it states where these can be read, and
at any time where not. So does each line of a file without a header. No row ends another: where two rows give one
address to two devices on one day, both stand, and nobody is named. A row counts for each day of the window that it
states, not only for the day on which it began.

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
from ordinance.model.evidence import APART, Where
from ordinance.model.time import Span, end_of, start_of
from ordinance.readers._base import LeaseReading
from ordinance.readers._columns import cells_of
from ordinance.readers._held import Held
from ordinance.readers._lease_log import LeaseLog
from ordinance.readers._leases import MAC, OPEN_END
from ordinance.readers._name_log import DROPPED, STRUCTURAL, address_of
from ordinance.readers._order import EVER, FOR_EVER

_NEEDED = ("address", "mac", "first", "last")
_YEARS = range(1970, 3000)  # outside, a day is a slip of the pen
_DIGIT = re.compile(r"\d", re.ASCII)
_ALWAYS = (EVER, FOR_EVER)
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
    """One reading of one source. `_header` are the columns of the file in hand, `_days` when the line in hand counts.

    A row that names no address as it should may mean any: nobody holds one on its days.
    """

    def begin(self) -> None:
        """Each file has a header of its own."""
        self._header: list[str] = []
        self._days = _ALWAYS

    def unread(self) -> None:
        """A row that may mean any address."""
        self.index.doubt_all(*self._days)
        self._days = _ALWAYS

    def line(self, line: str) -> str:
        """A row of the table."""
        self._days = _ALWAYS
        return self._verdict(line)

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
            self._named([cell.strip(' "') for cell in line.split(",")])
            return "bad-csv"
        if len(cells) != len(self._header):
            self._named(cells)
            return "missing-field" if len(cells) < len(self._header) else "too-many-fields"
        return self._row(dict(zip(self._header, cells, strict=True)))

    def _named(self, cells: list[str]) -> None:
        """The address of a row that has not the cells of the header. Its last cell may be cut short.

        What stands in cells too many may be another row, whose line's end was lost.
        """
        place = self._header.index("address")
        if place < len(cells) - 1 and (address := address_of(cells[place])):
            self.doubt(address)
        self.is_any = any(map(_DIGIT.search, cells[len(self._header) :]))

    def _row(self, row: dict[str, str]) -> str:
        mac = row["mac"].lower().replace("-", ":")
        days = self._span(row["first"], row["last"])
        try:
            address = str(ip_address(row["address"]))
        except ValueError:
            self._days = _ALWAYS if isinstance(days, str) else (days[0] - APART, days[1] + APART)
            return "bad-address"
        if not MAC.fullmatch(mac) or isinstance(days, str):
            self.doubt(address)  # somebody else may have it, and nobody knows when
            return days if isinstance(days, str) and MAC.fullmatch(mac) else "bad-mac"
        self.index.fix(address, Held(*days, mac, Where(*self.origin, self.number), by_hand=True, given=False))
        return DROPPED

    def _span(self, written_first: str, written_last: str) -> tuple[int, int] | str:
        """From when until before when a row counts, in seconds since 1970; or why nobody can tell."""
        first, last = _day(written_first), _day(written_last)
        if first is None or (written_last and last is None):
            return "bad-day"
        if last is not None and last < first:
            return "bad-validity"
        zone = self.settings.zone
        end = OPEN_END if last is None else int(end_of(last, zone).timestamp())
        return int(start_of(first, zone).timestamp()), end


def _day(text: str) -> date | None:
    """A day as the table writes it; `None` for anything else."""
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return day if day is not None and day.year in _YEARS else None
