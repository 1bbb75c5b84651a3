# SPDX-License-Identifier: EUPL-1.2
"""What each verb may load: a budget of modules, and the packages and rooms it must do without.

Nothing is timed here: seconds say more of the machine than of the program, and modules are what the seconds at the
start are made of. Seconds and memory: docs/explain/speed.md.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from bodies import EXAMPLES
from ordinance.cli.main import cli

PARTS = Path(__file__).resolve().parents[2] / "scripts" / "bench_startup"
PACKAGES = frozenset({
    *("PIL", "av", "cryptography", "cv2", "dateutil", "dns", "duckdb", "icalendar", "idna", "jinja2"),
    *("numba", "numpy", "polars", "pyarrow", "typst", "yaml"),
})
# The room of the readers counts as loaded where the list of all of them is: the estate's own files are read alone.
ROOMS = {
    **{room: f"ordinance.{room}" for room in ("airlock", "enforce", "report", "review", "separation", "store")},
    **{room: f"ordinance.{room}" for room in ("targets", "verify")},
    "readers": "ordinance.readers._installed",
}
# Of each verb with the words of its help's example: how many modules of ours it may load at most, and which packages
# and rooms. A new verb needs a row. A number that grows is a question: does everybody who asks this need that?
BUDGETS: dict[str, tuple[int, str]] = {
    "--help": (70, ""),
    "access": (180, "idna yaml readers report review store targets verify"),
    "airlock approve": (190, "idna yaml airlock readers review separation store targets"),
    "airlock lint": (30, "airlock"),
    "airlock list": (130, "idna yaml airlock store"),
    "airlock platforms": (30, "airlock"),
    "airlock posted": (290, "idna jinja2 yaml airlock enforce readers report review separation store targets verify"),
    "airlock prepare": (60, "airlock store"),
    "airlock release": (300, "idna jinja2 yaml airlock enforce readers report review separation store targets verify"),
    "airlock verify-log": (130, "idna yaml airlock store"),
    "airlock withdraw": (130, "idna yaml airlock store"),
    "apps effect": (170, "idna yaml enforce readers store targets"),
    "apps export": (60, "idna yaml report store"),
    "apps identify": (50, "idna"),
    "apps import": (60, "idna yaml store"),
    "apps lint": (60, "idna yaml store"),
    "apps list": (50, "idna yaml"),
    "apps show": (50, "idna yaml"),
    "build": (170, "idna yaml enforce readers store targets"),
    "bundle key": (140, "cryptography idna yaml enforce store targets"),
    "bundle show": (140, "idna yaml enforce store targets"),
    "bundle sign": (140, "cryptography idna yaml enforce store targets"),
    "bundle verify": (140, "cryptography idna yaml enforce store targets"),
    "campaigns": (120, "idna jinja2 yaml report review"),
    "cascade": (120, "idna jinja2 yaml report review"),
    "cases": (120, "idna jinja2 yaml report review"),
    "channels claims": (60, "jinja2 yaml report review"),
    "channels due": (280, "idna jinja2 yaml enforce readers report review separation store targets verify"),
    "channels import": (180, "idna yaml readers review separation store targets"),
    "channels lint": (200, "idna yaml readers review separation store targets verify"),
    "channels list": (210, "idna jinja2 yaml readers report review separation store targets verify"),
    "channels reach": (60, "yaml review"),
    "channels review": (80, "jinja2 yaml report review"),
    "channels show": (210, "idna jinja2 yaml readers report review separation store targets verify"),
    "check": (230, "idna jinja2 yaml enforce readers report review store targets verify"),
    "compare": (110, "idna yaml report"),
    "demo": (320, "idna jinja2 yaml airlock enforce readers report review separation store targets verify"),
    "device check": (260, "idna jinja2 yaml enforce readers report review separation store targets verify"),
    "device list": (260, "idna jinja2 yaml enforce readers report review separation store targets verify"),
    "device profiles": (120, "idna jinja2 yaml report separation"),
    "device show": (260, "idna jinja2 yaml enforce readers report review separation store targets verify"),
    "directives": (60, "idna yaml"),
    "directives show": (70, "idna yaml report"),
    "due": (190, "idna yaml readers report review store targets verify"),
    "effect": (210, "idna jinja2 yaml readers report review separation store targets verify"),
    "erase": (130, "idna yaml report review store verify"),
    "evaluate": (230, "idna jinja2 yaml enforce readers report review store targets verify"),
    "explain": (110, "idna yaml"),
    "findings draft": (230, "idna jinja2 yaml enforce readers report review store targets verify"),
    "findings list": (230, "idna jinja2 yaml enforce readers report review store targets verify"),
    "findings tickets": (240, "idna jinja2 yaml enforce readers report review store targets verify"),
    "init": (140, "idna yaml readers report store targets verify"),
    "ledger": (110, "idna yaml store"),
    "lint": (170, "idna yaml readers report review store targets verify"),
    "plan": (170, "idna yaml enforce readers store targets"),
    "privacy": (240, "idna jinja2 yaml enforce readers report review store targets verify"),
    "probe": (190, "dns idna yaml enforce readers report review store targets verify"),
    "purge": (120, "idna yaml airlock store"),
    "read": (240, "idna jinja2 yaml enforce readers report review store targets verify"),
    "report": (230, "idna jinja2 yaml enforce readers report review store targets verify"),
    "reveal": (160, "idna yaml readers review store targets"),
    "rulings": (100, "idna yaml"),
    "sources detect": (90, "idna readers store"),
    "sources list": (90, "idna readers store"),
    "targets": (60, "targets"),
    "targets sheet": (170, "idna yaml enforce readers store targets"),
    "test": (160, "idna yaml readers report store targets verify"),
    "watch": (240, "idna jinja2 yaml enforce readers report review store targets verify"),
}


def _verbs() -> ModuleType:
    sys.path.insert(0, str(PARTS))
    try:
        return importlib.import_module("verbs")
    finally:
        sys.path.remove(str(PARTS))


WORDS: dict[str, list[str]] = {"--help": ["--help"], **dict(_verbs().verbs(cli))}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in which the examples run."""
    made = tmp_path_factory.mktemp("budget")
    _verbs().prepare(made, EXAMPLES)
    yield made


