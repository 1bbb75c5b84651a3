# SPDX-License-Identifier: EUPL-1.2
"""Whether platforms take what is to be posted, by facts that have a date.

Reads `airlock/data/platforms/*.toml`, one platform a file: each limit with the source that says so and those that say
otherwise. `common` is no file: it is all of them at once. Facts older than `STALE_AFTER` days are said to be old.

Cannot know: what a platform takes today, or makes of a file after it was posted. Where sources disagree, nothing is
averaged: what each of them takes fits, what some take is disputed, and what none takes is outside.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from ordinance.model.apps import Citation, Confidence
from ordinance.model.platform import About, Bound, Fit, Judged, Limit, Platform, Remark

COMMON = "common"  # the name of all platforms at once
STALE_AFTER = 180  # days
DATA = files("ordinance.airlock") / "data" / "platforms"


@cache
def platforms() -> Mapping[str, Platform]:
    """Every platform that ships, by its id, in the order of ids."""
    names = sorted(path.name for path in DATA.iterdir() if path.name.endswith(".toml"))
    found = [_platform(tomllib.loads((DATA / name).read_text("utf-8"))) for name in names]
    return MappingProxyType({platform.id: platform for platform in found})


def profile_names() -> tuple[str, ...]:
    """What can be asked for: `common` and each platform."""
    return (COMMON, *platforms())


def profile(name: str) -> tuple[Platform, ...]:
    """The platforms of a profile; KeyError for a name that is none."""
    return tuple(platforms().values()) if name == COMMON else (platforms()[name],)


def judge(chosen: Iterable[Platform], facts: Mapping[About, int | str], asked: Iterable[About]) -> tuple[Judged, ...]:
    """What is to be posted against each limit about one of `asked`; a fact that is not there is not known."""
    wanted = frozenset(asked)
    return tuple(
        Judged(platform.id, limit, facts.get(limit.about), _fit(limit, facts.get(limit.about)))
        for platform in chosen
        for limit in platform.limits
        if limit.about in wanted
    )


def stale(chosen: Iterable[Platform], on: date) -> tuple[Platform, ...]:
    """The platforms whose facts are older than `STALE_AFTER` days on a day."""
    return tuple(platform for platform in chosen if (on - platform.checked_on).days > STALE_AFTER)


def _fit(limit: Limit, value: int | str | None) -> Fit:
    if value is None:
        return Fit.NOT_KNOWN
    taken = [bound.takes(value) for bound in limit.bounds]
    if all(taken):
        return Fit.FITS
    return Fit.DISPUTED if any(taken) else Fit.OUTSIDE


def _platform(data: Mapping[str, Any]) -> Platform:
    """A platform from its file. The files ship with the program: what is wrong in one is a KeyError or ValueError."""
    cites = {name: Citation(c["title"], c["url"], c["retrieved"]) for name, c in data["cites"].items()}
    limits = tuple(
        Limit(About(row["about"]), tuple(map(_bound, row["says"])), Confidence(row["confidence"]), row.get("note", ""))
        for row in data["limit"]
    )
    notes = tuple(Remark(row["cite"], row["says"]) for row in data.get("notes", ()))
    used = {note.cite for note in notes} | {bound.cite for limit in limits for bound in limit.bounds}
    if used != set(cites):
        raise ValueError(f"sources that are not there, or that nothing names: {sorted(used ^ set(cites))}")
    return Platform(
        id=data["id"],
        name=data["name"],
        app=data["app"],
        checked_on=data["checked_on"],
        limits=limits,
        cites=MappingProxyType(cites),
        notes=notes,
    )


def _bound(said: Mapping[str, Any]) -> Bound:
    among = frozenset(said["among"]) if "among" in said else None
    bound = Bound(said["cite"], said.get("least"), said.get("most"), among)
    if (among is None) == (bound.least is None and bound.most is None):
        raise ValueError("a source says numbers or words, and one of the two")
    return bound
