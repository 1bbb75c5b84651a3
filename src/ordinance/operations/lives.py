# SPDX-License-Identifier: EUPL-1.2
"""What persons wrote about findings, beside what checks found: loaded, and looked into.

Reads `findings/*.yaml`, the kept runs and, to know devices again, the key of the pseudonyms; writes nothing. Findings
of single devices are kept in no run, so whether one of them was ever made cannot be known here;
`check --individual` knows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ordinance.model.body import Checking
from ordinance.model.errors import Issue, PolicyError, Severity
from ordinance.model.law import Place
from ordinance.model.life import Entry, FindingState, Life, Standing
from ordinance.model.result import Finding
from ordinance.model.time import Span, last_instant
from ordinance.operations.kept_runs import read_runs
from ordinance.report.clean import clean_text
from ordinance.review.read_findings import lint_lives, load_lives
from ordinance.store.keys import Pseudonyms, load_pseudonyms
from ordinance.verify.life import standing

if TYPE_CHECKING:  # a workspace asks here what is wrong with such files
    from ordinance.operations.workspace import Workspace

NO_DEVICE, NO_RUN = "finding-of-no-device", "finding-of-no-run"
MERGED = "merged"  # findings whose states are too rare to be told apart
Group = tuple[str, str, str | None]  # id of the group, result, grade


def base_id(finding: str) -> str:
    """The part of a finding's id that lasts, without the number that tells several of one report apart."""
    return finding[: len("f-") + 10]


def issues_of_lives(
    folder: Path, state: Path, day: date | None, checking: Checking | None = None, devices: Iterable[str] = ()
) -> tuple[Issue, ...]:
    """Everything wrong with a body's lives of findings; what has not come yet on `day` only where one is given.

    `checking` are the settings that say whether somebody is to be heard first, and where the key of the pseudonyms of
    `devices` lies. Who cannot read that key is told of no device.
    """
    lives, issues, _ = load_lives(folder)
    later = lint_lives(lives, day) if day is not None else []
    unheard = _decided_unheard(lives) if checking and checking.hear_first else []
    places = {(one.finding, one.device): one.place for one in lives}
    key = _key(state, checking) if checking and any(device for _, device in places) else None
    return (*issues, *later, *unheard, *of_nothing_known(places, state, devices, key))


def _key(state: Path, checking: Checking) -> Pseudonyms | None:
    try:
        return load_pseudonyms(state, checking.key_file, checking.key_holder, make=False)
    except (PolicyError, OSError):
        return None


def of_nothing_known(
    places: Mapping[tuple[str, str], Place], state: Path, devices: Iterable[str], pseudonyms: Pseudonyms | None
) -> tuple[Issue, ...]:
    """Warnings about what is written of no device of an estate, or of a group's finding that no kept run has.

    `places` are by the finding's id and its device's pseudonym (empty: a group). Whether a finding of a device was made
    is never told here: who may not see rows of single devices would learn it by writing such a file.
    """
    return (*_of_no_device(places, devices, pseudonyms), *_of_no_run(places, state))


def _of_no_device(
    places: Mapping[tuple[str, str], Place], devices: Iterable[str], pseudonyms: Pseudonyms | None
) -> Iterator[Issue]:
    written = [(place, device) for (_, device), place in places.items() if device]
    if not written or pseudonyms is None:
        return
    known = {pseudonyms.of(device) for device in devices}
    for p, device in ((p, device) for p, device in written if device not in known):
        message = f'no device of the estate has the pseudonym "{device}": what stands here is beside nothing'
        hint = "is it mistyped? or the device's row is gone, or the key of the pseudonyms was another one"
        yield Issue(p.file, p.line, p.column, NO_DEVICE, message, "", hint, Severity.WARNING)


def has_decided_unheard(folder: Path) -> bool:
    """Whether a file decides about one device's finding before the person concerned was heard.

    Raises PolicyError where one of the files cannot be used.
    """
    lives, issues, _ = load_lives(folder)
    if any(i.severity is Severity.ERROR for i in issues):
        raise PolicyError(issues)
    return bool(_decided_unheard(lives))


def _decided_unheard(lives: tuple[Life, ...]) -> list[Issue]:
    """Warnings about decisions on one device's finding that stand before any word that the person was heard."""
    found = []
    for life in (one for one in lives if one.device):
        heard = False
        for entry, p in zip(life.entries, life.entry_places, strict=True):
            heard |= entry.was_heard
            if entry.state.is_decided and not heard:
                message = f"it is {entry.state}, and nothing says that the person concerned was heard before"
                hint = "heard: yes, or said: …, in this entry or an earlier one; hear_first asks for it"
                found.append(Issue(p.file, p.line, p.column, "decided-unheard", message, "", hint, Severity.WARNING))
                break
    return found


def _of_no_run(places: Mapping[tuple[str, str], Place], state: Path) -> list[Issue]:
    """Warnings about findings of groups that none of the kept runs has; nothing where no run is kept."""
    groups = [(place, finding) for (finding, device), place in places.items() if not device]
    runs = read_runs(state)[0] if groups else {}
    known = {base_id(str(f["id"])) for run in runs.values() for f in run.get("findings", ())}
    found = []
    for p, finding in ((p, finding) for p, finding in groups if runs and finding not in known):
        message = f'no kept run has a finding "{finding}": what stands here is shown nowhere'
        hint = "take the id from a report; the file of one device's own finding says device: dev-… as well"
        found.append(Issue(p.file, p.line, p.column, NO_RUN, message, "", hint, Severity.WARNING))
    return found


@dataclass(frozen=True, slots=True)
class Lives:
    """A body's lives of findings on one day, by the finding's id and the pseudonym of its device (empty: a group).

    `until` is the last day of the window that was looked at: what has no day of its own was there at its end, and of
    later days nobody knows. Without it, it is the day itself.
    """

    day: date = date.min
    digest: str = ""
    entries: Mapping[tuple[str, str], tuple[Entry, ...]] = field(default_factory=dict)
    until: date | None = None
    places: Mapping[tuple[str, str], Place] = field(default_factory=dict)

    @property
    def is_about_devices(self) -> bool:
        """Whether anything is written about a finding of one device."""
        return any(device for _, device in self.entries)

    def of_devices(self) -> Iterator[tuple[tuple[str, str], tuple[Entry, ...]]]:
        """What is written about findings of single devices: (finding, pseudonym), entries."""
        return ((key, entries) for key, entries in sorted(self.entries.items()) if key[1])

    def standing(
        self,
        finding: str,
        one: Finding,
        device: str,
        zone: tzinfo,
        behind: Iterable[datetime] = (),
        *,
        is_alone: bool = True,
    ) -> Standing:
        """Where a finding stands; `finding` is its id without a number behind it, `device` its device's pseudonym.

        `behind`: when each finding behind a group was first seen. `is_alone`: no other of the report has that id.
        """
        first, last = (i.astimezone(zone).date() if i else None for i in (one.first_seen, one.last_seen))
        firsts = [i.astimezone(zone).date() for i in behind]
        last = last or self.until or self.day
        entries = self.entries.get((finding, device), ())
        return standing(entries, first, last, self.day, firsts, is_alone=is_alone)


def lives_of(workspace: Workspace, as_of: datetime, window: Span | None = None) -> Lives:
    """The lives of findings as they were on a day, for a check of a window. Raises PolicyError for an unusable file.

    A check stops there: a person's word that is written and not shown would be worse than no report.
    """
    lives, issues, digest = load_lives(workspace.body.folder)
    if any(i.severity is Severity.ERROR for i in issues):
        raise PolicyError(issues)
    zone = workspace.body.zone
    day = as_of.astimezone(zone).date()
    entries = {(one.finding, one.device): one.entries for one in lives}
    until = last_instant(window).astimezone(zone).date() if window is not None else None
    return Lives(day, digest, entries, until, {(one.finding, one.device): one.place for one in lives})


