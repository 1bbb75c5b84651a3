# SPDX-License-Identifier: EUPL-1.2
"""A body with many policies: twice as many are twice the work, and every one of them is read.

Nothing is timed: calls are counted, so that a busy machine changes nothing.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import FrameType
from zoneinfo import ZoneInfo

import pytest

from bodies import copy_body
from cli.shell import DAYS, process
from ordinance.model.time import start_of
from ordinance.operations.checking import run_check
from ordinance.operations.enforcing import plan
from ordinance.operations.law_lines import policy_lines
from ordinance.operations.workspace import Workspace, open_workspace

AT = start_of(date(2023, 4, 10), ZoneInfo("Europe/Brussels"))
POLICY = """policy: gent-{n:05}
version: "1"
title: Decision {n}
authority: gent
lifecycle: [{{state: in_force, from: 2023-03-13}}]
mirrors: [gent-{following:05}]
restrictions:
  - id: phones
    force: binding
    what: [{{family: tiktok}}]
    surfaces: [app, web]
    devices: {{all: [{{owner: body}}, {{platform: android}}]}}
    people: [staff]
    duties: {{stop_using: at_once, remove: {{within: P14D}}, block_traffic: {{within: P21D}}}}
"""


def _body(folder: Path, many: int) -> Path:
    """Ghent with `many` decisions, each of which follows the next as a model."""
    made = copy_body("ghent", folder)
    for n in range(many):
        text = POLICY.format(n=n, following=n + 1).replace(f"mirrors: [gent-{many:05}]\n", "")
        (made / "policies" / f"gent-{n:05}.yaml").write_text(text, "utf-8")
    return made


def _calls(work: Callable[[], object]) -> int:
    """How many Python functions were called, built-in ones included."""
    count = 0

    def counted(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def _opened(folder: Path) -> Callable[[], Workspace]:
    return lambda: open_workspace(folder).usable()


def _planned(folder: Path) -> Callable[[], object]:
    opened = open_workspace(folder).usable()
    return lambda: plan(opened, AT)


def _checked(folder: Path) -> Callable[[], object]:
    opened = open_workspace(folder).usable()
    return lambda: run_check(opened, AT)


def _said(folder: Path) -> Callable[[], object]:
    opened = open_workspace(folder).usable()
    return lambda: policy_lines(opened, AT)


@pytest.mark.parametrize("given", [_opened, _planned, _checked, _said])
def test_twice_as_many_policies_are_twice_the_work(
    given: Callable[[Path], Callable[[], object]], tmp_path: Path
) -> None:
    """Each policy more costs as much as the one before: what the next ten cost does not grow with those there are."""
    works = [given(_body(tmp_path / str(many), many)) for many in (0, 10, 20, 40)]
    works[0]()  # what is kept for the whole process is kept now
    none, ten, twenty, forty = (_calls(work) for work in works)
    assert ten - none > 0
    assert (forty - twenty) / 2 < 1.1 * (twenty - ten)


@pytest.mark.slow
def test_ten_thousand_policies_are_read_and_the_faulty_ones_found(tmp_path: Path) -> None:
    """Of 10,000 files three have a fault, and exactly these are named."""
    folder = _body(tmp_path, 10_000)
    for n, (old, new) in {7: ("tiktok", "tiktak"), 4999: ("binding", "bindng"), 9999: ("gent\n", "[gent\n")}.items():
        path = folder / "policies" / f"gent-{n:05}.yaml"
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    done = process("lint", folder, "--as-of", DAYS["ghent"], "--json")
    errors = [i for i in json.loads(done.out) if i["severity"] == "error"]
    assert done.code == 3
    assert {(i["file"], i["id"]) for i in errors} == {
        ("policies/gent-00007.yaml", "unknown-family"), ("policies/gent-04999.yaml", "unknown-word"),
        ("policies/gent-09999.yaml", "not-yaml"), ("policies/gent-09998.yaml", "unknown-text"),
    }  # fmt: skip
