# SPDX-License-Identifier: EUPL-1.2
"""Small generated laws: three authorities, up to four texts, clauses, exemptions, and devices that meet them.

The pools are small on purpose: what is drawn at random must collide often enough for the laws of composition to be
put to the test. `gent` is the body; `be` and `zone` have the power that is drawn for them, and no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from ordinance.model.apps import Surface
from ordinance.model.estate import Access, DeviceFacts, Enrolment, Owner, People, Platform, Use
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
from ordinance.model.ruling import DeviceClass
from ordinance.model.time import Period, Span, end_of, start_of
from ordinance.policy.resolve import class_of
from ordinance.policy.scope import SHARES, TESTS, WORDS

P = ParamSpec("P")
T = TypeVar("T")

BRUSSELS = ZoneInfo("Europe/Brussels")
TALLINN = ZoneInfo("Europe/Tallinn")
FIRST = date(2023, 1, 1)
APPS = ("a/x", "a/y", "b/x")
SURFACES = (Surface.APP, Surface.WEB, Surface.DESKTOP)
PEOPLE = (People.STAFF, People.ELECTED)
WHAT = (Selector(What.FAMILY, ("a",)), Selector(What.APP, ("a/x",)), Selector(What.FAMILY, ("b",)))
NUMBERS = (0, 30, 100)


class Dice:
    """Choices read off a string of bytes: one draw for a whole law is fifty times faster than one for each word of
    it, spreads evenly, and still shrinks, to the first of each pool."""

    def __init__(self, thrown: bytes) -> None:
        self._thrown = iter(thrown)

    def number(self, below: int) -> int:
        """0 to `below` - 1, which is at most 65536; 0 when the bytes are used up."""
        high = next(self._thrown, 0) * 256 if below > 256 else 0
        return (high + next(self._thrown, 0)) % below

    def one(self, *pool: T) -> T:
        """One of a pool; what stands there twice comes twice as often."""
        return pool[self.number(len(pool))]

    def some(self, pool: Iterable[T], least: int = 0) -> frozenset[T]:
        """Some of a pool, at least `least`."""
        members = list(pool)
        bits = self.number(2 ** len(members)) if members else 0
        found = [m for n, m in enumerate(members) if bits >> n & 1]
        return frozenset(found if len(found) >= least else members[:least])

    def day(self) -> date:
        """A day of 2023."""
        return FIRST + timedelta(days=self.number(330))


def thrown(make: Callable[Concatenate[Dice, P], T], *args: P.args, **kwargs: P.kwargs) -> st.SearchStrategy[T]:
    """A strategy for what `make` makes of dice."""
    return thrown_of(400, lambda dice: make(dice, *args, **kwargs))


def thrown_of(length: int, make: Callable[[Dice], T]) -> st.SearchStrategy[T]:
    """The same, of so many bytes: what is larger needs more of them."""
    return st.binary(min_size=length, max_size=length).map(lambda b: make(Dice(b)))


# --- devices --------------------------------------------------------------------------------------


def make_facts(dice: Dice, missing: bool) -> DeviceFacts:
    """Facts of a device; with `missing`, a third of them are not stated."""

    def one(*pool: T) -> T | None:
        return None if missing and dice.number(3) == 1 else dice.one(*pool)

    return DeviceFacts(
        owner=one(Owner.BODY, Owner.PERSON),
        purchase_share=one(*NUMBERS),
        subscription_share=one(*NUMBERS),
        use_share=one(*NUMBERS),
        access=one(Access.NONE, Access.INTERNAL),
        enrolment=one(Enrolment.NONE, Enrolment.MANAGED),
        platform=one(Platform.ANDROID, Platform.IOS),
        use=one(Use.WORK, Use.SEPARATE),
    )


def filled(known: DeviceFacts, complete: DeviceFacts, names: Iterable[str]) -> DeviceFacts:
    """`known` with the unstated ones of `names` taken from `complete`; `part_funded` stands for the three shares."""
    wanted = {n for name in names for n in (SHARES if name == "part_funded" else (name,))}
    return replace(known, **{n: getattr(complete, n) for n in wanted - {"people"} if getattr(known, n) is None})


def make_scope(dice: Dice, depth: int = 2) -> Scope:
    """A scope of at most `depth` levels above its tests."""
    kind = (
        dice.one("is", "is", "share", "part", "all", "any", "not", "every")
        if depth
        else dice.one("is", "share", "part")
    )
    if kind in {"all", "any"}:
        return (kind, tuple(make_scope(dice, depth - 1) for _ in range(dice.one(2, 1, 3, 0))))
    if kind == "not":
        return ("not", make_scope(dice, depth - 1))
    if kind == "is":
        fact = dice.one("owner", "platform", "use", "access")
        return ("is", fact, tuple(sorted(dice.some(list(WORDS[fact])[:3], 1))))
    if kind == "share":
        return ("share", dice.one(*SHARES), dice.one(*sorted(TESTS)), dice.one(*NUMBERS))
    return EVERY_DEVICE if kind == "every" else ("is", "part_funded", (dice.one("yes", "no"),))


# --- texts ----------------------------------------------------------------------------------------


def make_clock(dice: Dice) -> Clock:
    """At once, within a period, or by a day."""
    within = dice.one(None, Period(days=14), Period(months=1), Period(minutes=90), "by")
    return Clock(by=dice.day()) if within == "by" else Clock(within=within)


def make_clause(dice: Dice, name: str, forces: tuple[Force, ...] = (Force.BINDING, *Force)) -> Restriction:
    """One clause; most speak of every device, so that the scopes do not hide the rest."""
    end = dice.one(None, None, "for", "last_day")
    return Restriction(
        id=name,
        force=dice.one(*forces),
        what=dice.one(WHAT[:1], WHAT[:1], WHAT[1:2], WHAT[2:], WHAT),
        surfaces=dice.one(frozenset(SURFACES), dice.some(SURFACES, 1)),
        devices=dice.one(EVERY_DEVICE, EVERY_DEVICE, make_scope(dice)),
        people=dice.one(frozenset(), frozenset(), dice.some(PEOPLE)),
        duties=tuple((duty, make_clock(dice)) for duty in sorted(dice.some(list(Duty)[:3]))),
        addressees=frozenset(dice.one((), (), (), ("gent",), ("cities",), ("zone",), ("gent", "zone"))),
        term=Period(months=3) if end == "for" else None,
        last_day=dice.day() if end == "last_day" else None,
        at_sunset=dice.one(None, *AtSunset),
    )


def make_lifecycle(dice: Dice) -> tuple[Stage, ...]:
    """Stages in order; most begin with force, a few never reach it."""
    hour = timedelta(hours=dice.one(0, 0, 8))
    later = sorted(dice.day() for _ in range(dice.one(0, 0, 1, 2)))
    states = [dice.one(State.IN_FORCE, State.IN_FORCE, State.IN_FORCE, State.ANNOUNCED)]
    states += [dice.one(State.IN_FORCE, *State) for _ in later]
    first = min(later[0], dice.day()) if later else dice.one(FIRST, dice.day())
    return tuple(Stage(s, start_of(d, BRUSSELS) + hour) for s, d in zip(states, (first, *later), strict=True))


def make_allowance(dice: Dice) -> Allowance:
    """One kind of exemption."""
    return Allowance(
        purposes=dice.one(*[frozenset({"press", "youth"})] * 3, frozenset({"youth"})),
        approver=dice.one("ciso", "ciso", "ciso", "mayor"),
        longest=dice.one(None, None, None, Period(days=100), Period(days=400)),
        blanket=dice.one(True, False),
        conditions=dice.one(None, None, "separate"),
    )


def make_text(dice: Dice, name: str, authority: str, version: str = "1") -> Text:
    """One version of a text with up to three clauses."""
    return Text(
        id=name,
        version=version,
        title=name,
        authority=authority,
        lifecycle=make_lifecycle(dice),
        restrictions=tuple(make_clause(dice, f"c{n}") for n in range(dice.one(1, 2, 3))),
        mirrors=tuple(sorted(dice.some(("t0", "t1", "t2")) - {name})),
        allowances=tuple(make_allowance(dice) for _ in range(dice.one(1, 2, 2, 0))),
    )


def make_exemption(dice: Dice, name: str, clauses: tuple[str, ...]) -> Exemption:
    """An exemption of the body, in its zone."""
    first = dice.one(FIRST, FIRST, dice.day())
    last = first + timedelta(days=dice.one(360, dice.number(360)))
    return Exemption(
        id=name,
        restrictions=dice.one(frozenset(clauses), frozenset(clauses), dice.some(clauses, 1)),
        devices=dice.one(*[frozenset({"d"})] * 3, frozenset({"*"})),
        what=dice.one(WHAT, WHAT, WHAT[:1], WHAT[1:2]),
        surfaces=dice.one(*[frozenset(SURFACES)] * 3, dice.some(SURFACES, 1)),
        purpose=dice.one("press", "press", "youth"),
        approver=dice.one("ciso", "ciso", "ciso", "mayor"),
        approved=first,
        span=Span(start_of(first, BRUSSELS), end_of(last, BRUSSELS)),
        last_day=last,
        profile=dice.one("separate", "separate", None),
        conditions=frozenset(),
    )


def make_authority(dice: Dice, name: str, zone: ZoneInfo, groups: tuple[str, ...] = ()) -> Authority:
    """An authority with the power that the dice give it over others."""

    def powers() -> tuple[Power, ...]:
        reach = (frozenset({"gent"}), frozenset({"cities"}), frozenset({"zone"}))
        return tuple(Power(dice.one(*reach), dice.some(PEOPLE)) for _ in range(dice.one(1, 0, 2)))

    return Authority(name, name, zone, groups=frozenset(groups), binds=powers(), advises=powers())


def make_law(dice: Dice) -> Law:
    """A whole law; the body's own texts come often, and some have two versions."""
    who = ["gent", *(dice.one("gent", "be", "zone") for _ in range(dice.one(1, 2, 0)))]
    found = [make_text(dice, f"t{n}", authority) for n, authority in enumerate(who)]
    if dice.one(False, False, True):
        found.append(make_text(dice, "t0", who[0], "2"))
    names = tuple(sorted({f"{t.id}/{r.id}" for t in found for r in t.restrictions}))
    lifted = tuple(make_exemption(dice, f"e{n}", names) for n in range(dice.one(2, 2, 1, 0)))
    authorities = (
        make_authority(dice, "gent", BRUSSELS, ("cities",)),
        make_authority(dice, "be", BRUSSELS),
        make_authority(dice, "zone", TALLINN),
    )
    return Law("gent", BRUSSELS, authorities, tuple(found), lifted)


