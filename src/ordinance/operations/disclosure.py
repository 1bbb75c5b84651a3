# SPDX-License-Identifier: EUPL-1.2
"""What a published check may count, so that two of them, set against each other, tell nothing of one person.

Reads what a check found and the estate as it was; writes plain data and decides nothing about what holds. Every result
and every finding stays visible as *some*: only how many, where and on which day is taken back.

The rules, with the attacks they are made against, stand in docs/explain/small-groups.md. What no rule here can hide
from somebody who knows of all other devices: that at least one fails.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ordinance.model.disclosure import Coarse, Numbers, lower_end
from ordinance.model.evidence import Where
from ordinance.model.life import Again, FindingState
from ordinance.model.result import Checked, DutyResult, Finding, FindingKind, Result
from ordinance.model.ruling import DeviceClass
from ordinance.model.time import Period, Span, add_months, start_of
from ordinance.operations.small_groups import SMALL, large
from ordinance.operations.workspace import Workspace
from ordinance.policy.resolve import class_of_device
from ordinance.review.effect import BANDS
from ordinance.verify.resolver import LEFT_OVER, LET_THROUGH

GROUPS_IN_A_BODY = 4  # a body, or a group of one, with fewer devices than four minimum groups counts as small
GROUPS_IN_A_BAND = 2  # how many minimum groups a band of numbers is wide
SOME_SHARE = 0.01
_NAMELESS = "devices of all kinds"
_UNSURE = frozenset({"missing_fact", "contested_reading", "contested_until_read", "facts_not_stated"})
_OF_THE_BODY = frozenset({FindingKind.REVIEW_OVERDUE, FindingKind.CONTROL_MISSING})  # of its rules and its tools
_ABOUT_NOBODY = frozenset({LEFT_OVER, LET_THROUGH})


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What may be counted. `members` are the devices that numbers are about, with their unit and class at `cohort`."""

    numbers: Numbers
    because: tuple[Coarse, ...] = ()
    small_body: bool = False
    minimum: int = 5
    cohort: date | None = None
    members: Mapping[str, tuple[str | None, DeviceClass | None]] | None = None

    @property
    def smallest(self) -> int:
        """As many devices as a body, or a group in it, must have to be counted."""
        return GROUPS_IN_A_BODY * self.minimum

    @property
    def step(self) -> int:
        """How wide a band is."""
        return GROUPS_IN_A_BAND * self.minimum

    def document(self) -> dict[str, Any]:
        """What is said of it in the document."""
        return {
            "numbers": str(self.numbers),
            "because": [str(b) for b in self.because],
            "small_body": self.small_body,
            "smallest": self.smallest,
            "step": self.step if self.numbers is Numbers.BANDS else None,
            "cohort": self.cohort.isoformat() if self.cohort else None,
        }


def disclosure_of(
    workspace: Workspace, checked: Checked, window: Span, as_of: datetime, *, individual: bool, read: bool
) -> Disclosure:
    """What may be counted of a check. `read`: whether anything about devices was."""
    body, estate = workspace.body, workspace.estate
    minimum = body.checking.minimum_group
    small = 0 < checked.in_scope < GROUPS_IN_A_BODY * minimum
    if individual or not read:
        return Disclosure(Numbers.EXACT, small_body=small, minimum=minimum)
    cohort = quarter_of(window.closed[0].astimezone(body.zone).date())
    today, first = as_of.astimezone(body.zone).date(), start_of(cohort, body.zone)
    members: dict[str, tuple[str | None, DeviceClass | None]] = {}
    for device in estate.devices_on(cohort, today):
        members[device.id] = device.unit, class_of_device(workspace.law, estate, device, first, as_of)
    bound = {r.device for r in checked.results if r.result is not Result.NOT_APPLICABLE}
    small = small or len(bound & members.keys()) < GROUPS_IN_A_BODY * minimum
    because = [Coarse.SMALL_BODY] if small else []
    if not is_regular(window, body.checking.window, body.zone):
        because.append(Coarse.OTHER_WINDOW)
    numbers = Numbers.SOME if because else Numbers.BANDS
    return Disclosure(numbers, tuple(because), small, minimum, cohort, members)


