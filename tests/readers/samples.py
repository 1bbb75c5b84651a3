# SPDX-License-Identifier: EUPL-1.2
"""Cases on disk, and what the tests of readers share: a small catalogue, watch lists, readings as plain data.

A case is a folder `cases/<reader>/<name>/` with `case.json` (what it means, settings, what differs from
the usual watch list), the input files, and `expected.json`, written by a person from the input.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ordinance.match.names import NameMatcher
from ordinance.match.software import SoftwareMatcher
from ordinance.model.apps import Confidence, Identifier, Kind, Role
from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Reading, Snapshot, WatchList, Where
from ordinance.model.time import Period, Span
from ordinance.readers import BUILTIN, Matchers
from ordinance.readers._held import Held
from ordinance.readers._leases import LeaseIndex, LeasesOf

READERS = {kind.id: kind for kind in BUILTIN}  # installed packages are not asked for each of thousands of readings
CASES = Path(__file__).parent / "cases"
BRUSSELS = ZoneInfo("Europe/Brussels")


def _app(kind: Kind, value: str, family: str, role: Role | None = None, publisher: str = "") -> Identifier:
    return Identifier(kind, value, family, family, Confidence.HIGH, role, publisher)


IDENTIFIERS = (
    _app(Kind.DOMAIN, "tiktokv.com", "tiktok", Role.APP_ONLY),
    _app(Kind.DOMAIN, "tiktokcdn.com", "tiktok", Role.APP_ONLY),
    _app(Kind.DOMAIN, "tiktok.com", "tiktok", Role.WEB),
    _app(Kind.DOMAIN, "facebook.com", "meta", Role.WEB),
    _app(Kind.DOMAIN, "xn--bcher-kva.example", "buecher", Role.WEB),
    _app(Kind.PACKAGE_NAME, "com.zhiliaoapp.musically", "tiktok"),
    _app(Kind.BUNDLE_ID, "com.zhiliaoapp.musically", "tiktok"),
    _app(Kind.PACKAGE_FAMILY_NAME, "BytedancePte.Ltd.TikTok_6yccndn6064se", "tiktok"),
    _app(Kind.DISPLAY_NAME, "TikTok", "tiktok", publisher="TikTok Pte. Ltd."),
    _app(Kind.DISPLAY_NAME, "Bücher", "buecher"),
    _app(Kind.PACKAGE_NAME, "com.whatsapp", "meta"),
)
MATCHERS = Matchers(NameMatcher(IDENTIFIERS, frozenset({"akamaized.example"})), SoftwareMatcher(IDENTIFIERS))

USUAL_WATCH: Mapping[str, list[str]] = {
    "families": ["tiktok", "buecher"],
    "internal": ["stad.example"],
    "separate_macs": ["02:00:5e:00:53:02"],
    "separate_devices": ["tablet-002"],
}
TIKTOK = frozenset(f"{i.family}/{i.member}" for i in IDENTIFIERS if i.family == "tiktok")
NOTHING_WATCHED = WatchList(families=frozenset())


def case_folders(name: str = "*") -> list[Path]:
    """Folders of cases, as parameters."""
    return sorted(p.parent for p in CASES.glob(f"*/{name}/case.json"))


def inputs(folder: Path) -> list[Path]:
    """The files of a case that its reader reads, also those in folders."""
    stated = {"case.json", "expected.json", "foreign.txt"}
    return sorted(p for p in folder.rglob("*") if p.is_file() and p.name not in stated)


def head_of(folder: Path) -> int:
    """How many lines of the case's file are its head."""
    return int(_stated(folder).get("head", 1))


def settings_of(folder: Path) -> SourceSettings:
    """The source's settings as the case has them; the zone is Brussels."""
    stated: dict[str, Any] = {**_stated(folder)["settings"]}
    stated["files"] = tuple(stated["files"])
    stated["all_apps"] = tuple(stated.get("all_apps", ()))
    if "lease" in stated:
        stated["lease"] = Period.parse(stated["lease"])
    return SourceSettings(id="source", reader=folder.parent.name, zone=BRUSSELS, **stated)


