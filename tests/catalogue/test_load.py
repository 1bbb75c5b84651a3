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
from ordinance.model.apps import Category, Citation, Confidence, Declined, Identifier, Kind, NoIdentifiers, Role, Vendor
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
VENDORS = """\
[cites.register]
title = "A register"
licence = "MIT"

[[vendors]]
id = "holding"
name = "Holding plc"
jurisdictions = ["CN", "KY"]
cites = ["register"]

[[vendors]]
id = "maker"
name = "Maker Ltd."
part_of = ["holding"]
cites = ["register"]
note = "Its seat is not known."
"""
KNOWN = GOOD.replace('vendor = "Good Ltd."', 'vendor_id = "maker"\ncategories = ["games"]\nfacts_cites = ["list"]')
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
    (tmp_path / "_vendors.toml").write_text(VENDORS, "utf-8")
    (tmp_path / "good.toml").write_text(GOOD, "utf-8")
    return tmp_path


def issues_of(folder: Path) -> tuple[Issue, ...]:
    """What loading complains about; () if it does not."""
    try:
        load_folder(folder)
    except PolicyError as fault:
        return fault.issues
    return ()


def test_declined_names_are_no_identifiers(folder: Path) -> None:
    """They are kept with the reason; one that stands among the family's own, or is no name, is a fault at its place."""
    path = folder / "good.toml"
    declined = '\n[[declined]]\nvalues = ["{}"]\nwhy = "a shop of that name"\ncites = ["list"]\n'
    path.write_text(GOOD + declined.format("shop.example"), "utf-8")
    (family,) = load_folder(folder).families
    assert family.declined == (Declined(("shop.example",), "a shop of that name", ("list",)),)
    assert "shop.example" not in {i.value for i in family.identifiers}
    for value, issue in (("one.example", "catalogue-duplicate"), ("Shop.example", "catalogue-not-normalised")):
        path.write_text(GOOD + declined.format(value), "utf-8")
        (fault,) = issues_of(folder)
        assert (fault.id, fault.line) == (issue, GOOD.count("\n") + 3)
    path.write_text(GOOD + '\n[[declined]]\nvalues = ["shop.example"]\n', "utf-8")
    assert [i.id for i in issues_of(folder)] == ["catalogue-missing-key"]


def test_a_file_is_read_into_families_members_and_identifiers(folder: Path) -> None:
    """Every field of the model comes from the file."""
    (family,) = load_folder(folder).families
    assert (family.id, family.name, family.vendor) == ("good", "Good", "Good Ltd.")
    assert (family.vendor_id, family.categories, family.succeeds, family.facts_cites) == ("", None, frozenset(), ())
    assert family.cites == (("list", Citation("A list", "https://example.org/list", date(2025, 1, 2))),)
    assert family.members[0].identifiers[0] == Identifier(
        Kind.DOMAIN, "one.example", "good", "one", Confidence.HIGH, Role.WEB,
        seen=date(2025, 1, 2), cites=("list",), note="The site.",
    )  # fmt: skip
    assert family.members[0].identifiers[2] == Identifier(
        Kind.DISPLAY_NAME, "One", "good", "one", Confidence.LOW, None, "Good Ltd.",
        date(2025, 1, 2), date(2025, 2, 3), ("list",),
    )  # fmt: skip


def test_vendors_are_read_and_a_family_takes_its_vendors_name(folder: Path) -> None:
    """Every field of a vendor comes from its file; the family has its id, and its name for reading."""
    said = 'edition = "plus"\ndeployment = "local"\ncontract = "negotiated"'
    text = KNOWN.replace('name = "One"', f'name = "One"\n{said}')
    (folder / "good.toml").write_text(text, "utf-8")
    catalogue = load_folder(folder)
    assert catalogue.vendors == (
        Vendor("holding", "Holding plc", frozenset({"CN", "KY"}), frozenset(), ("register",)),
        Vendor("maker", "Maker Ltd.", frozenset(), frozenset({"holding"}), ("register",), "Its seat is not known."),
    )
    assert catalogue.vendor_cites == (("register", Citation("A register")),)
    (family,) = catalogue.families
    assert (family.vendor, family.vendor_id, family.facts_cites) == ("Maker Ltd.", "maker", ("list",))
    assert family.categories == {Category.GAMES}
    (member,) = family.members
    assert (member.edition, member.deployment, member.contract) == ("plus", "local", "negotiated")


