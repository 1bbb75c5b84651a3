# SPDX-License-Identifier: EUPL-1.2
"""Which apps a clause restricts: findings of people, what leads back to itself, origins known in part."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from ordinance.model.apps import AppFacts, Catalogue, Category, Family, Member, Vendor
from ordinance.model.kleene import Truth
from ordinance.model.law import (
    Classification,
    Criterion,
    ExternalList,
    Law,
    ListVersion,
    Otherwise,
    Selector,
    Text,
    What,
)
from ordinance.policy import select
from policy import oracle
from policy.worlds import Naming, a_clause, a_law, a_text, app_filled, local, make_naming, thrown

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
AT = local("2023-06-01T00:00")
GAMES = Selector(What.CATEGORY, ("games",))
CHESS = AppFacts("chess/app", "chess", categories=frozenset({Category.GAMES}))


def found(
    what: Selector, applies: bool, on: date = date(2023, 3, 1), name: str = "k", text: str = ""
) -> Classification:
    """A finding about games."""
    return Classification(name, what, What.CATEGORY, "games", applies, "somebody", on, text)


def covered(law: Law, text: Text, app: AppFacts = CHESS) -> select.Covered:
    """Whether the first clause restricts the app."""
    return select.covers(law, text, text.restrictions[0].what, app, AT)


def family(name: str) -> Selector:
    """A selector of a family."""
    return Selector(What.FAMILY, (name,))


@settings(max_examples=600, deadline=None)
@given(thrown(make_naming))
def test_what_is_known_of_an_app_decides_plainly_and_more_of_it_turns_nothing(naming: Naming) -> None:
    """With all said the answer is that of a plain reading of the rules; with less it is the same or open, and names
    what was not said, and that alone settles it."""
    n = naming
    whole = select.covers(n.law, n.text, n.what, n.whole, n.at)
    assert whole == select.Covered(Truth.of(oracle.restricts(n.law, n.text, n.what, n.whole, n.at)))
    some = select.covers(n.law, n.text, n.what, n.app, n.at)
    assert some.truth in {U, whole.truth}
    assert bool(some.missing) == (some.truth is U)
    stated = app_filled(n.app, n.whole, {m.partition(" of ")[0] for m in some.missing if " of " in m})
    assert select.covers(n.law, n.text, n.what, stated, n.at).truth is whole.truth


@pytest.mark.parametrize(
    ("what", "applies", "authority", "classified_by", "truth"),
    [
        (GAMES, False, "gent", (), F),  # its own text
        (GAMES, False, "be", (), T),  # nobody lets himself off what another decided
        (GAMES, False, "be", ("gent",), F),  # unless the other lets him
        (Selector(What.NOT, parts=(GAMES,)), False, "be", (), T),  # here the same words widen
        (Selector(What.ALLOW_ONLY, parts=(GAMES,)), False, "be", (), T),
        (Selector(What.NOT, parts=(Selector(What.NOT, parts=(GAMES,)),)), False, "be", (), T),
    ],
)
def test_nobody_loosens_what_binds_him(
    what: Selector, applies: bool, authority: str, classified_by: tuple[str, ...], truth: Truth
) -> None:
    """A finding of the body counts where it widens a rule; where it narrows one, only if it may."""
    text = a_text(a_clause(what=(what,)), authority=authority, classified_by=frozenset(classified_by))
    assert covered(a_law(text, classifications=(found(family("chess"), applies),)), text).truth is truth


@pytest.mark.parametrize(("authority", "truth"), [("gent", F), ("be", T)])
def test_an_allowed_category_cannot_be_filled_by_who_is_bound(authority: str, truth: Truth) -> None:
    """`allow_only` turns widening round: that an app *is* of the allowed kind is what lets it off."""
    text = a_text(a_clause(what=(Selector(What.ALLOW_ONLY, parts=(GAMES,)),)), authority=authority)
    law = a_law(text, classifications=(found(family("chat"), True),))
    assert covered(law, text, AppFacts("chat/app", "chat", categories=frozenset())).truth is truth


def test_the_latest_finding_counts() -> None:
    """A later day beats an earlier one; on one day the finding that something applies; none before its day."""
    text = a_text(a_clause(what=(GAMES,)))
    no, yes = found(family("chess"), False), found(family("chess"), True, date(2023, 4, 1), "l")
    assert covered(a_law(text, classifications=(yes, no)), text).truth is T
    assert covered(a_law(text, classifications=(replace(yes, on=date(2023, 2, 1)), no)), text).truth is F
    assert covered(a_law(text, classifications=(replace(yes, on=no.on, id="a"), no)), text).truth is T
    assert covered(a_law(text, classifications=(no, replace(no, applies=True, on=date(2023, 6, 2)))), text).truth is F


def test_a_finding_for_another_text_or_app_does_not_count() -> None:
    """`text:` narrows a finding to one text, `what:` to its apps."""
    text = a_text(a_clause(what=(GAMES,)))
    assert covered(a_law(text, classifications=(found(family("chess"), False, text="other"),)), text).truth is T
    assert covered(a_law(text, classifications=(found(family("chess"), False, text="t"),)), text).truth is F
    assert covered(a_law(text, classifications=(found(family("chat"), False),)), text).truth is T


@pytest.mark.parametrize(
    ("edition", "truth", "missing"), [("work", F, ()), ("free", T, ()), (None, U, ("edition of chess/app",))]
)
def test_a_finding_that_may_be_about_the_app(edition: str | None, truth: Truth, missing: tuple[str, ...]) -> None:
    """Where nobody stated what a finding asks for, the answer is open; it does not turn round when somebody does."""
    text = a_text(a_clause(what=(GAMES,)))
    law = a_law(text, classifications=(found(Selector(What.EDITION, ("work",)), False),))
    answer = covered(law, text, replace(CHESS, edition=edition))
    assert (answer.truth, answer.missing) == (truth, frozenset(missing))
    agreeing = a_law(text, classifications=(found(Selector(What.EDITION, ("work",)), True),))
    assert covered(agreeing, text, replace(CHESS, edition=edition)).truth is T


@pytest.mark.parametrize(
    ("what", "missing"),
    [
        (Selector(What.CRITERION, ("round",)), "criterion round for chess/app"),
        (Selector(What.CRITERION, ("there",)), "criterion there for chess/app"),
        (Selector(What.LISTED_BY, ("round",)), "list round"),
        (Selector(What.BEHAVIOUR, ("odd",)), "behaviour odd of chess/app"),
    ],
)
def test_what_leads_back_to_itself_says_nothing(what: Selector, missing: str) -> None:
    """A list on itself, criteria met by each other, a finding about what it finds: open, and no endless road."""
    odd = Selector(What.BEHAVIOUR, ("odd",))
    text = a_text(
        a_clause(what=(what,)),
        lists=(ExternalList("round", "x", (ListVersion("1", local("2023-01-01T00:00"), (what,)),)),),
        criteria=(
            Criterion("round", (Selector(What.CRITERION, ("round",)),)),
            Criterion("there", (Selector(What.CRITERION, ("back",)),), Otherwise.UNMET),
            Criterion("back", (Selector(What.CRITERION, ("there",)),), Otherwise.UNMET),
        ),
        classifications=(Classification("k", odd, What.BEHAVIOUR, "odd", True, "x", date(2023, 1, 1)),),
    )
    answer = covered(a_law(text), text)
    assert answer.truth is U
    assert missing in answer.missing
    assert select.is_closed(text, (what,)) is False


def test_a_category_found_of_its_own_category_is_the_catalogues() -> None:
    """"All games are games" adds nothing: the catalogue says what is one."""
    text = a_text(a_clause(what=(GAMES,)))
    law = a_law(text, classifications=(found(GAMES, True),))
    assert covered(law, text).truth is T
    assert covered(law, text, replace(CHESS, categories=frozenset())).truth is F


@pytest.mark.parametrize(
    ("parent", "word", "truth"), [("KY", "CN", F), ("CN", "CN", T), ("", "CN", U), ("", "SG", T)]
)
def test_an_origin_is_ruled_out_only_where_all_are_known(parent: str, word: str, truth: Truth) -> None:
    """A vendor from Singapore whose owner's country nobody knows may be of any other."""
    vendors = (Vendor("child", "", frozenset({"SG"}), frozenset({"parent"})),
               Vendor("parent", "", frozenset({parent} - {""})))  # fmt: skip
    catalogue = Catalogue("", "", (Family("f", "f", "", (Member("m", "m", ()),), vendor_id="child"),), vendors)
    text = a_text(a_clause(what=(Selector(What.ORIGIN, (word,)),)))
    answer = covered(a_law(text), text, catalogue.facts("f/m"))
    assert answer.truth is truth
    assert answer.missing == (frozenset({"origin of f/m"}) if truth is U else frozenset())
