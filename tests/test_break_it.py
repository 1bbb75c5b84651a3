# SPDX-License-Identifier: EUPL-1.2
"""The script that breaks the program: its table fits the code, and it cannot be fooled into seeing red."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def break_it() -> ModuleType:
    """The script as a module; it has no .py name because people type it."""
    loader = SourceFileLoader("break_it", str(ROOT / "scripts" / "break-it"))
    spec = spec_from_loader("break_it", loader)
    assert spec
    module = module_from_spec(spec)
    sys.modules["break_it"] = module  # dataclasses look their own module up
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # else a scripts/break-itc appears in the checkout
    loader.exec_module(module)
    sys.dont_write_bytecode = writes
    return module


def report(*children: str) -> list[ET.Element]:
    return [ET.fromstring(f'<testcase classname="targets.test_x" name="test_y[{n}]">{c}</testcase>')  # noqa: S314  # ours
            for n, c in enumerate(children)]  # fmt: skip


def test_every_break_can_be_made(break_it: ModuleType) -> None:
    """The text that each row replaces stands in its file once: a change of the code takes its breaks along."""
    breaks = break_it.read_table()
    assert len(breaks) >= 5
    assert [fault for b in breaks for fault in break_it.faults(b)] == []
    assert len({b.name for b in breaks}) == len(breaks)


def test_every_named_test_exists(break_it: ModuleType) -> None:
    """A test that was renamed takes its name in the table along."""
    named = {t.partition("::")[::2] for b in break_it.read_table() for t in b.tests}
    for file, name in named:
        last = name.rpartition("::")[2].partition("[")[0]
        assert re.search(rf"^ *def {last}\(", (ROOT / file).read_text("utf-8"), re.MULTILINE), f"{file}::{name}"


def test_a_row_that_does_not_fit_is_a_fault(break_it: ModuleType) -> None:
    """Text that is not there, or twice, a file that is gone, no test, no change: each is said."""
    good = break_it.read_table()[0]
    bad = [
        replace(good, old="this text is nowhere"), replace(good, old="\n"), replace(good, file="targets/gone.py"),
        replace(good, tests=()), replace(good, new=good.old),
    ]  # fmt: skip
    assert [len(break_it.faults(b)) for b in bad] == [1] * 5


@pytest.mark.parametrize(
    ("children", "colour"),
    [
        (("",), "green"), (("<failure/>",), "red"), (("", "<failure/>"), "red"), (("<error/>",), "broken"),
        ((), "broken"), (("<skipped/>",), "skipped"), (("", "<skipped/>"), "green"), (("", "<error/>"), "broken"),
    ],
)  # fmt: skip
def test_only_a_failed_test_is_red(break_it: ModuleType, children: tuple[str, ...], colour: str) -> None:
    """An error in set-up, a skipped test or no test at all never counts as noticed."""
    assert break_it.judge("tests/targets/test_x.py::test_y", report(*children)).colour == colour


def test_a_break_is_noticed_when_no_named_test_stays_green(break_it: ModuleType) -> None:
    """One green test among the named ones means that the break survived it; a skipped one alone proves nothing."""
    def noticed(*colours: str) -> bool:
        return bool(break_it.noticed([break_it.Outcome("t", c, ()) for c in colours]))

    assert noticed("red") and noticed("red", "skipped")
    assert not (noticed("red", "green") or noticed("skipped") or noticed("red", "broken") or noticed())


def test_cases_are_matched_to_the_named_test_only(break_it: ModuleType) -> None:
    """`test_y` does not take the result of `test_y_too`, nor of its namesake in another file."""
    (case,) = report("")
    assert break_it.belongs(case, "tests/targets/test_x.py::test_y")
    assert break_it.belongs(case, "tests/targets/test_x.py::test_y[0]")
    assert not break_it.belongs(case, "tests/targets/test_x.py::test_y[1]")
    assert not break_it.belongs(case, "tests/targets/test_x.py::test_")
    assert not break_it.belongs(case, "tests/targets/test_z.py::test_y")


@pytest.mark.slow
def test_a_run_imports_the_copy_and_tells_red_from_green(break_it: ModuleType, tmp_path: Path) -> None:
    """A whole round: the unbroken copy is green, and the guard ends a run that would import the checkout instead."""
    test = ("tests/targets/test_settings.py::test_settings_reach_the_zone",)
    good = break_it.read_table()[0]
    assert [o.colour for o in break_it.run(None, test)] == ["green"]
    assert [o.colour for o in break_it.run(good, test)] == ["red"]
    (tmp_path / "break_it_guard.py").write_text(break_it.GUARD, encoding="utf-8")
    (outcome,) = break_it.pytest(tmp_path, tmp_path / "nothing-here", test)
    assert (outcome.colour, outcome.failed[0]) == ("broken", "pytest ended with 99")
