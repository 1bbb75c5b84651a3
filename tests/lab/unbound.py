# SPDX-License-Identifier: EUPL-1.2
"""Unbound on loopback before the authority of `lab.dns`, with artefacts as they ship, laid out as Debian does.

Zones lie in Unbound's directory, configuration in `unbound.conf.d`, from which everything is included. `before` and
`behind` are what a body's own configuration says in front of the artefacts and after them, a file each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from ordinance.model.target import Artefact

from .dns import Server, run, running


@contextmanager
def resolver(
    folder: Path, upstream: Server, artefacts: Sequence[Artefact] = (), before: str = "", behind: str = ""
) -> Iterator[Server]:
    """Unbound that asks `upstream` for everything, ready."""
    lay_out(folder, artefacts, before, behind)

    def command(port: int) -> list[str]:
        return ["unbound", "-d", "-p", "-c", str(configuration(folder, port, upstream.port))]

    with running(command, folder / "unbound.log") as server:
        yield server


def lay_out(folder: Path, artefacts: Sequence[Artefact], before: str = "", behind: str = "") -> None:
    """Every file at its place; the names of a body's own files put them before and behind ours."""
    (folder / "unbound.conf.d").mkdir(exist_ok=True)
    (folder / "unbound.conf.d" / "a-own.conf").write_text(before, encoding="ascii")
    (folder / "unbound.conf.d" / "z-own.conf").write_text(behind, encoding="ascii")
    for artefact in artefacts:
        name = PurePosixPath(artefact.path).name
        place = folder / "unbound.conf.d" if name.endswith(".conf") else folder
        (place / name).write_bytes(artefact.content)


def configuration(folder: Path, port: int, upstream_port: int) -> Path:
    """The configuration a person would write around our files."""
    config = folder / "unbound.conf"
    config.write_text(CONFIGURATION.format(folder=folder, port=port, upstream=upstream_port), encoding="utf-8")
    return config


def control(server: Server, *words: str) -> list[str]:
    """What `unbound-control` says, line by line."""
    return run("unbound-control", "-c", str(server.log_file.parent / "unbound.conf"), *words).splitlines()


# `test.` is empty by default (RFC 6761), and the probe of `running` lies beneath it.
CONFIGURATION = """
server:
  interface: 127.0.0.1
  port: {port}
  username: ""
  chroot: ""
  directory: "{folder}"
  pidfile: ""
  use-syslog: no
  logfile: ""
  do-not-query-localhost: no
  local-zone: "test." nodefault
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@{upstream}
remote-control:
  control-enable: yes
  control-interface: "{folder}/control"
include-toplevel: "{folder}/unbound.conf.d/*.conf"
"""
