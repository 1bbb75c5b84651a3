# SPDX-License-Identifier: EUPL-1.2
"""One clause of a text, read from located YAML: what it restricts, whom it speaks of, duties and clocks."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from ordinance.model.apps import Category, Surface
from ordinance.model.estate import People, Use
from ordinance.model.evidence import EvidenceKind
from ordinance.model.law import (
    EVERY_DEVICE,
    AccountKind,
    Affiliates,
    AtSunset,
    Clock,
    Consequence,
    Duty,
    Force,
    PlaceKind,
    Restarts,
    Restriction,
    Selector,
    What,
)
from ordinance.policy import fields
from ordinance.policy.nodes import Cursor, did_you_mean
from ordinance.policy.scope import read_scope

CLAUSE_KEYS = ("id", "force", "what", "surfaces", "duties")
CLAUSE_OPTIONS = (
    *("devices", "people", "addressees", "networks", "places", "accounts", "under", "from"),
    *("for", "last_day", "at_sunset", "renewal_needs", "replace_with", "consequences", "alternatives"),
    "evidence_allowed",
)
_SUBJECTS = ("networks", "places", "accounts")


def read_restriction(cursor: Cursor, zone: ZoneInfo) -> Restriction | None:
    """One clause; `zone` is its authority's, for days and times on the wall clock."""
    at = cursor.mapping(CLAUSE_KEYS, CLAUSE_OPTIONS)
    force = fields.word(at, "force", Force)
    if "for" in at and "last_day" in at:
        at["last_day"].report("two-ends", '"for" and "last_day" both say when the clause ends', "keep one of the two")
    _check_subject(at)
    restriction = Restriction(
        id=fields.identifier(at, "id"),
        force=force or Force.ADVICE,
        what=selectors(at, "what"),
        surfaces=fields.words(at, "surfaces", Surface),
        devices=read_scope(at["devices"]) if "devices" in at else EVERY_DEVICE,
        people=fields.words(at, "people", People),
        duties=_duties(at["duties"], zone) if "duties" in at else (),
        addressees=frozenset(fields.texts(at, "addressees")),
        term=at["for"].period() if "for" in at else None,
        last_day=fields.day(at, "last_day"),
        at_sunset=fields.word(at, "at_sunset", AtSunset),
        renewal_needs=frozenset(fields.texts(at, "renewal_needs")),
        start=at["from"].instant(zone) if "from" in at else None,
        networks=fields.words(at, "networks", Use),
        places=fields.words(at, "places", PlaceKind),
        accounts=fields.words(at, "accounts", AccountKind),
        under=_under(at["under"]) if "under" in at else (),
        replace_with=selectors(at, "replace_with"),
        consequences=fields.words(at, "consequences", Consequence),
        alternatives=selectors(at, "alternatives"),
        evidence_allowed=_evidence(at["evidence_allowed"]) if "evidence_allowed" in at else None,
        place=cursor.place,
    )
    replaces = any(duty is Duty.REPLACE for duty, _ in restriction.duties)
    if "duties" in at and replaces != bool(restriction.replace_with):
        cursor.report("replace-with-what", 'the duty "replace" and "replace_with" need each other')
    return restriction if force is not None and all(key in at for key in CLAUSE_KEYS) else None


def _check_subject(at: fields.At) -> None:
    """A clause speaks of devices, or of networks, places or accounts: what a device is says nothing about these."""
    named = [key for key in _SUBJECTS if key in at]
    for key in named[1:]:
        at[key].report_key("one-subject", f'the clause speaks of "{named[0]}" already', "write a clause for each")
    if named and "devices" in at:
        at["devices"].report_key("one-subject", f'the clause speaks of "{named[0]}" already', "write a clause for each")


def _under(cursor: Cursor) -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple((name, frozenset(child.texts())) for name, child in cursor.entries().items())


def _evidence(cursor: Cursor) -> frozenset[EvidenceKind]:
    """An empty list means something here: nothing is read for this clause."""
    found = (c.choice(EvidenceKind) for c in cursor.one_or_many())
    return frozenset(k for k in found if k is not None)


# --- selectors ------------------------------------------------------------------------------------

