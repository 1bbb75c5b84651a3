# SPDX-License-Identifier: EUPL-1.2
"""Circles in what leads from one thing to the next, found in one walk however long the chains are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping


def in_circles(steps: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Everything from which steps lead back to itself, each with all that lie in the same circle, sorted.

    Source of the algorithm: R. Tarjan, Depth-first search and linear graph algorithms (1972), without recursion.
    """
    found: dict[str, tuple[str, ...]] = {}
    for component in _components(steps):
        if len(component) > 1 or component[0] in {*steps.get(component[0], ())}:
            members = tuple(sorted(component))
            found.update(dict.fromkeys(members, members))
    return found


def _components(steps: Mapping[str, Iterable[str]]) -> Iterator[list[str]]:
    """Each set of nodes that lead to one another, every node in one."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_nodes: dict[str, None] = {}  # in the order in which they were met
    for start in steps:
        walk: list[tuple[str, Iterator[str]]] = []
        ahead: str | None = start if start not in number else None
        while walk or ahead is not None:
            if ahead is not None:
                number[ahead] = lowest[ahead] = len(number)
                open_nodes[ahead] = None
                walk.append((ahead, iter(steps.get(ahead, ()))))
            node, following = walk[-1]
            ahead = None
            for other in following:
                if other not in number:
                    ahead = other
                    break
                if other in open_nodes:
                    lowest[node] = min(lowest[node], number[other])
            if ahead is not None:
                continue
            walk.pop()
            if walk:
                lowest[walk[-1][0]] = min(lowest[walk[-1][0]], lowest[node])
            if lowest[node] == number[node]:
                yield _taken(open_nodes, node)


def _taken(open_nodes: dict[str, None], until: str) -> list[str]:
    """Take the nodes met last, down to one of them."""
    taken = [open_nodes.popitem()[0]]
    while taken[-1] != until:
        taken.append(open_nodes.popitem()[0])
    return taken
