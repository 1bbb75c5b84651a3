# SPDX-License-Identifier: EUPL-1.2
"""The scenario's binding rules as Cedar policies and as a Rego module, as faithfully as either language allows.

Both are asked one thing: is it forbidden? Neither has three values, so a test of a fact is written twice, as what is
certainly true and as what is certainly false of it. What they are *not* asked, and a ruling also says: unknown,
conditional and advised against, the deciding clause, duties with their deadlines, the facts that are missing. Rules
that only advise are left out for the same reason. Whom an authority binds is worked out here and given to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from scenario import AT, FACTS, ZONE

from ordinance.model.apps import Surface
from ordinance.model.estate import DeviceFacts
from ordinance.model.kleene import Truth
from ordinance.model.law import Exemption, Force, Law, Restriction, Scope, Text, What
from ordinance.policy import clocks
from ordinance.policy.exempt import refusals
from ordinance.policy.power import effective_force

_OPERATORS = {"over": ">", "under": "<", "at_least": ">=", "at_most": "<="}
_OPPOSITE = {"over": "<=", "under": ">=", "at_least": "<", "at_most": ">"}
FLAGS = ("part_funded", "confidential", "contract_required", "incidental")


def seconds(instant: datetime) -> int:
    """An instant as a number that both languages compare."""
    return int(instant.timestamp())


def attributes(facts: DeviceFacts, people: str | None, institution: str, exemptions: tuple[str, ...]) -> dict[str, Any]:
    """A class as both are given it: what is stated, and nothing for what is not."""
    stated = {name: getattr(facts, name) for name in (*FACTS, "part_funded") if hasattr(facts, name)}
    written = {n: v if isinstance(v, (bool, int)) else str(v) for n, v in stated.items() if v is not None}
    people_of = {"people": str(people)} if people else {}
    named = {"exempted": bool(exemptions), "exemptions": list(exemptions)}
    return written | people_of | named | {"institution": institution}


def binding(law: Law) -> Iterator[tuple[Text, Restriction, list[str]]]:
    """Every clause that binds somebody, with the institutions whose people it binds."""
    for text in law.texts:
        authority = law.authority(text.authority)
        assert authority is not None  # noqa: S101  # the scenario's own
        for clause in text.restrictions:
            reached = [
                name
                for name in FACTS["institution"]
                if effective_force(clause, authority, law, name, None) == (Force.BINDING, Truth.TRUE)
            ]
            if reached:
                yield text, clause, reached


def lifting(law: Law, text: Text, clause: Restriction) -> list[Exemption]:
    """Exemptions that the clause's text admits, whenever they run."""
    name = f"{text.id}/{clause.id}"
    return [e for e in law.exemptions if name in e.restrictions and not refusals(law, e, text, name)]


def spans(law: Law, text: Text, clause: Restriction) -> list[tuple[int, int]]:
    """When the clause is in force; no end is the end of days."""
    never, ever = datetime.max.replace(tzinfo=ZONE, year=9000), datetime.min.replace(tzinfo=ZONE, year=1000)
    return [(seconds(s.start or ever), seconds(s.end or never)) for s in clocks.spans_of(law, text, clause)]


def _families(clause: Restriction | Exemption) -> list[str]:
    return [w for s in clause.what if s.kind is What.FAMILY for w in s.words]


def _categories(clause: Restriction) -> list[str]:
    return [w for s in clause.what if s.kind is What.CATEGORY for w in s.words]


def _word_list(words: Iterable[str], open_: str = "[", close: str = "]") -> str:
    return open_ + ", ".join(f'"{w}"' for w in words) + close


# --- Cedar ------------------------------------------------------------------------------------------


def cedar(law: Law) -> str:
    """One `forbid` a clause and a span, and a permission for all that is left."""
    policies = [
        _cedar_policy(law, text, clause, reached, span)
        for text, clause, reached in binding(law)
        for span in spans(law, text, clause)
    ]
    return "\n".join([*policies, "permit(principal, action, resource);"])


def _cedar_policy(law: Law, text: Text, clause: Restriction, reached: list[str], span: tuple[int, int]) -> str:
    actions = ", ".join(f'Action::"{s}"' for s in sorted(clause.surfaces))
    tests = [
        f"context.at >= {span[0]} && context.at < {span[1]}",
        f"{_word_list(_families(clause))}.contains(resource.family)"
        if _families(clause)
        else f"resource.categories.containsAny({_word_list(_categories(clause))})",
        f"{_word_list(reached)}.contains(principal.institution)",
        _cedar_scope(clause.devices, True),
    ]
    if clause.people:
        among = f"{_word_list(sorted(clause.people))}.contains(principal.people)"
        tests.append(f"principal has people && {among}")
    lifted = [
        f'(principal.exemptions.contains("{e.id}") && {_word_list(_families(e))}.contains(resource.family)'
        f" && context.at >= {seconds(e.span.closed[0])} && context.at < {seconds(e.span.closed[1])})"
        for e in lifting(law, text, clause)
    ]
    unless = f" unless {{ principal.exempted && ({' || '.join(lifted)}) }}" if lifted else ""
    return f"forbid(principal, action in [{actions}], resource) when {{ {' && '.join(tests)} }}{unless};"


