# SPDX-License-Identifier: EUPL-1.2
"""What to do next: for everything that a check can find or miss, a person and a step."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bodies import instant
from cli.shell import DAYS, body, edit, run
from ordinance.model.law import Duty
from ordinance.model.result import Checked, Finding, FindingKind, NotSeen, Result
from ordinance.model.target import Proof, Support
from ordinance.operations.next_steps import next_steps
from ordinance.operations.workspace import Workspace, open_workspace
from ordinance.targets import BUILTIN
from ordinance.verify.blind import BLIND


def _checked(*spots: NotSeen) -> Checked:
    return Checked((), (), (), spots, (), 0, 0, 0, None, None)


@pytest.fixture
def ghent(tmp_path: Path) -> Workspace:
    """A body that has accepted mobile data as a blind spot until 12 September 2023."""
    return open_workspace(body("ghent", tmp_path)).usable()


@pytest.mark.parametrize("what", sorted(set(BLIND) - {"mobile_data"}))
def test_every_blind_spot_has_a_step(what: str, ghent: Workspace) -> None:
    """Whatever a check could not see, somebody can do something about it, or say by name that it is accepted."""
    (step,) = next_steps((), _checked(NotSeen(what, 3)), ghent, instant("2023-04-10", ghent))
    assert step["who"] and step["what"].endswith(".")


def test_what_somebody_accepted_asks_for_nothing_until_its_last_day(ghent: Workspace) -> None:
    """Accepted until 12 September: no step that day, a step the day after."""
    spots = _checked(NotSeen("mobile_data", 3))
    assert next_steps((), spots, ghent, instant("2023-09-12T23:59", ghent)) == []
    assert len(next_steps((), spots, ghent, instant("2023-09-13", ghent))) == 1


@pytest.mark.parametrize(
    ("reasons", "named", "denied"),
    [
        (["no_target_blocks"], 1, 0),
        (["no_target_on_network"], 1, 0),
        (["no_target_denies"], 0, 1),
        (["no_target_denies", "no_target_blocks"], 1, 1),
    ],
)
def test_nobody_is_sent_to_look_for_a_target_that_denies(
    reasons: list[str], named: int, denied: int, ghent: Workspace
) -> None:
    """No target denies an installation: another tool does, somebody states it, or it is accepted by its own name."""
    found = [Finding(FindingKind.CONTROL_MISSING, Result.UNKNOWN, reason=r) for r in reasons]
    steps = [s["what"] for s in next_steps(found, _checked(), ghent, instant("2023-04-10", ghent))]
    assert len(steps) == named + denied
    assert sum("Name a target that blocks" in s for s in steps) == named
    assert sum("control_set" in s and "no_target_denies" in s for s in steps) == denied


def test_no_target_that_ships_denies_an_installation() -> None:
    """Where one does, the next step, the reason and the guides say it no longer."""
    kept = {Support.FULL, Support.PARTIAL}
    tools = [t for t in BUILTIN if t.proof is not Proof.WORDS]
    able = {duty for t in tools for (duty, _), support in t.support.items() if support in kept}
    assert able == {Duty.BLOCK_TRAFFIC}


@pytest.mark.parametrize(
    ("result", "reason", "steps"),
    [(Result.UNKNOWN, "mobile_data", 0), (Result.FAIL, "mobile_data", 1), (Result.UNKNOWN, "no_target_blocks", 1)],
)
def test_a_finding_that_was_accepted_asks_for_nothing(
    result: Result, reason: str, steps: int, ghent: Workspace
) -> None:
    """Accepted by its reason until 12 September; nobody accepts what fails."""
    found = Finding(FindingKind.CONTROL_MISSING, result, reason=reason)
    assert len(next_steps([found], _checked(), ghent, instant("2023-09-12T23:59", ghent))) == steps
    assert len(next_steps([found], _checked(), ghent, instant("2023-09-13", ghent))) == 1


def test_every_finding_leads_to_a_step_and_none_punishes(tmp_path: Path) -> None:
    """Ghent's kinds of finding each have theirs; output goes to a person, who talks to a person."""
    folder = body("ghent", tmp_path)
    document = json.loads(run("check", folder, "--as-of", DAYS["ghent"], "--json").out)
    kinds = {f["kind"] for f in document["findings"]}
    elsewhere = {"separation_breach", "review_overdue", "leftover", "not_attested", "attested_otherwise"}
    elsewhere |= {"exemption_lapsed"}
    assert kinds == set(FindingKind) - elsewhere  # test_probing, test_attested and others
    words = " ".join(s["what"] for s in document["next_steps"])
    assert len(document["next_steps"]) >= len(kinds - {"blind_spot"})
    assert not any(word in words.lower() for word in ("sanction", "punish", "disciplin", "dismiss"))


def test_exit_zero_needs_every_blind_spot_accepted(tmp_path: Path) -> None:
    """Diest's silence is accepted until the end of 2023; without that entry, or after its last day, the exit is 4."""
    folder = body("diest", tmp_path)
    assert run("check", folder, "--as-of", "2023-12-31").code == 0
    assert run("check", folder, "--as-of", "2024-01-01").code == 4
    edit(folder / "ordinance.toml", 'what = "not_checked_by_decision"', 'what = "something_else"')
    assert run("check", folder, "--as-of", "2023-12-31").code == 4
