# SPDX-License-Identifier: EUPL-1.2
"""What every reader of JSON documents promises beyond `test_promises`, shown on its own `real` case.

No reader is named here. A device *looks clean* where a complete snapshot lists it and shows no watched app on it at
that instant: nothing that is damaged, left out or of the wrong type may make one look so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ordinance.model.evidence import Reading
from ordinance.readers import Reader

from . import packed, samples
from .promised import OF_DOCUMENTS, read_bytes, read_in_little_memory, real, said, the_file

HOSTILE = "zq\x1b[31m\u202e\ud83d'\"</script>\u0000%s"
MARK = "zq"
HUGE, ENDLESS = 10**4000, "@1e400@"  # the second is written as a number that is infinite for a float
WRONG: tuple[Any, ...] = (None, True, -1, 1.5, HUGE, ENDLESS, [], [[]], [None], {}, {"a": {}}, "", HOSTILE)
LEFT_OUT = object()

each_packing = pytest.mark.parametrize("packing", packed.PACKINGS, ids=lambda p: p.name)
each_of_documents = pytest.mark.parametrize("kind", OF_DOCUMENTS, ids=lambda r: r.id)
Place = tuple[str | int, ...]


def documents(kind: type[Reader]) -> list[Any]:
    """The documents of the real case, read without any of our code."""
    return _documents_of(the_file(kind).read_text("utf-8"))


def _documents_of(text: str) -> list[Any]:
    found, at = [], 0
    while at < len(text):
        if text[at].isspace():
            at += 1
        else:
            value, at = json.JSONDecoder().raw_decode(text, at)
            found.append(value)
    return found


def is_whole(content: bytes) -> bool:
    """Whether bytes are documents and nothing else."""
    try:
        _documents_of(content.decode())
    except ValueError:
        return False
    return True


def by_line(values: list[Any]) -> bytes:
    """Documents as JSON Lines."""
    text = "".join(json.dumps(value) + "\n" for value in values)
    return text.replace(f'"{ENDLESS}"', "1e400").encode()


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Where something stands in a value, from the outside in."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, within in inside:
        yield (*at, key)
        yield from places(within, (*at, key))


def found(value: Any, place: Place) -> Any:
    """What stands at a place."""
    for key in place:
        value = value[key]
    return value


def put(value: Any, place: Place, new: Any) -> Any:
    """A value with something else at a place, or with nothing there."""
    if not place:
        return new
    key, rest = place[0], place[1:]
    inside = put(value[key], rest, new)
    if isinstance(value, dict):
        return {k: inside if k == key else v for k, v in value.items() if k != key or inside is not LEFT_OUT}
    return [inside if n == key else v for n, v in enumerate(value) if n != key or inside is not LEFT_OUT]


def clean(reading: Reading) -> set[str]:
    """Devices that look clean."""
    shown = {(i.device, i.seen) for i in reading.installed}
    whole = (s for s in reading.snapshots if s.complete)
    return {device for s in whole for device in s.devices if (device, s.taken) not in shown}


def apps(reading: Reading) -> set[tuple[str, str]]:
    """Which apps are said to be on which device."""
    return {(i.device, f"{i.identifier.family}/{i.identifier.member}") for i in reading.installed}


def without_devices(reading: Reading) -> str:
    """All that is said, but for the devices' names."""
    snapshots = tuple(replace(s, devices=frozenset(), other_apps={}) for s in reading.snapshots)
    installed = tuple(replace(i, device="") for i in reading.installed)
    return repr(replace(reading, snapshots=snapshots, installed=installed))


@each_of_documents
@pytest.mark.parametrize(
    "form",
    [
        pytest.param(by_line, id="JSON Lines"),
        pytest.param(lambda d: "".join(json.dumps(v, indent=3) + "\n\n" for v in d).encode(), id="pretty"),
        pytest.param(lambda d: "".join(map(json.dumps, d)).encode(), id="in one line"),
        pytest.param(lambda d: "\n".join(json.dumps(v, ensure_ascii=False) for v in d).encode(), id="UTF-8"),
    ],
)
def test_how_documents_are_written_changes_nothing(
    kind: type[Reader], form: Callable[[list[Any]], bytes], tmp_path: Path
) -> None:
    """One after the other, by line, with white space or without: the same records say the same."""
    assert said(read_bytes(kind, form(documents(kind)), tmp_path)) == said(samples.read(real(kind)))


