# SPDX-License-Identifier: EUPL-1.2
"""What every browser's policy carries out, and which gap stands for the rest, as tables.

Reads nothing. A browser refuses pages; apps, programs and networks do not go through it.
"""

from __future__ import annotations

from collections.abc import Mapping

from ordinance.model.apps import Surface
from ordinance.model.law import Duty

CARRIED_BY_BROWSERS = frozenset({Surface.WEB})

BROWSER_NOT_DUTY: Mapping[Duty, str] = {
    Duty.STOP_USING: "browser-cannot-see-use",
    Duty.REMOVE: "browser-cannot-see-installed-apps",
    Duty.DENY_INSTALL: "browser-cannot-see-installed-apps",
    Duty.IDENTIFY: "not-a-matter-of-pages",
    Duty.REPORT: "not-a-matter-of-pages",
    Duty.ATTEST: "not-a-matter-of-pages",
    Duty.REPLACE: "not-a-matter-of-pages",
    Duty.ASSESS_RISK: "not-a-matter-of-pages",
}
BROWSER_NOT_SURFACE: Mapping[Surface, str] = {
    Surface.APP: "not-in-the-browser",
    Surface.DESKTOP: "not-in-the-browser",
    Surface.NETWORK: "not-in-the-browser",
    Surface.API: "not-in-the-browser",
    Surface.LINK: "browser-cannot-tell-surface",
    Surface.ACCOUNT: "browser-cannot-tell-surface",
    Surface.VENUE: "browser-cannot-tell-surface",
    Surface.ADVERTISING: "browser-cannot-tell-surface",
}
