# SPDX-License-Identifier: EUPL-1.2
"""`sources detect` and `sources list`: which readers there are, and which of them reads a file.

Reads the head of a file (`file_head`: so many lines and bytes, unpacked), written into a private folder that is gone
afterwards, or with the next run where this one is killed. Every installed reader reads it there with nothing to watch
and under neutral settings, so that nothing is known here of any format and nothing can contradict the readers. Where no
reader takes the head and the file begins like a document (JSON, XML, a list of properties), those whose record is no
line get all of it, up to MOST_DOCUMENT_BYTES.

Where none does, the nearest are those that reject for a reason that they would not give for just anything, or know
records as part of their format; else those that read the most.

A reader *recognises* a file when it read at least half of the records and found one that is its own: an hour in which
something was logged, a lease, or an app of an inventory. Lines that it passes over as another program's are read too,
and prove nothing; so that bad lines beside good ones do not hide the hour that they stand in, what was rejected is
left out for that question. Several readers recognise a file that several programs wrote, through syslog.

Gives ids of readers, counts, and reasons of rejects with their place, never anything of what the file holds. Cannot
know whether a whole file is like its head, nor what the settings mean that a person has to fill in.
"""

from __future__ import annotations

import glob
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from ordinance.match.names import NameMatcher
from ordinance.match.software import SoftwareMatcher
from ordinance.model.body import SourceSettings
from ordinance.model.errors import SourceError
from ordinance.model.evidence import Account, EvidenceKind, WatchList
from ordinance.model.time import Period
from ordinance.operations.file_head import is_document, write_head, write_start
from ordinance.operations.private_folder import private_folder
from ordinance.readers import LeaseReader, Reader, available, available_leases
from ordinance.readers._base import Matchers
from ordinance.readers._columns import PRESETS

MOST_DOCUMENT_BYTES = 16 << 20
KNOWN, SEVERAL, UNKNOWN, UNREADABLE = "known", "several", "unknown", "unreadable"
EXITS = {KNOWN: 0, SEVERAL: 4, UNKNOWN: 1, UNREADABLE: 3}
MOST_REASONS, MOST_GUESSES = 5, 3

_BY_LINE = ("line", "row")
_ENOUGH, _NEAR = 0.5, 0.1  # of the records; how much less than the best is as good
_OF_FILES = frozenset({"bad-encoding", "line-too-long", "unreadable-file", "bad-json", "document-too-large"})
_HEADER = 1  # a table's first line is structural, whatever it says
# What a reader says of these it says of anything; another reason for a reject is a sign that it knows the format.
_ANYTHING = b"""some words, and no record of anything
{"some": "words"}
[1, 2]
<some>words</some>
some,words,here
Mar 20 09:00:04 some words
Mar 20 09:00:04 machine program[1]: some words
2023-03-20T09:00:04+01:00 machine program: some words
20-Mar-2023 09:00:04.123 some words
1679299204.123 some words
[1679299204] some words
"""
_NOTHING = WatchList(frozenset())
_LEAP_YEAR = 2024  # has every day that a stamp without a year can name

AnyReader = Reader | LeaseReader


@dataclass(frozen=True, slots=True)
class _Tried:
    """What one reader made of a file under one set of settings; `needs` are those that had to be stated."""

    reader: AnyReader
    account: Account
    needs: Mapping[str, Any]
    is_own: bool

    @property
    def read(self) -> float:
        """The share of records that are no rejects."""
        return 1 - self.account.rejected / self.account.records if self.account.records else 0.0

    @property
    def is_recognised(self) -> bool:
        """Whether it is of this reader's format."""
        return self.is_own and self.read >= _ENOUGH


def list_readers() -> list[dict[str, Any]]:
    """Each installed reader as JSON: those of logs and inventories, then those of leases, by id."""
    logs = [{**_named(one), "evidence": str(one.evidence)} for one in available()]
    return logs + [{**_named(one), "evidence": None} for one in available_leases()]