def unmatched(lives: Lives, findings: Iterable[Mapping[str, Any]]) -> tuple[Issue, ...]:
    """What is written and stands beside no finding of an individual check, of which these are all findings.

    An error where the finding is there and the file says another device, or none: a word that nobody would be shown. A
    warning where it is not there: it may not have been seen in these days, or its id is mistyped.
    """
    shown: dict[str, set[str]] = {}
    for one in findings:
        shown.setdefault(base_id(one["id"]), set()).add(one["device"] or "")
    found = []
    for (finding, device), entries in sorted(lives.entries.items()):
        others, place = shown.get(finding, set()), lives.places.get((finding, device), Place())
        if device in others:
            continue
        if others:
            message = f'"{finding}" is not a finding of {device or "a group"}: what stands here is shown nowhere'
            hint = f"device: {min(others)}" if min(others) else "it is of no single device: leave `device` out"
            found.append(Issue(place.file, place.line, place.column, "finding-of-another-device", message, "", hint))
        elif device and any(e.on <= lives.day for e in entries):
            message = f'this check made no finding "{finding}" of {device}: what stands here is beside nothing'
            hint = "it may not have been seen in these days, which proves nothing; or the id is mistyped"
            issue_id, severity = "finding-not-made", Severity.WARNING
            found.append(Issue(place.file, place.line, place.column, issue_id, message, "", hint, severity))
    return tuple(found)


def written_about(workspace: Workspace, pseudonym: str) -> list[dict[str, Any]]:
    """What persons wrote about findings of one device. Raises PolicyError where a file of them cannot be used."""
    lives, issues, _ = load_lives(workspace.body.folder)
    if any(i.severity is Severity.ERROR for i in issues):
        raise PolicyError(issues)
    return [
        {
            "file": one.place.file,
            "finding": one.finding,
            "on": entry.on.isoformat(),
            "state": str(entry.state),
            "by": clean_text(entry.by),
            "reason": clean_text(entry.reason),
            "said": clean_text(entry.untrusted_said),
        }
        for one in lives
        if one.device == pseudonym
        for entry in one.entries
    ]


def states_behind(
    every: Iterable[Finding],
    grouped: Callable[[Finding], str],
    named: Callable[[Finding], tuple[str, str]],
    rare: Callable[[Counter[str]], frozenset[str]],
    lives: Lives,
    zone: tzinfo,
) -> dict[Group, dict[str, int]]:
    """How many findings of single devices are in which state, for each group that an aggregated report shows.

    `grouped` gives the id of a finding's group, `named` its own and its device's pseudonym. States that `rare` finds
    too small to hide in are merged: nobody who knows of one dispute shall find out in which unit it is.
    """
    counts: dict[Group, Counter[str]] = {}
    for one in (f for f in every if f.device is not None):
        state = FindingState.OPEN
        if lives.is_about_devices:
            finding, device = named(one)
            state = lives.standing(finding, one, device, zone).state
        counts.setdefault((grouped(one), one.result, one.grade), Counter())[state] += 1
    return {group: _merged(found, rare(found)) for group, found in counts.items()}


def _merged(counts: Counter[str], rare: frozenset[str]) -> dict[str, int]:
    shown = {str(s): counts[s] for s in FindingState if counts[s] and s not in rare}
    merged = sum(counts[s] for s in rare)
    return {**shown, **({MERGED: merged} if merged else {})}


def life_of(
    found: Standing, states: Mapping[str, int] | None, *, individual: bool, hear: bool = False
) -> dict[str, Any]:
    """The keys that a finding of a document has about its life. Words of a person only in rows of single devices.

    `hear`: whether the finding is about one device, where the person concerned is heard before anything is made of it.
    """
    decided = found.decided
    return {
        "state": str(found.state),
        "since": found.since.isoformat() if found.since else None,
        "again": str(found.again) if found.again else None,
        "decided": {
            "by": clean_text(decided.by),
            "on": decided.on.isoformat(),
            "reason": clean_text(decided.reason),
            "last_day": decided.last_day.isoformat() if decided.last_day else None,
        }
        if decided
        else None,
        "states": dict(states) if states is not None else None,
        "said": [{"on": e.on.isoformat(), "text": clean_text(e.untrusted_said)} for e in found.said]
        if individual
        else None,
        "to_be_heard": individual and hear and not found.was_heard,
    }