def test_categories_of_a_member_stand_in_the_place_of_the_familys(folder: Path) -> None:
    """A messenger among social networks is no social network."""
    text = KNOWN.replace('name = "One"', 'name = "One"\ncategories = ["messaging", "office"]')
    (folder / "good.toml").write_text(text, "utf-8")
    assert load_folder(folder).facts("good/one").categories == {Category.MESSAGING, Category.OFFICE}


def test_a_member_without_identifiers_says_why(folder: Path) -> None:
    """Nothing is guessed: a member that nobody collected names for is there, with the reason."""
    text = GOOD[: GOOD.index("[[members.identifiers]]")] + 'no_identifiers = "not_yet_collected"\n'
    text = text.replace('vendor = "Good Ltd."', 'vendor_id = "maker"\nfacts_cites = ["list"]')
    (folder / "good.toml").write_text(text, "utf-8")
    (member,) = load_folder(folder).families[0].members
    assert (member.identifiers, member.no_identifiers) == ((), NoIdentifiers.NOT_YET_COLLECTED)


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


FACT_FAULTS: list[tuple[str, str, str, int]] = [
    ("catalogue-unknown-vendor", 'vendor_id = "maker"', 'vendor_id = "mkaer"', 3),
    ("catalogue-vendor", 'vendor_id = "maker"', 'vendor_id = "maker"\nvendor = "Maker Ltd."', 4),
    ("catalogue-unknown-word", '["games"]', '["games", "gmaes"]', 4),
    ("catalogue-missing-key", '["games"]', "[]", 4),
    ("catalogue-uncited", 'facts_cites = ["list"]\n', "", 1),
    ("catalogue-unknown-citation", 'facts_cites = ["list"]', 'facts_cites = ["lsit"]', 5),
    ("catalogue-unknown-family", "facts_cites", 'succeeds = ["before"]\nfacts_cites', 5),
    ("catalogue-circle", "facts_cites", 'succeeds = ["good"]\nfacts_cites', 5),
    ("catalogue-unknown-word", 'name = "One"', 'name = "One"\ndeployment = "here"', 16),
    ("catalogue-unknown-word", 'name = "One"', 'name = "One"\ncontract = "spoken"', 16),
    ("catalogue-no-identifiers", 'name = "One"', 'name = "One"\nno_identifiers = "not_yet_collected"', 14),
    ("catalogue-unknown-word", 'name = "One"', 'name = "One"\nno_identifiers = "lost"', 16),
]


@pytest.mark.parametrize(("issue", "old", "new", "line"), FACT_FAULTS)
def test_a_fault_in_a_familys_facts_is_reported_where_it_stands(
    folder: Path, issue: str, old: str, new: str, line: int
) -> None:
    """One fault put into the facts of a good family gives that issue, in that file, on that line."""
    assert old in KNOWN
    (folder / "good.toml").write_text(KNOWN.replace(old, new, 1), "utf-8")
    found = [i for i in issues_of(folder) if i.id == issue]
    assert [(i.file, i.line) for i in found] == [("good.toml", line)]


def test_a_member_without_identifiers_and_without_a_reason_is_refused(folder: Path) -> None:
    """Silence is not a reason."""
    (folder / "good.toml").write_text(GOOD[: GOOD.index("[[members.identifiers]]")], "utf-8")
    assert [(i.id, i.line) for i in issues_of(folder) if "citation" not in i.id] == [("catalogue-no-identifiers", 12)]


VENDOR_FAULTS: list[tuple[str, str, str, int]] = [
    ("catalogue-unknown-vendor", 'part_of = ["holding"]', 'part_of = ["hodling"]', 14),
    ("catalogue-circle", 'part_of = ["holding"]', 'part_of = ["maker"]', 14),
    ("catalogue-country", '["CN", "KY"]', '["CN", "UK"]', 8),
    ("catalogue-country", '["CN", "KY"]', '["cn"]', 8),
    ("catalogue-uncited", 'cites = ["register"]\nnote', "note", 11),
    ("catalogue-unknown-citation", 'cites = ["register"]\nnote', 'cites = ["regsiter"]\nnote', 15),
    ("catalogue-unused-citation", "[[vendors]]", '[cites.spare]\ntitle = "S"\nlicence = "MIT"\n\n[[vendors]]', 1),
    ("catalogue-not-normalised", 'id = "maker"', 'id = "Maker Ltd"', 12),
    ("catalogue-duplicate", 'id = "maker"', 'id = "holding"', 12),
    ("catalogue-missing-key", 'name = "Maker Ltd."\n', "", 11),
    ("catalogue-unknown-key", "note =", "remark =", 16),
    ("catalogue-type", '["CN", "KY"]', '"CN"', 8),
    ("catalogue-syntax", 'name = "Maker Ltd."', 'name = "Maker Ltd.', 13),
]


