# SPDX-License-Identifier: EUPL-1.2
"""Shipped cards and criteria are whole, dated, and in every language."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ordinance.report.language import LANGUAGES
from ordinance.review.cards import cards, scale, shipped_criteria

WANTED = {
    "ee-valisluureamet-2024",
    "ee-ria-separate-device",
    "be-nsc-2023",
    "eu-minors-proceedings",
    "ie-dpc-tiktok-2025",
    "ca-citizen-lab-2021",
    "be-smi-2025-tiktok",
    "ee-samsung-2023-tiktok",
}


def test_the_cards_that_were_asked_for_ship() -> None:
    """Each under its own id."""
    assert cards().keys() >= WANTED


@pytest.mark.parametrize("card", cards().values(), ids=lambda c: str(c.id))
def test_a_card_is_whole(card: object) -> None:
    """A claim with its day, people, method, source, how sure, what speaks against it, and the day to look again."""
    found = cards()[card.id]  # type: ignore[attr-defined]  # the parameter is only there for its name
    assert found.about
    assert found.check_again  # read or not, and whatever it is about: law as any other
    if not found.is_read:
        assert (found.cites, found.claim, found.confidence, found.population) == ((), "", None, "")
        return
    assert found.on is not None
    assert found.population
    assert found.method
    assert found.rebuttal
    assert found.confidence
    assert found.cites
    assert all(c.title for c in found.cites)
    assert timedelta(days=60) < found.check_again - found.on


def test_what_nobody_read_says_nothing() -> None:
    """Two are known to exist and were not read."""
    assert [c.id for c in cards().values() if not c.is_read] == ["ee-valisluureamet-2024", "eu-minors-proceedings"]


def test_a_figure_of_reach_says_what_it_counts_and_of_whom() -> None:
    """Sample or its absence, for each card with a metric."""
    for card in cards().values():
        if card.metric is not None:
            assert "n = " in card.population or "not seen" in card.population or card.id.startswith("eu-eurostat")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_criterion_has_its_words(language: str) -> None:
    """Ten of them, each with three anchors of their own in each language."""
    assert len(shipped_criteria()) == 10
    said = [scale(c, language) for c in shipped_criteria()]
    assert len({s.title for s in said}) == 10
    assert all(len({*s.anchors}) == 3 and all(s.anchors) for s in said)


def test_languages_differ() -> None:
    """No language has another's words."""
    for criterion in shipped_criteria():
        assert len({scale(criterion, language).title for language in LANGUAGES}) == len(LANGUAGES)
