# SPDX-License-Identifier: EUPL-1.2
"""A log of names of which something may be known: read as others are, or with what earlier readings noted of it.

Where each line says everything about itself (`again`), a known beginning says what was noted, what is new is read, and
what was kept of files that are gone counts on, apart. Where lines speak of each other (`picking`), those of a known
beginning that said something are read once more. Without either all of it is read, and nothing noted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain, repeat
from pathlib import Path
from typing import ClassVar

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import EvidenceKind, Gone, Ledger, Reading, WatchList, Where
from ordinance.model.kept import Carry, Hours, KeptLines, KeptPart, KeptRow
from ordinance.model.kept_file import KeptFile
from ordinance.model.time import Span
from ordinance.readers._again import Again, Notes
from ordinance.readers._base import Leases, Matchers
from ordinance.readers._files import InputFile, file_size, is_packed
from ordinance.readers._gone import cut_days, still_said
from ordinance.readers._known_file import KnownFile
from ordinance.readers._lines import BLOCK_BYTES, LineFile
from ordinance.readers._name_log import DROPPED
from ordinance.readers._picking import Picking, Picks, longest_of
from ordinance.readers._question import Question, Watched
from ordinance.readers._sieve import Sieve, Sifting, is_worth_it
from ordinance.readers._stand_in import CARRIED, OTHER_TERMS, OTHER_WINDOW, TOO_MUCH, Keeping, Merging, StandInLog


class KnownLog(StandInLog):
    """One reading of one source, with what is `known` of it."""

    def __init__(
        self, settings: SourceSettings, watch: WatchList, matchers: Matchers, window: Span, leases: Leases | None
    ) -> None:
        super().__init__(settings, watch, matchers, window, leases)
        self.known: Again | Picking | None = None
        self._notes: Notes | None = None  # of the file in hand, where it goes on
        self._gone: Ledger | None = None  # of files that are nowhere any more
        self._gone_parts: tuple[KeptPart, ...] = ()
        self._cut: set[date] = set()  # days of gone files of which only a part was kept
        self._untold: set[tuple[date, str]] = set()  # days and apps of what was kept of gone files and says nothing now
        self._present = 0  # questions of the files at hand
        self._new = {False: 0, True: 0}  # octets so far that nobody knew, and of packed files

    def _take_all(self, files: tuple[InputFile, ...]) -> None:
        super()._take_all(files)
        if isinstance(self.known, Again):
            for file in files if self.known.is_whole else ():  # after they were read: what is twice counts once
                self.known.look(file)
            self._take_gone(self.known)

    def _has_much(self, files: tuple[InputFile, ...]) -> bool:
        return not isinstance(self.known, Picking) and super()._has_much(files)  # else it shows file by file

    def _take_lines(self, file: InputFile, lines: LineFile) -> None:
        if self.keeping is not None and not isinstance(self.known, Again):
            self.keep_file(file, lines, self.keeping)
        elif self.keeping is not None and isinstance(self.known, Again):
            self._keep_part(file, lines, self.keeping, self.known)
        elif self.known is None:
            super()._take_lines(file, lines)
        elif isinstance(self.known, Again):
            self._follow(file, lines, self.known)
        else:
            self._pick_up(file, lines, self.known)

    # --- a log whose lines speak for themselves -----------------------------------------------------

    def _keep_once(
        self, key: Hashable, at: int, client: str, watched: Watched, where: Where
    ) -> tuple[str, Question | None]:
        if not isinstance(self.known, Again):
            return super()._keep_once(key, at, client, watched, where)
        mark = self.known.mark(at, key, watched.name)
        verdict, question = self._once(mark, at, client, watched, where)
        if self._notes is None:  # of a last line that has no end nothing is kept
            return verdict, question
        if verdict == DROPPED:
            self._notes.row_dropped()
        alone = question or Question(at, self.hour, client, watched, where, told=self.tells)
        return verdict, self._notes.row(mark, self.number, alone)

    def _follow(self, file: InputFile, lines: LineFile, again: Again) -> None:
        """A file of which a beginning may be known: that is taken as it was noted, and the rest is read and noted.

        The last line, where it has no end, is read each time: it may still be written.
        """
        carry = self._carry
        notes, known = Notes(again, carry, self._matchers.names.beneath), again.longest(file, carry)
        hours, self._broken_hours = self._broken_hours, set()
        once = self._known_file(file)
        once.follow((known.size, known.digest, known.lines) if known else (0, "", 0))
        if known is not None:
            again.skipped += known.size
            notes.resume(known)
            self._replay(known)
            self.number, self.hour, self._timed = known.lines, known.after.hour, known.after.timed
            self._is_broken_ahead, self._next = known.after.is_broken_ahead, known.after.next
        self._noted = self._notes = notes
        notes.counted(*self._enter(once.whole_lines()))
        size, digest, number = once.ended
        after = Carry(self.hour, self._timed, self._is_broken_ahead, self._next)
        if (part := notes.part(file.name, size, digest, number, self._broken_hours, after)) is not None:
            again.parts.append(part)
        self._noted = self._notes = None
        self._enter(once.last_line())
        self._broken_hours |= hours
        lines.sha256 = once.sha256

    @property
    def _carry(self) -> Carry:
        """Where the log stands between two files."""
        return Carry(self.hour, 0, self._is_broken_ahead, self._next if self._is_broken_ahead else 0)

    def _keep_part(self, file: InputFile, lines: LineFile, keeping: Keeping, again: Again) -> None:
        """A file read alone, to its last line, for what is to stand in its place."""
        notes, size = Notes(again, self._carry, self._matchers.names.beneath), file_size(file)
        self._noted = self._notes = notes
        notes.counted(*self._enter(lines.lines()))
        self._noted = self._notes = None
        after = Carry(self.hour, self._timed, self._is_broken_ahead, self._next)
        part = notes.part(file.name, size or 1, lines.sha256, lines.ended[2], self._broken_hours, after)
        why = TOO_MUCH if part is None else "" if lines.sha256 else "unreadable"
        keeping.kept = KeptFile("", file.name, size, lines.sha256, None if why else part, why)

    def stand_in(self, file: InputFile, part: KeptPart, merging: Merging) -> None:
        """Everything that a part says in the place of its file."""
        if not isinstance(self.known, Again):
            raise TypeError("lines that speak for themselves are marked by a key")
        if part.terms.exact != merging.exact or part.terms.leases not in ("", self.known.terms.leases):
            merging.cannot(file, OTHER_TERMS)
        elif not part.covers(*merging.ends):
            merging.cannot(file, OTHER_WINDOW)
        elif not self.known.says_all(part, self._carry):
            merging.cannot(file, CARRIED)
        hours, self._broken_hours = self._broken_hours, set()
        self._replay(part)
        self.number, self.hour, self._timed = part.lines, part.after.hour, part.after.timed
        self._is_broken_ahead, self._next = part.after.is_broken_ahead, part.after.next
        self._broken_hours |= hours

    def _replay(self, part: KeptPart) -> None:
        """Everything that the lines of a known beginning said, within the window."""
        self.ledger.dropped(part.dropped)
        self.ledger.structural(part.structural)
        for line, reason in part.rejects:
            self.ledger.reject(self.file, line, reason)
        for _ in range(part.rejected - len(part.rejects)):  # a thousand are listed: none of these would be
            self.ledger.reject(self.file, 0, "")
        if not self._has_canary:
            self._hours.update(self._inside(part.hours))
        self._unnamed.update(self._inside(part.unnamed))
        self._broken_hours.update(part.broken)
        for row in part.rows:
            self.hour, self.number = row.hour, row.line
            if self.start <= row.at < self.end and (not row.app or row.app in self._watch.apps):
                self._say(row)
            else:
                self.ledger.dropped()

    def _inside(self, hours: Hours) -> Iterable[int]:
        return (hour for hour, *ends in hours if any(self.start <= at < self.end for at in ends))

    def _say(self, row: KeptRow) -> None:
        watched = Watched(row.name, row.identifier, row.likely, row.is_canary, row.unseen)
        is_internal = watched.identifier is None and not watched.is_count
        if is_internal and not self._is_separate(row.at, row.client):
            self.ledger.dropped()
            return
        where = Where(self.settings.id, self.file, row.line)
        verdict, question = self._once(row.mark, row.at, row.client, watched, where)
        if verdict == DROPPED:
            self.ledger.dropped()
        if question is not None:
            question.answered, question.told, question.contacted = row.answered, row.told, row.contacted

    # --- files that are gone ------------------------------------------------------------------------

    def _take_gone(self, again: Again) -> None:
        """What is kept of files that are nowhere any more counts on; what others say too does not count twice."""
        ledger, self._present = self.ledger, len(self._kept)
        self.ledger = self._gone = Ledger(self.settings.id, "line")
        self._gone_parts = again.gone()
        for part in self._gone_parts:
            self.file = part.file
            cut = cut_days(part, again.ends, self._day)
            if part.terms.leases not in ("", again.terms.leases):  # what was dropped may be of somebody else
                self._unnamed.update(self._inside(part.hours))
            said, untold = still_said(part, cut, self._matchers.names, self._day)
            self._replay(said)
            self._cut |= cut
            self._untold.update((self._day(row.at), row.app) for row in untold if self.start <= row.at < self.end)
            again.parts.append(part)
        self.ledger = ledger

    def _account_of_gone(self) -> Gone | None:
        if self._gone is None or not self._gone_parts:
            return None
        account = self._gone.account()
        inputs = tuple(sorted((p.file, p.digest) for p in self._gone_parts))
        return Gone(len(inputs), account.records, account.kept, inputs)

    def _lost(self, again: Again) -> frozenset[tuple[date, str]]:
        """Apps that nobody looked for, or not by all their names, when a file was read that is gone; by day.

        On a day of which lines were cut away, all of them; so too those of which something said was, and is no longer.
        """
        now = again.terms.apps
        found = {(day, app) for day in self._cut for app in now}
        found.update((day, app) for day, app in self._untold if app in now)
        for part in self._gone_parts:
            new = [app for app, digest in now.items() if part.terms.apps.get(app) != digest]
            days = {self._day(hour) for hour in self._inside(part.hours)}
            found.update((day, app) for day in days for app in new)
        return frozenset(found)

    def _ledgers(self) -> Iterator[Ledger]:
        if self._gone is None:
            return super()._ledgers()
        return chain(repeat(self.ledger, self._present), repeat(self._gone))

    def _is_shown(self, ledger: Ledger, hour: int) -> bool:
        return ledger is not self._gone or self._day(hour) not in self._cut

    def _reading(self) -> Reading:
        reading = super()._reading()
        if not isinstance(self.known, Again):
            return reading
        unnamed, lost = reading.unnamed | self._cut, self._lost(self.known)
        return replace(reading, unnamed=unnamed, gone=self._account_of_gone(), lost=lost)

    # --- a log whose lines speak of each other ------------------------------------------------------

    def _pick_up(self, file: InputFile, lines: LineFile, picking: Picking) -> None:
        """A file of which a beginning may be known: of that only the lines that said something are read.

        The last line, where it has no end, is read each time, as above.
        """
        stands = (self.hour, self._is_broken_ahead, self._next if self._is_broken_ahead else 0, self.state())
        token = hashlib.sha256(repr(stands).encode()).hexdigest()[:32]
        notes = Picks(picking, token, tuple(picking.behind))
        once, known = self._begun(file, picking.usable(token, chained=self.chained))
        if known is not None:
            picking.skipped += known.size
            notes.resume(known)
            self.ledger.dropped(known.dropped)
            self.ledger.structural(known.structural)
            if not self._has_canary:
                self._hours.update(self._inside(known.hours))
            self._enter(once.picked_lines())
            self.number = known.lines
        self._noted = notes
        notes.counted(*self._enter(once.whole_lines()))
        if (part := notes.part(*once.ended)) is not None:
            picking.parts.append(part)
        self._noted = None
        self._enter(once.last_line())
        picking.passed(once, self._refused)
        lines.sha256 = once.sha256

    def _begun(self, file: InputFile, usable: Sequence[KeptLines]) -> tuple[KnownFile, KeptLines | None]:
        """A file behind the longest of these beginnings that it has, and which that is.

        Where one of them is likely to be it, the file is gone through once.
        """
        size = file_size(file)
        likely = next((part for part in usable if len(usable) == 1 or part.size == size), None)
        if likely is not None and (once := self._known_file(file)).begins(likely):
            once.pass_through(self._beside(file, likely))
            return once, likely
        known = longest_of(file, usable)
        if known is None:
            return self._known_file(file, self._beside(file, None)), None
        once = self._known_file(file)
        once.follow((known.size, known.digest, known.lines), known.picks)
        once.pass_through(self._beside(file, known))
        return once, known

    def _known_file(self, file: InputFile, beside: tuple[Sieve, Sifting] | None = None) -> KnownFile:
        return KnownFile(file, self._fault, BLOCK_BYTES, self.most_line_bytes, beside)

    def _beside(self, file: InputFile, known: KeptLines | None) -> tuple[Sieve, Sifting] | None:
        """What the rest of a file is passed through, once so much is new that it is worth while to load it."""
        is_closed = known is not None and is_packed(file)  # what is packed does not grow
        self._new[is_packed(file)] += 0 if is_closed else max(0, file_size(file) - (known.size if known else 0))
        is_large = self.planned and is_worth_it(self._new[False], self._new[True])
        return (self._own_sieve(), self) if is_large else None


class NameLogReader:
    """What every reader of such a log is, but for its id, its title and its `run`."""

    unit: ClassVar[str] = "line"
    evidence: ClassVar[EvidenceKind] = EvidenceKind.NETWORK_DEVICE
    run: ClassVar[type[KnownLog]]
    goes_on: ClassVar[bool] = False  # whether each line is judged by itself, so that known ones need not be read again
    picks: ClassVar[bool] = False  # whether of known lines those that said something are enough

    def read(
        self,
        settings: SourceSettings,
        root: Path,
        watch: WatchList,
        matchers: Matchers,
        window: Span | None = None,
        leases: Leases | None = None,
    ) -> Reading:
        """Questions or requests for watched names, the leases behind them, and the hours in which any were logged."""
        return self.run(settings, watch, matchers, window or Span(), leases).read(root)

    def read_again(
        self,
        settings: SourceSettings,
        root: Path,
        watch: WatchList,
        matchers: Matchers,
        known: Again | Picking,
        leases: Leases | None = None,
    ) -> Reading:
        """The same within `known.window`, with less reading; `known.parts` is what is known then.

        What is known is as the reader is: `Again` for one that `goes_on`, `Picking` for one that `picks`. Raises
        ChangedError where a file changed while it was read.
        """
        run = self.run(settings, watch, matchers, known.window, leases)
        run.known = known
        return run.read(root)

    def keep(
        self,
        settings: SourceSettings,
        watch: WatchList,
        matchers: Matchers,
        keeping: Keeping,
        again: Again | None = None,
        leases: Leases | None = None,
    ) -> KeptFile:
        """What stands for one file, which is read alone; `again` keys it where each line speaks for itself."""
        run = self.run(settings, watch, matchers, keeping.window, leases)
        run.keeping, run.known = keeping, again
        run.read(keeping.file.path.parent)
        if keeping.kept is None:
            raise TypeError("a file was read and nothing said of it")
        return replace(keeping.kept, source=settings.id)

    def merge(
        self,
        settings: SourceSettings,
        root: Path,
        watch: WatchList,
        matchers: Matchers,
        merging: Merging,
        again: Again | None = None,
        leases: Leases | None = None,
    ) -> Reading:
        """As `read`, with what is kept in the place of files; of no use where `merging.found` has any."""
        run = self.run(settings, watch, matchers, merging.window, leases)
        run.merging, run.known = merging, again
        return run.read(root)
