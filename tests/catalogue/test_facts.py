# SPDX-License-Identifier: EUPL-1.2
"""What a rule may ask of an app: vendors up the chain, affiliates, origins, categories, successors."""

from __future__ import annotations

from ordinance.model.apps import AppFacts, Catalogue, Category, Deployment, Family, Member, Vendor, reached

VENDORS = (
    Vendor("holding", "Holding", frozenset({"KY", "CN"})),
    Vendor("maker", "Maker", frozenset({"SG"}), frozenset({"holding"})),
    Vendor("seller", "Seller", frozenset(), frozenset({"maker"})),
    Vendor("sister", "Sister", frozenset({"IE"}), frozenset({"holding"})),
    Vendor("stranger", "Stranger"),
    Vendor("venture", "Venture", frozenset({"US"}), frozenset({"holding", "stranger"})),
)


def family(name: str, vendor: str = "", *, succeeds: str = "", categories: frozenset[Category] | None = None) -> Family:
    """A family of two members, the second an edition that runs on the body's own machines."""
    members = (Member("app", "App", ()), Member("own", "Own", (), "plus", Deployment.LOCAL, "negotiated"))
    return Family(name, name, "", members, (), "", vendor, categories, frozenset({succeeds}) - {""})


CATALOGUE = Catalogue(
    "1",
    "sha256:0",
    (
        family("first", "seller", categories=frozenset({Category.GAMES})),
        family("second", "stranger", succeeds="first"),
        family("third", succeeds="second"),
    ),
    VENDORS,
)


def test_the_group_is_the_vendor_and_everyone_who_controls_it() -> None:
    """Up the chain, through every step, and not sideways."""
    assert CATALOGUE.facts("first/app").vendor == "seller"
    assert CATALOGUE.facts("first/app").group == {"seller", "maker", "holding"}


def test_affiliates_share_an_ultimate_owner() -> None:
    """Sisters are affiliates; a venture of two owners is an affiliate of both, without making the owners affiliates."""
    assert CATALOGUE.facts("first/app").affiliates == {"seller", "maker", "holding", "sister", "venture"}
    assert CATALOGUE.facts("second/app").affiliates == {"stranger", "venture"}


def test_origins_are_those_of_the_whole_group() -> None:
    """A seller without a known seat is still reached by the law of those who control it."""
    assert CATALOGUE.facts("first/app").origins == {"SG", "KY", "CN"}


def test_an_unknown_origin_is_not_an_empty_one() -> None:
    """Nobody said where the stranger is seated: `None`, as for a family without a vendor."""
    assert CATALOGUE.facts("second/app").origins is None
    assert CATALOGUE.facts("third/app").origins is None


def test_successors_count_through_any_number_of_steps() -> None:
    """The third took the place of the second, and so of the first; never of itself."""
    assert CATALOGUE.facts("third/app").succeeds == {"second", "first"}
    assert CATALOGUE.facts("first/app").succeeds == frozenset()


def test_categories_are_the_familys_and_unknown_without() -> None:
    """Nobody said what the second family is for."""
    assert CATALOGUE.facts("first/own").categories == {Category.GAMES}
    assert CATALOGUE.facts("second/app").categories is None


def test_edition_deployment_and_contract_are_the_members() -> None:
    """An empty word is `None` for a rule: nobody said."""
    own, app = CATALOGUE.facts("first/own"), CATALOGUE.facts("first/app")
    assert (own.edition, own.deployment, own.contract) == ("plus", "local", "negotiated")
    assert (app.edition, app.deployment, app.contract) == (None, None, None)


def test_of_an_unknown_app_only_its_name_is_known() -> None:
    """Neither a stranger, nor a stranger's member of a known family, nor a family alone inherits anything."""
    assert CATALOGUE.facts("nobody/x") == AppFacts("nobody/x", "nobody")
    assert CATALOGUE.facts("first/x") == AppFacts("first/x", "first")
    assert CATALOGUE.facts("first") == AppFacts("first", "first")


def test_families_members_and_vendors_are_found_by_id() -> None:
    """What is not there is `None`."""
    found = CATALOGUE.member("first/own")
    assert found is not None
    assert (found[0], found[1].name) == (CATALOGUE.family("first"), "Own")
    assert CATALOGUE.vendor("maker") == VENDORS[1]
    assert (CATALOGUE.family("x"), CATALOGUE.member("first"), CATALOGUE.vendor("x")) == (None, None, None)


def test_a_circle_of_steps_ends() -> None:
    """Where steps lead back, the start is among what is reached, and the walk stops."""
    assert reached({"a": ["b"], "b": ["a"]}, "a") == {"a", "b"}
    assert reached({"a": ["b"]}, "a") == {"b"}
