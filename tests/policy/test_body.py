# SPDX-License-Identifier: EUPL-1.2
"""A body's ordinance.toml: every fault at its key, purpose and legal basis before anything is read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ordinance.model.body import Purpose
from ordinance.model.errors import PolicyError
from ordinance.model.evidence import EvidenceKind
from ordinance.model.retention import Kept
from ordinance.model.time import Period
from ordinance.policy.body import load_body
from policy.spoil import BODY, EXAMPLES, Change, Row, copy, issues_of, put, table, write
from policy.spoil import assert_row as assert_the_only_issue


def _airlock(line: str) -> Change:
    """A table [airlock] with one line, before that of retention."""
    return put(BODY, '[retention]\nruns', f"[airlock]\n{line}\n\n[retention]\nruns")


@table(
    [
        Row("zone", "ghent", put(BODY, 'time_zone = "Europe/Brussels"', 'time_zone = "Europe/Gent"'),
            f"{BODY}:4:1", "bad-value", '"Europe/Gent" is not an IANA time zone'),
        Row("evidence unsaid", "diest", put(BODY, "evidence_allowed = []\n", ""),
            f"{BODY}:9:1", "missing-key", "what may be read is always said", "an empty list means"),
        Row("no legal basis", "ghent",
            put(BODY, 'legal_basis = "GDPR art. 6(1)(e), task of public interest (invented for this example)"\n', ""),
            f"{BODY}:10:1", "no-legal-basis", "purpose or legal basis is not stated", "evidence_allowed = []"),
        Row("no retention", "ghent", put(BODY, '[retention]\nruns = "P6M"\nledger = "P1Y"\n', ""),
            f"{BODY}:9:1", "no-retention", 'does not say how long "runs" and "ledger"', "evidence_allowed = []"),
        Row("no retention of the ledger", "ghent", put(BODY, 'ledger = "P1Y"\n', ""),
            f"{BODY}:58:1", "no-retention", 'how long "ledger" may be kept', 'ledger = "P1Y"'),
        Row("approvals that never age", "ghent", _airlock("approval_days = 31"),
            f"{BODY}:59:1", "bad-value", "approval_days must be from 1 to 30, not 31"),
        Row("approvals for no day", "ghent", _airlock("approval_days = 0"),
            f"{BODY}:59:1", "bad-value", "approval_days must be from 1 to 30, not 0"),
        Row("approvals for a period", "ghent", _airlock('approval_days = "P7D"'),
            f"{BODY}:59:1", "wrong-type", '"approval_days" must be a whole number, not a text'),
        Row("approvals by another name", "ghent", _airlock("approved_days = 7"),
            f"{BODY}:59:1", "unknown-key", '"approved_days" means nothing here', "approval_days"),
        Row("retention in hours", "ghent", put(BODY, 'runs = "P6M"', 'runs = "PT12H"'),
            f"{BODY}:59:1", "bad-value", '"PT12H" is not a period of whole days'),
        Row("retention of nothing", "ghent", put(BODY, 'runs = "P6M"', 'runs = "P0D"'),
            f"{BODY}:59:1", "bad-value", "longer than nothing"),
        Row("retention of nobody knows what", "ghent", put(BODY, 'runs = "P6M"', 'runs = "P6M"\nlogs = "P6M"'),
            f"{BODY}:60:1", "unknown-key", '"logs" means nothing here', "runs"),
        Row("word", "ghent", put(BODY, '["inventory", "network_device"]', '["inventary", "network_device"]'),
            f"{BODY}:12:1", "unknown-word", '"inventary" is not one of', 'did you mean "inventory"?'),
        Row("key", "ghent", put(BODY, "minimum_group = 5", "minimal_group = 5"),
            f"{BODY}:14:1", "unknown-key", '"minimal_group" means nothing', 'did you mean "minimum_group"?'),
        Row("period", "ghent", put(BODY, 'window = "P14D"', 'window = "14 days"'),
            f"{BODY}:13:1", "bad-value", '"14 days" is not a period', 'did you mean "P14D"?'),
    ]
)  # fmt: skip
def test_a_fault_is_located_at_its_key(row: Row, tmp_path: Path) -> None:
    """One fault, one issue, at the line of the key or of its table."""
    assert_the_only_issue(row, tmp_path)


@pytest.mark.parametrize(
    ("change", "issue_id", "line"),
    [
        (put(BODY, 'name = "City of Ghent"', "name = City of Ghent"), "not-toml", 3),
        (put(BODY, 'every = "P7D"\n\n[[sources]]\nid = "intune"', 'every = "P0D"\n\n[[sources]]\nid = "intune"'),
         "bad-value", 27),
        (put(BODY, 'id = "intune"', 'id = "mdm"'), "duplicate-id", 30),
        (put(BODY, "last_day = 2023-09-12", 'last_day = "some day"'), "wrong-type", 56),
        (put(BODY, "hear_first = true", 'hear_first = "yes"'), "wrong-type", 15),
        (write(BODY, b"\xff\xfe[body]\n"), "bad-encoding", 1),
    ],
    ids=["toml", "every-nothing", "twice", "day", "hear-first", "encoding"],
)  # fmt: skip
def test_files_that_cannot_be_used(change: Change, issue_id: str, line: int, tmp_path: Path) -> None:
    """The first thing that is wrong, where it is."""
    folder = copy("ghent", tmp_path)
    change(folder)
    found = [(i.id, i.line) for i in issues_of(folder)]
    assert (issue_id, line) in found


def test_no_body_here(tmp_path: Path) -> None:
    """A folder without ordinance.toml is no body, and the message names an example."""
    with pytest.raises(PolicyError) as raised:
        load_body(tmp_path)
    assert [i.id for i in raised.value.issues] == ["no-body"]
    assert "examples/ghent" in raised.value.issues[0].hint


def test_what_ghent_says() -> None:
    """Purpose, evidence, window, sources, targets and what is accepted come out as written."""
    body = load_body(EXAMPLES / "ghent")
    assert body.checking.purpose is Purpose.RULE_COMPLIANCE
    assert body.checking.evidence_allowed == {EvidenceKind.INVENTORY, EvidenceKind.NETWORK_DEVICE}
    assert body.checking.window == Period(days=14)
    assert [s.id for s in body.sources] == ["mdm", "intune", "dns-townhall"]
    assert body.sources[0].first == date(2023, 3, 27)
    assert body.sources[2].hours == (7, 19)
    assert [(a.what, a.last_day) for a in body.accepted] == [("mobile_data", date(2023, 9, 12))]
    assert "Invented" in body.notice
    assert body.retention.periods == {Kept.RUNS: Period(months=6), Kept.LEDGER: Period(months=12)}


@pytest.mark.parametrize("days", [1, 3, 30])
def test_how_long_an_approval_holds(days: int, tmp_path: Path) -> None:
    """Seven days where nothing is said, else as many as the body says."""
    folder = copy("ghent", tmp_path)
    assert load_body(folder).airlock.approval_days == 7
    _airlock(f"approval_days = {days}")(folder)
    assert load_body(folder).airlock.approval_days == days


def test_nothing_allowed_needs_no_purpose() -> None:
    """Diest reads nothing, so there is nothing to state a purpose or a period for; who decided so is said."""
    body = load_body(EXAMPLES / "diest")
    assert body.retention.periods == {}
    assert body.checking.evidence_allowed == frozenset()
    assert (body.checking.purpose, body.checking.no_check_by) == (None, "general director")


def test_queries_that_list_all_apps_are_named_by_the_body(tmp_path: Path) -> None:
    """As a list of texts; without the key none does."""
    folder = copy("ghent", tmp_path)
    assert {s.all_apps for s in load_body(folder).sources} == {()}
    put(BODY, 'preset = "intune"', 'all_apps = ["pack/Global/all-apps"]')(folder)
    assert load_body(folder).sources[1].all_apps == ("pack/Global/all-apps",)
    put(BODY, '["pack/Global/all-apps"]', '"pack/Global/all-apps"')(folder)
    assert [(i.id, i.line) for i in issues_of(folder)] == [("wrong-type", 32)]


def test_pages_of_a_filter_are_few(tmp_path: Path) -> None:
    """A range as wide as an office's is refused at its line; single addresses and small ranges are read."""
    folder = copy("ghent", tmp_path)
    text = (folder / BODY).read_text("utf-8")
    for pages, wide in (('["198.51.100.7", "203.0.113.0/24"]', 0), ('["0.0.0.0/0", "2001:db8::/48"]', 2)):
        (folder / BODY).write_text(text.replace("year = 2023\n", f"year = 2023\nblock_pages = {pages}\n"), "utf-8")
        found = issues_of(folder)
        assert [i.id for i in found] == ["bad-value"] * wide
        assert all("too wide for the pages of a filter" in i.message for i in found)
