# SPDX-License-Identifier: EUPL-1.2
"""The nouns of the law, read from located YAML.

Each function takes the place of one noun and gives it back, or `None` after the faults were noted.
Nothing here opens a file or knows a folder.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ordinance.model.apps import Citation, Surface
from ordinance.model.estate import People
from ordinance.model.law import (
    EVERY_DEVICE,
    PROFILES,
    Adopted,
    Adoption,
    Allowance,
    Answer,
    AtSunset,
    Authority,
    Change,
    Clock,
    Condition,
    Duty,
    Exemption,
    Force,
    Power,
    Restriction,
    Selector,
    Stage,
    State,
    Text,
)
from ordinance.model.time import Span, end_of, start_of
from ordinance.policy.nodes import Cursor, did_you_mean
from ordinance.policy.scope import read_scope

T = TypeVar("T")

UTC = ZoneInfo("UTC")  # stands in where a zone cannot be read: days are still checked, nothing is resolved


def read_authority(cursor: Cursor) -> Authority | None:
    """One entry of `authorities:`; with a bad zone it is kept, so that nothing else seems to be wrong."""
    at = cursor.mapping(("id", "name", "time_zone"), ("country", "groups", "binds", "advises"))
    zone = read_zone(at["time_zone"]) if "time_zone" in at else None
    authority = Authority(
        id=_id(at, "id"),
        name=_text(at, "name"),
        zone=zone or UTC,
        country=_text(at, "country"),
        groups=_texts(at.get("groups")),
        binds=_powers(at.get("binds")),
        advises=_powers(at.get("advises")),
        place=cursor.place,
    )
    return authority if authority.id and authority.name else None


def read_zone(cursor: Cursor) -> ZoneInfo | None:
    """A time zone by its IANA name."""
    name = cursor.text()
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        cursor.report("unknown-time-zone", f'"{name}" is not an IANA time zone', "for example Europe/Brussels")
        return None


def _powers(cursor: Cursor | None) -> tuple[Power, ...]:
    powers = []
    for item in cursor.items() if cursor else ():
        at = item.mapping(("bodies",), ("populations", "cites"))
        if "bodies" in at:
            people = at["populations"].choices(People) if "populations" in at else frozenset()
            powers.append(Power(_texts(at["bodies"]), people, read_cites(at.get("cites"))))
    return tuple(powers)


def _text(at: Mapping[str, Cursor], key: str) -> str:
    return at[key].text() if key in at else ""


def _id(at: Mapping[str, Cursor], key: str) -> str:
    """An id. Clauses are named `text/clause`: a slash or a space within one would lead astray."""
    value = _text(at, key)
    if value and not _ID.fullmatch(value):
        hint = "letters, digits, dots, hyphens and underscores, such as gent-2023"
        at[key].report("bad-id", f'"{value}" is no id', hint)
    return value


def _texts(cursor: Cursor | None) -> frozenset[str]:
    return frozenset(cursor.texts() if cursor else ())


def _day(at: Mapping[str, Cursor], key: str) -> date | None:
    return at[key].day() if key in at else None


def _listed(at: Mapping[str, Cursor], key: str, read: Callable[[Cursor], T | None]) -> tuple[T, ...]:
    """What `read` makes of each item of a list; items that it refused are left out."""
    found = (read(c) for c in (at[key].items() if key in at else ()))
    return tuple(x for x in found if x is not None)


def _selectors(at: Mapping[str, Cursor]) -> tuple[Selector, ...]:
    found = (read_selector(c) for c in (at["what"].some() if "what" in at else ()))
    return tuple(s for s in found if s is not None)


def read_cites(cursor: Cursor | None) -> tuple[Citation, ...]:
    """`cites:`; each with a title, most with an address and the day it was looked at."""
    cites = []
    for item in cursor.items() if cursor else ():
        at = item.mapping(("title",), ("url", "retrieved"))
        if "title" in at:
            cites.append(Citation(at["title"].text(), _text(at, "url"), _day(at, "retrieved")))
    return tuple(cites)


# --- texts ----------------------------------------------------------------------------------------

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_TEXT_KEYS = ("policy", "version", "title", "authority", "lifecycle")
_TEXT_OPTIONS = (
    "restrictions",
    "mirrors",
    "adopts",
    "exemptions_allowed",
    "overlay",
    "invented",
    "cites",
)


def read_text(cursor: Cursor, authorities: Mapping[str, Authority], *, shipped: bool = False) -> Text | None:
    """One policy or directive. The authority decides the zone in which its days are counted.

    `None` where it cannot be used as a text at all; what else is wrong in it is reported nevertheless.
    """
    at = cursor.mapping(_TEXT_KEYS, _TEXT_OPTIONS)
    authority = _known_authority(at["authority"], authorities) if "authority" in at else None
    text = Text(
        id=_id(at, "policy"),
        version=_text(at, "version"),
        title=_text(at, "title"),
        authority=authority.id if authority else "",
        lifecycle=_lifecycle(at["lifecycle"], authority.zone if authority else UTC) if "lifecycle" in at else (),
        restrictions=_listed(at, "restrictions", read_restriction),
        mirrors=at["mirrors"].texts() if "mirrors" in at else (),
        adopts=_listed(at, "adopts", _adoption),
        allowances=_listed(at, "exemptions_allowed", _allowance),
        overlay="overlay" in at and at["overlay"].flag(),
        invented=_listed(at, "invented", Cursor.text),
        cites=read_cites(at.get("cites")),
        shipped=shipped,
        place=cursor.place,
    )
    return text if authority is not None and all(key in at for key in _TEXT_KEYS) else None


def _known_authority(cursor: Cursor, authorities: Mapping[str, Authority]) -> Authority | None:
    name = cursor.text()
    if name and name not in authorities:
        hint = did_you_mean(name, authorities)
        cursor.report("unknown-authority", f'"{name}" is in no list of authorities', hint)
    return authorities.get(name)


def _lifecycle(cursor: Cursor, zone: ZoneInfo) -> tuple[Stage, ...]:
    stages: list[Stage] = []
    for item in cursor.items():
        at = item.mapping(("state", "from"))
        state = at["state"].choice(State) if "state" in at else None
        start = at["from"].instant(zone) if "from" in at else None
        if state is None or start is None:
            continue
        if stages and start < stages[-1].start:
            item.report("lifecycle-order", "each state begins no earlier than the one before it")
        stages.append(Stage(state, start))
    return tuple(stages)


_CLAUSE_KEYS = ("id", "force", "what", "surfaces", "duties")
_CLAUSE_OPTIONS = ("devices", "people", "addressees", "for", "last_day", "at_sunset", "renewal_needs")


def read_restriction(cursor: Cursor) -> Restriction | None:
    """One clause."""
    at = cursor.mapping(_CLAUSE_KEYS, _CLAUSE_OPTIONS)
    force = at["force"].choice(Force) if "force" in at else None
    if "for" in at and "last_day" in at:
        at["last_day"].report("two-ends", '"for" and "last_day" both say when the clause ends', "keep one of the two")
    restriction = Restriction(
        id=_id(at, "id"),
        force=force or Force.ADVICE,
        what=_selectors(at),
        surfaces=at["surfaces"].choices(Surface) if "surfaces" in at else frozenset(),
        devices=read_scope(at["devices"]) if "devices" in at else EVERY_DEVICE,
        people=at["people"].choices(People) if "people" in at else frozenset(),
        duties=_duties(at["duties"]) if "duties" in at else (),
        addressees=_texts(at.get("addressees")),
        term=at["for"].period() if "for" in at else None,
        last_day=_day(at, "last_day"),
        at_sunset=at["at_sunset"].choice(AtSunset) if "at_sunset" in at else None,
        renewal_needs=_texts(at.get("renewal_needs")),
        place=cursor.place,
    )
    return restriction if force is not None and all(key in at for key in _CLAUSE_KEYS) else None


def read_selector(cursor: Cursor) -> Selector | None:
    """`{family: tiktok}` or `{app: tiktok/tiktok-lite}`; whether they exist is the lint's question."""
    at = cursor.mapping((), ("family", "app"))
    if len(at) != 1:
        if at or cursor.is_mapping():
            cursor.report("one-selector", 'name either a "family" or an "app"')
        return None
    key, child = next(iter(at.items()))
    value = child.text()
    return Selector(family=value) if key == "family" else Selector(app=value)


