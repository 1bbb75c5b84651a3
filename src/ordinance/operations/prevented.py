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
from ordinance.model.disclosure import Numbers
from ordinance.model.law import Duty
from ordinance.model.result import DutyResult, Finding, FindingKind, Result
from ordinance.operations.disclosure import Disclosure, named_classes, result_rows
from ordinance.operations.enforcing import plans_of
from ordinance.operations.small_groups import SMALL, hidden_classes, too_small
from ordinance.operations.workspace import Workspace
from ordinance.targets import available

NETWORK = "no_target_on_network"
DEVICES = {Duty.DENY_INSTALL: "no_target_denies", Duty.BLOCK_TRAFFIC: "no_target_blocks"}
_ATTESTED = "attested_only"
_OF_THE_HOLDER = frozenset({Duty.REMOVE, Duty.STOP_USING})  # by what these come to, the app is there or not
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
    workspace: Workspace, as_of: datetime, results: Iterable[DutyResult], standing: Standing, *, is_coarse: bool = False
) -> tuple[Finding, ...]:
    """A finding for each duty of a clause and each unit, or kind of network, without the control that it asks for.

    Devices of which evidence shows that the duty is met are left out, and those of which somebody stated that a control
    is set, and nothing was seen: that it is missing is not known. Where numbers are not exact (`is_coarse`), none is
    left out before all are: the finding would tell of the few devices that no target reaches.
    """
    law, plans, made = workspace.law, standing.plans, standing.made
    said = _known_set(results, is_coarse=is_coarse)
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


def _known_set(results: Iterable[DutyResult], *, is_coarse: bool) -> frozenset[tuple[str, str, Duty | None]]:
    """The device, clause and duty of each result by which a control is there, or said to be there."""
    met, open_duties = set(), set()
    for r in results:
        if r.result is Result.PASS or r.reason == _ATTESTED:
            met.add((r.device, r.restriction, r.duty))
        elif r.result is not Result.NOT_APPLICABLE:
            open_duties.add((r.restriction, r.duty))
    return frozenset(key for key in met if not is_coarse or key[1:] not in open_duties)


def prevention_rows(
    workspace: Workspace, standing: Standing, results: Iterable[DutyResult], shown: Disclosure
) -> dict[str, list[dict[str, Any]]]:
    """What is restricted and whether a target stops it (`restricted`), and whom targets hit besides (`others`).

    Classes that are merged in the results of a check are merged here as well. Where the numbers of a check are not
    exact, none stands here, and what was seen or stated says no more than the rows of its results.
    """
    every, minimum = tuple(results), workspace.body.checking.minimum_group
    is_coarse = shown.numbers is not Numbers.EXACT
    known = {r.device_class.id for r in every if r.device_class}
    named = named_classes(shown) if is_coarse else frozenset(known - hidden_classes(every, minimum))
    least = minimum if is_coarse else 1
    facts = {c.id: c.facts for c in standing.plans.whole.classes}
    evidence = _Published(every, shown, named) if is_coarse else _Exact(every)
    groups: dict[tuple[str, ...], list[Prevention]] = {}
    for one in prevention(standing.plans, standing.made):
        name = one.device_class if one.device_class in named and len(one.devices) >= least else SMALL
        key = (one.restriction, one.app, str(one.surface), name, *map(str, one.asked))
        groups.setdefault(key, []).append(one)
    rows, on_networks = [], {c.target for c in standing.made if c.devices is not None}
    for (clause, app, surface, name, *asked), found in sorted(groups.items()):
        devices = frozenset(d for one in found for d in one.devices)
        prevented = frozenset(d for one in found for d in one.prevented)
        whole = frozenset(d for one in found for d in one.whole)
        by = {target for one in found for target in one.by}
        count = len(devices) if len(devices) >= minimum else None
        rows.append(
            {
                "restriction": clause,
                "app": app,
                "surface": surface,
                "class": name,
                "facts": facts.get(name, "small groups, merged"),
                "devices": min(len(devices), 1) if is_coarse else count,
                "asked": asked,
                "prevented": "all" if devices <= whole else "some" if prevented else "none",
                "by": sorted(by),
                "by_network": sorted(by & on_networks),
                "checked": evidence.checked(clause, name, devices),
                "attested": evidence.attested(clause, name, devices),
            }
        )
    return {"restricted": rows, "others": _others(standing.made, shown, minimum)}


