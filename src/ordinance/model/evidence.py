# SPDX-License-Identifier: EUPL-1.2
"""What readers give back: observations on the watch list, and an account of everything else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from functools import lru_cache

from ordinance.model.apps import Identifier, Kind
from ordinance.model.unseen import UnseenKind

HOUR_S, _NEAR_HOURS = 3600, 24  # no clock was ever put back by more: by seven at most, in Vostok in 1994
APART = 300  # seconds by which two machines' clocks may differ: what Kerberos puts up with (RFC 4120, section 8.2)


def passes(at: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    """An instant as a log's stamp gives it, and the other at which the wall clocks of its zone showed the same.

    There are two in the hour that happens twice in autumn, and one at any other time, in UTC: a stamp without an offset
    does not say which, and a log that is silent in the first pass is read an hour early.
    """
    return (at,) if is_plain(int(at.timestamp()) // HOUR_S, zone) else _passes(at, zone)


def _passes(at: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    try:
        wall = at.astimezone(zone)
        other = wall.replace(fold=1 - wall.fold).astimezone(UTC)
    except OverflowError:  # at either end of the calendar a zone's clock has no date to show
        return (at,)
    return (at,) if other == at else (at, other)


@lru_cache(maxsize=4096)
def is_plain(hour: int, zone: tzinfo) -> bool:
    """Whether no clock of a zone was changed in an hour since 1970, nor shortly before or after it."""
    try:
        near = (datetime.fromtimestamp((hour + n) * HOUR_S, UTC) for n in range(-_NEAR_HOURS, _NEAR_HOURS + 2))
        return len({once.astimezone(zone).utcoffset() for once in near}) == 1
    except (OverflowError, ValueError, OSError):
        return False


class EvidenceKind(StrEnum):
    """Kinds of evidence a body can allow; an empty set means trust: nothing about devices is read."""

    ATTESTATION = "attestation"
    SAMPLE = "sample"
    NETWORK_AGGREGATE = "network_aggregate"
    NETWORK_DEVICE = "network_device"
    INVENTORY = "inventory"


class Answered(StrEnum):
    """What a resolver's log says became of a question."""

    ADDRESS = "address"  # it got an address (or the record it asked for)
    BLOCKED = "blocked"  # the resolver's own configuration refused it
    NOTHING = "nothing"  # no such name, no such record, refused, or no answer line


