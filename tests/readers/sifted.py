# SPDX-License-Identifier: EUPL-1.2
"""Logs most of whose lines say nothing, with whatever a line can have wrong; read in both ways."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Reading, WatchList
from ordinance.model.kept import KeptLines
from ordinance.model.time import Span
from ordinance.readers import _sieve
from ordinance.readers._clock import utc
from ordinance.readers._known_log import NameLogReader
from ordinance.readers._picking import Picking
from ordinance.readers.dnsmasq_log import DnsmasqLog
from ordinance.readers.suricata_eve import SuricataEve
from ordinance.readers.zeek_log import ZeekLog

from . import samples
from .again import MONDAY, WATCH, leases

NEVER = 1 << 60  # octets: no file is as large
_LEAST = _sieve.LEAST_BYTES

_COLUMNS = {
    "dns": "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto query qclass qtype rcode answers rejected",
    "ssl": "ts uid id.orig_h id.orig_p id.resp_h id.resp_p cipher server_name resumed established ssl_history",
    "quic": "ts uid id.orig_h id.orig_p id.resp_h id.resp_p client_initial_dcid server_name history",
    "http": "ts uid id.orig_h id.orig_p id.resp_h id.resp_p trans_depth method host uri status_code tags",
    "conn": "ts uid id.orig_h id.orig_p id.resp_h id.resp_p service orig_bytes resp_bytes conn_state missed_bytes",
    "weird": "ts uid id.orig_h name",
}
_NAMES = (
    *("www.tiktok.com", "WWW.TikTok.com.", "tiktok.com", "api.tiktokv.com..", "notiktok.com", "tiktok.com.example"),
    *("tiktok.comx", "a.tiktokcdn.com.akamaized.example", "akamaized.example", "x.akamaized.example", "-", "(empty)"),
    *("intranet.stad.example", "dns.google", "canary.stad.example", "www.example.org", "8.8.8.8.in-addr.arpa", "."),
    *("xn--bcher-kva.example", "www.\\x74iktok.com", "a b.tiktok.com", "www.facebook.com", "www.tiktok.com:443", ""),
    *("w" * 60 + ".example", "t.co", "m", "tiktok", "com", "wwwtiktok.com", "_dns.resolver.arpa", "b\\\\cher.example"),
)
_QUIET = ("www.example.org", "unrelated.example.net", "cdn.example.com", "Mixed.Example.Org", "a.b.c.d.example")
_CLIENTS = ("10.20.0.5", "10.20.0.6", "10.20.0.7", "10.20.0.8", "2001:db8::5", "fe80::1")
_ODD_CLIENTS = (
    *("010.20.0.5", "10.20.0", "10.20.0.256", "-", "::ffff:10.20.0.6", "2001:DB8::5", "fe80::1%eth0", "1::2::3", ":1"),
    *("10.20.0.5 ", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7::", "::", "10..0.5", "12345::1", "1.2.3.4.5"),
)
_ODD_TIMES = (
    *("-", "1679299200", "0.5", "99999999999.5", "2023-03-20T08:00:00Z", "1679299200.", "-1.5", "1e9"),
    "01679299200.5",
)
_ODD_CELLS = (
    *("-", "", "x", "5353", "137", "5355", "1", "255", "CONNECT", "T", "1.5", "\u00e9", "a\rb"),
    "99999999999999999999",
)


def table(kind: str, random: Random, at: int, rows: int, oddness: float) -> Iterator[bytes]:
    """Lines of a table with its head: a few hours, of which as many rows are odd in one of the ways."""
    columns = _COLUMNS[kind].split()
    unset = random.choice(("-", "-", "-", "NULL", "1"))
    if random.random() < 0.9:
        yield b"#separator \\x09"
        yield f"#unset_field\t{unset}".encode()
        yield f"#path\t{kind}".encode()
    extra = ["note"] * (random.random() < 0.2)
    yield "\t".join(["#fields", *columns, *extra]).encode()
    for _ in range(rows):
        at += random.choice((60, 899, -60, -3600) if random.random() < oddness else (0, 0, 0, 1))
        row = _row(kind, random, at, oddness)
        cells = [row.get(name, unset) for name in columns] + extra
        yield _spoilt("\t".join(cells).encode(), random) if random.random() < oddness else "\t".join(cells).encode()
    if random.random() < 0.5:
        yield b"#close\t2023-03-20-00-00-00"


def _row(kind: str, random: Random, at: int, oddness: float) -> dict[str, str]:
    def some(usual: str, odd: tuple[str, ...]) -> str:
        return random.choice(odd) if random.random() < oddness / 4 else usual

    name = random.choice(_NAMES if random.random() < oddness else _QUIET)
    row = {
        "ts": some(f"{at}.{random.randrange(10**6):06}", _ODD_TIMES),
        "uid": f"C{random.randrange(99)}",
        "id.orig_h": some(random.choice(_CLIENTS), _ODD_CLIENTS),
        "id.orig_p": "4001",
        "id.resp_h": some("203.0.113.7", _ODD_CLIENTS),
        "id.resp_p": some("53", _ODD_CELLS),
        "qclass": some("1", _ODD_CELLS),
        "method": some(random.choice(("GET", "POST")), _ODD_CELLS),
        "status_code": "200",
        "established": "T",
        "history": "IsH",
    }
    return row | dict.fromkeys(("query", "server_name", "host"), name)


# Of these a step that looks at many octets at once could make others, and readers look for some.
_ODD_OCTETS = (
    *b"\0,\x01,\x0b,\x10,\x1c,\x7f,\x80,\x85,\xc0\xae,\r,\r\r,\xef\xbb\xbf,\\x2e,\\u002e,..,::,e5".split(b","),
    *b' is ,  from , query[,":",rrname":","sni","event_type","dns":{,\\u\x10\x11\x12\x13'.split(b","),
    *(character.encode() for character in "\u0130\u212a\u2028"),
)


def _spoilt(line: bytes, random: Random) -> bytes:
    """A line in which something went wrong between the sensor and the disk."""
    at = random.randrange(len(line) + 1)
    return random.choice(
        (
            line[:at],
            line[:at] + bytes([random.randrange(256)]) + line[at + 1 :],
            line[:at] + b"\t" + line[at:],
            line[:at] + random.choice(_ODD_OCTETS) + line[at:],
            line + b"\r",
            line + b"\tmore",
            b"#" + line,
            b"{" + line,
            b"",
            b" ",
            b"\xff" + line,
            "é".encode() + line,
            line + b"x" * random.choice((100, 70_000)),
            line.replace(b"\t", b" ", 1),
            line.upper(),
            b'{"ts":1679302800.5,"id.orig_h":"10.20.0.5","query":"www.tiktok.com","rejected":false}',
        )
    )


_ODD_VALUES = (
    *(None, True, False, 1, 0, -1, 1.5, 53, 5353, 137.0, 10**20, "53", "5353", "1", "", "CONNECT", [], ["a"], [[1]]),
    *({}, {"query": "www.tiktok.com"}, "www.tiktok.com", "a\"b", "\u00e9", "\x01", "2023-03-20T08:00:00.5Z", 1e300),
)
_ODD_TEXTS = (
    *(b"NaN", b"-Infinity", b"01", b"1.", b".5", b"-", b"1e", b"1e5", b"-0", b"tru", b"nul", b"false", b'"\\q"'),
    *(b'"\\u12g4"', b'"\\ud800"', b'"\\/"', b"[1,]", b"[,]", b"[1 ,2]", b'["a","\\n"]', b"'a'", b"", b'"a', b"1" * 400),
)


def objects(kind: str, random: Random, at: int, rows: int, oddness: float) -> Iterator[bytes]:
    """Lines of JSON, as many odd in one of the ways."""
    columns = [name for name in _COLUMNS[kind].split() if random.random() < 0.95]
    path, form = random.choice(({}, {}, {"_path": kind})), random.choice(("epoch", "epoch", "millis", "iso"))
    for _ in range(rows):
        at += random.choice((60, 899, -60, -3600) if random.random() < oddness else (0, 0, 0, 1))
        known: dict[str, object] = {**_row(kind, random, at, oddness), "answers": ["203.0.113.7"], "rejected": False}
        known |= {"id.orig_p": 4001, "id.resp_p": random.choice((53, 53, 53, 5353)), "qclass": 1, "established": True}
        micros = random.randrange(10**6)
        iso = f"{utc(at):%Y-%m-%dT%H:%M:%S}.{micros:06}Z"
        known["ts"] = {"epoch": at + micros / 10**6, "millis": 1000 * at + micros // 1000}.get(form, iso)
        row = path | {name: known[name] for name in columns if name in known} | {"note": 'a "quoted" word'}
        if random.random() < oddness:
            row[random.choice((*columns, "_path", "new"))] = random.choice((*_ODD_VALUES, *_ODD_CELLS, *_COLUMNS))
        line = json.dumps(row, separators=(",", ":"), ensure_ascii=random.random() < 0.9).encode()
        if random.random() < oddness:
            line = _odd_object(line, random)
        yield _spoilt(line, random) if random.random() < oddness else line


def _odd_object(line: bytes, random: Random) -> bytes:
    """The same as nobody writes it."""
    cut = random.choice([n for n in range(len(line)) if line[n : n + 1] in b",:{}"])
    return random.choice(
        (
            line[:cut] + b" " + line[cut:],
            line[: cut + 1] + random.choice(_ODD_TEXTS) + line[cut + 1 :],
            line[:-1] + b',"ts":' + random.choice(_ODD_TEXTS) + b"}",
            line[:-1] + b',"new":' + random.choice(_ODD_TEXTS) + b"}",
            line[:-1] + b',"qu\\u0065ry":"www.tiktok.com"}',
            line[:-1] + b',"query":"www.tiktok.com"}',
            line.replace(b'"', b"'", 1),
            line + b" ",
            line[:-1],
            line + line,
            line[:-1] + b"," + b",".join(b'"k%d":1' % n for n in range(random.choice((30, 70)))) + b"}",
        )
    )


def queries(_: str, random: Random, at: int, rows: int, oddness: float) -> Iterator[bytes]:
    """Lines of dnsmasq's: questions, answers that come later, leases; as many odd in one of the ways."""
    machine, asked = random.choice(("", "", "ns1 ")), list[tuple[str, str]]()
    for _ in range(rows):
        at += random.choice((60, 899, -60) if random.random() < oddness else (0, 0, 0, 1))
        at += random.choice((-3600, 3600)) if random.random() < oddness / 20 and rows < 5_000 else 0
        name = random.choice(_NAMES if random.random() < oddness else _QUIET)
        client = random.choice(_ODD_CLIENTS if random.random() < oddness / 4 else _CLIENTS)
        about, tag = f"{random.randrange(1, max(60, rows))} {client}/{random.choice((4001, 4002))}", "dnsmasq[7]:"
        words = f"{about} query[{random.choice(('A', 'AAAA', 'type=65'))}] {name} from {client}"
        if asked and random.random() < 0.5:
            about, name = random.choice(asked[-9:])
            words = f"{about} {random.choice(_ANSWERS).format(name)}"
        elif random.random() < oddness:
            tag = random.choice(_TAGS)
            words = random.choice(_ODD_QUERIES).replace("CLIENT", client).replace("NAME", name)
        else:
            asked.append((about, name))
        line = f"{utc(at).astimezone(samples.BRUSSELS):%b %e %H:%M:%S} {machine}{tag} {words}".encode()
        yield _spoilt(line, random) if random.random() < oddness else line


