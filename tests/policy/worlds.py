# SPDX-License-Identifier: EUPL-1.2
"""Small generated laws in the whole language: three authorities, up to four texts, a catalogue, and questions.

The pools are small on purpose: what is drawn at random must collide often enough for the laws of composition to be
put to the test. `gent` is the body; `be` and `zone` have the power that is drawn for them, and no other. Generated
lists, criteria and findings refer to each other only forwards; those that lead back to themselves are in test_select.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from ordinance.model.apps import AppFacts, Catalogue, Category, Family, Member, Surface, Vendor
from ordinance.model.estate import Access, DeviceFacts, Enrolment, Owner, People, Platform, Use
from ordinance.model.kleene import Truth
from ordinance.model.law import (
    EVERY_DEVICE,
    AccountKind,
    Affiliates,
    Allowance,
    AtSunset,
    Authority,
    ChosenReading,
    Classification,
    Clock,
    Criterion,
    Dimension,
    Duty,
    Exemption,
    ExternalList,
    Force,
    Law,
    ListVersion,
    Otherwise,
    Parameter,
    PlaceKind,
    Power,
    Restarts,
    Restriction,
    Scope,
    Selector,
    Stage,
    State,
    Text,
    TextKind,
    What,
)
from ordinance.model.ruling import DeviceClass, Subject
from ordinance.model.time import Period, Span, end_of, start_of
from ordinance.policy.resolve import class_of, subject_of
from ordinance.policy.scope import SHARES, TESTS, WORDS
from ordinance.policy.select import covers

P = ParamSpec("P")
T = TypeVar("T")

BRUSSELS = ZoneInfo("Europe/Brussels")
TALLINN = ZoneInfo("Europe/Tallinn")
FIRST = date(2023, 1, 1)
APPS = ("a/x", "a/y", "b/x", "n/x")  # the last is in no catalogue
SURFACES = (Surface.APP, Surface.WEB, Surface.DESKTOP)
PEOPLE = (People.STAFF, People.ELECTED)
WHAT = (Selector(What.FAMILY, ("a",)), Selector(What.APP, ("a/x",)), Selector(What.FAMILY, ("b",)))
NUMBERS = (0, 30, 100)
CATEGORIES = (Category.GAMES, Category.OFFICE)
ORIGINS = ("CN", "US")
LONG_AGO = date(2000, 1, 1)
FACTS = ("owner", "access", "enrolment", "platform", "use", "part_funded", *SHARES)  # all that `make_scope` asks


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
    return thrown_of(900, lambda dice: make(dice, *args, **kwargs))


def thrown_of(length: int, make: Callable[[Dice], T]) -> st.SearchStrategy[T]:
    """The same, of so many bytes: what is larger needs more of them."""
    return st.binary(min_size=length, max_size=length).map(lambda b: make(Dice(b)))


# --- apps -----------------------------------------------------------------------------------------


def make_catalogue(dice: Dice) -> Catalogue:
    """Families `a` and `b` of three vendors, of whom everything is said."""
    vendors = (
        Vendor("v0", "", dice.some(ORIGINS, 1)),
        Vendor("v1", "", dice.some(ORIGINS, 1), dice.some(("v0",))),
        Vendor("v2", "", dice.some(ORIGINS, 1), dice.some(("v0", "v1"))),
    )

    def family(name: str, *members: str) -> Family:
        used = {"deployment": dice.one("local", "service"), "contract": dice.one("standard_terms", "negotiated")}
        return Family(
            name,
            name,
            "",
            tuple(Member(m, m, (), dice.one("free", "plus"), **used) for m in members),
            vendor_id=dice.one("v1", "v0", "v2"),
            categories=dice.some(CATEGORIES),
            succeeds=dice.some(("a",)) - {name},
        )

    return Catalogue("", "", (family("a", "x", "y"), family("b", "x")), vendors)


def whole_app(law: Law, app: str) -> AppFacts:
    """What is known of an app, everything; the one in no catalogue is as `b/x` is, for whoever asks."""
    known = law.catalogue.facts(app)
    if known.vendor is not None:
        return known
    return replace(law.catalogue.facts("b/x"), id=app, family=app.partition("/")[0], succeeds=frozenset())


def blanked(dice: Dice, app: AppFacts) -> AppFacts:
    """The same app with some of it unsaid, each in one of four questions."""
    unsaid: tuple[dict[str, object], ...] = (
        {"vendor": None, "group": frozenset(), "affiliates": frozenset()},
        {"origins": dice.one(None, frozenset({min(app.origins or ("CN",))})), "origins_complete": False},
        {"categories": None},
        {"edition": None},
        {"deployment": None},
        {"contract": None},
    )
    gone: dict[str, object] = {}
    for part in unsaid:
        gone |= part if dice.number(4) == 1 else {}
    return replace(app, **gone)


_PARTS = {
    **{key: (key,) for key in ("edition", "deployment", "contract")},
    "vendor": ("vendor", "group", "affiliates"),
    "origin": ("origins", "origins_complete"),
    "category": ("categories",),
}


def app_filled(known: AppFacts, complete: AppFacts, names: Iterable[str] = tuple(_PARTS)) -> AppFacts:
    """`known` with what is unsaid of `names` (`vendor`, `origin`, `category` …) said as of `complete`."""
    parts = [p for name in names for p in _PARTS[name]]
    return replace(known, **{p: getattr(complete, p) for p in parts})


# --- what a clause restricts ----------------------------------------------------------------------


@dataclass(frozen=True)
class Words:
    """Lists and criteria that a selector may name."""

    lists: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()


def make_selector(dice: Dice, words: Words, depth: int = 2) -> Selector:  # noqa: PLR0911  # one way out a kind
    """A selector of any kind; half of them name families or apps."""
    kind = dice.one(What.FAMILY, What.APP, What.FAMILY, What.APP, *What, What.LISTED_BY, What.CRITERION)
    if kind in {What.ALL, What.ANY, What.NOT, What.ALLOW_ONLY}:
        if not depth:
            return WHAT[0]
        many = 1 if kind is What.NOT else dice.one(2, 1, 3)
        return Selector(kind, parts=tuple(make_selector(dice, words, depth - 1) for _ in range(many)))
    if kind is What.LISTED_BY:
        return Selector(kind, (dice.one(*words.lists),)) if words.lists else WHAT[0]
    if kind is What.CRITERION:
        return Selector(kind, (dice.one(*words.criteria),)) if words.criteria else WHAT[0]
    if kind is What.VENDOR:
        return Selector(kind, tuple(sorted(dice.some(("v0", "v1", "v2"), 1))), affiliates=dice.one(*Affiliates))
    pools: dict[What, tuple[str, ...]] = {
        What.CATEGORY: tuple(sorted(CATEGORIES)),
        What.ORIGIN: ORIGINS,
        What.EDITION: ("free", "plus"),
        What.DEPLOYMENT: ("local", "service"),
        What.CONTRACT: ("negotiated", "standard_terms"),
    }
    if kind in pools:
        return Selector(kind, tuple(sorted(dice.some(pools[kind], 1))))
    if kind is What.BEHAVIOUR:
        return Selector(kind, ("odd",))
    return Selector(kind, (dice.one(*APPS) if kind is What.APP else dice.one("a", "b"),))


def make_list(dice: Dice, name: str) -> ExternalList:
    """A list with one to three versions, written in any order; it names no other list."""
    days = sorted({dice.day() for _ in range(dice.one(2, 1, 3))})
    found = [
        ListVersion(
            str(n),
            start_of(day, BRUSSELS),
            tuple(
                dice.one(WHAT[0], WHAT[2], make_selector(dice, Words(criteria=("k0",)), 1))
                for _ in range(dice.one(1, 1, 2))
            ),
        )
        for n, day in enumerate(days)
    ]
    return ExternalList(name, "x", tuple(found[:: dice.one(1, -1)]))


def make_criterion(dice: Dice, name: str) -> Criterion:
    """A criterion that names no other one and no list."""
    met_by = tuple(make_selector(dice, Words(), 1) for _ in range(dice.one(1, 0, 2)))
    return Criterion(name, met_by, dice.one(*Otherwise))


def make_finding(dice: Dice, name: str, text: str = "") -> Classification:
    """A finding about some apps. It asks for no finding itself, so that what it is about is a fact."""
    kind = dice.one(What.CATEGORY, What.BEHAVIOUR, What.CRITERION)
    word = {What.CATEGORY: dice.one("games", "office"), What.BEHAVIOUR: "odd"}.get(kind, dice.one("k0", "k1"))
    plain = (Selector(What.VENDOR, ("v1",)), Selector(What.EDITION, ("free",)), Selector(What.NOT, parts=WHAT[:1]))
    what = dice.one(*WHAT, *WHAT, *plain)
    return Classification(name, what, kind, word, dice.one(True, False), "x", dice.one(FIRST, dice.day()), text)


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
    """At once, within a period of force or of a list's version, by a day, or at an instant."""
    within = dice.one(None, Period(days=14), Period(months=1), Period(minutes=90), "by", "at")
    if within in {"by", "at"}:
        day = dice.day()
        return Clock(by=day) if within == "by" else Clock(at=start_of(day, BRUSSELS) + timedelta(hours=21))
    after = within is not None and dice.one(False, True)
    return Clock(within=within, after_list=after, restarts=dice.one(*Restarts) if after else Restarts.ADDED)


