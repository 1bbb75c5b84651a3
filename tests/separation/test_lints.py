# SPDX-License-Identifier: EUPL-1.2
"""Records that read well and do not fit the folder: each warning where it speaks, and none where it does not."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bodies import copy_body, reword
from ordinance.model.time import start_of
from ordinance.operations.workspace import open_workspace

SD_001 = "separate/sd-001.yaml"
IDS = {
    "record-of-no-device",
    "record-of-another-channel",
    "record-rests-on-nothing",
    "answer-counts-long",
    "answered-in-future",
    "separate-without-record",
}


OF_NO_DEVICE = [("record-of-another-channel", 6), ("record-of-no-device", 3), ("record-rests-on-nothing", 7)]


def found(folder: Path, day: str = "2024-12-16") -> list[tuple[str, str, int]]:
    """What is said of records, seen from a day."""
    at = start_of(date.fromisoformat(day), ZoneInfo("Europe/Tallinn"))
    workspace = open_workspace(folder, at, channels=True)
    return [(i.id, i.file, i.line) for i in workspace.issues if i.id in IDS]


def test_the_example_is_clean(tmp_path: Path) -> None:
    """Two devices, two records, one channel."""
    folder = copy_body("tallinn", tmp_path)
    assert found(folder) == []
    assert [r.device for r in open_workspace(folder, channels=True).records] == ["sd-001", "sd-002"]
    assert open_workspace(folder).records == ()  # whoever did not ask for them


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("device: sd-001", "device: sd-01", OF_NO_DEVICE),  # not in the estate
        ("device: sd-001", "device: tw-001", OF_NO_DEVICE),  # a computer of daily work
        ("[tallinn-tiktok]", "[tallinn-tictoc]", [("record-of-another-channel", 6)]),
        ("[channel-devices]", "[channel-device]", [("record-rests-on-nothing", 7)]),
        ("due: 2025-03-01", "due: 2026-03-01", [("answer-counts-long", 32)]),
        ("on: 2024-12-01\n", "on: 2024-12-17\n", [("answered-in-future", 12)]),
    ],
)
def test_each_speaks_at_its_line(tmp_path: Path, old: str, new: str, expected: list[tuple[str, int]]) -> None:
    """One word changed, and what no longer fits is said at its place."""
    folder = copy_body("tallinn", tmp_path)
    path = folder / SD_001
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    assert sorted((i, line) for i, file, line in found(folder) if file == SD_001) == expected


def test_a_channel_that_names_another_device_is_said(tmp_path: Path) -> None:
    """Two files that disagree about which device serves a channel."""
    folder = copy_body("tallinn", tmp_path)
    reword(folder / "channels" / "tallinn-tiktok.yaml", {"separate_device: sd-001": "separate_device: sd-002"})
    assert found(folder) == [("record-of-another-channel", SD_001, 6)]


def test_an_exemption_for_other_devices_is_said(tmp_path: Path) -> None:
    """The record names it, and it does not name the device."""
    folder = copy_body("tallinn", tmp_path)
    reword(folder / "exemptions" / "channel-devices.yaml", {"devices: [sd-001, sd-002]": "devices: [sd-002]"})
    assert ("record-rests-on-nothing", SD_001, 7) in found(folder)


def test_a_separate_device_without_a_record_is_said(tmp_path: Path) -> None:
    """At its row of devices.csv, and only from a day on which it is separate."""
    folder = copy_body("tallinn", tmp_path)
    (folder / SD_001).unlink()
    assert found(folder) == [("separate-without-record", "estate/devices.csv", 16)]
    assert ("separate-without-record", "estate/devices.csv", 16) not in found(folder, "2024-11-30")
    shutil.rmtree(folder / "separate")
    assert found(folder) == []  # a body that keeps no records yet; nobody is nagged
