# SPDX-License-Identifier: EUPL-1.2
"""The C library and dnsmasq with the hosts file as it ships: listed names lead nowhere, all others are as before.

Shows what programs on Linux find that ask as programs do. It cannot show Windows or macOS, nor what an app does next.
"""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.dns import Server, authority, run, running
from lab.glibc import FAMILIES, NOWHERE, Computer, computer, needs_namespaces
from ordinance.targets.hosts import Hosts

from . import plans
from .neighbours import BLOCKED_NAMES, OPEN_NAMES, RESTRICTED, TYPES, app_only, show_counts

pytestmark = pytest.mark.consumer("libc-bin", "util-linux", "iproute2", "nsd", "bind9-dnsutils", "dnsmasq")

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "targets" / "hosts.md"
OWN_ALIAS = "portal.city.example"
BEFORE = b"127.0.0.1 localhost\n192.0.2.7 printer.city.example printer\n::1 localhost ip6-localhost"  # no last newline

LISTED = (*RESTRICTED, "TikTokV.COM", "Musical.LY")
BENEATH = tuple(n for n in BLOCKED_NAMES if n.lower() not in RESTRICTED)  # blocked by a resolver, open here


def shipped() -> bytes:
    return app_only(Hosts()).artefacts[0].content


def by_the_page(task: str, folder: Path, hosts: bytes, lines: bytes = b"") -> bytes:
    """The hosts file after the commands that the page gives under a heading."""
    text = PAGE.read_text(encoding="utf-8").partition(f"## {task}\n")[2]
    commands = text.partition("```\n")[2].partition("```\n")[0]
    assert "/etc/hosts" in commands
    (folder / "hosts").write_bytes(hosts)
    (folder / "ordinance.hosts").write_bytes(lines)
    script = commands.replace("/etc/hosts", str(folder / "hosts"))
    subprocess.run(("sh", "-e", "-c", script), cwd=folder, check=True)
    return (folder / "hosts").read_bytes()


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Computer, Computer]]:
    """A computer on which the file was put as the page says, and one as it was before."""
    needs_namespaces()
    new = tmp_path_factory.mktemp
    merged = by_the_page("Install", new("merge"), BEFORE, shipped())
    aliases = {OWN_ALIAS: "tiktokv.com"}
    with computer(new("with"), merged, aliases) as with_file, computer(new("without"), BEFORE, aliases) as without:
        yield with_file, without


def version() -> str:
    found = re.search(r"GLIBC ([^)\s]+)", run("getent", "--version"))
    return found[1] if found else "unknown"


def test_listed_names_lead_nowhere_and_neighbours_are_open(
    laboratory: tuple[Computer, Computer], capsys: pytest.CaptureFixture[str]
) -> None:
    """Each listed name in any spelling leads nowhere for both versions of addresses; every neighbour is found."""
    one, _ = laboratory
    restricted, neighbours = (list(itertools.product(FAMILIES, names)) for names in (LISTED, OPEN_NAMES))
    slipped = [q for q in restricted if one.addresses(*q) != NOWHERE[q[0]]]
    broken = [q for q in neighbours if one.addresses(*q) != FAMILIES[q[0]]]
    blocked, opened = len(restricted) - len(slipped), len(neighbours) - len(broken)
    show_counts("glibc", version(), (blocked, len(restricted)), (opened, len(neighbours)), capsys)
    assert not slipped + broken


def test_the_fixture_is_alive(laboratory: tuple[Computer, Computer]) -> None:
    """On the computer without the file every one of these names is found, by the same library at the same resolver."""
    _, without = laboratory
    for name, (database, found) in itertools.product((*LISTED, *BENEATH), FAMILIES.items()):
        assert without.addresses(database, name) == found


def test_names_beneath_stay_open_as_the_gap_says(laboratory: tuple[Computer, Computer]) -> None:
    """Subdomains of a listed name, and names between two listed ones, are found: a hosts file has no wildcard."""
    one, _ = laboratory
    assert "beneath-stays-open" in {g.id for g in app_only(Hosts()).gaps}
    assert {"api.tiktokv.com", "eu.tiktokv.com"} <= set(BENEATH)
    for name, (database, found) in itertools.product(BENEATH, FAMILIES.items()):
        assert one.addresses(database, name) == found


