# SPDX-License-Identifier: EUPL-1.2
"""dnsmasq as a resolver on loopback, with the files of its target as they ship.

Reads no configuration of the machine. Nothing leaves 127.0.0.1; the program is ended with the block that started it.
"""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from ordinance.model.target import Artefact

from .dns import ENV, Server, running, wait


@contextmanager
def resolver(
    folder: Path, upstream: Server, artefacts: Sequence[Artefact] = (), how: str = "conf-file", own: str = ""
) -> Iterator[Server]:
    """dnsmasq before `upstream`. `how` is the option by which it is told of the files, `own` a line of its owner's."""
    files = [folder / PurePosixPath(a.path).name for a in artefacts]
    for file, artefact in zip(files, artefacts, strict=True):
        file.write_bytes(artefact.content)
    lines = ["no-resolv", "no-hosts", f"server=127.0.0.1#{upstream.port}", own, *(f"{how}={file}" for file in files)]
    (folder / "dnsmasq.conf").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def command(port: int) -> list[str]:
        return ["dnsmasq", *bare(folder / "dnsmasq.conf", folder), f"--port={port}", "--listen-address=127.0.0.1"]

    with running(command, folder / "dnsmasq.log") as server:
        yield server


def bare(configuration: Path, folder: Path) -> list[str]:
    """In the foreground, as who runs the tests, with one configuration and no other; its log goes to stderr."""
    user = f"--user={pwd.getpwuid(os.geteuid()).pw_name}"
    whole = [f"--conf-file={configuration}", f"--pid-file={folder / 'dnsmasq.pid'}", "--log-facility=-"]
    return ["--keep-in-foreground", "--bind-interfaces", user, *whole]


def reload(folder: Path, server: Server) -> None:
    """A hang-up signal, and patience until dnsmasq says that it has done what it does then."""
    before = server.log.count("cleared cache")
    os.kill(int((folder / "dnsmasq.pid").read_text()), signal.SIGHUP)
    wait("dnsmasq has cleared its cache", lambda: server.log.count("cleared cache") > before)


def check(file: Path) -> tuple[int, str]:
    """What dnsmasq's own reader of configuration says of a file: its exit code, and its words."""
    command = ["dnsmasq", "--test", f"--conf-file={file}"]
    done = subprocess.run(command, capture_output=True, text=True, env=ENV, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr
