# SPDX-License-Identifier: EUPL-1.2
"""Rulings by hand: what each says besides its outcome. The laws behind them are in test_resolve_laws."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ordinance.model.apps import Surface
from ordinance.model.estate import (
    Device,
    DeviceFacts,
    Estate,
    Owner,
    People,
    Person,
    Platform,
    Unit,
    Use,
    Validity,
)
from ordinance.model.kleene import Truth
from ordinance.model.law import (
    Adoption,
    Allowance,
    AtSunset,
    ChosenReading,
    Clock,
    Dimension,
    Duty,
    Exemption,
    Force,
    Law,
    Power,
    Restriction,
    Selector,
    Stage,
    State,
    What,
)
from ordinance.model.ruling import Outcome, Ruling, Standing, Subject
from ordinance.model.time import Period, Span
from ordinance.policy.exempt import names_app
from ordinance.policy.resolve import (
    class_of,
    class_of_device,
    clause_states,
    is_contested,
    may_hold,
    names_a_reading,
    parted,
    resolve,
    subject_of,
)
from policy.worlds import a_clause, a_law, a_text, local, with_power

NOON = "2023-07-01T12:00"
OFFICE = DeviceFacts(Owner.BODY, platform=Platform.ANDROID)


def ruling(
    law: Law, at: str = NOON, facts: DeviceFacts = OFFICE, people: People | None = People.STAFF, app: str = "a/x"
) -> Ruling:
    """What applies to a device of the body, on the app."""
    return resolve(law, class_of(facts, people, "gent"), app, Surface.APP, local(at))


def from_day(day: str, **changes: object) -> dict[str, object]:
    """Changes of a text that begins on a day."""
    return {"lifecycle": (Stage(State.IN_FORCE, local(f"{day}T00:00")),), **changes}


def test_a_ruling_says_who_what_and_why() -> None:
    """Authority, clause, version, force, standing, since, until, and the deciding facts, as written with values."""
    clause = a_clause(devices=("is", "owner", ("body",)), people=frozenset({People.STAFF}), term=Period(months=6))
    (reason,) = ruling(a_law(a_text(clause))).reasons
    assert (reason.authority, reason.clause, reason.version, reason.force) == ("gent", "t/c", "1", Force.BINDING)
    assert (reason.standing, reason.since, reason.until) == (
        Standing.IN_FORCE,
        local("2023-03-13T00:00"),
        local("2023-09-13T00:00"),
    )
    assert (reason.in_scope, reason.missing) == (Truth.TRUE, ())
    assert reason.facts == ("owner is body [owner: body]", "people staff [people: staff]")


def test_a_clause_that_is_out_of_scope_says_so() -> None:
    """A permitted app still shows the clauses that were looked at, and the fact that kept them off."""
    found = ruling(a_law(a_text(a_clause(devices=("is", "owner", ("body",))))), facts=DeviceFacts(Owner.PERSON))
    assert (found.outcome, found.deciding) == (Outcome.PERMITTED, None)
    assert (found.reasons[0].in_scope, found.reasons[0].facts) == (Truth.FALSE, ("owner is body [owner: person]",))


@pytest.mark.parametrize(
    ("facts", "people", "missing"),
    [
        (DeviceFacts(Owner.BODY), None, ("people",)),
        (DeviceFacts(), People.STAFF, ("owner",)),
        (DeviceFacts(), None, ("owner", "people")),
    ],
)
def test_missing_names_only_what_would_decide(
    facts: DeviceFacts, people: People | None, missing: tuple[str, ...]
) -> None:
    """Not every empty cell: those that this clause waits for."""
    clause = a_clause(devices=("is", "owner", ("body",)), people=frozenset({People.STAFF}))
    found = ruling(a_law(a_text(clause)), facts=facts, people=people)
    assert (found.outcome, found.missing) == (Outcome.UNKNOWN, missing)
    assert found.deciding == "t/c"


def test_people_are_not_missed_where_nobody_asks() -> None:
    """A clause for everybody does not wait for the holder's kind."""
    found = ruling(a_law(a_text(a_clause(devices=("is", "owner", ("body",))))), facts=DeviceFacts(), people=None)
    assert found.missing == ("owner",)


