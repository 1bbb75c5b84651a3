# SPDX-License-Identifier: EUPL-1.2
"""Lines that are each a JSON object and say nothing, as compiled code (see `_kernels`).

Reads: octets of whole lines. A line is looked at from brace to brace: what is no JSON, has a key twice, or an object
within, is shown. Of which log it is its keys say, or the path that it names. Cannot know what a value means: it goes by
a few keys.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numba import uint64

from ordinance.readers._kernel_compiling import compiled, within
from ordinance.readers._kernel_json import (
    AFTER,
    ESCAPED,
    FIRST,
    GUESS,
    KEY_AFTER,
    KEY_FIRST,
    KIND,
    MEMBER,
    MOST_KEYS,
    NULL,
    NUMBER,
    TEXT,
    members_of,
)
from ordinance.readers._kernel_names import is_suspect, pointed
from ordinance.readers._kernel_octets import (
    digits_end,
    first,
    is_same,
    line_end,
    number,
    place_of,
    start_of,
    word,
)
from ordinance.readers._kernels import (
    COLON,
    DROPPED,
    LINE_FEED,
    MULTIPLIER,
    NAUGHT,
    ONE,
    SHOWN,
    SLOT_S,
    UNLINKED,
    is_neighbours,
    is_plain_address,
    say_nothing,
    seconds,
    stamped_seconds,
    tell,
    verdict,
)

TIME, CLIENT, PORT, CLASS, METHOD, PATH = range(6)  # the first keys of a plan; the others are names and marks
MOST_SHAPES: Final = 64  # sequences of keys that are remembered while a block is scanned

LOG: Final = 4  # what is said of one
SHAPE: Final = MOST_KEYS + 1
_MARKED = MOST_KEYS  # in a shape, behind the place of each key: the log that its keys tell
_ASKED, _SPOKE = 1, 2  # how a line counts: as a question to a resolver, or as a connection with a name


class _Plan(NamedTuple):
    """A plan, without what counts references."""

    keys: Any
    key_count: int
    pool: Any
    marks: Any
    mark_count: int
    logs: Any
    log_count: int


@within
def _is_key(text: Any, members: Any, place: int, other: Any, first: int, after: int) -> bool:
    """Whether a member's key is this text."""
    start, end = members[place * MEMBER + KEY_FIRST], members[place * MEMBER + KEY_AFTER]
    return bool(end - start == after - first and is_same(text, start, other, first, end - start))


@compiled
def _learn(text: Any, members: Any, count: int, plan: Any, shapes: Any, shape: int, guesses: Any, guess: int) -> None:
    """What the keys of a line say: at which place each of the plan's stands, and of which log they are the marks.

    Every place is -2 where a key stands twice. The keys are noted, quotes included, as what other lines may begin with.
    """
    guesses[guess] = count
    for key in range(SHAPE):
        shapes[shape + key] = -1
    had = uint64(0)
    for place in range(count):
        start, end = members[place * MEMBER + KEY_FIRST], members[place * MEMBER + KEY_AFTER]
        guesses[guess + 2 * place + 1], guesses[guess + 2 * place + 2] = start - 1, end - start + 2
        for key in range(plan.key_count):
            if _is_key(text, members, place, plan.pool, plan.keys[2 * key], plan.keys[2 * key + 1]):
                shapes[shape + key] = place
                had |= uint64(1) << uint64(key)
        for other in range(place):
            if _is_key(text, members, other, text, start, end):
                for key in range(SHAPE):
                    shapes[shape + key] = -2
                guesses[guess] = 0
                return
    for mark in range(plan.mark_count):
        if had & plan.marks[2 * mark] == plan.marks[2 * mark]:
            shapes[shape + _MARKED] = np.int64(plan.marks[2 * mark + 1])
            return


