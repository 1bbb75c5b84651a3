# SPDX-License-Identifier: EUPL-1.2
"""A body's `ordinance.toml`: who we are, what a check may do, which sources and targets there are.

Reads one TOML file. Every fault is located by the key's line; the file is unusable until all are mended.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

from ordinance.model.body import (
    AcceptedBlindSpot,
    Airlock,
    Body,
    Checking,
    Enforcement,
    Informed,
    Purpose,
    SourceSettings,
    TargetSettings,
)
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.estate import Platform
from ordinance.model.evidence import EvidenceKind
from ordinance.model.limit import Limit, read_limit
from ordinance.model.retention import NEEDED, Kept, Retention
from ordinance.model.time import Period
from ordinance.policy.nodes import MOST_BYTES, too_large
from ordinance.policy.read_privacy import read_privacy
from ordinance.policy.scalars import YEARS
from ordinance.policy.toml_table import FILE, Table, parsed_toml, places_of

UTC = ZoneInfo("UTC")
MOST_APPROVAL_DAYS = 30  # after a month nobody remembers what they looked at
_WIDEST = {4: 24, 6: 64}  # of the pages of a filter, by the version of IP


def load_body(folder: Path) -> Body:
    """The settings of the body in `folder`.

    Raises PolicyError with every fault found, or with one that says that this is no body's folder.
    """
    body, issues = read_body(folder)
    if body is None or issues:
        raise PolicyError(issues)
    return body


def read_body(folder: Path) -> tuple[Body | None, tuple[Issue, ...]]:
    """The settings as far as they can be read, and everything wrong with them; `None` where the file is no TOML.

    Settings with faults are given so that all other files can be looked at too; nothing may be resolved with them.
    Raises PolicyError where this is no body's folder.
    """
    path = folder / FILE
    if not path.is_file():
        hint = "name a folder with an ordinance.toml, such as examples/ghent"
        raise PolicyError([Issue(str(path), 0, 0, "no-body", "there is no ordinance.toml here", "", hint)])
    if path.stat().st_size > MOST_BYTES:
        return None, (too_large(FILE),)
    issues: list[Issue] = []
    found = parsed_toml(path.read_bytes(), issues)
    if found is None:
        return None, tuple(issues)
    text, data = found
    body = _read_body(Table(data, "", places_of(text), issues), folder)
    return body, tuple(sorted(issues))


def _read_body(root: Table, folder: Path) -> Body:
    head, separate = root.table("body", required=True), root.table("separate")
    zone = head.parsed("time_zone", ZoneInfo, "an IANA time zone such as Europe/Brussels")
    if "time_zone" not in head.data:
        head.report("time_zone", "missing-key", '"time_zone" is missing in [body]')
    checks = root.table("checking", required=True)
    privacy = read_privacy(checks, root.table("privacy"))
    checking = _read_checking(checks)
    body = Body(
        folder=folder,
        id=head.get("id", str, "", required=True),
        places=head.own_places(),
        name=head.get("name", str, "", required=True),
        zone=zone or UTC,
        languages=head.texts("languages"),
        notice=head.get("notice", str, ""),
        invented=head.texts("invented"),
        checking=checking,
        retention=_read_retention(root.table("retention"), checks if checking.evidence_allowed else None),
        privacy=privacy,
        sources=tuple(_read_source(t, zone or UTC) for t in root.tables("sources")),
        targets=tuple(_read_target(t) for t in root.tables("targets")),
        enforcement=_read_enforcement(root.table("enforcement")),
        accepted=tuple(_read_accepted(t) for t in root.tables("accepted")),
        airlock=_read_airlock(root.table("airlock")),
        internal_names=separate.texts("internal_names"),
        most_other_apps=separate.at_least("most_other_apps", 0, default=0),
    )
    for table in (head, separate, root):
        table.close()
    _report_repeats(root, "sources", (s.id for s in body.sources))
    _report_repeats(root, "targets", (t.id for t in body.targets))
    return body


def _read_enforcement(table: Table) -> Enforcement:
    found = Enforcement(
        pilot=table.texts("pilot"),
        limit=table.parsed("limit", _limit, "a number of devices such as 50, or a share such as 10%"),
        places=table.own_places(),
    )
    table.close()
    return found


def _read_airlock(table: Table) -> Airlock:
    days = table.between("approval_days", 1, MOST_APPROVAL_DAYS, default=Airlock().approval_days)
    found = Airlock(approval_days=days, places=table.own_places())
    table.close()
    return found


def _limit(text: str) -> Limit:
    found = read_limit(text)
    if found is None:
        raise ValueError(text)
    return found


def _read_checking(table: Table) -> Checking:
    allowed = frozenset(table.words("evidence_allowed", EvidenceKind))
    if "evidence_allowed" not in table.data:
        table.report(
            "evidence_allowed",
            "missing-key",
            '"evidence_allowed" is missing in [checking]: what may be read is always said',
            "an empty list means that nothing about devices is read",
        )
    purpose = table.parsed("purpose", Purpose, f"one of: {', '.join(Purpose)}")
    basis = table.get("legal_basis", str, "")
    if allowed and (purpose is None or not basis):
        table.report(
            "purpose",
            "no-legal-basis",
            "evidence is read, but purpose or legal basis is not stated",
            "state both, or set evidence_allowed = []",
        )
    checking = Checking(
        purpose=purpose,
        legal_basis=basis,
        evidence_allowed=allowed,
        informed=tuple(
            Informed(str(i["who"]), i["on"], str(i["how"]))
            for i in table.get("informed", list, [])
            if _is_informed(table, i)
        ),
        no_check_by=table.get("no_check_by", str, ""),
        window=table.parsed("window", Period.parse, "a period such as P14D") or Period(days=14),
        minimum_group=table.at_least("minimum_group", 1, default=5),
        hear_first=table.get("hear_first", bool, default=False),
        key_holder=table.get("key_holder", str, ""),
        key_file=table.get("key_file", str, ""),
        places=table.own_places(),
    )
    table.close()
    return checking


def _read_retention(table: Table, checks: Table | None) -> Retention:
    """How long each kind is kept. Where evidence is read (by `checks`), that is said before any run."""
    expected = "a period of whole days such as P6M, longer than nothing"
    read = {kind: table.parsed(kind, _some_days, expected) for kind in Kept}
    missing = [kind for kind in NEEDED if kind not in table.data]
    if checks is not None and missing:
        names = " and ".join(f'"{kind}"' for kind in missing)
        (table if table.own_places() else checks).report(
            "",
            "no-retention",
            f"evidence is read, but [retention] does not say how long {names} may be kept",
            'write [retention] with runs = "P6M" and ledger = "P1Y", or set evidence_allowed = []',
        )
    periods = {kind: period for kind, period in read.items() if period is not None}
    found = Retention(periods, table.own_places(), {kind: str(table.data[kind]) for kind in periods})
    table.close()
    return found


def _some_days(text: str) -> Period:
    found = _some_time(text)
    if found.minutes:
        raise ValueError(text)
    return found


def _is_informed(table: Table, item: object) -> bool:
    fine = isinstance(item, dict) and {"who", "on", "how"} == item.keys() and type(item["on"]) is date
    if not fine:
        table.report("informed", "bad-value", "each entry of informed says who, on (a day) and how")
    return fine


def _read_source(table: Table, zone: ZoneInfo) -> SourceSettings:
    year = table.get("year", int, 0)
    if "year" in table.data and year not in (0, *YEARS):
        table.report("year", "bad-value", f"year is {year}, not between {YEARS[0]} and {YEARS[-1]}")
    hours = table.get("hours", list, [])
    if hours and (len(hours) != 2 or not all(isinstance(h, int) for h in hours) or not 0 <= hours[0] < hours[1] <= 24):
        table.report("hours", "bad-value", "hours must be two numbers such as [7, 19]")
        hours = []
    source = SourceSettings(
        id=table.get("id", str, "", required=True),
        reader=table.get("reader", str, "", required=True),
        files=table.texts("files"),
        zone=table.parsed("time_zone", ZoneInfo, "an IANA time zone") or zone,
        network=table.get("network", str, "") or None,
        year=year or None,
        every=table.parsed("every", _some_time, "a period such as P7D, longer than nothing"),
        first=table.day("first"),
        canary=table.get("canary", str, "") or None,
        lease=table.parsed("lease", Period.parse, "a period such as PT12H"),
        preset=table.get("preset", str, "") or None,
        columns={str(k): str(v) for k, v in table.get("columns", dict, {}).items()},
        platforms=table.words("platforms", Platform),
        hours=(hours[0], hours[1]) if hours else None,
        leases=table.texts("leases"),
        gateways=_ranges(table, "gateways"),
        block_pages=_pages(table),
        all_apps=table.texts("all_apps"),
        places=table.own_places(),
    )
    table.close()
    return source


def _ranges(table: Table, key: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Addresses and ranges; of a wrong one nobody could tell which devices it means."""
    found = []
    for text in table.texts(key):
        try:
            found.append(ip_network(text))
        except ValueError as error:
            hint = "an address such as 192.0.2.1, or a range such as 192.0.2.0/28 in which no bit behind the / is set"
            table.report(key, "bad-value", f'"{text}" is no address and no range: {error}', hint)
    return tuple(found)