@pytest.mark.parametrize(("issue", "old", "new", "line"), VENDOR_FAULTS)
def test_a_fault_of_a_vendor_is_reported_where_it_stands(
    folder: Path, issue: str, old: str, new: str, line: int
) -> None:
    """One fault put into a good file of vendors gives that issue, in that file, on that line."""
    assert old in VENDORS
    (folder / "good.toml").write_text(KNOWN, "utf-8")
    (folder / "_vendors.toml").write_text(VENDORS.replace(old, new, 1), "utf-8")
    found = issues_of(folder)
    assert [(i.file, i.line) for i in found if i.id == issue] == [("_vendors.toml", line)]
    assert {i.file for i in found} == {"_vendors.toml"}  # families are not blamed for it


def test_vendors_that_control_each_other_in_a_circle_are_all_named(folder: Path) -> None:
    """A circle of two is found from both; who is only below it is not blamed."""
    circle = VENDORS.replace('jurisdictions = ["CN", "KY"]', 'part_of = ["maker"]')
    below = '[[vendors]]\nid = "below"\nname = "Below"\npart_of = ["maker"]\ncites = ["register"]\n'
    (folder / "_vendors.toml").write_text(circle + "\n" + below, "utf-8")
    assert [(i.id, i.line) for i in issues_of(folder)] == [("catalogue-circle", 8), ("catalogue-circle", 14)]


def test_families_that_succeed_each_other_in_a_circle_are_refused(folder: Path) -> None:
    """Each took the place of the other: neither can be."""
    first = GOOD.replace('vendor = "Good Ltd."', 'vendor = "G"\nsucceeds = ["later"]\nfacts_cites = ["list"]')
    later = first.replace('id = "good"', 'id = "later"').replace('["later"]', '["good"]')
    later = later.replace("one.example", "two.example").replace('values = ["One"]', 'values = ["Two"]')
    (folder / "good.toml").write_text(first, "utf-8")
    (folder / "later.toml").write_text(later, "utf-8")
    assert [(i.file, i.id) for i in issues_of(folder)] == [
        ("good.toml", "catalogue-circle"),
        ("later.toml", "catalogue-circle"),
    ]


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


@pytest.mark.parametrize("name", ["_version.toml", "_vendors.toml", "_cdn-alias-zones.toml"])
def test_a_missing_file_is_one_issue(folder: Path, name: str) -> None:
    """Version, vendors and zones are part of what a run records; without them nothing loads."""
    (folder / name).unlink()
    assert [(i.file, i.id) for i in issues_of(folder)] == [(name, "catalogue-unreadable")]


def test_a_file_that_is_no_text_is_one_issue(folder: Path) -> None:
    """Latin-1 bytes are refused with the file's name, not with a traceback."""
    (folder / "good.toml").write_bytes(GOOD.replace("Good", "G\u00f6\u00f6d").encode("latin-1"))
    assert [(i.file, i.id) for i in issues_of(folder)] == [("good.toml", "catalogue-unreadable")]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(st.integers(0, len(VENDORS)), st.text(max_size=6))
def test_a_file_of_vendors_cut_anywhere_never_escapes_as_another_error(folder: Path, length: int, junk: str) -> None:
    """Half of the vendors with junk behind them load or are a PolicyError whose issues are documented."""
    (folder / "good.toml").write_text(KNOWN, "utf-8")
    (folder / "_vendors.toml").write_bytes((VENDORS[:length] + junk).encode("utf-8", "replace"))
    assert {i.id for i in issues_of(folder)} <= set(ISSUES)


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
    for name in ("good.toml", "_version.toml", "_vendors.toml", "_cdn-alias-zones.toml"):
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
