# SPDX-License-Identifier: EUPL-1.2
"""`ordinance campaigns` and `ordinance cases`: boards of files, their faults, and pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.shell import body, edit, run, tree

FESTIVAL = """campaign: festival
title: Summer festival <b>short</b> videos
app: tiktok/tiktok
owner: tourism office
from: 2023-03-01
to: 2023-07-31
device: gp-001
moves:
  - {to: Instagram, by: 2023-03-10, owner: tourism office}
"""
CASE = """case: zone-account
title: The account of the police zone
app: tiktok/tiktok
handle: "@zone"
owner: communications
opened: 2023-03-20
answers_to: [{institution: municipality one, agrees: yes, on: 2023-03-28}, {institution: municipality two}]
questions:
  - {question: Who relies on it in an emergency?, owner: communications}
  - {question: Can it be taken over?, owner: security officer, answer: "yes", on: 2023-03-25}
dependants: [{what: missing-person notices, owner: operations}]
records: [{what: videos and comments since 2021, kept: not_known}]
options:
  - {way: keep, for: [reach], against: [advice]}
  - {way: hold_handle}
"""
DECIDED = """decision:
  way: suspend
  by: zone council
  on: 2023-04-03
  reasons: [Nobody could say who had access.]
  dissent: [{by: communications, text: Notices lose their reach.}]
  next_review: 2023-10-01
name: {way: hold, by: zone council, on: 2023-04-03}
closed: 2023-04-04
"""


@pytest.fixture
def ghent(tmp_path: Path) -> Path:
    folder = body("ghent", tmp_path)
    put(folder, "campaigns/festival.yaml", FESTIVAL)
    put(folder, "cases/account.yaml", CASE)
    return folder


def put(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text, "utf-8")


def board(folder: Path, day: str, *options: str, code: int = 0) -> dict[str, Any]:
    done = run("campaigns", folder, "--as-of", day, *options, "--json")
    assert done.code == code, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def test_a_campaign_and_the_rule_that_comes(ghent: Path) -> None:
    """Hit from the day on which the rule has force, by its clause; the move is in time, and late when nobody did it."""
    (one,) = board(ghent, "2023-03-02")["campaigns"]
    assert (one["effect"], one["hit_from"][:10], one["clause"]) == (
        "moves_in_time",
        "2023-03-13",
        "gent-2023-tiktok/paid-devices",
    )
    late = board(ghent, "2023-03-11", code=1)
    assert (late["to_think_of"], late["campaigns"][0]["effect"]) == (1, "moves_late")
    edit(ghent / "campaigns" / "festival.yaml", "owner: tourism office}", "owner: tourism office, done: 2023-03-10}")
    assert board(ghent, "2023-03-11")["campaigns"][0]["effect"] == "moved"


def test_a_campaign_after_its_rule_is_located(ghent: Path) -> None:
    """With file and line, exit 3; the board is shown all the same."""
    edit(ghent / "campaigns" / "festival.yaml", "from: 2023-03-01", "from: 2023-04-01")
    done = run("campaigns", ghent, "--as-of", "2023-03-02")
    assert done.code == 3
    assert "campaigns/festival.yaml:5:7: festival begins on 2023-04-01" in done.err
    assert "[campaign-after-its-rule]" in done.err
    assert json.loads(run("campaigns", ghent, "--as-of", "2023-03-02", "--json").out)["campaigns"][0]["effect"] == (
        "began_forbidden"
    )


def test_a_rule_that_may_come(ghent: Path) -> None:
    """What a text would do if it had force from a day; nothing is written, and the body's own rules go on."""
    before = tree(ghent)
    found = board(ghent, "2023-02-20", "--suppose", "gent-2023-tiktok", "--from", "2023-05-02")
    (one,) = found["campaigns"]
    assert (found["supposed"], one["hit_from"][:10]) == (
        {"policy": "gent-2023-tiktok", "from": "2023-05-02"},
        "2023-05-02",
    )
    assert tree(ghent) == before
    for options in (("--suppose", "gent-2023-tiktok"), ("--from", "2023-05-02")):
        assert run("campaigns", ghent, *options).code == 2
    for day in ("9999-12-31", "0001-01-01", "soon"):
        assert run("campaigns", ghent, "--suppose", "gent-2023-tiktok", "--from", day).code == 2
    done = run("campaigns", ghent, "--suppose", "gent-2023-tiktak", "--from", "2023-05-02")
    assert (done.code, 'did you mean "gent-2023-tiktok"?' in done.err) == (3, True)


