# SPDX-License-Identifier: EUPL-1.2
"""Scope in three values: what is missing stays open, what is known stays known, and words say what was asked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ordinance.model.errors import Issue
from ordinance.model.estate import Access, DeviceFacts, Owner, People, Platform
from ordinance.model.kleene import Truth
from ordinance.model.law import EVERY_DEVICE, Scope
from ordinance.policy.nodes import parse
from ordinance.policy.scope import (
    SHARES,
    WORDS,
    deciding_facts,
    deciding_values,
    evaluate,
    evaluate_people,
    facts_used,
    in_words,
    missing_facts,
    read_scope,
)
from policy import oracle
from policy.worlds import Dice, filled, make_facts, make_scope, thrown

often = settings(max_examples=500, deadline=None)
T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
FUNDS = ("any", (("is", "owner", ("body",)), ("share", "subscription_share", "over", 0)))


def _case(dice: Dice) -> tuple[Scope, DeviceFacts, DeviceFacts]:
    return make_scope(dice, 3), make_facts(dice, missing=True), make_facts(dice, missing=False)


cases = thrown(_case)
FACTS = ("owner", "purchase_share", "subscription_share", "use_share", "access", "platform", "use")


@often
@given(cases)
def test_known_facts_give_the_plain_answer(case: tuple[Scope, DeviceFacts, DeviceFacts]) -> None:
    """With nothing missing, scope is ordinary logic."""
    scope, _, complete = case
    assert evaluate(scope, complete) is Truth.of(oracle.in_scope(scope, complete))


@often
@given(cases, st.sampled_from(FACTS))
def test_a_fact_more_never_turns_a_known_answer(case: tuple[Scope, DeviceFacts, DeviceFacts], fact: str) -> None:
    """Monotone in information: only what was unknown is settled."""
    scope, some, complete = case
    before = evaluate(scope, some)
    for more in (filled(some, complete, (fact,)), filled(some, complete, FACTS)):
        assert before is U or evaluate(scope, more) is before
    assert evaluate(scope, filled(some, complete, FACTS)) is not U


@often
@given(cases)
def test_unknown_names_what_is_missing(case: tuple[Scope, DeviceFacts, DeviceFacts]) -> None:
    """An unknown scope names facts that are missing and that it asks for; stating them settles it. Others name none."""
    scope, some, complete = case
    missing = missing_facts(scope, some)
    assert bool(missing) == (evaluate(scope, some) is U)
    assert all(getattr(some, m) is None for m in missing)
    assert set(missing) <= facts_used(scope)
    assert evaluate(scope, filled(some, complete, missing)) is not U or not missing


@often
@given(cases)
def test_words_name_every_fact(case: tuple[Scope, DeviceFacts, DeviceFacts]) -> None:
    """The sentence mentions each fact that the scope asks for."""
    scope, _, _ = case
    assert all(fact in in_words(scope) for fact in facts_used(scope))


@often
@given(cases)
def test_deciding_facts_are_the_devices_own(case: tuple[Scope, DeviceFacts, DeviceFacts]) -> None:
    """Each deciding test is quoted with the value that the device has, and names nothing that the scope did not ask."""
    scope, some, _ = case
    for words in deciding_facts(scope, some, evaluate(scope, some)):
        fact, _, found = words.rstrip(")").removesuffix("]").rpartition(" [")[2].partition(": ")
        value = {"None": "not stated", "True": "yes", "False": "no"}.get(str(getattr(some, fact)))
        assert fact in facts_used(scope)
        assert found == (value or str(getattr(some, fact)))


@often
@given(cases)
def test_deciding_facts_alone_decide(case: tuple[Scope, DeviceFacts, DeviceFacts]) -> None:
    """Whatever the other facts were, the deciding ones give the same answer."""
    scope, some, complete = case
    wanted = evaluate(scope, some)
    if wanted is U:
        return
    named = {
        w.rstrip(")").removesuffix("]").rpartition(" [")[2].partition(": ")[0]
        for w in deciding_facts(scope, some, wanted)
    }
    kept = {n for f in named for n in (SHARES if f == "part_funded" else (f,))}
    other = replace(complete, **{n: getattr(some, n) for n in kept})
    assert evaluate(scope, other) is wanted


@pytest.mark.parametrize(
    ("facts", "truth", "deciding", "missing"),
    [
        (DeviceFacts(Owner.BODY), T, ("owner is body [owner: body]",), ()),
        (
            DeviceFacts(Owner.PERSON, subscription_share=30),
            T,
            ("subscription_share over 0 [subscription_share: 30]",),
            (),
        ),
        (
            DeviceFacts(Owner.PERSON, subscription_share=0),
            F,
            ("owner is body [owner: person]", "subscription_share over 0 [subscription_share: 0]"),
            (),
        ),
        (
            DeviceFacts(Owner.PERSON),
            U,
            ("subscription_share over 0 [subscription_share: not stated]",),
            ("subscription_share",),
        ),
        (
            DeviceFacts(),
            U,
            ("owner is body [owner: not stated]", "subscription_share over 0 [subscription_share: not stated]"),
            ("owner", "subscription_share"),
        ),
    ],
)
def test_a_part_paid_own_phone(facts: DeviceFacts, truth: Truth, deciding: tuple, missing: tuple) -> None:
    """Ghent's scope: the payer counts, not only the owner, and what nobody said stays open."""
    assert evaluate(FUNDS, facts) is truth
    assert deciding_facts(FUNDS, facts, truth) == deciding
    assert missing_facts(FUNDS, facts) == missing


