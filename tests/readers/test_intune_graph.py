# SPDX-License-Identifier: EUPL-1.2
"""Answers of Microsoft Graph about detected apps, beyond the cases on disk."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ordinance.model.body import SourceSettings
from ordinance.model.errors import SourceError
from ordinance.model.evidence import Reading, WatchList
from ordinance.readers.intune_graph import IntuneGraph

from . import samples

SETTINGS = SourceSettings("intune", "intune-graph", ("*.json",), samples.BRUSSELS)
WATCH = WatchList(families=frozenset({"tiktok"}), apps=samples.TIKTOK)
TIKTOK = {"id": "a1", "displayName": "TikTok", "deviceCount": 1, "publisher": ""}
OTHER = {"id": "a2", "displayName": "Chrome", "deviceCount": 1, "publisher": ""}
METADATA = "https://graph.microsoft.com/beta/$metadata#deviceManagement/"


def device(number: int = 1, **more: Any) -> dict[str, Any]:
    """A phone of the body's with one app, as Graph gives it."""
    return {
        "id": f"d{number}",
        "deviceName": f"phone-{number}",
        "serialNumber": f"S{number}",
        "managedDeviceOwnerType": "company",
        "operatingSystem": "iOS",
        "osVersion": "16.4",
        "lastSyncDateTime": "2023-04-03T04:00:00Z",
        "detectedApps": [OTHER],
        **more,
    }


def read(
    folder: Path, *documents: Any, stated: SourceSettings = SETTINGS, watch: WatchList = WATCH
) -> Reading:
    """Read these answers as one export."""
    name = "export-2023-04-03.json"
    (folder / name).write_text("\n".join(json.dumps(d, indent=1) for d in documents), "utf-8")
    return IntuneGraph().read(stated, folder, watch, samples.MATCHERS)


def listed(reading: Reading) -> dict[str, bool]:
    """Whether each device in a snapshot is listed completely."""
    return {name: s.complete for s in reading.snapshots for name in s.devices}


@pytest.mark.parametrize(
    ("more", "is_whole"),
    [
        ({}, True),
        ({"operatingSystem": "iPadOS"}, True),
        ({"operatingSystem": "macOS"}, True),
        ({"operatingSystem": "Windows", "osVersion": "10.0.19045.2728"}, True),
        ({"operatingSystem": "Windows", "osVersion": "6.3.9600"}, False),
        ({"operatingSystem": "Windows", "osVersion": None}, False),
        ({"operatingSystem": "Android"}, False),
        ({"operatingSystem": "AndroidEnterprise"}, False),
        ({"operatingSystem": None}, False),
        ({"managedDeviceOwnerType": "personal"}, False),
        ({"managedDeviceOwnerType": "unknown"}, False),
        ({"managedDeviceOwnerType": None}, False),
        ({"lastSyncDateTime": None}, False),
        ({"detectedApps": []}, False),
        ({"detectedApps": None}, False),
        ({"detectedApps@odata.nextLink": "https://graph.microsoft.com/beta/more"}, False),
    ],
)
def test_a_device_is_listed_completely_only_where_intune_collects_every_app(
    more: dict[str, Any], is_whole: bool, tmp_path: Path
) -> None:
    """The body's own, a system whose apps are all collected, apps that are there, and no page that is missing."""
    assert listed(read(tmp_path, device(**more))) == {"phone-1": is_whole}


def test_the_page_that_was_missing_makes_a_device_whole(tmp_path: Path) -> None:
    """Pages behind each other are followed; without the last one the device is listed in part."""
    page = {"@odata.context": f"{METADATA}managedDevices('d1')/detectedApps", "value": [TIKTOK]}
    first = device(**{"detectedApps@odata.nextLink": "https://graph.microsoft.com/beta/more"})
    more = {**page, "@odata.nextLink": "https://graph.microsoft.com/beta/even-more"}
    assert listed(read(tmp_path, first, page)) == {"phone-1": True}
    assert listed(read(tmp_path, first, more)) == {"phone-1": False}
    assert read(tmp_path, first, more, page).account.kept == 1


