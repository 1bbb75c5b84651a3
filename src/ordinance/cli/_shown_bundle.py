# SPDX-License-Identifier: EUPL-1.2
"""A plan or a bundle as a person reads it on a terminal, and as JSON: what changes, what stays open, who is hit."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from ordinance.cli._common import show
from ordinance.cli._shown import show_notice
from ordinance.model.target import Plan

if TYPE_CHECKING:  # enforcement is imported where a verb runs: `--help` must not load it
    from ordinance.enforce.bundle import Bundle
    from ordinance.enforce.changes import Change

MOST = 12  # entries or gaps listed unless everything is asked for


def bundle_document(plan: Plan, bundle: Bundle) -> dict[str, Any]:
    """A plan with its compiled changes, gaps and over-reach as JSON."""
    return {
        "body": plan.body,
        "as_of": plan.at.isoformat(),
        "notice": plan.notice,
        "invented": [{"text": t, "version": v, "paths": list(paths)} for t, v, paths in plan.invented],
        "catalogue": plan.catalogue_version,
        "catalogue_digest": plan.catalogue_digest,
        "demands": [
            {
                "restriction": d.restriction,
                "duty": str(d.duty),
                "app": d.app,
                "surface": str(d.surface),
                "due": d.due.isoformat(),
                "devices": d.devices,
            }
            for d in plan.demands
        ],
        "changes": [
            {
                "target": c.target,
                "path": c.path,
                "added": list(c.added),
                "removed": list(c.removed),
                "file": str(c.file),
                "opened": list(c.opened),
                "closed": list(c.closed),
                "other_settings": c.other_settings,
                "classes": [
                    {
                        "class": k.id,
                        "facts": k.facts,
                        "devices": k.devices,
                        "affected": k.affected,
                        "added": k.added,
                        "removed": k.removed,
                    }
                    for k in c.classes
                ],
            }
            for c in bundle.changes
        ],
        "first_end": None if plan.first_end is None else plan.first_end.isoformat(),
        "devices_affected": bundle.devices_affected,
        "estate_devices": plan.estate_devices,
        "gaps": [
            {
                "target": g.target,
                "restriction": g.restriction,
                "duty": str(g.duty),
                "app": g.app,
                "surface": str(g.surface),
                "id": g.id,
                "identifier": g.identifier,
                "reason": g.reason,
            }
            for g in bundle.gaps
        ],
        "over_reach": [
            {"target": o.target, "network": o.network, "who": o.who, "count": o.count, "reason": o.reason}
            for o in bundle.over_reach
        ],
    }


def show_bundle(plan: Plan, bundle: Bundle, *, everything: bool) -> None:
    """Changes, gaps grouped by reason, and over-reach."""
    show(f"plan for {plan.body} at {plan.at.isoformat()}: {len(plan.demands)} demand(s)")
    show_notice(plan.notice, plan.invented)
    for change in bundle.changes:
        if not (change.added or change.removed or change.classes or change.opened or change.closed):
            show(f"\n{change.path}: {change.file}; no name is added or removed")
            _show_settings(change)
            continue
        show(f"\n{change.path}: {len(change.added)} added, {len(change.removed)} removed")
        _show_settings(change)
        _listed([f"  left out from now on: {c}" for c in change.opened], everything)
        _listed([f"  left out no longer: {c}" for c in change.closed], everything)
        _listed([f"  + {e}" for e in change.added] + [f"  - {e}" for e in change.removed], everything)
        for one in change.classes:
            of = "" if one.devices is None else f" of {one.devices}"
            count = "for devices that nobody counts" if one.affected is None else f"for {one.affected}{of} device(s)"
            show(f"  {count}: +{one.added} -{one.removed}: {one.facts}")
    in_all = "not known" if bundle.devices_affected is None else bundle.devices_affected
    if plan.first_end is not None:
        end = plan.first_end.isoformat()
        show(f"\nthe first of these rules ends at {end}: build again then, nothing does it by itself")
    show(f"\ndevices affected: {in_all} of {plan.estate_devices}")
    groups: Counter[tuple[str, str, str, str]] = Counter()
    for gap in bundle.gaps:
        groups[gap.target, gap.duty, gap.id, gap.reason] += 1
    show(f"\nnot done by any artefact (gaps): {len(bundle.gaps)}")
    _listed([f"  {t}  {d}  {i} ×{n}: {why}" for (t, d, i, why), n in sorted(groups.items())], True)
    show(f"\nhit besides those ruled on (over-reach): {len(bundle.over_reach)}")
    for reach in bundle.over_reach:
        count = "uncounted" if reach.count is None else str(reach.count)
        show(f"  {reach.network or reach.target}: {reach.who} ({count}): {reach.reason}")


def _show_settings(change: Change) -> None:
    if change.other_settings and change.file != "new":
        show(f"  {change.target} has other settings in ordinance.toml than the last bundle")


def _listed(lines: list[str], everything: bool) -> None:
    for line in lines if everything else lines[:MOST]:
        show(line)
    if not everything and len(lines) > MOST:
        show(f"  … {len(lines) - MOST} more (--all lists them)")
