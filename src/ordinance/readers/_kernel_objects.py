# SPDX-License-Identifier: EUPL-1.2
"""Lines that are each a JSON object and say nothing, as compiled code (see `_kernels`).

Reads: octets of whole lines. A line is looked at from brace to brace: what is no JSON, has a key twice, or an object
within, is shown. Of which log it is its keys say, or the path that it names. Cannot know what a value means: it goes by
a few keys.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import uint64

from ordinance.readers._kernels import (
    AT,
    BACKSLASH,
    BRACE,
    BRACKET,
    COLON,
    COMMA,
    DOT,
    DROPPED,
    END,
    END_BRACE,
    END_BRACKET,
    LINE_FEED,
    LINK,
    MINUS,
    MULTIPLIER,
    NAUGHT,
    NINE,
    ONE,
    QUOTE,
    SHOWN,
    SLOT_S,
    SPACE,
    UNLINKED,
    VERDICT,
    compiled,
    fresh_state,
    is_neighbours,
    is_plain_address,
    is_suspect,
    is_text,
    say_nothing,
    seconds,
    stamped_seconds,
    verdict,
)

TIME, CLIENT, PORT, CLASS, METHOD, PATH = range(6)  # the first keys of a plan; the others are names and marks
MOST_KEYS: Final = 64  # of a line, and of a plan
MOST_SHAPES: Final = 64  # sequences of keys that are remembered while a block is scanned

_NOTHING, _TEXT, _ESCAPED, _NUMBER, _NULL, _OTHER = range(6)  # what a value is
_FIRST, _AFTER, _KIND = range(3)
_KEY_FIRST, _KEY_AFTER = 3, 4
_MARKED = MOST_KEYS  # in a shape, behind the place of each key: the log that its keys tell
_LONGEST_NUMBER = 300
_ASKED, _SPOKE = 1, 2  # how a line counts: as a question to a resolver, or as a connection with a name


@compiled
def _string_end(text: Any, n: int) -> int:
    """Behind a string whose first octet is at `n`: where its closing quote is, less one and negative if it has escapes.

    Nought for what is no string.
    """
    has_escapes = False
    while True:
        octet = text[n]
        if octet == QUOTE:
            return -n - 1 if has_escapes else n
        if octet < SPACE:
            return 0
        if octet == BACKSLASH:
            has_escapes = True
            n += 1
            if text[n] == 117:
                for _ in range(4):
                    n += 1
                    octet = text[n] | 32
                    if not (NAUGHT <= octet <= NINE or 97 <= octet <= 102):
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
def _digits_end(text: Any, n: int) -> int:
    """Where digits end."""
    while NAUGHT <= text[n] <= NINE:
        n += 1
    return n


@compiled
def _number_end(text: Any, n: int) -> int:
    """Where a number ends; nought for what is none."""
    start = n
    if text[n] == MINUS:
        n += 1
    end = _digits_end(text, n)
    if end == n or (text[n] == NAUGHT and end > n + 1):
        return 0
    n = end
    if text[n] == DOT:
        end = _digits_end(text, n + 1)
        if end == n + 1:
            return 0
        n = end
    if text[n] | 32 == 101:
        n += 1
        if text[n] == 43 or text[n] == MINUS:
            n += 1
        end = _digits_end(text, n)
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
    return kind == _TEXT or kind == _ESCAPED  # noqa: PLR1714  # as above


@compiled
def _scalar_end(text: Any, n: int) -> tuple[int, int]:
    """Where a string (its quote), number or word ends, and what it is; nought for anything else."""
    octet = text[n]
    if octet == QUOTE:
        end = _string_end(text, n + 1)
        return (abs(end + 1) if end < 0 else end), (_ESCAPED if end < 0 else _TEXT)
    if octet == MINUS or NAUGHT <= octet <= NINE:
        return _number_end(text, n), _NUMBER
    if octet == 110:
        return _word_end(text, n), _NULL
    return (_word_end(text, n) if octet == 116 or octet == 102 else 0), _OTHER  # noqa: PLR1714  # as above


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


@compiled
def _key(text: Any, n: int, members: Any, count: int) -> tuple[int, Any]:
    """Behind the colon of a key whose quote is at `n`, and the key's digest; nought for what is no plain key."""
    digest = uint64(0)
    if text[n] != QUOTE:
        return 0, digest
    n += 1
    members[count, _KEY_FIRST] = n
    while text[n] != QUOTE:
        if text[n] < SPACE or text[n] == BACKSLASH:
            return 0, digest
        digest = (digest ^ uint64(text[n])) * uint64(MULTIPLIER)
        n += 1
    members[count, _KEY_AFTER] = n
    return (n + 2 if text[n + 1] == COLON else 0), digest


