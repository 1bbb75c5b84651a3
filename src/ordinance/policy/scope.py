# SPDX-License-Identifier: EUPL-1.2
"""Which devices and people a clause speaks of, in Kleene's three values.

Reads: device facts. A fact that nobody stated makes a test unknown, never false: the ruling then
names the fact that is missing.

A scope is a tree of tuples, so that it can be printed, compared and hashed:
``("all", subtrees)``, ``("any", subtrees)``, ``("not", subtree)``, ``("is", fact, words)`` and
``("share", fact, test, number)`` with test one of over, under, at_least, at_most.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from ordinance.model.estate import Access, DeviceFacts, Enrolment, ItService, Owner, People, Platform, Use
from ordinance.model.kleene import Truth, all_of, any_of
from ordinance.model.law import EVERY_DEVICE, Scope
from ordinance.policy.nodes import Cursor, did_you_mean

WORDS: Mapping[str, type[StrEnum]] = MappingProxyType(
    {
        "owner": Owner,
        "access": Access,
        "enrolment": Enrolment,
        "platform": Platform,
        "use": Use,
        "it_service": ItService,
    }
)
FLAGS = ("part_funded", "confidential", "contract_required", "incidental")
SHARES = ("purchase_share", "subscription_share", "use_share")
TESTS: Mapping[str, Callable[[int, int], bool]] = MappingProxyType(
    {"over": operator.gt, "under": operator.lt, "at_least": operator.ge, "at_most": operator.le}
)
_GROUPS = ("all", "any")
_FACTS = (*_GROUPS, "not", *WORDS, *SHARES, *FLAGS)


def read_scope(cursor: Cursor) -> Scope:
    """The scope written at a place; a mapping with several keys means all of them."""
    entries = cursor.entries()
    if cursor.is_mapping() and not entries:
        cursor.report("empty-value", "no test is written here", "name a fact, or leave the key out")
    parts = tuple(_read_test(key, child) for key, child in entries.items())
    return parts[0] if len(parts) == 1 else ("all", parts)


def _read_test(key: str, cursor: Cursor) -> Scope:
    if key in _GROUPS:
        return (key, tuple(read_scope(c) for c in cursor.some()))
    if key == "not":
        return ("not", read_scope(cursor))
    if key in WORDS:
        return ("is", key, tuple(sorted(cursor.choices(WORDS[key]))))
    if key in SHARES:
        return _read_share(key, cursor)
    if key in FLAGS:
        return ("is", key, ("yes" if cursor.flag() else "no",))
    cursor.report_key("unknown-fact", f'"{key}" is not a fact about devices', did_you_mean(key, _FACTS))
    return EVERY_DEVICE


def _read_share(fact: str, cursor: Cursor) -> Scope:
    tests, entries = [], cursor.entries()
    if cursor.is_mapping() and not entries:
        cursor.report("empty-value", f"no test of {fact} is written", "for example {over: 0}")
    for test, child in entries.items():
        if test in TESTS:
            number = child.integer(0, 100)
            tests.append(("share", fact, test, 0 if number is None else number))
        else:
            child.report_key("unknown-test", f'"{test}" is not a test of a share', did_you_mean(test, TESTS))
    return tests[0] if len(tests) == 1 else ("all", tuple(tests))


def evaluate(scope: Scope, facts: DeviceFacts) -> Truth:
    """Whether a device with these facts is in scope."""
    kind = scope[0]
    if kind == "all":
        return all_of(evaluate(s, facts) for s in scope[1])
    if kind == "any":
        return any_of(evaluate(s, facts) for s in scope[1])
    if kind == "not":
        return ~evaluate(scope[1], facts)
    return _test(scope, facts)


def _test(scope: Scope, facts: DeviceFacts) -> Truth:
    value = _value(scope[1], facts)
    if value is None:
        return Truth.UNKNOWN
    if scope[0] == "share":
        return Truth.of(TESTS[scope[2]](value, scope[3]))
    return Truth.of(value in scope[2])


def _value(fact: str, facts: DeviceFacts) -> Any:
    value = getattr(facts, fact)
    return ("yes" if value else "no") if isinstance(value, bool) else value


def evaluate_people(people: frozenset[People], who: People | None) -> Truth:
    """Whether the holder is among those a clause speaks of (an empty set speaks of everybody)."""
    if not people:
        return Truth.TRUE
    return Truth.UNKNOWN if who is None else Truth.of(who in people)


def deciding_facts(scope: Scope, facts: DeviceFacts, wanted: Truth) -> tuple[str, ...]:
    """The tests that by themselves give `wanted`, in words with the value found.

    For `any` that came out true: one true branch. For `all` that came out true: every branch.
    """
    kind = scope[0]
    if kind in _GROUPS:
        branches = _branches(scope, facts, wanted)
        return tuple(dict.fromkeys(f for s in branches for f in deciding_facts(s, facts, wanted)))
    if kind == "not":
        return tuple(f"not ({f})" for f in deciding_facts(scope[1], facts, ~wanted))
    return (_in_words(scope, facts),)


def missing_facts(scope: Scope, facts: DeviceFacts) -> tuple[str, ...]:
    """Names of the facts whose absence leaves the scope unknown; nothing if it is decided."""
    if evaluate(scope, facts) is not Truth.UNKNOWN:
        return ()
    if scope[0] in _GROUPS:
        return tuple(sorted({m for s in scope[1] for m in missing_facts(s, facts)}))
    if scope[0] == "not":
        return missing_facts(scope[1], facts)
    return (str(scope[1]),)


def facts_used(scope: Scope) -> frozenset[str]:
    """Every fact the scope may ask for."""
    if scope[0] in _GROUPS:
        return frozenset(f for s in scope[1] for f in facts_used(s))
    return facts_used(scope[1]) if scope[0] == "not" else frozenset({str(scope[1])})


def in_words(scope: Scope) -> str:
    """The scope as a sentence fragment: `owner is body or subscription_share over 0`."""
    kind = scope[0]
    if kind in _GROUPS:
        if not scope[1]:
            return "every device" if kind == "all" else "no device"
        joined = (" and " if kind == "all" else " or ").join(in_words(s) for s in scope[1])
        return joined if len(scope[1]) == 1 else f"({joined})"
    if kind == "not":
        return f"not {in_words(scope[1])}"
    return f"{scope[1]} {scope[2]} {scope[3]}" if kind == "share" else f"{scope[1]} is {' or '.join(scope[2])}"


def _in_words(scope: Scope, facts: DeviceFacts) -> str:
    value = _value(scope[1], facts)
    found = "not stated" if value is None else str(value)
    return f"{in_words(scope)} [{scope[1]}: {found}]"


def deciding_values(scope: Scope, facts: DeviceFacts, wanted: Truth) -> tuple[tuple[str, str], ...]:
    """The facts that by themselves give `wanted`, each with its value as a word; "" where it is not stated."""
    return tuple(dict.fromkeys((name, _word(name, facts)) for name in _deciding(scope, facts, wanted)))


def _deciding(scope: Scope, facts: DeviceFacts, wanted: Truth) -> tuple[str, ...]:
    kind = scope[0]
    if kind == "not":
        return _deciding(scope[1], facts, ~wanted)
    if kind in _GROUPS:
        return tuple(name for s in _branches(scope, facts, wanted) for name in _deciding(s, facts, wanted))
    return (str(scope[1]),)


def _branches(scope: Scope, facts: DeviceFacts, wanted: Truth) -> list[Scope]:
    """The parts of `all` or `any` that give `wanted`: the first, where one is enough."""
    branches = [s for s in scope[1] if evaluate(s, facts) is wanted]
    one_is_enough = (scope[0] == "any") == (wanted is Truth.TRUE)
    return branches[:1] if one_is_enough and wanted is not Truth.UNKNOWN else branches


def _word(fact: str, facts: DeviceFacts) -> str:
    value = _value(fact, facts)
    return "" if value is None else str(value)
