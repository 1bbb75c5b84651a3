# SPDX-License-Identifier: EUPL-1.2
"""Hidden characters from outside become visible."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from ordinance.report.clean import REPLACEMENT, clean, clean_text

BIDIRECTIONAL = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def hidden(char: str) -> bool:
    """Control, line separator, surrogate or bidirectional control, by Unicode's own tables."""
    known = unicodedata.category(char) in {"Cc", "Zl", "Zp", "Cs"}
    return known or unicodedata.bidirectional(char) in BIDIRECTIONAL or char in "\u061c\u200e\u200f"


def test_every_hidden_character_is_replaced_and_no_other() -> None:
    """All of Unicode, one by one, between two letters."""
    for code in range(0x110000):
        char = chr(code)
        assert clean_text(f"a{char}b") == (f"a{REPLACEMENT}b" if hidden(char) else f"a{char}b"), hex(code)


@given(st.recursive(st.none() | st.integers() | st.text(), lambda t: st.lists(t) | st.dictionaries(st.text(), t)))
def test_cleaning_twice_changes_nothing(value: object) -> None:
    """Any JSON value: clean is clean, keys too."""
    assert clean(clean(value)) == clean(value)


def test_a_line_feed_at_the_end_is_white_space() -> None:
    """YAML's folded scalars end in one; inside a text it is shown."""
    assert clean_text("reason\n") == "reason"
    assert clean({"a\x00": ["b\nc", 1, None]}) == {f"a{REPLACEMENT}": [f"b{REPLACEMENT}c", 1, None]}
