# SPDX-License-Identifier: EUPL-1.2
"""Dated claim cards and the criteria that ship: what is known of platforms, and from whom, for who weighs channels.

Reads `review/data/`. A card says one thing in our own words, with the day it is of, whom it was asked of, how sure
we are, what speaks against it, and the day to look again. A card of something that nobody read says that alone, and can
be no evidence. Cards go out of date: `check_again` is part of each.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from ordinance.model.apps import Citation, Confidence
from ordinance.model.channel_review import Metric
from ordinance.model.law import Precision

DATA = files("ordinance.review") / "data"
NOT_READ = "not_read"


@dataclass(frozen=True, slots=True)
class Card:
    """One claim. Where nobody read it, `claim` is empty and there are no cites: `about` says what it would be of."""

    id: str
    about: str
    claim: str
    on: date | None
    on_known_to: Precision
    population: str
    method: str
    metric: Metric | None
    confidence: Confidence | None
    rebuttal: str
    check_again: date
    cites: tuple[Citation, ...]

    @property
    def is_read(self) -> bool:
        """Whether somebody read what it is about."""
        return bool(self.claim)


@dataclass(frozen=True, slots=True)
class Scale:
    """A shipped criterion in one language: its name, and what 0, 50 and 100 mean."""

    id: str
    title: str
    anchors: tuple[str, str, str]


@cache
def cards() -> Mapping[str, Card]:
    """Every card by id. KeyError or ValueError for a shipped file that is not as it must be: our fault."""
    found: dict[str, Card] = {}
    for path in sorted(DATA.joinpath("claims").iterdir(), key=lambda p: p.name):
        if path.name.endswith(".toml"):
            for row in tomllib.loads(path.read_text("utf-8"))["card"]:
                if row["id"] in found:
                    raise ValueError(f"two cards are called {row['id']}")
                found[row["id"]] = _card(row)
    return MappingProxyType(dict(sorted(found.items())))


def _card(row: Mapping[str, Any]) -> Card:
    read = row.get("standing") != NOT_READ
    known = {"id", "about", "claim", "on", "on_known_to", "population", "method", "metric", "confidence", "rebuttal"}
    if unknown := row.keys() - known - {"check_again", "cites", "standing"}:
        raise ValueError(f"{row['id']}: {', '.join(sorted(unknown))} means nothing in a card")
    if not read and row.keys() & {"claim", "population", "method", "metric", "confidence", "cites"}:
        raise ValueError(f"{row['id']} was not read, and says something all the same")
    return Card(
        id=row["id"],
        about=row["about"],
        claim=row["claim"] if read else "",
        on=row["on"] if read else row.get("on"),
        on_known_to=Precision(row.get("on_known_to", Precision.DAY)),
        population=row["population"] if read else "",
        method=row["method"] if read else "",
        metric=Metric(row["metric"]) if "metric" in row else None,
        confidence=Confidence(row["confidence"]) if read else None,
        rebuttal=row["rebuttal"] if read else "",
        check_again=row["check_again"],
        cites=tuple(Citation(c["title"], c.get("url", "")) for c in row["cites"]) if read else (),
    )


@cache
def _criteria() -> Mapping[str, Any]:
    text = DATA.joinpath("criteria.toml").read_text("utf-8")
    return MappingProxyType(tomllib.loads(text))


@cache
def shipped_criteria() -> tuple[str, ...]:
    """The ids of the criteria that ship, in the order in which they are shown."""
    return tuple(_criteria())


def scale(criterion: str, language: str) -> Scale:
    """A shipped criterion in a language. KeyError for one that does not ship."""
    said = _criteria()[criterion][language]
    return Scale(criterion, said["title"], (said["0"], said["50"], said["100"]))