@compiled
def _value(text: Any, n: int, members: Any, count: int) -> int:
    """Behind a value that begins at `n`; nought for what is none, or an object."""
    if text[n] == BRACKET:
        end = after = _list_end(text, n)
        members[count, _KIND] = _OTHER
    else:
        end, members[count, _KIND] = _scalar_end(text, n)
        after = end
        if end and _is_string(members[count, _KIND]):
            n, after = n + 1, end + 1
    members[count, _FIRST], members[count, _AFTER] = n, end
    return after


@compiled
def _members(text: Any, n: int, members: Any) -> tuple[int, int, Any]:
    """The members of an object whose brace is at `n`: how many, where it ends, and a digest of its keys in order.

    None for what is not plain, and then as far as it was. It never goes past a line's end, which is part of nothing.
    """
    count, shape = 0, uint64(0)
    if text[n] != BRACE:
        return 0, n, shape
    while count < MOST_KEYS:
        after, digest = _key(text, n + 1, members, count)
        if after:
            after = _value(text, after, members, count)
        if not after:
            return 0, n, shape
        n, count = after, count + 1
        shape = ((shape ^ digest) * uint64(MULTIPLIER)) ^ (shape >> uint64(29))
        if text[n] == END_BRACE:
            return count, n + 1, shape
        if text[n] != COMMA:
            return 0, n, shape
    return 0, n, shape


@compiled
def _is_same(text: Any, start: int, end: int, other: Any, first: int, after: int) -> bool:
    """Whether two texts are the same."""
    if end - start != after - first:
        return False
    for n in range(end - start):  # noqa: SIM110  # as above
        if text[start + n] != other[first + n]:
            return False
    return True


@compiled
def _learn(text: Any, members: Any, count: int, keys: Any, key_pool: Any, marks: Any, shape: Any) -> None:
    """What the keys of a line say: at which place each of the plan's stands, and of which log they are the marks.

    Every place is -2 where a key stands twice.
    """
    shape[:] = -1
    had = uint64(0)
    for place in range(count):
        start, end = members[place, _KEY_FIRST], members[place, _KEY_AFTER]
        for other in range(place):
            if _is_same(text, start, end, text, members[other, _KEY_FIRST], members[other, _KEY_AFTER]):
                shape[:] = -2
                return
        for key in range(keys.shape[0]):
            if _is_same(text, start, end, key_pool, keys[key, 0], keys[key, 1]):
                shape[key] = place
                had |= uint64(1) << uint64(key)
    for mark in range(marks.shape[0]):
        if had & marks[mark, 0] == marks[mark, 0]:
            shape[_MARKED] = marks[mark, 1]
            return


@compiled
def _shape_of(digest: Any, digests: Any, known: int) -> int:
    """Which of the known sequences of keys it is; as many as are known for none of them."""
    for n in range(known):
        if digests[n] == digest:
            return n
    return known


@compiled
def _instant(text: Any, members: Any, place: int) -> int:
    """Seconds since 1970: of a number of seconds or milliseconds, or of a stamp; -1 for anything else."""
    start, end = members[place, _FIRST], members[place, _AFTER]
    if members[place, _KIND] == _TEXT:
        return stamped_seconds(text, start, end)
    if members[place, _KIND] != _NUMBER:
        return -1
    if end - start <= 17:  # a float tells microseconds, and no less
        at = seconds(text, start, end)
        if at >= 0:
            return at
    if (end - start != 10 and end - start != 13) or text[start] == NAUGHT:
        return -1
    at = 0
    for n in range(start, end):
        if not NAUGHT <= text[n] <= NINE:
            return -1
        if n < start + 10:
            at = at * 10 + text[n] - NAUGHT
    return at


@compiled
def _counts(text: Any, members: Any, shapes: Any, which: int) -> int:
    """How a line of questions counts: those to neighbours do not; -1 for what cannot be told."""
    place = shapes[which, PORT]
    if place >= 0 and members[place, _KIND] != _NULL:
        start, end = members[place, _FIRST], members[place, _AFTER]
        if members[place, _KIND] != _NUMBER or _digits_end(text, start) != end:
            return -1
        if is_neighbours(text, start, end):
            return 0
    place = shapes[which, CLASS]
    if place >= 0 and members[place, _KIND] != _NULL:
        start, end = members[place, _FIRST], members[place, _AFTER]
        if members[place, _KIND] != _NUMBER or _digits_end(text, start) != end:
            return -1
        return _ASKED if end - start == 1 and text[start] == ONE else 0
    return _ASKED


