# SPDX-License-Identifier: EUPL-1.2
"""BIND with the policy zone as it ships: restricted names are blocked, neighbours are not.

Shows what a loopback resolver does. It cannot show what an app does when its names are blocked.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import pytest

from lab.dns import Server, authority, control, lay, named_conf, resolver, run, wait
from ordinance.model.apps import Surface
from ordinance.model.target import Artefact, Compiled, Plan
from ordinance.targets.dns_rpz import DnsRpz

from . import plans
from .master_file import records
from .neighbours import BLOCKED_NAMES, LATER, LIFTED, NEW, RESTRICTED, TYPES, app_only, astray, plan_of_an_app, wrong
from .plans import identifier

pytestmark = pytest.mark.consumer("bind9", "bind9-dnsutils", "nsd")

OWN_ALIAS = "portal.city.example"
ZONE = "rpz.ordinance"


def compiled() -> Compiled:
    return app_only(DnsRpz())


@dataclass(frozen=True)
class Laboratory:
    """The authority, a resolver with the zone and one without."""

    authority: Server
    with_zone: Server
    without: Server


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    new = tmp_path_factory.mktemp
    with (
        authority(new("authority"), {OWN_ALIAS: "www.tiktokv.com"}) as root,
        resolver(new("with"), root, compiled().artefacts) as with_zone,
        resolver(new("without"), root) as without,
    ):
        yield Laboratory(root, with_zone, without)


def test_restricted_names_are_blocked_and_neighbours_are_open(
    laboratory: Laboratory, capsys: pytest.CaptureFixture[str]
) -> None:
    """Apex, subdomain, deep subdomain and mixed case are blocked for A, AAAA and HTTPS; every neighbour answers."""
    version = run("named", "-v").split()[1]
    assert not wrong(laboratory.with_zone, version, "bind9", capsys)


def test_the_fixture_is_alive(laboratory: Laboratory) -> None:
    """Every restricted name answers at the authority, and through the same resolver without the zone."""
    for question in itertools.product(BLOCKED_NAMES, TYPES):
        assert laboratory.authority.ask(*question, "+norecurse").open
        assert laboratory.without.ask(*question).open
    assert not laboratory.without.rules_fired


def test_bind_names_the_rule_that_fired(laboratory: Laboratory) -> None:
    """The refusal comes from our records: BIND's log says which, for the name and for its wildcard."""
    for name in ("tiktokcdn.com", "video.tiktokcdn.com"):
        assert laboratory.with_zone.ask(name, "A").blocked
    fired = "\n".join(laboratory.with_zone.rules_fired)
    assert "rewrite tiktokcdn.com/A/IN via tiktokcdn.com.rpz.ordinance" in fired
    assert "rewrite video.tiktokcdn.com/A/IN via video.tiktokcdn.com.rpz.ordinance" in fired


def test_an_own_name_that_points_at_a_blocked_one_stops_working(laboratory: Laboratory) -> None:
    """The trap stated as over-reach is real: an alias of the city's own loses its address; its neighbour keeps it."""
    assert any("CNAME" in o.who for o in compiled().over_reach)
    assert laboratory.without.ask(OWN_ALIAS, "A").open
    assert not any("192.0.2.1" in r for r in laboratory.with_zone.ask(OWN_ALIAS, "A").records)
    assert laboratory.with_zone.ask("other.city.example", "A").open


def test_bind_holds_exactly_our_records(laboratory: Laboratory) -> None:
    """A zone transfer gives back the SOA with our serial, the NS, and both records of every entry, no more."""
    soa, *rows, again = laboratory.with_zone.transfer("rpz.ordinance")
    assert soa == again
    assert soa.split()[6] == "20230401"
    owners = sorted(r.split()[0] for r in rows if r.split()[3] == "CNAME" and r.split()[4] == ".")
    entries = compiled().artefacts[0].entries
    assert owners == sorted(f"{wild}{e}.rpz.ordinance." for e in entries for wild in ("", "*."))
    assert len(rows) == len(owners) + 1


