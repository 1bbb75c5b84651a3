# SPDX-License-Identifier: EUPL-1.2
"""Addresses at which no app has a server: those that everybody may use within a network of one's own.

Reads addresses alone. RFC 1122, 1918, 3927, 4193, 4291, 6598. What stands there in the place of an app's server is a
page that says no, a proxy, or a filter. Cannot know who has an address that is not one of these: a block's page may be
anywhere, and where it is a source's `block_pages` say.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

Pages = tuple[IPv4Network | IPv6Network, ...]

_MOST_REMEMBERED = 65_536
_INSIDE = tuple(
    ip_network(block)
    for block in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.168.0.0/16", "::/127", "fc00::/7", "fe80::/10"),
    )
)


@lru_cache(maxsize=_MOST_REMEMBERED)
def is_inside(address: str | bytes, pages: Pages = ()) -> bool:
    """Whether no app's site is at an address, as text in its one form or in octets; `pages` are those of blocks."""
    found = ip_address(address)
    return any(found in block for block in (*_INSIDE, *pages) if block.version == found.version)
