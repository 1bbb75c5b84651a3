# SPDX-License-Identifier: EUPL-1.2
"""In one and the same log every planted app session is found, and no look-alike or embed is a finding."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping
from typing import Any

import pytest

import bodies
from ordinance.model.result import FindingKind, Grade
from ordinance.verify.grades import grade, proves_use

PLAN = tomllib.loads((bodies.EXAMPLES / "ghent" / "logs" / "plan.toml").read_text("utf-8"))


def events(*purposes: str) -> list[Mapping[str, Any]]:
    """Planted events of these purposes, from the hand-written plan."""
    return [e for e in PLAN["event"] if e["purpose"] in purposes]


def names(*purposes: str) -> set[str]:
    """Names that the plan asks for these purposes only, lower-case."""
    return {n.lower() for e in events(*purposes) for n in e.get("names") or PLAN["names"][e["from"]]}


def test_every_session_is_found_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    """Both counts are printed: planted sessions found, and findings from what only looks like the app."""
    opened = bodies.workspace("ghent")
    at = bodies.window(opened, bodies.truth_check("ghent", "inside"))
    readings = bodies.read(opened, at.span)
    found = bodies.checked(opened, at, readings)
    traffic = [f for f in found.findings if f.kind in {FindingKind.APP_TRAFFIC, FindingKind.UNKNOWN_DEVICE}]
    planted = {c for e in events("app_session") for c in e["clients"]}
    who = {f.device or f.reason for f in traffic}
    assert who == {"gp-003", "op-002", "randomised_address", "unknown_device"}
    assert len(traffic) == len(planted) == 4
    innocent = names("embed", "web", "lookalike", "background") - names("app_session")
    asked = [n for r in readings.values() for n in r.names]
    accused = {w for f in traffic for w in f.evidence}
    wrong = [n for n in asked if n.where in accused and n.name.lower() in innocent]
    assert innocent
    assert wrong == []
    with capsys.disabled():
        print(f"\napp sessions found: {len(traffic)} of {len(planted)}; from look-alikes and embeds: {len(wrong)}",
              file=sys.stderr)  # fmt: skip


def test_embeds_and_look_alikes_were_really_there() -> None:
    """The log holds the pixel, the site and the look-alikes, so that finding none of them means something."""
    opened = bodies.workspace("ghent")
    at = bodies.window(opened, bodies.truth_check("ghent", "inside"))
    asked = [n for r in bodies.read(opened, at.span).values() for n in r.names]
    grades = {grade(n) for n in asked}
    assert {Grade.WEB_OR_EMBED, Grade.EMBED, Grade.SHARED_HOST, Grade.APP_TRAFFIC, Grade.BLOCKED} <= grades
    assert not any(proves_use(n) for n in asked if n.name.lower() in names("embed", "web", "lookalike"))
    text = "".join(p.read_text("utf-8") for p in (bodies.EXAMPLES / "ghent" / "logs").glob("*.log")).lower()
    assert all(n in text for n in names("lookalike"))
    assert not any(n.name.lower() in names("lookalike") for n in asked)
