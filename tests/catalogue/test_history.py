# SPDX-License-Identifier: EUPL-1.2
"""Earlier versions: each comes out as it was, or not at all."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

from ordinance.catalogue.history import (
    FILE,
    DamagedHistoryError,
    Earlier,
    as_json,
    catalogue_of,
    continued,
    digest_of,
    read_history,
    statements,
    statements_of,
)
from ordinance.catalogue.load import DATA, history, load, load_folder, load_version
from ordinance.model.apps import Catalogue, Confidence, Family, Identifier, Kind, Member, Role, Vendor

ROOT = Path(__file__).resolve().parents[2]
ONE = Identifier(Kind.DOMAIN, "a.example", "clip", "clip", Confidence.HIGH, Role.WEB, seen=date(2025, 1, 1), note="x")
TWO = replace(ONE, value="b.example", role=Role.APP_ONLY)


def catalogue(version: str, *identifiers: Identifier, vendors: tuple[Vendor, ...] = ()) -> Catalogue:
    family = Family("clip", "Clip", "Clip Ltd.", (Member("clip", "Clip", identifiers),))
    return Catalogue(version, f"sha256:{version}", (family,), vendors)


def test_the_versions_that_ship_can_be_put_together() -> None:
    """Each kept version has the digest that was kept of it; the current one is itself."""
    assert [e.version for e in history()] == sorted({e.version for e in history()})
    for earlier in history():
        found = load_version(earlier.version)
        assert found is not None
        assert (found.version, found.digest) == (earlier.version, earlier.digest)
        assert digest_of(statements(found)) == earlier.stated
    assert load_version(load().version) is load()
    assert load_version("1999.1.1") is None


def test_what_was_known_of_the_first_families() -> None:
    """The version before the catalogue grew: 32 families, Olvid without a name."""
    before = load_version("2026.11.2")
    assert before is not None
    assert len(before.families) == 32
    olvid = before.family("olvid")
    assert olvid is not None
    assert [i.kind for i in olvid.identifiers if i.kind is Kind.DOMAIN] == []


def test_a_catalogue_survives_its_statements() -> None:
    """All that restricts anybody comes back: families, members, vendors, owners, words, identifiers."""
    whole = load()
    back = catalogue_of(whole.version, whole.digest, statements(whole))
    assert statements(back) == statements(whole)
    for family in whole.families:
        for member in family.members:
            assert back.facts(f"{family.id}/{member.id}") == whole.facts(f"{family.id}/{member.id}")


def test_versions_follow_one_another() -> None:
    """Each is kept as its difference to the one before, and comes out whole."""
    first, second = catalogue("1", ONE), catalogue("2", ONE, TWO, vendors=(Vendor("v", "V"),))
    third = catalogue("3", TWO)
    kept: tuple[Earlier, ...] = ()
    for one in (first, second, third):
        kept = continued(kept, one)
    assert [(e.version, e.digest) for e in kept] == [("1", "sha256:1"), ("2", "sha256:2"), ("3", "sha256:3")]
    assert [(len(e.gone), len(e.new)) for e in kept] == [(0, 3), (0, 2), (2, 0)]
    for was in (first, second, third):
        found = statements_of(kept, was.version)
        assert found is not None
        assert found[1] == statements(was)
    assert statements_of(kept, "4") is None


def test_days_citations_and_notes_make_no_version() -> None:
    """They restrict nobody."""
    assert statements(catalogue("1", ONE)) == statements(catalogue("1", replace(ONE, seen=None, note="", cites=("c",))))
    assert statements(catalogue("1", ONE)) != statements(catalogue("1", replace(ONE, retired=date(2026, 1, 1))))


def test_a_damaged_history_is_said_to_be() -> None:
    """A line that is missing gives no older catalogue that looks whole; nor is it built upon."""
    (kept,) = continued((), catalogue("1", ONE, TWO))
    damaged = replace(kept, new=kept.new[1:])
    with pytest.raises(DamagedHistoryError, match="version 1"):
        statements_of([damaged], "1")
    with pytest.raises(DamagedHistoryError, match="version 1"):
        continued([damaged], catalogue("2", TWO))


def test_the_file_is_read_as_it_was_written() -> None:
    """One statement a line, the same bytes again."""
    kept = continued(continued((), catalogue("1", ONE)), catalogue("2", TWO))
    assert read_history(as_json(kept)) == kept
    assert as_json(read_history(as_json(kept))) == as_json(kept)
    assert sum("a.example" in line for line in as_json(kept).decode().splitlines()) == 2  # came, and went
    assert as_json(history()) == (DATA / FILE).read_bytes()


def test_a_new_version_keeps_the_one_before(tmp_path: Path) -> None:
    """`scripts/catalogue` on files that changed: nothing is kept while the version stays, the old one when it rises."""
    script = SourceFileLoader("catalogue_script", str(ROOT / "scripts" / "catalogue"))
    module = module_from_spec(spec_from_loader(script.name, script) or pytest.fail())
    script.exec_module(module)
    folder = Path(shutil.copytree(DATA, tmp_path / "data"))
    before = load_folder(folder)
    path = folder / "tiktok.toml"
    path.write_text(path.read_text("utf-8").replace('"tiktok.com"', '"tiktok.com", "new-name.example"', 1), "utf-8")
    assert module.made(folder)[FILE] == (DATA / FILE).read_bytes()
    (folder / "_version.toml").write_text('version = "2099.1.1"\n', "utf-8")
    files = module.made(folder)
    kept = read_history(files[FILE])
    assert kept[:-1] == history()
    assert (kept[-1].version, kept[-1].digest) == (before.version, before.digest)
    found = statements_of(kept, before.version)
    assert found is not None
    assert found[1] == statements(before)
    assert b"new-name.example" not in files[FILE]
    assert b"new-name.example" in files["_compiled.json"]
    assert list(files) == [FILE, "_compiled.json"]  # cut off between the two, nothing is lost
    (folder / FILE).write_bytes(files[FILE])
    assert module.made(folder) == files
    for version in ("2026.11.2", "2025.1.1", "banana"):
        (folder / "_version.toml").write_text(f'version = "{version}"\n', "utf-8")
        with pytest.raises(ValueError, match=r"not later|not enough"):
            module.made(folder)
    (folder / FILE).write_bytes(files[FILE].replace(b"tiktok.com", b"tiktak.com", 1))
    with pytest.raises(DamagedHistoryError):
        module.made(folder)
