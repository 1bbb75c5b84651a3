# SPDX-License-Identifier: EUPL-1.2
"""What applies to a device, an app, a surface and an instant, and why.

Reads: the law, device facts, an instant. Never observations, never the machine's clock: the same
input gives the same ruling. `docs/explain/semantics.md` has the rules and a worked example of each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ordinance.model.apps import Surface
from ordinance.model.estate import Device, DeviceFacts, Estate, People
from ordinance.model.kleene import Truth
from ordinance.model.law import Duty, Exemption, Force, Law, Restriction, Selector, Text
from ordinance.model.ruling import DeviceClass, DueDuty, Outcome, Reason, Ruling, Standing
from ordinance.policy import clocks, scope
from ordinance.policy.exempt import exempts, names_device
from ordinance.policy.power import effective_force


@dataclass(frozen=True, slots=True)
class ClauseState:
    """One clause of one text as it meets one device class at one instant.

    `in_scope` covers devices, people and power. `exemptions` are those that this clause's text admits
    for the class at the instant, by id; what they lift depends on the app and the surface.
    """

    text: Text
    restriction: Restriction
    reason: Reason
    exemptions: tuple[Exemption, ...] = ()

    @property
    def exemption(self) -> Exemption | None:
        """The first exemption, where there is one."""
        return self.exemptions[0] if self.exemptions else None

    def lifted_by(self, app: str, surface: Surface) -> Exemption | None:
        """The exemption that lifts this clause for one app (`family/member`) on one surface."""
        return next((e for e in self.exemptions if surface in e.surfaces and names_app(e.what, app)), None)

    @property
    def name(self) -> str:
        """`text/restriction`, the id that findings and results carry."""
        return f"{self.text.id}/{self.restriction.id}"

    @property
    def binds(self) -> bool:
        """In force and binding, for devices that are or may be in scope."""
        return (
            self.reason.standing is Standing.IN_FORCE
            and self.reason.force is Force.BINDING
            and self.reason.in_scope is not Truth.FALSE
        )


def class_of(
    facts: DeviceFacts, people: People | None, institution: str, exemptions: Iterable[str] = ()
) -> DeviceClass:
    """The class of a combination of scope facts; its id is a digest of them."""
    named = tuple(sorted(exemptions))
    key = repr((facts, people, institution, named))
    return DeviceClass(hashlib.sha256(key.encode()).hexdigest()[:16], facts, people, institution, named)


def class_of_device(law: Law, estate: Estate, device: Device, at: datetime, today: datetime) -> DeviceClass:
    """The class of a device's row at an instant, seen from the day of the check (`today`)."""
    day, now = at.astimezone(law.zone).date(), today.astimezone(law.zone).date()
    holder = estate.person_on(device.holder, day, now) if device.holder else None
    unit = estate.unit(device.unit or (holder.unit if holder else None))
    named = (e.id for e in law.exemptions if names_device(e, device.id))
    return class_of(device.facts, holder.people if holder else None, unit.institution if unit else law.body, named)


def clause_states(law: Law, who: DeviceClass, at: datetime) -> tuple[ClauseState, ...]:
    """Every clause of the law as it meets a class at an instant, in the order of authority and id.

    Where a text has several versions, the one in force (else the last begun, else the first) speaks.
    """
    states = [
        _state(law, text, restriction, who, at)
        for text in _speaking(law, at)
        for restriction in text.restrictions
    ]
    return tuple(sorted(states, key=lambda s: (s.reason.authority, s.name)))


def _speaking(law: Law, at: datetime) -> tuple[Text, ...]:
    chosen: dict[str, Text] = {}
    for text in law.texts:
        known = chosen.get(text.id)
        if known is None or clocks.rank(text, at) > clocks.rank(known, at):
            chosen[text.id] = text
    return tuple(chosen.values())


def _state(law: Law, text: Text, restriction: Restriction, who: DeviceClass, at: datetime) -> ClauseState:
    authority = law.authority(text.authority)
    force, reach = (
        effective_force(restriction, authority, law, who.institution, who.people) if authority else (None, Truth.FALSE)
    )
    devices = scope.evaluate(restriction.devices, who.facts)
    people = scope.evaluate_people(restriction.people, who.people)
    holder = people & (reach if force is not None else Truth.TRUE)
    within = devices & holder
    name = f"{text.id}/{restriction.id}"
    standing = clocks.standing(law, text, restriction, at)
    reason = Reason(
        authority=text.authority,
        clause=name,
        version=text.version,
        force=force,
        standing=standing,
        since=clocks.force_begins(text),
        until=clocks.ends_at(law, text, restriction),
        in_scope=within,
        facts=_facts(restriction, who, devices, people),
        missing=_missing(restriction, who, devices, holder, within),
        to_be_decided=_to_be_decided(law, text, standing, at),
    )
    lifting = (e for e in law.exemptions if e.id in who.exemptions and exempts(law, e, text, name, at))
    return ClauseState(text, restriction, reason, tuple(sorted(lifting, key=lambda e: e.id)))


def _facts(restriction: Restriction, who: DeviceClass, devices: Truth, people: Truth) -> tuple[str, ...]:
    found = scope.deciding_facts(restriction.devices, who.facts, devices)
    if restriction.people:
        named = who.people or "not stated"
        found = (*found, f"people {' or '.join(sorted(restriction.people))} [people: {named}]")
    return found


