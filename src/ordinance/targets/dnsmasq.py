# SPDX-License-Identifier: EUPL-1.2
"""dnsmasq: a resolver answers that restricted names do not exist.

Reads: the domains of `block_traffic` demands and, where another resolver is named, the networks that are not to be
blocked. Writes: a file of `server=/name/` lines and, with that setting, one of DHCP options. Cannot see: who asks,
installed apps, people, traffic that never asks this resolver, or the name behind a CNAME. All of that comes back as
gaps and over-reach, never as silence.
"""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import ClassVar

from ordinance.model.apps import Surface
from ordinance.model.errors import PolicyError
from ordinance.model.law import Duty
from ordinance.model.target import Artefact, Compiled, ConsumerCheck, OverReach, Plan, Proof, Setting, Support
from ordinance.targets._block import EVERYBODY, Block, not_left_out
from ordinance.targets._heading import heading
from ordinance.targets._means import (
    CARRIED_BY_DNS,
    GAPS_OF_DNS,
    GAPS_OF_NAMES,
    LIMITS_OF_DNS,
    Means,
    names_support,
)
from ordinance.targets._names import plain
from ordinance.targets._settings import bad_setting, read_settings

Address = IPv4Address | IPv6Address

CNAME_GAP = "cname-cloaked-names"
BENEATH = "Each name is blocked with everything beneath it, for every type of record."
MEANING = "# A name between slashes with no server behind it: dnsmasq asks nobody, and answers that it does not exist."
# Letters of a remark. dnsmasq reads a line in pieces of 1,024 and takes the second piece for an option of its own.
MOST_LETTERS = 110
# As a DHCP option dnsmasq replaces it by its own, as it does 0.0.0.0, :: and fe80:: (manual of 2.90, --dhcp-option).
_ULA_OF_DNSMASQ = ip_address("fd00::")


class Dnsmasq:
    """Blocks names at the resolver. Shown to work with dnsmasq 2.90."""

    id: ClassVar[str] = "dnsmasq"
    title: ClassVar[str] = "dnsmasq, and Pi-hole, which reads its files"
    consumer: ClassVar[str] = "dnsmasq-base"
    proof: ClassVar[Proof] = Proof.BEHAVES
    by_network: ClassVar[bool] = True
    version_field: ClassVar[str] = ""
    support: ClassVar[Mapping[tuple[Duty, Surface], Support]] = names_support(CARRIED_BY_DNS)
    settings: ClassVar[Mapping[str, Setting]] = {
        "open_resolver": Setting(
            "", r"[0-9A-Fa-f:., ]{0,70}", "an IPv4 address, an IPv6 address, or one of each with a comma between"
        ),
    }
    gaps: ClassVar[Mapping[str, str]] = {
        **GAPS_OF_NAMES,
        **GAPS_OF_DNS,
        CNAME_GAP: "an unlisted name that is a CNAME for a blocked one answers, and from the cache then that one",
    }

    def compile(self, plan: Plan, settings: Mapping[str, str], serial: int) -> Compiled:
        """The file of names, gaps and over-reach; with `open_resolver` a file of DHCP options too.

        The files carry no version number. Raises PolicyError (`bad-target-setting`).
        """
        resolvers = _resolvers(self.id, self.settings, settings)
        limits = (*LIMITS_OF_DNS, CNAME_GAP)
        block = Block.of(plan, Means(self.id, self.gaps, limits=limits))
        names = Artefact(self._names_path, _names_file(plan, block.chosen), tuple(block.chosen), block.lines(plan))
        gaps, reach = block.gaps(plan), block.over_reach(plan)
        if not resolvers:
            return Compiled((names,), gaps, reach)
        sent_away = _sent_away(plan) if block.chosen else ()
        dhcp = Artefact(self._dhcp_path, _dhcp_file(plan, sent_away, resolvers), (), ())
        return Compiled((names, dhcp), gaps, tuple(_said(reach, sent_away)))

    def checks(self, settings: Mapping[str, str]) -> tuple[ConsumerCheck, ...]:
        """dnsmasq's own reader of configuration. That it takes a file does not show that it blocks."""
        more = (self._dhcp_path,) if _resolvers(self.id, self.settings, settings) else ()
        ask = ("--test", "--conf-file={file}")
        return tuple(ConsumerCheck("dnsmasq", ("--version",), ask, path) for path in (self._names_path, *more))

    _names_path: ClassVar[str] = "dnsmasq/ordinance-names.conf"
    _dhcp_path: ClassVar[str] = "dnsmasq/ordinance-dhcp.conf"


