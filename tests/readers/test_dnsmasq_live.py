# SPDX-License-Identifier: EUPL-1.2
"""Lines that the dnsmasq on this machine writes, read back: what was asked is known, because we asked it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import WatchList
from ordinance.readers.dnsmasq_log import DnsmasqLog

from . import samples

ASKED = (  # name, type, and what its configuration below makes of it
    ("api.tiktokv.com", "A", "address"),
    ("API.TikTokV.com", "A", "address"),
    ("own.tiktokv.com", "A", "blocked"),
    ("www.tiktok.com", "A", "blocked"),
    ("www.tiktok.com", "TYPE65", "blocked"),
    ("deep.www.tiktok.com", "AAAA", "blocked"),
    ("sink.tiktok.com", "A", "blocked"),
    ("sink.tiktok.com", "AAAA", "blocked"),
    ("p16.tiktokcdn.com", "A", "blocked"),
    ("v16.tiktokcdn.com", "A", "nothing"),
    ("tiktok.com.evil.example", "A", None),
    ("nottiktok.com", "A", None),
)
BEYOND = ("--host-record=api.tiktokv.com,203.0.113.5",)  # of another resolver, which is asked for that name
CONFIGURED = (
    "--host-record=own.tiktokv.com,192.0.2.80",
    "--local=/www.tiktok.com/",
    "--address=/sink.tiktok.com/0.0.0.0",
    "--address=/sink.tiktok.com/::",
)


def program(name: str) -> str:
    """A program's path; daemons often live outside a user's PATH."""
    found = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin")))
    assert found is not None
    return found


@contextmanager
def dnsmasq(folder: Path, *more: str) -> Iterator[int]:
    """A resolver on loopback that logs in Brussels' time; gives its port."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    (folder / "blocked.hosts").write_text("0.0.0.0 p16.tiktokcdn.com\n", "utf-8")
    fixed = ["-k", "-C", "/dev/null", "-R", "-h", "-a", "127.0.0.1", "-p", str(port), "--pid-file=", "--user=root"]
    files = [f"--log-facility={folder / 'dnsmasq.log'}", f"--addn-hosts={folder / 'blocked.hosts'}"]
    if os.geteuid() != 0:
        fixed.remove("--user=root")
    command = [program("dnsmasq"), *fixed, *files, "--log-queries=extra", *more]
    daemon = subprocess.Popen(command, env={**os.environ, "TZ": "Europe/Brussels"})
    try:
        yield port
    finally:
        daemon.terminate()
        daemon.wait(10)


def ask(port: int, name: str, kind: str) -> bool:
    """One question by dig; whether the resolver answered at all."""
    options = ["+tries=1", "+time=2", "+noedns", "-p", str(port)]
    done = subprocess.run([program("dig"), "@127.0.0.1", *options, name, kind], capture_output=True, check=False)
    return done.returncode == 0


def answers_soon(port: int) -> None:
    """Wait until a resolver answers."""
    tries = 0
    while not ask(port, "ready.example", "A"):
        tries += 1
        assert tries < 50, "dnsmasq did not come up"
        time.sleep(0.1)


@pytest.mark.slow
@pytest.mark.consumer("dnsmasq", "bind9-dnsutils")
def test_what_was_asked_of_dnsmasq_is_read_back(tmp_path: Path) -> None:
    """Every question for a watched name comes back with its answer, no other, and no line is rejected."""
    before = datetime.now(UTC).replace(microsecond=0)
    (beyond := tmp_path / "beyond").mkdir()
    forward = "--server=/api.tiktokv.com/127.0.0.1#{}"
    with dnsmasq(beyond, *BEYOND) as server, dnsmasq(tmp_path, *CONFIGURED, forward.format(server)) as port:
        for one in (server, port):
            answers_soon(one)
        assert all(ask(port, name, kind) for name, kind, _ in ASKED)
    year = before.astimezone(samples.BRUSSELS).year
    stated = SourceSettings("dns", "dnsmasq-log", ("*.log",), samples.BRUSSELS, year=year)
    watch = WatchList(families=frozenset({"tiktok"}), apps=samples.TIKTOK)
    reading = DnsmasqLog().read(stated, tmp_path, watch, samples.MATCHERS)
    expected = [(name.lower(), answered) for name, _, answered in ASKED if answered]
    assert [(n.name, n.answered.value) for n in reading.names] == expected
    assert reading.account.rejected == 0 and reading.account.dropped >= 3
    assert all(before <= n.at <= datetime.now(UTC) for n in reading.names)
