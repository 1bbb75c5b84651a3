# SPDX-License-Identifier: EUPL-1.2
"""What every target shares that writes a response policy zone: settings, what such a zone can do, the zone itself.

Reads a plan and one `[[targets]]` table. Cannot know which resolver loads the zone: each target says how its own does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from ipaddress import IPv4Network, IPv6Network

from ordinance.model.errors import PolicyError, TargetError
from ordinance.model.target import Artefact, OverReach, Plan, Setting
from ordinance.targets._block import Block, left_out
from ordinance.targets._means import CNAME_TARGETS, GAPS_OF_DNS, GAPS_OF_NAMES, Means
from ordinance.targets._names import LONGEST_OWNER, lies_in, names_between, wire_octets
from ordinance.targets._rpz_files import zone_file
from ordinance.targets._settings import bad_setting, read_settings

GAPS_OF_ZONES: Mapping[str, str] = {
    **GAPS_OF_NAMES,
    "name-too-long": "longer than 255 octets with the policy zone behind it",
    **GAPS_OF_DNS,
}

ZONE_SETTINGS: Mapping[str, Setting] = {
    # At most 100 octets, so that hardly any host name becomes too long with the zone behind it.
    "zone": Setting(
        "rpz.ordinance",
        r"(?=.{1,100}\Z)(?!rpz-)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.(?!rpz-)[a-z][a-z0-9-]{0,61}[a-z0-9])+",
        "a name of two or more labels in lower case, such as rpz.ordinance",
    ),
    "ttl": Setting("300", r"0|[1-9][0-9]{0,4}", "a number of seconds from 0 to 99999"),
    "answer": Setting("nxdomain", "nxdomain|nodata|garden", "nxdomain, nodata or garden"),
    "garden": Setting(
        "",
        r"|(?=.{4,200}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.(?!rpz-)[a-z][a-z0-9-]{0,61}[a-z0-9])+",
        "a host name of two or more labels in lower case, such as blocked.city.example",
    ),
}


def read_zone_settings(
    target_id: str, given: Mapping[str, str], table: Mapping[str, Setting] = ZONE_SETTINGS
) -> dict[str, str]:
    """The settings of `table`, which holds at least those of a zone.

    Raises PolicyError, also where answer and garden do not go together.
    """
    values = read_settings(target_id, table, given)
    if (values["answer"] == "garden") != bool(values["garden"]):
        hint = 'answer = "garden" and garden = "blocked.city.example" belong together'
        raise PolicyError([bad_setting(f"{target_id}: answer = {values['answer']!r} has no use for this garden", hint)])
    return values


def check_garden(target_id: str, values: Mapping[str, str], chosen: Collection[str]) -> None:
    """Raises PolicyError where the page that people are sent to is blocked itself."""
    above = lies_in(values["garden"], chosen) if values["garden"] else None
    if above is not None:
        message = f"{target_id}: garden = {values['garden']!r} lies beneath {above}, which is blocked"
        raise PolicyError([bad_setting(message, "name a page of your own")])


def asked_by(chosen: Mapping[str, frozenset[str]]) -> Mapping[str, frozenset[str]]:
    """Every name to write, sorted, with who asks for it: nobody, for a name between two others."""
    between = names_between(chosen)
    every = {**chosen, **dict.fromkeys(between, frozenset[str]())}
    return {n: every[n] for n in sorted(every)} if between else chosen


def means(target: str, gaps: Mapping[str, str], zone: str) -> Means:
    """What a policy zone of that name can do: it knows who asks, and fires on the target of a CNAME."""

    room = LONGEST_OWNER - wire_octets(f"*..{zone}")

    def unfit(name: str) -> str | None:
        return "name-too-long" if len(name) > room else None

    return Means(target, gaps, unfit=unfit, tells_clients=True, besides=(CNAME_TARGETS,))


def zone_of(target: str, block: Block, plan: Plan, values: Mapping[str, str], serial: int) -> Artefact:
    """The zone as a file. Raises TargetError for a serial that 32 bits do not hold, PolicyError for the garden."""
    if not 0 <= serial < 2**32:
        raise TargetError(f"{target}: serial {serial} does not fit 32 bits")
    check_garden(target, values, block.chosen)
    names = asked_by(block.chosen)
    free = left_out(plan) if names else ()
    written = zone_file(plan, names, values, serial, free)
    path = f"{target}/{values['zone']}.zone"
    return Artefact(path, written, tuple(names), block.lines(plan), tuple(map(str, free)))


def past_other_zones(
    target: str, plan: Plan, free: Collection[IPv4Network | IPv6Network], also: str = ""
) -> set[OverReach]:
    """Networks of which a range is left out: policy zones that stand behind ours protect nobody there any more.

    ISC, bind-users of May 2015: `rpz-passthru` ends the processing of policy zones for what it matches. PowerDNS,
    documentation of the Recursor, Response Policy Zones, "Evaluation order": after it, rules of zones defined before
    that one are still asked. `also` is said behind that, where a resolver does more.
    """
    reason = "left out here, these clients are let past every policy zone behind ours as well" + also
    ranges = frozenset(free)
    networks = {n.id for n in plan.others if any(c in ranges for c in n.cidrs)}
    return {OverReach(target, n, "whoever your other policy zones protect", None, reason) for n in networks}
