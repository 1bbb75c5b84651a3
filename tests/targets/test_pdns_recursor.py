# SPDX-License-Identifier: EUPL-1.2
"""What PowerDNS Recursor is given beside the policy zone, and which settings are refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

import pytest

from ordinance.model.errors import PolicyError, TargetError
from ordinance.targets.dns_rpz import DnsRpz
from ordinance.targets.pdns_recursor import PdnsRecursor

from . import plans
from .plans import demand, identifier

PLAN = plans.plan(
    demand(identifier("tiktokv.com"), identifier("log.eu.tiktokv.com")),
    others=(plans.network("separate", "198.51.100.16/28"),),
)


def files(serial: int = 7, **settings: str) -> dict[str, str]:
    found = PdnsRecursor().compile(PLAN, settings, serial).artefacts
    return {PurePosixPath(a.path).name: a.content.decode("ascii") for a in found}


def test_the_zone_is_that_of_every_resolver_with_policy_zones() -> None:
    """The recursor reads the same bytes as BIND, so that one zone can be held against the other."""
    settings = {"zone": "rpz.gent.example", "ttl": "0", "answer": "nodata"}
    ours, theirs = (t.compile(PLAN, settings, 7).artefacts[0] for t in (PdnsRecursor(), DnsRpz()))
    assert ours.content == theirs.content
    assert (ours.entries, ours.lines, ours.left_out) == (theirs.entries, theirs.lines, theirs.left_out)


def test_zone_and_folder_reach_the_lua_file() -> None:
    """The path is absolute, and the policy has the zone's name, by which `rec_control dump-rpz` finds it."""
    made = files(zone="rpz.gent.example", folder="/usr/local/etc/pdns-recursor_5.d")
    assert set(made) == {"rpz.gent.example.zone", "ordinance.lua", "ordinance.conf"}
    *comments, call = made["ordinance.lua"].splitlines()
    assert call == (
        'rpzFile("/usr/local/etc/pdns-recursor_5.d/rpz.gent.example.zone", {policyName="rpz.gent.example"})'
    )
    assert all(line.startswith("-- ") for line in comments)


def test_the_lua_file_lets_the_zone_say_the_answer() -> None:
    """No answer changes it: a `defpol` would block the networks that are left out."""
    lua = {files(answer=a)["ordinance.lua"] for a in ("nxdomain", "nodata")}
    assert len(lua | {files(answer="garden", garden="blocked.city.example")["ordinance.lua"]}) == 1
    assert "defpol=" not in lua.pop()


def test_the_packet_cache_is_off_whatever_the_plan() -> None:
    """Also before any network is left out: nobody restarts a resolver because a later bundle leaves one out."""
    for plan in (PLAN, replace(PLAN, others=()), plans.plan()):
        conf = PdnsRecursor().compile(plan, {}, 7).artefacts[2]
        assert [r for r in conf.content.splitlines() if not r.startswith(b"#")] == [b"disable-packetcache=yes"]


def test_a_network_left_out_loses_other_policy_zones() -> None:
    """A row for each network of which a range is left out, as at BIND; none where no name is blocked."""
    others = (*PLAN.others, plans.network("v6", "2001:db8:7::/64"), plans.network("library"))
    row = "whoever your other policy zones protect"
    for plan, networks in ((replace(PLAN, others=others), ["separate", "v6"]), (plans.plan(others=others), [])):
        ours, theirs = (t.compile(plan, {}, 7).over_reach for t in (PdnsRecursor(), DnsRpz()))
        assert [o.network for o in ours if o.who == row] == networks
        assert [(o.network, o.who, o.reason) for o in ours] == [(o.network, o.who, o.reason) for o in theirs]


@pytest.mark.parametrize(
    "folder",
    [
        "", "/", "etc/powerdns", "/etc/powerdns/", "/etc//powerdns", "/etc/../root", "/etc/./powerdns", "/etc/.hidden",
        '/etc/"); os.execute("', "/etc/power dns", "/etc/powerdns\n", "/etc/pöwerdns", "/etc/a\\b", "/" + "a" * 200,
        "/-rf",
    ],
)  # fmt: skip
def test_a_folder_that_is_no_plain_path_is_an_issue(folder: str) -> None:
    """What could leave the Lua string, or mean another folder than it seems, stops the build and is named."""
    with pytest.raises(PolicyError) as caught:
        files(folder=folder)
    (issue,) = caught.value.issues
    assert (issue.id, "folder" in issue.message) == ("bad-target-setting", True)


def test_faults_of_zone_and_folder_are_reported_together() -> None:
    """The settings of the zone and of the recursor are one table: three faults give three issues."""
    with pytest.raises(PolicyError) as caught:
        files(folder="here", ttl="soon", colour="red")
    assert len(caught.value.issues) == 3
    with pytest.raises(PolicyError):
        files(answer="garden")


def test_the_serial_stands_in_the_zone_alone() -> None:
    """Two serials differ in the SOA; one that 32 bits do not hold is refused."""
    one, two = files(1), files(4294967295)
    assert {name for name in one if one[name] != two[name]} == {"rpz.ordinance.zone"}
    with pytest.raises(TargetError):
        files(4294967296)