@each_of_documents
def test_the_real_case_shows_apps_and_clean_devices(kind: type[Reader]) -> None:
    """Without either the promises below would be kept by doing nothing."""
    reading = samples.read(real(kind))
    assert reading.account.unit == "entry" == kind.unit
    assert reading.account.kept >= 3 and reading.account.dropped > 0 and reading.account.rejected == 0
    assert clean(reading)


@pytest.mark.slow
@each_of_documents
def test_documents_cut_anywhere_invent_nothing(kind: type[Reader], tmp_path: Path) -> None:
    """No more is kept than of the whole, at whatever length; what is not whole is a reject, and nobody looks clean."""
    reading = samples.read(real(kind))
    pretty, lines = the_file(kind).read_bytes(), by_line(documents(kind))
    for content, lengths in ((lines, range(len(lines))), (pretty, range(0, len(pretty), 7))):
        for length in lengths:
            part = read_bytes(kind, content[:length], tmp_path)
            assert part.account.kept <= reading.account.kept and apps(part) <= apps(reading)
            if is_whole(content[:length]):
                assert clean(part) <= clean(reading) and not part.account.rejected
            else:
                assert part.account.rejected >= 1 and not clean(part)


@pytest.mark.slow
@each_of_documents
@each_packing
def test_a_packed_file_cut_anywhere_invents_nothing(
    kind: type[Reader], packing: packed.Packing, tmp_path: Path
) -> None:
    """Cut at every length, a packed file is exactly one reject, and nobody in it looks clean."""
    reading = samples.read(real(kind))
    whole = packing.pack(by_line(documents(kind)))
    for length in range(len(packing.magic), len(whole)):
        part = read_bytes(kind, whole[:length], tmp_path)
        assert [r.reason for r in part.account.rejects] == [packing.truncated]
        assert part.account.kept <= reading.account.kept and apps(part) <= apps(reading) and not clean(part)


@each_of_documents
@each_packing
def test_a_damaged_file_is_one_reject(kind: type[Reader], packing: packed.Packing, tmp_path: Path) -> None:
    """A wrong checksum, garbage behind the end, and a byte that is no UTF-8 are said once each."""
    reading, plain = samples.read(real(kind)), the_file(kind).read_bytes()
    damaged, behind = packing.damaged(plain), packing.pack(plain) + b"garbage"
    latin = plain + b'"K\xfcche"\n'
    for content, reason in ((damaged, packing.corrupt), (behind, packing.corrupt), (latin, "bad-encoding")):
        part = read_bytes(kind, content, tmp_path)
        assert [r.reason for r in part.account.rejects] == [reason]
        assert part.account.kept <= reading.account.kept and not clean(part)


@each_of_documents
@pytest.mark.parametrize(
    "broken",
    [b"[" * 200_000, b'{"a":' * 200_000, b'{"a": NaN}', b'{"a": -Infinity}', b'{"a": ' + b"9" * 10_000 + b"}", b"{"],
    ids=["nested lists", "nested objects", "NaN", "Infinity", "huge integer", "open"],
)
def test_what_json_cannot_say_is_one_reject(kind: type[Reader], broken: bytes, tmp_path: Path) -> None:
    """Alone or behind good documents, it is one reject; what stands before it counts, and nobody looks clean."""
    reading = read_bytes(kind, broken, tmp_path)
    assert [r.reason for r in reading.account.rejects] == ["bad-json"] and reading.account.records == 1
    reading = read_bytes(kind, by_line(documents(kind)) + broken, tmp_path)
    assert [r.reason for r in reading.account.rejects] == ["bad-json"] and not clean(reading)
    assert reading.account.kept == samples.read(real(kind)).account.kept


