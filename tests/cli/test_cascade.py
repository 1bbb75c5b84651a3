# SPDX-License-Identifier: EUPL-1.2
"""`ordinance cascade`: the Belgian spring of 2023 and RIA's advice from the library, and boards of bodies' files."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cli.shell import body, edit, run
from ordinance.model.time import start_of
from ordinance.operations.law_lines import advice_lines
from ordinance.operations.workspace import open_workspace

ADVICE = "ee-ria"
SPRING = "be-federal-716"


def board(directive: str, day: str, *options: str | Path, code: int = 0) -> dict[str, Any]:
    done = run("cascade", directive, "--as-of", day, *options, "--json")
    assert done.code == code, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def rows(found: dict[str, Any]) -> dict[str, tuple[str, str, str | None, str | None, bool]]:
    names = ("stand", "reach", "since", "last_day", "no_enforcing_act")
    return {b["id"]: tuple(b[n] for n in names) for b in found["bodies"]}  # type: ignore[misc]


def test_the_belgian_spring() -> None:
    """As reported: the region, the capital and Ghent mirror with differences; Leuven, Mechelen and Ostend only ask or
    advise their staff, so that nothing of theirs enforces it."""
    found = rows(board(SPRING, "2023-06-01"))
    assert found["be-federal"] == ("author", "author", "2023-03-10", "2023-09-09", False)
    assert found["be-city-of-ghent"] == ("differs", "advises", "2023-03-13", "2023-09-12", False)
    assert found["be-brussels-region"] == ("differs", "advises", "2023-03-17", "2023-09-16", False)
    assert found["be-city-of-brussels"] == ("differs", "advises", "2023-03-16", None, False)
    assert found["be-city-of-diest"] == ("own_rule", "advises", "2023-03-14", None, False)
    without = {name for name, row in found.items() if row[-1]}
    assert without == {"be-city-of-leuven", "be-city-of-mechelen", "be-city-of-ostend"}
    zone = found["be-police-zone-brussels-capital-ixelles"]
    assert zone == ("contested", "contested", None, None, False)  # reports disagree, so that nothing is missing there
    assert "ee-ria" not in found  # another country's rule about the same app is none about this text


def test_a_board_knows_nothing_of_later_days(tmp_path: Path) -> None:
    """On the day after the federal decision nobody had followed; the cities that it reaches have nothing on record."""
    found = rows(board(SPRING, "2023-03-11"))
    assert found["be-city-of-ghent"][0] == "silent"
    assert not {"differs", "mirrors"} & {row[0] for row in found.values()}
    run("cascade", SPRING, "--as-of", "2023-03-11", "--html", tmp_path / "board.html")
    table = (tmp_path / "board.html").read_text("utf-8").partition("<table")[2].partition("</table>")[0]
    assert "nothing on record here" in table
    assert "silent" not in table  # of the library nobody is called silent


def test_the_advice_of_ria() -> None:
    """Tallinn has a rule of its own, the state's IT centre too, Tartu is on record that it did not decide."""
    found = board(ADVICE, "2024-12-16")
    assert {k: v[0] for k, v in rows(found).items()} == {
        "ee-ria": "author",
        "ee-city-of-tallinn": "own_rule",
        "ee-rit": "own_rule",
        "ee-city-of-tartu": "no_decision",
    }
    assert found["no_enforcing_act"] == 1
    tartu = next(b for b in found["bodies"] if b["id"] == "ee-city-of-tartu")
    assert tartu["record"]["reasons"]


def lead(*arguments: str | Path) -> str:
    return " ".join(run("cascade", *arguments).out.split()).partition(" The board ")[0]


@pytest.mark.parametrize(
    ("directive", "who"),
    [("us-bod-17-01", "us-white-house"), ("ee-rit", "ee-city-of-tartu"), ("ee-tallinn", "ee-city-of-tartu")],
)
def test_who_did_not_decide_is_not_on_every_board(directive: str, who: str) -> None:
    """A record of the authority about something else says nothing of this text, which does not reach it."""
    found = board(directive, "2026-01-01")
    assert who not in rows(found)
    assert "no_decision" not in found["counts"]


def test_nobody_is_reached_before_it_begins() -> None:
    """On 1 March 2023 there was no federal text: nobody lacked an act, and one already advised its own staff."""
    found = board(SPRING, "2023-03-01")
    assert rows(found)["be-city-of-ghent"] == ("not_yet", "advises", "2023-03-10", "2023-09-09", False)
    assert (found["no_enforcing_act"], found["directive"]["in_force"]) == (0, False)
    said = lead(SPRING, "--as-of", "2023-03-01")
    assert "1 has a rule of its own, 7 are reached only later and 1 may or may not be reached. The directive" in said
    assert "enforcing act" not in said


def test_an_end_of_a_directive_that_nobody_read_is_not_none() -> None:
    """The federal government is bound by a text whose end was not read."""
    row = next(b for b in board("be-federal-deepseek", "2026-06-01")["bodies"] if b["id"] == "be-federal")
    assert (row["stand"], row["last_day"], row["end_not_read"]) == ("bound", None, True)
    assert "no end" not in run("cascade", "be-federal-deepseek", "--as-of", "2026-06-01").out


def test_the_lead_says_who_is_reached(tmp_path: Path) -> None:
    """Nobody reached is not everybody with an act; a folder that could not be read is no empty board."""
    said = lead("ee-rit", "--as-of", "2024-12-16")
    assert said.endswith("Of 2 on this board, 2 have a rule of their own. It reaches nobody on this board.")
    ghent = body("ghent", tmp_path)
    edit(ghent / "policies" / "gent-2023-tiktok.yaml", "family: tiktok", "family: tiktak")
    said = lead(SPRING, "--as-of", "2023-06-01", "--bodies", tmp_path)
    assert said.endswith("Nobody else is on this board. 1 folder could not be read.")