def test_the_checkers_accept_and_see_every_record(tmp_path: Path) -> None:
    """named-checkzone dumps as many records as we wrote; named-checkconf prints our policy back without a complaint."""
    zone, *_ = artefacts = compiled().artefacts
    for a in artefacts:
        (tmp_path / PurePosixPath(a.path).name).write_bytes(a.content)
    file = str(tmp_path / "rpz.ordinance.zone")
    dumped = run("named-checkzone", "-D", "-q", "-i", "none", "rpz.ordinance", file).splitlines()
    assert len(dumped) == len(records(zone.content)) == 2 * len(zone.entries) + 2
    assert "loaded serial 20230401" in run("named-checkzone", "rpz.ordinance", file)
    printed = run("named-checkconf", "-p", str(named_conf(tmp_path, 5353, 5354, True)))
    assert 'zone "rpz.ordinance"' in printed
    assert "break-dnssec yes qname-wait-recurse no" in " ".join(printed.split())
    assert run("named-checkconf", "-z", str(tmp_path / "named.conf")).startswith("zone rpz.ordinance/IN: loaded serial")


def test_nodata_leaves_the_name_but_no_address(tmp_path_factory: pytest.TempPathFactory) -> None:
    """With `answer = "nodata"` a restricted name exists and has no record of any type."""
    new, plan = tmp_path_factory.mktemp, plans.plan(plans.demand(identifier("tiktokv.com")))
    artefacts = DnsRpz().compile(plan, {"answer": "nodata"}, 1).artefacts
    with authority(new("authority")) as root, resolver(new("nodata"), root, artefacts) as server:
        for question in itertools.product(("tiktokv.com", "api.tiktokv.com"), TYPES):
            answer = server.ask(*question)
            assert (answer.status, answer.records) == ("NOERROR", ())
        assert server.ask("nottiktokv.com", "A").open