def test_unknown_beats_advice_and_permission() -> None:
    """A binding clause that may reach the device keeps advice from being the last word."""
    advice = a_clause("advice", force=Force.ADVICE)
    doubtful = a_clause("doubt", devices=("is", "use", ("separate",)))
    assert ruling(a_law(a_text(advice))).outcome is Outcome.ADVISED_AGAINST
    assert ruling(a_law(a_text(advice, doubtful))).outcome is Outcome.UNKNOWN
    assert ruling(a_law(a_text(doubtful))).outcome is Outcome.UNKNOWN
    sure = a_clause("sure")
    assert ruling(a_law(a_text(advice, doubtful, sure))).outcome is Outcome.FORBIDDEN


def test_the_deciding_clause_is_the_first_by_authority_and_name() -> None:
    """Whatever the order of the files."""
    law = a_law(a_text(a_clause("z"), a_clause("b"), name="u"), a_text(a_clause("y"), name="v"))
    assert ruling(law).deciding == "u/b"
    federal = a_text(a_clause(addressees=frozenset({"gent"})), name="w", authority="be")
    both = with_power(replace(law, texts=(*law.texts, federal)), "be", binds=(Power(frozenset({"gent"})),))
    assert ruling(both).deciding == "w/c"


def test_each_duty_has_its_earliest_deadline() -> None:
    """Two clauses ask for the same: the first deadline counts, under the clause that sets it; others keep their own."""
    slow = a_clause("slow", duties=((Duty.REMOVE, Clock(within=Period(days=30))), (Duty.REPORT, Clock())))
    fast = a_clause("fast", duties=((Duty.REMOVE, Clock(by=date(2023, 3, 20))),))
    advice = a_clause("advice", force=Force.ADVICE, duties=((Duty.ATTEST, Clock()), (Duty.REMOVE, Clock())))
    duties = {d.duty: (d.restriction, d.due) for d in ruling(a_law(a_text(slow, fast, advice))).duties}
    assert duties == {
        Duty.REMOVE: ("t/fast", local("2023-03-21T00:00")),
        Duty.REPORT: ("t/slow", local("2023-03-13T00:00")),
    }


def test_omission_beside_a_ban_lifts_nothing() -> None:
    """A second text of the same authority about another app leaves the first as it was."""
    ban, other = a_text(), a_text(a_clause(what=(Selector(What.FAMILY, ("b",)),)), name="u", **from_day("2023-05-01"))
    assert ruling(a_law(ban, other)) == ruling(a_law(ban))


@pytest.mark.parametrize(
    ("what", "app", "named"),
    [
        (Selector(What.FAMILY, ("a",)), "a/x", True),
        (Selector(What.FAMILY, ("a",)), "ab/x", False),
        (Selector(What.APP, ("a/x",)), "a/x", True),
        (Selector(What.APP, ("a/x",)), "a/xy", False),
        (Selector(What.APP, ("a/x",)), "b/x", False),
    ],
)
def test_families_and_apps_are_whole_names(what: Selector, app: str, named: bool) -> None:
    """A family covers its members; nothing is matched by how a name begins."""
    assert names_app((what,), app) is named


# --- mirrors and adoption -------------------------------------------------------------------------

UPSTREAM = a_text(name="up", authority="be", **from_day("2023-01-01"))


def test_a_mirrored_text_decides_nothing_and_shows_where_we_are_looser() -> None:
    """What the baseline forbids its own house is a divergence of ours, and only that."""
    narrow = a_text(a_clause(devices=("is", "owner", ("body",))), mirrors=("up",))
    law = a_law(narrow, UPSTREAM)
    own = ruling(law, facts=DeviceFacts(Owner.PERSON))
    assert (own.outcome, own.reasons[0].clause, len(own.reasons)) == (Outcome.PERMITTED, "t/c", 1)
    assert [(d.clause, d.force) for d in own.divergences] == [("up/c", None)]
    assert ruling(law).divergences == ()
    unmirrored = a_law(replace(narrow, mirrors=()), UPSTREAM)
    assert ruling(unmirrored, facts=DeviceFacts(Owner.PERSON)).divergences == ()


def test_a_baseline_that_has_ended_shows_no_divergence() -> None:
    """A text that binds nobody any more is nothing to be looser than."""
    ended = a_text(a_clause(term=Period(months=3)), name="up", authority="be", **from_day("2023-01-01"))
    law = a_law(a_text(a_clause(what=(Selector(What.FAMILY, ("b",)),)), mirrors=("up",)), ended)
    assert [d.clause for d in ruling(law, "2023-03-31T23:59").divergences] == ["up/c"]
    assert ruling(law, "2023-04-01T00:00").divergences == ()


