# SPDX-License-Identifier: EUPL-1.2
"""What is compiled to pass over lines: addresses, instants, and when a line has to be seen.

Reads: octets. A line is passed over where it is written as the program that wrote the log always does and its name
ends in none of the table's: everything else is shown, so that too much may be shown and never too little. Compiled by
Numba (the extra `fast`) when first asked for, and kept beside what Python keeps of modules, by the text of all kernels.

Which lines are shown, besides those that are not plain or have a watched name: the first plain one, and each plain one
of another slot than the line before, of which something counts for the first time in its slot; the first plain one
that counts after a line that was not plain. The reader's own hour is then that of all lines passed over behind it.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import uint64

from ordinance.readers._kernel_compiling import compiled, within
from ordinance.readers._kernel_octets import (
    AT_ONCE,
    between,
    bits,
    eight_digits,
    first,
    like,
    lowest,
    start_of,
    without_lowest,
    word,
)

MULTIPLIER: Final = 0x9E37_79B9_7F4A_7C15
SLOT_S: Final = 900  # the full hours of every zone's clocks begin at a multiple of it, seen from UTC
NEVER: Final = 1 << 62  # later than any instant

SHOWN, DROPPED, COUNTED, STRUCTURAL = range(4)  # what becomes of a line: seen, or passed over as one of these
END, VERDICT, AT, LINK = range(4)  # what is said of each line: where it ends, that, its instant, what it belongs to
UNLINKED: Final = -1

TAB, LINE_FEED, RETURN, SPACE, QUOTE, HASH, COMMA, MINUS, DOT, SLASH = 9, 10, 13, 32, 34, 35, 44, 45, 46, 47
NAUGHT, ONE, NINE, COLON, BRACKET, BACKSLASH, END_BRACKET, BRACE, END_BRACE = 48, 49, 57, 58, 91, 92, 93, 123, 125
HIGH, HIGHEST = 128, 255  # of the octets that are no ASCII
_STAMPED: Final = 0b110_110_110_110_110_1111  # the digits of `2023-03-20T09:00:00`, from the right
_SLOT, _IS_INSIDE, _IS_COUNTED = range(3)  # of a scan's state: the slot of the last plain line, and what was seen of it


@within
def is_plain_address(text: Any, start: int, end: int) -> bool:
    """Whether it is an address of version 4 as everybody writes it, or one of version 6 in a common way."""
    return _is_usual_address(text, start, end) or _is_plain_address(text, start, end)


@compiled
def is_address_plain(text: Any, start: int, end: int) -> bool:
    """The same of a text as Python has it."""
    return is_plain_address(start_of(text), start, end)


@within
def _is_usual_address(text: Any, start: int, end: int) -> bool:
    """Whether it is one of version 4, told by what stands before its end in the text; no, where that is too little."""
    size, back = end - start, end - AT_ONCE
    if not 7 <= size <= 15 or back < 0:
        return False
    dots = like(text, back, DOT) >> uint64(AT_ONCE - size)
    digits = between(text, back, NAUGHT, NINE) >> uint64(AT_ONCE - size)
    if bits(dots) != 3 or dots | digits != first(size):
        return False
    one = start + lowest(dots)
    dots = without_lowest(dots)
    two = start + lowest(dots)
    three = start + lowest(without_lowest(dots))
    is_begun = _is_number_of_address(text, start, one) and _is_number_of_address(text, one + 1, two)
    return is_begun and _is_number_of_address(text, two + 1, three) and _is_number_of_address(text, three + 1, end)


@within
def _is_number_of_address(text: Any, start: int, end: int) -> bool:
    """Whether digits, of which there may be none, are a number below 256 as everybody writes it."""
    if end - start == 1:
        return True
    if end - start == 2:
        return bool(text[start] != NAUGHT)
    if end - start != 3 or text[start] == NAUGHT:
        return False
    return bool(int(text[start]) * 100 + int(text[start + 1]) * 10 + int(text[start + 2]) - 111 * NAUGHT < 256)


@compiled
def _is_plain_address(text: Any, start: int, end: int) -> bool:
    """The same, octet by octet."""
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


@within
def seconds(text: Any, start: int, end: int) -> int:
    """Seconds since 1970 as `1679302800.123456`; -1 for anything else."""
    if not 12 <= end - start <= 20 or text[start] == NAUGHT or text[start + 10] != DOT:
        return -1
    digits = between(text, start, NAUGHT, NINE) | uint64(1 << 10)
    if digits & first(end - start) != first(end - start):
        return -1
    return eight_digits(word(text, start)) * 100 + int(text[start + 8]) * 10 + int(text[start + 9]) - 11 * NAUGHT


@within
def two_digits(text: Any, n: int) -> int:
    """The number that two digits are."""
    return int(text[n]) * 10 + int(text[n + 1]) - 11 * NAUGHT


@within
def _days(text: Any, start: int) -> int:
    """Days since 1970 of a date of this century as `2023-03-20`, written in digits; -1 for none, and 29 February."""
    year, month, day = two_digits(text, start + 2), two_digits(text, start + 5), two_digits(text, start + 8)
    is_date = text[start] == 50 and text[start + 1] == NAUGHT and text[start + 4] == MINUS and text[start + 7] == MINUS
    is_short = month == 4 or month == 6 or month == 9 or month == 11  # noqa: PLR1714  # a set would not be compiled
    if not is_date or not 1 <= month <= 12 or not 1 <= day <= 31:
        return -1
    if (day > 28 and month == 2) or (day > 30 and is_short):
        return -1
    # From 1 March 2000, which is day 11017: a year that begins in March has its leap day last.
    years, months = (year, month - 3) if month > 2 else (year - 1, month + 9)
    return 11017 + years * 365 + years // 4 + (153 * months + 2) // 5 + day - 1


@within
def _shift(text: Any, start: int, end: int) -> int:
    """Seconds that an offset such as `Z` and `+0100` says to be ahead of UTC; NEVER for anything else."""
    if end - start == 1 and text[start] == 90:
        return 0
    if end - start != 5 or (text[start] != 43 and text[start] != MINUS):
        return NEVER
    if between(text, start + 1, NAUGHT, NINE) & first(4) != first(4):
        return NEVER
    hours, minutes = two_digits(text, start + 1), two_digits(text, start + 3)
    if hours > 14 or minutes > 59:
        return NEVER
    ahead = 3600 * hours + 60 * minutes
    return ahead if text[start] != MINUS else -ahead


@compiled
def stamped_seconds(text: Any, start: int, end: int) -> int:
    """Seconds since 1970 as `2023-03-20T09:00:00.123456Z` or with an offset of hours; -1 for anything else."""
    if end - start < 20 or text[start + 10] != 84 or text[start + 13] != COLON or text[start + 16] != COLON:
        return -1
    digits, n = between(text, start, NAUGHT, NINE), start + 19
    if digits & uint64(_STAMPED) != uint64(_STAMPED):
        return -1
    hour, minute, second = two_digits(text, start + 11), two_digits(text, start + 14), two_digits(text, start + 17)
    if text[n] == DOT:
        n += 1 + lowest(~(digits >> uint64(20)))
        if not 1 <= n - start - 20 <= 9:
            return -1
    days, ahead = _days(text, start), _shift(text, n, end)
    if days < 0 or hour > 23 or minute > 59 or second > 59 or ahead == NEVER:
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
def lines_of(text: Any) -> int:
    """How many lines end in a text, behind which more octets may be read."""
    start, found = start_of(text), 0
    for n in range(0, text.size, AT_ONCE):
        found += bits(like(start, n, LINE_FEED) & first(min(AT_ONCE, text.size - n)))
    return found


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


@within
def tell(lines: Any, line: int, n: int, becomes: int, at: int, link: int) -> None:
    """What is said of a line."""
    row = 4 * line
    lines[row + END], lines[row + VERDICT], lines[row + AT], lines[row + LINK] = n, becomes, at, link


def fresh_state() -> Any:
    """Nothing was seen."""
    return np.array([-1, -1, 0], np.int64)
