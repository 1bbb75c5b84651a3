# SPDX-License-Identifier: EUPL-1.2
"""Host names, strictly: what may be written into a resolver's configuration and what may not.

Reads strings from the catalogue, which are not trusted here: a target is the last place where a
hostile name can still be stopped. Cannot know whether a name exists or whose it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network

# RFC 1123 section 2.1: letters, digits, hyphens inside; RFC 1035 section 2.3.4: 63 octets a label.
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_PLAIN = re.compile(r"[^A-Za-z0-9 ._:/+-]")

LONGEST_OWNER = 255  # octets of a whole name on the wire, RFC 1035 section 2.3.4


@lru_cache(maxsize=10_000)  # each of many demands for an app asks about the same names
def host_name(untrusted: str) -> str | None:
    """The name in lower case without the last dot, or `None` for anything that is no host name.

    `isascii` comes first: lower-casing turns the Kelvin sign into a plain k. A last label that is a
    number makes an address. One that begins with `rpz-` would make the record a rule about clients
    or addresses (draft-vixie-dnsop-dns-rpz-00, section 4): one such line can cut off a whole city.
    """
    if not untrusted.isascii():
        return None
    name = untrusted.lower().removesuffix(".")
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return None
    return None if labels[-1].isdigit() or labels[-1].startswith("rpz-") else name


def reversed_address(cidr: IPv4Network | IPv6Network) -> str:
    """A range as policy zones write it: `24.0.2.0.192` for 192.0.2.0/24, `32.zz.db8.2001` for 2001:db8::/32.

    draft-vixie-dnsop-dns-rpz-00, section 4.1.1; `zz` is the longest run of zeros, as `::` is.
    """
    if cidr.version == 4:
        words = str(cidr.network_address).split(".")
    else:
        words = [w for w in str(cidr.network_address).replace("::", ":zz:").split(":") if w]
    return ".".join([str(cidr.prefixlen), *reversed(words)])


def wire_octets(name: str) -> int:
    """Octets of an absolute name on the wire: a length before each label, and the root."""
    return sum(len(label) + 1 for label in name.split(".")) + 1


def parents(name: str) -> Iterator[str]:
    """Every name above, nearest first: `b.c` and `c` for `a.b.c`."""
    while "." in name:
        name = name.partition(".")[2]
        yield name


def lies_in(name: str, names: Collection[str]) -> str | None:
    """The member of `names` that is `name` or the nearest above it."""
    return next((n for n in (name, *parents(name)) if n in names), None)


def with_names_between(names: Collection[str]) -> frozenset[str]:
    """`names`, and all names that lie between one of them and another above it.

    In a zone with `*.example` and `a.b.example` the name `b.example` exists and is empty, so that the
    wildcard covers neither it nor anything beneath it (RFC 4592, section 2.2.2): BIND 9.18 lets
    `b.example` through.
    """
    return frozenset(names).union(*(_between(name, names) for name in names))


def _between(name: str, names: Collection[str]) -> Iterable[str]:
    above = list(parents(name))
    tops = [index for index, parent in enumerate(above) if parent in names]
    return above[: tops[-1]] if tops else ()


def remark(untrusted: str) -> str:
    """A sentence fit for comments: letters lose their accents, and besides what `plain` leaves only commas stay."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", untrusted) if not unicodedata.combining(c))
    return ", ".join(plain(part.strip()) for part in re.split("[,;]", bare))


def plain(untrusted: str) -> str:
    """A text fit for a comment of one line: everything but plain letters, digits and ` ._:/+-` becomes `?`."""
    return _PLAIN.sub("?", untrusted)
