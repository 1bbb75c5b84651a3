# SPDX-License-Identifier: EUPL-1.2
"""`scripts/bench logs`: a week of logs checked from end to end, beside tools that search, and engines that compute.

Ours is `ordinance check` on a body of ten thousand devices as a whole process: start, leases, logs, rulings, findings,
report. Beside it on the same files, in turns: ripgrep and grep with the restricted names as fixed strings, which find
lines and name nobody; DuckDB and Polars, which answer the same question as well as a person would write it; `wc -l`;
for packed logs the bare decompressor. Two shapes of logs, `realistic` and `toy` (`names.py`). Each answer is held
against what was planted (`truth.py`): what is ours has no ratio unless it is right in each run, nor has an engine.

Keys: an object for each format (zeek_tsv, zeek_json, eve, dnsmasq) of the realistic shape with wall_vs_ripgrep,
cpu_vs_ripgrep, wall_vs_grep, wall_vs_duckdb, wall_vs_polars, wall_vs_zircolite, wall_vs_wc (the median of the rounds'
ratios, ours by theirs: below 1 we are quicker), seconds, processor_seconds, peak_mb, records, records_per_s, agreed;
gz and zst (Zeek's table, packed) with wall_vs_decompressor, cpu_vs_decompressor and the same; below `details` the rest,
the toy shape, and why a ratio is null.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from _bench import environment, machine, part, python, say, spread, versions
from bench_logs.tables import ENGINES, SEARCHES, table

__all__ = ["WRONG", "is_known", "run", "table", "wrong"]

PARTS = Path(__file__).parent
FORMATS = ("zeek_tsv", "zeek_json", "eve", "dnsmasq")
SHAPES = ("realistic", "toy")
PEERS = ("ripgrep", "grep", "duckdb", "polars", "zircolite", "wc")
PACKED = {"gz": (["gzip", "-c"], ["gzip", "-dc"]), "zst": (["zstd", "-qc"], ["zstd", "-qdc"])}
ORDER = ("zeek_tsv", *PACKED, *FORMATS[1:])  # what is packed are the logs before
PROGRAMS = {"ripgrep": "rg", "grep": "grep", "wc": "wc", "gz": "gzip", "zst": "zstd"}
RUNS = 3
MOST_BYTES = 450  # of a record
RECORDS, QUICK_RECORDS = 20_000_000, 2_000_000  # of each format; of all four together
QUICK_PACKED = 20  # a quick run packs a log of its own, so many times smaller
WRONG = "does not say what was planted: no ratio"
NO_ZIRCOLITE = "the package index has no such package, and nothing is installed from elsewhere"
OURS = "from ordinance.cli import main; main()"
# Run once, it leaves compiled modules of ours and of the engines, as an installed program has them, and for so many
# octets of a log what is compiled to pass over lines, as after a first check.
IMPORT_ALL = """
import contextlib, importlib, pkgutil, sys, ordinance
ours = [module.name for module in pkgutil.walk_packages(ordinance.__path__, "ordinance.")]
for name in [*ours, "duckdb", "polars"]:
    with contextlib.suppress(ImportError):
        importlib.import_module(name)
from ordinance.readers._sieve import LEAST_BYTES, EventsPlan, Linked, QueriesPlan, TablePlan, are_there
if int(sys.argv[1]) >= LEAST_BYTES and are_there():
    from ordinance.readers import _scans, _zeek, zeek_log
    names = _scans.name_table(["example.org"], [])
    for plan in (TablePlan(2, 0, 1, 1), _zeek._objects((zeek_log._DNS,)), QueriesPlan("Mar  2 00", 0), EventsPlan()):
        for _ in _scans.scan(b"1\\t2\\n", plan, names, 0, 1, 100).shown(Linked({1}), print):
            pass