def detect(files: Iterable[Path], readers: Sequence[AnyReader] | None = None) -> dict[str, Any]:
    """What each file is, as JSON, with the exit code of the worst; by default all installed readers are asked."""
    asked: Sequence[AnyReader] = [*available(), *available_leases()] if readers is None else readers
    found = [_detected(path, asked) for path in files]
    verdicts = {one["verdict"] for one in found}
    order = (UNREADABLE, UNKNOWN, SEVERAL, KNOWN)
    return {"files": found, "exit_code": next(EXITS[v] for v in order if v in verdicts)}


def _detected(path: Path, readers: Sequence[AnyReader]) -> dict[str, Any]:
    with private_folder() as away:
        copy = away / path.name
        try:
            if not path.is_file():  # a pipe would be waited for
                raise FileNotFoundError
            is_whole = write_head(path, copy)
            if is_whole and not copy.stat().st_size:
                return _document(path, UNKNOWN, True, is_empty=True)
            tried = {one.id: _tried(one, copy) for one in readers}
            if not is_whole and not _fit(tried.values()) and is_document(copy):
                is_whole = write_start(path, copy, MOST_DOCUMENT_BYTES)
                tried |= {one.id: _tried(one, copy) for one in readers if one.unit not in _BY_LINE}
            fit = _fit(tried.values())
            near = [] if fit else _nearest(tried.values(), copy)
        except OSError:
            return _document(path, UNREADABLE, False)
    return _document(path, UNKNOWN if not fit else KNOWN if len(fit) == 1 else SEVERAL, is_whole, fit, near)


def _fit(tried: Iterable[Sequence[_Tried]]) -> list[_Tried]:
    """Those that recognise the file, each under its best settings, but for one that reads much less than another."""
    best = [max(every, key=_rank) for every in tried if every]
    most = max((t.read for t in best if t.is_recognised), default=0.0)
    return sorted((t for t in best if t.is_recognised and t.read >= most - _NEAR), key=lambda t: (-t.read, t.reader.id))


def _rank(found: _Tried) -> tuple[bool, float]:
    """Of two that are alike the first is taken, which states fewer settings."""
    return found.is_recognised, found.read


def _nearest(tried: Iterable[Sequence[_Tried]], copy: Path) -> list[_Tried]:
    """Those of which the most speaks for their format, though it is not enough; none where nothing does."""
    blank = sum(not line.strip() for line in copy.read_bytes().splitlines())
    copy.write_bytes(_ANYTHING)
    near: dict[str, tuple[int, int, _Tried]] = {}
    for found in (t for every in tried for t in every):
        signs = (_signs(found, copy, blank), found.account.records - found.account.rejected - blank - _HEADER)
        if found.reader.id not in near or signs > near[found.reader.id][:2]:
            near[found.reader.id] = (*signs, found)
    most = max((one[:2] for one in near.values()), default=(0, 0))
    return [found for *signs, found in near.values() if tuple(signs) == most and max(most) > 0][:MOST_GUESSES]


def _signs(found: _Tried, anything: Path, blank: int) -> int:
    """How many records the reader knows as part of its format, or rejects for a reason of its own."""
    on_anything = _under(found.reader, anything, found.needs)
    usual = {r.reason for r in on_anything.account.rejects} if on_anything else set()
    own = sum(r.reason not in usual for r in found.account.rejects if r.reason not in _OF_FILES)
    return own + max(0, found.account.structural - blank - _HEADER)


# --- one reader ---------------------------------------------------------------------------------------


def _tried(one: AnyReader, copy: Path) -> list[_Tried]:
    """What a reader makes of a file under each of the settings to try, until one of them leaves nothing to wish."""
    every: list[_Tried] = []
    for needs in _settings_to_try(one):
        if (found := _under(one, copy, needs)) is not None:
            every.append(found)
            if found.is_recognised and not found.account.rejected:
                break
    return every


def _settings_to_try(one: AnyReader) -> Iterator[dict[str, Any]]:
    """Without any, then with one each of those that formats need; a layout is for inventories alone."""
    yield {}
    evidence = _evidence(one)
    if evidence is None:
        yield {"lease": Period(days=1)}
    elif evidence is EvidenceKind.INVENTORY:
        yield from ({"preset": name} for name in PRESETS)
    else:
        yield {"year": _LEAP_YEAR}


