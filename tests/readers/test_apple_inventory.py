# SPDX-License-Identifier: EUPL-1.2
"""Answers of Apple devices, beyond the cases on disk and the promises of all readers."""

from __future__ import annotations

import gzip
import plistlib
import struct
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ordinance.model.body import SourceSettings
from ordinance.model.errors import SourceError
from ordinance.model.evidence import Reading, WatchList
from ordinance.readers._apart import ApartError
from ordinance.readers._plists import MOST_ITEMS, described, read_apart
from ordinance.readers.apple_inventory import MOST_BYTES, AppleInventory

from . import samples
from .promised import read_in_little_memory

SETTINGS = SourceSettings("apple", "apple-inventory", ("*.plist",), samples.BRUSSELS)
WATCH = WatchList(families=frozenset({"tiktok"}), apps=samples.TIKTOK)
TIKTOK = {"Identifier": "com.zhiliaoapp.musically", "Name": "TikTok"}
OTHER = {"Identifier": "com.apple.Pages", "Name": "Pages"}
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def answer(*items: object, device: str = "U1", **more: Any) -> dict[str, Any]:
    """What a device sends to its server."""
    said = {"UDID": device, "Status": "Acknowledged", "CommandUUID": "c1", "InstalledApplicationList": [*items]}
    return {**said, **more}


def request(command: str = "c1", **more: Any) -> dict[str, Any]:
    """What the server asked."""
    return {"CommandUUID": command, "Command": {"RequestType": "InstalledApplicationList", **more}}


def read(folder: Path, *files: object, stated: SourceSettings = SETTINGS, watch: WatchList = WATCH) -> Reading:
    """Read these files, given as bytes or as what a property list says."""
    for number, file in enumerate(files):
        content = file if isinstance(file, bytes) else plistlib.dumps(file)  # type: ignore[arg-type]  # any plist
        (folder / f"{number:05}-2023-04-03.plist").write_bytes(content)
    return AppleInventory().read(stated, folder, watch, samples.MATCHERS)


def listed(reading: Reading) -> dict[str, bool]:
    """Whether each device in a snapshot is listed completely."""
    return {name: s.complete for s in reading.snapshots for name in s.devices}


def reasons(reading: Reading) -> list[str]:
    """Why what was rejected was."""
    return [r.reason for r in reading.account.rejects]


def binary(value: object) -> bytes:
    """A property list in Apple's binary form."""
    return plistlib.dumps(value, fmt=plistlib.FMT_BINARY)  # type: ignore[arg-type]  # any plist


@pytest.mark.parametrize(
    ("asked", "is_whole"),
    [
        ([request()], True),
        ([request(ManagedAppsOnly=False)], True),
        ([request(Items=["Name"])], True),
        ([request(Identifiers=["com.apple.Pages", "com.zhiliaoapp.musically"])], True),
        ([request(), request()], True),
        ([], False),
        ([request("c2")], False),
        ([request("")], False),
        ([request(ManagedAppsOnly=True)], False),
        ([request(ManagedAppsOnly="no")], False),
        ([request(Identifiers=["com.apple.Pages"])], False),
        ([request(Identifiers=[])], False),
        ([request(Identifiers="com.zhiliaoapp.musically")], False),
        ([request(), request(Identifiers=[])], False),
        ([request(Identifiers=[]), request()], False),
        ([{"CommandUUID": "c1", "Command": {"RequestType": "ManagedApplicationList"}}], False),
    ],
)
def test_a_device_is_listed_completely_only_where_all_watched_apps_were_asked_for(
    asked: list[object], is_whole: bool, tmp_path: Path
) -> None:
    """An answer does not say what it answers: the request does, whichever file comes first."""
    for order in ([answer(OTHER), *asked], [*asked, answer(OTHER)]):
        assert listed(read(tmp_path, *order)) == {"U1": is_whole}


