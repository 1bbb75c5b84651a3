# SPDX-License-Identifier: EUPL-1.2
"""Checks of invented estates: who has which device since when, what came of each, and the documents made of it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import bodies
from ordinance.model.disclosure import Numbers
from ordinance.model.estate import Device, DeviceFacts, Estate, Owner, People, Person, Platform, Validity
from ordinance.model.evidence import Account, Gone, Reading, Reject, WatchList
from ordinance.model.law import Duty
from ordinance.model.result import Checked, Contacts, CountedDays, DutyResult, Finding, FindingKind, Grade, Result
from ordinance.model.ruling import DeviceClass
from ordinance.model.time import Span, end_of, start_of
from ordinance.operations.disclosure import Disclosure, disclosure_of
from ordinance.operations.document import document
from ordinance.operations.prevented import findings_of_controls, prevention_rows, standing_controls
from ordinance.operations.workspace import Workspace
from ordinance.policy.resolve import class_of_device
from ordinance.store.keys import Pseudonyms

ZONE = ZoneInfo("Europe/Brussels")
CLAUSE, FAMILY, SOURCE = "gent-2023-tiktok/paid-devices", "tiktok", "mdm"
REMOVE, STOP = Duty.REMOVE, Duty.STOP_USING
PASS, FAIL, UNKNOWN = "pass", "fail", "unknown"
REASONS = {PASS: "not_installed", FAIL: "app_installed", UNKNOWN: "no_inventory"}
_HOLDER = Person("p-1", People.STAFF, validity=Validity(date(2023, 1, 1)))
FIRST, LAST = date(2023, 3, 27), date(2023, 4, 9)  # a window of the body's own


@dataclass(frozen=True)
class Held:
    """A device of an invented estate, and what came of it: `pass`, `fail` or `unknown`. `asked`: on which days."""

    name: str
    outcome: str
    unit: str = "culture"
    platform: Platform = Platform.ANDROID
    since: date = date(2023, 1, 1)
    asked: tuple[date, ...] = ()
    left: date | None = None
    moved: bool = False  # in February, to another unit and with another platform
    pending: int = 0  # records of its own that could not be read: the app may be on its way to it
    gone: int = 0  # records of a file of its own that is gone, and of which something kept counts on


def many(count: int, outcome: str, prefix: str, **facts: Any) -> list[Held]:
    """So many devices of one outcome."""
    return [Held(f"{prefix}-{n:03}", outcome, **facts) for n in range(count)]


def _moved(row: Device) -> Device:
    return replace(row, unit="youth", facts=replace(row.facts, platform=Platform.WINDOWS))


def devices(held: Sequence[Held]) -> Estate:
    """The estate of them."""
    rows = [
        Device(
            id=one.name,
            holder=_HOLDER.id,
            facts=DeviceFacts(owner=Owner.BODY, purchase_share=100, platform=one.platform),
            unit=one.unit,
            validity=Validity(one.since, date(2023, 1, 31) if one.moved else one.left),
        )
        for one in held
    ]
    moved = [row for row, one in zip(rows, held, strict=True) if one.moved]
    rows += [replace(_moved(row), validity=Validity(date(2023, 2, 1))) for row in moved]
    known = bodies.workspace("ghent").estate
    return Estate(devices=tuple(rows), people=(_HOLDER,), units=known.units, networks=known.networks)


def workspace(held: Sequence[Held]) -> Workspace:
    """Ghent's law and settings with these devices."""
    return replace(bodies.workspace("ghent"), estate=devices(held))


