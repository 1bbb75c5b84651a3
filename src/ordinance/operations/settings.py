# SPDX-License-Identifier: EUPL-1.2
"""What is wrong with the sources and targets of an `ordinance.toml`: asked of every reader and target itself.

Opens no source. Cannot know whether a file that is named will be there when it is read.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from ordinance.match.names import NameMatcher
from ordinance.match.software import SoftwareMatcher
from ordinance.model.body import Body, SourceSettings, TargetSettings
from ordinance.model.errors import Issue, PolicyError, Severity, SourceError
from ordinance.model.estate import Estate, Use
from ordinance.model.evidence import EvidenceKind, WatchList
from ordinance.model.target import Plan
from ordinance.operations.keys import key_issues
from ordinance.operations.retention_lints import retention_issues
from ordinance.policy.nodes import did_you_mean
from ordinance.policy.toml_table import FILE
from ordinance.readers import ids, lease_reader, reader
from ordinance.readers._base import Matchers
from ordinance.targets import available as available_targets
from ordinance.targets import target as target_of

# Settings of a log or an inventory that mean nothing for a source of leases.
_OF_LOGS: tuple[str, ...] = (
    *("network", "canary", "hours", "year", "leases"),
    *("every", "first", "preset", "columns", "platforms", "all_apps"),
)


def settings_issues(body: Body, estate: Estate) -> list[Issue]:
    """Every fault of the settings of sources and targets."""
    readers = list(ids())
    lease_sources = [s.id for s in body.sources if lease_reader(s.reader) is not None]
    targets = [t.id for t in available_targets()]
    networks = [n.id for n in estate.networks]
    found = []
    for source in body.sources:
        found += _unknown("unknown-reader", "reader", source.reader, readers, _at(source, "reader"))
        if source.network is not None:
            found += _unknown("unknown-network", "network", source.network, networks, _at(source, "network"))
        for name in source.leases:
            found += _unknown("unknown-lease-source", "source of leases", name, lease_sources, _at(source, "leases"))
        found += _guest_log(source, estate)
        if source.reader in readers:
            found += _without_use(source)
            found += _unusable_source(source)
    found += _nobody_names(body, lease_sources)
    for target in body.targets:
        found += _unknown("unknown-target", "target", target.id, targets, _at(target, "id"))
        if target.id in targets:
            found += _unusable_target(target, body)
        for network in target.networks:
            found += _unknown("unknown-network", "network", network, networks, _at(target, "networks"))
    found += [*retention_issues(body), *key_issues(body)]
    units, place = [u.id for u in estate.units], body.enforcement.places.get("pilot") or (0, 0)
    for unit in body.enforcement.pilot:
        found += _unknown("unknown-unit", "unit", unit, units, place)
    return found


def _unusable_source(source: SourceSettings) -> list[Issue]:
    """What a reader would refuse about its settings; asked with no file, so that nothing is opened."""
    try:
        if (leases := lease_reader(source.reader)) is not None:
            leases.read(replace(source, files=()), Path())
            return []
        nothing = Matchers(NameMatcher(()), SoftwareMatcher(()))
        reader(source.reader).read(replace(source, files=()), Path(), WatchList(frozenset()), nothing)
    except SourceError as error:
        return [_placed(issue, _at(source)) for issue in error.issues]
    return []


def _without_use(source: SourceSettings) -> list[Issue]:
    """Settings that its kind of source passes over: whoever wrote them expects something of them."""
    is_of_leases = lease_reader(source.reader) is not None
    if is_of_leases:
        passed_over, hint = _OF_LOGS, "it belongs to the log that names this source in its `leases`"
    elif reader(source.reader).evidence is EvidenceKind.INVENTORY:
        passed_over, hint = ("leases",), "an inventory names devices itself; only a log of addresses needs leases"
    else:
        return []
    what = "reads leases" if is_of_leases else "reads an inventory"
    return [
        Issue(
            FILE,
            *_at(source, key),
            "setting-without-use",
            f'source "{source.id}" {what} and has no use for "{key}"',
            "it would change nothing",
            hint,
        )
        for key in passed_over
        if key in source.places
    ]


def _nobody_names(body: Body, lease_sources: list[str]) -> list[Issue]:
    """Sources of leases that no log names: they are never opened, which is well, and said."""
    named = {name for source in body.sources for name in source.leases}
    return [
        Issue(
            FILE,
            *_at(source, "id"),
            "unnamed-lease-source",
            f'no log names the source of leases "{source.id}": its files are never opened',
            "what the logs say of addresses is laid at nobody's door by it",
            f'write leases = ["{source.id}"] in the table of the log whose addresses it knows, or take it out',
            Severity.WARNING,
        )
        for source in body.sources
        if source.id in lease_sources and source.id not in named
    ]


def _unusable_target(target: TargetSettings, body: Body) -> list[Issue]:
    """What a target would refuse about its settings; asked with a plan that demands nothing."""
    nothing = Plan(body.id, datetime.min, "", ())  # noqa: DTZ901  # an instant that no artefact of an empty plan shows
    try:
        target_of(target.id).compile(nothing, target.settings, 1)
    except PolicyError as error:
        return [_placed(issue, _at(target, "settings")) for issue in error.issues]
    return []


def _guest_log(source: SourceSettings, estate: Estate) -> list[Issue]:
    """Guests and pupils are no staff: their networks are blocked without logging them."""
    network = next((n for n in estate.networks if n.id == source.network), None)
    if network is None or network.use is Use.WORK:
        return []
    message = f'source "{source.id}" would read who asks what on the {network.use} network "{network.id}"'
    hint = "take the source out; a block needs no log"
    return [Issue(FILE, *_at(source, "network"), "log-of-the-public", message, "", hint)]


def _unknown(issue_id: str, what: str, value: str, known: list[str], place: tuple[int, int]) -> list[Issue]:
    if value in known or not value:  # what is missing was said where the file was read
        return []
    message = f'there is no {what} "{value}"'
    return [Issue(FILE, *place, issue_id, message, "", did_you_mean(value, known))]


def _at(table: SourceSettings | TargetSettings, key: str = "") -> tuple[int, int]:
    """Where a key of a table stands, else the table's header."""
    return table.places.get(key) or table.places.get("", (0, 0))


def _placed(issue: Issue, place: tuple[int, int]) -> Issue:
    """An issue about a table of the settings, at its place: who gave it does not know the file."""
    return replace(issue, line=place[0], column=place[1]) if issue.file == FILE and not issue.line else issue
