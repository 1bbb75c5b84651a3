# SPDX-License-Identifier: EUPL-1.2
"""dnsmasq's log with `log-queries=extra`: who asked the resolver for a watched name, and what came of it.

Reads: log files of one resolver in the order of their names (rotated ones oldest first), plain or
gzipped, as dnsmasq writes them itself or through syslog; made and tried with dnsmasq 2.90. The record
is the *line*:

- kept: a query for a watched name; an answered canary query; an internal name asked by a separate device
- dropped: a query for any other name, and lines of other daemons
- duplicate: a line of a file whose bytes were read before; a kept query that was kept before
- structural: answer lines (folded into their query by serial, address and port), DHCP lines, start-up
  notes, statistics, empty lines
- rejected: `no-year`, `bad-time`, `no-such-time`, `time-backwards`, `time-ahead` (see `_clock`),
  `no-serial` (logged without `extra`), `bad-query`, `bad-lease`, `bad-line`, and what `_lines` refuses

Coverage: an hour counts when a query was logged in it; with a canary, when the canary was answered.
Other lines prove nothing about the resolver's log and count no hour.

Cannot know: what is asked elsewhere (DoH, mobile data, fixed addresses), what is answered from a
client's own cache, whether a contact followed, and which of two resolvers a line is from: each
resolver is a source of its own, or its lines are rejected as going back in time. Taking lines away
never adds a kept query; but without the line that ends a separate device's lease, internal names asked
by the next holder of its address are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from ordinance.match.names import normalise
from ordinance.model.apps import Identifier
from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Answered, EvidenceKind, Ledger, NameAsked, Reading, WatchList, Where
from ordinance.model.time import Span
from ordinance.readers._base import Matchers
from ordinance.readers._clock import AFTER_THE_HOUR, Clock, utc
from ordinance.readers._dhcp import LeaseTable
from ordinance.readers._lines import InputFile, LineFile, count_lines, matching, repeated

# What dnsmasq writes where its own configuration answers; the last three are Pi-hole's build of it.
_OWN_SOURCES = ("config", "gravity", "exactly", "regex")
_UNSPECIFIED = ("0.0.0.0", "::")  # noqa: S104  # an answer in a log; nothing is bound
_ADDRESS_OR_TYPE = re.compile(r"\d+(?:\.\d+){3}|[0-9a-f:.]*:[0-9a-f:.]*|<[^<>]+>", re.ASCII)
_SETS = ("ipset", "nftset")  # "ipset add SET ADDRESS NAME"
_OTHER_DAEMON = re.compile(r"\S+:( |$)|\S+ (\S+:( |$)|(last )?message repeated |-- MARK --)")

_MOST_REMEMBERED = 65_536  # names; a log has almost as many different ones as lines
_DROPPED, _STRUCTURAL, _TAKEN = "dropped", "structural", ""  # every other verdict is the reason of a reject


@dataclass(frozen=True, slots=True)
class _Watched:
    """What the watch list has on a name. Neither identifier nor canary: an internal name."""

    name: str
    identifier: Identifier | None = None
    likely: bool = False
    is_canary: bool = False


_FOREIGN = _Watched("")


@dataclass(slots=True)
class _Question:
    """A kept query, which its answer lines may still change."""

    at: int
    hour: int
    client: str
    watched: _Watched
    where: Where
    answered: Answered = Answered.NOTHING

    def hear(self, source: str, name: str, value: str) -> None:
        """Weigh an answer line: an address or record beats a refusal, a refusal beats nothing."""
        if value == "<CNAME>" or source == "validation":
            return
        if value not in _UNSPECIFIED and _ADDRESS_OR_TYPE.fullmatch(value):
            self.answered = Answered.ADDRESS
        elif self.answered is Answered.NOTHING and self._is_refusal(source, name, value):
            self.answered = Answered.BLOCKED

    def _is_refusal(self, source: str, name: str, value: str) -> bool:
        """Whether the resolver's own configuration denied this very name. A hosts file shows as its path."""
        denied = value in _UNSPECIFIED or value == "NXDOMAIN" or value.startswith("NODATA")
        own = source in _OWN_SOURCES or source.startswith("/")
        return denied and own and normalise(name.rpartition(" ")[2]) == self.watched.name

    def observation(self) -> NameAsked:
        """The query as it is given out."""
        watched = self.watched
        return NameAsked(
            at=utc(self.at),
            address=self.client,
            name=watched.name,
            identifier=watched.identifier,
            answered=self.answered,
            where=self.where,
            likely=watched.likely,
        )


