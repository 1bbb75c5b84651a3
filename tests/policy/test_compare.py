# SPDX-License-Identifier: EUPL-1.2
"""A text beside its baseline: each kind of difference by hand, and the laws of comparing on generated texts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from ordinance.catalogue.load import load
from ordinance.model.apps import Surface
from ordinance.model.divergence import Divergence, DivergenceKind, Witness
from ordinance.model.estate import DeviceFacts, Owner, People, Use
from ordinance.model.law import (
    Allowance,
    Clock,
    Criterion,
    Dimension,
    Duty,
    Force,
    Law,
    Selector,
    Stage,
    State,
    Text,
    What,
)
from ordinance.model.ruling import DeviceClass, Outcome, Subject
from ordinance.model.time import Period
from ordinance.policy import representatives
from ordinance.policy.compare import compare
from ordinance.policy.resolve import class_of, resolve, subject_of
from ordinance.policy.shipped import load_library
from policy import worlds
from policy.worlds import FORCE_FROM, Dice, a_clause, a_law, a_text, local

K = DivergenceKind
MADE = ("is", "owner", ("body",))
TIKTOK = (Selector(What.FAMILY, ("tiktok",)),)
EARLIER = (Stage(State.IN_FORCE, local("2023-03-10")),)
PAID = ("share", "subscription_share", "over", 0)
IN_TWO_WEEKS, IN_A_MONTH = Clock(Period(days=14)), Clock(Period(months=1))


def kinds(ours: Text, theirs: Text, law: Law | None = None) -> list[Divergence]:
    """Ours beside theirs, in a law of both."""
    return list(compare(law or a_law(ours, theirs), ours, theirs))


def mine(**changes: object) -> Text:
    """Our text, with one clause."""
    return a_text(a_clause(**changes), name="ours")


def base(**changes: object) -> Text:
    """The baseline, with one clause."""
    return a_text(a_clause(**changes), name="base", authority="be")


@pytest.mark.parametrize(
    ("ours", "theirs", "kind", "values"),
    [
        pytest.param(mine(devices=MADE), base(), K.NARROWER, {}, id="fewer devices"),
        pytest.param(mine(), base(devices=MADE), K.WIDER, {}, id="more devices"),
        pytest.param(mine(people=frozenset({People.STAFF})), base(), K.NARROWER, {}, id="fewer people"),
        pytest.param(mine(what=(Selector(What.APP, ("a/x",)),)), base(), K.NARROWER, {}, id="one app of a family"),
        pytest.param(mine(what=(Selector(What.FAMILY, ("a", )), Selector(What.FAMILY, ("b",)))), base(), K.STRICTER, {},
                     id="another app too"),
        pytest.param(mine(term=Period(months=6)), base(), K.SHORTER, {"theirs": "", "ours": "2023-09-13T00:00+02:00"},
                     id="an end of its own"),
        pytest.param(mine(), base(last_day=date(2023, 6, 1)), K.LONGER, {"theirs": "2023-06-02T00:00+02:00"},
                     id="no end"),
        pytest.param(mine(), replace(base(), lifecycle=EARLIER), K.LATER, {"theirs": "2023-03-10T00:00+01:00"},
                     id="begun later"),
        pytest.param(replace(mine(), lifecycle=EARLIER), base(), K.EARLIER, {"ours": "2023-03-10T00:00+01:00"},
                     id="begun earlier"),
        pytest.param(mine(force=Force.ADVICE), base(), K.WEAKER, {"ours": "advice", "theirs": "binding"}, id="advice"),
        pytest.param(mine(), base(force=Force.DUTY_TO_REACT), K.STRONGER, {"theirs": "duty_to_react"}, id="binding"),
        pytest.param(mine(), base(duties=((Duty.REMOVE, Clock()),)), K.DUTY_MISSING, {"duty": "remove"}, id="no duty"),
        pytest.param(mine(duties=((Duty.REMOVE, Clock()),)), base(), K.DUTY_ADDED, {"duty": "remove"}, id="a duty"),
        pytest.param(mine(duties=((Duty.REMOVE, IN_A_MONTH),)), base(duties=((Duty.REMOVE, IN_TWO_WEEKS),)), K.LATER,
                     {"duty": "remove", "ours": "2023-04-13T00:00+02:00"}, id="a later deadline"),
        pytest.param(mine(duties=((Duty.REMOVE, Clock()),)), base(duties=((Duty.REMOVE, IN_TWO_WEEKS),)), K.EARLIER,
                     {"duty": "remove", "theirs": "2023-03-27T00:00+02:00"}, id="an earlier deadline"),
        pytest.param(mine(), base(surfaces=frozenset({Surface.APP, Surface.WEB})), K.SURFACE_MISSING, {}, id="no web"),
        pytest.param(mine(surfaces=frozenset({Surface.APP, Surface.WEB})), base(), K.SURFACE_ADDED, {}, id="web"),
        pytest.param(mine(networks=frozenset({Use.WORK, Use.PUBLIC})), base(networks=frozenset({Use.WORK})), K.WIDER,
                     {}, id="another network"),
    ],
)  # fmt: skip
def test_each_difference_has_its_kind(ours: Text, theirs: Text, kind: K, values: dict[str, str]) -> None:
    """One change of a clause is one kind of divergence, with both clauses, its values, and a case that shows it."""
    found = kinds(ours, theirs)
    assert {d.kind for d in found} == {kind}
    divergence = found[0]
    names_it = ours.restrictions[0].what[0].kind is What.FAMILY  # else it leaves the other apps of the family alone
    assert divergence.ours == ("ours/c" if names_it else None)
    assert divergence.theirs == (None if kind is K.STRICTER else "base/c")
    assert values.items() <= dict(divergence.values).items()
    assert divergence.certain and divergence.witness and divergence.witness.is_complete


def test_an_end_that_nobody_read_is_never_ranked() -> None:
    """Half a year against a text whose duration was not read: neither is the longer one, and that is what is said."""
    unread = replace(base(), not_read=frozenset({Dimension.DURATION}))
    half = mine(term=Period(months=6))
    for ours, theirs in ((half, unread), (unread, half)):
        (found,) = kinds(ours, theirs)
        assert (found.kind, found.value("not_read")) == (K.INCOMPARABLE, "duration")
    (known,) = kinds(half, base())
    assert known.kind is K.SHORTER and known.certain


def allowed(**changes: object) -> Allowance:
    """Exemptions for the press, up to half a year."""
    plain = Allowance(frozenset({"press"}), "ciso", Period(months=6), conditions="separate-device")
    return replace(plain, **changes)


@pytest.mark.parametrize(
    ("ours", "theirs", "wider", "aspect"),
    [
        (allowed(longest=Period(months=12)), allowed(), True, "longest"),
        (allowed(longest=None), allowed(), True, "longest"),
        (allowed(blanket=True), allowed(), True, "blanket"),
        (allowed(purposes=frozenset({"press", "youth"})), allowed(), True, "purposes"),
        (allowed(conditions=None), allowed(), True, "conditions"),
        (allowed(conditions="isolated-device"), allowed(), True, "conditions"),
        (allowed(), None, True, "none"),
        (None, allowed(), False, "none"),
        (allowed(conditions="off-network-device"), allowed(), False, "conditions"),
    ],
)  # fmt: skip
def test_exemptions_are_compared_one_by_one(
    ours: Allowance | None, theirs: Allowance | None, wider: bool, aspect: str
) -> None:
    """What one text would admit and the other not: the purpose and in what; the approver is each body's own affair."""
    sides = [replace(t, allowances=(a,) if a else ()) for t, a in ((mine(), ours), (base(), theirs))]
    (found,) = kinds(*sides)
    assert (found.kind, found.value("aspect")) == (K.EXEMPTIONS_WIDER if wider else K.EXEMPTIONS_NARROWER, aspect)
    assert found.value("purpose") == ("youth" if aspect == "purposes" else "press")


def test_another_approver_is_the_same_exemption() -> None:
    """Each body has its own officers."""
    assert not kinds(
        replace(mine(), allowances=(allowed(),)), replace(base(), allowances=(allowed(approver="mayor"),))
    )


def test_scopes_are_compared_by_what_they_cover_not_by_how_they_are_written() -> None:
    """`not (not a and not b)` is `a or b`; a share over 0 is one of at least 1."""
    either = ("any", (MADE, PAID))
    other = ("not", ("all", (("not", ("share", "subscription_share", "at_least", 1)), ("not", MADE))))
    assert not kinds(mine(devices=other), base(devices=either))


def test_a_witness_names_the_facts_that_tell_the_two_apart() -> None:
    """An own phone with a paid subscription is in the baseline's scope and not in ours."""
    (found,) = kinds(mine(devices=MADE), base(devices=("any", (MADE, PAID))))
    assert found.witness and found.witness.facts.owner is not Owner.BODY
    assert dict(found.witness.stated)["subscription_share"] == "1"


def test_what_was_not_read_is_never_the_same() -> None:
    """A baseline whose exemptions nobody read cannot be said to allow none."""
    theirs = replace(base(), not_read=frozenset({Dimension.EXEMPTIONS_ALLOWED}))
    (found,) = kinds(replace(mine(), allowances=(allowed(),)), theirs)
    assert (found.kind, found.value("not_read"), found.certain) == (K.INCOMPARABLE, "exemptions_allowed", False)


def test_a_criterion_that_nobody_applied_is_not_certain() -> None:
    """Ours names one family; what else meets the baseline's test is left out, if anything does."""
    theirs = replace(base(what=(Selector(What.CRITERION, ("risky",)),)), criteria=(Criterion("risky"),))
    found = kinds(mine(), theirs)
    assert {(d.kind, d.certain) for d in found if d.kind.looser} == {(K.NARROWER, False)}


def test_too_many_facts_are_said_not_guessed() -> None:
    """Beyond the limit the answer is that the two cannot be compared, with the number of cases."""
    def asks(first: int) -> tuple[object, ...]:
        shares = ("purchase_share", "subscription_share", "use_share")
        return ("any", tuple(("share", s, "over", n) for s in shares for n in range(first, 100, 3)))

    found = kinds(mine(devices=asks(1)), base(devices=asks(0)))
    assert [d.kind for d in found] == [K.INCOMPARABLE]
    assert int(found[0].value("combinations")) > representatives.MOST_POINTS == int(found[0].value("most"))


def test_given_instants_are_the_only_ones() -> None:
    """At a day on which both are in force, a beginning that lies apart is no difference."""
    ours, theirs = mine(), replace(base(), lifecycle=EARLIER)
    law = a_law(ours, theirs)
    assert [d.kind for d in compare(law, ours, theirs)] == [K.LATER]
    assert not compare(law, ours, theirs, [FORCE_FROM + timedelta(days=1)])
    (before,) = compare(law, ours, theirs, [FORCE_FROM - timedelta(days=1)])
    assert before.kind is K.NARROWER


def test_an_app_that_the_catalogue_does_not_know_counts() -> None:
    """All members of today are not the family of tomorrow; a vendor's apps are not one family of his."""
    catalogue = load()
    members = tuple(Selector(What.APP, (f"tiktok/{m.id}",)) for f in catalogue.families if f.id == "tiktok"
                    for m in f.members)  # fmt: skip
    ours, theirs = mine(what=members), base(what=TIKTOK)
    (one,) = kinds(ours, theirs, a_law(ours, theirs, catalogue=catalogue))
    assert (one.kind, one.apps) == (K.NARROWER, ("tiktok/?",))
    ours, theirs = mine(what=TIKTOK), base(what=(Selector(What.VENDOR, ("bytedance",)),))
    found = kinds(ours, theirs, a_law(ours, theirs, catalogue=catalogue))
    assert {d.kind for d in found} == {K.NARROWER} and "?/?" in {a for d in found if d.certain for a in d.apps}


