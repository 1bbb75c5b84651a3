# SPDX-License-Identifier: EUPL-1.2
"""Letters and notices: who is told what, that nothing is lost on the way, and that no text breaks out of a paper."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

import bodies
from ordinance.enforce.bundle import reach_of
from ordinance.enforce.plan import make_plan
from ordinance.model.apps import Kind, Surface
from ordinance.model.errors import PolicyError
from ordinance.model.estate import DeviceFacts, Enrolment, Network, Owner, People, Platform, Use
from ordinance.model.law import Duty
from ordinance.model.ruling import DeviceClass, Subject
from ordinance.model.target import Artefact, Bystanders, ClassSize, Compiled, Demand, Plan, Support
from ordinance.targets.notice import Notice

from . import plans
from .plans import HOSTILE, identifier
from .read_back.notice import Page, page

ALL = {"languages": "en, et, nl, fr"}
SUMMER = timezone(timedelta(hours=2))
MARCH, JUNE = datetime(2023, 3, 13, tzinfo=SUMMER), datetime(2023, 6, 1, tzinfo=SUMMER)
PAPERS = ("letter", "wifi", "clause")


def size(class_id: str, people: People | None = People.STAFF, **facts: object) -> ClassSize:
    """A class of three devices."""
    return ClassSize(class_id, "facts", 3, DeviceClass(class_id, DeviceFacts(**facts), people, "gent"))  # type: ignore[arg-type]  # facts by name


def kind_of(subject: Subject, word: str, class_id: str = "") -> ClassSize:
    """What stands for all networks, places or accounts of a kind."""
    class_id = class_id or f"{subject}-{word}"
    return ClassSize(class_id, "facts", None, DeviceClass(class_id, DeviceFacts(), None, "gent", (), subject, word))


STAFF = size("staff", owner=Owner.BODY, enrolment=Enrolment.MANAGED, platform=Platform.ANDROID)
OWN = size("own", owner=Owner.PERSON, subscription_share=30, enrolment=Enrolment.NONE, platform=Platform.IOS)
SUPPLIER = size("supplier", None, owner=Owner.CONTRACTOR, platform=Platform.WINDOWS)
PUBLIC = kind_of(Subject.NETWORK, "public")
PUPILS = kind_of(Subject.NETWORK, "pupil")
MEETING = kind_of(Subject.PLACE, "meeting")
CLASSES = (STAFF, OWN, SUPPLIER, PUBLIC, PUPILS, MEETING)
GUEST = Network("guest", "Guest Wi-Fi", (), (People.VISITOR,), Use.PUBLIC)
OFFICE = Network("office", "Town hall", (), (People.STAFF,))


def asks(duty: Duty = Duty.STOP_USING, *classes: str, **more: object) -> Demand:
    """A demand for these classes, by default for staff's devices."""
    return replace(plans.demand(), **{"duty": duty, "classes": classes or ("staff",), "due": MARCH, **more})


def made(*demands: Demand, chosen: dict[str, str] | None = None, **more: object) -> Compiled:
    """What the target makes of demands, where all classes and both networks are there."""
    plan = replace(plans.plan(*demands, classes=CLASSES, networks=(GUEST, OFFICE)), **more)
    return Notice().compile(plan, chosen or {}, 7)


def paper(compiled: Compiled, name: str, language: str = "en") -> Page:
    """One paper as a reader finds it."""
    return page(artefact(compiled, name, language))


def artefact(compiled: Compiled, name: str, language: str = "en") -> Artefact:
    (found,) = (a for a in compiled.artefacts if a.path == f"notice/{name}-{language}.html")
    return found


def gap_ids(compiled: Compiled) -> list[str]:
    return [g.id for g in compiled.gaps]


