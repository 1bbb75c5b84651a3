# SPDX-License-Identifier: EUPL-1.2
"""Attestations, `attestations/*.yaml` of a body's folder: what people and offices stated about devices.

Reads the files, and none where the body does not allow this kind of evidence. Gives each statement with its place, a
digest of each file, and everything that is wrong. Cannot know whether what was stated is true.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ordinance.model.attestation import Attestation, Stated
from ordinance.model.body import Body
from ordinance.model.errors import Issue, Severity
from ordinance.model.estate import Estate
from ordinance.model.evidence import EvidenceKind
from ordinance.model.law import Law, Place, Selector, What
from ordinance.model.time import add_months
from ordinance.policy import fields
from ordinance.policy.files import passed_over, read_files
from ordinance.policy.nodes import Cursor, did_you_mean
from ordinance.policy.read_clause import selectors

ATTESTATIONS = "attestations"
KEYS = ("attestation", "devices", "stated", "by", "on")
OPTIONS = ("restrictions", "what", "how", "last_day", "invented")


@dataclass(frozen=True, slots=True)
class Attested:
    """The attestations of a body, by file; `files` are (file, sha256 of its bytes)."""

    statements: tuple[Attestation, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    issues: tuple[Issue, ...] = ()


def load_attestations(folder: Path, body: Body) -> Attested:
    """The attestations in a body's folder. Where they may not be read, they are not opened, and a warning says so."""
    inside = folder / ATTESTATIONS
    if EvidenceKind.ATTESTATION not in body.checking.evidence_allowed:
        return Attested(issues=tuple(_not_allowed(inside)))
    issues: list[Issue] = list(passed_over(folder, inside))
    paths = [p for p in sorted(inside.glob("*.yaml")) if p.is_file()]
    roots = read_files(folder, paths, issues, hashlib.sha256())
    found = [x for _, root in roots if (x := read_attestation(root)) is not None]
    seen = Counter(x.id for x in found)
    issues += (_issue(x.place, "duplicate-id", f'"{x.id}" is the id of two files') for x in found if seen[x.id] > 1)
    refused = {i.file for i in issues}
    names = ((p, p.relative_to(folder).as_posix()) for p in paths)
    files = tuple((name, hashlib.sha256(p.read_bytes()).hexdigest()) for p, name in names if name not in refused)
    return Attested(tuple(found), files, tuple(sorted(issues)))


def read_attestation(cursor: Cursor) -> Attestation | None:
    """One attestation; nothing where a key is missing, or where it ends before it was given."""
    at = cursor.mapping(KEYS, OPTIONS)
    on, last = fields.day(at, "on"), fields.day(at, "last_day")
    named = {key: frozenset(fields.texts(at, key)) for key in ("devices", "restrictions")}
    what, stated = selectors(at, "what"), fields.words(at, "stated", Stated)
    by, how = fields.text(at, "by"), fields.text(at, "how")
    name = fields.identifier(at, "attestation")
    for selector in what:
        if selector.kind not in {What.FAMILY, What.APP}:
            at["what"].report("wide-attestation", "an attestation names families or apps", "{family: …} or {app: …}")
            return None
    if "restrictions" not in at and "what" not in at:
        hint = "restrictions: [text/clause], what: [{family: …}], or both"
        cursor.report("about-nothing", "say which clause or which app this is about", hint)
        return None
    if on is not None and last is not None and last < on:
        at["last_day"].report("ends-before-start", f"the last day {last} is before the day it was given, {on}")
        return None
    if on is None or ("last_day" in at and last is None) or any(key not in at for key in KEYS):
        return None
    return Attestation(
        id=name,
        stated=stated,
        by=by,
        on=on,
        what=what,
        how=how,
        last_day=last,
        place=cursor.place,
        **named,
    )


def lint_attestations(
    attested: Attested, law: Law, estate: Estate, seen_from: datetime | None
) -> Iterator[Issue]:
    """Warnings about statements that read well and say less than whoever wrote them may think."""
    clauses = {f"{t.id}/{r.id}" for t in law.texts for r in t.restrictions}
    today = seen_from.astimezone(law.zone).date() if seen_from is not None else None
    for one in attested.statements:
        for device in sorted(one.devices - estate.device_rows.keys()):
            message = f'no row of devices.csv has the id "{device}"'
            hint = did_you_mean(device, estate.device_rows)
            yield _issue(one.place, "attestation-for-nobody", message, "nothing was stated of it", hint)
        for clause in sorted(one.restrictions - clauses):
            message, hint = f'no text of this law has a clause "{clause}"', did_you_mean(clause, clauses)
            yield _issue(one.place, "attestation-for-nothing", message, "it answers none", hint)
        for name, known in _unknown_apps(one.what, law):
            message, hint = f'"{name}" is not in the catalogue', did_you_mean(name, known)
            yield _issue(one.place, "attestation-for-nothing", message, "it is about nothing known", hint)
        if one.last_day is None:
            hint = f"for example last_day: {add_months(one.on, 6)}"
            message = f"it has no last day, so that it counts on the day it was given alone, {one.on}"
            yield _issue(one.place, "attestation-without-end", message, "the day after, nobody has stated it", hint)
        yield from _changed_hands(one, estate)
        if today is not None and one.on > today:
            message = f"it was given on {one.on}, which is still to come on {today}"
            yield _issue(one.place, "attested-in-future", message, "until then it counts for nothing")


def _changed_hands(one: Attestation, estate: Estate) -> Iterator[Issue]:
    """Rows of its devices that begin while it counts, and state another holder than that of the day it was given."""
    for device in sorted(one.devices & estate.device_rows.keys()):
        then = estate.device_on(device, one.on, one.on)
        for row in estate.device_rows[device]:
            first = row.validity.first
            if then is None or first is None or not one.on < first <= (one.last_day or one.on):
                continue
            if row.holder != then.holder:
                message = f"from {first} line {row.line} of devices.csv states another holder of one of its devices"
                hint = f"last_day: {first - timedelta(days=1)}, and ask whoever holds the device now"
                yield _issue(one.place, "attestation-changed-hands", message, "it still counts for the device", hint)
                break


def _unknown_apps(what: tuple[Selector, ...], law: Law) -> Iterator[tuple[str, list[str]]]:
    families = {f.id: f for f in law.catalogue.families}
    apps = [f"{f.id}/{m.id}" for f in law.catalogue.families for m in f.members]
    for selector in what:
        if selector.family is not None and selector.family not in families:
            yield selector.family, list(families)
        if selector.app is not None and selector.app not in apps:
            yield selector.app, apps


def _not_allowed(inside: Path) -> Iterator[Issue]:
    if inside.exists():
        message = "there are attestations, and evidence_allowed in ordinance.toml has no attestation"
        hint = 'add "attestation" to evidence_allowed, with whoever decides on it, or remove the folder'
        place = Place(ATTESTATIONS, 0, 0)
        yield _issue(place, "attestations-not-read", message, "none of them is opened, and none counts", hint)


def _issue(place: Place, issue_id: str, message: str, consequence: str = "", hint: str = "") -> Issue:
    severity = Severity.ERROR if issue_id == "duplicate-id" else Severity.WARNING
    return Issue(place.file, place.line, place.column, issue_id, message, consequence, hint, severity)
