# SPDX-License-Identifier: EUPL-1.2
"""Hosts file: a computer finds no way to restricted names, because its own list of hosts says so before any resolver.

Reads: the domains of `block_traffic` demands. Writes: lines for a hosts file, between two marks by which they can be
found again. Cannot see: installed apps, people, networks, or programs that ask a resolver themselves. A hosts file
knows no wildcard: only listed names are blocked, and nothing beneath them. All of that comes back as gaps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from ordinance.model.apps import Surface
from ordinance.model.estate import Enrolment, Platform
from ordinance.model.law import Duty
from ordinance.model.target import Artefact, Compiled, ConsumerCheck, Plan, Proof, Setting, Support
from ordinance.targets._block import Block
from ordinance.targets._heading import heading
from ordinance.targets._means import (
    DNS_NOT_DUTY,
    DNS_NOT_SURFACE,
    GAPS_OF_DNS,
    GAPS_OF_NAMES,
    Means,
    names_support,
)
from ordinance.targets._names import plain
from ordinance.targets._settings import read_settings

# No text in a comment can hold these: `plain` and `remark` leave neither `<` nor `>`.
BEGIN = "# >>> ordinance >>>"
END = "# <<< ordinance <<<"

# With the first alone, a program that asks glibc 2.36 for addresses of version 6 only is sent on to the resolver.
_NOWHERE = ("0.0.0.0", "::")  # noqa: S104  # nothing is bound to them

_ALONE = "Each name is listed alone: names beneath it stay open unless they are listed too."
_CARRIED = frozenset({Surface.APP, Surface.DESKTOP, Surface.WEB})
_GAPS: Mapping[str, str] = {
    **GAPS_OF_NAMES,
    "cannot-see-use": "a hosts file can block names; it cannot make anybody stop",
    "cannot-see-installed-apps": "a hosts file neither sees nor changes what is installed",
    "not-for-a-file": "somebody has to say or write this; a hosts file cannot",
    "one-device-only": "a hosts file serves the device on which it lies, and no network",
    "dns-cannot-tell-surface": GAPS_OF_DNS["dns-cannot-tell-surface"],
    "no-api-names": GAPS_OF_DNS["no-api-names"],
    "fixed-addresses": GAPS_OF_DNS["fixed-addresses"],
    "beneath-stays-open": "without wildcards, names beneath a listed one stay open unless they are listed too",
    "past-the-file": "programs with a resolver of their own (encrypted DNS), and names with a last dot, go past it",
    "addresses-only": "who asks for HTTPS records (type 65), or any other than addresses, is answered by the resolver",
    "not-managed": "managed in no way that brings them the file",
    "about-networks": "about whoever is on a network: a file on devices reaches nobody else there",
    "not-on-this-platform": "not known to be a computer: phones have no hosts file that could be managed",
}


class Hosts:
    """Blocks names on computers. Shown to work with glibc 2.36 and dnsmasq 2.90."""

    id: ClassVar[str] = "hosts"
    title: ClassVar[str] = "Hosts file of computers"
    consumer: ClassVar[str] = "glibc"
    proof: ClassVar[Proof] = Proof.BEHAVES
    by_network: ClassVar[bool] = False
    version_field: ClassVar[str] = ""
    support: ClassVar[Mapping[tuple[Duty, Surface], Support]] = names_support(_CARRIED)
    settings: ClassVar[Mapping[str, Setting]] = {}
    gaps: ClassVar[Mapping[str, str]] = _GAPS

    def compile(self, plan: Plan, settings: Mapping[str, str], serial: int) -> Compiled:
        """Lines for a hosts file, gaps and over-reach. The format has no version number: `serial` is not used.

        Raises PolicyError (`bad-target-setting`) for any setting: there are none.
        """
        read_settings(self.id, self.settings, settings)
        block = Block.of(plan, _MEANS)
        content = "".join(f"{line}\n" for line in _lines(plan, block.chosen)).encode("ascii")
        artefact = Artefact(f"{self.id}/ordinance.hosts", content, tuple(block.chosen), block.lines(plan))
        return Compiled((artefact,), block.gaps(plan), block.over_reach(plan), block.gets(plan))

    def checks(self, settings: Mapping[str, str]) -> tuple[ConsumerCheck, ...]:
        """None: the C library takes any line and says nothing about it."""
        return ()


def _lines(plan: Plan, asked_by: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """hosts(5): an address and a name; `#` begins a comment."""
    yield BEGIN
    yield from heading(plan, asked_by, "#", "for the hosts file of computers", _ALONE)
    for name, restrictions in sorted(asked_by.items()):
        why = ", ".join(sorted(plain(r) for r in restrictions))
        for address in _NOWHERE:
            yield f"{address} {name} # {why}"
    yield END


_MEANS = Means(
    Hosts.id,
    Hosts.gaps,
    carried=_CARRIED,
    not_duty={
        **dict.fromkeys(DNS_NOT_DUTY, "not-for-a-file"),
        Duty.STOP_USING: "cannot-see-use",
        Duty.REMOVE: "cannot-see-installed-apps",
        Duty.DENY_INSTALL: "cannot-see-installed-apps",
    },
    not_surface={**DNS_NOT_SURFACE, Surface.NETWORK: "one-device-only"},
    limits=("fixed-addresses", "beneath-stays-open", "past-the-file", "addresses-only"),
    beneath=False,
    besides=(("whoever asks a dnsmasq on such a device", "it answers others from the device's hosts file too"),),
    reaches=frozenset({Enrolment.MANAGED, Enrolment.SUPERVISED}),
    platforms=frozenset({Platform.WINDOWS, Platform.MACOS, Platform.LINUX}),
)
