# SPDX-License-Identifier: EUPL-1.2
"""The findings of a check as its document has them: of single devices under pseudonyms, or of groups without them.

Reads: findings, and what persons wrote about them. Writes: rows in a stable order with lasting ids. Cannot know who a
pseudonym is without the key.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from ordinance.model.disclosure import Numbers
from ordinance.model.result import Finding, Signs
from ordinance.operations.disclosure import (
    Disclosure,
    coarse_finding,
    coarse_life,
    is_about_nobody,
    is_row_about_nobody,
    placed,
)
from ordinance.operations.lives import Lives, base_id, life_of, states_behind
from ordinance.operations.small_groups import large_units, too_small
from ordinance.operations.workspace import Workspace
from ordinance.store.keys import Pseudonyms

MOST_EVIDENCE = 20  # places listed with a finding; `count` says how many there were
CONDITIONS = "conditions"
_Group = tuple[Finding, list[Finding]]  # as it is shown, and those that it is made of


def finding_rows(
    every: tuple[Finding, ...],
    workspace: Workspace,
    pseudonyms: Pseudonyms,
    lives: Lives,
    said: Disclosure,
    *,
    individual: bool,
) -> list[dict[str, Any]]:
    """Every finding, or every group of them that is told apart, with where it stands."""
    minimum, is_coarse = workspace.body.checking.minimum_group, _is_coarse(said)
    large = frozenset[str | None]() if individual else large_units(workspace.estate, minimum)  # rows have their own
    if individual:
        groups = [(f, [f]) for f in every]
    elif is_coarse:
        units = placed(every, said)
        groups = _aggregated(units, frozenset(f.unit for f in units))
    else:
        groups = _aggregated(every, large)
    shown = [one for one, _ in groups]
    lived = _lives(groups, every, large, workspace, pseudonyms, lives, individual=individual)
    if is_coarse:  # after the lives: whether something was seen again hangs on its day, which is not told
        lived = [coarse_life(one, about_nobody=is_about_nobody(f)) for f, one in zip(shown, lived, strict=True)]
        shown = [coarse_finding(f) for f in shown]
    rows = [_finding(f, workspace, pseudonyms, individual=individual) for f in shown]
    return _numbered([{**row, **life} for row, life in zip(rows, lived, strict=True)])


def _is_coarse(said: Disclosure) -> bool:
    return said.numbers is not Numbers.EXACT


def _aggregated(every: Iterable[Finding], large: frozenset[str | None]) -> list[_Group]:
    """Findings without devices: one for each kind, unit, app, grade, duty, clause, reason and resolver that was asked;
    with those behind it."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for one in every:
        merged = replace(one, unit=one.unit if one.unit in large else None)
        key = (
            merged.kind,
            merged.result,
            merged.unit,
            merged.family,
            merged.member,
            merged.surface,
            merged.grade,
            merged.duty,
            merged.restriction,
            merged.reason,
            merged.resolver,
        )
        groups.setdefault(tuple(str(k) for k in key), []).append(merged)
    return [(_merged(groups[key]), groups[key]) for key in sorted(groups)]


def _merged(group: list[Finding]) -> Finding:
    firsts = [f.first_seen for f in group if f.first_seen]
    lasts = [f.last_seen for f in group if f.last_seen]
    named = {f.device for f in group if f.device}
    return replace(
        group[0],
        device=None,
        devices=len(named) if named else sum(f.devices for f in group),
        first_seen=min(firsts, default=None),
        last_seen=max(lasts, default=None),
        count=sum(f.count for f in group),
        contacted=any(f.contacted for f in group),
        signs=sum((f.signs for f in group if f.signs), Signs()) if any(f.signs for f in group) else None,
        evidence=tuple(sorted({w for f in group for w in f.evidence})),
        attested=max((f.attested for f in group if f.attested), default=None),
    )


