# SPDX-License-Identifier: EUPL-1.2
"""AdGuard Home's query log (`querylog.json`): who asked for a watched name, and what came of it.

Reads: log files of one AdGuard Home in the order of their names (`querylog.json.1` first), plain or gzipped, a JSON
object a line. Written after the source of AdGuard Home, versions 0.105 to 0.107 (`internal/querylog`: entry, decode,
qlog, querylogfile; `internal/filtering`, earlier `internal/dnsfilter`: reasons and results; `internal/dnsforward`: what
is logged, and what is answered); no AdGuard Home was run. The record is the *line*:

- kept: a question for a watched name; an answered question for the canary; an internal name from a separate device
- dropped: a question for any other name, or of another class than IN
- duplicate: a line of a file whose bytes were read before; a kept line that was kept before, to the last character
- structural: empty lines
- rejected: `bad-json`, `missing-field`, `wrong-type`, `bad-time`, `clock-not-set`, `bad-address`, and what `_lines`
  refuses

What came of a question goes by the number of the reason, and by the message that was sent (`Answer`):

- blocked: 3 block list, 4 safe browsing, 5 parental control, 6 invalid, 8 blocked service, each with `IsFiltered`,
  whatever the message holds: a page that says no has an address too. 9, 10, 11 rewritten: only where the rule states a
  code that is an error, or where every address leads nowhere (0.0.0.0, ::, 127.0.0.1)
- address: 0, 1, 2 not filtered and 7 safe search (the vendor's own stricter host), where the message is NOERROR and
  holds an address that leads anywhere, also as a hint in an HTTPS record; from the cache or not. A rewritten name that
  is the body's own, or the canary, is there where the body says
- nothing: no address, no such name, an error. Other records than addresses prove no way to the app
- not told, and therefore nothing: a message that is missing or cannot be read; a watched name that was rewritten to an
  address (the app's own, or that of a page that says no); an app's name for which another resolver had an address
  within one's own networks alone, which is none of the app's; a reason that these versions do not have; a reason and
  an `IsFiltered` that contradict each other

Who asked: `IP`. With `anonymize_client_ip` AdGuard Home writes the end of an address as noughts, and no line says so:
two octets of IPv4 (one in versions before these), ten of IPv6 (two in 0.105). An address that ends in one octet of
noughts, or two of IPv6, is therefore nobody's, whatever a lease says. `CID` is not looked at: anybody can choose one.

Coverage: an hour counts when a question was logged in it; with a canary, when the canary was answered. The instant is
that of the answer.

Cannot know: what is asked elsewhere (DoH, mobile data, fixed addresses), what is answered from a client's own cache,
whether a contact followed, who stands behind another resolver or a proxy, and what AdGuard Home does not log: names and
clients that its settings leave out, questions that no upstream answered, clients that may not ask, AAAA where it is
switched off, and lines that are still in its memory. Taking lines away never adds a kept question.
"""

from __future__ import annotations

import json
import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from ipaddress import ip_address
from typing import Any, ClassVar, Never

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import AddressDay, Answered, Lease, WatchList
from ordinance.model.time import Span
from ordinance.readers._base import Leases, Matchers
from ordinance.readers._dns_answer import dns_answer
from ordinance.readers._inside import Pages
from ordinance.readers._known_log import KnownLog, NameLogReader
from ordinance.readers._leases import NoLeases
from ordinance.readers._name_log import DROPPED, STRUCTURAL, address_of
from ordinance.readers._stamps import Stamps

# The usual line, to which no rule applied, as every version writes it: client (0.105), time, name, answer, client.
# All others take the longer way through JSON.
_TEXT = r'"[^"\\\x00-\x1f]*"'
_PLAIN = re.compile(
    r'\{(?:"IP":"([0-9a-f.:]+)",)?"T":"([0-9T:.Z+-]+)","QH":"([^"\\\x00-\x1f]*)",'
    rf'"QT":"[A-Z0-9]+","QC":"IN",(?:"ECS":{_TEXT},)?(?:"CID":{_TEXT},)?"CP":"[a-z]*",(?:"Upstream":{_TEXT},)?'
    r'(?:"Answer":"([A-Za-z0-9+/=]*)",)?(?:"IP":"([0-9a-f.:]+)",)?'
    rf'"Result":\{{\}},"Elapsed":(?:0|[1-9]\d{{0,18}})(?:,"Upstream":{_TEXT})?(?:,"Cached":true)?(?:,"AD":true)?\}}',
    re.ASCII,
)
_STAMP_T, _STAMP_SIGN = 10, -6  # where RFC 3339 has its T, and the sign of an offset
_MUST = ("T", "QH", "QC", "IP", "Result")

_PASSED, _REWRITTEN, _SAFE_SEARCH = (0, 1, 2), (9, 10, 11), 7
_REFUSED = (3, 4, 5, 6, 8)


@dataclass(slots=True)  # not frozen: one is made for each line
class _Entry:
    """What is looked at of a line."""

    time: str
    client: str
    name: str
    reason: int = 0
    is_filtered: bool = False
    rewrite_code: int = 0
    answer: str = ""
    is_internet: bool = True


