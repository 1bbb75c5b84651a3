# SPDX-License-Identifier: EUPL-1.2
"""dnsmasq as DHCP server with both files: clients of a network that is not to be blocked ask another resolver.

Shows what clients are told, and what they are answered. It cannot show a client that takes no notice of DHCP, but for
one question that such a client asks.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

import pytest

from lab.dhcp import ADDRESS, OPEN_RESOLVER, Client, Segment, networks, obstacle
from ordinance.model.target import Compiled
from ordinance.targets._block import EVERYBODY
from ordinance.targets.dnsmasq import Dnsmasq, tag_of

from . import plans
from .neighbours import plan_of_an_app

pytestmark = pytest.mark.consumer("dnsmasq", "udhcpc", "iproute2", "bind9-dnsutils")

STAFF = Segment("staff", "192.0.2.1", "2001:db8:b")
SEPARATE = Segment("Separate, floor 2", "198.51.100.1", "2001:db8:a", tag_of("Separate, floor 2"))


def compiled() -> Compiled:
    served, other = plans.network(STAFF.name, "192.0.2.0/24"), plans.network(SEPARATE.name, "198.51.100.0/24")
    plan = replace(plan_of_an_app(), networks=(served,), others=(other,))
    return Dnsmasq().compile(plan, {"open_resolver": ", ".join(OPEN_RESOLVER.values())}, 1)


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Client]]:
    if reason := obstacle():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{reason} In CI this is an error.")
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("dhcp")
    files = [folder / PurePosixPath(a.path).name for a in compiled().artefacts]
    for file, artefact in zip(files, compiled().artefacts, strict=True):
        file.write_bytes(artefact.content)
    with networks(folder, (STAFF, SEPARATE), *files) as found:
        yield found


def test_a_client_asks_the_resolver_that_it_was_told_of(clients: dict[str, Client]) -> None:
    """Where the range sets the tag the restricted name answers; where it does not, it is blocked; others always do."""
    for segment, resolver, answer in ((STAFF, STAFF.address, "NXDOMAIN"), (SEPARATE, OPEN_RESOLVER[4], ADDRESS)):
        client = clients[segment.name]
        assert client.told_over_ipv4() == [resolver]
        for name in ("tiktokv.com", "api.tiktokv.com"):
            assert client.ask(resolver, name) == answer
        assert client.ask(resolver, "nottiktokv.com") == ADDRESS


def test_ipv6_tells_the_same(clients: dict[str, Client]) -> None:
    """DHCPv6 and router advertisements name the other resolver there, and none of it elsewhere."""
    assert clients[SEPARATE.name].told_over_ipv6() == {"dhcp": [OPEN_RESOLVER[6]], "ra": [OPEN_RESOLVER[6]]}
    staff = clients[STAFF.name].told_over_ipv6()
    assert staff["dhcp"] == ["2001:db8:b::1"]
    assert staff["ra"]
    assert OPEN_RESOLVER[6] not in staff["ra"]


def test_who_asks_this_resolver_all_the_same_is_hit_as_stated(clients: dict[str, Client]) -> None:
    """The over-reach is real: on the same network, a client with a resolver of its own choice is blocked."""
    (row,) = (o for o in compiled().over_reach if o.who == EVERYBODY)
    assert (row.network, "all the same is hit" in row.reason) == (SEPARATE.name, True)
    client = clients[SEPARATE.name]
    client.told_over_ipv4()
    assert client.ask(SEPARATE.address, "api.tiktokv.com") == "NXDOMAIN"
    assert client.ask(SEPARATE.address, "nottiktokv.com") == ADDRESS
