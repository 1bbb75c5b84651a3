# SPDX-License-Identifier: EUPL-1.2
"""The proof: what refutes wins, a missing answer never passes, an old one fails, and what it rests on is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordinance.model.evidence import EvidenceKind
from ordinance.model.law import PROFILES, Condition, Exemption
from ordinance.model.result import Result
from ordinance.model.separation import (
    TESTABLE,
    Claim,
    DeviceRecord,
    Proof,
    ProofState,
    Release,
    Said,
    Shown,
    Sighting,
)
from ordinance.model.time import Span, start_of
from ordinance.separation.profiles import profiles
from ordinance.separation.proof import asked_of, due_of, prove, that_count

ZONE = ZoneInfo("Europe/Tallinn")
ON = date(2024, 12, 1)
AT = start_of(date(2024, 12, 16), ZONE)
C = Condition


def claim(condition: Condition, said: Said = Said.MET, **changed: Any) -> Claim:
    """An answer of 1 December that counts for a while."""
    whole: dict[str, Any] = {"on": ON, "owner": "IT desk", "evidence": "register", "reason": "because"}
    return Claim(condition, said, **{**whole, **changed})


def record(*claims: Claim, **changed: Any) -> DeviceRecord:
    """A record with these answers."""
    return DeviceRecord("sd-1", "press office", claims={c.condition: c for c in claims}, **changed)


def seen(condition: Condition, result: Result = Result.PASS, reason: str = "seen") -> Sighting:
    """What evidence says."""
    return Sighting(condition, result, reason)


def proof(
    found: DeviceRecord | None,
    *sightings: Sighting,
    profile: str = "nsm",
    exemptions: tuple[Exemption, ...] = (),
    at: datetime = AT,
) -> Proof:
    """The proof under one profile."""
    return prove("sd-1", found, [profiles()[profile]], exemptions, sightings, at, ZONE)


def of(found: Proof, condition: Condition) -> Shown:
    """How one condition stands."""
    return next(s for s in found.shown if s.condition is condition)


NSM = (C.DECLARED_SEPARATE, C.NO_INTERNAL_NAMES, C.NO_OTHER_APPS)
ANSWERED = record(*(claim(c) for c in NSM))
BORNE_OUT = tuple(seen(c) for c in NSM)


def test_what_is_answered_and_borne_out_is_green() -> None:
    """Every condition passes, on the record and on evidence, in the order of the numbers."""
    found = proof(ANSWERED, *BORNE_OUT)
    assert found.state is ProofState.GREEN
    assert [s.condition for s in found.shown] == [*NSM]
    assert all((s.result, s.on_record, s.on_evidence) == (Result.PASS, True, True) for s in found.shown)
    assert {s.due for s in found.shown} == {date(2025, 12, 1), date(2025, 6, 1)}


def test_what_evidence_refutes_is_red_whatever_the_record_says() -> None:
    """With the reason of the evidence, not that of the answer."""
    refuted = seen(C.NO_OTHER_APPS, Result.FAIL, "other_apps")
    found = proof(ANSWERED, *BORNE_OUT[:2], refuted)
    assert found.state is ProofState.RED
    assert of(found, C.NO_OTHER_APPS).reason == "other_apps"
    assert not of(found, C.NO_OTHER_APPS).on_record


def test_a_missing_answer_is_unknown_and_never_met() -> None:
    """Not even where evidence bears it out: nobody answers for it."""
    found = proof(record(claim(C.DECLARED_SEPARATE), claim(C.NO_INTERNAL_NAMES)), *BORNE_OUT)
    assert (of(found, C.NO_OTHER_APPS).result, of(found, C.NO_OTHER_APPS).reason) == (Result.UNKNOWN, "no_answer")
    assert found.state is ProofState.UNKNOWN


def test_a_device_without_a_record_is_never_green() -> None:
    """Unknown while nothing speaks against it, red where something does."""
    assert proof(None, *BORNE_OUT).state is ProofState.UNKNOWN
    assert proof(None, seen(C.NO_INTERNAL_NAMES, Result.FAIL, "asked_internal")).state is ProofState.RED


def test_an_answer_counts_to_the_end_of_its_last_day() -> None:
    """The next midnight in the body's zone it is overdue, and an overdue answer is not met."""
    early = claim(C.DECLARED_SEPARATE, due=date(2024, 12, 15))
    known = record(early, claim(C.NO_INTERNAL_NAMES), claim(C.NO_OTHER_APPS))
    last = AT - timedelta(seconds=1)
    assert proof(known, *BORNE_OUT, at=last).state is ProofState.GREEN
    found = proof(known, *BORNE_OUT, at=AT)
    assert (of(found, C.DECLARED_SEPARATE).result, of(found, C.DECLARED_SEPARATE).reason) == (Result.FAIL, "overdue")
    assert found.state is ProofState.RED


