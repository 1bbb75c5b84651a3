# SPDX-License-Identifier: EUPL-1.2
"""One event of Suricata's eve.json, taken apart: its head, the names it may speak of, and who its two ends are.

Reads: one line. `HEAD` is how Suricata begins each line that it writes itself; `parse` reads any line that is JSON,
whatever the order of its keys. Nobody's text leaves this module but names, to be looked up.

NaN and Infinity are no JSON, and a key that is read and stands twice in its object has no meaning: both refuse the
line. Keys that are not read may stand twice; some of Suricata's loggers have written lists in that way.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any, NoReturn

from ordinance.readers._inside import Pages, is_inside
from ordinance.readers._name_log import address_of

Part = dict[str, Any]

HEAD = re.compile(
    r'\{"timestamp":"([^"\\]*)"(?:,"flow_id":(\d{1,20}))?(?:,"parent_id":\d+)?(?:,"sensor_id":\d+)?'
    r'(?:,"in_iface":"[^"\\]*")?(?:,"pcap_cnt":\d+)?,"event_type":"([a-z0-9_]+)"',
    re.ASCII,
)
EVENT_TYPE = '"event_type"'
NAMED = {"dns": '"rrname"', "tls": '"sni"', "quic": '"sni"', "http": '"hostname"'}
NAME_KEYS = {**{kind: (key,) for kind, key in NAMED.items()}, "alert": ('"rrname"', '"sni"', '"hostname"')}
NAMES = {kind: re.compile(rf'(?:{"|".join(keys)}):"([^"]*)"') for kind, keys in NAME_KEYS.items()}
QUESTIONS, ANSWERS = ("query", "request"), ("answer", "response")

_OTHER_FORMAT = re.compile(r'\d\d/\d\d/\d{4}-\d\d:\d\d:\d\d|[^{]*\{"timestamp":')  # fast.log; eve behind syslog's words
_WORDS = """
    timestamp event_type flow_id src_ip src_port dest_ip dest_port tx_id direction dns tls quic http alert drop flow
    verdict rrname rrtype rcode type version id queries query answers grouped rdata sni hostname http_method status
    action reason session_resumed subject issuerdn serial fingerprint ja3s extensions state bytes_toclient
    pkts_toclient A AAAA
"""
_READ = frozenset(_WORDS.split())
_DNS_PORT = 53
_PART = re.compile(r"[^.]*\.(\d{1,6})", re.ASCII)
_STATUS = re.compile(r"\d{3}", re.ASCII)
_CERTIFICATE = ("subject", "issuerdn", "serial", "fingerprint", "ja3s")  # what only a server can have said
_NAME_OF = frozenset(("rrname", "sni", "hostname"))
_ACTS = ("alert", "drop", "flow", "verdict")
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,30}(?:\.\d{1,3})?", re.ASCII)  # no name of anybody
_NOWHERE = (ip_network("0.0.0.0/8"), ip_network("::/127"))  # what a resolver answers in the stead of a blocked name


@dataclass(frozen=True, slots=True)
class Asked:
    """A name that an event speaks of; for DNS with the type that was asked for, and the message's number."""

    name: str
    rrtype: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Ends:
    """Who asked, and whom. Not `is_sure`: nothing in the event shows which is which."""

    client: str
    server: str
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Event:
    """One event; `values` is everything it says."""

    kind: str
    stamp: str
    values: Part

    @property
    def flow(self) -> int | None:
        """Suricata's number of the flow."""
        return number(self.values, "flow_id")

    @property
    def is_to_client(self) -> bool:
        """Whether it speaks of a packet from the server. Suricata says so of alerts and drops alone."""
        return self.values.get("direction") == "to_client"

    @property
    def of(self) -> str | None:
        """The kind of event that an alert is about. Versions before 7 do not say in which direction its packet went."""
        return next((kind for kind in NAMED if kind in self.values), None) if "direction" in self.values else None

    @property
    def blocks(self) -> bool:
        """Whether Suricata stopped what it saw, because a rule says so, and not for a trouble of the engine's own."""
        alert, verdict, drop = (self.part(key) or {} for key in ("alert", "verdict", "drop"))
        if alert.get("action") == "blocked" or drop.get("reason") in ("rules", "flow drop"):
            return True
        return self.kind == "alert" and verdict.get("action") in ("drop", "reject")

    def part(self, key: str) -> Part | None:
        """An object within; `None` where there is none."""
        found = self.values.get(key)
        return found if isinstance(found, dict) else None

    def number(self, key: str) -> int | None:
        """A whole number of the event; `None` for anything else."""
        return number(self.values, key)

    def micros(self, at: int) -> int:
        """Its instant in microseconds, of which `at` is the whole seconds."""
        part = _PART.match(self.stamp)
        return at * 1_000_000 + (int(part[1].ljust(6, "0")) if part else 0)

    def ends(self, kind: str) -> Ends | str:
        """Client and server, or why they cannot be told.

        Alerts have the ends of a packet, and say its direction. Answers of DNS have the client first in version 2, the
        server in version 3; whose port is 53 answers.
        """
        texts = [self.values.get(key) for key in ("src_ip", "dest_ip")]
        if None in texts:
            return "missing-field"
        found = [address_of(text) if isinstance(text, str) else None for text in texts]
        if found[0] is None or found[1] is None:
            return "bad-address"
        source, target = found[0], found[1]
        is_turned, is_sure = self.is_to_client, True
        if kind == "dns":
            ports = [self.number(key) == _DNS_PORT for key in ("src_port", "dest_port")]
            is_sure = ports[0] != ports[1]
            is_turned = ports[0] if is_sure else is_turned
        return Ends(target, source, is_sure) if is_turned else Ends(source, target, is_sure)


