# SPDX-License-Identifier: EUPL-1.2
"""`scripts/bench identify`: whose name is it? Our matcher and three peers, each in every form, on the same two files.

In `log` a few names are asked again and again, the n-th an n-th as often as the first; in `unique` no name comes twice.
Every form of a peer must answer each name as we do, byte for byte, or that peer has no ratio. A first round compiles
and is not counted; the rounds that follow let each have its turn, so that all meet the same machine.

Keys: names_per_s, peak_mb, ratio_vs_tldextract, ratio_vs_ahocorasick, ratio_vs_suffix_loop (seconds of the whole
process: the least of their quickest form by our median; below 1 they are quicker than we are) for `log`; the same with
`unique_` before it; below `details` the rest, with the ratios of answering alone.
"""

from __future__ import annotations

import json
import statistics
import tempfile
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from _bench import machine, marked, part, say, spread, timed, versions

PARTS = Path(__file__).parent
PACKAGES = {"tldextract": "tldextract", "ahocorasick": "ahocorasick-rs", "suffix_loop": None}
FORMS = {
    "tldextract": ("plain", "remembered"),
    "ahocorasick": ("plain", "remembered", "block", "block_once"),
    "suffix_loop": ("plain", "remembered"),
}
WORKLOADS = ("log", "unique")
OURS = ("ours", "")


def run(size: int | None, runs: int, quick: bool) -> dict[str, Any]:
    """As many names and runs as asked for, or as is usual."""
    names = size if size is not None else 5_000 if quick else 1_000_000
    return measure(names, 1 if quick else runs)


def measure(names: int, runs: int) -> dict[str, Any]:
    """Everything, in one go."""
    installed = versions(*(p for p in PACKAGES.values() if p))
    there = [n for n, package in PACKAGES.items() if package is None or installed[package]]
    for name in (n for n in PACKAGES if n not in there):
        say(f"{name}: {PACKAGES[name]} is not installed, so there is no ratio; `scripts/bench --install` installs it")
    entrants = [OURS, *((name, form) for name in there for form in FORMS[name])]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        say(f"making {names:,} names ...")
        different = json.loads(part(PARTS / "names.py", folder, names))
        found = {w: one_workload(Path(folder), w, entrants, runs) for w in WORKLOADS}
    for workload, one in found.items():
        one["different"] = different[workload]
        with_ratios(one, {n for f in found.values() for n, p in f["peers"].items() if p["disagreements"]})
    return {
        **{prefix + k: v for w, prefix in (("log", ""), ("unique", "unique_")) for k, v in heading(found[w]).items()},
        "details": {
            "names": names,
            "workloads": found,
            "versions": installed,
            "machine": machine(),
            "taken": datetime.now(UTC).strftime("%Y-%m-%d"),
        },
    }


def one_workload(away: Path, workload: str, entrants: list[tuple[str, str]], runs: int) -> dict[str, Any]:
    """All entrants on one file of names, in turns."""
    asked, taken = away / f"{workload}.txt", dict[tuple[str, str], list[dict[str, Any]]]()
    for turn in range(runs + 1):
        say(f"{workload}: {f'run {turn} of {runs}' if turn else 'the round that is not counted'} ...")
        for who, form in entrants:
            out = away / f"{workload}-{who}-{form}"
            arguments = (who, form, away / "known.tsv", asked, out)
            one = timed(PARTS / "answer.py", *arguments, compiled=away / "compiled")
            if turn:
                taken.setdefault((who, form), []).append(one)
    ours = away / f"{workload}-ours-"
    peers: dict[str, Any] = {}
    for (who, form), results in taken.items():
        if who == "ours":
            continue
        peer = peers.setdefault(who, {"package": PACKAGES[who], "disagreements": 0, "forms": {}})
        peer["disagreements"] += differing(ours, away / f"{workload}-{who}-{form}")
        peer["forms"][form] = figures(results)
    return {
        "names": taken[OURS][0]["names"],
        **answered(ours),
        "ours": figures(taken[OURS]),
        "peers": peers,
    }


