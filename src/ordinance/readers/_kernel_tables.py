# SPDX-License-Identifier: EUPL-1.2
"""Rows of tables with tabs that say nothing, as compiled code (see `_kernels`).

Reads: octets of whole lines. Cannot know what a row means: it goes by the places of a few columns.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ordinance.readers._kernels import (
    AT,
    BRACE,
    COLON,
    END,
    HASH,
    LINE_FEED,
    LINK,
    ONE,
    RETURN,
    SHOWN,
    SLOT_S,
    TAB,
    UNLINKED,
    VERDICT,
    begins,
    compiled,
    fresh_state,
    is_neighbours,
    is_plain_address,
    is_suspect,
    is_text,
    say_nothing,
    seconds,
    verdict,
)

TIME, CLIENT, NAME, PORT, CLASS, METHOD = range(6)  # what a column is looked at for
ROLES: Final = 6


@compiled
def _cells(text: Any, begin: int, roles: Any, fields: Any) -> tuple[int, int]:
    """Where the cells with a role begin and end (-1 for none), where the line ends, and how many cells it has."""
    fields[:] = -1
    column, cell, n = 0, begin, begin
    while True:
        octet = text[n]
        if octet == TAB or octet == LINE_FEED:  # noqa: PLR1714, SIM109  # a set would not be compiled
            if column < roles.size and roles[column] >= 0:
                fields[roles[column], 0], fields[roles[column], 1] = cell, n
            column += 1
            cell = n + 1
            if octet == LINE_FEED:
                return n, column
        n += 1


@compiled
def _has_name(text: Any, fields: Any, is_host: bool, hashes: Any, places: Any, pool: Any) -> bool:
    """Whether a name, or that of a host before its port, is to be looked at."""
    start, end = fields[NAME]
    if is_host:
        for n in range(start, end):
            if text[n] == COLON:
                # what follows the port may be odd too, and the name before it is what counts
                return is_suspect(text, start, n, hashes, places, pool) or is_suspect(
                    text, n, end, hashes, places, pool
                )
    return is_suspect(text, start, end, hashes, places, pool)


@compiled
def _is_unset(text: Any, start: int, end: int, unset: Any) -> bool:
    """Whether a cell is written as unset ones are."""
    return bool(end - start == unset.size and begins(text, start, unset))


@compiled
def _counts(text: Any, fields: Any, unset: Any) -> bool:
    """Whether a row is of a question to a resolver, or of a connection with a name."""
    start, end = fields[PORT]
    if start >= 0 and is_neighbours(text, start, end):
        return False
    start, end = fields[CLASS]
    return bool(start < 0 or (end - start == 1 and text[start] == ONE) or _is_unset(text, start, end, unset))


@compiled
def scan_table(
    text: Any,
    is_ascii: bool,
    roles: Any,
    width: int,
    unset: Any,
    is_host: bool,
    most_line: int,
    start: int,
    end: int,
    hashes: Any,
    places: Any,
    pool: Any,
    lines: Any,
) -> None:
    """Rows of a table. `text` is whole lines; `roles` says of each column what it is looked at for, or -1;
    `unset` is the text of an unset cell.

    Fills `lines`, a row for each line.
    """
    begin = 0
    state, fields = fresh_state(), np.empty((ROLES, 2), np.int64)
    for line in range(lines.shape[0]):
        n, columns = _cells(text, begin, roles, fields)
        at, becomes = -1, SHOWN
        if columns == width and n - begin <= most_line and text[n - 1] != RETURN:
            is_row = text[begin] != HASH and text[begin] != BRACE
            is_call = fields[METHOD, 0] >= 0 and fields[METHOD, 1] - fields[METHOD, 0] == len(b"CONNECT")
            if is_row and not is_call and (is_ascii or is_text(text, begin, n)):
                at = seconds(text, fields[TIME, 0], fields[TIME, 1])
        if at >= 0 and is_plain_address(text, fields[CLIENT, 0], fields[CLIENT, 1]):
            counts = _counts(text, fields, unset)
            has_name = _has_name(text, fields, is_host, hashes, places, pool)
            becomes = verdict(state, at // SLOT_S, start <= at < end, int(counts), has_name)
        else:
            say_nothing(state)
        lines[line, END], lines[line, VERDICT], lines[line, AT], lines[line, LINK] = n, becomes, at, UNLINKED
        begin = n + 1