@pytest.mark.parametrize("how", [{"mirrors": ("up",)}, {"adopts": (Adoption("up"),)}], ids=["mirrors", "adopts"])
def test_our_act_stays_when_its_model_ends_and_somebody_must_decide(how: dict) -> None:
    """In force to the minute before and after; the reason says from which instant a decision is awaited."""
    up = a_text(
        a_clause(term=Period(months=6), at_sunset=AtSunset.LAPSE), name="up", authority="be", **from_day("2023-01-01")
    )
    law = a_law(a_text(**how), up)
    before, after = ruling(law, "2023-06-30T23:59"), ruling(law, "2023-07-01T00:00")
    assert (before.outcome, before.reasons[0].to_be_decided) == (Outcome.FORBIDDEN, "")
    assert (after.outcome, after.reasons[0].to_be_decided) == (Outcome.FORBIDDEN, "up is no longer in force")


def test_a_newer_version_of_our_model_is_something_to_decide() -> None:
    """Only one that began after our own act: what stood already when we decided was decided about."""
    newer = replace(UPSTREAM, version="2", **from_day("2023-05-01"))
    marks = [
        ruling(a_law(a_text(mirrors=("up",)), UPSTREAM, newer), at).reasons[0].to_be_decided
        for at in ("2023-04-30T23:59", "2023-05-01T00:00")
    ]
    assert marks == ["", "up has a newer version, 2"]
    ours_later = a_text(mirrors=("up",), **from_day("2023-06-01"))
    assert ruling(a_law(ours_later, UPSTREAM, newer)).reasons[0].to_be_decided == ""


def test_only_what_is_in_force_awaits_a_decision() -> None:
    """Our own lapsed clause needs none for its model's sake."""
    up = a_text(a_clause(last_day=date(2023, 4, 1)), name="up", authority="be", **from_day("2023-01-01"))
    ours = a_text(a_clause(last_day=date(2023, 5, 1), at_sunset=AtSunset.LAPSE), mirrors=("up",))
    assert ruling(a_law(ours, up)).reasons[0].to_be_decided == ""


# --- versions and classes -------------------------------------------------------------------------


def test_the_version_of_its_own_time_judges() -> None:
    """Before and after a new version the same question has the answer of its own instant."""
    old = a_text()
    new = a_text(a_clause(what=(Selector(What.APP, ("a/y",)),)), version="2", **from_day("2023-06-01"))
    law = a_law(new, old)
    assert ruling(law, "2023-05-31T23:59").outcome is Outcome.FORBIDDEN
    assert ruling(law, "2023-06-01T00:00").outcome is Outcome.PERMITTED
    assert ruling(law, "2023-06-01T00:00", app="a/y").reasons[0].version == "2"


def test_two_versions_of_one_day_speak_with_one_voice() -> None:
    """In whatever order they were read, the same one speaks."""
    one, two = a_text(), a_text(version="2")
    voices = {
        tuple(s.text.version for s in clause_states(law, class_of(OFFICE, None, "gent"), local(NOON)))
        for law in (a_law(one, two), a_law(two, one))
    }
    assert voices == {("2",)}


def test_a_class_is_its_facts() -> None:
    """Equal facts are one class, one fact more another; the id is a digest of nothing else."""
    one = class_of(OFFICE, People.STAFF, "gent")
    assert one == class_of(DeviceFacts(Owner.BODY, platform=Platform.ANDROID), People.STAFF, "gent")
    others = {
        class_of(replace(OFFICE, purchase_share=0), People.STAFF, "gent").id,
        class_of(OFFICE, None, "gent").id,
        class_of(OFFICE, People.STAFF, "zone").id,
    }
    assert one.id not in others
    assert len(others) == 3


def test_the_class_of_a_device_is_that_of_its_day() -> None:
    """Its row, its holder's kind and its unit's institution, each as stated for the day of the question."""
    march, april = date(2023, 3, 31), date(2023, 4, 1)
    rows = (
        Device("d", DeviceFacts(Owner.PERSON), "p", "u1", validity=Validity(None, march)),
        Device("d", DeviceFacts(Owner.BODY), "p", None, validity=Validity(april, None)),
    )
    people = (Person("p", People.ELECTED, "u2", Validity(april, None)),)
    estate = Estate(rows, people, (Unit("u1", "One", "gent"), Unit("u2", "Two", "zone")))
    law, today = a_law(a_text()), local("2023-04-10T12:00")
    now = class_of_device(law, estate, rows[1], local("2023-04-05T12:00"), today)
    assert (now.facts, now.people, now.institution) == (DeviceFacts(Owner.BODY), People.ELECTED, "zone")
    then = class_of_device(law, estate, rows[0], local("2023-03-30T12:00"), today)
    assert (then.people, then.institution) == (None, "gent")


