# SPDX-License-Identifier: EUPL-1.2
"""Reading again a log whose lines speak of each other: of what is known, only the lines that said something.

A beginning is known by the digest of its text, wherever it lies and whatever it is called, packed or not, and ends at
the end of a line. Which of its lines changed anything is noted by their numbers; these are read again, in their order,
and what they say is judged anew. All others said nothing then, and say nothing now, if the log stood where it stood
when the file began, no file came before it that was not there, and of those before it no other number of lines was
refused. Where one before it is gone, less is remembered, and a line says no more by that.

Reads nothing itself. Cannot know whether a reader says `matters` of every line that changes what others mean.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from ordinance.model.kept import KeptLines
from ordinance.readers._files import InputFile
from ordinance.readers._lines import LineFile, text_digests
from ordinance.readers._noted import Known, Noted, stretches

MOST_PICKS = 200_000  # of a file; one of which more lines say something is read each time


@dataclass(slots=True)
class Picking(Known):
    """What is known of a source, and what will be: `parts`, filled while reading. `exact` as in the terms."""

    exact: str
    known: tuple[KeptLines, ...] = ()
    parts: list[KeptLines] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)  # digests of the files that were read so far

    def usable(self, token: str, *, chained: bool) -> list[KeptLines]:
        """Beginnings of which all but the picked lines say nothing now either, the longest first.

        `token`: where the log stands. `chained`: whether it matters which files came before.
        """
        found = [p for p in self.known if self._says_no_more(p, token, chained=chained) and not self.is_whole]
        return sorted(found, key=lambda part: -part.size)

    def _says_no_more(self, part: KeptLines, token: str, *, chained: bool) -> bool:
        same_start = part.token == token and (not chained or _is_end_of(self.behind, part.behind))
        return part.exact == self.exact and same_start and part.covers(*self.ends)

    def passed(self, lines: LineFile, refused: int) -> None:
        """A file was read, of which so many lines were refused: whatever comes next stands behind it.

        Where the oldest file goes whose clock was ahead, fewer lines are refused, and what follows is of them too.
        """
        _, digest, _ = lines.ended
        self.behind.append(hashlib.sha256(f"{digest} {lines.rest_digest} {refused}".encode()).hexdigest()[:32])


@dataclass(slots=True)
class Picks(Noted):
    """What one file says, while it is read."""

    picking: Picking
    token: str
    behind: tuple[str, ...]
    numbers: list[tuple[int, str]] = field(default_factory=list)
    is_unfit: bool = False

    def matters(self, number: int, *, dropped: int, structural: int, line: str, verdict: str) -> None:
        """It is read again, and none of those that are only counted."""
        self._pick(number)
        self.counted(-dropped, -structural)

    def no_text(self, number: int, reason: str) -> None:
        """It is given out again as it is."""
        self._pick(number, reason)

    def unfit(self) -> None:
        """No part is made of it."""
        self.is_unfit = True

    def _pick(self, number: int, reason: str = "") -> None:
        if len(self.numbers) >= MOST_PICKS:
            self.is_unfit = True
        else:
            self.numbers.append((number, reason))

    def resume(self, part: KeptLines) -> None:
        """Go on where a known beginning ends."""
        self.go_on(part, self.picking.ends)
        self.numbers = list(part.picks)

    def part(self, size: int, digest: str, lines: int) -> KeptLines | None:
        """All of it; `None` where it cannot be used again."""
        if self.is_unfit or not size:
            return None
        return KeptLines(
            size=size,
            digest=digest,
            lines=lines,
            exact=self.picking.exact,
            token=self.token,
            behind=self.behind,
            start=self.picking.ends[0],
            end=self.picking.ends[1],
            first=self.first,
            last=self.last,
            dropped=self.dropped,
            structural=self.structural,
            hours=stretches(self.hours),
            picks=tuple(self.numbers),
        )


def longest_of(file: InputFile, parts: Sequence[KeptLines]) -> KeptLines | None:
    """The longest of these with which a file begins; they are in order, the longest first."""
    digests = text_digests(file, sorted({p.size for p in parts})) if parts else {}
    return next((p for p in parts if digests.get(p.size) == p.digest), None)


def _is_end_of(now: list[str], then: tuple[str, ...]) -> bool:
    """Whether nothing came before that was not there then: at most, the oldest files are gone."""
    return then[len(then) - len(now) :] == tuple(now)
