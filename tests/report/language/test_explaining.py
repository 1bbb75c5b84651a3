# SPDX-License-Identifier: EUPL-1.2
"""A ruling in plain sentences: each outcome, each part, in each language, from the example bodies."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import bodies
from ordinance.model.apps import Surface
from ordinance.model.explained import Case
from ordinance.model.ruling import Outcome, Subject
from ordinance.operations.explaining import case_of
from ordinance.operations.rulings import Asked
from ordinance.report.language import LANGUAGES
from ordinance.report.language.explaining import explained
from ordinance.report.language.messages import messages
from ordinance.report.language.phrases import Phrases

CASES = {  # every outcome that the examples have, and every kind of subject
    "forbidden": ("ghent", Subject.DEVICE, "op-001", "2023-03-20", Outcome.FORBIDDEN),
    "before": ("ghent", Subject.DEVICE, "op-001", "2023-03-01", Outcome.PERMITTED),
    "permitted": ("ghent", Subject.DEVICE, "ow-004", "2023-03-20", Outcome.PERMITTED),
    "unknown": ("ghent", Subject.DEVICE, "op-006", "2023-03-20", Outcome.UNKNOWN),
    "conditional": ("tallinn", Subject.DEVICE, "sd-001", "2024-12-12", Outcome.CONDITIONAL),
    "network": ("ghent", Subject.NETWORK, "public", "2023-03-20", Outcome.PERMITTED),
    "place": ("ghent", Subject.PLACE, "meeting", "2023-03-20", Outcome.PERMITTED),
    "account": ("ghent", Subject.ACCOUNT, "official", "2023-03-20", Outcome.PERMITTED),
}


def case(name: str) -> Case:
    """One case of the examples."""
    body, subject, asked, day, _ = CASES[name]
    opened = bodies.workspace(body)
    return case_of(opened, Asked(subject, asked, "tiktok", Surface.APP), bodies.instant(day, opened))


def said(one: Case, language: str = "en") -> dict[str, tuple[str, ...]]:
    """Its sentences by what they are about."""
    opened = bodies.workspace("ghent")
    names = {"gent": "City of Ghent", "be-federal": "Belgian federal government"}
    known = Phrases(messages(language), opened.catalogue, names)
    return {p.about: p.sentences for p in explained(one, known)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_every_outcome_is_explained_in_every_language(name: str, language: str) -> None:
    """The examples give the outcomes they are here for, and nothing is left between braces."""
    one = case(name)
    assert one.ruling.outcome is CASES[name][4]
    found = said(one, language)
    assert len(found["outcome"]) == 1
    assert not any("{" in s for sentences in found.values() for s in sentences)


@pytest.mark.parametrize(
    ("language", "since"),
    [("en", "since 2020 (day and month are not known)"), ("et", "alates 2020. aastast (päev ja kuu ei ole teada)")],
)
def test_a_beginning_is_said_no_more_exactly_than_it_is_known(language: str, since: str) -> None:
    """RIA's advice is of 2020: the day that stands for it in the file is never told as a fact."""
    opened = bodies.workspace("tallinn")
    asked = Asked(Subject.DEVICE, "tw-001", "tiktok", Surface.APP)
    why = " ".join(said(case_of(opened, asked, bodies.instant("2024-12-16", opened)), language)["why"])
    assert since in why and "23" not in why


def test_a_text_of_which_nobody_read_how_long_it_lasts_is_not_said_to_have_no_end() -> None:
    """RIA's advice was read without its duration; the city's own text was read whole, and has no end."""
    opened = bodies.workspace("tallinn")
    asked = Asked(Subject.DEVICE, "tw-001", "tiktok", Surface.APP)
    why = said(case_of(opened, asked, bodies.instant("2024-12-16", opened)))["why"]
    terms = [s for s in why if s.startswith("It has been in force")]
    assert [s.partition("; ")[2] for s in terms] == ["no end is set.", "how long it lasts was not read."]