def test_an_answer_without_a_day_gets_that_of_its_condition() -> None:
    """Three months for the system, a year for the plan; a day of its own goes before."""
    assert due_of(claim(C.SYSTEM_UP_TO_DATE)) == date(2025, 3, 1)
    assert due_of(claim(C.RECOVERY_PLAN)) == date(2025, 12, 1)
    assert due_of(claim(C.RECOVERY_PLAN, due=date(2025, 1, 1))) == date(2025, 1, 1)


def test_a_day_far_ahead_makes_no_answer_younger() -> None:
    """Due in 2040: it counts for the six months of the condition, then it is unknown; overdue after its own day."""
    far = claim(C.NO_OTHER_APPS, due=date(2040, 1, 1))
    known = record(claim(C.DECLARED_SEPARATE), claim(C.NO_INTERNAL_NAMES, due=date(2025, 6, 1)), far)
    soon = record(*(claim(c, due=date(2025, 6, 1)) for c in NSM))
    last = start_of(date(2025, 6, 2), ZONE) - timedelta(seconds=1)
    assert proof(known, *BORNE_OUT, at=last).state is ProofState.GREEN
    after = last + timedelta(seconds=1)
    shown = of(proof(known, *BORNE_OUT, at=after), C.NO_OTHER_APPS)
    assert (shown.result, shown.reason, shown.due) == (Result.UNKNOWN, "put_off", date(2025, 6, 1))
    assert of(proof(soon, *BORNE_OUT, at=after), C.NO_OTHER_APPS).reason == "overdue"
    late = start_of(date(2040, 1, 2), ZONE)
    assert of(proof(known, *BORNE_OUT, at=late), C.NO_OTHER_APPS).reason == "overdue"


@given(st.dates(date(2024, 12, 1), date(2060, 1, 1)), st.sampled_from(Said), st.integers(0, 2000))
def test_no_day_that_a_record_sets_makes_green(due: date, said: Said, days: int) -> None:
    """What is not green without a day for the next answer is not green with one, whatever day that is."""
    at = start_of(ON + timedelta(days=days), ZONE)
    rest = (claim(C.DECLARED_SEPARATE, on=at.date()), claim(C.NO_INTERNAL_NAMES, on=at.date()))
    if proof(record(*rest, claim(C.NO_OTHER_APPS, said)), *BORNE_OUT, at=at).state is not ProofState.GREEN:
        planned = record(*rest, claim(C.NO_OTHER_APPS, said, due=due))
        assert proof(planned, *BORNE_OUT, at=at).state is not ProofState.GREEN


EVIDENCE = frozenset({EvidenceKind.INVENTORY})


@pytest.mark.parametrize(
    ("first", "last", "counts"),
    [(9, 16, True), (1, 16, True), (9, 15, False), (10, 16, False), (15, 16, False), (1, 9, False)],
)
def test_evidence_bears_out_what_is_claimed_of_its_own_days(first: int, last: int, counts: bool) -> None:
    """All of the usual days are needed for it: a part of them, or an older window, leaves the answer unchecked."""
    looked = Span(start_of(date(2024, 12, first), ZONE), start_of(date(2024, 12, last), ZONE))
    usual = Span(start_of(date(2024, 12, 9), ZONE), start_of(date(2024, 12, 16), ZONE))
    given_ = [replace(s, kinds=EVIDENCE) for s in BORNE_OUT[1:]]
    found = that_count((BORNE_OUT[0], *given_), looked, usual)
    made = proof(ANSWERED, *found)
    assert of(made, C.DECLARED_SEPARATE).result is Result.PASS  # the list of devices is that of the day
    assert made.state is (ProofState.GREEN if counts else ProofState.UNKNOWN)
    if not counts:
        assert of(made, C.NO_OTHER_APPS).result is Result.NOT_CHECKED
        days = [w.astimezone(ZONE).day for w in (found[1].first, found[1].last) if w is not None]
        assert days == [first, last - 1]


