# SPDX-License-Identifier: EUPL-1.2
"""A listing never says another thing about a finding than a check of the same day and the same files."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.shell import DAYS, body
from ordinance.model.disclosure import Numbers
from ordinance.model.errors import PolicyError
from ordinance.model.result import Finding, FindingKind, Grade, Result
from ordinance.operations.checking import RESULT, latest_run, run_check
from ordinance.operations.disclosure import Disclosure
from ordinance.operations.document_findings import finding_rows
from ordinance.operations.listed_findings import listed_findings
from ordinance.operations.lives import base_id, lives_of
from ordinance.operations.workspace import Workspace, open_workspace
from ordinance.store.keys import Pseudonyms

WITH_FINDINGS = ("brussels-police-zone", "city-of-brussels", "ghent", "tallinn")
LIFE = ("state", "since", "again", "decided", "states")
CULTURE, LATE = "f-7c6be2172f", "f-fcb1f44968"
Rows = dict[str, dict[str, Any]]


def opened(name: str, tmp_path: Path) -> Workspace:
    """A copy of an example."""
    return open_workspace(body(name, tmp_path)).usable()


def at(workspace: Workspace, day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), workspace.body.zone)


def checked(workspace: Workspace, day: str, *, individual: bool = False) -> Rows:
    found = run_check(workspace, at(workspace, day), individual=individual).document["findings"]
    return {f["id"]: f for f in found}


def listed(workspace: Workspace, day: str) -> Rows:
    return {f["id"]: f for f in listed_findings(workspace, at(workspace, day))["findings"]}


def write(workspace: Workspace, findings: list[str], on: date, state: str) -> None:
    """One entry about each of these findings of groups, in files of their own; all others go."""
    folder = workspace.body.folder / "findings"
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    before = f"  - {{on: {on}, state: disputed, by: head of unit}}\n" if state == "open" else ""
    last = ", last_day: 2099-01-01" if state == "accepted" else ""
    for one in findings:
        entry = f"  - {{on: {on}, state: {state}, by: ISO, reason: x{last}}}\n"
        (folder / f"{one}.yaml").write_text(f"finding: {one}\nlife:\n{before}{entry}", "utf-8")


@pytest.mark.parametrize("name", sorted(DAYS))
def test_every_example_is_listed_as_it_was_checked(name: str, tmp_path: Path) -> None:
    """On its day: row for row; and what a check of single devices has under the same id stands alike there."""
    workspace = opened(name, tmp_path)
    found = checked(workspace, DAYS[name])
    assert listed(workspace, DAYS[name]) == found
    assert bool(found) == (name in WITH_FINDINGS)
    if name in {"ghent", "tallinn"}:
        alone = checked(workspace, DAYS[name], individual=True)
        same = found.keys() & alone.keys()
        assert same and {i: alone[i]["state"] for i in same} == {i: found[i]["state"] for i in same}


@pytest.mark.parametrize("days", [0, 2, 8, 12, 20])
@pytest.mark.parametrize("state", ["explained", "accepted", "closed", "disputed", "open"])
@pytest.mark.parametrize("name", WITH_FINDINGS)
def test_whatever_is_decided_of_whichever_day_is_listed_as_checked(
    name: str, state: str, days: int, tmp_path: Path
) -> None:
    """About all findings at once, on days before, in and after those that were looked at.

    Before the check that looks at it, the listing says that same state, or that the next check says.
    """
    workspace = opened(name, tmp_path)
    ids = sorted({base_id(i) for i in checked(workspace, DAYS[name])})
    write(workspace, ids, date.fromisoformat(DAYS[name]) - timedelta(days=days), state)
    before = listed(workspace, DAYS[name])
    found = checked(workspace, DAYS[name])
    assert listed(workspace, DAYS[name]) == found
    assert before.keys() == found.keys()
    for i, row in before.items():
        if row["again"] == "not_checked":
            assert row["state"] == "open" and row["since"] is None
        else:
            assert {k: row[k] for k in LIFE} == {k: found[i][k] for k in LIFE}


def test_what_shows_after_a_decision_about_a_group_is_listed_as_open(tmp_path: Path) -> None:
    """Accepted on 2 April; another telephone first shows on the 5th: the check says open again, and so does this."""
    workspace = opened("ghent", tmp_path)
    write(workspace, [CULTURE], date(2023, 4, 2), "accepted")
    assert checked(workspace, DAYS["ghent"])[CULTURE]["again"] == "seen_since"
    found = listed(workspace, DAYS["ghent"])[CULTURE]
    assert (found["state"], found["again"], found["decided"]["on"]) == ("open", "seen_since", "2023-04-02")


@pytest.mark.parametrize("state", ["explained", "accepted", "closed"])
def test_what_is_dated_back_is_not_listed_as_decided_before_a_check_looked(state: str, tmp_path: Path) -> None:
    """Neither as decided, which may not hold, nor as seen after it, which nobody knows."""
    workspace = opened("ghent", tmp_path)
    checked(workspace, DAYS["ghent"])
    write(workspace, [LATE], date(2023, 4, 8), state)
    before = listed(workspace, DAYS["ghent"])[LATE]
    assert (before["state"], before["again"], before["since"]) == ("open", "not_checked", None)
    assert before["decided"]["on"] == "2023-04-08"
    assert checked(workspace, DAYS["ghent"])[LATE]["state"] == state
    assert listed(workspace, DAYS["ghent"])[LATE]["state"] == state


def test_what_was_decided_after_the_days_that_were_looked_at_is_listed_at_once(tmp_path: Path) -> None:
    """On the last day of them or later: nothing that the check saw came after it."""
    workspace = opened("ghent", tmp_path)
    checked(workspace, DAYS["ghent"])
    for day in (date(2023, 4, 9), date(2023, 4, 10)):
        write(workspace, [LATE], day, "closed")
        assert listed(workspace, DAYS["ghent"])[LATE]["state"] == "closed"


def test_an_acceptance_that_was_checked_is_over_when_its_day_is_past(tmp_path: Path) -> None:
    """The list of a later day needs no new check for that."""
    workspace = opened("ghent", tmp_path)
    write(workspace, [LATE], date(2023, 4, 8), "accepted")
    path = workspace.body.folder / "findings" / f"{LATE}.yaml"
    path.write_text(path.read_text("utf-8").replace("2099-01-01", "2023-04-20"), "utf-8")
    assert checked(workspace, DAYS["ghent"])[LATE]["state"] == "accepted"
    assert listed(workspace, "2023-04-20")[LATE]["state"] == "accepted"
    over = listed(workspace, "2023-04-21")[LATE]
    assert (over["state"], over["again"], over["since"]) == ("open", "acceptance_over", "2023-04-21")


def test_a_run_of_a_later_day_is_not_listed_as_of_an_earlier_one(tmp_path: Path) -> None:
    """It saw days that were still to come: a check of the day itself says other things."""
    workspace = opened("ghent", tmp_path)
    checked(workspace, DAYS["ghent"])
    with pytest.raises(PolicyError) as raised:
        listed(workspace, "2023-04-09")
    (issue,) = raised.value.issues
    assert issue.id == "run-of-a-later-day" and "--as-of 2023-04-09" in issue.hint


LISTED = Finding(
    FindingKind.ATTESTED_OTHERWISE,
    Result.UNKNOWN,
    device="gp-003",
    family="tiktok",
    member="tiktok",
    first_seen=datetime.fromisoformat("2023-04-02T09:00:00+02:00"),
    last_seen=datetime.fromisoformat("2023-04-02T09:00:00+02:00"),
    reason="attested_otherwise",
)
ASKED = replace(LISTED, device="gp-004", grade=Grade.APP_TRAFFIC)  # shown by a log: another row, with the same id


def two_with_one_id(workspace: Workspace, day: str) -> list[dict[str, Any]]:
    """The rows of a check that finds both, which its run then has as well."""
    said = Disclosure(Numbers.BANDS)
    lives = lives_of(workspace, at(workspace, day))
    rows = finding_rows((LISTED, ASKED), workspace, Pseudonyms(b"x"), lives, said, individual=False)
    path = latest_run(workspace) / RESULT
    document = json.loads(path.read_bytes())
    path.write_text(json.dumps({**document, "findings": rows}), "utf-8")
    again: list[dict[str, Any]] = json.loads(path.read_bytes())["findings"]
    return again


@pytest.mark.parametrize("state", ["explained", "accepted", "closed"])
@pytest.mark.parametrize("on", ["2023-04-03", "2023-04-09", "2023-04-10"])
def test_what_is_decided_under_an_id_that_several_have_is_listed_as_checked(
    state: str, on: str, tmp_path: Path
) -> None:
    """The check has both open, as nothing says of which it was decided: and so has the listing, before and after."""
    workspace = opened("ghent", tmp_path)
    checked(workspace, DAYS["ghent"])
    first, second = (f["id"] for f in two_with_one_id(workspace, DAYS["ghent"]))
    assert second == f"{first}-2"
    write(workspace, [first], date.fromisoformat(on), state)
    before = listed(workspace, DAYS["ghent"])
    found = {f["id"]: f for f in two_with_one_id(workspace, DAYS["ghent"])}
    assert {i: (f["state"], f["again"]) for i, f in found.items()} == dict.fromkeys(found, ("open", "not_told_apart"))
    assert listed(workspace, DAYS["ghent"]) == found
    assert {(f["state"], f["again"]) for f in before.values()} <= {("open", "not_told_apart"), ("open", "not_checked")}


def test_what_was_seen_since_is_so_listed_also_of_several_with_one_id(tmp_path: Path) -> None:
    """Decided on the day before both were first seen: the check says that, and the listing says nothing else."""
    workspace = opened("ghent", tmp_path)
    checked(workspace, DAYS["ghent"])
    first, _ = (f["id"] for f in two_with_one_id(workspace, DAYS["ghent"]))
    write(workspace, [first], date(2023, 4, 1), "accepted")
    before = listed(workspace, DAYS["ghent"])
    found = {f["id"]: f for f in two_with_one_id(workspace, DAYS["ghent"])}
    assert {f["again"] for f in found.values()} == {"seen_since"}
    assert listed(workspace, DAYS["ghent"]) == found
    assert {(f["state"], f["again"]) for f in before.values()} == {("open", "not_checked")}
