# SPDX-License-Identifier: EUPL-1.2
"""The JSON of a check: what `--json` prints, what is kept, and what reports are drawn from.

Reads: everything a check found. Devices become pseudonyms here and nowhere later. By default rows are
aggregated: units and classes too small to hide in are merged, instants become days, evidence points at
files and not at lines. What is published is coarser still (`disclosure`): no number in it is about one person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from ordinance import __version__
from ordinance.model.disclosure import Numbers
from ordinance.model.evidence import Account, Reading, WatchList
from ordinance.model.probe import ProbeRecord
from ordinance.model.result import Checked, DutyResult, Finding, NotSeen, Result
from ordinance.model.time import Span
from ordinance.operations.attesting import ATTESTATIONS
from ordinance.operations.disclosure import Disclosure, coarse, result_rows
from ordinance.operations.document_findings import CONDITIONS, finding_rows
from ordinance.operations.law_lines import advice_lines, bound_by, policy_lines, record_lines, restricted_by_clause
from ordinance.operations.lives import Lives
from ordinance.operations.next_steps import next_steps
from ordinance.operations.run_inputs import digest_of, gone_row, input_rows
from ordinance.operations.small_groups import SMALL, hidden_classes
from ordinance.operations.verdict import accepted_by, exit_code, sentence
from ordinance.operations.workspace import Workspace
from ordinance.store.keys import Pseudonyms
from ordinance.verify.resolver import SOURCE as PROBE
from ordinance.verify.resolver import findings_of


def document(
    workspace: Workspace,
    checked: Checked,
    reviews: Iterable[Finding],
    readings: Mapping[str, Reading],
    watch: WatchList,
    window: Span,
    as_of: datetime,
    pseudonyms: Pseudonyms,
    *,
    individual: bool,
    probes: tuple[ProbeRecord, ...] = (),
    purposes: list[dict[str, str]] | None = None,
    lives: Lives | None = None,
    disclosure: Disclosure | None = None,
    prevention: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The whole document, keys in the order of reading; the same input gives the same document.

    Numbers are exact, unless a `disclosure` says otherwise; what is kept or shown by default has one.
    """
    body = workspace.body
    every = (*checked.findings, *reviews, *findings_of(probes))
    start, end = window.closed
    readings_of = [readings[s.id] for s in body.sources if s.id in readings]
    accounts = [r.account for r in readings_of]
    lives = lives or Lives(as_of.astimezone(body.zone).date())
    said = disclosure or Disclosure(Numbers.EXACT, minimum=body.checking.minimum_group)
    is_coarse = said.numbers is not Numbers.EXACT
    found = {
        "ordinance": __version__,
        "body": {"id": body.id, "name": body.name, "languages": list(body.languages)},
        "as_of": _instant(as_of, workspace),
        "window": {"from": _instant(start, workspace), "to": _instant(end, workspace)},
        "notice": body.notice,
        "individual": individual,
        "disclosure": said.document(),
        "policies": policy_lines(workspace, as_of),
        "records": record_lines(workspace, as_of),
        "bound_by": bound_by(workspace, as_of),
        "advice": advice_lines(workspace, as_of, checked.results),
        "checking": _checking(workspace, purposes or []),
        "summary": _summary(workspace, checked, every, accounts, as_of, numbers=not is_coarse),
        "results": result_rows(checked.results, restricted_by_clause(workspace), said)
        if is_coarse
        else _results(checked.results, workspace),
        **({"devices": _device_rows(checked.results, pseudonyms)} if individual else {}),
        "prevention": prevention or {"restricted": [], "others": []},
        "coverage": _coverage(checked, workspace),
        "not_seen": [_not_seen(spot, workspace, as_of) for spot in checked.not_seen],
        "contacts": [
            {"day": c.day.isoformat(), "family": c.family, "grade": c.grade, "count": c.count}
            for c in checked.contacts
        ],
        "counted": [
            {"family": c.family, "names": c.names, "devices": c.devices, "days": [d.isoformat() for d in c.days]}
            for c in checked.counted
        ],
        "accounting": [_account(r, pseudonyms, individual=individual) for r in readings_of],
        "findings": finding_rows(every, workspace, pseudonyms, lives, said, individual=individual),
        "next_steps": next_steps(every, checked, workspace, as_of),
        "run": _run(workspace, readings, watch, probes, lives.digest, pseudonyms, individual=individual),
    }
    return coarse(found, checked, every, said) if is_coarse else found


# --- summary --------------------------------------------------------------------------------------


def _summary(
    workspace: Workspace,
    checked: Checked,
    every: tuple[Finding, ...],
    accounts: list[Account],
    as_of: datetime,
    *,
    numbers: bool,
) -> dict[str, Any]:
    code = exit_code(workspace.body, checked, every, accounts, as_of)
    by_duty: dict[str, Counter[Result]] = {}
    for result in checked.results:
        by_duty.setdefault(result.duty or CONDITIONS, Counter())[result.result] += 1
    return {
        "results": _six(Counter(r.result for r in checked.results)),
        "by_duty": {duty: _six(counts) for duty, counts in by_duty.items()},
        "devices": {"in_estate": checked.in_estate, "in_scope": checked.in_scope, "seen": checked.seen},
        "findings": dict(sorted(Counter(str(f.kind) for f in every).items())),
        "coverage": {
            "inventory": _share(checked.inventory_coverage),
            "network": _share(checked.network_coverage),
        },
        "sentence": sentence(workspace, checked, every, code, as_of, accounts, numbers=numbers),
        "exit_code": code,
    }


