# SPDX-License-Identifier: EUPL-1.2
"""What the law of a body says of its channels at an instant: forbidden, lifted by an exemption, or not known.

Reads: channels, the law, the rows of the estate, an instant. A channel is worked with on a device (a phone's app or a
computer's program; where nobody stated which it is, the stricter of the two counts), and is itself an official account;
the two are asked apart. Where no device is on file it is a device of which nothing is known: a rule about some devices
is then `unknown`, never permitted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from ordinance.model.apps import Catalogue, Surface
from ordinance.model.channel import Channel
from ordinance.model.estate import Device, DeviceFacts, Estate, app_surfaces
from ordinance.model.kleene import Truth
from ordinance.model.law import AccountKind, Exemption, Force, Law, Text
from ordinance.model.ruling import DeviceClass, Outcome, Ruling, Standing, Subject
from ordinance.policy.exempt import names_app, names_device
from ordinance.policy.resolve import ClauseState, class_of, class_of_device, clause_states, resolve, subject_of

_STRICTEST = (Outcome.FORBIDDEN, Outcome.UNKNOWN, Outcome.CONDITIONAL, Outcome.ADVISED_AGAINST, Outcome.PERMITTED)
NO_DEVICE = "the device that it is worked with"


@dataclass(frozen=True, slots=True)
class Hit:
    """A clause that restricts a channel, or may (`truth`); `lifted_by` is the exemption that lifts it, `missing` the
    facts that would decide."""

    channel: Channel
    clause: str
    force: Force
    truth: Truth
    about: Subject
    lifted_by: Exemption | None = None
    missing: tuple[str, ...] = ()


def apps_of(catalogue: Catalogue, platform: str) -> tuple[str, ...]:
    """The members that a platform stands for, as `family/member`; none for one that the catalogue does not know."""
    if "/" in platform:
        return (platform,) if catalogue.member(platform) else ()
    family = catalogue.family(platform)
    return tuple(f"{family.id}/{m.id}" for m in family.members) if family else ()


def device_of(estate: Estate, channel: Channel, at: datetime, law: Law) -> Device | None:
    """The row that states the facts of a channel's device on the day of an instant."""
    day = at.astimezone(law.zone).date()
    return estate.device_on(channel.device, day, day) if channel.device else None


def on_its_device(law: Law, estate: Estate, channel: Channel, at: datetime) -> Ruling | None:
    """The strictest ruling on the platform's app on the channel's device; `None` for a platform that nobody knows."""
    return strictest(_of_its_device(law, estate, channel, at))


def _of_its_device(law: Law, estate: Estate, channel: Channel, at: datetime) -> list[Ruling]:
    return _rulings(
        law, _holder(law, estate, channel, at), _apps(law, channel), _surfaces(law, estate, channel, at), at
    )


def _apps(law: Law, channel: Channel) -> tuple[str, ...]:
    return apps_of(law.catalogue, channel.platform)


def _surfaces(law: Law, estate: Estate, channel: Channel, at: datetime) -> tuple[Surface, ...]:
    """How the channel's device meets the app."""
    device = device_of(estate, channel, at, law)
    return app_surfaces(device.facts.platform if device else None)


def _holder(law: Law, estate: Estate, channel: Channel, at: datetime) -> DeviceClass:
    """The class of the channel's device. One that the estate does not have is a device of which nothing is known."""
    device = device_of(estate, channel, at, law)
    if device is not None:
        return class_of_device(law, estate, device, at, at)
    named = [e.id for e in law.exemptions if names_device(e, channel.device)]
    return class_of(DeviceFacts(), None, law.body, named)


def as_account(law: Law, channel: Channel, at: datetime) -> Ruling | None:
    """The strictest ruling on the channel as an official account, whichever surface the rule names."""
    return strictest(account_rulings(law, _apps(law, channel), at))


def account_rulings(law: Law, apps: Iterable[str], at: datetime) -> list[Ruling]:
    """Every ruling on an official account of the body on some apps: a rule about accounts forbids one whichever surface
    it names."""
    return _rulings(law, subject_of(Subject.ACCOUNT, AccountKind.OFFICIAL, law.body), apps, Surface, at)


def strictest(rulings: Iterable[Ruling]) -> Ruling | None:
    """The ruling that counts where several meet one thing; `None` where there is none."""
    return min(rulings, key=lambda r: _STRICTEST.index(r.outcome), default=None)


def _rulings(
    law: Law, who: DeviceClass, apps: Iterable[str], surfaces: Iterable[Surface], at: datetime
) -> list[Ruling]:
    return [resolve(law, who, app, surface, at) for app in apps for surface in surfaces]


# --- what a channel rests on ----------------------------------------------------------------------


def rests_on(law: Law, estate: Estate, channel: Channel, at: datetime) -> tuple[Exemption, ...]:
    """The exemptions that lift, at an instant, what would forbid the channel on its device or as an account.

    Whatever its file names: an exemption for another device or app, one that has not begun or is over lifts nothing;
    nor does one that leaves its side, the device or the account, forbidden or unknown. Of several that lift the same,
    each counts: the channel rests on them together.
    """
    account = subject_of(Subject.ACCOUNT, AccountKind.OFFICIAL, law.body)
    asked = ((_holder(law, estate, channel, at), _surfaces(law, estate, channel, at)), (account, tuple(Surface)))
    sides = zip(asked, _sides(law, estate, channel, at), strict=True)
    lifted = [who for who, rulings in sides if _outcome(rulings) is Outcome.CONDITIONAL]
    found = {e.id for who, surfaces in lifted for e in _lifting(law, who, _apps(law, channel), surfaces, at)}
    return tuple(e for e in law.exemptions if e.id in found)


