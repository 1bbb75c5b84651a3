# SPDX-License-Identifier: EUPL-1.2
"""What the response policy zone does with each kind of name, and that its page says the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from ordinance.model.apps import Confidence, Identifier, Kind, Role, Surface
from ordinance.model.errors import TargetError
from ordinance.model.law import Duty
from ordinance.model.target import Compiled, Demand
from ordinance.targets.dns_rpz import DnsRpz

from .plans import demand, identifier, network, plan


def compiled(*demands: Demand) -> Compiled:
    return DnsRpz().compile(plan(*demands), {}, 7)


def gaps(found: Compiled) -> set[tuple[str, str]]:
    """Ids and identifiers of all gaps that name an identifier."""
    return {(g.id, g.identifier) for g in found.gaps if g.identifier}


def blocked(found: Compiled) -> tuple[str, ...]:
    return found.artefacts[0].entries


@pytest.mark.parametrize(
    ("role", "surface", "web_forbidden", "gap"),
    [
        (Role.APP_ONLY, Surface.APP, False, None), (Role.APP_ONLY, Surface.DESKTOP, True, None),
        (Role.APP_ONLY, Surface.NETWORK, False, None), (Role.APP_ONLY, Surface.WEB, True, "app-name-not-web"),
        (Role.WEB, Surface.APP, False, "shared-with-web"), (Role.WEB, Surface.DESKTOP, False, "shared-with-web"),
        (Role.WEB, Surface.APP, True, None), (Role.WEB, Surface.WEB, True, None),
        (Role.EMBED, Surface.APP, False, "embed-not-use"), (Role.EMBED, Surface.WEB, True, "embed-not-use"),
        (Role.SHARED, Surface.APP, False, "shared-with-other-products"),
        (Role.SHARED, Surface.APP, True, "shared-with-other-products"), (None, Surface.APP, True, "no-role"),
    ],
)  # fmt: skip
def test_only_names_of_the_restricted_surface_are_blocked(
    role: Role | None, surface: Surface, web_forbidden: bool, gap: str | None
) -> None:
    """A role is blocked where the rule forbids what it serves, and is a gap of its own everywhere else."""
    found = compiled(demand(identifier("name.example", role), surface=surface, web_forbidden=web_forbidden))
    assert blocked(found) == (() if gap else ("name.example",))
    assert gaps(found) == ({(gap, "name.example")} if gap else set())


@pytest.mark.parametrize(
    ("odd", "gap"),
    [
        (identifier("musemuse.cn", retired=date(2023, 4, 1)), "retired-name"),
        (identifier("musemuse.cn", retired=date(2023, 4, 2)), None),
        (identifier("musemuse.cn", confidence=Confidence.LOW), "low-confidence"),
        (identifier("musemuse.cn", confidence=Confidence.MEDIUM), None),
        (identifier("com"), "too-wide"),
        (identifier("com.zhiliaoapp.musically", None, Kind.PACKAGE_NAME), "not-a-name"),
        (identifier("musemuse.cn.rpz-client-ip"), "not-a-host-name"),
        (identifier("203.0.113.5"), "not-a-host-name"),
    ],
    ids=lambda v: v if isinstance(v, str) else None,
)
def test_doubtful_identifiers_are_gaps(odd: Identifier, gap: str | None) -> None:
    """Retired on the day itself, low confidence, too wide, no domain, no host name: each is a gap, none blocked."""
    found = compiled(demand(odd))
    assert blocked(found) == (() if gap else (odd.value,))
    assert gaps(found) == ({(gap, odd.value)} if gap else set())


def test_a_name_is_written_in_lower_case_without_the_last_dot() -> None:
    """Spelling with capitals or a last dot is no second name."""
    found = compiled(demand(identifier("TikTokV.com."), identifier("tiktokv.com")))
    assert blocked(found) == ("tiktokv.com",)


def test_names_between_two_listed_names_are_written_too() -> None:
    """A deep name under a listed one would open the names between; they are written and say why they are there."""
    found = compiled(demand(identifier("tiktokv.com"), identifier("log.eu.api.tiktokv.com")))
    assert blocked(found) == ("api.tiktokv.com", "eu.api.tiktokv.com", "log.eu.api.tiktokv.com", "tiktokv.com")
    assert b"\neu.api.tiktokv.com IN CNAME . ; between two listed names\n" in found.artefacts[0].content
    assert "com" not in blocked(found)


def test_a_name_blocked_from_above_is_a_line_and_over_reach() -> None:
    """The pixel beneath a forbidden site is blocked in fact: no gap says it is open, over-reach says whom that hits."""
    pixel = identifier("analytics.tiktok.com", Role.EMBED)
    found = compiled(demand(identifier("tiktok.com", Role.WEB), pixel, web_forbidden=True))
    assert not gaps(found)
    assert "analytics.tiktok.com" in {line[4] for line in found.artefacts[0].lines}
    assert "analytics.tiktok.com" not in blocked(found)
    (row,) = (o for o in found.over_reach if "analytics.tiktok.com" in o.who)
    assert "tiktok.com" in row.reason


def test_a_name_another_demand_asks_for_is_no_over_reach() -> None:
    """Open for an app-only rule, the site's name is covered by a ruling where another rule forbids the site."""
    site = identifier("tiktok.com", Role.WEB)
    app, web = demand(site, identifier("tiktokv.com")), demand(site, surface=Surface.WEB, restriction="gent/web")
    assert gaps(compiled(app)) == {("shared-with-web", "tiktok.com")}
    both = compiled(app, web)
    assert not gaps(both)
    assert not [o for o in both.over_reach if "users of" in o.who]


