# SPDX-License-Identifier: EUPL-1.2
"""`scripts/bench build`: how long a bundle takes, and what the real resolvers need to load its largest file.

`families`: 80 families for 12 classes of devices, to every target. `zone`: a policy zone of 500,000 names, and beside
it BIND, Unbound and the PowerDNS Recursor, each from its start until it blocks the zone's last name. A first round of
ours compiles and is not counted. A resolver that does not block what the zone lists has no ratio.

Keys: seconds, peak_mb, targets (of `families`); zone_seconds (of the whole process, which makes the names up first),
zone_build_seconds (of compiling and writing), zone_peak_mb, ratio_vs_bind9, ratio_vs_unbound, ratio_vs_pdns_recursor
(seconds until the resolver blocks by our median of building: above 1 it takes longer to load the zone than we take to
make it); below `details` the rest.
"""

from __future__ import annotations

import json
import shutil
import statistics
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from _bench import machine, marked, part, say, spread, timed

PARTS = Path(__file__).parent
FAMILIES = 80
PROGRAMS = {"bind9": "named", "unbound": "unbound", "pdns-recursor": "pdns_recursor"}
PATHS = "/usr/sbin:/sbin:/usr/local/sbin:/usr/bin:/bin"


def run(size: int | None, runs: int, quick: bool) -> dict[str, Any]:
    """As many names and runs as asked for, or as is usual."""
    names = size if size is not None else 2_000 if quick else 500_000
    return measure(8 if quick else FAMILIES, names, 1 if quick else runs)


def measure(families: int, names: int, runs: int) -> dict[str, Any]:
    """Everything, in one go."""
    with tempfile.TemporaryDirectory(prefix="bench-") as away:
        folder = Path(away)
        found = {
            what: ours(folder, what, size, runs) for what, size in (("families", families), ("zone", names))
        }
        resolvers = {name: one for name in PROGRAMS if (one := resolver(name, folder / "zone")) is not None}
    median = found["zone"]["build_s"]
    ratios = {
        f"ratio_vs_{name.replace('-', '_')}": round(resolvers[name]["blocked_s"] / median, 2)
        if name in resolvers and right(resolvers[name])
        else None
        for name in PROGRAMS
    }
    return {
        "seconds": found["families"]["seconds"]["median"],
        "peak_mb": found["families"]["peak_mb"]["max"],
        "targets": found["families"]["said"]["targets"],
        "zone_seconds": found["zone"]["seconds"]["median"],
        "zone_build_seconds": median,
        "zone_peak_mb": found["zone"]["peak_mb"]["max"],
        **ratios,
        "details": {
            "families": families,
            "names": names,
            "ours": found,
            "resolvers": resolvers,
            "machine": machine(),
            "taken": datetime.now(UTC).strftime("%Y-%m-%d"),
        },
    }


def ours(folder: Path, what: str, size: int, runs: int) -> dict[str, Any]:
    """Some whole processes; the first one compiles and is not counted."""
    results = []
    for turn in range(runs + 1):
        say(f"{what}: {f'run {turn} of {runs}' if turn else 'the round that is not counted'} ...")
        shutil.rmtree(folder / what, ignore_errors=True)
        one = timed(PARTS / "ours.py", what, size, folder / what, compiled=folder / "compiled")
        if turn:
            results.append(one)
    said = {k: results[0][k] for k in ("targets", "demands", "entries", "gaps", "bytes")}
    build_s = round(statistics.median(r["build_s"] for r in results), 2)
    return {**spread(results), "build_s": build_s, "said": said}


def resolver(name: str, built: Path) -> dict[str, Any] | None:
    """What a real resolver needs; `None` where it is not on this machine."""
    if shutil.which(PROGRAMS[name], path=PATHS) is None:
        say(f"{name}: not installed, so there is no figure")
        return None
    say(f"{name} loads the zone ...")
    found: dict[str, Any] = json.loads(part(PARTS / "resolvers.py", name, built))
    return found


def right(one: dict[str, Any]) -> bool:
    """Whether a resolver blocks what is listed and nothing else: only then its time says anything."""
    return bool(one["blocked"] and one["open"])


def wrong(found: dict[str, Any]) -> list[str]:
    """Resolvers that did not block what the zone lists."""
    return [name for name, one in found["details"]["resolvers"].items() if not right(one)]


def table(found: dict[str, Any]) -> str:
    """The figures for people, as Markdown."""
    details = found["details"]
    rows = [("", "seconds (least–most)", "building alone, s", "peak MB", "what")]
    for what, one in details["ours"].items():
        times, said = one["seconds"], one["said"]
        made = f"{said['demands']:,} demands, {said['targets']} target(s), {said['entries']:,} entries"
        span = f"{times['median']:.2f} ({times['min']:.2f}–{times['max']:.2f})"
        alone = f"{one['build_s']:.2f}"
        made += f", {said['bytes'] / 1e6:.1f} MB"
        rows.append((f"build, {what}", span, alone, f"{one['peak_mb']['max']:.0f}", made))
    for name, one in details["resolvers"].items():
        result = "blocks what is listed" if right(one) else "does NOT block what is listed"
        seconds = "–" if one["blocked_s"] is None else f"{one['blocked_s']:.2f}"
        rows.append((f"{name} {one['version']}", seconds, "–", str(one["peak_mb"]), f"loads it; {result}"))
    is_on = details["machine"]
    where = f"{is_on['cores']} cores ({is_on['processor']}), Python {is_on['python']}"
    return "\n".join([*marked(rows), "", f"{where}, load at the end {is_on['load_1_min']}"])
