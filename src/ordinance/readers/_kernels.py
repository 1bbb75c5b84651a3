# SPDX-License-Identifier: EUPL-1.2
"""Machine code that passes over the lines of a block and tells which of them a reader has to see.

Reads: octets of whole lines. A line is passed over where it is written as the program that wrote the log always does
and its name ends in none of the table's: everything else is shown, so that too much may be shown and never too little.
Compiled by Numba (the extra `fast`) when first asked for, and kept where Python keeps compiled modules.

Which lines are shown, besides those that are not plain or have a watched name: the first plain one, and each plain one
of another slot than the line before, of which something counts for the first time in its slot; the first plain one
that counts after a line that was not plain. The reader's own hour is then that of all lines passed over behind it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numba import njit, uint64

if TYPE_CHECKING:
    from ordinance.readers._sieve import TablePlan

compiled = njit(nogil=True, cache=True)

NameTable = tuple[Any, Any, Any]  # digests, where each name begins in the octets, and these

MULTIPLIER: Final = 0x9E37_79B9_7F4A_7C15
SLOT_S: Final = 900  # the full hours of every zone's clocks begin at a multiple of it, seen from UTC
NOTHING, WATCHED, ZONE = 0, 1, 2
TIME, CLIENT, NAME, PORT, CLASS, METHOD = range(6)  # what a column is looked at for
ROLES: Final = 6
NEVER: Final = 1 << 62  # later than any instant

_TAB, _LINE_FEED, _RETURN, _SPACE, _HASH, _DOT, _COLON, _BACKSLASH, _BRACE = 9, 10, 13, 32, 35, 46, 58, 92, 123
_NAUGHT, _ONE, _NINE = 48, 49, 57
_HIGH = 128
_SLOT, _IS_INSIDE, _IS_COUNTED = range(3)  # of a scan's state: the slot of the last plain line, and what was seen of it


@compiled
def _lower(octet: int) -> int:
    return octet + 32 if 65 <= octet <= 90 else octet


@compiled
def _looked_up(text: Any, start: int, end: int, digest: Any, hashes: Any, places: Any, pool: Any) -> int:
    """What the table has on exactly this name, whose digest is given."""
    mask = uint64(hashes.size - 1)
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
def _ends_in_watched(text: Any, start: int, end: int, hashes: Any, places: Any, pool: Any) -> bool:
    """Whether what stands left of a zone ends in a watched name."""
    digest = uint64(0)
    for n in range(end - 1, start - 1, -1):
        octet = _lower(text[n])
        if octet == _DOT and _looked_up(text, n + 1, end, digest, hashes, places, pool) == WATCHED:
            return True
        digest = (digest ^ uint64(octet)) * uint64(MULTIPLIER)
    return _looked_up(text, start, end, digest, hashes, places, pool) == WATCHED


@compiled
def is_suspect(text: Any, start: int, end: int, hashes: Any, places: Any, pool: Any) -> bool:
    """Whether a name, in any case and with any dots at its end, ends in one of the table on the border of a label.

    Below a zone, what stands left of it has to. So does whatever may be written otherwise than it is meant.
    """
    while end > start and text[end - 1] == _DOT:
        end -= 1
    digest = uint64(0)
    for n in range(end - 1, start - 1, -1):
        octet = _lower(text[n])
        if octet <= _SPACE or octet == _BACKSLASH:
            return True
        if octet == _DOT:
            what = _looked_up(text, n + 1, end, digest, hashes, places, pool)
            if what == WATCHED or (what == ZONE and _ends_in_watched(text, start, n, hashes, places, pool)):
                return True
        digest = (digest ^ uint64(octet)) * uint64(MULTIPLIER)
    return _looked_up(text, start, end, digest, hashes, places, pool) == WATCHED


@compiled
def is_plain_address(text: Any, start: int, end: int) -> bool:
    """Whether it is an address of version 4 as everybody writes it, or one of version 6 in a common way."""
    dots = digits = value = first = 0
    for n in range(start, end):
        octet = text[n]
        if octet == _DOT:
            if not digits:
                return False
            dots += 1
            digits = value = 0
        elif _NAUGHT <= octet <= _NINE:
            if digits and first == _NAUGHT:
                return _is_plain_address_6(text, start, end)
            if not digits:
                first = octet
            value = value * 10 + octet - _NAUGHT
            digits += 1
            if value > 255:
                return _is_plain_address_6(text, start, end)
        else:
            return _is_plain_address_6(text, start, end)
    return dots == 3 and digits > 0


@compiled
def _is_plain_address_6(text: Any, start: int, end: int) -> bool:
    """Groups of at most four digits in small letters; eight of them, or fewer with one gap."""
    groups = digits = gaps = 0
    n = start
    while n < end:
        octet = text[n]
        if octet == _COLON:
            if n + 1 < end and text[n + 1] == _COLON:
                gaps += 1
                groups += digits > 0
                n += 1
            elif not digits:
                return False  # a lone colon at the beginning, or three in a row
            elif n + 1 == end:
                return False
            else:
                groups += 1
            digits = 0
        elif _NAUGHT <= octet <= _NINE or 97 <= octet <= 102:
            digits += 1
            if digits > 4:
                return False
        else:
            return False
        n += 1
    groups += digits > 0
    return (gaps == 0 and groups == 8) or (gaps == 1 and groups <= 7)


@compiled
def _seconds(text: Any, start: int, end: int) -> int:
    """Seconds since 1970 as `1679302800.123456`; -1 for anything else."""
    if not 12 <= end - start <= 20 or text[start] == _NAUGHT or text[start + 10] != _DOT:
        return -1
    at = 0
    for n in range(start, end):
        if n == start + 10:
            continue
        octet = text[n]
        if not _NAUGHT <= octet <= _NINE:
            return -1
        if n < start + 10:
            at = at * 10 + octet - _NAUGHT
    return at


@compiled
def _is_neighbours(text: Any, start: int, end: int) -> bool:
    """Whether a port is 137, 5353 or 5355: a question to neighbours."""
    if end - start == 3:
        return bool(text[start] == 49 and text[start + 1] == 51 and text[start + 2] == 55)
    if end - start == 4:
        last = text[start + 3]
        is_third = text[start] == 53 and text[start + 1] == 51 and text[start + 2] == 53
        return bool(is_third and (last == 51 or last == 53))  # noqa: PLR1714  # as below
    return False


# --- what every scan shares -----------------------------------------------------------------------------------------


@compiled
def _is_text(text: Any, start: int, end: int) -> bool:
    """Whether all of it is ASCII."""
    for n in range(start, end):  # noqa: SIM110  # a generator would not be compiled
        if text[n] >= _HIGH:
            return False
    return True


@compiled
def _say_nothing(state: Any) -> None:
    """The line in hand is not plain: of the next the reader has to see where it stands."""
    state[_SLOT], state[_IS_COUNTED] = -1, 0


@compiled
def _has_to_be_seen(state: Any, slot: int, is_inside: bool, counts: bool, has_name: bool) -> bool:
    """Whether a plain line is shown; `state` then is what the reader has seen of its slot."""
    is_new = slot != state[_SLOT] or is_inside != state[_IS_INSIDE]
    if has_name:  # the reader may see more in it than that it counts
        if is_new:
            _say_nothing(state)
        return True
    is_first = is_new or (counts and not state[_IS_COUNTED])
    if is_new:
        state[_SLOT], state[_IS_INSIDE], state[_IS_COUNTED] = slot, is_inside, counts
    elif counts:
        state[_IS_COUNTED] = 1
    return is_first


@compiled
def _show(shown: Any, found: int, begin: int, end: int) -> int:
    """One more row; how many there are."""
    shown[found, 0], shown[found, 1], shown[found, 2] = begin, end, 0
    shown[found, 3], shown[found, 4] = NEVER, -1
    return found + 1


@compiled
def _pass_over(shown: Any, found: int, at: int, counts: bool) -> None:
    """One more line behind the last row that need not be seen."""
    shown[found - 1, 2] += 1
    if counts:
        shown[found - 1, 3] = min(shown[found - 1, 3], at)
        shown[found - 1, 4] = max(shown[found - 1, 4], at)


# --- tables with tabs -----------------------------------------------------------------------------------------------


@compiled
def _cells(text: Any, begin: int, roles: Any, fields: Any) -> tuple[int, int]:
    """Where the cells with a role begin and end (-1 for none), where the line ends, and how many cells it has."""
    fields[:] = -1
    column, cell, n = 0, begin, begin
    while True:
        octet = text[n]
        if octet == _TAB or octet == _LINE_FEED:  # noqa: PLR1714, SIM109  # a set would not be compiled
            if column < roles.size and roles[column] >= 0:
                fields[roles[column], 0], fields[roles[column], 1] = cell, n
            column += 1
            cell = n + 1
            if octet == _LINE_FEED:
                return n, column
        n += 1


@compiled
def _has_name(text: Any, fields: Any, hashes: Any, places: Any, pool: Any) -> bool:
    """Whether a name, or that of a host before its port, is to be looked at."""
    start, end = fields[NAME]
    if fields[METHOD, 0] >= 0:
        for n in range(start, end):
            if text[n] == _COLON:
                # what follows the port may be odd too, and the name before it is what counts
                return is_suspect(text, start, n, hashes, places, pool) or is_suspect(
                    text, n, end, hashes, places, pool
                )
    return is_suspect(text, start, end, hashes, places, pool)


@compiled
def _counts(text: Any, fields: Any, unset: int) -> bool:
    """Whether a row is of a question to a resolver, or of a connection with a name."""
    start, end = fields[PORT]
    if start >= 0 and _is_neighbours(text, start, end):
        return False
    start, end = fields[CLASS]
    return bool(start < 0 or (end - start == 1 and (text[start] == _ONE or text[start] == unset)))


@compiled
def scan_table(
    text: Any,
    is_ascii: bool,
    roles: Any,
    width: int,
    unset: int,
    most_line: int,
    start: int,
    end: int,
    hashes: Any,
    places: Any,
    pool: Any,
    shown: Any,
) -> int:
    """Rows of a table. `text` is whole lines; `roles` says of each column what it is looked at for, or -1.

    Fills `shown` with a row for each line that is shown: where it begins and ends, how many lines are passed over
    behind it, and the first and last instant of those of them that count (NEVER and -1 where none does). How many rows.
    """
    found = begin = 0
    state, fields = np.full(3, -1, np.int64), np.empty((ROLES, 2), np.int64)
    while begin < text.size:
        n, columns = _cells(text, begin, roles, fields)
        at = -1
        if columns == width and n - begin <= most_line and text[n - 1] != _RETURN:
            is_row = text[begin] != _HASH and text[begin] != _BRACE
            is_call = fields[METHOD, 0] >= 0 and fields[METHOD, 1] - fields[METHOD, 0] == len(b"CONNECT")
            if is_row and not is_call and (is_ascii or _is_text(text, begin, n)):
                at = _seconds(text, fields[TIME, 0], fields[TIME, 1])
        if at >= 0 and is_plain_address(text, fields[CLIENT, 0], fields[CLIENT, 1]):
            counts = _counts(text, fields, unset)
            has_name = _has_name(text, fields, hashes, places, pool)
            if _has_to_be_seen(state, at // SLOT_S, start <= at < end, counts, has_name):
                found = _show(shown, found, begin, n)
            else:
                _pass_over(shown, found, at, counts)
        else:
            _say_nothing(state)
            found = _show(shown, found, begin, n)
        begin = n + 1
    return found


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
    return hashes, places, np.frombuffer(bytes(pool), np.uint8)


def shown_rows(
    block: bytes, plan: TablePlan, table: NameTable, start: int, end: int, most_line: int
) -> Any:
    """The rows of `scan_table`, as an array."""
    rows = np.empty((block.count(b"\n"), 5), np.int64)
    text = np.frombuffer(block, np.uint8)
    roles = np.full(plan.width, -1, np.int64)
    columns = ((TIME, plan.time), (CLIENT, plan.client), (NAME, plan.name), (PORT, plan.port))
    for role, column in (*columns, (CLASS, plan.query_class), (METHOD, plan.method)):
        if column >= 0:
            roles[column] = role
    unset = ord(plan.unset) if len(plan.unset) == 1 else -1
    found = scan_table(text, block.isascii(), roles, plan.width, unset, most_line, start, end, *table, rows)
    return rows[:found]
