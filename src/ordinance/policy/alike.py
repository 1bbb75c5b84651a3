# SPDX-License-Identifier: EUPL-1.2
"""Values of a device fact that no clause of a law tells apart.

A law that asks only whether a share is over 0 rules alike on 30 and on 40: one of them can speak for both. A fact
that nobody stated is never like one that was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from ordinance.model.estate import DeviceFacts
from ordinance.model.kleene import Truth
from ordinance.model.law import Restriction, Scope
from ordinance.policy.scope import SHARES, evaluate, facts_used

FACTS = tuple(f.name for f in fields(DeviceFacts))
_FUNDED = "part_funded"  # follows from the three shares, and is stated nowhere


def facts_asked(scope: Scope) -> frozenset[str]:
    """The stated facts on which a scope may depend."""
    used = facts_used(scope)
    return (used - {_FUNDED}) | ({*SHARES} if _FUNDED in used else set())


def alike(clauses: Iterable[Restriction], fact: str, values: Iterable[Any]) -> dict[Any, Any]:
    """Each value of a fact with the first of the values that no clause tells from it."""
    scopes = [c.devices for c in clauses]
    tests = {t for s in scopes for t in _tests(s) if t[1] == fact}
    if fact in SHARES and any(_FUNDED in facts_used(s) for s in scopes):
        tests.add(("share", fact, "over", 0))
    asked = sorted(tests, key=repr)
    first: dict[tuple[bool, tuple[Truth, ...]], Any] = {}
    found = {}
    for value in values:
        facts = DeviceFacts(**{fact: value})
        answers = (value is None, tuple(evaluate(test, facts) for test in asked))
        found[value] = first.setdefault(answers, value)
    return found


def _tests(scope: Scope) -> Iterable[Scope]:
    if scope[0] in {"all", "any"}:
        return [t for s in scope[1] for t in _tests(s)]
    return _tests(scope[1]) if scope[0] == "not" else [scope]