def test_every_directive_is_the_same_as_itself_and_can_be_compared_with_every_other() -> None:
    """The library, each with each: nothing is raised, and every witness is one."""
    _, texts, _, _ = load_library()
    chosen = [t for t in texts if t.kind.rules][:12]
    law = a_law(*chosen, catalogue=load())
    for ours in chosen:
        for theirs in chosen:
            found = compare(law, ours, theirs)
            assert (ours == theirs) <= (not found)
            for d in found:
                assert_witness(law, ours, theirs, d)


# --- laws on generated texts ----------------------------------------------------------------------


def alone(law: Law, text: Text) -> Law:
    """The text as if the body itself had decided it, and nothing else."""
    clauses = tuple(replace(c, addressees=frozenset()) for c in text.restrictions)
    return replace(law, texts=(replace(text, authority=law.body, restrictions=clauses),), exemptions=())


def outcome(law: Law, text: Text, who: DeviceClass, witness: Witness) -> Outcome:
    """The ruling of one text alone."""
    used = replace(law.catalogue.facts(witness.app), **dict(witness.use))
    return resolve(alone(law, text), who, used, witness.surface, witness.at).outcome


def subject(law: Law, witness: Witness) -> DeviceClass:
    """Whom a witness is about."""
    if witness.subject is Subject.DEVICE:
        return class_of(witness.facts, witness.people, law.body)
    return replace(subject_of(witness.subject, witness.word, law.body), people=witness.people)


def called(law: Law, text: Text, name: str) -> tuple[Law, Text]:
    """The text under another name; what the body found and chose for it goes with the name."""
    found = tuple(replace(c, id=f"{c.id}'", text=name) for c in law.classifications if c.text == text.id)
    chosen = tuple(replace(r, id=f"{r.id}'", text=name) for r in law.readings if r.text == text.id)
    named = replace(law, classifications=(*law.classifications, *found), readings=(*law.readings, *chosen))
    return named, replace(text, id=name)


RANK = {Outcome.PERMITTED: 0, Outcome.ADVISED_AGAINST: 1, Outcome.UNKNOWN: 2, Outcome.FORBIDDEN: 3}


def assert_witness(law: Law, ours: Text, theirs: Text, d: Divergence) -> None:
    """A certain witness of a difference in what is restricted is ruled differently by the two texts."""
    of_rulings = {K.NARROWER, K.WIDER, K.STRICTER, K.SHORTER, K.LONGER, K.WEAKER, K.STRONGER, K.SURFACE_MISSING,
                  K.SURFACE_ADDED}  # fmt: skip
    if d.kind not in of_rulings | {K.LATER, K.EARLIER} or d.value("duty") or not d.certain or d.witness is None:
        return
    if "?" in d.witness.app:
        return  # the catalogue has no facts to ask of it
    who = subject(law, d.witness)
    tighter, name = (theirs, d.theirs) if d.kind.looser else (ours, d.ours)
    binds = any(c.force is Force.BINDING for c in tighter.restrictions if f"{tighter.id}/{c.id}" == name)
    we, they = (RANK[outcome(law, t, who, d.witness)] for t in (ours, theirs))
    if not binds and any(c.force is Force.DUTY_TO_REACT for t in (ours, theirs) for c in t.restrictions):
        return  # it is more than advice, and comes out as advice does, or as unknown where advice is in doubt
    differs = we < they if d.kind.looser else we > they
    assert differs, f"{d.kind} {d.ours} {d.theirs} {d.witness.app} {d.witness.surface} {d.witness.at} {we} {they}"


@dataclass(frozen=True, repr=False)
class Pair:
    """Two texts of the body, a law of both, and a question."""

    law: Law
    ours: Text
    theirs: Text
    question: worlds.Question


