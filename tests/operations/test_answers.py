# SPDX-License-Identifier: EUPL-1.2
"""Answers to advice in a check: each measure says what was seen of it, and nothing that nobody saw."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.shell import body, edit, run

ANSWER = "answers/ee-ria.yaml"


@pytest.fixture
def tallinn(tmp_path: Path) -> Path:
    return body("tallinn", tmp_path)


def measures(folder: Path) -> list[dict[str, Any]]:
    done = run("check", folder, "--as-of", "2024-12-16", "--json")
    (advice,) = json.loads(done.out)["advice"]
    found: list[dict[str, Any]] = advice["mitigations"]
    return found


def test_a_measure_says_what_a_check_saw_of_it(tallinn: Path) -> None:
    """One separate device is not separate; the app is on no work computer; of a mere promise nothing is said."""
    edit(tallinn / ANSWER, "next_review: 2025", "  - Staff are told every year.\nnext_review: 2025")
    found = measures(tallinn)
    assert [(m["stands"], m["shown_by"]) for m in found] == [
        ("failed", "channel-devices"),
        ("held", "tallinn-2024-tiktok/work-devices: remove"),
        ("no_check", None),
    ]
    page = next((tallinn / ".ordinance" / "runs").glob("*/report.html")).read_text("utf-8")
    for said in ("It did not hold everywhere.", "It held wherever it was looked for.", "No check looks at it."):
        assert page.count(said) == 1


def test_all_duties_of_a_clause_or_one(tallinn: Path) -> None:
    """Without a duty every one of the clause counts; a result of another clause never does."""
    edit(tallinn / ANSWER, ", duty: remove", "")
    assert [m["stands"] for m in measures(tallinn)] == ["failed", "held"]


def test_an_exemption_shows_its_own_devices_only(tallinn: Path) -> None:
    """The same device split off into an exemption of its own: the other channel's measure holds."""
    first = tallinn / "exemptions" / "channel-devices.yaml"
    text = first.read_text("utf-8")
    assert "devices: [sd-001, sd-002]" in text
    second = text.replace("exemption: channel-devices", "exemption: second").replace("[sd-001, sd-002]", "[sd-002]")
    (tallinn / "exemptions" / "second.yaml").write_text(second, "utf-8")
    edit(first, "[sd-001, sd-002]", "[sd-001]")
    edit(
        tallinn / ANSWER,
        "  - what: The app is",
        "  - {what: Another device., shown_by: {exemption: second}}\n  - what: The app is",
    )
    assert sorted(m["stands"] for m in measures(tallinn)) == ["failed", "held", "held"]
    assert {m["stands"] for m in measures(tallinn)[:2]} == {"failed", "held"}


def test_without_evidence_a_measure_is_not_known(tallinn: Path) -> None:
    """A check that saw nothing does not say that a measure holds."""
    for path in (tallinn / "inventory").glob("*.csv"):
        path.unlink()
    assert all(m["stands"] in {"not_known", "failed"} for m in measures(tallinn))


@pytest.mark.parametrize(
    ("new", "issue"),
    [
        ("{exemption: channel-device}", "mitigation-shown-by-nothing"),
        ("{restriction: tallinn-2024-tiktok/work-device}", "mitigation-shown-by-nothing"),
        ("{restriction: a/b, exemption: channel-devices}", "one-proof"),
        ("{duty: remove, exemption: channel-devices}", "one-proof"),
        ("{duty: remove}", "one-proof"),
        ("{clause: a/b}", "unknown-key"),
    ],
)
def test_a_proof_that_is_none_is_refused(tallinn: Path, new: str, issue: str) -> None:
    """Located, exit 3: a measure that looks checked and is not would be a lie."""
    edit(tallinn / ANSWER, "{exemption: channel-devices}", new)
    done = run("lint", tallinn, "--as-of", "2024-12-16", "--json")
    assert done.code == 3
    assert issue in {i["id"] for i in json.loads(done.out)}


def test_explain_says_where_the_proof_is(tallinn: Path) -> None:
    """In plain sentences a measure is what the body says; whether it holds is for a check."""
    said = run("explain", tallinn, "--device", "sd-001", "--as-of", "2024-12-16", "--plain").out
    joined = " ".join(said.split())
    assert "Instead: The channel is run from a separate device" in joined
    assert "Whether this holds is for a check to say, not for this answer." in joined
