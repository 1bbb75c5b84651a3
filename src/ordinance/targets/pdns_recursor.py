# SPDX-License-Identifier: EUPL-1.2
"""PowerDNS Recursor: a response policy zone, and what its Lua file and its settings need to load it.

Reads: the domains of `block_traffic` demands, and address ranges of networks that are not to be blocked. Writes: a zone
file, a piece of Lua and one setting. Cannot see: installed apps, people, or traffic that never asks this resolver. All
of that comes back as gaps. A blocked name takes everything beneath it along; what that hits comes back as over-reach.
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

# The recursor takes a relative path from the folder it was started in, which is the root under systemd.
_FOLDER = Setting(
    "/etc/powerdns",
    r"(?=.{1,200}\Z)(/[A-Za-z0-9_][A-Za-z0-9._-]*)+",
    "an absolute path of plain letters, digits and ._-, such as /etc/powerdns",
)


class PdnsRecursor:
    """Blocks names at the resolver. Shown to work with PowerDNS Recursor 4.8."""

    id: ClassVar[str] = "pdns-recursor"
    title: ClassVar[str] = "PowerDNS Recursor"
    consumer: ClassVar[str] = "pdns-recursor"
    proof: ClassVar[Proof] = Proof.BEHAVES
    by_network: ClassVar[bool] = True
    version_field: ClassVar[str] = "serial of the zone's SOA"
    support: ClassVar[Mapping[tuple[Duty, Surface], Support]] = names_support(CARRIED_BY_DNS)
    settings: ClassVar[Mapping[str, Setting]] = {**ZONE_SETTINGS, "folder": _FOLDER}
    gaps: ClassVar[Mapping[str, str]] = GAPS_OF_ZONES

    def compile(self, plan: Plan, settings: Mapping[str, str], serial: int) -> Compiled:
        """A zone file, a piece of Lua, a setting, gaps and over-reach.

        `serial` is that of the zone's SOA. Raises PolicyError (`bad-target-setting`) for settings
        and TargetError for a serial that 32 bits do not hold.
        """
        values = read_zone_settings(self.id, settings, self.settings)
        block = Block.of(plan, means(self.id, self.gaps, values["zone"]))
        free = left_out(plan) if block.chosen else ()
        return Compiled(
            (
                zone_of(self.id, block, plan, values, serial),
                Artefact(f"{self.id}/ordinance.lua", _lua(values["folder"], values["zone"]), (), ()),
                Artefact(f"{self.id}/ordinance.conf", _conf(), (), ()),
            ),
            block.gaps(plan),
            tuple(sorted({*block.over_reach(plan), *past_other_zones(self.id, plan, free)}, key=reach_key)),
        )

    def checks(self, settings: Mapping[str, str]) -> tuple[ConsumerCheck, ...]:
        """None: the recursor has no way to read a zone without serving it."""
        return ()


def _lua(folder: str, zone: str) -> bytes:
    """Loads the zone as it is. Without `policyName` no `rec_control dump-rpz` shows what was loaded.

    A `defpol` would stand in the place of every answer, also of those that leave clients out: 4.8 then blocks them.
    """
    return (
        "-- Policy tag: app-restriction. Restricted by a decision, not malicious.\n"
        "-- For the Lua file that lua-config-file names, by dofile. Add no defpol: it would block who is left out.\n"
        f'rpzFile("{folder}/{zone}.zone", {{policyName="{zone}"}})\n'
    ).encode("ascii")


def _conf() -> bytes:
    """The packet cache of 4.8 keeps an answer without asking who may have it.

    With it a client that is blocked gets what a client that is left out asked for, and the reverse; and a zone that
    was loaded anew does not act on names that somebody has asked for before. It is switched off also where no range is
    left out: the recursor reads this at its start alone, and a later bundle may leave some out.
    """
    return (
        b"# For recursor.d. The packet cache would give one client's answer to all others, also to those left out,\n"
        b"# and old answers after the zone was loaded anew.\n"
        b"disable-packetcache=yes\n"
    )
