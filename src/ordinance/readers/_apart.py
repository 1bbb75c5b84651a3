# SPDX-License-Identifier: EUPL-1.2
"""Foreign bytes are parsed apart: in a process of its own, with limits, that answers in plain data.

The process gets its request and the bytes on its input, may write no file, may not grow or run for long, and is killed
when it takes too long. What it answers is JSON; whoever asked checks every value again. Where the system has no limits
of this kind (Windows), the time limit remains.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

MOST_MEMORY = 512 * 1024 * 1024  # bytes of address space beyond what the interpreter has when it begins
MOST_CPU = 20  # seconds
MOST_TIME = 30  # seconds on the wall
MOST_ANSWER = 50_000_000  # bytes
ARGUMENTS = ("-I", "-m")  # of the interpreter: nothing of the environment or the folder it is started in


class ApartError(Exception):
    """The process gave no answer: too slow, too large, or broken."""


def apart(module: str, request: Mapping[str, Any], raw: bytes) -> dict[str, Any]:
    """Ask a module's process about bytes. Raises ApartError where it gives no answer."""
    head = json.dumps(request).encode() + b"\n"
    command = [sys.executable, *ARGUMENTS, module]
    try:
        done = subprocess.run(command, input=head + raw, capture_output=True, timeout=MOST_TIME, check=False)  # noqa: S603  # our own module, no shell
    except subprocess.TimeoutExpired:
        raise ApartError(f"it took longer than {MOST_TIME} seconds") from None
    if done.returncode != 0 or len(done.stdout) > MOST_ANSWER:
        raise ApartError("its reader stopped at a limit, or broke")
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise ApartError("its reader broke") from None
    if not isinstance(answer, dict):
        raise ApartError("its reader broke")
    return answer


def limited() -> None:
    """Give the running process its limits; called first of all in it."""
    try:
        import resource  # noqa: PLC0415  # not on every system
    except ImportError:
        return
    now = _address_space() + MOST_MEMORY
    limits = ((resource.RLIMIT_AS, now), (resource.RLIMIT_CPU, MOST_CPU), (resource.RLIMIT_FSIZE, 0))
    for kind, most in limits:
        try:
            resource.setrlimit(kind, (most, most))
        except (ValueError, OSError):  # macOS refuses some; the others and the time limit remain
            continue


def _address_space() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as stream:  # noqa: PTH123  # one number of a system file
            return int(stream.read().split()[0]) * 4096
    except (OSError, ValueError, IndexError):
        return 512 * 1024 * 1024
