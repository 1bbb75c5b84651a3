# SPDX-License-Identifier: EUPL-1.2
"""Lints that need law and estate together: each finds what it is for, and nothing in a sound folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from ordinance.model.errors import Issue
from ordinance.operations.estate_lints import BUILTIN, EstateLint, lint_estate
from ordinance.operations.workspace import open_workspace
from policy.lints.cases import Case, read_case
from policy.spoil import place_of

CASES = Path(__file__).parent / "lints" / "cases"
IDS = sorted(one.id for one in BUILTIN)


def found_in(case: Case, folder: Path) -> tuple[Issue, ...]:
    """Every issue of the opened folder, seen from the case's day."""
    return open_workspace(case.write(folder), case.at).issues


def test_every_estate_lint_has_its_two_cases_and_no_case_is_left_over() -> None:
    """And is listed, and says why it is asked."""
    assert sorted(p.name for p in CASES.iterdir()) == IDS
    assert {*EstateLint.__subclasses__()} == {*BUILTIN}
    assert all(one.summary.endswith(".") and len(one.__doc__ or "") > 60 for one in BUILTIN)


@pytest.mark.parametrize("lint_id", IDS)
def test_failing_case(lint_id: str, tmp_path: Path) -> None:
    """The fault gives an issue of this id at each place, and no other issue."""
    case = read_case(lint_id, "failing", CASES)
    found = found_in(case, tmp_path)
    said = "\n".join(map(str, found))
    assert [(place_of(i), i.id) for i in found] == [(place, lint_id) for place in case.found], said


@pytest.mark.parametrize("lint_id", IDS)
def test_passing_case(lint_id: str, tmp_path: Path) -> None:
    """With the fault mended nothing is said."""
    assert not found_in(read_case(lint_id, "passing", CASES), tmp_path)


@pytest.mark.parametrize("lint_id", IDS)
def test_without_an_instant_nothing_is_said(lint_id: str, tmp_path: Path) -> None:
    """Which rows of the estate speak depends on the day."""
    opened = open_workspace(read_case(lint_id, "failing", CASES).write(tmp_path))
    assert opened.issues == () == lint_estate(opened.law, opened.estate, None)


def test_a_missing_fact_may_be_what_is_meant(tmp_path: Path) -> None:
    """A device whose platform nobody stated may be in the scope: no warning then."""
    case = read_case("no-device-in-scope", "failing", CASES)
    case.files["estate/devices.csv"] = case.files["estate/devices.csv"].replace(",ios,", ",,")
    assert not found_in(case, tmp_path)