def _lifting(
    law: Law, who: DeviceClass, apps: tuple[str, ...], surfaces: tuple[Surface, ...], at: datetime
) -> Iterator[Exemption]:
    """Every exemption that lifts a binding clause for one of the apps on one of the surfaces."""
    for state in clause_states(law, who, at):
        met = [s for s in surfaces if s in state.restriction.surfaces] if state.binds else []
        for one in state.exemptions:
            if any(s in one.surfaces and names_app(one.what, app) for app in apps for s in met):
                yield one


def forbidden_after(law: Law, estate: Estate, channel: Channel, at: datetime) -> Exemption | None:
    """The exemption with whose end the channel is forbidden, or may be; `None` where it is, or may be, already, where
    nothing lifts anything, or another exemption goes on, or the rule itself is over by then."""
    if _may_be_forbidden(law, estate, channel, at):
        return None
    while ends := [(e.span.end, e) for e in rests_on(law, estate, channel, at) if e.span.end is not None]:
        at, first = min(ends, key=lambda end: (end[0], end[1].id))
        if _may_be_forbidden(law, estate, channel, at):
            return first
    return None


def _may_be_forbidden(law: Law, estate: Estate, channel: Channel, at: datetime) -> bool:
    """Whether a side of the channel is forbidden at an instant, or nobody knows."""
    return any(_outcome(s) in {Outcome.FORBIDDEN, Outcome.UNKNOWN} for s in _sides(law, estate, channel, at))


def _sides(law: Law, estate: Estate, channel: Channel, at: datetime) -> tuple[list[Ruling], list[Ruling]]:
    """Every ruling on the channel: those of its device, and those of the account."""
    return _of_its_device(law, estate, channel, at), account_rulings(law, _apps(law, channel), at)


def _outcome(rulings: Iterable[Ruling]) -> Outcome | None:
    found = strictest(rulings)
    return found.outcome if found else None


# --- the other way round: what a rule hits --------------------------------------------------------


def hits(law: Law, estate: Estate, channels: Iterable[Channel], text: Text, at: datetime) -> tuple[Hit, ...]:
    """What a version of a text restricts of channels that are not closed, at an instant at which it has force."""
    found = []
    for channel in channels:
        state = channel.state_at(at, law.zone)
        if state is None or channel.is_over(at, law.zone):
            continue
        found += [*_of_device(law, estate, channel, text, at), *_of_account(law, channel, text, at)]
    return tuple(found)


def _of_device(law: Law, estate: Estate, channel: Channel, text: Text, at: datetime) -> Iterator[Hit]:
    known = device_of(estate, channel, at, law) is not None
    surfaces = _surfaces(law, estate, channel, at)
    for hit in _met(law, _holder(law, estate, channel, at), channel, text, surfaces, at):
        yield replace(hit, missing=(NO_DEVICE,)) if hit.missing and not known else hit


def _of_account(law: Law, channel: Channel, text: Text, at: datetime) -> Iterator[Hit]:
    who = subject_of(Subject.ACCOUNT, AccountKind.OFFICIAL, law.body)
    yield from _met(law, who, channel, text, tuple(Surface), at)


def _met(
    law: Law, who: DeviceClass, channel: Channel, text: Text, surfaces: tuple[Surface, ...], at: datetime
) -> Iterator[Hit]:
    for state in _states(law, who, text, at):
        truth = state.reason.in_scope & _covers(law, state, channel)
        met = [s for s in surfaces if s in state.restriction.surfaces]
        if truth is Truth.FALSE or not met or state.reason.force is None:
            continue
        lifted = _lifted(law, state, channel, met)
        yield Hit(channel, state.name, state.reason.force, truth, who.subject, lifted, state.reason.missing)


def _states(law: Law, who: DeviceClass, text: Text, at: datetime) -> Iterator[ClauseState]:
    for state in clause_states(law, who, at):
        speaks = (state.text.id, state.text.version) == (text.id, text.version)
        if speaks and state.reason.standing is Standing.IN_FORCE:
            yield state


def _covers(law: Law, state: ClauseState, channel: Channel) -> Truth:
    """Whether the clause restricts one of the apps of the channel's platform."""
    found = [state.covers(law.catalogue.facts(app)).truth for app in apps_of(law.catalogue, channel.platform)]
    if Truth.TRUE in found:
        return Truth.TRUE
    return Truth.UNKNOWN if Truth.UNKNOWN in found else Truth.FALSE


def _lifted(law: Law, state: ClauseState, channel: Channel, surfaces: list[Surface]) -> Exemption | None:
    """The exemption that lifts the clause for every app and surface that it restricts; `None` where one is left."""
    members = apps_of(law.catalogue, channel.platform)
    apps = [a for a in members if state.covers(law.catalogue.facts(a)).truth is not Truth.FALSE]
    lifted = [state.lifted_by(a, s) for a in apps for s in surfaces]
    return lifted[0] if lifted and None not in lifted else None
