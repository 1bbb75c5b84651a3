# SPDX-License-Identifier: EUPL-1.2
"""How a module of ours is started in a process of its own, and keeps to limits: what the rooms that do so share.

Reads `/proc/self/statm`, and of the environment what Windows cannot start a process without. Cannot do more than the
system has: where there are no limits of this kind (Windows), `keep_within` sets none and says so.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

# Run one of our own modules, found where this one was found, whatever the user's settings say of where to look.
BEGIN = "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); runpy.run_module(sys.argv[1], run_name='__main__')"
_PACKAGE = Path(__file__).resolve().parents[2]
_NEEDED = ("SYSTEMROOT", "WINDIR")  # without which Windows starts no process


def command(module: str, begin: str = BEGIN) -> list[str]:
    """The arguments that start a module of ours, isolated from the user's settings of Python."""
    return [sys.executable, "-I", "-c", begin, str(_PACKAGE), module]


def bare_environment() -> dict[str, str]:
    """An environment with nothing of the user's in it."""
    return {name: os.environ[name] for name in _NEEDED if name in os.environ}


def keep_within(memory: int, limits: Mapping[str, int]) -> bool:
    """Bind the running process to limits for good; whether the system took every one of them.

    `memory` is bytes of address space beyond what it has now; the others are named as in `resource`, without `RLIMIT_`.
    """
    try:
        import resource  # noqa: PLC0415  # not on every system
    except ImportError:
        return False
    sys.dont_write_bytecode = True  # Python keeps a compiled module that a limit has cut short, and later trips over it
    whole = True
    for name, most in {"AS": _address_space() + memory, **limits}.items():
        try:
            kind = getattr(resource, f"RLIMIT_{name}")
            resource.setrlimit(kind, (most, most))
        except (AttributeError, ValueError, OSError):  # macOS refuses some; the others remain
            whole = False
    return whole


def _address_space() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as stream:  # noqa: PTH123  # one number of a system file
            return int(stream.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 512 * 1024 * 1024