def test_a_row_from_before_the_days_that_count_bears_nothing_out() -> None:
    """A long window has all of the days; what was seen in one of them long before says nothing of today."""
    usual = Span(start_of(date(2024, 12, 9), ZONE), start_of(date(2024, 12, 16), ZONE))
    looked = Span(start_of(date(2024, 6, 1), ZONE), start_of(date(2024, 12, 16), ZONE))
    for day, result in ((date(2024, 6, 2), Result.NOT_CHECKED), (date(2024, 12, 10), Result.PASS)):
        at = start_of(day, ZONE)
        one = Sighting(C.TRUSTED_STORE, Result.PASS, "from_store", first=at, last=at, kinds=EVIDENCE)
        assert [s.result for s in that_count([one], looked, usual)] == [result]


def test_what_refutes_counts_whenever_it_was() -> None:
    """A window of last month that shows three other apps is red, and says which days those were."""
    looked = Span(start_of(date(2024, 11, 1), ZONE), start_of(date(2024, 11, 8), ZONE))
    usual = Span(start_of(date(2024, 12, 9), ZONE), start_of(date(2024, 12, 16), ZONE))
    refuted = Sighting(C.NO_OTHER_APPS, Result.FAIL, "other_apps", 3, kinds=EVIDENCE)
    assert that_count([refuted], looked, usual) == (refuted,)


def test_an_answer_of_a_later_day_is_not_there_yet() -> None:
    """Seen from the day before it was given, nobody had answered."""
    found = proof(ANSWERED, *BORNE_OUT, at=start_of(date(2024, 11, 30), ZONE))
    assert {s.reason for s in found.shown} == {"no_answer"}


def test_what_the_record_denies_fails() -> None:
    """An office that says that a condition is not met is believed."""
    known = record(claim(C.DECLARED_SEPARATE), claim(C.NO_INTERNAL_NAMES), claim(C.NO_OTHER_APPS, Said.NOT_MET))
    assert of(proof(known, *BORNE_OUT), C.NO_OTHER_APPS).reason == "says_not_met"


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (Result.UNKNOWN, "network_not_seen"),
        (Result.NOT_CHECKED, "by_decision"),
    ],
)
def test_what_evidence_could_show_and_did_not_is_not_green(result: Result, reason: str) -> None:
    """An answer is not believed where somebody could look and did not, or decided not to."""
    sightings = (BORNE_OUT[0], seen(C.NO_INTERNAL_NAMES, result, reason), BORNE_OUT[2])
    found = proof(ANSWERED, *sightings)
    assert (of(found, C.NO_INTERNAL_NAMES).result, of(found, C.NO_INTERNAL_NAMES).reason) == (result, reason)
    assert found.state is ProofState.UNKNOWN


def test_without_a_look_at_evidence_nothing_testable_passes() -> None:
    """A proof from the record alone says so of each."""
    found = proof(ANSWERED)
    assert {(s.result, s.reason) for s in found.shown} == {(Result.NOT_CHECKED, "not_asked")}
    assert found.state is ProofState.UNKNOWN


def test_what_no_evidence_can_show_rests_on_the_record_alone() -> None:
    """It passes, and says so."""
    found = proof(record(*(claim(c) for c in (C.MULTI_FACTOR, C.AUTHORISED_USERS, C.RECOVERY_PLAN))), profile="ncsc")
    assert found.state is ProofState.GREEN
    assert all((s.on_record, s.on_evidence, s.reason) == (True, False, "met") for s in found.shown)


def test_not_applicable_counts_only_where_the_text_knows_an_exception() -> None:
    """Nobody outside runs the account: the contract does not apply. That the device is separate always does."""
    every = (C.DECLARED_SEPARATE, C.NO_INTERNAL_NAMES, C.NOT_ON_BODY_NETWORK)
    free = claim(C.OPERATOR_UNDER_CONTRACT, Said.NOT_APPLICABLE)
    rest = (claim(C.NO_PRIVATE_DEVICES), free)
    found = proof(record(*(claim(c) for c in every), *rest), *(seen(c) for c in every), profile="bpa")
    assert of(found, C.OPERATOR_UNDER_CONTRACT).result is Result.NOT_APPLICABLE
    assert found.state is ProofState.GREEN
    evaded = (claim(C.DECLARED_SEPARATE, Said.NOT_APPLICABLE), *(claim(c) for c in every[1:]), *rest)
    found = proof(record(*evaded), *(seen(c) for c in every), profile="bpa")
    assert of(found, C.DECLARED_SEPARATE).reason == "no_exception"
    assert found.state is ProofState.UNKNOWN


