# SPDX-License-Identifier: EUPL-1.2
"""Scenes for Suricata: traffic of invented clients as packets, and beside it what each piece of it meant.

A `Scene` writes both at once: `capture` is what Suricata gets, `truth` what a reader must find, as (client, name,
outcome), and `strangers` the names that it must not. Outcomes are `contacted`, `address`, `blocked`, `nothing`, and
`untold` where no log can tell.
"""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from lab.capture import (
    Capture,
    Place,
    Tcp,
    answer,
    certificate,
    done,
    hello,
    question,
    quic_initial,
    records,
    server_hello,
)

RESOLVER, RESOLVER_6, SERVER, SERVER_6 = "192.0.2.53", "2001:db8::53", "203.0.113.7", "2001:db8:1::7"
MONDAY = 1_793_606_400_000_000  # 2 November 2026, 08:00 UTC
HANDSHAKE, CIPHER, DATA, ALERT = 22, 20, 23, 21  # kinds of TLS records
RULES = """
drop tls any any -> any any (msg:"app"; tls.sni; dotprefix; content:".tiktokv.com"; nocase; endswith; sid:1; rev:1;)
drop dns any any -> any any (msg:"dns"; dns.query; content:"blocked.tiktok.com"; nocase; endswith; sid:2; rev:1;)
drop quic any any -> any any (msg:"quic"; quic.sni; content:"p16.tiktokcdn.com"; endswith; sid:3; rev:1;)
drop http any any -> any any (msg:"http"; http.host; content:"v16.tiktokcdn.com"; endswith; sid:4; rev:1;)
alert tls any any -> any any (msg:"seen"; tls.sni; content:"tiktok.com"; sid:5; rev:1;)
"""


