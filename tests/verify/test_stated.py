# SPDX-License-Identifier: EUPL-1.2
"""Findings about statements, from observations made by hand: each part of a finding, exactly."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache

import pytest

import bodies
from ordinance.model.apps import Confidence, Identifier, Kind, Role, Surface
from ordinance.model.attestation import Attestation, Stated
from ordinance.model.evidence import Answered, AppInstalled, NameAsked, Where
from ordinance.model.law import Duty, Place, Selector, What
from ordinance.model.result import DutyResult, Finding, FindingKind, Grade, Result
from ordinance.verify.attested import Statements
from ordinance.verify.attribute import Attributed
from ordinance.verify.binding import Judge
from ordinance.verify.observed import Asked, Installed, Observed
from ordinance.verify.stated import findings_of_statements

CITY = bodies.workspace("city-of-brussels")
ZONE = CITY.body.zone
DEVICE, CLAUSE = "bp-003", "brussels-2023-tiktok/bought-devices"
FAMILY = (Selector(What.FAMILY, ("tiktok",)),)


@cache
def judge() -> Judge:
    """Over the week from 17 to 23 April."""
    at = bodies.window(CITY, {"as_of": "2023-04-24T00:00", "from": "2023-04-17", "to": "2023-04-23"})
    return Judge(CITY.law, CITY.estate, at.span, at.as_of)


def statement(one: str, day: int, line: int = 1, *stated: Stated, what: tuple[Selector, ...] = FAMILY) -> Attestation:
    """One of a day in April that counts until October."""
    said = frozenset(stated or {Stated.NOT_INSTALLED})
    place = Place(f"attestations/{one}.yaml", line)
    end = date(2023, 10, 5)
    whose = frozenset({DEVICE})
    return Attestation(one, whose, said, "holder", date(2023, 4, day), what=what, last_day=end, place=place)


def installed(day: int, app: str = "tiktok/tiktok", kind: Kind = Kind.PACKAGE_NAME) -> Installed:
    """An inventory row of a noon in April."""
    at, (family, member) = datetime(2023, 4, day, 12, tzinfo=ZONE), app.split("/")
    name = Identifier(kind, "x", family, member, Confidence.HIGH)
    return Installed(AppInstalled(DEVICE, name, at, Where("mdm", "m.csv", day)), Surface.APP)


def asked(
    day: int, app: str = "tiktok/tiktok", confidence: Confidence = Confidence.HIGH, *, contacted: bool = False
) -> Asked:
    """A question of a noon in April for a name that only the app uses."""
    at, (family, member) = datetime(2023, 4, day, 12, tzinfo=ZONE), app.split("/")
    name = Identifier(Kind.DOMAIN, "x.example", family, member, confidence, Role.APP_ONLY)
    where = Where("dns", "a.log", day)
    row = NameAsked(at, "10.0.0.9", "x.example", name, Answered.ADDRESS, where, contacted=contacted)
    return Asked(row, Attributed(DEVICE), (Surface.APP,), at.date())


def found(*seen: Installed | Asked, said: tuple[Attestation, ...]) -> list[Finding]:
    """The findings of what was seen on the device beside statements."""
    apps = [s for s in seen if isinstance(s, Installed)]
    observed = Observed(installed={DEVICE: apps}, asked={DEVICE: [s for s in seen if isinstance(s, Asked)]})
    return list(findings_of_statements(judge(), observed, Statements(said, CITY.estate, ZONE), ()))


def test_every_part_of_a_finding() -> None:
    """The first and the last day, everything that was seen once, the latest statement's day, and all places."""
    seen = (installed(19), asked(18, contacted=True), asked(20))
    said = (statement("z", 5, 3), statement("a", 10, 4))
    assert found(*seen, said=said) == [
        Finding(
            kind=FindingKind.ATTESTED_OTHERWISE,
            result=Result.UNKNOWN,
            unit="culture",
            device=DEVICE,
            family="tiktok",
            member="tiktok",
            surface=Surface.APP,
            grade=Grade.APP_TRAFFIC,
            first_seen=datetime(2023, 4, 18, 12, tzinfo=ZONE),
            last_seen=datetime(2023, 4, 20, 12, tzinfo=ZONE),
            count=3,
            restriction=CLAUSE,
            evidence=(
                *(Where("attestations", "attestations/a.yaml", 4), Where("attestations", "attestations/z.yaml", 3)),
                *(Where("dns", "a.log", 18), Where("dns", "a.log", 20), Where("mdm", "m.csv", 19)),
            ),
            reason="attested_otherwise",
            contacted=True,
            attested=date(2023, 4, 10),
        )
    ]


def test_no_statement_is_a_finding_where_one_was_due_and_none_given() -> None:
    """Of the results, those of the duty to attest that fail; with their reason."""
    rows = [
        DutyResult(DEVICE, "culture", None, CLAUSE, duty, result, f"{duty} {result}")
        for duty in (Duty.ATTEST, Duty.REMOVE, Duty.IDENTIFY)
        for result in Result
    ]
    made = findings_of_statements(judge(), Observed(), Statements((), CITY.estate, ZONE), rows)
    assert [(f.kind, f.duty, f.result, f.reason) for f in made] == [
        (FindingKind.NOT_ATTESTED, Duty.ATTEST, Result.FAIL, "attest fail")
    ]


def test_of_two_statements_of_one_day_the_id_decides() -> None:
    """Whichever file was read first; the day is the same."""
    (one,) = found(installed(19), asked(21), said=(statement("a", 5), statement("b", 5)))
    assert (one.grade, one.contacted, one.count, one.attested) == (None, False, 2, date(2023, 4, 5))


def test_each_app_has_a_finding_of_its_own() -> None:
    """Of two apps of a family, and none of an app that the clause does not restrict, whatever was stated of it."""
    every = (Selector(What.FAMILY, ("tiktok",)), Selector(What.FAMILY, ("wechat",)))
    seen = (installed(19), installed(20, "tiktok/tiktok-lite"), installed(20, "wechat/wechat"))
    made = found(*seen, said=(statement("a", 5, what=every),))
    assert [(f.member, f.count, f.first_seen) for f in made] == [
        ("tiktok", 1, datetime(2023, 4, 19, 12, tzinfo=ZONE)),
        ("tiktok-lite", 1, datetime(2023, 4, 20, 12, tzinfo=ZONE)),
    ]


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (installed(19), statement("a", 19)),
        (installed(19, kind=Kind.DISPLAY_NAME), statement("a", 5)),
        (installed(19), statement("a", 5, 1, Stated.NOT_USED)),
        (installed(19), statement("a", 5, 1, Stated.CONTROL_SET)),
        (asked(19), statement("a", 19)),
        (asked(19, confidence=Confidence.MEDIUM), statement("a", 5)),
        (asked(19), statement("a", 5, 1, Stated.CONTROL_SET)),
        (installed(19), statement("a", 5, what=(Selector(What.APP, ("tiktok/tiktok",)),))),
    ],
    ids=["same-day", "looks", "used", "control", "asked-same-day", "perhaps", "asked-control", "in-part"],
)
def test_what_speaks_against_no_statement(seen: Installed | Asked, said: Attestation) -> None:
    """Of the same day, by its looks alone, or of something else than was stated."""
    assert found(seen, said=(said,)) == []
