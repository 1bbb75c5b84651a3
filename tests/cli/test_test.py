# SPDX-License-Identifier: EUPL-1.2
"""`ordinance test`: a line a scenario, what differs below it, and the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.shell import body, edit, run

TESTS = "tests/tiktok.yaml"


@pytest.fixture
def ghent(tmp_path: Path) -> Path:
    return body("ghent", tmp_path)


def test_all_pass(ghent: Path) -> None:
    """A line each with its place, the summary on stderr, exit 0."""
    done = run("test", ghent)
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0] == "pass  tests/tiktok.yaml:2  a phone the city bought, on the day of the decision"
    assert all(line.startswith("pass  tests/tiktok.yaml:") for line in lines)
    assert done.err == f"City of Ghent: {len(lines)} test(s), {len(lines)} pass, 0 fail\n"


def test_one_fails(ghent: Path) -> None:
    """What was expected and what was found, and exit 1."""
    edit(
        ghent / "policies" / "gent-2023-tiktok.yaml", "subscription_share: {over: 0}", "subscription_share: {over: 30}"
    )
    done = run("test", ghent)
    assert done.code == 1
    assert "FAIL  tests/tiktok.yaml:26  an own phone whose subscription the city pays for 30 per cent\n" in done.out
    assert "      outcome: expected forbidden, found permitted\n" in done.out
    assert "\n      deciding: expected gent-2023-tiktok/paid-devices, found no clause\n" in done.out
    data = run("test", ghent, "--json")
    document = json.loads(data.out)
    failed = [s for s in document["scenarios"] if s["result"] == "fail"]
    assert data.code == 1 and len(failed) == document["failed"] > 0
    assert failed[0]["differences"][0] == {"what": "outcome", "expected": "forbidden", "found": "permitted"}


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_test_that_cannot_be_read(ghent: Path, options: list[str]) -> None:
    """Every fault with its place, as data where data was asked for, exit 3."""
    edit(ghent / TESTS, "outcome: unknown", "outcome: unknwon")
    edit(ghent / TESTS, "app: youtube", "app: youtub")
    done = run("test", ghent, *options)
    assert done.code == 3
    assert [i["id"] for i in json.loads(done.out or "[]")] == (["unknown-word", "unknown-app"] if options else [])
    assert 'tests/tiktok.yaml:51:21: "unknwon" is not one of' in done.err and 'did you mean "unknown"?' in done.err
    assert 'tests/tiktok.yaml:72:8: no app "youtub" in the catalogue  [unknown-app]' in done.err


def test_a_policy_that_cannot_be_used(ghent: Path) -> None:
    """A law with an error is tested by nobody."""
    edit(ghent / "policies" / "gent-2023-tiktok.yaml", "family: tiktok", "family: tiktak")
    done = run("test", ghent)
    assert (done.code, done.out) == (3, "") and "[unknown-family]" in done.err


def test_no_tests_is_not_clean(ghent: Path) -> None:
    """Exit 4 with a warning."""
    (ghent / TESTS).unlink()
    done = run("test", ghent)
    assert (done.code, done.out) == (4, "")
    assert done.err.startswith("warning: City of Ghent has no tests") and "[no-tests]" in done.err
    data = run("test", ghent, "--json")
    assert data.code == 4 and json.loads(data.out)["scenarios"] == []
