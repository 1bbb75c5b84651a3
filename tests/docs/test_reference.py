# SPDX-License-Identifier: EUPL-1.2
"""Reference pages say what the program does, all of it, and nothing that it does not."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import click
import pytest

from cli.shell import DAYS, body, run
from ordinance.cli import _common
from ordinance.cli.main import cli
from ordinance.operations import verdict

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "reference"
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    """The script as a module; it has no .py name because people type it."""
    loader = SourceFileLoader("reference", str(ROOT / "scripts" / "reference"))
    spec = spec_from_loader("reference", loader)
    assert spec
    module = module_from_spec(spec)
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # else a scripts/referencec appears in the checkout
    loader.exec_module(module)
    sys.dont_write_bytecode = writes
    return module


def text(name: str) -> str:
    """A reference page."""
    return (PAGES / name).read_text("utf-8")


def first_cells(page: str) -> list[str]:
    """The first cell of every table row, without its backticks and what follows them."""
    return re.findall(r"^\| `?([^`|\\ ]+)[^|]*\|", page, re.MULTILINE)


def test_no_page_is_out_of_date(reference: ModuleType) -> None:
    """What the script would write is what lies there."""
    for name in ("cli", "issues", "exits", "reports"):
        page = {"exits": "exit-codes"}.get(name, name)
        assert text(f"{page}.md") == getattr(reference, f"{name}_page")(), f"run scripts/reference for {page}.md"


def test_every_lint_has_its_page_and_no_page_is_left_over(reference: ModuleType) -> None:
    """What the script would write about lints lies there, and nothing else does; no lint is explained twice."""
    pages = reference.lint_pages()
    there = {p.relative_to(PAGES).as_posix() for p in (PAGES / "lints").glob("*")} | {"lints.md"}
    assert there == set(pages)
    assert [name for name, page in pages.items() if text(name) != page] == [], "run scripts/reference"
    assert not reference.ISSUES.keys() & reference._lint_pages.meanings().keys()


def test_a_lint_page_shows_what_the_lint_prints() -> None:
    """The message in the page is the program's own, at its place, and every page has one."""
    page = text("lints/unknown-family.md")
    assert 'policies/ours.yaml:7:5: family "tiktak" is not in the catalogue  [unknown-family]' in page
    assert all(f"[{p.stem}]\n" in p.read_text("utf-8") for p in (PAGES / "lints").glob("*.md"))


def test_every_id_of_the_source_has_a_meaning_and_the_reverse(reference: ModuleType) -> None:
    """An id that somebody adds cannot be forgotten, nor one that is gone be kept."""
    assert reference.unexplained() == []
    assert reference.gone() == []


def test_ids_are_found_in_the_source(reference: ModuleType) -> None:
    """Known ones of each kind are among those found; words in docstrings are not."""
    found = reference.ids_in_source()
    some = {"unknown-family", "our-fault", "cannot-read-or-write", "bad-line", "no-target", "shared-with-web"}
    assert some <= set(found)
    assert "policy/lints/names.py" in found["unknown-family"]
    assert len(found) > 100 and "dev-7" not in found


