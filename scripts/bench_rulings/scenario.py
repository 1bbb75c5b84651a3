# SPDX-License-Identifier: EUPL-1.2
"""The scenario of `scripts/bench rulings`: four texts, forty clauses, two hundred exemptions, and invented estates.

Everything follows from SEED: the same numbers on each machine. No device, app or institution here exists.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ordinance.model.apps import Catalogue, Category, Family, Member, Surface
from ordinance.model.estate import Access, Enrolment, Owner, People, Platform, Use
from ordinance.model.law import (
    EVERY_DEVICE,
    Allowance,
    AtSunset,
    Authority,
    Clock,
    Duty,
    Exemption,
    Force,
    Law,
    Power,
    Restriction,
    Scope,
    Selector,
    Stage,
    State,
    Text,
    What,
)
from ordinance.model.time import Period, Span, end_of, start_of

SEED = 716
FAMILIES = 80
EXEMPTIONS = 200
ZONE = ZoneInfo("Europe/Brussels")
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
SURFACES = (Surface.APP, Surface.DESKTOP, Surface.WEB)
QUESTIONS = tuple((f"f{n:02}/app", surface) for n in range(FAMILIES) for surface in SURFACES)
FACTS = {
    "owner": list(Owner),
    "purchase_share": [*range(101)],
    "subscription_share": [*range(101)],
    "use_share": [*range(101)],
    "access": list(Access),
    "enrolment": list(Enrolment),
    "platform": list(Platform),
    "use": list(Use),
    "it_service": ["own", "shared"],
    "confidential": ["yes", "no"],
    "contract_required": ["yes", "no"],
    "incidental": ["yes", "no"],
    "people": list(People),
    "institution": ["city", "police", "welfare", "port"],
}

# --- the law ----------------------------------------------------------------------------------------

_PAID: Scope = ("is", "part_funded", ("yes",))
_SCOPES: tuple[Scope, ...] = (
    EVERY_DEVICE,
    ("is", "owner", ("body", "leased")),
    ("any", (("is", "owner", ("body",)), ("share", "subscription_share", "over", 0))),
    ("any", (("is", "owner", ("body",)), _PAID)),
    ("all", (("is", "access", ("internal", "mail")), ("is", "platform", ("android", "ios")))),
    ("is", "enrolment", ("managed", "supervised")),
    ("all", (_PAID, ("not", ("is", "use", ("separate", "public"))))),
    ("share", "purchase_share", "at_least", 50),
    ("any", (("is", "confidential", ("yes",)), ("is", "access", ("internal",)))),
    ("all", (("is", "contract_required", ("yes",)), ("not", ("is", "incidental", ("yes",))))),
    ("is", "platform", ("windows", "macos", "linux", "chromeos")),
    ("not", ("is", "use", ("pupil", "public"))),
)
_PEOPLE = (
    frozenset(),
    frozenset({People.STAFF}),
    frozenset({People.STAFF, People.MINISTER, People.ELECTED, People.ASSISTANT}),
    frozenset({People.POLICE}),
    frozenset({People.CONTRACTOR, People.SUBCONTRACTOR}),
)


def make_law() -> Law:
    """The city's own policy, a ban of the nation that binds it, an agency's advice, and the policy of its police."""
    dice = random.Random(SEED)  # noqa: S311  # an invented law, no secret
    texts = (
        _text(dice, "city-apps", "city", 16, (Force.BINDING,)),
        _text(dice, "nation-apps", "nation", 10, (Force.BINDING, Force.BINDING, Force.DUTY_TO_REACT)),
        _text(dice, "agency-advice", "agency", 8, (Force.ADVICE,)),
        _text(dice, "police-apps", "police", 6, (Force.BINDING,)),
    )
    exemptions = tuple(_exemption(dice, n, texts) for n in range(EXEMPTIONS))
    authorities = (
        Authority("city", "City", ZONE, groups=frozenset({"cities"})),
        Authority("police", "Police", ZONE),
        Authority("welfare", "Welfare", ZONE, groups=frozenset({"cities"})),
        Authority("port", "Port", ZONE),
        Authority("nation", "Nation", ZONE, binds=(Power(frozenset({"cities", "police"})),)),
        Authority("agency", "Agency", ZONE, advises=(Power(frozenset({"cities", "police", "port"})),)),
    )
    return Law("city", ZONE, authorities, texts, exemptions, catalogue=make_catalogue())


def make_catalogue() -> Catalogue:
    """Eighty families of one app each; a fifth of them are social media."""
    kinds = (Category.SOCIAL_MEDIA, Category.MESSAGING, Category.GAMES, Category.AI_ASSISTANT, Category.SHOPPING)
    families = (
        Family(f"f{n:02}", f"F{n:02}", "", (Member("app", f"F{n:02}", ()),), categories=frozenset({kinds[n % 5]}))
        for n in range(FAMILIES)
    )
    return Catalogue("bench", "", tuple(families))


def _text(dice: random.Random, name: str, authority: str, clauses: int, forces: tuple[Force, ...]) -> Text:
    begins = start_of(date(2025, dice.randint(1, 12), 1), ZONE)
    return Text(
        id=name,
        version="1",
        title=name,
        authority=authority,
        lifecycle=(Stage(State.IN_FORCE, begins),),
        restrictions=tuple(_clause(dice, n, forces, authority) for n in range(clauses)),
        allowances=(
            Allowance(frozenset({"press", "youth"}), "ciso", longest=Period(months=24)),
            Allowance(frozenset({"research"}), "ciso", conditions="separate-device"),
        ),
    )


def _clause(dice: random.Random, number: int, forces: tuple[Force, ...], authority: str) -> Restriction:
    named = sorted(dice.sample(range(FAMILIES), dice.choice((1, 1, 2, 3, 5, 8))))
    categories = (Selector(What.CATEGORY, (str(dice.choice((Category.SOCIAL_MEDIA, Category.AI_ASSISTANT))),)),)
    families = tuple(Selector(What.FAMILY, (f"f{n:02}",)) for n in named)
    ends = dice.random() < 0.25
    return Restriction(
        id=f"c{number:02}",
        force=dice.choice(forces),
        what=categories if dice.random() < 0.2 else families,
        surfaces=frozenset(dice.choice((SURFACES[:1], SURFACES[:2], SURFACES, SURFACES))),
        devices=dice.choice(_SCOPES),
        people=dice.choice(_PEOPLE),
        duties=tuple((d, Clock(within=Period(days=14 * n))) for n, d in enumerate((Duty.STOP_USING, Duty.REMOVE), 1)),
        addressees=frozenset({"cities", "police", "port"}) if authority in {"nation", "agency"} else frozenset(),
        term=Period(months=dice.choice((6, 18))) if ends else None,
        at_sunset=AtSunset.DECIDE if ends else None,
    )


def _exemption(dice: random.Random, number: int, texts: tuple[Text, ...]) -> Exemption:
    """For one to three of the first thousand devices; some have ended, and some are not of an allowed purpose."""
    text = dice.choice(texts[:2])
    first = date(2025, dice.randint(1, 12), 1)
    last = first + timedelta(days=dice.choice((200, 365, 700)))
    clauses = dice.sample(text.restrictions, dice.randint(1, 4))
    return Exemption(
        id=f"e{number:03}",
        restrictions=frozenset(f"{text.id}/{c.id}" for c in clauses),
        devices=frozenset(device_id(dice.randrange(1000)) for _ in range(dice.randint(1, 3))),
        what=tuple(s for c in clauses for s in c.what if s.kind is What.FAMILY) or (Selector(What.FAMILY, ("f00",)),),
        surfaces=frozenset(SURFACES),
        purpose=dice.choice(("press", "press", "youth", "research", "convenience")),
        approver="ciso",
        approved=first,
        span=Span(start_of(first, ZONE), end_of(last, ZONE)),
        last_day=last,
        profile=dice.choice((None, "separate-device")),
        conditions=frozenset(),
    )


# --- the estates ------------------------------------------------------------------------------------

# Kinds of device as a large body has them: weight, facts that all of a kind share, facts in which they differ.
# A value of None is a fact that nobody stated.
Facts = dict[str, Any]
_BODY: Facts = {"owner": "body", "purchase_share": 100, "subscription_share": 100, "use_share": 100}
_OWN: Facts = {"owner": "person", "purchase_share": 0, "use_share": 0}
_KINDS: tuple[tuple[int, Facts, dict[str, list[Any]]], ...] = (
    (34, _BODY | {"access": "internal", "enrolment": "managed", "use": "work"}, {"platform": ["windows", "macos"]}),
    (18, _BODY | {"access": "internal", "enrolment": "supervised", "use": "work"}, {"platform": ["ios", "android"]}),
    (16, _OWN | {"access": "mail", "use": "work"}, {"platform": ["ios", "android"], "enrolment": ["user", "none"]}),
    (9, _OWN | {"access": "mail", "enrolment": "work_profile"}, {"subscription_share": [0, 30, 50, None]}),
    (9, _BODY | {"access": "none", "use": "pupil", "people": "pupil"}, {"platform": ["chromeos", "ios", "windows"]}),
    (5, {"owner": "contractor", "access": "internal", "people": "contractor"}, {"contract_required": ["yes", "no"]}),
    (4, _BODY | {"access": "none", "use": "public", "people": "public"}, {"platform": ["windows", "android", "iot"]}),
    (3, {"owner": "leased", "access": "internal", "enrolment": "managed"}, {"purchase_share": [0, 50, 80, None]}),
    (1, _BODY | {"access": "none", "use": "separate", "platform": "android"}, {"enrolment": ["managed", "none"]}),
    (1, {}, {"owner": ["body", "person", None], "platform": ["android", "windows", None]}),
)
_HOLDERS = (("staff", 74), ("police", 12), ("elected", 6), ("intern", 6), (None, 2))
_WHERE = (("city", 60), ("police", 15), ("welfare", 20), ("port", 5))


def device_id(number: int) -> str:
    """The id of a device."""
    return f"d{number:07}"


def write_facts(path: Path, devices: int, *, each_its_own: bool = False) -> None:
    """An estate as a Parquet file of facts; with `each_its_own` no two devices have the same."""
    import duckdb  # noqa: PLC0415  # what is measured does not make estates

    dice = random.Random(SEED)  # noqa: S311  # an invented estate, no secret
    with duckdb.connect() as db:
        if each_its_own:
            drawn = _all_different(dice, devices)
            pools = {name: [str(v) for v in values] for name, values in FACTS.items()}
        else:
            combinations, weights = _combinations()
            column = [n + 1 for n in dice.choices(range(len(combinations)), weights, k=devices)]
            drawn = dict.fromkeys(FACTS, column)
            pools = {name: [None if (v := c.get(name)) is None else str(v) for c in combinations] for name in FACTS}
        for name, pool in pools.items():
            db.execute(f"SET VARIABLE pool_{name} = ?::VARCHAR[]", [pool])
        places = ", ".join(f"unnest(?::SMALLINT[]) AS {name}" for name in drawn)
        words = ", ".join(f"getvariable('pool_{name}')[{name}] AS {name}" for name in drawn)
        db.execute(f"CREATE TABLE drawn AS SELECT unnest(range({devices})) AS number, {places}", list(drawn.values()))
        numbered = f"SELECT printf('d%07d', number) AS device, {words} FROM drawn ORDER BY number"  # noqa: S608
        db.execute(f"COPY ({numbered}) TO '{path}' (FORMAT parquet)")


def _combinations() -> tuple[list[Facts], list[float]]:
    """Every combination of facts that a device of some kind can have, with its weight."""
    found, weights = [], []
    for weight, shared, differing in _KINDS:
        variants = [dict(zip(differing, values, strict=True)) for values in product(*differing.values())]
        holders = ((shared["people"], 100),) if "people" in shared else _HOLDERS
        for variant, (people, one), (institution, other) in product(variants, holders, _WHERE):
            own = {"it_service": "own", "confidential": "no", "people": people, "institution": institution}
            found.append(own | shared | variant)
            weights.append(weight / len(variants) * one * other)
    return found, weights


def _all_different(dice: random.Random, devices: int) -> dict[str, list[int]]:
    """Every fact drawn evenly, a few unstated (0); the shares count the devices, so that no two agree on all three."""
    found = {name: dice.choices(range(len(values) + 1), k=devices) for name, values in FACTS.items()}
    found["institution"] = [n or 1 for n in found["institution"]]
    numbers = dice.sample(range(101**3), devices)
    for place, name in enumerate(("purchase_share", "subscription_share", "use_share")):
        found[name] = [n // 101**place % 101 + 1 for n in numbers]
    return found
