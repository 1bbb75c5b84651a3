# SPDX-License-Identifier: EUPL-1.2
"""Inventories of GLPI Agent, beyond the cases on disk."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Reading, WatchList
from ordinance.model.time import Span
from ordinance.readers.glpi_inventory import GlpiInventory, _family

from . import samples

SETTINGS = SourceSettings("glpi", "glpi-inventory", ("*.json",), samples.BRUSSELS)
WATCH = WatchList(families=frozenset({"tiktok"}), apps=samples.TIKTOK, separate_devices=frozenset({"tablet-002"}))
TIKTOK = {"from": "deb", "name": "TikTok", "publisher": "TikTok Pte. Ltd."}
OTHER = {"from": "deb", "name": "7-Zip", "publisher": "Igor Pavlov"}


def inventory(device: str, *softwares: Any, logdate: str = "2023-04-03 06:00:00", **more: Any) -> dict[str, Any]:
    """A document as the agent writes it, installed in 2019."""
    content = {"hardware": {"name": device}, "softwares": list(softwares), "versionclient": "GLPI-Agent_v1.4"}
    if logdate:
        content["accesslog"] = {"logdate": logdate}
    return {"deviceid": f"{device}-2019-01-07-09-12-44", "itemtype": "Computer", "content": content, **more}


def read(folder: Path, *documents: Any, name: str = "inv.json") -> Reading:
    """Read these documents as one file."""
    (folder / name).write_text("".join(json.dumps(d) + "\n" for d in documents), "utf-8")
    return GlpiInventory().read(SETTINGS, folder, WATCH, samples.MATCHERS)


@pytest.mark.parametrize(
    ("folder", "family"),
    [
        (r"C:\Program Files\WindowsApps\Example.App_1.0.5.0_neutral__6yccndn6064se", "Example.App_6yccndn6064se"),
        (r"D:\WindowsApps\Example.App_1.0.5.0_x64_split.scale-100_6yccndn6064se", "Example.App_6yccndn6064se"),
        ("C:/Windows/SystemApps/Example.App_6yccndn6064se/", "Example.App_6yccndn6064se"),
        (r"C:\Program Files\WindowsApps\Example.App_1.0.5.0_neutral__6yccndn6064", ""),
        (r"C:\Program Files\WindowsApps\Example.App_1.0.5.0_6yccndn6064se", ""),
        (r"C:\Program Files\WindowsApps\_6yccndn6064se", ""),
        (r"D:\Example_App", ""),
        ("\\", ""),
        ("", ""),
    ],
)
def test_the_folder_of_a_store_app_states_its_family(folder: str, family: str) -> None:
    """Name and publisher's id out of a full name or a family name; nothing else is one."""
    assert _family(folder) == family


def test_the_day_of_the_agents_installation_dates_nothing(tmp_path: Path) -> None:
    """Without `logdate` only the file's name says when a device was seen, never `deviceid`."""
    reading = read(tmp_path, inventory("pc-1", TIKTOK, logdate=""))
    assert [r.reason for r in reading.account.rejects] == ["no-snapshot-date"] and not reading.snapshots
    (tmp_path / "inv.json").unlink()
    reading = read(tmp_path, inventory("pc-1", TIKTOK, logdate=""), name="inv-2023-04-03.json")
    assert [s.taken.isoformat() for s in reading.snapshots] == ["2023-04-02T22:00:00+00:00"]


def test_a_partial_inventory_makes_nobody_clean(tmp_path: Path) -> None:
    """Beside a whole one in the same file it leaves its device in doubt; in a file of its own it takes nothing away."""
    whole, partial = inventory("pc-1", OTHER), inventory("pc-1", OTHER, partial=True)
    assert [s.devices for s in read(tmp_path, whole).snapshots] == [{"pc-1"}]
    assert not read(tmp_path, whole, partial).snapshots
    assert not read(tmp_path, partial).snapshots
    read(tmp_path, whole, name="a.json")
    assert [s.devices for s in read(tmp_path, partial).snapshots] == [{"pc-1"}]


def test_a_partial_inventory_still_shows_an_app(tmp_path: Path) -> None:
    """What is seen is seen."""
    reading = read(tmp_path, inventory("pc-1", TIKTOK, partial=True))
    assert [i.device for i in reading.installed] == ["pc-1"] and not reading.snapshots


