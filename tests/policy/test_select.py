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
    Affiliates,
    Classification,
    Criterion,
    ExternalList,
    Law,
    ListVersion,
    Otherwise,
    Restarts,
    Selector,
    Text,
    What,
)
from ordinance.policy import select
from policy import oracle
from policy.worlds import (
    TALLINN,
    Naming,
    a_clause,
    a_law,
    a_text,
    app_filled,
    local,
    make_naming,
    thrown,
    with_power,
)

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


# --- open or closed, and words --------------------------------------------------------------------

A, B = family("a"), family("b")
OPEN = Selector(What.VENDOR, ("v",))
READ = ExternalList("read", "x", (ListVersion("1", local("2023-01-01T00:00"), (A,)), ListVersion("2", AT, (A, B))))
OPENS = ExternalList("opens", "x", (ListVersion("1", AT, (A,)), ListVersion("2", local("2024-01-01T00:00"), (A, OPEN))))
UNREAD = ExternalList("unread", "x", not_read=True)


def listed(*names: str) -> Selector:
    """A selector of lists."""
    return Selector(What.LISTED_BY, names)


@pytest.mark.parametrize(
    ("what", "closed"),
    [
        ((A,), True),
        ((Selector(What.APP, ("a/x",)), Selector(What.SUCCESSOR_OF, ("a",))), True),
        ((A, OPEN), False),
        ((GAMES,), False),
        ((Selector(What.NOT, parts=(A,)),), False),
        ((Selector(What.ALLOW_ONLY, parts=(A,)),), False),
        ((Selector(What.ALL, parts=(A, OPEN)),), True),  # at most `a`
        ((Selector(What.ALL, parts=(OPEN, GAMES)),), False),
        ((Selector(What.ANY, parts=(A, B)),), True),
        ((Selector(What.ANY, parts=(A, OPEN)),), False),
        ((listed("read"),), True),
        ((listed("opens"),), False),
        ((listed("unread"),), False),
        ((listed("nowhere"),), False),
        ((listed("read", "unread"),), False),
        ((listed("read", "nowhere"),), False),
        ((), True),
    ],
)
def test_rules_that_name_all_that_they_restrict(what: tuple[Selector, ...], closed: bool) -> None:
    """Families, apps and successors, and lists of nothing else; one open part leaves the whole open, but in `all`."""
    assert select.is_closed(a_text(lists=(READ, OPENS, UNREAD)), what) is closed


@pytest.mark.parametrize(
    ("selector", "words"),
    [
        (A, "a"),
        (Selector(What.APP, ("a/x",)), "a/x"),
        (Selector(What.ALL, parts=(A, B)), "(a and b)"),
        (Selector(What.ANY, parts=(A, B)), "(a or b)"),
        (Selector(What.ANY, parts=(A,)), "a"),
        (Selector(What.NOT, parts=(A,)), "not a"),
        (Selector(What.ALLOW_ONLY, parts=(A, B)), "everything but a, b"),
        (OPEN, "vendor v"),
        (replace(OPEN, affiliates=Affiliates.SUBSIDIARIES), "vendor v and whom it controls"),
        (replace(OPEN, words=("v", "w"), affiliates=Affiliates.GROUP), "vendor v or w and its group"),
        (Selector(What.SUCCESSOR_OF, ("a",)), "successor of a"),
        (Selector(What.LISTED_BY, ("l", "m")), "listed by l or m"),
    ],
)
def test_selectors_in_words(selector: Selector, words: str) -> None:
    """Each kind has its own sentence."""
    assert select.in_words(selector) == words


# --- facts of the catalogue, and lists ------------------------------------------------------------

APP = AppFacts("a/x", "a", "child", frozenset({"child", "parent"}), frozenset({"child", "sister"}))


