# SPDX-License-Identifier: EUPL-1.2
"""What is compiled to pass over lines: names, addresses, instants, and when a line has to be seen.

Reads: octets. A line is passed over where it is written as the program that wrote the log always does and its name
ends in none of the table's: everything else is shown, so that too much may be shown and never too little. Compiled by
Numba (the extra `fast`) when first asked for, and kept beside what Python keeps of modules, by the text of all kernels.

Which lines are shown, besides those that are not plain or have a watched name: the first plain one, and each plain one
of another slot than the line before, of which something counts for the first time in its slot; the first plain one
that counts after a line that was not plain. The reader's own hour is then that of all lines passed over behind it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numba
import numpy as np
from numba import njit, uint64

from ordinance.readers._compiled_folder import compiled_folder


def _folder() -> Path:
    """Where compiled code is kept: of these very texts alone, for Numba looks at one file of several.

    Raises OSError where no folder can be written, or somebody else may write there.
    """
    here = Path(__file__).parent
    texts = b"".join(path.read_bytes() for path in sorted(here.glob("_kernel*.py")))
    user = os.geteuid() if hasattr(os, "geteuid") else None
    return compiled_folder(here, f"kernels-{hashlib.sha256(texts).hexdigest()[:16]}", os.environ, user)


numba.config.CACHE_DIR = str(_folder())  # type: ignore[attr-defined]  # its settings come to be when it is loaded
compiled = njit(nogil=True, cache=True)

NameTable = tuple[Any, Any, Any]  # digests, where each name begins in the octets, and these

MULTIPLIER: Final = 0x9E37_79B9_7F4A_7C15
SLOT_S: Final = 900  # the full hours of every zone's clocks begin at a multiple of it, seen from UTC
NOTHING, WATCHED, ZONE = 0, 1, 2
NEVER: Final = 1 << 62  # later than any instant

SHOWN, DROPPED, COUNTED, STRUCTURAL = range(4)  # what becomes of a line: seen, or passed over as one of these
END, VERDICT, AT, LINK = range(4)  # what is said of each line: where it ends, that, its instant, what it belongs to
UNLINKED: Final = -1

TAB, LINE_FEED, RETURN, SPACE, QUOTE, HASH, COMMA, MINUS, DOT, SLASH = 9, 10, 13, 32, 34, 35, 44, 45, 46, 47
NAUGHT, ONE, NINE, COLON, BRACKET, BACKSLASH, END_BRACKET, BRACE, END_BRACE = 48, 49, 57, 58, 91, 92, 93, 123, 125
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
        if octet == DOT and _looked_up(text, n + 1, end, digest, hashes, places, pool) == WATCHED:
            return True
        digest = (digest ^ uint64(octet)) * uint64(MULTIPLIER)
    return _looked_up(text, start, end, digest, hashes, places, pool) == WATCHED


@compiled
def is_suspect(text: Any, start: int, end: int, hashes: Any, places: Any, pool: Any) -> bool:
    """Whether a name, in any case and with any dots at its end, ends in one of the table on the border of a label.

    Below a zone, what stands left of it has to. So does whatever may be written otherwise than it is meant.
    """
    while end > start and text[end - 1] == DOT:
        end -= 1
    digest = uint64(0)
    for n in range(end - 1, start - 1, -1):
        octet = _lower(text[n])
        if octet <= SPACE or octet == BACKSLASH:
            return True
        if octet == DOT:
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
        if octet == DOT:
            if not digits:
                return False
            dots += 1
            digits = value = 0
        elif NAUGHT <= octet <= NINE:
            if digits and first == NAUGHT:
                return _is_plain_address_6(text, start, end)
            if not digits:
                first = octet
            value = value * 10 + octet - NAUGHT
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
        if octet == COLON:
            if n + 1 < end and text[n + 1] == COLON:
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
        elif NAUGHT <= octet <= NINE or 97 <= octet <= 102:
            digits += 1
            if digits > 4:
                return False
        else:
            return False
        n += 1
    groups += digits > 0
    return (gaps == 0 and groups == 8) or (gaps == 1 and groups <= 7)


@compiled
def seconds(text: Any, start: int, end: int) -> int:
    """Seconds since 1970 as `1679302800.123456`; -1 for anything else."""
    if not 12 <= end - start <= 20 or text[start] == NAUGHT or text[start + 10] != DOT:
        return -1
    at = 0
    for n in range(start, end):
        if n == start + 10:
            continue
        octet = text[n]
        if not NAUGHT <= octet <= NINE:
            return -1
        if n < start + 10:
            at = at * 10 + octet - NAUGHT
    return at


@compiled
def two_digits(text: Any, n: int, most: int) -> int:
    """A number of two digits; -1 for anything else, or more than `most`."""
    if not (NAUGHT <= text[n] <= NINE and NAUGHT <= text[n + 1] <= NINE):
        return -1
    value = int(text[n]) * 10 + int(text[n + 1]) - 11 * NAUGHT
    return value if value <= most else -1


@compiled
def _days(text: Any, start: int) -> int:
    """Days since 1970 of a date of this century as `2023-03-20`; -1 for anything else, and for 29 February."""
    year, month, day = two_digits(text, start + 2, 99), two_digits(text, start + 5, 12), two_digits(text, start + 8, 31)
    is_date = text[start] == 50 and text[start + 1] == NAUGHT and text[start + 4] == MINUS and text[start + 7] == MINUS
    is_short = month == 4 or month == 6 or month == 9 or month == 11  # noqa: PLR1714  # a set would not be compiled
    if not is_date or year < 0 or month < 1 or day < 1 or (day > 28 and month == 2) or (day > 30 and is_short):
        return -1
    # From 1 March 2000, which is day 11017: a year that begins in March has its leap day last.
    years, months = (year, month - 3) if month > 2 else (year - 1, month + 9)
    return 11017 + years * 365 + years // 4 + (153 * months + 2) // 5 + day - 1


@compiled
def _shift(text: Any, start: int, end: int) -> int:
    """Seconds that an offset such as `Z` and `+0100` says to be ahead of UTC; NEVER for anything else."""
    if end - start == 1 and text[start] == 90:
        return 0
    if end - start != 5 or (text[start] != 43 and text[start] != MINUS):
        return NEVER
    hours, minutes = two_digits(text, start + 1, 14), two_digits(text, start + 3, 59)
    if hours < 0 or minutes < 0:
        return NEVER
    ahead = 3600 * hours + 60 * minutes
    return ahead if text[start] != MINUS else -ahead


@compiled
def stamped_seconds(text: Any, start: int, end: int) -> int:
    """Seconds since 1970 as `2023-03-20T09:00:00.123456Z` or with an offset of hours; -1 for anything else."""
    if end - start < 20 or text[start + 10] != 84 or text[start + 13] != COLON or text[start + 16] != COLON:
        return -1
    hour, minute = two_digits(text, start + 11, 23), two_digits(text, start + 14, 59)
    second, days, n = two_digits(text, start + 17, 59), _days(text, start), start + 19
    if text[n] == DOT:
        n += 1
        while n < end and NAUGHT <= text[n] <= NINE:
            n += 1
        if not 1 <= n - start - 20 <= 9:
            return -1
    ahead = _shift(text, n, end)
    if min(days, hour, minute, second) < 0 or ahead == NEVER:
        return -1
    return days * 86400 + hour * 3600 + minute * 60 + second - ahead


@compiled
def is_neighbours(text: Any, start: int, end: int) -> bool:
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
def begins(text: Any, n: int, word: Any) -> bool:
    """Whether a word stands there. The line's end is in no word."""
    for k in range(word.size):  # noqa: SIM110  # a generator would not be compiled
        if text[n + k] != word[k]:
            return False
    return True


