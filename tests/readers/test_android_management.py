# SPDX-License-Identifier: EUPL-1.2
"""Devices of the Android Management API, beyond the cases on disk and the promises of all readers of documents."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ordinance.match.names import NameMatcher
from ordinance.match.software import SoftwareMatcher
from ordinance.model.apps import Confidence, Identifier, Kind
from ordinance.model.body import SourceSettings
from ordinance.model.errors import SourceError
from ordinance.model.evidence import Reading, WatchList
from ordinance.readers import Matchers
from ordinance.readers.android_management import AndroidManagement

from . import samples

SETTINGS = SourceSettings("amapi", "android-management", ("*.json",), samples.BRUSSELS)
WATCH = WatchList(families=frozenset({"tiktok"}), apps=samples.TIKTOK, separate_devices=frozenset({"S2"}))
OWN, OTHERS = bytes(range(32)), bytes(32)
SIGNER = Identifier(Kind.SIGNER_SHA256, OWN.hex(), "tiktok", "tiktok", Confidence.HIGH)
MATCHERS = Matchers(NameMatcher(()), SoftwareMatcher((*samples.IDENTIFIERS, SIGNER)))


def app(package: str = "com.zhiliaoapp.musically", **more: Any) -> dict[str, Any]:
    """An app as a device reports it."""
    return {"packageName": package, "state": "INSTALLED", "displayName": "TikTok", **more}


def device(*apps: dict[str, Any], number: int = 1, **more: Any) -> dict[str, Any]:
    """A fully managed device of the body's."""
    return {
        "name": f"enterprises/E1/devices/D{number}",
        "managementMode": "DEVICE_OWNER",
        "ownership": "COMPANY_OWNED",
        "lastStatusReportTime": "2023-04-03T04:00:00.123Z",
        "hardwareInfo": {"serialNumber": f"S{number}", "enterpriseSpecificId": f"X{number}"},
        "applicationReports": list(apps),
        **more,
    }


def signed(*certificates: object) -> dict[str, Any]:
    """Certificates as the interface states them."""
    texts = [base64.b64encode(c).decode() if isinstance(c, bytes) else c for c in certificates]
    return {"signingKeyCerts": [{"signingKeyCertFingerprintSha256": text} for text in texts]}


def read(folder: Path, *documents: Any, stated: SourceSettings = SETTINGS, watch: WatchList = WATCH) -> Reading:
    """Read these documents as one file."""
    (folder / "devices-2023-04-03.json").write_text("\n".join(map(json.dumps, documents)), "utf-8")
    return AndroidManagement().read(stated, folder, watch, MATCHERS)


def listed(reading: Reading) -> dict[str, bool]:
    """Whether each device in a snapshot is listed completely."""
    return {name: s.complete for s in reading.snapshots for name in s.devices}


@pytest.mark.parametrize(
    ("more", "is_whole"),
    [
        ({}, True),
        ({"managementMode": "PROFILE_OWNER"}, False),
        ({"managementMode": "PROFILE_OWNER", "ownership": "PERSONALLY_OWNED"}, False),
        ({"managementMode": "MANAGEMENT_MODE_UNSPECIFIED"}, False),
        ({"managementMode": None}, False),
        ({"ownership": "PERSONALLY_OWNED"}, False),
        ({"ownership": "OWNERSHIP_UNSPECIFIED"}, False),
        ({"ownership": None}, False),
        ({"applicationReports": []}, False),
        ({"applicationReports": None}, False),
        ({"lastStatusReportTime": None}, False),
    ],
)
def test_a_device_is_listed_completely_only_where_all_of_it_is_managed(
    more: dict[str, Any], is_whole: bool, tmp_path: Path
) -> None:
    """A work profile reports its own apps alone; without a report, or the instant of it, nobody knows anything."""
    assert listed(read(tmp_path, device(app("org.example.a"), **more))) == {"S1": is_whole}


def test_an_app_in_a_work_profile_is_there(tmp_path: Path) -> None:
    """What such a device is shown to have counts, whoever owns it."""
    reading = read(tmp_path, device(app(), managementMode="PROFILE_OWNER", ownership="PERSONALLY_OWNED"))
    assert [i.device for i in reading.installed] == ["S1"]


def test_a_removed_app_is_not_there(tmp_path: Path) -> None:
    """It is no hit and no other app of a separate device, and the device is listed without it."""
    removed = app(state="REMOVED"), app("org.example.gone", state="REMOVED")
    reading = read(tmp_path, device(*removed, app("org.example.a"), number=2))
    assert reading.installed == () and reading.account.dropped == 3
    assert [(s.complete, dict(s.other_apps)) for s in reading.snapshots] == [(True, {"S2": 1})]


@pytest.mark.parametrize("state", ["APPLICATION_STATE_UNSPECIFIED", "", None, "installed", 7])
def test_a_watched_app_in_no_state_is_in_doubt(state: object, tmp_path: Path) -> None:
    """It is not said to be there, and the device does not look clean; of an unwatched one nobody need know."""
    reading = read(tmp_path, device(app("org.example.a"), app(state=state)))
    assert [(r.line, r.reason) for r in reading.account.rejects] == [(2, "no-app-state")]
    assert reading.installed == () and listed(reading) == {}
    assert listed(read(tmp_path, device(app("org.example.a", state=state)))) == {"S1": True}


