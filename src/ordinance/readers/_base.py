# SPDX-License-Identifier: EUPL-1.2
"""What every reader is: a record it declares, the kind of evidence it gives, and one method."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol

from ordinance.match.names import NameMatcher
from ordinance.match.software import SoftwareMatcher
from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Account, AddressDay, EvidenceKind, Lease, Reading, WatchList
from ordinance.model.time import Span

if TYPE_CHECKING:
    from ordinance.readers._leases import LeaseIndex


@dataclass(frozen=True, slots=True)
class Matchers:
    """The catalogue, compiled for reading. Whether a hit may be kept is the watch list's to say."""

    names: NameMatcher
    software: SoftwareMatcher


class Leases(Protocol):
    """Who held which address when, as far as a log's own lines or its sources of leases tell."""

    def holder(self, address: str, at: int) -> str | None:
        """The hardware address that holds `address` at an instant; `None` for nobody, or more than one."""
        ...

    def want(self, address: str, at: int) -> None:
        """Something of `address` at `at` is kept: so is the lease behind it."""
        ...

    def leases(self) -> tuple[Lease, ...]:
        """Those that are wanted."""
        ...

    def leased(self) -> frozenset[tuple[date, str]]:
        """Each hardware address that was leased anything, by day of the source's zone."""
        ...

    def days_of(self, macs: AbstractSet[str]) -> frozenset[AddressDay]:
        """Of these hardware addresses, what each held on which day."""
        ...

    def until(self) -> date | None:
        """The last day on which a server gave any address; `None` where none says when it did."""
        ...


class Reader(Protocol):
    """One kind of source. `unit` is what a record is; every record of a file is accounted for once."""

    id: ClassVar[str]
    title: ClassVar[str]
    unit: ClassVar[str]
    evidence: ClassVar[EvidenceKind]

    def read(
        self,
        settings: SourceSettings,
        root: Path,
        watch: WatchList,
        matchers: Matchers,
        window: Span | None = None,
        leases: Leases | None = None,
    ) -> Reading:
        """Everything the files of `settings` under `root` say about the watch list within `window`.

        `leases` are those of the sources that `settings` names; a reader that has no use for them passes them over.

        Never raises for what a file holds or for a file that is missing: those are rejects, or a
        reading without files. Raises SourceError where the settings themselves cannot be used.
        All instants in the reading are in UTC; `days` are days of `settings.zone`.
        """
        ...


@dataclass(frozen=True, slots=True)
class LeaseReading:
    """What a source of leases gave: all of them, to be asked, and an account of its records."""

    account: Account
    index: LeaseIndex
    files: tuple[tuple[str, str], ...] = ()  # (file, sha256 of its bytes)


class LeaseReader(Protocol):
    """One kind of file that says who held which address. It proves nothing by itself: logs are joined with it."""

    id: ClassVar[str]
    title: ClassVar[str]
    unit: ClassVar[str]

    def read(self, settings: SourceSettings, root: Path, window: Span | None = None) -> LeaseReading:
        """Every lease that may cover an instant of `window`. Never raises for what a file holds.

        Raises SourceError where the settings themselves cannot be used.
        """
        ...
