# SPDX-License-Identifier: EUPL-1.2
"""Exemptions that have ended: from the day after, and only for whom and what they were."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import bodies
from ordinance.model.apps import Confidence, Identifier, Kind, Role, Surface
from ordinance.model.evidence import Answered, AppInstalled, NameAsked, Where
from ordinance.model.law import Duty, Selector, Text, What
from ordinance.model.result import Finding, FindingKind, Grade, Result
from ordinance.model.time import Span, end_of
from ordinance.operations.workspace import open_workspace
from ordinance.verify.attribute import Attributed
from ordinance.verify.binding import Judge
from ordinance.verify.lapsed import lapsed_exemptions
from ordinance.verify.observed import Asked, Installed, Observed

TRUTH = tomllib.loads((Path(__file__).parent / "truth_duties_apart.toml").read_text("utf-8"))


SEEN = "sd-001,com.zhiliaoapp.musically,TikTok,TikTok Pte. Ltd.,android,2024-12-11T06:00:00+02:00"


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
    bodies.reword(body / "policies" / "tallinn-2024-tiktok.yaml", row.get("policy", {}))
    if "row" in row:
        bodies.reword(body / "inventory" / "devices-2024-12-11.csv", {SEEN: row["row"]})
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


# --- from observations made by hand -----------------------------------------------------------------------------------


TALLINN = bodies.workspace("tallinn")
ZONE = TALLINN.body.zone
DEVICE, CLAUSE = "sd-001", "tallinn-2024-tiktok/work-devices"
END = date(2024, 12, 10)  # the last day of the exemption here


def seen(at: datetime, app: str = "tiktok/tiktok", kind: Kind = Kind.PACKAGE_NAME, line: int = 1) -> Installed:
    """An inventory row."""
    name = Identifier(kind, "x", *app.split("/"), Confidence.HIGH)
    return Installed(AppInstalled(DEVICE, name, at, Where("mdm", "m.csv", line)), Surface.APP)


def asked(
    at: datetime, app: str = "tiktok/tiktok", role: Role = Role.APP_ONLY, line: int = 1, *, contacted: bool = False
) -> Asked:
    """A question for a name."""
    name = Identifier(Kind.DOMAIN, "x.example", *app.split("/"), Confidence.HIGH, role)
    where = Where("dns-city", "a.log", line)
    row = NameAsked(at, "10.50.0.9", "x.example", name, Answered.ADDRESS, where, contacted=contacted)
    return Asked(row, Attributed(DEVICE), (Surface.APP, Surface.NETWORK), at.date())


def lapsed(
    *rows: Installed | Asked, device: str = DEVICE, asks: Iterable[Duty] = Duty, **changed: Any
) -> list[Finding]:
    """The findings about a device that shows these, where the exemption ended and says something else besides.

    Of the duties of the rule those that it `asks` for are there alone.
    """
    (one,) = TALLINN.law.exemptions
    ended = replace(one, **{"last_day": END, "span": replace(one.span, end=end_of(END, ZONE)), **changed})
    law = replace(TALLINN.law, exemptions=(ended,), texts=tuple(_asking(t, frozenset(asks)) for t in TALLINN.law.texts))
    at = bodies.window(TALLINN, bodies.truth_check("tallinn", "inside"))
    judge = Judge(law, TALLINN.estate, at.span, at.as_of)
    apps = [r for r in rows if isinstance(r, Installed)]
    observed = Observed(installed={device: apps}, asked={device: [r for r in rows if isinstance(r, Asked)]})
    return list(lapsed_exemptions(law, judge, observed))


def _asking(text: Text, asks: frozenset[Duty]) -> Text:
    clauses = (replace(r, duties=tuple(d for d in r.duties if d[0] in asks)) for r in text.restrictions)
    return replace(text, restrictions=tuple(clauses))


def noon(day: int) -> datetime:
    """Of a day in December."""
    return datetime(2024, 12, day, 12, tzinfo=ZONE)


def test_every_part_of_a_finding() -> None:
    """What an inventory shows and what a log shows are two: with their first and last days, counts and places."""
    use = asked(noon(12), line=5, contacted=True), asked(noon(11), line=6)
    both = lapsed(seen(noon(13), line=3), *use, seen(noon(14)))
    common: dict[str, Any] = {"kind": FindingKind.EXEMPTION_LAPSED, "result": Result.FAIL, "reason": "exemption_lapsed"}
    common |= {"unit": TALLINN.estate.latest_row(DEVICE).unit, "device": DEVICE, "restriction": CLAUSE}
    common |= {"family": "tiktok", "member": "tiktok", "surface": Surface.APP, "count": 2}
    assert both == [
        Finding(
            **common,
            duty=Duty.REMOVE,
            first_seen=noon(13),
            last_seen=noon(14),
            evidence=(Where("mdm", "m.csv", 1), Where("mdm", "m.csv", 3)),
        ),
        Finding(
            **common,
            duty=Duty.STOP_USING,
            grade=Grade.APP_TRAFFIC,
            first_seen=noon(11),
            last_seen=noon(12),
            evidence=(Where("dns-city", "a.log", 5), Where("dns-city", "a.log", 6)),
            contacted=True,
        ),
    ]
    assert not lapsed(asked(noon(11)))[0].contacted


def test_it_is_over_with_the_first_instant_of_the_next_day() -> None:
    """The last day is whole."""
    over = end_of(END, ZONE)
    assert lapsed(seen(over - timedelta(microseconds=1))) == []
    assert [f.first_seen for f in lapsed(seen(over))] == [over]


def test_each_app_has_a_finding_of_its_own() -> None:
    """Of those that the exemption was for, and that the clause restricts."""
    rows = (seen(noon(11)), seen(noon(12), "tiktok/tiktok-lite"), seen(noon(12), "wechat/wechat"))
    assert [(f.member, f.count) for f in lapsed(*rows)] == [("tiktok", 1), ("tiktok-lite", 1)]
    only = (Selector(What.APP, ("tiktok/tiktok",)),)
    assert [f.member for f in lapsed(*rows, what=only)] == ["tiktok"]
    every = tuple(Selector(What.FAMILY, (f,)) for f in ("tiktok", "wechat"))
    assert [f.member for f in lapsed(*rows, what=every)] == ["tiktok", "tiktok-lite"]


def test_each_of_the_two_is_of_its_own_duty() -> None:
    """Who may not use it any more has not to remove it for that; and the reverse."""
    both = seen(noon(11)), asked(noon(11))
    for duty in (Duty.REMOVE, Duty.STOP_USING):
        assert [f.duty for f in lapsed(*both, asks=[duty])] == [duty]


def test_no_device_has_lost_an_exemption_that_it_never_had() -> None:
    """Another device that shows the app, and one of which the exemption was for another surface or rule."""
    assert len(lapsed(seen(noon(11)))) == 1
    assert lapsed(seen(noon(11)), span=Span(noon(12), noon(14))) == []  # it begins only then
    assert lapsed(seen(noon(11)), devices=frozenset({"sd-002"})) == []
    assert lapsed(seen(noon(11)), surfaces=frozenset({Surface.WEB})) == []
    assert lapsed(asked(noon(11)), surfaces=frozenset({Surface.NETWORK})) == []
    assert lapsed(seen(noon(11)), restrictions=frozenset({"tallinn-2024-tiktok/other"})) == []
    assert lapsed(seen(noon(11), kind=Kind.DISPLAY_NAME)) == []


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
    role: Role, day: int, expected: list[tuple[Duty, Grade, str, int]]
) -> None:
    """After the last day; a name that others share, or that pages embed, says nothing."""
    found = lapsed(asked(noon(day), role=role))
    assert [(f.duty, f.grade, f.member, f.count) for f in found] == expected
