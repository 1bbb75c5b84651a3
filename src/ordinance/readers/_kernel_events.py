# SPDX-License-Identifier: EUPL-1.2
"""Events of Suricata's that say nothing, as compiled code (see `_kernels`).

Reads: octets of whole lines, as far as the reader itself reads what says nothing (`suricata_eve`, `_eve.HEAD`): the
head that Suricata writes, and every place where a name may stand. Cannot know what is kept of a flow: it says of which
flow each event is, and the reader knows in which of them something watched was asked for.
"""

from __future__ import annotations

from typing import Any

from ordinance.readers._kernel_compiling import compiled, within
from ordinance.readers._kernel_names import is_suspect, pointed
from ordinance.readers._kernel_octets import (
    AT_ONCE,
    begins,
    between,
    digits_end,
    first,
    like,
    line_end,
    literal,
    lowest,
    number,
    place_of,
    start_of,
    without_lowest,
)
from ordinance.readers._kernels import (
    BACKSLASH,
    BRACE,
    COLON,
    END_BRACE,
    LINE_FEED,
    NAUGHT,
    NINE,
    QUOTE,
    SHOWN,
    SLOT_S,
    UNLINKED,
    say_nothing,
    stamped_seconds,
    tell,
    verdict,
)

_MOST_DIGITS = 18  # of a flow's number, which has 64 bits
_ASKED = 1  # how an event with a name counts for its hour

_STAMP, _STAMP_OCTETS = literal(b'{"timestamp":"'), 14
_FLOW, _FLOW_OCTETS = literal(b',"flow_id":'), 11
_PARENT, _PARENT_OCTETS = literal(b',"parent_id":'), 13
_SENSOR, _SENSOR_OCTETS = literal(b',"sensor_id":'), 13
_PORT, _PORT_OCTETS = literal(b',"in_iface":"'), 13
_PACKET, _PACKET_OCTETS = literal(b',"pcap_cnt":'), 12
_KIND, _KIND_OCTETS = literal(b',"event_type":"'), 15
_EVENT_TYPE = literal(b'"event_type"')
_RRNAME, _RRNAME_OCTETS = literal(b'"rrname"'), 8
_SNI, _SNI_OCTETS = literal(b'"sni"'), 5
_HOSTNAME, _HOSTNAME_OCTETS = literal(b'"hostname"'), 10
_DNS, _DNS_PART = literal(b'dns"'), literal(b'dns":{')
_TLS, _TLS_PART = literal(b'tls"'), literal(b'tls":{')
_QUIC, _QUIC_PART = literal(b'quic"'), literal(b'quic":{')
_HTTP, _HTTP_PART = literal(b'http"'), literal(b'http":{')
_ALERT = literal(b'alert"')
_DROP = literal(b'drop"')
_STATS = literal(b'stats"')
_ENGINE = literal(b'engine"')
_A, _D, _E, _H, _N, _O, _Q, _R, _S, _T, _V, _Z, _LOW_LINE = b"adehnoqrstvz_"


@within
def _behind_number(text: Any, n: int, key: Any, size: int) -> int:
    """Behind a key with a number, where it stands there; 0 for a key without one."""
    if not begins(text, n, key):
        return n
    end = digits_end(text, n + size)
    return end if end > n + size else 0


@within
def _behind_text(text: Any, n: int) -> int:
    """Behind the quote that ends a text without escapes; nought for any other."""
    while True:
        found = like(text, n, QUOTE) | like(text, n, BACKSLASH) | like(text, n, LINE_FEED)
        if found:
            end = n + lowest(found)
            return end + 1 if text[end] == QUOTE else 0
        n += AT_ONCE


@compiled
def _head(text: Any, n: int) -> tuple[int, int, int]:
    """Where the kind of an event begins, where its stamp ends, and its flow's number (-1: none).

    Nought for a head that Suricata does not write.
    """
    if not begins(text, n, _STAMP):
        return 0, 0, UNLINKED
    stamped, flow = _behind_text(text, n + _STAMP_OCTETS), UNLINKED
    n = stamped
    if n and begins(text, n, _FLOW):
        start = n + _FLOW_OCTETS
        n = _behind_number(text, n, _FLOW, _FLOW_OCTETS)
        if n - start > _MOST_DIGITS:
            n = 0
        flow = number(text, start, n)
    n = _behind_number(text, n, _PARENT, _PARENT_OCTETS) if n else 0
    n = _behind_number(text, n, _SENSOR, _SENSOR_OCTETS) if n else 0
    if n and begins(text, n, _PORT):
        n = _behind_text(text, n + _PORT_OCTETS)
    n = _behind_number(text, n, _PACKET, _PACKET_OCTETS) if n else 0
    return (n + _KIND_OCTETS if n and begins(text, n, _KIND) else 0), stamped - 1, flow


@within
def _is_kind(text: Any, n: int) -> bool:
    """Whether the kind of an event is a word as Suricata has them, of less than 64 octets."""
    size = lowest(~(between(text, n, _A, _Z) | between(text, n, NAUGHT, NINE) | like(text, n, _LOW_LINE)))
    return bool(0 < size < AT_ONCE and text[n + size] == QUOTE)


