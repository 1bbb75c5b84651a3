# SPDX-License-Identifier: EUPL-1.2
"""The notice to staff: the same sentences with the same fields in each language, and who has not reviewed it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Any

import pytest

from ordinance.model.body import Purpose
from ordinance.model.evidence import EvidenceKind
from ordinance.report.privacy_notice import LANGUAGES, words_of

OTHERS = [language for language in LANGUAGES if language != "en"]


def _fields(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _fields(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", tuple(sorted(f for _, f, _, _ in Formatter().parse(value) if f))


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_says_the_same_with_the_same_fields(language: str) -> None:
    """No sentence is missing, and none forgets what stands in it."""
    assert dict(_fields(words_of(language))) == dict(_fields(words_of("en")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_purpose_and_kind_of_evidence_has_words(language: str) -> None:
    """An id of the settings never stands in a notice."""
    found = words_of(language)
    assert found["purposes"].keys() == set(map(str, Purpose))
    assert found["evidence"].keys() == set(map(str, EvidenceKind))


@pytest.mark.parametrize("language", OTHERS)
def test_no_language_is_the_english_one(language: str) -> None:
    """Every sentence was put into the language, and says that nobody has reviewed it."""
    english, found = words_of("en"), words_of(language)
    same = [k for k in english if isinstance(english[k], str) and english[k] == found[k]]
    assert same == [] and found["native"]
