# SPDX-License-Identifier: EUPL-1.2
"""Campaigns and cases of accounts, read from located YAML: `campaigns/*.yaml` and `cases/*.yaml` of a body's folder.

Gives the nouns back, and every fault with its place. They are no law: nothing that is resolved depends on them.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from ordinance.model.apps import Surface
from ordinance.model.campaign import (
    AccountCase,
    AccountDecision,
    AccountOption,
    AccountWay,
    Campaign,
    Consent,
    Dependant,
    HandleDecision,
    HandleWay,
    Kept,
    Move,
    Question,
    Record,
)
from ordinance.model.errors import Issue
from ordinance.model.evaluation import Dissent
from ordinance.policy import fields
from ordinance.policy.fields import At
from ordinance.policy.files import passed_over, read_files
from ordinance.policy.nodes import Cursor

CAMPAIGNS, CASES = "campaigns", "cases"
CAMPAIGN_KEYS = ("campaign", "title", "app", "owner", "from", "to")
CASE_KEYS = ("case", "title", "app", "handle", "owner", "opened")
CASE_OPTIONS = (
    *("answers_to", "questions", "dependants", "records", "options"),
    *("decision", "name", "closed", "invented", "cites"),
)
DECISION_KEYS = ("way", "by", "on", "reasons")
NONE = "none"
T = TypeVar("T", Campaign, AccountCase)


def load_campaigns(folder: Path) -> tuple[tuple[Campaign, ...], tuple[Issue, ...]]:
    """The campaigns of a body's folder, by file, and everything wrong with them."""
    return _load(folder, CAMPAIGNS, read_campaign)


def load_cases(folder: Path) -> tuple[tuple[AccountCase, ...], tuple[Issue, ...]]:
    """The cases of a body's folder, by file, and everything wrong with them."""
    return _load(folder, CASES, read_case)


def _load(folder: Path, name: str, read: Callable[[Cursor], T | None]) -> tuple[tuple[T, ...], tuple[Issue, ...]]:
    inside = folder / name
    issues: list[Issue] = list(passed_over(folder, inside))
    paths = [p for p in sorted(inside.glob("*.yaml")) if p.is_file()]
    found = [x for _, root in read_files(folder, paths, issues, hashlib.sha256()) if (x := read(root)) is not None]
    seen = Counter(x.id for x in found)
    for one in found:
        if seen[one.id] > 1:
            p = one.place
            issues.append(Issue(p.file, p.line, p.column, "duplicate-id", f'"{one.id}" is the id of two files'))
    return tuple(found), tuple(sorted(issues))


# --- campaigns ------------------------------------------------------------------------------------


def read_campaign(cursor: Cursor) -> Campaign | None:
    """One campaign. It depends on a device, on the official account, or on both."""
    at = cursor.mapping(CAMPAIGN_KEYS, ("device", "account", "surfaces", "moves", "invented"))
    first, last = fields.day(at, "from"), fields.day(at, "to")
    device, account = fields.text(at, "device"), fields.flag(at, "account")
    moves = fields.listed(at, "moves", _move)
    if "device" not in at and not account:
        hint = "device: the id in devices.csv that it is run from; account: yes, where it needs the official account"
        cursor.report("rests-on-nothing", "say what the campaign is run with", hint)
        return None
    if first is None or last is None or any(key not in at for key in CAMPAIGN_KEYS):
        return None
    if last < first:
        at["to"].report("ends-before-start", f"the last day {last} is before the first {first}")
        return None
    return Campaign(
        id=fields.identifier(at, "campaign"),
        title=fields.text(at, "title"),
        app=fields.text(at, "app"),
        owner=fields.text(at, "owner"),
        first_day=first,
        last_day=last,
        device=device,
        account=account,
        surfaces=fields.words(at, "surfaces", Surface),
        moves=moves,
        invented=fields.listed(at, "invented", Cursor.text),
        place=cursor.place,
        first_day_place=at["from"].place,
    )


def _move(cursor: Cursor) -> Move | None:
    at = cursor.mapping(("to", "by", "owner"), ("done",))
    by, done = fields.day(at, "by"), fields.day(at, "done")
    to, owner = fields.text(at, "to"), fields.text(at, "owner")
    return Move(to, by, owner, done) if by is not None and to and owner else None


# --- cases ----------------------------------------------------------------------------------------


def read_case(cursor: Cursor) -> AccountCase | None:
    """One case. It cannot be closed without a decision, nor without one about the account's name."""
    at = cursor.mapping(CASE_KEYS, CASE_OPTIONS)
    opened, closed = fields.day(at, "opened"), fields.day(at, "closed")
    decision = _decision(at["decision"]) if "decision" in at else None
    name = _name(at["name"]) if "name" in at else None
    case = AccountCase(
        id=fields.identifier(at, "case"),
        title=fields.text(at, "title"),
        app=fields.text(at, "app"),
        handle=fields.text(at, "handle"),
        owner=fields.text(at, "owner"),
        opened=opened or date.min,
        answers_to=fields.listed(at, "answers_to", _consent),
        questions=fields.listed(at, "questions", _question),
        dependants=fields.listed(at, "dependants", _dependant),
        records=fields.listed(at, "records", _record),
        options=_once(at, fields.listed(at, "options", _option)),
        decision=decision,
        name=name,
        closed=closed,
        invented=fields.listed(at, "invented", Cursor.text),
        cites=fields.cites(at),
        place=cursor.place,
    )
    whole = opened is not None and all(key in at for key in CASE_KEYS)
    whole &= ("decision" not in at or decision is not None) and ("name" not in at or name is not None)
    return case if _can_be_so(at, case) and whole else None


