# SPDX-License-Identifier: EUPL-1.2
"""Squid with the list and the rules as they ship: restricted names are refused, neighbours are not.

Shows what a loopback proxy does. It cannot show what an app does that is refused, or one that ignores the proxy.
"""

from __future__ import annotations

import itertools
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from lab.dns import run
from lab.squid import Answer, Proxy, asking, behind, internet, may_serve_at_53, names, proxy, read_answer
from ordinance.model.target import Artefact, Compiled, Plan
from ordinance.targets.squid import Squid

from . import plans
from .neighbours import BLOCKED_NAMES, OPEN_NAMES, plan_of_an_app, show_counts
from .plans import identifier

pytestmark = pytest.mark.consumer("squid")

REQUESTS = (Proxy.get, Proxy.connect)
PAGE = "https://blocked.city.example/why"
FREE = plans.network("separate", "127.0.0.4/30")


def compiled(folder: Path, plan: Plan | None = None, **settings: str) -> Compiled:
    """The target's files, the list sought in `folder`; by default those of an app-only rule, with a free network."""
    plan = plan or replace(plan_of_an_app(), others=(FREE,))
    return Squid().compile(plan, {"folder": str(folder), **settings}, 1)


def lifted(folder: Path) -> tuple[Artefact, ...]:
    """What remains when the last demand is gone."""
    return compiled(folder, plans.plan()).artefacts


@dataclass(frozen=True)
class Laboratory:
    """A server that is every host, a proxy with the files and one without."""

    server: int
    ruled: Proxy
    free: Proxy


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    ruled, free = (tmp_path_factory.mktemp(name) for name in ("ruled", "free"))
    with (
        internet() as server,
        proxy(ruled, compiled(ruled).artefacts, behind(server)) as with_files,
        proxy(free, (), behind(server)) as without,
    ):
        yield Laboratory(server, with_files, without)


def spellings(name: str) -> tuple[str, ...]:
    """A name as clients may write it."""
    return name, f"{name}.", name.upper()


def test_restricted_names_are_refused_and_neighbours_are_open(
    laboratory: Laboratory, capsys: pytest.CaptureFixture[str]
) -> None:
    """Apex, subdomains, mixed case, last dot: refused for http and for tunnels, from two addresses; neighbours open."""
    where = ("127.0.0.1", "127.0.0.8")
    asked = {
        names: [(how, n, w) for name in names for n in spellings(name) for how in REQUESTS for w in where]
        for names in (BLOCKED_NAMES, OPEN_NAMES)
    }
    slipped = [q for q in asked[BLOCKED_NAMES] if not q[0](laboratory.ruled, *q[1:]).refused]
    broken = [q for q in asked[OPEN_NAMES] if not q[0](laboratory.ruled, *q[1:]).open]
    (blocked, opened), version = (len(q) for q in asked.values()), run("squid", "-v").split()[3]
    show_counts("squid", version, (blocked - len(slipped), blocked), (opened - len(broken), opened), capsys)
    assert not slipped + broken


def test_the_fixture_is_alive(laboratory: Laboratory) -> None:
    """Every restricted name answers through the proxy without the files, and Squid complains of nothing in them."""
    for name, how in itertools.product(BLOCKED_NAMES, REQUESTS):
        assert how(laboratory.free, name).open
    for squid in (laboratory.ruled, laboratory.free):
        assert not [line for line in squid.log.splitlines() if "WARN" in line.upper() or "ERROR" in line]


@pytest.mark.parametrize(
    "request_line",
    [
        "GET http://tiktokv.com:8080/x", "GET HTTP://tiktokv.com/", "GET http://somebody@tiktokv.com/",
        "GET http://open.example:80@tiktokv.com/", "GET https://tiktokv.com/", "GET ftp://tiktokv.com/",
        "POST http://tiktokv.com/", "OPTIONS http://tiktokv.com/", "CONNECT tiktokv.com..:443",
        "CONNECT tiktokv.com:8443",
    ],
)  # fmt: skip
def test_no_way_to_write_a_request_slips_past(laboratory: Laboratory, request_line: str) -> None:
    """Another port, method or scheme, a user before the name: the name is what counts."""
    assert laboratory.ruled.ask(request_line).refused
    assert laboratory.free.ask(request_line).open


def test_networks_that_are_not_to_be_blocked_get_every_name(laboratory: Laboratory) -> None:
    """Clients of the range left out reach restricted names; the addresses before and after it do not."""
    for address, is_open in (("127.0.0.3", False), ("127.0.0.4", True), ("127.0.0.7", True), ("127.0.0.8", False)):
        for name, how in itertools.product(("tiktokv.com", "x.eu.tiktokv.com"), REQUESTS):
            answer = how(laboratory.ruled, name, address)
            assert (answer.open, answer.refused) == (is_open, not is_open)


