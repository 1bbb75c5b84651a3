# SPDX-License-Identifier: EUPL-1.2
"""A small piece of internet on loopback: one authority that knows every name, and BIND as a resolver before it.

`authority` starts nsd as server of a root zone with a wildcard, so that *every* name answers for A,
AAAA and HTTPS; what does not answer behind a resolver was stopped by that resolver. `resolver`
starts BIND with artefacts as they ship. Nothing leaves 127.0.0.1. Ports are free ones, readiness is
probed, and both programs are ended with the block that started them.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from ordinance.model.errors import ConsumerError
from ordinance.model.target import Artefact

# Daemons live in /usr/sbin, which is not on everybody's PATH.
ENV = {**os.environ, "PATH": os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))}

ADDRESSES = {"A": "192.0.2.1", "AAAA": "2001:db8::1", "HTTPS": '1 . alpn="h2"'}
ALIVE = "alive.probe.test"  # asked until the program answers
READY_WITHIN_S = 30
STATUS = re.compile(r"status: ([A-Z]+)")
QUESTION = re.compile(r"^;(\S+)\s+IN\s+([A-Z]+)$", re.MULTILINE)  # as dig shows it


@dataclass(frozen=True)
class Answer:
    """What dig saw: the status and the answer section, one record a line."""

    status: str
    records: tuple[str, ...]

    @property
    def open(self) -> bool:
        """The name led somewhere."""
        return self.status == "NOERROR" and bool(self.records)

    @property
    def told(self) -> bool:
        """The server answered and had not failed."""
        return self.status not in {"NONE", "SERVFAIL"}

    @property
    def blocked(self) -> bool:
        """The resolver said that the name does not exist."""
        return self.status == "NXDOMAIN" and not self.records


@dataclass(frozen=True)
class Server:
    """A running program that answers DNS on a port of 127.0.0.1; `log` is what it wrote so far.

    `process` is its number, and `ready_s` the seconds from its start to its first answer.
    """

    port: int
    log_file: Path
    process: int = 0
    ready_s: float = 0.0

    def ask(self, name: str, rrtype: str, *flags: str) -> Answer:
        """One question, no search list, no local configuration; asked again, twice, where nothing could be told.

        Silence and SERVFAIL are what a busy machine gives; no artefact of ours answers so.
        """
        for _ in range(2):
            if (answer := self.ask_once(name, rrtype, *flags)).told:
                return answer
        return self.ask_once(name, rrtype, *flags)

    def ask_open(self, name: str, rrtype: str, *flags: str) -> Answer:
        """A question about a name that nothing stops; asked again, twice, where the answer leads nowhere.

        On a busy machine BIND was seen to give one of some thousand such questions no record, and gave it a moment
        later; why was not found. What is blocked is so each time.
        """
        for _ in range(2):
            if (answer := self.ask(name, rrtype, *flags)).open:
                return answer
        return self.ask(name, rrtype, *flags)

    def ask_once(self, name: str, rrtype: str, *flags: str) -> Answer:
        """One question, for whoever counts what is in a log."""
        return _answer(self._dig((name, rrtype), flags))

    def ask_all(self, questions: Iterable[tuple[str, str]], *flags: str) -> list[Answer]:
        """Many questions in their order by one dig, which starts far more slowly than it asks.

        Where any has no answer of its own, each is asked again by itself, as is each that could not be told.
        """
        asked = list(questions)
        words = [word for name, rrtype in asked for word in ("-q", name, "-t", rrtype)]
        _, *parts = self._dig(words, (*flags, "+question")).split(";; Got answer:")
        echoed = [q.groups() if (q := QUESTION.search(part)) else () for part in parts]
        if echoed != [(f"{name}.", rrtype) for name, rrtype in asked]:
            return [self.ask(*question, *flags) for question in asked]
        answers = zip(asked, map(_answer, parts), strict=True)
        return [answer if answer.told else self.ask(*question, *flags) for question, answer in answers]

    def _dig(self, questions: Sequence[str], flags: Sequence[str]) -> str:
        options = ("+time=5", "+tries=1", "+nosearch", "+noall", "+comments", "+answer", *flags)
        return run("dig", "-r", "@127.0.0.1", "-p", str(self.port), *options, *questions)

    def transfer(self, zone: str) -> list[str]:
        """Every record of a zone as the program holds it, one a line; the SOA stands first and last."""
        done = run("dig", "-r", "@127.0.0.1", "-p", str(self.port), zone, "AXFR", "+noall", "+answer")
        return [line for line in done.splitlines() if line and not line.startswith(";")]

    @property
    def log(self) -> str:
        """Everything the program wrote so far."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    @property
    def rules_fired(self) -> list[str]:
        """Lines in which BIND names the policy record that fired."""
        return [line for line in self.log.splitlines() if ": rpz QNAME " in line]


