# SPDX-License-Identifier: EUPL-1.2
"""Every reader has a page that says what its module says: no more reasons for a reject, and no fewer."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pytest

from ordinance.readers import BUILTIN, LEASES, LeaseReader, Reader

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "reference" / "readers"
INDEX = ROOT / "docs" / "reference" / "readers.md"
FAULTS_OF_FILES = {"bad-encoding", "line-too-long", "unreadable-file", "wide-zstd-window"}
FAULTS_OF_FILES |= {f"{how}-{form}" for how in ("truncated", "corrupt") for form in ("gzip", "zstd")}
PARTS = ("What is read and kept", "What may be concluded", "Rejects", "Rotation")

each_reader = pytest.mark.parametrize("kind", [*BUILTIN, *LEASES], ids=lambda r: r.id)
Kind = type[Reader] | type[LeaseReader]


def listed(kind: Kind) -> set[str]:
    """The reasons in the item `rejected` of the module's docstring."""
    words = sys.modules[kind.__module__].__doc__ or ""
    item = re.search(r"^- rejected: (.*?)(?=^- |\n\n)", words, re.MULTILINE | re.DOTALL)
    assert item is not None
    return set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", item[1]))


def rows(page: str, heading: str) -> list[str]:
    """The first cells of the tables under a heading, without their heads."""
    part = page.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return [row.split("|")[1] for row in re.findall(r"^\|.*\|$", part, re.MULTILINE)][2:]


@each_reader
def test_a_page_has_the_parts_that_people_look_for(kind: Kind) -> None:
    """What to write into the settings, what is kept, what follows from it, rejects, rotation; and the reader's id."""
    page = (PAGES / f"{kind.id}.md").read_text("utf-8")
    assert page.startswith(f"# Reader `{kind.id}`: ")
    assert f'reader = "{kind.id}"' in page
    heads = re.findall(r"^## (.+)$", page, re.MULTILINE)
    assert [part for part in PARTS if part not in heads] == []


@each_reader
def test_a_page_lists_the_rejects_of_its_reader(kind: Kind) -> None:
    """Exactly those that the module names; faults of the file itself may be among them."""
    page = (PAGES / f"{kind.id}.md").read_text("utf-8")
    said = {reason for cell in rows(page, "Rejects") for reason in re.findall(r"`([a-z-]+)`", cell)}
    assert len(listed(kind)) >= 3
    assert said - FAULTS_OF_FILES == listed(kind)


@each_reader
def test_every_reject_has_a_meaning(kind: Kind) -> None:
    """Each stands in the reference of ids."""
    table = tomllib.loads((ROOT / "scripts" / "reference.toml").read_text("utf-8"))["rejects"]
    assert listed(kind) - table.keys() == set()


@each_reader
def test_a_reader_is_in_the_index(kind: Kind) -> None:
    """With the kind of its evidence, if it gives any, and with what it was shown."""
    (row,) = re.findall(rf"^\| \[?`{kind.id}`.*$", INDEX.read_text("utf-8"), re.MULTILINE)
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert all(cells)
    if kind in BUILTIN:
        assert cells[2] == f"`{kind.evidence}`"  # type: ignore[union-attr]  # a reader of leases has none


def test_the_index_knows_the_faults_of_files() -> None:
    """Those that no page repeats stand once."""
    cells = rows(INDEX.read_text("utf-8"), "Faults in a file")
    assert {reason for cell in cells for reason in re.findall(r"`([a-z-]+)`", cell)} == FAULTS_OF_FILES


def test_no_page_is_left_over() -> None:
    """A page of a reader that is gone would promise what nothing keeps."""
    assert {p.stem for p in PAGES.glob("*.md")} == {kind.id for kind in (*BUILTIN, *LEASES)}
