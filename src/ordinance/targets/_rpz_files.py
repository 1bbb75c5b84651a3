# SPDX-License-Identifier: EUPL-1.2
"""The files of a response policy zone, as bytes.

Reads names already found fit (`_names.host_name`), and texts for comments that are not trusted.
Writes no instant: what ends must leave the same bytes behind but for the serial.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network
from operator import itemgetter

from ordinance.model.target import Plan
from ordinance.targets._heading import heading
from ordinance.targets._names import plain, reversed_address

# What the CNAME of a policy record points at (draft-vixie-dnsop-dns-rpz-00, section 3).
_ACTIONS = {"nxdomain": ".", "nodata": "*."}


def zone_head(zone: str, ttl: str, serial: int) -> tuple[str, ...]:
    """What stands before the records of a zone."""
    return (
        f"$ORIGIN {zone}.",
        f"$TTL {ttl}",
        f"@ IN SOA localhost. hostmaster.localhost. {serial} 3600 600 86400 {ttl}",
        "@ IN NS localhost.",
    )


def let_past(left_out: Iterable[IPv4Network | IPv6Network]) -> Iterator[str]:
    """The records that let clients of these ranges past the zone."""
    return (f"{reversed_address(c)}.rpz-client-ip IN CNAME rpz-passthru. ; not blocked for {c}" for c in left_out)


def zone_file(
    plan: Plan,
    asked_by: Mapping[str, frozenset[str]],
    settings: Mapping[str, str],
    serial: int,
    left_out: Sequence[IPv4Network | IPv6Network] = (),
) -> bytes:
    """Master-file format, RFC 1035 section 5. `asked_by` holds each name with the restrictions that ask for it.

    Clients in `left_out` get every name as it is: triggers about clients go before those about names (section 5.1 of
    the draft). `settings` are `zone`, `ttl`, `answer` and, for the answer `garden`, the name `garden`.
    """
    action = _ACTIONS.get(settings["answer"]) or f"{settings['garden']}."
    head = (
        *heading(plan, asked_by, ";", "for a response policy zone"),
        *zone_head(settings["zone"], settings["ttl"], serial),
    )
    why = {those: _why(those) for those in set(asked_by.values())}
    pairs = [_pair(name, action, why[those]) for name, those in sorted(asked_by.items(), key=itemgetter(0))]
    return "\n".join([*head, *let_past(left_out), *pairs, ""]).encode("ascii")


def _why(restrictions: frozenset[str]) -> str:
    return ", ".join(sorted(plain(r) for r in restrictions)) or "between two listed names"


def _pair(name: str, action: str, why: str) -> str:
    """The name itself and everything beneath it: the wildcard alone leaves the name open."""
    return f"{name} IN CNAME {action} ; {why}\n*.{name} IN CNAME {action}"


def configuration(zone: str) -> tuple[bytes, bytes]:
    """What BIND needs inside `options` and what outside.

    `qname-wait-recurse no`: answer without asking the restricted name's servers first.
    `break-dnssec yes`: without it, a client that asks for signatures reaches signed names all the same.
    Anybody may be blocked by the zone; only the machine itself may read it.
    """
    options = (
        "// Inside options { } or a view. If there is a response-policy already, add the zone to its list.\n"
        f'response-policy {{ zone "{zone}"; }} qname-wait-recurse no break-dnssec yes;\n'
    )
    clause = (
        "// Outside options { }. The file is sought in BIND's directory, /var/cache/bind on Debian.\n"
        f'zone "{zone}" {{ type primary; file "{zone}.zone"; notify no;\n'
        "  allow-query { localhost; }; allow-transfer { localhost; }; };\n"
    )
    return options.encode("ascii"), clause.encode("ascii")