def _answer(said: str) -> Answer:
    status = STATUS.search(said)
    records = (line for line in said.splitlines() if line and not line.startswith(";"))
    return Answer(status.group(1) if status else "NONE", tuple(records))


def run(*command: str) -> str:
    """A program's standard output; its return code is not asked, because consumers' codes lie."""
    return subprocess.run(command, capture_output=True, text=True, env=ENV, timeout=60, check=False).stdout


@contextmanager
def authority(folder: Path, aliases: Mapping[str, str] | None = None, signed: bool = False) -> Iterator[Server]:
    """nsd as root of a fake internet. `aliases` are CNAMEs; `signed` adds real signatures (needs Debian's bind9)."""
    zone = folder / "root.zone"
    zone.write_text(root_zone(aliases or {}), encoding="ascii")
    if signed:
        zone = sign(zone)

    def command(port: int) -> list[str]:
        config = folder / "nsd.conf"
        config.write_text(NSD.format(folder=folder, port=port, zone=zone), encoding="utf-8")
        return ["nsd", "-d", "-c", str(config)]

    with running(command, folder / "nsd.log") as server:
        yield server


@contextmanager
def resolver(folder: Path, upstream: Server, artefacts: Sequence[Artefact] = ()) -> Iterator[Server]:
    """BIND before `upstream`, with the artefacts of `dns-rpz` included as they ship, or none of them."""
    lay(folder, artefacts)

    def command(port: int) -> list[str]:
        config = named_conf(folder, port, upstream.port, bool(artefacts))
        return ["named", "-g", "-n", "1", "-c", str(config)]

    with running(command, folder / "named.log") as server:
        yield server


@contextmanager
def running(command: Callable[[int], list[str]], log_file: Path) -> Iterator[Server]:
    """A server on a free port, ready, ended afterwards. Another process may take the port first: three attempts."""
    for attempt in range(3):
        port = free_port()
        began = time.monotonic()
        with log_file.open("wb") as log, subprocess.Popen(command(port), stdout=log, stderr=log, env=ENV) as process:
            try:
                server = Server(port, log_file)
                if ready(server, process):
                    yield replace(server, process=process.pid, ready_s=time.monotonic() - began)
                    return
            finally:
                process.terminate()
                try:
                    process.wait(timeout=10)
                except subprocess.TimeoutExpired:
                    process.kill()
        if attempt == 2 or "address in use" not in server.log.lower():
            break
    raise ConsumerError(f"{command(port)[0]} did not become ready:\n{server.log[-2000:]}")


def ready(server: Server, process: subprocess.Popen[bytes]) -> bool:
    """Whether the program answers a question before it ends or the time is up."""
    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until and process.poll() is None:
        if accepts(server.port) and server.ask(ALIVE, "A", "+time=1").status == "NOERROR":
            return process.poll() is None
        time.sleep(0.05)
    return False


def wait(what: str, done: Callable[[], bool], within_s: float = 10) -> None:
    """Raises ConsumerError where it does not come to pass."""
    until = time.monotonic() + within_s
    while not done():
        if time.monotonic() > until:
            raise ConsumerError(f"waited in vain: {what}")
        time.sleep(0.02)


def accepts(port: int) -> bool:
    """Whether something listens on the port; asked first because dig waits a second for an answer."""
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def free_port(other_than: int = 0) -> int:
    """A port that is free for TCP and UDP at this moment, and not one that a program is about to be given."""
    while True:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            port: int = tcp.getsockname()[1]
            try:
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
            if port != other_than:  # BIND would share one port between questions and commands
                return port