def _certificate() -> bytes:
    """One for all servers; who reads a log does not look at it."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "invented")])
    key = ec.generate_private_key(ec.SECP256R1())
    days = [datetime.datetime(year, 1, 1, tzinfo=datetime.UTC) for year in (2026, 2027)]
    made = x509.CertificateBuilder(name, name, key.public_key(), 5, *days).sign(key, SHA256())
    return made.public_bytes(Encoding.DER)


@dataclass
class Scene:
    """Traffic and what it meant. `watched` says which names a reader may find."""

    watched: tuple[str, ...] = ("tiktok.com", "tiktokv.com", "tiktokcdn.com")
    capture: Capture = field(default_factory=lambda: Capture(MONDAY))
    truth: list[tuple[str, str, str]] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    port: int = 40_000

    def dns(self, client: str, name: str, rrtype: str = "A", *found: str, **more: str) -> None:
        """A question and its answer. `more`: `rcode`, and `outcome` where it is another than the answer says."""
        place, number = self._from(client), self.port
        resolver = (RESOLVER_6 if ":" in client else RESOLVER, 53)
        self.capture.udp(place, resolver, question(name, rrtype, number))
        outcome = more.get("outcome", "address" if found else "nothing")
        if outcome != "untold":
            rows = [f"{name}. 60 IN CNAME edge.cdn.example.", *(f"edge.cdn.example. 60 IN {rrtype} {f}" for f in found)]
            wire = answer(name, rrtype, number, *(rows if found else ()), rcode=more.get("rcode", "NOERROR"))
            self.capture.udp(resolver, place, wire)
        self._means(client, name, outcome)

    def tls(self, client: str, name: str | None, outcome: str = "contacted", version: int = 0x0304) -> None:
        """A connection whose server answers; `version` 0 resumes a session."""
        session, chosen = (b"", version) if version else (b"s" * 32, 0x0303)
        tcp = self._connect(client, 443)
        tcp.client(records(HANDSHAKE, hello(name, chosen, session=session)))
        if version == 0x0303:
            tcp.server(records(HANDSHAKE, server_hello(chosen), certificate(CERTIFICATE), done()))
            tcp.client(records(HANDSHAKE, b"\x10\0\0\x20" + b"k" * 32))
        else:
            tcp.server(records(HANDSHAKE, server_hello(chosen, session)))
        tcp.server(records(CIPHER, b"\1") + records(DATA, b"x" * 40))
        tcp.client(records(CIPHER, b"\1") + records(DATA, b"y" * 40))
        tcp.server(records(DATA, b"z" * 900))
        tcp.end()
        self._means(client, name, outcome)

    def refused_tls(self, client: str, name: str, how: str) -> None:
        """A connection that nobody answers with a hello: `alert`, `reset` or `silence`. Of itself it is no event."""
        tcp = self._connect(client, 443)
        tcp.client(records(HANDSHAKE, hello(name)))
        if how == "alert":
            tcp.server(records(ALERT, b"\2\x70"))
        tcp.reset() if how == "reset" else tcp.end()
        self._means(client, name, "alerted")

    def http(self, client: str, name: str, status: int = 200, outcome: str = "") -> None:
        """A request, and its answer if there is a status."""
        tcp = self._connect(client, 80)
        head = f"GET /secret/page?token=1 HTTP/1.1\r\nHost: {name}\r\nUser-Agent: invented\r\n\r\n"
        tcp.client(head.encode("utf-8"))
        if status:
            head = f"HTTP/1.1 {status} Said\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok"
            tcp.server(head.encode("ascii"))
        tcp.end()
        self._means(client, name, outcome or ("contacted" if status == 200 else "untold"))

    def quic(self, client: str, name: str, outcome: str = "contacted") -> None:
        """A connection over UDP; with `nothing` nobody answers."""
        place, server = self._from(client), (SERVER_6 if ":" in client else SERVER, 443)
        ids = self.port.to_bytes(8, "big"), (self.port + 1).to_bytes(8, "little")
        self.capture.udp(place, server, quic_initial(hello(name, quic=True), *ids))
        if outcome != "nothing":
            self.capture.udp(server, place, quic_initial(server_hello(), *ids, is_client=False))
            self.capture.udp(place, server, b"\x41" + b"\7" * 60)
            self.capture.udp(server, place, b"\x41" + b"\7" * 900)
        self._means(client, name, outcome)

    def truth_with(self, rules: str) -> Counter[tuple[str, str, str]]:
        """What is in a log that was made with these rules, or without any: then nothing was blocked."""
        found: Counter[tuple[str, str, str]] = Counter()
        for client, name, outcome in self.truth:
            open_then = "address" if name == "blocked.tiktok.com" else "contacted"
            said = outcome if rules or outcome != "blocked" else open_then
            if rules or outcome != "alerted":
                found[client, name, "untold" if said == "alerted" else said] += 1
        return found

    def _connect(self, client: str, port: int) -> Tcp:
        return Tcp(self.capture, self._from(client), (SERVER_6 if ":" in client else SERVER, port))

    def _from(self, client: str) -> Place:
        self.port += 1
        return client, self.port

    def _means(self, client: str, name: str | None, outcome: str) -> None:
        if name is None:
            return
        if any(f".{name}".endswith(f".{one}") for one in self.watched):
            self.truth.append((client, name, outcome))
        else:
            self.strangers.append(name)


CERTIFICATE = _certificate()


def morning() -> Scene:
    """Everything that the reader tells apart, once; what `RULES` stop is blocked if Suricata stands in the way."""
    scene, staff, home, tablet = Scene(), "192.0.2.10", "2001:db8::12", "192.0.2.11"
    scene.dns(staff, "www.example.org", "A", SERVER)
    scene.dns(staff, "www.tiktok.com", "A", SERVER)
    scene.tls(staff, "www.tiktok.com")
    scene.dns(staff, "api16.tiktokv.com", "A", SERVER)
    scene.tls(staff, "api16.tiktokv.com", "blocked")
    scene.dns(staff, "blocked.tiktok.com", "A", SERVER, outcome="blocked")
    scene.quic(staff, "p16.tiktokcdn.com", "blocked")
    scene.http(staff, "v16.tiktokcdn.com", outcome="blocked")
    scene.tls(staff, "m.tiktok.com", version=0x0303)
    scene.tls(staff, "m.tiktok.com", version=0)
    scene.tls(staff, None)
    for how in ("alert", "reset", "silence"):
        scene.refused_tls(staff, "refused.tiktok.com", how)
    scene.capture.wait(1800)
    scene.dns(home, "www.tiktok.com", "AAAA", SERVER_6)
    scene.dns(home, "www.tiktok.com", "HTTPS")
    scene.quic(home, "www.tiktok.com")
    scene.quic(home, "quiet.tiktok.com", "nothing")
    scene.http(home, "www.tiktok.com")
    scene.http(home, "www.tiktok.com", 301)
    scene.http(home, "m.tiktok.com", 403)
    scene.dns(home, "gone.tiktok.com", rcode="NXDOMAIN")
    scene.dns(home, "sink.tiktok.com", "A", "0.0.0.0", outcome="nothing")  # noqa: S104  # an answer; nothing is bound
    scene.dns(home, "silent.tiktok.com", outcome="untold")
    scene.tls(tablet, "intranet.stad.example")
    scene.tls(staff, "intranet.stad.example")
    scene.capture.wait(3600)
    for name in ("nottiktok.com", "www.tiktok.com.evil.example", "tiktok.com.example"):
        scene.dns(staff, name, "A", SERVER)
        scene.tls(staff, name)
        scene.quic(staff, name)
        scene.http(staff, name)
    return scene


def noon() -> Scene:
    """A little more, some hours later."""
    scene, tablet = Scene(capture=Capture(MONDAY + 4 * 3_600_000_000), port=50_000), "192.0.2.11"
    scene.dns(tablet, "xn--bcher-kva.example", "A", SERVER)
    scene.tls(tablet, "b\u00fccher.example")
    scene.http(tablet, "m.tiktok.com")
    scene.dns(tablet, "www.tiktok.com", "AAAA", SERVER_6)
    scene.dns("192.0.2.13", "www.example.net", "A", SERVER)
    scene.dns("192.0.2.13", "www.example.net", "HTTPS")
    scene.quic("192.0.2.13", "www.tiktok.com")
    return scene
