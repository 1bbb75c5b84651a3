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
from ordinance.operations.checking import run_check
from ordinance.operations.comparing import alone, compare_own, line
from ordinance.operations.due import due_document
from ordinance.operations.enforcing import plan
from ordinance.operations.evaluating import evaluation_sheet
from ordinance.operations.law_lines import bound_by
from ordinance.operations.workspace import Workspace, open_workspace
from ordinance.report.html import render
from ordinance.review.read_campaigns import load_cases

KINDS = ("lint", "due", "compare", "campaign", "case", "cascade", "evaluation", "review")


def stated(key: str) -> Iterator[Any]:
    """Rows of one kind, of every body that states some."""
    for body in bodies.BODIES:
        for number, row in enumerate(bodies.truth(body).get(key, ())):
            yield pytest.param(body, row, id=f"{body}-{number}")


def at(body: str, said: Mapping[str, Any]) -> datetime:
    return bodies.instant(said["at"], bodies.workspace(body))


@pytest.mark.parametrize("key", KINDS)
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
    for one, day in said.get("days", {}).items():
        assert [d["day"] for d in dates if d["id"] == one] == [day]


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
    found = case_document(opened, case_of(opened, said["case"], at(body, said)), at(body, said))
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
    assert (row["record"] or {}).get("title") == said.get("record")


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


@pytest.mark.parametrize("body", [b for b in bodies.BODIES if "contested" in bodies.truth(b)])
def test_what_may_bind(body: str) -> None:
    """Texts of others that bind under some readings only; none is said to bind."""
    opened, said = bodies.workspace(body), bodies.truth_check(body, "inside")
    found = bound_by(opened, bodies.instant(said["as_of"], opened))
    assert {b["text"]: b["contested"] for b in found} == bodies.truth(body)["contested"]


READING = """reading: zone
text: be-federal-716
parameter: police-zones
choice: {choice}
by: legal service
on: 2023-03-15
reasons: [Tried out in a test.]
"""


@pytest.mark.parametrize(
    ("choice", "results", "exit_code", "failing"),
    [
        ("bound", {"pass": 6, "fail": 1, "unknown": 2, "notapplicable": 13}, 1, {("zc-001", "stop_using")}),
        ("advised", {"notapplicable": 22}, 0, set()),
        ("not-meant", {"notapplicable": 22}, 0, set()),
    ],
)
def test_a_reading_that_somebody_chooses_decides(
    choice: str, results: Mapping[str, int], exit_code: int, failing: set[tuple[str, str]], tmp_path: Path
) -> None:
    """What the zone's check leaves open is in its log: under one reading a device fails, under the others none does."""
    folder = bodies.copy_body("brussels-police-zone", tmp_path)
    (folder / "readings").mkdir()
    (folder / "readings" / "zone.yaml").write_text(READING.format(choice=choice), "utf-8")
    opened = open_workspace(folder).usable()
    at = bodies.window(opened, bodies.truth_check("brussels-police-zone", "inside"))
    found = bodies.checked(opened, at)
    assert Counter(str(r.result) for r in found.results) == results
    assert {(r.device, str(r.duty)) for r in found.results if r.result == "fail"} == failing
    run = run_check(opened, at.as_of, at.span)
    assert run.exit_code == exit_code
    assert bool(run.document["run"]["inputs"]) == (choice == "bound")  # for a rule that is none nothing is read
    assert bool(plan(opened, at.as_of)[1].gaps) == (choice == "bound")
    assert [b["contested"] for b in bound_by(opened, at.as_of)] == ([[]] if choice == "bound" else [])


def _zone_read(folder: Path, choice: str, on: str) -> Workspace:
    """The police zone with a reading of the federal text, chosen on a day."""
    body = bodies.copy_body("brussels-police-zone", folder)
    (body / "readings").mkdir()
    said = READING.format(choice=choice).replace("on: 2023-03-15", f"on: {on}")
    (body / "readings" / "zone.yaml").write_text(said, "utf-8")
    return open_workspace(body).usable()


@pytest.mark.parametrize("choice", ["advised", "not-meant"])
def test_a_rule_that_the_chosen_reading_takes_out_is_in_force_all_the_same(choice: str, tmp_path: Path) -> None:
    """That it does not hold here is said for what it is; nobody is told that it has not begun."""
    opened = _zone_read(tmp_path, choice, "2023-03-01")
    at = bodies.window(opened, bodies.truth_check("brussels-police-zone", "inside"))
    found = bodies.checked(opened, at)
    assert {(str(r.result), r.reason) for r in found.results} == {("notapplicable", "read_otherwise")}
    answer = run_check(opened, at.as_of, at.span).document["summary"]["sentence"]
    assert "By the reading that was chosen" in answer and "not yet in force" not in answer


