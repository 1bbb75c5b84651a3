# SPDX-License-Identifier: EUPL-1.2
"""The tables of an MP4 track that say where its samples lie, and how long each lasts.

Reads: stts, stss, stsc, stsz, stco. A count is believed only where as many entries are there, so that none costs
more than its bytes.

Source: ISO/IEC 14496-12 8.6.1.2, 8.6.2, 8.7.3.2, 8.7.4, 8.7.5.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from ordinance.airlock.structure._strange import DISAGREE, FIXED, ORDER, RANGE, SIZE, Fields, want


@dataclass(frozen=True, slots=True)
class Samples:
    """Ticks a sample, place and size of each sample in bytes, and which are key pictures by the table (from 1)."""

    ticks: int
    places: tuple[tuple[int, int], ...]
    keys: tuple[int, ...]


def samples(tables: Mapping[bytes, memoryview], where: str) -> Samples:
    """All samples of a track by its tables, which agree with one another."""
    sizes = _entries(tables[b"stsz"], f"{where}/stsz", 1, skip=4)
    want(len(sizes) > 0, f"{where}/stsz", SIZE, "there are no samples")
    want(min(sizes) > 0, f"{where}/stsz", RANGE, "a sample is empty")
    times = _entries(tables[b"stts"], f"{where}/stts", 2)
    want(len(times) == 2, f"{where}/stts", FIXED, "not all samples last equally long")
    want(times[0] == len(sizes), f"{where}/stts", DISAGREE, "it counts other samples than there are")
    want(0 < times[1] < 1 << 20, f"{where}/stts", RANGE, "a sample's duration is outside of what ours have")
    keys = _entries(tables[b"stss"], f"{where}/stss", 1) if b"stss" in tables else ()
    want(all(a < b for a, b in pairwise(keys)), f"{where}/stss", ORDER, "its entries do not go up")
    chunks = _entries(tables[b"stco"], f"{where}/stco", 1)
    counts = _counts(_entries(tables[b"stsc"], f"{where}/stsc", 3), len(chunks), len(sizes), f"{where}/stsc")
    places, index = [], 0
    for at, count in zip(chunks, counts, strict=True):
        for size in sizes[index : index + count]:
            places.append((at, size))
            at += size  # noqa: PLW2901  # the next sample of a chunk begins where this one ends
        index += count
    want(index == len(sizes) == len(places), f"{where}/stsc", DISAGREE, "its chunks hold other samples than there are")
    return Samples(times[1], tuple(places), keys)


def _counts(entries: tuple[int, ...], chunks: int, most: int, where: str) -> list[int]:
    """How many samples each chunk has."""
    runs = list(zip(entries[::3], entries[1::3], entries[2::3], strict=True))
    want(bool(runs) and runs[0][0] == 1, where, ORDER, "its first entry is not for the first chunk")
    want(all(kind == 1 for _, _, kind in runs), where, FIXED, "a chunk has a description that there is not")
    want(all(0 < count <= most for _, count, _ in runs), where, RANGE, "a chunk has no samples, or too many")
    starts = [start for start, _, _ in runs] + [chunks + 1]
    pairs = list(pairwise(starts))
    want(all(a < b for a, b in pairs), where, ORDER, "its entries do not go up, or beyond the last chunk")
    same = any(a[1] == b[1] for a, b in pairwise(runs))
    want(not same, where, SIZE, "two entries say what one could")
    return [count for (_, count, _), (a, b) in zip(runs, pairs, strict=True) for _ in range(b - a)]


def _entries(content: memoryview, where: str, numbers: int, skip: int = 0) -> tuple[int, ...]:
    """The numbers of all entries of a table; `skip`: bytes of zero before the count."""
    fields = Fields(content, where)
    fields.zeros(4 + skip, "version, flags or common size")
    count = fields.number(4)
    want(count * numbers * 4 == fields.left, where, SIZE, "it does not have as many entries as it says")
    return struct.unpack(f">{count * numbers}I", fields.take(fields.left))
