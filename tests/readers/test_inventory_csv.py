# SPDX-License-Identifier: EUPL-1.2
"""Inventories as CSV, beyond the cases on disk."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ordinance.model.body import SourceSettings
from ordinance.model.errors import SourceError
from ordinance.model.evidence import Reading, WatchList
from ordinance.model.time import Span
from ordinance.readers.inventory_csv import InventoryCsv

from . import samples

SETTINGS = SourceSettings("inv", "inventory-csv", ("*.csv",), samples.BRUSSELS)
WATCH = WatchList(families=frozenset({"tiktok"}), apps=samples.TIKTOK, separate_devices=frozenset({"tablet-002"}))
HEADER = "device,app_id,app_name,publisher,platform,seen"


def read(
    folder: Path, text: str, stated: SourceSettings = SETTINGS, watch: WatchList = WATCH, name: str = "inv.csv"
) -> Reading:
    """Read this text as one export."""
    (folder / name).write_text(text, "utf-8")
    return InventoryCsv().read(stated, folder, watch, samples.MATCHERS)


@pytest.mark.parametrize(
    ("platform", "app_id", "kind"),
    [
        ("android", "com.zhiliaoapp.musically", "package_name"),
        ("AndroidForWork", "com.zhiliaoapp.musically", "package_name"),
        ("iOS", "com.zhiliaoapp.musically", "bundle_id"),
        ("iPadOS", "com.zhiliaoapp.musically", "bundle_id"),
        ("Windows", "BytedancePte.Ltd.TikTok_6yccndn6064se", "package_family_name"),
        ("", "BytedancePte.Ltd.TikTok_6yccndn6064se", "package_family_name"),
        ("HarmonyOS", "com.zhiliaoapp.musically", "package_name"),
        ("windows", "com.zhiliaoapp.musically", None),
        ("ios", "COM.zhiliaoapp.musically", None),
        ("android", "com.zhiliaoapp.musically.wallpaper", None),
    ],
)
def test_an_id_is_read_as_its_platform_says(platform: str, app_id: str, kind: str | None, tmp_path: Path) -> None:
    """On a platform we do not know, any kind of id may match: better found than lost."""
    reading = read(tmp_path, f"{HEADER}\nd,{app_id},TikTok,,{platform},2023-04-03\n")
    assert [i.identifier.kind.value for i in reading.installed] == ([kind] if kind else [])


def test_each_row_speaks_of_its_own_instant(tmp_path: Path) -> None:
    """A neighbour seen later makes nobody fresh; a row without an instant is as old as the oldest beside it."""
    rows = [f"d{n},com.zhiliaoapp.musically,,,android,{day}" for n, day in enumerate(["2023-04-02", "2022-11-01", ""])]
    reading = read(tmp_path, "\n".join([HEADER, *rows]), name="inv-2023-04-09.csv")
    spring, autumn = datetime(2023, 4, 1, 22, tzinfo=UTC), datetime(2022, 10, 31, 23, tzinfo=UTC)
    assert {i.device: i.seen for i in reading.installed} == {"d0": spring, "d1": autumn, "d2": autumn}
    assert [(s.taken, s.devices) for s in reading.snapshots] == [(autumn, {"d1", "d2"}), (spring, {"d0"})]


def test_old_rows_are_outside_the_window(tmp_path: Path) -> None:
    """A row from before the window is neither an app that is there nor a device that was listed."""
    text = "\n".join([HEADER, "old,com.zhiliaoapp.musically,,,android,2022-11-01", "new,,,,android,2023-04-02"])
    (tmp_path / "inv.csv").write_text(text + "\n", "utf-8")
    window = Span(datetime(2023, 4, 1, tzinfo=UTC), datetime(2023, 4, 9, tzinfo=UTC))
    reading = InventoryCsv().read(SETTINGS, tmp_path, WATCH, samples.MATCHERS, window)
    assert reading.installed == () and reading.account.dropped == 1
    assert [s.devices for s in reading.snapshots] == [{"new"}]


def test_a_file_that_broke_off_is_incomplete(tmp_path: Path) -> None:
    """What a cut archive shows counts; that it shows no more proves nothing."""
    text = "\n".join([HEADER, *(f"d{n},org.example.{n},,,android,2023-04-02" for n in range(4000))])
    packed = gzip.compress(text.encode())
    (tmp_path / "inv.csv.gz").write_bytes(packed[: len(packed) // 2])
    stated = replace(SETTINGS, files=("*.gz",))
    reading = InventoryCsv().read(stated, tmp_path, WATCH, samples.MATCHERS)
    assert "truncated-gzip" in {r.reason for r in reading.account.rejects}
    assert reading.snapshots and not any(s.complete for s in reading.snapshots)


def test_an_unreadable_row_costs_its_device_or_the_file(tmp_path: Path) -> None:
    """Where the device can be told only it is not listed; where it cannot, the whole file proves no absence."""
    told = read(tmp_path, "\n".join([HEADER, "a,x,,,android,2023-04-02", "b,x,,,android,soon"]), name="told.csv")
    assert [(s.devices, s.complete) for s in told.snapshots] == [({"a"}, True)]
    (tmp_path / "told.csv").unlink()
    untold = read(tmp_path, "\n".join([HEADER, "a,x,,,android,2023-04-02", "b"]), name="untold.csv")
    assert [(s.devices, s.complete) for s in untold.snapshots] == [({"a"}, False)]


def test_an_unchanged_export_of_another_day_is_another_snapshot(tmp_path: Path) -> None:
    """The same bytes a week later say that nothing changed; the same bytes of the same day say nothing new."""
    for name in ("inv-2023-04-03.csv", "inv-2023-04-10.csv", "copy-of-inv-2023-04-10.csv"):
        (tmp_path / name).write_text("Gerät,Id\nd,com.zhiliaoapp.musically\n", "utf-8")
    stated = replace(SETTINGS, columns={"device": "Gerät", "app_id": "Id"})
    reading = InventoryCsv().read(stated, tmp_path, WATCH, samples.MATCHERS)
    assert len({s.taken for s in reading.snapshots}) == len(reading.snapshots) == 2
    assert reading.account.duplicate == 2


@pytest.mark.parametrize("name", ["inv-2023-02-30.csv", "inv-12023-04-03.csv", "inv-2023-04-031.csv", "inv.csv"])
def test_a_name_without_a_day_dates_nothing(name: str, tmp_path: Path) -> None:
    """30 February and longer numbers are no days."""
    reading = read(tmp_path, "device,app_id\nd,com.zhiliaoapp.musically\n", name=name)
    assert [r.reason for r in reading.account.rejects] == ["no-snapshot-date"] and reading.snapshots == ()


def test_a_header_alone_is_no_inventory(tmp_path: Path) -> None:
    """An export that broke off after its header covers no device and no day."""
    reading = read(tmp_path, HEADER + "\n", name="inv-2023-04-03.csv")
    assert reading.snapshots == () and reading.days == frozenset()


def test_devices_of_rejected_rows_are_not_covered(tmp_path: Path) -> None:
    """A device whose only row cannot be read was not seen."""
    reading = read(tmp_path, f"{HEADER}\na,,,,,2023-04-03\nb,com.zhiliaoapp.musically,,,,never\n")
    assert [s.devices for s in reading.snapshots] == [frozenset({"a"})]


def test_other_apps_are_counted_for_separate_devices_only(tmp_path: Path) -> None:
    """Different apps once each, restricted ones not, and a separate device without others has zero."""
    rows = ["tablet-002,com.zhiliaoapp.musically", "phone-001,com.android.chrome"]
    reading = read(tmp_path, "\n".join(["device,app_id", *rows]), name="inv-2023-04-03.csv")
    assert [dict(s.other_apps) for s in reading.snapshots] == [{"tablet-002": 0}]
    rows += ["tablet-002,com.android.chrome", "tablet-002,com.android.chrome", "tablet-002,com.whatsapp"]
    reading = read(tmp_path, "\n".join(["device,app_id", *rows]), name="inv-2023-04-03.csv")
    assert [dict(s.other_apps) for s in reading.snapshots] == [{"tablet-002": 2}]
    assert "chrome" not in repr(reading) and "whatsapp" not in repr(reading)


def test_the_window_holds_for_the_snapshot(tmp_path: Path) -> None:
    """A snapshot outside the window gives counts and nothing else."""
    text = f"{HEADER}\nd,com.zhiliaoapp.musically,,,android,2023-04-03T12:00:00Z\n"
    (tmp_path / "inv.csv").write_text(text, "utf-8")
    for start, kept in ((3, 1), (4, 0)):
        window = Span(datetime(2023, 4, start, tzinfo=UTC), None)
        reading = InventoryCsv().read(SETTINGS, tmp_path, WATCH, samples.MATCHERS, window)
        assert (reading.account.kept, len(reading.installed), len(reading.snapshots)) == (kept, kept, kept)
        assert reading.account.dropped == 1 - kept


@pytest.mark.parametrize(
    ("changed", "issue"),
    [
        (replace(SETTINGS, preset="jamf"), "unknown-preset"),
        (replace(SETTINGS, columns={"devices": "Device"}), "unknown-column"),
    ],
)
def test_settings_that_name_nothing_known_are_refused(changed: SourceSettings, issue: str, tmp_path: Path) -> None:
    """The body's own file is wrong then, and says which words there are."""
    with pytest.raises(SourceError) as caught:
        read(tmp_path, HEADER, changed)
    assert [i.id for i in caught.value.issues] == [issue]
    assert caught.value.issues[0].hint.startswith("one of: ")


