# SPDX-License-Identifier: EUPL-1.2
"""What counts for a clause, however often it was asked before."""

from __future__ import annotations

from itertools import permutations

import bodies
from ordinance.model.apps import Confidence, Identifier, Kind, Role, Surface
from ordinance.verify.binding import Judge

CITY = bodies.workspace("city-of-brussels")
DEVICE, CLAUSE = "bp-003", "brussels-2023-tiktok/bought-devices"
OURS, ANOTHER = (
    Identifier(Kind.DOMAIN, "x.example", family, family, Confidence.HIGH, Role.APP_ONLY)
    for family in ("tiktok", "signal")
)
ON_APP, ON_DESKTOP = (Surface.APP, Surface.NETWORK), (Surface.DESKTOP,)


def test_what_counts_depends_on_app_and_surface_and_not_on_what_was_asked_before() -> None:
    """The clause is about a telephone's app: on a desktop, and of another app, nothing counts, in whatever order."""
    at = bodies.window(CITY, {"as_of": "2023-04-24T00:00", "from": "2023-04-17", "to": "2023-04-23"})
    every = [(OURS, ON_APP, True), (OURS, ON_DESKTOP, False), (ANOTHER, ON_APP, False)]
    for order in permutations(every):
        judge = Judge(CITY.law, CITY.estate, at.span, at.as_of)
        state = judge.state(CLAUSE, judge.pieces(DEVICE)[-1])
        assert state is not None
        for found, surfaces, expected in (*order, *order):
            assert judge.counts(state, found, surfaces) is expected
