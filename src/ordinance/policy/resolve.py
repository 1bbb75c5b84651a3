# SPDX-License-Identifier: EUPL-1.2
"""What applies to a device, an app, a surface and an instant, and why.

Reads: the law, device facts, an instant. Never observations, never the machine's clock: the same
input gives the same ruling. `docs/explain/semantics.md` has the rules and a worked example of each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from ordinance.model.apps import AppFacts, Surface
from ordinance.model.estate import Device, DeviceFacts, Estate, People
from ordinance.model.kleene import Truth, all_of
from ordinance.model.law import EVERY_DEVICE, Dimension, Duty, Exemption, Force, Law, Restriction, Text
from ordinance.model.ruling import DeviceClass, DueDuty, Outcome, Reason, Ruling, Standing, Subject
from ordinance.model.time import start_of
from ordinance.policy import clocks, scope, select
from ordinance.policy.exempt import exempts, names_app, names_device
from ordinance.policy.memo import once_per_law
from ordinance.policy.power import addressed, effective_force

READING = "reading "  # before the parameter of a contested text, among what is missing


@dataclass(frozen=True, slots=True)
class ClauseState:
    """One clause of one text as it meets one device class at one instant.

    `reason.in_scope` covers devices, people, power and contested readings, not the app: `covers` does. `exemptions`
    are those that this clause's text admits for the class at the instant, by id; what they lift depends on the app and
    the surface.
    """

    law: Law
    at: datetime
    text: Text
    restriction: Restriction
    reason: Reason
    exemptions: tuple[Exemption, ...] = ()

    def lifted_by(self, app: str, surface: Surface) -> Exemption | None:
        """The exemption that lifts this clause for one app (`family/member`) on one surface."""
        return next((e for e in self.exemptions if surface in e.surfaces and names_app(e.what, app)), None)

    def covers(self, app: AppFacts) -> select.Covered:
        """Whether the clause restricts an app, at the state's instant."""
        return select.covers(self.law, self.text, self.restriction.what, app, self.at)

    def names(self, app_id: str) -> bool:
        """Whether the clause certainly restricts the app written `family/member`."""
        return self.covers(self.law.catalogue.facts(app_id)).truth is Truth.TRUE

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


@dataclass(frozen=True, slots=True)
class ClauseAt:
    """One clause as it stands at an instant, whomever it meets.

    `holds`: whether it holds under the contested readings that the body has chosen, with all that it says read;
    `unread`: readings that nobody chose, and what nobody read.
    """

    law: Law
    at: datetime
    text: Text
    restriction: Restriction
    standing: Standing
    holds: Truth
    unread: tuple[str, ...]
    to_be_decided: str

    @property
    def name(self) -> str:
        """`text/restriction`."""
        return f"{self.text.id}/{self.restriction.id}"

    def meets(self, who: DeviceClass) -> ClauseState:
        """The clause as it meets a class."""
        law, text, restriction = self.law, self.text, self.restriction
        authority = law.authority(text.authority)
        force, reach = (
            effective_force(restriction, authority, law, who.institution, who.people)
            if authority
            else (None, Truth.FALSE)
        )
        devices = scope.evaluate(restriction.devices, who.facts)
        people = scope.evaluate_people(restriction.people, who.people)
        holder = people & (reach if force is not None else Truth.TRUE)
        within = all_of((_is_about(restriction, who), self.holds, devices, holder))
        reason = Reason(
            authority=text.authority,
            clause=self.name,
            version=text.version,
            force=force,
            standing=self.standing,
            since=clocks.clause_begins(text, restriction),
            until=clocks.ends_at(law, text, restriction),
            since_known_to=clocks.beginning_known_to(text, restriction),
            in_scope=within,
            facts=_facts(restriction, who, devices, people),
            missing=_missing(restriction, who, devices, holder, within, self.unread),
            to_be_decided=self.to_be_decided,
        )
        return ClauseState(law, self.at, text, restriction, reason, self.exemptions(who.exemptions))

    def exemptions(self, ids: Collection[str]) -> tuple[Exemption, ...]:
        """Those of the exemptions that the clause's text admits from it at the instant, by id."""
        named = (e for e in self.law.exemptions if e.id in ids) if ids else ()
        admitted = (e for e in named if exempts(self.law, e, self.text, self.name, self.at))
        return tuple(sorted(admitted, key=lambda e: e.id))


