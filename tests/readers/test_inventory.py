# SPDX-License-Identifier: EUPL-1.2
"""Two devices of one name, among as many records as an inventory has."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordinance.readers._inventory import _are_twins

Who = tuple[str, ...]


def differ(one: Who, other: Who) -> bool:
    """Whether the first thing that both state differs."""
    both = [(x, y) for x, y in zip(one, other, strict=True) if x and y]
    return bool(both) and both[0][0] != both[0][1]


@pytest.mark.parametrize(
    ("whos", "are_twins"),
    [
        ({("U1", ""), ("U2", "")}, True),
        ({("U1", "S1"), ("U1", "S2")}, False),
        ({("U1", "S1"), ("U2", "S1")}, True),
        ({("U1", "S1"), ("", "S2")}, True),
        ({("U1", "S1"), ("", "S1")}, False),
        ({("U1", ""), ("", "S1")}, False),
        ({("U1", "S1"), ("U1", "S2"), ("", "S1")}, True),
        ({("U1", "", "I1"), ("U1", "", "I2"), ("", "S1", "")}, False),
        ({("U1", "", "I1"), ("", "S1", "I2")}, True),
        (set(), False),
    ],
)
def test_the_first_thing_that_both_state_decides(whos: set[Who], *, are_twins: bool) -> None:
    """Of two records that state the same first, what follows may differ: a board was replaced, not the computer."""
    assert _are_twins(whos) is are_twins


@given(st.integers(1, 4).flatmap(lambda n: st.sets(st.tuples(*[st.sampled_from(("", "a", "b"))] * n), max_size=8)))
def test_groups_say_what_each_two_of_them_say(whos: set[Who]) -> None:
    """Whatever is stated and whatever is not, looking at groups gives what looking at every two records gives."""
    assert _are_twins(whos) is any(differ(one, other) for one, other in combinations(sorted(whos), 2))


def test_records_of_one_name_are_not_compared_with_each_other() -> None:
    """Each is looked at a few times, however many of them there are."""
    looks = 0

    class Counted(tuple[str, ...]):
        __slots__ = ()

        def __getitem__(self, n: object) -> str:  # type: ignore[override]  # no slices
            nonlocal looks
            looks += 1
            return str(super().__getitem__(n))  # type: ignore[index]  # a number

        def __iter__(self) -> Iterator[str]:
            nonlocal looks
            looks += 1
            return super().__iter__()

    whos: set[Who] = {Counted(("", "same", f"{n}")) for n in range(400)}
    assert _are_twins(whos) is False
    assert looks <= 400 * 12
