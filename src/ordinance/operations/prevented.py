# SPDX-License-Identifier: EUPL-1.2
"""What a check says of controls: where the law asks for one and no configured target has it.

Reads the workspace and what its targets make of it; writes nothing, and reads no evidence. What other tools of the body
deny or block is not known here, which is why nothing fails by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ordinance.enforce.controls import Control, Prevention, controls, missing, missing_networks, prevention
from ordinance.enforce.plan import Plans
from ordinance.model.law import Duty
from ordinance.model.result import DutyResult, Finding, FindingKind, Result
from ordinance.operations.document import SMALL, hidden_classes, too_small
from ordinance.operations.enforcing import plans_of
from ordinance.operations.workspace import Workspace
from ordinance.targets import available

NETWORK = "no_target_on_network"
DEVICES = {Duty.DENY_INSTALL: "no_target_denies", Duty.BLOCK_TRAFFIC: "no_target_blocks"}
_ATTESTED = "attested_only"
_ABOUT_THE_APP = frozenset({Duty.REMOVE, Duty.STOP_USING})
_SEEN = frozenset({Result.PASS, Result.FAIL})


@dataclass(frozen=True, slots=True)
class Standing:
    """What is planned at an instant, and what the configured targets make of it."""

    plans: Plans
    made: tuple[Control, ...]


def standing_controls(workspace: Workspace, as_of: datetime) -> Standing:
    """The plan of an instant, compiled and not written."""
    plans = plans_of(workspace, workspace.body, as_of)
    return Standing(plans, controls(plans, workspace.body, {t.id: t for t in available()}))


def findings_of_controls(
    workspace: Workspace, as_of: datetime, results: Iterable[DutyResult], standing: Standing
) -> tuple[Finding, ...]:
    """A finding for each duty of a clause and each unit, or kind of network, without the control that it asks for.

    Devices of which somebody stated that a control is set, and nothing was seen, are left out: that it is missing is
    not known.
    """
    law, plans, made = workspace.law, standing.plans, standing.made
    said = {(r.device, r.restriction, r.duty) for r in results if r.reason == _ATTESTED}
    units: Counter[tuple[str, Duty, str | None]] = Counter(
        (one.restriction, one.duty, workspace.estate.latest_row(device).unit)
        for one in missing(plans, made)
        for device in one.devices
        if (device, one.restriction, one.duty) not in said
    )
    found = [
        _finding(clause, duty, DEVICES[duty], unit=unit, devices=units[clause, duty, unit])
        for clause, duty, unit in sorted(units, key=str)
    ]
    networks = missing_networks(law, workspace.estate.networks, made, as_of)
    found += (_finding(*key, NETWORK, networks=len(left)) for key, left in sorted(networks.items()))
    return tuple(found)


def prevention_rows(
    workspace: Workspace, standing: Standing, results: Iterable[DutyResult]
) -> dict[str, list[dict[str, Any]]]:
    """What is restricted and whether a target stops it (`restricted`), and whom targets hit besides (`others`).

    Classes that are merged in the results of a check are merged here as well.
    """
    every, minimum = tuple(results), workspace.body.checking.minimum_group
    known = {r.device_class.id for r in every if r.device_class}
    named = known - hidden_classes(every, minimum)
    facts = {c.id: c.facts for c in standing.plans.whole.classes}
    stated = {(r.device, r.restriction) for r in every if r.reason == _ATTESTED}
    seen = {(r.device, r.restriction) for r in every if r.duty in _ABOUT_THE_APP and r.result in _SEEN}
    groups: dict[tuple[str, ...], list[Prevention]] = {}
    for one in prevention(standing.plans, standing.made):
        name = one.device_class if one.device_class in named else SMALL
        key = (one.restriction, one.app, str(one.surface), name, *map(str, one.asked))
        groups.setdefault(key, []).append(one)
    rows = []
    for (clause, app, surface, name, *asked), found in sorted(groups.items()):
        devices = frozenset(d for one in found for d in one.devices)
        prevented = frozenset(d for one in found for d in one.prevented)
        rows.append(
            {
                "restriction": clause,
                "app": app,
                "surface": surface,
                "class": name,
                "facts": facts.get(name, "small groups, merged"),
                "devices": len(devices) if len(devices) >= minimum else None,
                "asked": asked,
                "prevented": _how_many(devices, prevented),
                "by": sorted({target for one in found for target in one.by}),
                "checked": _how_many(devices, {d for d, c in seen if c == clause}),
                "attested": _how_many(devices, {d for d, c in stated if c == clause}),
            }
        )
    return {"restricted": rows, "others": _others(standing.made, minimum)}


def _how_many(devices: frozenset[str], those: Collection[str]) -> str:
    """In words: beside a number of devices, another one would single out those by which the two differ."""
    met = len(devices.intersection(those))
    return "all" if met == len(devices) else "some" if met else "none"


def _others(made: Iterable[Control], minimum: int) -> list[dict[str, Any]]:
    """Whom a target hits that no rule covers; groups that are too small to name are one row."""
    found: list[dict[str, Any]] = []
    for control in made:
        for network in sorted({o.network for o in control.over_reach}):
            rows = [o for o in control.over_reach if o.network == network]
            sizes = Counter({o.who: o.count for o in rows if o.count})
            hidden = too_small(sizes, minimum)
            few = sum(sizes[who] for who in hidden)
            start = {"target": control.target, "network": network}
            shown = sorted((o for o in rows if o.who not in hidden), key=repr)
            found += [{**start, "who": o.who, "devices": o.count, "reason": o.reason} for o in shown]
            if hidden:
                count = few if few >= minimum else None
                merged = {"who": "small groups, merged", "devices": count, "reason": "no rule covers them"}
                found.append({**start, **merged})
    return found


def _finding(
    clause: str, duty: Duty, reason: str, *, unit: str | None = None, devices: int = 0, networks: int = 1
) -> Finding:
    """No device is named: what is missing is the body's to set, and nobody's doing."""
    return Finding(
        kind=FindingKind.CONTROL_MISSING,
        result=Result.UNKNOWN,
        unit=unit,
        duty=duty,
        count=networks,
        restriction=clause,
        reason=reason,
        devices=devices,
    )
