# SPDX-License-Identifier: EUPL-1.2
"""A software inventory as CSV: which watched apps are on which device on the day of the export.

Reads: comma-separated UTF-8 with a header, one line a row (a quoted line break is not supported and
rejects its lines, so that an open quote cannot swallow the rows behind it). One file is one snapshot.
Its instant is the latest `seen` of its rows; without one, the start of the day (in the source's zone)
that the file's name bears as YYYY-MM-DD, because an export of a day may be no younger than that.

The record is the *row*:

- kept: a watched app on a device
- dropped: any other app; everything outside the window
- duplicate: the same watched app on the same device in the same file again; rows of a file whose bytes were read before
- structural: the header, empty lines, and rows without an app, which only say that the device was there
- rejected: `missing-field`, `too-many-fields`, `bad-csv`, `no-device`, `bad-kind`, `bad-seen`, `no-such-time`,
  `clock-not-set` (before 2000), `no-snapshot-date`, `missing-column`, and what `_lines` refuses

Of a row that is not kept only the device's name stays, for coverage, and for a device declared separate
how many different other apps it has.

Cannot know: apps in a work or private profile that the management does not report, an app removed before
the export, and how old a device's last report was where the export does not say.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

from ordinance.model.apps import Identifier, Kind
from ordinance.model.body import SourceSettings
from ordinance.model.evidence import AppInstalled, EvidenceKind, Ledger, Reading, Snapshot, WatchList, Where
from ordinance.model.time import Span, start_of
from ordinance.readers._base import Matchers
from ordinance.readers._clock import instants, utc
from ordinance.readers._columns import Header, Row, columns
from ordinance.readers._lines import InputFile, LineFile, count_lines, matching, repeated

_ALL_IDS = (Kind.PACKAGE_NAME, Kind.BUNDLE_ID, Kind.PACKAGE_FAMILY_NAME)
_IDS_BY_PLATFORM = {  # Intune writes AndroidForWork, AndroidFullyManagedDedicated, macOS …
    "android": (Kind.PACKAGE_NAME,),
    "ios": (Kind.BUNDLE_ID,),
    "ipados": (Kind.BUNDLE_ID,),
    "macos": (Kind.BUNDLE_ID,),
    "windows": (Kind.PACKAGE_FAMILY_NAME,),
}
_DAY = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
_FIRST_YEAR = 2000  # 1970, 1980 and 1999 are clocks that were never set, not days of an inventory


@dataclass(slots=True)
class _File:
    """What is known of a file while it is read.

    `taken` is the latest instant `stated` by a row so far, else the day in the file's name. `undated` are
    the lines of good rows, held only as long as no date is known: if none ever is, they are rejected.
    """

    name: str
    taken: int | None
    stated: int | None = None
    devices: set[str] = field(default_factory=set)
    hits: dict[tuple[str, Identifier], Where] = field(default_factory=dict)
    others: dict[str, set[str]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    undated: list[int] = field(default_factory=list)


class InventoryCsv:
    """Installed apps from CSV exports."""

    id: ClassVar[str] = "inventory-csv"
    title: ClassVar[str] = "software inventory as CSV (own columns, Intune's export, or a mapping)"
    unit: ClassVar[str] = "row"
    evidence: ClassVar[EvidenceKind] = EvidenceKind.INVENTORY

    def read(
        self,
        settings: SourceSettings,
        root: Path,
        watch: WatchList,
        matchers: Matchers,
        window: Span | None = None,
    ) -> Reading:
        """Watched apps by device and snapshot. `watch.separate_devices` are names as the inventory has them.

        With nothing on the watch list there is no snapshot either: no device's name is needed then.
        """
        files = matching(root, settings.files)
        again = repeated(files)
        run = _Run(settings, watch, matchers, window or Span())
        for file in files:
            if file.name in again:
                run.repeat(file)
            else:
                run.take(file)
        return run.reading()


class _Run:
    """One reading of one source."""

    def __init__(self, settings: SourceSettings, watch: WatchList, matchers: Matchers, window: Span) -> None:
        self._settings, self._watch, self._matchers, self._window = settings, watch, matchers, window
        self._columns, self._must = columns(settings), tuple(settings.columns.values())
        self._ledger = Ledger(settings.id, InventoryCsv.unit)
        self._installed: list[AppInstalled] = []
        self._snapshots: list[Snapshot] = []
        self._files: list[tuple[str, str]] = []

    def repeat(self, file: InputFile) -> None:
        """A file with the bytes of an earlier one is the same snapshot."""
        lines, sha256 = count_lines(file)
        self._ledger.duplicate(lines)
        self._files.append((file.name, sha256))

    def take(self, file: InputFile) -> None:
        """All rows of a file, then the snapshot they make."""
        found = _File(file.name, _named_instant(file.name, self._settings.zone))
        header: Header | None = None
        lines = LineFile(file, lambda number, reason: self._ledger.reject(file.name, number, reason))
        for number, line in lines.lines():
            if not line.strip() or header is None:
                self._ledger.structural()
                header = header or (Header(line, self._columns, self._must) if line.strip() else None)
            elif reason := self._row(header.row(line), number, found):
                self._ledger.reject(file.name, number, reason)
        self._files.append((file.name, lines.sha256))
        self._close(found)

    def reading(self) -> Reading:
        """What was kept, once all files are through."""
        return Reading(
            account=self._ledger.account(),
            installed=tuple(self._installed),
            snapshots=tuple(self._snapshots),
            files=tuple(self._files),
            days=frozenset(s.taken.astimezone(self._settings.zone).date() for s in self._snapshots),
        )

    def _row(self, row: Row | str, number: int, into: _File) -> str:
        """Take in a row; the reason why it cannot be, or nothing."""
        if isinstance(row, str):
            return row
        seen = _seen(row.seen, self._settings.zone) if row.seen else None
        if isinstance(seen, str):
            return seen
        self._good(row, seen, number, into)
        return ""

    def _good(self, row: Row, seen: int | None, number: int, into: _File) -> None:
        if seen is not None:
            # The day in the name only stands in for rows that state none.
            into.taken = seen if into.stated is None else max(into.stated, seen)
            into.stated = into.taken
            into.undated.clear()
        if into.taken is None:
            into.undated.append(number)
        into.devices.add(row.device)
        if not (row.app_id or row.app_name):
            into.counts["structural"] += 1
            return
        identifier = self._identifier(row)
        if identifier is None or identifier.family not in self._watch.families:
            into.counts["dropped"] += 1
            if row.device in self._watch.separate_devices:
                into.others.setdefault(row.device, set()).add(row.app_id or row.app_name)
        elif (row.device, identifier) in into.hits:
            into.counts["duplicate"] += 1
        else:
            into.hits[row.device, identifier] = Where(self._settings.id, into.name, number)

    def _identifier(self, row: Row) -> Identifier | None:
        """An id decides alone: a foreign app may bear a known name. Names only where there is no id."""
        software = self._matchers.software
        if not row.app_id:
            return software.by_name(row.app_name, row.publisher)
        found = (software.by_id(kind, row.app_id) for kind in _kinds(row))
        return next((i for i in found if i is not None), None)

    def _close(self, found: _File) -> None:
        """Enter a file's rows. Without a date none of them says anything."""
        if found.taken is None:
            for number in found.undated:
                self._ledger.reject(found.name, number, "no-snapshot-date")
            return
        taken = utc(found.taken)
        inside = taken in self._window
        self._ledger.structural(found.counts["structural"])
        self._ledger.dropped(found.counts["dropped"] + (0 if inside else len(found.hits)))
        self._ledger.duplicate(found.counts["duplicate"])
        if inside:
            self._ledger.kept(len(found.hits))
            self._installed += [AppInstalled(d, i, taken, where) for (d, i), where in found.hits.items()]
        if inside and found.devices and (self._watch.families or self._watch.separate_devices):
            separate = sorted(found.devices & self._watch.separate_devices)
            others = {device: len(found.others.get(device, ())) for device in separate}
            devices = frozenset(found.devices)
            self._snapshots.append(Snapshot(self._settings.id, found.name, taken, devices, others))


