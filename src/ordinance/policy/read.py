# SPDX-License-Identifier: EUPL-1.2
"""The nouns of the law that a body writes beside its texts, read from located YAML.

Each function takes the place of one noun and gives it back, or `None` after the faults were noted.
Nothing here opens a file or knows a folder. Texts are read by `policy.read_text`.
"""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from ordinance.model.apps import Surface
from ordinance.model.estate import People
from ordinance.model.law import (
    PROFILES,
    Adopted,
    Answer,
    Authority,
    ChosenReading,
    Classification,
    Condition,
    Duty,
    Exemption,
    Mitigation,
    Power,
    What,
)
from ordinance.model.time import Span, end_of, start_of
from ordinance.policy import fields
from ordinance.policy.fields import UTC
from ordinance.policy.nodes import Cursor, did_you_mean
from ordinance.policy.read_clause import read_selector, selectors


def read_authority(cursor: Cursor) -> Authority | None:
    """One entry of `authorities:`; with a bad zone it is kept, so that nothing else seems to be wrong."""
    at = cursor.mapping(("id", "name", "time_zone"), ("country", "groups", "binds", "advises"))
    zone = fields.zone(at["time_zone"]) if "time_zone" in at else None
    authority = Authority(
        id=fields.identifier(at, "id"),
        name=fields.text(at, "name"),
        zone=zone or UTC,
        country=fields.text(at, "country"),
        groups=frozenset(fields.texts(at, "groups")),
        binds=fields.listed(at, "binds", _power),
        advises=fields.listed(at, "advises", _power),
        place=cursor.place,
    )
    return authority if authority.id and authority.name else None


def _power(cursor: Cursor) -> Power | None:
    at = cursor.mapping(("bodies",), ("populations", "cites"))
    if "bodies" not in at:
        return None
    return Power(frozenset(fields.texts(at, "bodies")), fields.words(at, "populations", People), fields.cites(at))


# --- exemptions -----------------------------------------------------------------------------------

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
_EXEMPTION_OPTIONS = ("conditions", "delegate", "consulted", "reported", "invented")


def read_exemption(cursor: Cursor, zone: ZoneInfo) -> Exemption | None:
    """One exemption. No end, or an unreadable one, is an error: never a permanent grant."""
    at = cursor.mapping(_EXEMPTION_KEYS, _EXEMPTION_OPTIONS)
    first, last, approved = (fields.day(at, key) for key in ("from", "last_day", "approved"))
    profile, added = required_conditions(at)
    conditions = PROFILES.get(profile or "", frozenset()) | added
    exempted = {key: fields.text(at, key) for key in ("purpose", "approver", "delegate")}
    restrictions, devices = (frozenset(fields.texts(at, key)) for key in ("restrictions", "devices"))
    what, surfaces = selectors(at, "what"), fields.words(at, "surfaces", Surface)
    consulted, reported = frozenset(fields.texts(at, "consulted")), fields.day(at, "reported")
    for selector in what:
        if selector.kind not in {What.FAMILY, What.APP}:
            at["what"].report("wide-exemption", "an exemption names families or apps", "{family: …} or {app: …}")
    if first is not None and last is not None and last < first:
        at["last_day"].report("ends-before-start", f"the last day {last} is before the first {first}")
        return None
    if first is None or last is None or approved is None or any(key not in at for key in _EXEMPTION_KEYS):
        return None
    return Exemption(
        id=fields.identifier(at, "exemption"),
        restrictions=restrictions,
        devices=devices,
        what=tuple(s for s in what if s.kind in {What.FAMILY, What.APP}),
        surfaces=surfaces,
        approved=approved,
        span=Span(start_of(first, zone), end_of(last, zone)),
        last_day=last,
        profile=profile,
        conditions=conditions,
        consulted=consulted,
        reported=reported,
        place=cursor.place,
        **exempted,
    )


def required_conditions(at: fields.At) -> tuple[str | None, frozenset[Condition]]:
    """`conditions:` as the name of a profile, or as `{profile, require: [single conditions]}`."""
    if "conditions" not in at:
        return None, frozenset()
    cursor = at["conditions"]
    if not cursor.is_mapping():
        return _profile(cursor), frozenset()
    entry = cursor.mapping((), ("profile", "require"))
    if not entry:
        cursor.report("empty-value", "no condition is written here", "a profile, or require: [conditions]")
    profile = _profile(entry["profile"]) if "profile" in entry else None
    return profile, fields.words(entry, "require", Condition)