# --- questions ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """A device class, an app, a surface and an instant."""

    who: DeviceClass
    app: str
    surface: Surface
    at: datetime


def make_instant(dice: Dice) -> datetime:
    """An instant from two days before 2023 to a month after it."""
    return datetime(2022, 12, 30, tzinfo=UTC) + timedelta(hours=dice.number(24 * 400))


def make_question(dice: Dice, law: Law, missing: bool) -> Question:
    """A question, more often than not about a clause while it stands; with `missing`, facts may be unstated."""
    every = [e.id for e in law.exemptions]
    who = class_of(
        make_facts(dice, missing),
        dice.one(*PEOPLE, None) if missing else dice.one(*PEOPLE),
        dice.one(*["gent"] * 5, "zone"),
        dice.one(every, every, sorted(dice.some(every))),
    )
    text = dice.one(law.texts[0], *law.texts)
    clause = dice.one(*text.restrictions)
    begins = dice.one(*(s.start for s in text.lifecycle))
    at = dice.one(
        begins + timedelta(hours=dice.number(90 * 24)), begins, make_instant(dice), start_of(dice.day(), BRUSSELS)
    )
    app = "b/x" if clause.what == WHAT[2:] else "a/x"
    return Question(who, dice.one(app, app, *APPS), dice.one(*sorted(clause.surfaces), *SURFACES[:1]), at)