def make_clause(
    dice: Dice, name: str, forces: tuple[Force, ...] = (Force.BINDING, *Force), words: Words | None = None
) -> Restriction:
    """One clause; most speak of every device, so that the scopes do not hide the rest."""
    end = dice.one(None, None, "for", "last_day")
    devices = dice.one(EVERY_DEVICE, EVERY_DEVICE, make_scope(dice))
    about: dict[str, object] = dice.one(
        *[{"devices": devices}] * 21,
        {"networks": dice.some((Use.WORK, Use.PUBLIC), 1)},
        {"places": dice.some((PlaceKind.MEETING, PlaceKind.PUBLIC_VENUE), 1)},
        {"accounts": dice.some(AccountKind, 1)},
    )
    words = words or Words()
    listed = tuple(Selector(What.LISTED_BY, (x,)) for x in words.lists)
    plain = dice.one(WHAT[:1], WHAT[:1], WHAT[1:2], WHAT[2:], WHAT)
    chosen = tuple(make_selector(dice, words) for _ in range(dice.one(1, 1, 2)))
    subject: dict[str, object] = {"devices": EVERY_DEVICE, **about}
    return Restriction(
        id=name,
        force=dice.one(*forces),
        what=dice.one(plain, plain, chosen, listed or plain),
        surfaces=dice.one(frozenset(SURFACES), dice.some(SURFACES, 1)),
        start=start_of(dice.day(), BRUSSELS) if dice.number(8) == 1 else None,
        under=((("p0", dice.some(("n", "w"), 1)),) if words.criteria and dice.number(4) == 1 else ()),
        **subject,
        people=dice.one(*[frozenset()] * 3, dice.some(PEOPLE)),
        duties=tuple((duty, make_clock(dice)) for duty in sorted(dice.some(list(Duty)[:3]))),
        addressees=frozenset(dice.one(*[()] * 5, ("gent",), ("cities",), ("zone",), ("gent", "zone"))),
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
    first = min(later[0], dice.day()) if later else dice.one(FIRST, FIRST, dice.day())
    return tuple(Stage(s, start_of(d, BRUSSELS) + hour) for s, d in zip(states, (first, *later), strict=True))


def make_allowance(dice: Dice) -> Allowance:
    """One kind of exemption."""
    return Allowance(
        purposes=dice.one(*[frozenset({"press", "youth"})] * 3, frozenset({"youth"})),
        approver=dice.one("ciso", "ciso", "ciso", "mayor"),
        longest=dice.one(*[None] * 4, Period(days=100), Period(days=400)),
        blanket=dice.one(True, True, False),
        conditions=dice.one(None, None, None, "separate"),
    )


def make_text(
    dice: Dice, name: str, authority: str, version: str = "1", kinds: tuple[TextKind, ...] = (TextKind.DECISION,)
) -> Text:
    """One version of a text with up to three clauses, and all that these refer to."""
    lists = tuple(make_list(dice, f"l{n}") for n in range(dice.one(1, 0, 2)))
    words = Words(tuple(x.id for x in lists), ("k0", "k1"))
    return Text(
        kind=dice.one(*kinds),
        lists=lists,
        criteria=(make_criterion(dice, "k0"), make_criterion(dice, "k1")),
        parameters=(Parameter("p0", frozenset({"n", "w"})),),
        classifications=tuple(make_finding(dice, f"{name}f{n}") for n in range(dice.one(0, 1, 0, 2))),
        classified_by=dice.some(("gent",)),
        id=name,
        version=version,
        title=name,
        authority=authority,
        lifecycle=make_lifecycle(dice),
        restrictions=tuple(make_clause(dice, f"c{n}", words=words) for n in range(dice.one(1, 2, 3))),
        mirrors=tuple(sorted(dice.some(("t0", "t1", "t2")) - {name})),
        allowances=tuple(make_allowance(dice) for _ in range(dice.one(1, 2, 2, 2, 1, 0))),
    )


def make_exemption(dice: Dice, name: str, clauses: tuple[str, ...]) -> Exemption:
    """An exemption of the body, in its zone."""
    first = dice.one(FIRST, FIRST, FIRST, dice.day())
    last = first + timedelta(days=dice.one(360, dice.number(360)))
    return Exemption(
        id=name,
        restrictions=dice.one(*[frozenset(clauses)] * 3, dice.some(clauses, 1)),
        devices=dice.one(*[frozenset({"d"})] * 3, frozenset({"*"})),
        what=dice.one(WHAT, WHAT, WHAT[:1], WHAT[1:2]),
        surfaces=dice.one(*[frozenset(SURFACES)] * 3, dice.some(SURFACES, 1)),
        purpose=dice.one("press", "press", "press", "youth"),
        approver=dice.one(*["ciso"] * 5, "mayor"),
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
    """A whole law; the body's own texts come often, and some have two versions. Half of the laws are dense."""
    who = ["gent", *(dice.one("gent", "gent", "be", "zone") for _ in range(dice.one(1, 2, 0)))]
    rules = (TextKind.DECISION, TextKind.DECISION, TextKind.ADVICE)
    found = [make_text(dice, f"t{n}", authority, kinds=rules) for n, authority in enumerate(who)]
    if dice.one(False, False, True):
        found.append(make_text(dice, "t0", who[0], "2"))
    records = (TextKind.COLLECTION, TextKind.NO_DECISION)
    kept = tuple(make_text(dice, f"r{n}", "gent", kinds=records) for n in range(dice.one(0, 1)))
    names = tuple(sorted({f"{t.id}/{r.id}" for t in found for r in t.restrictions}))
    lifted = tuple(make_exemption(dice, f"e{n}", names) for n in range(dice.one(2, 2, 1, 0)))
    found = [_dense(t) for t in found] if dice.number(2) else found
    authorities = (
        make_authority(dice, "gent", BRUSSELS, ("cities",)),
        make_authority(dice, "be", BRUSSELS),
        make_authority(dice, "zone", TALLINN),
    )
    findings = tuple(make_finding(dice, f"f{n}", dice.one("", "", "t0", "t1")) for n in range(dice.one(0, 1, 2)))
    readings = tuple(
        ChosenReading(f"g{n}", dice.one("t0", "t0", "t1", "t2"), "p0", dice.one("n", "w"), "x", dice.day())
        for n in range(dice.one(1, 0, 2))
    )
    return Law(
        "gent",
        BRUSSELS,
        authorities,
        tuple(found),
        lifted,
        records=kept,
        classifications=findings,
        readings=readings,
        catalogue=make_catalogue(dice),
    )


def _dense(text: Text) -> Text:
    """The text with clauses that bind everybody in the body from the first day, so that they meet each other."""
    plain = {"people": frozenset(), "addressees": frozenset(), "start": None}
    clauses = tuple(
        replace(r, force=Force.BINDING, surfaces=frozenset(SURFACES), **plain) if r.speaks_of_devices else r
        for r in text.restrictions
    )
    life = tuple(replace(s, start=min(s.start, start_of(FIRST, BRUSSELS))) if n == 0 else s
                 for n, s in enumerate(text.lifecycle))  # fmt: skip
    return replace(text, authority="gent", restrictions=clauses, lifecycle=life)


# --- what nobody said of a law --------------------------------------------------------------------


def law_filled(dice: Dice, law: Law) -> Law:
    """The law with everything said: each reading chosen, each behaviour and open criterion found, long ago and by the
    text itself, so that whatever was said before still counts; and what nobody read, read."""
    chosen = {r.text for r in law.readings if r.on == LONG_AGO}
    readings = tuple(
        ChosenReading(f"h{t}", t, "p0", dice.one("n", "w"), "x", LONG_AGO) for t in _ids(law) if t not in chosen
    )
    texts = []
    for text in law.texts:
        if any(c.on == LONG_AGO for c in text.classifications):
            texts.append(text)  # filled before
            continue
        said = [(What.BEHAVIOUR, "odd", dice.one(True, False))]
        said += [(What.CRITERION, c.id, True) for c in text.criteria if c.otherwise is Otherwise.UNKNOWN]
        everything = Selector(What.ALLOW_ONLY, parts=(Selector(What.FAMILY, ("no such",)),))
        base = (Classification(f"b{w}", everything, k, w, yes, "x", LONG_AGO) for k, w, yes in said)
        texts.append(replace(text, classifications=(*text.classifications, *base), not_read=frozenset()))
    return replace(law, texts=tuple(texts), readings=(*law.readings, *readings))


def law_blanked(dice: Dice, law: Law) -> Law:
    """The law with some lists, and some texts' devices or people, not read."""

    def text(one: Text) -> Text:
        lists = tuple(replace(x, versions=(), not_read=True) if dice.number(6) == 1 else x for x in one.lists)
        gone = dice.some((Dimension.DEVICES, Dimension.PEOPLE)) if dice.number(8) == 1 else frozenset()
        return replace(one, lists=lists, not_read=gone)

    return replace(law, texts=tuple(text(t) for t in law.texts))


def _ids(law: Law) -> list[str]:
    return sorted({t.id for t in law.texts})


# --- questions ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """A device class, what is known of an app, a surface and an instant."""

    who: DeviceClass
    facts: AppFacts
    surface: Surface
    at: datetime

    @property
    def app(self) -> str:
        """The app, `family/member`."""
        return self.facts.id


def make_instant(dice: Dice) -> datetime:
    """An instant from two days before 2023 to a month after it."""
    return datetime(2022, 12, 30, tzinfo=UTC) + timedelta(hours=dice.number(24 * 400))


def make_question(dice: Dice, law: Law, missing: bool) -> Question:
    """A question, more often than not about a clause while it stands; with `missing`, facts may be unstated."""
    every = [e.id for e in law.exemptions]
    institution = dice.one(*["gent"] * 9, "zone")
    text = dice.one(law.texts[0], *law.texts)
    clause = dice.one(*text.restrictions)
    people = dice.one(*PEOPLE, None) if missing else dice.one(*PEOPLE)
    who = class_of(make_facts(dice, missing), people, institution, dice.one(every, every, sorted(dice.some(every))))
    if not clause.speaks_of_devices and dice.number(4):
        subject, words = next(x for x in _subjects(clause) if x[1])
        who = replace(subject_of(subject, dice.one(*words), institution), people=people)
    begins = max(dice.one(*(s.start for s in text.lifecycle)), clause.start or text.lifecycle[0].start)
    at = dice.one(
        begins + timedelta(hours=dice.number(90 * 24)), begins, make_instant(dice), start_of(dice.day(), BRUSSELS)
    )
    apps = [whole_app(law, a) for a in APPS]
    meant = [a for a in apps if covers(law, text, clause.what, a, at).truth is not Truth.FALSE]
    app = dice.one(*meant, *meant, *meant, *apps)
    surface = dice.one(*sorted(clause.surfaces), *SURFACES[:1])
    return Question(who, blanked(dice, app) if missing else app, surface, at)


def _subjects(clause: Restriction) -> tuple[tuple[Subject, list[str]], ...]:
    return (
        (Subject.NETWORK, sorted(clause.networks)),
        (Subject.PLACE, sorted(clause.places)),
        (Subject.ACCOUNT, sorted(clause.accounts)),
    )


@dataclass(frozen=True, repr=False)
class Doubt:
    """A law and a question of which some was not said, and the same with everything said."""

    law: Law
    question: Question
    whole_law: Law
    whole: Question

    def with_facts(self, names: Iterable[str] | None = None) -> Question:
        """The question with missing facts of device, holder and app stated as in `whole`: all, or those of `names`."""
        q, whole, every = self.question, self.whole, names is None
        wanted = frozenset(names or ())
        facts = filled(q.who.facts, whole.who.facts, FACTS if every else wanted & {*FACTS})
        people = q.who.people or (whole.who.people if every or "people" in wanted else None)
        said = _PARTS if every else {w.partition(" of ")[0] for w in wanted} & _PARTS.keys()
        who = replace(q.who, facts=facts, people=people)
        return replace(q, who=who, facts=app_filled(q.facts, whole.facts, said))


def make_doubt(dice: Dice) -> Doubt:
    """A law and a question with gaps, and without."""
    law = make_law(dice)
    q = make_question(dice, law, missing=True)
    whole = Question(
        replace(
            q.who,
            facts=filled(q.who.facts, make_facts(dice, missing=False), FACTS),
            people=q.who.people or dice.one(*PEOPLE),
        ),
        app_filled(q.facts, whole_app(law, q.app)),
        q.surface,
        q.at,
    )
    return Doubt(law_blanked(dice, law), q, law_filled(dice, law), whole)


def doubts() -> st.SearchStrategy[Doubt]:
    """Laws and questions of which some was not said."""
    return thrown(make_doubt)


@dataclass(frozen=True, repr=False)
class Puzzle:
    """A law in which each fact is asked for once, and a question of which none of `names` is stated."""

    law: Law
    question: Question
    names: tuple[str, ...]

    def outcomes(self, ask: Callable[[Law, Question], object]) -> Iterator[tuple[tuple[bool, ...], object]]:
        """What comes out for every way of stating the facts so that the tests of them are true or false."""
        for values in itertools.product((True, False), repeat=len(self.names)):
            q = self.question
            for name, value in zip(self.names, values, strict=True):
                if name == "people":
                    q = replace(q, who=replace(q.who, people=People.STAFF if value else People.ELECTED))
                elif name in YES:
                    q = replace(q, who=replace(q.who, facts=replace(q.who.facts, **{name: YES[name][not value]})))
                else:
                    said = {"edition": ("plus", "free"), "deployment": ("local", "service")}
                    word = name.partition(" ")[0]
                    q = replace(q, facts=replace(q.facts, **{word: said[word][not value]}))
            yield values, ask(self.law, q).outcome  # type: ignore[attr-defined]


YES: Mapping[str, tuple[object, object]] = {
    "owner": (Owner.BODY, Owner.PERSON),
    "platform": (Platform.IOS, Platform.ANDROID),
    "use": (Use.WORK, Use.SEPARATE),
    "access": (Access.INTERNAL, Access.NONE),
    "purchase_share": (30, 0),
}


def make_puzzle(dice: Dice) -> Puzzle:
    """Up to four clauses of two texts, some of which an exemption lifts; six facts, each in one place at most."""
    scopes: list[Scope] = [
        ("share", name, "over", 0) if name == "purchase_share" else ("is", name, (str(YES[name][0]),)) for name in YES
    ]
    left: list[tuple[str, Scope]] = list(zip(YES, scopes, strict=True))
    apps = ["edition", "deployment"]
    people, names, clauses = True, [], []
    for n in range(dice.one(2, 1, 3, 4)):
        what, devices, who = WHAT[:1], EVERY_DEVICE, frozenset[People]()
        if apps and dice.number(4) == 0:
            word = apps.pop()
            names.append(f"{word} of a/x")
            asked = Selector(What(word), ("plus" if word == "edition" else "local",))
            what = (dice.one(asked, Selector(What.ALL, parts=(WHAT[0], asked))),)
        if people and dice.number(4) == 0:
            people, who = False, frozenset({People.STAFF})
            names.append("people")
        tests = []
        for _ in range(min(dice.number(3), len(left))):
            name, test = left.pop(dice.number(len(left)))
            names.append(name)
            tests.append(dice.one(test, ("not", test)))
        if tests:
            devices = (dice.one("all", "any"), tuple(tests))
        force = dice.one(*Force)
        clauses.append(a_clause(f"c{n}", what=what, devices=devices, people=who, force=force))
    lifted = frozenset(f"t/{c.id}" for c in clauses if dice.number(2))
    days = {"approved": FIRST, "last_day": date(2024, 1, 1)}
    exemption = Exemption(
        "e", lifted, frozenset({"d"}), WHAT[:1], frozenset(SURFACES), "press", "ciso", profile=None,
        conditions=frozenset(), span=Span(start_of(FIRST, BRUSSELS), end_of(days["last_day"], BRUSSELS)), **days,
    )  # fmt: skip
    allowed = (Allowance(frozenset({"press"}), "ciso"),)
    texts = (a_text(*clauses[:2], allowances=allowed), a_text(*clauses[2:], name="u", allowances=allowed))
    law = a_law(*(t for t in texts if t.id == "t" or clauses[2:]), exemptions=(exemption,))
    who = class_of(DeviceFacts(), None, "gent", ("e",))
    question = Question(who, AppFacts("a/x", "a"), Surface.APP, local("2023-07-01T12:00"))
    return Puzzle(law, question, tuple(names))


@dataclass(frozen=True, repr=False)
class Naming:
    """Selectors of a text, and an app of which some was not said, and all."""

    law: Law
    text: Text
    what: tuple[Selector, ...]
    app: AppFacts
    whole: AppFacts
    at: datetime


def make_naming(dice: Dice) -> Naming:
    """A text whose selectors lean on lists, criteria and findings, of which there are many."""
    words = Words(("l0",), ("k0", "k1"))
    authority = dice.one("gent", "be")
    text = replace(
        a_text(authority=authority, classified_by=dice.some(("gent",))),
        lists=(make_list(dice, "l0"),),
        criteria=(make_criterion(dice, "k0"), make_criterion(dice, "k1")),
        classifications=tuple(make_finding(dice, f"tf{n}") for n in range(dice.one(1, 0, 2))),
    )
    findings = tuple(make_finding(dice, f"f{n}") for n in range(dice.one(2, 1, 3)))
    law = a_law(text, classifications=findings, catalogue=make_catalogue(dice))
    law = law_filled(dice, law)
    leaning = dice.one(What.CATEGORY, What.CRITERION, What.BEHAVIOUR, What.ORIGIN)
    word = {What.CATEGORY: dice.one("games", "office"), What.CRITERION: "k0", What.ORIGIN: dice.one(*ORIGINS)}
    plain = Selector(leaning, (word.get(leaning, "odd"),))
    what = (dice.one(plain, Selector(What.NOT, parts=(plain,)), make_selector(dice, words)),)
    whole = whole_app(law, dice.one(*APPS))
    return Naming(law, law.texts[0], what, blanked(dice, whole), whole, make_instant(dice))


def make_listed(dice: Dice) -> tuple[Law, Question]:
    """A law of one text that leaves it to one or two lists, which change often, what is restricted and since when."""
    lists = []
    for name in ("l0", "l1"):
        days = sorted({dice.day() for _ in range(dice.one(4, 3, 2))})
        versions = [
            ListVersion(str(n), start_of(d, BRUSSELS), dice.one(WHAT[:1], WHAT[2:], WHAT[1:]))
            for n, d in enumerate(days)
        ]
        lists.append(ExternalList(name, "x", tuple(versions[:: dice.one(1, -1)])))
    listed = [Selector(What.LISTED_BY, (x.id,)) for x in lists]
    what = dice.one(
        (listed[0],), (listed[0],), (listed[0], listed[1]), (Selector(What.LISTED_BY, ("l0", "l1")),),
        (Selector(What.ALL, parts=(listed[0], WHAT[0])),), (listed[0], WHAT[1]),
        (Selector(What.NOT, parts=(listed[0],)),),
    )  # fmt: skip
    clocks = tuple(
        (duty, Clock(within=dice.one(Period(days=14), Period(months=1)), after_list=True, restarts=restarts))
        for duty, restarts in ((Duty.REMOVE, Restarts.ADDED), (Duty.STOP_USING, Restarts.ALL))
    )
    law = a_law(a_text(a_clause(what=what, duties=clocks), lists=tuple(lists)))
    app = AppFacts(dice.one("a/x", "a/y", "b/x"), "a")
    app = replace(app, family=app.id.partition("/")[0])
    return law, Question(class_of(DeviceFacts(), People.STAFF, "gent"), app, Surface.APP, make_instant(dice))


def make_case(dice: Dice, missing: bool) -> tuple[Law, Question]:
    """A law and a question about it."""
    law = make_law(dice)
    law = law_blanked(dice, law) if missing else law_filled(dice, law)
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
