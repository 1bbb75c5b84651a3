# SPDX-License-Identifier: EUPL-1.2
"""`scripts/bench rulings`: invented estates, our rulings timed as whole processes, then the peers on the same classes.

Keys: seconds, peak_mb, classes, decisions_per_s, worst_case_seconds (every device a class of its own), ratio_vs_cedar,
ratio_vs_rego (their time for the decisions of the classes alone, which is their best case, by our time for
everything); below `details` the rest.
"""

from __future__ import annotations

import json
import statistics
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from _bench import machine, marked, part, say, spread, timed

PARTS = Path(__file__).parent
COUNTED = ("devices", "classes", "questions", "verdicts")
PEERS = {"cedar": "cedarpy", "rego": "regopy"}


def run(size: int | None, runs: int, quick: bool) -> dict[str, Any]:
    """As many devices and runs as asked for, or as is usual."""
    devices = size if size is not None else 5_000 if quick else 1_000_000
    return measure(devices, 1 if quick else runs, 60 if quick else 1_000)


def measure(devices: int, runs: int, sample: int) -> dict[str, Any]:
    """Everything, in one go."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        away = Path(folder)
        for name in ("usual", "worst"):
            say(f"making {devices:,} devices ({name}) ...")
            part(PARTS / "estates.py", away / f"{name}.parquet", devices, name)
        usual = [rule(away / "usual.parquet", away / "usual") for _ in range(runs)]
        worst = [rule(away / "worst.parquet", away / "worst")]
        say("asking the peers ...")
        peers = json.loads(part(PARTS / "peers.py", away / "usual", sample))
    seconds = statistics.median(r["seconds"] for r in usual)
    first, peak = usual[0], max(r["peak_mb"] for r in usual)
    ratios = {name: ratio(peers.get(name), first["classes"] * first["questions"], seconds) for name in PEERS}
    for name in [n for n in PEERS if n not in peers]:
        say(f"{name}: {PEERS[name]} is not installed, so there is no ratio; `scripts/bench --install` installs it")
    return {
        "seconds": round(seconds, 3),
        "peak_mb": round(peak),
        "classes": first["classes"],
        "decisions_per_s": round(first["decisions"] / seconds),
        "worst_case_seconds": round(statistics.median(r["seconds"] for r in worst), 3),
        "ratio_vs_cedar": ratios["cedar"],
        "ratio_vs_rego": ratios["rego"],
        "details": {
            "usual": spread(usual) | {k: first[k] for k in (*COUNTED, "decisions")},
            "worst_case": spread(worst) | {k: worst[0][k] for k in COUNTED},
            "peers": {n: with_ratios(peers.get(n), first, seconds) for n in PEERS},
            "machine": machine("duckdb"),
            "taken": datetime.now(UTC).strftime("%Y-%m-%d"),
        },
    }


def rule(facts: Path, out: Path) -> dict[str, Any]:
    """One process of ours, from start to end."""
    found = timed(PARTS / "ours.py", facts, out)
    say(f"  {found['seconds']:.2f} s, {found['peak_mb']:.0f} MB, {found['classes']:,} classes")
    return found


def wrong(found: dict[str, Any]) -> list[str]:
    """Peers that decided otherwise than we do."""
    return [n for n, p in found["details"]["peers"].items() if p and p["disagreements"]]


def ratio(peer: dict[str, Any] | None, decisions: int, ours: float) -> float | None:
    """Their time for so many decisions by our time; nothing where there is no peer, or it does not agree."""
    if peer is None or peer["disagreements"]:
        return None
    return round(peer["seconds_per_class_decision"] * decisions / ours, 1)


def with_ratios(peer: dict[str, Any] | None, first: dict[str, Any], ours: float) -> dict[str, Any] | None:
    """A peer's figures with both ratios: given the classes, and asked about each device, app and surface."""
    if peer is None:
        return None
    agreed = not peer["disagreements"]
    per_call = round(peer["seconds_per_call"] * first["decisions"] / ours) if agreed else None
    classes = ratio(peer, first["classes"] * first["questions"], ours)
    return peer | {"ratio_given_classes": classes, "ratio_per_call": per_call}


def table(found: dict[str, Any]) -> str:
    """The figures for people, as Markdown."""
    usual, worst, peers = (found["details"][k] for k in ("usual", "worst_case", "peers"))
    rows = [("", "seconds (least–most)", "processor s", "peak MB", "classes", "decisions/s")]
    for name, one in (("a body's spread", usual), ("every device a class of its own", worst)):
        times = one["seconds"]
        per_s = one["devices"] * one["questions"] / times["median"]
        rows.append(
            (
                name,
                f"{times['median']} ({times['min']}–{times['max']})",
                f"{one['processor_seconds']['median']}",
                f"{one['peak_mb']['max']:.0f}",
                f"{one['classes']:,}",
                f"{per_s:,.0f}",
            )
        )
    lines = [f"{usual['devices']:,} devices × {usual['questions']} apps and surfaces, {usual['runs']} run(s)", ""]
    lines += marked(rows)
    rows = [("peer", "µs a call", "µs a decision, given the classes", "ratio, given the classes", "ratio, per call")]
    for name, peer in peers.items():
        if peer is None:
            rows.append((f"{name}: not installed", "–", "–", "–", "–"))
        else:
            per_call, given = (peer[f"seconds_per_{k}"] * 1e6 for k in ("call", "class_decision"))
            ratios = [peer["ratio_given_classes"], peer["ratio_per_call"]]
            shown = ["–" if r is None else f"{r:,}" for r in ratios]
            rows.append((f"{name} ({peer['package']} {peer['version']})", f"{per_call:,.0f}", f"{given:,.0f}", *shown))
    agreed = [
        f"{n}: {p['sample'] - p['disagreements']} of {p['sample']} decisions as ours, "
        f"{p['forbidden_in_sample']} forbidden"
        for n, p in peers.items()
        if p
    ]
    is_on = found["details"]["machine"]
    where = f"{is_on['cores']} cores ({is_on['processor']}), Python {is_on['python']}, DuckDB {is_on['duckdb']}"
    return "\n".join([*lines, "", *marked(rows), "", *agreed, "", f"{where}, load at the end {is_on['load_1_min']}"])
