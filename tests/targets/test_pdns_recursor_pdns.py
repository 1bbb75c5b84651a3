# SPDX-License-Identifier: EUPL-1.2
"""PowerDNS Recursor with the files as they ship: restricted names are blocked, neighbours are not.

Shows what a loopback resolver does. It cannot show what an app does when its names are blocked.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from lab.dns import Answer, Server, authority
from lab.pdns import Recursor, lay, recursor, root_anchor, version
from ordinance.model.apps import Surface
from ordinance.model.target import Artefact, Plan
from ordinance.targets.pdns_recursor import PdnsRecursor

from . import plans
from .neighbours import BLOCKED_NAMES, RESTRICTED, TYPES, plan_of_an_app, wrong
from .plans import identifier

pytestmark = pytest.mark.consumer("pdns-recursor", "bind9", "bind9-dnsutils", "nsd")

ZONE = "rpz.ordinance"
OWN_ALIAS = "portal.city.example"
LIFTED = plans.plan(plans.demand(surface=Surface.VENUE))
SEPARATE = replace(
    plan_of_an_app(), others=(plans.network("separate", "127.0.0.4/30"), plans.network("v6", "2001:db8:7::/64"))
)


def made(folder: Path, plan: Plan, settings: Mapping[str, str] | None = None) -> tuple[Artefact, ...]:
    """What the target writes for a recursor whose configuration is in that folder."""
    return PdnsRecursor().compile(plan, {"folder": str(folder), **(settings or {})}, 20230401).artefacts


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An authority in which every name answers, and an alias of the city's points at a restricted one."""
    aliases = {OWN_ALIAS: "www.tiktokv.com", "old.city.example": OWN_ALIAS, "news.city.example": "phishing.example"}
    with authority(tmp_path_factory.mktemp("authority"), aliases) as server:
        yield server


@dataclass(frozen=True)
class Laboratory:
    """A recursor with the files and one without, before the same authority."""

    root: Server
    blocking: Recursor
    without: Recursor


