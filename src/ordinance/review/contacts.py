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
    """A day on which a family's names were counted, and that every network source of a run saw.

    `hours` by source, of 24; `devices` that the rule certainly was for; `names` is the digest of what was looked for.
    """

    hours: Mapping[str, int]
    devices: int
    names: str
    counts: Mapping[Series, int]


def seen_days(
    documents: Mapping[str, Mapping[str, Any]], until: datetime
) -> Mapping[str, Mapping[date, SeenDay]]:
    """By family, the days that runs up to an instant counted and saw.

    A document of a version that did not say on which days it counted gives none. Raises KeyError, TypeError or
    ValueError for a document that is none.
    """
    found: dict[str, dict[date, SeenDay]] = {}
    runs = [(datetime.fromisoformat(d["as_of"]), name, d) for name, d in documents.items()]
    for as_of, _, document in sorted(runs, key=lambda r: r[:2]):
        if as_of <= until:
            for family, days in _days(document).items():
                found.setdefault(family, {}).update(days)
    return {family: dict(sorted(days.items())) for family, days in sorted(found.items())}


def _days(document: Mapping[str, Any]) -> dict[str, dict[date, SeenDay]]:
    hours = _hours(document)
    counted: dict[tuple[str, str], dict[Series, int]] = {}
    for row in document["contacts"]:
        of_day, series = counted.setdefault((row["family"], row["day"]), {}), _SERIES[Grade(row["grade"])]
        of_day[series] = of_day.get(series, 0) + int(row["count"])
    found: dict[str, dict[date, SeenDay]] = {}
    for row in document.get("counted", ()):
        family, devices, names = str(row["family"]), int(row["devices"]), str(row["names"])
        days = {date.fromisoformat(text): text for text in row["days"]}
        found.setdefault(family, {}).update(
            (day, SeenDay(hours[day], devices, names, counted.get((family, text), {})))
            for day, text in days.items()
            if day in hours
        )
    return found


def _hours(document: Mapping[str, Any]) -> dict[date, Mapping[str, int]]:
    """Days in the window, whole ones, that each network source saw, with the hours of each."""
    sources = [c for c in document["coverage"] if c["network"] is not None]
    missing = {m for c in sources for m in c["missing"]}
    found: dict[date, Mapping[str, int]] = {}
    for day in _whole_days(document["window"]):
        text = day.isoformat()
        hours = {str(c["source"]): len(c["hours"].get(text, ())) for c in sources}
        if hours and text not in missing and all(hours.values()):
            found[day] = hours
    return found


def _whole_days(window: Mapping[str, str]) -> Iterable[date]:
    """Days that lie in the window from their first moment to their last, on the body's wall clock."""
    start, end = (datetime.fromisoformat(window[k]) for k in ("from", "to"))
    first = start.date() + timedelta(days=bool(start.time() != start.time().min))
    return (first + timedelta(days=n) for n in range((end.date() - first).days))
