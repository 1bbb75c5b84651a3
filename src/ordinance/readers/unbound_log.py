# SPDX-License-Identifier: EUPL-1.2
"""Unbound's log with `log-queries` or `log-replies`: who asked the resolver for a watched name, and what came of it.

Reads: log files of one resolver in the order of their names (rotated ones oldest first), plain or packed, as Unbound
writes them itself (`log-time-ascii` no or yes) or through syslog, with and without `log-tag-queryreply`; made and tried
with Unbound 1.17.1. The record is the *line*:

- kept: a query for a watched name, or its reply where the log has no queries; an answered canary query; an internal
  name asked by a separate device
- dropped: a query (or reply alone) for any other name, and lines of other daemons
- duplicate: a line of a file whose bytes were read before; the same name and type by the same client in the same
  second, as Unbound numbers no questions
- structural: replies, local actions and policy zones (folded into their query by client, name and type), start-up
  notes, statistics, empty lines
- rejected: `no-year`, `bad-time`, `no-such-time`, `time-backwards`, `time-ahead` (see `_clock`; the last three for
  stamps without a year alone), `bad-query`, `bad-line`, `no-query` (an internal name in a reply without its query),
  and what `_lines` refuses

What an answer means. *Blocked*: a local zone or policy zone of this resolver said no, or answered in the name's stead,
to that client for that very name; only `log-local-actions` and `rpz-log` show it. *Address*: the reply to a question
for A or AAAA was NOERROR and longer than the question. Unbound writes no addresses: a reply may hold only an alias
that leads nowhere, or the note that there is no such record, and one of another resolver's blocks looks the same.
What may be local data is no address: an answer that took no recursion counts only once the log shows, since Unbound
started, that local actions are logged and that the same name was resolved with one, and never under a zone that lets
through what it has no data for; else it is *nothing*, and that it was not told is. Replies to other types are
*nothing*: whoever goes on asks for an address.

Coverage: an hour counts when a question was logged in it; with a canary, when the canary was answered.
Other lines prove nothing about the resolver's log and count no hour.

Cannot know: what is asked elsewhere (DoH, mobile data, fixed addresses), what is answered from a client's own cache,
whether a contact followed, who stands behind a forwarder, and which of two resolvers a line is from. A reply names
the end of an alias that Unbound's own configuration holds, so that internal names count from their query alone. Taking
lines away never adds a kept question.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from ipaddress import ip_address
from typing import ClassVar

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Answered, WatchList
from ordinance.model.kept_file import KeptLine
from ordinance.model.time import Span
from ordinance.readers._base import Leases, Matchers
from ordinance.readers._clock import AFTER_THE_HOUR, Clock
from ordinance.readers._known_log import KnownLog, NameLogReader
from ordinance.readers._name_log import DROPPED, STRUCTURAL, TAKEN, LocalHours
from ordinance.readers._question import FOREIGN, Question

# unbound.conf(5), local-zone and rpz. Who refuses to answer, and who answers in the name's stead.
_REFUSING_ZONES = ("always_nxdomain", "always_nodata", "always_null", "always_refuse", "always_deny", "refuse", "deny")
_REFUSING_POLICIES = ("rpz-nxdomain", "rpz-nodata", "rpz-drop", "rpz-local-data", "rpz-cname-override")
_REFUSING = frozenset((*_REFUSING_ZONES, "inform_deny", *_REFUSING_POLICIES))
_ANSWERING = frozenset(("static", "redirect", "inform_redirect"))
_PASSING = frozenset(
    ("always_transparent", "rpz-passthru", "rpz-tcp-only", "rpz-disabled", "rpz-no-override")
)
_HALF_OPEN = frozenset(("transparent", "typetransparent", "inform"))  # local data where there is any, else let through
_INFORMING = ("inform", "inform_deny", "inform_redirect")  # logged also without log-local-actions

_OWN_TAG = re.compile(r"[^\s\[\]]+\[\d+:[0-9a-f]+\]", re.ASCII)  # the thread is written in hexadecimal digits
_SYSLOG_TAG = re.compile(r"unbound(?:\[\d+\])?:", re.ASCII)
_THREAD = re.compile(r"\[\d+:[0-9a-f]+\]", re.ASCII)
_NOTES = ("info:", "notice:", "warning:", "error:", "debug:", "fatal")
_OTHER_DAEMON = re.compile(r"\S+:( |$)|\S+ (\S+:( |$)|(last )?message repeated |-- MARK --)")
_EPOCH = re.compile(r"[1-9]\d{9}", re.ASCII)  # from September 2001 on: a clock that was never set is not read
_CLASS = re.compile(r"IN|CH|HS|ANY|NONE|CLASS\d{1,5}", re.ASCII)
_REPLY = re.compile(r"[A-Z0-9]+ \d+\.\d{6} [01] \d{1,5}", re.ASCII)
_NO_QUESTION = ["null", "TYPE0", "CLASS0"]  # logged for who may not ask

_HEADER, _TYPE_AND_CLASS, _EDNS = 12, 4, 11  # octets of a message (RFC 1035, RFC 6891)
_MOST_ADDRESSES = 65_536
_HEAD_REPLY, _MOST_HEAD_REPLIES = "reply", 2_000  # of a file that is kept

Key = tuple[str, str, str]  # client, name in small letters, type


@dataclass(slots=True)
class _Asking:
    """A question while its answer may still come; without `question` an action seen before any reply."""

    question: Question | None
    action: str = ""
    is_open: bool = True


class _Run(KnownLog):
    """One reading of one source. What the log is known to tell is forgotten when Unbound starts anew."""

    tells = False  # until the reply is seen

    def __init__(
        self, settings: SourceSettings, watch: WatchList, matchers: Matchers, window: Span, leases: Leases | None
    ) -> None:
        super().__init__(settings, watch, matchers, window, leases)
        self._clock = Clock(settings.zone, settings.year)
        self._hours_of = LocalHours(settings.zone)
        self._asking: dict[Key, _Asking] = {}
        self._watched_keys: set[Key] = set()  # asked for something watched, whether it counted or not
        self._tells_queries = self._tells_actions = False
        self._head_replies = 0
        self._is_new = False  # the service started in what was read
        self._resolved: set[tuple[str, str]] = set()  # watched names that were seen to be asked of others

    def state(self) -> Hashable:
        """Where the clock stands, and what the log is known to tell."""
        return self._clock.state, self._tells_queries, self._tells_actions

    def carries(self) -> Hashable:
        """Where the clock stands: of what the log tells, lines say that they need not to know it."""
        return self._clock.state

    def known_before(self) -> Iterable[str]:
        """That the log tells questions, of which replies are then none."""
        return ("queries",) if self._tells_queries else ()

    def tick(self, mark: str) -> str:
        """A stamp in one of both forms, or what the log tells."""
        if mark in ("queries", "actions"):
            self._tells_queries = self._tells_queries or mark == "queries"
            self._tells_actions = self._tells_actions or mark == "actions"
        elif mark[0] == "[":
            hour = self._hours_of.start(int(mark[1:]))
            if hour != self.hour:
                self.reached(hour)
        elif mark != _HEAD_REPLY and not (mark[1:10] == self._clock.prefix and self.hour == self._clock.hour):
            at = self._clock.read(mark[1:])
            if isinstance(at, str):
                return at
            self.reached(self._clock.hour)
        return ""

    def told(self, line: KeptLine) -> KeptLine:
        """Where the log is known to tell questions, a reply is no record of its own."""
        if self._tells_queries and _HEAD_REPLY in line.marks:
            return replace(line, verdict=STRUCTURAL, at=None)
        return line

    def _at_head(self) -> None:
        """A reply before any question: what it is, the files before this one may say."""
        if self.keeping is None:
            return
        self._head_replies += 1
        if self._head_replies > _MOST_HEAD_REPLIES:  # a log of replies alone
            self.needs("queries")
        else:
            self.matters()
            self.mark(_HEAD_REPLY)

    def line(self, line: str) -> str:
        """The verdict on a line. The way to `DROPPED` is the one that must be short."""
        if line[:1] == "[":
            return self._since_1970(line)
        after = AFTER_THE_HOUR.get(line[9:16])
        if after is not None and line[:9] == self._clock.prefix and self.hour == self._clock.hour:
            return self._dated(line[16:], self._clock.hour + after)
        if not line:
            return STRUCTURAL
        self.matters()  # the clock goes on
        at = self._clock.read(line[:15])
        if at != "bad-time":
            self.mark(f"@{line[:15]}")
        if isinstance(at, str):
            return at
        self.reached(self._clock.hour)
        return self._dated(line[16:], at) if line[15:16] == " " else "bad-line"

    def _since_1970(self, line: str) -> str:
        """`[SECONDS] unbound[PID:THREAD] …`, which Unbound writes by default."""
        stamp, _, text = line[1:].partition("]")
        if not _EPOCH.fullmatch(stamp):
            return "bad-time"
        at = int(stamp)
        hour = self._hours_of.start(at)
        if hour != self.hour:
            self.reached(hour)
        if self.keeping is not None:
            self.mark(f"[{stamp}")
        space, _, rest = text.partition(" ")
        tag, _, rest = rest.partition(" ")
        return self._said(rest.split(" "), at) if not space and _OWN_TAG.fullmatch(tag) else "bad-line"

    def _dated(self, text: str, at: int) -> str:
        """`unbound[PID:THREAD] …` as Unbound writes it, `[HOST] unbound: [PID:THREAD] …` as syslog does."""
        tag, _, rest = text.partition(" ")
        if _OWN_TAG.fullmatch(tag):
            return self._said(rest.split(" "), at)
        if tag[-1:] != ":":  # the machine's name
            tag, _, rest = rest.partition(" ")
        if _SYSLOG_TAG.fullmatch(tag):
            thread, _, rest = rest.partition(" ")
            return self._said(rest.split(" "), at) if _THREAD.fullmatch(thread) else "bad-line"
        return DROPPED if _OTHER_DAEMON.match(text) else "bad-line"

    def _said(self, words: list[str], at: int) -> str:
        """The verdict on what follows the number of the thread: a level, or the tag of a question or reply."""
        level, *rest = words
        if level == "query:":
            return self._query(rest, at) if _is_question(rest) else "bad-query"
        if level == "reply:":
            return self._reply(rest, at)
        if level != "info:" or not rest:
            return STRUCTURAL if rest and level in _NOTES else "bad-line"
        if _is_address(rest[0]):
            return self._query(rest, at) if _is_question(rest) else self._reply(rest, at)
        if "@" in "".join(rest[-4:-3]):
            return self._action(rest)
        if rest[:3] == ["start", "of", "service"]:
            self.concerns()
            self._is_new = True
            self._asking.clear()
            self._resolved.clear()
            self._tells_queries = self._tells_actions = False
        return "bad-line" if rest[:2] == ["rpz:", "applied"] else STRUCTURAL

    def _query(self, words: list[str], at: int) -> str:
        """`CLIENT NAME TYPE CLASS`."""
        client, name, rrtype, rrclass = words
        if rrclass != "IN":
            return DROPPED
        if not self._tells_queries:
            self._tells_queries = True
            self.matters()
            self.mark("queries")
        verdict, question = self.question((client, rrtype), at, client, name)
        if self.watched(name) is not FOREIGN:
            self._watched_keys.add((client, name.lower(), rrtype))
            self.concerns()  # also outside the window: a reply that comes later is read as one
        if verdict == TAKEN:
            self._begin((client, name.lower(), rrtype), at, question)
        return verdict

    def _begin(self, key: Key, at: int, question: Question | None) -> _Asking:
        """A question is asked; if in the second of the one before it, it is the same one."""
        before = self._asking.get(key)
        if question is None and before and before.question and before.question.at == at:
            question = before.question
        asking = self._asking[key] = _Asking(question)
        return asking

    def _reply(self, words: list[str], at: int) -> str:
        """`CLIENT NAME TYPE CLASS RCODE SECONDS CACHED OCTETS`: folded into its query, or the record itself."""
        if words[1:4] == _NO_QUESTION:
            return STRUCTURAL
        if not (_is_question(words[:4]) and _REPLY.fullmatch(" ".join(words[4:]))):
            return "bad-line"
        client, name, rrtype, rrclass = words[:4]
        key = (client, name.lower(), rrtype)
        asking, verdict = self._asking.get(key), STRUCTURAL
        if key in self._watched_keys or (self.keeping is not None and self.watched(name) is not FOREIGN):
            self.concerns()  # also where the question did not count: by other leases, or another window, it may
        if not self._tells_queries:
            if not self._is_new:
                self._at_head()
            if rrclass != "IN":
                return DROPPED
            verdict, question = self.question((client, rrtype), at, client, name, doubt="no-query")
            if verdict != TAKEN:
                if self._asking.pop(key, None) is not None:
                    self.matters()
                return verdict
            action = asking.action if asking and asking.question is None else ""
            asking = self._begin(key, at, question)
            self._weigh(asking, action)
        if asking and asking.is_open and asking.question and rrclass == "IN":
            asking.is_open = False
            found = self._has_address(asking, words)
            asking.question.told = found is not None
            if found:
                asking.question.answered = Answered.ADDRESS
        return verdict

    def _has_address(self, asking: _Asking, words: list[str]) -> bool | None:
        """Whether a reply led somewhere; `None` where the log does not tell: it may be the resolver's own word."""
        _, name, rrtype, _, rcode, _, cached, size = words
        bare = _HEADER + len(name) + 1 + _TYPE_AND_CLASS
        if rcode != "NOERROR" or rrtype not in ("A", "AAAA") or int(size) <= bare + _EDNS:
            return False
        if asking.question and asking.question.watched.identifier is None and asking.action not in _REFUSING:
            return True  # local data is where the body's own names have their addresses
        if asking.action and asking.action not in _PASSING:
            return (cached == "0" or None) if asking.action in _HALF_OPEN else False
        if cached == "0":
            self._resolved.add((name.lower(), rrtype))
            return True
        return True if self._tells_actions and (name.lower(), rrtype) in self._resolved else None

    def _action(self, words: list[str]) -> str:
        """`ZONE ACTION CLIENT@PORT NAME TYPE CLASS`, or `rpz: applied [LOG NAME] TRIGGER ACTION CLIENT@PORT …`."""
        *about, action, asker, name, rrtype, rrclass = words
        client, _, port = asker.rpartition("@")
        is_policy = about[:2] == ["rpz:", "applied"]
        if not (_is_address(client) and port.isdigit() and _CLASS.fullmatch(rrclass)):
            return "bad-line" if is_policy else STRUCTURAL
        if not is_policy and len(about) != 1:
            return STRUCTURAL
        if not is_policy and action not in _INFORMING and not self._tells_actions:
            self._tells_actions = True
            self.matters()
            self.mark("actions")
        key = (client, name.lower(), rrtype)
        asking = self._asking.get(key)
        if key in self._watched_keys or (self.keeping is not None and self.watched(name) is not FOREIGN):
            self.concerns()
        if rrclass != "IN" or (self._tells_queries and asking is None):
            return STRUCTURAL
        if not self._tells_queries and self.watched(name) is not FOREIGN:
            asking = self._asking[key] = asking if asking and asking.question is None else _Asking(None)
        if asking and asking.is_open:
            self.matters()
            self._weigh(asking, action)
        return STRUCTURAL

    def _weigh(self, asking: _Asking, action: str) -> None:
        """What the resolver's own configuration did. A refusal stands, and nothing is let through that was not."""
        if not action or asking.action in _REFUSING | _ANSWERING or (asking.action and action in _PASSING):
            return
        asking.action = action
        question = asking.question
        if question is None or question.answered is not Answered.NOTHING:
            return
        if action in _REFUSING or (action in _ANSWERING and question.watched.identifier is not None):
            question.answered = Answered.BLOCKED


def _is_question(words: list[str]) -> bool:
    """Whether this is `CLIENT NAME TYPE CLASS`. Unbound writes `?` for what could be mistaken in a name."""
    return len(words) == 4 and _is_address(words[0]) and bool(_CLASS.fullmatch(words[3]))


@lru_cache(maxsize=_MOST_ADDRESSES)
def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


class UnboundLog(NameLogReader):
    """Questions to one Unbound."""

    id: ClassVar[str] = "unbound-log"
    title: ClassVar[str] = "Unbound log (log-queries, log-replies, log-local-actions, rpz-log)"
    run: ClassVar[type[KnownLog]] = _Run
    picks: ClassVar[bool] = True
