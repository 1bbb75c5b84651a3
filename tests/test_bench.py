# SPDX-License-Identifier: EUPL-1.2
"""scripts/bench: figures have the promised keys, peers answer as we do, no ratio is invented.

No time is tested here: that says more of the machine than of the program.
"""

from __future__ import annotations

import importlib
import importlib.util
import itertools
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from operations.test_large_estate import expected, named_by, read_back
from ordinance.model.estate import DeviceFacts
from ordinance.operations.large_estate import meaning, rule_estate
from ordinance.policy.alike import FACTS
from ordinance.policy.resolve import class_of

ROOT = Path(__file__).resolve().parents[1]
PARTS = ROOT / "scripts" / "bench_rulings"
NAMES = ROOT / "scripts" / "bench_identify"
KEYS = ["seconds", "peak_mb", "classes", "decisions_per_s", "worst_case_seconds", "ratio_vs_cedar", "ratio_vs_rego"]
ONE = ["names_per_s", "peak_mb", "ratio_vs_tldextract", "ratio_vs_ahocorasick", "ratio_vs_suffix_loop"]
NAME_KEYS = [*ONE, *(f"unique_{key}" for key in ONE)]
PACKAGES = {"tldextract": "tldextract", "ahocorasick": "ahocorasick_rs", "suffix_loop": "json"}