@pytest.mark.parametrize(
    ("more", "is_whole"),
    [
        ({}, True),
        ({"UDID": None, "EnrollmentID": "U1"}, False),
        ({"EnrollmentID": "E1"}, False),
        ({"EnrollmentID": 7}, False),
        ({"UserID": "someone"}, False),
        ({"EnrollmentUserID": "someone"}, False),
        ({"CommandUUID": None}, False),
        ({"CommandUUID": 7}, False),
        ({"InstalledApplicationList": []}, True),
        ({"InstalledApplicationList": [{"Name": "Example"}]}, False),
    ],
)
def test_a_part_of_a_device_is_not_the_device(more: dict[str, Any], is_whole: bool, tmp_path: Path) -> None:
    """User enrolment shows managed apps alone, a user of a Mac his own, and an app without an id may be any."""
    said = {key: value for key, value in {**answer(OTHER), **more}.items() if value is not None}
    assert listed(read(tmp_path, said, request())) == {"U1": is_whole}


def test_what_was_asked_for_grows_with_the_watch_list(tmp_path: Path) -> None:
    """Identifiers that were enough for one app are not for another as well; for none there is no snapshot."""
    files = answer(OTHER), request(Identifiers=["com.zhiliaoapp.musically"])
    assert listed(read(tmp_path, *files)) == {"U1": True}
    only_named = WatchList(families=frozenset({"buecher"}), apps=frozenset({"buecher/buecher"}))
    assert listed(read(tmp_path, *files, watch=only_named)) == {"U1": False}
    assert listed(read(tmp_path, *files, watch=samples.NOTHING_WATCHED)) == {}


@pytest.mark.parametrize(
    ("flags", "is_kept"),
    [
        ({}, True),
        ({"Installing": False, "DownloadFailed": False}, True),
        ({"Installing": True}, False),
        ({"DownloadWaiting": True}, False),
        ({"DownloadCancelled": True}, False),
        ({"DownloadFailed": True}, False),
        ({"Installing": 0}, False),
        ({"IsAppClip": True}, True),
    ],
)
def test_an_app_that_is_not_there_yet_accuses_nobody(flags: dict[str, Any], is_kept: bool, tmp_path: Path) -> None:
    """Nor does its device look clean; of an app that nobody watches it does not matter."""
    reading = read(tmp_path, answer({**TIKTOK, **flags}), answer({**OTHER, **flags}, device="U2"), request())
    assert [i.device for i in reading.installed] == ["U1"] * is_kept
    assert reasons(reading) == ["no-app-state"] * (not is_kept)
    assert listed(reading) == {**({"U1": True} if is_kept else {}), "U2": True}


def test_xml_binary_and_packed_say_the_same(tmp_path: Path) -> None:
    """And a byte order mark in front of XML changes nothing."""
    said = answer(TIKTOK, OTHER)
    xml = plistlib.dumps(said)
    forms = (xml, binary(said), gzip.compress(xml), gzip.compress(binary(said)), b"\xef\xbb\xbf" + xml)
    told = [samples.as_data(read(tmp_path, form, request())) for form in forms]
    assert told == [told[0]] * len(forms) and told[0]["installed"]


def test_a_sample_cut_anywhere_raises_nothing_and_shows_nobody_clean(tmp_path: Path) -> None:
    """Of every beginning of an answer, XML or binary, nothing is kept and one reject is made."""
    for form in (plistlib.dumps(answer(OTHER, TIKTOK)), binary(answer(OTHER, TIKTOK))):
        lengths = range(1, len(form.rstrip()))
        reading = read(tmp_path, *(form[:length] for length in lengths))
        assert reasons(reading) == ["bad-plist"] * len(lengths) == ["bad-plist"] * reading.account.records
        assert not (reading.installed or reading.snapshots)
        for path in tmp_path.iterdir():
            path.unlink()


def test_a_packed_file_that_breaks_off_is_one_reject(tmp_path: Path) -> None:
    """Cut at every length, or damaged, and nothing of it is kept."""
    packed = gzip.compress(plistlib.dumps(answer(TIKTOK)), mtime=0)
    cut = [packed[:length] for length in range(2, len(packed))]
    assert reasons(read(tmp_path, *cut)) == ["truncated-gzip"] * len(cut)
    damaged = packed[:-8] + bytes(b ^ 0xFF for b in packed[-8:-4]) + packed[-4:]
    reading = read(tmp_path, damaged, packed + b"garbage", *cut[2:])
    assert reasons(reading)[:2] == ["corrupt-gzip"] * 2 and not reading.installed


