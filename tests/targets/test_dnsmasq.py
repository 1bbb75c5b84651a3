# SPDX-License-Identifier: EUPL-1.2
"""What the files for dnsmasq hold: names in lines that are read whole, and other resolvers for other networks."""

from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordinance.model.apps import Surface
from ordinance.model.errors import PolicyError
from ordinance.model.target import Compiled, Plan
from ordinance.targets._block import EVERYBODY
from ordinance.targets.dnsmasq import Dnsmasq, tag_of

from .plans import HOSTILE, PLANS, demand, identifier, network, plan
from .read_back.dnsmasq import PIECE, blocked, handed_out

BOTH = {"open_resolver": "203.0.113.53, 2001:db8:53::53"}
STAFF, SEPARATE = network("staff", "192.0.2.0/24"), network("separate", "198.51.100.0/24", "2001:db8:a::/64")
MAPPED = ip_network("::ffff:0:0/96")  # IPv4 written as IPv6
BLOCKING = plan(demand(identifier("tiktokv.com")), networks=(STAFF,), others=(SEPARATE,))


def compiled(made: Plan = BLOCKING, **settings: str) -> Compiled:
    return Dnsmasq().compile(made, settings, 7)


def text(found: Compiled, number: int) -> str:
    return found.artefacts[number].content.decode("ascii")


def about(found: Compiled, name: str) -> list[str]:
    """Why everybody on a network is hit."""
    return [o.reason for o in found.over_reach if (o.network, o.who) == (name, EVERYBODY)]


def test_a_name_has_no_server_and_no_address() -> None:
    """No spelling that blocks one type of record alone, such as an address of nought, and none for `local` alone."""
    lines = [line for line in text(compiled(), 0).splitlines() if not line.startswith("#")]
    assert lines == ["server=/tiktokv.com/ # gent/paid-devices"]


def test_a_name_beneath_another_is_written_too() -> None:
    """The file lists every name that demands ask for, so that two bundles can be compared."""
    found = compiled(plan(demand(identifier("tiktokv.com"), identifier("log.eu.tiktokv.com"))))
    assert blocked(found) == {"tiktokv.com", "log.eu.tiktokv.com"}


def test_the_file_carries_no_version() -> None:
    """Two serials give the same bytes: nothing in the format would hold one."""
    assert compiled() == Dnsmasq().compile(BLOCKING, {}, 4294967295)
    assert not Dnsmasq.version_field


def test_what_stands_behind_a_cname_is_a_gap_of_every_demand() -> None:
    """dnsmasq looks at the name asked for: said beside every demand that it carries out, and beside no other."""
    demands = [demand(identifier("tiktokv.com"), restriction=f"gent/{n}") for n in range(3)]
    venue = demand(identifier("tiktokv.com"), surface=Surface.VENUE, restriction="gent/venue")
    gaps = compiled(plan(*demands, venue)).gaps
    assert {g.restriction for g in gaps if g.id == "cname-cloaked-names"} == {d.restriction for d in demands}


@pytest.mark.parametrize("letters", [PIECE - 20, PIECE - 2, PIECE, PIECE + 1, 5000])
def test_no_line_is_longer_than_dnsmasq_reads(letters: int) -> None:
    """The rest of a longer comment would be an option of its own, such as one that lets every query out."""
    long = "a" * letters + "no-resolv"
    demands = [demand(identifier("tiktokv.com"), restriction=r) for r in (long, *(f"gent/{n}" for n in range(400)))]
    made = plan(*demands, body=long, catalogue_version=long, notice=long, others=(network(long, "198.51.100.0/24"),))
    found = compiled(made, **BOTH)
    assert blocked(found) == {"tiktokv.com"}
    assert len(handed_out(found)) == 1
    assert max(len(line) for a in found.artefacts for line in a.content.splitlines()) < 500
    assert "server=/tiktokv.com/ # 401 of the restrictions above\n" in text(found, 0)


def test_without_the_setting_there_is_one_file() -> None:
    """Nothing is said about DHCP that the body did not ask for; the network left alone is over-reach."""
    found = compiled()
    assert [a.path for a in found.artefacts] == ["dnsmasq/ordinance-names.conf"]
    assert about(found, "separate") == ["a network that is not to be blocked, if it asks the same resolver"]


def test_another_resolver_is_named_in_both_families() -> None:
    """The second file, byte for byte; the first is the same as without it."""
    found = compiled(**BOTH)
    assert [a.path for a in found.artefacts] == ["dnsmasq/ordinance-names.conf", "dnsmasq/ordinance-dhcp.conf"]
    assert found.artefacts[0] == compiled().artefacts[0]
    assert text(found, 1) == (
        "# Networks in which gent blocks no names: DHCP tells their clients of another resolver.\n"
        "# It does so where the dhcp-range of the network sets the tag, such as dhcp-range=set:TAG,FIRST,LAST.\n"
        "# Network separate: set:ordinance-separate\n"
        "dhcp-option=tag:ordinance-separate,option:dns-server,203.0.113.53\n"
        "dhcp-option=tag:ordinance-separate,option6:dns-server,[2001:db8:53::53]\n"
    )


@pytest.mark.parametrize(
    ("given_one", "written"),
    [
        ("203.0.113.53", ["203.0.113.53"]), ("2001:DB8:53::53", ["2001:db8:53::53"]),
        ("2001:db8:53::53,203.0.113.53", ["203.0.113.53", "2001:db8:53::53"]),
    ],
)  # fmt: skip
def test_one_address_or_one_of_each_family(given_one: str, written: list[str]) -> None:
    """IPv4 comes first, IPv6 in its short spelling; a family that is not given gets no option."""
    assert handed_out(compiled(open_resolver=given_one)) == {"ordinance-separate": written}