def _cedar_scope(scope: Scope, wanted: bool) -> str:
    """The expression that is true where the scope certainly is what is wanted."""
    kind = scope[0]
    if kind in {"all", "any"}:
        parts = [_cedar_scope(s, wanted) for s in scope[1]]
        joiner = " && " if (kind == "all") == wanted else " || "
        return f"({joiner.join(parts)})" if parts else str((kind == "all") == wanted).lower()
    if kind == "not":
        return _cedar_scope(scope[1], not wanted)
    fact = scope[1]
    if kind == "share":
        operator = (_OPERATORS if wanted else _OPPOSITE)[scope[2]]
        return f"(principal has {fact} && principal.{fact} {operator} {scope[3]})"
    if fact in FLAGS:
        yes = (scope[2] == ("yes",)) == wanted
        return f"(principal has {fact} && {'' if yes else '!'}principal.{fact})"
    among = f"{_word_list(scope[2])}.contains(principal.{fact})"
    return f"(principal has {fact} && {'' if wanted else '!'}{among})"


# --- Rego -------------------------------------------------------------------------------------------


def rego(law: Law) -> str:
    """`forbidden` is about the app and surface of the input; `listed` is all that is forbidden for its class."""
    rules: list[str] = []
    for number, (text, clause, reached) in enumerate(binding(law)):
        _rego_clause(rules, law, text, clause, reached, f"c{number}")
    head = ["package bench", "import rego.v1", "default forbidden := false"]
    return "\n".join([*head, *rules])


def _rego_clause(rules: list[str], law: Law, text: Text, clause: Restriction, reached: list[str], name: str) -> None:
    who = [f"input.device.institution in {_word_list(reached, '{', '}')}"]
    who += _rego_scope(clause.devices, True, name, rules)
    if clause.people:
        who.append(f"input.device.people in {_word_list(sorted(clause.people), '{', '}')}")
    for start, end in spans(law, text, clause):
        rules.append(f"{name}_who if {{ input.at >= {start}; input.at < {end}; {'; '.join(who)} }}")
    if _families(clause):
        families = _word_list(_families(clause), "{", "}")
        is_meant = f"input.app.family in {families}"
        each_meant = f"some family in {families}; some app in data.of_family[family]"
    else:
        categories = _word_list(_categories(clause), "{", "}")
        is_meant = f"some kind in input.app.categories; kind in {categories}"
        each_meant = f"some kind in {categories}; some app in data.of_category[kind]"
    surfaces = _word_list(sorted(clause.surfaces), "{", "}")
    admitted = lifting(law, text, clause)
    for exemption in admitted:
        start, end = (seconds(i) for i in exemption.span.closed)
        rules.append(
            f'{name}_lifted(family) if {{ input.device.exempted; "{exemption.id}" in input.device.exemptions; '
            f"family in {_word_list(_families(exemption), '{', '}')}; input.at >= {start}; input.at < {end} }}"
        )
    unless, unless_each = (f"; not {name}_lifted({app}.family)" if admitted else "" for app in ("input.app", "app"))
    rules.append(f"forbidden if {{ input.surface in {surfaces}; {is_meant}; {name}_who{unless} }}")
    rules.append(
        f"listed contains [app.id, surface] if {{ {name}_who; {each_meant}{unless_each}; some surface in {surfaces} }}"
    )


def _rego_scope(scope: Scope, wanted: bool, name: str, rules: list[str]) -> list[str]:
    """Expressions that all hold where the scope certainly is what is wanted; a choice becomes a rule of its own."""
    kind = scope[0]
    if kind in {"all", "any"}:
        parts = [_rego_scope(s, wanted, f"{name}_{n}", rules) for n, s in enumerate(scope[1])]
        if (kind == "all") == wanted:
            return [test for part in parts for test in part]
        rules.extend(f"{name}_or if {{ {'; '.join(part)} }}" for part in parts)
        return [f"{name}_or"] if parts else ["false"]
    if kind == "not":
        return _rego_scope(scope[1], not wanted, name, rules)
    value = f"input.device.{scope[1]}"
    if kind == "share":
        return [f"{value} {(_OPERATORS if wanted else _OPPOSITE)[scope[2]]} {scope[3]}"]
    if scope[1] in FLAGS:
        return [f"{value} == {str((scope[2] == ('yes',)) == wanted).lower()}"]
    among = f"in {_word_list(scope[2], '{', '}')}"
    return [f"{value} {among}"] if wanted else [f"is_string({value})", f"not {value} {among}"]


def rego_input(
    device: dict[str, Any], app: dict[str, Any] | None = None, surface: Surface | None = None
) -> dict[str, Any]:
    """What Rego is asked: a class alone, or with one app and surface."""
    return {"device": device, "app": app, "surface": str(surface) if surface else None, "at": seconds(AT)}
