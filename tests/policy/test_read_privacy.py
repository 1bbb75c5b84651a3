# SPDX-License-Identifier: EUPL-1.2
"""Settings of privacy: what is not whole is a fault at its line, never half a notice."""

from __future__ import annotations

from pathlib import Path

import pytest

from ordinance.policy.body import load_body, read_body
from policy.spoil import BODY, copy, put

ALARM = 'on = 2023-03-24\nwho = "all staff"\n'


@pytest.mark.parametrize(
    ("old", "new", "issue", "at"),
    [
        ("on = 2023-03-24\n", "", "missing-key", "[[checking.alarm]]"),
        ('who = "all staff"\nhow', "how", "missing-key", "[[checking.alarm]]"),
        ("on = 2023-03-24", 'on = "24 March"', "wrong-type", 'on = "24 March"'),
        (ALARM, f"{ALARM}whom = 1\n", "unknown-key", "whom = 1"),
        ('privacy_profile = "be"', "privacy_profile = 1", "wrong-type", "privacy_profile = 1"),
    ],
    ids=["no-day", "nobody", "no-date", "key", "profile"],
)
def test_a_notice_that_is_not_whole_is_a_fault(old: str, new: str, issue: str, at: str, tmp_path: Path) -> None:
    """One issue, at the key or at the table, and no notice comes of it."""
    folder = copy("ghent", tmp_path)
    put(BODY, old, new)(folder)
    body, issues = read_body(folder)
    assert body is not None
    ((found, line),) = [(i.id, i.line) for i in issues]
    assert (found, (folder / BODY).read_text("utf-8").splitlines()[line - 1]) == (issue, at)
    if issue == "missing-key":
        assert body.privacy.alarms == ()


def test_what_the_papers_say_is_read(tmp_path: Path) -> None:
    """Responsible, officer, contact, recipients, transfers and answers, in the order of the file."""
    folder = copy("ghent", tmp_path)
    more = """
[privacy]
responsible = "mayor and aldermen"
officer = "dpo@gent.example"
contact = "privacy desk"
recipients = ["the IT contractor"]
transfers = "none"

[[privacy.answers]]
rule = "be-talk-first"
answer = "the head of unit talks first"
by = "HR"
on = 2023-03-20
"""
    (folder / BODY).write_text((folder / BODY).read_text("utf-8") + more, "utf-8")
    found = load_body(folder).privacy
    assert (found.responsible, found.officer) == ("mayor and aldermen", "dpo@gent.example")
    assert found.contact == "privacy desk"
    assert (found.recipients, found.transfers) == (("the IT contractor",), "none")
    assert [(a.rule, a.by) for a in found.answers] == [("be-talk-first", "HR")]


def test_what_nobody_said_is_empty(tmp_path: Path) -> None:
    """Nothing is filled in."""
    found = load_body(copy("diest", tmp_path)).privacy
    assert (found.profile, found.responsible, found.contact, found.alarms, found.answers) == ("", "", "", (), ())


def test_alarms_in_one_line_are_read_too(tmp_path: Path) -> None:
    """TOML has two ways to write a list of tables; both are located."""
    folder = copy("diest", tmp_path)
    line = 'alarm = [{ on = 2023-03-14, who = "all", how = "mail", about = "it" }, { who = "all" }]'
    put(BODY, "evidence_allowed = []", f"evidence_allowed = []\n{line}")(folder)
    body, issues = read_body(folder)
    assert body is not None and [a.who for a in body.privacy.alarms] == ["all"]
    lines = (folder / BODY).read_text("utf-8").splitlines()
    assert {lines[i.line - 1] for i in issues} == {line} and len(issues) == 3
