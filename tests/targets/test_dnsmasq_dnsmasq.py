# SPDX-License-Identifier: EUPL-1.2
"""dnsmasq with the file of names as it ships: restricted names are blocked, neighbours are not, and what stays open.

Shows what a loopback resolver does. It cannot show what an app does when its names are blocked, nor what Pi-hole does.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest

from lab.dns import Server, authority, run, wait
from lab.dnsmasq import check, reload, resolver
from ordinance.model.apps import Surface
from ordinance.model.target import Artefact
from ordinance.targets.dnsmasq import Dnsmasq

from . import plans
from .neighbours import BLOCKED_NAMES, RESTRICTED, TYPES, app_only, wrong
from .plans import identifier

pytestmark = pytest.mark.consumer("dnsmasq", "bind9-dnsutils", "nsd")

WAYS = ("conf-file", "servers-file")  # by which dnsmasq is told of the file
# A cloaked name and one of the city's own, and what they are a CNAME for.
ALIASES = {"metrics.shop.example": "log.isnssdk.eu.tiktokv.com", "portal.city.example": "www.tiktokv.com"}


def names_of(*names: str) -> tuple[Artefact, ...]:
    return Dnsmasq().compile(plans.plan(plans.demand(*map(identifier, names))), {}, 1).artefacts


@dataclass(frozen=True)
class Laboratory:
    """The authority, dnsmasq with the file by each way, and one without."""

    authority: Server
    with_names: dict[str, Server]
    without: Server


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    new, made = tmp_path_factory.mktemp, app_only(Dnsmasq()).artefacts
    with (
        authority(new("authority"), ALIASES) as root,
        resolver(new("conf"), root, made, "conf-file") as by_conf,
        resolver(new("servers"), root, made, "servers-file") as by_servers,
        resolver(new("without"), root) as without,
    ):
        yield Laboratory(root, dict(zip(WAYS, (by_conf, by_servers), strict=True)), without)


@pytest.mark.parametrize("way", WAYS)
def test_restricted_names_are_blocked_and_neighbours_are_open(
    laboratory: Laboratory, way: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Apex, subdomain, deep subdomain and mixed case are blocked for A, AAAA and HTTPS; every neighbour answers."""
    version = run("dnsmasq", "--version").split()[2]
    assert not wrong(laboratory.with_names[way], version, f"dnsmasq ({way})", capsys)


def test_the_fixture_is_alive(laboratory: Laboratory) -> None:
    """Every restricted name answers at the authority, and through the same program without the file."""
    for question in itertools.product(BLOCKED_NAMES, TYPES):
        assert laboratory.authority.ask(*question, "+norecurse").open
        assert laboratory.without.ask(*question).open


@pytest.mark.parametrize("rrtype", ["TXT", "MX", "NS", "SOA", "SRV", "SVCB", "CNAME", "DS", "DNSKEY", "ANY", "TYPE999"])
def test_no_type_of_record_gets_through(laboratory: Laboratory, rrtype: str) -> None:
    """Whatever is asked for, a restricted name does not exist; over TCP too."""
    for way, name in itertools.product(WAYS, ("tiktokv.com", "api.tiktokv.com")):
        assert laboratory.with_names[way].ask(name, rrtype).blocked
        assert laboratory.with_names[way].ask(name, rrtype, "+tcp").blocked


@pytest.mark.parametrize("way", WAYS)
def test_a_name_that_points_at_a_blocked_one_stays_open_as_the_gap_says(
    laboratory: Laboratory, tmp_path: Path, way: str
) -> None:
    """CNAME cloaking: the address behind the restricted name is handed out, and from the cache under that name too."""
    made = app_only(Dnsmasq())
    (reason,) = {g.reason for g in made.gaps if g.id == "cname-cloaked-names"}
    assert "from the cache" in reason
    assert not any("CNAME" in o.who for o in made.over_reach)
    with resolver(tmp_path, laboratory.authority, made.artefacts, way) as server:
        for name, target in ALIASES.items():
            assert server.ask(target, "A").blocked
            alias, address = server.ask(name, "A").records
            assert alias.split()[3:] == ["CNAME", f"{target}."]
            assert address.split()[3:] == ["A", "192.0.2.1"]
            assert server.ask(target, "A").open
            assert not server.ask(target, "AAAA").records  # nobody asked for that type yet
        reload(tmp_path, server)
        assert all(server.ask(target, "A").blocked for target in ALIASES.values())


