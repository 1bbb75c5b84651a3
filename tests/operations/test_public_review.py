# SPDX-License-Identifier: EUPL-1.2
"""The public version of a channel review: no name that the file lists, no detail of security, and every score."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ordinance.model.channel_review import ChannelReview, Gate
from ordinance.operations.channel_review import review_document
from ordinance.operations.public_review import for_the_public
from ordinance.report.channel_review import render_review
from ordinance.report.language import LANGUAGES
from review.reviews import WHOLE, read

DAY = date(2025, 2, 1)
NAMES = """names:
  - {name: Jansen, role: press officer}
  - {name: Jan Jansen, role: head of communications}
"""


def reviewed(text: str = WHOLE) -> ChannelReview:
    found, issues = read(text)
    assert issues == []
    assert found is not None
    return found


def public(review: ChannelReview, language: str = "en") -> dict[str, Any]:
    return for_the_public(review_document(review, DAY, language), review)


def page(review: ChannelReview, language: str = "en") -> str:
    made = {"body": {"id": "city", "name": "City"}, "notice": "", "as_of": DAY.isoformat(), "language": language}
    return render_review(made, public(review, language)).decode()


def test_a_name_that_the_file_lists_is_a_role_everywhere() -> None:
    """In every text, whatever its letters; the longer name first, and never within another word."""
    text = WHOLE.replace("by: council\n", "by: JAN JANSEN\n").replace("Another year lost.", "Jansens and jansen lost.")
    text = text.replace("Two schools were asked.", "Jan Jansen asked two schools.")
    review = reviewed(text + NAMES)
    made = public(review)
    assert made["decision"]["by"] == "head of communications"
    assert made["decision"]["dissent"][0]["text"] == "Jansens and press officer lost."
    assert made["cells"][0]["evidence"][1]["claim"] == "head of communications asked two schools."
    assert "Jan Jansen" not in json.dumps(made)
    for language in LANGUAGES:
        shown = page(review, language)
        assert "jan jansen" not in shown.casefold()
        assert "head of communications" in shown


def test_addresses_and_who_looks_up_are_left_out() -> None:
    """Also an address within a sentence; an address of a page that is cited stays."""
    made = public(reviewed(WHOLE.replace("Another year lost.", "Ask jan.jansen@city.example about it.")))
    assert made["decision"]["dissent"][0]["text"] == "Ask … about it."
    every = [e for c in made["cells"] for e in c["evidence"]]
    assert {(e["owner"], e["place"]) for e in every} == {(None, None)}
    assert every[1]["cite"]["url"] == "https://city.example/survey"
    assert "youth office" not in page(reviewed())


@pytest.mark.parametrize("language", LANGUAGES)
def test_details_of_security_are_withheld_and_counted(language: str) -> None:
    """What the file marks, and without a mark the gate about devices; results and scores stay."""
    text = WHOLE.replace("reason: Nobody tried.", "internal: yes, reason: Nobody tried.")
    text = text.replace("        metric: constant\n", "        metric: constant\n        internal: yes\n")
    review = reviewed(text)
    made, whole = public(review, language), review_document(review, DAY, language)
    assert made["public"] == {"withheld": 2}
    assert [g["result"] for g in made["gates"]] == [g["result"] for g in whole["gates"]]
    assert [(c["low"], c["high"]) for c in made["cells"]] == [(c["low"], c["high"]) for c in whole["cells"]]
    shown = page(review, language)
    for secret in ("Nobody tried.", "Two schools were asked.", "own survey", "questions in class"):
        assert secret not in shown
        assert secret not in json.dumps(made)
    assert "(2)" in shown


def test_what_is_about_devices_or_security_is_withheld_without_a_mark() -> None:
    """Until the file says `internal: no`; a shipped card is public anyway."""
    review = reviewed()
    about = tuple(replace(g, gate=Gate.DEVICE_RULE) for g in review.gates)
    assert [g.is_internal for g in about] == [True] * 4
    assert not any(replace(g, internal=False).is_internal for g in about)
    card, own = review.cells[0].evidence
    assert (card.is_internal("security_advice"), own.is_internal("security_advice")) == (False, True)
    assert (own.is_internal("reach"), replace(own, internal=False).is_internal("security_advice")) == (False, False)


def test_without_anything_to_hide_the_answer_is_the_same() -> None:
    """Headline, options, orders and decision are those of the whole document."""
    review = reviewed()
    made, whole = public(review), review_document(review, DAY, "en")
    same = ("stale", "overdue", "headline", "options", "gate_policy", "criteria", "stakeholders", "decision", "method")
    assert {k: made[k] for k in same} == {k: whole[k] for k in same}
