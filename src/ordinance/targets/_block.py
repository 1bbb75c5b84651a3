# SPDX-License-Identifier: EUPL-1.2
"""Which names are blocked for a plan, what stays open, and whom it hits: the same for every consumer of names.

Reads a plan and a target's table of means. A blocked name takes everything beneath it along, where the consumer works
so; what that hits comes back as over-reach, and what is not blocked as a gap. Cannot see installed apps, people, or
traffic that goes another way: each target's limits say so.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from ipaddress import IPv4Network, IPv6Network, collapse_addresses
from operator import itemgetter

from ordinance.model.apps import Confidence, Identifier, Kind, Role, Surface
from ordinance.model.estate import IPV4_MAPPED, Network
from ordinance.model.law import Duty
from ordinance.model.ruling import DeviceClass, Subject
from ordinance.model.target import ClassSize, Demand, Gap, OverReach, Plan, in_order
from ordinance.targets._means import NOT_ROLE, Means
from ordinance.targets._names import Above, host_name, parents, plain

SHOWN = 3  # names of an app that is hit besides
EVERYBODY = "everybody on it"

_DOMAIN, _LOW = Kind.DOMAIN, Confidence.LOW  # looked up once: there may be half a million names

Line = tuple[str, Duty, str, Surface, str]
Asked = tuple[frozenset[str], frozenset[str]]  # restrictions that ask for a name, and the classes they ask it for


@dataclass(frozen=True, slots=True)
class _Split:
    """Identifiers of a demand: those chosen themselves, those beneath a chosen name, and those left open."""

    themselves: list[Identifier]
    beneath: list[Identifier]
    left_open: list[Identifier]


@dataclass(frozen=True, slots=True)
class Block:
    """What is blocked: `chosen` are the names demands ask for, sorted, each with the restrictions that ask.

    `asked` has beside them the classes for which it is asked. `networks` are the classes that are no devices.
    """

    means: Means
    day: date
    chosen: Mapping[str, frozenset[str]]
    asked: Mapping[str, Asked]
    networks: frozenset[str]
    _above: Above
    _seen: dict[str, str | None] = field(default_factory=dict)
    _splits: dict[int, tuple[Demand, _Split]] = field(default_factory=dict)  # by the demand's place in memory

    @classmethod
    def of(cls, plan: Plan, means: Means) -> Block:
        """Choose the names of a plan, sorted."""
        day, networks = plan.at.date(), _no_devices(plan)
        found: dict[str, Asked] = {}
        unions: dict[tuple[Asked, Asked], Asked] = {}  # each once: a demand asks for many names
        for demand in plan.demands:
            if not carried(demand, means) or _is_about_networks(demand, means, networks):
                continue
            roles, this = _roles(demand), (frozenset({demand.restriction}), frozenset(demand.classes))
            for identifier in demand.identifiers:
                name, why_not = _judged(identifier, roles, means, day)
                if why_not is not None:
                    continue
                before = found.setdefault(name, this)
                if before is not this:
                    both = before, this
                    if both not in unions:
                        unions[both] = before[0] | this[0], before[1] | this[1]
                    found[name] = unions[both]
        within = _within(found, means)
        kept = found if within is found else {name: found[name] for name in within}
        asked = dict(sorted(kept.items(), key=itemgetter(0)))
        chosen = {name: restrictions for name, (restrictions, _) in asked.items()}
        return cls(means, day, chosen, asked, networks, Above(chosen))

    def carries(self, demand: Demand) -> bool:
        """Whether anything is done for a demand: a file on devices does nothing for whoever is on a network."""
        return carried(demand, self.means) and not _is_about_networks(demand, self.means, self.networks)

    def over(self, identifier: Identifier) -> str | None:
        """The chosen name that blocks this identifier: itself, or the nearest above it."""
        if identifier.kind is not Kind.DOMAIN:
            return None
        value = identifier.value
        if value in self.chosen:
            return value
        if value in self._seen:
            return self._seen[value]
        name = host_name(value)
        if name is None or not self.means.beneath:
            found = name if name in self.chosen else None
        else:
            found = self._above.nearest(name)
        self._seen[value] = found
        return found

    def _split(self, demand: Demand) -> _Split:
        known = self._splits.get(id(demand))
        if known is not None:
            return known[1]
        split, chosen = _Split([], [], []), self.chosen
        for identifier in demand.identifiers:
            if identifier.value in chosen and identifier.kind is _DOMAIN:
                split.themselves.append(identifier)
            elif self.over(identifier) is not None:
                split.beneath.append(identifier)
            else:
                split.left_open.append(identifier)
        self._splits[id(demand)] = demand, split
        return split

    def lines(self, plan: Plan) -> tuple[Line, ...]:
        """Every identifier that is blocked in fact, be it by a name above it that another demand brought."""
        found: dict[tuple[str, Duty, str, Surface], dict[str, None]] = defaultdict(dict)
        for d in plan.demands:
            if self.carries(d):
                split = self._split(d)
                blocked = (i.value for i in (*split.themselves, *split.beneath))
                found[d.restriction, d.duty, d.app, d.surface].update(dict.fromkeys(blocked))
        return tuple(
            (restriction, duty, app, surface, value)
            for (restriction, duty, app, surface), values in sorted(found.items())
            for value in sorted(values)
        )

    def gaps(self, plan: Plan) -> tuple[Gap, ...]:
        """Everything that is asked for and not done, with its reason."""
        sizes = {c.id: c for c in plan.classes}
        return in_order(gap for d in plan.demands for gap in self._gaps(d, sizes))

    def over_reach(self, plan: Plan) -> tuple[OverReach, ...]:
        """Whom it hits that no ruling covers; nobody while nothing is blocked."""
        return tuple(sorted(set(self._over_reach(plan)), key=reach_key)) if self.chosen else ()

    def _gaps(self, demand: Demand, sizes: Mapping[str, ClassSize]) -> Iterator[Gap]:
        means = self.means
        if not carried(demand, means):
            yield self._gap(demand, means.not_duty.get(demand.duty) or means.not_surface[demand.surface])
            return
        if not self.carries(demand):
            yield self._gap(demand, "about-networks")
            return
        if means.reaches is not None and not self.networks.isdisjoint(demand.classes):
            yield self._gap(demand, "about-networks")  # the files are for its devices alone
        yield from (self._gap(demand, limit) for limit in means.limits)
        split = self._split(demand)
        for identifier in split.left_open:
            yield self._gap(demand, self._why_open(demand, identifier), identifier)
        if len(split.left_open) == len(demand.identifiers):
            yield self._gap(demand, "nothing-to-block")
        for gap_id, count in self._out_of_reach(demand, sizes):
            gap = self._gap(demand, gap_id)
            yield replace(gap, reason=f"{count} device(s): {gap.reason}")

    def gets(self, plan: Plan) -> frozenset[str] | None:
        """Classes of devices that a file for devices can be brought to; `None` for consumers in a network."""
        if self.means.reaches is None:
            return None
        every = ((c.id, c.who) for c in plan.classes)
        return frozenset(c for c, who in every if who and who.subject is Subject.DEVICE and not self._why_away(who))

    def _out_of_reach(self, demand: Demand, sizes: Mapping[str, ClassSize]) -> Iterator[tuple[str, int]]:
        """How many devices of a demand get no file, by the gap that says why."""
        if self.means.reaches is None:
            return
        away: Counter[str] = Counter()
        for one in (sizes[c] for c in demand.classes if c in sizes):
            if one.who and one.who.subject is Subject.DEVICE and (why := self._why_away(one.who)):
                away[why] += one.devices or 0
        yield from ((why, count) for why, count in sorted(away.items()) if count)

    def _why_away(self, who: DeviceClass) -> str:
        """Why devices of a class get no file: how they are managed, or else what they are. Empty: they get it."""
        reaches, platforms = self.means.reaches or frozenset(), self.means.platforms
        if who.facts.enrolment not in reaches:
            return "not-managed"
        return "not-on-this-platform" if platforms and who.facts.platform not in platforms else ""

    def _why_open(self, demand: Demand, identifier: Identifier) -> str:
        return _judged(identifier, _roles(demand), self.means, self.day)[1] or "over-capacity"

    def _gap(self, demand: Demand, gap_id: str, identifier: Identifier | None = None) -> Gap:
        reason, target = self.means.gaps[gap_id], self.means.target
        if identifier is None:
            return Gap(target, demand.restriction, demand.duty, demand.app, demand.surface, gap_id, reason)
        kind = f"{identifier.kind.value}: {reason}"
        return Gap(target, demand.restriction, demand.duty, demand.app, demand.surface, gap_id, kind, identifier.value)

    def _over_reach(self, plan: Plan) -> Iterator[OverReach]:
        means = self.means
        if means.reaches is not None:
            where = ""
            yield from self._other_classes(plan)
        else:
            where = ", ".join(sorted({n.id for n in plan.networks})) or means.where
            yield from self._on_the_networks(plan, where)
        for who, reason in means.besides:
            yield OverReach(means.target, where, who, None, reason)
        apps: dict[str, set[str]] = defaultdict(set)
        for demand in plan.demands:
            if demand.surface in (Surface.APP, Surface.DESKTOP):  # whatever the duty: the app is not free there
                apps[demand.app].update(demand.classes)
        for demand in plan.demands:
            if self.carries(demand):
                yield from self._hit_with_it(demand, where)
                yield from self._app_of_the_site(demand, apps, where)
        yield from self._other_apps(plan, where)

    def _on_the_networks(self, plan: Plan, where: str) -> Iterator[OverReach]:
        means = self.means
        for b in plan.bystanders:
            yield OverReach(means.target, b.network, b.who, b.count, means.cannot_tell)
        for network, why in not_left_out(plan, tells_clients=means.tells_clients, any_range=means.any_range):
            yield OverReach(means.target, network.id, EVERYBODY, None, why)
        if plan.exempt_devices > 0:
            reason = f"an exemption allows the app there; give these devices {means.elsewhere}"
            yield OverReach(means.target, where, "exempted separate devices", plan.exempt_devices, reason)

    def _other_classes(self, plan: Plan) -> Iterator[OverReach]:
        """Classes of devices that get the file, and for which no rule asks to block all of it: one row a class."""
        groups: dict[frozenset[str], list[str]] = defaultdict(list)
        for name in self.chosen:
            groups[self.asked[name][1]].append(name)
        for one in plan.classes:
            if one.who is None or one.who.subject is not Subject.DEVICE or self._why_away(one.who):
                continue
            free = sorted(n for those, names in groups.items() if one.id not in those for n in names[: SHOWN + 1])
            if free:
                more = " and others" if len(free) > SHOWN else ""
                reason = f"no rule asks to block {', '.join(free[:SHOWN])}{more} there: give these devices no such file"
                yield OverReach(self.means.target, "", one.facts, one.devices, reason)

    def _other_apps(self, plan: Plan, where: str) -> Iterator[OverReach]:
        """Apps that nobody asks this target to block, some of whose names lie beneath a blocked one: one row an app."""
        asked = {d.app for d in plan.demands if self.carries(d)}
        hit: dict[str, list[str]] = defaultdict(list)
        for identifier in plan.neighbours:
            app, above = f"{identifier.family}/{identifier.member}", self.over(identifier)
            if above is not None and app not in asked:
                value = identifier.value
                hit[app].append(value if value == above else f"{value} beneath {above}")
        for app, names in hit.items():
            more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
            reason = (
                f"no demand is to block it here, yet some of its names are: {', '.join(sorted(names)[:SHOWN])}{more}"
            )
            yield OverReach(self.means.target, where, f"users of the app {app}", None, reason)

    def _hit_with_it(self, demand: Demand, where: str) -> Iterator[OverReach]:
        """Names that may not be blocked for this demand, and lie beneath a blocked one."""
        roles = _roles(demand)
        for identifier in self._split(demand).beneath:
            above = self.over(identifier)
            name, why_not = _judged(identifier, roles, self.means, self.day)
            if why_not is None or name in self.chosen:
                continue
            if why_not == NOT_ROLE[Role.APP_ONLY] and not self.means.hits_apps:
                continue  # of a name that is retired or in doubt nobody knows that only the app uses it
            who = f"users of {name} ({_of_what(identifier, why_not)})"
            yield OverReach(self.means.target, where, who, None, f"lies beneath {above}, which is blocked")

    def _app_of_the_site(self, demand: Demand, apps: Mapping[str, set[str]], where: str) -> Iterator[OverReach]:
        """A rule about the site alone hits the app too, unless that is asked for of the same classes."""
        if demand.surface is not Surface.WEB or not self.means.hits_apps:
            return
        if set(demand.classes) <= apps.get(demand.app, set()) and demand.app in apps:
            return
        if any(i.role is Role.WEB and self.over(i) is not None for i in demand.identifiers):
            who = f"users of the app {demand.app}"
            yield OverReach(self.means.target, where, who, None, "the app uses the names of the site too")


def _of_what(identifier: Identifier, why_not: str) -> str:
    """What a name is for, or why nobody is sure of it."""
    if why_not in ("retired-name", "low-confidence"):
        return why_not
    return identifier.role.value if identifier.role else "no role known"


def _no_devices(plan: Plan) -> frozenset[str]:
    return frozenset(c.id for c in plan.classes if c.who is not None and c.who.subject is not Subject.DEVICE)


def _is_about_networks(demand: Demand, means: Means, networks: frozenset[str]) -> bool:
    return means.reaches is not None and bool(demand.classes) and networks.issuperset(demand.classes)


def carried(demand: Demand, means: Means) -> bool:
    """Whether a consumer of these means does anything for a demand."""
    return demand.duty is Duty.BLOCK_TRAFFIC and demand.surface in means.carried


def left_out(plan: Plan, *, any_range: bool = False) -> tuple[IPv4Network | IPv6Network, ...]:
    """Address ranges of networks that the target does not serve, sorted: for them nothing may be blocked.

    A range that a served network shares is not among them: who asks from there cannot be told apart. Nor is one that
    most consumers would take for everybody, but where they take `any_range`.
    """
    served = _Ranges(c for n in plan.networks for c in n.cidrs)
    usable = (c for n in plan.others for c in n.cidrs if not _is_no_range(c) and (any_range or not _holds_all(c)))
    free = {c for c in usable if not served.share(c)}
    return tuple(sorted(free, key=lambda c: (c.version, c)))


def not_left_out(plan: Plan, *, tells_clients: bool, any_range: bool = False) -> Iterator[tuple[Network, str]]:
    """Networks that the target does not serve and hits all the same, each with the reason."""
    served = _Ranges(c for n in plan.networks for c in n.cidrs)
    for network in plan.others:
        if not tells_clients:
            yield network, "a network that is not to be blocked, if it asks the same resolver"
        elif not network.cidrs:
            yield network, "a network that is not to be blocked; no address range is stated by which to leave it out"
        elif wrong := sorted(str(c) for c in network.cidrs if _is_no_range(c)):
            yield network, f"{plain(', '.join(wrong))} is no range of clients, so that it cannot be left out"
        elif shared := sorted(str(c) for c in network.cidrs if served.share(c)):
            yield network, f"a network that is not to be blocked shares {', '.join(shared)} with one that is"
        elif every := sorted(str(c) for c in network.cidrs if _holds_all(c) and not any_range):
            yield network, f"{', '.join(every)} holds every client of IPv4 or of IPv6, so that it cannot be left out"


def _is_no_range(cidr: IPv4Network | IPv6Network) -> bool:
    """Whether it has a zone, which may be any text (RFC 4007), or lies in IPv4 as IPv6, where no client comes from."""
    if isinstance(cidr, IPv4Network):
        return False
    return cidr.network_address.scope_id is not None or cidr.subnet_of(IPV4_MAPPED)


def _holds_all(cidr: IPv4Network | IPv6Network) -> bool:
    """Whether a resolver would take a range for everybody: all addresses, or those of IPv4 written as IPv6.

    BIND 9.18 ignores a trigger about `/0`, and keeps clients of IPv4 as `::ffff:…` in one tree with those of IPv6.
    """
    return cidr.prefixlen == 0 or (cidr.version == 6 and cidr.overlaps(IPV4_MAPPED))


class _Ranges:
    """Address ranges, sorted, so that one of thousands is found quickly."""

    def __init__(self, ranges: Iterable[IPv4Network | IPv6Network]) -> None:
        every = list(ranges)
        of4 = collapse_addresses(c for c in every if c.version == 4)
        of6 = collapse_addresses(c for c in every if c.version == 6)
        self._spans = {4: [_span(c) for c in of4], 6: [_span(c) for c in of6]}

    def share(self, cidr: IPv4Network | IPv6Network) -> bool:
        """Whether any address of it is in one of the ranges."""
        spans, (first, last) = self._spans[cidr.version], _span(cidr)
        at = bisect_right(spans, (last, last))  # all before it begin at or before the last address
        return at > 0 and spans[at - 1][1] >= first


def _span(cidr: IPv4Network | IPv6Network) -> tuple[int, int]:
    return int(cidr.network_address), int(cidr.broadcast_address)


def _within(names: Collection[str], means: Means) -> Collection[str]:
    """As many names as the consumer holds: those beneath others go first, then those with the most labels."""
    if means.most is None or len(names) <= means.most:
        return names
    if means.beneath:
        names = [n for n in names if not any(p in names for p in parents(n))]
    return sorted(names, key=lambda n: (n.count("."), n))[: means.most]


def _judged(identifier: Identifier, roles: frozenset[Role], means: Means, day: date) -> tuple[str, str | None]:
    """The host name, and why it may not be blocked where only names of these roles may: a gap's id, or `None`."""
    if identifier.kind is not _DOMAIN:
        return "", "not-a-name"
    name = host_name(identifier.value)
    if name is None:
        return "", "not-a-host-name"
    return name, _objection(identifier, name, roles, means, day)


def _objection(identifier: Identifier, name: str, roles: frozenset[Role], means: Means, day: date) -> str | None:
    if "." not in name:
        return "too-wide"
    if unfit := means.unfit(name):
        return unfit
    if identifier.retired is not None and identifier.retired <= day:
        return "retired-name"
    if identifier.confidence is _LOW:
        return "low-confidence"
    if identifier.role is None:
        return "no-role"
    return None if identifier.role in roles else NOT_ROLE[identifier.role]


def _roles(demand: Demand) -> frozenset[Role]:
    """Roles of names that a demand lets us block."""
    if demand.surface is Surface.WEB:
        return frozenset({Role.WEB})
    return frozenset({Role.APP_ONLY, Role.WEB} if demand.web_forbidden else {Role.APP_ONLY})


def reach_key(row: OverReach) -> tuple[str, ...]:
    """A count may be missing, and `None` has no place in an order."""
    return row.network, row.who, row.reason, "" if row.count is None else f"{row.count:020}"
