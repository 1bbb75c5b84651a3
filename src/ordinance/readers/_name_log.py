# SPDX-License-Identifier: EUPL-1.2
"""What every log of names shares: what may be kept, the hours that were seen, repeats, and the account.

A reader gives `line`, the verdict on one line, and calls `question` for each name that was asked. A name that is not on
the watch list leaves the reader in no form; that it is foreign is remembered while the log is read, in bounded memory.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from copy import copy
from datetime import date, datetime
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from itertools import repeat
from pathlib import Path
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from ordinance.match.names import normalise
from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Answered, Ledger, Reading, WatchList, Where
from ordinance.model.time import Span
from ordinance.model.unseen import UnseenKind
from ordinance.readers._base import Leases, Matchers
from ordinance.readers._clock import utc
from ordinance.readers._files import InputFile, file_size, is_packed, matching, repeated
from ordinance.readers._leases import NoLeases
from ordinance.readers._lines import BLOCK_BYTES, MOST_LINE_BYTES, LineFile, count_lines
from ordinance.readers._noted import Noted
from ordinance.readers._question import FOREIGN, Question, Watched
from ordinance.readers._sieve import Linked, Passed, Plan, Sieve, Sifting, are_there, is_worth_it

MOST_REMEMBERED = 65_536  # names; a log has almost as many different ones as lines
MOST_COUNTED = 2_000  # questions of a kind and a day (UTC) for names behind which no log sees more; each is held
DROPPED, STRUCTURAL, TAKEN = "dropped", "structural", ""  # every other verdict is the reason of a reject


class NameLog(ABC):
    """One reading of one source. `file` and `number` are the place of the line in hand, `hour` is that of the last one
    that could be read (full hours since 1970 in seconds, UTC; nought: none yet).
    """

    tells: ClassVar[bool] = True  # whether a question without an answer line had none
    most_line_bytes: ClassVar[int] = MOST_LINE_BYTES
    asking_proves: ClassVar[bool] = False  # a canary need only be asked: the log never says what was answered
    planned: ClassVar[bool] = False  # whether it says how its lines are written, so that most may be passed over
    joins_late: ClassVar[bool] = False  # whether only `finish` says what came of questions
    chained: ClassVar[bool] = True  # whether what a line of one file changes may depend on the files before it

    def __init__(
        self, settings: SourceSettings, watch: WatchList, matchers: Matchers, window: Span, leases: Leases | None
    ) -> None:
        self.settings, self.leases = settings, leases or self.own_leases(settings)
        self._watch, self._matchers = watch, matchers
        self.start, self.end = _seconds(window.start, float("-inf")), _seconds(window.end, float("inf"))
        self.ledger = Ledger(settings.id, "line")
        self._has_canary = settings.canary is not None
        self._canaries = _normal(watch.canary) & _normal([settings.canary or ""])
        self._internal = _normal(watch.internal)
        self._names: dict[str, Watched] = {}
        self._kept: dict[Hashable, Question] = {}
        self._counted: Counter[tuple[int, UnseenKind]] = Counter()
        self._hours: set[int] = set()
        self._broken_hours: set[int] = set()
        self._is_broken_ahead = False
        self._timed = self._next = 0  # numbers: of the line reached last, of that behind what was refused
        self._unnamed: set[int] = set()  # hours
        self._files: list[tuple[str, str]] = []
        self.file, self.number, self.hour = "", 0, 0
        self._noted: Noted | None = None  # of the file in hand, where it may be read again
        self._matters = False
        self._refused = 0  # lines of the file in hand
        self._passed = [0, 0]  # lines of it that were passed over: dropped, structural
        self.linked = Linked()  # what lines that speak of others may belong to
        self._sieve: Sieve | None = None
        self._is_large = False  # all files together, so that most lines are best passed over

    def own_leases(self, settings: SourceSettings) -> Leases:  # most logs have none
        """The leases that stand in the log itself, where its source names no other."""
        return NoLeases()

    @abstractmethod
    def line(self, line: str) -> str:
        """The verdict on a line: DROPPED, STRUCTURAL, TAKEN (accounted for already), or the reason of a reject."""

    def in_order(self, files: tuple[InputFile, ...]) -> tuple[InputFile, ...]:
        """The files as they are to be read, where their age alone is not the order."""
        return files

    def begin(self, file: InputFile) -> None:  # noqa: B027  # most kinds need nothing
        """A file begins."""

    def state(self) -> Hashable:
        """What else every line may depend on when a file begins, but for what single lines said."""
        return ()

    def matters(self) -> None:
        """The line in hand changes what others mean, or may: it has to be read again if any of the log is."""
        self._matters = True

    def unfit(self) -> None:
        """The file in hand has to be read whole each time."""
        if self._noted is not None:
            self._noted.unfit()

    def saw(self, at: int) -> None:
        """The line in hand is of this instant, and may say more within another window."""
        if self._noted is not None:
            self._noted.saw(at)

    def lost(self, line: str) -> None:  # noqa: B027  # most kinds need nothing
        """A line is refused; empty, where it is no text."""

    def finish(self) -> None:  # noqa: B027  # most kinds need nothing
        """All files were read."""

    # --- read on while it grows (`_growing`) --------------------------------------------------------

    def beside(self) -> Self:
        """Another one that shares what is kept, and stands in another file that grows at the same time."""
        return copy(self)

    def begin_file(self, file: InputFile) -> None:
        """A file begins."""
        self.file = file.name
        self.number = self._timed = self._refused = 0
        self.begin(file)

    def end_of_file(self, name: str, last: Iterable[tuple[int, str]], sha256: str) -> None:
        """A file has ended: what stands behind its last line end, and the digest of all of it."""
        self._enter(last)
        self._next = 1 if self.number < self._next else 0  # of the next file
        self._files.append((name, sha256))

    def enter(self, lines: Iterable[tuple[int, str]]) -> None:
        """Account for some lines of the file in hand."""
        self._enter(lines)

    def take(self, file: InputFile) -> None:
        """All lines of a file, each accounted for once."""
        self._take(file)

    def take_again(self, file: InputFile) -> None:
        """A file that was read is taken under another name of it."""
        lines, sha256 = count_lines(file)
        self.ledger.duplicate(lines)
        self._files.append((file.name, sha256))

    @property
    def digests(self) -> frozenset[str]:
        """SHA-256 of each file that was read to its end, as it is stored."""
        return frozenset(digest for _, digest in self._files)

    @property
    def last_digest(self) -> str:
        """That of the last one; empty where it could not be read to its end."""
        return self._files[-1][1]

    def repeats(self, file: InputFile, expected: str | None) -> bool:
        """Whether a file has the bytes of an earlier one, and was accounted for."""
        return self._repeats(file, expected)

    def fault(self, number: int, reason: str) -> None:
        """A line that is no text."""
        self._fault(number, reason)

    def beside_sieve(self) -> tuple[Sieve, Sifting] | None:
        """What much of a log is passed through that is read on; `None` where every line is to be seen."""
        return (self._own_sieve(), self) if self.planned and are_there() else None

    def questions(self) -> tuple[Question, ...]:
        """What is kept so far, in its order; what came of one may still change."""
        return tuple(self._kept.values())

    def lease(self, leases: Leases) -> None:
        """Other leases stand behind what is kept."""
        self.leases = leases
        for one in self._kept.values():
            if not one.watched.is_count:
                leases.want(one.client, one.at)

    def reading(self) -> Reading:
        """The whole; nothing can be entered afterwards."""
        return self._reading()

    def read(self, root: Path) -> Reading:
        """All files of the source. Raises ChangedError (`_lines`)."""
        self._take_all(self.in_order(self.files(root)))
        return self._reading()

    def files(self, root: Path) -> tuple[InputFile, ...]:
        """The files of the source, oldest first by name."""
        return matching(root, self.settings.files)

    def twice(self, files: tuple[InputFile, ...]) -> dict[str, str]:
        """Names of those whose bytes equal those of an earlier one, with their digest."""
        return repeated(files)

    def _take_all(self, files: tuple[InputFile, ...]) -> None:
        again = self.twice(files)
        self._is_large = self.planned and self._has_much(files)
        for file in files:
            if not self._repeats(file, again.get(file.name)):
                self._take(file)

    def _has_much(self, files: tuple[InputFile, ...]) -> bool:
        """Whether there is so much in all files that most lines are best passed over."""
        return _is_large(files)

    def question(
        self, key: Hashable, at: int, client: str, name: str, doubt: str = ""
    ) -> tuple[str, Question | None]:
        """Who asked for what, and when: the verdict, and the question where it is kept.

        `key` is the same for a line that says the same again. An internal name counts from a separate device alone;
        where the line does not prove that it was this name, `doubt` is why it is refused instead.
        """
        if self._noted is not None:
            self._noted.saw(at)
        if not self.start <= at < self.end:
            return DROPPED, None
        if self._noted is not None:
            self._noted.said(self.hour, at)
        if not self._has_canary:
            self._hours.add(self.hour)
        watched = self._names.get(name) or self._look_up(name)
        if watched is FOREIGN:
            return DROPPED, None
        return self.keep(key, at, client, watched, Where(self.settings.id, self.file, self.number), doubt)

    def watched(self, name: str) -> Watched:
        """What the watch list has on a name; FOREIGN for nothing."""
        return self._names.get(name) or self._look_up(name)

    def keep(
        self, key: Hashable, at: int, client: str, watched: Watched, where: Where, doubt: str = ""
    ) -> tuple[str, Question | None]:
        """Keep a question, once, with the lease behind it; `doubt` as for `question`."""
        self._matters = True
        if self._noted is not None:
            self._noted.watched()
        client = address_of(client) or client
        is_internal = watched.identifier is None and not watched.is_count
        if is_internal and not self._is_separate(at, client):
            return DROPPED, None
        if is_internal and doubt:
            return doubt, None
        return self._keep_once(key, at, client, watched, where)

    def _keep_once(
        self, key: Hashable, at: int, client: str, watched: Watched, where: Where
    ) -> tuple[str, Question | None]:
        """Keep what no line said before that has the same `key`."""
        said = hash(key) if isinstance(key, str) else key  # of a line nothing stays
        return self._once((at, said, watched.name), at, client, watched, where)

    def _is_separate(self, at: int, client: str) -> bool:
        """Whether it was a device declared separate that asked for an internal name."""
        holder = None if self.settings.is_gateway(client) else self.leases.holder(client, at)
        if self._noted is not None:
            self._noted.asked_leases()
        if holder is None:
            self._unnamed.add(self.hour)
            if self._noted is not None:
                self._noted.by_nobody(self.hour, at)
        return holder in self._watch.separate_macs

    def _once(
        self, whole: Hashable, at: int, client: str, watched: Watched, where: Where
    ) -> tuple[str, Question | None]:
        """Keep what was not kept before, while there is room."""
        if whole in self._kept:
            self.ledger.duplicate()
            return TAKEN, None
        if watched.unseen is not None and not self._has_room(at, watched.unseen):
            return DROPPED, None
        question = Question(at, self.hour, client, watched, where, told=self.tells)
        self._kept[whole] = question
        if not watched.is_count:
            self.leases.want(client, at)
        return TAKEN, question

    def _has_room(self, at: int, kind: UnseenKind) -> bool:
        """Whether a question for a name behind which no log sees more is still counted: so many a day are enough."""
        self._counted[at // 86_400, kind] += 1
        return self._counted[at // 86_400, kind] <= MOST_COUNTED

    def reached(self, hour: int) -> None:
        """A line of this hour could be read. What was refused just before it may have been of the same hour."""
        if hour != self.hour or self._is_broken_ahead:
            self._matters = True
        if self._is_broken_ahead:
            if self.number <= self._next or not self.hour:
                self._broken_hours.add(hour)
            self._is_broken_ahead = False
        self.hour, self._timed = hour, self.number

    def _repeats(self, file: InputFile, expected: str | None) -> bool:
        """Whether a file still has the bytes of an earlier one, and says nothing new: it is accounted for then."""
        if expected is None:
            return False
        lines, sha256 = count_lines(file)
        if sha256 != expected:  # it goes on meanwhile
            return False
        self.ledger.duplicate(lines)
        self._files.append((file.name, sha256))
        return True

    def _take(self, file: InputFile) -> None:
        """All lines of a file, each accounted for once."""
        beside = (self._own_sieve(), self) if self._is_large else None
        lines = LineFile(file, self._fault, BLOCK_BYTES, self.most_line_bytes, beside)
        self.begin_file(file)
        self._take_lines(file, lines)
        self.end_of_file(file.name, (), lines.sha256)

    def _take_lines(self, file: InputFile, lines: LineFile) -> None:
        self._enter(lines.lines())

    # --- what need not be seen ----------------------------------------------------------------------

    def plan(self) -> Plan | None:
        """How the next lines of the file in hand are written; `None`: each of them has to be seen."""
        return None

    def passed_over(self, passed: Passed) -> None:
        """So many lines behind the one in hand are of the same hour and say nothing but that somebody asked."""
        dropped, structural, first, last = passed
        self._passed[0] += dropped
        self._passed[1] += structural
        self.number = max(self.number, self._next - 1) + dropped + structural  # the last one may have been no text
        if self._noted is not None and first <= last:
            for at in (first, last):
                self._noted.saw(at)
                if self.start <= at < self.end:
                    self._noted.said(self.hour, at)

    def _own_sieve(self) -> Sieve:
        """What is looked for, put together once."""
        if self._sieve is None:
            names, zones = self._matchers.names.suspects(self._watch.apps)
            watched = {*names, *self._canaries, *self._internal, *self._watch.unseen}
            self._sieve = Sieve(watched, zones, self.start, self.end, self.most_line_bytes)
        return self._sieve

    def _enter(self, lines: Iterable[tuple[int, str]]) -> tuple[int, int]:
        """Account for lines; how many were dropped, and how many structural."""
        dropped = structural = 0
        self._passed = [0, 0]
        for number, line in lines:
            self.number = number
            verdict = self.line(line)
            if verdict == DROPPED:
                dropped += 1
            elif verdict == STRUCTURAL:
                structural += 1
                if number == self._next:  # it says of no hour that it was read
                    self._next += 1
                    self._matters = True
            elif verdict == TAKEN:
                self._matters = True
            else:
                self.lost(line)
                self._refuse(number, verdict)
            if self._matters:
                self._matters = False
                if self._noted is not None:
                    is_dropped, is_structural = verdict == DROPPED, verdict == STRUCTURAL
                    self._noted.matters(
                        number, dropped=is_dropped, structural=is_structural, line=line, verdict=verdict
                    )
        dropped, structural = dropped + self._passed[0], structural + self._passed[1]
        self.ledger.dropped(dropped)
        self.ledger.structural(structural)
        return dropped, structural

    def _fault(self, number: int, reason: str) -> None:
        """A line that is no text."""
        self.lost("")
        self._refuse(number, reason)
        self._matters = False
        if self._noted is not None:
            self._noted.no_text(number, reason)

    def _refuse(self, number: int, reason: str) -> None:
        """A line that cannot be read. What else was said in its hour nobody knows: it does not count as seen.

        Without a time of its own it is that of the line before, or that of the next.
        """
        self.ledger.reject(self.file, number, reason)
        self._matters = True
        self._refused += 1
        if self._noted is not None:
            self._noted.refused(number, reason, is_head=not self._timed)
        if self.hour:
            self._broken_hours.add(self.hour)
        if number != self._timed:
            self._is_broken_ahead, self._next = True, number + 1

    # --- the whole ----------------------------------------------------------------------------------

    def _reading(self) -> Reading:
        self.finish()
        questions = list(zip(self._ledgers(), self._kept.values(), strict=False))  # as long as there are any
        for ledger, canary in ((ledger, q) for ledger, q in questions if q.watched.is_canary):
            if canary.answered is Answered.NOTHING and not self.asking_proves:
                ledger.dropped()
            else:
                ledger.kept()
                if self._is_shown(ledger, canary.hour):
                    self._hours.add(canary.hour)
        unseen = self._unseen(questions)
        names = []
        for ledger, question in questions:
            if not question.watched.is_count:
                names.append(question.observation())
                ledger.kept()
        hours = frozenset(utc(hour) for hour in self._hours - self._broken_hours)
        return Reading(
            account=self.ledger.account(),
            names=tuple(names),
            leases=self.leases.leases(),
            leased=self.leases.leased(),
            separate=self.leases.days_of(self._watch.separate_macs),
            leased_until=self.leases.until(),
            hours=hours,
            files=tuple(self._files),
            days=frozenset(hour.astimezone(self.settings.zone).date() for hour in hours),
            unseen=unseen,
            unnamed=frozenset(map(self._day, self._unnamed)),
        )

    def _ledgers(self) -> Iterator[Ledger]:
        """That of each question that is kept, in their order."""
        return repeat(self.ledger)

    def _is_shown(self, ledger: Ledger, hour: int) -> bool:
        """Whether an hour counts as seen in which the canary of a question of this ledger was answered."""
        return True

    def _day(self, at: int) -> date:
        return utc(at).astimezone(self.settings.zone).date()

    def _unseen(self, questions: Iterable[tuple[Ledger, Question]]) -> tuple[tuple[date, UnseenKind, int], ...]:
        """Questions for names behind which no log sees more, by day; one that was refused or led nowhere is dropped."""
        counted: Counter[tuple[date, UnseenKind]] = Counter()
        for ledger, question in questions:
            kind = question.watched.unseen
            if kind is None:
                continue
            if question.told and question.answered is not Answered.ADDRESS:
                ledger.dropped()
            else:
                ledger.kept()
                counted[self._day(question.at), kind] += 1
        return tuple((day, kind, n) for (day, kind), n in sorted(counted.items()))

    def _look_up(self, name: str) -> Watched:
        if len(self._names) >= MOST_REMEMBERED:
            self._names.clear()
        plain = name.lower().rstrip(".") if name.isascii() else name
        # Resolvers write capitals at random, in each question others: what a name is does not depend on them.
        watched = self._watched(name) if plain == name else self.watched(plain)
        self._names[name] = watched
        return watched

    def _watched(self, name: str) -> Watched:
        """What the watch list has on a name: canary, identifier of a watched family, internal name."""
        hit = self._matchers.names.find(name)
        is_restricted = hit is not None and f"{hit.identifier.family}/{hit.identifier.member}" in self._watch.apps
        if not (is_restricted or self._canaries or self._internal or self._watch.unseen):
            return FOREIGN
        normal = normalise(name)
        if normal is None:
            return FOREIGN
        if normal in self._canaries:
            return Watched(normal, is_canary=True)
        if hit and is_restricted:
            return Watched(normal, hit.identifier, hit.likely)
        labels = normal.split(".")
        suffixes = [".".join(labels[n:]) for n in range(len(labels))]
        if not self._internal.isdisjoint(suffixes):
            return Watched(normal)
        kind = next((k for s in suffixes if (k := self._watch.unseen.get(s)) is not None), None)
        return FOREIGN if kind is None else Watched(normal, unseen=kind)


@lru_cache(maxsize=MOST_REMEMBERED)
def address_of(text: str) -> str | None:
    """An address in the one way to write it, IPv4 as such; `None` for what is none."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.scope_id is not None:
        return None  # a zone is any text
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found)


class LocalHours:
    """Starts of the full hours of a zone's wall clocks, for stamps that name an instant: half past in India."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._hour, self._end = 0, 0  # the last one, where all of its seconds have one offset

    def start(self, at: int) -> int:
        """The start of the hour that `at` lies in; seconds since 1970."""
        if self._hour <= at < self._end:
            return self._hour
        local = utc(at).astimezone(self._zone)
        hour = at - 60 * local.minute - local.second
        offsets = {utc(end).astimezone(self._zone).utcoffset() for end in (hour, at, hour + 3599)}
        if len(offsets) == 1:
            self._hour, self._end = hour, hour + 3600
        return hour


def _is_large(files: Iterable[InputFile]) -> bool:
    sizes = {True: 0, False: 0}
    for file in files:
        sizes[is_packed(file)] += file_size(file)
    return is_worth_it(sizes[False], sizes[True])


def _normal(names: Iterable[str]) -> frozenset[str]:
    return frozenset(normal for name in names if (normal := normalise(name)))


def _seconds(instant: datetime | None, otherwise: float) -> float:
    return otherwise if instant is None else instant.timestamp()
