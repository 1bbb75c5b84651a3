# SPDX-License-Identifier: EUPL-1.2
"""Events of Suricata's that say nothing, as compiled code (see `_kernels`).

Reads: octets of whole lines, as far as the reader itself reads what says nothing (`suricata_eve`, `_eve.HEAD`): the
head that Suricata writes, and every place where a name may stand. Cannot know what is kept of a flow: it says of which
flow each event is, and the reader knows in which of them something watched was asked for.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ordinance.readers._kernels import (
    AT,
    BACKSLASH,
    BRACE,
    COLON,
    END,
    END_BRACE,
    LINE_FEED,
    LINK,
    NAUGHT,
    NINE,
    QUOTE,
    SHOWN,
    SLOT_S,
    UNLINKED,
    VERDICT,
    begins,
    compiled,
    fresh_state,
    is_suspect,
    is_text,
    say_nothing,
    stamped_seconds,
    verdict,
)

_MOST_DIGITS = 18  # of a flow's number, which has 64 bits
_ASKED = 1  # how an event with a name counts for its hour

_STAMP = np.frombuffer(b'{"timestamp":"', np.uint8)
_FLOW = np.frombuffer(b',"flow_id":', np.uint8)
_PARENT = np.frombuffer(b',"parent_id":', np.uint8)
_SENSOR = np.frombuffer(b',"sensor_id":', np.uint8)
_PORT = np.frombuffer(b',"in_iface":"', np.uint8)
_PACKET = np.frombuffer(b',"pcap_cnt":', np.uint8)
_KIND = np.frombuffer(b',"event_type":"', np.uint8)
_EVENT_TYPE = np.frombuffer(b'"event_type"', np.uint8)
_RRNAME = np.frombuffer(b'"rrname"', np.uint8)
_SNI = np.frombuffer(b'"sni"', np.uint8)
_HOSTNAME = np.frombuffer(b'"hostname"', np.uint8)
_DNS, _DNS_PART = np.frombuffer(b'dns"', np.uint8), np.frombuffer(b'dns":{', np.uint8)
_TLS, _TLS_PART = np.frombuffer(b'tls"', np.uint8), np.frombuffer(b'tls":{', np.uint8)
_QUIC, _QUIC_PART = np.frombuffer(b'quic"', np.uint8), np.frombuffer(b'quic":{', np.uint8)
_HTTP, _HTTP_PART = np.frombuffer(b'http"', np.uint8), np.frombuffer(b'http":{', np.uint8)
_ALERT = np.frombuffer(b'alert"', np.uint8)
_DROP = np.frombuffer(b'drop"', np.uint8)
_STATS = np.frombuffer(b'stats"', np.uint8)
_ENGINE = np.frombuffer(b'engine"', np.uint8)


@compiled
def _behind_number(text: Any, n: int, key: Any) -> int:
    """Behind a key with a number, where it stands there; 0 for a key without one."""
    if not begins(text, n, key):
        return n
    first = n + key.size
    n = first
    while NAUGHT <= text[n] <= NINE:
        n += 1
    return n if n > first else 0


@compiled
def _behind_text(text: Any, n: int) -> int:
    """Behind the quote that ends a text without escapes; nought for any other."""
    while text[n] != QUOTE:
        if text[n] == BACKSLASH or text[n] == LINE_FEED:
            return 0
        n += 1
    return n + 1


@compiled
def _head(text: Any, n: int) -> tuple[int, int, int]:
    """Where the kind of an event begins, where its stamp ends, and its flow's number (-1: none).

    Nought for a head that Suricata does not write.
    """
    if not begins(text, n, _STAMP):
        return 0, 0, UNLINKED
    stamped, flow = _behind_text(text, n + _STAMP.size), UNLINKED
    n = stamped
    if n and begins(text, n, _FLOW):
        first, flow = n + _FLOW.size, 0
        n = _behind_number(text, n, _FLOW)
        if n - first > _MOST_DIGITS:
            n = 0
        for k in range(first, n):
            flow = flow * 10 + int(text[k]) - NAUGHT
    n = _behind_number(text, n, _PARENT) if n else 0
    n = _behind_number(text, n, _SENSOR) if n else 0
    if n and begins(text, n, _PORT):
        n = _behind_text(text, n + _PORT.size)
    n = _behind_number(text, n, _PACKET) if n else 0
    return (n + _KIND.size if n and begins(text, n, _KIND) else 0), stamped - 1, flow


@compiled
def _is_kind(text: Any, n: int) -> bool:
    """Whether the kind of an event is a word as Suricata has them."""
    first = n
    while 97 <= text[n] <= 122 or NAUGHT <= text[n] <= NINE or text[n] == 95:
        n += 1
    return bool(n > first and text[n] == QUOTE)


@compiled
def _part_of(text: Any, kind: int, n: int) -> bool:
    """Whether behind a quote the part of an event's own kind begins, which is one with names."""
    if text[kind] == 100:
        return begins(text, n, _DNS_PART)
    if text[kind] == 116:
        return begins(text, n, _TLS_PART)
    return begins(text, n, _QUIC_PART if text[kind] == 113 else _HTTP_PART)


