# SPDX-License-Identifier: EUPL-1.2
"""The enforceability sheet: for devices, a surface and a network, what can be done at best, and what is set up here.

Reads facts, devices and what a body configured; pure. Only what is configured *and* does something counts as here, and
what no fact speaks of is not known: it is never taken for possible, nor for impossible. Cannot know whether a tool was
given the files, or a device its settings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ordinance.model.apps import Surface
from ordinance.model.enforceability import (
    Act,
    Cell,
    Connection,
    Devices,
    Fact,
    Hold,
    InUse,
    Meeting,
    Says,
    SetSource,
    SetTarget,
    Setup,
    WhyNot,
)
from ordinance.model.estate import possible_surfaces
from ordinance.model.evidence import EvidenceKind

_PROGRAMS = frozenset({Surface.APP, Surface.DESKTOP})  # what lies on a device; of the rest only traffic is met


def cells(facts: Sequence[Fact], who: Devices, setup: Setup) -> tuple[Cell, ...]:
    """Every answer for some devices: each surface, meeting and connection stands in exactly one cell."""
    return tuple(
        cell
        for surface in Surface
        for meeting in (Meeting if surface in _PROGRAMS else (Meeting.TRAFFIC,))
        for cell in _alike(answer(facts, who, setup, surface, meeting, at) for at in Connection)
    )


def answer(
    facts: Sequence[Fact], who: Devices, setup: Setup, surface: Surface, meeting: Meeting, at: Connection
) -> Cell:
    """The answer for one surface, meeting and connection."""
    known = [f for f in facts if speaks_of(f, who, surface, meeting, at)]
    in_use = tuple(_in_use(known, who, setup, surface))
    cell = Cell(surface, meeting, (at,), Hold.NOT_ON_PLATFORM, Hold.NOT_ON_PLATFORM)
    if surface not in possible_surfaces(who.platform):
        return cell
    if lifted := who.lifted.get(surface):
        hit = tuple(sorted({u.id for u in in_use if u.act is Act.BLOCK}))
        return replace(cell, best=Hold.EXEMPT, here=Hold.EXEMPT, exemptions=lifted, hit=hit)
    is_asked = bool(who.asked.get(surface))
    best, here = _best(known, setup), _here(in_use, setup, is_asked=is_asked)
    used = {u.fact for u in in_use}
    possible = [f for f in known if f.says is Says.CAN and f.id not in used]
    if not setup.allowed:
        possible = [f for f in possible if f.act is Act.BLOCK]
    return replace(
        cell,
        best=best,
        here=here,
        why=_why(here, possible, setup, is_asked=is_asked),
        in_use=in_use,
        possible=_ids(possible),
        cannot=_ids(f for f in known if f.says is Says.CANNOT),
        not_by=_ids(f for f in known if f.says is Says.NOT_BY_THIS),
    )


def speaks_of(fact: Fact, who: Devices, surface: Surface, meeting: Meeting, at: Connection) -> bool:
    """Whether a fact speaks of such devices there. One that names platforms does not speak of unstated ones."""
    return (
        fact.meeting is meeting
        and (not fact.surfaces or surface in fact.surfaces)
        and (not fact.connections or at in fact.connections)
        and (not fact.platforms or who.platform in fact.platforms)
        and (not fact.enrolments or who.enrolment in fact.enrolments)
        and (not fact.owners or who.owner in fact.owners)
    )


def _best(known: Sequence[Fact], setup: Setup) -> Hold:
    """The strongest that any means can do. Where a stronger one is neither possible nor ruled out, nobody knows."""
    block, detect = _can(known, Act.BLOCK), _can(known, Act.DETECT)
    if block:
        return Hold.BLOCK
    if not setup.allowed:  # nothing is read, whatever could be
        return Hold.NOT_KNOWN if block is None else Hold.NOT_AT_ALL
    if detect:
        return Hold.DETECT
    return Hold.ATTEST_ONLY if block is False and detect is False else Hold.NOT_KNOWN


def _can(known: Iterable[Fact], act: Act) -> bool | None:
    """Whether anything can do it; `None` where no fact says."""
    said = {f.says for f in known if f.act is act}
    if Says.CAN in said:
        return True
    return False if Says.CANNOT in said else None


def _here(in_use: Sequence[InUse], setup: Setup, *, is_asked: bool) -> Hold:
    acts = {u.act for u in in_use}
    if Act.BLOCK in acts:
        return Hold.BLOCK
    if not is_asked:
        return Hold.NOT_AT_ALL
    if Act.DETECT in acts:
        return Hold.DETECT
    return Hold.ATTEST_ONLY if EvidenceKind.ATTESTATION in setup.allowed else Hold.NOT_AT_ALL


def _why(here: Hold, possible: Iterable[Fact], setup: Setup, *, is_asked: bool) -> WhyNot | None:
    """Why no more is done here; `None` where somebody's word counts, and nothing else is known to be possible."""
    if here is Hold.BLOCK:
        return None
    if not is_asked:
        return WhyNot.NOT_ASKED
    if not setup.allowed:
        return WhyNot.BY_DECISION
    ways = list(possible)
    if any(f.act is Act.BLOCK or f.evidence in setup.allowed for f in ways):
        return WhyNot.NOT_CONFIGURED
    return WhyNot.NOT_ALLOWED if ways or here is Hold.NOT_AT_ALL else None


def _in_use(known: Iterable[Fact], who: Devices, setup: Setup, surface: Surface) -> Iterator[InUse]:
    """What is configured at the body and does something there, for devices that it reaches.

    A source shows what rules ask about: where none asks, nothing is looked for in it.
    """
    is_asked = bool(who.asked.get(surface))
    for fact in known:
        if fact.says is not Says.CAN:
            continue
        for target in setup.targets:
            if target.id in fact.targets and (found := _blocking(fact, target, who, surface)):
                yield found
        for source in setup.sources:
            read = is_asked and source.kind is fact.evidence and source.kind in setup.allowed
            if read and (shown := _showing(fact, source, who)):
                yield shown


def _blocking(fact: Fact, target: SetTarget, who: Devices, surface: Surface) -> InUse | None:
    """A target that blocks an app that is asked about; where none is, whatever it blocks hits these devices besides.

    A file is brought to devices that a rule is about: it hits no others.
    """
    blocked, asked = target.blocks.get(surface, frozenset()), who.asked.get(surface, frozenset())
    apps = blocked & asked if asked or not target.by_network else blocked
    devices = who.reached.get(target.id, 0) if target.by_network else who.devices
    if not apps or devices == 0:
        return None
    for_network = not asked and apps <= target.for_networks.get(surface, frozenset())
    return InUse(Act.BLOCK, target.id, fact.id, devices, apps, for_network)


def _showing(fact: Fact, source: SetSource, who: Devices) -> InUse | None:
    if source.kind is EvidenceKind.INVENTORY:
        listed = not source.platforms or who.platform in source.platforms
        return InUse(Act.DETECT, source.id, fact.id, who.devices) if listed else None
    devices = who.logged.get(source.id, 0)
    return InUse(Act.DETECT, source.id, fact.id, devices) if devices != 0 else None


def _alike(found: Iterable[Cell]) -> tuple[Cell, ...]:
    """Cells that say the same but for the connection, made one."""
    merged: dict[Cell, tuple[Connection, ...]] = {}
    for cell in found:
        key = replace(cell, connections=())
        merged[key] = (*merged.get(key, ()), *cell.connections)
    return tuple(replace(cell, connections=at) for cell, at in merged.items())


def _ids(facts: Iterable[Fact]) -> tuple[str, ...]:
    return tuple(sorted({f.id for f in facts}))