class DnsmasqLog:
    """Queries and leases of one dnsmasq."""

    id: ClassVar[str] = "dnsmasq-log"
    title: ClassVar[str] = "dnsmasq log (log-queries=extra), with leases from its DHCP lines"
    unit: ClassVar[str] = "line"
    evidence: ClassVar[EvidenceKind] = EvidenceKind.NETWORK_DEVICE

    def read(
        self,
        settings: SourceSettings,
        root: Path,
        watch: WatchList,
        matchers: Matchers,
        window: Span | None = None,
    ) -> Reading:
        """Queries for watched names, the leases behind them, and the hours in which queries were logged."""
        files = matching(root, settings.files)
        again = repeated(files)
        run = _Run(settings, watch, matchers, window or Span())
        for file in files:
            if file.name in again:
                run.repeat(file)
            else:
                run.take(file)
        return run.reading()


class _Run:
    """One reading of one source. `_file` and `_number` are the place of the line in hand."""

    def __init__(self, settings: SourceSettings, watch: WatchList, matchers: Matchers, window: Span) -> None:
        self._settings, self._watch, self._matchers = settings, watch, matchers
        self._start, self._end = _seconds(window.start, float("-inf")), _seconds(window.end, float("inf"))
        self._clock = Clock(settings.zone, settings.year)
        self._leases = LeaseTable(settings.zone, settings.lease)
        self._ledger = Ledger(settings.id, DnsmasqLog.unit)
        self._has_canary = settings.canary is not None
        self._canaries = _normal(watch.canary) & _normal([settings.canary or ""])
        self._internal = _normal(watch.internal)
        self._names: dict[str, _Watched] = {}
        self._kept: dict[tuple[int, str, str, str], _Question] = {}
        self._open: dict[tuple[str, str], _Question] = {}
        self._hours: set[int] = set()
        self._broken_hours: set[int] = set()
        self._is_broken_ahead = False
        self._files: list[tuple[str, str]] = []
        self._file, self._number = "", 0

    def repeat(self, file: InputFile) -> None:
        """A file with the bytes of an earlier one says nothing new."""
        lines, sha256 = count_lines(file)
        self._ledger.duplicate(lines)
        self._files.append((file.name, sha256))

    def take(self, file: InputFile) -> None:
        """All lines of a file, each accounted for once."""
        self._file = file.name
        dropped = structural = 0
        lines = LineFile(file, self._refuse)
        for number, line in lines.lines():
            self._number = number
            verdict = self._line(line)
            if verdict == _DROPPED:
                dropped += 1
            elif verdict == _STRUCTURAL:
                structural += 1
            elif verdict != _TAKEN:
                self._refuse(number, verdict)
        self._ledger.dropped(dropped)
        self._ledger.structural(structural)
        self._files.append((file.name, lines.sha256))

    def _refuse(self, number: int, reason: str) -> None:
        """A line that cannot be read. What else was said in that hour nobody knows: it does not count as seen."""
        self._ledger.reject(self._file, number, reason)
        if self._clock.prefix or self._clock.hour:
            self._broken_hours.add(self._clock.hour)
        else:
            self._is_broken_ahead = True

    def reading(self) -> Reading:
        """What was kept, once all files are through."""
        questions = list(self._kept.values())
        for canary in (q for q in questions if q.watched.is_canary):
            if canary.answered is Answered.NOTHING:
                self._ledger.dropped()
            else:
                self._ledger.kept()
                self._hours.add(canary.hour)
        names = [q.observation() for q in questions if not q.watched.is_canary]
        self._ledger.kept(len(names))
        hours = frozenset(utc(hour) for hour in self._hours - self._broken_hours)
        return Reading(
            account=self._ledger.account(),
            names=tuple(names),
            leases=self._leases.leases(),
            leased=self._leases.leased(),
            hours=hours,
            files=tuple(self._files),
            days=frozenset(hour.astimezone(self._settings.zone).date() for hour in hours),
        )

    def _line(self, line: str) -> str:
        """The verdict on a line. The way to `_DROPPED` is the one that must be short."""
        after = AFTER_THE_HOUR.get(line[9:16])
        if after is not None and line[:9] == self._clock.prefix:
            return self._said(line[16:], self._clock.hour + after)
        if not line:
            return _STRUCTURAL
        at = self._clock.read(line[:15])
        if isinstance(at, str):
            return at
        if self._is_broken_ahead:
            self._broken_hours.add(self._clock.hour)
            self._is_broken_ahead = False
        return self._said(line[16:], at) if line[15:16] == " " else "bad-line"

    def _said(self, text: str, at: int) -> str:
        """The verdict on what follows the stamp: `dnsmasq[PID]: SERIAL ADDRESS/PORT VERB …`."""
        words = text.split(" ", 4)
        tag = words[0]
        if tag[:8] != "dnsmasq[" or tag[-2:] != "]:":
            return self._elsewhere(text, at)
        if len(words) < 5 or not words[1].isdigit():
            return _note(words)
        if words[3][:6] != "query[":
            return self._answer(words)
        name, asked_from, client = words[4].rpartition(" from ")
        # Both ends name the client; a name may hold spaces and even " from 10.0.0.1".
        if not asked_from or not words[2].startswith(client + "/"):
            return "bad-query"
        if self._open:  # serials start anew with the daemon: these answers would not be for the old query
            self._open.pop((words[1], words[2]), None)
        if not self._start <= at < self._end:
            return _DROPPED
        if not self._has_canary:
            self._hours.add(self._clock.hour)
        watched = self._names.get(name) or self._look_up(name)
        return _DROPPED if watched is _FOREIGN else self._asked(words, client, watched, at)

    def _look_up(self, name: str) -> _Watched:
        if len(self._names) >= _MOST_REMEMBERED:
            self._names.clear()
        watched = self._names[name] = self._watched(name)
        return watched

    def _watched(self, name: str) -> _Watched:
        """What the watch list has on a name: canary, identifier of a watched family, internal name."""
        hit = self._matchers.names.find(name)
        is_restricted = hit is not None and f"{hit.identifier.family}/{hit.identifier.member}" in self._watch.apps
        if not (is_restricted or self._canaries or self._internal):
            return _FOREIGN
        normal = normalise(name)
        if normal is None:
            return _FOREIGN
        if normal in self._canaries:
            return _Watched(normal, is_canary=True)
        if hit and is_restricted:
            return _Watched(normal, hit.identifier, hit.likely)
        labels = normal.split(".")
        suffixes = {".".join(labels[n:]) for n in range(len(labels))}
        return _FOREIGN if self._internal.isdisjoint(suffixes) else _Watched(normal)

    def _asked(self, words: list[str], client: str, watched: _Watched, at: int) -> str:
        """A query for a name on the watch list; internal names only count from a separate device."""
        is_internal = watched.identifier is None and not watched.is_canary
        if is_internal and self._leases.holder(client, at) not in self._watch.separate_macs:
            return _DROPPED
        key = (at, words[1], words[2], watched.name)
        if key in self._kept:
            self._ledger.duplicate()
            return _TAKEN
        where = Where(self._settings.id, self._file, self._number)
        question = _Question(at, self._clock.hour, client, watched, where)
        self._kept[key] = self._open[words[1], words[2]] = question
        if not watched.is_canary:
            self._leases.want(client, at)
        return _TAKEN

    def _answer(self, words: list[str]) -> str:
        """An answer line: folded into its query if that was kept, without a word of its own otherwise."""
        name, answers, value = words[4].partition(" (EDE")[0].rpartition(" is ")
        if "/" not in words[2] or not (answers or " to " in words[4] or words[3] in _SETS):
            return "bad-line"
        question = self._open.get((words[1], words[2]))
        if question and answers:
            question.hear(words[3], name, value)
        return _STRUCTURAL

    def _elsewhere(self, text: str, at: int) -> str:
        """Lines that are no DNS lines of dnsmasq, and lines that syslog put the machine's name before."""
        tag, _, rest = text.partition(" ")
        if tag[:13] == "dnsmasq-dhcp[" and tag[-2:] == "]:":
            where = Where(self._settings.id, self._file, self._number)
            return _STRUCTURAL if self._leases.feed(rest, at, where) else "bad-lease"
        if tag[-1:] != ":" and tag[:7] != "dnsmasq" and rest[:8] in ("dnsmasq[", "dnsmasq-"):
            return self._said(rest, at)
        if tag[:8] == "dnsmasq-" and tag[-2:] == "]:":  # dnsmasq-tftp, dnsmasq-script
            return _STRUCTURAL
        return _DROPPED if _OTHER_DAEMON.match(text) else "bad-line"


def _note(words: list[str]) -> str:
    """A line without serial, or one that is too short for one with a serial."""
    if len(words) > 1 and words[1].startswith("query["):
        return "no-serial"
    if len(words) > 3 and words[3].startswith("query["):
        return "bad-line"
    return "bad-line" if len(words) < 2 or not words[1] or words[1].isdigit() else _STRUCTURAL


def _normal(names: Iterable[str]) -> frozenset[str]:
    return frozenset(normal for name in names if (normal := normalise(name)))


def _seconds(instant: datetime | None, otherwise: float) -> float:
    return otherwise if instant is None else instant.timestamp()