def _exemption(last: date, *conditions: Condition) -> Exemption:
    span = Span(start_of(ON, ZONE), start_of(last + timedelta(days=1), ZONE))
    none: frozenset[Any] = frozenset()
    asked = frozenset(conditions)
    return Exemption("e", none, frozenset({"sd-1"}), (), none, "p", "a", ON, span, last, None, asked)


def test_an_exemption_asks_for_its_conditions_beside_the_profile() -> None:
    """One that the profile knows an exception to has none where the exemption asks for it."""
    found = asked_of([profiles()["bpa"]], [_exemption(date(2025, 1, 1), C.OPERATOR_UNDER_CONTRACT, C.HAS_END)])
    assert [b.id for b in found[C.OPERATOR_UNDER_CONTRACT]] == ["bpa", "e"]
    assert [b.id for b in found[C.HAS_END]] == ["e"]
    known = record(claim(C.OPERATOR_UNDER_CONTRACT, Said.NOT_APPLICABLE))
    by = _exemption(date(2025, 1, 1), C.OPERATOR_UNDER_CONTRACT)
    assert of(proof(known, profile="bpa", exemptions=(by,)), C.OPERATOR_UNDER_CONTRACT).reason == "no_exception"


def test_nothing_asked_is_nothing_shown() -> None:
    """Without a profile and without an exemption nobody knows what the device is to be."""
    assert prove("sd-1", ANSWERED, [], [], BORNE_OUT, AT, ZONE).state is ProofState.UNKNOWN


PSPF = tuple(sorted(PROFILES["pspf-001-2023"], key=[*Condition].index))


def _pspf(**changed: Any) -> DeviceRecord:
    version = {C.PERMISSIONS_REVIEWED: "37.1", C.SYSTEM_UP_TO_DATE: "14"}
    claims = (claim(c, version=version.get(c, ""), due=date(2025, 3, 1)) for c in PSPF if c is not C.REMOVED_AFTER_USE)
    whole: dict[str, Any] = {"app": Release("37.1", ON), "system": Release("14", ON), "last_day": date(2025, 6, 30)}
    return record(*claims, **{**whole, **changed})


def _by_pspf(found: DeviceRecord, at: datetime = AT, *more: Sighting) -> Proof:
    told = {s.condition for s in more}
    rest = (seen(c) for c in (C.DECLARED_SEPARATE, C.NO_INTERNAL_NAMES) if c not in told)
    return proof(found, *rest, *more, profile="pspf-001-2023", at=at)


def test_the_removal_is_not_asked_for_while_the_app_is_needed() -> None:
    """Until the last day; without one nobody can say when."""
    assert _by_pspf(_pspf()).state is ProofState.GREEN
    assert of(_by_pspf(_pspf()), C.REMOVED_AFTER_USE).reason == "use_not_over"
    assert of(_by_pspf(_pspf(last_day=None)), C.REMOVED_AFTER_USE).reason == "no_end_stated"


def test_after_the_last_day_the_app_must_be_gone() -> None:
    """What is still there fails; without an answer nobody knows; one from before the end answers nothing."""
    over = _pspf(last_day=date(2024, 12, 10))
    there = seen(C.REMOVED_AFTER_USE, Result.FAIL, "app_after_end")
    assert of(_by_pspf(over, AT, there), C.REMOVED_AFTER_USE).reason == "app_after_end"
    assert of(_by_pspf(over), C.REMOVED_AFTER_USE).reason == "no_answer"
    early = record(claim(C.REMOVED_AFTER_USE, on=date(2024, 12, 10)), last_day=date(2024, 12, 10))
    assert of(_by_pspf(early), C.REMOVED_AFTER_USE).reason == "answered_before_end"
    late = record(claim(C.REMOVED_AFTER_USE, on=date(2024, 12, 11)), last_day=date(2024, 12, 10))
    gone = seen(C.REMOVED_AFTER_USE, Result.PASS, "gone_after_end")
    assert of(_by_pspf(late, AT, gone), C.REMOVED_AFTER_USE).result is Result.PASS


def test_a_newer_review_of_another_version_accuses_nobody() -> None:
    """Version 38 was reviewed the day after 37 was seen on the device: it may be there by now."""
    review = claim(C.PERMISSIONS_REVIEWED, version="38.0", on=ON + timedelta(days=1))
    for days, expected in ((0, "version_not_seen_since"), (1, "other_version"), (2, "other_version")):
        found = record(review, app=Release("37.1", ON + timedelta(days=days)))
        shown = of(_by_pspf(found), C.PERMISSIONS_REVIEWED)
        assert (shown.reason, shown.result is Result.FAIL) == (expected, expected == "other_version")


