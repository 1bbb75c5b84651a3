# SPDX-License-Identifier: EUPL-1.2
"""What every inventory shares: which apps may be kept, when a device was seen, snapshots, repeats, and the account.

A reader gives `fill`, which reads one file and says of each of its records what it states: `stands` for a device,
`app` for an app on it, `refuse` for what cannot be read. Of an app that is not kept nothing leaves the reader; for a
device declared separate it is counted.

A statement without an instant of its own speaks of the start of the day (in the source's zone) that the file's name
bears as YYYY-MM-DD, or of the earliest instant that another one in the file states if that is earlier: it may look
older than it is, never fresher.

Two devices may bear one name. Where an inventory also states a serial number, a UUID or an id of its own (`is_who`) and
under one name two devices come up within the window, in whatever files, nobody is named by that name. Two records are
of two devices where the first of these that both state differs; what makers write in place of one states nothing.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from itertools import combinations_with_replacement
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

from ordinance.model.apps import Identifier, Kind
from ordinance.model.body import SourceSettings
from ordinance.model.evidence import AppInstalled, EvidenceKind, Ledger, Reading, Snapshot, WatchList, Where
from ordinance.model.time import Span, start_of
from ordinance.readers._base import Leases, Matchers
from ordinance.readers._clock import instants, utc
from ordinance.readers._files import InputFile, matching, repeated

_DAY = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
_FIRST_YEAR = 2000  # 1970, 1980 and 1999 are clocks that were never set, not days of an inventory
# What makers of hardware leave in the place of a number. UUIDs: osquery/osquery, osquery/core/system.cpp.
_NO_ID = frozenset(
    (
        *("", "0", "none", "n/a", "unknown", "default string", "not specified", "system serial number"),
        *("to be filled by o.e.m.", "00000000000000000000000000000000", "ffffffffffffffffffffffffffffffff"),
        *("03000200040005000006000700080009", "030201000504070608090a0b0c0d0e0f"),
        "10000000000080000040000000000000",
    )
)
_FIRST, _LAST = 946_684_800, 253_370_764_800  # the years 2000 to 9998


@dataclass(frozen=True, slots=True)
class App:
    """An app as an inventory states it: an id and the kinds that it may be of, a display name, who made it, whether
    a store installed it (`None`: not said), and whether the source says that it came with the system: then nobody put
    it on, and it is none of the other apps of a separate device."""

    id: str = ""
    kinds: tuple[Kind, ...] = ()
    name: str = ""
    publisher: str = ""
    from_store: bool | None = None
    of_system: bool = False


@dataclass(slots=True)
class Listing:
    """What is known of a file while it is read.

    `named` is the instant in the file's name, `first` the earliest that a record states. Records of `devices` and
    `hits` without an instant of their own wait for one of these; if none comes, they are rejected by their `undated`
    numbers. `doubtful` are devices of which a record could not be read: what is not on them nobody knows. `partial` are
    those of which the source lists some apps only: they are shown in a snapshot that is not complete. `whos` tell
    devices of a name apart, with the instant at which each was seen. `with_ids` are those of which an app has an id,
    `with_names` those of which one has none; without `has_ids` the file has no place for any. `from_store`
