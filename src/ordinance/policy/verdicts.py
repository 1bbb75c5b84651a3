# SPDX-License-Identifier: EUPL-1.2
"""What a law comes to for each of many classes, with everything judged once that several of them share.

A verdict is a ruling without whom and what it is about and without its reasons: those, `resolve` gives for the one
device that somebody asks about. How a clause meets a class depends on the few facts that it asks for; a verdict, on
how the few clauses that name an app meet the class. Both are kept under these small keys, so that a million classes
cost a million look-ups and some thousand judgements.

Each judgement is `policy.resolve`'s own. Property tests hold that verdicts equal its rulings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter
from typing import Any

from ordinance.model.apps import AppFacts, Surface
from ordinance.model.estate import DeviceFacts
from ordinance.model.kleene import Truth
from ordinance.model.law import Duty, Exemption, Force
from ordinance.model.ruling import DeviceClass, DueDuty, Outcome, Ruling, Standing
from ordinance.policy.alike import FACTS, facts_asked
from ordinance.policy.clocks import depends_on_app, duties_due
from ordinance.policy.compiled import CompiledLaw
from ordinance.policy.exempt import names_app
from ordinance.policy.resolve import ClauseAt, ClauseState, compose, met_by

ROW = (*FACTS, "people", "institution")  # how a class is given here
MOST_KEPT = 50_000  # patterns, each of some hundred numbers: an estate where all devices differ must not fill memory

Row = tuple[Any, ...]
Codes = tuple[int, ...]
Question = tuple[str, Surface]
_NOBODY = DeviceClass("", DeviceFacts(), None, "")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What applies: the outcome with the clause that decides it, duties, the exemption, and facts that are missing."""

    outcome: Outcome
    deciding: str | None
    duties: tuple[DueDuty, ...] = ()
    exemption: str | None = None
    missing: tuple[str, ...] = ()


def verdict_of(ruling: Ruling) -> Verdict:
    """The part of a ruling that is a verdict."""
    return Verdict(ruling.outcome, ruling.deciding, ruling.duties, ruling.exemption, ruling.missing)


