# SPDX-License-Identifier: EUPL-1.2
"""scripts/bench logs: what is planted is there, answers are held against it, a wrong one has no ratio."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
PARTS = ROOT / "scripts" / "bench_logs"
KEYS = {
    *("wall_vs_ripgrep", "cpu_vs_ripgrep", "wall_vs_grep", "wall_vs_duckdb", "wall_vs_polars", "wall_vs_zircolite"),
    *("wall_vs_wc", "seconds", "processor_seconds", "peak_mb", "records", "records_per_s", "agreed"),
}


@pytest.fixture
def measure(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """What measures logs, as a module."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return importlib.import_module("bench_logs.measure")


def made(folder: Path, shape: str, form: str) -> Path:
    """A small body with its logs."""
    folder.mkdir()
    command = [sys.executable, "-B", str(PARTS / "make.py"), str(folder), shape, form, "3000"]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def planted(folder: Path) -> list[tuple[str, list[str]]]:
    """(day, cells) of each unit that the generator says has a restricted name."""
    files = sorted(folder.glob("truth-*.tsv"))
    return [(f.stem[6:], row.split("\t")) for f in files for row in f.read_text("ascii").splitlines()]


@pytest.mark.slow
def test_the_logs_are_the_same_each_time_and_the_truth_is_in_them(tmp_path: Path) -> None:
    """Every planted line, and no other of Zeek's table, ends in a restricted name; its address was the device's."""
    one, two = (made(tmp_path / name, "realistic", "zeek_tsv") for name in ("one", "two"))
    files = sorted(p.relative_to(one) for p in one.rglob("*") if p.is_file())
    assert [(two / f).read_bytes() for f in files] == [(one / f).read_bytes() for f in files]
    known = set((one / "suffixes.txt").read_text("ascii").split())
    macs = {r.split(",")[0]: r.split(",")[11] for r in (one / "body/estate/devices.csv").read_text("utf-8").split()}
    leases = [r.split(",") for r in (one / "body/dhcp/kea-leases4.csv").read_text("ascii").split()[1:]]
    truth, found = {(day, int(cells[0])): cells for day, cells in planted(one)}, set()
    for log in (one / "body" / "logs").iterdir():
        for number, line in enumerate(log.read_text("ascii").splitlines(), 1):
            cells = line.split("\t")
            labels = cells[9].lower().rstrip(".").split(".") if line[0] != "#" else []
            if not known.isdisjoint(".".join(labels[n:]) for n in range(len(labels))):
                place = (log.stem[-10:], number)
                found.add(place)
                at, device = int(cells[0].partition(".")[0]), truth[place][2]
                held = [r[1] for r in leases if r[0] == cells[2] and int(r[4]) - int(r[3]) <= at < int(r[4])]
                assert len(held) == 1 and (held[0] == macs[device] if device else held[0] not in macs.values())
    assert found == truth.keys() and len(found) > 5


@pytest.mark.slow
def test_no_two_flows_of_a_week_have_one_number(tmp_path: Path) -> None:
    """An answer belongs to the question with its flow, on whatever day: an engine that joins them is right to do so."""
    logs = (made(tmp_path / "one", "toy", "eve") / "body" / "logs").iterdir()
    rows = [json.loads(line) for log in logs for line in log.read_text("ascii").splitlines()]
    flows = [r["flow_id"] for r in rows if r["event_type"] == "tls" or r["dns"]["type"] == "query"]
    assert len(flows) == len(set(flows)) > 1000


@pytest.mark.slow
def test_a_tiny_run_has_every_key_is_right_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Ours says what was planted; who is not there has no ratio, with the reason."""
    monkeypatch.setenv("ORDINANCE_BENCH_PYTHON", sys.executable)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    command = [sys.executable, "-B", str(ROOT / "scripts" / "bench"), "logs", "--quick", "--json"]
    arguments = ["--records", "20000", "--formats", "dnsmasq"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    one = found["dnsmasq"]
    assert set(one) == KEYS and one["agreed"] and 19_000 < one["records"] < 21_000
    assert one["wall_vs_grep"] > 0 and one["wall_vs_zircolite"] is None
    ours = found["details"]["shapes"]["realistic"]["dnsmasq"]["ours"]["truth"]
    assert ours["found"] == ours["expected"] > 0 and ours["records"] == one["records"]
    for name in ("ripgrep", "polars", "duckdb", "zircolite"):
        assert (one[f"wall_vs_{name}"] is None) is (name in found["details"]["absent"])
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_answer_has_no_ratio(measure: ModuleType) -> None:
    """Nobody has one where ours is wrong; a search that misses lines is timed, and what it missed is said."""

    def rows(wrong: int, seconds: float) -> list[dict[str, Any]]:
        figures = {"seconds": seconds, "processor_seconds": seconds, "peak_mb": 1.0}
        return [{**figures, "truth": {"wrong": wrong, "missed": wrong, "made_up": 0, "expected": 9}}]

    right, wrong = rows(0, 2.0), rows(3, 4.0)
    assert measure.summed(rows(0, 4.0), right)["wall"] == 0.5
    assert measure.summed(wrong, right)["wall"] is None
    assert measure.summed(wrong, right, answers=False)["wall"] == 0.5
    assert measure.summed(right, wrong, answers=False)["wall"] is None
    assert measure.summed([{**right[0], "failed": "ended with 1"}], right)["wall"] is None
    said = importlib.import_module("bench_logs.tables").worth("grep", measure.summed(wrong, right, answers=False))
    assert said.startswith("3 of 9 missed")


@pytest.fixture
def judges(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """What holds answers against the truth, as a module."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return importlib.import_module("bench_logs.truth")


