# SPDX-License-Identifier: EUPL-1.2
"""Adoption at its limits: chains, circles and doubling, and what an adopted clause brings with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

from ordinance.model.errors import Issue
from ordinance.model.law import (
    Adoption,
    Change,
    Criterion,
    ExternalList,
    ListVersion,
    Parameter,
    Selector,
    Text,
    TextKind,
    What,
)
from ordinance.policy.adopt import LONGEST_CHAIN, with_adopted
from policy.worlds import a_clause, a_text


def adopting(name: str, *others: str, changes: tuple[Change, ...] = ()) -> Text:
    """A text that adopts others and says nothing itself."""
    return replace(a_text(name=name, adopts=tuple(Adoption(o, changes) for o in others)), restrictions=())


def joined(*texts: Text) -> tuple[dict[str, Text], list[str]]:
    """The texts by id, and the ids of issues."""
    issues: list[Issue] = []
    found = with_adopted(list(texts), issues)
    return {t.id: t for t in found}, [i.id for i in issues]


def test_a_chain_as_long_as_allowed_brings_its_clauses() -> None:
    """Five texts in turn: the last one's clause arrives under all their names."""
    names = [f"t{n}" for n in range(LONGEST_CHAIN)]
    chain = [adopting(a, b) for a, b in pairwise(names)]
    found, issues = joined(*chain, a_text(a_clause("c"), name=names[-1]))
    assert issues == []
    assert [r.id for r in found["t0"].restrictions] == [".".join([*names[1:], "c"])]


def test_a_longer_chain_is_refused_and_ends_in_time() -> None:
    """Three thousand texts that adopt each other in turn are told, without a recursion error."""
    names = [f"t{n}" for n in range(3000)]
    chain = [adopting(a, b) for a, b in pairwise(names)]
    _, issues = joined(*chain, a_text(a_clause("c"), name=names[-1]))
    assert set(issues) == {"adopts-too-far"}


def test_doubling_is_refused() -> None:
    """A text of many clauses, adopted twice by each of the next ones, stops at the limit."""
    base = a_text(*(a_clause(f"c{n}") for n in range(400)), name="t0")
    _, issues = joined(base, *(adopting(f"t{n}", f"t{n - 1}", f"t{n - 1}") for n in range(1, 4)))
    assert set(issues) == {"adopts-too-much"}


def test_a_circle_is_told_and_harms_no_third_text() -> None:
    """Two texts that adopt each other are an issue; a third that adopts neither keeps its clauses."""
    found, issues = joined(adopting("a", "b"), adopting("b", "a"), a_text(a_clause("c"), name="d"))
    assert set(issues) == {"adopts-itself"}
    assert [r.id for r in found["d"].restrictions] == ["c"]


def test_what_a_clause_refers_to_comes_with_it() -> None:
    """Lists, criteria and contested readings are the source's, unless the adopting text has its own of that id."""
    listed = ListVersion("1", datetime(2023, 1, 1, tzinfo=UTC), (Selector(What.FAMILY, ("a",)),))
    theirs = (ExternalList("l", "x", (listed,)), ExternalList("m", "x", (listed,)))
    source = a_text(
        a_clause("c", what=(Selector(What.LISTED_BY, ("l",)),)),
        name="s",
        lists=theirs,
        criteria=(Criterion("k"),),
        parameters=(Parameter("p", frozenset({"x"})),),
    )
    own = ExternalList("m", "us", not_read=True)
    found, issues = joined(source, replace(adopting("t", "s"), lists=(own,)))
    assert issues == []
    assert found["t"].lists == (own, theirs[0])
    assert [c.id for c in found["t"].criteria] == ["k"] and [p.id for p in found["t"].parameters] == ["p"]


def test_a_record_cannot_be_adopted() -> None:
    """A collection rules on nothing, so that there is nothing to take over."""
    _, issues = joined(a_text(a_clause("c"), name="s", kind=TextKind.COLLECTION), adopting("t", "s"))
    assert issues == ["unknown-text"]
