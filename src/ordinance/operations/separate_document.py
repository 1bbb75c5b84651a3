# SPDX-License-Identifier: EUPL-1.2
"""What `device` shows, as plain data: the line of a device with its proof, and the profiles that ship.

Reads what was proven and the list of devices. Devices are named as the records name them; who holds one is not said.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ordinance.model.apps import Citation
from ordinance.model.law import Exemption
from ordinance.model.separation import NUMBERS, Conflict, DeviceRecord, Profile, Proof, Release, Shown
from ordinance.operations.workspace import Workspace
from ordinance.report.separate import why
from ordinance.separation.profiles import intervals, profiles


def device_line(
    workspace: Workspace,
    proof: Proof,
    record: DeviceRecord | None,
    chosen: list[Profile],
    given: list[Exemption],
    ends: date | None,
    at: datetime,
) -> dict[str, Any]:
    """Everything that is said of one device at an instant. `ends` is the last day of its use, where there is one."""
    today = at.astimezone(workspace.body.zone).date()
    row = workspace.estate.device_on(proof.device, today, today)
    facts = row.facts if row is not None else None
    shown = [_shown(s, workspace.body.zone) for s in proof.shown]
    due = sorted((s["due"], s["number"]) for s in shown if s["due"])
    known = record.known_by(today) if record is not None else None
    line: dict[str, Any] = {
        "id": proof.device,
        "file": record.place.file if record is not None else None,
        "owner": record.owner if record is not None else None,
        "channels": list(record.channels) if record is not None else [],
        "state": str(proof.state),
        "next_due": {"day": due[0][0], "number": due[0][1], "overdue": due[0][0] < today.isoformat()} if due else None,
        "last_day": _iso(ends),
        "app": _release(known.app) if known is not None else None,
        "system": _release(known.system) if known is not None else None,
        "estate": {
            "use": _word(facts.use) if facts else None,
            "owner": _word(facts.owner) if facts else None,
            "access": _word(facts.access) if facts else None,
            "enrolment": _word(facts.enrolment) if facts else None,
            "platform": _word(facts.platform) if facts else None,
        },
        "platforms": [{"by": s.by, "platforms": sorted(str(p) for p in s.platforms)} for s in proof.platforms],
        "profiles": [_profile(p) for p in chosen],
        "exemptions": [{"id": e.id, "last_day": e.last_day.isoformat()} for e in given],
        "conditions": shown,
        "conflicts": [_conflict(c) for c in proof.conflicts],
        "invented": list(record.invented) if record is not None else [],
    }
    return {**line, "why": why(line)}


def _shown(shown: Shown, zone: ZoneInfo) -> dict[str, Any]:
    claim, seen = shown.claim, shown.sighting
    return {
        "condition": str(shown.condition),
        "number": NUMBERS[shown.condition],
        "result": str(shown.result),
        "reason": shown.reason,
        "rests_on": {"record": shown.on_record, "evidence": shown.on_evidence},
        "asked_by": [
            {
                "id": b.id,
                "says": b.ask.says if b.ask else None,
                "known": str(b.ask.known) if b.ask else None,
                "unless": (b.ask.unless or None) if b.ask else None,
                "cite": _cite(b.ask.cite) if b.ask else None,
            }
            for b in shown.asked_by
        ],
        "answer": {
            "answer": str(claim.said),
            "evidence": claim.evidence or None,
            "reason": claim.reason or None,
            "on": claim.on.isoformat(),
            "due": _iso(claim.due),
            "owner": claim.owner,
            "version": claim.version or None,
        }
        if claim
        else None,
        "due": _iso(shown.due),
        "every": str(intervals()[shown.condition].every),
        "seen": {
            "result": str(seen.result),
            "reason": seen.reason,
            "count": seen.count,
            "permitted": seen.permitted,
            "first": _day(seen.first, zone),
            "last": _day(seen.last, zone),
        }
        if seen
        else None,
    }


def _profile(profile: Profile) -> dict[str, Any]:
    return {
        "id": profile.id,
        "name": profile.name,
        "authority": profile.authority,
        "from": _iso(profile.start),
        "read": profile.read.isoformat(),
        "note": profile.note or None,
        "conditions": [NUMBERS[a.condition] for a in profile.asks],
        "positions": [{"subject": p.subject, "holds": p.holds, "says": p.says} for p in profile.positions],
    }


def profiles_document() -> dict[str, Any]:
    """Every profile that ships with its conditions in the sense of its text, and sources."""
    found = []
    for profile in profiles().values():
        asks = [
            {
                "number": NUMBERS[a.condition],
                "condition": str(a.condition),
                "says": a.says,
                "known": str(a.known),
                "unless": a.unless or None,
                "cite": _cite(a.cite),
            }
            for a in profile.asks
        ]
        found.append({**_profile(profile), "directives": list(profile.directives), "asks": asks})
    return {"profiles": found}


def _conflict(found: Conflict) -> dict[str, Any]:
    sides = [
        {"profile": profile.id, "name": profile.name, "holds": p.holds, "says": p.says, "cite": _cite(p.cite)}
        for profile, p in (found.one, found.other)
    ]
    return {"subject": found.subject, "sides": sides, "note": found.note}


def _cite(cite: Citation) -> dict[str, Any]:
    return {"title": cite.title, "url": cite.url, "retrieved": _iso(cite.retrieved)}


def _release(release: Release | None) -> dict[str, Any] | None:
    return {"version": release.version, "seen_on": release.seen_on.isoformat()} if release else None


def _word(value: object) -> str | None:
    return str(value) if value is not None else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(at: datetime | None, zone: ZoneInfo) -> str | None:
    return at.astimezone(zone).date().isoformat() if at else None