@within
def _digest_of(text: Any, members: Any, count: int) -> Any:
    """A digest of the keys in their order."""
    digest = uint64(count)
    for place in range(count):
        n, end = members[place * MEMBER + KEY_FIRST], members[place * MEMBER + KEY_AFTER]
        digest = (digest ^ uint64(end - n)) * uint64(MULTIPLIER)
        while n < end:
            digest = (digest ^ (word(text, n) & first(min(64, 8 * (end - n))))) * uint64(MULTIPLIER)
            digest ^= digest >> uint64(29)
            n += 8
    return digest


@within
def _shape_of(digest: Any, digests: Any, known: int) -> int:
    """Which of the known sequences of keys it is; as many as are known for none of them."""
    for n in range(known):
        if digests[n] == digest:
            return n
    return known


@within
def _instant(text: Any, start: int, end: int, kind: int) -> int:
    """Seconds since 1970: of a number of seconds or milliseconds, or of a stamp; -1 for anything else."""
    if kind == TEXT:
        return stamped_seconds(text, start, end)
    if kind != NUMBER:
        return -1
    if end - start <= 17:  # a float tells microseconds, and no less
        at = seconds(text, start, end)
        if at >= 0:
            return at
    if (end - start != 10 and end - start != 13) or text[start] == NAUGHT or digits_end(text, start) < end:
        return -1
    return number(text, start, start + 10)


@within
def _is_whole(text: Any, start: int, end: int, kind: int) -> bool:
    """Whether a value is a number of digits alone."""
    return bool(kind == NUMBER and digits_end(text, start) == end)


@within
def _counts(text: Any, members: Any, shape: Any, which: int) -> int:
    """How a line of questions counts: those to neighbours do not; -1 for what cannot be told."""
    place = MEMBER * shape[which + PORT]
    if place >= 0 and members[place + KIND] != NULL:
        start, end = members[place + FIRST], members[place + AFTER]
        if not _is_whole(text, start, end, members[place + KIND]):
            return -1
        if is_neighbours(text, start, end):
            return 0
    place = MEMBER * shape[which + CLASS]
    if place >= 0 and members[place + KIND] != NULL:
        start, end = members[place + FIRST], members[place + AFTER]
        if not _is_whole(text, start, end, members[place + KIND]):
            return -1
        return _ASKED if end - start == 1 and text[start] == ONE else 0
    return _ASKED


@compiled
def _log_of(text: Any, members: Any, shapes: Any, which: int, plan: Any) -> int:
    """Of which log a line is; as many as there are for one of no log, -1 for what cannot be told."""
    place = MEMBER * shapes[which + PATH]
    if place >= 0:
        if members[place + KIND] == ESCAPED:
            return -1
        if members[place + KIND] == TEXT:
            start, size = members[place + FIRST], members[place + AFTER] - members[place + FIRST]
            for log in range(plan.log_count):
                key = 2 * plan.logs[log * LOG]
                known = plan.keys[key]
                if plan.keys[key + 1] - known == size and is_same(text, start, plan.pool, known, size):
                    return log
    return int(shapes[which + _MARKED]) if shapes[which + _MARKED] >= 0 else plan.log_count


@within
def _has_name(text: Any, start: int, end: int, kind: int, is_host: bool, names: Any) -> bool:
    """Whether a name, or that of a host before its port, is to be looked at."""
    if kind == NULL:
        return False
    if kind != TEXT:
        return True
    port = place_of(text, start, end, COLON) if is_host else end
    if port < end:
        return is_suspect(text, start, port, names) or is_suspect(text, port, end, names)
    return is_suspect(text, start, end, names)


