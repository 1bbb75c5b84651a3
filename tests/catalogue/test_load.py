# SPDX-License-Identifier: EUPL-1.2
"""Loading: every fault of a data file is reported where it stands; the digest is of the files alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ordinance.catalogue.load import DATA, ISSUES, alias_zones, alias_zones_of, load, load_folder
from ordinance.model.apps import Citation, Confidence, Identifier, Kind, Role
from ordinance.model.errors import Issue, PolicyError

GOOD = """\
id = "good"
name = "Good"
vendor = "Good Ltd."

[cites.list]
title = "A list"
url = "https://example.org/list"
licence = "MIT"
retrieved = 2025-01-02

[[members]]
id = "one"
name = "One"

[[members.identifiers]]
kind = "domain"
role = "web"
confidence = "high"
seen = 2025-01-02
cites = ["list"]
note = "The site."
values = ["one.example", "www.one.example"]

[[members.identifiers]]
kind = "display_name"
publisher = "Good Ltd."
confidence = "low"
seen = 2025-01-02
retired = 2025-02-03
cites = ["list"]
values = ["One"]
"""
ZONES = """\
[cites.list]
title = "A list"
licence = "MIT"

[[zones]]
cites = ["list"]
values = ["cdn.example"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small catalogue without faults."""
    (tmp_path / "_version.toml").write_text('version = "1"\n', "utf-8")
    (tmp_path / "_cdn-alias-zones.toml").write_text(ZONES, "utf-8")
    (tmp_path / "good.toml").write_text(GOOD, "utf-8")
    return tmp_path


def issues_of(folder: Path) -> tuple[Issue, ...]:
    """What loading complains about; () if it does not."""
    try:
        load_folder(folder)
    except PolicyError as fault:
        return fault.issues
    return ()


def test_a_file_is_read_into_families_members_and_identifiers(folder: Path) -> None:
    """Every field of the model comes from the file."""
    (family,) = load_folder(folder).families
    assert (family.id, family.name, family.vendor) == ("good", "Good", "Good Ltd.")
    assert family.cites == (("list", Citation("A list", "https://example.org/list", date(2025, 1, 2))),)
    assert family.members[0].identifiers[0] == Identifier(
        Kind.DOMAIN, "one.example", "good", "one", Confidence.HIGH, Role.WEB,
        seen=date(2025, 1, 2), cites=("list",), note="The site.",
    )  # fmt: skip
    assert family.members[0].identifiers[2] == Identifier(
        Kind.DISPLAY_NAME, "One", "good", "one", Confidence.LOW, None, "Good Ltd.",
        date(2025, 1, 2), date(2025, 2, 3), ("list",),
    )  # fmt: skip


FAULTS: list[tuple[str, str, str, int]] = [
    # issue, text that is replaced, its replacement, line
    ("catalogue-unknown-word", 'role = "web"', 'role = "wbe"', 17),
    ("catalogue-unknown-word", 'kind = "domain"', 'kind = "host"', 16),
    ("catalogue-unknown-word", 'confidence = "high"', 'confidence = "sure"', 18),
    ("catalogue-role", 'role = "web"\n', "", 16),
    ("catalogue-role", 'publisher = "Good Ltd."\n', 'role = "web"\n', 25),
    ("catalogue-publisher", 'note = "The site."', 'publisher = "Good Ltd."', 21),
    ("catalogue-uncited", 'cites = ["list"]\nnote', "cites = []\nnote", 15),
    ("catalogue-uncited", 'cites = ["list"]\nnote', "note", 15),
    ("catalogue-unknown-citation", 'cites = ["list"]\nnote', 'cites = ["lsit"]\nnote', 20),
    ("catalogue-unused-citation", "[[members]]", '[cites.spare]\ntitle = "S"\nlicence = "MIT"\n\n[[members]]', 1),
    ("catalogue-unknown-key", 'note = "The site."', 'remark = "The site."', 21),
    ("catalogue-unknown-key", 'vendor = "Good Ltd."', 'vendor = "Good Ltd."\ncolour = "red"', 4),
    ("catalogue-missing-key", 'vendor = "Good Ltd."\n', "", 1),
    ("catalogue-missing-key", 'licence = "MIT"\n', "", 5),
    ("catalogue-missing-key", 'name = "One"', 'name = ""', 13),
    ("catalogue-not-normalised", '"one.example",', '"One.example",', 22),
    ("catalogue-not-normalised", '"one.example",', '"one.example.",', 22),
    ("catalogue-not-normalised", '"one.example",', '"münchen.example",', 22),
    ("catalogue-not-normalised", '"one.example",', '"example",', 22),
    ("catalogue-not-normalised", 'values = ["One"]', 'values = ["One "]', 31),
    ("catalogue-duplicate", '"one.example",', '"www.one.example",', 22),
    ("catalogue-type", "seen = 2025-01-02\ncites", 'seen = "2025-01-02"\ncites', 19),
    ("catalogue-type", "seen = 2025-01-02\ncites", "seen = 2025-01-02T00:00:00\ncites", 19),
    ("catalogue-type", 'values = ["One"]', 'values = "One"', 31),
    ("catalogue-type", 'values = ["One"]', 'values = ["One", 1]', 31),
    ("catalogue-file-name", 'id = "good"', 'id = "better"', 1),
    ("catalogue-syntax", 'name = "One"', 'name = "One', 13),
]


@pytest.mark.parametrize(("issue", "old", "new", "line"), FAULTS)
def test_a_fault_is_reported_where_it_stands(folder: Path, issue: str, old: str, new: str, line: int) -> None:
    """One fault put into a good file gives that issue, in that file, on that line."""
    assert old in GOOD
    (folder / "good.toml").write_text(GOOD.replace(old, new, 1), "utf-8")
    found = [i for i in issues_of(folder) if i.id == issue]
    assert [(i.file, i.line) for i in found] == [("good.toml", line)]


def test_all_faults_are_collected(folder: Path) -> None:
    """Two faults in one file and one in another are three issues, not one."""
    bad = GOOD.replace('role = "web"', 'role = "wbe"').replace('confidence = "low"', 'confidence = "lo"')
    (folder / "good.toml").write_text(bad, "utf-8")
    (folder / "_cdn-alias-zones.toml").write_text(ZONES.replace("cdn.example", "CDN.example"), "utf-8")
    assert {i.file for i in issues_of(folder)} == {"good.toml", "_cdn-alias-zones.toml"}
    assert {"catalogue-unknown-word", "catalogue-not-normalised"} <= {i.id for i in issues_of(folder)}
    assert sum(i.id == "catalogue-unknown-word" for i in issues_of(folder)) == 2


def test_an_identifier_belongs_to_one_member_only(folder: Path) -> None:
    """The same domain in two families is refused, and both members are named."""
    (folder / "other.toml").write_text(GOOD.replace('id = "good"', 'id = "other"'), "utf-8")
    found = issues_of(folder)
    assert {i.id for i in found} == {"catalogue-duplicate"}
    assert [(i.file, i.line) for i in found] == [("other.toml", 22), ("other.toml", 22), ("other.toml", 31)]
    assert "other/one already belongs to good/one" in found[0].message


def test_one_display_name_may_have_several_publishers(folder: Path) -> None:
    """A member that is sold by two companies gives its name twice."""
    second = GOOD[GOOD.rindex("[[members.identifiers]]") :].replace("Good Ltd.", "Good Inc.")
    (folder / "good.toml").write_text(GOOD + "\n" + second, "utf-8")
    assert issues_of(folder) == ()
    (folder / "good.toml").write_text(GOOD + "\n" + second.replace("Good Inc.", "GOOD LTD."), "utf-8")
    assert [i.id for i in issues_of(folder)] == ["catalogue-duplicate"]


@pytest.mark.parametrize("name", ["_version.toml", "_cdn-alias-zones.toml"])
def test_a_missing_file_is_one_issue(folder: Path, name: str) -> None:
    """Version and zones are part of what a run records; without them nothing loads."""
    (folder / name).unlink()
    assert [(i.file, i.id) for i in issues_of(folder)] == [(name, "catalogue-unreadable")]


def test_a_file_that_is_no_text_is_one_issue(folder: Path) -> None:
    """Latin-1 bytes are refused with the file's name, not with a traceback."""
    (folder / "good.toml").write_bytes(GOOD.replace("Good", "G\u00f6\u00f6d").encode("latin-1"))
    assert [(i.file, i.id) for i in issues_of(folder)] == [("good.toml", "catalogue-unreadable")]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.integers(0, len(GOOD)), st.text(max_size=6))
