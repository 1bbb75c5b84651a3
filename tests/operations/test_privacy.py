# SPDX-License-Identifier: EUPL-1.2
"""What a check writes names nobody: every value of the estate is looked for in every byte of it."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.shell import DAYS, body, edit, run, tree
from ordinance.operations.small_groups import too_small
from ordinance.store.keys import load_pseudonyms


@dataclass(frozen=True)
class Written:
    """A check of Ghent: its folder, what it printed, and every file it wrote but the key."""

    folder: Path
    document: dict[str, Any]
    files: dict[str, bytes]


def _check(folder: Path, *options: str) -> Written:
    done = run("check", folder, "--as-of", DAYS["ghent"], "--json", "--html", folder / "report.html", *options)
    assert done.code == 1
    files = {n: c for n, c in tree(folder / ".ordinance").items() if not n.startswith("keys/")}
    files |= {"stdout": done.out.encode(), "stderr": done.err.encode(), "html": (folder / "report.html").read_bytes()}
    return Written(folder, json.loads(done.out), files)


@pytest.fixture(scope="module")
def aggregated(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Ghent as a check writes it by default."""
    return _check(body("ghent", tmp_path_factory.mktemp("aggregated")))


@pytest.fixture(scope="module")
def individual(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Ghent with rows per device."""
    return _check(body("ghent", tmp_path_factory.mktemp("individual")), "--individual")


def _rows(folder: Path, pattern: str) -> Iterator[dict[str, str]]:
    for path in sorted(folder.glob(pattern)):
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def _names_of_devices_and_people(folder: Path) -> set[str]:
    """Every id, hostname, hardware address, holder and inventory id."""
    devices = list(_rows(folder, "estate/devices.csv"))
    named = {d[c] for d in devices for c in ("device", "holder", "mac", "inventory_name")}
    named |= {p["person"] for p in _rows(folder, "estate/people.csv")}
    named |= {r["DeviceId"] for r in _rows(folder, "inventory/intune-*.csv")}
    named |= {r["device"] for r in _rows(folder, "inventory/mdm-*.csv")}
    return named - {""}


def _addresses(folder: Path) -> set[str]:
    """Every address that a client was given, with the hardware address and hostname beside it in the log."""
    logs = b"".join(p.read_bytes() for p in sorted((folder / "logs").glob("*.log"))).decode()
    given = re.findall(r"DHCPACK\(\w+\) (\S+) ([0-9a-f:]{17})(?: (\S+))?", logs)
    return {part for row in given for part in row if part}


def _asked_names(folder: Path) -> set[str]:
    """Every name that a client asked for, but those in the links of the policy itself (a newspaper's)."""
    logs = b"".join(p.read_bytes() for p in sorted((folder / "logs").glob("*.log"))).decode()
    policies = b"".join(tree(folder / "policies").values()).decode().lower()
    return {n for n in re.findall(r"query\[\w+\] (\S+) from", logs) if n.lower() not in policies}


def _apps(folder: Path) -> set[str]:
    """Every app name and id of the inventories that is not TikTok's own."""
    named = {r[c] for r in _rows(folder, "inventory/mdm-*.csv") for c in ("app_id", "app_name")}
    named |= {r["ApplicationName"] for r in _rows(folder, "inventory/intune-*.csv")}
    return named - {"", "TikTok", "TikTok Lite"}


def _found(values: set[str], files: dict[str, bytes]) -> list[tuple[str, str]]:
    """(file, value) for every value that stands in a file as a word of its own, in any case of letters."""
    whole = {v: re.compile(rb"(?<![\w.-])" + re.escape(v.lower().encode()) + rb"(?![\w-])") for v in sorted(values)}
    return [(n, v) for n, c in files.items() for v, p in whole.items() if p.search(c.lower())]


@pytest.mark.parametrize("kind", ["aggregated", "individual"])
def test_no_device_person_or_address_is_written(kind: str, request: pytest.FixtureRequest) -> None:
    """Neither the state, nor the JSON, nor the page, nor the words on the terminal name a device or its holder."""
    written: Written = request.getfixturevalue(kind)
    values = _names_of_devices_and_people(written.folder) | _addresses(written.folder)
    assert len(values) > 120
    assert {"gp-001", "GL-001", "p-001", "00:00:5e:00:53:01"} <= values
    assert _found(values, {"planted": b"device gl-001, 00:00:5e:00:53:01"}) == [
        ("planted", "00:00:5e:00:53:01"), ("planted", "GL-001"), ("planted", "gl-001"),
    ]  # fmt: skip
    assert _found(values, written.files) == []


@pytest.mark.parametrize("kind", ["aggregated", "individual"])
def test_no_unrelated_app_or_site_is_written(kind: str, request: pytest.FixtureRequest) -> None:
    """What is not on the watch list is counted and never kept; of what is, the app is named and not the address."""
    written: Written = request.getfixturevalue(kind)
    apps, names = _apps(written.folder), _asked_names(written.folder)
    assert len(apps) > 4 and len(names) > 20
    assert any("tiktok" in name for name in names)
    assert _found(apps | names, written.files) == []


def test_by_default_findings_name_no_device_no_file_and_no_day(aggregated: Written) -> None:
    """No device, no line, not even the file: one of a day's log says the day, and one of a device's the device."""
    findings = aggregated.document["findings"]
    assert {f["device"] for f in findings} == {None}
    assert {(e["file"], e["line"]) for f in findings for e in f["evidence"]} == {(None, None)}
    assert {e["source"] for f in findings for e in f["evidence"]} == {"mdm", "intune", "dns-townhall"}
    of_devices = [f for f in findings if f["kind"] != "control_missing"]  # which is of the body's tools
    assert {(f["first_seen"], f["last_seen"], f["signs"], f["count"]) for f in of_devices} == {(None, None, None, 1)}
    assert "devices" not in aggregated.document
    assert b"dev-" not in b"".join(c for n, c in aggregated.files.items() if n != "html")


def test_with_individual_a_device_is_a_pseudonym(individual: Written) -> None:
    """Each row stands for one device, under the name that the body's own key gives it, with lines and instants."""
    names = load_pseudonyms(individual.folder / ".ordinance")
    devices = {d["device"] for d in _rows(individual.folder, "estate/devices.csv")}
    rows = individual.document["devices"]
    assert {r["device"] for r in rows} == {names.of(d) for d in devices}
    found = {f["device"] for f in individual.document["findings"]} - {None}
    assert found == {names.of(d) for d in ("gp-003", "gp-007", "gp-008", "gl-004", "op-002")}
    assert any(e["line"] for f in individual.document["findings"] for e in f["evidence"])


def test_runs_are_their_owners_alone(aggregated: Written) -> None:
    """What is kept of a check lies in a folder that no other account of the machine can enter."""
    runs = list((aggregated.folder / ".ordinance" / "runs").iterdir())
    assert [r.stat().st_mode & 0o777 for r in runs] == [0o700]


def test_a_small_unit_is_not_named(tmp_path: Path) -> None:
    """Ghent's units are all smaller than four minimum groups: none is named until the minimum allows it."""
    folder = body("ghent", tmp_path)
    sizes = Counter(d["unit"] for d in _rows(folder, "estate/devices.csv"))
    assert sizes["youth"] == 7 and sizes["mobility"] == 17
    assert {f["unit"] for f in _check(folder).document["findings"]} == {None}
    edit(folder / "ordinance.toml", "minimum_group = 5", "minimum_group = 1")
    written = _check(folder)
    assert {"culture", "youth"} <= {f["unit"] for f in written.document["findings"]}
    assert written.document["disclosure"]["smallest"] == 4


def test_a_small_class_is_not_told_apart(aggregated: Written) -> None:
    """No facts of devices stand beside a result, and no row says more than that there are some."""
    rows = aggregated.document["results"]
    assert {(r["class"], r["facts"], r["devices"]) for r in rows} == {("small", "devices of all kinds", 1)}
    assert {r["result"] for r in rows} == {"pass", "fail", "unknown", "notapplicable"}


def test_no_number_on_disk_is_finer_than_what_is_shown(aggregated: Written) -> None:
    """What is kept is what is printed; sizes, sums, shares and accounts in it are lower ends of bands."""
    (kept,) = (c for n, c in aggregated.files.items() if n.endswith("result.json"))
    assert json.loads(kept) == aggregated.document
    summary, told = aggregated.document["summary"], aggregated.document["disclosure"]
    assert (told["numbers"], told["step"], told["cohort"]) == ("bands", 10, "2023-01-01")
    assert {n for c in summary["by_duty"].values() for n in c.values()} <= {0, 1, 10, 20, 30}
    assert summary["devices"] == {"in_estate": 30, "in_scope": 30, "seen": 1}
    assert set(summary["coverage"].values()) <= {None, 0, 0.01, 1}
    assert {c["count"] for c in aggregated.document["contacts"]} <= {1, 5, 20, 100, 500, 2000}
    assert not re.search(r"[0-9]", summary["sentence"])


def test_a_small_body_gets_a_warning_and_no_numbers(tmp_path: Path) -> None:
    """Tallinn has 16 devices: whether any fails is said, how many is not, and why is said on the terminal and page."""
    folder = body("tallinn", tmp_path)
    done = run("check", folder, "--as-of", DAYS["tallinn"], "--json", "--html", tmp_path / "page.html")
    document = json.loads(done.out)
    assert done.code == 1 and "[small-body]" in done.err
    assert document["disclosure"]["small_body"] and document["disclosure"]["because"] == ["small_body"]
    assert {n for c in document["summary"]["by_duty"].values() for n in c.values()} == {0, 1}
    assert document["summary"]["by_duty"]["conditions"]["fail"] == 1
    assert {c["day"] for c in document["contacts"]} <= {None}
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "So few devices are covered by a rule" in page
    rows = run("check", folder, "--as-of", DAYS["tallinn"], "--json", "--individual")
    assert json.loads(rows.out)["summary"]["by_duty"]["remove"]["pass"] == 14 and "[small-body]" not in rows.err


def test_another_window_gives_no_numbers(tmp_path: Path) -> None:
    """A window that may overlap the body's own ones says what there is, and why no more."""
    folder = body("ghent", tmp_path)
    done = run("check", folder, "--as-of", DAYS["ghent"], "--from", "2023-03-28", "--json")
    document = json.loads(done.out)
    assert "[other-window]" in done.err and document["disclosure"]["because"] == ["other_window"]
    assert {n for c in document["summary"]["by_duty"].values() for n in c.values()} == {0, 1}
    assert document["summary"]["by_duty"]["remove"]["fail"] == 1


@pytest.mark.parametrize(
    ("allowed", "code"), [("[]", 3), ('["network_aggregate"]', 3), ('["inventory"]', 1), ('["network_device"]', 1)]
)
def test_rows_of_single_devices_need_evidence_about_them(allowed: str, code: int, tmp_path: Path) -> None:
    """--individual without inventory and network_device is refused, and then nothing is read or written."""
    folder = body("ghent", tmp_path)
    edit(folder / "ordinance.toml", '["inventory", "network_device"]', allowed)
    before = tree(folder)
    done = run("check", folder, "--as-of", DAYS["ghent"], "--individual", "--json")
    assert done.code == code
    if code == 3:
        assert [i["id"] for i in json.loads(done.out)] == ["individual-not-allowed"]
        assert "[individual-not-allowed]" in done.err
        assert tree(folder) == before


@pytest.mark.parametrize(
    ("allowed", "sources"), [("inventory", {"mdm", "intune"}), ("network_device", {"dns-townhall"})]
)
def test_only_allowed_evidence_is_accounted_for(allowed: str, sources: set[str], tmp_path: Path) -> None:
    """A source of another kind is not opened, not even to count its lines."""
    folder = body("ghent", tmp_path)
    edit(folder / "ordinance.toml", '["inventory", "network_device"]', f'["{allowed}"]')
    document = json.loads(run("check", folder, "--as-of", DAYS["ghent"], "--json").out)
    assert {a["source"] for a in document["accounting"]} == sources
    assert {i["source"] for i in document["run"]["inputs"]} == sources


def test_hiding_the_small_ones_hides_as_many_more_as_it_takes() -> None:
    """What is left over when all others are named is named too: the merged group is large enough, where it can be."""
    sizes = Counter({"large": 20, "middle": 6, "small": 2})
    assert too_small(sizes, 5) == {"small", "middle"}
    assert too_small(sizes, 5, unnamed=4) == {"small"}
    assert too_small(Counter({"large": 20, "middle": 6}), 5) == frozenset()
    assert too_small(Counter({"one": 3, "two": 1}), 5) == {"one", "two"}