def class_of(
    facts: DeviceFacts, people: People | None, institution: str, exemptions: Iterable[str] = ()
) -> DeviceClass:
    """The class of a combination of scope facts; its id is a digest of them."""
    named = tuple(sorted(exemptions))
    return DeviceClass(_digest(facts, people, institution, named), facts, people, institution, named)


def subject_of(subject: Subject, word: str, institution: str) -> DeviceClass:
    """The networks, places or accounts of a kind, as what a clause rules on: `(Subject.NETWORK, "public", "gent")`."""
    nothing, key = DeviceFacts(), _digest(str(subject), str(word), institution)
    return DeviceClass(key, nothing, None, institution, subject=subject, word=str(word))


def _digest(*key: object) -> str:
    return hashlib.sha256(repr(key).encode()).hexdigest()[:16]


def class_of_device(law: Law, estate: Estate, device: Device, at: datetime, today: datetime) -> DeviceClass:
    """The class of a device's row at an instant, seen from the day of the check (`today`)."""
    day, now = at.astimezone(law.zone).date(), today.astimezone(law.zone).date()
    holder = estate.person_on(device.holder, day, now) if device.holder else None
    unit = estate.unit(device.unit or (holder.unit if holder else None))
    named = (e.id for e in law.exemptions if names_device(e, device.id))
    return class_of(device.facts, holder.people if holder else None, unit.institution if unit else law.body, named)


def clause_states(law: Law, who: DeviceClass, at: datetime) -> tuple[ClauseState, ...]:
    """Every clause of the law as it meets a class at an instant, in the order of authority and id."""
    return tuple(clause.meets(who) for clause in clauses_at(law, at))


def clauses_at(law: Law, at: datetime) -> tuple[ClauseAt, ...]:
    """Every clause of the law as it stands at an instant, in the order of authority and id.

    Where a text has several versions, the one in force (else the last begun, else the first) speaks.
    """
    found = [_clause_at(law, t, r, at) for t in _speaking(law, at) for r in t.restrictions]
    return tuple(sorted(found, key=lambda c: (c.text.authority, c.name)))


def _speaking(law: Law, at: datetime) -> tuple[Text, ...]:
    chosen: dict[str, Text] = {}
    for text in law.texts:
        known = chosen.get(text.id)
        if known is None or clocks.rank(text, at) > clocks.rank(known, at):
            chosen[text.id] = text
    return tuple(chosen.values())


def _clause_at(law: Law, text: Text, restriction: Restriction, at: datetime) -> ClauseAt:
    standing = clocks.standing(law, text, restriction, at)
    chosen, unchosen = holds_under(law, text, restriction, at)
    unread = unread_parts(text, restriction)
    known = chosen & Truth.of(None if unread else True)
    decide = to_be_decided(law, text, standing, at)
    return ClauseAt(law, at, text, restriction, standing, known, (*unchosen, *unread), decide)


def _is_about(restriction: Restriction, who: DeviceClass) -> Truth:
    """Whether the clause speaks of subjects of this kind."""
    words: dict[Subject, frozenset[str]] = {
        Subject.NETWORK: frozenset(restriction.networks),
        Subject.PLACE: frozenset(restriction.places),
        Subject.ACCOUNT: frozenset(restriction.accounts),
    }
    if who.subject is Subject.DEVICE:
        return Truth.of(restriction.speaks_of_devices)
    return Truth.of(who.word in words[who.subject])


def holds_under(law: Law, text: Text, restriction: Restriction, at: datetime) -> tuple[Truth, tuple[str, ...]]:
    """Whether the clause holds under the contested readings that the body has chosen, and those nobody chose."""
    truths, unchosen = [], []
    for parameter, choices in restriction.under:
        choice = chosen_reading(law, text, parameter, at)
        truths.append(Truth.of(None if choice is None else choice in choices))
        if choice is None:
            unchosen.append(f"{READING}{parameter} of {text.id}")
    return all_of(truths), tuple(unchosen)


