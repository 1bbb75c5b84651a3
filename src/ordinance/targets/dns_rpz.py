# SPDX-License-Identifier: EUPL-1.2
"""DNS Response Policy Zone: a resolver says that restricted names do not exist.

Reads: the domains of `block_traffic` demands. Writes: a zone file and two pieces of BIND's
configuration. Cannot see: installed apps, people, or traffic that never asks this resolver (fixed
addresses, encrypted DNS to a foreign resolver, mobile data). All of that comes back as gaps, never
as silence. A blocked name takes everything beneath it along; what that hits comes back as over-reach.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ordinance.model.apps import Confidence, Identifier, Kind, Role, Surface
from ordinance.model.errors import TargetError
from ordinance.model.law import Duty
from ordinance.model.target import Artefact, Compiled, ConsumerCheck, Demand, Gap, OverReach, Plan, Support
from ordinance.targets._names import LONGEST_OWNER, host_name, lies_in, wire_octets, with_names_between
from ordinance.targets._rpz_files import configuration, zone_file
from ordinance.targets._settings import Setting, read_settings

SHOWN = 3  # names of an app that is hit besides

_CARRIED = frozenset({Surface.APP, Surface.DESKTOP, Surface.WEB, Surface.NETWORK})

_WHY_NOT_DUTY = {
    Duty.STOP_USING: "dns-cannot-see-use",
    Duty.REMOVE: "dns-cannot-see-installed-apps",
    Duty.DENY_INSTALL: "dns-cannot-see-installed-apps",
    Duty.IDENTIFY: "not-a-matter-of-names",
    Duty.REPORT: "not-a-matter-of-names",
    Duty.ATTEST: "not-a-matter-of-names",
    Duty.REPLACE: "not-a-matter-of-names",
    Duty.ASSESS_RISK: "not-a-matter-of-names",
}
_WHY_NOT_SURFACE = {
    Surface.API: "no-api-names",
    Surface.LINK: "dns-cannot-tell-surface",
    Surface.ACCOUNT: "dns-cannot-tell-surface",
    Surface.VENUE: "dns-cannot-tell-surface",
    Surface.ADVERTISING: "dns-cannot-tell-surface",
}
_WHY_NOT_ROLE = {
    Role.APP_ONLY: "app-name-not-web",
    Role.WEB: "shared-with-web",
    Role.EMBED: "embed-not-use",
    Role.SHARED: "shared-with-other-products",
}
_LIMITS_OF_DNS = ("fixed-addresses", "foreign-resolver", "outside-the-network")


def _support(duty: Duty, surface: Surface) -> Support:
    """Never `full`: who asks another resolver is not stopped."""
    if duty is not Duty.BLOCK_TRAFFIC:
        return Support.NEVER
    if surface in _CARRIED:
        return Support.PARTIAL
    return Support.NOT_YET if surface is Surface.API else Support.NEVER


class DnsRpz:
    """Blocks names at the resolver. Shown to work with BIND 9.18."""

    id: ClassVar[str] = "dns-rpz"
    title: ClassVar[str] = "DNS Response Policy Zone"
    consumer: ClassVar[str] = "bind9"
    version_field: ClassVar[str] = "serial of the zone's SOA"
    support: ClassVar[Mapping[tuple[Duty, Surface], Support]] = {(d, s): _support(d, s) for d in Duty for s in Surface}

    settings: ClassVar[Mapping[str, Setting]] = {
        # At most 100 octets, so that hardly any host name becomes too long with the zone behind it.
        "zone": Setting(
            "rpz.ordinance",
            r"(?=.{1,100}\Z)(?!rpz-)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.(?!rpz-)[a-z][a-z0-9-]{0,61}[a-z0-9])+",
            "a name of two or more labels in lower case, such as rpz.ordinance",
        ),
        "ttl": Setting("300", r"0|[1-9][0-9]{0,4}", "a number of seconds from 0 to 99999"),
        "answer": Setting("nxdomain", "nxdomain|nodata", "nxdomain or nodata"),
    }

    gaps: ClassVar[Mapping[str, str]] = {
        "dns-cannot-see-use": "a resolver can block names; it cannot make anybody stop",
        "dns-cannot-see-installed-apps": "a resolver neither sees nor changes what is installed",
        "not-a-matter-of-names": "somebody has to say or write this; a resolver cannot",
        "dns-cannot-tell-surface": "links, accounts, venues and advertising use the names of the app and the site",
        "no-api-names": "the catalogue marks no names that only an interface for programs uses",
        "not-a-name": "not a domain: a resolver never meets it",
        "not-a-host-name": "not a host name as RFC 1123 has it; it is not written into a configuration",
        "too-wide": "a whole top-level domain",
        "name-too-long": "longer than 255 octets with the policy zone behind it",
        "retired-name": "no longer the app's; somebody else may hold it by now",
        "low-confidence": "not sure enough to be the app's for others to be cut off from it",
        "no-role": "the catalogue does not say who uses it",
        "shared-with-web": "the site uses it too, and the web is not restricted",
        "app-name-not-web": "only the app uses it, and this asks for the web",
        "embed-not-use": "embedded in other sites and apps: meeting it is not use, blocking it breaks others",
        "shared-with-other-products": "other products use it too",
        "nothing-to-block": "no name is left that may be blocked",
        "fixed-addresses": "an app that connects to an address without asking for a name is not stopped",
        "foreign-resolver": "encrypted DNS (DoH, DoT) to a foreign resolver, or a VPN, goes past this resolver",
        "outside-the-network": "on mobile data and other networks this resolver is not asked",
    }

    def compile(self, plan: Plan, settings: Mapping[str, str], serial: int) -> Compiled:
        """A zone file, two pieces of configuration, gaps and over-reach.

        `serial` is that of the zone's SOA. Raises PolicyError (`bad-target-setting`) for settings
        and TargetError for a serial that 32 bits do not hold.
        """
        values = read_settings(self.id, self.settings, settings)
        if not 0 <= serial < 2**32:
            raise TargetError(f"{self.id}: serial {serial} does not fit 32 bits")
        block = _Block.of(plan, values["zone"])
        written = zone_file(plan, block.asked_by, values, serial)
        lines = tuple(sorted({line for d in plan.demands for line in _lines(d, block)}))
        zone = Artefact(f"{self.id}/{values['zone']}.zone", written, tuple(block.asked_by), lines)
        options, clause = configuration(values["zone"])
        return Compiled(
            (
                zone,
                Artefact(f"{self.id}/named.options.conf", options, (), ()),
                Artefact(f"{self.id}/named.zone.conf", clause, (), ()),
            ),
            tuple(sorted({gap for d in plan.demands for gap in _gaps(d, block)})),
            tuple(sorted(set(_over_reach(plan, block)), key=_in_order)),
        )


    def checks(self, settings: Mapping[str, str]) -> tuple[ConsumerCheck, ...]:
        """BIND's own reader of zones. That it takes the zone does not show that it blocks."""
        zone = read_settings(self.id, self.settings, settings)["zone"]
        return (ConsumerCheck("named-checkzone", ("-v",), (zone, "{file}"), f"{self.id}/{zone}.zone"),)


