# SPDX-License-Identifier: EUPL-1.2
"""What every resolver is asked: restricted names as clients ask for them, and neighbours, which must still work."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence

import pytest

from lab.dns import Server
from ordinance.model.apps import Role
from ordinance.model.target import Compiled, Plan, Target

from . import plans
from .plans import identifier

TYPES = ("A", "AAAA", "HTTPS")
RESTRICTED = ("tiktokv.com", "tiktokcdn.com", "musical.ly", "log.isnssdk.eu.tiktokv.com")

# `eu.tiktokv.com` lies between two listed names: with the wildcard alone BIND lets it through, and all beneath it.
BLOCKED_NAMES = (
    "tiktokv.com", "api.tiktokv.com", "a.b.c.d.tiktokv.com", "TikTokV.COM", "API16.TikTokV.com",
    "tiktokcdn.com", "p16.tiktokcdn.com", "musical.ly", "www.musical.ly",
    "eu.tiktokv.com", "x.eu.tiktokv.com", "x.y.eu.tiktokv.com", "isnssdk.eu.tiktokv.com",
    "log.isnssdk.eu.tiktokv.com", "x.log.isnssdk.eu.tiktokv.com",
)  # fmt: skip

# Names that must still work: ends alike, contains, parent, sibling, shared by role, unrelated.
OPEN_NAMES = (
    "nottiktokv.com", "my-tiktokv.com", "tiktokv.com.example", "tiktokv.com.city.example", "tiktokv-com.example",
    "com", "ly", "example.com", "tiktokv.org", "tiktokv.co", "cal.ly", "musical.lyrics.example",
    "tiktok.com", "analytics.tiktok.com", "ibyteimg.com", "ghent.example", "xn--tiktkv-yxa.com",
)  # fmt: skip


# A later plan: one name more, and one less. What lies beside the new one must still work as well.
NEW, LIFTED = "tiktokcdn-eu.com", "musical.ly"
LATER = (*(n for n in RESTRICTED if n != LIFTED), NEW)
BESIDE_NEW = ("nottiktokcdn-eu.com", "tiktokcdn-us.com", "tiktokcdn-eu.com.example", "cdn-eu.com")


def plan_of_an_app(restricted: Sequence[str] = RESTRICTED) -> Plan:
    """An app-only rule: the site, the pixel and the shared CDN stay open."""
    names = [identifier(n) for n in restricted]
    names += [identifier("tiktok.com", Role.WEB), identifier("analytics.tiktok.com", Role.EMBED)]
    names += [identifier("ibyteimg.com", Role.SHARED)]
    return plans.plan(plans.demand(*names))


def app_only(target: Target, settings: dict[str, str] | None = None) -> Compiled:
    """What a target makes of an app-only rule."""
    return target.compile(plan_of_an_app(), settings or {}, 20230401)


def astray(server: Server, restricted: Sequence[str], *flags: str) -> list[tuple[str, str]]:
    """Questions that are not answered as they must be once these names are restricted and no others."""
    beneath = ("", "x.", "x.y.")
    blocked = [(f"{b}{n}", t) for n, b, t in itertools.product(restricted, beneath, ("A", "HTTPS"))]
    lifted = [n for n in (*RESTRICTED, NEW) if not any(f".{n}".endswith(f".{r}") for r in restricted)]
    free = [(f"{b}{n}", t) for n, b, t in itertools.product(lifted, beneath, ("A", "HTTPS"))]
    free += [(n, "A") for n in (*OPEN_NAMES, *BESIDE_NEW)]
    slipped = [q for q, a in zip(blocked, server.ask_all(blocked, *flags), strict=True) if not a.blocked]
    return slipped + [q for q, a in zip(free, server.ask_all(free, *flags), strict=True) if not a.open]


def wrong(server: Server, version: str, consumer: str, capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str]]:
    """Questions that a resolver does not answer as it must; how many were right is shown in CI's output."""
    restricted = list(itertools.product(BLOCKED_NAMES, TYPES))
    neighbours = list(itertools.product(OPEN_NAMES, TYPES))
    slipped = [q for q, a in zip(restricted, server.ask_all(restricted), strict=True) if not a.blocked]
    broken = [q for q, a in zip(neighbours, server.ask_all(neighbours), strict=True) if not a.open]
    blocked, opened = len(restricted) - len(slipped), len(neighbours) - len(broken)
    show_counts(consumer, version, (blocked, len(restricted)), (opened, len(neighbours)), capsys)
    return slipped + broken


def show_counts(
    consumer: str, version: str, blocked: tuple[int, int], opened: tuple[int, int], capsys: pytest.CaptureFixture[str]
) -> None:
    """One line for CI: how many restricted names were blocked of how many, and how many neighbours open."""
    said = f"blocked {blocked[0]} of {blocked[1]}, neighbours open {opened[0]} of {opened[1]}"
    with capsys.disabled():  # on stderr, because parallel workers lose what is written to stdout
        print(f"\nCONSUMER {consumer} {version}: {said}", file=sys.stderr)
