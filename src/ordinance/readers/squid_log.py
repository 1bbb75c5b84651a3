# SPDX-License-Identifier: EUPL-1.2
"""Squid's access log in its native form (`access_log … squid`): who went to a watched name through the web proxy.

Reads: log files of one Squid in the order of their names (rotated ones oldest first), plain or packed; made and tried
with Squid 5.7. Of the address of a page the name alone is looked at; path, port, user and type of content are passed
over. The record is the *line*:

- kept: a request for a watched name; an answered request for the canary; an internal name from a separate device
- dropped: a request for any other name or for an address, and what was no request for a name (`error:…`)
- duplicate: a line of a file whose bytes were read before; a kept line that was kept before, to the last character
- structural: what other caches asked (`UDP_…`), the proxy's own requests (no client), empty lines
- rejected: `other-format`, `missing-field`, `bad-address`, `bad-time`, `clock-not-set`, `bad-line`, and what `_lines`
  refuses

What became of a request, as tried with Squid 5.7:

- blocked: `TCP_DENIED…`, but for 407 and 401, by which Squid only asks who somebody is
- address, and `contacted`: there was a server to speak to or an answer in the cache, and the status is one that Squid
  itself does not give. Where a tunnel or a connection fails, Squid names the server it tried all the same
  (`NONE_NONE/503 … HIER_DIRECT/203.0.113.7`), so that the server alone proves nothing; 5xx is Squid's word or the
  server's, and no line says whose. A proxy behind this one may have refused, so that from there 4xx proves nothing
- nothing: all else; not told where Squid went to an address within one's own networks, or to one of `block_pages`

Squid writes a line when the request is over, and says how long it took. The instant given out is that of its
beginning, when somebody held the address and asked; a tunnel that is still open is not in the log.

Coverage: an hour counts when a client's request was logged in it; with a canary, when the canary was answered.

Cannot know: what goes past the proxy (QUIC, programs that ignore it, mobile data), what is done in a tunnel, whether
a name was opened or only embedded in another page, which rule of the proxy refused, and who stands behind another
proxy. Squid has no leases: they come from the sources that the settings name; without them nobody holds any address.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import ClassVar
from urllib.parse import unquote

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Answered, WatchList
from ordinance.model.time import Span
from ordinance.readers._base import Leases, Matchers
from ordinance.readers._inside import is_inside
from ordinance.readers._known_log import KnownLog, NameLogReader
from ordinance.readers._name_log import DROPPED, STRUCTURAL, LocalHours, address_of

# %ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt. Squid 5.7 writes the spaces of a user's name as they are:
# what follows is found from the end of the line. The last column is one word, whatever a server sends.
_LINE = re.compile(
    r"(\d{1,12})\.(\d{3}) +(-?\d{1,12}) (\S+) ([A-Z_]+)/(\d{3}) -?\d+ "  # begin, client, what became of it
    r"(\S+) (\S+) \S.* ([A-Z_]+)/(\S+) [^\s\[\]]+",  # what was asked for, user, server, type
    re.ASCII,
)
_STAMP = re.compile(r"\d+\.\d{3} ", re.ASCII)
# Squid's `common` and `combined`; its own lines behind what syslog puts before them.
_OTHER_FORMAT = re.compile(r"\[\d\d/[A-Z][a-z]{2}/\d{4}:|\d\.\d{3} +-?\d+ \S+ [A-Z_]+/\d{3} ", re.ASCII)
_COLUMNS = 10
_FIRST, _LAST = 946_684_800, 253_370_764_800  # the years 2000 to 9998: a proxy with an unset clock says 1970
_ASKS_WHO = (401, 407)
_DIRECT = frozenset({"HIER_DIRECT", "ORIGINAL_DST", "PINNED", "CLOSEST_DIRECT"})


class _Run(KnownLog):
    """One reading of one source."""

    def __init__(
        self, settings: SourceSettings, watch: WatchList, matchers: Matchers, window: Span, leases: Leases | None
    ) -> None:
        super().__init__(settings, watch, matchers, window, leases)
        self._hours_of = LocalHours(settings.zone)

    def line(self, line: str) -> str:
        """The verdict on a line."""
        found = _LINE.fullmatch(line)
        if found is None:
            return _refused(line)
        second, milli, took, client, tag, status, method, url, peering, peer = found.groups()
        ended = int(second)
        at = (1000 * ended + int(milli) - max(0, int(took))) // 1000
        if not _FIRST <= at <= ended < _LAST:
            return "clock-not-set" if ended < _FIRST else "bad-time"
        self.reached(self._hours_of.start(ended))
        address = address_of(client)
        if address is None:
            return STRUCTURAL if client == "-" else "bad-address"
        if tag.startswith("UDP_"):
            return STRUCTURAL
        name = _host(method, url)
        if not name:
            return DROPPED
        verdict, question = self.question(line, at, address, name)
        if question is not None:
            question.answered = _became(tag, int(status), peering, peer)
            if question.watched.identifier is not None and self._is_page(peering, peer):
                question.answered, question.told = Answered.NOTHING, False
            question.contacted = question.answered is Answered.ADDRESS
        return verdict

    def _is_page(self, peering: str, peer: str) -> bool:
        """Whether Squid itself went to an address at which no app has a server, such as a block's page.

        On Squid's own machine there may be anything in an app's stead, but also whoever passes requests on.
        """
        address = address_of(peer) if peering in _DIRECT else None
        if address is None or ip_address(address).is_loopback:
            return False
        return is_inside(address, self.settings.block_pages)


def _refused(line: str) -> str:
    """Why a line is not read."""
    if not line.strip():
        return STRUCTURAL
    if not _STAMP.match(line):
        return "other-format" if line.startswith("{") or _OTHER_FORMAT.search(line) else "bad-line"
    if len(line.split()) < _COLUMNS:
        return "missing-field"
    return "other-format" if line.endswith("]") else "bad-line"  # log_mime_hdrs adds what heads of requests hold


def _host(method: str, url: str) -> str:
    """The name in what was asked for; empty where there is none."""
    scheme, is_url, rest = url.partition("://")
    if is_url and scheme.isalnum():
        place = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    elif method == "CONNECT":
        place = url
    else:
        return ""
    host = place.rpartition("@")[2].partition(":")[0]  # of an IPv6 address nothing is left that could be a name
    return unquote(host) if "%" in host else host


def _became(tag: str, status: int, peering: str, peer: str) -> Answered:
    """What became of a request; see the module's first lines."""
    if tag.startswith("TCP_DENIED"):
        return Answered.NOTHING if status in _ASKS_WHO else Answered.BLOCKED
    is_hit = "_HIT" in tag
    has_server = peering != "HIER_NONE" and peer != "-"
    is_own = peering in _DIRECT or not has_server
    is_answer = 200 <= status < (500 if is_own else 400) or status == 101
    return Answered.ADDRESS if is_answer and (is_hit or has_server) else Answered.NOTHING


class SquidLog(NameLogReader):
    """Requests to one Squid."""

    id: ClassVar[str] = "squid-log"
    title: ClassVar[str] = "Squid's access log in its native form (logformat squid)"
    run: ClassVar[type[KnownLog]] = _Run
    goes_on: ClassVar[bool] = True