def tag_of(network: str) -> str:
    """The DHCP tag of a network: its id where that is plain, else what is plain of it and a digest of the whole.

    A comma would end a tag, a star match others; only tags of the second form hold an underscore, so that no two
    networks share one.
    """
    if re.fullmatch(r"[a-z0-9-]{1,40}", network):
        return f"ordinance-{network}"
    digest = hashlib.sha256(network.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"ordinance_{re.sub('[^a-z0-9]+', '-', network.lower())[:20]}_{digest}"


def _resolvers(target_id: str, table: Mapping[str, Setting], given: Mapping[str, str]) -> tuple[Address, ...]:
    """The addresses of the setting, IPv4 first. Raises PolicyError for anything that no client could be told."""
    text = read_settings(target_id, table, given)["open_resolver"]
    if not text:
        return ()
    try:
        found = sorted((ip_address(part.strip()) for part in text.split(",")), key=lambda a: a.version)
    except ValueError:
        found = []
    if len({a.version for a in found}) != len(found) or not found or any(map(_is_nobody_else, found)):
        message = f"{target_id}: open_resolver = {text!r} is not {table['open_resolver'].expected}"
        raise PolicyError([bad_setting(message, "name the resolver that separate devices may ask, not this one")])
    return tuple(found)


def _is_nobody_else(address: Address) -> bool:
    own = address.is_unspecified or address.is_loopback or address == _ULA_OF_DNSMASQ
    mapped = isinstance(address, IPv6Address) and address.ipv4_mapped is not None
    return own or mapped or address.is_link_local or address.is_multicast or address.is_reserved


def _sent_away(plan: Plan) -> tuple[str, ...]:
    """Networks that are not to be blocked and share no range with one that is, sorted: only their DHCP can differ."""
    mixed = {network.id for network, _ in not_left_out(plan, tells_clients=True)}
    return tuple(sorted({n.id for n in plan.others} - mixed))


def _said(reach: Iterable[OverReach], sent_away: Sequence[str]) -> Iterable[OverReach]:
    """The same rows; those of networks that are told of another resolver say who is hit all the same."""
    why = "a network that is not to be blocked; DHCP names it another resolver, who asks this one all the same is hit"
    return (replace(o, reason=why) if o.who == EVERYBODY and o.network in sent_away else o for o in reach)


def _names_file(plan: Plan, asked_by: Mapping[str, frozenset[str]]) -> bytes:
    """`server=/name/` is `local=/name/` in a spelling that a `servers-file` takes too: no server, no answer."""
    head = (*heading(plan, asked_by, "#", "for dnsmasq", BENEATH), MEANING)
    rows = (f"server=/{name}/ # {_why(restrictions)}" for name, restrictions in sorted(asked_by.items()))
    return _text((*_short(head), *rows))


def _dhcp_file(plan: Plan, networks: Sequence[str], resolvers: Sequence[Address]) -> bytes:
    """Options that a client of a network gets where the range of its address sets the network's tag."""
    head = (
        f"# Networks in which {plain(plan.body)} blocks no names: DHCP tells their clients of another resolver.",
        "# It does so where the dhcp-range of the network sets the tag, such as dhcp-range=set:TAG,FIRST,LAST.",
    )
    lines = list(_short(head))
    for network in networks:
        lines += _short((f"# Network {plain(network)}: set:{tag_of(network)}",))
        lines += (_option(tag_of(network), address) for address in resolvers)
    return _text(lines)


def _option(tag: str, address: Address) -> str:
    """In IPv6 also what router advertisements name as resolver."""
    if address.version == 4:
        return f"dhcp-option=tag:{tag},option:dns-server,{address}"
    return f"dhcp-option=tag:{tag},option6:dns-server,[{address}]"


def _why(restrictions: frozenset[str]) -> str:
    said = ", ".join(sorted(map(plain, restrictions)))
    return said if len(said) <= MOST_LETTERS else f"{len(restrictions)} of the restrictions above"


def _short(comments: Iterable[str]) -> Iterable[str]:
    """Comments in lines of at most so many letters that dnsmasq reads each of them whole."""
    return (f"# {part}" for c in comments for part in textwrap.wrap(c.removeprefix("# "), MOST_LETTERS))


def _text(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode("ascii")