def test_a_signed_name_is_blocked_for_who_asks_for_signatures(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A client that sets the DO bit does not slip past the zone on a signed name; the probe shows real signatures."""
    new = tmp_path_factory.mktemp
    with authority(new("signed"), signed=True) as root, resolver(new("resolver"), root, compiled().artefacts) as server:
        assert any("RRSIG" in r for r in server.ask("nottiktokv.com", "A", "+dnssec").records)
        assert server.ask("api.tiktokv.com", "A", "+dnssec").blocked
        assert server.ask("tiktokv.com", "AAAA", "+dnssec").blocked


def test_names_at_the_limit_load_and_block(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The longest name that is not a gap is loaded by BIND with its wildcard and blocked; one octet more is a gap."""
    room = 255 - len("1*") - len("3rpz9ordinance0") - len("7tiktokv3com")  # octets, each label after its length
    labels = ["a" * 60] * 3
    fits = ".".join([*labels, "b" * (room - 61 * 3 - 1), "tiktokv", "com"])
    longer = ".".join([*labels, "b" * (room - 61 * 3), "tiktokv", "com"])
    plan = plans.plan(plans.demand(identifier(fits), identifier(longer)))
    found = DnsRpz().compile(plan, {}, 1)
    assert [g.identifier for g in found.gaps if g.id == "name-too-long"] == [longer]
    new = tmp_path_factory.mktemp
    with authority(new("authority")) as root, resolver(new("long"), root, found.artefacts) as server:
        assert len(server.transfer("rpz.ordinance")) == 2 + 1 + 2
        assert server.ask(fits, "A").blocked
        assert server.ask(longer, "A").open


def test_a_garden_answers_in_the_place_of_a_blocked_name(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Who asks for a restricted name, or one beneath it, is sent to the page that the settings name; others are not."""
    new, garden = tmp_path_factory.mktemp, "blocked.city.example"
    artefacts = app_only(DnsRpz(), {"answer": "garden", "garden": garden}).artefacts
    with authority(new("authority")) as root, resolver(new("garden"), root, artefacts) as server:
        for question in itertools.product(BLOCKED_NAMES, ("A", "AAAA")):
            alias, address = server.ask(*question).records
            assert alias.split()[3:] == ["CNAME", f"{garden}."]
            assert address.split()[0] == f"{garden}."
        assert not any(garden in r for r in server.ask("tiktok.com", "A").records)


def test_networks_that_are_not_to_be_blocked_get_every_name(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Clients of a network that the target does not serve are answered; the next address is blocked."""
    new = tmp_path_factory.mktemp
    others = (plans.network("separate", "127.0.0.4/30"), plans.network("v6", "2001:db8:7::/64"))
    made = DnsRpz().compile(replace(plan_of_an_app(), others=others), {}, 1)
    assert made.artefacts[0].left_out == ("127.0.0.4/30", "2001:db8:7::/64")
    with authority(new("authority")) as root, resolver(new("passthru"), root, made.artefacts) as server:
        for address, is_open in (("127.0.0.3", False), ("127.0.0.4", True), ("127.0.0.7", True), ("127.0.0.8", False)):
            for question in itertools.product(("tiktokv.com", "x.eu.tiktokv.com"), TYPES):
                answer = server.ask(*question, "-b", address)
                assert (answer.open, answer.blocked) == (is_open, not is_open)
        owners = {r.split()[0] for r in server.transfer("rpz.ordinance")}
        assert "64.zz.7.db8.2001.rpz-client-ip.rpz.ordinance." in owners


@pytest.mark.slow
def test_five_thousand_names_load(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A zone of 5,000 names is loaded whole; the first and the last are blocked and a name between is open."""
    names = [f"n{i:04}.restricted{i % 7}.example" for i in range(5000)]
    artefacts = DnsRpz().compile(plans.plan(plans.demand(*map(identifier, names))), {}, 1).artefacts
    new = tmp_path_factory.mktemp
    with authority(new("authority")) as root, resolver(new("many"), root, artefacts) as server:
        assert len(server.transfer("rpz.ordinance")) == 2 * 5000 + 3
        assert server.ask(names[0], "A").blocked
        assert server.ask(f"x.{names[-1]}", "AAAA").blocked
        assert server.ask("restricted1.example", "A").open


def test_the_empty_zone_of_a_lifted_rule_blocks_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    """When the last demand is gone BIND loads the zone that remains, and every name answers."""
    artefacts = DnsRpz().compile(plans.plan(plans.demand(surface=Surface.VENUE)), {}, 2).artefacts
    new = tmp_path_factory.mktemp
    with authority(new("authority")) as root, resolver(new("lifted"), root, artefacts) as server:
        assert len(server.transfer("rpz.ordinance")) == 3
        assert all(server.ask(name, "A").open for name in RESTRICTED)


LIFTED_RULE = plans.plan(plans.demand(surface=Surface.VENUE))


def later(serial: int, plan: Plan) -> Artefact:
    """The zone of a later bundle: the file that the page says to copy."""
    return DnsRpz().compile(plan, {}, serial).artefacts[0]


def without_the_minute(artefacts: tuple[Artefact, ...]) -> tuple[Artefact, ...]:
    """The options as a body writes them into a list of its own: BIND shall not wait between two loads of a zone."""
    zone, options, clause = artefacts
    own = options.content.replace(b"break-dnssec yes", b"break-dnssec yes min-update-interval 0")
    assert own != options.content
    return zone, replace(options, content=own), clause


def serial(server: Server) -> str:
    """That of the zone which BIND holds, as the page says to look."""
    return control(server, "zonestatus", ZONE).partition("serial: ")[2].partition("\n")[0]


@pytest.mark.consumer("bind9-utils")
def test_a_later_zone_is_taken_by_the_command_of_the_page(laboratory: Laboratory, tmp_path: Path) -> None:
    """`rndc reload`: a new name is blocked although it was asked for before, one that is gone opens, neighbours stay.

    So do networks that are left out from then on; and the zone of a rule that has ended opens everything.
    """
    with resolver(tmp_path, laboratory.authority, without_the_minute(compiled().artefacts)) as server:
        assert astray(server, RESTRICTED) == []
        others = (plans.network("separate", "127.0.0.4/30"),)
        lay(tmp_path, [later(20230402, replace(plan_of_an_app(LATER), others=others))])
        assert astray(server, RESTRICTED) == []
        assert control(server, "reload", ZONE) == "zone reload queued\n"
        wait("the new name is blocked", lambda: server.ask(NEW, "A").blocked)
        wait("the later zone holds in full", lambda: astray(server, LATER) == [])
        assert astray(server, (), "-b", "127.0.0.4") == []
        assert serial(server) == "20230402"
        lay(tmp_path, [later(20230403, LIFTED_RULE)])
        assert control(server, "reload", ZONE) == "zone reload queued\n"
        wait("the zone is empty", lambda: len(server.transfer(ZONE)) == 3)
        assert astray(server, ()) == []


@pytest.mark.slow
@pytest.mark.consumer("bind9-utils")
def test_bind_blocks_new_names_a_minute_after_the_last_load_and_opens_at_once(
    laboratory: Laboratory, tmp_path: Path
) -> None:
    """As it ships, with BIND's own minute between two loads: the page says so, and that nothing that ends waits."""
    with resolver(tmp_path, laboratory.authority, compiled().artefacts) as server:
        lay(tmp_path, [later(20230402, plan_of_an_app(LATER))])
        control(server, "reload", ZONE)
        wait("BIND puts it off", lambda: "new zone version came too soon, deferring update for" in server.log)
        assert serial(server) == "20230402"
        assert server.ask(NEW, "A").open
        assert server.ask(LIFTED, "A").open
        assert server.ask("tiktokv.com", "A").blocked
        wait("the minute is over", lambda: server.ask(NEW, "A").blocked, within_s=75)
        wait("the later zone holds in full", lambda: astray(server, LATER) == [])
        lay(tmp_path, [later(20230403, LIFTED_RULE)])
        control(server, "reload", ZONE)
        wait("the zone is empty", lambda: len(server.transfer(ZONE)) == 3)
        assert astray(server, ()) == []


@pytest.mark.consumer("bind9-utils")
def test_bind_leaves_an_older_file_unread_and_keeps_a_zone_that_it_cannot_read(
    laboratory: Laboratory, tmp_path: Path
) -> None:
    """Why the page says how to copy and to look at the serial: a copy that keeps its time is not read.

    And of a file that is no zone `rndc` says what it says of any other.
    """
    file = tmp_path / "rpz.ordinance.zone"
    with resolver(tmp_path, laboratory.authority, without_the_minute(compiled().artefacts)) as server:
        lay(tmp_path, [later(20230402, plan_of_an_app(LATER))])
        os.utime(file, (1_600_000_000, 1_600_000_000))
        assert control(server, "reload", ZONE) == "zone reload up-to-date\n"
        assert serial(server) == "20230401"
        assert astray(server, RESTRICTED) == []
        os.utime(file)
        assert control(server, "reload", ZONE) == "zone reload queued\n"
        wait("the new name is blocked", lambda: server.ask(NEW, "A").blocked)
        file.write_bytes(later(20230403, plan_of_an_app()).content + b"half a record (\n")
        assert control(server, "reload", ZONE) == "zone reload queued\n"
        wait("BIND has tried", lambda: "not loaded due to errors" in server.log)
        assert serial(server) == "20230402"
        wait("the later zone holds in full", lambda: astray(server, LATER) == [])


@pytest.mark.consumer("bind9-utils")
def test_both_includes_come_and_go_with_the_command_of_the_page(laboratory: Laboratory, tmp_path: Path) -> None:
    """`rndc reconfig` without the two lines opens every name, and with them again blocks, without a restart."""
    config = tmp_path / "named.conf"
    with resolver(tmp_path, laboratory.authority, compiled().artefacts) as server:
        ours = config.read_text(encoding="utf-8")
        bare = re.sub(r'include "[^"]*/named\.(options|zone)\.conf";', "", ours)
        assert astray(server, RESTRICTED) == []
        config.write_text(bare, encoding="utf-8")
        control(server, "reconfig")
        wait("the zone is gone", lambda: server.ask("tiktokv.com", "A").open)
        assert astray(server, ()) == []
        config.write_text(ours, encoding="utf-8")
        control(server, "reconfig")
        wait("the zone is there", lambda: server.ask("tiktokv.com", "A").blocked)
        assert astray(server, RESTRICTED) == []


@pytest.mark.consumer("bind9-utils")
def test_with_views_the_zone_is_loaded_in_each_by_its_name(laboratory: Laboratory, tmp_path: Path) -> None:
    """`rndc reload` without a view is refused and loads nothing; with one it loads the zone there and nowhere else."""
    config = tmp_path / "named.conf"
    ours = [rf'include "[^"]*/named\.{part}\.conf";' for part in ("options", "zone")]
    with resolver(tmp_path, laboratory.authority, without_the_minute(compiled().artefacts)) as server:
        text = config.read_text(encoding="utf-8")
        both = " ".join(found.group() for line in ours if (found := re.search(line, text)))
        text = re.sub("|".join(ours), "", text)
        text += f'view "inside" {{ match-clients {{ 127.0.0.2; }}; {both} }};\nview "others" {{ {both} }};\n'
        config.write_text(text, encoding="utf-8")
        control(server, "reconfig")
        wait("the views are there", lambda: "serial: 20230401" in control(server, "zonestatus", ZONE, "IN", "inside"))
        lay(tmp_path, [later(20230402, plan_of_an_app(LATER))])
        assert "was found in multiple views" in control(server, "reload", ZONE)
        assert control(server, "reload", ZONE, "IN", "inside") == "zone reload queued\n"
        wait("the new name is blocked", lambda: server.ask(NEW, "A", "-b", "127.0.0.2").blocked)
        assert astray(server, LATER, "-b", "127.0.0.2") == []
        assert astray(server, RESTRICTED) == []
        assert control(server, "reload", ZONE, "IN", "others") == "zone reload queued\n"
        wait("the new name is blocked", lambda: server.ask(NEW, "A").blocked)
        wait("the later zone holds in full", lambda: astray(server, LATER) == [])