def test_every_item_is_accounted_for_once(tmp_path: Path) -> None:
    """records = kept + dropped + duplicate + structural + rejected, and as many as there are items and other files."""
    items = [TIKTOK, OTHER, TIKTOK, "no item", {}, {"Name": "x"}, {"Identifier": 7}, {**TIKTOK, "Installing": True}]
    account = read(tmp_path, answer(*items), request(), b"", b"junk", answer(), answer(*items, device="")).account
    assert account.records == len(items) + 1 + 0 + 1 + 1 + 1 and account.unit == "item"
    counted = account.kept, account.dropped, account.duplicate, account.structural, account.rejected
    assert counted == (1, 2, 1, 2, 6)


def _nested(depth: int) -> bytes:
    """A binary property list of arrays within arrays, all in the one object that they refer to."""
    objects = [struct.pack(">BI", 0xA1, n + 1) for n in range(depth)] + [b"\x09"]
    offsets = b"".join(struct.pack(">I", 8 + 5 * n) for n in range(depth + 1))
    trailer = struct.pack(">5xBBBQQQ", 0, 4, 4, depth + 1, 0, 8 + 5 * depth + 1)
    return b"bplist00" + b"".join(objects) + offsets + trailer


def _with_many(items: int, text: int) -> bytes:
    """An answer whose items are all one object, with a long name: short on disk, long when it is written out."""
    one = {"Identifier": "x" * text}
    return binary(answer(*([one] * items)))