@compiled
def lines_of(text: Any) -> int:
    """How many lines end in it."""
    found = 0
    for n in range(text.size):
        found += text[n] == LINE_FEED
    return found


@compiled
def is_text(text: Any, start: int, end: int) -> bool:
    """Whether all of it is ASCII."""
    for n in range(start, end):  # noqa: SIM110  # a generator would not be compiled
        if text[n] >= _HIGH:
            return False
    return True


@compiled
def say_nothing(state: Any) -> None:
    """The line in hand is not plain: of the next the reader has to see where it stands."""
    state[_SLOT], state[_IS_COUNTED] = -1, 0


@compiled
def verdict(state: Any, slot: int, is_inside: bool, counts: int, has_name: bool) -> int:
    """What becomes of a plain line; `state` then is what the reader has seen of its slot.

    `counts`: nought, or a bit for each way in which a line of the log can count for its hour.
    """
    is_new = slot != state[_SLOT] or is_inside != state[_IS_INSIDE]
    if has_name:  # the reader may see more in it than that it counts
        if is_new:
            say_nothing(state)
        return SHOWN
    is_first = is_new or (counts & ~state[_IS_COUNTED]) != 0
    if is_new:
        state[_SLOT], state[_IS_INSIDE], state[_IS_COUNTED] = slot, is_inside, counts
    else:
        state[_IS_COUNTED] |= counts
    if is_first:
        return SHOWN
    return COUNTED if counts else DROPPED


@compiled
def is_settled(state: Any) -> bool:
    """Whether the reader has seen a plain line of the slot, and nothing odd since."""
    return bool(state[_SLOT] >= 0)


@compiled
def fresh_state() -> Any:
    """Nothing was seen."""
    state = np.full(3, -1, np.int64)
    say_nothing(state)
    return state


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


