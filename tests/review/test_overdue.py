# SPDX-License-Identifier: EUPL-1.2
"""Overdue from the exact instant on, and not before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bodies import instant, workspace
from ordinance.model.law import AtSunset, Law, Stage, State
from ordinance.model.result import Finding, FindingKind, Result
from ordinance.review.overdue import overdue_reviews

CLAUSE = "gent-2023-tiktok/paid-devices"


def _found(name: str, at: str, law: Law | None = None) -> tuple[Finding, ...]:
    opened = workspace(name)
    return overdue_reviews(law or opened.law, instant(at, opened))


def _ghent(at_sunset: AtSunset, *more: Stage) -> Law:
    """Ghent's law with another sunset, or further stages of its decision's life."""
    law = workspace("ghent").law
    texts = tuple(
        replace(
            t,
            lifecycle=(*t.lifecycle, *more),
            restrictions=tuple(replace(r, at_sunset=at_sunset) for r in t.restrictions),
        )
        if t.authority == law.body
        else t
        for t in law.texts
    )
    return replace(law, texts=texts)


@pytest.mark.parametrize(
    ("at", "overdue"),
    [("2023-03-12", 0), ("2023-03-13", 0), ("2023-09-12T23:59:59.999999", 0), ("2023-09-13", 1), ("2030-01-01", 1)],
)
def test_a_clause_is_overdue_from_the_instant_of_its_end(at: str, overdue: int) -> None:
    """Six months from 13 March: not a moment before 13 September, and from then on until somebody decides."""
    assert len(_found("ghent", at)) == overdue


def test_the_finding_says_since_when_and_what_renewal_needs() -> None:
    """It fails, names no device, and dates from the end of the clause."""
    (found,) = _found("ghent", "2023-09-20")
    assert (found.kind, found.result, found.restriction) == (FindingKind.REVIEW_OVERDUE, Result.FAIL, CLAUSE)
    assert found.first_seen == datetime.fromisoformat("2023-09-13T00:00:00+02:00")
    assert found.reason == "undecided_since_end; renewal needs: evaluation"
    assert (found.device, found.unit, found.devices) == (None, None, 0)


@pytest.mark.parametrize(("at_sunset", "overdue"), [(AtSunset.DECIDE, 1), (AtSunset.LAPSE, 0), (AtSunset.PERMANENT, 0)])
def test_only_who_said_it_would_decide_is_late(at_sunset: AtSunset, overdue: int) -> None:
    """Silence that was chosen to mean the end, or no end, is no omission."""
    assert len(_found("ghent", "2023-09-20", _ghent(at_sunset))) == overdue


def test_a_decision_ends_it() -> None:
    """Repealed after its end: somebody has decided, and from then on nothing is overdue."""
    repealed = datetime.fromisoformat("2023-10-01T00:00:00+02:00")
    law = _ghent(AtSunset.DECIDE, Stage(State.REPEALED, repealed))
    assert len(overdue_reviews(law, repealed - timedelta(microseconds=1))) == 1
    assert overdue_reviews(law, repealed) == ()


def test_only_the_bodys_own_clauses_are_its_to_decide() -> None:
    """The federal clauses end on 10 September with `decide`: that is not for the city."""
    law = workspace("ghent").law
    federal = [r for t in law.texts if t.id == "be-federal-716" for r in t.restrictions]
    assert AtSunset.DECIDE in {r.at_sunset for r in federal}
    assert _found("ghent", "2023-09-12") == ()


@pytest.mark.parametrize(("at", "overdue"), [("2025-06-01", 0), ("2025-06-01T23:59", 0), ("2025-06-02", 1)])
def test_an_answer_is_overdue_when_its_day_is_over(at: str, overdue: int) -> None:
    """`next_review` is an inclusive day, on the body's own clock."""
    found = _found("tallinn", at)
    assert [(f.restriction, f.reason) for f in found] == [("ee-ria", "answer_review_due")] * overdue


@pytest.mark.parametrize(("at", "overdue"), [("2025-02-10", 0), ("2026-01-14T23:59", 0), ("2026-01-15", 1)])
def test_an_answer_that_was_given_anew_is_not_overdue(at: str, overdue: int) -> None:
    """Tartu answered in December until the end of January, and again in January until the next one."""
    assert [f.restriction for f in _found("tartu", at)] == ["ee-ria"] * overdue


def test_an_answer_without_a_next_review_is_never_overdue() -> None:
    """Diest's answer names no day."""
    law = workspace("diest").law
    assert [a.next_review for a in law.answers] == [None]
    assert _found("diest", "2035-01-01") == ()
    late = replace(law, answers=tuple(replace(a, next_review=date(2034, 12, 31)) for a in law.answers))
    assert len(_found("diest", "2035-01-01", late)) == 1