@pytest.fixture
def known(tmp_path: Path) -> Path:
    """Two uses, each a question and its answer, one of a device that nobody knows, and a site that is no use."""
    rows = ("3\t2\td-1\ta/a\t1\t1\t9", "5\t2\td-2\ta/a\t1\t1\t9", "7\t1\t\ta/a\t1\t1\t9", "9\t1\td-1\tb/b\t0\t0\t9")
    (tmp_path / "truth-2026-03-02.tsv").write_text("\n".join([*rows, ""]), "ascii")
    return tmp_path


def test_a_line_that_a_search_misses_or_makes_up_is_counted(judges: ModuleType, known: Path) -> None:
    """An answer's line is neither; a line of no unit is made up; each unit's first line has to be there."""
    for numbers, missed, made_up in (((3, 4, 5, 7, 9), 0, 0), ((3, 5, 9), 1, 0), ((3, 5, 7, 8, 9, 1), 0, 2)):
        (known / "out").write_text("".join(f"logs/dns-2026-03-02.log:{n}:a:b\n" for n in numbers), "ascii")
        found = judges.lines(known, known / "out")
        assert (found["expected"], found["missed"], found["made_up"]) == (4, missed, made_up)


def test_an_engine_that_says_another_count_device_or_day_is_wrong(judges: ModuleType, known: Path) -> None:
    """Only uses of devices of the estate count, each as often as it was."""
    right = [("d-1", "a/a", "2026-03-02", 1), ("d-2", "a/a", "2026-03-02", 1)]
    other = [
        (right, 0, 0),
        (right[:1], 1, 0),
        ([right[0], ("d-2", "a/a", "2026-03-02", 2)], 0, 1),
        ([right[0], ("d-2", "a/a", "2026-03-03", 1)], 1, 1),
        ([*right, ("d-1", "b/b", "2026-03-02", 1)], 0, 1),
    ]
    for rows, missed, made_up in other:
        (known / "out").write_text("".join("\t".join(map(str, row)) + "\n" for row in rows), "ascii")
        found = judges.engine(known, known / "out")
        assert (found["missed"], found["made_up"]) == (missed, made_up)


def test_a_finding_with_a_line_too_many_or_another_device_is_wrong(
    judges: ModuleType, known: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours is held to the very lines, to who failed, to what is told of nobody, and to the account of all records."""
    pseudonyms = type("Pseudonyms", (), {"of": staticmethod(lambda device: f"p-{device}")})
    monkeypatch.setattr("ordinance.store.keys.load_pseudonyms", lambda *_: pseudonyms)

    def said(**changes: Any) -> int:
        place = {"file": "logs/dns-2026-03-02.log", "line": 3}
        one = {"device": "p-d-1", "family": "a", "member": "a", "count": 1, "result": "fail", "evidence": [place]}
        two = {**one, "device": "p-d-2", "evidence": [{**place, "line": 5}], **changes}
        nobody = {"device": None, "family": "a", "member": "a", "count": 1, "grade": "app_traffic"}
        account = [{"source": "log", "kept": 4, "rejected": 0, "records": 9}]
        (known / "out").write_text(json.dumps({"findings": [one, two, nobody], "accounting": account}), "utf-8")
        found = judges.ours(known, known / "out")
        return sum(int(found[key]) for key in ("missed", "made_up", "doubtful", "unaccounted"))

    assert said() == 0
    assert said(device="p-d-9") and said(result="unknown") and said(count=2)
    assert said(evidence=[]) and said(evidence=[{"file": "logs/dns-2026-03-03.log", "line": 5}])


def test_peers_are_asked_as_the_page_says(measure: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """ripgrep and grep get the names as fixed strings and every log; ours is the whole check with its report."""
    monkeypatch.setattr(measure, "absent", dict)
    asked = measure.commands(tmp_path, "eve", ["a.log", "b.log"])
    names = str(tmp_path / "suffixes.txt")
    assert {*measure.PEERS} - asked.keys() == {"zircolite"}
    for program in ("rg", "grep"):
        words = asked["ripgrep" if program == "rg" else program]
        assert words[0] == program and words[-4:] == ["-f", names, "a.log", "b.log"] and {"-a", "-F"} <= {*words}
    assert measure.ours_at(tmp_path)["LC_ALL"] == "C"
    assert asked["ours"][3:] == [
        *("check", str(tmp_path / "body"), "--as-of", "2026-03-09", "--individual", "--json"),
        *("--html", str(tmp_path / "report.html")),
    ]


@pytest.mark.parametrize("file", ["performance.json", "performance-large.json"])
def test_the_stored_figures_are_right_and_on_the_page(measure: ModuleType, file: str) -> None:
    """Both shapes in three rounds, nobody was wrong, and each line that the script prints is on the page."""
    folder = ROOT / "docs" / "explain"
    found = json.loads((folder / file).read_text("utf-8"))
    is_large = file == "performance-large.json"
    formats = ("zeek_tsv",) if is_large else measure.FORMATS
    assert set(found) == {*formats, "gz", "zst", "details"}
    shapes = found["details"]["shapes"]
    assert list(shapes) == (["realistic"] if is_large else [*measure.SHAPES]) and found["details"]["runs"] == 3
    assert all(set(found[form]) == KEYS and found[form]["agreed"] for form in formats)
    assert measure.wrong(found) == []
    page = (folder / "performance.md").read_text("utf-8")
    assert [line for line in measure.table(found).splitlines() if line not in page] == []
