# SPDX-License-Identifier: EUPL-1.2
"""Policies of Chromium, Chrome and Edge: the browser itself refuses to open pages of restricted sites.

Reads: the domains of `block_traffic` demands about the web. Writes: the policy `URLBlocklist` as JSON for Linux, as
registry files for Windows, and as a value for Intune. Cannot see: apps, other browsers, what pages fetch by themselves,
policies that the body has set besides, or whether a file got onto a device. All of that comes back as gaps, never as
silence; whom it hits besides comes back as over-reach.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
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

POLICY = "URLBlocklist"

# Microsoft's page on the policy: 1,000 entries, those after them are ignored. Chromium 156 heeds more, unpromised.
MOST = 1000

# Where the browser looks for the policy: the vendors' pages on `URLBlocklist`. Each list is a key of numbered values.
_KEYS: Mapping[str, tuple[str, str]] = {
    "chrome": ("Chrome on Windows", r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Google\Chrome"),
    "edge": ("Edge on Windows", r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Edge"),
}

_LIMITS: Mapping[str, str] = {
    "other-browsers": "other browsers, and apps that show pages themselves, do not read the policy",
    "other-systems": "these files are for Linux and Windows; Android, iOS, macOS and ChromeOS take other ones",
    "only-pages-and-frames": "pages and frames are refused when they open; what pages fetch is not, nor an open page",
    "other-ways-to-the-site": "under another name the site is open, such as an alias, an address or a translator",
    "own-policies-first": "an allowlist opens listed names, and a blocklist set elsewhere may take this one's place",
    "profiles-of-microsoft": "Edge leaves out profiles signed in with a Microsoft account, as its vendor writes",
}

_BESIDES = (
    (
        "everybody else who uses these browsers on the device",
        "the policy is for the whole device: every account on it, and every profile of the browser",
    ),
    (
        "visitors of other pages that show the site in a frame",
        "the frame is refused as the site itself is; the rest of the page stays",
    ),
)


class Chromium:
    """Refuses pages in the browser. Shown to work with Chromium 156 on Debian."""

    id: ClassVar[str] = "chromium"
    title: ClassVar[str] = "Policies of Chromium, Chrome and Edge"
    consumer: ClassVar[str] = "chromium"
    proof: ClassVar[Proof] = Proof.BEHAVES
    by_network: ClassVar[bool] = False
    version_field: ClassVar[str] = ""
    support: ClassVar[Mapping[tuple[Duty, Surface], Support]] = {
        **names_support(CARRIED_BY_BROWSERS),
        (Duty.BLOCK_TRAFFIC, Surface.API): Support.NEVER,  # programs do not go through the browser
    }
    settings: ClassVar[Mapping[str, Setting]] = {}
    gaps: ClassVar[Mapping[str, str]] = {
        # A rule about the web alone is carried out, for which no name is left open because the site uses it too.
        **{gap: reason for gap, reason in GAPS_OF_NAMES.items() if gap != "shared-with-web"},
        "over-capacity": f"beyond the {MOST} entries that the vendor of Edge promises to heed",
        "not-managed": "managed in no way that brings them the files",
        "about-networks": "about whoever is on a network: a file on devices reaches nobody else there",
        "not-on-this-platform": "not known to run Linux or Windows, for which these files are",
        **_LIMITS,
        "browser-cannot-see-use": "a browser can refuse pages; it cannot make anybody stop",
        "browser-cannot-see-installed-apps": "a browser's policy neither sees nor changes what is installed",
        "not-a-matter-of-pages": "somebody has to say or write this; a browser cannot",
        "not-in-the-browser": "apps, programs and networks do not go through the browser",
        "browser-cannot-tell-surface": "links, accounts, venues and advertising are on the pages of the site",
    }

    def compile(self, plan: Plan, settings: Mapping[str, str], serial: int) -> Compiled:
        """One list of names in four forms, gaps and over-reach. No form has a place for `serial`.

        Raises PolicyError (`bad-target-setting`).
        """
        read_settings(self.id, self.settings, settings)
        block = Block.of(plan, _means(self.id, self.gaps))
        files = {"managed.json": _json(block.chosen), "edge-intune.txt": _intune(block.chosen)}
        files |= {f"{browser}.reg": _registry(plan, block.chosen, *_KEYS[browser]) for browser in _KEYS}
        names, lines = tuple(block.chosen), block.lines(plan)
        artefacts = (Artefact(f"{self.id}/{file}", files[file].encode("ascii"), names, lines) for file in sorted(files))
        return Compiled(tuple(artefacts), block.gaps(plan), block.over_reach(plan), block.gets(plan))

    def checks(self, settings: Mapping[str, str]) -> tuple[ConsumerCheck, ...]:
        """None: a browser says nothing about a policy before it runs with it."""
        return ()


def _means(target: str, gaps: Mapping[str, str]) -> Means:
    return Means(
        target,
        gaps,
        carried=CARRIED_BY_BROWSERS,
        not_duty=BROWSER_NOT_DUTY,
        not_surface=BROWSER_NOT_SURFACE,
        limits=tuple(_LIMITS),
        most=MOST,
        hits_apps=False,
        besides=_BESIDES,
        reaches=frozenset({Enrolment.MANAGED, Enrolment.SUPERVISED}),
        platforms=frozenset({Platform.LINUX, Platform.WINDOWS}),
    )


def _json(names: Iterable[str]) -> str:
    """A name stands for itself and everything beneath it. JSON has no comments, and an unknown key is an error.

    Nothing to block sets no policy: an empty list could take the place of one that the body has set besides.
    """
    listed = list(names)
    return json.dumps({POLICY: listed} if listed else {}, indent=2) + "\n"


def _registry(plan: Plan, chosen: Mapping[str, frozenset[str]], product: str, above: str) -> str:
    r"""Registry file of version 5: the list goes first (`[-key]`), so that values of ended entries do not stay behind.

    Plain ASCII with `\n`, which `reg import` takes as well as UTF-16 with `\r\n` (Wine's tests of it, run on Windows).
    """
    key = rf"{above}\{POLICY}"
    values = (f'"{number}"="{name}"' for number, name in enumerate(chosen, 1))
    lines = ["Windows Registry Editor Version 5.00", "", *heading(plan, chosen, ";", f"for {product}"), "", f"[-{key}]"]
    lines += ["", f"[{key}]", *values] if chosen else []
    return "".join(f"{line}\n" for line in lines)


def _intune(names: Iterable[str]) -> str:
    """The value of a custom setting (OMA-URI): pairs of number and name, with U+F000 between all of them.

    Microsoft, "Configure Microsoft Edge using Mobile Device Management" (17 November 2021) for the id of the list,
    and "Understanding ADMX policies" (10 August 2023) for pairs and for `<disabled/>`.
    """
    pairs = "&#xF000;".join(f"{number}&#xF000;{name}" for number, name in enumerate(names, 1))
    return f'<enabled/><data id="{POLICY}Desc" value="{pairs}"/>\n' if pairs else "<disabled/>\n"
