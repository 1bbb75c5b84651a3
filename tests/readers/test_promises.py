# SPDX-License-Identifier: EUPL-1.2
"""What every reader promises, shown on its own `real` case. No reader is named here.

Promises about lines are those of readers whose record is a line or row; for readers of documents their counterparts
stand in `test_document_promises`.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ordinance.model.time import Span
from ordinance.readers import BUILTIN, LEASES, Reader, available

from . import packed, samples
from .promised import (
    OF_DOCUMENTS,
    OF_LINES,
    OTHERS,
    grow_after_comparing,
    read_bytes,
    read_in_little_memory,
    real,
    said,
    the_file,
)

READERS = Path(__file__).resolve().parents[2] / "src" / "ordinance" / "readers"
CASES_OF_ALL = {"real", "wrong-type", "missing-field", "clock-1970", "dst-hour", "idn"}
# Facts of the body and of its accounts, and figures for its reviews: no evidence about devices.
NO_READERS = {"estate", "analytics", "exports", "lists", "reach_table"}

PROMISES_OF_OTHERS = (
    "test_a_sample_cut_anywhere_raises_nothing_and_shows_nobody_clean",
    "test_a_packed_file_that_breaks_off_is_one_reject",
    "test_every_item_is_accounted_for_once",
    "test_many_files_need_little_memory",
)

each_reader = pytest.mark.parametrize("kind", BUILTIN, ids=lambda r: r.id)
each_of_lines = pytest.mark.parametrize("kind", OF_LINES, ids=lambda r: r.id)


def short(kind: type[Reader]) -> list[bytes]:
    """The head (the first line, or as many as the case says) and the last twenty lines: they hold kept records."""
    lines = the_file(kind).read_bytes().splitlines(keepends=True)
    head = samples.head_of(real(kind))
    return [*lines[:head], *lines[head:][-20:]]


each_packing = pytest.mark.parametrize("packing", packed.PACKINGS, ids=lambda p: p.name)


def test_every_reader_module_is_listed() -> None:
    """A file dropped in readers/ cannot be forgotten by the list."""
    on_disk = {p.stem for p in READERS.glob("*.py") if not p.stem.startswith("_")}
    assert on_disk - NO_READERS == {r.__module__.rpartition(".")[2] for r in (*BUILTIN, *LEASES)}
    assert {r.id for r in available([])} == {r.id for r in BUILTIN}


def test_a_record_is_a_line_or_an_entry() -> None:
    """Each reader is in one of the two suites; one with another unit shows what it promises in its own tests."""
    assert sorted(r.id for r in (*OF_LINES, *OF_DOCUMENTS, *OTHERS)) == sorted(r.id for r in BUILTIN)
    own = {kind.id: f"test_{kind.__module__.rpartition('.')[2]}.py" for kind in OTHERS}
    for name in own.values():
        text = (Path(__file__).parent / name).read_text("utf-8")
        assert [promise for promise in PROMISES_OF_OTHERS if f"def {promise}(" not in text] == []


@each_reader
def test_every_reader_has_the_cases_that_all_must_have(kind: type[Reader]) -> None:
    """Wrong types, missing fields, unset clocks, the hour that happens twice and IDNs are never left out."""
    assert {p.name for p in (samples.CASES / kind.id).iterdir()} >= CASES_OF_ALL
    assert {p.name for p in samples.CASES.iterdir() if p.is_dir()} == {r.id for r in BUILTIN}


@each_reader
def test_no_file_is_an_empty_reading(kind: type[Reader], tmp_path: Path) -> None:
    """A pattern that matches nothing is no error and no coverage."""
    reading = samples.read(real(kind), tmp_path)
    assert reading.files == () and reading.account.records == 0
    assert not (reading.days or reading.hours or reading.snapshots)


@each_reader
def test_an_empty_file_is_no_coverage(kind: type[Reader], tmp_path: Path) -> None:
    """A file of no bytes is named with its digest, and proves no day."""
    reading = read_bytes(kind, b"", tmp_path)
    assert len(reading.files) == 1 and reading.account.records == 0
    assert not (reading.days or reading.hours or reading.snapshots)


@each_reader
def test_a_file_that_cannot_be_opened_is_a_reject(kind: type[Reader], tmp_path: Path) -> None:
    """A link into nowhere is found by the pattern and located as unreadable."""
    link = tmp_path / the_file(kind).name
    link.symlink_to(tmp_path / "nowhere")
    reading = samples.read(real(kind), tmp_path)
    assert [r.reason for r in reading.account.rejects] == ["unreadable-file"]
    assert reading.files == ((link.name, ""),)


@each_of_lines
def test_the_first_line_alone_is_one_record(kind: type[Reader], tmp_path: Path) -> None:
    """One line, with or without its newline, is one record."""
    line = the_file(kind).read_bytes().split(b"\n")[0]
    for content in (line, line + b"\n"):
        assert read_bytes(kind, content, tmp_path).account.records == 1


@each_reader
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda raw: raw.removesuffix(b"\n"), id="no newline at the end"),
        pytest.param(lambda raw: raw.replace(b"\n", b"\r\n"), id="CRLF"),
        pytest.param(lambda raw: b"\xef\xbb\xbf" + raw, id="BOM"),
        *packed.FORMS,
    ],
)
def test_the_form_of_the_file_changes_nothing(
    kind: type[Reader], change: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    """Line ends, a BOM, a missing last newline, gzip and zstandard say the same as the plain file."""
    plain = the_file(kind).read_bytes()
    assert change(plain) != plain
    assert said(read_bytes(kind, change(plain), tmp_path)) == said(samples.read(real(kind)))


@each_of_lines
def test_lines_that_are_not_utf_8_are_rejected_where_they_stand(kind: type[Reader], tmp_path: Path) -> None:
    """Latin-1 in a line rejects that line and no other."""
    lines = short(kind)
    clean = read_bytes(kind, b"".join(lines), tmp_path).account
    lines.insert(3, "K\xfcche\n".encode("latin-1"))
    account = read_bytes(kind, b"".join(lines), tmp_path).account
    assert [(r.line, r.reason) for r in account.rejects] == [(4, "bad-encoding")]
    assert (account.kept, account.records) == (clean.kept, clean.records + 1)


@each_of_lines
def test_an_endless_line_is_rejected_in_bounded_memory(kind: type[Reader], tmp_path: Path) -> None:
    """A line of three megabytes is one reject; the lines after it are read."""
    lines = short(kind)
    clean = read_bytes(kind, b"".join(lines), tmp_path).account
    lines.insert(1, b"x" * 3_000_000 + b"\n")
    account = read_bytes(kind, b"".join(lines), tmp_path).account
    assert [(r.line, r.reason) for r in account.rejects] == [(2, "line-too-long")]
    assert account.kept == clean.kept


@each_of_lines
def test_every_line_is_accounted_for_once(kind: type[Reader], tmp_path: Path) -> None:
    """records = kept + dropped + duplicate + structural + rejected, and as many as there are lines."""
    lines = [*short(kind), b"\n", b"\xff\n", b"not a record at all\n", b",,,\n"]
    account = read_bytes(kind, b"".join(lines), tmp_path).account
    parts = account.kept + account.dropped + account.duplicate + account.structural + account.rejected
    assert account.records == parts == len(lines)
    assert account.kept > 0 and account.rejected >= 2
    assert account.unit == kind.unit


@each_of_lines
def test_a_sample_cut_anywhere_raises_nothing_and_invents_nothing(kind: type[Reader], tmp_path: Path) -> None:
    """Of a plain file cut at every length every line is accounted for, and no more is kept than of the whole."""
    whole = b"".join(short(kind))
    kept = read_bytes(kind, whole, tmp_path).account.kept
    for length in range(len(whole)):
        account = read_bytes(kind, whole[:length], tmp_path).account
        assert account.records == len(whole[:length].splitlines())
        assert account.kept <= kept


@each_of_lines
@each_packing
def test_a_packed_file_that_breaks_off_keeps_what_was_read_and_says_so(
    kind: type[Reader], packing: packed.Packing, tmp_path: Path
) -> None:
    """Cut at every length, a packed file gives its whole lines and exactly one reject where it broke."""
    whole = packing.pack(b"".join(short(kind)))
    all_kept, kept = read_bytes(kind, whole, tmp_path).account.kept, set()
    for length in range(len(packing.magic), len(whole)):
        account = read_bytes(kind, whole[:length], tmp_path).account
        broken = [r for r in account.rejects if r.reason == packing.truncated]
        assert len(broken) == 1 and broken[0].line == account.records
        kept.add(account.kept)
    assert 0 in kept and all_kept in kept and max(kept) == all_kept


@each_of_lines
@each_packing
def test_a_damaged_packed_file_is_one_reject(kind: type[Reader], packing: packed.Packing, tmp_path: Path) -> None:
    """A wrong checksum or garbage behind the end is said once."""
    plain = b"".join(short(kind))
    for content in (packing.damaged(plain), packing.pack(plain) + b"garbage"):
        account = read_bytes(kind, content, tmp_path).account
        assert [r.reason for r in account.rejects] == [packing.corrupt]


@each_of_lines
def test_leaving_out_any_line_never_keeps_more(kind: type[Reader], tmp_path: Path) -> None:
    """Less evidence is never more observations."""
    lines = the_file(kind).read_bytes().splitlines(keepends=True)
    kept = samples.read(real(kind)).account.kept
    without = [
        read_bytes(kind, b"".join(lines[:n] + lines[n + 1 :]), tmp_path).account.kept for n in range(len(lines))
    ]
    assert max(without) <= kept and min(without) < kept


@each_reader
def test_the_same_file_again_adds_nothing(kind: type[Reader], tmp_path: Path) -> None:
    """A copy under another name is counted as duplicate, record by record."""
    source = the_file(kind)
    once = samples.read(real(kind))
    for name in (source.name, f"zz-{source.name}"):
        (tmp_path / name).write_bytes(source.read_bytes())
    twice = samples.read(real(kind), tmp_path)
    assert len(twice.files) == 2 and twice.account.duplicate == once.account.duplicate + once.account.records
    told, again = said(once), said(twice)
    told.pop("account"), again.pop("account")
    assert again == told and twice.account.kept == once.account.kept


@each_reader
def test_a_copy_that_goes_on_is_read(kind: type[Reader], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written into it after it was found to be a copy is none of the earlier file's: here, a reject."""
    source = the_file(kind)
    once = samples.read(real(kind)).account
    for name in (source.name, f"zz-{source.name}"):
        (tmp_path / name).write_bytes(source.read_bytes())
    grow_after_comparing(monkeypatch, tmp_path / f"zz-{source.name}", b"\xff\xfe\n")
    assert samples.read(real(kind), tmp_path).account.rejected > once.rejected


