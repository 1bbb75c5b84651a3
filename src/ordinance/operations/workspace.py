# SPDX-License-Identifier: EUPL-1.2
"""A body's folder, opened: settings, law, catalogue and estate, with everything wrong in them.

Reads the folder and the shipped data; writes nothing. Every verb begins here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ordinance.catalogue.load import alias_zones, load, twins
from ordinance.match.names import NameMatcher
from ordinance.match.software import SoftwareMatcher
from ordinance.model.apps import Catalogue
from ordinance.model.body import Body
from ordinance.model.errors import Issue, PolicyError, Severity
from ordinance.model.estate import Estate
from ordinance.model.law import Law
from ordinance.operations.attesting import Attested, lint_attestations, load_attestations
from ordinance.operations.estate_lints import lint_estate
from ordinance.policy.body import UTC, read_body
from ordinance.policy.lint import lint
from ordinance.policy.load import load_law, load_scenarios
from ordinance.policy.privacy import privacy_issues
from ordinance.policy.toml_table import FILE
from ordinance.readers._base import Matchers
from ordinance.readers.estate import read_estate

if TYPE_CHECKING:  # a body without channels, and whoever only asks what applies to a device, loads nothing of them
    from ordinance.model.channel import Channel
    from ordinance.model.separation import DeviceRecord

STATE = ".ordinance"
CHANNELS = "channels"
ANALYTICS = "analytics"
FINDINGS = "findings"
SEPARATE = "separate"


@dataclass(frozen=True, slots=True)
class Workspace:
    """Everything that rulings come from. `issues` holds errors and warnings, sorted by place.

    `channels` are none of that, and only there for whoever asked for them, as are `records` of separate devices.
    """

    body: Body
    law: Law
    catalogue: Catalogue
    estate: Estate
    estate_digest: str
    issues: tuple[Issue, ...]
    channels: tuple[Channel, ...] = ()
    attested: Attested = field(default_factory=Attested)
    records: tuple[DeviceRecord, ...] = ()

    @property
    def state(self) -> Path:
        """Where the body's state lies; not in git."""
        return self.body.folder / STATE

    @property
    def errors(self) -> tuple[Issue, ...]:
        """Issues with which nothing may be resolved."""
        return tuple(i for i in self.issues if i.severity is Severity.ERROR)

    def usable(self, *, but: str = "") -> Workspace:
        """This workspace; raises PolicyError with every error where there is one, `but` of this id."""
        errors = [i for i in self.errors if i.id != but]
        if errors:
            raise PolicyError(errors)
        return self

    def matchers(self) -> Matchers:
        """The catalogue compiled for readers."""
        identifiers = [i for f in self.catalogue.families for i in f.identifiers]
        return Matchers(NameMatcher(identifiers, alias_zones(), twins()), SoftwareMatcher(identifiers))


def open_workspace(
    folder: Path,
    at: datetime | Callable[[Body], datetime] | None = None,
    *,
    settings: bool = True,
    tests: bool = False,
    channels: bool = False,
) -> Workspace:
    """Open a body's folder.

    Raises PolicyError only where its `ordinance.toml` does not even say whose it is: with every fault of that file, and
    with those of all other files that show without it.

    `at` is the instant from which warnings about what is over, changed or missing by then are seen, or how to find
    it from the body's settings (its time zone). Without it there are none of these; errors do not depend on it.

    Without `settings`, those of sources and targets are not looked into, and attestations are not read: what applies to
    a device does not depend on them, and every reader and target would have to be loaded for it. With `tests`, faults
    in `tests/*.yaml` count too.

    With `channels`, those of `channels/` and the records in `separate/` are read and looked into as well, and files of
    campaigns, cases, analytics and lives of findings are read.
    No rule hangs on them: a fault there stops only what shows or lists them.
    """
    body, faults = read_body(folder)
    if body is None or not body.id:  # whose law it is is not known: what does not fit in it cannot be said either
        raise PolicyError([*faults, *_faults_of_files(folder, tests=tests)])
    seen_from = at(body) if callable(at) else at
    catalogue = load()
    estate, estate_issues, digest = _estate(folder, body.id)
    institutions = sorted({u.institution for u in estate.units})
    law, law_issues = load_law(folder, body.id, body.zone, catalogue, institutions)
    located = (_in_settings(i, body) for i in law_issues)
    issues = {*faults, *located, *lint(law, catalogue, body, seen_from), *lint_estate(law, estate, seen_from)}
    issues |= {*estate_issues, *privacy_issues(body), *(load_scenarios(folder, body.zone)[1] if tests else ())}
    attested = load_attestations(folder, body) if settings else Attested()
    issues |= {*attested.issues, *lint_attestations(attested, law, estate, seen_from)}
    if settings:
        from ordinance.operations.settings import settings_issues  # noqa: PLC0415  # loads all readers and targets

        issues |= {*settings_issues(body, estate)}
    found: tuple[Channel, ...] = ()
    all_channels = True
    if channels and (folder / CHANNELS).exists():
        from ordinance.review.channel_lints import lint_channels  # noqa: PLC0415  # only for bodies with channels
        from ordinance.review.read_channels import read_channels  # noqa: PLC0415  # the same

        found, faults = read_channels(folder)
        all_channels = not faults
        sound = not any(i.severity is Severity.ERROR for i in issues)  # a law with errors is not resolved
        issues |= {*faults, *lint_channels(law, estate, found, seen_from if sound else None)}
    records: tuple[DeviceRecord, ...] = ()
    if channels:
        records, of_records = _records(folder, found, law, estate, seen_from, all_channels=all_channels)
        issues |= {*of_records, *_faults_of_work(folder), *_faults_of_analytics(folder, found)}
        issues |= {*_faults_of_findings(folder, body, estate, seen_from)}
    return Workspace(body, law, catalogue, estate, digest, tuple(sorted(issues)), found, attested, records)