def test_a_new_id_and_a_forgotten_one_are_told(reference: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its meaning taken away an id is named with its file; with its place in the source gone, its meaning is."""
    monkeypatch.delitem(reference.ISSUES, "no-body")
    monkeypatch.setitem(reference.GAPS, "never-heard-of", "Nothing.")
    table = "scripts/reference.toml"
    assert reference.unexplained() == [f'src/ordinance/policy/body.py: "no-body" has no meaning in {table}']
    assert reference.gone() == [f'{table}: "never-heard-of" is not in the source']


def test_every_id_is_on_the_page(reference: ModuleType) -> None:
    """Each once or more, and no other."""
    assert set(first_cells(text("issues.md"))) - {"id", "---"} == reference.explained()


def test_every_verb_and_option_is_on_the_page() -> None:
    """And the reverse: the page names none that the program does not have."""
    sections = dict(re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", text("cli.md"), re.MULTILINE | re.DOTALL))
    assert set(sections) == set(cli.commands)
    for name, section in sections.items():
        options = [p for verb in with_inner(cli.commands[name]) for p in verb.params if isinstance(p, click.Option)]
        assert set(first_cells(section)) - {"option", "---"} == {opt for o in options for opt in o.opts}
        assert all(o.help for o in options), f"an option of {name} says nothing"
        inner = [verb.name for verb in with_inner(cli.commands[name])[1:]]
        assert re.findall(rf"^### {name} (\S+)$", section, re.MULTILINE) == inner


def test_every_exit_code_is_on_the_page_and_in_readme(reference: ModuleType) -> None:
    """The table is the code's own numbers, and README's is the same."""
    used = {0, 2, _common.CANNOT_USE, _common.REFUSED, _common.OUR_FAULT, verdict.FAILS, verdict.NOT_ALL_CHECKED}
    assert {int(c) for c in reference.EXITS} == used | {verdict.DONE}
    row = re.compile(r"^\| (\d+) \| (.+) \|$", re.MULTILINE)
    assert dict(row.findall(text("exit-codes.md"))) == reference.EXITS
    assert dict(row.findall((ROOT / "README.md").read_text("utf-8"))) == reference.EXITS


def test_every_key_of_a_check_is_on_the_page(reference: ModuleType, tmp_path: Path) -> None:
    """The object that a check prints has exactly these keys, in this order."""
    done = run("check", body("ghent", tmp_path), "--as-of", DAYS["ghent"], "--individual", "--json")
    assert list(json.loads(done.out)) == list(reference.KEYS)


def test_every_reason_of_a_check_is_on_the_page(tmp_path: Path) -> None:
    """The three bodies' reasons, and what was not seen there, are explained."""
    known = set(first_cells(text("reports.md")))
    for name, day in DAYS.items():
        found = json.loads(run("check", body(name, tmp_path), "--as-of", day, "--json").out)
        reasons = {part for r in (*found["results"], *found["findings"]) for part in r["reason"].split(",")}
        kinds = {f["kind"] for f in found["findings"]} | {s["what"] for s in found["not_seen"]}
        assert reasons | kinds <= known


def with_inner(verb: click.Command) -> list[click.Command]:
    """A verb and the verbs of its own."""
    return [verb, *(verb.commands.values() if isinstance(verb, click.Group) else ())]


def commands(page: Path) -> list[list[str]]:
    """Every command of a page's examples that begins with the program's name."""
    blocks = re.findall(r"^```(console|sh)\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    lines = [
        line.removeprefix("$ ")
        for kind, block in blocks
        for line in block.replace("\\\n", " ").splitlines()
        if line.startswith("$ ordinance" if kind == "console" else "ordinance ")
    ]
    return [shlex.split(line.partition("  #")[0].partition(" | ")[0].partition(" > ")[0])[1:] for line in lines]


def test_examples_are_found() -> None:
    """The search for examples finds those of the command page, of README and of the first quarter of an hour."""
    assert len(commands(PAGES / "cli.md")) == sum(len(with_inner(verb)) for verb in cli.commands.values())
    assert commands(ROOT / "README.md") and commands(ROOT / "docs" / "start" / "first-quarter-hour.md")


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_in_a_document_can_be_given(page: Path) -> None:
    """Its verb and its options exist, and its values are of their kind; nothing is run."""
    for words in commands(page):
        verb = cli.commands.get(words[0]) if words else None
        assert verb or words[:1] in ([], ["--help"], ["--version"]), f"{page.name}: ordinance {' '.join(words)}"
        if verb and "--help" not in words:
            verb.make_context(words[0], words[1:])  # raises UsageError for what the verb does not have


@pytest.mark.slow
def test_the_script_checks_and_changes_nothing() -> None:
    """As a user starts it: `--check` ends with 0 and leaves the pages alone."""
    before = {p.name: p.stat().st_mtime_ns for p in PAGES.glob("*.md")}
    done = subprocess.run([sys.executable, str(ROOT / "scripts" / "reference"), "--check"], check=False, timeout=60)
    assert done.returncode == 0
    assert {p.name: p.stat().st_mtime_ns for p in PAGES.glob("*.md")} == before


def test_a_stale_page_is_named(
    reference: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1 with the page's name for one that is old and one that is missing; without --check they are written."""
    shutil.copytree(PAGES, tmp_path, dirs_exist_ok=True)
    (tmp_path / "cli.md").write_text("old")
    (tmp_path / "issues.md").unlink()
    monkeypatch.setattr(reference, "PAGES", tmp_path)
    monkeypatch.setattr(sys, "argv", ["reference", "--check"])
    assert reference.main() == 1
    assert [line.split(" ")[0] for line in capsys.readouterr().err.splitlines()] == [
        "docs/reference/cli.md", "docs/reference/issues.md",
    ]  # fmt: skip
    assert (tmp_path / "cli.md").read_text() == "old"
    monkeypatch.setattr(sys, "argv", ["reference"])
    assert reference.main() == 0
    assert (tmp_path / "cli.md").read_text("utf-8") == text("cli.md")
