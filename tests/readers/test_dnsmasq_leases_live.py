# SPDX-License-Identifier: EUPL-1.2
"""The lease file that the dnsmasq on this machine writes for a client of its own, read back."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest

from lab.dhcp import Segment, inside, networks, obstacle, run
from ordinance.model.body import SourceSettings
from ordinance.model.time import Period
from ordinance.readers._leases import LeasesOf
from ordinance.readers.dnsmasq_leases import DnsmasqLeases

from .samples import BRUSSELS

STAFF = Segment("staff", "192.0.2.1", "2001:db8:b")
HOUR_S = 3600  # what dnsmasq grants where nothing else is said


@pytest.mark.slow
@pytest.mark.consumer("dnsmasq", "udhcpc", "iproute2")
def test_who_was_given_an_address_holds_it_and_nobody_held_it_before(tmp_path: Path) -> None:
    """The client's own hardware address holds the address that it was given, from then for an hour and no longer."""
    if reason := obstacle():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{reason} In CI this is an error.")
        pytest.skip(reason)
    nothing = tmp_path / "nothing"
    nothing.write_text("", "utf-8")
    with networks(tmp_path, (STAFF,), nothing, nothing) as clients:
        client = clients[STAFF.name]
        before = int(time.time())
        client.told_over_ipv4()
        after = int(time.time()) + 1
        shown = run(*inside(client.space, "ip", "addr", "show", "dev", "eth0"))
    mac, address = (re.search(p, shown) for p in (r"link/ether (\S+)", r"inet (192\.0\.2\.\d+)/"))
    assert mac is not None and address is not None
    settings = SourceSettings("leases", "dnsmasq-leases", ("leases",), BRUSSELS, lease=Period.parse("PT1H"))
    reading = DnsmasqLeases().read(settings, tmp_path)
    assert (reading.account.dropped, reading.account.rejected) == (1, 0)
    leases = LeasesOf("dns", [reading.index])
    instants = (before - 1, after, before + HOUR_S - 1, after + HOUR_S)
    assert [leases.holder(address[1], at) for at in instants] == [None, mac[1], mac[1], None]
