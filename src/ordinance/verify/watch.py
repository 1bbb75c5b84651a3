# SPDX-License-Identifier: EUPL-1.2
"""What readers may keep: derived from the clauses in force, nothing else.

A family is watched while a binding clause about it is in force somewhere in the window and the body
allows any evidence. When a rule lapses nothing is collected for it any more.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from ordinance.model.apps import Catalogue
from ordinance.model.body import Body
from ordinance.model.estate import Estate, Use
from ordinance.model.evidence import WatchList
from ordinance.model.law import Law
from ordinance.model.time import Span
from ordinance.policy import clocks
from ordinance.verify.binding import binding_clauses


def watch_list(law: Law, catalogue: Catalogue, estate: Estate, body: Body, window: Span) -> WatchList:
    """The watch list for a window; empty where the body allows no evidence."""
    families = _families_in_force(law, window) if body.checking.evidence_allowed else frozenset()
    separate = [d for d in estate.devices if d.facts.use is Use.SEPARATE] if families else []
    watched = WatchList(
        families=families,
        internal=frozenset(body.internal_names) if separate else frozenset(),
        separate_macs=frozenset(m for d in separate for m in d.macs),
        separate_devices=frozenset(n for d in separate for n in (d.id, d.inventory_name) if n),
        canary=frozenset(s.canary for s in body.sources if s.canary) if families else frozenset(),
    )
    return replace(watched, digest=_digest(watched, catalogue))


def _families_in_force(law: Law, window: Span) -> frozenset[str]:
    return frozenset(
        selector.family or (selector.app or "").partition("/")[0]
        for text, clause in binding_clauses(law)
        if any(span.overlaps(window) for span in clocks.spans_of(law, text, clause))
        for selector in clause.what
    )


def _digest(watched: WatchList, catalogue: Catalogue) -> str:
    parts = (
        watched.families,
        watched.internal,
        watched.separate_macs,
        watched.separate_devices,
        watched.canary,
    )
    text = repr(([sorted(p) for p in parts], catalogue.digest))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
