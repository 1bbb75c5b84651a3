# SPDX-License-Identifier: EUPL-1.2
"""A software inventory as CSV: which watched apps are on which device on the day of the export.

Reads: comma-separated UTF-8 with a header, one line a row (a quoted line break is not supported and
rejects its lines, so that an open quote cannot swallow the rows behind it). A row speaks of its own
`seen`, so that a device that last reported in winter is not made fresh by its neighbours. Without one
it speaks of the start of the day (in the source's zone) that the file's name bears as YYYY-MM-DD, or of
the earliest instant that another row states if that is earlier: it may look older than it is, never fresher.

A file gives a snapshot for each instant at which devices were last seen. It is incomplete where the
file broke off or a row could not be read whose device cannot be told; where it can be told, that
device alone is not listed.

The record is the *row*:

- kept: a watched app on a device
- dropped: any other app; everything outside the window
- duplicate: the same watched app on the same device at the same instant in the same file again; rows of a file whose
  bytes were read before, unless its name says that it is another day's export
- structural: the header, empty lines, and rows without an app, which only say that the device was there
- rejected: `missing-field`, `too-many-fields`, `bad-csv`, `no-device`, `bad-kind`, `bad-seen`, `no-such-time`,
  `clock-not-set` (before 2000), `no-snapshot-date`, `missing-column`, `same-name` (devices of one name, told apart by
  the column `device_id`: a serial number or the management's own id), and what `_lines` refuses

Of a row that is not kept only the device's name stays, for coverage, and for a device declared separate
how many different other apps it has.

Cannot know: apps in a work or private profile that the management does not report, an app removed before
the export, and how old a device's last report was where the export does not say.
"""

from __future__ import annotations

from typing import ClassVar

from ordinance.model.apps import Kind
from ordinance.model.body import SourceSettings
from ordinance.model.evidence import WatchList
from ordinance.model.time import Span
from ordinance.readers._base import Matchers
from ordinance.readers._columns import Header, Row, columns
from ordinance.readers._files import InputFile
from ordinance.readers._inventory import App, Inventory, InventoryReader, Listing, seen_at
from ordinance.readers._lines import LineFile, count_lines

_ALL_IDS = (Kind.PACKAGE_NAME, Kind.BUNDLE_ID, Kind.PACKAGE_FAMILY_NAME)
_IDS_BY_PLATFORM = {  # Intune writes AndroidForWork, AndroidFullyManagedDedicated, macOS …
    "android": (Kind.PACKAGE_NAME,),
    "ios": (Kind.BUNDLE_ID,),
    "ipados": (Kind.BUNDLE_ID,),
    "macos": (Kind.BUNDLE_ID,),
    "windows": (Kind.PACKAGE_FAMILY_NAME,),
}


class _Run(Inventory):
    """One reading of one source."""

    unit: ClassVar[str] = "row"

    def __init__(self, settings: SourceSettings, watch: WatchList, matchers: Matchers, window: Span) -> None:
        super().__init__(settings, watch, matchers, window)
        self._columns, self._must = columns(settings), tuple(settings.columns.values())

    def states_instants(self) -> bool:
        """Whether the file has a column for it."""
        return "seen" in self._columns

    def count(self, file: InputFile) -> tuple[int, str]:
        """How many lines a file has, and its digest."""
        return count_lines(file)

    def fill(self, file: InputFile, listing: Listing) -> str:
        """All rows of a file."""
        header: Header | None = None
        lines = LineFile(file, lambda number, reason: self.refuse(listing, number, reason))
        for number, line in lines.lines():
            if not line.strip() or header is None:
                self.structural()
                header = header or (Header(line, self._columns, self._must) if line.strip() else None)
                listing.has_ids = header is None or header.has_ids
            else:
                self._row(header.row(line), number, listing)
        return lines.sha256

    def _row(self, row: Row | str, number: int, listing: Listing) -> None:
        if isinstance(row, str):
            self.refuse(listing, number, row)
            return
        seen = seen_at(row.seen, self.settings.zone) if row.seen else None
        self.is_who(listing, row.device, seen if isinstance(seen, int) else None, row.device_id)
        if isinstance(seen, str):
            self.refuse(listing, number, seen, row.device)
            return
        self.stands(listing, row.device, seen, number)
        self.app(listing, row.device, seen, number, App(row.app_id, _kinds(row), row.app_name, row.publisher))


def _kinds(row: Row) -> tuple[Kind, ...]:
    """What the id may be, from its stated kind, else the platform, else any."""
    if row.app_id_kind:
        return (Kind(row.app_id_kind),)
    platform = row.platform.lower()
    return next((kinds for name, kinds in _IDS_BY_PLATFORM.items() if platform.startswith(name)), _ALL_IDS)


class InventoryCsv(InventoryReader):
    """Installed apps from CSV exports."""

    id: ClassVar[str] = "inventory-csv"
    title: ClassVar[str] = "software inventory as CSV (own columns, Intune's export, or a mapping)"
    unit: ClassVar[str] = "row"
    run: ClassVar[type[Inventory]] = _Run
