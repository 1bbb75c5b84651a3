# SPDX-License-Identifier: EUPL-1.2
"""Tickets for a help desk: a row for each finding about one device, with nothing in it that a ticket has no use for."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest

from ordinance.model.life import Entry, FindingState
from ordinance.model.result import FindingKind
from ordinance.operations.lives import Lives
from ordinance.operations.tickets import _ASKS, COLUMNS, NO_TICKET, cell, tickets, tickets_csv

DAY = date(2023, 4, 10)
DEV = "dev-ABCDEFG2"


def finding(**keys: Any) -> dict[str, Any]:
    """A finding of the document of an individual check."""
    plain = {
        "id": "f-0123456789", "kind": "app_installed", "result": "fail", "unit": "culture", "device": DEV,
        "family": "tiktok", "member": "tiktok", "duty": "remove", "restriction": "p/c", "first_seen": "2023-03-29",
        "last_seen": "2023-04-05", "state": "open", "since": "2023-03-29", "again": None, "decided": None,
        "states": None, "said": [{"on": "2023-04-08", "text": "my own words"}], "to_be_heard": False,
    }  # fmt: skip
    return {**plain, **keys}


def rows(
    *found: dict[str, Any], lives: Lives | None = None, since: date | None = None, begins: str = "2023-03-27"
) -> list[dict[str, str]]:
    """The tickets of these findings, of a window that begins on a day."""
    document = {"findings": list(found), "window": {"from": f"{begins}T00:00:00+02:00"}}
    return tickets(document, lives or Lives(DAY), since)


def decided(state: str, last_day: str | None = None) -> dict[str, Any]:
    """What a finding says of a decision."""
    by = {"by": "ISO", "on": "2023-04-09", "reason": "why", "last_day": last_day}
    return {"state": state, "since": "2023-04-09", "decided": by}


def test_columns_stay_as_they_are() -> None:
    """A help desk's import is made for them: new ones come at the end, and none goes."""
    assert COLUMNS[:16] == (
        "ticket", "status", "ask", "kind", "result", "state", "since", "device", "unit", "app", "duty", "clause",
        "first_seen", "last_seen", "decided_by", "until",
    )  # fmt: skip


def test_a_ticket_says_what_to_look_at_under_a_pseudonym() -> None:
    """Each cell of one row."""
    (row,) = rows(finding())
    assert tuple(row) == COLUMNS
    assert tuple(row.values()) == (
        "f-0123456789", "open", "Look whether the app is on the device, and help to remove it where it is.",
        "app_installed", "fail", "open", "2023-03-29", DEV, "culture", "tiktok/tiktok", "remove", "p/c",
        "2023-03-29", "2023-04-05", "", "",
    )  # fmt: skip


def test_findings_that_name_no_device_are_no_tickets() -> None:
    """Nor is a blind spot, which nobody has to answer for."""
    assert rows(finding(device=None), finding(kind="blind_spot")) == []


def test_the_words_of_a_person_stay_out_of_it() -> None:
    """A help desk has no use for them; that somebody disputes is said, and what speaks against it asked for."""
    (row,) = rows(finding(state="disputed"))
    assert "my own words" not in tickets_csv([row]).decode()
    assert (row["status"], row["state"]) == ("open", "disputed")
    assert row["ask"].startswith("Somebody says that it is not so: ask what speaks against it")


def test_nobody_is_named_as_failing_before_being_heard() -> None:
    """The talk stands first, and in place of the result that somebody is to be heard."""
    (row,) = rows(finding(to_be_heard=True))
    assert row["result"] == "to_be_heard"
    assert row["ask"].startswith("Talk with the person concerned first, who may explain")
    assert "fail" not in row.values()


@pytest.mark.parametrize("kind", list(FindingKind))
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("state", ["open", "disputed"])
def test_a_ticket_asks_for_a_look_or_a_talk_and_names_no_sanction(kind: FindingKind, first: bool, state: str) -> None:
    """Nothing follows by itself from what is found."""
    for row in rows(finding(kind=str(kind), to_be_heard=first, state=state)):
        assert any(word in row["ask"] for word in ("Look", "Talk", "Ask"))
        words = row["ask"].casefold()
        assert not any(w in words for w in ("sanction", "disciplin", "punish", "warning", "dismiss", "block the"))


@pytest.mark.parametrize(
    ("state", "status"),
    [("open", "open"), ("disputed", "open"), ("explained", "closed"), ("accepted", "on_hold"), ("closed", "closed")],
)
def test_where_a_finding_stands_is_where_its_ticket_stands(state: str, status: str) -> None:
    """What is accepted waits; what is explained or closed asks for nothing any more."""
    (row,) = rows(finding(**decided(state, "2023-05-31" if state == "accepted" else None)))
    assert row["status"] == status
    assert (row["ask"] == "") == (status == "closed")
    assert (row["decided_by"], row["until"]) == ("ISO", "2023-05-31" if state == "accepted" else "")


def test_what_was_closed_is_exported_as_closed_once() -> None:
    """With the day of the last export; what was closed on that very day may have come after it."""
    closed = finding(**decided("closed"))
    assert [r["status"] for r in rows(closed)] == ["closed"]
    assert [r["status"] for r in rows(closed, since=date(2023, 4, 9))] == ["closed"]
    assert rows(closed, since=date(2023, 4, 10)) == []
    assert len(rows(finding(), since=date(2023, 4, 10))) == 1