def quarter_of(day: date) -> date:
    """The first day of the quarter: who is in the estate then is counted, who comes later is not."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def is_regular(window: Span, length: Period, zone: ZoneInfo) -> bool:
    """Whether a window is one of the body's own, which follow each other and never overlap.

    Windows of days follow each other from the first Monday of a year, windows of months from January. The last one of
    a year that would reach past the next first Monday is none.
    """
    start, end = (i.astimezone(zone) for i in window.closed)
    if start != start_of(start.date(), zone) or length.minutes or (length.months and length.days):
        return False
    if length.months:
        first = start.date()
        follows = first.day == 1 and (first.month - 1) % length.months == 0
        return follows and end == start_of(add_months(first, length.months), zone)
    year = start.year if start.date() >= first_monday(start.year) else start.year - 1
    last = start.date() + timedelta(days=length.days)
    follows = (start.date() - first_monday(year)).days % length.days == 0 and last <= first_monday(year + 1)
    return follows and end == start_of(last, zone)


def is_of_whole_days(window: Span, zone: ZoneInfo) -> bool:
    """Whether a window begins and ends where a day begins in the body's zone."""
    return all(i == start_of(i.astimezone(zone).date(), zone) for i in window.closed)


def first_monday(year: int) -> date:
    """The first Monday of a year."""
    first = date(year, 1, 1)
    return first + timedelta(days=-first.weekday() % 7)


# --- groups -------------------------------------------------------------------------------------------------------


def named_classes(shown: Disclosure) -> frozenset[str]:
    """Ids of the kinds of devices that may be named: none where no number is given."""
    of = _classes(shown)
    return large(Counter(c.id for c in of.values()), shown.smallest, len(shown.members or {}) - len(of))


def _classes(shown: Disclosure) -> dict[str, DeviceClass]:
    members = (shown.members or {}) if shown.numbers is Numbers.BANDS else {}
    return {d: found for d, (_, found) in members.items() if found is not None}


def result_rows(results: Iterable[DutyResult], what: Mapping[str, str], shown: Disclosure) -> list[dict[str, Any]]:
    """Which results and reasons there are, per clause and duty; a kind of device is named only where it is large."""
    rows = tuple(results)
    of, named_kinds = _classes(shown), named_classes(shown)
    words = {c.id: c.in_words for c in of.values()}
    sets: dict[tuple[str, ...], Counter[str]] = {}
    for r in rows:
        found = of.get(r.device)
        key = (r.restriction, str(r.duty or "conditions"), what[r.restriction], str(r.result), r.reason)
        kind = found.id if found is not None and found.id in named_kinds else ""
        sets.setdefault(key, Counter())[kind] += r.device in of
    keys = ("restriction", "duty", "app", "class", "facts", "result", "reason")
    out = set()
    for (restriction, duty, app, result, reason), counts in sets.items():
        named = {name for name, count in counts.items() if name and count >= shown.minimum}
        rest = sum(count for name, count in counts.items() if name not in named)
        # Who is outside of the cohort, or one of few, adds no row to those that are there.
        for name in named if named and rest < shown.minimum else named | {SMALL}:
            out.add((restriction, duty, app, name, words.get(name, _NAMELESS), result, reason))
    return [{**dict(zip(keys, row, strict=True)), "devices": 1} for row in sorted(out)]


def placed(findings: Iterable[Finding], shown: Disclosure) -> list[Finding]:
    """Findings with the unit of the cohort where that is large and enough of its devices are concerned, else none.

    Where a unit is named, the same finding about a few other devices is not told apart from it: a line of its own would
    be theirs.
    """
    every = tuple(findings)
    members = shown.members or {}
    units = {d: u for d, (u, _) in members.items() if u} if shown.numbers is Numbers.BANDS else {}
    named_units = large(Counter(units.values()), shown.smallest, len(members) - len(units))
    concerned: dict[tuple[str, ...], dict[str, set[str]]] = {}
    for f in every:
        if f.device in members:
            of_unit = units.get(f.device or "", "")
            by_unit = concerned.setdefault(_what(f), {})
            by_unit.setdefault(of_unit if of_unit in named_units else "", set()).add(f.device or "")
    out = []
    for f in every:
        by_unit = concerned.get(_what(f), {})
        named = {u for u, devices in by_unit.items() if u and len(devices) >= shown.minimum}
        rest = sum(len(devices) for u, devices in by_unit.items() if u not in named)
        unit = units.get(f.device or "")
        if is_about_nobody(f):
            out.append(replace(f, unit=None))
        elif unit in named:
            out.append(replace(f, unit=unit))
        elif not named or rest >= shown.minimum or f.device is None:
            out.append(replace(f, unit=None))
    return out