_ANSWERS = ("reply {} is 203.0.113.7", "config {} is NXDOMAIN", "reply {} is <CNAME>", "forwarded {} to 10.20.0.1")
_TAGS = (
    *("dnsmasq[7]:", "dnsmasq-dhcp[7]:", "dnsmasq[7]", "dnsmasq7 dnsmasq[7]:", "ns1: dnsmasq[7]:", "cron[1]:", ""),
    "kernel:",
)
_ODD_QUERIES = (
    *("1 CLIENT/4001 query[A] NAME from 10.20.0.99", "1 CLIENT/4001 query[A] a b from CLIENT", "started, version 2.90"),
    *("query[A] NAME from CLIENT", "UDP 1 CLIENT/4001 query[A] NAME from CLIENT", "1 CLIENT/4001 query[A]"),
    *("1 CLIENT query[A] NAME from CLIENT", "x CLIENT/4001 query[A] NAME from CLIENT", "1 CLIENT/4001 reply NAME"),
    *("1 dnsmasq-retry[A] NAME is 1.2.3.4", "1 CLIENT/4001 ipset add SET 1.2.3.4 NAME", "1 CLIENT/4001  NAME is 1.2"),
    *("DHCPACK(eth0) CLIENT 02:00:5e:00:53:02", "DHCPRELEASE(eth0) CLIENT 02:00:5e:00:53:02"),
    *("1 CLIENT/4001 query[A] NAME from CLIENT more", "1 CLIENT/4001 reply NAME is from CLIENT"),
    *("1 CLIENT/4001 is NAME", "2 CLIENT/4001 query[A] NAME from CLIENT from CLIENT"),
    *("1  CLIENT/4001 query[A] NAME from CLIENT", "1 CLIENT/4001 query[A]  from CLIENT"),
)


