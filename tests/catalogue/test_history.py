# SPDX-License-Identifier: EUPL-1.2
"""Earlier versions: each comes out as it was, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

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


def test_what_ships_is_up_to_date() -> None:
    """`scripts/catalogue` would write the same history."""
    now = load_folder(DATA)
    assert as_json(continued(history(), now, now)) == (DATA / FILE).read_bytes()


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
    """With a new version the old one is kept; while it stays, only the way to it changes."""
    first, second = catalogue("1", ONE), catalogue("2", TWO)
    kept = continued((), first, second)
    assert [(e.version, e.digest, len(e.gone), len(e.new)) for e in kept] == [("1", "sha256:1", 1, 1)]
    edited = continued(kept, second, catalogue("2", ONE, TWO))
    assert [(e.version, len(e.gone), len(e.new)) for e in edited] == [("1", 0, 1)]
    third = catalogue("3", TWO, vendors=(Vendor("v", "V"),))
    kept = continued(edited, catalogue("2", ONE, TWO), third)
    for version, was in (("1", first), ("2", catalogue("2", ONE, TWO))):
        found = statements_of(kept, statements(third), version)
        assert found is not None
        assert found[1] == statements(was)
    assert continued((), first, catalogue("1", TWO)) == ()


def test_days_citations_and_notes_make_no_version() -> None:
    """They restrict nobody."""
    assert statements(catalogue("1", ONE)) == statements(catalogue("1", replace(ONE, seen=None, note="", cites=("c",))))
    assert statements(catalogue("1", ONE)) != statements(catalogue("1", replace(ONE, retired=date(2026, 1, 1))))


def test_a_damaged_history_is_said_to_be() -> None:
    """A line that is missing gives no older catalogue that looks whole."""
    (kept,) = continued((), catalogue("1", ONE), catalogue("2", TWO))
    with pytest.raises(DamagedHistoryError, match="version 1"):
        statements_of([replace(kept, gone=())], statements(catalogue("2", TWO)), "1")


def test_the_file_is_read_as_it_was_written() -> None:
    """One statement a line, the same bytes again."""
    kept = (*continued((), catalogue("1", ONE), catalogue("2", TWO)), Earlier("2", "d", "s", (), ()))
    assert read_history(as_json(kept)) == kept
    assert as_json(read_history(as_json(kept))) == as_json(kept)
    assert sum("a.example" in line for line in as_json(kept).decode().splitlines()) == 1