def _what(f: Finding) -> tuple[str, ...]:
    parts = (f.kind, f.result, f.family, f.member, f.surface, f.grade, f.duty, f.restriction, f.reason)
    return tuple(str(p) for p in parts)


def is_about_nobody(finding: Finding) -> bool:
    """Whether a finding is of nobody: a review that is late, a control that no tool has, an answer of a resolver."""
    return is_row_about_nobody({"kind": finding.kind, "reason": finding.reason})


def is_row_about_nobody(row: Mapping[str, Any]) -> bool:
    """The same of a finding as a document has it."""
    return row["kind"] in _OF_THE_BODY or row["reason"] in _ABOUT_NOBODY


def coarse_finding(finding: Finding) -> Finding:
    """The same without how many, how often, when, and in which file."""
    if finding.kind is FindingKind.CONTROL_MISSING:  # of how many devices, one newcomer would change
        return replace(finding, devices=1, count=1) if finding.devices else finding
    if is_about_nobody(finding):
        return finding
    evidence = tuple(sorted({Where(w.source, "", 0) for w in finding.evidence}))
    devices = min(finding.devices, 1)
    return replace(
        finding, devices=devices, count=1, first_seen=None, last_seen=None, signs=None, evidence=evidence, attested=None
    )


def coarse_life(life: Mapping[str, Any], *, about_nobody: bool) -> dict[str, Any]:
    """The keys about the life of a finding, with those days alone that persons wrote, and not a day it was seen on."""
    written = life["state"] != FindingState.OPEN or life["again"] == Again.ACCEPTANCE_OVER
    return {**life, "states": None, "since": life["since"] if written or about_nobody else None}


# --- numbers ------------------------------------------------------------------------------------------------------


def coarse(found: dict[str, Any], checked: Checked, every: Sequence[Finding], shown: Disclosure) -> dict[str, Any]:
    """The document with every number of devices, contacts and records about them taken back to its band."""
    summary = found["summary"]
    by_duty = _by_duty(checked.results, shown)
    counted = (f for f in every if is_about_nobody(f) and f.kind is not FindingKind.CONTROL_MISSING)
    nobody = Counter(str(f.kind) for f in counted)
    return {
        **found,
        "summary": {
            **summary,
            "results": {str(r): sum(counts[str(r)] for counts in by_duty.values()) for r in Result},
            "by_duty": by_duty,
            "devices": _sizes(checked, shown),
            "findings": {kind: nobody[kind] or 1 for kind in summary["findings"]},
            "coverage": {k: _share(v) for k, v in summary["coverage"].items()},
        },
        "not_seen": [_not_seen(row) for row in found["not_seen"]],
        "contacts": _contacts(found["contacts"], shown),
        "counted": [{**row, "devices": _covered(row["devices"], checked, shown)} for row in found["counted"]],
        "accounting": [_account(row, shown) for row in found["accounting"]],
    }


def _by_duty(results: Iterable[DutyResult], shown: Disclosure) -> dict[str, dict[str, int]]:
    every: dict[str, Counter[Result]] = {}
    cohort: dict[str, Counter[Result]] = {}
    members = shown.members or {}
    for r in results:
        duty = str(r.duty or "conditions")
        every.setdefault(duty, Counter())[r.result] += 1
        cohort.setdefault(duty, Counter())[r.result] += r.device in members
    return {duty: _banded(counts, cohort[duty], shown) for duty, counts in every.items()}