def test_an_authority_that_nobody_lists_has_no_force() -> None:
    """A text whose authority is unknown binds nobody, and nothing breaks."""
    text = a_text(authority="nobody")
    found = ruling(a_law(text))
    assert (found.outcome, found.reasons) == (Outcome.PERMITTED, ())


# --- what is named as missing ---------------------------------------------------------------------

OWNED, USED, ON_PHONES = (("is", "owner", ("body",)), ("is", "use", ("work",)), ("is", "platform", ("ios",)))
NOBODY_SAID = DeviceFacts()


def test_known_advice_is_not_made_doubtful_by_more_advice() -> None:
    """Whether a second adviser speaks of the device changes nothing, so nobody is asked for it."""
    law = a_law(a_text(a_clause(force=Force.ADVICE), a_clause("d", force=Force.ADVICE, devices=OWNED)))
    found = ruling(law, facts=NOBODY_SAID)
    assert (found.outcome, found.deciding, found.missing) == (Outcome.ADVISED_AGAINST, "t/c", ())


def test_only_facts_that_can_change_the_outcome_are_missing() -> None:
    """Advice that cannot matter beside known advice is not asked about; beside a ban that may hold it is, if alone."""
    ban, advice = a_clause(devices=OWNED), a_clause("d", force=Force.ADVICE, devices=USED)
    sure = a_clause("e", force=Force.ADVICE)
    assert ruling(a_law(a_text(ban, advice)), facts=NOBODY_SAID).missing == ("owner", "use")
    assert ruling(a_law(a_text(ban, advice, sure)), facts=NOBODY_SAID).missing == ("owner",)


def an_exemption(*clauses: str) -> Exemption:
    """Exemption x of device d, for all of family a, from these clauses."""
    return Exemption(
        "x", frozenset(clauses), frozenset({"d"}), (Selector(What.FAMILY, ("a",)),), frozenset({Surface.APP}),
        "press", "ciso", date(2023, 3, 1), Span(local("2023-03-01T00:00"), local("2024-01-01T00:00")),
        date(2023, 12, 31), None, frozenset(),
    )  # fmt: skip


def test_a_lifted_ban_that_may_hold_asks_nothing_beside_one_that_does() -> None:
    """Of what an exemption lifts, one clause that surely holds is enough for `conditional`, and advice is below it."""
    sure, perhaps = a_clause(), a_clause("d", devices=OWNED)
    advice = a_clause("e", force=Force.ADVICE, devices=USED)
    open_one = a_clause("f", devices=ON_PHONES)
    allowed = {"allowances": (Allowance(frozenset({"press"}), "ciso"),)}
    lifted = an_exemption("t/c", "t/d")

    def found(*clauses: Restriction) -> Ruling:
        law = a_law(a_text(*clauses, **allowed), exemptions=(lifted,))
        return resolve(law, class_of(NOBODY_SAID, None, "gent", ("x",)), "a/x", Surface.APP, local(NOON))

    assert (found(sure, perhaps, advice).outcome, found(sure, perhaps, advice).missing) == (Outcome.CONDITIONAL, ())
    assert found(perhaps, advice).missing == ("owner", "use")
    assert (found(sure, perhaps, advice, open_one).deciding, found(sure, perhaps, advice, open_one).missing) == (
        "t/f",
        ("platform",),
    )


def test_a_second_text_takes_nothing_away() -> None:
    """A device that only the first of two texts about the app speaks of is still forbidden it."""
    ban = a_text(a_clause(devices=OWNED))
    other = a_text(a_clause(devices=("not", OWNED)), name="u", **from_day("2023-05-01"))
    for texts in ((ban, other), (other, ban)):
        found = resolve(a_law(*texts), class_of(OFFICE, None, "gent"), "a/x", Surface.APP, local(NOON))
        assert (found.outcome, found.deciding) == (Outcome.FORBIDDEN, "t/c")


