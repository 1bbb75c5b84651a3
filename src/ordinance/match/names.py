# SPDX-License-Identifier: EUPL-1.2
"""Host names against domain identifiers: the longest suffix on label boundaries.

Reads: names as logs write them, and the catalogue's identifiers of kind `domain`. Writes: nothing.
Cannot know: whether a name that ends in a known one is really run by that vendor below a CDN's alias
zone (such hits are `likely`), and what a name shared by several products was asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import idna

from ordinance.model.apps import Identifier, Kind

_NAME = b"abcdefghijklmnopqrstuvwxyz0123456789-_."
_LONGEST_NAME = 253  # RFC 1035 section 2.3.4, in presentation form
_LONGEST_LABEL = 63
_LONGEST_INPUT = 1024  # UTS 46 may shorten a name (it drops soft hyphens), but not from here to 253 in honest input
_REMEMBERED = 16_384  # names a matcher keeps: unique names of a log grow almost linearly, so never without bound


def normalise(name: str) -> str | None:
    """`name` in lower-case A-labels without dots at its end, or `None` for what is no host name.

    International names are mapped by UTS 46 (non-transitional). Underscores pass, because DNS carries
    `_https.example.org`; hyphens pass anywhere in an ASCII label, because names in the wild have them.
    An IPv4 address is no host name. Never raises.
    """
    if not name.isascii():
        mapped = _to_a_labels(name)
        if mapped is None:
            return None
        name = mapped
    name = name.lower().rstrip(".")
    # Without every allowed character nothing is left, exactly if no other character is inside.
    if not name or name.encode().translate(None, _NAME) or len(name) > _LONGEST_NAME or name[0] == "." or ".." in name:
        return None
    if len(name) > _LONGEST_LABEL and any(len(label) > _LONGEST_LABEL for label in name.split(".")):
        return None
    # A last label of digits is an address, or nothing that DNS can answer.
    return None if name[-1].isdigit() and name.rpartition(".")[2].isdigit() else name


def _to_a_labels(name: str) -> str | None:
    if len(name) > _LONGEST_INPUT:
        return None
    try:
        mapped = idna.uts46_remap(name, std3_rules=False, transitional=False)
        # Label by label, because idna refuses underscores in the ASCII labels that DNS allows.
        return ".".join(x if x.isascii() else idna.alabel(x).decode("ascii") for x in mapped.split("."))
    except (UnicodeError, IndexError):  # idna.IDNAError is a UnicodeError
        return None


@dataclass(frozen=True, slots=True)
class Hit:
    """The identifier that a name matched.

    `likely` is true for `<known name>.<CDN alias zone>`, where the zone's owner chose the left part, and for a regional
    twin of a known name.
    """

    identifier: Identifier
    likely: bool


class NameMatcher:
    """Finds the identifier of the longest known suffix of a name. Retired identifiers still match.

    `alias_zones` are domains of content networks under which vendors' own names are repeated, such as
    `akamaized.net` in `v16.tiktokcdn.com.akamaized.net`. A zone alone never matches. `twins` are names that a vendor is
    likely to hold beside a known one, such as `tiktokcdn-eu.com` beside `tiktokcdn.com`, also below an alias zone; a
    known name goes first.
    """

    def __init__(
        self,
        identifiers: Iterable[Identifier],
        alias_zones: frozenset[str] = frozenset(),
        twins: Mapping[str, str] | None = None,
    ) -> None:
        known = {i.value: i for i in sorted(identifiers, key=_preference, reverse=True) if i.kind is Kind.DOMAIN}
        self._direct = {value: Hit(identifier, likely=False) for value, identifier in known.items()}
        likely = {value: Hit(identifier, likely=True) for value, identifier in known.items()}
        self._zones = alias_zones
        self._twins = {twin: likely[of] for twin, of in (twins or {}).items() if of in known}
        self._aliased = self._twins | likely
        self._stops = alias_zones.union(known, self._twins)
        # The hit for a name in any spelling; `None` for unknown names and for what is no host name. A method around it
        # would take as long as a remembered answer.
        self.find: Callable[[str], Hit | None] = lru_cache(maxsize=_REMEMBERED)(self._find)
        # The known names beneath one, in order: a name below them is no hit of that one.
        self.beneath: Callable[[str], tuple[Identifier, ...]] = lru_cache(maxsize=_REMEMBERED)(self._beneath)

    def suspects(self, apps: Collection[str]) -> tuple[frozenset[str], frozenset[str]]:
        """Names of which every hit for an app (`family/member`) has one as a suffix, and the zones.

        Where the suffix is a zone, what stands left of it ends in one. A name may end in one and be no hit.
        """
        known = (*self._direct.items(), *self._twins.items())
        found = (n for n, hit in known if f"{hit.identifier.family}/{hit.identifier.member}" in apps)
        return frozenset(found), self._zones

    def _beneath(self, value: str) -> tuple[Identifier, ...]:
        return tuple(hit.identifier for name, hit in sorted(self._direct.items()) if name.endswith(f".{value}"))

    def _find(self, name: str) -> Hit | None:
        normal = normalise(name)
        if normal is None:
            return None
        rest = normal
        while rest:
            if rest in self._stops:
                hit = self._at(normal, rest)
                if hit is not None:
                    return hit
            rest = rest.partition(".")[2]
        return None

    def _at(self, name: str, suffix: str) -> Hit | None:
        """The hit at one suffix: what stands left of an alias zone says more than the zone's owner."""
        if suffix in self._zones:
            left = name[: -len(suffix)].removesuffix(".")
            while left:
                if left in self._aliased:
                    return self._aliased[left]
                left = left.partition(".")[2]
        return self._direct.get(suffix) or self._twins.get(suffix)


def _preference(identifier: Identifier) -> tuple[str, str, str]:
    """An order of the values alone, so that the same value twice gives the same hit in any input order.

    The catalogue refuses such twins; a caller's own list may hold them.
    """
    return (identifier.value, identifier.family, identifier.member)