@dataclass(frozen=True, slots=True)
class WatchList:
    """What readers may keep. Everything else is counted and dropped.

    `apps` (`family/member`) are those whose identifiers may be kept, `families` theirs; `internal` are the body's own
    internal names, kept only where they come from a device *declared separate* (`separate_macs`); `canary` names are
    kept as counts per hour, and questions for names behind which no log sees what a device does (`unseen`, each with
    all beneath it) as counts per day. `digest` is recorded with every run.
    """

    families: frozenset[str]
    apps: frozenset[str] = frozenset()
    internal: frozenset[str] = frozenset()
    separate_macs: frozenset[str] = frozenset()
    separate_devices: frozenset[str] = frozenset()
    canary: frozenset[str] = frozenset()
    unseen: Mapping[str, UnseenKind] = field(default_factory=dict)
    digest: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Reject:
    """A record that could not be read. Never its text: file, line and a reason's id."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Account:
    """What became of a source's records. `records` is what the reader declares its unit to be.

    Holds: records = kept + dropped + duplicate + structural + rejected. Built by `Ledger`.
    """

    source: str
    unit: str
    records: int
    kept: int
    dropped: int
    duplicate: int
    structural: int
    rejected: int
    rejects: tuple[Reject, ...] = ()

    def __post_init__(self) -> None:
        parts = self.kept + self.dropped + self.duplicate + self.structural + self.rejected
        if self.records != parts:
            raise ValueError(f"{self.source}: {self.records} records but {parts} accounted for")


@dataclass(frozen=True, slots=True, order=True)
class Where:
    """A record's place: source id, file relative to the body's folder, line from 1."""

    source: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Lease:
    """An address was a hardware address's from `start` until before `end`.

    `of` is the source whose addresses it speaks of, where that is another one than it was read from: that has another
    clock, too. `by_hand`: somebody keeps it in a table, and no server gave it.
    """

    address: str
    mac: str
    start: datetime
    end: datetime
    where: Where
    of: str = ""
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class AddressDay:
    """A hardware address held an address on a day of the source's zone. `given`: a server gave it that day, or again.

    Where it was only not over yet, nobody knows whether the device was there that day.
    """

    day: date
    mac: str
    address: str
    given: bool


@dataclass(frozen=True, slots=True)
class NameAsked:
    """A client asked a resolver for a watched name.

    `identifier` is the catalogue entry it fell under (`None`: an internal name). `address` is the
    client's. `likely` marks a name found by the CDN-alias rule rather than listed itself. `contacted`: more than a
    question, a connection to a server of that name was seen. `told`: the log says what came of it; where it does not,
    `answered` is `nothing`, and nobody knows that nothing was answered.
    """

    at: datetime
    address: str
    name: str
    identifier: Identifier | None
    answered: Answered
    where: Where
    likely: bool = False
    contacted: bool = False
    told: bool = True


@dataclass(frozen=True, slots=True)
class AppInstalled:
    """An inventory row shows a watched app on a device. `seen` is the snapshot's instant.

    `from_store`: for a device declared separate, whether a store installed it; `None` where the row does not say so.
    """

    device: str
    identifier: Identifier
    seen: datetime
    where: Where
    from_store: bool | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What an inventory said at one instant: which devices it lists, and for devices declared separate
    how many other apps each has (a count, never names). `devices` are inventory names as written.

    One file gives several where its rows were seen at several instants: a row speaks of its own. Where
    the file broke off or a row could not be read, `complete` is false: what it shows counts, what it
    does not show proves nothing. `names_only`: it has no ids of apps, so that an app without a display name in the
    catalogue could not have been shown. `id_kinds`, for devices declared separate: the kinds of id that the source
    says their apps have, which tell the platform that it takes a device for.
    """

    source: str
    file: str
    taken: datetime
    devices: frozenset[str]
    other_apps: Mapping[str, int] = field(default_factory=dict)
    complete: bool = True
    names_only: bool = False
    id_kinds: Mapping[str, frozenset[Kind]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gone:
    """Files whose content is nowhere any more, while what was kept of them counts on: what it adds to those at hand.

    `inputs` are the files as they were called, each with the SHA-256 of its text as far as it was read.
    """

    files: int
    records: int
    kept: int
    inputs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything one source gave.

    `hours` are the instants (full hours) in which a record was seen (or, with a canary configured, in
    which the canary was answered), without those in which a line could not be read. `leased` are the
    hardware addresses that were leased anything, by day of the source's zone: one bit a day, in memory; `separate` says
    more of those of devices declared separate. `leased_until` is the last day of which servers say who came (`None`: of
    none). `unnamed` are
    days on which somebody asked for an internal name from an address that nobody is known to hold: it may have been any
    device. `unseen` are questions for names behind which no log sees more, counted by day and kind. `lost` are apps
    (`family/member`) that were not looked for on a day in a file that is gone, of which the rest still counts.
    """

    account: Account
    names: tuple[NameAsked, ...] = ()
    installed: tuple[AppInstalled, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    leases: tuple[Lease, ...] = ()
    hours: frozenset[datetime] = frozenset()
    files: tuple[tuple[str, str], ...] = ()  # (file, sha256 of its bytes)
    days: frozenset[date] = frozenset()
    unnamed: frozenset[date] = frozenset()
    leased: frozenset[tuple[date, str]] = frozenset()
    separate: frozenset[AddressDay] = frozenset()
    leased_until: date | None = None
    unseen: tuple[tuple[date, UnseenKind, int], ...] = ()
    gone: Gone | None = None
    lost: frozenset[tuple[date, str]] = frozenset()


class Ledger:
    """Counts records while a source is read; every record is entered exactly once.

    >>> ledger = Ledger("dns", "line")
    >>> ledger.kept(); ledger.reject("a.log", 2, "no-year")
    >>> ledger.account().records
    2
    """

    MOST_REJECTS_LISTED = 1_000

    def __init__(self, source: str, unit: str) -> None:
        self._source, self._unit = source, unit
        self._counts: Counter[str] = Counter()
        self._rejects: list[Reject] = []

    def kept(self, n: int = 1) -> None:
        """An observation came of it."""
        self._counts["kept"] += n

    def dropped(self, n: int = 1) -> None:
        """Not on the watch list: counted, never stored."""
        self._counts["dropped"] += n

    def duplicate(self, n: int = 1) -> None:
        """The same record again."""
        self._counts["duplicate"] += n

    def structural(self, n: int = 1) -> None:
        """Part of the format, no statement of its own: headers, continuation lines, start-up notes."""
        self._counts["structural"] += n

    def reject(self, file: str, line: int, reason: str) -> None:
        """Could not be read. All are counted; the first thousand are listed."""
        self._counts["rejected"] += 1
        if len(self._rejects) < self.MOST_REJECTS_LISTED:
            self._rejects.append(Reject(file, line, reason))

    def account(self) -> Account:
        """The account so far."""
        c = self._counts
        return Account(
            source=self._source,
            unit=self._unit,
            records=c.total(),
            kept=c["kept"],
            dropped=c["dropped"],
            duplicate=c["duplicate"],
            structural=c["structural"],
            rejected=c["rejected"],
            rejects=tuple(self._rejects),
        )
