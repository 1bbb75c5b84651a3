# SPDX-License-Identifier: EUPL-1.2
"""The public version of a channel review: no name that the file lists, no detail of security, and every score."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bodies import EXAMPLES
from ordinance.model.channel_review import ChannelReview, Gate
from ordinance.operations.channel_review import review_document, reviews_document
from ordinance.operations.public_review import for_the_public
from ordinance.policy.body import load_body
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
    made = {"reviews": [review_document(review, DAY, language)]}
    found: dict[str, Any] = for_the_public(made, (review,), review.names)["reviews"][0]
    return found


def page(review: ChannelReview, language: str = "en") -> str:
    made = {"body": {"id": "city", "name": "City"}, "notice": "", "as_of": DAY.isoformat(), "language": language}
    return render_review(made, public(review, language)).decode()


def test_a_name_that_the_file_lists_is_a_role_everywhere() -> None:
    """In every text, whatever its letters; the longer name first, with an ending too, never in another word."""
    text = WHOLE.replace("by: council\n", "by: JAN JANSEN\n")
    text = text.replace("Another year lost.", "Jansens and Jansenistically and jansen lost.")
    text = text.replace("Two schools were asked.", "Jan Jansen asked two schools.")
    review = reviewed(text + NAMES)
    made = public(review)
    assert made["decision"]["by"] == "head of communications"
    assert made["decision"]["dissent"][0]["text"] == "press officer and Jansenistically and press officer lost."
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
    swing = replace(review.stakeholders[0].swings[0], criterion="security_advice")
    assert (swing.is_internal, replace(swing, internal=False).is_internal) == (True, False)
    other = replace(swing, criterion="cost")
    assert (other.is_internal, replace(other, internal=True).is_internal) == (False, True)
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


def said_by_dissent(text: str, names: str = NAMES) -> str:
    """What the public reads of somebody's words."""
    (voice,) = public(reviewed(WHOLE.replace("Another year lost.", json.dumps(text)) + names))["decision"]["dissent"]
    return str(voice["text"])


def test_an_address_goes_before_the_names_in_it() -> None:
    """Or half of it would be left; also where a part of it is a listed name."""
    said = said_by_dissent("Ask marie.jansen@city.example and Jansen.")  # the role has blanks, and an address has none
    assert said == "Ask … and press officer."


@pytest.mark.parametrize(
    ("listed", "written"),
    [
        ("Jüri Tamm", "Jüri\nTamm"),
        ("Jüri Tamm", "Jüri\u00a0Tamm"),
        ("Jüri Tamm", "JÜRI  TAMM"),
        ("Jüri Tamm", "Jüri Tamme"),
        ("Jüri Tamm", "Jüri Tammesse"),
        ("Jüri Tamm", "Ju\u0308ri Tamm"),
        ("Ju\u0308ri Tamm", "Jüri Tamm"),
        ("Jüri Tamm", "Jü\u00adri\u200b Tamm"),
        ("Jüri Tamm", "jüri-tamm"),
        ("Jüri  Tamm", "Jüri Tamm"),
        ("Groß", "Groß"),
        ("Jüri Tamm", "Tamm, Jüri"),
        ("Jüri Tamm", "TAMM Juri"),
        ("Bart D'Hondt", "Bart D\u2019Hondt"),
        ("Anne-Marie Tõnu", "Anne Marie Tonu"),
        ("Anne-Marie Tõnu", "Anne\u2011Marie Tõnu"),
    ],
)
def test_a_name_is_found_however_it_is_written(listed: str, written: str) -> None:
    """Over the end of a line, with other blanks, in other forms of the same letters, with the ending of a case."""
    names = f"names:\n  - {{name: {json.dumps(listed)}, role: head}}\n"
    assert said_by_dissent(f"It was {written}, he said.", names) == "It was head, he said."


def test_a_name_is_no_beginning_of_a_plain_word() -> None:
    """Whatever its length: with an ending it is a name only where it has a capital."""
    market = "names:\n  - {name: Mark, role: head}\n"
    assert said_by_dissent("The market is open, Marki said.", market) == "The market is open, head said."
    names = "names:\n  - {name: Mai, role: head}\n"
    assert said_by_dissent("It is mainly mai, or Maiga.", names) == "It is mainly head, or head."


@pytest.mark.parametrize(
    "link",
    [
        "https://intranet.example/people/jan-jansen",
        "https://intranet.example/people/Jan_Jansen.html",
        "https://intranet.example/people/jan%20jansen",
        "https://intranet.example/people/jan%2520jansen",
        "https://intranet.example/jansenjan",
        "https://intranet.example/?mail=j.doe@city.example",
        "https://intranet.example/?mail=j.doe%40city.example",
    ],
)
def test_a_link_that_gives_somebody_away_is_left_out(link: str) -> None:
    """Its title stays; within a text it is taken out whole. Another link stays."""
    made = public(reviewed(WHOLE.replace("https://city.example/survey", link) + NAMES))
    cite = made["cells"][0]["evidence"][1]["cite"]
    assert (cite["title"], cite["url"]) == ("own survey", None)
    assert said_by_dissent(f"See {link} there.") == "See … there."
    assert said_by_dissent("See https://medium.example/@city/post.html there.").count("medium.example/@city") == 1