@compiled
def _log_of(text: Any, members: Any, shapes: Any, which: int, keys: Any, key_pool: Any, logs: Any) -> int:
    """Of which log a line is; as many as there are for one of no log, -1 for what cannot be told."""
    place = shapes[which, PATH]
    if place >= 0:
        if members[place, _KIND] == _ESCAPED:
            return -1
        if members[place, _KIND] == _TEXT:
            for log in range(logs.shape[0]):
                key = logs[log, 0]
                start, end = members[place, _FIRST], members[place, _AFTER]
                if _is_same(text, start, end, key_pool, keys[key, 0], keys[key, 1]):
                    return log
    return int(shapes[which, _MARKED]) if shapes[which, _MARKED] >= 0 else logs.shape[0]


@compiled
def _has_name(text: Any, members: Any, place: int, is_host: bool, hashes: Any, places: Any, pool: Any) -> bool:
    """Whether a name, or that of a host before its port, is to be looked at."""
    start, end, kind = members[place, _FIRST], members[place, _AFTER], members[place, _KIND]
    if kind == _NULL:
        return False
    if kind != _TEXT:
        return True
    if is_host:
        for n in range(start, end):
            if text[n] == COLON:
                return is_suspect(text, start, n, hashes, places, pool) or is_suspect(
                    text, n, end, hashes, places, pool
                )
    return is_suspect(text, start, end, hashes, places, pool)


@compiled
def scan_objects(
    text: Any,
    is_ascii: bool,
    keys: Any,
    key_pool: Any,
    marks: Any,
    logs: Any,
    most_line: int,
    start: int,
    end: int,
    hashes: Any,
    places: Any,
    pool: Any,
    lines: Any,
) -> None:
    """Lines that are objects. `text` is whole lines.

    `keys` has where each of the plan's keys begins and ends in `key_pool`; `marks` which keys together (by their bits)
    tell which log; `logs` of each log the key of `keys` that is its path, that of its names (-1: each of its lines is
    shown), whether its lines are questions, and whether their names are hosts. Fills `lines`, a row for each line.
    """
    begin = known = 0
    state, members = fresh_state(), np.zeros((MOST_KEYS, 5), np.int64)
    digests, shapes = np.zeros(MOST_SHAPES, np.uint64), np.empty((MOST_SHAPES, MOST_KEYS + 1), np.int64)
    for line in range(lines.shape[0]):
        count, n, digest = _members(text, begin, members)
        becomes, at = SHOWN, -1
        if count and text[n] == LINE_FEED and n - begin <= most_line and (is_ascii or is_text(text, begin, n)):
            which = _shape_of(digest, digests, known)
            if which == known and known < MOST_SHAPES:
                digests[known] = digest
                _learn(text, members, count, keys, key_pool, marks, shapes[known])
                known += 1
            if which < known and shapes[which, TIME] >= 0:
                log = _log_of(text, members, shapes, which, keys, key_pool, logs)
                if log == logs.shape[0]:
                    becomes = DROPPED  # of no log that is read: not even its instant is looked at
                elif log >= 0 and logs[log, 1] >= 0 and shapes[which, CLIENT] >= 0:
                    at, becomes = _of_log(
                        text, members, shapes, which, logs, log, state, start, end, hashes, places, pool
                    )
        if becomes == SHOWN and at < 0:
            say_nothing(state)
            while text[n] != LINE_FEED:
                n += 1
        lines[line, END], lines[line, VERDICT], lines[line, AT], lines[line, LINK] = n, becomes, at, UNLINKED
        begin = n + 1


@compiled
def _of_log(
    text: Any,
    members: Any,
    shapes: Any,
    which: int,
    logs: Any,
    log: int,
    state: Any,
    start: int,
    end: int,
    hashes: Any,
    places: Any,
    pool: Any,
) -> tuple[int, int]:
    """The instant of a line of a log, and what becomes of it; -1 and SHOWN for what is not plain."""
    at, client = _instant(text, members, shapes[which, TIME]), shapes[which, CLIENT]
    if members[client, _KIND] != _TEXT:
        return -1, SHOWN
    if not is_plain_address(text, members[client, _FIRST], members[client, _AFTER]):
        return -1, SHOWN
    counts = _counts(text, members, shapes, which) if logs[log, 2] else _SPOKE
    is_host, method = logs[log, 3] != 0, shapes[which, METHOD]
    if is_host and method >= 0 and members[method, _AFTER] - members[method, _FIRST] == len(b"CONNECT"):
        return -1, SHOWN
    if is_host and method >= 0 and members[method, _KIND] == _ESCAPED:
        return -1, SHOWN
    if at < 0 or counts < 0:
        return -1, SHOWN
    place, has_name = shapes[which, logs[log, 1]], False
    if place >= 0:
        has_name = _has_name(text, members, place, is_host, hashes, places, pool)
    return at, verdict(state, at // SLOT_S, start <= at < end, counts, has_name)