is for hits on separate devices alone.
    """

    name: str
    named: int | None
    first: int | None = None
    is_whole: bool = True
    devices: dict[str, int | None] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)
    partial: set[str] = field(default_factory=set)
    whos: set[tuple[str, tuple[str, ...], int | None]] = field(default_factory=set)
    has_ids: bool = True
    with_ids: set[str] = field(default_factory=set)
    with_names: set[str] = field(default_factory=set)
    hits: dict[tuple[str, Identifier, int | None], Where] = field(default_factory=dict)
    from_store: dict[tuple[str, Identifier, int | None], bool] = field(default_factory=dict)
    others: dict[str, set[str]] = field(default_factory=dict)
    id_kinds: dict[str, set[Kind]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    undated: list[int] = field(default_factory=list)

    @property
    def is_dated(self) -> bool:
        """Whether anything so far says of when the file is."""
        return self.named is not None or self.first is not None

    def is_names_only(self, device: str) -> bool:
        """Whether the apps of a device are told by their display names alone."""
        return not self.has_ids or (device in self.with_names and device not in self.with_ids)


class Inventory(ABC):
    """One reading of one source."""

    unit: ClassVar[str]

    def __init__(self, settings: SourceSettings, watch: WatchList, matchers: Matchers, window: Span) -> None:
        self.settings = settings
        self._watch, self._matchers, self._window = watch, matchers, window
        self._ledger = Ledger(settings.id, self.unit)
        self._installed: list[AppInstalled] = []
        self._snapshots: list[Snapshot] = []
        self._files: list[tuple[str, str]] = []
        self._named: set[int] = set()
        self._who: dict[str, set[tuple[str, ...]]] = {}

    @abstractmethod
    def fill(self, file: InputFile, listing: Listing) -> str:
        """Read a file into its listing; the digest of its bytes."""

    @abstractmethod
    def count(self, file: InputFile) -> tuple[int, str]:
        """How many records a file has, and the digest of its bytes: for a file that repeats another."""

    def states_instants(self) -> bool:
        """Whether the records say when a device was seen, so that equal bytes are the same snapshot on any day."""
        return True

    def read(self, root: Path) -> Reading:
        """All files of the source."""
        files = matching(root, self.settings.files)
        again = repeated(files)
        for file in files:
            is_again = file.name in again and not self._is_another_days(file)
            records, sha256 = self.count(file) if is_again else (0, "")
            if is_again and sha256 == again[file.name]:  # else it goes on meanwhile
                self._ledger.duplicate(records)
            else:
                sha256 = self._take(file)
            self._files.append((file.name, sha256))
        self._name_nobody_by(frozenset(name for name, whos in self._who.items() if _are_twins(whos)))
        return Reading(
            account=self._ledger.account(),
            installed=tuple(self._installed),
            snapshots=tuple(self._snapshots),
            files=tuple(self._files),
            days=frozenset(s.taken.astimezone(self.settings.zone).date() for s in self._snapshots),
        )

    # --- what a record says -----------------------------------------------------------------------

    def stands(self, listing: Listing, device: str, seen: int | None, number: int) -> None:
        """Record `number` speaks of a device, seen at an instant (seconds since 1970) or at that of the file."""
        if seen is None:
            listing.devices.setdefault(device, None)
            if not listing.is_dated:
                listing.undated.append(number)
            return
        known = listing.devices.get(device)
        listing.first = seen if listing.first is None else min(listing.first, seen)
        listing.devices[device] = seen if known is None else max(known, seen)

    def is_who(self, listing: Listing, device: str, seen: int | None, *told: str) -> None:
        """What tells a device from others of its name, what is trusted most first, each "" where it is not stated.

        To be said also of a record that is refused for something else: that it shows all the same.
        """
        bare = (text.casefold().replace("-", "") for text in told)
        whos = tuple("" if text in _NO_ID else text for text in bare)
        if any(whos):
            listing.whos.add((device, whos, seen))

    def app(self, listing: Listing, device: str, seen: int | None, number: int, app: App) -> None:
        """Record `number` says that an app is on a device that `stands`; one without id and name says nothing more."""
        if not (app.id or app.name):
            listing.counts["structural"] += 1
            return
        (listing.with_ids if app.id else listing.with_names).add(device)
        if app.id and len(app.kinds) == 1 and device in self._watch.separate_devices:
            listing.id_kinds.setdefault(device, set()).update(app.kinds)
        identifier = self.watched(app)
        if identifier is not None and app.from_store is not None and device in self._watch.separate_devices:
            known = listing.from_store.get((device, identifier, seen), True)
            listing.from_store[device, identifier, seen] = known and app.from_store
        if identifier is None:
            listing.counts["dropped"] += 1
            if device in self._watch.separate_devices and not app.of_system:
                listing.others.setdefault(device, set()).add(app.id or app.name)
        elif (device, identifier, seen) in listing.hits:
            listing.counts["duplicate"] += 1
        else:
            listing.hits[device, identifier, seen] = Where(self.settings.id, listing.name, number)

    def watched(self, app: App) -> Identifier | None:
        """What an app is recognised as, where that may be kept."""
        identifier = self._identifier(app)
        is_kept = identifier is not None and f"{identifier.family}/{identifier.member}" in self._watch.apps
        return identifier if is_kept else None

    def refuse(self, listing: Listing, number: int, reason: str, device: str = "") -> None:
        """A record that cannot be read. Where its device can be told, that one is in doubt, else the whole file."""
        if device:
            listing.doubtful.add(device)
        else:
            listing.is_whole = False
        self._ledger.reject(listing.name, number, reason)

    def structural(self, records: int = 1) -> None:
        """Records that are part of the format and state nothing."""
        self._ledger.structural(records)

    def dropped(self, records: int = 1) -> None:
        """Records that say nothing of an app on a device today."""
        self._ledger.dropped(records)

    # --- a whole file -----------------------------------------------------------------------------

    def _take(self, file: InputFile) -> str:
        """All records of a file, then the snapshots they make."""
        listing = Listing(file.name, named_instant(file.name, self.settings.zone))
        if listing.named is not None:
            self._named.add(listing.named)
        sha256 = self.fill(file, listing)
        self._close(listing)
        return sha256

    def _is_another_days(self, file: InputFile) -> bool:
        """Whether equal bytes are a new snapshot: an unchanged export of another day, where only the name dates it."""
        named = named_instant(file.name, self.settings.zone)
        return not self.states_instants() and named is not None and named not in self._named

    def _identifier(self, app: App) -> Identifier | None:
        """An id decides alone: a foreign app may bear a known name. Names only where there is no id."""
        software = self._matchers.software
        if not app.id:
            return software.by_name(app.name, app.publisher)
        found = (software.by_id(kind, app.id) for kind in app.kinds)
        return next((i for i in found if i is not None), None)

    def _close(self, listing: Listing) -> None:
        """Enter a file's records. Without any date none of them says anything."""
        usual = min((day for day in (listing.named, listing.first) if day is not None), default=None)
        for device, who, seen in listing.whos:
            at = usual if seen is None else seen
            if at is None or utc(at) in self._window:
                self._who.setdefault(device, set()).add(who)
        if usual is None:
            for number in listing.undated:
                self._ledger.reject(listing.name, number, "no-snapshot-date")
            return
        self._ledger.structural(listing.counts["structural"])
        self._ledger.duplicate(listing.counts["duplicate"])
        inside = [
            AppInstalled(device, identifier, taken, where, listing.from_store.get((device, identifier, seen)))
            for (device, identifier, seen), where in listing.hits.items()
            if (taken := utc(usual if seen is None else seen)) in self._window
        ]
        self._ledger.kept(len(inside))
        self._ledger.dropped(listing.counts["dropped"] + len(listing.hits) - len(inside))
        self._installed += inside
        if self._watch.apps or self._watch.separate_devices:
            self._snapshots += self._snapshots_of(listing, usual)

    def _name_nobody_by(self, names: frozenset[str]) -> None:
        """Takes back what was said under names that more than one device bears."""
        for row in (row for row in self._installed if row.device in names):
            self._ledger.kept(-1)
            self._ledger.reject(row.where.file, row.where.line, "same-name")
        self._installed = [row for row in self._installed if row.device not in names]
        clear = (
            replace(
                s,
                devices=s.devices - names,
                other_apps={d: n for d, n in s.other_apps.items() if d not in names},
                id_kinds={d: kinds for d, kinds in s.id_kinds.items() if d not in names},
            )
            for s in self._snapshots
        )
        self._snapshots = [s for s in clear if s.devices]

    def _snapshots_of(self, listing: Listing, usual: int) -> Iterator[Snapshot]:
        """One snapshot for each instant at which devices were last seen, in order, and for each kind of list."""
        found: dict[tuple[int, bool, bool], set[str]] = {}
        for device, seen in listing.devices.items():
            if device not in listing.doubtful:
                is_partial = device in listing.partial or not listing.is_whole
                kind = (is_partial, listing.is_names_only(device))
                found.setdefault((usual if seen is None else seen, *kind), set()).add(device)
        for instant, is_partial, names_only in sorted(found):
            taken, devices = utc(instant), frozenset(found[instant, is_partial, names_only])
            if taken in self._window:
                separate = sorted(devices & self._watch.separate_devices)
                others = {device: len(listing.others.get(device, ())) for device in separate}
                told = {d: frozenset(listing.id_kinds[d]) for d in separate if d in listing.id_kinds}
                yield Snapshot(self.settings.id, listing.name, taken, devices, others, not is_partial, names_only, told)