def test_a_name_with_accents_is_found_in_a_link_without() -> None:
    """As addresses of pages are written."""
    names = "names:\n  - {name: Jüri Tamm, role: head}\n"
    assert said_by_dissent("See https://city.example/juri.tamme#x", names) == "See …"


def test_ids_that_hold_a_name_are_others_everywhere() -> None:
    """Of options, scales and stakeholders; the page is drawn as before, and other ids stay."""
    text = WHOLE.replace("device", "jan-jansen-phone").replace("separate_jan-jansen-phone", "separate_device")
    text = text.replace("id: youth", "id: jansen").replace("  option: later\n", "  option: jan-jansen-phone\n")
    review = reviewed(text + NAMES)
    made = public(review)
    assert "jansen" not in json.dumps(made).casefold()
    (new, later) = (o["id"] for o in made["options"])
    assert (new, later, made["decision"]["option"]) == ("id-1", "later", "id-1")
    assert {g["option"] for g in made["gates"]} == {c["option"] for c in made["cells"]} == {new, later}
    assert {s["id"] for s in made["stakeholders"]} == {"id-2", "finance"}
    assert "jansen" not in page(review).casefold()


def test_every_text_but_our_own_words_is_cleaned() -> None:
    """Whatever key a text stands at: one that is forgotten would give somebody away. Words of our own stay."""
    names = NAMES + "  - {name: daily, role: head}\n  - {name: wait, role: head}\n"
    review = reviewed(WHOLE.replace("invented: [cells]", "invented: [what Jan Jansen said]") + names)
    made = public(review)
    assert made["invented"] == ["what head of communications said"]
    assert made["options"][1]["outcome"] == "wait"
    whole = {"body": {"id": "city", "name": "City of Jan Jansen"}, "notice": "Ask a@b.example", "reviews": []}
    found = for_the_public(whole, (), review.names)
    assert (found["body"]["name"], found["notice"]) == ("City of head of communications", "Ask …")


def test_internal_texts_of_weights_and_of_the_decision() -> None:
    """Each is left out and counted, and the page says that it is not public; weights and who spoke stay."""
    text = WHOLE.replace("weight: 20, because: It is small.", "weight: 20, internal: yes, because: It is small.")
    text = text.replace("text: Another year lost.", "internal: yes, text: Another year lost.")
    text = text.replace("[Nobody knows whom it reaches.]", "[So it is., {text: A secret., internal: yes}]")
    review = reviewed(text)
    made = public(review)
    assert made["public"] == {"withheld": 3}
    assert [s["weight"] for s in made["stakeholders"][0]["swings"]] == [100, 20]
    assert made["decision"]["reasons"] == ["So it is.", None]
    assert made["decision"]["dissent"] == [{"by": "youth council", "text": None, "withheld": "internal"}]
    assert review_document(review, DAY, "en")["decision"]["reasons"] == ["So it is.", "A secret."]
    for language in LANGUAGES:
        shown = page(review, language)
        assert not [t for t in ("It is small.", "Another year lost.", "A secret.") if t in shown]
        assert "youth council" in shown
    assert "not public" in page(review)
    assert "detail of security" not in page(review)


def test_one_answer_for_several_options_is_one_text() -> None:
    """It stands once in the file; about devices the page says that it is a detail of security."""
    text = WHOLE.replace("must_pass: [legal_basis", "must_pass: [device_rule")
    review = reviewed(text.replace("gate: legal_basis", "gate: device_rule"))
    made = public(review)
    assert made["public"] == {"withheld": 1}
    assert [g.get("withheld") for g in made["gates"]] == ["security", "security", None, None]
    assert "not public: detail of security" in page(review)


def test_a_person_of_another_review_is_a_role_too(tmp_path: Path) -> None:
    """A page names the review that decided in its place, by its title."""
    shutil.copytree(EXAMPLES / "reviews" / "tartu-like", tmp_path / "body")
    folder = tmp_path / "body" / "reviews"
    (folder / "tiktok.yaml").write_text(WHOLE, "utf-8")
    later = WHOLE.replace("review: tiktok\n", "review: again\nfollows: tiktok\n")
    later = later.replace("\non: 2025-01-15", "\non: 2025-01-16")
    later = later.replace("title: TikTok for young residents", "title: What Jan Jansen asked for")
    (folder / "again.yaml").write_text(later + NAMES, "utf-8")
    made = reviews_document(load_body(tmp_path / "body"), "tiktok", DAY, public=True)
    assert [r["title"] for r in made["reviews"][0]["decided_anew"]] == ["What head of communications asked for"]