def parse(line: str) -> Event | str:
    """The event of a line, or why it is none."""
    if not line.startswith("{"):
        return "other-format" if _OTHER_FORMAT.match(line) else "bad-line"
    try:
        values = _DECODER.decode(line)
    except (ValueError, RecursionError):  # a number of more than 4300 digits is a ValueError too
        return "bad-line"
    kind, stamp = values.get("event_type"), values.get("timestamp")
    if isinstance(kind, str) and isinstance(stamp, str):
        return Event(kind, stamp, values)
    missing = {"event_type", "timestamp"} - values.keys()
    return "bad-line" if not missing else "other-format" if len(missing) == 2 else "missing-field"


def named(kind: str, part: Part) -> list[Asked] | None:
    """What an event asks for or speaks to; empty for no name, `None` for what cannot be read."""
    if kind != "dns":
        name = part.get("hostname" if kind == "http" else "sni")
        if not isinstance(name, str):
            return [] if name is None else None
        return [Asked(name.partition(":")[0] if kind == "http" else name)]  # HTTP/2 may have a port behind the name
    asked = next((part[key] for key in ("queries", "query") if key in part), [part] if "rrname" in part else [])
    if not isinstance(asked, list) or not all(isinstance(a, dict) and isinstance(a.get("rrname"), str) for a in asked):
        return None
    return [Asked(a["rrname"], str(a.get("rrtype")), str(a.get("id", part.get("id")))) for a in asked]


def has_address(part: Part, of_app: bool, pages: Pages = ()) -> bool:
    """Whether an answer led somewhere; for a name of an app that is no address of one's own networks or of `pages`."""
    if part.get("rcode") != "NOERROR":
        return False
    return any(_leads(value, of_app, pages) for value in _addresses(part))