def chosen_reading(law: Law, text: Text, parameter: str, at: datetime) -> str | None:
    """The body's choice of a contested point that counts at an instant; `None` where it had made none."""
    of_point = (r for r in law.readings if (r.text, r.parameter) == (text.id, parameter))
    begun = (r for r in of_point if start_of(r.on, law.zone) <= at)
    latest = max(begun, key=lambda r: (r.on, r.id), default=None)
    return latest.choice if latest else None


def is_contested(law: Law, text: Text, at: datetime) -> bool:
    """Whether readings that nobody had chosen by an instant decide if a text binds the body, or speaks to it at all."""
    authority = law.authority(text.authority)
    spoken = [r for r in text.restrictions if authority and addressed(r, authority, law, law.body)]
    held = [(r.force, holds_under(law, text, r, at)[0]) for r in spoken]
    certain = any(holds is Truth.TRUE for _, holds in held)
    return any(holds is Truth.UNKNOWN and (force is Force.BINDING or not certain) for force, holds in held)


def names_a_reading(missing: str) -> bool:
    """Whether what is missing is the choice of a contested reading, which no fact of a device settles."""
    return missing.startswith(READING)


def parted(missing: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of what is missing, the contested readings that nobody chose, without their mark, and the facts."""
    every = tuple(missing)
    readings = tuple(m.removeprefix(READING) for m in every if names_a_reading(m))
    return readings, tuple(m for m in every if not names_a_reading(m))


def may_hold(law: Law, text: Text, restriction: Restriction, instants: Iterable[datetime]) -> bool:
    """Whether a clause holds, or may, at one of the instants; it does not where the reading that was chosen says so."""
    return any(holds_under(law, text, restriction, at)[0] is not Truth.FALSE for at in instants)


def unread_parts(text: Text, restriction: Restriction) -> tuple[str, ...]:
    """Whom a clause speaks of and nobody read: that it names no devices or people then does not mean all of them."""
    found = []
    if Dimension.DEVICES in text.not_read and restriction.speaks_of_devices and restriction.devices == EVERY_DEVICE:
        found.append(f"devices of {text.id}")
    if Dimension.PEOPLE in text.not_read and not restriction.people:
        found.append(f"people of {text.id}")
    return tuple(found)


def _facts(restriction: Restriction, who: DeviceClass, devices: Truth, people: Truth) -> tuple[str, ...]:
    found = scope.deciding_facts(restriction.devices, who.facts, devices)
    if restriction.people:
        named = who.people or "not stated"
        found = (*found, f"people {' or '.join(sorted(restriction.people))} [people: {named}]")
    return found


def _missing(
    restriction: Restriction, who: DeviceClass, devices: Truth, holder: Truth, within: Truth, others: tuple[str, ...]
) -> tuple[str, ...]:
    """Facts that would decide; `holder` is what the clause's people and its authority's power say together, `others`
    what no fact of the device can settle."""
    if within is not Truth.UNKNOWN:
        return ()
    found = set(scope.missing_facts(restriction.devices, who.facts)) if devices is Truth.UNKNOWN else set()
    return tuple(sorted(found | {*others} | ({"people"} if holder is Truth.UNKNOWN else set())))


def to_be_decided(law: Law, text: Text, standing: Standing, at: datetime) -> str:
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


@dataclass(frozen=True, slots=True)
class Met:
    """A clause that names the surface and does, or may, restrict the app: with the two judged together."""

    state: ClauseState
    truth: Truth
    missing: tuple[str, ...]

    @property
    def reason(self) -> Reason:
        """The clause's reason, with the app judged too."""
        known = self.state.reason
        if (known.in_scope, known.missing) == (self.truth, self.missing):
            return known
        return replace(known, in_scope=self.truth, missing=self.missing)


def resolve(
    law: Law, who: DeviceClass, app: str | AppFacts, surface: Surface, at: datetime
) -> Ruling:
    """The ruling for a class, a member (`family/member`, or facts of one use of it), a surface and an instant.

    Whoever asks many questions about one instant asks `policy.compiled`, which gives equal rulings.
    """
    facts = law.catalogue.facts(app) if isinstance(app, str) else app
    about = [
        met_by(state, covered)
        for state in clause_states(law, who, at)
        if surface in state.restriction.surfaces and (covered := state.covers(facts)).truth is not Truth.FALSE
    ]
    return compose(law, who, facts, surface, at, about)


def met_by(state: ClauseState, covered: select.Covered) -> Met:
    """A clause that does, or may, restrict the app, with how it meets the class."""
    truth = state.reason.in_scope & covered.truth
    missing = {*state.reason.missing, *covered.missing} if truth is Truth.UNKNOWN else ()
    return Met(state, truth, tuple(sorted(missing)))


def compose(
    law: Law, who: DeviceClass, app: AppFacts, surface: Surface, at: datetime, about: list[Met]
) -> Ruling:
    """What the clauses that name the surface, and do or may restrict the app, come to together.

    `about` is in the order of `clause_states`.
    """
    mirrored = mirrored_texts(law)
    counting = [m for m in about if m.state.reason.standing is Standing.IN_FORCE and m.state.reason.force is not None]
    binding = [m for m in counting if m.state.reason.force is Force.BINDING]
    forbids = [m for m in binding if m.truth is Truth.TRUE]
    outcome, deciding, exemption, unsure = _outcome(counting, binding, forbids, app.id, surface)
    return Ruling(
        device_class=who.id,
        app=app.id,
        surface=surface,
        at=at,
        outcome=outcome,
        deciding=deciding.state.name if deciding else None,
        reasons=tuple(m.reason for m in about if m.state.reason.force is not None),
        duties=_earliest_duties(law, forbids, app, at) if outcome is Outcome.FORBIDDEN else (),
        exemption=exemption.id if exemption else None,
        missing=tuple(sorted({x for m in unsure for x in m.missing})),
        divergences=tuple(
            m.reason
            for m in about
            if m.state.reason.force is None
            and m.state.text.id in mirrored
            and m.state.reason.standing is Standing.IN_FORCE
            and m.truth is not Truth.FALSE
            and outcome is not Outcome.FORBIDDEN
        ),
    )


@once_per_law
def mirrored_texts(law: Law) -> frozenset[str]:
    """The texts that the body's own texts mirror."""
    return frozenset(m for t in law.texts if t.authority == law.body for m in t.mirrors)


def _outcome(
    counting: list[Met], binding: list[Met], forbids: list[Met], app: str, surface: Surface
) -> tuple[Outcome, Met | None, Exemption | None, list[Met]]:
    """Composition: forbidden > conditional > advised_against > permitted; a known forbidden beats unknown, and unknown
    beats what it could still turn into something stricter. Last, the clauses that leave it unknown."""
    unlifted = [m for m in forbids if not m.state.lifted_by(app, surface)]
    if unlifted:
        return Outcome.FORBIDDEN, unlifted[0], None, []
    advises = [m for m in counting if m.state.reason.force is not Force.BINDING]
    sure = [m for m in advises if m.truth is Truth.TRUE]
    perhaps = [m for m in binding if m.truth is Truth.UNKNOWN]
    unsure = [m for m in perhaps if not (forbids and m.state.lifted_by(app, surface))]
    unsure_advice = [] if forbids or sure else [m for m in advises if m.truth is Truth.UNKNOWN]
    if unsure:
        return Outcome.UNKNOWN, unsure[0], None, [*unsure, *unsure_advice]
    if forbids:
        return Outcome.CONDITIONAL, forbids[0], forbids[0].state.lifted_by(app, surface), []
    if unsure_advice:
        return Outcome.UNKNOWN, unsure_advice[0], None, unsure_advice
    return (Outcome.ADVISED_AGAINST, sure[0], None, []) if sure else (Outcome.PERMITTED, None, None, [])


def _earliest_duties(law: Law, forbids: list[Met], app: AppFacts, at: datetime) -> tuple[DueDuty, ...]:
    """Each duty once, under the clause with the earliest deadline."""
    earliest: dict[Duty, DueDuty] = {}
    for met in forbids:
        for duty, due in clocks.duties_due(law, met.state.text, met.state.restriction, app, at):
            known = earliest.get(duty)
            if known is None or due < known.due:
                earliest[duty] = DueDuty(duty, met.state.name, due)
    return tuple(earliest[d] for d in Duty if d in earliest)
