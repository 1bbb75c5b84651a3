# SPDX-License-Identifier: EUPL-1.2
"""Results of osquery and hosts of Fleet, beyond the cases on disk: above all what an absence proves, and what not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Reading, WatchList
from ordinance.model.time import Span
from ordinance.readers.osquery_log import OsqueryLog

from . import samples

ALL = "pack/Global/all-apps"
SETTINGS = SourceSettings("osquery", "osquery-log", ("*.log",), samples.BRUSSELS, all_apps=(ALL,))
WATCH = WatchList(families=frozenset({"tiktok"}), apps=samples.TIKTOK, separate_devices=frozenset({"tablet-002"}))
NOON = int(datetime(2023, 4, 3, 12, tzinfo=UTC).timestamp())
TIKTOK = {"name": "TikTok.app", "bundle_identifier": "com.zhiliaoapp.musically"}
SAFARI = {"name": "Safari.app", "bundle_identifier": "com.apple.Safari"}

IDS = {
    "ios": {"bundle_identifier": "com.zhiliaoapp.musically"},
    "ipados": {"bundle_identifier": "com.zhiliaoapp.musically"},
    "android": {"application_id": "com.zhiliaoapp.musically"},
}


def line(device: str, at: int = NOON, name: str = ALL, **more: Any) -> dict[str, Any]:
    """A line of a result log."""
    return {"name": name, "hostIdentifier": device, "unixTime": at, "epoch": 0, "counter": 1, **more}


def snapshot(device: str, *rows: Any, at: int = NOON, name: str = ALL) -> dict[str, Any]:
    """The whole result of a query."""
    return line(device, at, name, action="snapshot", snapshot=list(rows))


def event(device: str, action: str, row: Any, at: int = NOON) -> dict[str, Any]:
    """One row of a result."""
    return line(device, at, action=action, columns=row)


def host(device: str, platform: str, *software: Any) -> dict[str, Any]:
    """A host as Fleet has it."""
    stated: dict[str, Any] = {"hostname": device, "platform": platform, "software_updated_at": "2023-04-03T12:00:00Z"}
    stated["mdm"] = {"enrollment_status": "On (company-owned)"}
    return {"host": {**stated, "software": list(software)}}


def read(folder: Path, *documents: Any, stated: SourceSettings = SETTINGS, window: Span | None = None) -> Reading:
    """Read these documents as one log."""
    (folder / "osqueryd.results.log").write_text("".join(json.dumps(d) + "\n" for d in documents), "utf-8")
    return OsqueryLog().read(stated, folder, WATCH, samples.MATCHERS, window)


def listed(reading: Reading) -> list[str]:
    """Devices that snapshots list."""
    return sorted(device for s in reading.snapshots for device in s.devices)


def test_only_a_query_that_is_named_lists_a_device(tmp_path: Path) -> None:
    """What another query asked for is not in the log: it may have asked for one app."""
    assert listed(read(tmp_path, snapshot("mac-1", SAFARI))) == ["mac-1"]
    assert not listed(read(tmp_path, snapshot("mac-1", SAFARI, name="pack/Global/browsers")))
    assert not listed(read(tmp_path, snapshot("mac-1", SAFARI), stated=replace(SETTINGS, all_apps=())))


@pytest.mark.parametrize(
    "row",
    [
        {"name": "Something"},
        {"name": "TikTok", "source": "apps"},
        {"name": "7-Zip", "publisher": "Igor Pavlov"},
        {"name": "7-Zip", "source": "programs", "bundle_identifier": ""},
        {"name": "p7zip", "source": "deb_packages"},
        {"name": "p7zip", "source": "something new"},
        7,
    ],
)
def test_a_row_that_tells_too_little_lists_nobody(row: Any, tmp_path: Path) -> None:
    """Apps without ids, programs, packages and rows of unknown tables leave apps out of sight."""
    assert not listed(read(tmp_path, snapshot("mac-1", SAFARI, row)))


def test_an_empty_result_lists_nobody(tmp_path: Path) -> None:
    """No computer is without apps: the table was not there, or the query failed."""
    reading = read(tmp_path, snapshot("mac-1"))
    assert not listed(reading) and reading.account.structural == 1


def test_snapshots_as_events_and_changes_list_nobody(tmp_path: Path) -> None:
    """A row alone does not say that it is the last one; what is seen in it is seen."""
    for action in ("snapshot", "added"):
        reading = read(tmp_path, event("mac-1", action, TIKTOK), event("mac-1", action, SAFARI))
        assert [i.device for i in reading.installed] == ["mac-1"] and not listed(reading)


def test_what_was_removed_is_no_app_on_the_device(tmp_path: Path) -> None:
    """Neither as an event nor in a batch; an update is both, and the app is there."""
    assert not read(tmp_path, event("mac-1", "removed", TIKTOK)).installed
    batch = line("mac-1", diffResults={"removed": [TIKTOK], "added": ""})
    reading = read(tmp_path, batch)
    assert not reading.installed and reading.account.dropped == 1
    batch["diffResults"]["added"] = [TIKTOK]
    assert len(read(tmp_path, batch).installed) == 1


def test_each_day_of_a_log_has_its_own_list(tmp_path: Path) -> None:
    """A log that grows for weeks shows each day on which a device was listed, and yesterday's app as yesterday's."""
    reading = read(tmp_path, snapshot("mac-1", TIKTOK), snapshot("mac-1", SAFARI, at=NOON + 86_400))
    assert [s.taken.day for s in reading.snapshots] == [3, 4]
    assert [i.seen.day for i in reading.installed] == [3]


def test_a_line_that_cannot_be_read_is_doubt_on_every_day(tmp_path: Path) -> None:
    """Where its device can be told that one is not listed; where not, nothing in the file proves an absence."""
    days = [snapshot(device, SAFARI, at=NOON + n * 86_400) for n in (0, 1) for device in ("mac-1", "mac-2")]
    assert listed(read(tmp_path, *days, snapshot("mac-1", 7))) == ["mac-2", "mac-2"]
    reading = read(tmp_path, *days, {"severity": 2})
    assert len(reading.snapshots) == 2 and not any(s.complete for s in reading.snapshots)


@pytest.mark.parametrize(
    ("platform", "is_listed"),
    [("darwin", True), ("ios", True), ("ipados", True), ("android", True), ("windows", False), ("ubuntu", False)],
)
def test_fleet_lists_all_apps_of_some_platforms(platform: str, is_listed: bool, tmp_path: Path) -> None:
    """Not of Windows, where apps of the Store are no programs, nor of Linux, where snaps are no packages."""
    entry = {"name": "Safari.app", "source": "apps", "bundle_identifier": "com.apple.Safari"}
    assert listed(read(tmp_path, host("host-1", platform, entry))) == (["host-1"] if is_listed else [])


@pytest.mark.parametrize("platform", ["ios", "ipados", "android"])
@pytest.mark.parametrize(
    ("mdm", "is_listed"),
    [
        ({"enrollment_status": "On (company-owned)"}, True),
        ({"enrollment_status": "On (automatic)"}, True),
        ({"enrollment_status": "On (manual)"}, False),
        ({"enrollment_status": "On (personal)"}, False),
        ({"enrollment_status": "On (manual - personal)"}, False),
        ({"enrollment_status": None}, False),
        ({}, False),
        (None, False),
    ],
)
def test_of_a_private_phone_fleet_lists_a_part(platform: str, mdm: Any, is_listed: bool, tmp_path: Path) -> None:
    """Of a work profile, or of managed apps: what is not among them may still be on the device, and what is, is."""
    found = host("host-1", platform, {"name": "TikTok", "source": f"{platform}_apps", **IDS[platform]})
    found["host"]["mdm"] = mdm
    reading = read(tmp_path, found)
    assert listed(reading) == (["host-1"] if is_listed else []) and len(reading.installed) == 1


def test_a_mac_is_listed_by_fleets_agent_whoever_owns_it(tmp_path: Path) -> None:
    """The agent looks itself, and no management tells it what it may see."""
    found = host("mac-1", "darwin", {**SAFARI, "source": "apps"})
    del found["host"]["mdm"]
    assert listed(read(tmp_path, found)) == ["mac-1"]


def test_a_host_that_was_exported_without_software_is_no_empty_one(tmp_path: Path) -> None:
    """`populate_software` was not asked for: a reject, and the host is not listed."""
    without = host("mac-1", "darwin")
    without["host"]["software"] = None
    assert [r.reason for r in read(tmp_path, without).account.rejects] == ["no-software-list"]


def test_libraries_and_extensions_are_no_apps(tmp_path: Path) -> None:
    """What is called like an app is not the app, and does not count among the other apps of a separate device."""
    parts = [{"name": "TikTok", "source": s} for s in ("npm_packages", "python_packages", "chrome_extensions")]
    reading = read(tmp_path, host("tablet-002", "ipados", *parts, {**SAFARI, "source": "ipados_apps"}))
    assert not reading.installed and reading.account.dropped == 4
    assert [dict(s.other_apps) for s in reading.snapshots] == [{"tablet-002": 1}]


def test_a_bundle_id_decides_whatever_an_app_is_called(tmp_path: Path) -> None:
    """Only an app that states an empty one is known by its name, without .app."""
    rows = [{**TIKTOK, "bundle_identifier": "org.example.wallpaper"}, {**SAFARI, "bundle_identifier": ""}]
    assert not read(tmp_path, snapshot("mac-1", *rows)).installed
    reading = read(tmp_path, snapshot("mac-1", {**TIKTOK, "bundle_identifier": ""}))
    assert [i.identifier.kind.value for i in reading.installed] == ["display_name"]


@pytest.mark.parametrize("at", [NOON, str(NOON)])
def test_time_is_a_number_or_was_a_text(at: Any, tmp_path: Path) -> None:
    """Versions of osquery differ."""
    assert [i.seen for i in read(tmp_path, event("mac-1", "added", TIKTOK, at)).installed] == [
        datetime(2023, 4, 3, 12, tzinfo=UTC)
    ]


@pytest.mark.parametrize("at", [True, 1.5, "1.5", "²", "-1", "9" * 5_000, None, [NOON], 10**30])
def test_what_is_no_time_is_a_reject(at: Any, tmp_path: Path) -> None:
    """And never an error of ours."""
    reading = read(tmp_path, event("mac-1", "added", TIKTOK, at))
    assert [r.reason for r in reading.account.rejects] == ["bad-seen"] and not reading.installed


def test_the_window_holds_for_every_day(tmp_path: Path) -> None:
    """Days outside give counts and nothing else."""
    lines = [snapshot("mac-1", TIKTOK, at=NOON + n * 86_400) for n in range(3)]
    window = Span(datetime(2023, 4, 4, tzinfo=UTC), datetime(2023, 4, 5, tzinfo=UTC))
    reading = read(tmp_path, *lines, window=window)
    assert (reading.account.kept, reading.account.dropped, len(reading.snapshots)) == (1, 2, 1)


def test_two_hosts_of_one_name_name_nobody(tmp_path: Path) -> None:
    """Told apart by a decoration of results, or by what Fleet states; the same host twice is one."""
    def of(uuid: str, *rows: Any) -> dict[str, Any]:
        return {**snapshot("mac-1", *rows), "decorations": {"host_uuid": uuid}}

    twins = read(tmp_path, of("A", TIKTOK), of("B", SAFARI))
    assert (twins.installed, listed(twins)) == ((), [])
    assert [r.reason for r in twins.account.rejects] == ["same-name"]
    assert [i.device for i in read(tmp_path, of("A", TIKTOK), of("A", SAFARI)).installed] == ["mac-1"]
    fleet = [host("mac-1", "darwin", *software) for software in ([TIKTOK | {"source": "apps"}], [])]
    for uuid, each in zip("AB", fleet, strict=True):
        each["host"]["uuid"] = uuid
    assert read(tmp_path, *fleet).installed == ()