"""


def run(
    size: int | None,
    runs: int,
    quick: bool,
    formats: Sequence[str] = (*FORMATS, *PACKED),
    shapes: Sequence[str] | None = None,
    keep: Path | None = None,
) -> dict[str, Any]:
    """As many records of each format as asked for, or as is usual; a quick run has one round and no toys."""
    usual = QUICK_RECORDS // len(FORMATS) if quick else RECORDS
    shapes = shapes or (SHAPES[:1] if quick else SHAPES)
    records = usual if size is None else size
    return measure(records, 1 if quick else runs, formats, shapes, keep, is_quick=quick)


def is_known(asked: Mapping[str, Any]) -> bool:
    """Whether there are such formats and shapes, some of each."""
    every = {"formats": (*FORMATS, *PACKED), "shapes": SHAPES}
    return all(asked[key] and set(asked[key]) <= set(every[key]) for key in every.keys() & asked.keys())


def measure(
    records: int, runs: int, formats: Sequence[str], shapes: Sequence[str], keep: Path | None, *, is_quick: bool
) -> dict[str, Any]:
    """Everything, in one go; what was made is gone afterwards, unless it is to be kept."""
    began, load = time.perf_counter(), round(os.getloadavg()[0], 1)
    with ExitStack() as stack:
        away = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        compiled = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-compiled-")))
        size = str(records * MOST_BYTES)
        warming = subprocess.Popen([python(), "-c", IMPORT_ALL, size], env=ours_at(compiled))
        found: dict[str, dict[str, Any]] = {shape: {} for shape in shapes}
        last: Path | None = None
        for shape, form in ((s, f) for s in shapes for f in ORDER if f in formats):
            if form in PACKED and shape != "realistic":
                continue
            written, wanted = ("zeek_tsv" if form in PACKED else form), records
            if form in PACKED and is_quick:
                wanted = max(records // QUICK_PACKED, 1)
            place = away / f"{shape}-{written}-{wanted}"
            if keep is None and last and last != place:
                shutil.rmtree(last)
            last = place
            made = make(place, shape, written, wanted)
            if warming.wait():  # at work while the first logs are made, not while anything is timed
                raise subprocess.CalledProcessError(warming.returncode, warming.args)
            entrants = one_packed if form in PACKED else one_format
            found[shape][form] = entrants(place, form, made, runs, compiled)
            if shape == "realistic" and form in FORMATS and not is_quick:
                found[shape][form]["profile"] = profiled(place, form, compiled)
    usual = found[shapes[0]]
    return {
        **{name: heading(usual[name]) for name in (*FORMATS, *PACKED) if name in usual},
        "details": {
            "records": records,
            "runs": runs,
            "shapes": found,
            "absent": absent(),
            "versions": tools(),
            "load_at_first": load,
            "machine": machine(*ENGINES, "numba"),
            "seconds_in_all": round(time.perf_counter() - began, 1),
            "taken": datetime.now(UTC).strftime("%Y-%m-%d"),
        },
    }


# --- who takes part -----------------------------------------------------------------------------------


@cache
def absent() -> dict[str, str]:
    """Who cannot take part, and why."""
    found = {name: f"{program} is not installed" for name, program in PROGRAMS.items() if not shutil.which(program)}
    found |= {n: f"{n} is not installed" for n, v in versions(*ENGINES).items() if v is None}
    return found | {"zircolite": NO_ZIRCOLITE}


def tools() -> dict[str, str]:
    """The first line of what each program says of itself."""
    there = {name: program for name, program in PROGRAMS.items() if shutil.which(program)}
    said = {n: subprocess.run([p, "--version"], capture_output=True, text=True, check=False) for n, p in there.items()}
    return {name: (one.stdout or one.stderr).partition("\n")[0].strip("* ") for name, one in said.items()}


def ours_at(compiled: Path) -> dict[str, str]:
    """The surroundings of each process: bytes are compared, and what is compiled is kept in a folder of its own."""
    return environment(compiled) | {"LC_ALL": "C", "NUMBA_CACHE_DIR": str(compiled)}


def commands(place: Path, form: str, logs: list[str]) -> dict[str, list[str]]:
    """What is started on plain logs, by name."""
    known = str(place / "suffixes.txt")
    engines = {
        name: [python(), str(PARTS / "peers.py"), name, form, str(place), str(place / f"{name}.tsv")]
        for name in ENGINES
    }
    every = {
        "ours": check(place),
        "ripgrep": ["rg", "--no-config", "-a", "-I", "-N", "-F", "-f", known, *logs],
        "grep": ["grep", "-a", "-h", "-F", "-f", known, *logs],
        **engines,
        "wc": ["wc", "-l", *logs],
    }
    return {name: command for name, command in every.items() if name not in absent()}


def check(place: Path) -> list[str]:
    """Our process, of which the report is written to a file."""
    asked = ["check", str(place / "body"), "--as-of", "2026-03-09", "--individual", "--json"]
    return [python(), "-c", OURS, *asked, "--html", str(place / "report.html")]


def numbered(command: list[str]) -> list[str]:
    """The same search, which says where each line stands."""
    kept = [word for word in command if word not in ("-I", "-N", "-h")]
    return [*kept[:1], "-n", "-H", *kept[1:]]


# --- one format ---------------------------------------------------------------------------------------


def one_format(place: Path, form: str, made: dict[str, Any], runs: int, compiled: Path) -> dict[str, Any]:
    """All entrants on the same logs, in turns; each answer is looked at."""
    logs = sorted(map(str, (place / "body" / "logs").iterdir()))
    rows: dict[str, list[dict[str, Any]]] = {}
    for turn in range(runs):
        for name, command in commands(place, form, logs).items():
            say(f"{form}: {name}, run {turn + 1} of {runs} ...")
            rows.setdefault(name, []).append(judged(place, name, command, compiled, first=turn == 0))
    peers = {n: summed(rows[n], rows["ours"], answers=n in ENGINES) for n in PEERS if n in rows}
    return {**made, "ours": summed(rows["ours"], rows["ours"]), "peers": peers}


def profiled(place: Path, form: str, compiled: Path) -> dict[str, Any]:
    """Where ours spends its time, in a run of its own that is not among those that are timed."""
    say(f"{form}: once more, for a profile ...")
    shutil.rmtree(place / "body" / ".ordinance", ignore_errors=True)
    out = place / "profile.json"
    asked = check(place)[3:]
    command = [python(), str(PARTS / "profiled.py"), str(out), *asked]
    subprocess.run(command, env=ours_at(compiled), check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return found


def make(place: Path, shape: str, form: str, records: int) -> dict[str, Any]:
    """Body, logs and truth; what was kept of an earlier run is taken again."""
    known = place / "made.json"
    if not known.exists():
        say(f"making {records:,} records of {form}, {shape} ...")
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        start = time.perf_counter()
        made = json.loads(part(PARTS / "make.py", place, shape, form, records))
        known.write_text(json.dumps({**made, "making_s": round(time.perf_counter() - start, 1)}), "utf-8")
    found: dict[str, Any] = json.loads(known.read_text("utf-8"))
    return found


def judged(place: Path, name: str, command: list[str], compiled: Path, *, first: bool) -> dict[str, Any]:
    """One run, and what its answer is worth; a search answers the same each time and is looked at once."""
    answer = place / f"{name}.out"
    if name == "ours":
        shutil.rmtree(place / "body" / ".ordinance", ignore_errors=True)
    one = ran(command, answer, place, compiled)
    usable = (0, 1, 4) if name == "ours" else (0, 1) if name in SEARCHES else (0,)
    if one["code"] not in usable:
        if name == "ours":
            raise subprocess.CalledProcessError(one["code"], command, stderr=one["said"])
        return {**one, "failed": f"ended with {one['code']}"}
    if name == "ours":
        if not (place / "report.html").stat().st_size:
            raise subprocess.CalledProcessError(0, command, stderr="no report was written")
        one["truth"] = truth("ours", place, answer)
        (place / "report.html").unlink()
    elif name in ENGINES:
        one["truth"] = truth("engine", place, place / f"{name}.tsv")
    elif name in SEARCHES and first:
        ran(numbered(command), answer, place, compiled)
        one["truth"] = truth("lines", place, answer)
    answer.unlink()
    return one


def truth(who: str, place: Path, answer: Path) -> dict[str, Any]:
    """What `truth.py` says, in a process of its own: what this one holds would be counted with those that it starts."""
    # Packed logs lie beside the plain ones, with the same truth.
    folder = place if (place / "made.json").exists() else place.parent
    found: dict[str, Any] = json.loads(part(PARTS / "truth.py", who, folder, answer))
    return found


def ran(command: list[str], out: Path, place: Path, compiled: Path) -> dict[str, Any]:
    """One process and its children from start to end; what it prints goes to a file, as it would for who needs it."""
    words = place / "said.txt"
    with out.open("wb") as printed, words.open("wb") as said:
        start = time.perf_counter()
        with subprocess.Popen(
            command, env=ours_at(compiled), stdout=printed, stderr=said, cwd=place
        ) as process:
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - start
    complaint = words.read_text("utf-8", "replace")[-2000:]
    words.unlink()
    return {
        "seconds": seconds,
        "processor_seconds": used.ru_utime + used.ru_stime,
        "peak_mb": used.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10),
        "code": process.returncode,
        "said": complaint,
    }


def one_packed(place: Path, kind: str, made: dict[str, Any], runs: int, compiled: Path) -> dict[str, Any] | None:
    """Ours on packed logs beside who only unpacks them; `None` where there is no packer."""
    pack, unpack = PACKED[kind]
    if not shutil.which(pack[0]):
        return None
    body = place / kind / "body"
    shutil.rmtree(body.parent, ignore_errors=True)
    shutil.copytree(place / "body", body, ignore=shutil.ignore_patterns(".ordinance", "*.log"))
    for log in sorted((place / "body" / "logs").iterdir()):
        with (body / "logs" / f"{log.name}.{kind}").open("wb") as out:
            subprocess.run([*pack, str(log)], stdout=out, check=True)
    logs = sorted(map(str, (body / "logs").iterdir()))
    rows: dict[str, list[dict[str, Any]]] = {}
    for turn in range(runs):
        for name, command in (("ours", check(body.parent)), ("decompressor", [*unpack, *logs])):
            say(f"{kind}: {name}, run {turn + 1} of {runs} ...")
            if name == "ours":
                one = judged(body.parent, name, command, compiled, first=turn == 0)
            else:
                one = ran(command, Path(os.devnull), body.parent, compiled)
            rows.setdefault(name, []).append(one)
    ours = summed(rows["ours"], rows["ours"])
    peers = {"decompressor": summed(rows["decompressor"], rows["ours"], answers=False)}
    size = sum(Path(log).stat().st_size for log in logs)
    return {**made, "bytes": size, "ours": ours, "peers": peers}


# --- figures ------------------------------------------------------------------------------------------


def summed(rows: list[dict[str, Any]], ours: list[dict[str, Any]], *, answers: bool = True) -> dict[str, Any]:
    """Spread of the runs, what the answers were worth, and the ratios: none where ours or an answer is not right.

    Who only searches, counts or unpacks does not answer: what it missed is said and not held against it.
    """
    judged_rows = [row["truth"] for row in rows if "truth" in row]
    failed = next((row["failed"] for row in rows if "failed" in row), None)
    found = {
        **spread(rows),
        "truth": max(judged_rows, key=lambda truth: truth["wrong"], default=None),
        "failed": failed,
        "wall": None,
        "cpu": None,
    }
    needed = ours + (rows if answers else [])
    if failed is None and all(row["truth"]["wrong"] == 0 for row in needed):
        for key, name in (("wall", "seconds"), ("cpu", "processor_seconds")):
            each = [own[name] / row[name] for own, row in zip(ours, rows, strict=True) if row[name] > 0]
            found[key] = round(statistics.median(each), 2) if each else None
    return found


def heading(one: dict[str, Any] | None) -> dict[str, Any] | None:
    """The keys that stand on top for one format."""
    if one is None:
        return None
    ours, peers = one["ours"], one["peers"]
    if "decompressor" in peers:
        ratios = {f"{kind}_vs_decompressor": peers["decompressor"][kind] for kind in ("wall", "cpu")}
    else:
        ratios = {f"{kind}_vs_ripgrep": peers.get("ripgrep", {}).get(kind) for kind in ("wall", "cpu")}
        ratios |= {f"wall_vs_{name}": peers.get(name, {}).get("wall") for name in PEERS[1:]}
    seconds = ours["seconds"]["median"]
    return {
        **ratios,
        "seconds": seconds,
        "processor_seconds": ours["processor_seconds"]["median"],
        "peak_mb": round(ours["peak_mb"]["max"]),
        "records": one["lines"],
        "records_per_s": round(one["lines"] / seconds) if seconds else None,
        "agreed": ours["truth"]["wrong"] == 0,
    }


def wrong(found: dict[str, Any]) -> list[str]:
    """Who did not say what was planted, with the format and shape. Who only searches does not answer."""
    return [
        f"{name} on {form}, {shape},"
        for shape, formats in found["details"]["shapes"].items()
        for form, one in formats.items()
        if one is not None
        for name, row in (("ours", one["ours"]), *one["peers"].items())
        if name in ("ours", *ENGINES) and (row["failed"] or row["truth"]["wrong"])
    ]
