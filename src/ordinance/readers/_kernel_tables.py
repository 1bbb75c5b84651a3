# SPDX-License-Identifier: EUPL-1.2
"""Rows of tables with tabs that say nothing, as compiled code (see `_kernels`).

Reads: octets of whole lines. Cannot know what a row means: it goes by the places of a few columns.
"""

from __future__ import annotations

from typing import Any, Final

from numba import uint64

from ordinance.readers._kernel_compiling import compiled, within
from ordinance.readers._kernel_names import is_suspect, pointed
from ordinance.readers._kernel_octets import (
    AT_ONCE,
    before_lowest,
    between,
    bits,
    like,
    lowest,
    place_of,
    start_of,
    without_lowest,
)
from ordinance.readers._kernels import (
    BRACE,
    COLON,
    HASH,
    HIGH,
    HIGHEST,
    LINE_FEED,
    ONE,
    RETURN,
    SHOWN,
    SLOT_S,
    TAB,
    UNLINKED,
    is_neighbours,
    is_plain_address,
    say_nothing,
    seconds,
    tell,
    verdict,
)

TIME, CLIENT, NAME, PORT, CLASS, METHOD = range(6)  # what a column is looked at for
ROLES: Final = 6


@within
def _cells(text: Any, begin: int, tabs: Any, last: int) -> tuple[int, int, bool]:
    """Where a line ends, how many cells it has, and whether it is ASCII.

    `tabs` has then where the first `last` of them end, with the octet before the line for a beginning.
    """
    count, n, high = 0, begin, uint64(0)
    tabs[0] = begin - 1
    while True:
        ends, found = like(text, n, LINE_FEED), like(text, n, TAB)
        is_last = ends != 0
        odd = between(text, n, HIGH, HIGHEST)
        if is_last:
            found, odd = found & before_lowest(ends), odd & before_lowest(ends)
        high |= odd
        while found and count < last:
            count += 1
            tabs[count] = n + lowest(found)
            found = without_lowest(found)
        count += bits(found)
        if is_last:
            break
        n += AT_ONCE
    n += lowest(ends)
    if count < last:
        tabs[count + 1] = n
    return n, count + 1, high == 0


@within
def _has_name(text: Any, start: int, end: int, is_host: bool, names: Any) -> bool:
    """Whether a name, or that of a host before its port, is to be looked at."""
    port = place_of(text, start, end, COLON) if is_host else end
    if port < end:  # what follows it may be odd too, and the name before it is what counts
        return is_suspect(text, start, port, names) or is_suspect(text, port, end, names)
    return is_suspect(text, start, end, names)


@within
def _is_unset(text: Any, start: int, unset: Any, size: int) -> bool:
    """Whether a cell of this size is written as unset ones are."""
    for n in range(size):  # noqa: SIM110  # a generator would not be compiled
        if text[start + n] != unset[n]:
            return False
    return True


@within
def _counts(text: Any, tabs: Any, columns: Any, unset: Any, size: int) -> bool:
    """Whether a row is of a question to a resolver, or of a connection with a name."""
    if columns[PORT] >= 0 and is_neighbours(text, tabs[columns[PORT]] + 1, tabs[columns[PORT] + 1]):
        return False
    if columns[CLASS] < 0:
        return True
    start, end = tabs[columns[CLASS]] + 1, tabs[columns[CLASS] + 1]
    is_unset = end - start == size and _is_unset(text, start, unset, size)
    return bool(is_unset or (end - start == 1 and text[start] == ONE))


@compiled
def scan_table(
    octets: Any,
    scratch: Any,
    columns: Any,
    width: int,
    unset: Any,
    is_host: bool,
    most_line: int,
    start: int,
    end: int,
    table: Any,
    state_of: Any,
    lines: Any,
) -> None:
    """Rows of a table. `octets` are whole lines, with more behind them; `columns` says of each role which column has
    it, or -1, and `scratch` has room for one more than the last of them; `unset` is the text of an unset cell.

    Fills `lines`, a row for each line.
    """
    text, names, places, none = start_of(octets), pointed(table), start_of(columns), start_of(unset)
    tabs, state, found = start_of(scratch), start_of(state_of), start_of(lines)
    begin, last = 0, scratch.size - 1
    for line in range(lines.shape[0]):
        n, count, is_ascii = _cells(text, begin, tabs, last)
        at, becomes = -1, SHOWN
        is_row = count == width and n - begin <= most_line and text[n - 1] != RETURN and is_ascii
        if is_row and text[begin] != HASH and text[begin] != BRACE:
            method = places[METHOD]
            if method < 0 or tabs[method + 1] - tabs[method] - 1 != len(b"CONNECT"):
                at = seconds(text, tabs[places[TIME]] + 1, tabs[places[TIME] + 1])
        if at >= 0 and is_plain_address(text, tabs[places[CLIENT]] + 1, tabs[places[CLIENT] + 1]):
            counts = _counts(text, tabs, places, none, unset.size)
            has_name = _has_name(text, tabs[places[NAME]] + 1, tabs[places[NAME] + 1], is_host, names)
            becomes = verdict(state, at // SLOT_S, start <= at < end, int(counts), has_name)
        else:
            say_nothing(state)
        tell(found, line, n, becomes, at, UNLINKED)
        begin = n + 1