def _duties(cursor: Cursor) -> tuple[tuple[Duty, Clock], ...]:
    duties = []
    for word, child in cursor.entries().items():
        try:
            duty = Duty(word)
        except ValueError:
            child.report_key("unknown-duty", f'"{word}" is not a duty', did_you_mean(word, [str(d) for d in Duty]))
            continue
        duties.append((duty, _clock(child)))
    return tuple(duties)


def _clock(cursor: Cursor) -> Clock:
    if not cursor.is_mapping():
        value = cursor.text()
        if value and value != "at_once":
            cursor.report("unknown-word", f'"{value}" is not a clock', "at_once, {within: P14D} or {by: 2023-03-31}")
        return Clock()
    at = cursor.mapping((), ("within", "by"))
    if len(at) != 1:
        cursor.report("one-clock", 'give either "within" or "by"')
    within = at["within"].period() if "within" in at else None
    return Clock(within=within, by=_day(at, "by"))


def _adoption(cursor: Cursor) -> Adoption | None:
    if not cursor.is_mapping():
        return Adoption(cursor.text(), place=cursor.place)
    at = cursor.mapping(("text",), ("changes",))
    if "text" not in at:
        return None
    return Adoption(at["text"].text(), _listed(at, "changes", _change), cursor.place)


def _change(cursor: Cursor) -> Change | None:
    at = cursor.mapping(("restriction",), ("drop", "replace"))
    if "restriction" not in at or ("drop" in at) == ("replace" in at):
        cursor.report("one-change", 'say either "drop: yes" or "replace:" with the whole clause')
        return None
    if "drop" in at and not at["drop"].flag():
        at["drop"].report("one-change", 'only "drop: yes" means something', "leave the change out to keep the clause")
    replacement = read_restriction(at["replace"]) if "replace" in at else None
    return Change(at["restriction"].text(), replacement)