def test_an_address_in_place_of_a_name_is_not_stopped(laboratory: Laboratory) -> None:
    """The gap is real: who says an address to the proxy gets there, by http and through a tunnel."""
    assert "address-for-a-name" in said(laboratory)
    for address, how in itertools.product(("203.0.113.5", "[2001:db8::5]"), REQUESTS):
        assert how(laboratory.ruled, address).open


def test_what_is_asked_for_inside_a_tunnel_is_not_stopped(laboratory: Laboratory) -> None:
    """The gap is real: in a tunnel to an open name the proxy passes on whatever the client says."""
    assert "inside-a-tunnel" in said(laboratory)
    with laboratory.ruled.client() as client:
        assert through_a_tunnel(client, "open.example", b"GET / HTTP/1.1\r\nHost: tiktokv.com\r\n\r\n").open


def said(laboratory: Laboratory) -> set[str]:
    return {gap.id for gap in compiled(laboratory.ruled.folder).gaps}


def through_a_tunnel(client: socket.socket, name: str, message: bytes) -> Answer:
    """Ask for a tunnel; the answer is open where the message comes back through it."""
    client.sendall(f"CONNECT {name}:443 HTTP/1.1\r\nHost: {name}\r\n\r\n".encode("ascii"))
    answer = read_answer(client)
    return answer if answer.open and echo(client, message) == b"echo " + message else replace(answer, status=0)


def echo(client: socket.socket, message: bytes) -> bytes:
    client.sendall(message)
    return client.recv(4096)


def test_a_bundle_is_loaded_and_lifted_while_squid_runs(tmp_path: Path) -> None:
    """An empty list blocks nothing; the next bundle does, but for a tunnel that is open; the lifted one opens again."""
    with internet() as server, proxy(tmp_path, lifted(tmp_path), behind(server)) as squid, squid.client() as client:
        assert all(how(squid, name).open for name, how in itertools.product(BLOCKED_NAMES, REQUESTS))
        assert through_a_tunnel(client, "tiktokv.com", b"before").open
        made = compiled(tmp_path)
        squid.reload(made.artefacts)
        assert all(how(squid, name).refused for name, how in itertools.product(BLOCKED_NAMES, REQUESTS))
        assert "open-connections" in {gap.id for gap in made.gaps}
        assert echo(client, b"after") == b"echo after"
        squid.reload(lifted(tmp_path))
        assert all(how(squid, name).open for name, how in itertools.product(BLOCKED_NAMES, REQUESTS))


def test_a_page_is_what_who_asks_is_sent_to(tmp_path: Path) -> None:
    """With an address, http is redirected there and a tunnel gets no further; with a page's name Squid shows that."""
    with internet() as server, proxy(tmp_path, compiled(tmp_path, page=PAGE).artefacts, behind(server)) as squid:
        for how, status in zip(REQUESTS, (302, 307), strict=True):
            answer = how(squid, "api.tiktokv.com")
            assert (answer.status, answer.fields["location"]) == (status, PAGE)
            assert how(squid, "nottiktokv.com").open
            assert how(squid, "api.tiktokv.com", "127.0.0.4").open
        squid.reload(compiled(tmp_path, page="ERR_AGENT_WPAD").artefacts)
        answer = squid.get("tiktokv.com")
        assert (answer.status, answer.fields["x-squid-error"]) == (403, "ERR_AGENT_WPAD 0")


def test_names_above_one_another_load_in_any_order(tmp_path: Path) -> None:
    """The list that a naive target writes stops Squid; ours holds the topmost names, and all of them are refused."""
    deep = ["a.example.org", "b.a.example.org", "example.org", "c.d.example.org", "x.example.com", "a.x.example.com"]
    listed, rules = compiled(tmp_path, plans.plan(plans.demand(*map(identifier, deep)))).artefacts
    assert set(listed.entries) == set(deep)
    with internet() as server, proxy(tmp_path, (listed, rules), behind(server)) as squid:
        assert all(squid.get(name).refused and squid.connect(f"z.{name}").refused for name in deep)
        assert squid.get("example.com").open
        naive = "".join(f".{name}\n" for name in sorted(deep)).encode("ascii")
        squid.reload([replace(listed, content=naive), rules])
        squid.process.wait(timeout=10)
        assert "is a subdomain of" in squid.log


