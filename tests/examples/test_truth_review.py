# SPDX-License-Identifier: EUPL-1.2
"""What people decide about, again and again, comes out of each body as its truth.toml says: lints, dates, differences,
campaigns, cases of accounts, evaluations, reviews of channels, and what became of what others published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

import bodies
from ordinance.operations.campaigning import campaigns_document, case_document, case_of, cases_of
from ordinance.operations.cascade import board, board_document
from ordinance.operations.channel_review import reviews_document
from ordinance.operations.comparing import compare_own, line
from ordinance.operations.due import due_document
from ordinance.operations.evaluating import evaluation_sheet
from ordinance.operations.workspace import open_workspace

KINDS = ("lint", "due", "compare", "campaign", "case", "cascade", "evaluation", "review")


def stated(key: str) -> Iterator[Any]:
    """Rows of one kind, of every body that states some."""
    for body in bodies.BODIES:
        for number, row in enumerate(bodies.truth(body).get(key, ())):
            yield pytest.param(body, row, id=f"{body}-{number}")


def at(body: str, said: Mapping[str, Any]) -> datetime:
    return bodies.instant(said["at"], bodies.workspace(body))


@pytest.mark.parametrize("key", [k for k in KINDS if k not in {"case", "review"}])
def test_somebody_states_each_kind(key: str) -> None:
    """A test about rows that no body has would be green and say nothing."""
    assert list(stated(key))


@pytest.mark.parametrize(("body", "said"), list(stated("lint")))
def test_lints(body: str, said: Mapping[str, Any]) -> None:
    """No error, and exactly the warnings that are meant to be there."""
    opened = open_workspace(bodies.EXAMPLES / body, at(body, said), tests=True, channels=True).usable()
    assert Counter(i.id for i in opened.issues) == Counter(said["issues"])


@pytest.mark.parametrize(("body", "said"), list(stated("due")))
def test_what_is_overdue(body: str, said: Mapping[str, Any]) -> None:
    """Whatever has a date that is over, and nobody wrote what was done."""
    opened = open_workspace(bodies.EXAMPLES / body, at(body, said), channels=True).usable()
    dates = due_document(opened, at(body, said))["dates"]
    assert sorted(d["id"] for d in dates if d["stands"] == "overdue") == sorted(said["overdue"])
    if "coming" in said:
        assert {d["id"] for d in dates if d["stands"] == "coming"} >= set(said["coming"])


@pytest.mark.parametrize(("body", "said"), list(stated("compare")))
def test_differences(body: str, said: Mapping[str, Any]) -> None:
    """In these ways the body's text asks for more, and in these for less, than the one it follows."""
    (found,) = (line(c) for c in compare_own(bodies.workspace(body).law) if c.theirs.id == said["theirs"])
    sure = [d for d in found["divergences"] if d["certain"]]
    assert {d["kind"] for d in sure if d["looser"]} == set(said["looser"])
    assert {d["kind"] for d in sure if not d["looser"]} == set(said["stricter"])


@pytest.mark.parametrize(("body", "said"), list(stated("campaign")))
def test_campaigns(body: str, said: Mapping[str, Any]) -> None:
    """What becomes of a campaign, from when, by which clause, and which fact is missing."""
    document, issues = campaigns_document(bodies.workspace(body), at(body, said))
    assert issues == ()
    found = next(c for c in document["campaigns"] if c["id"] == said["campaign"])
    assert (found["effect"], found["hit_from"]) == (said["effect"], said.get("hit_from"))
    assert (found["clause"] or "", found["missing"]) == (said.get("clause", ""), said.get("missing", []))


@pytest.mark.parametrize(("body", "said"), list(stated("case")))
def test_cases(body: str, said: Mapping[str, Any]) -> None:
    """How a case stands on a day, what nobody has answered yet, and who was heard of those the body answers to."""
    opened = bodies.workspace(body)
    found = case_document(opened, case_of(opened, said["case"]), at(body, said))
    assert found["stands"] == said["stands"]
    assert sum(q["answer"] is None for q in found["questions"]) == said["open_questions"]
    assert {c["institution"]: c["agrees"] for c in found["answers_to"] if c["agrees"] is not None} == said["heard"]
    assert [c["institution"] for c in found["answers_to"]] == said["answers_to"]
    assert [o["way"] for o in found["options"]] == said["ways"]
    assert found["decision"] is found["name"] is found["closed"] is None


@pytest.mark.parametrize("body", [b for b in bodies.BODIES if "case" in bodies.truth(b)])
def test_every_case_is_stated(body: str) -> None:
    """A case cannot be added without saying how it stands."""
    assert {c.id for c in cases_of(bodies.workspace(body))} == {c["case"] for c in bodies.truth(body)["case"]}


@pytest.mark.parametrize(("body", "said"), list(stated("cascade")))
def test_what_became_of_what_others_published(body: str, said: Mapping[str, Any]) -> None:
    """The body's place on the board of a directive, and whether a rule of its own is in force."""
    found = board_document(board(said["text"], lambda _: at(body, said), [bodies.EXAMPLES / body]))
    (row,) = found["bodies"]
    assert (row["id"], row["stand"]) == (bodies.workspace(body).body.id, said["stand"])
    assert row["no_enforcing_act"] == said.get("no_enforcing_act", False)


@pytest.mark.parametrize(("body", "said"), list(stated("evaluation")))
def test_evaluations(body: str, said: Mapping[str, Any]) -> None:
    """The ways that were considered, the campaigns that the rule hit, and that nobody decided."""
    sheet = evaluation_sheet(bodies.workspace(body), said["policy"], at(body, said))
    assert {w["way"] for w in sheet["ways"] if w["considered"]} == set(said["ways"])
    assert [c["id"] for c in sheet["campaigns"]] == said["campaigns"]
    assert sheet["decided"] == []
    assert all(e["invented"] for e in sheet["evaluations"])


@pytest.mark.parametrize(("body", "said"), list(stated("review")))
def test_reviews_of_channels(body: str, said: Mapping[str, Any]) -> None:
    """What comes first, what was decided, until when or until what, and what stopped the others."""
    day = date.fromisoformat(said["at"][:10])
    document = reviews_document(bodies.workspace(body).body, said["review"], day)
    (found,) = document["reviews"]
    options = {o["id"]: o for o in found["options"]}
    chosen = options[found["headline"]["winner"]]
    assert found["decision"]["option"] == chosen["id"] == said["option"]
    assert (chosen["outcome"], chosen["until"]) == (said["outcome"], said.get("until"))
    assert bool(chosen["trigger"]) == said.get("trigger", False)
    assert {o: v["stopped_by"] for o, v in options.items() if v["stopped_by"]} == said["stopped"]
    assert (found["stale"], found["overdue"]) == (said["stale"], said["overdue"])
    assert "decision" in found["invented"]


def test_what_a_truth_states_is_looked_at() -> None:
    """No key of a truth.toml is read by nobody."""
    known = {"notice", "ruling", "deadlines", "check", "channel", "advice", "bound_by", "plan", *KINDS}
    for body in bodies.BODIES:
        assert bodies.truth(body).keys() <= known, body


@pytest.mark.parametrize("body", bodies.BODIES)
def test_every_file_that_is_invented_says_so(body: str) -> None:
    """The notice of each body says what is invented, and what is real and until which day it is known."""
    notice = bodies.workspace(body).body.notice
    assert notice.startswith("Invented")
    assert "as reported up to" in notice
    assert Path(bodies.EXAMPLES / body / "truth.toml").read_text("utf-8").startswith("#")
