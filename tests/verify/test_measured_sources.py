# SPDX-License-Identifier: EUPL-1.2
"""How many app sessions the logs of real programs give away, and whom they accuse wrongly: precision and recall.

The traffic is ours, and what it meant stands here before any log is written; the programs on this machine write the
logs. What the app asks for is that of `office.py`, from public sources. BIND says of no question what came of it, so
that there a session can be seen and never proven.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import pytest

import bodies
from lab import suricata
from lab.dns import Server, authority
from lab.squid import internet, proxy
from lab.unbound import resolver as unbound
from ordinance.model.body import SourceSettings
from ordinance.model.evidence import NameAsked, Reading, WatchList
from ordinance.model.result import Grade
from ordinance.readers import reader
from ordinance.verify.grades import grade, is_untold, proves_use
from readers.eve_scenes import SERVER, Scene
from readers.samples import BRUSSELS
from readers.test_bind_live import bind, clauses
from readers.test_dnsmasq_live import dnsmasq
from readers.test_squid_live import open_folder
from readers.test_unbound_live import switched_on

from . import office

pytestmark = pytest.mark.slow
CLIENTS, USERS = 40, 20
AT_LEAST = 0.95
EACH = 6  # names of widgets and look-alikes that every client asks for
NOT_ASKED = 4  # of the app's 18 names, as in the week of `office.py`
Plan = Mapping[str, tuple[str, ...]]  # client → what it asks for, in order


def plan() -> tuple[Plan, frozenset[str]]:
    """What each client asks for, and those whose owner opened the app."""
    dice = random.Random(office.SEED)  # noqa: S311  # an invented hour is no secret
    clients = [f"127.0.2.{n}" for n in range(1, CLIENTS + 1)]
    noise = [n for family in (*office.NETWORKS, "tiktok") for n in office.WIDGETS[family]]
    noise = sorted({*noise, *office.LOOK_ALIKES, *office.ELSEWHERE} - {*office.TIKTOK})
    users = frozenset(dice.sample(clients, USERS))
    asked = {}
    for client in clients:
        names = dice.sample(noise, EACH) + (session(dice) if client in users else [])
        dice.shuffle(names)
        asked[client] = tuple(names)
    return asked, users


def session(dice: random.Random) -> list[str]:
    """The names that the app asks for when it is opened, but for those that it remembers."""
    return dice.sample(office.TIKTOK, len(office.TIKTOK) - NOT_ASKED)


def through_unbound(asked: Plan, folder: Path) -> SourceSettings:
    """Questions to Unbound, logged as its page says."""
    (folder / "upstream").mkdir()
    with authority(folder / "upstream") as root, unbound(folder, root, before=switched_on(folder)) as server:
        server.ask("1.0.0.10.in-addr.arpa", "PTR")  # what every office asks: the log shows that it tells local data
        for client, names in asked.items():
            server.ask_all([(name, "A") for name in names], "-b", client)
    return SourceSettings("dns", "unbound-log", ("queries.log",), BRUSSELS)


def through_dnsmasq(asked: Plan, folder: Path) -> SourceSettings:
    """Questions to dnsmasq before the same authority."""
    (folder / "upstream").mkdir()
    with authority(folder / "upstream") as root, dnsmasq(folder, f"--server=127.0.0.1#{root.port}") as port:
        server = Server(port, folder / "dnsmasq.log")
        for client, names in asked.items():
            server.ask_all([(name, "A") for name in names], "-b", client)
    return SourceSettings("dns", "dnsmasq-log", ("dnsmasq.log",), BRUSSELS, year=datetime.now(BRUSSELS).year)


def through_bind(asked: Plan, folder: Path) -> SourceSettings:
    """Questions to BIND, of whose policy zone nothing is asked here."""
    for name in ("root", "bind"):
        (folder / name).mkdir()
    with authority(folder / "root") as root, bind(folder / "bind", root, clauses()["one file"]) as server:
        for client, names in asked.items():
            server.ask_all([(name, "A") for name in names], "-b", client)
    return SourceSettings("dns", "bind-log", ("bind/*.log*",), BRUSSELS)


def through_squid(asked: Plan, folder: Path) -> SourceSettings:
    """Tunnels through Squid to servers on this machine; without its target's files, so that nothing is refused."""
    names = sorted({name for those in asked.values() for name in those})
    with open_folder() as away, internet() as port:
        (away / "hosts").write_text("".join(f"127.0.0.1 {name}\n" for name in names), "ascii")
        beyond = f"access_log stdio:{away}/access.log squid\nhosts_file {away}/hosts\ndns_nameservers 127.0.0.1"
        with proxy(away, (), beyond) as squid:
            for client, those in asked.items():
                for name in those:
                    assert squid.ask(f"CONNECT {name}:{port}", client).open
            written, until = away / "access.log", time.monotonic() + 30
            while written.read_text("utf-8").count("CONNECT") < EACH * CLIENTS and time.monotonic() < until:
                time.sleep(0.1)
        (folder / "access.log").write_bytes(written.read_bytes())
    return SourceSettings("proxy", "squid-log", ("access.log",), BRUSSELS)


