# SPDX-License-Identifier: EUPL-1.2
"""Zeek's logs dns, ssl, quic, http and conn: who asked for a watched name, and who spoke to a server of that name.

Reads: log files of one sensor, plain or compressed, as tables with a head or as JSON, of one log each or all in one
(`_zeek` has the form). No Zeek was run: what the fields mean is taken from zeek/zeek,
`scripts/base/protocols/*/main.zeek`, and from Zeek's documentation up to 8.2. The record is the *line*:

- kept: a row of dns, ssl, quic or http with a watched name; one with the canary that was answered; an internal name
  from a separate device
- dropped: rows with any other name or none, connections that stand for nothing kept, rows of other logs
- duplicate: a line of a file whose bytes were read before; a kept line that was kept before, to the last character
- structural: lines of a head (`#…`), connections that stand for a kept row, empty lines
- rejected: `bad-json`, `bad-address`, `bad-time`, `wrong-type`, `clock-not-set`, `missing-column`, `missing-field`,
  `no-header`, `no-such-time`, `other-format`, `too-many-fields`, and what `_lines` refuses

What an answer in dns means. *Address*: NOERROR with a public address of the kind that was asked for, or with a record
that Zeek writes as one of that type. *Blocked*: NOERROR with `0.0.0.0` or `::` alone, which no name of anybody has.
*Nothing*: all else; without a code nobody saw an answer, and an app's name that leads into the body's own network may
be a page that says why: both are not told. Questions to neighbours (mDNS, LLMNR, NetBIOS) are no questions to a
resolver.

What is a contact, which is an *address* too: in ssl `established`, in quic a ServerHello and after it a Handshake
packet of the client's (`s` and `H` in `history`) and no close by the server (`c`), each with a public server or for a
name of the body's own; in http a status of 2xx, 301, 304, 308 or 101 of such a server, or 2xx to CONNECT, which a
proxy answers. Everything else in these logs is *nothing*, not told. The connection of the same `uid` has the last
word: where one side sent no byte there was no contact, and where the server sent none, nothing came of it.

Coverage: an hour counts when a question to a resolver was logged in it; in logs without any, a row of ssl, quic or
http: where these go on and dns stopped, nobody knows what was asked. With a canary it counts when the canary was
answered. Where an hour has connections alone, and none is to port 53, 80 or 443 or of a kind that
these logs have rows of, the sensor was awake and there was no name to log: it counts, if others of this source do.

Cannot know: who stands behind the client's address (a resolver, a proxy, NAT), what is asked over DoH, DoT or a VPN,
whether a name in a ClientHello is the outer one of ECH, who answers in a server's stead, and which site of many a
shared address was for: a connection without a name is therefore contact with none, though its address was answered
before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Mapping
from copy import deepcopy
from functools import lru_cache
from types import MappingProxyType
from typing import Any, ClassVar, Self

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Answered, WatchList
from ordinance.model.time import Span
from ordinance.readers._base import Leases, Matchers
from ordinance.readers._files import InputFile
from ordinance.readers._inside import Pages, is_inside
from ordinance.readers._known_log import KnownLog, NameLogReader
from ordinance.readers._name_log import DROPPED, MOST_REMEMBERED, STRUCTURAL, LocalHours, address_of
from ordinance.readers._question import FOREIGN, Question, Watched
from ordinance.readers._sieve import Plan
from ordinance.readers._zeek import BadValueError, Log, Row, Rows

_NEEDED = ("ts", "id.orig_h")
_ENDS = (*_NEEDED, "id.resp_h", "uid")
_WHO = {"time": "ts", "client": "id.orig_h"}


def _marks(*columns: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(marks.split()) for marks in columns)


_DNS = Log(
    "dns",
    (*_NEEDED, "id.resp_p", "query", "qclass", "qtype", "qtype_name", "rcode", "rcode_name", "answers"),
    _NEEDED,
    _marks("rejected", "qtype_name", "rcode_name"),
    {**_WHO, "name": "query", "port": "id.resp_p", "query_class": "qclass"},
)
_SSL = Log(
    "ssl",
    (*_ENDS, "server_name", "established", "ssl_history"),
    _NEEDED,
    _marks("established cipher", "resumed"),
    {**_WHO, "name": "server_name"},
)
_QUIC = Log(
    "quic",
    (*_ENDS, "server_name", "history"),
    _NEEDED,
    _marks("client_initial_dcid", "client_scid", "server_scid"),
    {**_WHO, "name": "server_name"},
)
_HTTP = Log(  # a row of sip has `trans_depth` too, and one of smtp
    "http",
    (*_ENDS, "host", "method", "uri", "status_code"),
    _NEEDED,
    _marks("trans_depth host", "trans_depth tags"),
    {**_WHO, "name": "host", "method": "method"},
)
_CONN = Log(
    "conn",
    (*_NEEDED, "uid", "id.resp_p", "service", "orig_bytes", "resp_bytes"),
    _NEEDED,
    _marks("conn_state", "missed_bytes"),
)

_CONN_FILE = re.compile(r"(?:.*[^a-z])?conn(?:[^a-z].*)?", re.ASCII)
_NEIGHBOURS = (137, 5353, 5355, "137", "5353", "5355")  # NetBIOS, mDNS, LLMNR
_INTERNET = (1, "1", None)  # the class IN
_ADDRESS_TYPES = {"A": 4, "AAAA": 6}  # and the version of IP
_UNSPECIFIED = frozenset(("0.0.0.0", "::"))  # noqa: S104  # an answer in a log; nothing is bound
_NAMED_PORTS = (53, 80, 443)
_NAMED_SERVICES = frozenset(("dns", "ssl", "http", "quic"))
_FINAL = frozenset((101, 301, 304, 308, *range(200, 300)))  # a filter in the way gives 302, 303, 307 or 403

Became = tuple[Answered, bool]  # and whether it is told
_UNTOLD: Became = (Answered.NOTHING, False)


class _Run(KnownLog):
    """One reading of one source."""

    planned = True
    chained = False  # a row with a name says what it says, whatever came before it

    def __init__(
        self, settings: SourceSettings, watch: WatchList, matchers: Matchers, window: Span, leases: Leases | None
    ) -> None:
        super().__init__(settings, watch, matchers, window, leases)
        self._rows = Rows((_DNS, _SSL, _QUIC, _HTTP, _CONN), settings.zone)
        self._hours_of = LocalHours(settings.zone)
        self._by_uid: dict[str, list[Question]] = {}
        self._asked_in: set[int] = set()  # hours with a question to a resolver, within the window or not,
        self._told_in: set[int] = set()  # and those among them that the file in hand has said
        self._quiet: set[int] = set()  # hours in which there were connections,
        self._named: set[int] = set()  # and those in which some were of a kind that has names

    def beside(self) -> Self:
        """The same, with a head, an hour and stamps of its own."""
        other = super().beside()
        other._rows, other._hours_of, other._told_in = deepcopy(self._rows), LocalHours(self.settings.zone), set()
        return other

    def in_order(self, files: tuple[InputFile, ...]) -> tuple[InputFile, ...]:
        """Names before connections: of these only what stands for a kept row is looked at."""
        return tuple(sorted(files, key=lambda file: bool(_CONN_FILE.fullmatch(file.path.name))))

    def begin(self, file: InputFile) -> None:
        """Each file has a head of its own, or is JSON."""
        self._rows.begin()
        self._told_in.clear()

    def plan(self) -> Plan | None:
        """That of the table in hand; connections stand for other rows, and of some hours each row is read again."""
        return None if self._rows.is_twice else self._rows.plan

    def state(self) -> Hashable:
        """Where the stamps stand in an hour that happens twice."""
        return self._rows.state

    def line(self, line: str) -> str:
        """The verdict on a line."""
        if line[:1] == "#":
            if self._rows.is_of_a_head(line):
                self.concerns()
            self.matters()
        row = self._rows.row(line)
        if isinstance(row, str):
            return row
        log, values = row
        at = self._rows.at(values[0])
        if isinstance(at, str):
            return at
        if self.keeping is not None:
            self.mark(f"@{json.dumps(values[0])}")
        if self._rows.is_twice:
            self.matters()
        hour = self._hours_of.start(at)
        if hour != self.hour:
            self.reached(hour)
        client = address_of(values[1]) if isinstance(values[1], str) else None
        if client is None:
            return "bad-address"
        try:
            return _TAKES_IN[log.path](self, row, at, client, line)
        except BadValueError:
            return "wrong-type"

    def tick(self, mark: str) -> str:
        """The stamp of a row, or that it is a question to a resolver."""
        if mark == "dns":
            self._told_in.add(self.hour)
            self._asked_in.add(self.hour)
            return ""
        at = self._rows.at(json.loads(mark[1:]))
        if isinstance(at, str):
            return at
        if (hour := self._hours_of.start(at)) != self.hour:
            self.reached(hour)
        return ""

    def finish(self) -> None:
        """Hours without any traffic that has names are seen, if names are logged at all."""
        if self._hours and not self._has_canary:
            if self._asked_in:
                self._hours &= self._asked_in
            self._hours |= self._quiet - self._named

    def _dns(self, row: Row, at: int, client: str, line: str) -> str:
        port, query, qclass, *answer = row[1][2:]
        rows = self._rows
        name = rows.text(query)
        watched = self.watched(name)
        if watched is not FOREIGN:
            port, qclass = rows.number(port), rows.number(qclass)
        if port in _NEIGHBOURS or qclass not in _INTERNET:
            return DROPPED
        if self.hour not in self._told_in:
            self.matters()
            self._told_in.add(self.hour)
            self._asked_in.add(self.hour)
            self.mark("dns")
        if watched is FOREIGN:
            return self.question(line, at, client, name)[0]
        return self._asked(line, at, client, name, self._answer(watched, *answer))[0]

    def _answer(self, watched: Watched, *answer: Any) -> Became:
        """What came of a question. Cells of a table that say the same again are not taken apart again."""
        known = self._rows.remembered
        if known is None:
            return self._came_of(watched, *answer)
        key = (watched.identifier is None, *answer)
        became: Became | None = known.get(key)
        if became is None:
            if len(known) >= MOST_REMEMBERED:
                known.clear()
            became = known[key] = self._came_of(watched, *answer)
        return became

    def _came_of(self, watched: Watched, *answer: Any) -> Became:
        rows = self._rows
        qtype, qtype_name, rcode, rcode_name, answers = answer
        code, code_name, given = rows.number(rcode), rows.text(rcode_name), rows.texts(answers)
        if code is None and not code_name:
            return _UNTOLD
        if code != 0 and not (code is None and code_name == "NOERROR"):
            return Answered.NOTHING, True
        number, kind = rows.number(qtype), rows.text(qtype_name)
        version = _ADDRESS_TYPES.get(kind or {1: "A", 28: "AAAA"}.get(number or 0, ""))
        if version is None and (kind or number is not None):
            is_record = any(g.startswith(f"{kind} ") or g == f"<unknown type={number}>" for g in given)
            return (Answered.ADDRESS if is_record else Answered.NOTHING), True
        found = [g for g in map(address_of, given) if g and (version is None or version == 4 + 2 * (":" in g))]
        if any(_is_site_of(watched, address, self.settings.block_pages) for address in found):
            return Answered.ADDRESS, True
        if found and _UNSPECIFIED.issuperset(found):
            return Answered.BLOCKED, True
        return Answered.NOTHING, not found

    def _ssl(self, row: Row, at: int, client: str, line: str) -> str:
        server, uid, name, established, history = row[1][2:]
        name = self._rows.text(name)
        if (watched := self.watched(name)) is FOREIGN:
            return self.question(line, at, client, name)[0]
        if "^" in self._rows.text(history):  # whoever opened the connection was not the one that said the name
            return self.question(line, at, client, "")[0]
        is_contact = self._rows.flag(established) is True and self._is_site(watched, server)
        return self._spoke(line, at, client, name, uid, is_contact)

    def _quic(self, row: Row, at: int, client: str, line: str) -> str:
        server, uid, name, history = row[1][2:]
        name = self._rows.text(name)
        if (watched := self.watched(name)) is FOREIGN:
            return self.question(line, at, client, name)[0]
        letters = self._rows.text(history)
        is_contact = "H" in letters.partition("s")[2] and "c" not in letters and self._is_site(watched, server)
        return self._spoke(line, at, client, name, uid, is_contact)

    def _http(self, row: Row, at: int, client: str, line: str) -> str:
        server, uid, host, method, uri, status = row[1][2:]
        rows = self._rows
        is_tunnel = method == "CONNECT"
        name = (rows.text(host) or (rows.text(uri) if is_tunnel else "")).strip().partition(":")[0]
        if (watched := self.watched(name)) is FOREIGN:
            return self.question(line, at, client, name)[0]
        code = rows.number(status)
        if is_tunnel:
            is_contact = code is not None and 200 <= code < 300
        else:
            is_contact = code in _FINAL and "://" not in rows.text(uri)[:8] and self._is_site(watched, server)
        return self._spoke(line, at, client, name, uid, is_contact)

    def _conn(self, row: Row, at: int, client: str, line: str) -> str:
        self.unfit()  # which connections stand for a kept row, other files say
        uid, port, service, sent, answered = row[1][2:]
        rows = self._rows
        questions = self._by_uid.get(uid, ()) if isinstance(uid, str) else ()
        if questions:
            received = rows.number(answered)
            if received == 0 or rows.number(sent) == 0:
                for question in questions:
                    question.told = received == 0 and not question.contacted
                    question.contacted, question.answered = False, Answered.NOTHING
        if self.start <= at < self.end:
            is_named = rows.number(port) in _NAMED_PORTS or _has_names(rows.text(service))
            (self._named if is_named else self._quiet).add(self.hour)
        return STRUCTURAL if questions else DROPPED

    def _is_site(self, watched: Watched, server: Any) -> bool:
        address = address_of(server) if isinstance(server, str) else None
        return address is not None and _is_site_of(watched, address, self.settings.block_pages)

    def _spoke(self, line: str, at: int, client: str, name: str, uid: Any, is_contact: bool) -> str:
        """A row of a log of connections that has a watched name."""
        became = (Answered.ADDRESS, True) if is_contact else _UNTOLD
        verdict, question = self._asked(line, at, client, name, became)
        if question is not None:
            question.contacted = is_contact
            if isinstance(uid, str):
                self._by_uid.setdefault(uid, []).append(question)
        return verdict

    def _asked(self, line: str, at: int, client: str, name: str, became: Became) -> tuple[str, Question | None]:
        """A row with a watched name; the same line again says nothing new."""
        if self.keeping is not None or (self.merging is not None and not self.is_kept):
            line = self._rows.without_others(line)
            self.concerns(line)
        verdict, question = self.question(hash(line), at, client, name)
        if question is not None:
            question.answered, question.told = became
        return verdict, question


_TAKES_IN: Mapping[str, Callable[[_Run, Row, int, str, str], str]] = MappingProxyType(
    {"dns": _Run._dns, "ssl": _Run._ssl, "quic": _Run._quic, "http": _Run._http, "conn": _Run._conn}
)  # not of each run: it would hold itself, and what it read, for longer than it is needed


def _is_site_of(watched: Watched, address: str, pages: Pages) -> bool:
    """Whether an address can be one of a name's own: an app's are public, a body's own names are anywhere."""
    return address not in _UNSPECIFIED and (watched.identifier is None or not is_inside(address, pages))


@lru_cache(maxsize=1024)
def _has_names(service: str) -> bool:
    """Whether a connection is of a kind that the logs with names have rows of; `-ssl` was given up as one."""
    return not _NAMED_SERVICES.isdisjoint(service.replace("-", "").split(","))


class ZeekLog(NameLogReader):
    """Questions and connections that one Zeek saw."""

    id: ClassVar[str] = "zeek-log"
    title: ClassVar[str] = "Zeek's dns, ssl, quic, http and conn logs, as tables or JSON"
    run: ClassVar[type[KnownLog]] = _Run
    picks: ClassVar[bool] = True
