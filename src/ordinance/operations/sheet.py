# SPDX-License-Identifier: EUPL-1.2
"""`targets sheet`: what can be enforced on which of a body's devices, what is set up for it, and what the source is.

Reads the workspace and the shipped facts; no evidence, and writes nothing. A configured target counts where it blocks
an app in fact: it is compiled, and its files are thrown away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ordinance.enforce.bundle import guarded
from ordinance.enforce.facts import shipped_facts
from ordinance.enforce.plan import Plans
from ordinance.enforce.sheet import cells
from ordinance.enforce.sheet_devices import group_devices
from ordinance.model.apps import Surface
from ordinance.model.body import Body, TargetSettings
from ordinance.model.enforceability import Act, Cell, Devices, Document, Fact, Says, SetSource, SetTarget, Setup
from ordinance.model.law import Duty
from ordinance.model.ruling import Subject
from ordinance.model.target import Compiled, Target
from ordinance.operations.enforcing import plans_of
from ordinance.operations.workspace import Workspace
from ordinance.readers import lease_reader, reader
from ordinance.targets import available

FIRST_SERIAL = 1  # the files are not kept: any number does


def make_sheet(workspace: Workspace, at: datetime) -> dict[str, Any]:
    """The sheet of an instant as JSON: groups of devices, an answer for each surface and network, facts, documents."""
    body, facts = workspace.body, shipped_facts()
    setup = _setup(workspace, at)
    groups = group_devices(workspace.law, workspace.estate, body, at)
    shown = [(who, cells(facts, who, setup)) for who in groups]
    named = {f for _, answers in shown for c in answers for f in (*c.possible, *c.cannot, *c.not_by, *_used(c))}
    return {
        "body": body.id,
        "name": body.name,
        "as_of": at.isoformat(),
        "notice": body.notice,
        "evidence_allowed": sorted(map(str, body.checking.evidence_allowed)),
        "no_check_by": body.checking.no_check_by,
        "targets": [_target_row(t, body) for t in setup.targets],
        "sources": [
            {"id": s.id, "kind": str(s.kind), "platforms": sorted(map(str, s.platforms))} for s in setup.sources
        ],
        "devices": sum(g.devices for g in groups),
        "devices_without_facts": len(workspace.estate.device_ids()) - sum(g.devices for g in groups),
        "groups": [{**_group_row(who), "answers": [_cell_row(c) for c in answers]} for who, answers in shown],
        "facts": {f.id: _fact_row(f, setup) for f in facts if f.id in named},
        "documents": {d.id: _document_row(d) for d in _documents(f for f in facts if f.id in named)},
    }


def _setup(workspace: Workspace, at: datetime) -> Setup:
    body, targets = workspace.body, {t.id: t for t in available()}
    plans = plans_of(workspace, body, at)
    chosen = {t.id: targets[t.id] for t in body.targets}
    return Setup(
        tuple(_set_target(t, plans, body) for _, t in sorted(chosen.items())),
        tuple(
            SetSource(s.id, reader(s.reader).evidence, frozenset(s.platforms))
            for s in body.sources
            if lease_reader(s.reader) is None
        ),
        body.checking.evidence_allowed,
        frozenset(targets),
    )


def _set_target(target: Target, plans: Plans, body: Body) -> SetTarget:
    """The apps of which a target blocks any name, by the surface that a rule asks for it."""
    settings = next(t.settings for t in body.targets if t.id == target.id)
    given = TargetSettings(target.id, (), settings)
    plan = plans.of_target[target.id]
    networks = {c.id for c in plan.classes if c.who is not None and c.who.subject is Subject.NETWORK}
    of_networks = {(d.restriction, d.app, d.surface) for d in plan.demands if not networks.isdisjoint(d.classes)}
    made: Compiled = guarded(target, plan, given, FIRST_SERIAL)
    found: dict[Surface, set[str]] = defaultdict(set)
    for_networks: dict[Surface, set[str]] = defaultdict(set)
    for artefact in made.artefacts:
        for restriction, duty, app, surface, _ in artefact.lines:
            if duty is not Duty.BLOCK_TRAFFIC:
                continue  # letters ask, they block nothing
            found[surface].add(app)
            if (restriction, app, surface) in of_networks:
                for met in Surface if surface is Surface.NETWORK else (surface,):  # all traffic there, of whatever kind
                    for_networks[met].add(app)
    return SetTarget(target.id, target.by_network, _frozen(found), _frozen(for_networks))


def _frozen(found: Mapping[Surface, set[str]]) -> Mapping[Surface, frozenset[str]]:
    return {surface: frozenset(apps) for surface, apps in found.items()}


def _used(cell: Cell) -> Iterable[str]:
    return (u.fact for u in cell.in_use)


def _target_row(target: SetTarget, body: Body) -> dict[str, Any]:
    networks = next(t.networks for t in body.targets if t.id == target.id)
    return {
        "id": target.id,
        "networks": list(networks) if target.by_network else None,
        "blocks": {str(s): sorted(target.blocks[s]) for s in sorted(target.blocks)},
    }


def _group_row(who: Devices) -> dict[str, Any]:
    return {
        "platform": _word(who.platform),
        "owner": _word(who.owner),
        "enrolment": _word(who.enrolment),
        "part_funded": who.part_funded,
        "use": _word(who.use),
        "people": _word(who.people),
        "exemptions": list(who.exemptions),
        "devices": who.devices,
        "asked": {str(s): sorted(who.asked[s]) for s in sorted(who.asked)},
        "lifted": {str(s): list(who.lifted[s]) for s in sorted(who.lifted)},
        "not_stated": list(who.unsure),
    }


def _cell_row(cell: Cell) -> dict[str, Any]:
    return {
        "surface": str(cell.surface),
        "meeting": str(cell.meeting),
        "connections": list(map(str, cell.connections)),
        "best": str(cell.best),
        "here": str(cell.here),
        "why_no_more": _word(cell.why),
        "in_use": [
            {
                "act": str(u.act),
                "id": u.id,
                "fact": u.fact,
                "devices": u.devices,
                "apps": sorted(u.apps),
                "for_network": u.for_network,
            }
            for u in cell.in_use
        ],
        "possible": list(cell.possible),
        "cannot": list(cell.cannot),
        "not_by_this": list(cell.not_by),
        "exemptions": list(cell.exemptions),
        "hit_all_the_same": list(cell.hit),
    }


def _fact_row(fact: Fact, setup: Setup) -> dict[str, Any]:
    return {
        "act": str(fact.act),
        "says": str(fact.says),
        "by": fact.by,
        "how": fact.how,
        "but": fact.but,
        "targets": sorted(fact.targets & setup.installed),
        "by_hand": fact.says is Says.CAN and fact.act is Act.BLOCK and not fact.targets & setup.installed,
        "evidence": _word(fact.evidence),
        "documents": [d.id for d in fact.cites],
    }


def _document_row(document: Document) -> dict[str, str]:
    return {
        "title": document.title,
        "url": document.url,
        "version": document.version,
        "retrieved": document.retrieved.isoformat(),
    }


def _documents(facts: Iterable[Fact]) -> Sequence[Document]:
    return sorted({d for f in facts for d in f.cites}, key=lambda d: d.id)


def _word(value: object) -> str | None:
    return None if value is None else str(value)
