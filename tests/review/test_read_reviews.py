# SPDX-License-Identifier: EUPL-1.2
"""Channel reviews are read as written, whole or not at all, and what is wrong is located."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ordinance.model.apps import Citation
from ordinance.model.channel_review import ChannelOutcome, Gate, Handle, Metric, Reason, Swing
from ordinance.model.evaluation import Dissent
from ordinance.review.read_reviews import read_reviews
from review.reviews import FILE, WHOLE, read

LINES = WHOLE.splitlines(keepends=True)
WAIT, CITE, LATER = LINES[7], LINES[26], LINES[33]
UNTRIED = LINES[14]
YOUTH_COST = "      - {criterion: cost, weight: 20, because: It is small.}\n"
DECIDED_AT = WHOLE[: WHOLE.index("  option: later\n")].count("\n") + 1
DECISION = WHOLE[WHOLE.index("decision:") : WHOLE.index("invented: [cells]")]


def test_every_key_is_read() -> None:
    """Options, gates and their policy, scales, scores with their evidence, weights, the decision with its dissent."""
    found, issues = read(WHOLE)
    assert issues == []
    assert found is not None
    assert (found.id, found.on, found.by) == ("tiktok", date(2025, 1, 15), "communications office")
    assert [(o.id, o.outcome, o.trigger, o.until) for o in found.options] == [
        ("device", ChannelOutcome.SEPARATE_DEVICE, "", None),
        ("later", ChannelOutcome.WAIT, "new advice", date(2026, 1, 15)),
    ]
    policy = found.gate_policy
    assert (policy.must_pass, policy.unknown_passes) == ((Gate.LEGAL_BASIS, Gate.RECORDS), {Gate.RECORDS})
    assert [(g.gate, g.option, str(g.result), len(g.cites)) for g in found.gates] == [
        (Gate.LEGAL_BASIS, "device", "passed", 1),
        (Gate.LEGAL_BASIS, "later", "passed", 1),
        (Gate.RECORDS, "device", "unknown", 0),
        (Gate.RECORDS, "later", "passed", 1),
    ]
    assert [(c.option, c.criterion, c.low, c.high, c.unknown) for c in found.cells] == [
        ("device", "reach", 40, 70, False),
        ("device", "cost", 40, 40, False),
        ("later", "reach", 0, 100, True),
        ("later", "cost", 95, 95, False),
    ]
    assert found.stakeholders[0].swings[1] == Swing("cost", 20, "It is small.")
    assert found.decision is not None
    assert found.decision.dissent == (Dissent("youth council", "Another year lost."),)
    assert (found.decision.option, found.decision.next_review) == ("later", date(2026, 1, 20))
    assert found.invented == ("cells",)


def test_a_card_is_quoted_by_its_id() -> None:
    """With its claim, its sample and the day to look again; who looks again is the body's own office."""
    found, _ = read(WHOLE)
    assert found is not None
    card, own = found.cells[0].evidence
    assert (card.card, card.owner, card.metric) == ("ee-samsung-2023-tiktok", "office", Metric.CONSTANT)
    assert "61 %" in card.claim
    assert "not seen" in card.population
    assert own.cite == Citation("own survey", "https://city.example/survey", date(2025, 1, 10))
    assert (own.expires, own.population) == (date(2026, 1, 10), "pupils of two schools, n = 80")


def test_leaving_says_what_becomes_of_people_and_name() -> None:
    """A plan to move people, what becomes of the handle, and until when."""
    leave = "outcome: leave, migration: newsletter, handle: hold, until: 2025-06-30}"
    found, issues = read(WHOLE.replace("outcome: separate_device}", leave))
    assert issues == []
    assert found is not None
    assert (found.options[0].migration, found.options[0].handle) == ("newsletter", Handle.HOLD)


def test_all_kinds_of_outcome() -> None:
    """The nine of the sources, and having no account at all."""
    nine = {"adopt", "separate_device", "read_only", "partner", "paid_only"}
    nine |= {"park_handle", "emergency_only", "wait", "leave"}
    assert {str(o) for o in ChannelOutcome} == nine | {"stay_out"}


