# SPDX-License-Identifier: EUPL-1.2
"""`rulings` and `explain`: what applies today, per class of devices or for one device, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from ordinance.model.apps import AppFacts, Surface
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.estate import Device, possible_surfaces
from ordinance.model.law import Answer, Law, Restriction, Text
from ordinance.model.ruling import DeviceClass, Ruling, Subject
from ordinance.operations.workspace import Workspace
from ordinance.policy import scope, select
from ordinance.policy.compiled import CompiledLaw
from ordinance.policy.nodes import did_you_mean
from ordinance.policy.power import texts_that_advise, texts_that_bind
from ordinance.policy.resolve import class_of_device, resolve, subject_of


@dataclass(frozen=True, slots=True)
class ClassRulings:
    """One class of devices at an instant, how many devices it has, and its rulings."""

    device_class: DeviceClass
    facts: str
    devices: int
    rulings: tuple[Ruling, ...]

    @property
    def possible(self) -> frozenset[Surface]:
        """The surfaces on which a device of the class can meet an app at all."""
        return possible_surfaces(self.device_class.facts.platform)


def class_rulings(workspace: Workspace, at: datetime, apps: Iterable[str] = ()) -> tuple[ClassRulings, ...]:
    """Rulings of every class of the estate, for the named members or all that any clause restricts.

    Raises PolicyError for an app that the catalogue does not know: nobody's rule would speak of it.
    """
    law, classes = workspace.law, classes_at(workspace, at)
    wanted = tuple(known_app(workspace, a) for a in apps) or restricted_apps(workspace, at)
    surfaces, compiled = _restricted_surfaces(workspace), CompiledLaw(law, at)
    return tuple(
        ClassRulings(
            who,
            who.in_words,
            count,
            tuple(compiled.ruling(who, app, surface) for app in wanted for surface in surfaces),
        )
        for who, count in sorted(classes.values(), key=lambda c: c[0].in_words)
    )


def classes_at(workspace: Workspace, at: datetime) -> dict[str, tuple[DeviceClass, int]]:
    """Every class that devices of the estate have at an instant, by id, with how many."""
    law, estate = workspace.law, workspace.estate
    day = at.astimezone(law.zone).date()
    classes: dict[str, tuple[DeviceClass, int]] = {}
    for device in estate.devices_on(day, day):
        who = class_of_device(law, estate, device, at, at)
        classes[who.id] = (who, classes.get(who.id, (who, 0))[1] + 1)
    return classes


def restricted_apps(workspace: Workspace, at: datetime) -> tuple[str, ...]:
    """Members that a clause which reaches the body certainly names, as `family/member`, in catalogue order."""
    law = workspace.law
    clauses = relevant_clauses(law)
    every = (f"{f.id}/{m.id}" for f in workspace.catalogue.families for m in f.members)
    return tuple(app for app in every if any(select.names(law, t, c.what, app, at) for t, c in clauses))


def relevant_clauses(law: Law) -> tuple[tuple[Text, Restriction], ...]:
    """Clauses of the body's own texts, of those that bind or advise it, and of those it mirrors."""
    mirrored = {m for t in law.texts if t.authority == law.body for m in t.mirrors}
    reaching = {t.id for t in (*texts_that_bind(law), *texts_that_advise(law))}
    return tuple(
        (t, r)
        for t in law.texts
        if t.authority == law.body or t.id in mirrored | reaching
        for r in t.restrictions
    )


def _restricted_surfaces(workspace: Workspace) -> tuple[Surface, ...]:
    used = {s for _, r in relevant_clauses(workspace.law) for s in r.surfaces}
    return tuple(s for s in Surface if s in used)


def runs(who: DeviceClass, surface: Surface) -> bool:
    """Whether an app can be on that surface there at all: no laptop runs a telephone's app."""
    return who.subject is not Subject.DEVICE or surface in possible_surfaces(who.facts.platform)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants explained. `name` is a device's id, or the kind of network, place or account.

    `edition`, `deployment` and `contract` are facts of one use of the app; "": as the catalogue says.
    """

    subject: Subject
    name: str
    app: str
    surface: Surface
    edition: str = ""
    deployment: str = ""
    contract: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What the question comes to: the class, the app's facts, and the line of devices.csv (0: no device)."""

    who: DeviceClass
    app: AppFacts
    line: int = 0


