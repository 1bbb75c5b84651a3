# SPDX-License-Identifier: EUPL-1.2
"""PowerDNS Recursor on loopback, before an authority that knows every name.

`recursor` starts it with artefacts of `pdns-recursor` as they ship, in a folder that looks like Debian's /etc/powerdns:
a `recursor.conf` that includes a folder of settings and names a Lua file, to which a person adds one line. Nothing
leaves 127.0.0.1.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from lab.dns import ENV, Server, run, running
from ordinance.model.target import Artefact


@dataclass(frozen=True)
class Recursor(Server):
    """A running recursor; `folder` holds its configuration, `sockets` its control socket."""

    folder: Path = Path()
    sockets: Path = Path()

    def control(self, *words: str) -> str:
        """What `rec_control` says."""
        return said("rec_control", f"--socket-dir={self.sockets}", *words)

    def rules(self, zone: str) -> list[str]:
        """Policy records as the recursor holds them, one a line; none where it knows no such zone."""
        dump = self.folder / "dump"
        dump.unlink(missing_ok=True)  # rec_control writes over no file
        if not self.control("dump-rpz", zone, str(dump)).startswith("done"):
            return []
        rows = dump.read_text(encoding="ascii").splitlines()
        dump.unlink()
        return [row for row in rows if row and " SOA " not in row]


def said(*command: str) -> str:
    """What a program writes on either stream: these two put faults and even their version on the second."""
    done = subprocess.run(command, capture_output=True, text=True, env=ENV, timeout=60, check=False)
    return done.stdout + done.stderr


def version() -> str:
    """The version of the recursor."""
    return said("pdns_recursor", "--version").partition("Recursor ")[2].split()[0]


@contextmanager
def recursor(
    folder: Path,
    upstream: Server,
    artefacts: Sequence[Artefact] = (),
    anchor: str = "",
    without: str = "",
    before: str = "",
    behind: str = "",
) -> Iterator[Recursor]:
    """The recursor before `upstream`. `anchor` is a DS record of the root: with one it validates.

    `without` is the name of a file of settings that a person forgot to copy; `before` and `behind` are what a body's
    own Lua file says in front of our line and after it.
    """
    (folder / "recursor.d").mkdir()
    lay(folder, artefacts)
    if without:
        (folder / "recursor.d" / without).unlink()
    # Debian's file loads the real root's key here, which does not fit the root of the laboratory.
    lua = ['clearTA(".")', *([f'addTA(".", "{anchor}")'] if anchor else [])]
    lua += [before, *([f'dofile("{folder}/ordinance.lua")'] if artefacts else []), behind]
    (folder / "recursor.lua").write_text("".join(f"{line}\n" for line in lua), encoding="ascii")

    def command(port: int) -> list[str]:
        mode = "validate" if anchor else "process"
        text = CONF.format(folder=folder, sockets=sockets, port=port, upstream=upstream.port, mode=mode)
        (folder / "recursor.conf").write_text(text, encoding="utf-8")
        return ["pdns_recursor", f"--config-dir={folder}"]

    with TemporaryDirectory(prefix="pdns-") as short:  # a socket's path has room for 107 letters
        sockets = Path(short)
        with running(command, folder / "recursor.log") as server:
            yield Recursor(server.port, server.log_file, server.process, server.ready_s, folder, sockets)


def lay(folder: Path, artefacts: Sequence[Artefact]) -> None:
    """Copies the files to where the target's page says."""
    for artefact in artefacts:
        name = PurePosixPath(artefact.path).name
        place = folder / "recursor.d" if name.endswith(".conf") else folder
        (place / name).write_bytes(artefact.content)


def root_anchor(folder: Path) -> str:
    """The DS record of the key with which `lab.dns.authority` signed its root."""
    (key,) = folder.glob("K*.key")
    return " ".join(run("dnssec-dsfromkey", "-2", str(key)).split()[3:])


# `dnssec=process` is the default. `hint-file=no`: there are no root servers to ask first.
CONF = """\
daemon=no
disable-syslog=yes
dnssec={mode}
forward-zones-recurse=.=127.0.0.1:{upstream}
hint-file=no
include-dir={folder}/recursor.d
local-address=127.0.0.1
local-port={port}
lua-config-file={folder}/recursor.lua
quiet=yes
security-poll-suffix=
socket-dir={sockets}
"""