def test_a_file_cut_anywhere_never_escapes_as_another_error(folder: Path, length: int, junk: str) -> None:
    """Half a file with junk behind it loads or is a PolicyError whose issues are documented."""
    text = (GOOD[:length] + junk).encode("utf-8", "replace")
    (folder / "good.toml").write_bytes(text)
    assert {i.id for i in issues_of(folder)} <= set(ISSUES)


def test_the_digest_follows_the_files_and_nothing_else(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A copy elsewhere has the same digest; a comment, a rename or a moved line changes it."""
    original = load_folder(folder).digest
    assert original.startswith("sha256:")
    copy = tmp_path_factory.mktemp("copy") / "data"
    shutil.copytree(folder, copy)
    assert load_folder(copy) == load_folder(folder)
    for name in ("good.toml", "_version.toml", "_cdn-alias-zones.toml"):
        with (copy / name).open("a", encoding="utf-8") as file:
            file.write("# changed\n")
        assert load_folder(copy).digest != original
        shutil.copy(folder / name, copy / name)
    assert load_folder(copy).digest == original
    (copy / "good.toml").write_text(GOOD.replace("The site.", "The sote."), "utf-8")  # as long as before
    assert load_folder(copy).digest != original


def test_the_digest_covers_names_and_the_border_between_files(folder: Path) -> None:
    """A line moved from one file's end to the next one's start is another catalogue, and so is a renamed file."""
    (folder / "_notes.toml").write_text("# a\n# b\n", "utf-8")
    (folder / "_others.toml").write_text("# c\n", "utf-8")
    digests = {load_folder(folder).digest}
    (folder / "_notes.toml").write_text("# a\n", "utf-8")
    (folder / "_others.toml").write_text("# b\n# c\n", "utf-8")
    digests.add(load_folder(folder).digest)
    (folder / "_others.toml").rename(folder / "_renamed.toml")
    digests.add(load_folder(folder).digest)
    assert len(digests) == 3


@pytest.mark.parametrize("read", [load, alias_zones])
def test_shipped_data_is_read_once_a_process(read: Callable[[], object]) -> None:
    """The same object is given each time, equal to a fresh reading."""
    assert read() is read()
    assert load() == load_folder(DATA)
    assert alias_zones() == alias_zones_of(DATA)