def test_an_exemption_from_one_ban_leaves_the_other() -> None:
    """Of two bans that hold, one is lifted: the device is forbidden the app by the other one."""
    law = a_law(a_text(a_clause(), a_clause("d"), allowances=(Allowance(frozenset({"press"}), "ciso"),)))

    def found(*clauses: str) -> Ruling:
        exempt = replace(law, exemptions=(an_exemption(*clauses),))
        return resolve(exempt, class_of(NOBODY_SAID, None, "gent", ("x",)), "a/x", Surface.APP, local(NOON))

    assert (found("t/c").outcome, found("t/c").deciding) == (Outcome.FORBIDDEN, "t/d")
    assert (found("t/d").outcome, found("t/d").deciding) == (Outcome.FORBIDDEN, "t/c")
    assert found("t/c", "t/d").outcome is Outcome.CONDITIONAL


@pytest.mark.parametrize(
    ("not_read", "clause", "outcome", "missing"),
    [
        ({Dimension.DEVICES}, {}, Outcome.UNKNOWN, ("devices of t",)),
        ({Dimension.PEOPLE}, {}, Outcome.UNKNOWN, ("people of t",)),
        ({Dimension.DEVICES, Dimension.PEOPLE}, {}, Outcome.UNKNOWN, ("devices of t", "people of t")),
        ({Dimension.DEVICES}, {"devices": OWNED}, Outcome.FORBIDDEN, ()),  # this clause was read
        ({Dimension.PEOPLE}, {"people": frozenset({People.STAFF})}, Outcome.FORBIDDEN, ()),
        ({Dimension.DEVICES}, {"people": frozenset({People.ELECTED})}, Outcome.PERMITTED, ()),  # so much is known
        ({Dimension.DURATION, Dimension.UPWARD}, {}, Outcome.FORBIDDEN, ()),
    ],
)
def test_whom_nobody_read_of_is_not_everybody(
    not_read: set[Dimension], clause: dict, outcome: Outcome, missing: tuple[str, ...]
) -> None:
    """A text whose devices or people were not read leaves open whom it means, instead of meaning all."""
    found = ruling(a_law(a_text(a_clause(**clause), not_read=frozenset(not_read))))
    assert (found.outcome, found.missing) == (outcome, missing)


# --- clauses by themselves ------------------------------------------------------------------------


def test_a_clause_binds_where_it_is_in_force_binding_and_may_be_meant() -> None:
    """All three; an open scope is enough, for what is checked and blocked."""

    def binds(clause: Restriction, at: str = NOON, facts: DeviceFacts = OFFICE) -> bool:
        (state,) = clause_states(a_law(a_text(clause)), class_of(facts, People.STAFF, "gent"), local(at))
        return state.binds

    assert binds(a_clause()) is True
    assert binds(a_clause(), "2023-03-12T23:59") is False
    assert binds(a_clause(force=Force.ADVICE)) is False
    assert binds(a_clause(devices=OWNED)) is True
    assert binds(a_clause(devices=OWNED), facts=DeviceFacts()) is True
    assert binds(a_clause(devices=OWNED), facts=DeviceFacts(Owner.PERSON)) is False


def test_a_clause_names_what_it_certainly_restricts() -> None:
    """An app of unknown kind is not named, and neither is one of another family."""
    clause = a_clause(what=(Selector(What.FAMILY, ("a",)), Selector(What.CATEGORY, ("games",))))
    (state,) = clause_states(a_law(a_text(clause)), class_of(OFFICE, None, "gent"), local(NOON))
    assert (state.names("a/x"), state.names("b/x")) == (True, False)


def test_missing_facts_of_a_clause_are_in_order() -> None:
    """By name, whatever order the clause asks in; a clause that is decided misses nothing."""
    tests = tuple(("is", fact, ("none",)) for fact in ("use", "platform", "access", "owner", "enrolment"))
    law = a_law(a_text(a_clause(devices=("all", tests))))
    (state,) = clause_states(law, class_of(DeviceFacts(), None, "gent"), local(NOON))
    assert state.reason.missing == ("access", "enrolment", "owner", "platform", "use")
    (state,) = clause_states(a_law(a_text(a_clause())), class_of(OFFICE, None, "gent"), local(NOON))
    assert state.reason.missing == ()