def test_without_a_cache_a_blocked_name_stays_blocked(laboratory: Laboratory, tmp_path: Path) -> None:
    """What the page advises: the cloaked name answers all the same, the restricted one behind it never does."""
    made = app_only(Dnsmasq()).artefacts
    with resolver(tmp_path, laboratory.authority, made, "servers-file", "cache-size=0") as server:
        for name, target in ALIASES.items():
            assert server.ask(name, "A").open
            assert server.ask(target, "A").blocked


def test_a_signed_name_is_blocked_for_who_asks_for_signatures(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A client that sets the DO bit does not slip past on a signed name; the probe shows real signatures."""
    new, made = tmp_path_factory.mktemp, app_only(Dnsmasq()).artefacts
    with authority(new("signed"), signed=True) as root, resolver(new("resolver"), root, made) as server:
        assert any("RRSIG" in r for r in server.ask("nottiktokv.com", "A", "+dnssec").records)
        assert server.ask("api.tiktokv.com", "A", "+dnssec").blocked
        assert server.ask("tiktokv.com", "AAAA", "+dnssec").blocked


@pytest.mark.parametrize("way", WAYS)
def test_a_hang_up_reads_a_servers_file_again_and_no_other(
    laboratory: Laboratory, tmp_path: Path, way: str
) -> None:
    """A later bundle is there without a restart where dnsmasq was told of a `servers-file`, and then alone."""
    (first,), (later,) = names_of("tiktokv.com"), names_of("tiktokcdn.com")
    with resolver(tmp_path, laboratory.authority, (first,), way) as server:
        assert server.ask("tiktokcdn.com", "A").open  # and is now in its cache
        (tmp_path / "ordinance-names.conf").write_bytes(later.content)
        reload(tmp_path, server)
        taken = way == "servers-file"
        wait("the file is read", lambda: server.ask("tiktokcdn.com", "A").blocked == taken)
        assert server.ask("tiktokv.com", "A").open == taken
        (tmp_path / "ordinance-names.conf").unlink()
        reload(tmp_path, server)
        assert server.ask("tiktokcdn.com", "A").blocked == taken  # a file that is gone changes nothing


def test_a_servers_file_that_is_not_there_blocks_nothing(laboratory: Laboratory, tmp_path: Path) -> None:
    """The trap on the page: dnsmasq starts, answers every name, and says so in its log alone."""
    own = f"servers-file={tmp_path / 'nowhere.conf'}"
    with resolver(tmp_path, laboratory.authority, own=own) as server:
        assert server.ask("tiktokv.com", "A").open
        assert "cannot read" in server.log
    assert check(tmp_path / "dnsmasq.conf")[0] == 0


def test_a_second_servers_file_is_refused(laboratory: Laboratory, tmp_path: Path) -> None:
    """The other trap on the page: whoever has a `servers-file` already takes the other way."""
    (tmp_path / "two.conf").write_text("servers-file=/nowhere/a\nservers-file=/nowhere/b\n", encoding="utf-8")
    assert check(tmp_path / "two.conf")[0] == 1


@pytest.mark.parametrize(
    ("own", "still_blocked"),
    [
        ("server=/api.tiktokv.com/127.0.0.1#{port}", {"tiktokv.com", "eu.tiktokv.com"}),
        ("server=/tiktokv.com/127.0.0.1#{port}", set()),
        ("server=/com/127.0.0.1#{port}", {"tiktokv.com", "api.tiktokv.com", "eu.tiktokv.com"}),
        ("host-record=tiktokv.com,192.0.2.7", {"api.tiktokv.com", "eu.tiktokv.com"}),
    ],
)  # fmt: skip
def test_a_line_of_the_owner_about_the_same_name_or_one_beneath_wins(
    laboratory: Laboratory, tmp_path: Path, own: str, still_blocked: set[str]
) -> None:
    """What the page warns of: such a line opens its name again, whether it stands before the file or after."""
    asked, line = {"tiktokv.com", "api.tiktokv.com", "eu.tiktokv.com"}, own.format(port=laboratory.authority.port)
    with resolver(tmp_path, laboratory.authority, names_of("tiktokv.com"), "servers-file", line) as server:
        assert {n for n in asked if server.ask(n, "A").blocked} == still_blocked
        assert {n for n in asked if server.ask(n, "A").open} == asked - still_blocked


def test_odd_and_long_names_are_blocked(laboratory: Laboratory, tmp_path: Path) -> None:
    """The longest name there is, digits, hyphens and punycode that decodes to nothing: each is read as it stands."""
    longest = ".".join(["a" * 63] * 3 + ["b" * 57, "com"])
    odd = ("xn--0.example", "xn--zzzzzzzzzzz.example", "ab--cd.example", "0x7f.example", "1.2.3.4a.example", "x.onion")
    with resolver(tmp_path, laboratory.authority, names_of(longest, *odd)) as server:
        assert len(longest) == 253
        assert all(server.ask(name, "A").blocked for name in (longest, *odd))
        assert server.ask("1.2.3.4b.example", "A").open


def test_a_long_text_is_no_option(laboratory: Laboratory, tmp_path: Path) -> None:
    """A comment of 1,024 letters and more would end in an option: dnsmasq takes the file, and a raw one it refuses."""
    long = "a" * (1024 - len("# ")) + "nonsense"
    demand = plans.demand(identifier("tiktokv.com"), restriction=long)
    (made,) = Dnsmasq().compile(plans.plan(demand, body=long, catalogue_version=long, notice=long), {}, 1).artefacts
    raw = tmp_path / "raw.conf"
    raw.write_text(f"# {long}\n", encoding="ascii")
    assert check(raw) == (1, f"\ndnsmasq: bad option at line 2 of {raw}\n")
    with resolver(tmp_path, laboratory.authority, (made,)) as server:
        assert server.ask("tiktokv.com", "A").blocked


def test_the_checker_accepts_both_files_and_knows_an_option(tmp_path: Path) -> None:
    """`--test` takes what ships and refuses an option it does not know; a name that is none it takes."""
    for artefact in app_only(Dnsmasq(), {"open_resolver": "203.0.113.53, 2001:db8:53::53"}).artefacts:
        file = tmp_path / PurePosixPath(artefact.path).name
        file.write_bytes(artefact.content)
        assert check(file) == (0, "dnsmasq: syntax check OK.\n")
    for line, code in (("serverr=/tiktokv.com/", 1), ("server=/tik..tok/", 0)):
        (tmp_path / "odd.conf").write_text(f"{line}\n", encoding="ascii")
        assert check(tmp_path / "odd.conf")[0] == code


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_many_names_load(laboratory: Laboratory, tmp_path: Path, way: str) -> None:
    """A file of 20,000 names is loaded whole; the first and the last are blocked and a name between is open."""
    names = [f"n{i:05}.restricted{i % 7}.example" for i in range(20_000)]
    with resolver(tmp_path, laboratory.authority, names_of(*names), way) as server:
        assert server.ask(names[0], "A").blocked
        assert server.ask(f"x.{names[-1]}", "AAAA").blocked
        assert server.ask("restricted1.example", "A").open


@pytest.mark.parametrize("way", WAYS)
def test_the_empty_file_of_a_lifted_rule_blocks_nothing(laboratory: Laboratory, tmp_path: Path, way: str) -> None:
    """When the last demand is gone dnsmasq takes the file that remains, and every name answers."""
    made = Dnsmasq().compile(plans.plan(plans.demand(surface=Surface.VENUE)), {}, 2).artefacts
    with resolver(tmp_path, laboratory.authority, made, way) as server:
        assert all(server.ask(name, t).open for name, t in itertools.product(RESTRICTED, TYPES))
