# SPDX-License-Identifier: EUPL-1.2
"""Squid, the web proxy: refuses restricted names, and can send who asks to a page of yours.

Reads: the domains of `block_traffic` demands, and address ranges of networks that are not to be blocked. Writes: a
list of names and a piece of Squid's configuration. Cannot see: installed apps, people, what is asked for inside a
tunnel, or traffic that does not go through this proxy (programs that ignore it, QUIC, mobile data). All of that comes
back as gaps, never as silence. A blocked name takes everything beneath it along; what that hits comes back as
over-reach.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar
from urllib.parse import urlsplit

from ordinance.model.apps import Surface
from ordinance.model.errors import PolicyError
from ordinance.model.law import Duty
from ordinance.model.target import Artefact, Compiled, ConsumerCheck, Plan, Proof, Setting, Support
from ordinance.targets._block import Block, left_out
from ordinance.targets._heading import heading
from ordinance.targets._means import CARRIED_BY_DNS, GAPS_OF_NAMES, Means, names_support
from ordinance.targets._names import lies_in, parents
from ordinance.targets._settings import bad_setting, read_settings
from ordinance.targets._squid_ranges import Range, ranges_for_squid

LIST, RULES = "ordinance-names.txt", "00-ordinance.conf"
LONGEST_LINE = 200  # Squid 5.7 reads what stands beyond octet 8,191 of a line as a line of its own, also in a comment

GAPS: Mapping[str, str] = {
    **GAPS_OF_NAMES,
    "proxy-cannot-see-use": "a proxy can refuse names; it cannot make anybody stop",
    "proxy-cannot-see-installed-apps": "a proxy neither sees nor changes what is installed",
    "not-a-matter-of-names": "somebody has to say or write this; a proxy cannot",
    "proxy-cannot-tell-surface": "of https a proxy sees no page, and links, accounts, venues and advertising use the "
    "names of the app and the site",
    "no-api-names": "the catalogue marks no names that only an interface for programs uses",
    "past-the-proxy": "a program that does not use the proxy is not stopped; a firewall has to let nothing else out",
    "quic-and-udp": "QUIC and all other UDP go past a web proxy",
    "address-for-a-name": "a client that asks the proxy for an address, and not for a name, is not stopped",
    "inside-a-tunnel": "of https the proxy sees the name that the client says; another site in the same tunnel, or a "
    "VPN, is not stopped",
    "alias-of-a-name": "an alias (CNAME) of a blocked name is not stopped: the proxy sees the name that was asked for",
    "open-connections": "a tunnel that was open before the list was loaded stays open until one side ends it",
    "outside-the-network": "on mobile data and other networks this proxy is not asked",
}
LIMITS = (
    "past-the-proxy", "quic-and-udp", "address-for-a-name", "inside-a-tunnel", "alias-of-a-name", "open-connections",
    "outside-the-network",
)  # fmt: skip
NOT_DUTY: Mapping[Duty, str] = {
    Duty.STOP_USING: "proxy-cannot-see-use",
    Duty.REMOVE: "proxy-cannot-see-installed-apps",
    Duty.DENY_INSTALL: "proxy-cannot-see-installed-apps",
    Duty.IDENTIFY: "not-a-matter-of-names",
    Duty.REPORT: "not-a-matter-of-names",
    Duty.ATTEST: "not-a-matter-of-names",
    Duty.REPLACE: "not-a-matter-of-names",
    Duty.ASSESS_RISK: "not-a-matter-of-names",
}
NOT_SURFACE: Mapping[Surface, str] = {
    Surface.API: "no-api-names",
    Surface.LINK: "proxy-cannot-tell-surface",
    Surface.ACCOUNT: "proxy-cannot-tell-surface",
    Surface.VENUE: "proxy-cannot-tell-surface",
    Surface.ADVERTISING: "proxy-cannot-tell-surface",
}


class Squid:
    """Refuses names at the web proxy. Shown to work with Squid 5.7."""

    id: ClassVar[str] = "squid"
    title: ClassVar[str] = "Squid web proxy"
    consumer: ClassVar[str] = "squid"
    proof: ClassVar[Proof] = Proof.BEHAVES
    by_network: ClassVar[bool] = True
    version_field: ClassVar[str] = ""
    support: ClassVar[Mapping[tuple[Duty, Surface], Support]] = names_support(CARRIED_BY_DNS)
    settings: ClassVar[Mapping[str, Setting]] = {
        "folder": Setting(
            "/etc/squid",
            r"(?=.{2,200}\Z)(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+",
            "an absolute path of plain letters, digits and ._- such as /etc/squid",
        ),
        # No %, which Squid would replace, and none of the marks that its configuration knows.
        "page": Setting(
            "",
            r"|ERR_[A-Z0-9_]{1,60}|https?://(?=[^/]{1,200}(/|\Z))[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?"
            r"(/[A-Za-z0-9._~/-]{0,200})?",
            "an address such as https://blocked.city.example/why or an error page such as ERR_ORDINANCE",
        ),
    }
    gaps: ClassVar[Mapping[str, str]] = GAPS

    def compile(self, plan: Plan, settings: Mapping[str, str], serial: int) -> Compiled:
        """A list of names, a piece of configuration, gaps and over-reach. Neither file has a version: no `serial`.

        Raises PolicyError (`bad-target-setting`) for settings.
        """
        values = read_settings(self.id, self.settings, settings)
        block = Block.of(plan, means(self.id, self.gaps))
        check_page(self.id, values["page"], block.chosen)
        free = left_out(plan, any_range=True) if block.chosen else ()
        names = list_of(plan, block.chosen)
        return Compiled(
            (
                Artefact(
                    f"{self.id}/{LIST}", names, tuple(block.chosen), block.lines(plan), tuple(map(str, free))
                ),
                Artefact(f"{self.id}/{RULES}", rules(values["folder"], values["page"], free), (), ()),
            ),
            block.gaps(plan),
            block.over_reach(plan),
        )

    def checks(self, settings: Mapping[str, str]) -> tuple[ConsumerCheck, ...]:
        """None: `squid -k parse` takes a list that is not there, and blocks nothing with it."""
        read_settings(self.id, self.settings, settings)
        return ()


def means(target: str, gaps: Mapping[str, str]) -> Means:
    """What a proxy can do: it knows addresses of clients and names that they say, and nothing that stands behind."""
    return Means(
        target,
        gaps,
        not_duty=NOT_DUTY,
        not_surface=NOT_SURFACE,
        limits=LIMITS,
        tells_clients=True,
    any_range=True,
        where="every network that uses this proxy",
        cannot_tell="uses the same proxy, and these rules cannot tell who that is",
        elsewhere="another network, and leave that one out",
    )


def check_page(target: str, page: str, chosen: Collection[str]) -> None:
    """Raises PolicyError where the page that people are sent to is blocked itself."""
    host = urlsplit(page).hostname or ""
    above = lies_in(host, chosen)
    if above is not None:
        message = f"{target}: page = {page!r} lies beneath {above}, which is blocked"
        raise PolicyError([bad_setting(message, "name a page of your own")])


def list_of(plan: Plan, chosen: Mapping[str, frozenset[str]]) -> bytes:
    """One name a line, with the dot that means "and everything beneath it".

    A name beneath another is left out: Squid 5.7 does not start where it stands before the one above.
    """
    tops = (name for name in sorted(chosen) if not any(p in chosen for p in parents(name)))
    return _file(*heading(plan, chosen, "#", "for the web proxy Squid"), *(f".{name}" for name in tops))


def rules(folder: str, page: str, free: Sequence[Range]) -> bytes:
    """The piece of configuration.

    `-n`: Squid asks no name server whose address it is that a client wants to reach. What `deny_info` is about is
    the last list of a `deny` line, which is why the names stand last.
    """
    ranges = ranges_for_squid(free)
    return _file(
        "# Include this before any http_access line that allows. In conf.d its name sorts before debian.conf.",
        "# Policy tag: app-restriction. Restricted by a decision, not malicious.",
        f'acl ordinance_names dstdomain -n "{folder}/{LIST}"',
        *(["# Networks that are not to be blocked."] if ranges else []),
        *(f"acl ordinance_free src {one}" for one in ranges),
        f"http_access deny {'!ordinance_free ' if ranges else ''}ordinance_names",
        *([f"deny_info {page} ordinance_names"] if page else []),
    )


def _file(*lines: str) -> bytes:
    return "".join(f"{line[:LONGEST_LINE] if line.startswith('#') else line}\n" for line in lines).encode("ascii")