def watch_of(folder: Path) -> WatchList:
    """The usual watch list with what the case changes."""
    stated = {**USUAL_WATCH, **_stated(folder).get("watch", {})}
    apps = {f"{i.family}/{i.member}" for i in IDENTIFIERS if i.family in stated["families"]}
    return WatchList(apps=frozenset(apps), **{name: frozenset(values) for name, values in stated.items()})


def read(
    folder: Path, root: Path | None = None, watch: WatchList | None = None, window: Span | None = None
) -> Reading:
    """Read a case, or the same source with other files under `root`."""
    settings = settings_of(folder)
    watch = watch_of(folder) if watch is None else watch
    leases = leases_of(folder)
    return READERS[folder.parent.name]().read(settings, root or folder, watch, MATCHERS, window, leases)


def leases_of(folder: Path) -> LeasesOf | None:
    """The leases that the case states, as a source of leases would have them: address, device, start, end."""
    stated = _stated(folder).get("leases")
    if stated is None:
        return None
    index = LeaseIndex(BRUSSELS)
    for address, mac, start, end in stated:
        span = (int(datetime.fromisoformat(t).timestamp()) for t in (start, end))
        index.grant(address, Held(*span, mac, Where("leases", "stated", 1)))
    index.close()
    return LeasesOf("source", [index])


@lru_cache(maxsize=256)
def _stated(folder: Path) -> dict[str, Any]:
    stated: dict[str, Any] = json.loads((folder / "case.json").read_text("utf-8"))
    return stated


def as_data(reading: Reading) -> dict[str, Any]:
    """A reading in the form of `expected.json`; what is empty is left out."""
    account = reading.account
    counts = ("records", "kept", "dropped", "duplicate", "structural", "rejected")
    data = {
        "account": {name: getattr(account, name) for name in counts},
        "names": [
            [
                *(_z(n.at), n.address, n.name, _family(n.identifier), n.answered.value, n.where.file, n.where.line),
                *(["contacted"] if n.contacted else []),
            ]
            for n in reading.names
        ],
        "leases": [[x.address, x.mac, _z(x.start), _z(x.end), x.where.line] for x in reading.leases],
        "installed": [
            [i.device, i.identifier.family, i.identifier.kind.value, _z(i.seen), i.where.file, i.where.line]
            for i in reading.installed
        ],
        "snapshots": [
            [s.file, _z(s.taken), sorted(s.devices), dict(s.other_apps), *_kind_of(s)]
            for s in reading.snapshots
        ],
        "hours": [_z(hour) for hour in sorted(reading.hours)],
        "days": [day.isoformat() for day in sorted(reading.days)],
        "rejects": [[r.file, r.line, r.reason] for r in account.rejects],
    }
    return {name: value for name, value in data.items() if value}


def _kind_of(snapshot: Snapshot) -> list[str]:
    """What its silence does not prove; nothing for one that is whole and has ids of apps."""
    return [*([] if snapshot.complete else ["incomplete"]), *(["names only"] if snapshot.names_only else [])]


def _family(identifier: Identifier | None) -> str:
    return identifier.family if identifier else ""


def _z(instant: datetime) -> str:
    assert instant.utcoffset() is not None and not instant.utcoffset()
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def measured(case: Path, of: str, folders: Sequence[Path], timeout_s: int = 300) -> list[dict[str, Any]]:
    """What reading each folder as the case's files takes (`of` is `log` or `leases`), from a process of its own."""
    here = Path(__file__).parent
    run = subprocess.run(
        [sys.executable, "-m", f"{here.name}.measured", str(case), of, *map(str, folders)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(here.parent), *filter(None, sys.path)])},
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    told: list[dict[str, Any]] = json.loads(run.stdout)
    return told