def test_permissions_are_reviewed_at_the_version_that_is_there() -> None:
    """An update makes the review old at once; without a version nobody knows of which it was."""
    assert of(_by_pspf(_pspf()), C.PERMISSIONS_REVIEWED).result is Result.PASS
    newer = _pspf(app=Release("37.2", date(2024, 12, 9)))
    old = of(_by_pspf(newer), C.PERMISSIONS_REVIEWED)
    assert (old.result, old.reason) == (Result.FAIL, "other_version")
    assert of(_by_pspf(_pspf(app=None)), C.PERMISSIONS_REVIEWED).reason == "version_not_said"
    assert of(_by_pspf(_pspf(system=None)), C.SYSTEM_UP_TO_DATE).reason == "version_not_said"
    updated = _pspf(system=Release("15", date(2024, 12, 9)))
    assert of(_by_pspf(updated), C.SYSTEM_UP_TO_DATE).reason == "other_version"


ANY_CLAIM = st.builds(
    claim,
    st.sampled_from(Condition),
    st.sampled_from(Said),
    on=st.dates(date(2024, 6, 1), date(2025, 6, 1)),
    due=st.none() | st.dates(date(2024, 6, 1), date(2026, 6, 1)),
    version=st.sampled_from(["", "1", "2"]),
)
ANY_RECORD = st.none() | st.builds(
    lambda claims, last, app: record(*claims, last_day=last, app=app),
    st.lists(ANY_CLAIM, max_size=23),
    st.none() | st.dates(date(2024, 6, 1), date(2025, 6, 1)),
    st.none() | st.just(Release("1", ON)),
)
ANY_SIGHTING = st.builds(
    seen,
    st.sampled_from(sorted(TESTABLE)),
    st.sampled_from([Result.PASS, Result.FAIL, Result.UNKNOWN, Result.NOT_CHECKED]),
)
ANY_PROFILES = st.lists(st.sampled_from(sorted(profiles())), min_size=1, max_size=3, unique=True)


def _any(found: DeviceRecord | None, sightings: list[Sighting], names: list[str]) -> Proof:
    return prove("sd-1", found, [profiles()[n] for n in names], [], sightings, AT, ZONE)


@given(ANY_RECORD, st.lists(ANY_SIGHTING, max_size=6, unique_by=lambda s: s.condition), ANY_PROFILES)
def test_no_answer_makes_green_what_evidence_refutes(
    found: DeviceRecord | None, sightings: list[Sighting], names: list[str]
) -> None:
    """Whatever is written: what was refuted fails, what nobody answered does not pass, and green means all of it."""
    made = _any(found, sightings, names)
    refuted = {s.condition for s in sightings if s.result is Result.FAIL}
    known = found.known_by(AT.astimezone(ZONE).date()).claims if found is not None else {}
    for one in made.shown:
        assert (one.condition not in refuted) or one.result is Result.FAIL
        assert one.result is not Result.PASS or one.condition in known
        assert one.result is not Result.PASS or known[one.condition].said is Said.MET
    assert (made.state is ProofState.RED) == any(s.result is Result.FAIL for s in made.shown)
    if made.state is ProofState.GREEN:
        assert {s.result for s in made.shown} <= {Result.PASS, Result.NOT_APPLICABLE}


@given(ANY_RECORD, st.lists(ANY_SIGHTING, max_size=6, unique_by=lambda s: s.condition), ANY_PROFILES, st.data())
def test_taking_away_an_answer_or_evidence_never_makes_green(
    found: DeviceRecord | None, sightings: list[Sighting], names: list[str], data: st.DataObject
) -> None:
    """What is not green does not become so by a record that says less, or by a look that was not taken."""
    looked = [s for s in sightings if s.condition is not C.REMOVED_AFTER_USE]  # nobody looks before the end
    if _any(found, looked, names).state is ProofState.GREEN:
        return
    left = [s for s in looked if data.draw(st.booleans())]
    assert _any(found, left, names).state is not ProofState.GREEN
    if found is not None:
        claims = (c for c in found.claims.values() if data.draw(st.booleans()))
        app = found.app if data.draw(st.booleans()) else None
        fewer = record(*claims, last_day=found.last_day, app=app)
        assert _any(fewer, left, names).state is not ProofState.GREEN