@pytest.fixture(scope="module")
def laboratory(root: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    with_files, bare = tmp_path_factory.mktemp("with"), tmp_path_factory.mktemp("without")
    with recursor(with_files, root, made(with_files, plan_of_an_app())) as blocking, recursor(bare, root) as without:
        yield Laboratory(root, blocking, without)


def test_restricted_names_are_blocked_and_neighbours_are_open(
    laboratory: Laboratory, capsys: pytest.CaptureFixture[str]
) -> None:
    """Apex, subdomain, deep subdomain and mixed case are blocked for A, AAAA and HTTPS; every neighbour answers."""
    assert not wrong(laboratory.blocking, version(), "pdns-recursor", capsys)


def test_the_fixture_is_alive(laboratory: Laboratory) -> None:
    """Every restricted name answers through the same recursor without the files."""
    assert all(laboratory.without.ask(*q).open for q in itertools.product(BLOCKED_NAMES, TYPES))


@pytest.mark.parametrize("more", [("NS",), ("DS",), ("TXT",), ("ANY",), ("CNAME",), ("A", "+tcp")], ids="-".join)
def test_every_other_type_and_tcp_are_blocked(laboratory: Laboratory, more: tuple[str, ...]) -> None:
    """A program that asks for another record, or over TCP, hears the same."""
    for name in ("tiktokv.com", "x.eu.tiktokv.com"):
        assert laboratory.blocking.ask(name, *more).blocked


def test_the_recursor_holds_exactly_our_records(laboratory: Laboratory) -> None:
    """Its own dump has both records of every entry and no others; the policy has the zone's name."""
    entries = made(Path("/etc/powerdns"), plan_of_an_app())[0].entries
    both = {f"{wild}{e}.{ZONE}. 300 IN CNAME ." for e in entries for wild in ("", "*.")}
    rules = laboratory.blocking.rules(ZONE)
    assert (set(rules), len(rules)) == (both, len(both))
    assert 'disable-packetcache="yes"' in laboratory.blocking.control("get-parameter", "disable-packetcache")


def test_refusals_come_from_the_policy(laboratory: Laboratory) -> None:
    """The recursor counts one hit for each restricted question, and none for a neighbour."""
    before = int(laboratory.blocking.control("get", "policy-hits"))
    assert laboratory.blocking.ask("video.tiktokcdn.com", "A").blocked
    assert laboratory.blocking.ask("nottiktokv.com", "A").open
    assert int(laboratory.blocking.control("get", "policy-hits")) == before + 1


def test_an_own_name_that_points_at_a_blocked_one_stops_working(laboratory: Laboratory) -> None:
    """The trap stated as over-reach is real, also for an alias of an alias: so a name in front hides nothing either."""
    found = PdnsRecursor().compile(plan_of_an_app(), {}, 1)
    assert any("CNAME" in o.who for o in found.over_reach)
    for name, rrtype in itertools.product((OWN_ALIAS, "old.city.example"), ("A", "AAAA")):
        assert laboratory.without.ask(name, rrtype).open
        assert laboratory.blocking.ask(name, rrtype).blocked
    assert laboratory.blocking.ask("other.city.example", "A").open


@pytest.fixture(scope="module")
def separate(root: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recursor]:
    folder = tmp_path_factory.mktemp("separate")
    with recursor(folder, root, made(folder, SEPARATE)) as server:
        yield server


@pytest.mark.parametrize("name", ["tiktokv.com", "x.eu.tiktokv.com", OWN_ALIAS])
@pytest.mark.parametrize("first", ["127.0.0.3", "127.0.0.4"], ids=["blocked-first", "left-out-first"])
def test_networks_that_are_not_to_be_blocked_get_every_name(separate: Recursor, name: str, first: str) -> None:
    """Clients of a network that is left out are answered and all others blocked, whoever asked before."""
    expected = {"127.0.0.3": False, "127.0.0.4": True, "127.0.0.7": True, "127.0.0.8": False}
    for address in (first, *expected, first):
        answer = separate.ask(name, "A", "-b", address)
        assert (answer.open, answer.blocked) == (expected[address], not expected[address]), address


def test_the_recursor_reads_both_kinds_of_ranges(separate: Recursor) -> None:
    """Its dump has a rule for each range, of either version."""
    ranges = [r for r in separate.rules(ZONE) if "client-ip" in r]
    assert sorted(ranges) == [
        f"30.4.0.0.127.rpz-client-ip.{ZONE}. 300 IN CNAME rpz-passthru.",
        f"64.zz.7.db8.2001.rpz-client-ip.{ZONE}. 300 IN CNAME rpz-passthru.",
    ]


def test_with_a_packet_cache_one_client_is_answered_for_all(root: Server, tmp_path: Path) -> None:
    """Why `ordinance.conf` ships: without it a blocked client gets what one left out asked for, and the reverse."""
    with recursor(tmp_path, root, made(tmp_path, SEPARATE), without="ordinance.conf") as server:
        assert server.ask("tiktokv.com", "A", "-b", "127.0.0.4").open
        assert server.ask("tiktokv.com", "A", "-b", "127.0.0.3").open
        assert server.ask("tiktokcdn.com", "A", "-b", "127.0.0.3").blocked
        assert server.ask("tiktokcdn.com", "A", "-b", "127.0.0.4").blocked


def test_a_defpol_would_block_who_is_left_out(root: Server, tmp_path: Path) -> None:
    """Why the Lua file has none: the answer of `defpol` stands in the place of `rpz-passthru` too."""
    zone, lua, conf = made(tmp_path, SEPARATE)
    with_one = replace(lua, content=lua.content.replace(b"{policyName", b"{defpol=Policy.NXDOMAIN, policyName"))
    assert with_one != lua
    with recursor(tmp_path, root, (zone, with_one, conf)) as server:
        assert server.ask("tiktokv.com", "A", "-b", "127.0.0.4").blocked


OWN_ZONE = """$ORIGIN own.policy.
$TTL 60
@ IN SOA localhost. hostmaster.localhost. 1 3600 600 86400 60
@ IN NS localhost.
phishing.example IN CNAME .
128.1.zz.db8.2001.rpz-ip IN CNAME .
"""


@pytest.mark.parametrize("place", ["before", "behind"])
def test_a_network_left_out_is_let_past_other_policy_zones(root: Server, tmp_path: Path, place: str) -> None:
    """The over-reach is real: a body's own zone behind ours protects nobody there any more, one before ours does.

    That goes for names, for names behind a CNAME, and for addresses in answers; everybody else keeps the protection.
    """
    found = PdnsRecursor().compile(SEPARATE, {}, 1).over_reach
    assert ("separate", "whoever your other policy zones protect") in {(o.network, o.who) for o in found}
    (tmp_path / "own.zone").write_text(OWN_ZONE, encoding="ascii")
    own = f'rpzFile("{tmp_path}/own.zone", {{policyName="own.policy"}})\n'
    with recursor(tmp_path, root, made(tmp_path, SEPARATE), **{place: own}) as server:
        assert len(server.rules("own.policy")) == 2
        protected = (("phishing.example", "A"), ("news.city.example", "A"), ("x.example", "AAAA"))
        assert all(server.ask(*q, "-b", "127.0.0.3").blocked for q in protected)
        for question in protected:
            answer = server.ask(*question, "-b", "127.0.0.5")
            assert (answer.open, answer.blocked) == (place == "behind", place == "before")
        for client, is_open in (("127.0.0.3", False), ("127.0.0.5", True)):
            assert server.ask("tiktokv.com", "A", "-b", client).open == is_open
            assert server.ask("nottiktokv.com", "A", "-b", client).open


def test_a_new_zone_acts_at_once_and_an_empty_one_lifts_it(root: Server, tmp_path: Path) -> None:
    """After `reload-lua-config` names that were asked for before are blocked; the zone without demands opens them."""
    with recursor(tmp_path, root, made(tmp_path, LIFTED)) as server:
        assert server.rules(ZONE) == []
        assert all(server.ask(name, "A").open for name in RESTRICTED)
        lay(tmp_path, made(tmp_path, plan_of_an_app()))
        assert all(server.ask(name, "A").open for name in RESTRICTED)
        assert "Reloaded" in server.control("reload-lua-config")
        assert all(server.ask(name, "A").blocked for name in RESTRICTED)
        lay(tmp_path, made(tmp_path, LIFTED))
        assert "Reloaded" in server.control("reload-lua-config")
        assert server.rules(ZONE) == []
        assert all(server.ask(name, "A").open for name in RESTRICTED)


@pytest.mark.parametrize("fault", ["missing", "broken"])
def test_a_zone_that_cannot_be_read_opens_everything_and_only_the_dump_shows_it(
    root: Server, tmp_path: Path, fault: str
) -> None:
    """`rec_control` says that all went well; the page therefore asks to count the rules."""
    with recursor(tmp_path, root, made(tmp_path, plan_of_an_app())) as server:
        assert server.rules(ZONE)
        zone = tmp_path / f"{ZONE}.zone"
        if fault == "missing":
            zone.unlink()
        else:
            zone.write_bytes(zone.read_bytes() + b"half a record (\n")
        assert "Reloaded" in server.control("reload-lua-config")
        assert server.ask("tiktokv.com", "A").open
        assert server.control("dump-rpz", ZONE, str(tmp_path / "none")) == f"No RPZ zone named {ZONE}\n"


def test_names_between_two_listed_ones_are_blocked_even_where_nobody_writes_them(root: Server, tmp_path: Path) -> None:
    """4.8 departs from the draft here and lets a wildcard reach beneath an empty name; the zone does not rely on it."""
    zone, lua, conf = made(tmp_path, plan_of_an_app())
    fewer = b"".join(r for r in zone.content.splitlines(True) if b"between" not in r and b"*.isnssdk" not in r)
    fewer = fewer.replace(b"*.eu.tiktokv.com IN CNAME .\n", b"")
    assert len(fewer.splitlines()) == len(zone.content.splitlines()) - 4
    with recursor(tmp_path, root, (replace(zone, content=fewer), lua, conf)) as server:
        assert len(server.rules(ZONE)) == 2 * len(RESTRICTED)
        assert all(server.ask(name, "A").blocked for name in BLOCKED_NAMES)


@pytest.mark.parametrize("rrtype", TYPES)
def test_a_garden_answers_in_the_place_of_a_blocked_name(garden: Recursor, rrtype: str) -> None:
    """Who asks for a restricted name, one beneath it, or an alias of one is sent to the page that the settings name."""
    for name in ("tiktokv.com", "x.eu.tiktokv.com", OWN_ALIAS):
        *_, alias, address = garden.ask(name, rrtype).records
        assert alias.split()[3:] == ["CNAME", "blocked.city.example."]
        assert (address.split()[0], address.split()[3]) == ("blocked.city.example.", rrtype)
    assert not any("blocked" in r for r in garden.ask("tiktok.com", rrtype).records)


@pytest.fixture(scope="module")
def garden(root: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recursor]:
    folder = tmp_path_factory.mktemp("garden")
    settings = {"answer": "garden", "garden": "blocked.city.example"}
    with recursor(folder, root, made(folder, plan_of_an_app(), settings)) as server:
        yield server


@pytest.mark.parametrize(
    ("answer", "validating"),
    [("nxdomain", False), ("nxdomain", True), ("nodata", True)],
    ids=["plain", "validating", "nodata"],
)
def test_a_signed_name_is_blocked_for_who_asks_for_signatures(
    tmp_path_factory: pytest.TempPathFactory, answer: str, validating: bool
) -> None:
    """Neither the DO bit nor CD opens a signed name, also where the recursor validates; the neighbour is signed."""
    signed, folder = tmp_path_factory.mktemp("signed"), tmp_path_factory.mktemp("recursor")
    # An alias beside each question: 4.8 cannot validate what a wildcard at the root itself made up.
    aliases = {OWN_ALIAS: "www.tiktokv.com", "b.tiktokv.com": "other.city.example", "b.probe.test": OWN_ALIAS}
    with authority(signed, aliases, signed=True) as server:
        anchor = root_anchor(signed) if validating else ""
        artefacts = made(folder, plan_of_an_app(), {"answer": answer})
        with recursor(folder, server, artefacts, anchor) as resolver:
            status = {"nxdomain": "NXDOMAIN", "nodata": "NOERROR"}[answer]
            assert any("RRSIG" in r for r in resolver.ask("nottiktokv.com", "A", "+dnssec").records)
            for flags in (("+dnssec",), ("+dnssec", "+cd")):
                for name, rrtype in itertools.product(("tiktokcdn.com", "api.tiktokv.com", OWN_ALIAS), ("A", "HTTPS")):
                    assert server.ask(name, rrtype, "+norecurse").open
                    assert resolver.ask(name, rrtype, *flags) == Answer(status, ())


def test_names_at_the_limit_load_and_block(root: Server, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The longest name that is no gap is loaded and blocked. One octet more is a gap: it would open the whole zone."""
    room = 255 - len("1*") - len("3rpz9ordinance0") - len("7tiktokv3com")  # octets, each label after its length
    labels = ["a" * 60] * 3
    fits = ".".join([*labels, "b" * (room - 61 * 3 - 1), "tiktokv", "com"])
    longer = ".".join([*labels, "b" * (room - 61 * 3), "tiktokv", "com"])
    plan = plans.plan(plans.demand(identifier(fits), identifier(longer), identifier("musical.ly")))
    gaps = PdnsRecursor().compile(plan, {}, 1).gaps
    assert [g.identifier for g in gaps if g.id == "name-too-long"] == [longer]
    folder = tmp_path_factory.mktemp("long")
    zone, lua, conf = made(folder, plan)
    with recursor(folder, root, (zone, lua, conf)) as server:
        assert len(server.rules(ZONE)) == 4
        assert server.ask(fits, "A").blocked
        assert server.ask(longer, "A").open
        too_much = zone.content + f"{longer} IN CNAME .\n*.{longer} IN CNAME .\n".encode("ascii")
        lay(folder, (replace(zone, content=too_much),))
        server.control("reload-lua-config")
        assert server.ask("musical.ly", "A").open
