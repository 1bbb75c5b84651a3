# SPDX-License-Identifier: EUPL-1.2
"""Names that dnsmasq answers itself, and resolvers that its DHCP hands out, read as dnsmasq reads its files."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from ordinance.model.target import Compiled

PIECE = 1024  # dnsmasq 2.90 reads that much of a line into its buffer; the rest is a line of its own

_NAME = re.compile(r"server=/([a-z0-9.-]+)/")
_RESOLVER = re.compile(
    r"dhcp-option=tag:([a-z0-9_-]+),(?:option:dns-server,([0-9.]+)|option6:dns-server,\[([0-9a-f:.]+)\])"
)


def blocked(compiled: Compiled) -> set[str]:
    """Names with no server behind them; any other option in the file is a fault."""
    (names,) = (a for a in compiled.artefacts if a.path.endswith("/ordinance-names.conf"))
    found = [_whole(_NAME, option)[1] for option in options(names.content)]
    assert len(found) == len(set(found))
    return set(found)


def handed_out(compiled: Compiled) -> dict[str, list[str]]:
    """By tag the resolvers that a client is told of; any other option in the file is a fault."""
    (dhcp,) = (a for a in compiled.artefacts if a.path.endswith("/ordinance-dhcp.conf"))
    found: dict[str, list[str]] = defaultdict(list)
    for option in options(dhcp.content):
        tag, v4, v6 = _whole(_RESOLVER, option).groups()
        found[tag].append(v4 or v6)
    return dict(found)


def options(content: bytes) -> Iterator[str]:
    """What is left of each piece of a line without its comment, which begins a line or follows white space."""
    text = content.decode("ascii")
    assert set(text) <= set(map(chr, range(32, 127))) | {"\n"}
    for line in text.splitlines():
        for start in range(0, len(line) + 1, PIECE):
            piece = re.sub(r"(^|\s)#.*", "", line[start : start + PIECE]).strip()
            if piece:
                yield piece


def _whole(pattern: re.Pattern[str], option: str) -> re.Match[str]:
    found = pattern.fullmatch(option)
    assert found, f"not an option of this file: {option[:80]!r}"
    return found