def test_the_id_of_a_class_is_short_and_its_own() -> None:
    """Sixteen digits; networks, places and accounts have one too, for each kind and institution."""
    found = [
        class_of(OFFICE, None, "gent").id,
        class_of(OFFICE, None, "zone").id,
        subject_of(Subject.NETWORK, "public", "gent").id,
        subject_of(Subject.NETWORK, "work", "gent").id,
        subject_of(Subject.PLACE, "public", "gent").id,
    ]
    assert len({*found}) == len(found)
    assert {len(x) for x in found} == {16}


def test_an_unstated_holder_is_said_to_be_unstated() -> None:
    """The reason says that nobody said what the holder is."""
    (reason,) = ruling(a_law(a_text(a_clause(people=frozenset({People.STAFF})))), people=None).reasons
    assert reason.facts == ("people staff [people: not stated]",)


def test_the_reason_in_a_ruling_is_about_the_app_too() -> None:
    """A clause whose scope is certain and whose app is not stands there as unknown, with what is missing."""
    (reason,) = ruling(a_law(a_text(a_clause(what=(Selector(What.EDITION, ("free",)),))))).reasons
    assert (reason.in_scope, reason.missing) == (Truth.UNKNOWN, ("edition of a/x",))


def test_advice_that_may_hold_is_unknown_by_its_first_clause() -> None:
    """Two pieces of advice of which neither is certain: the first by name is the one to look at."""
    clauses = (a_clause("c", force=Force.ADVICE, devices=OWNED), a_clause("d", force=Force.ADVICE, devices=USED))
    found = ruling(a_law(a_text(*clauses)), facts=NOBODY_SAID)
    assert (found.outcome, found.deciding, found.missing) == (Outcome.UNKNOWN, "t/c", ("owner", "use"))


def test_of_two_clauses_due_at_once_the_first_names_the_duty() -> None:
    """The same instant twice: the first clause by name."""
    duties = ((Duty.REMOVE, Clock(within=Period(days=14))),)
    found = ruling(a_law(a_text(a_clause("d", duties=duties), a_clause("c", duties=duties))))
    assert [d.restriction for d in found.duties] == ["t/c"]


def test_networks_of_unread_devices_are_as_they_were() -> None:
    """That nobody read which devices a text means leaves what it says of networks as it is."""
    text = a_text(a_clause(networks=frozenset({Use.PUBLIC})), not_read=frozenset({Dimension.DEVICES}))
    who = subject_of(Subject.NETWORK, "public", "gent")
    assert resolve(a_law(text), who, "a/x", Surface.APP, local(NOON)).outcome is Outcome.FORBIDDEN
    other = subject_of(Subject.NETWORK, "work", "gent")
    assert resolve(a_law(text), other, "a/x", Surface.APP, local(NOON)).outcome is Outcome.PERMITTED


@pytest.mark.parametrize(
    ("reads", "outcome"),
    [
        ((), Outcome.UNKNOWN),
        ((("t", "wide", "yes", "2023-07-01"),), Outcome.FORBIDDEN),
        ((("t", "wide", "no", "2023-07-01"),), Outcome.PERMITTED),
        ((("t", "wide", "yes", "2023-07-02"),), Outcome.UNKNOWN),  # not yet
        ((("u", "wide", "yes", "2023-07-01"),), Outcome.UNKNOWN),  # of another text
        ((("t", "deep", "yes", "2023-07-01"),), Outcome.UNKNOWN),  # of another question
        ((("t", "wide", "no", "2023-05-01"), ("t", "wide", "yes", "2023-06-01")), Outcome.FORBIDDEN),
        ((("t", "wide", "yes", "2023-06-01"), ("t", "wide", "no", "2023-05-01")), Outcome.FORBIDDEN),
    ],
)
def test_the_reading_that_counts(reads: tuple[tuple[str, str, str, str], ...], outcome: Outcome) -> None:
    """The latest that has begun, from the first instant of its day, of that text and that question."""
    readings = tuple(
        ChosenReading(f"r{n}", text, parameter, choice, "x", date.fromisoformat(day))
        for n, (text, parameter, choice, day) in enumerate(reads)
    )
    law = a_law(a_text(a_clause(under=(("wide", frozenset({"yes"})),))), readings=readings)
    found = ruling(law, "2023-07-01T00:00")
    assert (found.outcome, found.missing) == (outcome, ("reading wide of t",) if outcome is Outcome.UNKNOWN else ())


