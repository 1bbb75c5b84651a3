# SPDX-License-Identifier: EUPL-1.2
"""`explain` for plain sentences: one case with all that decided it, and what would make it come out otherwise."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ordinance.model.explained import AnsweredAdvice, Case, Rule
from ordinance.model.kleene import Truth
from ordinance.model.law import Force, Law, Restriction, Text
from ordinance.model.ruling import DeviceClass, Reason, Ruling, Standing
from ordinance.operations.rulings import Asked, find, name_of_app, runs
from ordinance.operations.workspace import Workspace
from ordinance.policy import scope
from ordinance.policy.alternatives import alternatives
from ordinance.policy.resolve import is_contested, resolve


def case_of(workspace: Workspace, asked: Asked, at: datetime) -> Case:
    """The case that somebody asks about. Raises PolicyError for a device or app that nobody knows."""
    law, found = workspace.law, find(workspace, asked, at)
    ruling = resolve(law, found.who, found.app, asked.surface, at)
    rules = tuple(_rule(law, found.who, r) for r in ruling.reasons)
    return Case(
        subject=asked.subject,
        name=asked.name,
        app=name_of_app(workspace, found.app),
        ruling=ruling,
        runs=runs(found.who, asked.surface),
        zone=workspace.body.zone,
        facts=found.who.facts,
        people=found.who.people,
        rules=rules,
        divergences=tuple(_rule(law, found.who, r) for r in ruling.divergences),
        exemption=next((e for e in law.exemptions if e.id == ruling.exemption), None),
        advice=_advice(law, ruling, rules),
        alternatives=alternatives(law, found.who, found.app, asked.surface, at, ruling),
        notice=workspace.body.notice,
    )


def _rule(law: Law, who: DeviceClass, reason: Reason) -> Rule:
    text, clause = _clause(law, reason)
    return Rule(reason, text, clause, _deciding(clause, who, reason.in_scope))


def _clause(law: Law, reason: Reason) -> tuple[Text, Restriction]:
    text_id, _, clause_id = reason.clause.partition("/")
    text = next(t for t in law.versions(text_id) if t.version == reason.version)
    return text, next(r for r in text.restrictions if r.id == clause_id)


def _deciding(clause: Restriction, who: DeviceClass, within: Truth) -> tuple[tuple[str, str], ...]:
    """The facts that decided: of a clause that covers the device all that it asks for, of another those that say no."""
    if within is Truth.UNKNOWN or not clause.speaks_of_devices:
        return ()
    devices, people = scope.evaluate(clause.devices, who.facts), scope.evaluate_people(clause.people, who.people)
    found = scope.deciding_values(clause.devices, who.facts, devices) if devices is within else ()
    if clause.people and people is within:
        found = (*found, ("people", str(who.people or "")))
    return found


def _advice(law: Law, ruling: Ruling, rules: tuple[Rule, ...]) -> tuple[AnsweredAdvice, ...]:
    """Advice of others that speaks of the app: what the body answered; where it did not, only if it concerns this case.

    A text that the body follows as a model, or took over, was answered by its own act.
    """
    own = [t for t in law.texts if t.authority == law.body]
    followed = {name for t in own for name in (*t.mirrors, *(a.text for a in t.adopts))}
    day = ruling.at.astimezone(law.zone).date()
    answers = {a.text: a for a in sorted(law.answers, key=lambda a: a.on) if a.on <= day}  # the last by then
    found = {}
    for rule in rules:
        if rule.reason.force is Force.BINDING or rule.text.authority == law.body:
            continue
        concerns = rule.reason.standing is Standing.IN_FORCE and rule.reason.in_scope is not Truth.FALSE
        answer = answers.get(rule.text.id)
        if answer is not None or (concerns and rule.text.id not in followed):
            found[rule.text.id] = AnsweredAdvice(rule.text, answer, is_contested(law, rule.text, ruling.at))
    return tuple(found.values())


def alternative_lines(case: Case) -> list[dict[str, Any]]:
    """What would change the outcome, as plain objects."""
    return [
        {
            "outcome": str(a.outcome),
            "fact": scope.in_words(a.scope) if a.scope else None,
            "at": a.at.isoformat() if a.at else None,
            "reading": {"text": a.text, "parameter": a.parameter, "choice": a.choice} if a.parameter else None,
        }
        for a in case.alternatives
    ]


def exemption_lines(case: Case) -> dict[str, Any]:
    """The exemption that counts, and those that the texts in question allow."""
    given = case.exemption
    texts = {r.text.id: r.text for r in case.rules if r.reason.force is Force.BINDING}
    return {
        "given": {
            "id": given.id,
            "purpose": given.purpose,
            "approver": given.approver,
            "approved": given.approved.isoformat(),
            "last_day": given.last_day.isoformat(),
            "conditions": sorted(given.conditions),
        }
        if given
        else None,
        "allowed": [
            {
                "text": name,
                "purposes": sorted(a.purposes),
                "approver": a.approver or None,
                "longest": str(a.longest) if a.longest else None,
            }
            for name, text in texts.items()
            for a in text.allowances
        ],
    }
