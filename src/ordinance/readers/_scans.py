# SPDX-License-Identifier: EUPL-1.2
"""Blocks of lines scanned by compiled code as a plan says, and the lines of them that are to be seen.

Reads: octets of whole lines. Needs NumPy and Numba (the extra `fast`); `_sieve` asks for it, and nobody else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from ordinance.readers import _kernel_events as events
from ordinance.readers import _kernel_objects as objects
from ordinance.readers import _kernel_queries as queries
from ordinance.readers import _kernel_shown as shown
from ordinance.readers import _kernel_tables as tables
from ordinance.readers import _kernels as kernels
from ordinance.readers._sieve import EventsPlan, Linked, ObjectsPlan, Passed, Plan, QueriesPlan, TablePlan

_TOLD = 1024  # rows that are numbers of Python's at the same time

name_table, is_suspect, is_plain_address = kernels.name_table, kernels.is_suspect, kernels.is_plain_address


class Found:
    """What was found in a block: of each line where it ends, what becomes of it, its instant, what it belongs to."""

    def __init__(self, lines: Any) -> None:
        lines[:1, kernels.VERDICT] = kernels.SHOWN  # what is passed over is told behind a line
        self._lines, self._rows = lines, shown.shown_lines(lines, 0)

    def shown(self, linked: Linked, passed_over: Callable[[Passed], None]) -> Iterator[tuple[int, int]]:
        """Where each line begins and ends that is to be seen; when it was, what is passed over behind it is told.

        A line is seen too that belongs to something `linked`, if need be by the line just seen.
        """
        linked.new.clear()
        if linked.known and self._show(0, linked.known):
            self._rows = shown.shown_lines(self._lines, 0)
        rows = _told(self._rows)
        while (row := next(rows, None)) is not None:
            number, begin, end, *passed = row
            yield begin, end
            if linked.new:
                is_new = self._show(number + 1, linked.new)
                linked.new.clear()
                if is_new:
                    rows = _told(shown.shown_lines(self._lines, number))
                    _, _, _, *passed = next(rows)
            if passed[0] or passed[1]:
                passed_over((passed[0], passed[1], passed[2], passed[3]))

    def _show(self, first: int, links: Iterable[int]) -> bool:
        return bool(shown.show_linked(self._lines, first, np.array(sorted(links), np.int64)))


def _told(rows: Any) -> Iterator[list[int]]:
    """The rows as numbers of Python's."""
    for part in range(0, len(rows), _TOLD):
        yield from rows[part : part + _TOLD].tolist()


def scan(block: bytes, plan: Plan, names: kernels.NameTable, start: int, end: int, most_line: int) -> Found:
    """What becomes of each line of a block, which ends with a line's end."""
    text = np.frombuffer(block, np.uint8)
    lines = np.empty((kernels.lines_of(text), 4), np.int64)
    common: Any = (start, end, *names, lines)
    if isinstance(plan, TablePlan):
        tables.scan_table(text, block.isascii(), *_of_table(plan), most_line, *common)
    elif isinstance(plan, QueriesPlan):
        prefix = np.frombuffer(plan.prefix.encode("ascii"), np.uint8)
        queries.scan_queries(text, block.isascii(), prefix, plan.hour, most_line, *common)
    elif isinstance(plan, EventsPlan):
        events.scan_events(text, block.isascii(), most_line, *common)
    else:
        objects.scan_objects(text, block.isascii(), *_of_objects(plan), most_line, *common)
    return Found(lines)


def _of_table(plan: TablePlan) -> tuple[Any, int, Any, bool]:
    """What each column is looked at for, how many there are, an unset cell, and whether names are hosts."""
    roles = np.full(plan.width, -1, np.int64)
    columns = ((tables.TIME, plan.time), (tables.CLIENT, plan.client), (tables.NAME, plan.name))
    for role, column in (
        *columns,
        (tables.PORT, plan.port),
        (tables.CLASS, plan.query_class),
        (tables.METHOD, plan.method),
    ):
        if column >= 0:
            roles[column] = role
    return roles, plan.width, np.frombuffer(plan.unset.encode(), np.uint8), plan.hosts


@lru_cache(maxsize=8)
def _of_objects(plan: ObjectsPlan) -> tuple[Any, Any, Any, Any]:
    """The keys, by where each begins and ends in the octets of all; the marks; the logs."""
    pool, ends = b"".join(key.encode("ascii") for key in plan.keys), np.cumsum([len(key) for key in plan.keys])
    keys = np.stack((ends - [len(key) for key in plan.keys], ends), axis=1).astype(np.int64)
    marks = np.array(plan.marks, np.uint64).reshape(-1, 2)
    logs = np.array([(log.path, log.name, log.asks, log.hosts) for log in plan.logs], np.int64)
    return keys, np.frombuffer(pool, np.uint8), marks, logs