class _Exact:
    """Of how many devices of a row something was seen or stated, in words."""

    def __init__(self, results: Iterable[DutyResult]) -> None:
        every = tuple(results)
        self._seen = {(r.device, r.restriction) for r in every if r.duty in _OF_THE_HOLDER and r.result in _SEEN}
        self._stated = {(r.device, r.restriction) for r in every if r.reason == _ATTESTED}

    def checked(self, clause: str, name: str, devices: frozenset[str]) -> str | None:
        """Of all, some or none of the devices evidence was seen."""
        return _how_many(devices, {d for d, c in self._seen if c == clause})

    def attested(self, clause: str, name: str, devices: frozenset[str]) -> str | None:
        """Of all, some or none of the devices somebody stated it."""
        return _how_many(devices, {d for d, c in self._stated if c == clause})


class _Published:
    """The same, as the published rows of results have it already; `None` where they do not say it of this class."""

    def __init__(self, results: Iterable[DutyResult], shown: Disclosure, named: frozenset[str]) -> None:
        every = tuple(results)
        rows = result_rows(every, {r.restriction: "" for r in every}, shown)
        self._seen = {(r["restriction"], r["class"]) for r in rows if _is_seen(r["duty"], r["result"])}
        self._stated = {(r["restriction"], r["class"]) for r in rows if r["reason"] == _ATTESTED}
        self._named = named

    def checked(self, clause: str, name: str, devices: frozenset[str]) -> str | None:
        """Some or none."""
        return self._said(self._seen, clause, name)

    def attested(self, clause: str, name: str, devices: frozenset[str]) -> str | None:
        """Some or none."""
        return self._said(self._stated, clause, name)

    def _said(self, rows: set[tuple[str, str]], clause: str, name: str) -> str | None:
        if not any(c == clause for c, _ in rows):
            return "none"
        # Where classes are named, a row of "devices of all kinds" may stand for a few devices of one of them.
        is_told = (clause, name) in rows and (name != SMALL or not self._named)
        return "some" if is_told else None


def _is_seen(duty: str, result: str) -> bool:
    return duty in _OF_THE_HOLDER and result in _SEEN


def _how_many(devices: frozenset[str], those: Collection[str]) -> str:
    """In words: beside a number of devices, another one would single out those by which the two differ."""
    met = len(devices.intersection(those))
    return "all" if met == len(devices) else "some" if met else "none"


def _others(made: Iterable[Control], shown: Disclosure, minimum: int) -> list[dict[str, Any]]:
    """Whom a target hits that no rule covers; groups that are too small to name are one row."""
    found: list[dict[str, Any]] = []
    is_coarse = shown.numbers is not Numbers.EXACT
    smallest = shown.smallest if is_coarse else minimum
    for control in made:
        for network in sorted({o.network for o in control.over_reach}):
            rows = [o for o in control.over_reach if o.network == network]
            sizes = Counter({o.who: o.count for o in rows if o.count})
            hidden = too_small(sizes, smallest)
            few = sum(sizes[who] for who in hidden)
            start = {"target": control.target, "network": network}
            seen = sorted((o for o in rows if o.who not in hidden), key=repr)
            counts = [min(o.count, 1) if o.count and is_coarse else o.count for o in seen]
            found += [
                {**start, "who": o.who, "devices": count, "reason": o.reason}
                for o, count in zip(seen, counts, strict=True)
            ]
            if hidden:
                count = 1 if is_coarse else few if few >= minimum else None
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
