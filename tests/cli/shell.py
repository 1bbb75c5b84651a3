# SPDX-License-Identifier: EUPL-1.2
"""The command line as tests use it: in this process, or as a process of its own; and folders as they were."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from bodies import copy_body
from ordinance.cli.main import cli

DAYS = {
    "ghent": "2023-04-10",
    "diest": "2023-04-24",
    "tallinn": "2024-12-16",
    "city-of-brussels": "2023-04-24",
    "brussels-police-zone": "2023-03-27",
    "tartu": "2025-01-27",
}
PROGRAM = "import sys; from ordinance.cli import main; sys.argv[0] = 'ordinance'; main()"

# Loads the program once. Each line on stdin starts the command in a fork, with what stands behind the number, and kills
# it after so many seconds (0: never); answers how it ended.
KILLER = """
import os, signal, sys, time
import ordinance.operations.checking, ordinance.operations.watching, ordinance.store.watched
from ordinance.cli import main
command = sys.argv[1:]
for line in sys.stdin:
    seconds, *more = line.split()
    child = os.fork()
    if not child:
        said = os.open(os.devnull, os.O_WRONLY)
        os.dup2(said, 1), os.dup2(said, 2)
        sys.argv[:] = ["ordinance", *command, *more]
        main()
    if float(seconds):
        time.sleep(float(seconds))
        os.kill(child, signal.SIGKILL)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@dataclass(frozen=True)
class Ran:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str


def run(*arguments: str | Path) -> Ran:
    """A command in this process; an exception that escapes it is the test's."""
    done = CliRunner(env={"COLUMNS": "140"}).invoke(cli, [str(a) for a in arguments], catch_exceptions=False)
    return Ran(done.exit_code, done.stdout, done.stderr)


def process(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> Ran:
    """A command as a user starts it; `environment` is set on top of this one's."""
    done = start(*arguments, cwd=cwd, environment=environment)
    out, err = done.communicate(timeout=120)
    return Ran(done.returncode, out.decode(), err.decode())


def start(
    *arguments: str | Path,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    program: str = PROGRAM,
    stdin: int | None = None,
) -> subprocess.Popen[bytes]:
    """A command under way, with its output in pipes."""
    return subprocess.Popen(
        [sys.executable, "-c", program, *(str(a) for a in arguments)],
        stdin=stdin,
        cwd=cwd,
        env=os.environ | dict(environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, with its bytes; a folder that is not there holds none."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that must be there, once or more."""
    text = path.read_text("utf-8")
    assert old in text, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new), "utf-8")


def body(name: str, folder: Path) -> Path:
    """A copy of an example body."""
    return copy_body(name, folder)