def server_spoke(kind: str, part: Part, server: str, of_app: bool, pages: Pages = ()) -> bool:
    """Whether an event of a connection shows that the server, and nobody in its stead, answered the client.

    For an app's name nobody within one's own networks, or at one of `pages`, is the server, but a proxy that says it
    went there (CONNECT).

    TLS: a certificate, a resumed session, or version 1.3, which only a ServerHello can choose; older versions stand
    also in the record of an alert, with which anybody can refuse. HTTP: redirections and errors may be a filter's or a
    proxy's words. QUIC: what was read of a hello, which only says something where the server sent it.
    """
    if of_app and is_inside(server, pages) and not (kind == "http" and part.get("http_method") == "CONNECT"):
        return False
    if kind == "quic":
        return "ja3s" in part or bool(part.get("extensions"))
    if kind == "tls":
        version = part.get("version")
        is_13 = isinstance(version, str) and version.startswith("TLS 1.3")
        return is_13 or part.get("session_resumed") is True or any(key in part for key in _CERTIFICATE)
    status = part.get("status")
    if isinstance(status, str) and _STATUS.fullmatch(status):
        status = int(status)
    return isinstance(status, int) and (200 <= status < 300 or status in (101, 304))


def without_others(event: Event, is_watched: Callable[[str], bool]) -> str:
    """An event as a line that says to a reader what it said, and has neither another name nor what nobody looks at."""
    values, kept = event.values, _head(event)
    for key in ("src_ip", "dest_ip"):
        if (text := values.get(key)) is not None:
            kept[key] = text if isinstance(text, str) and address_of(text) else "?"
    kept |= {key: values[key] for key in ("src_port", "dest_port", "tx_id") if number(values, key) is not None}
    if "direction" in values:
        kept["direction"] = _word("direction", values["direction"], is_watched)
    for key in (*NAMED, *_ACTS):
        if key in values:
            kept[key] = _without(values[key], is_watched) if isinstance(values[key], dict) else 0
    return json.dumps(kept, separators=(",", ":"))


def without_ends(event: Event) -> str:
    """An event that says of a flow only that it was blocked."""
    acts = {key: _without(event.values[key], lambda _: False) for key in _ACTS if event.part(key) is not None}
    return json.dumps({**_head(event), **acts}, separators=(",", ":"))


def _head(event: Event) -> Part:
    flow = {} if event.flow is None else {"flow_id": event.flow}
    return {"timestamp": event.stamp, **flow, "event_type": event.kind}


def _without(part: Part, is_watched: Callable[[str], bool]) -> Part:
    return {key: _word(key, value, is_watched) for key, value in part.items() if key in _READ}


def _word(key: str, value: Any, is_watched: Callable[[str], bool]) -> Any:
    """A value of an event as it may be kept: the same to a reader."""
    if isinstance(value, dict):
        return _without(value, is_watched)
    if isinstance(value, list):
        return [_word(key, one, is_watched) for one in value]
    if key in _CERTIFICATE or not isinstance(value, str):
        return "x" if key in _CERTIFICATE else value
    if key in _NAME_OF:
        return value if is_watched(value.partition(":")[0] if key == "hostname" else value) else "x"
    if key in ("rdata", "A", "AAAA"):
        return value if address_of(value) else "x"
    return value if _PLAIN.fullmatch(value) else hashlib.sha256(value.encode(errors="replace")).hexdigest()[:16]


def number(part: Part, key: str) -> int | None:
    """A whole number; `None` for anything else."""
    value = part.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _addresses(part: Part) -> Iterator[object]:
    answers, grouped = part.get("answers"), part.get("grouped")
    if isinstance(answers, list):
        yield from (a.get("rdata") for a in answers if isinstance(a, dict) and a.get("rrtype") in ("A", "AAAA"))
    elif isinstance(grouped, dict):
        for kind in ("A", "AAAA"):
            found = grouped.get(kind)
            yield from found if isinstance(found, list) else ()
    elif part.get("rrtype") in ("A", "AAAA"):  # the first form, one line an answer
        yield part.get("rdata")


def _leads(value: object, of_app: bool, pages: Pages) -> bool:
    address = address_of(value) if isinstance(value, str) else None
    if address is None:
        return False
    return not is_inside(address, pages) if of_app else not any(ip_address(address) in net for net in _NOWHERE)


def _once(pairs: list[tuple[str, Any]]) -> Part:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs if key in _READ]
        if len(keys) != len(set(keys)):
            raise ValueError("a key stands twice")
    return found


def _no_number(_: str) -> NoReturn:
    raise ValueError("no JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)  # made once: it costs as much as a line