def test_a_binding_rule_is_explained_whole() -> None:
    """Who, since when, until when, what silence means, why, what to do by when, what would change it."""
    found = said(case("forbidden"))
    assert found["why"] == (
        "City of Ghent decided this in “TikTok off devices the city pays for” (gent-2023-tiktok/paid-devices). "
        "The rule is binding.",
        "It has been in force since 13 March 2023 and runs until 12 September 2023, that day included.",
        "If nobody decides anything, the rule then stops applying, and the decision on it is overdue.",
        "To renew it, this is needed: an evaluation.",
        "It applies for these reasons: the body pays 30 % of the subscription; the holder is a member of staff.",
    )
    assert found["duties"] == (
        "Stop using it: at once, since 13 March 2023.",
        "Remove it from the device: by 26 March 2023 at the latest.",
        "Prevent that it is installed: by 26 March 2023 at the latest.",
        "Block its traffic on the networks: by 2 April 2023 at the latest.",
    )
    assert found["changes"] == (
        "If this were so instead: the body pays nothing of the subscription; the outcome would be: permitted.",
        "If this were so instead: the holder is not a member of staff; the outcome would be: permitted.",
        "If nothing else changes, the outcome from 13 September 2023 is: permitted.",
    )
    assert "so none counts" in found["exemption"][0]
    assert "paid-devices.duties.remove" in found["notes"][0] and found["notes"][-1].startswith("Invented estate")


def test_an_exemption_is_explained_with_its_conditions_and_the_answer_to_advice() -> None:
    """Purpose, who approved it, until when, what it asks; and what the city answered to the agency."""
    found = said(case("conditional"))
    assert found["exemption"][0] == (
        "The exemption “channel-devices” is for the purpose “reach young residents”. head of communications approved "
        "it on 1 December 2024. It runs until 30 June 2025, that day included."
    )
    assert "the device is used for nothing else" in found["exemption"][1]
    assert "not followed as it stands" in found["advice"][0]
    assert found["advice"][-1] == "It looks at this again on 1 June 2025."
    assert "If nothing else changes, the outcome from 1 July 2025 is: forbidden." in found["changes"]
    assert "duties" not in found


def test_what_is_missing_is_named_and_tried() -> None:
    """An unknown outcome says which fact is not stated, and what each value would lead to."""
    found = said(case("unknown"))
    assert found["missing"] == (
        "Not stated, though it would decide: which share of the subscription the body pays.",
    )
    assert any("pays nothing of the subscription; the outcome would be: permitted" in s for s in found["changes"])
    assert any("wholly or in part; the outcome would be: forbidden" in s for s in found["changes"])
    assert found["why"][0].startswith("Whether “TikTok off devices the city pays for”")


def test_a_mirrored_text_has_no_force_and_a_rule_to_come_is_announced() -> None:
    """Both are said, apart from what decided."""
    assert any("It has no force here." in s for s in said(case("permitted"))["others"])
    before = said(case("before"))
    assert "why" not in before
    assert "It is in force from 13 March 2023." in before["others"]


def test_advice_that_nobody_answered_is_said_where_it_concerns_the_case() -> None:
    """The same advice without an answer."""
    one = case("conditional")
    advice = tuple(replace(a, answer=None) for a in one.advice)
    assert said(replace(one, advice=advice))["advice"][0].startswith("The body has not answered the advice of ")


def test_the_text_that_is_followed_has_ended() -> None:
    """The body's own act stays, and somebody has to decide."""
    one = case("forbidden")
    rules = tuple(
        replace(r, reason=replace(r.reason, to_be_decided="be-federal-716 is no longer in force")) for r in one.rules
    )
    why = said(replace(one, rules=rules))["why"]
    assert any("“be-federal-716”, which it follows, is no longer in force" in s for s in why)
    rules = tuple(
        replace(r, reason=replace(r.reason, to_be_decided="be-federal-716 has a newer version, 2")) for r in one.rules
    )
    assert any("has a newer version (2)" in s for s in said(replace(one, rules=rules))["why"])


def test_an_unsaid_word_for_to_be_decided_cannot_appear() -> None:
    """The two ways in which the law says that something is to be decided are the two that are known here."""
    source = (bodies.EXAMPLES.parent / "src/ordinance/policy/resolve.py").read_text("utf-8")
    body_of = re.search(r"^def _?to_be_decided\(.*?(?=^def )", source, re.MULTILINE | re.DOTALL)
    assert body_of and body_of[0].count('return f"') == 2
