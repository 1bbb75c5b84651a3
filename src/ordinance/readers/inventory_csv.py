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
  `clock-not-set` (before 2000), `no-snapshot-date`, `missing-column`, and what `_lines` refuses

Of a row that is not kept only the device's name stays, for coverage, and for a device declared separate
how many different other apps it has.

Cannot know: apps in a work or private profile that the management does not report, an app removed before
the export, and how old a device's last report was where the export does not say.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
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
from ordinance.readers._base import Leases, Matchers
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

    `named` is the day in the file's name, `first` the earliest instant that a row states. Rows of `devices`
    and `hits` without an instant of their own wait for one of these; if none comes, they are rejected by
    their `undated` lines. `doubtful` are devices of which a row could not be read.
    """

    name: str
    named: int | None
    first: int | None = None
    is_whole: bool = True
    devices: dict[str, int | None] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)
    hits: dict[tuple[str, Identifier, int | None], Where] = field(default_factory=dict)
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
        leases: Leases | None = None,  # an inventory names devices itself
    ) -> Reading:
        """Watched apps by device and snapshot. `watch.separate_devices` are names as the inventory has them.

        With nothing on the watch list there is no snapshot either: no device's name is needed then.
        """
        files = matching(root, settings.files)
        again = repeated(files)
        run = _Run(settings, watch, matchers, window or Span())
        for file in files:
            if file.name in again and not run.is_another_days(file):
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
        self._named: set[int] = set()

    def is_another_days(self, file: InputFile) -> bool:
        """Whether equal bytes are a new snapshot: an unchanged export of another day, where only the name dates it."""
        named = _named_instant(file.name, self._settings.zone)
        return "seen" not in self._columns and named is not None and named not in self._named

    def repeat(self, file: InputFile) -> None:
        """A file with the bytes of an earlier one is the same snapshot."""
        lines, sha256 = count_lines(file)
        self._ledger.duplicate(lines)
        self._files.append((file.name, sha256))

    def take(self, file: InputFile) -> None:
        """All rows of a file, then the snapshot they make."""
        found = _File(file.name, _named_instant(file.name, self._settings.zone))
        if found.named is not None:
            self._named.add(found.named)
        header: Header | None = None

        def break_off(number: int, reason: str) -> None:
            found.is_whole = False
            self._ledger.reject(file.name, number, reason)

        lines = LineFile(file, break_off)
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
            into.is_whole = False
            return row
        seen = _seen(row.seen, self._settings.zone) if row.seen else None
        if isinstance(seen, str):
            into.doubtful.add(row.device)
            return seen
        self._good(row, seen, number, into)
        return ""

    def _good(self, row: Row, seen: int | None, number: int, into: _File) -> None:
        known = into.devices.get(row.device)
        if seen is not None:
            into.first = seen if into.first is None else min(into.first, seen)
            into.devices[row.device] = seen if known is None else max(known, seen)
        else:
            into.devices.setdefault(row.device, None)
            if into.named is None and into.first is None:
                into.undated.append(number)
        if not (row.app_id or row.app_name):
            into.counts["structural"] += 1
            return
        identifier = self._identifier(row)
        if identifier is None or f"{identifier.family}/{identifier.member}" not in self._watch.apps:
            into.counts["dropped"] += 1
            if row.device in self._watch.separate_devices:
                into.others.setdefault(row.device, set()).add(row.app_id or row.app_name)
        elif (row.device, identifier, seen) in into.hits:
            into.counts["duplicate"] += 1
        else:
            into.hits[row.device, identifier, seen] = Where(self._settings.id, into.name, number)

    def _identifier(self, row: Row) -> Identifier | None:
        """An id decides alone: a foreign app may bear a known name. Names only where there is no id."""
        software = self._matchers.software
        if not row.app_id:
            return software.by_name(row.app_name, row.publisher)
        found = (software.by_id(kind, row.app_id) for kind in _kinds(row))
        return next((i for i in found if i is not None), None)

    def _close(self, found: _File) -> None:
        """Enter a file's rows. Without any date none of them says anything."""
        usual = min((day for day in (found.named, found.first) if day is not None), default=None)
        if usual is None:
            for number in found.undated:
                self._ledger.reject(found.name, number, "no-snapshot-date")
            return
        self._ledger.structural(found.counts["structural"])
        self._ledger.duplicate(found.counts["duplicate"])
        inside = [
            AppInstalled(device, identifier, taken, where)
            for (device, identifier, seen), where in found.hits.items()
            if (taken := utc(usual if seen is None else seen)) in self._window
        ]
        self._ledger.kept(len(inside))
        self._ledger.dropped(found.counts["dropped"] + len(found.hits) - len(inside))
        self._installed += inside
        if self._watch.apps or self._watch.separate_devices:
            self._snapshots += self._snapshots_of(found, usual)

    def _snapshots_of(self, found: _File, usual: int) -> Iterator[Snapshot]:
        """One snapshot for each instant at which devices were last seen, in order."""
        by_instant: dict[int, set[str]] = {}
        for device, seen in found.devices.items():
            if device not in found.doubtful:
                by_instant.setdefault(usual if seen is None else seen, set()).add(device)
        for instant in sorted(by_instant):
            taken, devices = utc(instant), frozenset(by_instant[instant])
            if taken in self._window:
                separate = sorted(devices & self._watch.separate_devices)
                others = {device: len(found.others.get(device, ())) for device in separate}
                yield Snapshot(self._settings.id, found.name, taken, devices, others, found.is_whole)


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