def test_another_app_beneath_a_blocked_name_is_over_reach() -> None:
    """One row an app that nobody asked to block, with some of its names; apps beside it have none."""
    others = [identifier(f"a{n}.tiktok.com", family="lemon8", member="lemon8") for n in range(5)]
    beside = identifier("lemon8.example", family="other", member="other")
    site = demand(identifier("tiktok.com", Role.WEB), web_forbidden=True)
    found = DnsRpz().compile(plan(site, neighbours=(*others, beside)), {}, 7)
    (row,) = (o for o in found.over_reach if "lemon8/lemon8" in o.who)
    assert "a0.tiktok.com beneath tiktok.com" in row.reason
    assert row.reason.endswith(" and 2 more")
    assert not any("other/other" in o.who for o in found.over_reach)
    link = demand(*others, app="lemon8/lemon8", surface=Surface.LINK)  # asked for, but not of a resolver
    both = DnsRpz().compile(plan(site, link, neighbours=(*others, beside)), {}, 7)
    assert any("lemon8/lemon8" in o.who for o in both.over_reach)
    app = demand(*others, app="lemon8/lemon8")
    asked = DnsRpz().compile(plan(site, app, neighbours=(*others, beside)), {}, 7)
    assert not any("lemon8/lemon8" in o.who for o in asked.over_reach)
    assert not any("lemon8" in o.who for o in compiled(demand(identifier("tiktokv.com"))).over_reach)


def test_a_rule_about_the_site_alone_hits_the_app() -> None:
    """The app uses the site's names: forbidding the web hits the app, which is over-reach unless it is restricted."""
    web = demand(identifier("tiktok.com", Role.WEB), surface=Surface.WEB, web_forbidden=True)
    assert any("the app tiktok/tiktok" in o.who for o in compiled(web).over_reach)
    app = replace(web, surface=Surface.APP, duty=Duty.REMOVE)
    assert not any("the app tiktok/tiktok" in o.who for o in compiled(web, app).over_reach)


def test_the_limits_of_dns_are_stated_for_every_blocking_demand() -> None:
    """Each demand for blocking says what a resolver never reaches, also when its names are all blocked."""
    demands = [demand(identifier("tiktokv.com"), restriction=f"gent/{n}") for n in range(3)]
    stated = {(g.restriction, g.id) for g in compiled(*demands).gaps}
    limits = {"fixed-addresses", "foreign-resolver", "outside-the-network"}
    assert stated == {(d.restriction, limit) for d in demands for limit in limits}


def test_a_demand_without_a_name_to_block_says_so() -> None:
    """Also where the catalogue knows nothing at all of the app."""
    for bare in (demand(), demand(identifier("tiktok.com", Role.WEB))):
        assert "nothing-to-block" in {g.id for g in compiled(bare).gaps}
    assert "nothing-to-block" not in {g.id for g in compiled(demand(identifier("tiktokv.com"))).gaps}


