# SPDX-License-Identifier: EUPL-1.2
"""A body's settings: what stands in its `ordinance.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from zoneinfo import ZoneInfo

from ordinance.model.estate import Platform
from ordinance.model.evidence import EvidenceKind
from ordinance.model.limit import Limit
from ordinance.model.privacy import Privacy
from ordinance.model.retention import Retention
from ordinance.model.time import Period


class Purpose(StrEnum):
    """Why a check may run. Closed, because data gathered for one purpose may not serve another.

    Source of the distinction: Belgian collective agreement no. 81 of 26 April 2002, art. 5; a check of
    compliance with the rules needs a general notice first, a check of network security does not.
    """

    NETWORK_SECURITY = "network_security"
    RULE_COMPLIANCE = "rule_compliance"


Places = Mapping[str, tuple[int, int]]  # key of a table → its line and column; "" is the table's header


@dataclass(frozen=True, slots=True)
class Informed:
    """Who was told about the checking, or about its absence, when and how."""

    who: str
    on: date
    how: str


@dataclass(frozen=True, slots=True)
class Checking:
    """What a check may do. `no_check_by` names who decided that nothing is read.

    `hear_first`: nothing is made of a finding about one device before the person concerned was heard, as Belgian
    collective agreement no. 81 asks before an evaluation
    (https://apps.eurofound.europa.eu/legislationdb/employee-monitoring-and-surveillance/belgium).
    `window` is how far back a check looks by default. `key_holder` is the role that keeps the key of the pseudonyms,
    `key_file` where it lies: from the body's folder, or absolute.
    """

    purpose: Purpose | None
    legal_basis: str
    evidence_allowed: frozenset[EvidenceKind]
    informed: tuple[Informed, ...] = ()
    no_check_by: str = ""
    window: Period = field(default_factory=lambda: Period(days=14))
    minimum_group: int = 5
    hear_first: bool = False
    key_holder: str = ""
    key_file: str = ""
    places: Places = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One `[[sources]]` table.

    `every` is how often an inventory is expected, from the day `first` on; `platforms` are those it is expected to list
    (empty: all). `canary` is a name that a monitor asks in each hour from `hours[0]` until before `hours[1]`: a day
    counts as covered only if each of these hours was seen. `leases` are the ids of sources that say who held the
    addresses in it, and `gateways` the addresses behind which several devices stand (NAT, a proxy, a VPN, another
    resolver): what comes from one names nobody. `block_pages` are addresses to which blocked names lead: what is
    answered with one, or connects to one, has not reached an app. `all_apps` are the queries in a log of results that
    list every app of a device: what they ask for is not in the log.
    """

    id: str
    reader: str
    files: tuple[str, ...]
    zone: ZoneInfo
    network: str | None = None
    year: int | None = None
    every: Period | None = None
    first: date | None = None
    canary: str | None = None
    lease: Period | None = None
    preset: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    platforms: tuple[Platform, ...] = ()
    hours: tuple[int, int] | None = None
    leases: tuple[str, ...] = ()
    gateways: tuple[IPv4Network | IPv6Network, ...] = ()
    block_pages: tuple[IPv4Network | IPv6Network, ...] = ()
    all_apps: tuple[str, ...] = ()
    places: Places = field(default_factory=dict, compare=False)

    def is_gateway(self, address: str) -> bool:
        """Whether several devices stand behind an address; of one that cannot be read nobody knows that they do not."""
        if not self.gateways:
            return False
        try:
            found = ip_address(address)
        except ValueError:
            return True
        return any(found in one for one in self.gateways)


@dataclass(frozen=True, slots=True)
class AcceptedBlindSpot:
    """Something the body knows it does not see, and who answers for that until when."""

    what: str
    owner: str
    reason: str
    last_day: date


@dataclass(frozen=True, slots=True)
class TargetSettings:
    """One `[[targets]]` table: the target's id, the networks it serves, its own settings."""

    id: str
    networks: tuple[str, ...]
    settings: Mapping[str, str] = field(default_factory=dict)
    places: Places = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Enforcement:
    """How changes go out: to which units first, and to how many devices at once. Nothing said: to all at once."""

    pilot: tuple[str, ...] = ()
    limit: Limit | None = None
    places: Places = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Airlock:
    """What a body says of its airlock: for how many days after its approval a package may be handed over.

    Facts change: who agreed to be shown may not any more, the event may be over.
    """

    approval_days: int = 7
    places: Places = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Body:
    """A body's folder and settings. `notice` is printed on everything made from it."""

    folder: Path
    id: str
    name: str
    zone: ZoneInfo
    languages: tuple[str, ...]
    notice: str
    checking: Checking
    retention: Retention = field(default_factory=Retention)
    sources: tuple[SourceSettings, ...] = ()
    targets: tuple[TargetSettings, ...] = ()
    enforcement: Enforcement = field(default_factory=Enforcement)
    accepted: tuple[AcceptedBlindSpot, ...] = ()
    internal_names: tuple[str, ...] = ()
    most_other_apps: int = 0
    invented: tuple[str, ...] = ()
    privacy: Privacy = field(default_factory=Privacy)
    airlock: Airlock = field(default_factory=Airlock)
    places: Places = field(default_factory=dict, compare=False)
