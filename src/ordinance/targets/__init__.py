# SPDX-License-Identifier: EUPL-1.2
"""Enforcement points: one module each, listed here.

Reads the entry-point group ``ordinance.targets`` of installed packages, nothing else. Cannot know
whether an outsider's target keeps the promises; the shared suite in ``tests/targets`` can be run on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import EntryPoint

from ordinance.model.errors import Issue, PolicyError
from ordinance.model.outsiders import entry_points_of
from ordinance.model.target import Target
from ordinance.targets.adguard import Adguard
from ordinance.targets.chromium import Chromium
from ordinance.targets.dns_rpz import DnsRpz
from ordinance.targets.dnsmasq import Dnsmasq
from ordinance.targets.firefox import Firefox
from ordinance.targets.hosts import Hosts
from ordinance.targets.notice import Notice
from ordinance.targets.pdns_recursor import PdnsRecursor
from ordinance.targets.squid import Squid
from ordinance.targets.unbound import Unbound

GROUP = "ordinance.targets"

BUILTIN: tuple[type[Target], ...] = (
    Adguard,
    Chromium,
    DnsRpz,
    Dnsmasq,
    Firefox,
    Hosts,
    Notice,
    PdnsRecursor,
    Squid,
    Unbound,
)


def available(outside: Iterable[EntryPoint] | None = None) -> tuple[Target, ...]:
    """All targets by id: those built in, then those other packages bring (by default: as installed).

    Raises PolicyError (`duplicate-target`) where two answer to one id: which of them configured a
    resolver must never depend on the order of installation.
    """
    found = entry_points_of(GROUP) if outside is None else outside
    classes = [*BUILTIN, *(point.load() for point in sorted(found, key=lambda p: (p.name, p.value)))]
    targets: list[Target] = sorted((cls() for cls in classes), key=lambda t: t.id)
    ids = [t.id for t in targets]
    if twice := sorted({i for i in ids if ids.count(i) > 1}):
        raise PolicyError([_issue("duplicate-target", f"two installed targets are called {i!r}") for i in twice])
    return tuple(targets)


def target(target_id: str, outside: Iterable[EntryPoint] | None = None) -> Target:
    """The target of that id. Raises PolicyError (`unknown-target`) where there is none."""
    known = available(outside)
    for one in known:
        if one.id == target_id:
            return one
    hint = "targets installed here: " + ", ".join(t.id for t in known)
    raise PolicyError([_issue("unknown-target", f"no target is called {target_id!r}", hint)])


def _issue(issue_id: str, message: str, hint: str = "") -> Issue:
    return Issue("ordinance.toml", 0, 0, issue_id, message, "nothing can be configured", hint)
