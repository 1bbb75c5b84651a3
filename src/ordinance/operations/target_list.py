# SPDX-License-Identifier: EUPL-1.2
"""`targets`: which enforcement points there are, what each carries out, and how sure that is.

Reads the tables of the targets that are installed, nothing of a body. Cannot know whether a consumer elsewhere
behaves like the one that the tests started.
"""

from __future__ import annotations

from typing import Any

from ordinance.model.apps import Surface
from ordinance.model.law import Duty
from ordinance.model.target import Support, Target
from ordinance.targets import available

CARRIED = (Support.FULL, Support.PARTIAL)


def list_targets() -> list[dict[str, Any]]:
    """Each target by id, as JSON. Raises PolicyError where two installed ones have the same id."""
    return [_row(t) for t in available()]


def _row(target: Target) -> dict[str, Any]:
    return {
        "id": target.id,
        "title": target.title,
        "consumer": target.consumer,
        "proof": str(target.proof),
        "for": "networks" if target.by_network else "devices",
        "version_field": target.version_field,
        "carries_out": [
            {"duty": str(duty), "surfaces": surfaces} for duty in Duty if (surfaces := _surfaces(target, duty))
        ],
        "support": {str(d): {str(s): str(target.support[d, s]) for s in Surface} for d in Duty},
        "settings": [
            {"name": name, "default": one.default, "expected": one.expected} for name, one in target.settings.items()
        ],
        "gaps": dict(target.gaps),
    }


def _surfaces(target: Target, duty: Duty) -> list[str]:
    return [str(s) for s in Surface if target.support[duty, s] in CARRIED]
