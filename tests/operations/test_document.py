# SPDX-License-Identifier: EUPL-1.2
"""The JSON of a check: its keys, their shapes, and sums that add up."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bodies import BODIES, EXAMPLES, workspace
from cli.shell import DAYS, body, run

ACCOUNT = ("kept", "dropped", "duplicate", "structural", "rejected")
TOGETHER = "kept_or_dropped"
KEYS = (
    *("ordinance", "body", "as_of", "window", "notice", "individual", "disclosure"),
    *("policies", "records", "bound_by", "advice", "checking"),
    *("summary", "results", "prevention", "coverage", "not_seen", "contacts", "counted"),
    *("accounting", "findings", "next_steps", "run"),
)
FINDING: dict[str, tuple[type, ...]] = {
    "id": (str,), "kind": (str,), "result": (str,), "unit": (str, type(None)), "device": (str, type(None)),
    "devices": (int,), "family": (str, type(None)), "member": (str, type(None)), "surface": (str, type(None)),
    "grade": (str, type(None)), "duty": (str, type(None)), "first_seen": (str, type(None)),
    "last_seen": (str, type(None)), "count": (int,), "contacted": (bool,), "signs": (dict, type(None)),
    "attested": (str, type(None)),
    "restriction": (str, type(None)),
    "reason": (str,), "evidence": (list,), "state": (str,), "since": (str, type(None)), "again": (str, type(None)),
    "decided": (dict, type(None)), "states": (dict, type(None)), "said": (list, type(None)), "to_be_heard": (bool,),
}  # fmt: skip
SIX = ["pass", "fail", "error", "unknown", "notapplicable", "notchecked"]


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, dict[str, Any]]:
    """The three bodies' documents, Ghent's also with rows per device, after its end, and before its beginning."""
    away = tmp_path_factory.mktemp("documents")
    asked: dict[str, tuple[str, str, tuple[str, ...]]] = {name: (name, day, ()) for name, day in DAYS.items()}
    asked["individual"] = ("ghent", DAYS["ghent"], ("--individual",))
    asked["rows"] = ("tallinn", DAYS["tallinn"], ("--individual",))
    asked["after"] = ("ghent", "2023-09-28", ())
    asked["before"] = ("ghent", "2023-03-12", ())
    return {
        key: json.loads(run("check", body(name, away / key), "--as-of", day, "--json", *options).out)
        for key, (name, day, options) in asked.items()
    }


@pytest.fixture(params=[*DAYS, "individual", "rows", "after", "before"])
def document(request: pytest.FixtureRequest, documents: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Each of them."""
    return documents[request.param]


def test_every_key_is_there_in_the_order_of_reading(document: dict[str, Any]) -> None:
    """Reports and scripts rely on these keys; `devices` comes in only with rows per device."""
    assert tuple(k for k in document if k != "devices") == KEYS
    assert ("devices" in document) == document["individual"]
    assert "no data from this " in document["notice"]
    assert document["body"]["name"] in {workspace(b).body.name for b in BODIES}


def test_accounting_adds_up(document: dict[str, Any]) -> None:
    """records = kept + dropped + duplicate + structural + rejected, for each source."""
    for account in document["accounting"]:
        is_exact = document["disclosure"]["numbers"] == "exact"
        assert list(account) == ["source", "unit", "records", *ACCOUNT, "rejects", *([] if is_exact else [TOGETHER])]
        assert account["records"] == sum(account[k] or 0 for k in ACCOUNT) + account.get(TOGETHER, 0)
        assert is_exact or [account[k] for k in ("kept", "dropped", "duplicate")] == [None] * 3
        assert not is_exact or len(account["rejects"]) == min(account["rejected"], 1000)
        assert bool(account["rejects"]) == bool(account["rejected"])


def test_accounting_is_that_of_the_files(documents: Mapping[str, dict[str, Any]]) -> None:
    """Records are lines: as many as the files have, counted here with other means."""
    for key, name in (("individual", "ghent"), ("rows", "tallinn")):
        document = documents[key]
        for account in document["accounting"]:
            files = [i["file"] for i in document["run"]["inputs"] if i["source"] == account["source"]]
            assert files
            lines = sum(len((EXAMPLES / name / file).read_bytes().splitlines()) for file in files)
            assert account["records"] == lines