def test_every_verb_has_a_budget() -> None:
    """One that is new cannot be forgotten, and one that is gone leaves no row."""
    assert set(BUDGETS) == set(WORDS)


@pytest.mark.parametrize("verb", sorted(WORDS))
def test_a_verb_loads_no_more_than_its_budget(verb: str, folder: Path) -> None:
    """Neither more modules of ours, nor a package or a room that its row lacks; and the row is no blank cheque."""
    most, allowed = BUDGETS[verb]
    loaded = _loaded(folder, WORDS[verb])
    ours = [m for m in loaded if m.startswith("ordinance.")]
    heavy = PACKAGES & {m.partition(".")[0] for m in loaded} | {r for r, module in ROOMS.items() if module in loaded}
    assert heavy - set(allowed.split()) == set(), f"{verb} loads what its row does not name"
    assert most // 2 < len(ours) <= most, f"{verb} loads {len(ours)} modules of ours, its row says {most}"


def test_one_verb_does_not_load_the_others(folder: Path) -> None:
    """Nobody waits for the options of a verb that was not asked for; the program's own help needs them all."""
    verbs = {"ordinance.cli.airlock", "ordinance.cli.channels", "ordinance.cli.device"}
    assert verbs & _loaded(folder, WORDS["explain"]) == set()
    assert verbs <= _loaded(folder, ["--help"])


def test_installed_packages_are_looked_through_once(folder: Path) -> None:
    """However many sources a body has: each look costs a file a package. Lint asks for lints, readers and targets."""
    program = (
        "import collections, importlib.metadata as metadata\n"
        "asked, found = collections.Counter(), metadata.entry_points\n"
        "metadata.entry_points = lambda *, group: asked.update([group]) or found(group=group)\n"
        f"import sys; sys.path.insert(0, {str(PARTS)!r}); sys.argv = {['ours.py', str(folder), *WORDS['lint']]!r}\n"
        "import runpy; runpy.run_module('ours', run_name='__main__')\n"
        "print(dict(sorted(asked.items())), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1:] == ["{'ordinance.lints': 1, 'ordinance.readers': 1, 'ordinance.targets': 1}"]


def _loaded(folder: Path, words: list[str]) -> set[str]:
    command = [sys.executable, str(PARTS / "ours.py"), str(folder), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    # A missing file is said, at the cost of what says so; a misuse or a fault of ours would measure nothing.
    assert said["code"] in {0, 1, 3, 4}, done.stderr
    return set(said["loaded"])
