# SPDX-License-Identifier: EUPL-1.2
"""The generated laws of `worlds`, with the rest of the language: selectors by vendor, origin, category, criterion,
behaviour and list, contested readings, classifications, list clocks, and clauses about networks, places and accounts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from ordinance.model.apps import AppFacts, Catalogue, Category, Family, Member, Surface, Vendor
from ordinance.model.estate import ItService, Use
from ordinance.model.law import (
    AccountKind,
    Affiliates,
    ChosenReading,
    Classification,
    Clock,
    Criterion,
    Duty,
    ExternalList,
    Law,
    ListVersion,
    Otherwise,
    PlaceKind,
    Restarts,
    Restriction,
    Selector,
    Text,
    What,
)
from ordinance.model.ruling import DeviceClass
from ordinance.model.time import Period, start_of
from ordinance.policy.resolve import class_of
from policy.worlds import BRUSSELS, PEOPLE, SURFACES, Dice, make_facts, make_instant, make_law, thrown_of

VENDORS = (Vendor("v1", "V1", frozenset({"CN"}), frozenset({"v0"})), Vendor("v0", "V0"), Vendor("v2", "V2"))
CATALOGUE = Catalogue(
    "1",
    "",
    (
        Family(
            "a",
            "A",
            "V1",
            (Member("x", "X", (), edition="plus"), Member("y", "Y", (), categories=frozenset({Category.GAMES}))),
            vendor_id="v1",
            categories=frozenset({Category.SOCIAL_MEDIA}),
            succeeds=frozenset({"b"}),
        ),
        Family("b", "B", "V2", (Member("x", "X", ()),), vendor_id="v2"),
        Family("c", "C", "", (Member("x", "X", ()), Member("y", "Y", ())), categories=frozenset({Category.MESSAGING})),
    ),
    VENDORS,
)
KNOWN = ("a/x", "a/y", "b/x", "c/x", "c/y")
# An app that the catalogue does not know, and two uses of known ones with facts that only the body can state.
APPS: tuple[str | AppFacts, ...] = (
    *KNOWN,
    "z/z",
    replace(CATALOGUE.facts("a/x"), contract="negotiated"),
    replace(CATALOGUE.facts("c/x"), deployment="local"),
)
QUESTIONS = tuple((app, surface) for app in (*KNOWN, "z/z") for surface in (*SURFACES, Surface.NETWORK))


def make_selector(dice: Dice, depth: int = 2) -> Selector:
    """A selector of any kind."""
    kind = dice.one(*What) if depth else dice.one(What.FAMILY, What.APP, What.LISTED_BY, What.CATEGORY)
    if kind in {What.ALL, What.ANY, What.ALLOW_ONLY}:
        return Selector(kind, (), tuple(make_selector(dice, depth - 1) for _ in range(dice.one(1, 2))))
    if kind is What.NOT:
        return Selector(kind, (), (make_selector(dice, depth - 1),))
    words = {
        What.FAMILY: ("a", "b", "c"),
        What.APP: ("a/x", "a/y", "c/x"),
        What.VENDOR: ("v1", "v0", "v2"),
        What.SUCCESSOR_OF: ("b",),
        What.CATEGORY: (Category.SOCIAL_MEDIA, Category.GAMES),
        What.ORIGIN: ("CN", "US"),
        What.CRITERION: ("risky",),
        What.BEHAVIOUR: ("tracks",),
        What.EDITION: ("plus",),
        What.DEPLOYMENT: ("local",),
        What.CONTRACT: ("negotiated",),
        What.LISTED_BY: ("list", "other", "unread"),
    }[kind]
    return Selector(kind, (dice.one(*words),), (), dice.one(*Affiliates) if kind is What.VENDOR else Affiliates.NONE)


def make_list(dice: Dice, name: str) -> ExternalList:
    """A list with up to three versions; the same app can leave it and come back."""
    pool = (Selector(What.FAMILY, ("a",)), Selector(What.APP, ("c/x",)), Selector(What.VENDOR, ("v2",)))
    starts = sorted({dice.day() for _ in range(dice.one(1, 2, 3))})
    versions = [
        ListVersion(str(n), start_of(day, BRUSSELS), tuple(sorted(dice.some(pool), key=repr)))
        for n, day in enumerate(starts)
    ]
    return ExternalList(name, "somebody", tuple(versions))


def make_classification(dice: Dice, name: str, texts: tuple[str, ...]) -> Classification:
    """What somebody found of an app; later findings may say otherwise."""
    kind, word = dice.one(
        (What.CRITERION, "risky"), (What.BEHAVIOUR, "tracks"), (What.CATEGORY, str(Category.SOCIAL_MEDIA))
    )
    about = dice.one(Selector(What.FAMILY, ("a",)), Selector(What.APP, ("c/x",)), Selector(What.FAMILY, ("z",)))
    return Classification(name, about, kind, word, dice.one(True, False), "gent", dice.day(), dice.one("", *texts))


def widened(dice: Dice, clause: Restriction) -> Restriction:
    """A clause that may select, read and count in any way the language has, and may be about something else."""
    what = dice.one(clause.what, tuple(make_selector(dice) for _ in range(dice.one(1, 2))))
    duties = dict(clause.duties)
    if dice.one(True, False):
        duties[dice.one(Duty.REMOVE, Duty.STOP_USING)] = Clock(
            within=dice.one(Period(days=14), Period(months=1)), after_list=True, restarts=dice.one(*Restarts)
        )
    about = dice.one(*[{}] * 9, *({k: dice.some(v, 1)} for k, v in OTHERS.items()))
    read = (("meaning", dice.some(("wide", "narrow"), 1)),) if dice.one(False, False, True) else ()
    scope = clause.devices
    if dice.one(False, False, True):
        flag = dice.one("confidential", "contract_required", "incidental")
        scope = ("any", (scope, ("is", flag, (dice.one("yes", "no"),)), ("is", "it_service", ("own",))))
    return replace(
        clause, what=what, duties=tuple(duties.items()), under=read, devices=scope,
        surfaces=clause.surfaces | dice.one(frozenset(), frozenset({Surface.NETWORK})), **about
    )


OTHERS = {"networks": (Use.PUBLIC, Use.PUPIL), "places": tuple(PlaceKind), "accounts": tuple(AccountKind)}


def wide_text(dice: Dice, text: Text) -> Text:
    """A text with lists, a criterion and classifications of its own."""
    criterion = Criterion("risky", dice.one((), (Selector(What.ORIGIN, ("CN",)),)), dice.one(*Otherwise))
    return replace(
        text,
        restrictions=tuple(widened(dice, r) for r in text.restrictions),
        lists=(make_list(dice, "list"), make_list(dice, "other"), ExternalList("unread", "somebody", not_read=True)),
        criteria=dice.one((criterion,), ()),
        classifications=tuple(make_classification(dice, f"own{n}", ()) for n in range(dice.one(0, 1))),
        classified_by=dice.one(frozenset(), frozenset({"gent"})),
    )


def make_wide_law(dice: Dice) -> Law:
    """A whole law."""
    law = make_law(dice)
    names = tuple(sorted({t.id for t in law.texts}))
    readings = tuple(
        ChosenReading(f"r{n}", dice.one(*names), "meaning", dice.one("wide", "narrow"), "gent", dice.day())
        for n in range(dice.one(0, 1, 2))
    )
    return replace(
        law,
        texts=tuple(wide_text(dice, t) for t in law.texts),
        readings=readings,
        classifications=tuple(make_classification(dice, f"k{n}", names) for n in range(dice.one(0, 1, 2))),
        catalogue=CATALOGUE,
    )


def make_class(dice: Dice, law: Law) -> DeviceClass:
    """A class of which facts may be missing, and which exemptions may name."""

    def one(*pool: bool | ItService) -> bool | ItService | None:
        return dice.one(None, *pool)

    facts = replace(
        make_facts(dice, missing=True),
        it_service=one(*ItService),
        confidential=one(True, False),
        contract_required=one(True, False),
        incidental=one(True, False),
    )
    every = [e.id for e in law.exemptions]
    return class_of(facts, dice.one(*PEOPLE, None), dice.one(*["gent"] * 5, "zone"), dice.one(every, dice.some(every)))


@dataclass(frozen=True)
class World:
    """A law, some classes, and an instant at which, or shortly after which, something changes as often as not."""

    law: Law
    classes: tuple[DeviceClass, ...]
    at: datetime


def make_world(dice: Dice) -> World:
    """A law with classes and an instant."""
    law = make_wide_law(dice)
    begins = [s.start for t in law.texts for s in t.lifecycle]
    at = dice.one(*begins, *(b + timedelta(days=60) for b in begins), make_instant(dice))
    return World(law, tuple(make_class(dice, law) for _ in range(6)), at)


def wide_worlds() -> st.SearchStrategy[World]:
    """Laws, classes and instants."""
    return thrown_of(1200, make_world)
