# SPDX-License-Identifier: EUPL-1.2
"""Host names: the quick pattern and the thorough one draw the same border, and it is that of the RFCs."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from ordinance.targets._names import host_name, names_between

LETTERS = "abcdefghijklmnopqrstuvwxyz"
TEXTS = st.text(alphabet="aAz0-..rpz-\n *_\u212a\u00e9", max_size=80)
LABELS = st.text(alphabet="ab0-", max_size=66)


def as_the_rfcs_say(untrusted: str) -> str | None:
    """Label by label, without a pattern (RFC 1035 section 2.3.4, RFC 1123 section 2.1)."""
    if not untrusted.isascii():
        return None
    name = untrusted.lower().removesuffix(".")
    labels = name.split(".")
    for label in labels:
        inside = all(c in LETTERS or c in "0123456789-" for c in label)
        if not inside or not 1 <= len(label) <= 63 or "-" in (label[0], label[-1]):
            return None
    last = labels[-1]
    return name if len(name) <= 253 and last[0] in LETTERS and not last.startswith("rpz-") else None


NAMES = st.lists(LABELS, max_size=6).map(".".join)


@given(TEXTS | NAMES | NAMES.map("{}.a".format))
@example("a.rpz-ip")
@example("rpz-.a")
@example("a" * 63 + ".a")
@example("a" * 64)
@example("a" * 64 + ".a")
@example("a.example\n")
@example("-a.example")
@example("a-.example")
@example("a.0x7f")
@example("1.2.3.4")
@example(".".join(["a" * 63] * 4))
@example(".".join(["a" * 49] * 5) + ".aaa")
@example("")
@example(".")
def test_the_border_of_host_names_is_that_of_the_rfcs(untrusted: str) -> None:
    """Any text, be it short enough for the quick pattern or not."""
    assert host_name(untrusted) == as_the_rfcs_say(untrusted)


@given(st.sets(st.lists(st.sampled_from("abc"), min_size=1, max_size=5).map(".".join), max_size=12))
def test_names_between_are_those_with_one_of_them_on_each_side(names: set[str]) -> None:
    """In a zone they exist and are empty, so that the wildcard above does not cover them."""
    every = {name.split(".", n)[n] for name in names for n in range(name.count(".") + 1)}
    expected = {
        one
        for one in every - names
        if any(name.endswith(f".{one}") for name in names) and any(one.endswith(f".{name}") for name in names)
    }

    assert names_between(names) == expected