# Plans that meet every kind of class; what is asked of whom is left to chance.
IDS = (*(c.id for c in CLASSES), "not-described")
DEMANDS = st.builds(
    Demand,
    restriction=st.sampled_from(["gent/paid-devices", "gent/networks"]),
    duty=st.one_of(st.sampled_from([Duty.STOP_USING, Duty.REMOVE, Duty.BLOCK_TRAFFIC]), st.sampled_from(Duty)),
    app=st.sampled_from(["tiktok/tiktok", "tiktok/lite", "yandex/maps"]),
    surface=st.one_of(st.sampled_from([Surface.APP, Surface.WEB]), st.sampled_from(Surface)),
    due=st.sampled_from([MARCH, JUNE, plans.NOON]),
    identifiers=st.just(()),
    web_forbidden=st.booleans(),
    classes=st.lists(st.sampled_from(IDS), max_size=3, unique=True).map(tuple),
    devices=st.integers(0, 50),
)
PLANS = st.builds(
    lambda demands, networks, others: plans.plan(
        *demands, networks=tuple(networks), bystanders=tuple(others), classes=CLASSES
    ),
    st.lists(DEMANDS, max_size=6),
    st.lists(st.sampled_from([GUEST, OFFICE, Network("school", "School", (), (), Use.PUPIL)]), unique=True),
    st.lists(st.builds(Bystanders, st.sampled_from(["guest", "office"]), st.just("others"), st.none()), max_size=1),
)
for_plans = settings(deadline=None)


# --- nothing is lost, and nothing is made up ----------------------------------------------------------


@for_plans
@given(plan=PLANS)
def test_every_demand_ends_in_a_line_or_a_gap(plan: Plan) -> None:
    """What words can ask stands in a paper with its limits, or has nobody to be told; all else is one gap."""
    compiled = Notice().compile(plan, {}, 7)
    lines = {line for a in compiled.artefacts for line in a.lines}
    event("asks something" if lines else "asks nothing")
    for demand in plan.demands:
        key = (demand.restriction, demand.duty, demand.app, demand.surface)
        gaps = {g.id for g in compiled.gaps if (g.restriction, g.duty, g.app, g.surface) == key}
        if Notice.support[demand.duty, demand.surface] is Support.PARTIAL:
            assert {"words-only-ask", "must-be-handed-out"} <= gaps
            assert (*key, demand.app) in lines or "nobody-to-tell" in gaps
        else:
            assert len(gaps) == 1 and not any(line[:4] == key for line in lines)


@for_plans
@given(plan=PLANS)
def test_every_class_of_a_demand_is_told_or_a_gap_says_that_it_is_not(plan: Plan) -> None:
    """A line in one paper does not hide that a demand is also for somebody whom no paper speaks to."""
    compiled = Notice().compile(plan, {}, 7)
    uses = {n.use for n in plan.networks}
    untold = {"place-meeting"} | {f"network-{use}" for use in ("public", "pupil") if use not in uses}
    for demand in plan.demands:
        if Notice.support[demand.duty, demand.surface] is Support.PARTIAL and untold & set(demand.classes):
            key = (demand.restriction, demand.duty, demand.app, demand.surface, "nobody-to-tell")
            assert key in {(g.restriction, g.duty, g.app, g.surface, g.id) for g in compiled.gaps}


@for_plans
@given(plan=PLANS)
def test_a_paper_says_what_its_lines_say(plan: Plan) -> None:
    """Each line is a clause and an app of a part, each part is of a demand, and its days are demands' days."""
    compiled = Notice().compile(plan, {}, 7)
    for found in compiled.artefacts:
        read = page(found)
        assert {line[0] for line in found.lines} <= {p.restriction for p in read.parts}
        assert {line[2] for line in found.lines} <= set(read.ids)
        assert {(p.restriction, day) for p in read.parts for day in p.days} <= {
            (d.restriction, d.due.isoformat(timespec="minutes")) for d in plan.demands
        }
        assert all(line[4] in found.entries for line in found.lines)


