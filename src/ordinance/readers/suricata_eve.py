# SPDX-License-Identifier: EUPL-1.2
"""Suricata's eve.json: who asked for a watched name, and who spoke to a server of that name in TLS, QUIC or HTTP.

Reads: eve files of one Suricata in the order of their names, plain or gzipped, an event a line; made and tried with
Suricata 7.0.10 (DNS in version 2), and version 3 of Suricata 8 as its manual has it. The record is the *line*:

- kept: a DNS question, a TLS or QUIC connection or an HTTP request for a watched name, or an alert about one that comes
  before it; an answered canary; an internal name from a separate device
- dropped: the same of any other name or of none; all other events that speak of traffic (fileinfo, anomaly, dhcp, ssh,
  netflow …); alerts, flows and drops of which nothing is kept
- duplicate: a line of a file whose bytes were read before; the same DNS question in the same second, the same event of
  the same connection in the same microsecond
- structural: what belongs to something kept (the answer to its question, its flow, its drops, alerts and further
  events); `stats` and `engine`, by which Suricata speaks of itself; empty lines
- rejected: `bad-line`, `other-format`, `missing-field`, `bad-time`, `clock-not-set`, `no-such-time`, `bad-address`,
  `no-query` (an answer alone that does not show who asked), and what `_lines` refuses

A line is read as far as it takes to know that it says nothing of a watched name; of most lines that is the head and the
name, and no more of them is checked. What begins otherwise than Suricata writes is parsed in full.

What became of it. *Address*: an answer to A or AAAA with an address in it, for an app's name none of one's own networks
(a block's page, 0.0.0.0). `contacted`: the server answered in the connection, for an app's name from outside of one's
own networks, or through a proxy that went there (CONNECT). TLS: its certificate, a resumed session, or version 1.3;
QUIC: its own Initial, or a flow that brought 1200 octets from it, the least that a server's first flight has (RFC 9000,
section 14.1); HTTP: 2xx, 304 or 101. *Blocked*: an alert with `blocked`, a verdict, or a drop by a rule, not later than
the server's answer. A connection that went on after a block (`reject` beside the wire can lose the race) is neither.
*Nothing*: all else, and where no answer is in the log, that it was not told.

Coverage: an hour counts when an event with a name was logged in it; with a canary, when the canary was answered.

Cannot know: what Suricata does not see (other networks, its own packet loss, DoH, ECH, what a tunnel carries), TLS
that no server answered (7 and 8 write no event of it), whether a name was opened or only embedded, and who stands
behind a resolver, a proxy or an address translation. It has no leases: they come from the sources that the settings
name. Events of several threads in files of their own may come in any order but for flows behind their connection.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import ClassVar

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Answered, WatchList
from ordinance.model.time import Span
from ordinance.readers import _eve as eve
from ordinance.readers._base import Leases, Matchers
from ordinance.readers._inside import is_inside
from ordinance.readers._known_log import KnownLog, NameLogReader
from ordinance.readers._name_log import DROPPED, STRUCTURAL, TAKEN
from ordinance.readers._question import FOREIGN, Question
from ordinance.readers._sieve import EventsPlan, Plan
from ordinance.readers._stamps import Stamps

_OF_ITSELF = ("stats", "engine")
_ONE_NAME = ("tls", "quic")  # connections that have one name from beginning to end
_PLAN = EventsPlan()
_LEAST_FLIGHT = 1200  # octets, RFC 9000, section 14.1
_MOST_FLOW = 10**18
_MOST_STOPPED = 65_536  # flows whose name is not known yet


@dataclass(slots=True)
class _Kept:
    """A kept question or connection. `began`, `shown` (the server's answer) and `stopped` are microseconds."""

    question: Question
    kind: str
    ends: eve.Ends
    began: int
    by_alert: bool  # whether an alert spoke of it last
    shown: int | None = None
    stopped: int | None = None

    @property
    def of_app(self) -> bool:
        """Whether the name is an app's, and none of the body's own."""
        return self.question.watched.identifier is not None

    def show(self, now: int) -> None:
        """The server answered."""
        self.shown = now if self.shown is None else min(self.shown, now)
        self._settle()

    def stop(self, now: int) -> None:
        """It was blocked."""
        self.stopped = now if self.stopped is None else min(self.stopped, now)
        self._settle()

    def _settle(self) -> None:
        """An answer before the block was heard; one at the block was not; one after it leaves open who won."""
        question, shown, stopped = self.question, self.shown, self.stopped
        question.answered, question.contacted = Answered.NOTHING, False
        if shown is not None and (stopped is None or shown < stopped):
            question.answered, question.contacted = Answered.ADDRESS, self.kind != "dns"
        elif shown is None or shown == stopped:
            question.answered = Answered.BLOCKED
        else:
            question.told = False


class _Run(KnownLog):
    """One reading of one source."""

    planned = True
    tells = False  # until an answer is seen
    most_line_bytes = 1 << 20  # payloads, and stats of many threads

    def __init__(
        self, settings: SourceSettings, watch: WatchList, matchers: Matchers, window: Span, leases: Leases | None
    ) -> None:
        super().__init__(settings, watch, matchers, window, leases)
        self._stamps, self._pages = Stamps(settings.zone), settings.block_pages
        self._second = ("", "", 0)  # of the stamp before: to the second, its offset, its instant
        self._known: dict[Hashable, _Kept] = {}
        self._flows: dict[int, list[_Kept]] = {}
        self._watched_flows: set[int] = set()  # that something watched was asked for in, whether it counted or not
        self._stopped: dict[int, int] = {}  # flow to microseconds

    def plan(self) -> Plan | None:
        """That of every line that Suricata writes, but in hours of which each is to be read again."""
        return _PLAN if self._stamps.is_plain else None

    def state(self) -> Hashable:
        """Where the stamps stand in an hour that happens twice."""
        return self._stamps.state

    def line(self, line: str) -> str:
        """The verdict on a line. The way to `DROPPED` is the one that must be short."""
        head = eve.HEAD.match(line)
        if head is not None and line[-1] == "}" and line.count(eve.EVENT_TYPE) == 1:
            stamp, flow, kind = head.groups()
            if flow and int(flow) in self._watched_flows:
                self._of_watched(line)
            at = self._at(stamp)
            verdict = at if isinstance(at, str) else self._at_once(kind, int(flow or -1), line, at)
            if verdict is not None:
                return verdict
        elif not line.strip():
            return STRUCTURAL
        event = eve.parse(line)
        if isinstance(event, str):
            return event
        if event.flow in self._watched_flows:
            self._of_watched(event)
        at = self._at(event.stamp)
        return at if isinstance(at, str) else self._said(event, at)

    def tick(self, mark: str) -> str:
        """The stamp of an event."""
        at = self._at(mark[1:])
        return at if isinstance(at, str) else ""

    def opens(self) -> Iterable[str]:
        """Flows in which something watched was asked for: their answers and ends may stand in the next file."""
        return map(str, self._watched_flows)

    def expects(self, links: Iterable[str]) -> None:
        """Flows of earlier files."""
        for flow in map(int, links):
            self._watch_flow(flow)

    def _watch_flow(self, flow: int) -> None:
        """Something watched was asked for in it. Of a number that Suricata gives to no flow no line is passed over."""
        self._watched_flows.add(flow)
        if 0 <= flow < _MOST_FLOW:
            self.linked.add(flow)

    def _of_watched(self, said: str | eve.Event) -> None:
        """An event that has to do with the watch list: of it stays what is looked at, and no other name."""
        if self.keeping is None:
            self.matters()
            return
        event = eve.parse(said) if isinstance(said, str) else said
        if isinstance(event, str):
            self.matters()
        else:
            self.concerns(eve.without_others(event, lambda name: self.watched(name) is not FOREIGN))

    def _at(self, stamp: str) -> int | str:
        """The instant of a stamp. Most lines are of the second of the one before."""
        second, offset, last = self._second
        if stamp[:20] == second and stamp[26:] == offset and stamp[20:26].isdigit() and stamp.isascii():
            if self._is_broken_ahead:  # as if it was the first of its second: those before it may not be read again
                self.reached(self.hour)
            self._timed = self.number
            if self.keeping is not None:
                self.mark(f"@{stamp}")
            return last
        self._second = ("", "", 0)  # also where this one is refused: it may be of another hour
        at, length = self._stamps.read(stamp)
        if not self._stamps.is_plain:
            self.matters()
        if isinstance(at, str):
            return at
        if length != len(stamp):
            return "bad-time"
        self.mark(f"@{stamp}")
        self.reached(self._stamps.hour)
        if stamp[19:20] == ".":
            self._second = (stamp[:20], stamp[26:], at)
        return at

    def _at_once(self, kind: str, flow: int, line: str, at: int) -> str | None:
        """The verdict without reading on, where the line can change nothing; `None` where it must be read."""
        keys = eve.NAME_KEYS.get(kind)
        if keys is None:
            if kind in _OF_ITSELF:
                return STRUCTURAL
            return None if kind == "drop" or (kind == "flow" and flow in self._flows) else DROPPED
        names = eve.NAMES[kind].findall(line)
        if len(names) != sum(map(line.count, keys)):
            return None
        if not names and (flow in self._flows or f'"{kind}":{{' not in line or kind == "alert"):
            return None
        for name in names:
            if "\\" in name or ":" in name or self.watched(name) is not FOREIGN:
                return None
        return self.question(None, at, "", names[0])[0] if names else DROPPED

    def _said(self, event: eve.Event, at: int) -> str:
        """The verdict on an event, read in full."""
        if event.kind in _OF_ITSELF:
            return STRUCTURAL
        if event.kind in eve.NAMED:
            return self._named(event, event.kind, at)
        if event.kind == "alert" and event.of is not None:
            return self._named(event, event.of, at)
        if event.kind in ("alert", "drop") and event.blocks:
            return self._stop(event, at)
        if event.kind == "flow":
            self._flow(event)
        return STRUCTURAL if event.kind in ("alert", "drop", "flow") and event.flow in self._flows else DROPPED

    def _named(self, event: eve.Event, kind: str, at: int) -> str:
        """An event that has names in its part of a kind: of that kind itself, or an alert about one."""
        part = event.part(kind)
        if part is None:
            return "bad-line" if kind in event.values else "missing-field"
        names = eve.named(kind, part)
        if not names:
            return "bad-line" if names is None else self._nameless(event, kind, part, at)
        asked = next((one for one in names if self.watched(one.name) is not FOREIGN), names[0])
        if self.watched(asked.name) is FOREIGN:
            return self.question(None, at, "", asked.name)[0]
        self._of_watched(event)
        if event.flow is not None:
            self._watch_flow(event.flow)
        ends = event.ends(kind)
        if isinstance(ends, str):
            return ends
        if kind == "dns":
            return self._question(event, part, asked, ends, at)
        return self._connection(event, kind, part, asked, ends, at)

    def _question(self, event: eve.Event, part: eve.Part, asked: eve.Asked, ends: eve.Ends, at: int) -> str:
        """A question to a resolver, its answer, or an alert about one of them."""
        is_alert, now = event.kind == "alert", event.micros(at)
        is_answer = event.is_to_client if is_alert else part.get("type") in eve.ANSWERS
        if not (is_alert or is_answer or part.get("type") in eve.QUESTIONS):
            return "bad-line"
        thread: Hashable = frozenset((ends.client, ends.server)) if event.flow is None else event.flow
        key = (thread, "dns", self.watched(asked.name).name, asked.number, asked.rrtype)
        kept, verdict = self._known.get(key), STRUCTURAL
        if kept is not None and not is_answer and kept.began == now:
            verdict = self._once_more(kept, is_alert)
        elif kept is None or not is_answer:
            if is_answer and not ends.is_sure:
                return "no-query"
            if is_answer and not is_alert and part.get("version") not in (2, 3):
                return "other-format"
            verdict, kept = self._begin(event, "dns", key, asked, ends, at)
        if kept is not None and event.blocks:
            kept.stop(now)
        elif kept is not None and is_answer and not is_alert:
            kept.question.told = True
            if asked.rrtype in ("A", "AAAA") and eve.has_address(part, kept.of_app, self._pages):
                kept.show(now)
        return verdict

    def _connection(
        self, event: eve.Event, kind: str, part: eve.Part, asked: eve.Asked, ends: eve.Ends, at: int
    ) -> str:
        """A connection with one name, a request of HTTP, or an alert about them."""
        is_alert, now = event.kind == "alert", event.micros(at)
        thread: Hashable = ends if event.flow is None else event.flow
        key = (thread, kind, self.watched(asked.name).name, event.number("tx_id") if kind == "http" else None)
        kept = self._known.get(key)
        if kept is None:
            verdict, kept = self._begin(event, kind, key, asked, ends, at)
        else:
            verdict = self._once_more(kept, is_alert) if kept.began == now else STRUCTURAL
        if kept is not None and event.blocks:
            kept.stop(now)
        elif kept is not None and kind != "quic" and self._server_spoke(kept, part):
            kept.show(now)
        return verdict

    def _begin(
        self, event: eve.Event, kind: str, key: Hashable, asked: eve.Asked, ends: eve.Ends, at: int
    ) -> tuple[str, _Kept | None]:
        """Something that was not spoken of before."""
        verdict, question = self.question(key, at, ends.client, asked.name)
        if question is None:
            return verdict, self._known.get(key)  # asked in the same second before, or not to be kept
        kept = self._known[key] = _Kept(question, kind, ends, event.micros(at), event.kind == "alert")
        if event.flow is not None:
            self._flows.setdefault(event.flow, []).append(kept)
            if kind in _ONE_NAME and event.flow in self._stopped:
                kept.stop(self._stopped.pop(event.flow))
        return verdict, kept

    def _once_more(self, kept: _Kept, is_alert: bool) -> str:
        """The same instant again: an alert and the event that it speaks of are two, the same event is there twice."""
        if not (is_alert or kept.by_alert):
            self.ledger.duplicate()
            return TAKEN
        kept.by_alert = is_alert
        return STRUCTURAL

    def _nameless(self, event: eve.Event, kind: str, part: eve.Part, at: int) -> str:
        """An event without a name: of QUIC it may be the server's Initial, which answers the client's."""
        if event.flow is None or event.flow not in self._flows:
            return DROPPED
        ends = event.ends(kind)
        for kept in self._flows[event.flow]:
            is_answer = not isinstance(ends, str) and ends == eve.Ends(kept.ends.server, kept.ends.client)
            if not (kind == kept.kind == "quic" and is_answer):
                continue
            if self._server_spoke(kept, part):
                kept.show(event.micros(at))
        return STRUCTURAL

    def _stop(self, event: eve.Event, at: int) -> str:
        """A flow was blocked, and nothing says of what name it is: of one kind only it can be but one."""
        if event.flow in self._watched_flows:
            self._of_watched(event)
        else:
            self.concerns(eve.without_ends(event) if self.keeping is not None else None)  # its name may come
        now = event.micros(at)
        if event.flow in self._flows:
            for kept in self._flows[event.flow]:
                if kept.kind in _ONE_NAME:
                    kept.stop(now)
            return STRUCTURAL
        if event.flow is not None and event.flow not in self._stopped:
            if len(self._stopped) >= _MOST_STOPPED:
                del self._stopped[next(iter(self._stopped))]
            self._stopped[event.flow] = now
        return DROPPED

    def _server_spoke(self, kept: _Kept, part: eve.Part) -> bool:
        return eve.server_spoke(kept.kind, part, kept.ends.server, kept.of_app, self._pages)

    def _flow(self, event: eve.Event) -> None:
        """A flow ended. One that was dropped may count octets that never arrived."""
        flow = event.part("flow") or {}
        for kept in self._flows.get(event.flow, ()) if event.flow is not None else ():
            if kept.kind not in _ONE_NAME or kept.shown is not None or kept.stopped is not None:
                continue
            if flow.get("action") == "drop":
                kept.stop(kept.began)
            elif kept.kind == "quic" and flow.get("state") in ("established", "closed"):
                if kept.of_app and is_inside(kept.ends.server, self._pages):
                    continue
                if (eve.number(flow, "bytes_toclient") or 0) >= _LEAST_FLIGHT:
                    kept.show(kept.began)
            elif kept.kind == "quic" and eve.number(flow, "pkts_toclient") == 0:
                kept.question.told = True


class SuricataEve(NameLogReader):
    """What one Suricata saw."""

    id: ClassVar[str] = "suricata-eve"
    title: ClassVar[str] = "Suricata's eve.json (dns, tls, quic, http, flow, alert, drop)"
    run: ClassVar[type[KnownLog]] = _Run
    picks: ClassVar[bool] = True