def is_seen(row: NameAsked) -> bool:
    """Whether BIND's log shows a name of the app's own, of which it says nothing, or that it was blocked."""
    return is_untold(row) or (row.identifier is not None and row.identifier.role == "app_only")


def is_let_through(row: NameAsked) -> bool:
    """Whether the log shows a name of the app's own that was answered: a finding, proven or to be looked into."""
    return grade(row) is Grade.APP_TRAFFIC


def through_suricata(asked: Plan, folder: Path) -> SourceSettings:
    """Questions to a resolver and, for every second name, a connection: packets of ours, of which Suricata writes."""
    scene = Scene()
    for client, names in asked.items():
        for n, name in enumerate(names):
            scene.dns(client, name, "A", SERVER)
            if n % 2:
                scene.tls(client, name)
    suricata.watch(scene.capture.write(folder / "hour.pcap"), folder / "log")
    return SourceSettings("ids", "suricata-eve", ("log/eve.json",), BRUSSELS)


Through = Callable[[Plan, Path], SourceSettings]
SOURCES: tuple[tuple[str, Through, Callable[[NameAsked], bool], tuple[str, ...]], ...] = (
    ("unbound", through_unbound, is_let_through, ("unbound", "nsd", "bind9-dnsutils")),
    ("dnsmasq", through_dnsmasq, is_let_through, ("dnsmasq", "nsd", "bind9-dnsutils")),
    ("bind9", through_bind, is_seen, ("bind9", "nsd", "bind9-dnsutils")),
    ("squid", through_squid, is_let_through, ("squid",)),
    ("suricata", through_suricata, is_let_through, ("suricata",)),
)


@pytest.mark.parametrize(
    ("name", "through", "counts"),
    [pytest.param(n, t, c, id=n, marks=pytest.mark.consumer(*needs)) for n, t, c, needs in SOURCES],
)
def test_who_opened_the_app_is_found_and_nobody_else(
    name: str,
    through: Through,
    counts: Callable[[NameAsked], bool],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Of 20 in 40 at least 95 of 100 are found, and of those who met widgets and look-alikes alone none; printed."""
    asked, users = plan()
    workspace = bodies.workspace("ghent")
    family = workspace.catalogue.family("tiktok")
    assert family is not None
    watch = WatchList(frozenset({"tiktok"}), apps=frozenset(f"tiktok/{m.id}" for m in family.members))
    settings = through(asked, tmp_path)
    reading: Reading = reader(settings.reader).read(settings, tmp_path, watch, workspace.matchers())
    found = {row.address for row in reading.names if counts(row)}
    recall, precision = len(found & users) / len(users), len(found & users) / max(len(found), 1)
    proven = {row.address for row in reading.names if proves_use(row)}
    figures = f"{len(found & users)} of {len(users)}, proven {len(proven)}, others accused {len(found - users)}"
    with capsys.disabled():
        line = f"SOURCE {name}: sessions found {figures}; recall {recall:.3f}, precision {precision:.3f}"
        print(f"\n{line}", file=sys.stderr)
    assert reading.account.rejected == 0 and reading.account.records >= EACH * CLIENTS
    assert recall >= AT_LEAST and precision == 1 and proven <= users
    assert {row.address for row in reading.names} > users  # widgets were there, and are counted as what they are