@for_plans
@given(plan=PLANS, more=DEMANDS)
def test_a_demand_more_takes_nothing_back(plan: Plan, more: Demand) -> None:
    """What a paper asked, of which apps and where, it still asks when a demand is added."""
    before = Notice().compile(plan, {}, 7)
    after = Notice().compile(replace(plan, demands=(*plan.demands, more)), {}, 7)
    for one, other in zip(before.artefacts, after.artefacts, strict=True):
        assert set(one.lines) <= set(other.lines) and set(one.entries) <= set(other.entries)
        assert facts(page(one)) <= facts(page(other))
    assert set(before.gaps) <= set(after.gaps)


def facts(read: Page) -> set[tuple[str, str, str, str]]:
    """Clause, app, place, and the day with what it asks on each surface, spread out."""
    return {
        (p.restriction, app, place, one)
        for p in read.parts
        for app in p.apps
        for place in p.places
        for line in p.asked
        for one in spread(line)
    }


def spread(line: str) -> list[str]:
    """`From … on (a, b): do.` as one line a surface."""
    found = re.fullmatch(r"(From .+ on) \((.+)\): (.+)", line)
    assert found
    day, surfaces, duty = found.groups()
    return [f"{day} ({surface}): {duty}" for surface in surfaces.split(", ")]


@for_plans
@given(plan=PLANS)
def test_each_language_says_the_same(plan: Plan) -> None:
    """Clauses, apps, days and the number of places and duties of a paper do not depend on its language."""
    compiled = Notice().compile(plan, ALL, 7)
    for name in PAPERS:
        read = [paper(compiled, name, language) for language in ("en", "et", "nl", "fr")]
        same = [[(p.restriction, p.apps, p.days, len(p.places), len(p.asked)) for p in r.parts] for r in read]
        assert all(other == same[0] for other in same)
        assert len({(len(r.paragraphs), tuple(r.ids)) for r in read}) == 1
        assert len({(a.entries, a.lines) for a in compiled.artefacts if f"/{name}-" in a.path}) == 1


@pytest.mark.parametrize("duty", Duty)
@pytest.mark.parametrize("surface", Surface)
def test_declared_support_is_what_happens(duty: Duty, surface: Surface) -> None:
    """Partial: a line, and the two limits of words. Never: no line, and one gap."""
    compiled = made(asks(duty, surface=surface))
    lines = {line for a in compiled.artefacts for line in a.lines}
    support = Notice.support[duty, surface]
    assert support in {Support.PARTIAL, Support.NEVER}
    assert bool(lines) == (support is Support.PARTIAL)
    assert len(compiled.gaps) == (2 if lines else 1)