class Verdicts:
    """The verdicts of a compiled law on classes, for a fixed list of apps and surfaces.

    Questions that no class can tell apart share a column, numbered from 0 in the order of the questions. Verdicts
    are numbered in the order in which they are met.
    """

    def __init__(self, compiled: CompiledLaw, questions: Iterable[Question]) -> None:
        columns: dict[object, _Column] = {}
        self.columns: dict[Question, int] = {}
        self._numbers: dict[Verdict, int] = {}
        self._patterns: dict[object, tuple[int, ...]] = {}
        for app, surface in questions:
            column = _Column(compiled, compiled.facts(app), surface)
            self.columns[app, surface] = columns.setdefault(column.key, column).place(len(columns) - 1)
        self._columns = tuple(columns.values())
        used = sorted({n for column in self._columns for n, _ in column.about})
        self._clauses = {n: _Clause(compiled.clauses[n]) for n in used}
        for column in self._columns:
            column.take(used)
        self._asked = [(clause.asked, clause.codes) for clause in self._clauses.values()]
        self._picked = [(column.pick, column.known) for column in self._columns]

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Every verdict met so far, at the place of its number."""
        return tuple(self._numbers)

    def of(self, row: Row, exemptions: tuple[str, ...] = ()) -> tuple[int, ...]:
        """The number of the verdict of each column on a class: its facts, people and institution in the order of
        `ROW`, and the ids of the exemptions that name it, sorted."""
        try:  # look-ups in a row, without a call for each: with a million classes nearly all are known
            codes = tuple([known[asked(row)] for asked, known in self._asked])
        except KeyError:
            codes = tuple([clause.code(row) for clause in self._clauses.values()])
        key = (codes, exemptions)
        found = self._patterns.get(key)
        if found is None:
            if len(self._patterns) >= MOST_KEPT:
                self._patterns.clear()
            found = self._patterns[key] = self._judged(codes, exemptions)
        return found

    def _judged(self, codes: Codes, exemptions: tuple[str, ...]) -> tuple[int, ...]:
        if not exemptions:
            try:
                return tuple([known[pick(codes)] for pick, known in self._picked])
            except KeyError:
                pass
        return tuple([self._number(column, codes, exemptions) for column in self._columns])

    def _number(self, column: _Column, codes: Codes, exemptions: tuple[str, ...]) -> int:
        lifting = tuple([e for e in exemptions if e in column.lifting])
        known = column.lifted.setdefault(lifting, {}) if lifting else column.known
        own = column.pick(codes)
        if own not in known:
            verdict = column.judge(self._clauses, own, lifting)
            known[own] = self._numbers.setdefault(verdict, len(self._numbers))
        return known[own]


class _Clause:
    """One clause, and every way in which it was seen to meet a class: equal ways have one number."""

    def __init__(self, clause: ClauseAt) -> None:
        self.clause = clause
        asked = facts_asked(clause.restriction.devices) | {"people", "institution"}
        self.asked = itemgetter(*(n for n, name in enumerate(ROW) if name in asked))
        self.codes: dict[object, int] = {}
        self._ways: dict[tuple[Force | None, Truth, tuple[str, ...]], int] = {}
        self.states: list[ClauseState] = []
        self._admitted: dict[tuple[str, ...], tuple[Exemption, ...]] = {}

    def code(self, row: Row) -> int:
        """The number of the way in which the clause meets a class."""
        key = self.asked(row)
        code = self.codes.get(key)
        if code is None:
            state = self.clause.meets(DeviceClass("", DeviceFacts(*row[:-2]), row[-2], row[-1]))
            way = (state.reason.force, state.reason.in_scope, state.reason.missing)
            code = self.codes[key] = self._ways.setdefault(way, len(self._ways))
            if code == len(self.states):
                self.states.append(state)
        return code

    def state(self, code: int, exemptions: tuple[str, ...]) -> ClauseState:
        """A state of that way, for a class that the exemptions name."""
        if not exemptions:
            return self.states[code]
        if exemptions not in self._admitted:
            self._admitted[exemptions] = self.clause.exemptions(exemptions)
        return replace(self.states[code], exemptions=self._admitted[exemptions])


class _Column:
    """Apps and surfaces about which the same clauses in force say the same."""

    def __init__(self, compiled: CompiledLaw, app: AppFacts, surface: Surface) -> None:
        clauses = compiled.clauses
        self._compiled, self._app, self._surface = compiled, app, surface
        self.about = tuple(x for x in compiled.about(app, surface) if clauses[x[0]].standing is Standing.IN_FORCE)
        self.lifting = frozenset(
            e.id for e in compiled.law.exemptions if surface in e.surfaces and names_app(e.what, app.id)
        )
        self.key = (self.about, self.lifting, tuple(self._own_dues(clauses[n]) for n, _ in self.about))
        self.known: dict[Codes, int] = {}  # how the column's clauses meet a class → the number of the verdict
        self.lifted: dict[tuple[str, ...], dict[Codes, int]] = {}  # the same where exemptions lift some of them
        self.number = -1
        self.pick: Callable[[Codes], Codes] = tuple

    def place(self, number: int) -> int:
        """The column's number: the one given, unless it has one already."""
        if self.number < 0:
            self.number = number
        return self.number

    def take(self, used: Sequence[int]) -> None:
        """Make `pick` take the column's own clauses out of the ways in which the used ones meet a class."""
        places = [used.index(n) for n, _ in self.about]
        if len(places) > 1:
            self.pick = itemgetter(*places)
        else:
            self.pick = lambda codes: tuple([codes[n] for n in places])

    def judge(self, clauses: Mapping[int, _Clause], codes: Codes, lifting: tuple[str, ...]) -> Verdict:
        """The verdict where the column's clauses meet a class in these ways."""
        about = [
            met_by(clauses[n].state(code, lifting), covered)
            for code, (n, covered) in zip(codes, self.about, strict=True)
        ]
        compiled = self._compiled
        return verdict_of(compose(compiled.law, _NOBODY, self._app, self._surface, compiled.at, about))

    def _own_dues(self, clause: ClauseAt) -> tuple[tuple[Duty, datetime], ...]:
        """Where the clause's duties run from a list's naming of the app: when they are due for this one."""
        if not depends_on_app(clause.restriction):
            return ()
        return duties_due(clause.law, clause.text, clause.restriction, self._app, clause.at)