def _missing(
    restriction: Restriction, who: DeviceClass, devices: Truth, holder: Truth, within: Truth
) -> tuple[str, ...]:
    """Facts that would decide; `holder` is what the clause's people and its authority's power say together."""
    if within is not Truth.UNKNOWN:
        return ()
    found = set(scope.missing_facts(restriction.devices, who.facts)) if devices is Truth.UNKNOWN else set()
    return tuple(sorted(found | ({"people"} if holder is Truth.UNKNOWN else set())))


def _to_be_decided(law: Law, text: Text, standing: Standing, at: datetime) -> str:
    """Our own act stays in force when a text that we mirror or adopted ends; somebody must decide."""
    if standing is not Standing.IN_FORCE:
        return ""
    for upstream in (*text.mirrors, *(a.text for a in text.adopts)):
        begun = [t for t in law.versions(upstream) if (b := clocks.force_begins(t)) is not None and b <= at]
        stands = [clocks.standing(law, t, r, at) for t in begun for r in t.restrictions]
        if stands and Standing.IN_FORCE not in stands:
            return f"{upstream} is no longer in force"
        newest = max(begun, key=lambda t: clocks.rank(t, at), default=None)
        if newest is not None and len(begun) > 1 and _begins_later(newest, text):
            return f"{upstream} has a newer version, {newest.version}"
    return ""


def _begins_later(one: Text, other: Text) -> bool:
    begins, known = clocks.force_begins(one), clocks.force_begins(other)
    return begins is not None and known is not None and begins > known


def names_app(what: Iterable[Selector], app: str) -> bool:
    """Whether selectors cover a member written `family/member`."""
    family = app.partition("/")[0]
    return any(s.family == family or s.app == app for s in what)


def speaks_of(restriction: Restriction, app: str, surface: Surface) -> bool:
    """Whether a clause names the app and the surface."""
    return surface in restriction.surfaces and names_app(restriction.what, app)


def resolve(law: Law, who: DeviceClass, app: str, surface: Surface, at: datetime) -> Ruling:
    """The ruling for a class, a member (`family/member`), a surface and an instant."""
    about = [s for s in clause_states(law, who, at) if speaks_of(s.restriction, app, surface)]
    mirrored = {m for t in law.texts if t.authority == law.body for m in t.mirrors}
    counting = [s for s in about if s.reason.standing is Standing.IN_FORCE and s.reason.force is not None]
    binding = [s for s in counting if s.reason.force is Force.BINDING]
    forbids = [s for s in binding if s.reason.in_scope is Truth.TRUE]
    outcome, deciding, exemption = _outcome(counting, binding, forbids, app, surface)
    missing = sorted({m for s in counting for m in s.reason.missing}) if outcome is Outcome.UNKNOWN else []
    return Ruling(
        device_class=who.id,
        app=app,
        surface=surface,
        at=at,
        outcome=outcome,
        deciding=deciding.name if deciding else None,
        reasons=tuple(s.reason for s in about if s.reason.force is not None),
        duties=_earliest_duties(law, forbids) if outcome is Outcome.FORBIDDEN else (),
        exemption=exemption.id if exemption else None,
        missing=tuple(missing),
        divergences=tuple(
            s.reason
            for s in about
            if s.reason.force is None
            and s.text.id in mirrored
            and s.reason.standing is Standing.IN_FORCE
            and s.reason.in_scope is not Truth.FALSE
            and outcome is not Outcome.FORBIDDEN
        ),
    )


def _outcome(
    counting: list[ClauseState], binding: list[ClauseState], forbids: list[ClauseState], app: str, surface: Surface
) -> tuple[Outcome, ClauseState | None, Exemption | None]:
    """Composition: forbidden > conditional > advised_against > permitted; a known forbidden beats
    unknown, and unknown beats everything weaker than forbidden that it could still turn into it."""
    unlifted = [s for s in forbids if not s.lifted_by(app, surface)]
    if unlifted:
        return Outcome.FORBIDDEN, unlifted[0], None
    perhaps = [s for s in binding if s.reason.in_scope is Truth.UNKNOWN]
    unsure = [s for s in perhaps if not (forbids and s.lifted_by(app, surface))]
    if unsure:
        return Outcome.UNKNOWN, unsure[0], None
    if forbids:
        return Outcome.CONDITIONAL, forbids[0], forbids[0].lifted_by(app, surface)
    advises = [s for s in counting if s.reason.force is not Force.BINDING]
    unsure = [s for s in advises if s.reason.in_scope is Truth.UNKNOWN]
    if unsure:
        return Outcome.UNKNOWN, unsure[0], None
    sure = [s for s in advises if s.reason.in_scope is Truth.TRUE]
    return (Outcome.ADVISED_AGAINST, sure[0], None) if sure else (Outcome.PERMITTED, None, None)


def _earliest_duties(law: Law, forbids: list[ClauseState]) -> tuple[DueDuty, ...]:
    """Each duty once, under the clause with the earliest deadline."""
    earliest: dict[Duty, DueDuty] = {}
    for state in forbids:
        for duty, due in clocks.duties_due(law, state.text, state.restriction):
            known = earliest.get(duty)
            if known is None or due < known.due:
                earliest[duty] = DueDuty(duty, state.name, due)
    return tuple(earliest[d] for d in Duty if d in earliest)
