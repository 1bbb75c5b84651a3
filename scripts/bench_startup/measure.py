# SPDX-License-Identifier: EUPL-1.2
"""`scripts/bench startup`: how long each verb takes from its start, and the most memory it holds.

Each verb runs the example of its help on the examples of the repository, in a process of its own, with compiled
modules kept as an installed program has them; `--help` and a Python that does nothing stand beside them. Once more with
nothing compiled yet, the modules of Python and of packages included, as at a very first start. What a verb does with
so small a body is its start; what it does with a large one stands in the other measurements.

Keys: slowest, slowest_seconds, help_seconds, explain_seconds, lint_seconds, python_seconds (medians), peak_mb (the
most of all verbs), verbs (how many); below `details.verbs`, for each: seconds, processor_seconds, peak_mb (median,
min, max), first_seconds, modules, ours, code.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from _bench import ROOT, machine, marked, part, say, spread, timed

PARTS = Path(__file__).parent
QUICK = ("--help", "explain", "lint")
LONG = ("demo",)  # checks six bodies: what it takes is work, no start


def run(size: int | None, runs: int, quick: bool) -> dict[str, Any]:
    """Every verb, as often as is asked for; quick: three of them, once. There is no size."""
    del size
    with tempfile.TemporaryDirectory(prefix="bench-") as away:
        folder = Path(away)
        listed: dict[str, list[str]] = json.loads(part(PARTS / "verbs.py", folder / "work", ROOT / "examples"))
        chosen = {n: w for n, w in listed.items() if (n in QUICK if quick else n not in LONG)}
        return measure(folder, chosen, 1 if quick else runs)


def measure(folder: Path, chosen: dict[str, list[str]], runs: int) -> dict[str, Any]:
    """Each verb some times; a first round keeps compiled modules and is not counted."""
    there = {path.name for path in (folder / "work").iterdir()}
    found: dict[str, Any] = {}
    for name, words in chosen.items():
        say(f"{name} ...")
        results = []
        for turn in range(runs + 2):  # the first compiles what others left, the last everything, as a first start does
            compiled = folder / "compiled" if turn <= runs else folder / name.replace(" ", "-")
            results.append(timed(PARTS / "ours.py", folder / "work", *words, compiled=compiled))
            for path in (folder / "work").iterdir():
                if path.name not in there:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
        ours = [module for module in results[1]["loaded"] if module.startswith("ordinance.")]
        found[name] = {
            **spread(results[1:-1]),
            "first_seconds": round(results[-1]["seconds"], 2),
            "modules": len(results[1]["loaded"]),
            "ours": len(ours),
            "code": results[1]["code"],
        }
    nothing = [timed(PARTS / "nothing.py", compiled=folder / "compiled") for _ in range(runs)]
    verbs = {name: one for name, one in found.items() if name != "--help"}
    slowest = max(verbs, key=lambda name: verbs[name]["seconds"]["median"])
    return {
        "slowest": slowest,
        "slowest_seconds": verbs[slowest]["seconds"]["median"],
        **{f"{n.strip('-')}_seconds": found[n]["seconds"]["median"] for n in QUICK},
        "python_seconds": spread(nothing)["seconds"]["median"],
        "peak_mb": max(one["peak_mb"]["max"] for one in verbs.values()),
        "verbs": len(verbs),
        "details": {
            "runs": runs,
            "verbs": found,
            "python": spread(nothing),
            "machine": machine("click", "pyyaml", "jinja2"),
            "taken": datetime.now(UTC).strftime("%Y-%m-%d"),
        },
    }


def wrong(found: dict[str, Any]) -> list[str]:
    """Verbs that ended as misuse or as a fault of ours: they were not measured."""
    return [name for name, one in found["details"]["verbs"].items() if one["code"] not in {0, 1, 3, 4}]


def table(found: dict[str, Any]) -> str:
    """The figures for people, as Markdown."""
    rows = [("verb", "seconds (least–most)", "of a processor, s", "very first, s", "peak MB", "modules (ours)")]
    nothing = found["details"]["python"]
    for name, one in (("Python alone", nothing), *sorted(found["details"]["verbs"].items())):
        times = one["seconds"]
        modules = f"{one['modules']} ({one['ours']})" if "modules" in one else "–"
        rows.append(
            (
                f"`{name}`" if "modules" in one else name,
                f"{times['median']:.2f} ({times['min']:.2f}–{times['max']:.2f})",
                f"{one['processor_seconds']['median']:.2f}",
                f"{one['first_seconds']:.2f}" if "first_seconds" in one else "–",
                f"{one['peak_mb']['median']:.0f}",
                modules,
            )
        )
    return "\n".join(marked(rows))