def events(_: str, random: Random, at: int, rows: int, oddness: float) -> Iterator[bytes]:
    """Suricata's events: questions and answers, connections, flows and what else there is; as many odd in one way."""
    flows = list[tuple[int, str]]()
    for _number in range(rows):
        at += random.choice((60, 899, -60, -3600) if random.random() < oddness else (0, 0, 0, 1))
        flow, client = random.randrange(1, max(40, rows)), random.choice(_CLIENTS)
        name = random.choice(_NAMES if random.random() < oddness else _QUIET)
        kind = random.choice(("dns", "dns", "tls", "quic", "http", "flow", "fileinfo", "anomaly"))
        if random.random() < oddness:
            kind = random.choice(("alert", "drop", "stats", "engine", "netflow", "dhcp", "DNS", "", "tls2"))
        if flows and kind in {"flow", "fileinfo", "alert", "drop"}:
            flow, client = random.choice(flows[-20:])
        flows.append((flow, client))
        stamp = f"{utc(at).astimezone(samples.BRUSSELS):%Y-%m-%dT%H:%M:%S}.{random.randrange(10**6):06}+0100"
        head: dict[str, object] = {"timestamp": stamp, "flow_id": flow, "in_iface": "eth0", "event_type": kind}
        ends = {"src_ip": client, "src_port": 4001, "dest_ip": "203.0.113.7", "dest_port": 53 if kind == "dns" else 443}
        line = json.dumps({**head, **ends, **_parts(kind, random, name)}, separators=(",", ":")).encode()
        if random.random() < oddness:
            line = _odd_event(line, random)
        yield _spoilt(line, random) if random.random() < oddness / 2 else line


