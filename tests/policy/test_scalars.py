# SPDX-License-Identifier: EUPL-1.2
"""Periods that nobody can read, and what was meant by them."""

from __future__ import annotations

import pytest

from ordinance.model.time import Period
from ordinance.policy.scalars import period_meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("6 months", "P6M"), ("p6m", "P6M"), ("6M", "P6M"), ("1 year 6 months", "P1Y6M"), ("1 year, 6 months", "P1Y6M"),
        ("PT14D", "P14D"), ("14 days", "P14D"), ("P 14 D", "P14D"), ("2 wekes", "P2W"), ("1 moth", "P1M"),
        ("P12H", "PT12H"), ("P1D12H", "P1DT12H"), ("p1dt12h", "P1DT12H"), ("90 minutes", "PT90M"), ("pt30m", "PT30M"),
        ("pt12h30m", "PT12H30M"),
    ],
)  # fmt: skip
def test_the_period_that_was_meant_is_named(written: str, meant: str) -> None:
    """It is one that can be read, and no other."""
    assert period_meant(written) == f'did you mean "{meant}"?'
    assert str(Period.parse(meant)) != "P0D"


@pytest.mark.parametrize(
    "written", ["P6X", "soon", "", "P", "P0.5Y", "P-1D", "6", "P101Y", "9" * 300, "1 d" * 40, "d1"]
)
def test_where_nothing_can_be_meant_the_units_are_listed(written: str) -> None:
    """No guess where the number or the unit is not there, or the period is longer than any decision."""
    assert period_meant(written).startswith("P, then years (Y)")