@pytest.mark.parametrize(
    ("old", "new", "place", "issue"),
    [
        ("device: gp-001", "device: gp-0001", "1:1", "unknown-device"),
        ("device: gp-001", "account: no", "1:1", "rests-on-nothing"),
        ("app: tiktok/tiktok", "app: tiktok/tiktak", "1:1", "unknown-app"),
        ("to: 2023-07-31", "to: 2023-02-28", "6:5", "ends-before-start"),
        ("by: 2023-03-10", "by: soon", "9:25", "bad-day"),
        ("owner: tourism office\n", "owners: tourism office\n", "4:1", "unknown-key"),
    ],
)
def test_faults_of_a_campaign(ghent: Path, old: str, new: str, place: str, issue: str) -> None:
    """Located, exit 3, nothing shown as if it were whole."""
    path = ghent / "campaigns" / "festival.yaml"
    path.write_text(FESTIVAL.replace(old, new, 1), "utf-8")
    done = run("campaigns", ghent, "--as-of", "2023-03-02")
    assert done.code == 3
    assert f"campaigns/festival.yaml:{place}:" in done.err
    assert f"[{issue}]" in done.err


def test_a_case_cannot_be_closed_without_its_name(ghent: Path) -> None:
    """Nor without a decision; with both it can, and what was decided is shown with its dissent."""
    path = ghent / "cases" / "account.yaml"
    for text, issue in (
        (CASE + "closed: 2023-04-04\n", "closed-undecided"),
        (CASE + DECIDED.replace("name: {way: hold, by: zone council, on: 2023-04-03}\n", ""), "closed-without-handle"),
        (CASE + DECIDED.replace("closed: 2023-04-04", "closed: 2023-04-02"), "closed-undecided"),
        (CASE + DECIDED.replace("council, on: 2023-04-03}", "council, on: 2026-06-03}"), "closed-without-handle"),
        (CASE + DECIDED.replace("on: 2023-04-03\n  reasons", "on: 2023-03-19\n  reasons"), "before-it-was-opened"),
        (CASE + DECIDED.replace("way: hold, by", "way: transfer, by"), "transfer-without-how"),
        (CASE + DECIDED.replace("2023-10-01", "2023-04-03"), "review-before-decision"),
        (CASE + DECIDED.replace("council, on: 2023-04-03}", "council, on: 2023-03-01}"), "before-it-was-opened"),
        (CASE.replace("way: hold_handle", "way: keep"), "same-way-twice"),
        (CASE.replace("tiktok/tiktok", "no/such"), "unknown-app"),
    ):
        path.write_text(text, "utf-8")
        done = run("cases", ghent)
        assert (done.code, f"[{issue}]" in done.err) == (3, True), (issue, done.err)
        assert "cases/account.yaml:" in done.err
    path.write_text(CASE + DECIDED, "utf-8")
    found = json.loads(run("cases", ghent, "zone-account", "--as-of", "2023-05-01", "--json").out)
    assert (found["stands"], found["decision"]["way"], found["name"]["way"]) == ("closed", "suspend", "hold")
    assert found["decision"]["dissent"] == [{"by": "communications", "text": "Notices lose their reach."}]
    later = json.loads(run("cases", ghent, "zone-account", "--as-of", "2023-10-02", "--json").out)
    assert later["stands"] == "overdue"
    assert json.loads(run("cases", ghent, "zone-account", "--as-of", "2023-10-01", "--json").out)["stands"] == "closed"


def test_an_open_case_says_what_is_open(ghent: Path) -> None:
    """Two municipalities, one not heard; a question without an answer; records of which nobody knows."""
    (found,) = json.loads(run("cases", ghent, "--as-of", "2023-04-01", "--json").out)
    assert (found["stands"], [c["agrees"] for c in found["answers_to"]]) == ("open", [True, None])
    said = " ".join(run("cases", ghent, "zone-account", "--as-of", "2023-04-01").out.split())
    assert "Nothing is decided. 1 question is open." in said
    assert "not heard yet" in said
    assert "nobody knows" in said
    done = run("cases", ghent, "zone-acount")
    assert (done.code, 'did you mean "zone-account"?' in done.err) == (3, True)


def test_two_files_with_one_id(ghent: Path) -> None:
    """Which of them is meant, nobody could say."""
    put(ghent, "campaigns/second.yaml", FESTIVAL)
    put(ghent, "campaigns/third.yml", FESTIVAL)
    done = run("campaigns", ghent, "--as-of", "2023-03-02")
    assert done.code == 3
    assert done.err.count("[duplicate-id]") == 2
    assert "[file-not-read]" in done.err


