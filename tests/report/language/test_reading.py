# SPDX-License-Identifier: EUPL-1.2
"""Every directive reads aloud in every language, and says what is unsaid, unread and not expressible."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from ordinance.model.law import EVERY_DEVICE, Dimension, Text
from ordinance.operations.directives import Listed, library, listed
from ordinance.report.language import LANGUAGES
from ordinance.report.language.messages import messages
from ordinance.report.language.phrases import Phrases
from ordinance.report.language.reading import read_aloud


@cache
def names() -> dict[str, str]:
    """Authorities of the library by id."""
    return {a.id: a.name for a in library().authorities}


@cache
def shelf() -> dict[str, Listed]:
    """The library's texts by id and version."""
    return {f"{one.text.id} {one.text.version}": one for one in listed()}


def read(one: Listed, language: str = "en", text: Text | None = None) -> dict[str, tuple[str, ...]]:
    """What a text says, by what it is about."""
    known = Phrases(messages(language), library().catalogue, names())
    return {p.about: p.sentences for p in read_aloud(text or one.text, one.authority, known)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(shelf()))
def test_every_text_reads_in_every_language(name: str, language: str) -> None:
    """Whom, what, which duties and what was not read: nothing stops it, nothing is left between braces."""
    one = shelf()[name]
    said = read(one, language)
    assert {"authority", "decided"} <= set(said)
    assert {f"clause {r.id}" for r in one.text.restrictions} <= set(said)
    assert ("not_read" in said) is bool(one.text.not_read)
    assert len(said.get("not_expressible", ())) == len(one.text.not_expressible)
    assert not any("{" in sentence or "_" in sentence.partition("http")[0] for sentence in said["authority"])
    for clause in one.text.restrictions:
        assert len(said[f"clause {clause.id}"]) >= 5 + len(clause.duties)


def test_what_is_general_knowledge_is_said_where_it_stands() -> None:
    """Beside the sentence that it is about, or as a part of the text in words; a bare path says nothing to a reader."""
    pspf = read(shelf()["au-pspf-001-2023 1"])
    (general,) = [s for s in pspf["not_expressible"] if "general knowledge that no page read states." in s]
    assert "newest version" in general
    assert not any("not_expressible" in s for s in pspf["sources"])
    florida = read(shelf()["us-fl-112-22 1"])
    assert any("states: when it is in force (lifecycle.1.from); which exemptions" in s for s in florida["sources"])


def test_the_federal_circular() -> None:
    """Clauses with their own devices and deadlines, in the words of an administration."""
    said = read(shelf()["be-federal-716 1"], "fr")
    clause = said["clause federal-devices"]
    assert "La supprimer de l'appareil\u00a0: au plus tard le 31 mars 2023." in clause
    assert "La disposition vaut pour 6 mois." in clause
    assert any("règle cesse ensuite de s'appliquer" in s for s in clause)
    assert any("ou l'institution paie" in s for s in clause)


def test_the_australian_direction() -> None:
    """Power, purposes, approver, conditions; what nobody read, and what the language cannot say."""
    said = read(shelf()["au-pspf-001-2023 1"])
    assert said["exemptions"][0].startswith("Exemptions are possible for: “")
    assert "They are approved by “chief security officer”; a delegate's approval does not count." in said["exemptions"]
    assert any("put away when idle" in s for s in said["exemptions"])
    assert said["upward"] == ("What the text says of reports upwards was not read.",)
    assert said["not_expressible"][0].startswith("About what must be done, and by when: ")
    assert said["sources"][0] == "How sure the entry is: high."


def test_reasons_stand_under_their_own_heading() -> None:
    """In the words of who entered them."""
    one = shelf()["ee-ria 1"]
    assert read(one, "et")["reasons"] == one.text.reasons != ()


def test_a_month_is_no_day() -> None:
    """A text whose source gives only the month says so."""
    said = read(shelf()["au-qld-policy 1"], "et")
    assert said["decided"][0] == "Otsustatud 2023. aasta aprillis (päev ei ole teada)."


def test_silence_absence_and_what_was_not_read_are_three_things() -> None:
    """Of exemptions and of reports upwards alike."""
    one = shelf()["be-federal-716 1"]
    bare = replace(one.text, allowances=(), upward=(), not_read=frozenset(), no_exemptions=False, no_upward=False)
    silent = read(one, text=bare)
    none = read(one, text=replace(bare, no_exemptions=True, no_upward=True))
    assert silent["exemptions"] == ("The text says nothing of exemptions, so none counts.",)
    assert none["exemptions"] == ("The text allows no exemptions.",)
    assert silent["upward"] == ("The text says nothing of reports upwards.",)
    assert none["upward"] == ("The text says that nothing has to be reported upwards.",)


def test_an_unknown_beginning_is_said() -> None:
    """A text that is only announced does not look as if it were in force."""
    assert "From when it is in force is not stated." in read(shelf()["at-federal 1"])["life"]


def test_a_record_claims_no_power() -> None:
    """A collection rules on nothing, and nobody is said to be bound by it."""
    said = read(shelf()["au-act-nt-tas 1"])
    assert "It rules on nothing." in said["authority"][0]
    assert len(said["members"]) == 3
    assert not any("bind" in s for s in said["authority"])


def test_whom_nobody_read_of_is_not_everybody() -> None:
    """A clause without devices or people: all of them, or not read."""
    one = shelf()["us-no-tiktok-act 1"]
    clause = replace(one.text.restrictions[0], people=frozenset(), devices=EVERY_DEVICE)
    bare = replace(one.text, restrictions=(clause,), not_read=frozenset())
    every = read(one, text=bare)["clause owned"]
    assert "People: everybody." in every and "Devices: all." in every
    unread = replace(bare, not_read=frozenset({Dimension.PEOPLE, Dimension.DEVICES}))
    said = read(one, text=unread)["clause owned"]
    assert "People: which are meant was not read." in said and "Devices: which are meant was not read." in said
