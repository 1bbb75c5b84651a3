# SPDX-License-Identifier: EUPL-1.2
"""The shipped library: its index is that of the files, and what reaches a body is found without reading the rest."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ordinance.policy import shipped
from ordinance.policy.load import load_law
from ordinance.policy.power import texts_that_advise, texts_that_bind
from ordinance.policy.shipped import FOLDER, INDEX, Shelf, load_library, make_index, read_everything, shelf
from policy.spoil import copy, put

BRUSSELS = ZoneInfo("Europe/Brussels")


def test_the_index_is_that_of_the_files() -> None:
    """Whoever changes a text makes the index anew: `scripts/library-index`."""
    assert (FOLDER / INDEX).read_bytes() == make_index()


def test_every_text_and_authority_can_be_had_by_way_of_the_index() -> None:
    """What the index gives is what reading everything gives."""
    authorities, texts, _, issues = load_library()
    assert issues == ()
    by_index = list(shelf().texts((t.id for t in texts), frozenset()))
    assert sorted(by_index, key=lambda t: (t.id, t.version)) == sorted(texts, key=lambda t: (t.id, t.version))
    assert {a: shelf().authority(a) for a in shelf().authority_ids} == authorities


@pytest.mark.parametrize("body", ["ghent", "diest", "tallinn"])
def test_nothing_that_binds_or_advises_is_left_on_the_shelf(body: str, tmp_path: Path) -> None:
    """The texts that reach a body are the same as with the whole library on the table."""
    folder = copy(body, tmp_path)
    name = {"ghent": "gent"}.get(body, body)
    law, _ = load_law(folder, name, BRUSSELS)
    authorities, texts, _, _ = load_library()
    every = {a.id: a for a in law.authorities} | dict(authorities)
    known = {(t.id, t.version) for t in law.texts}
    whole = replace(
        law,
        authorities=tuple(every.values()),
        texts=(*law.texts, *(t for t in texts if t.kind.rules and (t.id, t.version) not in known)),
    )
    reaching = {(t.id, t.version) for t in (*texts_that_bind(whole), *texts_that_advise(whole))}
    assert reaching <= known
    assert law.shipped_ids == {t.id for t in texts}


def test_only_what_is_needed_is_read(tmp_path: Path) -> None:
    """A body of one country does not wait for the decisions of others."""
    law, _ = load_law(copy("tallinn", tmp_path), "tallinn", BRUSSELS)
    assert {t.authority for t in law.texts if t.shipped} == {"ee-ria"}


def test_a_text_that_is_named_is_read_though_it_has_no_power(tmp_path: Path) -> None:
    """A mirrored text of elsewhere is there to be compared with, in all its versions."""
    folder = copy("tallinn", tmp_path)
    put("policies/tallinn-2024-tiktok.yaml", "restrictions:", "mirrors: [be-federal-716]\nrestrictions:")(folder)
    law, issues = load_law(folder, "tallinn", BRUSSELS)
    assert issues == ()
    assert len(law.versions("be-federal-716")) == 3


def test_a_changed_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that is not as the index knows it is an issue, not another law."""
    index = json.loads((FOLDER / INDEX).read_bytes())
    index["files"]["ee/ee-ria.yaml"] = "sha256:0"
    changed = Shelf(json.dumps(index).encode())
    monkeypatch.setattr(shipped, "shelf", lambda: changed)
    list(changed.texts(("ee-ria",), frozenset()))
    assert [(i.file, i.id) for i in changed.issues] == [("ee/ee-ria.yaml", "library-changed")]


def test_every_group_that_is_named_is_called_something() -> None:
    """Whom a text speaks to is read aloud; a bare id would say nothing to a reader."""
    authorities, texts, _ = read_everything()
    over = {i for a in authorities.values() for p in (*a.binds, *a.advises) for i in p.institutions}
    spoken_to = {a for t in texts for r in t.restrictions for a in r.addressees}
    named = over.union(spoken_to, *(a.groups for a in authorities.values()))
    assert {*shelf().groups} == named - {*authorities}
