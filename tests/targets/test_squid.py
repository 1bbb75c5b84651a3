# SPDX-License-Identifier: EUPL-1.2
"""What stands in the list and the rules for Squid: settings, names above one another, ranges, odd texts."""

from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import ip_network

import pytest

from ordinance.model.apps import Role, Surface
from ordinance.model.errors import PolicyError
from ordinance.model.law import Duty
from ordinance.model.target import Compiled, Network, Plan
from ordinance.targets.squid import LIMITS, Squid

from . import plans
from .plans import demand, identifier, network
from .read_back.squid import blocked

PLAN = plans.plan(demand(identifier("tiktokv.com")))


def texts(plan: Plan = PLAN, **settings: str) -> tuple[str, str]:
    """The list and the rules; the reader in read_back has no objection to them."""
    found = Squid().compile(plan, settings, 7)
    blocked(found)
    listed, rules = found.artefacts
    return listed.content.decode("ascii"), rules.content.decode("ascii")


def rows(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("#")]


def with_others(*others: Network) -> Compiled:
    return Squid().compile(replace(PLAN, others=others), {}, 7)


def test_the_list_holds_topmost_names_and_the_entries_all() -> None:
    """A name beneath another one in the list stops Squid from starting; it is blocked, so it is an entry and a line."""
    plan = plans.plan(demand(*map(identifier, ("b.a.example", "z.example", "a.example", "c.b.a.example"))))
    names, _ = Squid().compile(plan, {}, 7).artefacts
    assert rows(names.content.decode("ascii")) == [".a.example", ".z.example"]
    assert names.entries == ("a.example", "b.a.example", "c.b.a.example", "z.example")
    assert {line[4] for line in names.lines} == set(names.entries)


def test_the_serial_stands_nowhere() -> None:
    """Neither file has a version: two serials give the same bytes."""
    assert Squid().version_field == ""
    assert Squid().compile(PLAN, {}, 1) == Squid().compile(PLAN, {}, 2)


def test_settings_reach_the_rules() -> None:
    """The folder of the list and the page stand in the rules; the page goes with the names, which stand last."""
    _, rules = texts(folder="/srv/proxy/lists_1", page="https://blocked.city.example:8443/why/not.html")
    assert rows(rules) == [
        'acl ordinance_names dstdomain -n "/srv/proxy/lists_1/ordinance-names.txt"',
        "http_access deny ordinance_names",
        "deny_info https://blocked.city.example:8443/why/not.html ordinance_names",
    ]
    assert rows(texts(page="ERR_ORDINANCE")[1])[-1] == "deny_info ERR_ORDINANCE ordinance_names"
    assert "deny_info" not in texts()[1]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("folder", ""), ("folder", "etc/squid"), ("folder", "/"), ("folder", "/etc/squid/"), ("folder", "/etc/../root"),
        ("folder", "/etc/squid\n"), ("folder", '/etc/squid" "x'), ("folder", "/etc/my squid"), ("folder", "/a" * 101),
        ("page", "TCP_RESET"), ("page", "all"), ("page", "ERR_"), ("page", "ERR_X ordinance_names"),
        ("page", "ERR_X\n"),
        ("page", "https://"), ("page", "https://blocked.example/a b"), ("page", "https://blocked.example/%u"),
        ("page", "https://blocked.example/?why"), ("page", "https://blocked.example/\nhttp_access allow all"),
        ("page", "https://blocked.example/#all"), ("page", 'https://blocked.example/"'),
        ("page", "javascript:alert(1)"),
        ("page", "https://me@blocked.example/"), ("page", "302:https://blocked.example/"), ("pages", "ERR_X"),
        ("page", "https://blocked.example/" + "a" * 201), ("page", "https://" + "a" * 201),
        ("page", "//blocked.example"),
    ],
)  # fmt: skip
def test_a_bad_setting_is_an_issue(key: str, value: str) -> None:
    """What could be read as more than a path, an address or a page's name stops the build; so does a wrong key."""
    for ask in (lambda: Squid().compile(PLAN, {key: value}, 7), lambda: Squid().checks({key: value})):
        with pytest.raises(PolicyError) as caught:
            ask()
        assert [i.id for i in caught.value.issues] == ["bad-target-setting"]
        assert key in caught.value.issues[0].message


