# SPDX-License-Identifier: EUPL-1.2
"""Logs whose lines speak of each other, as five programs write them, and reading them again as a check does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Reading, WatchList
from ordinance.model.kept import KeptLines
from ordinance.model.time import Span
from ordinance.readers._clock import utc
from ordinance.readers._known_log import NameLogReader
from ordinance.readers._picking import Picking
from ordinance.readers.bind_log import BindLog
from ordinance.readers.dnsmasq_log import DnsmasqLog
from ordinance.readers.suricata_eve import SuricataEve
from ordinance.readers.unbound_log import UnboundLog
from ordinance.readers.zeek_log import ZeekLog
from ordinance.store.observations import decode, encode

from . import samples
from .again import NAMES, SEPARATE, WATCH, leases

Line = tuple[int, str]  # an instant, and what stands there
BRUSSELS = ZoneInfo("Europe/Brussels")
SITE = "203.0.113.7"
READERS: Mapping[str, NameLogReader] = {
    "bind-log": BindLog(),
    "dnsmasq-log": DnsmasqLog(),
    "suricata-eve": SuricataEve(),
    "unbound-log": UnboundLog(),
    "zeek-log": ZeekLog(),
}


def bind(at: int, random: Random, client: str, name: str) -> Iterator[Line]:
    """A question, and what a policy zone made of it; with BIND's own stamp or through syslog."""
    port, asked = random.randrange(4000, 4006), f"client @0x7f2d26cc1098 {client}"
    is_old = random.random() < 0.4

    def said(then: int, category: str, words: str) -> Line:
        local = utc(then).astimezone(BRUSSELS)
        if is_old:
            return then, f"{local:%b %e %H:%M:%S} ns1 named[7]: {category}: info: {words}"
        return then, f"{local:%d-%b-%Y %H:%M:%S}.123 {category}: info: {words}"

    if random.random() < 0.9:
        yield said(at, "queries", f"{asked}#{port} ({name}): query: {name} IN A +E(0)K (10.20.0.1)")
    if random.random() < 0.5:
        policy = random.choice(("NXDOMAIN", "NXDOMAIN", "PASSTHRU"))
        words = f"{asked}#{port} ({name}): rpz QNAME {policy} rewrite {name}/A/IN via {name}.rpz.ordinance"
        yield said(at + random.choice((0, 1, 9, 14)), "rpz", words)


def dnsmasq(at: int, random: Random, client: str, name: str) -> Iterator[Line]:
    """A question and its answers, whose serials start anew now and then; and leases that come and go."""
    serial, port = random.randrange(1, 9), random.choice((4001, 4002))
    about = f"{serial} {client}/{port}"

    def said(then: int, words: str) -> Line:
        return then, f"{utc(then).astimezone(BRUSSELS):%b %e %H:%M:%S} {words}"

    if random.random() < 0.2:
        mac = random.choice((SEPARATE, "02:00:5e:00:53:01"))
        yield said(at, f"dnsmasq-dhcp[7]: {random.choice(('DHCPACK', 'DHCPRELEASE'))}(eth0) {client} {mac}")
    yield said(at, f"dnsmasq[7]: {about} query[A] {name} from {client}")
    for _ in range(random.randrange(3)):
        what = random.choice((f"config {name} is NXDOMAIN", f"reply {name} is {SITE}", f"reply {name} is <CNAME>"))
        yield said(at + random.randrange(60), f"dnsmasq[7]: {about} {what}")


def unbound(at: int, random: Random, client: str, name: str) -> Iterator[Line]:
    """A question, a local zone's word on it, and its reply; the service starts anew now and then."""
    is_old = random.random() < 0.4

    def said(then: int, words: str) -> Line:
        if is_old:
            return then, f"{utc(then).astimezone(BRUSSELS):%b %e %H:%M:%S} unbound[7:0] {words}"
        return then, f"[{then}] unbound[7:0] {words}"

    if random.random() < 0.05:
        yield said(at, "info: start of service (unbound 1.17.1).")
    if random.random() < 0.8:
        yield said(at, f"query: {client} {name}. A IN")
    if random.random() < 0.3:
        action = random.choice(("always_nxdomain", "static", "transparent", "inform"))
        yield said(at, f"info: {name}. {action} {client}@4001 {name}. A IN")
    if random.random() < 0.8:
        size, cached = random.choice((40, 300)), random.randrange(2)
        yield said(at + random.randrange(40), f"reply: {client} {name}. A IN NOERROR 0.010000 {cached} {size}")


