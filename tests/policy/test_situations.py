# SPDX-License-Identifier: EUPL-1.2
"""Each situation of the table comes out as it was written before the code: outcome, clause and reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.policy.situations import ZONE, Situation, situations

from ordinance.model.body import Body, Checking
from ordinance.model.errors import Issue, Severity
from ordinance.model.law import Law
from ordinance.policy.lint import lint

NAMED = [pytest.param(s, id=s.name) for s in situations()]
RULED = [pytest.param(s, id=s.name) for s in situations() if "ask" in s.row]


def linted(situation: Situation, law: Law) -> list[Issue]:
    body = Body(Path(), situation.body, situation.body, ZONE, ("en",), "", Checking(None, "", frozenset()))
    return [i for i in lint(law, law.catalogue, body) if i.id not in {"unknown-app", "unknown-family"}]


@pytest.mark.parametrize("situation", RULED)
def test_what_comes_out(situation: Situation, tmp_path: Path) -> None:
    """Outcome, deciding clause, reasons, duties, missing facts and exemption are those of the table."""
    law, issues = situation.law(tmp_path)
    assert not issues
    ruling, expected = situation.ruling(law), situation.expected
    said = " | ".join(
        f"{r.clause} {r.standing} {' '.join(r.facts)} {r.to_be_decided}" for r in (*ruling.reasons, *ruling.divergences)
    )
    assert (str(ruling.outcome), ruling.deciding) == (expected["outcome"], expected.get("deciding", ruling.deciding))
    assert all(words in said for words in expected.get("because", ())), said
    if expected["outcome"] in {"forbidden", "conditional", "advised_against", "unknown"}:
        assert ruling.deciding
    else:
        assert ruling.deciding is None
    if "missing" in expected:
        assert list(ruling.missing) == expected["missing"]
    if "duties" in expected:
        assert {str(d.duty): d.due.isoformat(timespec="minutes") for d in ruling.duties} == expected["duties"]
    assert ruling.exemption == expected.get("exemption")
    if "divergences" in expected:
        assert [r.clause for r in ruling.divergences] == expected["divergences"]
    standings = {r.clause: str(r.standing) for r in ruling.reasons}
    assert expected.get("standing", {}).items() <= standings.items()
    if "version" in expected:
        assert expected["version"] in {r.version for r in ruling.reasons if r.clause == ruling.deciding}
    for name, evidence in expected.get("evidence", {}).items():
        (allowed,) = [r.evidence_allowed for t in law.texts for r in t.restrictions if f"{t.id}/{r.id}" == name]
        assert allowed == frozenset(evidence)


@pytest.mark.parametrize("situation", NAMED)
def test_what_is_wrong(situation: Situation, tmp_path: Path) -> None:
    """Errors and warnings are those of the table: no other error, and each that it names."""
    law, issues = situation.law(tmp_path)
    found = [*issues, *linted(situation, law)]
    errors = {i.id for i in found if i.severity is Severity.ERROR}
    expected = situation.expected
    assert errors == {*expected.get("errors", ()), *expected.get("exemption_errors", ())}
    assert {*expected.get("warnings", ())} <= {i.id for i in found if i.severity is Severity.WARNING}


def test_the_table_covers_what_was_asked_for() -> None:
    """Every dimension that the law must express stands in at least one situation, and names are unique."""
    names = [s.name for s in situations()]
    assert len(set(names)) == len(names) >= 85
    assert {s.expected.get("outcome") for s in situations()} >= {
        "forbidden", "conditional", "unknown", "advised_against", "permitted",
    }  # fmt: skip


def test_a_situation_notices_another_outcome(tmp_path: Path) -> None:
    """The comparison is no formality: the first row with its expectation turned round fails."""
    first = next(s for s in situations() if s.expected.get("outcome") == "forbidden")
    turned = replace(first, row={**first.row, "expect": {**first.expected, "outcome": "permitted"}})
    with pytest.raises(AssertionError):
        test_what_comes_out(turned, tmp_path)
