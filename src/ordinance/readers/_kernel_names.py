# SPDX-License-Identifier: EUPL-1.2
"""Names looked up from their ends, as compiled code (see `_kernels`).

Reads: octets. Most names are told apart by their last eight octets alone: only where a name of the table ends in these
is it gone through, label by label. Cannot know what a name is of.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from numba import uint64

from ordinance.readers._kernel_compiling import compiled, within
from ordinance.readers._kernel_octets import (
    AT_ONCE,
    between,
    like,
    lowest,
    small_letters,
    start_of,
    without_lowest,
    word,
)
from ordinance.readers._kernels import BACKSLASH, DOT, MULTIPLIER, SPACE

NOTHING, WATCHED, ZONE = 0, 1, 2

NameTable = tuple[Any, Any, Any, Any]  # digests, where each name begins in the octets, these, and what names end in

_WORD: Final = 8  # octets
_SHORT, _SHIFT, _ENDS = range(3)  # of what names end in: where a short one's dot stands, how a place is told, the bits


@compiled
def _lower(octet: int) -> int:
    return octet + 32 if 65 <= octet <= 90 else octet


@compiled
def _looked_up(text: Any, start: int, end: int, digest: Any, names: Any) -> int:
    """What the table has on exactly this name, whose digest is given."""
    hashes, places, pool, _, mask = names
    at = (digest ^ (digest >> uint64(29))) & mask
    while places[at]:
        place = places[at]
        if hashes[at] == digest and pool[place] == end - start:
            same = True
            for n in range(end - start):
                if pool[place + 2 + n] != _lower(text[start + n]):
                    same = False
                    break
            if same:
                return int(pool[place + 1])
        at = (at + uint64(1)) & mask
    return NOTHING


@compiled
def _ends_in_watched(text: Any, start: int, end: int, names: Any) -> bool:
    """Whether what stands left of a zone ends in a watched name."""
    digest = uint64(0)
    for n in range(end - 1, start - 1, -1):
        octet = _lower(text[n])
        if octet == DOT and _looked_up(text, n + 1, end, digest, names) == WATCHED:
            return True
        digest = (digest ^ uint64(octet)) * uint64(MULTIPLIER)
    return _looked_up(text, start, end, digest, names) == WATCHED


@within
def is_suspect(text: Any, start: int, end: int, names: Any) -> bool:
    """Whether a name, in any case and with any dots at its end, ends in one of the table on the border of a label.

    Below a zone, what stands left of it has to. So does whatever may be written otherwise than it is meant.
    """
    while end > start and text[end - 1] == DOT:
        end -= 1
    size, back = end - start, end - AT_ONCE
    if _WORD <= size <= AT_ONCE and back >= 0:
        odd = between(text, back, 0, SPACE) | like(text, back, BACKSLASH)
        if odd >> uint64(AT_ONCE - size):
            return True
        dots = like(text, back, DOT) >> uint64(AT_ONCE - _WORD)
        if not _may_end(small_letters(word(text, end - _WORD)), dots, names[3]):
            return False
    return _is_suspect(text, start, end, names)


@within
def _may_end(last: Any, dots: Any, ends: Any) -> bool:
    """Whether a name of the table may end in these octets, or be what stands behind one of the dots among them."""
    if _has(ends, last):
        return True
    dots &= ends[_SHORT]
    while dots:
        if _has(ends, last >> uint64(_WORD * lowest(dots))):
            return True
        dots = without_lowest(dots)
    return False


@within
def _has(ends: Any, key: Any) -> bool:
    """Whether a key may be one of those that names end in."""
    place = key * uint64(MULTIPLIER) >> ends[_SHIFT]
    return bool(ends[uint64(_ENDS) + (place >> uint64(6))] >> (place & uint64(63)) & uint64(1))


@compiled
def _is_suspect(text: Any, start: int, end: int, names: Any) -> bool:
    """The same label by label, of a name without dots at its end."""
    digest = uint64(0)
    for n in range(end - 1, start - 1, -1):
        octet = _lower(text[n])
        if octet <= SPACE or octet == BACKSLASH:
            return True
        if octet == DOT:
            what = _looked_up(text, n + 1, end, digest, names)
            if what == WATCHED or (what == ZONE and _ends_in_watched(text, start, n, names)):
                return True
        digest = (digest ^ uint64(octet)) * uint64(MULTIPLIER)
    return _looked_up(text, start, end, digest, names) == WATCHED


@within
def pointed(table: Any) -> Any:
    """The table without what counts references, and with a mask of its places."""
    hashes, places, pool, ends = table
    return start_of(hashes), start_of(places), start_of(pool), start_of(ends), uint64(hashes.size - 1)


@compiled
def is_name_suspect(text: Any, start: int, end: int, table: Any) -> bool:
    """The same of a text and a table as Python has them."""
    return is_suspect(start_of(text), start, end, pointed(table))


def name_table(watched: Iterable[str], zones: Iterable[str]) -> NameTable:
    """Names in small letters, as `is_suspect` looks them up: open addressing, eight places for each."""
    names = dict.fromkeys(zones, ZONE) | dict.fromkeys(watched, WATCHED)
    size = 8
    while size < 8 * len(names):
        size *= 2
    hashes, places, pool = np.zeros(size, np.uint64), np.zeros(size, np.int64), bytearray(b"\0")
    for name, what in names.items():
        octets = name.encode("ascii")
        digest = 0
        for octet in reversed(octets):
            digest = (digest ^ octet) * MULTIPLIER % (1 << 64)
        at = (digest ^ digest >> 29) % size
        while places[at]:
            at = (at + 1) % size
        hashes[at], places[at] = digest, len(pool)
        pool += bytes((len(octets), what)) + octets
    return hashes, places, np.frombuffer(bytes(pool), np.uint8), _ends_of(names)


def _ends_of(names: Iterable[str]) -> Any:
    """What names end in: their last eight octets, or a dot and all of a shorter one; thirty-two bits for each."""
    keys, short = list[int](), 0
    for name in names:
        octets = name.encode("ascii")
        if len(octets) < _WORD:
            short |= 1 << (_WORD - 1 - len(octets))
            octets = b"." + octets
        keys.append(int.from_bytes(octets[-_WORD:], "little"))
    bits = 6
    while 1 << bits < 32 * len(keys):
        bits += 1
    ends = [0] * (1 << (bits - 6))
    for key in keys:
        place = (key * MULTIPLIER) % (1 << 64) >> (64 - bits)
        ends[place >> 6] |= 1 << (place & 63)
    return np.array([short, 64 - bits, *ends], np.uint64)