@pytest.mark.parametrize("page", ["https://tiktokv.com", "http://page.tiktokv.com:80/why"])
def test_a_page_that_is_blocked_itself_is_an_issue(page: str) -> None:
    """Squid would send people round in a circle; a page beside the name, or one while nothing is blocked, is none."""
    with pytest.raises(PolicyError) as caught:
        Squid().compile(PLAN, {"page": page}, 7)
    assert "tiktokv.com, which is blocked" in caught.value.issues[0].message
    assert "deny_info" in texts(page="https://nottiktokv.com/")[1]
    assert "deny_info" in texts(plans.plan(), page=page)[1]


def test_a_range_that_is_no_clients_is_not_left_out_and_that_is_said() -> None:
    """IPv4 as IPv6 where no client comes from, and one with a zone, which Squid 5.7 takes for everybody."""
    for cidr in ("::ffff:192.0.2.0/120", "fe80::%eth0/64"):
        found = with_others(network("other", cidr))
        listed, rules = found.artefacts
        assert listed.left_out == () and b"ordinance_free" not in rules.content
        (reason,) = [o.reason for o in found.over_reach if o.network == "other"]
        assert reason.endswith("is no range of clients, so that it cannot be left out")


@pytest.mark.parametrize(
    ("ranges", "written"),
    [
        (("192.0.2.128/25", "192.0.2.0/24", "2001:db8:1::/48", "2001:db8::/32"), ["192.0.2.0/24", "2001:db8::/32"]),
        (("192.0.2.0/25", "192.0.2.128/25"), ["192.0.2.0/25", "192.0.2.128/25"]),
        (("0.0.0.0/0",), ["0.0.0.0/1", "128.0.0.0/1"]),
        (("::fffe:0:0/95",), ["::fffe:0:0/96"]),
        (("::/127", "::2/128"), ["::/127", "::2/128"]),
    ],
)
def test_ranges_are_written_as_squid_takes_them(ranges: tuple[str, ...], written: list[str]) -> None:
    """None within another, no IPv6 range over all of IPv4, no word for everybody; the artefact says what is meant."""
    found = with_others(network("other", *ranges))
    blocked(found)
    listed, rules = found.artefacts
    free = [line.removeprefix("acl ordinance_free src ") for line in rows(rules.content.decode("ascii"))[1:-1]]
    assert free == written
    assert set(map(ip_network, listed.left_out)) == set(map(ip_network, ranges))
    deny = "http_access deny !ordinance_free ordinance_names" if written else "http_access deny ordinance_names"
    assert rows(rules.content.decode("ascii"))[-1] == deny


def test_all_of_ipv6_is_left_out_without_ipv4() -> None:
    """`::/0` comes as the ranges that remain when those are gone in which Squid keeps IPv4 clients."""
    found = with_others(network("six", "::/0"))
    blocked(found)
    free = rows(found.artefacts[1].content.decode("ascii"))[1:-1]
    assert len(free) == 96
    assert "acl ordinance_free src 8000::/1" in free


def test_a_long_text_stays_on_its_line() -> None:
    """Squid reads what stands far to the right in a line as a line of its own; no comment gets that long."""
    long = replace(PLAN, body="a" * 9000 + " .bank.example", catalogue_version="b" * 9000)
    for text in texts(long):
        assert max(map(len, text.splitlines())) <= 200
        assert "bank.example" not in text


def test_nobody_is_told_a_resolver() -> None:
    """Sentences of gaps and over-reach are about a proxy."""
    every = [demand(identifier("tiktok.com", Role.WEB), duty=d, surface=s) for d in Duty for s in Surface]
    people = (plans.Bystanders("staff", "visitors", None),)
    found = Squid().compile(replace(PLAN, demands=(*PLAN.demands, *every), bystanders=people, exempt_devices=1), {}, 7)
    assert set(LIMITS) < {g.id for g in found.gaps}
    for sentence in [*(g.reason for g in found.gaps), *(f"{o.network} {o.reason}" for o in found.over_reach)]:
        assert not re.search("resolver|DNS|DoH", sentence)
    (row,) = (o for o in found.over_reach if o.count == 1)
    assert row.reason.endswith("give these devices another network, and leave that one out")


def test_the_files_never_call_a_name_a_threat() -> None:
    """Restricted is not malicious: both files carry the policy tag and say what it is not."""
    for text in texts():
        assert "# Policy tag: app-restriction. Restricted by a decision, not malicious" in text
        assert not re.search("malware|phish|attack|botnet", text)
