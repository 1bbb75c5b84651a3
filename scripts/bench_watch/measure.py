# SPDX-License-Identifier: EUPL-1.2
"""`scripts/bench watch`: how long it takes from a line that is written to the finding that is told.

A writer adds 50,000 lines a second to Zeek's dns.log for a minute, of the realistic shape (`bench_logs`), for a body
of ten thousand devices, each with a lease. `ordinance watch --out` follows the log. Whoever reads that file looks at it
two hundred times a second, and notes when each line is there. Counted is the first line of each device that must make a
finding, from the moment just before it is written; at the end each of these devices has one, and no other.

Keys: lines_per_s, findings, latency_s (p50, p90, p99, max), seconds and processor_seconds and peak_mb of the watch (of
starting too), agreed; below `details` the rest.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from _bench import environment, machine, marked, python, say
from bench_logs.measure import IMPORT_ALL, MOST_BYTES, ours_at

__all__ = ["WRONG", "run", "table", "wrong"]

PARTS = Path(__file__).parent
RUNS, RATE, SECONDS, DEVICES = 1, 50_000, 60.0, 10_000
QUICK_RATE, QUICK_SECONDS, QUICK_DEVICES = 5_000, 6.0, 200
WRONG = "told of another device, or not of one: its latency says nothing"
LOOK_S = 0.005
SHARES = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}
OURS = "from ordinance.cli import main; main()"
BODY = """
import sys
sys.path[:0] = [sys.argv[1]]
from make import Plan, write_body
from pathlib import Path
write_body(Plan(Path(sys.argv[2]), "realistic", "zeek_tsv", 2000 * int(sys.argv[3])))
"""
NAMED = """
import json, sys
from pathlib import Path
from ordinance.store.keys import load_pseudonyms
keys = load_pseudonyms(Path(sys.argv[1]) / ".ordinance")
print(json.dumps({f"d-{n:05d}": keys.of(f"d-{n:05d}") for n in range(int(sys.argv[2]))}))
"""


def run(size: int | None, runs: int, quick: bool) -> dict[str, Any]:
    """`size`: lines a second."""
    rate = size or (QUICK_RATE if quick else RATE)
    seconds, devices = (QUICK_SECONDS, QUICK_DEVICES) if quick else (SECONDS, DEVICES)
    load = round(os.getloadavg()[0], 1)
    rows = []
    for turn in range(runs):
        say(f"{rate:,} lines a second for {seconds:.0f} s, {devices:,} devices, run {turn + 1} of {runs} ...")
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            rows.append(one(Path(folder), rate, seconds, devices))
    worst = max(rows, key=lambda row: row["latency_s"]["p99"])
    details = {"runs": rows, "load_at_first": load, "machine": machine("numba"), "rate": rate, "devices": devices}
    return {**worst, "details": {**details, "taken": datetime.now(UTC).strftime("%Y-%m-%d")}}


def one(place: Path, rate: int, seconds: float, devices: int) -> dict[str, Any]:
    """One run: watch, write, read what is told."""
    subprocess.run(
        [python(), "-c", BODY, str(PARTS.parent / "bench_logs"), str(place), str(devices)],
        env=environment(),
        check=True,
        capture_output=True,
        text=True,
    )
    as_of_today(place / "body")
    out = place / "found.jsonl"
    command = [python(), "-c", OURS, "watch", str(place / "body"), "--individual", "--out", str(out)]
    surroundings = ours_at(place / "compiled")
    warm(place, surroundings)
    begin = time.perf_counter()
    with (place / "said.txt").open("wb") as said:
        watch = subprocess.Popen(command, env=surroundings, stdout=said, stderr=said)
        try:
            seen = followed(place, out, rate, seconds, devices, watch)
        finally:
            watch.terminate()
            _, status, used = os.wait4(watch.pid, 0)
            watch.returncode = os.waitstatus_to_exitcode(status)
    now = time.time()
    seen["told"] += [(now, line) for line in out.read_text("utf-8").splitlines()[len(seen["told"]) :]]
    if watch.returncode not in (0, 1, 4):
        raise subprocess.CalledProcessError(watch.returncode, command, stderr=(place / "said.txt").read_text("utf-8"))
    named = json.loads(
        subprocess.run(
            [python(), "-c", NAMED, str(place / "body"), str(devices)],
            env=environment(),
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    )
    written, told = seen["written"], first_told(seen["told"])
    planted = dict(line.split("\t") for line in (place / "planted.tsv").read_text("ascii").splitlines())
    delays = sorted(told[named[d]] - float(at) for d, at in planted.items() if named[d] in told)
    missed = [d for d in planted if named[d] not in told]
    made_up = told.keys() - {named[d] for d in planted}
    return {
        "lines_per_s": round(written["lines"] / written["seconds"]),
        "findings": len(told),
        "latency_s": {name: at(delays, share) for name, share in SHARES.items()},
        "seconds": round(time.perf_counter() - begin, 1),
        "processor_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": round(used.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)),
        "agreed": not missed and not made_up,
        "missed": len(missed),
        "made_up": len(made_up),
        "mean_s": round(statistics.fmean(delays), 3) if delays else None,
        "writer": written,
    }


def warm(place: Path, surroundings: dict[str, str]) -> None:
    """Leave compiled code, as a program has it that was used before: a short watch of a log as large as needs be."""
    subprocess.run([python(), "-c", IMPORT_ALL, str(MOST_BYTES << 20)], env=surroundings, check=True)
    log = place / "body" / "logs" / "dns.log"
    short = [python(), str(PARTS / "writer.py"), str(place), "10", "50000", "0.2"]
    subprocess.run(short, env=environment(), check=True, capture_output=True)
    command = [python(), "-c", OURS, "watch", str(place / "body"), "--individual", "--once"]
    subprocess.run(command, env=surroundings, check=False, capture_output=True)
    log.unlink()


def as_of_today(body: Path) -> None:
    """Rule and leases of these days: a watch goes by the clock."""
    policy, leases = body / "policies" / "bench-apps.yaml", body / "dhcp" / "kea-leases4.csv"
    today = datetime.now(UTC)
    text = policy.read_text("utf-8").replace("from: 2026-01-01", f"from: {today - timedelta(days=30):%Y-%m-%d}")
    policy.write_text(text, "utf-8")
    head, *rows = leases.read_text("ascii").splitlines()
    first = {row.split(",")[0]: row.split(",")[1] for row in reversed(rows)}
    end, length = int(today.timestamp()) + 86_400, 2 * 86_400
    lines = [f"{address},{mac},,{length},{end},1,0,0,,0," for address, mac in first.items()]
    leases.write_text("\n".join([head, *lines, ""]), "ascii")


def followed(
    place: Path, out: Path, rate: int, seconds: float, devices: int, watch: subprocess.Popen[bytes]
) -> dict[str, Any]:
    """What the writer wrote, and when each line of the watch was there."""
    ready = place / "found.jsonl.read"
    while not ready.exists():  # it follows
        if watch.poll() is not None:
            return {"written": {"lines": 0, "seconds": 1}, "told": []}
        time.sleep(0.05)
    command = [python(), str(PARTS / "writer.py"), str(place), str(devices), str(rate), str(seconds)]
    told: list[tuple[float, str]] = []
    started = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True)
    with started as writer, out.open("rb") as file:
        rest, over = b"", None
        while over is None or time.time() < over:
            if over is None and writer.poll() is not None:
                over = time.time() + 5
            content, now = file.read(), time.time()
            *lines, rest = (rest + content).split(b"\n")
            told += [(now, line.decode()) for line in lines]
            time.sleep(LOOK_S)
        assert writer.stdout  # noqa: S101  # asked for above
        written = json.loads(writer.stdout.read())
    return {"written": written, "told": told}


def first_told(lines: list[tuple[float, str]]) -> dict[str, float]:
    """When each device that fails was told of first."""
    found: dict[str, float] = {}
    for at_, line in lines:
        row = json.loads(line)
        if row["event"] == "found" and row["device"] and row["result"] == "fail":
            found.setdefault(row["device"], at_)
    return found


def at(delays: list[float], share: float) -> float | None:
    """The delay that so many do not exceed."""
    return round(delays[min(len(delays) - 1, int(len(delays) * share))], 3) if delays else None


def wrong(found: dict[str, Any]) -> list[str]:
    """Ours, where it did not tell what was planted."""
    return [] if found["agreed"] else ["ours"]


def table(found: dict[str, Any]) -> str:
    """For people."""
    rows = [("lines a second", "findings", "p50 s", "p90 s", "p99 s", "max s", "processor s", "of s", "peak MB")]
    for one_ in found["details"]["runs"]:
        times = one_["latency_s"]
        rows.append(
            (
                f"{one_['lines_per_s']:,}",
                f"{one_['findings']:,}",
                *(f"{times[k]:.2f}" for k in ("p50", "p90", "p99", "max")),
                f"{one_['processor_seconds']:.1f}",
                f"{one_['seconds']:.1f}",
                str(one_["peak_mb"]),
            )
        )
    here = found["details"]["machine"]
    loads = f"load {found['details']['load_at_first']} before, {here['load_1_min']} after"
    where = f"{here['cores']} cores ({here['processor']}), Python {here['python']}; {loads}"
    return "\n".join([*marked(rows), "", f"{found['details']['devices']:,} devices; {where}"])