def test_a_mapping_goes_over_its_preset(tmp_path: Path) -> None:
    """With a preset named, the mapping changes only what it names."""
    stated = replace(SETTINGS, preset="intune", columns={"seen": "LastSeen"})
    text = "DeviceName,ApplicationName,ApplicationPublisher,LastSeen\nd,TikTok,,2023-04-03\n"
    assert read(tmp_path, text, stated).account.kept == 1
    assert read(tmp_path, text.replace("LastSeen", "Last"), stated).account.rejected == 1


@pytest.mark.parametrize(
    ("header", "row", "names_only"),
    [
        ("device,app_name,seen", "d,,2023-04-03", True),
        ("device,app_name,seen", "d,Mail,2023-04-03", True),
        ("device,app_id,app_name,seen", "d,,,2023-04-03", False),
        ("device,app_id,app_name,seen", "d,,Mail,2023-04-03", True),
        ("device,app_id,app_name,seen", "d,org.example.mail,Mail,2023-04-03", False),
        ("device,app_id,app_name,seen", "d,,Mail,2023-04-03\nd,org.example.mail,,2023-04-03", False),
    ],
)
def test_a_list_without_ids_says_so(header: str, row: str, names_only: bool, tmp_path: Path) -> None:
    """By its header where there is no place for them, else for each device by what its rows have."""
    reading = read(tmp_path, f"{header}\n{row}\n")
    assert [s.names_only for s in reading.snapshots] == [names_only]


