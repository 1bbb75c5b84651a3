# SPDX-License-Identifier: EUPL-1.2
"""What a person should look at again: said where it stands, and never for nothing."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from catalogue.small import frame
from ordinance.catalogue.lint import WARNINGS, lint_folder
from ordinance.catalogue.load import DATA
from ordinance.model.errors import PolicyError, Severity

DAY = date(2026, 11, 26)
POPULAR = Path(__file__).parent / "popular.txt"
FAMILY = """\
id = "clip"
name = "Clip"
vendor = "Clip Ltd."
few_app_only = "no_source"
[cites.list]
title = "A list"
licence = "MIT"
[[members]]
id = "clip"
name = "Clip"
"""
GROUP = """
[[members.identifiers]]
kind = "domain"
role = "{role}"
confidence = "{confidence}"
seen = {seen}
cites = ["list"]
values = {values}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A catalogue with one family and nothing in it."""
    return frame(tmp_path)


def warned(folder: Path, *groups: tuple[str, str], head: str = FAMILY, popular: tuple[str, ...] = ()) -> list[str]:
    text = head
    for role, values in groups:
        text += GROUP.format(role=role, confidence="medium", seen="2026-01-01", values=values)
    (folder / "clip.toml").write_text(text)
    found = lint_folder(folder, DAY, popular)[1]
    assert {i.severity for i in found} <= {Severity.WARNING}
    return [f"{i.file}:{i.line}:{i.id}" for i in found]


def test_a_sound_family_gets_no_warning(folder: Path) -> None:
    """Names of the app beside those of the site."""
    assert warned(folder, ("app_only", '["api.clip.example"]'), ("web", '["clip.example"]')) == []


def test_a_name_of_the_app_above_one_of_the_site(folder: Path) -> None:
    """Blocking the first blocks the second: said at the first."""
    found = warned(folder, ("app_only", '["clip.example"]'), ("web", '["www.clip.example"]'))
    assert found == ["clip.toml:18:catalogue-app-only-above"]
    assert warned(folder, ("web", '["clip.example"]'), ("app_only", '["api.clip.example"]')) == []


def test_a_popular_name_that_only_an_app_would_ask_for(folder: Path) -> None:
    """Where popular names are sites, one that counts as the app's alone is doubtful; a site's own is not."""
    groups = (("app_only", '["api.clip.example"]'), ("web", '["clip.example"]'))
    assert warned(folder, *groups, popular=("eu.api.clip.example",)) == ["clip.toml:18:catalogue-popular-app-only"]
    assert warned(folder, *groups, popular=("clip.example", "other.example")) == []


def test_names_that_nobody_gave_for_years(folder: Path) -> None:
    """Counted by role, once a family; three years to the day are not more than three."""
    for seen, told in (("2023-11-25", 1), ("2023-11-26", 0)):
        group = GROUP.format(role="web", confidence="high", seen=seen, values='["clip.example"]')
        (folder / "clip.toml").write_text(FAMILY + group)
        found = lint_folder(folder, DAY)[1]
        assert [(i.id, "1 web" in i.message) for i in found] == [("catalogue-old", True)] * told


def test_few_names_of_the_app_without_a_reason(folder: Path) -> None:
    """With a reason, or three of them, it is as it should be: counted as the loader counts them."""
    bare = FAMILY.replace('few_app_only = "no_source"\n', "")
    assert warned(folder, ("web", '["clip.example"]'), head=bare) == ["clip.toml:0:catalogue-few-unexplained"]
    three = ("app_only", '["a.clip.example", "b.clip.example", "c.clip.example"]')
    assert warned(folder, three, head=bare) == []
    with pytest.raises(PolicyError, match="catalogue-few-app-only"):
        warned(folder, three)


def test_a_compiled_file_of_other_files(tmp_path: Path) -> None:
    """Whoever changes a family is told to make it anew."""
    copy = Path(shutil.copytree(DATA, tmp_path / "data"))
    before = {i.id for i in lint_folder(copy, DAY)[1]}
    with (copy / "_version.toml").open("a") as stream:
        stream.write("# a change\n")
    assert {i.id for i in lint_folder(copy, DAY)[1]} - before == {"catalogue-compiled"}


def test_what_ships_contradicts_nothing() -> None:
    """Neither itself nor ten thousand popular names; what is old may be said."""
    popular = [line for line in POPULAR.read_text("utf-8").splitlines() if not line.startswith("#")]
    _, found = lint_folder(DATA, DAY, popular)
    assert {i.id for i in found} <= {"catalogue-old"}
    assert {i.id for i in found} <= set(WARNINGS)