def _profile(cursor: Cursor) -> str | None:
    name = cursor.text()
    if name and name not in PROFILES:
        cursor.report("unknown-profile", f'"{name}" is no profile of conditions', did_you_mean(name, PROFILES))
    return name or None


# --- what people decided about a text: answers, classifications, readings ------------------------


def read_answer(cursor: Cursor) -> Answer | None:
    """One answer to advice."""
    keys = ("answer_to", "answer", "by", "on", "reasons")
    at = cursor.mapping(keys, ("mitigations", "next_review", "invented"))
    word, on = fields.word(at, "answer", Adopted), fields.day(at, "on")
    answer = Answer(
        text=fields.text(at, "answer_to"),
        answer=word or Adopted.PENDING,
        by=fields.text(at, "by"),
        on=on or date.min,
        reasons=fields.listed(at, "reasons", Cursor.text),
        mitigations=fields.listed(at, "mitigations", _mitigation),
        next_review=fields.day(at, "next_review"),
        invented=fields.listed(at, "invented", Cursor.text),
        place=cursor.place,
    )
    return answer if word is not None and on is not None and all(key in at for key in keys) else None


def _mitigation(cursor: Cursor) -> Mitigation | None:
    """A sentence, or `{what, shown_by}`: the clause (and duty) or the exemption whose results show it."""
    if not cursor.is_mapping():
        what = cursor.text()
        return Mitigation(what, place=cursor.place) if what else None
    at = cursor.mapping(("what",), ("shown_by",))
    if "what" not in at:
        return None
    if "shown_by" not in at:
        return Mitigation(fields.text(at, "what"), place=cursor.place)
    shown = at["shown_by"].mapping((), ("restriction", "duty", "exemption"))
    said = {"restriction", "exemption"} & shown.keys()
    if len(said) != 1 or ("duty" in shown and "exemption" in shown):
        at["shown_by"].report("one-proof", "say one of: restriction (with its duty, if one is meant), exemption")
        return None
    return Mitigation(
        what=fields.text(at, "what"),
        restriction=fields.text(shown, "restriction"),
        duty=fields.word(shown, "duty", Duty),
        exemption=fields.text(shown, "exemption"),
        place=cursor.place,
    )


_CLASSIFIED = ("category", "behaviour", "criterion")


def read_classification(cursor: Cursor) -> Classification | None:
    """One finding of a person about an app: of a category, a behaviour or a criterion, and since when."""
    keys = ("classification", "what", "applies", "by", "on")
    at = cursor.mapping(keys, (*_CLASSIFIED, "text", "reasons", "invented"))
    said = [key for key in _CLASSIFIED if key in at]
    if len(said) != 1:
        cursor.report("one-finding", f"say one of: {', '.join(_CLASSIFIED)}")
    what = read_selector(at["what"]) if "what" in at else None
    on, by, applies = fields.day(at, "on"), fields.text(at, "by"), fields.flag(at, "applies")
    text, reasons = fields.text(at, "text"), fields.listed(at, "reasons", Cursor.text)
    if what is None or on is None or len(said) != 1 or any(key not in at for key in keys):
        return None
    kind, found = What(said[0]), fields.text(at, said[0])
    name = fields.identifier(at, "classification")
    return Classification(name, what, kind, found, applies, by, on, text, reasons, cursor.place)


def read_reading(cursor: Cursor) -> ChosenReading | None:
    """One choice between contested readings."""
    keys = ("reading", "text", "parameter", "choice", "by", "on", "reasons")
    at = cursor.mapping(keys, ("invented",))
    on, reasons = fields.day(at, "on"), fields.listed(at, "reasons", Cursor.text)
    said = {key: fields.text(at, key) for key in ("text", "parameter", "choice", "by")}
    if on is None or any(key not in at for key in keys):
        return None
    return ChosenReading(fields.identifier(at, "reading"), on=on, reasons=reasons, place=cursor.place, **said)