def make_case(dice: Dice, missing: bool) -> tuple[Law, Question]:
    """A law and a question about it."""
    law = make_law(dice)
    return law, make_question(dice, law, missing)


def cases(*, missing: bool = True) -> st.SearchStrategy[tuple[Law, Question]]:
    """Laws and questions about them."""
    return thrown(make_case, missing)


# --- by hand --------------------------------------------------------------------------------------

FORCE_FROM = datetime(2023, 3, 13, tzinfo=BRUSSELS)


def a_clause(name: str = "c", **changes: object) -> Restriction:
    """A binding clause about family `a`, the app, every device, everybody; nothing to do, no end."""
    plain = Restriction(
        name, Force.BINDING, (Selector(What.FAMILY, ("a",)),), frozenset({Surface.APP}), EVERY_DEVICE, frozenset(), ()
    )
    return replace(plain, **changes)


def a_text(*restrictions: Restriction, name: str = "t", authority: str = "gent", **changes: object) -> Text:
    """A text in force since 13 March 2023."""
    plain = Text(name, "1", name, authority, (Stage(State.IN_FORCE, FORCE_FROM),), restrictions or (a_clause(),))
    return replace(plain, **changes)


def a_law(*texts: Text, **changes: object) -> Law:
    """A law of the body `gent`, of the group `cities`; `be` and `zone` have no power over it."""
    plain = Law(
        "gent",
        BRUSSELS,
        (
            Authority("gent", "Gent", BRUSSELS, groups=frozenset({"cities"})),
            Authority("be", "Belgium", BRUSSELS),
            Authority("zone", "Police zone", BRUSSELS),
        ),
        texts,
    )
    return replace(plain, **changes)


def with_power(law: Law, authority: str, **powers: object) -> Law:
    """The law with other power for one authority."""
    return replace(law, authorities=tuple(replace(a, **powers) if a.id == authority else a for a in law.authorities))


def local(text: str, zone: ZoneInfo = BRUSSELS) -> datetime:
    """A wall-clock time."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)
