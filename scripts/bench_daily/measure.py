# SPDX-License-Identifier: EUPL-1.2
"""`scripts/bench daily`: seven checks, one at the end of each day of a week, beside one check of the whole week.

The week's logs are those of `scripts/bench logs`, realistic shape. With `observations` in `[retention]`, each day
brings a file (`files`) or a longer one (`growing`), and each evening has a check of the week so far: start, leases,
logs, rulings, findings, both reports. Beside them, on the same body when all is there, `check --fresh`, which uses
nothing that is kept. The last evening's document must be that of the fresh check, to the last finding.

Keys: an object for each format with, for `files` and `growing`, wall_vs_one and cpu_vs_one (seven by one), seconds and
processor_seconds of each of the seven, of the one, and of a check once more with nothing new (`again`); agreed; below
`details` the rest, with a profile of that last check.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from _bench import machine, marked, python, say
from bench_logs.measure import IMPORT_ALL, MOST_BYTES, OURS, PARTS, make, ours_at, ran
from bench_logs.tables import TITLES

__all__ = ["WRONG", "is_known", "run", "table", "wrong"]

FORMATS, SHAPES, RUNS = ("zeek_tsv", "dnsmasq"), ("files", "growing"), 1
RECORDS, QUICK_RECORDS = 2_000_000, 20_000
WRONG = "said otherwise on the last evening than from the beginning: no ratio"


def run(
    size: int | None, runs: int, quick: bool, formats: Sequence[str] = FORMATS, keep: Path | None = None
) -> dict[str, Any]:
    """As many records of each format as asked for, or as is usual. `runs` are of the whole week; the best counts."""
    records, load = size or (QUICK_RECORDS if quick else RECORDS), round(os.getloadavg()[0], 1)
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as away:
        compiled = Path(away) / "compiled"
        for form in formats:
            place = (keep or Path(away)) / f"realistic-{form}-{records}"
            made = make(place, "realistic", form, records)
            warm = [python(), "-c", IMPORT_ALL, str(records * MOST_BYTES)]
            subprocess.run(warm, env=ours_at(compiled), check=True)
            weeks = {shape: [week(place, shape, form, compiled) for _ in range(runs)] for shape in SHAPES}
            best = {shape: min(some, key=lambda w: w["cpu_vs_one"]) for shape, some in weeks.items()}
            found[form] = {"records": made["lines"], "bytes": made["bytes"], "devices": made["devices"], **best}
            found[form]["agreed"] = all(w["agreed"] for some in weeks.values() for w in some)
            if not quick:
                found[form]["profile"] = profiled(place, compiled)
    details = {"records": records, "runs": runs, "load_at_first": load, "machine": machine("numba")}
    return {**found, "details": {**details, "taken": datetime.now(UTC).strftime("%Y-%m-%d")}}


def is_known(asked: dict[str, Any]) -> bool:
    """Whether there are such formats, some of them; shapes are no matter of this one."""
    formats = asked.get("formats", FORMATS)
    return bool(formats) and set(formats) <= set(TITLES) and "shapes" not in asked


def week(place: Path, shape: str, form: str, compiled: Path) -> dict[str, Any]:
    """Seven evenings, one more look, and one check from the beginning."""
    folder = place / f"{shape}-body"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(place / "body", folder, ignore=shutil.ignore_patterns(".ordinance", "logs"))
    settings = folder / "ordinance.toml"
    text = settings.read_text("utf-8").replace("[retention]\n", '[retention]\nobservations = "P30D"\n')
    settings.write_text(text, "utf-8")
    (folder / "logs").mkdir()
    days = []
    for n, log in enumerate(sorted((place / "body" / "logs").iterdir())):
        say(f"{form}, {shape}: evening {n + 1} of 7 ...")
        if shape == "files":
            os.link(log, folder / "logs" / log.name)
        else:
            with (folder / "logs" / "log.log").open("ab") as whole, log.open("rb") as more:
                shutil.copyfileobj(more, whole)
        days.append(checked(place, folder, n + 3, compiled))
    again, fresh = checked(place, folder, 9, compiled), checked(place, folder, 9, compiled, "--fresh")
    rows = [*days, again, fresh]
    agreed = days[-1].pop("said") == again.pop("said") == fresh.pop("said")
    for row in rows:
        row.pop("said", None)
    ratio = {
        key: round(sum(d[name] for d in days) / fresh[name], 2) if agreed else None
        for key, name in (("wall_vs_one", "seconds"), ("cpu_vs_one", "processor_seconds"))
    }
    return {**ratio, "days": days, "again": again, "one": fresh, "agreed": agreed}


def checked(place: Path, folder: Path, day: int, compiled: Path, *more: str) -> dict[str, Any]:
    """One check, timed as a whole; what it said, but for what it read it from."""
    answer = place / "answer.json"
    asked = ["check", str(folder), "--as-of", f"2026-03-{day:02}", "--individual", "--json"]
    command = [python(), "-c", OURS, *asked, "--html", str(place / "report.html"), *more]
    one = ran(command, answer, place, compiled)
    if one["code"] not in (0, 1, 4):
        raise subprocess.CalledProcessError(one["code"], command, stderr=one["said"])
    said = json.loads(answer.read_text("utf-8"))
    for path in (answer, place / "report.html"):
        path.unlink()
    figures = {name: round(one[name], 2) for name in ("seconds", "processor_seconds", "peak_mb")}
    return {**figures, "said": {key: value for key, value in said.items() if key != "run"}}


def profiled(place: Path, compiled: Path) -> dict[str, Any]:
    """Where a check with nothing new spends its time."""
    out = place / "profile.json"
    asked = ["check", str(place / "files-body"), "--as-of", "2026-03-09", "--individual", "--json"]
    command = [python(), str(PARTS / "profiled.py"), str(out), *asked, "--html", str(place / "report.html")]
    subprocess.run(command, env=ours_at(compiled), check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return found


def wrong(found: dict[str, Any]) -> list[str]:
    """Formats of which the seventh evening said otherwise."""
    return [f"ours on {form}" for form, one in found.items() if form != "details" and not one["agreed"]]


def table(found: dict[str, Any]) -> str:
    """For people."""
    evenings = [f"evening {n}" for n in range(1, 8)]
    rows = [("logs", "processor s of", *evenings, "once more", "one from the beginning", "seven by one", "wall")]
    parts = []
    for form, one in found.items():
        if form == "details":
            continue
        for shape in SHAPES:
            week_ = one[shape]
            times = [week_[name]["processor_seconds"] for name in ("again", "one")]
            cells = [f"{t:.1f}" for t in (*(d["processor_seconds"] for d in week_["days"]), *times)]
            ratios = ["–" if week_[k] is None else f"{week_[k]:.2f}" for k in ("cpu_vs_one", "wall_vs_one")]
            rows.append((f"{TITLES[form]}, {one['records']:,} records", shape, *cells, *ratios))
        if "profile" in one:
            large = [(part, share) for part, share in one["profile"]["parts"].items() if share >= 0.05]
            shares = ", ".join(f"{part} {share:.0%}" for part, share in large)
            parts.append(f"{TITLES[form]}, once more, under a profiler: {shares}")
    here = found["details"]["machine"]
    loads = f"load {found['details']['load_at_first']} before, {here['load_1_min']} after"
    where = f"{here['cores']} cores ({here['processor']}), Python {here['python']}, numba {here['numba']}; {loads}"
    return "\n".join([*marked(rows), "", *parts, "", where])
