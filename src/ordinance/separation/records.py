# SPDX-License-Identifier: EUPL-1.2
"""Records of separate devices, read from located YAML: `separate/*.yaml` of a body's folder, one device a file.

Reads the files, nothing else; every fault is an issue at its place. Cannot know whether what an answer names as its
evidence exists, or whether an office is one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from ordinance.model.errors import Issue
from ordinance.model.law import Condition, Place
from ordinance.model.separation import Claim, DeviceRecord, Release, Said
from ordinance.policy import fields
from ordinance.policy.fields import At
from ordinance.policy.files import passed_over, read_files
from ordinance.policy.nodes import Cursor, did_you_mean
from ordinance.separation.profiles import profiles

FOLDER = "separate"
KEYS = ("device", "owner", "conditions")
OPTIONS = ("profiles", "channels", "exemptions", "last_day", "app", "system", "invented")
CLAIM_KEYS = ("answer", "on", "owner")
CLAIM_OPTIONS = ("evidence", "reason", "due", "version")
RELEASE_KEYS = ("version", "seen_on")

_ADDRESS = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"'.]+")


def read_records(folder: Path) -> tuple[tuple[DeviceRecord, ...], tuple[Issue, ...]]:
    """The records of a body's folder by device, and everything wrong with their files."""
    issues: list[Issue] = list(passed_over(folder, folder / FOLDER))
    paths = (p for p in sorted((folder / FOLDER).glob("*.yaml")) if p.is_file())
    found: dict[str, DeviceRecord] = {}
    for _, root in read_files(folder, paths, issues, hashlib.sha256()):
        one = read_record(root)
        if one is None:
            continue
        if one.device in found:
            first = found[one.device].place.file
            root.report("duplicate-id", f'"{one.device}" has the record {first} already', "keep one file a device")
        else:
            found[one.device] = one
    return tuple(found[k] for k in sorted(found)), tuple(sorted(issues))


def read_record(cursor: Cursor) -> DeviceRecord | None:
    """One record, or `None` after the faults were noted."""
    before = len(cursor.issues)
    at = cursor.mapping(KEYS, OPTIONS)
    record = DeviceRecord(
        device=fields.text(at, "device"),
        owner=_office(at, "owner"),
        profiles=_profiles(at),
        channels=fields.texts(at, "channels"),
        exemptions=fields.texts(at, "exemptions"),
        last_day=fields.day(at, "last_day"),
        app=_release(at["app"]) if "app" in at else None,
        system=_release(at["system"]) if "system" in at else None,
        claims=_claims(at["conditions"]) if "conditions" in at else {},
        invented=fields.listed(at, "invented", Cursor.text),
        place=cursor.place,
        places=tuple((key, _place(child)) for key, child in at.items()),
    )
    return None if len(cursor.issues) > before else record


def _place(child: Cursor) -> Place:
    return Cursor(child.key or child.node, child.file, child.issues).place


def _profiles(at: At) -> tuple[str, ...]:
    known = profiles()
    for child in at["profiles"].one_or_many() if "profiles" in at else ():
        name = child.text()
        if name and name not in known:
            message = f'"{name}" is no profile of a separate device'
            child.report("unknown-device-profile", message, did_you_mean(name, known))
    return tuple(dict.fromkeys(fields.texts(at, "profiles")))


def _claims(cursor: Cursor) -> Mapping[Condition, Claim]:
    found = {}
    for name, child in cursor.entries().items():
        if name not in {*Condition}:
            child.report_key("unknown-condition", f'"{name}" is no condition', did_you_mean(name, [*Condition]))
            continue
        claim = _claim(child, Condition(name))
        if claim is not None:
            found[claim.condition] = claim
    return found


def _claim(cursor: Cursor, condition: Condition) -> Claim | None:
    """An answer; one that claims something says what shows it, one that denies or evades says why."""
    at = cursor.mapping(CLAIM_KEYS, CLAIM_OPTIONS)
    said, on, due = fields.word(at, "answer", Said), fields.day(at, "on"), fields.day(at, "due")
    evidence, reason, owner = fields.text(at, "evidence"), fields.text(at, "reason"), _office(at, "owner")
    version = fields.text(at, "version")
    if said is Said.MET and "evidence" not in at:
        hint = "name the document, the statement or the entry in a register that shows it"
        cursor.report("answer-without-evidence", f"{condition} is claimed, and nothing is said to show it", hint)
    if said in {Said.NOT_MET, Said.NOT_APPLICABLE} and "reason" not in at:
        cursor.report("answer-without-reason", f"{condition} is answered {said} without a reason", "add reason: …")
    if on is not None and due is not None and due < on:
        at["due"].report("ends-before-start", f"the day {due} is before the answer was given, {on}")
    if said is None or on is None:
        return None
    return Claim(condition, said, on, owner, evidence, reason, due, version, _place(cursor))


def _release(cursor: Cursor) -> Release | None:
    at = cursor.mapping(RELEASE_KEYS)
    version, seen = fields.text(at, "version"), fields.day(at, "seen_on")
    return Release(version, seen) if version and seen is not None else None


def _office(at: At, key: str) -> str:
    """An office; the address of a mailbox may be a person's, and is refused."""
    value = fields.text(at, key)
    if _ADDRESS.search(value):
        at[key].report("address-for-an-office", "an e-mail address stands where an office is named", "name the office")
        return ""
    return value
