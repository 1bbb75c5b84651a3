# SPDX-License-Identifier: EUPL-1.2
"""Foreign bytes are parsed apart: in a process of its own, with limits, that answers in plain data.

The process gets its request and the bytes on its input, nothing of the environment, and an empty folder to stand in. It
may not grow, run long or write into a file, and is killed when it takes too long or says too much. What it answers is
JSON; whoever asked checks every value again.

This bounds what a parser can be made to use up. It is no sandbox: the process could still open what the user may open.
Where the system has no limits of this kind (Windows), only those of time and of the answer's size remain.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping
from threading import Thread, Timer
from typing import Any

from ordinance.model.apart import BEGIN, bare_environment, command, keep_within

MOST_MEMORY = 512 * 1024 * 1024  # bytes of address space beyond what the interpreter has when it begins
MOST_CPU = 20  # seconds
MOST_TIME = 30  # seconds on the wall
MOST_ANSWER = 20_000_000  # bytes


class ApartError(Exception):
    """The process gave no answer: too slow, too large, or broken."""


def apart(module: str, request: Mapping[str, Any], raw: bytes, *, begin: str = BEGIN) -> dict[str, Any]:
    """Ask a module's process about bytes. Raises ApartError where it gives no answer."""
    said = _run(command(module, begin), json.dumps(request).encode() + b"\n" + raw)
    try:
        answer = json.loads(said)
    except ValueError:
        raise ApartError("its reader broke") from None
    if not isinstance(answer, dict):
        raise ApartError("its reader broke")
    return answer


def _run(arguments: list[str], given: bytes) -> bytes:
    environment = bare_environment()
    pipe = subprocess.PIPE
    with tempfile.TemporaryDirectory() as empty:
        process = subprocess.Popen(  # noqa: S603  # our own module, no shell
            arguments, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, cwd=empty, env=environment
        )
        late = Timer(MOST_TIME, process.kill)
        late.start()
        feeder = Thread(target=_feed, args=(process, given))
        feeder.start()
        assert process.stdout is not None  # noqa: S101  # a pipe was asked for
        with process.stdout as stream:
            said = stream.read(MOST_ANSWER + 1)
        if len(said) > MOST_ANSWER:
            process.kill()
        code, in_time = process.wait(), late.is_alive()
        late.cancel()
        feeder.join()
    if not in_time:
        raise ApartError(f"it took longer than {MOST_TIME} seconds")
    if code != 0 or len(said) > MOST_ANSWER:
        raise ApartError("its reader stopped at a limit, or broke")
    return said


def _feed(process: subprocess.Popen[bytes], given: bytes) -> None:
    """Give the process its input, in a thread of its own: it may answer before it has read everything, or be gone."""
    assert process.stdin is not None  # noqa: S101  # a pipe was asked for
    try:
        with process.stdin:
            process.stdin.write(given)
    except OSError:
        return


def limited() -> None:
    """Give the running process its limits; called first of all in it."""
    keep_within(MOST_MEMORY, {"CPU": MOST_CPU, "FSIZE": 0})
