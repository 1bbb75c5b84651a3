# SPDX-License-Identifier: EUPL-1.2
"""Address ranges of clients as Squid has to be given them, so that it takes each for what it is.

Reads ranges of networks. Cannot know which addresses clients have. Three traps, each seen in Squid 5.7:

- of two ranges of which one lies within the other it keeps the first and ignores the second, be that the wider one;
- it keeps IPv4 addresses as `::ffff:…`: an IPv6 range that holds one of those, such as `::/8`, holds all of IPv4;
- it reads `0.0.0.0/0` as everybody, with IPv6.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network

from ordinance.model.estate import IPV4_MAPPED

Range = IPv4Network | IPv6Network


def ranges_for_squid(ranges: Sequence[Range]) -> tuple[Range, ...]:
    """The same addresses, none of them twice, sorted."""
    every = {part for one in ranges for part in _parts(one)}
    parts = sorted(every, key=lambda r: (r.version, int(r.network_address), r.prefixlen))
    tops: list[Range] = []
    for part in parts:  # of those that begin alike the widest comes first, and what lies in one follows it
        if not tops or not _within(part, tops[-1]):
            tops.append(part)
    return tuple(tops)


def _parts(one: Range) -> Iterator[Range]:
    if isinstance(one, IPv4Network):
        yield from one.subnets() if one.prefixlen == 0 else (one,)
    elif not one.overlaps(IPV4_MAPPED):
        yield one
    elif one.prefixlen < IPV4_MAPPED.prefixlen:
        yield from one.address_exclude(IPV4_MAPPED)


def _within(one: Range, other: Range) -> bool:
    """Whether `one` lies in `other` and is not the same."""
    if isinstance(one, IPv4Network):
        return isinstance(other, IPv4Network) and one != other and one.subnet_of(other)
    return isinstance(other, IPv6Network) and one != other and one.subnet_of(other)
