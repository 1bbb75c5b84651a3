# SPDX-License-Identifier: EUPL-1.2
"""Reading a log again: which beginnings of its files are known, and what is noted while the rest is read.

A beginning is known by the digest of its text, wherever it lies and whatever it is called, packed or not, and ends at
the end of a line. What was noted of it says everything that the same lines would say to the same reader once more.

Reads nothing itself. Cannot know whether a reader judges each line by itself; only one that does may go on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, replace

from ordinance.model.apps import Identifier
from ordinance.model.evidence import Reading
from ordinance.model.kept import Carry, KeptPart, KeptRow, Terms
from ordinance.readers._files import InputFile
from ordinance.readers._lines import text_digests
from ordinance.readers._noted import Known, Noted, stretches, widen, within
from ordinance.readers._question import Question

MOST_ROWS = 200_000  # of a file; one that has more is read each time
_MOST_REJECTS = 1_000  # as many as an account lists


@dataclass(slots=True)
class Again(Known):
    """What is known of a source, and what will be: `parts`, filled while reading. `secret` keys the marks of lines."""

    terms: Terms
    secret: bytes
    known: tuple[KeptPart, ...] = ()
    parts: list[KeptPart] = field(default_factory=list)
    there: set[int] = field(default_factory=set)  # indexes of `known` that some file begins with

    def mark(self, *said: Hashable) -> str:
        """The same for the same; nobody without the secret can tell of what."""
        text = repr(said).encode(errors="surrogatepass")
        return hashlib.blake2b(text, key=self.secret[:64], digest_size=16).hexdigest()

    def name_of(self, name: str) -> str:
        """What stands for a name: what lies before a watched one may be anything, and that it is the same is enough."""
        return name if name.startswith("#") else f"#{self.mark('name', name)}"

    def without_names(self, reading: Reading) -> Reading:
        """The reading with what stands for names in their places: of all sources alike, whether kept or not."""
        return replace(reading, names=tuple(replace(n, name=self.name_of(n.name)) for n in reading.names))

    def longest(self, file: InputFile, carry: Carry) -> KeptPart | None:
        """The longest known beginning of a file that says all that its lines would say now."""
        if self.is_whole:
            return None
        usable = [p for p in self.look(file) if self.says_all(p, carry)]
        return max(usable, key=lambda p: p.size, default=None)

    def look(self, file: InputFile) -> list[KeptPart]:
        """All known beginnings of a file, which are therefore not gone."""
        sizes = sorted({p.size for p in self.known})
        digests = text_digests(file, sizes) if sizes else {}
        found = [(n, p) for n, p in enumerate(self.known) if digests.get(p.size) == p.digest]
        self.there.update(n for n, _ in found)
        return [p for _, p in found]

    def gone(self) -> tuple[KeptPart, ...]:
        """Those that no file begins with, and that still mean the same."""
        left = (p for n, p in enumerate(self.known) if n not in self.there)
        return tuple(p for p in left if p.terms.settings == self.terms.settings and p.oldest is not None)

    def set_aside(self) -> tuple[KeptPart, ...]:
        """Those that no file begins with either, and that were read under other settings: these may come back."""
        left = (p for n, p in enumerate(self.known) if n not in self.there)
        return tuple(p for p in left if p.terms.settings != self.terms.settings and p.oldest is not None)

    def says_all(self, part: KeptPart, carry: Carry) -> bool:
        """Whether a part says all that its lines would say now, behind what stands before them."""
        same_leases = not part.terms.leases or part.terms.leases == self.terms.leases
        same_start = part.before == carry if part.before is not None else not carry.is_broken_ahead
        is_same = part.terms.exact == self.terms.exact and same_leases and same_start
        return is_same and part.covers(*self.ends)


@dataclass(slots=True)
class Notes(Noted):
    """What one file says, while it is read. `head`: something of it depends on the file before."""

    again: Again
    before: Carry
    beneath: Callable[[str], Iterable[Identifier]]  # the names that the catalogue has beneath one
    head: bool = False
    needs_leases: bool = False
    is_too_long: bool = False
    rejected: int = 0
    rejects: list[tuple[int, str]] = field(default_factory=list)
    unnamed: dict[int, tuple[int, int]] = field(default_factory=dict)
    rows: list[tuple[str, int, Question]] = field(default_factory=list)
    told_before: list[KeptRow] = field(default_factory=list)
    rows_dropped: int = 0

    def refused(self, number: int, reason: str, *, is_head: bool) -> None:
        """It is counted, and listed while there is room."""
        self.head = self.head or is_head
        self.rejected += 1
        if len(self.rejects) < _MOST_REJECTS:
            self.rejects.append((number, reason))

    def asked_leases(self) -> None:
        """By other leases, it has to be read again."""
        self.needs_leases = True

    def by_nobody(self, hour: int, at: int) -> None:
        """It may have been any device."""
        widen(self.unnamed, hour, at)

    def row(self, mark: str, line: int, question: Question) -> Question:
        """A statement that is kept, or would be if no other file had been read before; the one to be filled in."""
        if len(self.rows) + len(self.told_before) >= MOST_ROWS:
            self.is_too_long = True
        else:
            self.rows.append((mark, line, question))
        return question

    def row_dropped(self) -> None:
        """One of the rows led nowhere, because enough of its kind are counted: it is none of the dropped lines."""
        self.rows_dropped += 1

    def resume(self, part: KeptPart) -> None:
        """Go on where a known beginning ends."""
        self.needs_leases = bool(part.terms.leases)
        self.head = part.before is not None
        self.rejected, self.rejects = part.rejected, list(part.rejects)
        start, end = self.again.ends
        self.go_on(part, (start, end))
        inside = [(start is None or start <= row.at) and (end is None or row.at < end) for row in part.rows]
        self.told_before = [row for row, is_inside in zip(part.rows, inside, strict=True) if is_inside]
        self.dropped += len(part.rows) - len(self.told_before)  # what was cut away is not kept any longer
        self.unnamed = within(part.unnamed, start, end)

    def part(
        self, file: str, size: int, digest: str, lines: int, broken: Iterable[int], after: Carry
    ) -> KeptPart | None:
        """All of it; `None` where it cannot be used again."""
        if self.is_too_long or not size:
            return None
        terms, (start, end) = self.again.terms, self.again.ends
        rows = (*self.told_before, *(_row(self.again, *one) for one in self.rows))
        matched = {row.identifier.value for row in rows if row.identifier is not None}
        depends = self.head or self.before.is_broken_ahead or not after.timed
        return KeptPart(
            file=file,
            size=size,
            digest=digest,
            lines=lines,
            terms=terms if self.needs_leases else replace(terms, leases=""),
            start=start,
            end=end,
            first=self.first,
            last=self.last,
            dropped=self.dropped - self.rows_dropped,
            structural=self.structural,
            rejected=self.rejected,
            rejects=tuple(self.rejects),
            hours=stretches(self.hours),
            unnamed=stretches(self.unnamed),
            broken=tuple(sorted(broken)),
            rows=rows,
            before=self.before if depends else None,
            after=after,
            beneath=tuple(sorted({longer.value for value in matched for longer in self.beneath(value)})),
        )


def _row(again: Again, mark: str, line: int, question: Question) -> KeptRow:
    watched = question.watched
    is_count = watched.is_count
    return KeptRow(
        mark=mark,
        line=line,
        at=question.at,
        hour=question.hour,
        answered=question.answered,
        client="" if is_count else question.client,
        name="" if is_count else again.name_of(watched.name),
        identifier=watched.identifier,
        likely=watched.likely,
        is_canary=watched.is_canary,
        unseen=watched.unseen,
        told=question.told,
        contacted=question.contacted,
    )
