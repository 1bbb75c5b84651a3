# SPDX-License-Identifier: EUPL-1.2
"""One process of `scripts/bench build`: a plan is made up, compiled for targets, and written as a bundle.

    ours.py families 80 FOLDER     80 families, 12 classes of devices, every target
    ours.py zone 500000 FOLDER     one rule with as many names, for the policy zone alone

Families are made up: names as long and as many by role as those of the shipped catalogue. Prints what was written.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from ordinance.cli.main import COLLECT_AFTER
from ordinance.enforce.bundle import Making, make_bundle
from ordinance.enforce.last import Stage
from ordinance.enforce.plan import Plans
from ordinance.model.apps import Confidence, Identifier, Kind, Role, Surface
from ordinance.model.body import Body, Checking, TargetSettings
from ordinance.model.estate import DeviceFacts, Enrolment, Owner, People, Platform
from ordinance.model.law import Duty
from ordinance.model.ruling import DeviceClass
from ordinance.model.target import ClassSize, Demand, Plan
from ordinance.policy.body import UTC as ZONE
from ordinance.store.files import write_folder
from ordinance.targets import BUILTIN

AT = datetime(2026, 11, 1, tzinfo=UTC)
CLASSES, DEVICES = 12, 25
NAMES = {Role.APP_ONLY: 22, Role.WEB: 14, Role.SHARED: 8, Role.EMBED: 3}  # of a family, as in the catalogue on average
DUTIES = (Duty.STOP_USING, Duty.REMOVE, Duty.DENY_INSTALL, Duty.BLOCK_TRAFFIC)
SURFACES = (Surface.APP, Surface.DESKTOP, Surface.WEB)


def main() -> None:
    """Make, compile, write, say."""
    gc.set_threshold(COLLECT_AFTER)  # as every command does
    what, size, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    plan, targets = (families(size), [t() for t in BUILTIN]) if what == "families" else (zone(size), [_rpz()])
    nothing = Checking(None, "", frozenset())
    body = Body(folder, "bench", "", ZONE, ("en",), "", nothing, targets=tuple(_settings(t.id) for t in targets))
    of = {t.id: plan for t in targets}
    devices = {f"d{n}": f"c{n % CLASSES}" for n in range(CLASSES * DEVICES)}
    whose = {c.id: c.who for c in plan.classes if c.who}
    plans = Plans(plan, of, (), devices, {d: whose[c] for d, c in devices.items()})
    began = time.perf_counter()
    bundle = make_bundle(plans, body, {t.id: t for t in targets}, None, Making("bench", Stage.ALL))
    write_folder(folder, bundle.files)
    said = {
        "targets": len(targets),
        "demands": len(plan.demands),
        "entries": bundle.entries,
        "gaps": len(bundle.gaps),
        "bytes": sum(map(len, bundle.files.values())),
        "build_s": time.perf_counter() - began,
    }
    print(json.dumps(said))


def families(count: int) -> Plan:
    """Everything forbidden of every family, for all classes; each second family on the web too."""
    demands = [
        Demand(f"bench/rule-{n % 7}", duty, f"f{n}/app", surface, AT, _names(n), n % 2 == 0, _some(n), DEVICES)
        for n in range(count)
        for duty in DUTIES
        for surface in SURFACES
        if surface is not Surface.WEB or n % 2 == 0
    ]
    return Plan("bench", AT, "made up", tuple(demands), classes=_classes(), estate_devices=CLASSES * DEVICES)


def zone(count: int) -> Plan:
    """One rule and many names, a third of them beneath another one's parent."""
    names = tuple(_domain(f"h{n:06}.r{n % 977}.example", "f0", Role.APP_ONLY) for n in range(count))
    rule = Demand("bench/many", Duty.BLOCK_TRAFFIC, "f0/app", Surface.APP, AT, names, False, _some(0), DEVICES)
    return Plan("bench", AT, "made up", (rule,), classes=_classes(), estate_devices=CLASSES * DEVICES)


def _names(family: int) -> tuple[Identifier, ...]:
    domains = [
        _domain(f"{role.value.replace('_', '-')}{n}.service{n % 5}.app{family}.example", f"f{family}", role)
        for role, count in NAMES.items()
        for n in range(count)
    ]
    package = Identifier(Kind.PACKAGE_NAME, f"com.example.app{family}", f"f{family}", "app", Confidence.HIGH)
    return (*domains, package)


def _domain(name: str, family: str, role: Role) -> Identifier:
    return Identifier(Kind.DOMAIN, name, family, "app", Confidence.HIGH, role)


def _some(number: int) -> tuple[str, ...]:
    """All classes but one: rules differ in whom they cover."""
    return tuple(f"c{n}" for n in range(CLASSES) if n != number % CLASSES)


def _classes() -> tuple[ClassSize, ...]:
    platforms, found = (Platform.WINDOWS, Platform.ANDROID, Platform.IOS, Platform.MACOS), []
    for n in range(CLASSES):
        facts = DeviceFacts(owner=Owner.BODY, enrolment=Enrolment.MANAGED, platform=platforms[n % len(platforms)])
        who = DeviceClass(f"c{n}", facts, People.STAFF, "bench")
        found.append(ClassSize(who.id, who.in_words, DEVICES, who))
    return tuple(found)


def _rpz() -> object:
    return next(t for t in (b() for b in BUILTIN) if t.id == "dns-rpz")


def _settings(target: str) -> TargetSettings:
    return TargetSettings(target, (), {})


if __name__ == "__main__":
    main()