def _pages(table: Table) -> tuple[IPv4Network | IPv6Network, ...]:
    """The pages of a filter stand at a few addresses; in a wide range is also what somebody really reached."""
    found = _ranges(table, "block_pages")
    for one in found:
        if one.prefixlen < _WIDEST[one.version]:
            hint = f"state the addresses of the pages one by one, or ranges of at most /{_WIDEST[one.version]}"
            table.report("block_pages", "bad-value", f'"{one}" is too wide for the pages of a filter', hint)
    return found


def _some_time(text: str) -> Period:
    found = Period.parse(text)
    if found == Period():
        raise ValueError(text)
    return found


def _read_target(table: Table) -> TargetSettings:
    settings = table.get("settings", dict, {})
    target = TargetSettings(
        id=table.get("id", str, "", required=True),
        networks=table.texts("networks"),
        settings={str(k): str(v) for k, v in settings.items()},
        places=table.own_places(),
    )
    table.close()
    return target


def _read_accepted(table: Table) -> AcceptedBlindSpot:
    last_day = table.day("last_day")
    if last_day is None:
        table.report("last_day", "missing-key", "an accepted blind spot has a last day: nobody accepts one for ever")
    spot = AcceptedBlindSpot(
        what=table.get("what", str, "", required=True),
        owner=table.get("owner", str, "", required=True),
        reason=table.get("reason", str, "", required=True),
        last_day=last_day or date.min,
    )
    table.close()
    return spot


def _report_repeats(root: Table, name: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for index, found in enumerate(ids):
        if found in seen:
            Table({}, name, root.places, root.issues, index).report("id", "duplicate-id", f'"{found}" is there twice')
        seen.add(found)
