# SPDX-License-Identifier: EUPL-1.2
"""What another version of the catalogue changes for a body: names blocked, apps recognised, and for whom.

Reads: two plans of one body at one instant, one for each version, and what its targets made of both. Never evidence.
Cannot know what else on those devices asks for a name that is newly blocked: its role says what is known of that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ordinance.model.apps import Identifier, Kind, Role
from ordinance.model.estate import Platform
from ordinance.model.law import Duty
from ordinance.model.target import Compiled, Demand, Plan

PLATFORMS = {
    Kind.PACKAGE_NAME: {Platform.ANDROID, Platform.CHROMEOS},
    Kind.SIGNER_SHA256: {Platform.ANDROID, Platform.CHROMEOS},
    Kind.BUNDLE_ID: {Platform.IOS, Platform.MACOS},
    Kind.APP_STORE_ID: {Platform.IOS, Platform.MACOS},
    Kind.PACKAGE_FAMILY_NAME: {Platform.WINDOWS},
}  # on which apps have ids of a kind; of those not named here, any
_Key = tuple[str, Duty, Kind, str]  # app, duty, kind and value of an identifier
_Shared = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]  # restrictions, classes, targets


@dataclass(frozen=True, slots=True, order=True)
class Changed:
    """Identifiers of one app and kind that duties reach since then (`gone`: no longer), for the same classes.

    `targets` are ids of those that block them; of other duties there are none. `classes` are of the later plan, or of
    the earlier one where they are gone; `restrictions` likewise.
    """

    app: str
    kind: Kind
    gone: bool
    duties: tuple[Duty, ...]
    restrictions: tuple[str, ...]
    classes: tuple[str, ...]
    targets: tuple[str, ...]
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reached:
    """What one plan reaches: by identifier, the restrictions, the classes and the targets."""

    found: Mapping[_Key, _Shared]
    apps: frozenset[str]


def reached(plan: Plan, made: Mapping[str, Compiled], platforms: Mapping[str, Platform | None]) -> Reached:
    """What a plan, and what targets (by id) made of it, reach. `platforms` are those of classes, where they are known.

    An id of one platform's apps reaches nobody on another.
    """
    blocked: dict[tuple[str, str, str], set[str]] = {}
    for target, compiled in made.items():
        for restriction, duty, app, _, value in (line for a in compiled.artefacts for line in a.lines):
            if duty is Duty.BLOCK_TRAFFIC:
                blocked.setdefault((restriction, app, value), set()).add(target)
    gathered: dict[_Key, tuple[set[str], set[str], set[str]]] = {}
    for demand in plan.demands:
        for one in demand.identifiers:
            targets = blocked.get((demand.restriction, demand.app, one.value), set())
            if not _reaches(demand, one, targets):
                continue
            key = demand.app, demand.duty, one.kind, one.value
            into = gathered.setdefault(key, (set(), set(), set()))
            into[0].add(demand.restriction)
            into[1].update(c for c in demand.classes if _fits(one.kind, platforms.get(c)))
            into[2].update(targets if demand.duty is Duty.BLOCK_TRAFFIC else ())
    found = {key: (_sorted(r), _sorted(c), _sorted(t)) for key, (r, c, t) in gathered.items()}
    return Reached(found, frozenset(d.app for d in plan.demands))


def _fits(kind: Kind, platform: Platform | None) -> bool:
    only = PLATFORMS.get(kind)
    return only is None or platform is None or platform in only


def _reaches(demand: Demand, one: Identifier, targets: set[str]) -> bool:
    """Blocked is what a target blocks; use shows in names of the app alone; the rest is about what is installed."""
    if demand.duty is Duty.BLOCK_TRAFFIC:
        return bool(targets)
    if one.kind is Kind.DOMAIN:
        return demand.duty is Duty.STOP_USING and one.role is Role.APP_ONLY
    return True


def changed(before: Reached, after: Reached) -> tuple[Changed, ...]:
    """Every identifier that only one of the two reaches, in groups that share everything else."""
    return tuple(sorted([*_only(after, before, gone=False), *_only(before, after, gone=True)]))


def _only(here: Reached, there: Reached, *, gone: bool) -> Iterable[Changed]:
    """Gathered by what they share: first the values of one duty, then the duties that reach the same values."""
    values: dict[tuple[str, Duty, Kind, _Shared], set[str]] = {}
    for (app, duty, kind, value), shared in here.found.items():
        if (app, duty, kind, value) not in there.found:
            values.setdefault((app, duty, kind, shared), set()).add(value)
    duties: dict[tuple[str, Kind, _Shared, tuple[str, ...]], set[Duty]] = {}
    for (app, duty, kind, shared), found in values.items():
        duties.setdefault((app, kind, shared, _sorted(found)), set()).add(duty)
    for (app, kind, (restrictions, classes, targets), those), by in duties.items():
        yield Changed(app, kind, gone, tuple(sorted(by)), restrictions, classes, targets, those)


def _sorted(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(words))


def devices_of(changes: Sequence[Changed], sizes: Mapping[str, int]) -> int:
    """How many devices are in any class that a change is about."""
    return sum(sizes.get(c, 0) for c in {c for one in changes for c in one.classes})
