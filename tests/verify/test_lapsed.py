# SPDX-License-Identifier: EUPL-1.2
"""Exemptions that have ended: from the day after, and only for whom and what they were."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import bodies
from ordinance.model.apps import Confidence, Identifier, Kind, Role, Surface
from ordinance.model.evidence import Answered, NameAsked, Where
from ordinance.model.law import Duty
from ordinance.model.result import Finding, FindingKind, Grade, Result
from ordinance.operations.workspace import open_workspace
from ordinance.verify.attribute import Attributed
from ordinance.verify.binding import Judge
from ordinance.verify.lapsed import lapsed_exemptions
from ordinance.verify.observed import Asked, Observed

TRUTH = tomllib.loads((Path(__file__).parent / "truth_duties_apart.toml").read_text("utf-8"))


SEEN = "sd-001,com.zhiliaoapp.musically,TikTok,TikTok Pte. Ltd.,android,2024-12-11T06:00:00+02:00"


def _reword(path: Path, words: Mapping[str, str]) -> None:
    text = path.read_text("utf-8")
    for old, new in words.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


def found(folder: Path, row: Mapping[str, Any]) -> list[Finding]:
    """The findings about sd-001 in the week, with its exemption changed."""
    body = bodies.copy_body("tallinn", folder)
    path = body / "exemptions" / "channel-devices.yaml"
    text = path.read_text("utf-8")
    for key, value in row["change"].items():
        text, times = re.subn(rf"^{key}: .*$", f"{key}: {value}", text, flags=re.MULTILINE)
        assert times == 1
    path.write_text(text, "utf-8")
    if "renewed_from" in row:
        anew = text.replace("exemption: channel-devices", "exemption: anew").replace("2024-12-10", "2025-06-30")
        anew = anew.replace("\nfrom: 2024-12-01", f"\nfrom: {row['renewed_from']}")
        (body / "exemptions" / "anew.yaml").write_text(anew, "utf-8")
    _reword(body / "policies" / "tallinn-2024-tiktok.yaml", row.get("policy", {}))
    if "row" in row:
        _reword(body / "inventory" / "devices-2024-12-11.csv", {SEEN: row["row"]})
    opened = open_workspace(body).usable()
    checked = bodies.checked(opened, bodies.window(opened, bodies.truth_check("tallinn", "inside")))
    return [f for f in checked.findings if f.device == "sd-001"]


@pytest.mark.parametrize("row", TRUTH["lapsed"], ids=[r["name"] for r in TRUTH["lapsed"]])
def test_the_table(row: Mapping[str, Any], tmp_path: Path) -> None:
    """Each situation comes to the kinds of finding that stand in the table."""
    assert sorted({str(f.kind) for f in found(tmp_path, row)}) == row["findings"]


def test_the_finding_says_since_when_it_was_seen_and_by_what(tmp_path: Path) -> None:
    """The day of the inventory, its line, the duty that fails, and that the permission had ended."""
    (one,) = (f for f in found(tmp_path, TRUTH["lapsed"][1]) if f.kind is FindingKind.EXEMPTION_LAPSED)
    assert (one.result, one.duty, one.reason, one.member) == (Result.FAIL, Duty.REMOVE, "exemption_lapsed", "tiktok")
    assert one.first_seen is not None and one.first_seen.date().isoformat() == "2024-12-11"
    assert [(w.file, w.line) for w in one.evidence] == [("inventory/devices-2024-12-11.csv", 26)]


@pytest.mark.parametrize(
    ("role", "day", "expected"),
    [
        (Role.APP_ONLY, 11, [(Duty.STOP_USING, Grade.APP_TRAFFIC, "tiktok", 1)]),
        (Role.APP_ONLY, 10, []),
        (Role.SHARED, 11, []),
        (Role.EMBED, 11, []),
    ],
)
def test_a_name_of_the_app_in_a_log_is_use(
    role: Role, day: int, expected: list[tuple[Duty, Grade, str, int]], tmp_path: Path
) -> None:
    """After the last day; a name that others share, or that pages embed, says nothing."""
    body = bodies.copy_body("tallinn", tmp_path)
    _reword(body / "exemptions" / "channel-devices.yaml", {"last_day: 2025-06-30": "last_day: 2024-12-10"})
    opened = open_workspace(body).usable()
    at = bodies.window(opened, bodies.truth_check("tallinn", "inside"))
    judge = Judge(opened.law, opened.estate, at.span, at.as_of)
    name = Identifier(Kind.DOMAIN, "x.example", "tiktok", "tiktok", Confidence.HIGH, role)
    noon = datetime(2024, 12, day, 12, tzinfo=opened.body.zone)
    asked = NameAsked(noon, "10.50.0.9", "x.example", name, Answered.ADDRESS, Where("dns-city", "a.log", 1))
    observed = Observed(asked={"sd-001": [Asked(asked, Attributed("sd-001"), (Surface.APP,))]})
    lapsed = lapsed_exemptions(opened.law, judge, observed)
    assert [(f.duty, f.grade, f.member, f.count) for f in lapsed] == expected
    assert all(f.first_seen == f.last_seen == noon and f.reason == "exemption_lapsed" for f in lapsed)
