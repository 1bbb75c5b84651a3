# SPDX-License-Identifier: EUPL-1.2
"""What readers may keep: derived from the clauses in force, nothing else.

An app is watched while a binding clause about it is in force somewhere in the window and the body
allows any evidence. When a rule lapses nothing is collected for it any more.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

from ordinance.catalogue.unseen import unseen_names
from ordinance.model.apps import Catalogue
from ordinance.model.body import Body
from ordinance.model.estate import Device, Estate, Use
from ordinance.model.evidence import WatchList
from ordinance.model.law import Law
from ordinance.model.time import Span, end_of, start_of
from ordinance.policy import clocks, select
from ordinance.policy.power import binding_clauses
from ordinance.policy.resolve import may_hold
from ordinance.verify.binding import institutions


def watched_span(law: Law, estate: Estate, window: Span) -> Span | None:
    """The part of a window in which any binding clause has force; `None` where none has.

    Nothing is read outside it: when a rule has lapsed nothing is collected for it any more.
    """
    parts = [
        part
        for text, clause in binding_clauses(law, institutions(law, estate))
        for span in clocks.spans_of(law, text, clause)
        if (part := span.meets(window)) is not None
    ]
    return Span(min(p.closed[0] for p in parts), max(p.closed[1] for p in parts)) if parts else None


def watch_list(law: Law, catalogue: Catalogue, estate: Estate, body: Body, window: Span) -> WatchList:
    """The watch list for a window; empty where the body allows no evidence."""
    apps = _apps_in_force(law, catalogue, estate, window) if body.checking.evidence_allowed else frozenset()
    days = Span(*window.closed)
    separate = [d for d in estate.devices if d.facts.use is Use.SEPARATE and _speaks_in(d, days, law)] if apps else []
    watched = WatchList(
        families=frozenset(a.partition("/")[0] for a in apps),
        apps=apps,
        internal=frozenset(body.internal_names) if separate else frozenset(),
        separate_macs=frozenset(m for d in separate for m in d.macs),
        separate_devices=frozenset(n for d in separate for n in (d.id, d.inventory_name) if n),
        canary=frozenset(s.canary for s in body.sources if s.canary) if apps else frozenset(),
        unseen=unseen_names() if apps else {},
    )
    return replace(watched, digest=_digest(watched, catalogue))


def _apps_in_force(law: Law, catalogue: Catalogue, estate: Estate, window: Span) -> frozenset[str]:
    every = [f"{f.id}/{m.id}" for f in catalogue.families for m in f.members]
    instants = [span.closed[0] for span in clocks.segments(law, window)]
    return frozenset(
        app
        for text, clause in binding_clauses(law, institutions(law, estate))
        if clause.speaks_of_devices and clause.evidence_allowed != frozenset()
        if may_hold(law, text, clause, instants)
        if any(span.overlaps(window) for span in clocks.spans_of(law, text, clause))
        for app in every
        if any(select.names(law, text, clause.what, app, at) for at in instants)
    )


def _speaks_in(device: Device, window: Span, law: Law) -> bool:
    first, last = device.validity.first, device.validity.last
    start = start_of(first, law.zone) if first else None
    end = end_of(last, law.zone) if last and last != date.max else None
    return Span(start, end).overlaps(window)


def _digest(watched: WatchList, catalogue: Catalogue) -> str:
    parts = (
        watched.apps,
        watched.internal,
        watched.separate_macs,
        watched.separate_devices,
        watched.canary,
        watched.unseen.items(),
    )
    text = repr(([sorted(p) for p in parts], catalogue.digest))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
