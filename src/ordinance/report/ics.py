# SPDX-License-Identifier: EUPL-1.2
"""Dates as an iCalendar file (RFC 5545): one event a date, for any calendar program.

Reads what `due` found and nothing else. The same dates give the same bytes: DTSTAMP is the instant of the question,
never the clock, and the identity of an event does not change when its date does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from icalendar import Calendar, Event

from ordinance.report.clean import clean

PRODUCT = "-//Ordinance//due//EN"


def calendar(document: Mapping[str, Any]) -> bytes:
    """The file for a document of `due`."""
    safe = clean(document)
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("x-wr-calname", f"{safe['body']['name']}: app restrictions")
    if safe["notice"]:
        made.add("x-wr-caldesc", safe["notice"])
    for row in safe["dates"]:
        made.add_component(_event(row, safe))
    return bytes(made.to_ical())


def _event(row: Mapping[str, Any], document: Mapping[str, Any]) -> Event:
    event = Event()
    event.add("uid", row["uid"])
    event.add("dtstamp", datetime.fromisoformat(document["as_of"]).astimezone(UTC))
    if row["whole_day"]:
        event.add("dtstart", date.fromisoformat(row["day"]))
    else:
        event.add("dtstart", datetime.fromisoformat(row["at"]).astimezone(UTC))
    late = "Overdue: " if row["stands"] == "overdue" else ""
    event.add("summary", f"{late}{row['id']}: {row['what']}")
    said = [row["what"], f"Whose: {row['whose']['name']}", f"Rule: {row['id']}"]
    said += [f"Owner: {row['owner']}"] if row["owner"] else []
    said += [document["notice"]] if document["notice"] else []
    event.add("description", "\n".join(said))
    event.add("categories", [row["kind"].replace("_", " ")])
    event.add("transp", "TRANSPARENT")  # a deadline makes nobody busy
    return event
