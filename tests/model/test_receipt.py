# SPDX-License-Identifier: EUPL-1.2
"""In which order a transfer may go, and who may not approve it."""

from __future__ import annotations

import pytest

from ordinance.model.receipt import Act, OutOfTurn, Step, out_of_turn, same_person

ONE, TWO = "a" * 64, "b" * 64


def steps(*acts: str, by: str = "p-001") -> list[Step]:
    """Receipts of one transfer; who approves is somebody else."""
    return [Step(Act(act), "p-002" if act == "approved" else by, ONE) for act in acts]


@pytest.mark.parametrize(
    "acts",
    [
        ("prepared", "approved", "released", "posted"),
        ("prepared", "declined"),
        ("prepared", "approved", "declined"),  # somebody saw it in time
        ("prepared", "approved", "released", "released", "posted", "posted"),
        ("prepared", "approved", "released", "posted", "withdrawn"),
    ],
)
def test_the_ways_that_there_are(acts: tuple[str, ...]) -> None:
    """Each step may follow those before it."""
    whole = steps(*acts)
    assert [out_of_turn(whole[:n], step) for n, step in enumerate(whole)] == [None] * len(whole)


@pytest.mark.parametrize(
    "acts",
    [
        ("approved",),
        ("released",),
        ("prepared", "released"),
        ("prepared", "posted"),
        ("prepared", "prepared"),
        ("prepared", "approved", "posted"),
        ("prepared", "approved", "approved"),
        ("prepared", "declined", "approved"),
        ("prepared", "declined", "released"),
        ("prepared", "approved", "declined", "released"),
        ("prepared", "approved", "released", "withdrawn", "released"),
        ("prepared", "approved", "released", "withdrawn", "posted"),
        ("prepared", "cut"),
    ],
)
def test_every_other_way_is_barred(acts: tuple[str, ...]) -> None:
    """Nothing is handed over that was not approved, nor after it was declined or withdrawn."""
    *before, step = steps(*acts)
    assert out_of_turn(before, step) is OutOfTurn.NOT_NEXT


@pytest.mark.parametrize("other", ["p-001", "P-001", " p-001 "])
def test_nobody_approves_what_they_prepared(other: str) -> None:
    """However the id is spelled."""
    assert out_of_turn(steps("prepared"), Step(Act.APPROVED, other, ONE)) is OutOfTurn.SAME_PERSON
    assert same_person("p-001", other)


def test_somebody_else_may() -> None:
    """Two ids that differ are two people: more the program cannot know."""
    assert out_of_turn(steps("prepared"), Step(Act.APPROVED, "p-010", ONE)) is None
    assert not same_person("p-001", "p-010")


@pytest.mark.parametrize("acts", [("prepared",), ("prepared", "approved"), ("prepared", "approved", "released")])
def test_all_is_about_one_package(acts: tuple[str, ...]) -> None:
    """What was approved is what was prepared, and what was handed over is that."""
    then = {"prepared": Act.APPROVED, "approved": Act.RELEASED, "released": Act.POSTED}[acts[-1]]
    assert out_of_turn(steps(*acts), Step(then, "p-002", TWO)) is OutOfTurn.OTHER_PACKAGE
    assert out_of_turn(steps(*acts), Step(then, "p-002", ONE)) is None