@pytest.mark.parametrize("choice", ["bound", "advised", "not-meant"])
def test_what_was_contested_until_a_day_of_the_window_says_so(choice: str, tmp_path: Path) -> None:
    """A reading was chosen: that nobody has is no longer true, only that nobody had until that day."""
    opened = _zone_read(tmp_path, choice, "2023-03-24")
    at = bodies.window(opened, bodies.truth_check("brussels-police-zone", "inside"))
    run = run_check(opened, at.as_of, at.span)
    reasons = {r["reason"] for r in run.document["results"]}
    assert "contested_until_read" in reasons and "contested_reading" not in reasons
    answer = run.document["summary"]["sentence"]
    assert "until 24 March 2023 nobody had chosen a reading" in answer and "nobody has chosen" not in answer


@pytest.mark.parametrize(("choice", "expected"), [("bound", [False]), ("advised", [])])
def test_a_text_that_binds_a_body_without_own_text_is_named(choice: str, expected: list[bool], tmp_path: Path) -> None:
    """There is nothing to compare with it, and that it binds, or may, is said."""
    law = _zone_read(tmp_path, choice, "2023-03-15").law
    assert [contested for _, contested in alone(law)] == expected
    assert [contested for _, contested in alone(bodies.workspace("brussels-police-zone").law)] == [True]
    assert alone(bodies.workspace("ghent").law) == ()


def test_a_contested_rule_is_not_counted_for_a_group() -> None:
    """Whom a rule covers only under a reading that nobody chose is not among those a figure is about."""
    opened = bodies.workspace("brussels-police-zone")
    found = bodies.checked(opened, bodies.window(opened, bodies.truth_check("brussels-police-zone", "inside")))
    assert found.counted and {c.devices for c in found.counted} == {0}
    assert len({r.device for r in found.results if r.contested}) == 8


def test_the_page_of_the_zone_marks_what_is_contested() -> None:
    """Beside the clause, and where the answer is shown; and the next step does not promise that facts settle it."""
    opened = bodies.workspace("brussels-police-zone")
    at = bodies.window(opened, bodies.truth_check("brussels-police-zone", "inside"))
    document = run_check(opened, at.as_of, at.span).document
    page = render(document).decode()
    assert "Only if “police zones” is read as “bound”: sources disagree, and nobody has chosen" in page
    assert "Advice of" not in page and "Advice, and the answer" not in page
    (step,) = (s["what"] for s in document["next_steps"] if "missing facts" in s["what"])
    assert "does not settle it" in step
    assert "some of them is contested" in document["summary"]["sentence"]


def test_the_case_of_the_zone_cannot_be_closed_without_its_name(tmp_path: Path) -> None:
    """Neither by a day alone, nor by a decision that leaves open what becomes of the name."""
    folder = bodies.copy_body("brussels-police-zone", tmp_path)
    path = folder / "cases" / "zone-account.yaml"
    text = path.read_text("utf-8")
    decision = "decision: {way: suspend, by: police council, on: 2023-06-01, reasons: [Tried out in a test.]}"
    name = "name: {way: hold, by: police council, on: 2023-06-01}"
    for added, issues in (
        ("", {"closed-undecided", "closed-without-handle"}),
        (decision, {"closed-without-handle"}),
        (f"{decision}\n{name}", set()),
    ):
        path.write_text(f"{text}{added}\nclosed: 2023-06-02\n", "utf-8")
        assert {i.id for i in load_cases(folder)[1]} == issues


def test_what_a_truth_states_is_looked_at() -> None:
    """No key of a truth.toml is read by nobody."""
    known = {"notice", "ruling", "deadlines", "check", "channel", "advice", "bound_by", "contested", "plan", *KINDS}
    known.add("separate")
    for body in bodies.BODIES:
        assert bodies.truth(body).keys() <= known, body


@pytest.mark.parametrize("body", bodies.BODIES)
def test_every_file_that_is_invented_says_so(body: str) -> None:
    """The notice of each body says what is invented, and what is real and until which day it is known."""
    notice = bodies.workspace(body).body.notice
    assert notice.startswith("Invented")
    assert "as reported up to" in notice
    assert Path(bodies.EXAMPLES / body / "truth.toml").read_text("utf-8").startswith("#")
