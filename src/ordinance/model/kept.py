# SPDX-License-Identifier: EUPL-1.2
"""What is kept of a log that was read, so that it need not be read again: statements on the watch list, and counts.

No text of a log is in it. Names that are not watched, and who asked for them, are counts; of questions that leave a
check as numbers alone (canaries, ways past the log) not even the asker is kept. Cannot know whether the log is still
there: who reads it again compares digests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ordinance.model.apps import Identifier
from ordinance.model.evidence import Answered
from ordinance.model.unseen import UnseenKind

Hours = tuple[tuple[int, int, int], ...]  # full hour, first and last instant of it at which something was said


@dataclass(frozen=True, slots=True)
class KeptRow:
    """One statement about a watched name. Instants are whole seconds since 1970, UTC.

    `mark` is the same for a line that says the same again: a keyed digest, from which nobody reads the line. `client`
    and `name` (a keyed digest too) are empty where only a count leaves the check. `line` is its number in the file.
    """

    mark: str
    line: int
    at: int
    hour: int
    answered: Answered
    client: str = ""
    name: str = ""
    identifier: Identifier | None = None
    likely: bool = False
    is_canary: bool = False
    unseen: UnseenKind | None = None
    told: bool = True
    contacted: bool = False

    @property
    def app(self) -> str:
        """`family/member`; empty for a name of no app."""
        return f"{self.identifier.family}/{self.identifier.member}" if self.identifier else ""


@dataclass(frozen=True, slots=True)
class Carry:
    """Where a log stands between two lines: the last hour that was read, the line that was timed last, and whether
    what was refused just before the line `next` may be of the hour that comes.
    """

    hour: int = 0
    timed: int = 0
    is_broken_ahead: bool = False
    next: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """Under what something was read. Digests; `apps` has that of each watched app's identifiers, by `family/member`.

    `exact`: what has to be equal so that nothing of the same bytes could come out otherwise, but for the window and
    `leases`. `settings`: what has to be equal so that an older reading still means the same.
    """

    exact: str
    settings: str
    apps: Mapping[str, str]
    leases: str = ""


@dataclass(frozen=True, slots=True)
class KeptPart:
    """The first `size` octets of one file's text, up to the end of line number `lines`, as they were read.

    `digest` is the SHA-256 of these octets, unpacked. `start` and `end` are the window (`None`: open); `first` and
    `last` the earliest and latest instant of anything in it. `terms.leases` is empty where no lease decided anything.
    `before` is where the log stood when the file began, if that mattered; `after` where it stands at the end.
    `rejects` are line and reason of the first thousand, `rejected` counts all. `beneath` are names that the catalogue
    had then beneath those of the rows: what was asked for was none of these.
    """

    file: str
    size: int
    digest: str
    lines: int
    terms: Terms
    start: int | None
    end: int | None
    first: int | None
    last: int | None
    dropped: int
    structural: int
    rejected: int
    rejects: tuple[tuple[int, str], ...]
    hours: Hours
    unnamed: Hours
    broken: tuple[int, ...]
    rows: tuple[KeptRow, ...]
    before: Carry | None
    after: Carry
    beneath: tuple[str, ...]

    @property
    def oldest(self) -> int | None:
        """The earliest instant of anything that is kept; `None` where there are counts alone."""
        instants = (*(row.at for row in self.rows), *(first for _, first, _ in (*self.hours, *self.unnamed)))
        return min(instants, default=None)

    @property
    def newest(self) -> int | None:
        """The latest instant of anything that is kept; `None` where there are counts alone."""
        instants = (*(row.at for row in self.rows), *(last for *_, last in (*self.hours, *self.unnamed)))
        return max(instants, default=None)

    def covers(self, start: int | None, end: int | None) -> bool:
        """Whether all that may be kept within another window is here: nothing that was cut away lies in it."""
        return _covers(self, (*self.hours, *self.unnamed), start, end)

    def cut_away(self, start: int | None, end: int | None) -> tuple[tuple[int, int], ...]:
        """First and last instants of what another window shows and this one cut away: lines that are not here."""
        if self.first is None or self.last is None:
            return ()
        low = self.first if start is None else max(self.first, start)
        high = self.last if end is None else min(self.last, end - 1)
        before = None if self.start is None else (low, min(high, self.start - 1))
        behind = None if self.end is None else (max(low, self.end), high)
        return tuple(part for part in (before, behind) if part is not None and part[0] <= part[1])


@dataclass(frozen=True, slots=True)
class KeptLines:
    """Which lines of one file's first `size` octets say something, and counts of all others. Nothing that any says.

    For a log whose lines speak of each other: those in `picks` are read again, in their order, and all others of these
    octets need not be. `digest` is the SHA-256 of the octets, unpacked, and `lines` how many lines they have. `picks`
    are numbers of lines, ascending, each with the reason why it could not be read as text ("": it could). `dropped`,
    `structural` and `hours` are of the other lines; `first` and `last` the earliest and latest instant of anything.
    `exact` is that of the terms. `token` is a digest of where the log stood when the file began, `behind` those of all
    files before it, where these mattered.
    """

    size: int
    digest: str
    lines: int
    exact: str
    token: str
    behind: tuple[str, ...]
    start: int | None
    end: int | None
    first: int | None
    last: int | None
    dropped: int
    structural: int
    hours: Hours
    picks: tuple[tuple[int, str], ...]

    @property
    def oldest(self) -> int | None:
        """The earliest instant of the hours that are kept; `None` where there are none."""
        return min((first for _, first, _ in self.hours), default=None)

    @property
    def newest(self) -> int | None:
        """The latest instant of the hours that are kept; `None` where there are none."""
        return max((last for *_, last in self.hours), default=None)

    def covers(self, start: int | None, end: int | None) -> bool:
        """Whether no other line says something within another window."""
        return _covers(self, self.hours, start, end)


Part = KeptPart | KeptLines


def _covers(part: Part, hours: Hours, start: int | None, end: int | None) -> bool:
    if part.first is None or part.last is None:
        return True
    cut_before = part.start is not None and part.first < part.start
    cut_behind = part.end is not None and part.last >= part.end
    if cut_before and (start is None or (part.start is not None and start < part.start)):
        return False
    if cut_behind and (end is None or (part.end is not None and end > part.end)):
        return False
    if start is None or end is None:
        return True
    return not any(first < start and end <= last for _, first, last in hours)