@each_reader
def test_nothing_watched_keeps_nothing(kind: type[Reader]) -> None:
    """With an empty watch list only counts and hours are left."""
    reading = samples.read(real(kind), watch=samples.NOTHING_WATCHED)
    assert reading.account.kept == 0 and reading.account.records == samples.read(real(kind)).account.records
    assert not (reading.names or reading.installed or reading.leases or reading.snapshots)


@each_reader
def test_outside_the_window_nothing_is_kept(kind: type[Reader]) -> None:
    """A window of another year drops every record and proves no day."""
    other = Span(datetime(2019, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC))
    reading = samples.read(real(kind), window=other)
    assert reading.account.kept == 0
    assert not (reading.names or reading.installed or reading.leases or reading.snapshots or reading.days)


@each_reader
def test_nothing_foreign_leaves_the_reader(kind: type[Reader]) -> None:
    """No name, app or host outside the watch list is in the reading. Devices of a snapshot are its coverage."""
    text = the_file(kind).read_text("utf-8")
    reading = samples.read(real(kind))
    shown = repr(replace(reading, snapshots=tuple(replace(s, devices=frozenset()) for s in reading.snapshots)))
    for word in (real(kind) / "foreign.txt").read_text("utf-8").split("\n")[:-1]:
        assert word in text and word not in shown


