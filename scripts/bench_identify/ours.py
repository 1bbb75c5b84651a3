# SPDX-License-Identifier: EUPL-1.2
"""`match.NameMatcher` over the shipped catalogue, as `apps identify` makes it."""

from __future__ import annotations

from collections.abc import Callable

from ordinance.catalogue.load import alias_zones, load, twins
from ordinance.match.names import Hit, NameMatcher


def build() -> Callable[[list[str]], list[str]]:
    """Names → answers."""
    find = NameMatcher([i for f in load().families for i in f.identifiers], alias_zones(), twins()).find
    texts: dict[int, str] = {}  # by identity: the matcher keeps its hits

    def text(hit: Hit) -> str:
        i = hit.identifier
        texts[id(hit)] = f"{i.family}/{i.member} {i.value}{' likely' if hit.likely else ''}"
        return texts[id(hit)]

    def answers(names: list[str]) -> list[str]:
        return ["-" if (hit := find(name)) is None else texts.get(id(hit)) or text(hit) for name in names]

    return answers
