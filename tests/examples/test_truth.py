# SPDX-License-Identifier: EUPL-1.2
"""Each example body comes out exactly as its truth.toml says, which was written before the code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

import bodies
from ordinance.model.apps import Surface
from ordinance.model.result import Checked, Finding, FindingKind
from ordinance.operations.channels import channel_document
from ordinance.operations.checking import run_check
from ordinance.operations.law_lines import advice_lines, bound_by
from ordinance.operations.workspace import open_workspace
from ordinance.policy import clocks
from ordinance.policy.resolve import class_of_device, resolve


def _stated(key: str) -> Iterator[Any]:
    for body in bodies.BODIES:
        for number, row in enumerate(bodies.truth(body).get(key, ())):
            about = row.get("device") or row.get("channel", "")
            name = row.get("name") or f"{about}-{row.get('at', number)}-{row.get('surface', '')}"
            yield pytest.param(body, row, id=f"{body}-{name}")


def _key(found: Finding) -> tuple[str, ...]:
    return (str(found.kind), found.device or "", str(found.result))


@pytest.mark.parametrize(("body", "said"), list(_stated("ruling")))
def test_rulings(body: str, said: Mapping[str, Any]) -> None:
    """Outcome, deciding clause, the fact that decided, missing facts, exemption and divergences."""
    opened = bodies.workspace(body)
    at = bodies.instant(said["at"], opened)
    row = opened.estate.device_rows[said["device"]][0]
    who = class_of_device(opened.law, opened.estate, row, at, at)
    ruling = resolve(opened.law, who, said["app"], Surface(said["surface"]), at)
    assert (ruling.outcome, ruling.deciding or "") == (said["outcome"], said["clause"])
    assert ruling.exemption == said.get("exemption")
    if "missing" in said:
        assert list(ruling.missing) == said["missing"]
    if "divergences" in said:
        assert [d.clause for d in ruling.divergences] == said["divergences"]
    if "fact" in said:
        deciding = next(r for r in ruling.reasons if r.clause == ruling.deciding)
        assert any(said["fact"] in fact for fact in deciding.facts)


@pytest.mark.parametrize("body", bodies.BODIES)
def test_deadlines(body: str) -> None:
    """Each duty is due at the instant that the truth states, and no duty is missing there."""
    opened = bodies.workspace(body)
    found = {
        f"{t.id}/{r.id}": {str(d): i.isoformat() for d, i in clocks.duties_due(opened.law, t, r)}
        for t in opened.law.texts
        for r in t.restrictions
        if not t.shipped
    }
    assert found == bodies.truth(body)["deadlines"]


@pytest.mark.parametrize(("body", "said"), list(_stated("check")))
def test_checks(body: str, said: Mapping[str, Any]) -> None:
    """Counts per duty, reasons per device, findings and blind spots: nothing less and nothing more."""
    opened = bodies.workspace(body)
    found = bodies.checked(opened, bodies.window(opened, said))
    counts: dict[str, Counter[str]] = {}
    for r in found.results:
        counts.setdefault(str(r.duty or "conditions"), Counter())[str(r.result)] += 1
    if "by_duty" in said:
        assert {d: dict(c) for d, c in counts.items()} == said["by_duty"]
    if "results" in said:
        assert dict(sum(counts.values(), Counter())) == said["results"]
    if "reasons" in said:
        assert {r.reason for r in found.results} == set(said["reasons"])
    _same_devices(found, said.get("devices", {}))
    if "not_seen" in said:
        assert {s.what: s.devices for s in found.not_seen} == said["not_seen"]


def _same_devices(found: Checked, said: Mapping[str, Mapping[str, list[str]]]) -> None:
    got = {(r.device, str(r.duty or "conditions")): [str(r.result), r.reason] for r in found.results}
    assert {key: got.get(key) for key in ((d, duty) for d, duties in said.items() for duty in duties)} == {
        (device, duty): expected for device, duties in said.items() for duty, expected in duties.items()
    }


@pytest.mark.parametrize(("body", "said"), list(_stated("check")))
def test_findings(body: str, said: Mapping[str, Any], tmp_path: Any) -> None:
    """Exactly the stated findings, apart from one blind spot for each thing not seen; and the exit code."""
    opened = open_workspace(bodies.copy_body(body, tmp_path)).usable()
    at = bodies.window(opened, said)
    expected = said.get("finding", said.get("findings", []))
    found = [f for f in bodies.checked(opened, at).findings if f.kind is not FindingKind.BLIND_SPOT]
    overdue = [f for f in expected if f["kind"] == "review_overdue"]
    wanted = Counter((f["kind"], f["device"], f["result"]) for f in expected if f not in overdue)
    assert Counter(map(_key, found)) == wanted
    for one in expected:
        same = [f for f in found if _key(f) == (one["kind"], one["device"], one["result"])]
        assert one in overdue or any(_agrees(f, one) for f in same)
    run = run_check(opened, at.as_of, at.span)
    assert run.exit_code == said["exit_code"]
    assert run.document["summary"]["findings"].get("review_overdue", 0) == len(overdue)
    if said.get("read_nothing"):
        assert run.document["run"]["inputs"] == []
        assert run.document["accounting"] == []


@pytest.mark.parametrize(("body", "said"), [p for p in _stated("check") if "life" in p.values[1]])
def test_lives(body: str, said: Mapping[str, Any], tmp_path: Any) -> None:
    """Where each finding of a group stands by what persons wrote; every other one is open and undecided."""
    opened = open_workspace(bodies.copy_body(body, tmp_path)).usable()
    at = bodies.window(opened, said)
    found = run_check(opened, at.as_of, at.span).document["findings"]
    written = [f for f in found if f["state"] != "open" or f["decided"]]
    keys = ("kind", "unit", "state", "since", "again", "decided_by")
    got = [{**f, "unit": f["unit"] or "", "decided_by": f["decided"]["by"]} for f in written]
    wanted = [tuple(one.get(k) for k in keys) for one in said["life"]]
    assert sorted((tuple(f[k] for k in keys) for f in got), key=str) == sorted(wanted, key=str)


def _agrees(found: Finding, said: Mapping[str, Any]) -> bool:
    member = f"{found.family}/{found.member}"
    stated = {"member": member, "grade": str(found.grade), "reason": found.reason}
    return all(stated[k] == said[k] for k in stated.keys() & said.keys())


@pytest.mark.parametrize(("body", "said"), list(_stated("channel")))
def test_channels(body: str, said: Mapping[str, Any]) -> None:
    """State, what the law says of its app on its device, what lifts that, and what is to be mended."""
    folder = bodies.EXAMPLES / body
    at = bodies.instant(said["at"], bodies.workspace(body))
    opened = open_workspace(folder, at, channels=True).usable()
    found = channel_document(opened, said["channel"], at)["channel"]
    rule = found["rule"]
    assert (found["state"], rule["outcome"]) == (said.get("state"), said["outcome"])
    assert (rule["clause"] or "") == said["clause"]
    assert (rule["lifted_by"] or {}).get("id") == said.get("exemption")
    assert sorted(i["id"] for i in found["issues"]) == said["issues"]


def test_nobody_binds_tallinn_and_it_answered_the_advice() -> None:
    """No text of another authority binds the city; RIA's advice is answered `mitigated`."""
    opened, said = bodies.workspace("tallinn"), bodies.truth("tallinn")
    at = bodies.instant("2024-12-16T00:00", opened)
    assert bound_by(opened, at) == said["bound_by"]
    lines = {a["text"]: a["answer"] for a in advice_lines(opened, at, ())}
    assert lines == {a["text"]: a["answer"] for a in said["advice"]}