def make_pair(dice: Dice) -> Pair:
    """A text, another that more often than not differs from it in a little, and a question."""
    law = replace(worlds.make_law(dice), exemptions=())
    theirs = replace(law.texts[0], authority="gent")
    question = worlds.make_question(dice, replace(law, texts=(theirs,)), missing=dice.one(True, False))
    question = replace(question, facts=law.catalogue.facts(question.app))  # what is unsaid of an app is tried once
    law, same = called(law, theirs, "ours")
    words = worlds.Words(tuple(x.id for x in same.lists), ("k0", "k1"))
    clauses = tuple(
        dice.one(c, c, worlds.make_clause(dice, c.id, words=words), replace(c, devices=worlds.make_scope(dice)))
        for c in same.restrictions
    )
    other = worlds.make_text(dice, "ours", "gent")
    more = tuple(replace(c, id=f"more-{c.id}") for c in other.restrictions)  # an id names one clause
    close = replace(same, restrictions=clauses[dice.one(0, 0, 1) :] + dice.one((), (), more))
    ours = dice.one(close, close, close, other)
    return Pair(replace(law, texts=(ours, theirs)), ours, theirs, question)


compared = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.slow
@compared
@given(worlds.thrown(make_pair))
def test_a_text_is_the_same_as_itself(pair: Pair) -> None:
    """Also under another name: only what it says is compared."""
    assert compare(pair.law, pair.theirs, pair.theirs) == ()
    law, renamed = called(pair.law, pair.theirs, "renamed")
    assert compare(law, renamed, pair.theirs) == ()


@pytest.mark.slow
@compared
@given(worlds.thrown(make_pair))
def test_where_nothing_is_looser_nothing_forbidden_comes_out_weaker(pair: Pair) -> None:
    """For no subject, app, surface and instant does the baseline forbid what ours does not, without a divergence that
    says so, or that says that nobody can know."""
    law, q = pair.law, pair.question
    we, they = (resolve(alone(law, t), q.who, q.facts, q.surface, q.at).outcome for t in (pair.ours, pair.theirs))
    if they is Outcome.FORBIDDEN and we is not Outcome.FORBIDDEN:
        found = [d for d in compare(law, pair.ours, pair.theirs) if d.kind.looser and not d.value("duty")]
        names = {q.app} if law.catalogue.member(q.app) else {q.app, f"{q.app[0]}/?", "?/?"}
        assert any(q.surface in d.surfaces and names & {*d.apps} for d in found)


@pytest.mark.slow
@compared
@given(worlds.thrown(make_pair))
def test_every_witness_is_one(pair: Pair) -> None:
    """The case that a divergence names is ruled differently by the two texts, in the direction that it says."""
    for d in compare(pair.law, pair.ours, pair.theirs):
        assert d.witness is not None
        assert_witness(pair.law, pair.ours, pair.theirs, d)


@pytest.mark.slow
@compared
@given(worlds.thrown(make_pair))
def test_the_other_way_round_looser_is_stricter(pair: Pair) -> None:
    """Whoever is looser sees the other as tighter; what cannot be compared cannot be so from either side."""
    there, back = (compare(pair.law, *two) for two in ((pair.ours, pair.theirs), (pair.theirs, pair.ours)))
    open_there, open_back = ([d for d in one if d.kind is K.INCOMPARABLE] for one in (there, back))
    assert bool(open_there) == bool(open_back)
    assert any(d.kind.looser for d in there) == any(not d.kind.looser for d in back if d not in open_back)


def test_a_witness_states_how_the_app_is_used() -> None:
    """A clause about one edition: the case is one of that edition, and says so, where the catalogue leaves it open."""
    edition = (Selector(What.ALL, parts=(*TIKTOK, Selector(What.EDITION, ("free",)))),)
    found = kinds(mine(what=edition), base(what=(Selector(What.FAMILY, ("whatsapp",)),)))
    (certain,) = [d for d in found if d.kind is K.STRICTER and d.certain]
    assert certain.witness and certain.witness.use == (("edition", "free"),)


def test_a_witness_states_what_was_asked() -> None:
    """In words, with what is not stated left empty."""
    witness = Witness(DeviceFacts(confidential=True), None, ("confidential", "people"), "a/x", Surface.APP, FORCE_FROM)
    assert witness.stated == (("confidential", "yes"), ("people", ""))
    assert not witness.is_complete