@pytest.mark.parametrize(
    ("vendor", "affiliates", "truth"),
    [
        ("child", Affiliates.NONE, T), ("parent", Affiliates.NONE, F), ("sister", Affiliates.NONE, F),
        ("parent", Affiliates.SUBSIDIARIES, T), ("sister", Affiliates.SUBSIDIARIES, F),
        ("parent", Affiliates.GROUP, T), ("sister", Affiliates.GROUP, T), ("other", Affiliates.GROUP, F),
    ],
)  # fmt: skip
def test_whose_apps_a_vendors_are(vendor: str, affiliates: Affiliates, truth: Truth) -> None:
    """Its own; also those of whom it controls; or of everybody with the same owner. Unsaid: open."""
    text = a_text(a_clause(what=(Selector(What.VENDOR, (vendor,), affiliates=affiliates),)))
    assert covered(a_law(text), text, APP) == select.Covered(truth)
    unsaid = covered(a_law(text), text, AppFacts("a/x", "a"))
    assert unsaid == select.Covered(U, frozenset({"vendor of a/x"}))
    assert select.names(a_law(text), text, text.restrictions[0].what, "a/x", AT) is False


def test_names_are_certain() -> None:
    """What is only possible is not named."""
    text = a_text(a_clause(what=(A, OPEN)))
    what = text.restrictions[0].what
    assert [select.names(a_law(text), text, what, app, AT) for app in ("a/x", "b/x")] == [True, False]


@pytest.mark.parametrize(
    ("at", "version"),
    [("2022-12-31T23:59", None), ("2023-01-01T00:00", "1"), ("2023-05-31T23:59", "1"), ("2023-06-01T00:00", "2")],
)
def test_the_version_of_a_list_that_holds(at: str, version: str | None) -> None:
    """From its first instant until the next begins, in whatever order they are written."""
    for one in (READ, replace(READ, versions=READ.versions[::-1])):
        found = select.version_at(one, local(at))
        assert (found.version if found else None) == version


def test_an_unread_or_unknown_list_leaves_each_app_open() -> None:
    """Also one that names versions; a list not yet published holds nothing."""
    text = a_text(a_clause(), lists=(READ, replace(READ, id="shut", not_read=True)))
    law = a_law(text)
    for name in ("shut", "nowhere"):
        answer = select.covers(law, text, (listed(name),), replace(APP, family="a"), AT)
        assert answer == select.Covered(U, frozenset({f"list {name}"}))
    assert select.covers(law, text, (listed("read"),), APP, local("2022-12-31T00:00")) == select.FALSE
    assert select.list_of(text, "read") == READ


def test_a_criterion_that_nobody_stated_or_met() -> None:
    """A word that the text does not explain is open; what meets it is enough; `unmet` rules the rest out."""
    text = a_text(criteria=(Criterion("open", (A,)), Criterion("shut", (A, GAMES), Otherwise.UNMET)))
    law, other = a_law(text), AppFacts("b/x", "b")

    def answer(word: str, app: AppFacts) -> select.Covered:
        return select.covers(law, text, (Selector(What.CRITERION, (word,)),), app, AT)

    assert answer("nowhere", APP) == select.Covered(U, frozenset({"criterion nowhere for a/x"}))
    assert (answer("open", APP), answer("shut", APP)) == (select.TRUE, select.TRUE)
    assert answer("open", other) == select.Covered(U, frozenset({"criterion open for b/x"}))
    assert answer("shut", other) == select.Covered(U, frozenset({"category of b/x"}))
    assert answer("shut", replace(other, categories=frozenset())) == select.FALSE


def test_a_finding_is_of_its_kind_and_of_its_day() -> None:
    """A behaviour called as a category is none; the first instant of the day counts, where the text's authority is."""
    text = a_text(a_clause(what=(GAMES,)), authority="zone")
    law = a_law(text, classifications=(found(family("chess"), True, date(2023, 6, 1)),))
    elsewhere = with_power(law, "zone", zone=TALLINN)
    bare = replace(CHESS, categories=frozenset())
    for asked, at, truth in (
        (law, "2023-06-01T00:00", T), (law, "2023-05-31T23:59", F),
        (elsewhere, "2023-05-31T23:00", T), (elsewhere, "2023-05-31T22:59", F),
    ):  # fmt: skip
        assert select.covers(asked, text, (GAMES,), bare, local(at)).truth is truth
    other = Classification("k", family("chess"), What.BEHAVIOUR, "games", True, "x", date(2023, 1, 1))
    assert covered(a_law(text, classifications=(other,)), text, bare).truth is F
    assert select.zone_of_text(law, replace(text, authority="nobody")) == law.zone