def differing(ours: Path, theirs: Path) -> int:
    """Lines that are not the same. Line by line, because a process is counted with what held memory when it began."""
    with ours.open("rb") as one, theirs.open("rb") as other:
        return sum(a != b for a, b in zip_longest(one, other))


def answered(ours: Path) -> dict[str, int]:
    """How many names were known, and how many of these are only likely."""
    found = {"known": 0, "likely": 0}
    with ours.open("rb") as answers:
        for answer in answers:
            found["known"] += answer != b"-\n"
            found["likely"] += answer.endswith(b" likely\n")
    return found


def figures(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Spread of the whole process, and what ratios are made of: medians and least of it and of its parts."""
    found = spread(results)
    for name in ("whole", "loading", "answering"):
        values = [r["seconds" if name == "whole" else f"{name}_s"] for r in results]
        found[f"{name}_s"] = {"median": round(statistics.median(values), 6), "min": round(min(values), 6)}
    return found


def with_ratios(one: dict[str, Any], disagreeing: set[str]) -> None:
    """Adds each form's ratios and a peer's least; nothing for a peer that answered otherwise, in whichever file."""
    ours = one["ours"]
    for name, peer in one["peers"].items():
        for form in peer["forms"].values():
            agreed = name not in disagreeing
            for key, of in (("ratio", "whole_s"), ("ratio_answering", "answering_s")):
                form[key] = round(form[of]["min"] / ours[of]["median"], 2) if agreed else None
        for key in ("ratio", "ratio_answering"):
            peer[key] = min(f[key] for f in peer["forms"].values()) if name not in disagreeing else None


def heading(one: dict[str, Any]) -> dict[str, Any]:
    """The keys that stand on top."""
    return {
        "names_per_s": round(one["names"] / one["ours"]["whole_s"]["median"]),
        "peak_mb": round(one["ours"]["peak_mb"]["max"]),
        **{f"ratio_vs_{n}": one["peers"].get(n, {}).get("ratio") for n in PACKAGES},
    }


def wrong(found: dict[str, Any]) -> list[str]:
    """Peers that answered otherwise than we do."""
    every = [w["peers"] for w in found["details"]["workloads"].values()]
    return [n for n in PACKAGES if any(peers.get(n, {}).get("disagreements") for peers in every)]


def table(found: dict[str, Any]) -> str:
    """The figures for people, as Markdown."""
    details, lines = found["details"], list[str]()
    for name, one in details["workloads"].items():
        lines += [
            f"`{name}`: {one['names']:,} names, {one['different']:,} different, {one['known']:,} of them known, "
            f"{one['likely']:,} likely; {one['ours']['runs']} run(s)",
            "",
            *marked(rows(one)),
            "",
        ]
    is_on, installed = details["machine"], details["versions"]
    named = ", ".join(f"{n} {v or 'not installed'}" for n, v in installed.items())
    where = f"{is_on['cores']} cores ({is_on['processor']}), Python {is_on['python']}, {named}"
    return "\n".join([*lines, f"{where}, load at the end {is_on['load_1_min']}"])


def rows(one: dict[str, Any]) -> list[tuple[str, ...]]:
    """A row for us, and one for each form of each peer."""
    head = ("", "form", "seconds (least–most)", "names/s", "peak MB", "answering alone, s", "ratio", "ratio, answering")
    found = [head, row(one, "ours", "", one["ours"])]
    for name, peer in one["peers"].items():
        found += [row(one, name, form, f) for form, f in peer["forms"].items()]
    return found


def row(one: dict[str, Any], name: str, form: str, figures: dict[str, Any]) -> tuple[str, ...]:
    """What one process took."""
    times = figures["seconds"]
    ratios = ["–" if figures.get(k) is None else f"{figures[k]:.2f}" for k in ("ratio", "ratio_answering")]
    return (
        name,
        form,
        f"{times['median']:.2f} ({times['min']:.2f}–{times['max']:.2f})",
        f"{one['names'] / figures['whole_s']['median']:,.0f}",
        f"{figures['peak_mb']['max']:.0f}",
        f"{figures['answering_s']['median']:.2f}",
        *ratios,
    )
