# SPDX-License-Identifier: EUPL-1.2
"""Holds an answer against what was planted: `truth.py WHO FOLDER FILE`.

- `ours`: FILE is the JSON of `check --individual`. For each device and app the finding must have the very lines that
  were planted, so many and no other; nobody else may be named; what devices outside the estate asked must be told of
  nobody; each line must be accounted for.
- `engine`: FILE has a line for each device, app and day, with a count.
- `lines`: FILE has `path:line:text`, as grep and ripgrep number what they find.

Reads `truth-DAY.tsv` of FOLDER. Prints what was expected, found, missed and made up, as JSON; `wrong` is their sum.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple


class Planted(NamedTuple):
    """A unit with a restricted name."""

    day: str
    line: int
    lines: int
    device: str
    app: str
    use: bool
    sure: bool


def planted(folder: Path) -> Iterator[Planted]:
    """All of them, a day after the other."""
    for path in sorted(folder.glob("truth-*.tsv")):
        day = path.stem.removeprefix("truth-")
        with path.open(encoding="ascii") as rows:
            for row in rows:
                line, lines, device, app, use, sure, _ = row.rstrip("\n").split("\t")
                yield Planted(day, int(line), int(lines), device, app, use == "1", sure == "1")


def day_of(file: str) -> str:
    """The day in the name of a log, whatever it is packed with."""
    return Path(file).name.partition(".")[0][-len("2026-03-02") :]


def ours(folder: Path, answer: Path) -> dict[str, Any]:
    """Our findings, line by line."""
    from ordinance.store.keys import load_pseudonyms  # noqa: PLC0415  # half a second that no other judge needs

    found = json.loads(answer.read_bytes())
    names = load_pseudonyms(answer.parent / "body" / ".ordinance", "", "")
    expected, sure, unnamed, hits, of = Counter[Any](), set[Any](), 0, 0, dict[str, str]()
    for one in planted(folder):
        hits += 1
        if one.use and one.device:
            who = of.get(one.device) or of.setdefault(one.device, names.of(one.device))
            expected[who, one.app, one.day, one.line] += 1
            sure |= {(who, one.app)} if one.sure else set()
        elif one.sure:
            unnamed += 1
    given, failed, nobody, counted = Counter[Any](), set[Any](), 0, 0
    for finding in found["findings"]:
        app = f"{finding['family']}/{finding['member']}"
        if finding["device"] is None:
            nobody += finding["count"] if finding["grade"] == "app_traffic" else 0
            continue
        counted += finding["count"]
        for place in finding["evidence"]:
            given[finding["device"], app, day_of(place["file"]), place["line"]] += 1
        failed |= {(finding["device"], app)} if finding["result"] == "fail" else set()
    account = next(a for a in found["accounting"] if a["source"] == "log")
    days = {key[:3] for key in expected}
    return {
        "expected": len(days),
        "found": len({key[:3] for key in given} & days),
        **differences(expected, given),
        "doubtful": len(sure ^ failed) + abs(unnamed - nobody) + abs(counted - expected.total()),
        "unaccounted": abs(account["kept"] - hits) + account["rejected"],
        "records": account["records"],
    }


def engine(folder: Path, answer: Path) -> dict[str, Any]:
    """A table of devices, apps and days."""
    expected = Counter((p.device, p.app, p.day) for p in planted(folder) if p.use and p.device)
    given = Counter[Any]()
    with answer.open(encoding="utf-8") as rows:
        for row in rows:
            device, app, day, count = row.rstrip("\n").split("\t")
            given[device, app, day] += int(count)
    return {"expected": len(expected), "found": len(expected.keys() & given.keys()), **differences(expected, given)}


def lines(folder: Path, answer: Path) -> dict[str, Any]:
    """Lines in which a restricted name was found. `made_up` are those that have none."""
    first, every = set[tuple[str, int]](), set[tuple[str, int]]()
    for one in planted(folder):
        first.add((one.day, one.line))
        every.update((one.day, one.line + n) for n in range(one.lines))
    found, made_up = 0, 0
    with answer.open("rb") as rows:
        for row in rows:
            file, number, _ = row.split(b":", 2)
            place = (day_of(file.decode()), int(number))
            found += place in first
            made_up += place not in every
    return {"expected": len(first), "found": found, "missed": len(first) - found, "made_up": made_up}


def differences(expected: Counter[Any], given: Counter[Any]) -> dict[str, int]:
    """How many are missing, and how many should not be there."""
    return {"missed": (expected - given).total(), "made_up": (given - expected).total()}


JUDGES: dict[str, Callable[[Path, Path], dict[str, Any]]] = {"ours": ours, "engine": engine, "lines": lines}


def main() -> None:
    """Compare, print."""
    who, folder, answer = sys.argv[1:]
    found = JUDGES[who](Path(folder), Path(answer))
    wrong = sum(found.get(key, 0) for key in ("missed", "made_up", "doubtful", "unaccounted"))
    print(json.dumps({**found, "wrong": wrong}))


if __name__ == "__main__":
    main()