def _six(counts: Counter[Result]) -> dict[str, int]:
    return {str(result): counts[result] for result in Result}


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _results(results: Iterable[DutyResult], workspace: Workspace) -> list[dict[str, Any]]:
    """Counts per clause, duty, class and reason; classes smaller than the minimum group are one row."""
    rows, minimum = tuple(results), workspace.body.checking.minimum_group
    what = restricted_by_clause(workspace)
    hidden = hidden_classes(rows, minimum)
    counted: Counter[tuple[str, ...]] = Counter()
    for r in rows:
        found = r.device_class
        if found is None or found.id in hidden:
            name, facts = SMALL, f"small groups, merged to at least {minimum} devices where there are as many"
        else:
            name, facts = found.id, found.in_words
        counted[r.restriction, r.duty or CONDITIONS, what[r.restriction], name, facts, r.result, r.reason] += 1
    keys = ("restriction", "duty", "app", "class", "facts", "result", "reason")
    return [{**dict(zip(keys, map(str, key), strict=True)), "devices": counted[key]} for key in sorted(counted)]


def _device_rows(results: Iterable[DutyResult], pseudonyms: Pseudonyms) -> list[dict[str, Any]]:
    rows = [
        {
            "device": pseudonyms.of(r.device),
            "unit": r.unit,
            "restriction": r.restriction,
            "duty": str(r.duty or CONDITIONS),
            "result": str(r.result),
            "reason": r.reason,
        }
        for r in results
    ]
    return sorted(rows, key=lambda r: tuple(str(v) for v in r.values()))


def _coverage(checked: Checked, workspace: Workspace) -> list[dict[str, Any]]:
    """What each source could see, and the addresses at which it was told to take contact for a filter's page."""
    pages = {s.id: [str(page) for page in s.block_pages] for s in workspace.body.sources}
    rows = []
    for c in checked.coverage:
        hours: dict[str, list[int]] = {}
        for hour in c.hours:
            hours.setdefault(hour.date().isoformat(), []).append(hour.hour)
        rows.append(
            {
                "source": c.source,
                "kind": c.kind,
                "network": c.network,
                "expected": len(c.expected),
                "seen": len(c.seen),
                "missing": list(c.missing),
                "block_pages": pages.get(c.source, []),
                "hours": {day: sorted(set(seen)) for day, seen in sorted(hours.items())},
            }
        )
    return rows


def _not_seen(spot: NotSeen, workspace: Workspace, as_of: datetime) -> dict[str, Any]:
    accepted = accepted_by(workspace.body, spot.what, as_of)
    said = None
    if accepted is not None:
        said = {"owner": accepted.owner, "reason": accepted.reason, "last_day": accepted.last_day.isoformat()}
    counts = {"devices": spot.devices, "days": spot.days, "contacts": spot.contacts}
    return {"what": spot.what, **counts, "reason": spot.what, "accepted": said}


def _account(reading: Reading, pseudonyms: Pseudonyms, *, individual: bool) -> dict[str, Any]:
    """Records of the files at hand; of files that are gone, where something kept of them counts, apart."""
    account, gone = reading.account, reading.gone
    names = ("source", "unit", "records", "kept", "dropped", "duplicate", "structural", "rejected")
    rejects = [{"file": r.file, "line": r.line, "reason": r.reason} for r in account.rejects]
    found = {**{n: getattr(account, n) for n in names}, "rejects": rejects}
    if gone is not None:
        found["gone"] = gone_row(account.source, gone, pseudonyms, individual=individual)
    return found


def _checking(workspace: Workspace, purposes: list[dict[str, str]]) -> dict[str, Any]:
    c, privacy = workspace.body.checking, workspace.body.privacy
    return {
        "purpose": c.purpose,
        "legal_basis": c.legal_basis,
        "evidence_allowed": sorted(c.evidence_allowed),
        "no_check_by": c.no_check_by,
        "informed": [{"who": i.who, "on": i.on.isoformat(), "how": i.how} for i in c.informed],
        "minimum_group": c.minimum_group,
        "hear_first": c.hear_first,
        "privacy_profile": privacy.profile or None,
        "alarms": [{"on": a.on.isoformat(), "who": a.who, "how": a.how, "about": a.about} for a in privacy.alarms],
        "other_purposes": purposes,
    }


# --- the run --------------------------------------------------------------------------------------


def _run(
    workspace: Workspace,
    readings: Mapping[str, Reading],
    watch: WatchList,
    probes: tuple[ProbeRecord, ...],
    lives_digest: str,
    pseudonyms: Pseudonyms,
    *,
    individual: bool,
) -> dict[str, Any]:
    read = [(s.id, readings[s.id].files) for s in workspace.body.sources if s.id in readings]
    read += [(ATTESTATIONS, workspace.attested.files), (PROBE, tuple((p.file, p.sha256) for p in probes))]
    return {
        "tool": f"ordinance {__version__}",
        "catalogue": {"version": workspace.catalogue.version, "digest": workspace.catalogue.digest},
        "watch_list": {"families": sorted(watch.families), "digest": watch.digest},
        "law": {"digest": workspace.law.digest},
        "estate": digest_of("estate", workspace.estate_digest, pseudonyms, individual=individual),
        "lives": digest_of("lives", lives_digest, pseudonyms, individual=individual),
        "inputs": input_rows(read, pseudonyms, individual=individual),
    }


def _instant(instant: datetime, workspace: Workspace) -> str:
    return instant.astimezone(workspace.body.zone).isoformat(timespec="seconds")
