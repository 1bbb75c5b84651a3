# SPDX-License-Identifier: EUPL-1.2
"""One process of `scripts/bench build`: a real resolver loads the policy zone of a bundle.

    resolvers.py bind9|unbound|pdns-recursor FOLDER

Prints the seconds from the resolver's start to its first answer and to the first refusal of the zone's last name, the
most memory it held by then, its version, and whether the first and the last name of the zone are blocked and a
neighbour is open. All on loopback.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

from ours import zone  # after the path was set

from lab import dns, pdns, unbound  # after the path was set
from ordinance.model.target import Artefact  # after the path was set
from ordinance.targets import target  # after the path was set

WAIT_S = 120
Start = Callable[[Path, dns.Server, tuple[Artefact, ...]], AbstractContextManager[dns.Server]]
RESOLVERS: dict[str, tuple[str, Start, tuple[str, ...]]] = {
    "bind9": ("dns-rpz", dns.resolver, ("named", "-v")),
    "unbound": ("unbound", unbound.resolver, ("unbound", "-V")),
    "pdns-recursor": ("pdns-recursor", pdns.recursor, ("pdns_recursor", "--version")),
}


def main() -> None:
    """Compile the small files, take the zone that was built, start, ask, say."""
    name, built = sys.argv[1], Path(sys.argv[2])
    target_id, start, version = RESOLVERS[name]
    zone_file = next((built / "dns-rpz").glob("*.zone")).read_bytes()
    names = [line.split(b" ", 1)[0].decode() for line in zone_file.splitlines() if line.startswith(b"h")]
    with tempfile.TemporaryDirectory() as folder:
        root_folder, own = Path(folder, "authority"), Path(folder, "resolver")
        root_folder.mkdir()
        own.mkdir()
        settings = {"pdns-recursor": {"folder": str(own)}, "unbound": {"form": "rpz"}}.get(target_id, {})
        small = target(target_id).compile(zone(10), settings, 1).artefacts
        files = tuple(replace(a, content=zone_file) if a.path.endswith("/rpz.ordinance.zone") else a for a in small)
        with dns.authority(root_folder) as root, start(own, root, files) as server:
            waited = _until_blocked(server, names[-1])
            said = {
                "ready_s": round(server.ready_s, 2),
                "blocked_s": None if waited is None else round(server.ready_s + waited, 2),
                "peak_mb": round(_peak_kb(server.process) / 1024),
                "blocked": all(server.ask(n, "A").blocked for n in (names[0], names[-1], f"x.{names[-1]}")),
                "open": server.ask("neighbour.example", "A").open,
                "version": _version(version),
            }
    print(json.dumps(said))


def _until_blocked(server: dns.Server, name: str) -> float | None:
    """Seconds from the first answer until a name is blocked: BIND answers before it has loaded a policy zone."""
    began = time.monotonic()
    while time.monotonic() - began < WAIT_S:
        if server.ask(name, "A").blocked:
            return time.monotonic() - began
        time.sleep(0.05)
    return None


def _peak_kb(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text("ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])


def _version(command: tuple[str, ...]) -> str:
    found = re.search(r"\d+\.\d+\.\d+", pdns.said(*command))
    return found[0] if found else "unknown"


if __name__ == "__main__":
    main()