@pytest.mark.parametrize("form", ["expanded", "behind the list"])
def test_a_list_of_an_apps_devices_shows_nobody_clean(form: str, tmp_path: Path) -> None:
    """Whether it was asked for all apps nobody can see: what is not there proves nothing."""
    plain = device(detectedApps=None)
    if form == "expanded":
        answers: list[Any] = [{"value": [{**TIKTOK, "managedDevices": [plain]}]}]
    else:
        context = f"{METADATA}detectedApps('a1')/managedDevices"
        answers = [{"value": [TIKTOK, OTHER]}, {"@odata.context": context, "value": [plain]}]
    devices = {"value": [plain, device(2, detectedApps=None)]}
    reading = read(tmp_path, devices, *answers)
    assert [i.device for i in reading.installed] == ["phone-1"]
    assert listed(reading) == {"phone-1": False, "phone-2": False}


def test_what_has_no_display_name_could_not_have_been_seen(tmp_path: Path) -> None:
    """Every list of Intune's says that it tells apps by names alone, also where one is called by its family name."""
    store = {"displayName": "BytedancePte.Ltd.TikTok_6yccndn6064se"}
    for apps in ([TIKTOK], [store], [TIKTOK, store]):
        reading = read(tmp_path, device(detectedApps=apps))
        assert [s.names_only for s in reading.snapshots] == [True] and listed(reading) == {"phone-1": True}


def test_fewer_devices_than_an_app_counts_are_said(tmp_path: Path) -> None:
    """A watched app is on devices that are not listed: a reject. Of another app nobody need know."""
    short = [{**app, "deviceCount": 2, "managedDevices": [device(detectedApps=None)]} for app in (OTHER, TIKTOK)]
    account = read(tmp_path, {"value": short}).account
    assert [(r.line, r.reason) for r in account.rejects] == [(3, "devices-not-listed")]
    short[1]["deviceCount"] = 1
    assert read(tmp_path, {"value": short}).account.rejected == 0


def test_devices_are_named_as_the_settings_say(tmp_path: Path) -> None:
    """By name, serial number or id; another key, or a preset, is refused and the known ones are said."""
    for key, name in (("deviceName", "phone-1"), ("serialNumber", "S1"), ("id", "d1")):
        stated = replace(SETTINGS, columns={"device": key})
        assert listed(read(tmp_path, device(), stated=stated)) == {name: True}
    for changed, issue in (
        (replace(SETTINGS, columns={"device": "userPrincipalName"}), "unknown-column"),
        (replace(SETTINGS, columns={"app_id": "id"}), "unknown-column"),
        (replace(SETTINGS, preset="intune"), "unknown-preset"),
    ):
        with pytest.raises(SourceError) as caught:
            read(tmp_path, device(), stated=changed)
        assert [i.id for i in caught.value.issues] == [issue]


def test_two_devices_of_one_name_name_nobody(tmp_path: Path) -> None:
    """Neither accused nor shown clean; by their serial numbers they are two, and enrolled again one."""
    twins = device(1, detectedApps=[TIKTOK]), device(2, deviceName="phone-1")
    reading = read(tmp_path, *twins)
    assert (reading.installed, listed(reading)) == ((), {})
    assert [r.reason for r in reading.account.rejects] == ["same-name"]
    stated = replace(SETTINGS, columns={"device": "serialNumber"})
    assert [i.device for i in read(tmp_path, *twins, stated=stated).installed] == ["S1"]
    again = device(1, id="d9", detectedApps=[TIKTOK])
    assert [i.device for i in read(tmp_path, device(), again).installed] == ["phone-1"]


