# SPDX-License-Identifier: EUPL-1.2
"""A log of names that is kept file by file, each read alone, and gone over again in the place of its files.

What is kept of a file stands for it only where all its other lines say nothing now either: the log must stand where it
stood then, once the first line with a time was read, and what lines of earlier files opened must have been known. Where
it does not, the file is told to `Merging`, and whoever merges reads it itself; what this run gives is of no use then.

Reads nothing that is kept: others give it. Cannot know whether a file at hand is still the one that was read.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ordinance.model.kept import KeptLines, KeptPart
from ordinance.model.kept_file import KeptFile, KeptLine, KeptLog
from ordinance.readers._files import InputFile, by_age, digest_of, file_size, repeated
from ordinance.readers._lines import LineFile
from ordinance.readers._name_log import DROPPED, STRUCTURAL, TAKEN, NameLog
from ordinance.readers._noted import Known, Noted, stretches

MOST_KEPT = 200_000  # lines of a file; one of which more lines say something is read by whoever checks
TOO_MUCH, CONNECTIONS = "too_much", "connections"
OTHER_TERMS, OTHER_WINDOW, CARRIED, OPENED = "other_terms", "other_window", "carried_over", "opened_before"


@dataclass(slots=True)
class Keeping(Known):
    """One file to be kept. `exact` as in the terms; `links` is what files before it opened."""

    file: InputFile
    exact: str
    links: frozenset[str] = frozenset()
    kept: KeptFile | None = None


@dataclass(slots=True)
class Merging(Known):
    """What is kept of the files of one source. `own` are names of files that are read themselves.

    `found` has those that turned out to need it, with the reason.
    """

    exact: str
    files: Mapping[str, KeptFile]
    own: frozenset[str] = frozenset()
    found: dict[str, str] = field(default_factory=dict)

    def of(self, file: InputFile) -> KeptFile | None:
        """What stands for a file; `None` where it is read itself."""
        return None if file.name in self.own else self.files.get(file.name)

    def cannot(self, file: InputFile, why: str) -> None:
        """What is kept of a file does not stand for it."""
        self.found.setdefault(file.name, why)

    def add_absent(self, files: Iterable[InputFile], root: Path) -> tuple[InputFile, ...]:
        """The files at hand and those that are only kept, oldest first by name."""
        here = {file.name: file for file in files}
        absent = {name: InputFile(root / name, name) for name in self.files if name not in here}
        return by_age((*here.values(), *absent.values()))

    def repeated(self, files: tuple[InputFile, ...]) -> dict[str, str]:
        """As for files (`_files.repeated`), by what is kept of their sizes and digests."""
        if not any(self.of(file) for file in files):
            return repeated(files)
        sizes: defaultdict[int, list[InputFile]] = defaultdict(list)
        for file in files:
            kept = self.of(file)
            if size := kept.size if kept else file_size(file):
                sizes[size].append(file)
        again = {}
        for group in (g for g in sizes.values() if len(g) > 1):
            seen: set[str] = set()
            for file in group:
                kept = self.of(file)
                digest = kept.sha256 if kept else digest_of(file)
                if digest in seen:
                    again[file.name] = digest
                seen.add(digest)
        return again


@dataclass(slots=True, kw_only=True)
class Kept(Noted):
    """What one file says, while it is read for keeping."""

    run: StandInLog
    lines: list[KeptLine] = field(default_factory=list)
    needs: set[str] = field(default_factory=set)
    settled: int = 0
    standing: str = ""
    why: str = ""
    asked: tuple[int, int] = (0, 0)  # number of a line, and the instant at which somebody asked in it
    marked: tuple[int, tuple[str, ...]] = (0, ())
    wording: tuple[int, str | None, int] = (0, None, 0)  # number of a line of the watch list, and how it is to be kept

    def saw(self, at: int) -> None:
        """Somebody asked in the line in hand."""
        Noted.saw(self, at)
        self.asked = self.run.number, at

    def mark(self, what: str) -> None:
        """Something that the reader has to be told again of the line in hand."""
        number, marks = self.marked
        self.marked = self.run.number, (*(marks if number == self.run.number else ()), what)

    def watched(self) -> None:
        """All of it is kept, unless something else is said of it."""
        if self.wording[0] != self.run.number:
            self.wording = self.run.number, None, 0

    def concerns(self, text: str | None, cut: int) -> None:
        """The line in hand has to do with the watch list."""
        self.wording = self.run.number, text, cut

    def matters(self, number: int, *, dropped: int, structural: int, line: str, verdict: str) -> None:
        """It is kept, and none of those that are only counted."""
        self.counted(-dropped, -structural)
        of, text, cut = self.wording
        if of == number:
            self._add(KeptLine(number, text=f"{line[: len(line) - cut]}{text or ''}" if text is None or cut else text))
        else:
            marks = self.marked[1] if self.marked[0] == number else ()
            at = self.asked[1] if self.asked[0] == number else None
            self._add(KeptLine(number, verdict=verdict, marks=marks, at=at))
        if not self.settled and self.run.is_settled:
            self.settled, self.standing = number, self.run.standing

    def no_text(self, number: int, reason: str) -> None:
        """It is refused again as it was."""
        self._add(KeptLine(number, verdict=reason, is_fault=True))

    def unfit(self) -> None:
        """The file has to be read itself."""
        self.why = CONNECTIONS

    def _add(self, line: KeptLine) -> None:
        if len(self.lines) >= MOST_KEPT:
            self.why = self.why or TOO_MUCH
        else:
            self.lines.append(line)


class StandInLog(NameLog):
    """One reading of one source, of which some files may be kept, or one file to be kept."""

    keeping: Keeping | None = None
    merging: Merging | None = None
    is_kept = False  # the line in hand

    # --- what each kind says of itself --------------------------------------------------------------

    def tick(self, mark: str) -> str:
        """Take in a mark of a line that has no text; the reason why it is refused, or nothing."""
        raise NotImplementedError(mark)

    def told(self, line: KeptLine) -> KeptLine:
        """A line without text, as it is to be taken now."""
        return line

    def carries(self) -> Hashable:
        """What else than single lines the meaning of every line may depend on, behind the first that has a time."""
        return self.state()

    def opens(self) -> Iterable[str]:
        """What lines of later files may speak of."""
        return ()

    def expects(self, links: Iterable[str]) -> None:
        """What lines of earlier files opened: a line that speaks of it is kept."""

    def known_before(self) -> Iterable[str]:
        """Names of what is known from earlier files, and would change what lines mean."""
        return ()

    # --- for the kinds ------------------------------------------------------------------------------

    def concerns(self, text: str | None = None, cut: int = 0) -> None:
        """The line in hand has to do with the watch list; `text` is what has to be kept of it, otherwise all.

        With `cut` it stands in the place of so many characters at the line's end.
        """
        self.matters()
        if isinstance(self._noted, Kept):
            self._noted.concerns(text, cut)

    def mark(self, what: str) -> None:
        """The line in hand tells the reader more than its verdict."""
        if isinstance(self._noted, Kept):
            self._noted.mark(what)

    def needs(self, what: str) -> None:
        """The line in hand means what it does because something is not known."""
        if isinstance(self._noted, Kept):
            self._noted.needs.add(what)

    @property
    def is_settled(self) -> bool:
        """Whether the line in hand has a time, and nothing is open of those before."""
        return self._timed == self.number and not self._is_broken_ahead

    @property
    def standing(self) -> str:
        """A digest of where the log stands."""
        ahead = self._next if self._is_broken_ahead else 0
        said = repr((self.hour, self._is_broken_ahead, ahead, self.carries()))
        return hashlib.sha256(said.encode()).hexdigest()[:32]

    # --- a file to be kept --------------------------------------------------------------------------

    def keep_file(self, file: InputFile, lines: LineFile, keeping: Keeping) -> None:
        """Read a file alone, from its first line to its last, and note what stands for it."""
        self.expects(keeping.links)
        noted = self._noted = Kept(run=self)
        size = file_size(file)
        noted.counted(*self._enter(lines.lines()))
        self._noted = None
        start, end = keeping.ends
        counts = KeptLines(
            size=size,
            digest="",
            lines=lines.ended[2],
            exact=keeping.exact,
            token="",
            behind=(),
            start=start,
            end=end,
            first=noted.first,
            last=noted.last,
            dropped=noted.dropped,
            structural=noted.structural,
            hours=stretches(noted.hours),
            picks=(),
        )
        opened, needs = tuple(sorted(self.opens())), tuple(sorted(noted.needs))
        linked, total = tuple(sorted(keeping.links)), counts.lines
        said = KeptLog(counts, tuple(noted.lines), total, noted.settled, noted.standing, needs, opened, linked)
        why = noted.why or ("" if lines.sha256 else "unreadable")
        keeping.kept = KeptFile("", file.name, size, lines.sha256, None if why else said, why)

    # --- files that are kept ------------------------------------------------------------------------

    def files(self, root: Path) -> tuple[InputFile, ...]:
        """Those at hand and those that are kept, or the one that is to be."""
        if self.keeping is not None:
            return (self.keeping.file,)
        found = super().files(root)
        return found if self.merging is None else self.merging.add_absent(found, root)

    def twice(self, files: tuple[InputFile, ...]) -> dict[str, str]:
        """Which of them repeat others."""
        return super().twice(files) if self.merging is None else self.merging.repeated(files)

    def _repeats(self, file: InputFile, expected: str | None) -> bool:
        kept = None if self.merging is None else self.merging.of(file)
        if kept is None or kept.said is None or expected is None:
            return super()._repeats(file, expected)
        self.ledger.duplicate(kept.said.total if isinstance(kept.said, KeptLog) else kept.said.lines)
        self._files.append((file.name, kept.sha256))
        return True

    def _take(self, file: InputFile) -> None:
        kept = None if self.merging is None else self.merging.of(file)
        if self.merging is None or kept is None or kept.said is None:
            super()._take(file)
            return
        self.file = file.name
        self.number = self._timed = self._refused = 0
        self.begin(file)
        if isinstance(kept.said, KeptPart):
            self.stand_in(file, kept.said, self.merging)
        else:
            self._go_over(file, kept.said, self.merging)
        self._next = 1 if self.number < self._next else 0  # of the next file
        self._files.append((file.name, kept.sha256))

    def stand_in(self, file: InputFile, part: KeptPart, merging: Merging) -> None:
        """Everything that a part says in the place of its file."""
        raise NotImplementedError

    def _go_over(self, file: InputFile, said: KeptLog, merging: Merging) -> None:
        """The lines that are kept, in their order, and the counts of all others."""
        counts = said.counts
        if counts.exact != merging.exact:
            merging.cannot(file, OTHER_TERMS)
        elif not counts.covers(*merging.ends):
            merging.cannot(file, OTHER_WINDOW)
        elif (self._is_broken_ahead and said.settled != 1) or not set(said.needs).isdisjoint(self.known_before()):
            merging.cannot(file, CARRIED)
        elif not set(self.opens()) <= set(said.linked):
            merging.cannot(file, OPENED)
        self.ledger.dropped(counts.dropped)
        self.ledger.structural(counts.structural)
        if not self._has_canary:
            self._hours.update(h for h, *ends in counts.hours if any(self.start <= at < self.end for at in ends))
        for line in said.lines:
            self.number = line.number
            if line.is_fault:
                self._fault(line.number, line.verdict)
            elif line.text:
                self.is_kept = True
                self._judge(line, self.line(line.text))
                self.is_kept = False
            else:
                why = next(filter(None, map(self.tick, line.marks)), "")
                line = self.told(line)  # noqa: PLW2901  # what it says now
                if why not in ("", line.verdict):
                    merging.cannot(file, CARRIED)
                if line.at is not None and not why:
                    self.question(None, line.at, "", "")
                self._judge(line, why or line.verdict)
            if line.number == said.settled and self.standing != said.standing:
                merging.cannot(file, CARRIED)
        self.number = said.total

    def _judge(self, line: KeptLine, verdict: str) -> None:
        """Account for a line that was judged again."""
        if verdict == DROPPED:
            self.ledger.dropped()
        elif verdict == STRUCTURAL:
            self.ledger.structural()
            if line.number == self._next:
                self._next += 1
        elif verdict != TAKEN:
            if line.text:  # without, a mark says what was lost
                self.lost(line.text)
            self._refuse(line.number, verdict)
        self._matters = False