def _finding(one: Finding, workspace: Workspace, pseudonyms: Pseudonyms, *, individual: bool) -> dict[str, Any]:
    places = one.evidence if individual else {replace(w, line=0) for w in one.evidence}
    return {
        "id": finding_id(one, pseudonyms),
        "kind": one.kind,
        "result": one.result,
        "unit": one.unit,
        "device": pseudonyms.of(one.device) if one.device and individual else None,
        "devices": one.devices,
        "family": one.family,
        "member": one.member,
        "surface": one.surface,
        "grade": one.grade,
        "duty": one.duty or (CONDITIONS if one.kind == "separation_breach" else None),
        "first_seen": _when(one.first_seen, workspace, individual=individual),
        "last_seen": _when(one.last_seen, workspace, individual=individual),
        "count": one.count,
        "contacted": one.contacted,
        "signs": asdict(one.signs) if one.signs else None,
        "attested": one.attested.isoformat() if one.attested else None,
        "restriction": one.restriction,
        "reason": one.reason,
        "evidence": [
            {"source": w.source, "file": w.file or None, "line": w.line if individual else None}
            for w in sorted(places)[:MOST_EVIDENCE]
        ],
    }


def _lives(
    groups: Sequence[_Group],
    every: Iterable[Finding],
    large: frozenset[str | None],
    workspace: Workspace,
    pseudonyms: Pseudonyms,
    lives: Lives,
    *,
    individual: bool,
) -> list[dict[str, Any]]:
    """What persons wrote about each finding shown; of groups, how many behind it are in which state."""

    def own(one: Finding) -> str:
        return finding_id(one, pseudonyms)

    def named(one: Finding) -> tuple[str, str]:
        return own(one), pseudonyms.of(one.device) if one.device else ""

    def of_group(one: Finding) -> str:
        return own(replace(one, device=None, unit=one.unit if one.unit in large else None))

    several = of_several({"id": own(f), "device": f.device, "kind": f.kind, "reason": f.reason} for f, _ in groups)
    minimum, zone = workspace.body.checking.minimum_group, workspace.body.zone
    behind = {} if individual else states_behind(every, of_group, named, lambda c: too_small(c, minimum), lives, zone)
    return [
        life_of(
            lives.standing(own(f), f, named(f)[1], zone, _firsts(f, group), is_alone=own(f) not in several),
            behind.get((own(f), f.result, f.grade)),
            individual=individual,
            hear=workspace.body.checking.hear_first and f.device is not None,
        )
        for f, group in groups
    ]


def _firsts(shown: Finding, group: Iterable[Finding]) -> list[datetime]:
    """When each finding was first seen that is behind one about no single device; nothing where it is of nobody."""
    if shown.device is not None or is_about_nobody(shown):
        return []
    return [f.first_seen for f in group if f.first_seen is not None]


def findings_document(found: Iterable[Finding], workspace: Workspace) -> list[dict[str, Any]]:
    """Findings that name no device, each as a check has it, with its lasting id."""
    nobody = Pseudonyms(b"")
    return _numbered([_finding(f, workspace, nobody, individual=False) for f in found])


def finding_id(one: Finding, pseudonyms: Pseudonyms) -> str:
    """Stable while kind, device, unit or resolver, app, surface, duty and clause are: times and counts may move."""
    who = pseudonyms.of(one.device) if one.device else one.resolver or str(one.unit)
    parts = (one.kind, who, one.family, one.member, one.surface, one.duty, one.restriction, one.reason)
    return f"f-{hashlib.sha256(repr([str(p) for p in parts]).encode()).hexdigest()[:10]}"


def of_several(rows: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Ids, without a number behind them, that more than one of a report's findings has; rows as a document has them.

    Of an asker whom nobody may name, or of rows that only a grade or a result tells apart, nothing lasts by which a
    decision about one could be told from one about another. What is about nobody is not counted, nor are devices' own.
    """
    met = Counter(base_id(str(r["id"])) for r in rows if r["device"] is None and not is_row_about_nobody(r))
    return frozenset(finding for finding, count in met.items() if count > 1)


def _numbered(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Findings whose ids would be the same, because nobody may be named in them, get `-2`, `-3` behind it."""
    met: Counter[str] = Counter()
    for one in findings:
        met[one["id"]] += 1
        if met[one["id"]] > 1:
            one["id"] += f"-{met[one['id']]}"
    return findings


def _when(instant: datetime | None, workspace: Workspace, *, individual: bool) -> str | None:
    if instant is None:
        return None
    local = instant.astimezone(workspace.body.zone)
    return local.isoformat(timespec="seconds") if individual else local.date().isoformat()