_NAMED = {What.FAMILY, What.APP, What.SUCCESSOR_OF, What.BEHAVIOUR}
_NESTED = {What.ALL, What.ANY, What.ALLOW_ONLY}
_WORDS = {str(w) for w in What}


def selectors(at: fields.At, key: str) -> tuple[Selector, ...]:
    """A list of selectors that says nothing when it is empty."""
    found = (read_selector(c) for c in (at[key].some() if key in at else ()))
    return tuple(s for s in found if s is not None)


def read_selector(cursor: Cursor) -> Selector | None:
    """`{family: tiktok}`, `{vendor: bytedance, affiliates: group}` …; whether the names exist is for the lint."""
    at = cursor.mapping((), (*sorted(_WORDS), "affiliates"))
    kinds = [key for key in at if key in _WORDS]
    if len(kinds) != 1:
        if at or cursor.is_mapping():
            cursor.report("one-selector", f"name one of: {', '.join(sorted(_WORDS))}")
        return None
    kind = What(kinds[0])
    if "affiliates" in at and kind is not What.VENDOR:
        at["affiliates"].report_key("unknown-key", '"affiliates" belongs to a vendor')
    child = at[kind]
    if kind is What.NOT:
        part = read_selector(child)
        return Selector(kind, parts=(part,)) if part else None
    if kind in _NESTED:
        parts = tuple(s for c in child.some() if (s := read_selector(c)) is not None)
        return Selector(kind, parts=parts) if parts else None
    words = _words(kind, child)
    if not words:
        return None
    affiliates = fields.word(at, "affiliates", Affiliates) if kind is What.VENDOR else None
    return Selector(kind, words, affiliates=affiliates or Affiliates.NONE)


def _words(kind: What, cursor: Cursor) -> tuple[str, ...]:
    if kind in _NAMED:
        return (word,) if (word := cursor.text()) else ()
    if kind is What.CATEGORY:
        return tuple(sorted(cursor.choices(Category)))
    found = tuple(sorted(set(cursor.texts())))
    if kind is What.ORIGIN:
        for word in found:
            if not (len(word) == 2 and word.isascii() and word.isalpha() and word.isupper()):
                cursor.report("bad-country", f'"{word}" is no country code', "two capital letters, such as CN")
    return found


# --- duties and clocks ----------------------------------------------------------------------------


def _duties(cursor: Cursor, zone: ZoneInfo) -> tuple[tuple[Duty, Clock], ...]:
    duties = []
    for word, child in cursor.entries().items():
        try:
            duty = Duty(word)
        except ValueError:
            child.report_key("unknown-duty", f'"{word}" is not a duty', did_you_mean(word, [str(d) for d in Duty]))
            continue
        duties.append((duty, read_clock(child, zone)))
    return tuple(duties)


def read_clock(cursor: Cursor, zone: ZoneInfo) -> Clock:
    """`at_once`, `{within: P14D}`, `{by: 2023-03-31}` (inclusive) or `{by: 2023-03-03T21:00}`;
    `{within: P15D, after: list_version}` with `restarts: added | all`."""
    if not cursor.is_mapping():
        value = cursor.text()
        if value and value != "at_once":
            cursor.report("unknown-word", f'"{value}" is not a clock', "at_once, {within: P14D} or {by: 2023-03-31}")
        return Clock()
    at = cursor.mapping((), ("within", "by", "after", "restarts"))
    if len({"within", "by"} & at.keys()) != 1:
        cursor.report("one-clock", 'give either "within" or "by"')
    after = fields.text(at, "after")
    if after and after != "list_version":
        at["after"].report("unknown-word", f'"{after}" starts no clock', "after: list_version")
    if after and "within" not in at:
        at["after"].report("one-clock", '"after" needs "within"')
    if "restarts" in at and not after:
        at["restarts"].report_key("one-clock", '"restarts" needs "after: list_version"')
    restarts = fields.word(at, "restarts", Restarts) or Restarts.ADDED
    within = at["within"].period() if "within" in at else None
    day, instant = _by(at["by"], zone) if "by" in at else (None, None)
    return Clock(within, day, instant, after_list=bool(after), restarts=restarts)


def _by(cursor: Cursor, zone: ZoneInfo) -> tuple[date | None, datetime | None]:
    if "T" in cursor.text():
        return None, cursor.instant(zone)
    return cursor.day(), None
