# SPDX-License-Identifier: EUPL-1.2
"""Help: an example first, that runs; and nothing heavy is loaded to show it."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bodies import EXAMPLES
from cli.shell import body, process, run
from ordinance.cli.main import cli

HEAVY = ("jinja2", "yaml", "duckdb", "idna", "icalendar", "dateutil")
ROOMS = ("operations", "report", "verify", "enforce", "readers", "targets", "store", "policy", "catalogue")


def example(verb: str) -> list[str]:
    """The words of a verb's example, without `ordinance`."""
    text = run(verb, "--help").out
    found = re.search(r"\A[^\n]+\n\n  [A-Z][^\n]+\n(?:  [^\n]+\n)*\n  Example:\n    ordinance ([^\n]+)\n", text)
    assert found, f"the help of {verb} does not open with what it does and an example"
    return shlex.split(found[1])


@pytest.mark.parametrize("verb", sorted(cli.commands))
def test_the_example_of_each_help_runs(verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copied as it stands, beside the examples, it does what the verb is for."""
    shutil.copytree(EXAMPLES, tmp_path / "examples", ignore=shutil.ignore_patterns(".ordinance"))
    monkeypatch.chdir(tmp_path)
    words = example(verb)
    assert words[0] == verb
    if "--out" in words and words[words.index("--out") + 1].startswith("/tmp/"):  # noqa: S108  # the help's own example
        words[words.index("--out") + 1] = str(tmp_path / "bundle")
    if verb in {"report", "findings", "reveal", "access", "erase"}:
        run("check", words[2] if verb == "findings" else words[1], "--as-of", "2023-04-10")
    if verb == "bundle":
        run("build", "examples/ghent", "--as-of", "2023-04-10", "--out", tmp_path / "bundle")
        words[words.index("/tmp/ghent-bundle")] = str(tmp_path / "bundle")  # noqa: S108  # the help's own example
    done = run(*words)
    # There is something to decide; nobody listens at the address of the example; nobody has its pseudonym.
    assert done.code == {"check": 1, "watch": 1, "campaigns": 1, "probe": 4, "reveal": 1}.get(verb, 0), done.err
    assert done.out or verb in {"report", "lint", "reveal", "privacy"}


def test_the_programs_own_help_begins_with_an_example() -> None:
    """What a person types first leads on."""
    text = run("--help").out
    assert re.search(r"^  Example:\n    ordinance demo$", text, re.MULTILINE)
    assert all(f"\n  {verb} " in text for verb in cli.commands)


def _loaded(statement: str, cwd: Path | None = None) -> set[str]:
    program = f"import sys\n{statement}\nprint('LOADED', *sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], cwd=cwd, capture_output=True, text=True, check=True)
    return set(done.stdout.partition("LOADED")[2].split())


def _called(*words: str) -> str:
    return (
        "from ordinance.cli.main import cli\n"
        f"try:\n    cli.main({list(words)!r}, prog_name='ordinance')\n"
        "except SystemExit:\n    pass"
    )


@pytest.mark.parametrize("statement", ["import ordinance.cli", _called("--help"), _called("check", "--help")])
def test_help_loads_no_room(statement: str) -> None:
    """Neither rooms that do the work nor the packages they need."""
    loaded = _loaded(statement)
    assert {m for m in loaded if m.partition(".")[0] in HEAVY} == set()
    assert {m for m in loaded if m.startswith(tuple(f"ordinance.{room}" for room in ROOMS))} == set()


def test_lint_and_explain_load_no_report(tmp_path: Path) -> None:
    """Questions about the text wait for no templates; a check does load them, so the test can tell."""
    body("ghent", tmp_path)
    for words in (["lint", "ghent"], ["explain", "ghent", "--device", "op-001", "--as-of", "2023-04-10"]):
        loaded = _loaded(_called(*words), tmp_path)
        assert "ordinance.operations.workspace" in loaded
        assert {"jinja2", "duckdb", "ordinance.report.html", "ordinance.verify.check"} & loaded == set()
    assert "jinja2" in _loaded(_called("check", "ghent", "--as-of", "2023-04-10"), tmp_path)


def test_the_version_is_said() -> None:
    """`--version` names program and version."""
    assert re.fullmatch(r"ordinance, version \d+\.\d+\.\d+\n", process("--version").out)