class _Run(KnownLog):
    """One reading of one source."""

    def __init__(
        self, settings: SourceSettings, watch: WatchList, matchers: Matchers, window: Span, leases: Leases | None
    ) -> None:
        super().__init__(settings, watch, matchers, window, _WholeAddresses(leases or NoLeases()))
        self._stamps = Stamps(settings.zone)

    def line(self, line: str) -> str:
        """The verdict on a line."""
        entry = _entry(line)
        if isinstance(entry, str):
            return entry
        at, length = self._stamps.read(entry.time)
        if isinstance(at, str):
            return at
        if length != len(entry.time) or not _is_rfc_3339(entry.time):
            return "bad-time"
        self.reached(self._stamps.hour)
        client = address_of(entry.client)
        if client is None or "%" in client:  # AdGuard Home writes no zone, and one may say anything
            return "bad-address"
        if not entry.is_internet:
            return DROPPED
        verdict, question = self.question(line, at, client, entry.name)
        if question is not None:
            became = _became(entry, self.settings.block_pages, is_own=question.watched.identifier is None)
            question.answered, question.told = became or Answered.NOTHING, became is not None
        return verdict


class _WholeAddresses:
    """The leases of a source, but for addresses of which AdGuard Home may have left out the end."""

    def __init__(self, leases: Leases) -> None:
        self._leases = leases

    def holder(self, address: str, at: int) -> str | None:
        """The hardware address that holds a whole address at an instant."""
        return None if may_be_shortened(address) else self._leases.holder(address, at)

    def want(self, address: str, at: int) -> None:
        """Something of `address` at `at` is kept: so is the lease behind a whole one."""
        if not may_be_shortened(address):
            self._leases.want(address, at)

    def leases(self) -> tuple[Lease, ...]:
        """Those that are wanted."""
        return self._leases.leases()

    def leased(self) -> frozenset[tuple[date, str]]:
        """Each hardware address that was leased anything, by day."""
        return self._leases.leased()

    def days_of(self, macs: AbstractSet[str]) -> frozenset[AddressDay]:
        """What each of these held on which day: addresses as the server has them are whole."""
        return self._leases.days_of(macs)

    def until(self) -> date | None:
        """The last day on which a server gave any address."""
        return self._leases.until()


@lru_cache(maxsize=4096)
def may_be_shortened(address: str) -> bool:
    """Whether an address ends in as many noughts as `anonymize_client_ip` writes at least, in any version."""
    packed = ip_address(address).packed
    return not any(packed[-1:] if len(packed) == 4 else packed[-2:])  # octets of IPv4


def _entry(line: str) -> _Entry | str:
    """The fields of a line, or the reason why it has none."""
    if plain := _PLAIN.fullmatch(line):
        first, time, name, answer, last = plain.groups("")
        if bool(first) is not bool(last):
            return _Entry(time, first or last, name, answer=answer)
    if not line.strip():
        return STRUCTURAL
    try:
        fields = _JSON.decode(line)
    except (ValueError, RecursionError):
        return "bad-json"
    return _checked(fields) if type(fields) is dict else "bad-json"


def _checked(fields: dict[str, Any]) -> _Entry | str:
    try:
        time, name, rrclass, client, result = (fields[key] for key in _MUST)
    except KeyError:
        return "missing-field"
    answer = fields.get("Answer", "")
    if {type(time), type(name), type(rrclass), type(client), type(answer)} != {str} or type(result) is not dict:
        return "wrong-type"
    reason, is_filtered = result.get("Reason", 0), result.get("IsFiltered", False)
    rewrite = result.get("DNSRewriteResult", {})
    code = rewrite.get("RCode", 0) if type(rewrite) is dict else None
    if type(reason) is not int or type(is_filtered) is not bool or type(code) is not int:
        return "wrong-type"
    return _Entry(time, client, name, reason, is_filtered, code, answer, rrclass == "IN")


def _is_rfc_3339(stamp: str) -> bool:
    """Whether a stamp that could be read is of this form, and says how far from UTC its clock is."""
    return stamp[_STAMP_T] == "T" and (stamp[-1] == "Z" or stamp[_STAMP_SIGN] in "+-")


def _became(entry: _Entry, pages: Pages, *, is_own: bool) -> Answered | None:
    """What came of a question; `None` where the line does not tell. See the module's first lines."""
    if entry.reason in _REFUSED:
        return Answered.BLOCKED if entry.is_filtered else None
    if entry.is_filtered and entry.reason != _SAFE_SEARCH:
        return None
    answer = dns_answer(entry.answer, pages)
    if answer is None or entry.reason not in (*_PASSED, *_REWRITTEN, _SAFE_SEARCH):
        return None
    if entry.reason in _REWRITTEN:
        if entry.rewrite_code or answer.nowhere:
            return Answered.BLOCKED
        if answer.leads and not is_own:
            return None
    leads = answer.leads and answer.code == 0
    return None if leads and not (is_own or answer.outside) else Answered.ADDRESS if leads else Answered.NOTHING


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object each key of which is there once: which of two is meant, nobody knows."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _no_constant(text: str) -> Never:
    raise ValueError(text)  # NaN and Infinity are no JSON


_JSON = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant)


class AdguardLog(NameLogReader):
    """Questions to one AdGuard Home."""

    id: ClassVar[str] = "adguard-log"
    title: ClassVar[str] = "AdGuard Home's query log (querylog.json)"
    run: ClassVar[type[KnownLog]] = _Run
    goes_on: ClassVar[bool] = True