def test_an_inventory_without_its_list_is_no_empty_one(tmp_path: Path) -> None:
    """Software that was left out by the agent's settings is a reject; an empty list is a device without apps."""
    without = inventory("pc-1")
    del without["content"]["softwares"]
    reading = read(tmp_path, without)
    assert [r.reason for r in reading.account.rejects] == ["no-software-list"] and not reading.snapshots
    reading = read(tmp_path, inventory("pc-1"))
    assert reading.account.structural == 1 and [s.devices for s in reading.snapshots] == [{"pc-1"}]


def test_a_bad_entry_leaves_its_device_alone_in_doubt(tmp_path: Path) -> None:
    """The neighbours in the file are as certain as before."""
    reading = read(tmp_path, inventory("pc-1", OTHER, 7), inventory("pc-2", OTHER))
    assert [(s.devices, s.complete) for s in reading.snapshots] == [({"pc-2"}, True)]


def test_windows_is_listed_where_store_and_users_were_looked_at(tmp_path: Path) -> None:
    """A program or Store app that shows it was looked for; without one of them an absence proves nothing."""
    machine = {"from": "registry", "name": "7-Zip", "publisher": "Igor Pavlov"}
    of_user = {**machine, "userid": "1004", "username": "an.peeters"}
    store = {"from": "uwp", "name": "Calculator", "folder": r"C:\Windows\SystemApps\Example.Calculator_6yccndn6064se"}
    for entries, is_listed in (([machine], 0), ([machine, store], 0), ([machine, of_user], 0), ([of_user, store], 1)):
        assert len(read(tmp_path, inventory("pc-1", *entries)).snapshots) == is_listed
    empty = inventory("pc-1")
    empty["content"]["operatingsystem"] = {"name": "Windows"}
    assert not read(tmp_path, empty).snapshots


def test_an_id_decides_whatever_an_app_is_called(tmp_path: Path) -> None:
    """A foreign package under a known name is foreign, the known one under any name is known."""
    foreign = {"from": "Android", "name": "TikTok", "comments": "org.example.wallpaper"}
    known = {"from": "Android", "name": "Wallpaper", "comments": "com.zhiliaoapp.musically"}
    reading = read(tmp_path, inventory("phone-1", foreign), inventory("phone-2", known))
    assert [(i.device, i.identifier.kind.value) for i in reading.installed] == [("phone-2", "package_name")]


def test_comments_are_a_package_name_on_android_alone(tmp_path: Path) -> None:
    """Elsewhere anybody may write anything there."""
    reading = read(tmp_path, inventory("pc-1", {**OTHER, "comments": "com.zhiliaoapp.musically"}))
    assert not reading.installed and reading.account.dropped == 1


def test_other_apps_of_a_separate_device_are_counted_once_each(tmp_path: Path) -> None:
    """By id, or by name where there is none; restricted ones not."""
    entries = [OTHER, {**OTHER, "version": "2"}, TIKTOK, {"from": "Android", "name": "X", "comments": "org.example.x"}]
    reading = read(tmp_path, inventory("tablet-002", *entries), inventory("pc-1", OTHER))
    assert [dict(s.other_apps) for s in reading.snapshots if s.other_apps] == [{"tablet-002": 2}]
    assert "7-Zip" not in repr(reading) and "org.example" not in repr(reading)


@pytest.mark.parametrize("itemtype", ["NetworkEquipment", "Printer"])
def test_a_switch_or_printer_is_no_device_with_apps(itemtype: str, tmp_path: Path) -> None:
    """It is one structural record and lists nobody."""
    document = {"deviceid": "x", "itemtype": itemtype, "content": {"versionclient": "GLPI-Agent_v1.4"}}
    reading = read(tmp_path, document)
    assert reading.account.structural == reading.account.records == 1 and not reading.snapshots


def test_the_real_sample_has_the_published_shape() -> None:
    """Keys and types of inventory.schema.json, as far as the sample goes; the schema allows no others there."""
    text = dict.fromkeys(("arch", "comments", "folder", "from", "guid", "name", "publisher"), str)
    text |= dict.fromkeys(("userid", "username", "version"), str)
    software = {**text, "install_date": str, "system_category": str, "no_remove": bool, "filesize": int}
    shape: dict[str, Any] = {
        "action": str,
        "deviceid": str,
        "itemtype": str,
        "partial": bool,
        "content": {
            "accesslog": {"logdate": str},
            "hardware": {"name": str, "uuid": str, "memory": int},
            "network_device": {"name": str, "type": str},
            "operatingsystem": {"name": str, "full_name": str},
            "softwares": [software],
            "versionclient": str,
        },
    }
    lines = (samples.CASES / "glpi-inventory" / "real" / "inventories.json").read_text("utf-8")
    at, found = 0, []
    while at < len(lines):
        document, at = json.JSONDecoder().raw_decode(lines, at)
        found.append(document)
        at += 1
    assert len(found) == 7 and all(_has_shape(document, shape) for document in found)
    assert all({"content", "deviceid"} <= d.keys() and "versionclient" in d["content"] for d in found)
    assert all("name" in s for d in found for s in d["content"].get("softwares", []))


