# SPDX-License-Identifier: EUPL-1.2
"""Lives of findings as they are read from files: what is read, and every fault with its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ordinance.model.errors import Severity
from ordinance.model.life import FindingState
from ordinance.review.read_findings import lint_lives, load_lives

GROUP = "finding: f-0123456789\nlife:\n"
ONE = "finding: f-0123456789\ndevice: dev-ABCDEFG2\nlife:\n"
OPEN = "  - {on: 2023-04-11, state: open, by: ISO, heard: yes}\n"
CLOSED = "  - {on: 2023-04-12, state: closed, by: ISO, reason: removed}\n"
DISPUTED = "  - {on: 2023-04-12, state: disputed, by: person concerned, said: not me}\n"


def written(folder: Path, text: str, name: str = "f-0123456789.yaml") -> Path:
    """A body's folder with one file of a finding's life."""
    (folder / "findings").mkdir(exist_ok=True)
    (folder / "findings" / name).write_text(text, "utf-8")
    return folder


def test_a_life_is_read_entry_by_entry(tmp_path: Path) -> None:
    """Days, states, roles, reasons and the person's own words, which make that person heard."""
    accepted = "  - {on: 2023-04-20, state: accepted, by: ISO, reason: until repaired, last_day: 2023-05-31}\n"
    text = ONE + DISPUTED + accepted
    (life,), issues, digest = load_lives(written(tmp_path, text))
    assert issues == ()
    assert (life.finding, life.device) == ("f-0123456789", "dev-ABCDEFG2")
    first, second = life.entries
    assert (first.on, first.state, first.by) == (date(2023, 4, 12), FindingState.DISPUTED, "person concerned")
    assert (first.untrusted_said, first.was_heard) == ("not me", True)
    assert (second.reason, second.last_day, second.was_heard) == ("until repaired", date(2023, 5, 31), False)
    assert len(digest) == 64


def test_the_digest_is_of_the_files(tmp_path: Path) -> None:
    """Another word in a file is another digest: a run says which lives it was made with."""
    before = load_lives(written(tmp_path, ONE + DISPUTED))[2]
    assert load_lives(written(tmp_path, ONE + DISPUTED.replace("not me", "was me")))[2] != before


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (GROUP.replace("f-0123456789", "F1") + CLOSED, [("bad-finding-id", 1)]),
        (GROUP.replace("f-0123456789", "f-0123456789-2") + CLOSED, [("bad-finding-id", 1)]),
        (ONE.replace("dev-ABCDEFG2", "GL-001") + CLOSED, [("bad-pseudonym", 2)]),
        ("finding: f-0123456789\nlife: []\n", [("empty-value", 2)]),
        ("finding: f-0123456789\n", [("missing-key", 1)]),
        (GROUP + "  - {on: 2023-02-30, state: closed, by: ISO, reason: x}\n", [("bad-day", 3)]),
        (GROUP + "  - {on: 2023-04-11, state: done, by: ISO}\n", [("unknown-word", 3)]),
        (GROUP + "  - {on: 2023-04-11, state: closed, by: ISO}\n", [("decided-without-reason", 3)]),
        (GROUP + "  - {on: 2023-04-11, state: explained, by: ISO}\n", [("decided-without-reason", 3)]),
        (GROUP + "  - {on: 2023-04-11, state: closed, reason: x}\n", [("missing-key", 3)]),
        (GROUP + "  - {on: 2023-04-11, state: accepted, by: ISO, reason: x}\n", [("accepted-without-end", 3)]),
        (
            GROUP + "  - {on: 2023-04-11, state: accepted, by: ISO, reason: x, last_day: 2023-04-10}\n",
            [("ends-before-start", 3)],
        ),
        (
            GROUP + "  - {on: 2023-04-11, state: closed, by: ISO, reason: x, last_day: 2023-05-10}\n",
            [("last-day-of-nothing", 3)],
        ),
        (ONE + CLOSED.replace("by: ISO", "by: the person concerned"), [("decides-own-case", 4)]),
        (GROUP + DISPUTED, [("said-of-a-group", 3)]),
        (GROUP + OPEN, [("said-of-a-group", 3)]),
        (ONE + DISPUTED.replace("said:", "heard: no, said:"), [("said-but-not-heard", 4)]),
        (ONE + DISPUTED + OPEN.replace("heard: yes", "reason: x"), [("entry-out-of-order", 5)]),
        (ONE + CLOSED + CLOSED, [("same-entry-twice", 5)]),
        (GROUP + "  - {on: 2023-04-11, state: open, by: ISO}\n", [("nothing-new", 3)]),
        (ONE + DISPUTED + "  - {on: 2023-04-13, state: open, by: ISO}\n", [("decided-without-reason", 5)]),
        (ONE + CLOSED + "  - {on: 2023-04-13, state: explained, by: ISO, reason: x}\n", [("no-such-step", 5)]),
        (
            ONE + CLOSED + "  - {on: 2023-04-13, state: accepted, by: ISO, reason: x, last_day: 2023-05-10}\n",
            [("no-such-step", 5)],
        ),
        (GROUP + CLOSED + "secret: x\n", [("unknown-key", 4)]),
        ("- a list\n", [("wrong-type", 1)]),
    ],
)
def test_each_fault_is_found_at_its_line(tmp_path: Path, text: str, found: list[tuple[str, int]]) -> None:
    """A file with a fault gives no life at all: half of one would say something wrong about a person."""
    lives, issues, _ = load_lives(written(tmp_path, text))
    assert lives == ()
    assert [(i.id, i.line) for i in issues] == found
    assert {i.severity for i in issues} == {Severity.ERROR}