@within
def _part_of(text: Any, kind: int, n: int) -> bool:
    """Whether behind a quote the part of an event's own kind begins, which is one with names."""
    if text[kind] == _D:
        return begins(text, n, _DNS_PART)
    if text[kind] == _T:
        return begins(text, n, _TLS_PART)
    return begins(text, n, _QUIC_PART if text[kind] == _Q else _HTTP_PART)


@within
def _key_of(text: Any, kind: int) -> int:
    """The first letter of the key that has the names of events of a kind; nought for a kind without names."""
    if begins(text, kind, _DNS):
        return _R
    if begins(text, kind, _TLS) or begins(text, kind, _QUIC):
        return _S
    return _H if begins(text, kind, _HTTP) else 0


@within
def _is_seen(text: Any, kind: int) -> bool:
    """Whether events of a kind are always seen: alert, drop, stats, engine."""
    is_stop = begins(text, kind, _ALERT) or begins(text, kind, _DROP)
    return is_stop or begins(text, kind, _STATS) or begins(text, kind, _ENGINE)


@within
def _is_key(text: Any, n: int) -> bool:
    """Whether one of the keys that the reader counts stands there, quotes included, be it within a name."""
    if text[n + 1] == _E:
        return begins(text, n, _EVENT_TYPE)
    return begins(text, n, _RRNAME) or begins(text, n, _SNI) or begins(text, n, _HOSTNAME)


@within
def _looked_at(text: Any, n: int, letter: int) -> Any:
    """Which octets are quotes behind which a key may stand that is looked at, or a part with a kind's first letter."""
    one, two = n + 1, n + 2
    names = (like(text, one, _R) & like(text, two, _R)) | (like(text, one, _S) & like(text, two, _N))
    others = (like(text, one, _H) & like(text, two, _O)) | (like(text, one, _E) & like(text, two, _V))
    return like(text, n, QUOTE) & (names | others | like(text, one, letter))


@compiled
def _names(text: Any, begin: int, end: int, kind: int, key: int, names: Any) -> tuple[int, bool, bool]:
    """How many names of its kind's `key` an event has, whether any is to be looked at, and whether it has its part.

    -1 names where one cannot be told, or `event_type` stands twice.
    """
    count, is_watched, has_part, types = 0, False, False, 0
    letter, behind = int(text[kind]) if key else 0, begin
    for chunk in range(begin, end, AT_ONCE):
        found = _looked_at(text, chunk, letter) & first(min(AT_ONCE, end - chunk))
        while found:
            n = chunk + lowest(found)
            found = without_lowest(found)
            if n < behind:  # within a name
                continue
            size = 0
            if begins(text, n, _RRNAME):
                size = _RRNAME_OCTETS
            elif begins(text, n, _SNI):
                size = _SNI_OCTETS
            elif begins(text, n, _HOSTNAME):
                size = _HOSTNAME_OCTETS
            elif begins(text, n, _EVENT_TYPE):
                types += 1
            if key and text[n + 1] == text[kind] and _part_of(text, kind, n + 1):
                has_part = True
            if size:
                start = n + size + 2
                is_quoted = text[start - 2] == COLON and text[start - 1] == QUOTE
                behind = _behind_text(text, start) if is_quoted else 0
                if not behind or _is_key(text, start - 1) or _is_key(text, behind - 1):
                    return -1, True, has_part
                is_host = place_of(text, start, behind - 1, COLON) < behind - 1
                is_watched = is_watched or is_host or is_suspect(text, start, behind - 1, names)
                count += text[n + 1] == key
    return (count if types == 1 else -1), is_watched, has_part


@compiled
def scan_events(octets: Any, most_line: int, start: int, end: int, table: Any, state_of: Any, lines: Any) -> None:
    """Events. `octets` are whole lines, with more behind them. Fills `lines`, a row for each line."""
    text, names, state, found = start_of(octets), pointed(table), start_of(state_of), start_of(lines)
    begin = 0
    for line in range(lines.shape[0]):
        n, is_ascii = line_end(text, begin)
        at, becomes, flow, kind = -1, SHOWN, UNLINKED, 0
        is_plain = begin < n and n - begin <= most_line and text[n - 1] == END_BRACE and text[begin] == BRACE
        if is_plain and is_ascii:
            kind, stamped, flow = _head(text, begin)
            if kind and _is_kind(text, kind) and not _is_seen(text, kind):
                at = stamped_seconds(text, begin + _STAMP_OCTETS, stamped)
        if at >= 0:
            key = _key_of(text, kind)
            count, is_watched, has_part = _names(text, begin, n, kind, key, names)
            if count < 0 or (key and not count and not has_part):
                at = -1
            else:
                counts = _ASKED if count else 0
                becomes = verdict(state, at // SLOT_S, start <= at < end, counts, is_watched)
        if at < 0:
            say_nothing(state)
            flow = UNLINKED
        tell(found, line, n, becomes, at, flow)
        begin = n + 1