def _allowance(cursor: Cursor) -> Allowance:
    at = cursor.mapping(("purposes", "approver"), ("longest", "blanket", "conditions"))
    return Allowance(
        purposes=_texts(at.get("purposes")),
        approver=_text(at, "approver"),
        longest=at["longest"].period() if "longest" in at else None,
        blanket="blanket" in at and at["blanket"].flag(),
        conditions=at["conditions"].text() if "conditions" in at else None,
        place=cursor.place,
    )


# --- exemptions and answers -----------------------------------------------------------------------

_EXEMPTION_KEYS = (
    "exemption",
    "restrictions",
    "devices",
    "what",
    "surfaces",
    "purpose",
    "approver",
    "approved",
    "from",
    "last_day",
)


def read_exemption(cursor: Cursor, zone: ZoneInfo) -> Exemption | None:
    """One exemption. No end, or an unreadable one, is an error: never a permanent grant."""
    at = cursor.mapping(_EXEMPTION_KEYS, ("conditions", "invented"))
    first, last, approved = _day(at, "from"), _day(at, "last_day"), _day(at, "approved")
    profile, conditions = _conditions(at.get("conditions"))
    words = {key: _text(at, key) for key in ("purpose", "approver")}
    restrictions, devices, what = _texts(at.get("restrictions")), _texts(at.get("devices")), _selectors(at)
    surfaces = at["surfaces"].choices(Surface) if "surfaces" in at else frozenset()
    if first is not None and last is not None and last < first:
        at["last_day"].report("ends-before-start", f"the last day {last} is before the first {first}")
        return None
    if first is None or last is None or approved is None or any(key not in at for key in _EXEMPTION_KEYS):
        return None
    return Exemption(
        id=_id(at, "exemption"),
        restrictions=restrictions,
        devices=devices,
        what=what,
        surfaces=surfaces,
        purpose=words["purpose"],
        approver=words["approver"],
        approved=approved,
        span=Span(start_of(first, zone), end_of(last, zone)),
        last_day=last,
        profile=profile,
        conditions=conditions,
        place=cursor.place,
    )


def _conditions(cursor: Cursor | None) -> tuple[str | None, frozenset[Condition]]:
    if cursor is None:
        return None, frozenset()
    at = cursor.mapping(("profile",), ("require",))
    profile = _text(at, "profile")
    if profile and profile not in PROFILES:
        hint = did_you_mean(profile, PROFILES)
        at["profile"].report("unknown-profile", f'"{profile}" is no profile of conditions', hint)
    added = at["require"].choices(Condition) if "require" in at else frozenset()
    return profile or None, PROFILES.get(profile, frozenset()) | added


def read_answer(cursor: Cursor) -> Answer | None:
    """One answer to advice."""
    keys = ("answer_to", "answer", "by", "on", "reasons")
    at = cursor.mapping(keys, ("mitigations", "next_review", "invented"))
    word, on = at["answer"].choice(Adopted) if "answer" in at else None, _day(at, "on")
    answer = Answer(
        text=_text(at, "answer_to"),
        answer=word or Adopted.PENDING,
        by=_text(at, "by"),
        on=on or date.min,
        reasons=_listed(at, "reasons", Cursor.text),
        mitigations=_listed(at, "mitigations", Cursor.text),
        next_review=_day(at, "next_review"),
        invented=_listed(at, "invented", Cursor.text),
        place=cursor.place,
    )
    return answer if word is not None and on is not None and all(key in at for key in keys) else None
