# SPDX-License-Identifier: EUPL-1.2
"""Scenarios: what differs is named, what cannot be asked is a fault, and no test at all is no success."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bodies import BODIES, EXAMPLES, copy_body, workspace
from ordinance.model.errors import PolicyError
from ordinance.model.ruling import Subject
from ordinance.operations.scenarios import Tried, exit_code, run_scenarios, scenarios_document
from ordinance.operations.workspace import open_workspace


def tried(folder: Path) -> tuple[Tried, ...]:
    return run_scenarios(open_workspace(folder).usable())


def with_tests(folder: Path, *scenarios: object, name: str = "ghent") -> Path:
    """A copy of a body with these scenarios alone."""
    body = copy_body(name, folder)
    (body / "tests" / "tiktok.yaml").write_text(json.dumps(scenarios), "utf-8")
    return body


def scenario(**changed: object) -> dict[str, object]:
    """Ghent's part-funded phone; `expect` is merged."""
    whole: dict[str, object] = {
        "name": "a phone",
        "device": {"owner": "person", "subscription_share": "30"},
        "people": "staff",
        "app": "tiktok",
        "surface": "app",
        "at": "2023-03-20",
        "expect": {"outcome": "forbidden"},
    } | changed
    return {key: value for key, value in whole.items() if value is not None}


@pytest.mark.parametrize("name", BODIES)
def test_the_examples_tests_pass(name: str) -> None:
    """At least six of each body, written from the facts, and all come out as written."""
    found = run_scenarios(workspace(name))
    assert len(found) >= 6
    assert [(t.scenario.name, t.differences) for t in found if not t.passes] == []


@pytest.mark.parametrize(
    ("name", "file", "old", "new", "turned"),
    [
        ("ghent", "policies/gent-2023-tiktok.yaml", "over: 0", "over: 30", "30 per cent"),
        ("ghent", "policies/gent-2023-tiktok.yaml", "remove: {within: P14D}", "remove: {within: P15D}", "city bought"),
        ("ghent", "policies/gent-2023-tiktok.yaml", "for: P6M", "for: P7M", "after six months"),
        ("diest", "policies/diest-incident-overlay.yaml", "for: P14D", "for: P13D", "last minute of the two weeks"),
        ("diest", "policies/diest-incident-overlay.yaml", "T08:00", "T08:01", "blocked at once"),
        ("tallinn", "exemptions/channel-devices.yaml", "sd-002", "sd-003", "last day of the exemption"),
    ],
)
def test_a_changed_rule_turns_its_test_red(
    name: str, file: str, old: str, new: str, turned: str, tmp_path: Path
) -> None:
    """Each of these changes is what a test of the examples is there for."""
    folder = copy_body(name, tmp_path)
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), "utf-8")
    failed = [t.scenario.name for t in tried(folder) if not t.passes]
    assert any(turned in one for one in failed), failed


@pytest.mark.parametrize(
    ("expect", "what", "expected", "found"),
    [
        ({"outcome": "permitted"}, "outcome", "permitted", "forbidden"),
        ({"outcome": "forbidden", "deciding": "a/b"}, "deciding", "a/b", "gent-2023-tiktok/paid-devices"),
        ({"outcome": "forbidden", "exemption": "e"}, "exemption", "e", "none"),
        ({"outcome": "forbidden", "missing": ["owner"]}, "missing", "owner", "nothing"),
        (
            {"outcome": "forbidden", "duties": {"stop_using": "2023-03-13", "remove": "2023-03-28",
             "deny_install": "2023-03-27", "block_traffic": "2023-04-03"}},
            "duty remove", "2023-03-28T00:00+02:00", "2023-03-27T00:00+02:00",
        ),
    ],
)  # fmt: skip
def test_a_difference_is_named(expect: object, what: str, expected: str, found: str, tmp_path: Path) -> None:
    """What was expected beside what came out."""
    (one,) = tried(with_tests(tmp_path, scenario(expect=expect)))
    assert [(d.what, d.expected, d.found) for d in one.differences] == [(what, expected, found)]


