# SPDX-License-Identifier: EUPL-1.2
"""A law compiled for one instant: the rulings of `policy.resolve`, for whoever asks about many classes and apps.

Reads what `resolve` reads. The meaning stays there; here nothing is computed twice: where a clause stands does not
depend on a class, how it meets a class does not depend on an app, and whether it restricts an app does not depend on
a class. Property tests hold that each ruling equals the one of `resolve`.
"""

from __future__ import annotations

from datetime import datetime

from ordinance.model.apps import AppFacts, Surface
from ordinance.model.kleene import Truth
from ordinance.model.law import Law
from ordinance.model.ruling import DeviceClass, Ruling
from ordinance.policy.resolve import ClauseState, clauses_at, compose, met_by
from ordinance.policy.select import Covered, covers

About = tuple[tuple[int, Covered], ...]


class CompiledLaw:
    """A law at one instant. It grows with the classes and apps that it is asked about: let it go after the work."""

    def __init__(self, law: Law, at: datetime) -> None:
        self.law, self.at = law, at
        self.clauses = clauses_at(law, at)
        self._states: dict[DeviceClass, tuple[ClauseState, ...]] = {}
        self._covered: dict[AppFacts, About] = {}
        self._about: dict[tuple[AppFacts, Surface], About] = {}

    def states(self, who: DeviceClass) -> tuple[ClauseState, ...]:
        """What `clause_states` gives for a class."""
        if who not in self._states:
            self._states[who] = tuple(clause.meets(who) for clause in self.clauses)
        return self._states[who]

    def ruling(self, who: DeviceClass, app: str | AppFacts, surface: Surface) -> Ruling:
        """What `resolve` gives for a class, an app and a surface."""
        facts = self.facts(app)
        states = self.states(who)
        about = [met_by(states[n], covered) for n, covered in self.about(facts, surface)]
        return compose(self.law, who, facts, surface, self.at, about)

    def facts(self, app: str | AppFacts) -> AppFacts:
        """What the catalogue says of an app written `family/member`; facts stay as they are."""
        return self.law.catalogue.facts(app) if isinstance(app, str) else app

    def about(self, app: AppFacts, surface: Surface) -> About:
        """The clauses that name a surface and do or may restrict an app: place in `clauses`, and whether it is sure."""
        key = (app, surface)
        if key not in self._about:
            clauses = self.clauses
            found = (x for x in self._covers(app) if surface in clauses[x[0]].restriction.surfaces)
            self._about[key] = tuple(found)
        return self._about[key]

    def _covers(self, app: AppFacts) -> About:
        if app not in self._covered:
            found = [covers(self.law, c.text, c.restriction.what, app, self.at) for c in self.clauses]
            self._covered[app] = tuple(x for x in enumerate(found) if x[1].truth is not Truth.FALSE)
        return self._covered[app]
