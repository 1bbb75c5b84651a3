# SPDX-License-Identifier: EUPL-1.2
"""What another version of the catalogue changes for a body: names blocked, apps recognised, and for whom.

Reads: two plans of one body at one instant, one for each version, and what its targets made of both. Never evidence.
A name counts as blocked when a target blocks it or a name above it, whatever app it is filed under. Cannot know what
else on those devices asks for a name that is newly blocked: its role says what is known of that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ordinance.model.apps import Confidence, Identifier, Kind, Role
from ordinance.model.estate import Platform
from ordinance.model.law import Duty
from ordinance.model.target import Compiled, Demand, Plan

PLATFORMS = {
    Kind.PACKAGE_NAME: {Platform.ANDROID, Platform.CHROMEOS},
    Kind.SIGNER_SHA256: {Platform.ANDROID, Platform.CHROMEOS},
    Kind.CLASS_PREFIX: {Platform.ANDROID, Platform.CHROMEOS},
    Kind.BUNDLE_ID: {Platform.IOS, Platform.MACOS},
    Kind.APP_STORE_ID: {Platform.IOS, Platform.MACOS},
    Kind.PACKAGE_FAMILY_NAME: {Platform.WINDOWS},
}  # on which apps have ids of a kind; of those not named here, any
_Key = tuple[str, Duty, Kind, str]  # app ("" of a block: a name is blocked whosever it is), duty, kind, value


@dataclass(frozen=True, slots=True, order=True)
class Changed:
    """Identifiers of one kind that duties reach since then (`gone`: no longer), for the same classes.

    `classes` are those newly reached, or no longer: of an identifier that was reached for others before, only the
    difference. `targets` are ids of those that block it; of other duties there are none. `apps` and `restrictions` are
    of the later plan, or of the earlier one where they are gone.
    """

    apps: tuple[str, ...]
    kind: Kind
    gone: bool
    duties: tuple[Duty, ...]
    restrictions: tuple[str, ...]
    classes: tuple[str, ...]
    targets: tuple[str, ...]
    values: tuple[str, ...]


@dataclass(slots=True)
class _Reach:
    """For whom, and why, one identifier is reached."""

    apps: set[str]
    restrictions: set[str]
    classes: set[str]
    targets: set[str]


@dataclass(frozen=True, slots=True)
class Reached:
    """What one plan reaches, by identifier; every name that a target writes; every app of a demand."""

    found: Mapping[_Key, _Reach]
    written: frozenset[str]
    apps: frozenset[str]

    def classes_of(self, key: _Key) -> set[str] | None:
        """The classes for which an identifier is reached; `None` where it is not reached at all."""
        _, duty, kind, value = key
        if duty is not Duty.BLOCK_TRAFFIC:
            return self.found[key].classes if key in self.found else None
        above = _at_or_above(value)
        if not self.written.intersection(above):
            return None
        at_them = (self.found.get(("", duty, kind, name)) for name in above)
        return {c for one in at_them if one for c in one.classes}


def reached(plan: Plan, made: Mapping[str, Compiled], platforms: Mapping[str, Platform | None]) -> Reached:
    """What a plan, and what targets (by id) made of it, reach. `platforms` are those of classes, where they are known.

    An id of one platform's apps reaches nobody on another.
    """
    artefacts = [(target, a) for target, compiled in made.items() for a in compiled.artefacts]
    blocked: dict[tuple[str, str, str], set[str]] = {}
    for target, artefact in artefacts:
        for restriction, duty, app, _, value in artefact.lines:
            if duty is Duty.BLOCK_TRAFFIC:
                blocked.setdefault((restriction, app, value), set()).add(target)
    found: dict[_Key, _Reach] = {}
    for demand in plan.demands:
        for one in demand.identifiers:
            targets = blocked.get((demand.restriction, demand.app, one.value), set())
            if not _reaches(demand, one, targets, plan.at.date()):
                continue
            is_block = demand.duty is Duty.BLOCK_TRAFFIC
            key = "" if is_block else demand.app, demand.duty, one.kind, one.value
            into = found.setdefault(key, _Reach(set(), set(), set(), set()))
            into.apps.add(demand.app)
            into.restrictions.add(demand.restriction)
            into.classes.update(c for c in demand.classes if _fits(one.kind, platforms.get(c)))
            into.targets.update(targets if is_block else ())
    written = frozenset(name for _, artefact in artefacts for name in artefact.entries)
    return Reached(found, written, frozenset(d.app for d in plan.demands))


def _fits(kind: Kind, platform: Platform | None) -> bool:
    only = PLATFORMS.get(kind)
    return only is None or platform is None or platform in only


def _reaches(demand: Demand, one: Identifier, targets: set[str], day: date) -> bool:
    """Blocked is what a target blocks; use shows in sure names of the app alone; the rest is of what is installed."""
    if demand.duty is Duty.BLOCK_TRAFFIC:
        return bool(targets)
    if one.kind is not Kind.DOMAIN:
        return one.role is not Role.EMBED  # a kit inside other apps recognises nothing
    shows_use = one.role is Role.APP_ONLY and one.confidence is Confidence.HIGH  # as a check judges it
    return demand.duty is Duty.STOP_USING and shows_use and (one.retired is None or day < one.retired)


def changed(before: Reached, after: Reached) -> tuple[Changed, ...]:
    """Everything that only one of the two reaches, or reaches for more, in groups that share all but their values."""
    return tuple(sorted([*_only(after, before, gone=False), *_only(before, after, gone=True)]))


def _only(here: Reached, there: Reached, *, gone: bool) -> Iterable[Changed]:
    """First the values of one duty that share everything else, then the duties that reach the same values."""
    values: dict[tuple[Duty, Kind, tuple[tuple[str, ...], ...]], set[str]] = {}
    for key, one in here.found.items():
        known = there.classes_of(key)
        classes = one.classes - (known or set())
        if classes:  # an id that no device of the body can have reaches nobody
            shared = tuple(map(_sorted, (one.apps, one.restrictions, classes, one.targets)))
            values.setdefault((key[1], key[2], shared), set()).add(key[3])
    duties: dict[tuple[Kind, tuple[tuple[str, ...], ...], tuple[str, ...]], set[Duty]] = {}
    for (duty, kind, shared), found in values.items():
        duties.setdefault((kind, shared, _sorted(found)), set()).add(duty)
    for (kind, (apps, restrictions, reach, targets), those), by in duties.items():
        yield Changed(apps, kind, gone, tuple(sorted(by)), restrictions, reach, targets, those)


def _at_or_above(name: str) -> list[str]:
    labels = name.split(".")
    return [".".join(labels[n:]) for n in range(len(labels))]


def _sorted(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(words))


def devices_of(changes: Sequence[Changed], sizes: Mapping[str, int]) -> int:
    """How many devices are in any class that a change is about."""
    return sum(sizes.get(c, 0) for c in {c for one in changes for c in one.classes})
