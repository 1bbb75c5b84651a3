# SPDX-License-Identifier: EUPL-1.2
"""The nouns of the law, read from located YAML.

Each function takes the place of one noun and gives it back, or `None` after the faults were noted.
Nothing here opens a file or knows a folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ordinance.model.apps import Citation, Surface
from ordinance.model.estate import People
from ordinance.model.law import (
    EVERY_DEVICE,
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


def read_authority(cursor: Cursor) -> Authority | None:
    """One entry of `authorities:`."""
    at = cursor.mapping(("id", "name", "time_zone"), ("country", "groups", "binds", "advises"))
    zone = read_zone(at["time_zone"]) if "time_zone" in at else None
    if zone is None or "id" not in at or "name" not in at:
        return None
    return Authority(
        id=at["id"].text(),
        name=at["name"].text(),
        zone=zone,
        country=at["country"].text() if "country" in at else "",
        groups=_texts(at.get("groups")),
        binds=_powers(at.get("binds")),
        advises=_powers(at.get("advises")),
        place=cursor.place,
    )


def read_zone(cursor: Cursor) -> ZoneInfo | None:
    """A time zone by its IANA name."""
    name = cursor.text()
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


def _texts(cursor: Cursor | None) -> frozenset[str]:
    return frozenset(t for c in (cursor.one_or_many() if cursor else ()) if (t := c.text()))


def read_cites(cursor: Cursor | None) -> tuple[Citation, ...]:
    """`cites:`; each with a title, most with an address and the day it was looked at."""
    cites = []
    for item in cursor.items() if cursor else ():
        at = item.mapping(("title",), ("url", "retrieved"))
        if "title" in at:
            url = at["url"].text() if "url" in at else ""
            cites.append(Citation(at["title"].text(), url, at["retrieved"].day() if "retrieved" in at else None))
    return tuple(cites)


# --- texts ----------------------------------------------------------------------------------------

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


def read_text(cursor: Cursor, authorities: Mapping[str, Authority], *, library: bool = False) -> Text | None:
    """One policy or directive. The authority decides the zone in which its days are counted."""
    at = cursor.mapping(_TEXT_KEYS, _TEXT_OPTIONS)
    if any(key not in at for key in _TEXT_KEYS):
        return None
    authority = authorities.get(at["authority"].text())
    if authority is None:
        name = at["authority"].text()
        hint = did_you_mean(name, authorities)
        at["authority"].report("unknown-authority", f'"{name}" is in no list of authorities', hint)
        return None
    return Text(
        id=at["policy"].text(),
        version=at["version"].text(),
        title=at["title"].text(),
        authority=authority.id,
        lifecycle=_lifecycle(at["lifecycle"], authority.zone),
        restrictions=tuple(
            r for c in (at["restrictions"].items() if "restrictions" in at else ()) if (r := read_restriction(c))
        ),
        mirrors=tuple(t for c in (at["mirrors"].one_or_many() if "mirrors" in at else ()) if (t := c.text())),
        adopts=tuple(
            a for c in (at["adopts"].items() if "adopts" in at else ()) if (a := _adoption(c)) is not None
        ),
        allowances=tuple(
            _allowance(c) for c in (at["exemptions_allowed"].items() if "exemptions_allowed" in at else ())
        ),
        overlay="overlay" in at and at["overlay"].flag(),
        invented=tuple(c.text() for c in (at["invented"].items() if "invented" in at else ())),
        cites=read_cites(at.get("cites")),
        library=library,
        place=cursor.place,
    )


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
    if any(key not in at for key in _CLAUSE_KEYS):
        return None
    force = at["force"].choice(Force)
    if force is None:
        return None
    if "for" in at and "last_day" in at:
        at["last_day"].report("two-ends", '"for" and "last_day" both say when the clause ends', "keep one of the two")
    return Restriction(
        id=at["id"].text(),
        force=force,
        what=tuple(s for c in at["what"].items() if (s := read_selector(c)) is not None),
        surfaces=at["surfaces"].choices(Surface),
        devices=read_scope(at["devices"]) if "devices" in at else EVERY_DEVICE,
        people=at["people"].choices(People) if "people" in at else frozenset(),
        duties=_duties(at["duties"]),
        addressees=_texts(at.get("addressees")),
        term=at["for"].period() if "for" in at else None,
        last_day=at["last_day"].day() if "last_day" in at else None,
        at_sunset=at["at_sunset"].choice(AtSunset) if "at_sunset" in at else None,
        renewal_needs=_texts(at.get("renewal_needs")),
        place=cursor.place,
    )


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
            child.report("unknown-duty", f'"{word}" is not a duty', did_you_mean(word, [str(d) for d in Duty]))
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
    return Clock(within=within, by=at["by"].day() if "by" in at else None)


def _adoption(cursor: Cursor) -> Adoption | None:
    if not cursor.is_mapping():
        return Adoption(cursor.text(), place=cursor.place)
    at = cursor.mapping(("text",), ("changes",))
    if "text" not in at:
        return None
    changes = tuple(c for item in (at["changes"].items() if "changes" in at else ()) if (c := _change(item)))
    return Adoption(at["text"].text(), changes, cursor.place)


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
        approver=at["approver"].text() if "approver" in at else "",
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
    if any(key not in at for key in _EXEMPTION_KEYS):
        return None
    first, last, approved = at["from"].day(), at["last_day"].day(), at["approved"].day()
    if first is None or last is None or approved is None:
        return None
    if last < first:
        at["last_day"].report("ends-before-start", f"the last day {last} is before the first {first}")
        return None
    profile, conditions = _conditions(at.get("conditions"))
    return Exemption(
        id=at["exemption"].text(),
        restrictions=_texts(at["restrictions"]),
        devices=_texts(at["devices"]),
        what=tuple(s for c in at["what"].items() if (s := read_selector(c)) is not None),
        surfaces=at["surfaces"].choices(Surface),
        purpose=at["purpose"].text(),
        approver=at["approver"].text(),
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
    at = cursor.mapping(("profile", "require"))
    return (
        at["profile"].text() if "profile" in at else None,
        at["require"].choices(Condition) if "require" in at else frozenset(),
    )


def read_answer(cursor: Cursor) -> Answer | None:
    """One answer to advice."""
    keys = ("answer_to", "answer", "by", "on", "reasons")
    at = cursor.mapping(keys, ("mitigations", "next_review", "invented"))
    if any(key not in at for key in keys):
        return None
    answer, on = at["answer"].choice(Adopted), at["on"].day()
    if answer is None or on is None:
        return None
    return Answer(
        text=at["answer_to"].text(),
        answer=answer,
        by=at["by"].text(),
        on=on,
        reasons=tuple(c.text() for c in at["reasons"].items()),
        mitigations=tuple(c.text() for c in (at["mitigations"].items() if "mitigations" in at else ())),
        next_review=at["next_review"].day() if "next_review" in at else None,
        invented=tuple(c.text() for c in (at["invented"].items() if "invented" in at else ())),
        place=cursor.place,
    )
