# SPDX-License-Identifier: EUPL-1.2
"""H.264 as units: taken apart, and of them only slices and one pair of parameter sets kept.

Reads bytes of a stream or of an `avcC` record. Everything between the slices (messages, delimiters, fillers, further
views) is dropped, or refused where leaving it out would change the picture. Cannot know what a slice holds.

Sources: ITU-T H.264 7.4.1 and table 7-1, annex B; ISO/IEC 14496-15 5.3.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

SLICE, KEY_SLICE, SPS, PPS = 1, 5, 7, 8
DROPPED = frozenset({6, 9, 10, 11, 12})  # messages, delimiter, ends, filler: no decoder needs them
_START = re.compile(b"\x00\x00\x01")


class OtherUnitError(ValueError):
    """A unit, or a second parameter set, without which the picture would be another."""


def kind_of(unit: bytes) -> int:
    """The number of a unit's kind; -1 for an empty one."""
    return unit[0] & 31 if unit else -1


def units_of_stream(content: bytes) -> Iterator[bytes]:
    """Units with start codes before them, as an encoder gives them."""
    starts = [match.start() for match in _START.finditer(content)]
    for start, end in zip(starts, [*starts[1:], len(content)], strict=True):
        unit = content[start + 3 : end].rstrip(b"\x00")  # zeros before the next start code belong to no unit
        if unit:
            yield unit


def units_of_sample(content: bytes, length_bytes: int) -> Iterator[bytes]:
    """Units with their length before them, as an MP4 file has them. Raises OtherUnitError where lengths lie."""
    at = 0
    while at < len(content):
        end = at + length_bytes + int.from_bytes(content[at : at + length_bytes], "big")
        if end > len(content) or at + length_bytes > len(content):
            raise OtherUnitError
        if end > at + length_bytes:
            yield content[at + length_bytes : end]
        at = end


def parameters_of(record: bytes) -> tuple[int, bytes, bytes]:
    """Bytes of a length, and the one pair of parameter sets of an `avcC` record. Raises OtherUnitError if not one."""
    try:
        if record[0] != 1 or record[5] & 31 != 1:
            raise OtherUnitError
        length = int.from_bytes(record[6:8], "big")
        sps, rest = record[8 : 8 + length], record[8 + length :]
        size = int.from_bytes(rest[1:3], "big")
        pps = rest[3 : 3 + size]
        if rest[0] != 1 or kind_of(sps) != SPS or kind_of(pps) != PPS or len(pps) != size or len(sps) < 4:
            raise OtherUnitError
    except IndexError:
        raise OtherUnitError from None
    return (record[4] & 3) + 1, sps, pps


def slices(units: Iterable[bytes], sps: bytes, pps: bytes) -> tuple[bytes, bool]:
    """A sample of nothing but slices, and whether it can be shown without another.

    Raises OtherUnitError for parameter sets that differ from the given pair, and for units of another kind.
    """
    kept: list[bytes] = []
    kinds: set[int] = set()
    for unit in units:
        kind = kind_of(unit)
        if kind in (SLICE, KEY_SLICE):
            kept.append(len(unit).to_bytes(4, "big") + unit)
            kinds.add(kind)
        elif kind not in DROPPED and unit not in (sps, pps):
            raise OtherUnitError
    if len(kinds) != 1:
        raise OtherUnitError
    return b"".join(kept), kinds == {KEY_SLICE}
