# SPDX-License-Identifier: EUPL-1.2
"""Lines of dnsmasq's log with serials that say nothing, as compiled code (see `_kernels`).

Reads: octets of whole lines of some hours of a day, `Mar 20 09:00:04 dnsmasq[PID]: SERIAL ADDRESS/PORT VERB …`, with or
without the machine's name that syslog puts before. Cannot know whose question an answer is for: it says which serial,
address and port each line belongs to, and the reader knows of which something was asked. Nor which hour follows another
where clocks are set: the reader is asked behind each line that it sees.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import uint64

from ordinance.readers._kernel_compiling import compiled, within
from ordinance.readers._kernel_names import is_suspect, pointed
from ordinance.readers._kernel_octets import (
    AT_ONCE,
    begins,
    between,
    digits_end,
    first,
    is_same,
    like,
    line_end,
    literal,
    start_of,
    word,
    word_end,
)
from ordinance.readers._kernels import (
    COLON,
    COUNTED,
    LINE_FEED,
    MULTIPLIER,
    NAUGHT,
    NINE,
    RETURN,
    SHOWN,
    SLASH,
    SLOT_S,
    SPACE,
    STRUCTURAL,
    UNLINKED,
    is_settled,
    say_nothing,
    tell,
    two_digits,
    verdict,
)

_PROGRAM, _TAG = literal(b"dnsmasq"), literal(b"dnsmasq[")
_QUERY, _FROM = literal(b"query["), literal(b" from ")
_BEHIND_FROM = 6  # octets
STAMP = 16  # octets, with the space behind it
_DIGITS = 0b11_011  # of `mm:ss`, from the right
_I, _S, _T, _O = b"isto"


@within
def _behind_tag(text: Any, n: int) -> int:
    """Behind `dnsmasq[PID]: `, which another word may stand before; nought for anything else."""
    end = word_end(text, n)
    if not begins(text, n, _TAG):
        is_machine = text[end] == SPACE and text[end - 1] != COLON and not begins(text, n, _PROGRAM)
        if not is_machine or not begins(text, end + 1, _TAG):
            return 0
        end = word_end(text, end + 1)
    return end + 1 if text[end] == SPACE and text[end - 1] == COLON and text[end - 2] == 93 else 0


@within
def _link(text: Any, start: int, end: int) -> int:
    """A number of what lines belong to: `SERIAL ADDRESS/PORT` (`_sieve.link_of`)."""
    digest = uint64(0)
    for n in range(start, end, 8):
        digest = (digest ^ (word(text, n) & first(min(64, 8 * (end - n))))) * uint64(MULTIPLIER)
        digest ^= digest >> uint64(32)
    return np.int64(digest >> uint64(1))  # type: ignore[return-value]  # one of 64 bits: with others it would be a float


@within
def _asks(text: Any, n: int, client: int, after: int, names: Any) -> int:
    """Of `NAME from CLIENT`, with the client whose text is given: nought for a foreign name, 1 for one to be looked at.

    -1 for anything else.
    """
    end, size = word_end(text, n), after - client
    named = end + _BEHIND_FROM
    if not begins(text, end, _FROM) or not is_same(text, named, text, client, size) or text[named + size] != LINE_FEED:
        return -1
    return int(is_suspect(text, n, end, names))


@within
def _answers(text: Any, n: int, end: int) -> bool:
    """Whether ` is ` or ` to ` stands between a name and a value."""
    for k in range(n, end - 3, AT_ONCE):
        spaces = like(text, k, SPACE) & like(text, k + 3, SPACE) & first(min(AT_ONCE, end - 3 - k))
        is_is = like(text, k + 1, _I) & like(text, k + 2, _S)
        if spaces & (is_is | (like(text, k + 1, _T) & like(text, k + 2, _O))):
            return True
    return False


@within
def _words(text: Any, n: int) -> tuple[int, int, int, int]:
    """Where `SERIAL ADDRESS/PORT` has its address, slash and end, and where the verb behind it ends; else noughts."""
    end = digits_end(text, n)
    if end == n or text[end] != SPACE:
        return 0, 0, 0, 0
    after = word_end(text, end + 1)
    slash = end + 1
    while slash < after and text[slash] != SLASH:
        slash += 1
    if slash == after or text[after] != SPACE:
        return 0, 0, 0, 0
    verb = word_end(text, after + 1)
    return end + 1, slash, after, (verb if text[verb] == SPACE and verb > after + 1 else 0)


@within
def _is_of(text: Any, begin: int, prefixes: Any, hour: int) -> bool:
    """Whether a line begins as those of an hour do, by its place among the prefixes."""
    place = hour * STAMP
    return bool(word(text, begin) == word(prefixes, place) and text[begin + 8] == prefixes[place + 8])


@within
def _hour_of(text: Any, begin: int, prefixes: Any, hours: int, hour: int) -> int:
    """Of which hour a line is, by its place; that of the line before where it is of none."""
    for other in range(hours):
        if _is_of(text, begin, prefixes, other):
            return other
    return hour


@within
def _seconds(text: Any, begin: int) -> int:
    """How far behind its full hour a line is; -1 for what is not written so."""
    if text[begin + 9] != COLON or text[begin + 12] != COLON or text[begin + 15] != SPACE:
        return -1
    if between(text, begin + 10, NAUGHT, NINE) & uint64(_DIGITS) != uint64(_DIGITS):
        return -1
    minute, second = two_digits(text, begin + 10), two_digits(text, begin + 13)
    return 60 * minute + second if minute <= 59 and second <= 59 else -1


@compiled
def scan_queries(
    octets: Any,
    prefixes: Any,
    hours: Any,
    most_line: int,
    start: int,
    end: int,
    table: Any,
    state_of: Any,
    lines: Any,
) -> None:
    """Lines of some hours. `octets` are whole lines, with more behind them; those of one of the `hours` (seconds since
    1970) begin with one of the `prefixes`, of nine octets in sixteen. The first line of another hour is shown.

    Fills `lines`, a row for each line.
    """
    text, names, begun, known = start_of(octets), pointed(table), start_of(hours), start_of(prefixes)
    state, found, begin, hour = start_of(state_of), start_of(lines), 0, 0
    for line in range(lines.shape[0]):
        n, is_ascii = line_end(text, begin)
        at, becomes, link, kind = -1, SHOWN, UNLINKED, -1
        if n - begin > len("Mar 20 09") and not _is_of(text, begin, known, hour):
            hour = _hour_of(text, begin, known, hours.size, hour)
        elif STAMP < n - begin <= most_line and text[n - 1] != RETURN and is_ascii:
            after = _seconds(text, begin)
            at = begun[hour] + after if after >= 0 else -1
        words = _behind_tag(text, begin + STAMP) if at >= 0 else 0
        client, slash, after, verb = _words(text, words) if words else (0, 0, 0, 0)
        if verb:
            link = _link(text, words, after)
            if begins(text, after + 1, _QUERY):
                kind = _asks(text, verb + 1, client, slash, names)
                if kind >= 0:
                    becomes = verdict(state, at // SLOT_S, start <= at < end, COUNTED, kind == 1)
            elif _answers(text, verb + 1, n):
                kind = 0
                becomes = STRUCTURAL if is_settled(state) else SHOWN
        if kind < 0:
            say_nothing(state)
            link = UNLINKED
        tell(found, line, n, becomes, at, link)
        begin = n + 1
