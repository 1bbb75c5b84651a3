# SPDX-License-Identifier: EUPL-1.2
"""`airlock platforms`: the limits that ship with the program, and whether they have grown old."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from ordinance.airlock.platforms import STALE_AFTER, profile, profile_names, stale
from ordinance.model.errors import Issue, Severity
from ordinance.model.platform import Bound, Limit, Platform

__all__ = ["chosen_platforms", "platform_document", "profile_names", "stale_issues"]


def chosen_platforms(name: str) -> tuple[Platform, ...]:
    """The platforms of a profile; KeyError for a name that is none of `profile_names`."""
    return profile(name)


def stale_issues(chosen: Iterable[Platform], on: date) -> tuple[Issue, ...]:
    """A warning for each platform whose facts are old on a day."""
    hint = "look at what the platform says today; a newer version of this program may have newer facts"
    return tuple(
        Issue(
            platform.id,
            0,
            0,
            "platform-facts-old",
            f"what {platform.name} takes was read on {platform.checked_on}, more than {STALE_AFTER} days ago",
            "it may have changed since",
            hint,
            Severity.WARNING,
        )
        for platform in stale(chosen, on)
    )


def platform_document(platform: Platform) -> dict[str, Any]:
    """A platform as JSON."""
    return {
        "id": platform.id,
        "name": platform.name,
        "app": platform.app,
        "checked_on": platform.checked_on.isoformat(),
        "limits": [_limit(limit) for limit in platform.limits],
        "notes": [{"cite": note.cite, "says": note.says} for note in platform.notes],
        "cites": {
            name: {"title": c.title, "url": c.url, "retrieved": c.retrieved.isoformat() if c.retrieved else None}
            for name, c in platform.cites.items()
        },
    }


def _limit(limit: Limit) -> dict[str, Any]:
    return {
        "about": str(limit.about),
        "confidence": str(limit.confidence),
        "disputed": limit.is_disputed,
        "note": limit.note,
        "says": [_bound(bound) for bound in limit.bounds],
    }


def _bound(bound: Bound) -> dict[str, Any]:
    among = sorted(bound.among) if bound.among is not None else None
    return {"cite": bound.cite, "least": bound.least, "most": bound.most, "among": among}
