# SPDX-License-Identifier: EUPL-1.2
"""Where a check spends its time: `profiled.py OUT ARGUMENTS...` runs `ordinance ARGUMENTS...` under cProfile.

Writes to OUT, as JSON, `seconds` and `parts`: of each part of the program its share of all time, calls of built-in
functions and of the standard library counted for the part that called them. The profiler itself makes small functions
look dearer than they are, by half and more: shares of one run may be compared, its seconds with nothing. What a thread
or compiled code does while Python waits for it is counted for who waits.
"""

from __future__ import annotations

import cProfile
import json
import os
import pstats
import sys
from collections import defaultdict
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import Any

# The first that fits: a part of the path, and what it is called.
PARTS = (
    ("importlib", "loading the program"),
    ("<frozen", "loading the program"),
    ("readers/_lines", "files to lines"),
    ("readers/_stored", "files to lines"),
    ("readers/_sieve", "compiled code, and waiting for it"),
    ("readers/_kernel", "compiled code, and waiting for it"),
    ("readers/_leases", "leases"),
    ("readers/_lease_log", "leases"),
    ("readers/kea_leases", "leases"),
    ("readers/_name_log", "what is asked, remembered names"),
    ("readers/_known_log", "what is asked, remembered names"),
    ("ordinance/match", "what is asked, remembered names"),
    ("ordinance/readers", "lines to cells, instants"),
    ("ordinance/verify", "rulings and findings"),
    ("ordinance/policy", "rulings and findings"),
    ("ordinance/report", "report"),
    ("ordinance/", "the rest"),
)
OTHER, ABOVE = "the rest", 40  # how many callers up a part is looked for


def shares(stats: Any) -> dict[str, float]:
    """Own time of each part, built-in functions and libraries by who called them. `stats` are those of pstats."""
    found: dict[str, float] = defaultdict(float)
    for function, (_, _, own, _, callers) in stats.items():
        for part, share in belongs(function, callers, stats, ABOVE).items():
            found[part] += own * share
    everything = sum(found.values()) or 1.0
    return {part: round(seconds / everything, 3) for part, seconds in sorted(found.items(), key=lambda p: -p[1])}


def belongs(function: Any, callers: Any, stats: Any, left: int) -> dict[str, float]:
    """To which parts a function belongs, with shares that come to one: its own, else those of who calls it most."""
    named = part_of(function[0])
    if named is not None:
        return {named: 1.0}
    if not callers or not left:
        return {OTHER: 1.0}
    if left < ABOVE:  # further up, the one that called it longest stands for all
        most = max(callers, key=lambda caller: callers[caller][2])
        return belongs(most, stats[most][4], stats, left - 1)
    spent = sum(figures[2] for figures in callers.values())
    found: dict[str, float] = defaultdict(float)
    for caller, figures in callers.items():
        weight = figures[2] / spent if spent else 1 / len(callers)
        for part, share in belongs(caller, stats[caller][4], stats, left - 1).items():
            found[part] += weight * share
    return dict(found)


def part_of(path: str) -> str | None:
    """What the code in this file is for; `None`: a library's, or built in."""
    path = path.replace("\\", "/")
    if "ordinance/" not in path and "importlib" not in path:
        return None
    return next((name for piece, name in PARTS if piece in path), None)


def main() -> None:
    """Run, write."""
    out, *arguments = sys.argv[1:]
    sys.argv = ["ordinance", *arguments]
    profile = cProfile.Profile()
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere), suppress(SystemExit):
        profile.runcall(start)
    stats = pstats.Stats(profile)
    found = {"seconds": round(stats.total_tt, 2), "parts": shares(stats.stats)}
    Path(out).write_text(json.dumps(found), "utf-8")


def start() -> None:
    """The program, loading included."""
    from ordinance.cli import main as program  # noqa: PLC0415  # loading is measured

    program()


if __name__ == "__main__":
    main()
