# SPDX-License-Identifier: EUPL-1.2
"""Parts of sentences: scopes with their negations, selectors by name, facts that nobody stated."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ordinance.catalogue.load import load
from ordinance.model.apps import AppFacts, Surface
from ordinance.model.law import Affiliates, Condition, Scope, Selector, What
from ordinance.model.ruling import Subject
from ordinance.operations.directives import library
from ordinance.policy import scope as scopes
from ordinance.policy import select
from ordinance.policy.resolve import class_of, clause_states
from ordinance.report.language import LANGUAGES
from ordinance.report.language.messages import messages
from ordinance.report.language.phrases import Phrases


def phrases(language: str = "en") -> Phrases:
    """The words of a language with the shipped catalogue and one authority."""
    return Phrases(messages(language), load(), {"gent": "City of Ghent"})


OWN = ("is", "owner", ("person",))
PAID = ("share", "subscription_share", "over", 0)
BODY = ("is", "owner", ("body", "leased"))
FLAG = ("is", "confidential", ("yes",))


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        (OWN, "the device belongs to the person who uses it"),
        (("not", OWN), "the device does not belong to the person who uses it"),
        (("not", ("not", OWN)), "the device belongs to the person who uses it"),
        (BODY, "the device belongs to the body or the body leases the device"),
        (("not", BODY), "the device does not belong to the body and the body does not lease the device"),
        (PAID, "the body pays the subscription wholly or in part"),
        (("not", PAID), "the body pays nothing of the subscription"),
        (("share", "use_share", "at_least", 50), "the body pays at least 50 % of the costs of use"),
        (("not", ("share", "use_share", "at_least", 50)), "the body pays less than 50 % of the costs of use"),
        (("not", FLAG), "no confidential information is handled on the device"),
        (
            ("all", (OWN, ("any", (PAID, FLAG)))),
            "the device belongs to the person who uses it and (the body pays the subscription wholly or in part or "
            "confidential information is handled on the device)",
        ),
        (
            ("not", ("any", (OWN, FLAG))),
            "the device does not belong to the person who uses it and no confidential information is handled on the "
            "device",
        ),
        (("all", (("any", (OWN,)),)), "the device belongs to the person who uses it"),
    ],
)
def test_a_scope_is_said_with_its_negations_at_the_tests(tree: Scope, said: str) -> None:
    """Not of a list is all of the opposites; brackets only where something joins something joined."""
    assert phrases().scope(tree) == said


def test_a_fact_is_said_as_it_was_found() -> None:
    """A share as a number, nothing as nothing, a missing one as what would be asked."""
    known = phrases()
    assert known.stated("subscription_share", "30") == "the body pays 30 % of the subscription"
    assert known.stated("subscription_share", "0") == "the body pays nothing of the subscription"
    assert known.stated("owner", "") == "who owns the device"
    assert known.stated("people", "elected") == "the holder is an elected member"
    assert known.stated("incidental", "no") == "the device is not incidental to a contract"


@pytest.mark.parametrize(
    ("selector", "said"),
    [
        (Selector(What.FAMILY, ("tiktok",)), "TikTok"),
        (Selector(What.APP, ("meta/whatsapp",)), "WhatsApp"),
        (Selector(What.VENDOR, ("bytedance",)), "every product of ByteDance Ltd."),
        (
            Selector(What.VENDOR, ("bytedance",), affiliates=Affiliates.GROUP),
            "every product of ByteDance Ltd. and of its whole group",
        ),
        (Selector(What.CATEGORY, ("games", "dating")), "every app of this kind: games or dating"),
        (Selector(What.ORIGIN, ("CN", "RU")), "every app whose maker is under the law of CN or RU"),
        (Selector(What.LISTED_BY, ("covered-apps",)), "every app on this list: “covered-apps”"),
        (Selector(What.NOT, parts=(Selector(What.FAMILY, ("tiktok",)),)), "not: TikTok"),
        (
            Selector(What.ALLOW_ONLY, parts=(Selector(What.APP, ("meta/whatsapp",)), Selector(What.FAMILY, ("none",)))),
            "everything except WhatsApp and none",
        ),
        (Selector(What.DEPLOYMENT, ("local",)), "use on the body's own machines"),
        (
            Selector(What.ALL, parts=(Selector(What.CATEGORY, ("games",)), Selector(What.ORIGIN, ("CN",)))),
            "(every app of this kind: games, if it also falls under: every app whose maker is under the law of CN)",
        ),
    ],
)
def test_a_selector_is_said_by_name(selector: Selector, said: str) -> None:
    """Names come from the catalogue; an id that it does not know stays the id."""
    assert phrases().selector(selector) == said


def test_subjects_surfaces_and_bodies() -> None:
    """In the order of the model; a group keeps its id."""
    dutch = phrases("nl")
    assert dutch.where(Subject.DEVICE, "op-001") == "op toestel op-001"
    assert phrases("et").where(Subject.NETWORK, "public") == "avalikkusele mõeldud võrgus"
    assert dutch.surfaces({Surface.WEB, Surface.APP}) == "de mobiele app en de website"
    assert phrases().bodies({"gent", "be-municipalities"}) == "be-municipalities and City of Ghent"
    assert dutch.conditions({Condition.NO_OTHER_APPS}) == "het toestel wordt voor niets anders gebruikt"
    assert phrases().purposes({"any"}) == "any purpose"
    assert phrases("et").purposes({"youth_channel"}) == "„youth channel“"
    assert dutch.needs({"evaluation", "new_study"}) == "een evaluatie en “new study”"


def test_apps_outside_the_catalogue() -> None:
    """Every other member of a family, and an app that nobody entered."""
    assert phrases().app("tiktok/?") == "every other product of TikTok"
    assert phrases().app("?/?") == "any app that the catalogue does not know"
    assert phrases().app("nobody/knows") == "nobody/knows"


def missing_in_the_library() -> set[str]:
    """What is missing where nothing is stated: of every clause of the library, about apps known and unknown."""
    law = library()
    found: set[str] = set()
    at = datetime(2025, 6, 1, tzinfo=UTC)
    nobody = class_of(scopes.DeviceFacts(), None, "nobody")
    unknown = AppFacts("some/app", "some")
    for state in clause_states(law, nobody, at):
        found |= {*state.reason.missing, *scopes.missing_facts(state.restriction.devices, nobody.facts)}
        found |= select.covers(law, state.text, state.restriction.what, unknown, at).missing
    return found


MISSING = sorted(missing_in_the_library())


def test_much_is_missing_where_nothing_is_stated() -> None:
    """The next test has something to look at."""
    assert {m.partition(" ")[0] for m in MISSING} >= {"people", "owner", "origin", "reading"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MISSING)
def test_every_missing_fact_of_the_library_is_said_in_words(name: str, language: str) -> None:
    """No fact is shown as the program writes it."""
    known = phrases(language)
    assert known.missing(name) != name
    assert "{" not in known.missing(name)


def test_a_missing_fact_that_nobody_foresaw_is_still_named() -> None:
    """As it stands, never dropped."""
    assert phrases().missing("something new") == "something new"