def test_what_goes_past_the_file_is_what_the_gaps_say(laboratory: tuple[Computer, Computer]) -> None:
    """Who asks the resolver itself, for HTTPS records, or with a last dot, is answered; an alias is not followed."""
    one, _ = laboratory
    assert {"past-the-file", "addresses-only"} <= {g.id for g in app_only(Hosts()).gaps}
    assert one.dig("tiktokv.com", "A") == "192.0.2.1"
    assert one.dig("tiktokv.com", "HTTPS") == '1 . alpn="h2"'
    assert one.addresses("ahosts", "tiktokv.com.") == FAMILIES["ahosts"]
    assert one.addresses("ahosts", OWN_ALIAS) == FAMILIES["ahosts"]
    assert not any("CNAME" in o.who for o in app_only(Hosts()).over_reach)


def test_who_asks_for_one_version_alone_is_not_let_through(laboratory: tuple[Computer, Computer]) -> None:
    """With `0.0.0.0` alone, a program that wants addresses of version 6 only would be sent on to the resolver."""
    code = "import socket; print(*{a[4][0] for a in socket.getaddrinfo('tiktokv.com', 1, socket.AF_INET6)})"
    one, without = laboratory
    assert one.run(sys.executable, "-c", code).split() == ["::"]
    assert without.run(sys.executable, "-c", code).split() == ["2001:db8::1"]


def test_the_lines_that_were_there_before_still_count(laboratory: tuple[Computer, Computer]) -> None:
    """The city's own entries are found with the file as without it, although their last line had no end."""
    for one in laboratory:
        assert one.addresses("ahostsv4", "printer.city.example") == {"192.0.2.7"}
        assert one.addresses("ahostsv4", "localhost") == {"127.0.0.1"}


def test_the_commands_of_the_page_replace_and_remove(tmp_path: Path) -> None:
    """Put in twice, the lines stand there once; a later bundle replaces them; undone, the file is as it was."""
    once = by_the_page("Install", tmp_path, BEFORE, shipped())
    assert by_the_page("Install", tmp_path, once, shipped()) == once == BEFORE + b"\n" + shipped()
    behind = once + b"192.0.2.8 scanner.city.example\n"
    less = Hosts().compile(plans.plan(), {}, 2).artefacts[0].content
    replaced = by_the_page("Install", tmp_path, behind, less)
    assert replaced == BEFORE + b"\n192.0.2.8 scanner.city.example\n" + less
    assert by_the_page("Undo", tmp_path, replaced) == BEFORE + b"\n192.0.2.8 scanner.city.example\n"


def test_the_lines_of_a_lifted_rule_block_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    """When the last demand is gone, the lines that remain leave every name as it is."""
    needs_namespaces()
    lines = Hosts().compile(plans.plan(), {}, 2).artefacts[0].content
    with computer(tmp_path_factory.mktemp("lifted"), lines) as one:
        assert all(one.addresses("ahosts", name) == FAMILIES["ahosts"] for name in LISTED)


def test_dnsmasq_reads_the_same_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """dnsmasq answers others from the lines: no way for A and AAAA, HTTPS records and names beneath as before."""
    assert any("dnsmasq" in o.who for o in app_only(Hosts()).over_reach)
    (tmp_path / "ordinance.hosts").write_bytes(shipped())
    with authority(tmp_path) as upstream:

        def command(port: int) -> list[str]:
            options = ("--no-hosts", "--no-resolv", f"--server=127.0.0.1#{upstream.port}", "--listen-address=127.0.0.1")
            more = ("--bind-interfaces", "--user=root", "--pid-file=", "--log-facility=-", "--conf-file=/dev/null")
            return ["dnsmasq", "-k", f"--port={port}", f"--addn-hosts={tmp_path}/ordinance.hosts", *options, *more]

        with running(command, tmp_path / "dnsmasq.log") as server:
            restricted, neighbours = (list(itertools.product(n, ("A", "AAAA"))) for n in (LISTED, OPEN_NAMES))
            slipped = [q for q in restricted if not leads_nowhere(server, *q)]
            broken = [q for q in neighbours if not server.ask(*q).open or leads_nowhere(server, *q)]
            blocked, opened = len(restricted) - len(slipped), len(neighbours) - len(broken)
            found = re.search(r"version (\S+)", run("dnsmasq", "--version"))
            counts = (blocked, len(restricted)), (opened, len(neighbours))
            show_counts("dnsmasq --addn-hosts", found[1] if found else "unknown", *counts, capsys)
            assert not slipped + broken
            assert all(server.ask(name, "HTTPS").open for name in LISTED)
            assert all(server.ask(*q).open and not leads_nowhere(server, *q) for q in itertools.product(BENEATH, TYPES))


def leads_nowhere(server: Server, name: str, rrtype: str) -> bool:
    """Whether the one answer is an address at which nobody can be."""
    records = server.ask(name, rrtype).records
    return [r.split()[-1] for r in records] == [{"A": "0.0.0.0", "AAAA": "::"}.get(rrtype)]  # noqa: S104
