# SPDX-License-Identifier: EUPL-1.2
"""What the measurements of scripts/bench share: a process timed as a whole, the spread of runs, the machine, tables."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OWN = ROOT / "build" / "bench" / "bin" / "python"


def timed(script: Path, *arguments: object, compiled: Path | None = None) -> dict[str, Any]:
    """One process from start to end: what it printed as JSON, wall clock, processor time and the most memory it held.

    `compiled` is a folder for compiled modules, as an installed program has them; without it none are kept.
    """
    command = [python(), str(script), *map(str, arguments)]
    start = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment(compiled), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout and process.stderr  # noqa: S101  # asked for above
        said, complaint = process.stdout.read(), process.stderr.read()  # a few lines each: no pipe fills
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, stderr=complaint)
    found: dict[str, Any] = json.loads(said)
    found["seconds"] = time.perf_counter() - start
    found["processor_seconds"] = used.ru_utime + used.ru_stime
    found["peak_mb"] = used.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return found


def part(script: Path, *arguments: object) -> str:
    """A script in a process of its own; what it prints."""
    command = [python(), str(script), *map(str, arguments)]
    return subprocess.run(command, env=environment(), capture_output=True, text=True, check=True).stdout


def environment(compiled: Path | None = None) -> dict[str, str]:
    """The checkout's own source, whatever is installed; nothing compiled is written beside it."""
    found = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    found.pop("PYTHONDONTWRITEBYTECODE", None)
    return found | ({"PYTHONPYCACHEPREFIX": str(compiled)} if compiled else {"PYTHONDONTWRITEBYTECODE": "1"})


def python() -> str:
    """The interpreter that has the peers: build/bench, else the checkout's, else this one."""
    if os.environ.get("ORDINANCE_BENCH_PYTHON"):
        return os.environ["ORDINANCE_BENCH_PYTHON"]
    return next((str(p) for p in (OWN, ROOT / ".venv" / "bin" / "python") if p.exists()), sys.executable)


def spread(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Median, least and most of some runs."""
    found: dict[str, Any] = {"runs": len(runs)}
    for name in ("seconds", "processor_seconds", "peak_mb"):
        values = [r[name] for r in runs]
        figures = {"median": statistics.median(values), "min": min(values), "max": max(values)}
        found[name] = {k: round(v, 2) for k, v in figures.items()}
    return found


def machine(*packages: str) -> dict[str, Any]:
    """What the figures were taken on; the load says whether others were at work."""
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "processor": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
        **versions(*packages),
        "load_1_min": round(os.getloadavg()[0], 1),
    }


def versions(*packages: str) -> dict[str, str | None]:
    """Version of each package where the measurements run; `None` where it is not installed."""
    code = (
        "import importlib.metadata as m, json, sys\n"
        "there = {d.metadata['Name'].lower().replace('_', '-'): d.version for d in m.distributions()}\n"
        "print(json.dumps({n: there.get(n) for n in sys.argv[1:]}))"
    )
    found = subprocess.run([python(), "-c", code, *packages], capture_output=True, text=True, check=True).stdout
    return json.loads(found)  # type: ignore[no-any-return]


def marked(rows: list[tuple[str, ...]]) -> list[str]:
    """Rows as a Markdown table; the first is its head."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return [lines[0], "|" + "---|" * len(rows[0]), *lines[1:]]


def say(text: str) -> None:
    """Words go to stderr, so that --json leaves stdout to the data."""
    print(text, file=sys.stderr, flush=True)
