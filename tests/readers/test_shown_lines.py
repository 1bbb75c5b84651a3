# SPDX-License-Identifier: EUPL-1.2
"""What becomes of the lines of a block, put together by those that are to be seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ordinance.readers import _kernel_shown
from ordinance.readers._kernels import COUNTED, DROPPED, NEVER, SHOWN, STRUCTURAL

# Where each line ends, what becomes of it, its instant, what it belongs to (-1: nothing).
LINES = (
    (9, SHOWN, 5, -1),
    (19, DROPPED, 99, 7),
    (29, COUNTED, 40, -1),
    (39, COUNTED, 30, 8),
    (49, STRUCTURAL, -1, 7),
    (59, SHOWN, 6, 9),
    (69, SHOWN, 7, -1),
    (79, STRUCTURAL, -1, 9),
)


def lines() -> Any:
    """As a scan leaves them."""
    return np.array(LINES, np.int64)


def test_what_is_passed_over_is_told_behind_the_line_before_it() -> None:
    """How many are dropped, how many structural, and the first and last instant of those that count alone."""
    told = _kernel_shown.shown_lines(lines(), 0).tolist()
    assert told == [
        [0, 0, 9, 3, 1, 30, 40],
        [5, 50, 59, 0, 0, NEVER, -1],
        [6, 60, 69, 0, 1, NEVER, -1],
    ]


def test_from_a_line_on_nothing_before_it_is_told() -> None:
    """It begins where the line before it ends."""
    assert _kernel_shown.shown_lines(lines(), 5).tolist() == [
        [5, 50, 59, 0, 0, NEVER, -1],
        [6, 60, 69, 0, 1, NEVER, -1],
    ]


@pytest.mark.parametrize(
    ("first", "links", "shown"),
    [(0, [7], {1, 4}), (2, [7], {4}), (0, [7, 8], {1, 3, 4}), (0, [6, 8, 100], {3}), (0, [1], set()), (0, [9], {7})],
)
def test_what_belongs_to_something_known_is_shown(first: int, links: list[int], shown: set[int]) -> None:
    """From that line on, and nothing else; whether anything was passed over until then is told."""
    every = lines()
    before = {n for n, line in enumerate(LINES) if line[1] == SHOWN}
    assert _kernel_shown.show_linked(every, first, np.array(links, np.int64)) == bool(shown)
    assert set(np.flatnonzero(every[:, 1] == SHOWN).tolist()) == before | shown
