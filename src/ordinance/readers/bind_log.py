# SPDX-License-Identifier: EUPL-1.2
"""BIND's logs of queries and of policy zones: who asked the resolver for a watched name, and what was blocked.

Reads: the categories `queries`, `rpz` and `rpz-passthru` of one BIND, in one file or in several, in the order of their
names (rotated ones oldest first), plain or packed, as BIND writes them itself (`print-time yes`, `iso8601` or
`iso8601-utc`) or through syslog; made and tried with BIND 9.18. The record is the *line*:

- kept: a query for a watched name; an `rpz` line that blocks a watched name and whose query is not in the log; a
  canary query; an internal name asked by a separate device
- dropped: a query for any other name, an `rpz` line of one, and lines of other daemons
- duplicate: a line of a file whose bytes were read before; a query or `rpz` line that was read before
- structural: `rpz` lines that are folded into their query (by client address and port, name, type and time) or say that
  nothing was blocked (`PASSTHRU`, `TCP-ONLY`, `disabled`), BIND's other categories, empty lines
- rejected: `no-time` (`print-time no`), `clock-not-set` (before 2000), `bad-time`, `no-such-time`, `bad-query`,
  `bad-rpz`, `bad-line`, through syslog also `no-year`, `time-backwards`, `time-ahead` (see `_clock`), and what `_lines`
  refuses

A query without an `rpz` line was asked, and not blocked by a policy zone as far as these files tell. BIND does not log
what it answered, so that nothing here is ever "answered with an address".

Coverage: an hour counts when a query was logged in it; with a canary, when the canary was asked, as its answer is not
in the log. Lines of other categories prove no hour, nor do `rpz` lines, which may stand in a file of their own.

Cannot know: the answers, and with them whether any contact followed; what is asked elsewhere (DoH, mobile data, fixed
addresses) or answered from a client's own cache; the clients behind another resolver that forwards. Two BINDs are two
sources. Taking lines away never adds a kept query.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Hashable
from dataclasses import dataclass
from typing import ClassVar

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Answered, WatchList, Where
from ordinance.model.time import Span
from ordinance.readers._base import Leases, Matchers
from ordinance.readers._clock import AFTER_THE_HOUR, Clock
from ordinance.readers._files import InputFile, series
from ordinance.readers._known_log import KnownLog, NameLogReader
from ordinance.readers._name_log import DROPPED, STRUCTURAL, TAKEN
from ordinance.readers._question import FOREIGN, Question, Watched
from ordinance.readers._stamps import Stamps

MOST_APART_S = 10  # BIND looks a name up first, for at most `resolver-query-timeout` (10 s), then writes its rpz line

_BLOCKS = ("NXDOMAIN", "NODATA", "Local-Data", "CNAME", "DROP")  # of what 9.18 writes; not PASSTHRU and TCP-ONLY
_CLIENT = (
    r"client (?:@0x[0-9a-f]+ )?(?P<client>\d{1,3}(?:\.\d{1,3}){3}|(?=[^\s#%]{0,45}:)[0-9A-Fa-f:.]{2,45})"
    r"(?:%[\w.-]{1,64})?#(?P<port>\d{1,5})(?:/key \S+)?"
)
# BIND writes blanks, parentheses and other special characters of a name with a backslash: no name holds a blank.
_ASKED = _CLIENT + r" \((?P<name>\S+)\): (?:view .+: )?"
_QUERY = re.compile(
    _ASKED + r"query: (?P=name) (?P<class>\S+) (?P<type>\S+) [-+]\S* \([0-9A-Fa-f:.%]+\)(?: \[ECS \S+\])?", re.ASCII
)
_RPZ = re.compile(
    _ASKED + r"(?P<off>disabled )?rpz (?P<trigger>[A-Z-]+) (?P<policy>[A-Za-z-]+) rewrite "
    r"\S+/(?P<type>[^/\s]+)/(?P<class>[^/\s]+) via \S+(?: \(CNAME to: \S+\))?",
    re.ASCII,
)
_RPZ_WORKS = re.compile(r": (?:try )?rpz [A-Z-]+ rewrite ", re.ASCII)  # a debug line, or a failure in `query-errors`
_ANY_CLIENT = re.compile(_CLIENT + r"(?: \(\S+\))?: ", re.ASCII)
_HEAD = re.compile(r"(?:([a-z][a-z0-9-]*): )?(?:(?:info|notice|warning|error|critical|debug \d+): )?", re.ASCII)
_LEVELS = ("info", "notice", "warning", "error", "critical")
_NAMED = re.compile(r"(?:[^\s:\[]+ )?named[\w-]*(?:\[\d+\])?: ", re.ASCII)
_OTHER_DAEMON = re.compile(r"\S+:( |$)|\S+ (\S+:( |$)|(last )?message repeated |-- MARK --)")
_UNSTAMPED = re.compile(_HEAD.pattern + r"client (?:@0x|[0-9A-Fa-f:.]+#)", re.ASCII)

_Who = tuple[str, str, str, str]  # client, its port, type, name


@dataclass(frozen=True, slots=True)
class _Block:
    """A policy zone blocked a watched name, at the first of `passes`, or else at another of them."""

    passes: tuple[int, ...]
    watched: Watched
    where: Where


class _Run(KnownLog):
    """One reading of one source. Questions and blocks may stand in two files: they are joined when all are read."""

    tells, asking_proves = False, True
    joins_late = True
    chained = False  # questions and blocks are joined when all are read, whatever their order

    def __init__(
        self, settings: SourceSettings, watch: WatchList, matchers: Matchers, window: Span, leases: Leases | None
    ) -> None:
        super().__init__(settings, watch, matchers, window, leases)
        self._series: tuple[str, str] | None = None
        self._asked: dict[_Who, list[tuple[int, Question | None]]] = {}  # no question: asked outside the window
        self._blocked: dict[tuple[_Who, int], _Block] = {}

    def begin(self, file: InputFile) -> None:
        """Each log begins at its own time: what another one said of year and hour says nothing about it."""
        if series(file) != self._series:
            self._series = series(file)
            self._clock = Clock(self.settings.zone, self.settings.year)
            self._stamps = Stamps(self.settings.zone)
            self.hour = 0

    def state(self) -> Hashable:
        """Where the clock stands of stamps that name no year, and in an hour that happens twice that of all others."""
        return self._clock.state, self._stamps.state

    def line(self, line: str) -> str:
        """The verdict on a line: BIND's own stamp, or that of syslog in its old form or with an offset."""
        at, length = self._stamp(line)
        if not length:
            return self._old_syslog(line) if line else STRUCTURAL
        if line[length : length + 1] != " ":
            return at if isinstance(at, str) else "bad-line"
        rest = line[length + 1 :]
        if line[length - 6] in "+-":  # an offset is syslog's: BIND writes none, or `Z`
            return self._through_syslog(rest, at, self._stamps.hour)
        return at if isinstance(at, str) else self._said(rest, self._stamps.passes, self._stamps.hour)

    def _stamp(self, line: str) -> tuple[int | str, int]:
        """A stamp with its year. One of an hour that happens twice may decide which pass the next is of."""
        found = self._stamps.read(line)
        if not self._stamps.is_plain:
            self.matters()
        if self.keeping is not None and found[1]:
            self.mark(f"s{line[: found[1]]}")
        return found

    def _old_syslog(self, line: str) -> str:
        """The verdict on a line that begins with no year."""
        after = AFTER_THE_HOUR.get(line[9:16])
        if after is not None and line[:9] == self._clock.prefix:
            return self._through_syslog(line[16:], self._clock.hour + after, self._clock.hour)
        if _UNSTAMPED.match(line):
            return "no-time"
        self.matters()  # the clock goes on
        at = self._clock.read(line[:15])
        if at == "bad-time":
            return "bad-time"
        self.mark(f"c{line[:15]}")
        return self._through_syslog(line[16:], at, self._clock.hour) if line[15:16] == " " else "bad-line"

    def _through_syslog(self, text: str, at: int | str, hour: int) -> str:
        """The verdict on what follows the stamp of syslog; a stamp of BIND's own behind it says more."""
        if not isinstance(at, str):
            self._reach(hour)
        tag = _NAMED.match(text)
        if tag is None:
            if isinstance(at, str) and at != "no-year":  # whoever wrote it, it is not BIND's year that is missing
                return at
            return DROPPED if _OTHER_DAEMON.match(text) else "bad-line"
        rest = text[tag.end() :]
        own, length = self._stamp(rest)
        if length and rest[length : length + 1] == " ":
            at, rest, hour, passes = own, rest[length + 1 :], self._stamps.hour, self._stamps.passes
        else:
            passes = () if isinstance(at, str) else (at,)
        return at if isinstance(at, str) else self._said(rest, passes, hour)

    def tick(self, mark: str) -> str:
        """A stamp of BIND's own or of syslog, or an hour that was reached: a line may have all of them."""
        if mark[0] == "s":
            self._stamps.read(mark[1:])
        elif mark[0] == "c":
            if mark[1:10] != self._clock.prefix:
                self._clock.read(mark[1:])
        else:
            self._reach(int(mark[1:]))
        return ""

    def _reach(self, hour: int) -> None:
        if self.keeping is not None:
            self.mark(f"h{hour}")
        if hour != self.hour:
            self.reached(hour)

    def _said(self, text: str, passes: tuple[int, ...], hour: int) -> str:
        """The verdict on what BIND said: perhaps a category, perhaps a severity, then its words."""
        self._reach(hour)
        head = _HEAD.match(text)
        category = head[1] or "" if head else ""
        category = "" if category in _LEVELS else category
        if category not in ("", "queries", "rpz", "rpz-passthru"):
            return STRUCTURAL
        words = text[head.end() :] if head else text
        if match := _QUERY.fullmatch(words):
            return self._query(match, passes[0])
        if match := _RPZ.fullmatch(words):
            return self._rpz(match, passes)
        return _other(category, words)

    def _query(self, match: re.Match[str], at: int) -> str:
        """A question. One from shortly before the window is remembered where it is watched: its block is not of it."""
        client, port, name, kind = match["client"], match["port"], _host(match), match["type"]
        verdict, question = self.question((client, port, kind), at, client, name)
        is_before = self.start - MOST_APART_S <= at < self.start
        if question is not None or is_before:
            watched = question.watched if question else self.watched(name)
            if watched is not FOREIGN:
                self.concerns()
                self._asked.setdefault((client, port, kind, watched.name), []).append((at, question))
        return verdict

    def _rpz(self, match: re.Match[str], passes: tuple[int, ...]) -> str:
        """What a policy zone did. The name asked for counts; the one rewritten may be that of an alias behind it."""
        if match["off"] or match["policy"] not in _BLOCKS:
            return STRUCTURAL
        at, watched = passes[0], self.watched(_host(match))
        if watched is not FOREIGN:
            self.concerns()  # within another window too
        if watched is FOREIGN or not self.start <= at < self.end + MOST_APART_S:
            return DROPPED
        key = ((match["client"], match["port"], match["type"], watched.name), at)
        if key in self._blocked:
            self.ledger.duplicate()
        else:
            self._blocked[key] = _Block(passes, watched, Where(self.settings.id, self.file, self.number))
        return TAKEN

    def finish(self) -> None:
        """Fold each block into the question that it is the answer to; one without a question stands for it."""
        for asked in self._asked.values():
            asked.sort(key=_when)
        for (who, at), block in self._blocked.items():
            found = next((pair for t in block.passes if (pair := self._before(who, t))), None)
            verdict = self._alone(who, at, block) if found is None else STRUCTURAL if found[1] else DROPPED
            if found is not None and found[1] is not None:
                found[1].answered = Answered.BLOCKED
            self.ledger.structural(verdict == STRUCTURAL)
            self.ledger.dropped(verdict == DROPPED)

    def _before(self, who: _Who, at: int) -> tuple[int, Question | None] | None:
        """The last question of the same client, port, type and name that a block of this instant may answer."""
        asked = self._asked.get(who, [])
        last = bisect_right(asked, at, key=_when) - 1
        return asked[last] if last >= 0 and at - asked[last][0] <= MOST_APART_S else None

    def _alone(self, who: _Who, at: int, block: _Block) -> str:
        """A block whose question is not in the log. A canary must be asked where queries are logged."""
        if at >= self.end or block.watched.is_canary:
            return DROPPED
        client, port, kind, _ = who
        verdict, question = self.keep((client, port, kind), at, client, block.watched, block.where)
        if question is not None:
            question.answered = Answered.BLOCKED
        return verdict


def _host(match: re.Match[str]) -> str:
    """The name asked for; none of another class than that of the internet. One that BIND had to write with a backslash
    is left so, and is no host name to the matcher: `x\\.tiktokv.com` does not lie beneath `tiktokv.com`."""
    return match["name"] if match["class"] == "IN" else ""


def _when(pair: tuple[int, Question | None]) -> int:
    return pair[0]


def _other(category: str, words: str) -> str:
    """The verdict on words that are neither a query nor those of a policy zone."""
    if category == "queries" or ": query: " in words:
        return "bad-query"
    if words.startswith("client ") and not _RPZ_WORKS.search(words):
        is_rpz = category or ": rpz " in words or ": disabled rpz " in words
        return "bad-rpz" if is_rpz else STRUCTURAL if _ANY_CLIENT.match(words) else "bad-line"
    return STRUCTURAL if words else "bad-line"


class BindLog(NameLogReader):
    """Queries of one BIND."""

    id: ClassVar[str] = "bind-log"
    title: ClassVar[str] = "BIND query log and policy-zone log (categories queries and rpz)"
    run: ClassVar[type[KnownLog]] = _Run
    picks: ClassVar[bool] = True