def test_pages(ghent: Path, tmp_path: Path) -> None:
    """What comes from files is text; the same bytes twice; no script."""
    out = tmp_path / "page.html"
    run("campaigns", ghent, "--as-of", "2023-03-02", "--html", out)
    first = out.read_bytes()
    assert b"Summer festival &lt;b&gt;short&lt;/b&gt; videos" in first
    assert b"<script" not in first
    run("campaigns", ghent, "--as-of", "2023-03-02", "--html", out)
    assert out.read_bytes() == first
    run("cases", ghent, "zone-account", "--as-of", "2023-04-01", "--html", out)
    assert b"What becomes of @zone on TikTok?" in out.read_bytes()
    assert run("cases", ghent, "--html", out).code == 2


def test_without_any(tmp_path: Path) -> None:
    """A body without campaigns or cases has nothing to fear and says so."""
    folder = body("ghent", tmp_path)
    assert board(folder, "2023-03-02")["campaigns"] == []
    assert "no case is on file" in run("cases", folder).out


def test_moves_and_reviews_are_due(ghent: Path) -> None:
    """A move until it is done, a decision's next review; overdue ones first."""
    put(ghent, "cases/account.yaml", CASE + DECIDED)

    def dates(day: str) -> list[tuple[str, str, str, str]]:
        rows = json.loads(run("due", ghent, "--as-of", day, "--json").out)["dates"]
        return [(r["stands"], r["day"], r["id"], r["owner"]) for r in rows if r["id"] in {"festival", "zone-account"}]

    assert dates("2023-03-05") == [
        ("coming", "2023-03-10", "festival", "tourism office"),
    ]
    assert [d[2] for d in dates("2023-04-02")] == ["festival"]  # the case was decided on the next day
    assert ("coming", "2023-10-01", "zone-account", "communications") in dates("2023-04-03")
    assert dates("2023-07-02")[0] == ("overdue", "2023-03-10", "festival", "tourism office")
    edit(ghent / "campaigns" / "festival.yaml", "owner: tourism office}", "owner: tourism office, done: 2023-03-10}")
    assert [d[2] for d in dates("2023-10-02")] == ["zone-account"]
    assert [d[2] for d in dates("2023-03-09")] == ["festival"]  # what is done on a later day is not done yet
    edit(ghent / "campaigns" / "festival.yaml", ", done: 2023-03-10}", "}")
    assert [d[2] for d in dates("2023-07-31")] == ["festival", "zone-account"]
    assert [d[2] for d in dates("2023-08-01")] == ["zone-account"]  # the campaign is over


def test_a_case_knows_nothing_of_later_days(ghent: Path) -> None:
    """An answer, a consent, a decision and the closing are there from their own days on."""
    put(ghent, "cases/account.yaml", CASE + DECIDED)

    def seen(day: str) -> tuple[Any, ...]:
        found = json.loads(run("cases", ghent, "zone-account", "--as-of", day, "--json").out)
        answers = [q["answer"] for q in found["questions"]]
        return found["stands"], found["answers_to"][0]["agrees"], answers, found["name"] is None, found["closed"]

    assert seen("2023-03-24") == ("open", None, [None, None], True, None)
    assert seen("2023-04-02") == ("open", True, [None, "yes"], True, None)
    assert seen("2023-04-03") == ("decided", True, [None, "yes"], False, None)
    assert seen("2023-04-04") == ("closed", True, [None, "yes"], False, "2023-04-04")


def test_the_newest_of_ten_versions_is_supposed(ghent: Path) -> None:
    """Versions are numbers where they are written as numbers: 10 comes after 9, though not in a dictionary."""
    path = ghent / "policies" / "gent-2023-tiktok.yaml"
    text = path.read_text("utf-8")
    stages = "lifecycle:\n  - {state: in_force, from: 2023-03-13}\n"
    assert stages in text
    drafts = text.replace(stages, "lifecycle:\n  - {state: announced, from: 2023-02-10}\n")
    for version, family in (("9", "wechat"), ("10", "tiktok")):
        draft = drafts.replace('version: "1"', f'version: "{version}"').replace("family: tiktok", f"family: {family}")
        (ghent / "policies" / f"v{version}.yaml").write_text(draft, "utf-8")
    path.unlink()
    (one,) = board(ghent, "2023-02-20", "--suppose", "gent-2023-tiktok", "--from", "2023-05-02")["campaigns"]
    assert (one["effect"], one["hit_from"][:10]) == ("moves_in_time", "2023-05-02")


def test_a_case_is_not_there_before_it_was_opened(ghent: Path) -> None:
    """Neither in the list nor on a page of an earlier day."""
    put(ghent, "cases/account.yaml", CASE)
    assert json.loads(run("cases", ghent, "--as-of", "2023-03-19", "--json").out) == []
    assert [c["id"] for c in json.loads(run("cases", ghent, "--as-of", "2023-03-20", "--json").out)] == ["zone-account"]
    early = run("cases", ghent, "zone-account", "--as-of", "2023-03-19")
    assert (early.code, "was opened only on 2023-03-20" in early.err) == (3, True)