def test_a_report_too_takes_the_latest_answer(tmp_path: Path) -> None:
    """Whatever its file is called, and none that was given later than the day of the report."""
    tallinn = body("tallinn", tmp_path)
    later = (tallinn / "answers" / "ee-ria.yaml").read_text("utf-8").replace("on: 2024-12-01", "on: 2024-12-10")
    (tallinn / "answers" / "a.yaml").write_text(later.replace("by: Strategy Centre", "by: City Council"), "utf-8")
    opened = open_workspace(tallinn, settings=False)
    said = [
        next(line["by"] for line in advice_lines(opened, start_of(date(2024, *day), opened.law.zone), ()))
        for day in ((11, 30), (12, 1), (12, 16))
    ]
    assert said == ["", "Strategy Centre", "City Council"]


def test_what_nobody_read_is_not_said_to_be_nothing() -> None:
    """The capital's text does not say how long it holds, in what was read of it; Ostend's month is a month."""
    said = " ".join(run("cascade", SPRING, "--as-of", "2023-06-01").out.split())
    assert "its end was not read" in said
    found = {b["id"]: b for b in board(SPRING, "2023-06-01")["bodies"]}
    assert found["be-city-of-brussels"]["end_not_read"]
    assert found["be-city-of-ostend"]["since_known_to"] == "month"
    assert "1 March 2023" not in said


def test_a_board_of_bodies(tmp_path: Path) -> None:
    """Files of each body: Tallinn answered, Ghent mirrors the federal text, Diest has its own."""
    for name in ("ghent", "diest", "tallinn"):
        body(name, tmp_path)
    found = {b["where"]: b for b in board(ADVICE, "2024-12-16", "--bodies", tmp_path)["bodies"]}
    assert found["tallinn"]["stand"] == "mitigated"
    assert found["tallinn"]["answer"]["mitigations"]
    assert not found["tallinn"]["no_enforcing_act"]
    found = {b["where"]: b for b in board(SPRING, "2023-06-01", "--bodies", tmp_path)["bodies"]}
    assert (found["ghent"]["stand"], found["ghent"]["last_day"]) == ("differs", "2023-09-12")
    assert found["tallinn"]["stand"] == "not_reached"
    (act,) = [a for a in found["ghent"]["acts"] if a["relation"] == "differs"]
    kinds = {d["kind"] for d in act["divergences"]}
    assert {"later", "longer", "narrower"} <= kinds
    said = run("cascade", SPRING, "--as-of", "2023-06-01", "--bodies", tmp_path).out
    assert act["sheet"][0]["differences"][0][0].split()[0] in said


def test_one_body_is_a_board_too(tmp_path: Path) -> None:
    """The folder of a body itself."""
    found = board(SPRING, "2023-06-01", "--bodies", body("ghent", tmp_path))
    assert [b["where"] for b in found["bodies"]] == ["ghent"]


def test_a_body_that_cannot_be_read_is_listed(tmp_path: Path) -> None:
    """With what is wrong there, and exit 4: a board with a hole is not whole."""
    ghent, diest = body("ghent", tmp_path), body("diest", tmp_path)
    edit(ghent / "policies" / "gent-2023-tiktok.yaml", "family: tiktok", "family: tiktak")
    found = board(SPRING, "2023-06-01", "--bodies", tmp_path, code=4)
    assert [b["where"] for b in found["bodies"]] == [diest.name]
    (broken,) = found["not_usable"]
    assert (broken["folder"], "unknown-family" in broken["issues"][0]) == ("ghent", True)
    done = run("cascade", SPRING, "--as-of", "2023-06-01", "--bodies", tmp_path)
    assert (done.code, "ghent:" in done.out) == (4, True)


@pytest.mark.parametrize("directive", ["be-federal-717", "nothing"])
def test_a_directive_that_nobody_has(directive: str, tmp_path: Path) -> None:
    """A located error with a hint, exit 3; so is a folder without bodies."""
    done = run("cascade", directive, "--as-of", "2023-06-01")
    assert (done.code, "[unknown-text]" in done.err) == (3, True)
    if directive == "be-federal-717":
        assert 'did you mean "be-federal-716"?' in done.err
    empty = run("cascade", SPRING, "--bodies", tmp_path)
    assert (empty.code, "[no-bodies]" in empty.err) == (3, True)


def test_the_page(tmp_path: Path) -> None:
    """One row a body, its sources, no script; the same bytes twice."""
    out = tmp_path / "board.html"
    assert run("cascade", SPRING, "--as-of", "2023-06-01", "--html", out).code == 0
    page = out.read_text("utf-8")
    assert page.count('<th scope="row">') == len(board(SPRING, "2023-06-01")["bodies"])
    assert "<script" not in page
    assert "Circular no. 716" in page
    first = out.read_bytes()
    run("cascade", SPRING, "--as-of", "2023-06-01", "--html", out)
    assert out.read_bytes() == first


def test_an_answer_beside_an_act_of_its_own_does_not_deny_the_act(tmp_path: Path) -> None:
    """Diest answered that it adopts the advice, and its own act names nothing that it follows: its row says both."""
    done = run("cascade", "be-federal-716", "--bodies", body("diest", tmp_path), "--as-of", "2023-04-24")
    said = " ".join(done.out.split())
    assert "its own act names no text that it follows" in said
    assert "without an act of its own" not in said
