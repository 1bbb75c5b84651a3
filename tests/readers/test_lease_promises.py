# SPDX-License-Identifier: EUPL-1.2
"""What every reader of leases promises, shown on its own cases. No reader is named here."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ordinance.model.body import SourceSettings
from ordinance.model.time import Period, Span
from ordinance.readers import LEASES, LeaseReader
from ordinance.readers._base import LeaseReading
from ordinance.readers._clock import utc

from . import packed
from .promised import grow_after_comparing
from .samples import BRUSSELS

CASES = Path(__file__).parent / "lease_cases"
CASES_OF_ALL = {"real", "wrong-type", "missing-field"}

each_reader = pytest.mark.parametrize("kind", LEASES, ids=lambda r: r.id)
each_case = pytest.mark.parametrize(
    "folder", sorted(p.parent for p in CASES.glob("*/*/case.json")), ids=lambda f: f"{f.parent.name}/{f.name}"
)


def read(folder: Path, root: Path | None = None, window: Span | None = None) -> LeaseReading:
    """Read a case, or the same source with other files under `root`."""
    stated: dict[str, Any] = json.loads((folder / "case.json").read_text("utf-8"))["settings"]
    stated["files"] = tuple(stated["files"])
    if "lease" in stated:
        stated["lease"] = Period.parse(stated["lease"])
    settings = SourceSettings(id="leases", reader=folder.parent.name, zone=BRUSSELS, **stated)
    kind = next(r for r in LEASES if r.id == folder.parent.name)
    return kind().read(settings, root or folder, window)


def as_data(reading: LeaseReading) -> dict[str, Any]:
    """A reading in the form of `expected.json`."""
    account = reading.account
    counts = ("records", "kept", "dropped", "duplicate", "structural", "rejected")
    leases = [
        [address, h.mac, *(f"{utc(t):%Y-%m-%dT%H:%M:%SZ}" for t in (h.start, h.end)), h.where.file, h.where.line]
        for address, h in reading.index.every()
    ]
    data = {
        "account": {name: getattr(account, name) for name in counts},
        "leases": leases,
        "rejects": [[r.file, r.line, r.reason] for r in account.rejects],
    }
    return {name: value for name, value in data.items() if value}


def real(kind: type[LeaseReader]) -> Path:
    """The reader's real case."""
    return CASES / kind.id / "real"


def the_file(kind: type[LeaseReader]) -> Path:
    """The one input file of the real case."""
    (name,) = [p for p in real(kind).iterdir() if p.suffix != ".json"]
    return name


def read_bytes(kind: type[LeaseReader], content: bytes, folder: Path) -> LeaseReading:
    """Read the real case with other bytes in its file."""
    (folder / the_file(kind).name).write_bytes(content)
    return read(real(kind), folder)


@each_reader
def test_every_reader_has_the_cases_that_all_must_have(kind: type[LeaseReader]) -> None:
    """None is left out, and no folder is of a reader that is not there."""
    assert {p.name for p in (CASES / kind.id).iterdir()} >= CASES_OF_ALL
    assert {p.name for p in CASES.iterdir() if p.is_dir()} == {r.id for r in LEASES}


@each_case
def test_a_case_gives_what_was_written_down(folder: Path) -> None:
    """Leases, rejects and the account are those of expected.json, and nothing besides."""
    assert as_data(read(folder)) == json.loads((folder / "expected.json").read_text("utf-8"))


@each_case
def test_every_line_is_accounted_for_once(folder: Path) -> None:
    """records = kept + dropped + duplicate + structural + rejected, and as many as there are lines."""
    given = [p for p in folder.iterdir() if p.suffix != ".json"]
    assert read(folder).account.records == sum(len(p.read_bytes().splitlines()) for p in given)


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
    kind: type[LeaseReader], change: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    """Line ends, a BOM, a missing last newline, gzip and zstandard say the same as the plain file."""
    plain = the_file(kind).read_bytes()
    assert as_data(read_bytes(kind, change(plain), tmp_path)) == as_data(read(real(kind)))


