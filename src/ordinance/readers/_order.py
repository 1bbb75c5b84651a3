# SPDX-License-Identifier: EUPL-1.2
"""When rows were written that nobody can read, by those beside them.

Reads nothing. A journal is in order of time: a row of it was written after those before it and before those behind
it, in the same file. Whether a file is one shows at its end alone; in one that is in no order, or of which no row says
when, a row may be of any time. Files may come in any order, and overlap; where one ends before the other begins, what
is lost at the end of the first was written before the second began. Cannot know: that two files whose rows do not
overlap are of two servers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

EVER = -1  # the beginning of all time
FOR_EVER = 1 << 60  # its end


@dataclass(slots=True)
class _File:
    """`first` and `last` are the earliest and latest instant that its rows state; `unread` lie between two instants."""

    first: int = FOR_EVER
    last: int = EVER
    is_in_order: bool = True
    is_open: bool = False  # the end of the last of `unread` is still to come
    unread: list[tuple[int, int]] = field(default_factory=list)


class Order:
    """The rows of a source as they come. `slack` seconds may one be older than the row before it."""

    def __init__(self, slack: int = 0) -> None:
        self._slack = slack
        self._files: list[_File] = []
        self._file = _File()

    def begin(self) -> None:
        """A file begins."""
        self._file = _File()
        self._files.append(self._file)

    def said(self, at: int) -> None:
        """A row was written at an instant, in seconds since 1970."""
        file = self._file
        if at == file.last and not file.is_open:
            return  # many rows are of one instant
        if file.is_open:
            file.unread[-1] = (file.unread[-1][0], at)
        file.is_open = False
        file.is_in_order &= at >= file.last - self._slack
        file.first, file.last = min(file.first, at), max(file.last, at)

    def unread(self) -> None:
        """Here stands a row of which not even that can be read."""
        if not self._file.is_open:
            since = self._file.last
            self._file.unread.append((since if since == EVER else since - self._slack, FOR_EVER))
            self._file.is_open = True

    def spans(self) -> list[tuple[int, int]]:
        """From when until before when each of them may have been written, in order of time and none with another."""
        return joined_spans(span for file in self._files for span in self._spans(file))

    def _spans(self, file: _File) -> list[tuple[int, int]]:
        if not file.unread:
            return []
        if not file.is_in_order or file.last == EVER:
            return [(EVER, FOR_EVER)]
        others = [other for other in self._files if other is not file and other.last != EVER]
        is_apart = all(other.last <= file.first or file.last <= other.first for other in others)
        before = max((o.last for o in others if o.last <= file.first), default=EVER) if is_apart else EVER
        behind = min((o.first for o in others if o.first >= file.last), default=FOR_EVER) if is_apart else FOR_EVER
        return [(before if s == EVER else s, behind if e == FOR_EVER else e) for s, e in file.unread]


def joined_spans(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """These stretches in order of time; those that touch are one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