def _records(
    folder: Path,
    channels: tuple[Channel, ...],
    law: Law,
    estate: Estate,
    seen_from: datetime | None,
    *,
    all_channels: bool,
) -> tuple[tuple[DeviceRecord, ...], set[Issue]]:
    """The records of separate devices, and what is wrong with them; where a body keeps any, also that one has none."""
    if not (folder / SEPARATE).exists():
        return (), set()
    from ordinance.separation.lints import lint_records  # noqa: PLC0415  # only for bodies with such files
    from ordinance.separation.records import read_records  # noqa: PLC0415  # the same

    records, faults = read_records(folder)
    day = seen_from.astimezone(law.zone).date() if seen_from is not None else None
    return records, {*faults, *lint_records(records, channels, law, estate, day, all_channels=all_channels)}


def _faults_of_work(folder: Path) -> set[Issue]:
    """What is wrong with files of campaigns and of cases, where there are any."""
    from ordinance.review.read_campaigns import CAMPAIGNS, CASES, load_campaigns, load_cases  # noqa: PLC0415  # the same

    loaded = ((CAMPAIGNS, load_campaigns), (CASES, load_cases))
    return {i for name, load_all in loaded if (folder / name).exists() for i in load_all(folder)[1]}


def _faults_of_analytics(folder: Path, channels: tuple[Channel, ...]) -> tuple[Issue, ...]:
    """What is wrong with the figures of channels, where there are any."""
    if not (folder / ANALYTICS).exists():
        return ()
    from ordinance.readers.analytics import read_analytics  # noqa: PLC0415  # only for bodies with figures

    return read_analytics(folder, [c.id for c in channels], date.max)[1]


def _faults_of_findings(
    folder: Path, body: Body, estate: Estate, seen_from: datetime | None
) -> tuple[Issue, ...]:
    """What is wrong with the lives of findings, where there are any."""
    if not (folder / FINDINGS).exists():
        return ()
    from ordinance.operations.lives import issues_of_lives  # noqa: PLC0415  # only for bodies with such files

    day = seen_from.astimezone(body.zone).date() if seen_from else None
    return issues_of_lives(folder, folder / STATE, day, body.checking, estate.device_rows)


def _in_settings(issue: Issue, body: Body) -> Issue:
    """An issue about whose law it is, at the line of `ordinance.toml` that says so."""
    if issue.file != FILE or issue.line:
        return issue
    line, column = body.places.get("id", (0, 0))
    return replace(issue, line=line, column=column)


def _estate(folder: Path, body: str) -> tuple[Estate, tuple[Issue, ...], str]:
    """The estate of a body's folder, with issues that name its files from there."""
    estate, issues, digest = read_estate(folder / "estate", body)
    return estate, tuple(replace(i, file=f"estate/{Path(i.file).name}") for i in issues), digest


def _faults_of_files(folder: Path, *, tests: bool) -> tuple[Issue, ...]:
    """What is wrong with each file by itself, whoever the body is."""
    _, law_issues = load_law(folder, "", UTC)
    found = {*(i for i in law_issues if i.file != FILE), *_estate(folder, "")[1]}
    return tuple(sorted(found | {*(load_scenarios(folder, UTC)[1] if tests else ())}))