@compiled
def scan_objects(
    octets: Any,
    keys: Any,
    pool: Any,
    marks: Any,
    logs: Any,
    scratch: Any,
    most_line: int,
    start: int,
    end: int,
    table: Any,
    state_of: Any,
    lines: Any,
) -> None:
    """Lines that are objects. `octets` are whole lines, with more behind them.

    `keys` has where each of the plan's keys begins and ends in `pool`; `marks` which keys together (by their bits)
    tell which log; `logs` of each log the key of `keys` that is its path, that of its names (-1: each of its lines is
    shown), whether its lines are questions, and whether their names are hosts. `scratch` has room for the members of
    a line, and for what is known of sequences of keys. Fills `lines`, a row for each line.
    """
    text, names, state, found = start_of(octets), pointed(table), start_of(state_of), start_of(lines)
    members, guesses, shapes, digests = _pointed(scratch)
    plan = _Plan(start_of(keys), len(keys), start_of(pool), start_of(marks), len(marks), start_of(logs), len(logs))
    begin = known = which = guesses[0] = 0
    for line in range(lines.shape[0]):
        count, n, is_guess = members_of(text, begin, members, guesses, which * GUESS)
        becomes, at, is_ascii = SHOWN, -1, False
        if not count or text[n] != LINE_FEED:
            n, _ = line_end(text, n)
            count = 0
        elif n - begin <= most_line:
            _, is_ascii = line_end(text, begin)
        if count and is_ascii:
            if not is_guess:
                digest = _digest_of(text, members, count)
                which = _shape_of(digest, digests, known)
                if which == known and known < MOST_SHAPES:
                    digests[known] = digest
                    _learn(text, members, count, plan, shapes, known * SHAPE, guesses, known * GUESS)
                    known += 1
            if which < known and shapes[which * SHAPE + TIME] >= 0:
                log = _log_of(text, members, shapes, which * SHAPE, plan)
                if log == plan.log_count:
                    becomes = DROPPED  # of no log that is read: not even its instant is looked at
                elif log >= 0 and plan.logs[log * LOG + 1] >= 0 and shapes[which * SHAPE + CLIENT] >= 0:
                    at, becomes = _of_log(text, members, shapes, which * SHAPE, plan, log, state, start, end, names)
            if which == known:
                which = 0
        if becomes == SHOWN and at < 0:
            say_nothing(state)
        tell(found, line, n, becomes, at, UNLINKED)
        begin = n + 1


@within
def _pointed(scratch: Any) -> Any:
    """The same without what counts references."""
    members, guesses, shapes, digests = scratch
    return start_of(members), start_of(guesses), start_of(shapes), start_of(digests)


@within
def _of_log(
    text: Any,
    members: Any,
    shapes: Any,
    shape: int,
    plan: Any,
    log: int,
    state: Any,
    start: int,
    end: int,
    names: Any,
) -> tuple[int, int]:
    """The instant of a line of a log, and what becomes of it; -1 and SHOWN for what is not plain."""
    client, time = MEMBER * shapes[shape + CLIENT], MEMBER * shapes[shape + TIME]
    method = MEMBER * shapes[shape + METHOD]
    if members[client + KIND] != TEXT:
        return -1, SHOWN
    if not is_plain_address(text, members[client + FIRST], members[client + AFTER]):
        return -1, SHOWN
    at = _instant(text, members[time + FIRST], members[time + AFTER], members[time + KIND])
    counts = _counts(text, members, shapes, shape) if plan.logs[log * LOG + 2] else _SPOKE
    is_host = plan.logs[log * LOG + 3] != 0
    if is_host and method >= 0 and members[method + AFTER] - members[method + FIRST] == len(b"CONNECT"):
        return -1, SHOWN
    if is_host and method >= 0 and members[method + KIND] == ESCAPED:
        return -1, SHOWN
    if at < 0 or counts < 0:
        return -1, SHOWN
    name, has_name = MEMBER * shapes[shape + plan.logs[log * LOG + 1]], False
    if name >= 0:
        first, after, kind = members[name + FIRST], members[name + AFTER], members[name + KIND]
        has_name = _has_name(text, first, after, kind, is_host, names)
    return at, verdict(state, at // SLOT_S, start <= at < end, counts, has_name)
