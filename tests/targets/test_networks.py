# SPDX-License-Identifier: EUPL-1.2
"""Address ranges of networks, in every target that serves networks."""

from __future__ import annotations

import pytest

from ordinance.model.target import Target
from ordinance.targets import BUILTIN

from .plans import demand, identifier, network, plan


@pytest.mark.parametrize("cidr", ['2001:db8::%"}/64', "2001:db8::%;x/64", "fe80::%\u00e9/64", "fe80::%a b/64"])
@pytest.mark.parametrize("kind", [t for t in BUILTIN if t.by_network], ids=lambda t: t.id)
def test_the_zone_of_a_range_reaches_no_file(kind: type[Target], cidr: str) -> None:
    """It may be any text at all (RFC 4007). The network is hit and named; the reader of networks refuses it before."""
    asked = plan(demand(identifier("tiktokv.com")), others=(network("odd", cidr),))
    found = kind().compile(asked, {}, 7)
    assert all(not a.left_out and b"2001:db8" not in a.content and b"fe80" not in a.content for a in found.artefacts)
    assert any(o.network == "odd" and o.who == "everybody on it" for o in found.over_reach)
