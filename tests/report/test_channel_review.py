# SPDX-License-Identifier: EUPL-1.2
"""The page of a channel review: in four languages, stale before anything else, and never markup from a file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from importlib.resources import files
from itertools import takewhile
from pathlib import Path
from string import Formatter
from typing import Any

import pdfua
import pikepdf
import pytest

from bodies import EXAMPLES
from ordinance.model.channel_review import ChannelOutcome, ChannelReview, Gate, GateResult, Handle, Metric
from ordinance.operations.channel_review import percent, review_document, reviews_document
from ordinance.policy.body import load_body
from ordinance.report.channel_review import render_review, review_page
from ordinance.report.language import LANGUAGES
from ordinance.report.pdf import render_pdf
from review.reviews import WHOLE, read

ENUMS: dict[str, type[StrEnum]] = {
    "outcome_of": ChannelOutcome,
    "handle": Handle,
    "gate": Gate,
    "gate_result": GateResult,
    "metric": Metric,
}
SIGNED = date(2025, 2, 1)
HOSTILE = "<script>alert(1)</script>&\u202e\u0007{braces} %s"


def whole() -> ChannelReview:
    found, issues = read(WHOLE)
    assert issues == []
    assert found is not None
    return found


def document(review: ChannelReview, day: date = SIGNED, language: str = "en") -> dict[str, Any]:
    return {
        "body": {"id": "city", "name": "City"},
        "notice": "Made up.",
        "as_of": day.isoformat(),
        "language": language,
        "reviews": [review_document(review, day, language)],
    }


def page(review: ChannelReview, day: date = SIGNED, language: str = "en") -> str:
    made = document(review, day, language)
    return render_review(made, made["reviews"][0]).decode()


def lead(review: ChannelReview, day: date = SIGNED, language: str = "en") -> str:
    made = document(review, day, language)
    return review_page(made, made["reviews"][0]).lead


def messages(language: str) -> Mapping[str, Mapping[str, str]]:
    text = files("ordinance.report.language").joinpath("review", f"{language}.toml").read_text("utf-8")
    return tomllib.loads(text)


def test_languages_have_the_same_keys_and_fields() -> None:
    """A sentence that one language lacks, or a field that one forgot, would stop a report."""
    first = messages("en")
    for language in LANGUAGES[1:]:
        other = messages(language)
        assert {t: set(v) for t, v in other.items()} == {t: set(v) for t, v in first.items()}
        for key, text in first["review"].items():
            named = {name for _, name, _, _ in Formatter().parse(text) if name}
            assert {n for _, n, _, _ in Formatter().parse(other["review"][key]) if n} == named, (language, key)


@pytest.mark.parametrize("table", ENUMS)
def test_every_word_of_the_model_has_words(table: str) -> None:
    """And nothing else has, in each language."""
    for language in LANGUAGES:
        assert set(messages(language)[table]) == {str(w) for w in ENUMS[table]}


SHARED = {"decimal", "gate_line", "share", "score_for", "score_range", "option", "source", "stale_title"}


def test_no_language_is_anothers() -> None:
    """Of the sentences hardly any is the same in two languages."""
    for n, one in enumerate(LANGUAGES):
        for other in LANGUAGES[n + 1 :]:
            same = {k for k, v in messages(one)["review"].items() if v == messages(other)["review"][k]}
            assert same <= SHARED


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_in_each_language(language: str) -> None:
    """Every part is there: options, gates, scores, what would change it, orders, decision, annexes; no script."""
    made = page(whole(), language=language)
    assert f'<html lang="{language}">' in made
    assert "<script" not in made
    for anchor in ("options", "gates", "scores", "change", "decision"):
        assert f'<h2 id="{anchor}">' in made
    for anchor in ("annex-scales", "annex-weights", "annex-gates", "annex-evidence", "method"):
        assert f'<h2 id="{anchor}">' in made
    assert "Another year lost." in made
    assert "Two schools were asked." in made
    assert messages(language)["review"]["notice"] in made
    assert language == "en" or "Notice" not in made
    assert "{" not in made.split("</style>")[1]
    assert page(whole(), language=language) == made


@pytest.mark.parametrize(
    ("language", "word"), [("en", "Stale:"), ("et", "Aegunud:"), ("nl", "Verouderd:"), ("fr", "Périmé :")]
)
def test_stale_is_said_first(language: str, word: str) -> None:
    """From the day after the first claim expires: in the title, and as the first words of the answer."""
    last = date(2026, 1, 10)
    assert not lead(whole(), last, language).startswith(word)
    after = date(2026, 1, 11)
    made = document(whole(), after, language)
    assert (made["reviews"][0]["stale"], document(whole(), last)["reviews"][0]["stale"]) == (True, False)
    shown = review_page(made, made["reviews"][0])
    assert shown.title.startswith(word)
    assert shown.lead.startswith(word)
    assert "1" in shown.lead
    assert f"<h1>{word}" in page(whole(), after, language)


def test_an_overdue_review_says_so() -> None:
    """From the day after it was to be looked at again."""
    assert "Overdue" not in lead(whole(), date(2026, 1, 15))
    assert "Overdue: the last day of “Wait for a year” was 15 January 2026" in lead(whole(), date(2026, 1, 16))
    assert "to be looked at again" not in lead(whole(), date(2026, 1, 20))
    assert "Overdue: it was to be looked at again by 20 January 2026" in lead(whole(), date(2026, 1, 21))


def test_no_robust_winner_is_said() -> None:
    """An unknown score against a range: neither is first in 60 % of the weightings."""
    text = WHOLE.replace("score: 95", "score: 42")
    found, issues = read(text)
    assert issues == []
    assert found is not None
    assert document(found)["reviews"][0]["headline"]["kind"] == "no_robust_winner"
    assert document(found)["reviews"][0]["headline"]["winner"] is None
    assert lead(found).startswith("No robust winner: ")


def test_a_decision_past_a_gate_is_said() -> None:
    """A council may do so; nobody should have to find out."""
    review = whole()
    failing = tuple(
        replace(g, result=GateResult.FAILED) if (g.gate, g.option) == (Gate.RECORDS, "later") else g
        for g in review.gates
    )
    went_past = replace(review, gates=failing)
    assert "The decision was taken although “Wait for a year” does not pass: records." in lead(went_past)
    assert document(went_past)["reviews"][0]["decided_against"] == ["records"]
    assert "is the only option that passes" in lead(went_past)


def test_no_option_left() -> None:
    """Nothing is recommended where nothing passes."""
    review = whole()
    nobody = replace(review, gates=tuple(replace(g, result=GateResult.FAILED) for g in review.gates))
    assert lead(nobody).startswith("No option passes the gates. Nothing is weighed.")
    assert "no option is left" in page(nobody)


def test_who_would_choose_otherwise_is_said_at_once() -> None:
    """A first place in most weightings is not that of each stakeholder."""
    found, issues = read(WHOLE.replace("score: 95", "score: 10").replace("range: [40, 70]", "range: [60, 70]"))
    assert issues == []
    assert found is not None
    assert "another option comes first" not in lead(found)
    cheap = replace(found, stakeholders=tuple(replace(s, name=f"The {s.id}") for s in found.stakeholders))
    scores = {("later", "cost"): 60, ("later", "reach"): 20}
    keys = [(c.option, c.criterion) for c in cheap.cells]
    cells = [
        replace(c, low=scores[k], high=scores[k]) if k in scores else c for k, c in zip(keys, cheap.cells, strict=True)
    ]
    said = lead(replace(cheap, cells=tuple(cells)))
    assert "By the weights of The finance another option comes first." in said


def test_a_preparation_is_a_page_too() -> None:
    """Nothing has been decided, and it says so."""
    assert "Nothing has been decided yet." in page(replace(whole(), decision=None))


def test_a_share_is_never_rounded_up_to_the_limit() -> None:
    """59.96 % and "no robust winner" would contradict a 60.0 beside it."""
    assert percent(Fraction(5996, 10000)) == 59.9
    assert percent(Fraction(60, 100)) == 60.0


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def test_hostile_strings_stay_text() -> None:
    """Markup, braces and characters that turn text around, in every text that a file can hold."""
    texts = ("TikTok for young residents", "Should the city be there?", "communications office", "new advice")
    texts += ("From a separate device", "Wait for a year", "The law is not weighed.", "Nobody tried.", "16 to 24")
    texts += ("Two schools were asked.", "own survey", "pupils of two schools, n = 80", "questions in class")
    texts += ("youth office", "Youth council", "We are there.", "Another year lost.", "Nobody knows whom it reaches.")
    made = document(whole())
    spoilt = _replaced(made, {*texts})
    assert sum(HOSTILE in t for t in _texts(spoilt)) >= len(texts)
    for language in LANGUAGES:
        shown = render_review({**spoilt, "language": language}, spoilt["reviews"][0]).decode()
        assert "<script" not in shown
        assert "\u202e" not in shown
        assert "\u0007" not in shown
        assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;\ufffd\ufffd{braces} %s" in shown


def _replaced(value: Any, texts: set[str]) -> Any:
    if isinstance(value, str):
        return HOSTILE if value in texts else value
    if isinstance(value, dict):
        return {k: _replaced(v, texts) for k, v in value.items()}
    return [_replaced(v, texts) for v in value] if isinstance(value, list) else value


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(p.name for p in (EXAMPLES / "reviews").iterdir() if p.is_dir()))
def test_the_council_gets_two_pages_of_paper(name: str, language: str, tmp_path: Path) -> None:
    """As PDF/UA what must be read takes two pages; annexes begin on a page of their own."""
    body = load_body(EXAMPLES / "reviews" / name)
    made = reviews_document(body, None, date(2025, 5, 1), language)
    page = review_page(made, made["reviews"][0])
    read = tuple(takewhile(lambda s: not s.new_page, page.sections))
    assert len(read) < len(page.sections)
    assert pages_of(render_pdf(replace(page, sections=read)), tmp_path) <= 2
    content = render_pdf(page)
    assert pages_of(content, tmp_path) > 2
    assert [f for o in pdfua.validate(str(tmp_path / "x.pdf")).outcomes for f in o.findings] == []


def pages_of(content: bytes, folder: Path) -> int:
    (folder / "x.pdf").write_bytes(content)
    with pikepdf.open(folder / "x.pdf") as pdf:
        return len(pdf.pages)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "pass; not known, and let through: records"),
        ("et", "täidetud; teadmata ja läbi lastud: "),
        ("nl", "voldaan; onbekend en doorgelaten: "),
        ("fr", "remplies ; inconnu et admis : "),
    ],
)
def test_what_nobody_knows_is_no_plain_pass(language: str, said: str) -> None:
    """In the table of options: of one that is let through by `unknown_passes`, and of no other."""
    made = document(whole(), language=language)
    (device, later) = made["reviews"][0]["options"]
    assert (device["passed_unknown"], later["passed_unknown"]) == (["records"], [])
    table = next(s.table for s in review_page(made, made["reviews"][0]).sections if s.id == "options")
    assert table is not None
    assert table.rows[0][2].startswith(said)
    assert made["reviews"][0]["headline"]["leading"] == "later"
    ahead = {**made["reviews"][0], "headline": {**made["reviews"][0]["headline"], "leading": "device"}}
    sentence = messages(language)["review"]["leading_unknown"].partition("{gates}")[2]
    assert sentence in review_page(made, ahead).lead
    assert sentence not in review_page(made, made["reviews"][0]).lead
    assert table.rows[1][2] == messages(language)["review"]["passes"]
    assert said in page(whole(), language=language)


@pytest.mark.parametrize(
    ("language", "word"), [("en", "Stale:"), ("et", "Aegunud:"), ("nl", "Verouderd:"), ("fr", "Périmé :")]
)
def test_an_answer_at_a_gate_goes_out_of_date(language: str, word: str) -> None:
    """What the law is changes: from the day after, the page is stale, though no evidence has expired."""
    review = whole()
    found = replace(review, gates=tuple(replace(g, check_again=date(2025, 6, 1)) for g in review.gates))
    assert not document(found, date(2025, 6, 1))["reviews"][0]["stale"]
    made = document(found, date(2025, 6, 2), language)
    assert made["reviews"][0]["stale"]
    assert [g["look_again"] for g in made["reviews"][0]["gates"]] == [True] * 4
    shown = review_page(made, made["reviews"][0])
    assert (shown.title.startswith(word), shown.lead.startswith(word)) == (True, True)
    assert "4" in shown.lead


@pytest.mark.parametrize(
    ("language", "temporary"),
    [("en", "for a time"), ("et", "ajutiselt"), ("nl", "tijdelijk"), ("fr", "à titre temporaire")],
)
def test_the_last_day_of_what_was_decided_is_said_before_it_has_passed(language: str, temporary: str) -> None:
    """Of every option that has one, whatever its kind, and of the decision; one for a time says that it is."""
    text = WHOLE.replace("outcome: separate_device}", "outcome: separate_device, until: 2025-09-30}")
    text = text.replace("  option: later\n", "  option: device\n").replace("2026-01-20", "2025-07-20\n  temporary: yes")
    found, issues = read(text)
    assert issues == []
    assert found is not None
    made = document(found, language=language)
    sections = {s.id: s for s in review_page(made, made["reviews"][0]).sections}
    said = messages(language)["review"]
    ends = said["ends"].replace("{option}", "From a separate device").partition("{day")[0]
    assert [x for x in sections["options"].items if x.startswith(ends) and "2025" in x]
    until = said["decided_until"].partition("{day")[0]
    assert [x for x in sections["decision"].sentences if x.startswith(until) and "30" in x and "2025" in x]
    assert temporary in sections["decision"].sentences[0]
    assert temporary in lead(found, language=language)
    assert temporary not in lead(whole(), language=language)