@pytest.mark.parametrize(
    ("old", "new", "issue", "line"),
    [
        ("weight: 20,", "weight: -20,", "negative-weight", 50),
        ("weight: 20,", "weight: 120,", "bad-number", 50),
        ("weight: 20,", "weight: 2.5,", "bad-number", 50),
        (YOUTH_COST, "", "missing-weight", 49),
        ("weight: 100, because: It is our business.", "weight: 0, because: It is not.", "no-weight", 54),
        (YOUTH_COST, YOUTH_COST * 2, "same-weight-twice", 51),
        (", because: It is small.", "", "missing-key", 50),
        ("        on: 2025-01-10\n", "        on: 2025-01-16\n", "evidence-from-the-future", 26),
        ("        expires: 2026-01-10\n", "        expires: 2025-01-14\n", "evidence-expired", 26),
        ("        expires: 2026-01-10\n", "        expires: 2024-01-14\n", "ends-before-start", 32),
        ("        metric: constant\n", "        metric: ad_reach\n", "mixed-metrics", 26),
        ("        metric: constant\n", "", "mixed-metrics", 26),
        ("ee-samsung-2023-tiktok", "be-smi-2025-tiktok", "mixed-metrics", 25),
        ("ee-samsung-2023-tiktok", "ee-valisluureamet-2024", "card-not-read", 25),
        ("ee-samsung-2023-tiktok", "ee-samsung-2032-tiktok", "unknown-card", 25),
        (CITE, "", "no-cite", 26),
        (LATER, LATER.replace("unknown", "5"), "no-evidence", 34),
        (LATER, "", "missing-cell", 21),
        (LATER, LATER * 2, "same-cell-twice", 35),
        ("score: unknown}", "score: unknown, range: [1, 2]}", "one-score", 34),
        ("range: [40, 70]", "range: [70, 40]", "bad-range", 23),
        ("range: [40, 70]", "range: [40]", "bad-range", 23),
        ("range: [40, 70]", "range: [40, 170]", "bad-number", 23),
        ("score: 95", "score: unknwon", "bad-number", 42),
        (WAIT, "", "no-alternative", 7),
        ("trigger: new advice, ", "", "outcome-needs", 8),
        (", until: 2026-01-15}", "}", "outcome-needs", 8),
        ("outcome: separate_device}", "outcome: leave, handle: hold, until: 2025-06-30}", "outcome-needs", 7),
        ("outcome: separate_device}", "outcome: adopt, until: 2025-01-14}", "until-before-review", 7),
        ("outcome: separate_device}", "outcome: adopt, handle: hold}", "outcome-has-none", 7),
        ("{title: the statute}", "{title: the statute, retrieved: 2025-01-16}", "evidence-from-the-future", 14),
        ("retrieved: 2025-01-10}", "retrieved: 2025-01-16}", "evidence-from-the-future", 27),
        ("outcome: separate_device}", "outcome: seperate_device}", "unknown-word", 7),
        ("id: later, title", "id: device, title", "same-id-twice", 8),
        (UNTRIED, "", "gate-unanswered", 14),
        ("result: unknown", "result: failed", "gate-without-cite", 15),
        (UNTRIED, UNTRIED.replace("check_again: 2026-01-10, ", ""), "missing-key", 15),
        (UNTRIED, UNTRIED.replace("2026-01-10", "2025-01-14"), "evidence-expired", 15),
        ("options: device, result", "options: [device, later], result", "same-gate-twice", 16),
        ("options: device, result", "options: devise, result", "not-in-review", 15),
        ("unknown_passes: [records]", "unknown_passes: [minors]", "no-such-gate", 11),
        ("  because: The law is not weighed.\n", "", "missing-key", 10),
        ("  - {id: reach, metric: constant, audience: 16 to 24}\n", "  - reach\n", "reach-of-what", 18),
        (", audience: 16 to 24}", "}", "reach-of-what", 18),
        ("  - cost\n", "  - costs\n", "unknown-scale", 19),
        ("  - cost\n", "  - {id: cost, metric: daily, audience: all}\n", "reach-of-what", 19),
        ("  - cost\n", "  - {id: cost, title: Ours}\n", "own-words", 19),
        ("  - cost\n", "  - {id: mood, title: Ours}\n", "unknown-scale", 19),
        ("  option: later\n  prop", "  option: never\n  prop", "not-in-review", 57),
        ("  next_review: 2026-01-20", "  next_review: 2026-01-21", "review-too-late", 64),
        ("  next_review: 2026-01-20", "  next_review: 2025-07-21\n  temporary: yes", "review-too-late", 64),
        ("  next_review: 2026-01-20", "  next_review: 2025-01-20", "review-before-decision", 64),
        ("  on: 2025-01-20", "  on: 2025-01-14", "decided-before-review", 62),
        ("  consulted: [data protection officer, youth council]", "  consulted: []", "empty-value", 59),
        ("  reasons: [Nobody knows whom it reaches.]", "  reasons: []", "empty-value", 63),
        ("  dissent: [{by: youth council, text: Another year lost.}]\n", "", "missing-key", 57),
        ("by: communications office\noptions", "options", "missing-key", 1),
    ],
)  # fmt: skip
def test_what_is_wrong_is_located(old: str, new: str, issue: str, line: int) -> None:
    """Each fault has its place and its id, and the review is not read."""
    assert old in WHOLE
    found, issues = read(WHOLE.replace(old, new, 1))
    assert (issue, line) in [(i.id, i.line) for i in issues]
    assert {i.file for i in issues} == {FILE}
    assert found is None


