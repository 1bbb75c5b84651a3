# SPDX-License-Identifier: EUPL-1.2
"""Names that a list of AdGuard's DNS filtering rules blocks, and the clients that are excepted from it.

The grammar is written from AdGuard's documentation: comments, and rules `||name^` with at most a `client` modifier of
excluded ranges. What those rules block is asked of another engine for rules of this family, that of Brave's browser,
which knows no `client`: it gets the patterns alone.
"""

from __future__ import annotations

import re
from ipaddress import ip_network

import adblock

from ordinance.model.target import Compiled

RULE = re.compile(r"\|\|([a-z0-9.-]+)\^(?:\$client=(~[0-9a-f.:/]+(?:\|~[0-9a-f.:/]+)*))?")


def rules(compiled: Compiled) -> list[tuple[str, tuple[str, ...]]]:
    """Each rule's name and the ranges of clients that it leaves alone; whatever is no rule must be a comment."""
    (file,) = compiled.artefacts
    text = file.content.decode("ascii")
    assert text.isprintable() or set(text) - set(filter(str.isprintable, text)) == {"\n"}
    lines = text.split("\n")
    assert lines[0].startswith("! Title: ")
    assert lines.pop() == ""
    found = []
    for line in lines:
        if line.startswith("! "):
            continue
        rule = RULE.fullmatch(line)
        assert rule, line
        found.append((rule[1], tuple(c.removeprefix("~") for c in rule[2].split("|")) if rule[2] else ()))
    return found


def blocked(compiled: Compiled) -> set[str]:
    """Names that the rules are about: Brave's engine must block each of them, what lies beneath, and no neighbour."""
    found = rules(compiled)
    names = [name for name, _ in found]
    assert len(names) == len(set(names))
    excepted = {clients for _, clients in found}
    assert excepted <= {compiled.artefacts[0].left_out}
    assert all(str(ip_network(c)) == c for c in compiled.artefacts[0].left_out)
    engine = engine_of(names)
    for name in names:
        assert stops(engine, name)
        assert stops(engine, f"x.{name}")
        assert not stops(engine, f"{name}.x.test")
    return set(names)


def engine_of(names: list[str]) -> adblock.Engine:
    """Brave's engine with the patterns."""
    filters = adblock.FilterSet()
    filters.add_filters([f"||{name}^" for name in names])
    return adblock.Engine(filters)


def stops(engine: adblock.Engine, host: str) -> bool:
    """Whether it stops a request to that host from a page of the city's. Browsers write hosts in small letters."""
    return bool(engine.check_network_urls(f"https://{host.lower()}/", "https://city.example/", "other").matched)
