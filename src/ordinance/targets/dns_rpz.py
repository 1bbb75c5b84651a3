# SPDX-License-Identifier: EUPL-1.2
"""DNS Response Policy Zone: a resolver says that restricted names do not exist, or sends who asks to a page of yours.

Reads: the domains of `block_traffic` demands, and address ranges of networks that are not to be blocked. Writes: a
zone file and two pieces of BIND's configuration. Cannot see: installed apps, people, or traffic that never asks this
resolver (fixed addresses, encrypted DNS to a foreign resolver, mobile data). All of that comes back as gaps, never as
silence. A blocked name takes everything beneath it along; what that hits comes back as over-reach.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ordinance.model.apps import Surface
from ordinance.model.law import Duty
from ordinance.model.target import Artefact, Compiled, ConsumerCheck, Plan, Proof, Setting, Support
from ordinance.targets._block import Block, left_out, reach_key
from ordinance.targets._means import CARRIED_BY_DNS, names_support
from ordinance.targets._policy_zone import (
    GAPS_OF_ZONES,
    ZONE_SETTINGS,
    means,
    past_other_zones,
    read_zone_settings,
    zone_of,
)
from ordinance.targets._rpz_files import configuration


class DnsRpz:
    """Blocks names at the resolver. Shown to work with BIND 9.18."""

    id: ClassVar[str] = "dns-rpz"
    title: ClassVar[str] = "DNS Response Policy Zone"
    consumer: ClassVar[str] = "bind9"
    proof: ClassVar[Proof] = Proof.BEHAVES
    by_network: ClassVar[bool] = True
    version_field: ClassVar[str] = "serial of the zone's SOA"
    support: ClassVar[Mapping[tuple[Duty, Surface], Support]] = names_support(CARRIED_BY_DNS)
    settings: ClassVar[Mapping[str, Setting]] = ZONE_SETTINGS
    gaps: ClassVar[Mapping[str, str]] = GAPS_OF_ZONES

    def compile(self, plan: Plan, settings: Mapping[str, str], serial: int) -> Compiled:
        """A zone file, two pieces of configuration, gaps and over-reach.

        `serial` is that of the zone's SOA. Raises PolicyError (`bad-target-setting`) for settings
        and TargetError for a serial that 32 bits do not hold.
        """
        values = read_zone_settings(self.id, settings)
        block = Block.of(plan, means(self.id, self.gaps, values["zone"]))
        zone = zone_of(self.id, block, plan, values, serial)
        free = left_out(plan) if block.chosen else ()
        options, clause = configuration(values["zone"])
        return Compiled(
            (
                zone,
                Artefact(f"{self.id}/named.options.conf", options, (), ()),
                Artefact(f"{self.id}/named.zone.conf", clause, (), ()),
            ),
            block.gaps(plan),
            tuple(sorted({*block.over_reach(plan), *past_other_zones(self.id, plan, free)}, key=reach_key)),
        )

    def checks(self, settings: Mapping[str, str]) -> tuple[ConsumerCheck, ...]:
        """BIND's own reader of zones. That it takes the zone does not show that it blocks."""
        zone = read_zone_settings(self.id, settings)["zone"]
        return (ConsumerCheck("named-checkzone", ("-v",), (zone, "{file}"), f"{self.id}/{zone}.zone"),)
