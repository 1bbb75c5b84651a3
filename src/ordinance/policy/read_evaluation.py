# SPDX-License-Identifier: EUPL-1.2
"""The evaluation of a rule, read from located YAML: `evaluations/*.yaml` of a body's folder.

Gives the noun back, or `None` after the faults were noted. Whether it renews anything is asked by lints.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from ordinance.model.evaluation import Considered, Cost, Dissent, Evaluation, Known, RuleDecision, Way
from ordinance.policy import fields
from ordinance.policy.fields import At
from ordinance.policy.nodes import Cursor

KEYS = ("evaluation", "policy", "version", "from", "to", "by", "on")
OPTIONS = ("restrictions", "findings", "costs", "options", "decision", "invented")
DECISION_KEYS = ("way", "by", "on", "reasons")
DECISION_OPTIONS = ("proposed_by", "consulted", "dissent", "next_review")
NONE = "none"
_AMOUNT = re.compile(r"\d{1,12}(\.\d{1,2})?")
_CURRENCY = re.compile(r"[A-Z]{3}")


def read_evaluation(cursor: Cursor) -> Evaluation | None:
    """One evaluation. It looks back: at days that are over when it is made, and it is made before it is decided."""
    at = cursor.mapping(KEYS, OPTIONS)
    first, last, on = (fields.day(at, key) for key in ("from", "to", "on"))
    decision = _decision(at["decision"]) if "decision" in at else None
    evaluation = Evaluation(
        id=fields.identifier(at, "evaluation"),
        policy=fields.text(at, "policy"),
        version=fields.text(at, "version"),
        first_day=first or date.min,
        last_day=last or date.max,
        by=fields.text(at, "by"),
        on=on or date.max,
        restrictions=frozenset(fields.texts(at, "restrictions")),
        findings=fields.listed(at, "findings", Cursor.text),
        costs=_costs(at),
        considered=_considered(at),
        decision=decision,
        invented=fields.listed(at, "invented", Cursor.text),
        place=cursor.place,
    )
    in_order = _in_order(at, first, last, on, decision)
    return evaluation if in_order and all(key in at for key in KEYS) and _whole(at, decision) else None


def _whole(at: At, decision: RuleDecision | None) -> bool:
    """Whether no decision is written, or one that could be read: half a decision decides nothing."""
    return "decision" not in at or decision is not None


def _in_order(at: At, first: date | None, last: date | None, on: date | None, decision: RuleDecision | None) -> bool:
    """Whether the days follow each other; each that does not is reported at its place."""
    if first is None or last is None or on is None:
        return False
    found = True
    if last < first:
        at["to"].report("ends-before-start", f"the last day {last} is before the first {first}")
        found = False
    if on < last:
        hint = "an evaluation looks back: end it on the day it is made, or before"
        at["to"].report("evaluates-the-future", f"{last} had not come when this was made, on {on}", hint)
        found = False
    if decision is not None and decision.on < on:
        message = f"decided on {decision.on}, before the evaluation was made, on {on}"
        at["decision"].report("decided-before-evaluated", message, "the decision rests on what was found")
        found = False
    return found


# --- costs and ways -------------------------------------------------------------------------------


def _costs(at: At) -> tuple[Cost, ...] | None:
    """`costs:` as a list, or the word `none`. `None` where nobody said anything."""
    if "costs" not in at:
        return None
    if fields.is_literal(at["costs"], NONE):
        return ()
    return tuple(x for c in at["costs"].some() if (x := _cost(c)) is not None)


def _cost(cursor: Cursor) -> Cost | None:
    keys = ("what", "amount", "currency", "known")
    at = cursor.mapping(keys)
    amount, currency = fields.text(at, "amount"), fields.text(at, "currency")
    known = fields.word(at, "known", Known)
    if amount and not _AMOUNT.fullmatch(amount):
        hint = "an amount such as 1200 or 1200.50, without the currency; what was saved goes into findings"
        at["amount"].report("bad-amount", f'"{amount}" is no amount', hint)
    if currency and not _CURRENCY.fullmatch(currency):
        at["currency"].report("bad-currency", f'"{currency}" is no currency', "three letters of ISO 4217, such as EUR")
    if known is None or not _AMOUNT.fullmatch(amount) or not _CURRENCY.fullmatch(currency):
        return None
    return Cost(fields.text(at, "what"), Decimal(amount), currency, known)


def _considered(at: At) -> tuple[Considered, ...]:
    found: dict[Way, Considered] = {}
    for cursor in at["options"].items() if "options" in at else ():
        one = _option(cursor)
        if one is not None and one.way in found:
            cursor.report("same-way-twice", f'"{one.way}" is among the options twice', "join the two")
        elif one is not None:
            found[one.way] = one
    return tuple(found.values())


def _option(cursor: Cursor) -> Considered | None:
    at = cursor.mapping(("way",), ("for", "against"))
    way = fields.word(at, "way", Way)
    return Considered(way, fields.texts(at, "for"), fields.texts(at, "against")) if way else None


# --- the decision ---------------------------------------------------------------------------------


def _decision(cursor: Cursor) -> RuleDecision | None:
    at = cursor.mapping(DECISION_KEYS, DECISION_OPTIONS)
    way, on, review = fields.word(at, "way", Way), fields.day(at, "on"), fields.day(at, "next_review")
    said_none = "dissent" in at and fields.is_literal(at["dissent"], NONE)
    decision = RuleDecision(
        way=way or Way.LAPSE,
        by=fields.text(at, "by"),
        on=on or date.min,
        reasons=fields.texts(at, "reasons"),
        proposed_by=fields.text(at, "proposed_by"),
        consulted=frozenset(fields.texts(at, "consulted")),
        dissent=() if said_none else fields.listed(at, "dissent", _dissent),
        no_dissent=said_none,
        next_review=review,
        place=cursor.place,
    )
    if on is not None and review is not None and review <= on:
        at["next_review"].report(
            "review-before-decision", f"the next review, {review}, is not after the decision, {on}"
        )
        return None
    return decision if way is not None and on is not None and all(key in at for key in DECISION_KEYS) else None


def _dissent(cursor: Cursor) -> Dissent | None:
    at = cursor.mapping(("by", "text"))
    return Dissent(fields.text(at, "by"), fields.text(at, "text")) if {"by", "text"} <= at.keys() else None
