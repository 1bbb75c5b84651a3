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
from ordinance.readers import _kernel_names as name_tables
from ordinance.readers import _kernel_objects as objects
from ordinance.readers import _kernel_queries as queries
from ordinance.readers import _kernel_shown as shown
from ordinance.readers import _kernel_tables as tables
from ordinance.readers import _kernels as kernels
from ordinance.readers._blocks import Block
from ordinance.readers._kernel_json import GUESS, MEMBER, MOST_KEYS
from ordinance.readers._kernel_octets import AT_ONCE
from ordinance.readers._sieve import EventsPlan, Linked, ObjectsPlan, Passed, Plan, QueriesPlan, TablePlan, hours_from

_TOLD = 1024  # rows that are numbers of Python's at the same time

name_table, is_suspect, is_plain_address = name_tables.name_table, name_tables.is_name_suspect, kernels.is_address_plain


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


def scan(block: Block, plan: Plan, names: name_tables.NameTable, start: int, end: int, most_line: int) -> Found:
    """What becomes of each line of a block, which ends with a line's end; behind one that is a view there is more."""
    octets = block + bytes(AT_ONCE) if isinstance(block, bytes) else block.toreadonly()
    text = np.frombuffer(octets, np.uint8)[: len(block)]
    lines = np.empty((kernels.lines_of(text), 4), np.int64)
    common: Any = (start, end, names, kernels.fresh_state(), lines)
    if isinstance(plan, TablePlan):
        tables.scan_table(text, *_of_table(plan), most_line, *common)
    elif isinstance(plan, QueriesPlan):
        hours = hours_from(plan)
        prefixes = np.frombuffer(b"".join(h.prefix.encode("ascii").ljust(queries.STAMP) for h in hours), np.uint8)
        begun = np.array([h.hour for h in hours], np.int64)
        queries.scan_queries(text, prefixes, begun, most_line, *common)
    elif isinstance(plan, EventsPlan):
        events.scan_events(text, most_line, *common)
    else:
        objects.scan_objects(text, *_of_objects(plan), _scratch(), most_line, *common)
    return Found(lines)


def _of_table(plan: TablePlan) -> tuple[Any, Any, int, Any, bool]:
    """Which column each role has, how many there are, an unset cell, and whether names are hosts."""
    columns = np.full(tables.ROLES, -1, np.int64)
    columns[[tables.TIME, tables.CLIENT, tables.NAME]] = plan.time, plan.client, plan.name
    columns[[tables.PORT, tables.CLASS, tables.METHOD]] = plan.port, plan.query_class, plan.method
    scratch = np.zeros(columns.max() + 2, np.int64)
    return scratch, columns, plan.width, np.frombuffer(plan.unset.encode(), np.uint8), plan.hosts


@lru_cache(maxsize=8)
def _of_objects(plan: ObjectsPlan) -> tuple[Any, Any, Any, Any]:
    """The keys, by where each begins and ends in the octets of all; the marks; the logs."""
    pool, ends = b"".join(key.encode("ascii") for key in plan.keys), np.cumsum([len(key) for key in plan.keys])
    keys = np.stack((ends - [len(key) for key in plan.keys], ends), axis=1).astype(np.int64)
    marks = np.array(plan.marks, np.uint64).reshape(-1, 2)
    logs = np.array([(log.path, log.name, log.asks, log.hosts) for log in plan.logs], np.int64)
    return keys, np.frombuffer(pool + bytes(AT_ONCE), np.uint8), marks, logs  # words are read of it


def _scratch() -> tuple[Any, Any, Any, Any]:
    """Room for the members of an object, and for what is known of sequences of keys."""
    sizes = (MEMBER * MOST_KEYS, *(objects.MOST_SHAPES * n for n in (GUESS, objects.SHAPE)))
    members, guesses, shapes = (np.zeros(size, np.int64) for size in sizes)
    return members, guesses, shapes, np.zeros(objects.MOST_SHAPES, np.uint64)