@pytest.fixture
def scenario(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The scenario as a module; no compiled file is left beside the script."""
    monkeypatch.syspath_prepend(str(PARTS))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    import scenario as found

    yield found
    sys.modules.pop("scenario", None)


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """What measures rulings, as a module."""
    return measurement("rulings", monkeypatch)


@pytest.fixture
def bench_names(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """What measures the identification of names, as a module."""
    return measurement("identify", monkeypatch)


def measurement(what: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """One of the measurements; no compiled file is left beside it."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return importlib.import_module(f"bench_{what}.measure")


def quick(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[dict[str, Any], str]:
    """Figures and words of a quick run with the packages that the tests have."""
    monkeypatch.setenv("ORDINANCE_BENCH_PYTHON", sys.executable)
    command = [sys.executable, str(ROOT / "scripts" / "bench"), *arguments, "--quick", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


@pytest.mark.slow
def test_a_quick_run_has_every_key_and_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Peers that are installed decide as we do; of one that is not, the ratio is null."""
    found, said = quick(monkeypatch, "rulings", "--devices", "2000")
    assert list(found) == [*KEYS, "details"]
    assert found["classes"] > 300 and found["details"]["worst_case"]["classes"] == 2000
    for name, package in (("cedar", "cedarpy"), ("rego", "regopy")):
        peer, ratio = found["details"]["peers"][name], found[f"ratio_vs_{name}"]
        if importlib.util.find_spec(package) is None:
            assert peer is None and ratio is None
            assert package in said
        else:
            assert peer["disagreements"] == 0 and 0 < peer["forbidden_in_sample"] < peer["sample"]
            assert ratio > 0


def test_a_peer_that_disagrees_has_no_ratio(bench: ModuleType) -> None:
    """Nor has one that is not there."""
    peer = {"disagreements": 0, "seconds_per_class_decision": 0.001, "seconds_per_call": 0.002}
    assert bench.ratio(peer, 1000, 0.5) == 2.0
    assert bench.ratio(peer | {"disagreements": 1}, 1000, 0.5) is None
    assert bench.ratio(None, 1000, 0.5) is None
    first = {"classes": 10, "questions": 100, "decisions": 5000}
    wrong = bench.with_ratios(peer | {"disagreements": 1}, first, 0.5)
    assert (wrong["ratio_given_classes"], wrong["ratio_per_call"]) == (None, None)


def test_the_scenario_is_ruled_on_as_resolve_does(scenario: ModuleType, tmp_path: Path) -> None:
    """Devices drawn from both estates, exempted ones among them, with each outcome: every column equals."""
    import duckdb

    law, dice, outcomes = scenario.make_law(), random.Random(1), set()  # noqa: S311  # which devices are compared is no secret
    for kind in (False, True):
        facts, out = tmp_path / f"{kind}.parquet", tmp_path / f"{kind}"
        scenario.write_facts(facts, 1500, each_its_own=kind)
        rule_estate(law, facts, scenario.AT, scenario.QUESTIONS, out)
        found = read_back(out)
        with duckdb.connect() as db:
            reply = db.execute("SELECT * FROM read_parquet(?)", [str(facts)])
            names = [column[0] for column in reply.description or ()]
            rows = [dict(zip(names, row, strict=True)) for row in reply.fetchall()]
        assert len(found) == len(rows) * len(scenario.QUESTIONS)
        named = [r for r in rows if named_by(law, r["device"])]
        for row in dice.sample(rows, 12) + dice.sample(named, 12):
            who = _class(law, row, facts)
            for app, surface in dice.sample(scenario.QUESTIONS, 20):
                wanted = expected(law, who, app, surface, scenario.AT)
                assert found[row["device"], app, str(surface)] == wanted
        outcomes |= {r["outcome"] for r in found.values()}
    assert outcomes == {"forbidden", "conditional", "unknown", "advised_against", "permitted"}


def _class(law: Any, row: dict[str, str | None], file: Path) -> Any:
    values = {n: meaning(law, n, row.get(n), file) for n in (*FACTS, "people", "institution")}
    facts = DeviceFacts(**{n: values[n] for n in FACTS})
    return class_of(facts, values["people"], values["institution"], named_by(law, row["device"] or ""))


def test_the_scenario_is_the_one_that_is_described(scenario: ModuleType) -> None:
    """Four texts, forty clauses, two hundred exemptions, eighty families; the same law each time."""
    law = scenario.make_law()
    assert len(law.texts) == 4 and sum(len(t.restrictions) for t in law.texts) == 40
    assert len(law.exemptions) == 200 and len(law.catalogue.families) == 80
    assert law == scenario.make_law()


def test_the_stored_figures_have_every_key() -> None:
    """The page about speed shows figures of a whole run, with both peers, and they agreed."""
    found = json.loads((ROOT / "docs" / "explain" / "speed-rulings.json").read_text("utf-8"))
    assert list(found) == [*KEYS, "details"]
    assert found["details"]["usual"]["devices"] == 1_000_000
    assert all(p["disagreements"] == 0 and p["sample"] >= 1000 for p in found["details"]["peers"].values())


def test_the_page_shows_the_stored_figures(bench: ModuleType) -> None:
    """Each line that the script prints of them is on the page about speed."""
    folder = ROOT / "docs" / "explain"
    found = json.loads((folder / "speed-rulings.json").read_text("utf-8"))
    page = (folder / "speed.md").read_text("utf-8")
    assert [line for line in bench.table(found).splitlines() if line not in page] == []


@pytest.mark.slow
def test_a_quick_run_of_names_has_every_key_and_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each form of each installed peer answers every name as we do; of a peer that is not there, the ratio is null."""
    found, said = quick(monkeypatch, "identify", "--names", "3000")
    assert list(found) == [*NAME_KEYS, "details"]
    for workload, prefix in (("log", ""), ("unique", "unique_")):
        one = found["details"]["workloads"][workload]
        assert one["names"] == 3000 and 0 < one["likely"] < one["known"] < 3000
        assert one["different"] == 3000 if workload == "unique" else 100 < one["different"] <= 150
        for name, package in PACKAGES.items():
            if importlib.util.find_spec(package) is None:
                assert name not in one["peers"] and found[f"{prefix}ratio_vs_{name}"] is None
                assert name in said
            else:
                assert one["peers"][name]["disagreements"] == 0
                assert found[f"{prefix}ratio_vs_{name}"] > 0
    assert found["unique_ratio_vs_suffix_loop"] > 0, "the loop needs no package"


def test_the_automaton_is_read_rightly_where_names_share_an_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Every form of every installed peer, on names made to mislead: boundaries, zones, twins, the longest suffix."""
    monkeypatch.syspath_prepend(str(NAMES))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    peers = importlib.import_module("peers")
    try:
        table = tmp_path / "known.tsv"
        rows = [
            ("name", "app.com", "f/app app.com"),
            ("name", "api.app.com", "f/app api.app.com"),
            ("twin", "app-eu.com", "f/app app.com"),
            ("zone", "alias.net", ""),
        ]
        table.write_text("".join("\t".join(r) + "\n" for r in rows), "utf-8")
        asked = {
            "App.com.": "f/app app.com",
            "x.api.app.com": "f/app api.app.com",
            "notapi.app.com": "f/app app.com",
            "notapp.com": "-",
            "app.com.evil.example": "-",
            "v.app-eu.com": "f/app app.com likely",
            "v.api.app.com.alias.net": "f/app api.app.com likely",
            "app-eu.com.alias.net": "f/app app.com likely",
            "notapp.com.alias.net": "-",
            "alias.net": "-",
            "app.com..": "f/app app.com",
            "a..app.com": "-",
            "": "-",
        }
        for name, forms in peers.FORMS.items():
            if importlib.util.find_spec(PACKAGES[name]) is not None:
                for form, make in forms.items():
                    assert dict(zip(asked, make(table)(list(asked)), strict=True)) == asked, (name, form)
    finally:
        sys.modules.pop("peers", None)


def test_a_peer_that_answers_otherwise_has_no_ratio(bench_names: ModuleType) -> None:
    """In neither file, and it is named: exit 1."""
    times = {"whole_s": {"median": 2.0, "min": 2.0}, "answering_s": {"median": 1.0, "min": 1.0}}

    def one(disagreements: int) -> dict[str, Any]:
        peer = {"disagreements": disagreements, "forms": {"plain": dict(times)}}
        return {"ours": times, "peers": {"tldextract": peer}}

    right, wrong = one(0), one(3)
    bench_names.with_ratios(right, set())
    assert right["peers"]["tldextract"]["ratio"] == 1.0
    bench_names.with_ratios(right, {"tldextract"})
    assert right["peers"]["tldextract"]["ratio"] is None
    assert right["peers"]["tldextract"]["forms"]["plain"]["ratio_answering"] is None
    assert bench_names.wrong({"details": {"workloads": {"log": right, "unique": wrong}}}) == ["tldextract"]
    assert bench_names.wrong({"details": {"workloads": {"log": right, "unique": right}}}) == []


def test_the_stored_figures_of_names_are_of_a_whole_run_and_on_the_page(bench_names: ModuleType) -> None:
    """A million names in each file, all peers there and agreed; each line that the script prints is on the page."""
    folder = ROOT / "docs" / "explain"
    found = json.loads((folder / "speed-identify.json").read_text("utf-8"))
    assert list(found) == [*NAME_KEYS, "details"]
    assert all(found[key] is not None for key in NAME_KEYS)
    assert {w["names"] for w in found["details"]["workloads"].values()} == {1_000_000}
    assert bench_names.wrong(found) == []
    page = (folder / "speed.md").read_text("utf-8")
    assert [line for line in bench_names.table(found).splitlines() if line not in page] == []


STARTUP_KEYS = [
    *("slowest", "slowest_seconds", "help_seconds", "explain_seconds", "lint_seconds", "python_seconds"),
    *("peak_mb", "verbs"),
]


def test_the_stored_figures_of_every_start_are_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each verb but `demo` was measured and answered; each line that the script prints is on the page."""
    bench_startup = measurement("startup", monkeypatch)
    folder = ROOT / "docs" / "explain"
    found = json.loads((folder / "speed-startup.json").read_text("utf-8"))
    assert list(found) == [*STARTUP_KEYS, "details"]
    assert bench_startup.wrong(found) == []
    assert {"--help", "explain", "lint", "check", "apps list"} <= set(found["details"]["verbs"])
    assert found["verbs"] == len(found["details"]["verbs"]) - 1 > 60
    page = (folder / "speed.md").read_text("utf-8")
    assert [line for line in bench_startup.table(found).splitlines() if line not in page] == []


def test_a_quick_run_of_the_start_has_every_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three verbs, once each: every key is there, and what was loaded was counted."""
    found, _ = quick(monkeypatch, "startup")
    assert list(found) == [*STARTUP_KEYS, "details"]
    verbs = found["details"]["verbs"]
    assert set(verbs) == {"--help", "explain", "lint"}
    assert all(one["modules"] > one["ours"] > 20 and one["code"] == 0 for one in verbs.values())
    assert found["slowest"] in {"explain", "lint"}


AIRLOCK_KEYS = [
    "jpeg_per_s",
    "jpeg_ratio_vs_mat2",
    "jpeg_ratio_vs_exiftool",
    "lossless_seconds",
    "lossless_ratio_vs_ffmpeg",
    "encode_seconds",
    "encode_ratio_vs_ffmpeg",
    "peak_mb",
    "left",
]


@pytest.mark.slow
@pytest.mark.consumer("ffmpeg", "mat2", "libimage-exiftool-perl")
def test_a_quick_run_of_the_airlock_has_every_key_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures come out clean beside peers that were timed on the same files; what was refused has no ratio."""
    found, _ = quick(monkeypatch, "airlock")
    assert list(found) == [*AIRLOCK_KEYS, "details"]
    assert found["left"] == 0
    tasks = found["details"]["tasks"]
    assert tasks["jpeg"]["ours"]["done"] and found["jpeg_per_s"] > 0
    assert found["jpeg_ratio_vs_mat2"] > 0 and found["jpeg_ratio_vs_exiftool"] > 0
    assert tasks["lossless"]["mat2"]["left"] > 0 and tasks["lossless"]["exiftool"]["left"] > 0
    for task in ("lossless", "encode"):
        assert tasks[task]["ffmpeg"]["done"]
        assert (found[f"{task}_ratio_vs_ffmpeg"] is None) is not tasks[task]["ours"]["done"]


def test_the_airlock_is_timed_only_where_it_did_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal is quick, and no figure of speed."""
    bench = measurement("airlock", monkeypatch)
    done = {"seconds": 2.0, "code": 0, "processor_seconds": 1.0, "peak_mb": 10.0, "made": 2}
    ours = bench.summed([done, done], 0, 2)
    refused = bench.summed([done | {"made": 0, "refused": ["airlock-cannot-decode"]}], None, 2)
    other = bench.summed([done | {"seconds": 1.0}], 3, 2)
    assert bench.ratio({"ours": ours, "mat2": other}, "mat2") == 2.0
    assert bench.ratio({"ours": refused, "mat2": other}, "mat2") is None
    assert bench.ratio({"ours": ours}, "mat2") is None
    assert (bench.per_second(ours, 2), bench.per_second(refused, 2)) == (1.0, None)
    assert refused["refused"] == ["airlock-cannot-decode"]


def test_ffmpeg_encodes_with_the_settings_of_the_airlock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ratio of two encoders says something only where both were asked for the same."""
    options = measurement("airlock", monkeypatch).ENCODE.split()
    given = dict(itertools.pairwise(options))
    folder = ROOT / "src" / "ordinance" / "airlock"
    source = "".join((folder / name).read_text("utf-8") for name in ("_apart.py", "_encode_video.py"))
    names = {"preset": "-preset", "profile": "-profile:v", "crf": "-crf"}
    assert all(f'"{name}": "{given[option]}"' in source for name, option in names.items())
    assert f"THREADS = {given['-threads']} " in source
    assert "= round(2 * self.rate), 0, THREADS" in source
    assert (given["-g"], given["-bf"]) == ("60", "0"), "two seconds of a film with 30 frames a second; none between"


@pytest.mark.slow
def test_a_quick_run_of_a_watch_tells_what_was_planted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each device that must be found is, and no other; the latencies are in order."""
    found, _ = quick(monkeypatch, "watch")
    times = found["latency_s"]
    assert found["agreed"] and found["findings"] > 20 and found["lines_per_s"] > 1000
    assert 0 < times["p50"] <= times["p90"] <= times["p99"] <= times["max"]


@pytest.mark.slow
def test_a_quick_week_of_evenings_ends_with_what_one_check_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven checks of a growing and of a divided log, each beside one from the beginning: the same document."""
    found, _ = quick(monkeypatch, "daily", "--formats", "dnsmasq", "--records", "4000")
    one = found["dnsmasq"]
    assert one["agreed"] and 3_000 < one["records"] < 5_000
    for shape in ("files", "growing"):
        assert len(one[shape]["days"]) == 7 and one[shape]["cpu_vs_one"] > 0 and one[shape]["wall_vs_one"] > 0


def test_a_week_that_ends_otherwise_has_no_ratio(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named as wrong, and the script ends with 1."""
    daily = measurement("daily", monkeypatch)
    assert daily.wrong({"dnsmasq": {"agreed": False}, "zeek_tsv": {"agreed": True}, "details": {}}) == [
        "ours on dnsmasq"
    ]
    assert daily.is_known({"formats": ["eve"]}) and not daily.is_known({"formats": ["gz"]})
    assert not daily.is_known({"shapes": ["toy"]})


def test_the_stored_week_is_right_and_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody said otherwise on the last evening, and each line that the script prints is on the page."""
    daily, folder = measurement("daily", monkeypatch), ROOT / "docs" / "explain"
    found = json.loads((folder / "reading-daily.json").read_text("utf-8"))
    assert set(found) == {*daily.FORMATS, "details"} and daily.wrong(found) == []
    page = (folder / "reading-again.md").read_text("utf-8")
    assert [line for line in daily.table(found).splitlines() if line not in page] == []


def test_the_stored_latencies_are_right_and_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything planted was told in each round, at the promised rate, and each line of the table is on the page."""
    live, folder = measurement("watch", monkeypatch), ROOT / "docs" / "explain"
    found = json.loads((folder / "reading-live.json").read_text("utf-8"))
    rounds = found["details"]["runs"]
    assert len(rounds) == 3 and live.wrong(found) == [] and all(one["agreed"] for one in rounds)
    assert all(one["lines_per_s"] > 0.99 * live.RATE for one in rounds) and found["details"]["devices"] == live.DEVICES
    page = (folder / "reading-again.md").read_text("utf-8")
    assert [line for line in live.table(found).splitlines() if line not in page] == []