@dataclass(frozen=True, slots=True)
class _Block:
    """What is blocked: `chosen` are the names demands ask for, each with the restrictions that ask."""

    zone: str
    day: date
    chosen: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, plan: Plan, zone: str) -> _Block:
        day = plan.at.date()
        chosen: dict[str, set[str]] = defaultdict(set)
        for demand in filter(_carried, plan.demands):
            for identifier in demand.identifiers:
                name = host_name(identifier.value)
                if name is not None and _objection(demand, identifier, zone, day) is None:
                    chosen[name].add(demand.restriction)
        return cls(zone, day, {n: frozenset(r) for n, r in chosen.items()})

    @property
    def asked_by(self) -> Mapping[str, frozenset[str]]:
        """Every name to write, sorted, with who asks for it: nobody, for a name between two others."""
        return {n: self.chosen.get(n, frozenset()) for n in sorted(with_names_between(self.chosen))}

    def over(self, identifier: Identifier) -> str | None:
        """The chosen name that blocks this identifier: itself, or the nearest above it."""
        name = host_name(identifier.value) if identifier.kind is Kind.DOMAIN else None
        return lies_in(name, self.chosen) if name else None


def _carried(demand: Demand) -> bool:
    return demand.duty is Duty.BLOCK_TRAFFIC and demand.surface in _CARRIED


def _objection(demand: Demand, identifier: Identifier, zone: str, day: date) -> str | None:
    """Why the identifier may not be blocked for this demand: a gap's id, or `None` where it may."""
    if unfit := _unfit(identifier, zone):
        return unfit
    if identifier.retired is not None and identifier.retired <= day:
        return "retired-name"
    if identifier.confidence is Confidence.LOW:
        return "low-confidence"
    if identifier.role is None:
        return "no-role"
    return None if identifier.role in _roles(demand) else _WHY_NOT_ROLE[identifier.role]


def _unfit(identifier: Identifier, zone: str) -> str | None:
    """Why the identifier cannot stand in a zone at all."""
    if identifier.kind is not Kind.DOMAIN:
        return "not-a-name"
    name = host_name(identifier.value)
    if name is None:
        return "not-a-host-name"
    if "." not in name:
        return "too-wide"
    return "name-too-long" if wire_octets(f"*.{name}.{zone}") > LONGEST_OWNER else None


