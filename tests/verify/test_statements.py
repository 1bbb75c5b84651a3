# SPDX-License-Identifier: EUPL-1.2
"""Statements met with the days on which a duty was due, each day of April written as a number, and made by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from functools import cache

import pytest

import bodies
from ordinance.model.apps import Confidence, Identifier, Kind, Role, Surface
from ordinance.model.attestation import Attestation, Stated
from ordinance.model.evidence import Answered, AppInstalled, NameAsked, Where
from ordinance.model.law import Duty, Selector, What
from ordinance.model.result import Result
from ordinance.model.time import Span, end_of, start_of
from ordinance.policy.resolve import ClauseState
from ordinance.verify.attested import Statements
from ordinance.verify.attribute import Attributed
from ordinance.verify.binding import Judge
from ordinance.verify.observed import Asked, Installed

CITY = bodies.workspace("city-of-brussels")
ZONE = CITY.body.zone
DEVICE, CLAUSE = "bi-001", "brussels-2023-tiktok/own-devices-bought-in-part"
TIKTOK, WECHAT = (Selector(What.FAMILY, (f,)) for f in ("tiktok", "wechat"))
ONE_APP = Selector(What.APP, ("tiktok/tiktok",))
PASS, FAIL, UNKNOWN = Result.PASS, Result.FAIL, Result.UNKNOWN
Days = tuple[int, int]  # the first and the last, both whole


def span(days: Days) -> Span:
    """Days of April."""
    return Span(start_of(date(2023, 4, days[0]), ZONE), end_of(date(2023, 4, days[1]), ZONE))


@cache
def state(version: str = "1", *what: Selector) -> ClauseState:
    """The clause as it meets an own iPhone, in some version, or about something else."""
    at = bodies.window(CITY, {"as_of": "2023-04-24T00:00", "from": "2023-04-17", "to": "2023-04-23"})
    judge = Judge(CITY.law, CITY.estate, at.span, at.as_of)
    found = judge.state(CLAUSE, judge.pieces(DEVICE)[0])
    assert found is not None
    clause = replace(found.restriction, what=what) if what else found.restriction
    return replace(found, text=replace(found.text, version=version), restriction=clause)


def said(
    days: Days,
    *stated: Stated,
    what: tuple[Selector, ...] = (TIKTOK,),
    restrictions: Iterable[str] = (),
    devices: Iterable[str] = (DEVICE,),
) -> Attestation:
    """A statement that counts on these days."""
    on, last = (date(2023, 4, d) for d in days)
    words = frozenset(stated or {Stated.NOT_INSTALLED})
    clauses = frozenset(restrictions)
    return Attestation("one", frozenset(devices), words, "the holder", on, clauses, what, last_day=last)


def made(*every: Attestation) -> Statements:
    """Statements of the body."""
    return Statements(every, CITY.estate, ZONE)


def installed(day: int, hour: int = 12, kind: Kind = Kind.BUNDLE_ID) -> Installed:
    """The app in an inventory."""
    name, at = Identifier(kind, "x", "tiktok", "tiktok", Confidence.HIGH), datetime(2023, 4, day, hour, tzinfo=ZONE)
    return Installed(AppInstalled(DEVICE, name, at, Where("mdm", "m.csv", 1)), Surface.APP)


def asked(day: int, confidence: Confidence = Confidence.HIGH) -> Asked:
    """A name of the app in a log."""
    name = Identifier(Kind.DOMAIN, "x.example", "tiktok", "tiktok", confidence, Role.APP_ONLY)
    at = datetime(2023, 4, day, 12, tzinfo=ZONE)
    row = NameAsked(at, "10.0.0.9", "x.example", name, Answered.ADDRESS, Where("dns", "a.log", 1))
    return Asked(row, Attributed(DEVICE), (Surface.APP,), at.date())


DUE: tuple[Days, ...] = ((17, 23),)
USED, CONTROL = Stated.NOT_USED, Stated.CONTROL_SET

VERDICTS: dict[str, tuple[tuple[Days, ...], tuple[Attestation, ...], tuple[Installed | Asked, ...], Result, str]] = {
    "the very days": (DUE, (said((17, 23)),), (), PASS, "attested"),
    "one after the other": (DUE, (said((5, 19)), said((20, 25))), (), PASS, "attested"),
    "none": (DUE, (), (), FAIL, "not_attested"),
    "of another device": (DUE, (said((17, 23), devices=["bi-002"]),), (), FAIL, "not_attested"),
    "of another clause": (DUE, (said((17, 23), what=(), restrictions=["a/b"]),), (), FAIL, "not_attested"),
    "of the clause": (DUE, (said((17, 23), what=(), restrictions=[CLAUSE]),), (), PASS, "attested"),
    "from the day after": (DUE, (said((24, 25)),), (), FAIL, "not_attested"),
    "to the last day": (DUE, (said((20, 23)),), (), FAIL, "attested_late"),
    "to the day before": (DUE, (said((5, 22)),), (), FAIL, "attestation_lapsed"),
    "lapsed, and given again": (DUE, (said((5, 18)), said((20, 25))), (), FAIL, "attested_late"),
    "of one stretch of two": (((17, 18), (20, 23)), (said((17, 18)),), (), FAIL, "attestation_lapsed"),
    "of the other": (((17, 18), (20, 23)), (said((19, 25)),), (), FAIL, "attested_late"),
    "what sets a control": (DUE, (said((17, 23), CONTROL),), (), FAIL, "not_attested"),
    "one app": (DUE, (said((17, 23), what=(ONE_APP,)),), (), UNKNOWN, "attested_in_part"),
    "one app, of a control": (DUE, (said((17, 23), CONTROL, what=(ONE_APP,)),), (), FAIL, "not_attested"),
    "one app, later": (DUE, (said((24, 25), what=(ONE_APP,)),), (), FAIL, "not_attested"),
    "one app, and all of it late": (
        *(DUE, (said((17, 23), what=(ONE_APP,)), said((20, 25))), ()),
        *(FAIL, "attested_late"),
    ),
    "installed later": (DUE, (said((5, 25)),), (installed(19),), UNKNOWN, "attested_otherwise"),
    "installed the next midnight": (DUE, (said((17, 25)),), (installed(18, 0),), UNKNOWN, "attested_otherwise"),
    "installed the same day": (DUE, (said((17, 25)),), (installed(17, 23),), PASS, "attested"),
    "installed by its looks": (DUE, (said((5, 25)),), (installed(19, kind=Kind.DISPLAY_NAME),), PASS, "attested"),
    "installed, when nothing was due": (DUE, (said((5, 25)),), (installed(16),), PASS, "attested"),
    "installed, when it counted no more": (DUE, (said((5, 18)),), (installed(19),), FAIL, "attestation_lapsed"),
    "installed, and not used": (DUE, (said((5, 25), USED),), (installed(19),), PASS, "attested"),
    "used later": (DUE, (said((5, 25), USED),), (asked(19),), UNKNOWN, "attested_otherwise"),
    "used, and not installed": (DUE, (said((5, 25)),), (asked(19),), UNKNOWN, "attested_otherwise"),
    "perhaps used": (DUE, (said((5, 25)),), (asked(19, Confidence.MEDIUM),), PASS, "attested"),
    "used the same day": (DUE, (said((17, 25)),), (asked(17),), PASS, "attested"),
    "used, when nothing was due": (DUE, (said((5, 25)),), (asked(16),), PASS, "attested"),
    "used, and a control is set": (DUE, (said((5, 25), CONTROL),), (asked(19),), FAIL, "not_attested"),
}


@pytest.mark.parametrize("name", VERDICTS)
def test_whether_the_duty_to_attest_is_met(name: str) -> None:
    """The result and its reason, by the days of statements and of what was seen."""
    due, every, seen, *expected = VERDICTS[name]
    apps = [s for s in seen if isinstance(s, Installed)]
    traffic = [s for s in seen if isinstance(s, Asked)]
    parts = [(span(days), state()) for days in due]
    assert list(made(*every).verdict(DEVICE, parts, apps, traffic)) == expected


@pytest.mark.parametrize(
    ("first", "second", "every", "seen", "expected"),
    [
        ((17, 19), (20, 23), [(5, 25)], None, (PASS, "attested")),
        ((17, 19), (20, 23), [(5, 19)], None, (FAIL, "attestation_lapsed")),
        ((17, 19), (20, 23), [(18, 19)], None, (FAIL, "attestation_lapsed")),
        ((17, 19), (20, 23), [(20, 25)], None, (FAIL, "attested_late")),
        ((17, 19), (20, 23), [(5, 25)], 18, (UNKNOWN, "attested_otherwise")),
        ((17, 19), (20, 23), [(5, 25)], 21, (UNKNOWN, "attested_otherwise")),
    ],
)
def test_each_version_is_answered_for_and_the_worst_counts(
    first: Days, second: Days, every: list[Days], seen: int | None, expected: tuple[Result, str]
) -> None:
    """Whichever of the two it is."""
    parts = [(span(first), state("1")), (span(second), state("2"))]
    apps = [installed(seen)] if seen else []
    assert made(*(said(days) for days in every)).verdict(DEVICE, parts, apps, []) == expected


@pytest.mark.parametrize(
    ("due", "every", "left"),
    [
        ([(17, 23)], [], (17, 23)),
        ([(17, 23)], [(17, 23)], None),
        ([(17, 23)], [(5, 16)], (17, 23)),
        ([(17, 23)], [(5, 14)], (17, 23)),
        ([(17, 23)], [(25, 26)], (17, 23)),
        ([(17, 23)], [(17, 18)], (19, 23)),
        ([(17, 23)], [(20, 23)], (17, 19)),
        ([(17, 23)], [(18, 18), (20, 21)], (17, 23)),
        ([(17, 23)], [(17, 18), (20, 21)], (19, 23)),
        ([(17, 18), (20, 23)], [(17, 21)], (22, 23)),
    ],
)
def test_the_days_that_nothing_covers(due: list[Days], every: list[Days], left: Days | None) -> None:
    """From the first to the last of them."""
    found = made(*(said(days) for days in every)).uncovered(DEVICE, [(span(days), state()) for days in due])
    assert found == (span(left) if left else None)


@pytest.mark.parametrize(
    ("duty", "stated", "covered"),
    [
        (Duty.REMOVE, Stated.NOT_INSTALLED, True),
        (Duty.REMOVE, Stated.REMOVED, True),
        (Duty.REMOVE, Stated.NOT_USED, False),
        (Duty.STOP_USING, Stated.NOT_USED, True),
        (Duty.STOP_USING, Stated.NOT_INSTALLED, False),
        (Duty.DENY_INSTALL, Stated.CONTROL_SET, True),
        (Duty.DENY_INSTALL, Stated.REMOVED, False),
        (Duty.BLOCK_TRAFFIC, Stated.CONTROL_SET, False),
    ],
)
def test_which_statement_answers_for_which_duty(duty: Duty, stated: Stated, covered: bool) -> None:
    """Over all of its days, or not at all."""
    one = made(said((17, 20), stated))
    assert one.covers([(span((17, 20)), state())], DEVICE, duty) is covered
    assert not one.covers([(span((17, 20)), state()), (span((21, 22)), state())], DEVICE, duty)


def test_a_part_of_what_is_restricted() -> None:
    """One family of two that a clause names, or one app of a family; nothing of what it does not name."""
    both = state("1", TIKTOK, WECHAT)
    for what, expected in ((TIKTOK, True), (ONE_APP, True), (Selector(What.FAMILY, ("signal",)), False)):
        one = made(said((17, 20), what=(what,)))
        assert one.in_part(DEVICE, both, [span((17, 23))]) is expected
        assert not one.in_part(DEVICE, both, [span((21, 23))])


def test_whom_statements_are_about() -> None:
    """Devices of the estate, sorted, each once."""
    every = said((5, 6), devices=["bi-003", "bi-001", "zz-001"]), said((7, 8), devices=["bi-001"])
    assert made(*every).devices() == ("bi-001", "bi-003")
    assert made(said((5, 6), devices=["bp-002"]), said((5, 6), devices=["bi-001"])).devices() == ("bi-001", "bp-002")
