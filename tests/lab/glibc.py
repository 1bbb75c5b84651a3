# SPDX-License-Identifier: EUPL-1.2
"""A computer in namespaces of its own: its hosts file, its resolver on port 53 of its own loopback, and the C library.

`computer` starts nsd (see `lab.dns`) as the only resolver of a network namespace that has a loopback device and nothing
else, with our files mounted over `/etc/hosts`, `/etc/resolv.conf` and `/etc/nsswitch.conf` where only it sees them.
Needs root, or a kernel that lets users make namespaces. The machine's own files and network are never touched.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from ordinance.model.errors import ConsumerError

from .dns import ALIVE, ENV, NSD, READY_WITHIN_S, root_zone, run

ROOT = os.geteuid() == 0
UNSHARE = ("unshare", "--mount", "--net", *(() if ROOT else ("--user", "--map-root-user")))
NSENTER = ("nsenter", "--mount", "--net", *(() if ROOT else ("--user", "--preserve-credentials")))

FAMILIES = {"ahosts": {"192.0.2.1", "2001:db8::1"}, "ahostsv4": {"192.0.2.1"}, "ahostsv6": {"2001:db8::1"}}
NOWHERE = {"ahosts": {"0.0.0.0", "::"}, "ahostsv4": {"0.0.0.0"}, "ahostsv6": {"::"}}  # noqa: S104  # nothing is bound

# A real computer has addresses besides the loopback's: without any, the C library may leave out a version. A cache of
# the machine's own (nscd) would answer for it.
SETUP = """set -e
ip link set lo up
ip address add 192.0.2.99/32 dev lo
ip address add 2001:db8::99/128 dev lo nodad
for file in hosts resolv.conf nsswitch.conf; do mount --bind "$1/$file" "/etc/$file"; done
if [ -d /run/nscd ]; then mount -t tmpfs none /run/nscd; fi
exec nsd -d -c "$1/nsd.conf"
"""


@dataclass(frozen=True)
class Computer:
    """A running one, by the process that holds its namespaces."""

    pid: int

    def run(self, *command: str) -> str:
        """What a program writes that runs there."""
        return run(*NSENTER, "--target", str(self.pid), *command)

    def addresses(self, database: str, name: str) -> set[str]:
        """What the C library finds: `ahosts`, `ahostsv4` or `ahostsv6` of getent."""
        return {line.split()[0] for line in self.run("getent", database, name).splitlines()}

    def dig(self, name: str, rrtype: str) -> str:
        """What the resolver says to a program that asks it itself."""
        return self.run("dig", "-r", "@127.0.0.1", name, rrtype, "+time=5", "+tries=1", "+nosearch", "+short").strip()


def needs_namespaces() -> None:
    """Skips where this machine lets us make no namespaces; in CI that is an error."""
    tried = subprocess.run((*UNSHARE, "true"), capture_output=True, text=True, env=ENV, check=False)
    if tried.returncode != 0 and os.environ.get("CI") != "true":
        pytest.skip(f"no namespaces: {tried.stderr.strip()}")


@contextmanager
def computer(folder: Path, hosts: bytes, aliases: Mapping[str, str] | None = None) -> Iterator[Computer]:
    """A computer with this hosts file, ended with the block. `aliases` are CNAMEs at its resolver."""
    (folder / "hosts").write_bytes(hosts)
    (folder / "resolv.conf").write_text("nameserver 127.0.0.1\n", encoding="ascii")
    (folder / "nsswitch.conf").write_text("hosts: files dns\n", encoding="ascii")  # Debian's order
    zone, log_file = folder / "root.zone", folder / "nsd.log"
    zone.write_text(root_zone(aliases or {}), encoding="ascii")
    (folder / "nsd.conf").write_text(NSD.format(folder=folder, port=53, zone=zone), encoding="utf-8")
    command = (*UNSHARE, "sh", "-c", SETUP, "sh", str(folder))
    with log_file.open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log, env=ENV) as process:
        try:
            one = Computer(process.pid)
            if not ready(one, process):
                raise ConsumerError(f"no computer: {log_file.read_text(encoding='utf-8', errors='replace')[-2000:]}")
            yield one
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def ready(one: Computer, process: subprocess.Popen[bytes]) -> bool:
    """Whether its own resolver answers, in its own network, before the time is up."""
    until, outside = time.monotonic() + READY_WITHIN_S, Path("/proc/self/ns/net").readlink()
    while time.monotonic() < until and process.poll() is None:
        if Path(f"/proc/{one.pid}/ns/net").readlink() != outside and one.dig(ALIVE, "A") == "192.0.2.1":
            return process.poll() is None
        time.sleep(0.05)
    return False
