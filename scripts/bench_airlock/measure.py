# SPDX-License-Identifier: EUPL-1.2
"""`scripts/bench airlock`: pictures and a film built anew, beside bare ffmpeg, mat2 and ExifTool on the same files.

`jpeg`: eight JPEGs of 12 megapixels. `lossless`: a film of a minute, 1080 × 1920, its picture carried over and its
sound encoded anew. `encode`: the same film, both encoded anew. Ours is a whole process: start, each file decoded apart,
encoded, checked by both readers. ffmpeg has the same settings and copies or encodes alone; mat2 and ExifTool do what
they do. All take turns in every round. How many of the planted markers each left stands beside its time, because a
time without that says nothing.

Keys: jpeg_per_s; jpeg_ratio_vs_mat2, jpeg_ratio_vs_exiftool, lossless_ratio_vs_ffmpeg, encode_ratio_vs_ffmpeg (our
seconds by theirs: above 1 we take longer); lossless_seconds, encode_seconds, peak_mb; left (markers in what we made:
anything but 0 is a fault); below `details` the rest. What was refused or is not installed has no figure.
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
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from _bench import environment, machine, marked, part, python, say

PARTS = Path(__file__).parent
TASKS = ("jpeg", "lossless", "encode")
COMMON = "-nostdin -v error -y -i IN -map 0:v:0 -map 0:a:0 -map_metadata -1 -map_chapters -1 -movflags +faststart"
SOUND = "-c:a aac -b:a 96k"
COPY = f"{COMMON} -c:v copy {SOUND} OUT"
ENCODE = f"{COMMON} -c:v libx264 -preset veryfast -profile:v high -crf 20 -g 60 -bf 0 -threads 2 {SOUND} OUT"


def run(size: int | None, runs: int, quick: bool) -> dict[str, Any]:
    """As many seconds of film as asked for, or as is usual."""
    seconds = size if size is not None else 2 if quick else 60
    sides = ((800, 600), (180, 320), 2) if quick else ((4000, 3000), (1080, 1920), 8)
    return measure(sides[0], sides[1], sides[2], seconds, 1 if quick else runs)


def measure(
    picture: tuple[int, int], film: tuple[int, int], copies: int, seconds: int, runs: int
) -> dict[str, Any]:
    """Everything, in one go."""
    if not shutil.which("ffmpeg"):
        raise subprocess.CalledProcessError(127, ["ffmpeg"], stderr="ffmpeg makes the files: it is not installed")
    with tempfile.TemporaryDirectory(prefix="bench-") as away:
        folder = Path(away)
        say("making the files ...")
        photos = json.loads(part(PARTS / "dirty.py", "photo", folder, *picture, copies))
        clip = json.loads(part(PARTS / "dirty.py", "clip", folder, *film, seconds))
        given = {"jpeg": photos, "lossless": clip, "encode": clip}
        tasks = {task: compared(folder / task, task, given[task], runs) for task in TASKS}
    return {
        "jpeg_per_s": per_second(tasks["jpeg"]["ours"], copies),
        "jpeg_ratio_vs_mat2": ratio(tasks["jpeg"], "mat2"),
        "jpeg_ratio_vs_exiftool": ratio(tasks["jpeg"], "exiftool"),
        "lossless_seconds": median(tasks["lossless"]["ours"]),
        "lossless_ratio_vs_ffmpeg": ratio(tasks["lossless"], "ffmpeg"),
        "encode_seconds": median(tasks["encode"]["ours"]),
        "encode_ratio_vs_ffmpeg": ratio(tasks["encode"], "ffmpeg"),
        "peak_mb": max((t["ours"]["peak_mb"] for t in tasks.values()), default=None),
        "left": sum(t["ours"]["left"] or 0 for t in tasks.values()),
        "details": {
            "picture": picture,
            "copies": copies,
            "film": film,
            "film_seconds": seconds,
            "tasks": tasks,
            "machine": machine("av", "pillow"),
            "taken": datetime.now(UTC).strftime("%Y-%m-%d"),
        },
    }


def compared(folder: Path, task: str, given: dict[str, Any], runs: int) -> dict[str, dict[str, Any]]:
    """Ours and the others in turn, round by round; what the last round made is searched."""
    files = [Path(file) for file in given["files"]]
    rows: dict[str, list[dict[str, Any]]] = {}
    left: dict[str, int | None] = {}
    for turn in range(runs):
        for name, command in commands(task, files).items():
            out = folder / name
            shutil.rmtree(out, ignore_errors=True)
            out.mkdir(parents=True)
            say(f"{task}: {name}, run {turn + 1} of {runs} ...")
            rows.setdefault(name, []).append(ran(command(out)))
            if turn == runs - 1:
                left[name] = survivors(out, given["planted"])
    return {name: summed(found, left[name], len(files)) for name, found in rows.items()}


def commands(task: str, files: list[Path]) -> dict[str, Callable[[Path], list[str]]]:
    """What is started, by name; a program that is missing has no row."""
    how = "lossless" if task == "lossless" else "encode"
    found: dict[str, Callable[[Path], list[str]]] = {
        "ours": lambda out: [python(), str(PARTS / "ours.py"), how, str(out), *map(str, files)]
    }
    if task != "jpeg":
        options = COPY if task == "lossless" else ENCODE
        found["ffmpeg"] = lambda out: ["ffmpeg", *_filled(options, files[0], out / files[0].name)]
    if task != "encode" and shutil.which("mat2"):
        found["mat2"] = lambda out: ["mat2", *_copied(files, out)]
    if task != "encode" and shutil.which("exiftool"):
        found["exiftool"] = lambda out: ["exiftool", "-q", "-all=", "-o", f"{out}/", *map(str, files)]
    return found


def _filled(options: str, source: Path, out: Path) -> list[str]:
    return [{"IN": str(source), "OUT": str(out)}.get(word, word) for word in options.split()]


def _copied(files: list[Path], out: Path) -> list[str]:
    """mat2 writes beside what it reads, so it reads from a folder of its own."""
    given = out / "given"
    given.mkdir()
    return [shutil.copyfile(file, given / file.name).as_posix() for file in files]


def ran(command: list[str]) -> dict[str, Any]:
    """One process and its children from start to end; `made` is what ours says of itself."""
    start = time.perf_counter()
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout  # noqa: S101  # asked for above
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    found: dict[str, Any] = {"seconds": time.perf_counter() - start, "code": process.returncode}
    found["processor_seconds"] = used.ru_utime + used.ru_stime
    found["peak_mb"] = used.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    if said.startswith(b"{"):
        found |= json.loads(said)
    return found


def survivors(out: Path, planted: list[list[Any]]) -> int | None:
    """How many markers are in what was made; all files are the same, so one is searched. `None`: nothing was made."""
    files = sorted(p for p in out.rglob("*") if p.suffix in (".jpg", ".mp4") and p.stat().st_size)
    made = [p for p in files if p.parent.name != "given" or ".cleaned" in p.name]
    if not made:
        return None
    command = [python(), str(PARTS / "dirty.py"), "left", str(made[0])]
    done = subprocess.run(
        command, env=environment(), input=json.dumps(planted), capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def summed(rows: list[dict[str, Any]], left: int | None, files: int) -> dict[str, Any]:
    """Median, least and most; whether it did what it was asked to; what it left."""
    times = [row["seconds"] for row in rows]
    done = all(row["code"] == 0 and row.get("made", files) == files for row in rows) and left is not None
    figures = {"median": statistics.median(times), "min": min(times), "max": max(times)}
    return {
        "done": done,
        "refused": sorted({one for row in rows for one in row.get("refused", ())}),
        "seconds": {k: round(v, 2) for k, v in figures.items()},
        "processor_seconds": round(statistics.median(row["processor_seconds"] for row in rows), 2),
        "peak_mb": round(max(row["peak_mb"] for row in rows)),
        "runs": len(rows),
        "left": left,
    }


def median(one: dict[str, Any]) -> float | None:
    """Seconds of what was done; what was refused has none."""
    return float(one["seconds"]["median"]) if one["done"] else None


def per_second(one: dict[str, Any], copies: int) -> float | None:
    """Files a second."""
    seconds = median(one)
    return round(copies / seconds, 2) if seconds else None


def ratio(task: dict[str, dict[str, Any]], name: str) -> float | None:
    """Ours by theirs, where both did it."""
    own, other = median(task["ours"]), median(task[name]) if name in task else None
    return round(own / other, 2) if own and other else None


def wrong(found: dict[str, Any]) -> list[str]:
    """Nobody answers here; what each left stands in the table."""
    return []


def table(found: dict[str, Any]) -> str:
    """The figures for people, as Markdown."""
    details = found["details"]
    rows = [("task", "who", "seconds (least–most)", "processor s", "peak MB", "markers left")]
    for task, one in details["tasks"].items():
        for name, row in one.items():
            times = row["seconds"]
            span = f"{times['median']:.2f} ({times['min']:.2f}–{times['max']:.2f})" if row["done"] else "refused"
            left = "–" if row["left"] is None else str(row["left"])
            rows.append((task, name, span, f"{row['processor_seconds']:.2f}", str(row["peak_mb"]), left))
    wide, high = details["picture"]
    film = f"{details['film'][0]} × {details['film'][1]}, {details['film_seconds']} s"
    here = details["machine"]
    lines = [*marked(rows), ""]
    lines.append(f"jpeg: {details['copies']} pictures of {wide} × {high}; lossless, encode: a film of {film}")
    words = [f"{key} {found[key]}" for key in found if "ratio" in key or key == "jpeg_per_s"]
    lines += ["", " · ".join(words), ""]
    lines.append(f"{here['cores']} cores ({here['processor']}), load at the end {here['load_1_min']}")
    return "\n".join(lines)
