# SPDX-License-Identifier: EUPL-1.2
"""The script that breaks the program: its table fits the code, and it cannot be fooled into seeing red."""

from __future__ import annotations

import re
import shutil
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

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


@pytest.fixture
def worker(break_it: ModuleType) -> Iterator[Any]:
    """A copy of src with the process that breaks it."""
    one = break_it.Worker()
    yield one
    one.close()


SETTINGS = ("tests/targets/test_settings.py::test_settings_reach_the_zone",)


def planted(break_it: ModuleType, code: str) -> object:
    """A break that runs a line whenever our code is imported."""
    old = '__version__ = "'
    return replace(break_it.read_table()[0], file="__init__.py", old=old, new=f"{code}\n{old}", tests=SETTINGS)


@pytest.mark.slow
def test_a_break_is_red_and_leaves_nothing_behind(break_it: ModuleType, worker: Any) -> None:
    """A whole round: green unbroken, red with the break, and green again in the same copy without it."""
    good = break_it.read_table()[0]
    colours = [[o.colour for o in worker.run(b, SETTINGS)] for b in (None, good, None, good, None)]
    assert colours == [["green"], ["red"], ["green"], ["red"], ["green"]]


@pytest.mark.slow
def test_a_break_reaches_its_tests_in_every_room(break_it: ModuleType, worker: Any) -> None:
    """What is loaded before a break is below it: a row of each room is red, and so is one at the bottom afterwards."""
    rows = {b.file.partition("/")[0]: b for b in break_it.read_table() if len(b.tests) == 1 and "/" in b.file}
    assert {"model", "policy", "readers", "targets", "operations", "cli"} <= set(rows)
    for room in (*rows, "model"):
        assert [o.colour for o in worker.run(rows[room], rows[room].tests)] == ["red"], rows[room].name


@pytest.mark.slow
def test_tests_can_be_asked_where_nothing_is_loaded(break_it: ModuleType, worker: Any) -> None:
    """A test that must find none of our code loaded is not called red for it, and its breaks are tried there too."""
    good = break_it.read_table()[0]
    colours = [[o.colour for o in worker.run(b, SETTINGS, alone=True)] for b in (None, good, None)]
    assert colours == [["green"], ["red"], ["green"]]


@pytest.mark.slow
def test_one_red_case_is_enough_but_each_named_one_is_asked(break_it: ModuleType, worker: Any) -> None:
    """After its first red case a named test's others are passed over; a case that is named itself never is."""
    whole = "tests/readers/test_squid_log.py::test_what_became_of_a_request"
    case = f"{whole}[NONE_NONE/503-HIER_DIRECT/203.0.113.7-nothing]"
    other = f"{whole}[TCP_MISS/500-HIER_DIRECT/203.0.113.7-nothing]"
    (row,) = (b for b in break_it.read_table() if b.name == "readers-squid-log-server-is-contact")
    found = [[(o.colour, len(o.failed)) for o in worker.run(row, t)] for t in ((whole,), (case, other))]
    assert found == [[("red", 1)], [("red", 1), ("red", 1)]]


@pytest.mark.slow
def test_a_run_that_would_import_the_checkout_is_ended(worker: Any) -> None:
    """The guard looks where our code comes from: an installed one in the copy's place would make breaks survive."""
    shutil.rmtree(worker.copy / "ordinance")
    (worker.copy / "ordinance").mkdir()
    (worker.copy.parent / "ordinance.py").write_text("", encoding="utf-8")
    (outcome,) = worker.run(None, SETTINGS)
    assert (outcome.colour, outcome.failed[0]) == ("broken", "pytest ended with 99")


@pytest.mark.slow
def test_a_break_that_never_ends_is_ended_and_not_noticed(break_it: ModuleType, worker: Any) -> None:
    """A test that waits for ever has asserted nothing, and the next break has its turn."""
    (outcome,) = worker.run(planted(break_it, "while True: pass"), SETTINGS, limit_s=2)
    assert (outcome.colour, outcome.failed[0]) == ("broken", "no end in 2 s")
    assert [o.colour for o in worker.run(None, SETTINGS)] == ["green"]


@pytest.mark.slow
def test_what_a_break_writes_into_the_copy_reaches_no_other(break_it: ModuleType, worker: Any) -> None:
    """A copy that was changed is thrown away, and that is said."""
    left = worker.copy / "ordinance" / "left.txt"
    (outcome,) = worker.run(planted(break_it, f"open({str(left)!r}, 'w').close()"), SETTINGS)
    assert (outcome.colour, outcome.failed[-1]) == ("broken", "a test changed the copy of src/")
    assert [o.colour for o in worker.run(None, SETTINGS)] == ["green"]
    assert not (worker.copy / "ordinance" / left.name).exists()


@pytest.mark.slow
def test_a_process_that_ended_is_said_and_started_anew(break_it: ModuleType, worker: Any) -> None:
    """A break that ends the process above its own is no reason to call the next one broken."""
    (outcome,) = worker.run(planted(break_it, "import os; os.kill(os.getppid(), 9)"), SETTINGS)
    assert (outcome.colour, outcome.failed[0]) == ("broken", "the process that runs the tests ended")
    assert [o.colour for o in worker.run(None, SETTINGS)] == ["green"]


def test_tests_of_a_file_are_asked_together(break_it: ModuleType) -> None:
    """Each test is asked once unbroken, with the others of its file."""
    assert break_it.by_file(["b.py::y", "a.py::x", "b.py::x[1]"]) == [("a.py::x",), ("b.py::x[1]", "b.py::y")]
