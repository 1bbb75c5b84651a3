# SPDX-License-Identifier: EUPL-1.2
"""On which days contacts with an app were counted at all: a day without a contact is not a day without a rule.

Reads the law, and results of a check for the number of devices. Cannot know whether a log was seen on such a day: that
is the coverage's to say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from ordinance.model.apps import Catalogue, Family, Kind
from ordinance.model.result import CountedDays, DutyResult
from ordinance.model.time import Span, end_of, joined, start_of
from ordinance.verify.binding import Judge
from ordinance.verify.duties import IN_SCOPE_UNKNOWN, NOT_CONCERNED


def counted_days(
    catalogue: Catalogue, judge: Judge, zone: ZoneInfo, results: Iterable[DutyResult]
) -> tuple[CountedDays, ...]:
    """Whole days of the window by family and by the apps of it that are counted, with the devices concerned."""
    sure: dict[str, set[str]] = {}
    for result in results:
        if result.reason not in NOT_CONCERNED | IN_SCOPE_UNKNOWN:
            sure.setdefault(result.restriction, set()).add(result.device)
    found: list[CountedDays] = []
    for family in catalogue.families:
        by_apps: dict[tuple[str, ...], list[date]] = {}
        for day, apps in _apps_by_day(family, judge, zone).items():
            by_apps.setdefault(apps, []).append(day)
        for apps, days in by_apps.items():
            devices = {d for app in apps for clause in judge.naming(app) for d in sure.get(clause, ())}
            found.append(CountedDays(family.id, _names(family, apps), len(devices), tuple(days)))
    return tuple(sorted(found))


def _apps_by_day(family: Family, judge: Judge, zone: ZoneInfo) -> dict[date, tuple[str, ...]]:
    """The apps of a family that are counted from the first moment of a day to its last."""
    found: dict[date, tuple[str, ...]] = {}
    for member in family.members:
        app = f"{family.id}/{member.id}"
        for span in joined(judge.counted(app)):
            for day in _whole_days(span, zone):
                found[day] = (*found.get(day, ()), app)
    return dict(sorted(found.items()))


def _whole_days(span: Span, zone: ZoneInfo) -> Iterable[date]:
    start, end = span.closed
    return (d for d in span.days(zone) if start <= start_of(d, zone) and end_of(d, zone) <= end)


def _names(family: Family, apps: Iterable[str]) -> str:
    """A digest of the names of some apps with what is known of each, as the catalogue has them."""
    ids = frozenset(app.partition("/")[2] for app in apps)
    names = sorted(
        f"{i.value} {i.role} {i.confidence} {i.retired}"
        for i in family.identifiers
        if i.kind is Kind.DOMAIN and i.member in ids
    )
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]
