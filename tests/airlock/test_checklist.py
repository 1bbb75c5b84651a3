# SPDX-License-Identifier: EUPL-1.2
"""Every question of the checklist is answered, with an answer that fits, or nothing goes out."""

from __future__ import annotations

import pytest

from ordinance.airlock.checklist import AnswerFault, Item, checklist, judge_answers
from ordinance.airlock.package import Label, Spoken

FACTS = {"captions": "not_needed", "ai_label": "not_said"}
GOOD = {
    "people": "none",
    "minors": "none",
    "screens": "none",
    "place": "public",
    "music": "none",
    "captions": "nothing_heard",
    "ai": "not_ai",
    "own_site": "there",
    "personal_data": "none",
}


def test_the_list_asks_what_it_must() -> None:
    """Nine items; each can be answered in every package, and each can stop it."""
    assert [item.id for item in checklist()] == [*GOOD]
    for item in checklist():
        assert len({answer.id for answer in item.answers}) == len(item.answers)
        assert any(answer.refuses for answer in item.answers)
        words = {*Spoken} if item.id == "captions" else {*Label}
        for word in words:
            fitting = item.fitting({"captions": word, "ai_label": word})
            assert any(not answer.refuses for answer in fitting), (item.id, word)
        assert {w for a in item.answers for w in (*a.only_if, *a.note_if)} <= words


def test_good_answers_let_it_go() -> None:
    """Nothing stops what is answered well; each of the items alone does when it is missing."""
    assert judge_answers(GOOD, {}, FACTS) == ()
    for item in GOOD:
        assert judge_answers({k: v for k, v in GOOD.items() if k != item}, {}, FACTS) == ((item, AnswerFault.MISSING),)
        assert judge_answers({**GOOD, item: "yes"}, {}, FACTS) == ((item, AnswerFault.UNKNOWN),)
        assert judge_answers({**GOOD, item: ""}, {}, FACTS) == ((item, AnswerFault.MISSING),)


@pytest.mark.parametrize("item", checklist(), ids=lambda item: item.id)
def test_each_answer_that_refuses_refuses(item: Item) -> None:
    """Whatever note goes with it."""
    for answer in item.answers:
        if answer.refuses:
            found = judge_answers({**GOOD, item.id: answer.id}, {item.id: "it is urgent"}, FACTS)
            assert found == ((item.id, AnswerFault.REFUSES),)


@pytest.mark.parametrize(
    ("label", "answer", "note", "found"),
    [
        ("needed", "not_ai", "surely not", AnswerFault.NOT_FITTING),
        ("needed", "labelled", "", None),
        ("needed", "unlabelled", "no", AnswerFault.REFUSES),
        ("not_readable", "not_ai", "", AnswerFault.NO_NOTE),
        ("not_readable", "not_ai", "  ", AnswerFault.NO_NOTE),
        ("not_readable", "not_ai", "filmed by the press office", None),
        ("not_readable", "labelled", "", None),
        ("hinted", "not_ai", "", AnswerFault.NO_NOTE),
        ("hinted", "not_ai", "a photograph, only cropped there", None),
        ("hinted", "labelled", "", None),
        ("not_said", "labelled", "", None),
    ],
    ids=[
        "said-and-denied", "labelled", "no-label", "no-note", "empty-note", "note", "unsure-labelled", "hint-no-note",
        "hint-note", "hint-labelled", "by-itself",
    ],
)
def test_ai_is_never_dropped_silently(label: str, answer: str, note: str, found: AnswerFault | None) -> None:
    """What said AI gets the label; what could not be read, or only hints at it, gets it too, or a reason why not."""
    said = judge_answers({**GOOD, "ai": answer}, {"ai": note}, {**FACTS, "ai_label": label})
    assert said == ((("ai", found),) if found else ())


@pytest.mark.parametrize(
    ("fact", "answer"),
    [("included", "waived"), ("included", "nothing_heard"), ("waived", "read_and_right"), ("not_needed", "waived")],
)
def test_an_answer_fits_the_package(fact: str, answer: str) -> None:
    """Nobody reads captions that are not there, nor waives those that are."""
    said = judge_answers({**GOOD, "captions": answer}, {}, {**FACTS, "captions": fact})
    assert said == (("captions", AnswerFault.NOT_FITTING),)


def test_notes_are_there_where_needed_and_short() -> None:
    """Consent without a word on it is none; a novel is none either; what nobody asked is said."""
    given = {**GOOD, "minors": "all_consented"}
    assert judge_answers(given, {}, FACTS) == (("minors", AnswerFault.NO_NOTE),)
    assert judge_answers(given, {"minors": "forms 3 and 4"}, FACTS) == ()
    assert judge_answers(given, {"minors": "x" * 301}, FACTS) == (("minors", AnswerFault.LONG_NOTE),)
    assert judge_answers({**GOOD, "mood": "good"}, {"more": "x"}, FACTS) == (
        ("mood", AnswerFault.NOT_ASKED),
        ("more", AnswerFault.NOT_ASKED),
    )
