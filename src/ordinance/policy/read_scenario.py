# SPDX-License-Identifier: EUPL-1.2
"""Tests of a policy, `tests/*.yaml`, read from located YAML: a list of scenarios a file.

Whether an app or a device exists is asked where the test is run, not here.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from ordinance.model.apps import Contract, Deployment, Surface
from ordinance.model.estate import DeviceFacts, People, Use
from ordinance.model.law import AccountKind, Duty, PlaceKind
from ordinance.model.ruling import Outcome, Subject
from ordinance.model.scenario import Expected, Scenario
from ordinance.policy import fields
from ordinance.policy.nodes import Cursor, did_you_mean
from ordinance.policy.scope import FLAGS, SHARES, WORDS

SCENARIO_KEYS = ("name", "app", "surface", "at", "expect")
SCENARIO_OPTIONS = ("device", "id", "people", "network", "place", "account", "edition", "deployment", "contract")
EXPECT_OPTIONS = ("deciding", "because", "missing", "duties", "exemption")
_SUBJECTS: dict[Subject, type[StrEnum]] = {
    Subject.NETWORK: Use,
    Subject.PLACE: PlaceKind,
    Subject.ACCOUNT: AccountKind,
}
_STATED_OF_DEVICE = (*WORDS, *SHARES, *(f for f in FLAGS if f != "part_funded"))  # `part_funded` follows from shares


def read_scenarios(cursor: Cursor, zone: ZoneInfo) -> tuple[Scenario, ...]:
    """The scenarios of one file, without those in which a fault was noted; `zone` is the body's."""
    found = []
    for item in cursor.some():
        known = len(item.issues)
        scenario = _scenario(item, zone)
        if scenario is not None and len(item.issues) == known:
            found.append(scenario)
    return tuple(found)


def _scenario(cursor: Cursor, zone: ZoneInfo) -> Scenario | None:
    at = cursor.mapping(SCENARIO_KEYS, SCENARIO_OPTIONS)
    subject, word = _subject(cursor, at)
    facts = _facts(at["device"]) if "device" in at else None
    people = fields.word(at, "people", People)
    instant = at["at"].instant(zone) if "at" in at else None
    surface = fields.word(at, "surface", Surface)
    expected = _expected(at["expect"], zone) if "expect" in at else None
    name, app, device = (fields.text(at, key) for key in ("name", "app", "id"))
    edition = fields.text(at, "edition")
    deployment, contract = fields.word(at, "deployment", Deployment), fields.word(at, "contract", Contract)
    if instant is None or surface is None or expected is None or subject is None:
        return None
    return Scenario(
        name=name,
        app=app,
        surface=surface,
        at=instant,
        expected=expected,
        subject=subject,
        word=word,
        device=device or None,
        facts=facts,
        people=people,
        edition=edition or None,
        deployment=deployment,
        contract=contract,
        place=cursor.place,
        app_place=at["app"].place if "app" in at else cursor.place,
    )


def _subject(cursor: Cursor, at: fields.At) -> tuple[Subject | None, str]:
    """What is asked about: a device, or networks, places or accounts of a kind."""
    named = [key for key in ("device", "id", *_SUBJECTS) if key in at]
    if not named:
        hint = "device: {owner: body, …}, id: …, network: …, place: … or account: …"
        cursor.report("one-subject", "say what the scenario is about", hint)
        return None, ""
    about = [Subject.DEVICE if key in {"device", "id"} else Subject(key) for key in named]
    for key, subject in zip(named, about, strict=True):
        if subject is not about[0]:
            message = f'the scenario is about "{named[0]}" already'
            at[key].report_key("one-subject", message, "write a scenario for each")
    if "people" in at and "device" not in at:
        hint = "of a device in the estate its row says it; networks, places and accounts have no holder"
        at["people"].report_key("one-subject", '"people" belongs to a device whose facts are stated', hint)
    if about[0] is Subject.DEVICE:
        return Subject.DEVICE, ""
    return about[0], str(at[named[0]].choice(_SUBJECTS[about[0]]) or "")


def _facts(cursor: Cursor) -> DeviceFacts:
    found: dict[str, Any] = {}
    for fact, child in cursor.entries().items():
        if fact in WORDS:
            found[fact] = child.choice(WORDS[fact])
        elif fact in SHARES:
            found[fact] = child.integer(0, 100)
        elif fact in _STATED_OF_DEVICE:
            found[fact] = child.flag()
        else:
            hint = did_you_mean(fact, _STATED_OF_DEVICE)
            child.report_key("unknown-fact", f'"{fact}" is not a fact about devices', hint)
    return DeviceFacts(**found)


def _expected(cursor: Cursor, zone: ZoneInfo) -> Expected | None:
    at = cursor.mapping(("outcome",), EXPECT_OPTIONS)
    expected = Expected(
        outcome=fields.word(at, "outcome", Outcome) or Outcome.UNKNOWN,
        deciding=fields.text(at, "deciding") or None,
        because=fields.texts(at, "because"),
        missing=frozenset(at["missing"].texts()) if "missing" in at else None,
        duties=_duties(at["duties"], zone) if "duties" in at else None,
        exemption=fields.text(at, "exemption") or None,
    )
    return expected if "outcome" in at else None


def _duties(cursor: Cursor, zone: ZoneInfo) -> dict[Duty, datetime]:
    found = {}
    for word, child in cursor.entries().items():
        try:
            duty = Duty(word)
        except ValueError:
            child.report_key("unknown-duty", f'"{word}" is not a duty', did_you_mean(word, [str(d) for d in Duty]))
            continue
        instant = child.instant(zone)
        if instant is not None:
            found[duty] = instant
    return found