@each_reader
def test_one_family_watched_shows_no_other(kind: type[Reader]) -> None:
    """What belongs to a family that is not watched is as foreign as anything else."""
    usual = samples.watch_of(real(kind))
    watch = replace(usual, families=frozenset({"buecher"}), apps=usual.apps - samples.TIKTOK)
    reading = samples.read(real(kind), watch=watch)
    assert "tiktok" not in repr(reading).lower()
    assert samples.read(real(kind)).account.kept > reading.account.kept


@each_reader
def test_every_instant_is_in_utc_and_every_day_in_the_zone(kind: type[Reader]) -> None:
    """Instants of one zone compare by wall clock in Python, so that the hour that happens twice would be lost."""
    reading = samples.read(real(kind))
    instants = [n.at for n in reading.names] + [i.seen for i in reading.installed] + list(reading.hours)
    instants += [s.taken for s in reading.snapshots] + [t for x in reading.leases for t in (x.start, x.end)]
    assert instants and {t.tzinfo for t in instants} == {UTC}
    assert reading.days


@pytest.mark.slow
@each_reader
def test_what_a_reading_held_is_let_go_of_with_it(kind: type[Reader]) -> None:
    """Nothing that was made for it holds itself: the collector comes seldom, and a large log would stay meanwhile."""
    case = real(kind)
    said = samples.read(case)
    gc.collect()
    gc.disable()
    try:
        assert samples.read(case) == said
        left = {type(one).__qualname__ for one in gc.get_objects() if type(one).__module__ == kind.__module__}
    finally:
        gc.enable()
    assert "_Run" not in left


@each_of_lines
def test_a_million_lines_need_little_memory(kind: type[Reader], tmp_path: Path) -> None:
    """Memory does not grow with the file: under 32 MiB more for a million lines."""
    first, *rest = short(kind)
    repeat = 1_000_000 // len(rest)
    with (tmp_path / the_file(kind).name).open("wb") as out:
        out.write(first)
        out.writelines(b"".join(rest) * 100 for _ in range(repeat // 100))
    told = read_in_little_memory(real(kind), tmp_path)
    assert told["records"] >= 999_000 and told["kept"] > 0
    assert told["grown_kib"] < 32 * 1024
