# SPDX-License-Identifier: EUPL-1.2
"""What a resolver is asked about names, what it replied, and what that comes to.

Reads: an address as a person writes it. Holds nothing about people: names are the catalogue's, neighbours fixed ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address

from ordinance.model.apps import Surface
from ordinance.model.result import FindingKind

TYPES = ("A", "AAAA", "HTTPS")  # a browser asks for all three; one left open lets it through
DNS_PORT = 53


class Expected(StrEnum):
    """What should become of a name."""

    BLOCKED = "blocked"  # a bundle, or where there is none the plan, blocks it
    FREE = "free"  # it was blocked once, and nothing asks for that any more
    OPEN = "open"  # a neighbour: nobody asks to block it


class Seen(StrEnum):
    """What the resolver does with a name, as far as its answers show."""

    BLOCKED = "blocked"
    OPEN = "open"
    NO_ANSWER = "no_answer"
    UNCLEAR = "unclear"


class Neighbour(StrEnum):
    """Why a name is asked that nobody asks to block."""

    CANARY = "canary"  # of the body's own sources
    FAMILY = "family"  # of an app that is restricted, and left open
    UNRELATED = "unrelated"  # of another app; only where there is none of the two
    PARENT = "parent"  # above a blocked name
    ALIKE = "alike"  # ends as a blocked name does

    @property
    def exists(self) -> bool:
        """Whether an answer is expected. Of others only a block that shows itself says anything."""
        return self not in {Neighbour.PARENT, Neighbour.ALIKE}


@dataclass(frozen=True, slots=True)
class Resolver:
    """An address and a port that a person named. Nothing else is ever contacted."""

    address: IPv4Address | IPv6Address
    port: int = DNS_PORT

    def __str__(self) -> str:
        host = f"[{self.address}]" if self.address.version == 6 else str(self.address)
        return f"{host}:{self.port}"


def read_resolver(text: str) -> Resolver | None:
    """`192.0.2.53`, `192.0.2.53:5300`, `2001:db8::53`, `[2001:db8::53]:5300`; `None` for anything else.

    No host name: to find its address somebody else would have to be asked.
    """
    host, port = text, str(DNS_PORT)
    if text.startswith("["):
        host, closed, rest = text[1:].partition("]")
        if not closed or ":" not in host or (rest and not rest.startswith(":")):
            return None
        port = rest[1:] if rest else port
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    if not (port.isascii() and port.isdecimal() and len(port) <= 5 and 0 < int(port) < 2**16):
        return None
    try:
        address = ip_address(host)
    except ValueError:
        return None
    nobody = address.is_unspecified or address.is_multicast or str(address) == "255.255.255.255"
    return None if nobody else Resolver(address, int(port))


@dataclass(frozen=True, slots=True, order=True)
class AskedFor:
    """A demand for which a name is, or was, blocked. `restriction` is empty where no text of today says so."""

    restriction: str
    app: str
    surface: Surface | None
    due: datetime | None


@dataclass(frozen=True, slots=True)
class ProbedName:
    """A name to ask about, what should become of it, and for which demands."""

    name: str
    expected: Expected
    asked_for: frozenset[AskedFor] = frozenset()
    neighbour: Neighbour | None = None

    def is_due(self, at: datetime) -> bool:
        """Whether any demand for it had to be met by then; a name without a known demand counts as due."""
        dues = [a.due for a in self.asked_for if a.due is not None]
        return not dues or min(dues) <= at


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, as far as it matters. `failure` says why there is none.

    `addresses` and `aliases` (of CNAME records) are those of its answer section, `records` counts those of the type
    that was asked for, `zones` are owners of SOA records, `errors` numbers of RFC 8914.
    """

    failure: str = ""
    code: str = "NOERROR"
    authoritative: bool = False
    records: int = 0
    addresses: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    errors: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one answer, or all answers about one name, come to; `reason` is a stable id."""

    seen: Seen
    reason: str


@dataclass(frozen=True, slots=True)
class Probed:
    """A name, what was seen of it by type of record (those that were asked), and in all."""

    name: ProbedName
    types: Mapping[str, Verdict]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class ProbeFinding:
    """What a kept probe found, without names: how many of an app's a clause's block lets through, or stops still."""

    kind: FindingKind
    restriction: str | None
    family: str | None
    member: str | None
    surface: Surface | None
    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class ProbeRecord:
    """A probe that was kept: which target's resolver was asked, when, and what was found.

    `decided`: everything was asked and could be told, so that what it did not find is not there.
    """

    file: str
    sha256: str
    at: datetime
    target: str
    resolver: str
    findings: tuple[ProbeFinding, ...] = field(default=())
    decided: bool = True