# --- who is told -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "name"),
    [
        (STAFF, "letter"), (OWN, "letter"), (SUPPLIER, "clause"), (PUBLIC, "wifi"),
        (size("elected", People.ELECTED), "letter"), (size("pupils", People.PUPIL), "letter"),
        (size("nobody", None), "letter"), (size("visitors", People.VISITOR, owner=Owner.PERSON), "letter"),
        (size("helper", People.CONTRACTOR, owner=Owner.BODY), "clause"),
        (size("below", People.SUBCONTRACTOR), "clause"),
        (size("theirs", People.STAFF, owner=Owner.CONTRACTOR_STAFF), "clause"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.id,
)  # fmt: skip
def test_each_class_has_one_paper(one: ClassSize, name: str) -> None:
    """What is asked of a class stands in that paper, and in no other."""
    compiled = made(asks(Duty.STOP_USING, one.id), classes=(one,))
    assert {a.path.split("/")[1].split("-")[0] for a in compiled.artefacts if a.lines} == {name}
    assert {a.path.split("/")[1].split("-")[0] for a in compiled.artefacts if page(a).parts} == {name}
    assert "nobody-to-tell" not in gap_ids(compiled)


def test_classes_that_nobody_described_are_told_in_the_letter() -> None:
    """Better a letter that says too little of the devices than none; it says that no tool may reach them."""
    read = paper(made(asks(Duty.STOP_USING, "of-an-old-bundle")), "letter")
    assert [p.places for p in read.parts] == [["devices that the decision covers"]]
    assert any("not managed" in p for p in read.paragraphs)


@pytest.mark.parametrize("classes", [(), ("place-meeting",), ("network-pupil",)], ids=str)
def test_whom_no_paper_is_for_is_a_gap(classes: tuple[str, ...]) -> None:
    """A demand for nobody, for a place, or for a kind of network that is not served."""
    compiled = made(replace(asks(), classes=classes))
    assert "nobody-to-tell" in gap_ids(compiled)
    assert not any(a.lines or a.entries or page(a).parts for a in compiled.artefacts)


def test_nothing_is_written_for_a_scope_that_no_plan_has() -> None:
    """Papers that no demand is for say that nothing is asked, and nothing of devices, networks or exemptions."""
    compiled, empty = made(asks(Duty.STOP_USING, "staff")), made()
    for name in ("wifi", "clause"):
        assert artefact(compiled, name) == artefact(empty, name)
        assert any("At present nothing is asked" in p for p in paper(compiled, name).paragraphs)
    assert not any("At present nothing is asked" in p for p in paper(compiled, "letter").paragraphs)
    assert [o.who.split()[3] for o in compiled.over_reach] == ["letter"]
    assert not empty.over_reach


def test_the_notice_tells_of_what_is_blocked_and_does_not_carry_it_out() -> None:
    """On networks with people on them that no rule covers: entries and text, a gap, and no line."""
    compiled = made(asks(Duty.BLOCK_TRAFFIC))
    found = artefact(compiled, "wifi")
    assert (found.entries, found.lines) == (("tiktok/tiktok",), ())
    assert [p.places for p in page(found).parts] == [["Guest Wi-Fi"]]
    assert gap_ids(compiled) == ["words-block-nothing"]
    assert not artefact(compiled, "letter").entries


@pytest.mark.parametrize("surface", [Surface.LINK, Surface.ACCOUNT, Surface.VENUE, Surface.API, Surface.ADVERTISING])
def test_the_notice_does_not_tell_of_what_no_tool_blocks(surface: Surface) -> None:
    """That links or accounts do not work would be untrue."""
    assert not artefact(made(asks(Duty.BLOCK_TRAFFIC, surface=surface)), "wifi").entries


@pytest.mark.parametrize(
    ("network", "named"),
    [
        (OFFICE, False), (replace(OFFICE, use=Use.PUBLIC), True), (replace(OFFICE, use=Use.SEPARATE), False),
        (replace(OFFICE, populations=(People.STAFF, People.VISITOR)), True),
        (replace(OFFICE, populations=(People.PUBLIC,)), True),
    ],
    ids=["work", "public", "separate", "visitors", "everybody"],
)  # fmt: skip
def test_the_notice_is_for_networks_that_others_use(network: Network, named: bool) -> None:
    """By use, by who may join, and, wherever it is, by who is on it."""
    block = asks(Duty.BLOCK_TRAFFIC)
    assert bool(artefact(made(block, networks=(network,)), "wifi").entries) == named
    others = (Bystanders("office", "people's own devices of staff", 6),)
    assert artefact(made(block, networks=(network,), bystanders=others), "wifi").entries


def test_a_rule_about_networks_is_told_on_networks_of_that_kind() -> None:
    """What is asked of everybody on a public network stands in its notice, also where nothing is blocked."""
    compiled = made(asks(Duty.STOP_USING, "network-public", surface=Surface.NETWORK))
    (part,) = paper(compiled, "wifi").parts
    assert part.places == ["Guest Wi-Fi"]
    assert not any("whose device" in p for p in paper(compiled, "wifi").paragraphs)


def test_the_notice_says_nothing_of_persons() -> None:
    """No class of devices, no bystander and no number of either is in the paper that hangs on a wall."""
    plain, crowd = asks(Duty.BLOCK_TRAFFIC), (Bystanders("guest", "pupils of class 7b", 4711),)
    many = tuple(replace(c, devices=4711) for c in CLASSES)
    found = artefact(made(replace(plain, devices=4711), classes=many, bystanders=crowd, exempt_devices=4711), "wifi")
    assert found == artefact(made(plain), "wifi")


# --- what the letter says ------------------------------------------------------------------------------


def test_the_letter_names_every_day_and_every_app() -> None:
    """Each duty with its own day, each app by name, and the clause that asks."""
    duties = [d for d in Duty if Notice.support[d, Surface.APP] is Support.PARTIAL]
    days = {duty: MARCH + timedelta(days=n) for n, duty in enumerate(duties)}
    apps = ("tiktok/tiktok", "tiktok/lite", "yandex/maps")
    compiled = made(*(asks(duty, due=days[duty], app=app) for duty in duties for app in apps))
    (part,) = paper(compiled, "letter").parts
    assert part.restriction == "gent/paid-devices"
    assert part.days == [day.isoformat(timespec="minutes") for day in days.values()]
    assert part.apps == ["Tiktok: Lite", "Tiktok", "Yandex: Maps"]
    for duty, line in zip(duties, part.asked, strict=True):
        assert f"From {days[duty].day} March 2023 on (the app on phones and tablets): " in line


def test_apps_of_which_different_things_are_asked_stand_apart() -> None:
    """A later day for one app is not said of the other."""
    compiled = made(asks(app="tiktok/tiktok"), asks(app="yandex/maps", due=JUNE))
    assert [(p.apps, p.days) for p in paper(compiled, "letter").parts] == [
        (["Tiktok"], ["2023-03-13T00:00+02:00"]), (["Yandex: Maps"], ["2023-06-01T00:00+02:00"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("enrolment", "said"),
    [(None, True), (Enrolment.NONE, True), *((e, False) for e in Enrolment if e is not Enrolment.NONE)],
)
def test_the_letter_says_where_no_tool_helps(enrolment: Enrolment | None, said: bool) -> None:
    """For devices that nobody manages, or of which nobody has said so, it depends on their users."""
    read = paper(made(asks(Duty.STOP_USING, "phones"), classes=(size("phones", enrolment=enrolment),)), "letter")
    assert any("No tool of the institution" in p for p in read.paragraphs) == said


def test_own_devices_are_told_apart_by_what_the_body_pays() -> None:
    """A rule about a paid subscription is not read as one about every own phone; nothing is said of what it is not."""
    (part,) = paper(made(asks(Duty.STOP_USING, "own")), "letter").parts
    (place,) = part.places
    assert place == (
        "iPhones and iPads, owned by those who use them, the institution pays 30 % of the subscription, held by staff, "
        "not managed"
    )


def test_classes_that_read_the_same_are_said_once() -> None:
    """Managed and supervised devices differ for tools, not for their users."""
    twice = (size("a", enrolment=Enrolment.MANAGED), size("b", enrolment=Enrolment.SUPERVISED))
    (part,) = paper(made(asks(Duty.STOP_USING, "a", "b"), classes=twice), "letter").parts
    assert part.places == ["devices, held by staff, managed"]


def test_a_day_is_on_the_clock_of_who_decided() -> None:
    """The body plans in another zone, or in winter for summer: midnight stays midnight."""
    due = datetime(2023, 6, 1, tzinfo=SUMMER)
    for at in (plans.NOON, datetime(2023, 1, 1, tzinfo=ZoneInfo("Europe/Tallinn"))):
        (part,) = paper(made(asks(due=due), at=at), "letter").parts
        assert part.asked[0].startswith("From 1 June 2023 on (")


@pytest.mark.parametrize(
    ("language", "day", "instant"),
    [
        ("en", "From 12 April 2023 on (", "From 1 April 2023, 09:05 on ("),
        ("et", "Alates 12. aprillist 2023 (", "Alates 1. aprillist 2023 kell 09.05 ("),
        ("nl", "Vanaf 12 april 2023 (", "Vanaf 1 april 2023 om 09.05 uur ("),
        ("fr", "À partir du 12 avril 2023 (", "À partir du 1er avril 2023 à 09\u00a0h\u00a005 ("),
    ],
)
def test_a_day_is_said_in_the_language_of_the_paper(language: str, day: str, instant: str) -> None:
    """Each in its own form; a time of day that matters is not left out."""
    for due, said in ((datetime(2023, 4, 12, tzinfo=UTC), day), (datetime(2023, 4, 1, 9, 5, tzinfo=UTC), instant)):
        (part,) = paper(made(asks(due=due), chosen=ALL), "letter", language).parts
        assert part.asked[0].startswith(said)


# --- names ---------------------------------------------------------------------------------------------


def named(app: str, *shown: str) -> str:
    names = tuple(identifier(n, None, Kind.DISPLAY_NAME) for n in shown)
    (part,) = paper(made(asks(app=app, identifiers=names)), "letter").parts
    return part.apps[0]


def test_an_app_is_called_as_inventories_show_it() -> None:
    """Where that is the id in other letters; a name of one edition would promise too little."""
    assert named("tiktok/tiktok", "BytedancePte.Ltd.TikTok", "TikTok") == "TikTok"
    assert named("tiktok/tiktok-lite", "TikTok Lite") == "TikTok Lite"
    assert named("kaspersky/kaspersky-suite", "Kaspersky Small Office Security") == "Kaspersky suite"
    assert named("yandex/maps") == "Yandex: Maps"
    assert named("tiktok") == "Tiktok"


def test_two_apps_of_one_name_are_told_apart() -> None:
    """By their ids, in the list and at the end."""
    read = paper(made(asks(app="a/a-x"), asks(app="a/a_x"), asks(app="a/a-y")), "letter")
    assert read.parts[0].apps == ["A x (a/a-x)", "A y", "A x (a/a_x)"]
    assert read.ids == ["a/a-x", "a/a-y", "a/a_x"]


# --- no text breaks out ----------------------------------------------------------------------------------

MARKUP = (
    "</li></ul></main><script>alert(1)</script>", "<img src=x onerror=alert(1)>", '" onload="alert(1)', "' x='",
    "<!--", "]]>", "&lt;b&gt;", "&#60;b&#62;", "{day}", "{0}", "{", "%s", "\u202egnp.exe", "a\x00b\x1b[31m", "\ud800",
    "javascript:alert(1)", "Smith & <Sons>",
)  # fmt: skip


@pytest.mark.parametrize("hostile", [*HOSTILE, *MARKUP], ids=repr)
def test_a_hostile_text_stays_text(hostile: str) -> None:
    """Wherever a text comes from, the papers have the elements that they have with a harmless one."""
    found, harmless = (of_texts(text) for text in (hostile, "x"))
    for one, other in zip(found.artefacts, harmless.artefacts, strict=True):
        read = page(one)
        assert [tag for tag, _ in read.shape] == [tag for tag, _ in page(other).shape]
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", one.content.decode("utf-8"))
    shown = " ".join(hostile.split())
    if shown.isprintable() and shown:
        assert paper(found, "letter").parts[0].restriction == shown
        assert any(p == f"From: {shown}" for p in paper(found, "letter").paragraphs)


def of_texts(text: str) -> Compiled:
    """A text in every place that a text can come from."""
    names = (identifier(text, None, Kind.DISPLAY_NAME),)
    ask = asks(
        Duty.STOP_USING, "staff", "supplier", PUBLIC.id, restriction=text, app=f"x/{text}", identifiers=names
    )
    return made(
        ask,
        replace(ask, duty=Duty.BLOCK_TRAFFIC),
        chosen={**ALL, "contact": " ".join(text.split())[:200]},
        body=text or "?",
        catalogue_version=text,
        notice=f"n{text}",
        networks=(replace(GUEST, name=f"n{text}"),),
    )


@settings(deadline=None)
@given(text=plans.HOSTILE_TEXTS)
def test_any_text_stays_text(text: str) -> None:
    """As above, with texts that nobody thought of."""
    for found in of_texts(text).artefacts:
        assert len(page(found).parts) in {1, 2}


# --- settings, and the bundle ------------------------------------------------------------------------------


@pytest.mark.parametrize("chosen", ["", "de", "en et", "en,,et", ",en", "EN", "en, et, de", "en\n"])
def test_languages_that_there_are_not_are_refused(chosen: str) -> None:
    """Not passed over: somebody would wait for that paper."""
    with pytest.raises(PolicyError, match="languages"):
        made(chosen={"languages": chosen})


@pytest.mark.parametrize("key", ["contact", "sender"])
@pytest.mark.parametrize("text", ["a\nb", "a\rb", "x" * 201])
def test_a_setting_is_one_line(key: str, text: str) -> None:
    """A letter's worth of text is no contact."""
    with pytest.raises(PolicyError, match=key):
        made(chosen={key: text})


def test_each_language_is_written_once_in_one_order() -> None:
    """However often and in which order it is named; the default is English."""
    paths = [a.path for a in made(chosen={"languages": "fr,en, fr"}).artefacts]
    assert paths == [f"notice/{name}-{language}.html" for name in PAPERS for language in ("en", "fr")]
    assert [a.path for a in made().artefacts] == [f"notice/{name}-en.html" for name in PAPERS]


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("asked", [True, False], ids=["asked", "nothing asked"])
def test_each_paper_says_whom_it_comes_from_and_who_answers(name: str, asked: bool) -> None:
    """Also where nothing is asked; without settings the body's id and whoever gave the paper."""
    demands = [asks(Duty.STOP_USING, "staff", "supplier", "network-public")] if asked else []
    chosen = {"contact": "it@gent.example", "sender": "Stad Gent"}
    said = paper(made(*demands, chosen=chosen, notice="Made up."), name).paragraphs
    assert {"From: Stad Gent", "Questions: it@gent.example", "Made up."} <= set(said)
    plain = paper(made(*demands), name).paragraphs
    assert {"From: gent", "Questions: please ask whoever gave you this text."} <= set(plain)


def test_a_change_reads_as_apps_and_for_whom() -> None:
    """The bundle's diff finds for each entry the classes that the paper's lines are for."""
    plan = plans.plan(asks(Duty.REMOVE, "staff", "own"), asks(app="yandex/maps"), classes=CLASSES)
    letter = artefact(Notice().compile(plan, {}, 7), "letter")
    assert reach_of(plan, letter) == {
        "tiktok/tiktok": frozenset({"staff", "own"}), "yandex/maps": frozenset({"staff"}),
    }  # fmt: skip


def test_phones_that_nobody_manages_get_their_letter_in_a_whole_body() -> None:
    """Diest's phones: one clause, all of TikTok's apps, from the day of the decision, and that no tool helps there."""
    diest = bodies.workspace("diest")
    at = bodies.instant("2023-04-10T12:00", diest)
    plan, _ = make_plan(diest.law, diest.catalogue, diest.estate, diest.body, at)
    read = paper(Notice().compile(plan, ALL, 7), "letter", "nl")
    (part,) = read.parts
    assert part.restriction == "diest-2023-tiktok/work-phones"
    assert part.apps == ["TikTok", "TikTok Lite", "TikTok Now", "TikTok Studio"]
    assert len(part.places) == 3
    assert part.asked == ["Vanaf 14 maart 2023 (de app op telefoons en tablets): niet gebruiken."]
    assert any(p.startswith("Sommige van deze toestellen worden niet beheerd") for p in read.paragraphs)
    assert any(p.startswith("Invented estate and incident") for p in read.paragraphs)