@each_reader
def test_no_file_and_an_empty_one_are_no_lease(kind: type[LeaseReader], tmp_path: Path) -> None:
    """Neither is an error; nobody holds anything."""
    assert (read(real(kind), tmp_path).account.records, read(real(kind), tmp_path).index.every()) == (0, ())
    assert (read_bytes(kind, b"", tmp_path).account.records, read(real(kind), tmp_path).index.every()) == (0, ())


@each_reader
def test_a_sample_cut_anywhere_raises_nothing_and_names_nobody_else(kind: type[LeaseReader], tmp_path: Path) -> None:
    """Cut at every length every line is accounted for, and whoever held an address alone held it in the whole too.

    But for one that was declined a moment later: then somebody else has it, and nobody knows since when.
    """
    whole = the_file(kind).read_bytes()
    every = read(real(kind)).index
    for length in range(len(whole)):
        cut = read_bytes(kind, whole[:length], tmp_path)
        assert cut.account.records == len(whole[:length].splitlines())
        for address, held in cut.index.every():
            assert any(h.mac == held.mac for a, h in every.every() if a == address) or address in every.doubts


@each_reader
@pytest.mark.parametrize("packing", packed.PACKINGS, ids=lambda p: p.name)
def test_a_packed_file_that_breaks_off_or_is_damaged_is_one_reject(
    kind: type[LeaseReader], packing: packed.Packing, tmp_path: Path
) -> None:
    """Whatever was read before stands; that something is missing is said once."""
    plain = the_file(kind).read_bytes()
    whole = packing.pack(plain)
    reasons = (packing.truncated, packing.corrupt)
    for content, reason in ((whole[:-1], 0), (packing.damaged(plain), 1), (whole + b"garbage", 1)):
        found = [r.reason for r in read_bytes(kind, content, tmp_path).account.rejects if r.reason in reasons]
        assert found == [reasons[reason]]


@each_reader
def test_the_same_file_again_adds_nothing(kind: type[LeaseReader], tmp_path: Path) -> None:
    """A copy under another name is counted as duplicate, line by line."""
    source = the_file(kind)
    for name in (source.name, f"zz-{source.name}"):
        (tmp_path / name).write_bytes(source.read_bytes())
    once, twice = read(real(kind)), read(real(kind), tmp_path)
    assert twice.account.duplicate == once.account.records
    assert [(a, h.mac, h.start, h.end) for a, h in twice.index.every()] == [
        (a, h.mac, h.start, h.end) for a, h in once.index.every()
    ]


@each_reader
def test_a_copy_that_goes_on_is_read(kind: type[LeaseReader], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written into it after it was found to be a copy is none of the earlier file's: here, a reject."""
    source = the_file(kind)
    for name in (source.name, f"zz-{source.name}"):
        (tmp_path / name).write_bytes(source.read_bytes())
    grow_after_comparing(monkeypatch, tmp_path / f"zz-{source.name}", b"\xff\xfe\n")
    assert read(real(kind), tmp_path).account.rejected > read(real(kind)).account.rejected


@each_reader
def test_junk_is_rejected_where_it_stands(kind: type[LeaseReader], tmp_path: Path) -> None:
    """Bytes that are no text, an endless line and nonsense are rejects; nothing but our own reasons comes of them."""
    dice = random.Random(7)  # noqa: S311  # the same junk each time
    junk = [b"\xff\xfe\n", b"x" * 3_000_000 + b"\n", b"not a lease at all\n"]
    junk += [bytes(dice.randrange(1, 256) for _ in range(80)).replace(b"\n", b"") + b"\n" for _ in range(20)]
    first, *rest = the_file(kind).read_bytes().splitlines(keepends=True)
    reading = read_bytes(kind, b"".join([first, *junk, *rest]), tmp_path)
    assert reading.account.records == 1 + len(junk) + len(rest)
    assert reading.account.rejected >= 2
