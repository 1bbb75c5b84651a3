# SPDX-License-Identifier: EUPL-1.2
"""Unbound: a resolver says that restricted names do not exist, by local zones or by policy zones.

Reads: the domains of `block_traffic` demands, and address ranges of networks that are not to be blocked. Writes: one
file of local zones, or two policy zones with Unbound's configuration for them. Who may ask the resolver at all is never
written: that stays as it is. Cannot see: installed apps, people, traffic that never asks this resolver, or what else
its configuration says. All of that comes back as gaps; whom a block hits besides comes back as over-reach.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from ordinance.model.apps import Surface
from ordinance.model.errors import PolicyError
from ordinance.model.law import Duty
from ordinance.model.target import (
    Artefact,
    Compiled,
    ConsumerCheck,
    Plan,
    Proof,
    Setting,
    Support,
)
from ordinance.targets._block import Block, left_out, reach_key
from ordinance.targets._means import CARRIED_BY_DNS, LIMITS_OF_DNS, Means, names_support
from ordinance.targets._policy_zone import (
    GAPS_OF_ZONES,
    ZONE_SETTINGS,
    means,
    past_other_zones,
    read_zone_settings,
    zone_of,
)
from ordinance.targets._settings import bad_setting, read_settings
from ordinance.targets._unbound_files import (
    MODULES,
    clients_zone,
    left_out_zone,
    local_zones,
    policy_clauses,
)

TARGET = "unbound"
LOCAL_ZONES = f"{TARGET}/ordinance-local-zones.conf"

GAPS: Mapping[str, str] = {
    **GAPS_OF_ZONES,
    # Seen with 1.17.1, and told in NLnet Labs' issue 954: no rule is asked about the target of a CNAME from the cache.
    "cname-cached": "a name that is a CNAME for a blocked name is blocked while the CNAME is new to the resolver, "
    "and answered from its cache after that",
    "cname-open": "a name that is a CNAME for a blocked name is answered: local zones meet only the name asked for",
    "own-views": "clients for whom the resolver has a view with local zones of its own, and no view-first, "
    "do not meet these",
}

SETTINGS: Mapping[str, Setting] = {
    # Local zones need no other module, leave networks out exactly and hit no alias of the body's own.
    "form": Setting("local-zone", "local-zone|rpz", "local-zone or rpz"),
    **ZONE_SETTINGS,
}
_OF_ZONES_ALONE = ("garden", "ttl", "zone")

_CNAMES = (
    "own names that are a CNAME for a blocked name",
    "the rule fires on the target of a CNAME that is new to the resolver: the name in front of it fails now and then",
)
_ALSO = ", and past rules about addresses in answers wherever they stand"


class Unbound:
    """Blocks names at the resolver. Shown to work with Debian's Unbound 1.17.1."""

    id: ClassVar[str] = TARGET
    title: ClassVar[str] = "Unbound"
    consumer: ClassVar[str] = "unbound"
    proof: ClassVar[Proof] = Proof.BEHAVES
    by_network: ClassVar[bool] = True
    version_field: ClassVar[str] = "serial of the SOA of both policy zones; only in the form rpz"
    support: ClassVar[Mapping[tuple[Duty, Surface], Support]] = names_support(CARRIED_BY_DNS)
    settings: ClassVar[Mapping[str, Setting]] = SETTINGS
    gaps: ClassVar[Mapping[str, str]] = GAPS

    def compile(self, plan: Plan, settings: Mapping[str, str], serial: int) -> Compiled:
        """Files of the form that the settings name, gaps and over-reach.

        `serial` is that of the policy zones' SOA. Raises PolicyError (`bad-target-setting`) for settings
        and TargetError for a serial that 32 bits do not hold.
        """
        values = read_form(settings)
        return _as_zones(plan, values, serial) if values["form"] == "rpz" else _as_local_zones(plan, values)

    def checks(self, settings: Mapping[str, str]) -> tuple[ConsumerCheck, ...]:
        """Unbound's reader of configuration. Policy zones are not asked about: it seeks them in their place alone."""
        if read_form(settings)["form"] == "rpz":
            return ()
        return (ConsumerCheck("unbound-checkconf", ("-h",), ("{file}",), LOCAL_ZONES),)


def read_form(given: Mapping[str, str]) -> dict[str, str]:
    """The settings. Raises PolicyError, also where one is given that the form has no use for."""
    values = read_settings(TARGET, SETTINGS, given)
    read_zone_settings(TARGET, {k: values[k] for k in ZONE_SETTINGS})
    idle = [k for k in _OF_ZONES_ALONE if values[k] != SETTINGS[k].default]
    if values["form"] == "local-zone" and idle:
        hint = 'local zones know the answers nxdomain and nodata alone; the rest needs form = "rpz"'
        raise PolicyError([bad_setting(f"{TARGET}: the form local-zone has no use for {', '.join(idle)}", hint)])
    return values


def _as_local_zones(plan: Plan, values: Mapping[str, str]) -> Compiled:
    table = Means(TARGET, GAPS, limits=(*LIMITS_OF_DNS, "cname-open", "own-views"), tells_clients=True)
    block = Block.of(plan, table)
    free = left_out(plan) if block.chosen else ()
    written = local_zones(plan, block.chosen, values["answer"], free)
    file = Artefact(LOCAL_ZONES, written, tuple(block.chosen), block.lines(plan), tuple(map(str, free)))
    return Compiled((file,), block.gaps(plan), block.over_reach(plan))


def _as_zones(plan: Plan, values: Mapping[str, str], serial: int) -> Compiled:
    zone = values["zone"]
    table = replace(means(TARGET, GAPS, zone), limits=(*LIMITS_OF_DNS, "cname-cached"), besides=(_CNAMES,))
    block = Block.of(plan, table)
    free = left_out(plan) if block.chosen else ()
    # The zone of names says nothing of clients: the zone before it does.
    names = replace(zone_of(TARGET, block, replace(plan, others=()), values, serial), left_out=tuple(map(str, free)))
    clients = clients_zone(zone, values["ttl"], serial, free)
    hit = sorted({*block.over_reach(plan), *past_other_zones(TARGET, plan, free, _ALSO)}, key=reach_key)
    return Compiled(
        (
            names,
            Artefact(f"{TARGET}/{left_out_zone(zone)}.zone", clients, (), ()),
            Artefact(f"{TARGET}/ordinance-modules.conf", MODULES, (), ()),
            Artefact(f"{TARGET}/ordinance-rpz.conf", policy_clauses(zone), (), ()),
        ),
        block.gaps(plan),
        tuple(hit),
    )
