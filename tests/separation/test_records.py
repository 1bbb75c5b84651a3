# SPDX-License-Identifier: EUPL-1.2
"""Records of separate devices are read as written, and what cannot be read is located."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ordinance.model.errors import Issue
from ordinance.model.law import Condition
from ordinance.model.separation import Claim, DeviceRecord, Release, Said
from ordinance.policy.nodes import parse
from ordinance.separation.records import read_record, read_records

WHOLE = """device: sd-1
owner: press office
profiles: [nsm, ncsc]
channels: [town]
exemptions: press-device
last_day: 2025-06-30
app: {version: 37.10, seen_on: 2024-12-02}
system: {version: "14", seen_on: 2024-12-03}
conditions:
  declared_separate:
    {answer: met, evidence: "inventory, line 7", on: 2024-12-01, owner: IT desk, due: 2025-03-01}
  operator_under_contract: {answer: not_applicable, reason: nobody else, on: 2024-12-01, owner: press office}
  no_other_apps: {answer: not_met, reason: a second app, on: 2024-12-04, owner: IT desk}
  permissions_reviewed: {answer: met, evidence: note 3, version: 37.10, on: 2024-12-05, owner: IT desk}
invented: [owner]
"""


def read(text: str) -> tuple[DeviceRecord | None, list[Issue]]:
    """A record, and what is wrong with it."""
    issues: list[Issue] = []
    root = parse(text, "separate/a.yaml", issues)
    return (read_record(root) if root else None), issues


def ids(text: str) -> list[tuple[str, int]]:
    """Ids and lines of what is wrong; the record is then not there."""
    found, issues = read(text)
    assert found is None
    return [(i.id, i.line) for i in issues]


def test_every_key_is_read() -> None:
    """Each as what it means; versions stay as they were written."""
    found, issues = read(WHOLE)
    assert issues == [] and found is not None
    assert (found.device, found.owner, found.profiles) == ("sd-1", "press office", ("nsm", "ncsc"))
    assert (found.channels, found.exemptions, found.last_day) == (("town",), ("press-device",), date(2025, 6, 30))
    assert found.app == Release("37.10", date(2024, 12, 2))
    assert found.system == Release("14", date(2024, 12, 3))
    first, on = Condition.DECLARED_SEPARATE, date(2024, 12, 1)
    assert found.claims[first] == Claim(first, Said.MET, on, "IT desk", "inventory, line 7", due=date(2025, 3, 1))
    assert found.claims[Condition.OPERATOR_UNDER_CONTRACT].reason == "nobody else"
    assert found.claims[Condition.NO_OTHER_APPS].said is Said.NOT_MET
    assert found.claims[Condition.PERMISSIONS_REVIEWED].version == "37.10"
    assert (found.invented, len(found.claims)) == (("owner",), 4)
    assert (found.place_of("last_day").line, found.claims[first].place.line) == (6, 10)


def test_what_is_known_by_a_day_is_what_was_seen_by_then() -> None:
    """Answers and versions of later days are not there yet; those of the day are."""
    found, _ = read(WHOLE)
    assert found is not None
    early = found.known_by(date(2024, 12, 2))
    assert {*early.claims} == {Condition.DECLARED_SEPARATE, Condition.OPERATOR_UNDER_CONTRACT}
    assert (early.app, early.system) == (found.app, None)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("profiles: [nsm, ncsc]", "profiles: [nsm, nscs]", [("unknown-device-profile", 3)]),
        ("  no_other_apps:", "  no_othre_apps:", [("unknown-condition", 13)]),
        ("answer: not_met", "answer: no", [("unknown-word", 13)]),
        ('evidence: "inventory, line 7", ', "", [("answer-without-evidence", 11)]),
        ("reason: a second app, ", "", [("answer-without-reason", 13)]),
        ("reason: nobody else, ", "", [("answer-without-reason", 12)]),
        ("due: 2025-03-01", "due: 2024-11-30", [("ends-before-start", 11)]),
        ("owner: press office\n", "owner: kati.tamm@city.example\n", [("address-for-an-office", 2)]),
        ("on: 2024-12-04, owner: IT desk", "on: 2024-12-04", [("missing-key", 13)]),
        ("seen_on: 2024-12-02", "seen: 2024-12-02", [("unknown-key", 7), ("missing-key", 7)]),
        ("last_day: 2025-06-30", "last_day: 2025-06-31", [("bad-day", 6)]),
        ("invented: [owner]", "secret: x", [("unknown-key", 15)]),
    ],
)
def test_what_cannot_be_read_is_located(old: str, new: str, expected: list[tuple[str, int]]) -> None:
    """At its line, and the record is not used in part."""
    assert old in WHOLE
    assert ids(WHOLE.replace(old, new, 1)) == expected


def test_a_device_has_one_record(tmp_path: Path) -> None:
    """The second file is refused by name, and files that nobody reads are said."""
    folder = tmp_path / "separate"
    folder.mkdir()
    (folder / "a.yaml").write_text(WHOLE)
    (folder / "b.yaml").write_text(WHOLE)
    (folder / "c.yml").write_text(WHOLE)
    found, issues = read_records(tmp_path)
    assert [r.place.file for r in found] == ["separate/a.yaml"]
    assert [(i.file, i.id) for i in issues] == [
        ("separate/b.yaml", "duplicate-id"),
        ("separate/c.yml", "file-not-read"),
    ]


def test_a_body_without_records_has_none(tmp_path: Path) -> None:
    """No folder is no fault."""
    assert read_records(tmp_path) == ((), ())
