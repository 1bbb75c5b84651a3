# SPDX-License-Identifier: EUPL-1.2
"""Evaluations are read as written, and what cannot be read is located."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from ordinance.model.errors import Issue
from ordinance.model.evaluation import Considered, Cost, Dissent, Evaluation, Known, Way
from ordinance.policy.nodes import parse
from ordinance.policy.read_evaluation import read_evaluation

WHOLE = """evaluation: gent-autumn
policy: gent-2023-tiktok
version: 1
from: 2023-03-13
to: 2023-08-31
by: information security officer
on: 2023-09-01
restrictions: [paid-devices]
findings: [Two teams asked for another channel.]
costs:
  - {what: hours of the service desk, amount: 3200.50, currency: EUR, known: estimated}
options:
  - {way: renew, for: [nothing has changed], against: [the channel is missed]}
  - {way: lapse}
decision:
  way: renew
  by: council
  on: 2023-09-10
  reasons: [Nothing has changed since March.]
  proposed_by: information security officer
  consulted: [data protection officer, youth council]
  dissent: [{by: youth council, text: Nobody asked whom the account reaches.}]
  next_review: 2024-03-01
invented: [costs]
"""
DECISION = WHOLE[WHOLE.index("decision:") : WHOLE.index("invented:")]


def read(text: str) -> tuple[Evaluation | None, list[Issue]]:
    issues: list[Issue] = []
    root = parse(text, "evaluations/a.yaml", issues)
    return (read_evaluation(root) if root else None), issues


def test_every_key_is_read() -> None:
    """Days, costs with their currency, the ways, the decision with who was of another mind."""
    found, issues = read(WHOLE)
    assert issues == []
    assert found is not None
    assert (found.id, found.policy, found.version) == ("gent-autumn", "gent-2023-tiktok", "1")
    assert (found.first_day, found.last_day, found.on) == (date(2023, 3, 13), date(2023, 8, 31), date(2023, 9, 1))
    assert (found.by, found.findings) == ("information security officer", ("Two teams asked for another channel.",))
    assert found.costs == (Cost("hours of the service desk", Decimal("3200.50"), "EUR", Known.ESTIMATED),)
    assert found.considered == (
        Considered(Way.RENEW, ("nothing has changed",), ("the channel is missed",)),
        Considered(Way.LAPSE),
    )
    decision = found.decision
    assert decision is not None
    assert (decision.way, decision.by, decision.on) == (Way.RENEW, "council", date(2023, 9, 10))
    assert (decision.proposed_by, decision.reasons) == (
        "information security officer",
        ("Nothing has changed since March.",),
    )
    assert decision.consulted == {"data protection officer", "youth council"}
    assert decision.dissent == (Dissent("youth council", "Nobody asked whom the account reaches."),)
    assert (decision.no_dissent, decision.next_review) == (False, date(2024, 3, 1))
    assert (found.invented, found.covers("paid-devices"), found.covers("others")) == (("costs",), True, False)


def test_what_is_not_said_is_not_made_up() -> None:
    """No costs stated is not no costs; no clauses named are all; no decision is a preparation."""
    found, issues = read(WHOLE[: WHOLE.index("restrictions:")])
    assert issues == []
    assert found is not None
    assert (found.costs, found.decision, found.considered) == (None, None, ())
    assert found.covers("any")
    _, issues = read(WHOLE[: WHOLE.index("restrictions:")] + "costs: []\n")
    assert [i.id for i in issues] == ["empty-value"]
    free, _ = read(WHOLE[: WHOLE.index("restrictions:")] + "costs: none\n")
    assert free is not None
    assert free.costs == ()


@pytest.mark.parametrize(
    ("old", "new", "place", "issue_id"),
    [
        ("to: 2023-08-31", "to: 2023-03-12", "5:5", "ends-before-start"),
        ("on: 2023-09-01", "on: 2023-08-30", "5:5", "evaluates-the-future"),
        ("  on: 2023-09-10", "  on: 2023-08-31", "16:3", "decided-before-evaluated"),
        ("amount: 3200.50", "amount: -3200.50", "11:47", "bad-amount"),
        ("amount: 3200.50", "amount: 3200,50", "11:47", None),
        ("currency: EUR", "currency: euro", "11:66", "bad-currency"),
        ("known: estimated", "known: guessed", "11:78", "unknown-word"),
        ("{way: lapse}", "{way: renew}", "14:5", "same-way-twice"),
        ("{way: lapse}", "{way: extend}", "14:11", "unknown-word"),
        ("next_review: 2024-03-01", "next_review: 2023-09-10", "23:16", "review-before-decision"),
        ("  by: council\n", "", "16:3", "missing-key"),
        ("findings:", "finding:", "9:1", "unknown-key"),
    ],
)
def test_faults_are_located(old: str, new: str, place: str, issue_id: str | None) -> None:
    """Each at its own place; half a decision is none, and an evaluation with it is not used."""
    assert WHOLE.count(old) == 1
    found, issues = read(WHOLE.replace(old, new))
    assert issues
    if issue_id is not None:
        assert [(f"{i.line}:{i.column}", i.id) for i in issues] == [(place, issue_id)]
    if old.strip() in DECISION:
        assert found is None


def test_all_faults_come_at_once() -> None:
    """Nobody mends a file ten times."""
    bad = WHOLE.replace("to: 2023-08-31", "to: soon").replace("way: renew\n", "way: go on\n").replace("EUR", "euro")
    assert [i.id for i in sorted(read(bad)[1])] == ["bad-day", "bad-currency", "unknown-word"]


def test_dissent_is_said_or_not_said() -> None:
    """`none` is an answer; an entry without its text is not."""
    said = "[{by: youth council, text: Nobody asked whom the account reaches.}]"
    none = WHOLE.replace(said, "none")
    found, issues = read(none)
    assert issues == []
    assert found is not None and found.decision is not None
    assert (found.decision.dissent, found.decision.no_dissent) == ((), True)
    _, issues = read(WHOLE.replace(", text: Nobody asked whom the account reaches.", ""))
    assert [i.id for i in issues] == ["missing-key"]