def test_all_faults_are_collected() -> None:
    """Not only the first."""
    spoilt = WHOLE.replace("weight: 20,", "weight: -20,").replace("score: 95", "score: 101")
    _, issues = read(spoilt.replace("  next_review: 2026-01-20", "  next_review: 2030-01-20"))
    assert {"negative-weight", "bad-number", "review-too-late"} <= {i.id for i in issues}


@pytest.mark.parametrize(
    ("weight", "issue"), [("-20", "negative-weight"), ("120", "bad-number"), ("none", "bad-number")]
)
def test_a_weight_that_is_refused_is_not_missing(weight: str, issue: str) -> None:
    """One fault is told once, also where the other weights are 0."""
    spoilt = WHOLE.replace("weight: 20,", f"weight: {weight},").replace("reach, weight: 100", "reach, weight: 0")
    assert [i.id for i in read(spoilt)[1]] == [issue]


def test_marks_of_what_is_not_public() -> None:
    """Of a weight it may be left open; a reason is a sentence, or one with a mark."""
    text = WHOLE.replace("because: It is small.", "because: It is small., internal: no")
    text = text.replace("[Nobody knows whom it reaches.]", "{text: Nobody knows., internal: yes}")
    found, issues = read(text)
    assert issues == []
    assert found is not None
    assert found.decision is not None
    assert [s.internal for s in found.stakeholders[0].swings] == [None, False]
    assert found.decision.reasons == (Reason("Nobody knows.", internal=True),)
    for old in ("because: It is small.", "text: Another year lost.", "text: Nobody knows."):
        _, issues = read(text.replace(", internal: no", "").replace(old, f"{old}, internal: perhaps"))
        assert "bad-flag" in {i.id for i in issues}


def test_a_temporary_decision_has_half_a_year() -> None:
    """Its last day is still in time."""
    found, issues = read(WHOLE.replace("  next_review: 2026-01-20", "  next_review: 2025-07-20\n  temporary: yes"))
    assert (issues, found is not None and found.decision is not None and found.decision.temporary) == ([], True)


def test_a_preparation_has_no_decision() -> None:
    """It can be weighed all the same."""
    found, issues = read(WHOLE.replace(DECISION, ""))
    assert (issues, found is not None and found.decision is None) == ([], True)


@pytest.mark.parametrize(
    "text", ["", "[]", "review", "options: {}\ncells: 1\n", "cells:\n  - []\n", "criteria: [[]]\n"]
)
def test_other_shapes_are_refused(text: str) -> None:
    """Lists, words and mappings where others are expected: faults, never a crash."""
    found, issues = read(text)
    assert found is None
    assert issues


def test_every_cut_of_a_review_is_refused_or_read() -> None:
    """A file that breaks off anywhere gives faults, and no exception."""
    for end in range(0, len(WHOLE), 7):
        found, issues = read(WHOLE[:end])
        assert (found is None) == bool(issues), end