def _parts(kind: str, random: Random, name: str) -> dict[str, object]:
    """What an event says besides its head."""
    asked = {"id": 7, "rrname": name, "rrtype": "A"}
    answer = {"version": 2, "type": "answer", **asked, "rcode": "NOERROR", "grouped": {"A": ["203.0.113.7"]}}
    flow = {"state": "established", "bytes_toclient": 1800, "action": random.choice(("pass", "drop"))}
    return {
        "dns": {"dns": random.choice(({"type": "query", **asked}, answer, {"version": 3, "queries": [asked]}))},
        "tls": {"tls": random.choice(({"sni": name, "version": "TLS 1.3"}, {"version": "TLS 1.3"}))},
        "quic": {"quic": random.choice(({"sni": name, "version": "1"}, {"version": "1", "extensions": [{}]}))},
        "http": {"http": {"hostname": name, "url": "/", "status": 200}},
        "fileinfo": {"http": {"hostname": name}, "fileinfo": {"size": 9}},
        "flow": {"flow": flow},
        "alert": {"alert": {"action": "blocked"}, "direction": "to_server", "tls": {"sni": name}},
        "drop": {"drop": {"reason": "rules"}},
    }.get(kind, {})


def _odd_event(line: bytes, random: Random) -> bytes:
    """The same as Suricata does not write it, or seldom."""
    cut = random.choice([n for n in range(len(line)) if line[n : n + 1] in b",:{}"])
    return random.choice(
        (
            line[:cut] + b" " + line[cut:],
            line.replace(b'"event_type"', b'"event_type":"tls","event_type"'),
            line.replace(b'"flow_id":', b'"parent_id":3,"flow_id":'),
            line.replace(b'"in_iface":"eth0"', b'"in_iface":"a\\"b"'),
            line.replace(b'"in_iface":"eth0"', b'"parent_id":3,"sensor_id":1,"in_iface":"e","pcap_cnt":5'),
            line.replace(b'"in_iface":"eth0",', b""),
            line.replace(b'"flow_id":', b'"flow_id":99999999999999999'),
            line.replace(b'"flow_id":', b'"flow_id":-'),
            line.replace(b'"flow_id":', b'"flow_id":-99999999999999999999'),
            line.replace(b'"rrname":"', b'"rrname":"www.tiktok.com","rrname":"'),
            line.replace(b'"rrname":"', b'"rrname": "'),
            line.replace(b'"sni":"', b'"sni":"www.tik\\u0074ok.com","ja":"'),
            line.replace(b'"sni":"', b'"hostname":"www.tiktok.com","sni":"'),
            line.replace(b'"hostname":"', b'"hostname":null,"h":"'),
            line.replace(b'"hostname"', b'"hostname","hostname"'),
            line.replace(b'"dns":{', b'"dns":[{').replace(b"}}", b"}]}"),
            line.replace(b'"sni"', b'"snj"').replace(b'"tls":{', b'"tlt":{'),
            line.replace(b"+0100", b"Z"),
            line.replace(b"+0100", b""),
            line[:-1],
        )
    )


