# SPDX-License-Identifier: EUPL-1.2
"""The project's promises about itself: licence lines, rooms, public names, nothing of somebody's machine in git."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

import ordinance

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ROOT / "src" / "ordinance"
SPDX = "# SPDX-License-Identifier: EUPL-1.2"


def in_git() -> list[Path]:
    """Every file that is in git or about to be; what is ignored (.venv, state, caches) is not ours to judge."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("needs a git checkout: an unpacked sdist cannot say what is in git")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def text_of(path: Path) -> str:
    """A file as text; what is not UTF-8 (samples, archives, pictures) holds no sentences of ours."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def lines_matching(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    """`file:line: text` of every line that matches."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in paths
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if pattern.search(line)
    ]


def without_licence(paths: list[Path]) -> list[str]:
    """Python files whose first or second line (after a `#!`) does not name the licence."""
    return [str(path.relative_to(ROOT)) for path in paths if SPDX not in path.read_text("utf-8").splitlines()[:2]]


def test_every_python_file_names_its_licence() -> None:
    """A file that is copied out of the project still says under which licence."""
    paths = [path for path in in_git() if path.suffix == ".py"]
    assert len(paths) > 20
    assert without_licence(paths) == []


def test_every_shell_script_names_its_licence() -> None:
    """Scripts are source code too."""
    paths = [path for path in in_git() if path.parent.name in ("scripts", ".ci") and path.suffix in ("", ".sh", ".py")]
    assert {"demo", "test", "run"} <= {path.name for path in paths}
    assert without_licence(paths) == []


def test_the_licence_is_whole() -> None:
    """The shipped text is the EUPL 1.2 with its fifteen articles and the appendix, not a summary."""
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert re.findall(r"^(\d+)\.\s?[A-Z]", text, re.MULTILINE) == [str(n) for n in range(1, 16)]
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2\n")
    assert re.search(r"^\s*Appendix$", text, re.MULTILINE)
    assert text.endswith("additions to this Appendix require the production of a new EUPL version.\n")


def test_layers_name_every_room() -> None:
    """A room dropped into src cannot escape the contract about who may import whom."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    named = {room.strip() for layer in layers for room in re.split(r"[|:]", layer)}
    on_disk = {path.stem for path in ROOMS.iterdir() if path.is_dir() or path.suffix == ".py"}
    # __main__ is `python -m ordinance`: the same door as cli, with no room behind it.
    assert named == {room for room in on_disk if not room.startswith("__")}


def test_every_module_says_what_it_is() -> None:
    """A module without a docstring cannot be audited."""
    trees = {path: ast.parse(path.read_text("utf-8")) for path in ROOMS.rglob("*.py")}
    silent = [str(path.relative_to(ROOT)) for path, tree in trees.items() if not ast.get_docstring(tree)]
    assert silent == []


def test_public_names_are_the_listed_ones() -> None:
    """What Python callers may rely on is a list, and only a release changes it."""
    assert ordinance.__all__ == ["__version__"]
    assert all(hasattr(ordinance, name) for name in ordinance.__all__)


def test_no_file_names_a_download_host() -> None:
    """Whoever installs decides where packages come from: pip's and apt's own settings, never a line of ours."""
    host = re.compile(r"://(?:deb|registry|files|index|packages|pypi|ftp|dl)\.|index[-_]url[ =]\S*://", re.IGNORECASE)
    assert lines_matching(host, in_git()) == []


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    """A path that exists on one machine only is a step that works on one machine only."""
    tops = "|".join(("work", "root", "home/[a-z]+", "Users/[A-Za-z]+", "opt/pypi[a-z-]*", "opt/wheels"))
    # Not after a word, a dot or a brace: those are addresses, relative paths and shell variables.
    place = re.compile(rf"(?<![\w.~}})-])/(?:{tops})(?:/|(?=[\s\"'`]))")
    assert lines_matching(place, in_git()) == []


def test_each_silenced_check_has_its_reason() -> None:
    """`# noqa` or `# type: ignore` stands only with the reason beside it."""
    silenced = re.compile(r"#\s*(?:ruff:\s*noqa|noqa|type:\s*ignore|pragma:)")
    reasoned = re.compile(r"#\s*(?:ruff:\s*noqa|noqa|type:\s*ignore|pragma:)[^#]*\s+#\s*\S+\s+\S+")
    sources = [path for path in in_git() if path.suffix == ".py" and path.is_relative_to(ROOMS)]
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if silenced.search(line) and not reasoned.search(line)
    ]
    assert bare == []


def test_each_ignored_rule_has_its_reason() -> None:
    """Every rule that pyproject.toml switches off for ruff says why on the same line."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    section = text.partition("[tool.ruff.lint]")[2].partition("[tool.mypy]")[0]
    entries = re.findall(r'^ {2}"[A-Z]+\d+",(.*)$', section, re.MULTILINE)
    assert entries
    assert [entry for entry in entries if not re.match(r"\s+# \S+ \S+", entry)] == []


def unsaid(path: Path) -> list[str]:
    """Names of test functions of a file that do not say what is true."""
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    functions = (node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for node in functions
        if node.name.startswith("test_") and not ast.get_docstring(node)
    ]


def test_each_test_says_what_is_true() -> None:
    """One sentence a test: who reads a red one knows which promise broke."""
    paths = sorted((ROOT / "tests").rglob("test_*.py"))
    assert [line for path in paths for line in unsaid(path)] == []