def _roles(demand: Demand) -> frozenset[Role]:
    """Roles of names that a demand lets us block."""
    if demand.surface is Surface.WEB:
        return frozenset({Role.WEB})
    return frozenset({Role.APP_ONLY, Role.WEB} if demand.web_forbidden else {Role.APP_ONLY})


def _lines(demand: Demand, block: _Block) -> Iterable[tuple[str, Duty, str, Surface, str]]:
    """Every identifier that is blocked in fact, be it by a name above it that another demand brought."""
    if _carried(demand):
        for identifier in demand.identifiers:
            if block.over(identifier) is not None:
                yield demand.restriction, demand.duty, demand.app, demand.surface, identifier.value


def _gaps(demand: Demand, block: _Block) -> Iterable[Gap]:
    if not _carried(demand):
        yield _gap(demand, _WHY_NOT_DUTY.get(demand.duty) or _WHY_NOT_SURFACE[demand.surface])
        return
    yield from (_gap(demand, limit) for limit in _LIMITS_OF_DNS)
    open_ones = [i for i in demand.identifiers if block.over(i) is None]
    for identifier in open_ones:
        yield _gap(demand, _objection(demand, identifier, block.zone, block.day) or "", identifier)
    if len(open_ones) == len(demand.identifiers):
        yield _gap(demand, "nothing-to-block")


def _gap(demand: Demand, gap_id: str, identifier: Identifier | None = None) -> Gap:
    reason = DnsRpz.gaps[gap_id]
    if identifier is None:
        return Gap(DnsRpz.id, demand.restriction, demand.duty, demand.app, demand.surface, gap_id, reason)
    kind = f"{identifier.kind.value}: {reason}"
    return Gap(DnsRpz.id, demand.restriction, demand.duty, demand.app, demand.surface, gap_id, kind, identifier.value)


def _over_reach(plan: Plan, block: _Block) -> Iterable[OverReach]:
    if not block.chosen:
        return
    where = ", ".join(sorted({n.id for n in plan.networks})) or "every network that asks this resolver"
    for b in plan.bystanders:
        yield OverReach(DnsRpz.id, b.network, b.who, b.count, "asks the same resolver, which cannot tell who asks")
    if plan.exempt_devices > 0:
        reason = "an exemption allows the app there; give these devices another network or resolver"
        yield OverReach(DnsRpz.id, where, "exempted separate devices", plan.exempt_devices, reason)
    reason = "the rule fires on the target of a CNAME too, and the name in front of it stops working"
    yield OverReach(DnsRpz.id, where, "own names that are a CNAME for a blocked name", None, reason)
    apps = frozenset(d.app for d in plan.demands if d.surface in (Surface.APP, Surface.DESKTOP))
    for demand in filter(_carried, plan.demands):
        yield from _hit_with_it(demand, block, where)
        yield from _app_of_the_site(demand, apps, block, where)
    yield from _neighbours(plan, block, where)


def _neighbours(plan: Plan, block: _Block, where: str) -> Iterable[OverReach]:
    """Apps that nobody asks this target to block, some of whose names lie beneath a blocked one: one row an app."""
    asked = {d.app for d in plan.demands if _carried(d)}
    hit: dict[str, list[str]] = defaultdict(list)
    for identifier in plan.neighbours:
        app, above = f"{identifier.family}/{identifier.member}", block.over(identifier)
        if above is not None and app not in asked:
            hit[app].append(f"{identifier.value} beneath {above}")
    for app, names in hit.items():
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        reason = f"no demand is to block it here, yet some of its names are: {', '.join(sorted(names)[:SHOWN])}{more}"
        yield OverReach(DnsRpz.id, where, f"users of the app {app}", None, reason)


def _in_order(row: OverReach) -> tuple[str, ...]:
    """A count may be missing, and `None` has no place in an order."""
    return row.network, row.who, row.reason, "" if row.count is None else f"{row.count:020}"


def _hit_with_it(demand: Demand, block: _Block, where: str) -> Iterable[OverReach]:
    """Names nobody asked to block, beneath a blocked one."""
    for identifier in demand.identifiers:
        above, name = block.over(identifier), host_name(identifier.value)
        if above is not None and name not in block.chosen and identifier.role not in _roles(demand):
            who = f"users of {name} ({identifier.role.value if identifier.role else 'no role known'})"
            yield OverReach(DnsRpz.id, where, who, None, f"lies beneath {above}, which is blocked")


def _app_of_the_site(demand: Demand, apps: frozenset[str], block: _Block, where: str) -> Iterable[OverReach]:
    """A rule about the site alone hits the app, unless it is one of `apps`: `web` names are those both use."""
    if demand.surface is not Surface.WEB or demand.app in apps:
        return
    if any(i.role is Role.WEB and block.over(i) is not None for i in demand.identifiers):
        who = f"users of the app {demand.app}"
        yield OverReach(DnsRpz.id, where, who, None, "the app uses the names of the site too")