def root_zone(aliases: Mapping[str, str]) -> str:
    """A root zone in which every name exists. Names above an alias exist for themselves: each needs a wildcard."""
    above = {name.partition(".")[2] for name in aliases}
    while more := {n.partition(".")[2] for n in above if "." in n} - above:
        above |= more
    rows = [f"{owner} IN {t} {d}" for owner in sorted({"*", *(f"*.{n}." for n in above)}) for t, d in ADDRESSES.items()]
    rows += [f"{name}. IN CNAME {target}." for name, target in sorted(aliases.items())]
    head = ["$ORIGIN .", "$TTL 60", "@ IN SOA ns. hostmaster. 1 3600 600 86400 60", "@ IN NS ns.", "ns. IN A 127.0.0.1"]
    return "".join(f"{row}\n" for row in (*head, *rows))


def sign(zone: Path) -> Path:
    """The zone with signatures by a key made for it; nobody trusts that key, and nobody here validates."""
    here, out = str(zone.parent), zone.with_suffix(".signed")
    key = run("dnssec-keygen", "-q", "-a", "ECDSAP256SHA256", "-K", here, ".").strip()
    run("dnssec-signzone", "-q", "-S", "-z", "-K", here, "-d", here, "-o", ".", "-f", str(out), str(zone))
    if not key or not out.exists():
        raise ConsumerError("the root zone could not be signed")
    return out


def lay(folder: Path, artefacts: Sequence[Artefact]) -> None:
    """Copies the files to where the target's page says."""
    for artefact in artefacts:
        (folder / PurePosixPath(artefact.path).name).write_bytes(artefact.content)


def named_conf(folder: Path, port: int, upstream_port: int, policy: bool) -> Path:
    """The configuration a person would write around our two files, and what `rndc` needs to speak to that BIND."""
    config = folder / "named.conf"
    options = f'include "{folder}/named.options.conf";' if policy else ""
    clause = f'include "{folder}/named.zone.conf";' if policy else ""
    where = {"folder": folder, "port": port, "upstream": upstream_port, "control": free_port(other_than=port)}
    config.write_text(NAMED.format(**where, options=options, clause=clause), encoding="utf-8")
    (folder / "rndc.conf").write_text(RNDC.format(**where), encoding="utf-8")
    secret = b64encode(os.urandom(32)).decode("ascii")
    (folder / "rndc.key").write_text(f'key "lab" {{ algorithm hmac-sha256; secret "{secret}"; }};\n', encoding="ascii")
    return config


def control(server: Server, *words: str) -> str:
    """What `rndc` says, on either stream."""
    command = ("rndc", "-c", str(server.log_file.parent / "rndc.conf"), *words)
    done = subprocess.run(command, capture_output=True, text=True, env=ENV, timeout=60, check=False)
    return done.stdout + done.stderr


# nsd leaves questions unanswered where one address asks more than 200 a second, as resolvers and probes do here.
NSD = """
server:
  rrl-ratelimit: 0
  ip-address: 127.0.0.1@{port}
  username: ""
  database: ""
  zonesdir: "{folder}"
  pidfile: ""
  xfrdir: "{folder}"
  xfrdfile: ""
  zonelistfile: "{folder}/zone.list"
  server-count: 1
remote-control:
  control-enable: no
zone:
  name: "."
  zonefile: "{zone}"
"""

NAMED = """
options {{
  directory "{folder}";
  listen-on port {port} {{ 127.0.0.1; }};
  listen-on-v6 {{ none; }};
  pid-file none;
  session-keyfile none;
  recursion yes;
  forward only;
  forwarders {{ 127.0.0.1 port {upstream}; }};
  dnssec-validation no;
  empty-zones-enable no;
  {options}
}};
include "{folder}/rndc.key";
controls {{ inet 127.0.0.1 port {control} allow {{ 127.0.0.1; }} keys {{ "lab"; }}; }};
{clause}
"""

RNDC = """
include "{folder}/rndc.key";
options {{ default-server 127.0.0.1; default-port {control}; default-key "lab"; }};
"""