def test_words_that_no_reason_holds_differ(tmp_path: Path) -> None:
    """The reasons that there are stand beside them."""
    (one,) = tried(with_tests(tmp_path, scenario(expect={"outcome": "forbidden", "because": ["the moon"]})))
    (difference,) = one.differences
    assert (difference.what, difference.expected) == ("because", "the moon")
    assert "subscription_share over 0 [subscription_share: 30]" in difference.found


def test_duties_are_all_that_follow(tmp_path: Path) -> None:
    """One that is not written is a difference, and so is one that does not follow."""
    expect = {"outcome": "forbidden", "duties": {"attest": "2023-04-01"}}
    (one,) = tried(with_tests(tmp_path, scenario(expect=expect)))
    assert {d.what: d.found == "none" for d in one.differences} == {
        "duty attest": True, "duty block_traffic": False, "duty deny_install": False, "duty remove": False,
        "duty stop_using": False,
    }  # fmt: skip


def test_an_id_beside_facts_brings_its_exemptions(tmp_path: Path) -> None:
    """The facts are those written, not those of the estate."""
    facts = {"owner": "body", "use": "separate"}
    rows = [
        scenario(name="with", id="sd-001", device=facts, at="2024-12-16", expect={"outcome": "conditional"}),
        scenario(name="without", device=facts, at="2024-12-16", expect={"outcome": "forbidden"}),
    ]
    assert all(t.passes for t in tried(with_tests(tmp_path, *rows, name="tallinn")))


def test_networks_can_be_asked_about(tmp_path: Path) -> None:
    """No clause of Ghent speaks of networks."""
    row = scenario(device=None, people=None, network="public", expect={"outcome": "permitted", "duties": {}})
    (one,) = tried(with_tests(tmp_path, row))
    assert one.passes and one.scenario.subject is Subject.NETWORK


@pytest.mark.parametrize(
    ("changed", "issue", "column"),
    [
        ({"app": "tiktak"}, "unknown-app", True),
        ({"device": None, "people": None, "id": "op-01"}, "unknown-device", False),
        ({"device": None, "people": None, "id": "gl-010", "at": "2022-03-20"}, None, False),
        ({"device": None, "people": None, "id": "op-001", "at": "2022-03-20"}, "facts-not-stated", False),
    ],
)
def test_what_cannot_be_asked_is_a_located_fault(
    changed: dict[str, object], issue: str | None, column: bool, tmp_path: Path
) -> None:
    """Its answer would mean nothing, so nothing is said about any. A row without a first day speaks of each day."""
    folder = with_tests(tmp_path, scenario(**changed, expect={"outcome": "permitted"}))
    if issue is None:
        assert len(tried(folder)) == 1
        return
    with pytest.raises(PolicyError) as raised:
        tried(folder)
    (found,) = raised.value.issues
    assert (found.id, found.file, found.line) == (issue, "tests/tiktok.yaml", 1)
    assert (found.column > 2) is column and found.hint


def test_two_scenarios_of_one_name_are_a_fault(tmp_path: Path) -> None:
    """Who reads the name must not look at the other one."""
    with pytest.raises(PolicyError, match="duplicate-id"):
        tried(with_tests(tmp_path, scenario(), scenario()))


def test_no_test_is_no_success(tmp_path: Path) -> None:
    """Nothing was shown to hold: 4. One that fails: 1."""
    folder = copy_body("ghent", tmp_path)
    (folder / "tests" / "tiktok.yaml").unlink()
    assert (tried(folder), exit_code(())) == ((), 4)
    assert exit_code(tried(with_tests(tmp_path / "b", scenario()))) == 0
    assert exit_code(tried(with_tests(tmp_path / "c", scenario(expect={"outcome": "permitted"})))) == 1


def test_the_document_counts_what_it_lists() -> None:
    """And says that the estate is invented."""
    opened = workspace("ghent")
    document = scenarios_document(opened, run_scenarios(opened))
    assert document["passed"] + document["failed"] == len(document["scenarios"]) == document["passed"]
    assert "Invented" in document["notice"]
    assert {s["file"] for s in document["scenarios"]} == {"tests/tiktok.yaml"}
    assert (EXAMPLES / "ghent" / "tests" / "tiktok.yaml").read_text("utf-8").count("- name:") == document["passed"]
