# SPDX-License-Identifier: EUPL-1.2
"""One fact of Ghent's estate or decision is changed, and exactly what it speaks of changes."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

import bodies
from ordinance.model.ruling import Outcome
from ordinance.operations.rulings import class_rulings
from ordinance.operations.workspace import Workspace, open_workspace
from ordinance.policy.resolve import class_of_device

AT = "2023-03-20T12:00"


def outcomes(opened: Workspace, at: datetime) -> dict[str, tuple[str, ...]]:
    """Facts of each class with devices → its outcomes, one for each app and surface."""
    return {
        c.facts: tuple(f"{r.app} {r.surface} {r.outcome} {r.deciding}" for r in c.rulings)
        for c in class_rulings(opened, at)
    }


def device_outcomes(opened: Workspace, at: datetime) -> dict[str, tuple[str, ...]]:
    """Each device → the outcomes of its class."""
    by_facts = outcomes(opened, at)
    classes = {c.device_class.id: by_facts[c.facts] for c in class_rulings(opened, at)}
    day = at.date()
    return {
        d.id: classes[class_of_device(opened.law, opened.estate, d, at, at).id]
        for d in opened.estate.devices_on(day, day)
    }


def changed(tmp_path: Path, file: str, old: str, new: str) -> Workspace:
    """Ghent with every occurrence of one text replaced in one file; the text must be there."""
    folder = bodies.copy_body("ghent", tmp_path)
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return open_workspace(folder).usable()


@pytest.mark.parametrize(
    ("old", "new", "devices", "outcome"),
    [
        pytest.param(",person,0,30,0,mail,user,", ",person,0,0,0,mail,user,", "op-00[1-5]", Outcome.PERMITTED,
                     id="share-30-to-0"),
        pytest.param(",body,100,0,0,internal,managed,windows,", ",person,100,0,0,internal,managed,windows,", "gl-",
                     Outcome.PERMITTED, id="owner"),
        pytest.param(",person,0,,0,mail,user,", ",person,0,1,0,mail,user,", "op-00[67]", Outcome.FORBIDDEN,
                     id="missing-share-stated"),
    ],
)  # fmt: skip
def test_one_fact_changes_exactly_one_class(
    old: str, new: str, devices: str, outcome: Outcome, tmp_path: Path
) -> None:
    """The devices of that class change together, and no other device's ruling moves."""
    before_opened = bodies.workspace("ghent")
    at = bodies.instant(AT, before_opened)
    before = device_outcomes(before_opened, at)
    after = device_outcomes(changed(tmp_path, "estate/devices.csv", old, new), at)
    moved = {d for d in before if before[d] != after[d]}
    class_of = {d: before[d] for d in moved}
    assert moved == {d for d in before if re.match(devices, d)}
    assert len(set(class_of.values())) == 1
    assert all(str(outcome) in line for d in moved for line in after[d] if " app " in line)


def test_another_last_day_moves_only_the_end(tmp_path: Path) -> None:
    """`last_day` instead of six months: the same classes are forbidden until it is over, none after."""
    usual = bodies.workspace("ghent")
    opened = changed(tmp_path, "policies/gent-2023-tiktok.yaml", "for: P6M", "last_day: 2023-06-30")
    during, after = (bodies.instant(t, usual) for t in ("2023-06-30T23:59", "2023-07-01T00:00"))
    assert outcomes(opened, during) == outcomes(usual, during)
    forbidden = {f for f, lines in outcomes(usual, after).items() if any("forbidden" in x for x in lines)}
    moved = {f for f, lines in outcomes(usual, after).items() if outcomes(opened, after)[f] != lines}
    assert forbidden <= moved
    assert not any("forbidden" in line for lines in outcomes(opened, after).values() for line in lines)


def test_a_changed_fact_changes_its_results_only(tmp_path: Path) -> None:
    """With a share of 0 the five own phones leave the rule; every other device's result stays."""
    said = bodies.truth_check("ghent", "inside")
    usual = bodies.workspace("ghent")
    opened = changed(tmp_path, "estate/devices.csv", ",person,0,30,0,mail,user,", ",person,0,0,0,mail,user,")
    before, after = (
        {(r.device, r.duty): (r.result, r.reason) for r in bodies.checked(w, bodies.window(w, said)).results}
        for w in (usual, opened)
    )
    moved = {key[0] for key in before if before[key] != after[key]}
    assert moved == {f"op-{n:03d}" for n in range(1, 6)}
    assert Counter(after[key][1] for key in after if key[0] in moved) == {"out_of_scope": 20}
