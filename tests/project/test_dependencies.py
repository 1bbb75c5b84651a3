# SPDX-License-Identifier: EUPL-1.2
"""Dependencies: what pyproject.toml asks for, what dependencies.md explains and what the pinned lists hold agree."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PINNED_FULL = ROOT / ".ci" / "constraints.txt"
PINNED_DEMO = ROOT / ".ci" / "constraints-demo.txt"
PINNED_RUN = ROOT / ".ci" / "constraints-run.txt"
WANTED = {
    "What the program needs": PROJECT["project"]["dependencies"],
    "What building needs": PROJECT["build-system"]["requires"],
    "What the tests need": PROJECT["project"]["optional-dependencies"]["test"],
    "What rebuilding pictures and videos needs": PROJECT["project"]["optional-dependencies"]["media"],
    "What large estates need": PROJECT["project"]["optional-dependencies"]["large"],
    "What the benchmark compares with": PROJECT["project"]["optional-dependencies"]["bench"],
    "What many machines need": PROJECT["project"]["optional-dependencies"]["cluster"],
    "What object stores need": PROJECT["project"]["optional-dependencies"]["objects"],
    "What a release needs": PROJECT["project"]["optional-dependencies"]["release"],
}


def plain(requirement: str) -> str:
    """The name alone, as package indexes compare it: `import_linter>=2.1` and `import-linter` are one."""
    name = re.split(r"[\s<>=!~;\[]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def explained() -> dict[str, list[list[str]]]:
    """Heading → rows of its table in dependencies.md, each a list of cells."""
    text = (ROOT / "docs" / "development" / "dependencies.md").read_text("utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    return {
        section.partition("\n")[0]: [
            [cell.strip() for cell in line.strip("|").split("|")]
            for line in section.splitlines()
            if line.startswith("| `")
        ]
        for section in sections
    }


def pins(path: Path) -> dict[str, tuple[str, int]]:
    """Name → (version and marker, number of hashes) of a pinned list."""
    found: dict[str, tuple[str, int]] = {}
    name = ""
    for line in path.read_text("utf-8").splitlines():
        if pinned := re.match(r"([a-z0-9._-]+)==(\S+( ;.*?)?) \\$", line):
            name = plain(pinned[1])
            name = f"{name} {pinned[2]}" if name in found else name  # one version for each of several Pythons
            found[name] = (pinned[2], 0)
        elif re.match(r" {4}--hash=sha256:[0-9a-f]{64}( \\)?$", line):
            found[name] = (found[name][0], found[name][1] + 1)
        else:
            assert line.startswith("#"), f"{path.name}: not a pin, a hash or a comment: {line}"
    return found


@pytest.mark.parametrize("heading", WANTED)
def test_each_dependency_is_explained_and_nothing_else_is(heading: str) -> None:
    """A dependency is a decision: added or dropped in pyproject.toml, it is added or dropped in dependencies.md."""
    rows = explained()[heading]
    assert sorted(plain(row[0].strip("`")) for row in rows) == sorted(map(plain, WANTED[heading]))


def test_each_explanation_is_whole() -> None:
    """Purpose, licence, upkeep, size and what was rejected are said for every dependency."""
    rows = [row for heading in WANTED for row in explained()[heading]]
    assert len(rows) >= 10
    assert [row[0] for row in rows if len(row) != 6 or not all(row)] == []


@pytest.mark.parametrize("path", [PINNED_RUN, PINNED_DEMO, PINNED_FULL], ids=lambda path: path.name)
def test_every_pin_has_hashes(path: Path) -> None:
    """pip can tell a changed file from the one that was reviewed, for each package of the list."""
    found = pins(path)
    assert len(found) > 5
    assert [name for name, (_, hashes) in found.items() if hashes == 0] == []


def test_pins_cover_what_is_asked_for() -> None:
    """Every dependency is in its list: the program's and the build's, what the demo shows, and what the tests need."""
    run, demo, full = pins(PINNED_RUN), pins(PINNED_DEMO), pins(PINNED_FULL)
    asked = {plain(name) for heading in ("What the program needs", "What building needs") for name in WANTED[heading]}
    assert asked <= run.keys()
    assert {plain(name) for name in WANTED["What rebuilding pictures and videos needs"]} <= demo.keys()
    assert {plain(name) for name in WANTED["What the tests need"]} <= full.keys()


@pytest.mark.parametrize(
    ("short", "long"), [(PINNED_RUN, PINNED_DEMO), (PINNED_DEMO, PINNED_FULL)], ids=["run", "demo"]
)
def test_each_list_is_a_part_of_the_next(short: Path, long: Path) -> None:
    """demo and test share one .venv, so the shorter list is a part of the longer one, hash by hash.

    Where a test tool needs a package on every Python, the longer list has no marker.
    """
    run, full = pins(short), pins(long)
    bare = {name for name, (version, _) in full.items() if ";" not in version}
    wanted = {n: (version.partition(" ;")[0] if n in bare else version, hashes) for n, (version, hashes) in run.items()}
    assert {name: full.get(name) for name in run} == wanted
    assert len(full) > len(run)
