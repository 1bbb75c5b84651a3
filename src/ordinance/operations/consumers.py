# SPDX-License-Identifier: EUPL-1.2
"""Real programs of this machine are asked whether they take a bundle's files, before it is written.

Starts only programs that a target names, with files in a folder of their own, no shell and a limit of time. Cannot know
whether a program that takes a file does what it says: the tests of each target show that.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from ordinance.model.errors import ConsumerError
from ordinance.model.target import Accepted, ConsumerCheck, Target

MOST_SECONDS = 60
MOST_SAID = 2_000  # letters of what a program says
# Programs for administrators are not on everybody's PATH.
_PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))


def ask_consumers(
    settings: Mapping[str, Mapping[str, str]], targets: Mapping[str, Target], files: Mapping[str, bytes]
) -> tuple[Accepted, ...]:
    """What each program said of the files of targets with these settings. Raises ConsumerError where one refuses."""
    checks = [(t, check) for t, given in settings.items() for check in targets[t].checks(given) if check.path in files]
    return tuple(sorted(_asked(target, check, files) for target, check in checks))


def _asked(target: str, check: ConsumerCheck, files: Mapping[str, bytes]) -> Accepted:
    program = shutil.which(check.program, path=_PATH)
    if program is None:
        return Accepted(target, check.program, "", ())
    version = _version(_run([program, *check.version]).stdout)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(check.path).name
        path.write_bytes(files[check.path])
        done = _run([program, *(a.replace("{file}", str(path)) for a in check.arguments)])
    if done.returncode != 0:
        said = (done.stdout + done.stderr)[-MOST_SAID:].strip()
        raise ConsumerError(f"{check.program} refuses {check.path} (exit {done.returncode}): {said}")
    return Accepted(target, check.program, version, (check.path,))


def _version(said: str) -> str:
    """The first line with a number in it: some programs say their version beneath how they are used."""
    lines = (line.strip() for line in said.splitlines())
    return next((line for line in lines if any(c.isdigit() for c in line)), "version not said")


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603  # a program that a target names, without a shell
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=MOST_SECONDS,
            check=False,
            env={"PATH": _PATH, "LC_ALL": "C.UTF-8"},  # passphrases and the like are not for foreign programs
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConsumerError(f"{command[0]} could not be asked: {error}") from None


def as_rows(accepted: Iterable[Accepted]) -> list[dict[str, object]]:
    """For the manifest: who took what, in which version; `version` is `null` where nobody was there to ask."""
    return [
        {"target": a.target, "program": a.program, "version": a.version or None, "files": list(a.files)}
        for a in accepted
    ]
