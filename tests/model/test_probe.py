# SPDX-License-Identifier: EUPL-1.2
"""Addresses of resolvers as people write them, and when a name is due."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordinance.model.probe import read_resolver


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("192.0.2.53", "192.0.2.53:53"),
        ("192.0.2.53:5300", "192.0.2.53:5300"),
        ("2001:db8::53", "[2001:db8::53]:53"),
        ("[2001:db8::53]", "[2001:db8::53]:53"),
        ("[2001:db8::53]:5300", "[2001:db8::53]:5300"),
        ("127.0.0.1:65535", "127.0.0.1:65535"),
    ],
)
def test_addresses_are_read(text: str, said: str) -> None:
    """With and without a port, of both families."""
    assert str(read_resolver(text)) == said


@pytest.mark.parametrize(
    "text",
    ["", "localhost", "dns.example", "dns.example:53", "192.0.2", "192.0.2.53:", "192.0.2.53:0", "192.0.2.53:65536",
     "192.0.2.53:+5", "192.0.2.53:５", "192.0.2.53:053000", "[192.0.2.53]:53", "[2001:db8::53", "[2001:db8::53]5300",
     "0.0.0.0:53", "::", "224.0.0.251:5353", "ff02::fb", "255.255.255.255", "192.0.2.53 ", "https://192.0.2.53"],
)  # fmt: skip
def test_everything_else_is_no_resolver(text: str) -> None:
    """A host name least of all: somebody else would have to be asked for its address."""
    assert read_resolver(text) is None


@given(st.text(max_size=40))
def test_nothing_that_is_written_is_an_error(text: str) -> None:
    """An address or none; what it reads it says in a way that is read again."""
    found = read_resolver(text)
    assert found is None or read_resolver(str(found)) == found
