# SPDX-License-Identifier: EUPL-1.2
"""`due`: every date that matters to a body, as plain data.

Reads the opened folder and an instant. Cannot know whether a duty was met: that is for `check`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from ordinance.operations.campaigning import campaigns_of, cases_of
from ordinance.operations.channel_review import reviews_of
from ordinance.operations.statement_dates import statement_dates
from ordinance.operations.workspace import Workspace
from ordinance.review.deadlines import Deadline, Trace, deadlines, in_order
from ordinance.review.work_deadlines import work_deadlines


class Stands(StrEnum):
    """How a date stands: its day is over and nothing was done; over, and no file says more; or to come."""

    OVERDUE = "overdue"
    PASSED = "passed"
    COMING = "coming"


def dates_of(workspace: Workspace, at: datetime) -> tuple[Deadline, ...]:
    """Every date as the files stand at an instant, with those of campaigns, cases, reviews and statements, and of the
    channels and records of separate devices that the folder was opened with."""
    law, channels = workspace.law, workspace.channels
    reviews = reviews_of(workspace.body)
    of_files = work_deadlines(law, campaigns_of(workspace), cases_of(workspace), reviews, at)
    work = (*of_files, *_of_devices(workspace, at))
    statements = statement_dates(law, workspace.estate, workspace.attested.statements, at)
    institutions = (u.institution for u in workspace.estate.units)
    found = deadlines(law, workspace.body, institutions, at, (*work, *statements))
    if not channels:
        return found
    from ordinance.review.channel_deadlines import (  # noqa: PLC0415  # only for bodies with channels
        channel_deadlines,
        with_what_rests,
    )

    resting = with_what_rests(found, law, workspace.estate, channels, at)
    return in_order([*resting, *channel_deadlines(law, channels, at)])


def _of_devices(workspace: Workspace, at: datetime) -> tuple[Deadline, ...]:
    """The last days of answers about separate devices, where the folder was opened with their records."""
    if not workspace.records:
        return ()
    from ordinance.operations.separate_devices import record_deadlines  # noqa: PLC0415  # loads readers, verify

    return record_deadlines(workspace, at)


def due_document(
    workspace: Workspace,
    at: datetime,
    until: datetime | None = None,
    *,
    passed: bool = False,
    dates: Iterable[Deadline] | None = None,
) -> dict[str, Any]:
    """Every date as the files stand at an instant: overdue ones first, then by date.

    `until` leaves out what comes later, `passed` adds days that are over and of which no file says what was done.
    Both are counted where they are left out. `dates` are those to list instead of all.
    """
    law = workspace.law
    found = dates_of(workspace, at) if dates is None else tuple(dates)
    later = [d for d in found if until is not None and _stands(d, at) is Stands.COMING and not d.is_within(until)]
    hidden = [d for d in found if not passed and _stands(d, at) is Stands.PASSED]
    listed = [d for d in found if d not in later and d not in hidden]
    listed.sort(key=lambda d: _stands(d, at) is not Stands.OVERDUE)  # the rest keeps its order, by date
    return {
        "body": {"id": workspace.body.id, "name": workspace.body.name},
        "as_of": at.isoformat(),
        "until": until.isoformat() if until is not None else None,
        "notice": workspace.body.notice,
        "law": law.digest,
        "overdue": sum(_stands(d, at) is Stands.OVERDUE for d in listed),
        "not_listed": {"passed": len(hidden), "later": len(later)},
        "dates": [_row(workspace, d, at) for d in listed],
    }


def _stands(deadline: Deadline, at: datetime) -> Stands:
    if not deadline.is_over(at):
        return Stands.COMING
    return Stands.OVERDUE if deadline.trace is Trace.UNDONE else Stands.PASSED


def _row(workspace: Workspace, deadline: Deadline, at: datetime) -> dict[str, Any]:
    authority = workspace.law.authority(deadline.whose)
    return {
        "stands": str(_stands(deadline, at)),
        "kind": str(deadline.kind),
        "day": deadline.day.isoformat(),
        "at": deadline.at.isoformat(),
        "whole_day": deadline.whole_day,
        "days": deadline.days_left(at),
        "what": deadline.what,
        "whose": {"id": deadline.whose, "name": authority.name if authority else deadline.whose},
        "id": deadline.id,
        "owner": deadline.owner or None,
        "at_sunset": str(deadline.at_sunset) if deadline.at_sunset else None,
        "uid": _uid(workspace.body.id, deadline),
    }


def _uid(body: str, deadline: Deadline) -> str:
    """An identity that a calendar keeps when the date moves: made from ids alone."""
    parts = (body, deadline.whose, deadline.kind, deadline.id, deadline.key)
    return str(uuid5(NAMESPACE_URL, "\n".join(("ordinance", *(str(p) for p in parts)))))