def test_two_devices_of_one_name_name_nobody(tmp_path: Path) -> None:
    """Told apart by the column `device_id`, or by Intune's `DeviceId`; without one they cannot be."""
    row = "pc-7,com.zhiliaoapp.musically,TikTok,,android,2023-04-03"
    text = f"{HEADER},device_id\n{row},A\npc-7,org.example.maps,Maps,,android,2023-04-03,B\n"
    twins = read(tmp_path, text)
    assert (twins.installed, twins.snapshots) == ((), ())
    assert [(r.line, r.reason) for r in twins.account.rejects] == [(2, "same-name")]
    assert [i.device for i in read(tmp_path, text.replace(",B", ",A")).installed] == ["pc-7"]
    rows = "".join(f"pc-7,{app},X,Windows,{who}\n" for app, who in (("TikTok", "A"), ("Maps", "B")))
    exported = "DeviceName,ApplicationName,ApplicationPublisher,Platform,DeviceId\n" + rows
    stated = replace(SETTINGS, preset="intune")
    (tmp_path / "inv.csv").unlink()
    one = read(tmp_path, exported.replace(",B", ",A"), stated, name="inv-2023-04-03.csv")
    assert [sorted(s.devices) for s in one.snapshots] == [["pc-7"]]
    two = read(tmp_path, exported, stated, name="inv-2023-04-03.csv")
    assert (two.installed, two.snapshots) == ((), ())
