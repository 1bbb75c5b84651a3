# SPDX-License-Identifier: EUPL-1.2
"""AdGuard Home: a list of DNS filtering rules; whoever asks that resolver finds no way to restricted names.

Reads: the domains of `block_traffic` demands, and address ranges of networks that are not to be blocked. Writes: one
rule a name. Cannot see: installed apps, people, traffic that never asks this resolver, or what else is set in AdGuard
Home, where another rule may open a name again. All of that comes back as gaps. Contract only: the form is that of
AdGuard's documentation ("DNS filtering rules syntax", read in November 2026); no AdGuard Home could be started.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network
from itertools import accumulate
from typing import ClassVar

from ordinance.model.apps import Surface
from ordinance.model.law import Duty
from ordinance.model.target import Artefact, Compiled, ConsumerCheck, OverReach, Plan, Proof, Setting, Support
from ordinance.targets._block import EVERYBODY, Block, left_out, reach_key
from ordinance.targets._heading import heading
from ordinance.targets._means import (
    CARRIED_BY_DNS,
    CNAME_TARGETS,
    GAPS_OF_DNS,
    GAPS_OF_NAMES,
    LIMITS_OF_DNS,
    Means,
    names_support,
)
from ordinance.targets._names import plain
from ordinance.targets._settings import read_settings

_GAPS: Mapping[str, str] = {
    **GAPS_OF_NAMES,
    **GAPS_OF_DNS,
    "opened-elsewhere": "an exception rule of another list, or filtering switched off for a client, opens it again",
}


# A line that is longer makes AdGuard Home refuse the whole list. It reads lines with Go's `bufio.MaxScanTokenSize` of
# 65,536 octets (AdguardTeam/AdGuardHome, issue 6003); releases 0.107.34 and 0.107.35 took no more than 1,024.
LONGEST_LINE = 65_000
LONGEST_RULE = len("||^$client=") + 253
LONGEST_REMARK = 1_000


class Adguard:
    """Blocks names at AdGuard Home. Follows AdGuard's documentation; no AdGuard Home could be asked."""

    id: ClassVar[str] = "adguard"
    title: ClassVar[str] = "Rules for AdGuard Home"
    consumer: ClassVar[str] = "AdGuard Home"
    proof: ClassVar[Proof] = Proof.CONTRACT_ONLY
    by_network: ClassVar[bool] = True
    version_field: ClassVar[str] = ""
    support: ClassVar[Mapping[tuple[Duty, Surface], Support]] = names_support(CARRIED_BY_DNS)
    settings: ClassVar[Mapping[str, Setting]] = {}
    gaps: ClassVar[Mapping[str, str]] = _GAPS

    def compile(self, plan: Plan, settings: Mapping[str, str], serial: int) -> Compiled:
        """A list of rules, gaps and over-reach. The format has no version number: `serial` is not used.

        Raises PolicyError (`bad-target-setting`) for any setting: there are none.
        """
        read_settings(self.id, self.settings, settings)
        block = Block.of(plan, _MEANS)
        every = left_out(plan) if block.chosen else ()
        free = _on_one_line(every)
        content = "".join(f"{line}\n" for line in _lines(plan, block.chosen, free)).encode("ascii")
        artefact = Artefact(
            f"{self.id}/ordinance.txt", content, tuple(block.chosen), block.lines(plan), tuple(map(str, free))
        )
        over_reach = {*block.over_reach(plan), *_no_room(plan, frozenset(every) - frozenset(free))}
        return Compiled((artefact,), block.gaps(plan), tuple(sorted(over_reach, key=reach_key)))

    def checks(self, settings: Mapping[str, str]) -> tuple[ConsumerCheck, ...]:
        """None: AdGuard Home reads lists only while it runs."""
        return ()


def _on_one_line(free: Sequence[IPv4Network | IPv6Network]) -> tuple[IPv4Network | IPv6Network, ...]:
    """As many ranges as fit behind the longest name: a rule is one line, and they cannot be parted over several."""
    lengths = accumulate(len(f"|~{cidr}") for cidr in free)
    return tuple(cidr for cidr, length in zip(free, lengths, strict=True) if length <= LONGEST_LINE - LONGEST_RULE)


def _no_room(plan: Plan, away: Collection[IPv4Network | IPv6Network]) -> Iterator[OverReach]:
    for network in plan.others:
        if count := sum(c in away for c in network.cidrs):
            why = f"{count} of its address ranges have no room on a line, which AdGuard Home reads to 64 KiB"
            yield OverReach(Adguard.id, network.id, EVERYBODY, None, why)


def _lines(
    plan: Plan, asked_by: Mapping[str, frozenset[str]], free: Sequence[IPv4Network | IPv6Network]
) -> Iterator[str]:
    """Comments begin with `!` and stand on lines of their own: behind a rule they would be a part of it.

    Clients that are not to be blocked are excepted from each rule. One exception rule for all of them would be shorter,
    and would open to them what any other list blocks, malware too.
    """
    yield f"! Title: Apps that {plain(plan.body)} restricts"  # the first title counts: no later line can be one
    yield from heading(plan, asked_by, "!", "for AdGuard Home")
    excepted = "|".join(f"~{cidr}" for cidr in free)
    modifiers = f"$client={excepted}" if free else ""
    why = ""
    for name, restrictions in sorted(asked_by.items(), key=lambda item: (sorted(item[1]), item[0])):
        if (new := ", ".join(sorted(plain(r) for r in restrictions))) != why:
            why = new
            yield f"! By {why if len(why) <= LONGEST_REMARK else 'many restrictions of those above'}"
        yield f"||{name}^{modifiers}"


_MEANS = Means(
    Adguard.id,
    Adguard.gaps,
    limits=(*LIMITS_OF_DNS, "opened-elsewhere"),
    tells_clients=True,
    besides=(CNAME_TARGETS,),
)
