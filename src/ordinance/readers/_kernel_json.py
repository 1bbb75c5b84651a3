# SPDX-License-Identifier: EUPL-1.2
"""What a line of JSON has in it, brace to brace, as compiled code (see `_kernels`).

Reads: octets of a line, which is part of nothing here: no step goes past its end. What is no JSON, or has an object
within, has no members. Cannot know what a key means.
"""

from __future__ import annotations

from typing import Any, Final

from ordinance.readers._kernel_compiling import compiled, within
from ordinance.readers._kernel_octets import AT_ONCE, between, digits_end, is_same, like, lowest
from ordinance.readers._kernels import (
    BACKSLASH,
    BRACE,
    BRACKET,
    COLON,
    COMMA,
    DOT,
    END_BRACE,
    END_BRACKET,
    MINUS,
    NAUGHT,
    NINE,
    QUOTE,
    SPACE,
)

MOST_KEYS: Final = 64  # of a line
TEXT, ESCAPED, NUMBER, NULL, OTHER = range(1, 6)  # what a value is
FIRST, AFTER, KIND, KEY_FIRST, KEY_AFTER = range(5)  # of a member: its value, what that is, its key
MEMBER: Final = 5
GUESS: Final = 2 * MOST_KEYS + 3  # how many keys, and of each where it begins and its octets; of one behind them too
_LONGEST_NUMBER = 300


@within
def _string_end(text: Any, n: int) -> int:
    """Behind a string whose first octet is at `n`: where its closing quote is, less one and negative if it has escapes.

    Nought for what is no string.
    """
    while True:
        found = like(text, n, QUOTE) | like(text, n, BACKSLASH) | between(text, n, 0, SPACE - 1)
        if found:
            end = n + lowest(found)
            return end if text[end] == QUOTE else _escaped_end(text, end)
        n += AT_ONCE


@compiled
def _escaped_end(text: Any, n: int) -> int:
    """The same of a string with escapes, from the first of them on."""
    while True:
        octet = text[n]
        if octet == QUOTE:
            return -n - 1
        if octet < SPACE:
            return 0
        if octet == BACKSLASH:
            n += 1
            if text[n] == 117:
                for _ in range(4):
                    n += 1
                    if not (NAUGHT <= text[n] <= NINE or 97 <= text[n] | 32 <= 102):
                        return 0
            elif not _is_escape(text[n]):
                return 0
        n += 1


@compiled
def _is_escape(octet: int) -> bool:
    """Whether a backslash may stand before it."""
    for known in (QUOTE, BACKSLASH, 47, 98, 102, 110, 114, 116):  # noqa: SIM110  # a generator would not be compiled
        if octet == known:
            return True
    return False


@compiled
def _number_end(text: Any, n: int) -> int:
    """Where a number ends; nought for what is none."""
    start = n
    if text[n] == MINUS:
        n += 1
    end = digits_end(text, n)
    if end == n or (text[n] == NAUGHT and end > n + 1):
        return 0
    n = end
    if text[n] == DOT:
        end = digits_end(text, n + 1)
        if end == n + 1:
            return 0
        n = end
    if text[n] | 32 == 101:
        n += 1
        if text[n] == 43 or text[n] == MINUS:
            n += 1
        end = digits_end(text, n)
        if end == n:
            return 0
        n = end
    return n if n - start <= _LONGEST_NUMBER else 0


@compiled
def _word_end(text: Any, n: int) -> int:
    """Where `true`, `false` or `null` ends; nought for anything else."""
    if text[n] == 116:
        return n + 4 if text[n + 1] == 114 and text[n + 2] == 117 and text[n + 3] == 101 else 0
    if text[n] == 110:
        return n + 4 if text[n + 1] == 117 and text[n + 2] == 108 and text[n + 3] == 108 else 0
    is_false = text[n] == 102 and text[n + 1] == 97 and text[n + 2] == 108 and text[n + 3] == 115 and text[n + 4] == 101
    return n + 5 if is_false else 0


@compiled
def _is_string(kind: int) -> bool:
    """Whether a value is one, with escapes or without."""
    return kind == TEXT or kind == ESCAPED  # noqa: PLR1714  # as above


@compiled
def _scalar_end(text: Any, n: int) -> tuple[int, int]:
    """Where a string (its quote), number or word ends, and what it is; nought for anything else."""
    octet = text[n]
    if octet == QUOTE:
        end = _string_end(text, n + 1)
        return (abs(end + 1) if end < 0 else end), (ESCAPED if end < 0 else TEXT)
    if octet == MINUS or NAUGHT <= octet <= NINE:
        return _number_end(text, n), NUMBER
    if octet == 110:
        return _word_end(text, n), NULL
    return (_word_end(text, n) if octet == 116 or octet == 102 else 0), OTHER  # noqa: PLR1714  # as above


@compiled
def _list_end(text: Any, n: int) -> int:
    """Behind a list of scalars whose bracket is at `n`; nought for anything else."""
    n += 1
    if text[n] == END_BRACKET:
        return n + 1
    while True:
        end, kind = _scalar_end(text, n)
        if not end:
            return 0
        n = end + 1 if _is_string(kind) else end
        if text[n] == END_BRACKET:
            return n + 1
        if text[n] != COMMA:
            return 0
        n += 1


@within
def _key_end(text: Any, n: int) -> int:
    """Behind the quote of a key whose quote is at `n`; nought for what is no plain key."""
    if text[n] != QUOTE:
        return 0
    end = _string_end(text, n + 1)
    return end + 1 if end > 0 else 0


@compiled
def _value(text: Any, n: int, members: Any, place: int) -> int:
    """Behind a value that begins at `n`; nought for what is none, or an object."""
    if text[n] == BRACKET:
        end = after = _list_end(text, n)
        kind = OTHER
    else:
        end, kind = _scalar_end(text, n)
        after = end
        if end and _is_string(kind):
            n, after = n + 1, end + 1
    members[place + FIRST], members[place + AFTER], members[place + KIND] = n, end, kind
    return after


@within
def members_of(text: Any, n: int, members: Any, guesses: Any, guess: int) -> tuple[int, int, bool]:
    """The members of an object whose brace is at `n`: how many, where it ends, and if its keys are those guessed.

    None for what is not plain, and then as far as it was. It never goes past a line's end, which is part of nothing.
    """
    count, is_guess = 0, True
    if text[n] != BRACE:
        return 0, n, False
    while count < MOST_KEYS:
        place = count * MEMBER
        start, size = guesses[guess + 2 * count + 1], guesses[guess + 2 * count + 2]
        is_guess = is_guess and count < guesses[guess] and is_same(text, n + 1, text, start, size)
        end = n + 1 + size if is_guess else _key_end(text, n + 1)
        members[place + KEY_FIRST], members[place + KEY_AFTER] = n + 2, end - 1
        if not end or text[end] != COLON:
            return 0, n, False
        after = _value(text, end + 1, members, place)
        if not after:
            return 0, n, False
        n, count = after, count + 1
        if text[n] == END_BRACE:
            return count, n + 1, is_guess and count == guesses[guess]
        if text[n] != COMMA:
            return 0, n, False
    return 0, n, False
