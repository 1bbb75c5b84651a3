# SPDX-License-Identifier: EUPL-1.2
"""Facts about devices: what is derived from shares, and on which days a row speaks."""

from __future__ import annotations

from datetime import date

import pytest

from ordinance.model.estate import DeviceFacts, Validity

DAY, NEXT = date(2023, 4, 1), date(2023, 4, 2)


@pytest.mark.parametrize(
    ("shares", "part_funded"),
    [
        ((0, 0, 0), False),
        ((0, 30, 0), True),
        ((1, None, None), True),  # one share is enough to know
        ((0, None, 0), None),  # the missing one may be above zero
        ((None, None, None), None),
    ],
)
def test_part_funded_is_known_as_soon_as_one_share_is(shares: tuple[int | None, ...], part_funded: bool | None) -> None:
    """Any share above zero is public money; a missing share leaves it open, never closed."""
    assert DeviceFacts(None, *shares).part_funded is part_funded


@pytest.mark.parametrize(
    ("validity", "day", "states"),
    [
        (Validity(DAY, DAY), DAY, True),  # both ends belong to it
        (Validity(DAY, DAY), NEXT, False),
        (Validity(NEXT, None), DAY, False),
        (Validity(None, None), NEXT, True),  # the day of the check
        (Validity(None, None), DAY, False),  # a past day is unknown
        (Validity(None, DAY), NEXT, False),
    ],
)
def test_a_row_without_a_first_day_speaks_only_of_today(validity: Validity, day: date, states: bool) -> None:
    """Days are inclusive; what was not dated says nothing of the past."""
    assert validity.states(day, today=NEXT) is states