def test_an_error_in_place_of_an_answer_leaves_the_file_in_doubt(tmp_path: Path) -> None:
    """Whose apps the answer would have listed nobody knows."""
    error = {"error": {"code": "ServiceUnavailable", "message": "TikTok"}}
    reading = read(tmp_path, device(), error)
    assert [r.reason for r in reading.account.rejects] == ["not-an-inventory"]
    assert listed(reading) == {"phone-1": False} and "TikTok" not in repr(reading)


def test_a_copy_is_counted_entry_by_entry(tmp_path: Path) -> None:
    """Equal bytes under another name add duplicates and nothing else, packed or not."""
    once = read(tmp_path, device(detectedApps=[TIKTOK, OTHER]), 17)
    (tmp_path / "zz-copy.json").write_bytes((tmp_path / "export-2023-04-03.json").read_bytes())
    twice = IntuneGraph().read(SETTINGS, tmp_path, WATCH, samples.MATCHERS)
    assert (twice.account.duplicate, twice.account.kept) == (once.account.records, once.account.kept) == (3, 1)
    (tmp_path / "zz-copy.json").unlink()
    packed = (tmp_path / "export-2023-04-03.json").read_bytes()
    (tmp_path / "export-2023-04-03.json").write_bytes(gzip.compress(packed))
    again = IntuneGraph().read(SETTINGS, tmp_path, WATCH, samples.MATCHERS)
    assert samples.as_data(again) == samples.as_data(once)


def test_a_sample_cut_anywhere_raises_nothing_and_shows_nobody_clean(tmp_path: Path) -> None:
    """Of every beginning of an export no more is kept than of the whole, and a cut file is one reject."""
    whole = json.dumps({"value": [device(detectedApps=[OTHER, TIKTOK]), device(2)]}).encode()
    for length in range(1, len(whole)):
        (tmp_path / "export-2023-04-03.json").write_bytes(whole[:length])
        reading = IntuneGraph().read(SETTINGS, tmp_path, WATCH, samples.MATCHERS)
        assert [(r.line, r.reason) for r in reading.account.rejects] == [(1, "bad-json")]
        assert not (reading.installed or reading.snapshots)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"value": ' + b"[" * 100_000,
        b'{"detectedApps": [{"displayName": "\\ud800"}], "deviceName": "\\ud800"}',
        b'{"deviceName": "x", "lastSyncDateTime": "9999-12-31T23:59:59-14:00", "detectedApps": [[], null, 1e999]}',
        b'{"deviceName": "x", "detectedApps": [{"displayName": "\\u202eTikTok\\u0000"}]}',
        b'{"deviceName": "x", "deviceName": "y", "detectedApps": NaN}',
        b'{"displayName": "TikTok", "deviceCount": ' + b"9" * 4_000 + b', "managedDevices": [{"deviceName": {}}]}',
        b'{"@odata.context": "#deviceManagement/managedDevices(\'' + b"x" * 100_000 + b'\')", "value": [1]}',
    ],
    ids=range(7),
)
def test_hostile_answers_are_accounted_for(raw: bytes, tmp_path: Path) -> None:
    """Depth, lone surrogates, huge numbers, direction marks and doubled keys raise nothing and keep nothing."""
    (tmp_path / "export-2023-04-03.json").write_bytes(raw)
    reading = IntuneGraph().read(SETTINGS, tmp_path, WATCH, samples.MATCHERS)
    assert reading.account.records >= 1 and not reading.installed
    assert repr(reading).encode()


def test_a_later_list_without_apps_makes_no_older_list_of_apps_fresh(tmp_path: Path) -> None:
    """The apps are those of Monday; that the device was there on Friday says nothing of what is on it."""
    friday = device(lastSyncDateTime="2023-04-07T04:00:00Z", detectedApps=None)
    assert listed(read(tmp_path, device(), friday)) == {"phone-1": False}
    assert listed(read(tmp_path, friday, device())) == {"phone-1": False}
    assert listed(read(tmp_path, device(), device(detectedApps=None))) == {"phone-1": True}