@pytest.mark.parametrize(
    ("upstream", "said"),
    [
        ((("1", "2023-01-01"),), ""),
        ((("1", "2023-01-01"), ("2", "2023-05-01")), "up has a newer version, 2"),
        ((("1", "2023-01-01"), ("2", "2023-08-01")), ""),  # not begun
        ((("1", "2023-01-01"), ("2", "")), ""),  # never begins
        ((("1", "2023-01-01"), ("2", "2023-03-13")), ""),  # was there when ours began
        ((("1", "2023-05-01"),), ""),  # began after ours, and is no newer version of anything
        ((("1", "2023-08-01"),), ""),  # has not begun, and so has not ended
        ((("1", ""),), ""),
        ((), ""),
    ],
)
def test_what_became_of_a_mirrored_text(upstream: tuple[tuple[str, str], ...], said: str) -> None:
    """A newer version that has begun since ours did is for somebody to decide about; others are not."""
    mirrored = [
        a_text(name="up", authority="be", version=version, **(from_day(day) if day else {"lifecycle": ()}))
        for version, day in upstream
    ]
    found = ruling(a_law(*mirrored, a_text(mirrors=("up",))))
    assert [r.to_be_decided for r in found.reasons] == [said]


def test_a_mirrored_text_without_clauses_has_not_ended() -> None:
    """A text that says nothing is not one that is over."""
    empty = replace(a_text(name="up", authority="be"), restrictions=())
    assert ruling(a_law(empty, a_text(mirrors=("up",)))).reasons[0].to_be_decided == ""


def test_only_what_the_body_mirrors_diverges() -> None:
    """A baseline of somebody else's text is none of ours."""
    baseline, theirs = a_text(name="up", authority="be"), a_text(name="theirs", authority="zone", mirrors=("up",))
    assert ruling(a_law(baseline, theirs)).divergences == ()
    ours = a_text(a_clause(devices=OWNED), name="ours", mirrors=("up",))
    found = ruling(a_law(baseline, ours), facts=DeviceFacts(Owner.PERSON))
    assert [r.clause for r in found.divergences] == ["up/c"]
    advising = a_text(a_clause(force=Force.ADVICE, addressees=frozenset({"gent"})), name="up", authority="be")
    law = with_power(a_law(advising, ours), "be", advises=(Power(frozenset({"gent"})),))
    found = ruling(law, facts=DeviceFacts(Owner.PERSON))
    assert (found.outcome, found.divergences) == (Outcome.ADVISED_AGAINST, ())  # what reaches us is no mere baseline
    elsewhere = replace(baseline, restrictions=(a_clause(devices=("is", "platform", ("ios",))),))
    assert ruling(a_law(elsewhere, ours), facts=DeviceFacts(Owner.PERSON, platform=Platform.ANDROID)).divergences == ()


def test_a_device_is_of_its_own_unit_first() -> None:
    """The unit of the row, else its holder's, else the body itself."""
    units = (Unit("u", "", "zone"), Unit("v", "", "be"))
    estate = Estate((), (Person("p", People.STAFF, "v"),), units)
    law, day = a_law(a_text()), local(NOON)

    def institution(**row: str) -> str:
        return class_of_device(law, estate, Device("d", OFFICE, **row), day, day).institution

    assert institution(unit="u", holder="p") == "zone"
    assert institution(holder="p") == "be"
    assert institution() == "gent"


def test_only_exemptions_that_name_the_class_count_the_first_by_id() -> None:
    """Of the law's exemptions those of the device; of several the first by id, in whatever order they are written."""

    def one(name: str) -> Exemption:
        days = {"approved": date(2023, 1, 1), "last_day": date(2023, 12, 31)}
        span = Span(local("2023-01-01T00:00"), local("2024-01-01T00:00"))
        return Exemption(
            name, frozenset({"t/c"}), frozenset({"d"}), (Selector(What.FAMILY, ("a",)),), frozenset({Surface.APP}),
            "press", "ciso", profile=None, conditions=frozenset(), span=span, **days,
        )  # fmt: skip

    law = a_law(
        a_text(allowances=(Allowance(frozenset({"press"}), "ciso"),)), exemptions=(one("z"), one("y"), one("x"))
    )
    for named, exemption in ((("y", "z"), "y"), (("z", "x"), "x"), (("z",), "z"), (("other",), None), ((), None)):
        found = resolve(law, class_of(OFFICE, None, "gent", named), "a/x", Surface.APP, local(NOON))
        assert found.exemption == exemption