@dataclass(frozen=True, slots=True)
class Explanation:
    """A ruling with everything a person needs to follow it. Of another subject, `device` is its name.

    `runs`: whether a device of its platform can have the app on that surface; if not, no duty can be failed there.
    """

    subject: Subject
    device: str
    line: int
    facts: str
    app_name: str
    ruling: Ruling
    runs: bool
    clauses: dict[str, Restriction]
    scopes: dict[str, str]
    authorities: dict[str, str]
    titles: dict[tuple[str, str], str]  # by id and version
    answers: tuple[Answer, ...]
    conditions: tuple[str, ...]


def explain(workspace: Workspace, asked: Asked, at: datetime) -> Explanation:
    """Why a ruling is what it is. Raises PolicyError for a device or app that nobody knows."""
    law, found = workspace.law, find(workspace, asked, at)
    ruling = resolve(law, found.who, found.app, asked.surface, at)
    clauses = {f"{t.id}/{r.id}": r for t in law.texts for r in t.restrictions}
    return Explanation(
        subject=asked.subject,
        device=asked.name,
        line=found.line,
        facts=found.who.in_words if asked.subject is Subject.DEVICE else "",
        app_name=name_of_app(workspace, found.app),
        ruling=ruling,
        runs=runs(found.who, asked.surface),
        clauses=clauses,
        scopes={name: in_words(r) for name, r in clauses.items()},
        authorities={a.id: a.name for a in law.authorities},
        titles={(t.id, t.version): t.title for t in law.texts},
        answers=law.answers,
        conditions=tuple(sorted(c for e in law.exemptions if e.id == ruling.exemption for c in e.conditions)),
    )


def find(workspace: Workspace, asked: Asked, at: datetime) -> Found:
    """The class and the app that a question is about. Raises PolicyError for a device or app that nobody knows."""
    app = workspace.law.catalogue.facts(known_app(workspace, asked.app))
    stated = {k: v for k in ("edition", "deployment", "contract") if (v := getattr(asked, k))}
    app = replace(app, **stated)
    if asked.subject is not Subject.DEVICE:
        return Found(subject_of(asked.subject, asked.name, workspace.law.body), app)
    row = _row(workspace, asked.name, at)
    return Found(class_of_device(workspace.law, workspace.estate, row, at, at), app, row.line)


def _row(workspace: Workspace, device_id: str, at: datetime) -> Device:
    estate = workspace.estate
    if device_id not in estate.device_rows:
        hint = did_you_mean(device_id, estate.device_ids())
        message = f'no device "{device_id}" in the estate'
        raise PolicyError([Issue("estate/devices.csv", 0, 0, "unknown-device", message, "", hint)])
    day = at.astimezone(workspace.law.zone).date()
    row = estate.device_on(device_id, day, day)
    if row is None:
        message = f"no row of devices.csv states the facts of {device_id} on {day}"
        hint = "give the row a valid_from, or explain a day it states"
        raise PolicyError([Issue("estate/devices.csv", 0, 0, "facts-not-stated", message, "", hint)])
    return row


def in_words(clause: Restriction) -> str:
    """What a clause speaks of: the scope of its devices, or its networks, places or accounts."""
    for name, words in (("network", clause.networks), ("place", clause.places), ("account", clause.accounts)):
        if words:
            return f"{name} is {' or '.join(sorted(words))}"
    return scope.in_words(clause.devices)


def name_of_app(workspace: Workspace, app: AppFacts) -> str:
    """A member's name in the catalogue."""
    found = workspace.catalogue.member(app.id)
    return found[1].name if found else app.id


def known_app(workspace: Workspace, app: str) -> str:
    """The member, `family/member`, that a user's word stands for. Raises PolicyError where there is none."""
    name = app_name(workspace, app)
    if workspace.catalogue.member(name) is None:
        members = [f"{f.id}/{m.id}" for f in workspace.catalogue.families for m in f.members]
        hint = did_you_mean(app, (*members, *(f.id for f in workspace.catalogue.families)))
        raise PolicyError([Issue("catalogue", 0, 0, "unknown-app", f'no app "{app}" in the catalogue', "", hint)])
    return name


def app_name(workspace: Workspace, app: str) -> str:
    """`tiktok` stands for the family's member of that name, `tiktok/tiktok`, or its first."""
    family = workspace.catalogue.family(app)
    if family is None:
        return app
    members = [m.id for m in family.members]
    return f"{family.id}/{family.id if family.id in members else members[0]}"