def test_files_of_a_folder(tmp_path: Path) -> None:
    """By id; a second one of the same id, and a file that nobody reads, are said."""
    folder = tmp_path / "reviews"
    (folder / "old").mkdir(parents=True)
    (folder / "b.yaml").write_text(WHOLE, "utf-8")
    (folder / "a.yaml").write_text(WHOLE.replace("review: tiktok", "review: another"), "utf-8")
    found, issues, digest = read_reviews(tmp_path)
    assert ([r.id for r in found], issues) == (["another", "tiktok"], ())
    assert digest == read_reviews(tmp_path)[2]
    (folder / "c.yaml").write_text(WHOLE, "utf-8")
    (folder / "d.yml").write_text(WHOLE, "utf-8")
    (folder / "old" / "e.yaml").write_text(WHOLE, "utf-8")
    found, issues, changed = read_reviews(tmp_path)
    assert [(i.file, i.id) for i in issues] == [
        ("reviews/b.yaml", "duplicate-id"),
        ("reviews/c.yaml", "duplicate-id"),
        ("reviews/d.yml", "file-not-read"),
        ("reviews/old/e.yaml", "file-not-read"),
    ]
    assert changed != digest
    assert len(found) == 2


def test_a_folder_without_reviews(tmp_path: Path) -> None:
    """Gives none, and no fault."""
    assert read_reviews(tmp_path)[:2] == ((), ())


def test_what_was_decided_has_not_ended_by_then() -> None:
    """Of the option that was decided; on the day itself it may end. Another option may have ended before."""
    _, issues = read(WHOLE.replace("until: 2026-01-15", "until: 2025-01-19"))
    assert [(i.line, i.id) for i in issues] == [(DECIDED_AT, "until-before-decision")]
    assert read(WHOLE.replace("until: 2026-01-15", "until: 2025-01-20"))[1] == []
    other = WHOLE.replace("outcome: separate_device}", "outcome: separate_device, until: 2025-01-19}")
    assert read(other)[1] == []


def test_a_review_takes_up_an_older_one(tmp_path: Path) -> None:
    """One that is not there, itself or a younger one is refused at its place; nothing is said beside a broken file."""
    folder = tmp_path / "reviews"
    folder.mkdir()
    (folder / "a.yaml").write_text(WHOLE, "utf-8")
    for named, issue in (("tiktak", "unknown-review"), ("tiktok", ""), ("again", "follows-no-earlier")):
        text = WHOLE.replace("review: tiktok\n", f"review: again\nfollows: {named}\n").replace(
            "\non: 2025-01-15\n", "\non: 2025-01-16\n"
        )
        (folder / "b.yaml").write_text(text, "utf-8")
        found, issues, _ = read_reviews(tmp_path)
        expected = [("reviews/b.yaml", 2, 10, issue)] if issue else []
        assert [(i.file, i.line, i.column, i.id) for i in issues] == expected
    assert [r.follows for r in found] == ["again", ""]
    (folder / "a.yaml").write_text(WHOLE.replace("title: TikTok", "titel: TikTok"), "utf-8")
    assert "unknown-review" not in {i.id for i in read_reviews(tmp_path)[1]}


@pytest.mark.parametrize(
    "old",
    [
        "\nby: communications office",
        "  by: council",
        "  proposed_by: communications",
        "consulted: [data protection officer",
        "{by: youth council",
        "owner: office}",
        "owner: youth office",
    ],
)
def test_an_office_is_no_address(old: str) -> None:
    """Whoever decides, owns or was heard is a role. The address is not repeated in the message."""
    assert WHOLE.count(old) == 1, old
    _, issues = read(WHOLE.replace(old, old.partition(":")[0] + ": " + _with_address(old)))
    assert [(i.id, "linnamae" in i.message) for i in issues] == [("address-for-an-office", False)]


def _with_address(old: str) -> str:
    """The value of a key with an address before it, its brackets kept."""
    value, address = old.partition(": ")[2], "liina.linnamae@linn.example "
    return value.replace("[", f"[{address}") if "[" in value else f"{address}{value}"