@pytest.mark.parametrize(
    "bad",
    [
        "0.0.0.0", "::",  # noqa: S104  # what dnsmasq puts its own address in the place of
        "fd00::", "fe80::1", "127.0.0.1", "::1", "224.0.0.1", "203.0.113.53,203.0.113.54", ",",
        "203.0.113.53,", "203.0.113", "203.0.113.053", "resolver.example", "fe80::1%eth0", "203.0.113.53\n", " ",
        "203.0.113.53#5353", "2001:db8::1,2001:db8::2,203.0.113.53", "203.0.113.0/24",
    ],
)  # fmt: skip
def test_an_address_that_no_client_can_ask_is_an_issue(bad: str) -> None:
    """Not an address, two of one family, or one that dnsmasq puts its own in the place of: the build stops."""
    for ask in (lambda: compiled(open_resolver=bad), lambda: Dnsmasq().checks({"open_resolver": bad})):
        with pytest.raises(PolicyError) as caught:
            ask()
        assert [i.id for i in caught.value.issues] == ["bad-target-setting"]
        assert "open_resolver" in caught.value.issues[0].message


def test_a_network_with_another_resolver_is_still_hit_by_who_asks_this_one() -> None:
    """The row stays and says the rest: a client with a resolver of its own choice asks whom it likes."""
    found = compiled(**BOTH)
    (reason,) = about(found, "separate")
    assert "DHCP names it another resolver" in reason
    assert "who asks this one all the same is hit" in reason
    assert not any(a.left_out for a in found.artefacts)
    assert [o.network for o in found.over_reach] == [o.network for o in compiled().over_reach]


@pytest.mark.parametrize("ranges", [("192.0.2.128/25",), ("198.51.100.0/24", "192.0.2.128/25"), ()])
def test_a_network_that_cannot_be_told_apart_gets_no_other_resolver(ranges: tuple[str, ...]) -> None:
    """One range of two networks has one tag: another resolver would open the app for those who are to be blocked."""
    found = compiled(replace(BLOCKING, others=(network("mixed", *ranges), SEPARATE)), **BOTH)
    assert set(handed_out(found)) == {"ordinance-separate"}
    assert about(found, "mixed") == ["a network that is not to be blocked, if it asks the same resolver"]


def test_when_the_rule_ends_every_network_asks_this_resolver_again() -> None:
    """Both files are still there; the one about DHCP names no resolver any more."""
    found = compiled(replace(BLOCKING, demands=()), **BOTH)
    assert [a.path for a in found.artefacts] == [a.path for a in compiled(**BOTH).artefacts]
    assert not handed_out(found)
    assert not found.over_reach


@given(made=PLANS)
def test_resolvers_are_named_for_networks_that_are_not_served_and_no_others(made: Plan) -> None:
    """On any plan: a tag for each network that shares no range with one that is served, in any order of rows.

    Of a range that holds everybody it cannot be told: such a network gets none, and stands in the over-reach.
    """
    found = compiled(made, **BOTH)
    served = [c for n in made.networks for c in n.cidrs]
    alone = [n for n in made.others if n.cidrs and not any(_overlap(c, s) for c in n.cidrs for s in served)]
    every = {n.id for n in alone if any(c.prefixlen == 0 or _overlap(c, MAPPED) for c in n.cidrs)}
    assert set(handed_out(found)) == ({tag_of(n.id) for n in alone if n.id not in every} if blocked(found) else set())
    assert not blocked(found) or every <= {o.network for o in found.over_reach if o.who == "everybody on it"}
    assert found == compiled(replace(made, others=made.others[::-1]), **BOTH)


def _overlap(one: object, other: object) -> bool:
    return type(one) is type(other) and one.overlaps(other)  # type: ignore[attr-defined]


def test_a_tag_is_the_network_or_a_digest_of_it() -> None:
    """A plain id is readable in the tag; of any other what is plain of it stands before a digest of the whole."""
    assert tag_of("floor-2") == "ordinance-floor-2"
    for name, front in (("Floor 2", "ordinance_floor-2"), ("a,b*", "ordinance_a-b-"), ("", "ordinance_")):
        assert re.fullmatch(f"{front}_[0-9a-f]{{12}}", tag_of(name))


@given(st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30)), unique=True, max_size=20))
def test_no_two_networks_share_a_tag_and_no_tag_breaks_out(names: list[str]) -> None:
    """Commas, stars, capitals and line ends in an id never reach the file, and never make two networks one."""
    tags = [tag_of(n) for n in names]
    assert len(set(tags)) == len(names)
    assert all(re.fullmatch(r"ordinance[a-z0-9_-]+", t) for t in tags)


@pytest.mark.parametrize("hostile", HOSTILE, ids=repr)
def test_a_hostile_network_adds_no_option(hostile: str) -> None:
    """Whatever a network is called, a reader finds its tag with the resolvers, and nothing else."""
    made = replace(BLOCKING, body=hostile, others=(network(hostile, "198.51.100.0/24"),))
    assert handed_out(compiled(made, **BOTH)) == {tag_of(hostile): ["203.0.113.53", "2001:db8:53::53"]}


def test_the_programs_own_reader_is_asked_about_each_file() -> None:
    """Without the setting about one, with it about both; never with a file that holds a server of its own."""
    paths = [c.path for c in Dnsmasq().checks(BOTH)]
    assert paths == [a.path for a in compiled(**BOTH).artefacts]
    assert [c.path for c in Dnsmasq().checks({})] == paths[:1]
    assert {c.arguments for c in Dnsmasq().checks(BOTH)} == {("--test", "--conf-file={file}")}
