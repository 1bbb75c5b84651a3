# SPDX-License-Identifier: EUPL-1.2
"""What is kept of one log file in its place: what its lines said of the watch list, and counts of all others.

The file need not be at hand to be checked: the same reader goes over this. Of a line that says something of the watch
list the text is here, without what the reader does not look at. Of one that is needed for another reason (the first of
an hour, one that cannot be read) there is its number, its stamp and the verdict, and neither a name nor an address; of
all others only how many they are. Cannot know whether the file has changed since.
"""

from __future__ import annotations

from dataclasses import dataclass

from ordinance.model.kept import KeptLines, KeptPart


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A line that is judged again. `number` counts from 1.

    With `text` that is given to the reader. Without, `verdict` stands, once the reader has been told the `marks` (as
    stamps are, in the form that it gave them itself); `at` is the instant at which somebody asked for some name
    (seconds since 1970, UTC; `None`: nobody did), and `is_fault` says that it was no text.
    """

    number: int
    text: str = ""
    verdict: str = ""
    marks: tuple[str, ...] = ()
    at: int | None = None
    is_fault: bool = False


@dataclass(frozen=True, slots=True)
class KeptLog:
    """Of a log whose lines speak of each other. `counts` has all lines that are not in `lines`, in its own words.

    `settled` is the number of the first line with a time, `standing` a digest of where the log stood behind it: where
    it stands elsewhere, because of the files before, the other lines may mean something else. `needs` are names of what
    must not have been known from the files before. `opened` is what later files may speak of; `linked` is what this one
    was looked through for, of the files before it.
    """

    counts: KeptLines
    lines: tuple[KeptLine, ...]
    total: int
    settled: int
    standing: str
    needs: tuple[str, ...]
    opened: tuple[str, ...]
    linked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeptFile:
    """What stands for a file: `said`, or `why` it has to be read itself. `size` and `sha256` are of what is on disk."""

    source: str
    file: str
    size: int
    sha256: str
    said: KeptLog | KeptPart | None
    why: str = ""