def _has_shape(value: Any, shape: Any) -> bool:
    if isinstance(shape, dict):
        return isinstance(value, dict) and all(k in shape and _has_shape(v, shape[k]) for k, v in value.items())
    if isinstance(shape, list):
        return isinstance(value, list) and all(_has_shape(v, shape[0]) for v in value)
    return type(value) is shape


def machine(device: str, uuid: str, *softwares: Any, logdate: str = "2023-04-03 06:00:00") -> dict[str, Any]:
    """An inventory that states the computer's UUID."""
    document = inventory(device, *softwares, logdate=logdate)
    document["content"]["hardware"]["uuid"] = uuid
    return document


def test_two_computers_of_one_name_name_nobody(tmp_path: Path) -> None:
    """Each has a file of its own: neither is accused or shown clean, and what could have been kept is rejected."""
    read(tmp_path, machine("pc-7", "A", TIKTOK, OTHER), name="a.json")
    reading = read(tmp_path, machine("pc-7", "B", OTHER), machine("pc-8", "C", TIKTOK), name="b.json")
    assert [i.device for i in reading.installed] == ["pc-8"]
    assert {d for s in reading.snapshots for d in s.devices} == {"pc-8"}
    assert [(r.file, r.line, r.reason) for r in reading.account.rejects] == [("a.json", 1, "same-name")]
    account = reading.account
    assert (account.records, account.kept, account.dropped, account.rejected) == (4, 1, 2, 1)


def test_a_computer_replaced_before_the_window_is_one(tmp_path: Path) -> None:
    """What a name stood for before the window casts no doubt on it, and one without a UUID is as it was."""
    old, new = machine("pc-7", "A", OTHER, logdate="2022-04-03 06:00:00"), machine("pc-7", "B", TIKTOK)
    (tmp_path / "inv.json").write_text("".join(json.dumps(d) + "\n" for d in (old, new)), "utf-8")
    april = Span(datetime(2023, 4, 1, tzinfo=UTC), None)
    within = GlpiInventory().read(SETTINGS, tmp_path, WATCH, samples.MATCHERS, april)
    assert [i.device for i in within.installed] == ["pc-7"]
    assert [i.device for i in read(tmp_path, inventory("pc-7", TIKTOK), machine("pc-7", "B")).installed] == ["pc-7"]


def told(device: str, uuid: str, ssn: str, *softwares: Any, **more: Any) -> dict[str, Any]:
    """An inventory that states the computer's UUID and its serial number."""
    document = machine(device, uuid, *softwares, **more)
    document["content"]["bios"] = {"ssn": ssn}
    return document


OEM = "03000200-0400-0500-0006-000700080009"


@pytest.mark.parametrize(
    ("one", "other", "named"),
    [
        (("u1", "s1"), ("u1", ""), True),
        (("u1", "s1"), ("", "s1"), True),
        (("U1-ab", ""), ("u1-AB", ""), True),
        (("u1", ""), ("", "s1"), True),
        (("u1", "s1"), ("u1", "s2"), True),
        (("u1", "s1"), ("u2", "s1"), False),
        ((OEM, "s1"), (OEM, "s2"), False),
        (("", "To Be Filled By O.E.M."), ("", "s2"), True),
    ],
)
def test_like_is_compared_with_like(
    one: tuple[str, str], other: tuple[str, str], named: bool, tmp_path: Path
) -> None:
    """A record that states less is of the same device; what makers write in place of a number tells nothing."""
    documents = told("pc-7", *one, TIKTOK), told("pc-7", *other, OTHER, logdate="2023-04-04 06:00:00")
    assert [i.device for i in read(tmp_path, *documents).installed] == (["pc-7"] if named else [])


def test_a_twin_whose_list_cannot_be_read_is_a_twin(tmp_path: Path) -> None:
    """That there are two computers of the name is shown all the same."""
    twin = machine("pc-7", "B")
    del twin["content"]["softwares"]
    assert read(tmp_path, machine("pc-7", "A", TIKTOK), twin).installed == ()
    assert read(tmp_path, machine("pc-7", "A", TIKTOK), machine("pc-7", "B", logdate="when")).installed == ()