def _kinds(row: Row) -> tuple[Kind, ...]:
    """What the id may be, from its stated kind, else the platform, else any."""
    if row.app_id_kind:
        return (Kind(row.app_id_kind),)
    platform = row.platform.lower()
    return next((kinds for name, kinds in _IDS_BY_PLATFORM.items() if platform.startswith(name)), _ALL_IDS)


@lru_cache(maxsize=4096)
def _seen(text: str, zone: ZoneInfo) -> int | str:
    """Seconds since 1970 of an ISO day or instant, or the reason why it has none.

    Without an offset it is the wall clock of `zone`; in the hour that happens twice, the first pass,
    because an inventory may look older than it is but never fresher.
    """
    if not _INSTANT.fullmatch(text):
        return "bad-seen"
    try:
        stated = datetime.fromisoformat(text)
        if stated.year < _FIRST_YEAR:
            return "clock-not-set"
        if stated.tzinfo is not None:
            return int(stated.timestamp())
        passes = instants(stated.replace(microsecond=0), zone)
    except (ValueError, OverflowError):
        return "bad-seen"
    return passes[0] if passes else "no-such-time"


def _named_instant(name: str, zone: ZoneInfo) -> int | None:
    """The start of the day that a file's name bears."""
    match = _DAY.search(name.rpartition("/")[2])
    try:
        day = date.fromisoformat(match[0]) if match else None
    except ValueError:
        return None
    return int(start_of(day, zone).timestamp()) if day and day.year >= _FIRST_YEAR else None
