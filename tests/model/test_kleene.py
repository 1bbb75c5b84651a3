# SPDX-License-Identifier: EUPL-1.2
"""Kleene's strong three values, against tables written out from his book, section 64."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordinance.model.kleene import Truth, all_of, any_of

F, U, T = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE
AND = {(T, T): T, (T, U): U, (T, F): F, (U, T): U, (U, U): U, (U, F): F, (F, T): F, (F, U): F, (F, F): F}
OR = {(T, T): T, (T, U): T, (T, F): T, (U, T): T, (U, U): U, (U, F): U, (F, T): T, (F, U): U, (F, F): F}
NOT = {T: F, U: U, F: T}
truths = st.sampled_from(Truth)


@pytest.mark.parametrize("pair", list(product(Truth, Truth)), ids=str)
def test_the_tables_are_kleenes(pair: tuple[Truth, Truth]) -> None:
    """And, or and not are the printed tables."""
    one, other = pair
    assert one & other is AND[pair]
    assert one | other is OR[pair]
    assert ~one is NOT[one]


@given(truths, truths)
def test_de_morgan(one: Truth, other: Truth) -> None:
    """Not (a and b) is (not a) or (not b), also where something is unknown."""
    assert ~(one & other) is ~one | ~other
    assert ~(one | other) is ~one & ~other


@given(st.lists(truths))
def test_lists_fold_the_pairs(values: list[Truth]) -> None:
    """`all_of` and `any_of` are the repeated tables; of nothing they are true and false."""
    conjunction, disjunction = T, F
    for value in values:
        conjunction, disjunction = conjunction & value, disjunction | value
    assert all_of(values) is conjunction
    assert any_of(values) is disjunction


@pytest.mark.parametrize(("known", "truth"), [(True, T), (False, F), (None, U)])
def test_a_fact_that_nobody_stated_is_unknown(known: bool | None, truth: Truth) -> None:
    """`None` is neither true nor false."""
    assert Truth.of(known) is truth
