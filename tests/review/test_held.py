# SPDX-License-Identifier: EUPL-1.2
"""What kept runs say of a rule: nothing unseen looks held, nothing is added up, another rule's results are not ours."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordinance.model.result import Result
from ordinance.model.time import Span
from ordinance.review.held import DutyHeld, Held, days_seen, runs_about

TERM = Span(datetime.fromisoformat("2023-03-13T00:00+01:00"), datetime.fromisoformat("2023-09-13T00:00+02:00"))


def document(since: str, until: str, *rows: tuple[str, str, str, int], version: str = "1") -> dict[str, Any]:
    """A run's document with rows of (clause, duty, result, devices)."""
    keys = ("restriction", "duty", "result", "devices")
    return {
        "as_of": f"{until}T00:00+02:00",
        "window": {"from": f"{since}T00:00+02:00", "to": f"{until}T00:00+02:00"},
        "results": [dict(zip(keys, row, strict=True)) for row in rows],
        "findings": [{"restriction": "t/c", "kind": "app_installed"}, {"restriction": "u/c", "kind": "leftover"}],
        "summary": {"coverage": {"inventory": 0.5, "network": None}},
        "policies": [{"id": "t", "version": version, "standing": "in_force"}],
    }


@pytest.mark.parametrize(
    ("counts", "held"),
    [
        ({"pass": 3}, Held.HELD),
        ({"pass": 3, "notapplicable": 9}, Held.HELD),
        ({"pass": 3, "fail": 1}, Held.FAILED),
        ({"fail": 1, "unknown": 40}, Held.FAILED),
        ({"pass": 300, "unknown": 1}, Held.NOT_KNOWN),
        ({"pass": 300, "notchecked": 1}, Held.NOT_KNOWN),
        ({"pass": 300, "error": 1}, Held.NOT_KNOWN),
        ({"notapplicable": 9}, Held.NOT_KNOWN),
        ({}, Held.NOT_KNOWN),
    ],
)
def test_what_a_duty_comes_to(counts: dict[str, int], held: Held) -> None:
    """Held is said only where every device that it is for passed, and there is one."""
    assert DutyHeld("t/c", "remove", counts).held is held


@given(st.dictionaries(st.sampled_from([str(r) for r in Result]), st.integers(0, 5)))
def test_nothing_unseen_looks_held(counts: dict[str, int]) -> None:
    """One device more of which nothing is known never makes a duty held."""
    more = {**counts, "unknown": counts.get("unknown", 0) + 1}
    assert DutyHeld("t/c", "remove", more).held is not Held.HELD


def test_a_run_is_read() -> None:
    """Rows of classes are joined to a duty; coverage, findings and the version in force come along."""
    rows = (("t/c", "remove", "pass", 3), ("t/c", "remove", "pass", 2), ("t/c", "remove", "fail", 1))
    found = runs_about({"r1": document("2023-04-01", "2023-04-15", *rows, ("u/c", "remove", "fail", 9))}, "t", TERM)
    (run,) = found
    (duty,) = run.duties
    assert (duty.restriction, duty.duty, duty.counts["pass"], duty.counts["fail"]) == ("t/c", "remove", 5, 1)
    assert (run.run, run.version, run.inventory, run.network) == ("r1", "1", 0.5, None)
    assert run.findings == {"app_installed": 1}
    assert run.window.closed[0].date() == date(2023, 4, 1)


def test_runs_of_other_rules_and_times_are_not_ours() -> None:
    """Nor is a text whose id begins alike."""
    kept = {
        "other": document("2023-04-01", "2023-04-15", ("t2/c", "remove", "fail", 9)),
        "late": document("2023-10-01", "2023-10-15", ("t/c", "remove", "fail", 9)),
        "b": document("2023-05-01", "2023-05-15", ("t/c", "remove", "pass", 1)),
        "a": document("2023-04-01", "2023-04-15", ("t/c", "remove", "pass", 1)),
    }
    assert [r.run for r in runs_about(kept, "t", TERM)] == ["a", "b"]


def test_days_are_counted_once() -> None:
    """Two runs that looked at the same days, and one that began before the term."""
    row = ("t/c", "remove", "pass", 1)
    kept = {
        "a": document("2023-03-10", "2023-03-15", row),
        "b": document("2023-03-14", "2023-03-17", row),
    }
    seen = days_seen(runs_about(kept, "t", TERM), date(2023, 3, 13), date(2023, 9, 12))
    assert sorted(seen) == [date(2023, 3, d) for d in (13, 14, 15, 16)]
    assert days_seen((), date(2023, 3, 13), date(2023, 9, 12)) == frozenset()
    blind = {**kept["a"], "summary": {"coverage": {"inventory": 0.0, "network": None}}}
    assert days_seen(runs_about({"a": blind}, "t", TERM), date(2023, 3, 13), date(2023, 9, 12)) == frozenset()


@pytest.mark.parametrize("broken", [{}, {"results": 1}, {"results": [], "findings": [], "summary": {}}])
def test_what_is_no_run_is_refused(broken: dict[str, Any]) -> None:
    """Whoever asks says so; it never counts as a run without results."""
    with pytest.raises((KeyError, TypeError, ValueError)):
        runs_about({"x": broken}, "t", TERM)