def _are_twins(whos: set[tuple[str, ...]]) -> bool:
    """Whether two of them are of two devices: the first thing that both state differs.

    All that state the same things before it are looked at as one, as there may be thousands of one name.
    """
    for place in range(max(map(len, whos), default=0)):
        stated: dict[frozenset[int], set[str]] = {}
        for who in whos:
            if who[place]:
                stated.setdefault(frozenset(n for n in range(place) if who[n]), set()).add(who[place])
        pairs = combinations_with_replacement(stated.items(), 2)
        if any(before.isdisjoint(other) and len(said | else_said) > 1 for (before, said), (other, else_said) in pairs):
            return True
    return False


class InventoryReader:
    """What every reader of an inventory is, but for its id, its title, its unit and its `run`."""

    unit: ClassVar[str] = "entry"
    evidence: ClassVar[EvidenceKind] = EvidenceKind.INVENTORY
    states_stores: ClassVar[bool] = False  # whether its source can say that a store installed an app
    run: ClassVar[type[Inventory]]

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
        return self.run(settings, watch, matchers, window or Span()).read(root)


@lru_cache(maxsize=4096)
def seen_at(text: str, zone: ZoneInfo) -> int | str:
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


def seen_at_second(second: int) -> int | str:
    """An instant that is stated in seconds since 1970, or the reason why it is none."""
    if _FIRST <= second < _LAST:
        return second
    return "clock-not-set" if 0 <= second < _FIRST else "bad-seen"


def named_instant(name: str, zone: ZoneInfo) -> int | None:
    """The start of the day that a file's name bears."""
    match = _DAY.search(name.rpartition("/")[2])
    try:
        day = date.fromisoformat(match[0]) if match else None
    except ValueError:
        return None
    return int(start_of(day, zone).timestamp()) if day and day.year >= _FIRST_YEAR else None