@compiled
def _key_of(text: Any, kind: int) -> int:
    """The first letter of the key that has the names of events of a kind; nought for a kind without names."""
    if begins(text, kind, _DNS):
        return 114
    if begins(text, kind, _TLS) or begins(text, kind, _QUIC):
        return 115
    return 104 if begins(text, kind, _HTTP) else 0


@compiled
def _is_seen(text: Any, kind: int) -> bool:
    """Whether events of a kind are always seen: alert, drop, stats, engine."""
    is_stop = begins(text, kind, _ALERT) or begins(text, kind, _DROP)
    return is_stop or begins(text, kind, _STATS) or begins(text, kind, _ENGINE)


@compiled
def _is_key(text: Any, n: int) -> bool:
    """Whether one of the keys that the reader counts stands there, quotes included, be it within a name."""
    if text[n + 1] == 101:
        return begins(text, n, _EVENT_TYPE)
    return begins(text, n, _RRNAME) or begins(text, n, _SNI) or begins(text, n, _HOSTNAME)


@compiled
def _names(
    text: Any, begin: int, end: int, kind: int, key: int, hashes: Any, places: Any, pool: Any
) -> tuple[int, bool, bool]:
    """How many names of its kind's `key` an event has, whether any is to be looked at, and whether it has its part.

    -1 names where one cannot be told, or `event_type` stands twice.
    """
    count, is_watched, has_part, types = 0, False, False, 0
    n = begin
    while n < end:
        if text[n] != QUOTE:
            n += 1
            continue
        size = 0
        if text[n + 1] == 114 and begins(text, n, _RRNAME):
            size = _RRNAME.size
        elif text[n + 1] == 115 and begins(text, n, _SNI):
            size = _SNI.size
        elif text[n + 1] == 104 and begins(text, n, _HOSTNAME):
            size = _HOSTNAME.size
        elif text[n + 1] == 101 and begins(text, n, _EVENT_TYPE):
            types += 1
        if key and text[n + 1] == text[kind] and _part_of(text, kind, n + 1):
            has_part = True
        if size:
            first = n + size + 2
            is_quoted = text[first - 2] == COLON and text[first - 1] == QUOTE
            after = _behind_text(text, first) if is_quoted else 0
            if not after or _is_key(text, first - 1) or _is_key(text, after - 1):
                return -1, True, has_part
            for k in range(first, after - 1):
                is_watched = is_watched or text[k] == COLON
            is_watched = is_watched or is_suspect(text, first, after - 1, hashes, places, pool)
            count += text[n + 1] == key
            n = after
        else:
            n += 1
    return (count if types == 1 else -1), is_watched, has_part


@compiled
def scan_events(
    text: Any,
    is_ascii: bool,
    most_line: int,
    start: int,
    end: int,
    hashes: Any,
    places: Any,
    pool: Any,
    lines: Any,
) -> None:
    """Events. `text` is whole lines. Fills `lines`, a row for each line."""
    begin, state = 0, fresh_state()
    for line in range(lines.shape[0]):
        n = begin
        while text[n] != LINE_FEED:
            n += 1
        at, becomes, flow, kind = -1, SHOWN, UNLINKED, 0
        is_plain = begin < n and n - begin <= most_line and text[n - 1] == END_BRACE and text[begin] == BRACE
        if is_plain and (is_ascii or is_text(text, begin, n)):
            kind, stamped, flow = _head(text, begin)
            if kind and _is_kind(text, kind) and not _is_seen(text, kind):
                at = stamped_seconds(text, begin + _STAMP.size, stamped)
        if at >= 0:
            key = _key_of(text, kind)
            count, is_watched, has_part = _names(text, begin, n, kind, key, hashes, places, pool)
            if count < 0 or (key and not count and not has_part):
                at = -1
            else:
                counts = _ASKED if count else 0
                becomes = verdict(state, at // SLOT_S, start <= at < end, counts, is_watched)
        if at < 0:
            say_nothing(state)
            flow = UNLINKED
        lines[line, END], lines[line, VERDICT], lines[line, AT], lines[line, LINK] = n, becomes, at, flow
        begin = n + 1
