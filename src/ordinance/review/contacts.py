# SPDX-License-Identifier: EUPL-1.2
"""How often an app's names were asked for, day by day, out of the documents of kept runs.

Reads documents as data. A day counts only where every network source of a run saw it; where several runs saw a day,
the last one speaks. Nobody is named in it: these are totals of the body.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from ordinance.model.result import Grade


class Series(StrEnum):
    """What a contact may have been. A name that sites embed proves no use, and is kept apart."""

    APP = "app"  # names that only the app speaks to, answered
    SHARED = "shared"  # names of its site, of widgets and of shared hosts, answered
    REFUSED = "refused"  # by the resolver: somebody or something asked
    ASKED = "asked"  # without an answer on record


_SERIES = {
    Grade.APP_TRAFFIC: Series.APP,
    Grade.WEB_OR_EMBED: Series.SHARED,
    Grade.EMBED: Series.SHARED,
    Grade.SHARED_HOST: Series.SHARED,
    Grade.BLOCKED: Series.REFUSED,
    Grade.RESOLVED: Series.ASKED,
}


@dataclass(frozen=True, slots=True)
class SeenDay:
    """A day that a run saw: for how many hours (of all sources together), and how many devices the rule was for."""

    hours: int
    devices: int
    sources: frozenset[str]
    counts: Mapping[tuple[str, Series], int]


def seen_days(documents: Mapping[str, Mapping[str, Any]], until: datetime) -> Mapping[date, SeenDay]:
    """Days seen by runs up to an instant. Raises KeyError, TypeError or ValueError for a document that is none."""
    found: dict[date, SeenDay] = {}
    runs = [(datetime.fromisoformat(d["as_of"]), name, d) for name, d in documents.items()]
    for as_of, _, document in sorted(runs, key=lambda r: r[:2]):
        if as_of <= until:
            found |= _days(document)
    return dict(sorted(found.items()))


def _days(document: Mapping[str, Any]) -> dict[date, SeenDay]:
    sources = [c for c in document["coverage"] if c["network"] is not None]
    if not sources:
        return {}
    missing = {m for c in sources for m in c["missing"]}
    counted: dict[str, dict[tuple[str, Series], int]] = {}
    for row in document["contacts"]:
        of_day, key = counted.setdefault(row["day"], {}), (str(row["family"]), _SERIES[Grade(row["grade"])])
        of_day[key] = of_day.get(key, 0) + int(row["count"])
    names, devices = frozenset(str(c["source"]) for c in sources), int(document["summary"]["devices"]["in_scope"])
    found: dict[date, SeenDay] = {}
    for day in _whole_days(document["window"]):
        text = day.isoformat()
        hours = [len(c["hours"].get(text, ())) for c in sources]
        if text not in missing and all(hours):
            found[day] = SeenDay(sum(hours), devices, names, counted.get(text, {}))
    return found


def _whole_days(window: Mapping[str, str]) -> Iterable[date]:
    """Days that lie in the window from their first moment to their last, on the body's wall clock."""
    start, end = (datetime.fromisoformat(window[k]) for k in ("from", "to"))
    first = start.date() + timedelta(days=bool(start.time() != start.time().min))
    return (first + timedelta(days=n) for n in range((end.date() - first).days))