def _under(one: AnyReader, copy: Path, needs: Mapping[str, Any]) -> _Tried | None:
    """What a reader makes of a file under these settings; `None` where they are not enough."""
    try:
        account, is_own = _read(one, copy, needs)
        if account.rejected and not is_own and one.unit in _BY_LINE:
            is_own = _read_without(one, copy, needs, {r.line for r in account.rejects})
    except SourceError:
        return None
    return _Tried(one, account, needs, is_own)


def _read_without(one: AnyReader, copy: Path, needs: Mapping[str, Any], lines: set[int]) -> bool:
    """Whether the lines that are left hold a record of its own."""
    every = copy.read_bytes().split(b"\n")
    with tempfile.TemporaryDirectory(dir=copy.parent) as away:
        rest = Path(away) / copy.name
        rest.write_bytes(b"\n".join(text for number, text in enumerate(every, 1) if number not in lines))
        return _read(one, rest, needs)[1]


def _read(one: AnyReader, copy: Path, needs: Mapping[str, Any]) -> tuple[Account, bool]:
    """The account, and whether a record of the reader's own was found."""
    settings = SourceSettings("source", one.id, (glob.escape(copy.name),), ZoneInfo("UTC"))
    settings = replace(settings, **needs)
    evidence = _evidence(one)
    if evidence is None:
        leases = cast(LeaseReader, one).read(settings, copy.parent)
        return leases.account, bool(leases.index.every())
    nothing = Matchers(NameMatcher(()), SoftwareMatcher(()))
    reading = cast(Reader, one).read(settings, copy.parent, _NOTHING, nothing)
    is_listing = evidence is EvidenceKind.INVENTORY
    return reading.account, reading.account.dropped > 0 if is_listing else bool(reading.hours)


def _evidence(one: AnyReader) -> EvidenceKind | None:
    """The kind of evidence that a reader gives; one of leases gives none."""
    return getattr(one, "evidence", None)


# --- as data ------------------------------------------------------------------------------------------


def _document(
    path: Path,
    verdict: str,
    is_whole: bool,
    fit: Sequence[_Tried] = (),
    near: Sequence[_Tried] = (),
    *,
    is_empty: bool = False,
) -> dict[str, Any]:
    return {
        "file": str(path),
        "verdict": verdict,
        "whole_file": is_whole,
        "empty": is_empty,
        "readers": [_row(one) for one in fit],
        "nearest": [_row(one) for one in near],
        "source": [_source(path, one) for one in fit],
    }


def _row(one: _Tried) -> dict[str, Any]:
    account = one.account
    counts = Counter(r.reason for r in account.rejects)
    first = {r.reason: r.line for r in reversed(account.rejects)}
    reasons = [{"reason": r, "records": n, "first": first[r]} for r, n in counts.most_common(MOST_REASONS)]
    parts = ("records", "dropped", "duplicate", "structural", "rejected")
    return {
        **_named(one.reader),
        "read_percent": int(100 * one.read),
        **{name: getattr(account, name) for name in parts},
        "rejects": reasons,
        "needs": sorted(one.needs),
    }


def _named(one: AnyReader) -> dict[str, Any]:
    return {"reader": one.id, "title": one.title, "unit": one.unit}


def _source(path: Path, one: _Tried) -> dict[str, Any]:
    """What a `[[sources]]` table needs: settings found, those to fill in, and those that tell a check more."""
    evidence = _evidence(one.reader)
    more = {None: (), EvidenceKind.INVENTORY: ("every", "first", "platforms")}.get(
        evidence, ("network", "canary", "leases")
    )
    return {
        "id": one.reader.id,
        "reader": one.reader.id,
        "files": [glob.escape(str(path))],
        "stated": {name: value for name, value in one.needs.items() if name == "preset"},
        "fill_in": [name for name in sorted(one.needs) if name != "preset"],
        "optional": list(more),
        "named_by_a_log": evidence is None,
    }