def test_findings_have_their_shape_and_an_id_of_their_own(document: dict[str, Any]) -> None:
    """Each key with its type; evidence points at files that were read; no two findings share an id."""
    files = {i.get("file") for i in document["run"]["inputs"]}
    for found in document["findings"]:
        assert list(found) == list(FINDING)
        assert [k for k, types in FINDING.items() if not isinstance(found[k], types)] == []
        assert all(list(e) == ["source", "file", "line"] for e in found["evidence"])
        places = {e["file"] for e in found["evidence"]}
        assert places <= (files if document["individual"] else {None})
        assert found["count"] >= 1
    ids = [f["id"] for f in document["findings"]]
    assert len(set(ids)) == len(ids)


def test_an_id_lasts_from_run_to_run(tmp_path: Path) -> None:
    """Another window moves times and counts; what is found again keeps its id."""
    folder = body("ghent", tmp_path)

    def ids(last: str) -> dict[tuple[str, str, str], str]:
        done = run("check", folder, "--as-of", "2023-04-10", "--from", "2023-03-27", "--to", last, "--json")
        every = json.loads(done.out)["findings"]
        return {(f["kind"], str(f["unit"]), f["member"]): f["id"] for f in every if f["result"] == "fail"}

    whole, part = ids("2023-04-09"), ids("2023-04-06")
    assert len(part) >= 4 and part.items() <= whole.items()


def test_two_that_may_not_be_told_apart_have_two_ids(tmp_path: Path) -> None:
    """Two devices in nobody's list: nobody is named in either finding, and a ticket for one is not the other's."""
    folder = body("ghent", tmp_path)
    devices = folder / "estate" / "devices.csv"
    rows = devices.read_text("utf-8").splitlines(keepends=True)
    devices.write_text("".join(r for r in rows if not r.startswith(("gp-003,", "op-002,"))), "utf-8")
    document = json.loads(run("check", folder, "--as-of", DAYS["ghent"], "--individual", "--json").out)
    unknown = [f for f in document["findings"] if f["kind"] == "unknown_device"]
    assert len(unknown) >= 2
    assert len({f["id"] for f in unknown}) == len(unknown)


def test_the_summary_is_what_the_rows_add_up_to(document: dict[str, Any]) -> None:
    """Counts per duty are sums of the rows, the whole is the sum of the duties, and each has the six words."""
    summary = document["summary"]
    by_duty: dict[str, Counter[str]] = {}
    for row in document["results"]:
        by_duty.setdefault(row["duty"], Counter())[row["result"]] += row["devices"]
    counted = {d: {k: n for k, n in c.items() if n} for d, c in summary["by_duty"].items()}
    if document["disclosure"]["numbers"] == "exact":
        assert counted == by_duty
    else:  # rows say that there are some; what is there is there in both
        assert {d: set(c) for d, c in counted.items()} == {d: set(c) for d, c in by_duty.items()}
    assert list(summary["results"]) == SIX and all(list(c) == SIX for c in summary["by_duty"].values())
    assert summary["results"] == {k: sum(c[k] for c in summary["by_duty"].values()) for k in SIX}
    assert all(v is None or 0 <= v <= 1 for v in summary["coverage"].values())


def test_coverage_counts_what_is_missing(document: dict[str, Any]) -> None:
    """expected = seen + missing, for each source."""
    assert all(c["expected"] == c["seen"] + len(c["missing"]) for c in document["coverage"])


def test_a_lapsed_rule_collects_nothing_and_is_overdue(documents: Mapping[str, dict[str, Any]]) -> None:
    """After the six months: nothing read, one review overdue, exit 1."""
    after = documents["after"]
    assert after["accounting"] == [] and after["run"]["watch_list"]["families"] == []
    assert [f["kind"] for f in after["findings"]] == ["review_overdue"]
    assert after["summary"]["exit_code"] == 1