def test_a_ticket_of_what_was_seen_again_is_closed_where_it_is_not_seen_any_more() -> None:
    """Closed on the 9th, seen again on the 12th and so exported as open on the 13th: a window behind that knows of
    neither, so it exports the closing once more; one that begins right after the closing has looked, and need not."""
    entry = Entry(date(2023, 4, 9), FindingState.CLOSED, "ISO", "why")
    written = Lives(date(2023, 5, 1), "", {("f-0123456789", DEV): (entry,)})
    again = finding(**(decided("closed") | {"state": "open", "again": "seen_again", "last_seen": "2023-04-12"}))
    last = date(2023, 4, 13)
    assert [r["status"] for r in rows(again, lives=written, since=date(2023, 4, 10))] == ["open"]
    (row,) = rows(lives=written, since=last, begins="2023-04-17")
    assert (row["ticket"], row["status"], row["state"], row["result"]) == (
        "f-0123456789", "closed", "closed", "not_found",
    )  # fmt: skip
    assert [len(rows(lives=written, since=last, begins=f"2023-04-{day}")) for day in ("10", "11")] == [0, 1]
    explained = Entry(date(2023, 4, 9), FindingState.EXPLAINED, "ISO", "why")  # which nothing seen opens again
    lives = Lives(date(2023, 5, 1), "", {("f-0123456789", DEV): (explained,)})
    assert rows(lives=lives, since=last, begins="2023-04-17") == []


def test_what_is_closed_once_more_is_exported_again() -> None:
    """By the day of the last entry, found in this check or not; `since` stays the first day on which it was closed."""
    more = finding(**decided("closed"))
    more["decided"]["on"] = "2023-04-12"
    (row,) = rows(more, since=date(2023, 4, 11))
    assert (row["status"], row["since"]) == ("closed", "2023-04-09")
    twice = tuple(Entry(date(2023, 4, n), FindingState.CLOSED, "ISO", "why") for n in (9, 12))
    written = Lives(date(2023, 4, 13), "", {("f-0123456789", DEV): twice})
    assert [r["since"] for r in rows(lives=written, since=date(2023, 4, 12))] == ["2023-04-09"]
    assert rows(lives=written, since=date(2023, 4, 13)) == []


def test_every_kind_has_words_of_its_own_or_is_no_ticket() -> None:
    """No kind falls to a look at a device; where a statement is due, nobody looks."""
    assert set(_ASKS) | NO_TICKET == set(FindingKind) and not set(_ASKS) & NO_TICKET
    for kind in ("not_attested", "attested_otherwise", "exemption_lapsed"):
        assert not any("ook at the device" in r["ask"] for r in rows(finding(kind=kind, state="disputed")))
        (row,) = rows(finding(kind=kind))
        assert row["ask"].startswith(("Ask ", "Talk "))
    assert "nobody looks at the device" in rows(finding(kind="not_attested"))[0]["ask"]


def lives(*states: FindingState) -> Lives:
    """Something written about one device's finding."""
    entries = tuple(Entry(date(2023, 4, 9), s, "ISO", "why") for s in states)
    return Lives(DAY, "", {("f-0123456789", DEV): entries, ("f-9999999999", ""): entries})


def test_what_is_closed_and_not_found_any_more_is_exported_too() -> None:
    """Else the help desk would keep it open for ever; that it was not found is no pass."""
    (row,) = rows(lives=lives(FindingState.CLOSED))
    assert (row["ticket"], row["device"]) == ("f-0123456789", DEV)
    assert (row["status"], row["result"], row["state"]) == ("closed", "not_found", "closed")
    (row,) = rows(lives=lives(FindingState.DISPUTED))
    assert (row["status"], row["result"]) == ("open", "not_found")
    assert row["ask"] == "Not found in these days, which proves nothing: ask whether it is done with."


def test_what_is_written_about_another_device_is_not_lost() -> None:
    """The same id with another pseudonym is another row: nothing that somebody wrote goes out in silence."""
    other = Lives(DAY, "", {("f-0123456789", "dev-ZZZZZZZ2"): (Entry(DAY, FindingState.DISPUTED, "head"),)})
    assert [(r["device"], r["state"]) for r in rows(finding(), lives=other)] == [
        (DEV, "open"),
        ("dev-ZZZZZZZ2", "disputed"),
    ]


def test_a_finding_has_one_ticket() -> None:
    """Found and written about: the one that was found."""
    (row,) = rows(finding(**decided("closed")), lives=lives(FindingState.CLOSED))
    assert row["result"] == "fail"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_cell_is_a_formula(start: str) -> None:
    """Names of units come from a file that others write; white space before it changes nothing."""
    text = f'{start}HYPERLINK("http://x.example";"y")'
    assert cell(text) == cell(f" \t{text}") == f"'{text}"
    (row,) = csv.DictReader(io.StringIO(tickets_csv(rows(finding(unit=text))).decode(), newline=""))
    assert row["unit"] == f"'{text}"


def test_cells_hold_quotes_lines_and_hidden_characters() -> None:
    """Nothing gets out of its cell: one line a ticket, whatever is in it."""
    content = tickets_csv(rows(finding(unit='a"b,c\r\nd\u202ee')))
    assert content.count(b"\r\n") == 2 and content.endswith(b"\r\n")
    (row,) = csv.DictReader(io.StringIO(content.decode(), newline=""))
    assert row["unit"] == 'a"b,c\ufffd\ufffdd\ufffde'


def test_without_a_finding_there_is_a_head() -> None:
    """An empty export is an export."""
    assert tickets_csv([]).decode().splitlines() == [",".join(f'"{c}"' for c in COLUMNS)]