KINDS = ("dns", "dns", "dns", "ssl", "quic", "http", "weird", "conn")


WRITE = {"tables": table, "objects": objects, "queries": queries, "events": events}


def log(random: Random, rows: int, oddness: float, kinds: Sequence[str] = KINDS, form: str = "tables") -> bytes:
    """A file: tables one behind the other, as when logs are put together; of one that is still written the end."""
    at, lines = MONDAY + random.randrange(7200), list[bytes]()
    while len(lines) < rows:
        write = WRITE.get(form) or random.choice((table, objects))
        # One resolver's log goes forward in time, whatever else it does.
        kind = random.choice(kinds)
        lines += write(
            kind, random, at, rows if form == "queries" else random.randrange(1, max(2, rows // 3)), oddness
        )
        at += random.randrange(-600, 7200)
    text = b"\n".join(lines) + b"\n"
    return text[: len(text) - random.randrange(60)] if random.random() < 0.3 else text


@dataclass
class Sifted:
    """A folder with logs, and what is known of them by each of the two ways to read."""

    folder: Path
    patch: pytest.MonkeyPatch
    form: str = "tables"
    canary: str | None = None
    window: Span = field(default_factory=Span)
    zone: ZoneInfo = samples.BRUSSELS
    watch: WatchList = WATCH
    known: dict[bool, tuple[KeptLines, ...]] = field(default_factory=dict)
    shown: int = 0  # lines that the reader saw of the last reading

    def read(self, *, sifts: bool | None, again: bool = False) -> Reading:
        """Everything that is there, with lines passed over or without; `None`: as the size of the files says."""
        least = {True: 0, False: NEVER, None: _LEAST}[sifts]
        self.patch.setattr(_sieve, "LEAST_BYTES", least)
        reader, self.shown = _counting(self), 0
        settings = SourceSettings("log", reader.id, ("log*",), self.zone, canary=self.canary, year=2023)
        if not again:
            return reader.read(settings, self.folder, self.watch, samples.MATCHERS, self.window, leases())
        asked = Picking("as it is", self.known.get(bool(sifts), ()), window=self.window)
        found = reader.read_again(settings, self.folder, self.watch, samples.MATCHERS, asked, leases())
        self.known[bool(sifts)] = tuple(asked.parts)
        return found

    def agree(self, *, again: bool = False) -> tuple[int, int]:
        """Read in both ways: all comes out alike. How many lines the reader saw, of how many."""
        plain = self.read(sifts=False, again=again)
        before = self.shown
        assert self.read(sifts=True, again=again) == plain
        assert self.known.get(True) == self.known.get(False)
        assert self.shown <= before
        return self.shown, before


def _counting(sifted: Sifted) -> NameLogReader:
    kind: type[NameLogReader] = {"queries": DnsmasqLog, "events": SuricataEve}.get(sifted.form, ZeekLog)

    class Run(kind.run):  # type: ignore[name-defined, misc]  # a class that is known when it runs
        def line(self, line: str) -> str:
            sifted.shown += 1
            return str(super().line(line))

    class Reader(kind):  # type: ignore[valid-type, misc]  # as above
        run = Run

    return Reader()