def _can_be_so(at: At, case: AccountCase) -> bool:
    """Whether the case may stand as it is written; each reason why not is reported."""
    found = True
    if "closed" in at and "decision" not in at:
        at["closed"].report("closed-undecided", "a case is closed by a decision, and none is written")
        found = False
    if "closed" in at and "name" not in at:
        hint = "name: {way: use, hold, transfer or release, by: …, on: …}"
        message = f'nothing is decided about the name "{case.handle}"'
        at["closed"].report("closed-without-handle", message, hint, "somebody else may take it")
        found = False
    named = case.name.on if case.name else None
    days = (("decision", case.decision.on if case.decision else None), ("name", named), ("closed", case.closed))
    for key, day in days:
        if day is not None and day < case.opened:
            at[key].report("before-it-was-opened", f"{day} is before the case was opened, on {case.opened}")
            found = False
    if case.closed is not None and named is not None and case.closed < named:
        message = f"closed on {case.closed}, and nothing was decided about the name before {named}"
        at["closed"].report("closed-without-handle", message, "", "somebody else could have taken it in between")
        found = False
    if case.closed is not None and case.decision is not None and case.closed < case.decision.on:
        at["closed"].report("closed-undecided", f"closed on {case.closed}, and decided on {case.decision.on}")
        found = False
    return found


def _once(at: At, options: tuple[AccountOption, ...]) -> tuple[AccountOption, ...]:
    """The options; a way that stands among them twice is reported."""
    ways = Counter(o.way for o in options)
    for way in sorted(w for w, n in ways.items() if n > 1):
        at["options"].report("same-way-twice", f'"{way}" is among the options twice', "join the two")
    return options


def _decision(cursor: Cursor) -> AccountDecision | None:
    at = cursor.mapping(DECISION_KEYS, ("consulted", "dissent", "next_review"))
    way, on, review = fields.word(at, "way", AccountWay), fields.day(at, "on"), fields.day(at, "next_review")
    none = "dissent" in at and fields.is_literal(at["dissent"], NONE)
    by, reasons = fields.text(at, "by"), fields.texts(at, "reasons")
    consulted = frozenset(fields.texts(at, "consulted"))
    dissent = () if none else fields.listed(at, "dissent", _dissent)
    if on is not None and review is not None and review <= on:
        message = f"the next review, {review}, is not after the decision, {on}"
        at["next_review"].report("review-before-decision", message)
        return None
    if way is None or on is None or any(key not in at for key in DECISION_KEYS):
        return None
    return AccountDecision(way, by, on, reasons, consulted, dissent, none, review)


def _name(cursor: Cursor) -> HandleDecision | None:
    at = cursor.mapping(("way", "by", "on"), ("how",))
    way, on, by = fields.word(at, "way", HandleWay), fields.day(at, "on"), fields.text(at, "by")
    how = fields.text(at, "how")
    if way is HandleWay.TRANSFER and not how:
        cursor.report("transfer-without-how", "say to whom the name goes, and how", "add how: …")
        return None
    return HandleDecision(way, by, on, how) if way is not None and on is not None and by else None


def _dissent(cursor: Cursor) -> Dissent | None:
    at = cursor.mapping(("by", "text"))
    return Dissent(fields.text(at, "by"), fields.text(at, "text")) if {"by", "text"} <= at.keys() else None


def _consent(cursor: Cursor) -> Consent | None:
    at = cursor.mapping(("institution",), ("agrees", "on"))
    agrees = fields.flag(at, "agrees") if "agrees" in at else None
    return Consent(fields.text(at, "institution"), agrees, fields.day(at, "on")) if "institution" in at else None


def _question(cursor: Cursor) -> Question | None:
    at = cursor.mapping(("question", "owner"), ("answer", "on"))
    said = {key: fields.text(at, key) for key in ("question", "owner", "answer")}
    on = fields.day(at, "on")
    return Question(**said, answered=on) if said["question"] and said["owner"] else None


def _dependant(cursor: Cursor) -> Dependant | None:
    at = cursor.mapping(("what", "owner"))
    return Dependant(fields.text(at, "what"), fields.text(at, "owner")) if {"what", "owner"} <= at.keys() else None


def _record(cursor: Cursor) -> Record | None:
    at = cursor.mapping(("what", "kept"), ("where",))
    kept, what, where = fields.word(at, "kept", Kept), fields.text(at, "what"), fields.text(at, "where")
    return Record(what, kept, where) if kept is not None and what else None


def _option(cursor: Cursor) -> AccountOption | None:
    at = cursor.mapping(("way",), ("for", "against"))
    way = fields.word(at, "way", AccountWay)
    return AccountOption(way, fields.texts(at, "for"), fields.texts(at, "against")) if way else None
