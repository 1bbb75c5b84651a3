# SPDX-License-Identifier: EUPL-1.2
"""Firefox's policy file: the browser itself refuses pages of restricted sites, with a word that the body blocks them.

Reads: the domains of `block_traffic` demands about the web. Writes: a `policies.json` with a WebsiteFilter. Cannot see:
apps, other browsers, what pages fetch by themselves, policies that the body has set besides, or whether the file got
onto a device. All of that comes back as gaps, never as silence; whom it hits besides comes back as over-reach.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import ClassVar

from ordinance.model.apps import Surface
from ordinance.model.estate import Enrolment, Platform
from ordinance.model.law import Duty
from ordinance.model.target import Artefact, Compiled, ConsumerCheck, Plan, Proof, Setting, Support
from ordinance.targets._block import Block
from ordinance.targets._browser import BROWSER_NOT_DUTY, BROWSER_NOT_SURFACE, CARRIED_BY_BROWSERS
from ordinance.targets._heading import heading
from ordinance.targets._means import GAPS_OF_NAMES, Means, names_support
from ordinance.targets._settings import read_settings

# Firefox reads as many entries of a list and no more (WebsiteFilter.sys.mjs of 153.7 ESR, LIST_LENGTH_LIMIT).
MOST = 1000

_LIMITS: Mapping[str, str] = {
    "other-browsers": "other browsers, copies of Firefox that do not read the file, and apps that show pages are open",
    "only-pages-and-frames": "pages and frames are refused; what pages fetch besides (scripts, images, media) is not",
    "other-ways-to-the-site": "under another name the site is open, such as that of a translator, archive or web proxy",
    "own-policies-first": "an exception in your own filter, or a filter set by group policy, goes before this one",
    "after-a-restart": "a Firefox that is running takes the file when it is started again",
}

_BESIDES = (
    (
        "everybody else who uses Firefox on the device",
        "the file is for the whole device: every account on it, and every profile of the browser",
    ),
    (
        "visitors of other pages that show the site in a frame",
        "the frame is refused as the site itself is; the rest of the page stays",
    ),
)


class Firefox:
    """Refuses pages in the browser. Shown to work with Firefox 153 ESR on Debian."""

    id: ClassVar[str] = "firefox"
    title: ClassVar[str] = "Policies of Firefox"
    consumer: ClassVar[str] = "firefox-esr"
    proof: ClassVar[Proof] = Proof.BEHAVES
    by_network: ClassVar[bool] = False
    version_field: ClassVar[str] = ""
    support: ClassVar[Mapping[tuple[Duty, Surface], Support]] = {
        **names_support(CARRIED_BY_BROWSERS),
        (Duty.BLOCK_TRAFFIC, Surface.API): Support.NEVER,  # programs do not go through the browser
    }
    settings: ClassVar[Mapping[str, Setting]] = {
        "reserved": Setting("0", r"0|[1-9][0-9]{0,2}|1000", "a number from 0 to 1000"),
    }
    gaps: ClassVar[Mapping[str, str]] = {
        # A rule about the web alone is carried out, for which no name is left open because the site uses it too.
        **{gap: reason for gap, reason in GAPS_OF_NAMES.items() if gap != "shared-with-web"},
        "over-capacity": f"Firefox reads {MOST} entries of a list and drops the rest",
        "not-managed": "managed in no way that brings them the file",
        "about-networks": "about whoever is on a network: a file on devices reaches nobody else there",
        "not-on-this-platform": "not known to be a computer; Firefox reads no policies elsewhere",
        **_LIMITS,
        "browser-cannot-see-use": "a browser can refuse pages; it cannot make anybody stop",
        "browser-cannot-see-installed-apps": "a browser neither sees nor changes what is installed",
        "not-a-matter-of-pages": "somebody has to say or write this; a browser cannot",
        "not-in-the-browser": "apps, programs and networks do not go through the browser",
        "browser-cannot-tell-surface": "links, accounts, venues and advertising are on the pages of the site",
    }

    def compile(self, plan: Plan, settings: Mapping[str, str], serial: int) -> Compiled:
        """The policy file, gaps and over-reach. The file has no place for `serial`.

        Raises PolicyError (`bad-target-setting`).
        """
        values = read_settings(self.id, self.settings, settings)
        means = _means(self.id, self.gaps, MOST - int(values["reserved"]))
        block = Block.of(plan, means)
        content = _file(plan, block.chosen)
        file = Artefact(f"{self.id}/policies.json", content, tuple(block.chosen), block.lines(plan))
        return Compiled((file,), block.gaps(plan), block.over_reach(plan), block.gets(plan))

    def checks(self, settings: Mapping[str, str]) -> tuple[ConsumerCheck, ...]:
        """None: Firefox says nothing about a file before it runs with it."""
        return ()


def _means(target: str, gaps: Mapping[str, str], most: int) -> Means:
    return Means(
        target,
        gaps,
        carried=CARRIED_BY_BROWSERS,
        not_duty=BROWSER_NOT_DUTY,
        not_surface=BROWSER_NOT_SURFACE,
        limits=tuple(_LIMITS),
        most=most,
        hits_apps=False,
        besides=_BESIDES,
        reaches=frozenset({Enrolment.MANAGED, Enrolment.SUPERVISED}),
        platforms=frozenset({Platform.WINDOWS, Platform.MACOS, Platform.LINUX}),
    )


def _file(plan: Plan, chosen: Mapping[str, frozenset[str]]) -> bytes:
    """JSON has no comments. Firefox does not read what stands beside `policies`; inside, it is an unknown policy."""
    comment = [line.strip() for line in heading(plan, chosen, "", "for Firefox")]
    policies = {"WebsiteFilter": {"Block": [_pattern(name) for name in chosen]}}
    return (json.dumps({"comment": comment, "policies": policies}, indent=2) + "\n").encode("ascii")


def _pattern(name: str) -> str:
    """The name and everything beneath it: in a match pattern `*.` stands for the name itself too."""
    return f"*://*.{name}/*"