def test_the_serial_stands_in_the_zone_and_nowhere_else() -> None:
    """Two serials differ in the SOA alone; one that 32 bits do not hold is refused."""
    one, two = (DnsRpz().compile(plan(demand(identifier("tiktokv.com"))), {}, n) for n in (0, 4294967295))
    assert one.artefacts[1:] == two.artefacts[1:]
    assert one.artefacts[0].content.replace(b" 0 3600", b" 4294967295 3600") == two.artefacts[0].content
    for serial in (-1, 4294967296):
        with pytest.raises(TargetError):
            DnsRpz().compile(plan(), {}, serial)


def test_the_zone_never_calls_a_name_a_threat() -> None:
    """Restricted is not malicious: the file carries the policy tag and says what it is not."""
    text = compiled(demand(identifier("tiktokv.com"))).artefacts[0].content.decode("ascii")
    assert "; Policy tag: app-restriction. Restricted by a decision, not malicious: not for a threat list.\n" in text
    assert not re.search("malware|phish|attack|botnet", text)


class _Counted(tuple[Demand, ...]):
    """Demands that count how often somebody goes through all of them."""

    times = 0

    def __iter__(self) -> Iterator[Demand]:
        type(self).times += 1
        return super().__iter__()


def test_the_demands_are_not_gone_through_again_for_each_of_them() -> None:
    """Seven hundred decisions about one site are compiled in the time that seven hundred lines take."""
    many = [
        demand(identifier("site.example", Role.WEB), surface=Surface.WEB, restriction=f"gent-{n}/web")
        for n in range(50)
    ]
    few = replace(plan(), demands=_Counted(many))
    DnsRpz().compile(few, {}, 7)
    assert 0 < _Counted.times < 10


@pytest.mark.parametrize(
    ("other", "is_left_out"),
    [
        ("192.0.2.0/24", False), ("192.0.2.64/26", False), ("192.0.0.0/16", False), ("192.0.2.128/25", True),
        ("192.0.1.0/24", True), ("0.0.0.0/0", False), ("::/0", False), ("::ffff:0:0/96", False), ("::/64", False),
        ("2001:db8::/32", False), ("2001:db8:1::/48", True), ("2001:db8:2::/64", False),
    ],
)  # fmt: skip
def test_a_range_that_a_served_network_shares_is_not_left_out(other: str, is_left_out: bool) -> None:
    """Wholly, in part or around it: who asks from there cannot be told apart, and the over-reach names the network."""
    served = (network("staff", "192.0.2.0/25", "2001:db8:2::/48"), network("more", "203.0.113.0/24"))
    of = plan(demand(identifier("tiktokv.com")), networks=served, others=(network("guest", other),))
    made = DnsRpz().compile(of, {}, 7)
    assert made.artefacts[0].left_out == ((other,) if is_left_out else ())
    assert ("guest" in {o.network for o in made.over_reach if o.who == "everybody on it"}) != is_left_out
    past = {o.network for o in made.over_reach if o.who == "whoever your other policy zones protect"}
    assert past == ({"guest"} if is_left_out else set())


def test_the_site_is_over_reach_for_a_class_whose_rule_is_about_the_app_alone() -> None:
    """Two classes, one asked for the app and one for the site: each loses what only the other's rule forbids."""
    names = (identifier("tiktokv.com"), identifier("tiktok.com", Role.WEB))
    app = demand(*names, classes=("a",))
    web = demand(*names, surface=Surface.WEB, classes=("b",), restriction="gent/web")
    assert any("users of the app tiktok/tiktok" in o.who for o in compiled(app, web).over_reach)
    both = replace(app, classes=("a", "b"))
    assert not any("users of the app tiktok/tiktok" in o.who for o in compiled(both, web).over_reach)


@pytest.mark.parametrize("odd", [{"retired": date(2023, 1, 1)}, {"confidence": Confidence.LOW}, {"role": None}])
def test_a_doubtful_name_beneath_a_blocked_one_is_over_reach(odd: dict[str, object]) -> None:
    """It is cut off with it, and whoever it is by now hears so."""
    below = replace(identifier("old.tiktokv.com"), **odd)
    rows = [o.who for o in compiled(demand(identifier("tiktokv.com"), below)).over_reach]
    assert any(who.startswith("users of old.tiktokv.com (") for who in rows)
