# SPDX-License-Identifier: EUPL-1.2
"""What the page works out: the state of the answer above all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from ordinance.report import view

Case = Callable[[str], dict[str, Any]]
SIX = {"pass": 0, "fail": 0, "error": 0, "unknown": 0, "notapplicable": 0, "notchecked": 0}


def with_results(result: dict[str, Any], code: int, **counts: int) -> dict[str, Any]:
    """A check with these totals and nothing left open beside them."""
    result["summary"] |= {"results": SIX | counts, "exit_code": code}
    return result | {"not_seen": [], "coverage": []}


@pytest.mark.parametrize(
    ("counts", "code", "state"),
    [
        ({"pass": 3}, 0, "holds"),
        ({"pass": 3, "notapplicable": 1}, 0, "holds"),
        ({"pass": 3, "unknown": 1}, 0, "holds_where_seen"),
        ({"pass": 3, "unknown": 1}, 4, "partly"),
        ({"pass": 3}, 4, "partly"),
        ({"pass": 3, "fail": 1}, 1, "fails"),
        ({"pass": 3}, 1, "fails"),
        ({"unknown": 3}, 4, "unchecked"),
        ({"unknown": 3}, 0, "unchecked"),
        ({"notchecked": 3}, 4, "unchecked"),
        ({"error": 1}, 4, "unchecked"),
        ({}, 0, "nothing"),
        ({"notapplicable": 3}, 0, "nothing"),
        ({"notapplicable": 3}, 1, "fails"),
    ],
)
def test_state_never_holds_without_a_pass(case: Case, counts: dict[str, int], code: int, state: str) -> None:
    """Only passes, and nothing open, give `holds`."""
    assert view.state(with_results(case("ghent"), code, **counts)) == state


def test_a_blind_spot_or_a_missing_slot_takes_the_plain_holds_away(case: Case) -> None:
    """What was accepted as unseen still qualifies the answer."""
    result = with_results(case("ghent"), 0, **{"pass": 3})
    for key in ("not_seen", "coverage"):
        assert view.state(result | {key: case("ghent")[key]}) == "holds_where_seen"


def test_not_checking_outranks_everything(case: Case) -> None:
    """With no evidence allowed no other state is possible."""
    result = with_results(case("diest"), 0, **{"pass": 12})
    assert view.state(result) == "by_decision"


@pytest.mark.parametrize(
    ("standing", "state"),
    [("not_yet_in_force", "not_yet"), ("announced", "not_yet"), ("lapsed", "over"), ("repealed", "over")],
)
def test_out_of_force_is_told_by_standing(case: Case, standing: str, state: str) -> None:
    """Where nothing applies the standing of the clauses says whether it is early or late."""
    result = case("before")
    result["policies"][0]["restrictions"][0]["standing"] = standing
    assert view.state(result) == state


def test_window_days_are_half_open() -> None:
    """Midnight ends the day before; any later time still touches its day."""
    day = {"from": "2023-03-27T00:00:00+02:00", "to": "2023-03-29T00:00:00+02:00"}
    assert view.days(day) == (date(2023, 3, 27), date(2023, 3, 28))
    assert len(view.days(day | {"to": "2023-03-29T00:01:00+02:00"})) == 3
    assert view.days({"from": "soon", "to": "later"}) == ()


@pytest.mark.parametrize(
    ("path", "duty", "marked"),
    [
        ("restrictions.paid-devices.duties.remove", "remove", True),
        ("restrictions.paid-devices.duties.remove.within", "remove", True),
        ("restrictions.paid-devices.duties.remove", "report", False),
        ("restrictions.paid-devices", "report", True),
        ("restrictions.paid", "report", False),
        ("cites", "remove", False),
    ],
)
def test_invented_paths_mark_their_duty(path: str, duty: str, marked: bool) -> None:
    """A duty, a part of it or its whole clause marks the duty; what is elsewhere is listed below instead."""
    policy = {"invented": [path], "restrictions": [{"id": "p/paid-devices", "duties": [{"duty": duty}]}]}
    assert view.invented(policy, "p/paid-devices", duty) is marked
    said = view.invented_elsewhere(policy)
    assert marked or said == [path]


def test_rows_that_differ_in_the_app_alone_are_folded(case: Case) -> None:
    """Same class, duty, result and reason: one row with all its apps, failures first; devices are not added."""
    rows = view.class_rows(case("ghent")["results"])
    assert {r.apps for r in rows} == {("tiktok/tiktok", "tiktok/tiktok-lite")}
    assert len(rows) * 2 == len(case("ghent")["results"])
    assert rows[0].result == "fail"
    assert rows[-1].result == "notapplicable"
    assert (rows[0].devices, rows[0].reason) == (3, "app_installed")


def test_rejects_keep_their_count_when_lines_are_left_out() -> None:
    """Forty lines of one file and reason: twelve named, the rest counted."""
    rejects = [{"file": "a.log", "line": n, "reason": "bad-time"} for n in range(40)]
    (row,) = view.rejects({"rejects": rejects})
    assert len(row.lines) + row.more == 40
    assert row.more == 28


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://example.org/a", "https://example.org/a"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//example.org", ""),
        ("https://", ""),
        ("https://[", ""),
        ("", ""),
    ],
)
def test_only_web_addresses_are_links(url: str, link: str) -> None:
    """Anything but http and https with a host is not opened."""
    assert view.web_link(url) == link


def test_contacts_table_keeps_every_count(case: Case) -> None:
    """Only grades that occur have a column, and the columns add up to what was counted."""
    rows = [*case("ghent")["contacts"], {"day": "2023-03-27", "family": "tiktok", "grade": "new_grade", "count": 5}]
    grades, table = view.contact_table(rows)
    assert "resolved" not in grades
    assert sum(sum(counts) for _, _, counts in table) == sum(r["count"] for r in rows)
    assert [day for day, _, _ in table] == sorted(day for day, _, _ in table)


def test_rows_of_one_kind_of_device_stand_together(case: Case) -> None:
    """Grouping by facts loses no row."""
    rows = view.class_rows(case("ghent")["results"])
    groups = view.by_class(rows)
    assert len(groups) == len({r.facts for r in rows})
    assert sum(len(group) for _, group in groups) == len(rows)