def test_missing_facts_of_device_and_app_are_in_one_order() -> None:
    """By name, in the reason as in the ruling."""
    tests = tuple(("is", fact, ("none",)) for fact in ("use", "platform", "access"))
    what = tuple(Selector(kind, ("x",)) for kind in (What.EDITION, What.CONTRACT, What.DEPLOYMENT))
    found = ruling(a_law(a_text(a_clause(devices=("all", tests), what=what))), facts=NOBODY_SAID)
    expected = ("access", "contract of a/x", "deployment of a/x", "edition of a/x", "platform", "use")
    assert (found.missing, found.reasons[0].missing) == (expected, expected)


# --- contested readings ---------------------------------------------------------------------------

BOUND, ADVISED = ("zones", frozenset({"bound"})), ("zones", frozenset({"advised"}))


def chosen(choice: str, on: str = "2023-06-01") -> tuple[ChosenReading, ...]:
    """The body's choice of the contested point."""
    return (ChosenReading("r", "t", "zones", choice, "x", date.fromisoformat(on)),)


def contested(*clauses: Restriction, readings: tuple[ChosenReading, ...] = (), authority: str = "gent") -> bool:
    text = a_text(*clauses, authority=authority)
    return is_contested(a_law(text, readings=readings), text, local(NOON))


@pytest.mark.parametrize(
    ("clauses", "choice", "is_so"),
    [
        ((a_clause("b", under=(BOUND,)),), "", True),
        ((a_clause("b", under=(BOUND,)),), "bound", False),
        ((a_clause("b", under=(BOUND,)),), "advised", False),
        ((a_clause("b", force=Force.ADVICE, under=(ADVISED,)),), "", True),  # whether it speaks to the body at all
        ((a_clause("b", under=(BOUND,)), a_clause("c", force=Force.ADVICE, under=(ADVISED,))), "", True),
        ((a_clause("b"), a_clause("c", under=(BOUND,))), "", True),  # something binds, and more may
        ((a_clause("b"), a_clause("c", force=Force.ADVICE, under=(ADVISED,))), "", False),  # bound whatever is read
        ((a_clause("c", force=Force.ADVICE, under=(ADVISED,)), a_clause("b")), "", False),
        ((a_clause("b"),), "", False),
        ((a_clause("b", under=(BOUND,), addressees=frozenset({"elsewhere"})),), "", False),  # it speaks to another
    ],
)
def test_whether_it_is_contested_that_a_text_binds(
    clauses: tuple[Restriction, ...], choice: str, is_so: bool
) -> None:
    """Only what speaks to the body counts, and advice only where nothing is certain."""
    assert contested(*clauses, readings=chosen(choice) if choice else ()) is is_so
    later = chosen(choice, "2023-07-02") if choice else ()
    assert contested(*clauses, readings=later) is (is_so or bool(choice))  # a choice of tomorrow settles nothing today


def test_a_text_of_nobody_known_is_not_contested() -> None:
    """It speaks to nobody."""
    text = a_text(a_clause(under=(BOUND,)), authority="nobody")
    law = a_law(text)
    known = tuple(a for a in law.authorities if a.id != "nobody")
    assert is_contested(replace(law, authorities=known), text, local(NOON)) is False


def test_readings_are_told_from_facts() -> None:
    """Both in their order, readings without their mark."""
    missing = ("owner", "reading zones of t", "use", "reading wide of u")
    assert [m for m in missing if names_a_reading(m)] == ["reading zones of t", "reading wide of u"]
    assert parted(missing) == (("zones of t", "wide of u"), ("owner", "use"))
    assert parted(()) == ((), ())


@pytest.mark.parametrize(
    ("choice", "on", "may"),
    [
        ("", "", True),
        ("bound", "2023-06-01", True),
        ("advised", "2023-06-01", False),
        ("advised", "2023-06-15", True),  # at the first instant nobody had chosen
        ("advised", "2023-07-02", True),
    ],
)
def test_a_clause_may_hold_at_one_of_several_instants(choice: str, on: str, may: bool) -> None:
    """It does not only where the reading that was chosen says so at each."""
    clause = a_clause(under=(BOUND,))
    text = a_text(clause)
    law = a_law(text, readings=chosen(choice, on) if choice else ())
    assert may_hold(law, text, clause, [local("2023-06-10T00:00"), local(NOON)]) is may
    assert may_hold(law, text, clause, []) is False
