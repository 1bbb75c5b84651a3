# SPDX-License-Identifier: EUPL-1.2
"""The lives of findings, read from located YAML: `findings/*.yaml` of a body's folder, one finding a file.

Gives the nouns back, and every fault with its place. They are no law: nothing that is resolved depends on them, and
nothing here writes one. Cannot know whether a finding with that id was ever made.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from datetime import date
from pathlib import Path

from ordinance.model.errors import Issue, Severity
from ordinance.model.life import Entry, FindingState, Life
from ordinance.policy import fields
from ordinance.policy.fields import At
from ordinance.policy.files import passed_over, read_files
from ordinance.policy.nodes import Cursor

FINDINGS = "findings"
KEYS, OPTIONS = ("finding", "life"), ("device", "invented")
ENTRY_KEYS, ENTRY_OPTIONS = ("on", "state", "by"), ("reason", "said", "heard", "last_day")
FINDING_ID, DEVICE = re.compile(r"f-[0-9a-f]{10}"), re.compile(r"dev-[A-Z2-7]{8}")
_CONCERNED = re.compile(r"(the[ _-])?person[ _-]concerned", re.IGNORECASE)
_NEW_EVERY_TIME = frozenset({FindingState.DISPUTED, FindingState.ACCEPTED, FindingState.CLOSED})


def load_lives(folder: Path) -> tuple[tuple[Life, ...], tuple[Issue, ...], str]:
    """The lives of a body's folder, by file, everything wrong with them, and a digest of the files."""
    inside = folder / FINDINGS
    issues: list[Issue] = list(passed_over(folder, inside))
    paths, digest = [p for p in sorted(inside.glob("*.yaml")) if p.is_file()], hashlib.sha256()
    found = [x for _, root in read_files(folder, paths, issues, digest) if (x := read_life(root)) is not None]
    seen = Counter(x.finding for x in found)
    for one in found:
        if seen[one.finding] > 1:
            p = one.place
            message, hint = f'"{one.finding}" is the finding of two files', "join the two: one file, one finding"
            issues.append(Issue(p.file, p.line, p.column, "duplicate-id", message, "", hint))
    return tuple(found), tuple(sorted(issues)), digest.hexdigest()


def lint_lives(lives: tuple[Life, ...], day: date) -> list[Issue]:
    """Warnings about entries of days after `day`: they do not count yet, and may be slips of the pen."""
    found = []
    for life in lives:
        for entry, p in zip(life.entries, life.entry_places, strict=True):
            if entry.on > day:
                message, hint = f"{entry.on} has not come yet: the entry does not count", "is the year right?"
                issue = Issue(p.file, p.line, p.column, "entry-not-yet", message, "", hint, Severity.WARNING)
                found.append(issue)
    return found


def read_life(cursor: Cursor) -> Life | None:
    """One finding's life; `None` after the faults were noted: half a life says nothing about a person."""
    before = len(cursor.issues)
    at = cursor.mapping(KEYS, OPTIONS)
    finding, device = fields.text(at, "finding"), fields.text(at, "device")
    if finding and not FINDING_ID.fullmatch(finding):
        hint = "f- and ten digits or letters, as the report has it; leave out a number such as -2 behind it"
        at["finding"].report("bad-finding-id", f'"{finding}" is no id of a finding', hint)
    if device and not DEVICE.fullmatch(device):
        hint = "dev- and eight capital letters or digits: the pseudonym in the report, never the device's own name"
        at["device"].report("bad-pseudonym", f'"{device}" is no pseudonym', hint)
    items = at["life"].some() if "life" in at else ()
    entries = tuple(x for c in items if (x := _entry(c, individual="device" in at)) is not None)
    if len(entries) == len(items):
        _in_order(items, entries)
    places = tuple(c.place for c in items)
    invented = fields.listed(at, "invented", Cursor.text)
    life = Life(finding, device, entries, invented, at["finding"].place if "finding" in at else cursor.place, places)
    return life if len(cursor.issues) == before else None


def _entry(cursor: Cursor, *, individual: bool) -> Entry | None:
    before = len(cursor.issues)
    at = cursor.mapping(ENTRY_KEYS, ENTRY_OPTIONS)
    on, state, last_day = fields.day(at, "on"), fields.word(at, "state", FindingState), fields.day(at, "last_day")
    by, reason, said = fields.text(at, "by"), fields.text(at, "reason"), fields.text(at, "said")
    heard = fields.flag(at, "heard")
    for key in ("said", "heard"):
        if key in at and not individual:
            message = f'"{key}" is of one person, and this finding is of a group'
            hint = "device: the pseudonym, in the file of that device's own finding"
            at[key].report_key("said-of-a-group", message, hint)
    if said and "heard" in at and not heard:
        at["heard"].report("said-but-not-heard", "the person's words stand here: that person was heard", "heard: yes")
    if state is not None and state.is_decided:
        _decided(cursor, at, state, by)
    if last_day is not None and state is not FindingState.ACCEPTED:
        message = f'"last_day" is of an acceptance, and the finding is {state or "not"}'
        at["last_day"].report_key("last-day-of-nothing", message, "leave it out, or write state: accepted")
    if on is not None and last_day is not None and last_day < on:
        at["last_day"].report("ends-before-start", f"the last day {last_day} is before the entry of {on}")
    if len(cursor.issues) > before or on is None or state is None:
        return None
    return Entry(on, state, by, reason, said, heard or bool(said), last_day)


def _decided(cursor: Cursor, at: At, state: FindingState, by: str) -> None:
    """Report what a decision lacks: a reason, a last day, somebody other than the person concerned."""
    if "reason" not in at:
        message = f'a finding is not {state} without a reason: "reason" is missing'
        cursor.report("decided-without-reason", message, "reason: one sentence that a third person understands")
    if state is FindingState.ACCEPTED and "last_day" not in at:
        message = 'nobody accepts a finding for ever: "last_day" is missing'
        cursor.report("accepted-without-end", message, "last_day: the last day; then the finding is open again")
    if _CONCERNED.fullmatch(by):
        hint = "the person concerned may always dispute (state: disputed); a role decides"
        at["by"].report("decides-own-case", f"a finding is not {state} by the person whom it concerns", hint)


def _in_order(items: tuple[Cursor, ...], entries: tuple[Entry, ...]) -> None:
    """Report days that go back, steps that no finding takes, and entries that say nothing new."""
    now = FindingState.OPEN
    for number, (cursor, one) in enumerate(zip(items, entries, strict=True)):
        before = entries[number - 1] if number else None
        if before is not None and one.on < before.on:
            cursor.report("entry-out-of-order", f"{one.on} comes after {before.on}", "the oldest entry stands first")
        elif one in entries[:number]:
            cursor.report("same-entry-twice", f"the entry of {one.on} is there already", "leave one out")
        elif not now.may_become(one.state):
            hint = "open it first, with who says so and why: state: open"
            cursor.report("no-such-step", f"what is {now} is not {one.state}", hint)
        elif one.state is now and one.state not in _NEW_EVERY_TIME and not one.was_heard:
            message = f"the finding is {now} already, and nothing is new in this entry"
            cursor.report("nothing-new", message, "leave it out, or write what was said")
        elif one.state is FindingState.OPEN and now is not one.state and not one.reason:
            message = f'what is {now} is not opened without a reason: "reason" is missing'
            cursor.report("decided-without-reason", message, "reason: one sentence that a third person understands")
        now = one.state
