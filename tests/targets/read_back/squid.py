# SPDX-License-Identifier: EUPL-1.2
"""Names that a list for Squid blocks, and for whom its rules do not: read without the target's code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

from ordinance.model.target import Compiled

V4_INSIDE_V6 = IPv6Network("::ffff:0:0/96")  # Squid keeps IPv4 clients there: a range that touches it lets them all in
DENY = re.compile(r"http_access deny (!ordinance_free )?ordinance_names")
ACL = re.compile(r'acl ordinance_names dstdomain -n "/[A-Za-z0-9._/-]+/ordinance-names\.txt"')
FREE = re.compile(r"acl ordinance_free src ([0-9a-f.:]+/[0-9]+)")
PAGE = re.compile(r"deny_info [A-Za-z0-9._~:/-]+ ordinance_names")


def blocked(compiled: Compiled) -> set[str]:
    """Names with everything beneath them; the rules must deny them, to everybody but clients of ranges left out."""
    listed, rules = compiled.artefacts
    acl, *middle = _lines(rules.content)
    if middle and PAGE.fullmatch(middle[-1]):
        middle.pop()
    *free, deny = middle
    assert ACL.fullmatch(acl)
    asked = DENY.fullmatch(deny)
    assert asked
    ranges = [_range(line) for line in free]
    assert bool(asked[1]) == bool(ranges)
    _same_clients(ranges, [ip_network(text) for text in listed.left_out])
    names = _lines(listed.content)
    assert all(name.startswith(".") and " " not in name for name in names)
    assert len(set(names)) == len(names)
    assert not [name for name in names for other in names if name != other and name.endswith(other)]
    return {name[1:] for name in names}


def _lines(content: bytes) -> list[str]:
    """Lines that are no comments; Squid reads what stands far to the right of any line as a line of its own."""
    lines = content.decode("ascii").splitlines()
    assert all(len(line) < 1000 for line in lines)
    return [line for line in lines if not line.startswith("#")]


def _range(line: str) -> IPv4Network | IPv6Network:
    found = FREE.fullmatch(line)
    assert found
    one = ip_network(found[1])
    assert one.prefixlen
    assert isinstance(one, IPv4Network) or not one.overlaps(V4_INSIDE_V6)
    return one


def _same_clients(written: list[IPv4Network | IPv6Network], meant: list[IPv4Network | IPv6Network]) -> None:
    """Every address that is meant is written, no other is, and no range lies in another: Squid would ignore one."""
    assert not [a for a in written for b in written if a is not b and a.version == b.version and a.overlaps(b)]
    assert set(_v4(written)) == set(_v4(meant))
    rest = [part for one in meant if isinstance(one, IPv6Network) for part in _without_v4(one)]
    assert set(_v6(written)) == set(_v6(rest))


def _v4(ranges: Iterable[IPv4Network | IPv6Network]) -> Iterable[IPv4Network]:
    return collapse_addresses(r for r in ranges if isinstance(r, IPv4Network))


def _v6(ranges: Iterable[IPv4Network | IPv6Network]) -> Iterable[IPv6Network]:
    return collapse_addresses(r for r in ranges if isinstance(r, IPv6Network))


def _without_v4(one: IPv6Network) -> Iterable[IPv6Network]:
    if not one.overlaps(V4_INSIDE_V6):
        return [one]
    return one.address_exclude(V4_INSIDE_V6) if one.supernet_of(V4_INSIDE_V6) and one != V4_INSIDE_V6 else []