@pytest.mark.parametrize(
    ("people", "who", "truth"),
    [
        ((), None, T),
        ((), People.ELECTED, T),
        (("staff",), People.STAFF, T),
        (("staff",), People.ELECTED, F),
        (("staff",), None, U),
    ],
)
def test_people(people: tuple[str, ...], who: People | None, truth: Truth) -> None:
    """A clause without people speaks of everybody; one with people leaves an unstated holder open."""
    assert evaluate_people(frozenset(map(People, people)), who) is truth


@pytest.mark.parametrize(
    ("text", "scope", "words"),
    [
        ("{owner: body}", ("is", "owner", ("body",)), "owner is body"),
        (
            "{platform: [ios, android], access: none}",
            ("all", (("is", "platform", ("android", "ios")), ("is", "access", ("none",)))),
            "(platform is android or ios and access is none)",
        ),
        ("{use_share: {over: 0}}", ("share", "use_share", "over", 0), "use_share over 0"),
        (
            "{use_share: {at_least: 1, under: 50}}",
            ("all", (("share", "use_share", "at_least", 1), ("share", "use_share", "under", 50))),
            "(use_share at_least 1 and use_share under 50)",
        ),
        ("{not: {use: separate}}", ("not", ("is", "use", ("separate",))), "not use is separate"),
        ("{part_funded: yes}", ("is", "part_funded", ("yes",)), "part_funded is yes"),
        (
            "{any: [{owner: body}, {owner: other}]}",
            ("any", (("is", "owner", ("body",)), ("is", "owner", ("other",)))),
            "(owner is body or owner is other)",
        ),
    ],
)
def test_scopes_are_read(text: str, scope: Scope, words: str) -> None:
    """Several keys mean all of them; a list of words means one of them."""
    issues: list[Issue] = []
    root = parse(text, "f", issues)
    assert root is not None
    assert (read_scope(root), issues) == (scope, [])
    assert in_words(scope) == words


@pytest.mark.parametrize(
    ("text", "column", "issue", "hint"),
    [
        ("{ownr: body}", 2, "unknown-fact", 'did you mean "owner"?'),
        ("{owner: citty}", 9, "unknown-word", ""),
        ("{use_share: {ovr: 0}}", 14, "unknown-test", 'did you mean "over"?'),
        ("{use_share: {over: 101}}", 20, "bad-number", ""),
        ("{use_share: {over: 1_0}}", 20, "bad-number", ""),
        ("{use_share: 30}", 13, "wrong-type", ""),
        ("{use_share: {}}", 13, "empty-value", ""),  # it would be true of every device
        ("{part_funded: maybe}", 15, "bad-flag", ""),
        ("{any: []}", 7, "empty-value", ""),  # it would be true of none
        ("{all: {owner: body}}", 7, "wrong-type", ""),
        ("{owner: []}", 9, "empty-value", ""),
        ("{not: {}}", 7, "empty-value", ""),
        ("{}", 1, "empty-value", ""),
        ("owner", 1, "wrong-type", ""),
        ("{all: [owner]}", 8, "wrong-type", ""),
    ],
)
def test_bad_scopes_are_located(text: str, column: int, issue: str, hint: str) -> None:
    """Each fault gives one issue at its own word; a scope that means nothing or everything by accident is a fault."""
    issues: list[Issue] = []
    root = parse(text, "f", issues)
    assert root is not None
    read_scope(root)
    assert [(i.line, i.column, i.id) for i in issues] == [(1, column, issue)]
    assert hint in issues[0].hint


def test_every_device_is_every_device() -> None:
    """Without `devices:` a clause speaks of all, also of those of which nothing is stated."""
    assert evaluate(EVERY_DEVICE, DeviceFacts()) is T
    assert in_words(EVERY_DEVICE) == "every device"
    assert evaluate(("any", ()), DeviceFacts(Owner.BODY, access=Access.MAIL, platform=Platform.IOS)) is F
    assert in_words(("any", ())) == "no device"