def checked(held: Iterable[Held], opened: Workspace, first: date = FIRST, last: date = LAST) -> Checked:
    """What a check of a window would have found: who asked on a day outside of it did not fail in it."""
    results, findings, asked = [], [], Counter[date]()
    at = end_of(last, ZONE)
    everybody = tuple(held)
    for one in everybody:
        within = [d for d in one.asked if first <= d <= last]
        asked.update(within)
        row = opened.estate.device_on(one.name, last, at.date())
        found: DeviceClass | None = row and class_of_device(opened.law, opened.estate, row, start_of(last, ZONE), at)
        used, unit = FAIL if within else PASS, row.unit if row else None
        for duty, outcome in ((REMOVE, one.outcome), (STOP, used)):
            reason = {FAIL: "app_traffic", PASS: "no_use_seen"}[used] if duty is STOP else REASONS[outcome]
            results.append(DutyResult(one.name, unit, found, CLAUSE, duty, Result(outcome), reason))
        common: dict[str, Any] = {"unit": unit, "device": one.name, "restriction": CLAUSE}
        common |= {"family": FAMILY, "member": FAMILY}
        if one.outcome == FAIL:
            seen = datetime(2023, 4, 5, 6, tzinfo=ZONE)
            told: dict[str, Any] = {"duty": REMOVE, "first_seen": seen, "last_seen": seen, "reason": "app_installed"}
            findings.append(Finding(FindingKind.APP_INSTALLED, Result.FAIL, **common, **told))
        if within:
            days = [start_of(d, ZONE) for d in (min(within), max(within))]
            use: dict[str, Any] = {"duty": STOP, "first_seen": days[0], "last_seen": days[1], "count": len(within)}
            use |= {"grade": Grade.APP_TRAFFIC, "reason": "app_traffic"}
            findings.append(Finding(FindingKind.APP_TRAFFIC, Result.FAIL, **common, **use))
    window = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    share = sum(one.outcome != UNKNOWN for one in everybody) / len(everybody)
    contacts = tuple(Contacts(d, FAMILY, Grade.APP_TRAFFIC, asked[d]) for d in window if asked[d])
    counted = (CountedDays(FAMILY, "0" * 16, len(everybody), tuple(window)),)
    sizes = (len(everybody), len(everybody), sum(one.outcome != UNKNOWN for one in everybody))
    return Checked(tuple(results), tuple(findings), (), (), contacts, *sizes, share, None, counted)


def _opaque(digest: str) -> str:
    """What somebody without the key has of a digest."""
    assert digest.startswith("hmac-sha256:")
    return "hmac-sha256"


def published(
    held: Iterable[Held], first: date = FIRST, last: date = LAST, *, defended: bool = True
) -> dict[str, Any]:
    """The document of a check, as the product keeps and shows it, or with the exact numbers that it was made from."""
    everybody = tuple(held)
    opened = workspace(everybody)
    found = checked(everybody, opened, first, last)
    span, as_of = Span(start_of(first, ZONE), end_of(last, ZONE)), datetime(2023, 4, 17, tzinfo=ZONE)
    kept = sum(c.count for c in found.contacts)
    lost = [Reject(f"mdm/{h.name}.json", n, "no-app-state") for h in everybody for n in range(h.pending)]
    dropped = 1000 - 2 * kept - len(lost)  # each kept line is there twice
    account = Account(SOURCE, "row", 1000, kept, dropped, kept, 0, len(lost), tuple(lost))
    past = [(f"mdm/{h.name}-old.json", "0" * 64) for h in everybody if h.gone]
    gone = Gone(len(past), sum(h.gone for h in everybody), len(past), tuple(past)) if past else None
    files = tuple((f"mdm/{h.name}.json", hashlib.sha256(repr(h).encode()).hexdigest()) for h in everybody)
    readings = {SOURCE: Reading(account, files=files, gone=gone)}
    shown = disclosure_of(opened, found, span, as_of, individual=False, read=True) if defended else None
    watch = WatchList(frozenset({FAMILY}))
    standing = standing_controls(opened, as_of)
    prevented = prevention_rows(opened, standing, found.results, shown or Disclosure(Numbers.EXACT))
    made = document(
        opened,
        found,
        findings_of_controls(opened, as_of, found.results, standing, is_coarse=defended),
        readings,
        watch,
        span,
        as_of,
        Pseudonyms(b"key"),
        individual=False,
        disclosure=shown,
        prevention=prevented,
    )
    if defended:  # with a key: they say that something changed, and not what
        made["run"]["estate"] = {"digest": _opaque(made["run"]["estate"]["digest"])}
        made["run"]["inputs"] = [{**row, "digest": _opaque(row["digest"])} for row in made["run"]["inputs"]]
        for row in (a["gone"] for a in made["accounting"] if "gone" in a):
            row["digest"] = _opaque(row["digest"])
    return made
