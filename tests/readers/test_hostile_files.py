# SPDX-License-Identifier: EUPL-1.2
"""Files that were made to fill the memory or to take for ever, and clocks that are a year wrong, for every reader.

No reader is named here. A line of one GiB is a file with a hole in it; it and the bombs are made once for all readers.
"""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from ordinance.model.evidence import Reading
from ordinance.model.time import Span
from ordinance.readers import BUILTIN, LEASES, LeaseReader, Reader, reader
from ordinance.readers._clock import utc
from ordinance.readers._documents import MOST_TEXT
from ordinance.readers._files import InputFile
from ordinance.readers._leases import OPEN_END
from ordinance.readers._lines import LineFile

from . import packed, samples
from . import test_lease_promises as leases
from . import test_promises as logs

GIB = 1 << 30
MOST_GROWN_KIB = 32 * 1024
HELD_KIB = 4 * MOST_TEXT // 1024  # a text, and what joining it takes
WINDOW_KIB = 128 * 1024  # what a zstandard frame may ask to be held
MOST_CPU_S = 30  # for one file; a second or three is what they take

Kind = type[Reader] | type[LeaseReader]

@pytest.fixture(scope="session")
def monsters(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One line each: a GiB as it is, packed with zstandard (also with the widest window), a quarter of one gzipped."""
    folder = tmp_path_factory.mktemp("monsters")
    files = {name: folder / name for name in ("line", "gzip", "zstd", "wide")}
    with files["line"].open("wb") as out:
        out.truncate(GIB)
    files["gzip"].write_bytes(gzip.compress(bytes(GIB // 4), 1, mtime=0))
    files["zstd"].write_bytes(_zeros(0))
    files["wide"].write_bytes(_zeros(27))
    return files


def _zeros(window_log: int) -> bytes:
    options = {packed.zstd.CompressionParameter.window_log: window_log} if window_log else {}
    maker = packed.zstd.ZstdCompressor(options=options)
    return b"".join(maker.compress(bytes(1 << 24)) for _ in range(GIB >> 24)) + maker.flush()


@pytest.mark.slow
@pytest.mark.parametrize("kind", [*BUILTIN, *LEASES], ids=lambda r: r.id)
def test_a_line_of_a_gib_is_one_reject_whatever_it_is_packed_with(
    kind: Kind, monsters: dict[str, Path], tmp_path: Path
) -> None:
    """In bounded memory and in seconds; the frame with the widest window takes that window besides.

    Where a record is less than a line, documents are held in memory, up to the size that `_documents` states.
    """
    suite = logs if kind in BUILTIN else leases
    for name, path in monsters.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / suite.the_file(kind).name).symlink_to(path)  # type: ignore[arg-type]  # of its own suite
    of = "log" if kind in BUILTIN else "leases"
    told = samples.measured(suite.real(kind), of, [tmp_path / name for name in monsters])  # type: ignore[arg-type]
    print(kind.id, told)
    for name, one in zip(monsters, told, strict=True):
        assert (one["records"], one["rejected"]) == (1, 1), name
        held = 0 if kind.unit in ("line", "row") else HELD_KIB
        assert one["grown_kib"] < MOST_GROWN_KIB + held + (WINDOW_KIB if name == "wide" else 0), name
        assert one["cpu_s"] < MOST_CPU_S, name


@pytest.mark.slow
def test_a_gzip_bomb_of_a_gib_is_one_fault(tmp_path: Path) -> None:
    """A MiB of members that are a GiB of one line."""
    path = tmp_path / "bomb"
    path.write_bytes(gzip.compress(bytes(GIB // 16), 9, mtime=0) * 16)
    assert path.stat().st_size < 2_000_000
    faults: list[tuple[int, str]] = []
    lines = LineFile(InputFile(path, path.name), lambda number, reason: faults.append((number, reason)))
    assert (list(lines.lines()), faults) == ([], [(1, "line-too-long")])


# --- a clock that is a year wrong ---------------------------------------------------------------------


def window_of(reading: Reading, years: int) -> Span:
    """The days that a reading covers, so many years later."""
    first, last = min(reading.days), max(reading.days) + timedelta(days=1)
    return Span(*(datetime.combine(_moved(d, years), time(), tzinfo=UTC) for d in (first, last)))


def _moved(day: date, years: int) -> date:
    return day.replace(year=day.year + years, day=min(day.day, 28))


def expect_nothing(reading: Reading, usual: Reading) -> None:
    """Nothing is kept or covered, and each record that would have been kept is in the account as something else."""
    assert not (reading.names or reading.installed or reading.leases or reading.snapshots)
    assert not (reading.days or reading.hours)
    account, as_usual = reading.account, usual.account
    assert (account.kept, account.records) == (0, as_usual.records)
    assert account.dropped >= as_usual.dropped + as_usual.kept


@logs.each_reader
@pytest.mark.parametrize("years", [-1, 1])
def test_lines_a_year_beside_the_window_are_no_coverage(kind: type[Reader], years: int) -> None:
    """Whoever wrote them had a clock that is a year wrong, or the window has: nothing is kept, nothing looks seen."""
    usual = samples.read(logs.real(kind))
    expect_nothing(samples.read(logs.real(kind), window=window_of(usual, years)), usual)


@logs.each_reader
@pytest.mark.parametrize("years", [-1, 1])
def test_a_year_that_was_stated_wrong_is_no_coverage(kind: type[Reader], years: int) -> None:
    """Where lines name no year, the settings do; those that name theirs are read by it."""
    folder = logs.real(kind)
    usual, settings = samples.read(folder), samples.settings_of(folder)
    wrong = replace(settings, year=(settings.year or usual_year(usual)) + years)
    reading = reader(kind.id).read(
        wrong, folder, samples.watch_of(folder), samples.MATCHERS, window_of(usual, 0), samples.leases_of(folder)
    )
    if settings.year is None:
        assert reading.account.records == usual.account.records
    else:
        expect_nothing(reading, usual)


def usual_year(reading: Reading) -> int:
    """The year of the first day that a reading covers."""
    return min(reading.days).year


@leases.each_reader
def test_leases_a_year_beside_the_window_hold_on_none_of_its_days(kind: type[LeaseReader]) -> None:
    """A year before the first one nobody holds anything; a year behind the last one only who has it without end."""
    folder = leases.real(kind)
    every = leases.read(folder).index.every()
    assert every
    first, last = (f([t for _, h in every for t in (h.start, h.end) if t < OPEN_END]) for f in (min, max))
    endless = {held.mac for _, held in every if held.end >= OPEN_END}
    for at, expected in ((utc(first) - timedelta(days=366), set()), (utc(last) + timedelta(days=366), endless)):
        reading = leases.read(folder, window=Span(at, at + timedelta(days=7)))
        assert {mac for _, mac in reading.index.days()} == expected
        assert reading.account.records == leases.read(folder).account.records