@pytest.mark.parametrize("state", list(FindingState))
def test_a_person_can_always_dispute(tmp_path: Path, state: FindingState) -> None:
    """From every state, the disputed one included, and without a reason."""
    before = {
        FindingState.OPEN: OPEN,
        FindingState.DISPUTED: DISPUTED,
        FindingState.EXPLAINED: CLOSED.replace("closed", "explained"),
        FindingState.ACCEPTED: CLOSED.replace("closed", "accepted").replace("}", ", last_day: 2023-05-10}"),
        FindingState.CLOSED: CLOSED,
    }[state]
    text = ONE + before + "  - {on: 2023-04-20, state: disputed, by: person concerned}\n"
    (life,), issues, _ = load_lives(written(tmp_path, text))
    assert issues == () and life.entries[-1].state is FindingState.DISPUTED


def test_what_is_closed_is_closed_again_or_opened(tmp_path: Path) -> None:
    """It may have been seen in between, which the file does not say."""
    opened = "  - {on: 2023-04-21, state: open, by: ISO, reason: x}\n"
    again = CLOSED + CLOSED.replace("2023-04-12", "2023-04-20") + opened
    (life,), issues, _ = load_lives(written(tmp_path, GROUP + again))
    assert issues == () and len(life.entries) == 3


def test_two_files_about_one_finding_are_a_fault(tmp_path: Path) -> None:
    """At both: which of the two holds, nobody knows."""
    folder = written(written(tmp_path, GROUP + CLOSED), GROUP + CLOSED, "other.yaml")
    issues = load_lives(folder)[1]
    assert [(i.id, i.file) for i in issues] == [
        ("duplicate-id", "findings/f-0123456789.yaml"),
        ("duplicate-id", "findings/other.yaml"),
    ]


def test_what_is_not_read_is_said(tmp_path: Path) -> None:
    """A say in a file that nobody reads would be gone without a word."""
    issues = load_lives(written(tmp_path, GROUP + CLOSED, "one.yml"))[1]
    assert [(i.id, i.file) for i in issues] == [("file-not-read", "findings/one.yml")]


def test_a_day_that_has_not_come_is_a_warning(tmp_path: Path) -> None:
    """On the day itself the entry counts; the day before it does not, and somebody may have mistyped the year."""
    lives = load_lives(written(tmp_path, ONE + DISPUTED))[0]
    assert lint_lives(lives, date(2023, 4, 12)) == []
    assert [(i.id, i.line, i.severity) for i in lint_lives(lives, date(2023, 4, 11))] == [
        ("entry-not-yet", 4, Severity.WARNING)
    ]
