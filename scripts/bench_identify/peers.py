# SPDX-License-Identifier: EUPL-1.2
"""What somebody could have used instead, each as quick as we could make it.

All are spared the catalogue: they read `known.tsv`, which holds the answer of each name. All call our `normalise`,
because spellings are no matter of theirs, and hold to our rules of alias zones and twins, so that all answer alike.

- `suffix_loop`: dictionaries, and a loop over the labels, as anybody would write it.
- `tldextract`: its registrable domain first, because most names end there; then up to it from the full name.
- `ahocorasick`: one automaton over `.known name⏎`. The leftmost hit is the longest suffix on a boundary of labels.

Forms: `plain` answers name after name; `remembered` keeps 16,384 answers, as our matcher does; `block` (the automaton
alone) goes once through thousands of names joined to one text, and `block_once` asks for none of them twice.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from functools import lru_cache, partial
from itertools import accumulate
from pathlib import Path

from ordinance.match.names import normalise

NOTHING = "-"
REMEMBERED = 16_384
Answers = Callable[[list[str]], list[str]]
One = Callable[[str], str]


class Known:
    """Answers by known name and by twin, and the alias zones."""

    def __init__(self, path: Path) -> None:
        rows = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
        self.names = {value: answer for kind, value, answer in rows if kind == "name"}
        self.twins = {value: f"{answer} likely" for kind, value, answer in rows if kind == "twin"}
        self.likely = self.twins | {value: f"{answer} likely" for value, answer in self.names.items()}
        self.zones = {value for kind, value, _ in rows if kind == "zone"}
        self.direct = self.twins | self.names
        self.stops = self.zones.union(self.direct)


def suffix_loop(path: Path) -> One:
    """The labels from the left, one fewer each time."""
    known = Known(path)
    names, twins, zones, likely = known.names, known.twins, known.zones, known.likely

    def one(name: str) -> str:
        normal = normalise(name)
        if normal is None:
            return NOTHING
        labels = normal.split(".")
        for n in range(len(labels)):
            suffix = ".".join(labels[n:])
            if suffix in zones:
                for m in range(n):
                    left = ".".join(labels[m:n])
                    if left in likely:
                        return likely[left]
            if suffix in names:
                return names[suffix]
            if suffix in twins:
                return twins[suffix]
        return NOTHING

    return one


def tldextract(path: Path) -> One:
    """Most names share no registrable domain with anything known, and are done with the first look."""
    import tldextract as package  # noqa: PLC0415  # a peer that need not be there

    extract = package.TLDExtract(suffix_list_urls=(), cache_dir=None).extract_str
    known, loop = Known(path), suffix_loop(path)
    direct, zones = known.direct, known.zones
    domains = {extract(stop).top_domain_under_public_suffix for stop in known.stops}
    with_zone = {extract(zone).top_domain_under_public_suffix for zone in zones}

    def one(name: str) -> str:
        normal = normalise(name)
        if normal is None:
            return NOTHING
        domain = extract(normal).top_domain_under_public_suffix
        if domain not in domains:
            return NOTHING
        if domain in with_zone:
            return loop(normal)
        rest = normal
        while len(rest) >= len(domain):
            if rest in direct:
                return direct[rest]
            rest = rest.partition(".")[2]
        return NOTHING

    return one


class Automaton:
    """Known names, twins and zones, each between a dot and the end of a line."""

    def __init__(self, path: Path) -> None:
        from ahocorasick_rs import MATCHKIND_LEFTMOST_LONGEST, AhoCorasick  # noqa: PLC0415  # a peer

        known = Known(path)
        stops = sorted(known.stops)
        self.find = AhoCorasick([f".{s}\n" for s in stops], MATCHKIND_LEFTMOST_LONGEST).find_matches_as_indexes
        # A zone's answer depends on what stands before it: such names are few, and go the long way.
        self.answers = [None if s in known.zones else known.direct[s] for s in stops]
        self.loop = suffix_loop(path)

    def one(self, name: str) -> str:
        """One name."""
        normal = normalise(name)
        hits = self.find(f".{normal}\n") if normal is not None else None
        if not hits or normal is None:
            return NOTHING
        return self.answers[hits[0][0]] or self.loop(normal)

    def block(self, names: list[str]) -> list[str]:
        """Many names in one search."""
        normal = [normalise(name) or "" for name in names]
        ends = list(accumulate(len(name) + 2 for name in normal))
        found = [NOTHING] * len(names)
        for stop, start, _ in self.find("." + "\n.".join(normal) + "\n"):
            n = bisect_right(ends, start)
            found[n] = self.answers[stop] or self.loop(normal[n])
        return found

    def block_once(self, names: list[str]) -> list[str]:
        """The same, where each different name is looked for once."""
        different = list(dict.fromkeys(names))
        found = dict(zip(different, self.block(different), strict=True))
        return [found[name] for name in names]


def each(one: One) -> Answers:
    """Name after name."""
    return lambda names: [one(name) for name in names]


def plain(make: Callable[[Path], One], path: Path) -> Answers:
    """Nothing is kept."""
    return each(make(path))


def remembered(make: Callable[[Path], One], path: Path) -> Answers:
    """As many answers are kept as our matcher keeps."""
    return each(lru_cache(REMEMBERED)(make(path)))


def ahocorasick(path: Path) -> One:
    """One name after another."""
    return Automaton(path).one


FORMS: dict[str, dict[str, Callable[[Path], Answers]]] = {
    name: {"plain": partial(plain, make), "remembered": partial(remembered, make)}
    for name, make in (("tldextract", tldextract), ("ahocorasick", ahocorasick), ("suffix_loop", suffix_loop))
}
FORMS["ahocorasick"] |= {
    "block": lambda path: Automaton(path).block,
    "block_once": lambda path: Automaton(path).block_once,
}
