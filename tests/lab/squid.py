# SPDX-License-Identifier: EUPL-1.2
"""A small piece of internet on loopback behind Squid: every name leads to one server, which answers.

`internet` answers any request in any form, and any tunnel with an echo; what does not answer through `proxy` was
refused by Squid. `proxy` starts Squid with artefacts as they ship, included where Debian's squid.conf includes
conf.d. `names` is an authority at port 53, where alone Squid asks, for tests about aliases. Nothing leaves 127.0.0.1.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import socketserver
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from lab.dns import ENV, NSD, READY_WITHIN_S, accepts, free_port, running
from ordinance.model.errors import ConsumerError
from ordinance.model.target import Artefact

READY = "Accepting HTTP"


@dataclass(frozen=True)
class Answer:
    """What a client of the proxy got: the status, the header fields, and what came after them."""

    status: int
    fields: Mapping[str, str]
    body: bytes

    @property
    def open(self) -> bool:
        """The server behind answered, or a tunnel was made."""
        return self.status == 200

    @property
    def refused(self) -> bool:
        """Squid itself said no."""
        return self.status == 403 and self.fields.get("x-squid-error", "").startswith("ERR_ACCESS_DENIED")


@dataclass(frozen=True)
class Proxy:
    """A running Squid on a port of 127.0.0.1."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    def get(self, name: str, source: str = "127.0.0.1", method: str = "GET") -> Answer:
        """A request without encryption, from an address of this machine."""
        return self.ask(f"{method} http://{name}/", source)

    def connect(self, name: str, source: str = "127.0.0.1", port: int = 443) -> Answer:
        """A request for a tunnel, as clients make it for https."""
        return self.ask(f"CONNECT {name}:{port}", source)

    def ask(self, request: str, source: str = "127.0.0.1") -> Answer:
        """The first line of a request as it stands, and the answer to it."""
        with self.client(source) as client:
            fields = "Host: not-asked.example\r\nConnection: close\r\n\r\n"
            client.sendall(f"{request} HTTP/1.1\r\n{fields}".encode("ascii"))
            return read_answer(client)

    def client(self, source: str = "127.0.0.1") -> socket.socket:
        """A connection to the proxy."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=10, source_address=(source, 0))

    def reload(self, artefacts: Sequence[Artefact]) -> None:
        """Put other files in the place of the present ones and let Squid read them, as `squid -k reconfigure` does."""
        before = self.log.count(READY)
        install(self.folder, artefacts)
        self.process.send_signal(signal.SIGHUP)
        self.wait(before + 1)

    def wait(self, times: int = 1) -> bool:
        """Whether it is ready for that many times before it ends or the time is up. It says so before it listens."""
        until = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < until and self.process.poll() is None:
            if self.log.count(READY) >= times and accepts(self.port):
                return True
            time.sleep(0.02)
        return False

    @property
    def log(self) -> str:
        """What Squid said so far."""
        return (self.folder / "squid.log").read_text(encoding="utf-8", errors="replace")


def read_answer(client: socket.socket) -> Answer:
    """Status, fields by name in lower case, and the bytes that came with them."""
    got = b""
    while b"\r\n\r\n" not in got and (more := client.recv(65536)):
        got += more
    head, _, body = got.partition(b"\r\n\r\n")
    first, *fields = head.decode("latin-1").split("\r\n")
    pairs = (field.partition(":") for field in fields)
    return Answer(int((first.split() or ["", "0"])[1]), {k.lower(): v.strip() for k, _, v in pairs}, body)


class _Everything(socketserver.StreamRequestHandler):
    """A server that is every host: it answers any request with what was asked, and any tunnel with an echo."""

    def handle(self) -> None:
        asked = self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        if not asked.startswith(b"CONNECT "):
            body = b"asked " + asked
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)
            return
        self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while heard := self.connection.recv(4096):
            self.connection.sendall(b"echo " + heard)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 50


@contextmanager
def internet(address: str = "127.0.0.1") -> Iterator[int]:
    """The port at which everything answers."""
    with _Server((address, 0), _Everything) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def proxy(folder: Path, artefacts: Sequence[Artefact] = (), beyond: str = "", debian: str = "") -> Iterator[Proxy]:
    """Squid with the artefacts of `squid`, or none. `beyond`: how it reaches servers (see `behind`, `asking`).

    `debian` stands in conf.d/debian.conf, which Debian's package brings. Another process may take the port first:
    three attempts. Squid is ended by force: it holds nothing that could be lost, and its own end takes seconds.
    """
    install(folder, artefacts)
    (folder / "conf.d" / "debian.conf").write_text(f"{debian}\n", encoding="ascii")
    for attempt in range(3):
        port, config = free_port(), folder / "squid.conf"
        config.write_text(SQUID.format(folder=folder, port=port, beyond=beyond), encoding="ascii")
        command = ["squid", "-n", f"lab{uuid.uuid4().hex[:16]}", "-N", "-d", "1", "-f", str(config)]
        with (
            (folder / "squid.log").open("wb") as log,
            subprocess.Popen(command, stdout=log, stderr=log, env=ENV) as process,
        ):
            found = Proxy(port, folder, process)
            try:
                if found.wait():
                    yield found
                    return
            finally:
                process.kill()
        if attempt == 2 or "bind" not in found.log:
            break
    raise ConsumerError(f"squid did not become ready:\n{found.log[-2000:]}")


def install(folder: Path, artefacts: Sequence[Artefact]) -> None:
    """The list beside squid.conf, the rules in conf.d: as the page says."""
    (folder / "conf.d").mkdir(exist_ok=True)
    for artefact in artefacts:
        name = PurePosixPath(artefact.path).name
        (folder / "conf.d" / name if name.endswith(".conf") else folder / name).write_bytes(artefact.content)


def behind(port: int) -> str:
    """Lines by which Squid hands everything to `internet`, and resolves no name."""
    return f"cache_peer 127.0.0.1 parent {port} 0 no-query no-digest no-netdb-exchange default\nnever_direct allow all"


def asking(address: str) -> str:
    """Lines by which Squid goes to servers itself, and asks a name server at port 53 of that address."""
    return f"dns_nameservers {address}\nhosts_file none"


@contextmanager
def names(folder: Path, host: str, rows: Sequence[str]) -> Iterator[str]:
    """nsd at port 53 of a loopback address: every name leads to `host`, but for `rows`. Yields the address."""
    address = f"127.{random.randint(64, 254)}.{random.randint(0, 255)}.{random.randint(1, 254)}"  # noqa: S311  # no secret
    zone = folder / "root.zone"
    above = {row.split()[0].partition(".")[2] for row in rows} - {""}
    wild = (f"{owner} IN A {host}" for owner in sorted({"*", *(f"*.{name}" for name in above)}))
    head = ("$ORIGIN .", "$TTL 60", "@ IN SOA ns. hostmaster. 1 3600 600 86400 60", "@ IN NS ns.", "ns. IN A 127.0.0.1")
    zone.write_text("".join(f"{row}\n" for row in (*head, *wild, *rows)), encoding="ascii")

    def command(port: int) -> list[str]:
        config = folder / "nsd.conf"
        more = f"server:\n  ip-address: {address}@53\n"
        config.write_text(NSD.format(folder=folder, port=port, zone=zone) + more, encoding="utf-8")
        return ["nsd", "-d", "-c", str(config)]

    with running(command, folder / "nsd.log"):
        yield address


def may_serve_at_53() -> bool:
    """Whether this user may listen at port 53, where Squid asks: mostly the superuser alone."""
    with socket.socket() as s:
        try:
            s.bind((f"127.1.{os.getpid() % 255}.{random.randint(1, 254)}", 53))  # noqa: S311  # no secret
        except PermissionError:
            return False
        return True


# The order is that of Debian's squid.conf; there, too, `localnet` and `localhost` may come after conf.d.
SQUID = """
acl city src 127.0.0.0/8
acl Safe_ports port 21 80
acl Safe_ports port 443
acl Safe_ports port 1025-65535
http_access deny !Safe_ports
http_access allow localhost manager
http_access deny manager
include {folder}/conf.d/*.conf
http_access allow city
http_access deny all
http_port 127.0.0.1:{port}
{beyond}
cache deny all
memory_cache_shared off
access_log none
cache_log /dev/null
cache_store_log none
coredump_dir none
pid_filename none
pinger_enable off
visible_hostname proxy.city.example
"""