@pytest.mark.parametrize(
    ("scope", "facts", "wanted", "values"),
    [
        (FUNDS, DeviceFacts(Owner.BODY), T, (("owner", "body"),)),
        (FUNDS, DeviceFacts(Owner.BODY, subscription_share=30), T, (("owner", "body"),)),  # one is enough
        (FUNDS, DeviceFacts(Owner.PERSON, subscription_share=0), F, (("owner", "person"), ("subscription_share", "0"))),
        (FUNDS, DeviceFacts(), U, (("owner", ""), ("subscription_share", ""))),
        (("all", FUNDS[1]), DeviceFacts(Owner.PERSON, subscription_share=0), F, (("owner", "person"),)),
        (("all", FUNDS[1]), DeviceFacts(Owner.BODY), U, (("subscription_share", ""),)),
        (("all", FUNDS[1]), DeviceFacts(), U, (("owner", ""), ("subscription_share", ""))),
        (("not", FUNDS), DeviceFacts(Owner.BODY), F, (("owner", "body"),)),
        (("is", "confidential", ("yes",)), DeviceFacts(confidential=False), F, (("confidential", "no"),)),
        (("any", (("is", "owner", ("body",)), ("is", "owner", ("other",)))), DeviceFacts(Owner.PERSON), F,
         (("owner", "person"),)),
        (EVERY_DEVICE, DeviceFacts(), T, ()),
    ],
)  # fmt: skip
def test_the_values_that_decide(
    scope: Scope, facts: DeviceFacts, wanted: Truth, values: tuple[tuple[str, str], ...]
) -> None:
    """Each fact once, with what was stated of it; as words they are those of `deciding_facts`."""
    assert evaluate(scope, facts) is wanted
    assert deciding_values(scope, facts, wanted) == values


def test_a_test_within_not_is_quoted_as_it_stands() -> None:
    """What decides within a `not` is what gives the opposite there."""
    scope = ("not", ("any", (("is", "owner", ("body",)), ("is", "owner", ("other",)))))
    assert deciding_facts(scope, DeviceFacts(Owner.BODY), F) == ("not (owner is body [owner: body])",)


@pytest.mark.parametrize(
    ("test", "number", "truths"),
    [("over", 30, (F, F, T)), ("under", 30, (T, F, F)), ("at_least", 30, (F, T, T)), ("at_most", 30, (T, T, F))],
)
def test_shares_at_their_edge(test: str, number: int, truths: tuple[Truth, ...]) -> None:
    """`over` and `under` leave their number out, the other two hold it."""
    scope = ("share", "use_share", test, number)
    assert tuple(evaluate(scope, DeviceFacts(use_share=n)) for n in (29, 30, 31)) == truths


def test_missing_facts_are_in_order() -> None:
    """By name, whatever order the scope asks in."""
    tests = tuple(("is", f, ("none",)) for f in ("use", "platform", "access", "owner", "enrolment"))
    assert missing_facts(("any", tests), DeviceFacts()) == ("access", "enrolment", "owner", "platform", "use")


def test_groups_of_one_need_no_brackets() -> None:
    """One part is that part."""
    assert in_words(("any", (("is", "owner", ("body",)),))) == "owner is body"


@pytest.mark.parametrize("number", [0, 99, 100])
def test_every_percentage_can_be_written(number: int) -> None:
    """From nothing to all of it."""
    issues: list[Issue] = []
    root = parse(f"{{use_share: {{at_least: {number}}}}}", "f", issues)
    assert root is not None
    assert (read_scope(root), issues) == (("share", "use_share", "at_least", number), [])


def test_what_could_not_be_read_means_every_device() -> None:
    """The law is not resolved then, but its other faults are looked for, and need a scope."""
    issues: list[Issue] = []
    for text, scope in (("{ownr: body}", EVERY_DEVICE), ("{use_share: {over: x}}", ("share", "use_share", "over", 0))):
        root = parse(text, "f", issues)
        assert root is not None
        assert read_scope(root) == scope
    assert len(issues) == 2


@pytest.mark.parametrize("fact", sorted(WORDS))
def test_words_stand_in_their_order(fact: str) -> None:
    """However a file lists them, so that two files that say the same are the same."""
    words = sorted(str(w) for w in WORDS[fact])
    issues: list[Issue] = []
    root = parse(f"{{{fact}: [{', '.join(reversed(words))}]}}", "policies/x.yaml", issues)
    assert root is not None
    assert (read_scope(root), issues) == (("is", fact, tuple(words)), [])
