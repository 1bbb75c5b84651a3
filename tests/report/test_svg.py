# SPDX-License-Identifier: EUPL-1.2
"""Drawings: they show what was counted, hatch what nobody saw, and can be read without eyes."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from ordinance.report import svg

DAYS = tuple(date(2023, 3, 27) + timedelta(days=n) for n in range(14))
NS = "{http://www.w3.org/2000/svg}"


def parse(drawing: str) -> ET.Element:
    """The drawing as XML, which must be well-formed."""
    return ET.fromstring(str(drawing).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))  # noqa: S314  # our own


def classes(drawing: str, cls: str) -> list[ET.Element]:
    """All shapes of a class."""
    return [e for e in parse(drawing).iter() if e.get("class") == cls]


def log(**changes: Any) -> dict[str, Any]:
    """A log that was seen 12 hours on each day but one."""
    hours = {d.isoformat(): list(range(7, 19)) for d in DAYS if d.day != 2}
    row = {"source": "dns", "kind": "network_device", "network": "staff", "expected": 14, "seen": 13}
    return row | {"missing": ["2023-04-02"], "hours": hours} | changes


def trace(day: str, grade: str, count: int) -> dict[str, Any]:
    """One row of contacts."""
    return {"day": day, "family": "tiktok", "grade": grade, "count": count}


def test_coverage_fills_by_hours_and_hatches_missing() -> None:
    """A full day fills its cell, a third of it a third, a missing day is hatched with a dash."""
    row = log()
    row["hours"]["2023-04-01"] = [7, 8, 9, 10]
    drawing = svg.coverage(DAYS, [row], 336, "c")
    heights = [float(e.get("height", "")) for e in classes(drawing, "g-seen")]
    assert sorted(set(heights)) == [8.0, 24.0]
    assert len(heights) == 13
    assert len(classes(drawing, "g-miss")) == 1
    texts = [e.text for e in parse(drawing).iter(f"{NS}text")]
    assert "–" in texts
    assert "4h" in texts
    assert "13 of 14 days" in texts


def test_day_without_hours_is_empty_not_seen() -> None:
    """A day that is neither missing nor seen is an empty cell with 0h, never a filled one."""
    row = log(missing=[])
    drawing = svg.coverage(DAYS, [row], 336, "c")
    assert len(classes(drawing, "g-seen")) == 13
    assert len(classes(drawing, "g-empty")) == 14
    assert "0h" in [e.text for e in parse(drawing).iter(f"{NS}text")]


def test_inventory_is_a_box_a_snapshot() -> None:
    """Three snapshots seen of four: three solid boxes, one hatched."""
    row = {
        "source": "mdm",
        "kind": "inventory",
        "network": None,
        "expected": 4,
        "seen": 3,
        "missing": ["x"],
        "hours": {},
    }
    drawing = svg.coverage(DAYS, [row], 336, "c")
    assert (len(classes(drawing, "g-seen")), len(classes(drawing, "g-miss"))) == (3, 1)
    assert "3 of 4 snapshots" in drawing


@pytest.mark.parametrize("expected", [0, 1, 40, 500])
def test_boxes_stay_inside(expected: int) -> None:
    """However many snapshots are expected, boxes have a width and none lies outside the drawing."""
    row = {
        "source": "m",
        "kind": "inventory",
        "network": None,
        "expected": expected,
        "seen": 0,
        "missing": [],
        "hours": {},
    }
    for e in classes(svg.coverage(DAYS, [row], 336, "c"), "g-miss"):
        assert float(e.get("width", "")) > 0
        assert float(e.get("x", "")) + float(e.get("width", "")) <= 336.1


def test_columns_are_in_proportion_with_use_at_the_foot() -> None:
    """Heights follow counts; use is drawn first, from the axis up, with its number below."""
    rows = [trace("2023-03-27", "embed", 30), trace("2023-03-27", "app_traffic", 10), trace("2023-03-28", "embed", 20)]
    drawing = svg.contacts(DAYS, rows, frozenset(), 336, "c")
    first, second = classes(drawing, "g-embed")
    use = classes(drawing, "g-app_traffic")[0]
    assert (float(first.get("height", "")), float(second.get("height", ""))) == (90.0, 60.0)
    assert float(use.get("height", "")) == 30.0
    assert float(use.get("y", "")) + 30.0 == 138.0
    assert [e.text for e in classes(drawing, "t use")] == ["10"]


def test_a_single_use_among_thousands_is_still_seen() -> None:
    """One use beside five thousand widgets is at least four units high, and counted."""
    rows = [trace("2023-03-27", "embed", 5000), trace("2023-03-27", "app_traffic", 1)]
    drawing = svg.contacts(DAYS, rows, frozenset(), 336, "c")
    assert float(classes(drawing, "g-app_traffic")[0].get("height", "")) >= 4
    assert [e.text for e in classes(drawing, "t use")] == ["1"]


def test_days_without_any_log_are_hatched() -> None:
    """A gap is not a zero: the day is hatched and the description says so."""
    unseen = svg.unseen_days(DAYS, [log()])
    assert unseen == {date(2023, 4, 2)}
    drawing = svg.contacts(DAYS, [], unseen, 336, "c")
    assert len(classes(drawing, "g-miss")) == 1
    assert "On 1 of 14 days no log was seen; a gap there is not a zero." in drawing


def test_an_inventory_does_not_make_a_day_seen() -> None:
    """Only logs show traffic."""
    row = {"source": "mdm", "kind": "inventory", "network": None, "expected": 1, "seen": 1, "missing": [], "hours": {}}
    row["hours"] = {DAYS[0].isoformat(): [6]}
    assert svg.unseen_days(DAYS, [row]) == set(DAYS)


def test_drawings_have_name_and_description() -> None:
    """Both carry role, title and description, tied by id, and the totals stand in the description."""
    rows = [trace("2023-03-27", "embed", 3), trace("2023-03-28", "app_traffic", 2), trace("2023-03-28", "new_kind", 1)]
    for drawing in (svg.contacts(DAYS, rows, frozenset(), 336, "a"), svg.coverage(DAYS, [log()], 336, "a")):
        root = parse(drawing)
        assert root.get("role") == "img"
        assert root.get("aria-labelledby") == "a-t a-d"
        assert [e.get("id") for e in root if e.tag in (f"{NS}title", f"{NS}desc")] == ["a-t", "a-d"]
    said = svg.contacts(DAYS, rows, frozenset(), 336, "a")
    assert "asked for names only the app uses: 2" in said
    assert "servers shared with other services: 1" in said


@pytest.mark.parametrize("count", [1, 7, 14, 31, 92, 184])
def test_labels_never_run_into_each_other(count: int) -> None:
    """Day numbers keep at least 18 units apart, for a week as for half a year."""
    days = tuple(date(2023, 3, 13) + timedelta(days=n) for n in range(count))
    texts = [
        e for e in parse(svg.contacts(days, [], frozenset(), 336, "c")).iter(f"{NS}text") if (e.text or "").isdigit()
    ]
    places = sorted(float(e.get("x", "")) for e in texts)
    assert places
    assert all(b - a >= 18 for a, b in pairwise(places))
    months = sorted(float(e.get("x", "")) for e in classes(svg.contacts(days, [], frozenset(), 336, "c"), "t strong"))
    assert all(b - a >= 30 for a, b in pairwise(months))


def test_foreign_names_cannot_leave_their_text() -> None:
    """A source named like markup stays text."""
    drawing = svg.coverage(DAYS, [log(source='</text><a href="x">')], 720, "c")
    parse(drawing)
    assert "<a " not in drawing


def test_every_result_and_state_has_its_own_shape() -> None:
    """Signs of states differ in shape, so that none needs colour."""
    states = ("holds", "holds_where_seen", "fails", "partly", "unchecked", "by_decision", "not_yet", "over", "nothing")
    assert len({svg.sign(s) for s in states}) == len(states)
    assert svg.sign("pass") == svg.sign("holds")
    assert svg.sign("unknown") == svg.sign("unchecked") == svg.sign("something_new")
    assert not re.search(r"#[0-9a-f]{3}", svg.sign("fail"))


def test_logs_stand_next_to_their_days() -> None:
    """Inventories come first, so that the axis of days is under the last log and not under boxes."""
    row = {"source": "mdm", "kind": "inventory", "network": None, "expected": 1, "seen": 1, "missing": [], "hours": {}}
    names = [e.text for e in classes(svg.coverage(DAYS, [log(), row], 336, "c"), "t strong")]
    assert names[:2] == ["mdm", "dns"]
