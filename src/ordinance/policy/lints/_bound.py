# SPDX-License-Identifier: EUPL-1.2
"""Where an own text asks for less than a text that binds the body, clause by clause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from ordinance.model.divergence import Divergence, DivergenceKind
from ordinance.model.estate import People
from ordinance.model.kleene import Truth
from ordinance.model.law import Force, Law, Restriction, Text, What
from ordinance.policy import clocks, representatives, select
from ordinance.policy.compare import compare
from ordinance.policy.power import effective_force

_LOOSENS = frozenset(
    {
        DivergenceKind.NARROWER,
        DivergenceKind.WEAKER,
        DivergenceKind.SHORTER,
        DivergenceKind.LATER,
        DivergenceKind.EXEMPTIONS_WIDER,
    }
)


def loosened(law: Law, ours: Text, baseline: Text) -> Iterator[Divergence]:
    """Ways in which an own clause certainly asks for less than a binding one for the same apps, while both texts are in
    force. A clause of ours that restricts other apps only, or nothing on a surface, says nothing about it."""
    binding = tuple(c for r in baseline.restrictions if (c := as_it_binds(law, baseline, r)) is not None)
    bound = replace(baseline, restrictions=binding)
    instants = _while_both(law, ours, baseline)
    seen: set[tuple[object, ...]] = set()
    for d in compare(law, ours, bound, instants) if instants else ():
        key = (d.kind, d.ours, d.theirs, d.value("duty"), d.value("purpose"))
        counts = d.kind in _LOOSENS and d.certain and d.ours is not None
        if counts and key not in seen and not _begins_later_only(d, ours, baseline):
            seen.add(key)
            yield d


def _begins_later_only(d: Divergence, ours: Text, theirs: Text) -> bool:
    """Whether a duty is due later for no other reason than that our clause began later, which is no loosening."""
    if not d.value("duty"):
        return False
    allowed = []
    for text, name, due in ((ours, d.ours, d.value("ours")), (theirs, d.theirs, d.value("theirs"))):
        begins = [b for c in text.restrictions if f"{text.id}/{c.id}" == name and (b := clocks.clause_begins(text, c))]
        allowed += [datetime.fromisoformat(due) - b for b in begins]
    return len(allowed) == 2 and allowed[0] <= allowed[1]


def as_it_binds(law: Law, text: Text, clause: Restriction) -> Restriction | None:
    """The clause for those people of the body whom it binds; `None` where it binds nobody there."""
    authority = law.authority(text.authority)
    if authority is None:
        return None
    every = clause.people or frozenset(People)
    bound = {p for p in every if effective_force(clause, authority, law, law.body, p)[0] is Force.BINDING}
    if not bound:
        return None
    return clause if bound == every else replace(clause, people=frozenset(bound))


def _while_both(law: Law, ours: Text, theirs: Text) -> list[datetime]:
    """The instants at which something changes while both texts are in force."""
    alone = (replace(law, texts=(t,), exemptions=()) for t in (ours, theirs))
    instants = {i for one in alone for i in clocks.boundaries(one)}
    spans = clocks.spans_in_force(law, ours), clocks.spans_in_force(law, theirs)
    instants.update(s.start for side in spans for s in side if s.start is not None)
    return [i for i in instants if all(any(i in s for s in side) for side in spans)]


def meets_some_app(law: Law, text: Text, clause: Restriction) -> bool:
    """Whether the clause could restrict some app, known or not; asked only of selectors that are joined."""
    begins = clocks.clause_begins(text, clause)
    leaves = [leaf.kind for s in clause.what for leaf in s.leaves()]
    if begins is None or What.LISTED_BY in leaves or not any(s.parts for s in clause.what):
        return True
    apps = representatives.apps(law, (text,))
    return any(select.covers(law, text, clause.what, app, begins).truth is not Truth.FALSE for app in apps)