@pytest.mark.parametrize(
    ("more", "is_kept"),
    [
        ({}, True),
        (signed(OWN), True),
        (signed(OTHERS), False),
        (signed(OTHERS, OTHERS), False),
        (signed(OTHERS, OWN), True),
        (signed(OTHERS, "no base64"), True),
        (signed("AAAA"), True),
        (signed(None), True),
        (signed(7), True),
        ({"signingKeyCerts": "AAAA"}, True),
        ({"signingKeyCerts": []}, True),
        ({"signingKeyCertFingerprints": ["00" * 20]}, True),
    ],
    ids=range(12),
)
def test_a_package_that_somebody_else_signed_accuses_nobody(
    more: dict[str, Any], is_kept: bool, tmp_path: Path
) -> None:
    """Nor does its device look clean. A certificate that cannot be read, or SHA-1 alone, is no other's signature."""
    reading = read(tmp_path, device(app(**more), app("org.example.a")))
    assert [i.device for i in reading.installed] == ["S1"] * is_kept
    assert [r.reason for r in reading.account.rejects] == ["other-signer"] * (not is_kept)
    assert listed(reading) == ({"S1": True} if is_kept else {})


def test_of_an_app_without_known_certificates_any_is_taken(tmp_path: Path) -> None:
    """The catalogue has no signer of it: who may have signed it nobody knows."""
    (tmp_path / "devices.json").write_text(json.dumps(device(app(**signed(OTHERS)))), "utf-8")
    assert AndroidManagement().read(SETTINGS, tmp_path, WATCH, samples.MATCHERS).account.kept == 1


def test_an_app_that_nobody_watches_is_dropped_whoever_signed_it(tmp_path: Path) -> None:
    """No reject tells that it was there."""
    nothing = WatchList(families=frozenset({"buecher"}), apps=frozenset({"buecher/buecher"}))
    account = read(tmp_path, device(app(**signed(OTHERS)), app(state=None)), watch=nothing).account
    assert (account.dropped, account.rejected) == (2, 0)


def test_an_app_without_a_package_name_may_be_any(tmp_path: Path) -> None:
    """The name that is shown is whatever its maker chose: no hit, and the device is not listed."""
    reading = read(tmp_path, device(app(""), app("org.example.a")), device(app("org.example.a"), number=2))
    assert [r.reason for r in reading.account.rejects] == ["no-app-name"]
    assert reading.installed == () and listed(reading) == {"S2": True}


def test_devices_are_named_as_the_settings_say(tmp_path: Path) -> None:
    """By serial number, the enterprise's own id, or the end of the resource's name; anything else is refused."""
    for key, name in (("serialNumber", "S1"), ("enterpriseSpecificId", "X1"), ("name", "D1")):
        stated = replace(SETTINGS, columns={"device": key})
        assert listed(read(tmp_path, device(app()), stated=stated)) == {name: True}
    for changed, issue in (
        (replace(SETTINGS, columns={"device": "userName"}), "unknown-column"),
        (replace(SETTINGS, columns={"app_id": "packageName"}), "unknown-column"),
        (replace(SETTINGS, preset="amapi"), "unknown-preset"),
    ):
        with pytest.raises(SourceError) as caught:
            read(tmp_path, device(), stated=changed)
        assert [i.id for i in caught.value.issues] == [issue]


@pytest.mark.parametrize("name", ["", "D1", "enterprises/E1/devices/", "enterprises/E1/devices/a b", None, 7])
def test_what_is_called_otherwise_is_no_device(name: object, tmp_path: Path) -> None:
    """Whose apps it lists nobody knows: nobody in the file looks clean."""
    reading = read(tmp_path, device(app(), name=name), device(app("org.example.a"), number=2))
    assert [r.reason for r in reading.account.rejects] == ["no-device"]
    assert listed(reading) == {"S2": False}


def test_the_newest_report_of_a_device_is_its_snapshot(tmp_path: Path) -> None:
    """Reports of several days in one file: each app at its own instant, the device at the last one."""
    old = device(app(), lastStatusReportTime="2023-04-01T04:00:00Z")
    reading = read(tmp_path, {"devices": [old]}, {"devices": [device(app("org.example.a"))]})
    assert [(i.seen.day, i.where.line) for i in reading.installed] == [(1, 1)]
    assert [s.taken.day for s in reading.snapshots] == [3]


def test_what_came_with_the_system_is_no_other_app(tmp_path: Path) -> None:
    """A clock of the factory and a browser updated since are on every device; what somebody put there counts."""
    more = (("SYSTEM_APP_FACTORY_VERSION", 0), ("SYSTEM_APP_UPDATED_VERSION", 0))
    for source, counted in (*more, ("INSTALLED_FROM_PLAY_STORE", 1), ("CUSTOM", 1), (None, 1)):
        told = {"applicationSource": source} if source else {}
        found = read(tmp_path, [device(app("org.example.clock", **told), number=2)])
        assert [dict(s.other_apps) for s in found.snapshots] == [{"S2": counted}], source
    whole = read(tmp_path, [device(app(applicationSource="SYSTEM_APP_FACTORY_VERSION"), number=2)])
    assert [i.device for i in whole.installed] == ["S2"]  # a restricted app is one, whoever put it there


def test_where_an_app_came_from_is_kept_for_separate_devices_alone(tmp_path: Path) -> None:
    """Sideloaded, from Google's store, with the system, or not said; of a device of daily work nothing of it."""
    told = ("APPLICATION_SOURCE_UNSPECIFIED", "INSTALLED_FROM_PLAY_STORE", "SYSTEM_APP_FACTORY_VERSION", None)
    for source, expected in zip(told, (False, True, None, None), strict=True):
        more = {"applicationSource": source} if source else {}
        found = read(tmp_path, [device(app(**more), number=2), device(app(**more), number=1)])
        assert {i.device: i.from_store for i in found.installed} == {"S2": expected, "S1": None}