@each_of_documents
@pytest.mark.parametrize(
    "other", ["{}", "[]", "[[]]", "null", "true", "7", '"text"', '{"a": 1}', '[{"a": 1}]', "[null]"]
)
def test_a_document_of_another_kind_says_nothing(kind: type[Reader], other: str, tmp_path: Path) -> None:
    """It is no app and no device; all but an empty list is a reject, and nobody in the file looks clean."""
    reading = read_bytes(kind, other.encode(), tmp_path)
    assert not (reading.installed or reading.snapshots or reading.days)
    assert reading.account.rejected or other == "[]"
    beside = read_bytes(kind, by_line(documents(kind)) + other.encode(), tmp_path)
    assert beside.account.kept == samples.read(real(kind)).account.kept
    assert not clean(beside) or other == "[]"


@pytest.mark.slow
@each_of_documents
def test_a_wrong_type_anywhere_invents_nothing(kind: type[Reader], tmp_path: Path) -> None:
    """Each value in turn becomes something else: no exception, no new app, nobody new looks clean, nothing leaks."""
    whole, reading = documents(kind), samples.read(real(kind))
    most = reading.account.kept + reading.account.duplicate
    known = {device for s in reading.snapshots for device in s.devices} | {i.device for i in reading.installed}
    for place in places(whole):
        is_now = found(whole, place)
        for number, wrong in enumerate(WRONG):
            part = read_bytes(kind, by_line(put(whole, place, wrong)), tmp_path)
            where = (place, number)
            assert part.account.kept + part.account.duplicate <= most, where
            assert {a for a in apps(part) if a[0] in known} <= apps(reading), where
            if type(wrong) is not type(is_now) and wrong is not None:
                assert clean(part) & known <= clean(reading), where
            assert MARK not in without_devices(part), where
            json.dumps(said(part), ensure_ascii=False).encode()


@each_of_documents
def test_leaving_out_anything_invents_nothing(kind: type[Reader], tmp_path: Path) -> None:
    """Each key and entry in turn is missing: never more is kept, and no device without its list looks clean."""
    whole, reading = documents(kind), samples.read(real(kind))
    kept = []
    for place in places(whole):
        part = read_bytes(kind, by_line(put(whole, place, LEFT_OUT)), tmp_path)
        kept.append(part.account.kept)
        assert part.account.kept + part.account.duplicate <= reading.account.kept + reading.account.duplicate, place
        assert apps(part) <= apps(reading), place
        if isinstance(found(whole, place), list):
            assert clean(part) <= clean(reading), place
        if isinstance(place[-1], int):
            assert part.account.kept <= reading.account.kept, place
    assert min(kept) < reading.account.kept


@pytest.mark.slow
@each_of_documents
def test_many_entries_of_the_same_devices_need_little_memory(kind: type[Reader], tmp_path: Path) -> None:
    """Memory does not grow with the file: under 32 MiB more for three hundred thousand entries."""
    content, records = by_line(documents(kind)), samples.read(real(kind)).account.records
    repeat = 300_000 // records
    with (tmp_path / the_file(kind).name).open("wb") as out:
        for _ in range(repeat):
            out.write(content)
    told = read_in_little_memory(real(kind), tmp_path)
    assert told["records"] == repeat * records and told["kept"] > 0
    assert told["grown_kib"] < 32 * 1024


@pytest.mark.slow
@each_of_documents
def test_memory_grows_with_the_devices_alone(kind: type[Reader], tmp_path: Path) -> None:
    """Twenty thousand devices with all their apps need less than 4 KiB each."""
    reading, content = samples.read(real(kind)), by_line(documents(kind)).decode()
    devices = {device for s in reading.snapshots for device in s.devices} | {i.device for i in reading.installed}
    repeat = 20_000 // len(devices)
    with (tmp_path / the_file(kind).name).open("w", encoding="utf-8") as out:
        for number in range(repeat):
            text = content
            for device in devices:
                text = text.replace(json.dumps(device), json.dumps(f"{device}-{number}"))
            out.write(text)
    told = read_in_little_memory(real(kind), tmp_path)
    assert told["records"] == repeat * reading.account.records and told["kept"] == repeat * reading.account.kept
    assert told["grown_kib"] < 4 * repeat * len(devices)
