# SPDX-License-Identifier: EUPL-1.2
"""dnsmasq's log with `log-queries=extra`: who asked the resolver for a watched name, and what came of it.

Reads: log files of one resolver in the order of their names (rotated ones oldest first), plain or
packed, as dnsmasq writes them itself or through syslog; made and tried with dnsmasq 2.90. Also the
`pihole.log` of Pi-hole, whose FTL is a dnsmasq with lists of its own: its words are those of FTL's
source, versions 5 and 6 (`src/dnsmasq_interface.c`, `src/dnsmasq/cache.c`, `src/dnsmasq/rfc1035.c`);
no FTL was run. The record is the *line*:

- kept: a query for a watched name; an answered canary query; an internal name asked by a separate device
- dropped: a query for any other name, and lines of other daemons
- duplicate: a line of a file whose bytes were read before; a kept query that was kept before
- structural: answer lines (folded into their query by serial, address and port), what is asked to
  validate them, DHCP lines, start-up notes, statistics, empty lines
- rejected: `no-year`, `bad-time`, `no-such-time`, `time-backwards`, `time-ahead` (see `_clock`),
  `no-serial` (logged without `extra`), `bad-query`, `bad-lease`, `bad-line`, and what `_lines` refuses

What a list of Pi-hole's or dnsmasq's own configuration answers for an app's name is a refusal, be it the address of a
page that says so; that it has no record of one type (`filter-AAAA`) is none. An address within one's own networks that
another resolver gives for an app's name is none of the app's: what came of the question is then not told. A client
that asks too often, a list that cannot be read, and what another resolver blocked are none.

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
from collections.abc import Hashable, Iterable
from typing import ClassVar

from ordinance.match.names import normalise
from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Answered, WatchList, Where
from ordinance.model.time import Span
from ordinance.readers._base import Leases, Matchers
from ordinance.readers._clock import AFTER_THE_HOUR, Clock
from ordinance.readers._dhcp import LeaseTable
from ordinance.readers._inside import Pages, is_inside
from ordinance.readers._known_log import KnownLog, NameLogReader
from ordinance.readers._name_log import DROPPED, STRUCTURAL, address_of
from ordinance.readers._question import FOREIGN, Question
from ordinance.readers._sieve import Plan, QueriesPlan, link_of

# What dnsmasq writes where its own configuration answers. A hosts file shows as its path.
_OWN_SOURCES = ("config",)
# First words of what Pi-hole's build of it writes where one of its lists does (FTL, dnsmasq_interface.c): "gravity
# blocked", "exactly denied", "regex denied" (version 5: "blacklisted"), "special domain", and those it is made up of.
_LISTS = ("gravity", "exactly", "regex", "special", "Mozilla", "Apple", "Designated")
_BY_ALIAS = "blocked during CNAME inspection"  # what is said of the name in the chain that is on a list
_PROTOCOLS = ("UDP", "TCP")  # log-queries=proto
_UNSPECIFIED = ("0.0.0.0", "::")  # noqa: S104  # an answer in a log; nothing is bound
_ADDRESS_OR_TYPE = re.compile(r"\d+(?:\.\d+){3}|[0-9a-f:.]*:[0-9a-f:.]*|<[^<>]+>", re.ASCII)
_SETS = ("ipset", "nftset")  # "ipset add SET ADDRESS NAME"
_OF_ITS_OWN = re.compile(r"dnssec-(?:query|retry)\[[A-Z]+\]|reply", re.ASCII)  # what it asks to validate an answer
_OTHER_DAEMON = re.compile(r"\S+:( |$)|\S+ (\S+:( |$)|(last )?message repeated |-- MARK --)")


def _hear(question: Question, source: str, name: str, value: str, pages: Pages) -> None:
    """Weigh an answer line: an address or record beats a refusal, a refusal beats nothing."""
    if value == "<CNAME>" or source == "validation":
        return
    of_app = question.watched.identifier is not None
    is_own = source in _LISTS or (_is_local(source) and of_app)
    if not is_own and value not in _UNSPECIFIED and _ADDRESS_OR_TYPE.fullmatch(value):
        if of_app and (address := address_of(value)) is not None and is_inside(address, pages):
            question.told = False  # another resolver's page, or whatever stands in the app's stead
        else:
            question.answered = Answered.ADDRESS
    elif question.answered is Answered.NOTHING and _is_refusal(question, source, name, value):
        question.answered = Answered.BLOCKED


def _is_refusal(question: Question, source: str, name: str, value: str) -> bool:
    """Whether the resolver's own configuration denied this very name, or an alias on its way, as only Pi-hole does.

    Whatever address the resolver itself, or a list of Pi-hole's, gives for an app's name is one: it may be that of a
    page that says so. That there is no record of a type is none: `filter-AAAA` says so of every name.
    """
    if value == _BY_ALIAS:
        return source == "reply"
    denied = value == "NXDOMAIN" or _ADDRESS_OR_TYPE.fullmatch(value) is not None
    own = source in _LISTS or (denied and _is_local(source))
    return own and normalise(name.rpartition(" ")[2]) == question.watched.name


def _is_local(source: str) -> bool:
    """Whether dnsmasq's own configuration or a hosts file of its answers."""
    return source in _OWN_SOURCES or source.startswith("/")


