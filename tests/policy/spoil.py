# SPDX-License-Identifier: EUPL-1.2
"""Example bodies with faults put in: what stands where is changed, and every issue of the law is collected."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from ordinance.catalogue.load import load
from ordinance.model.errors import Issue, PolicyError, Severity
from ordinance.policy.body import load_body
from ordinance.policy.lint import lint
from ordinance.policy.load import load_law

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
GENT = "policies/gent-2023-tiktok.yaml"
OVERLAY = "policies/diest-incident-overlay.yaml"
TALLINN = "policies/tallinn-2024-tiktok.yaml"
EXEMPTION = "exemptions/channel-devices.yaml"
ANSWER = "answers/ee-ria.yaml"
AUTHORITIES = "authorities.yaml"
BODY = "ordinance.toml"
Change = Callable[[Path], object]


@dataclass(frozen=True)
class Row:
    """One fault: the body, what is done to it, and the only issue that must come of it.

    `place` is `file:line:column`, or the file alone; `says` and `hint` are parts of the message and of the hint.
    """

    name: str
    body: str
    change: Change
    place: str
    id: str
    says: str
    hint: str = ""
    warning: bool = False


def put(file: str, old: str, new: str) -> Change:
    """Replace a text that stands there exactly once."""

    def change(folder: Path) -> None:
        text = (folder / file).read_text("utf-8")
        assert text.count(old) == 1, (file, old, text.count(old))
        (folder / file).write_text(text.replace(old, new), "utf-8")

    return change


def write(file: str, content: str | bytes) -> Change:
    """A file of its own."""

    def change(folder: Path) -> None:
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_bytes(content.encode() if isinstance(content, str) else content)

    return change


def both(*changes: Change) -> Change:
    """Several changes."""

    def change(folder: Path) -> None:
        for one in changes:
            one(folder)

    return change


def copy(name: str, folder: Path) -> Path:
    """The files of an example body that say what holds there."""
    chosen = shutil.ignore_patterns("estate", "inventory", "logs", ".ordinance", "truth.toml")
    return Path(shutil.copytree(EXAMPLES / name, folder / name, ignore=chosen))


def issues_of(folder: Path, *, linted: bool = True) -> tuple[Issue, ...]:
    """Everything that is wrong with a body's settings and law, or only what reading the files shows."""
    try:
        body = load_body(folder)
    except PolicyError as error:
        return error.issues
    law, issues = load_law(folder, body.id, body.zone)
    return tuple(sorted({*issues, *lint(law, load(), body)})) if linted else issues


def assert_row(row: Row, folder: Path, *, linted: bool = True) -> None:
    """The fault gives its issue, at its place, with its words, and no other."""
    spoiled = copy(row.body, folder)
    row.change(spoiled)
    found = issues_of(spoiled, linted=linted)
    assert [(place_of(i), i.id) for i in found] == [(row.place, row.id)], "\n".join(map(str, found))
    (issue,) = found
    assert row.says in issue.message
    assert row.hint in issue.hint
    assert bool(row.hint) == bool(issue.hint)
    assert issue.severity is (Severity.WARNING if row.warning else Severity.ERROR)
    assert str(issue).startswith(f"{row.place}: ")


def place_of(issue: Issue) -> str:
    """`file:line:column`, or the file where there is no line."""
    return f"{issue.file}:{issue.line}:{issue.column}" if issue.line else issue.file


def table(rows: Iterable[Row]) -> pytest.MarkDecorator:
    """One test a row, called by its name."""
    rows = tuple(rows)
    assert len({r.name for r in rows}) == len(rows)
    return pytest.mark.parametrize("row", rows, ids=[r.name for r in rows])
