# SPDX-License-Identifier: EUPL-1.2
"""A text of the law, a policy or a directive, read from located YAML.

What the language can say is the list of keys here; `docs/reference/policy.md` and the JSON Schema are made from
the same. What a decision says beside it is written as `not_expressible` with the part of a decision that it
belongs to: it has no effect, and is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from ordinance.model.apps import Confidence, Surface
from ordinance.model.estate import People
from ordinance.model.law import (
    EVERY_DEVICE,
    AccountKind,
    Adoption,
    Allowance,
    Authority,
    Change,
    Clock,
    Criterion,
    Dimension,
    ExternalList,
    Freedom,
    ListVersion,
    NotExpressible,
    Otherwise,
    Parameter,
    Place,
    Precision,
    Review,
    Stage,
    State,
    Text,
    TextKind,
    Trigger,
    UpwardDuty,
    UpwardWhat,
)
from ordinance.policy import fields
from ordinance.policy.compose import ScalarNode
from ordinance.policy.fields import UTC
from ordinance.policy.nodes import Cursor, did_you_mean
from ordinance.policy.paths import leads
from ordinance.policy.read import read_classification, required_conditions
from ordinance.policy.read_clause import read_clock, read_restriction, selectors
from ordinance.policy.scope import read_scope

NOT_READ = "not_read"
TEXT_KEYS = ("policy", "version", "title", "authority", "lifecycle")
TEXT_OPTIONS = (
    *("kind", "restrictions", "leaves_free", "mirrors", "adopts", "exemptions_allowed", "overlay"),
    *("lists", "criteria", "classifications", "classified_by", "parameters", "upward", "review"),
    *("decided", "decided_known_to", "legal_basis", "instrument", "advised_by", "reasons", "members"),
    *("confidence", "not_read", "not_expressible", "general_knowledge", "invented", "cites"),
)


def read_text(cursor: Cursor, authorities: Mapping[str, Authority], *, shipped: bool = False) -> Text | None:
    """One policy or directive. The authority decides the zone in which its days are counted.

    `None` where it cannot be used as a text at all; what else is wrong in it is reported nevertheless.
    """
    at = cursor.mapping(TEXT_KEYS, TEXT_OPTIONS)
    authority = _known_authority(at["authority"], authorities) if "authority" in at else None
    zone = authority.zone if authority else UTC
    allowances, no_exemptions = _allowances(at)
    upward, no_upward = _upward(at, zone)
    text = Text(
        id=fields.identifier(at, "policy"),
        version=fields.text(at, "version"),
        title=fields.text(at, "title"),
        authority=authority.id if authority else "",
        lifecycle=_lifecycle(at["lifecycle"], zone) if "lifecycle" in at else (),
        restrictions=fields.listed(at, "restrictions", lambda c: read_restriction(c, zone)),
        mirrors=fields.texts(at, "mirrors"),
        adopts=fields.listed(at, "adopts", lambda c: _adoption(c, zone)),
        allowances=allowances,
        no_exemptions=no_exemptions,
        leaves_free=fields.listed(at, "leaves_free", _freedom),
        overlay=fields.flag(at, "overlay"),
        kind=fields.word(at, "kind", TextKind) or TextKind.DECISION,
        lists=fields.listed(at, "lists", lambda c: _list(c, zone)),
        criteria=fields.listed(at, "criteria", _criterion),
        classifications=fields.listed(at, "classifications", read_classification),
        classified_by=frozenset(fields.texts(at, "classified_by")),
        parameters=fields.listed(at, "parameters", _parameter),
        upward=upward,
        no_upward=no_upward,
        review=_review(at["review"]) if "review" in at else None,
        decided=fields.day(at, "decided"),
        decided_known_to=fields.word(at, "decided_known_to", Precision) or Precision.DAY,
        confidence=fields.word(at, "confidence", Confidence),
        not_read=fields.words(at, "not_read", Dimension),
        not_expressible=fields.listed(at, "not_expressible", _not_expressible),
        general_knowledge=fields.listed(at, "general_knowledge", Cursor.text),
        advised_by=fields.texts(at, "advised_by"),
        legal_basis=fields.text(at, "legal_basis"),
        instrument=fields.text(at, "instrument"),
        reasons=fields.listed(at, "reasons", Cursor.text),
        members=fields.listed(at, "members", Cursor.text),
        invented=fields.listed(at, "invented", Cursor.text),
        cites=fields.cites(at),
        shipped=shipped,
        lost_paths=_lost_paths(at, cursor),
        place=cursor.place,
    )
    return text if authority is not None and all(key in at for key in TEXT_KEYS) else None


def _lost_paths(at: fields.At, root: Cursor) -> tuple[tuple[str, Place], ...]:
    """Paths under `general_knowledge` and `invented` that lead nowhere in this file."""
    places = (c for key in ("general_knowledge", "invented") if key in at for c in at[key].one_or_many())
    written = ((c.node.value.strip(), c.place) for c in places if isinstance(c.node, ScalarNode))
    return tuple((path, place) for path, place in written if path and not leads(root.node, path))


def _known_authority(cursor: Cursor, authorities: Mapping[str, Authority]) -> Authority | None:
    name = cursor.text()
    if name and name not in authorities:
        hint = did_you_mean(name, authorities)
        cursor.report("unknown-authority", f'"{name}" is in no list of authorities', hint)
    return authorities.get(name)


def _lifecycle(cursor: Cursor, zone: ZoneInfo) -> tuple[Stage, ...]:
    stages: list[Stage] = []
    for item in cursor.items():
        at = item.mapping(("state", "from"), ("known_to", "by"))
        state = fields.word(at, "state", State)
        start = at["from"].instant(zone) if "from" in at else None
        known_to, by = fields.word(at, "known_to", Precision) or Precision.DAY, fields.text(at, "by")
        if state is None or start is None:
            continue
        if stages and start < stages[-1].start:
            item.report("lifecycle-order", "each state begins no earlier than the one before it")
        stages.append(Stage(state, start, known_to, by))
    return tuple(stages)


def _freedom(cursor: Cursor) -> Freedom:
    at = cursor.mapping((), ("what", "surfaces", "devices", "people", "accounts"))
    if not at:
        cursor.report("empty-value", "nothing is left free here", "name apps, surfaces, devices, people or accounts")
    return Freedom(
        what=selectors(at, "what"),
        surfaces=fields.words(at, "surfaces", Surface),
        devices=read_scope(at["devices"]) if "devices" in at else EVERY_DEVICE,
        people=fields.words(at, "people", People),
        accounts=fields.words(at, "accounts", AccountKind),
        place=cursor.place,
    )


def _adoption(cursor: Cursor, zone: ZoneInfo) -> Adoption | None:
    if not cursor.is_mapping():
        return Adoption(cursor.text(), place=cursor.place)
    at = cursor.mapping(("text",), ("changes",))
    if "text" not in at:
        return None
    return Adoption(at["text"].text(), fields.listed(at, "changes", lambda c: _change(c, zone)), cursor.place)


def _change(cursor: Cursor, zone: ZoneInfo) -> Change | None:
    at = cursor.mapping(("restriction",), ("drop", "replace"))
    if "restriction" not in at or ("drop" in at) == ("replace" in at):
        cursor.report("one-change", 'say either "drop: yes" or "replace:" with the whole clause')
        return None
    if "drop" in at and not at["drop"].flag():
        at["drop"].report("one-change", 'only "drop: yes" means something', "leave the change out to keep the clause")
    replacement = read_restriction(at["replace"], zone) if "replace" in at else None
    return Change(at["restriction"].text(), replacement)


# --- exemptions allowed, upward duties: lists, or `none` -----------------------------------------


def _allowances(at: fields.At) -> tuple[tuple[Allowance, ...], bool]:
    if "exemptions_allowed" in at and fields.is_literal(at["exemptions_allowed"], "none"):
        return (), True
    return fields.listed(at, "exemptions_allowed", _allowance), False


_ALLOWANCE_OPTIONS = ("longest", "blanket", "conditions", "delegable", "consulted", "report", "restrictions")


def _allowance(cursor: Cursor) -> Allowance:
    at = cursor.mapping(("purposes", "approver"), _ALLOWANCE_OPTIONS)
    report = at["report"].mapping(("to",), ("within",)) if "report" in at else {}
    approver = fields.text(at, "approver")
    profile, requires = required_conditions(at)
    return Allowance(
        purposes=frozenset(fields.texts(at, "purposes")),
        approver="" if approver == NOT_READ else approver,
        longest=at["longest"].period() if "longest" in at else None,
        blanket=fields.flag(at, "blanket"),
        conditions=profile,
        requires=requires,
        delegable=fields.flag(at, "delegable"),
        consulted=frozenset(fields.texts(at, "consulted")),
        report_to=fields.text(report, "to"),
        report_within=report["within"].period() if "within" in report else None,
        restrictions=frozenset(fields.texts(at, "restrictions")),
        place=cursor.place,
    )


def _upward(at: fields.At, zone: ZoneInfo) -> tuple[tuple[UpwardDuty, ...], bool]:
    if "upward" in at and fields.is_literal(at["upward"], "none"):
        return (), True
    return fields.listed(at, "upward", lambda c: _upward_duty(c, zone)), False


def _upward_duty(cursor: Cursor, zone: ZoneInfo) -> UpwardDuty | None:
    at = cursor.mapping(("what", "to"), ("clock",))
    what, to = fields.word(at, "what", UpwardWhat), fields.text(at, "to")
    clock = read_clock(at["clock"], zone) if "clock" in at else Clock()
    return UpwardDuty(what, to, clock, cursor.place) if what is not None and to else None


# --- lists, criteria, contested readings, reviews ------------------------------------------------


def _list(cursor: Cursor, zone: ZoneInfo) -> ExternalList:
    at = cursor.mapping(("id", "by"), ("versions", "not_read"))
    if ("versions" in at) == fields.flag(at, "not_read"):
        cursor.report("one-list", 'give its "versions", or say "not_read: yes"')
    versions = fields.listed(at, "versions", lambda c: _list_version(c, zone))
    if len({v.start for v in versions}) < len(versions):
        at["versions"].report("list-order", "two versions of a list begin at the same instant")
    by, not_read = fields.text(at, "by"), fields.flag(at, "not_read")
    return ExternalList(fields.identifier(at, "id"), by, versions, not_read, cursor.place)


def _list_version(cursor: Cursor, zone: ZoneInfo) -> ListVersion | None:
    at = cursor.mapping(("version", "from", "items"))
    start = at["from"].instant(zone) if "from" in at else None
    items = selectors(at, "items")
    return ListVersion(fields.text(at, "version"), start, items) if start is not None else None


def _criterion(cursor: Cursor) -> Criterion:
    at = cursor.mapping(("id",), ("met_by", "otherwise"))
    otherwise = fields.word(at, "otherwise", Otherwise) or Otherwise.UNKNOWN
    return Criterion(fields.identifier(at, "id"), selectors(at, "met_by"), otherwise, cursor.place)


def _parameter(cursor: Cursor) -> Parameter:
    at = cursor.mapping(("id", "choices"), ("cites",))
    choices = frozenset(fields.texts(at, "choices"))
    return Parameter(fields.identifier(at, "id"), choices, fields.cites(at), cursor.place)


def _review(cursor: Cursor) -> Review:
    at = cursor.mapping((), ("due", "trigger"))
    if not at:
        cursor.report("empty-value", "a review needs a day or an event", "due: 2025-01-31 or trigger: …")
    return Review(fields.day(at, "due"), fields.word(at, "trigger", Trigger))


def _not_expressible(cursor: Cursor) -> NotExpressible | None:
    at = cursor.mapping(("dimension", "reason"))
    dimension, reason = fields.word(at, "dimension", Dimension), fields.text(at, "reason")
    return NotExpressible(dimension, reason, cursor.place) if dimension is not None and reason else None


def decided_in_words(day: date, known_to: Precision) -> str:
    """A day as exactly as it is known: `2023-03-14`, `2023-03`, `2023`."""
    return day.isoformat()[: {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}[known_to]]
