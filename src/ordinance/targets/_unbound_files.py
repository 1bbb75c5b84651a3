# SPDX-License-Identifier: EUPL-1.2
"""The files that Unbound reads beside a policy zone, as bytes.

Reads names already found fit (`_names.host_name`), address ranges, and texts for comments that are not trusted. Nothing
here names an `access-control-tag` or a view: for a range that the resolver's own access list does not state, either
opens the resolver to it (unbound.conf(5) of 1.17.1 says so of tags, and it does the same for views).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network

from ordinance.model.target import Plan
from ordinance.targets._heading import heading
from ordinance.targets._names import plain
from ordinance.targets._rpz_files import let_past, zone_head

Ranges = Sequence[IPv4Network | IPv6Network]

_TYPES = {"nxdomain": "always_nxdomain", "nodata": "always_nodata"}

MODULES = (
    b"# Only where your configuration has no module-config. Where it has one, leave this file out and put respip in\n"
    b"# front of the modules named there: of two such lines Unbound takes the last.\n"
    b"server:\n"
    b'  module-config: "respip validator iterator"\n'
)


def left_out_zone(zone: str) -> str:
    """The name of the zone that lets clients past `zone`."""
    return f"left-out.{zone}"


def clients_zone(zone: str, ttl: str, serial: int, left_out: Ranges) -> bytes:
    """A policy zone about clients alone: those in `left_out` get every name as it is.

    A zone of its own, before the one with the names: within one zone Unbound 1.17 goes on to the names after it has let
    a client past (NLnet Labs, issue 1029).
    """
    head = (
        f"; Clients on networks that are not to be blocked: Unbound lets them past {zone} and all zones behind.",
        *zone_head(left_out_zone(zone), ttl, serial),
    )
    return _bytes(*head, *let_past(left_out))


def policy_clauses(zone: str) -> bytes:
    """The clauses for both zones. Unbound goes through them as they stand: clients that are let past come first."""
    first = left_out_zone(zone)
    return _bytes(
        "# Behind every rpz clause of your own: a client that is let past here is let past all that follow.",
        "# The files are sought in Unbound's directory, /etc/unbound on Debian.",
        *(line for z in (first, zone) for line in ("rpz:", f'  name: "{z}"', f'  zonefile: "{z}.zone"')),
    )


def local_zones(plan: Plan, asked_by: Mapping[str, frozenset[str]], answer: str, left_out: Ranges) -> bytes:
    """A local zone for each name, and for each range in `left_out` an override that resolves the name as it is."""
    lines = [*heading(plan, asked_by, "#", "as local zones"), "server:"]
    for name, restrictions in sorted(asked_by.items()):
        why = ", ".join(sorted(plain(r) for r in restrictions))
        lines.append(f'  local-zone: "{name}." {_TYPES[answer]} # {why}')
        lines += [f'  local-zone-override: "{name}." {c} always_transparent' for c in left_out]
    return _bytes(*lines)


def _bytes(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode("ascii")
