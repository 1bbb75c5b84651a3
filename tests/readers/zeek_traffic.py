# SPDX-License-Identifier: EUPL-1.2
"""Described traffic, and the logs that a Zeek would have written of it, as tables and as JSON.

Written from the fields that Zeek's documentation lists (8.2) and the escaping of its ASCII writer; every client, name
and server is invented. What an event was meant to be stands in `Event.meant`: the truth comes from here and not from a
reader.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

_ENDS = ("id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p")
# The fields of each log in the order in which Zeek writes them, and the kinds of those that are no strings.
FIELDS: Mapping[str, Sequence[str]] = {
    "dns": (
        *("ts", "uid", *_ENDS, "proto", "trans_id", "rtt", "query", "qclass", "qclass_name", "qtype", "qtype_name"),
        *("rcode", "rcode_name", "AA", "TC", "RD", "RA", "Z", "answers", "TTLs", "rejected"),
    ),
    "http": (
        *("ts", "uid", *_ENDS, "trans_depth", "method", "host", "uri", "referrer", "version", "user_agent", "origin"),
        *("request_body_len", "response_body_len", "status_code", "status_msg", "info_code", "info_msg", "tags"),
        *("username", "password", "proxied"),
    ),
    "quic": (
        *("ts", "uid", *_ENDS, "version", "client_initial_dcid", "client_scid", "server_scid", "server_name"),
        *("client_protocol", "history"),
    ),
    "ssl": (
        *("ts", "uid", *_ENDS, "version", "cipher", "curve", "server_name", "resumed", "last_alert", "next_protocol"),
        *("established", "ssl_history"),
    ),
    "conn": (
        *("ts", "uid", *_ENDS, "proto", "service", "duration", "orig_bytes", "resp_bytes", "conn_state", "local_orig"),
        *("local_resp", "missed_bytes", "history", "orig_pkts", "orig_ip_bytes", "resp_pkts", "resp_ip_bytes"),
        *("tunnel_parents", "ip_proto"),
    ),
    "dhcp": (
        *("ts", "uids", "client_addr", "server_addr", "mac", "host_name", "client_fqdn", "domain", "requested_addr"),
        *("assigned_addr", "lease_time", "client_message", "server_message", "msg_types", "duration"),
    ),
}
TYPES = {
    "ts": "time", "id.orig_h": "addr", "id.orig_p": "port", "id.resp_h": "addr", "id.resp_p": "port", "proto": "enum",
    "rtt": "interval", "duration": "interval", "lease_time": "interval", "answers": "vector[string]",
    "TTLs": "vector[interval]", "msg_types": "vector[string]", "uids": "set[string]", "tags": "set[enum]",
    "proxied": "set[string]", "tunnel_parents": "set[string]", "client_addr": "addr", "server_addr": "addr",
    "requested_addr": "addr", "assigned_addr": "addr",
    **dict.fromkeys(("AA", "TC", "RD", "RA", "rejected", "resumed", "established", "local_orig", "local_resp"), "bool"),
    **dict.fromkeys(("trans_id", "qclass", "qtype", "rcode", "Z", "trans_depth", "request_body_len"), "count"),
    **dict.fromkeys(("response_body_len", "status_code", "info_code", "orig_bytes", "resp_bytes"), "count"),
    **dict.fromkeys(("missed_bytes", "orig_pkts", "orig_ip_bytes", "resp_pkts", "resp_ip_bytes", "ip_proto"), "count"),
}  # fmt: skip
START = 1_679_270_400.0  # 20 March 2023, 00:00 UTC
RESOLVER = "10.20.0.2"


@dataclass(frozen=True, slots=True)
class Event:
    """A row: its log, its fields that are set, and what it was meant to be."""

    log: str
    fields: Mapping[str, Any]
    meant: str = ""

    @property
    def client(self) -> str:
        """The address that began it."""
        return str(self.fields["id.orig_h"])


@dataclass(slots=True)
class Traffic:
    """Events of clients, one after the other; each step of theirs is a row or several."""

    events: list[Event] = field(default_factory=list)
    _made: int = 0

    def dns(
        self, at: float, client: str, query: str | None, answers: Sequence[str] | None = None, meant: str = "",
        code: int | None = 0, qtype: str = "A", port: int = 53, **more: Any,
    ) -> None:  # fmt: skip
        """A question; `code` None: nobody saw an answer."""
        number = {"A": 1, "AAAA": 28, "HTTPS": 65, "TXT": 16, "PTR": 12}[qtype]
        said = {"qclass": 1, "qclass_name": "C_INTERNET", "qtype": number, "qtype_name": qtype}
        if code is not None:
            said |= {"rcode": code, "rcode_name": ("NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN")[code], "rtt": 0.021}
        if answers is not None:
            said |= {"answers": list(answers), "TTLs": [60.0] * len(answers)}
        flags = {"AA": False, "TC": False, "RD": True, "RA": code is not None, "Z": 0, "rejected": False}
        fields = {"proto": "udp", "trans_id": 4711, "query": query, **said, **flags, **more}
        self._add("dns", at, client, RESOLVER, port, fields, meant)

    def ssl(
        self, at: float, client: str, server: str, name: str | None, meant: str = "", *, established: bool = True,
        received: int | None = 5120, **more: Any,
    ) -> None:  # fmt: skip
        """A TLS connection, with its row of conn; `received` None: the connection is still open."""
        history = "CsiI" if established else "C"
        fields = {"server_name": name, "resumed": False, "established": established, "ssl_history": history}
        if established:
            fields |= {"version": "TLSv13", "cipher": "TLS_AES_128_GCM_SHA256", "curve": "x25519"}
        uid = self._add("ssl", at, client, server, 443, fields | more, meant)
        self._conn(at, client, server, 443, uid, "tcp", "ssl" if established else None, received)

    def quic(
        self, at: float, client: str, server: str, name: str | None, meant: str = "", history: str = "ISisH",
        received: int | None = 5120,
    ) -> None:  # fmt: skip
        """A QUIC connection, with its row of conn."""
        fields = {"version": "1", "client_initial_dcid": "a1b2c3d4e5f60718", "client_scid": "", "server_name": name,
                  "client_protocol": "h3", "history": history}  # fmt: skip
        uid = self._add("quic", at, client, server, 443, fields, meant)
        self._conn(at, client, server, 443, uid, "udp", "quic,ssl", received)

    def http(
        self, at: float, client: str, server: str, host: str | None, status: int | None, meant: str = "",
        method: str = "GET", uri: str = "/", port: int = 80, received: int | None = 900,
    ) -> None:  # fmt: skip
        """A request, with the row of its connection."""
        fields = {"trans_depth": 1, "method": method, "host": host, "uri": uri, "version": "1.1", "user_agent": "a, b",
                  "request_body_len": 0, "response_body_len": 0, "status_code": status, "tags": []}  # fmt: skip
        uid = self._add("http", at, client, server, port, fields, meant)
        self._conn(at, client, server, port, uid, "tcp", "http", received)

    def other(self, at: float, client: str, server: str, port: int) -> None:
        """A connection that has no name, such as NTP."""
        self._conn(at, client, server, port, self._uid(), "udp", "ntp" if port == 123 else None, 48)

    def _conn(
        self, at: float, client: str, server: str, port: int, uid: str, proto: str, service: str | None,
        received: int | None,
    ) -> None:  # fmt: skip
        if received is None:
            return
        fields = {"proto": proto, "service": service, "duration": 1.25, "orig_bytes": 517, "resp_bytes": received,
                  "conn_state": "SF" if received else "S0", "missed_bytes": 0, "history": "ShADadFf",
                  "ip_proto": 6 if proto == "tcp" else 17}  # fmt: skip
        self._add("conn", at - 0.03, client, server, port, {**fields, "uid": uid})

    def _add(
        self, log: str, at: float, client: str, server: str, port: int, fields: Mapping[str, Any], meant: str = ""
    ) -> str:
        uid = str(fields.get("uid") or self._uid())
        ends = {"id.orig_h": client, "id.orig_p": 40_000 + self._made % 9_999, "id.resp_h": server, "id.resp_p": port}
        known = {name: value for name, value in fields.items() if value is not None}
        self.events.append(Event(log, {"ts": round(at, 6), "uid": uid, **ends, **known}, meant))
        return uid

    def _uid(self) -> str:
        self._made += 1
        return f"C{self._made:05d}Zeek"


def tables(events: Iterable[Event]) -> dict[str, str]:
    """The files of a sensor that writes tables, by name."""
    return {f"{log}.log": table(log, rows) for log, rows in _by_log(events).items()}


def table(log: str, rows: Iterable[Event], names: Sequence[str] = ()) -> str:
    """One log with its head and its end; `names` are its columns, as Zeek orders them unless it is said otherwise."""
    names = names or FIELDS[log]
    head = ["#separator \\x09", "#set_separator\t,", "#empty_field\t(empty)", "#unset_field\t-", f"#path\t{log}"]
    head += ["#open\t2023-03-20-00-00-00", "\t".join(["#fields", *names])]
    head.append("\t".join(["#types", *(TYPES.get(name, "string") for name in names)]))
    lines = ["\t".join(_cell(name, event.fields.get(name)) for name in names) for event in rows]
    return "\n".join([*head, *lines, "#close\t2023-03-21-00-00-00"]) + "\n"


def objects(events: Iterable[Event], stamps: str = "epoch") -> dict[str, str]:
    """The files of a sensor that writes JSON, by name; times as `epoch`, `millis` or `iso`."""
    return {f"{log}.log": "".join(_line(r, stamps) for r in rows) for log, rows in _by_log(events).items()}


def stream(events: Iterable[Event], stamps: str = "iso") -> dict[str, str]:
    """All logs in one file, each line with the log that it is of and when it was written."""
    lines = (_line(event, stamps, {"_path": event.log, "_write_ts": "2023-03-21T00:00:00.000000Z"}) for event in events)
    return {"zeek.json": "".join(lines)}


def _by_log(events: Iterable[Event]) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = {}
    for event in events:
        found.setdefault(event.log, []).append(event)
    return found


def _cell(name: str, value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, list):
        return ",".join(_cell(name, v).replace(",", "\\x2c") for v in value) or "(empty)"
    if isinstance(value, bool):
        return "T" if value else "F"
    if isinstance(value, float):
        return f"{value:.6f}"
    text = "".join(c if c.isprintable() and c.isascii() and c != "\\" else _escaped(c) for c in str(value))
    if text in ("-", "(empty)"):
        return f"\\x{ord(text[0]):02x}{text[1:]}"
    return text or "(empty)"


def _escaped(character: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in character.encode())


def _line(event: Event, stamps: str, before: Mapping[str, Any] | None = None) -> str:
    at = event.fields["ts"]
    if stamps == "millis":
        at = int(at * 1000)
    elif stamps == "iso":
        at = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
    names = [name for name in FIELDS[event.log] if name in event.fields]
    return json.dumps({**(before or {}), **{n: event.fields[n] for n in names}, "ts": at}, ensure_ascii=False) + "\n"


def day(seed: int = 7, clients: int = 40, hours: Iterable[int] = range(6, 20)) -> Traffic:
    """A day of an office: planted sessions of the app, and much that looks like it. `meant` names what is planted."""
    dice = random.Random(seed)  # noqa: S311  # the same day each time
    made = Traffic()
    for hour in hours:
        made.other(START + 3600 * hour + 1, "10.20.0.5", "192.0.2.123", 123)
        for number in range(clients):
            client = f"10.20.{number // 200}.{10 + number % 200}"
            at = START + 3600 * hour + dice.uniform(60, 3000)
            _background(made, dice, at, client)
            what = dice.choices(list(_STEPS), weights=[6, 6, 6, 3, 3, 3, 3, 3, 3, 40])[0]
            _STEPS[what](made, at + 20, client)
    return made


def _background(made: Traffic, dice: random.Random, at: float, client: str) -> None:
    for n in range(dice.randrange(1, 4)):
        name = f"www{dice.randrange(400)}.example.org"
        made.dns(at + n, client, name, ["edge.example.net", "198.51.100.80"])
        made.ssl(at + n + 0.1, client, "198.51.100.80", name)
    made.dns(at + 5, client, "_ipp._tcp.local", None, code=None, qtype="PTR", port=5353)
    made.dns(at + 6, client, "text.example.org", ["TXT 5 a,b\\c TXT 3 ü"], qtype="TXT")


def _app_over_tls(made: Traffic, at: float, client: str) -> None:
    made.dns(at, client, "api16-normal.tiktokv.com", ["edge.example.net", "203.0.113.7"], "app")
    made.dns(at, client, "api16-normal.tiktokv.com", ["2001:db8::7"], "app", qtype="AAAA")
    made.ssl(at + 0.2, client, "203.0.113.7", "api16-normal.tiktokv.com", "app contact")


def _app_over_quic(made: Traffic, at: float, client: str) -> None:
    made.dns(at, client, "v16.tiktokcdn.com", ["203.0.113.9"], "app")
    made.quic(at + 0.2, client, "203.0.113.9", "v16.tiktokcdn.com", "app contact")


def _widget(made: Traffic, at: float, client: str) -> None:
    made.dns(at, client, "www.tiktok.com", ["203.0.113.20"], "widget")
    made.ssl(at + 0.2, client, "203.0.113.20", "www.tiktok.com", "widget contact")


def _blocked(made: Traffic, at: float, client: str) -> None:
    made.dns(at, client, "api16-normal.tiktokv.com", ["0.0.0.0"], "blocked")  # noqa: S104  # an answer in a log
    made.dns(at, client, "api16-normal.tiktokv.com", ["::"], "blocked", qtype="AAAA")


def _no_such_name(made: Traffic, at: float, client: str) -> None:
    made.dns(at, client, "api16-normal.tiktokv.com", None, "nothing", code=3)


def _look_alike(made: Traffic, at: float, client: str) -> None:
    made.dns(at, client, "nottiktokv.com", ["203.0.113.66"])
    made.ssl(at + 0.2, client, "203.0.113.66", "tiktokv.com.example.org")


def _page_of_the_body(made: Traffic, at: float, client: str) -> None:
    made.dns(at, client, "log.tiktokv.com", ["10.20.0.3"], "untold")
    made.ssl(at + 0.2, client, "10.20.0.3", "log.tiktokv.com", "untold")
    made.http(at + 0.3, client, "10.20.0.3", "log.tiktokv.com", 200, "untold")


def _refused(made: Traffic, at: float, client: str) -> None:
    made.ssl(at, client, "203.0.113.7", "api16-normal.tiktokv.com", "nothing", established=False, received=0)
    made.quic(at + 1, client, "203.0.113.7", "api16-normal.tiktokv.com", "nothing", history="ISI", received=0)


def _unanswered(made: Traffic, at: float, client: str) -> None:
    made.dns(at, client, "api16-normal.tiktokv.com", None, "untold", code=None)


def _nothing(made: Traffic, at: float, client: str) -> None:
    made.http(at, client, "198.51.100.80", "www.example.org:80", 302)


_STEPS = {
    "app over TLS": _app_over_tls,
    "app over QUIC": _app_over_quic,
    "widget": _widget,
    "blocked": _blocked,
    "no such name": _no_such_name,
    "look-alike": _look_alike,
    "page of the body": _page_of_the_body,
    "refused": _refused,
    "unanswered": _unanswered,
    "nothing": _nothing,
}
