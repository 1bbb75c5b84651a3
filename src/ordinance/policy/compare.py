# SPDX-License-Identifier: EUPL-1.2
"""How one text differs from a baseline, exactly: where ours is stricter, looser, later or shorter, as data.

Reads: two texts, the catalogue, the findings and readings of the law; never an estate and never a clock. Both texts are
taken as if they had power over the body, so that a baseline without any can be compared: addressees, power and
exemptions that were given count for nothing. Cannot know what a text does not say: parts that were not read, apps of
which nobody stated the facts, and texts that ask for more combinations of facts than `MOST_POINTS` come out as
`incomparable` or not `certain`, never as the same.

The two are put to every case that their clauses can tell apart (`representatives`), in every stretch of time between
two instants at which one of them changes, or only at the instants that are given.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from ordinance.model.apps import AppFacts, Surface
from ordinance.model.divergence import Divergence, DivergenceKind, Witness
from ordinance.model.kleene import Truth
from ordinance.model.law import Force, Law, Text, What
from ordinance.policy import clocks, compare_terms, representatives
from ordinance.policy.compare_clause import Sided
from ordinance.policy.representatives import Point, TooMany

K = DivergenceKind
_OPEN = frozenset({What.LISTED_BY, What.CRITERION, What.BEHAVIOUR})  # no case can try what nobody has found yet
_TIMELESS = frozenset(What) - {What.LISTED_BY, What.CRITERION, What.CATEGORY, What.BEHAVIOUR}


def compare(law: Law, ours: Text, theirs: Text, at: Iterable[datetime] = ()) -> tuple[Divergence, ...]:
    """Every way in which `ours` differs from `theirs`, sorted by kind; nothing where they say the same.

    `at`: the instants to compare at; without any, the whole declared terms of both. To compare with some clauses of a
    text only, give it with those clauses (`dataclasses.replace(text, restrictions=…)`).
    """
    return _Comparison(law, ours, theirs, tuple(sorted(at))).divergences()


def _instants(sides: Iterable[tuple[Law, Text]]) -> tuple[datetime, ...]:
    """The beginnings of the stretches in which neither text changes."""
    return tuple(sorted({i for law, _ in sides for i in clocks.boundaries(law)}))


@dataclass(frozen=True, slots=True)
class _Level:
    """How strongly one text restricts in one case: surely, and at most; with the clauses that say so."""

    sure: int
    most: int
    by: tuple[Sided, ...]
    doubtful: tuple[Sided, ...]


@dataclass(frozen=True, eq=False, slots=True)
class _Kind:
    """Apps that no clause tells apart: one of them, the names of all, and whether each clause covers them over time."""

    app: AppFacts
    names: dict[str, None]
    covered: dict[Sided, tuple[Truth, ...]]

    def meets(self, clause: Sided) -> bool:
        """Whether a clause ever does, or may, restrict these apps."""
        return any(t is not Truth.FALSE for t in self.covered[clause])


@dataclass(frozen=True, slots=True)
class _Case:
    """Apps of one kind on one surface for one subject, with the levels of both texts in each stretch of time."""

    kind: _Kind
    surface: Surface
    point: Point
    ours: tuple[_Level, ...]
    theirs: tuple[_Level, ...]


_Key = tuple[DivergenceKind, str | None, str | None, tuple[tuple[str, str], ...], bool]


@dataclass(frozen=True)
class _Comparison:
    """Two texts side by side. Everything in it is computed once."""

    law: Law
    ours: Text
    theirs: Text
    given: tuple[datetime, ...]

    def divergences(self) -> tuple[Divergence, ...]:
        """What `compare` returns."""
        if self.ours == self.theirs:
            return ()
        found: dict[tuple[_Key, _Kind, Surface], Witness | None] = {}
        for d, kind, surface in self._every():
            found.setdefault(((d.kind, d.ours, d.theirs, d.values, d.certain), kind, surface), d.witness)
        merged = _merged({key: witness for key, witness in found.items() if not _is_certain_too(key, found)})
        return tuple(sorted((*merged, *compare_terms.not_read(self.ours, self.theirs)), key=_order))

    # --- the two sides ----------------------------------------------------------------------------

    @cached_property
    def _sides(self) -> tuple[tuple[Law, Text], tuple[Law, Text]]:
        """Each text with a law in which it stands alone: no newer version of it takes over."""
        ours, theirs = (replace(self.law, texts=(t,), exemptions=()) for t in (self.ours, self.theirs))
        return (ours, self.ours), (theirs, self.theirs)

    @cached_property
    def _clauses(self) -> tuple[tuple[Sided, ...], tuple[Sided, ...]]:
        ours, theirs = (tuple(Sided.of(law, t, r, self._at) for r in t.restrictions) for law, t in self._sides)
        return ours, theirs

    @cached_property
    def _at(self) -> tuple[datetime, ...]:
        return self.given or _instants(self._sides)

    @cached_property
    def _kinds(self) -> tuple[_Kind, ...]:
        """The apps that either text restricts, sorted into kinds that no clause tells apart."""
        kinds: dict[tuple[object, ...], _Kind] = {}
        every = [c for side in self._clauses for c in side]
        for app in representatives.apps(self.law, (self.ours, self.theirs)):
            covered = {c: self._covered(c, app) for c in every}
            if any(t is not Truth.FALSE for truths in covered.values() for t in truths):
                key = (*covered.values(), *(c.list_starts(app, self._at) for c in every))
                kinds.setdefault(key, _Kind(app, {}, covered)).names[app.id] = None
        return tuple(kinds.values())

    def _covered(self, clause: Sided, app: AppFacts) -> tuple[Truth, ...]:
        """Whether a clause restricts an app, in each stretch of time."""
        if self._is_timeless(clause):
            return (clause.covers_app(app, self._at[0]),) * len(self._at) if self._at else ()
        return tuple(clause.covers_app(app, at) for at in self._at)

    def _is_timeless(self, clause: Sided) -> bool:
        leaves = (leaf.kind for s in clause.restriction.what for leaf in s.leaves())
        return all(kind in _TIMELESS for kind in leaves)

    # --- cases ------------------------------------------------------------------------------------

    def _every(self) -> Iterator[tuple[Divergence, _Kind, Surface]]:
        grid: dict[tuple[Sided, ...], tuple[Point, ...] | TooMany] = {}
        for kind in self._kinds:
            about = [c for c in kind.covered if kind.meets(c)]
            for surface in sorted({s for c in about for s in c.restriction.surfaces}):
                meeting = tuple(c for c in about if surface in c.restriction.surfaces)
                if meeting not in grid:
                    grid[meeting] = representatives.distinct_points(c.restriction for c in meeting)
                for divergence in self._of_points(kind, surface, meeting, grid[meeting]):
                    yield divergence, kind, surface

    def _of_points(
        self, kind: _Kind, surface: Surface, meeting: Sequence[Sided], tried: tuple[Point, ...] | TooMany
    ) -> Iterator[Divergence]:
        if isinstance(tried, TooMany):
            values = (("combinations", str(tried.combinations)), ("most", str(representatives.MOST_POINTS)))
            yield Divergence(K.INCOMPARABLE, None, None, values=values, certain=False)
            return
        for point in tried:
            yield from self._of_case(self._case(kind, surface, point, meeting), meeting)

    def _case(self, kind: _Kind, surface: Surface, point: Point, meeting: Sequence[Sided]) -> _Case:
        within = {c: representatives.covers_point(c.restriction, point) for c in meeting}
        ours, theirs = (
            tuple(
                _level([(c, within[c] & kind.covered[c][n] & c.holds[n]) for c in side if c in within])
                for n in range(len(self._at))
            )
            for side in self._clauses
        )
        return _Case(kind, surface, point, ours, theirs)

    def _of_case(self, case: _Case, meeting: Sequence[Sided]) -> Iterator[Divergence]:
        point, app = case.point, case.kind.app.id
        asked = representatives.asked((c.restriction for c in meeting), point.subject)
        use = representatives.use_of(self.law.catalogue, case.kind.app)
        for n, at in enumerate(self._at):
            witness = Witness(point.facts, point.people, asked, app, case.surface, at, point.subject, point.word, use)
            for divergence in self._at_instant(case, n, at):
                yield replace(divergence, witness=witness)

    def _at_instant(self, case: _Case, n: int, at: datetime) -> Iterator[Divergence]:
        ours, theirs = case.ours[n], case.theirs[n]
        if theirs.sure > ours.sure:
            yield from self._looser(case, n, certain=case.point.complete and ours.most < theirs.sure)
        elif ours.sure > theirs.sure:
            yield from self._tighter(case, n, certain=case.point.complete and theirs.most < ours.sure)
        elif case.point.complete and theirs.most != ours.most:
            doubtful = self._looser if theirs.most > ours.most else self._tighter
            yield from doubtful(case, n, certain=False)
        elif case.point.complete and theirs.most > theirs.sure and _differ(ours.doubtful, theirs.doubtful):
            yield Divergence(K.INCOMPARABLE, _first(ours.doubtful), _first(theirs.doubtful), certain=False)
        if case.point.complete and min(ours.sure, theirs.sure) > 0:
            yield from compare_terms.duties(ours.by, theirs.by, case.kind.app, at)
        if case.point.complete and min(ours.sure, theirs.sure) == Force.BINDING.strength:
            yield from compare_terms.exemptions(ours.by, theirs.by)

    def _looser(self, case: _Case, n: int, *, certain: bool) -> Iterator[Divergence]:
        theirs = case.theirs[n]
        asks = theirs.by or theirs.doubtful
        kind, ours = self._why(case, n, case.theirs, case.ours, self._clauses[0])
        if not compare_terms.is_known(kind, ours, asks[0]):
            return
        values = compare_terms.values(kind, ours, asks[0])
        yield Divergence(kind, ours.name if ours else None, asks[0].name, values=values, certain=certain)

    def _tighter(self, case: _Case, n: int, *, certain: bool) -> Iterator[Divergence]:
        ours = case.ours[n]
        asks = ours.by or ours.doubtful
        kind, theirs = self._why(case, n, case.ours, case.theirs, self._clauses[1])
        kind = _TURNED[kind] if theirs is not None or kind is not K.NARROWER else K.STRICTER
        if not compare_terms.is_known(kind, asks[0], theirs):
            return
        values = compare_terms.values(kind, asks[0], theirs)
        yield Divergence(kind, asks[0].name, theirs.name if theirs else None, values=values, certain=certain)

    def _why(
        self, case: _Case, n: int, more: Sequence[_Level], less: Sequence[_Level], clauses: Iterable[Sided]
    ) -> tuple[DivergenceKind, Sided | None]:
        """Why the side `less` asks for less than `more` in a stretch of time, and its clause that comes nearest."""
        wanted = more[n].sure or more[n].most
        met = [i for i, level in enumerate(less) if level.sure >= wanted]
        if met and met[0] < n:
            return K.SHORTER, less[max(i for i in met if i < n)].by[0]
        if met:
            return K.LATER, less[met[0]].by[0]
        here = less[n].by or less[n].doubtful
        if less[n].sure > 0:
            return K.WEAKER, here[0]
        named = [c for c in clauses if case.kind.meets(c)]
        nearest = [*here, *(c for c in named if case.surface in c.restriction.surfaces)]
        if nearest:
            return K.NARROWER, nearest[0]
        return (K.SURFACE_MISSING, named[0]) if named else (K.NARROWER, None)


_TURNED = {
    K.SHORTER: K.LONGER,
    K.LATER: K.EARLIER,
    K.WEAKER: K.STRONGER,
    K.NARROWER: K.WIDER,
    K.SURFACE_MISSING: K.SURFACE_ADDED,
}


def _level(met: list[tuple[Sided, Truth]]) -> _Level:
    sure = [(c, c.strength) for c, truth in met if truth is Truth.TRUE]
    maybe = [(c, c.strength) for c, truth in met if truth is Truth.UNKNOWN]
    strongest = max((s for _, s in sure), default=0)
    most = max((strongest, *(s for _, s in maybe)))
    by = tuple(c for c, s in sure if s == strongest)
    return _Level(strongest, most, by, tuple(c for c, s in maybe if s > strongest))


def _differ(ours: Sequence[Sided], theirs: Sequence[Sided]) -> bool:
    """Whether two doubts may be settled differently: by other clauses, or by facts that no case could try."""
    if {c.meaning for c in ours} == {c.meaning for c in theirs}:
        return False
    kinds = {leaf.kind for c in (*ours, *theirs) for s in c.restriction.what for leaf in s.leaves()}
    return bool(kinds & _OPEN) or any(c.restriction.under for c in (*ours, *theirs))


def _first(clauses: Sequence[Sided]) -> str | None:
    return clauses[0].name if clauses else None


def _is_certain_too(key: tuple[_Key, _Kind, Surface], found: Container[tuple[_Key, _Kind, Surface]]) -> bool:
    """Whether what is not certain in one case is certain in another, so that it need not be said again."""
    (*difference, certain), kind, surface = key
    return not certain and ((*difference, True), kind, surface) in found


def _merged(found: dict[tuple[_Key, _Kind, Surface], Witness | None]) -> Iterator[Divergence]:
    """What is said of several surfaces or apps alike is said once, with a complete witness where there is one."""
    surfaces: dict[tuple[_Key, _Kind], list[tuple[Surface, Witness | None]]] = {}
    for (key, kind_of_app, surface), witness in found.items():
        surfaces.setdefault((key, kind_of_app), []).append((surface, witness))
    rows: dict[tuple[_Key, tuple[Surface, ...]], tuple[list[str], list[Witness]]] = {}
    for (key, kind_of_app), met in surfaces.items():
        apps, witnesses = rows.setdefault((key, tuple(sorted(s for s, _ in met))), ([], []))
        apps.extend(kind_of_app.names)
        witnesses.extend(w for _, w in met if w is not None)
    for ((kind, ours, theirs, values, certain), where), (apps, witnesses) in rows.items():
        best = next((w for w in witnesses if w.is_complete), witnesses[0] if witnesses else None)
        yield Divergence(kind, ours, theirs, tuple(sorted(set(apps))), where, values, certain, best)


def _order(d: Divergence) -> tuple[object, ...]:
    return (d.kind, d.ours or "", d.theirs or "", d.surfaces, d.apps, d.values, not d.certain)
