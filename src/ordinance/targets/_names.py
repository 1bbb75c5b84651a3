# SPDX-License-Identifier: EUPL-1.2
"""Host names, strictly: what may be written into a resolver's configuration and what may not.

Reads strings from the catalogue, which are not trusted here: a target is the last place where a
hostile name can still be stopped. Cannot know whether a name exists or whose it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from ipaddress import IPv4Network, IPv6Network
from itertools import chain

# RFC 1123 section 2.1: letters, digits, hyphens inside; RFC 1035 section 2.3.4: 63 octets a label.
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}")
# The same for names in which no label can be too long, with the rule about the last label: the form in catalogues.
_SHORT = re.compile(r"(?:[a-z0-9]++(?:-++[a-z0-9]++)*+\.)*+(?!rpz-)[a-z][a-z0-9]*+(?:-++[a-z0-9]++)*+")
_LONGEST_LABEL = 63
_PLAIN = re.compile(r"[^A-Za-z0-9 ._:/+-]")

LONGEST_OWNER = 255  # octets of a whole name on the wire, RFC 1035 section 2.3.4


def host_name(untrusted: str) -> str | None:
    """The name in lower case without the last dot, or `None` for anything that is no host name.

    `isascii` comes first: lower-casing turns the Kelvin sign into a plain k. A last label that begins with a digit may
    make an address, in hexadecimal too; no top-level domain does. One that begins with `rpz-` would make the record a
    rule about clients or addresses (draft-vixie-dnsop-dns-rpz-00, section 4): one such line can cut off a whole city.
    """
    if len(untrusted) <= _LONGEST_LABEL and _SHORT.fullmatch(untrusted):
        return untrusted
    if not untrusted.isascii():
        return None
    name = untrusted.lower().removesuffix(".")
    if len(name) > 253 or not _NAME.fullmatch(name):
        return None
    last = name[name.rfind(".") + 1 :]
    return name if last[0].isalpha() and not last.startswith("rpz-") else None


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
    """Octets of an absolute name on the wire: each dot is the length of the label behind it, and two more for the
    length of the first label and the root.
    """
    return len(name) + 2


def parents(name: str) -> Iterator[str]:
    """Every name above, nearest first: `b.c` and `c` for `a.b.c`."""
    while "." in name:
        name = name.partition(".")[2]
        yield name


def lies_in(name: str, names: Collection[str]) -> str | None:
    """The member of `names` that is `name` or the nearest above it."""
    return next((n for n in (name, *parents(name)) if n in names), None)


def names_between(names: Collection[str]) -> frozenset[str]:
    """All names that lie between one of `names` and another above it, and are none of them.

    In a zone with `*.example` and `a.b.example` the name `b.example` exists and is empty, so that the
    wildcard covers neither it nor anything beneath it (RFC 4592, section 2.2.2): BIND 9.18 lets
    `b.example` through.
    """
    above = Above(names)
    between: set[str] = set()
    for first in {name.partition(".")[2] for name in names}:  # many names share what is above them
        for parent in chain((first,), parents(first)):
            if parent in between or above.nearest(parent) is None:
                break  # nothing listed is above it, or what lies above was gone through already
            if parent not in names:
                between.add(parent)
    return frozenset(between)


class Above:
    """Which of some names is nearest above another: asked for many names that share what is above them."""

    def __init__(self, names: Collection[str]) -> None:
        self._names = names
        self._known: dict[str, str | None] = {}

    def nearest(self, name: str) -> str | None:
        """The name itself where it is one of them, else the nearest above it."""
        passed, found = [], None
        for one in chain((name,), parents(name)):
            if one in self._names:
                found = one
                break
            if one in self._known:
                found = self._known[one]
                break
            passed.append(one)
        self._known.update(dict.fromkeys(passed, found))
        return found


def remark(untrusted: str) -> str:
    """A sentence fit for comments: letters lose their accents, and besides what `plain` leaves only commas stay."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", untrusted) if not unicodedata.combining(c))
    return ", ".join(plain(part.strip()) for part in re.split("[,;]", bare))


def plain(untrusted: str) -> str:
    """A text fit for a comment of one line: everything but plain letters, digits and ` ._:/+-` becomes `?`."""
    return _PLAIN.sub("?", untrusted)