HOSTILE: Mapping[str, tuple[bytes, str]] = {
    "entities": (
        HEAD + b'<!DOCTYPE plist [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><plist><string>&b;</string></plist>',
        "bad-plist",
    ),
    "file of another": (
        HEAD + b'<!DOCTYPE plist [<!ENTITY a SYSTEM "file:///etc/passwd">]><plist><string>&a;</string></plist>',
        "bad-plist",
    ),
    "nested XML": (HEAD + b"<plist>" + b"<array>" * 500_000, "bad-plist"),
    "nested and closed": (
        HEAD + b"<plist>" + b"<array>" * 200_000 + b"</array>" * 200_000 + b"</plist>",
        "not-an-inventory",
    ),
    "nested binary": (_nested(100_000), "bad-plist"),
    "more objects than bytes": (b"bplist00" + struct.pack(">5xBBBQQQ", 0, 1, 1, 1 << 60, 0, 8), "bad-plist"),
    "array longer than the file": (
        b"bplist00\xaf\x13" + b"\x7f" * 8 + b"\x08" + struct.pack(">5xBBBQQQ", 0, 1, 1, 1, 0, 18),
        "bad-plist",
    ),
    "endless number": (HEAD + b"<plist><integer>" + b"9" * 100_000 + b"</integer></plist>", "bad-plist"),
    "no date": (HEAD + b"<plist><date>soon</date></plist>", "bad-plist"),
    "too many items": (_with_many(MOST_ITEMS + 1, 10), "file-too-large"),
    "too large": (plistlib.dumps(answer({"Name": "x" * MOST_BYTES})), "file-too-large"),
    "too large when unpacked": (gzip.compress(b" " * 200_000_000), "file-too-large"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_one_reject_each(name: str, tmp_path: Path) -> None:
    """Entities, depth, sizes that are not there and texts that grow: the file beside them is read all the same."""
    raw, reason = HOSTILE[name]
    reading = read(tmp_path, raw, answer(TIKTOK))
    assert reasons(reading) == [reason]
    assert [i.device for i in reading.installed] == ["U1"]


def test_a_long_text_that_many_items_share_is_none(tmp_path: Path) -> None:
    """Written out for each it would be 100 gigabytes."""
    reading = read(tmp_path, _with_many(MOST_ITEMS, 5_000_000))
    assert reading.account.rejected == reading.account.records == MOST_ITEMS
    assert set(reasons(reading)) == {"no-app-name"}


def test_a_file_that_breaks_its_process_spoils_no_other() -> None:
    """Each is asked about alone then, and only the one that does it again is a fault."""

    def ask(_module: str, _request: Mapping[str, Any], raw: bytes) -> dict[str, Any]:
        if b"BREAKS" in raw:
            raise ApartError("it took longer than 30 seconds")
        return {"files": [described(raw)]}

    good, bad = plistlib.dumps(answer(TIKTOK)), b"BREAKS"
    assert [next(iter(one)) for one in read_apart([good, bad, good], ask)] == ["answer", "fault", "answer"]
    assert read_apart([bad], ask) == [{"fault": "bad-plist"}]


@pytest.mark.parametrize(
    "said",
    [
        None,
        {},
        {"fault": "TikTok"},
        {"answer": {}},
        {"answer": {**described(plistlib.dumps(answer()))["answer"], "items": [[1, "", True]]}},
        {"answer": {**described(plistlib.dumps(answer()))["answer"], "items": [["", ""]]}},
        {"answer": {**described(plistlib.dumps(answer()))["answer"], "UDID": ["x"]}},
        {"request": {"command": "c", "ids": [1], "managed_only": False}},
        {"request": {"command": "c", "ids": None}},
        {"fault": "bad-type", "answer": {}},
    ],
    ids=range(10),
)
def test_what_the_process_says_is_checked(said: object) -> None:
    """Anything of another form than was agreed is a fault."""
    assert read_apart([b""], lambda *_: {"files": [said]}) == [{"fault": "bad-plist"}]
    assert read_apart([b""], lambda *_: {"files": [said, said]}) == [{"fault": "bad-plist"}]


def test_settings_that_say_nothing_are_refused(tmp_path: Path) -> None:
    """Devices are named by their UDID; there are no presets and no columns."""
    for changed, issue in (
        (replace(SETTINGS, columns={"device": "SerialNumber"}), "unknown-column"),
        (replace(SETTINGS, columns={"app_id": "Identifier"}), "unknown-column"),
        (replace(SETTINGS, preset="apple"), "unknown-preset"),
    ):
        with pytest.raises(SourceError) as caught:
            read(tmp_path, stated=changed)
        assert [i.id for i in caught.value.issues] == [issue]


@pytest.mark.slow
def test_many_files_need_little_memory(tmp_path: Path) -> None:
    """A thousand answers of two hundred apps: under 64 MiB more, for a file and those behind it at a time."""
    apps = [{**OTHER, "Name": f"App {n}", "Identifier": f"com.example.app{n}"} for n in range(199)]
    for number in range(1_000):
        said = binary(answer(TIKTOK, *apps, device=f"U{number}"))
        (tmp_path / f"{number:05}-2023-04-03.plist").write_bytes(said)
    told = read_in_little_memory(samples.CASES / "apple-inventory" / "real", tmp_path)
    assert (told["records"], told["kept"]) == (200_000, 1_000)
    assert told["grown_kib"] < 64 * 1024


def test_a_copy_of_an_answer_under_another_days_name_is_not_fresh(tmp_path: Path) -> None:
    """A command is answered once. A device that has been away since is not shown clean by a copy of its last answer."""
    for command, days in (("c1", 1), (None, 3)):
        folder = tmp_path / str(command)
        folder.mkdir()
        given = answer(OTHER, **({"CommandUUID": command} if command else {"CommandUUID": ""}))
        for day in ("2023-04-03", "2023-04-10", "2023-04-17"):
            (folder / f"answer-{day}.plist").write_bytes(plistlib.dumps(given))
        reading = AppleInventory().read(replace(SETTINGS, files=("answer-*.plist",)), folder, WATCH, samples.MATCHERS)
        assert len(reading.snapshots) == days and reading.account.records == 3
        assert reading.account.duplicate == 3 - days
