# SPDX-License-Identifier: EUPL-1.2
"""scripts/bench: figures have the promised keys, the scenario is ruled on as `resolve` does, no ratio is invented.

No time is tested here: that says more of the machine than of the program.
"""

from __future__ import annotations

import importlib.util
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
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
KEYS = ["seconds", "peak_mb", "classes", "decisions_per_s", "worst_case_seconds", "ratio_vs_cedar", "ratio_vs_rego"]


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
    """The script as a module."""
    loader = SourceFileLoader("bench", str(ROOT / "scripts" / "bench"))
    spec = importlib.util.spec_from_loader("bench", loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader.exec_module(module)
    return module


@pytest.mark.slow
def test_a_quick_run_has_every_key_and_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Peers that are installed decide as we do; of one that is not, the ratio is null."""
    command = [sys.executable, str(ROOT / "scripts" / "bench"), "rulings", "--quick", "--json", "--devices", "2000"]
    monkeypatch.setenv("ORDINANCE_BENCH_PYTHON", sys.executable)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert list(found) == [*KEYS, "details"]
    assert found["classes"] > 300 and found["details"]["worst_case"]["classes"] == 2000
    for name, package in (("cedar", "cedarpy"), ("rego", "regopy")):
        peer, ratio = found["details"]["peers"][name], found[f"ratio_vs_{name}"]
        if importlib.util.find_spec(package) is None:
            assert peer is None and ratio is None
            assert package in done.stderr
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
