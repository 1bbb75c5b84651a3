# SPDX-License-Identifier: EUPL-1.2
"""Words about separate devices: every reason has some, and one sentence says the state."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ordinance.report.separate import REASONS, why

ROOMS = Path(__file__).resolve().parents[2] / "src" / "ordinance"
SAID = re.compile(r'Result\.[A-Z_]+, "([a-z_]+)"|reason = "([a-z_]+)"|else "([a-z_]+)"|= "([a-z_]+)", "([a-z_]+)"')


def line(condition: str, result: str, reason: str, *, evidence: bool = False, **seen: Any) -> dict[str, Any]:
    """A condition as the document has it."""
    sighting = {"reason": reason, "result": result, "count": 1, "permitted": 0, "first": None, "last": None} | seen
    return {
        "condition": condition,
        "number": {"no_internal_names": "SD-02", "multi_factor": "SD-13", "no_other_apps": "SD-04"}[condition],
        "result": result,
        "reason": reason,
        "rests_on": {"record": result == "pass", "evidence": evidence},
        "seen": sighting,
        "due": "2025-06-01",
    }


def test_every_reason_has_words() -> None:
    """Whatever proof or evidence can give as a reason is said in words, and no word is of a reason that is gone."""
    sources = ("separation/proof.py", "verify/separate.py")
    found = {w for name in sources for hit in SAID.findall((ROOMS / name).read_text("utf-8")) for w in hit if w}
    spelled = {"not_asked", "by_decision", "evidence_not_allowed", "not_asked_internal", "no_more_apps", "other_apps"}
    spelled |= {"platform_contradicted"}
    assert found | spelled == REASONS.keys()


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([], "Unknown: no profile and no exemption asks for anything."),
        (
            [line("no_internal_names", "pass", "declared", evidence=True), line("multi_factor", "pass", "met")],
            "Green: every condition that is asked for is shown; SD-13 on the record alone.",
        ),
        (
            [line("no_internal_names", "unknown", "no_answer"), line("no_other_apps", "fail", "other_apps", count=1)],
            "Red: SD-04 (the device is used for nothing else) does not hold: an inventory counted 1 other app on it, "
            "and the settings permit 0.",
        ),
        (
            [line("no_internal_names", "fail", "overdue"), line("multi_factor", "fail", "says_not_met")],
            "Red: SD-02 (the device reaches no internal service of the body) does not hold: its answer counted until "
            "1 June 2025 and was not given again; SD-13 does not hold either.",
        ),
        (
            [
                line("no_internal_names", "unknown", "network_not_seen"),
                line("multi_factor", "notchecked", "not_asked"),
                line("no_other_apps", "unknown", "no_inventory"),
            ],
            "Unknown: SD-02 (the device reaches no internal service of the body) is not shown: the body's networks "
            "were not seen on every day, or could not have named it; SD-13 and SD-04 are not shown either.",
        ),
        (
            [line("no_internal_names", "notchecked", "by_decision"), line("multi_factor", "pass", "met")],
            "Unknown: SD-02 (the device reaches no internal service of the body) is not shown: by decision of the body "
            "nothing about devices is read.",
        ),
    ],
    ids=["nothing-asked", "green", "red", "overdue", "several", "by-decision"],
)
def test_one_sentence_says_the_state_and_why(found: list[dict[str, Any]], said: str) -> None:
    """The worst first; what else is as bad is named, and what rests on the record alone is not left out."""
    assert why({"conditions": found, "file": "separate/sd-001.yaml"}) == said


def test_a_device_without_a_record_is_said_to_have_none() -> None:
    """That comes first: what nobody asks, or the record does not answer, would send its reader to the wrong place."""
    assert why({"conditions": [], "file": None}) == "Unknown: there is no record of it."
    asked = [line("multi_factor", "unknown", "no_answer"), line("no_internal_names", "unknown", "no_answer")]
    said = why({"conditions": asked, "file": None})
    assert said == "Unknown: there is no record of it; SD-13 and SD-02 are not shown."
    seen = [line("multi_factor", "pass", "declared", evidence=True)]
    assert why({"conditions": seen, "file": None}) == "Unknown: there is no record of it."
    assert "no record" not in why({"conditions": asked, "file": "separate/sd-001.yaml"})
    red = [line("no_other_apps", "fail", "other_apps", count=1), *asked]
    assert why({"conditions": red, "file": None}).startswith("Red: SD-04 ")
