# SPDX-License-Identifier: EUPL-1.2
"""What a check says: results per duty, findings, coverage."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum

from ordinance.model.apps import Surface
from ordinance.model.evidence import Where
from ordinance.model.law import Duty
from ordinance.model.ruling import DeviceClass


class Result(StrEnum):
    """The vocabulary of XCCDF 1.2 (NISTIR 7275r4, table 26)."""

    PASS = "pass"  # noqa: S105  # a test result, not a password
    FAIL = "fail"
    ERROR = "error"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "notapplicable"
    NOT_CHECKED = "notchecked"


class Grade(StrEnum):
    """What a contact proves. `contacted` is said only with connection, TLS or proxy rows."""

    APP_TRAFFIC = "app_traffic"
    WEB_OR_EMBED = "web_or_embed"
    EMBED = "embed"
    SHARED_HOST = "shared_host"
    RESOLVED = "resolved"
    BLOCKED = "blocked"


class FindingKind(StrEnum):
    """Kinds of finding this version makes."""

    APP_INSTALLED = "app_installed"
    APP_TRAFFIC = "app_traffic"
    CONTROL_MISSING = "control_missing"
    CONTROL_INEFFECTIVE = "control_ineffective"
    LEFTOVER = "leftover"
    SEPARATION_BREACH = "separation_breach"
    EXEMPTION_LAPSED = "exemption_lapsed"
    REVIEW_OVERDUE = "review_overdue"
    UNKNOWN_DEVICE = "unknown_device"
    BLIND_SPOT = "blind_spot"
    NOT_ATTESTED = "not_attested"
    ATTESTED_OTHERWISE = "attested_otherwise"


@dataclass(frozen=True, slots=True)
class DutyResult:
    """One duty of one clause for one device; `duty` is `None` for the conditions of an exemption.

    `reason` is a stable id such as `no_inventory`; `device_class` is the class at the end of the window
    (`None`: its facts are not stated for that day). `contested`: whether the rule reaches the device hangs on a reading
    that nobody has chosen, whatever fact is missing too. `first` and `last` are when a failed duty was seen failed
    first and last, of those that have no finding of their own that says so; `evidence` is where.
    """

    device: str
    unit: str | None
    device_class: DeviceClass | None
    restriction: str
    duty: Duty | None
    result: Result
    reason: str
    contested: bool = False
    first: datetime | None = None
    last: datetime | None = None
    evidence: tuple[Where, ...] = ()


_NOT_SUMMED = frozenset({"names", "together"})  # different names of two devices may be the same ones


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for a finding about an app on a device: counts, so that those of several findings can be added up.

    They rest on a device's questions for names that only apps of the family use, while the clause bound it and a duty
    was due. `answered`, `blocked` and `unanswered` (also where the log does not say) are what came of them, `connected`
    those of which a connection was seen. `names` are the different ones that were answered, `together` the most of
    these within ten minutes. `shown` are devices on which an inventory of the window shows the app, `not_shown` those
    that one lists without it. `by_hand` are contacts in which the device was named by a table of addresses that
    somebody keeps. None of it changes a result: what fails a duty stands in `proves_use`.
    """

    names: int = 0
    together: int = 0
    answered: int = 0
    blocked: int = 0
    unanswered: int = 0
    connected: int = 0
    shown: int = 0
    not_shown: int = 0
    by_hand: int = 0

    def __add__(self, other: Signs) -> Signs:
        """Of two findings together."""
        both = {f.name: (getattr(self, f.name), getattr(other, f.name)) for f in fields(self)}
        return Signs(**{name: max(two) if name in _NOT_SUMMED else sum(two) for name, two in both.items()})


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person has to look at.

    `device` is the estate's id and is replaced by a pseudonym before anything is written;
    `device` is `None` where nobody may be named (doubtful attribution, aggregates).
    `devices` counts the devices behind an aggregated finding. `contacted`: at least one of its contacts was seen to be
    a connection; otherwise they are questions. It changes neither grade nor result. `signs` are kept for findings about
    an app that was installed or asked for. `attested` is the day of the statement that a finding sets beside what was
    seen. `resolver` is the target and the address of a resolver that was asked, so that each has findings of its own.
    """

    kind: FindingKind
    result: Result
    unit: str | None = None
    device: str | None = None
    family: str | None = None
    member: str | None = None
    surface: Surface | None = None
    grade: Grade | None = None
    duty: Duty | None = None
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    count: int = 1
    restriction: str | None = None
    evidence: tuple[Where, ...] = ()
    reason: str = ""
    devices: int = 1
    contacted: bool = False
    signs: Signs | None = None
    attested: date | None = None
    resolver: str = ""


@dataclass(frozen=True, slots=True)
class SourceCoverage:
    """What one source could see of the window: slots expected (days of a log, snapshots of an
    inventory) against slots seen. `hours` holds the full hours seen, for drawing."""

    source: str
    kind: str
    network: str | None
    expected: tuple[str, ...]
    seen: tuple[str, ...]
    hours: tuple[datetime, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Slots without data."""
        return tuple(s for s in self.expected if s not in set(self.seen))


@dataclass(frozen=True, slots=True)
class NotSeen:
    """Something that the check could not see, and how many devices it concerns. `what` is a stable id.

    `days` counts days of a device; of a log, where nobody knows whose they are and `devices` is nought. `contacts` are
    what was seen of it in logs.
    """

    what: str
    devices: int
    days: int = 0
    contacts: int = 0


@dataclass(frozen=True, slots=True)
class Contacts:
    """How often names of a family were asked on a day, by grade; nobody is named."""

    day: date
    family: str
    grade: Grade
    count: int


@dataclass(frozen=True, slots=True, order=True)
class CountedDays:
    """Whole days on which a rule let contacts with a family's apps be counted: on other days their number is not known.

    `names` is a digest of the names that were looked for: counts under two digests cannot be compared. `devices` are
    those that a clause about these apps certainly is for.
    """

    family: str
    names: str
    devices: int
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """Everything a check found, before anybody is made a pseudonym and before aggregation.

    `in_scope` counts devices that a binding clause in force covers or may cover, `seen` those of them
    for which any evidence was there. Coverages are shares from 0 to 1, `None` where none was expected.
    """

    results: tuple[DutyResult, ...]
    findings: tuple[Finding, ...]
    coverage: tuple[SourceCoverage, ...]
    not_seen: tuple[NotSeen, ...]
    contacts: tuple[Contacts, ...]
    in_estate: int
    in_scope: int
    seen: int
    inventory_coverage: float | None
    network_coverage: float | None
    counted: tuple[CountedDays, ...] = ()
