# SPDX-License-Identifier: EUPL-1.2
"""A limit is a number or a share, and nought is one too."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordinance.model.limit import Limit, read_limit

LIMITS = [("0", "0 device(s)"), ("50", "50 device(s)"), ("10%", "10 %"), (" 2.5 % ", "2.50 %"), ("100%", "100 %")]


@pytest.mark.parametrize(("text", "said"), [*LIMITS, ("0%", "0 %")])
def test_what_a_person_writes(text: str, said: str) -> None:
    """Read, and said again."""
    assert str(read_limit(text)) == said


@pytest.mark.parametrize("text", ["", "-1", "ten", "10 percent", "101%", "100.01%", "1e3", "5.5", "%", "1%%", "٣"])
def test_what_is_no_limit(text: str) -> None:
    """Nothing is guessed."""
    assert read_limit(text) is None


def test_nought_allows_nothing_but_nothing() -> None:
    """Somebody who writes 0 does not mean "no limit"."""
    for limit in (Limit(0), Limit(None, 0)):
        assert limit.allows(0, 100)
        assert not limit.allows(1, 100)


@given(st.integers(0, 500), st.integers(1, 500), st.integers(0, 100))
def test_a_share_is_of_the_whole_estate(affected: int, estate: int, share: int) -> None:
    """Compared as whole numbers: no rounding lets one device more through."""
    limit = read_limit(f"{share}%")
    assert limit is not None
    assert limit.allows(affected, estate) is (affected * 100 <= share * estate)
