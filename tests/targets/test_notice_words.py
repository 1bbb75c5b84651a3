# SPDX-License-Identifier: EUPL-1.2
"""The words of letters and notices: each language has all of them, with the same fields, and none that nothing says."""

from __future__ import annotations

import re
import tomllib
from enum import StrEnum
from pathlib import Path
from string import Formatter

import pytest

from ordinance.model.apps import Surface
from ordinance.model.estate import Access, Enrolment, ItService, Owner, People, Platform, Use
from ordinance.model.law import Duty
from ordinance.targets import _paper_words
from ordinance.targets._paper_words import LANGUAGES
from ordinance.targets._papers import Paper
from ordinance.targets.notice import Notice

FOLDER = Path(_paper_words.__file__).parent / "_words"
CODE = "".join(p.read_text("utf-8") for p in sorted(FOLDER.parent.glob("_paper*.py")))

# Table → its enum, and words of it that are not said: what goes without saying, or is no paper's.
ENUMS: dict[str, tuple[type[StrEnum], set[str]]] = {
    "duty": (Duty, {"assess_risk"}),
    "surface": (Surface, set()),
    "platform": (Platform, set()),
    "owner": (Owner, set()),
    "access": (Access, set()),
    "enrolment": (Enrolment, set()),
    "use": (Use, {"work"}),
    "it_service": (ItService, {"own"}),
    "people": (People, set()),
}
BESIDES = {"platform": {"none"}, "enrolment": {"unstated"}}

# What a notice never says: it threatens nobody and calls nothing harmful.
NEVER_SAID = {
    "en": r"sanction|punish|disciplin|penalt|malware|spyware|dangerous|you have the right|illegal",
    "et": r"karistus|distsiplin|trahv|pahavara|nuhk|ohtlik|ebaseadus",
    "nl": r"sanctie|straf|tucht|boete|malware|spionage|gevaarlijk|illegaal",
    "fr": r"sanction|punir|disciplin|amende|logiciel malveillant|espion|dangereu|illégal",
}


def tables(language: str) -> dict[str, dict[str, str | list[str]]]:
    found: dict[str, dict[str, str | list[str]]] = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
    return found


def sentences(language: str) -> dict[str, str]:
    """Every text of a language by dotted key, without the names of the months."""
    return {f"{t}.{k}": v for t, words in tables(language).items() for k, v in words.items() if isinstance(v, str)}


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_the_files_are_the_languages_that_can_be_asked_for() -> None:
    """A language is a file, and the setting allows it."""
    assert {p.stem for p in FOLDER.glob("*.toml")} == set(LANGUAGES)
    for language in LANGUAGES:
        assert re.fullmatch(Notice.settings["languages"].pattern, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_have_the_same_texts_with_the_same_fields(language: str) -> None:
    """What one says, each says, of the same day, app and share."""
    ours, theirs = sentences(language), sentences("en")
    assert ours.keys() == theirs.keys()
    assert {key: fields(text) for key, text in ours.items()} == {key: fields(text) for key, text in theirs.items()}
    assert len(set(tables(language)["dates"]["months"])) == 12


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", ENUMS)
def test_every_word_of_the_model_is_said_or_is_known_not_to_be(table: str, language: str) -> None:
    """A new kind of device or duty cannot be forgotten, and one that is gone is not kept."""
    enum, unsaid = ENUMS[table]
    assert set(tables(language)[table]) == {str(word) for word in enum} - unsaid | BESIDES.get(table, set())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_or_has_spaces_at_its_ends(language: str) -> None:
    """Nor two in a row, nor HTML: what is written there is escaped."""
    for key, text in sentences(language).items():
        assert text.strip() == text != "", key
        assert "  " not in text and "<" not in text, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_that_mean_different_things_differ(language: str) -> None:
    """Two duties, owners or surfaces that read alike could not be told apart; managed is managed for its user."""
    for table in (*ENUMS, "share", "is"):
        words = {key: text for key, text in tables(language)[table].items() if key != "supervised"}
        assert len({str(text) for text in words.values()}) == len(words), table


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_threatens_or_calls_an_app_harmful(language: str) -> None:
    """The only word of that kind is the sentence that says that nothing is said of it."""
    for key, text in sentences(language).items():
        assert not re.search(NEVER_SAID[language], text, re.IGNORECASE), key


def test_every_text_is_said_somewhere() -> None:
    """A sentence that nothing says any more is taken out."""
    for table in (*Paper, "say"):
        for key in tables("en")[table]:
            assert re.search(rf"[\"']{key}[\"']", CODE), key


def test_french_has_a_space_that_does_not_break_before_its_signs() -> None:
    """Colon, semicolon, per cent and quotation marks."""
    for key, text in sentences("fr").items():
        assert not re.search(r"(?<!\u00a0)[;%»:]| [;%»:]|«(?!\u00a0)", re.sub(r"\{[^}]*\}", "x", text)), key
