# SPDX-License-Identifier: EUPL-1.2
"""Dated profiles: which conditions each regime asks of a separate device, and where their texts differ.

Reads `separation/data/`. Profiles that an exemption may name stand in `model/law.py`; where one stands in both, the two
ask for the same (a test holds that). Cannot know whether a text changed since the day on which its sources were read:
that day is part of each profile. Where two profiles conflict both are kept, and neither wins.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from itertools import combinations
from types import MappingProxyType
from typing import Any

from ordinance.model.apps import Citation
from ordinance.model.law import Condition
from ordinance.model.separation import Ask, Conflict, Interval, Known, Position, Profile
from ordinance.model.time import Period

DATA = files("ordinance.separation") / "data"
_KEYS = {"id", "name", "authority", "directives", "read", "sources", "asks"}
_OPTIONS = {"start", "positions", "note"}


@cache
def profiles() -> Mapping[str, Profile]:
    """Every profile by id. KeyError or ValueError for a shipped file that is not as it must be: our fault."""
    found = [_profile(tomllib.loads(p.read_text("utf-8"))) for p in DATA.joinpath("profiles").iterdir()]
    return MappingProxyType({p.id: p for p in sorted(found, key=lambda p: p.id)})


@cache
def intervals() -> Mapping[Condition, Interval]:
    """How often each condition is shown again where a record sets no day."""
    rows = tomllib.loads(DATA.joinpath("intervals.toml").read_text("utf-8"))
    return MappingProxyType({c: Interval(c, Period.parse(rows[c]["every"]), rows[c]["because"]) for c in Condition})


def conflicts(chosen: Iterable[Profile]) -> tuple[Conflict, ...]:
    """Positions of the chosen profiles that do not go together, in the order of the profiles."""
    found = []
    for one, other in combinations(chosen, 2):
        for row in _conflicting():
            for a in (p for p in one.positions if p.subject == row["subject"]):
                for b in (p for p in other.positions if p.subject == row["subject"]):
                    if {a.holds, b.holds} == {*row["between"]}:
                        found.append(Conflict(row["subject"], (one, a), (other, b), row["note"]))
    return tuple(found)


@cache
def _conflicting() -> tuple[Mapping[str, Any], ...]:
    return tuple(tomllib.loads(DATA.joinpath("conflicts.toml").read_text("utf-8"))["conflict"])


def _profile(row: Mapping[str, Any]) -> Profile:
    if unknown := row.keys() - _KEYS - _OPTIONS:
        raise ValueError(f"{row['id']}: {', '.join(sorted(unknown))} means nothing in a profile")
    sources = {name: Citation(s["title"], s["url"], s["retrieved"]) for name, s in row["sources"].items()}
    asks = tuple(_ask(a, sources) for a in row["asks"])
    if len({a.condition for a in asks}) < len(asks):
        raise ValueError(f"{row['id']} asks for a condition twice")
    return Profile(
        id=row["id"],
        name=row["name"],
        authority=row["authority"],
        directives=tuple(row["directives"]),
        start=row.get("start"),
        read=row["read"],
        asks=tuple(sorted(asks, key=lambda a: [*Condition].index(a.condition))),
        positions=tuple(_position(p, sources) for p in row.get("positions", ())),
        note=row.get("note", ""),
    )


def _ask(row: Mapping[str, Any], sources: Mapping[str, Citation]) -> Ask:
    known = Known(row.get("known", Known.READ))
    return Ask(Condition(row["condition"]), row["says"], sources[row["source"]], known, row.get("unless", ""))


def _position(row: Mapping[str, Any], sources: Mapping[str, Citation]) -> Position:
    return Position(row["subject"], row["holds"], row["says"], sources[row["source"]])
