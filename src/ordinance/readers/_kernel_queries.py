# SPDX-License-Identifier: EUPL-1.2
"""Lines of dnsmasq's log with serials that say nothing, as compiled code (see `_kernels`).

Reads: octets of whole lines of one hour, `Mar 20 09:00:04 dnsmasq[PID]: SERIAL ADDRESS/PORT VERB …`, with or without
the machine's name that syslog puts before. Cannot know whose question an answer is for: it says which serial, address
and port each line belongs to, and the reader knows of which something was asked.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import uint64

from ordinance.readers._kernels import (
    AT,
    COLON,
    COUNTED,
    END,
    LINE_FEED,
    LINK,
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
    VERDICT,
    begins,
    compiled,
    fresh_state,
    is_settled,
    is_suspect,
    is_text,
    say_nothing,
    two_digits,
    verdict,
)

_PROGRAM, _TAG = np.frombuffer(b"dnsmasq", np.uint8), np.frombuffer(b"dnsmasq[", np.uint8)
_QUERY = np.frombuffer(b"query[", np.uint8)
_FROM = np.frombuffer(b"from", np.uint8)
_STAMP = 16  # octets, with the space behind it


@compiled
def _word_end(text: Any, n: int) -> int:
    """Where a word ends."""
    while text[n] > SPACE:
        n += 1
    return n


@compiled
def _behind_tag(text: Any, n: int) -> int:
    """Behind `dnsmasq[PID]: `, which another word may stand before; nought for anything else."""
    if not begins(text, n, _TAG):
        end = _word_end(text, n)
        is_machine = text[end] == SPACE and text[end - 1] != COLON and not begins(text, n, _PROGRAM)
        if not is_machine or not begins(text, end + 1, _TAG):
            return 0
        n = end + 1
    end = _word_end(text, n)
    return end + 1 if text[end] == SPACE and text[end - 1] == COLON and text[end - 2] == 93 else 0


@compiled
def _link(text: Any, start: int, end: int) -> int:
    """A number of what lines belong to: `SERIAL ADDRESS/PORT`."""
    digest = uint64(0)
    for n in range(start, end):
        digest = (digest ^ uint64(text[n])) * uint64(MULTIPLIER)
    return np.int64(digest >> uint64(1))  # type: ignore[return-value]  # one of 64 bits: with others it would be a float


@compiled
def _asks(text: Any, n: int, client: int, after: int, hashes: Any, places: Any, pool: Any) -> int:
    """Of `NAME from CLIENT`, with the client whose text is given: nought for a foreign name, 1 for one to be looked at.

    -1 for anything else.
    """
    end = _word_end(text, n)
    if text[end] != SPACE or not begins(text, end + 1, _FROM) or text[end + 5] != SPACE:
        return -1
    first = end + 6
    if _word_end(text, first) - first != after - client:
        return -1
    for k in range(after - client):
        if text[first + k] != text[client + k]:
            return -1
    if text[first + after - client] != LINE_FEED:
        return -1
    return int(is_suspect(text, n, end, hashes, places, pool))


@compiled
def _answers(text: Any, n: int, end: int) -> bool:
    """Whether ` is ` or ` to ` stands between a name and a value."""
    for k in range(n, end - 3):
        if text[k] == SPACE and text[k + 3] == SPACE:
            is_is = text[k + 1] == 105 and text[k + 2] == 115
            if is_is or (text[k + 1] == 116 and text[k + 2] == 111):
                return True
    return False


@compiled
def _words(text: Any, n: int) -> tuple[int, int, int]:
    """Where `SERIAL ADDRESS/PORT` has its slash, where it ends, and where the verb behind it does; nought for none."""
    end = n
    while NAUGHT <= text[end] <= NINE:
        end += 1
    if end == n or text[end] != SPACE:
        return 0, 0, 0
    slash = end + 1
    while text[slash] > SPACE and text[slash] != SLASH:
        slash += 1
    after = _word_end(text, slash)
    if text[slash] != SLASH or text[after] != SPACE:
        return 0, 0, 0
    verb = _word_end(text, after + 1)
    return slash, after, (verb if text[verb] == SPACE and verb > after + 1 else 0)


@compiled
def scan_queries(
    text: Any,
    is_ascii: bool,
    prefix: Any,
    hour: int,
    most_line: int,
    start: int,
    end: int,
    hashes: Any,
    places: Any,
    pool: Any,
    lines: Any,
) -> None:
    """Lines of an hour. `text` is whole lines; those of the `hour` (seconds since 1970) begin with `prefix`.

    Fills `lines`, a row for each line.
    """
    begin, state = 0, fresh_state()
    for line in range(lines.shape[0]):
        n = begin
        while text[n] != LINE_FEED:
            n += 1
        at, becomes, link = -1, SHOWN, UNLINKED
        is_plain = _STAMP < n - begin <= most_line and text[n - 1] != RETURN and begins(text, begin, prefix)
        if is_plain and text[begin + 9] == COLON and text[begin + 12] == COLON and text[begin + 15] == SPACE:
            minute, second = two_digits(text, begin + 10, 59), two_digits(text, begin + 13, 59)
            if minute >= 0 and second >= 0 and (is_ascii or is_text(text, begin, n)):
                at = hour + 60 * minute + second
        words = _behind_tag(text, begin + _STAMP) if at >= 0 else 0
        slash, after, verb = _words(text, words) if words else (0, 0, 0)
        kind = -1
        if verb:
            link = _link(text, words, after)
            client = words
            while text[client] != SPACE:
                client += 1
            if begins(text, after + 1, _QUERY):
                kind = _asks(text, verb + 1, client + 1, slash, hashes, places, pool)
                if kind >= 0:
                    becomes = verdict(state, at // SLOT_S, start <= at < end, COUNTED, kind == 1)
            elif _answers(text, verb + 1, n):
                kind = 0
                becomes = STRUCTURAL if is_settled(state) else SHOWN
        if kind < 0:
            say_nothing(state)
            link = UNLINKED
        lines[line, END], lines[line, VERDICT], lines[line, AT], lines[line, LINK] = n, becomes, at, link
        begin = n + 1