def _banded(every: Counter[Result], cohort: Counter[Result], shown: Disclosure) -> dict[str, int]:
    """What there is, as 1; over the cohort as the lower end of a band, where the bands and their sum tell no number."""
    some = {str(r): min(every[r], 1) for r in Result}
    if shown.numbers is not Numbers.BANDS:
        return some
    bands = {str(r): max(some[str(r)], lower_end(cohort[r], shown.step)) for r in Result}
    return bands if leaves_open(bands, sum(cohort.values()), shown.step, shown.minimum) else some


def leaves_open(bands: Mapping[str, int], total: int, step: int, least: int) -> bool:
    """Whether somebody who knows the sum still has to reckon with `least` numbers for each band that is not empty.

    Where there is one band alone, everything is in it, which its name says and no number more.
    """
    ranges = {k: (low, low // step * step + step - 1) for k, low in bands.items() if low}
    if len(ranges) == 1:
        return True
    lows, highs = sum(r[0] for r in ranges.values()), sum(r[1] for r in ranges.values())
    return all(
        min(high, total - (lows - low)) - max(low, total - (highs - high)) + 1 >= least
        for low, high in ranges.values()
    )


def _sizes(checked: Checked, shown: Disclosure) -> dict[str, int]:
    counts = {"in_estate": checked.in_estate, "in_scope": checked.in_scope, "seen": checked.seen}
    some = {k: min(n, 1) for k, n in counts.items()}
    if shown.numbers is not Numbers.BANDS:
        return some
    members = shown.members or {}
    bound = {r.device for r in checked.results if r.result is not Result.NOT_APPLICABLE} & members.keys()
    sizes = {"in_estate": len(members), "in_scope": len(bound)}
    return {**some, **{k: max(some[k], lower_end(n, shown.step)) for k, n in sizes.items()}}


def _covered(counted: int, checked: Checked, shown: Disclosure) -> int:
    """How many devices of the cohort a rule certainly covers, in narrow bands; of a small body none are counted."""
    unsure = {r.device for r in checked.results if r.reason in _UNSURE}
    bound = {r.device for r in checked.results if r.result is not Result.NOT_APPLICABLE} & (shown.members or {}).keys()
    return 0 if shown.small_body else lower_end(min(counted, len(bound - unsure)), shown.minimum)


def _share(value: float | None) -> float | None:
    """None, some or all of what was expected. A share of so many devices is a number of them."""
    return value if value is None or value in {0, 1} else SOME_SHARE


def _not_seen(row: Mapping[str, Any]) -> dict[str, Any]:
    least = {k: min(row[k], 1) if row[k] is not None else None for k in ("devices", "days", "contacts")}
    return {**row, **least}


def _contacts(rows: Sequence[Mapping[str, Any]], shown: Disclosure) -> list[dict[str, Any]]:
    """Contacts of a day in bands that are the same in every window; of a small body only which there were."""
    if not shown.small_body:
        return [{**row, "count": _in_bands(row["count"])} for row in rows]
    kinds = sorted({(row["family"], row["grade"]) for row in rows if row["count"]})
    return [{"day": None, "family": family, "grade": grade, "count": 1} for family, grade in kinds]


def _in_bands(count: int) -> int:
    return max((b for b in BANDS if b <= count), default=0)


def _account(row: Mapping[str, Any], shown: Disclosure) -> dict[str, Any]:
    """How many were kept, or kept again, is how often somebody asked: they are counted together with dropped ones.

    So are rejected ones beyond the lower end of their band: one more may be an app that is on its way to one device.
    Of files that are gone only that there are any: where each device has a file, they are devices.
    """
    together = ("kept", "dropped", "duplicate")
    rejected = min(row["rejected"], 1) if shown.small_body else _in_bands(row["rejected"])
    rest = sum(row[part] for part in together) + row["rejected"] - rejected
    told = {**row, **dict.fromkeys(together), "rejected": rejected, "kept_or_dropped": rest}
    told["rejects"] = [{"file": None, "line": None, "reason": r} for r in sorted({r["reason"] for r in row["rejects"]})]
    if "gone" in row:
        some = {part: min(row["gone"][part], 1) for part in ("files", "records")}
        told["gone"] = {**row["gone"], **some, "kept": None}
    return told