def test_only_open_parts_are_asked_for() -> None:
    """A part that is decided asks nothing, in `all` as in `any`."""
    both = Selector(What.ALL, parts=(Selector(What.ANY, parts=(GAMES, OPEN)), Selector(What.NOT, parts=(B,))))
    text = a_text(a_clause(what=(both,)))
    app = AppFacts("a/x", "a", categories=frozenset())
    assert covered(a_law(text), text, app) == select.Covered(U, frozenset({"vendor of a/x"}))
    assert covered(a_law(text), text, replace(app, family="b")) == select.FALSE


@pytest.mark.parametrize(
    ("what", "since", "restarted"),
    [
        ((listed("read"),), "2023-01-01", "2023-06-01"),
        ((listed("read"), OPEN), "2023-01-01", "2023-06-01"),
        ((listed("read"), A), None, None),  # named beside the list
        ((A,), None, None),
        ((listed("nowhere"),), None, None),
        ((listed("late"),), "2023-05-01", "2023-05-01"),
        ((listed("late"), listed("read")), "2023-01-01", "2023-06-01"),
        ((listed("late", "read"),), "2023-01-01", "2023-06-01"),
        ((Selector(What.ALL, parts=(listed("late"), A)),), "2023-05-01", "2023-05-01"),
        ((listed("off"),), None, None),
        ((listed("now"),), "2023-06-01", "2023-06-01"),
        ((listed("late"), listed("nowhere")), "2023-05-01", "2023-05-01"),
        # a family that is called as a list is: it is no list
        (
            (Selector(What.ALL, parts=(listed("late"), Selector(What.ANY, parts=(A, family("read"))))),),
            *2 * ("2023-05-01",),
        ),
        ((listed("later"),), None, None),
    ],
)
def test_where_the_clock_of_a_list_starts(
    what: tuple[Selector, ...], since: str | None, restarted: str | None
) -> None:
    """With the version that put the app on and since which it stayed, or with the one that holds, or with none."""
    late = ExternalList("late", "x", tuple(
        ListVersion(str(n), local(f"2023-0{n}-01T00:00"), items) for n, items in ((5, (A,)), (2, (A,)), (3, (B,)))
    ))  # fmt: skip
    off = replace(late, id="off", versions=late.versions[1:])
    later = replace(late, id="later", versions=(ListVersion("1", local("2023-07-01T00:00"), (A,)),))
    now = replace(late, id="now", versions=(ListVersion("1", AT, (A,)),))
    text = a_text(a_clause(what=what), lists=(READ, late, off, later, now))
    law, (clause,) = a_law(text), text.restrictions
    app = AppFacts("a/x", "a")
    for restarts, day in ((Restarts.ADDED, since), (Restarts.ALL, restarted)):
        starts = select.clock_starts(law, text, clause, app, AT, restarts)
        assert starts == (local(f"{day}T00:00") if day else None)


def test_a_finding_by_way_of_another_loosens_nothing_either() -> None:
    """The body takes nothing out of what binds it by saying what another finding is about."""
    office = Selector(What.CATEGORY, ("office",))
    app = replace(CHESS, categories=frozenset({Category.GAMES, Category.OFFICE}))
    all_games = Classification("a", GAMES, What.CATEGORY, "office", True, "x", date(2023, 1, 1))
    no_games = Classification("b", GAMES, What.CATEGORY, "office", False, "x", date(2023, 1, 1))
    text = a_text(a_clause(what=(office,)), authority="be")
    # Its own finding that all games are of the kind, and another one that chess is no game.
    law = a_law(text, classifications=(all_games, found(family("chess"), False, name="c")))
    assert covered(law, text, replace(app, categories=frozenset({Category.GAMES}))).truth is T
    # The text's own finding that no game is of the kind, and the body's that chess is a game after all.
    text = replace(text, classifications=(no_games,))
    law = a_law(text, classifications=(found(family("chess"), True, name="c"),))
    assert covered(law, text, replace(app, categories=frozenset({Category.OFFICE}))).truth is T
