# SPDX-License-Identifier: EUPL-1.2
"""The calendar file holds every date, reads the same in two programs, and is the same bytes every time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import vobject
from icalendar import Calendar

from bodies import BODIES, instant, workspace
from ordinance.operations.due import due_document
from ordinance.report.ics import calendar

DAYS = {
    "ghent": "2023-10-01",
    "diest": "2023-04-18",
    "tallinn": "2024-12-16",
    "city-of-brussels": "2023-09-16",
    "brussels-police-zone": "2023-03-27",
    "tartu": "2025-01-27",
}
HOSTILE = "a;b,c\\n\nEND:VEVENT\r\nBEGIN:VALARM\x1b[31m\u202e"


def document(name: str) -> dict[str, Any]:
    opened = workspace(name)
    return due_document(opened, instant(DAYS[name], opened), passed=True)


def row(**changed: object) -> dict[str, Any]:
    return {
        "stands": "coming", "kind": "duty", "day": "2023-03-26", "at": "2023-03-27T00:00:00+02:00", "whole_day": True,
        "days": 6, "what": "remove", "whose": {"id": "g", "name": "G"}, "id": "t/c", "owner": None, "at_sunset": None,
        "uid": "u-1",
    } | changed  # fmt: skip


def a_document(*rows: dict[str, Any], **changed: object) -> dict[str, Any]:
    return {
        "body": {"id": "g", "name": "G"}, "as_of": "2023-03-20T00:00:00+01:00", "notice": "", "dates": list(rows),
    } | changed  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_two_programs_read_every_date(name: str) -> None:
    """The library that wrote it, and one that knows nothing of it, find the same events."""
    said = document(name)
    content = calendar(said)
    ours = Calendar.from_ical(content).walk("VEVENT")
    theirs = list(vobject.readOne(content.decode()).vevent_list)
    assert len(said["dates"]) == len(ours) == len(theirs) >= 3
    for wanted, one, other in zip(said["dates"], ours, theirs, strict=True):
        day = date.fromisoformat(wanted["day"])
        start = day if wanted["whole_day"] else datetime.fromisoformat(wanted["at"])
        assert str(one["uid"]) == other.uid.value == wanted["uid"]
        assert one["dtstart"].dt == other.dtstart.value == start
        assert str(one["summary"]) == other.summary.value
        assert wanted["what"] in str(one["summary"]) and wanted["id"] in str(one["summary"])
        assert "Invented" in str(one["description"]) and str(one["description"]) == other.description.value
    assert len({w["uid"] for w in said["dates"]}) == len(said["dates"])


@pytest.mark.parametrize("name", BODIES)
def test_the_file_is_well_formed(name: str) -> None:
    """Lines end as they must and are at most 75 bytes long, as RFC 5545, section 3.1, has it."""
    content = calendar(document(name))
    lines = content.split(b"\r\n")
    assert lines[-1] == b"" and b"\n" not in content.replace(b"\r\n", b"")
    assert max(len(line) for line in lines) <= 75
    assert content.count(b"DTSTAMP:") == content.count(b"BEGIN:VEVENT") == len(document(name)["dates"])


def test_the_same_dates_give_the_same_bytes_and_the_stamp_is_the_question() -> None:
    """Nothing of the machine's clock gets in."""
    made = calendar(a_document(row()))
    assert made == calendar(a_document(row()))
    (event,) = Calendar.from_ical(made).walk("VEVENT")
    assert event["dtstamp"].dt == datetime(2023, 3, 19, 23, tzinfo=UTC)


def test_a_date_with_an_hour_keeps_it() -> None:
    """A rule that ends at 21:00 does not end with the day."""
    at = "2023-03-03T21:00:00-05:00"
    (event,) = Calendar.from_ical(calendar(a_document(row(at=at, whole_day=False)))).walk("VEVENT")
    assert event["dtstart"].dt == datetime(2023, 3, 4, 2, tzinfo=UTC)


def test_what_is_late_says_so() -> None:
    """In the title, which is all that a calendar shows."""
    content = calendar(a_document(row(stands="overdue", owner="the ciso")))
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert event["summary"] == "Overdue: t/c: remove"
    assert "Owner: the ciso" in event["description"]


def test_hostile_words_make_no_event_and_steer_nothing() -> None:
    """Neither a property of their own nor a control character, in either program."""
    content = calendar(a_document(row(what=HOSTILE, owner=HOSTILE), body={"id": "g", "name": HOSTILE}, notice=HOSTILE))
    found = Calendar.from_ical(content)
    assert [c.name for c in found.walk()] == ["VCALENDAR", "VEVENT"]
    theirs = vobject.readOne(content.decode())
    assert len(theirs.vevent_list) == 1 and not theirs.vevent.contents.get("valarm")
    assert b"\x1b" not in content and "\u202e".encode() not in content


def test_no_dates_are_a_calendar_all_the_same() -> None:
    """An empty list is no error: a program that subscribes goes on working."""
    assert Calendar.from_ical(calendar(a_document())).walk("VEVENT") == []