def suricata(at: int, random: Random, client: str, name: str) -> Iterator[Line]:
    """A question and its answer, or a connection with its alerts and its end, of flows that may be spoken of before."""
    flow = random.randrange(1, 100 if name == NAMES[6] else 12)

    def said(kind: str, then: int, turned: bool = False, port: int = 443, **more: object) -> Line:
        ends = [(client, 4001), (SITE if port == 443 else "10.20.0.1", port)]
        (source, source_port), (target, target_port) = reversed(ends) if turned else ends
        stamp = f"{utc(then):%Y-%m-%dT%H:%M:%S}.{random.randrange(10**6):06}+0000"
        head = {"timestamp": stamp, "flow_id": flow, "event_type": kind, "src_ip": source, "src_port": source_port}
        whole = {**head, "dest_ip": target, "dest_port": target_port, "proto": "TCP", **more}
        return then, json.dumps(whole, separators=(",", ":"))

    part = {"id": 7, "rrname": name, "rrtype": "A"}
    if random.random() < 0.5:
        yield said("dns", at, port=53, dns={"type": "query", **part})
        record = {"rrname": name, "rrtype": "A", "ttl": 60, "rdata": SITE}
        answer = {"version": 2, "type": "answer", **part, "rcode": "NOERROR", "answers": [record]}
        yield said("dns", at + random.randrange(3), turned=True, port=53, dns=answer)
    else:
        yield said("tls", at, tls={"sni": name, "version": random.choice(("TLS 1.3", "UNDETERMINED"))})
    for kind in random.choices(("alert", "drop", "flow", "fileinfo", "stats"), k=random.randrange(3)):
        more = {"alert": {"alert": {"action": "blocked"}}, "drop": {"drop": {"reason": "rules"}}}.get(kind, {})
        if kind == "flow":
            more = {"flow": {"state": "established", "bytes_toclient": 1800, "action": random.choice(("pass", "drop"))}}
        yield said(kind, at + random.randrange(90), **more)


def zeek(at: int, random: Random, client: str, name: str) -> Iterator[Line]:
    """A row of dns or ssl, as JSON."""
    uid = f"C{random.randrange(99)}"
    row: dict[str, object] = {"ts": at + 0.5, "uid": uid, "id.orig_h": client, "id.orig_p": 4001}
    if random.random() < 0.5:
        answers = random.choice(([SITE], ["0.0.0.0"], []))  # noqa: S104  # an answer in a log; nothing is bound
        asked = {"_path": "dns", "query": name, "qtype": 1, "rcode": 0, "answers": answers}
        row |= {"id.resp_h": "10.20.0.1", "id.resp_p": 53, **asked}
    else:
        row |= {"id.resp_h": SITE, "id.resp_p": 443, "_path": "ssl", "server_name": name, "established": True}
    yield at, json.dumps(row, separators=(",", ":"))


WRITE: Mapping[str, Callable[[int, Random, str, str], Iterator[Line]]] = {
    "bind-log": bind,
    "dnsmasq-log": dnsmasq,
    "suricata-eve": suricata,
    "unbound-log": unbound,
    "zeek-log": zeek,
}


@dataclass
class Picked:
    """A folder with the logs of one program, and which of their lines are known to say something."""

    reader: str
    folder: Path
    canary: str | None = None
    known: tuple[KeptLines, ...] = ()
    window: Span = field(default_factory=Span)
    watch: WatchList = WATCH
    skipped: int = 0
    own_leases: bool = False  # those in the log itself
    zone: ZoneInfo = samples.BRUSSELS

    @property
    def settings(self) -> SourceSettings:
        """Those of the source."""
        return SourceSettings("log", self.reader, ("log*",), self.zone, canary=self.canary, year=2023)

    def fresh(self) -> Reading:
        """Everything that is there, read from its beginning."""
        held = None if self.own_leases else leases()
        reader = READERS[self.reader]
        return reader.read(self.settings, self.folder, self.watch, samples.MATCHERS, self.window, held)

    def again(self, exact: str = "as it is") -> Reading:
        """What was not read before, and what said something; the codec of the store stands between two runs."""
        held = None if self.own_leases else leases()
        known = tuple(p for p in decode(encode(self.known)) if isinstance(p, KeptLines))
        asked = Picking(exact, known, window=self.window)
        reader = READERS[self.reader]
        found = reader.read_again(self.settings, self.folder, self.watch, samples.MATCHERS, asked, held)
        self.known, self.skipped = tuple(asked.parts), asked.skipped
        return found

    def lines(self, random: Random, start: int, count: int, quiet: float = 0.0) -> list[str]:
        """Lines of a few hours in the order of their instants, of which some cannot be read."""
        found: list[Line] = []
        at = start
        for _ in range(count):
            at += random.randrange(0, 900)
            name = NAMES[6] if random.random() < quiet else random.choice(NAMES)
            found += WRITE[self.reader](at, random, f"10.20.0.{random.randrange(5, 9)}", name)
            if random.random() < 0.05:
                found.append((at, random.choice(("broken", "", "{", "\u00e9" * 5, "x" * 70_000))))
        return [line for _, line in sorted(found, key=lambda pair: pair[0])]