class _Run(KnownLog):
    """One reading of one source, whose leases stand between its queries, unless another source has them."""

    planned = True

    def __init__(
        self, settings: SourceSettings, watch: WatchList, matchers: Matchers, window: Span, leases: Leases | None
    ) -> None:
        self._dhcp = LeaseTable(settings.zone, settings.lease)
        super().__init__(settings, watch, matchers, window, leases)
        self._clock = Clock(settings.zone, settings.year)
        self._plan: QueriesPlan | None = None
        self._has_own_leases = self.leases is self._dhcp
        self._expected: set[tuple[str, str]] = set()  # questions of files before the one that is read alone
        self._open: dict[tuple[str, str], Question | None] = {}  # none: a watched name, of which nothing counted

    def own_leases(self, settings: SourceSettings) -> Leases:  # they are read with the lines
        """Those of its DHCP lines."""
        return self._dhcp

    def plan(self) -> Plan | None:
        """That of the hour in hand, where each of its seconds happens once."""
        clock = self._clock
        if not clock.prefix:
            return None
        if self._plan is None or (clock.prefix, clock.hour) != (self._plan.prefix, self._plan.hour):
            self._plan = QueriesPlan(clock.prefix, clock.hour)
        return self._plan

    def state(self) -> Hashable:
        """Where the clock stands: the stamps name no year."""
        return self._clock.state

    def line(self, line: str) -> str:
        """The verdict on a line. The way to `DROPPED` is the one that must be short."""
        after = AFTER_THE_HOUR.get(line[9:16])
        if after is not None and line[:9] == self._clock.prefix:
            return self._said(line[16:], self._clock.hour + after)
        if not line:
            return STRUCTURAL
        self.matters()  # the clock goes on
        at = self._clock.read(line[:15])
        if at != "bad-time":
            self.mark(f"@{line[:15]}")
        if isinstance(at, str):
            return at
        self.reached(self._clock.hour)
        return self._said(line[16:], at) if line[15:16] == " " else "bad-line"

    def lost(self, line: str) -> None:
        """It may have been one of DHCP."""
        if self._has_own_leases and (addresses := self._dhcp.lost_in(line)) is not None:
            self.mark(f"!{addresses}")
        self._dhcp.lost(line)

    def tick(self, mark: str) -> str:
        """A stamp, a question with the number and address of an earlier one, or addresses of a lost DHCP line."""
        what, said = mark[0], mark[1:]
        if what == "@":
            if said[:9] == self._clock.prefix:
                return ""
            at = self._clock.read(said)
            if isinstance(at, str):
                return at
            self.reached(self._clock.hour)
        elif what == "-":
            serial, _, client = said.partition(" ")
            self._open.pop((serial, client), None)
        elif what == "d":
            self._dhcp.heard(int(said))
        else:
            self._dhcp.lost(said)
        return ""

    def opens(self) -> Iterable[str]:
        """Serial and address of each question: an answer may stand in the next file."""
        return (" ".join(key) for key in self._open)

    def expects(self, links: Iterable[str]) -> None:
        """Answers to questions of earlier files."""
        for link in links:
            serial, _, client = link.partition(" ")
            self._expected.add((serial, client))
            self.linked.add(link_of(link))

    def _said(self, text: str, at: int) -> str:
        """The verdict on what follows the stamp: `dnsmasq[PID]: SERIAL ADDRESS/PORT VERB …`."""
        words = text.split(" ", 4)
        tag = words[0]
        if tag[:8] != "dnsmasq[" or tag[-2:] != "]:":
            return self._elsewhere(text, at)
        if len(words) > 1 and words[1] in _PROTOCOLS:
            words = [tag, *text.split(" ", 5)[2:]]
        if len(words) < 5 or not words[1].isdigit():
            return _note(words)
        if words[3][:6] != "query[":
            return self._answer(words)
        name, asked_from, client = words[4].rpartition(" from ")
        # Both ends name the client; a name may hold spaces and even " from 10.0.0.1".
        if not asked_from or not words[2].startswith(client + "/"):
            return "bad-query"
        # Serials start anew with the daemon: these answers would not be for the old query.
        if self._open and (words[1], words[2]) in self._open:
            del self._open[words[1], words[2]]
            self.matters()
            self.mark(f"-{words[1]} {words[2]}")
        if self._expected and (words[1], words[2]) in self._expected:
            self._expected.remove((words[1], words[2]))
            self.matters()
            self.mark(f"-{words[1]} {words[2]}")
        verdict, question = self.question((words[1], words[2]), at, client, name)
        if question is not None or self.watched(name) is not FOREIGN:
            self._open[words[1], words[2]] = question
            self.linked.add(link_of(f"{words[1]} {words[2]}"))
            self.concerns()  # also outside the window: an answer that comes later is read as one
        return verdict

    def _answer(self, words: list[str]) -> str:
        """An answer line: folded into its query if that was kept, without a word of its own otherwise."""
        name, answers, value = words[4].rpartition(" is ")
        if "/" not in words[2]:
            rest = f" {words[4]}"  # a name may hold spaces
            is_own = _OF_ITS_OWN.fullmatch(words[2]) and (" to " in rest or " is " in rest)
            return STRUCTURAL if is_own else "bad-line"
        if not (answers or " to " in words[4] or words[3] in _SETS):
            return "bad-line"
        # Also where the question did not count: by other leases, or in another window, it may.
        if answers and ((words[1], words[2]) in self._open or (words[1], words[2]) in self._expected):
            is_named = self.keeping is None or self.watched(name.rpartition(" ")[2]) is not FOREIGN
            self.concerns(None if is_named else f"x is {value}", 0 if is_named else len(words[4]))
        question = self._open.get((words[1], words[2]))
        if question and answers:
            value = value.partition(" (")[0]  # "(EDE: filtered)", "(DNSSEC signed)"
            _hear(question, words[3], name, value, self.settings.block_pages)
        return STRUCTURAL

    def _elsewhere(self, text: str, at: int) -> str:
        """Lines that are no DNS lines of dnsmasq, and lines that syslog put the machine's name before."""
        tag, _, rest = text.partition(" ")
        if tag[:13] == "dnsmasq-dhcp[" and tag[-2:] == "]:":
            self.matters()
            where = Where(self.settings.id, self.file, self.number)
            is_read = self._dhcp.feed(rest, at, where)
            if self.keeping is not None and self._has_own_leases:
                self.mark(f"d{at}")
                if is_read and (end := self._dhcp.end_of(rest)):
                    self.concerns(cut=len(rest) - end)  # not the name that the device gave itself
            return STRUCTURAL if is_read else "bad-lease"
        if tag[-1:] != ":" and tag[:7] != "dnsmasq" and rest[:8] in ("dnsmasq[", "dnsmasq-"):
            return self._said(rest, at)
        if tag[:8] == "dnsmasq-" and tag[-2:] == "]:":  # dnsmasq-tftp, dnsmasq-script
            return STRUCTURAL
        return DROPPED if _OTHER_DAEMON.match(text) else "bad-line"


def _note(words: list[str]) -> str:
    """A line without serial, or one that is too short for one with a serial."""
    if len(words) > 1 and words[1].startswith("query["):
        return "no-serial"
    if len(words) > 3 and words[3].startswith("query["):
        return "bad-line"
    return "bad-line" if len(words) < 2 or not words[1] or words[1].isdigit() else STRUCTURAL


class DnsmasqLog(NameLogReader):
    """Queries and leases of one dnsmasq."""

    id: ClassVar[str] = "dnsmasq-log"
    title: ClassVar[str] = "dnsmasq log (log-queries=extra), with leases from its DHCP lines"
    run: ClassVar[type[KnownLog]] = _Run
    picks: ClassVar[bool] = True
