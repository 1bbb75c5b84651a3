# SPDX-License-Identifier: EUPL-1.2
"""What a kind of consumer can do with names, as a table: each target that blocks names has one.

Reads nothing. The sentences here are those that several targets say in the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ordinance.model.apps import Role, Surface
from ordinance.model.estate import Enrolment, Platform
from ordinance.model.law import Duty
from ordinance.model.target import Support

# Why a name is left open, whatever the consumer.
GAPS_OF_NAMES: Mapping[str, str] = {
    "not-a-name": "not a domain: names are all that this blocks",
    "not-a-host-name": "not a host name as RFC 1123 has it; it is not written into a configuration",
    "too-wide": "a whole top-level domain",
    "retired-name": "no longer the app's; somebody else may hold it by now",
    "low-confidence": "not sure enough to be the app's for others to be cut off from it",
    "no-role": "the catalogue does not say who uses it",
    "shared-with-web": "the site uses it too, and the web is not restricted",
    "app-name-not-web": "only the app uses it, and this asks for the web",
    "embed-not-use": "embedded in other sites and apps: meeting it is not use, blocking it breaks others",
    "shared-with-other-products": "other products use it too",
    "nothing-to-block": "no name is left that may be blocked",
}

# What a resolver does not reach, whichever it is.
GAPS_OF_DNS: Mapping[str, str] = {
    "dns-cannot-see-use": "a resolver can block names; it cannot make anybody stop",
    "dns-cannot-see-installed-apps": "a resolver neither sees nor changes what is installed",
    "not-a-matter-of-names": "somebody has to say or write this; a resolver cannot",
    "dns-cannot-tell-surface": "links, accounts, venues and advertising use the names of the app and the site",
    "no-api-names": "the catalogue marks no names that only an interface for programs uses",
    "fixed-addresses": "an app that connects to an address without asking for a name is not stopped",
    "foreign-resolver": "encrypted DNS (DoH, DoT) to a foreign resolver, or a VPN, goes past this resolver",
    "outside-the-network": "on mobile data and other networks this resolver is not asked",
}
LIMITS_OF_DNS = ("fixed-addresses", "foreign-resolver", "outside-the-network")
DNS_NOT_DUTY: Mapping[Duty, str] = {
    Duty.STOP_USING: "dns-cannot-see-use",
    Duty.REMOVE: "dns-cannot-see-installed-apps",
    Duty.DENY_INSTALL: "dns-cannot-see-installed-apps",
    Duty.IDENTIFY: "not-a-matter-of-names",
    Duty.REPORT: "not-a-matter-of-names",
    Duty.ATTEST: "not-a-matter-of-names",
    Duty.REPLACE: "not-a-matter-of-names",
    Duty.ASSESS_RISK: "not-a-matter-of-names",
}
DNS_NOT_SURFACE: Mapping[Surface, str] = {
    Surface.API: "no-api-names",
    Surface.LINK: "dns-cannot-tell-surface",
    Surface.ACCOUNT: "dns-cannot-tell-surface",
    Surface.VENUE: "dns-cannot-tell-surface",
    Surface.ADVERTISING: "dns-cannot-tell-surface",
}
CARRIED_BY_DNS = frozenset({Surface.APP, Surface.DESKTOP, Surface.WEB, Surface.NETWORK})

NOT_ROLE: Mapping[Role, str] = {
    Role.APP_ONLY: "app-name-not-web",
    Role.WEB: "shared-with-web",
    Role.EMBED: "embed-not-use",
    Role.SHARED: "shared-with-other-products",
}

CNAME_TARGETS = (
    "own names that are a CNAME for a blocked name",
    "the rule fires on the target of a CNAME too, and the name in front of it stops working",
)


def nothing_unfit(_name: str) -> str | None:
    """No name that is a host name is unfit."""
    return None


@dataclass(frozen=True, slots=True)
class Means:
    """How a kind of consumer blocks names.

    `carried`: surfaces on which it carries out `block_traffic`. `not_duty`, `not_surface`: the gap for all others.
    `limits`: gaps beside every demand that it carries out. `gaps`: the reason of each gap id.
    `unfit`: the gap of a host name that it cannot hold, such as one that is too long; `None` where it can.
    `most`: how many names it holds (`None`: no limit is known); those with the fewest labels go first, because they
    block the most, and each of the rest is a gap `over-capacity`.
    `beneath`: whether a name is blocked with everything beneath it. `hits_apps`: whether a blocked name stops apps too.
    `tells_clients`: it knows addresses of clients, so that networks that are not to be blocked are left out; of
    `any_range`, where it can be told of all addresses of a kind too.
    `where`: whom it serves where the plan names no network. `cannot_tell`: why it hits people that no ruling covers.
    `elsewhere`: what to give separate devices that an exemption allows the app, so that it is not blocked for them.
    `besides`: people that are hit whatever the plan, each with the reason.
    `reaches`: the kinds of management under which a device gets the files, for consumers on devices; `None` for those
    in a network, which hit whoever is there. `platforms`: those for which the files are (`None`: all); a device
    that is managed and of another, or of one that nobody stated, is a gap `not-on-this-platform`.
    """

    target: str
    gaps: Mapping[str, str]
    carried: frozenset[Surface] = CARRIED_BY_DNS
    not_duty: Mapping[Duty, str] = field(default_factory=lambda: DNS_NOT_DUTY)
    not_surface: Mapping[Surface, str] = field(default_factory=lambda: DNS_NOT_SURFACE)
    limits: tuple[str, ...] = LIMITS_OF_DNS
    unfit: Callable[[str], str | None] = nothing_unfit
    most: int | None = None
    beneath: bool = True
    hits_apps: bool = True
    tells_clients: bool = False
    any_range: bool = False
    where: str = "every network that asks this resolver"
    cannot_tell: str = "asks the same resolver, which cannot tell who asks"
    elsewhere: str = "another network or resolver"
    besides: tuple[tuple[str, str], ...] = ()
    reaches: frozenset[Enrolment] | None = None
    platforms: frozenset[Platform] | None = None


def names_support(carried: frozenset[Surface]) -> dict[tuple[Duty, Surface], Support]:
    """Never `full`: who goes another way is not stopped. An interface for programs has no names yet of its own."""
    return {(d, s): _support(d, s, carried) for d in Duty for s in Surface}


def _support(duty: Duty, surface: Surface, carried: frozenset[Surface]) -> Support:
    if duty is not Duty.BLOCK_TRAFFIC:
        return Support.NEVER
    if surface in carried:
        return Support.PARTIAL
    return Support.NOT_YET if surface is Surface.API else Support.NEVER
