# SPDX-License-Identifier: EUPL-1.2
"""`ordinance due`: everything with a date."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from ordinance.cli._common import (
    as_of_option,
    body_argument,
    guarded,
    instant,
    json_option,
    last_instant,
    say,
    show,
    show_json,
    show_table,
)
from ordinance.model.time import Period, plus

OVERDUE = 1


@click.command()
@body_argument
@as_of_option
@click.option("--until", metavar="DAY|INSTANT", help="Nothing that comes later; a day is inclusive.")
@click.option("--within", metavar="PERIOD", help="Nothing that comes later than a period from --as-of: P90D.")
@click.option("--passed", is_flag=True, help="Also days that are over and of which no file says what was done.")
@click.option("--ics", type=click.Path(path_type=Path), metavar="FILE", help="Also write the dates for a calendar.")
@json_option
@guarded
def due(
    body: Path,
    as_of: str | None,
    until: str | None,
    within: str | None,
    passed: bool,
    ics: Path | None,
    as_json: bool,
) -> None:
    """List everything with a date: duties, ends of rules, exemptions and statements, reviews, reports upwards.

    \b
    Example:
      ordinance due examples/ghent --as-of 2023-03-20

    Overdue first. Whether a duty is met is for `ordinance check`: of a day that is over it is only counted here.
    Exit 1: something is overdue.
    """
    from ordinance.operations.due import due_document
    from ordinance.operations.workspace import open_workspace

    if until is not None and within is not None:
        raise click.UsageError("--until and --within both say how far to look: give one")
    workspace = open_workspace(body, channels=True).usable()
    zone = workspace.body.zone
    at = instant(as_of, zone)
    document = due_document(workspace, at, _end(until, within, at, zone), passed=passed)
    if ics is not None:
        from ordinance.operations.calendar_file import write_calendar

        write_calendar(ics, document)
    if as_json:
        show_json(document)
    else:
        show_dates(document)
    if ics is not None:
        say(f"{len(document['dates'])} date(s) written to {ics}")
    if document["overdue"]:
        sys.exit(OVERDUE)


def _end(until: str | None, within: str | None, at: datetime, zone: ZoneInfo) -> datetime | None:
    if until is not None:
        return last_instant(until, zone)
    if within is None:
        return None
    try:
        return plus(at, Period.parse(within), zone)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--within") from None


def show_dates(document: Mapping[str, Any]) -> None:
    """Overdue first, then by date; what is not listed is counted."""
    show(f"{document['body']['name']}: dates at {document['as_of']}")
    if document["notice"]:
        show(f"  {document['notice']}")
    rows: list[tuple[str, ...]] = [("day", "days", "", "what", "rule", "whose", "owner")]
    for d in document["dates"]:
        clock = "" if d["whole_day"] else d["at"][11:16]
        stands = {"overdue": "OVERDUE", "passed": "passed"}.get(d["stands"], "")
        when = f"{d['day']} {clock}".strip()
        rows.append((when, str(d["days"]), stands, d["what"], d["id"], d["whose"]["id"], d["owner"] or "–"))
    if len(rows) > 1:
        show_table(rows)
    else:
        show("no dates")
    passed, later = document["not_listed"]["passed"], document["not_listed"]["later"]
    if passed:
        show(f"not listed: {passed} whose day is over and of which no file says what was done (--passed lists them)")
    if later:
        show(f"not listed: {later} that come later")
