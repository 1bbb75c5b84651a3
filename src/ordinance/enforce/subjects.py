# SPDX-License-Identifier: EUPL-1.2
"""What clauses ask for that speak of no device, and what no list of apps can hold.

Reads: the law, the networks of the estate. Rules about networks become demands where a network of that kind is
served; rules about places and accounts, and the part of a rule that names no app, become gaps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from ordinance.model.apps import Surface
from ordinance.model.estate import Network
from ordinance.model.kleene import Truth
from ordinance.model.law import Duty, Law, Restriction, Text
from ordinance.model.ruling import DeviceClass, Standing, Subject
from ordinance.model.target import Gap
from ordinance.policy import clocks, select
from ordinance.policy.power import binding_clauses
from ordinance.policy.resolve import ClauseState, clause_states, subject_of

EVERY_TARGET = "every target"
EVERY_APP = "*"  # in a gap: not one app, but all that nobody listed


@dataclass(frozen=True, slots=True)
class Asked:
    """A duty of a clause for a member on a surface, before its classes are gathered."""

    restriction: str
    duty: Duty
    app: str
    surface: Surface
    due: datetime


def asked_of_networks(
    law: Law, served: Iterable[Network], at: datetime
) -> Iterator[tuple[DeviceClass, ClauseState]]:
    """Clauses that bind, or may, on a kind of network that is served, with the kind as their subject."""
    for use in sorted({n.use for n in served}):
        who = subject_of(Subject.NETWORK, use, law.body)
        for state in clause_states(law, who, at):
            if state.binds:
                yield who, state


def stated(law: Law, text: Text, clause: Restriction, at: datetime) -> Iterator[Asked]:
    """Everything a clause certainly asks for, whoever it covers, of the apps that the catalogue knows."""
    for family in law.catalogue.families:
        for member in family.members:
            app = f"{family.id}/{member.id}"
            if not select.names(law, text, clause.what, app, at):
                continue
            dues = clocks.duties_due(law, text, clause, law.catalogue.facts(app), at)
            for surface in sorted(clause.surfaces):
                for duty, due in dues:
                    yield Asked(f"{text.id}/{clause.id}", duty, app, surface, due)


def gaps_of_open_rules(law: Law, institutions: Iterable[str], at: datetime) -> Iterator[Gap]:
    """For each clause in force that does not name all it restricts: that no configuration holds the rest."""
    for text, clause in binding_clauses(law, institutions):
        if clocks.standing(law, text, clause, at) is not Standing.IN_FORCE or select.is_closed(text, clause.what):
            continue
        words = " or ".join(select.in_words(s) for s in clause.what)
        doubtful = _doubtful(law, text, clause, at)
        reason = f"the rule is about {words}: apps that the catalogue does not know are in no list"
        if doubtful:
            reason += f"; of {len(doubtful)} known app(s) nobody has said whether it restricts them: {doubtful[0]} …"
        for duty, _ in clause.duties:
            for surface in sorted(clause.surfaces):
                name = f"{text.id}/{clause.id}"
                yield Gap(EVERY_TARGET, name, duty, EVERY_APP, surface, "open-ended", reason)


def _doubtful(law: Law, text: Text, clause: Restriction, at: datetime) -> list[str]:
    every = (f"{f.id}/{m.id}" for f in law.catalogue.families for m in f.members)
    facts = (law.catalogue.facts(app) for app in every)
    return [f.id for f in facts if select.covers(law, text, clause.what, f, at).truth is Truth.UNKNOWN]


def why_nobody(clause: Restriction) -> tuple[str, str] | None:
    """Id and reason of the gap of a clause about something else than devices that met nothing, else `None`."""
    if clause.networks:
        kinds = " or ".join(sorted(clause.networks))
        return "no-such-network", f"no target serves a network of the kind {kinds}"
    if clause.places:
        return "not-configurable", "a rule about places is kept by people and notices, not by configuration"
    if clause.accounts:
        return "not-configurable", "a rule about accounts is kept by who runs the channel, not by configuration"
    return None