def test_odd_ranges_free_nobody_else(tmp_path: Path) -> None:
    """Ranges in one another, and IPv6 ranges that for Squid hold all of IPv4, open nothing to other clients."""
    ranges = ("127.0.0.64/27", "127.0.0.64/26", "::ffff:127.0.0.0/120", "::/8", "2001:db8::/32", "2001:db8:1::/48")
    plan = replace(plan_of_an_app(), others=(plans.network("odd", *ranges),))
    with internet() as server, proxy(tmp_path, compiled(tmp_path, plan).artefacts, behind(server)) as squid:
        for last, is_open in ((1, False), (64, True), (127, True), (128, False)):
            assert squid.get("tiktokv.com", f"127.0.0.{last}").open == is_open
        assert "WARNING" not in squid.log
        everybody = compiled(tmp_path, replace(plan_of_an_app(), others=(plans.network("all", "0.0.0.0/0"),)))
        squid.reload(everybody.artefacts)
        assert squid.get("tiktokv.com").open
        assert "ERROR" not in squid.log
        listed, rules = everybody.artefacts
        for raw in ("::ffff:192.0.2.0/120", "::/8"):  # the trap itself
            text = f"acl ordinance_free src {raw}\nhttp_access deny !ordinance_free ordinance_names\n"
            first, *_ = rules.content.split(b"# Networks")
            squid.reload([listed, replace(rules, content=first + text.encode("ascii"))])
            assert squid.get("tiktokv.com").open


def test_the_rules_come_before_what_debian_allows(tmp_path: Path) -> None:
    """debian.conf, where an admin lets networks in, is read after our file; before it, nothing is blocked."""
    allowed = "http_access allow city"
    with internet() as server, proxy(tmp_path, compiled(tmp_path).artefacts, behind(server), allowed) as squid:
        assert squid.get("tiktokv.com").refused
        (tmp_path / "conf.d" / "00-ordinance.conf").rename(tmp_path / "conf.d" / "ordinance.conf")
        squid.reload(())
        assert squid.get("tiktokv.com").open


def test_a_list_that_is_missing_blocks_nothing_and_the_checker_takes_it(tmp_path: Path) -> None:
    """Why the page says to ask: without its list Squid starts, and `squid -k parse` finds the files in order."""
    with internet() as server, proxy(tmp_path, compiled(tmp_path).artefacts[1:], behind(server)) as squid:
        assert squid.get("tiktokv.com").open
        assert "Can not open file" in squid.log
        assert not Squid().checks({})


def test_the_longest_name_and_many_names_are_held(tmp_path: Path) -> None:
    """A name of 253 octets is refused, and so are the first and last of 5,000; names beside them are open."""
    longest = ".".join([*["a" * 60] * 3, "b" * (253 - 3 * 61 - len(".tiktokv.com")), "tiktokv.com"])
    assert len(longest) == 253
    many = [f"n{i:04}.restricted{i % 7}.example" for i in range(5000)]
    plan = plans.plan(plans.demand(*map(identifier, [longest, *many])))
    with internet() as server, proxy(tmp_path, compiled(tmp_path, plan).artefacts, behind(server)) as squid:
        for name, how in itertools.product((longest, many[0], f"x.{many[-1]}"), REQUESTS):
            assert how(squid, name).refused
        for name, how in itertools.product((longest[1:], "restricted1.example", "n5000.restricted2.example"), REQUESTS):
            assert how(squid, name).open


@pytest.mark.consumer("nsd", "bind9-dnsutils")
def test_an_alias_stays_open_and_no_address_is_looked_up(tmp_path: Path) -> None:
    """Squid goes by the name that was asked for: an alias of a restricted one is open, and so is its bare address."""
    if not may_serve_at_53():
        assert os.environ.get("CI") != "true"
        pytest.skip("Squid asks name servers at port 53 alone, and this user may not listen there")
    host = "127.0.0.9"
    rows = ("portal.city.example. IN CNAME www.tiktokv.com.", "9.0.0.127.in-addr.arpa. IN PTR www.tiktokv.com.")
    made = compiled(tmp_path)
    assert "alias-of-a-name" in {gap.id for gap in made.gaps}
    with (
        names(tmp_path, host, rows) as address,
        internet(host) as port,
        proxy(tmp_path, made.artefacts, asking(address)) as squid,
    ):
        assert squid.get(f"portal.city.example:{port}").open
        assert squid.connect("portal.city.example", port=port).open
        assert squid.get(f"www.tiktokv.com:{port}").refused
        assert squid.get(f"{host}:{port}").open
        listed, rules = made.artefacts
        squid.reload([listed, replace(rules, content=rules.content.replace(b"dstdomain -n", b"dstdomain"))])
        assert squid.get(f"{host}:{port}").refused  # without -n it asks for the address's name, and goes by that
